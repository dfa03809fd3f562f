//! The accounts at ordinary mail providers that take letters for everybody who has no Tox address.
//!
//! **What happens here.** The home's account comes from `[relay]` in toxmail.toml or from a command; a member may have one
//! of their own, which goes before the home's. [`Providers::way_of`] says which account takes a member's letters and under which
//! address they write there; [`Providers::account`] gives the agent what it needs to log in. What was wrong with an account
//! the last time is kept for `doctor`. [`mod@fetch`] has the mailboxes at providers that are fetched from here, and what is known of the
//! letters there; `era` what of that a home forgets that was restored without its letters; [`known`] the servers of providers by the
//! domain of an address.
//!
//! **What never happens here.** Nobody is connected to: that is [`crate::delivery::relay`]'s. No password is stored in
//! clear, shown or logged.
//!
//! **Rules.**
//! - Passwords that were set by a command are sealed ([`safe`]); one in a file of the operator's stays there and is read at
//!   each use.
//! - An account keeps its number when it is changed or removed and set again: letters that wait for it go the new way.
//! - After a login that the provider refused the account rests: who knocks with a wrong password again and again is locked
//!   out there.

pub mod era;
pub mod fetch;
pub mod known;
pub mod safe;

use std::collections::HashMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OptionalExtension, Row};
use zeroize::Zeroizing;

use crate::cause::{Cause, Refused, refused, refused_as};
use crate::clock;
use crate::config::{Relay, RelayTls};
use crate::database::{self, Database};
use crate::mail::address::MemberName;
use crate::mail::verdict::Reason;
use crate::members;
use crate::queue::AccountId;
use safe::Safe;

/// How long an account rests after its login was refused.
pub const REST: Duration = Duration::from_secs(15 * 60);
/// Longest password in a file: more is not a password.
const LONGEST_PASSWORD: u64 = 1024;

/// What can go wrong with accounts.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The rows cannot be read or written.
    #[error(transparent)]
    Database(#[from] database::Error),
    /// A stored password cannot be sealed or opened.
    #[error(transparent)]
    Safe(#[from] safe::Error),
    /// The file that holds the password cannot be read.
    #[error("the password file {0} cannot be read: {1}")]
    PasswordFile(PathBuf, std::io::Error),
    /// The home says no: the person who asked must act.
    #[error(transparent)]
    Refused(#[from] Refused),
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.into())
    }
}

/// An account, ready to be used.
#[derive(Clone)]
pub struct Account {
    /// Its number.
    pub id: AccountId,
    /// The provider's submission server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is secured.
    pub tls: RelayTls,
    /// Login and password; `None` only where `[relay]` names none.
    pub login: Option<(String, Zeroizing<String>)>,
    /// Certificates that are trusted besides the system's.
    pub ca_file: Option<PathBuf>,
}

/// What a command stores.
#[derive(Clone)]
pub struct NewAccount {
    /// Whose; `None` is the home's.
    pub member: Option<MemberName>,
    /// The provider's submission server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is secured.
    pub tls: RelayTls,
    /// The account there.
    pub username: String,
    /// Its password.
    pub password: Zeroizing<String>,
    /// The member's ordinary address there.
    pub address: Option<String>,
}

/// An account as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its number.
    pub id: AccountId,
    /// Whose; `None` is the home's.
    pub member: Option<MemberName>,
    /// The provider's submission server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is secured.
    pub tls: RelayTls,
    /// The account there.
    pub username: Option<String>,
    /// The member's ordinary address there.
    pub address: Option<String>,
    /// It stands in toxmail.toml.
    pub from_file: bool,
    /// What was wrong the last time, and since when (seconds since 1970).
    pub trouble: Option<(String, i64)>,
}

/// The ordinary route of one member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// Through this account, as this address.
    Open {
        /// The account.
        account: AccountId,
        /// The member's ordinary address.
        address: String,
    },
    /// There is an account, but the member has no ordinary address.
    NoAddress,
    /// There is no account.
    NoProvider,
}

/// The accounts; a cheap handle to clone. Everything blocks.
#[derive(Clone)]
pub struct Providers {
    database: Database,
    shared: Arc<Shared>,
}

struct Shared {
    safe: Safe,
    file: RwLock<Written>,
    /// Accounts whose login was refused, and when.
    resting: Mutex<HashMap<AccountId, (Instant, Reason)>>,
}

#[derive(Clone, Default)]
struct Written {
    relay: Option<Relay>,
    ca_file: Option<PathBuf>,
}

impl Providers {
    /// The accounts in `database`, with the key in the home's folder.
    pub fn open(database: Database, dir: &Path) -> Self {
        Self {
            database,
            shared: Arc::new(Shared {
                safe: Safe::at(dir),
                file: RwLock::default(),
                resting: Mutex::default(),
            }),
        }
    }

    /// What toxmail.toml says from now on.
    pub fn configure(&self, relay: Option<Relay>, ca_file: Option<PathBuf>) {
        let mut file = self
            .shared
            .file
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if file.relay != relay {
            // Another password, perhaps.
            self.wake(AccountId::HOME);
        }
        *file = Written { relay, ca_file };
    }

    fn file(&self) -> Written {
        self.shared
            .file
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Whether the home's account stands in toxmail.toml.
    pub fn home_is_in_file(&self) -> bool {
        self.file().relay.is_some()
    }

    /// Which account takes this member's letters, and as which address they write there: their own account, else the
    /// home's.
    ///
    /// # Errors
    /// The database.
    pub fn way_of(&self, member: &MemberName) -> Result<Way, Error> {
        let in_file = self.home_is_in_file();
        self.database.read(|c| {
            let account: Option<i64> = c
                .prepare_cached(
                    "SELECT account FROM providers p LEFT JOIN members m ON m.id = p.member
                     WHERE m.name = ?1 OR account = 0 ORDER BY account DESC LIMIT 1",
                )?
                .query_row([member.as_str()], |r| r.get(0))
                .optional()?;
            let account = match account {
                Some(number) => AccountId::from_number(number),
                None if in_file => AccountId::HOME,
                None => return Ok(Way::NoProvider),
            };
            Ok(match members::ordinary_address(c, member)? {
                Some(address) => Way::Open { account, address },
                None => Way::NoAddress,
            })
        })
    }

    /// An account with its password; `None` when there is none (any more).
    ///
    /// # Errors
    /// The database, or the password cannot be had.
    pub fn account(&self, id: AccountId) -> Result<Option<Account>, Error> {
        let Written { relay, ca_file } = self.file();
        if let (AccountId::HOME, Some(relay)) = (id, relay) {
            let login = match relay.login {
                Some((username, path)) => Some((username, password_in(&path)?)),
                None => None,
            };
            return Ok(Some(Account {
                id,
                host: relay.host,
                port: relay.port,
                tls: relay.tls,
                login,
                ca_file,
            }));
        }
        let found = self.database.read(|c| -> Result<_, Error> {
            Ok(c.prepare_cached(
                "SELECT host, port, tls, username, password FROM providers WHERE account = ?1",
            )?
            .query_row([id.number()], |r| {
                let sealed: Vec<u8> = r.get(4)?;
                Ok((r.get(0)?, r.get(1)?, tls_of(r, 2)?, r.get(3)?, sealed))
            })
            .optional()?)
        })?;
        let Some((host, port, tls, username, sealed)) = found else {
            return Ok(None);
        };
        let password = self.shared.safe.open(&place(id), &sealed)?;
        Ok(Some(Account {
            id,
            host,
            port,
            tls,
            login: Some((username, password)),
            ca_file,
        }))
    }

    /// The account that [`set`](Self::set) would store, for a first login.
    ///
    /// # Errors
    /// It may not be stored: see [`set`](Self::set).
    pub fn proposed(&self, new: &NewAccount) -> Result<Account, Error> {
        self.check(new)?;
        let id = self.database.read(|c| number_of(c, new.member.as_ref()))?;
        Ok(Account {
            id,
            host: new.host.clone(),
            port: new.port,
            tls: new.tls,
            login: Some((new.username.clone(), new.password.clone())),
            ca_file: self.file().ca_file,
        })
    }

    fn check(&self, new: &NewAccount) -> Result<(), Error> {
        if new.member.is_none() && self.home_is_in_file() {
            return refused_as(
                Cause::Locked,
                "",
                "toxmail.toml itself names the home's provider in [relay], and wins over a command",
                "change it there, or remove [relay] from the file and set it again",
            );
        }
        if new.member.is_none() && new.address.is_some() {
            return refused(
                "the home's provider has no address of its own: each member writes as themselves",
                "leave --address out, and give each member theirs with `toxmaild member address add NAME ADDRESS`",
            );
        }
        if !crate::config::is_host(&new.host) {
            return refused(
                format!("'{}' is not a host name", new.host),
                "give the provider's server for outgoing mail, such as smtp.example.org",
            );
        }
        if new.username.trim().is_empty() || new.username.chars().any(char::is_control) {
            return refused_as(
                Cause::NotUsable,
                "",
                "the login at the provider is empty or has a control character in it",
                "give it with --username; often it is the whole e-mail address",
            );
        }
        Ok(())
    }

    /// Stores an account, and makes `address` the member's.
    ///
    /// # Errors
    /// The file names the home's account; there is no such member; the address is somebody else's; or the password cannot
    /// be sealed.
    pub fn set(&self, new: NewAccount) -> Result<AccountId, Error> {
        self.check(&new)?;
        let id = self.database.read(|c| number_of(c, new.member.as_ref()))?;
        let sealed = self.shared.safe.seal(&place(id), &new.password)?;
        let now = clock::wall_seconds();
        self.database.write(move |c| -> Result<(), Error> {
            // The member may have gone meanwhile.
            number_of(c, new.member.as_ref())?;
            let member = (id != AccountId::HOME).then_some(id.number());
            c.execute(
                "INSERT INTO providers (account, member, host, port, tls, username, password, address, changed)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO UPDATE SET
                    host = excluded.host, port = excluded.port, tls = excluded.tls, username = excluded.username,
                    password = excluded.password, address = coalesce(excluded.address, address),
                    changed = excluded.changed",
                rusqlite::params![
                    id.number(),
                    member,
                    new.host,
                    new.port,
                    word_of(new.tls),
                    new.username,
                    sealed,
                    new.address,
                    now
                ],
            )?;
            c.execute("DELETE FROM provider_troubles WHERE account = ?1", [id.number()])?;
            Ok(())
        })?;
        self.wake(id);
        Ok(id)
    }

    /// Forgets an account and its password; whether there was one.
    ///
    /// # Errors
    /// The file names the home's account; there is no such member; or the database.
    pub fn remove(&self, member: Option<&MemberName>) -> Result<bool, Error> {
        if member.is_none() && self.home_is_in_file() {
            return refused_as(
                Cause::Locked,
                "",
                "the home's provider stands in toxmail.toml",
                "remove [relay] there",
            );
        }
        let id = self.database.read(|c| number_of(c, member))?;
        let gone = self.database.write(move |c| -> Result<usize, Error> {
            c.execute(
                "DELETE FROM provider_troubles WHERE account = ?1",
                [id.number()],
            )?;
            Ok(c.execute("DELETE FROM providers WHERE account = ?1", [id.number()])?)
        })?;
        self.wake(id);
        Ok(gone > 0)
    }

    /// The number of a member's account, or of the home's; there need not be one.
    ///
    /// # Errors
    /// There is no such member; or the database.
    pub fn id_of(&self, member: Option<&MemberName>) -> Result<AccountId, Error> {
        self.database.read(|c| number_of(c, member))
    }

    /// Every account, the home's first.
    ///
    /// # Errors
    /// The database.
    pub fn list(&self) -> Result<Vec<Listed>, Error> {
        let file = self.file().relay;
        let mut list = self.database.read(|c| -> Result<Vec<Listed>, Error> {
            let mut statement = c.prepare(
                "SELECT p.account, m.name, p.host, p.port, p.tls, p.username, p.address, t.reason, t.since
                 FROM providers p LEFT JOIN members m ON m.id = p.member
                 LEFT JOIN provider_troubles t ON t.account = p.account ORDER BY p.account",
            )?;
            let rows = statement.query_map([], |r| {
                let reason: Option<String> = r.get(7)?;
                Ok(Listed {
                    id: AccountId::from_number(r.get(0)?),
                    member: r
                        .get::<_, Option<String>>(1)?
                        .and_then(|name| name.parse().ok()),
                    host: r.get(2)?,
                    port: r.get(3)?,
                    tls: tls_of(r, 4)?,
                    username: Some(r.get(5)?),
                    address: r.get(6)?,
                    from_file: false,
                    trouble: reason.zip(r.get(8)?),
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })?;
        if let Some(relay) = file {
            let trouble = self.database.read(|c| trouble_of(c, AccountId::HOME))?;
            list.retain(|listed| listed.id != AccountId::HOME);
            list.insert(
                0,
                Listed {
                    id: AccountId::HOME,
                    member: None,
                    host: relay.host,
                    port: relay.port,
                    tls: relay.tls,
                    username: relay.login.map(|(username, _)| username),
                    address: None,
                    from_file: true,
                    trouble,
                },
            );
        }
        Ok(list)
    }

    /// The account works: what was wrong is forgotten.
    ///
    /// # Errors
    /// The database.
    pub fn works(&self, id: AccountId) -> Result<(), Error> {
        self.wake(id);
        if self.database.read(|c| trouble_of(c, id))?.is_none() {
            return Ok(()); // an idle home writes nothing
        }
        self.database.write(move |c| {
            c.execute(
                "DELETE FROM provider_troubles WHERE account = ?1",
                [id.number()],
            )?;
            Ok(())
        })
    }

    /// The account does not work: kept for `doctor`.
    ///
    /// # Errors
    /// The database.
    pub fn fails(&self, id: AccountId, why: &Reason) -> Result<(), Error> {
        let known = self.database.read(|c| trouble_of(c, id))?;
        if known.is_some_and(|(text, _)| text == why.text) {
            return Ok(());
        }
        let (text, now) = (why.text.clone(), clock::wall_seconds());
        self.database.write(move |c| {
            c.execute(
                "INSERT INTO provider_troubles (account, reason, since)
                 VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET reason = excluded.reason",
                (id.number(), text, now),
            )?;
            Ok(())
        })
    }

    /// Nobody logs in there for a while: the provider has refused the login.
    pub fn rest(&self, id: AccountId, why: &Reason) {
        let mut resting = self.resting();
        resting.insert(id, (Instant::now(), why.clone()));
    }

    /// How long the account rests yet, and why.
    pub fn resting_for(&self, id: AccountId) -> Option<(Duration, Reason)> {
        let resting = self.resting();
        let (since, why) = resting.get(&id)?;
        let left = REST.saturating_sub(since.elapsed());
        (!left.is_zero()).then(|| (left, why.clone()))
    }

    fn wake(&self, id: AccountId) {
        self.resting().remove(&id);
    }

    fn resting(&self) -> std::sync::MutexGuard<'_, HashMap<AccountId, (Instant, Reason)>> {
        self.shared
            .resting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a password is sealed for.
fn place(id: AccountId) -> String {
    format!("provider {}", id.number())
}

fn number_of(c: &Connection, member: Option<&MemberName>) -> Result<AccountId, Error> {
    let Some(member) = member else {
        return Ok(AccountId::HOME);
    };
    let found: Option<i64> = c
        .prepare_cached("SELECT id FROM members WHERE name = ?1")?
        .query_row([member.as_str()], |r| r.get(0))
        .optional()?;
    match found {
        Some(number) => Ok(AccountId::from_number(number)),
        None => refused_as(
            Cause::Gone,
            "",
            members::Error::NoSuchMember(member.clone()).to_string(),
            "`toxmaild member list` shows everybody",
        ),
    }
}

fn trouble_of(c: &Connection, id: AccountId) -> Result<Option<(String, i64)>, Error> {
    Ok(
        c.prepare_cached("SELECT reason, since FROM provider_troubles WHERE account = ?1")?
            .query_row([id.number()], |r| Ok((r.get(0)?, r.get(1)?)))
            .optional()?,
    )
}

fn tls_of(row: &Row<'_>, column: usize) -> rusqlite::Result<RelayTls> {
    Ok(match row.get::<_, String>(column)?.as_str() {
        "starttls" => RelayTls::StartTls,
        _ => RelayTls::Implicit,
    })
}

/// `implicit` or `starttls`.
pub fn word_of(tls: RelayTls) -> &'static str {
    match tls {
        RelayTls::Implicit => "implicit",
        RelayTls::StartTls => "starttls",
    }
}

fn password_in(path: &Path) -> Result<Zeroizing<String>, Error> {
    let told = |e| Error::PasswordFile(path.to_owned(), e);
    let mut text = Zeroizing::new(String::new());
    let file = fs::File::open(path).map_err(told)?;
    file.take(LONGEST_PASSWORD)
        .read_to_string(&mut text)
        .map_err(told)?;
    let length = text.trim_end_matches(['\r', '\n']).len();
    text.truncate(length);
    Ok(text)
}
