//! The files of the queue: one per message, and one per encoded form. A small message that is filed at once has none: its bytes go into
//! the rows.
//!
//! A message is written under its final, random name from the first byte, so there is no rename: until its row is committed
//! nobody was promised anything, and what a crash leaves behind is swept at the next start. The name itself becomes durable
//! through a folder fsync that submissions share ([`Folder`]), after the bytes.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::Error;
use crate::durable::{self, Draft, Folder, Ticket, fault};

/// Writes are gathered up to this many bytes, and a message that has no more is a small one.
const GATHER: usize = 16 * 1024;
/// How often a growing message looks at the room on the disk.
const LOOK_EVERY: u64 = 4 << 20;
const MESSAGE: &str = ".eml";
const ENCODED: &str = ".encoded";

#[derive(Debug)]
pub(super) struct Spool {
    folder: Arc<Folder>,
    reserve: u64,
}

/// A message that is being received; nothing of it is on the disk for good. Dropped, it leaves nothing.
#[derive(Debug)]
pub struct QueueDraft {
    name: String,
    /// What the file does not have yet.
    gathered: Vec<u8>,
    /// Made when there is more than may be gathered.
    file: Option<(Draft, Ticket)>,
    digest: Sha256,
    length: u64,
    next_look: u64,
    folder: Arc<Folder>,
    reserve: u64,
}

/// A message whose bytes and name are on the disk, or that is small.
pub(super) struct Written {
    pub place: Place,
    pub name: String,
    pub size: u64,
    pub digest: [u8; 32],
}

/// Where a message's bytes are.
pub(super) enum Place {
    File(Draft),
    /// Here, to be put into the rows.
    Rows(Vec<u8>),
}

/// The bytes of a message that waits, from wherever they lie.
#[derive(Debug)]
pub enum Content {
    /// In its file.
    File(File),
    /// In the rows.
    Rows(Cursor<Vec<u8>>),
}

impl Content {
    /// How many they are.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn size(&self) -> io::Result<u64> {
        Ok(match self {
            Content::File(file) => file.metadata()?.len(),
            Content::Rows(bytes) => bytes.get_ref().len() as u64,
        })
    }

    /// Another handle to them, which may share its place with this one.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn try_clone(&self) -> io::Result<Self> {
        Ok(match self {
            Content::File(file) => Content::File(file.try_clone()?),
            Content::Rows(bytes) => Content::Rows(bytes.clone()),
        })
    }
}

impl Read for Content {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Content::File(file) => file.read(buffer),
            Content::Rows(bytes) => bytes.read(buffer),
        }
    }
}

impl Seek for Content {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Content::File(file) => file.seek(to),
            Content::Rows(bytes) => bytes.seek(to),
        }
    }
}

impl Spool {
    pub(super) fn open(dir: &Path, reserve: u64) -> Result<Self, Error> {
        durable::make_folder(dir)?;
        Ok(Self {
            folder: Arc::new(Folder::new(dir)),
            reserve,
        })
    }

    pub(super) fn draft(&self, declared: Option<u64>) -> Result<QueueDraft, Error> {
        self.room_for(declared.unwrap_or(0))?;
        Ok(QueueDraft {
            name: name(MESSAGE)?,
            gathered: Vec::new(),
            file: None,
            digest: Sha256::new(),
            length: 0,
            next_look: LOOK_EVERY,
            folder: Arc::clone(&self.folder),
            reserve: self.reserve,
        })
    }

    pub(super) fn encoded_draft(&self, expected: u64) -> Result<Draft, Error> {
        self.room_for(expected)?;
        Ok(Draft::create(self.folder.path().join(name(ENCODED)?))?)
    }

    fn room_for(&self, bytes: u64) -> Result<(), Error> {
        let room = durable::room(self.folder.path())?;
        if room < self.reserve.saturating_add(bytes) {
            return Err(Error::Full);
        }
        Ok(())
    }

    /// Puts the bytes and the name on the disk; but of a small message, where `rows` would take it, nothing.
    pub(super) fn write(&self, mut draft: QueueDraft, rows: bool) -> Result<Written, Error> {
        let small = rows && draft.file.is_none();
        if !small {
            draft.flush()?;
        }
        fault::point("queue.written");
        let place = match draft.file {
            Some((mut file, ticket)) => {
                // The file first: a journalling file system writes its name down with it, so that the folder's own fsync finds
                // nothing left to do.
                file.sync()?;
                self.folder.sync(ticket)?;
                fault::point("queue.synced");
                Place::File(file)
            }
            None => Place::Rows(draft.gathered),
        };
        Ok(Written {
            place,
            name: draft.name,
            size: draft.length,
            digest: draft.digest.finalize().into(),
        })
    }

    /// Makes the file of a message whose bytes are in the rows.
    pub(super) fn make_file(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let path = self.path(name);
        match fs::remove_file(&path) {
            // Left by a try that was not written down.
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e.into()),
            _ => {}
        }
        let mut draft = Draft::create(path)?;
        let ticket = self.folder.made();
        draft.write_all(bytes)?;
        draft.sync()?;
        self.folder.sync(ticket)?;
        draft.keep();
        Ok(())
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn open_file(&self, name: &str) -> Result<File, Error> {
        let path = self.path(name);
        File::open(&path).map_err(|e| match e.kind() {
            io::ErrorKind::NotFound => Error::Lost(path),
            _ => io::Error::new(e.kind(), format!("open {}: {e}", path.display())).into(),
        })
    }

    /// Removes files whose rows are gone. No fsync: what comes back after a power cut is swept at the next start.
    pub(super) fn remove(&self, names: &[String]) {
        for name in names {
            let _ = fs::remove_file(self.path(name));
        }
    }

    /// Removes our files that are not in `known`; foreign ones stay. Returns how many, and which known ones are missing.
    pub(super) fn sweep(&self, known: &HashSet<String>) -> Result<(usize, Vec<String>), Error> {
        let mut missing: HashSet<&String> = known.iter().collect();
        let mut swept = 0;
        for file in fs::read_dir(self.folder.path())? {
            let Ok(name) = file?.file_name().into_string() else {
                continue;
            };
            if !missing.remove(&name) && is_ours(&name) {
                fs::remove_file(self.path(&name))?;
                swept += 1;
            }
        }
        Ok((swept, missing.into_iter().cloned().collect()))
    }
}

/// A new one.
fn name(ending: &str) -> Result<String, Error> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(io::Error::from)?;
    Ok(HEXLOWER.encode(&random) + ending)
}

fn is_ours(name: &str) -> bool {
    let stem = name
        .strip_suffix(MESSAGE)
        .or_else(|| name.strip_suffix(ENCODED));
    stem.is_some_and(|s| s.len() == 32 && s.bytes().all(|b| b.is_ascii_hexdigit()))
}

impl QueueDraft {
    /// Bytes written so far.
    pub fn len(&self) -> u64 {
        self.length
    }

    /// Whether nothing was written yet.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }
}

impl Write for QueueDraft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.length >= self.next_look {
            self.next_look = self.length + LOOK_EVERY;
            if durable::room(self.folder.path())? < self.reserve {
                return Err(io::Error::new(
                    io::ErrorKind::StorageFull,
                    "the disk is almost full",
                ));
            }
        }
        if self.gathered.len() + bytes.len() > GATHER {
            self.flush()?;
        }
        self.gathered.extend_from_slice(bytes);
        self.digest.update(bytes);
        self.length += bytes.len() as u64;
        Ok(bytes.len())
    }

    /// Into the file, which is made if there is none yet.
    fn flush(&mut self) -> io::Result<()> {
        let (draft, _) = match &mut self.file {
            Some(file) => file,
            none => {
                let draft = Draft::create(self.folder.path().join(&self.name))?;
                none.insert((draft, self.folder.made()))
            }
        };
        draft.write_all(&self.gathered)?;
        self.gathered.clear();
        Ok(())
    }
}
