//! SQLite: open, pragmas, numbered migrations, one writer.
//!
//! `toxmail.db` is the truth of the home: members, contacts, deliveries, transfer ids, UIDs. It is written with
//! `synchronous=FULL`, so a committed transaction survives a power cut. One thread writes; jobs that wait at the same time
//! share one transaction and one fsync (group commit), each inside a savepoint of its own, so that one that fails takes
//! no other with it. A job that need not hurry ([`Database::write_at_leisure`]) waits up to 25 ms for one that must, and shares
//! its fsync. When SQLite itself gives up the whole transaction (disk full, I/O error), every job of the group hears an error
//! and none of them is kept. Readers have connections of their own and never wait for the writer (WAL).
//!
//! Everything here blocks: shells call it through `spawn_blocking`.
//!
//! The schema lives in numbered files under `src/database/`. A released file is never edited; a change is a new file.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags, OptionalExtension};

use crate::durable::{self, fault};

/// Each entry is one schema version; `PRAGMA user_version` counts them.
const MIGRATIONS: &[&str] = &[
    concat!(
        include_str!("database/0001_members.sql"),
        "\n",
        include_str!("database/0001_contacts.sql"),
        "\n",
        include_str!("database/0001_queue.sql"),
        "\n",
        include_str!("database/0001_store.sql"),
        "\n",
        include_str!("database/0001_transfer.sql"),
        "\n",
        include_str!("database/0001_home.sql"),
        "\n",
    ),
    concat!(
        include_str!("database/0002_providers.sql"),
        "\n",
        include_str!("database/0002_chat.sql"),
        "\n",
        include_str!("database/0002_gateway.sql"),
        "\n",
        include_str!("database/0002_answers.sql"),
        "\n",
        include_str!("database/0002_identity.sql"),
        "\n",
        include_str!("database/0002_cards.sql"),
        "\n",
        include_str!("database/0002_fallbacks.sql"),
        "\n",
    ),
    concat!(
        include_str!("database/0003_web.sql"),
        "\n",
        include_str!("database/0003_days.sql"),
        "\n",
        include_str!("database/0003_direct.sql"),
        "\n",
        include_str!("database/0003_reencode.sql"),
        "\n",
        include_str!("database/0003_fetch.sql"),
        "\n",
        include_str!("database/0003_backup.sql"),
        "\n",
    ),
    concat!(include_str!("database/0004_fetch.sql"), "\n",),
    concat!(
        include_str!("database/0005_imap.sql"),
        "\n",
        include_str!("database/0005_sent.sql"),
        "\n",
        include_str!("database/0005_outbox.sql"),
        "\n",
    ),
    concat!(include_str!("database/0006_identity.sql"), "\n",),
    concat!(include_str!("database/0007_chat.sql"), "\n",),
];

/// The oldest schema version whose program does its work with a file of this one, written into the file (`PRAGMA application_id`): a box
/// whose new system does not come up goes back to the one before, which then finds a file of a later schema. That is everyday business
/// where a migration only adds: tables of its own, columns with a default that may stay as it is. One that takes something away, renames
/// it or gives it another meaning, adds a column that must keep step with others, or a rule (CHECK, UNIQUE, NOT NULL) that the older
/// program does not know, raises this to its own number, and there is no way back across it. Statements name the columns that they
/// write and read, here and in triggers, so that one more column is nobody's business.
const OLDEST_FRIEND: u32 = 5;

/// Most jobs that share one commit: bounds how long the first of them waits.
const MAX_GROUP: usize = 128;
/// How long a job that has leisure waits for company: a person does not notice, and letters that come one after the other
/// are closer together.
const LEISURE: Duration = Duration::from_millis(25);
/// How long a stop waits for those who still read.
const LAST_READERS: Duration = Duration::from_secs(1);
/// Idle reading connections that are kept.
const MAX_IDLE_READERS: usize = 4;

/// What can go wrong with the truth.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// SQLite says no: disk full, I/O error, constraint.
    #[error("database: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The file was written by a later Toxmail.
    #[error(
        "{path} was written by a later Toxmail (schema {found}, this one knows {known}): start that one, or restore a backup"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema version.
        found: usize,
        /// The last schema version of this program.
        known: usize,
    },
    /// A job that shared this transaction hit a full or failing disk, and SQLite undid all of it: try again.
    #[error("database: the transaction was undone, because the disk is full or failing")]
    Undone,
    /// The file or its folder cannot be made.
    #[error("database: {0}")]
    Io(#[from] std::io::Error),
    /// The home is stopping.
    #[error("the database is closed")]
    Closed,
}

impl Error {
    /// Whether the disk is full, so that the caller can say 452 and try again later.
    pub fn is_full(&self) -> bool {
        match self {
            Error::Sqlite(e) => e.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull),
            Error::Io(e) => durable::is_full(e),
            Error::Newer { .. } | Error::Undone | Error::Closed => false,
        }
    }

    /// Whether nobody knows if a commit that ended so is on the disk: the disk itself failed in the middle of it.
    pub fn may_be_done(&self) -> bool {
        match self {
            Error::Sqlite(e) => e.sqlite_error_code() == Some(rusqlite::ErrorCode::SystemIoFailure),
            Error::Io(_) | Error::Newer { .. } | Error::Undone | Error::Closed => false,
        }
    }
}

type Finish = Box<dyn FnOnce(Result<(), Error>) + Send>;
/// `None` when there is no transaction to run in: the job only says no.
type Work = Box<dyn FnOnce(Option<&Connection>) -> Finish + Send>;

struct Job {
    work: Work,
    haste: Haste,
}

/// How soon a job's transaction begins.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Haste {
    /// As soon as the writer is free.
    Now,
    /// With the next one, after 25 ms at the latest.
    Leisure,
}

/// The home's database; a cheap handle to clone.
#[derive(Clone)]
pub struct Database {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    jobs: Mutex<Option<Sender<Job>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
    readers: Mutex<Vec<Connection>>,
    /// Nobody has leisure: in a simulation time stands still meanwhile.
    #[cfg(test)]
    hasty: std::sync::atomic::AtomicBool,
}

impl Database {
    /// Opens or makes the file, brings its schema up to date and starts the writer.
    ///
    /// # Errors
    /// [`Error::Newer`] for a file of a later version; [`Error::Sqlite`] for all else.
    pub fn open(path: &Path) -> Result<Self, Error> {
        create_private(path)?;
        let connection = Connection::open(path)?;
        prepare(&connection)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        migrate(&connection, path, MIGRATIONS, OLDEST_FRIEND)?;
        let name = path.to_owned();
        let (jobs, queue) = channel();
        let writer = std::thread::Builder::new()
            .name("database".into())
            .spawn(move || write_until_closed(&connection, &queue, &name))
            .map_err(|_| Error::Closed)?;
        Ok(Self {
            inner: Arc::new(Inner {
                path: path.to_owned(),
                jobs: Mutex::new(Some(jobs)),
                writer: Mutex::new(Some(writer)),
                readers: Mutex::default(),
                #[cfg(test)]
                hasty: Default::default(),
            }),
        })
    }

    /// From now on every job runs at once.
    #[cfg(test)]
    pub(crate) fn hasten(&self) {
        let hasty = &self.inner.hasty;
        hasty.store(true, std::sync::atomic::Ordering::Relaxed);
    }

    /// Its file.
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// Runs `job` in a transaction and returns when that is on the disk. An `Err` of the job undoes what it did.
    ///
    /// The job must not call the database again.
    ///
    /// # Errors
    /// The job's own: then it changed nothing. [`Error`] when the commit fails: after [`Error::Undone`] and a full disk nothing was
    /// changed, after any other nobody knows.
    pub fn write<T, E, F>(&self, job: F) -> Result<T, E>
    where
        F: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.write_in(Haste::Now, job)
    }

    /// The same for what may wait a moment (25 ms at most) for another transaction, to share its fsync.
    ///
    /// # Errors
    /// As for [`write`](Self::write).
    pub fn write_at_leisure<T, E, F>(&self, job: F) -> Result<T, E>
    where
        F: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.write_in(Haste::Leisure, job)
    }

    /// Either of the two.
    ///
    /// # Errors
    /// As for [`write`](Self::write).
    pub fn write_in<T, E, F>(&self, haste: Haste, job: F) -> Result<T, E>
    where
        F: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        #[cfg(test)]
        let haste = match self.inner.hasty.load(std::sync::atomic::Ordering::Relaxed) {
            true => Haste::Now,
            false => haste,
        };
        let (reply, answer) = sync_channel(1);
        let work: Work = Box::new(move |connection| {
            let result = connection.map(|connection| in_savepoint(connection, job));
            Box::new(move |committed| {
                let result = match (result, committed) {
                    (Some(Ok(value)), Ok(())) => Ok(value),
                    (Some(Err(e)), _) => Err(e),
                    (None, Ok(())) => Err(E::from(Error::Closed)),
                    (_, Err(e)) => Err(E::from(e)),
                };
                // The caller may have been cancelled: its transaction counts all the same.
                let _ = reply.send(result);
            })
        });
        let sent = match &*lock(&self.inner.jobs) {
            Some(jobs) => jobs.send(Job { work, haste }).is_ok(),
            None => false,
        };
        if !sent {
            return Err(E::from(Error::Closed));
        }
        answer
            .recv()
            .unwrap_or_else(|_| Err(E::from(Error::Closed)))
    }

    /// Runs `job` on a reading connection: a consistent view of the last commit.
    ///
    /// # Errors
    /// The job's own, or [`Error`] when no connection can be opened.
    pub fn read<T, E, F>(&self, job: F) -> Result<T, E>
    where
        F: FnOnce(&Connection) -> Result<T, E>,
        E: From<Error>,
    {
        let idle = lock(&self.inner.readers).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => self.reader()?,
        };
        // One snapshot for all statements of the job.
        let snapshot = connection
            .unchecked_transaction()
            .map_err(|e| E::from(Error::Sqlite(e)))?;
        let result = job(&snapshot);
        drop(snapshot);
        let mut readers = lock(&self.inner.readers);
        // One that could not end its transaction would refuse every later one.
        if readers.len() < MAX_IDLE_READERS && connection.is_autocommit() {
            readers.push(connection);
        }
        result
    }

    /// Waits for the last job, writes the WAL back and closes the file. Later calls get [`Error::Closed`].
    pub fn close(&self) {
        lock(&self.inner.jobs).take();
        // Readers first: SQLite writes the WAL back when the last connection goes, if that one may write.
        lock(&self.inner.readers).clear();
        if let Some(writer) = lock(&self.inner.writer).take() {
            let _ = writer.join();
        }
        lock(&self.inner.readers).clear();
    }

    /// A setting that was made in the page or by a command; other rooms name theirs `room.name`.
    ///
    /// # Errors
    /// [`Error`] when the file cannot be read.
    pub fn setting(&self, key: &str) -> Result<Option<String>, Error> {
        self.read(|c| {
            Ok(
                c.prepare_cached("SELECT value FROM settings WHERE key = ?1")?
                    .query_row([key], |row| row.get(0))
                    .optional()?,
            )
        })
    }

    /// Keeps a setting, or forgets it with `None`.
    ///
    /// # Errors
    /// [`Error`] when it cannot be written; then the old value stays.
    pub fn set_setting(&self, key: &str, value: Option<&str>) -> Result<(), Error> {
        let (key, value) = (key.to_owned(), value.map(str::to_owned));
        self.write(move |c| {
            match value {
                Some(value) => c.execute(
                    "INSERT INTO settings (key, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2",
                    [key, value],
                )?,
                None => c.execute("DELETE FROM settings WHERE key = ?1", [key])?,
            };
            Ok(())
        })
    }

    fn reader(&self) -> Result<Connection, Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.inner.path, flags)?;
        connection.busy_timeout(Duration::from_secs(10))?;
        connection.pragma_update(None, "cache_size", -500)?; // readers are several
        connection.set_prepared_statement_cache_capacity(64);
        Ok(connection)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // What these mutexes guard is whole between any two statements, so a panic elsewhere leaves nothing half done.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes the file before SQLite does: it holds password hashes, so nobody else may read it, not even for a moment.
/// SQLite gives its WAL the same mode.
pub(crate) fn create_private(path: &Path) -> Result<(), Error> {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    let made = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path);
    match made {
        Ok(_) => Ok(durable::sync_folder(durable::folder_of(path))?),
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {
            // A restored copy may have come with a wider mode; on a file system without modes this fails, which is no news.
            let _ = std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600));
            Ok(())
        }
        Err(e) => {
            Err(std::io::Error::new(e.kind(), format!("create {}: {e}", path.display())).into())
        }
    }
}

fn prepare(connection: &Connection) -> Result<(), Error> {
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "cache_size", -2000)?; // 2 MB: a Pi has little memory
    connection.pragma_update(None, "journal_size_limit", 8 << 20)?; // a burst must not keep the WAL big for ever
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

/// The schema version of this program.
pub const fn schema() -> u32 {
    // Each is a file that somebody has written.
    MIGRATIONS.len() as u32
}

/// For tests: makes a file as the program of an earlier `schema` did, or brings one that such a program made up to it.
///
/// # Errors
/// [`Error::Newer`] for a file of a later one; [`Error::Sqlite`].
#[cfg(feature = "faults")]
pub fn make_earlier(path: &Path, schema: u32) -> Result<(), Error> {
    create_private(path)?;
    let connection = Connection::open(path)?;
    prepare(&connection)?;
    let known = MIGRATIONS.len().min(schema as usize);
    migrate(&connection, path, &MIGRATIONS[..known], 0)
}

/// The schema version of a file that a later Toxmail has written; `None` for one of this or an earlier one.
///
/// # Errors
/// [`Error::Sqlite`].
pub fn later(path: &Path) -> Result<Option<u32>, Error> {
    let found = Connection::open(path)?
        .pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0))?;
    Ok((found as usize > MIGRATIONS.len()).then_some(found))
}

fn migrate(
    connection: &Connection,
    path: &Path,
    migrations: &[&str],
    oldest_friend: u32,
) -> Result<(), Error> {
    let found =
        connection.pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0))? as usize;
    if found > migrations.len() {
        let oldest = connection
            .pragma_query_value(None, "application_id", |row| row.get::<_, u32>(0))?
            as usize;
        // None has said it: a file from before there was a word for it.
        if (1..=migrations.len()).contains(&oldest) {
            return Ok(());
        }
        return Err(Error::Newer {
            path: path.to_owned(),
            found,
            known: migrations.len(),
        });
    }
    for (number, sql) in migrations.iter().enumerate().skip(found) {
        connection.execute_batch(&format!(
            "BEGIN IMMEDIATE; {sql} PRAGMA user_version = {}; PRAGMA application_id = {oldest_friend}; COMMIT;",
            number + 1
        ))?;
    }
    let written =
        connection.pragma_query_value(None, "application_id", |row| row.get::<_, u32>(0))?;
    if written != oldest_friend {
        connection.pragma_update(None, "application_id", oldest_friend)?;
    }
    Ok(())
}

fn in_savepoint<T, E: From<Error>>(
    connection: &Connection,
    job: impl FnOnce(&Connection) -> Result<T, E>,
) -> Result<T, E> {
    let sql = |text: &str| {
        connection
            .execute_batch(text)
            .map_err(|e| E::from(Error::Sqlite(e)))
    };
    sql("SAVEPOINT job")?;
    // A panic in a job must not take the writer with it: every other room would hear "closed" for ever.
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| job(connection)))
        .unwrap_or_else(|_| Err(E::from(Error::Closed)));
    let ended = match &result {
        // SQLite has given up the whole transaction, savepoint and all. The job's own error, if it has one, says why.
        _ if connection.is_autocommit() => Err(E::from(Error::Undone)),
        Ok(_) => sql("RELEASE job"),
        Err(_) => sql("ROLLBACK TO job; RELEASE job"),
    };
    if ended.is_err() && !connection.is_autocommit() {
        // Half a job must not be committed with the others of its group.
        let _ = connection.execute_batch("ROLLBACK");
    }
    let value = result?;
    ended.map(|()| value)
}

fn write_until_closed(connection: &Connection, queue: &Receiver<Job>, path: &Path) {
    let mut waiting = VecDeque::new();
    while gather(queue, &mut waiting) {
        if let Err(e) = connection.execute_batch("BEGIN IMMEDIATE") {
            // Outside a transaction a savepoint would commit by itself, so the job must not run at all.
            if let Some(first) = waiting.pop_front() {
                (first.work)(None)(Err(Error::Sqlite(e)));
            }
            continue;
        }
        let mut finishes = Vec::new();
        // SQLite may roll everything back by itself (SQLITE_FULL, SQLITE_IOERR, …); jobs that came after that in the same
        // group would run outside a transaction. They go into the next group instead.
        while finishes.len() < MAX_GROUP && !connection.is_autocommit() {
            match waiting.pop_front().or_else(|| queue.try_recv().ok()) {
                Some(job) => finishes.push((job.work)(Some(connection))),
                None => break,
            }
        }
        let committed = commit(connection, path);
        for finish in finishes {
            finish(match &committed {
                Ok(()) => Ok(()),
                Err(Error::Sqlite(rusqlite::Error::SqliteFailure(code, text))) => Err(
                    Error::Sqlite(rusqlite::Error::SqliteFailure(*code, text.clone())),
                ),
                Err(_) => Err(Error::Undone),
            });
        }
    }
    // A copy of the one file is then a whole copy. Closing does the same, but not while somebody still reads.
    let _ = connection.busy_timeout(LAST_READERS);
    let _ = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
}

/// Waits for jobs: for one that cannot wait, or until the first of those that can has waited long enough. `false` when the
/// database is closed and nothing is left to do.
fn gather(queue: &Receiver<Job>, waiting: &mut VecDeque<Job>) -> bool {
    if waiting.is_empty() {
        match queue.recv() {
            Ok(job) => waiting.push_back(job),
            Err(_) => return false,
        }
    }
    let until = Instant::now() + LEISURE;
    while waiting.len() < MAX_GROUP && waiting.iter().all(|job| job.haste == Haste::Leisure) {
        match queue.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(job) => waiting.push_back(job),
            // Nobody came, or nobody ever will.
            Err(_) => break,
        }
    }
    true
}

fn commit(connection: &Connection, path: &Path) -> Result<(), Error> {
    if connection.is_autocommit() {
        return Err(Error::Undone);
    }
    let committed = injected(path)
        .and_then(|()| connection.execute_batch("COMMIT"))
        .map_err(Error::Sqlite);
    if committed.is_err() && !connection.is_autocommit() {
        let _ = connection.execute_batch("ROLLBACK");
    }
    committed
}

/// A broken disk on order (`TOXMAIL_FAULT_DISK=ENOSPC@commit:3`), as SQLite would tell it.
fn injected(path: &Path) -> rusqlite::Result<()> {
    fault::disk("commit", path).map_err(|e| {
        let code = if durable::is_full(&e) {
            rusqlite::ffi::SQLITE_FULL
        } else {
            rusqlite::ffi::SQLITE_IOERR
        };
        rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), Some(e.to_string()))
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    fn open(dir: &Path) -> Database {
        let database = Database::open(&dir.join("toxmail.db")).unwrap();
        database
            .write(|c| -> Result<(), Error> {
                Ok(c.execute_batch("CREATE TABLE t (n INTEGER UNIQUE) STRICT")?)
            })
            .unwrap();
        database
    }

    /// The disk is full for a statement that needs no journal of its own: SQLite gives up the whole transaction.
    fn meet_a_full_disk(c: &Connection) -> rusqlite::Result<()> {
        c.execute_batch("CREATE TABLE big (b BLOB)")?;
        c.pragma_update(None, "max_page_count", 1)?;
        let full = c.execute_batch("INSERT INTO big (b) VALUES (zeroblob(900000))");
        c.pragma_update(None, "max_page_count", 1_000_000)?;
        full
    }

    fn count(database: &Database) -> i64 {
        database
            .read(|c| -> Result<i64, Error> {
                Ok(c.query_row("SELECT count(*) FROM t", [], |r| r.get(0))?)
            })
            .unwrap()
    }

    #[test]
    fn a_failed_job_is_undone_alone() {
        let dir = tempfile::tempdir().unwrap();
        let database = open(dir.path());
        std::thread::scope(|scope| {
            for n in 0..40 {
                let database = &database;
                scope.spawn(move || {
                    let result = database.write(move |c| -> Result<(), Error> {
                        c.execute("INSERT INTO t (n) VALUES (?1)", [n])?;
                        if n % 2 == 0 {
                            c.execute("INSERT INTO t (n) VALUES (?1)", [n])?;
                        }
                        Ok(())
                    });
                    assert_eq!(result.is_ok(), n % 2 == 1);
                });
            }
        });
        assert_eq!(count(&database), 20);
    }

    #[test]
    fn who_has_leisure_shares_the_transaction_of_who_has_not() {
        let dir = tempfile::tempdir().unwrap();
        let database = open(dir.path());
        let insert = |n: i64| {
            move |c: &Connection| -> Result<(), Error> {
                c.execute("INSERT INTO t (n) VALUES (?1)", [n])?;
                Ok(())
            }
        };
        // Nobody else comes: it is written all the same.
        database.write_at_leisure(insert(0)).unwrap();
        assert_eq!(count(&database), 1);

        // Jobs in the channel, and one in a hurry behind them: one gathering takes all.
        let (jobs, queue) = channel();
        let job = |haste| Job {
            work: Box::new(|_| Box::new(|_| {})),
            haste,
        };
        for haste in [Haste::Leisure, Haste::Leisure, Haste::Now, Haste::Leisure] {
            jobs.send(job(haste)).unwrap();
        }
        let mut waiting = VecDeque::new();
        assert!(gather(&queue, &mut waiting));
        assert_eq!(waiting.len(), 3);
        assert!(waiting[2].haste == Haste::Now);

        // Who is in a hurry waits for nobody, whoever is gathered already; and nothing is lost at the end.
        assert!(gather(&queue, &mut waiting));
        assert_eq!(waiting.len(), 3);
        waiting.clear();
        drop(jobs);
        assert!(gather(&queue, &mut waiting));
        assert_eq!(waiting.len(), 1);
        waiting.clear();
        assert!(!gather(&queue, &mut waiting));
    }

    #[test]
    fn a_panicking_job_takes_nobody_with_it() {
        let dir = tempfile::tempdir().unwrap();
        let database = open(dir.path());
        assert!(
            database
                .write(|_| -> Result<(), Error> { panic!("on purpose") })
                .is_err()
        );
        database
            .write(|c| -> Result<usize, Error> {
                Ok(c.execute("INSERT INTO t (n) VALUES (1)", [])?)
            })
            .unwrap();
        assert_eq!(count(&database), 1);
        database.close();
        assert!(matches!(database.write(|_| Ok(())), Err(Error::Closed)));
    }

    #[test]
    fn a_full_disk_undoes_the_whole_group_and_everybody_hears_it() {
        let dir = tempfile::tempdir().unwrap();
        let database = open(dir.path());
        let (started, go) = (std::sync::mpsc::channel(), std::sync::mpsc::channel::<()>());
        std::thread::scope(|scope| {
            let insert = |n: i64| {
                let database = &database;
                move || {
                    database.write(move |c| -> Result<(), Error> {
                        c.execute("INSERT INTO t (n) VALUES (?1)", [n])?;
                        Ok(())
                    })
                }
            };
            let first = {
                let database = &database;
                let (started, go) = (started.0, go.1);
                scope.spawn(move || {
                    database.write(move |c| -> Result<(), Error> {
                        c.execute("INSERT INTO t (n) VALUES (1)", [])?;
                        started.send(()).unwrap();
                        go.recv().unwrap();
                        let _ = meet_a_full_disk(c);
                        Ok(()) // a job that swallows the error changes nothing
                    })
                })
            };
            started.1.recv().unwrap();
            let second = scope.spawn(insert(2));
            std::thread::sleep(Duration::from_millis(30)); // let it queue up behind the first
            go.0.send(()).unwrap();
            let error = first.join().unwrap().unwrap_err();
            assert!(matches!(error, Error::Undone), "{error:?}");
            second.join().unwrap().unwrap(); // it ran in a transaction of its own
        });
        assert_eq!(count(&database), 1);
    }

    #[test]
    fn a_job_that_meets_a_full_disk_says_so_when_sqlite_has_undone_everything() {
        let dir = tempfile::tempdir().unwrap();
        let database = open(dir.path());
        let error = database
            .write(|c| -> Result<(), Error> {
                c.execute("INSERT INTO t (n) VALUES (1)", [])?;
                Ok(meet_a_full_disk(c)?)
            })
            .unwrap_err();
        assert!(error.is_full(), "{error}");
    }

    #[test]
    fn settings_are_kept_and_forgotten() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("toxmail.db");
        let database = Database::open(&path).unwrap();
        assert_eq!(database.setting("home.language").unwrap(), None);
        database.set_setting("home.language", Some("fr")).unwrap();
        database.set_setting("home.language", Some("de")).unwrap();
        let value = database.setting("home.language").unwrap();
        assert_eq!(value.as_deref(), Some("de"));
        database.set_setting("home.language", None).unwrap();
        assert_eq!(database.setting("home.language").unwrap(), None);
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_later_schema_is_refused_and_an_earlier_one_is_brought_up_to_date() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("db");
        let connection = Connection::open(&path).unwrap();
        let (one, two) = (
            &["CREATE TABLE a (n INTEGER);"],
            &["CREATE TABLE a (n INTEGER);", "CREATE TABLE b (n INTEGER);"],
        );
        migrate(&connection, &path, one, 1).unwrap();
        migrate(&connection, &path, two, 2).unwrap();
        connection
            .execute("INSERT INTO b (n) VALUES (1)", [])
            .unwrap();
        let refused = || {
            matches!(
                migrate(&connection, &path, one, 1),
                Err(Error::Newer {
                    found: 2,
                    known: 1,
                    ..
                })
            )
        };
        assert!(refused());
        // One that was written before there was a word for its friends.
        connection.pragma_update(None, "application_id", 0).unwrap();
        assert!(refused());
    }

    #[test]
    fn an_earlier_program_goes_on_with_a_later_schema_that_only_adds() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("db");
        let connection = Connection::open(&path).unwrap();
        let (one, two) = (
            &["CREATE TABLE a (n INTEGER);"],
            &[
                "CREATE TABLE a (n INTEGER);",
                "ALTER TABLE a ADD COLUMN m INTEGER NOT NULL DEFAULT 7;",
            ],
        );
        migrate(&connection, &path, one, 1).unwrap();
        migrate(&connection, &path, two, 1).unwrap();
        // Back to the program before, and forth again: nothing is done twice.
        migrate(&connection, &path, one, 1).unwrap();
        connection
            .execute("INSERT INTO a (n) VALUES (1)", [])
            .unwrap();
        migrate(&connection, &path, two, 1).unwrap();
        let found = connection.query_row("SELECT n + m FROM a", [], |row| row.get::<_, i64>(0));
        assert_eq!(found.unwrap(), 8);
        // The friends of a file that is up to date are put right.
        connection.pragma_update(None, "application_id", 0).unwrap();
        migrate(&connection, &path, two, 1).unwrap();
        migrate(&connection, &path, one, 1).unwrap();
    }

    #[test]
    fn mailboxes_of_an_earlier_schema_are_counted_subscribed_and_named() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("toxmail.db");
        let connection = Connection::open(&path).unwrap();
        migrate(&connection, &path, &MIGRATIONS[..4], 0).unwrap();
        connection
            .execute_batch(
                "INSERT INTO mailboxes (id, member, name, uid_validity, uid_next, messages, bytes) VALUES
                    (1, 'anna', 'INBOX', 7, 4, 3, 60), (2, 'ben', 'INBOX', 8, 1, 0, 0);
                 INSERT INTO mailbox_messages (mailbox, uid, name, place, flags, size, lines, arrived, mod_seq)
                  VALUES (1, 1, x'61', 1, 1 << 18, 10, 0, 5, 1),
                    (1, 2, x'62', 1, 1 << 19, 20, 0, 5, 1), (1, 3, x'63', 0, 0, 30, 0, 5, 1);",
            )
            .unwrap();
        drop(connection);
        let database = Database::open(&path).unwrap();
        let found = database
            .read(|c| -> Result<String, Error> {
                Ok(c.query_row(
                    "SELECT group_concat(unseen || ' ' || deleted || ' ' || deleted_bytes || ' ' || length(object_id)
                        || ' ' || (SELECT count(*) FROM mailbox_subscriptions AS s WHERE s.member = m.member), ', ')
                        || ', ' || count(DISTINCT object_id)
                     FROM (SELECT id, member, unseen, deleted, deleted_bytes, object_id FROM mailboxes ORDER BY id) AS m",
                    [],
                    |row| row.get(0),
                )?)
            })
            .unwrap();
        assert_eq!(found, "2 1 20 16 1, 0 0 0 16 1, 2");
    }

    #[test]
    fn a_home_of_the_first_schema_keeps_what_it_has() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("toxmail.db");
        let connection = Connection::open(&path).unwrap();
        migrate(&connection, &path, &MIGRATIONS[..1], 0).unwrap();
        connection
            .execute_batch(
                "INSERT INTO members (name, display, password, created) VALUES ('anna', 'Anna', '', 1);
                 INSERT INTO contacts (name, nickname, made_by, added) VALUES ('Bob', 'bob', 'person', 1);
                 INSERT INTO messages (file, size, digest, sender, smtputf8, eight_bit, ret, boot, arrived_ms, wall)
                    VALUES ('a.eml', 1, x'00', 'anna@toxmail.local', 0, 0, 0, 1, 1, 1);
                 INSERT INTO deliveries (message, kind, target, transfer, size) VALUES (1, 'local', x'', x'01', 1);",
            )
            .unwrap();
        drop(connection);
        let database = Database::open(&path).unwrap();
        let found = database
            .read(|c| -> Result<String, Error> {
                Ok(c.query_row(
                    "SELECT (SELECT mixed FROM members) || ' ' || (SELECT open FROM deliveries) || ' '
                        || (SELECT ways FROM messages) || ' ' || (SELECT count(*) FROM cards)
                     FROM contacts WHERE nickname = 'bob'",
                    [],
                    |row| row.get(0),
                )?)
            })
            .unwrap();
        assert_eq!(found, "tell 1 0 1");
    }

    /// What an earlier program says must hold with a column that it does not know. `tests/upgrade.rs` shows it at work.
    #[test]
    fn every_statement_names_the_columns_that_it_writes_and_reads() {
        let mut files = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
        let mut texts = vec![];
        while let Some(path) = files.pop() {
            if path.is_dir() {
                files.extend(std::fs::read_dir(path).unwrap().map(|e| e.unwrap().path()));
            } else if path.extension().is_some_and(|e| e == "rs") {
                texts.push((
                    path.display().to_string(),
                    std::fs::read_to_string(path).unwrap(),
                ));
            }
        }
        assert!(texts.len() > 100);
        let dir = tempfile::tempdir().unwrap();
        let database = Database::open(&dir.path().join("toxmail.db")).unwrap();
        let triggers = database.read(|c| -> Result<Vec<(String, String)>, Error> {
            let mut all =
                c.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")?;
            let all = all.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(all.collect::<Result<_, _>>()?)
        });
        texts.extend(triggers.unwrap());
        for (name, text) in texts {
            let words: Vec<&str> = text.split_whitespace().collect();
            for at in words.windows(3) {
                let table = at[1].trim_start_matches('"');
                let sql = table.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
                let nameless = ["VALUES", "SELECT", "DEFAULT"]
                    .iter()
                    .any(|w| at[2].starts_with(w));
                assert!(!(at[0] == "INTO" && sql && nameless), "{name}: {at:?}");
                let all = at[0].ends_with("SELECT") && at[1].ends_with('*') && !at[1].contains('(');
                assert!(!all, "{name}: {at:?}");
            }
        }
    }
}
