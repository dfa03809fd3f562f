-- delivery: the Outbox of each member, as mail programs see it. A UID and its bytes stay what they are, so these rows are truth;
-- src/delivery/outbox.rs writes them when somebody looks.
CREATE TABLE outboxes (
    member       TEXT PRIMARY KEY REFERENCES members (name) ON DELETE CASCADE,
    object_id    TEXT NOT NULL,
    uid_validity INTEGER NOT NULL,
    uid_next     INTEGER NOT NULL DEFAULT 1,
    mod_seq      INTEGER NOT NULL DEFAULT 1,
    subscribed   INTEGER NOT NULL DEFAULT 1
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox_letters (
    member  TEXT NOT NULL REFERENCES outboxes ON DELETE CASCADE,
    uid     INTEGER NOT NULL,
    message INTEGER NOT NULL,           -- in the queue
    mod_seq INTEGER NOT NULL,
    flags   INTEGER NOT NULL,           -- 1 \Seen, 2 \Deleted
    state   TEXT NOT NULL,              -- how far it is to whom; when this changes or the day does, there is a new UID
    day     INTEGER NOT NULL,           -- since 1970-01-01, where the home is
    field   TEXT NOT NULL,              -- the bytes before those of the letter
    size    INTEGER NOT NULL,           -- octets, with those
    arrived INTEGER NOT NULL,           -- seconds since 1970
    title   TEXT,                       -- its subject, for who takes it back when it has left
    PRIMARY KEY (member, uid),
    UNIQUE (member, message)
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox_gone (
    member  TEXT NOT NULL REFERENCES outboxes ON DELETE CASCADE,
    uid     INTEGER NOT NULL,
    mod_seq INTEGER NOT NULL,
    message INTEGER,                    -- in the queue; NULL once it was taken back
    title   TEXT,
    PRIMARY KEY (member, uid)
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_gone_changed ON outbox_gone (member, mod_seq);
CREATE INDEX outbox_gone_of ON outbox_gone (member, message) WHERE message IS NOT NULL;
