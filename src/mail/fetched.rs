//! A letter that this home has fetched from a member's mailbox at their provider.
//!
//! It comes from anybody, by ordinary mail, and is shown as such: `X-Toxmail-Path: ordinary`. What only this home and its
//! contacts' homes may say is not believed:
//! - Where a mail program shows the writer, or answers to, no address of the Tox network, no nickname, no
//!   `toxmail.local` and no address at the home's own `hostname` stands: nothing by ordinary mail comes from there (homes tell providers nothing of it), so whoever writes
//!   it wants to be taken for a contact, for a member or for the home itself. The field is written anew without it; what was
//!   claimed stays to be read in `X-Toxmail-Claimed-From` and so on. Names and comments that hold such an address go too.
//! - Among the recipients `x@toxmail.local`, `x@<hostname>` and `nick@tox` are somebody else's: an answer to all must not reach our own.
//!   Canonical addresses mean the same everywhere and stay.
//! - `X-Toxmail-*`, what a mail program keeps about its own copy, and results of checks that claim to be ours go.
//!
//! - An answer names the letter that it answers by the identifier under which that left: the writer's mail program had given it
//!   one at `toxmail.local`, and so it stands in Sent ([`super::ordinary`]). `References` gets that one, too, right before the
//!   other, so that programs show the answer below its letter; one that nobody knows is passed over (RFC 5256 section 4).
//!
//! Everything else stays as the provider gave it, `Return-Path` and its own results of checks among it. A header section
//! that is none, strictly (a bare CR or LF, a NUL, a line without a name), is made one first, so that no two programs read it
//! differently. The body is not seen here.

use std::io::{self, BufRead, Read};

use super::address::{self, LOCAL_DOMAIN, NOBODY, TOX_DOMAIN};
use super::arrival::{IDENTITY_FIELDS, NOTES_OF_A_PROGRAM, Shown, claim, identity_field, tidy};
use super::departure::{begins, is_address_field, is_one_of, is_ours, replaced};
use super::header::{Field, HeaderError, HeaderSection, MAX_SECTION};
use super::mailboxes;

/// Results of checks.
const RESULTS: [&str; 3] = [
    "Authentication-Results",
    "X-Authentication-Results",
    "ARC-Authentication-Results",
];
/// Most identifiers of one letter that are looked at: a thread of more hangs together by the others.
const MOST_SENT: usize = 50;
/// Flags of mailbox formats, which a program may believe.
const FLAGS: [&str; 3] = ["Status", "X-Status", "X-Keywords"];

/// The header section as it came, without the empty line; `from` is left at the first byte of the body. `None` when it is
/// longer than this home reads.
///
/// # Errors
/// Those of `from`.
pub fn read_head(from: &mut dyn BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut head = Vec::new();
    loop {
        let line = head.len();
        let room = (MAX_SECTION + 1 - line) as u64;
        if Read::take(&mut *from, room).read_until(b'\n', &mut head)? == 0 {
            return Ok((line <= MAX_SECTION).then_some(head));
        }
        // Programs that end lines with LF see the end of the header here, so nobody may see fields behind it.
        if matches!(&head[line..], b"\r\n" | b"\n") {
            head.truncate(line);
            return Ok(Some(head));
        }
    }
}

/// The header section as it is filed, without the empty line, in a home with that `[home] hostname`, for a member whose
/// ordinary addresses are in those domains.
///
/// # Errors
/// It has too many fields.
pub fn on_fetch(head: &[u8], hostname: &str, domains: &[String]) -> Result<Vec<u8>, HeaderError> {
    let header = match HeaderSection::parse(head) {
        Err(HeaderError::TooLong) => return Err(HeaderError::TooLong),
        Err(_) => HeaderSection::parse(&mended(head))?,
        Ok(header) => header,
    };
    let ours = Ours::of(hostname);
    let path = b"X-Toxmail-Path: ordinary\r\n";
    let mut fields = Vec::with_capacity(header.bytes().len() + 256);
    let mut claims = Vec::new();
    let mut return_path = Vec::new();
    let refers = header.fields().any(|field| field.is("References"));
    for field in header.fields() {
        if is_ours(&field)
            || is_one_of(field.name, &FLAGS)
            || begins(field.name, NOTES_OF_A_PROGRAM)
        {
            continue;
        }
        if field.is("Return-Path") {
            if return_path.is_empty() {
                return_path = if ours.are_in(&field) {
                    format!("Return-Path: <{NOBODY}>\r\n").into_bytes()
                } else {
                    field.raw.to_vec()
                };
            }
        } else if is_one_of(field.name, &RESULTS) {
            let by_us = loosened(field.value)
                .iter()
                .any(|text| text.contains("toxmail") || text.contains("x-tox"));
            if !by_us {
                fields.extend_from_slice(field.raw);
            }
        } else if is_one_of(field.name, &IDENTITY_FIELDS) {
            if ours.are_in(&field) {
                claim(&mut claims, &field);
                fields.extend(identity_field(field.name, &ours.others(&field)));
            } else {
                fields.extend_from_slice(field.raw);
            }
        } else if is_address_field(field.name) {
            let list = mailboxes::list(field.value);
            let somebody = |address: &str| ours.somebody(address);
            let head = &field.raw[..field.raw.len() - field.value.len() - 2];
            fields.extend_from_slice(head);
            fields.extend(replaced(field.value, &list, &somebody, &<[u8]>::to_vec));
            fields.extend_from_slice(b"\r\n");
        } else if field.is("References") {
            match as_sent(field.value, domains) {
                Some(value) => {
                    fields.extend_from_slice(b"References:");
                    fields.extend_from_slice(&value);
                    fields.extend_from_slice(b"\r\n");
                }
                None => fields.extend_from_slice(field.raw),
            }
        } else {
            fields.extend_from_slice(field.raw);
            if field.is("In-Reply-To")
                && !refers
                && let Some(value) = as_sent(field.value, domains)
            {
                fields.extend_from_slice(b"References:");
                fields.extend_from_slice(&value);
                fields.extend_from_slice(b"\r\n");
            }
        }
    }
    Ok([&return_path[..], path, &claims, &fields].concat())
}

/// Identifiers, with the one before each under which a letter of ours may stand in Sent; `None` where there is none of ours.
fn as_sent(value: &[u8], domains: &[String]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(value.len() + 64);
    let mut found = 0;
    let mut rest = value;
    while let Some(begin) = rest.iter().position(|b| *b == b'<') {
        let end = begin + rest[begin..].iter().position(|b| *b == b'>')?;
        let id = std::str::from_utf8(&rest[begin + 1..end]).unwrap_or_default();
        out.extend_from_slice(&rest[..begin]);
        let plain = |left: &str| left.bytes().all(|b| b.is_ascii_graphic() && b != b'<');
        if let Some((left, domain)) = id.rsplit_once('@')
            && found < MOST_SENT
            && plain(left)
            && domains.iter().any(|own| own.eq_ignore_ascii_case(domain))
        {
            out.extend_from_slice(format!("<{left}@{LOCAL_DOMAIN}>\r\n ").as_bytes());
            found += 1;
        }
        out.extend_from_slice(&rest[begin..=end]);
        rest = &rest[end + 1..];
    }
    out.extend_from_slice(rest);
    (found > 0).then_some(out)
}

/// The domains whose addresses are this home's, a contact's or a nickname: nobody by ordinary mail writes from there.
struct Ours {
    /// In lower case.
    hostname: String,
}

impl Ours {
    fn of(hostname: &str) -> Self {
        Self {
            hostname: hostname.trim_end_matches('.').to_lowercase(),
        }
    }

    /// The writers without those that cannot be.
    fn others(&self, field: &Field<'_>) -> Vec<Shown> {
        let list = mailboxes::list(field.value);
        let mut shown: Vec<Shown> = Vec::new();
        if !list.malformed {
            for mailbox in list.mailboxes {
                // Looked at as an address first: only such bytes may come into a field that is written anew.
                let legal = address::meaning(&mailbox.address, LOCAL_DOMAIN).is_ok();
                let other = Shown {
                    name: Some(tidy(&mailbox.name))
                        .filter(|name| !name.is_empty() && !self.holds(name)),
                    address: if legal && !self.holds(&mailbox.address) {
                        mailbox.address
                    } else {
                        NOBODY.to_owned()
                    },
                };
                if !shown.contains(&other) {
                    shown.push(other);
                }
            }
        }
        if shown.is_empty() {
            shown.push(Shown {
                name: None,
                address: NOBODY.to_owned(),
            });
        }
        shown
    }

    /// What stands in the place of a recipient whom only another home could know.
    fn somebody(&self, address: &str) -> Option<String> {
        let (_, domain) = address.rsplit_once('@')?;
        let domain = domain.trim_end_matches('.').to_lowercase();
        (domain == TOX_DOMAIN || self.is_home(&domain)).then(|| NOBODY.to_owned())
    }

    /// Whether any program could read an address in it that is this home's, a contact's or a nickname.
    fn are_in(&self, field: &Field<'_>) -> bool {
        loosened(field.value).iter().any(|text| self.holds(text))
            || mailboxes::list(field.value)
                .mailboxes
                .iter()
                .any(|m| self.holds(&m.address) || self.holds(&m.name))
    }

    fn holds(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        text.match_indices('@').any(|(at, _)| {
            let rest = &text[at + 1..];
            let end =
                rest.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '-' | '_'));
            let domain = rest[..end.unwrap_or(rest.len())].trim_end_matches('.');
            domain == TOX_DOMAIN || domain.ends_with(".tox") || self.is_home(domain)
        })
    }

    fn is_home(&self, domain: &str) -> bool {
        domain == LOCAL_DOMAIN || domain == self.hostname
    }
}

/// What programs may make of a value: with its comments and without, with its white space and without, never quoted.
fn loosened(value: &[u8]) -> [String; 3] {
    let text: String = String::from_utf8_lossy(value)
        .chars()
        .filter(|c| !matches!(c, '\\' | '"' | '\r' | '\n' | '\0'))
        .collect::<String>()
        .to_lowercase();
    let mut depth = 0_usize;
    let bare: String = text
        .chars()
        .filter(|c| {
            match c {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => return depth == 0 && !c.is_whitespace(),
            }
            false
        })
        .collect();
    let tight = text.chars().filter(|c| !c.is_whitespace()).collect();
    [text, tight, bare]
}

/// A header section of what is none: lines end with CRLF, there is no NUL, and what has no name gets one.
fn mended(head: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(head.len() + 64);
    let text = head.strip_suffix(b"\n").unwrap_or(head);
    for line in text.split(|&b| b == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let mut line: Vec<u8> = line
            .iter()
            .map(|&b| if matches!(b, b'\r' | 0) { b' ' } else { b })
            .collect();
        line.extend_from_slice(b"\r\n");
        let continues = matches!(line.first(), Some(b' ' | b'\t')) && !out.is_empty();
        if !continues && HeaderSection::parse(&line).is_err() {
            out.extend_from_slice(b"X-Broken-Line: ");
            let start = line
                .iter()
                .take_while(|b| matches!(b, b' ' | b'\t'))
                .count();
            line.drain(..start);
        }
        out.extend_from_slice(&line);
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::super::departure::tests::PEER;
    use super::*;
    use proptest::prelude::*;

    const HOSTNAME: &str = "Garden.lan";

    fn own() -> Vec<String> {
        vec!["example.org".to_owned()]
    }

    fn filed(head: &str) -> String {
        String::from_utf8(on_fetch(head.as_bytes(), HOSTNAME, &own()).unwrap()).unwrap()
    }

    /// What leaves as `<1@example.org>` stands in Sent as `<1@toxmail.local>` ([`crate::mail::ordinary`]).
    #[test]
    fn an_answer_finds_the_letter_that_it_answers() {
        for (came, stands) in [
            (
                "References: <0@other.example> <1@example.org>\r\nIn-Reply-To: <1@example.org>\r\n",
                "References: <0@other.example> <1@toxmail.local>\r\n <1@example.org>\r\nIn-Reply-To: <1@example.org>\r\n",
            ),
            (
                "In-Reply-To: <1@EXAMPLE.org>\r\n",
                "In-Reply-To: <1@EXAMPLE.org>\r\nReferences: <1@toxmail.local>\r\n <1@EXAMPLE.org>\r\n",
            ),
            (
                "In-Reply-To: <1@mail.example.org>\r\nReferences: <a\tb@example.org> <1@mail.example.org> <x\r\n",
                "In-Reply-To: <1@mail.example.org>\r\nReferences: <a\tb@example.org> <1@mail.example.org> <x\r\n",
            ),
            ("References: junk\r\n", "References: junk\r\n"),
        ] {
            assert_eq!(filed(came), format!("X-Toxmail-Path: ordinary\r\n{stands}"));
        }
    }

    #[test]
    fn an_ordinary_letter_stays_as_the_provider_gave_it() {
        let head = "Return-Path: <paul@example.net>\r\nDelivered-To: anna@example.org\r\n\
             Received: from x\r\n\tby y\r\nAuthentication-Results: mx.example.org; dkim=pass\r\n\
             From: =?utf-8?q?P=C3=A4ul?= (at work)\r\n <paul@example.net>\r\nReply-To: paul@tox.example.net\r\n\
             To: \"Anna\" <anna@example.org>, Mr. Tox <x@a.toxicology.example>\r\nSubject: oma@tox\r\n";
        let (first, rest) = head.split_once("\r\n").unwrap();
        assert_eq!(
            filed(head),
            format!("{first}\r\nX-Toxmail-Path: ordinary\r\n{rest}")
        );
        // Without one the provider gave none.
        assert_eq!(
            filed("From: a@b.c\r\n"),
            "X-Toxmail-Path: ordinary\r\nFrom: a@b.c\r\n"
        );
        assert_eq!(filed(""), "X-Toxmail-Path: ordinary\r\n");
    }

    #[test]
    fn nobody_by_ordinary_mail_is_a_contact_a_member_or_the_home() {
        for lie in [
            "oma@tox",
            "Oma <oma@tox>",
            "\"oma@tox\" <evil@example.net>",
            "oma@tox (x) <evil@example.net>",
            "=?utf-8?q?oma=40tox?= <evil@example.net>",
            "evil@example.net (oma@tox)",
            "Toxmail <postmaster@toxmail.local>",
            "<postmaster@toxmail(x).local>",
            "postmaster @ toxmail . local",
            "<postmaster@tox\r\n mail.local>",
            "\"ben\"@toxmail.local",
            "ben@TOXMAIL.LOCAL.",
            "b\\en@toxmail.local",
            "x <@a.example:ben@toxmail.local>",
            "a@example.net, ben@toxmail.local",
            "Friends: ben@toxmail.local;",
            "ben@toxmail.local,,, <<",
            "Toxmail <postmaster@garden.lan>",
            "postmaster @ GARDEN . lan.",
            "\"ben@garden.lan\" <evil@example.net>",
        ] {
            for name in ["From", "reply-to", "Sender", "Disposition-Notification-To"] {
                let out = filed(&format!("{name}: {lie}\r\nSubject: x\r\n"));
                let (claimed, rest): (Vec<&str>, Vec<&str>) =
                    out.split_inclusive("\r\n").skip(1).partition(|line| {
                        line.starts_with("X-Toxmail-Claimed-") || line.starts_with(' ')
                    });
                assert!(!claimed.is_empty(), "{lie}: {out}");
                let shown = rest.concat();
                assert!(shown.starts_with(&format!("{name}: ")), "{lie}: {out}");
                assert!(
                    !shown.to_lowercase().contains("@tox\r")
                        && !shown.contains("mail.local")
                        && !shown.to_lowercase().contains("garden"),
                    "{lie}: {out}"
                );
                assert!(!shown.to_lowercase().contains("oma@tox"), "{lie}: {out}");
            }
        }
        let out = filed(&format!("From: Paul <paul@{PEER}.tox>\r\n"));
        assert!(
            out.ends_with("From: Paul <unknown@tox.invalid>\r\n"),
            "{out}"
        );
        let out = filed("From: Eve <eve@example.net>, Oma <oma@tox>\r\n");
        assert!(
            out.ends_with("From: Eve <eve@example.net>,\r\n Oma <unknown@tox.invalid>\r\n"),
            "{out}"
        );
        let out =
            filed("Return-Path: <ben@toxmail.local>\r\nReturn-Path: <x@y>\r\nFrom: a@b.c\r\n");
        assert_eq!(
            out,
            "Return-Path: <unknown@tox.invalid>\r\nX-Toxmail-Path: ordinary\r\nFrom: a@b.c\r\n"
        );
    }

    #[test]
    fn an_answer_to_all_reaches_none_of_ours() {
        let out = filed(&format!(
            "From: a@b.c\r\nTo: anna@toxmail.local, oma@tox, home@{PEER}.tox,\r\n Anna <anna@example.org>\r\nCc: Ben <ben@garden.lan>\r\n"
        ));
        assert!(
            out.ends_with(&format!(
                "To: unknown@tox.invalid, unknown@tox.invalid, home@{PEER}.tox,\r\n Anna <anna@example.org>\r\nCc: Ben <unknown@tox.invalid>\r\n"
            )),
            "{out}"
        );
    }

    #[test]
    fn marks_of_ours_are_removed() {
        let out = filed(
            "X-Toxmail-Path: direct\r\nx-toxmail-hops: 3\r\nX-Mozilla-Status: 0009\r\nStatus: RO\r\nX-Keywords: a\r\n\
             Authentication-Results: toxmail.local; x-tox=pass policy.home=x\r\n\
             Authentication-Results: (a) \"toxm\\ail.local\"; none\r\nAuthentication-Results: toxmail(x).\r\n local; none\r\n\
             ARC-Authentication-Results: i=1; x; X-Tox=pass\r\nX-Mailer: x\r\n",
        );
        assert_eq!(out, "X-Toxmail-Path: ordinary\r\nX-Mailer: x\r\n");
    }

    #[test]
    fn a_header_that_programs_read_differently_is_made_one_that_they_do_not() {
        let out = filed(
            "From mbox line\r\nSubject: a\nFrom: oma@tox\r\nX: b\rFrom: c\0d\r\n  e\r\nno name\r\n",
        );
        let (before, after) = out.split_once("From: unknown").unwrap();
        assert_eq!(
            before,
            "X-Toxmail-Path: ordinary\r\nX-Toxmail-Claimed-From: oma@tox\r\nX-Broken-Line: From mbox line\r\nSubject: a\r\n"
        );
        assert_eq!(
            after,
            "@tox.invalid\r\nX: b From: c d\r\n  e\r\nX-Broken-Line: no name\r\n"
        );
        assert!(filed("  x\r\nA: b\r\n").contains("X-Broken-Line: x\r\nA: b\r\n"));
        let mut source: &[u8] = b"A: b\r\nC: d\n\nFrom: x\r\n\r\nbody";
        assert_eq!(read_head(&mut source).unwrap().unwrap(), b"A: b\r\nC: d\n");
        assert_eq!(source, b"From: x\r\n\r\nbody");
        let mut source: &[u8] = b"A: b\r\n\r\n\r\nbody";
        assert_eq!(read_head(&mut source).unwrap().unwrap(), b"A: b\r\n");
        assert_eq!(source, b"\r\nbody");
        let mut source: &[u8] = b"A: b";
        assert_eq!(read_head(&mut source).unwrap().unwrap(), b"A: b");
        let long = vec![b'x'; MAX_SECTION + 10];
        assert_eq!(read_head(&mut &long[..]).unwrap(), None);
        let many = "A: b\r\n".repeat(super::super::header::MAX_FIELDS + 1);
        assert_eq!(
            on_fetch(many.as_bytes(), HOSTNAME, &own()),
            Err(HeaderError::TooLong)
        );
    }

    proptest! {
        #[test]
        fn whatever_comes_is_filed_with_a_strict_header(head in "([A-Za-z-]{0,12}:? ?[\\PC\\r\\n\\x00]{0,40}\\r?\\n){0,8}") {
            let mut source = head.as_bytes();
            let head = read_head(&mut source).unwrap().unwrap();
            let out = on_fetch(&head, HOSTNAME, &own()).unwrap();
            let again = HeaderSection::parse(&out).unwrap();
            prop_assert_eq!(again.text("X-Toxmail-Path"), Some("ordinary".to_owned()));
            for field in again.fields().filter(|f| is_one_of(f.name, &IDENTITY_FIELDS)) {
                prop_assert!(!Ours::of(HOSTNAME).are_in(&field));
            }
        }
    }
}
