//! IMAP, the client's side (RFC 3501), as far as it takes to empty an INBOX.
//!
//! An answer is text with literals between; the one literal that may be long, the letter itself, goes into its [`Spool`] as it
//! comes.

use std::collections::HashSet;

use data_encoding::BASE64;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncRead, AsyncWrite};
use zeroize::Zeroizing;

use super::spool::Spool;
use super::wire::{MAX_LINE, Wire};
use super::{
    Access, Error, Greeting, Listed, Listing, MAX_LETTERS, Read, Resume, not_accepted, with_words,
};
use crate::mail::verdict::{Reason, Status};
use crate::net::client::Secrets;

/// Literals in one answer; what is asked for here brings two at most.
const MAX_PIECES: usize = 64;
/// UIDs in one command: its line stays far below what servers take (RFC 7162 section 4 asks for 8192 octets).
const AT_ONCE: usize = 100;
/// Lists inside lists.
const MAX_DEPTH: usize = 16;

/// A connection that is logged in.
pub struct Client<S> {
    wire: Wire<S>,
    /// Of the last command.
    tag: u32,
    /// RFC 4315: single letters can be expunged.
    uid_plus: bool,
    secrets: Secrets,
}

/// A part of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A line, or what stands before a literal.
    Text(Vec<u8>),
    /// A literal.
    Literal(Vec<u8>),
    /// A literal that went into the spool.
    Spooled,
}

/// How a command ended.
#[derive(Debug, PartialEq, Eq)]
enum Done {
    Ok(Vec<u8>),
    Refused(Vec<u8>),
}

/// Asks for encryption, up to the moment where it begins.
///
/// # Errors
/// [`Error::Server`]: there is none.
pub async fn start_tls<S: AsyncRead + AsyncWrite + Unpin>(wire: &mut Wire<S>) -> Result<(), Error> {
    greeting(wire).await?;
    wire.say("S STARTTLS").await?;
    loop {
        let line = wire.line().await?;
        match completion(&line, "S") {
            Some(Done::Ok(_)) => return Ok(()),
            Some(Done::Refused(said)) => {
                let text =
                    "the provider's server offers no encryption (STARTTLS), so nothing was sent";
                return Err(Error::Server(Reason::new(
                    Status(4, 7, 4),
                    with_words(text, &said),
                )));
            }
            None if line.starts_with(b"* ") => {}
            None => return Err(Error::nonsense("answers STARTTLS with nonsense")),
        }
    }
}

async fn greeting<S: AsyncRead + AsyncWrite + Unpin>(wire: &mut Wire<S>) -> Result<(), Error> {
    let line = wire.line().await?;
    let word = line.strip_prefix(b"* ").map(first_word);
    match word.map(<[u8]>::to_ascii_uppercase).as_deref() {
        Some(b"OK") => Ok(()),
        // PREAUTH: whose mailbox that would be, nobody has said.
        Some(b"BYE" | b"PREAUTH") => Err(Error::refused("to talk", &line)),
        _ => Err(Error::nonsense("does not speak IMAP; is the port right?")),
    }
}

fn first_word(text: &[u8]) -> &[u8] {
    text.split(|&b| b == b' ').next().unwrap_or_default()
}

/// `tag OK …`
fn completion(line: &[u8], tag: &str) -> Option<Done> {
    let rest = line.strip_prefix(tag.as_bytes())?.strip_prefix(b" ")?;
    let word = first_word(rest);
    let said = rest[word.len()..].trim_ascii().to_vec();
    match &word.to_ascii_uppercase()[..] {
        b"OK" => Some(Done::Ok(said)),
        b"NO" | b"BAD" => Some(Done::Refused(said)),
        _ => None,
    }
}

/// A refused login that is no fault of the password's (RFC 5530).
fn is_for_now(said: &[u8]) -> bool {
    ["[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]"]
        .iter()
        .any(|code| {
            said.get(..code.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(code.as_bytes()))
        })
}

/// The length of the literal that a line announces, and where its text ends.
pub fn literal(line: &[u8]) -> Option<(usize, u64)> {
    let inner = line.strip_suffix(b"}")?;
    let open = inner.iter().rposition(|&b| b == b'{')?;
    let digits = &inner[open + 1..];
    let digits = digits.strip_suffix(b"+").unwrap_or(digits);
    if digits.is_empty() || digits.len() > 19 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let length = std::str::from_utf8(digits).ok()?.parse().ok()?;
    // literal8 (RFC 3516).
    let end = if open > 0 && inner[open - 1] == b'~' {
        open - 1
    } else {
        open
    };
    Some((end, length))
}

fn quoted(text: &str) -> Zeroizing<String> {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
    Zeroizing::new(format!("\"{escaped}\""))
}

/// The value of a response code such as `[UIDVALIDITY 17]` in an untagged OK.
fn code(text: &[u8], name: &str) -> Option<u32> {
    let text = std::str::from_utf8(text).ok()?;
    let rest = text.get(2..)?.trim_start();
    let rest = rest
        .get(2..)
        .filter(|_| rest[..2].eq_ignore_ascii_case("OK"))?;
    let inner = rest.trim_start().strip_prefix('[')?.split(']').next()?;
    let (word, value) = inner.split_once(' ')?;
    word.eq_ignore_ascii_case(name)
        .then(|| value.trim().parse().ok())?
}

/// `* 17 EXISTS`
fn exists(text: &[u8]) -> Option<u32> {
    let text = std::str::from_utf8(text).ok()?;
    let mut words = text.split(' ');
    let (star, number, word) = (words.next()?, words.next()?, words.next()?);
    (star == "*" && word.eq_ignore_ascii_case("EXISTS")).then(|| number.parse().ok())?
}

/// The numbers of `* SEARCH …`
fn found(text: &[u8]) -> Option<Vec<u32>> {
    let text = std::str::from_utf8(text).ok()?;
    let rest = text.strip_prefix("* ")?;
    let rest = rest
        .get(6..)
        .filter(|_| rest[..6].eq_ignore_ascii_case("SEARCH"))?;
    rest.split_ascii_whitespace()
        .map(|word| word.parse().ok())
        .collect()
}

/// What a FETCH answer says of one letter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fetched {
    /// Its UID.
    pub uid: Option<u32>,
    /// RFC822.SIZE.
    pub size: Option<u64>,
    /// INTERNALDATE, as it was written.
    pub date: Option<Vec<u8>>,
    /// `BODY[]`.
    pub body: Option<Body>,
}

/// The letter itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// It is in the spool.
    Spooled,
    /// It was so short that it stood in quotes.
    Short(Vec<u8>),
    /// There is none any more.
    Gone,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Open,
    Close,
    Word(Vec<u8>),
    String(Vec<u8>),
    Spooled,
}

/// The tokens of an answer; `None` when it has none.
fn tokens(pieces: &[Piece]) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    for piece in pieces {
        let text = match piece {
            Piece::Text(text) => text,
            Piece::Literal(bytes) => {
                tokens.push(Token::String(bytes.clone()));
                continue;
            }
            Piece::Spooled => {
                tokens.push(Token::Spooled);
                continue;
            }
        };
        let mut at = 0;
        while let Some(&byte) = text.get(at) {
            at += 1;
            match byte {
                b' ' => {}
                b'(' => tokens.push(Token::Open),
                b')' => tokens.push(Token::Close),
                b'"' => {
                    let mut string = Vec::new();
                    loop {
                        match text.get(at)? {
                            b'"' => break,
                            b'\\' => {
                                at += 1;
                                string.push(*text.get(at)?);
                            }
                            other => string.push(*other),
                        }
                        at += 1;
                    }
                    at += 1;
                    tokens.push(Token::String(string));
                }
                _ => {
                    let start = at - 1;
                    // `BODY[HEADER.FIELDS (SUBJECT)]` is one word.
                    let mut section = byte == b'[';
                    while let Some(&byte) = text.get(at) {
                        match byte {
                            b'[' => section = true,
                            b']' => section = false,
                            b' ' | b'(' | b')' | b'"' if !section => break,
                            _ => {}
                        }
                        at += 1;
                    }
                    tokens.push(Token::Word(text[start..at].to_vec()));
                }
            }
        }
    }
    Some(tokens)
}

/// Reads `* 12 FETCH (UID 17 …)`; `None` for any other answer.
pub fn fetched(pieces: &[Piece]) -> Option<Fetched> {
    let tokens = tokens(pieces)?;
    let mut tokens = tokens.into_iter();
    let mut word = || match tokens.next() {
        Some(Token::Word(word)) => Some(word),
        _ => None,
    };
    let (star, _number, verb) = (word()?, word()?, word()?);
    if star != b"*" || !verb.eq_ignore_ascii_case(b"FETCH") || tokens.next() != Some(Token::Open) {
        return None;
    }
    let mut fetched = Fetched::default();
    loop {
        let name = match tokens.next()? {
            Token::Close => return Some(fetched),
            Token::Word(name) => name.to_ascii_uppercase(),
            _ => return None,
        };
        let value = tokens.next()?;
        let number = match &value {
            Token::Word(word) => std::str::from_utf8(word)
                .ok()
                .and_then(|w| w.parse::<u64>().ok()),
            _ => None,
        };
        match (&name[..], value) {
            (b"UID", _) => fetched.uid = Some(u32::try_from(number?).ok().filter(|uid| *uid > 0)?),
            (b"RFC822.SIZE", _) => fetched.size = Some(number?),
            (b"INTERNALDATE", Token::String(date)) => fetched.date = Some(date),
            // No date string (RFC 3501 allows none but one): then nothing marks the letter.
            (b"INTERNALDATE", Token::Word(nil)) if nil.eq_ignore_ascii_case(b"NIL") => {}
            (b"BODY[]", Token::Spooled) => fetched.body = Some(Body::Spooled),
            (b"BODY[]", Token::String(short)) => fetched.body = Some(Body::Short(short)),
            (b"BODY[]", Token::Word(nil)) if nil.eq_ignore_ascii_case(b"NIL") => {
                fetched.body = Some(Body::Gone);
            }
            (b"BODY[]" | b"INTERNALDATE", _) | (_, Token::Close) => return None,
            (_, Token::Open) => {
                let mut depth = 1;
                while depth > 0 {
                    match tokens.next()? {
                        Token::Open if depth == MAX_DEPTH => return None,
                        Token::Open => depth += 1,
                        Token::Close => depth -= 1,
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
}

/// Whether it is an answer about a letter, readable or not.
fn is_fetch(pieces: &[Piece]) -> bool {
    let Some(Piece::Text(text)) = pieces.first() else {
        return false;
    };
    let mut words = text.split(|b| matches!(b, b' ' | b'('));
    words
        .nth(2)
        .is_some_and(|verb| verb.eq_ignore_ascii_case(b"FETCH"))
}

fn set_of(uids: &[u32]) -> String {
    let words: Vec<String> = uids.iter().map(u32::to_string).collect();
    words.join(",")
}

/// Hears the answers that belong to no command in particular.
type Ear<'a> = &'a mut dyn FnMut(&[Piece]) -> Result<(), Error>;

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
            tag: 0,
            uid_plus: false,
            secrets: Secrets::of(username, password),
        };
        let offered = client.capabilities().await?;
        let offers = |word: &str| offered.iter().any(|o| o == word);
        // One way, tried once: a wrong password that is said in every way counts as so many attacks.
        let done = if offers("AUTH=PLAIN") {
            let secret = Zeroizing::new(format!("\0{username}\0{password}"));
            let secret = Zeroizing::new(BASE64.encode(secret.as_bytes()));
            let tag = client.command("AUTHENTICATE PLAIN").await?;
            client
                .until(&tag, None, &mut |_| Ok(()), Some(&secret))
                .await?
        } else if !offers("LOGINDISABLED") {
            let words =
                Zeroizing::new(format!("LOGIN {} {}", *quoted(username), *quoted(password)));
            client.run(&words, &mut |_| Ok(())).await?
        } else {
            return Err(Error::Server(Reason::new(
                Status(4, 7, 4),
                "the provider's server offers no way to log in that this home knows (PLAIN, LOGIN)",
            )));
        };
        match done {
            Done::Ok(_) => {}
            Done::Refused(said) if is_for_now(&said) => {
                return Err(Error::refused("the login", &said));
            }
            Done::Refused(said) => return Err(not_accepted(username, &said)),
        }
        // They may be others now.
        client.uid_plus = client.capabilities().await?.iter().any(|o| o == "UIDPLUS");
        Ok(client)
    }

    async fn capabilities(&mut self) -> Result<Vec<String>, Error> {
        let mut offered = Vec::new();
        let mut hear = |pieces: &[Piece]| {
            if let [Piece::Text(text)] = pieces
                && let Some(rest) = String::from_utf8_lossy(text)
                    .to_ascii_uppercase()
                    .strip_prefix("* CAPABILITY ")
            {
                offered = rest.split_ascii_whitespace().map(str::to_owned).collect();
            }
            Ok(())
        };
        match self.run("CAPABILITY", &mut hear).await? {
            Done::Ok(_) => Ok(offered),
            Done::Refused(said) => Err(Error::refused("to say what it can", &said)),
        }
    }

    /// What lies in INBOX, from there on.
    ///
    /// # Errors
    /// [`Error::Server`].
    pub async fn list(&mut self, access: Access, from: Resume<'_>) -> Result<Listing, Error> {
        let (mut validity, mut next, mut count) = (None, 0, None);
        let mut hear = |pieces: &[Piece]| {
            if let [Piece::Text(text)] = pieces {
                validity = code(text, "UIDVALIDITY").or(validity);
                next = code(text, "UIDNEXT").unwrap_or(next);
                count = exists(text).or(count);
            }
            Ok(())
        };
        let command = match access {
            Access::ReadOnly => "EXAMINE INBOX",
            Access::MayDelete => "SELECT INBOX",
        };
        if let Done::Refused(said) = self.run(command, &mut hear).await? {
            return Err(Error::refused("to open the mailbox", &said));
        }
        let same = validity.is_some() && validity == from.validity;
        let (above, besides) = if same {
            (from.above, from.besides)
        } else {
            (0, &[][..])
        };
        let mut letters = Vec::new();
        let nothing_new = next != 0 && next <= above.saturating_add(1);
        if count != Some(0) && !nothing_new {
            let range = format!("{}:*", above.saturating_add(1));
            // `n:*` names the last letter, also where that is before n (RFC 3501 section 6.4.8).
            let asked = |uid| uid > above;
            self.list_some((&range, &asked), validity, &mut letters)
                .await?;
        }
        for some in besides.chunks(AT_ONCE) {
            let asked = |uid| some.contains(&uid);
            self.list_some((&set_of(some), &asked), validity, &mut letters)
                .await?;
        }
        letters.sort_by_key(|letter| letter.number);
        letters.dedup_by_key(|letter| letter.number);
        Ok(Listing {
            letters,
            validity,
            next,
        })
    }

    /// Lists a set of letters. Each that was `asked` for is listed whole, or the listing counts for nothing: what is not
    /// listed now is never asked for again.
    async fn list_some(
        &mut self,
        (set, asked): (&str, &(dyn Fn(u32) -> bool + Sync)),
        validity: Option<u32>,
        letters: &mut Vec<Listed>,
    ) -> Result<(), Error> {
        let unreadable = || Error::nonsense("lists a letter in no known way (UID, RFC822.SIZE)");
        let mut bare = HashSet::new();
        let before = letters.len();
        let mut hear = |pieces: &[Piece]| {
            let (uid, size, date) = match fetched(pieces) {
                Some(Fetched {
                    uid: Some(uid),
                    size: Some(size),
                    date,
                    ..
                }) => (uid, size, date),
                // Flags that somebody else has changed, for instance.
                Some(Fetched {
                    uid: Some(uid),
                    size: None,
                    ..
                }) => {
                    bare.insert(uid);
                    return Ok(());
                }
                Some(Fetched { size: None, .. }) => return Ok(()),
                None if !is_fetch(pieces) => return Ok(()),
                Some(_) | None => return Err(unreadable()),
            };
            if !asked(uid) {
                return Ok(());
            }
            if letters.len() == MAX_LETTERS {
                return Err(Error::nonsense("lists too many letters"));
            }
            letters.push(Listed {
                number: uid,
                name: validity.map(|validity| format!("{validity}/{uid}")),
                size,
                mark: date.map(|date| mark(&date, size)),
            });
            Ok(())
        };
        let command = format!("UID FETCH {set} (UID RFC822.SIZE INTERNALDATE)");
        if let Done::Refused(said) = self.run(&command, &mut hear).await? {
            return Err(Error::refused("to list the letters", &said));
        }
        for letter in &letters[before..] {
            bare.remove(&letter.number);
        }
        if bare.into_iter().any(asked) {
            return Err(unreadable());
        }
        Ok(())
    }

    /// Reads a letter, without a trace that it was read.
    ///
    /// # Errors
    /// [`Error::TooLarge`], [`Error::Server`], [`Error::Disk`].
    pub async fn read(&mut self, uid: u32, spool: &mut Spool) -> Result<Read, Error> {
        let (mut body, mut short) = (None, None);
        let mut hear = |pieces: &[Piece]| {
            let spooled = pieces.contains(&Piece::Spooled);
            match fetched(pieces) {
                Some(Fetched {
                    uid: Some(number),
                    body: Some(found),
                    ..
                }) if number == uid => {
                    if body.is_some() {
                        return Err(Error::nonsense("sends a letter twice"));
                    }
                    if let Body::Short(text) = &found {
                        short = Some(text.clone());
                    }
                    body = Some(found);
                    Ok(())
                }
                _ if spooled => Err(Error::nonsense("sends another letter than was asked for")),
                _ => Ok(()),
            }
        };
        let tag = self
            .command(&format!("UID FETCH {uid} (UID BODY.PEEK[])"))
            .await?;
        let done = self.until(&tag, Some(spool), &mut hear, None).await?;
        if let Some(short) = short {
            spool.add(&short)?;
        }
        match (done, body) {
            (Done::Ok(_), Some(Body::Spooled | Body::Short(_))) => Ok(Read::Whole),
            // It may have been deleted since it was listed; servers differ in how they say so (RFC 2180 section 4.1).
            (Done::Ok(_), Some(Body::Gone) | None) => Ok(Read::Gone),
            (Done::Refused(said), _) => Ok(Read::refused(&said)),
        }
    }

    /// Deletes letters, and no others.
    ///
    /// # Errors
    /// [`Error::Server`].
    pub async fn delete(&mut self, uids: &[u32]) -> Result<Vec<u32>, Error> {
        let mut kept = Vec::new();
        for some in uids.chunks(AT_ONCE) {
            let set = set_of(some);
            let store = format!("UID STORE {set} +FLAGS.SILENT (\\Deleted)");
            if let Done::Refused(said) = self.run(&store, &mut |_| Ok(())).await? {
                return Err(Error::refused("to delete a letter", &said));
            }
            let expunge = if self.uid_plus {
                format!("UID EXPUNGE {set}")
            } else if self.others_are_marked(some).await? {
                // EXPUNGE would take letters along that a person has marked, and perhaps wants back.
                kept.extend_from_slice(some);
                continue;
            } else {
                "EXPUNGE".to_owned()
            };
            if let Done::Refused(said) = self.run(&expunge, &mut |_| Ok(())).await? {
                return Err(Error::refused("to delete a letter", &said));
            }
        }
        Ok(kept)
    }

    async fn others_are_marked(&mut self, ours: &[u32]) -> Result<bool, Error> {
        let mut all = None;
        let mut hear = |pieces: &[Piece]| {
            if let [Piece::Text(text)] = pieces {
                all = found(text).or(all.take());
            }
            Ok(())
        };
        self.run("UID SEARCH DELETED", &mut hear).await?;
        Ok(all.is_none_or(|all: Vec<u32>| all.iter().any(|uid| !ours.contains(uid))))
    }

    /// Says goodbye.
    ///
    /// # Errors
    /// [`Error::Server`].
    pub async fn quit(mut self) -> Result<(), Error> {
        let tag = self.command("LOGOUT").await?;
        loop {
            let line = self.wire.line().await?;
            if completion(&line, &tag).is_some() {
                return Ok(());
            }
            if !line.starts_with(b"* ") {
                return Err(Error::nonsense("does not say goodbye"));
            }
        }
    }

    async fn command(&mut self, words: &str) -> Result<String, Error> {
        self.tag += 1;
        let tag = format!("A{}", self.tag);
        let line = Zeroizing::new(format!("{tag} {words}"));
        self.wire.say(&line).await?;
        Ok(tag)
    }

    async fn run(&mut self, words: &str, hear: Ear<'_>) -> Result<Done, Error> {
        let tag = self.command(words).await?;
        self.until(&tag, None, hear, None).await
    }

    /// Hears answers until the command with that tag has ended. `secret` is said when the server asks for more.
    async fn until(
        &mut self,
        tag: &str,
        mut spool: Option<&mut Spool>,
        hear: Ear<'_>,
        mut secret: Option<&str>,
    ) -> Result<Done, Error> {
        // Twice what a listing may have: somebody else may change as many flags.
        for _ in 0..2 * MAX_LETTERS {
            let pieces = self.answer(spool.as_deref_mut()).await?;
            let Some(Piece::Text(first)) = pieces.first() else {
                return Err(Error::nonsense("sends a literal that nobody asked for"));
            };
            if first.first() == Some(&b'+') {
                let Some(secret) = secret.take() else {
                    return Err(Error::nonsense("wants more where there is no more"));
                };
                self.wire.say(secret).await?;
                continue;
            }
            match completion(first, tag) {
                Some(Done::Refused(said)) => return Ok(Done::Refused(self.secrets.hidden(&said))),
                Some(done) => return Ok(done),
                None => {}
            }
            let Some(rest) = first.strip_prefix(b"* ") else {
                return Err(Error::nonsense("answers something that was not asked"));
            };
            if first_word(rest).eq_ignore_ascii_case(b"BYE") {
                return Err(Error::refused("to go on", &self.secrets.hidden(rest)));
            }
            hear(&pieces)?;
        }
        Err(Error::nonsense("never comes to an end"))
    }

    /// One answer with its literals.
    async fn answer(&mut self, mut spool: Option<&mut Spool>) -> Result<Vec<Piece>, Error> {
        let mut pieces = Vec::new();
        let mut kept = 0;
        loop {
            let mut line = self.wire.line().await?;
            kept += line.len();
            let Some((end, length)) = literal(&line) else {
                pieces.push(Piece::Text(line));
                return Ok(pieces);
            };
            line.truncate(end);
            let is_letter = line.to_ascii_uppercase().ends_with(b"BODY[] ");
            pieces.push(Piece::Text(line));
            if pieces.len() >= MAX_PIECES {
                return Err(Error::nonsense("sends an answer without end"));
            }
            match spool.as_deref_mut() {
                Some(spool) if is_letter && !pieces.contains(&Piece::Spooled) => {
                    if length > spool.room() {
                        return Err(Error::TooLarge);
                    }
                    let mut left = length;
                    while left > 0 {
                        let block = self.wire.block().await?;
                        let some = block.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                        spool.add(&block[..some])?;
                        self.wire.take(some);
                        left -= some as u64;
                    }
                    pieces.push(Piece::Spooled);
                }
                _ => {
                    let length = usize::try_from(length).unwrap_or(usize::MAX);
                    kept = kept.saturating_add(length);
                    if kept > MAX_LINE {
                        return Err(Error::nonsense("sends an answer that is too long"));
                    }
                    let mut bytes = Vec::with_capacity(length);
                    while bytes.len() < length {
                        let block = self.wire.block().await?;
                        let some = block.len().min(length - bytes.len());
                        bytes.extend_from_slice(&block[..some]);
                        self.wire.take(some);
                    }
                    pieces.push(Piece::Literal(bytes));
                }
            }
        }
    }
}

fn mark(date: &[u8], size: u64) -> [u8; 8] {
    let mut hash = Sha256::new();
    hash.update(date);
    hash.update(size.to_be_bytes());
    let mut mark = [0; 8];
    mark.copy_from_slice(&hash.finalize()[..8]);
    mark
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    fn text(text: &str) -> Piece {
        Piece::Text(text.into())
    }

    #[test]
    fn answers_about_letters_are_read_whatever_else_stands_in_them() {
        let one = fetched(&[text(
            r#"* 3 FETCH (FLAGS (\Seen $Junk) UID 17 X-GM ("a (b\"" {x} (c)) RFC822.SIZE 120 INTERNALDATE " 1-Jan-2026 00:00:00 +0000")"#,
        )]);
        let one = one.unwrap();
        assert_eq!((one.uid, one.size, one.body), (Some(17), Some(120), None));
        assert_eq!(one.date.unwrap(), b" 1-Jan-2026 00:00:00 +0000");
        let pieces = [
            text("* 3 fetch (body[HEADER.FIELDS (SUBJECT)] "),
            Piece::Literal(b"Subject: )\r\n".to_vec()),
            text(" body[] "),
            Piece::Spooled,
            text(" uid 17)"),
        ];
        let two = fetched(&pieces).unwrap();
        assert_eq!((two.uid, two.body), (Some(17), Some(Body::Spooled)));
        let short = fetched(&[text(r#"* 3 FETCH (UID 1 BODY[] "a\\b")"#)]).unwrap();
        assert_eq!(short.body, Some(Body::Short(br"a\b".to_vec())));
        let gone = fetched(&[text("* 3 FETCH (UID 1 BODY[] NIL)")]).unwrap();
        assert_eq!(gone.body, Some(Body::Gone));
    }

    #[test]
    fn what_is_no_answer_about_a_letter_is_none() {
        let deep = format!("* 3 FETCH (X {}{})", "(".repeat(40), ")".repeat(40));
        for line in [
            "* 3 EXISTS",
            "* 3 FETCH",
            "* 3 FETCH (",
            "* 3 FETCH (UID)",
            "* 3 FETCH (UID 0)",
            "* 3 FETCH (UID x)",
            "* 3 FETCH (UID 99999999999)",
            "* 3 FETCH (UID 1",
            "* 3 FETCH (UID 1 BODY[] x)",
            "* 3 FETCH (UID 1 INTERNALDATE x)",
            r#"* 3 FETCH (UID 1 X "y)"#,
            r#"* 3 FETCH (UID 1 X "y\"#,
            "* 3 FETCH UID 1",
            &deep,
        ] {
            assert_eq!(fetched(&[text(line)]), None, "{line}");
        }
    }

    #[test]
    fn literals_codes_and_numbers_are_read_strictly() {
        assert_eq!(literal(b"* 1 FETCH (BODY[] {310}"), Some((18, 310)));
        assert_eq!(literal(b"x ~{5+}"), Some((2, 5)));
        assert_eq!(literal(b"{0}"), Some((0, 0)));
        for line in [
            &b"x {}"[..],
            b"x {-1}",
            b"x {1",
            b"x 1}",
            b"x {1}y",
            b"{99999999999999999999}",
        ] {
            assert_eq!(literal(line), None, "{}", line.escape_ascii());
        }
        assert_eq!(code(b"* OK [UIDVALIDITY 17] ok", "UIDVALIDITY"), Some(17));
        assert_eq!(code(b"* ok [uidnext 4]", "UIDNEXT"), Some(4));
        for line in [
            &b"* OK"[..],
            b"*",
            b"* OK [UIDNEXT]",
            b"* NO [UIDNEXT 4]",
            b"* OK [UIDNEXT x]",
            b"\xff\xff\xff",
        ] {
            assert_eq!(code(line, "UIDNEXT"), None);
        }
        assert_eq!(exists(b"* 23 EXISTS"), Some(23));
        assert_eq!(exists(b"* x EXISTS"), None);
        assert_eq!(found(b"* SEARCH 2 84 882"), Some(vec![2, 84, 882]));
        assert_eq!(found(b"* SEARCH"), Some(vec![]));
        assert_eq!(found(b"* SEARCH x"), None);
        assert_eq!(
            completion(b"A1 ok fine", "A1"),
            Some(Done::Ok(b"fine".to_vec()))
        );
        assert_eq!(completion(b"A12 OK", "A1"), None);
        assert_eq!(&*quoted(r#"a"b\c"#), r#""a\"b\\c""#);
    }
}
