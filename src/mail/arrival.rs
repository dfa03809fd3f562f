//! The reader's side: a message from another home, and who wrote it as far as this home knows.
//!
//! The Tox key says which home. In every field that a mail program shows as the writer or sends its answers and
//! acknowledgements to (`IDENTITY_FIELDS`) an address counts if it lies under that key, or if a person here has
//! confirmed it for that contact. Any other is replaced by the peer's own, and what was claimed stays to be read in
//! `X-Toxmail-Claimed-From`, `-Claimed-Reply-To` and so on. The display name is the one that this home has for the
//! address, or none: `"support@bank.example" <paul@….tox>` is a lie as well. Such a field is written anew as soon as
//! anything in it is not exactly that (comments, groups and routes too: programs differ in what they show of them), and is
//! left byte for byte otherwise.
//!
//! In all other address fields canonical addresses become the ones that people here use, only their own bytes. What only the
//! other home understands (`x@toxmail.local`, `nick@tox`; homes that keep the rules rewrite it before it leaves) would be
//! one of ours here, and answers to all would go to the wrong person: a member's address there becomes what that home should
//! have written, and a nickname an address that is nobody's.
//!
//! `Authentication-Results`, what else vouches for a writer or a way (`MARKS`), what a mail program keeps about its own copy
//! (`X-Mozilla-Status` can hide a letter from its reader) and `X-Toxmail-*` are this home's and its members' to write:
//! foreign ones go. A notice of another home needs no
//! rule of its own: whatever it says, it comes from that home's address.

use data_encoding::BASE64;

use super::address::{self, Meaning, canonical};
use super::departure::{
    MAX_HOPS, MAX_LINE, begins, hops, is_address_field, is_one_of, is_ours, loops, replaced,
};
use super::header::{Field, HeaderSection};
use super::mailboxes;
use super::verdict::Reason;

/// What a mail program shows as the writer (`Author`: RFC 9057, `Original-From`: RFC 5703), or answers to; the last three ask
/// for an acknowledgement, which is the writer's to get and nobody else's (RFC 8098 section 2.1).
pub(super) const IDENTITY_FIELDS: [&str; 12] = [
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

/// What people and programs believe about a writer, or about the way of a letter, because whoever files the message is
/// supposed to have written it: checks, envelope addresses, logins. The last three are what programs keep about their copy.
const MARKS: [&str; 25] = [
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
/// Thunderbird's notes on its own copy: read, deleted, tags.
pub(super) const NOTES_OF_A_PROGRAM: &str = "X-Mozilla-";

/// What this home knows of the sending home and of everybody else, for one message that has come in.
pub trait ArrivalBook {
    /// `<52 base32>.tox` of the key that sent the message.
    fn peer_suffix(&self) -> &str;
    /// Whether a person here has confirmed this ordinary address for that contact.
    fn may_write_as(&self, address: &str) -> bool;
    /// The name that this home has for an address of that contact.
    fn display_for(&self, address: &str) -> Option<String>;
    /// The address that people here use for a canonical one, of any contact; `None` leaves it.
    fn preferred(&self, canonical: &str) -> Option<String>;
}

/// The header section as it is filed, without the empty line. `return_path` is the envelope sender as the peer said it
/// (empty for a notice); `path` is what `X-Toxmail-Path` says.
///
/// # Errors
/// The message goes in circles.
pub fn on_arrival(
    header: &HeaderSection,
    book: &dyn ArrivalBook,
    return_path: &str,
    path: &str,
) -> Result<Vec<u8>, Reason> {
    let told = told_hops(header);
    if hops(header) >= MAX_HOPS {
        return Err(loops());
    }
    let reader = Reader {
        book,
        fallback: fallback(book, return_path),
    };
    let mut fields = Vec::with_capacity(header.bytes().len() + 256);
    let mut claims = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    for field in header.fields() {
        if is_ours(&field)
            || is_one_of(field.name, &MARKS)
            || begins(field.name, NOTES_OF_A_PROGRAM)
        {
            continue;
        }
        if is_one_of(field.name, &IDENTITY_FIELDS) {
            let name = field.name.to_ascii_lowercase();
            // One writer, one sender, one place for answers. A message may be resent several times (RFC 5322 section 3.6.6).
            let once = !name.starts_with("resent-");
            if once && seen.contains(&name) {
                claim(&mut claims, &field);
                continue;
            }
            reader.identity(&field, &mut fields, &mut claims);
            seen.push(name);
        } else if is_address_field(field.name) {
            let list = mailboxes::list(field.value);
            let head = &field.raw[..field.raw.len() - field.value.len() - 2];
            fields.extend_from_slice(head);
            fields.extend(replaced(
                field.value,
                &list,
                &|a| reader.seen_from_here(a),
                &<[u8]>::to_vec,
            ));
            fields.extend_from_slice(b"\r\n");
        } else {
            fields.extend_from_slice(field.raw);
        }
    }
    if !seen.iter().any(|name| name == "from") {
        fields.extend(identity_field("From", &[reader.own_mailbox()]));
    }
    let from = if return_path.is_empty() {
        ""
    } else {
        &reader.fallback
    };
    let mut out = return_path_field(from);
    let suffix = book.peer_suffix();
    out.extend_from_slice(
        format!(
            "Authentication-Results: toxmail.local; x-tox=pass policy.home={suffix}\r\n\
             X-Toxmail-Path: {path}\r\nX-Toxmail-Hops: {}\r\n",
            told + 1
        )
        .as_bytes(),
    );
    out.extend(claims);
    out.extend(fields);
    Ok(out)
}

/// `Return-Path` (RFC 5321 section 4.4), first of all fields. What could end the field early is left out.
pub(super) fn return_path_field(address: &str) -> Vec<u8> {
    let safe: String = address.chars().filter(|c| !c.is_control()).collect();
    format!("Return-Path: <{safe}>\r\n").into_bytes()
}

/// Hops without the trail of `Received`, which stays in the message and is counted anew wherever it goes.
fn told_hops(header: &HeaderSection) -> u32 {
    hops(header) - u32::try_from(header.named("Received").count()).unwrap_or(0)
}

/// The peer's own address where it has to stand for a foreign one: the envelope sender, if it lies under the peer's key.
fn fallback(book: &dyn ArrivalBook, return_path: &str) -> String {
    under_key(book.peer_suffix(), return_path)
        .unwrap_or_else(|| format!("{}@{}", address::MAIN_MAILBOX, book.peer_suffix()))
}

/// The canonical form of an address that lies under the key of `suffix`.
fn under_key(suffix: &str, text: &str) -> Option<String> {
    match address::meaning(text, address::LOCAL_DOMAIN) {
        Ok(Meaning::Peer { key, local }) => {
            Some(canonical(local.as_deref(), &key)).filter(|a| a.ends_with(suffix))
        }
        _ => None,
    }
}

pub(super) fn claim(claims: &mut Vec<u8>, field: &Field<'_>) {
    // The bytes of the field itself, folding included: they are a legal value, whatever they say.
    claims.extend_from_slice(b"X-Toxmail-Claimed-");
    claims.extend_from_slice(field.name.as_bytes());
    claims.push(b':');
    let first = field.value.split(|&b| b == b'\r').next().unwrap_or(b"");
    if first.len() + "X-Toxmail-Claimed-Disposition-Notification-To:".len() > MAX_LINE
        && !first.trim_ascii().is_empty()
    {
        // The longer name must not make a line of it that no program has to read.
        claims.extend_from_slice(if first.starts_with(b" ") || first.starts_with(b"\t") {
            b"\r\n"
        } else {
            b"\r\n "
        });
    }
    claims.extend_from_slice(field.value);
    claims.extend_from_slice(b"\r\n");
}

struct Reader<'a> {
    book: &'a dyn ArrivalBook,
    fallback: String,
}

#[derive(PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) name: Option<String>,
    pub(super) address: String,
}

impl Reader<'_> {
    fn identity(&self, field: &Field<'_>, out: &mut Vec<u8>, claims: &mut Vec<u8>) {
        let list = mailboxes::list(field.value);
        let mut shown: Vec<Shown> = Vec::new();
        let mut foreign = list.malformed || list.mailboxes.is_empty();
        let single = is_one_of(field.name, &["Sender", "Resent-Sender"]);
        // Encoded words, octets that are no ASCII and blank lines are read differently by different programs.
        let mut same = !list.decorated
            && field.raw.get(field.name.len()) == Some(&b':')
            && field.value.is_ascii()
            && !field.value.windows(2).any(|two| two == b"=?")
            && !has_blank_line(field.value);
        for mailbox in &list.mailboxes {
            let new = match self.own(&mailbox.address) {
                Some(own) => self.shown(&own),
                None => {
                    foreign = true;
                    self.own_mailbox()
                }
            };
            // A name that this home cannot put anything in the place of is gone: it is kept as a claim.
            foreign |= new.name.is_none() && !mailbox.name.is_empty();
            // Folding or spaces within an address: there are programs that see only the first half of it.
            same &= mailbox.span.len() == mailbox.address.len();
            same &= new.address == mailbox.address
                && new.name.as_deref().unwrap_or_default() == mailbox.name;
            if !shown.contains(&new) {
                shown.push(new);
            }
        }
        if single && shown.len() > 1 {
            shown.truncate(1);
            foreign = true;
        }
        if shown.is_empty() {
            shown.push(self.own_mailbox());
        }
        if foreign {
            claim(claims, field);
        } else if same {
            out.extend_from_slice(field.raw);
            return;
        }
        out.extend(identity_field(field.name, &shown));
    }

    /// The address under which this home knows it, if it is one of the peer's: canonical, or confirmed as it was written.
    fn own(&self, address: &str) -> Option<String> {
        under_key(self.book.peer_suffix(), address).or_else(|| {
            // Looked at as an address first: only such bytes may come into a field that is written anew.
            let legal = address::meaning(address, address::LOCAL_DOMAIN).is_ok();
            (legal && self.book.may_write_as(address)).then(|| address.to_owned())
        })
    }

    fn own_mailbox(&self) -> Shown {
        self.shown(&self.fallback)
    }

    fn shown(&self, address: &str) -> Shown {
        Shown {
            name: self
                .book
                .display_for(address)
                .map(|name| tidy(&name))
                .filter(|name| !name.is_empty()),
            address: self
                .preferred(address)
                .unwrap_or_else(|| address.to_owned()),
        }
    }

    /// What stands here for an address that is not the writer's.
    fn seen_from_here(&self, address: &str) -> Option<String> {
        let theirs = |name: &str, tag: Option<String>| {
            let local = match tag {
                Some(tag) => format!("{name}+{tag}"),
                None => name.to_owned(),
            };
            let address = format!("{local}@{}", self.book.peer_suffix());
            Some(self.preferred(&address).unwrap_or(address))
        };
        match address::meaning(address, address::LOCAL_DOMAIN) {
            Ok(Meaning::Member { name, tag }) => theirs(name.as_str(), tag),
            Ok(Meaning::Main { tag }) => theirs(address::MAIN_MAILBOX, tag),
            // `postmaster` without a domain is whoever reads it.
            Ok(Meaning::Postmaster) if address.contains('@') => theirs("postmaster", None),
            Ok(Meaning::Nickname(_)) => Some(address::NOBODY.to_owned()),
            _ => self.preferred(address),
        }
    }

    fn preferred(&self, address: &str) -> Option<String> {
        match address::meaning(address, address::LOCAL_DOMAIN) {
            Ok(Meaning::Peer { key, local }) => {
                self.book.preferred(&canonical(local.as_deref(), &key))
            }
            _ => None,
        }
    }
}

/// A line of white space alone: folding (RFC 5322 section 4.2, obsolete) to some, the end of the header to others.
fn has_blank_line(value: &[u8]) -> bool {
    value
        .split(|&b| b == b'\n')
        .skip(1)
        .any(|line| line.trim_ascii().is_empty())
}

/// A name in one line.
pub(super) fn tidy(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(super) fn identity_field(name: &str, mailboxes: &[Shown]) -> Vec<u8> {
    let list: Vec<String> = mailboxes
        .iter()
        .map(|m| match &m.name {
            Some(name) => format!("{} <{}>", phrase(name), m.address),
            None => m.address.clone(),
        })
        .collect();
    format!("{name}: {}\r\n", list.join(",\r\n ")).into_bytes()
}

/// A display name as RFC 5322 and RFC 2047 want it written.
fn phrase(name: &str) -> String {
    let atoms = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~ ".contains(c);
    if !name.is_ascii() || name.contains("=?") {
        return encoded(name);
    }
    if name.chars().all(atoms) {
        return name.to_owned();
    }
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Encoded words of at most 75 characters each (RFC 2047 section 2), none of them splitting a character.
fn encoded(name: &str) -> String {
    const OCTETS: usize = 45; // 60 in base64, and 12 around it
    let mut words = Vec::new();
    let mut word = String::new();
    for c in name.chars() {
        if word.len() + c.len_utf8() > OCTETS {
            words.push(std::mem::take(&mut word));
        }
        word.push(c);
    }
    words.push(word);
    let words: Vec<String> = words
        .iter()
        .map(|word| format!("=?UTF-8?B?{}?=", BASE64.encode(word.as_bytes())))
        .collect();
    words.join("\r\n ")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::super::departure::tests::{PEER, any_section, section};
    use super::*;
    use mail_parser::MessageParser;
    use proptest::prelude::*;

    /// The peer's people: Paul (confirmed: paul@example.org), Käthe (nickname only), the home itself; and ourselves.
    struct Book(String);
    fn book() -> Book {
        Book(format!("{PEER}.tox"))
    }
    impl ArrivalBook for Book {
        fn peer_suffix(&self) -> &str {
            &self.0
        }
        fn may_write_as(&self, address: &str) -> bool {
            ["paul@example.org", "kathe@tox"].contains(&address.to_lowercase().as_str())
        }
        fn display_for(&self, address: &str) -> Option<String> {
            let local = address.split('@').next()?;
            match (
                self.may_write_as(address) || address.ends_with(&self.0),
                local,
            ) {
                (true, "paul") => Some("Papa".into()),
                (true, "kathe") => Some("Oma Käthe, \u{1f33b}".into()),
                (true, "home") => Some("Garden \"5\"".into()),
                _ => None,
            }
        }
        fn preferred(&self, canonical: &str) -> Option<String> {
            let local = canonical.split('@').next()?;
            match (canonical.ends_with(&self.0), local) {
                (true, "paul") => Some("paul@example.org".into()),
                (true, "kathe") => Some("kathe@tox".into()),
                (false, "anna") => Some("anna@toxmail.local".into()),
                _ => None,
            }
        }
    }

    fn filed(text: &str, return_path: &str) -> String {
        String::from_utf8(on_arrival(&section(text), &book(), return_path, "direct").unwrap())
            .unwrap()
    }

    #[test]
    fn an_honest_letter_gets_the_names_of_this_home() {
        let text = format!(
            "From: Paul Dupont <paul@{PEER}.tox>\r\n\
             To: \"Anna\"\r\n <anna@777777777777777777777777777777777777777777777777777q.tox>,\r\n x@y.example\r\n\
             Cc: kathe@{PEER}.tox, who@{PEER}.tox\r\nSubject: hi\r\nX-Toxmail-Hops: 1\r\n"
        );
        assert_eq!(
            filed(&text, &format!("paul@{PEER}.tox")),
            format!(
                "Return-Path: <paul@{PEER}.tox>\r\n\
                 Authentication-Results: toxmail.local; x-tox=pass policy.home={PEER}.tox\r\n\
                 X-Toxmail-Path: direct\r\nX-Toxmail-Hops: 2\r\n\
                 From: Papa <paul@example.org>\r\n\
                 To: \"Anna\"\r\n <anna@toxmail.local>,\r\n x@y.example\r\n\
                 Cc: kathe@tox, who@{PEER}.tox\r\nSubject: hi\r\n"
            )
        );
        // Confirmed address and right name: not a byte is touched.
        let text = "From:\tPapa\r\n <paul@example.org> \r\n";
        assert!(filed(text, "").ends_with(text));
        assert!(filed(text, "").starts_with("Return-Path: <>\r\n"));
        let kathe = filed(&format!("From: kathe@{PEER}.tox\r\n"), "");
        assert!(kathe.ends_with("From: =?UTF-8?B?T21hIEvDpHRoZSwg8J+Muw==?= <kathe@tox>\r\n"));
    }

    /// What a mail program shows, by an independent reader.
    fn shown(header: &str) -> Vec<String> {
        let message = MessageParser::default().parse(header.as_bytes()).unwrap();
        let lists = [message.from(), message.sender(), message.reply_to()];
        let mut all: Vec<String> = lists
            .into_iter()
            .flatten()
            .flat_map(|list| list.clone().into_list())
            .map(|a| {
                format!(
                    "{}|{}",
                    a.name.unwrap_or_default(),
                    a.address.unwrap_or_default()
                )
            })
            .collect();
        for field in [
            "Author",
            "Original-From",
            "Resent-From",
            "Resent-Sender",
            "Resent-Reply-To",
            "Mail-Reply-To",
            "Disposition-Notification-To",
            "Return-Receipt-To",
            "X-Confirm-Reading-To",
        ] {
            for value in message.header_values(field) {
                if let mail_parser::HeaderValue::Address(list) = value {
                    all.extend(list.iter().map(|a| {
                        format!(
                            "{}|{}",
                            a.name().unwrap_or_default(),
                            a.address().unwrap_or_default()
                        )
                    }));
                }
            }
        }
        all
    }

    #[test]
    fn every_trick_ends_with_the_peers_own_address() {
        let own = format!("Garden \"5\"|home@{PEER}.tox");
        let papa = "Papa|paul@example.org".to_owned();
        for (trick, seen, claimed) in [
            ("From: bank@bank.example", &own, true),
            ("From: Bank <bank@bank.example>", &own, true),
            ("From: anna@toxmail.local", &own, true),
            ("From: Toxmail <postmaster@toxmail.local>", &own, true),
            ("From: postmaster", &own, true),
            ("From: oma@tox", &own, true),
            ("From: ", &own, true),
            ("From: G:;", &own, true),
            ("From: <>", &own, true),
            ("From: bank@bank.example <paul@PEER", &own, true),
            ("From: \"bank@bank.example\"@PEER", &own, true),
            ("From: <bank@bank.example> <paul@PEER>", &own, true),
            ("From: paul@PEER (bank@bank.example)", &papa, false),
            ("From: <@bank.example:paul@PEER>", &papa, false),
            ("From: \"bank@bank.example\" <paul@PEER>", &papa, false),
            ("From: =?utf-8?B?YmFua0BiYW5r?= <paul@PEER>", &papa, false),
            ("From: Bank: paul@PEER;", &papa, false),
            ("From : paul@PEER", &papa, false),
            (
                "From: =?utf-8?Q?bank=40bank.example=2C?= <bank@bank.example>",
                &own,
                true,
            ),
            ("From: paul@PEER\r\nFrom: bank@bank.example", &papa, true),
            ("From: bank@bank.example\r\nFROM : paul@PEER", &own, true),
            ("Subject: no from at all", &own, false),
            ("From: paul@PEER\r\nSender: bank@bank.example", &papa, true),
            (
                "From: paul@PEER\r\nSender: paul@PEER, bank@bank.example",
                &papa,
                true,
            ),
            (
                "From: paul@PEER\r\nReply-To: bank@bank.example",
                &papa,
                true,
            ),
            (
                "From: paul@PEER\r\nReply-To: paul@PEER\r\nReply-To: bank@bank.example",
                &papa,
                true,
            ),
            (
                "From: paul@PEER\r\nResent-From: bank@bank.example",
                &papa,
                true,
            ),
            (
                "From: paul@PEER\r\nResent-Sender: Bank <bank@bank.example>",
                &papa,
                true,
            ),
            ("From: paul@PEER, bank@bank.example", &papa, true),
            ("From: paul@PEER\r\nAuthor: bank@bank.example", &papa, true),
            (
                "From: paul@PEER\r\nOriginal-From: Bank <bank@bank.example>",
                &papa,
                true,
            ),
            // Read in several ways, so written anew.
            ("From: =?utf-7?Q?Papa?= <paul@PEER>", &papa, false),
            ("From: Papa\r\n \r\n <paul@example.org>", &papa, false),
            // Where a program answers, or acknowledges: to the writer, to nobody else.
            (
                "From: paul@PEER\r\nMail-Reply-To: bank@bank.example",
                &papa,
                true,
            ),
            (
                "From: paul@PEER\r\nDisposition-Notification-To: anna@toxmail.local",
                &papa,
                true,
            ),
            (
                "From: paul@PEER\r\nReturn-Receipt-To: bank@bank.example",
                &papa,
                true,
            ),
            (
                "From: paul@PEER\r\nX-Confirm-Reading-To: paul@PEER, bank@bank.example",
                &papa,
                true,
            ),
        ] {
            let text = format!("{}\r\n", trick.replace("PEER", &format!("{PEER}.tox")));
            let out = filed(&text, "");
            let found = shown(&out);
            assert_eq!(&found[0], seen, "{trick}\n{out}");
            assert!(
                found.iter().all(|f| *f == own || *f == papa),
                "{trick}\n{out}"
            );
            assert_eq!(
                out.contains("X-Toxmail-Claimed-"),
                claimed,
                "{trick}\n{out}"
            );
        }
        let out = filed(
            "From: Bank\r\n <bank@bank.example>\r\nReply-To: b@bank.example\r\n",
            "",
        );
        assert!(out.contains("X-Toxmail-Claimed-From: Bank\r\n <bank@bank.example>\r\n"));
        assert!(out.contains("X-Toxmail-Claimed-Reply-To: b@bank.example\r\n"));
        // The envelope sender tells which member of the peer it was, if it is one.
        let out = filed("From: bank@bank.example\r\n", &format!("paul@{PEER}.tox"));
        assert!(
            out.contains("\r\nFrom: Papa <paul@example.org>\r\n"),
            "{out}"
        );
        let out = filed("From: bank@bank.example\r\n", "bank@bank.example");
        assert!(
            out.starts_with(&format!("Return-Path: <home@{PEER}.tox>\r\n")),
            "{out}"
        );
        let out = filed(
            &format!("From: paul@{PEER}.tox\r\nDisposition-Notification-To: bank@bank.example\r\n"),
            "",
        );
        assert!(
            out.contains("\r\nDisposition-Notification-To: \"Garden \\\"5\\\"\" <home@"),
            "{out}"
        );
        // A name that this home does not have is not shown, and kept as a claim.
        let out = filed(&format!("From: Bank <who@{PEER}.tox>\r\n"), "");
        assert!(
            out.ends_with(&format!(
                "X-Toxmail-Claimed-From: Bank <who@{PEER}.tox>\r\nFrom: who@{PEER}.tox\r\n"
            )),
            "{out}"
        );
    }

    #[test]
    fn what_only_the_other_home_understands_is_not_taken_for_ours() {
        let ours = "777777777777777777777777777777777777777777777777777q.tox";
        for (before, after) in [
            ("anna@toxmail.local", format!("anna@{PEER}.tox")),
            (
                "Anna <ANNA+x@ToxMail.Local>",
                format!("Anna <anna+x@{PEER}.tox>"),
            ),
            ("paul@toxmail.local", "paul@example.org".into()),
            ("home@toxmail.local", format!("home@{PEER}.tox")),
            ("abuse@toxmail.local", format!("postmaster@{PEER}.tox")),
            ("oma@tox, a@b", "unknown@tox.invalid, a@b".into()),
            ("postmaster", "postmaster".into()),
            ("anna@box.example", "anna@box.example".into()),
            (&format!("anna@{ours}"), "anna@toxmail.local".into()),
        ] {
            for name in ["To", "Cc", "Resent-To", "Mail-Followup-To"] {
                let out = filed(
                    &format!("{name}: {before}\r\nFrom: paul@{PEER}.tox\r\n"),
                    "",
                );
                let field = format!("\r\n{name}: {after}\r\n");
                assert!(out.contains(&field), "{before}: {out}");
            }
        }
    }

    #[test]
    fn a_claim_makes_no_line_too_long() {
        for start in ["From: ", "From:"] {
            let text = format!("{start}{} <bank@bank.example>\r\n", "x".repeat(960));
            let out = filed(&text, "");
            assert!(out.split("\r\n").all(|line| line.len() <= 998), "{out}");
            let claimed = section(&out).text("X-Toxmail-Claimed-From").unwrap();
            assert_eq!(claimed, section(&text).text("From").unwrap());
        }
    }

    #[test]
    fn foreign_marks_go_and_circles_end() {
        let out = filed(
            &format!(
                "Authentication-Results: toxmail.local; dkim=pass\r\nX-Toxmail-Path: local\r\nReturn-Path: <x@y>\r\n\
                 X-Toxmail-Notice: 1\r\nReceived-SPF: pass (bank)\r\nBIMI-Indicator: bank\r\nbimi-location: bank\r\nReceived: x\r\nFrom: paul@{PEER}.tox\r\nARC-Seal: x\r\n\
                 X-Sender: bank\r\nX-X-Sender: bank\r\nApparently-From: bank\r\nX-Authentication-Warning: bank\r\nDelivered-To: bank\r\n\
                 X-Original-To: bank\r\nX-Mozilla-Status: 0009\r\nx-mozilla-keys: bank\r\nStatus: RO\r\nX-Keywords: bank\r\n"
            ),
            "",
        );
        for gone in [
            "dkim",
            "local\r\n",
            "x@y",
            "Notice",
            "bank",
            "0009",
            "RO\r\n",
        ] {
            assert!(!out.contains(gone), "{gone}: {out}");
        }
        assert!(out.contains("Received: x\r\n") && out.contains("ARC-Seal: x\r\n"));
        let round = section("From: a@b\r\nX-Toxmail-Hops: 50\r\n");
        let reason = on_arrival(&round, &book(), "", "direct").unwrap_err();
        assert_eq!(reason.status.to_string(), "5.4.6");
    }

    #[test]
    fn names_are_written_so_that_every_program_reads_them() {
        for (name, written) in [
            ("Oma Anna", "Oma Anna"),
            ("M. \"A\" \\", "\"M. \\\"A\\\" \\\\\""),
            ("=?utf-8?Q?x?=", "=?UTF-8?B?PT91dGYtOD9RP3g/PQ==?="),
            ("é", "=?UTF-8?B?w6k=?="),
        ] {
            assert_eq!(phrase(name), written);
        }
        let long = "é".repeat(64);
        let field = identity_field(
            "From",
            &[Shown {
                name: Some(long.clone()),
                address: "a@b".into(),
            }],
        );
        assert!(field.split(|&b| b == b'\n').all(|line| line.len() <= 100));
        assert_eq!(mailboxes::list(&field[5..]).mailboxes[0].name, long);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]
        #[test]
        fn nobody_is_impersonated_and_nothing_else_is_lost(text in any_section(), paul: bool) {
            let header = section(&text);
            let return_path = if paul { format!("paul@{PEER}.tox") } else { String::new() };
            let Ok(out) = on_arrival(&header, &book(), &return_path, "direct") else {
                return Ok(());
            };
            let filed = HeaderSection::parse(&out).expect("no bare CR, LF or NUL, and fields only");
            prop_assert_eq!(filed.named("From").count(), 1);
            prop_assert!(filed.named("Sender").count() <= 1 && filed.named("Reply-To").count() <= 1);
            let text = String::from_utf8_lossy(&out);
            for mailbox in shown(&text) {
                let (name, address) = mailbox.split_once('|').unwrap();
                prop_assert!(
                    ["paul@example.org", "kathe@tox"].contains(&address.to_lowercase().as_str())
                        || address.ends_with(&format!("@{PEER}.tox")),
                    "{} in {}", mailbox, text
                );
                prop_assert!(["", "Papa", "Oma Käthe, \u{1f33b}", "Garden \"5\""].contains(&name), "{}", text);
            }
            let other = |f: &Field<'_>| !is_ours(f)
                && !is_address_field(f.name)
                && !is_one_of(f.name, &MARKS);
            let raw = |h: &HeaderSection| -> Vec<Vec<u8>> {
                h.fields().filter(other).map(|f| f.raw.to_vec()).collect()
            };
            prop_assert_eq!(raw(&header), raw(&filed));
            // Once more: only the hops and the claims differ, and what this home says of its own to its own.
            let Ok(twice) = on_arrival(&filed, &book(), &return_path, "direct") else {
                return Ok(());
            };
            let twice = HeaderSection::parse(&twice).unwrap();
            let kept = |h: &HeaderSection| -> Vec<Vec<u8>> {
                let names_ours = |f: &Field<'_>| {
                    let list = mailboxes::list(f.value);
                    list.mailboxes.iter().any(|m| {
                        !matches!(
                            address::meaning(&m.address, address::LOCAL_DOMAIN),
                            Err(_) | Ok(Meaning::Ordinary(_) | Meaning::Peer { .. } | Meaning::FirstContact { .. })
                        )
                    })
                };
                let stable = |f: &Field<'_>| is_one_of(f.name, &IDENTITY_FIELDS) || !is_address_field(f.name);
                let expected = filed.fields().filter(|f| !is_ours(f)).map(|f| stable(&f) || !names_ours(&f));
                h.fields().filter(|f| !is_ours(f)).zip(expected).filter(|(_, same)| *same)
                    .map(|(f, _)| f.raw.to_vec()).collect()
            };
            prop_assert_eq!(kept(&filed), kept(&twice));
        }
    }
}
