//! Modified UTF-7 (RFC 3501 section 5.1.3): how names of mailboxes are written where only ASCII is understood, on the wire and in the
//! folders of a Maildir++.

use std::fmt::Write as _;

use data_encoding::BASE64_NOPAD;

/// A name in modified UTF-7. `plain` says which of the printable ASCII characters stand for themselves: all, or for a folder all but
/// the dot.
pub fn encode(name: &str, plain: impl Fn(char) -> bool) -> String {
    let plain = |c: char| matches!(c, ' '..='~') && plain(c);
    let mut out = String::new();
    let mut rest = name;
    while let Some(first) = rest.chars().next() {
        let run = rest.find(|c| plain(c) != plain(first));
        let (now, later) = rest.split_at(run.unwrap_or(rest.len()));
        if plain(first) {
            out.push_str(&now.replace('&', "&-"));
        } else {
            let units: Vec<u8> = now.encode_utf16().flat_map(u16::to_be_bytes).collect();
            let _ = write!(out, "&{}-", BASE64_NOPAD.encode(&units).replace('/', ","));
        }
        rest = later;
    }
    out
}

/// The name; `None` for what is no modified UTF-7. Whether it is the only spelling of that name, [`encode`] tells.
pub fn decode(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((plain, coded)) = rest.split_once('&') {
        out.push_str(plain);
        let (coded, later) = coded.split_once('-')?;
        if coded.is_empty() {
            out.push('&');
        } else {
            let units = BASE64_NOPAD
                .decode(coded.replace(',', "/").as_bytes())
                .ok()?;
            let units: Option<Vec<u16>> = units
                .chunks(2)
                .map(|pair| Some(u16::from_be_bytes(pair.try_into().ok()?)))
                .collect();
            out.push_str(&String::from_utf16(&units?).ok()?);
        }
        rest = later;
    }
    out.push_str(rest);
    Some(out)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_written_as_the_rfc_does() {
        for (name, wire) in [
            ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"), // RFC 3501 section 5.1.3
            ("Entwürfe", "Entw&APw-rfe"),
            ("R&D", "R&-D"),
            ("v1.2", "v1.2"),
        ] {
            assert_eq!(encode(name, |_| true), wire);
            assert_eq!(decode(wire).as_deref(), Some(name));
        }
        assert_eq!(encode("v1.2", |c| c != '.'), "v1&AC4-2");
        for broken in ["&", "&x", "&x-", "&AOk", "&2AA-"] {
            assert_eq!(decode(broken), None, "{broken}");
        }
    }

    proptest! {
        #[test]
        fn every_name_comes_back(name in any::<String>()) {
            prop_assert_eq!(decode(&encode(&name, |_| true)), Some(name.clone()));
            let folder = encode(&name, |c| c != '.');
            prop_assert!(folder.is_ascii() && !folder.contains('.'));
            prop_assert_eq!(decode(&folder), Some(name));
        }
    }
}
