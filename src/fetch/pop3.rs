//! POP3, the client's side (RFC 1939).

use std::collections::HashMap;

use data_encoding::BASE64;
use tokio::io::{AsyncRead, AsyncWrite};
use zeroize::Zeroizing;

use super::spool::Spool;
use super::wire::Wire;
use super::{Error, Greeting, Listed, Listing, MAX_LETTERS, Read, not_accepted, with_words};
use crate::mail::verdict::{Reason, Status};
use crate::net::client::Secrets;

/// Longest name of a letter (RFC 1939 section 7); real servers have gone beyond it.
const MAX_UIDL: usize = 255;

/// A connection that is logged in.
pub struct Client<S> {
    wire: Wire<S>,
    secrets: Secrets,
}

/// Asks for encryption, up to the moment where it begins (RFC 2595).
///
/// # Errors
/// [`Error::Server`]: there is none.
pub async fn start_tls<S: AsyncRead + AsyncWrite + Unpin>(wire: &mut Wire<S>) -> Result<(), Error> {
    greeting(wire).await?;
    wire.say("STLS").await?;
    match status(wire).await? {
        Answer::Ok(_) => Ok(()),
        Answer::Err(said) => Err(Error::Server(Reason::new(
            Status(4, 7, 4),
            with_words(
                "the provider's server offers no encryption (STLS), so nothing was sent",
                &said,
            ),
        ))),
    }
}

async fn greeting<S: AsyncRead + AsyncWrite + Unpin>(wire: &mut Wire<S>) -> Result<(), Error> {
    match status(wire).await? {
        Answer::Ok(_) => Ok(()),
        Answer::Err(said) => Err(Error::refused("to talk", &said)),
    }
}

/// The first line of an answer.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    Ok(Vec<u8>),
    Err(Vec<u8>),
}

async fn status<S: AsyncRead + AsyncWrite + Unpin>(wire: &mut Wire<S>) -> Result<Answer, Error> {
    let line = wire.line().await?;
    first_line(&line).ok_or_else(|| Error::nonsense("does not speak POP3; is the port right?"))
}

fn first_line(line: &[u8]) -> Option<Answer> {
    let after = |word: &[u8]| {
        let rest = line.get(word.len()..)?;
        let same = line[..word.len()].eq_ignore_ascii_case(word);
        (same && matches!(rest.first(), None | Some(b' '))).then(|| rest.trim_ascii().to_vec())
    };
    after(b"+OK")
        .map(Answer::Ok)
        .or_else(|| after(b"-ERR").map(Answer::Err))
}

/// A refused login that is no fault of the password's (RFC 2449 section 8.1.1, RFC 3206).
fn is_for_now(said: &[u8]) -> bool {
    ["[IN-USE]", "[LOGIN-DELAY]", "[SYS/TEMP]", "[SYS/PERM]"]
        .iter()
        .any(|code| {
            said.get(..code.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(code.as_bytes()))
        })
}

/// `number rest` of a listing.
fn entry(line: &[u8]) -> Option<(u32, &str)> {
    let text = std::str::from_utf8(line).ok()?;
    let (number, rest) = text.split_once(' ')?;
    let number = number.parse().ok().filter(|n| *n > 0)?;
    let word = rest.trim().split(' ').next()?;
    (!word.is_empty()).then_some((number, word))
}

fn is_name(word: &str) -> bool {
    word.len() <= MAX_UIDL && word.bytes().all(|b| b.is_ascii_graphic())
}

impl<S: AsyncRead + AsyncWrite + Unpin> Client<S> {
    /// Logs in.
    ///
    /// # Errors
    /// [`Error::Login`], [`Error::Server`].
    pub async fn log_in(
        mut wire: Wire<S>,
        first: Greeting,
        (username, password): (&str, &str),
    ) -> Result<Self, Error> {
        if first == Greeting::Expected {
            greeting(&mut wire).await?;
        }
        let mut client = Self {
            wire,
            secrets: Secrets::of(username, password),
        };
        let (mut user, mut plain) = (true, false);
        if let Some(lines) = client.lines("CAPA").await? {
            let words = |line: &[u8]| String::from_utf8_lossy(line).to_ascii_uppercase();
            let lines: Vec<String> = lines.iter().map(|line| words(line)).collect();
            user = lines.iter().any(|line| line.trim() == "USER");
            plain = lines
                .iter()
                .any(|l| l.starts_with("SASL ") && l.split(' ').any(|word| word == "PLAIN"));
        }
        // One way, tried once: a wrong password that is said in every way counts as so many attacks.
        let answer = if plain {
            let secret = Zeroizing::new(format!("\0{username}\0{password}"));
            let secret = Zeroizing::new(BASE64.encode(secret.as_bytes()));
            client.wire.say("AUTH PLAIN").await?;
            let line = client.wire.line().await?;
            match first_line(&line) {
                Some(refused) => client.hidden(refused),
                None if line.starts_with(b"+") => {
                    client.wire.say(&secret).await?;
                    client.status().await?
                }
                None => return Err(Error::nonsense("answers a login with nonsense")),
            }
        } else if user {
            client.wire.say(&format!("USER {username}")).await?;
            match client.status().await? {
                Answer::Ok(_) => {
                    let line = Zeroizing::new(format!("PASS {password}"));
                    client.wire.say(&line).await?;
                    client.status().await?
                }
                refused => refused,
            }
        } else {
            return Err(Error::Server(Reason::new(
                Status(4, 7, 4),
                "the provider's server offers no way to log in that this home knows (USER, PLAIN)",
            )));
        };
        match answer {
            Answer::Ok(_) => Ok(client),
            Answer::Err(said) if is_for_now(&said) => Err(Error::refused("the login", &said)),
            Answer::Err(said) => Err(not_accepted(username, &said)),
        }
    }

    /// Everything that lies there.
    ///
    /// # Errors
    /// [`Error::Server`].
    pub async fn list(&mut self) -> Result<Listing, Error> {
        let Some(sizes) = self.lines("LIST").await? else {
            return Err(Error::nonsense("does not list the letters"));
        };
        let mut names: HashMap<u32, String> = HashMap::new();
        // A server without UIDL has no names for letters; one that refuses it now has none either.
        for line in self.lines("UIDL").await?.unwrap_or_default() {
            let Some((number, word)) = entry(&line) else {
                return Err(Error::nonsense("lists letters in no known way (UIDL)"));
            };
            if is_name(word) {
                names.insert(number, word.to_owned());
            }
        }
        let mut letters = Vec::with_capacity(sizes.len());
        for line in sizes {
            let size = entry(&line).and_then(|(number, word)| Some((number, word.parse().ok()?)));
            let Some((number, size)) = size else {
                return Err(Error::nonsense("lists letters in no known way (LIST)"));
            };
            letters.push(Listed {
                number,
                name: names.remove(&number),
                size,
                mark: None,
            });
        }
        Ok(Listing {
            letters,
            validity: None,
            next: 0,
        })
    }

    /// Reads a letter.
    ///
    /// # Errors
    /// [`Error::TooLarge`], [`Error::Server`], [`Error::Disk`].
    pub async fn read(&mut self, number: u32, spool: &mut Spool) -> Result<Read, Error> {
        self.wire.say(&format!("RETR {number}")).await?;
        if let Answer::Err(said) = self.status().await? {
            return Ok(Read::refused(&said));
        }
        let mut dots = Dots::default();
        let mut out = Vec::new();
        loop {
            let block = self.wire.block().await?;
            let (taken, end) = dots.feed(block, &mut out);
            self.wire.take(taken);
            spool.add(&out)?;
            out.clear();
            if end {
                return Ok(Read::Whole);
            }
        }
    }

    /// Marks letters; they go with [`quit`](Self::quit).
    ///
    /// # Errors
    /// [`Error::Server`].
    pub async fn delete(&mut self, numbers: &[u32]) -> Result<Vec<u32>, Error> {
        let mut kept = Vec::new();
        for number in numbers {
            self.wire.say(&format!("DELE {number}")).await?;
            if let Answer::Err(_) = self.status().await? {
                kept.push(*number);
            }
        }
        Ok(kept)
    }

    /// Says goodbye: what was marked is deleted now.
    ///
    /// # Errors
    /// [`Error::Server`]: nothing may have been deleted.
    pub async fn quit(mut self) -> Result<(), Error> {
        self.wire.say("QUIT").await?;
        match self.status().await? {
            Answer::Ok(_) => Ok(()),
            Answer::Err(said) => Err(Error::refused("to delete the letters", &said)),
        }
    }

    async fn status(&mut self) -> Result<Answer, Error> {
        let answer = status(&mut self.wire).await?;
        Ok(self.hidden(answer))
    }

    fn hidden(&self, answer: Answer) -> Answer {
        match answer {
            Answer::Err(said) => Answer::Err(self.secrets.hidden(&said)),
            ok => ok,
        }
    }

    /// The lines of an answer that has several; `None` when it is refused.
    async fn lines(&mut self, command: &str) -> Result<Option<Vec<Vec<u8>>>, Error> {
        self.wire.say(command).await?;
        if let Answer::Err(_) = self.status().await? {
            return Ok(None);
        }
        let mut lines = Vec::new();
        let mut bytes = 0;
        loop {
            let line = self.wire.line().await?;
            if line == b"." {
                return Ok(Some(lines));
            }
            // Lines are short here; what is long in all is no listing.
            bytes += line.len() + 32;
            if lines.len() == MAX_LETTERS || bytes > MAX_LETTERS * 64 {
                return Err(Error::nonsense("lists too many letters"));
            }
            lines.push(line.strip_prefix(b".").map(<[u8]>::to_vec).unwrap_or(line));
        }
    }
}

/// Takes the dots away that stand before dots (RFC 1939 section 3), and finds the end: a dot on a line of its own. Only CRLF
/// ends a line, and every other octet is passed on as it is.
#[derive(Debug, Default)]
pub struct Dots {
    state: State,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    LineStart,
    Dot,
    DotCr,
    Inside,
    Cr,
}

impl Dots {
    /// Takes a block: how many bytes were taken, and whether that was the end. What belongs to the letter goes to `out`.
    pub fn feed(&mut self, block: &[u8], out: &mut Vec<u8>) -> (usize, bool) {
        for (at, &byte) in block.iter().enumerate() {
            self.state = match (self.state, byte) {
                (State::LineStart, b'.') => State::Dot,
                (State::Dot, b'\r') => State::DotCr,
                (State::DotCr, b'\n') => {
                    self.state = State::LineStart;
                    return (at + 1, true);
                }
                (State::DotCr, _) => {
                    out.push(b'\r');
                    pass(State::Cr, byte, out)
                }
                (state, byte) => pass(state, byte, out),
            };
        }
        (block.len(), false)
    }
}

fn pass(before: State, byte: u8, out: &mut Vec<u8>) -> State {
    out.push(byte);
    match (before, byte) {
        (_, b'\r') => State::Cr,
        (State::Cr, b'\n') => State::LineStart,
        _ => State::Inside,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn unstuffed(input: &[u8]) -> (Vec<u8>, usize, bool) {
        let mut out = Vec::new();
        let (taken, end) = Dots::default().feed(input, &mut out);
        (out, taken, end)
    }

    #[test]
    fn only_a_dot_on_a_line_of_its_own_ends_a_letter() {
        let ends = |input: &[u8], letter: &[u8]| {
            assert_eq!(unstuffed(input), (letter.to_vec(), input.len(), true));
        };
        ends(b".\r\n", b"");
        ends(b"a\r\n.\r\n", b"a\r\n");
        ends(b"a\r\n..\r\n...b\r\n.\r\n", b"a\r\n.\r\n..b\r\n");
        ends(b"a\n.\n\r\n.\r\n", b"a\n.\n\r\n");
        ends(b"a\r.\r\n.\r\n", b"a\r.\r\n");
        ends(b"..\rb\r\n.\r\n", b".\rb\r\n");
        // A dot that hides nothing is taken for one that does, as RFC 1939 has it.
        ends(b".\rb\r\n.\r\n", b"\rb\r\n");
        ends(b".\r\r\n.\r\n", b"\r\r\n");
        ends(b"\0\xff\r\n.\r\n", b"\0\xff\r\n");
        assert_eq!(unstuffed(b"a\r\n.\r\nmore"), (b"a\r\n".to_vec(), 6, true));
        assert_eq!(unstuffed(b"a\n.\n"), (b"a\n.\n".to_vec(), 4, false));
    }

    #[test]
    fn answers_are_read_strictly() {
        assert_eq!(first_line(b"+OK"), Some(Answer::Ok(vec![])));
        assert_eq!(first_line(b"+ok fine"), Some(Answer::Ok(b"fine".to_vec())));
        assert_eq!(
            first_line(b"-ERR [IN-USE] x"),
            Some(Answer::Err(b"[IN-USE] x".to_vec()))
        );
        for line in [&b"+OKAY"[..], b"OK", b"", b"* OK", b"220 smtp"] {
            assert_eq!(first_line(line), None);
        }
        assert_eq!(entry(b"1 120"), Some((1, "120")));
        assert_eq!(
            entry(b"1  whqtswO00WBw418f9t5JxYwZ  x"),
            Some((1, "whqtswO00WBw418f9t5JxYwZ"))
        );
        for line in [
            &b"0 1"[..],
            b"x 1",
            b"1",
            b"1 ",
            b"99999999999 1",
            b"1 \xff",
        ] {
            assert_eq!(entry(line), None);
        }
        assert!(is_for_now(b"[in-use] other session") && !is_for_now(b"[AUTH] wrong"));
    }

    proptest! {
        #[test]
        fn what_was_stuffed_comes_back(lines in prop::collection::vec("[.\\r\\na]{0,6}", 0..6), cut in 1usize..20) {
            let letter = lines.concat().replace("\r\n", "\n").replace('\n', "\r\n") + "\r\n";
            let stuffed: String = letter.split_inclusive("\r\n")
                .map(|line| if line.starts_with('.') { format!(".{line}") } else { line.to_owned() })
                .collect::<String>() + ".\r\n";
            let (mut dots, mut out, mut ended) = (Dots::default(), Vec::new(), false);
            for block in stuffed.as_bytes().chunks(cut) {
                prop_assert!(!ended);
                let (taken, end) = dots.feed(block, &mut out);
                prop_assert_eq!(taken, block.len());
                ended = end;
            }
            prop_assert!(ended);
            prop_assert_eq!(out, letter.into_bytes());
        }
    }
}
