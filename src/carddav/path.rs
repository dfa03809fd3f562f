//! What the address of a request names. Pure.

use crate::mail::address::MemberName;

/// The folder of everything here.
pub const ROOT: &str = "/carddav/";
/// The address book's own name in it.
const BOOK: &str = "toxmail";
/// Longest name of a card, in bytes.
const MAX_NAME: usize = 255;

/// What there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Where a program begins that knows the host only (RFC 6764 section 5).
    WellKnown,
    /// The folder of all members.
    Root,
    /// A member: the principal, and the home of their address book.
    Home(MemberName),
    /// Their address book.
    Book(MemberName),
    /// A card in it, by its name.
    Card(MemberName, String),
}

/// Whether a path is the address books', on a port that serves other things as well.
pub fn is_ours(path: &str) -> bool {
    let path = path.strip_suffix('/').unwrap_or(path);
    matches!(path, "/.well-known/carddav" | "/carddav") || path.starts_with(ROOT)
}

impl Place {
    /// What a path names; `None` for anything that is not there, or not written as it should be.
    pub fn of(path: &str) -> Option<Self> {
        if path == "/.well-known/carddav" || path == "/.well-known/carddav/" {
            return Some(Self::WellKnown);
        }
        if path == "/" {
            return Some(Self::Root);
        }
        let path = path.strip_prefix('/')?;
        let path = path.strip_suffix('/').unwrap_or(path);
        let names: Option<Vec<String>> = path.split('/').map(name).collect();
        let names = names?;
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        match names[..] {
            ["carddav"] => Some(Self::Root),
            ["carddav", member] => Some(Self::Home(member.parse().ok()?)),
            ["carddav", member, BOOK] => Some(Self::Book(member.parse().ok()?)),
            ["carddav", member, BOOK, card] => {
                Some(Self::Card(member.parse().ok()?, card.to_owned()))
            }
            _ => None,
        }
    }

    /// Whose it is; nobody's is everybody's.
    pub fn member(&self) -> Option<&MemberName> {
        match self {
            Self::WellKnown | Self::Root => None,
            Self::Home(member) | Self::Book(member) | Self::Card(member, _) => Some(member),
        }
    }

    /// How it is written.
    pub fn href(&self) -> String {
        match self {
            Self::WellKnown => "/.well-known/carddav".to_owned(),
            Self::Root => ROOT.to_owned(),
            Self::Home(member) => format!("{ROOT}{member}/"),
            Self::Book(member) => format!("{ROOT}{member}/{BOOK}/"),
            Self::Card(member, card) => format!("{ROOT}{member}/{BOOK}/{}", encoded(card)),
        }
    }
}

/// A part of a path as it is meant (RFC 3986 section 2.1); `None` where it could mean another place.
fn name(part: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = part.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        rest = more;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let digits = rest.get(..2)?;
        if !digits.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
        rest = &rest[2..];
    }
    let name = String::from_utf8(bytes).ok()?;
    let is_harmless = !matches!(name.as_str(), "" | "." | "..")
        && name.len() <= MAX_NAME
        && !name
            .chars()
            .any(|c| c.is_control() || matches!(c, '/' | '\\'));
    is_harmless.then_some(name)
}

fn encoded(name: &str) -> String {
    let mut out = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~@".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_found_again_by_its_address() {
        let anna: MemberName = "anna".parse().unwrap();
        for place in [
            Place::WellKnown,
            Place::Root,
            Place::Home(anna.clone()),
            Place::Book(anna.clone()),
            Place::Card(anna.clone(), "a b%2f&<é>.vcf".into()),
        ] {
            assert_eq!(Place::of(&place.href()), Some(place.clone()), "{place:?}");
        }
        assert_eq!(Place::of("/"), Some(Place::Root));
        assert_eq!(Place::of("/carddav/anna"), Some(Place::Home(anna)));
    }

    #[test]
    fn no_path_leads_out() {
        for path in [
            "",
            "x",
            "//",
            "/carddav//anna/",
            "/carddav/../anna/",
            "/carddav/%2e%2e/toxmail/x.vcf",
            "/carddav/anna/toxmail/..",
            "/carddav/anna/toxmail/%2E",
            "/carddav/anna/toxmail/a%2Fb",
            "/carddav/anna/toxmail/a%5Cb",
            "/carddav/anna/toxmail/a%00b",
            "/carddav/anna/toxmail/%c0%af",
            "/carddav/anna/toxmail/%2",
            "/carddav/anna/toxmail/%+1",
            "/carddav/anna/toxmail/x/y",
            "/carddav/anna/other/x.vcf",
            "/carddav/no one/",
            "/etc/passwd",
        ] {
            assert_eq!(Place::of(path), None, "{path}");
        }
        let long = format!("/carddav/anna/toxmail/{}", "x".repeat(256));
        assert_eq!(Place::of(&long), None);
    }
}
