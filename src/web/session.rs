//! Who is logged in.
//!
//! # Rules
//! - The cookie has 256 random bits. The database has only its hash: who reads a backup cannot log in with it.
//! - A login makes a new session and ends the one that the browser had (fixation). A session counts on the channel that it was
//!   opened on: what a plain connection has shown opens nothing on a safe one.
//! - It ends after [`IDLE`] without a request and after [`ABSOLUTE`] in any case, by the home's own clock ([`crate::clock`]),
//!   and at once with the password (a trigger in the schema), with the member, and by word of its owner or the administrator.
//! - That it was used is written down every [`SEEN_EVERY`] at most, and with other things: an SD card wears.

use std::net::IpAddr;
use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use rusqlite::{Connection, OptionalExtension, Row};
use sha2::{Digest, Sha256};

use super::text::clean;
use super::{Channel, claim};
use crate::clock::{Clock, Stamp};
use crate::database::{self, Database};
use crate::journal;
use crate::mail::address::MemberName;
use crate::members;

/// Without a request for this long it ends.
pub const IDLE: Duration = Duration::from_secs(14 * 24 * 3600);
/// It ends after this in any case.
pub const ABSOLUTE: Duration = Duration::from_secs(90 * 24 * 3600);
/// How often it is written down that it is used.
pub const SEEN_EVERY: Duration = Duration::from_secs(10 * 60);
/// The same where it comes from another address: a browser may use two by turns (IPv4 and IPv6).
const MOVED_EVERY: Duration = Duration::from_secs(60);
/// Sessions of one member; the oldest makes room.
const MOST: i64 = 50;
/// Longest name of a browser that is kept, in characters.
const MAX_PROGRAM: usize = 200;

/// What can go wrong with sessions.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The rows cannot be read or written.
    #[error(transparent)]
    Database(#[from] database::Error),
    /// The members' rows cannot be read.
    #[error(transparent)]
    Members(#[from] members::Error),
    /// The member is gone.
    #[error("there is no member '{0}'")]
    NoSuchMember(MemberName),
    /// No randomness from the system.
    #[error("the system gave no random numbers")]
    Random,
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.into())
    }
}

/// A member who is logged in.
#[derive(Clone, Debug)]
pub struct Who {
    /// Their session, as in [`Session::id`].
    pub session: i64,
    /// Their mailbox.
    pub name: MemberName,
    /// The name that others see.
    pub display: String,
    /// Whether they may change what concerns everybody.
    pub administrator: bool,
    /// The language that they have chosen.
    pub language: Option<String>,
    /// They look after the home, and its setup is not finished.
    pub in_setup: bool,
}

/// What the rows say of a request.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Who is logged in with its cookie.
    pub who: Option<Who>,
    /// Whether anybody lives here: until then the page is the setup.
    pub claimed: bool,
}

/// One login, for the list of them.
#[derive(Clone, Debug)]
pub struct Session {
    /// Names it.
    pub id: i64,
    /// Whose it is.
    pub member: MemberName,
    /// Where it counts.
    pub channel: Channel,
    /// Seconds since 1970.
    pub opened: i64,
    /// The same, of its last request; some minutes old.
    pub seen: i64,
    /// Where it was seen last.
    pub address: String,
    /// What the browser says it is.
    pub program: String,
}

/// All sessions; a cheap handle to clone. Everything blocks.
#[derive(Clone)]
pub struct Sessions {
    database: Database,
    clock: Clock,
}

struct Kept {
    who: Who,
    opened: Stamp,
    seen: Stamp,
    address: String,
}

impl Sessions {
    /// The sessions in the database.
    pub fn new(database: Database, clock: Clock) -> Self {
        Self { database, clock }
    }

    /// Opens a session for a member who has shown their password, and gives the cookie for it. What the browser had as a
    /// cookie before (`old`) opens nothing any more.
    ///
    /// # Errors
    /// [`Error`].
    pub fn open(
        &self,
        member: &MemberName,
        channel: Channel,
        from: IpAddr,
        program: &str,
        old: Option<&str>,
    ) -> Result<String, Error> {
        let cookie = random()?;
        let (hash, old) = (hash(&cookie), old.map(hash));
        let program = clean(program, MAX_PROGRAM);
        let (member, now) = (member.clone(), self.clock.now());
        self.database.write(move |c| {
            if let Some(old) = old {
                c.execute("DELETE FROM web_sessions WHERE hash = ?1", [old])?;
            }
            let id: Option<i64> = c
                .query_row("SELECT id FROM members WHERE name = ?1", [member.as_str()], |r| r.get(0))
                .optional()?;
            let id = id.ok_or_else(|| Error::NoSuchMember(member.clone()))?;
            c.execute(
                "INSERT INTO web_sessions (hash, member, channel, opened_boot, opened_ms, opened_wall,
                    seen_boot, seen_ms, seen_wall, address, program)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?4, ?5, ?6, ?7, ?8)",
                (
                    hash,
                    id,
                    channel.as_str(),
                    now.boot,
                    now.ms,
                    now.wall,
                    from.to_string(),
                    program,
                ),
            )?;
            c.execute(
                "DELETE FROM web_sessions WHERE member = ?1 AND id NOT IN
                    (SELECT id FROM web_sessions WHERE member = ?1 ORDER BY id DESC LIMIT ?2)",
                (id, MOST),
            )?;
            Ok::<_, Error>(())
        })?;
        Ok(cookie)
    }

    /// Who comes with this cookie. Notes now and then that they did.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn find(
        &self,
        cookie: Option<&str>,
        channel: Channel,
        from: IpAddr,
    ) -> Result<Found, Error> {
        let (claimed, found) = self.known(cookie, channel)?;
        if let Some(found) = &found {
            let moved = found.address != from.to_string();
            let age = self.clock.age(found.seen);
            if age >= SEEN_EVERY || moved && age >= MOVED_EVERY {
                self.seen(found.who.session, from);
            }
        }
        Ok(Found {
            who: found.map(|found| found.who),
            claimed,
        })
    }

    /// Who it is that had this cookie when something began that goes on by itself; `None` when their session has ended. That is
    /// no use of it, and keeps no session that nobody uses.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn still(&self, cookie: &str, channel: Channel) -> Result<Option<Who>, Error> {
        let (_, found) = self.known(Some(cookie), channel)?;
        Ok(found.map(|found| found.who))
    }

    /// Whether anybody lives here, and whose cookie it is.
    fn known(&self, cookie: Option<&str>, channel: Channel) -> Result<(bool, Option<Kept>), Error> {
        let hash = cookie.map(hash);
        let (claimed, found) = self.database.read(|c| -> Result<_, Error> {
            let administrator = members::administrator(c)?;
            let mut found = match hash {
                Some(hash) => look(c, &hash, channel)?,
                None => None,
            };
            if let Some(Kept { who, .. }) = &mut found
                && administrator.as_ref() == Some(&who.name)
            {
                who.administrator = true;
                who.in_setup = claim::step(c)?.is_some();
            }
            Ok((administrator.is_some(), found))
        })?;
        let found = found.filter(|found| self.counts(found.opened, found.seen));
        Ok((claimed, found))
    }

    /// Who looks after the home; `None` while nobody lives there.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn administrator(&self) -> Result<Option<MemberName>, Error> {
        self.database.read(|c| Ok(members::administrator(c)?))
    }

    /// Whether this member looks after the home, and its setup is not finished.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn is_in_setup(&self, member: &MemberName) -> Result<bool, Error> {
        self.database.read(|c| {
            let administrator = members::administrator(c)?;
            Ok(administrator.as_ref() == Some(member) && claim::step(c)?.is_some())
        })
    }

    fn counts(&self, opened: Stamp, seen: Stamp) -> bool {
        self.clock.age(opened) < ABSOLUTE && self.clock.age(seen) < IDLE
    }

    /// A full disk must not log anybody out, so an error is no matter here.
    fn seen(&self, id: i64, from: IpAddr) {
        let now = self.clock.now();
        let written = self.database.write_at_leisure(move |c| {
            c.execute(
                "UPDATE web_sessions SET seen_boot = ?2, seen_ms = ?3, seen_wall = ?4, address = ?5 WHERE id = ?1",
                (id, now.boot, now.ms, now.wall, from.to_string()),
            )?;
            Ok::<_, Error>(())
        });
        if let Err(e) = written {
            journal::trouble("web", &e);
        }
    }

    /// Ends the session of a cookie: nobody else can use it any more.
    ///
    /// # Errors
    /// The rows cannot be written.
    pub fn close(&self, cookie: &str) -> Result<(), Error> {
        let hash = hash(cookie);
        self.database.write(move |c| {
            c.execute("DELETE FROM web_sessions WHERE hash = ?1", [hash])?;
            Ok(())
        })
    }

    /// Ends one session, only if it is that member's where one is named; whether there was one.
    ///
    /// # Errors
    /// The rows cannot be written.
    pub fn revoke(&self, id: i64, whose: Option<&MemberName>) -> Result<bool, Error> {
        let whose = whose.map(|name| name.as_str().to_owned());
        self.database.write(move |c| {
            let gone = c.execute(
                "DELETE FROM web_sessions WHERE id = ?1 AND
                    (?2 IS NULL OR member = (SELECT id FROM members WHERE name = ?2))",
                (id, whose),
            )?;
            Ok(gone > 0)
        })
    }

    /// Ends all sessions of a member, or of everybody; how many there were.
    ///
    /// # Errors
    /// The rows cannot be written.
    pub fn revoke_all(&self, whose: Option<&MemberName>) -> Result<usize, Error> {
        let whose = whose.map(|name| name.as_str().to_owned());
        self.database.write(move |c| {
            Ok(c.execute(
                "DELETE FROM web_sessions WHERE
                    ?1 IS NULL OR member = (SELECT id FROM members WHERE name = ?1)",
                [whose],
            )?)
        })
    }

    /// The sessions of a member, or of everybody, that still count; who was here last comes first.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn list(&self, whose: Option<&MemberName>) -> Result<Vec<Session>, Error> {
        let whose = whose.map(|name| name.as_str());
        let mut found = self.database.read(|c| -> Result<_, Error> {
            let mut statement = c.prepare_cached(
                "SELECT s.id, m.name, s.channel, s.address, s.program, s.opened_boot, s.opened_ms,
                    s.opened_wall, s.seen_boot, s.seen_ms, s.seen_wall
                 FROM web_sessions s JOIN members m ON m.id = s.member WHERE ?1 IS NULL OR m.name = ?1",
            )?;
            let mut rows = statement.query([whose])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                let session = Session {
                    id: row.get(0)?,
                    member: name(row, 1)?,
                    channel: Channel::from_row(&row.get::<_, String>(2)?),
                    address: row.get(3)?,
                    program: row.get(4)?,
                    opened: 0,
                    seen: 0,
                };
                found.push((session, stamp(row, 5)?, stamp(row, 8)?));
            }
            Ok(found)
        })?;
        found.retain(|(_, opened, seen)| self.counts(*opened, *seen));
        let mut list: Vec<Session> = found
            .into_iter()
            .map(|(session, opened, seen)| Session {
                opened: self.clock.wall_of(opened),
                seen: self.clock.wall_of(seen),
                ..session
            })
            .collect();
        list.sort_by_key(|session| std::cmp::Reverse((session.seen, session.id)));
        Ok(list)
    }

    /// Removes what has ended by its age.
    ///
    /// # Errors
    /// The rows cannot be written.
    pub fn sweep(&self) -> Result<(), Error> {
        let (idle, absolute) = (self.clock.edges(IDLE), self.clock.edges(ABSOLUTE));
        self.database.write_at_leisure(move |c| {
            for (boot, ms) in idle {
                c.execute(
                    "DELETE FROM web_sessions WHERE seen_boot = ?1 AND seen_ms <= ?2",
                    [boot, ms],
                )?;
            }
            for (boot, ms) in absolute {
                c.execute(
                    "DELETE FROM web_sessions WHERE opened_boot = ?1 AND opened_ms <= ?2",
                    [boot, ms],
                )?;
            }
            Ok(())
        })
    }
}

fn look(c: &Connection, hash: &[u8; 32], channel: Channel) -> Result<Option<Kept>, Error> {
    let mut statement = c.prepare_cached(
        "SELECT s.id, m.name, m.display, m.language, s.address, s.opened_boot, s.opened_ms,
            s.opened_wall, s.seen_boot, s.seen_ms, s.seen_wall
         FROM web_sessions s JOIN members m ON m.id = s.member WHERE s.hash = ?1 AND s.channel = ?2",
    )?;
    let mut rows = statement.query((hash, channel.as_str()))?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    Ok(Some(Kept {
        who: Who {
            session: row.get(0)?,
            name: name(row, 1)?,
            display: row.get(2)?,
            language: row.get(3)?,
            administrator: false,
            in_setup: false,
        },
        address: row.get(4)?,
        opened: stamp(row, 5)?,
        seen: stamp(row, 8)?,
    }))
}

fn stamp(row: &Row<'_>, at: usize) -> rusqlite::Result<Stamp> {
    Ok(Stamp {
        boot: row.get(at)?,
        ms: row.get(at + 1)?,
        wall: row.get(at + 2)?,
    })
}

fn name(row: &Row<'_>, at: usize) -> Result<MemberName, Error> {
    let name: String = row.get(at)?;
    name.parse().map_err(|_| {
        members::Error::Unusable("the database holds a member with an impossible name").into()
    })
}

/// 256 random bits, as a cookie can carry them.
///
/// # Errors
/// [`Error::Random`].
pub(super) fn random() -> Result<String, Error> {
    let mut bits = [0; 32];
    getrandom::fill(&mut bits).map_err(|_| Error::Random)?;
    Ok(BASE64URL_NOPAD.encode(&bits))
}

fn hash(cookie: &str) -> [u8; 32] {
    Sha256::digest(cookie.as_bytes()).into()
}

/// What every form of the browser with this cookie carries. Nobody can tell the cookie from it, and it changes with the login.
pub(super) fn token(cookie: &str) -> String {
    let mut digest = Sha256::new();
    digest.update(b"toxmail form\0");
    digest.update(cookie.as_bytes());
    BASE64URL_NOPAD.encode(&digest.finalize())
}

/// Whether two tokens are the same; how long that takes tells nothing of the right one.
pub(super) fn same(ours: &str, theirs: &str) -> bool {
    let differences = hash(ours)
        .iter()
        .zip(hash(theirs))
        .fold(0, |sum, (a, b)| sum | (a ^ b));
    differences == 0
}
