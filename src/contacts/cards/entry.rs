//! An entry of the address table with the card beside it: how it is read, and how what belongs to it is written.
//!
//! What never happens here: nothing is decided about who may see or change an entry, and no card from outside is read.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::CardError;
use crate::cause::Cause;
use crate::contacts::table::MAX_ADDRESSES;
use crate::contacts::vcard::{self, Card, Facts, Version};
use crate::contacts::{Error, refused_as};
use crate::mail::address::{self, PeerKey, ToxId, canonical};

/// All that programs and files have said besides, in the whole home, in bytes.
pub(super) const MAX_STORED: i64 = 64 << 20;

/// What happens to an e-mail address that another entry has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Clash {
    Refuse,
    /// It counts for nothing.
    Leave,
}

pub(super) struct Entry {
    pub(super) id: i64,
    pub(super) owner: String,
    pub(super) name: String,
    pub(super) nickname: String,
    pub(super) peer: Option<PeerKey>,
    pub(super) local: String,
    pub(super) uid: String,
    pub(super) raw: Vec<u8>,
    pub(super) version: i64,
    pub(super) revised: i64,
}

pub(super) const ENTRY: &str =
    "SELECT c.id, c.owner, c.name, c.nickname, c.peer, c.local, k.uid, k.raw, k.version, k.revised
     FROM contacts c JOIN cards k ON k.contact = c.id";
/// What the member `?1` sees.
pub(super) const VISIBLE: &str = "(c.owner = '' OR c.owner = ?1)
     AND c.id NOT IN (SELECT contact FROM cards_hidden WHERE member = ?1)";

pub(super) fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    Ok(Entry {
        id: row.get(0)?,
        owner: row.get(1)?,
        name: row.get(2)?,
        nickname: row.get(3)?,
        peer: row.get::<_, Option<[u8; 32]>>(4)?.map(PeerKey::from_bytes),
        local: row.get(5)?,
        uid: row.get(6)?,
        raw: row.get(7)?,
        version: row.get(8)?,
        revised: row.get(9)?,
    })
}

impl Entry {
    /// The card as it was given; an empty one where none was.
    pub(super) fn kept(&self) -> Card {
        Card::read(&self.raw).unwrap_or(Card {
            version: Version::V4,
            properties: Vec::new(),
        })
    }

    /// The card as a program reads it: without a nickname of ours, which a program would take for its own.
    pub(super) fn card(&self, c: &Connection, tox_id: Option<ToxId>) -> Result<Card, Error> {
        self.card_with(c, tox_id, None)
    }

    /// The same with a `NICKNAME`, where the card has none of its own.
    pub(super) fn card_with(
        &self,
        c: &Connection,
        tox_id: Option<ToxId>,
        nickname: Option<String>,
    ) -> Result<Card, Error> {
        let mut emails: Vec<String> = addresses(c, self.id)?
            .into_iter()
            .map(|(_, written)| written)
            .collect();
        let local = Some(self.local.as_str()).filter(|local| !local.is_empty());
        if let (Some(key), true) = (&self.peer, emails.is_empty()) {
            // What stands in their letters here, so that a program knows them by it.
            emails.push(if self.nickname.is_ascii() {
                self.address()
            } else {
                canonical(local, key)
            });
        }
        let facts = Facts {
            uid: self.uid.clone(),
            name: self.name.clone(),
            nickname,
            emails,
            tox: self.peer.map(|key| match (tox_id, local) {
                (Some(id), None) => id.to_string(),
                (Some(id), Some(local)) => format!("{local}@{}.tox", id.base32()),
                (None, _) => canonical(local, &key),
            }),
            revised: self.revised,
        };
        Ok(self.kept().with(&facts))
    }

    pub(super) fn address(&self) -> String {
        format!("{}@{}", self.nickname, address::TOX_DOMAIN)
    }
}

pub(super) fn by_id(c: &Connection, id: i64) -> Result<Entry, Error> {
    Ok(c.prepare_cached(&format!("{ENTRY} WHERE c.id = ?1"))?
        .query_row([id], entry)?)
}

pub(in crate::contacts) fn touch(c: &Connection, id: i64) -> Result<(), Error> {
    c.execute("UPDATE card_clock SET version = version + 1", [])?;
    c.execute(
        "UPDATE cards SET version = (SELECT version FROM card_clock), revised = unixepoch() WHERE contact = ?1",
        [id],
    )?;
    Ok(())
}

/// Keeps what a program or a file said besides.
pub(super) fn keep(c: &Connection, entry: &Entry, card: &Card) -> Result<(), CardError> {
    let raw = card.write().into_bytes();
    if raw == entry.raw {
        return Ok(());
    }
    // Every file that was taken fits; a completed one may not.
    if raw.len() > vcard::MAX_CARD {
        refused_as::<_, Error>(
            Cause::CardTooLarge,
            "",
            "the card is too large: 512 KB fit",
            "take a smaller photo",
        )?;
    }
    let stored: i64 = c.query_row(
        "SELECT coalesce(sum(length(raw)), 0) FROM cards",
        [],
        |row| row.get(0),
    )?;
    let growth =
        i64::try_from(raw.len()).unwrap_or(i64::MAX) - i64::try_from(entry.raw.len()).unwrap_or(0);
    if growth > 0 && stored.saturating_add(growth) > MAX_STORED {
        return Err(CardError::Full);
    }
    c.execute(
        "UPDATE cards SET raw = ?2 WHERE contact = ?1",
        params![entry.id, raw],
    )?;
    touch(c, entry.id)?;
    Ok(())
}

/// The ordinary addresses of a contact, folded and as written, the preferred one first.
pub(super) fn addresses(c: &Connection, contact: i64) -> Result<Vec<(String, String)>, Error> {
    let mut statement = c.prepare_cached(
        "SELECT address, written FROM contact_addresses WHERE contact = ?1 ORDER BY place",
    )?;
    let addresses = statement.query_map([contact], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(addresses.collect::<Result<_, _>>()?)
}

/// The ordinary addresses of a contact are these from now on, the preferred one first.
pub(super) fn set_addresses(
    c: &Connection,
    contact: i64,
    owner: &str,
    wanted: &[(String, String)],
    clash: Clash,
) -> Result<(), Error> {
    let mut free = Vec::new();
    for (folded, written) in wanted.iter().take(MAX_ADDRESSES) {
        let holder: Option<String> = c
            .prepare_cached(
                "SELECT c.name FROM contact_addresses a JOIN contacts c ON c.id = a.contact
                 WHERE a.address = ?1 AND a.owner IN ('', ?2) AND c.id <> ?3",
            )?
            .query_row(params![folded, owner, contact], |row| row.get(0))
            .optional()?;
        match (holder, clash) {
            (None, _) => free.push((folded.clone(), written.clone())),
            (Some(_), Clash::Leave) => {}
            (Some(name), Clash::Refuse) => {
                return refused_as(
                    Cause::EmailKnown,
                    &name,
                    format!("{name} has the address {written} already"),
                    "an address belongs to one contact; remove it there first",
                );
            }
        }
    }
    if addresses(c, contact)? == free {
        return Ok(());
    }
    c.execute(
        "DELETE FROM contact_addresses WHERE contact = ?1",
        [contact],
    )?;
    for (place, (folded, written)) in free.iter().enumerate() {
        c.execute(
            "INSERT INTO contact_addresses (contact, owner, address, written, place)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                contact,
                owner,
                folded,
                written,
                i64::try_from(place).unwrap_or(0) + 1
            ],
        )?;
    }
    Ok(())
}

/// A person here says which ordinary addresses a contact has; others that a card has are gone.
pub(in crate::contacts) fn state_addresses(
    c: &Connection,
    contact: i64,
    wanted: &[(String, String)],
) -> Result<(), CardError> {
    let entry = by_id(c, contact)?;
    set_addresses(c, contact, &entry.owner, wanted, Clash::Refuse)?;
    let mut card = entry.kept();
    card.retain(|p| {
        p.name != "EMAIL"
            || wanted
                .iter()
                .any(|(folded, _)| *folded == address::folded(&p.text()))
    });
    if !entry.raw.is_empty() {
        keep(c, &entry, &card)?;
    }
    Ok(())
}
