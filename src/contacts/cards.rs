//! Contacts as cards: what address book programs and files see of them, and what they may change.
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

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::table::{self, MAX_ADDRESSES, Target};
use super::vcard::{self, Card, Facts, Version};
use super::{Befriend, Contacts, Error, names, refused};
use crate::database;
use crate::mail::address::{self, Meaning, MemberName, PeerKey, ToxId, canonical};

/// All that programs and files have said besides, in the whole home, in bytes.
const MAX_STORED: i64 = 64 << 20;
/// So many changes back a sync token is good for; the triggers forget what is older.
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
}

/// Whether the full Tox address stands in an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToxIds {
    /// The canonical form, which lets nobody knock.
    Canonical,
    /// The full one, where it is known: for another home of one's own.
    Full,
}

/// What happens to an e-mail address that another entry has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Clash {
    Refuse,
    /// It counts for nothing.
    Leave,
}

struct Entry {
    id: i64,
    owner: String,
    name: String,
    nickname: String,
    peer: Option<PeerKey>,
    local: String,
    uid: String,
    raw: Vec<u8>,
    version: i64,
    revised: i64,
}

const ENTRY: &str =
    "SELECT c.id, c.owner, c.name, c.nickname, c.peer, c.local, k.uid, k.raw, k.version, k.revised
     FROM contacts c JOIN cards k ON k.contact = c.id";
/// What the member `?1` sees.
const VISIBLE: &str = "(c.owner = '' OR c.owner = ?1)
     AND c.id NOT IN (SELECT contact FROM cards_hidden WHERE member = ?1)";

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
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
    fn kept(&self) -> Card {
        Card::read(&self.raw).unwrap_or(Card {
            version: Version::V4,
            properties: Vec::new(),
        })
    }

    /// The card as a program reads it: without a nickname of ours, which a program would take for its own.
    fn card(&self, c: &Connection, tox_id: Option<ToxId>) -> Result<Card, Error> {
        self.card_with(c, tox_id, None)
    }

    /// The same with a `NICKNAME`, where the card has none of its own.
    fn card_with(
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

    fn address(&self) -> String {
        format!("{}@{}", self.nickname, address::TOX_DOMAIN)
    }
}

/// A card that came, looked at before the table is.
struct Incoming {
    card: Card,
    name: String,
    /// Its ordinary addresses, folded and as written.
    emails: Vec<(String, String)>,
    /// Where its Tox addresses lead, and the text of each.
    targets: Vec<(String, Target)>,
    /// What to say when a stranger is asked.
    message: Vec<u8>,
    now: i64,
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
                        .map_err(|why| NotImported { line, why }),
                });
            }
            Ok(outcomes)
        })
    }

    fn readable(&self, line: usize, text: &str) -> Result<Incoming, NotImported> {
        let at = |e: vcard::Error| NotImported {
            line: line + e.line - 1,
            why: e.problem,
        };
        let card = Card::read(text.as_bytes()).map_err(at)?;
        let refuse = |address: &str, error: Error| match error {
            Error::Refused { error, advice } => {
                let (error, advice) = (format!("{address}: {error}"), advice);
                Err(Error::Refused { error, advice })
            }
            other => Err(other),
        };
        self.incoming(card, refuse).map_err(|e| NotImported {
            line,
            why: sentence(e),
        })
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

    /// Looks at a card. `unusable` says what to do about a Tox address that leads nowhere.
    fn incoming(
        &self,
        card: Card,
        unusable: impl Fn(&str, Error) -> Result<(), Error>,
    ) -> Result<Incoming, Error> {
        let name = names::tidy(&card.name().unwrap_or_default());
        if name.is_empty() {
            return refused("the card has no name", "give the contact a name (FN)");
        }
        let mut emails: Vec<(String, String)> = Vec::new();
        let mut tox = card.tox();
        for email in card.emails() {
            match address::meaning(&email, &self.hostname) {
                Ok(Meaning::Ordinary(written)) => {
                    let folded = address::folded(&written);
                    if emails.len() < MAX_ADDRESSES
                        && emails.iter().all(|(known, _)| *known != folded)
                    {
                        emails.push((folded, written));
                    }
                }
                Ok(Meaning::Peer { .. } | Meaning::FirstContact { .. }) => tox.push(email),
                // Of this home, or no address at all: it stays in the card.
                _ => {}
            }
        }
        let mut targets = Vec::new();
        for text in tox {
            match self.target(&text) {
                Ok(target) => targets.push((text, target)),
                Err(error @ Error::Database(_)) => return Err(error),
                Err(error) => unusable(&text, error)?,
            }
        }
        Ok(Incoming {
            card,
            name,
            emails,
            targets,
            message: self.request_message(None),
            now: self.now(),
        })
    }
}

/// Where the row of a new entry comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    New,
    /// A pairing, or a home's directory, had made it.
    Pairing,
}

/// How a card that comes is joined with what is here.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Merge {
    /// What it does not say is gone.
    Replace,
    /// What it does not say stays.
    Complete,
}

impl Incoming {
    /// A new entry of a member, with the name and the UID that their program has for it.
    fn enter(
        &self,
        c: &Connection,
        member: &MemberName,
        href: &str,
    ) -> Result<(i64, Befriend), Error> {
        let (id, befriend, origin) = self.enter_for(c, member.as_str())?;
        touch(c, id)?;
        if origin == Origin::Pairing {
            // It has had another name until now.
            c.execute(
                "INSERT INTO cards_gone (version, owner, href)
                 SELECT k.version, ?2, k.href FROM cards k WHERE k.contact = ?1 AND k.href <> ?3",
                params![id, member.as_str(), href],
            )?;
        }
        c.execute(
            "UPDATE cards SET href = ?2, uid = coalesce(?3, uid) WHERE contact = ?1",
            params![id, href, self.card.uid()],
        )?;
        Ok((id, befriend))
    }

    fn enter_for(&self, c: &Connection, owner: &str) -> Result<(i64, Befriend, Origin), Error> {
        let (mailbox, befriend) = match self.targets.first() {
            Some((_, target)) => {
                let befriend = table::reach(c, target, self.message.clone(), self.now)?;
                (Some(target.mailbox()), befriend)
            }
            None => (None, Befriend::Nothing),
        };
        let before: i64 = c.query_row("SELECT coalesce(max(id), 0) FROM contacts", [], |row| {
            row.get(0)
        })?;
        let (id, made) = table::enter(c, &self.name, owner, mailbox, self.now)?;
        let origin = if id > before {
            Origin::New
        } else {
            Origin::Pairing
        };
        let wanted = self
            .card
            .nickname()
            .map(|nickname| names::nickname(&nickname));
        if let (Some(wanted), Origin::New) = (wanted.filter(|wanted| *wanted != made), origin) {
            let nickname = table::free_nickname(c, &wanted)?;
            c.execute(
                "UPDATE contacts SET nickname = ?2 WHERE id = ?1",
                params![id, nickname],
            )?;
        }
        Ok((id, befriend, origin))
    }

    /// What the card says becomes the entry's.
    fn into_entry(
        self,
        c: &Connection,
        entry: &Entry,
        clash: Clash,
        merge: Merge,
    ) -> Result<Befriend, CardError> {
        if self.name != entry.name {
            table::rename(c, entry.id, &self.name)?;
        }
        let mut befriend = Befriend::Nothing;
        let own = |target: &Target, peer: &Option<PeerKey>, local: &str| {
            let (key, there) = target.mailbox();
            *peer == Some(key) && there == local
        };
        let (mut peer, mut local) = (entry.peer, entry.local.clone());
        let known = self.targets.iter().any(|(_, t)| own(t, &peer, &local));
        if let (Some((_, target)), false) = (self.targets.first(), known) {
            if peer.is_some() {
                refused(
                    format!("{} has another Tox address here", entry.name),
                    "make a new contact for it, or remove this one in the home first (`toxmaild contact remove`)",
                )?;
            }
            befriend = table::reach(c, target, self.message.clone(), self.now)?;
            let (key, there) = target.mailbox();
            table::give_mailbox(c, entry.id, &entry.owner, &key, &there)?;
            (peer, local) = (Some(key), there);
        }
        if self.targets.iter().any(|(_, t)| !own(t, &peer, &local)) {
            refused(
                "a contact has one Tox address",
                "make a contact for each of them",
            )?;
        }
        let mut emails = self.emails;
        if merge == Merge::Complete {
            let known = addresses(c, entry.id)?.into_iter();
            let more: Vec<_> = known
                .filter(|(a, _)| emails.iter().all(|(b, _)| a != b))
                .collect();
            emails.extend(more);
        }
        set_addresses(c, entry.id, &entry.owner, &emails, clash)?;

        let mut card = self.card;
        let is_tox = |text: &str| self.targets.iter().any(|(t, _)| t == text);
        let nick = entry.address();
        card.retain(|p| match p.name.as_str() {
            "EMAIL" => !is_tox(&p.text()) && !p.text().eq_ignore_ascii_case(&nick),
            _ => vcard::tox_of(p).is_none_or(|text| !is_tox(&text)),
        });
        if merge == Merge::Complete {
            card.complete_from(entry.kept());
        }
        keep(c, entry, &card)?;
        Ok(befriend)
    }

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

/// What a person reads of an error, on one line.
fn sentence(error: Error) -> String {
    match error {
        Error::Refused { error, advice } => format!("{error}; {advice}"),
        other => other.to_string(),
    }
}

/// Does something wholly, or takes it back: the outer error ends everything, the inner one is a sentence for a person.
fn in_one_piece<T>(
    c: &Connection,
    deed: impl FnOnce() -> Result<T, CardError>,
) -> Result<Result<T, String>, Error> {
    c.execute_batch("SAVEPOINT card")?;
    let done = match deed() {
        Ok(done) => Ok(done),
        Err(CardError::Contacts(error @ Error::Database(_))) => return Err(error),
        Err(CardError::Contacts(error)) => Err(sentence(error)),
        Err(other) => Err(other.to_string()),
    };
    c.execute_batch(match done {
        Ok(_) => "RELEASE card",
        Err(_) => "ROLLBACK TO card; RELEASE card",
    })?;
    Ok(done)
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

fn by_id(c: &Connection, id: i64) -> Result<Entry, Error> {
    Ok(c.prepare_cached(&format!("{ENTRY} WHERE c.id = ?1"))?
        .query_row([id], entry)?)
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

pub(super) fn touch(c: &Connection, id: i64) -> Result<(), Error> {
    c.execute("UPDATE card_clock SET version = version + 1", [])?;
    c.execute(
        "UPDATE cards SET version = (SELECT version FROM card_clock), revised = unixepoch() WHERE contact = ?1",
        [id],
    )?;
    Ok(())
}

/// Keeps what a program or a file said besides.
fn keep(c: &Connection, entry: &Entry, card: &Card) -> Result<(), CardError> {
    let raw = card.write().into_bytes();
    if raw == entry.raw {
        return Ok(());
    }
    // Every file that was taken fits; a completed one may not.
    if raw.len() > vcard::MAX_CARD {
        refused("the card is too large: 512 KB fit", "take a smaller photo")?;
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
fn addresses(c: &Connection, contact: i64) -> Result<Vec<(String, String)>, Error> {
    let mut statement = c.prepare_cached(
        "SELECT address, written FROM contact_addresses WHERE contact = ?1 ORDER BY place",
    )?;
    let addresses = statement.query_map([contact], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(addresses.collect::<Result<_, _>>()?)
}

/// The ordinary addresses of a contact are these from now on, the preferred one first.
fn set_addresses(
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
                return refused(
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
pub(super) fn state_addresses(
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

fn tox_id(c: &Connection, key: &PeerKey) -> Result<Option<ToxId>, Error> {
    let id: Option<[u8; 38]> = c
        .prepare_cached("SELECT tox_id FROM peers WHERE key = ?1")?
        .query_row([key.as_bytes()], |row| row.get(0))
        .optional()?
        .flatten();
    Ok(id.and_then(|bytes| ToxId::from_bytes(bytes).ok()))
}

#[cfg(test)]
#[path = "cards_tests.rs"]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
