//! A message that comes as a literal8 (RFC 3516 section 4.4): what a part says to be `binary` becomes base64 while it comes,
//! so that every octet of it stays, zeros and bare line feeds too, and BINARY gives them back. Pure.
//!
//! Nothing else is changed. A zero anywhere else could not be shown again, nor could one in what is signed be encoded without
//! breaking the signature: such a message is [`Unfit`] and is refused while the client still has it.

use data_encoding::BASE64;

use super::envelope;
use super::structure::{self, MAX_DEPTH, MAX_PARTS};
use crate::mail::parts::Encoding;

/// Octets that make one line of base64 (RFC 2045 section 6.8).
const LINE: usize = 57;
/// A longer line is taken in pieces; no boundary is longer.
const PIECE: usize = 8 << 10;
/// A longer header section is left as it is, and so is what follows it.
const MAX_HEADER: usize = 256 << 10;

/// The message has a zero octet where nothing can be encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unfit;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// In `multipart/digest` a part is a message where nothing else is said.
    Header { in_digest: bool },
    /// The body of a part that becomes base64.
    Encode,
    /// Anything that stays as it is.
    Copy,
}

#[derive(Debug)]
struct Multipart {
    boundary: Vec<u8>,
    digest: bool,
    /// Signed or encrypted, or in something that is.
    sealed: bool,
    /// The last boundary of it has come.
    closed: bool,
}

/// Takes a message in pieces of any size, and gives what is to be kept of it.
#[derive(Debug)]
pub struct Recoder {
    state: State,
    /// The multiparts around what comes.
    open: Vec<Multipart>,
    parts: usize,
    /// Of a line that has not ended yet.
    line: Vec<u8>,
    at_start: bool,
    header: Vec<u8>,
    /// A line end that belongs to the part, or to the boundary if that follows.
    held: Vec<u8>,
    /// Not a whole line of base64 yet.
    group: Vec<u8>,
    /// A line of base64 stands before.
    behind_line: bool,
}

impl Default for Recoder {
    fn default() -> Self {
        Self {
            state: State::Header { in_digest: false },
            open: Vec::new(),
            parts: 1,
            line: Vec::new(),
            at_start: true,
            header: Vec::new(),
            held: Vec::new(),
            group: Vec::new(),
            behind_line: false,
        }
    }
}

impl Recoder {
    /// Takes the next octets; what is to be kept is appended to `out`.
    ///
    /// # Errors
    /// The message cannot be kept.
    pub fn take(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Unfit> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let room = (PIECE - self.line.len()).min(rest.len());
            let end = rest[..room].iter().position(|&b| b == b'\n');
            let (now, later) = rest.split_at(end.map_or(room, |at| at + 1));
            self.line.extend_from_slice(now);
            rest = later;
            if end.is_none() && self.line.len() < PIECE {
                continue;
            }
            let mut line = std::mem::take(&mut self.line);
            // A carriage return is not parted from its line feed.
            let split = end.is_none() && line.last() == Some(&b'\r');
            if split {
                line.pop();
            }
            self.piece(&line, end.is_some(), out)?;
            line.clear();
            if split {
                line.push(b'\r');
            }
            self.line = line;
        }
        Ok(())
    }

    /// All has come.
    ///
    /// # Errors
    /// The message cannot be kept.
    pub fn finish(mut self, out: &mut Vec<u8>) -> Result<(), Unfit> {
        let line = std::mem::take(&mut self.line);
        if !line.is_empty() {
            self.piece(&line, false, out)?;
        }
        match self.state {
            State::Header { .. } => copy(&self.header, out),
            State::Copy => Ok(()),
            State::Encode => {
                let held = std::mem::take(&mut self.held);
                self.encode(&held, out);
                if self.flush(out) {
                    out.extend_from_slice(b"\r\n");
                }
                Ok(())
            }
        }
    }

    /// A line, or a piece of one.
    fn piece(&mut self, bytes: &[u8], whole: bool, out: &mut Vec<u8>) -> Result<(), Unfit> {
        let at_start = std::mem::replace(&mut self.at_start, whole);
        if at_start && let Some((at, last)) = self.boundary(bytes) {
            match self.state {
                State::Header { .. } => {
                    copy(&self.header, out)?;
                    self.header.clear();
                }
                State::Encode => {
                    self.flush(out);
                    out.append(&mut self.held);
                }
                State::Copy => {}
            }
            self.open.truncate(at + 1);
            self.state = State::Copy;
            if let Some(parent) = self.open.last_mut() {
                parent.closed = last;
                if !last && self.parts < MAX_PARTS {
                    self.parts += 1;
                    self.state = State::Header {
                        in_digest: parent.digest,
                    };
                }
            }
            return copy(bytes, out);
        }
        match self.state {
            State::Header { in_digest } => {
                self.header.extend_from_slice(bytes);
                if at_start && matches!(bytes, b"\r\n" | b"\n") {
                    self.body(in_digest, out)?;
                } else if self.header.len() > MAX_HEADER {
                    copy(&std::mem::take(&mut self.header), out)?;
                    self.state = State::Copy;
                }
                Ok(())
            }
            State::Copy => copy(bytes, out),
            State::Encode => {
                let held = std::mem::take(&mut self.held);
                self.encode(&held, out);
                let line_end = usize::from(whole) + usize::from(bytes.ends_with(b"\r\n"));
                let (text, end) = bytes.split_at(bytes.len() - line_end);
                self.encode(text, out);
                self.held.extend_from_slice(end);
                Ok(())
            }
        }
    }

    /// A header section is at its end: what follows?
    fn body(&mut self, in_digest: bool, out: &mut Vec<u8>) -> Result<(), Unfit> {
        let header = std::mem::take(&mut self.header);
        let value = structure::content_type(&header, in_digest);
        let is = |kind: &str| value.kind.eq_ignore_ascii_case(kind.as_bytes());
        let is_sub = |kind: &str| value.subkind.eq_ignore_ascii_case(kind.as_bytes());
        let sealed = self.open.last().is_some_and(|parent| parent.sealed);
        let boundary = value.parameter("boundary").filter(|b| !b.is_empty());
        self.state = State::Copy;
        if let (true, Some(boundary)) = (is("multipart"), boundary) {
            if self.open.len() < MAX_DEPTH {
                self.open.push(Multipart {
                    boundary: boundary.trim_ascii_end().to_vec(),
                    digest: is_sub("digest"),
                    sealed: sealed || is_sub("signed") || is_sub("encrypted"),
                    closed: false,
                });
            }
        } else if is("message") && (is_sub("rfc822") || is_sub("global")) {
            if structure::encoding(&header) == Some(Encoding::Plain) {
                self.state = State::Header { in_digest: false };
            }
        } else if !sealed && !is("multipart") && !is("message") && structure::is_binary(&header) {
            // RFC 2045 section 6.4: a message in a message may not be encoded, and needs not.
            self.state = State::Encode;
            return copy(&in_base64(&header), out);
        }
        copy(&header, out)
    }

    /// The multipart that this is a boundary of, and whether it is its last.
    fn boundary(&self, line: &[u8]) -> Option<(usize, bool)> {
        let text = line.strip_prefix(b"--")?.trim_ascii_end();
        let at = self.open.iter().rposition(|open| {
            let rest = text.strip_prefix(open.boundary.as_slice());
            !open.closed && rest.is_some_and(|rest| matches!(rest, b"" | b"--"))
        })?;
        Some((at, text.len() > self.open[at].boundary.len()))
    }

    fn encode(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        self.group.extend_from_slice(bytes);
        let whole = self.group.len() / LINE * LINE;
        let rest = self.group.split_off(whole);
        let full = std::mem::replace(&mut self.group, rest);
        for line in full.chunks(LINE) {
            self.base64(line, out);
        }
    }

    fn base64(&mut self, line: &[u8], out: &mut Vec<u8>) {
        if std::mem::replace(&mut self.behind_line, true) {
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(BASE64.encode(line).as_bytes());
    }

    /// The last line of base64; whether there was any.
    fn flush(&mut self, out: &mut Vec<u8>) -> bool {
        let group = std::mem::take(&mut self.group);
        if !group.is_empty() {
            self.base64(&group, out);
        }
        std::mem::take(&mut self.behind_line)
    }
}

fn copy(bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Unfit> {
    if bytes.contains(&0) {
        return Err(Unfit);
    }
    out.extend_from_slice(bytes);
    Ok(())
}

/// The header section with another Content-Transfer-Encoding.
fn in_base64(header: &[u8]) -> Vec<u8> {
    const FIELD: &str = "Content-Transfer-Encoding";
    let mut changed = Vec::with_capacity(header.len());
    let mut dropped = false;
    for line in header.split_inclusive(|&b| b == b'\n') {
        if !matches!(line.first(), Some(b' ' | b'\t')) {
            dropped = envelope::field(line, FIELD).is_some();
            if dropped {
                changed.extend_from_slice(format!("{FIELD}: base64\r\n").as_bytes());
            }
        }
        if !dropped {
            changed.extend_from_slice(line);
        }
    }
    changed
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use std::io::Read;

    use super::*;
    use crate::imap::structure::Structure;
    use crate::mail::parts::Decoder;
    use proptest::prelude::*;

    fn recoded(message: &[u8], size: usize) -> Result<Vec<u8>, Unfit> {
        let (mut recoder, mut out) = (Recoder::default(), Vec::new());
        for piece in message.chunks(size) {
            recoder.take(piece, &mut out)?;
        }
        recoder.finish(&mut out)?;
        Ok(out)
    }

    fn part(message: &[u8], numbers: &[u32]) -> Vec<u8> {
        let structure = Structure::read(&mut &message[..]).unwrap();
        let part = structure.find(numbers).unwrap();
        let range = usize::try_from(part.starts).unwrap()..usize::try_from(part.ends).unwrap();
        let mut decoded = Vec::new();
        Decoder::new(&message[range], structure::encoding(&part.header).unwrap())
            .read_to_end(&mut decoded)
            .unwrap();
        decoded
    }

    const BINARY: &[u8] =
        b"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding:\r\n binary\r\nSubject: x\r\n\r\n";

    #[test]
    fn a_binary_message_keeps_every_octet_in_base64() {
        let kept = recoded(&[BINARY, b"\0-\xe4\n\r\n\n"].concat(), 5).unwrap();
        assert_eq!(
            kept.escape_ascii().to_string(),
            "Content-Type: application/octet-stream\\r\\nContent-Transfer-Encoding: base64\\r\\nSubject: x\\r\\n\\r\\n\
             AC3kCg0KCg==\\r\\n"
        );
        assert_eq!(part(&kept, &[1]), b"\0-\xe4\n\r\n\n");
        assert_eq!(recoded(BINARY, 7).unwrap(), in_base64(BINARY));
    }

    #[test]
    fn what_has_no_binary_part_stays_as_it_is() {
        let message = b"Content-Type: multipart/mixed; boundary=o\r\n\r\nbefore\n--o\r\n\r\nbare\nline\r\n--o\r\n\
            Content-Transfer-Encoding: 8bit\r\n\r\n\xff\r\n--o--\r\nafter";
        for size in [1, 3, 1000] {
            assert_eq!(recoded(message, size).unwrap(), message);
        }
    }

    #[test]
    fn a_zero_where_nothing_can_be_encoded_is_refused() {
        for message in [
            &b"Subject: \0\r\n\r\n"[..],
            b"Subject: x\r\n\r\n\0",
            b"Subject: \0",
            b"Content-Transfer-Encoding: 8bit\r\n\r\na\0b",
            b"Content-Type: message/partial\r\nContent-Transfer-Encoding: binary\r\n\r\n\0",
            b"Content-Type: multipart/signed; boundary=o\r\n\r\n--o\r\nContent-Transfer-Encoding: binary\r\n\r\n\0\r\n--o--\r\n",
        ] {
            assert_eq!(recoded(message, 4), Err(Unfit), "{}", message.escape_ascii());
        }
    }

    proptest! {
        /// A part of a multipart, and one of a message in it: their octets come back, whatever they are and however they
        /// came; what is not binary does not change.
        #[test]
        fn every_octet_of_a_binary_part_comes_back(
            octets in proptest::collection::vec(proptest::sample::select(b"\0\r\n-a\xff".to_vec()), 0..9000),
            size in 1usize..5000,
        ) {
            let inner = [b"Content-Type: multipart/mixed; boundary=iii\r\n\r\n--iii\r\n", BINARY, &octets, b"\r\n--iii--\r\n"].concat();
            let message = [
                b"Content-Type: multipart/digest; boundary=\"ooo \"\r\n\r\n--ooo\r\n".as_slice(), BINARY, &octets,
                b"\r\n--ooo\r\n\r\n", &inner, b"\r\n--ooo--\r\nend",
            ].concat();
            let kept = recoded(&message, size).unwrap();
            prop_assert!(!kept.contains(&0));
            prop_assert_eq!(part(&kept, &[1]), octets.clone());
            prop_assert_eq!(part(&kept, &[2, 1]), octets);
            prop_assert!(kept.ends_with(b"\r\n--ooo--\r\nend"));
        }

        #[test]
        fn how_it_is_cut_makes_no_difference(bytes in proptest::collection::vec(
            proptest::sample::select(vec![
                "--a\r\n", "--b\r\n", "--a--\r\n", "--b--", "\r\n", "\n", "x\r\n", "\0", "Content-Transfer-Encoding: binary\r\n",
                "Content-Type: multipart/mixed; boundary=a\r\n", "Content-Type: multipart/digest; boundary=b\r\n",
                "Content-Type: message/rfc822\r\n", " folded\r\n",
            ]), 0..60), size in 1usize..40) {
            let bytes = bytes.concat().into_bytes();
            prop_assert_eq!(recoded(&bytes, size), recoded(&bytes, bytes.len().max(1)));
        }
    }
}
