//! A folder with backups of a home, on something that is plugged in: a new one is written beside the others and read back as a whole. Only
//! then it has its name, and only then the oldest go.
//!
//! Where there is no room for one more, older ones go before, down to the last good one: that one stays until the new one is whole.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use sha2::{Digest, Sha256};

use super::{Error, Key, Letters, Made, create};
use crate::durable::{self, Draft, fault};

/// So many backups of a home are kept.
pub const KEPT: usize = 7;
/// What was written is put on the stick after so many bytes: else most of it waits in memory, and nobody knows how far it is.
const SYNC: u64 = 32 << 20;
const PART: &str = ".part";

/// How far a backup is, for whoever looks, and whether it shall end.
#[derive(Debug, Default)]
pub struct Progress {
    written: AtomicU64,
    checked: AtomicU64,
    ends: AtomicBool,
}

impl Progress {
    /// Bytes that were written.
    pub fn written(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }

    /// Bytes of these that were read back and are the same.
    pub fn checked(&self) -> u64 {
        self.checked.load(Ordering::Relaxed)
    }

    /// Has it end soon: the home stops.
    pub fn end(&self) {
        self.ends.store(true, Ordering::Relaxed);
    }

    /// Whether it shall.
    pub fn ends(&self) -> bool {
        self.ends.load(Ordering::Relaxed)
    }

    fn go_on(&self) -> io::Result<()> {
        match self.ends() {
            true => Err(io::Error::other("the home stops")),
            false => Ok(()),
        }
    }
}

/// Why there is no new backup. Those that were there before are there, but for older ones that made room.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// There is no room for it.
    #[error("there is no room for it: {free} bytes are free")]
    Full {
        /// Bytes that are left there without it.
        free: u64,
    },
    /// The file system takes no file as long as that: FAT's longest has 4 GiB.
    #[error("the file system there takes no file that long")]
    TooLong,
    /// Nothing can be written there.
    #[error("nothing can be written there")]
    Locked,
    /// What was read back is not what was written.
    #[error("what was read back is not what was written")]
    Differs,
    /// It cannot be written or read: worn out, or pulled out.
    #[error("it cannot be written to or read: {0}")]
    Broken(#[source] io::Error),
    /// The home stops.
    #[error("the home stops")]
    Ends,
    /// The home's own disk, or something else of the home.
    #[error(transparent)]
    Home(#[from] Error),
}

impl Trouble {
    fn of(error: io::Error, folder: &Path) -> Self {
        match error.kind() {
            // Before the others: the house calls that full, too.
            ErrorKind::FileTooLarge => Self::TooLong,
            ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => Self::Locked,
            _ if durable::is_full(&error) => Self::Full {
                free: durable::room(folder).unwrap_or(0),
            },
            _ => Self::Broken(error),
        }
    }
}

/// A whole backup in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archive {
    /// Its name there.
    pub name: String,
    /// Its bytes.
    pub bytes: u64,
}

/// The backups in a folder that are of the home with that mark, the oldest first; of any home without one.
///
/// # Errors
/// It cannot be listed.
pub fn archives(folder: &Path, mark: Option<&str>) -> io::Result<Vec<Archive>> {
    let begin = match mark {
        Some(mark) => format!("toxmail-{mark}-"),
        None => String::new(),
    };
    let mut all = Vec::new();
    for entry in fs::read_dir(folder)? {
        // One that a worn-out stick does not give hides no other.
        let Ok(entry) = entry else { continue };
        let (Ok(name), Ok(facts)) = (entry.file_name().into_string(), entry.metadata()) else {
            continue;
        };
        // What a computer hides beside each file that it copies (`._name`) is none.
        let ours = name.starts_with(&begin) && name.ends_with(".tar") && !name.starts_with('.');
        if ours && facts.is_file() {
            let bytes = facts.len();
            all.push(Archive { name, bytes });
        }
    }
    // Time by time, whatever home it is of.
    let key = |name: &str| {
        let (_, time) = name.strip_prefix("toxmail-")?.split_once('-')?;
        Some(time.to_owned())
    };
    all.sort_by_cached_key(|a| (key(&a.name), a.name.clone()));
    Ok(all)
}

/// Makes a backup of the home in `dir` in a folder. `mark` tells homes apart there, `time` (digits and hyphens, which sort by time) one backup
/// from another. `good` is the name of the last one in which nothing was missing: it stays, until there is another.
///
/// # Errors
/// Why there is none.
pub fn add(
    folder: &Path,
    (mark, time, good): (&str, &str, Option<&str>),
    dir: &Path,
    (key, letters): (&Key, Letters),
    progress: &Progress,
) -> Result<(Archive, Made), Trouble> {
    let stick = |e: io::Error| Trouble::of(e, folder);
    sweep(folder).map_err(stick)?;
    let name = free_name(folder, mark, time).map_err(stick)?;
    let (path, part) = (folder.join(&name), folder.join(format!("{name}{PART}")));
    let mut older = archives(folder, Some(mark)).map_err(stick)?;
    // As large as the last one, as far as anybody knows.
    let wanted = older.last().map_or(0, |last| last.bytes);
    let stays = good.filter(|good| older.iter().any(|a| a.name == *good));
    let stays = stays.map(str::to_owned);
    let stays = stays.or_else(|| older.last().map(|last| last.name.clone()));
    let spare = older.iter().filter(|a| Some(&a.name) != stays.as_ref());
    let (free, spare): (u64, u64) = (
        durable::room(folder).map_err(stick)?,
        spare.map(|a| a.bytes).sum(),
    );
    if free.saturating_add(spare) < wanted {
        // None goes in vain.
        return Err(Trouble::Full { free });
    }
    let remove = |older: &mut Vec<Archive>, stays: Option<&str>| {
        remove_oldest(folder, older, stays).map_err(stick)
    };
    while older.len() > 1 && durable::room(folder).map_err(stick)? < wanted {
        remove(&mut older, stays.as_deref())?;
    }
    let made = loop {
        match write(&part, &path, dir, (key, letters), progress) {
            Err(Trouble::Full { .. }) if older.len() > 1 => {
                remove(&mut older, stays.as_deref())?;
            }
            other => break other?,
        }
    };
    let stays = stays.filter(|_| made.left_out > 0);
    while older.len() >= KEPT {
        remove(&mut older, stays.as_deref())?;
    }
    let bytes = made.bytes;
    Ok((Archive { name, bytes }, made))
}

/// What power cuts and pulled-out sticks have left, of this home and of others: a stick is in one box only, so nobody else is writing.
fn sweep(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("toxmail-") && name.ends_with(&format!(".tar{PART}")) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn free_name(folder: &Path, mark: &str, time: &str) -> io::Result<String> {
    let mut name = format!("toxmail-{mark}-{time}.tar");
    let mut number = 1;
    while folder.join(&name).try_exists()? {
        number += 1;
        name = format!("toxmail-{mark}-{time}-{number}.tar");
    }
    Ok(name)
}

/// But for the one that stays.
fn remove_oldest(folder: &Path, older: &mut Vec<Archive>, stays: Option<&str>) -> io::Result<()> {
    let oldest = older.iter().position(|a| Some(a.name.as_str()) != stays);
    let oldest = older.remove(oldest.unwrap_or(0));
    let path = folder.join(oldest.name);
    fault::disk("remove", &path)?;
    fs::remove_file(path)?;
    // Before the next is written: FAT has no log, and a name must not lead to another file's bytes.
    durable::sync_folder(folder)
}

fn write(
    part: &Path,
    path: &Path,
    dir: &Path,
    (key, letters): (&Key, Letters),
    progress: &Progress,
) -> Result<Made, Trouble> {
    let folder = durable::folder_of(path);
    let stick = |e: io::Error| Trouble::of(e, folder);
    progress.written.store(0, Ordering::Relaxed);
    progress.checked.store(0, Ordering::Relaxed);
    let mut out = Out {
        draft: Draft::create(part).map_err(stick)?,
        hash: Sha256::new(),
        synced: 0,
        trouble: None,
        progress,
    };
    let made = create(
        dir,
        key,
        letters,
        io::BufWriter::with_capacity(1 << 20, &mut out),
    );
    // Whose fault it was: the home's disk is read while the stick is written.
    if progress.ends() {
        return Err(Trouble::Ends);
    }
    if let Some(error) = out.trouble {
        return Err(stick(error));
    }
    let made = made?;
    let Out {
        mut draft, hash, ..
    } = out;
    draft.sync().map_err(stick)?;
    fault::point("stick.written");
    check(part, &hash.finalize(), progress).map_err(|trouble| match trouble {
        Trouble::Broken(_) if progress.ends() => Trouble::Ends,
        trouble => trouble,
    })?;
    fault::point("stick.checked");
    draft.commit(path).map_err(stick)?;
    fault::point("stick.committed");
    Ok(made)
}

/// Reads a file back from where it lies, not from memory.
fn check(path: &Path, expected: &[u8], progress: &Progress) -> Result<(), Trouble> {
    let read = || -> io::Result<[u8; 32]> {
        let mut file = File::open(path)?;
        rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed)?;
        let (mut hash, mut bytes) = (Sha256::new(), vec![0; 1 << 20]);
        loop {
            progress.go_on()?;
            fault::disk("read", path)?;
            match file.read(&mut bytes) {
                Ok(0) => return Ok(hash.finalize().into()),
                Ok(read) => {
                    hash.update(&bytes[..read]);
                    progress.checked.fetch_add(read as u64, Ordering::Relaxed);
                }
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
    };
    match read().map_err(Trouble::Broken)? == *expected {
        true => Ok(()),
        false => Err(Trouble::Differs),
    }
}

/// Where the backup is written to. It remembers its own mistakes, and what passed.
struct Out<'a> {
    draft: Draft,
    hash: Sha256,
    /// So many bytes are on the stick for certain.
    synced: u64,
    trouble: Option<io::Error>,
    progress: &'a Progress,
}

impl Out<'_> {
    fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.progress.go_on()?;
        let written = self.draft.write(bytes)?;
        self.hash.update(&bytes[..written]);
        if self.draft.len() - self.synced >= SYNC {
            self.draft.sync()?;
            self.synced = self.draft.len();
        }
        self.progress
            .written
            .store(self.draft.len(), Ordering::Relaxed);
        Ok(written)
    }
}

impl Write for Out<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.try_write(bytes).inspect_err(|e| {
            // Whoever writes tries that again.
            if e.kind() != ErrorKind::Interrupted && self.trouble.is_none() {
                self.trouble = Some(io::Error::new(e.kind(), e.to_string()));
            }
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(all(test, feature = "faults"))]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::super::tests::{Home, given, restored};
    use super::*;
    use crate::durable::fault::Trouble as DiskTrouble;

    const MARK: &str = "abcdefgh";

    fn made(folder: &Path, home: &Home, time: &str) -> Result<Archive, Trouble> {
        made_beside(folder, home, (time, None))
    }

    fn made_beside(
        folder: &Path,
        home: &Home,
        (time, good): (&str, Option<&str>),
    ) -> Result<Archive, Trouble> {
        let (which, how) = ((MARK, time, good), (&given(), Letters::Taken));
        let made = add(folder, which, home.path(), how, &Progress::default());
        made.map(|(archive, _)| archive)
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn name(time: &str) -> String {
        format!("toxmail-{MARK}-{time}.tar")
    }

    #[test]
    fn the_newest_stay_and_nothing_else_on_the_stick_is_touched() {
        let (home, stick) = (Home::new(), tempfile::tempdir().unwrap());
        let others = [
            "holiday.jpg",
            "toxmail-zzzzzzzz-20200101-000000.tar",
            "film.part",
        ];
        for other in others {
            fs::write(stick.path().join(other), "theirs").unwrap();
        }
        // Power cuts have left them, one before the home had another address.
        for left in [name("0"), "toxmail-zzzzzzzz-20200101-000000.tar".to_owned()] {
            fs::write(stick.path().join(format!("{left}.part")), "half").unwrap();
        }
        let times: Vec<String> = (10..19).map(|n| format!("202611{n}-030000")).collect();
        for time in &times {
            let archive = made(stick.path(), &home, time).unwrap();
            assert_eq!(archive.name, name(time));
            let bytes = fs::read(stick.path().join(&archive.name)).unwrap();
            assert_eq!(bytes.len() as u64, archive.bytes);
            assert_eq!(restored(&bytes).files(), home.files());
        }
        let mut expected: Vec<String> = others.map(str::to_owned).to_vec();
        expected.extend(times[2..].iter().map(|time| name(time)));
        expected.sort();
        assert_eq!(names(stick.path()), expected);
        // The same second once more; and a clock that was put back does not make it the oldest.
        made(stick.path(), &home, "20261118-030000").unwrap();
        let early = made(stick.path(), &home, "20200101-000000").unwrap();
        let ours = archives(stick.path(), Some(MARK)).unwrap();
        assert_eq!(ours.len(), KEPT);
        assert_eq!(ours[0], early);
        assert!(ours.iter().any(|a| a.name == name("20261118-030000-2")));
        assert_eq!(archives(stick.path(), None).unwrap().len(), KEPT + 1);
    }

    #[test]
    fn on_a_full_stick_older_ones_make_room_and_the_last_good_one_stays() {
        let (home, stick) = (Home::new(), tempfile::tempdir().unwrap());
        for time in ["20261101", "20261102", "20261103"] {
            made(stick.path(), &home, time).unwrap();
        }
        fault::trouble(stick.path(), Some(DiskTrouble::Full));
        for _ in 0..2 {
            let full = made(stick.path(), &home, "20261104");
            assert!(matches!(full, Err(Trouble::Full { .. })), "{full:?}");
            assert_eq!(names(stick.path()), [name("20261103")]);
        }
        fault::trouble(stick.path(), None);
        made(stick.path(), &home, "20261105").unwrap();
        assert_eq!(names(stick.path()), [name("20261103"), name("20261105")]);
    }

    /// A card that dies slowly, night after night.
    #[test]
    fn the_last_backup_in_which_nothing_is_missing_stays() {
        let (home, stick) = (Home::new(), tempfile::tempdir().unwrap());
        let whole = made(stick.path(), &home, "20261101").unwrap().name;
        let lost = home.path().join("mail/anna/Maildir/new");
        fault::trouble(&lost, Some(DiskTrouble::Unreadable));
        for night in 2..12 {
            let time = format!("202611{night:02}");
            made_beside(stick.path(), &home, (&time, Some(&whole))).unwrap();
        }
        let there = names(stick.path());
        assert_eq!((there.len(), &there[0]), (KEPT, &whole), "{there:?}");
        // Not on a stick that is full, either.
        fault::trouble(stick.path(), Some(DiskTrouble::Full));
        let full = made_beside(stick.path(), &home, ("20261112", Some(&whole)));
        assert!(matches!(full, Err(Trouble::Full { .. })), "{full:?}");
        assert_eq!(names(stick.path()), std::slice::from_ref(&whole));
        fault::trouble(stick.path(), None);
        fault::trouble(&lost, None);
        // A whole one takes its place.
        for night in 13..20 {
            let good = match night {
                13 => whole.clone(),
                _ => name(&format!("202611{}", night - 1)),
            };
            made_beside(
                stick.path(),
                &home,
                (&format!("202611{night}"), Some(&good)),
            )
            .unwrap();
        }
        assert!(!names(stick.path()).contains(&whole));
    }

    /// Somebody has filled the stick with other things.
    #[test]
    fn where_even_all_older_ones_would_not_make_room_none_goes() {
        let (home, stick) = (Home::new(), tempfile::tempdir().unwrap());
        made(stick.path(), &home, "20261101").unwrap();
        made(stick.path(), &home, "20261102").unwrap();
        // Longer than any disk has room for: as large a one is expected.
        let long = fs::File::create(stick.path().join(name("20261103"))).unwrap();
        long.set_len(1 << 43).unwrap();
        let full = made(stick.path(), &home, "20261104");
        assert!(matches!(full, Err(Trouble::Full { .. })), "{full:?}");
        assert_eq!(names(stick.path()).len(), 3);
    }

    #[test]
    fn a_stick_that_goes_at_any_moment_has_a_good_backup_and_takes_the_next() {
        let home = Home::new();
        let mut after = 0;
        loop {
            let stick = tempfile::tempdir().unwrap();
            for n in 1..=KEPT {
                made(stick.path(), &home, &format!("2026110{n}")).unwrap();
            }
            fault::trouble(stick.path(), Some(DiskTrouble::Power { after }));
            let done = made(stick.path(), &home, "20261109");
            fault::trouble(stick.path(), None);
            for archive in archives(stick.path(), Some(MARK)).unwrap() {
                let bytes = fs::read(stick.path().join(&archive.name)).unwrap();
                // The last one alone was at stake; the others were not touched.
                if archive.name == name("20261109") || archive.name == name("20261107") {
                    restored(&bytes);
                }
            }
            assert!(names(stick.path()).contains(&name("20261107")), "{after}");
            made(stick.path(), &home, "20261110").unwrap();
            let there = names(stick.path());
            assert_eq!(there.len(), KEPT, "{after}: {there:?}");
            if done.is_ok() {
                break;
            }
            after += 1;
        }
        assert!(after > 5, "{after}");
    }

    #[test]
    fn what_is_read_back_must_be_what_was_written() {
        let stick = tempfile::tempdir().unwrap();
        let (file, progress) = (stick.path().join("x"), Progress::default());
        fs::write(&file, "what was written").unwrap();
        let sum = Sha256::digest("what was written");
        check(&file, &sum, &progress).unwrap();
        assert_eq!(progress.checked(), 16);
        fs::write(&file, "what was writtem").unwrap();
        let differs = check(&file, &sum, &progress);
        assert!(matches!(differs, Err(Trouble::Differs)), "{differs:?}");
        let gone = check(&stick.path().join("y"), &sum, &progress);
        assert!(matches!(gone, Err(Trouble::Broken(_))), "{gone:?}");
    }

    #[test]
    fn a_home_that_stops_leaves_nothing_half() {
        let (home, stick) = (Home::new(), tempfile::tempdir().unwrap());
        let progress = Progress::default();
        progress.end();
        let how = (&given(), Letters::Taken);
        let ended = add(stick.path(), (MARK, "1", None), home.path(), how, &progress);
        assert!(matches!(ended, Err(Trouble::Ends)), "{ended:?}");
        assert!(names(stick.path()).is_empty());
    }

    #[test]
    fn whose_fault_it_was_is_told_apart() {
        let stick = tempfile::tempdir().unwrap();
        let of = |errno| Trouble::of(io::Error::from_raw_os_error(errno), stick.path());
        assert!(matches!(of(libc::EFBIG), Trouble::TooLong));
        assert!(matches!(of(libc::ENOSPC), Trouble::Full { free } if free > 0));
        assert!(matches!(of(libc::EROFS), Trouble::Locked));
        assert!(matches!(of(libc::EIO), Trouble::Broken(_)));
        let nowhere = Path::new("/nowhere/at/all");
        let (home, how) = (tempfile::tempdir().unwrap(), (&given(), Letters::Left));
        let gone = add(
            nowhere,
            (MARK, "1", None),
            home.path(),
            how,
            &Progress::default(),
        );
        assert!(matches!(gone, Err(Trouble::Broken(_))), "{gone:?}");
        // No home in there.
        let none = add(
            stick.path(),
            (MARK, "1", None),
            home.path(),
            how,
            &Progress::default(),
        );
        assert!(matches!(none, Err(Trouble::Home(_))), "{none:?}");
        assert!(names(stick.path()).is_empty());
    }
}
