//! What a dialog expects an answer to look like, and whether one does.
//!
//! | written | stands for |
//! | --- | --- |
//! | `_` | one atom, string or list |
//! | `#` | a number |
//! | `…` | whatever else comes, or nothing |
//! | `<name>` | what this name got at its first use, and the same from then on; `<name+1>` a number beside it |
//! | `"text"` | a string, quoted or literal; `\r`, `\n`, `\"`, `\\` |
//! | `~"text"` | a string that has this in it |
//! | `@letter`, `@letter.header`, `@letter.text` | the octets of a message of `tests/imap/messages`, or of its part |
//! | `%letter`, `%letter.header`, `%letter.text` | how many octets that is |
//! | `?item`, `!item` in a list without order | may be there, must not be there |
//!
//! Strings in BODY and BODYSTRUCTURE are compared without regard to case. Items of FETCH, STATUS and ESEARCH, flags, attributes of LIST, capabilities and the numbers of SEARCH have no order. `\Recent`
//! counts only where it is written. The text of a status response never counts.

use std::collections::HashMap;
use std::path::Path;

use crate::imap::Token;

/// What names stand for.
pub type Names = HashMap<String, String>;

#[derive(Clone, Debug, PartialEq)]
pub enum Pattern {
    Any,
    Number,
    Rest,
    Name(String),
    Atom(String),
    Text(Vec<u8>),
    Contains(Vec<u8>),
    Octets(String),
    Size(String),
    List(Vec<Pattern>),
    Code(Vec<Pattern>),
    May(Box<Pattern>),
    Not(Box<Pattern>),
}

/// A message of the dialogs, or its part (`letter.header`), with CRLF.
///
/// # Panics
/// When there is none of that name.
pub fn letter(name: &str) -> Vec<u8> {
    let (file, part) = name.split_once('.').unwrap_or((name, ""));
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/imap/messages/{file}.eml"));
    let bytes = std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let whole = bytes
        .split(|b| *b == b'\n')
        .collect::<Vec<_>>()
        .join(&b"\r\n"[..]);
    let header = whole
        .windows(4)
        .position(|w| w == b"\r\n\r\n")
        .map_or(whole.len(), |at| at + 4);
    match part {
        "" => whole,
        "header" => whole[..header].to_vec(),
        "text" => whole[header..].to_vec(),
        other => panic!("no part {other} of a letter"),
    }
}

/// Reads patterns.
///
/// # Errors
/// What cannot be read.
pub fn parse(text: &str) -> Result<Vec<Pattern>, String> {
    let mut reader = Reader {
        chars: text.chars().collect(),
        at: 0,
    };
    let patterns = reader.until(None)?;
    Ok(patterns)
}

struct Reader {
    chars: Vec<char>,
    at: usize,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn until(&mut self, end: Option<char>) -> Result<Vec<Pattern>, String> {
        let mut patterns = Vec::new();
        loop {
            while self.peek() == Some(' ') {
                self.at += 1;
            }
            let next = self.peek();
            if next == end {
                self.at += 1;
                return Ok(patterns);
            }
            match next {
                None => return Err(format!("no {end:?}")),
                Some(')' | ']') => return Err("a bracket too many".into()),
                Some(_) => patterns.push(self.pattern()?),
            }
        }
    }

    fn pattern(&mut self) -> Result<Pattern, String> {
        match (self.peek(), self.chars.get(self.at + 1)) {
            (Some('('), _) => {
                self.at += 1;
                Ok(Pattern::List(self.until(Some(')'))?))
            }
            (Some('['), _) => {
                self.at += 1;
                Ok(Pattern::Code(self.until(Some(']'))?))
            }
            (Some('"'), _) => Ok(Pattern::Text(self.quoted()?)),
            (Some('~'), Some('"')) => {
                self.at += 1;
                Ok(Pattern::Contains(self.quoted()?))
            }
            (Some('?'), _) => {
                self.at += 1;
                Ok(Pattern::May(Box::new(self.pattern()?)))
            }
            (Some('!'), _) => {
                self.at += 1;
                Ok(Pattern::Not(Box::new(self.pattern()?)))
            }
            _ => self.atom(),
        }
    }

    fn quoted(&mut self) -> Result<Vec<u8>, String> {
        let mut text = String::new();
        self.at += 1;
        loop {
            let next = self.peek().ok_or("no closing quote")?;
            self.at += 1;
            match next {
                '"' => return Ok(text.into_bytes()),
                '\\' => {
                    let escaped = self.peek().ok_or("no closing quote")?;
                    self.at += 1;
                    text.push(match escaped {
                        'r' => '\r',
                        'n' => '\n',
                        't' => '\t',
                        other => other,
                    });
                }
                other => text.push(other),
            }
        }
    }

    fn atom(&mut self) -> Result<Pattern, String> {
        let mut atom = String::new();
        let mut section = 0_u32;
        while let Some(next) = self.peek() {
            match next {
                '[' => section += 1,
                ']' if section > 0 => section -= 1,
                ' ' | '(' | ')' | '"' | ']' if section == 0 => break,
                _ => {}
            }
            atom.push(next);
            self.at += 1;
        }
        if atom.is_empty() {
            return Err(format!("nothing at {:?}", self.peek()));
        }
        let rest = atom.get(1..).unwrap_or_default();
        Ok(match atom.chars().next() {
            _ if atom == "_" => Pattern::Any,
            _ if atom == "#" => Pattern::Number,
            _ if atom == "…" => Pattern::Rest,
            Some('@') if rest.starts_with(|c: char| c.is_ascii_alphabetic()) => {
                Pattern::Octets(rest.to_owned())
            }
            Some('%') if rest.starts_with(|c: char| c.is_ascii_alphabetic()) => {
                Pattern::Size(rest.to_owned())
            }
            _ => match whole_name(&atom) {
                Some(name) => Pattern::Name(name.to_owned()),
                None => Pattern::Atom(atom),
            },
        })
    }
}

fn whole_name(atom: &str) -> Option<&str> {
    let name = atom.strip_prefix('<')?.strip_suffix('>')?;
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '+' || c == '-');
    is_name.then_some(name)
}

/// Puts what names stand for in their place.
///
/// # Errors
/// A name that stands for nothing.
pub fn fill(text: &str, names: &Names) -> Result<String, String> {
    let mut filled = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        filled += &rest[..at];
        rest = &rest[at..];
        let end = rest.find('>').map(|end| end + 1);
        match end.and_then(|end| Some((end, whole_name(&rest[..end])?))) {
            Some((end, name)) => {
                filled += &value(name, names)?;
                rest = &rest[end..];
            }
            None => {
                filled.push('<');
                rest = &rest[1..];
            }
        }
    }
    Ok(filled + rest)
}

/// `name`, `name+1`, `name-1`.
fn value(name: &str, names: &Names) -> Result<String, String> {
    let (base, offset) = match name.find(['+', '-']) {
        Some(at) => (
            &name[..at],
            name[at..]
                .parse::<i64>()
                .map_err(|e| format!("{name}: {e}"))?,
        ),
        None => (name, 0),
    };
    let value = names
        .get(base)
        .ok_or_else(|| format!("nothing is called {base} yet"))?;
    if offset == 0 {
        return Ok(value.clone());
    }
    let number: i64 = value
        .parse()
        .map_err(|_| format!("{base} is {value}, no number"))?;
    Ok((number + offset).to_string())
}

/// Whether an answer is as expected; names get their values when it is.
pub fn matches(patterns: &[Pattern], tokens: &[Token], names: &mut Names) -> bool {
    let mut tried = names.clone();
    let fits = line(patterns, tokens, &mut tried);
    if fits {
        *names = tried;
    }
    fits
}

fn word(patterns: &[Pattern], at: usize) -> &str {
    match patterns.get(at) {
        Some(Pattern::Atom(atom)) => atom,
        _ => "",
    }
}

fn line(patterns: &[Pattern], tokens: &[Token], names: &mut Names) -> bool {
    let (first, second) = (
        word(patterns, 0).to_ascii_uppercase(),
        word(patterns, 1).to_ascii_uppercase(),
    );
    let head = |count: usize, names: &mut Names| {
        tokens.len() >= count
            && sequence(
                &patterns[..count.min(patterns.len())],
                &tokens[..count],
                names,
            )
    };
    match (first.as_str(), second.as_str()) {
        ("CAPABILITY" | "ENABLED" | "SEARCH", _) => {
            head(1, names) && set(&patterns[1..], &tokens[1..], names)
        }
        ("FLAGS", _) => one_list(patterns, tokens, 1, set, names) && head(1, names),
        ("LIST" | "LSUB", _) => {
            head(1, names)
                && one_list(patterns, tokens, 1, set, names)
                && tokens.len() >= 2
                && patterns.len() >= 2
                && sequence(&patterns[2..], &tokens[2..], names)
        }
        ("STATUS", _) => head(2, names) && one_list(patterns, tokens, 2, items, names),
        ("ESEARCH", _) => esearch(&patterns[1..], tokens, names),
        (_, "FETCH") => head(2, names) && one_list(patterns, tokens, 2, items, names),
        ("OK" | "NO" | "BAD" | "BYE" | "PREAUTH", _) => {
            head(1, names)
                && match (patterns.get(1), tokens.get(1)) {
                    (None, _) => true,
                    (Some(Pattern::Code(wanted)), Some(Token::Code(code))) => {
                        self::code(wanted, code, names)
                    }
                    _ => false,
                }
        }
        _ => sequence(patterns, tokens, names),
    }
}

type Inside = fn(&[Pattern], &[Token], &mut Names) -> bool;

/// The list at `at`, which `inside` compares.
fn one_list(
    patterns: &[Pattern],
    tokens: &[Token],
    at: usize,
    inside: Inside,
    names: &mut Names,
) -> bool {
    match (patterns.get(at), tokens.get(at)) {
        (Some(Pattern::List(wanted)), Some(Token::List(list))) => inside(wanted, list, names),
        (Some(Pattern::Rest), _) => true,
        (Some(Pattern::Any), Some(_)) => true,
        _ => false,
    }
}

fn code(wanted: &[Pattern], code: &[Token], names: &mut Names) -> bool {
    if word(wanted, 0).eq_ignore_ascii_case("PERMANENTFLAGS") {
        return code.first().is_some_and(|c| c.is("PERMANENTFLAGS"))
            && one_list(wanted, code, 1, set, names);
    }
    if word(wanted, 0).eq_ignore_ascii_case("CAPABILITY") {
        return code.first().is_some_and(|c| c.is("CAPABILITY"))
            && set(&wanted[1..], &code[1..], names);
    }
    sequence(wanted, code, names)
}

/// `(TAG "a1") UID MIN 1 ALL 2:3`.
fn esearch(patterns: &[Pattern], tokens: &[Token], names: &mut Names) -> bool {
    let Some((first, rest)) = tokens.split_first() else {
        return false;
    };
    if !first.is("ESEARCH") {
        return false;
    }
    let (mut patterns, mut tokens) = (patterns, rest);
    if let Some(Pattern::List(_)) = patterns.first() {
        if !tokens
            .first()
            .is_some_and(|token| one(&patterns[0], token, names))
        {
            return false;
        }
        (patterns, tokens) = (&patterns[1..], &tokens[1..]);
    }
    let is_uid = word(patterns, 0) == "UID";
    if is_uid != tokens.first().is_some_and(|token| token.is("UID")) {
        return false;
    }
    let skip = usize::from(is_uid);
    items(&patterns[skip..], &tokens[skip..], names)
}

/// In order.
fn sequence(patterns: &[Pattern], tokens: &[Token], names: &mut Names) -> bool {
    let mut tokens = tokens.iter();
    for pattern in patterns {
        match pattern {
            Pattern::Rest => return true,
            pattern => {
                if !tokens
                    .next()
                    .is_some_and(|token| one(pattern, token, names))
                {
                    return false;
                }
            }
        }
    }
    tokens.next().is_none()
}

/// Flags, words, numbers: without order.
fn set(patterns: &[Pattern], tokens: &[Token], names: &mut Names) -> bool {
    let asks_recent = patterns
        .iter()
        .any(|p| matches!(p, Pattern::Atom(a) if a.eq_ignore_ascii_case("\\Recent")));
    let mut left: Vec<&Token> = tokens
        .iter()
        .filter(|t| asks_recent || !t.is("\\Recent"))
        .collect();
    let mut has_rest = false;
    for pattern in patterns {
        match pattern {
            Pattern::Rest => has_rest = true,
            Pattern::May(inner) => {
                if let Some(at) = left.iter().position(|token| one(inner, token, names)) {
                    left.remove(at);
                }
            }
            Pattern::Not(inner) => {
                if left
                    .iter()
                    .any(|token| one(inner, token, &mut names.clone()))
                {
                    return false;
                }
            }
            pattern => {
                let Some(at) = left.iter().position(|token| one(pattern, token, names)) else {
                    return false;
                };
                left.remove(at);
            }
        }
    }
    has_rest || left.is_empty()
}

/// Keys with values, without order.
fn items(patterns: &[Pattern], tokens: &[Token], names: &mut Names) -> bool {
    if !tokens.len().is_multiple_of(2) {
        return false;
    }
    let mut left: Vec<&[Token]> = tokens.chunks(2).collect();
    let mut has_rest = false;
    let mut at = 0;
    while at < patterns.len() {
        let (key, is_optional, is_forbidden) = match &patterns[at] {
            Pattern::Rest => {
                has_rest = true;
                at += 1;
                continue;
            }
            Pattern::May(key) => (&**key, true, false),
            Pattern::Not(key) => (&**key, false, true),
            key => (key, false, false),
        };
        let found = left.iter().position(|item| one(key, &item[0], names));
        if is_forbidden {
            if found.is_some() {
                return false;
            }
            at += 1;
            continue;
        }
        let Some(value) = patterns.get(at + 1) else {
            return false;
        };
        at += 2;
        match found {
            None if is_optional => {}
            None => return false,
            Some(found) => {
                let item = left.remove(found);
                let fits = match (key, value, &item[1]) {
                    (Pattern::Atom(key), Pattern::List(wanted), Token::List(list))
                        if key.eq_ignore_ascii_case("FLAGS") =>
                    {
                        set(wanted, list, names)
                    }
                    // Media types, encodings and the names of parameters have no case.
                    (Pattern::Atom(key), wanted, body)
                        if ["BODY", "BODYSTRUCTURE"]
                            .contains(&key.to_ascii_uppercase().as_str()) =>
                    {
                        one(&folded(wanted), &folded_token(body), names)
                    }
                    _ => one(value, &item[1], names),
                };
                if !fits {
                    return false;
                }
            }
        }
    }
    has_rest || left.is_empty()
}

fn folded(pattern: &Pattern) -> Pattern {
    match pattern {
        Pattern::Text(text) => Pattern::Text(text.to_ascii_lowercase()),
        Pattern::List(list) => Pattern::List(list.iter().map(folded).collect()),
        other => other.clone(),
    }
}

fn folded_token(token: &Token) -> Token {
    match token {
        Token::Text(text) => Token::Text(text.to_ascii_lowercase()),
        Token::List(list) => Token::List(list.iter().map(folded_token).collect()),
        other => other.clone(),
    }
}

fn one(pattern: &Pattern, token: &Token, names: &mut Names) -> bool {
    match (pattern, token) {
        (Pattern::Any, _) => true,
        (Pattern::Number, token) => token.number().is_some(),
        (Pattern::Name(name), token) => {
            let Some(text) = token.text() else {
                return false;
            };
            match value(name, names) {
                Ok(value) => same(&value, &text),
                Err(_) if name.contains(['+', '-']) => false,
                Err(_) => {
                    names.insert(name.clone(), text);
                    true
                }
            }
        }
        (Pattern::Atom(wanted), Token::Atom(atom)) => same_atom(wanted, atom, names),
        (Pattern::Atom(wanted), Token::Text(text)) => {
            !wanted.eq_ignore_ascii_case("NIL")
                && fill(wanted, names).is_ok_and(|wanted| {
                    wanted.as_bytes() == text.as_slice()
                        || (wanted.eq_ignore_ascii_case("INBOX")
                            && text.eq_ignore_ascii_case(b"INBOX"))
                })
        }
        (Pattern::Text(wanted), Token::Text(text)) => wanted == text,
        (Pattern::Text(wanted), Token::Atom(atom)) => {
            !atom.eq_ignore_ascii_case("NIL") && wanted.as_slice() == atom.as_bytes()
        }
        (Pattern::Contains(wanted), Token::Text(text)) => text
            .windows(wanted.len().max(1))
            .any(|w| w == wanted.as_slice()),
        (Pattern::Octets(name), Token::Text(text)) => letter(name) == *text,
        (Pattern::Size(name), token) => token.number() == Some(letter(name).len() as u64),
        (Pattern::List(wanted), Token::List(list)) => sequence(wanted, list, names),
        (Pattern::Code(wanted), Token::Code(list)) => sequence(wanted, list, names),
        _ => false,
    }
}

/// Atoms: without regard to case; sets of numbers by their numbers; `BODY[…]` without regard to quotes in it.
fn same_atom(wanted: &str, atom: &str, names: &mut Names) -> bool {
    // `<first>:<last>`: each names a number, or is one.
    if wanted.contains('<') && fill(wanted, names).is_err() {
        let cut = |text: &str| {
            text.split([':', ','])
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let (left, right) = (cut(wanted), cut(atom));
        return left.len() == right.len()
            && left
                .iter()
                .zip(&right)
                .all(|(wanted, atom)| match whole_name(wanted) {
                    Some(name) => one(
                        &Pattern::Name(name.to_owned()),
                        &Token::Atom(atom.clone()),
                        names,
                    ),
                    None => wanted == atom,
                });
    }
    fill(wanted, names).is_ok_and(|wanted| same(&wanted, atom))
}

fn same(wanted: &str, found: &str) -> bool {
    if wanted.eq_ignore_ascii_case(found) {
        return true;
    }
    if wanted.contains('[') {
        let plain = |text: &str| text.replace('"', "").to_ascii_uppercase();
        return plain(wanted) == plain(found);
    }
    match (numbers(wanted), numbers(found)) {
        (Some(wanted), Some(found)) => wanted == found,
        _ => false,
    }
}

/// A set of numbers, in the order of its ranges.
pub fn numbers(set: &str) -> Option<Vec<u32>> {
    let mut all = Vec::new();
    for range in set.split(',') {
        let (from, to) = range.split_once(':').unwrap_or((range, range));
        let (from, to): (u32, u32) = (from.parse().ok()?, to.parse().ok()?);
        let (from, to) = (from.min(to), from.max(to));
        if to - from > 1_000_000 {
            return None;
        }
        all.extend(from..=to);
    }
    Some(all)
}
