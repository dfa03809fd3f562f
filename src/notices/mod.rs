//! What the home tells its members by mail.
//!
//! A notice says what happened, to whom, and what to do, in the member's language (`text.rs`); for programs the same stands
//! beside it as a delivery status notification (`dsn.rs`, RFC 3464), and the message it is about is attached: whole, when it
//! failed and is small, else its header section.
//!
//! **What never happens here.** Nothing is sent: the caller submits the notice to the queue, together with what it settles.
//! There is no notice about a notice: ask [`wanted`] first. A message is never read whole if it is larger than
//! [`WHOLE_LIMIT`].
//!
//! Questions to members and what is said about their answers are plain mails (`mail.rs`, `questions.rs`); those come from the
//! question's one-time address, and `Sender` is who writes notices.
//!
//! Also here: what is told of mailboxes that are fetched (`fetching.rs`), of boxes (`identity.rs`), of a restored home
//! (`restored.rs`), of what is wrong (`alarm.rs`), in the Outbox (`outbox.rs`), and the home's words in letters that it makes of
//! chats (`chat.rs`).
//!
//! **Rules.** A notice goes out with the null sender, `NOTIFY=NEVER` and `Auto-Submitted: auto-replied` (RFC 3834), from
//! `Toxmail <postmaster@toxmail.local>`. Nothing from outside reaches a header or a status field unchecked: an `ORCPT` may
//! hide a line break in its encoding.

mod alarm;
pub mod chat;
mod dsn;
mod fetching;
mod identity;
mod mail;
pub mod outbox;
mod questions;
mod restored;
mod text;

#[cfg(test)]
mod tests;

use std::io::{self, Read};
use std::time::Duration;

use data_encoding::HEXLOWER;
use mail_builder::MessageBuilder;
use mail_builder::headers::address::Address;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::date::Date;
use mail_builder::headers::raw::Raw;
use mail_builder::mime::MimePart;

pub use alarm::{Alarm, letter as alarm};
pub use fetching::{FetchNews, letter as fetch_news};
pub use identity::{BoxNews, letter as box_news};
pub use mail::{AnswerTo, Mail, Occasion, mail};
pub use questions::{Answers, State, Tale, Way, letter as tale};
pub use restored::letter as restored;
pub use text::{Language, Letter};

use crate::mail::envelope::{Body, Envelope, Notify, Recipient, Return};
use crate::queue::{Fate, Outcome, Untold};

/// A message up to this size comes back whole; of a larger one only the header section.
pub const WHOLE_LIMIT: u64 = 1 << 20;
/// Of a header section, this much at most.
const HEADER_LIMIT: u64 = 64 * 1024;
/// Who writes notices.
const FROM: &str = "postmaster@toxmail.local";

/// Whether anybody may be told about a message of this sender: not about a notice (the null sender).
pub fn wanted(sender: &str) -> bool {
    !sender.is_empty()
}

/// What a notice tells, and what it needs to know for that.
pub struct Report<'a> {
    /// Who is told what.
    pub untold: &'a Untold,
    /// This home's host name.
    pub hostname: &'a str,
    /// The member's language.
    pub language: Language,
    /// This home's name, for somebody in another home; `None` for somebody in this one.
    pub home: Option<&'a str>,
    /// Now, in seconds since 1970.
    pub now: i64,
    /// When a message is given up, for "keeps trying until".
    pub expire_after: Duration,
    /// Who a recipient is to this home.
    pub who: &'a dyn Fn(&Fate) -> Person,
    /// What of the message is attached.
    pub original: Original,
}

/// What the home knows of a recipient.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// The name in the address table.
    pub name: Option<String>,
    /// When their home was last there, in seconds since 1970.
    pub last_seen: Option<i64>,
    /// A relay alone leads to their home now, and nothing may go through it.
    pub awaits_direct: bool,
}

/// A finished notice, to be submitted to the queue with what it settles.
#[derive(Clone, Debug)]
pub struct Notice {
    /// The whole message.
    pub bytes: Vec<u8>,
    /// Its `Message-ID`, with angle brackets.
    pub message_id: String,
    /// Null sender, the writer as the only recipient, no notifications.
    pub envelope: Envelope,
}

impl Notice {
    /// `id` without angle brackets. `smtputf8`: there is UTF-8 in the address or in the header section.
    fn new(bytes: Vec<u8>, id: &str, to: String, smtputf8: bool) -> Self {
        Self {
            bytes,
            message_id: format!("<{id}>"),
            envelope: Envelope {
                sender: String::new(),
                recipients: vec![Recipient {
                    address: to,
                    notify: Notify::NEVER,
                    original: None,
                }],
                body: Body::EightBitMime,
                smtputf8,
                ..Envelope::default()
            },
        }
    }
}

/// What of the original message is attached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Original {
    bytes: Vec<u8>,
    extent: Extent,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Extent {
    /// The file is gone.
    #[default]
    Nothing,
    Headers,
    Whole,
}

impl Original {
    /// Nothing: the file is gone.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// Reads what goes with a report: the whole message when something failed, the writer did not ask for headers only
    /// (`RET=HDRS`), and it is no larger than [`WHOLE_LIMIT`]; else its header section.
    ///
    /// # Errors
    /// Those of `file`.
    pub fn read(file: &mut dyn Read, untold: &Untold) -> io::Result<Self> {
        let failed = untold
            .fates
            .iter()
            .any(|f| matches!(f.outcome, Outcome::Failed(_) | Outcome::Cancelled));
        let whole = failed && untold.envelope.ret != Return::Headers && untold.size <= WHOLE_LIMIT;
        let limit = if whole { WHOLE_LIMIT } else { HEADER_LIMIT };
        let mut bytes = Vec::new();
        file.take(limit).read_to_end(&mut bytes)?;
        if !whole {
            let end = header_end(&bytes);
            bytes.truncate(end);
        }
        let extent = if whole {
            Extent::Whole
        } else {
            Extent::Headers
        };
        Ok(Self { bytes, extent })
    }

    /// The decoded subject, for the notice's own.
    fn subject(&self) -> Option<String> {
        subject(&self.bytes)
    }
}

/// The decoded subject of a message whose header section this is, on one line and shortened; `None` where it has none.
pub fn subject(header: &[u8]) -> Option<String> {
    let message = mail_parser::MessageParser::new().parse_headers(header)?;
    let text: String = message
        .subject()?
        .chars()
        .filter(|c| !c.is_control())
        .take(80)
        .collect();
    Some(text.trim().to_owned()).filter(|t| !t.is_empty())
}

/// Where the header section ends, without the empty line; at a line's end when it was cut.
fn header_end(bytes: &[u8]) -> usize {
    let found = bytes.windows(4).position(|w| w == b"\r\n\r\n");
    if let Some(at) = found {
        return at + 2;
    }
    if (bytes.len() as u64) < HEADER_LIMIT {
        return bytes.len(); // a message without a body
    }
    let cut = bytes.windows(2).rposition(|w| w == b"\r\n");
    cut.map_or(0, |at| at + 2)
}

/// Writes the notice.
///
/// # Errors
/// [`io::Error`] without randomness for boundary and `Message-ID`.
pub fn report(report: &Report<'_>) -> io::Result<Notice> {
    let untold = report.untold;
    let boundary = random()?;
    let id = format!("{}@{}", random()?, report.hostname);
    let to = clean(&untold.envelope.sender);
    let letter = text::letter(report, report.original.subject().as_deref());
    let status = dsn::status(report);

    let mut parts = vec![
        MimePart::new("text/plain", letter.body),
        MimePart::new(status.content_type, status.bytes).transfer_encoding(status.encoding),
    ];
    parts.extend(attached(&report.original));
    let mut message = MessageBuilder::new()
        .header("From", Raw::new(format!("Toxmail <{FROM}>")))
        .to(Address::new_address(None::<&str>, to.as_str()))
        .subject(letter.subject)
        .date(Date::new(report.now))
        .message_id(id.as_str())
        .header("Auto-Submitted", Raw::new("auto-replied"));
    if let Some(about) = untold.message_id.as_deref().and_then(reference) {
        message = message.in_reply_to(about).references(about);
    }
    let content_type = ContentType::new("multipart/report")
        .attribute("report-type", status.report_type)
        .attribute("boundary", format!("=_{boundary}"));
    let body = MimePart::new(content_type, parts).transfer_encoding("8bit");
    let bytes = message.body(body).write_to_vec()?;
    let to = untold.envelope.sender.clone();
    Ok(Notice::new(bytes, &id, to, untold.envelope.smtputf8))
}

/// The third part: the message or its header section (RFC 6522, RFC 6533 where there is UTF-8 in the headers).
fn attached(original: &Original) -> Option<MimePart<'_>> {
    let headers = &original.bytes[..header_end(&original.bytes)];
    let kind = match (original.extent, headers.is_ascii()) {
        (Extent::Nothing, _) => return None,
        (Extent::Headers, true) => "text/rfc822-headers",
        (Extent::Headers, false) => "message/global-headers",
        (Extent::Whole, true) => "message/rfc822",
        (Extent::Whole, false) => "message/global",
    };
    let part = MimePart::new(ContentType::new(kind), original.bytes.as_slice());
    // As it was: a message inside a message may not be encoded again (RFC 2046 section 5.2.1).
    Some(part.transfer_encoding(if original.bytes.is_ascii() {
        "7bit"
    } else {
        "8bit"
    }))
}

/// A Message-ID that can stand in a header.
fn reference(id: &str) -> Option<&str> {
    let id = id.trim().trim_start_matches('<').trim_end_matches('>');
    let plain = |b: u8| b.is_ascii_graphic() && b != b'<' && b != b'>';
    (!id.is_empty() && id.len() < 250 && id.bytes().all(plain)).then_some(id)
}

/// An address or a reason without anything that could end a line or an address.
fn clean(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control() && !matches!(c, '<' | '>' | '\u{2028}' | '\u{2029}'))
        .take(500)
        .collect()
}

fn random() -> io::Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(HEXLOWER.encode(&bytes))
}
