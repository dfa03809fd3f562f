-- store: what IMAP asks of a mailbox beyond UIDs. src/store writes the rows.
ALTER TABLE mailboxes ADD COLUMN object_id TEXT NOT NULL DEFAULT '';                -- MAILBOXID: random, never another mailbox's
UPDATE mailboxes SET object_id = lower(hex(randomblob(8)));
CREATE UNIQUE INDEX mailboxes_by_object ON mailboxes (object_id);
ALTER TABLE mailboxes ADD COLUMN special_use TEXT CHECK (special_use IN ('archive', 'drafts', 'junk', 'sent', 'trash'));
CREATE UNIQUE INDEX mailboxes_by_use ON mailboxes (member, special_use) WHERE special_use IS NOT NULL;
ALTER TABLE mailboxes ADD COLUMN recent INTEGER NOT NULL DEFAULT 1;                 -- no session has been told of this UID and later ones
ALTER TABLE mailboxes ADD COLUMN unseen INTEGER NOT NULL DEFAULT 0;                 -- messages without S (bit 18)
ALTER TABLE mailboxes ADD COLUMN deleted INTEGER NOT NULL DEFAULT 0;                -- messages with T (bit 19)
ALTER TABLE mailboxes ADD COLUMN deleted_bytes INTEGER NOT NULL DEFAULT 0;
UPDATE mailboxes SET
    unseen = (SELECT count(*) FROM mailbox_messages WHERE mailbox = mailboxes.id AND flags & 262144 = 0),
    deleted = (SELECT count(*) FROM mailbox_messages WHERE mailbox = mailboxes.id AND flags & 524288 <> 0),
    deleted_bytes = (SELECT coalesce(sum(size), 0) FROM mailbox_messages WHERE mailbox = mailboxes.id AND flags & 524288 <> 0);

-- Each set of keywords that messages of a mailbox have together. Ids are never given again: sessions remember them.
CREATE TABLE mailbox_keywords (
    id      INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id <= 4294967295),
    mailbox INTEGER NOT NULL REFERENCES mailboxes ON DELETE CASCADE,
    names   TEXT NOT NULL,                              -- sorted, with spaces between
    UNIQUE (mailbox, names)
) STRICT;
ALTER TABLE mailbox_messages ADD COLUMN keywords INTEGER NOT NULL DEFAULT 0;        -- 0: none
CREATE INDEX mailbox_messages_tagged ON mailbox_messages (mailbox, keywords) WHERE keywords <> 0;
CREATE INDEX mailbox_messages_changed ON mailbox_messages (mailbox, mod_seq);
CREATE INDEX mailbox_expunged_changed ON mailbox_expunged (mailbox, mod_seq);

-- A name stays subscribed when its mailbox is gone (RFC 3501 section 6.3.6).
CREATE TABLE mailbox_subscriptions (
    member TEXT NOT NULL,
    name   TEXT NOT NULL,
    PRIMARY KEY (member, name)
) STRICT, WITHOUT ROWID;
INSERT INTO mailbox_subscriptions SELECT member, name FROM mailboxes;

-- Begun and not finished. A start goes on with these renames, and takes these files away, under the folder of the mail: they
-- belong to an APPEND or COPY of several messages, which is whole or not at all.
CREATE TABLE mailbox_renames (
    mailbox  INTEGER PRIMARY KEY REFERENCES mailboxes ON DELETE CASCADE,
    new_name TEXT NOT NULL
) STRICT;
CREATE TABLE mailbox_unfinished (
    path BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;
