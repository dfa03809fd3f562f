-- store: what has arrived. A UID is never given twice, so these rows are truth and no cache.

-- The last UIDVALIDITY that any mailbox of this home got: a mailbox that is made again gets a higher one.
CREATE TABLE uid_validity (
    last INTEGER NOT NULL
) STRICT;
INSERT INTO uid_validity VALUES (0);

CREATE TABLE mailboxes (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    member       TEXT NOT NULL,
    name         TEXT NOT NULL,                 -- "INBOX", "Archive/2026"
    uid_validity INTEGER NOT NULL CHECK (uid_validity BETWEEN 1 AND 4294967295),
    uid_next     INTEGER NOT NULL DEFAULT 1 CHECK (uid_next BETWEEN 1 AND 4294967295),
    mod_seq      INTEGER NOT NULL DEFAULT 1,    -- of the last change
    messages     INTEGER NOT NULL DEFAULT 0,
    bytes        INTEGER NOT NULL DEFAULT 0,    -- with CRLF; what counts for the quota
    UNIQUE (member, name)
) STRICT;

CREATE TABLE mailbox_messages (
    mailbox INTEGER NOT NULL REFERENCES mailboxes ON DELETE CASCADE,
    uid     INTEGER NOT NULL,
    name    BLOB NOT NULL,                      -- Maildir base name: what stands before ":2,"
    place   INTEGER NOT NULL,                   -- 0 new/, 1 cur/
    flags   INTEGER NOT NULL,                   -- one bit a letter, see src/store/flags.rs
    size    INTEGER NOT NULL,                   -- octets with CRLF
    lines   INTEGER NOT NULL,                   -- 1: the file has lines that end in LF alone; 2: its last line has no end
    arrived INTEGER NOT NULL,                   -- seconds since 1970
    mod_seq INTEGER NOT NULL,
    PRIMARY KEY (mailbox, uid)
) STRICT, WITHOUT ROWID;
CREATE INDEX mailbox_messages_new ON mailbox_messages (mailbox, uid) WHERE place = 0;

-- UIDs that are gone, for QRESYNC; kept from the first day.
CREATE TABLE mailbox_expunged (
    mailbox INTEGER NOT NULL REFERENCES mailboxes ON DELETE CASCADE,
    uid     INTEGER NOT NULL,
    mod_seq INTEGER NOT NULL,
    PRIMARY KEY (mailbox, uid)
) STRICT, WITHOUT ROWID;

-- What was filed for whom, also after it was moved or expunged: a transfer that is offered again gives no second copy.
CREATE TABLE mailbox_filed (
    member      TEXT NOT NULL,
    unique_name BLOB NOT NULL,
    -- seconds since 1970 when a trusted clock first saw the row; 0: none has (a clock that was not set dates nothing)
    filed_at    INTEGER NOT NULL,
    PRIMARY KEY (member, unique_name)
) STRICT, WITHOUT ROWID;
