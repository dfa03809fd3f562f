//! The mailboxes at providers from which this home fetches, and what is known of the letters there.
//!
//! # What is promised
//! - A letter is known by the name that its server gives it: UIDVALIDITY and UID, or the UIDL. That is noted after it was
//!   filed, and before it is deleted there.
//! - A letter that was filed and not noted (a kill came between) is read again and recognised by its bytes: the store files
//!   one copy under the digest, in the transaction that gives it its number. The same holds when a mailbox is numbered
//!   anew (another UIDVALIDITY, other UIDLs) or has no names at all, as long as the server gives the same bytes.
//! - Letters that were to stay there are recognised in a mailbox that is numbered anew by when they came and their size
//!   (IMAP). Where that does not help they are fetched: one too many is better than one lost.
//! - A member who removes the fetching and sets it up again does not get letters twice either, as long as the store remembers
//!   what it has filed: `[queue] expire_after` and a year.
//! - A mailbox that borrows the login of an account for outgoing mail is that of the login it was set up with. When the account
//!   is another one nothing is said to its server and nothing of its letters counts, until it is set up again.
//!
//! # Known limits
//! With IMAP the note about a letter that stays there is kept for good, some 100 bytes: nobody looks whether it is still
//! there. With POP3 it goes 60 days after the letter. A server that gives a number to another letter (which both
//! protocols forbid) hides that letter.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Row, params};
use zeroize::Zeroizing;

use super::{Error, Providers, number_of, refused, refused_as, tls_of, word_of};
use crate::cause::Cause;
use crate::clock;
use crate::config::RelayTls;
use crate::fetch::plan::{After, Known, Since, State};
use crate::fetch::{Protocol, Server, is_sayable};
use crate::mail::address::MemberName;
use crate::queue::AccountId;

/// How often a mailbox is looked at, unless its member wants it otherwise.
pub const EVERY: Duration = Duration::from_secs(5 * 60);
/// Providers lock out whoever comes more often.
pub const MOST_OFTEN: Duration = Duration::from_secs(60);
/// Whoever wants it less often does not want it.
pub const LEAST_OFTEN: Duration = Duration::from_secs(24 * 3600);
/// What is known of a letter that is not listed any more is kept so long, in seconds: a listing may be wrong once.
const GONE_FOR: i64 = 60 * 24 * 3600;

/// Which mailbox. Never given twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FetchId(i64);

impl FetchId {
    /// The number itself.
    pub const fn number(self) -> i64 {
        self.0
    }
}

/// Whose login is said there.
#[derive(Clone)]
pub enum Login {
    /// That of the account for outgoing mail: the member's own, else the home's.
    AsOutgoing,
    /// One of its own.
    Own(String, Zeroizing<String>),
}

/// What a command stores.
#[derive(Clone)]
pub struct NewFetch {
    /// Who gets the letters.
    pub member: MemberName,
    /// Which protocol is spoken.
    pub protocol: Protocol,
    /// The provider's server for incoming mail.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is secured.
    pub tls: RelayTls,
    /// Whose login is said there.
    pub login: Login,
    /// What becomes of the letters there.
    pub after: After,
    /// Which letters are fetched.
    pub since: Since,
    /// How often.
    pub every: Duration,
}

/// The INBOX of a mailbox at a provider, ready to be looked at.
#[derive(Clone)]
pub struct Inbox {
    /// Which it is; `None` before it is stored.
    pub id: Option<FetchId>,
    /// Who gets the letters.
    pub member: MemberName,
    /// Where it is.
    pub server: Server,
    /// The login there.
    pub username: String,
    /// Its password.
    pub password: Zeroizing<String>,
    /// What becomes of the letters there.
    pub after: After,
    /// Which letters are fetched.
    pub since: Since,
    /// What was there before is noted.
    pub begun: bool,
    /// UIDVALIDITY of the next.
    pub validity: Option<u32>,
    /// Nothing is to be done with letters up to this UID, but with those that were left.
    pub settled: u32,
}

/// A mailbox as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Which it is.
    pub id: FetchId,
    /// Who gets the letters.
    pub member: MemberName,
    /// Which protocol is spoken.
    pub protocol: Protocol,
    /// The provider's server for incoming mail.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is secured.
    pub tls: RelayTls,
    /// The account for outgoing mail whose login is said.
    pub login_of: Option<AccountId>,
    /// The login that is said there: its own, or that of the account when it was set up.
    pub username: String,
    /// What becomes of the letters there.
    pub after: After,
    /// Which letters are fetched.
    pub since: Since,
    /// How often.
    pub every: Duration,
    /// What was wrong the last time.
    pub trouble: Option<Trouble>,
}

/// What is wrong with a mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Who must act.
    pub kind: Kind,
    /// In words.
    pub reason: String,
    /// Since when, in seconds since 1970.
    pub since: i64,
    /// The member was told by mail.
    pub told: bool,
}

/// Who must act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The member: the login is not accepted.
    Login,
    /// Whoever looks after this home: the account whose login was borrowed is another one, or gone.
    Account,
    /// The provider, or nobody.
    Server,
    /// The member: the provider works, and does not hand out a letter.
    Letter,
    /// The member: their mailbox here is full.
    Full,
    /// Whoever looks after this home.
    Own,
}

impl Kind {
    const fn word(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Account => "account",
            Self::Server => "server",
            Self::Letter => "letter",
            Self::Full => "full",
            Self::Own => "own",
        }
    }

    fn of(word: &str) -> Self {
        match word {
            "login" => Self::Login,
            "account" => Self::Account,
            "letter" => Self::Letter,
            "full" => Self::Full,
            "own" => Self::Own,
            _ => Self::Server,
        }
    }
}

/// What became of a letter there, to be noted.
#[derive(Clone, Debug)]
pub struct Note {
    /// Its name there.
    pub name: String,
    /// What became of it.
    pub state: State,
    /// Octets, as listed.
    pub size: u64,
    /// Of its bytes, where it was read.
    pub digest: Option<[u8; 32]>,
    /// Of when it came and its size.
    pub mark: Option<[u8; 8]>,
}

/// How far the look at a mailbox has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// UIDVALIDITY of the next.
    pub validity: Option<u32>,
    /// Nothing is to be done up to this UID.
    pub settled: u32,
}

fn word_of_state(state: State) -> &'static str {
    match state {
        State::Old => "old",
        State::Kept => "kept",
        State::Taken => "taken",
        State::Left => "left",
    }
}

fn signed(size: u64) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

/// The account for outgoing mail whose login is borrowed.
struct Lender {
    id: AccountId,
    /// The provider's submission server.
    host: String,
}

/// What a password is sealed for.
fn place(member: AccountId) -> String {
    format!("fetch {}", member.number())
}

fn protocol_of(row: &Row<'_>, column: usize) -> rusqlite::Result<Protocol> {
    Ok(match row.get::<_, String>(column)?.as_str() {
        "pop3" => Protocol::Pop3,
        _ => Protocol::Imap,
    })
}

fn after_of(row: &Row<'_>, column: usize) -> rusqlite::Result<After> {
    Ok(match row.get::<_, String>(column)?.as_str() {
        "delete" => After::Delete,
        _ => After::Keep,
    })
}

fn since_of(row: &Row<'_>, column: usize) -> rusqlite::Result<Since> {
    Ok(match row.get::<_, String>(column)?.as_str() {
        "everything" => Since::Everything,
        _ => Since::New,
    })
}

fn listed_of(row: &Row<'_>) -> rusqlite::Result<Option<Listed>> {
    let Ok(member) = row.get::<_, String>(1)?.parse() else {
        return Ok(None);
    };
    let kind: Option<String> = row.get(11)?;
    let trouble = match kind {
        Some(kind) => Some(Trouble {
            kind: Kind::of(&kind),
            reason: row.get(12)?,
            since: row.get(13)?,
            told: row.get(14)?,
        }),
        None => None,
    };
    Ok(Some(Listed {
        id: FetchId(row.get(0)?),
        member,
        protocol: protocol_of(row, 2)?,
        host: row.get(3)?,
        port: row.get(4)?,
        tls: tls_of(row, 5)?,
        login_of: row.get::<_, Option<i64>>(6)?.map(AccountId::from_number),
        username: row.get(7)?,
        after: after_of(row, 8)?,
        since: since_of(row, 9)?,
        every: Duration::from_secs(row.get::<_, i64>(10)?.unsigned_abs()),
        trouble,
    }))
}

const LISTED: &str =
    "SELECT f.id, m.name, f.protocol, f.host, f.port, f.tls, f.login_of, f.username, f.after, f.since, f.every_seconds,
        t.kind, t.reason, t.since, t.told
     FROM fetches f JOIN members m ON m.id = f.member LEFT JOIN fetch_troubles t ON t.fetch = f.id ORDER BY m.name";

impl Providers {
    /// Every mailbox that is fetched.
    ///
    /// # Errors
    /// The database.
    pub fn fetches(&self) -> Result<Vec<Listed>, Error> {
        self.database.read(|c| {
            let mut statement = c.prepare_cached(LISTED)?;
            let rows = statement.query_map([], listed_of)?;
            Ok(rows
                .collect::<Result<Vec<_>, _>>()?
                .into_iter()
                .flatten()
                .collect())
        })
    }

    /// The one of a member.
    ///
    /// # Errors
    /// The database.
    pub fn fetch_of(&self, member: &MemberName) -> Result<Option<Listed>, Error> {
        Ok(self.fetches()?.into_iter().find(|f| f.member == *member))
    }

    /// The mailbox that [`fetch_set_tested`](Self::fetch_set_tested) would store, for a first login.
    ///
    /// # Errors
    /// It may not be stored: see [`fetch_set_tested`](Self::fetch_set_tested).
    pub fn fetch_proposed(&self, new: &NewFetch) -> Result<Inbox, Error> {
        self.fetch_check(new).map(|(inbox, _)| inbox)
    }

    fn fetch_check(&self, new: &NewFetch) -> Result<(Inbox, Option<Lender>), Error> {
        let number = self.database.read(|c| number_of(c, Some(&new.member)))?;
        if !crate::config::is_host(&new.host) {
            return refused(
                format!("'{}' is not a host name", new.host),
                "give the provider's server for incoming mail, such as imap.example.org",
            );
        }
        if !(MOST_OFTEN..=LEAST_OFTEN).contains(&new.every) {
            return refused(
                "that is too often, or too seldom",
                "give --every a time between 1m and 24h",
            );
        }
        let (lender, username, password) = match &new.login {
            Login::Own(username, password) => (None, username.clone(), password.clone()),
            Login::AsOutgoing => {
                let own = self.account(number)?.map(|account| (number, account));
                let found = match own {
                    None => self.account(AccountId::HOME)?.map(|a| (AccountId::HOME, a)),
                    own => own,
                };
                let login =
                    found.and_then(|(id, account)| Some((id, account.host, account.login?)));
                let Some((id, host, (username, password))) = login else {
                    return refused(
                        format!("{} has no login at a provider yet", new.member),
                        "give one with --username; its password is read from standard input",
                    );
                };
                (Some(Lender { id, host }), username, password)
            }
        };
        if !is_sayable(&username) || !is_sayable(&password) {
            return refused_as(
                Cause::NotUsable,
                "",
                "login or password at the provider is empty, or has a control character in it",
                "give the login with --username, and the password on standard input",
            );
        }
        for other in self.fetches()? {
            let same_place = other.host.eq_ignore_ascii_case(&new.host);
            if other.member != new.member && same_place && other.username == username {
                return refused_as(
                    Cause::FetchedAlready,
                    other.member.to_string(),
                    format!("{} fetches from that mailbox already", other.member),
                    "one mailbox there is one person's here: give the login of another one",
                );
            }
        }
        let inbox = Inbox {
            id: None,
            member: new.member.clone(),
            server: Server {
                protocol: new.protocol,
                host: new.host.clone(),
                port: new.port,
                tls: new.tls,
                ca_file: self.file().ca_file,
            },
            username,
            password,
            after: new.after,
            since: new.since,
            begun: false,
            validity: None,
            settled: 0,
        };
        Ok((inbox, lender))
    }

    /// The same as [`fetch_set_tested`](Self::fetch_set_tested), without a first login.
    #[cfg(test)]
    pub(crate) fn fetch_set(&self, new: &NewFetch) -> Result<FetchId, Error> {
        self.fetch_set_after(new, None)
    }

    /// Stores from where a member's letters are fetched. What is known of the letters there stays known while it is the same
    /// mailbox. It comes after a login with what was [proposed](Self::fetch_proposed): that takes a while, and a login that is
    /// borrowed may be another one by then, which that server must not hear.
    ///
    /// # Errors
    /// There is no such member, no login, or another one by now, or somebody else fetches from there; or the password cannot
    /// be sealed.
    pub fn fetch_set_tested(&self, new: &NewFetch, tested: &Inbox) -> Result<FetchId, Error> {
        self.fetch_set_after(new, Some(tested))
    }

    fn fetch_set_after(&self, new: &NewFetch, tested: Option<&Inbox>) -> Result<FetchId, Error> {
        let (inbox, lender) = self.fetch_check(new)?;
        let login = (&inbox.username, &inbox.password);
        if tested.is_some_and(|tested| (&tested.username, &tested.password) != login) {
            return refused(
                "the login for outgoing mail has changed meanwhile",
                "look whether its letters lie at that server too, and set it again",
            );
        }
        let before = self.fetch_of(&new.member)?;
        let same = match &before {
            Some(before) => {
                before.protocol == new.protocol
                    && before.host.eq_ignore_ascii_case(&new.host)
                    && before.username == inbox.username
            }
            None => false,
        };
        let member = self.database.read(|c| number_of(c, Some(&new.member)))?;
        let password = match lender {
            Some(_) => None,
            None => Some(self.shared.safe.seal(&place(member), &inbox.password)?),
        };
        let username = inbox.username;
        let (login_of, account_host) = lender.map(|l| (l.id.number(), l.host)).unzip();
        let (new, name) = (new.clone(), new.member.clone());
        let known = before.map(|b| b.id);
        self.database.write(move |c| -> Result<FetchId, Error> {
            // The member may have gone meanwhile.
            number_of(c, Some(&name))?;
            if !same {
                c.execute("DELETE FROM fetches WHERE member = ?1", [member.number()])?;
            }
            if let Some(id) = known.filter(|_| same) {
                let since: String =
                    c.query_row("SELECT since FROM fetches WHERE id = ?1", [id.0], |r| r.get(0))?;
                if since != new.since.word() {
                    c.execute("UPDATE fetches SET begun = 0, settled = 0 WHERE id = ?1", [id.0])?;
                }
                if new.after == After::Keep {
                    c.execute("UPDATE fetched SET state = 'kept' WHERE fetch = ?1 AND state = 'taken'", [id.0])?;
                }
                if new.since == Since::Everything {
                    c.execute("DELETE FROM fetched WHERE fetch = ?1 AND state = 'old'", [id.0])?;
                }
            }
            let id: i64 = c.query_row(
                "INSERT INTO fetches (member, protocol, host, port, tls, login_of, username, password, after, since, every_seconds,
                    account_host)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) ON CONFLICT (member) DO UPDATE SET
                    port = excluded.port, tls = excluded.tls, login_of = excluded.login_of, username = excluded.username,
                    account_host = excluded.account_host, password = excluded.password, after = excluded.after, since = excluded.since,
                    every_seconds = excluded.every_seconds
                 RETURNING id",
                params![
                    member.number(),
                    new.protocol.word(),
                    new.host,
                    new.port,
                    word_of(new.tls),
                    login_of,
                    username,
                    password,
                    new.after.word(),
                    new.since.word(),
                    signed(new.every.as_secs()),
                    account_host
                ],
                |r| r.get(0),
            )?;
            c.execute("DELETE FROM fetch_troubles WHERE fetch = ?1", [id])?;
            Ok(FetchId(id))
        })
    }

    /// Fetches no more for a member; whether it did.
    ///
    /// # Errors
    /// There is no such member; or the database.
    pub fn fetch_remove(&self, member: &MemberName) -> Result<bool, Error> {
        let number = self.database.read(|c| number_of(c, Some(member)))?;
        self.database.write(move |c| {
            Ok(c.execute("DELETE FROM fetches WHERE member = ?1", [number.number()])? > 0)
        })
    }

    /// An INBOX with its password; `None` when it is gone.
    ///
    /// # Errors
    /// The database, or the password cannot be had. [`Error::Refused`]: the account whose login was borrowed is gone, or is
    /// another one than when this was set up.
    pub fn fetch_inbox(&self, id: FetchId) -> Result<Option<Inbox>, Error> {
        let Some(listed) = self.fetches()?.into_iter().find(|f| f.id == id) else {
            return Ok(None);
        };
        let found = self.database.read(|c| -> Result<_, Error> {
            Ok(c.prepare_cached(
                "SELECT member, password, begun, validity, settled, account_host FROM fetches WHERE id = ?1",
            )?
            .query_row([id.0], |r| {
                let sealed: Option<Vec<u8>> = r.get(1)?;
                let account_host: Option<String> = r.get(5)?;
                let progress = (r.get(2)?, r.get(3)?, r.get(4)?);
                Ok((r.get::<_, i64>(0)?, sealed, account_host, progress))
            })
            .optional()?)
        })?;
        let Some((member, sealed, account_host, (begun, validity, settled))) = found else {
            return Ok(None);
        };
        let username = listed.username;
        let password = match (sealed, listed.login_of) {
            (Some(sealed), _) => {
                let place = place(AccountId::from_number(member));
                Some(self.shared.safe.open(&place, &sealed)?)
            }
            (None, Some(lender)) => self
                .account(lender)?
                .filter(|account| Some(&account.host) == account_host.as_ref())
                .and_then(|account| account.login)
                .filter(|(name, _)| *name == username)
                .map(|(_, password)| password),
            (None, None) => None,
        };
        let Some(password) = password else {
            return refused(
                format!(
                    "the account for outgoing mail is not the one any more whose login '{username}' was said at {}, so it is not said there",
                    listed.host
                ),
                "set it up again, or give a login of its own with --username",
            );
        };
        Ok(Some(Inbox {
            id: Some(id),
            member: listed.member,
            server: Server {
                protocol: listed.protocol,
                host: listed.host,
                port: listed.port,
                tls: listed.tls,
                ca_file: self.file().ca_file,
            },
            username,
            password,
            after: listed.after,
            since: listed.since,
            begun,
            validity,
            settled,
        }))
    }

    /// What becomes of the letters there, as it is now; `None` when the mailbox is fetched no more.
    ///
    /// # Errors
    /// The database.
    pub fn fetch_after(&self, id: FetchId) -> Result<Option<After>, Error> {
        self.database.read(|c| {
            Ok(c.prepare_cached("SELECT after FROM fetches WHERE id = ?1")?
                .query_row([id.0], |r| after_of(r, 0))
                .optional()?)
        })
    }

    /// What is known of the letters there, by their names.
    ///
    /// # Errors
    /// The database.
    pub fn fetch_known(&self, id: FetchId) -> Result<HashMap<String, Known>, Error> {
        self.database.read(|c| {
            let mut statement =
                c.prepare_cached("SELECT name, state, size FROM fetched WHERE fetch = ?1")?;
            let rows = statement.query_map([id.0], |r| {
                let state = match r.get::<_, String>(1)?.as_str() {
                    "old" => State::Old,
                    "kept" => State::Kept,
                    "taken" => State::Taken,
                    _ => State::Left,
                };
                let size = r.get::<_, i64>(2)?.unsigned_abs();
                Ok((r.get(0)?, Known { state, size }))
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// UIDs of letters with which there may be something to do, whatever is settled: those that were too large, and are not
    /// any more, and those that were not deleted yet.
    ///
    /// # Errors
    /// The database.
    pub fn fetch_open(&self, id: FetchId, validity: u32, max: u64) -> Result<Vec<u32>, Error> {
        let names: Vec<String> = self.database.read(|c| -> Result<_, Error> {
            let mut statement = c.prepare_cached(
                "SELECT name FROM fetched WHERE fetch = ?1 AND (state = 'left' AND size <= ?2 OR state = 'taken')",
            )?;
            let rows = statement.query_map(params![id.0, signed(max)], |r| r.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })?;
        let of_now = |name: String| {
            let (at, uid) = name.split_once('/')?;
            (at.parse() == Ok(validity)).then(|| uid.parse().ok())?
        };
        Ok(names.into_iter().filter_map(of_now).collect())
    }

    /// Whether a letter with these bytes was fetched from there before.
    ///
    /// # Errors
    /// The database.
    pub fn fetch_has_digest(&self, id: FetchId, digest: &[u8; 32]) -> Result<bool, Error> {
        self.database.read(|c| {
            Ok(
                c.prepare_cached("SELECT 1 FROM fetched WHERE fetch = ?1 AND digest = ?2")?
                    .exists(params![id.0, digest])?,
            )
        })
    }

    /// Whether a letter with this mark was to stay there.
    ///
    /// # Errors
    /// The database.
    pub fn fetch_has_old(&self, id: FetchId, mark: &[u8; 8]) -> Result<bool, Error> {
        self.database.read(|c| {
            Ok(c.prepare_cached(
                "SELECT 1 FROM fetched WHERE fetch = ?1 AND mark = ?2 AND state = 'old'",
            )?
            .exists(params![id.0, mark])?)
        })
    }

    /// Notes what became of letters.
    ///
    /// # Errors
    /// The database.
    pub fn fetch_note(&self, id: FetchId, notes: Vec<Note>) -> Result<(), Error> {
        if notes.is_empty() {
            return Ok(());
        }
        self.database.write(move |c| note(c, id, &notes))
    }

    /// The first look: what is there stays there, and that is noted at once.
    ///
    /// # Errors
    /// The database.
    pub fn fetch_begin(
        &self,
        id: FetchId,
        old: Vec<Note>,
        progress: Progress,
    ) -> Result<(), Error> {
        self.database.write(move |c| {
            note_unless_known(c, id, &old)?;
            advance(c, id, progress)?;
            c.execute("UPDATE fetches SET begun = 1 WHERE id = ?1", [id.0])?;
            Ok(())
        })
    }

    /// How far everything is done. What is known under another UIDVALIDITY is of no use any more.
    ///
    /// # Errors
    /// The database.
    pub fn fetch_advance(&self, id: FetchId, progress: Progress) -> Result<(), Error> {
        self.database.write(move |c| advance(c, id, progress))
    }

    /// Forgets letters that are deleted there.
    ///
    /// # Errors
    /// The database.
    pub fn fetch_forget(&self, id: FetchId, names: Vec<String>) -> Result<(), Error> {
        if names.is_empty() {
            return Ok(());
        }
        self.database.write(move |c| {
            let mut statement =
                c.prepare_cached("DELETE FROM fetched WHERE fetch = ?1 AND name = ?2")?;
            for name in names {
                statement.execute(params![id.0, name])?;
            }
            Ok(())
        })
    }

    /// POP3: these are listed now. Others that are known are gone, and forgotten one day. `now` is in seconds since 1970.
    ///
    /// # Errors
    /// The database.
    pub fn fetch_listed(&self, id: FetchId, names: &HashSet<&str>, now: i64) -> Result<(), Error> {
        let (mut gone, mut back, mut old) = (Vec::new(), Vec::new(), false);
        self.database.read(|c| -> Result<(), Error> {
            let mut statement =
                c.prepare_cached("SELECT name, gone_at FROM fetched WHERE fetch = ?1")?;
            let mut rows = statement.query([id.0])?;
            while let Some(row) = rows.next()? {
                let (name, since): (String, Option<i64>) = (row.get(0)?, row.get(1)?);
                match (names.contains(name.as_str()), since) {
                    (true, Some(_)) => back.push(name),
                    (false, None) => gone.push(name),
                    (false, Some(since)) => old |= since < now - GONE_FOR,
                    (true, None) => {}
                }
            }
            Ok(())
        })?;
        if gone.is_empty() && back.is_empty() && !old {
            return Ok(()); // an idle home writes nothing
        }
        self.database.write_at_leisure(move |c| {
            let mut statement =
                c.prepare_cached("UPDATE fetched SET gone_at = ?3 WHERE fetch = ?1 AND name = ?2")?;
            for name in gone {
                statement.execute(params![id.0, name, now])?;
            }
            for name in back {
                statement.execute(params![id.0, name, None::<i64>])?;
            }
            c.execute(
                "DELETE FROM fetched WHERE fetch = ?1 AND gone_at < ?2",
                params![id.0, now - GONE_FOR],
            )?;
            Ok(())
        })
    }

    /// It works: what was wrong is forgotten.
    ///
    /// # Errors
    /// The database.
    pub fn fetch_works(&self, id: FetchId) -> Result<(), Error> {
        if self.database.read(|c| fetch_trouble(c, id))?.is_none() {
            return Ok(()); // an idle home writes nothing
        }
        self.database.write(move |c| {
            c.execute("DELETE FROM fetch_troubles WHERE fetch = ?1", [id.0])?;
            Ok(())
        })
    }

    /// It does not work. What is known of it now; trouble of another kind begins anew.
    ///
    /// # Errors
    /// The database.
    pub fn fetch_fails(&self, id: FetchId, kind: Kind, why: &str) -> Result<Trouble, Error> {
        let known = self.database.read(|c| fetch_trouble(c, id))?;
        if let Some(known) = known.filter(|known| known.kind == kind && known.reason == why) {
            return Ok(known);
        }
        let (why, now) = (why.to_owned(), clock::wall_seconds());
        self.database.write(move |c| -> Result<Trouble, Error> {
            c.execute(
                "INSERT INTO fetch_troubles (fetch, kind, reason, since, told)
                 SELECT ?1, ?2, ?3, ?4, 0 WHERE EXISTS (SELECT 1 FROM fetches WHERE id = ?1)
                 ON CONFLICT DO UPDATE SET reason = excluded.reason,
                    since = CASE WHEN kind = excluded.kind THEN since ELSE excluded.since END,
                    told = CASE WHEN kind = excluded.kind THEN told ELSE 0 END, kind = excluded.kind",
                params![id.0, kind.word(), why, now],
            )?;
            Ok(fetch_trouble(c, id)?.unwrap_or(Trouble { kind, reason: why, since: now, told: true }))
        })
    }

    /// As if it had not worked since then.
    #[cfg(test)]
    pub fn age_trouble(&self, id: FetchId, since: i64) -> Result<(), Error> {
        self.database.write(move |c| {
            c.execute(
                "UPDATE fetch_troubles SET since = ?1 WHERE fetch = ?2",
                [since, id.0],
            )?;
            Ok(())
        })
    }

    /// The member was told.
    ///
    /// # Errors
    /// The database.
    pub fn fetch_told(&self, id: FetchId) -> Result<(), Error> {
        self.database.write(move |c| {
            c.execute(
                "UPDATE fetch_troubles SET told = 1 WHERE fetch = ?1",
                [id.0],
            )?;
            Ok(())
        })
    }
}

fn fetch_trouble(c: &Connection, id: FetchId) -> Result<Option<Trouble>, Error> {
    Ok(
        c.prepare_cached("SELECT kind, reason, since, told FROM fetch_troubles WHERE fetch = ?1")?
            .query_row([id.0], |r| {
                Ok(Trouble {
                    kind: Kind::of(&r.get::<_, String>(0)?),
                    reason: r.get(1)?,
                    since: r.get(2)?,
                    told: r.get(3)?,
                })
            })
            .optional()?,
    )
}

fn note(c: &Connection, id: FetchId, notes: &[Note]) -> Result<(), Error> {
    insert(
        c,
        id,
        notes,
        "DO UPDATE SET state = excluded.state, size = excluded.size, digest = excluded.digest,
            mark = excluded.mark, gone_at = NULL",
    )
}

fn note_unless_known(c: &Connection, id: FetchId, notes: &[Note]) -> Result<(), Error> {
    insert(c, id, notes, "DO NOTHING")
}

fn insert(c: &Connection, id: FetchId, notes: &[Note], known: &str) -> Result<(), Error> {
    // The mailbox may have been removed while it was looked at.
    let mut statement = c.prepare_cached(&format!(
        "INSERT INTO fetched (fetch, name, state, size, digest, mark, gone_at)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, NULL WHERE EXISTS (SELECT 1 FROM fetches WHERE id = ?1)
         ON CONFLICT {known}"
    ))?;
    for note in notes {
        statement.execute(params![
            id.0,
            note.name,
            word_of_state(note.state),
            signed(note.size),
            note.digest,
            note.mark
        ])?;
    }
    Ok(())
}

fn advance(c: &Connection, id: FetchId, progress: Progress) -> Result<(), Error> {
    let Progress { validity, settled } = progress;
    c.execute(
        "UPDATE fetches SET validity = ?2, settled = ?3 WHERE id = ?1",
        params![id.0, validity, settled],
    )?;
    if let Some(validity) = validity {
        c.execute(
            "DELETE FROM fetched WHERE fetch = ?1 AND substr(name, 1, length(?2)) <> ?2",
            params![id.0, format!("{validity}/")],
        )?;
    }
    Ok(())
}

#[cfg(test)]
#[path = "fetch_tests.rs"]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
