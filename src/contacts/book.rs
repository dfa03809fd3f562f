//! What one message needs to know of the contacts, read in one go before its header is rewritten.

use std::collections::HashMap;

use rusqlite::{Connection, params};

use super::names::Taken;
use super::{Contacts, Error, Found, by_nickname, find, moves, peers};
use crate::mail::address::{self, Meaning, MemberName, PeerKey, canonical};
use crate::mail::header::{AddressBook, ArrivalBook, HeaderSection, addresses};

/// For a message on its way out: canonical addresses of all in its header that have one.
#[derive(Clone, Debug, Default)]
pub struct Book(HashMap<String, String>);

impl AddressBook for Book {
    fn canonical_of(&self, address: &str) -> Option<String> {
        self.0
            .get(address)
            .or_else(|| self.0.get(&address::folded(address)))
            .cloned()
    }
}

/// For a message that has come in.
#[derive(Clone, Debug)]
pub struct Arrival {
    peer: PeerKey,
    suffix: String,
    /// What the home as such is called here.
    home: String,
    /// Mailbox there (empty: the main one) -> what it is called here.
    names: HashMap<String, String>,
    /// Confirmed ordinary addresses and nicknames of that home's people, folded -> what they are called here.
    confirmed: HashMap<String, String>,
    /// Canonical -> preferred, of everybody in the header and of that home's people.
    preferred: HashMap<String, String>,
}

impl ArrivalBook for Arrival {
    fn peer_suffix(&self) -> &str {
        &self.suffix
    }

    fn may_write_as(&self, address: &str) -> bool {
        self.confirmed.contains_key(&address::folded(address))
    }

    fn display_for(&self, address: &str) -> Option<String> {
        if let Some(name) = self.confirmed.get(&address::folded(address)) {
            return Some(name.clone());
        }
        match address::meaning(address, address::LOCAL_DOMAIN) {
            Ok(Meaning::Peer { key, local }) if key == self.peer => {
                let local = local.unwrap_or_default();
                let name = match address::split_tag(&local).0 {
                    address::MAIN_MAILBOX => "",
                    name => name,
                };
                Some(match self.names.get(name) {
                    Some(known) => known.clone(),
                    None if name.is_empty() => self.home.clone(),
                    // Somebody there whom we have not heard of: shown as theirs.
                    None => format!("{name} ({})", self.home),
                })
            }
            _ => None,
        }
    }

    fn preferred(&self, canonical: &str) -> Option<String> {
        self.preferred.get(canonical).cloned()
    }
}

impl Contacts {
    /// What is needed to send this header over Tox, for a letter of that member.
    ///
    /// # Errors
    /// The database.
    pub fn book(&self, writer: Option<&MemberName>, header: &HeaderSection) -> Result<Book, Error> {
        let addresses = addresses(header);
        self.database.read(|c| {
            let mut book = HashMap::new();
            for address in addresses {
                if let Some(other) = self.canonical_in(c, &address, writer)? {
                    // In a name it may stand in other letters than in the address beside it.
                    let folded = address::folded(&address);
                    book.entry(folded).or_insert_with(|| other.clone());
                    book.insert(address, other);
                }
            }
            Ok(Book(book))
        })
    }

    /// The canonical address of any Tox form, nickname or address of this home; `None` for all else. A nickname of
    /// somebody without Tox becomes their ordinary address, and one that is nobody's an address that is nobody's: it must
    /// not leave the home either.
    ///
    /// # Errors
    /// The database.
    pub fn canonical_of(
        &self,
        address: &str,
        asker: Option<&MemberName>,
    ) -> Result<Option<String>, Error> {
        self.database.read(|c| self.canonical_in(c, address, asker))
    }

    fn canonical_in(
        &self,
        c: &Connection,
        address: &str,
        asker: Option<&MemberName>,
    ) -> Result<Option<String>, Error> {
        let Ok(meaning) = self.meaning(address) else {
            return Ok(None);
        };
        let tagged = |name: &str, tag: &Option<String>| match tag {
            Some(tag) => format!("{name}+{tag}"),
            None => name.to_owned(),
        };
        Ok(Some(match meaning {
            Meaning::Member { name, tag } => {
                canonical(Some(&tagged(name.as_str(), &tag)), &self.ourselves)
            }
            Meaning::Main { tag } => {
                canonical(Some(&tagged(address::MAIN_MAILBOX, &tag)), &self.ourselves)
            }
            // `postmaster` without a domain is whoever reads it.
            Meaning::Postmaster if !address.contains('@') => return Ok(None),
            // A one-time address never leaves the home; whoever answers to it reaches a person.
            Meaning::Postmaster | Meaning::Answer(_) => {
                canonical(Some("postmaster"), &self.ourselves)
            }
            Meaning::Peer { key, local } => canonical(local.as_deref(), &moves::successor(c, key)?),
            Meaning::FirstContact { id, local } => {
                canonical(local.as_deref(), &moves::successor(c, id.key())?)
            }
            Meaning::Nickname(nickname) => {
                let (name, tag) = address::split_tag(&nickname);
                let found = by_nickname(c, name, asker)?.filter(|found| !found.has_no_address());
                match found.map(|found| found.who(tag)) {
                    Some(super::Who::Peer { key, local }) => canonical(local.as_deref(), &key),
                    Some(super::Who::Ordinary(address)) => address,
                    // There it could be a nickname of somebody else's, and here it stays in any case.
                    _ => address::NOBODY.to_owned(),
                }
            }
            Meaning::Ordinary(_) => return Ok(None),
        }))
    }

    /// What is needed to file a message of that peer, for that reader (or for nobody in particular: shared contacts only).
    ///
    /// # Errors
    /// The database.
    pub fn arrival_book(
        &self,
        peer: &PeerKey,
        reader: Option<&MemberName>,
        header: &HeaderSection,
    ) -> Result<Arrival, Error> {
        let mentioned = addresses(header);
        self.database.read(|c| {
            let home_name: String = c
                .prepare_cached("SELECT home_name FROM peers WHERE key = ?1")?
                .query_map([peer.as_bytes()], |row| row.get(0))?
                .next()
                .transpose()?
                .unwrap_or_default();
            let mut arrival = Arrival {
                peer: *peer,
                suffix: format!("{}.tox", peer.base32()),
                home: String::new(),
                names: HashMap::new(),
                confirmed: HashMap::new(),
                preferred: HashMap::new(),
            };
            let (taken, plain) = (Taken::by_others(c, peer)?, peers::plain_name(peer));
            let own_name = match home_name.as_str() {
                "" => plain.clone(),
                name => taken.told_apart(name, &plain),
            };
            let behind = if own_name == home_name {
                &own_name
            } else {
                &plain
            };
            arrival.people(self, c, reader, &|name| taken.told_apart(name, behind))?;
            arrival.home = arrival.names.get("").cloned().unwrap_or(own_name);
            for address in mentioned {
                let Ok(Meaning::Peer { key, local }) = address::meaning(&address, &self.hostname)
                else {
                    continue;
                };
                let full = canonical(local.as_deref(), &key);
                let other = if key == self.ourselves {
                    let local = local.as_deref().unwrap_or(address::MAIN_MAILBOX);
                    Some(format!("{local}@{}", self.hostname))
                } else if key == *peer {
                    continue;
                } else {
                    by_mailbox(c, &moves::successor(c, key)?, local.as_deref(), reader)?
                        .and_then(|found| found.preferred())
                };
                arrival.preferred.extend(other.map(|other| (full, other)));
            }
            Ok(arrival)
        })
    }
}

impl Arrival {
    /// Everybody whom this home knows of that home. Whoever was not named by a person here is told apart from all who are
    /// called so by now: somebody may have come to that name after them.
    fn people(
        &mut self,
        contacts: &Contacts,
        c: &Connection,
        reader: Option<&MemberName>,
        told_apart: &dyn Fn(&str) -> String,
    ) -> Result<(), Error> {
        let reader = reader.map_or("", MemberName::as_str);
        // A member's own entry comes last and wins.
        let mut statement = c.prepare_cached(
            "SELECT id, name, nickname, local, made_by = 'person' FROM contacts
             WHERE peer = ?1 AND (owner = '' OR owner = ?2) ORDER BY owner",
        )?;
        let mut addresses = c.prepare_cached(
            "SELECT address, written FROM contact_addresses WHERE contact = ?1 ORDER BY place",
        )?;
        let mut rows = statement.query(params![self.peer.as_bytes(), reader])?;
        while let Some(row) = rows.next()? {
            let (id, local): (i64, String) = (row.get(0)?, row.get(3)?);
            let (name, nickname): (String, String) = (row.get(1)?, row.get(2)?);
            let name = if row.get(4)? { name } else { told_apart(&name) };
            let mut found = Found {
                name,
                nickname,
                peer: Some(self.peer),
                local: Some(local.clone()).filter(|local| !local.is_empty()),
                address: None,
            };
            let mut written = addresses.query([id])?;
            while let Some(row) = written.next()? {
                let address: String = row.get(1)?;
                // The host name, or the family's own mail server, may have come after the contact.
                if !contacts.is_elsewhere(&address) {
                    continue;
                }
                self.confirmed.insert(row.get(0)?, found.name.clone());
                if found.address.is_none() {
                    found.address = Some(address);
                }
            }
            let nick = format!("{}@{}", found.nickname, address::TOX_DOMAIN);
            self.confirmed.insert(nick, found.name.clone());
            if let Some(preferred) = found.preferred() {
                let full = canonical(found.local.as_deref(), &self.peer);
                self.preferred.insert(full, preferred);
            }
            self.names.insert(local, found.name);
        }
        Ok(())
    }
}

pub(super) fn by_mailbox(
    c: &Connection,
    key: &PeerKey,
    local: Option<&str>,
    asker: Option<&MemberName>,
) -> Result<Option<Found>, Error> {
    let local = local.unwrap_or_default();
    let condition = "peer = ?2 AND local = ?3";
    find(c, condition, &[key.as_bytes(), &local], asker)
}
