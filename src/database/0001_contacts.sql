-- contacts: who is who. The Tox friend list follows from `peers`; times are seconds since 1970.

-- Other homes (and, one day, chat programs) on the Tox network.
CREATE TABLE peers (
    key BLOB NOT NULL PRIMARY KEY CHECK (length(key) = 32),
    tox_id BLOB CHECK (length(tox_id) = 38),
    -- an invitation or one valid Hello makes a home for good
    kind TEXT NOT NULL DEFAULT 'unknown' CHECK (kind IN ('unknown', 'home', 'chat')),
    -- asked: we knock at theirs; waiting: we let them in, not seen yet; connected: seen at least once
    state TEXT NOT NULL CHECK (state IN ('asked', 'waiting', 'connected')),
    blocked INTEGER NOT NULL DEFAULT 0 CHECK (blocked IN (0, 1)),
    home_name TEXT NOT NULL DEFAULT '',
    -- what we say when we knock, kept until the first connection
    request BLOB,
    added INTEGER NOT NULL,
    last_seen INTEGER
) STRICT, WITHOUT ROWID;

-- The address table: people, and homes as such (peer set, local empty: the main mailbox).
CREATE TABLE contacts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- a member's own entry; empty: everybody's in this home
    owner TEXT NOT NULL DEFAULT '',
    name TEXT NOT NULL,
    nickname TEXT NOT NULL UNIQUE,
    -- the nickname before a person here chose another name: letters that came until then are answered there
    former TEXT UNIQUE,
    peer BLOB REFERENCES peers (key) ON DELETE CASCADE,
    local TEXT NOT NULL DEFAULT '',
    -- who chose the name: a person here, the pairing (the home itself), or the other home's directory
    made_by TEXT NOT NULL CHECK (made_by IN ('person', 'pairing', 'directory')),
    added INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX contacts_by_mailbox ON contacts (peer, local, owner) WHERE peer IS NOT NULL;

-- Ordinary e-mail addresses that a person here has given or confirmed: only these count for routing and for From.
CREATE TABLE contact_addresses (
    contact INTEGER NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    owner TEXT NOT NULL,              -- of the contact: an address belongs to one contact in each view
    address TEXT NOT NULL,            -- lower case, to compare
    written TEXT NOT NULL,            -- as given, to show
    place INTEGER NOT NULL,           -- the first one is what people here see
    PRIMARY KEY (address, owner)
) STRICT, WITHOUT ROWID;
CREATE INDEX contact_addresses_by_contact ON contact_addresses (contact);

-- What another home says of its members: claims, never more.
CREATE TABLE directory (
    peer BLOB NOT NULL REFERENCES peers (key) ON DELETE CASCADE,
    local TEXT NOT NULL,
    display TEXT NOT NULL,
    dismissed INTEGER NOT NULL DEFAULT 0 CHECK (dismissed IN (0, 1)),   -- removed by a person: does not come back
    PRIMARY KEY (peer, local)
) STRICT, WITHOUT ROWID;
CREATE TABLE directory_addresses (
    peer BLOB NOT NULL,
    local TEXT NOT NULL,
    address TEXT NOT NULL,
    written TEXT NOT NULL,
    PRIMARY KEY (peer, local, address),
    FOREIGN KEY (peer, local) REFERENCES directory (peer, local) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Invitations that we gave out. The token itself is only in the link.
CREATE TABLE invitations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    token_hash BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    withdrawn INTEGER,
    used INTEGER,
    used_by BLOB CHECK (length(used_by) = 32)
) STRICT;

-- Friend requests that wait for a person's word.
CREATE TABLE requests (
    key BLOB NOT NULL PRIMARY KEY CHECK (length(key) = 32),
    message TEXT NOT NULL,
    received INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
