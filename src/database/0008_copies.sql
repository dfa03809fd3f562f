-- queue: the bytes of a small letter to people of this home. It is filed within moments, so its file is not put on the disk for that: after
-- a power cut it is made again from here. An earlier program, should it be started instead, tells of a lost file, and keeps the row.
CREATE TABLE message_copies (
    message INTEGER PRIMARY KEY REFERENCES messages ON DELETE CASCADE,
    bytes BLOB NOT NULL
) STRICT;
