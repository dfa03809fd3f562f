//! What of a home's folder is in a backup, and the sums of it.

use std::io::{self, Read, Write};
use std::path::{Component, Path};

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

/// The label: the first file of the archive.
pub(super) const LABEL: &str = "backup.json";
/// The sums: the last file, in the form that `sha256sum -c` reads.
pub(super) const SUMS: &str = "SHA256SUMS";
pub(super) const DATABASE: &str = "toxmail.db";
pub(super) const IDENTITY: &str = "tox.save";
/// Files of the home, beside the database. Any of them may be missing.
pub(super) const FILES: [&str; 3] = ["toxmail.toml", IDENTITY, "secret.key"];
pub(super) const TLS: &str = "tls";
pub(super) const QUEUE: &str = "queue";
pub(super) const CHAT: &str = "chat";
pub(super) const MAIL: &str = "mail";
/// Everything in the folder that is the home: what moves aside for a restored one. SQLite's own files first, since a log
/// without its database is nobody's.
pub(super) const HOME: [&str; 15] = [
    "index.db-wal",
    "index.db-shm",
    "index.db",
    "toxmail.db-wal",
    "toxmail.db-shm",
    DATABASE,
    IDENTITY,
    "secret.key",
    "toxmail.toml",
    super::ASIDE,
    TLS,
    QUEUE,
    "incoming",
    CHAT,
    MAIL,
];

/// Whether a name in an archive is one of a home's: no other is unpacked.
pub(super) fn is_ours(name: &Path) -> bool {
    let mut parts = name.components();
    let Some(Component::Normal(first)) = parts.next() else {
        return false;
    };
    let Some(first) = first.to_str() else {
        return false;
    };
    let inside = parts.clone().next().is_some();
    parts.all(|part| matches!(part, Component::Normal(_)))
        && match inside {
            true => [TLS, QUEUE, CHAT, MAIL].contains(&first),
            false => first == DATABASE || FILES.contains(&first),
        }
}

/// A line of the sums, as `sha256sum` writes it: a name with a line end or a backslash is marked and escaped.
pub(super) fn line(digest: &[u8; 32], name: &[u8]) -> Vec<u8> {
    let mut line = Vec::with_capacity(name.len() + 70);
    let odd = name.iter().any(|b| matches!(b, b'\n' | b'\r' | b'\\'));
    if odd {
        line.push(b'\\');
    }
    line.extend_from_slice(HEXLOWER.encode(digest).as_bytes());
    line.extend_from_slice(b"  ");
    for byte in name {
        match byte {
            b'\n' => line.extend_from_slice(b"\\n"),
            b'\r' => line.extend_from_slice(b"\\r"),
            b'\\' => line.extend_from_slice(b"\\\\"),
            byte => line.push(*byte),
        }
    }
    line.push(b'\n');
    line
}

/// Reads through, and knows the sum of what came.
pub(super) struct Summed<R> {
    reader: R,
    hash: Sha256,
    pub(super) length: u64,
}

impl<R: Read> Summed<R> {
    pub(super) fn new(reader: R) -> Self {
        Self {
            reader,
            hash: Sha256::new(),
            length: 0,
        }
    }

    pub(super) fn sum(self) -> [u8; 32] {
        self.hash.finalize().into()
    }
}

impl<R: Read> Read for Summed<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(bytes)?;
        self.hash.update(&bytes[..read]);
        self.length += read as u64;
        Ok(read)
    }
}

/// Whether two readers give the same bytes, in constant memory.
pub(super) fn same(a: &mut impl Read, b: &mut impl Read) -> io::Result<bool> {
    let (mut left, mut right) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
    loop {
        let (l, r) = (fill(a, &mut left)?, fill(b, &mut right)?);
        if left[..l] != right[..r] {
            return Ok(false);
        }
        if l == 0 {
            return Ok(true);
        }
    }
}

fn fill(reader: &mut impl Read, bytes: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while length < bytes.len() {
        match reader.read(&mut bytes[length..])? {
            0 => break,
            read => length += read,
        }
    }
    Ok(length)
}

/// Counts what passes.
pub(super) struct Counted<W> {
    pub(super) out: W,
    pub(super) bytes: u64,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
