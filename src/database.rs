//! SQLite: open, pragmas, numbered migrations, one writer.
//!
//! `toxmail.db` is the truth of the home: members, contacts, deliveries, transfer ids, UIDs. It is written with
//! `synchronous=FULL`, so a committed transaction survives a power cut. One connection writes; jobs that wait at the same time
//! share one transaction and one fsync (group commit), each inside a savepoint of its own, so that one that fails takes
//! no other with it. A job that need not hurry ([`Database::write_at_leisure`]) waits up to 25 ms for one that must, and shares
//! its fsync. When SQLite itself gives up the whole transaction (disk full, I/O error), every job of the group hears an error
//! and none of them is kept. Readers have connections of their own and never wait for the writer (WAL).
//!
//! Everything here blocks: shells call it through `spawn_blocking`, but for a few rows that are in memory as a rule.
//!
//! The schema, and how a file is brought up to it: `schema`; who writes when: `writer`.

mod schema;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension};

use crate::durable;
#[cfg(feature = "faults")]
pub use schema::make_earlier;
use schema::{MIGRATIONS, OLDEST_FRIEND, migrate};
pub use schema::{later, schema};
use writer::{Work, Writer, execute};

/// How many bytes of changes are gathered before they are written to their places.
const CHECKPOINT: i64 = 4 << 20;
/// Reading connections that are kept, each with its schema and its pages.
const MAX_READERS: usize = 4;
/// How long somebody waits for one of them before another is opened: to open one takes longer than most reads do, and
/// nobody may wait for a long one.
const READER: Duration = Duration::from_millis(5);

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
    readers: Mutex<Readers>,
    read: Condvar,
    /// Dropped last: whoever closes the file last writes the WAL back, if that one may write.
    writer: Writer,
    /// Nobody has leisure: in a simulation time stands still meanwhile.
    #[cfg(test)]
    hasty: std::sync::atomic::AtomicBool,
}

/// Connections that read.
#[derive(Default)]
struct Readers {
    idle: Vec<Connection>,
    /// How many read now, and how many callers wait for one of them.
    busy: usize,
    waiting: usize,
}

impl Database {
    /// Opens or makes the file, brings its schema up to date.
    ///
    /// # Errors
    /// [`Error::Newer`] for a file of a later version; [`Error::Sqlite`] for all else.
    pub fn open(path: &Path) -> Result<Self, Error> {
        create_private(path)?;
        let connection = Connection::open(path)?;
        prepare(&connection)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        migrate(&connection, path, MIGRATIONS, OLDEST_FRIEND)?;
        Ok(Self {
            inner: Arc::new(Inner {
                path: path.to_owned(),
                writer: Writer::new(connection, path),
                readers: Mutex::default(),
                read: Condvar::new(),
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
        let answer = Arc::new(Mutex::new(None));
        let reply = Arc::clone(&answer);
        let work: Work = Box::new(move |connection| {
            let result = connection.map(|connection| in_savepoint(connection, job));
            Box::new(move |committed| {
                *lock(&reply) = Some(match (result, committed) {
                    (Some(Ok(value)), Ok(())) => Ok(value),
                    (Some(Err(e)), _) => Err(e),
                    (None, Ok(())) => Err(E::from(Error::Closed)),
                    (_, Err(e)) => Err(E::from(e)),
                });
            })
        });
        self.inner.writer.run(work, haste);
        let answer = lock(&answer).take();
        answer.unwrap_or_else(|| Err(E::from(Error::Closed)))
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
        let reader = Reader::of(&self.inner)?;
        // One snapshot for all statements of the job.
        let snapshot = reader
            .connection()?
            .unchecked_transaction()
            .map_err(|e| E::from(Error::Sqlite(e)))?;
        job(&snapshot)
    }

    /// Waits for the last job, writes the WAL back and closes the file. Later calls get [`Error::Closed`].
    pub fn close(&self) {
        // Readers first: SQLite writes the WAL back when the last connection goes, if that one may write.
        lock(&self.inner.readers).idle.clear();
        self.inner.writer.close();
        lock(&self.inner.readers).idle.clear();
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
}

impl Inner {
    fn open_reader(&self) -> Result<Connection, Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        connection.busy_timeout(Duration::from_secs(10))?;
        connection.pragma_update(None, "cache_size", -500)?; // readers are several
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(connection)
    }
}

/// Somebody who reads.
struct Reader<'a> {
    inner: &'a Inner,
    connection: Option<Connection>,
}

impl<'a> Reader<'a> {
    fn of(inner: &'a Inner) -> Result<Self, Error> {
        let mut readers = lock(&inner.readers);
        if readers.idle.is_empty() && readers.busy >= MAX_READERS {
            readers.waiting += 1;
            let wait = inner
                .read
                .wait_timeout_while(readers, READER, |r| r.idle.is_empty());
            readers = wait.unwrap_or_else(PoisonError::into_inner).0;
            readers.waiting -= 1;
        }
        readers.busy += 1;
        let mut reader = Self {
            inner,
            connection: readers.idle.pop(),
        };
        drop(readers);
        if reader.connection.is_none() {
            reader.connection = Some(inner.open_reader()?);
        }
        Ok(reader)
    }

    fn connection(&self) -> Result<&Connection, Error> {
        self.connection.as_ref().ok_or(Error::Closed)
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        let connection = self.connection.take();
        // One that could not end its transaction would refuse every later one.
        let connection = connection.filter(Connection::is_autocommit);
        let mut readers = lock(&self.inner.readers);
        readers.busy -= 1;
        let mut surplus = None;
        match connection {
            Some(connection) if readers.idle.len() < MAX_READERS => readers.idle.push(connection),
            other => surplus = other,
        }
        let somebody_waits = readers.waiting > 0;
        drop(readers);
        if somebody_waits {
            self.inner.read.notify_one();
        }
        drop(surplus);
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
    // For a file that is made now. A letter changes a little in many small tables, and each change is written page by page.
    connection.pragma_update(None, "page_size", 1024)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    let page: i64 = connection.pragma_query_value(None, "page_size", |row| row.get(0))?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT / page)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "cache_size", -2000)?; // 2 MB: a Pi has little memory
    // A locked-in home has no other folder, and what a box has beside its data is memory as well.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "journal_size_limit", 8 << 20)?; // a burst must not keep the WAL big for ever
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

fn in_savepoint<T, E: From<Error>>(
    connection: &Connection,
    job: impl FnOnce(&Connection) -> Result<T, E>,
) -> Result<T, E> {
    let sql = |text: &str| execute(connection, text).map_err(|e| E::from(Error::Sqlite(e)));
    sql("SAVEPOINT job")?;
    // A panic in a job must not take the writer with it: every other room would hear "closed" for ever.
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| job(connection)))
        .unwrap_or_else(|_| Err(E::from(Error::Closed)));
    let ended = match &result {
        // SQLite has given up the whole transaction, savepoint and all. The job's own error, if it has one, says why.
        _ if connection.is_autocommit() => Err(E::from(Error::Undone)),
        Ok(_) => sql("RELEASE job"),
        Err(_) => sql("ROLLBACK TO job").and_then(|()| sql("RELEASE job")),
    };
    if ended.is_err() && !connection.is_autocommit() {
        // Half a job must not be committed with the others of its group.
        let _ = connection.execute_batch("ROLLBACK");
    }
    let value = result?;
    ended.map(|()| value)
}
