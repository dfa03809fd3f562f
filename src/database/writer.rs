//! The one writer: whoever has a job runs it, and with it those of everybody who came meanwhile, in one transaction.
//!
//! There is one connection that writes. A caller who finds it free takes it, leads a group, and gives it back; who finds it taken waits to
//! be served, or to lead the next group. So a lone caller wakes nobody, and many at a time share a commit and its fsync.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::Thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::{Error, Haste, lock};
use crate::durable::{self, fault};

/// Most jobs that share one commit: bounds how long the first of them waits.
const MAX_GROUP: usize = 128;
/// How long a job that has leisure waits for company: a person does not notice, and letters that come one after the other
/// are closer together.
const LEISURE: Duration = Duration::from_millis(25);
/// How long a stop waits for those who still read.
const LAST_READERS: Duration = Duration::from_secs(1);

pub(super) type Finish = Box<dyn FnOnce(Result<(), Error>) + Send>;
/// `None` when there is no transaction to run in: the job only says no.
pub(super) type Work = Box<dyn FnOnce(Option<&Connection>) -> Finish + Send>;

struct Job {
    work: Work,
    haste: Haste,
    place: Place,
}

/// What a caller waits for.
struct Turn {
    caller: Thread,
    state: AtomicU8,
}

const WAITING: u8 = 0;
/// The writing connection may be free: look.
const CALLED: u8 = 1;
const SERVED: u8 = 2;

impl Turn {
    fn is_served(&self) -> bool {
        self.state.load(Ordering::Acquire) == SERVED
    }

    /// Changes the state but where it is another than `from` by now.
    fn change(&self, from: u8, to: u8) -> bool {
        let order = (Ordering::AcqRel, Ordering::Acquire);
        let changed = self.state.compare_exchange(from, to, order.0, order.1);
        changed.is_ok()
    }

    /// Tells a caller who waits that the connection may be free.
    fn call(&self) {
        if self.change(WAITING, CALLED) {
            self.caller.unpark();
        }
    }

    /// Until there is news, or until then; whether the job was done.
    fn wait(&self, until: Option<Instant>) -> bool {
        loop {
            match self.state.load(Ordering::Acquire) {
                SERVED => return true,
                CALLED => {
                    if self.change(CALLED, WAITING) {
                        return false;
                    }
                }
                _ => match until {
                    None => std::thread::park(),
                    Some(until) => match until.checked_duration_since(Instant::now()) {
                        Some(left) if !left.is_zero() => std::thread::park_timeout(left),
                        _ => return false,
                    },
                },
            }
        }
    }
}

/// A job's place in the line. Dropped, its caller hears that it was done, or that nobody will.
struct Place(Arc<Turn>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.state.store(SERVED, Ordering::Release);
        self.0.caller.unpark();
    }
}

pub(super) struct Writer {
    path: PathBuf,
    desk: Mutex<Desk>,
    /// After [`Writer::close`] was called: the connection was given back.
    freed: Condvar,
}

struct Desk {
    /// `None` while somebody leads, and after the end.
    connection: Option<Connection>,
    waiting: VecDeque<Job>,
    closed: bool,
}

impl Writer {
    pub(super) fn new(connection: Connection, path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            desk: Mutex::new(Desk {
                connection: Some(connection),
                waiting: VecDeque::new(),
                closed: false,
            }),
            freed: Condvar::new(),
        }
    }

    /// Returns when the job was run and its group committed, or not. `false`: it is closed.
    pub(super) fn run(&self, work: Work, haste: Haste) -> bool {
        let turn = Arc::new(Turn {
            caller: std::thread::current(),
            state: AtomicU8::new(WAITING),
        });
        let mut desk = lock(&self.desk);
        if desk.closed {
            return false;
        }
        desk.waiting.push_back(Job {
            work,
            haste,
            place: Place(Arc::clone(&turn)),
        });
        if haste == Haste::Leisure {
            drop(desk);
            if turn.wait(Some(Instant::now() + LEISURE)) {
                return true;
            }
            desk = lock(&self.desk);
        }
        loop {
            if let Some(connection) = desk.connection.take() {
                drop(desk);
                let lead = Lead {
                    writer: self,
                    connection: Some(connection),
                };
                while !turn.is_served() {
                    lead.group();
                }
                return true;
            }
            drop(desk);
            // Whoever leads calls one that is in a hurry; one that has leisure looks again by itself.
            let until = match haste {
                Haste::Now => None,
                Haste::Leisure => Some(Instant::now() + LEISURE),
            };
            if turn.wait(until) {
                return true;
            }
            desk = lock(&self.desk);
        }
    }

    /// Waits for the last job, writes the WAL back and closes the file.
    pub(super) fn close(&self) {
        let mut desk = lock(&self.desk);
        if std::mem::replace(&mut desk.closed, true) {
            return;
        }
        while desk.connection.is_none() || !desk.waiting.is_empty() {
            desk = self.wait_until_freed(desk);
        }
        let connection = desk.connection.take();
        drop(desk);
        if let Some(connection) = connection {
            // A copy of the one file is then a whole copy. Closing does the same, but not while somebody still reads.
            let _ = connection.busy_timeout(LAST_READERS);
            let _ = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        }
    }

    fn wait_until_freed<'a>(&self, desk: MutexGuard<'a, Desk>) -> MutexGuard<'a, Desk> {
        let waited = self.freed.wait(desk);
        waited.unwrap_or_else(PoisonError::into_inner)
    }

    fn next(&self) -> Option<Job> {
        lock(&self.desk).waiting.pop_front()
    }
}

/// Somebody who has the connection. Dropped, it is given back, and somebody in a hurry is called.
struct Lead<'a> {
    writer: &'a Writer,
    /// `None` only while it is dropped.
    connection: Option<Connection>,
}

impl Drop for Lead<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.as_ref().filter(|c| !c.is_autocommit()) {
            // Something panicked between two jobs; nobody was told that its transaction is on the disk.
            let _ = connection.execute_batch("ROLLBACK");
        }
        let mut desk = lock(&self.writer.desk);
        desk.connection = self.connection.take();
        let hurry = desk.waiting.iter().find(|job| job.haste == Haste::Now);
        let turn = hurry.map(|job| Arc::clone(&job.place.0));
        let closed = desk.closed;
        drop(desk);
        if let Some(turn) = turn {
            turn.call();
        }
        if closed {
            self.writer.freed.notify_all();
        }
    }
}

impl Lead<'_> {
    /// Runs what waits in one transaction.
    fn group(&self) {
        let Some(connection) = &self.connection else {
            return;
        };
        if let Err(e) = execute(connection, "BEGIN IMMEDIATE") {
            // Outside a transaction a savepoint would commit by itself, so the job must not run at all.
            if let Some(first) = self.writer.next() {
                (first.work)(None)(Err(Error::Sqlite(e)));
            }
            return;
        }
        let mut finishes = Vec::new();
        // SQLite may roll everything back by itself (SQLITE_FULL, SQLITE_IOERR, …); jobs that came after that in the same
        // group would run outside a transaction. They go into the next group instead.
        while finishes.len() < MAX_GROUP && !connection.is_autocommit() {
            match self.writer.next() {
                Some(job) => finishes.push(((job.work)(Some(connection)), job.place)),
                None => break,
            }
        }
        let committed = commit(connection, &self.writer.path);
        for (finish, place) in finishes {
            finish(match &committed {
                Ok(()) => Ok(()),
                Err(Error::Sqlite(rusqlite::Error::SqliteFailure(code, text))) => Err(
                    Error::Sqlite(rusqlite::Error::SqliteFailure(*code, text.clone())),
                ),
                Err(_) => Err(Error::Undone),
            });
            drop(place);
        }
    }
}

/// A statement without a result, which is not parsed each time.
pub(super) fn execute(connection: &Connection, text: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(text)?.execute([]).map(drop)
}

fn commit(connection: &Connection, path: &Path) -> Result<(), Error> {
    if connection.is_autocommit() {
        return Err(Error::Undone);
    }
    let committed = injected(path)
        .and_then(|()| execute(connection, "COMMIT"))
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
    use std::sync::mpsc::{Sender, channel};
    use std::thread::JoinHandle;

    use super::*;

    fn writer(dir: &Path) -> Arc<Writer> {
        let path = dir.join("db");
        Arc::new(Writer::new(Connection::open(&path).unwrap(), &path))
    }

    /// What happens to a job.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum Event {
        Run(usize),
        Committed(usize),
    }

    /// Has a job run for a caller of its own, who is in the line when this returns, where somebody leads.
    fn send(
        writer: &Arc<Writer>,
        haste: Haste,
        number: usize,
        events: &Sender<Event>,
    ) -> JoinHandle<()> {
        let waits = lock(&writer.desk).waiting.len();
        let (theirs, events) = (Arc::clone(writer), events.clone());
        let caller = std::thread::spawn(move || {
            let work: Work = Box::new(move |connection| {
                assert!(!connection.unwrap().is_autocommit());
                events.send(Event::Run(number)).unwrap();
                Box::new(move |committed| {
                    committed.unwrap();
                    events.send(Event::Committed(number)).unwrap();
                })
            });
            assert!(theirs.run(work, haste));
        });
        let led = || lock(&writer.desk).connection.is_none();
        while led() && lock(&writer.desk).waiting.len() == waits {
            std::thread::yield_now();
        }
        caller
    }

    #[test]
    fn whoever_leads_serves_all_who_came_in_one_transaction() {
        let dir = tempfile::tempdir().unwrap();
        let writer = writer(dir.path());
        let (events, seen) = channel();
        // Somebody leads.
        let connection = lock(&writer.desk).connection.take();
        let hastes = [Haste::Leisure, Haste::Now, Haste::Leisure, Haste::Now];
        for (number, haste) in hastes.into_iter().enumerate() {
            send(&writer, haste, number, &events);
        }
        drop(Lead {
            writer: &writer,
            connection,
        });
        let seen: Vec<Event> = seen.iter().take(8).collect();
        let (run, committed) = ((0..4).map(Event::Run), (0..4).map(Event::Committed));
        assert_eq!(seen, run.chain(committed).collect::<Vec<_>>());
        writer.close();
        assert!(!writer.run(Box::new(|_| Box::new(|_| {})), Haste::Now));
    }

    #[test]
    fn more_than_a_group_are_served_in_several() {
        let dir = tempfile::tempdir().unwrap();
        let writer = writer(dir.path());
        let (events, seen) = channel();
        let connection = lock(&writer.desk).connection.take();
        let count = MAX_GROUP * 2 + 1;
        let callers: Vec<_> = (0..count)
            .map(|number| send(&writer, Haste::Now, number, &events))
            .collect();
        drop(Lead {
            writer: &writer,
            connection,
        });
        for caller in callers {
            caller.join().unwrap();
        }
        drop(events);
        let seen: Vec<Event> = seen.iter().collect();
        assert_eq!(seen.len(), count * 2);
        let first = seen.iter().position(|e| *e == Event::Committed(0));
        assert_eq!(first, Some(MAX_GROUP));
    }

    #[test]
    fn whoever_has_leisure_waits_for_nobody_for_ever() {
        let dir = tempfile::tempdir().unwrap();
        let writer = writer(dir.path());
        let connection = lock(&writer.desk).connection.take();
        let (events, seen) = channel();
        send(&writer, Haste::Leisure, 0, &events);
        std::thread::sleep(LEISURE * 2);
        // Nobody is in a hurry, so nobody is called.
        drop(Lead {
            writer: &writer,
            connection,
        });
        assert_eq!(seen.recv().unwrap(), Event::Run(0));
    }

    #[test]
    fn a_stop_waits_for_whoever_is_in_the_line() {
        let dir = tempfile::tempdir().unwrap();
        let writer = writer(dir.path());
        let connection = lock(&writer.desk).connection.take();
        let (events, seen) = channel();
        send(&writer, Haste::Now, 0, &events);
        std::thread::scope(|scope| {
            scope.spawn(|| writer.close());
            while !lock(&writer.desk).closed {
                std::thread::yield_now();
            }
            drop(Lead {
                writer: &writer,
                connection,
            });
        });
        assert_eq!(seen.try_recv().unwrap(), Event::Run(0));
        assert_eq!(seen.try_recv().unwrap(), Event::Committed(0));
    }

    #[test]
    fn a_job_that_is_never_run_tells_its_caller_so() {
        let dir = tempfile::tempdir().unwrap();
        let writer = writer(dir.path());
        let connection = lock(&writer.desk).connection.take();
        let (events, seen) = channel();
        let caller = send(&writer, Haste::Now, 0, &events);
        drop(events);
        drop(connection);
        let dropped = std::mem::take(&mut lock(&writer.desk).waiting);
        drop(dropped);
        caller.join().unwrap();
        assert!(seen.recv().is_err());
    }
}
