//! Another disk for a box's home: which disks there are, as the box's own script tells (overlay/usr/lib/toxmail/disk), which one the administrator
//! wants, and what has become of that.
//!
//! The home is an unprivileged user and touches no disk: it reads a list and a report, and leaves one word. The script looks whether the
//! word still fits, makes the disk new, has the home carried there ([`super::carry`]), and starts the machine anew.
//!
//! A card that dies leaves such a disk whole: a box with a new card, in which nobody lives yet, goes on with the home on it
//! ([`Desk::adopt`]). No password of that home is asked for. Whoever may claim the box gets nothing by it but that home's login; who has the
//! disk can read it anyway; and a password that nobody remembers can be set anew only once the home is there. What it takes is the word that no
//! other box has that home.
//!
//! | in the folder | whose | what |
//! | --- | --- | --- |
//! | `list` | root's | `used`, `needs` (bytes), `on` (`card` or `disk`), and a line `disk` for each that could be taken: name, bytes, what is on it, whether it will do, what it calls itself; a line `written` for each that was a box's: name, when that was written to last |
//! | `inbox/ask` | the home's | the name of one, or `card`; or `adopt` and the name of one with a home |
//! | `state` | root's | how far it is: a line each of `phase`, `to`, `done`, `total` (bytes), `at`, `why` |

use std::io;
use std::path::{Path, PathBuf};

use super::note;
use crate::durable;

/// The name of the card in the list, for the way back.
pub const CARD: &str = "card";
/// Longest list or report that is read, in bytes.
const MAX_TEXT: u64 = 16 * 1024;
/// Nobody has more sockets.
const MAX_DISKS: usize = 32;

/// Where the letters are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// On the card that the box starts from.
    Card,
    /// On another disk.
    Disk,
}

/// What is on a disk, as far as that can be told without looking into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Nothing at its beginning.
    Empty,
    /// Something.
    Used,
    /// It was a box's disk before.
    Toxmail,
    /// It is the card of this box.
    Card,
}

/// Whether a disk will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// It will.
    Good,
    /// It is too small.
    Small,
    /// Nothing can be written to it.
    Locked,
}

/// A disk that could be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disk {
    /// What the script calls it: the kernel's name and the number of this plugging in, or [`CARD`].
    pub id: String,
    /// How large it is, in bytes.
    pub bytes: u64,
    /// What is on it.
    pub content: Content,
    /// Whether it will do.
    pub fit: Fit,
    /// What it calls itself: whatever its maker wrote there.
    pub model: Option<String>,
    /// When a box last wrote to it, in seconds since 1970, by that box's clock; where a box did, and that is known.
    pub written: Option<i64>,
}

impl Disk {
    /// Reads what the script writes behind `disk=`.
    fn read(line: &str) -> Option<Self> {
        let mut words = line.splitn(5, ' ');
        let id = words.next().filter(|id| is_plain(id))?.to_owned();
        let bytes = words.next()?.parse().ok()?;
        let content = match words.next()? {
            "empty" => Content::Empty,
            "used" => Content::Used,
            "toxmail" => Content::Toxmail,
            "card" => Content::Card,
            _ => return None,
        };
        let fit = match words.next()? {
            "ok" => Fit::Good,
            "small" => Fit::Small,
            "locked" => Fit::Locked,
            _ => return None,
        };
        let model = words.next().map(str::trim).filter(|text| !text.is_empty());
        Some(Self {
            id,
            bytes,
            content,
            fit,
            model: model.map(str::to_owned),
            written: None,
        })
    }
}

/// A name of the script's.
fn is_plain(id: &str) -> bool {
    let plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
    !id.is_empty() && id.len() <= 32 && id.bytes().all(plain)
}

/// What there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Where the letters are now.
    pub on: Place,
    /// What the home keeps takes so much, in bytes.
    pub used: u64,
    /// A smaller disk is not taken, in bytes.
    pub needs: u64,
    /// What could be taken instead.
    pub disks: Vec<Disk>,
}

impl Seen {
    fn read(note: &[u8]) -> Option<Self> {
        let on = match note::text(note, "on")? {
            "card" => Place::Card,
            "disk" => Place::Disk,
            _ => return None,
        };
        // A disk may call itself anything.
        let lines = || note.split(|b| *b == b'\n').map(String::from_utf8_lossy);
        let disks = lines().filter_map(|line| Disk::read(line.strip_prefix("disk=")?));
        let mut disks: Vec<_> = disks.take(MAX_DISKS).collect();
        for line in lines() {
            let words = line
                .strip_prefix("written=")
                .and_then(|w| w.split_once(' '));
            if let Some((id, at)) = words
                && let Some(disk) = disks.iter_mut().find(|disk| disk.id == id)
            {
                disk.written = at.trim().parse().ok().filter(|at| *at > 0);
            }
        }
        Some(Self {
            on,
            used: note::text(note, "used")?.parse().ok()?,
            needs: note::text(note, "needs")?.parse().ok()?,
            disks,
        })
    }

    /// The disks that may hold a home to go on with. How large they are is no matter: it is there already.
    pub fn homes(self) -> impl Iterator<Item = Disk> {
        let on_card = self.on == Place::Card;
        let may = move |disk: &Disk| {
            on_card && disk.content == Content::Toxmail && disk.fit != Fit::Locked
        };
        self.disks.into_iter().filter(may)
    }
}

/// How far a move is, or how it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The disk is made new.
    Preparing,
    /// It is carried, while the home goes on.
    Copying,
    /// The home is off, and the rest is carried.
    Finishing,
    /// The letters are there now.
    Moved,
    /// It could not be done; they are where they were.
    Failed,
    /// The power went away in the middle; they are where they were.
    Interrupted,
    /// The disk was pulled out before it began.
    Gone,
    /// There is too little room on it.
    Small,
    /// Nothing can be written to it.
    Locked,
    /// Another version was being installed.
    Busy,
    /// A home is looked for on a disk, to go on with.
    Adopting,
    /// This box goes on with it.
    Adopted,
    /// There is none on it.
    NoHome,
    /// The disk cannot be used, or not by this box.
    Unusable,
    /// It is older than what a card has: the letters were moved from the disk to that.
    Left,
    /// Somebody has moved in before that.
    Claimed,
}

impl Phase {
    /// All of them, by the words of the script.
    pub const ALL: &[(&str, Self)] = &[
        ("preparing", Self::Preparing),
        ("copying", Self::Copying),
        ("finishing", Self::Finishing),
        ("moved", Self::Moved),
        ("failed", Self::Failed),
        ("interrupted", Self::Interrupted),
        ("gone", Self::Gone),
        ("small", Self::Small),
        ("locked", Self::Locked),
        ("busy", Self::Busy),
        ("adopting", Self::Adopting),
        ("adopted", Self::Adopted),
        ("no-home", Self::NoHome),
        ("unusable", Self::Unusable),
        ("left", Self::Left),
        ("claimed", Self::Claimed),
    ];

    /// Whether it is not over yet.
    pub const fn is_under_way(self) -> bool {
        matches!(
            self,
            Self::Preparing | Self::Copying | Self::Finishing | Self::Adopting
        )
    }
}

/// What has become of the last move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// How far it is.
    pub phase: Phase,
    /// Where to: what the disk calls itself, or [`CARD`].
    pub to: Option<String>,
    /// So many bytes are there.
    pub done: u64,
    /// Of so many; 0 while that is not known.
    pub total: u64,
    /// When that was, in seconds since 1970.
    pub at: i64,
    /// What the box says about it, in English.
    pub why: Option<String>,
}

impl Report {
    fn read(note: &[u8]) -> Option<Self> {
        let value = |key| note::text(note, key);
        let word = value("phase")?;
        let (_, phase) = Phase::ALL.iter().find(|(name, _)| *name == word)?;
        let number = |key| value(key).and_then(|v| v.parse().ok()).unwrap_or(0);
        Some(Self {
            phase: *phase,
            to: value("to").map(str::to_owned),
            done: number("done"),
            total: number("total"),
            at: value("at")?.parse().ok()?,
            why: value("why").map(str::to_owned),
        })
    }
}

/// Why nothing is asked for.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The last one is not done with yet.
    #[error("the home is being moved already")]
    UnderWay,
    /// There is no disk of that name that will do.
    #[error("there is no such disk")]
    NoSuchDisk,
    /// The folder says no.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Where a disk is chosen.
#[derive(Clone, Debug)]
pub struct Desk {
    folder: PathBuf,
}

impl Desk {
    /// The folder that the box's script and the home share.
    pub fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        note::read(&self.folder.join(name), MAX_TEXT)
    }

    /// What there is; `None` before the script has looked.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn seen(&self) -> io::Result<Option<Seen>> {
        Ok(Seen::read(&self.read("list")?))
    }

    /// What has become of the last move; `None` where there was none.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn report(&self) -> io::Result<Option<Report>> {
        Ok(Report::read(&self.read("state")?))
    }

    /// Whether the script has not yet seen what was asked for last.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn is_waiting(&self) -> io::Result<bool> {
        self.folder.join("inbox/ask").try_exists()
    }

    /// Asks for a disk of the list.
    ///
    /// # Errors
    /// Another move is under way, there is no such disk, or the folder says no.
    pub fn ask(&self, id: &str) -> Result<(), Error> {
        let seen = self.idle()?;
        let known = |disk: &&Disk| disk.id == id && disk.fit == Fit::Good;
        let disk = seen.disks.iter().find(known).ok_or(Error::NoSuchDisk)?;
        durable::write(&self.folder.join("inbox/ask"), disk.id.as_bytes())?;
        Ok(())
    }

    /// Asks that this box, in which nobody lives, goes on with the home on a disk of the list ([`Seen::homes`]).
    ///
    /// # Errors
    /// Those of [`ask`](Self::ask).
    pub fn adopt(&self, id: &str) -> Result<(), Error> {
        let mut homes = self.idle()?.homes();
        let disk = homes.find(|disk| disk.id == id).ok_or(Error::NoSuchDisk)?;
        let word = format!("adopt {}", disk.id);
        durable::write(&self.folder.join("inbox/ask"), word.as_bytes())?;
        Ok(())
    }

    /// What there is, once nothing is under way.
    fn idle(&self) -> Result<Seen, Error> {
        if self.is_waiting()? || self.report()?.is_some_and(|r| r.phase.is_under_way()) {
            return Err(Error::UnderWay);
        }
        self.seen()?.ok_or(Error::NoSuchDisk)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::fs;

    use super::*;

    const LIST: &str = "used=5000\nneeds=4000000000\non=card\n\
        disk=sda-9 64000000000 used ok SanDisk Ultra \n\
        disk=sdb-10 1000 empty small \n\
        disk=vda-1 1000000000000 toxmail locked <b>=x\n\
        disk=../x 5 empty ok x\ndisk=sdc-1 many empty ok x\ndisk=sdd-1 5 dancing ok\n";

    fn desk() -> (tempfile::TempDir, Desk) {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("inbox")).unwrap();
        let desk = Desk::new(dir.path());
        (dir, desk)
    }

    #[test]
    fn what_the_box_lists_is_read_and_nothing_else() {
        let (dir, desk) = desk();
        assert_eq!(desk.seen().unwrap(), None);
        fs::write(dir.path().join("list"), LIST).unwrap();
        let seen = desk.seen().unwrap().unwrap();
        assert_eq!(
            (seen.on, seen.used, seen.needs),
            (Place::Card, 5000, 4_000_000_000)
        );
        let [stick, small, locked] = &seen.disks[..] else {
            panic!("{seen:?}");
        };
        assert_eq!(
            (stick.id.as_str(), stick.bytes, stick.content, stick.fit),
            ("sda-9", 64_000_000_000, Content::Used, Fit::Good)
        );
        assert_eq!(stick.model.as_deref(), Some("SanDisk Ultra"));
        assert_eq!((small.fit, small.model.as_deref()), (Fit::Small, None));
        assert_eq!(
            (locked.content, locked.fit, locked.model.as_deref()),
            (Content::Toxmail, Fit::Locked, Some("<b>=x"))
        );
        for nonsense in ["", "on=moon\nused=1\nneeds=1\n", "on=card\nused=1\n"] {
            fs::write(dir.path().join("list"), nonsense).unwrap();
            assert_eq!(desk.seen().unwrap(), None, "{nonsense}");
        }
        fs::write(dir.path().join("list"), [b'\xff'; 40_000]).unwrap();
        assert_eq!(desk.seen().unwrap(), None);
    }

    #[test]
    fn only_a_disk_that_is_there_and_will_do_is_asked_for_and_one_at_a_time() {
        let (dir, desk) = desk();
        let ask = dir.path().join("inbox/ask");
        assert!(matches!(desk.ask("sda-9"), Err(Error::NoSuchDisk)));
        fs::write(dir.path().join("list"), LIST).unwrap();
        for id in ["", "sda", "sdb-10", "vda-1", "card", "sda-9\nx"] {
            assert!(matches!(desk.ask(id), Err(Error::NoSuchDisk)), "{id}");
            assert!(!ask.exists());
        }
        for (word, phase) in Phase::ALL {
            let text =
                format!("phase={word}\nto=SanDisk Ultra\ndone=5\ntotal=10\nat=7\nwhy=a = b\n");
            fs::write(dir.path().join("state"), text).unwrap();
            let report = desk.report().unwrap().unwrap();
            assert_eq!(report.phase, *phase);
            assert_eq!(report.to.as_deref(), Some("SanDisk Ultra"));
            assert_eq!((report.done, report.total, report.at), (5, 10, 7));
            assert_eq!(report.why.as_deref(), Some("a = b"));
            match desk.ask("sda-9") {
                Err(Error::UnderWay) => assert!(phase.is_under_way() && !ask.exists()),
                done => {
                    done.unwrap();
                    assert!(!phase.is_under_way());
                    assert_eq!(fs::read_to_string(&ask).unwrap(), "sda-9");
                    assert!(desk.is_waiting().unwrap());
                    assert!(matches!(desk.ask("sda-9"), Err(Error::UnderWay)));
                    fs::remove_file(&ask).unwrap();
                }
            }
        }
    }

    #[test]
    fn a_home_is_gone_on_with_where_one_may_be_and_from_the_card_alone() {
        let (dir, desk) = desk();
        let (ask, list) = (dir.path().join("inbox/ask"), dir.path().join("list"));
        assert!(matches!(desk.adopt("sda-9"), Err(Error::NoSuchDisk)));
        let text = "used=5\nneeds=9000\non=card\n\
            disk=sda-9 5000 toxmail small Old one\nwritten=sda-9 1700000000\n\
            disk=sdb-9 5000 toxmail ok \nwritten=sdb-9 0\nwritten=sdz-9 5\nwritten=\n\
            disk=sdc-9 5000 toxmail locked x\nwritten=sdc-9 soon\n\
            disk=sdd-9 5000 used ok x\n";
        fs::write(&list, text).unwrap();
        let homes: Vec<_> = desk.seen().unwrap().unwrap().homes().collect();
        let found: Vec<_> = homes.iter().map(|d| (d.id.as_str(), d.written)).collect();
        assert_eq!(found, [("sda-9", Some(1_700_000_000)), ("sdb-9", None)]);
        for id in ["", "sdc-9", "sdd-9", "sdz-9", "card"] {
            assert!(matches!(desk.adopt(id), Err(Error::NoSuchDisk)), "{id}");
        }
        assert!(!ask.exists());
        desk.adopt("sda-9").unwrap();
        assert_eq!(fs::read_to_string(&ask).unwrap(), "adopt sda-9");
        assert!(matches!(desk.adopt("sda-9"), Err(Error::UnderWay)));
        fs::remove_file(&ask).unwrap();
        fs::write(dir.path().join("state"), "phase=adopting\nat=5\n").unwrap();
        assert!(matches!(desk.adopt("sda-9"), Err(Error::UnderWay)));
        // The way from a disk leads to the card.
        fs::write(&list, text.replace("on=card", "on=disk")).unwrap();
        assert_eq!(desk.seen().unwrap().unwrap().homes().count(), 0);
    }

    /// The words of the script are those that are read here.
    #[test]
    fn the_script_tells_phases_that_the_home_knows() {
        let script = include_str!("../../overlay/usr/lib/toxmail/disk");
        for (word, phase) in Phase::ALL {
            let told = ["tell", "over", "keep", "carry"]
                .iter()
                .any(|verb| script.contains(&format!("{verb} {word}")))
                || script.contains(&format!("begin={word}"));
            // What is wrong with a disk is told by the word of the list.
            let listed = script.contains(&format!("printf '{word} '"));
            assert!(told || listed, "{phase:?} is never told");
        }
    }
}
