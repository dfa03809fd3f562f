//! The writer's side, on the ordinary route: what of a header section a provider may see.
//!
//! No key, no nickname, no nospam and no address that only this home understands ever reaches a provider, in any field.
//! An address of that kind becomes the ordinary one of the same person where the home knows it (the book); else the person
//! does not appear at all. A field that nobody would be left in is left out.
//!
//! | field | what becomes of it |
//! | --- | --- |
//! | `From`, `Sender`, `Resent-From`, `Resent-Sender` | the writer's ordinary address for their address at home |
//! | `To`, `Cc`, `Reply-To` and the other fields of addresses | the ordinary address, or nothing |
//! | `Message-ID`, `In-Reply-To`, `References` … | an identifier that names the home gets the domain of the writer's ordinary address: the same one for the same identifier, so that threads hold |
//! | `Subject`, `Comments`, `Keywords` | only the words that must not leave |
//! | `Content-…` | as it is: the body speaks of it |
//! | any other | left out where it holds something that must not leave |
//!
//! `Bcc` goes, and what tells about the home's network or its programs, as on the way over Tox
//! ([`for_tox`](super::departure::for_tox)); `Date` and `Message-ID` come where they are missing. Everything else keeps its bytes. Doing it twice changes nothing more.

use sha2::{Digest, Sha256};

use super::address::{LOCAL_DOMAIN, PeerKey, TOX_DOMAIN};
use super::departure::{
    Stamp, add_missing, hops, is_address_field, is_one_of, is_private, is_telltale, replaced,
    without_comment, words,
};
use super::header::{Field, HeaderSection};
use super::mailboxes::{self, List, encoded_word};

/// Fields of message identifiers.
const IDENTIFIER_FIELDS: [&str; 6] = [
    "Message-ID",
    "In-Reply-To",
    "References",
    "Resent-Message-ID",
    "Original-Message-ID",
    "X-Forwarded-Message-ID",
];

/// Fields that a person has written.
const TEXT_FIELDS: [&str; 3] = ["Subject", "Comments", "Keywords"];

/// Fields that name who writes: they may not be left without anybody.
const WRITER_FIELDS: [&str; 4] = ["From", "Sender", "Resent-From", "Resent-Sender"];

/// A Tox key in base32; one in hexadecimal has 64 digits.
const KEY_IN_BASE32: usize = 52;
const KEY_IN_HEX: usize = 64;

/// The home and the writer, as far as they matter here.
#[derive(Clone, Debug)]
pub struct Writer {
    address: String,
    domain: String,
    /// `None` where the writer's own ordinary address tells it. One word alone is hidden as a domain only: it may be any word.
    hostname: Option<String>,
    key_in_base32: String,
}

/// The ordinary address that stands for one which must not leave; `None`: none does.
pub type Book<'a> = &'a dyn Fn(&str) -> Option<String>;

impl Writer {
    /// A writer with that ordinary `address`, in the home with that host name and key.
    pub fn new(address: &str, hostname: &str, key: &PeerKey) -> Self {
        let domain = domain_of(address).unwrap_or_default().to_lowercase();
        let hostname = hostname.to_lowercase();
        Self {
            address: address.to_owned(),
            hostname: (hostname != domain).then_some(hostname),
            domain,
            key_in_base32: key.base32(),
        }
    }

    /// The writer's ordinary address.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// `left@` the domain of the writer's ordinary address, in angle brackets: a `Message-ID` that says nothing of the home.
    pub fn message_id(&self, left: &str) -> String {
        format!("<{left}@{}>", self.domain)
    }

    /// Every address in the section that must not leave, wherever it stands: for filling the book with one question to the
    /// database.
    pub fn private_addresses(&self, header: &HeaderSection) -> Vec<String> {
        let mut all = Vec::new();
        for field in header.fields() {
            if is_address_field(field.name) {
                let list = mailboxes::list(field.value);
                all.extend(list.mailboxes.into_iter().map(|mailbox| mailbox.address));
            }
            all.extend(words(field.value).map(|word| String::from_utf8_lossy(word).into_owned()));
        }
        all.retain(|word| word.contains('@') && self.hides(word));
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Whether an address or a word tells what must not leave the home.
    pub fn hides(&self, word: &str) -> bool {
        let word = word.to_lowercase();
        if word.contains(LOCAL_DOMAIN) || word.contains(&self.key_in_base32) {
            return true;
        }
        let name = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
        let hosts = || word.split(|c| !name(c)).map(|host| host.trim_matches('.'));
        if let Some(hostname) = &self.hostname
            && hostname.contains('.')
            && hosts().any(|host| host == hostname)
        {
            return true;
        }
        let domains = word.split('@').skip(1).map(|after| {
            let end = after.find(|c| !name(c)).unwrap_or(after.len());
            after[..end].trim_matches('.')
        });
        let mut ordinary = false;
        for domain in domains {
            if domain == TOX_DOMAIN
                || domain.ends_with(".tox")
                || self.hostname.as_deref() == Some(domain)
                || longest(domain, is_base32) >= KEY_IN_BASE32
            {
                return true;
            }
            ordinary = true;
        }
        let hex = longest(&word, |b| b.is_ascii_hexdigit());
        if ordinary {
            // Somebody's address may have 64 hexadecimal digits before its `@`; no ordinary one has more.
            hex > KEY_IN_HEX
        } else {
            hex >= KEY_IN_HEX || longest(&word, is_base32) >= KEY_IN_BASE32
        }
    }
}

/// The header section for a provider, without the empty line.
pub fn for_relay(
    header: &HeaderSection,
    writer: &Writer,
    book: Book<'_>,
    stamp: &Stamp,
) -> Vec<u8> {
    let sieve = Sieve { writer, book };
    let mut out = Vec::with_capacity(header.bytes().len() + 512);
    let mut written: Vec<&str> = Vec::new();
    for field in header.fields() {
        if is_private(&field) || is_telltale(field.name) || writer.hides(field.name) {
            continue;
        }
        let value = if is_address_field(field.name) {
            let Some(value) = sieve.addresses(&field) else {
                continue;
            };
            value
        } else if is_one_of(field.name, &IDENTIFIER_FIELDS) {
            sieve.identifiers(field.value)
        } else if is_one_of(field.name, &TEXT_FIELDS) {
            sieve.text(field.value)
        } else if field.is("MIME-Version") && field.value.contains(&b'(') {
            out.extend_from_slice(&without_comment(&field));
            continue;
        } else if is_content_field(field.name) || sieve.text(field.value) == field.value {
            field.value.to_vec()
        } else {
            continue;
        };
        let head = &field.raw[..field.raw.len() - field.value.len() - 2];
        out.extend_from_slice(head);
        out.extend_from_slice(&value);
        out.extend_from_slice(b"\r\n");
        written.push(field.name);
    }
    let is_there = |name: &str| is_one_of(name, &written);
    if !is_there("To") && !is_there("Cc") {
        out.extend_from_slice(b"To: undisclosed-recipients:;\r\n");
    }
    add_missing(&mut out, &is_there, stamp);
    let hops = hops(header);
    if hops > 0 {
        out.extend_from_slice(format!("X-Toxmail-Hops: {hops}\r\n").as_bytes());
    }
    out
}

fn is_content_field(name: &str) -> bool {
    name.get(.."Content-".len())
        .is_some_and(|start| start.eq_ignore_ascii_case("Content-"))
}

/// What lets through what may leave.
struct Sieve<'a> {
    writer: &'a Writer,
    book: Book<'a>,
}

impl Sieve<'_> {
    /// The value of a field of addresses; `None` where nobody is left in it.
    fn addresses(&self, field: &Field<'_>) -> Option<Vec<u8>> {
        let list = mailboxes::list(field.value);
        let hides = |mailbox: &&mailboxes::Mailbox| self.writer.hides(&mailbox.address);
        if list.malformed {
            // What cannot be made out is kept only where nothing in it must be hidden.
            if self.text(field.value) == field.value && !list.mailboxes.iter().any(|m| hides(&m)) {
                return Some(field.value.to_vec());
            }
            return joined(self.elements(field, &list, Look::Bare));
        }
        let writes = is_one_of(field.name, &WRITER_FIELDS);
        let all_known = list
            .mailboxes
            .iter()
            .filter(hides)
            .all(|mailbox| writes || (self.book)(&mailbox.address).is_some());
        if !all_known {
            return joined(self.elements(field, &list, Look::AsWritten));
        }
        let other = |address: &str| self.other(address, writes);
        let value = replaced(field.value, &list, &other, &|between| self.text(between));
        Some(if value == field.value {
            value
        } else {
            without_blank_lines(value)
        })
    }

    /// The mailboxes that may be seen, each as it will stand there.
    fn elements(&self, field: &Field<'_>, list: &List, look: Look) -> Vec<Vec<u8>> {
        let writes = is_one_of(field.name, &WRITER_FIELDS);
        let mut elements = Vec::new();
        for mailbox in &list.mailboxes {
            let address = if self.writer.hides(&mailbox.address) {
                match self.other(&mailbox.address, writes) {
                    Some(address) => address.into_bytes(),
                    None => continue,
                }
            } else {
                field.value[mailbox.span.clone()].to_vec()
            };
            elements.push(match look {
                Look::Bare => address,
                Look::AsWritten => {
                    let before = &field.value[mailbox.element.start..mailbox.span.start];
                    let behind = &field.value[mailbox.span.end..mailbox.element.end];
                    [self.text(before), address, self.text(behind)].concat()
                }
            });
        }
        elements
    }

    /// What stands for an address that must not leave; `None` leaves it as it is, or there is nothing for it.
    fn other(&self, address: &str, writes: bool) -> Option<String> {
        if !self.writer.hides(address) {
            return None;
        }
        // Whoever writes has shown at the desk that these addresses are theirs.
        (self.book)(address).or_else(|| writes.then(|| self.writer.address.clone()))
    }

    /// Text without the words that must not leave.
    fn text(&self, text: &[u8]) -> Vec<u8> {
        let seen_through = self.encoded(text);
        let mut out = Vec::with_capacity(text.len());
        for word in words(&seen_through) {
            let seen = String::from_utf8_lossy(word);
            if !self.writer.hides(&seen) {
                out.extend_from_slice(word);
            } else if let Some(address) = seen.contains('@').then(|| (self.book)(&seen)).flatten() {
                out.extend_from_slice(address.as_bytes());
            }
        }
        if out == text {
            out
        } else {
            without_blank_lines(out)
        }
    }

    /// Text without the encoded words (RFC 2047) that hide something. Several in a row are one text.
    fn encoded(&self, text: &[u8]) -> Vec<u8> {
        if !text.windows(2).any(|w| w == b"=?") {
            return text.to_vec();
        }
        let blank = |b: &u8| b" \t\r\n\"()<>,;:".contains(b);
        let pieces: Vec<&[u8]> = text.chunk_by(|a, b| blank(a) == blank(b)).collect();
        let mut out = Vec::with_capacity(text.len());
        let mut i = 0;
        while i < pieces.len() {
            let Some(first) = encoded_word(pieces[i]) else {
                out.extend_from_slice(pieces[i]);
                i += 1;
                continue;
            };
            let (mut decoded, mut end) = (first, i + 1);
            while end + 1 < pieces.len() && pieces[end].iter().all(|b| b" \t\r\n".contains(b)) {
                let Some(next) = encoded_word(pieces[end + 1]) else {
                    break;
                };
                decoded.push_str(&next);
                end += 2;
            }
            if !words(decoded.as_bytes()).any(|w| self.writer.hides(&String::from_utf8_lossy(w))) {
                pieces[i..end].iter().for_each(|p| out.extend_from_slice(p));
            }
            i = end;
        }
        out
    }

    /// Identifiers that do not name the home.
    fn identifiers(&self, value: &[u8]) -> Vec<u8> {
        let inside = |b: &u8| !b" \t\r\n<>,".contains(b);
        let mut out = Vec::with_capacity(value.len());
        for piece in value.chunk_by(|a, b| inside(a) == inside(b)) {
            let id = String::from_utf8_lossy(piece);
            if inside(&piece[0]) && self.writer.hides(&id) {
                out.extend_from_slice(self.identifier(&id).as_bytes());
            } else {
                out.extend_from_slice(piece);
            }
        }
        out
    }

    fn identifier(&self, id: &str) -> String {
        let left = id.rsplit_once('@').map(|(left, _)| left);
        match left.filter(|left| !left.is_empty() && !self.writer.hides(left)) {
            Some(left) => format!("{left}@{}", self.writer.domain),
            None => {
                // Half a digest: nobody would mistake it for a key.
                let digest = Sha256::digest(id.as_bytes());
                let left = data_encoding::HEXLOWER.encode(&digest[..16]);
                format!("{left}@{}", self.writer.domain)
            }
        }
    }
}

/// How much of a mailbox stays.
#[derive(Clone, Copy)]
enum Look {
    /// Name and comments too.
    AsWritten,
    /// The address alone.
    Bare,
}

fn joined(elements: Vec<Vec<u8>>) -> Option<Vec<u8>> {
    if elements.is_empty() {
        return None;
    }
    let list = elements.join(&b",\r\n "[..]);
    Some(without_blank_lines([b" ", &list[..]].concat()))
}

/// A value in which no line is only white space: some readers take such a line for the end of the header section.
fn without_blank_lines(value: Vec<u8>) -> Vec<u8> {
    let blank = |line: &[u8]| line.iter().all(|b| b" \t\r\n".contains(b));
    let mut lines = value.split_inclusive(|b| *b == b'\n');
    let mut out = lines.next().unwrap_or_default().to_vec();
    for line in lines.filter(|line| !blank(line)) {
        out.extend_from_slice(line);
    }
    let end = out.len() - out.iter().rev().take_while(|b| b"\r\n".contains(b)).count();
    out.truncate(end);
    out
}

fn domain_of(address: &str) -> Option<&str> {
    address.rsplit_once('@').map(|(_, domain)| domain)
}

fn is_base32(b: u8) -> bool {
    matches!(b, b'a'..=b'z' | b'2'..=b'7')
}

/// The longest run of such bytes.
fn longest(text: &str, of: impl Fn(u8) -> bool) -> usize {
    let (mut longest, mut run) = (0, 0);
    for b in text.bytes() {
        run = if of(b) { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::super::departure::tests::{ID, ID32, PEER, any_section, section};
    use super::*;
    use proptest::prelude::*;

    const ANNA: &str = "anna@example.org";

    fn key() -> PeerKey {
        PeerKey::from_bytes([0xff; 32])
    }

    fn writer() -> Writer {
        Writer::new(ANNA, "post.garden.example", &key())
    }

    fn stamp() -> Stamp {
        Stamp {
            date: "Thu, 5 Nov 2026 10:00:00 +0100".into(),
            message_id: writer().message_id("new"),
        }
    }

    /// Knows anna, who writes; ben at home; grandma, by her nickname and her key; nobody else.
    fn known(address: &str) -> Option<String> {
        let folded = address.to_lowercase().replace('"', "");
        Some(match folded.as_str() {
            "anna@toxmail.local" | "anna@post.garden.example" => ANNA.to_owned(),
            "ben@toxmail.local" => "ben@example.net".to_owned(),
            "oma@tox" => "grandma@example.com".to_owned(),
            a if a == format!("home@{PEER}.tox") || a == format!("home@{ID32}.tox") => {
                "grandma@example.com".to_owned()
            }
            a if a.strip_suffix("@tox") == Some(&ID.to_lowercase()) => {
                "grandma@example.com".to_owned()
            }
            _ => return None,
        })
    }

    fn sent(text: &str) -> String {
        let out = for_relay(&section(text), &writer(), &known, &stamp());
        String::from_utf8(out).unwrap()
    }

    const REST: &str = "Date: x\r\nMessage-ID: <y@z.example>\r\n";

    #[track_caller]
    fn becomes(before: &str, after: &str) {
        let to =
            if after.starts_with("To:") || after.contains("\r\nTo:") || after.starts_with("Cc:") {
                ""
            } else {
                "To: x@y.example\r\n"
            };
        let end = if after.is_empty() { "" } else { "\r\n" };
        let found = sent(&format!("{to}{before}\r\n{REST}"));
        assert_eq!(found, format!("{to}{after}{end}{REST}"), "{before}");
        assert_eq!(sent(&found), found, "{before}");
    }

    #[test]
    fn the_writer_appears_under_the_ordinary_address() {
        for (before, after) in [
            (
                "From: Anna <anna@toxmail.local>",
                "From: Anna <anna@example.org>",
            ),
            (
                "from :ANNA@post.garden.example (me)",
                "from :anna@example.org (me)",
            ),
            (
                "From: Anna <anna@example.org>",
                "From: Anna <anna@example.org>",
            ),
            (
                "From: Anna <anna@other.example>",
                "From: Anna <anna@other.example>",
            ),
            ("Sender: anna@toxmail.local", "Sender: anna@example.org"),
            (
                "Resent-From: \"anna@toxmail.local\" <anna@toxmail.local>",
                "Resent-From: \"anna@example.org\" <anna@example.org>",
            ),
            (
                "Reply-To: Anna <anna@toxmail.local>",
                "Reply-To: Anna <anna@example.org>",
            ),
        ] {
            becomes(before, after);
        }
        // An address of the writer's that the book does not know, such as the home's main one.
        becomes(
            &format!("From: Us <home@{}.tox>", key().base32()),
            "From: Us <anna@example.org>",
        );
    }

    #[test]
    fn others_appear_under_their_ordinary_address_or_not_at_all() {
        let unknown = "aeaqcaibaeaqcaibaeaqcaibaeaqcaibaeaqcaibaeaqcaibaeaq";
        for (before, after) in [
            ("To: Oma <oma@tox>", "To: Oma <grandma@example.com>"),
            (
                &format!("To: \"{ID}\" <{ID}@tox>")[..],
                "To: \"\" <grandma@example.com>",
            ),
            (
                &format!("Cc: home@{PEER}.tox, Ben <ben@toxmail.local>"),
                "Cc: grandma@example.com, Ben <ben@example.net>",
            ),
            (
                "To:\r\n =?utf-8?Q?K=C3=A4the?= (oma@tox) <oma@tox>,\r\n\t\"M, A\" <a@b.example> ",
                "To:\r\n =?utf-8?Q?K=C3=A4the?= (grandma@example.com) <grandma@example.com>,\r\n\t\"M, A\" <a@b.example> ",
            ),
            ("To: a@b.example, Carl <carl@tox>", "To: a@b.example"),
            (
                &format!("To: Carl <carl@{unknown}.tox>, \"B, C\" (x) <b@c.example>, d@e.example"),
                "To: \"B, C\" (x) <b@c.example>,\r\n d@e.example",
            ),
            (
                "To: Family: carl@tox, oma@tox;, x@y.example",
                "To: grandma@example.com,\r\n x@y.example",
            ),
            ("Cc: carl@toxmail.local, a@b.example", "Cc: a@b.example"),
            (
                "To: carl@tox, broken broken@x, oma@tox",
                "To: grandma@example.com",
            ),
            ("To: <@relay.example:oma@tox>", "To: <grandma@example.com>"),
            (
                "To: undisclosed-recipients:;",
                "To: undisclosed-recipients:;",
            ),
            ("To: not an address", "To: not an address"),
        ] {
            becomes(before, after);
        }
        for nobody in [
            "Reply-To: carl@tox",
            "Cc: Carl <carl@tox>",
            "Cc: Family: carl@tox, ben@tox;",
            "Cc: \"unterminated carl@tox",
            &format!("Mail-Followup-To: carl@{unknown}.tox"),
            "Disposition-Notification-To: carl@toxmail.local",
            "Bcc: oma@tox, a@b.example",
            "Resent-Bcc: a@b.example",
        ] {
            becomes(nobody, "");
        }
    }

    #[test]
    fn a_letter_that_would_be_to_nobody_says_so() {
        let to_nobody = format!("From: anna@example.org\r\nTo: undisclosed-recipients:;\r\n{REST}");
        for before in [
            "To: carl@tox\r\n",
            "Bcc: a@b.example\r\n",
            "",
            "Cc: carl@tox\r\nTo: ben@tox\r\n",
        ] {
            let found = sent(&format!("From: anna@example.org\r\n{before}{REST}"));
            let fields = |text: &str| {
                let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
                lines.sort();
                lines
            };
            assert_eq!(fields(&found), fields(&to_nobody), "{before}");
            assert_eq!(sent(&found), found);
        }
    }

    #[test]
    fn identifiers_do_not_name_the_home_and_threads_hold() {
        for (before, after) in [
            (
                "In-Reply-To: <1@toxmail.local>",
                "In-Reply-To: <1@example.org>",
            ),
            (
                "References: <1@toxmail.local>\r\n\t<2@b.example> <3@post.garden.example>",
                "References: <1@example.org>\r\n\t<2@b.example> <3@example.org>",
            ),
            (
                &format!("In-Reply-To: <1@{PEER}.tox>")[..],
                "In-Reply-To: <1@example.org>",
            ),
            (
                "References: <0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef@b.example>",
                "References: <0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef@b.example>",
            ),
        ] {
            becomes(before, after);
        }
        let id = |text: &str| section(&sent(text)).message_id().unwrap();
        assert_eq!(
            id("Message-ID: <x.1@toxmail.local>\r\n"),
            "<x.1@example.org>"
        );
        assert_eq!(id("Message-ID: <1@a.example>\r\n"), "<1@a.example>");
        let hidden = id(&format!(
            "Message-ID: <{}@toxmail.local>\r\n",
            key().base32()
        ));
        assert!(
            hidden.len() == 46 && hidden.ends_with("@example.org>"),
            "{hidden}"
        );
        assert_eq!(
            hidden,
            id(&format!(
                "Message-ID: <{}@toxmail.local>\r\n",
                key().base32()
            ))
        );
        assert_eq!(id("From: a@b\r\n"), stamp().message_id);
        assert_eq!(writer().message_id("7"), "<7@example.org>");
    }

    #[test]
    fn no_other_field_tells_of_the_home() {
        for gone in [
            "Autocrypt: addr=anna@toxmail.local; keydata=AAAA",
            "X-Note: ask oma@tox",
            "X-Note: mailto:oma@tox?subject=x",
            &format!("X-Key: {}", &ID[..64]),
            &format!("X-Key: {PEER}"),
            &format!("X-{PEER}: x"),
            "X-Host: post.garden.example",
            "List-Post: <mailto:family@toxmail.local>",
            "X-Toxmail-Path: direct",
            "Received: from pc ([192.168.1.7])",
            "User-Agent: x",
            "X-Originating-IP: [10.0.0.1]",
            "Return-Path: <a@b>",
        ] {
            let found = sent(&format!("To: x@y.example\r\n{gone}\r\n{REST}"));
            let hops = if gone.starts_with("Received") {
                "X-Toxmail-Hops: 1\r\n"
            } else {
                ""
            };
            assert_eq!(found, format!("To: x@y.example\r\n{REST}{hops}"), "{gone}");
        }
        for (before, after) in [
            (
                "Subject: write to oma@tox please",
                "Subject: write to grandma@example.com please",
            ),
            ("Subject: carl@tox", "Subject: "),
            ("Subject:\r\n carl@tox\r\n\tx", "Subject:\r\n\tx"),
            (
                &format!("Subject: key {ID}, or {PEER}.tox!")[..],
                "Subject: key , or ",
            ),
            (
                "Subject: =?utf-8?Q?oma=40tox?= and =?utf-8?Q?caf=C3=A9?=",
                "Subject:  and =?utf-8?Q?caf=C3=A9?=",
            ),
            (
                "Subject: =?utf-8?Q?x_oma=40to?=\r\n =?utf-8?Q?xmail.local?=",
                "Subject: ",
            ),
            (
                "Subject: garden, profile.tox, tox",
                "Subject: garden, profile.tox, tox",
            ),
            (
                "Content-Type: multipart/mixed; boundary=\"x@toxmail.local\"",
                "Content-Type: multipart/mixed; boundary=\"x@toxmail.local\"",
            ),
            (
                "Mime-Version: 1.0 (Mac OS X Mail 16.0)",
                "Mime-Version: 1.0",
            ),
            (
                "X-Digest: 0123456789abcdef0123456789abcdef",
                "X-Digest: 0123456789abcdef0123456789abcdef",
            ),
            (
                "DKIM-Signature: v=1;\r\n b=a/B+c==",
                "DKIM-Signature: v=1;\r\n b=a/B+c==",
            ),
        ] {
            becomes(before, after);
        }
    }

    #[test]
    fn an_address_in_the_familys_own_domain_is_an_ordinary_one() {
        let writer = Writer::new("anna@garden.example", "garden.example", &key());
        let text = format!("From: anna@garden.example\r\nTo: ben@garden.example\r\n{REST}");
        let out = for_relay(&section(&text), &writer, &|_| None, &stamp());
        assert_eq!(String::from_utf8(out).unwrap(), text);
        // A host name of one word is hidden where it is a domain.
        let writer = Writer::new(ANNA, "garden", &key());
        assert!(writer.hides("ben@garden") && !writer.hides("garden"));
        assert_eq!(
            writer.private_addresses(&section(
                "To: \"ben@garden\" <oma@tox>, a@b.example\r\nSubject: oma@tox x\r\n"
            )),
            ["ben@garden", "oma@tox"]
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1024))]
        #[test]
        fn nothing_private_leaves_and_twice_changes_nothing_more(text in any_section()) {
            let header = section(&text);
            let out = for_relay(&header, &writer(), &known, &stamp());
            let again = HeaderSection::parse(&out).expect("no bare CR, LF or NUL, and fields only");
            let twice = for_relay(&again, &writer(), &known, &stamp());
            prop_assert_eq!(String::from_utf8_lossy(&twice), String::from_utf8_lossy(&out));
            let seen = String::from_utf8_lossy(&out).to_lowercase();
            for private in [ID, ID32, PEER, &key().base32(), "toxmail.local", "post.garden.example"] {
                prop_assert!(!seen.contains(&private.to_lowercase()), "{}: {}", private, seen);
            }
            for field in again.fields().filter(|f| is_address_field(f.name)) {
                for mailbox in mailboxes::list(field.value).mailboxes {
                    prop_assert!(!mailbox.address.to_lowercase().ends_with("@tox"), "{}", seen);
                    prop_assert!(!mailbox.address.to_lowercase().ends_with(".tox"), "{}", seen);
                }
            }
            // What has no reason to change is there as it was, in its order.
            let mut found = again.fields();
            for field in header.fields() {
                let plain = !words(field.raw).any(|w| writer().hides(&String::from_utf8_lossy(w)))
                    && !field.raw.windows(2).any(|w| w == b"=?");
                let stays = !is_private(&field) && !is_telltale(field.name);
                if plain && stays {
                    prop_assert!(found.any(|f| f.raw == field.raw), "{:?} in {}", field.name, seen);
                }
            }
            prop_assert!(again.fields().any(|f| f.is("To") || f.is("Cc")));
        }
    }
}
