//! Message: one file, read with CRLF line ends whatever another program left in it.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

use super::flags::Flags;
use super::uid::{ModSeq, Uid};

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
}

impl Lines {
    /// The number for the row.
    pub(super) fn bits(self) -> i64 {
        i64::from(self.lf) | i64::from(self.open_end) << 1
    }

    /// From the number of a row.
    pub(super) fn from_bits(bits: i64) -> Self {
        Self {
            lf: bits & 1 != 0,
            open_end: bits & 2 != 0,
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

/// One message, open for reading: `Read` gives its bytes with CRLF.
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
    pub(super) ends: LineEnds,
}

/// What the lines of a file end in.
#[derive(Debug)]
pub(super) enum LineEnds {
    /// CRLF: bytes go out as they are.
    Crlf,
    /// Some have LF alone. `owed` is a line feed whose carriage return just filled the caller's buffer.
    Lf { after_cr: bool, owed: bool },
}

impl Read for Message {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
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
                file: open(&path).unwrap(),
                ends: LineEnds::Lf { after_cr: false, owed: false },
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
