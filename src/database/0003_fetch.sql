-- fetch: mailboxes at mail providers from which this home fetches the letters of its members. src/providers/fetch.rs writes the rows.
CREATE TABLE fetches (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,    -- another mailbox is another number: names of letters count in one only
    member        INTEGER NOT NULL UNIQUE REFERENCES members ON DELETE CASCADE,
    protocol      TEXT NOT NULL CHECK (protocol IN ('imap', 'pop3')),
    host          TEXT NOT NULL,
    port          INTEGER NOT NULL CHECK (port BETWEEN 1 AND 65535),
    tls           TEXT NOT NULL CHECK (tls IN ('implicit', 'starttls')),
    login_of      INTEGER,                              -- the account for outgoing mail whose login it is; NULL: one of its own
    username      TEXT NOT NULL,                        -- its own, or that of the account when this was set up
    password      BLOB,                                 -- sealed with DIR/secret.key; NULL: that of the account
    after         TEXT NOT NULL CHECK (after IN ('keep', 'delete')),
    since         TEXT NOT NULL CHECK (since IN ('new', 'everything')),
    every_seconds INTEGER NOT NULL,
    begun         INTEGER NOT NULL DEFAULT 0 CHECK (begun IN (0, 1)),   -- what was there before is noted
    validity      INTEGER,                              -- UIDVALIDITY of the next
    settled       INTEGER NOT NULL DEFAULT 0,           -- nothing is to be done with letters up to this UID but those left
    account_host  TEXT,                                 -- the account's server for outgoing mail when this was set up
    CHECK ((login_of IS NULL) = (password IS NOT NULL)),
    CHECK ((login_of IS NULL) = (account_host IS NULL))
) STRICT;

-- What became of letters there.
CREATE TABLE fetched (
    fetch   INTEGER NOT NULL REFERENCES fetches ON DELETE CASCADE,
    name    TEXT NOT NULL,                              -- UIDL, or UIDVALIDITY/UID
    state   TEXT NOT NULL CHECK (state IN ('old', 'kept', 'taken', 'left')),
    size    INTEGER NOT NULL,                           -- octets, as listed
    digest  BLOB CHECK (length(digest) = 32),           -- of its bytes, where it was read
    mark    BLOB CHECK (length(mark) = 8),              -- of when it came and its size, where the server tells
    gone_at INTEGER,                                    -- seconds since 1970 when it was not listed any more (POP3)
    PRIMARY KEY (fetch, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX fetched_by_digest ON fetched (fetch, digest) WHERE digest IS NOT NULL;
CREATE INDEX fetched_by_mark ON fetched (fetch, mark) WHERE state = 'old' AND mark IS NOT NULL;

-- What was wrong the last time; no row: nothing.
CREATE TABLE fetch_troubles (
    fetch  INTEGER PRIMARY KEY REFERENCES fetches ON DELETE CASCADE,
    kind   TEXT NOT NULL CHECK (kind IN ('login', 'account', 'server', 'full', 'own')),
    reason TEXT NOT NULL,
    since  INTEGER NOT NULL,                            -- seconds since 1970
    told   INTEGER NOT NULL DEFAULT 0 CHECK (told IN (0, 1))            -- the member was, by mail
) STRICT;
