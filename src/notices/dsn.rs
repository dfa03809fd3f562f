//! The machine's part of a notice: `message/delivery-status` (RFC 3464), or `message/global-delivery-status` (RFC 6533) where
//! an address is not ASCII.

use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::date::Date;

use super::{Report, clean};
use crate::mail::verdict::{Reason, Status};
use crate::queue::{Destination, Fate, Outcome};

pub(super) struct Part {
    pub content_type: ContentType<'static>,
    pub encoding: &'static str,
    pub report_type: &'static str,
    pub bytes: Vec<u8>,
}

pub(super) fn status(report: &Report<'_>) -> Part {
    let untold = report.untold;
    let mut fields = format!("Reporting-MTA: dns; {}\r\n", clean(report.hostname));
    let envelope_id = untold.envelope.envelope_id.as_deref();
    if let Some(id) = envelope_id.and_then(xtext).filter(|id| id.is_ascii()) {
        field(&mut fields, "Original-Envelope-Id", &id);
    }
    field(&mut fields, "Arrival-Date", &date(untold.arrived));
    for fate in &untold.fates {
        fields.push_str("\r\n");
        recipient(&mut fields, report, fate);
    }
    let global = !fields.is_ascii();
    Part {
        content_type: ContentType::new(if global {
            "message/global-delivery-status"
        } else {
            "message/delivery-status"
        }),
        encoding: if global { "8bit" } else { "7bit" },
        report_type: if global {
            "global-delivery-status"
        } else {
            "delivery-status"
        },
        bytes: fields.into_bytes(),
    }
}

fn recipient(fields: &mut String, report: &Report<'_>, fate: &Fate) {
    if let Some(original) = fate.recipient.original.as_deref().and_then(orcpt) {
        field(fields, "Original-Recipient", &original);
    }
    let address = clean(&fate.recipient.address);
    let kind = if address.is_ascii() {
        "rfc822"
    } else {
        "utf-8"
    };
    field(fields, "Final-Recipient", &format!("{kind}; {address}"));
    let (action, status, why) = match &fate.outcome {
        // RFC 3464 section 2.3.3: it went on, and nobody here hears what becomes of it.
        Outcome::Delivered
            if matches!(
                fate.destination,
                Destination::Chat(_) | Destination::Relay(_)
            ) =>
        {
            ("relayed", Status(2, 0, 0), None)
        }
        Outcome::Delivered => ("delivered", Status(2, 0, 0), None),
        Outcome::Failed(why) => ("failed", why.status, Some(why)),
        Outcome::Cancelled => ("failed", Status(5, 7, 0), None),
        Outcome::FellBack => ("delayed", Status(4, 4, 1), None),
        Outcome::Delayed(why) => {
            // "No answer from the host" when there was no attempt at all.
            let status = why.as_ref().map_or(Status(4, 4, 1), |w| w.status);
            ("delayed", status, why.as_ref())
        }
    };
    field(fields, "Action", action);
    field(fields, "Status", &status.to_string());
    if let Some(why) = why {
        field(fields, "Diagnostic-Code", &diagnostic(why));
    } else if fate.outcome == Outcome::Cancelled {
        field(fields, "Diagnostic-Code", "x-toxmail; cancelled");
    }
    if let Outcome::Delayed(_) | Outcome::FellBack = fate.outcome {
        let patience = i64::try_from(report.expire_after.as_secs()).unwrap_or(i64::MAX / 2);
        let until = report.untold.arrived.saturating_add(patience);
        field(fields, "Will-Retry-Until", &date(until));
    }
}

fn diagnostic(why: &Reason) -> String {
    let text: String = clean(&why.text)
        .chars()
        .map(|c| if c.is_ascii() { c } else { '?' })
        .collect();
    format!("x-toxmail; {text}")
}

fn field(fields: &mut String, name: &str, value: &str) {
    fields.push_str(name);
    fields.push_str(": ");
    fields.push_str(value);
    fields.push_str("\r\n");
}

fn date(seconds: i64) -> String {
    Date::new(seconds).to_rfc822()
}

/// `ORCPT=` as written (`type;xtext`) to the field's value (`type; address`). `None` for what cannot stand in a field.
fn orcpt(written: &str) -> Option<String> {
    let (kind, address) = written.split_once(';')?;
    let token = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    if kind.is_empty() || kind.len() > 32 || !kind.bytes().all(token) {
        return None;
    }
    let mut address = xtext(address)?;
    if kind.eq_ignore_ascii_case("utf-8") {
        address = unescape(&address)?;
    } else if !address.is_ascii() {
        return None;
    }
    (!address.is_empty()).then(|| format!("{kind}; {address}"))
}

/// RFC 3461 section 4: `+` and two upper-case hex digits stand for an octet. A control character, however it came, is none of
/// ours: `None`.
fn xtext(written: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(written.len());
    let mut rest = written.bytes();
    while let Some(b) = rest.next() {
        match b {
            b'+' => {
                let (high, low) = (hex(rest.next()?)?, hex(rest.next()?)?);
                bytes.push(high * 16 + low);
            }
            b => bytes.push(b),
        }
    }
    let text = String::from_utf8(bytes).ok()?;
    (text.len() <= 500 && !text.chars().any(char::is_control)).then_some(text)
}

fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

/// RFC 6533 section 3: `\x{HEX}` stands for a character.
fn unescape(written: &str) -> Option<String> {
    let mut text = String::with_capacity(written.len());
    let mut rest = written;
    while let Some((before, after)) = rest.split_once("\\x{") {
        let (digits, after) = after.split_once('}')?;
        let c = u32::from_str_radix(digits, 16)
            .ok()
            .and_then(char::from_u32)?;
        if c.is_control() {
            return None;
        }
        text.push_str(before);
        text.push(c);
        rest = after;
    }
    text.push_str(rest);
    Some(text)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    #[test]
    fn an_original_recipient_is_decoded_or_left_out() {
        for (written, value) in [
            ("rfc822;anna+2Bshop@b.org", Some("rfc822; anna+shop@b.org")),
            ("rfc822;Bob@b.org", Some("rfc822; Bob@b.org")),
            ("utf-8;j\\x{F6}rg@b.org", Some("utf-8; jörg@b.org")),
            ("utf-8;j+C3+B6rg@b.org", Some("utf-8; jörg@b.org")),
            ("rfc822;a@b+0D+0AAction:+20delivered", None),
            ("utf-8;a\\x{A}b@c", None),
            ("utf-8;a\\x{110000}b@c", None),
            ("rfc822;a+2", None),
            ("rfc822;a+2b@c", None),
            ("rfc822;", None),
            ("rf c;a@b", None),
            ("nothing", None),
        ] {
            assert_eq!(orcpt(written).as_deref(), value, "{written}");
        }
    }
}
