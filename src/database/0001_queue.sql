-- queue: messages that wait. A stamp is (boot, *_ms): see src/clock.rs. The rows are written by src/queue/ alone.
CREATE TABLE messages (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    file        TEXT NOT NULL UNIQUE,      -- name in DIR/queue
    size        INTEGER NOT NULL,
    digest      BLOB NOT NULL,             -- SHA-256 of the file
    member      TEXT,                      -- who submitted it; NULL: the home itself
    message_id  TEXT,
    sender      TEXT NOT NULL,             -- '' = null reverse-path: a notice
    smtputf8    INTEGER NOT NULL,
    eight_bit   INTEGER NOT NULL,
    ret         INTEGER NOT NULL,          -- 0 nothing said, 1 FULL, 2 HDRS
    envelope_id TEXT,                      -- xtext as written
    boot        INTEGER NOT NULL,
    arrived_ms  INTEGER NOT NULL,
    wall        INTEGER NOT NULL           -- seconds since 1970 as the clock said then; for people only
) STRICT;
CREATE INDEX messages_by_age ON messages (boot, arrived_ms);

CREATE TABLE deliveries (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    message  INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE,
    kind     TEXT NOT NULL,                -- 'local' | 'tox'
    target   BLOB NOT NULL,                -- tox: the peer's key; local: empty
    transfer BLOB NOT NULL UNIQUE,         -- 16 random bytes, fixed for good
    size     INTEGER NOT NULL,             -- of the message: small ones go first
    attempts INTEGER NOT NULL DEFAULT 0,
    due_ms   INTEGER NOT NULL DEFAULT 0,   -- CLOCK_BOOTTIME of this boot; all are 0 again after a reboot
    open     INTEGER NOT NULL DEFAULT 1    -- a recipient is still waiting
) STRICT;
CREATE INDEX deliveries_by_message ON deliveries (message);
CREATE INDEX deliveries_small_first ON deliveries (kind, target, size, id, due_ms, open) WHERE open = 1;
CREATE INDEX deliveries_by_due ON deliveries (kind, target, due_ms) WHERE open = 1;

CREATE TABLE recipients (
    delivery  INTEGER NOT NULL REFERENCES deliveries ON DELETE CASCADE,
    idx       INTEGER NOT NULL,            -- position in the envelope
    address   TEXT NOT NULL,               -- as the client wrote it
    notify    INTEGER NOT NULL,            -- 1 success, 2 failure, 4 delay
    original  TEXT,                        -- ORCPT, xtext as written
    there     TEXT NOT NULL,               -- local: member[+tag]; tox: local part there, '' = main mailbox
    state     TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'failed', 'cancelled')),
    status    TEXT,                        -- of the last Later, or of the end
    reason    TEXT,
    owed      INTEGER NOT NULL DEFAULT 0,  -- ended, and the writer has not been told yet
    told_boot INTEGER,                     -- last delay notice
    told_ms   INTEGER,
    PRIMARY KEY (delivery, idx)
) STRICT, WITHOUT ROWID;
CREATE INDEX recipients_owed ON recipients (delivery) WHERE owed = 1;

-- The compressed, rewritten form that crosses Tox: one a message, so that every peer and every attempt sees the same bytes.
CREATE TABLE encoded (
    message      INTEGER PRIMARY KEY REFERENCES messages ON DELETE CASCADE,
    file         TEXT NOT NULL UNIQUE,
    size         INTEGER NOT NULL,
    content_size INTEGER NOT NULL,
    digest       BLOB NOT NULL,
    compressed   INTEGER NOT NULL
) STRICT;

-- RFC 1047: a client whose 250 was lost sends again. Outlives the message.
CREATE TABLE submissions (
    hash    BLOB PRIMARY KEY,              -- SHA-256 of member, Message-ID, content and recipients
    message INTEGER NOT NULL,
    boot    INTEGER NOT NULL,
    made_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX submissions_by_age ON submissions (boot, made_ms);
CREATE INDEX submissions_by_message ON submissions (message);
