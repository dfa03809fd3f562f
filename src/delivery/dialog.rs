//! The client's side of SMTP (RFC 5321): one message over one connection, and a verdict for every recipient.
//!
//! `mail-send` speaks the single commands; what is said when, and what an answer means, is decided here.
//!
//! # Rules
//! - Every step has a limit of time. The last one is long: a server that has the whole letter and is slow to say so would
//!   otherwise get it twice.
//! - The message goes out block by block, never whole in memory.
//! - `Delivered` is the server's `250` behind the last byte, and nothing before it. Where the connection breaks after the last
//!   byte nobody knows who has the letter: it is tried again, and may then arrive twice (RFC 1047).
//! - What the server says is marked as its words.

use std::io::Read;
use std::time::Duration;

use mail_send::SmtpClient;
use smtp_proto::{EXT_8BIT_MIME, EXT_DSN, EXT_SIZE, EXT_SMTP_UTF8, EhloResponse, Response};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};

use super::letter::{self, later};
use super::phrases::{self, Content};
use crate::mail::envelope::{Notify, Recipient, Return};
use crate::mail::verdict::{Reason, Status, Verdict};

/// For one command (RFC 5321 section 4.5.3.2 asks for five minutes; what answers at all answers in two).
pub const COMMAND: Duration = Duration::from_secs(120);
/// For one block of the message (RFC 5321 section 4.5.3.2.5).
const BLOCK: Duration = Duration::from_secs(180);
/// For the answer to the whole message (RFC 5321 section 4.5.3.2.6).
const END: Duration = Duration::from_secs(600);

/// One recipient, as the server is told.
#[derive(Clone, Debug)]
pub struct Addressee {
    /// Index into the envelope's recipients.
    pub index: usize,
    /// `RCPT TO`.
    pub address: String,
    /// What the writer wants to hear, and the recipient that the writer named.
    pub recipient: Recipient,
}

/// A message on its way to a server.
pub struct Parcel<'a> {
    /// `MAIL FROM`; empty for the null sender.
    pub sender: &'a str,
    /// Who gets it.
    pub to: &'a [Addressee],
    /// The header section, with the empty line behind it.
    pub head: &'a [u8],
    /// The body, at its beginning.
    pub body: &'a mut dyn Read,
    /// Bytes of head and body.
    pub size: u64,
    /// There are octets above 127 in it.
    pub eight_bit: bool,
    /// Its header section has addresses or texts in UTF-8 (RFC 6531).
    pub utf8: bool,
    /// `RET=`.
    pub ret: Return,
    /// `ENVID=` as the writer's program has written it.
    pub envelope_id: Option<&'a str>,
    /// What the server is called in a reason: `your provider`.
    pub server: &'static str,
}

impl Parcel<'_> {
    /// Why a server that offers this cannot take the message as it is; addresses apart.
    pub fn is_beyond(&self, offered: &EhloResponse<String>) -> Option<Reason> {
        let server = self.server;
        if (self.utf8 || !self.sender.is_ascii()) && !offered.has_capability(EXT_SMTP_UTF8) {
            let text =
                format!("{server} takes no addresses or headers with such letters (SMTPUTF8)");
            return Some(Reason::new(Status(5, 6, 7), text));
        }
        if self.eight_bit && !offered.has_capability(EXT_8BIT_MIME) {
            let text = format!("{server} takes no letters of 8-bit text (8BITMIME)");
            return Some(Reason::new(Status(5, 6, 3), text));
        }
        None
    }
}

/// Hands the message over. Every recipient gets a verdict.
pub async fn hand_over<S: AsyncRead + AsyncWrite + Unpin>(
    client: &mut SmtpClient<S>,
    offered: &EhloResponse<String>,
    parcel: &mut Parcel<'_>,
) -> Vec<(usize, Verdict)> {
    let mut verdicts = Vec::with_capacity(parcel.to.len());
    let rest = transaction(client, offered, parcel, &mut verdicts).await;
    if let Err(verdict) = rest {
        for addressee in parcel.to {
            if !verdicts.iter().any(|(index, _)| *index == addressee.index) {
                verdicts.push((addressee.index, verdict.clone()));
            }
        }
    }
    verdicts
}

/// Puts down the verdicts of single recipients; the error is that of all others.
async fn transaction<S: AsyncRead + AsyncWrite + Unpin>(
    client: &mut SmtpClient<S>,
    offered: &EhloResponse<String>,
    parcel: &mut Parcel<'_>,
    verdicts: &mut Vec<(usize, Verdict)>,
) -> Result<(), Verdict> {
    let server = parcel.server;
    let broken = |e: mail_send::Error| failed(&e, server);
    let utf8 = parcel.utf8 || !parcel.sender.is_ascii();
    let speaks_utf8 = offered.has_capability(EXT_SMTP_UTF8);
    if let Some(why) = parcel.is_beyond(offered) {
        return Err(Verdict::Never { why });
    }
    if offered.size > 0 && parcel.size > offered.size as u64 {
        let text = format!("{server} takes letters of at most {} bytes", offered.size);
        return Err(never(Status(5, 3, 4), text));
    }
    let dsn = offered.has_capability(EXT_DSN);
    let mut parameters = String::new();
    if offered.has_capability(EXT_SIZE) {
        parameters.push_str(&format!(" SIZE={}", parcel.size));
    }
    if parcel.eight_bit {
        parameters.push_str(" BODY=8BITMIME");
    }
    let foreign = |addressee: &Addressee| !addressee.address.is_ascii();
    if utf8 || (speaks_utf8 && parcel.to.iter().any(foreign)) {
        parameters.push_str(" SMTPUTF8");
    }
    if dsn {
        let wishes = phrases::envelope_wishes(parcel.ret, parcel.envelope_id);
        parameters.push_str(&wishes);
    }
    let mail = client.cmd(format!("MAIL FROM:<{}>{parameters}\r\n", parcel.sender));
    let reply = mail.await.map_err(broken)?;
    if !is_positive(&reply) {
        return Err(verdict(&reply, server));
    }
    let mut accepted = Vec::new();
    for addressee in parcel.to {
        if !addressee.address.is_ascii() && !speaks_utf8 {
            let text = format!("{server} takes no addresses with such letters (SMTPUTF8)");
            verdicts.push((addressee.index, never(Status(5, 6, 7), text)));
            continue;
        }
        let parameters = match dsn {
            true => wishes(addressee),
            false => String::new(),
        };
        let rcpt = client.cmd(format!("RCPT TO:<{}>{parameters}\r\n", addressee.address));
        let reply = rcpt.await.map_err(broken)?;
        if is_positive(&reply) {
            accepted.push(addressee.index);
        } else {
            verdicts.push((addressee.index, verdict(&reply, server)));
        }
    }
    if accepted.is_empty() {
        return Ok(());
    }
    let reply = client.cmd("DATA\r\n").await.map_err(broken)?;
    if reply.code != 354 {
        return Err(verdict(&reply, server));
    }
    let reply = contents(client, parcel).await?;
    let all = if is_positive(&reply) {
        Verdict::Delivered
    } else {
        verdict(&reply, server)
    };
    verdicts.extend(accepted.into_iter().map(|index| (index, all.clone())));
    Ok(())
}

/// `NOTIFY=` and `ORCPT=` (RFC 3461). An original recipient that is not the one who is named to the server stays at home.
fn wishes(addressee: &Addressee) -> String {
    let recipient = &addressee.recipient;
    // What nobody has asked for is what the server does by itself.
    let mut wishes = match recipient.notify == Notify::default() {
        true => String::new(),
        false => phrases::notify(recipient.notify),
    };
    let same = |original: &&String| {
        original
            .split_once(';')
            .is_some_and(|(_, address)| address.eq_ignore_ascii_case(&addressee.address))
    };
    if let Some(original) = recipient.original.as_ref().filter(same) {
        wishes.push_str(&format!(" ORCPT={original}"));
    }
    wishes
}

/// The message and the lone dot; the answer to it.
async fn contents<S: AsyncRead + AsyncWrite + Unpin>(
    client: &mut SmtpClient<S>,
    parcel: &mut Parcel<'_>,
) -> Result<Response<String>, Verdict> {
    let server = parcel.server;
    let broken = |e: mail_send::Error| failed(&e, server);
    let mut content = Content::new(parcel.head, parcel.body);
    // The connection is closed before the dot when the letter cannot be read: the server throws away what it has.
    while let Some(piece) = content.piece().map_err(|e| {
        crate::journal::disk_trouble("reading a waiting letter", &e);
        letter::own_trouble(letter::disk_reason(&e))
    })? {
        say(client, piece).await.map_err(broken)?;
    }
    match tokio::time::timeout(END, client.read()).await {
        Ok(reply) => reply.map_err(broken),
        Err(_) => Err(failed(&mail_send::Error::Timeout, server)),
    }
}

async fn say<S: AsyncRead + AsyncWrite + Unpin>(
    client: &mut SmtpClient<S>,
    bytes: &[u8],
) -> Result<(), mail_send::Error> {
    let sent = async {
        client.stream.write_all(bytes).await?;
        client.stream.flush().await
    };
    let sent = tokio::time::timeout(BLOCK, sent).await;
    Ok(sent.map_err(|_| mail_send::Error::Timeout)??)
}

fn never(status: Status, text: String) -> Verdict {
    Verdict::Never {
        why: Reason::new(status, text),
    }
}

fn is_positive(reply: &Response<String>) -> bool {
    (200..300).contains(&reply.code)
}

/// What a refusal means.
fn verdict(reply: &Response<String>, server: &str) -> Verdict {
    let why = reason(reply, server);
    // RFC 5321 section 4.5.3.1.10: too many recipients is "the others later", whatever old servers call it.
    let too_many = reply.code == 552 && reply.esc == [5, 5, 3];
    if (500..600).contains(&reply.code) && !too_many {
        Verdict::Never { why }
    } else {
        later(why)
    }
}

/// What a server says, as a reason.
pub fn reason(reply: &Response<String>, server: &str) -> Reason {
    let class = match reply.code {
        500..600 => 5,
        _ => 4,
    };
    let [told, subject, detail] = reply.esc;
    let status = if told == class {
        Status(class, subject.into(), detail.into())
    } else {
        // RFC 5248: what the plain codes mean.
        match reply.code {
            421 => Status(4, 3, 2),
            450 => Status(4, 2, 0),
            452 => Status(4, 3, 1),
            550 | 553 => Status(5, 1, 0),
            552 => Status(5, 2, 2),
            530 | 535 => Status(5, 7, 0),
            _ => Status(class, 0, 0),
        }
    };
    Reason::new(
        status,
        format!("{server} says: {} {}", reply.code, reply.message.trim()),
    )
}

/// The connection broke, or said nothing sensible.
fn failed(error: &mail_send::Error, server: &str) -> Verdict {
    let why = match error {
        mail_send::Error::Timeout => {
            Reason::new(Status(4, 4, 2), format!("{server} did not answer in time"))
        }
        mail_send::Error::UnexpectedReply(reply) => reason(reply, server),
        _ => Reason::new(
            Status(4, 4, 2),
            format!("{server} broke the connection off"),
        ),
    };
    later(why)
}
