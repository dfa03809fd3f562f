#![allow(dead_code)] // each test binary uses a part of it
//! An IMAP client that says exactly what a test wants said, and takes answers apart without judging them.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use crate::client::Line;

/// A piece of an answer. What stands in quotes or in a literal is the same to a test.
#[derive(Clone, PartialEq, Eq)]
pub enum Token {
    Atom(String),
    Text(Vec<u8>),
    List(Vec<Token>),
    /// `[…]` of a status response.
    Code(Vec<Token>),
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn all(f: &mut fmt::Formatter<'_>, tokens: &[Token]) -> fmt::Result {
            for (at, token) in tokens.iter().enumerate() {
                if at > 0 {
                    f.write_str(" ")?;
                }
                write!(f, "{token:?}")?;
            }
            Ok(())
        }
        match self {
            Self::Atom(atom) => f.write_str(atom),
            Self::Text(bytes) => write!(f, "{:?}", String::from_utf8_lossy(bytes)),
            Self::List(tokens) => {
                f.write_str("(")?;
                all(f, tokens)?;
                f.write_str(")")
            }
            Self::Code(tokens) => {
                f.write_str("[")?;
                all(f, tokens)?;
                f.write_str("]")
            }
        }
    }
}

impl Token {
    /// What an atom or a string says; `None` for NIL and lists.
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Atom(atom) if atom.eq_ignore_ascii_case("NIL") => None,
            Self::Atom(atom) => Some(atom.clone()),
            Self::Text(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
            Self::List(_) | Self::Code(_) => None,
        }
    }

    /// A number.
    pub fn number(&self) -> Option<u64> {
        self.text()?.parse().ok()
    }

    /// What is in its parentheses; nothing for what has none.
    pub fn list(&self) -> &[Token] {
        match self {
            Self::List(tokens) | Self::Code(tokens) => tokens,
            _ => &[],
        }
    }

    /// Whether it is this atom.
    pub fn is(&self, word: &str) -> bool {
        matches!(self, Self::Atom(atom) if atom.eq_ignore_ascii_case(word))
    }
}

/// One answer: a line with its literals.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// `*`, `+` or a tag.
    pub tag: String,
    /// The text after a status word is not among them.
    pub tokens: Vec<Token>,
    /// As it came, for whoever reads a failure.
    pub shown: String,
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl Answer {
    /// Its first atoms: `OK`, `3 EXISTS`, `LIST`.
    pub fn starts(&self, words: &[&str]) -> bool {
        self.tokens.len() >= words.len()
            && words
                .iter()
                .zip(&self.tokens)
                .all(|(word, token)| token.is(word))
    }

    /// `* 3 FETCH (…)`: 3 and the word.
    pub fn numbered(&self) -> Option<(u32, &str)> {
        match self.tokens.as_slice() {
            [number, Token::Atom(word), ..] if self.tag == "*" => {
                Some((u32::try_from(number.number()?).ok()?, word))
            }
            _ => None,
        }
    }

    /// The value of an item of a FETCH response.
    pub fn item(&self, name: &str) -> Option<&Token> {
        pairs(self.tokens.get(2)?.list())
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// What is in the brackets of a status response.
    pub fn code(&self) -> &[Token] {
        match self.tokens.get(1) {
            Some(Token::Code(tokens)) => tokens,
            _ => &[],
        }
    }
}

/// `KEY value KEY value …`.
pub fn pairs(tokens: &[Token]) -> impl Iterator<Item = (&str, &Token)> {
    tokens.chunks(2).filter_map(|pair| match pair {
        [Token::Atom(key), value] => Some((key.as_str(), value)),
        _ => None,
    })
}

/// Takes an answer apart: pieces of text, each but the last followed by a literal.
///
/// # Errors
/// What is wrong with its form.
pub fn parse(texts: &[String], literals: &[Vec<u8>]) -> Result<Answer, String> {
    let shown = shown(texts, literals);
    let (tag, _) = shown.split_once(' ').unwrap_or((&shown, ""));
    let tag = tag.to_owned();
    let mut reader = Reader {
        texts,
        literals,
        piece: 0,
        at: (tag.len() + 1).min(texts[0].len()),
    };
    let mut tokens = Vec::new();
    if tag == "+" {
        return Ok(Answer { tag, tokens, shown });
    }
    let status = ["OK", "NO", "BAD", "BYE", "PREAUTH"];
    loop {
        if reader.is_at_end() {
            break;
        }
        let token = reader.token()?;
        let is_status = tokens.is_empty() && status.iter().any(|word| token.is(word));
        tokens.push(token);
        if is_status {
            if reader.peek() == Some(b' ') {
                reader.at += 1;
                if reader.peek() == Some(b'[') {
                    tokens.push(reader.code()?);
                }
            }
            return Ok(Answer { tag, tokens, shown });
        }
        match reader.peek() {
            None => {}
            Some(b' ') => {
                reader.at += 1;
                if reader.is_at_end() {
                    // RFC 3501's own grammar has none, and some clients stumble over it; `* SEARCH ` is known from servers.
                    return Err(format!("a space at the end of {shown:?}"));
                }
            }
            // RFC 5256: the threads of a THREAD response stand side by side.
            Some(b'(') => {}
            Some(other) => return Err(format!("{:?} in {shown:?}", char::from(other))),
        }
    }
    Ok(Answer { tag, tokens, shown })
}

fn shown(texts: &[String], literals: &[Vec<u8>]) -> String {
    let mut all = String::new();
    for (at, text) in texts.iter().enumerate() {
        all += text;
        if let Some(literal) = literals.get(at) {
            all += &String::from_utf8_lossy(literal);
        }
    }
    all
}

struct Reader<'a> {
    texts: &'a [String],
    literals: &'a [Vec<u8>],
    piece: usize,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.texts[self.piece].as_bytes().get(self.at).copied()
    }

    fn is_at_end(&self) -> bool {
        self.piece + 1 == self.texts.len() && self.peek().is_none()
    }

    fn wrong(&self, what: &str) -> String {
        format!(
            "{what} at octet {} of {:?}",
            self.at,
            shown(self.texts, self.literals)
        )
    }

    fn token(&mut self) -> Result<Token, String> {
        match self.peek() {
            None => Err(self.wrong("nothing")),
            Some(b'(') => {
                self.at += 1;
                Ok(Token::List(self.until(b')')?))
            }
            Some(b'"') => self.quoted(),
            Some(b'{') => self.literal(),
            Some(b'~') if self.texts[self.piece][self.at..].starts_with("~{") => {
                self.at += 1;
                self.literal()
            }
            Some(_) => self.atom(),
        }
    }

    /// Tokens up to a closing bracket. A body's parts stand beside each other without a space.
    fn until(&mut self, end: u8) -> Result<Vec<Token>, String> {
        let mut tokens = Vec::new();
        loop {
            match self.peek() {
                Some(c) if c == end => {
                    self.at += 1;
                    return Ok(tokens);
                }
                Some(b' ') if !tokens.is_empty() => {
                    self.at += 1;
                    if matches!(self.peek(), Some(b' ' | b')') | None) {
                        return Err(self.wrong("a space too many"));
                    }
                }
                Some(b'(') => {}
                _ if tokens.is_empty() => {}
                _ => return Err(self.wrong("no space")),
            }
            tokens.push(self.token()?);
        }
    }

    fn code(&mut self) -> Result<Token, String> {
        self.at += 1;
        Ok(Token::Code(self.until(b']')?))
    }

    fn quoted(&mut self) -> Result<Token, String> {
        let mut bytes = Vec::new();
        self.at += 1;
        loop {
            let Some(byte) = self.peek() else {
                return Err(self.wrong("no closing quote"));
            };
            self.at += 1;
            match byte {
                b'"' => return Ok(Token::Text(bytes)),
                b'\\' => {
                    match self.peek() {
                        Some(escaped @ (b'"' | b'\\')) => bytes.push(escaped),
                        _ => return Err(self.wrong("an escape that there is not")),
                    }
                    self.at += 1;
                }
                byte => bytes.push(byte),
            }
        }
    }

    fn literal(&mut self) -> Result<Token, String> {
        // The line ends with it, or it would not have been read as one.
        let Some(literal) = self.literals.get(self.piece) else {
            return Err(self.wrong("a brace"));
        };
        self.piece += 1;
        self.at = 0;
        Ok(Token::Text(literal.clone()))
    }

    fn atom(&mut self) -> Result<Token, String> {
        let text = &self.texts[self.piece];
        let start = self.at;
        let mut section = 0_u32;
        while let Some(byte) = self.peek() {
            match byte {
                // `BODY[HEADER.FIELDS (To "x y")]`; in a keyword the bracket is one character of an atom.
                b'[' if section > 0 || has_section(&text[start..self.at]) => section += 1,
                b']' if section > 0 => section -= 1,
                b' ' | b'(' | b')' | b'"' if section == 0 => break,
                b']' if section == 0 => break,
                _ => {}
            }
            self.at += 1;
        }
        if self.at == start {
            return Err(self.wrong("no atom"));
        }
        Ok(Token::Atom(text[start..self.at].to_owned()))
    }
}

fn has_section(name: &str) -> bool {
    ["BODY", "BINARY", "BINARY.SIZE"]
        .iter()
        .any(|item| name.eq_ignore_ascii_case(item))
}

/// A line to an IMAP server.
pub struct Imap {
    line: Option<Line>,
    count: u32,
}

impl Imap {
    /// A line that is open; the greeting is not yet read.
    pub fn new(line: Line) -> Self {
        Self {
            line: Some(line),
            count: 0,
        }
    }

    /// Logged in over implicit TLS.
    ///
    /// # Errors
    /// When there is no connection, or the server says no.
    pub fn login(to: SocketAddr, login: &str, password: &str) -> io::Result<Self> {
        let mut imap = Self::new(Line::tls(to)?);
        imap.answer()?;
        imap.command(&format!("LOGIN {login} {password}"))?;
        Ok(imap)
    }

    fn line(&mut self) -> io::Result<&mut Line> {
        self.line
            .as_mut()
            .ok_or_else(|| io::ErrorKind::NotConnected.into())
    }

    /// From here on encrypted.
    ///
    /// # Errors
    /// When TLS does not come about.
    pub fn upgrade(&mut self) -> io::Result<()> {
        let line = self.line.take().ok_or(io::ErrorKind::NotConnected)?;
        self.line = Some(line.upgrade()?);
        Ok(())
    }

    /// Waits no longer than this for an answer.
    ///
    /// # Errors
    /// When the connection is gone.
    pub fn timeout(&mut self, time: Duration) -> io::Result<()> {
        self.line()?.timeout(time)
    }

    /// Bytes as they are.
    ///
    /// # Errors
    /// When the connection is gone.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.line()?.send(bytes)
    }

    /// A tag that was not used yet.
    pub fn tag(&mut self) -> String {
        self.count += 1;
        format!("a{:03}", self.count)
    }

    /// The next answer.
    ///
    /// # Errors
    /// When the connection is gone or the answer has no form; the latter is `InvalidData`.
    pub fn answer(&mut self) -> io::Result<Answer> {
        let (texts, literals) = self.raw()?;
        parse(&texts, &literals).map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e))
    }

    /// The next answer, not taken apart.
    ///
    /// # Errors
    /// When the connection is gone.
    pub fn raw(&mut self) -> io::Result<(Vec<String>, Vec<Vec<u8>>)> {
        let line = self.line()?;
        let (mut texts, mut literals) = (Vec::new(), Vec::new());
        loop {
            let text = line.line()?;
            let size = literal_size(&text);
            texts.push(text);
            match size {
                // The text of a status response may end in whatever it likes.
                Some(size) if texts.len() > 1 || !is_status(&texts[0]) => {
                    literals.push(line.bytes(size)?)
                }
                _ => return Ok((texts, literals)),
            }
        }
    }

    /// Says a command without literals; the untagged answers, and what the tagged one says.
    ///
    /// # Errors
    /// When the connection is gone, or the tagged answer is not OK.
    pub fn command(&mut self, command: &str) -> io::Result<Vec<Answer>> {
        let (untagged, tagged) = self.say(command)?;
        if tagged.starts(&["OK"]) {
            Ok(untagged)
        } else {
            Err(io::Error::other(format!("{command}: {tagged:?}")))
        }
    }

    /// The same, whatever the tagged answer is.
    ///
    /// # Errors
    /// When the connection is gone.
    pub fn say(&mut self, command: &str) -> io::Result<(Vec<Answer>, Answer)> {
        let tag = self.tag();
        self.send(format!("{tag} {command}\r\n").as_bytes())?;
        self.until(&tag)
    }

    /// Untagged answers up to the tagged one.
    ///
    /// # Errors
    /// When the connection is gone.
    pub fn until(&mut self, tag: &str) -> io::Result<(Vec<Answer>, Answer)> {
        let mut untagged = Vec::new();
        loop {
            let answer = self.answer()?;
            if answer.tag == tag {
                return Ok((untagged, answer));
            }
            untagged.push(answer);
        }
    }

    /// Appends a message; what the tagged answer says.
    ///
    /// # Errors
    /// When the connection is gone, or the server does not want it.
    pub fn append(
        &mut self,
        mailbox: &str,
        flags: &str,
        message: &[u8],
    ) -> io::Result<(Vec<Answer>, Answer)> {
        let tag = self.tag();
        let head = format!("{tag} APPEND {mailbox} {flags} {{{}}}\r\n", message.len());
        self.send(head.replace("  ", " ").as_bytes())?;
        let mut untagged = Vec::new();
        loop {
            let answer = self.answer()?;
            match answer.tag.as_str() {
                "+" => break,
                "*" => untagged.push(answer),
                _ => return Ok((untagged, answer)),
            }
        }
        self.send(message)?;
        self.send(b"\r\n")?;
        let (more, tagged) = self.until(&tag)?;
        untagged.extend(more);
        Ok((untagged, tagged))
    }
}

/// How long the literal is that a line announces at its end.
fn literal_size(line: &str) -> Option<usize> {
    let (_, size) = line.strip_suffix('}')?.rsplit_once('{')?;
    size.parse().ok()
}

fn is_status(line: &str) -> bool {
    let mut words = line.split(' ');
    let tag = words.next();
    tag == Some("+")
        || words
            .next()
            .is_some_and(|word| ["OK", "NO", "BAD", "BYE", "PREAUTH"].contains(&word))
}
