-- identity: what homes tell each other of themselves, and names that were somebody's. Times are seconds since 1970.

-- What a peer may see of this home. unasked: nobody here has said that it is a contact; a member only wrote there, or another
-- home has named it.
ALTER TABLE peers ADD COLUMN directory TEXT NOT NULL DEFAULT 'full' CHECK (directory IN ('full', 'name', 'unasked'));

-- The Tox address in the link: with another one than the home's own it opens nothing. NULL until the first start after an update.
ALTER TABLE invitations ADD COLUMN tox_id BLOB CHECK (length(tox_id) = 38);

-- Homes to whose full address a letter is being taken: until it is queued nobody knocks there. What a crash leaves is looked
-- through at the next start.
CREATE TABLE first_contacts (
    key BLOB NOT NULL PRIMARY KEY REFERENCES peers (key) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Homes that say, in a Tox session of their own, that another box takes their place. One row a home: its last word that counted.
CREATE TABLE moves (
    old BLOB NOT NULL PRIMARY KEY REFERENCES peers (key) ON DELETE CASCADE,
    new BLOB NOT NULL CHECK (length(new) = 32),
    -- open: nobody here has decided; withdrawn: it says so no more; confirmed, refused: by a person here
    state TEXT NOT NULL CHECK (state IN ('open', 'withdrawn', 'confirmed', 'refused')),
    announced INTEGER NOT NULL,
    told INTEGER NOT NULL DEFAULT 0 CHECK (told IN (0, 1))      -- the members were, by mail
) STRICT, WITHOUT ROWID;
CREATE INDEX moves_by_new ON moves (new);

-- Nicknames of contacts that are gone: they stand in letters and address books, so nobody else gets one by himself. The last
-- 400 of each home, and all that a person here has given to somebody without one.
CREATE TABLE retired_nicknames (
    nickname TEXT NOT NULL PRIMARY KEY,
    peer BLOB,
    local TEXT NOT NULL,
    gone INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER nickname_retires AFTER DELETE ON contacts BEGIN
    INSERT OR REPLACE INTO retired_nicknames VALUES (old.nickname, old.peer, old.local, unixepoch());
    INSERT OR REPLACE INTO retired_nicknames
        SELECT old.former, old.peer, old.local, unixepoch() WHERE old.former IS NOT NULL;
    DELETE FROM retired_nicknames WHERE old.peer IS NOT NULL AND nickname IN (SELECT nickname FROM retired_nicknames
        WHERE peer = old.peer ORDER BY gone DESC LIMIT -1 OFFSET 400);
END;
CREATE TRIGGER nickname_returns AFTER INSERT ON contacts BEGIN
    DELETE FROM retired_nicknames WHERE nickname = new.nickname;
END;
CREATE TRIGGER nickname_returns_to_another AFTER UPDATE OF nickname ON contacts BEGIN
    DELETE FROM retired_nicknames WHERE nickname = new.nickname;
END;
