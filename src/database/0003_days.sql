-- days: how much came and went. A row is written in the transaction that files or settles a letter, and kept for 400 days.
CREATE TABLE days (
    day       INTEGER NOT NULL,            -- days since 1970-01-01 where this home is
    member    TEXT NOT NULL,               -- whose letters; '': of people without a mailbox here
    direction TEXT NOT NULL CHECK (direction IN ('received', 'sent')),
    way       TEXT NOT NULL CHECK (way IN ('direct', 'ordinary', 'local', 'chat', 'gateway')),
    letters   INTEGER NOT NULL,
    bytes     INTEGER NOT NULL,
    PRIMARY KEY (day, member, direction, way)
) STRICT, WITHOUT ROWID;

-- A member looks at their own letters, however many others wait.
CREATE INDEX messages_by_member ON messages (member, id);
