//! Addresses and lists of mailboxes.

use toxmail::mail::address::{
    Meaning, canonical, folded, is_nickname, meaning, split_tag, without_nospam,
};
use toxmail::mail::mailboxes::{self, List};

const HOSTNAME: &str = "box.example";

/// What an address means does not change when it is written in the form that the home uses for it.
pub fn addresses(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let _ = split_tag(&text);
    let _ = folded(&text);
    if let Some(safe) = without_nospam(&text) {
        assert_eq!(without_nospam(&safe), None, "{safe}");
        assert!(
            !matches!(meaning(&safe, HOSTNAME), Ok(Meaning::FirstContact { .. })),
            "{safe}"
        );
    }
    let meant = match meaning(&text, HOSTNAME) {
        Ok(meant) => meant,
        Err(error) => {
            assert!(!error.0.is_empty());
            return;
        }
    };
    let again = |address: &str| {
        assert_eq!(
            meaning(address, HOSTNAME).as_ref(),
            Ok(&meant),
            "{address:?}"
        );
    };
    let tagged = |name: &str, tag: &Option<String>| match tag {
        Some(tag) => format!("{name}+{tag}@toxmail.local"),
        None => format!("{name}@toxmail.local"),
    };
    match &meant {
        Meaning::Member { name, tag } => again(&tagged(name.as_str(), tag)),
        Meaning::Main { tag } => again(&tagged("home", tag)),
        Meaning::Postmaster => again("postmaster@toxmail.local"),
        Meaning::Answer(letters) => {
            let address = format!("answer+{letters}@toxmail.local");
            again(&address);
            assert_is_harmless(&address);
        }
        Meaning::Nickname(nickname) => {
            assert!(is_nickname(split_tag(nickname).0));
            again(&format!("{nickname}@tox"));
        }
        Meaning::Peer { key, local } => {
            let address = canonical(local.as_deref(), key);
            again(&address);
            assert_is_harmless(&address);
        }
        Meaning::FirstContact { id, local } => {
            let local = local.as_deref().unwrap_or("home");
            again(&format!("{local}@{}.tox", id.base32()));
            if local == "home" {
                again(&format!("{id}@tox"));
            }
            // What would leave the home in its place.
            assert_is_harmless(&canonical(Some(local), &id.key()));
        }
        Meaning::Ordinary(address) => {
            again(address);
            assert!(!address.chars().any(char::is_control));
        }
    }
}

/// An address that can stand in a header field as it is: one mailbox, itself.
fn assert_is_harmless(address: &str) {
    let list = mailboxes::list(address.as_bytes());
    assert!(!list.malformed && !list.decorated, "{address:?}");
    assert_eq!(list.mailboxes.len(), 1, "{address:?}");
    assert_eq!(list.mailboxes[0].address, address);
}

/// The spans are where the addresses are: other addresses in their places make the same list of other addresses.
pub fn mailboxes(data: &[u8]) {
    // A field's value has no bare line ends and no NUL: HeaderSection refuses those.
    let value: Vec<u8> = data
        .iter()
        .copied()
        .filter(|b| !matches!(b, 0 | b'\r' | b'\n'))
        .collect();
    let list = mailboxes::list(&value);
    let mut done = 0;
    let mut other = Vec::new();
    for mailbox in &list.mailboxes {
        assert!(
            mailbox.span.start >= done && mailbox.span.end > mailbox.span.start,
            "{list:?}"
        );
        assert!(!mailbox.address.is_empty());
        assert!(!mailbox.address.contains(['\r', '\n']));
        other.extend_from_slice(&value[done..mailbox.span.start]);
        other.extend_from_slice(b"x@y.example");
        done = mailbox.span.end;
    }
    other.extend_from_slice(&value[done..]);
    let replaced = mailboxes::list(&other);
    assert_eq!(
        replaced.mailboxes.len(),
        list.mailboxes.len(),
        "{list:?}\n{replaced:?}"
    );
    assert_eq!(replaced.malformed, list.malformed, "{list:?}\n{replaced:?}");
    for (after, before) in replaced.mailboxes.iter().zip(&list.mailboxes) {
        assert_eq!(after.address, "x@y.example", "{list:?}\n{replaced:?}");
        assert_eq!(after.name, before.name, "{list:?}\n{replaced:?}");
    }
    agrees_with_another_reader(&value, &list);
}

/// Where nothing but mailboxes and commas was found, another reader finds the same addresses: a mail program will not show
/// a writer whom the home did not see.
fn agrees_with_another_reader(value: &[u8], list: &List) {
    if list.malformed || list.decorated || list.mailboxes.is_empty() || !value.is_ascii() {
        return;
    }
    // Quoted local parts are written in more than one way; domain literals the other reader does not know.
    if value.contains(&b'[')
        || value.contains(&b'"')
        || value.contains(&b'\\')
        || value.windows(2).any(|two| two == b"=?")
    {
        return;
    }
    let field = [b"From: ", value, b"\r\n\r\n"].concat();
    let Some(message) = mail_parser::MessageParser::new().parse_headers(&field) else {
        panic!(
            "{:?} is no message to another reader",
            value.escape_ascii().to_string()
        );
    };
    let theirs: Vec<String> = message
        .from()
        .map(|from| {
            from.iter()
                .filter_map(|a| a.address())
                .map(squeezed)
                .collect()
        })
        .unwrap_or_default();
    let ours: Vec<String> = list
        .mailboxes
        .iter()
        .map(|m| squeezed(&m.address))
        .collect();
    assert_eq!(ours, theirs, "{}", value.escape_ascii());
}

/// White space around dots and at signs means nothing (RFC 5322 section 4.4).
fn squeezed(address: &str) -> String {
    address.chars().filter(|c| !c.is_whitespace()).collect()
}
