//! SEARCH, SORT and THREAD: which messages are meant, and in which order. What the view knows is asked of it alone; a message
//! is opened only when nothing else decides. Blocks.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::hash::{BuildHasher as _, RandomState};
use std::io::{self, BufRead, BufReader, Read};
use std::sync::atomic::{AtomicBool, Ordering};

use mail_parser::decoders::charsets::map::charset_decoder;
use mail_parser::{HeaderValue, MessageParser};

use super::command::{Key, Set, SortBy, SortKey, Threading};
use super::envelope;
use super::flags::{Keywords, Marks, SYSTEM};
use super::mailbox::{Facts, Folder, Trouble};
use super::remembered::{self, Kept, Remembered};
use super::structure::{self, Kind, Structure};
use super::thread::MAX_REFERENCES;
use super::view::Seen;
use crate::mail::parts::Decoder;
use crate::store::Uid;

/// Facts are asked for so many messages at once.
const BATCH: usize = 1000;
/// What is looked at of a header section.
const MAX_HEADER: usize = 1 << 20;
/// What is looked at of one text part.
const MAX_TEXT: u64 = 4 << 20;
/// A message up to this length is opened once and kept while it is looked at: most have no large attachment.
const SMALL: usize = 256 << 10;
/// After so many messages one after the other that cannot be read it is the disk, not a message.
const MAX_IN_VAIN: usize = 100;
/// Longer ids (without their brackets) refer to nothing.
const MAX_ID: usize = 1000;
/// What of a subject is looked at for putting in order, in octets: all of a mailbox's are kept at a time.
const MAX_SUBJECT: usize = 2 << 10;
/// What of a text counts when messages are put in order, in octets.
const MAX_SORTED: usize = 1 << 10;

/// Fields of addresses.
const ADDRESSES: [&str; 6] = ["From", "Sender", "Reply-To", "To", "Cc", "Bcc"];

/// A message that may be meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its number in the view.
    pub number: u32,
    /// What the view knows of it.
    pub seen: Seen,
}

/// What is looked for, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quest {
    /// All messages of the view.
    pub messages: Vec<Candidate>,
    /// The highest number and the highest UID: what `*` means.
    pub last: (u32, u32),
    /// UIDs that `$` means.
    pub saved: Vec<u32>,
    /// What a message must be like.
    pub program: Key,
    /// The names of the keywords.
    pub keywords: Keywords,
    /// The time, seconds since 1970.
    pub now: i64,
    /// In which order.
    pub order: Order,
}

/// In which order the found messages come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// By their numbers.
    Number,
    /// SORT.
    Keys(Vec<SortKey>),
    /// THREAD.
    Threads(Threading),
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// In the order that was asked for.
    Messages(Vec<Candidate>),
    /// Threads: each message before its answers.
    Threads(Vec<Node>),
}

/// A message of a thread, or the place of one that is not in the mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    /// The message.
    pub message: Option<Candidate>,
    /// How many answer to it: they follow, each with its own answers behind it.
    pub answers: usize,
}

struct Search<'a> {
    folder: &'a dyn Folder,
    quest: &'a Quest,
    /// Nobody waits for the answer any more.
    stop: &'a AtomicBool,
    facts: HashMap<Uid, Facts>,
    remembered: RefCell<Remembered>,
    unreadable: usize,
    /// Messages one after the other that could not be read.
    in_vain: usize,
    /// Sets of the program, resolved once: each is looked up for every message.
    sets: BTreeMap<*const Set, Vec<(u32, u32)>>,
}

/// A message while it is looked at: what was learnt of it stays.
struct Looked {
    candidate: Candidate,
    header: Option<Option<Vec<u8>>>,
    /// Those of [`Kept::Fields`].
    fields: Option<Vec<u8>>,
}

impl Looked {
    fn new(candidate: Candidate) -> Self {
        Self {
            candidate,
            header: None,
            fields: None,
        }
    }
}

/// Looks for messages. One that is gone, or cannot be read where it must be, is not found; put in order by what stands in it, one
/// that cannot be read comes last. How many cannot is the second value.
///
/// # Errors
/// Those of the folder, and [`Trouble::OutOfOrder`] once `stop` is set, or where nothing can be read at all.
pub fn search(
    quest: &Quest,
    folder: &dyn Folder,
    stop: &AtomicBool,
) -> Result<(Found, usize), Trouble> {
    let mut search = Search {
        folder,
        quest,
        stop,
        facts: HashMap::new(),
        remembered: RefCell::new(Remembered::of(
            needs_fields(&quest.program).then_some(Kept::Fields),
        )),
        unreadable: 0,
        in_vain: 0,
        sets: BTreeMap::new(),
    };
    search.resolve(&quest.program);
    let mut found = Vec::new();
    let by_facts = needs_facts(&quest.program) || sorts_by_facts(&quest.order);
    for batch in quest.messages.chunks(BATCH) {
        let uids: Vec<Uid> = batch.iter().map(|candidate| candidate.seen.uid).collect();
        search.remembered.get_mut().next(folder, &uids);
        if by_facts {
            let facts = folder.facts(&uids)?;
            search
                .facts
                .extend(facts.into_iter().map(|facts| (facts.uid, facts)));
        }
        for candidate in batch {
            search.goes_on()?;
            let mut looked = Looked::new(*candidate);
            let fits = search.fits(&quest.program, &mut looked);
            if search.unless_unreadable(fits)? == Some(true) {
                found.push(*candidate);
            } else {
                search.facts.remove(&candidate.seen.uid);
            }
        }
    }
    search.remembered.get_mut().write_down(folder);
    let found = match &quest.order {
        Order::Number => Found::Messages(found),
        Order::Keys(keys) => Found::Messages(search.sorted(found, keys)?),
        Order::Threads(how) => Found::Threads(search.threads(found, *how)?),
    };
    Ok((found, search.unreadable))
}

/// How many keys there are, and how many of them read whole messages.
pub(super) fn weight(key: &Key) -> (usize, usize) {
    let sum = |a: (usize, usize), b: (usize, usize)| (a.0 + b.0, a.1 + b.1);
    match key {
        Key::And(keys) => keys.iter().map(weight).fold((1, 0), sum),
        Key::Or(a, b) => sum((1, 0), sum(weight(a), weight(b))),
        Key::Not(key) => sum((1, 0), weight(key)),
        Key::Body(_) | Key::Text(_) => (1, 1),
        _ => (1, 0),
    }
}

fn needs_facts(key: &Key) -> bool {
    match key {
        Key::And(keys) => keys.iter().any(needs_facts),
        Key::Or(a, b) => needs_facts(a) || needs_facts(b),
        Key::Not(key) => needs_facts(key),
        Key::Larger(_)
        | Key::Smaller(_)
        | Key::Before(_)
        | Key::On(_)
        | Key::Since(_)
        | Key::Older(_)
        | Key::Younger(_)
        | Key::SentBefore(_)
        | Key::SentOn(_)
        | Key::SentSince(_) => true,
        _ => false,
    }
}

/// Whether fields that are remembered decide.
fn needs_fields(key: &Key) -> bool {
    match key {
        Key::And(keys) => keys.iter().any(needs_fields),
        Key::Or(a, b) => needs_fields(a) || needs_fields(b),
        Key::Not(key) => needs_fields(key),
        Key::SentBefore(_) | Key::SentOn(_) | Key::SentSince(_) => true,
        Key::Header { field, .. } => remembered::is_kept(field),
        _ => false,
    }
}

fn sorts_by_facts(order: &Order) -> bool {
    match order {
        Order::Number => false,
        Order::Keys(_) | Order::Threads(_) => true,
    }
}

/// What costs more comes later.
fn cost(key: &Key) -> u8 {
    match key {
        Key::And(keys) => keys.iter().map(cost).max().unwrap_or(0),
        Key::Or(a, b) => cost(a).max(cost(b)),
        Key::Not(key) => cost(key),
        Key::Body(_) | Key::Text(_) => 3,
        Key::EmailId(_)
        | Key::Header { .. }
        | Key::SentBefore(_)
        | Key::SentOn(_)
        | Key::SentSince(_) => 2,
        key if needs_facts(key) => 1,
        _ => 0,
    }
}

/// Whether a number is in ranges that are in order and apart.
pub(super) fn holds(ranges: &[(u32, u32)], number: u32) -> bool {
    let at = ranges.partition_point(|(_, high)| *high < number);
    ranges.get(at).is_some_and(|(low, _)| *low <= number)
}

impl Search<'_> {
    fn resolve(&mut self, key: &Key) {
        match key {
            Key::And(keys) => keys.iter().for_each(|key| self.resolve(key)),
            Key::Or(a, b) => {
                self.resolve(a);
                self.resolve(b);
            }
            Key::Not(key) => self.resolve(key),
            Key::Numbers(set) => {
                self.sets.insert(set, set.resolve(self.quest.last.0));
            }
            Key::Uids(set) => {
                self.sets.insert(set, set.resolve(self.quest.last.1));
            }
            _ => {}
        }
    }

    /// Looked at once a message: a program that waits no longer often asks again, and the old search would go on beside the new.
    fn goes_on(&self) -> Result<(), Trouble> {
        match self.stop.load(Ordering::Relaxed) {
            true => Err(Trouble::OutOfOrder),
            false => Ok(()),
        }
    }

    /// What was found out of a message; `None` when it cannot be read: it hides no others.
    fn unless_unreadable<T>(&mut self, what: Result<T, Trouble>) -> Result<Option<T>, Trouble> {
        match what {
            Ok(what) => {
                self.in_vain = 0;
                Ok(Some(what))
            }
            Err(Trouble::OutOfOrder) if self.in_vain < MAX_IN_VAIN => {
                self.in_vain += 1;
                self.unreadable += 1;
                Ok(None)
            }
            Err(trouble) => Err(trouble),
        }
    }

    fn in_set(&self, set: &Set, number: u32, uid: Uid) -> bool {
        match set {
            Set::Saved => self.quest.saved.binary_search(&uid.0).is_ok(),
            set @ Set::Ranges(_) => {
                let ranges = self.sets.get(&std::ptr::from_ref(set));
                ranges.is_some_and(|ranges| holds(ranges, number))
            }
        }
    }

    fn fits(&self, key: &Key, looked: &mut Looked) -> Result<bool, Trouble> {
        let Candidate { number, seen } = looked.candidate;
        let facts = self.facts.get(&seen.uid);
        let day = || facts.map(|facts| facts.arrived.div_euclid(86_400));
        Ok(match key {
            Key::All => true,
            Key::And(keys) => {
                let mut ordered: Vec<&Key> = keys.iter().collect();
                ordered.sort_by_key(|key| cost(key));
                for key in ordered {
                    if !self.fits(key, looked)? {
                        return Ok(false);
                    }
                }
                true
            }
            Key::Or(a, b) => {
                let (first, second) = if cost(a) <= cost(b) { (a, b) } else { (b, a) };
                self.fits(first, looked)? || self.fits(second, looked)?
            }
            Key::Not(key) => !self.fits(key, looked)?,
            Key::Numbers(set) => self.in_set(set, number, seen.uid),
            Key::Uids(set) => self.in_set(set, seen.uid.0, seen.uid),
            Key::Flag(name) => has_flag(seen.marks, &self.quest.keywords, name),
            Key::Recent => seen.marks.has(Marks::RECENT),
            Key::ThreadId(_) => false,
            Key::ModSeq(since) => seen.mod_seq.0 >= *since,
            Key::Larger(size) => facts.is_some_and(|facts| facts.size > *size),
            Key::Smaller(size) => facts.is_some_and(|facts| facts.size < *size),
            Key::Before(date) => day().is_some_and(|day| day < *date),
            Key::On(date) => day() == Some(*date),
            Key::Since(date) => day().is_some_and(|day| day >= *date),
            Key::Older(age) => facts.is_some_and(|facts| self.age(facts) >= *age),
            Key::Younger(age) => facts.is_some_and(|facts| self.age(facts) <= *age),
            Key::EmailId(id) => {
                let ids = self.folder.email_ids(&[seen.uid])?;
                ids.first().is_some_and(|(_, found)| found == id)
            }
            Key::SentBefore(date) => self.sent(looked)?.is_some_and(|day| day < *date),
            Key::SentOn(date) => self.sent(looked)? == Some(*date),
            Key::SentSince(date) => self.sent(looked)?.is_some_and(|day| day >= *date),
            Key::Header { field, text } => {
                let needle = folded(text);
                let addresses = ADDRESSES
                    .iter()
                    .any(|name| name.eq_ignore_ascii_case(field));
                let header = match remembered::is_kept(field) {
                    true => self.fields(looked)?,
                    false => self.header(looked)?,
                };
                header.is_some_and(|header| {
                    let mut values = envelope::fields(header, field);
                    values.any(|value| {
                        contains(&decoded(&value), &needle)
                            || addresses && in_addresses(&value, &needle)
                    })
                })
            }
            Key::Body(text) => self.content(looked.candidate, &folded(text), false)?,
            Key::Text(text) => self.content(looked.candidate, &folded(text), true)?,
        })
    }

    fn age(&self, facts: &Facts) -> u64 {
        u64::try_from(self.quest.now.saturating_sub(facts.arrived)).unwrap_or(0)
    }

    /// The day in its Date, as it stands there; that of its arrival where there is none.
    fn sent(&self, looked: &mut Looked) -> Result<Option<i64>, Trouble> {
        let arrived = self
            .facts
            .get(&looked.candidate.seen.uid)
            .map(|f| f.arrived);
        let Some(header) = self.fields(looked)? else {
            return Ok(None);
        };
        let date = date_of(header).map(|(seconds, zone)| (seconds + zone).div_euclid(86_400));
        Ok(date.or(arrived.map(|seconds| seconds.div_euclid(86_400))))
    }

    /// The fields of [`Kept::Fields`], with or without others; `None` when the message is gone.
    fn fields<'l>(&self, looked: &'l mut Looked) -> Result<Option<&'l [u8]>, Trouble> {
        if looked.fields.is_none() {
            let remembered = self.remembered.borrow();
            let fields = remembered.get(looked.candidate.seen.uid, Kept::Fields);
            looked.fields = fields.map(<[u8]>::to_vec);
        }
        match looked.fields {
            Some(_) => Ok(looked.fields.as_deref()),
            None => self.header(looked),
        }
    }

    fn header<'l>(&self, looked: &'l mut Looked) -> Result<Option<&'l [u8]>, Trouble> {
        if looked.header.is_none() {
            let uid = looked.candidate.seen.uid;
            let header = self.read_header(uid)?;
            if let Some(header) = &header {
                self.remembered.borrow_mut().learn(uid, header, None);
            }
            looked.header = Some(header);
        }
        Ok(looked.header.as_ref().and_then(|header| header.as_deref()))
    }

    fn read_header(&self, uid: Uid) -> Result<Option<Vec<u8>>, Trouble> {
        let Some(content) = self.folder.content(uid)? else {
            return Ok(None);
        };
        let mut from = BufReader::with_capacity(8 << 10, content);
        header_of(&mut from).map(Some).map_err(unreadable)
    }

    /// Whether a text is in the message: in its texts as they are read, and with `header` in the header sections, too.
    fn content(&self, candidate: Candidate, needle: &str, header: bool) -> Result<bool, Trouble> {
        let uid = candidate.seen.uid;
        let Some(mut content) = self.folder.content(uid)? else {
            return Ok(false);
        };
        let mut beginning = Vec::new();
        (&mut content)
            .take(SMALL as u64 + 1)
            .read_to_end(&mut beginning)
            .map_err(unreadable)?;
        let small = beginning.len() <= SMALL;
        let structure = {
            let all = beginning.as_slice().chain(content);
            let mut from = BufReader::with_capacity(64 << 10, all);
            Structure::read(&mut from).map_err(unreadable)?
        };
        let headers = structure.parts.iter().enumerate();
        let in_headers = headers
            .filter(|(at, _)| header || *at > 0)
            .any(|(_, part)| contains(&decoded_header(&part.header), needle));
        if in_headers {
            return Ok(true);
        }
        for part in structure
            .parts
            .iter()
            .filter(|part| part.kind == Kind::Leaf)
        {
            let value = part.content_type();
            if !value.kind.eq_ignore_ascii_case(b"text") {
                continue;
            }
            let Some(encoding) = structure::encoding(&part.header) else {
                continue;
            };
            let body: Box<dyn Read> = if small {
                let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
                let (starts, ends) = (place(part.starts), place(part.ends).min(beginning.len()));
                Box::new(beginning.get(starts..ends).unwrap_or_default())
            } else {
                let Some(mut content) = self.folder.content(uid)? else {
                    return Ok(false);
                };
                content.skip(part.starts).map_err(unreadable)?;
                Box::new(content.take(part.ends - part.starts))
            };
            let mut text = Vec::new();
            Decoder::new(BufReader::new(body), encoding)
                .take(MAX_TEXT)
                .read_to_end(&mut text)
                .map_err(unreadable)?;
            let charset = value.parameter("charset").unwrap_or(b"utf-8");
            if contains(&in_charset(&text, charset), needle) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn sorted(
        &mut self,
        found: Vec<Candidate>,
        keys: &[SortKey],
    ) -> Result<Vec<Candidate>, Trouble> {
        let mut last = Vec::new();
        let mut rows = Vec::with_capacity(found.len());
        let by_fields = |key: &SortKey| !matches!(key.what, SortBy::Arrival | SortBy::Size);
        self.remember_if(keys.iter().any(by_fields));
        for (at, &candidate) in found.iter().enumerate() {
            self.goes_on()?;
            self.next_fields(&found, at);
            let mut looked = Looked::new(candidate);
            let row = keys
                .iter()
                .map(|key| self.sort_value(key.what, &mut looked));
            let row: Result<Vec<Value>, Trouble> = row.collect();
            match self.unless_unreadable(row)? {
                Some(row) => rows.push((row, candidate)),
                None => last.push(candidate),
            }
        }
        self.remembered.borrow_mut().write_down(self.folder);
        rows.sort_by(|(a, x), (b, y)| {
            let compared =
                keys.iter().zip(a.iter().zip(b)).map(
                    |(key, (a, b))| {
                        if key.reverse { b.cmp(a) } else { a.cmp(b) }
                    },
                );
            let first = compared.into_iter().find(|order| order.is_ne());
            // RFC 5256 section 3: what is equal stays in the order of the mailbox.
            first.unwrap_or_else(|| x.number.cmp(&y.number))
        });
        let rows = rows.into_iter().map(|(_, candidate)| candidate);
        Ok(rows.chain(last).collect())
    }

    fn remember_if(&self, by_fields: bool) {
        *self.remembered.borrow_mut() = Remembered::of(by_fields.then_some(Kept::Fields));
    }

    /// Before the message at this place is looked at.
    fn next_fields(&self, found: &[Candidate], at: usize) {
        if at.is_multiple_of(BATCH) {
            let batch = found[at..].iter().take(BATCH);
            let uids: Vec<Uid> = batch.map(|candidate| candidate.seen.uid).collect();
            self.remembered.borrow_mut().next(self.folder, &uids);
        }
    }

    fn sort_value(&self, what: SortBy, looked: &mut Looked) -> Result<Value, Trouble> {
        let facts = self.facts.get(&looked.candidate.seen.uid);
        let (arrived, size) = facts.map_or((0, 0), |facts| (facts.arrived, facts.size));
        Ok(match what {
            SortBy::Arrival => Value::Number(arrived),
            SortBy::Size => Value::Number(i64::try_from(size).unwrap_or(i64::MAX)),
            SortBy::Date => {
                let header = self.fields(looked)?.unwrap_or_default();
                Value::Number(date_of(header).map_or(arrived, |(seconds, _)| seconds))
            }
            SortBy::Subject => {
                let header = self.fields(looked)?.unwrap_or_default();
                Value::Text(ordered(&base_subject(&subject_of(header)).0))
            }
            SortBy::Cc | SortBy::From | SortBy::To => {
                let name = match what {
                    SortBy::Cc => "Cc",
                    SortBy::From => "From",
                    _ => "To",
                };
                let header = self.fields(looked)?.unwrap_or_default();
                let first = envelope::field(header, name)
                    .and_then(|value| envelope::addresses(&value).into_iter().next());
                let mailbox = first
                    .and_then(|address| address.mailbox)
                    .unwrap_or_default();
                Value::Text(ordered(&String::from_utf8_lossy(&mailbox)))
            }
        })
    }

    fn threads(&mut self, found: Vec<Candidate>, how: Threading) -> Result<Vec<Node>, Trouble> {
        let mut letters = Vec::with_capacity(found.len());
        // An id is only compared with others; as it stands it may be long, and a message has many.
        let hashes = RandomState::new();
        self.remember_if(true);
        for (at, &candidate) in found.iter().enumerate() {
            self.goes_on()?;
            self.next_fields(&found, at);
            let mut looked = Looked::new(candidate);
            let arrived = self.facts.get(&candidate.seen.uid).map_or(0, |f| f.arrived);
            // One that cannot be read is a thread of its own.
            let fields = self.fields(&mut looked);
            let header = self.unless_unreadable(fields)?.flatten();
            let header = header.unwrap_or_default();
            let (subject, answer) = base_subject(&subject_of(header));
            let ids = |name: &str| -> Vec<u64> {
                envelope::fields(header, name)
                    .flat_map(|value| ids_in(&value))
                    .map(|id| hashes.hash_one(id))
                    .collect()
            };
            let mut references = ids("References");
            if references.is_empty() {
                references.extend(ids("In-Reply-To").first());
            }
            let skipped = references.len().saturating_sub(MAX_REFERENCES);
            let references = references.split_off(skipped);
            letters.push(super::thread::Letter {
                candidate,
                id: ids("Message-ID").first().copied(),
                references,
                subject: folded(&subject),
                answer,
                date: date_of(header).map_or(arrived, |(seconds, _)| seconds),
            });
        }
        self.remembered.borrow_mut().write_down(self.folder);
        Ok(match how {
            Threading::References => super::thread::by_references(letters),
            Threading::OrderedSubject => super::thread::by_subject(letters),
        })
    }
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Value {
    Number(i64),
    Text(String),
}

fn unreadable(error: io::Error) -> Trouble {
    crate::journal::disk_trouble("read a message", &error);
    Trouble::OutOfOrder
}

fn has_flag(marks: Marks, keywords: &Keywords, name: &str) -> bool {
    match SYSTEM.iter().find(|(_, known)| *known == name) {
        Some((flag, _)) => marks.has(*flag),
        None => keywords.has(marks, name),
    }
}

fn header_of(from: &mut dyn BufRead) -> io::Result<Vec<u8>> {
    let mut header = Vec::new();
    let mut at_start = true;
    while header.len() < MAX_HEADER {
        let before = header.len();
        Read::take(&mut *from, 8 << 10).read_until(b'\n', &mut header)?;
        let line = &header[before..];
        if line.is_empty() || at_start && matches!(line, b"\r\n" | b"\n") {
            break;
        }
        at_start = line.ends_with(b"\n");
    }
    Ok(header)
}

/// For comparing without regard to case.
fn folded(text: &str) -> String {
    text.to_lowercase()
}

/// For putting in order (RFC 5051): the letters stand before `[` and `_`, as capitals do.
fn ordered(text: &str) -> String {
    cut(text, MAX_SORTED).to_uppercase()
}

/// The beginning of a text, of so many octets at most.
fn cut(text: &str, octets: usize) -> &str {
    let mut end = octets.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

fn contains(text: &str, needle: &str) -> bool {
    needle.is_empty() || folded(text).contains(needle)
}

/// Whether a text is in an address without the comments and spaces that are allowed in one (RFC 5322 section 3.4).
fn in_addresses(value: &[u8], needle: &str) -> bool {
    envelope::addresses(value).iter().any(|address| {
        let part = |text: &Option<Vec<u8>>| {
            String::from_utf8_lossy(text.as_deref().unwrap_or_default()).into_owned()
        };
        let spec = format!("{}@{}", part(&address.mailbox), part(&address.host));
        contains(&spec, needle)
    })
}

/// A field's value with its encoded words decoded.
fn decoded(value: &[u8]) -> String {
    if !value.windows(2).any(|two| two == b"=?") {
        return String::from_utf8_lossy(value).into_owned();
    }
    let mut field = b"Subject: ".to_vec();
    field.extend_from_slice(value);
    field.extend_from_slice(b"\r\n\r\n");
    let parsed = MessageParser::new().parse_headers(&field[..]);
    let subject = parsed
        .as_ref()
        .and_then(|message| message.header("Subject"));
    match subject {
        Some(HeaderValue::Text(text)) => text.to_string(),
        _ => String::from_utf8_lossy(value).into_owned(),
    }
}

fn decoded_header(header: &[u8]) -> String {
    let mut text = String::new();
    for (name, raw) in envelope::raw_fields(header) {
        text.push_str(&String::from_utf8_lossy(name));
        text.push_str(": ");
        let value = &raw[(name.len() + 1).min(raw.len())..];
        let plain: Vec<u8> = value
            .iter()
            .copied()
            .filter(|b| !matches!(b, b'\r' | b'\n'))
            .collect();
        text.push_str(decoded(plain.trim_ascii()).as_str());
        text.push('\n');
    }
    text
}

fn in_charset(text: &[u8], charset: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(text) {
        return text.to_owned();
    }
    match charset_decoder(charset) {
        Some(decode) => decode(text),
        None => String::from_utf8_lossy(text).into_owned(),
    }
}

fn subject_of(header: &[u8]) -> String {
    envelope::field(header, "Subject").map_or_else(String::new, |value| decoded(&value))
}

/// The Date of a header section: seconds since 1970, and what its zone adds.
fn date_of(header: &[u8]) -> Option<(i64, i64)> {
    let value = envelope::field(header, "Date")?;
    let mut field = b"Date: ".to_vec();
    field.extend_from_slice(&value);
    field.extend_from_slice(b"\r\n\r\n");
    let parsed = MessageParser::new().parse_headers(&field[..])?;
    let date = parsed.date()?;
    let zone = i64::from(date.tz_hour) * 3600 + i64::from(date.tz_minute) * 60;
    let zone = if date.tz_before_gmt { -zone } else { zone };
    date.is_valid().then(|| (date.to_timestamp(), zone))
}

/// The last ids in a field: a stranger may write as many as fit, and all of a mailbox are kept at a time.
fn ids_in(value: &[u8]) -> Vec<String> {
    let mut ids = VecDeque::new();
    let mut rest = value;
    while let Some(open) = rest.iter().position(|&b| b == b'<') {
        let Some(close) = rest[open..].iter().position(|&b| b == b'>') else {
            break;
        };
        let id = &rest[open + 1..open + close];
        if !id.is_empty() && id.len() <= MAX_ID {
            if ids.len() == MAX_REFERENCES {
                ids.pop_front();
            }
            ids.push_back(String::from_utf8_lossy(id).replace(' ', ""));
        }
        rest = &rest[open + close + 1..];
    }
    ids.into()
}

/// The base subject (RFC 5256 section 2.1), and whether it was one of an answer or something passed on. Of what a stranger may
/// write without end the beginning counts.
pub(super) fn base_subject(subject: &str) -> (String, bool) {
    let words = cut(subject, MAX_SUBJECT).split_whitespace();
    let whole = words.collect::<Vec<_>>().join(" ");
    let mut text = whole.as_str();
    let mut answer = false;
    loop {
        let before = text.len();
        while let Some(start) = text.len().checked_sub(5)
            && text.is_char_boundary(start)
            && text[start..].eq_ignore_ascii_case("(fwd)")
        {
            text = text[..start].trim_end();
            answer = true;
        }
        loop {
            let round = text.len();
            if let Some(rest) = without_leader(text) {
                text = rest.trim_start();
                answer = true;
            }
            // All of them at once: where none of those behind them was a leader, none will be.
            while let Some(rest) = without_blob(text).map(str::trim_start)
                && !rest.is_empty()
            {
                text = rest;
            }
            if text.len() == round {
                break;
            }
        }
        if let Some(inner) = without_word(text, "[fwd:").and_then(|rest| rest.strip_suffix(']')) {
            text = inner.trim();
            answer = true;
        }
        if text.len() == before {
            // Less than was looked at: so a long one is the same behind `Re:` as without.
            return (cut(text, MAX_SORTED).to_owned(), answer);
        }
    }
}

/// Behind a word at the beginning, whatever its case.
fn without_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let (start, rest) = text.split_at_checked(word.len())?;
    start.eq_ignore_ascii_case(word).then_some(rest)
}

/// Behind `[…]`.
fn without_blob(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('[')?;
    let close = inner.find(['[', ']'])?;
    inner[close..].strip_prefix(']')
}

/// Behind `Re:`, `Fw[1]:` and the like, blobs before it or not.
fn without_leader(text: &str) -> Option<&str> {
    let mut rest = text;
    while let Some(behind) = without_blob(rest) {
        rest = behind.trim_start();
    }
    let behind = ["re", "fwd", "fw"]
        .into_iter()
        .find_map(|word| without_word(rest, word))?
        .trim_start();
    let behind = without_blob(behind).unwrap_or(behind).trim_start();
    behind.strip_prefix(':')
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    /// RFC 5256 section 2.1.
    #[test]
    fn the_base_subject_has_no_re_no_fwd_and_no_list_name() {
        for (subject, base, answer) in [
            ("Re: hello", "hello", true),
            ("RE :  Fwd: [list] hello (fwd)", "hello", true),
            ("[Fwd: [list] Re[2]: hello]", "hello", true),
            ("[list]", "[list]", false),
            ("hello", "hello", false),
            ("Regards", "Regards", false),
            ("", "", false),
            ("Re:", "", true),
            ("[a] b", "b", false),
        ] {
            assert_eq!(
                base_subject(subject),
                (base.to_owned(), answer),
                "{subject}"
            );
        }
    }

    /// Strangers write subjects, and all of a mailbox are put in order at once.
    #[test]
    fn a_subject_without_end_takes_no_time_and_little_memory() {
        let (re, blobs) = ("Re:".repeat(200_000), "[a]".repeat(200_000));
        let forwarded = format!("{}x{}", "[fwd:".repeat(100_000), "]".repeat(100_000));
        let unfinished = format!("{}{}", "Re: [a] ".repeat(50_000), "[".repeat(100_000));
        let began = std::time::Instant::now();
        for subject in [re, blobs, forwarded, unfinished, "\u{fc}".repeat(300_000)] {
            assert!(base_subject(&subject).0.len() <= MAX_SORTED);
            assert!(ordered(&subject).len() <= 3 * MAX_SORTED);
        }
        let took = began.elapsed();
        assert!(took < std::time::Duration::from_secs(1), "{took:?}");
        let long = "\u{fc}x".repeat(10_000);
        assert_eq!(
            base_subject(&format!("Re: {long}")).0,
            base_subject(&long).0
        );
    }

    #[test]
    fn an_address_is_found_without_the_comments_in_it() {
        let value = b"Anna <anna (at home)@ (here) example.org>, \"Ben\" <ben@example.org>";
        assert!(in_addresses(value, "anna@example.org") && in_addresses(value, "ben@example"));
        assert!(!in_addresses(value, "home"));
        assert!(ordered("b") < ordered("[a]") && ordered("[a]") < ordered("_"));
    }

    #[test]
    fn dates_and_encoded_words_are_understood() {
        let header = b"Date: Thu, 5 Nov 2026 23:30:00 +0100\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n =?utf-8?q?_da?=\r\n\r\n";
        let (seconds, zone) = date_of(header).unwrap();
        assert_eq!((seconds + zone).rem_euclid(86_400), 23 * 3600 + 1800);
        assert_eq!(subject_of(header), "Gr\u{fc}\u{df}e da");
        assert_eq!(ids_in(b"<a@b> junk <c@d> <e"), ["a@b", "c@d"]);
    }
}
