//! The writer's side: whether a message is theirs, and what of its header leaves the home.
//!
//! On the way over Tox every address that only this home understands becomes the canonical one of
//! [`canonical`](super::address::canonical), only its own bytes, so that names, comments, groups and folding stay. The same in
//! a name or a comment (programs that know no name write the address twice), and in a list that cannot be made out. `Bcc`
//! goes, and what tells about the home's network or its programs; `Date` and `Message-ID` come where they are missing. Doing it
//! twice changes nothing more.
//!
//! Of the trail of `Received` only its length stays, as a number in `X-Toxmail-Hops`: a message that two homes forward to
//! each other for ever is stopped by it.

use super::address::without_nospam;
use super::arrival::return_path_field;
use super::header::{Field, HeaderSection};
use super::mailboxes::{self, List};
use super::verdict::{Reason, Status};

/// Most homes and servers one message may pass. Real trails end near fifteen; RFC 5321 section 6.3 asks for at least 100
/// of servers that count `Received` alone, but ours counts homes, where three are already odd.
pub const MAX_HOPS: u32 = 50;

/// Longest line, in octets without its CRLF (RFC 5322 section 2.1.1): no line is made longer by rewriting.
pub(super) const MAX_LINE: usize = 998;
/// What stands before the value in the first line of a field: longer names of fields of addresses there are none.
const FIELD_NAME: usize = 64;

/// Fields of addresses that belong to this home's way of speaking. The last four are where mail programs send their answers
/// and acknowledgements: left alone they would name a stranger's `toxmail.local` at the other end.
const ADDRESS_FIELDS: [&str; 18] = [
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

/// What tells about the home's network, its programs or a person's set-up.
const TELLTALE_FIELDS: [&str; 24] = [
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

/// How fields begin that programs write for themselves: drafts, accounts, folders.
const TELLTALE_BEGINNINGS: [&str; 9] = [
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

/// What this home knows of addresses, for a message on its way out.
pub trait AddressBook {
    /// The canonical address (52 characters before `.tox`) of any Tox form, nickname or address of this home; `None` leaves
    /// the address as it is.
    fn canonical_of(&self, address: &str) -> Option<String>;
}

/// What is added where it is missing.
#[derive(Clone, Debug)]
pub struct Stamp {
    /// An RFC 5322 date-time, for `Date`.
    pub date: String,
    /// With its angle brackets, for `Message-ID`.
    pub message_id: String,
}

/// Whether `name` is a field whose addresses are rewritten, in both directions.
pub(super) fn is_address_field(name: &str) -> bool {
    is_one_of(name, &ADDRESS_FIELDS)
}

pub(super) fn is_one_of(name: &str, names: &[&str]) -> bool {
    names.iter().any(|n| n.eq_ignore_ascii_case(name))
}

pub(super) fn is_ours(field: &Field<'_>) -> bool {
    begins(field.name, "X-Toxmail-")
}

pub(super) fn begins(name: &str, with: &str) -> bool {
    name.get(..with.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(with))
}

pub(super) fn is_telltale(name: &str) -> bool {
    is_one_of(name, &TELLTALE_FIELDS) || TELLTALE_BEGINNINGS.iter().any(|b| begins(name, b))
}

/// Every address in the fields that [`for_tox`] and [`on_arrival`](super::header::on_arrival) look at, those in names and
/// comments among them: a book can be filled with one question to the database.
pub fn addresses(header: &HeaderSection) -> Vec<String> {
    let mut all = Vec::new();
    for field in header.fields().filter(|f| is_address_field(f.name)) {
        let list = mailboxes::list(field.value);
        let mut done = 0;
        for mailbox in &list.mailboxes {
            all.extend(spoken(&field.value[done..mailbox.span.start]));
            done = mailbox.span.end;
        }
        all.extend(spoken(&field.value[done..]));
        all.extend(list.mailboxes.into_iter().map(|mailbox| mailbox.address));
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// How many homes and servers this message has passed, as far as it says.
pub(super) fn hops(header: &HeaderSection) -> u32 {
    let told = header
        .named("X-Toxmail-Hops")
        .filter_map(|field| field.text().parse::<u32>().ok())
        .max()
        .unwrap_or(0);
    let passed = header.named("Received").count();
    told.saturating_add(u32::try_from(passed).unwrap_or(u32::MAX))
}

pub(super) fn loops() -> Reason {
    Reason::new(
        Status(5, 4, 6),
        "this message has gone round in circles; look for two mailboxes that forward to each other",
    )
}

/// The writer's side: the header names one writer, and that is the member who sends it.
///
/// RFC 5322 section 3.6.2 asks for `Sender` only where `From` has several mailboxes; mail programs rarely write it, so it
/// may be missing.
///
/// # Errors
/// What is wrong and what to do: 5.6.0 for a header that is not well-formed, 5.7.1 for an address of somebody else,
/// 5.4.6 for a message that goes in circles.
pub fn check_submission(header: &HeaderSection, owns: &dyn Fn(&str) -> bool) -> Result<(), Reason> {
    let broken = |text: String| Err(Reason::new(Status(5, 6, 0), text));
    match header.named("From").count() {
        1 => {}
        0 => {
            return broken(
                "this message has no From line; set your address in the mail program".into(),
            );
        }
        n => {
            return broken(format!(
                "this message has {n} From lines; it must have exactly one"
            ));
        }
    }
    if header.named("Sender").count() > 1 {
        return broken("this message has several Sender lines; it may have one".into());
    }
    for field in header.fields() {
        let writer = match field.name.to_ascii_lowercase().as_str() {
            "from" | "author" | "resent-from" => Some(usize::MAX),
            "sender" | "resent-sender" => Some(1),
            _ => None,
        };
        let Some(most) = writer else { continue };
        let list = mailboxes::list(field.value);
        if list.malformed || list.mailboxes.is_empty() || list.mailboxes.len() > most {
            return broken(format!(
                "the {} line of this message is not an e-mail address; correct it in the mail program",
                field.name
            ));
        }
        if let Some(foreign) = list.mailboxes.iter().find(|m| !owns(&m.address)) {
            return Err(Reason::new(
                Status(5, 7, 1),
                format!(
                    "the address {} in {} is not yours; set your own address in the mail program",
                    foreign.address, field.name
                ),
            ));
        }
    }
    if hops(header) >= MAX_HOPS {
        return Err(loops());
    }
    Ok(())
}

/// The header section for the way over Tox, without the empty line.
pub fn for_tox(header: &HeaderSection, book: &dyn AddressBook, stamp: &Stamp) -> Vec<u8> {
    let mut out = Vec::with_capacity(header.bytes().len() + 512);
    for field in header.fields() {
        if is_private(&field) || is_telltale(field.name) {
            continue;
        }
        if field.is("MIME-Version") && field.value.contains(&b'(') {
            out.extend_from_slice(&without_comment(&field));
        } else if is_address_field(field.name) {
            let list = mailboxes::list(field.value);
            let other = |address: &str| {
                book.canonical_of(address)
                    .or_else(|| without_nospam(address))
            };
            let value = replaced(field.value, &list, &other, &|between| {
                renamed(between, &other)
            });
            let head = &field.raw[..field.raw.len() - field.value.len() - 2];
            out.extend_from_slice(head);
            out.extend_from_slice(&scrubbed(value));
            out.extend_from_slice(b"\r\n");
        } else {
            out.extend_from_slice(field.raw);
        }
    }
    add_missing(&mut out, &|name| header.named(name).next().is_some(), stamp);
    let hops = hops(header);
    if hops > 0 {
        out.extend_from_slice(format!("X-Toxmail-Hops: {hops}\r\n").as_bytes());
    }
    out
}

/// The header section of a message from one member of this home to another: every address stays as it was written.
/// `return_path` is the envelope sender, empty for none.
///
/// # Errors
/// The message goes in circles.
pub fn for_home(
    header: &HeaderSection,
    return_path: &str,
    stamp: &Stamp,
) -> Result<Vec<u8>, Reason> {
    // Received stays here, so it must not be added to the count that is written down.
    let told = hops(header) - u32::try_from(header.named("Received").count()).unwrap_or(0);
    if hops(header) >= MAX_HOPS {
        return Err(loops());
    }
    let mut out = Vec::with_capacity(header.bytes().len() + 256);
    out.extend_from_slice(&return_path_field(return_path));
    out.extend_from_slice(b"X-Toxmail-Path: local\r\n");
    out.extend_from_slice(format!("X-Toxmail-Hops: {}\r\n", told + 1).as_bytes());
    for field in header.fields() {
        if !is_private(&field) {
            out.extend_from_slice(field.raw);
        }
    }
    add_missing(&mut out, &|name| header.named(name).next().is_some(), stamp);
    Ok(out)
}

/// What no reader gets, on any route: the hidden recipients, and what only the receiving home may write.
pub(super) fn is_private(field: &Field<'_>) -> bool {
    is_ours(field)
        || is_one_of(
            field.name,
            &["Bcc", "Resent-Bcc", "Return-Path", "Authentication-Results"],
        )
}

pub(super) fn add_missing(out: &mut Vec<u8>, is_there: &dyn Fn(&str) -> bool, stamp: &Stamp) {
    for (name, value) in [("Date", &stamp.date), ("Message-ID", &stamp.message_id)] {
        if !is_there(name) {
            out.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
    }
}

/// `value` with other addresses in the place of some; `between` says what becomes of the bytes around addresses, and every
/// other byte is kept.
pub(super) fn replaced(
    value: &[u8],
    list: &List,
    other: &dyn Fn(&str) -> Option<String>,
    between: &dyn Fn(&[u8]) -> Vec<u8>,
) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len());
    let mut done = 0;
    for mailbox in &list.mailboxes {
        out.extend(between(&value[done..mailbox.span.start]));
        match other(&mailbox.address).filter(|a| *a != mailbox.address) {
            Some(address) => out.extend_from_slice(address.as_bytes()),
            None => out.extend_from_slice(&value[mailbox.span.clone()]),
        }
        done = mailbox.span.end;
    }
    out.extend(between(&value[done..]));
    if out == value { out } else { folded(out) }
}

/// The value of a field with no line that is too long: broken before white space that is there, or else between two
/// addresses. What has neither in all its length stays as it is.
fn folded(value: Vec<u8>) -> Vec<u8> {
    let longest = MAX_LINE - FIELD_NAME;
    let lines = |value: &[u8]| {
        value
            .split(|&b| b == b'\n')
            .any(|line| line.len() > longest)
    };
    if !lines(&value) {
        return value;
    }
    let list = mailboxes::list(&value);
    let elements: Vec<usize> = list.mailboxes.iter().map(|m| m.element.start).collect();
    let is_blank = |at: usize| matches!(value[at], b' ' | b'\t');
    // Never between a backslash and what it stands before.
    let breaks =
        |at: &usize| is_blank(*at) && value[*at - 1] != b'\\' || elements.binary_search(at).is_ok();
    let has_ink = |at: &usize| !value[*at].is_ascii_whitespace();
    let mut out = Vec::with_capacity(value.len() + 64);
    let mut start = 0;
    for line in value.split_inclusive(|&b| b == b'\n') {
        let end = start + line.len();
        // Ink before and behind each break: no line of white space alone comes of it.
        if let Some(last) = (start..end).rfind(has_ink) {
            while end - start > longest {
                let Some(first) = (start..end).find(has_ink) else {
                    break;
                };
                let near = (start + longest).min(last);
                let at = (first + 1..=near).rfind(breaks);
                let Some(at) = at.or_else(|| (near.max(first) + 1..=last).find(breaks)) else {
                    break;
                };
                out.extend_from_slice(&value[start..at]);
                out.extend_from_slice(if is_blank(at) { b"\r\n" } else { b"\r\n " });
                start = at;
            }
        }
        out.extend_from_slice(&value[start..end]);
        start = end;
    }
    out
}

/// The words of a name, of a comment or of a list that cannot be made out, and what is between them.
pub(super) fn words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let inside = |b: &u8| !b" \t\r\n\"()<>[],;:\\".contains(b);
    text.chunk_by(move |a, b| inside(a) == inside(b))
}

/// The words that may be addresses.
fn spoken(between: &[u8]) -> Vec<String> {
    let words = words(between).filter(|word| word.contains(&b'@'));
    words
        .filter_map(|word| String::from_utf8(word.to_vec()).ok())
        .collect()
}

/// Names and comments with other addresses for those that only this home understands.
fn renamed(between: &[u8], other: &dyn Fn(&str) -> Option<String>) -> Vec<u8> {
    if !between.contains(&b'@') {
        return between.to_vec();
    }
    let mut out = Vec::with_capacity(between.len());
    for word in words(between) {
        let address = word.contains(&b'@').then(|| std::str::from_utf8(word).ok());
        match address.flatten().and_then(other) {
            Some(address) => out.extend_from_slice(address.as_bytes()),
            None => out.extend_from_slice(word),
        }
    }
    out
}

/// `MIME-Version: 1.0 (Mac OS X Mail …)` without what stands in brackets; as it was where more than that is odd.
pub(super) fn without_comment(field: &Field<'_>) -> Vec<u8> {
    let text = field.text();
    match text.split_once('(') {
        Some((version, comment)) if version.trim() == "1.0" && comment.ends_with(')') => {
            format!("{}: 1.0\r\n", field.name).into_bytes()
        }
        _ => field.raw.to_vec(),
    }
}

/// Full Tox addresses outside of what was read as an address: mail programs like to use the address as the display name,
/// and a list that cannot be made out is not rewritten. A run of exactly 76 hex digits keeps 64, a label of 61 base32
/// characters before `.tox` loses what stands for the nospam.
fn scrubbed(value: Vec<u8>) -> Vec<u8> {
    if !value
        .split(|b| !b.is_ascii_alphanumeric())
        .any(|run| matches!(run.len(), 61 | 76))
    {
        return value;
    }
    let mut out = Vec::with_capacity(value.len());
    let mut rest = &value[..];
    while !rest.is_empty() {
        let length = rest
            .iter()
            .take_while(|b| b.is_ascii_alphanumeric())
            .count();
        let (run, after) = rest.split_at(length);
        let kept = match length {
            76 if run.iter().all(u8::is_ascii_hexdigit) => 64,
            61 if after
                .get(..4)
                .is_some_and(|s| s.eq_ignore_ascii_case(b".tox")) =>
            {
                51
            }
            _ => length,
        };
        out.extend_from_slice(&run[..kept]);
        match after.split_first() {
            Some((byte, after)) => {
                out.push(*byte);
                rest = after;
            }
            None => break,
        }
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    pub(crate) const ID: &str =
        "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1FDEADBEEF6042";
    pub(crate) const ID32: &str = "aaaqeayeaudaocajbifqydiob4ibceqtcqkrmfyydenbwha5dyp55ln655qee";
    pub(crate) const PEER: &str = "aaaqeayeaudaocajbifqydiob4ibceqtcqkrmfyydenbwha5dypq";
    const OURS: &str = "777777777777777777777777777777777777777777777777777q";

    /// Knows `anna@toxmail.local`, the nickname `oma`, and the Tox address above.
    struct Book;
    impl AddressBook for Book {
        fn canonical_of(&self, address: &str) -> Option<String> {
            let folded = address.to_lowercase().replace('"', "");
            Some(match folded.as_str() {
                "anna@toxmail.local" => format!("anna@{OURS}.tox"),
                "oma@tox" => format!("home@{PEER}.tox"),
                a if a.strip_suffix("@tox") == Some(&ID.to_lowercase()) => {
                    format!("home@{PEER}.tox")
                }
                a if a.ends_with(&format!("@{ID32}.tox")) => {
                    format!("{}@{PEER}.tox", a.split('@').next()?)
                }
                _ => return None,
            })
        }
    }

    pub(crate) fn stamp() -> Stamp {
        Stamp {
            date: "Thu, 5 Nov 2026 10:00:00 +0100".into(),
            message_id: "<new@toxmail.local>".into(),
        }
    }
    pub(crate) fn section(text: &str) -> HeaderSection {
        HeaderSection::parse(text.as_bytes()).expect(text)
    }
    fn sent(text: &str) -> String {
        String::from_utf8(for_tox(&section(text), &Book, &stamp())).unwrap()
    }
    const DATED: &str = "Date: x\r\nMessage-ID: <y>\r\n";

    #[test]
    fn only_the_bytes_of_the_addresses_change() {
        for (before, after) in [
            (
                "From: Anna <anna@toxmail.local>",
                format!("From: Anna <anna@{OURS}.tox>"),
            ),
            ("from :anna@toxmail.local", format!("from :anna@{OURS}.tox")),
            (
                "To:\r\n =?utf-8?Q?K=C3=A4the?= (oma@tox) <oma@tox>,\r\n\t\"M, A\" <a@b.example> ",
                format!(
                    "To:\r\n =?utf-8?Q?K=C3=A4the?= (home@{PEER}.tox) <home@{PEER}.tox>,\r\n\t\"M, A\" <a@b.example> "
                ),
            ),
            (
                "Cc: Family: \"ANNA\"@ToxMail.Local, oma@tox;, x@y.example",
                format!("Cc: Family: anna@{OURS}.tox, home@{PEER}.tox;, x@y.example"),
            ),
            (
                "To: <@relay.example:oma@tox>",
                format!("To: <home@{PEER}.tox>"),
            ),
            (
                "Reply-To: oma (x) @ tox",
                format!("Reply-To: home@{PEER}.tox"),
            ),
            (
                "Disposition-Notification-To: anna@toxmail.local",
                format!("Disposition-Notification-To: anna@{OURS}.tox"),
            ),
            (
                "Subject: oma@tox, anna@toxmail.local",
                "Subject: oma@tox, anna@toxmail.local".into(),
            ),
            (
                "X-Note: anna@toxmail.local",
                "X-Note: anna@toxmail.local".into(),
            ),
            (
                "To: undisclosed-recipients:;",
                "To: undisclosed-recipients:;".into(),
            ),
            (
                "To: caf\u{e9} <oma@tox>",
                format!("To: caf\u{e9} <home@{PEER}.tox>"),
            ),
            (
                "To: \"Oma <OMA@tox>\" <a@b.example> (anna@toxmail.local), x oma@tox",
                format!(
                    "To: \"Oma <home@{PEER}.tox>\" <a@b.example> (anna@{OURS}.tox), x home@{PEER}.tox"
                ),
            ),
            (
                "Cc: \"unterminated oma@tox",
                format!("Cc: \"unterminated home@{PEER}.tox"),
            ),
            (
                "To: oma@tox, junk junk@x, oma@tox",
                format!("To: home@{PEER}.tox, junk junk@x, home@{PEER}.tox"),
            ),
        ] {
            assert_eq!(
                sent(&format!("{before}\r\n{DATED}")),
                format!("{after}\r\n{DATED}")
            );
        }
        let long = format!(
            "To: {}oma@tox\r\n{DATED}",
            "\"x\" <a@b.example>, ".repeat(3500)
        );
        assert!(sent(&long).len() > 60_000);
    }

    #[test]
    fn longer_addresses_make_no_line_too_long() {
        let many = |one: &str, between: &str| {
            let all = vec![one; 100].join(between);
            format!("To: {all}\r\n{DATED}")
        };
        for before in [
            many("oma@tox", ", "),
            many("oma@tox", ","),
            many("\"a,b\"@x.example,oma@tox", ","),
            many("oma@tox", ",\t"),
            many("anna@toxmail.local", "   ").replace("To: ", "To: \"") + "\r\n",
            many("x (oma@tox) <oma@tox>", ","),
            format!("To: G: {}\r\n{DATED}", vec!["oma@tox"; 90].join(",") + ";"),
            format!(
                "To: {}{}\r\n{DATED}",
                vec!["oma@tox"; 90].join(", "),
                " ".repeat(300)
            ),
            format!(
                "To: \"\\ {}\" <a@b>\r\n{DATED}",
                vec!["\\ oma@tox"; 90].join(" ")
            ),
        ] {
            let before = before.replace("\r\n\r\n", "\r\n");
            let out = sent(&before);
            let longest = out.split("\r\n").map(str::len).max().unwrap();
            assert!(longest <= 998, "{longest}: {before}");
            assert!(
                !out.split("\r\n")
                    .any(|line| !line.is_empty() && line.trim().is_empty())
            );
            // Folding is all that was done beside: the same mailboxes, in their order.
            let seen = |text: &str| mailboxes::list(section(text).fields().next().unwrap().value);
            let (old, new) = (seen(&before), seen(&out));
            assert_eq!(old.malformed, new.malformed, "{before}");
            let there =
                |m: &mailboxes::Mailbox| Book.canonical_of(&m.address).unwrap_or(m.address.clone());
            assert_eq!(
                old.mailboxes.iter().map(there).collect::<Vec<_>>(),
                new.mailboxes
                    .iter()
                    .map(|m| m.address.clone())
                    .collect::<Vec<_>>()
            );
            assert_eq!(sent(&out), out);
        }
        // Nobody folds what came in like that.
        let long = format!("To: a@b.example {}\r\n{DATED}", "x".repeat(2000));
        assert_eq!(sent(&long), long);
    }

    #[test]
    fn no_nospam_leaves_in_an_address_field() {
        let mistyped = ID.replace("6042", "6043");
        for value in [
            format!("{ID}@tox"),
            format!("\"{ID}@tox\" <{ID}@tox>"),
            format!("{ID} <{}@TOX>", ID.to_lowercase()),
            format!("anna@{ID32}.tox (anna@{ID32}.tox)"),
            format!("{mistyped}@tox"),
            format!("x@{}.tox", ID32.replace("5qee", "5qef")),
            format!("\"unterminated <{ID}@tox>"),
            format!("(unterminated anna@{}.TOX", ID32.to_uppercase()),
            format!("two words {ID}@tox"),
        ] {
            for name in ["From", "To", "Cc", "Reply-To", "Resent-To"] {
                let out = sent(&format!("{name}: {value}\r\n{DATED}")).to_lowercase();
                assert!(!out.contains("deadbeef"), "{value}: {out}");
                assert!(!out.contains("5ln655q"), "{value}: {out}");
            }
        }
        let key = &ID[..64];
        assert_eq!(
            sent(&format!("To: {ID} <{ID}@tox>\r\n{DATED}")),
            format!("To: {key} <home@{PEER}.tox>\r\n{DATED}")
        );
        assert_eq!(
            sent(&format!("To: \"{ID}@tox\" <{ID}@tox>\r\n{DATED}")),
            format!("To: \"home@{PEER}.tox\" <home@{PEER}.tox>\r\n{DATED}")
        );
    }

    #[test]
    fn what_is_private_stays_and_what_is_missing_comes() {
        let before = "Received: from pc ([192.168.1.7])\r\n by box; x\r\nReceived: x\r\nBCC: oma@tox\r\n\
            Resent-Bcc: a@b\r\nUser-Agent: x\r\nX-Mailer: y\r\nX-Originating-IP: [10.0.0.1]\r\n\
            X-Mozilla-External-Attachment-URL: x\r\nx-evolution-identity: x\r\nX-KMail-Fcc: 1\r\nFcc: imap://x\r\n\
            X-Sender: x\r\nX-Apple-Base-Url: x\r\nX-Operating-System: x\r\nX-Claws-Privacy: x\r\n\
            Return-Path: <a@b>\r\nAuthentication-Results: x; y\r\nX-TOXMAIL-Path: direct\r\n\
            X-Toxmail-Hops: 3\r\nX-Toxmail-Hops: junk\r\nFrom: a@b\r\nSubject: hi\r\n";
        let after = "From: a@b\r\nSubject: hi\r\nDate: Thu, 5 Nov 2026 10:00:00 +0100\r\n\
            Message-ID: <new@toxmail.local>\r\nX-Toxmail-Hops: 5\r\n";
        assert_eq!(sent(before), after);
        assert_eq!(sent(after), after);
        let home = for_home(&section(before), "anna@toxmail.local", &stamp()).unwrap();
        let home = String::from_utf8(home).unwrap();
        assert!(home.starts_with("Return-Path: <anna@toxmail.local>\r\nX-Toxmail-Path: local\r\nX-Toxmail-Hops: 4\r\nReceived: from"));
        for gone in ["bcc", "a@b>\r\nauth", "direct", "junk"] {
            assert!(!home.to_lowercase().contains(gone), "{gone}: {home}");
        }
        assert!(home.contains("User-Agent: x\r\n") && home.contains("Message-ID: <new@"));
        assert_eq!(
            for_home(&section("X-Toxmail-Hops: 4294967295\r\n"), "", &stamp()),
            Err(loops())
        );
    }

    #[test]
    fn the_name_of_a_program_in_mime_version_stays_here() {
        for (before, after) in [
            (
                "Mime-Version: 1.0 (Mac OS X Mail 16.0 \\(3774\\))",
                "Mime-Version: 1.0",
            ),
            ("MIME-Version: 1.0\r\n (x)", "MIME-Version: 1.0"),
            ("MIME-Version:1.0", "MIME-Version:1.0"),
            ("MIME-Version: (x", "MIME-Version: (x"),
        ] {
            assert_eq!(
                sent(&format!("{before}\r\n{DATED}")),
                format!("{after}\r\n{DATED}")
            );
        }
    }

    #[test]
    fn a_submission_names_its_writer() {
        let owns =
            |a: &str| a.eq_ignore_ascii_case("anna@toxmail.local") || a == "anna@example.org";
        let check = |text: &str| check_submission(&section(text), &owns);
        for good in [
            "From: Anna <Anna@ToxMail.local>\r\n",
            "From: anna@example.org, anna@toxmail.local\r\nSender: anna@example.org\r\n",
            "From: (me) anna@example.org\r\nReply-To: other@example.net\r\n",
            "From: anna@example.org\r\nResent-From: anna@example.org\r\nResent-From: anna@example.org\r\n",
            "From: G: anna@example.org;\r\n",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for (bad, status, words) in [
            ("", "5.6.0", "no From"),
            ("Subject: x\r\n", "5.6.0", "no From"),
            (
                "From: anna@example.org\r\nFrom: anna@example.org\r\n",
                "5.6.0",
                "2 From",
            ),
            (
                "From: anna@example.org\r\nfrom : anna@example.org\r\n",
                "5.6.0",
                "2 From",
            ),
            ("From:\r\n", "5.6.0", "not an e-mail address"),
            ("From: Anna\r\n", "5.6.0", "not an e-mail address"),
            ("From: G:;\r\n", "5.6.0", "not an e-mail address"),
            (
                "From: anna@example.org x\r\n",
                "5.6.0",
                "not an e-mail address",
            ),
            (
                "From: paul@example.org\r\n",
                "5.7.1",
                "paul@example.org in From is not yours",
            ),
            (
                "From: anna@example.org, paul@example.org\r\n",
                "5.7.1",
                "not yours",
            ),
            (
                "From: \"anna@example.org\" <paul@example.org>\r\n",
                "5.7.1",
                "not yours",
            ),
            (
                "From: anna@example.org\r\nSender: paul@example.org\r\n",
                "5.7.1",
                "in Sender",
            ),
            (
                "From: anna@example.org\r\nSender: anna@example.org, anna@example.org\r\n",
                "5.6.0",
                "Sender",
            ),
            (
                "From: anna@example.org\r\nSender: anna@example.org\r\nSender: anna@example.org\r\n",
                "5.6.0",
                "several",
            ),
            (
                "From: anna@example.org\r\nResent-From: paul@example.org\r\n",
                "5.7.1",
                "Resent-From",
            ),
            (
                "From: anna@example.org\r\nX-Toxmail-Hops: 50\r\n",
                "5.4.6",
                "circles",
            ),
        ] {
            let reason = check(bad).expect_err(bad);
            assert_eq!(reason.status.to_string(), status, "{bad}: {reason}");
            assert!(reason.text.contains(words), "{bad}: {reason}");
        }
    }

    /// Header sections as hostile as they may be and still be some.
    pub(crate) fn any_section() -> impl Strategy<Value = String> {
        let name = prop::sample::select(vec![
            "From",
            "FROM ",
            "Sender",
            "Reply-To",
            "To",
            "Cc",
            "Bcc",
            "Resent-From",
            "Resent-Sender",
            "Resent-To",
            "Mail-Followup-To",
            "Received",
            "Subject",
            "X-Other",
            "Date",
            "Message-ID",
            "X-Toxmail-Path",
            "X-Toxmail-Claimed-From",
            "X-Toxmail-Hops",
            "Authentication-Results",
            "User-Agent",
            "List-Post",
            "DKIM-Signature",
        ]);
        let piece = prop_oneof![
            prop::sample::select(vec![
                "anna@toxmail.local".to_owned(),
                "oma@tox".to_owned(),
                format!("{ID}@tox"),
                format!("paul@{ID32}.tox"),
                format!("paul@{PEER}.tox"),
                format!("Home@{PEER}.TOX"),
                format!("anna@{OURS}.tox"),
                "paul@example.org".to_owned(),
                "bank@bank.example".to_owned(),
                "\"bank@bank.example\"".to_owned(),
                "Paul".to_owned(),
                format!("\"bank@bank.example\"@{PEER}.tox"),
                "<".into(),
                ">".into(),
                " <".into(),
                ",".into(),
                ", ".into(),
                ":".into(),
                ";".into(),
                "@".into(),
                "(".into(),
                ")".into(),
                "\"".into(),
                "\\".into(),
                "[".into(),
                "]".into(),
                " ".into(),
                "\r\n ".into(),
                "\r\n\t".into(),
                "=?utf-8?Q?K=C3=A4the?=".into(),
                "=?utf-8?B?YmFua0BiYW5r?=".into(),
                "Käthe".into(),
                "G:".into(),
                ".".into(),
                "7".into(),
            ]),
            "[ -~é]{0,6}",
        ];
        let value = prop::collection::vec(piece, 0..8).prop_map(|p| p.concat());
        let plain = prop::sample::select(vec![
            format!("Paul <paul@{PEER}.tox>"),
            "Anna <anna@toxmail.local>".to_owned(),
            "a@b.example, Oma <oma@tox>".to_owned(),
        ]);
        let field = (name, prop_oneof![value, plain]).prop_map(|(n, v)| format!("{n}: {v}\r\n"));
        prop::collection::vec(field, 0..8).prop_map(|fields| fields.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]
        #[test]
        fn sending_twice_changes_nothing_more_and_loses_no_field(text in any_section()) {
            let header = section(&text);
            let out = for_tox(&header, &Book, &stamp());
            let again = HeaderSection::parse(&out).expect("no bare CR, LF or NUL, and fields only");
            prop_assert_eq!(for_tox(&again, &Book, &stamp()), out.clone());
            let stays = |f: &Field<'_>| !is_private(f) && !is_telltale(f.name);
            let expected: Vec<_> = header.fields().filter(stays).collect();
            let found: Vec<_> = again.fields().take(expected.len()).collect();
            prop_assert_eq!(expected.len(), found.len());
            for (before, after) in expected.iter().zip(&found) {
                prop_assert_eq!(before.name, after.name);
                prop_assert!(is_address_field(before.name) || before.raw == after.raw);
            }
            for added in again.fields().skip(expected.len()) {
                prop_assert!(is_one_of(added.name, &["Date", "Message-ID", "X-Toxmail-Hops"]));
            }
            let local = for_home(&header, "a@b", &stamp());
            prop_assert!(local.is_err() || HeaderSection::parse(&local.unwrap()).is_ok());
        }
    }
}
