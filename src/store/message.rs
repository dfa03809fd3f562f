//! Message: one file, read with CRLF line ends whatever another program left in it.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::flags::Flags;
use super::uid::{ModSeq, Uid};
use crate::durable::fault;

/// What counting a message's bytes found out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Measure {
    /// Bytes as they lie on the disk.
    pub on_disk: u64,
    /// Line feeds without a carriage return before them.
    pub bare_lf: u64,
    /// The last line has no line feed.
    pub open_end: bool,
    after_cr: bool,
}

/// How the lines of a file end, as it is kept in the row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Lines {
    /// Some in LF alone.
    pub lf: bool,
    /// The last one in nothing.
    pub open_end: bool,
    /// How many end in LF alone; 0 with `lf`: whoever wrote the row did not count them.
    pub bare_lf: u64,
}

impl Lines {
    /// The number for the row.
    pub(super) fn bits(self) -> i64 {
        let counted = i64::try_from(self.bare_lf).unwrap_or(0) << 2;
        i64::from(self.lf) | i64::from(self.open_end) << 1 | counted
    }

    /// How long a file is that has `size` octets with CRLF, where that is known.
    pub(super) fn on_disk(self, size: u64) -> Option<u64> {
        let uncounted = self.lf && self.bare_lf == 0;
        (!uncounted).then(|| size.saturating_sub(self.bare_lf))
    }

    /// From the number of a row.
    pub(super) fn from_bits(bits: i64) -> Self {
        Self {
            lf: bits & 1 != 0,
            open_end: bits & 2 != 0,
            bare_lf: (bits >> 2).unsigned_abs(),
        }
    }
}

impl Measure {
    /// Counts the next bytes.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        let mut before = if self.after_cr { b'\r' } else { 0 };
        for &byte in bytes {
            self.bare_lf += u64::from(byte == b'\n' && before != b'\r');
            before = byte;
        }
        if let Some(&last) = bytes.last() {
            self.after_cr = last == b'\r';
            self.open_end = last != b'\n';
        }
        self.on_disk += bytes.len() as u64;
    }

    /// How its lines end.
    pub(super) fn lines(&self) -> Lines {
        Lines {
            lf: self.bare_lf > 0,
            open_end: self.open_end,
            bare_lf: self.bare_lf,
        }
    }

    /// Octets with CRLF.
    pub(super) fn size(&self) -> u64 {
        self.on_disk + self.bare_lf
    }
}

/// A file of the Maildir; never through a symbolic link, which could lead anywhere.
pub(super) fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK) // a FIFO must not hold us
        .open(path)
        .map_err(|e| io::Error::new(e.kind(), format!("open {}: {e}", path.display())))
}

/// Reads a whole file to learn its size with CRLF; the second value is when it was last written.
pub(super) fn measure(path: &Path, says: Option<(u64, u64)>) -> io::Result<(Measure, i64)> {
    let mut file = open(path)?;
    let facts = file.metadata()?;
    if !facts.is_file() {
        return Err(io::Error::other(format!("{} is no file", path.display())));
    }
    let arrived = facts.mtime();
    if let Some((on_disk, size)) = says
        && on_disk == facts.len()
        && size >= on_disk
    {
        let bare_lf = size - on_disk;
        let mut last = [b'\n'];
        if on_disk > 0 {
            file.read_exact_at(&mut last, on_disk - 1)?;
        }
        return Ok((
            Measure {
                on_disk,
                bare_lf,
                open_end: last != [b'\n'],
                after_cr: false,
            },
            arrived,
        ));
    }
    let mut measure = Measure::default();
    let mut buffer = vec![0; 64 << 10];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok((measure, arrived)),
            Ok(n) => measure.add(&buffer[..n]),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => {
                return Err(io::Error::new(
                    e.kind(),
                    format!("read {}: {e}", path.display()),
                ));
            }
        }
    }
}

/// One message, open for reading: `Read` gives its bytes with CRLF, and `Seek` counts them so. Nothing of it is held in memory;
/// to go back in a file that has lines with LF alone means to read it from its start.
#[derive(Debug)]
pub struct Message {
    /// Its number.
    pub uid: Uid,
    /// Octets with CRLF: as many as `Read` gives.
    pub size: u64,
    /// Its flags when it was opened.
    pub flags: Flags,
    /// When it changed last.
    pub mod_seq: ModSeq,
    /// When it arrived, seconds since 1970.
    pub arrived: i64,
    pub(super) file: File,
    pub(super) path: PathBuf,
    /// Octets read so far.
    pub(super) at: u64,
    pub(super) ends: LineEnds,
}

impl Message {
    /// The header section with the empty line that ends it; at most `limit` octets of it. Reading goes on behind it: seek.
    ///
    /// # Errors
    /// Those of the disk.
    pub fn header(&mut self, limit: usize) -> io::Result<Vec<u8>> {
        self.rewind()?;
        let mut header = Vec::new();
        let mut searched = 0;
        loop {
            let room = (limit - header.len()).min(HEADER_CHUNK);
            let got = Read::take(&mut *self, room as u64).read_to_end(&mut header)?;
            // An empty line may begin in what came before.
            let from = usize::saturating_sub(searched, 3);
            let empty = match header.starts_with(b"\r\n") {
                true => Some(2),
                false => header[from..]
                    .windows(4)
                    .position(|w| w == b"\r\n\r\n")
                    .map(|at| from + at + 4),
            };
            if let Some(end) = empty {
                header.truncate(end);
                return Ok(header);
            }
            searched = header.len();
            if got == 0 || header.len() == limit {
                return Ok(header);
            }
        }
    }
}

/// Most header sections are read at once.
const HEADER_CHUNK: usize = 8 << 10;

/// What the lines of a file end in.
#[derive(Debug)]
pub(super) enum LineEnds {
    /// CRLF: bytes go out as they are.
    Crlf,
    /// Some have LF alone. `owed` is a line feed whose carriage return just filled the caller's buffer.
    Lf { after_cr: bool, owed: bool },
}

impl LineEnds {
    /// At the start of a file that has lines with LF alone.
    pub(super) const LF: Self = Self::Lf {
        after_cr: false,
        owed: false,
    };
}

impl Seek for Message {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let (base, offset) = match to {
            SeekFrom::Start(at) => (at, 0),
            SeekFrom::Current(by) => (self.at, by),
            SeekFrom::End(by) => (self.size, by),
        };
        let before =
            || io::Error::new(io::ErrorKind::InvalidInput, "before the start of a message");
        let at = base.checked_add_signed(offset).ok_or_else(before)?;
        if let LineEnds::Crlf = self.ends {
            self.file.seek(SeekFrom::Start(at))?;
            self.at = at;
            return Ok(at);
        }
        if at < self.at {
            self.file.rewind()?;
            self.at = 0;
            self.ends = LineEnds::LF;
        }
        let skip = at - self.at;
        io::copy(&mut Read::take(&mut *self, skip), &mut io::sink())?;
        // Behind the end there is nothing to read, as in any file.
        self.at = at;
        Ok(at)
    }
}

impl Read for Message {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.read_on(out)?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Message {
    fn read_on(&mut self, out: &mut [u8]) -> io::Result<usize> {
        fault::disk("read", &self.path)?;
        let LineEnds::Lf { after_cr, owed } = &mut self.ends else {
            return self.file.read(out);
        };
        if out.is_empty() {
            return Ok(0);
        }
        let mut filled = 0;
        if std::mem::take(owed) {
            out[0] = b'\n';
            filled = 1;
            if out.len() == 1 {
                return Ok(1);
            }
        }
        // At most half of what is left, so that every byte may become two.
        let mut raw = [0; 8192];
        let want = ((out.len() - filled) / 2).clamp(1, raw.len());
        let got = self.file.read(&mut raw[..want])?;
        for &byte in &raw[..got] {
            if byte == b'\n' && !*after_cr {
                out[filled] = b'\r';
                filled += 1;
                if filled == out.len() {
                    *owed = true; // only when the caller's buffer is one byte short: `want` was 1
                    *after_cr = false;
                    break;
                }
            }
            out[filled] = byte;
            filled += 1;
            *after_cr = byte == b'\r';
        }
        Ok(filled)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn every_line_ends_in_crlf_and_the_size_is_right(
            bytes in proptest::collection::vec(prop::sample::select(b"\r\n.ab".to_vec()), 0..200),
            step in 1usize..40,
            cut in 0usize..200,
        ) {
            let mut measure = Measure::default();
            let (a, b) = bytes.split_at(cut.min(bytes.len()));
            measure.add(a);
            measure.add(b);
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("m");
            std::fs::write(&path, &bytes).unwrap();
            prop_assert_eq!(super::measure(&path, None).unwrap().0, measure);
            let says = Some((measure.on_disk, measure.size()));
            prop_assert_eq!(super::measure(&path, says).unwrap().0.lines(), measure.lines());
            prop_assert_eq!(Lines::from_bits(measure.lines().bits()), measure.lines());
            prop_assert_eq!(measure.open_end, bytes.last().is_some_and(|&b| b != b'\n'));
            let mut message = Message {
                uid: Uid::FIRST, size: measure.size(), flags: Flags::NONE, mod_seq: ModSeq(1), arrived: 0,
                file: open(&path).unwrap(), path: path.clone(), at: 0, ends: LineEnds::LF,
            };
            let mut got = vec![];
            let mut buffer = vec![0; step];
            loop {
                let n = message.read(&mut buffer).unwrap();
                if n == 0 { break }
                got.extend_from_slice(&buffer[..n]);
            }
            let mut wanted = vec![];
            for &b in &bytes {
                if b == b'\n' && wanted.last() != Some(&b'\r') { wanted.push(b'\r') }
                wanted.push(b);
            }
            prop_assert_eq!(got.len() as u64, measure.size());
            prop_assert_eq!(got, wanted);
        }
    }

    #[test]
    fn no_link_and_no_folder_is_a_message() {
        let dir = tempfile::tempdir().unwrap();
        let link = dir.path().join("link");
        std::os::unix::fs::symlink("/etc/hostname", &link).unwrap();
        assert!(open(&link).is_err());
        assert!(super::measure(dir.path(), None).is_err());
    }
}
