//! Mailbox names on the wire: modified UTF-7 (RFC 3501 section 5.1.3) or UTF-8, and the patterns of LIST. Pure.

use super::command::Name;
use crate::mail::utf7;

/// What parts the levels of a name.
pub const SEPARATOR: char = '/';

/// Longest pattern of LIST and LSUB with its reference, in octets: no name is longer than 240.
pub const MAX_PATTERN: usize = 1000;
/// Most patterns of one LIST.
pub const MAX_PATTERNS: usize = 100;
/// All patterns of one LIST together, each with the reference, in octets.
pub const MAX_PATTERNS_TOGETHER: usize = 4000;

/// How names are written in this session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Spelling {
    /// Modified UTF-7: a client that knows IMAP4rev1 only.
    #[default]
    Utf7,
    /// UTF-8: after ENABLE IMAP4rev2 or UTF8=ACCEPT.
    Utf8,
}

/// The name that a client wrote, as text. `None` for what is neither of the two spellings.
pub fn read(name: &Name, spelling: Spelling) -> Option<String> {
    let text = std::str::from_utf8(&name.0).ok()?;
    match spelling {
        Spelling::Utf8 => Some(text.to_owned()),
        // Two spellings of one name are not permitted: no superfluous shift, and nothing in base64 that is plain.
        Spelling::Utf7 => utf7::decode(text).filter(|name| utf7::encode(name, |_| true) == text),
    }
}

/// A name as it is written to a client, quoted where it must be.
pub fn written(name: &str, spelling: Spelling) -> String {
    let text = match spelling {
        Spelling::Utf8 => name.to_owned(),
        Spelling::Utf7 => utf7::encode(name, |_| true),
    };
    quoted(&text)
}

/// A text without line ends as a quoted string.
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        if c == '"' || c == '\\' {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
    out
}

/// Whether a name fits a pattern: `*` is anything, `%` anything without a separator (RFC 3501 section 6.3.8). INBOX is the
/// same in upper and lower case. The work is the length of the one times that of the other.
pub fn fits(name: &str, pattern: &str) -> bool {
    reached(name, pattern).last() == Some(&true)
}

/// The names above this one that fit a pattern.
pub fn above<'a>(name: &'a str, pattern: &str) -> Vec<&'a str> {
    let row = reached(name, pattern);
    let letters = name.char_indices().zip(row);
    let cuts = letters.filter(|((_, c), fits)| *c == SEPARATOR && *fits);
    cuts.map(|((at, _), _)| &name[..at]).collect()
}

/// Whether a pattern fits the first so many characters of a name; nothing where it fits none.
fn reached(name: &str, pattern: &str) -> Vec<bool> {
    let name: Vec<char> = name.chars().collect();
    let inbox: Vec<char> = "INBOX".chars().collect();
    let in_inbox = name.starts_with(&inbox) && name.get(5).is_none_or(|c| *c == SEPARATOR);
    // row[i]: whether the pattern so far fits the first i characters.
    let mut row = vec![false; name.len() + 1];
    let mut next = row.clone();
    row[0] = true;
    let mut before = None;
    for p in pattern.chars() {
        // `**` is `*`.
        if p == '*' && before == Some('*') {
            continue;
        }
        before = Some(p);
        let mut any = false;
        match p {
            '*' | '%' => {
                let mut open = false;
                for i in 0..=name.len() {
                    if i > 0 && p == '%' && name[i - 1] == SEPARATOR {
                        open = false;
                    }
                    open |= row[i];
                    next[i] = open;
                    any |= open;
                }
            }
            c => {
                next[0] = false;
                for i in 0..name.len() {
                    let same =
                        name[i] == c || in_inbox && i < 5 && name[i].eq_ignore_ascii_case(&c);
                    next[i + 1] = row[i] && same;
                    any |= next[i + 1];
                }
            }
        }
        if !any {
            return Vec::new();
        }
        std::mem::swap(&mut row, &mut next);
    }
    row
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_modified_utf_7_as_in_rfc_3501_section_5_1_3() {
        let name = "~peter/mail/\u{53f0}\u{5317}/\u{65e5}\u{672c}\u{8a9e}";
        let wire = "~peter/mail/&U,BTFw-/&ZeVnLIqe-";
        assert_eq!(written(name, Spelling::Utf7), format!("\"{wire}\""));
        assert_eq!(read(&Name(wire.into()), Spelling::Utf7).unwrap(), name);
        assert_eq!(written("a&b", Spelling::Utf7), "\"a&-b\"");
        assert_eq!(
            written("Entw\u{fc}rfe \"x\"", Spelling::Utf8),
            "\"Entw\u{fc}rfe \\\"x\\\"\""
        );
        for other in [
            "&Jjo",
            "&U,BTFw-&ZeVnLIqe-",
            "bad&AGE-",
            "&AGE",
            "&Jjp-",
            "\u{fc}",
        ] {
            assert_eq!(read(&Name(other.into()), Spelling::Utf7), None, "{other}");
        }
        assert_eq!(read(&Name(vec![0xff]), Spelling::Utf8), None);
    }

    #[test]
    fn a_percent_sign_stops_at_a_separator_and_a_star_does_not() {
        for (name, pattern, wanted) in [
            ("Archive", "%", true),
            ("Archive/2026", "%", false),
            ("Archive/2026", "*", true),
            ("Archive/2026", "Archive/%", true),
            ("Archive/2026/May", "Archive/%", false),
            ("Archive/2026/May", "%/%/%", true),
            ("INBOX", "inbox", true),
            ("INBOX/x", "inbox/%", true),
            ("INBOXES", "inbox*", false),
            ("Sent", "sent", false),
            ("a", "", false),
            ("abc", "*c", true),
            ("abc", "a%c*", true),
            ("abc", "***d", false),
        ] {
            assert_eq!(fits(name, pattern), wanted, "{name} {pattern}");
        }
        assert_eq!(above("a/b\u{fc}/c", "%"), ["a"]);
        assert_eq!(above("a/b\u{fc}/c", "*"), ["a", "a/b\u{fc}"]);
        assert_eq!(above("INBOX/a/b", "inbox*"), ["INBOX", "INBOX/a"]);
        assert_eq!(above("a/b", "c%"), [""; 0]);
    }

    proptest! {
        #[test]
        fn a_name_comes_back_from_either_spelling(name in "[^\\x00-\\x1f\\x7f]{0,20}") {
            for spelling in [Spelling::Utf7, Spelling::Utf8] {
                let wire = written(&name, spelling);
                let mut lexer = crate::imap::lexer::Lexer::new(wire.as_bytes());
                let raw = Name(lexer.astring().unwrap());
                prop_assert_eq!(read(&raw, spelling).unwrap(), name.clone());
            }
        }
    }
}
