-- direct: homes and friends to whom nothing goes through a TCP relay, which would see when we write to each other.
ALTER TABLE peers ADD COLUMN direct_only INTEGER NOT NULL DEFAULT 0 CHECK (direct_only IN (0, 1));
