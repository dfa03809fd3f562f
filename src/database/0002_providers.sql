-- providers: the accounts that take mail for everybody else, set by a command. Where [relay] in toxmail.toml names one, that
-- is the home's. The rows are written by src/providers/ alone.
CREATE TABLE providers (
    account  INTEGER PRIMARY KEY,          -- 0: the home's; else whose: the member's number
    member   INTEGER UNIQUE REFERENCES members ON DELETE CASCADE,
    host     TEXT NOT NULL,
    port     INTEGER NOT NULL CHECK (port BETWEEN 1 AND 65535),
    tls      TEXT NOT NULL CHECK (tls IN ('implicit', 'starttls')),
    username TEXT NOT NULL,
    password BLOB NOT NULL,                -- sealed with DIR/secret.key
    address  TEXT,                         -- the member's ordinary address that this account is for; NULL: none is named
    changed  INTEGER NOT NULL,
    CHECK (coalesce(member, 0) = account)
) STRICT;

-- What was wrong with an account the last time; no row: nothing, or it was not used since.
CREATE TABLE provider_troubles (
    account INTEGER PRIMARY KEY,
    reason  TEXT NOT NULL,
    since   INTEGER NOT NULL               -- seconds since 1970
) STRICT;
