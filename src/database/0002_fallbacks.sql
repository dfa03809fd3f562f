-- fallbacks: contacts whose letters may go by ordinary mail when their home is away for long. src/contacts/ writes the column,
-- src/queue/ the table.
ALTER TABLE contacts ADD COLUMN fallback_seconds INTEGER;   -- NULL: never

-- Decided when a letter is accepted, as its way is.
CREATE TABLE fallbacks (
    message       INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE,
    idx           INTEGER NOT NULL,    -- position in the envelope
    after_seconds INTEGER NOT NULL,    -- of waiting
    account       INTEGER NOT NULL,    -- whose provider takes it then
    address       TEXT NOT NULL,       -- the recipient in ordinary mail
    state         TEXT NOT NULL DEFAULT 'may' CHECK (state IN ('may', 'owed', 'told')),  -- owed: it fell back, and the writer has not been told
    PRIMARY KEY (message, idx)
) STRICT, WITHOUT ROWID;
CREATE INDEX fallbacks_open ON fallbacks (message, idx) WHERE state = 'may';
CREATE INDEX fallbacks_owed ON fallbacks (message, idx) WHERE state = 'owed';
