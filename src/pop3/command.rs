//! A line becomes a command. Pure.
//!
//! The verb is told first ([`verb`]), so that the session can judge whether it is legal at all before anything else of the
//! line is looked at. Keywords are read whatever their case; more than one blank between words is forgiven, because some
//! mail programs send it.

use crate::net::login::Password;

/// What a mail program can understand of a refusal (RFC 2449 section 8, RFC 3206).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// Name or password is wrong: ask the person.
    Auth,
    /// Another session has the mailbox.
    InUse,
    /// Try again later, ask nobody.
    SysTemp,
    /// Somebody has to do something.
    SysPerm,
    /// Too soon after the last try.
    LoginDelay,
}

impl Code {
    /// As it stands in the brackets.
    pub fn as_str(self) -> &'static str {
        match self {
            Code::Auth => "AUTH",
            Code::InUse => "IN-USE",
            Code::SysTemp => "SYS/TEMP",
            Code::SysPerm => "SYS/PERM",
            Code::LoginDelay => "LOGIN-DELAY",
        }
    }
}

/// Why something is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// For the mail program.
    pub code: Option<Code>,
    /// For the person: one sentence that says what to do.
    pub text: String,
}

impl Refusal {
    /// A refusal that a person has to read.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            code: None,
            text: text.into(),
        }
    }

    /// A refusal that a mail program understands as well.
    pub fn coded(code: Code, text: impl Into<String>) -> Self {
        Self {
            code: Some(code),
            text: text.into(),
        }
    }
}

/// The first word of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // they are what they are called
pub enum Verb {
    Capa,
    Stls,
    Utf8,
    User,
    Pass,
    Auth,
    Stat,
    List,
    Retr,
    Dele,
    Noop,
    Rset,
    Top,
    Uidl,
    Quit,
}

impl Verb {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Verb::Capa,
        Verb::Stls,
        Verb::Utf8,
        Verb::User,
        Verb::Pass,
        Verb::Auth,
        Verb::Stat,
        Verb::List,
        Verb::Retr,
        Verb::Dele,
        Verb::Noop,
        Verb::Rset,
        Verb::Top,
        Verb::Uidl,
        Verb::Quit,
    ];

    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Verb::Capa => "CAPA",
            Verb::Stls => "STLS",
            Verb::Utf8 => "UTF8",
            Verb::User => "USER",
            Verb::Pass => "PASS",
            Verb::Auth => "AUTH",
            Verb::Stat => "STAT",
            Verb::List => "LIST",
            Verb::Retr => "RETR",
            Verb::Dele => "DELE",
            Verb::Noop => "NOOP",
            Verb::Rset => "RSET",
            Verb::Top => "TOP",
            Verb::Uidl => "UIDL",
            Verb::Quit => "QUIT",
        }
    }
}

/// A command that is written as it should be. Message numbers may be of no message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Command {
    Capa,
    Stls,
    Utf8,
    User(String),
    Pass(Password),
    /// `AUTH` alone: which mechanisms are there?
    Mechanisms,
    /// `AUTH PLAIN`, perhaps with the first response.
    Auth(Option<String>),
    Stat,
    List(Option<u32>),
    Retr(u32),
    Dele(u32),
    Noop,
    Rset,
    Top {
        number: u32,
        lines: u64,
    },
    Uidl(Option<u32>),
    Quit,
}

/// The verb of a line.
///
/// # Errors
/// The refusal of a line that begins with none.
pub fn verb(line: &[u8]) -> Result<Verb, Refusal> {
    let word = line.split(|&b| b == b' ').next().unwrap_or_default();
    Verb::ALL
        .into_iter()
        .find(|verb| word.eq_ignore_ascii_case(verb.as_str().as_bytes()))
        .ok_or_else(|| {
            Refusal::new("This is no command that is known here; CAPA tells what this home can do")
        })
}

/// The whole command of a line whose verb is `verb`.
///
/// # Errors
/// The refusal of a line that is not written as it should be.
pub fn parse(verb: Verb, line: &[u8]) -> Result<Command, Refusal> {
    let text = std::str::from_utf8(line)
        .map_err(|_| Refusal::new("Write commands in ASCII or UTF-8; this is neither"))?;
    let rest = text.split_once(' ').map_or("", |(_, rest)| rest);
    if verb == Verb::Pass {
        // A password may have blanks anywhere (RFC 1939 section 7), and a tab is no reason to guess what was meant.
        return if rest.is_empty() {
            Err(written("PASS password"))
        } else {
            Ok(Command::Pass(Password::new(rest.to_owned())))
        };
    }
    if text.chars().any(char::is_control) {
        return Err(Refusal::new("Write commands without control characters"));
    }
    let words: Vec<&str> = rest.split(' ').filter(|word| !word.is_empty()).collect();
    Ok(match (verb, words.as_slice()) {
        (Verb::Capa, []) => Command::Capa,
        (Verb::Stls, []) => Command::Stls,
        (Verb::Utf8, []) => Command::Utf8,
        (Verb::User, [name]) => Command::User((*name).to_owned()),
        (Verb::Auth, []) => Command::Mechanisms,
        (Verb::Auth, [mechanism, initial @ ..]) if initial.len() <= 1 => {
            if !mechanism.eq_ignore_ascii_case("PLAIN") {
                return Err(Refusal::new(
                    "Log in with PLAIN: choose 'normal password' in your mail program",
                ));
            }
            Command::Auth(initial.first().map(|&initial| initial.to_owned()))
        }
        (Verb::Stat, []) => Command::Stat,
        (Verb::List, []) => Command::List(None),
        (Verb::List, [number]) => Command::List(Some(message(number)?)),
        (Verb::Retr, [number]) => Command::Retr(message(number)?),
        (Verb::Dele, [number]) => Command::Dele(message(number)?),
        (Verb::Noop, []) => Command::Noop,
        (Verb::Rset, []) => Command::Rset,
        (Verb::Top, [number, lines]) => Command::Top {
            number: message(number)?,
            lines: digits(lines).ok_or_else(|| written("TOP number lines"))?,
        },
        (Verb::Uidl, []) => Command::Uidl(None),
        (Verb::Uidl, [number]) => Command::Uidl(Some(message(number)?)),
        (Verb::Quit, []) => Command::Quit,
        _ => {
            return Err(written(match verb {
                Verb::User => "USER name",
                Verb::Auth => "AUTH PLAIN",
                Verb::List => "LIST, or LIST number",
                Verb::Retr => "RETR number",
                Verb::Dele => "DELE number",
                Verb::Top => "TOP number lines",
                Verb::Uidl => "UIDL, or UIDL number",
                alone => alone.as_str(),
            }));
        }
    })
}

fn written(form: &str) -> Refusal {
    Refusal::new(format!("Write it like this: {form}"))
}

/// More than fits is the largest number there is: no message has it.
fn message(word: &str) -> Result<u32, Refusal> {
    digits(word)
        .map(|number| u32::try_from(number).unwrap_or(u32::MAX))
        .ok_or_else(|| Refusal::new("A message number is written in digits; LIST tells them"))
}

fn digits(word: &str) -> Option<u64> {
    let legal = !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit());
    legal.then(|| word.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn command(line: &[u8]) -> Result<Command, Refusal> {
        parse(verb(line)?, line)
    }

    fn pass(text: &str) -> Command {
        Command::Pass(Password::new(text.into()))
    }

    #[test]
    fn what_is_a_command() {
        use Command as C;
        for (line, expected) in [
            ("STAT", C::Stat),
            ("stat ", C::Stat),
            ("List", C::List(None)),
            ("LIST  007", C::List(Some(7))),
            ("RETR 99999999999999999999", C::Retr(u32::MAX)),
            ("DELE 0", C::Dele(0)),
            (
                "TOP 1 0",
                C::Top {
                    number: 1,
                    lines: 0,
                },
            ),
            ("uidl 3", C::Uidl(Some(3))),
            ("USER anna", C::User("anna".into())),
            ("PASS  open sesame ", pass(" open sesame ")),
            ("PASS grüße", pass("grüße")),
            ("AUTH", C::Mechanisms),
            ("auth plain", C::Auth(None)),
            ("AUTH PLAIN AGEAYg==", C::Auth(Some("AGEAYg==".into()))),
            ("UTF8", C::Utf8),
        ] {
            assert_eq!(command(line.as_bytes()), Ok(expected), "{line}");
        }
    }

    #[test]
    fn what_is_none() {
        for line in [
            "",
            " STAT",
            "STATS",
            "APOP anna x",
            "XTND",
            "LAST",
            "STAT 1",
            "LIST -1",
            "LIST 1 2",
            "LIST x",
            "RETR",
            "RETR 1a",
            "DELE",
            "DELE +1",
            "TOP 1",
            "TOP 1 -1",
            "TOP",
            "USER",
            "USER anna b",
            "USER a\tb",
            "PASS",
            "PASS ",
            "AUTH CRAM-MD5",
            "AUTH PLAIN a b",
            "QUIT now",
            "NOOP 1",
            "GET / HTTP/1.1",
            "EHLO x",
        ] {
            assert!(command(line.as_bytes()).is_err(), "{line}");
        }
        assert!(command(b"USER \xff").is_err());
        assert!(command(b"PASS \xff").is_err());
    }

    #[test]
    fn a_password_is_not_shown() {
        assert!(!format!("{:?}", command(b"PASS sesame")).contains("sesame"));
    }

    proptest! {
        #[test]
        fn no_line_makes_it_panic(
            verb in prop::sample::select(Verb::ALL.to_vec()),
            rest in prop::collection::vec(any::<u8>(), 0..40),
        ) {
            let line = [verb.as_str().as_bytes(), &rest].concat();
            let _ = command(&line);
            let _ = command(&[verb.as_str().as_bytes(), b" ", &rest].concat());
        }
    }
}
