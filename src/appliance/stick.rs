//! A USB stick for backups: which sticks are plugged in, as the box's own script tells (overlay/usr/lib/toxmail/stick), and one that it has mounted
//! for as long as the home needs it. A stick may be pulled out whenever the home does not write to it.
//!
//! The home is an unprivileged user and mounts nothing: it reads a list and a report, and leaves one line. What it may write to is one
//! folder, where the script mounts whichever stick it was asked for. A stick is known by the UUID of its file system.
//!
//! | in the folder | whose | what |
//! | --- | --- | --- |
//! | `list` | root's | a line `stick` for each file system: name, bytes, kind, UUID, whether it can be written to, what the stick calls itself |
//! | `inbox/ask` | the home's | `open UUID PROCESS WORD`, `read UUID PROCESS WORD` (to read only), `close WORD`; WORD is another one each time |
//! | `state` | root's | what became of it: a line each of `phase`, `asked` (that word), `at`, `why` |
//! | `mnt` | | the stick; `mnt/Toxmail` is where the backups lie |

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

use super::backup::rotation::Progress;
use super::note;
use crate::durable;

/// Longest list or report that is read, in bytes.
const MAX_TEXT: u64 = 16 * 1024;
/// Nobody has more sockets.
const MAX_STICKS: usize = 32;
/// How long the script may take. A stick that was not put away may have to be looked through first.
const PATIENCE: Duration = Duration::from_secs(90);
/// How often it is looked whether it has answered.
const LOOK: Duration = Duration::from_millis(200);
/// The folder on the stick.
pub const FOLDER: &str = "Toxmail";

/// What can be done with a stick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// Backups can be written there.
    Good,
    /// It is write-protected.
    Locked,
    /// It has no file system that the box can write.
    Unknown,
}

/// A stick that is plugged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stick {
    /// The UUID of its file system; what the script wrote for none where there is none.
    pub uuid: String,
    /// How large it is, in bytes.
    pub bytes: u64,
    /// Whether it will do.
    pub fit: Fit,
    /// What it calls itself: whatever its maker wrote there.
    pub model: Option<String>,
}

impl Stick {
    /// Reads what the script writes behind `stick=`.
    fn read(line: &str) -> Option<Self> {
        let mut words = line.splitn(6, ' ');
        words.next()?;
        let bytes = words.next()?.parse().ok()?;
        let kind = words.next()?;
        let uuid = words.next()?.to_owned();
        let lock = words.next()?;
        let fit = match (kind, lock) {
            ("other", _) => Fit::Unknown,
            ("vfat" | "exfat" | "ext4", "ok") if is_uuid(&uuid) => Fit::Good,
            ("vfat" | "exfat" | "ext4", "locked") if is_uuid(&uuid) => Fit::Locked,
            _ => return None,
        };
        let model = words.next().map(str::trim).filter(|text| !text.is_empty());
        Some(Self {
            uuid,
            bytes,
            fit,
            model: model.map(str::to_owned),
        })
    }
}

fn is_uuid(text: &str) -> bool {
    let digit = |c: u8| c.is_ascii_digit() || (b'a'..=b'f').contains(&c);
    matches!(text.len(), 8 | 32) && text.bytes().all(digit)
}

/// Why a stick is not there to be written to or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is not plugged in.
    #[error("the stick is not plugged in")]
    Gone,
    /// There are two with the same content.
    #[error("there are two sticks with the same content")]
    Twins,
    /// Nothing can be written to it.
    #[error("nothing can be written to the stick")]
    Locked,
    /// There is not even room for a folder.
    #[error("the stick is full")]
    Full,
    /// The box cannot mount it.
    #[error("the stick cannot be used: {0}")]
    Unusable(String),
    /// Another backup or a look at one is under way.
    #[error("a stick is in use already")]
    Busy,
    /// The script does not answer.
    #[error("the box does not answer")]
    Silent,
    /// The folder says no.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// What a stick is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To be written to.
    Write,
    /// To be read only.
    Read,
}

/// The stick that somebody has chosen for backups, as it stands in the settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    /// The UUID of its file system.
    pub uuid: String,
    /// What it calls itself.
    pub model: Option<String>,
    /// How large it is, in bytes.
    pub bytes: u64,
    /// With the letters in the mailboxes, too.
    pub letters: bool,
    /// Every night.
    pub nightly: bool,
    /// Since when that is so, in seconds since 1970.
    pub since: i64,
}

/// The row of the stick that was chosen.
pub const CHOSEN: &str = "stick.chosen";
/// The row of what became of the backups there.
pub const RECORD: &str = "stick.record";

impl Chosen {
    /// As [`read`](Self::read) reads it.
    pub fn written(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// `None` for what was written otherwise.
    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

/// Why the last backup to the stick did not come to be. The words are part of answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// The stick is not plugged in.
    Away,
    /// There are two with the same content.
    Twins,
    /// There is no room on it.
    Full,
    /// Its file system takes no file that long.
    TooLong,
    /// Nothing can be written to it.
    Locked,
    /// It cannot be used, gives an error, or gives back something else than was written.
    Broken,
    /// It lies there, but something of the home could not be read, and is not in it.
    Incomplete,
    /// The home could not make the backup.
    Home,
    /// The home was off, or knew no time, at night.
    Missed,
}

impl Why {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Away,
        Self::Twins,
        Self::Full,
        Self::TooLong,
        Self::Locked,
        Self::Broken,
        Self::Incomplete,
        Self::Home,
        Self::Missed,
    ];

    /// The word in answers.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Away => "away",
            Self::Twins => "twins",
            Self::Full => "full",
            Self::TooLong => "too-long",
            Self::Locked => "locked",
            Self::Broken => "broken",
            Self::Incomplete => "incomplete",
            Self::Home => "home",
            Self::Missed => "missed",
        }
    }
}

/// A backup that lies on the stick.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Last {
    /// When it was begun, in seconds since 1970.
    pub at: i64,
    /// Its name there.
    pub name: String,
    /// Its bytes.
    pub bytes: u64,
    /// How many of this home lie there.
    pub kept: u64,
    /// Bytes that are free there now.
    pub free: u64,
}

/// A backup that did not come to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// When, in seconds since 1970.
    pub at: i64,
    /// Why.
    pub why: Why,
    /// What the machine says about it, in English.
    pub said: String,
}

/// What became of the backups there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The last one that lies there.
    pub last: Option<Last>,
    /// The name of the last one in which nothing was missing.
    #[serde(default)]
    pub good: Option<String>,
    /// The last one, where it was not.
    pub failed: Option<Failed>,
    /// When one was last tried, in seconds since 1970.
    pub tried: Option<i64>,
}

impl Record {
    /// As [`read`](Self::read) reads it.
    pub fn written(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// `None` for what was written otherwise.
    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

/// Where a stick is chosen and used.
#[derive(Clone, Debug)]
pub struct Desk {
    folder: PathBuf,
    /// One stick at a time.
    one: Arc<Semaphore>,
    /// Somebody wants a backup now.
    asked: Arc<Notify>,
    /// The backup that is being made.
    progress: Arc<Mutex<Option<Arc<Progress>>>>,
}

impl Desk {
    /// The folder that the box's script and the home share.
    pub fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            one: Arc::new(Semaphore::new(1)),
            asked: Arc::default(),
            progress: Arc::default(),
        }
    }

    /// What is plugged in.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn sticks(&self) -> io::Result<Vec<Stick>> {
        let note = note::read(&self.folder.join("list"), MAX_TEXT)?;
        // A stick may call itself anything.
        let lines = note.split(|b| *b == b'\n').map(String::from_utf8_lossy);
        let sticks = lines.filter_map(|line| Stick::read(line.strip_prefix("stick=")?));
        Ok(sticks.take(MAX_STICKS).collect())
    }

    /// Has the home make a backup soon.
    pub fn ask(&self) {
        // Whoever looks at the page at once sees that it begins.
        self.begin();
        self.asked.notify_one();
    }

    /// Waits until somebody does.
    pub async fn asked(&self) {
        self.asked.notified().await;
    }

    /// How far a backup is that is being made, or about to be.
    pub fn progress(&self) -> Option<Arc<Progress>> {
        self.lock().clone()
    }

    /// One is about to be made.
    pub fn begin(&self) -> Arc<Progress> {
        Arc::clone(self.lock().get_or_insert_default())
    }

    /// It is made, or not.
    pub fn end(&self) {
        *self.lock() = None;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Arc<Progress>>> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has the stick with that UUID mounted, until what it gives back is dropped. Blocks.
    ///
    /// # Errors
    /// Why that cannot be.
    pub fn open(&self, uuid: &str, purpose: Purpose) -> Result<Opened, Error> {
        let turn = Arc::clone(&self.one).try_acquire_owned();
        let turn = turn.map_err(|_| Error::Busy)?;
        if !is_uuid(uuid) {
            return Err(Error::Gone);
        }
        let verb = match purpose {
            Purpose::Write => "open",
            Purpose::Read => "read",
        };
        let process = std::process::id();
        let word = self.say(|word| format!("{verb} {uuid} {process} {word}"))?;
        // From here on it is put away, however this ends.
        let opened = Opened {
            desk: self.clone(),
            _turn: turn,
        };
        let (phase, why) = self.answer(&word)?;
        match phase.as_str() {
            "open" => Ok(opened),
            "gone" => Err(Error::Gone),
            "twins" => Err(Error::Twins),
            "locked" => Err(Error::Locked),
            "full" => Err(Error::Full),
            _ => Err(Error::Unusable(why)),
        }
    }

    /// Asks; the word by which the answer is known.
    fn say(&self, line: impl Fn(&str) -> String) -> io::Result<String> {
        let word = format!("{:016x}", getrandom::u64().map_err(io::Error::other)?);
        durable::write(&self.folder.join("inbox/ask"), line(&word).as_bytes())?;
        Ok(word)
    }

    fn answer(&self, word: &str) -> Result<(String, String), Error> {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            let note = note::read(&self.folder.join("state"), MAX_TEXT)?;
            let text = |key| note::text(&note, key).unwrap_or_default().to_owned();
            if text("asked") == word {
                return Ok((text("phase"), text("why")));
            }
            std::thread::sleep(LOOK);
        }
        Err(Error::Silent)
    }
}

/// A stick that is mounted. Dropped, it is put away: that takes a moment.
#[derive(Debug)]
pub struct Opened {
    desk: Desk,
    _turn: OwnedSemaphorePermit,
}

impl Opened {
    /// Where the backups lie.
    pub fn folder(&self) -> PathBuf {
        self.root().join(FOLDER)
    }

    /// The whole stick: somebody may have copied one there.
    pub fn root(&self) -> PathBuf {
        self.desk.folder.join("mnt")
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        // If that cannot be asked for, the script puts it away when this process ends.
        if let Ok(word) = self.desk.say(|word| format!("close {word}")) {
            let _ = self.desk.answer(&word);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::fs;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    const LIST: &str = "stick=sda1-9 64000000000 vfat 1a2b3c4d ok SanDisk Ultra \n\
        stick=sdb-10 8000000000 other - ok \n\
        stick=sdc1-2 1000 ext4 00112233445566778899aabbccddeeff locked <b>=x\n\
        stick=sdd1-2 1000 ext4 ../x ok x\nstick=sde1-2 many vfat 1a2b3c4d ok x\nstick=sdf1-2 5 ntfs 1a2b3c4d ok x\n";

    fn desk() -> (tempfile::TempDir, Desk) {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("inbox")).unwrap();
        let desk = Desk::new(dir.path());
        (dir, desk)
    }

    #[test]
    fn what_the_box_lists_is_read_and_nothing_else() {
        let (dir, desk) = desk();
        assert_eq!(desk.sticks().unwrap(), []);
        fs::write(dir.path().join("list"), LIST).unwrap();
        let sticks = desk.sticks().unwrap();
        let [ultra, other, locked] = &sticks[..] else {
            panic!("{sticks:?}");
        };
        assert_eq!(
            (ultra.uuid.as_str(), ultra.bytes, ultra.fit),
            ("1a2b3c4d", 64_000_000_000, Fit::Good)
        );
        assert_eq!(ultra.model.as_deref(), Some("SanDisk Ultra"));
        assert_eq!((other.fit, other.model.as_deref()), (Fit::Unknown, None));
        assert_eq!(
            (locked.fit, locked.model.as_deref()),
            (Fit::Locked, Some("<b>=x"))
        );
    }

    /// Answers as the box's script does, with these phases one behind the other.
    fn script(folder: &Path, phases: &[&'static str], done: &AtomicBool) -> Vec<String> {
        let (mut lines, mut phases) = (Vec::new(), phases.iter());
        while !done.load(Ordering::Relaxed) {
            let ask = folder.join("inbox/ask");
            if let Ok(line) = fs::read_to_string(&ask) {
                fs::remove_file(&ask).unwrap();
                let word = line.rsplit(' ').next().unwrap();
                let phase = match line.starts_with("close") {
                    true => "closed",
                    false => phases.next().unwrap(),
                };
                let text = format!("phase={phase}\nasked={word}\nat=5\nwhy=because\n");
                fs::write(folder.join("state.new"), text).unwrap();
                fs::rename(folder.join("state.new"), folder.join("state")).unwrap();
                lines.push(line);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        lines
    }

    #[test]
    fn a_stick_is_open_as_long_as_it_is_held_and_is_put_away_whatever_the_answer_was() {
        let (dir, desk) = desk();
        // Of another time.
        fs::write(dir.path().join("state"), "phase=open\nasked=\nat=5\n").unwrap();
        let done = AtomicBool::new(false);
        let phases = [
            "open", "gone", "twins", "locked", "full", "unusable", "open",
        ];
        let lines = std::thread::scope(|s| {
            let script = s.spawn(|| script(dir.path(), &phases, &done));
            let opened = desk.open("1a2b3c4d", Purpose::Write).unwrap();
            assert_eq!(opened.folder(), dir.path().join("mnt/Toxmail"));
            assert!(matches!(
                desk.open("1a2b3c4d", Purpose::Write),
                Err(Error::Busy)
            ));
            drop(opened);
            let said = |no: Result<Opened, Error>| no.unwrap_err().to_string();
            for words in [
                "not plugged in",
                "two sticks",
                "nothing",
                "is full",
                "used: because",
            ] {
                let no = said(desk.open("1a2b3c4d", Purpose::Write));
                assert!(no.contains(words), "{no}");
            }
            drop(desk.open("1a2b3c4d", Purpose::Read).unwrap());
            // Nothing but a UUID is ever asked for.
            for no in ["", "-", "1A2B3C4D", "1a2b3c4d ", "../../dev"] {
                assert!(matches!(desk.open(no, Purpose::Read), Err(Error::Gone)));
            }
            done.store(true, Ordering::Relaxed);
            script.join().unwrap()
        });
        let process = std::process::id();
        let opens = lines.iter().filter(|line| !line.starts_with("close "));
        let opens: Vec<_> = opens.map(|l| l.rsplit_once(' ').unwrap().0).collect();
        let open = format!("open 1a2b3c4d {process}");
        let mut expected = vec![open.as_str(); 6];
        let read = format!("read 1a2b3c4d {process}");
        expected.push(&read);
        assert_eq!(opens, expected);
        assert_eq!(lines.len(), 14, "{lines:?}");
    }

    #[test]
    fn words_of_reasons_are_those_of_the_rows() {
        for why in Why::ALL {
            let row = serde_json::to_string(&why).unwrap();
            assert_eq!(row, format!("\"{}\"", why.word()));
        }
    }

    /// The words of the script are those that are read here.
    #[test]
    fn the_script_tells_phases_that_the_home_knows() {
        let script = include_str!("../../overlay/usr/lib/toxmail/stick");
        for phase in [
            "open", "gone", "twins", "locked", "full", "unusable", "closed",
        ] {
            assert!(script.contains(&format!("tell {phase} ")), "{phase}");
        }
        for line in ["open4", "read4", "close2"] {
            assert!(script.contains(line), "{line}");
        }
        assert!(script.contains(&format!("/{FOLDER}\n")));
    }
}
