//! Another system for the box: the home takes the file and leaves it where the box's own script looks (overlay/usr/lib/toxmail/update),
//! and tells what has become of it.
//!
//! The home is an unprivileged user and judges nothing: whether the file is one of this box's key, what it is for and where it goes is the
//! script's and RAUC's to say. What the home can do is fill an inbox and read a report.
//!
//! | in the folder | whose | what |
//! | --- | --- | --- |
//! | `inbox/bundle`, then `inbox/ask` | the home's | the file, and once it is whole: which version is welcome ([`Welcome`]) |
//! | `state` | root's | how far it is: a line each of `phase`, `version`, `from`, `slot` (the script's own), `at`, `why` |
//! | `board` | root's | which kind of box this is, as `releases` asks for it |

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use super::note;
use crate::durable::{self, Draft};

/// Largest file that is taken, in bytes: kernel and root file system have 48 and 128 MiB on the card (board/genimage.cfg).
pub const MAX_BUNDLE: u64 = 192 << 20;
/// So much room stays free for letters while a file is taken, in bytes.
const ROOM: u64 = 64 << 20;
/// The words of a form around a file are fewer bytes than this.
const FORM: u64 = 4096;
/// How often the room is looked at, in bytes that came.
const LOOK: u64 = 1 << 20;
/// Longest state that is read, in bytes.
const MAX_STATE: u64 = 4096;
/// Longest name of a kind of box that is read, in bytes.
const MAX_BOARD: u64 = 32;

/// How far an update is, or how it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Its signature is looked at.
    Checking,
    /// It is written beside the system that runs.
    Installing,
    /// The new system starts, and has to show that it works.
    Trying,
    /// It runs, and stays.
    Installed,
    /// No signature of a key that this box takes, or no update at all.
    Refused,
    /// It is made for another kind of box.
    OtherBoard,
    /// It is older than what runs, or no later where that was asked for.
    Older,
    /// It could not be written.
    Failed,
    /// The power went away in the middle; the system that runs was not touched.
    Interrupted,
    /// The new system did not work, and the one before it runs again.
    FellBack,
    /// It had worked, then did not come up three times in a row, and the other one runs. A plug that is pulled too early does that, too.
    NotStarted,
}

impl Phase {
    /// All of them, by the words of the script.
    pub const ALL: &[(&str, Self)] = &[
        ("checking", Self::Checking),
        ("installing", Self::Installing),
        ("trying", Self::Trying),
        ("installed", Self::Installed),
        ("refused", Self::Refused),
        ("other-board", Self::OtherBoard),
        ("older", Self::Older),
        ("failed", Self::Failed),
        ("interrupted", Self::Interrupted),
        ("fell-back", Self::FellBack),
        ("not-started", Self::NotStarted),
    ];

    /// Whether it is not over yet.
    pub const fn is_under_way(self) -> bool {
        matches!(self, Self::Checking | Self::Installing | Self::Trying)
    }
}

/// What has become of the last update.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// How far it is.
    pub phase: Phase,
    /// Its version; `None` while that is not known.
    pub version: Option<String>,
    /// The version that ran before.
    pub from: Option<String>,
    /// When that was, in seconds since 1970.
    pub at: i64,
    /// What the box says about it, in English.
    pub why: Option<String>,
}

impl Report {
    /// Reads the script's lines; `None` for what it cannot have written.
    fn read(note: &[u8]) -> Option<Self> {
        let value = |key| note::text(note, key).map(str::to_owned);
        let word = value("phase")?;
        let (_, phase) = Phase::ALL.iter().find(|(name, _)| *name == word)?;
        Some(Self {
            phase: *phase,
            version: value("version"),
            from: value("from"),
            at: value("at")?.parse().ok()?,
            why: value("why"),
        })
    }
}

/// Why a file is not taken.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another one is not done with yet.
    #[error("an update is under way")]
    UnderWay,
    /// No update is that long.
    #[error("an update has at most {MAX_BUNDLE} bytes")]
    TooLarge,
    /// Letters need what room there is.
    #[error("there is no room for an update on the disk")]
    NoRoom,
    /// The disk says no.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// How a look for a later version ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// What runs is what is there.
    Current,
    /// This version was brought to the box.
    Brought(String),
    /// This version was brought before, and does not run.
    TriedBefore(String),
    /// Nothing came of it, and why, in English.
    Failed(String),
}

/// A look for a later version. Times are seconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// When that was.
    pub at: i64,
    /// When one last found the server; `None`: never.
    pub worked: Option<i64>,
    /// How it ended.
    pub outcome: Outcome,
}

impl Look {
    /// As [`read`](Self::read) reads it.
    pub fn written(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// `None` for what was written otherwise.
    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

/// Where updates are handed over.
#[derive(Clone, Debug)]
pub struct Desk {
    folder: PathBuf,
    /// Somebody is bringing a file.
    taken: Arc<AtomicBool>,
    /// The last look for a later version.
    look: Arc<Mutex<Option<Look>>>,
    /// Somebody wants one now.
    asked: Arc<Notify>,
}

impl Desk {
    /// The folder that the box's script and the home share.
    pub fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            taken: Arc::default(),
            look: Arc::default(),
            asked: Arc::default(),
        }
    }

    /// The last look for a later version; `None`: there was none yet.
    pub fn last_look(&self) -> Option<Look> {
        self.look
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Puts down how one ended.
    pub fn looked(&self, look: Option<Look>) {
        *self.look.lock().unwrap_or_else(PoisonError::into_inner) = look;
    }

    /// Has the home look for a later version soon.
    pub fn ask(&self) {
        self.asked.notify_one();
    }

    /// Waits until somebody does.
    pub async fn asked(&self) {
        self.asked.notified().await;
    }

    /// Which kind of box this is.
    ///
    /// # Errors
    /// The box's script has not said so.
    pub fn board(&self) -> io::Result<String> {
        let mut text = String::new();
        fs::File::open(self.folder.join("board"))?
            .take(MAX_BOARD)
            .read_to_string(&mut text)?;
        let board = text.trim();
        let plain = |c: u8| c.is_ascii_alphanumeric() || c == b'_';
        if board.is_empty() || !board.bytes().all(plain) {
            return Err(io::Error::other("the box does not say which kind it is"));
        }
        Ok(board.to_owned())
    }

    fn inbox(&self) -> PathBuf {
        self.folder.join("inbox")
    }

    /// What has become of the last update; `None` where there was none.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn report(&self) -> io::Result<Option<Report>> {
        let note = note::read(&self.folder.join("state"), MAX_STATE)?;
        Ok(Report::read(&note))
    }

    /// Whether a whole file waits for the box: what is reported then is about the one before it.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn is_waiting(&self) -> io::Result<bool> {
        self.inbox().join("ask").try_exists()
    }

    /// Whether one waits or is worked on.
    fn is_busy(&self) -> io::Result<bool> {
        Ok(self.is_waiting()? || self.report()?.is_some_and(|r| r.phase.is_under_way()))
    }

    /// Begins to take a file of so many bytes, or a little less, where that is known. What an earlier home has left half done is thrown
    /// away.
    ///
    /// # Errors
    /// Another one is under way or being brought, there is no room for this one, or the disk says no.
    pub fn receive(&self, announced: Option<u64>) -> Result<Incoming, Error> {
        // Where that is longer only by the words of a form around it, the bytes are counted as they come.
        let announced = announced.unwrap_or(0);
        if announced > MAX_BUNDLE + FORM {
            return Err(Error::TooLarge);
        }
        let turn = Turn::take(&self.taken).ok_or(Error::UnderWay)?;
        if self.is_busy()? {
            return Err(Error::UnderWay);
        }
        let part = self.inbox().join("bundle.part");
        match fs::remove_file(&part) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e.into()),
            _ => {}
        }
        if !fits(announced, durable::room(&self.inbox())?) {
            return Err(Error::NoRoom);
        }
        Ok(Incoming {
            inbox: self.inbox(),
            draft: Draft::create(part)?,
            looked: 0,
            most: MAX_BUNDLE,
            _turn: turn,
        })
    }
}

/// Whether so many bytes leave enough for letters, where there is that much room.
const fn fits(bytes: u64, room: u64) -> bool {
    room >= ROOM + bytes
}

/// One file at a time: two would be written into each other.
#[derive(Debug)]
struct Turn(Arc<AtomicBool>);

impl Turn {
    fn take(taken: &Arc<AtomicBool>) -> Option<Self> {
        (!taken.swap(true, Ordering::AcqRel)).then(|| Self(Arc::clone(taken)))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

/// Which versions are taken, beside the one that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Welcome {
    /// Later ones: what a server offers.
    Later,
    /// The same, too: what a person brings.
    NotOlder,
    /// Any: what they say that they want.
    Any,
}

/// A file on its way in. Dropped before it is handed over, nothing of it stays.
#[derive(Debug)]
pub struct Incoming {
    inbox: PathBuf,
    draft: Draft,
    /// How much had come when the room was looked at.
    looked: u64,
    /// So many bytes are taken.
    most: u64,
    /// Given back when the file is handed over or gone.
    _turn: Turn,
}

impl Incoming {
    fn look(&mut self) -> Result<(), Error> {
        if self.draft.len() - self.looked >= LOOK {
            self.looked = self.draft.len();
            if !fits(0, durable::room(&self.inbox)?) {
                return Err(Error::NoRoom);
            }
        }
        Ok(())
    }

    /// The next piece.
    ///
    /// # Errors
    /// It becomes too long, there is no room for it, or the disk says no.
    pub fn write(&mut self, piece: &[u8]) -> Result<(), Error> {
        if self.draft.len() + piece.len() as u64 > self.most {
            return Err(Error::TooLarge);
        }
        self.draft
            .write_all(piece)
            .map_err(|e| match durable::is_full(&e) {
                true => Error::NoRoom,
                false => Error::Io(e),
            })?;
        self.look()
    }

    /// The file is whole: from here on it is the box's.
    ///
    /// # Errors
    /// The disk says no; then nothing is asked for.
    pub fn hand_over(self, welcome: Welcome) -> io::Result<()> {
        self.draft.commit(&self.inbox.join("bundle"))?;
        let word = match welcome {
            Welcome::Later => "later\n",
            Welcome::NotOlder => "install\n",
            Welcome::Any => "older\n",
        };
        durable::write(&self.inbox.join("ask"), word.as_bytes())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn desk() -> (tempfile::TempDir, Desk) {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("inbox")).unwrap();
        let desk = Desk::new(dir.path());
        (dir, desk)
    }

    #[test]
    fn a_file_is_asked_for_once_it_is_whole_and_not_before() {
        let (dir, desk) = desk();
        let inbox = dir.path().join("inbox");
        let files = || {
            let names = fs::read_dir(&inbox).unwrap();
            let mut names: Vec<_> = names.map(|e| e.unwrap().file_name()).collect();
            names.sort();
            names
        };
        // One that breaks off leaves nothing, and keeps nobody off.
        let mut half = desk.receive(None).unwrap();
        half.write(b"half").unwrap();
        drop(half);
        assert!(files().is_empty(), "{:?}", files());
        // A home that was killed in the middle.
        fs::write(inbox.join("bundle.part"), "old").unwrap();
        for (welcome, word) in [
            (Welcome::Later, "later\n"),
            (Welcome::NotOlder, "install\n"),
            (Welcome::Any, "older\n"),
        ] {
            let mut whole = desk.receive(Some(10)).unwrap();
            whole.write(b"whole ").unwrap();
            whole.write(b"file").unwrap();
            assert!(!inbox.join("ask").exists() && !inbox.join("bundle").exists());
            whole.hand_over(welcome).unwrap();
            assert_eq!(files(), ["ask", "bundle"]);
            assert_eq!(fs::read(inbox.join("bundle")).unwrap(), b"whole file");
            assert_eq!(fs::read_to_string(inbox.join("ask")).unwrap(), word);
            assert!(matches!(desk.receive(None), Err(Error::UnderWay)));
            fs::remove_file(inbox.join("ask")).unwrap();
            fs::remove_file(inbox.join("bundle")).unwrap();
        }
    }

    #[test]
    fn two_who_bring_one_at_the_same_time_are_not_written_into_each_other() {
        let (dir, desk) = desk();
        let mut first = desk.receive(None).unwrap();
        first.write(b"first ").unwrap();
        // The same desk, as each visitor of the page has it.
        let other = desk.clone();
        assert!(matches!(other.receive(None), Err(Error::UnderWay)));
        first.write(b"one").unwrap();
        first.hand_over(Welcome::NotOlder).unwrap();
        let inbox = dir.path().join("inbox");
        assert_eq!(fs::read(inbox.join("bundle")).unwrap(), b"first one");
        for name in ["ask", "bundle"] {
            fs::remove_file(inbox.join(name)).unwrap();
        }
        // Who goes away in the middle keeps nobody off.
        drop(other.receive(None).unwrap());
        drop(desk.receive(None).unwrap());
    }

    #[test]
    fn what_is_too_long_or_has_no_room_is_refused_before_it_comes_and_while_it_comes() {
        let (dir, desk) = desk();
        let empty = || fs::read_dir(dir.path().join("inbox")).unwrap().count() == 0;
        let too_large = Some(MAX_BUNDLE + FORM + 1);
        assert!(matches!(desk.receive(too_large), Err(Error::TooLarge)));
        assert!(fits(0, ROOM) && !fits(0, ROOM - 1));
        assert!(fits(MAX_BUNDLE, ROOM + MAX_BUNDLE) && !fits(MAX_BUNDLE, ROOM + MAX_BUNDLE - 1));
        let room = durable::room(dir.path()).unwrap();
        assert_eq!(
            desk.receive(Some(MAX_BUNDLE)).is_ok(),
            fits(MAX_BUNDLE, room)
        );
        let mut longer = desk.receive(None).unwrap();
        assert_eq!(longer.most, MAX_BUNDLE);
        longer.most = 100_000;
        longer.write(&[7; 60_000]).unwrap();
        longer.write(&[7; 40_000]).unwrap();
        assert!(matches!(longer.write(&[7]), Err(Error::TooLarge)));
        drop(longer);
        assert!(empty());
    }

    #[test]
    fn what_the_box_says_is_read_and_nothing_else() {
        let (dir, desk) = desk();
        assert_eq!(desk.report().unwrap(), None);
        let state = dir.path().join("state");
        for (word, phase) in Phase::ALL {
            let text = format!(
                "phase={word}\nversion=0.2.0\nfrom=0.1.0\nslot=B\nat=1764145000\nwhy=a = b\n"
            );
            fs::write(&state, text).unwrap();
            let report = desk.report().unwrap().unwrap();
            assert_eq!(report.phase, *phase);
            assert_eq!(report.version.as_deref(), Some("0.2.0"));
            assert_eq!(report.from.as_deref(), Some("0.1.0"));
            assert_eq!(
                (report.at, report.why.as_deref()),
                (1_764_145_000, Some("a = b"))
            );
            assert_eq!(desk.is_busy().unwrap(), phase.is_under_way());
            assert_eq!(desk.receive(None).is_err(), phase.is_under_way());
        }
        fs::write(&state, "phase=refused\nversion=\nfrom=\nat=5\nwhy=\n").unwrap();
        let report = desk.report().unwrap().unwrap();
        assert_eq!(
            (report.version, report.from, report.why),
            (None, None, None)
        );
        for nonsense in [
            "",
            "phase=dancing\nat=5\n",
            "phase=refused\n",
            "phase=refused\nat=soon\n",
        ] {
            fs::write(&state, nonsense).unwrap();
            assert_eq!(desk.report().unwrap(), None, "{nonsense}");
        }
    }

    #[test]
    fn the_kind_of_box_is_a_plain_word() {
        let (dir, desk) = desk();
        assert!(desk.board().is_err());
        for (written, board) in [
            ("rpi_64\n", Some("rpi_64")),
            ("", None),
            ("../x", None),
            ("a b", None),
        ] {
            fs::write(dir.path().join("board"), written).unwrap();
            assert_eq!(desk.board().ok().as_deref(), board, "{written}");
        }
    }

    #[test]
    fn a_look_is_remembered_as_it_was() {
        for outcome in [
            Outcome::Current,
            Outcome::Brought("0.2.0".into()),
            Outcome::TriedBefore("0.2.0".into()),
            Outcome::Failed("no route".into()),
        ] {
            let look = Look {
                at: 7,
                worked: Some(5),
                outcome,
            };
            assert_eq!(Look::read(&look.written()), Some(look));
        }
        assert_eq!(Look::read("{}"), None);
    }

    /// The words of the script are those that are read here.
    #[test]
    fn the_script_tells_phases_that_the_home_knows() {
        let script = include_str!("../../overlay/usr/lib/toxmail/update");
        let told: HashSet<&str> = ["tell ", "over "]
            .iter()
            .flat_map(|verb| script.split(verb).skip(1))
            .filter_map(|rest| {
                rest.split(|c: char| !c.is_ascii_lowercase() && c != '-')
                    .next()
            })
            .collect();
        for (word, phase) in Phase::ALL {
            assert!(told.contains(word), "{phase:?} is never told");
        }
    }
}
