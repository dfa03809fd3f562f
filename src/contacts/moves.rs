//! "I have a new box": a home says, in a Tox session of its own, that another key takes its place.
//!
//! Tox keys cannot sign, so that session is all there is: whoever holds the old key says it, and can say it of nobody else. It is
//! a claim like every other. The new key is let in and called by its number; every name, address and waiting letter stays with
//! the old one until a person here has compared the safety words and said so ([`Contacts::confirm_move`]).
//!
//! What an announcement costs is one request to the announced address, from this home's key: so much can a contact bring about,
//! once a week. One announcement a home counts at a time, and another one a week later at the earliest. A key that is a contact of its own
//! cannot be taken by announcing it: nothing changes.

use rusqlite::{Connection, OptionalExtension, params};

use super::peers::{self, Kind, Standing};
use super::table::one;
use super::{Befriend, Contacts, Error, direct, refused, refused_as, sharing, words};
use crate::cause::Cause;
use crate::mail::address::{PeerKey, ToxId};

/// Another announcement of the same home counts after this time.
const ONE_EACH: i64 = 7 * 86_400;
/// Moves that are followed one after the other: a family has not had more boxes.
const MAX_MOVES: usize = 16;
/// Where the home keeps what it says of itself.
const MOVED_TO: &str = "identity.moved_to";

/// What came of an announcement.
#[derive(Debug, PartialEq, Eq)]
pub enum Announced {
    /// It counts: the members are to be told.
    New {
        /// The key of the new box.
        new: PeerKey,
        /// What Tox has to do.
        befriend: Befriend,
        /// A box that the same home had announced before, and that nobody knows otherwise: Tox must forget it.
        unfriend: Option<PeerKey>,
    },
    /// It was heard before, or somebody has decided about it.
    Known,
    /// It does not count, and why.
    Ignored(&'static str),
}

/// A home that says that it has moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// The key of the old box.
    pub old: PeerKey,
    /// The key of the new one.
    pub new: PeerKey,
    /// What became of it.
    pub state: MoveState,
    /// When it was announced, seconds since 1970.
    pub announced: i64,
}

impl Move {
    /// Whether a person here may still confirm it.
    pub fn is_open(&self) -> bool {
        self.state == MoveState::Open
    }
}

/// What became of an announcement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoveState {
    /// Nobody here has decided.
    Open,
    /// The home says so no more.
    Withdrawn,
    /// A person here has confirmed it.
    Confirmed,
    /// A person here has refused it.
    Refused,
}

/// What a confirmation moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved<T> {
    /// The key of the old box: a friend until somebody removes it.
    pub old: PeerKey,
    /// The key of the new one.
    pub new: PeerKey,
    /// The contacts that are reached there now.
    pub names: Vec<String>,
    /// What else was done in the same transaction.
    pub also: T,
}

impl Contacts {
    /// A peer says that the box with this full address takes its place.
    ///
    /// # Errors
    /// The database.
    pub fn announced(&self, old: &PeerKey, told: [u8; 38]) -> Result<Announced, Error> {
        let Ok(id) = ToxId::from_bytes(told) else {
            return Ok(Announced::Ignored("it is no Tox address"));
        };
        let (old, new) = (*old, id.key());
        if new == old || new == self.ourselves {
            return Ok(Announced::Ignored("it is the key of one of the two homes"));
        }
        let known = self.database.read(|c| announcement(c, &old))?;
        if matches!(known, Some((key, state, _)) if key == new && state != MoveState::Withdrawn) {
            return Ok(Announced::Known);
        }
        let (now, message) = (self.now(), self.request_message(None));
        self.database.write(move |c| {
            if !matches!(peers::standing(c, &old)?, Standing::Known(_))
                || sharing::is_unasked(c, &old)?
            {
                return Ok(Announced::Ignored("it is no contact"));
            }
            let mut unfriend = None;
            match announcement(c, &old)? {
                Some((key, MoveState::Withdrawn, _)) if key == new => {
                    set_state(c, &old, "open")?;
                    return Ok(Announced::Known);
                }
                Some((key, _, _)) if key == new => return Ok(Announced::Known),
                Some((_, MoveState::Confirmed, _)) => {
                    return Ok(Announced::Ignored("it has moved before"));
                }
                Some((_, _, at)) if now < at.saturating_add(ONE_EACH) => {
                    return Ok(Announced::Ignored(
                        "it announced another box less than a week ago",
                    ));
                }
                Some((before, _, _)) => {
                    c.execute("DELETE FROM moves WHERE old = ?1", [old.as_bytes()])?;
                    unfriend = forget_announced(c, &before, now)?;
                }
                None => {}
            }
            let befriend = match peers::standing(c, &new)? {
                Standing::Blocked => return Ok(Announced::Ignored("that key is blocked")),
                Standing::Known(_)
                    if !(sharing::is_unasked(c, &new)? && is_announced(c, &new)?) =>
                {
                    return Ok(Announced::Ignored("that key is a contact of its own"));
                }
                Standing::Known(_) => Befriend::Nothing,
                Standing::Stranger => {
                    let befriend = peers::ask(c, &id, Kind::Unknown, "", message, now)?;
                    sharing::unasked(c, &new)?;
                    peers::home_contact(c, &new, "", now)?;
                    befriend
                }
            };
            // Before Tox hears of it.
            direct::inherit(c, &old, &new)?;
            c.execute(
                "INSERT INTO moves (old, new, state, announced) VALUES (?1, ?2, 'open', ?3)",
                params![old.as_bytes(), new.as_bytes(), now],
            )?;
            Ok(Announced::New {
                new,
                befriend,
                unfriend,
            })
        })
    }

    /// A peer says nothing of a new box (any more).
    ///
    /// # Errors
    /// The database.
    pub fn announces_nothing(&self, old: &PeerKey) -> Result<(), Error> {
        let known = self.database.read(|c| announcement(c, old))?;
        if !matches!(known, Some((_, MoveState::Open, _))) {
            return Ok(());
        }
        let old = *old;
        self.database.write(move |c| {
            c.execute(
                "UPDATE moves SET state = 'withdrawn' WHERE old = ?1 AND state = 'open'",
                [old.as_bytes()],
            )?;
            Ok(())
        })
    }

    /// Every announcement that was heard, the latest first.
    ///
    /// # Errors
    /// The database.
    pub fn moves(&self) -> Result<Vec<Move>, Error> {
        self.database.read(|c| {
            let sql = "SELECT old, new, state, announced FROM moves ORDER BY announced DESC, old";
            let mut statement = c.prepare_cached(sql)?;
            let moves = statement.query_map([], |row| {
                Ok(Move {
                    old: PeerKey::from_bytes(row.get(0)?),
                    new: PeerKey::from_bytes(row.get(1)?),
                    state: state_of(&row.get::<_, String>(2)?),
                    announced: row.get(3)?,
                })
            })?;
            Ok(moves.collect::<Result<_, _>>()?)
        })
    }

    /// The safety words of an announced box, to compare with those that `contact words` shows there.
    ///
    /// # Errors
    /// There is no memory for it.
    pub fn words_of_move(&self, moved: &Move) -> Result<words::SafetyWords, Error> {
        words::SafetyWords::of(&self.ourselves, &moved.new)
    }

    /// Open announcements of which the members have not heard yet: old key and new one.
    ///
    /// # Errors
    /// The database.
    pub fn untold_moves(&self) -> Result<Vec<(PeerKey, PeerKey)>, Error> {
        self.database.read(|c| {
            let sql = "SELECT old, new FROM moves WHERE told = 0 AND state = 'open'";
            let mut statement = c.prepare_cached(sql)?;
            let moves = statement.query_map([], |row| {
                let [old, new] = [row.get(0)?, row.get(1)?];
                Ok((PeerKey::from_bytes(old), PeerKey::from_bytes(new)))
            })?;
            Ok(moves.collect::<Result<_, _>>()?)
        })
    }

    /// The members have heard of it.
    ///
    /// # Errors
    /// The database.
    pub fn told_of_move(&self, old: &PeerKey) -> Result<(), Error> {
        let old = *old;
        self.database.write(move |c| {
            c.execute("UPDATE moves SET told = 1 WHERE old = ?1", [old.as_bytes()])?;
            Ok(())
        })
    }

    /// A person here has compared the safety words of the new box: it is verified, and the old one's contacts, names and
    /// addresses are the new one's from now on. The old box, which somebody else may have now, is verified no more. `also` does in the same transaction what others have to, such as with letters that wait; it gets the
    /// old key and the new one.
    ///
    /// # Errors
    /// That contact has announced no new box, or the new one is blocked or gone; or the database.
    pub fn confirm_move<T: Send + 'static>(
        &self,
        name: &str,
        also: impl FnOnce(&Connection, &PeerKey, &PeerKey) -> Result<T, Error> + Send + 'static,
    ) -> Result<Moved<T>, Error> {
        let (name, now, ours) = (name.to_owned(), self.now(), self.ourselves);
        self.database.write(move |c| {
            let (old, new) = open_move(c, &name)?;
            match peers::standing(c, &new)? {
                Standing::Known(_) => {}
                Standing::Blocked => {
                    return refused_as(Cause::Blocked, "", 
                        "the new box is blocked here",
                        "unblock it with `toxmaild contact remove NAME`, then pair with it by an invitation",
                    );
                }
                Standing::Stranger => {
                    return refused_as(Cause::NewBoxRemoved, "", 
                        "the new box was removed from the contacts here",
                        "pair with it by an invitation",
                    );
                }
            }
            if let Some(other) = taken_over_by(c, &new)? {
                return refused_as(Cause::NewBoxTaken, &other,
                    format!("that box has taken the place of {other} already"),
                    "ask both whose it is; remove the contact that is wrong, and pair anew",
                );
            }
            let names = hand_over(c, &old, &new)?;
            set_state(c, &old, "confirmed")?;
            words::set_verified(c, &new, &ours, now)?;
            words::set_unverified(c, &old)?;
            // Whoever is removed from the list one day has to be in it.
            let home_name: String = c.query_row(
                "SELECT home_name FROM peers WHERE key = ?1",
                [old.as_bytes()],
                |row| row.get(0),
            )?;
            peers::home_contact(c, &old, &home_name, now)?;
            let also = also(c, &old, &new)?;
            Ok(Moved {
                old,
                new,
                names,
                also,
            })
        })
    }

    /// A person here says that it is not true. Returns the key of the box that was announced, if nobody knows it otherwise: Tox
    /// must forget it.
    ///
    /// # Errors
    /// That contact has announced no new box; or the database.
    pub fn refuse_move(&self, name: &str) -> Result<Option<PeerKey>, Error> {
        let (name, now) = (name.to_owned(), self.now());
        self.database.write(move |c| {
            let (old, new) = open_move(c, &name)?;
            set_state(c, &old, "refused")?;
            forget_announced(c, &new, now)
        })
    }

    /// The full address of the box that takes this one's place, as its contacts are told.
    ///
    /// # Errors
    /// The database.
    pub fn moving_to(&self) -> Result<Option<ToxId>, Error> {
        let kept = self.database.setting(MOVED_TO)?;
        Ok(kept.and_then(|text| text.parse().ok()))
    }

    /// This home says that the box with this address takes its place; or, with `None`, that none does.
    ///
    /// # Errors
    /// It is this home's own; or the database.
    pub fn move_to(&self, id: Option<&ToxId>) -> Result<(), Error> {
        if id.is_some_and(|id| id.key() == self.ourselves) {
            return refused_as(
                Cause::OwnHome,
                "",
                "this is the Tox ID of this very home",
                "give that of the new box: `toxmaild status` shows it there",
            );
        }
        let text = id.map(ToString::to_string);
        Ok(self.database.set_setting(MOVED_TO, text.as_deref())?)
    }
}

/// Who is meant by that key today: the box that has taken its place, where a person here has confirmed that.
pub(super) fn successor(c: &Connection, key: PeerKey) -> Result<PeerKey, Error> {
    let mut key = key;
    let mut statement =
        c.prepare_cached("SELECT new FROM moves WHERE old = ?1 AND state = 'confirmed'")?;
    for _ in 0..MAX_MOVES {
        let next = statement
            .query_row([key.as_bytes()], |row| row.get(0))
            .optional()?;
        match next {
            Some(next) => key = PeerKey::from_bytes(next),
            None => break,
        }
    }
    Ok(key)
}

/// A key is no peer any more: who announced it has nothing to show for it.
pub(super) fn gone(c: &Connection, key: &PeerKey) -> Result<(), Error> {
    c.execute(
        "UPDATE moves SET state = 'refused' WHERE new = ?1",
        [key.as_bytes()],
    )?;
    Ok(())
}

fn announcement(c: &Connection, old: &PeerKey) -> Result<Option<(PeerKey, MoveState, i64)>, Error> {
    Ok(
        c.prepare_cached("SELECT new, state, announced FROM moves WHERE old = ?1")?
            .query_row([old.as_bytes()], |row| {
                let state = state_of(&row.get::<_, String>(1)?);
                Ok((PeerKey::from_bytes(row.get(0)?), state, row.get(2)?))
            })
            .optional()?,
    )
}

fn state_of(text: &str) -> MoveState {
    match text {
        "confirmed" => MoveState::Confirmed,
        "refused" => MoveState::Refused,
        "withdrawn" => MoveState::Withdrawn,
        _ => MoveState::Open,
    }
}

fn set_state(c: &Connection, old: &PeerKey, state: &str) -> Result<(), Error> {
    c.execute(
        "UPDATE moves SET state = ?2 WHERE old = ?1",
        params![old.as_bytes(), state],
    )?;
    Ok(())
}

fn is_announced(c: &Connection, new: &PeerKey) -> Result<bool, Error> {
    let sql =
        "SELECT EXISTS (SELECT 1 FROM moves WHERE new = ?1 AND state IN ('open', 'withdrawn'))";
    Ok(c.query_row(sql, [new.as_bytes()], |row| row.get(0))?)
}

/// The home whose place this box has taken.
fn taken_over_by(c: &Connection, new: &PeerKey) -> Result<Option<String>, Error> {
    let old: Option<[u8; 32]> = c
        .query_row(
            "SELECT old FROM moves WHERE new = ?1 AND state = 'confirmed'",
            [new.as_bytes()],
            |row| row.get(0),
        )
        .optional()?;
    Ok(match old {
        None => None,
        Some(old) => {
            let key = PeerKey::from_bytes(old);
            let name: String = c.query_row(
                "SELECT coalesce((SELECT name FROM contacts WHERE peer = ?1 ORDER BY local LIMIT 1), ?2)",
                params![key.as_bytes(), peers::plain_name(&key)],
                |row| row.get(0),
            )?;
            Some(name)
        }
    })
}

/// The open announcement that a person means, by a contact of the old box or by one of the new.
fn open_move(c: &Connection, name: &str) -> Result<(PeerKey, PeerKey), Error> {
    const ADVICE: &str = "`toxmaild move list` shows who has";
    let contact = one(c, name)?;
    let Some(key) = contact.key else {
        return refused(format!("{} has no box", contact.name), ADVICE);
    };
    let mut statement = c.prepare(
        "SELECT old, new, state FROM moves WHERE old = ?1 OR new = ?1 ORDER BY old = ?1 DESC",
    )?;
    let found = statement.query_map([key.as_bytes()], |row| {
        let [old, new] = [row.get(0)?, row.get(1)?];
        let state = state_of(&row.get::<_, String>(2)?);
        Ok((PeerKey::from_bytes(old), PeerKey::from_bytes(new), state))
    })?;
    let found: Vec<_> = found.collect::<Result<_, _>>()?;
    let open: Vec<_> = found.iter().filter(|m| m.2 == MoveState::Open).collect();
    match open[..] {
        [(old, new, _)] => Ok((*old, *new)),
        // Its own comes first.
        [(old, new, _), ..] if *old == key => Ok((*old, *new)),
        [_, ..] => refused(
            "several homes say that this is their new box",
            "name the contact that you have spoken with",
        ),
        [] if found.iter().any(|m| m.2 == MoveState::Withdrawn) => refused_as(
            Cause::Gone,
            "",
            format!("{} says no more that there is a new box", contact.name),
            "ask them; they can announce it again",
        ),
        [] => refused_as(
            Cause::Gone,
            "",
            format!("{} has announced no new box", contact.name),
            ADVICE,
        ),
    }
}

/// A box that was announced and that nobody here has anything else to do with is no peer any more.
fn forget_announced(c: &Connection, key: &PeerKey, now: i64) -> Result<Option<PeerKey>, Error> {
    let others: bool = c.query_row(
        "SELECT EXISTS (SELECT 1 FROM moves WHERE new = ?1 AND state IN ('open', 'confirmed'))
            OR EXISTS (SELECT 1 FROM contacts WHERE peer = ?1 AND (made_by = 'person'
                OR id IN (SELECT contact FROM contact_addresses)))",
        [key.as_bytes()],
        |row| row.get(0),
    )?;
    let is_peer = matches!(peers::standing(c, key)?, Standing::Known(_));
    if others || !is_peer || !sharing::is_unasked(c, key)? {
        return Ok(None);
    }
    c.execute("DELETE FROM contacts WHERE peer = ?1", [key.as_bytes()])?;
    peers::forget(c, key, now)?;
    Ok(Some(*key))
}

/// All that people here know of the old box is the new one's; what they know of both is one contact, with the name it had.
fn hand_over(c: &Connection, old: &PeerKey, new: &PeerKey) -> Result<Vec<String>, Error> {
    let both = params![old.as_bytes(), new.as_bytes()];
    let mut names = Vec::new();
    let mut rows = c.prepare(
        "SELECT o.id, o.name, n.id, n.nickname FROM contacts o
         LEFT JOIN contacts n ON n.peer = ?2 AND n.owner = o.owner AND n.local = o.local
         WHERE o.peer = ?1 ORDER BY o.owner, o.local",
    )?;
    let rows = rows
        .query_map(both, |row| {
            Ok((
                row.get::<_, i64>(0)?,
                row.get::<_, String>(1)?,
                row.get::<_, Option<i64>>(2)?,
                row.get::<_, Option<String>>(3)?,
            ))
        })?
        .collect::<Result<Vec<_>, _>>()?;
    for (contact, name, twin, nickname) in rows {
        if let Some(twin) = twin {
            c.execute(
                "UPDATE contact_addresses SET contact = ?2 WHERE contact = ?1",
                [twin, contact],
            )?;
            c.execute("DELETE FROM contacts WHERE id = ?1", [twin])?;
            // Letters that have come from the new box are answered there.
            c.execute(
                "UPDATE contacts SET former = ?2 WHERE id = ?1 AND former IS NULL",
                params![contact, nickname],
            )?;
        }
        c.execute(
            "UPDATE contacts SET peer = ?2 WHERE id = ?1",
            params![contact, new.as_bytes()],
        )?;
        names.push(name);
    }
    // The contact by number that the announcement made, where one member alone knows that home.
    c.execute(
        "DELETE FROM contacts WHERE peer = ?1 AND owner = '' AND local = '' AND made_by = 'pairing' AND name = ?2
            AND EXISTS (SELECT 1 FROM contacts WHERE peer = ?1 AND owner <> '')",
        params![new.as_bytes(), peers::plain_name(new)],
    )?;
    c.execute(
        "INSERT OR IGNORE INTO directory (peer, local, display, dismissed)
         SELECT ?2, local, display, dismissed FROM directory WHERE peer = ?1",
        both,
    )?;
    c.execute(
        "UPDATE directory SET dismissed = 1 WHERE peer = ?2
         AND local IN (SELECT local FROM directory WHERE peer = ?1 AND dismissed = 1)",
        both,
    )?;
    c.execute("DELETE FROM directory WHERE peer = ?1", [old.as_bytes()])?;
    c.execute(
        "UPDATE peers SET directory = o.directory, home_name = iif(peers.home_name = '', o.home_name, peers.home_name),
            kind = iif(peers.kind = 'unknown', o.kind, peers.kind)
         FROM (SELECT directory, home_name, kind FROM peers WHERE key = ?1) o WHERE peers.key = ?2",
        both,
    )?;
    direct::inherit(c, old, new)?;
    Ok(names)
}

impl Contacts {
    /// Nicknames of the contacts by which people here know a key, the home as such first.
    ///
    /// # Errors
    /// The database.
    pub fn nickname_of(&self, key: &PeerKey) -> Result<Option<String>, Error> {
        self.database.read(|c| {
            let sql = "SELECT nickname FROM contacts WHERE peer = ?1 ORDER BY local, owner LIMIT 1";
            Ok(c.prepare_cached(sql)?
                .query_row([key.as_bytes()], |row| row.get(0))
                .optional()?)
        })
    }
}
