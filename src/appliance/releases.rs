//! Where later versions of the box come from: a folder on somebody's web server, looked into at night or when a person asks.
//!
//! | in the folder | what |
//! | --- | --- |
//! | `toxmail-BOARD.version` | the version that boxes of that kind should have, one line |
//! | `toxmail-BOARD-VERSION.raucb` | its file, as `make dist` makes it |
//!
//! That server is believed nothing but this: whether the file is one of the box's key, meant for it and later than what runs is judged
//! where every other file is (`update`). A server that is somebody else's by now can keep a box from hearing of a later version, and have
//! it read as much as an update has each night, for nothing; no more.

use std::io::Read;
use std::net::SocketAddr;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Proxy};

use super::update::{self, Desk, Welcome};
use crate::config::Source;
use crate::mail::verdict::Reason;
use crate::net::client;

/// For the server to be found, to answer, and to send the next piece.
const PATIENCE: Duration = Duration::from_secs(60);
/// The file is here by then, or it is tried again another night: 40 MB at 100 kbit/s.
const LONGEST: Duration = Duration::from_secs(3600);
/// Longest version, in octets; the box's script takes no longer one.
const MAX_VERSION: usize = 32;
/// Servers that give away files send on to others.
const REDIRECTS: u32 = 5;
/// Octets that are read at a time.
const PIECE: usize = 64 << 10;

/// A version as a server may name one: digits, letters, dots, plus and minus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version(String);

impl Version {
    /// Its characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Version {
    type Err = Trouble;

    fn from_str(text: &str) -> Result<Self, Trouble> {
        let text = text.trim();
        let plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'+' | b'-');
        let begins = text.as_bytes().first().is_some_and(u8::is_ascii_digit);
        if !begins || text.len() > MAX_VERSION || !text.bytes().all(plain) {
            return Err(Trouble::Nonsense);
        }
        Ok(Self(text.to_owned()))
    }
}

/// Why nothing came of it.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The server is not there, is not the one of its certificate, or fell silent.
    #[error("{0}")]
    Unreachable(String),
    /// It has no such file.
    #[error("the server has no {0} for this kind of box")]
    Missing(&'static str),
    /// It says something else than a version.
    #[error("what the server has there is no version")]
    Nonsense,
    /// The desk does not take the file.
    #[error(transparent)]
    Desk(#[from] update::Error),
}

impl From<ureq::Error> for Trouble {
    fn from(error: ureq::Error) -> Self {
        Self::Unreachable(error.to_string())
    }
}

impl From<Reason> for Trouble {
    fn from(reason: Reason) -> Self {
        Self::Unreachable(reason.to_string())
    }
}

/// Asks a server. Blocks.
pub struct Releases {
    source: Source,
    board: String,
    agent: Agent,
}

impl Releases {
    /// `board` is the box's kind; `ca_file` and `socks5` are those of `toxmail.toml`: a home that hides its address asks through the same
    /// proxy as Tox.
    ///
    /// # Errors
    /// The certificates or the proxy cannot be used.
    pub fn new(
        source: Source,
        board: &str,
        ca_file: Option<&Path>,
        socks5: Option<SocketAddr>,
    ) -> Result<Self, Trouble> {
        let roots: Vec<Certificate<'static>> = (client::certificates(ca_file)?.iter())
            .map(|der| Certificate::from_der(der).to_owned())
            .collect();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::new_with_certs(&roots))
            .unversioned_rustls_crypto_provider(provider)
            .build();
        // socks5h: names are looked up behind the proxy.
        let proxy = socks5.map(|at| Proxy::new(&format!("socks5h://{at}")));
        let config = Agent::config_builder()
            .https_only(true)
            .tls_config(tls)
            .proxy(proxy.transpose()?)
            .max_redirects(REDIRECTS)
            .http_status_as_error(true)
            .timeout_connect(Some(PATIENCE))
            .timeout_recv_response(Some(PATIENCE))
            .timeout_per_read(Some(PATIENCE))
            .timeout_global(Some(LONGEST))
            // Which version asks is nobody's business.
            .user_agent("toxmail")
            .build();
        Ok(Self {
            source,
            board: board.to_owned(),
            agent: config.into(),
        })
    }

    /// Which version is there for this kind of box.
    ///
    /// # Errors
    /// [`Trouble`], but none of the desk's.
    pub fn offered(&self) -> Result<Version, Trouble> {
        let name = format!("toxmail-{}.version", self.board);
        let mut body = self.get(&name, "version")?;
        let mut text = String::new();
        // One octet more than fits is read, so that a longer one is none.
        let most = MAX_VERSION as u64 + 2;
        body.as_reader()
            .take(most)
            .read_to_string(&mut text)
            .map_err(|e| Trouble::Unreachable(e.to_string()))?;
        text.parse()
    }

    /// Brings that version's file to the desk.
    ///
    /// # Errors
    /// [`Trouble`]; nothing of the file stays.
    pub fn fetch(&self, version: &Version, desk: &Desk) -> Result<(), Trouble> {
        let name = format!("toxmail-{}-{}.raucb", self.board, version.as_str());
        let mut body = self.get(&name, "file")?;
        let announced = body.content_length();
        let mut incoming = desk.receive(announced)?;
        let mut reader = body.as_reader();
        let mut piece = vec![0; PIECE];
        let mut came = 0;
        loop {
            match reader.read(&mut piece) {
                Ok(0) => break,
                Ok(length) => {
                    came += length as u64;
                    incoming.write(&piece[..length])?;
                }
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
                Err(e) => return Err(Trouble::Unreachable(e.to_string())),
            }
        }
        if came == 0 || announced.is_some_and(|announced| announced != came) {
            return Err(Trouble::Unreachable("the file ended too early".to_owned()));
        }
        Ok(incoming
            .hand_over(Welcome::Later)
            .map_err(update::Error::Io)?)
    }

    fn get(&self, name: &str, what: &'static str) -> Result<ureq::Body, Trouble> {
        match self
            .agent
            .get(format!("{}{name}", self.source.as_str()))
            .call()
        {
            Ok(response) => Ok(response.into_body()),
            Err(ureq::Error::StatusCode(404 | 410)) => Err(Trouble::Missing(what)),
            Err(e) => Err(e.into()),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_version_has_no_room_for_a_path() {
        for version in ["0.2.0", "1.0.0-rc1+5", "2\n"] {
            assert_eq!(version.parse::<Version>().unwrap().as_str(), version.trim());
        }
        for wrong in [
            "",
            "\n",
            "../0.2.0",
            "0.2/0",
            "v0.2",
            "0.2.0 0.3.0",
            "<html>",
            "0.2.ü",
            &"1".repeat(33),
        ] {
            assert!(wrong.parse::<Version>().is_err(), "{wrong}");
        }
    }
}
