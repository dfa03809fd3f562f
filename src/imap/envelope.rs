//! ENVELOPE (RFC 3501 section 7.4.2): the header section in brackets. Pure.
//!
//! Encoded words stay as they are: decoding them is the client's.

use super::encode::{nstring, string};

/// Addresses of one field that are shown: what a hostile header makes of memory has an end.
const MAX_ADDRESSES: usize = 2000;

/// The values of all fields of this name, unfolded, in their order. Any case of the name fits.
pub fn fields<'a>(header: &'a [u8], name: &'a str) -> impl Iterator<Item = Vec<u8>> + 'a {
    raw_fields(header)
        .filter(move |(found, _)| found.eq_ignore_ascii_case(name.as_bytes()))
        .map(|(found, raw)| unfolded(&raw[found.len()..]))
}

/// The first of them.
pub fn field(header: &[u8], name: &str) -> Option<Vec<u8>> {
    fields(header, name).next()
}

/// Every field: its name, and all its octets with name and line ends.
pub fn raw_fields(header: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = header;
    std::iter::from_fn(move || {
        loop {
            if rest.is_empty() {
                return None;
            }
            let mut end = 0;
            loop {
                let line = rest[end..].iter().position(|&b| b == b'\n');
                end = line.map_or(rest.len(), |at| end + at + 1);
                if end >= rest.len() || !matches!(rest[end], b' ' | b'\t') {
                    break;
                }
            }
            let (raw, behind) = rest.split_at(end);
            rest = behind;
            if let Some(colon) = raw.iter().position(|&b| b == b':') {
                let name = raw[..colon].trim_ascii_end();
                if !name.is_empty() && name.iter().all(u8::is_ascii_graphic) {
                    return Some((name, raw));
                }
            }
        }
    })
}

/// A value behind its name: without colon, line ends and spaces around it.
fn unfolded(value: &[u8]) -> Vec<u8> {
    let value = value.trim_ascii_start();
    let value = value.strip_prefix(b":").unwrap_or(value);
    let plain: Vec<u8> = value
        .iter()
        .filter(|b| !matches!(b, b'\r' | b'\n'))
        .map(|&b| if b == b'\t' { b' ' } else { b })
        .collect();
    plain.trim_ascii().to_vec()
}

/// An address of a field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// The display name, as it stands there.
    pub name: Option<Vec<u8>>,
    /// The route of RFC 822.
    pub route: Option<Vec<u8>>,
    /// The local part; the name of a group where there is no host; none at the end of a group.
    pub mailbox: Option<Vec<u8>>,
    /// The domain.
    pub host: Option<Vec<u8>>,
}

/// Writes the ENVELOPE of a header section.
pub fn envelope(out: &mut Vec<u8>, header: &[u8]) {
    out.push(b'(');
    nstring(out, field(header, "Date").as_deref());
    out.push(b' ');
    nstring(out, field(header, "Subject").as_deref());
    let from = joined(header, "From");
    for name in ["From", "Sender", "Reply-To", "To", "Cc", "Bcc"] {
        out.push(b' ');
        let mut found = joined(header, name);
        if found.is_empty() && matches!(name, "Sender" | "Reply-To") {
            found.clone_from(&from);
        }
        write_addresses(out, &found);
    }
    out.push(b' ');
    nstring(out, field(header, "In-Reply-To").as_deref());
    out.push(b' ');
    nstring(out, field(header, "Message-ID").as_deref());
    out.push(b')');
}

fn joined(header: &[u8], name: &str) -> Vec<Address> {
    fields(header, name)
        .flat_map(|value| addresses(&value))
        .take(MAX_ADDRESSES)
        .collect()
}

fn write_addresses(out: &mut Vec<u8>, all: &[Address]) {
    if all.is_empty() {
        out.extend_from_slice(b"NIL");
        return;
    }
    out.push(b'(');
    for address in all {
        out.push(b'(');
        nstring(out, address.name.as_deref());
        out.push(b' ');
        nstring(out, address.route.as_deref());
        out.push(b' ');
        nstring(out, address.mailbox.as_deref());
        out.push(b' ');
        nstring(out, address.host.as_deref());
        out.push(b')');
    }
    out.push(b')');
}

#[derive(Debug, PartialEq, Eq)]
enum Token {
    Word(Vec<u8>),
    Comment(Vec<u8>),
    Special(u8),
}

/// Words that stand beside each other: a name, or an address in pieces.
#[derive(Default)]
struct Words {
    /// With a space between each two.
    spaced: Vec<u8>,
    joined: Vec<u8>,
    any: bool,
}

impl Words {
    fn push(&mut self, word: &[u8]) {
        if std::mem::replace(&mut self.any, true) {
            self.spaced.push(b' ');
        }
        self.spaced.extend_from_slice(word);
        self.joined.extend_from_slice(word);
    }

    fn take(&mut self) -> Self {
        std::mem::take(self)
    }
}

/// The addresses of a field's value (RFC 5322 section 3.4 with its obsolete forms); what cannot be made out is taken for a
/// local part.
pub fn addresses(value: &[u8]) -> Vec<Address> {
    let mut all = Vec::new();
    let mut words = Words::default();
    let mut comment: Option<Vec<u8>> = None;
    let mut in_group = false;
    let mut tokens = Tokens { value, at: 0 };
    while let Some(token) = tokens.next() {
        if all.len() >= MAX_ADDRESSES {
            break;
        }
        match token {
            Token::Word(word) => words.push(&word),
            Token::Comment(text) => comment = Some(text),
            Token::Special(b'<') => {
                let mut inner = Vec::new();
                for token in tokens.by_ref() {
                    match token {
                        Token::Special(b'>') => break,
                        Token::Word(word) => inner.extend(word),
                        Token::Special(special) => inner.push(special),
                        Token::Comment(_) => {}
                    }
                }
                let (route, spec) = match inner.first() {
                    Some(b'@') => match inner.iter().position(|&b| b == b':') {
                        Some(at) => (Some(inner[..at].to_vec()), inner[at + 1..].to_vec()),
                        None => (None, inner),
                    },
                    _ => (None, inner),
                };
                let name = words.take().spaced;
                let mut address = spec_of(&spec);
                address.route = route;
                address.name = (!name.is_empty()).then_some(name);
                all.push(address);
            }
            Token::Special(b':') if !in_group => {
                in_group = true;
                all.push(Address {
                    mailbox: Some(words.take().spaced),
                    ..Address::default()
                });
            }
            Token::Special(special @ (b',' | b';')) => {
                flush(&mut all, &mut words, &mut comment);
                if special == b';' && std::mem::take(&mut in_group) {
                    all.push(Address::default());
                }
            }
            Token::Special(special) => words.push(&[special]),
        }
    }
    flush(&mut all, &mut words, &mut comment);
    if in_group {
        all.push(Address::default());
    }
    all
}

/// An address without angle brackets; a comment beside it was the name, in old times.
fn flush(all: &mut Vec<Address>, words: &mut Words, comment: &mut Option<Vec<u8>>) {
    let spec = words.take().joined;
    let comment = comment.take();
    if !spec.is_empty() {
        let mut address = spec_of(&spec);
        address.name = comment.filter(|text| !text.is_empty());
        all.push(address);
    }
}

fn spec_of(spec: &[u8]) -> Address {
    let at = spec.iter().rposition(|&b| b == b'@');
    let (local, host) = match at {
        Some(at) => (&spec[..at], &spec[at + 1..]),
        // No host would begin a group.
        None => (spec, &b""[..]),
    };
    Address {
        mailbox: Some(local.to_vec()),
        host: Some(host.to_vec()),
        ..Address::default()
    }
}

/// The tokens of a value, one at a time: a stranger's field of 500 KB would make 20 times as much of them together.
struct Tokens<'a> {
    value: &'a [u8],
    at: usize,
}

impl Tokens<'_> {
    /// What stands up to `end`, without the backslashes of quoted pairs; `open` begins one more inside it.
    fn quoted(&mut self, open: Option<u8>, end: u8) -> Vec<u8> {
        let (mut depth, mut text) = (1, Vec::new());
        self.at += 1;
        while let Some(&octet) = self.value.get(self.at) {
            self.at += 1;
            match octet {
                b'\\' if self.at < self.value.len() => {
                    text.push(self.value[self.at]);
                    self.at += 1;
                    continue;
                }
                _ if octet == end => depth -= 1,
                _ if Some(octet) == open => depth += 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
            text.push(octet);
        }
        text
    }

    /// What stands before `end`.
    fn word(&mut self, end: usize) -> Token {
        let word = self.value[self.at..end].to_vec();
        self.at = end;
        Token::Word(word)
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        while self.value.get(self.at) == Some(&b' ') {
            self.at += 1;
        }
        let value = self.value;
        let rest = &value[self.at..];
        Some(match *rest.first()? {
            b'"' => Token::Word(self.quoted(None, b'"')),
            b'(' => Token::Comment(self.quoted(Some(b'('), b')')),
            b'[' => {
                let end = rest.iter().position(|&b| b == b']');
                self.word(end.map_or(value.len(), |end| self.at + end + 1))
            }
            octet @ (b'<' | b'>' | b',' | b';' | b':' | b'@') => {
                self.at += 1;
                Token::Special(octet)
            }
            _ => {
                let end = rest.iter().position(|b| b" \"([<>,;:@".contains(b));
                self.word(end.map_or(value.len(), |end| self.at + end))
            }
        })
    }
}

/// `text/plain; charset=utf-8`: kind, subkind, and parameters; of Content-Disposition the subkind is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Valued {
    /// Before the slash, as it stands there.
    pub kind: Vec<u8>,
    /// Behind it.
    pub subkind: Vec<u8>,
    /// In their order.
    pub parameters: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Valued {
    /// The value of a parameter; any case of its name fits.
    pub fn parameter(&self, name: &str) -> Option<&[u8]> {
        let found = |(n, _): &&(Vec<u8>, Vec<u8>)| n.eq_ignore_ascii_case(name.as_bytes());
        self.parameters
            .iter()
            .find(found)
            .map(|(_, value)| value.as_slice())
    }
}

/// Reads a value with parameters (RFC 2045 section 5.1).
pub fn valued(value: &[u8]) -> Valued {
    let mut read = Valued::default();
    let mut at = 0;
    let token = |at: &mut usize| -> Vec<u8> {
        let mut text = Vec::new();
        loop {
            match value.get(*at) {
                Some(b' ') if text.is_empty() => *at += 1,
                Some(b'(') => {
                    let mut depth = 0;
                    while let Some(&octet) = value.get(*at) {
                        *at += 1;
                        match octet {
                            b'(' => depth += 1,
                            b')' => depth -= 1,
                            b'\\' => *at += 1,
                            _ => {}
                        }
                        if depth == 0 {
                            break;
                        }
                    }
                }
                Some(b'"') if text.is_empty() => {
                    *at += 1;
                    while let Some(&octet) = value.get(*at) {
                        *at += 1;
                        match octet {
                            b'"' => return text,
                            b'\\' if *at < value.len() => {
                                text.push(value[*at]);
                                *at += 1;
                            }
                            _ => text.push(octet),
                        }
                    }
                    return text;
                }
                Some(&octet) if !b" ;=/".contains(&octet) => {
                    text.push(octet);
                    *at += 1;
                }
                // A value may have what a token may not: many programs forget the quotes.
                _ => return text,
            }
        }
    };
    read.kind = token(&mut at);
    if value.get(at) == Some(&b'/') {
        at += 1;
        read.subkind = token(&mut at);
    }
    loop {
        // Spaces and comments, and whatever else should not be here.
        token(&mut at);
        let rest = &value[at.min(value.len())..];
        let Some(semicolon) = rest.iter().position(|&b| b == b';') else {
            return read;
        };
        at += semicolon + 1;
        let name = token(&mut at);
        while value.get(at) == Some(&b' ') {
            at += 1;
        }
        if value.get(at) == Some(&b'=') {
            at += 1;
            let mut text = token(&mut at);
            while let Some(octet @ (b'=' | b'/')) = value.get(at) {
                text.push(*octet);
                at += 1;
                text.extend(token(&mut at));
            }
            if !name.is_empty() && read.parameters.len() < 100 {
                read.parameters.push((name, text));
            }
        }
    }
}

/// Writes parameters in brackets, or NIL.
pub fn parameters(out: &mut Vec<u8>, all: &[(Vec<u8>, Vec<u8>)]) {
    if all.is_empty() {
        out.extend_from_slice(b"NIL");
        return;
    }
    out.push(b'(');
    for (at, (name, value)) in all.iter().enumerate() {
        if at > 0 {
            out.push(b' ');
        }
        string(out, name);
        out.push(b' ');
        string(out, value);
    }
    out.push(b')');
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    fn shown(header: &str) -> String {
        let mut out = Vec::new();
        envelope(&mut out, header.replace('\n', "\r\n").as_bytes());
        String::from_utf8(out).unwrap()
    }

    /// The example of RFC 3501 section 8, and its header.
    #[test]
    fn the_envelope_of_the_example_in_rfc_3501_section_8() {
        let header = "Date: Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\nFrom: Terry Gray <gray@cac.washington.edu>\n\
            Subject: IMAP4rev1 WG mtg summary and minutes\nTo: imap@cac.washington.edu\n\
            cc: minutes@CNRI.Reston.VA.US, John Klensin <KLENSIN@MIT.EDU>\n\
            Message-Id: <B27397-0100000@cac.washington.edu>\n\n";
        let terry = "((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\"))";
        assert_eq!(
            shown(header),
            format!(
                "(\"Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\" \"IMAP4rev1 WG mtg summary and minutes\" {terry} {terry} {terry} \
                 ((NIL NIL \"imap\" \"cac.washington.edu\")) ((NIL NIL \"minutes\" \"CNRI.Reston.VA.US\")\
                 (\"John Klensin\" NIL \"KLENSIN\" \"MIT.EDU\")) NIL NIL \"<B27397-0100000@cac.washington.edu>\")"
            )
        );
    }

    #[test]
    fn groups_comments_routes_and_broken_addresses_have_their_form() {
        let header = "From: a@b (Anna)\nTo: Friends: x@y, \"Z, z\" <z@w>;, <@r,@s:t@u>, nobody\nSubject:\n folded\n\tmore\n\n";
        assert_eq!(
            shown(header),
            "(NIL \"folded more\" ((\"Anna\" NIL \"a\" \"b\")) ((\"Anna\" NIL \"a\" \"b\")) ((\"Anna\" NIL \"a\" \"b\")) \
             ((NIL NIL \"Friends\" NIL)(NIL NIL \"x\" \"y\")(\"Z, z\" NIL \"z\" \"w\")(NIL NIL NIL NIL)\
             (NIL \"@r,@s\" \"t\" \"u\")(NIL NIL \"nobody\" \"\")) NIL NIL NIL NIL)"
        );
        assert_eq!(shown(""), "(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)");
    }

    #[test]
    fn values_have_parameters_with_and_without_quotes() {
        let read =
            valued(b"text/plain; charset=\"utf-8\" ; name=a=b/c (x;y=z); format = flowed; broken");
        assert_eq!(
            (&read.kind[..], &read.subkind[..]),
            (&b"text"[..], &b"plain"[..])
        );
        assert_eq!(read.parameter("CHARSET"), Some(&b"utf-8"[..]));
        assert_eq!(read.parameter("name"), Some(&b"a=b/c"[..]));
        assert_eq!(read.parameter("format"), Some(&b"flowed"[..]));
        assert_eq!(read.parameters.len(), 3);
        assert_eq!(valued(b"").kind, b"");
        assert_eq!(valued(b"a; b=\"x").parameter("b"), Some(&b"x"[..]));
    }

    proptest::proptest! {
        #[test]
        fn no_header_is_too_odd(bytes in proptest::collection::vec(
            proptest::sample::select(b"From:To; <>@,()\"\\\r\n =/a[]\xff".to_vec()), 0..120)) {
            let mut out = Vec::new();
            envelope(&mut out, &bytes);
            envelope(&mut out, &[b"From: ", &bytes[..]].concat());
            valued(&bytes);
        }
    }
}
