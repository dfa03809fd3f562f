-- backup: messages with copies by ordinary ways (relay, gateway, chat) that a restored home does not let go by itself: they may have
-- gone from the old box. Written by src/queue/ alone.
CREATE TABLE held_by_restore (
    message INTEGER NOT NULL PRIMARY KEY REFERENCES messages ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
