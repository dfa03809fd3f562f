-- fetch: a letter that a provider does not hand out is trouble of a kind of its own. src/providers/fetch.rs writes the rows. What
-- was wrong is found again by the next round.
DROP TABLE fetch_troubles;
CREATE TABLE fetch_troubles (
    fetch  INTEGER PRIMARY KEY REFERENCES fetches ON DELETE CASCADE,
    kind   TEXT NOT NULL CHECK (kind IN ('login', 'account', 'server', 'letter', 'full', 'own')),
    reason TEXT NOT NULL,
    since  INTEGER NOT NULL,                            -- seconds since 1970
    told   INTEGER NOT NULL DEFAULT 0 CHECK (told IN (0, 1))            -- the member was, by mail
) STRICT;
