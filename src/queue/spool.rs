//! The files of the queue: one per message, and one per encoded form.
//!
//! A message is written under its final, random name from the first byte, so there is no rename: until its row is committed
//! nobody was promised anything, and what a crash leaves behind is swept at the next start. The name itself becomes durable
//! through a folder fsync that submissions share ([`Folder`]), after the bytes. Where a copy of a small one goes into the rows, its file
//! need not be durable: it is made again from that.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::Error;
use crate::durable::{self, Draft, Folder, Ticket, fault};

/// Small writes (SMTP lines) are gathered up to this.
const GATHER: usize = 16 * 1024;
/// How often a growing message looks at the room on the disk.
const LOOK_EVERY: u64 = 4 << 20;
const MESSAGE: &str = ".eml";
const ENCODED: &str = ".encoded";

#[derive(Debug)]
pub(super) struct Spool {
    folder: Folder,
    reserve: u64,
}

/// A message that is being received; nothing of it is on the disk for good. Dropped, it leaves nothing.
#[derive(Debug)]
pub struct QueueDraft {
    draft: BufWriter<Draft>,
    name: String,
    ticket: Ticket,
    digest: Sha256,
    length: u64,
    next_look: u64,
    folder: PathBuf,
    reserve: u64,
}

/// A message whose bytes and name are on the disk, or in `copy`.
pub(super) struct Written {
    pub draft: Draft,
    pub copy: Option<Vec<u8>>,
    pub name: String,
    pub size: u64,
    pub digest: [u8; 32],
}

impl Spool {
    pub(super) fn open(dir: &Path, reserve: u64) -> Result<Self, Error> {
        durable::make_folder(dir)?;
        Ok(Self {
            folder: Folder::new(dir),
            reserve,
        })
    }

    pub(super) fn draft(&self, declared: Option<u64>) -> Result<QueueDraft, Error> {
        self.room_for(declared.unwrap_or(0))?;
        let (draft, name) = self.create(MESSAGE)?;
        Ok(QueueDraft {
            ticket: self.folder.made(),
            draft: BufWriter::with_capacity(GATHER, draft),
            name,
            digest: Sha256::new(),
            length: 0,
            next_look: LOOK_EVERY,
            folder: self.folder.path().to_owned(),
            reserve: self.reserve,
        })
    }

    pub(super) fn encoded_draft(&self, expected: u64) -> Result<Draft, Error> {
        self.room_for(expected)?;
        Ok(self.create(ENCODED)?.0)
    }

    fn room_for(&self, bytes: u64) -> Result<(), Error> {
        let room = durable::room(self.folder.path())?;
        if room < self.reserve.saturating_add(bytes) {
            return Err(Error::Full);
        }
        Ok(())
    }

    fn create(&self, ending: &str) -> Result<(Draft, String), Error> {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(io::Error::from)?;
        let name = HEXLOWER.encode(&random) + ending;
        let draft = Draft::create(self.folder.path().join(&name))?;
        Ok((draft, name))
    }

    /// Puts the bytes and the name on the disk; but a small one, where `copied` says so, is written only, and its bytes are for the rows.
    pub(super) fn write(&self, draft: QueueDraft, copied: bool) -> Result<Written, Error> {
        let QueueDraft {
            draft,
            name,
            ticket,
            digest,
            length,
            ..
        } = draft;
        // All of it is gathered still.
        let small = copied && draft.buffer().len() as u64 == length;
        let copy = small.then(|| draft.buffer().to_vec());
        let mut draft = draft.into_inner().map_err(io::IntoInnerError::into_error)?;
        fault::point("queue.written");
        if copy.is_none() {
            // The file first: a journalling file system writes its name down with it, so that the folder's own fsync finds
            // nothing left to do.
            draft.sync()?;
            self.folder.sync(ticket)?;
            fault::point("queue.synced");
        }
        Ok(Written {
            draft,
            copy,
            name,
            size: length,
            digest: digest.finalize().into(),
        })
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

    /// Makes a file anew that is not what its copy says; whether it had to.
    pub(super) fn mend(&self, name: &str, bytes: &[u8]) -> Result<bool, Error> {
        let path = self.path(name);
        match fs::read(&path) {
            Ok(found) if found == bytes => return Ok(false),
            Ok(_) => fs::remove_file(&path)?,
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            Err(e) => return Err(e.into()),
        }
        let mut draft = Draft::create(path)?;
        let ticket = self.folder.made();
        draft.write_all(bytes)?;
        draft.sync()?;
        self.folder.sync(ticket)?;
        draft.keep();
        Ok(true)
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
            if durable::room(&self.folder)? < self.reserve {
                return Err(io::Error::new(
                    io::ErrorKind::StorageFull,
                    "the disk is almost full",
                ));
            }
        }
        let written = self.draft.write(bytes)?;
        self.digest.update(&bytes[..written]);
        self.length += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.draft.flush()
    }
}
