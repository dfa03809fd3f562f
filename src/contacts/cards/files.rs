//! Cards of files: taken in, each whole or not at all, and given out.
//!
//! What never happens here: no file is opened (the operator's command does that), and a failed card leaves nothing behind.

use rusqlite::{Connection, OptionalExtension, params};

use super::CardError;
use super::entry::{Clash, ENTRY, by_id, entry};
use super::incoming::{Incoming, Merge};
use crate::cause::{Cause, Refused};
use crate::contacts::vcard::{self, Card, Version};
use crate::contacts::{Befriend, Contacts, Error, refused, refused_as};
use crate::mail::address::{MemberName, PeerKey, ToxId};

/// What became of a card of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// What people here call them.
    pub name: String,
    /// It is new.
    pub new: bool,
    /// What Tox has to do.
    pub befriend: Befriend,
}

/// A card of a file that was not taken, nothing of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotImported {
    /// The line of the file.
    pub line: usize,
    /// Why.
    pub why: String,
    /// The same by name.
    pub cause: Cause,
    /// What belongs to it.
    pub about: String,
}

impl NotImported {
    fn of(line: usize, error: Error) -> Self {
        let (cause, about) = match &error {
            Error::Refused(no) => (no.cause, no.about.clone()),
            Error::Database(_) => (Cause::DiskFails, String::new()),
        };
        let why = sentence(error);
        Self {
            line,
            why,
            cause,
            about,
        }
    }
}

/// Whether the full Tox address stands in an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToxIds {
    /// The canonical form, which lets nobody knock.
    Canonical,
    /// The full one, where it is known: for another home of one's own.
    Full,
}

impl Contacts {
    /// Takes in cards of a file: for `owner`, or for everybody. Each piece is one card, and where it begins in the file; it is
    /// taken whole, or not at all. One that is here already (by UID, by Tox address, by e-mail address) is completed.
    ///
    /// # Errors
    /// The database; then nothing was taken.
    pub fn import(
        &self,
        owner: Option<&MemberName>,
        pieces: &[(usize, String)],
    ) -> Result<Vec<Result<Imported, NotImported>>, Error> {
        let mut incoming = Vec::new();
        for (line, text) in pieces {
            incoming.push((*line, self.readable(*line, text)));
        }
        let owner = owner.map_or(String::new(), MemberName::to_string);
        self.database.write(move |c| {
            let mut outcomes = Vec::new();
            for (line, card) in incoming {
                outcomes.push(match card {
                    Err(e) => Err(e),
                    Ok(card) => in_one_piece(c, || card.import(c, &owner))?
                        .map_err(|why| NotImported::of(line, why)),
                });
            }
            Ok(outcomes)
        })
    }

    fn readable(&self, line: usize, text: &str) -> Result<Incoming, NotImported> {
        let at = |e: vcard::Error| NotImported {
            line: line + e.line - 1,
            why: e.problem,
            cause: Cause::CardsUnreadable,
            about: String::new(),
        };
        let card = Card::read(text.as_bytes()).map_err(at)?;
        let refuse = |address: &str, error: Error| match error {
            Error::Refused(mut no) => {
                no.error = format!("{address}: {}", no.error);
                Err(no.into())
            }
            other => Err(other),
        };
        self.incoming(card, refuse)
            .map_err(|e| NotImported::of(line, e))
    }

    /// Some cards for a file, behind the contact of that number; and the number of the last one. `None` when there are no more.
    ///
    /// # Errors
    /// The database.
    pub fn export(
        &self,
        owner: Option<&MemberName>,
        behind: i64,
        tox_ids: ToxIds,
    ) -> Result<Option<(String, i64)>, Error> {
        /// An answer of this size is sent, however many cards are to come.
        const ENOUGH: usize = 256 * 1024;
        let owner = owner.map_or("", MemberName::as_str);
        self.database.read(|c| {
            let sql = format!("{ENTRY} WHERE c.owner = ?1 AND c.id > ?2 ORDER BY c.id");
            let mut statement = c.prepare_cached(&sql)?;
            let mut rows = statement.query(params![owner, behind])?;
            let (mut text, mut last) = (String::new(), None);
            while let Some(row) = rows.next()? {
                let entry = entry(row)?;
                let tox_id = match (tox_ids, &entry.peer) {
                    (ToxIds::Full, Some(key)) => tox_id(c, key)?,
                    _ => None,
                };
                let mut card = entry.card_with(c, tox_id, Some(entry.nickname.clone()))?;
                // `nick@tox` is nobody's address in another home.
                let nick = entry.address();
                card.retain(|p| p.name != "EMAIL" || p.text() != nick);
                text.push_str(&card.in_version(Version::V4).write());
                last = Some(entry.id);
                if text.len() >= ENOUGH {
                    break;
                }
            }
            Ok(last.map(|last| (text, last)))
        })
    }
}

impl Incoming {
    /// Into the entries of that owner.
    fn import(self, c: &Connection, owner: &str) -> Result<Imported, CardError> {
        let (id, new, mut befriend) = match self.known(c, owner)? {
            Some(id) => (id, false, Befriend::Nothing),
            None => {
                let (id, befriend, _) = self.enter_for(c, owner)?;
                let uid = self.card.uid();
                let free = uid.filter(|uid| uid.len() <= 255);
                c.execute(
                    "UPDATE cards SET uid = ?2 WHERE contact = ?1
                     AND ?2 IS NOT NULL AND NOT EXISTS (SELECT 1 FROM cards WHERE uid = ?2)",
                    params![id, free],
                )?;
                (id, true, befriend)
            }
        };
        let name = self.name.clone();
        let asked = self.into_entry(c, &by_id(c, id)?, Clash::Refuse, Merge::Complete)?;
        if befriend == Befriend::Nothing {
            befriend = asked;
        }
        Ok(Imported {
            name,
            new,
            befriend,
        })
    }

    /// The entry that is meant: by UID, then by Tox address, then by e-mail address.
    fn known(&self, c: &Connection, owner: &str) -> Result<Option<i64>, Error> {
        if let Some(uid) = self.card.uid() {
            let found = c
                .prepare_cached(
                    "SELECT c.id FROM contacts c JOIN cards k ON k.contact = c.id
                     WHERE k.uid = ?1 AND c.owner = ?2",
                )?
                .query_row([uid.as_str(), owner], |row| row.get(0))
                .optional()?;
            if found.is_some() {
                return Ok(found);
            }
        }
        for (_, target) in &self.targets {
            let (key, local) = target.mailbox();
            let found = c
                .prepare_cached(
                    "SELECT id FROM contacts WHERE peer = ?1 AND local = ?2 AND owner = ?3",
                )?
                .query_row(params![key.as_bytes(), local, owner], |row| row.get(0))
                .optional()?;
            if found.is_some() {
                return Ok(found);
            }
        }
        for (folded, _) in &self.emails {
            let found = c
                .prepare_cached(
                    "SELECT contact FROM contact_addresses WHERE address = ?1 AND owner = ?2",
                )?
                .query_row([folded.as_str(), owner], |row| row.get(0))
                .optional()?;
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }
}

/// What a person reads of an error, on one line.
pub(super) fn sentence(error: Error) -> String {
    match error {
        Error::Refused(Refused { error, advice, .. }) => format!("{error}; {advice}"),
        other => other.to_string(),
    }
}

/// Does something wholly, or takes it back: the outer error ends everything, the inner one concerns this card.
fn in_one_piece<T>(
    c: &Connection,
    deed: impl FnOnce() -> Result<T, CardError>,
) -> Result<Result<T, Error>, Error> {
    c.execute_batch("SAVEPOINT card")?;
    let done = match deed() {
        Ok(done) => Ok(done),
        Err(CardError::Contacts(error @ Error::Database(_))) => return Err(error),
        Err(CardError::Contacts(error)) => Err(error),
        Err(full @ CardError::Full) => refused_as(
            Cause::TooMany,
            "",
            full.to_string(),
            "remove contacts or photos that nobody needs",
        ),
        Err(other) => refused(other.to_string(), "take it out of the file"),
    };
    c.execute_batch(match done {
        Ok(_) => "RELEASE card",
        Err(_) => "ROLLBACK TO card; RELEASE card",
    })?;
    Ok(done)
}

fn tox_id(c: &Connection, key: &PeerKey) -> Result<Option<ToxId>, Error> {
    let id: Option<[u8; 38]> = c
        .prepare_cached("SELECT tox_id FROM peers WHERE key = ?1")?
        .query_row([key.as_bytes()], |row| row.get(0))
        .optional()?
        .flatten();
    Ok(id.and_then(|bytes| ToxId::from_bytes(bytes).ok()))
}
