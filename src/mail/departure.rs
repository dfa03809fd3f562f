//! The writer's side: whether a message is theirs, and what of its header leaves the home.
//!
//! On the way over Tox every address that only this home understands becomes the canonical one of
//! [`canonical`](super::address::canonical), only its own bytes, so that names, comments, groups and folding stay. `Bcc`
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

/// Fields of addresses that belong to this home's way of speaking. The last four are where mail programs send their answers
/// and acknowledgements: left alone they would name a stranger's `toxmail.local` at the other end.
const ADDRESS_FIELDS: [&str; 16] = [
    "From",
    "Sender",
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
const TELLTALE_FIELDS: [&str; 25] = [
    "Received",
    "X-Received",
    "User-Agent",
    "X-Mailer",
    "X-MimeOLE",
    "X-Newsreader",
    "X-Originating-IP",
    "X-Originating-Host",
    "X-Originating-Client",
    "X-Sender-IP",
    "X-Client-IP",
    "X-Remote-IP",
    "X-Real-IP",
    "X-Forwarded-For",
    "X-Source-IP",
    "X-PHP-Originating-Script",
    "X-PHP-Script",
    "X-Authenticated-Sender",
    "X-Authentication-Warning",
    "X-Identity-Key",
    "X-Account-Key",
    "X-Mozilla-Status",
    "X-Mozilla-Status2",
    "X-Mozilla-Keys",
    "X-Mozilla-Draft-Info",
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
    field
        .name
        .get(..10)
        .is_some_and(|start| start.eq_ignore_ascii_case("X-Toxmail-"))
}

/// Every address in the fields that [`for_tox`] and [`on_arrival`](super::header::on_arrival) look at: a book can be filled with one
/// question to the database.
pub fn addresses(header: &HeaderSection) -> Vec<String> {
    let mut all: Vec<String> = header
        .fields()
        .filter(|field| is_address_field(field.name))
        .flat_map(|field| mailboxes::list(field.value).mailboxes)
        .map(|mailbox| mailbox.address)
        .collect();
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
            "from" | "resent-from" => Some(usize::MAX),
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
        if is_private(&field) || is_one_of(field.name, &TELLTALE_FIELDS) {
            continue;
        }
        if is_address_field(field.name) {
            let list = mailboxes::list(field.value);
            let value = replaced(field.value, &list, &|address| {
                book.canonical_of(address)
                    .or_else(|| without_nospam(address))
            });
            let head = &field.raw[..field.raw.len() - field.value.len() - 2];
            out.extend_from_slice(head);
            out.extend_from_slice(&scrubbed(value));
            out.extend_from_slice(b"\r\n");
        } else {
            out.extend_from_slice(field.raw);
        }
    }
    add_missing(&mut out, header, stamp);
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
    add_missing(&mut out, header, stamp);
    Ok(out)
}

/// What no reader gets, on any route: the hidden recipients, and what only the receiving home may write.
fn is_private(field: &Field<'_>) -> bool {
    is_ours(field)
        || is_one_of(
            field.name,
            &["Bcc", "Resent-Bcc", "Return-Path", "Authentication-Results"],
        )
}

fn add_missing(out: &mut Vec<u8>, header: &HeaderSection, stamp: &Stamp) {
    for (name, value) in [("Date", &stamp.date), ("Message-ID", &stamp.message_id)] {
        if header.named(name).next().is_none() {
            out.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
    }
}

/// `value` with other addresses in the place of some; every other byte is kept.
pub(super) fn replaced(
    value: &[u8],
    list: &List,
    other: &dyn Fn(&str) -> Option<String>,
) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len());
    let mut done = 0;
    for mailbox in &list.mailboxes {
        if let Some(address) = other(&mailbox.address).filter(|a| *a != mailbox.address) {
            out.extend_from_slice(&value[done..mailbox.span.start]);
            out.extend_from_slice(address.as_bytes());
            done = mailbox.span.end;
        }
    }
    out.extend_from_slice(&value[done..]);
    out
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
        if kept == 51 && length == 61 {
            out.push(b'a');
        }
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
