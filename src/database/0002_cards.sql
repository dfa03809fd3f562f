-- cards: what an address book program keeps of a contact, and what has changed since it last looked (RFC 6352, RFC 6578).

-- One number for every change of any card: ETags and sync tokens are made of it.
CREATE TABLE card_clock (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    version INTEGER NOT NULL
) STRICT;
INSERT INTO card_clock VALUES (1, 0);

-- Beside every contact, from its first moment on.
CREATE TABLE cards (
    contact INTEGER NOT NULL PRIMARY KEY REFERENCES contacts (id) ON DELETE CASCADE,
    uid TEXT NOT NULL,                -- UID of RFC 6350: the same on every device
    href TEXT NOT NULL,               -- its name in the address book
    raw BLOB NOT NULL DEFAULT x'',    -- what a program or a file said besides: photo, telephone numbers, birthday
    version INTEGER NOT NULL,         -- of the clock, when it last changed
    revised INTEGER NOT NULL
) STRICT;
CREATE INDEX cards_by_href ON cards (href);
CREATE INDEX cards_by_version ON cards (version);

-- Cards that are no more, for programs that were away. The last 50,000 changes are remembered.
CREATE TABLE cards_gone (
    version INTEGER NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    href TEXT NOT NULL
) STRICT;

-- What a member took out of their own address book, and the home keeps: others use it, or letters need it.
CREATE TABLE cards_hidden (
    member TEXT NOT NULL,
    contact INTEGER NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    PRIMARY KEY (member, contact)
) STRICT, WITHOUT ROWID;
CREATE INDEX cards_hidden_by_contact ON cards_hidden (contact);

-- Homes whose safety words a person has compared: with that key, and ours as it was then.
CREATE TABLE verified_peers (
    peer BLOB NOT NULL PRIMARY KEY REFERENCES peers (key) ON DELETE CASCADE,
    ours BLOB NOT NULL CHECK (length(ours) = 32),
    since INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER card_of_new_contact AFTER INSERT ON contacts BEGIN
    UPDATE card_clock SET version = version + 1;
    INSERT INTO cards (contact, uid, href, version, revised)
        SELECT new.id,
            'urn:uuid:' || lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2)
                || '-a' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))),
            '', version, unixepoch() FROM card_clock;
    UPDATE cards SET href = substr(uid, 10) || '.vcf' WHERE contact = new.id;
END;
CREATE TRIGGER card_of_changed_contact AFTER UPDATE OF owner, name, nickname, peer, local ON contacts
WHEN old.owner IS NOT new.owner OR old.name IS NOT new.name OR old.nickname IS NOT new.nickname
    OR old.peer IS NOT new.peer OR old.local IS NOT new.local
BEGIN
    UPDATE card_clock SET version = version + 1;
    UPDATE cards SET version = (SELECT version FROM card_clock), revised = unixepoch() WHERE contact = new.id;
END;
CREATE TRIGGER card_of_gone_contact BEFORE DELETE ON contacts BEGIN
    UPDATE card_clock SET version = version + 1;
    INSERT INTO cards_gone (version, owner, href)
        SELECT k.version, old.owner, c.href FROM cards c, card_clock k WHERE c.contact = old.id;
    DELETE FROM cards_gone WHERE version < (SELECT version FROM card_clock) - 50000;
END;
CREATE TRIGGER card_of_new_address AFTER INSERT ON contact_addresses BEGIN
    UPDATE card_clock SET version = version + 1;
    UPDATE cards SET version = (SELECT version FROM card_clock), revised = unixepoch() WHERE contact = new.contact;
END;
CREATE TRIGGER card_of_changed_address AFTER UPDATE ON contact_addresses BEGIN
    UPDATE card_clock SET version = version + 1;
    UPDATE cards SET version = (SELECT version FROM card_clock), revised = unixepoch() WHERE contact = new.contact;
END;
CREATE TRIGGER card_of_gone_address AFTER DELETE ON contact_addresses BEGIN
    UPDATE card_clock SET version = version + 1;
    UPDATE cards SET version = (SELECT version FROM card_clock), revised = unixepoch() WHERE contact = old.contact;
END;

-- Contacts of before.
UPDATE card_clock SET version = (SELECT coalesce(max(id), 0) FROM contacts);
INSERT INTO cards (contact, uid, href, version, revised)
    SELECT id,
        'urn:uuid:' || lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2)
            || '-a' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))),
        '', id, added FROM contacts;
UPDATE cards SET href = substr(uid, 10) || '.vcf';
