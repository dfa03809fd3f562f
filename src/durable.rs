//! Draft: write, commit (fsync, rename, fsync the folder), drop = gone. The only fsync in the house besides SQLite's.
//!
//! A [`Draft`] is a file under construction. Nobody is promised anything about it until [`Draft::commit`] has returned:
//! then its bytes and its name are on the disk. A draft that is dropped removes its file.
//!
//! With the cargo feature `faults` this room is also where tests break the disk: see [`fault`].

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

/// Room on the disk that letters, and files of friends, never take, in bytes: the database, the notices and the mailboxes need
/// some to go on.
pub const RESERVE: u64 = 32 << 20;

/// A file under construction. `Write` appends to it; [`commit`](Draft::commit) gives it its name for good.
#[derive(Debug)]
pub struct Draft {
    file: Option<File>,
    path: PathBuf,
    length: u64,
    state: State,
}

/// What is known of the bytes of a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Written,
    Synced,
    /// A write or an fsync failed. The kernel reports a lost page once: a second fsync that says "fine" would be a lie,
    /// so a spoilt draft can never be committed.
    Spoilt,
}

impl Draft {
    /// Starts a file at `path`, which must not exist; mode 0600.
    ///
    /// # Errors
    /// Those of the file system; the message names the act and the path.
    pub fn create(path: impl Into<PathBuf>) -> io::Result<Self> {
        let path = path.into();
        fault::disk("create", &path)?;
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .map_err(|e| told(e, "create", &path))?;
        Ok(Self {
            file: Some(file),
            path,
            length: 0,
            state: State::Written,
        })
    }

    /// Goes on with a file that an earlier run left at `path`, from its end (a transfer that is resumed).
    ///
    /// # Errors
    /// Those of the file system.
    pub fn resume(path: impl Into<PathBuf>) -> io::Result<Self> {
        let path = path.into();
        fault::disk("open", &path)?;
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .open(&path)
            .map_err(|e| told(e, "open", &path))?;
        let length = file
            .seek(SeekFrom::End(0))
            .map_err(|e| told(e, "seek in", &path))?;
        Ok(Self {
            file: Some(file),
            path,
            length,
            state: State::Written,
        })
    }

    /// Bytes written so far.
    pub fn len(&self) -> u64 {
        self.length
    }

    /// Whether nothing was written yet.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Where the unfinished file lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A second handle that reads what was written so far, from the start.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn reader(&self) -> io::Result<impl Read + Seek + use<>> {
        File::open(&self.path).map_err(|e| told(e, "open", &self.path))
    }

    /// Dates the file: for a message that says itself when it arrived. To be called before [`sync`](Self::sync), which puts it
    /// on the disk with the bytes.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn set_modified(&mut self, time: SystemTime) -> io::Result<()> {
        if let Some(file) = &self.file {
            file.set_modified(time)
                .map_err(|e| told(e, "date", &self.path))?;
        }
        Ok(())
    }

    /// Puts the bytes on the disk (fsync) without giving the file its name: the first half of a commit, for a caller
    /// that renames several drafts and syncs the folder once.
    ///
    /// # Errors
    /// Those of the file system; after one the draft can only be dropped.
    pub fn sync(&mut self) -> io::Result<()> {
        match self.state {
            State::Synced => return Ok(()),
            State::Spoilt => return Err(spoilt(&self.path)),
            State::Written => {}
        }
        self.state = State::Spoilt;
        fault::disk("fsync", &self.path)?;
        if let Some(file) = &self.file {
            file.sync_all().map_err(|e| told(e, "fsync", &self.path))?;
        }
        self.state = State::Synced;
        Ok(())
    }

    /// fsync, rename to `target` (replacing what is there), fsync the folder of `target`.
    ///
    /// # Errors
    /// Those of the file system. After an error before the rename the draft is gone and `target` is as it was. When only
    /// the fsync of the folder fails, the name may or may not survive a power cut: the caller must not acknowledge, and
    /// the file is left in place (its content is whole).
    pub fn commit(mut self, target: &Path) -> io::Result<()> {
        self.sync()?;
        fault::disk("rename", target)?;
        fs::rename(&self.path, target).map_err(|e| told(e, "rename to", target))?;
        self.file = None;
        sync_folder(folder_of(target))
    }

    /// Keeps the unfinished file under its own name, unsynced: a transfer that will be resumed.
    pub fn keep(mut self) {
        self.file = None;
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.state == State::Spoilt {
            return Err(spoilt(&self.path));
        }
        let file = self
            .file
            .as_mut()
            .ok_or_else(|| io::Error::other("draft already closed"))?;
        let result = fault::disk("write", &self.path).and_then(|()| file.write(bytes));
        self.state = match &result {
            Err(e) if e.kind() != io::ErrorKind::Interrupted => State::Spoilt,
            _ => State::Written,
        };
        let written = result.map_err(|e| told(e, "write", &self.path))?;
        self.length += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            // A leftover is swept at the next start; there is nobody to tell here.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Writes a whole small file durably: a draft beside `target`, committed.
///
/// # Errors
/// Those of [`Draft`].
pub fn write(target: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut name = target.file_name().unwrap_or_default().to_os_string();
    name.push(".new");
    let path = target.with_file_name(name);
    match fs::remove_file(&path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(told(e, "remove", &path)),
        _ => {}
    }
    let mut draft = Draft::create(path)?;
    draft.write_all(bytes)?;
    draft.commit(target)
}

/// Renames `from` to `to` and syncs both folders: for a file whose bytes are already on the disk.
///
/// # Errors
/// Those of the file system.
pub fn rename(from: &Path, to: &Path) -> io::Result<()> {
    fault::disk("rename", to)?;
    fs::rename(from, to).map_err(|e| told(e, "rename to", to))?;
    let (old, new) = (folder_of(from), folder_of(to));
    sync_folder(new)?;
    if old != new {
        sync_folder(old)?;
    }
    Ok(())
}

/// Renames `from` to `to` where nothing has that name: it could be another message, or another mailbox. Syncs nothing.
///
/// # Errors
/// Those of the file system; `AlreadyExists` where something has.
pub fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    fault::disk("rename", to)?;
    renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE)
        .map_err(|e| told(e.into(), "rename to", to))
}

/// Removes a file with a secret in it: overwrites it first, and puts both on the disk. What a flash card keeps of it inside is
/// beyond us.
///
/// # Errors
/// Those of the file system.
pub fn erase(path: &Path) -> io::Result<()> {
    fault::disk("erase", path)?;
    let wiped = OpenOptions::new()
        .write(true)
        .open(path)
        .and_then(|mut file| {
            let length = file.metadata()?.len();
            io::copy(&mut io::repeat(0).take(length), &mut file)?;
            file.sync_all()
        });
    match wiped {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Err(e),
        // Removed all the same.
        _ => fs::remove_file(path).map_err(|e| told(e, "remove", path))?,
    }
    sync_folder(folder_of(path))
}

/// Makes `folder` and its parents, mode 0700, and puts their names on the disk.
///
/// # Errors
/// Those of the file system.
pub fn make_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        // A kill may have come between making it and the fsync of its name.
        return match sync_folder(folder_of(folder)) {
            // The folder above is not ours: then whoever made this one has seen to it.
            Err(e) if e.kind() == io::ErrorKind::PermissionDenied => Ok(()),
            other => other,
        };
    }
    if let Some(parent) = folder.parent().filter(|p| !p.as_os_str().is_empty()) {
        make_folder(parent)?;
    }
    fault::disk("create", folder)?;
    use std::os::unix::fs::DirBuilderExt;
    match fs::DirBuilder::new().mode(0o700).create(folder) {
        Err(e) if e.kind() != io::ErrorKind::AlreadyExists => {
            return Err(told(e, "create", folder));
        }
        _ => {}
    }
    sync_folder(folder_of(folder))
}

/// fsync of a folder: its names are on the disk.
///
/// # Errors
/// Those of the file system.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    fault::disk("fsync-folder", folder)?;
    File::open(folder)
        .and_then(|f| f.sync_all())
        .map_err(|e| told(e, "fsync folder", folder))
}

/// Puts everything on the disk that was written on the file system of `folder`: for very many files at once.
///
/// # Errors
/// Those of the file system, also such as were met by others.
pub fn sync_all(folder: &Path) -> io::Result<()> {
    fault::disk("fsync", folder)?;
    File::open(folder)
        .and_then(|f| rustix::fs::syncfs(&f).map_err(Into::into))
        .map_err(|e| told(e, "sync the disk of", folder))
}

/// The folder that holds the name `path`.
pub fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Bytes that this process may still write on the file system of `folder`.
///
/// # Errors
/// Those of the file system.
pub fn room(folder: &Path) -> io::Result<u64> {
    let facts = rustix::fs::statvfs(folder).map_err(|e| told(e.into(), "look at", folder))?;
    Ok(facts.f_bavail.saturating_mul(facts.f_frsize))
}

/// One folder whose names many threads make durable: callers that come at the same time share one fsync.
///
/// A name that was made before somebody else's fsync began is covered by that, so under load most callers find theirs
/// already done.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    ledger: Mutex<Ledger>,
    finished: Condvar,
}

/// A name made in a [`Folder`], before it is durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket(u64);

#[derive(Debug, Default)]
struct Ledger {
    made: u64,
    synced: u64,
    /// Tickets above `.0` up to `.1` were part of an fsync that failed: they are lost for good.
    failed: (u64, u64),
    running: bool,
}

impl Folder {
    /// Watches over the names in `path`, which must exist.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            ledger: Mutex::default(),
            finished: Condvar::new(),
        }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// To be called after a name was made.
    pub fn made(&self) -> Ticket {
        let mut ledger = self.lock();
        ledger.made += 1;
        Ticket(ledger.made)
    }

    /// Returns when the name is on the disk.
    ///
    /// # Errors
    /// Those of the fsync that covered it, also when another caller ran that; asking again gives the error again.
    pub fn sync(&self, ticket: Ticket) -> io::Result<()> {
        let mut ledger = self.lock();
        loop {
            if ledger.failed.0 < ticket.0 && ticket.0 <= ledger.failed.1 {
                return Err(spoilt(&self.path));
            }
            if ticket.0 <= ledger.synced {
                return Ok(());
            }
            if ledger.running {
                ledger = self
                    .finished
                    .wait(ledger)
                    .unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            ledger.running = true;
            let covered = ledger.made;
            drop(ledger);
            let result = sync_folder(&self.path);
            ledger = self.lock();
            ledger.running = false;
            if result.is_err() {
                let from = match ledger.failed {
                    (_, 0) => ledger.synced,
                    (from, _) => from.min(ledger.synced),
                };
                ledger.failed = (from, covered);
            }
            ledger.synced = covered;
            self.finished.notify_all();
            return result;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether an error says that the disk (or the quota on it) is full: SMTP's 452, and a peer's "later".
pub fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
    )
}

fn spoilt(path: &Path) -> io::Error {
    io::Error::other(format!("an earlier write to {} failed", path.display()))
}

/// The same error with the act and the path before it; keeps the kind.
fn told(error: io::Error, act: &str, path: &Path) -> io::Error {
    io::Error::new(error.kind(), format!("{act} {}: {error}", path.display()))
}

/// Where tests stop or starve the daemon. Without the feature `faults` every function here is empty and inlined away.
///
/// `TOXMAIL_FAULT_KILL=name` or `name:3` kills the process (SIGKILL) when [`fault::point`] is reached with that name for the
/// first, or third, time; `TOXMAIL_FAULT_KILL=@FILE` looks into that file each time, so that a running home can be
/// armed. `TOXMAIL_FAULT_DISK=ENOSPC@write:5` makes the fifth and every later durable write fail until the
/// file named by `TOXMAIL_FAULT_DISK_UNTIL` exists; `EIO@fsync:2` likewise, and `TOXMAIL_FAULT_DISK=@FILE` makes every act fail
/// that the file names (`ENOSPC@write`), as long as it does. Acts are create, open, write, fsync, fsync-folder, rename,
/// link, watch (a folder, for what others do to it), commit (a database transaction), read (a file that goes into a backup).
pub mod fault {
    use std::io;
    use std::path::Path;

    /// A named place between "bytes read" and "receipt".
    #[cfg(not(feature = "faults"))]
    #[inline(always)]
    pub fn point(_name: &str) {}

    #[cfg(not(feature = "faults"))]
    #[inline(always)]
    pub(crate) fn disk(_act: &str, _path: &Path) -> io::Result<()> {
        Ok(())
    }

    #[cfg(feature = "faults")]
    pub(crate) use armed::disk;
    #[cfg(feature = "faults")]
    pub use armed::point;
    #[cfg(all(test, feature = "faults"))]
    pub(crate) use armed::{Trouble, failing, is_spent, trouble};

    #[cfg(feature = "faults")]
    mod armed {
        use super::*;
        use std::sync::OnceLock;
        use std::sync::atomic::{AtomicU64, Ordering};

        static KILL: OnceLock<Option<(String, u64)>> = OnceLock::new();
        static DISK: OnceLock<Option<Disk>> = OnceLock::new();
        static REACHED: AtomicU64 = AtomicU64::new(0);
        static ACTS: AtomicU64 = AtomicU64::new(0);

        struct Disk {
            errno: i32,
            act: String,
            nth: u64,
            until: Option<String>,
        }

        /// What a file says that a variable names as `@FILE`.
        fn in_file(variable: &str) -> Option<String> {
            let path = std::env::var(variable).ok()?;
            std::fs::read_to_string(path.strip_prefix('@')?).ok()
        }

        /// A named place between "bytes read" and "receipt".
        pub fn point(name: &str) {
            static BY_FILE: OnceLock<bool> = OnceLock::new();
            let variable = "TOXMAIL_FAULT_KILL";
            if *BY_FILE.get_or_init(|| std::env::var(variable).is_ok_and(|v| v.starts_with('@'))) {
                let armed = in_file(variable).and_then(|text| counted(text.trim()));
                if let Some((wanted, nth)) = armed
                    && wanted == name
                    && REACHED.fetch_add(1, Ordering::SeqCst) + 1 >= nth
                {
                    die();
                }
                return;
            }
            let Some((wanted, nth)) = KILL.get_or_init(|| counted(&std::env::var(variable).ok()?))
            else {
                return;
            };
            if wanted == name && REACHED.fetch_add(1, Ordering::SeqCst) + 1 == *nth {
                die();
            }
        }

        fn die() -> ! {
            let _ = rustix::process::kill_process(
                rustix::process::getpid(),
                rustix::process::Signal::KILL,
            );
            loop {
                std::thread::park();
            }
        }

        fn errno(name: &str) -> i32 {
            if name == "EIO" {
                libc::EIO
            } else {
                libc::ENOSPC
            }
        }

        #[cfg(test)]
        thread_local! {
            static HERE: std::cell::Cell<Option<&'static str>> = const { std::cell::Cell::new(None) };
        }

        /// Does `job`, while every such act of this thread fails (EIO).
        #[cfg(test)]
        pub(crate) fn failing<T>(act: &'static str, job: impl FnOnce() -> T) -> T {
            HERE.set(Some(act));
            let result = job();
            HERE.set(None);
            result
        }

        /// What is wrong with the disk under a folder.
        #[cfg(test)]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Trouble {
            /// It is full.
            Full,
            /// It cannot be read: a file on a bad block.
            Unreadable,
            /// The power goes after so many more acts: none of the later ones happens.
            Power {
                /// Acts that still happen.
                after: u32,
            },
        }

        #[cfg(test)]
        static TROUBLES: std::sync::Mutex<Vec<(std::path::PathBuf, Trouble)>> =
            std::sync::Mutex::new(Vec::new());

        /// What is wrong with the disk under `folder` from now on; `None`: nothing any more. For a test that breaks the disks of
        /// several homes in its process.
        #[cfg(test)]
        pub(crate) fn trouble(folder: &Path, trouble: Option<Trouble>) {
            let mut troubles = lock();
            troubles.retain(|(path, _)| path != folder);
            troubles.extend(trouble.map(|trouble| (folder.to_owned(), trouble)));
        }

        /// The power of the disk under `folder` has gone.
        #[cfg(test)]
        pub(crate) fn is_spent(folder: &Path) -> bool {
            lock().contains(&(folder.to_owned(), Trouble::Power { after: 0 }))
        }

        #[cfg(test)]
        fn lock() -> std::sync::MutexGuard<'static, Vec<(std::path::PathBuf, Trouble)>> {
            TROUBLES
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner)
        }

        /// The error that trouble with the disk under a folder gives this act.
        #[cfg(test)]
        fn troubled(act: &str, path: &Path) -> Option<i32> {
            let mut troubles = lock();
            let (_, trouble) = troubles.iter_mut().find(|(f, _)| path.starts_with(f))?;
            match trouble {
                Trouble::Full => {
                    matches!(act, "create" | "write" | "commit").then_some(libc::ENOSPC)
                }
                Trouble::Unreadable => (act == "read").then_some(libc::EIO),
                Trouble::Power { after: 0 } => Some(libc::EIO),
                Trouble::Power { after } => {
                    *after -= 1;
                    None
                }
            }
        }

        pub(crate) fn disk(act: &str, path: &Path) -> io::Result<()> {
            static BY_FILE: OnceLock<bool> = OnceLock::new();
            let variable = "TOXMAIL_FAULT_DISK";
            let failed = |errno| {
                let error = io::Error::from_raw_os_error(errno);
                match act {
                    // As the kernel says it: whoever reads looks at the number.
                    "read" => Err(error),
                    _ => Err(super::super::told(error, act, path)),
                }
            };
            #[cfg(test)]
            if HERE.get() == Some(act) {
                return failed(libc::EIO);
            }
            #[cfg(test)]
            if let Some(errno) = troubled(act, path) {
                return failed(errno);
            }
            if *BY_FILE.get_or_init(|| std::env::var(variable).is_ok_and(|v| v.starts_with('@'))) {
                let text = in_file(variable).unwrap_or_default();
                return match text.trim().split_once('@') {
                    Some((name, wanted)) if wanted == act => failed(errno(name)),
                    _ => Ok(()),
                };
            }
            let wanted = DISK.get_or_init(|| {
                let text = std::env::var(variable).ok()?;
                let (name, rest) = text.split_once('@')?;
                let (act, nth) = counted(rest)?;
                Some(Disk {
                    errno: errno(name),
                    act,
                    nth,
                    until: std::env::var("TOXMAIL_FAULT_DISK_UNTIL").ok(),
                })
            });
            let Some(wanted) = wanted else {
                return Ok(());
            };
            if wanted.act != act || ACTS.fetch_add(1, Ordering::SeqCst) + 1 < wanted.nth {
                return Ok(());
            }
            let until = wanted.until.as_deref();
            if until.is_some_and(|file| Path::new(file).exists()) {
                return Ok(());
            }
            failed(wanted.errno)
        }

        fn counted(text: &str) -> Option<(String, u64)> {
            match text.split_once(':') {
                Some((name, nth)) => Some((name.to_owned(), nth.parse().ok()?)),
                None => Some((text.to_owned(), 1)),
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    #[test]
    fn a_committed_draft_is_there_and_a_dropped_one_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("kept");
        let mut draft = Draft::create(dir.path().join("draft")).unwrap();
        draft.write_all(b"letter").unwrap();
        assert_eq!(draft.len(), 6);
        draft.commit(&target).unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"letter");

        let mut draft = Draft::create(dir.path().join("draft")).unwrap();
        draft.write_all(b"half").unwrap();
        drop(draft);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_kept_draft_is_resumed_at_its_end() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("part");
        let mut draft = Draft::create(&path).unwrap();
        draft.write_all(b"first ").unwrap();
        draft.keep();
        let mut draft = Draft::resume(&path).unwrap();
        assert_eq!(draft.len(), 6);
        draft.write_all(b"second").unwrap();
        let mut text = String::new();
        draft.reader().unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "first second");
    }

    #[test]
    fn write_replaces_whole() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("tox.save");
        write(&path, b"one").unwrap();
        fs::write(dir.path().join("tox.save.new"), b"left by a crash").unwrap();
        write(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
    }

    #[test]
    fn names_made_together_share_an_fsync_and_its_failure() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::new(dir.path());
        let (first, second) = (folder.made(), folder.made());
        folder.sync(second).unwrap();
        folder.sync(first).unwrap();
        assert_eq!(folder.lock().synced, 2);
        let third = folder.made();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| folder.sync(folder.made()).unwrap());
            }
        });
        folder.sync(third).unwrap();
        let lost = Folder::new(dir.path().join("not there"));
        let (first, second) = (lost.made(), lost.made());
        assert!(lost.sync(second).is_err());
        assert!(lost.sync(first).is_err());
        assert!(lost.sync(second).is_err());
    }

    #[test]
    fn a_spoilt_draft_is_never_committed() {
        let dir = tempfile::tempdir().unwrap();
        let mut draft = Draft::create(dir.path().join("draft")).unwrap();
        draft.state = State::Spoilt; // as after a failed write
        assert!(draft.write_all(b"more").is_err());
        assert!(draft.commit(&dir.path().join("target")).is_err());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[test]
    fn an_error_names_the_act_and_the_path() {
        let error = Draft::create("/nonexistent/folder/file").unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("create /nonexistent/folder/file: "),
            "{error}"
        );
    }
}
