-- chat: what friends with ordinary Tox programs have said until it is a letter, and what they have acknowledged of ours.
-- Times are seconds since 1970, days are counted from there (UTC). The rows are written by src/delivery/chat/ alone.

-- One letter for each minute in which something came. Its token makes its name in the mailbox: the same for every attempt.
CREATE TABLE chat_letters (
    id    INTEGER PRIMARY KEY AUTOINCREMENT,
    peer  BLOB NOT NULL CHECK (length(peer) = 32),
    day   INTEGER NOT NULL,
    first INTEGER NOT NULL CHECK (first IN (0, 1)),     -- of that day: the others answer to it
    token BLOB NOT NULL UNIQUE CHECK (length(token) = 16)
) STRICT;

-- What came, in order. Tox has acknowledged it before anybody here saw it: this is written first of all.
CREATE TABLE chat_items (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    peer   BLOB NOT NULL CHECK (length(peer) = 32),
    kind   TEXT NOT NULL CHECK (kind IN ('said', 'did', 'file', 'large', 'endless', 'many', 'room', 'broken', 'flood')),
    text   TEXT NOT NULL,                               -- the words, or the name of a file
    file   TEXT,                                        -- where it lies in DIR/chat
    size   INTEGER NOT NULL DEFAULT 0,                  -- of a file
    came   INTEGER NOT NULL,
    letter INTEGER REFERENCES chat_letters ON DELETE CASCADE    -- NULL: joined with what still comes
) STRICT;
CREATE INDEX chat_items_open ON chat_items (peer, id) WHERE letter IS NULL;
CREATE INDEX chat_items_by_letter ON chat_items (letter, id) WHERE letter IS NOT NULL;

-- How much a friend has said on a day.
CREATE TABLE chat_days (
    peer     BLOB NOT NULL CHECK (length(peer) = 32),
    day      INTEGER NOT NULL,
    letters  INTEGER NOT NULL DEFAULT 0,
    items    INTEGER NOT NULL DEFAULT 0,
    bytes    INTEGER NOT NULL DEFAULT 0,                                -- of words
    files    INTEGER NOT NULL DEFAULT 0,                                -- bytes of files
    flooded  INTEGER NOT NULL DEFAULT 0 CHECK (flooded IN (0, 1)),      -- more was said than is taken
    declined INTEGER NOT NULL DEFAULT 0 CHECK (declined IN (0, 1)),     -- told that groups are not joined
    PRIMARY KEY (peer, day)
) STRICT, WITHOUT ROWID;

-- Files that have begun to come; they go on where they stopped.
CREATE TABLE chat_files (
    peer    BLOB NOT NULL CHECK (length(peer) = 32),
    file_id BLOB NOT NULL CHECK (length(file_id) = 32),
    name    TEXT NOT NULL,
    size    INTEGER NOT NULL,
    file    TEXT NOT NULL UNIQUE,                       -- where it lies in DIR/chat
    seen    INTEGER NOT NULL,                           -- when the last byte came
    PRIMARY KEY (peer, file_id)
) STRICT, WITHOUT ROWID;

-- Parts of a letter of ours that the friend's program has acknowledged, or does not want: they do not go again.
CREATE TABLE chat_parts (
    delivery INTEGER NOT NULL REFERENCES deliveries ON DELETE CASCADE,
    part     INTEGER NOT NULL,
    digest   BLOB NOT NULL CHECK (length(digest) = 16), -- of what it was
    wanted   INTEGER NOT NULL CHECK (wanted IN (0, 1)),
    PRIMARY KEY (delivery, part)
) STRICT, WITHOUT ROWID;
