//! What a mail server at home gets to see of a header section: a letter from a member of this home, or the home's own notice.
//!
//! As on the way over Tox every address that only this home understands becomes one that the mail server can send to; which
//! that is, the book says. The letter stays in the house, but its `Bcc` goes all the same, and so does what tells about
//! programs. `X-Toxmail-Path` says which way it came.

use super::arrival::IDENTITY_FIELDS;
use super::departure::{AddressBook, MAX_HOPS, Stamp, for_tox, hops, is_one_of, loops};
use super::header::{HeaderError, HeaderSection};
use super::mailboxes;
use super::verdict::Reason;

/// The header section for the mail server, without the empty line.
///
/// # Errors
/// The message goes in circles.
pub fn for_gateway(
    header: &HeaderSection,
    book: &dyn AddressBook,
    stamp: &Stamp,
) -> Result<Vec<u8>, Reason> {
    if hops(header) >= MAX_HOPS {
        return Err(loops());
    }
    let mut out = b"X-Toxmail-Path: gateway\r\n".to_vec();
    out.extend(for_tox(header, book, stamp));
    Ok(out)
}

/// The header section that [`on_arrival`](super::arrival::on_arrival) made, as it may go back to its writer: without what this
/// home calls people.
pub fn for_its_writer(
    header: &HeaderSection,
    book: &dyn AddressBook,
    stamp: &Stamp,
) -> Result<Vec<u8>, HeaderError> {
    let section = HeaderSection::parse(&for_tox(header, book, stamp))?;
    let mut out = Vec::with_capacity(section.bytes().len());
    for field in section.fields() {
        if !is_one_of(field.name, &IDENTITY_FIELDS) {
            out.extend_from_slice(field.raw);
            continue;
        }
        let list = mailboxes::list(field.value).mailboxes.into_iter();
        let addresses: Vec<String> = list.map(|mailbox| mailbox.address).collect();
        out.extend(format!("{}: {}\r\n", field.name, addresses.join(",\r\n ")).into_bytes());
    }
    Ok(out)
}

/// A header section that was made for the mail server before it waited, without `Return-Path`: the server writes that itself
/// (RFC 5321 section 4.4).
pub fn without_return_path(header: &HeaderSection) -> Vec<u8> {
    let kept = header.fields().filter(|field| !field.is("Return-Path"));
    kept.flat_map(|field| field.raw.to_vec()).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    struct Book;
    impl AddressBook for Book {
        fn canonical_of(&self, address: &str) -> Option<String> {
            match address {
                "ben@toxmail.local" => Some("ben@home.tox".into()),
                "anna@toxmail.local" => Some("anna@example.org".into()),
                _ => None,
            }
        }
    }

    #[test]
    fn a_mail_server_gets_addresses_that_it_can_send_to() {
        let stamp = Stamp {
            date: "Tue, 24 Nov 2026 12:00:00 +0000".into(),
            message_id: "<1@home.tox>".into(),
        };
        let written = "Received: from x\r\nX-Toxmail-Path: tox\r\nFrom: Ben <ben@toxmail.local>\r\n\
             To: anna@toxmail.local, paul@example.net\r\nBcc: carl@example.org\r\nUser-Agent: x\r\nDate: today\r\n";
        let header = HeaderSection::parse(written.as_bytes()).unwrap();
        let out = for_gateway(&header, &Book, &stamp).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "X-Toxmail-Path: gateway\r\nFrom: Ben <ben@home.tox>\r\nTo: anna@example.org, paul@example.net\r\n\
             Date: today\r\nMessage-ID: <1@home.tox>\r\nX-Toxmail-Hops: 1\r\n"
        );
        let round = "Received: x\r\n".repeat(50) + "From: ben@toxmail.local\r\n";
        let round = HeaderSection::parse(round.as_bytes()).unwrap();
        let why = for_gateway(&round, &Book, &stamp).unwrap_err();
        assert_eq!(why.status.to_string(), "5.4.6");
    }

    #[test]
    fn what_goes_back_does_not_tell_what_people_are_called_here() {
        let stamp = Stamp {
            date: "x".into(),
            message_id: "<x@y>".into(),
        };
        let written = "Return-Path: <x@y>\r\nAuthentication-Results: x\r\nX-Toxmail-Claimed-From: x\r\n\
             From: \"Old bore\" <ben@toxmail.local>\r\nReply-To: Bore <paul@example.net>\r\nTo: Me <anna@toxmail.local>\r\n\
             Subject: x\r\nDate: today\r\nMessage-ID: <1@x>\r\n";
        let header = HeaderSection::parse(written.as_bytes()).unwrap();
        assert_eq!(
            String::from_utf8(for_its_writer(&header, &Book, &stamp).unwrap()).unwrap(),
            "From: ben@home.tox\r\nReply-To: paul@example.net\r\nTo: Me <anna@example.org>\r\n\
             Subject: x\r\nDate: today\r\nMessage-ID: <1@x>\r\n"
        );
    }

    #[test]
    fn what_was_made_before_only_loses_its_return_path() {
        let written =
            "Return-Path: <x@y>\r\nX-Toxmail-Path: gateway\r\nFrom: a@b\r\nreturn-path: <z>\r\n";
        let header = HeaderSection::parse(written.as_bytes()).unwrap();
        assert_eq!(
            without_return_path(&header),
            b"X-Toxmail-Path: gateway\r\nFrom: a@b\r\n"
        );
    }
}
