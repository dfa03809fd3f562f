//! Which bytes of an address field are addresses (RFC 5322 section 3.4, with the obsolete forms of section 4.4).
//!
//! A reader of its own, because rewriting needs exact spans: everything around an address stays as it is. It takes
//! groups, comments in any place, quoted pairs, routes, domain literals, 8-bit octets and empty elements. What it cannot
//! make out is reported ([`List::malformed`]), not guessed: two mail programs may see two different writers in it.

use std::ops::Range;

use mail_parser::parsers::MessageStream;

/// Mailboxes of one field that are looked at: what a hostile header makes of memory has an end.
const MAX_MAILBOXES: usize = 5_000;
/// Comments inside comments; deeper is nobody's mail program.
const MAX_DEPTH: usize = 16;

/// The addresses of one field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    /// In their order, members of groups among them.
    pub mailboxes: Vec<Mailbox>,
    /// More than mailboxes and commas: comments, groups, routes, empty elements.
    pub decorated: bool,
    /// Some of it could not be made out.
    pub malformed: bool,
}

/// One mailbox of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    /// The display name before the angle bracket, decoded; empty if there is none.
    pub name: String,
    /// The address, without comments, folding and route.
    pub address: String,
    /// The bytes to replace for another address: from the first octet of the local part to the last of the domain, and
    /// the route before it.
    pub span: Range<usize>,
    /// All of it: from the display name to the closing bracket.
    pub element: Range<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Atom,
    Quoted,
    Literal,
    Special(u8),
}

#[derive(Clone, Debug)]
struct Token {
    kind: Kind,
    // u32: a header section is far shorter, and there can be one token for each octet of it.
    start: u32,
    end: u32,
    /// White space or a comment before it.
    apart: bool,
}

impl Token {
    fn is(&self, special: u8) -> bool {
        self.kind == Kind::Special(special)
    }

    fn span(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// Reads the value of an address field.
pub fn list(value: &[u8]) -> List {
    let mut list = List::default();
    let Some(tokens) = tokens(value, &mut list.decorated) else {
        list.malformed = true;
        return list;
    };
    let mut group = false;
    let mut rest = &tokens[..];
    loop {
        // One element: up to the comma, or the semicolon of a group, outside angle brackets.
        let mut angle = false;
        let end = rest.iter().position(|token| {
            match token.kind {
                Kind::Special(b'<') => angle = true,
                Kind::Special(b'>') => angle = false,
                _ => {}
            }
            !angle && (token.is(b',') || token.is(b';'))
        });
        let mut element = &rest[..end.unwrap_or(rest.len())];
        if let Some(colon) = group_name(element) {
            list.decorated = true;
            list.malformed |= group;
            group = true;
            element = &element[colon + 1..];
            // `Friends:;` and `Friends: ,` have no member here.
            if !element.is_empty() {
                list.element(value, element);
            }
        } else if element.is_empty() {
            let harmless = end.is_none() || rest[end.unwrap_or(0)].is(b';');
            list.decorated |= !(harmless && list.mailboxes.is_empty());
        } else {
            list.element(value, element);
        }
        let Some(end) = end else { break };
        if rest[end].is(b';') {
            list.malformed |= !group;
            group = false;
            rest = &rest[end + 1..];
            // Behind a group comes a comma or the end.
            match rest.first() {
                Some(token) if token.is(b',') => rest = &rest[1..],
                Some(_) => list.malformed = true,
                None => break,
            }
        } else {
            rest = &rest[end + 1..];
        }
    }
    list
}

impl List {
    fn element(&mut self, value: &[u8], tokens: &[Token]) {
        match mailbox(value, tokens, &mut self.decorated) {
            Some(mailbox) if self.mailboxes.len() < MAX_MAILBOXES => self.mailboxes.push(mailbox),
            _ => self.malformed = true,
        }
    }
}

/// The colon behind a group's name: before any `@` or `<`, with a name before it.
fn group_name(element: &[Token]) -> Option<usize> {
    let first = element
        .iter()
        .position(|token| matches!(token.kind, Kind::Special(_)))?;
    (first > 0 && element[first].is(b':')).then_some(first)
}

fn mailbox(value: &[u8], tokens: &[Token], decorated: &mut bool) -> Option<Mailbox> {
    let open = tokens.iter().position(|token| token.is(b'<'));
    let (phrase, inner) = match open {
        None => (&tokens[..0], tokens),
        Some(open) => {
            // Nothing may stand behind the closing bracket.
            let (close, inner) = tokens[open + 1..].split_last()?;
            if !close.is(b'>') {
                return None;
            }
            (&tokens[..open], inner)
        }
    };
    let words = |t: &Token| matches!(t.kind, Kind::Atom | Kind::Quoted);
    if !phrase.iter().all(words) {
        return None;
    }
    // obs-route: `@one,@two:` (RFC 5322 section 4.4); nobody has followed one in thirty years.
    let mut spec = inner;
    if inner.first()?.is(b'@') && open.is_some() {
        let colon = inner.iter().position(|token| token.is(b':'))?;
        *decorated = true;
        spec = &inner[colon + 1..];
    }
    let at = spec.iter().position(|token| token.is(b'@'))?;
    let (local, domain) = (&spec[..at], &spec[at + 1..]);
    if local.is_empty() || !local.iter().all(words) {
        return None;
    }
    let is_literal = domain.len() == 1 && domain[0].kind == Kind::Literal;
    if !is_literal && !domain.iter().all(|token| token.kind == Kind::Atom) {
        return None;
    }
    let address = format!("{}@{}", joined(value, local)?, joined(value, domain)?);
    Some(Mailbox {
        name: phrase_text(value, phrase),
        address,
        span: inner.first()?.span().start..inner.last()?.span().end,
        element: tokens.first()?.span().start..tokens.last()?.span().end,
    })
}

/// The words of a local part or a domain, put together; words side by side belong together only around a dot.
fn joined(value: &[u8], tokens: &[Token]) -> Option<String> {
    let mut joined: Vec<u8> = Vec::new();
    for token in tokens {
        let text = &value[token.span()];
        if !joined.is_empty() && joined.last() != Some(&b'.') && text.first() != Some(&b'.') {
            return None;
        }
        joined.extend(text.iter().filter(|b| !matches!(b, b'\r' | b'\n')));
    }
    // Not UTF-8: no address that anybody could look up.
    let joined = String::from_utf8(joined).ok()?;
    (!joined.is_empty()).then_some(joined)
}

/// A display name as a person sees it: quotes and quoted pairs resolved, encoded words decoded (RFC 2047 section 6.2:
/// between two of them white space does not count).
fn phrase_text(value: &[u8], tokens: &[Token]) -> String {
    let mut text = String::new();
    let mut after_encoded = false;
    for token in tokens {
        let bytes = &value[token.span()];
        let (word, encoded) = match token.kind {
            Kind::Quoted => (unquoted(bytes), false),
            _ => match encoded_word(bytes) {
                Some(word) => (word, true),
                None => (String::from_utf8_lossy(bytes).into_owned(), false),
            },
        };
        if !text.is_empty() && token.apart && !(encoded && after_encoded) {
            text.push(' ');
        }
        text.push_str(&word);
        after_encoded = encoded;
    }
    text
}

/// An encoded word (RFC 2047), decoded.
pub(super) fn encoded_word(atom: &[u8]) -> Option<String> {
    let mut stream = MessageStream::new(atom.strip_prefix(b"=")?);
    let word = stream.decode_rfc2047()?;
    (stream.remaining() == 0).then_some(word)
}

fn unquoted(quoted: &[u8]) -> String {
    let mut plain = Vec::new();
    let mut escaped = false;
    for &byte in &quoted[1..quoted.len() - 1] {
        match byte {
            b'\r' | b'\n' => {}
            b'\\' if !escaped => {
                escaped = true;
                continue;
            }
            _ => plain.push(byte),
        }
        escaped = false;
    }
    String::from_utf8_lossy(&plain).into_owned()
}

/// `None` where a quoted string, a comment or a literal does not end. Comments are left out and reported.
fn tokens(value: &[u8], comments: &mut bool) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut apart = false;
    let mut i = 0;
    while i < value.len() {
        let start = i;
        let kind = match value[i] {
            b' ' | b'\t' | b'\r' | b'\n' => {
                apart = true;
                i += 1;
                continue;
            }
            b'(' => {
                i = comment_end(value, i)?;
                *comments = true;
                apart = true;
                continue;
            }
            b'"' => {
                i = quoted_end(value, i, b'"')?;
                Kind::Quoted
            }
            b'[' => {
                i = quoted_end(value, i, b']')?;
                Kind::Literal
            }
            special @ (b'<' | b'>' | b',' | b';' | b':' | b'@' | b')' | b']' | b'\\') => {
                i += 1;
                Kind::Special(special)
            }
            _ => {
                while i < value.len() && !b" \t\r\n()<>[]:;@\\,\"".contains(&value[i]) {
                    i += 1;
                }
                Kind::Atom
            }
        };
        tokens.push(Token {
            kind,
            start: u32::try_from(start).ok()?,
            end: u32::try_from(i).ok()?,
            apart,
        });
        apart = false;
    }
    Some(tokens)
}

fn quoted_end(value: &[u8], start: usize, close: u8) -> Option<usize> {
    let mut i = start + 1;
    while i < value.len() {
        match value[i] {
            b'\\' => i += 1,
            byte if byte == close => return Some(i + 1),
            _ => {}
        }
        i += 1;
    }
    None
}

fn comment_end(value: &[u8], start: usize) -> Option<usize> {
    let mut depth = 0;
    let mut i = start;
    while i < value.len() {
        match value[i] {
            b'\\' => i += 1,
            b'(' => depth += 1,
            b')' => {
                depth -= 1;
                if depth == 0 {
                    return Some(i + 1);
                }
            }
            _ => {}
        }
        if depth > MAX_DEPTH {
            return None;
        }
        i += 1;
    }
    None
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    /// name, address, and the bytes that would be replaced
    fn seen(value: &str) -> Vec<(String, String, String)> {
        list(value.as_bytes())
            .mailboxes
            .into_iter()
            .map(|m| (m.name, m.address, value[m.span].to_owned()))
            .collect()
    }

    #[test]
    fn addresses_are_found_in_all_their_clothes() {
        for (value, expected) in [
            (" a@b", vec![("", "a@b", "a@b")]),
            ("<a@b>", vec![("", "a@b", "a@b")]),
            ("Anna <a@b>", vec![("Anna", "a@b", "a@b")]),
            (
                "Anna Q. Martin<a@b>",
                vec![("Anna Q. Martin", "a@b", "a@b")],
            ),
            (
                "\"Martin, \\\"A\\\"\" <a@b>",
                vec![("Martin, \"A\"", "a@b", "a@b")],
            ),
            (
                "Käthe <käthe@bücher.example>",
                vec![("Käthe", "käthe@bücher.example", "käthe@bücher.example")],
            ),
            (
                "=?utf-8?Q?K=C3=A4the?= =?UTF-8?B?IE0u?= <a@b>",
                vec![("Käthe M.", "a@b", "a@b")],
            ),
            ("=?iso-8859-1?Q?=E9?= x <a@b>", vec![("é x", "a@b", "a@b")]),
            (
                "Anna\r\n <a@b>,\r\n\tc@d",
                vec![("Anna", "a@b", "a@b"), ("", "c@d", "c@d")],
            ),
            ("(hi) a (x) @ (y) b (z)", vec![("", "a@b", "a (x) @ (y) b")]),
            (
                "Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>",
                vec![("Pete", "pete@silly.test", "pete(his account)@silly.test")],
            ),
            (
                "Friends: Anna <a@b>, c@d;",
                vec![("Anna", "a@b", "a@b"), ("", "c@d", "c@d")],
            ),
            (
                "A: a@b;, B: c@d;",
                vec![("", "a@b", "a@b"), ("", "c@d", "c@d")],
            ),
            ("undisclosed-recipients:;", vec![]),
            ("undisclosed-recipients:", vec![]),
            ("x <@one,@two:a@b>", vec![("x", "a@b", "@one,@two:a@b")]),
            ("\"a@b\"@c", vec![("", "\"a@b\"@c", "\"a@b\"@c")]),
            (
                "\"a,b\"@c, d@e",
                vec![("", "\"a,b\"@c", "\"a,b\"@c"), ("", "d@e", "d@e")],
            ),
            (
                "a@[192.0.2.1]",
                vec![("", "a@[192.0.2.1]", "a@[192.0.2.1]")],
            ),
            ("a . b @ c . d", vec![("", "a.b@c.d", "a . b @ c . d")]),
            (", a@b,, c@d,", vec![("", "a@b", "a@b"), ("", "c@d", "c@d")]),
            ("", vec![]),
        ] {
            let expected: Vec<_> = expected
                .into_iter()
                .map(|(n, a, s)| (n.to_owned(), a.to_owned(), s.to_owned()))
                .collect();
            assert_eq!(seen(value), expected, "{value}");
            assert!(!list(value.as_bytes()).malformed, "{value}");
        }
    }

    #[test]
    fn what_cannot_be_made_out_is_said_and_the_rest_is_found() {
        for (value, found) in [
            ("Anna", 0),
            ("Anna a@b", 0),
            ("a@b c@d", 0),
            ("a@b <c@d>", 0),
            ("<a@b> <c@d>", 0),
            ("<a@b> Anna", 0),
            ("<a@b", 0),
            ("a@b>", 0),
            ("<>", 0),
            ("a@", 0),
            ("@b", 0),
            ("a@b@c", 0),
            ("a@b:c", 0),
            ("a@b;", 1),
            ("A: B: a@b;;", 0),
            ("\"a@b", 0),
            ("(a@b", 0),
            ("a@[1", 0),
            ("a@b)", 0),
            ("a\\@b", 0),
            ("x y@z, a@b", 1),
        ] {
            let list = list(value.as_bytes());
            assert!(list.malformed, "{value}");
            assert_eq!(list.mailboxes.len(), found, "{value}");
        }
        let deep = [&b"(".repeat(5000)[..], &b")".repeat(5000)[..], b"a@b"].concat();
        assert!(list(&deep).malformed);
        assert!(list(b"\xff@b").malformed);
    }

    #[test]
    fn decoration_is_told_apart_from_a_plain_list() {
        for plain in ["a@b", " Anna <a@b>,\r\n c@d ", "\"x\" <a@b>", ""] {
            assert!(!list(plain.as_bytes()).decorated, "{plain}");
        }
        for decorated in [
            "a@b (c)", "G: a@b;", "G:;", "<@x:a@b>", "a@b,", ",a@b", "a@b,,c@d",
        ] {
            assert!(list(decorated.as_bytes()).decorated, "{decorated}");
        }
    }

    proptest::proptest! {
        #[test]
        fn spans_lie_inside_and_in_order(value in "[a-c@<>,;:()\"\\\\\\[\\]. \r\n=?é]{0,60}") {
            let list = list(value.as_bytes());
            let mut last = 0;
            for mailbox in list.mailboxes {
                proptest::prop_assert!(last <= mailbox.span.start && mailbox.span.start < mailbox.span.end);
                proptest::prop_assert!(mailbox.span.end <= value.len());
                last = mailbox.span.end;
            }
        }
    }
}
