-- identity: what homes tell each other of themselves, and names that were somebody's. Times are seconds since 1970.

-- What a peer may see of this home. unasked: nobody here has said that it is a contact; a member only wrote there, or another
-- home has named it.
ALTER TABLE peers ADD COLUMN directory TEXT NOT NULL DEFAULT 'full' CHECK (directory IN ('full', 'name', 'unasked'));

-- The Tox address in the link: with another one than the home's own it opens nothing. NULL until the first start after an update.
ALTER TABLE invitations ADD COLUMN tox_id BLOB CHECK (length(tox_id) = 38);
