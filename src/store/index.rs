//! Index: a cache of what reading messages has taught (`index.db`), so that a listing of envelopes opens no file.
//!
//! What is kept is somebody else's: bytes of a [`Kind`], by mailbox and UID. The store gives them back as they came, takes them
//! along when a message is copied or moved, and forgets them with it.
//!
//! # Rules
//! - **Nothing depends on it.** The file may be deleted, damaged or full: then nothing is found, and everything is only slower.
//!   So no function here has an error. What SQLite calls damaged is deleted and begun anew.
//! - **It never lies.** Records belong to the object id and the UIDVALIDITY of a mailbox, both of which a lost `toxmail.db` never
//!   gives again. `synchronous=NORMAL`: no fsync but at a checkpoint of the log, and a power cut takes the last records, but
//!   leaves a whole file. (With OFF it could leave pages of two times, and an envelope that is another message's.)
//! - **It stays small.** Above 256 MB the mailboxes that nobody has looked at for the longest go, then the oldest messages of
//!   the one that is left, and the file gets shorter. A record of more than 64 KB is not kept.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension, params};

use super::mailbox::Mailbox;
use super::opened::Opened;
use super::uid::{MailboxId, Uid, UidValidity};
use super::{Store, lock};
use crate::clock;
use crate::database;
use crate::journal;

/// What a record is, and which way of writing it down: one of another version is as good as none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Kind {
    /// Which of several things that are kept of a message.
    pub number: u8,
    /// Raised when their bytes mean something else.
    pub version: u8,
}

const MAX_RECORD: usize = 64 << 10;
const MAX_BYTES: u64 = 256 << 20;
/// So many records between two looks at the size of the file.
const BETWEEN_LOOKS: usize = 1000;
const MAX_IDLE_READERS: usize = 4;
const SCHEMA_VERSION: i64 = 1;
const DAY: i64 = 86_400;

/// The cache; without a file it keeps nothing.
#[derive(Default)]
pub(super) struct Index {
    file: Mutex<Option<Arc<Cache>>>,
}

struct Cache {
    path: PathBuf,
    max_bytes: u64,
    writer: Mutex<Writer>,
    readers: Mutex<Vec<Connection>>,
}

struct Writer {
    connection: Connection,
    /// The number of each mailbox in this file, and the UIDVALIDITY that its records are of.
    boxes: HashMap<MailboxId, (UidValidity, i64)>,
    /// Those that were looked at today.
    used: HashSet<(i64, i64)>,
    since_look: usize,
}

impl Store {
    /// Opens the cache in this file, or makes it. Without it, or when it cannot be opened, nothing is kept.
    pub fn open_index(&self, path: &Path) {
        self.open_index_of(path, MAX_BYTES);
    }

    pub(super) fn open_index_of(&self, path: &Path, max_bytes: u64) {
        let opened = Cache::open(path, max_bytes).or_else(|_| {
            remove(path);
            Cache::open(path, max_bytes)
        });
        match opened {
            Ok(cache) => *lock(&self.inner.index.file) = Some(Arc::new(cache)),
            Err(e) => journal::trouble("index.db", &e),
        }
    }

    pub(super) fn forget_cached(&self, opened: &Opened, uids: &[Uid]) {
        self.with_cache(|cache| cache.forget(opened, uids));
    }

    pub(super) fn forget_cached_mailbox(&self, object_id: &str) {
        self.with_cache(|cache| cache.forget_mailbox(object_id));
    }

    pub(super) fn carry_cached(&self, from: &Opened, to: &Opened, pairs: &[(Uid, Uid)]) {
        self.with_cache(|cache| cache.carry(from, to, pairs));
    }

    fn cache(&self) -> Option<Arc<Cache>> {
        lock(&self.inner.index.file).clone()
    }

    fn with_cache<T: Default>(&self, job: impl FnOnce(&Cache) -> rusqlite::Result<T>) -> T {
        let Some(cache) = self.cache() else {
            return T::default();
        };
        job(&cache).unwrap_or_else(|e| {
            let damaged = matches!(
                e.sqlite_error_code(),
                Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase)
            );
            if damaged {
                let (path, max_bytes) = (cache.path.clone(), cache.max_bytes);
                *lock(&self.inner.index.file) = None;
                drop(cache);
                remove(&path);
                self.open_index_of(&path, max_bytes);
            }
            T::default()
        })
    }
}

impl Mailbox {
    /// Gives `each` the records of a kind for these UIDs, in their order; those that there are.
    pub fn cached(&self, kind: Kind, uids: &[Uid], mut each: impl FnMut(Uid, &[u8])) {
        let Ok(opened) = self.opened() else { return };
        self.store
            .with_cache(|cache| cache.get(&opened, kind, uids, &mut each));
    }

    /// Keeps records of a kind.
    pub fn cache(&self, kind: Kind, records: &[(Uid, Vec<u8>)]) {
        let Ok(opened) = self.opened() else { return };
        self.store
            .with_cache(|cache| cache.put(&opened, kind, records));
    }
}

fn remove(path: &Path) {
    for end in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        match fs::remove_file(&name) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => {
                journal::disk_trouble("removing index.db", &e);
            }
            _ => {}
        }
    }
}

/// Where a record lies: records of one kind follow each other by UID, so that a listing reads the file from front to back.
fn key(number: i64, kind: u8, uid: u32) -> i64 {
    number << 40 | i64::from(kind) << 32 | i64::from(uid)
}

impl Cache {
    fn open(path: &Path, max_bytes: u64) -> Result<Self, database::Error> {
        database::create_private(path)?;
        let connection = Connection::open(path)?;
        connection.busy_timeout(Duration::from_secs(10))?;
        connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.pragma_update(None, "cache_size", -1000)?;
        connection.pragma_update(None, "journal_size_limit", 8 << 20)?;
        let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if found != SCHEMA_VERSION {
            connection.execute_batch(&format!(
                "BEGIN; DROP TABLE IF EXISTS boxes; DROP TABLE IF EXISTS records;
                 CREATE TABLE boxes (
                    number       INTEGER PRIMARY KEY,
                    object_id    TEXT NOT NULL UNIQUE,
                    uid_validity INTEGER NOT NULL,
                    used         INTEGER NOT NULL       -- the day
                 ) STRICT;
                 CREATE TABLE records (
                    key  INTEGER PRIMARY KEY,           -- number << 40 | kind << 32 | uid
                    data BLOB NOT NULL                  -- version, then what was given
                 ) STRICT;
                 PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;"
            ))?;
        }
        Ok(Self {
            path: path.to_owned(),
            max_bytes,
            writer: Mutex::new(Writer {
                connection,
                boxes: HashMap::new(),
                used: HashSet::new(),
                since_look: 0,
            }),
            readers: Mutex::default(),
        })
    }

    fn get(
        &self,
        opened: &Opened,
        kind: Kind,
        uids: &[Uid],
        each: &mut dyn FnMut(Uid, &[u8]),
    ) -> rusqlite::Result<()> {
        let Some(number) = lock(&self.writer).number(opened, Make::No)? else {
            return Ok(());
        };
        let idle = lock(&self.readers).pop();
        let reader = match idle {
            Some(reader) => reader,
            None => {
                let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
                let reader = Connection::open_with_flags(&self.path, flags)?;
                reader.busy_timeout(Duration::from_secs(10))?;
                reader.pragma_update(None, "cache_size", -500)?;
                reader
            }
        };
        let mut tell = |uid: Uid, data: &[u8]| {
            if let Some((version, data)) = data.split_first()
                && *version == kind.version
            {
                each(uid, data);
            }
        };
        {
            let transaction = reader.unchecked_transaction()?;
            let mut rows = transaction.prepare_cached(
                "SELECT key, data FROM records WHERE key BETWEEN ?1 AND ?2 ORDER BY key",
            )?;
            for run in runs(uids) {
                let (first, last) = (
                    key(number, kind.number, run.0),
                    key(number, kind.number, run.1),
                );
                let mut rows = rows.query([first, last])?;
                while let Some(row) = rows.next()? {
                    let uid = u32::try_from(row.get::<_, i64>(0)? & i64::from(u32::MAX));
                    tell(Uid(uid.unwrap_or(0)), row.get_ref(1)?.as_blob()?);
                }
            }
        }
        let mut readers = lock(&self.readers);
        if readers.len() < MAX_IDLE_READERS {
            readers.push(reader);
        }
        Ok(())
    }

    fn put(&self, opened: &Opened, kind: Kind, records: &[(Uid, Vec<u8>)]) -> rusqlite::Result<()> {
        let mut writer = lock(&self.writer);
        let Some(number) = writer.number(opened, Make::Yes)? else {
            return Ok(());
        };
        let transaction = writer.connection.unchecked_transaction()?;
        {
            let mut row = transaction
                .prepare_cached("INSERT OR REPLACE INTO records (key, data) VALUES (?1, ?2)")?;
            let mut bytes = vec![];
            for (uid, data) in records.iter().filter(|(_, data)| data.len() < MAX_RECORD) {
                bytes.clear();
                bytes.push(kind.version);
                bytes.extend_from_slice(data);
                row.execute(params![key(number, kind.number, uid.0), &bytes])?;
            }
        }
        transaction.commit()?;
        writer.since_look += records.len();
        if writer.since_look >= BETWEEN_LOOKS {
            writer.since_look = 0;
            writer.shrink(self.max_bytes, number)?;
        }
        Ok(())
    }

    fn forget(&self, opened: &Opened, uids: &[Uid]) -> rusqlite::Result<()> {
        let mut writer = lock(&self.writer);
        let Some(number) = writer.number(opened, Make::No)? else {
            return Ok(());
        };
        let transaction = writer.connection.unchecked_transaction()?;
        {
            let mut row =
                transaction.prepare_cached("DELETE FROM records WHERE key BETWEEN ?1 AND ?2")?;
            for kind in kinds(&transaction, number)? {
                for (first, last) in runs(uids) {
                    row.execute([key(number, kind, first), key(number, kind, last)])?;
                }
            }
        }
        transaction.commit()
    }

    fn forget_mailbox(&self, object_id: &str) -> rusqlite::Result<()> {
        let mut writer = lock(&self.writer);
        let number: Option<i64> = writer
            .connection
            .query_row(
                "SELECT number FROM boxes WHERE object_id = ?1",
                [object_id],
                |row| row.get(0),
            )
            .optional()?;
        match number {
            Some(number) => writer.remove(number),
            None => Ok(()),
        }
    }

    fn carry(&self, from: &Opened, to: &Opened, pairs: &[(Uid, Uid)]) -> rusqlite::Result<()> {
        let mut writer = lock(&self.writer);
        let Some(source) = writer.number(from, Make::No)? else {
            return Ok(());
        };
        let Some(target) = writer.number(to, Make::Yes)? else {
            return Ok(());
        };
        let transaction = writer.connection.unchecked_transaction()?;
        {
            let mut row = transaction.prepare_cached(
                "INSERT OR REPLACE INTO records (key, data) SELECT ?2, data FROM records WHERE key = ?1",
            )?;
            for kind in kinds(&transaction, source)? {
                for (old, new) in pairs {
                    row.execute([key(source, kind, old.0), key(target, kind, new.0)])?;
                }
            }
        }
        transaction.commit()
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Make {
    Yes,
    No,
}

impl Writer {
    /// The number of a mailbox in this file. Records of an earlier UIDVALIDITY go.
    fn number(&mut self, opened: &Opened, make: Make) -> rusqlite::Result<Option<i64>> {
        let validity = opened.uid_validity;
        let today = clock::wall_seconds() / DAY;
        let number = match self.boxes.get(&opened.id) {
            Some((of, number)) if *of == validity => *number,
            _ => {
                let found: Option<(i64, u32)> = self
                    .connection
                    .prepare_cached("SELECT number, uid_validity FROM boxes WHERE object_id = ?1")?
                    .query_row([&opened.object_id], |row| Ok((row.get(0)?, row.get(1)?)))
                    .optional()?;
                let number = match found {
                    Some((number, of)) if of == validity.0 => number,
                    found => {
                        if let Some((number, _)) = found {
                            self.remove(number)?;
                        }
                        if make == Make::No {
                            return Ok(None);
                        }
                        self.connection.query_row(
                            "INSERT INTO boxes (object_id, uid_validity, used) VALUES (?1, ?2, ?3) RETURNING number",
                            params![opened.object_id, validity.0, today],
                            |row| row.get(0),
                        )?
                    }
                };
                self.boxes.insert(opened.id, (validity, number));
                number
            }
        };
        if self.used.insert((number, today)) {
            self.used.retain(|(_, day)| *day == today);
            self.connection.execute(
                "UPDATE boxes SET used = ?2 WHERE number = ?1 AND used <> ?2",
                [number, today],
            )?;
        }
        Ok(Some(number))
    }

    fn remove(&mut self, number: i64) -> rusqlite::Result<()> {
        self.boxes.retain(|_, (_, of)| *of != number);
        let transaction = self.connection.unchecked_transaction()?;
        transaction.execute("DELETE FROM boxes WHERE number = ?1", [number])?;
        transaction.execute(
            "DELETE FROM records WHERE key >= ?1 AND key < ?2",
            [key(number, 0, 0), key(number + 1, 0, 0)],
        )?;
        transaction.commit()
    }

    /// Makes room until the file is at three quarters of its limit; `number` is in use.
    fn shrink(&mut self, max_bytes: u64, number: i64) -> rusqlite::Result<()> {
        if self.bytes()? <= max_bytes {
            return Ok(());
        }
        while self.bytes()? > max_bytes / 4 * 3 {
            let oldest: Option<i64> = self
                .connection
                .query_row(
                    "SELECT number FROM boxes WHERE number <> ?1 ORDER BY used, number LIMIT 1",
                    [number],
                    |row| row.get(0),
                )
                .optional()?;
            match oldest {
                Some(oldest) => self.remove(oldest)?,
                None => {
                    // The older half of each kind.
                    for kind in kinds(&self.connection, number)? {
                        let (first, last) = (key(number, kind, 0), key(number, kind, u32::MAX));
                        self.connection.execute(
                            "DELETE FROM records WHERE key BETWEEN ?1 AND (SELECT key FROM records
                                WHERE key BETWEEN ?1 AND ?2 ORDER BY key LIMIT 1 OFFSET
                                (SELECT count(*) / 2 FROM records WHERE key BETWEEN ?1 AND ?2))",
                            [first, last],
                        )?;
                    }
                }
            }
        }
        // Pages that nothing lies on go back to the disk.
        self.connection.execute_batch("PRAGMA incremental_vacuum")
    }

    /// What is in use of the file.
    fn bytes(&self) -> rusqlite::Result<u64> {
        let pragma = |name| {
            self.connection
                .pragma_query_value(None, name, |row| row.get::<_, i64>(0))
        };
        let used = pragma("page_count")? - pragma("freelist_count")?;
        Ok((used * pragma("page_size")?).unsigned_abs())
    }
}

/// The kinds that there are of a mailbox: few, so each is found by skipping the records of the one before.
fn kinds(c: &Connection, number: i64) -> rusqlite::Result<Vec<u8>> {
    let mut next = c.prepare_cached("SELECT min(key) FROM records WHERE key >= ?1 AND key < ?2")?;
    let (mut from, end) = (key(number, 0, 0), key(number + 1, 0, 0));
    let mut kinds = vec![];
    while let Some(found) = next.query_row([from, end], |row| row.get::<_, Option<i64>>(0))? {
        let kind = u8::try_from(found >> 32 & 0xff).unwrap_or(0);
        kinds.push(kind);
        from = key(number, kind, u32::MAX) + 1;
    }
    Ok(kinds)
}

/// UIDs that follow each other, as first and last.
fn runs(uids: &[Uid]) -> impl Iterator<Item = (u32, u32)> + '_ {
    uids.chunk_by(|a, b| a.0.checked_add(1) == Some(b.0))
        .filter_map(|run| Some((run.first()?.0, run.last()?.0)))
}
