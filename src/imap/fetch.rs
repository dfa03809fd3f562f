//! FETCH: what is shown of each message, made in pieces so that none is whole in memory. Blocks.

use std::io::{self, BufRead, BufReader, Read, Write as _};

use super::command::{Item, Section, SectionText};
use super::encode::{nstring, string};
use super::envelope;
use super::flags::Keywords;
use super::lexer;
use super::mailbox::{Content, Facts, Folder, Trouble};
use super::remembered::{Kept, Remembered};
use super::structure::{self, Part, Structure};
use super::view::Seen;
use crate::mail::parts::Decoder;
use crate::store::Uid;

/// An answer is sent when so much of it is ready.
const PIECE: usize = 128 << 10;
/// What is looked at of a header section for HEADER.FIELDS and ENVELOPE.
const MAX_HEADER: usize = 1 << 20;
/// Facts are asked for so many messages at once.
const BATCH: usize = 500;
/// After so many messages one after the other that cannot be read it is the disk, not a message.
const MAX_IN_VAIN: usize = 100;

/// A message that is to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Its number in the view.
    pub number: u32,
    /// What the view knows of it.
    pub seen: Seen,
    /// Its flags are shown, whether or not they were asked for: they have changed.
    pub changed: bool,
}

/// What is to be shown of which messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// In the order of their numbers.
    pub messages: Vec<Wanted>,
    /// In the order of the answer.
    pub items: Vec<Item>,
    /// The names of the keywords.
    pub keywords: Keywords,
    /// Mod-sequences are shown wherever flags are (RFC 7162).
    pub mod_seqs: bool,
}

/// How it ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fetched {
    /// Messages that are gone, of which nothing could be shown.
    pub gone: usize,
    /// A part whose encoding nobody knows was asked for decoded (RFC 3516 section 4.3).
    pub unknown_encoding: bool,
    /// Messages that are there and cannot be read.
    pub unreadable: usize,
    /// Why nothing was shown of the messages that were left.
    pub trouble: Option<Trouble>,
    /// Whole messages that were sent, for the journal.
    pub whole: u64,
}

/// Makes the answers, piece by piece.
pub struct Fetching {
    plan: Plan,
    facts: Vec<Facts>,
    remembered: Remembered,
    next: usize,
    current: Option<Current>,
    body: Option<Body>,
    /// Messages one after the other that could not be read.
    in_vain: usize,
    /// The message that is being shown.
    at: Option<Uid>,
    result: Fetched,
}

/// A message that is being shown.
struct Current {
    wanted: Wanted,
    facts: Option<Facts>,
    structure: Option<Structure>,
    header: Option<Header>,
    /// Opened, and nothing is read of it yet.
    content: Option<Box<dyn Content>>,
    item: usize,
    first: bool,
}

#[derive(Clone, Default)]
struct Header {
    bytes: Vec<u8>,
    /// Octets of all of it, with the empty line.
    length: u64,
}

/// A literal whose size is told and whose bytes are not sent yet.
struct Body {
    from: Box<dyn Read + Send>,
    left: u64,
    /// A literal8, in which there may be zeros.
    binary: bool,
}

impl Fetching {
    /// Nothing is done yet.
    pub fn new(plan: Plan) -> Self {
        Self {
            remembered: Remembered::of(plan.items.iter().filter_map(Kept::shows)),
            plan,
            facts: Vec::new(),
            next: 0,
            current: None,
            body: None,
            in_vain: 0,
            at: None,
            result: Fetched::default(),
        }
    }

    /// How it ended, once [`fill`](Self::fill) has said that it did.
    pub fn result(&self) -> Fetched {
        self.result
    }

    /// Appends the next piece to `out`; `false` when that was the last.
    ///
    /// # Errors
    /// In the middle of a literal nothing can be said any more: the connection has to break. The next time the message is known by that,
    /// and passed over.
    pub fn fill(&mut self, folder: &dyn Folder, out: &mut Vec<u8>) -> io::Result<bool> {
        let filled = self.fill_on(folder, out);
        if let (Err(_), Some(uid)) = (&filled, self.at) {
            folder.has_broken_off(uid);
        }
        filled
    }

    fn fill_on(&mut self, folder: &dyn Folder, out: &mut Vec<u8>) -> io::Result<bool> {
        while out.len() < PIECE {
            if let Some(body) = &mut self.body {
                let most = (PIECE as u64).min(body.left);
                let at = out.len();
                body.from.by_ref().take(most).read_to_end(out)?;
                let got = (out.len() - at) as u64;
                if got < most {
                    return Err(io::Error::new(
                        io::ErrorKind::UnexpectedEof,
                        "a message became shorter while it was sent",
                    ));
                }
                body.left -= got;
                if !body.binary {
                    without_zeros(&mut out[at..]);
                }
                if body.left == 0 {
                    self.body = None;
                }
                continue;
            }
            let Some(mut current) = self.current.take() else {
                match self.begin(folder) {
                    Ok(Some(current)) => self.current = Some(current),
                    Ok(None) => return Ok(false),
                    Err(trouble) => {
                        self.result.trouble = Some(trouble);
                        return Ok(false);
                    }
                }
                continue;
            };
            if current.item == 0 && current.first {
                let _ = write!(out, "* {} FETCH (", current.wanted.number);
            }
            if let Some(item) = self.plan.items.get(current.item).cloned() {
                current.item += 1;
                let start = out.len();
                if !current.first {
                    out.push(b' ');
                }
                let shown = self.show(folder, &mut current, &item, out)?;
                if shown {
                    current.first = false;
                } else {
                    out.truncate(start);
                }
                self.current = Some(current);
            } else {
                let asked = self.plan.items.contains(&Item::Flags);
                if current.wanted.changed && !asked {
                    if !current.first {
                        out.push(b' ');
                    }
                    let flags = current.wanted.seen.marks.list(&self.plan.keywords);
                    let _ = write!(out, "FLAGS {flags}");
                    if self.plan.mod_seqs && !self.plan.items.contains(&Item::ModSeq) {
                        let _ = write!(out, " MODSEQ ({})", current.wanted.seen.mod_seq.0);
                    }
                }
                out.extend_from_slice(b")\r\n");
            }
        }
        Ok(true)
    }

    /// The next message that is still there.
    fn begin(&mut self, folder: &dyn Folder) -> Result<Option<Current>, Trouble> {
        let items = &self.plan.items;
        let needs_facts = items.iter().any(needs_facts);
        // What may be remembered does not count here.
        let mut others = items.iter().filter(|item| Kept::shows(item).is_none());
        let reads = others.any(|item| needs_header(item) || needs_structure(item));
        let opens = items.iter().any(is_whole);
        loop {
            let Some(&wanted) = self.plan.messages.get(self.next) else {
                self.remembered.write_down(folder);
                return Ok(None);
            };
            let uid = wanted.seen.uid;
            if self.next.is_multiple_of(BATCH) {
                let batch = self.plan.messages[self.next..].iter().take(BATCH);
                let uids: Vec<Uid> = batch.map(|wanted| wanted.seen.uid).collect();
                if needs_facts {
                    self.facts = folder.facts(&uids)?;
                }
                self.remembered.next(folder, &uids);
            }
            self.next += 1;
            self.at = Some(uid);
            let mut current = Current {
                wanted,
                facts: None,
                structure: None,
                header: None,
                content: None,
                item: 0,
                first: true,
            };
            if needs_facts {
                let at = self.facts.binary_search_by_key(&uid, |facts| facts.uid);
                let Ok(at) = at else {
                    self.result.gone += 1;
                    continue;
                };
                current.facts = Some(self.facts[at].clone());
            }
            // Whatever follows will be asked of this message, so that it is there or not before the first word of it.
            let reads = reads || !self.remembered.is_whole(uid);
            if reads || opens {
                match whole(folder, uid, needs_facts.then(|| current.size()))
                    .and_then(|()| self.look_into(folder, &mut current, reads))
                {
                    Ok(true) => self.in_vain = 0,
                    Ok(false) => {
                        self.result.gone += 1;
                        continue;
                    }
                    // One file that cannot be read hides no others.
                    Err(Trouble::OutOfOrder) if self.in_vain < MAX_IN_VAIN => {
                        self.in_vain += 1;
                        self.result.unreadable += 1;
                        continue;
                    }
                    Err(trouble) => return Err(trouble),
                }
            }
            return Ok(Some(current));
        }
    }

    /// Opens a message, and reads of it what must be known; `false` when it is gone.
    fn look_into(
        &mut self,
        folder: &dyn Folder,
        current: &mut Current,
        reads: bool,
    ) -> Result<bool, Trouble> {
        let uid = current.wanted.seen.uid;
        let Some(content) = folder.content(uid)? else {
            return Ok(false);
        };
        if !reads {
            current.content = Some(content);
            return Ok(true);
        }
        let is_read =
            |item: &&Item| Kept::shows(item).is_none_or(|kept| self.remembered.lacks(uid, kept));
        let mut read = self.plan.items.iter().filter(is_read);
        let needs_structure = read.any(needs_structure);
        let mut content = BufReader::with_capacity(16 << 10, content);
        let read = if needs_structure {
            Structure::read(&mut content).map(|structure| {
                current.header = structure.parts.first().map(|root| Header {
                    bytes: root.header.clone(),
                    length: root.starts,
                });
                current.structure = Some(structure);
            })
        } else {
            read_header(&mut content).map(|header| current.header = Some(header))
        };
        if let Err(error) = read {
            crate::journal::disk_trouble("read a message", &error);
            return Err(Trouble::OutOfOrder);
        }
        if let Some(header) = &current.header {
            let structure = current.structure.as_ref();
            self.remembered.learn(uid, &header.bytes, structure);
        }
        Ok(true)
    }

    /// Writes one item; `false` where there is nothing to show.
    fn show(
        &mut self,
        folder: &dyn Folder,
        current: &mut Current,
        item: &Item,
        out: &mut Vec<u8>,
    ) -> io::Result<bool> {
        let seen = current.wanted.seen;
        let header = current.header.clone_if(needs_header(item));
        match item {
            Item::Uid => write!(out, "UID {}", seen.uid)?,
            Item::Flags => {
                write!(out, "FLAGS {}", seen.marks.list(&self.plan.keywords))?;
                if self.plan.mod_seqs
                    && current.wanted.changed
                    && !self.plan.items.contains(&Item::ModSeq)
                {
                    write!(out, " MODSEQ ({})", seen.mod_seq.0)?;
                }
            }
            Item::ModSeq => write!(out, "MODSEQ ({})", seen.mod_seq.0)?,
            Item::InternalDate => {
                let arrived = current.facts.as_ref().map_or(0, |facts| facts.arrived);
                write!(
                    out,
                    "INTERNALDATE \"{}\"",
                    lexer::written_date_time(arrived)
                )?;
            }
            Item::Size => write!(out, "RFC822.SIZE {}", current.size())?,
            Item::EmailId => {
                let ids = match folder.email_ids(&[seen.uid]) {
                    Ok(ids) => ids,
                    Err(_) => {
                        self.result.unreadable += 1;
                        return Ok(false);
                    }
                };
                let Some((_, id)) = ids.first() else {
                    return Ok(false);
                };
                write!(out, "EMAILID ({id})")?;
            }
            Item::ThreadId => out.extend_from_slice(b"THREADID NIL"),
            Item::Envelope => {
                out.extend_from_slice(b"ENVELOPE ");
                match self.remembered.get(seen.uid, Kept::Envelope) {
                    Some(text) => out.extend_from_slice(text),
                    None => envelope::envelope(out, &header.unwrap_or_default().bytes),
                }
            }
            Item::Body | Item::BodyStructure => {
                let extended = *item == Item::BodyStructure;
                out.extend_from_slice(if extended {
                    b"BODYSTRUCTURE "
                } else {
                    b"BODY "
                });
                let known = self.remembered.get(seen.uid, Kept::Structure);
                match (known.filter(|_| extended), &current.structure) {
                    (Some(text), _) => out.extend_from_slice(text),
                    (None, Some(structure)) => structure.write(out, extended),
                    (None, None) => {}
                }
            }
            Item::Section(section) => return self.section(folder, current, section, out),
            Item::Binary { part, partial, .. } => {
                return self.binary(folder, current, part, *partial, out);
            }
            Item::BinarySize(part) => {
                let size = match self.decoded(folder, current, part)? {
                    None => Some(0),
                    Some(Some(mut from)) => Some(io::copy(&mut from, &mut io::sink())?),
                    Some(None) => None,
                };
                let Some(size) = size else {
                    self.result.unknown_encoding = true;
                    return Ok(false);
                };
                write!(out, "BINARY.SIZE[{}] {size}", numbers(part))?;
            }
            Item::Rfc822 => {
                out.extend_from_slice(b"RFC822 ");
                let size = current.size();
                self.stream(folder, current, 0, size, out)?;
                self.result.whole += 1;
            }
            Item::Rfc822Header => {
                out.extend_from_slice(b"RFC822.HEADER ");
                let length = header.unwrap_or_default().length;
                self.stream(folder, current, 0, length, out)?;
            }
            Item::Rfc822Text => {
                out.extend_from_slice(b"RFC822.TEXT ");
                let length = header.unwrap_or_default().length;
                let size = current.size();
                self.stream(folder, current, length, size.saturating_sub(length), out)?;
            }
        }
        Ok(true)
    }

    fn section(
        &mut self,
        folder: &dyn Folder,
        current: &mut Current,
        section: &Section,
        out: &mut Vec<u8>,
    ) -> io::Result<bool> {
        out.extend_from_slice(b"BODY[");
        label(section, out);
        out.push(b']');
        if let Some((first, _)) = section.partial {
            write!(out, "<{first}>")?;
        }
        out.push(b' ');
        let uid = current.wanted.seen.uid;
        if let SectionText::Fields(names) = &section.text
            && Kept::shows(&Item::Section(section.clone())) == Some(Kept::Fields)
            && let Some(fields) = self.remembered.get(uid, Kept::Fields)
        {
            let text = chosen(fields, |name| listed(names, name));
            literal(out, cut(&text, section.partial));
            return Ok(true);
        }
        let inside = |structure: &Structure| -> Option<Part> {
            match section.text {
                SectionText::All | SectionText::Mime => structure.find(&section.part).cloned(),
                _ => structure.message_in(&section.part).cloned(),
            }
        };
        // Of the message itself only its header section was looked at, where that was enough.
        let part = if section.part.is_empty() {
            let header = current.header.clone().unwrap_or_default();
            Some(Part {
                starts: header.length,
                ends: current.size().max(header.length),
                header: header.bytes,
                ..Part::default()
            })
        } else {
            current.structure.as_ref().and_then(inside)
        };
        let Some(part) = part else {
            out.extend_from_slice(b"NIL");
            return Ok(true);
        };
        let (start, end) = match &section.text {
            SectionText::All if section.part.is_empty() => {
                self.result.whole += u64::from(section.partial.is_none());
                (0, current.size())
            }
            SectionText::All | SectionText::Text => (part.starts, part.ends),
            SectionText::Header | SectionText::Mime => (part.header_starts, part.starts),
            SectionText::Fields(names) => {
                let text = chosen(&part.header, |name| listed(names, name));
                literal(out, cut(&text, section.partial));
                return Ok(true);
            }
            SectionText::FieldsNot(names) => {
                let text = chosen(&part.header, |name| !listed(names, name));
                literal(out, cut(&text, section.partial));
                return Ok(true);
            }
        };
        let (start, end) = match section.partial {
            Some((first, length)) => {
                let start = start.saturating_add(first).min(end);
                (start, start.saturating_add(length).min(end))
            }
            None => (start, end),
        };
        self.stream(folder, current, start, end - start, out)?;
        Ok(true)
    }

    /// Announces a literal of the message's bytes, which [`fill`](Self::fill) then sends.
    fn stream(
        &mut self,
        folder: &dyn Folder,
        current: &mut Current,
        start: u64,
        length: u64,
        out: &mut Vec<u8>,
    ) -> io::Result<()> {
        if length == 0 {
            out.extend_from_slice(b"\"\"");
            return Ok(());
        }
        let opened = match current.content.take() {
            Some(content) => Some(content),
            None => self.open(folder, current.wanted.seen.uid)?,
        };
        let Some(mut content) = opened else {
            // Expunged this very moment (RFC 2180 section 4.1.3).
            self.result.gone += 1;
            out.extend_from_slice(b"NIL");
            return Ok(());
        };
        content.skip(start)?;
        write!(out, "{{{length}}}\r\n")?;
        self.body = Some(Body {
            from: Box::new(content),
            left: length,
            binary: false,
        });
        Ok(())
    }

    fn open(&self, folder: &dyn Folder, uid: Uid) -> io::Result<Option<Box<dyn Content>>> {
        folder.content(uid).map_err(io::Error::other)
    }

    fn binary(
        &mut self,
        folder: &dyn Folder,
        current: &mut Current,
        part: &[u32],
        partial: Option<(u64, u64)>,
        out: &mut Vec<u8>,
    ) -> io::Result<bool> {
        let Some(counted) = self.decoded(folder, current, part)? else {
            write!(out, "BINARY[{}] NIL", numbers(part))?;
            return Ok(true);
        };
        let Some(mut counted) = counted else {
            self.result.unknown_encoding = true;
            return Ok(false);
        };
        let size = io::copy(&mut counted, &mut io::sink())?;
        let (first, length) = partial.unwrap_or((0, u64::MAX));
        let first_shown = first.min(size);
        let length = length.min(size - first_shown);
        write!(out, "BINARY[{}]", numbers(part))?;
        if partial.is_some() {
            write!(out, "<{first}>")?;
        }
        out.push(b' ');
        if length == 0 {
            out.extend_from_slice(b"\"\"");
            return Ok(true);
        }
        if let Some(Some(mut from)) = self.decoded(folder, current, part)? {
            io::copy(&mut from.by_ref().take(first_shown), &mut io::sink())?;
            // literal8: there may be NUL in it.
            write!(out, "~{{{length}}}\r\n")?;
            self.body = Some(Body {
                from,
                left: length,
                binary: true,
            });
        }
        Ok(true)
    }

    /// The decoded bytes of a part. The outer `None`: no such part. The inner one: nobody knows its encoding.
    #[allow(clippy::type_complexity)]
    fn decoded(
        &self,
        folder: &dyn Folder,
        current: &Current,
        numbers: &[u32],
    ) -> io::Result<Option<Option<Box<dyn Read + Send>>>> {
        let found = current.structure.as_ref().and_then(|s| s.find(numbers));
        let Some(part) = found else {
            return Ok(None);
        };
        let whole = numbers.is_empty();
        let encoding = if whole || part.kind != structure::Kind::Leaf {
            Some(crate::mail::parts::Encoding::Plain)
        } else {
            structure::encoding(&part.header)
        };
        let Some(encoding) = encoding else {
            return Ok(Some(None));
        };
        let Some(mut content) = self.open(folder, current.wanted.seen.uid)? else {
            return Ok(None);
        };
        let starts = if whole { 0 } else { part.starts };
        content.skip(starts)?;
        let body = BufReader::new(content.take(part.ends - starts));
        Ok(Some(Some(Box::new(Decoder::new(body, encoding)))))
    }
}

impl Current {
    fn size(&self) -> u64 {
        self.facts.as_ref().map_or(0, |facts| facts.size)
    }
}

trait CloneIf<T> {
    fn clone_if(&self, wanted: bool) -> Option<T>;
}

impl CloneIf<Header> for Option<Header> {
    fn clone_if(&self, wanted: bool) -> Option<Header> {
        if wanted { self.clone() } else { None }
    }
}

/// Reads up to the empty line.
fn read_header(from: &mut dyn BufRead) -> io::Result<Header> {
    let mut header = Header::default();
    let mut line = Vec::new();
    let mut at_start = true;
    loop {
        line.clear();
        let got = Read::take(&mut *from, 8 << 10).read_until(b'\n', &mut line)?;
        header.length += got as u64;
        let room = MAX_HEADER.saturating_sub(header.bytes.len());
        header.bytes.extend_from_slice(&line[..got.min(room)]);
        if got == 0 || at_start && matches!(line.as_slice(), b"\r\n" | b"\n") {
            return Ok(header);
        }
        at_start = line.ends_with(b"\n");
    }
}

/// One that broke off before is read from end to end before its first word is said.
fn whole(folder: &dyn Folder, uid: Uid, size: Option<u64>) -> Result<(), Trouble> {
    if !folder.may_break_off(uid) {
        return Ok(());
    }
    let Some(mut content) = folder.content(uid)? else {
        return Ok(());
    };
    match io::copy(&mut content, &mut io::sink()) {
        Ok(read) if size.is_none_or(|size| read >= size) => Ok(()),
        _ => Err(Trouble::OutOfOrder),
    }
}

fn needs_facts(item: &Item) -> bool {
    matches!(
        item,
        Item::InternalDate
            | Item::Size
            | Item::Section(_)
            | Item::Rfc822
            | Item::Rfc822Text
            | Item::Binary { .. }
            | Item::BinarySize(_)
    )
}

/// Whether it is the message's bytes, of which nothing need be known before.
fn is_whole(item: &Item) -> bool {
    match item {
        Item::Rfc822 => true,
        Item::Section(section) => section.part.is_empty() && section.text == SectionText::All,
        _ => false,
    }
}

fn needs_header(item: &Item) -> bool {
    match item {
        Item::Envelope | Item::Rfc822Header | Item::Rfc822Text => true,
        Item::Section(section) => section.part.is_empty() && section.text != SectionText::All,
        _ => false,
    }
}

fn needs_structure(item: &Item) -> bool {
    match item {
        Item::Body | Item::BodyStructure | Item::Binary { .. } | Item::BinarySize(_) => true,
        Item::Section(section) => !section.part.is_empty(),
        _ => false,
    }
}

fn numbers(part: &[u32]) -> String {
    let all: Vec<String> = part.iter().map(u32::to_string).collect();
    all.join(".")
}

fn label(section: &Section, out: &mut Vec<u8>) {
    out.extend_from_slice(numbers(&section.part).as_bytes());
    let mut names = None;
    let word = match &section.text {
        SectionText::All => "",
        SectionText::Header => "HEADER",
        SectionText::Text => "TEXT",
        SectionText::Mime => "MIME",
        SectionText::Fields(list) => {
            names = Some(list);
            "HEADER.FIELDS"
        }
        SectionText::FieldsNot(list) => {
            names = Some(list);
            "HEADER.FIELDS.NOT"
        }
    };
    if !section.part.is_empty() && !word.is_empty() {
        out.push(b'.');
    }
    out.extend_from_slice(word.as_bytes());
    if let Some(names) = names {
        out.extend_from_slice(b" (");
        for (at, name) in names.iter().enumerate() {
            if at > 0 {
                out.push(b' ');
            }
            if name.bytes().all(lexer::is_atom) {
                out.extend_from_slice(name.as_bytes());
            } else {
                string(out, name.as_bytes());
            }
        }
        out.push(b')');
    }
}

fn listed(names: &[String], name: &[u8]) -> bool {
    names
        .iter()
        .any(|n| n.as_bytes().eq_ignore_ascii_case(name))
}

/// Some of the fields, and the empty line (RFC 3501 section 6.4.5).
fn chosen(header: &[u8], wanted: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    let mut text = Vec::new();
    for (name, raw) in envelope::raw_fields(header) {
        if wanted(name) {
            text.extend_from_slice(raw);
        }
    }
    text.extend_from_slice(b"\r\n");
    text
}

fn cut(text: &[u8], partial: Option<(u64, u64)>) -> &[u8] {
    let Some((first, length)) = partial else {
        return text;
    };
    let start = usize::try_from(first).unwrap_or(usize::MAX).min(text.len());
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    &text[start..start.saturating_add(length).min(text.len())]
}

fn literal(out: &mut Vec<u8>, text: &[u8]) {
    if text.is_empty() {
        nstring(out, Some(b""));
    } else {
        let _ = write!(out, "{{{}}}\r\n", text.len());
        let at = out.len();
        out.extend_from_slice(text);
        without_zeros(&mut out[at..]);
    }
}

/// No literal may have a zero octet (RFC 9051 section 4.3.1), which a file may have from elsewhere. As other servers do.
fn without_zeros(text: &mut [u8]) {
    for octet in text.iter_mut().filter(|octet| **octet == 0) {
        *octet = 0x80;
    }
}
