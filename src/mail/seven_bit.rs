//! A message made over for a server that takes 7 bits only: one without 8BITMIME (RFC 6152) or SMTPUTF8 (RFC 6531).
//!
//! | what | becomes |
//! | --- | --- |
//! | a part of 8-bit bytes, or with lines of more than 998 | quoted-printable where most of it is ASCII text, else base64 |
//! | a forwarded message (`message/rfc822`) | the same inside |
//! | `Content-Transfer-Encoding: 8bit` or `binary` of what is 7-bit | `7bit` |
//! | raw letters in a field | encoded words (RFC 2047); in the name of a file RFC 2231 |
//!
//! Decoded, every part has the bytes that it had. What is 7-bit stays as it is, so that twice is once. Only what can be
//! made over without loss is: nothing inside a signed or encrypted part is touched, an address that is not ASCII has no
//! other form that this home could know, and what is not what it says stays alone. Then the message is [`Unfit`].
//!
//! The body is read block by block: first to see what is in it, then to write it anew.

use std::collections::VecDeque;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::ops::Range;

use data_encoding::BASE64;

use super::departure::{is_address_field, is_one_of};
use super::header::{Field, HeaderSection};
use super::mailboxes::{self, encoded_word};
use super::parts;

/// RFC 5322 section 2.1.1, without the line end.
const MAX_LINE: u64 = 998;
/// Forwarded messages in forwarded messages that are looked into.
const MAX_NESTED: usize = 4;
/// A line of an encoding (RFC 2045 sections 6.7 and 6.8).
const LINE: usize = 76;
/// Bytes that make one line of base64.
const LINE_BYTES: usize = 57;
/// Bytes that are encoded at a time: lines of base64.
const BLOCK: usize = LINE_BYTES * 1024;
/// Bytes of an encoded word: 52 in base64, and 19 around it in the longest case.
const WORD: usize = 39;
/// Bytes of a piece of a parameter: three times as many at most.
const PIECE: usize = 20;

/// Fields of identifiers, which have one form only.
const IDENTIFIERS: [&str; 6] = [
    "Message-ID",
    "In-Reply-To",
    "References",
    "Resent-Message-ID",
    "Content-ID",
    "Original-Message-ID",
];

/// Why a message cannot be made over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// A signature would break, or what is encrypted could not be opened.
    #[error("it is signed or encrypted")]
    Sealed,
    /// An address has no other form.
    #[error("it holds an address with letters that are not ASCII")]
    Address,
    /// It is not built as it says.
    #[error("a part of it is not what it says")]
    Build,
}

/// A message made over.
#[derive(Debug)]
pub struct MadeOver {
    /// The header section, without the empty line.
    pub header: Vec<u8>,
    body_size: u64,
    pieces: Vec<Piece>,
}

/// A piece of the body.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Bytes(Vec<u8>),
    /// From the source, as it is.
    Copy(Range<u64>),
    /// From the source, encoded.
    Encode(Range<u64>, Coding),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coding {
    QuotedPrintable,
    Base64,
}

impl Coding {
    fn word(self) -> &'static str {
        match self {
            Self::QuotedPrintable => "quoted-printable",
            Self::Base64 => "base64",
        }
    }
}

/// Looks through a message whose body begins at `starts` of `source`, and says how it becomes 7-bit.
///
/// # Errors
/// The outer one is of `source`; the inner one says why it cannot.
pub fn make_over<S: Read + Seek>(
    header: &HeaderSection,
    source: &mut S,
    starts: u64,
) -> io::Result<Result<MadeOver, Unfit>> {
    let ends = source.seek(SeekFrom::End(0))?.max(starts);
    let mut plan = Plan {
        source,
        pieces: Vec::new(),
    };
    let section = match plan.message(Some(header), starts..ends, 0)? {
        Ok(section) => section,
        Err(unfit) => return Ok(Err(unfit)),
    };
    let mut made = MadeOver {
        header: section.unwrap_or_else(|| header.bytes().to_vec()),
        body_size: 0,
        pieces: plan.pieces,
    };
    made.body_size = io::copy(&mut made.body(source), &mut io::sink())?;
    Ok(Ok(made))
}

impl MadeOver {
    /// Bytes of the body.
    pub fn body_size(&self) -> u64 {
        self.body_size
    }

    /// The body anew, from the same source.
    pub fn body<'a, S: Read + Seek>(&'a self, source: &'a mut S) -> Body<'a, S> {
        Body {
            source,
            pieces: self.pieces.iter().cloned().collect(),
            current: None,
            ready: Vec::new(),
            taken: 0,
        }
    }
}

/// What a stretch of the source is like.
#[derive(Default)]
struct Look {
    bytes: u64,
    eight_bit: u64,
    longest: u64,
    utf8: bool,
}

/// A part, whether or not others are in it.
struct Node<'a> {
    header: &'a [u8],
    header_starts: u64,
    starts: u64,
    leaf: Option<&'a parts::Leaf>,
    sealed: bool,
}

struct Plan<'a, S> {
    source: &'a mut S,
    pieces: Vec<Piece>,
}

impl<S: Read + Seek> Plan<'_, S> {
    /// Plans one message that lies in `range`; with its header section apart, that one anew, if it changes.
    fn message(
        &mut self,
        header: Option<&HeaderSection>,
        range: Range<u64>,
        depth: usize,
    ) -> io::Result<Result<Option<Vec<u8>>, Unfit>> {
        let structure = {
            self.source.seek(SeekFrom::Start(range.start))?;
            let length = range.end - range.start;
            let mut from =
                BufReader::with_capacity(64 << 10, Read::take(&mut *self.source, length));
            parts::structure(header.map(HeaderSection::bytes), &mut from)?
        };
        let leaves = structure.leaves.iter().map(|leaf| Node {
            header: &leaf.header,
            header_starts: leaf.header_starts,
            starts: leaf.starts,
            leaf: Some(leaf),
            sealed: leaf.sealed,
        });
        let multiparts = structure.multiparts.iter().map(|multipart| Node {
            header: &multipart.header,
            header_starts: multipart.header_starts,
            starts: multipart.starts,
            leaf: None,
            sealed: multipart.sealed,
        });
        let mut nodes: Vec<Node<'_>> = leaves.chain(multiparts).collect();
        nodes.sort_by_key(|node| (node.header_starts, node.starts));
        let too_many = structure.leaves.len() > parts::MAX_LEAVES;
        let mut section = None;
        let mut at = range.start;
        let last = nodes.len().saturating_sub(1);
        for (n, node) in nodes.iter().enumerate() {
            let header_starts = range.start + node.header_starts;
            if let Err(unfit) = self.copy(at..header_starts)? {
                return Ok(Err(unfit));
            }
            let starts = range.start + node.starts;
            let place = self.pieces.len();
            let apart = n == 0 && header.is_some();
            let mut edit = Edit {
                is_message: n == 0,
                ..Edit::default()
            };
            let label = label(node.header);
            at = starts;
            if let Some(leaf) = node.leaf {
                at = range.start + leaf.ends;
                let look = self.look(starts..at)?;
                let fits = look.eight_bit == 0 && (look.longest <= MAX_LINE || node.sealed);
                let plain = matches!(label.as_deref(), None | Some("7bit" | "8bit" | "binary"));
                if fits || (look.eight_bit == 0 && !plain) {
                    self.pieces.push(Piece::Copy(starts..at));
                } else if node.sealed {
                    return Ok(Err(Unfit::Sealed));
                } else if !plain || too_many || leaf.kind.starts_with("multipart/") {
                    return Ok(Err(Unfit::Build));
                } else if leaf.kind == "message/rfc822" && depth < MAX_NESTED {
                    if let Err(unfit) = self.message(None, starts..at, depth + 1)? {
                        return Ok(Err(unfit));
                    }
                } else if leaf.kind.starts_with("message/") {
                    return Ok(Err(Unfit::Build));
                } else {
                    let is_text = leaf.kind.starts_with("text/");
                    let coding = if is_text && look.eight_bit <= look.bytes / 3 {
                        Coding::QuotedPrintable
                    } else {
                        Coding::Base64
                    };
                    self.pieces.push(Piece::Encode(starts..at, coding));
                    if n == last && at == range.end && coding == Coding::Base64 {
                        self.pieces.push(Piece::Bytes(b"\r\n".to_vec()));
                    }
                    edit.encoding = Some(coding.word());
                    edit.charset = match look.utf8 {
                        true => Some("utf-8"),
                        // RFC 1428: nobody has said which.
                        false => Some("unknown-8bit"),
                    };
                }
            }
            if edit.encoding.is_none()
                && !node.sealed
                && matches!(label.as_deref(), Some("8bit" | "binary"))
            {
                edit.encoding = Some("7bit");
            }
            let made = match header.filter(|_| apart) {
                Some(header) => edit.apply(header),
                None => edit.apply_to(node, starts - header_starts),
            };
            let made = match made {
                Ok(made) => made,
                Err(unfit) => return Ok(Err(unfit)),
            };
            match made {
                made if apart => section = made,
                Some(_) if node.sealed => return Ok(Err(Unfit::Sealed)),
                Some(mut made) => {
                    made.extend_from_slice(b"\r\n");
                    self.pieces.insert(place, Piece::Bytes(made));
                }
                None => self
                    .pieces
                    .insert(place, Piece::Copy(header_starts..starts)),
            }
        }
        Ok(self.copy(at..range.end)?.map(|()| section))
    }

    /// What stands between the parts: boundaries, and what nobody reads.
    fn copy(&mut self, range: Range<u64>) -> io::Result<Result<(), Unfit>> {
        if range.is_empty() {
            return Ok(Ok(()));
        }
        let look = self.look(range.clone())?;
        if look.eight_bit > 0 {
            return Ok(Err(Unfit::Build));
        }
        self.pieces.push(Piece::Copy(range));
        Ok(Ok(()))
    }

    fn look(&mut self, range: Range<u64>) -> io::Result<Look> {
        let mut look = Look {
            bytes: range.end.saturating_sub(range.start),
            utf8: true,
            ..Look::default()
        };
        self.source.seek(SeekFrom::Start(range.start))?;
        let mut from = Read::take(&mut *self.source, look.bytes);
        let (mut line, mut cut) = (0u64, Vec::new());
        let mut block = vec![0; BLOCK];
        loop {
            let length = fill(&mut from, &mut block)?;
            if length == 0 {
                break;
            }
            for byte in &block[..length] {
                match byte {
                    b'\n' => line = 0,
                    b'\r' => {}
                    _ => line += 1,
                }
                look.eight_bit += u64::from(!byte.is_ascii());
                look.longest = look.longest.max(line);
            }
            cut.extend_from_slice(&block[..length]);
            cut = match std::str::from_utf8(&cut) {
                Ok(_) => Vec::new(),
                // A character that goes on in the next block.
                Err(e) if e.error_len().is_none() => cut.split_off(e.valid_up_to()),
                Err(_) => {
                    look.utf8 = false;
                    Vec::new()
                }
            };
        }
        look.utf8 &= cut.is_empty();
        Ok(look)
    }
}

/// Reads until the block is full, or the source is at its end.
fn fill(from: &mut impl Read, block: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while length < block.len() {
        match from.read(&mut block[length..]) {
            Ok(0) => break,
            Ok(n) => length += n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(length)
}

/// `Content-Transfer-Encoding`, in lower case; `None`: there is none.
fn label(header: &[u8]) -> Option<String> {
    let header = HeaderSection::parse(header).ok()?;
    let text = header.text("Content-Transfer-Encoding")?;
    let word = text.split([' ', '\t', ';', '(']).find(|w| !w.is_empty());
    Some(word.unwrap_or_default().to_ascii_lowercase())
}

/// What changes in a header section, besides letters that are not ASCII.
#[derive(Default)]
struct Edit {
    encoding: Option<&'static str>,
    /// For a text that does not say what it is.
    charset: Option<&'static str>,
    /// It is a message's own.
    is_message: bool,
}

impl Edit {
    /// The section of a part anew, if it changes. `length` is what it has in the source, with the empty line.
    fn apply_to(&self, node: &Node<'_>, length: u64) -> Result<Option<Vec<u8>>, Unfit> {
        // One that is so long that it was cut while it was read: nobody has seen all of it.
        if length > node.header.len() as u64 + 2 {
            return Err(Unfit::Build);
        }
        if self.encoding.is_none() && node.header.is_ascii() {
            return Ok(None);
        }
        let header = HeaderSection::parse(node.header).map_err(|_| Unfit::Build)?;
        self.apply(&header)
    }

    fn apply(&self, header: &HeaderSection) -> Result<Option<Vec<u8>>, Unfit> {
        if self.encoding.is_none() && header.bytes().is_ascii() {
            return Ok(None);
        }
        let mut out = Vec::with_capacity(header.bytes().len() + 512);
        let mut labelled = false;
        for field in header.fields() {
            match self.encoding {
                Some(encoding) if field.is("Content-Transfer-Encoding") => {
                    if !std::mem::replace(&mut labelled, true) {
                        out.extend_from_slice(encoding_field(encoding).as_bytes());
                    }
                }
                _ if field.value.is_ascii() => out.extend_from_slice(field.raw),
                _ => {
                    let head = &field.raw[..field.raw.len() - field.value.len() - 2];
                    out.extend_from_slice(head);
                    out.extend_from_slice(&ascii(&field)?);
                    out.extend_from_slice(b"\r\n");
                }
            }
        }
        let has = |name: &str| header.named(name).next().is_some();
        if let Some(charset) = self.charset {
            if self.is_message && !has("MIME-Version") {
                out.extend_from_slice(b"MIME-Version: 1.0\r\n");
            }
            if !has("Content-Type") {
                let kind = format!("Content-Type: text/plain; charset={charset}\r\n");
                out.extend_from_slice(kind.as_bytes());
            }
        }
        if let Some(encoding) = self.encoding.filter(|_| !labelled) {
            out.extend_from_slice(encoding_field(encoding).as_bytes());
        }
        Ok(Some(out))
    }
}

fn encoding_field(encoding: &str) -> String {
    format!("Content-Transfer-Encoding: {encoding}\r\n")
}

/// The value of a field in ASCII.
fn ascii(field: &Field<'_>) -> Result<Vec<u8>, Unfit> {
    if field.is("Content-Type") || field.is("Content-Disposition") {
        return parameters(field.value);
    }
    if is_one_of(field.name, &IDENTIFIERS) {
        return Err(Unfit::Build);
    }
    if !is_address_field(field.name) {
        return Ok(written(text(field.value)));
    }
    let list = mailboxes::list(field.value);
    if list.mailboxes.iter().any(|m| !m.address.is_ascii()) {
        return Err(Unfit::Address);
    }
    if list.malformed {
        return Err(Unfit::Build);
    }
    phrases(field.value).map(written).ok_or(Unfit::Build)
}

/// A piece of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Item {
    Blank(Vec<u8>),
    Plain(Vec<u8>),
    /// To be encoded: what it says.
    Encode(Vec<u8>),
}

fn is_blank(b: u8) -> bool {
    matches!(b, b' ' | b'\t' | b'\r' | b'\n')
}

/// Words, and what is between them.
fn text(value: &[u8]) -> Vec<Item> {
    let pieces = value.chunk_by(|a, b| is_blank(*a) == is_blank(*b));
    pieces.map(item).collect()
}

fn item(piece: &[u8]) -> Item {
    match piece.first() {
        Some(b) if is_blank(*b) => Item::Blank(piece.to_vec()),
        _ if piece.is_ascii() => Item::Plain(piece.to_vec()),
        _ => Item::Encode(piece.to_vec()),
    }
}

/// The value of a field of addresses, all of which are ASCII. `None`: something in it does not end.
fn phrases(value: &[u8]) -> Option<Vec<Item>> {
    let mut items = Vec::new();
    let mut depth = 0usize;
    let mut i = 0;
    while let Some(&byte) = value.get(i) {
        let from = i;
        i += 1;
        match byte {
            b if is_blank(b) => {
                i += value[i..].iter().take_while(|b| is_blank(**b)).count();
                items.push(Item::Blank(value[from..i].to_vec()));
            }
            b'"' if depth == 0 => {
                let (said, end) = quoted(value, i)?;
                i = end;
                items.push(match value[from..i].is_ascii() {
                    true => Item::Plain(value[from..i].to_vec()),
                    false => Item::Encode(said),
                });
            }
            b'(' | b')' => {
                depth = match byte {
                    b'(' => depth + 1,
                    _ => depth.checked_sub(1)?,
                };
                items.push(Item::Plain(vec![byte]));
            }
            b'<' | b'>' | b',' | b';' | b':' if depth == 0 => items.push(Item::Plain(vec![byte])),
            _ => {
                i = from;
                while let Some(&b) = value.get(i) {
                    let ends = match depth {
                        0 => b"\"()<>,;:".contains(&b),
                        _ => b"()".contains(&b),
                    };
                    if ends || is_blank(b) {
                        break;
                    }
                    // What is quoted belongs to the word, whatever it is.
                    i = (i + if b == b'\\' { 2 } else { 1 }).min(value.len());
                }
                let word = &value[from..i];
                items.push(match word.is_ascii() {
                    true => Item::Plain(word.to_vec()),
                    false => Item::Encode(unescaped(word)),
                });
            }
        }
    }
    (depth == 0).then_some(items)
}

/// What a quoted string says that begins at `from`, behind its quote, and where it ends.
fn quoted(value: &[u8], from: usize) -> Option<(Vec<u8>, usize)> {
    let mut i = from;
    loop {
        match value.get(i)? {
            b'"' => return Some((unescaped(&value[from..i]), i + 1)),
            b'\\' => i += 2,
            _ => i += 1,
        }
    }
}

/// Without the backslashes of quoted pairs, and unfolded.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.iter();
    while let Some(&byte) = bytes.next() {
        match byte {
            b'\r' | b'\n' => {}
            b'\\' => out.extend(bytes.next()),
            _ => out.push(byte),
        }
    }
    out
}

/// The items as they stand in a field. White space between two encoded words is none (RFC 2047 section 6.2): what has to be
/// seen there goes into the words.
fn written(items: Vec<Item>) -> Vec<u8> {
    let is_word = |item: Option<&Item>| match item {
        Some(Item::Plain(word)) => encoded_word(word).is_some(),
        _ => false,
    };
    let mut merged: Vec<Item> = Vec::new();
    let mut rest = VecDeque::from(items);
    while let Some(item) = rest.pop_front() {
        let Item::Encode(mut said) = item else {
            merged.push(item);
            continue;
        };
        if let [.., before, Item::Blank(blank)] = &merged[..]
            && is_word(Some(before))
        {
            said = [unfolded(blank), said].concat();
        }
        loop {
            match (rest.front(), rest.get(1)) {
                (Some(Item::Encode(next)), _) => {
                    said.extend_from_slice(next);
                    rest.pop_front();
                }
                (Some(Item::Blank(blank)), Some(Item::Encode(next))) => {
                    said.extend(unfolded(blank));
                    said.extend_from_slice(next);
                    rest.drain(..2);
                }
                (Some(Item::Blank(blank)), next) if is_word(next) => {
                    said.extend(unfolded(blank));
                    break;
                }
                _ => break,
            }
        }
        merged.push(Item::Encode(said));
    }
    let mut out = Vec::new();
    for (n, item) in merged.iter().enumerate() {
        match item {
            Item::Blank(bytes) | Item::Plain(bytes) => out.extend_from_slice(bytes),
            Item::Encode(said) => {
                // An encoded word stands apart from what is not a parenthesis.
                if out.last().is_some_and(|b| !is_blank(*b) && *b != b'(') {
                    out.push(b' ');
                }
                out.extend_from_slice(&encoded(said));
                if let Some(Item::Plain(next)) = merged.get(n + 1)
                    && next != b")"
                {
                    out.push(b' ');
                }
            }
        }
    }
    out
}

fn unfolded(blank: &[u8]) -> Vec<u8> {
    let inside = blank.iter().filter(|b| !matches!(b, b'\r' | b'\n'));
    inside.copied().collect()
}

/// Encoded words (RFC 2047 section 2), each on a line of its own. None of them splits a character.
fn encoded(said: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(said);
    let charset = match text {
        Ok(_) => "UTF-8",
        Err(_) => "unknown-8bit",
    };
    let mut words = Vec::new();
    let mut from = 0;
    while from < said.len() {
        let mut to = (from + WORD).min(said.len());
        if let Ok(text) = text {
            while !text.is_char_boundary(to) {
                to -= 1;
            }
        }
        words.push(format!(
            "=?{charset}?B?{}?=",
            BASE64.encode(&said[from..to])
        ));
        from = to;
    }
    words.join("\r\n ").into_bytes()
}

/// The value of a field of parameters (RFC 2045 section 5.1), with those that are not ASCII as RFC 2231 wants them.
fn parameters(value: &[u8]) -> Result<Vec<u8>, Unfit> {
    let mut out = Vec::new();
    let mut from = 0;
    let mut first = true;
    while from <= value.len() {
        let end = parameter_end(value, from).ok_or(Unfit::Build)?;
        let parameter = &value[from..end];
        if !first {
            out.push(b';');
        }
        if parameter.is_ascii() {
            out.extend_from_slice(parameter);
        } else if first {
            return Err(Unfit::Build);
        } else {
            out.extend_from_slice(&extended(parameter)?);
        }
        first = false;
        from = end + 1;
    }
    Ok(out)
}

/// Where a parameter ends: at a semicolon outside quotes, or at the end.
fn parameter_end(value: &[u8], from: usize) -> Option<usize> {
    let mut i = from;
    loop {
        match value.get(i) {
            None | Some(b';') => return Some(i.min(value.len())),
            Some(b'"') => i = quoted(value, i + 1)?.1,
            Some(_) => i += 1,
        }
    }
}

fn extended(parameter: &[u8]) -> Result<Vec<u8>, Unfit> {
    let equals = parameter
        .iter()
        .position(|b| *b == b'=')
        .ok_or(Unfit::Build)?;
    let name = std::str::from_utf8(&parameter[..equals]).map_err(|_| Unfit::Build)?;
    let name = name.trim();
    let known = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if name.is_empty() || !name.chars().all(known) || is_one_of(name, &["boundary", "charset"]) {
        return Err(Unfit::Build);
    }
    let value = parameter[equals + 1..].trim_ascii();
    let value = match value {
        [b'"', ..] => match quoted(value, 1).ok_or(Unfit::Build)? {
            (said, end) if end == value.len() => said,
            _ => return Err(Unfit::Build),
        },
        _ => value.to_vec(),
    };
    let charset = match std::str::from_utf8(&value) {
        Ok(_) => "utf-8",
        Err(_) => "unknown-8bit",
    };
    let percent = |bytes: &[u8]| -> String {
        let each = bytes.iter().map(|b| match b {
            b if b.is_ascii_alphanumeric() || b"-._".contains(b) => char::from(*b).to_string(),
            b => format!("%{b:02X}"),
        });
        each.collect()
    };
    let pieces: Vec<String> = match value.len() {
        0..=PIECE => vec![format!("\r\n {name}*={charset}''{}", percent(&value))],
        _ => value
            .chunks(PIECE)
            .enumerate()
            .map(|(n, piece)| {
                let charset = match n {
                    0 => format!("{charset}''"),
                    _ => String::new(),
                };
                format!("\r\n {name}*{n}*={charset}{}", percent(piece))
            })
            .collect(),
    };
    Ok(pieces.join(";").into_bytes())
}

/// The body of a message that was made over.
pub struct Body<'a, S> {
    source: &'a mut S,
    pieces: VecDeque<Piece>,
    current: Option<Current>,
    ready: Vec<u8>,
    taken: usize,
}

/// A stretch of the source that is being read.
struct Current {
    at: u64,
    ends: u64,
    writer: Writer,
}

enum Writer {
    Copy,
    /// Whether a line was written.
    Base64(bool),
    QuotedPrintable(Quoting),
}

impl<S: Read + Seek> Body<'_, S> {
    fn fill(&mut self) -> io::Result<()> {
        self.ready.clear();
        self.taken = 0;
        while self.ready.is_empty() {
            let Some(current) = &mut self.current else {
                let Some(piece) = self.pieces.pop_front() else {
                    return Ok(());
                };
                let (range, writer) = match piece {
                    Piece::Bytes(bytes) => {
                        self.ready = bytes;
                        continue;
                    }
                    Piece::Copy(range) => (range, Writer::Copy),
                    Piece::Encode(range, Coding::Base64) => (range, Writer::Base64(false)),
                    Piece::Encode(range, Coding::QuotedPrintable) => {
                        (range, Writer::QuotedPrintable(Quoting::default()))
                    }
                };
                self.current = Some(Current {
                    at: range.start,
                    ends: range.end,
                    writer,
                });
                continue;
            };
            let left = current.ends.saturating_sub(current.at);
            let mut block = vec![0; BLOCK.min(usize::try_from(left).unwrap_or(BLOCK))];
            self.source.seek(SeekFrom::Start(current.at))?;
            let length = fill(self.source, &mut block)?;
            block.truncate(length);
            current.at += length as u64;
            if length == 0 && left > 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let last = current.at >= current.ends;
            match &mut current.writer {
                Writer::Copy => self.ready = block,
                Writer::Base64(begun) => {
                    for line in block.chunks(LINE_BYTES) {
                        if std::mem::replace(begun, true) {
                            self.ready.extend_from_slice(b"\r\n");
                        }
                        self.ready.extend_from_slice(BASE64.encode(line).as_bytes());
                    }
                }
                Writer::QuotedPrintable(quoting) => {
                    quoting.take(&block, &mut self.ready);
                    if last {
                        quoting.end(&mut self.ready);
                    }
                }
            }
            if last {
                self.current = None;
            }
        }
        Ok(())
    }
}

impl<S: Read + Seek> Read for Body<'_, S> {
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

/// Quoted-printable (RFC 2045 section 6.7).
#[derive(Default)]
struct Quoting {
    column: usize,
    /// A byte whose form hangs on the next one.
    held: Option<u8>,
    /// This line goes on from the one before.
    goes_on: bool,
}

impl Quoting {
    fn take(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        for &byte in bytes {
            match (self.held.take(), byte) {
                (Some(b'\r'), b'\n') => {
                    out.extend_from_slice(b"\r\n");
                    self.column = 0;
                    self.goes_on = false;
                    continue;
                }
                (Some(b'\r'), _) => self.put(b'\r', true, out),
                // White space at the end of a line is lost on the way.
                (Some(blank), _) => self.put(blank, byte == b'\r', out),
                (None, _) => {}
            }
            match byte {
                b'\r' | b' ' | b'\t' => self.held = Some(byte),
                byte => self.put(byte, !(33..=126).contains(&byte) || byte == b'=', out),
            }
        }
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        if let Some(held) = self.held.take() {
            self.put(held, true, out);
        }
    }

    fn put(&mut self, byte: u8, quoted: bool, out: &mut Vec<u8>) {
        let width = if quoted { 3 } else { 1 };
        // A soft line end takes one more.
        if self.column + width >= LINE {
            out.extend_from_slice(b"=\r\n");
            self.column = 0;
            self.goes_on = true;
        }
        // A line that begins here was none before: it must not look like a boundary.
        if quoted || (self.column == 0 && self.goes_on && byte == b'-') {
            out.extend_from_slice(format!("={byte:02X}").as_bytes());
            self.column += 3;
        } else {
            out.push(byte);
            self.column += 1;
        }
    }
}
