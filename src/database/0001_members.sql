-- members: the people of this home.
CREATE TABLE members (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,   -- the lowest is the administrator and the main mailbox unless set
    name     TEXT NOT NULL UNIQUE,
    display  TEXT NOT NULL,
    password TEXT NOT NULL,                       -- argon2id, PHC string
    language TEXT,                                -- NULL: the home's
    created  INTEGER NOT NULL
) STRICT;

CREATE TABLE devices (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    member    INTEGER NOT NULL REFERENCES members ON DELETE CASCADE,
    label     TEXT NOT NULL,
    hash      BLOB NOT NULL UNIQUE,               -- SHA-256: the secret has 125 random bits
    created   INTEGER NOT NULL,
    last_used INTEGER                             -- written once a day
) STRICT;
CREATE INDEX devices_by_member ON devices (member);

-- Ordinary addresses that the home has confirmed to be this member's.
CREATE TABLE member_addresses (
    address TEXT PRIMARY KEY COLLATE NOCASE,
    member  INTEGER NOT NULL REFERENCES members ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX member_addresses_by_member ON member_addresses (member);
