//! A line becomes a command. Pure.
//!
//! The verb is told first ([`verb`]), so that the session can judge whether it is legal at all before anything else of the
//! line is looked at. `smtp-proto` then reads what it reads well; paths, sizes and xtext are read here, because what we
//! accept must survive as it was written (see the room's page).

use smtp_proto::{
    AUTH_LOGIN, AUTH_PLAIN, MAIL_BODY_8BITMIME, MAIL_BODY_BINARYMIME, MAIL_RET_FULL, MAIL_RET_HDRS,
    MAIL_SMTPUTF8, RCPT_NOTIFY_DELAY, RCPT_NOTIFY_FAILURE, RCPT_NOTIFY_NEVER, RCPT_NOTIFY_SUCCESS,
    Request,
};

use super::Refusal;
use crate::mail::envelope::{Body, Notify, Recipient, Return, is_envelope_id, is_xtext};
use crate::mail::verdict::Status;

/// The longest path in angle brackets. RFC 5321 asks for 256; a Tox ID in a quoted or internationalised address has room.
const LONGEST_PATH: usize = 320;
/// RFC 5321 section 4.5.3.1.2.
const LONGEST_DOMAIN: usize = 255;
/// RFC 3461 section 4.2.
const LONGEST_ORCPT: usize = 500;

/// The first word of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // they are what they are called
pub enum Verb {
    Ehlo,
    Helo,
    StartTls,
    Auth,
    Mail,
    Rcpt,
    Data,
    Bdat,
    Rset,
    Noop,
    Help,
    Vrfy,
    Expn,
    Quit,
}

/// How a password is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mechanism {
    /// RFC 4616.
    Plain,
    /// Two questions, for mail programs of the last century.
    Login,
}

/// `MAIL FROM` with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// As written, without the angle brackets; empty for `<>`.
    pub sender: String,
    /// `SIZE=`.
    pub size: Option<u64>,
    /// `BODY=`.
    pub body: Body,
    /// `SMTPUTF8`.
    pub smtputf8: bool,
    /// `RET=`.
    pub ret: Return,
    /// `ENVID=`, still xtext.
    pub envelope_id: Option<String>,
}

/// A command that is written as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Command {
    Ehlo,
    Helo,
    StartTls,
    Auth {
        mechanism: Mechanism,
        initial: Option<String>,
    },
    Mail(Box<Mail>),
    Rcpt(Recipient),
    Data,
    Bdat {
        size: u64,
        last: bool,
    },
    Rset,
    Noop,
    Help,
    Vrfy,
    Expn,
    Quit,
}

/// The verb of a line.
///
/// # Errors
/// The refusal of a line that begins with none.
pub fn verb(line: &[u8]) -> Result<Verb, Refusal> {
    let end = line.iter().position(|&b| b == b' ').unwrap_or(line.len());
    let word = line[..end].to_ascii_uppercase();
    Ok(match word.as_slice() {
        b"EHLO" => Verb::Ehlo,
        b"HELO" => Verb::Helo,
        b"STARTTLS" => Verb::StartTls,
        b"AUTH" => Verb::Auth,
        b"MAIL" => Verb::Mail,
        b"RCPT" => Verb::Rcpt,
        b"DATA" => Verb::Data,
        b"BDAT" => Verb::Bdat,
        b"RSET" => Verb::Rset,
        b"NOOP" => Verb::Noop,
        b"HELP" => Verb::Help,
        b"VRFY" => Verb::Vrfy,
        b"EXPN" => Verb::Expn,
        b"QUIT" => Verb::Quit,
        _ => {
            return Err(Refusal::new(
                500,
                Status(5, 5, 2),
                "This is no command that is known here; HELP lists them",
            ));
        }
    })
}

/// The whole command of a line whose verb is `verb`.
///
/// # Errors
/// The refusal of a line that is not written as it should be.
pub fn parse(verb: Verb, line: &[u8]) -> Result<Command, Refusal> {
    let text = std::str::from_utf8(line)
        .ok()
        .filter(|text| !text.chars().any(char::is_control))
        .ok_or_else(|| syntax("Write commands in ASCII or UTF-8, without control characters"))?;
    let rest = text
        .split_once(' ')
        .map_or("", |(_, rest)| rest)
        .trim_matches(' ');
    match verb {
        Verb::Mail => mail(rest),
        Verb::Rcpt => rcpt(rest),
        Verb::Bdat => bdat(rest),
        Verb::Auth => auth(text, rest),
        Verb::Data => alone(rest, "DATA", Command::Data),
        Verb::Rset => alone(rest, "RSET", Command::Rset),
        Verb::Quit => alone(rest, "QUIT", Command::Quit),
        Verb::StartTls => alone(rest, "STARTTLS", Command::StartTls),
        _ => other(text),
    }
}

fn syntax(text: impl Into<String>) -> Refusal {
    Refusal::new(501, Status(5, 5, 4), text)
}

fn alone(rest: &str, name: &str, command: Command) -> Result<Command, Refusal> {
    if rest.is_empty() {
        Ok(command)
    } else {
        Err(syntax(format!("Write {name} alone on its line")))
    }
}

/// What `smtp-proto` makes of a line.
fn read(text: &str) -> Result<Request<std::borrow::Cow<'_, str>>, smtp_proto::Error> {
    // The caller's text has no control characters, so this is one line and nothing else.
    Request::parse(&mut text.as_bytes().iter())
}

fn other(text: &str) -> Result<Command, Refusal> {
    let line = format!("{text}\r\n");
    Ok(match read(&line) {
        Ok(Request::Ehlo { .. }) => Command::Ehlo,
        Ok(Request::Helo { .. }) => Command::Helo,
        Ok(Request::Noop { .. }) => Command::Noop,
        Ok(Request::Help { .. }) => Command::Help,
        Ok(Request::Vrfy { .. }) => Command::Vrfy,
        Ok(Request::Expn { .. }) => Command::Expn,
        Ok(_) => return Err(syntax("This command is not known here; HELP lists them")),
        Err(smtp_proto::Error::SyntaxError { syntax: form }) => {
            return Err(syntax(format!("Write it like this: {form}")));
        }
        Err(_) => return Err(syntax("This command is not written as it should be")),
    })
}

fn auth(text: &str, rest: &str) -> Result<Command, Refusal> {
    let form = || syntax("Write it like this: AUTH PLAIN, or AUTH LOGIN");
    let mut words = rest.split(' ').filter(|word| !word.is_empty());
    let (Some(_), initial, None) = (words.next(), words.next(), words.next()) else {
        return Err(form());
    };
    let line = format!("{text}\r\n");
    let Ok(Request::Auth { mechanism, .. }) = read(&line) else {
        return Err(unknown_mechanism());
    };
    let mechanism = match mechanism {
        AUTH_PLAIN => Mechanism::Plain,
        AUTH_LOGIN => Mechanism::Login,
        _ => return Err(unknown_mechanism()),
    };
    Ok(Command::Auth {
        mechanism,
        initial: initial.map(str::to_owned),
    })
}

fn unknown_mechanism() -> Refusal {
    Refusal::new(
        504,
        Status(5, 5, 4),
        "Log in with PLAIN or LOGIN: choose 'normal password' in your mail program",
    )
}

fn bdat(rest: &str) -> Result<Command, Refusal> {
    let mut words = rest.split(' ').filter(|word| !word.is_empty());
    let size = words.next().and_then(number);
    let last = words.next().map(|word| word.eq_ignore_ascii_case("LAST"));
    match (size, last, words.next()) {
        (Some(size), None | Some(true), None) => Ok(Command::Bdat {
            size,
            last: last.is_some(),
        }),
        _ => Err(syntax("Write it like this: BDAT size [LAST]")),
    }
}

/// Up to 20 digits (RFC 1870); more than fits is the largest number there is.
fn number(digits: &str) -> Option<u64> {
    let legal = (1..=20).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    legal.then(|| digits.parse().unwrap_or(u64::MAX))
}

fn mail(rest: &str) -> Result<Command, Refusal> {
    const FORM: &str = "Write it like this: MAIL FROM:<name@example.org>";
    let (sender, parameters) = path(after(rest, "FROM:", FORM)?, FORM, Status(5, 1, 7))?;
    let parameters = Parameters::of(
        parameters,
        &["SIZE", "BODY", "SMTPUTF8", "RET", "ENVID", "AUTH"],
    )?;
    // What is kept as written is checked here and kept from smtp-proto, which would decode it.
    let line = format!(
        "MAIL FROM:<a@b>{}\r\n",
        parameters.all_but(&["SIZE", "ENVID", "AUTH"])
    );
    let flags = match read(&line) {
        Ok(Request::Mail { from }) => from.flags,
        Err(smtp_proto::Error::InvalidParameter { param }) => return Err(bad_parameter(param)),
        _ => return Err(syntax(FORM)),
    };
    if flags & MAIL_BODY_BINARYMIME != 0 {
        return Err(Refusal::new(
            555,
            Status(5, 6, 3),
            "Binary letters are not taken here; send it with BODY=8BITMIME",
        ));
    }
    let size = match parameters.value("SIZE") {
        None => None,
        Some(digits) => Some(number(digits).ok_or_else(|| bad_parameter("SIZE"))?),
    };
    let envelope_id = parameters.value("ENVID").map(str::to_owned);
    if envelope_id.as_ref().is_some_and(|id| !is_envelope_id(id)) {
        return Err(bad_parameter("ENVID"));
    }
    // AUTH= says who the writer is to a server that trusts the client (RFC 4954 section 5). We know better.
    if parameters.value("AUTH").is_some_and(|who| !is_xtext(who)) {
        return Err(bad_parameter("AUTH"));
    }
    let smtputf8 = flags & MAIL_SMTPUTF8 != 0;
    if !smtputf8 && !sender.is_ascii() {
        return Err(needs_smtputf8());
    }
    Ok(Command::Mail(Box::new(Mail {
        sender,
        size,
        body: if flags & MAIL_BODY_8BITMIME != 0 {
            Body::EightBitMime
        } else {
            Body::SevenBit
        },
        smtputf8,
        ret: match flags & (MAIL_RET_FULL | MAIL_RET_HDRS) {
            0 => Return::Unspecified,
            MAIL_RET_FULL => Return::Full,
            _ => Return::Headers,
        },
        envelope_id,
    })))
}

fn rcpt(rest: &str) -> Result<Command, Refusal> {
    const FORM: &str = "Write it like this: RCPT TO:<name@example.org>";
    let (address, parameters) = path(after(rest, "TO:", FORM)?, FORM, Status(5, 1, 3))?;
    if address.is_empty() {
        return Err(Refusal::new(
            553,
            Status(5, 1, 3),
            "An empty address receives nothing; give the recipient's address",
        ));
    }
    let parameters = Parameters::of(parameters, &["NOTIFY", "ORCPT"])?;
    let line = format!("RCPT TO:<a@b>{}\r\n", parameters.all_but(&["ORCPT"]));
    let flags = match read(&line) {
        Ok(Request::Rcpt { to }) => to.flags,
        Err(smtp_proto::Error::InvalidParameter { param }) => return Err(bad_parameter(param)),
        _ => return Err(syntax(FORM)),
    };
    let has = |flag| flags & flag != 0;
    let notify = if parameters.value("NOTIFY").is_none() {
        Notify::default()
    } else if has(RCPT_NOTIFY_NEVER) {
        if has(RCPT_NOTIFY_SUCCESS | RCPT_NOTIFY_FAILURE | RCPT_NOTIFY_DELAY) {
            return Err(bad_parameter("NOTIFY"));
        }
        Notify::NEVER
    } else {
        Notify {
            success: has(RCPT_NOTIFY_SUCCESS),
            failure: has(RCPT_NOTIFY_FAILURE),
            delay: has(RCPT_NOTIFY_DELAY),
        }
    };
    let original = parameters.value("ORCPT").map(str::to_owned);
    if original
        .as_deref()
        .is_some_and(|text| !is_original_recipient(text))
    {
        return Err(bad_parameter("ORCPT"));
    }
    Ok(Command::Rcpt(Recipient {
        address,
        notify,
        original,
    }))
}

/// The address of a command needs SMTPUTF8 (RFC 6531 section 3.5).
pub(super) fn needs_smtputf8() -> Refusal {
    Refusal::new(
        553,
        Status(5, 6, 7),
        "This address has letters beyond ASCII: your mail program must say SMTPUTF8 with MAIL FROM",
    )
}

fn bad_parameter(name: &str) -> Refusal {
    syntax(format!(
        "The value of {name} is not one that it can have; leave {name} away or correct it"
    ))
}

/// What follows `FROM:` or `TO:`. A blank behind the colon is wrong but common.
fn after<'a>(rest: &'a str, word: &str, form: &str) -> Result<&'a str, Refusal> {
    rest.split_at_checked(word.len())
        .filter(|(head, _)| head.eq_ignore_ascii_case(word))
        .map(|(_, rest)| rest.trim_start_matches(' '))
        .ok_or_else(|| syntax(form))
}

/// A path in angle brackets, and what follows it. The address is returned as written; a source route before it (RFC 5321
/// appendix C) is dropped.
fn path<'a>(text: &'a str, form: &str, status: Status) -> Result<(String, &'a str), Refusal> {
    let inner = text.strip_prefix('<').ok_or_else(|| syntax(form))?;
    let end = closing(inner).ok_or_else(|| syntax(form))?;
    let (mut address, rest) = (&inner[..end], &inner[end + 1..]);
    if !rest.is_empty() && !rest.starts_with(' ') {
        return Err(syntax(form));
    }
    if address.starts_with('@') {
        address = address.split_once(':').ok_or_else(|| syntax(form))?.1;
    }
    let legal = address.is_empty()
        || address.eq_ignore_ascii_case("postmaster")
        || address.len() <= LONGEST_PATH && is_mailbox(address);
    if !legal {
        return Err(Refusal::new(
            if status == Status(5, 1, 7) { 501 } else { 553 },
            status,
            "This is not an address; it should look like name@example.org",
        ));
    }
    Ok((address.to_owned(), rest))
}

/// Where the bracket closes that was opened before: not inside a quoted string.
fn closing(text: &str) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'>' if !quoted => return Some(at),
            _ => {}
        }
    }
    None
}

/// `local-part@domain` of RFC 5321 section 4.1.2 and RFC 6531 section 3.3. The local part may be longer than 64 octets:
/// a Tox ID has 76.
fn is_mailbox(address: &str) -> bool {
    let Some(local) = local_part(address) else {
        return false;
    };
    address[local..].strip_prefix('@').is_some_and(is_domain)
}

/// The length of the local part at the start of `address`.
fn local_part(address: &str) -> Option<usize> {
    if address.starts_with('"') {
        let mut escaped = false;
        for (at, byte) in address.bytes().enumerate().skip(1) {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => return Some(at + 1),
                _ => {}
            }
        }
        return None;
    }
    let length = address.find('@')?;
    let is_atom = |atom: &str| !atom.is_empty() && atom.chars().all(is_atext);
    address[..length].split('.').all(is_atom).then_some(length)
}

fn is_atext(c: char) -> bool {
    c.is_ascii_alphanumeric() || !c.is_ascii() || "!#$%&'*+-/=?^_`{|}~".contains(c)
}

fn is_domain(domain: &str) -> bool {
    if let Some(literal) = domain.strip_prefix('[').and_then(|d| d.strip_suffix(']')) {
        let legal = |b: u8| b.is_ascii_graphic() && !b"[]\\".contains(&b);
        return !literal.is_empty() && literal.bytes().all(legal);
    }
    // An underscore is no letter of a host name, but there are such domains.
    let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_' || !c.is_ascii();
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(is_letter)
    };
    domain.len() <= LONGEST_DOMAIN && domain.split('.').all(is_label)
}

/// `rfc822;xtext`, or `utf-8;…` of RFC 6533.
fn is_original_recipient(text: &str) -> bool {
    text.len() <= LONGEST_ORCPT
        && text.split_once(';').is_some_and(|(kind, address)| {
            let atom =
                !kind.is_empty() && kind.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
            let utf8 = kind.eq_ignore_ascii_case("utf-8")
                && !address.is_empty()
                && !address.contains(['=', ' ']);
            atom && (utf8 || is_xtext(address))
        })
}

/// The parameters of MAIL or RCPT: each at most once, each one that we know.
struct Parameters<'a>(Vec<(String, &'a str)>);

impl<'a> Parameters<'a> {
    fn of(text: &'a str, known: &[&str]) -> Result<Self, Refusal> {
        let mut found: Vec<(String, &str)> = Vec::new();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let name = word
                .split('=')
                .next()
                .unwrap_or_default()
                .to_ascii_uppercase();
            if !known.contains(&name.as_str()) {
                return Err(Refusal::new(
                    555,
                    Status(5, 5, 4),
                    "This command has a parameter that is not known here; EHLO lists what is",
                ));
            }
            if word.ends_with('=') || found.iter().any(|(other, _)| *other == name) {
                return Err(bad_parameter(&name));
            }
            found.push((name, word));
        }
        Ok(Self(found))
    }

    fn value(&self, name: &str) -> Option<&'a str> {
        let (_, word) = self.0.iter().find(|(other, _)| other == name)?;
        word.split_once('=').map(|(_, value)| value).or(Some(""))
    }

    fn all_but(&self, names: &[&str]) -> String {
        let rest = self
            .0
            .iter()
            .filter(|(name, _)| !names.contains(&name.as_str()));
        rest.map(|(_, word)| format!(" {word}")).collect()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn command(line: &str) -> Result<Command, Refusal> {
        parse(verb(line.as_bytes())?, line.as_bytes())
    }

    fn code(line: &str) -> u16 {
        command(line).map_or_else(|refusal| refusal.code, |_| 250)
    }

    fn to(address: &str) -> Option<String> {
        match command(&format!("RCPT TO:<{address}>")) {
            Ok(Command::Rcpt(recipient)) => Some(recipient.address),
            _ => None,
        }
    }

    #[test]
    fn an_address_survives_as_it_was_written() {
        for address in [
            "anna@toxmail.local",
            "Anna+shop@Example.ORG",
            r#""a@b"@c.example"#,
            r#""quo\"ted >"@example.org"#,
            r#"" "@example.org"#,
            "a@[192.0.2.1]",
            "a@[IPv6:2001:db8::1]",
            "postmaster",
            "PostMaster",
            &format!("{}@tox", "A1".repeat(38)),
            &format!("anna@{}.tox", "a2".repeat(26)),
            "андрей@почта.example",
            "o'neil!#$%&*+-/=?^_`{|}~@example.org",
        ] {
            assert_eq!(to(address).as_deref(), Some(address));
        }
        assert_eq!(
            to("@relay.example,@b:anna@example.org").as_deref(),
            Some("anna@example.org")
        );
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for address in [
            "",
            "anna",
            "@example.org",
            "anna@",
            "a@b@c",
            "a..b@c",
            ".a@b",
            "a.@b",
            "a b@c",
            "a@b c",
            "a@-b",
            "a@b-.c",
            "a@b..c",
            "a@b.",
            "a@[]",
            "a@[1.2.3.4",
            r#""a@b"#,
            r#""a"b@c"#,
            "a<b@c",
            "a,b@c",
            "(x)a@b",
            &format!("{}@b", "x".repeat(400)),
        ] {
            assert_eq!(to(address), None, "{address}");
        }
        for line in [
            "RCPT TO:anna@b",
            "RCPT TO <a@b>",
            "RCPT TO:<a@b",
            "RCPT TO:<a@b>x",
            "RCPT",
        ] {
            assert_eq!(code(line), 501, "{line}");
        }
    }

    #[test]
    fn the_parameters_of_mail() {
        let line =
            "mail from: <a@b>  SIZE=1000 body=8bitmime SMTPUTF8 RET=hdrs ENVID=QQ+2Bx AUTH=<>";
        let Ok(Command::Mail(mail)) = command(line) else {
            panic!("{:?}", command(line));
        };
        assert_eq!(
            *mail,
            Mail {
                sender: "a@b".into(),
                size: Some(1000),
                body: Body::EightBitMime,
                smtputf8: true,
                ret: Return::Headers,
                envelope_id: Some("QQ+2Bx".into()),
            }
        );
        assert_eq!(code("MAIL FROM:<>"), 250);
        assert_eq!(code("MAIL FROM:<a@b> SIZE=99999999999999999999"), 250);
        for (parameter, expected) in [
            ("SIZE=", 501),
            ("SIZE=x", 501),
            ("SIZE=1 SIZE=2", 501),
            ("SIZE= 5", 501),
            ("BODY=BINARYMIME", 555),
            ("BODY=9BIT", 501),
            ("RET=ALL", 501),
            ("ENVID=a+zz", 501),
            ("SMTPUTF8=yes", 501),
            ("FOO=bar", 555),
            ("NOTIFY=NEVER", 555),
            ("HOLDFOR=5", 555),
            ("AUTH=a=b", 501),
            ("BODY=7BIT BODY=8BITMIME", 501),
            (">", 555),
        ] {
            assert_eq!(
                code(&format!("MAIL FROM:<a@b> {parameter}")),
                expected,
                "{parameter}"
            );
        }
        assert_eq!(code("MAIL FROM:<å@b>"), 553);
        assert_eq!(code("MAIL FROM:<å@b> SMTPUTF8"), 250);
    }

    #[test]
    fn the_parameters_of_rcpt() {
        let line = "RCPT TO:<a@b> NOTIFY=success,DELAY ORCPT=rfc822;a+2Bx@b";
        assert_eq!(
            command(line),
            Ok(Command::Rcpt(Recipient {
                address: "a@b".into(),
                notify: Notify {
                    success: true,
                    failure: false,
                    delay: true
                },
                original: Some("rfc822;a+2Bx@b".into()),
            }))
        );
        for (parameter, expected) in [
            ("NOTIFY=NEVER", 250),
            ("NOTIFY=NEVER,SUCCESS", 501),
            ("NOTIFY=SUCCESS,NEVER", 501),
            ("NOTIFY=", 501),
            ("NOTIFY=MAYBE", 501),
            ("ORCPT=a@b", 501),
            ("SIZE=5", 555),
            ("ORCPT=utf-8;å@b", 250),
            ("NOTIFY=FAILURE NOTIFY=DELAY", 501),
        ] {
            assert_eq!(
                code(&format!("RCPT TO:<a@b> {parameter}")),
                expected,
                "{parameter}"
            );
        }
    }

    #[test]
    fn the_other_commands() {
        assert_eq!(
            command("BDAT 17 last"),
            Ok(Command::Bdat {
                size: 17,
                last: true
            })
        );
        assert_eq!(
            command("BDAT 0"),
            Ok(Command::Bdat {
                size: 0,
                last: false
            })
        );
        let initial = Some("AGEAYg==".to_owned());
        let plain = Command::Auth {
            mechanism: Mechanism::Plain,
            initial,
        };
        assert_eq!(command("auth plain AGEAYg=="), Ok(plain));
        for (line, expected) in [
            ("EHLO x", 250),
            ("EHLO", 501),
            ("EHLO [127.0.0.1]", 250),
            ("HELO", 501),
            ("NOOP", 250),
            ("NOOP anything", 250),
            ("HELP MAIL", 250),
            ("VRFY anna", 250),
            ("VRFY", 501),
            ("RSET x", 501),
            ("QUIT x", 501),
            ("DATA x", 501),
            ("DATA ", 250),
            ("BDAT", 501),
            ("BDAT x", 501),
            ("BDAT 5 FIRST", 501),
            ("BDAT -1", 501),
            ("BDAT 5 LAST x", 501),
            ("AUTH", 501),
            ("AUTH CRAM-MD5", 504),
            ("AUTH PLAIN a b", 501),
            ("MAILFROM:<a@b>", 500),
            (" NOOP", 500),
            ("", 500),
            ("LHLO x", 500),
            ("GET / HTTP/1.1", 500),
            ("ETRN x", 500),
            ("NOOP a\tb", 501),
        ] {
            assert_eq!(code(line), expected, "{line}");
        }
        assert_eq!(parse(Verb::Noop, b"NOOP \xff").unwrap_err().code, 501);
    }

    proptest! {
        #[test]
        fn no_line_makes_it_panic(line in "(MAIL FROM:|RCPT TO:|AUTH |BDAT |EHLO |VRFY )?[<>\"\\\\@a-z0-9 =+,;é\\[\\].:-]{0,60}") {
            if let Ok(Command::Rcpt(recipient)) = command(&line) {
                let again = format!("RCPT TO:<{}>", recipient.address);
                let Ok(Command::Rcpt(same)) = command(&again) else { panic!("{again}") };
                prop_assert_eq!(same.address, recipient.address);
            }
        }
    }
}
