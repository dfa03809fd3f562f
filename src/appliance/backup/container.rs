//! The outer archive: a tar with the sealed key and the parts of what it opens.

use std::io::{self, Read, Write};

use super::super::age::{self, Identity};
use super::{Error, SealedKey, unreadable};

/// Bytes of one part: what is held in memory, since a tar says each size beforehand.
const PART: usize = 4 << 20;
const README: &str = "README.txt";
const KEY: &str = "key.age";
const PAYLOAD: &str = "home.tar.zst.age.";
/// A sealed key has some 400 bytes.
const LONGEST_KEY: u64 = 64 * 1024;
/// What is read before the key.
const LONGEST_README: u64 = 64 * 1024;

const HOW: &str = "\
This is a backup of a Toxmail home: its mail, its contacts, and the keys that make it this home.

To restore it: choose \"I have a backup\" on the setup page of a new box, or
    toxmaild backup restore THIS-FILE --data EMPTY-FOLDER
Leave the old box switched off from then on.

To open it by hand (age, tar and zstd are in every Linux distribution):
    tar -xOf THIS-FILE key.age | age -d > key.txt            (asks for the passphrase)
    tar -xOf THIS-FILE --wildcards 'home.tar.zst.age.*' | age -d -i key.txt | zstd -d | tar -x
    sha256sum -c SHA256SUMS
    shred -u key.txt
Letters are plain files in mail/NAME/Maildir; the rest is in toxmail.db, which sqlite3 opens.
";

/// Writes what it is given in parts.
pub(super) struct Parts<W: Write> {
    archive: tar::Builder<W>,
    part: Vec<u8>,
    number: u32,
    now: u64,
}

impl<W: Write> Parts<W> {
    pub(super) fn begin(out: W, key: &SealedKey, now: i64) -> io::Result<Self> {
        let mut parts = Self {
            archive: tar::Builder::new(out),
            part: Vec::with_capacity(PART),
            number: 0,
            now: u64::try_from(now).unwrap_or(0),
        };
        parts.entry(README, HOW.as_bytes())?;
        parts.entry(KEY, &key.sealed)?;
        Ok(parts)
    }

    fn entry(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut header = header(bytes.len() as u64, self.now);
        self.archive.append_data(&mut header, name, bytes)
    }

    fn flush_part(&mut self) -> io::Result<()> {
        self.number += 1;
        let name = format!("{PAYLOAD}{:05}", self.number);
        let part = std::mem::take(&mut self.part);
        let written = self.entry(&name, &part);
        self.part = part;
        self.part.clear();
        written
    }

    /// Writes the last part and the end.
    pub(super) fn finish(mut self) -> io::Result<W> {
        self.flush_part()?;
        self.archive.into_inner()
    }
}

impl<W: Write> Write for Parts<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.part.len() == PART {
            self.flush_part()?;
        }
        let taken = bytes.len().min(PART - self.part.len());
        self.part.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A file of its owner's alone.
pub(super) fn header(size: u64, modified: u64) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_size(size);
    header.set_mode(0o600);
    header.set_mtime(modified);
    header.set_entry_type(tar::EntryType::Regular);
    header
}

/// Reads the parts one behind the other, up to the end of the archive.
pub(super) struct Payload<'a, R: Read> {
    entries: tar::Entries<'a, R>,
    part: Option<tar::Entry<'a, R>>,
    number: u32,
}

/// Opens an archive: the key, by the passphrase, and what it opens.
pub(super) fn open<'a, R: Read>(
    archive: &'a mut tar::Archive<R>,
    passphrase: &str,
) -> Result<(Identity, Payload<'a, R>), Error> {
    // As it stands there: names and attributes in entries of their own, which ours has none of, would be read whole into memory.
    let mut entries = archive.entries()?.raw(true);
    let not_ours = || Error::Damaged("it is not a backup of a Toxmail home".into());
    let mut first = |name: &str, longest: u64| -> Result<Vec<u8>, Error> {
        // What tar says of a file that is none is of no use to anybody.
        let entry = entries.next().and_then(Result::ok).ok_or_else(not_ours)?;
        if *entry.path_bytes() != *name.as_bytes()
            || !entry.header().entry_type().is_file()
            || entry.size() > longest
        {
            return Err(not_ours());
        }
        let size = entry.size();
        let mut bytes = Vec::new();
        let read = entry.take(size).read_to_end(&mut bytes);
        read.map_err(unreadable)?;
        if bytes.len() as u64 != size {
            return Err(cut());
        }
        Ok(bytes)
    };
    first(README, LONGEST_README)?;
    let sealed = first(KEY, LONGEST_KEY)?;
    let text = age::unseal(passphrase, &sealed).map_err(|e| match e {
        age::Error::NoMatch => Error::WrongPassphrase,
        e => Error::from(e),
    })?;
    let identity = std::str::from_utf8(&text).ok().and_then(Identity::parse);
    let payload = Payload {
        entries,
        part: None,
        number: 0,
    };
    Ok((identity.ok_or_else(not_ours)?, payload))
}

fn cut() -> Error {
    Error::Damaged("it ends too early".into())
}

impl<R: Read> Read for Payload<'_, R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(part) = &mut self.part {
                let read = part.read(bytes)?;
                if read > 0 || bytes.is_empty() {
                    return Ok(read);
                }
                self.part = None;
            }
            let Some(part) = self.entries.next() else {
                return Ok(0);
            };
            let part = part?;
            self.number += 1;
            if *part.path_bytes() != *format!("{PAYLOAD}{:05}", self.number).as_bytes()
                || !part.header().entry_type().is_file()
            {
                let wrong = age::Error::Damaged("its parts are not in order");
                return Err(wrong.into());
            }
            self.part = Some(part);
        }
    }
}
