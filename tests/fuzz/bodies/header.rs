//! Header rewriting, both ways.

use std::io::{BufRead, BufReader, Read};

use toxmail::mail::address::{LOCAL_DOMAIN, Meaning, PeerKey, ToxId, canonical, meaning};
use toxmail::mail::header::{
    AddressBook, ArrivalBook, Field, HeaderSection, MAX_FIELDS, MAX_SECTION, Stamp, addresses,
    check_submission, for_home, for_relay, for_tox, on_arrival,
};
use toxmail::mail::mailboxes;
use toxmail::mail::ordinary::Writer;

/// Anna's home.
const OURS: &str = "777777777777777777777777777777777777777777777777777q";
/// Paul's home, which writes to us or is written to.
const PEER: &str = "aaaqeayeaudaocajbifqydiob4ibceqtcqkrmfyydenbwha5dypq";
/// Paul's ordinary address, which a person here has confirmed.
const CONFIRMED: &str = "paul@work.example";

const ADDRESS_FIELDS: [&str; 18] = [
    "From",
    "Sender",
    "Author",
    "Original-From",
    "Reply-To",
    "Mail-Reply-To",
    "Resent-From",
    "Resent-Sender",
    "Resent-Reply-To",
    "Disposition-Notification-To",
    "Return-Receipt-To",
    "X-Confirm-Reading-To",
    "To",
    "Cc",
    "Resent-To",
    "Resent-Cc",
    "Mail-Followup-To",
    "Errors-To",
];
/// The first of them: they name the writer, or where answers and acknowledgements go.
const IDENTITIES: usize = 12;
/// Fields that stay at home, some of them.
const PRIVATE: [&str; 8] = [
    "Bcc",
    "Resent-Bcc",
    "Received",
    "User-Agent",
    "X-Mailer",
    "X-Originating-IP",
    "Return-Path",
    "Authentication-Results",
];

fn stamp() -> Stamp {
    Stamp {
        date: "Thu, 5 Nov 2026 10:00:00 +0100".into(),
        message_id: "<new@toxmail.local>".into(),
    }
}

/// The address table: every Tox form has a canonical one, Anna is ours, `oma` a nickname.
struct Book;

impl AddressBook for Book {
    fn canonical_of(&self, address: &str) -> Option<String> {
        match meaning(address, "box.example").ok()? {
            Meaning::Peer { key, local } => Some(canonical(local.as_deref(), &key)),
            Meaning::FirstContact { id, local } => Some(canonical(local.as_deref(), &id.key())),
            Meaning::Member { name, .. } => Some(format!("{name}@{OURS}.tox")),
            Meaning::Main { .. } => Some(format!("home@{OURS}.tox")),
            Meaning::Nickname(name) if name == "oma" => Some(format!("home@{PEER}.tox")),
            _ => None,
        }
    }
}

/// The header section of a message, read as the home reads it, and that what follows is the body, every byte of it.
fn read(data: &[u8]) -> Option<HeaderSection> {
    let mut whole = BufReader::with_capacity(64, data);
    let header = HeaderSection::read(&mut whole).unwrap().ok()?;
    let mut body = Vec::new();
    whole.read_to_end(&mut body).unwrap();
    assert!(whole.fill_buf().unwrap().is_empty());
    assert!(data.ends_with(&body));
    let section = &data[..data.len() - body.len()];
    assert!(header.bytes().len() <= MAX_SECTION && header.fields().count() <= MAX_FIELDS);
    // Every byte of the section is in exactly one field.
    let fields: Vec<u8> = header.fields().flat_map(|f| f.raw.to_vec()).collect();
    assert_eq!(fields, header.bytes());
    assert!(
        section == header.bytes()
            || section.strip_suffix(b"\r\n") == Some(header.bytes())
            || body.is_empty()
    );
    Some(header)
}

fn is_one_of(field: &Field<'_>, names: &[&str]) -> bool {
    names.iter().any(|name| field.is(name))
}

/// The writer's side.
pub fn departure(data: &[u8]) {
    let Some(header) = read(data) else { return };
    let owns = |address: &str| address.eq_ignore_ascii_case("anna@toxmail.local");
    let accepted = check_submission(&header, &owns);
    if let Err(reason) = &accepted {
        assert!(!reason.text.is_empty());
    } else {
        assert_eq!(header.named("From").count(), 1);
        assert!(header.named("Sender").count() <= 1);
        for field in header
            .fields()
            .filter(|f| is_one_of(f, &["From", "Sender", "Resent-From", "Resent-Sender"]))
        {
            let list = mailboxes::list(field.value);
            assert!(!list.malformed && !list.mailboxes.is_empty());
            assert!(list.mailboxes.iter().all(|m| owns(&m.address)));
        }
    }
    let _ = addresses(&header);
    on_the_ordinary_route(&header);

    let sent = for_tox(&header, &Book, &stamp());
    assert_no_line_escapes(&sent);
    let Ok(again) = HeaderSection::parse(&sent) else {
        // The dates and names that were added may make it a little too long.
        assert!(sent.len() > MAX_SECTION || header.fields().count() + 4 > MAX_FIELDS);
        return;
    };
    assert_eq!(
        for_tox(&again, &Book, &stamp()).escape_ascii().to_string(),
        sent.escape_ascii().to_string()
    );
    for field in again.fields() {
        assert!(!is_one_of(&field, &PRIVATE), "{}", field.raw.escape_ascii());
        if is_one_of(&field, &ADDRESS_FIELDS) {
            assert_no_nospam(&field);
        }
    }
    for name in ["Date", "Message-ID"] {
        assert!(again.named(name).next().is_some());
    }
    for name in ADDRESS_FIELDS {
        assert_eq!(again.named(name).count(), header.named(name).count());
    }
    // All that is neither an address nor private is there, in its order, with its bytes.
    let ours = |f: &Field<'_>| {
        f.name
            .get(..10)
            .is_some_and(|n| n.eq_ignore_ascii_case("X-Toxmail-"))
    };
    let plain = |h: &HeaderSection| -> Vec<Vec<u8>> {
        let kept = [
            "Subject",
            "Date",
            "Message-ID",
            "Content-Type",
            "References",
            "List-Id",
            "DKIM-Signature",
        ];
        h.fields()
            .filter(|f| is_one_of(f, &kept) && !ours(f))
            .map(|f| f.raw.to_vec())
            .collect()
    };
    assert!(plain(&again).starts_with(&plain(&header)));

    if let Ok(filed) = for_home(&header, "anna@toxmail.local", &stamp()) {
        assert_no_line_escapes(&filed);
        if let Ok(filed) = HeaderSection::parse(&filed) {
            assert_eq!(
                filed.named("Bcc").count() + filed.named("Resent-Bcc").count(),
                0
            );
            assert_eq!(filed.named("Return-Path").count(), 1);
            assert_eq!(filed.named("X-Toxmail-Path").count(), 1);
            assert_eq!(filed.named("X-Toxmail-Hops").count(), 1);
            assert_eq!(filed.named("Authentication-Results").count(), 0);
        }
    }
}

fn assert_no_nospam(field: &Field<'_>) {
    let shown = field.raw.escape_ascii();
    for mailbox in mailboxes::list(field.value).mailboxes {
        let meant = meaning(&mailbox.address, "box.example");
        assert!(
            !matches!(meant, Ok(Meaning::FirstContact { .. })),
            "{shown}"
        );
    }
    let mut rest = field.value;
    while let Some(start) = rest.iter().position(u8::is_ascii_alphanumeric) {
        let length = rest[start..]
            .iter()
            .take_while(|b| b.is_ascii_alphanumeric())
            .count();
        let (run, after) = rest[start..].split_at(length);
        let text = String::from_utf8_lossy(run);
        assert!(text.parse::<ToxId>().is_err(), "{shown}");
        let in_domain = after
            .get(..4)
            .is_some_and(|dot| dot.eq_ignore_ascii_case(b".tox"));
        assert!(!in_domain || ToxId::from_base32(&text).is_err(), "{shown}");
        rest = after;
    }
}

/// Every line is a field or the continuation of one, and no line is empty: nothing that was rewritten could begin the body.
fn assert_no_line_escapes(section: &[u8]) {
    assert!(section.ends_with(b"\r\n"));
    assert!(!section.windows(4).any(|four| four == b"\r\n\r\n") && !section.starts_with(b"\r\n"));
    for (at, &byte) in section.iter().enumerate() {
        assert_ne!(byte, 0);
        assert!(byte != b'\n' || at > 0 && section[at - 1] == b'\r');
        assert!(byte != b'\r' || section.get(at + 1) == Some(&b'\n'));
    }
}

/// What this home knows of Paul's home.
struct Peer(String);

impl ArrivalBook for Peer {
    fn peer_suffix(&self) -> &str {
        &self.0
    }
    fn may_write_as(&self, address: &str) -> bool {
        address.eq_ignore_ascii_case(CONFIRMED)
    }
    fn display_for(&self, address: &str) -> Option<String> {
        (address.starts_with("paul@")).then(|| "Paul, \u{e0} la \"maison\"".into())
    }
    fn preferred(&self, address: &str) -> Option<String> {
        (address == format!("paul@{PEER}.tox")).then(|| CONFIRMED.into())
    }
}

/// Whether somebody at the peer may be shown with this address.
fn is_theirs(address: &str) -> bool {
    let peer = PeerKey::from_base32(PEER).unwrap();
    address.eq_ignore_ascii_case(CONFIRMED)
        || matches!(meaning(address, LOCAL_DOMAIN), Ok(Meaning::Peer { key, .. }) if key == peer)
}

/// The reader's side: whatever a peer writes, nobody but the peer is shown as its writer.
pub fn arrival(data: &[u8]) {
    let Some(header) = read(data) else { return };
    let book = Peer(format!("{PEER}.tox"));
    // The envelope sender is the peer's to choose as well: the first line of the message.
    let line = data.split(|b| *b == b'\r').next().unwrap_or_default();
    let claimed = String::from_utf8_lossy(line)
        .chars()
        .take(80)
        .collect::<String>();
    let own = format!("paul@{PEER}.tox");
    for return_path in ["", own.as_str(), claimed.as_str()] {
        let Ok(filed) = on_arrival(&header, &book, return_path, "tox") else {
            continue;
        };
        assert_no_line_escapes(&filed);
        let Ok(filed) = HeaderSection::parse(&filed) else {
            assert!(filed.len() > MAX_SECTION || header.fields().count() + 8 > MAX_FIELDS);
            continue;
        };
        assert_is_the_peers(&filed);
        // What was written anew is legal by the same rules.
        if let Ok(again) = on_arrival(&filed, &book, return_path, "tox")
            && let Ok(again) = HeaderSection::parse(&again)
        {
            let ours = |f: &Field<'_>| {
                f.name
                    .get(..10)
                    .is_some_and(|n| n.eq_ignore_ascii_case("X-Toxmail-"))
            };
            let kept = |h: &HeaderSection| -> Vec<Vec<u8>> {
                let fields = h.fields().filter(|f| !ours(f));
                fields.map(|f| f.raw.to_vec()).collect()
            };
            let (once, twice) = (kept(&filed), kept(&again));
            assert_eq!(once.len(), twice.len());
            for ((field, once), twice) in filed.fields().filter(|f| !ours(f)).zip(&once).zip(&twice)
            {
                // What this home says of its own people would be others' word the second time.
                let stays = is_one_of(&field, &ADDRESS_FIELDS[..IDENTITIES]) || !names_us(&field);
                assert!(
                    !stays || once == twice,
                    "{} of {}",
                    once.escape_ascii(),
                    header.bytes().escape_ascii()
                );
            }
        }
    }
}

/// Whether somebody stands in a field under an address that only one home understands.
fn names_us(field: &Field<'_>) -> bool {
    mailboxes::list(field.value).mailboxes.iter().any(|m| {
        matches!(
            meaning(&m.address, LOCAL_DOMAIN),
            Ok(Meaning::Member { .. }
                | Meaning::Main { .. }
                | Meaning::Postmaster
                | Meaning::Nickname(_))
        )
    })
}

fn assert_is_the_peers(filed: &HeaderSection) {
    let shown = filed.bytes().escape_ascii();
    assert_eq!(filed.named("From").count(), 1, "{shown}");
    assert!(filed.named("Sender").count() <= 1, "{shown}");
    assert!(filed.named("Reply-To").count() <= 1, "{shown}");
    for name in [
        "Return-Path",
        "Authentication-Results",
        "X-Toxmail-Path",
        "X-Toxmail-Hops",
    ] {
        assert_eq!(filed.named(name).count(), 1, "{name} in {shown}");
    }
    assert!(filed.fields().next().is_some_and(|f| f.is("Return-Path")));
    let path = filed.text("Return-Path").unwrap();
    assert!(
        path == "<>" || is_theirs(path.trim_matches(['<', '>'])),
        "{shown}"
    );
    for name in &ADDRESS_FIELDS[..IDENTITIES] {
        assert!(
            name.starts_with("Resent-") || filed.named(name).count() <= 1,
            "{shown}"
        );
        for field in filed.named(name) {
            let list = mailboxes::list(field.value);
            assert!(!list.malformed && !list.mailboxes.is_empty(), "{shown}");
            for mailbox in &list.mailboxes {
                assert!(is_theirs(&mailbox.address), "{mailbox:?} in {shown}");
                let known = mailbox.address.starts_with("paul@")
                    || mailbox.address.eq_ignore_ascii_case(CONFIRMED);
                assert!(
                    mailbox.name.is_empty()
                        || (known && mailbox.name == "Paul, \u{e0} la \"maison\""),
                    "{mailbox:?} in {shown}"
                );
            }
        }
    }
    for name in &ADDRESS_FIELDS[..IDENTITIES] {
        assert_another_reader_sees(filed.bytes(), name, &is_theirs);
    }
    // Nobody of ours is in it by the word of another home: only canonical addresses become our members.
    for field in filed.fields() {
        let is_list = is_one_of(&field, &ADDRESS_FIELDS[IDENTITIES..]);
        assert!(!is_list || !names_us(&field), "{shown}");
    }
}

/// A mail program reads the field with rules of its own; it must not see anybody else either.
fn assert_another_reader_sees(section: &[u8], name: &str, legal: &dyn Fn(&str) -> bool) {
    let whole = [section, b"\r\n"].concat();
    let Some(message) = mail_parser::MessageParser::new().parse_headers(&whole) else {
        return;
    };
    for address in message
        .header_values(name)
        .filter_map(|value| value.as_address())
        .flat_map(|list| list.iter())
        .filter_map(|a| a.address())
    {
        assert!(
            legal(address),
            "another reader sees {address:?} in {name} of {}",
            section.escape_ascii()
        );
    }
}

/// What a provider sees: a section again, the same at the second time, and nothing of the home in any field but those that
/// the body speaks of.
fn on_the_ordinary_route(header: &HeaderSection) {
    let key = PeerKey::from_base32(OURS).unwrap_or(PeerKey::from_bytes([0xff; 32]));
    let writer = Writer::new("anna@example.org", "garden.example", &key);
    let book = |address: &str| {
        let known = address.eq_ignore_ascii_case("oma@tox");
        known.then(|| "grandma@example.com".to_owned())
    };
    let stamp = Stamp {
        message_id: writer.message_id("new"),
        ..stamp()
    };
    let _ = writer.private_addresses(header);
    let sent = for_relay(header, &writer, &book, &stamp);
    assert_no_line_escapes(&sent);
    let Ok(again) = HeaderSection::parse(&sent) else {
        assert!(sent.len() > MAX_SECTION || header.fields().count() + 5 > MAX_FIELDS);
        return;
    };
    assert_eq!(
        for_relay(&again, &writer, &book, &stamp)
            .escape_ascii()
            .to_string(),
        sent.escape_ascii().to_string()
    );
    for field in again.fields() {
        assert!(!is_one_of(&field, &PRIVATE), "{}", field.raw.escape_ascii());
        let is_content = field
            .name
            .get(..8)
            .is_some_and(|n| n.eq_ignore_ascii_case("Content-"));
        let seen = field.text().to_ascii_lowercase();
        for private in [LOCAL_DOMAIN, &key.base32()] {
            assert!(
                is_content || !seen.contains(private),
                "{}",
                field.raw.escape_ascii()
            );
        }
    }
    assert!(again.fields().any(|f| f.is("To") || f.is("Cc")));
}
