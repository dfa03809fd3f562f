//! Backup: the whole home in one encrypted file, and the way back.
//!
//! # The file
//! A tar archive that a stock `tar`, `age` and `zstd` open (docs/backup.md has the commands):
//!
//! ```text
//! README.txt                how to open it by hand
//! key.age                   the secret key of this archive, sealed by the passphrase (`age -p`)
//! home.tar.zst.age.00001    the home: tar, then zstd, then age, to that key; in parts of 4 MiB, since a tar says every
//! home.tar.zst.age.00002    size beforehand and the whole is made while it is written
//! ```
//!
//! In the inner archive: `backup.json` (which format, when, what), the home's files by their names in the folder, and as the
//! last one `SHA256SUMS` of all of them, in the order in which they stand there. So a nightly backup needs no passphrase on the box: the
//! public key and the sealed secret one are enough ([`SealedKey`]).
//!
//! # What happens here
//! [`create()`] writes such a file to anything, from a home that runs or is stopped; [`stage`] reads one beside the home
//! (`DIR/restore/`), checks the whole of it and makes it ready; [`finish`] puts what is ready into the home's place, at the
//! next start (`swap`; `renewal` is what it must not take for granted then). `create` and `restore` are the two ways, `contents` what
//! of the folder is in it, `container` the outer archive, `passphrase` whether one is good enough; `paper` is the identity alone; `rotation` a
//! folder that keeps the newest few.
//!
//! # What never happens here
//! - A second copy of the mail on the disk of the home. The database alone is copied for a moment (`DIR/backup/`, the home's
//!   user's own, whoever makes the backup), so that it is of one moment.
//! - Anything of the home is touched before the backup has been read to its end and found whole.
//! - What was in the folder is deleted: it moves to `DIR/before-restore-…`.
//!
//! # Rules
//! - The database is of the moment the backup began; the files follow. A queue file that goes meanwhile ended meanwhile, so its
//!   rows are left out; a letter that goes from a mailbox meanwhile is left out, one that comes is taken along (the store finds
//!   it, once), and one that is moved, or whose mailbox is renamed, is in it once, where it was or where it is.
//! - What the disk cannot read of a letter, or list of a folder of letters, keeps nothing else out: it is counted. Database, identity and settings are whole, or
//!   there is no backup.
//! - Settings that this machine cannot start with (a mistake, an address or a port that it has not) are left out, and the file as it was
//!   is placed beside, as [`ASIDE`].
//! - A power cut at any moment leaves the old home, or the restored one: every step of the swap is a rename that can be gone
//!   on with (`swap.rs`).
//! - A restored home knows that it is one (`renewal.rs`): new UIDVALIDITYs, a later clock of the address books, nothing by
//!   ordinary mail without a person's word, no open invitation, nobody logged in on the web page; without its letters it forgets
//!   what it has fetched from providers, so that it is fetched again before it is deleted there. Transfer ids stay, so that a home that has a letter says so.
//! - toxmail.db is never opened but by SQLite: to close a second handle on it would drop SQLite's locks.
//!
//! # Known limits
//! - What was revoked, blocked or renewed after the backup was made is as before: the archive cannot know.
//! - Letters that came after the backup was made are on the old box only: their senders were told that they have arrived.
//! - Whoever has the public key (it is in the database) and the archive can put another home's data in its place; whoever
//!   has the database has the home anyway.
//! - Of the settings that no start is possible with, only mistakes and what is written in `[listen]` are looked for: an address that
//!   this machine has not, a port that it does not allow, or that another program has at that moment.
//! - Left out: `incoming/` (other homes offer those letters again), `index.db` (a cache), what members who were removed had, and
//!   files outside of the folder that toxmail.toml names.

mod container;
mod contents;
mod create;
mod paper;
mod passphrase;
mod renewal;
mod restore;
pub mod rotation;
mod swap;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;

use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use tokio::sync::{Semaphore, SemaphorePermit};

pub use create::{Letters, Made, create};
pub use paper::Paper;
pub use passphrase::check as check_passphrase;
pub use renewal::{RESTORED, Restored, restored, told};
pub use restore::{ASIDE, Staged, stage, stage_identity};
pub use swap::{Finished, finish, is_ready};

use super::age::{self, Identity, Recipient};
use crate::database::{self, Database};
use crate::durable;
use crate::queue;

/// The setting that tells when a backup was last made, in seconds since 1970.
pub const LAST: &str = "backup.last";
/// The setting that tells how many letters the disk could not read then; none where it could read all.
pub const LEFT_OUT: &str = "backup.left_out";
/// The settings that nightly backups are made with.
const RECIPIENT: &str = "backup.recipient";
const SEALED: &str = "backup.sealed";

/// One at a time in a running home: each reads the whole disk, and has a copy of the database for the while.
static ONE: Semaphore = Semaphore::const_new(1);

/// Held by whoever makes a backup in a running home; `None` while somebody else does.
pub fn turn() -> Option<SemaphorePermit<'static>> {
    ONE.try_acquire().ok()
}

/// Why there is no backup, or nothing was restored.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A passphrase that somebody guesses.
    #[error("{0}")]
    Weak(&'static str),
    /// Not the one it was made with.
    #[error("this is not the passphrase of this backup")]
    WrongPassphrase,
    /// It is no backup, or not whole.
    #[error("the backup cannot be used: {0}")]
    Damaged(String),
    /// The home was never started.
    #[error("this home has no identity yet")]
    NoIdentity,
    /// A later Toxmail made it.
    #[error("the backup was made by a later Toxmail (format {0})")]
    Newer(u32),
    /// `backup key create` was never said.
    #[error("this home has no key for backups without a passphrase")]
    NoKey,
    /// There is nothing to back up.
    #[error("there is no home in {0}")]
    NoHome(PathBuf),
    /// A file that nobody changes was changed.
    #[error("{0} was changed while it was read")]
    Changed(PathBuf),
    /// No randomness.
    #[error("the system gave no random numbers")]
    Random,
    /// The rows cannot be read or written.
    #[error(transparent)]
    Database(#[from] database::Error),
    /// Something cannot be read or written.
    #[error("{0}")]
    Io(#[source] io::Error),
}

impl Error {
    /// Whether the disk is full.
    pub fn is_full(&self) -> bool {
        match self {
            Self::Io(error) => durable::is_full(error),
            Self::Database(error) => error.is_full(),
            _ => false,
        }
    }

    fn damaged(why: impl std::fmt::Display) -> Self {
        Self::Damaged(why.to_string())
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        match error.get_ref().and_then(|inner| inner.downcast_ref()) {
            Some(age::Error::Damaged(why)) => Self::Damaged((*why).to_owned()),
            _ => Self::Io(error),
        }
    }
}

/// An error in reading an archive: its own fault, unless the system says otherwise.
fn unreadable(error: io::Error) -> Error {
    match Error::from(error) {
        Error::Io(e) if e.raw_os_error().is_none() => Error::damaged(e),
        error => error,
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.into())
    }
}

impl From<queue::Error> for Error {
    fn from(error: queue::Error) -> Self {
        match error {
            queue::Error::Database(error) => Self::Database(error),
            queue::Error::Io(error) => Self::Io(error),
            error => Self::Io(io::Error::other(error)),
        }
    }
}

impl From<age::Error> for Error {
    fn from(error: age::Error) -> Self {
        match error {
            age::Error::Io(error) => error.into(),
            age::Error::Random => Self::Random,
            error => Self::damaged(error),
        }
    }
}

/// What a backup is made with: a public key, and the secret one sealed by a passphrase, which lies in the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedKey {
    recipient: Recipient,
    sealed: Vec<u8>,
}

impl SealedKey {
    /// A new one. Takes a second and 64 MiB.
    ///
    /// # Errors
    /// [`Error::Weak`]; no randomness.
    pub fn new(passphrase: &str) -> Result<Self, Error> {
        passphrase::check(passphrase).map_err(Error::Weak)?;
        let identity = Identity::new()?;
        let text = format!("{}\n", *identity.to_text());
        let text = zeroize::Zeroizing::new(text);
        Ok(Self {
            recipient: identity.recipient(),
            sealed: age::seal(passphrase, text.as_bytes())?,
        })
    }

    /// As it travels to the running home: `age1…`, and base64.
    pub fn to_texts(&self) -> (String, String) {
        let sealed = data_encoding::BASE64.encode(&self.sealed);
        (self.recipient.to_string(), sealed)
    }

    /// The same back; `None` for anything else.
    pub fn from_texts(recipient: &str, sealed: &str) -> Option<Self> {
        Some(Self {
            recipient: Recipient::parse(recipient)?,
            sealed: data_encoding::BASE64.decode(sealed.as_bytes()).ok()?,
        })
    }

    /// Keeps it for backups without a passphrase.
    ///
    /// # Errors
    /// The database.
    pub fn keep(&self, database: &Database) -> Result<(), database::Error> {
        let (recipient, sealed) = self.to_texts();
        // Both in one transaction: half of another key opens nothing.
        database.write(move |c| -> Result<(), database::Error> {
            for (key, value) in [(RECIPIENT, recipient), (SEALED, sealed)] {
                c.execute(
                    "INSERT INTO settings (key, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2",
                    [key, &value],
                )?;
            }
            Ok(())
        })
    }

    /// The one that was kept.
    fn kept(c: &rusqlite::Connection) -> Result<Self, Error> {
        use rusqlite::OptionalExtension;
        let setting = |key: &str| -> Result<String, Error> {
            c.query_row("SELECT value FROM settings WHERE key = ?1", [key], |row| {
                row.get(0)
            })
            .optional()?
            .ok_or(Error::NoKey)
        };
        Self::from_texts(&setting(RECIPIENT)?, &setting(SEALED)?).ok_or(Error::NoKey)
    }
}

/// Which key a backup is made with.
#[derive(Clone, Debug)]
pub enum Key {
    /// This one.
    Given(SealedKey),
    /// The one that [`SealedKey::keep`] has kept.
    Kept,
}

/// `backup.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Label {
    format: u32,
    /// Which Toxmail made it.
    program: String,
    /// Seconds since 1970, by the clock of the box.
    created: i64,
    letters: bool,
}

/// What [`Label`] says now. A reader takes no later one.
const FORMAT: u32 = 1;
