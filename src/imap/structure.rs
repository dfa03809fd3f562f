//! The parts of a message as FETCH numbers them (RFC 3501 section 6.4.5): a tree, messages inside messages in it, with the
//! offsets of every header section and body. Bytes are read once, and of a body none is kept.
//!
//! What is nested deeper than [`MAX_DEPTH`] or comes after [`MAX_PARTS`] parts is one part as it stands.

use std::io::{self, BufRead, Read};

use super::encode::{nstring, string};
use super::envelope::{self, Valued};
use crate::mail::parts::Encoding;

/// Parts inside parts that are told apart.
pub const MAX_DEPTH: usize = 50;
/// Parts that are told apart.
pub const MAX_PARTS: usize = 1000;
/// What of a header section is looked at.
const MAX_HEADER: usize = 256 << 10;
/// The same of all of them together.
const MAX_HEADERS: usize = 2 << 20;
/// No boundary is longer, nor is a line of a header looked at further, at a time.
const PIECE: u64 = 8 << 10;

/// What a part is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// A text, a picture, anything.
    #[default]
    Leaf,
    /// Its children are its parts.
    Multipart,
    /// Its one child is the message in it.
    Message,
}

/// One part: the message itself, or something in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// What it is.
    pub kind: Kind,
    /// Offset of its header section.
    pub header_starts: u64,
    /// Offset behind its header section, with the empty line.
    pub starts: u64,
    /// Offset behind its body; the line end before a boundary belongs to that.
    pub ends: u64,
    /// Line ends in its body.
    pub lines: u64,
    /// Its header section.
    pub header: Vec<u8>,
    /// It stands in a `multipart/digest`: where nothing else is said it is a message (RFC 2046 section 5.1.5).
    pub in_digest: bool,
    /// Places in [`Structure::parts`].
    pub children: Vec<usize>,
}

/// All parts of a message; the first is the message itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Structure {
    /// The message first; a part before those in it.
    pub parts: Vec<Part>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Header,
    Body,
    /// Between the parts of a multipart: nothing of it belongs to one.
    Between,
}

struct Open {
    part: usize,
    boundary: Option<Vec<u8>>,
    state: State,
    /// The last boundary of it has come.
    closed: bool,
    lines_before: u64,
}

struct Walk {
    parts: Vec<Part>,
    open: Vec<Open>,
    lines: u64,
    kept: usize,
    /// Octets of the line end of the line before.
    line_end: u64,
}

impl Structure {
    /// Reads a message to its end.
    ///
    /// # Errors
    /// Those of `from`.
    pub fn read(from: &mut dyn BufRead) -> io::Result<Self> {
        let mut walk = Walk {
            parts: Vec::new(),
            open: Vec::new(),
            lines: 0,
            kept: 0,
            line_end: 0,
        };
        walk.begin(0, None);
        let mut offset = 0;
        let mut line = Vec::new();
        let mut at_start = true;
        loop {
            line.clear();
            let got = Read::take(&mut *from, PIECE).read_until(b'\n', &mut line)? as u64;
            if got == 0 {
                break;
            }
            walk.piece(&line, offset, at_start);
            at_start = line.ends_with(b"\n");
            offset += got;
        }
        walk.close(0, offset, 0);
        Ok(Self { parts: walk.parts })
    }

    /// The part with these numbers; none for the message itself.
    pub fn find(&self, numbers: &[u32]) -> Option<&Part> {
        let mut whose = Some(0);
        let mut found = 0;
        for &number in numbers {
            let at = whose?;
            let part = &self.parts[at];
            found = match part.kind {
                Kind::Multipart => *part
                    .children
                    .get(usize::try_from(number).ok()?.checked_sub(1)?)?,
                _ if number == 1 => at,
                _ => return None,
            };
            let inside = &self.parts[found];
            whose = match inside.kind {
                Kind::Multipart => Some(found),
                Kind::Message => inside.children.first().copied(),
                Kind::Leaf => None,
            };
        }
        self.parts.get(found)
    }

    /// The message in a `message/rfc822`; the message itself for the first part asked for by no numbers.
    pub fn message_in(&self, numbers: &[u32]) -> Option<&Part> {
        let part = self.find(numbers)?;
        if numbers.is_empty() {
            return Some(part);
        }
        if part.kind != Kind::Message {
            return None;
        }
        self.parts.get(*part.children.first()?)
    }

    /// Writes BODYSTRUCTURE, or BODY without extension data.
    pub fn write(&self, out: &mut Vec<u8>, extended: bool) {
        self.write_part(out, 0, extended);
    }

    fn write_part(&self, out: &mut Vec<u8>, at: usize, extended: bool) {
        let part = &self.parts[at];
        let value = part.content_type();
        out.push(b'(');
        if part.kind == Kind::Multipart {
            for &child in &part.children {
                self.write_part(out, child, extended);
            }
            if part.children.is_empty() {
                // A body of RFC 3501 has at least one part.
                out.extend_from_slice(b"(\"text\" \"plain\" NIL NIL NIL \"7bit\" 0 0)");
            }
            out.push(b' ');
            string(out, &value.subkind);
            if extended {
                out.push(b' ');
                envelope::parameters(out, &value.parameters);
                write_extension(out, &part.header);
            }
            out.push(b')');
            return;
        }
        string(out, &value.kind);
        out.push(b' ');
        string(out, &value.subkind);
        out.push(b' ');
        envelope::parameters(out, &value.parameters);
        for name in ["Content-ID", "Content-Description"] {
            out.push(b' ');
            nstring(out, envelope::field(&part.header, name).as_deref());
        }
        out.push(b' ');
        let encoding = envelope::field(&part.header, "Content-Transfer-Encoding");
        let encoding = encoding.as_deref().map(valued_kind);
        string(
            out,
            encoding
                .as_deref()
                .filter(|e| !e.is_empty())
                .unwrap_or(b"7bit"),
        );
        out.extend_from_slice(format!(" {}", part.ends - part.starts).as_bytes());
        if part.kind == Kind::Message
            && let Some(&child) = part.children.first()
        {
            out.push(b' ');
            envelope::envelope(out, &self.parts[child].header);
            out.push(b' ');
            self.write_part(out, child, extended);
            out.extend_from_slice(format!(" {}", part.lines).as_bytes());
        } else if value.is_message() {
            // It was not looked into, for it is encoded or too deep: RFC 9051 section 7.5.2 wants it to be shown all the same.
            out.extend_from_slice(b" (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) ");
            out.extend_from_slice(if extended {
                b"(\"text\" \"plain\" NIL NIL NIL \"7bit\" 0 0 NIL NIL NIL NIL)"
            } else {
                b"(\"text\" \"plain\" NIL NIL NIL \"7bit\" 0 0)"
            });
            out.extend_from_slice(format!(" {}", part.lines).as_bytes());
        } else if value.kind.eq_ignore_ascii_case(b"text") {
            out.extend_from_slice(format!(" {}", part.lines).as_bytes());
        }
        if extended {
            out.push(b' ');
            nstring(out, envelope::field(&part.header, "Content-MD5").as_deref());
            write_extension(out, &part.header);
        }
        out.push(b')');
    }
}

impl Valued {
    /// Whether a part of this type is a message (RFC 2046 section 5.2.1, RFC 6532 section 3.7).
    fn is_message(&self) -> bool {
        let is = |sub: &[u8]| self.subkind.eq_ignore_ascii_case(sub);
        self.kind.eq_ignore_ascii_case(b"message") && (is(b"rfc822") || is(b"global"))
    }
}

/// How the bytes behind a header section are encoded; `None` for an encoding that nobody knows.
pub fn encoding(header: &[u8]) -> Option<Encoding> {
    match encoding_name(header).as_slice() {
        b"7bit" | b"8bit" | b"binary" | b"" => Some(Encoding::Plain),
        b"base64" => Some(Encoding::Base64),
        b"quoted-printable" => Some(Encoding::QuotedPrintable),
        _ => None,
    }
}

/// Whether they may be any octets, as they are (RFC 2045 section 6.2).
pub fn is_binary(header: &[u8]) -> bool {
    encoding_name(header) == b"binary"
}

/// In small letters; nothing where nothing is said.
fn encoding_name(header: &[u8]) -> Vec<u8> {
    let field = envelope::field(header, "Content-Transfer-Encoding");
    field.map_or_else(Vec::new, |field| valued_kind(&field).to_ascii_lowercase())
}

fn valued_kind(text: &[u8]) -> Vec<u8> {
    envelope::valued(text).kind
}

/// Disposition, language, location.
fn write_extension(out: &mut Vec<u8>, header: &[u8]) {
    out.push(b' ');
    match envelope::field(header, "Content-Disposition") {
        Some(field) => {
            let value = envelope::valued(&field);
            out.push(b'(');
            string(out, &value.kind);
            out.push(b' ');
            envelope::parameters(out, &value.parameters);
            out.push(b')');
        }
        None => out.extend_from_slice(b"NIL"),
    }
    out.push(b' ');
    match envelope::field(header, "Content-Language") {
        Some(field) => {
            let languages = field.split(|&b| b == b',').map(<[u8]>::trim_ascii);
            let languages: Vec<&[u8]> = languages.filter(|l| !l.is_empty()).collect();
            match languages.as_slice() {
                [] => out.extend_from_slice(b"NIL"),
                [one] => string(out, one),
                many => {
                    out.push(b'(');
                    for (at, language) in many.iter().enumerate() {
                        if at > 0 {
                            out.push(b' ');
                        }
                        string(out, language);
                    }
                    out.push(b')');
                }
            }
        }
        None => out.extend_from_slice(b"NIL"),
    }
    out.push(b' ');
    nstring(out, envelope::field(header, "Content-Location").as_deref());
}

impl Part {
    /// What it says to be, or is taken for.
    pub fn content_type(&self) -> Valued {
        content_type(&self.header, self.in_digest)
    }
}

/// Content-Type, `text/plain` where there is none that can be understood (RFC 2045 section 5.2); where there is none in a
/// digest, `message/rfc822`.
pub fn content_type(header: &[u8], in_digest: bool) -> Valued {
    let field = envelope::field(header, "Content-Type").map(|field| envelope::valued(&field));
    match field {
        Some(value) if !value.kind.is_empty() && !value.subkind.is_empty() => value,
        Some(value) => Valued {
            kind: b"text".to_vec(),
            subkind: b"plain".to_vec(),
            ..value
        },
        None if in_digest => Valued {
            kind: b"message".to_vec(),
            subkind: b"rfc822".to_vec(),
            ..Valued::default()
        },
        None => Valued {
            kind: b"text".to_vec(),
            subkind: b"plain".to_vec(),
            parameters: vec![(b"charset".to_vec(), b"us-ascii".to_vec())],
        },
    }
}

fn line_end(line: &[u8]) -> u64 {
    u64::from(line.ends_with(b"\n")) + u64::from(line.ends_with(b"\r\n"))
}

impl Walk {
    /// A header section begins.
    fn begin(&mut self, offset: u64, parent: Option<usize>) {
        let part = self.parts.len();
        self.parts.push(Part {
            header_starts: offset,
            starts: offset,
            in_digest: parent.is_some_and(|parent| self.is_digest(parent)),
            ..Part::default()
        });
        if let Some(parent) = parent {
            self.parts[parent].children.push(part);
        }
        self.open.push(Open {
            part,
            boundary: None,
            state: State::Header,
            closed: false,
            lines_before: 0,
        });
    }

    fn is_digest(&self, part: usize) -> bool {
        let part = &self.parts[part];
        let digest = || part.content_type().subkind.eq_ignore_ascii_case(b"digest");
        part.kind == Kind::Multipart && digest()
    }

    /// Part of a line, or all of it; `offset` is that of its first octet.
    fn piece(&mut self, bytes: &[u8], offset: u64, at_start: bool) {
        let whole = bytes.ends_with(b"\n");
        let behind = offset + bytes.len() as u64;
        if at_start && bytes.starts_with(b"--") && self.boundary(bytes, offset, behind) {
            // Where another boundary follows at once, this belongs to what is around the parts.
            self.line_end = line_end(bytes);
            return;
        }
        let Some(top) = self.open.last() else {
            return;
        };
        if top.state == State::Header {
            let part = top.part;
            let room = MAX_HEADER
                .saturating_sub(self.parts[part].header.len())
                .min(MAX_HEADERS.saturating_sub(self.kept));
            let taken = &bytes[..bytes.len().min(room)];
            self.parts[part].header.extend_from_slice(taken);
            self.kept += taken.len();
            self.parts[part].starts = behind;
            if at_start && bytes.trim_ascii().is_empty() && whole && bytes.len() <= 2 {
                self.body(behind);
            }
        }
        if whole {
            self.line_end = line_end(bytes);
            self.lines += 1;
        }
    }

    /// A header section is at its end: what follows?
    fn body(&mut self, offset: u64) {
        let depth = self.open.len();
        let full = self.parts.len() >= MAX_PARTS || depth > MAX_DEPTH;
        // The line that ends the header section is counted when this returns.
        let lines = self.lines + 1;
        let Some(top) = self.open.last_mut() else {
            return;
        };
        top.lines_before = lines;
        let part = top.part;
        let value = self.parts[part].content_type();
        let is_multipart = value.kind.eq_ignore_ascii_case(b"multipart");
        let boundary = value.parameter("boundary").filter(|b| !b.is_empty());
        if full {
            top.state = State::Body;
        } else if let (true, Some(boundary)) = (is_multipart, boundary) {
            top.state = State::Between;
            top.boundary = Some(boundary.to_vec());
            self.parts[part].kind = Kind::Multipart;
        } else if value.is_message() && encoding(&self.parts[part].header) == Some(Encoding::Plain)
        {
            top.state = State::Body;
            self.parts[part].kind = Kind::Message;
            self.begin(offset, Some(part));
        } else {
            top.state = State::Body;
        }
    }

    /// Whether this is a boundary of something that is open; if so its part ends here.
    fn boundary(&mut self, line: &[u8], offset: u64, behind: u64) -> bool {
        let text = line[2..].trim_ascii_end();
        let found = self.open.iter().rposition(|open| {
            let Some(boundary) = open.boundary.as_deref().filter(|_| !open.closed) else {
                return false;
            };
            let boundary = boundary.trim_ascii_end();
            text.strip_prefix(boundary)
                .is_some_and(|rest| rest.is_empty() || rest == b"--")
        });
        let Some(at) = found else {
            return false;
        };
        let boundary = self.open[at].boundary.as_deref().unwrap_or_default();
        let last = text.len() > boundary.trim_ascii_end().len();
        let line_end = self.line_end;
        self.close(at + 1, offset, line_end);
        self.lines += 1;
        let parent = self.open[at].part;
        if last {
            self.open[at].closed = true;
        } else if self.parts.len() < MAX_PARTS {
            self.begin(behind, Some(parent));
        }
        true
    }

    /// Everything from this place of the stack on ends at `offset`; the line end before it does not belong to it.
    fn close(&mut self, from: usize, offset: u64, line_end: u64) {
        // From the innermost: an empty message before a boundary keeps its empty line, and whatever it is in reaches as far.
        let mut inner = 0;
        for open in self.open.drain(from..).rev() {
            let part = &mut self.parts[open.part];
            let end = offset.saturating_sub(line_end);
            if open.state == State::Header {
                // No empty line: all of it is header.
                part.starts = part.starts.min(end).max(part.header_starts);
                part.ends = part.starts;
                inner = part.ends;
                continue;
            }
            part.ends = end.max(part.starts).max(inner);
            inner = part.ends;
            let lines = self.lines.saturating_sub(open.lines_before);
            // Line ends are counted; the one before a boundary belongs to that.
            let loses_line_end = line_end > 0 && part.ends == end;
            let cut = u64::from(loses_line_end && lines > 0);
            part.lines = (lines - cut).min(part.ends - part.starts);
        }
    }
}

#[cfg(test)]
#[path = "structure_tests.rs"]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests;
