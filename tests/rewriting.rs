//! Item: rewriting of headers, both ways, over the messages that mail libraries are tested with (tests/corpus) and over generated
//! ones. Whatever the way: twice is once, the body is the same, no field is lost or changes its place, everybody who was in a
//! field still is, the result is read by others, and no line is too long that was not.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;
use std::io::{BufReader, Read};
use std::path::Path;

use mail_parser::MessageParser;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use toxmail::mail::address::{Meaning, PeerKey, canonical, meaning};
use toxmail::mail::header::{
    AddressBook, ArrivalBook, Field, HeaderSection, Stamp, for_home, for_relay, for_tox, on_arrival,
};
use toxmail::mail::mailboxes;
use toxmail::mail::ordinary::Writer;

/// The longest line of RFC 5322, without its CRLF.
const MAX_LINE: usize = 998;
/// What the messages of the corpus are at least.
const CORPUS: usize = 500;

fn key(n: u8) -> PeerKey {
    PeerKey::from_bytes([n; 32])
}

/// A number for a text, the same in every run.
fn number(text: &str) -> u64 {
    let folded = text.to_lowercase();
    folded.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    })
}

/// The writer's home: whoever has an even number has Tox, in one of five homes.
struct Departure;

impl AddressBook for Departure {
    fn canonical_of(&self, address: &str) -> Option<String> {
        match meaning(address, "box.example").ok()? {
            Meaning::Peer { key, local } => Some(canonical(local.as_deref(), &key)),
            Meaning::FirstContact { id, local } => Some(canonical(local.as_deref(), &id.key())),
            Meaning::Member { name, .. } => Some(canonical(Some(name.as_str()), &key(9))),
            Meaning::Main { .. } => Some(canonical(None, &key(9))),
            Meaning::Nickname(name) => {
                Some(canonical(Some("nick"), &key((number(&name) % 5) as u8)))
            }
            Meaning::Ordinary(ordinary) => {
                let n = number(&ordinary);
                let local = format!("m{n}");
                (n.is_multiple_of(2) && ordinary != UNKNOWN)
                    .then(|| canonical(Some(&local), &key((n / 2 % 5) as u8)))
            }
            Meaning::Postmaster | Meaning::Answer(_) => None,
        }
    }
}

/// What stands for a foreign nickname.
const UNKNOWN: &str = "unknown@tox.invalid";

/// The reader's home. The letter comes from home 9; of the people of the other five it knows those with an even number.
struct Arrival(String);

impl Arrival {
    fn new() -> Self {
        Self(format!("{}.tox", key(9).base32()))
    }
}

impl ArrivalBook for Arrival {
    fn peer_suffix(&self) -> &str {
        &self.0
    }
    fn may_write_as(&self, address: &str) -> bool {
        address.eq_ignore_ascii_case("käthe@work.example")
    }
    fn display_for(&self, address: &str) -> Option<String> {
        match address.split('@').next()? {
            "käthe" => Some("Käthe, \"die\" Große".into()),
            "home" => Some("Garden Street 5".into()),
            _ => None,
        }
    }
    fn preferred(&self, canonical: &str) -> Option<String> {
        (number(canonical).is_multiple_of(2) && !canonical.ends_with(&self.0))
            .then(|| format!("{}@a-provider-with-a-long-name.example", number(canonical)))
    }
}

fn stamp() -> Stamp {
    Stamp {
        date: "Thu, 5 Nov 2026 10:00:00 +0100".into(),
        message_id: "<new@toxmail.local>".into(),
    }
}

fn begins(name: &str, with: &str) -> bool {
    name.get(..with.len())
        .is_some_and(|n| n.eq_ignore_ascii_case(with))
}

fn is_one_of(field: &Field<'_>, names: &[&str]) -> bool {
    names.iter().any(|name| field.is(name))
}

// A second opinion on purpose: a field that is taken out of the lists of `mail::departure` or `mail::arrival` breaks these tests.

/// Fields of addresses that are rewritten.
const ADDRESSES: &[&str] = &[
    "From",
    "Sender",
    "Author",
    "Original-From",
    "Reply-To",
    "To",
    "Cc",
    "Resent-From",
    "Resent-Sender",
    "Resent-Reply-To",
    "Resent-To",
    "Resent-Cc",
    "Mail-Followup-To",
    "Mail-Reply-To",
    "Disposition-Notification-To",
    "Return-Receipt-To",
    "X-Confirm-Reading-To",
    "Errors-To",
];
/// Of these, the ones that name the writer or where answers go.
const IDENTITIES: &[&str] = &[
    "From",
    "Sender",
    "Author",
    "Original-From",
    "Reply-To",
    "Resent-From",
    "Resent-Sender",
    "Resent-Reply-To",
    "Mail-Reply-To",
    "Disposition-Notification-To",
    "Return-Receipt-To",
    "X-Confirm-Reading-To",
];
/// What no way takes along.
const PRIVATE: &[&str] = &["Bcc", "Resent-Bcc", "Return-Path", "Authentication-Results"];
/// What tells about the writer's network and programs.
const TELLTALE: &[&str] = &[
    "Received",
    "X-Received",
    "User-Agent",
    "X-Mailer",
    "X-MimeOLE",
    "X-Newsreader",
    "X-Sender",
    "X-Sender-IP",
    "X-Client-IP",
    "X-Remote-IP",
    "X-Real-IP",
    "X-Forwarded-For",
    "X-Source-IP",
    "X-Authenticated-Sender",
    "X-Authentication-Warning",
    "X-Identity-Key",
    "X-Account-Key",
    "X-Operating-System",
    "X-Library",
    "X-Editor",
    "X-Universally-Unique-Identifier",
    "X-Uniform-Type-Identifier",
    "Fcc",
    "X-Fcc",
];
const TELLTALE_BEGINNINGS: &[&str] = &[
    "X-Apple-",
    "X-Claws-",
    "X-Enigmail-",
    "X-Evolution-",
    "X-KMail-",
    "X-Mozilla-",
    "X-Originating-",
    "X-PHP-",
    "X-Sylpheed-",
];
/// What only the filing home, or a mail program for itself, may write.
const MARKS: &[&str] = &[
    "Return-Path",
    "Authentication-Results",
    "Received-SPF",
    "BIMI-Indicator",
    "BIMI-Location",
    "Apparently-From",
    "Envelope-From",
    "X-Envelope-From",
    "X-Envelope-Sender",
    "X-From",
    "X-Original-From",
    "X-Sender",
    "X-X-Sender",
    "X-Authenticated-Sender",
    "X-Authenticated-User",
    "X-Authentication-Warning",
    "X-Authentication-Results",
    "Delivered-To",
    "X-Delivered-To",
    "X-Original-To",
    "Envelope-To",
    "X-Envelope-To",
    "Status",
    "X-Status",
    "X-Keywords",
];

/// One way of rewriting and its rules.
struct Way {
    name: &'static str,
    rewrite: fn(&HeaderSection) -> Option<Vec<u8>>,
    /// Fields that do not go along.
    gone: fn(&Field<'_>) -> bool,
    /// Fields that may change.
    changes: fn(&Field<'_>) -> bool,
    /// Fields that are added, before or behind the others.
    added: &'static [&'static str],
    /// What an address becomes in a field that may change; `None`: that person is not in it any more.
    becomes: fn(&Field<'_>, &str) -> Option<String>,
    /// What must not be in the section that is made; the error is what is.
    tells: fn(&HeaderSection) -> Result<(), String>,
    /// Whether a name is written as it was.
    keeps_name: fn(&str) -> bool,
    /// Whether a field is the same when it goes the way again.
    settled: fn(&Field<'_>) -> bool,
}

fn is_ours(field: &Field<'_>) -> bool {
    begins(field.name, "X-Toxmail-")
}

fn is_telltale(field: &Field<'_>) -> bool {
    is_one_of(field, TELLTALE) || TELLTALE_BEGINNINGS.iter().any(|b| begins(field.name, b))
}

/// Every way there is. A new one is added here, and everything below holds for it.
const WAYS: &[Way] = &[
    Way {
        name: "for_tox",
        rewrite: |header| Some(for_tox(header, &Departure, &stamp())),
        gone: |f| is_ours(f) || is_one_of(f, PRIVATE) || is_telltale(f),
        changes: |f| is_one_of(f, ADDRESSES) || f.is("MIME-Version") && f.value.contains(&b'('),
        added: &["Date", "Message-ID", "X-Toxmail-Hops"],
        becomes: |_, address| Some(Departure.canonical_of(address).unwrap_or(address.into())),
        tells: |_| Ok(()),
        keeps_name: |_| true,
        settled: |_| true,
    },
    Way {
        name: "on_arrival",
        rewrite: |header| on_arrival(header, &Arrival::new(), "", "tox").ok(),
        gone: |f| is_ours(f) || is_one_of(f, MARKS) || begins(f.name, "X-Mozilla-"),
        changes: |f| is_one_of(f, ADDRESSES),
        added: &[
            "Return-Path",
            "Authentication-Results",
            "X-Toxmail-Path",
            "X-Toxmail-Hops",
            "From",
        ],
        becomes: |_, address| Some(arrived(address).unwrap_or(address.into())),
        tells: |_| Ok(()),
        keeps_name: |_| true,
        // It counts, and a claim is not claimed again.
        settled: |f| !is_ours(f),
    },
    Way {
        name: "for_home",
        rewrite: |header| for_home(header, "anna@toxmail.local", &stamp()).ok(),
        gone: |f| is_ours(f) || is_one_of(f, PRIVATE),
        changes: |_| false,
        added: &[
            "Return-Path",
            "X-Toxmail-Path",
            "X-Toxmail-Hops",
            "Date",
            "Message-ID",
        ],
        becomes: |_, address| Some(address.into()),
        tells: |_| Ok(()),
        keeps_name: |_| true,
        settled: |f| !f.is("X-Toxmail-Hops"),
    },
    Way {
        name: "for_relay",
        rewrite: |header| Some(for_relay(header, &writer(), &ordinary_of, &relay_stamp())),
        gone: gone_to_relay,
        changes: |f| {
            is_one_of(f, ADDRESSES)
                || is_one_of(f, IDENTIFIERS)
                || is_one_of(f, TEXTS)
                || f.is("MIME-Version") && f.value.contains(&b'(')
        },
        added: &["Date", "Message-ID", "X-Toxmail-Hops", "To"],
        becomes: relayed,
        tells: tells_a_provider,
        keeps_name: |name| !holds_secret(name.as_bytes()),
        settled: |_| true,
    },
];

/// Fields of identifiers, which go under another domain where theirs is the home's.
const IDENTIFIERS: &[&str] = &[
    "Message-ID",
    "In-Reply-To",
    "References",
    "Resent-Message-ID",
    "Original-Message-ID",
    "X-Forwarded-Message-ID",
];
/// Fields that a person has written, which lose the words that must not leave.
const TEXTS: &[&str] = &["Subject", "Comments", "Keywords"];
/// Fields that are never without anybody.
const WRITERS: &[&str] = &["From", "Sender", "Resent-From", "Resent-Sender"];

/// Who writes on the ordinary route: a member of home 9.
fn writer() -> Writer {
    Writer::new("anna@a-provider.example", "box.example", &key(9))
}

fn relay_stamp() -> Stamp {
    Stamp {
        message_id: writer().message_id("new"),
        ..stamp()
    }
}

/// The ordinary address of everybody with an even number; the home knows none for the others.
fn ordinary_of(address: &str) -> Option<String> {
    let n = number(address);
    n.is_multiple_of(2)
        .then(|| format!("m{n}@a-provider-with-a-long-name.example"))
}

fn relayed(field: &Field<'_>, address: &str) -> Option<String> {
    if !writer().hides(address) {
        return Some(address.to_owned());
    }
    let writes = || is_one_of(field, WRITERS).then(|| writer().address().to_owned());
    ordinary_of(address).or_else(writes)
}

/// Whether something in a text must not leave, as it stands or decoded.
fn holds_secret(text: &[u8]) -> bool {
    let field = [b"Subject: ", text, b"\r\n\r\n"].concat();
    let parsed = MessageParser::new().parse(&field);
    let decoded = parsed
        .as_ref()
        .and_then(|m| m.subject())
        .unwrap_or_default();
    let raw = String::from_utf8_lossy(text);
    [&raw[..], decoded].into_iter().any(|text| {
        let between = |c: char| " \t\r\n\"()<>[],;:\\".contains(c);
        text.split(between).any(|word| writer().hides(word))
    })
}

fn gone_to_relay(field: &Field<'_>) -> bool {
    if is_ours(field)
        || is_one_of(field, PRIVATE)
        || is_telltale(field)
        || writer().hides(field.name)
    {
        return true;
    }
    if is_one_of(field, ADDRESSES) {
        let list = mailboxes::list(field.value);
        let nobody = list
            .mailboxes
            .iter()
            .all(|m| relayed(field, &m.address).is_none());
        return match list.malformed {
            true => {
                let secret = |m: &mailboxes::Mailbox| writer().hides(&m.address);
                nobody && (holds_secret(field.value) || list.mailboxes.iter().any(secret))
            }
            false => nobody && !list.mailboxes.is_empty(),
        };
    }
    let stays = is_one_of(field, IDENTIFIERS)
        || is_one_of(field, TEXTS)
        || field.is("MIME-Version")
        || begins(field.name, "Content-");
    !stays && holds_secret(field.value)
}

/// Whether the text has the word in it: somebody at `abox.example` is not somebody at `box.example`.
fn holds_word(text: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '-';
    text.match_indices(word)
        .any(|(at, _)| !text[..at].ends_with(part) && !text[at + word.len()..].starts_with(part))
}

/// Whether a provider would be told of the home, its keys or its nicknames.
fn tells_a_provider(section: &HeaderSection) -> Result<(), String> {
    for field in section.fields().filter(|f| !begins(f.name, "Content-")) {
        let text = String::from_utf8_lossy(field.raw).to_lowercase();
        let private = ["toxmail.local", "box.example", &key(9).base32()];
        if let Some(found) = private.iter().find(|p| holds_word(&text, p)) {
            return Err(format!("{found} in {text}"));
        }
        for after in text.split('@').skip(1) {
            let end = after.find(|c: char| !(c.is_alphanumeric() || "._-".contains(c)));
            let domain = after[..end.unwrap_or(after.len())].trim_matches('.');
            if domain == "tox" || domain.ends_with(".tox") {
                return Err(format!("@{domain} in {text}"));
            }
        }
        let encoded = text.contains("=?") || is_one_of(&field, IDENTIFIERS);
        if !encoded && holds_secret(field.value) {
            return Err(format!("a secret in {text}"));
        }
        if is_one_of(&field, ADDRESSES) {
            for mailbox in mailboxes::list(field.value).mailboxes {
                if writer().hides(&mailbox.address) {
                    return Err(format!("{} in {text}", mailbox.address));
                }
            }
        }
    }
    Ok(())
}

fn arrived(address: &str) -> Option<String> {
    let book = Arrival::new();
    let seen = |local: &str| {
        let theirs = format!("{local}@{}", book.0);
        Some(book.preferred(&theirs).unwrap_or(theirs))
    };
    let tagged = |name: &str, tag: Option<String>| match tag {
        Some(tag) => format!("{name}+{tag}"),
        None => name.to_owned(),
    };
    match meaning(address, "toxmail.local").ok()? {
        Meaning::Peer { key, local } => book.preferred(&canonical(local.as_deref(), &key)),
        Meaning::Member { name, tag } => seen(&tagged(name.as_str(), tag)),
        Meaning::Main { tag } => seen(&tagged("home", tag)),
        Meaning::Postmaster if address.contains('@') => seen("postmaster"),
        Meaning::Nickname(_) => Some(UNKNOWN.to_owned()),
        _ => None,
    }
}

fn longest_line(section: &[u8]) -> usize {
    let lines = section.split(|b| *b == b'\n');
    lines
        .map(|line| line.len().saturating_sub(1))
        .max()
        .unwrap_or(0)
}

/// The fields that go along, as name and bytes.
fn kept<'a>(header: &'a HeaderSection, keep: &dyn Fn(&Field<'_>) -> bool) -> Vec<Field<'a>> {
    header.fields().filter(|field| keep(field)).collect()
}

/// Everything that must hold of one message on one way. What is wrong, or whether it was carried at all.
fn check(way: &Way, message: &[u8]) -> Result<bool, String> {
    let mut reader = BufReader::new(message);
    let Ok(header) = HeaderSection::read(&mut reader).unwrap() else {
        return Ok(false);
    };
    let mut body = Vec::new();
    reader.read_to_end(&mut body).unwrap();
    if !message.ends_with(&[b"\r\n", &body[..]].concat()) {
        return Err("the body is not where the header ends".into());
    }
    let Some(section) = (way.rewrite)(&header) else {
        return Ok(false);
    };

    // It is read again, by us and by others, and the body begins where it begins.
    let whole = [&section[..], b"\r\n", &body].concat();
    let mut reader = &whole[..];
    let again = HeaderSection::read(&mut reader)
        .unwrap()
        .map_err(|e| format!("what was made is no header: {e}"))?;
    if reader != body {
        return Err("the body has changed".into());
    }
    let other = MessageParser::new()
        .parse(&whole)
        .ok_or("another reader makes nothing of it")?;
    let theirs = other.parts[0].offset_body as usize;
    // A line of white space alone ends the header for that reader; then it never came to the real end of it.
    if !has_blank_line(&section) && theirs != section.len() + 2 {
        return Err(format!(
            "another reader finds the body at {theirs}, not {}",
            section.len() + 2
        ));
    }

    (way.tells)(&again)?;

    // Twice is once.
    let twice = (way.rewrite)(&again).ok_or("it cannot go the way twice")?;
    let twice = HeaderSection::parse(&twice).map_err(|e| format!("twice: {e}"))?;
    let settled = |h: &HeaderSection| -> Vec<Vec<u8>> {
        let fields = kept(h, &|f| (way.settled)(f));
        fields.iter().map(|f| f.raw.to_vec()).collect()
    };
    let (once, second) = (settled(&again), settled(&twice));
    for (a, b) in once.iter().zip(&second) {
        if a != b && !names_us(way, a) {
            return Err(format!("{} becomes {}", a.escape_ascii(), b.escape_ascii()));
        }
    }
    if once.len() != second.len() {
        return Err(format!("{} fields become {}", once.len(), second.len()));
    }

    // No field is lost, none has changed that may not, and all are in their order.
    let before = kept(&header, &|f| !(way.gone)(f));
    let mut after = again.fields().filter(|f| !is_ours(f)).collect::<Vec<_>>();
    let before = one_of_each(way, before);
    // Those that were added stand before and behind.
    let start = after
        .iter()
        .position(|f| before.first().is_some_and(|b| same_place(way, b, f)));
    let start = start.unwrap_or(0);
    let front: Vec<_> = after.drain(..start).collect();
    if before.len() > after.len() {
        return Err(format!("{} fields, and then {}", before.len(), after.len()));
    }
    let back = after.split_off(before.len());
    for (old, new) in before.iter().zip(&after) {
        if old.name != new.name {
            return Err(format!("{} in the place of {}", new.name, old.name));
        }
        if !(way.changes)(old) && old.raw != new.raw {
            return Err(format!("{} has changed", old.raw.escape_ascii()));
        }
        same_people(way, old, new)?;
    }
    for field in front.iter().chain(&back) {
        if !is_one_of(field, way.added) {
            return Err(format!("{} has been added", field.name));
        }
    }

    // No line is too long that was not.
    let (was, is) = (longest_line(header.bytes()), longest_line(&section));
    if was <= MAX_LINE && is > MAX_LINE {
        return Err(format!("a line of {is} octets"));
    }
    Ok(true)
}

/// A writer's field that arrives twice is kept once.
fn one_of_each<'a>(way: &Way, fields: Vec<Field<'a>>) -> Vec<Field<'a>> {
    let mut seen: Vec<String> = Vec::new();
    fields
        .into_iter()
        .filter(|field| {
            let name = field.name.to_ascii_lowercase();
            let once = way.name == "on_arrival"
                && is_one_of(field, IDENTITIES)
                && !name.starts_with("resent-");
            let repeated = once && seen.contains(&name);
            seen.push(name);
            !repeated
        })
        .collect()
}

fn same_place(way: &Way, old: &Field<'_>, new: &Field<'_>) -> bool {
    old.name == new.name && ((way.changes)(old) || old.raw == new.raw)
}

/// An address of this home, which is its own affair: written by somebody else it would mean somebody else.
fn names_us(way: &Way, field: &[u8]) -> bool {
    let Some(colon) = field.iter().position(|b| *b == b':') else {
        return false;
    };
    way.name == "on_arrival"
        && mailboxes::list(&field[colon + 1..])
            .mailboxes
            .iter()
            .any(|m| {
                matches!(
                    meaning(&m.address, "toxmail.local"),
                    Ok(Meaning::Member { .. }
                        | Meaning::Main { .. }
                        | Meaning::Postmaster
                        | Meaning::Nickname(_))
                )
            })
}

fn has_blank_line(section: &[u8]) -> bool {
    let lines = section.split(|b| *b == b'\n');
    lines
        .into_iter()
        .any(|l| !l.is_empty() && l.trim_ascii().is_empty())
}

/// Everybody who was in a field still is, in the same order and with the same name, under the address of this way.
fn same_people(way: &Way, old: &Field<'_>, new: &Field<'_>) -> Result<(), String> {
    let (before, after) = (mailboxes::list(old.value), mailboxes::list(new.value));
    if way.name == "on_arrival" && is_one_of(old, IDENTITIES) {
        // These name the peer, whatever they named before.
        let theirs = |address: &str| {
            address.ends_with(&format!("@{}", key(9).base32() + ".tox"))
                || Arrival::new().may_write_as(address)
        };
        let foreign = after.mailboxes.iter().find(|m| !theirs(&m.address));
        return match foreign {
            Some(m) => Err(format!("{} is shown in {}", m.address, new.name)),
            None if after.mailboxes.is_empty() || after.malformed => {
                Err(format!("nobody is in {}", new.raw.escape_ascii()))
            }
            None => Ok(()),
        };
    }
    if !(way.changes)(old) || !is_one_of(old, ADDRESSES) || before.malformed {
        return Ok(());
    }
    let expected: Vec<String> = before
        .mailboxes
        .iter()
        .filter_map(|m| (way.becomes)(old, &m.address))
        .collect();
    let found: Vec<String> = after.mailboxes.iter().map(|m| m.address.clone()).collect();
    if expected != found || after.malformed {
        return Err(format!(
            "{} has become {}",
            old.raw.escape_ascii(),
            new.raw.escape_ascii()
        ));
    }
    let stays = |m: &&mailboxes::Mailbox| (way.becomes)(old, &m.address).is_some();
    let names = |mailboxes: &mut dyn Iterator<Item = &mailboxes::Mailbox>| -> Vec<String> {
        // Addresses within a name are rewritten as well.
        mailboxes
            .map(|m| m.name.clone())
            .filter(|name| !name.contains('@'))
            .collect()
    };
    let named = names(&mut before.mailboxes.iter().filter(stays));
    let names = names(&mut after.mailboxes.iter());
    let kept = |name: &str| !name.contains('@') && (way.keeps_name)(name);
    if before.mailboxes.iter().all(|m| kept(&m.name)) && named != names {
        return Err(format!("{named:?} have become {names:?}"));
    }
    Ok(())
}

/// A letter that goes out and comes in: everybody in it is somebody, and nobody but the peer has written it.
fn check_both_ways(message: &[u8]) -> Result<bool, String> {
    let mut reader = message;
    let Ok(header) = HeaderSection::read(&mut reader).unwrap() else {
        return Ok(false);
    };
    let sent = for_tox(&header, &Departure, &stamp());
    let between = [&sent[..], b"\r\n", reader].concat();
    let mut carried = true;
    for way in WAYS {
        carried &= check(way, &between).map_err(|e| format!("{} after for_tox: {e}", way.name))?;
    }
    Ok(carried)
}

fn check_all(message: &[u8]) -> Result<bool, String> {
    let mut carried = true;
    for way in WAYS {
        carried &= check(way, message).map_err(|e| format!("{}: {e}", way.name))?;
    }
    Ok(carried & check_both_ways(message)?)
}

/// Name and bytes of each file in a tar file (POSIX ustar: blocks of 512 octets, the size in octal at 124).
fn files(tar: &[u8]) -> Vec<(String, &[u8])> {
    let mut files = Vec::new();
    let mut rest = tar;
    while rest.len() > 512 && rest[0] != 0 {
        let text = |from: usize, length: usize| {
            let bytes = &rest[from..from + length];
            let end = bytes.iter().position(|b| *b == 0).unwrap_or(length);
            String::from_utf8_lossy(&bytes[..end]).trim().to_owned()
        };
        let size = usize::from_str_radix(&text(124, 12), 8).unwrap();
        files.push((text(0, 100), &rest[512..512 + size]));
        rest = &rest[512 + size.div_ceil(512) * 512..];
    }
    files
}

#[test]
fn the_test_messages_of_mail_libraries_are_rewritten_and_lose_nothing() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/messages.tar.zst");
    let packed = std::fs::read(&path).unwrap();
    assert!(
        packed.len() < 600_000,
        "{} octets are too many for a repository",
        packed.len()
    );
    let tar = zstd::decode_all(&packed[..]).unwrap();
    let mut of: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (name, message) in files(&tar) {
        let origin = name.split('/').next().unwrap().to_owned();
        let (all, carried) = of.entry(origin).or_default();
        *all += 1;
        match check_all(message) {
            Ok(true) => *carried += 1,
            Ok(false) => {}
            Err(e) => wrong.push(format!("{name}: {e}")),
        }
    }
    for (origin, (all, carried)) in &of {
        eprintln!("{origin}: {carried} of {all} are messages by our rules");
    }
    let carried: usize = of.values().map(|(_, carried)| carried).sum();
    assert!(
        wrong.is_empty(),
        "{} are wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(carried >= CORPUS, "{carried} messages were rewritten");
}

/// An address, of all the forms that there are.
fn address() -> impl Strategy<Value = String> {
    let tox = "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1FDEADBEEF6042";
    prop_oneof![
        "[a-z]{1,6}@[a-z]{1,8}\\.example",
        "[a-z]{1,6}@toxmail\\.local",
        "[a-z]{2,6}@tox",
        "[a-zé]{1,5}ü@b[uü]cher\\.example",
        "\"[a-z @,<]{1,6}\"@quoted\\.example",
        "[a-z]{1,4}\\+[a-z]{1,4}@toxmail\\.local",
        "[a-z]@\\[192\\.0\\.2\\.[1-9]\\]",
        (0u8..10).prop_map(|n| canonical(Some("paul"), &key(n))),
        Just(format!("{tox}@tox")),
        Just("postmaster@toxmail.local".to_owned()),
        Just("käthe@work.example".to_owned()),
    ]
}

/// White space as it may be folded.
fn blank() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        " ", " ", " ", "\t", "  ", "\r\n ", "\r\n\t", " \r\n  ",
    ])
}

fn mailbox() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        Just(String::new()),
        "[A-Z][a-z]{1,8}".prop_map(|n| n),
        "[A-Z][a-z]{1,5} [A-Z]\\. [A-Z][a-z]{2,9}",
        "\"[A-Za-z ,;:<>()]{1,20}\"",
        "\"(\\\\[\"\\\\a]|[a-z]){1,9}\"",
        "[äöüéа-я]{1,8}",
        "=\\?utf-8\\?Q\\?K=C3=A4the[a-z_]{0,9}\\?=",
        "=\\?UTF-8\\?B\\?S8OkdGhl\\?=",
        "=\\?iso-8859-1\\?Q\\?Andr=E9\\?= =\\?iso-8859-1\\?Q\\?_R=2E\\?=",
        "\\([a-z@. ]{0,12}\\) [A-Z][a-z]{1,5}",
        address().prop_map(|a| format!("\"{}\"", a.replace('"', "\\\""))),
    ];
    let comment = prop_oneof![
        4 => Just(String::new()),
        1 => "\\([a-z ,<>;:é]{0,12}\\)",
        1 => "\\(a\\\\\\) \\(b\\) [a-z]{0,4}\\)",
        1 => address().prop_map(|a| format!("({})", a.replace(['(', ')'], ""))),
    ];
    let route = prop_oneof![9 => Just(""), 1 => Just("@relay.example,@other.example:")];
    (name, blank(), route, address(), blank(), comment).prop_map(
        |(name, before, route, address, behind, comment)| {
            let end = if comment.is_empty() {
                String::new()
            } else {
                format!("{behind}{comment}")
            };
            if name.is_empty() && route.is_empty() {
                format!("{address}{end}")
            } else {
                format!("{name}{before}<{route}{address}>{end}")
            }
        },
    )
}

fn list() -> impl Strategy<Value = String> {
    let between =
        || (blank(), prop::bool::ANY).prop_map(|(blank, tight)| if tight { "" } else { blank });
    let plain = move |most| {
        prop::collection::vec((mailbox(), between()), 1..most).prop_map(|all| {
            let mut text = String::new();
            for (n, (one, between)) in all.iter().enumerate() {
                if n > 0 {
                    text.push(',');
                    text.push_str(between);
                }
                text.push_str(one);
            }
            text
        })
    };
    prop_oneof![
        4 => plain(4),
        1 => plain(60),
        1 => ("[A-Z][a-z]{2,8}", plain(4)).prop_map(|(name, all)| format!("{name}: {all};")),
        1 => (plain(3), plain(3)).prop_map(|(a, b)| format!("Friends: {a};, {b}")),
        // Short here, long there.
        1 => (prop::collection::vec("[a-z]{2,3}@tox", 40..90), prop::sample::select(vec![",", ", ", ",\t"]))
            .prop_map(|(all, between)| all.join(between)),
        1 => "[A-Z][a-z ]{900,960} <a@b.example>",
        1 => Just("undisclosed-recipients:;".to_owned()),
        1 => "[ -~é]{0,40}",
    ]
}

fn field() -> impl Strategy<Value = String> {
    let addresses = (prop::sample::select(ADDRESSES.to_vec()), list());
    let text = "[ -~éа]{0,60}(\r\n [!-~]{1,60}){0,2}";
    let id = "<[a-z0-9.]{1,12}@[a-z0-9.]{1,12}>";
    prop_oneof![
        6 => addresses.prop_map(|(name, value)| format!("{name}: {value}")),
        1 => ("Subject|Comments|X-Note|Organization", text).prop_map(|(n, v)| format!("{n}: {v}")),
        1 => ("Message-ID|In-Reply-To|References", id).prop_map(|(n, v)| format!("{n}: {v}")),
        1 => ("List-(Id|Post|Unsubscribe|Help|Archive|Owner)", "(<mailto:[a-z]{1,8}@lists\\.example>|Our list <[a-z.]{3,12}>)")
            .prop_map(|(n, v)| format!("{n}: {v}")),
        1 => prop::sample::select(vec![
            "Precedence: list", "X-BeenThere: list@lists.example", "X-Mailman-Version: 2.1", "Errors-To: a@b.example",
            "Received: from x ([192.0.2.1])\r\n\tby y; Thu, 5 Nov 2026 10:00:00 +0100", "User-Agent: x", "X-Mozilla-Status: 0001",
            "Bcc: oma@tox", "Authentication-Results: x; y", "Delivered-To: a@b.example", "Return-Path: <a@b.example>",
            "MIME-Version: 1.0 (x)", "Content-Type: multipart/mixed;\r\n boundary=\"x\"", "DKIM-Signature: v=1; d=b.example;\r\n b=x",
            "X-Toxmail-Path: local", "X-Toxmail-Hops: 2", "Date: Thu, 5 Nov 2026 10:00:00 +0100", "X-Empty:", "Subject : x",
        ]).prop_map(str::to_owned),
    ]
}

#[test]
fn generated_messages_are_rewritten_and_lose_nothing() {
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 1500,
        ..ProptestConfig::default()
    });
    let message = (prop::collection::vec(field(), 0..12), "[ -~\r\n]{0,60}");
    let carried = std::cell::Cell::new(0u32);
    runner
        .run(&message, |(fields, body)| {
            let message = format!("{}\r\n\r\n{body}", fields.join("\r\n"));
            match check_all(message.as_bytes()) {
                Ok(done) => carried.set(carried.get() + u32::from(done)),
                Err(e) => return Err(TestCaseError::fail(format!("{e}\nin {message:?}"))),
            }
            Ok(())
        })
        .unwrap();
    assert!(carried.get() > 1200, "{} were rewritten", carried.get());
}
