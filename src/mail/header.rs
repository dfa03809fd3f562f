//! The header section of a message: read with every byte kept, changed field by field.
//!
//! What never happens here: the body is not seen, let alone touched; a field that has no reason to change is written out
//! as the bytes that came in, with its folding, comments, encoded words and mistakes.
//!
//! Limits, enforced while reading: [`MAX_SECTION`] octets, [`MAX_FIELDS`] fields. Bare CR, bare LF and NUL are refused
//! (RFC 5322 section 2.3 allows none of them; each is a way to show one reader something else than another). 8-bit octets
//! are taken (RFC 6532, and old programs), lines of any length as well: RFC 5322 wants at most 998 octets, but what is
//! carried unchanged harms nobody.

use std::io::{self, BufRead, Read};

use super::verdict::{Reason, Status};

pub use super::arrival::{ArrivalBook, on_arrival};
pub use super::departure::{
    AddressBook, MAX_HOPS, Stamp, addresses, check_submission, for_home, for_tox,
};
pub use super::ordinary::for_relay;

/// Longest header section. Real ones end near 100 KiB (a thousand recipients in `To`). It is held in memory for each message
/// in work, with what is made of it some ten times that at worst, on a machine with little of it.
pub const MAX_SECTION: usize = 512 << 10;
/// Most fields of one section. Long trails of `Received` and signatures reach a hundred.
pub const MAX_FIELDS: usize = 2000;

/// Why bytes are not a header section.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// More than [`MAX_SECTION`] octets or [`MAX_FIELDS`] fields.
    #[error("the header of this message is too long; send it with fewer addresses in To and Cc")]
    TooLong,
    /// A CR without LF or a LF without CR.
    #[error(
        "a line of the header ends with a bare CR or LF; set the mail program to CRLF line ends"
    )]
    BareLineEnd,
    /// A NUL octet.
    #[error("the header of this message holds a NUL byte; send it with another mail program")]
    Nul,
    /// A line that is neither `Name: value` nor the continuation of one.
    #[error("a line of the header has no 'Name:' before it; an empty line must end the header")]
    NotAField,
}

impl From<HeaderError> for Reason {
    /// 5.6.0: something is wrong with the message itself.
    fn from(error: HeaderError) -> Self {
        Self::new(Status(5, 6, 0), error.to_string())
    }
}

/// A header section: its bytes, and where each field lies in them.
#[derive(Clone, Debug, Default)]
pub struct HeaderSection {
    bytes: Vec<u8>,
    spans: Vec<Span>,
}

#[derive(Clone, Copy, Debug)]
struct Span {
    start: usize,
    colon: usize,
    end: usize,
}

/// One field as it came in.
#[derive(Clone, Copy, Debug)]
pub struct Field<'a> {
    /// Everything, from the first letter of the name to the last CRLF.
    pub raw: &'a [u8],
    /// The name as written, without the spaces that old programs put before the colon.
    pub name: &'a str,
    /// What stands between the colon and the last CRLF, folding included.
    pub value: &'a [u8],
}

impl Field<'_> {
    /// Whether this is the field of that name; case never matters.
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The value on one line, without spaces around it; what is not UTF-8 is replaced.
    pub fn text(&self) -> String {
        let line: Vec<u8> = self
            .value
            .iter()
            .copied()
            .filter(|b| !matches!(b, b'\r' | b'\n'))
            .collect();
        String::from_utf8_lossy(&line).trim().to_owned()
    }
}

impl HeaderSection {
    /// Reads a whole header section; the empty line that ends it may be there or not.
    ///
    /// # Errors
    /// It is none, or too long.
    pub fn parse(bytes: &[u8]) -> Result<Self, HeaderError> {
        let bytes = match bytes {
            b"\r\n" => &b""[..],
            _ if bytes.ends_with(b"\r\n\r\n") => &bytes[..bytes.len() - 2],
            _ => bytes,
        };
        if bytes.len() > MAX_SECTION {
            return Err(HeaderError::TooLong);
        }
        let mut section = Self {
            bytes: bytes.to_vec(),
            spans: Vec::new(),
        };
        if !bytes.is_empty() && !bytes.ends_with(b"\r\n") {
            section.bytes.extend_from_slice(b"\r\n");
        }
        section.find_fields()?;
        Ok(section)
    }

    /// Reads a header section and the empty line behind it, and leaves `from` at the first byte of the body. A message
    /// that ends before an empty line has no body.
    ///
    /// # Errors
    /// The outer one is of `from`; the inner one says that this is no header section.
    pub fn read(from: &mut dyn BufRead) -> io::Result<Result<Self, HeaderError>> {
        let mut bytes = Vec::new();
        loop {
            let line = bytes.len();
            // One more than allowed, so that too long is seen; never the whole of an endless line.
            let room = (MAX_SECTION + 1 - line) as u64;
            if Read::take(&mut *from, room).read_until(b'\n', &mut bytes)? == 0 {
                return Ok(if line > MAX_SECTION {
                    Err(HeaderError::TooLong)
                } else {
                    Self::parse(&bytes)
                });
            }
            if &bytes[line..] == b"\r\n" {
                bytes.truncate(line);
                return Ok(Self::parse(&bytes));
            }
        }
    }

    /// The fields in their order.
    pub fn fields(&self) -> impl Iterator<Item = Field<'_>> {
        self.spans.iter().map(|span| Field {
            raw: &self.bytes[span.start..span.end],
            // Checked while reading: ASCII.
            name: std::str::from_utf8(&self.bytes[span.start..span.colon])
                .unwrap_or_default()
                .trim_end_matches([' ', '\t']),
            value: &self.bytes[span.colon + 1..span.end - 2],
        })
    }

    /// The fields of that name, in their order.
    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = Field<'a>> {
        self.fields().filter(move |field| field.is(name))
    }

    /// The value of the first field of that name, on one line.
    pub fn text(&self, name: &str) -> Option<String> {
        self.named(name).next().map(|field| field.text())
    }

    /// `Message-ID` with its angle brackets; `None` where it is missing or empty.
    pub fn message_id(&self) -> Option<String> {
        self.text("Message-ID").filter(|id| !id.is_empty())
    }

    /// The bytes as they came in, without the empty line.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn find_fields(&mut self) -> Result<(), HeaderError> {
        let mut start = 0;
        while start < self.bytes.len() {
            let line = line(&self.bytes[start..])?;
            let end = start + line.len() + 2;
            if matches!(line.first(), Some(b' ' | b'\t')) {
                match self.spans.last_mut() {
                    Some(span) => span.end = end,
                    None => return Err(HeaderError::NotAField),
                }
            } else {
                if self.spans.len() == MAX_FIELDS {
                    return Err(HeaderError::TooLong);
                }
                let colon = start + colon(line).ok_or(HeaderError::NotAField)?;
                self.spans.push(Span { start, colon, end });
            }
            start = end;
        }
        Ok(())
    }
}

/// The first line, without its CRLF.
fn line(bytes: &[u8]) -> Result<&[u8], HeaderError> {
    for (i, byte) in bytes.iter().enumerate() {
        match byte {
            0 => return Err(HeaderError::Nul),
            b'\n' => return Err(HeaderError::BareLineEnd),
            b'\r' if bytes.get(i + 1) == Some(&b'\n') => return Ok(&bytes[..i]),
            b'\r' => return Err(HeaderError::BareLineEnd),
            _ => {}
        }
    }
    Err(HeaderError::BareLineEnd)
}

/// Where the colon stands behind a legal name (RFC 5322 section 3.6.8; spaces before it are section 4.5.8).
fn colon(line: &[u8]) -> Option<usize> {
    let colon = line.iter().position(|&b| b == b':')?;
    let mut name = &line[..colon];
    while let [rest @ .., b' ' | b'\t'] = name {
        name = rest;
    }
    (!name.is_empty() && name.iter().all(u8::is_ascii_graphic)).then_some(colon)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_and_every_byte_is_kept() {
        let bytes = b"From: a@b\r\nSubject : x\r\n\t\xe9:y\r\n \r\nX-Empty:\r\n";
        let header = HeaderSection::parse(bytes).unwrap();
        let seen: Vec<_> = header.fields().map(|f| (f.name, f.value)).collect();
        assert_eq!(
            seen,
            [
                ("From", &b" a@b"[..]),
                ("Subject", &b" x\r\n\t\xe9:y\r\n "[..]),
                ("X-Empty", &b""[..]),
            ]
        );
        assert_eq!(header.text("subject").unwrap(), "x\t\u{fffd}:y");
        let together: Vec<u8> = header.fields().flat_map(|f| f.raw.to_vec()).collect();
        assert_eq!(together, bytes);
    }

    #[test]
    fn hostile_sections_are_refused() {
        use HeaderError::*;
        for (bytes, error) in [
            (&b"A: b\nC: d\r\n"[..], BareLineEnd),
            (b"A: b\rC: d\r\n", BareLineEnd),
            (b"A: b\r\r\n", BareLineEnd),
            (b"A: b\r", BareLineEnd),
            (b"A: b\0\r\n", Nul),
            (b" A: b\r\n", NotAField),
            (b"hello\r\n", NotAField),
            (b"From a@b Mon Jan 1\r\n", NotAField),
            (b"Fr om: a@b\r\n", NotAField),
            (b": x\r\n", NotAField),
            (b"\xc3\xa9: x\r\n", NotAField),
            (b"A: b\r\n\r\nC: d\r\n", NotAField),
        ] {
            let text = String::from_utf8_lossy(bytes);
            assert_eq!(HeaderSection::parse(bytes).err(), Some(error), "{text:?}");
        }
        let many = b"a:\r\n".repeat(MAX_FIELDS + 1);
        assert_eq!(HeaderSection::parse(&many).err(), Some(TooLong));
        assert!(HeaderSection::parse(&many[4..]).is_ok());
        let long = [b"a: ", &b"x".repeat(MAX_SECTION)[..], b"\r\n"].concat();
        assert_eq!(HeaderSection::parse(&long).err(), Some(TooLong));
        assert_eq!(
            HeaderSection::read(&mut &long[..]).unwrap().err(),
            Some(TooLong)
        );
        let endless = &mut io::BufReader::new(io::repeat(b'x'));
        assert_eq!(HeaderSection::read(endless).unwrap().err(), Some(TooLong));
    }

    #[test]
    fn reading_stops_at_the_body() {
        for (message, header, body) in [
            (&b"A: b\r\n\r\nbody"[..], &b"A: b\r\n"[..], &b"body"[..]),
            (b"A: b\r\n\r\n\r\nbody", b"A: b\r\n", b"\r\nbody"),
            (b"\r\nbody", b"", b"body"),
            (b"A: b\r\n", b"A: b\r\n", b""),
            (b"A: b", b"A: b\r\n", b""),
            (b"", b"", b""),
        ] {
            let mut reader = message;
            let section = HeaderSection::read(&mut reader).unwrap().unwrap();
            assert_eq!((section.bytes(), reader), (header, body));
        }
        let long = [b"a: ", &b"x".repeat(60_000)[..], b"\r\n\r\n."].concat();
        let mut reader = &long[..];
        assert!(HeaderSection::read(&mut reader).unwrap().is_ok());
        assert_eq!(reader, b".");
    }
}
