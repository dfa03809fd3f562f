//! Messages that wait: accepted for good, not yet everywhere they should be.
//!
//! **What happens here.** [`Queue::draft`] takes the bytes of a message straight from the socket into one file;
//! [`Queue::submit`] makes its bytes durable and writes the rows in one transaction; only then may anybody say `250`. A
//! *delivery* is one message to one destination (a mailbox of this home, another home, …); the delivery agents take what is due
//! ([`Queue::due`], [`Queue::waiting_for`]) and bring back verdicts ([`Queue::settle`]). When every recipient has ended and
//! every writer who must hear of it has been told, the rows go, and after them the file.
//!
//! | file | what |
//! | --- | --- |
//! | `entry` | the nouns |
//! | `spool` | the files |
//! | `ledger`, `waiting` | the rows: what is written, what is read |
//! | `attempts`, `overview` | the doors: for the agents; for the operator and the page. What is submitted, told and overdue has its own here |
//! | `backoff` | how long to wait, pure |
//! | `fallback`, `redirect`, `restored` | who waits goes another way: to the provider, to a home's new box, not before a person's word; and what a member who is gone had written is nobody's |
//! | `sent`, `taken` | what outlives a message: the ways for the copy in Sent; what other homes have handed in |
//!
//! **What never happens here.** No message is delivered, no notice written, nothing sent: the queue does not know how. No
//! acknowledged message is forgotten before its verdicts are on the disk. A recipient that has ended never waits again.
//!
//! **Rules.**
//! - The rows are the truth. [`Queue::changed`] is a hint, which may be merged with another or come for nothing.
//! - kill -9 at any instruction: a file without a row was promised to nobody and is swept at the next start; rows whose
//!   deletion was committed have no file worth keeping. Files are removed only after the commit that ended their message.
//! - A small letter (16 KB) to people of this home alone has no file: its bytes are in the rows, whose commit is synced anyhow, for the
//!   moment until it is filed. If it has to wait after all, and at every start, it gets one (`Queue::put_down`), so that there are
//!   never many such, and an earlier program finds files.
//! - A verdict and the word about it are never parted: an ended recipient is `owed` until the very transaction that queues
//!   the notice about it ([`Submission::settles`]). The null sender is owed nothing.
//! - A peer that is offline costs nothing: peers are *held* until [`Queue::release`], which is in memory only; held peers are
//!   neither looked for nor waited for.
//! - A held message ([`Start::Held`]) waits for its writer: nobody looks for it, and it does not expire by itself.
//! - A recipient moves from another home's delivery to a provider's only in one transaction with the debt to tell the
//!   writer (`fallback.rs`), and never back.
//! - All waiting is by [`crate::clock`]: a clock that was not set expires nothing.
//!
//! **Known limits.** When the commit itself fails with an I/O error nobody knows whether it happened: the client is told
//! "later" and the file stays until the next start, so a message may then be sent twice.

mod attempts;
mod backoff;
mod entry;
mod fallback;
mod ledger;
mod overview;
mod redirect;
mod restored;
mod sent;
mod spool;
mod taken;
mod waiting;

#[cfg(test)]
pub(crate) mod tests;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};

pub use attempts::ANY_SIZE;
pub use entry::{
    About, AccountId, Because, Canceller, Counts, Delivery, DeliveryId, Destination, Encoded,
    EncodedFacts, Entry, EntryRecipient, Fallback, Fate, GiveUp, Held, Opened, Outcome, Overdue,
    Plan, QueueId, Settled, Start, Submission, Submitted, Told, Untold, Waiting, Ways,
};
#[cfg(test)]
pub(crate) use entry::{fate_for_tests, untold_for_tests};
pub use fallback::Falling;
pub use overview::Late;
pub use redirect::{Redirected, disown, redirect};
pub use restored::hold_ordinary;
pub use sent::{MAX_WITHOUT_COPY, SentCopy, SentLetter, WaysTaken};
pub use spool::{Content, QueueDraft};
use spool::{Place, Written};

use crate::clock::Clock;
use crate::database::{self, Database};
use crate::durable::{self, fault};
use crate::mail::address::PeerKey;

/// A delay notice is repeated at most once a day.
const DELAY_AGAIN: Duration = Duration::from_secs(24 * 3600);
/// Small messages that may lie in the rows, without a file, at a time: 1 MB of them.
const MAX_SMALL: usize = 64;
/// So many words of the home's own that wait for one full mailbox, or so many bytes of them, are many.
const MANY_WORDS: i64 = 100;
const MANY_WORDS_BYTES: i64 = 16 << 20;
/// Most messages of one kind that a call of [`Queue::overdue`], [`Queue::untold`] or [`Queue::untold_ways`] looks at: bounds memory
/// and time.
const PAGE: usize = 200;

/// What the queue may use.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Room on the disk that mail never takes: the database, the notices and the mailboxes need some to go on.
    pub reserve_bytes: u64,
    /// How long a submission is recognised when it comes again (RFC 1047).
    pub repetition_window: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            reserve_bytes: durable::RESERVE,
            repetition_window: Duration::from_secs(24 * 3600),
        }
    }
}

/// What can go wrong with the queue.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No room on the disk: 452, try again later.
    #[error("the disk is full")]
    Full,
    /// The rows cannot be read or written.
    #[error(transparent)]
    Database(#[from] database::Error),
    /// A file cannot be written or read.
    #[error(transparent)]
    Io(std::io::Error),
    /// A message's file is gone.
    #[error("the message file {0} is gone; restore a backup, or cancel the message")]
    Lost(PathBuf),
    /// There is no such message, or not any more.
    #[error("no such message in the queue")]
    Unknown,
    /// What would be cancelled is the home's own word to a person, which nobody would hear then.
    #[error("this is the home's own word to a person")]
    OwnWord,
    /// A recipient without a way, or a way without a recipient: a mistake of the caller.
    #[error("every recipient needs a route")]
    Unplanned,
    /// A row that this program did not write so.
    #[error("{0} cannot be read; was the database changed by hand?")]
    Row(&'static str),
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        Error::Database(error.into())
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        if durable::is_full(&error) {
            Error::Full
        } else {
            Error::Io(error)
        }
    }
}

impl Error {
    /// Whether the disk is full.
    pub fn is_full(&self) -> bool {
        match self {
            Error::Full => true,
            Error::Database(e) => e.is_full(),
            _ => false,
        }
    }
}

/// The queue; a cheap handle to clone. Everything blocks.
#[derive(Clone)]
pub struct Queue {
    inner: Arc<Inner>,
}

struct Inner {
    database: Database,
    clock: Clock,
    spool: spool::Spool,
    limits: Limits,
    changed: Arc<Notify>,
    news: watch::Sender<u64>,
    opened: Opened,
    /// The peers that are there: known in memory only.
    released: Mutex<HashSet<PeerKey>>,
}

impl Queue {
    /// Opens the queue in `dir` (made if missing) and sweeps files that no row points to. Every peer is held at first.
    ///
    /// # Errors
    /// The folder or the rows cannot be read.
    pub fn open(
        dir: &Path,
        database: Database,
        clock: Clock,
        limits: Limits,
    ) -> Result<Self, Error> {
        let spool = spool::Spool::open(dir, limits.reserve_bytes)?;
        let boot = clock.now().boot;
        let edges = clock.edges(limits.repetition_window);
        let messages = database.write(move |c| {
            ledger::begin_boot(c, boot)?;
            ledger::forget_old_submissions(c, &edges)?;
            waiting::files(c)
        })?;
        let mut known: HashSet<String> = messages.iter().map(|(_, file)| file.clone()).collect();
        known.extend(database.read(waiting::encoded_files)?);
        let small = database.read(|c| waiting::without_file(c, usize::MAX))?;
        let (swept, missing) = spool.sweep(&known)?;
        let lost = messages
            .into_iter()
            .filter(|(id, file)| missing.contains(file) && !small.contains(id))
            .map(|(id, _)| id)
            .collect();
        let queue = Self {
            inner: Arc::new(Inner {
                database,
                clock,
                spool,
                limits,
                changed: Arc::default(),
                news: watch::Sender::default(),
                opened: Opened { swept, lost },
                released: Mutex::default(),
            }),
        };
        queue.put_down(&small);
        Ok(queue)
    }

    /// What was found at the start.
    pub fn opened(&self) -> &Opened {
        &self.inner.opened
    }

    /// Rung after every change that may give an agent something to do. One listener; a ring that nobody waits for is kept.
    pub fn changed(&self) -> Arc<Notify> {
        self.inner.changed.clone()
    }

    /// Changes whenever something about a letter did. For any number of listeners; a hint, as [`changed`](Self::changed) is.
    pub fn news(&self) -> watch::Receiver<u64> {
        self.inner.news.subscribe()
    }

    /// Tells whoever listens.
    fn ring(&self) {
        self.inner.changed.notify_one();
        self.tell_news();
    }

    fn tell_news(&self) {
        self.inner
            .news
            .send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Starts a message; `declared` is the client's `SIZE=`.
    ///
    /// # Errors
    /// [`Error::Full`] when the disk has no room for it beyond the reserve.
    pub fn draft(&self, declared: Option<u64>) -> Result<QueueDraft, Error> {
        self.inner.spool.draft(declared)
    }

    /// Takes the message for good: when this returns it survives a power cut.
    ///
    /// # Errors
    /// Nothing was promised then, and nothing stays.
    pub fn submit(&self, draft: QueueDraft, submission: Submission) -> Result<Submitted, Error> {
        self.submit_once(draft, submission, Vec::new())
    }

    /// The same for what another home hands in under these names, one a recipient: once for each of them, however often it is
    /// offered. [`Submitted::Needless`] when all of them were taken before.
    ///
    /// # Errors
    /// As for [`submit`](Self::submit).
    pub fn submit_once(
        &self,
        draft: QueueDraft,
        submission: Submission,
        names: Vec<[u8; 16]>,
    ) -> Result<Submitted, Error> {
        ledger::check(&submission)?;
        // What is filed here in a moment need not be put on the disk twice.
        let mut ways = submission.plans.iter().map(|plan| &plan.destination);
        let at_once =
            submission.start == Start::AtOnce && ways.all(|way| *way == Destination::Local);
        let rows = at_once
            && (self.inner.database)
                .read(|c| waiting::without_file(c, MAX_SMALL))?
                .len()
                < MAX_SMALL;
        let Written {
            place,
            name,
            size,
            digest,
        } = self.inner.spool.write(draft, rows)?;
        let (file, bytes) = match place {
            Place::File(file) => (Some(file), None),
            Place::Rows(bytes) => (None, Some(bytes)),
        };
        let keep = move || {
            if let Some(file) = file {
                file.keep();
            }
        };
        let record = ledger::Record {
            file: name,
            bytes,
            size,
            digest,
            submission,
            names,
            stamp: self.inner.clock.now(),
        };
        let (clock, window) = (
            self.inner.clock.clone(),
            self.inner.limits.repetition_window,
        );
        let recorded = self
            .inner
            .database
            .write(move |c| ledger::submit(c, &record, &clock, window));
        match recorded {
            Ok((submitted, gone)) => {
                if let Submitted::Queued(_) = submitted {
                    keep();
                    fault::point("queue.recorded");
                }
                self.inner.spool.remove(&gone);
                self.ring();
                Ok(submitted)
            }
            // The row may be on the disk in spite of the error: the next start knows, and sweeps the file if it is not.
            Err(Error::Database(e)) if !e.is_full() && !matches!(e, database::Error::Undone) => {
                keep();
                Err(e.into())
            }
            Err(e) => Err(e),
        }
    }

    /// Whether a message was taken under this name before, see [`submit_once`](Self::submit_once).
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn was_taken(&self, name: &[u8; 16]) -> Result<bool, Error> {
        self.inner.database.read(|c| taken::was_taken(c, name))
    }

    /// Forgets the names of what was taken more than `age` ago; how many they were. `now` is in seconds since 1970, of a clock
    /// that is trusted.
    ///
    /// # Errors
    /// The rows cannot be written.
    pub fn forget_taken(&self, now: i64, age: Duration) -> Result<usize, Error> {
        let before = now.saturating_sub(i64::try_from(age.as_secs()).unwrap_or(i64::MAX));
        self.inner
            .database
            .write(move |c| taken::forget(c, now, before))
    }

    /// Recipients whose writers must still be told, grouped by message; a page of at most 200 messages of each kind: gone by
    /// ordinary mail, and ended, oldest first.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn untold(&self) -> Result<Vec<Untold>, Error> {
        let clock = &self.inner.clock;
        self.inner
            .database
            .read(|c| waiting::untold(c, clock, PAGE))
    }

    /// Messages whose writers hear now which ways they took: their copies by ordinary mail have ended. With all of their
    /// recipients; a page of at most 200 messages.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn untold_ways(&self) -> Result<Vec<(Untold, Ways)>, Error> {
        let clock = &self.inner.clock;
        self.inner
            .database
            .read(|c| waiting::untold_ways(c, clock, PAGE))
    }

    /// Messages that are held for their writers' word ([`Start::Held`]), oldest first.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn held(&self) -> Result<Vec<Held>, Error> {
        self.inner.database.read(waiting::held)
    }

    /// A held message goes; `false` when it is not held (any more).
    ///
    /// # Errors
    /// The rows cannot be written.
    pub fn let_go(&self, id: QueueId) -> Result<bool, Error> {
        let went = self.inner.database.write(move |c| ledger::let_go(c, id))?;
        self.ring();
        Ok(went)
    }

    /// Marks as told without a notice: when the writer has no mailbox here any more.
    ///
    /// # Errors
    /// The rows cannot be written.
    pub fn tell_nobody(&self, told: &[Told]) -> Result<(), Error> {
        let (told, now) = (told.to_vec(), self.inner.clock.now());
        let (_, gone) = self
            .inner
            .database
            .write(move |c| ledger::tell(c, &told, now))?;
        self.inner.spool.remove(&gone);
        Ok(())
    }

    /// Gives up what is older than `expire_after` (`None`: nothing), and finds whose writers should hear that it takes longer than
    /// `delay_after` (again after a day). To be called every few minutes; a call finds a page, so call it again while it
    /// finds something.
    ///
    /// # Errors
    /// The rows cannot be read or written.
    pub fn overdue(
        &self,
        delay_after: Duration,
        expire_after: Duration,
        give_up: Option<GiveUp<'_>>,
    ) -> Result<Overdue, Error> {
        let Inner {
            database, clock, ..
        } = &*self.inner;
        let expired = match give_up {
            Some(give_up) => self.expire(expire_after, give_up)?,
            None => Vec::new(),
        };
        let edges = clock.edges(delay_after);
        let again = clock.edges(DELAY_AGAIN);
        let (delayed, busy, stale) = database.read(|c| -> Result<_, Error> {
            let delayed = waiting::delayed(c, clock, &edges, &again, PAGE)?;
            let busy: bool =
                c.query_row("SELECT EXISTS (SELECT 1 FROM messages)", [], |r| r.get(0))?;
            let stale = clock.edges(self.inner.limits.repetition_window);
            let mut any = c.prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM submissions WHERE boot = ?1 AND made_ms <= ?2)",
            )?;
            let mut found = false;
            for edge in &stale {
                found |= any.query_row(*edge, |r| r.get::<_, bool>(0))?;
            }
            Ok((delayed, busy, found.then_some(stale)))
        })?;
        if busy {
            clock.tick(database)?;
        }
        if let Some(stale) = stale {
            database.write(move |c| ledger::forget_old_submissions(c, &stale))?;
        }
        Ok(Overdue { delayed, expired })
    }

    /// Whether anything is older than this that would be given up.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn has_older(&self, age: Duration) -> Result<bool, Error> {
        let edges = self.inner.clock.edges(age);
        self.inner.database.read(|c| {
            for (boot, edge) in &edges {
                if !waiting::older(c, *boot, *edge, 1)?.is_empty() {
                    return Ok(true);
                }
            }
            Ok(false)
        })
    }

    fn expire(
        &self,
        expire_after: Duration,
        give_up: GiveUp<'_>,
    ) -> Result<Vec<DeliveryId>, Error> {
        let spared = give_up.spared;
        let age = expire_after.saturating_add(give_up.overdue_for);
        let edges = self.inner.clock.edges(age);
        // An idle queue writes nothing: look first.
        let any = self.inner.database.read(|c| -> Result<bool, Error> {
            for (boot, edge) in &edges {
                let old = waiting::older(c, *boot, *edge, spared.len() + 1)?;
                if old.iter().any(|(delivery, ..)| !spared.contains(delivery)) {
                    return Ok(true);
                }
            }
            Ok(false)
        })?;
        if !any {
            return Ok(Vec::new());
        }
        let (after, spared) = (span(expire_after), spared.clone());
        let (expired, gone) = self
            .inner
            .database
            .write(move |c| ledger::expire(c, &edges, &spared, &after, PAGE))?;
        self.inner.spool.remove(&gone);
        self.ring();
        Ok(expired)
    }

    /// Recipients in other homes who have waited as long as they may and are to [`fall_back`](Self::fall_back), and how
    /// long until there will be more of them.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn falling(&self) -> Result<(Vec<Falling>, Option<Duration>), Error> {
        let clock = &self.inner.clock;
        self.inner.database.read(|c| fallback::look(c, clock))
    }

    /// Everybody in another home who waits, whether they may fall back or not.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn waiting_elsewhere(&self) -> Result<Vec<Falling>, Error> {
        self.inner.database.read(fallback::waiting)
    }

    /// Puts down when these fall back, or that they never do.
    ///
    /// # Errors
    /// The rows cannot be written; nothing was changed then.
    pub fn decide_fallbacks(&self, decided: Vec<(Falling, Option<Fallback>)>) -> Result<(), Error> {
        let database = &self.inner.database;
        database.write(move |c| fallback::decide(c, &decided))
    }

    /// Moves these recipients to the provider's delivery and owes their writers a word about it; returns how many still
    /// waited. Their transfers must have been taken back before.
    ///
    /// # Errors
    /// The rows cannot be written; nobody was moved then.
    pub fn fall_back(&self, falling: Vec<Falling>) -> Result<usize, Error> {
        let database = &self.inner.database;
        let moved = database.write(move |c| fallback::fall(c, &falling))?;
        self.ring();
        Ok(moved)
    }

    fn now_ms(&self) -> i64 {
        i64::try_from(self.inner.clock.monotonic().as_millis()).unwrap_or(i64::MAX)
    }

    fn released(&self) -> MutexGuard<'_, HashSet<PeerKey>> {
        // A set that is whole between any two statements.
        self.inner
            .released
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// A duration in words, for a reason.
fn span(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..=119 => format!("{seconds} seconds"),
        120..=7199 => format!("{} minutes", seconds / 60),
        7200..=172_799 => format!("{} hours", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}
