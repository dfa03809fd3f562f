//! The client's side of LMTP (RFC 2033) and of plain SMTP (RFC 5321), as far as a letter's last steps at home need it: one
//! connection, one letter, a verdict for each recipient.
//!
//! # Rules
//! - Every step has its own time, which a server that sends a byte now and then does not stretch; an answer has a limit.
//! - A word is said only when the last one was answered: on a cable there is nothing to gain by pipelining, and nobody can
//!   answer for what was not asked yet.
//! - What is wrong with the server (it is not there, greets with a refusal, breaks off, wants a login) is "later" for
//!   everybody: only what it says of the letter or of a recipient may be "never".
//! - LMTP has an answer for each recipient behind the letter; SMTP has one for all of them. Whoever has none waits, and gets
//!   the letter twice at worst.
//! - The end of the letter is not said when its bytes could not be read to their end.
//! - Extensions are used where they are offered. A letter that needs one that is not there goes back to its writer
//!   (RFC 6152 section 3, RFC 6531 section 3.6): it is not changed here.
//!
//! # Why not the dialog with a provider
//! [`super::dialog`] speaks with a server of the internet, over TLS, by `mail-send`. That library knows LMTP's greeting but
//! not its answers. A server in the same house may be an old one,
//! and is believed less about what is the letter's fault. What the two say alike is in `phrases`.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use super::letter::later;
use super::phrases::{self, Content};
use crate::config::Handover;
use crate::mail::envelope::{Body, Envelope, Notify, Recipient};
use crate::mail::verdict::{Reason, Status, Verdict};

/// Longest line of an answer: RFC 5321 section 4.5.3.1.5 has 512 octets, some servers do not count.
const LONGEST_LINE: usize = 4096;
/// Most lines of an answer; EHLO has some twenty.
const MOST_LINES: usize = 200;

/// How long the server may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// To be connected: it stands in the same house.
    pub connect: Duration,
    /// For its greeting and the answer to a command (RFC 5321 section 4.5.3.2 asks for 5 minutes).
    pub command: Duration,
    /// To take the next bytes of the letter (3 minutes there).
    pub content: Duration,
    /// For the answer to the whole letter (10 minutes there).
    pub end: Duration,
}

impl Default for Times {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(20),
            command: Duration::from_secs(5 * 60),
            content: Duration::from_secs(3 * 60),
            end: Duration::from_secs(10 * 60),
        }
    }
}

/// A letter on its last steps.
pub struct Letter<'a> {
    /// Who sends it to whom. The recipients are addresses that the server knows.
    pub envelope: &'a Envelope,
    /// Its header section with the empty line.
    pub head: &'a [u8],
    /// Bytes of its body.
    pub body_size: u64,
    /// Its body: lines that end with CRLF, and no other CR or LF.
    pub body: &'a mut dyn Read,
}

/// Hands a letter over. `hello` is the name by which this home greets. One verdict for each recipient of the envelope.
pub fn hand_over(
    to: &Handover,
    hello: &str,
    times: &Times,
    letter: &mut Letter<'_>,
) -> Vec<Verdict> {
    let recipients = &letter.envelope.recipients;
    let mut verdicts: Vec<Option<Verdict>> = vec![None; recipients.len()];
    if let Err(ended) = talk(to, hello, times, letter, &mut verdicts) {
        let rest = match ended {
            Ended::Lost(why) => later(Reason::new(
                Status(4, 4, 2),
                format!("the mail server at {to} {why}"),
            )),
            Ended::Disk(error) => super::letter::own_trouble(super::letter::disk_reason(&error)),
            Ended::Said(verdict) => verdict,
        };
        for verdict in &mut verdicts {
            verdict.get_or_insert_with(|| rest.clone());
        }
    }
    let unheard = || {
        Reason::new(
            Status(4, 4, 2),
            format!("the mail server at {to} is silent"),
        )
    };
    verdicts
        .into_iter()
        .map(|verdict| verdict.unwrap_or_else(|| later(unheard())))
        .collect()
}

/// Why the talk ended before everybody had a verdict.
enum Ended {
    /// The server is not there, or not to be understood: how the sentence goes on.
    Lost(String),
    /// Our own disk.
    Disk(io::Error),
    /// The same for all that are left.
    Said(Verdict),
}

fn lost(error: &io::Error) -> Ended {
    use io::ErrorKind::{ConnectionRefused, TimedOut, UnexpectedEof, WouldBlock};
    Ended::Lost(match error.kind() {
        ConnectionRefused => "takes no connections; is it running?".to_owned(),
        TimedOut | WouldBlock => "does not answer in time".to_owned(),
        UnexpectedEof => "has hung up".to_owned(),
        _ => format!("cannot be reached: {error}"),
    })
}

fn talk(
    to: &Handover,
    hello: &str,
    times: &Times,
    letter: &mut Letter<'_>,
    verdicts: &mut [Option<Verdict>],
) -> Result<(), Ended> {
    let (place, is_lmtp) = match to {
        Handover::Lmtp(place) => (place, true),
        Handover::Smtp(place) => (place, false),
    };
    let mut wire = Wire::connect(place, times.connect).map_err(|e| lost(&e))?;
    let greeting = wire.reply(times.command)?;
    if !greeting.is_good() {
        return Err(Ended::Said(not_served(&greeting)));
    }
    let offers = greet(&mut wire, hello, is_lmtp, times)?;
    let envelope = letter.envelope;
    lacking(&offers, letter).map_or(Ok(()), |why| Err(Ended::Said(Verdict::Never { why })))?;

    let size = letter.head.len() as u64 + letter.body_size;
    let mail = wire.say(&mail_command(envelope, size, &offers), times.command)?;
    if !mail.is_good() {
        return Err(Ended::Said(mail.verdict(Asked::Mail)));
    }
    let mut taken = Vec::new();
    for (index, recipient) in envelope.recipients.iter().enumerate() {
        let answer = wire.say(&rcpt_command(recipient, &offers), times.command)?;
        if answer.is_good() {
            taken.push(index);
        } else if answer.code == 421 {
            return Err(Ended::Said(answer.verdict(Asked::Recipient)));
        } else {
            verdicts[index] = Some(answer.verdict(Asked::Recipient));
        }
    }
    if taken.is_empty() {
        wire.quit();
        return Ok(());
    }
    let go_ahead = wire.say("DATA", times.command)?;
    if go_ahead.code != 354 {
        let verdict = match go_ahead.is_good() {
            true => return Err(Ended::Lost("does not speak as it should".to_owned())),
            false => go_ahead.verdict(Asked::Letter),
        };
        return Err(Ended::Said(verdict));
    }
    wire.content(letter, times.content)?;
    if is_lmtp {
        for index in taken {
            verdicts[index] = Some(wire.reply(times.end)?.verdict(Asked::Letter));
        }
    } else {
        let verdict = wire.reply(times.end)?.verdict(Asked::Letter);
        for index in taken {
            verdicts[index] = Some(verdict.clone());
        }
    }
    wire.quit();
    Ok(())
}

/// EHLO or LHLO: what the server offers, in capitals. A server that knows no EHLO offers nothing.
fn greet(wire: &mut Wire, hello: &str, is_lmtp: bool, times: &Times) -> Result<Vec<String>, Ended> {
    let verb = if is_lmtp { "LHLO" } else { "EHLO" };
    let answer = wire.say(&format!("{verb} {hello}"), times.command)?;
    if answer.is_good() {
        let keyword = |line: &String| line.split(' ').next().map(str::to_ascii_uppercase);
        return Ok(answer.lines.iter().skip(1).filter_map(keyword).collect());
    }
    if !is_lmtp && matches!(answer.code, 500 | 502) {
        let answer = wire.say(&format!("HELO {hello}"), times.command)?;
        if answer.is_good() {
            return Ok(Vec::new());
        }
    }
    Err(Ended::Said(not_served(&answer)))
}

fn has(offers: &[String], keyword: &str) -> bool {
    offers.iter().any(|offer| offer == keyword)
}

/// What the letter needs and the server does not have.
fn lacking(offers: &[String], letter: &Letter<'_>) -> Option<Reason> {
    let envelope = letter.envelope;
    let addresses = envelope.recipients.iter().map(|r| r.address.as_str());
    let foreign = !addresses
        .chain([envelope.sender.as_str()])
        .all(str::is_ascii)
        || envelope.smtputf8 && !letter.head.is_ascii();
    if foreign && !has(offers, "SMTPUTF8") {
        return Some(Reason::new(
            Status(5, 6, 7),
            "the mail server there takes no addresses or headers beyond ASCII; write the letter without them",
        ));
    }
    if envelope.body == Body::EightBitMime && !has(offers, "8BITMIME") {
        return Some(Reason::new(
            Status(5, 6, 3),
            "the mail server there takes no 8-bit letters; set the mail program to quoted-printable",
        ));
    }
    None
}

fn mail_command(envelope: &Envelope, size: u64, offers: &[String]) -> String {
    let mut command = format!("MAIL FROM:<{}>", envelope.sender);
    if has(offers, "SIZE") {
        command.push_str(&format!(" SIZE={size}"));
    }
    if envelope.body == Body::EightBitMime {
        command.push_str(" BODY=8BITMIME");
    }
    if envelope.smtputf8 && has(offers, "SMTPUTF8") {
        command.push_str(" SMTPUTF8");
    }
    if has(offers, "DSN") {
        let id = envelope.envelope_id.as_deref();
        command.push_str(&phrases::envelope_wishes(envelope.ret, id));
    }
    command
}

fn rcpt_command(recipient: &Recipient, offers: &[String]) -> String {
    let mut command = format!("RCPT TO:<{}>", recipient.address);
    if !has(offers, "DSN") {
        return command;
    }
    // The good news is ours to tell, when the server has taken the letter: told by both it would come twice.
    command.push_str(&phrases::notify(Notify {
        success: false,
        ..recipient.notify
    }));
    let original = recipient.original.as_deref();
    if let Some(original) = original.filter(|o| o.is_ascii() || has(offers, "SMTPUTF8")) {
        command.push_str(&format!(" ORCPT={original}"));
    }
    command
}

/// What an answer was the answer to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    Mail,
    Recipient,
    Letter,
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Reply {
    code: u16,
    /// What stands behind the code, line by line.
    lines: Vec<String>,
}

impl Reply {
    fn is_good(&self) -> bool {
        self.code / 100 == 2
    }

    fn verdict(&self, asked: Asked) -> Verdict {
        match self.code {
            200..300 => Verdict::Delivered,
            // It wants a login, or says that it is no mail server just now: no word about the letter.
            530 | 534 | 535 | 538 => not_served(self),
            500..600 => Verdict::Never {
                why: self.reason(5, asked),
            },
            _ => later(self.reason(4, asked)),
        }
    }

    /// The server's words, marked as such, with its enhanced status code (RFC 2034) or the nearest to its code.
    fn reason(&self, class: u8, asked: Asked) -> Reason {
        let first = self.lines.first().map_or("", String::as_str);
        let (word, rest) = first.split_once(' ').unwrap_or((first, ""));
        let (status, first) = match enhanced(word).filter(|status| status.0 == class) {
            Some(status) => (status, rest),
            None => (plain_status(class, self.code, asked), first),
        };
        let more = self
            .lines
            .iter()
            .skip(1)
            .map(|line| match line.split_once(' ') {
                Some((word, rest)) if enhanced(word).is_some() => rest,
                _ => line.as_str(),
            });
        let words: Vec<&str> = std::iter::once(first).chain(more).collect();
        Reason::new(
            status,
            format!("their mail server says: {}", words.join(" ").trim()),
        )
    }
}

fn enhanced(word: &str) -> Option<Status> {
    let mut parts = word.split('.');
    let mut number = || parts.next()?.parse::<u16>().ok().filter(|n| *n < 1000);
    let (class, subject, detail) = (number()?, number()?, number()?);
    let class = u8::try_from(class)
        .ok()
        .filter(|class| [2, 4, 5].contains(class))?;
    parts
        .next()
        .is_none()
        .then_some(Status(class, subject, detail))
}

fn plain_status(class: u8, code: u16, asked: Asked) -> Status {
    match (code, asked) {
        (450 | 550 | 551 | 553, Asked::Recipient) => Status(class, 1, 1),
        (452, _) => Status(class, 3, 1),
        (552, Asked::Recipient) => Status(class, 2, 2),
        (552, _) => Status(class, 3, 4),
        (421 | 451, _) => Status(class, 3, 0),
        _ => Status(class, 0, 0),
    }
}

/// The server serves nobody, or not us: its keeper has to act, and no letter is to blame.
fn not_served(reply: &Reply) -> Verdict {
    let words = reply.lines.join(" ");
    let text = format!(
        "their mail server does not serve this home: {} {words}",
        reply.code
    );
    later(Reason::new(Status(4, 3, 5), text))
}

/// The connection.
struct Wire {
    stream: TcpStream,
    input: Vec<u8>,
}

impl Wire {
    fn connect(place: &str, within: Duration) -> io::Result<Self> {
        let mut last = io::Error::new(io::ErrorKind::NotFound, "there is no such host");
        for address in place.to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, within) {
                Ok(stream) => {
                    stream.set_nodelay(true)?;
                    return Ok(Self {
                        stream,
                        input: Vec::new(),
                    });
                }
                Err(e) => last = e,
            }
        }
        Err(last)
    }

    fn say(&mut self, command: &str, within: Duration) -> Result<Reply, Ended> {
        let timed = self.stream.set_write_timeout(Some(within));
        timed
            .and_then(|()| self.stream.write_all(format!("{command}\r\n").as_bytes()))
            .map_err(|e| lost(&e))?;
        self.reply(within)
    }

    fn quit(&mut self) {
        // Every verdict is there; how it takes the farewell is of no matter.
        let _ = self.stream.write_all(b"QUIT\r\n");
    }

    /// The next answer, all its lines.
    fn reply(&mut self, within: Duration) -> Result<Reply, Ended> {
        let until = Instant::now() + within;
        let strange = || Ended::Lost("does not speak as it should".to_owned());
        let mut reply: Option<Reply> = None;
        for _ in 0..MOST_LINES {
            let line = self.line(until)?;
            let code = line.get(..3).and_then(|code| code.parse::<u16>().ok());
            let code = code
                .filter(|code| (200..600).contains(code))
                .ok_or_else(strange)?;
            let (goes_on, text) = match line.as_bytes().get(3) {
                None => (false, ""),
                Some(b' ') => (false, &line[4..]),
                Some(b'-') => (true, &line[4..]),
                Some(_) => return Err(strange()),
            };
            let reply = reply.get_or_insert(Reply {
                code,
                lines: Vec::new(),
            });
            if reply.code != code {
                return Err(strange());
            }
            reply.lines.push(text.to_owned());
            if !goes_on {
                return Ok(reply.clone());
            }
        }
        Err(strange())
    }

    fn line(&mut self, until: Instant) -> Result<String, Ended> {
        loop {
            if let Some(end) = self.input.iter().position(|b| *b == b'\n') {
                let line: Vec<u8> = self.input.drain(..=end).collect();
                // Any bytes, but lines of ASCII from here on: the code's digits stand where they stand.
                let line = line
                    .iter()
                    .map(|b| if b.is_ascii() { *b as char } else { '?' });
                return Ok(line.collect::<String>().trim_end().to_owned());
            }
            if self.input.len() > LONGEST_LINE {
                return Err(Ended::Lost("does not speak as it should".to_owned()));
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(lost(&io::ErrorKind::TimedOut.into()));
            }
            let mut block = [0; 2048];
            let read = self
                .stream
                .set_read_timeout(Some(left))
                .and_then(|()| self.stream.read(&mut block));
            match read {
                Ok(0) => return Err(lost(&io::ErrorKind::UnexpectedEof.into())),
                Ok(count) => self.input.extend_from_slice(&block[..count]),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(lost(&e)),
            }
        }
    }

    /// The letter, to its end.
    fn content(&mut self, letter: &mut Letter<'_>, within: Duration) -> Result<(), Ended> {
        self.stream
            .set_write_timeout(Some(within))
            .map_err(|e| lost(&e))?;
        let mut content = Content::new(letter.head, letter.body);
        while let Some(piece) = content.piece().map_err(Ended::Disk)? {
            self.stream.write_all(piece).map_err(|e| lost(&e))?;
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "lmtp_tests.rs"]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
