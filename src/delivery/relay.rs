//! The agent of the ordinary route: letters for everybody who has no Tox address go to the writer's mail provider.
//!
//! One attempt is one connection: TLS from the first byte or STARTTLS and nothing without it, the certificate checked, the
//! login, one transaction for all recipients of the delivery ([`super::dialog`]). What leaves is told in
//! [`crate::mail::ordinary`]; the body's bytes are those of the spool.
//!
//! # Rules
//! - `MAIL FROM` is an ordinary address of the writer's: the one they wrote with, else the one their account is for. An
//!   automatic answer keeps the null sender.
//! - Trouble with the account (nobody answers, no trust, no login) is "later": it is no fault of the letter. It is
//!   kept for `doctor` ([`crate::providers`]), and after a refused login nobody knocks again for a quarter of an hour.
//! - At least once: a crash between the provider's `250` and the row that says so sends the letter again.
//! - The name in `EHLO` says nothing: the provider would put the home's into `Received`.
//!
//! # Known limits
//! A connection for each letter. A letter of 8-bit text is made over for a provider without 8BITMIME or SMTPUTF8 (there is hardly
//! one left) only where its writer allows it and nothing is lost ([`crate::mail::seven_bit`]): else it goes back with the
//! reason. `NOTIFY=SUCCESS` is passed on, and answered here too, with "relayed": what the
//! provider reports goes to the mailbox there.

use std::io::{self, Read};
use std::time::Duration;

use mail_send::{Credentials, Error, SmtpClient};
use smtp_proto::{AUTH_LOGIN, AUTH_PLAIN, EXT_START_TLS, EhloResponse, Response};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::time::timeout;
use tokio_rustls::{TlsConnector, client::TlsStream};

use super::Post;
use super::dialog::{self, Addressee, Parcel};
use super::letter::{self, later};
use crate::config::RelayTls;
use crate::durable::fault;
use crate::journal;
use crate::mail::header::{self, HeaderSection};
use crate::mail::ordinary::Writer;
use crate::mail::seven_bit::{self, MadeOver};
use crate::mail::verdict::{Reason, Status, Verdict};
use crate::members::Reencode;
use crate::net::client::{self, Brief, Secrets};
use crate::providers::{self, Account};
use crate::queue::{AccountId, Content, Delivery};

/// For saying goodbye: the letter has been taken.
const GOODBYE: Duration = Duration::from_secs(5);
/// For all of a login that a person waits for.
pub const TEST: Duration = Duration::from_secs(45);
/// An address literal that is right for every machine (RFC 5321 section 4.1.3) and tells nothing of this one.
const EHLO: &str = "[127.0.0.1]";
/// How a provider is called in a reason.
const SERVER: &str = "your provider";

/// Why nothing could be handed over.
enum Trouble {
    /// With the account, and so for every letter.
    Account(Reason),
    /// The provider does not accept the login.
    Login(Reason),
}

/// A connection that is logged in.
struct Session {
    client: SmtpClient<Brief<TlsStream<TcpStream>>>,
    offered: EhloResponse<String>,
}

/// One attempt: every recipient of `delivery` who is still waiting gets a verdict. Blocks.
pub fn attempt(
    post: &Post,
    runtime: &Handle,
    account: AccountId,
    delivery: &Delivery,
) -> Vec<(usize, Verdict)> {
    match try_attempt(post, runtime, account, delivery) {
        Ok(verdicts) => verdicts,
        Err(verdict) => letter::everybody(delivery, &verdict),
    }
}

fn try_attempt(
    post: &Post,
    runtime: &Handle,
    id: AccountId,
    delivery: &Delivery,
) -> Result<Vec<(usize, Verdict)>, Verdict> {
    if let Some((rest, why)) = post.providers.resting_for(id) {
        return Err(Verdict::Later {
            why,
            not_before: rest,
        });
    }
    let account = match post.providers.account(id) {
        Ok(Some(account)) => account,
        Ok(None) => return Err(later(no_provider())),
        Err(providers::Error::Database(e)) => {
            journal::trouble("providers", &e);
            return Err(letter::own_trouble(letter::out_of_order()));
        }
        Err(e) => {
            let why = Reason::new(Status(4, 7, 8), e.to_string());
            failed(post, id, &why);
            return Err(later(why));
        }
    };
    let from = sender(post, delivery)?;
    let mut opened = letter::open(post, delivery)?;
    let writer = Writer::new(&from.ordinary, &post.hostname, &post.ourselves);
    let book = post
        .contacts
        .ordinary_book(
            delivery.member.as_ref(),
            &from.ordinary,
            writer.private_addresses(&opened.header),
        )
        .map_err(|e| {
            journal::trouble("contacts", &e);
            letter::own_trouble(letter::out_of_order())
        })?;
    let mut stamp = letter::stamp(post, delivery);
    stamp.message_id = writer.message_id(&letter::message_id_left(delivery));
    let known = |address: &str| book.ordinary_of(address);
    let head = header::for_relay(&opened.header, &writer, &known, &stamp);
    let head = letter::with_empty_line(head);
    let disk = |e: io::Error| {
        journal::disk_trouble("reading a waiting letter", &e);
        letter::own_trouble(letter::disk_reason(&e))
    };
    let eight_bit =
        !head.is_ascii() || has_eight_bits(opened.body().map_err(disk)?).map_err(disk)?;
    let size = head.len() as u64 + opened.body_size;
    let to: Vec<Addressee> = delivery
        .recipients
        .iter()
        .map(|waiting| Addressee {
            index: waiting.index,
            address: waiting.there.clone(),
            recipient: waiting.recipient.clone(),
        })
        .collect();
    let reencode = match &delivery.member {
        Some(member) => match post.members.choices(member) {
            Ok(choices) => choices.reencode,
            // Of the gateway: nobody who could have chosen.
            Err(crate::members::Error::NoSuchMember(_)) => Reencode::Off,
            Err(e) => {
                journal::trouble("members", &e);
                return Err(letter::own_trouble(letter::out_of_order()));
            }
        },
        None => Reencode::Off,
    };
    let envelope_id = delivery.envelope.envelope_id.as_deref();
    let starts = opened.body_starts;
    let mut again = opened.content.try_clone().map_err(disk)?;
    let mut parcel = Parcel {
        sender: &from.envelope,
        to: &to,
        utf8: delivery.envelope.smtputf8 && !head.is_ascii(),
        head: &head,
        body: opened.body().map_err(disk)?,
        size,
        eight_bit,
        ret: delivery.envelope.ret,
        envelope_id: envelope_id.filter(|id| !writer.hides(id)),
        server: SERVER,
    };
    let handed = runtime.block_on(async {
        let mut session = log_in(&account).await?;
        let verdicts = match parcel.is_beyond(&session.offered) {
            Some(why) => match made_over(&parcel, reencode, why, &mut again, starts) {
                Ok(made) => {
                    let header = letter::with_empty_line(made.header.clone());
                    let mut body = made.body(&mut again);
                    let mut anew = Parcel {
                        head: &header,
                        body: &mut body,
                        size: header.len() as u64 + made.body_size(),
                        eight_bit: false,
                        utf8: false,
                        ..parcel
                    };
                    journal::reencoded(&delivery.message);
                    dialog::hand_over(&mut session.client, &session.offered, &mut anew).await
                }
                Err(verdict) => letter::everybody(delivery, &verdict),
            },
            None => dialog::hand_over(&mut session.client, &session.offered, &mut parcel).await,
        };
        if verdicts.iter().any(|(_, v)| *v == Verdict::Delivered) {
            fault::point("relay.accepted");
        }
        let _ = timeout(GOODBYE, session.client.quit()).await;
        Ok(verdicts)
    });
    match handed {
        Ok(verdicts) => {
            worked(post, id);
            Ok(verdicts)
        }
        Err(Trouble::Account(why)) => {
            failed(post, id, &why);
            Err(later(why))
        }
        Err(Trouble::Login(why)) => {
            post.providers.rest(id, &why);
            failed(post, id, &why);
            Err(Verdict::Later {
                why,
                not_before: providers::REST,
            })
        }
    }
}

/// The letter as a server takes it that wants 7 bits, where the writer allows that; `why` is what is said otherwise.
fn made_over(
    parcel: &Parcel<'_>,
    reencode: Reencode,
    why: Reason,
    source: &mut Content,
    starts: u64,
) -> Result<MadeOver, Verdict> {
    let with = |more: &str| Verdict::Never {
        why: Reason::new(why.status, format!("{}; {more}", why.text)),
    };
    if reencode == Reencode::Off {
        return Err(with(
            "Toxmail can write such letters anew: allow it in your settings on the home's page",
        ));
    }
    // The null sender is no address.
    if !parcel.sender.is_ascii() {
        return Err(Verdict::Never { why });
    }
    let header = HeaderSection::parse(parcel.head).map_err(|e| Verdict::Never { why: e.into() })?;
    match seven_bit::make_over(&header, source, starts) {
        Ok(Ok(made)) => Ok(made),
        Ok(Err(unfit)) => Err(with(&format!("it cannot be written anew, because {unfit}"))),
        Err(e) => {
            journal::disk_trouble("reading a waiting letter", &e);
            Err(letter::own_trouble(letter::disk_reason(&e)))
        }
    }
}

/// A real login, for `provider test` and before an account is stored. Blocks.
///
/// # Errors
/// What is wrong, for the person who set it up.
pub fn test(runtime: &Handle, account: &Account) -> Result<(), Reason> {
    knock(runtime, account).map_err(|trouble| match trouble {
        Trouble::Account(why) | Trouble::Login(why) => why,
    })
}

fn knock(runtime: &Handle, account: &Account) -> Result<(), Trouble> {
    runtime.block_on(async {
        let tried = timeout(TEST, async {
            let session = log_in(account).await?;
            let _ = timeout(GOODBYE, session.client.quit()).await;
            Ok(())
        });
        tried
            .await
            .unwrap_or_else(|_| Err(Trouble::Account(silent(account))))
    })
}

/// Whether a provider takes our login now; what comes of it counts as that of a letter would: a refused login is not said again for a
/// while. Blocks.
pub(super) fn answers(post: &Post, runtime: &Handle, id: AccountId) -> bool {
    let Ok(Some(account)) = post.providers.account(id) else {
        return false;
    };
    match knock(runtime, &account) {
        Ok(()) => worked(post, id),
        Err(Trouble::Account(_)) => return false, // the line, perhaps: no fault of the account's
        Err(Trouble::Login(why)) => {
            post.providers.rest(id, &why);
            failed(post, id, &why);
            return false;
        }
    }
    true
}

/// The account works again, or still.
fn worked(post: &Post, id: AccountId) {
    if let Err(e) = post.providers.works(id) {
        journal::trouble("providers", &e);
    }
}

fn failed(post: &Post, id: AccountId, why: &Reason) {
    journal::provider_fails(id.number(), why);
    if let Err(e) = post.providers.fails(id, why) {
        journal::trouble("providers", &e);
    }
}

fn no_provider() -> Reason {
    Reason::new(
        Status(4, 4, 4),
        "no provider is set up any more for letters to ordinary addresses; set it up on the home's page",
    )
}

/// Who a letter is from, on this route.
struct From {
    /// `MAIL FROM`: the next, or empty for the null sender.
    envelope: String,
    /// An ordinary address of the writer's.
    ordinary: String,
}

fn sender(post: &Post, delivery: &Delivery) -> Result<From, Verdict> {
    let broken = |e: &dyn std::fmt::Display| {
        journal::trouble("members", e);
        letter::own_trouble(letter::out_of_order())
    };
    let homeless = || Verdict::Never {
        why: Reason::new(
            Status(5, 1, 8),
            "you have no ordinary e-mail address here any more, and letters to ordinary addresses need one",
        ),
    };
    // The home's own letters go to its members only.
    let member = delivery.member.as_ref().ok_or_else(homeless)?;
    let owner = post.members.owner_of(&delivery.sender);
    let ordinary = if owner.map_err(|e| broken(&e))?.as_ref() == Some(member) {
        delivery.sender.clone()
    } else {
        let address = post.members.ordinary_address(member);
        address.map_err(|e| broken(&e))?.ok_or_else(homeless)?
    };
    Ok(From {
        envelope: match delivery.sender.as_str() {
            "" => String::new(),
            _ => ordinary.clone(),
        },
        ordinary,
    })
}

fn has_eight_bits(body: &mut impl Read) -> io::Result<bool> {
    let mut block = vec![0; 64 << 10];
    loop {
        match body.read(&mut block) {
            Ok(0) => return Ok(false),
            Ok(length) if !block[..length].is_ascii() => return Ok(true),
            Ok(_) => {}
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
}

async fn log_in(account: &Account) -> Result<Session, Trouble> {
    let trusted = client::trusted(account.ca_file.as_deref()).map_err(Trouble::Account)?;
    let connector = TlsConnector::from(trusted);
    let host = account.host.as_str();
    let trouble = |e: Error| Trouble::Account(connect_reason(&e, account));
    let stream = tcp(account).await.map_err(trouble)?;
    let stream = match account.tls {
        RelayTls::Implicit => stream,
        RelayTls::StartTls => {
            let mut client = brief(stream);
            greeting(&mut client).await.map_err(trouble)?;
            let offered = client.ehlo(EHLO).await.map_err(trouble)?;
            if !offered.has_capability(EXT_START_TLS) {
                return Err(trouble(Error::MissingStartTls));
            }
            let agreed = client.cmd("STARTTLS\r\n").await.map_err(trouble)?;
            if agreed.code != 220 {
                return Err(trouble(Error::UnexpectedReply(agreed)));
            }
            client.stream.into_inner()
        }
    };
    let client = SmtpClient {
        stream,
        timeout: dialog::COMMAND,
    };
    let client = client.into_tls(&connector, host).await.map_err(trouble)?;
    let mut client = brief(client.stream);
    if account.tls == RelayTls::Implicit {
        greeting(&mut client).await.map_err(trouble)?;
    }
    let offered = client.ehlo(EHLO).await.map_err(trouble)?;
    if let Some((username, password)) = &account.login {
        let credentials = Credentials::new(username.as_str(), password.as_str());
        // One way, tried once: a wrong password that is said in every way the server knows counts as so many attacks.
        let mut one_way = offered.clone();
        one_way.auth_mechanisms = match offered.auth_mechanisms {
            known if known & AUTH_PLAIN != 0 => AUTH_PLAIN,
            known => known & AUTH_LOGIN,
        };
        match client.authenticate(&credentials, &one_way).await {
            Ok(_) => {}
            // 4xx: their passwords are out of reach at the moment.
            Err(Error::AuthenticationFailed(reply)) if reply.code < 500 => {
                return Err(trouble(Error::UnexpectedReply(reply)));
            }
            Err(e @ Error::AuthenticationFailed(_)) => {
                return Err(Trouble::Login(connect_reason(&e, account)));
            }
            Err(e) => return Err(trouble(e)),
        }
    }
    Ok(Session { client, offered })
}

fn brief<S: AsyncRead + AsyncWrite + Unpin>(stream: S) -> SmtpClient<Brief<S>> {
    SmtpClient {
        stream: Brief::new(stream),
        timeout: dialog::COMMAND,
    }
}

async fn greeting<S: AsyncRead + AsyncWrite + Unpin>(
    client: &mut SmtpClient<S>,
) -> Result<(), Error> {
    let reply = timeout(dialog::COMMAND, client.read()).await;
    let reply = reply.map_err(|_| Error::Timeout)??;
    match reply.code {
        220 => Ok(()),
        _ => Err(Error::UnexpectedReply(reply)),
    }
}

async fn tcp(account: &Account) -> Result<TcpStream, Error> {
    client::connect(&account.host, account.port)
        .await
        .map_err(|e| match e.kind() {
            io::ErrorKind::TimedOut => Error::Timeout,
            _ => Error::Io(e),
        })
}

fn silent(account: &Account) -> Reason {
    let Account { host, port, .. } = account;
    let text = format!("{host} does not answer on port {port}; is that the right port?");
    Reason::new(Status(4, 4, 1), text)
}

/// A reply without the password: some servers repeat the line that they do not like.
fn unsaid(reply: &Response<String>, account: &Account) -> Response<String> {
    let Some((username, password)) = &account.login else {
        return reply.clone();
    };
    let said = Secrets::of(username, password).hidden(reply.message.as_bytes());
    let message = String::from_utf8_lossy(&said).into_owned();
    Response {
        message,
        ..reply.clone()
    }
}

/// What is wrong with an account, in words for the person who looks after it.
fn connect_reason(error: &Error, account: &Account) -> Reason {
    let Account { host, port, .. } = account;
    let (status, text) = match error {
        Error::Io(e) if e.kind() == io::ErrorKind::NotFound => (
            Status(4, 4, 3),
            format!("{host} cannot be found; is the name right, and is there Internet?"),
        ),
        Error::Io(e) if e.kind() == io::ErrorKind::ConnectionRefused => (
            Status(4, 4, 1),
            format!("{host} takes no connection on port {port}; is that the right port?"),
        ),
        Error::Io(e) if matches!(e.kind(), io::ErrorKind::InvalidData) => (
            Status(4, 7, 5),
            format!("no encrypted connection to {host} on port {port}: {e}"),
        ),
        Error::Io(e) => (
            Status(4, 4, 1),
            format!("no connection to {host} on port {port}: {e}"),
        ),
        Error::Timeout => return silent(account),
        Error::Tls(e) if matches!(**e, rustls::Error::InvalidCertificate(_)) => (
            Status(4, 7, 5),
            format!("the certificate that {host} shows is not trusted ({e}); nothing was sent"),
        ),
        Error::Tls(e) => (
            Status(4, 7, 5),
            format!("no encrypted connection to {host} on port {port} ({e}); is tls right?"),
        ),
        Error::MissingStartTls => (
            Status(4, 7, 4),
            format!("{host} offers no encryption (STARTTLS) on port {port}; nothing was sent"),
        ),
        Error::InvalidTLSName => (
            Status(4, 7, 5),
            format!("{host} is no name that a certificate could be checked for"),
        ),
        Error::AuthenticationFailed(reply) => {
            let who = account.login.as_ref().map_or("", |(name, _)| name);
            let said = unsaid(reply, account);
            let said = format!("{} {}", said.code, said.message.trim());
            (
                Status(4, 7, 8),
                format!("{host} does not accept the login '{who}'; it says: {said}"),
            )
        }
        Error::UnsupportedAuthMechanism => (
            Status(4, 7, 4),
            format!("{host} offers no way to log in that this home knows (PLAIN, LOGIN)"),
        ),
        Error::UnexpectedReply(reply) => {
            let Reason { status, text } = dialog::reason(&unsaid(reply, account), host);
            (Status(4, status.1, status.2), text)
        }
        _ => (
            Status(4, 4, 2),
            format!("{host} on port {port} broke off or does not speak SMTP; is tls right?"),
        ),
    };
    Reason::new(status, text)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;

    #[test]
    fn a_provider_that_repeats_the_password_is_quoted_without_it() {
        let account = Account {
            id: AccountId::HOME,
            host: "smtp.example.org".into(),
            port: 465,
            tls: RelayTls::Implicit,
            login: Some(("anna".into(), Zeroizing::new("open sesame".into()))),
            ca_file: None,
        };
        let reply = || Response {
            code: 535,
            esc: [5, 7, 8],
            message: "AUTH PLAIN AGFubmEAb3BlbiBzZXNhbWU= is wrong: open sesame".to_owned(),
        };
        for error in [
            Error::AuthenticationFailed(reply()),
            Error::UnexpectedReply(reply()),
        ] {
            let Reason { text, .. } = connect_reason(&error, &account);
            assert!(
                text.contains("says: 535 AUTH PLAIN *** is wrong: ***"),
                "{text}"
            );
        }
    }
}
