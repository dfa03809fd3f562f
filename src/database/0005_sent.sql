-- queue: letters of members whose copies in Sent are to show which ways they went. A row outlives its message until that is shown.
CREATE TABLE sent_letters (
    message      INTEGER PRIMARY KEY,                   -- in the queue; its number is never given again
    member       TEXT NOT NULL,
    message_id   TEXT NOT NULL,
    ways         INTEGER NOT NULL DEFAULT 0,            -- one bit a way, see src/queue/sent.rs
    shown        INTEGER NOT NULL DEFAULT 0,            -- those of them that the copy shows
    uid_validity INTEGER,                               -- the copy; NULL: there is none yet
    uid          INTEGER
) STRICT;
CREATE INDEX sent_letters_open ON sent_letters (member, message) WHERE uid IS NULL OR shown <> ways;
CREATE INDEX sent_letters_shown ON sent_letters (message) WHERE uid IS NOT NULL AND shown = ways;
