//! Strings in answers (RFC 3501 section 4.3): quoted where they can be, as literals where not. Pure.

use std::io::Write as _;

/// Longer strings go as literals.
const LONGEST_QUOTED: usize = 1000;

/// A string.
pub fn string(out: &mut Vec<u8>, text: &[u8]) {
    let plain = text.len() <= LONGEST_QUOTED && text.iter().all(|b| matches!(b, b' '..=b'~'));
    if plain {
        out.push(b'"');
        for &octet in text {
            if octet == b'"' || octet == b'\\' {
                out.push(b'\\');
            }
            out.push(octet);
        }
        out.push(b'"');
    } else {
        // No literal may have a NUL (section 4.3.1); nobody needs one in a header.
        let _ = write!(out, "{{{}}}\r\n", text.len());
        out.extend(text.iter().map(|&b| if b == 0 { b'?' } else { b }));
    }
}

/// A string, or NIL for none.
pub fn nstring(out: &mut Vec<u8>, text: Option<&[u8]>) {
    match text {
        Some(text) => string(out, text),
        None => out.extend_from_slice(b"NIL"),
    }
}

/// Numbers as a set: `1:3,7`. They come in ascending order.
pub fn set(numbers: impl IntoIterator<Item = u32>) -> String {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for number in numbers {
        match ranges.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(number) => *last = number,
            _ => ranges.push((number, number)),
        }
    }
    set_of(&ranges)
}

/// Ranges as a set.
pub fn set_of(ranges: &[(u32, u32)]) -> String {
    let one = |&(low, high): &(u32, u32)| {
        if low == high {
            low.to_string()
        } else {
            format!("{low}:{high}")
        }
    };
    ranges.iter().map(one).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;
    use crate::imap::lexer::Lexer;
    use proptest::prelude::*;

    #[test]
    fn what_cannot_be_quoted_goes_as_a_literal() {
        let mut out = Vec::new();
        string(&mut out, b"a \"b\" \\");
        nstring(&mut out, None);
        string(&mut out, "\u{fc}".as_bytes());
        assert_eq!(out, "\"a \\\"b\\\" \\\\\"NIL{2}\r\n\u{fc}".as_bytes());
        assert_eq!(set([1, 2, 3, 7, 9, 10]), "1:3,7,9:10");
    }

    proptest! {
        #[test]
        fn every_string_is_read_as_it_was_written(text in proptest::collection::vec(1u8.., 0..60)) {
            let mut out = Vec::new();
            string(&mut out, &text);
            let mut lexer = Lexer::new(&out);
            prop_assert_eq!(lexer.string().unwrap(), text);
            prop_assert!(lexer.at_end());
        }
    }
}
