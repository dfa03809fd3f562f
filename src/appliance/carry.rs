//! Carries all of a home's folder to another disk, for the box's script (overlay/usr/lib/toxmail/disk): once while the home goes on, and once
//! when it is off.
//!
//! # Rules
//! - The first time ([`Care::Bulk`]) what changes or vanishes on the way is passed over. The second time ([`Care::Exact`]) nothing may, and at
//!   its end the copy is the same: as many files, and as many bytes.
//! - Every byte is read back as the disk gives it, and compared: of what is carried the first time then, while the home goes on; of what is
//!   carried the second time (what is new, and the databases) then.
//! - A file that lies there already is not carried again if it has the same length and the same date; a letter never changes once it is
//!   written. What had changed less than two seconds before it was first carried is not trusted to have the date of its bytes (the kernel's is
//!   some milliseconds coarse): its copy has none, and the second time it is carried again. Nor is a file that was touched in any way since its
//!   copy was made (its ctime, which no program can set): its bytes may be others, though length and date are the old ones. Databases always are
//!   carried again.
//! - Two names of one file (hard links) become two files: nothing here relies on them being one, and only room is lost.
//! - What is gone in the home goes there too.
//! - It is on the disk when this ends (`syncfs`), or this fails.
//!
//! What never happens here: nothing is changed in the home. Sockets are not carried.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, File, FileTimes, Metadata};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, symlink};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::durable;

/// What has not changed for so long has the date of its bytes.
const SETTLED: Duration = Duration::from_secs(2);
const PIECE: usize = 256 * 1024;

/// How much is asked of a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Care {
    /// As much as can be had while the home goes on.
    Bulk,
    /// All of it: the home is off.
    Exact,
}

/// Why it could not be carried.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The other disk is full.
    #[error("there is no room on the other disk")]
    NoRoom,
    /// One of the two says no.
    #[error("{act} {}: {cause}", path.display())]
    Io {
        /// What was tried.
        act: &'static str,
        /// With what.
        path: PathBuf,
        /// What came of it.
        cause: io::Error,
    },
    /// The other disk did not keep what it was given.
    #[error("{} is not the same on the other disk", .0.display())]
    Differs(PathBuf),
}

/// How many files, and how many bytes in them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// Files, and links.
    pub files: u64,
    /// The bytes of the files.
    pub bytes: u64,
}

/// Carries what lies in `from` to `to`, which exists. `told` hears how many bytes are there, of how many.
///
/// # Errors
/// A disk says no, or the copy is not the same. `from` is as it was.
pub fn carry(from: &Path, to: &Path, care: Care, told: impl FnMut(u64, u64)) -> Result<Sum, Error> {
    // Opened first: it hears of every write that fails from now on.
    let disk = File::open(to).map_err(failed("opening", to))?;
    let total = sum(from, care)?.bytes;
    let mut carrier = Carrier {
        from,
        to,
        care,
        told,
        carried: Vec::new(),
        done: 0,
        total,
    };
    (carrier.told)(0, total);
    carrier.folder(Path::new(""))?;
    rustix::fs::syncfs(&disk).map_err(|e| failed("writing", to)(e.into()))?;
    let there = sum(to, care)?;
    match care {
        Care::Bulk => carrier.read_back()?,
        Care::Exact if there != sum(from, care)? => return Err(Error::Differs(to.to_owned())),
        Care::Exact => carrier.compare()?,
    }
    Ok(there)
}

fn failed<'a>(act: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> Error + 'a {
    move |cause| match durable::is_full(&cause) {
        true => Error::NoRoom,
        false => Error::Io {
            act,
            path: path.to_owned(),
            cause,
        },
    }
}

/// What was found; `None` where it is gone meanwhile, and may be.
fn found<T>(care: Care, path: &Path, result: io::Result<T>) -> Result<Option<T>, Error> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(e) if care == Care::Bulk && e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(failed("reading", path)(e)),
    }
}

fn names(care: Care, folder: &Path) -> Result<BTreeSet<OsString>, Error> {
    let mut names = BTreeSet::new();
    for entry in found(care, folder, fs::read_dir(folder))?
        .into_iter()
        .flatten()
    {
        if let Some(entry) = found(care, folder, entry)? {
            names.insert(entry.file_name());
        }
    }
    Ok(names)
}

/// Everything below a folder that is carried.
fn sum(folder: &Path, care: Care) -> Result<Sum, Error> {
    let mut sum = Sum::default();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for name in names(care, &folder)? {
            let path = folder.join(name);
            let Some(meta) = found(care, &path, path.symlink_metadata())? else {
                continue;
            };
            if meta.is_dir() {
                folders.push(path);
            } else if meta.is_file() {
                sum.files += 1;
                sum.bytes += meta.len();
            } else if meta.is_symlink() {
                sum.files += 1;
            }
        }
    }
    Ok(sum)
}

/// SQLite's, and what belongs to it: they are written in the middle, and by mapped memory.
fn is_database(name: &Path) -> bool {
    let name = name.file_name().unwrap_or_default().to_string_lossy();
    name.ends_with(".db") || name.contains(".db-")
}

struct Carrier<'a, T> {
    from: &'a Path,
    to: &'a Path,
    care: Care,
    told: T,
    /// What was carried of an exact copy, by its name in the folder.
    carried: Vec<PathBuf>,
    /// Bytes, twice where each is read back.
    done: u64,
    total: u64,
}

impl<T: FnMut(u64, u64)> Carrier<'_, T> {
    fn folder(&mut self, inside: &Path) -> Result<(), Error> {
        let (from, to) = (self.from.join(inside), self.to.join(inside));
        let here = names(self.care, &from)?;
        // On the other disk nobody else is at work.
        for name in names(Care::Exact, &to)?.difference(&here) {
            remove(&to.join(name))?;
        }
        for name in here {
            let (inside, from, to) = (inside.join(&name), from.join(&name), to.join(&name));
            let Some(meta) = found(self.care, &from, from.symlink_metadata())? else {
                continue;
            };
            if to
                .symlink_metadata()
                .is_ok_and(|old| old.file_type() != meta.file_type())
            {
                remove(&to)?;
            }
            if meta.is_dir() {
                match fs::create_dir(&to) {
                    Err(e) if e.kind() != io::ErrorKind::AlreadyExists => {
                        return Err(failed("making", &to)(e));
                    }
                    _ => {}
                }
                fs::set_permissions(&to, meta.permissions()).map_err(failed("making", &to))?;
                self.folder(&inside)?;
            } else if meta.is_symlink() {
                self.link(&from, &to)?;
            } else if meta.is_file() {
                self.file(&inside, &from, &to)?;
            }
        }
        Ok(())
    }

    fn link(&mut self, from: &Path, to: &Path) -> Result<(), Error> {
        let Some(leads) = found(self.care, from, fs::read_link(from))? else {
            return Ok(());
        };
        if fs::read_link(to).is_ok_and(|there| there == leads) {
            return Ok(());
        }
        if to.symlink_metadata().is_ok() {
            remove(to)?;
        }
        symlink(leads, to).map_err(failed("writing", to))
    }

    fn file(&mut self, inside: &Path, from: &Path, to: &Path) -> Result<(), Error> {
        let begun = SystemTime::now();
        let Some(mut source) = found(self.care, from, File::open(from))? else {
            return Ok(());
        };
        let meta = source.metadata().map_err(failed("reading", from))?;
        if is_there(&meta, to) && !(self.care == Care::Exact && is_database(from)) {
            self.tell(meta.len());
            return Ok(());
        }
        if self.care == Care::Exact {
            self.carried.push(inside.to_owned());
        }
        let mut copy = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(to)
            .map_err(failed("writing", to))?;
        let mut piece = vec![0; PIECE];
        loop {
            let read = source.read(&mut piece).map_err(failed("reading", from))?;
            if read == 0 {
                break;
            }
            copy.write_all(&piece[..read])
                .map_err(failed("writing", to))?;
            self.tell(read as u64);
        }
        let dated = |date| copy.set_times(FileTimes::new().set_modified(date));
        let date = meta.modified().map_err(failed("reading", from))?;
        copy.set_permissions(meta.permissions())
            .and_then(|()| dated(date))
            .map_err(failed("writing", to))?;
        // Touched while it was read; what touches it from here on is later than the copy.
        let now = source.metadata().map_err(failed("reading", from))?;
        let trusted = is_settled(&meta, begun) && changed(&now) == changed(&meta);
        if self.care == Care::Bulk && !trusted {
            dated(SystemTime::UNIX_EPOCH).map_err(failed("writing", to))?;
        }
        Ok(())
    }

    fn tell(&mut self, bytes: u64) {
        self.done += bytes;
        let done = match self.care {
            Care::Bulk => self.done / 2,
            Care::Exact => self.done,
        };
        (self.told)(done.min(self.total), self.total);
    }

    /// What was carried while the home goes on, as the disk itself has it. What has changed meanwhile is carried again, and compared then.
    fn read_back(&mut self) -> Result<(), Error> {
        let mut folders = vec![PathBuf::new()];
        while let Some(folder) = folders.pop() {
            for name in names(self.care, &self.from.join(&folder))? {
                let inside = folder.join(name);
                let (from, to) = (self.from.join(&inside), self.to.join(&inside));
                let Some(meta) = found(self.care, &from, from.symlink_metadata())? else {
                    continue;
                };
                if meta.is_dir() {
                    folders.push(inside);
                } else if meta.is_file() {
                    self.tell(meta.len());
                    let source = match is_there(&meta, &to) {
                        true => found(self.care, &from, File::open(&from))?,
                        false => None,
                    };
                    let Some(source) = source else { continue };
                    // It may have been written to while it was read.
                    if !is_same(source, &from, &to)?
                        && from.symlink_metadata().is_ok_and(|now| is_there(&now, &to))
                    {
                        return Err(Error::Differs(to));
                    }
                }
            }
        }
        Ok(())
    }

    /// What was carried while the home is off, as the disk itself has it.
    fn compare(&self) -> Result<(), Error> {
        for inside in &self.carried {
            let (from, to) = (self.from.join(inside), self.to.join(inside));
            let source = File::open(&from).map_err(failed("reading", &from))?;
            if !is_same(source, &from, &to)? {
                return Err(Error::Differs(to));
            }
        }
        Ok(())
    }
}

/// Whether a copy of that file lies there already.
fn is_there(meta: &Metadata, to: &Path) -> bool {
    to.symlink_metadata().is_ok_and(|there| {
        there.is_file()
            && there.len() == meta.len()
            && (there.mtime(), there.mtime_nsec()) == (meta.mtime(), meta.mtime_nsec())
            && there.mode() == meta.mode()
            && changed(meta) < changed(&there)
    })
}

/// When anything of a file was changed last: no program can set that.
fn changed(meta: &Metadata) -> (i64, i64) {
    (meta.ctime(), meta.ctime_nsec())
}

/// Whether the date of a file is that of its bytes, though it was read while somebody might write.
fn is_settled(meta: &Metadata, begun: SystemTime) -> bool {
    let Ok(begun) = begun.duration_since(SystemTime::UNIX_EPOCH) else {
        return false;
    };
    let latest = meta.mtime().max(meta.ctime());
    u64::try_from(latest).is_ok_and(|latest| latest + SETTLED.as_secs() < begun.as_secs())
}

/// Whether the file `one`, which is `from`, has the same bytes as the disk gives for `to`.
fn is_same(mut one: File, from: &Path, to: &Path) -> Result<bool, Error> {
    let mut other = File::open(to).map_err(failed("reading", to))?;
    // Not what memory has of it: that would be the same in any case.
    let _ = rustix::fs::fadvise(&other, 0, None, rustix::fs::Advice::DontNeed);
    let (mut here, mut there) = (vec![0; PIECE], vec![0; PIECE]);
    loop {
        let read = one.read(&mut here).map_err(failed("reading", from))?;
        if read == 0 {
            let rest = other.read(&mut there).map_err(failed("reading", to))?;
            return Ok(rest == 0);
        }
        match other.read_exact(&mut there[..read]) {
            Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
            done => done.map_err(failed("reading", to))?,
        }
        if here[..read] != there[..read] {
            return Ok(false);
        }
    }
}

/// Whatever lies there.
fn remove(path: &Path) -> Result<(), Error> {
    let is_folder = path.symlink_metadata().is_ok_and(|meta| meta.is_dir());
    match is_folder {
        true => fs::remove_dir_all(path),
        false => fs::remove_file(path),
    }
    .map_err(failed("removing", path))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::net::UnixListener;

    use super::*;

    struct Disks(tempfile::TempDir);

    impl Disks {
        fn new() -> Self {
            let dir = tempfile::tempdir().unwrap();
            for name in ["from", "to"] {
                fs::create_dir(dir.path().join(name)).unwrap();
            }
            Self(dir)
        }

        fn from(&self) -> PathBuf {
            self.0.path().join("from")
        }

        fn to(&self) -> PathBuf {
            self.0.path().join("to")
        }

        fn write(&self, name: &str, text: &str) {
            let path = self.from().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }

        /// As if it had lain there for long.
        fn age(&self, name: &str) {
            let file = File::open(self.from().join(name)).unwrap();
            let date = SystemTime::now() - Duration::from_secs(5000);
            file.set_times(FileTimes::new().set_modified(date)).unwrap();
        }

        fn carry(&self, care: Care) -> Result<Sum, Error> {
            carry(&self.from(), &self.to(), care, |_, _| {})
        }

        fn is_same(&self) -> bool {
            let done = std::process::Command::new("diff")
                .args(["-r", "--no-dereference"])
                .args([self.from(), self.to()])
                .output();
            done.unwrap().status.success()
        }
    }

    #[test]
    fn what_changes_between_the_two_times_is_there_at_the_end_and_what_went_is_gone() {
        let disks = Disks::new();
        disks.write("toxmail.db", "first");
        disks.write("mail/anna/new/1.letter", "a letter");
        disks.write("mail/anna/new/2.letter", "another letter");
        disks.write("mail/anna/cur/3.letter", "a third");
        disks.write("queue/wait", "waits");
        disks.write("deep/folder/file", "x");
        fs::set_permissions(disks.from().join("mail"), fs::Permissions::from_mode(0o700)).unwrap();
        fs::set_permissions(
            disks.from().join("queue/wait"),
            fs::Permissions::from_mode(0o600),
        )
        .unwrap();
        symlink("/nowhere", disks.from().join("link")).unwrap();
        let mut told = Vec::new();
        carry(&disks.from(), &disks.to(), Care::Bulk, |done, total| {
            told.push((done, total));
        })
        .unwrap();
        assert!(disks.is_same());
        let total = told[0].1;
        assert_eq!((told[0].0, told.last().unwrap()), (0, &(total, total)));
        assert!(told.windows(2).all(|two| two[0].0 <= two[1].0), "{told:?}");

        // Same length, and as fast as it can be: the date may be the same.
        disks.write("toxmail.db", "later");
        disks.write("queue/wait", "WAITS");
        fs::rename(
            disks.from().join("mail/anna/new/1.letter"),
            disks.from().join("mail/anna/cur/1.letter:2,S"),
        )
        .unwrap();
        fs::remove_file(disks.from().join("mail/anna/new/2.letter")).unwrap();
        fs::remove_dir_all(disks.from().join("deep")).unwrap();
        disks.write("deep", "a file now");
        fs::remove_file(disks.from().join("link")).unwrap();
        symlink("/elsewhere", disks.from().join("link")).unwrap();
        let _socket = UnixListener::bind(disks.from().join("control")).unwrap();
        let sum = disks.carry(Care::Exact).unwrap();
        fs::remove_file(disks.from().join("control")).unwrap();
        assert!(disks.is_same());
        assert_eq!(sum.files, 6);
        let mode = |name: &str| disks.to().join(name).metadata().unwrap().mode() & 0o777;
        assert_eq!((mode("mail"), mode("queue/wait")), (0o700, 0o600));
    }

    #[test]
    fn a_letter_that_lies_there_is_not_carried_again_and_a_database_always_is() {
        let disks = Disks::new();
        for name in ["mail/letter", "toxmail.db", "index.db-wal"] {
            disks.write(name, "old bytes");
            disks.age(name);
        }
        // Its change time cannot be made older; a home that is off has no need of it.
        disks.carry(Care::Exact).unwrap();
        let date = |name: &str| {
            disks
                .to()
                .join(name)
                .metadata()
                .unwrap()
                .modified()
                .unwrap()
        };
        for name in ["mail/letter", "toxmail.db", "index.db-wal"] {
            let old = date(name);
            fs::write(disks.to().join(name), "bad bytes").unwrap();
            let file = File::options().write(true).open(disks.to().join(name));
            let times = FileTimes::new().set_modified(old);
            file.unwrap().set_times(times).unwrap();
        }
        disks.carry(Care::Exact).unwrap();
        let read = |name: &str| fs::read_to_string(disks.to().join(name)).unwrap();
        assert_eq!(read("mail/letter"), "bad bytes");
        assert_eq!(read("toxmail.db"), "old bytes");
        assert_eq!(read("index.db-wal"), "old bytes");
        // The same date with another length is another file.
        let old = date("mail/letter");
        disks.write("mail/letter", "longer than it was");
        let file = File::open(disks.from().join("mail/letter")).unwrap();
        file.set_times(FileTimes::new().set_modified(old)).unwrap();
        disks.carry(Care::Exact).unwrap();
        assert!(disks.is_same());
    }

    #[test]
    fn what_was_written_a_moment_ago_is_not_trusted_to_have_the_date_of_its_bytes() {
        let disks = Disks::new();
        disks.write("queue/new", "first");
        let date = disks
            .from()
            .join("queue/new")
            .metadata()
            .unwrap()
            .modified();
        disks.carry(Care::Bulk).unwrap();
        disks.write("queue/new", "other");
        let file = File::open(disks.from().join("queue/new")).unwrap();
        let times = FileTimes::new().set_modified(date.unwrap());
        file.set_times(times).unwrap();
        disks.carry(Care::Exact).unwrap();
        assert!(disks.is_same());
    }

    #[test]
    fn a_file_that_was_touched_since_it_was_carried_is_not_trusted_for_its_date_and_length() {
        let disks = Disks::new();
        disks.write("mail/letter", "first");
        disks.age("mail/letter");
        disks.carry(Care::Exact).unwrap();
        let date = |folder: PathBuf| {
            let meta = folder.join("mail/letter").metadata().unwrap();
            meta.modified().unwrap()
        };
        let old = date(disks.from());
        assert_eq!(old, date(disks.to()));
        // Another program writes it anew, and gives it the date that it had.
        disks.write("mail/letter", "other");
        let file = File::open(disks.from().join("mail/letter")).unwrap();
        file.set_times(FileTimes::new().set_modified(old)).unwrap();
        disks.carry(Care::Exact).unwrap();
        assert!(disks.is_same());
    }

    #[test]
    fn a_file_that_cannot_be_read_ends_it_and_one_that_is_gone_only_the_second_time() {
        let disks = Disks::new();
        let gone = disks.from().join("gone");
        let missing = || fs::metadata(&gone);
        assert!(matches!(found(Care::Bulk, &gone, missing()), Ok(None)));
        let said = found(Care::Exact, &gone, missing()).unwrap_err();
        assert!(matches!(said, Error::Io { .. }), "{said}");
        let nowhere = disks.0.path().join("nowhere");
        assert!(carry(&disks.from(), &nowhere, Care::Bulk, |_, _| {}).is_err());
    }

    #[test]
    fn two_files_are_the_same_only_if_every_byte_is() {
        let disks = Disks::new();
        let (one, other) = (disks.from().join("one"), disks.to().join("other"));
        let long = vec![7; PIECE + 5];
        let mut last = long.clone();
        *last.last_mut().unwrap() = 8;
        for (a, b, same) in [
            (&long, &long, true),
            (&long, &last, false),
            (&long, &long[..PIECE].to_vec(), false),
            (&long[..PIECE].to_vec(), &long, false),
            (&Vec::new(), &Vec::new(), true),
        ] {
            fs::write(&one, a).unwrap();
            fs::write(&other, b).unwrap();
            let source = File::open(&one).unwrap();
            assert_eq!(is_same(source, &one, &other).unwrap(), same);
        }
    }

    /// A disk that gives back other bytes than it was given says nothing of it.
    #[test]
    fn what_the_disk_does_not_give_back_as_it_was_ends_it() {
        for care in [Care::Bulk, Care::Exact] {
            let disks = Disks::new();
            for name in ["1-lost", "2-next"] {
                disks.write(name, "letter");
                disks.age(name);
            }
            let lost = disks.to().join("1-lost");
            let date = disks.from().join("1-lost").metadata().unwrap();
            let mut files = 0;
            let carried = carry(&disks.from(), &disks.to(), care, |done, _| {
                files += u32::from(done > 0);
                // The second is there, so the first is whole, and dated.
                if files == 2 {
                    fs::write(&lost, "LETTER").unwrap();
                    let times = FileTimes::new().set_modified(date.modified().unwrap());
                    File::options()
                        .write(true)
                        .open(&lost)
                        .and_then(|file| file.set_times(times))
                        .unwrap();
                }
            });
            let Err(Error::Differs(path)) = carried else {
                panic!("{care:?}: {carried:?}");
            };
            assert_eq!(path, lost);
        }
    }
}
