-- contacts: the same trigger as before, naming its columns, so that a table that gets one more does not stop it.
DROP TRIGGER nickname_retires;
CREATE TRIGGER nickname_retires AFTER DELETE ON contacts BEGIN
    INSERT OR REPLACE INTO retired_nicknames (nickname, peer, local, gone)
        VALUES (old.nickname, old.peer, old.local, unixepoch());
    INSERT OR REPLACE INTO retired_nicknames (nickname, peer, local, gone)
        SELECT old.former, old.peer, old.local, unixepoch() WHERE old.former IS NOT NULL;
    DELETE FROM retired_nicknames WHERE old.peer IS NOT NULL AND nickname IN (SELECT nickname FROM retired_nicknames
        WHERE peer = old.peer ORDER BY gone DESC LIMIT -1 OFFSET 400);
END;
