-- web: who is logged in to the page. A stamp is (boot, *_ms): see src/clock.rs. Written by src/web/session.rs alone.
CREATE TABLE web_sessions (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    -- SHA-256 of the cookie: the cookie itself is only in the browser
    hash        BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
    member      INTEGER NOT NULL REFERENCES members ON DELETE CASCADE,
    channel     TEXT NOT NULL CHECK (channel IN ('https', 'http')),   -- counts on this one only
    opened_boot INTEGER NOT NULL,
    opened_ms   INTEGER NOT NULL,
    opened_wall INTEGER NOT NULL,
    seen_boot   INTEGER NOT NULL,          -- written every few minutes at most
    seen_ms     INTEGER NOT NULL,
    seen_wall   INTEGER NOT NULL,
    address     TEXT NOT NULL,             -- where it was seen last
    program     TEXT NOT NULL              -- the browser's User-Agent: a claim
) STRICT;
CREATE INDEX web_sessions_by_member ON web_sessions (member);

-- Whoever knew the old password is out with it, wherever it is changed.
CREATE TRIGGER web_sessions_end_with_the_password AFTER UPDATE OF password ON members
BEGIN
    DELETE FROM web_sessions WHERE member = NEW.id;
END;
