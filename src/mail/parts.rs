//! The parts of a MIME message (RFC 2045, RFC 2046): where each begins and ends, and what it is. Bytes are read once, line by
//! line, and none of a body is kept: a message of 100 MB costs what its part headers cost.
//!
//! Known limits: what is nested deeper than [`MAX_DEPTH`] multiparts or comes after [`MAX_LEAVES`] parts is one part as it
//! stands; `message/rfc822` is one part and not looked into.

use std::io::{self, BufRead, Read};

use data_encoding::BASE64;
use mail_parser::decoders::html::html_to_text;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{Message, MessageParser, MimeHeaders};

/// Multiparts inside multiparts that are looked into.
pub const MAX_DEPTH: usize = 16;
/// Parts that are told apart.
pub const MAX_LEAVES: usize = 500;
/// A part's header section, in bytes: what is longer is cut.
const MAX_HEADER: usize = 64 << 10;
/// A line is looked at in pieces of this many bytes: no boundary is longer (RFC 2046 section 5.1.1: 70 characters).
const PIECE: u64 = 4096;

/// How the bytes of a part were made fit for the mail (RFC 2045 section 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// As they are: `7bit`, `8bit`, `binary`.
    Plain,
    /// `base64`.
    Base64,
    /// `quoted-printable`.
    QuotedPrintable,
}

/// One part that is no multipart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// Its header section, or the message's own where the message has no parts.
    pub header: Vec<u8>,
    /// Offset of the first byte of its body.
    pub starts: u64,
    /// Offset behind its last byte, without the line end that belongs to the boundary.
    pub ends: u64,
    /// `text/plain`, in lower case.
    pub kind: String,
    /// How its bytes are encoded.
    pub encoding: Encoding,
    /// It says that it is a file, or has a file's name.
    pub attached: bool,
    /// The name that it has as a file.
    pub name: Option<String>,
    /// Offset of its header section; 0 where that is the message's own.
    pub header_starts: u64,
    /// It lies in something that is signed or encrypted.
    pub sealed: bool,
    /// Each `multipart/alternative` that it stands in, and in which of the alternatives.
    alternatives: Vec<(usize, usize)>,
}

/// A multipart, without what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Multipart {
    /// Its header section, or the message's own.
    pub header: Vec<u8>,
    /// Offset of its header section; 0 where that is the message's own.
    pub header_starts: u64,
    /// Offset of the first byte behind its header section.
    pub starts: u64,
    /// It lies in something that is signed or encrypted.
    pub sealed: bool,
}

/// All parts of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Structure {
    /// In their order.
    pub leaves: Vec<Leaf>,
    /// In their order.
    pub multiparts: Vec<Multipart>,
}

/// A text to be read, or a file to be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// What the writer says, as plain text.
    Text,
    /// The same as HTML.
    Html,
    /// Anything else.
    File,
    /// The same text once more in another form.
    Spare,
}

struct Frame {
    boundary: Vec<u8>,
    alternative: Option<usize>,
    branch: usize,
    /// What is in it is signed or encrypted.
    sealed: bool,
}

/// The parts of a message, in their order.
///
/// # Errors
/// Those of `from`.
pub fn leaves(from: &mut dyn BufRead) -> io::Result<Vec<Leaf>> {
    Ok(structure(None, from)?.leaves)
}

/// The parts of a message, multiparts among them; with its header section apart, or at the beginning of `from`. Offsets are
/// those in `from`.
///
/// # Errors
/// Those of `from`.
pub fn structure(header: Option<&[u8]>, from: &mut dyn BufRead) -> io::Result<Structure> {
    let mut walk = Walk::default();
    let place = match header {
        Some(header) => walk.begin(header.to_vec(), 0),
        None => Place::Header(Vec::new()),
    };
    walk.run(place, from)
}

#[derive(Default)]
struct Walk {
    offset: u64,
    stack: Vec<Frame>,
    found: Vec<Leaf>,
    multiparts: Vec<Multipart>,
    groups: usize,
    /// Where the header section begins that is being read.
    header_starts: u64,
}

/// Where the walk is.
enum Place {
    Header(Vec<u8>),
    /// In a body; where it ends if the next line is a boundary.
    Body(Leaf),
    /// Before the first part of a multipart, or behind the last one.
    Between,
}

impl Walk {
    fn run(mut self, mut place: Place, from: &mut dyn BufRead) -> io::Result<Structure> {
        let mut line = Vec::new();
        let mut fresh = true;
        // The end of the line before, which belongs to a boundary that follows.
        let mut line_end = 0;
        loop {
            line.clear();
            let read = Read::take(&mut *from, PIECE).read_until(b'\n', &mut line)? as u64;
            if read == 0 {
                break;
            }
            let boundary = fresh.then(|| self.boundary(&line)).flatten();
            if let Some((depth, closes)) = boundary {
                if let Place::Body(mut leaf) = place {
                    leaf.ends = (self.offset - line_end).max(leaf.starts);
                    self.found.push(leaf);
                }
                self.stack.truncate(depth + 1);
                place = if closes {
                    self.stack.pop();
                    Place::Between
                } else {
                    if let Some(frame) = self.stack.last_mut() {
                        frame.branch += 1;
                    }
                    self.header_starts = self.offset + read;
                    Place::Header(Vec::new())
                };
            } else if let Place::Header(mut header) = place {
                place = if fresh && matches!(&line[..], b"\r\n" | b"\n") {
                    self.begin(header, self.offset + read)
                } else {
                    if header.len() + line.len() <= MAX_HEADER {
                        header.extend_from_slice(&line);
                    }
                    Place::Header(header)
                };
            }
            fresh = line.ends_with(b"\n");
            line_end = match (line.ends_with(b"\r\n"), fresh) {
                (true, _) => 2,
                (false, true) => 1,
                (false, false) => 0,
            };
            self.offset += read;
        }
        match place {
            Place::Body(mut leaf) => {
                leaf.ends = self.offset;
                self.found.push(leaf);
            }
            // A part, or a message, that is a header section only.
            Place::Header(header) => {
                if let Place::Body(leaf) = self.begin(header, self.offset) {
                    self.found.push(leaf);
                }
            }
            Place::Between => {}
        }
        Ok(Structure {
            leaves: self.found,
            multiparts: self.multiparts,
        })
    }

    /// Which open multipart this line divides or closes.
    fn boundary(&self, line: &[u8]) -> Option<(usize, bool)> {
        let rest = line.strip_prefix(b"--")?;
        let ended = |rest: &[u8]| rest.iter().all(u8::is_ascii_whitespace);
        // From the inside out: a part that was never closed ends with the one around it.
        for (depth, frame) in self.stack.iter().enumerate().rev() {
            let Some(rest) = rest.strip_prefix(&frame.boundary[..]) else {
                continue;
            };
            if ended(rest) {
                // Enough is enough: the rest is one part.
                return (self.found.len() < MAX_LEAVES).then_some((depth, false));
            }
            if rest.strip_prefix(b"--").is_some_and(ended) {
                return Some((depth, true));
            }
        }
        None
    }

    /// The header section of a part is whole.
    fn begin(&mut self, header: Vec<u8>, starts: u64) -> Place {
        let sealed = self.stack.last().is_some_and(|frame| frame.sealed);
        let parser = MessageParser::new();
        let message = parser.parse_headers(&header);
        let content = message.as_ref().and_then(|m| m.content_type());
        let kind = content.map_or("text/plain".to_owned(), |c| {
            let subtype = c.subtype().unwrap_or("plain");
            format!("{}/{subtype}", c.ctype()).to_ascii_lowercase()
        });
        if let Some(boundary) = content.and_then(|c| c.attribute("boundary"))
            && kind.starts_with("multipart/")
            && !boundary.is_empty()
            && self.stack.len() < MAX_DEPTH
        {
            let alternative = (kind == "multipart/alternative").then(|| {
                self.groups += 1;
                self.groups
            });
            let seals = matches!(&kind[..], "multipart/signed" | "multipart/encrypted");
            self.stack.push(Frame {
                boundary: boundary.as_bytes().to_vec(),
                alternative,
                branch: 0,
                sealed: sealed || seals,
            });
            drop(message);
            self.multiparts.push(Multipart {
                header,
                header_starts: self.header_starts,
                starts,
                sealed,
            });
            return Place::Between;
        }
        let encoding = message
            .as_ref()
            .and_then(|m| m.content_transfer_encoding())
            .map(str::to_ascii_lowercase);
        let name = message.as_ref().and_then(name_of);
        let attached = name.is_some()
            || message
                .as_ref()
                .and_then(|m| m.content_disposition())
                .is_some_and(|d| d.is_attachment());
        drop(message);
        Place::Body(Leaf {
            header,
            starts,
            ends: starts,
            kind,
            encoding: match encoding.as_deref() {
                Some("base64") => Encoding::Base64,
                Some("quoted-printable") => Encoding::QuotedPrintable,
                _ => Encoding::Plain,
            },
            attached,
            name,
            header_starts: self.header_starts,
            sealed,
            alternatives: self
                .stack
                .iter()
                .filter_map(|frame| Some((frame.alternative?, frame.branch)))
                .collect(),
        })
    }
}

fn name_of(message: &Message<'_>) -> Option<String> {
    let name = message.attachment_name()?.trim();
    Some(name.to_owned()).filter(|name| !name.is_empty())
}

impl Leaf {
    /// The text of a part with this body, whatever its character set.
    pub fn text(&self, body: &[u8]) -> String {
        let mut whole = Vec::with_capacity(self.header.len() + body.len() + 2);
        whole.extend_from_slice(&self.header);
        whole.extend_from_slice(b"\r\n");
        whole.extend_from_slice(body);
        let message = MessageParser::new().parse(&whole);
        let text = message.as_ref().and_then(|m| {
            let part = m.parts.first()?;
            part.text_contents().map(str::to_owned)
        });
        let text = text.unwrap_or_else(|| String::from_utf8_lossy(body).into_owned());
        if self.kind == "text/html" {
            html_to_text(&text)
        } else {
            text
        }
    }
}

/// What each part is to somebody who can read plain text and keep files.
pub fn roles(leaves: &[Leaf]) -> Vec<Role> {
    let bare = |leaf: &Leaf| match leaf.kind.as_str() {
        "text/plain" if !leaf.attached => Role::Text,
        "text/html" if !leaf.attached => Role::Html,
        _ => Role::File,
    };
    let chosen = |group: usize| {
        let in_group = |wanted: Role| {
            let mut these = leaves.iter().filter(|leaf| bare(leaf) == wanted);
            these.find_map(|leaf| {
                let mut places = leaf.alternatives.iter();
                places.find(|(g, _)| *g == group).map(|(_, branch)| *branch)
            })
        };
        in_group(Role::Text).or_else(|| in_group(Role::Html))
    };
    leaves
        .iter()
        .map(|leaf| match bare(leaf) {
            // A picture inside the other form of the text is not in this one.
            Role::File => Role::File,
            text => {
                let mut places = leaf.alternatives.iter();
                let taken = places.all(|(group, branch)| chosen(*group) == Some(*branch));
                if taken { text } else { Role::Spare }
            }
        })
        .collect()
}

/// Decodes the body of a part while it is read.
pub struct Decoder<R> {
    from: R,
    encoding: Encoding,
    /// Decoded, and not taken yet.
    ready: Vec<u8>,
    taken: usize,
    /// Base64 letters that do not make a whole group yet.
    letters: Vec<u8>,
    ended: bool,
}

impl<R: BufRead> Decoder<R> {
    /// The decoded bytes of `from`. What is not in the encoding is left out, as mail programs do.
    pub fn new(from: R, encoding: Encoding) -> Self {
        Self {
            from,
            encoding,
            ready: Vec::new(),
            taken: 0,
            letters: Vec::new(),
            ended: false,
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        self.ready.clear();
        self.taken = 0;
        while self.ready.is_empty() && !self.ended {
            match self.encoding {
                Encoding::Plain | Encoding::Base64 => {
                    let block = self.from.fill_buf()?;
                    let length = block.len();
                    self.ended = length == 0;
                    if self.encoding == Encoding::Plain {
                        self.ready.extend_from_slice(block);
                    } else {
                        let of_base64 =
                            |b: &u8| b.is_ascii_alphanumeric() || matches!(*b, b'+' | b'/');
                        self.letters.extend(block.iter().copied().filter(of_base64));
                    }
                    self.from.consume(length);
                    if self.encoding == Encoding::Base64 {
                        self.decode_letters();
                    }
                }
                Encoding::QuotedPrintable => {
                    let mut line = Vec::new();
                    // A line of the encoding has 76 characters; one without end is decoded in pieces.
                    let read = Read::take(&mut self.from, PIECE).read_until(b'\n', &mut line)?;
                    self.ended = read == 0;
                    self.ready = quoted_printable_decode(&line).unwrap_or(line);
                }
            }
        }
        Ok(())
    }

    fn decode_letters(&mut self) {
        let whole = self.letters.len() / 4 * 4;
        let rest = self.letters.split_off(whole);
        let mut letters = std::mem::replace(&mut self.letters, rest);
        if self.ended {
            // Padding was left out: three letters are two bytes, two are one.
            letters.append(&mut self.letters);
            if letters.len() % 4 == 1 {
                letters.pop(); // six bits are no byte
            }
            while !letters.len().is_multiple_of(4) {
                letters.push(b'=');
            }
        }
        // A last group may have stray bits, which strict decoders refuse.
        let lenient = {
            let mut specification = BASE64.specification();
            specification.check_trailing_bits = false;
            specification.encoding()
        };
        if let Ok(encoding) = lenient
            && let Ok(bytes) = encoding.decode(&letters)
        {
            self.ready = bytes;
        }
    }
}

impl<R: BufRead> Read for Decoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.taken == self.ready.len() {
            self.fill()?;
        }
        let length = buffer.len().min(self.ready.len() - self.taken);
        buffer[..length].copy_from_slice(&self.ready[self.taken..self.taken + length]);
        self.taken += length;
        Ok(length)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use std::io::{BufReader, Cursor};

    use proptest::prelude::*;

    use super::*;

    fn walk(message: &str) -> (Vec<Leaf>, Vec<Role>, Vec<String>) {
        let message = message.replace('\n', "\r\n");
        let leaves = leaves(&mut Cursor::new(&message)).unwrap();
        let roles = roles(&leaves);
        let bodies = leaves
            .iter()
            .map(|leaf| message[leaf.starts as usize..leaf.ends as usize].to_owned())
            .collect();
        (leaves, roles, bodies)
    }

    #[test]
    fn a_plain_letter_is_one_text() {
        let (leaves, roles, bodies) = walk("Subject: hi\n\nhello\n--not a boundary\n");
        assert_eq!(roles, [Role::Text]);
        assert_eq!(bodies, ["hello\r\n--not a boundary\r\n"]);
        assert_eq!(leaves[0].kind, "text/plain");
        let (_, roles, bodies) = walk("Subject: nothing more\n");
        assert_eq!((roles.len(), bodies[0].as_str()), (1, ""));
    }

    #[test]
    fn of_two_forms_of_a_text_the_plain_one_is_read_and_pictures_are_kept() {
        let (leaves, roles, bodies) = walk(
            "Content-Type: multipart/mixed; boundary=\"out er\"\n\npreamble\n--out er\n\
             Content-Type: multipart/alternative; boundary=in\n\n--in\n\nplain\n--in\n\
             Content-Type: multipart/related; boundary=rel\n\n--rel\nContent-Type: text/html\n\n<b>html</b>\n--rel\n\
             Content-Type: image/png; name=\"sun.png\"\nContent-Transfer-Encoding: base64\n\nAAAA\n--rel--\n--in--\n\
             epilogue\n--out er \nContent-Disposition: attachment; filename*=utf-8''gr%C3%BC%C3%9Fe.txt\n\nhi\n--out er--\nend",
        );
        assert_eq!(roles, [Role::Text, Role::Spare, Role::File, Role::File]);
        assert_eq!(bodies, ["plain", "<b>html</b>", "AAAA", "hi"]);
        let names: Vec<_> = leaves.iter().map(|l| l.name.as_deref()).collect();
        assert_eq!(names, [None, None, Some("sun.png"), Some("grüße.txt")]);
        assert_eq!(leaves[2].encoding, Encoding::Base64);
    }

    #[test]
    fn html_alone_becomes_text_and_character_sets_are_read() {
        let (leaves, roles, _) = walk(
            "Content-Type: multipart/alternative; boundary=x\n\n--x\n\
             Content-Type: text/html; charset=iso-8859-1\n\n<p>Gr=FC=DFe</p>\n--x--\n",
        );
        assert_eq!(roles, [Role::Html]);
        assert_eq!(
            leaves[0].text(b"<p>Gr\xfc\xdfe</p><br>an dich").trim(),
            "Grüße\n\nan dich"
        );
    }

    #[test]
    fn a_part_that_is_never_closed_ends_with_the_one_around_it() {
        let (_, roles, bodies) = walk(
            "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; boundary=b\n\n\
             --b\n\none\n--a\nContent-Type: application/pdf\n\ntwo",
        );
        assert_eq!(roles, [Role::Text, Role::File]);
        assert_eq!(bodies, ["one", "two"]);
    }

    #[test]
    fn many_parts_and_deep_ones_end_somewhere() {
        let many = format!(
            "Content-Type: multipart/mixed; boundary=a\n\n{}",
            "--a\n\nx\n".repeat(MAX_LEAVES * 2)
        );
        assert_eq!(walk(&many).0.len(), MAX_LEAVES + 1);
        let mut deep = String::new();
        for depth in 0..100 {
            deep += &format!("Content-Type: multipart/mixed; boundary=b{depth}\n\n--b{depth}\n");
        }
        assert_eq!(walk(&deep).0.len(), 1);
    }

    fn decoded(bytes: &[u8], encoding: Encoding, piece: usize) -> Vec<u8> {
        let mut out = Vec::new();
        let reader = BufReader::with_capacity(piece, Cursor::new(bytes));
        Decoder::new(reader, encoding)
            .read_to_end(&mut out)
            .unwrap();
        out
    }

    #[test]
    fn quoted_printable_is_decoded_line_by_line() {
        let text = b"gr=C3=BC=C3=9Fe =\r\nan dich\r\n=3D\r\n";
        let found = decoded(text, Encoding::QuotedPrintable, 5);
        assert_eq!(String::from_utf8(found).unwrap(), "grüße an dich\r\n=\r\n");
    }

    proptest! {
        #[test]
        fn base64_comes_back_however_it_is_broken_up(
            bytes in prop::collection::vec(any::<u8>(), 0..500), width in 1usize..80, piece in 1usize..64
        ) {
            let lines: Vec<String> = BASE64.encode(&bytes).as_bytes().chunks(width)
                .map(|line| String::from_utf8(line.to_vec()).unwrap()).collect();
            let text = lines.join("\r\n");
            prop_assert_eq!(decoded(text.as_bytes(), Encoding::Base64, piece), bytes);
        }

        #[test]
        fn whatever_comes_parts_lie_inside_and_in_order(text in "(--a|--a--|\r\n|\n|x|Content-Type: multipart/mixed; boundary=a|Content-Type: multipart/alternative; boundary=a|:){0,60}") {
            let leaves = leaves(&mut Cursor::new(text.as_bytes())).unwrap();
            let mut last = 0;
            for leaf in &leaves {
                prop_assert!(last <= leaf.starts && leaf.starts <= leaf.ends && leaf.ends <= text.len() as u64);
                last = leaf.ends;
            }
            prop_assert_eq!(roles(&leaves).len(), leaves.len());
        }
    }
}
