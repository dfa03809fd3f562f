//! The client's side of POP3 and IMAP: what lies in a member's mailbox at their mail provider.
//!
//! # What happens here
//! - [`Session`]: one connection, whichever protocol: log in, list, read one letter, delete, say goodbye.
//! - [`pop3`] (RFC 1939, 2449, 2595, 5034) and [`imap`] (RFC 3501, 4315, 7888): what is said, and what is made of the answers.
//! - [`wire`]: lines and blocks with deadlines. [`spool`]: a letter on its way, in memory while it is small, else in a file.
//! - [`plan`]: what becomes of each letter that is listed; pure.
//!
//! # What never happens here
//! Nobody here knows a member, a store or a database. Nothing is decided but what the protocol wants; a letter's bytes are
//! passed on as they came. No password is said before the connection is encrypted and the certificate checked, and in
//! one way only.
//!
//! # Rules
//! - The server may be hostile. A line has 64 KiB at most, a list [`MAX_LETTERS`] letters, a letter the limit that the caller
//!   sets; whatever else is longer, or makes no sense, ends the connection. Every wait has a deadline.
//! - A letter is never whole in memory, unless it is small.
//! - Whoever only reads changes nothing there: `EXAMINE` and `BODY.PEEK`.
//!
//! # Why our own
//! `async-imap` and `imap` keep a whole answer, and so a whole letter, in memory, `async-pop` as well, and it wants the
//! platform's TLS; `io-imap` is sans I/O and streams, but young and another one every few weeks. What is needed here is
//! seven commands of each protocol.
//!
//! # Known limits
//! INBOX only. No `IDLE`: the caller looks every few minutes. No login but with a password (providers that want OAuth give
//! passwords for programs).

pub mod imap;
pub mod plan;
pub mod pop3;
pub mod spool;
pub mod wire;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests;

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::config::RelayTls;
use crate::mail::verdict::{Reason, Status};
use crate::net::client;
use spool::Spool;
use wire::Wire;

/// Most letters of one listing. Who has more does not fetch them every few minutes.
pub const MAX_LETTERS: usize = 200_000;
/// For the handshake of TLS.
const HANDSHAKE: Duration = Duration::from_secs(30);
/// For saying goodbye.
const GOODBYE: Duration = Duration::from_secs(10);

/// Which protocol is spoken.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// IMAP4rev1
    Imap,
    /// POP3
    Pop3,
}

impl Protocol {
    /// `imap` or `pop3`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Imap => "imap",
            Self::Pop3 => "pop3",
        }
    }
}

/// Where the mailbox is, and how to get in.
#[derive(Clone)]
pub struct Server {
    /// Which protocol is spoken.
    pub protocol: Protocol,
    /// The server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is secured.
    pub tls: RelayTls,
    /// Certificates that are trusted besides the system's.
    pub ca_file: Option<PathBuf>,
}

/// Whether anything may change there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Nothing.
    ReadOnly,
    /// Letters may be deleted.
    MayDelete,
}

/// Why it did not work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The provider does not accept the login: the member must act.
    #[error("{0}")]
    Login(Reason),
    /// Nobody answers, no trust, or what is said there makes no sense: later it may work.
    #[error("{0}")]
    Server(Reason),
    /// This home's disk.
    #[error("{0}")]
    Disk(#[from] io::Error),
    /// The letter has more bytes than allowed. The connection is of no use any more.
    #[error("the letter is too large")]
    TooLarge,
}

impl Error {
    /// The server says or does what makes no sense.
    pub(crate) fn nonsense(what: impl std::fmt::Display) -> Self {
        Self::Server(Reason::new(
            Status(4, 5, 0),
            format!("the provider's server {what}"),
        ))
    }

    /// What the server says, of something that it does not want to do.
    pub(crate) fn refused(what: &str, said: &[u8]) -> Self {
        Self::Server(Reason::new(
            Status(4, 3, 0),
            with_words(&format!("the provider's server refuses {what}"), said),
        ))
    }
}

/// Stands between a sentence of ours and the words of the server's.
const SAYS: &str = "; it says: ";

/// A sentence of ours with what the server says, marked as its words: they may be any sentence.
pub(crate) fn with_words(ours: &str, said: &[u8]) -> String {
    match shown(said) {
        said if said.is_empty() => ours.to_owned(),
        said => format!("{ours}{SAYS}{said}"),
    }
}

/// The server's own words in the text of a reason, where it has any.
pub fn words_in(text: &str) -> Option<&str> {
    text.split_once(SAYS).map(|(_, said)| said)
}

/// What a server says, as it may be shown.
pub(crate) fn shown(said: &[u8]) -> String {
    let text = String::from_utf8_lossy(said);
    let plain = text.chars().filter(|c| !c.is_control()).take(200);
    plain.collect::<String>().trim().to_owned()
}

/// A letter as the server lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// How this session calls it: a UID (IMAP) or a number (POP3).
    pub number: u32,
    /// What the server calls it for good: a UIDL, or UIDVALIDITY and UID; `None` where it has no name for it.
    pub name: Option<String>,
    /// Octets, as the server says.
    pub size: u64,
    /// What stays of it when a mailbox is numbered anew: made of when it came and its size.
    pub mark: Option<[u8; 8]>,
}

/// What came of reading a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read {
    /// It is in the spool.
    Whole,
    /// The server gives none: it was deleted meanwhile, it seems.
    Gone,
    /// The server does not give it, and says why: for now, or for good. The connection goes on.
    Refused(Reason),
}

impl Read {
    fn refused(said: &[u8]) -> Self {
        let text = with_words("the provider's server does not hand out a letter", said);
        Self::Refused(Reason::new(Status(4, 3, 0), text))
    }
}

/// What lies in the mailbox.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// The letters, in the server's order.
    pub letters: Vec<Listed>,
    /// What the numbers of IMAP depend on.
    pub validity: Option<u32>,
    /// IMAP: every letter below this UID was there.
    pub next: u32,
}

/// From where on letters are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resume<'a> {
    /// The UIDVALIDITY that the next two are true of.
    pub validity: Option<u32>,
    /// Above this UID.
    pub above: u32,
    /// And these.
    pub besides: &'a [u32],
}

/// A connection that is logged in.
pub enum Session<S> {
    /// To an IMAP server.
    Imap(imap::Client<S>),
    /// To a POP3 server.
    Pop3(pop3::Client<S>),
}

/// Connects, secures the connection and logs in.
///
/// # Errors
/// [`Error::Login`], [`Error::Server`].
pub async fn open(
    server: &Server,
    (username, password): (&str, &str),
) -> Result<Session<TlsStream<TcpStream>>, Error> {
    let trusted = client::trusted(server.ca_file.as_deref()).map_err(Error::Server)?;
    let connector = TlsConnector::from(trusted);
    let stream = client::connect(&server.host, server.port);
    let mut stream = stream.await.map_err(|e| of_connecting(&e, server))?;
    if server.tls == RelayTls::StartTls {
        let mut plain = Wire::new(stream);
        match server.protocol {
            Protocol::Imap => imap::start_tls(&mut plain).await?,
            Protocol::Pop3 => pop3::start_tls(&mut plain).await?,
        }
        // What was said before TLS could be anybody's (CVE-2011-0411 and its kin).
        stream = plain
            .into_stream()
            .ok_or_else(|| Error::nonsense("speaks before the encryption begins"))?;
    }
    let stream = secure(&connector, server, stream).await?;
    let first = match server.tls {
        RelayTls::Implicit => Greeting::Expected,
        RelayTls::StartTls => Greeting::Heard,
    };
    Session::log_in(server.protocol, stream, first, (username, password)).await
}

/// Whether the server has greeted already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Greeting {
    /// It comes first.
    Expected,
    /// It came before STARTTLS.
    Heard,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Session<S> {
    /// Logs in over a connection that is secure.
    ///
    /// # Errors
    /// [`Error::Login`], [`Error::Server`].
    pub async fn log_in(
        protocol: Protocol,
        stream: S,
        greeting: Greeting,
        login: (&str, &str),
    ) -> Result<Self, Error> {
        let wire = Wire::new(stream);
        Ok(match protocol {
            Protocol::Imap => Self::Imap(imap::Client::log_in(wire, greeting, login).await?),
            Protocol::Pop3 => Self::Pop3(pop3::Client::log_in(wire, greeting, login).await?),
        })
    }

    /// What lies there. POP3 knows no `from`.
    ///
    /// # Errors
    /// [`Error::Server`].
    pub async fn list(&mut self, access: Access, from: Resume<'_>) -> Result<Listing, Error> {
        match self {
            Self::Imap(client) => client.list(access, from).await,
            Self::Pop3(client) => client.list().await,
        }
    }

    /// Reads a letter into `spool`.
    ///
    /// # Errors
    /// [`Error::TooLarge`], [`Error::Server`], [`Error::Disk`].
    pub async fn read(&mut self, number: u32, spool: &mut Spool) -> Result<Read, Error> {
        match self {
            Self::Imap(client) => client.read(number, spool).await,
            Self::Pop3(client) => client.read(number, spool).await,
        }
    }

    /// Deletes letters: at once (IMAP), or with [`quit`](Self::quit) (POP3). Those that the server kept are given back.
    ///
    /// # Errors
    /// [`Error::Server`].
    pub async fn delete(&mut self, numbers: &[u32]) -> Result<Vec<u32>, Error> {
        match self {
            Self::Imap(client) => client.delete(numbers).await,
            Self::Pop3(client) => client.delete(numbers).await,
        }
    }

    /// Says goodbye. With POP3, only now are the letters deleted.
    ///
    /// # Errors
    /// [`Error::Server`]: with POP3 nothing may have been deleted.
    pub async fn quit(self) -> Result<(), Error> {
        let said = async {
            match self {
                Self::Imap(client) => client.quit().await,
                Self::Pop3(client) => client.quit().await,
            }
        };
        let said = timeout(GOODBYE, said).await;
        said.unwrap_or_else(|_| Err(Error::nonsense("does not say goodbye")))
    }
}

async fn secure(
    connector: &TlsConnector,
    server: &Server,
    stream: TcpStream,
) -> Result<TlsStream<TcpStream>, Error> {
    let Server { host, port, .. } = server;
    let failed = |status, text| Error::Server(Reason::new(status, text));
    let name = ServerName::try_from(host.clone()).map_err(|_| {
        failed(
            Status(4, 7, 5),
            format!("{host} is no name that a certificate could be checked for"),
        )
    })?;
    match timeout(HANDSHAKE, connector.connect(name, stream)).await {
        Ok(Ok(stream)) => Ok(stream),
        Ok(Err(e)) => {
            let tls = e.get_ref().and_then(|e| e.downcast_ref::<rustls::Error>());
            Err(failed(
                Status(4, 7, 5),
                match tls {
                    Some(rustls::Error::InvalidCertificate(why)) => format!(
                        "the certificate that {host} shows is not trusted ({why:?}); nothing was sent"
                    ),
                    _ => format!(
                        "no encrypted connection to {host} on port {port} ({e}); is tls right?"
                    ),
                },
            ))
        }
        Err(_) => Err(silent(server)),
    }
}

fn silent(server: &Server) -> Error {
    let Server { host, port, .. } = server;
    let text = format!("{host} does not answer on port {port}; is that the right port?");
    Error::Server(Reason::new(Status(4, 4, 1), text))
}

fn of_connecting(error: &io::Error, server: &Server) -> Error {
    let Server { host, port, .. } = server;
    let (status, text) = match error.kind() {
        io::ErrorKind::TimedOut => return silent(server),
        io::ErrorKind::NotFound => (
            Status(4, 4, 3),
            format!("{host} cannot be found; is the name right, and is there Internet?"),
        ),
        io::ErrorKind::ConnectionRefused => (
            Status(4, 4, 1),
            format!("{host} takes no connection on port {port}; is that the right port?"),
        ),
        _ => (
            Status(4, 4, 1),
            format!("no connection to {host} on port {port}: {error}"),
        ),
    };
    Error::Server(Reason::new(status, text))
}

/// Whether a login can be said at all.
pub fn is_sayable(text: &str) -> bool {
    !text.is_empty() && text.len() <= 512 && !text.chars().any(char::is_control)
}

/// What the server says of a login that it does not accept.
pub(crate) fn not_accepted(username: &str, said: &[u8]) -> Error {
    let text = format!(
        "the provider does not accept the login '{}'",
        shown(username.as_bytes())
    );
    Error::Login(Reason::new(Status(4, 7, 8), with_words(&text, said)))
}
