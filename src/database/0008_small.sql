-- queue: the bytes of a small letter that is to be filed here at once: it has no file until it has to wait, or until the next start. An
-- earlier program that is started after a power cut in just that moment tells the writer that the file is gone.
CREATE TABLE small_messages (
    message INTEGER PRIMARY KEY REFERENCES messages ON DELETE CASCADE,
    bytes BLOB NOT NULL
) STRICT;
