-- reencode: whether letters of a member may be made over for a provider that takes 7 bits only. Written by src/members/.
ALTER TABLE members ADD COLUMN reencode INTEGER NOT NULL DEFAULT 0 CHECK (reencode IN (0, 1));
