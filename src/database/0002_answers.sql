-- answers: what the home asks its members by mail. A stamp is (boot, *_ms): see src/clock.rs. Written by src/questions/ alone.
CREATE TABLE questions (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    -- SHA-256 of what stands in the one-time address: the address itself is only in the mail
    hash        BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
    about       TEXT NOT NULL CHECK (about IN ('request', 'claims', 'letter')),
    subject     BLOB NOT NULL,             -- request, claims: the peer's key; letter: the message's number, big-endian
    boot        INTEGER NOT NULL,
    made_ms     INTEGER NOT NULL,
    mailed      INTEGER NOT NULL DEFAULT 0 CHECK (mailed IN (0, 1)),   -- the mails that ask are in the queue
    unclear     INTEGER NOT NULL DEFAULT 0,    -- answers that were not understood
    -- who has answered what, by which letter: one that is tried again after a crash goes on where it was
    answered_by TEXT,
    word        TEXT CHECK (word IN ('yes', 'no', 'block', 'send')),
    letter      BLOB CHECK (length(letter) = 16)
) STRICT;
CREATE INDEX questions_by_subject ON questions (about, subject);
CREATE INDEX questions_by_age ON questions (about, boot, made_ms);

-- Whose answer counts.
CREATE TABLE question_members (
    question INTEGER NOT NULL REFERENCES questions ON DELETE CASCADE,
    member   TEXT NOT NULL,
    PRIMARY KEY (question, member)
) STRICT, WITHOUT ROWID;

-- Which addresses a question is about: each is asked about once.
CREATE TABLE question_claims (
    question INTEGER NOT NULL REFERENCES questions ON DELETE CASCADE,
    peer     BLOB NOT NULL CHECK (length(peer) = 32),
    local    TEXT NOT NULL,
    owner    TEXT NOT NULL,                -- of the contact; empty: everybody's
    address  TEXT NOT NULL,                -- lower case, to compare
    written  TEXT NOT NULL,                -- as claimed, to show
    PRIMARY KEY (question, local, address)
) STRICT, WITHOUT ROWID;
CREATE INDEX question_claims_by_peer ON question_claims (peer, owner);

-- What a member wants where a letter takes the private ways and the ordinary one: tell them afterwards, ask them before, or
-- refuse it. And whether they have heard that answers to ordinary mail arrive at the provider.
ALTER TABLE members ADD COLUMN mixed TEXT NOT NULL DEFAULT 'tell' CHECK (mixed IN ('tell', 'ask', 'refuse'));
ALTER TABLE members ADD COLUMN knows_ordinary INTEGER NOT NULL DEFAULT 0 CHECK (knows_ordinary IN (0, 1));

-- A delivery with open = 2 is held until its writer says that it may go: nobody looks for it.
-- What the writer is told once the copies by ordinary mail have ended: 1 which way each went, 2 where answers arrive, 3 both.
ALTER TABLE messages ADD COLUMN ways INTEGER NOT NULL DEFAULT 0;
CREATE INDEX messages_with_ways ON messages (id) WHERE ways <> 0;
CREATE INDEX deliveries_held ON deliveries (message) WHERE open = 2;
