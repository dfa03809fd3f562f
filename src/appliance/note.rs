//! What the box's own scripts leave for the home, and the home cannot write: small files with a line `key=value` for each thing.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

/// A note, as far as `most` bytes of it; nothing where there is none yet.
///
/// # Errors
/// It cannot be read.
pub(super) fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut note = Vec::new();
    match fs::File::open(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => {}
        file => {
            file?.take(most).read_to_end(&mut note)?;
        }
    }
    Ok(note)
}

/// What stands behind that key first, as it is: any bytes. `None` where nothing does.
pub(super) fn value<'a>(note: &'a [u8], key: &str) -> Option<&'a [u8]> {
    let mut lines = note.split(|b| *b == b'\n');
    let found = lines.find_map(|line| line.strip_prefix(key.as_bytes())?.strip_prefix(b"="));
    found.filter(|value| !value.is_empty())
}

/// The same where it is text, without blanks around it.
pub(super) fn text<'a>(note: &'a [u8], key: &str) -> Option<&'a str> {
    let text = std::str::from_utf8(value(note, key)?).ok()?.trim();
    (!text.is_empty()).then_some(text)
}
