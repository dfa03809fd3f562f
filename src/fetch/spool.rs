//! A letter on its way from the provider: in memory while it is small, else in a file that nobody was promised. Its digest is
//! made on the way.

use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::Error;
use crate::durable::Draft;

/// A letter of this size or smaller never sees the disk before it is filed, in bytes.
pub const IN_MEMORY: usize = 256 << 10;

/// A letter that is being read.
pub struct Spool {
    path: PathBuf,
    limit: u64,
    size: u64,
    hash: Sha256,
    small: Vec<u8>,
    large: Option<Draft>,
}

/// Something to read a letter from, as often as needed.
pub trait Source: Read + Seek {}
impl<T: Read + Seek> Source for T {}

impl Spool {
    /// For a letter of at most `limit` bytes; a large one lies at `path` meanwhile.
    pub fn new(path: &Path, limit: u64) -> Self {
        Self {
            path: path.to_owned(),
            limit,
            size: 0,
            hash: Sha256::new(),
            small: Vec::new(),
            large: None,
        }
    }

    /// More of it.
    ///
    /// # Errors
    /// [`Error::TooLarge`], [`Error::Disk`].
    pub fn add(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.size += bytes.len() as u64;
        if self.size > self.limit {
            return Err(Error::TooLarge);
        }
        self.hash.update(bytes);
        if self.large.is_none() && self.small.len() + bytes.len() > IN_MEMORY {
            match std::fs::remove_file(&self.path) {
                // A crash has left it.
                Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e.into()),
                _ => {}
            }
            let mut draft = Draft::create(&self.path)?;
            draft.write_all(&self.small)?;
            self.small = Vec::new();
            self.large = Some(draft);
        }
        match &mut self.large {
            Some(draft) => draft.write_all(bytes)?,
            None => self.small.extend_from_slice(bytes),
        }
        Ok(())
    }

    /// Bytes so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Bytes that it may still have.
    pub fn room(&self) -> u64 {
        self.limit.saturating_sub(self.size)
    }

    /// SHA-256 of it so far.
    pub fn digest(&self) -> [u8; 32] {
        self.hash.clone().finalize().into()
    }

    /// The letter from its beginning.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn reader(&self) -> io::Result<Box<dyn Source + '_>> {
        Ok(match &self.large {
            Some(draft) => {
                let mut file = draft.reader()?;
                file.seek(SeekFrom::Start(0))?;
                Box::new(file)
            }
            None => Box::new(Cursor::new(&self.small[..])),
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    #[test]
    fn a_large_letter_lies_on_the_disk_and_a_small_one_does_not() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("fetch-1");
        std::fs::write(&path, "left by a crash").unwrap();
        for size in [0, 1, IN_MEMORY, IN_MEMORY + 1, 3 * IN_MEMORY] {
            let letter: Vec<u8> = (0..size).map(|i| (i % 251) as u8).collect();
            let mut spool = Spool::new(&path, 1 << 20);
            for block in letter.chunks(1000) {
                spool.add(block).unwrap();
            }
            let mut again = Vec::new();
            spool.reader().unwrap().read_to_end(&mut again).unwrap();
            assert_eq!(again, letter);
            assert_eq!(spool.digest(), <[u8; 32]>::from(Sha256::digest(&letter)));
            assert_eq!(spool.size(), size as u64);
            assert!(spool.small.len() <= IN_MEMORY);
            if size > IN_MEMORY {
                assert!(path.exists() && spool.small.is_empty());
                drop(spool);
                assert!(!path.exists());
            }
        }
        let mut spool = Spool::new(&path, 10);
        spool.add(b"0123456789").unwrap();
        assert!(matches!(spool.add(b"x"), Err(Error::TooLarge)));
    }
}
