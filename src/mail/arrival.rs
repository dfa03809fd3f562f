//! The reader's side: a message from another home, and who wrote it as far as this home knows.
//!
//! The Tox key says which home. In every field that a mail program shows as the writer (`From`, `Sender`, `Reply-To`,
//! `Resent-From`, `Resent-Sender`, `Resent-Reply-To`) an address counts if it lies under that key, or if a person here has
//! confirmed it for that contact. Any other is replaced by the peer's own, and what was claimed stays to be read in
//! `X-Toxmail-Claimed-From`, `-Claimed-Reply-To` and so on. The display name is the one that this home has for the
//! address, or none: `"support@bank.example" <paul@….tox>` is a lie as well. Such a field is written anew as soon as
//! anything in it is not exactly that (comments, groups and routes too: programs differ in what they show of them), and is
//! left byte for byte otherwise.
//!
//! In all other address fields canonical addresses become the ones that people here use, only their own bytes.
//!
//! `Authentication-Results` and `X-Toxmail-*` are this home's to write: foreign ones go. A notice of another home needs no
//! rule of its own: whatever it says, it comes from that home's address.

use data_encoding::BASE64;

use super::address::{self, Meaning, canonical};
use super::departure::{MAX_HOPS, hops, is_address_field, is_one_of, is_ours, loops, replaced};
use super::header::{Field, HeaderSection};
use super::mailboxes;
use super::verdict::Reason;

/// What a mail program shows as the writer, or answers to.
const IDENTITY_FIELDS: [&str; 6] = [
    "From",
    "Sender",
    "Reply-To",
    "Resent-From",
    "Resent-Sender",
    "Resent-Reply-To",
];

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
        if is_ours(&field) || is_one_of(field.name, &["Return-Path", "Authentication-Results"]) {
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
            fields.extend(replaced(field.value, &list, &|a| reader.preferred(a)));
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

fn claim(claims: &mut Vec<u8>, field: &Field<'_>) {
    // The bytes of the field itself, folding included: they are a legal value, whatever they say.
    claims.extend_from_slice(b"X-Toxmail-Claimed-");
    claims.extend_from_slice(field.name.as_bytes());
    claims.push(b':');
    claims.extend_from_slice(field.value);
    claims.extend_from_slice(b"\r\n");
}

struct Reader<'a> {
    book: &'a dyn ArrivalBook,
    fallback: String,
}

#[derive(PartialEq, Eq)]
struct Shown {
    name: Option<String>,
    address: String,
}

impl Reader<'_> {
    fn identity(&self, field: &Field<'_>, out: &mut Vec<u8>, claims: &mut Vec<u8>) {
        let list = mailboxes::list(field.value);
        let mut shown: Vec<Shown> = Vec::new();
        let mut foreign = list.malformed || list.mailboxes.is_empty();
        let single = is_one_of(field.name, &["Sender", "Resent-Sender"]);
        let mut same = !list.decorated && field.raw.get(field.name.len()) == Some(&b':');
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

    fn preferred(&self, address: &str) -> Option<String> {
        match address::meaning(address, address::LOCAL_DOMAIN) {
            Ok(Meaning::Peer { key, local }) => {
                self.book.preferred(&canonical(local.as_deref(), &key))
            }
            _ => None,
        }
    }
}

/// A name in one line.
fn tidy(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn identity_field(name: &str, mailboxes: &[Shown]) -> Vec<u8> {
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
