//! Contacts as cards: what address book programs and files see of them, and what they may change.
//!
//! Here: a member's address book, as a program lists, reads, files and deletes in it. `entry`: a row of the table with the card
//! beside it; `incoming`: a card that comes, and how it becomes an entry; `files`: import and export. What never happens
//! here: HTTP ([`crate::carddav`] speaks it), and another member's entry is never read.
//!
//! # Rules
//! - A member sees everybody's entries and their own, never another member's.
//! - A card that a member adds is their own entry; one that they change is changed for everybody who sees it.
//! - What a program knows besides (photo, telephone numbers) is kept as it came, beside the row. Name, e-mail addresses and
//!   Tox address are the table's.
//! - An e-mail address that another entry in the same view has stays in the card and counts for nothing: two cards on a
//!   phone may well share one, and no letter may change its way by that.
//! - A Tox address is set once. A program that forgets it (many do not know IMPP) changes nothing, another one in its place
//!   is refused: letters would go to somebody else.
//! - A nospam lets strangers knock: cards have the 52-letter form. Only the operator gets the full one, and by asking.
//! - **A program never parts us from a home.** What it deletes is removed when it is the member's own and has no Tox address;
//!   anything else is only taken out of that member's sight: others use it, and letters need it. `contact remove` removes.
//!
//! Known limits: a member's card that has no address at all (a telephone number only) is an entry like others.

mod entry;
mod files;
mod incoming;

use rusqlite::{Connection, OptionalExtension, params};

pub(super) use entry::{state_addresses, touch};
pub use files::{Imported, NotImported, ToxIds};

use super::table;
use super::vcard::Card;
use super::{Befriend, Contacts, Error};
use crate::database;
use crate::mail::address::MemberName;
use entry::{Clash, ENTRY, Entry, VISIBLE, by_id, entry};
use incoming::Merge;

/// So many changes back a sync token is good for; the trigger in src/database/0002_cards.sql forgets what is older, by the same number.
const MAX_BEHIND: i64 = 50_000;

/// Why a card was not filed, read or removed.
#[derive(Debug, thiserror::Error)]
pub enum CardError {
    /// The home says no, or the database fails.
    #[error(transparent)]
    Contacts(#[from] Error),
    /// It is not in the state that was asked for.
    #[error("the card has changed meanwhile")]
    Condition,
    /// There is none of that name.
    #[error("there is no such card")]
    Missing,
    /// Another card of the member has this UID.
    #[error("another card has this UID")]
    UidTaken {
        /// Its name.
        href: String,
    },
    /// No room for more.
    #[error("the address table is full; remove some contacts")]
    Full,
}

impl From<database::Error> for CardError {
    fn from(error: database::Error) -> Self {
        Self::Contacts(error.into())
    }
}

impl From<rusqlite::Error> for CardError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Contacts(error.into())
    }
}

/// A card in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardRow {
    /// Its name in the address book.
    pub href: String,
    /// Changes with every change of it.
    pub version: i64,
}

/// What a member has in their address book now, or what has changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shelf {
    /// The cards.
    pub cards: Vec<CardRow>,
    /// Names of cards that are there no more.
    pub gone: Vec<String>,
    /// The number of the last change of any card.
    pub clock: i64,
}

/// What must be so for a card to be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Nothing.
    Any,
    /// There is no such card.
    Absent,
    /// There is one.
    Present,
    /// It is in one of these versions.
    Versions(Vec<i64>),
}

/// What became of a card that a member's program has sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filed {
    /// It is new.
    pub new: bool,
    /// It is everybody's.
    pub shared: bool,
    /// What people here call them.
    pub name: String,
    /// What Tox has to do.
    pub befriend: Befriend,
}

impl Contacts {
    /// What that member has in their address book.
    ///
    /// # Errors
    /// The database.
    pub fn shelf(&self, member: &MemberName) -> Result<Shelf, Error> {
        self.database.read(|c| shelf(c, member, 0))
    }

    /// What has changed since a clock of before; `None` where that cannot be told any more.
    ///
    /// # Errors
    /// The database.
    pub fn shelf_since(&self, member: &MemberName, since: i64) -> Result<Option<Shelf>, Error> {
        self.database.read(|c| {
            let mut shelf = shelf(c, member, since)?;
            if since > shelf.clock || since < shelf.clock - MAX_BEHIND {
                return Ok(None);
            }
            let mut statement = c.prepare_cached(&format!(
                "SELECT g.href FROM cards_gone g WHERE g.version > ?2 AND (g.owner = '' OR g.owner = ?1)
                 UNION SELECT k.href FROM cards_hidden h JOIN cards k ON k.contact = h.contact
                    WHERE h.member = ?1 AND h.version > ?2
                 EXCEPT SELECT k.href FROM contacts c JOIN cards k ON k.contact = c.id WHERE {VISIBLE}"
            ))?;
            let gone = statement.query_map(params![member.as_str(), since], |row| row.get(0))?;
            shelf.gone = gone.collect::<Result<_, _>>()?;
            Ok(Some(shelf))
        })
    }

    /// A card of that member's address book, and its version.
    ///
    /// # Errors
    /// The database.
    pub fn card(&self, member: &MemberName, href: &str) -> Result<Option<(i64, Card)>, Error> {
        self.database.read(|c| {
            let Some(entry) = visible(c, member, href)? else {
                return Ok(None);
            };
            Ok(Some((entry.version, entry.card(c, None)?)))
        })
    }

    /// A program of that member has sent a card.
    ///
    /// # Errors
    /// Why it was not filed; nothing has changed then.
    pub fn file_card(
        &self,
        member: &MemberName,
        href: &str,
        card: Card,
        condition: Condition,
    ) -> Result<Filed, CardError> {
        // What leads nowhere from here stays in the card.
        let incoming = self.incoming(card, |_, _| Ok(()))?;
        let (member, href) = (member.clone(), href.to_owned());
        self.database.write(move |c| {
            let seen = visible(c, &member, &href)?;
            condition.check(seen.as_ref().map(|entry| entry.version))?;
            let entry = match seen {
                Some(entry) => Some(entry),
                None => hidden(c, &member, &href)?,
            };
            let taken = uid_in_view(c, &member, incoming.card.uid().as_deref())?;
            if let Some((contact, href)) = taken
                && entry.as_ref().is_none_or(|entry| entry.id != contact)
            {
                return Err(CardError::UidTaken { href });
            }
            let (id, new, mut befriend) = match &entry {
                Some(entry) => (entry.id, false, Befriend::Nothing),
                None => {
                    let total: i64 =
                        c.query_row("SELECT count(*) FROM contacts", [], |row| row.get(0))?;
                    if total >= table::MAX_CONTACTS {
                        return Err(CardError::Full);
                    }
                    let (id, befriend) = incoming.enter(c, &member, &href)?;
                    (id, true, befriend)
                }
            };
            let entry = by_id(c, id)?;
            let asked = incoming.into_entry(c, &entry, Clash::Leave, Merge::Replace)?;
            if befriend == Befriend::Nothing {
                befriend = asked;
            }
            let shown = c.execute(
                "DELETE FROM cards_hidden WHERE member = ?1 AND contact = ?2",
                params![member.as_str(), id],
            )?;
            if shown > 0 {
                touch(c, id)?;
            }
            let entry = by_id(c, id)?;
            Ok(Filed {
                new,
                shared: entry.owner.is_empty(),
                name: entry.name,
                befriend,
            })
        })
    }

    /// A program of that member has deleted a card. Returns the contact's name.
    ///
    /// # Errors
    /// There is none, or it has changed meanwhile.
    pub fn discard_card(
        &self,
        member: &MemberName,
        href: &str,
        condition: Condition,
    ) -> Result<String, CardError> {
        let (member, href) = (member.clone(), href.to_owned());
        self.database.write(move |c| {
            let Some(entry) = visible(c, &member, &href)? else {
                return Err(CardError::Missing);
            };
            condition.check(Some(entry.version))?;
            if entry.owner == member.as_str() && entry.peer.is_none() {
                c.execute("DELETE FROM contacts WHERE id = ?1", [entry.id])?;
            } else {
                c.execute("UPDATE card_clock SET version = version + 1", [])?;
                c.execute(
                    "INSERT INTO cards_hidden (member, contact, version)
                     SELECT ?1, ?2, version FROM card_clock",
                    params![member.as_str(), entry.id],
                )?;
            }
            Ok(entry.name)
        })
    }

    /// Members in whose address books a contact is not shown, because they took it out.
    ///
    /// # Errors
    /// The database.
    pub fn hidden_from(&self, contact: i64) -> Result<Vec<String>, Error> {
        self.database.read(|c| {
            let mut statement = c.prepare_cached(
                "SELECT member FROM cards_hidden WHERE contact = ?1 ORDER BY member",
            )?;
            let members = statement.query_map([contact], |row| row.get(0))?;
            Ok(members.collect::<Result<_, _>>()?)
        })
    }
}

impl Condition {
    fn check(&self, version: Option<i64>) -> Result<(), CardError> {
        let holds = match (self, version) {
            (Self::Any, _) | (Self::Absent, None) | (Self::Present, Some(_)) => true,
            (Self::Versions(wanted), Some(version)) => wanted.contains(&version),
            _ => false,
        };
        if holds {
            Ok(())
        } else {
            Err(CardError::Condition)
        }
    }
}

fn clock(c: &Connection) -> Result<i64, Error> {
    Ok(c.prepare_cached("SELECT version FROM card_clock")?
        .query_row([], |row| row.get(0))?)
}

fn shelf(c: &Connection, member: &MemberName, since: i64) -> Result<Shelf, Error> {
    let mut statement = c.prepare_cached(&format!(
        "SELECT k.href, k.version FROM contacts c JOIN cards k ON k.contact = c.id
         WHERE {VISIBLE} AND k.version > ?2 ORDER BY k.version"
    ))?;
    let cards = statement.query_map(params![member.as_str(), since], |row| {
        Ok(CardRow {
            href: row.get(0)?,
            version: row.get(1)?,
        })
    })?;
    Ok(Shelf {
        cards: cards.collect::<Result<_, _>>()?,
        gone: Vec::new(),
        clock: clock(c)?,
    })
}

/// A member's own card comes before everybody's.
fn visible(c: &Connection, member: &MemberName, href: &str) -> Result<Option<Entry>, Error> {
    let sql = format!("{ENTRY} WHERE {VISIBLE} AND k.href = ?2 ORDER BY c.owner DESC LIMIT 1");
    Ok(c.prepare_cached(&sql)?
        .query_row([member.as_str(), href], entry)
        .optional()?)
}

fn hidden(c: &Connection, member: &MemberName, href: &str) -> Result<Option<Entry>, Error> {
    let sql = format!(
        "{ENTRY} WHERE k.href = ?2 AND c.id IN (SELECT contact FROM cards_hidden WHERE member = ?1)"
    );
    Ok(c.prepare_cached(&sql)?
        .query_row([member.as_str(), href], entry)
        .optional()?)
}

fn uid_in_view(
    c: &Connection,
    member: &MemberName,
    uid: Option<&str>,
) -> Result<Option<(i64, String)>, Error> {
    let sql = format!(
        "SELECT c.id, k.href FROM contacts c JOIN cards k ON k.contact = c.id WHERE {VISIBLE} AND k.uid = ?2"
    );
    Ok(c.prepare_cached(&sql)?
        .query_row(params![member.as_str(), uid], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?)
}

#[cfg(test)]
#[path = "cards_tests.rs"]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
