//! `alive`: whether a running home really answers, for whatever watches over it. The home says at its socket whether its Tox thread has
//! answered it, and which services it has; that they answer is tried from outside, as a mail program or a browser would: a TLS handshake,
//! the server's greeting, a page. A port that takes connections says nothing: the kernel does that for a program that stands still, too.
//!
//! Whose certificate it is does not matter here, nor whether it is good by a clock that may not be set yet.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme, StreamOwned};
use serde_json::Value;

use super::answer::Alive;
use super::client::{self, Client};
use super::protocol::Request;

/// How long the home may take to say what it has, its Tox thread's own ten seconds included.
const HOME: Duration = Duration::from_secs(15);
/// How long a service may take in all; they are tried at the same time. Both together are less than overlay/usr/lib/toxmail/guard waits.
const SERVICE: Duration = Duration::from_secs(10);
/// What the page is asked for: every home has it, and it needs no login.
const QUESTION: &[u8] = b"GET /about HTTP/1.0\r\nHost: localhost\r\n\r\n";

/// Whether a service begins with TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    Plain,
    Tls,
}

/// What a service says first, by the names of `[listen]`, and whether it has to be asked. What is not mail or the page is not looked at.
fn first(service: &str) -> Option<(Line, &'static [u8], &'static str)> {
    Some(match service {
        "submission" => (Line::Plain, b"", "220 "),
        "submissions" => (Line::Tls, b"", "220 "),
        "pop3" => (Line::Plain, b"", "+OK"),
        "pop3s" => (Line::Tls, b"", "+OK"),
        "imap" => (Line::Plain, b"", "* OK"),
        "imaps" => (Line::Tls, b"", "* OK"),
        "http" => (Line::Plain, QUESTION, "HTTP/1."),
        "https" => (Line::Tls, QUESTION, "HTTP/1."),
        _ => return None,
    })
}

/// What the home says of itself.
///
/// # Errors
/// It is not running, or says nothing.
pub(super) fn ask(dir: &Path) -> Result<Alive, client::Error> {
    let said = Client::connect_for(dir, HOME).and_then(|mut home| home.ask(&Request::Alive));
    match said {
        Ok(answer) => Ok(serde_json::from_value(answer).map_err(io::Error::other)?),
        Err(client::Error::Io(e)) if is_late(&e) => {
            let text = format!("the home does not answer in {} s", HOME.as_secs());
            Err(io::Error::new(io::ErrorKind::TimedOut, text).into())
        }
        Err(e) => Err(e),
    }
}

fn is_late(error: &io::Error) -> bool {
    // What a socket says whose time is over.
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
    )
}

/// What a program that stands still would be the last to notice, by name, and why: empty when all answer.
pub(super) fn silent(home: &Alive) -> BTreeMap<String, String> {
    silent_for(home, SERVICE)
}

fn silent_for(home: &Alive, patience: Duration) -> BTreeMap<String, String> {
    let mut silent = BTreeMap::new();
    if !home.tox {
        silent.insert("tox".to_owned(), "its thread does not answer".to_owned());
    }
    let trust = Arc::new(rustls::crypto::ring::default_provider());
    std::thread::scope(|scope| {
        let mut tried = Vec::new();
        for (service, address) in &home.ports {
            let Some(way) = first(service) else { continue };
            let trust = Arc::clone(&trust);
            let one = move || try_one(address, way, trust, patience);
            let begun = std::thread::Builder::new().spawn_scoped(scope, one);
            tried.push((service, begun));
        }
        for (service, begun) in tried {
            let told = match begun.map(std::thread::ScopedJoinHandle::join) {
                Ok(Ok(told)) => told,
                Ok(Err(_)) => Err(io::Error::other("the look at it failed")),
                Err(e) => Err(e),
            };
            if let Err(e) = told {
                silent.insert(service.clone(), words(&e, patience));
            }
        }
    });
    silent
}

/// The answer for people.
pub(super) fn text(silent: &BTreeMap<String, String>) -> String {
    if silent.is_empty() {
        return "all services answer\n".to_owned();
    }
    let lines = silent.iter().map(|(name, why)| format!("{name}: {why}\n"));
    lines.collect()
}

fn words(error: &io::Error, patience: Duration) -> String {
    match error.kind() {
        _ if is_late(error) => format!("no answer in {patience:?}"),
        io::ErrorKind::ConnectionRefused => "nobody listens there".to_owned(),
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset => {
            "it hangs up before it has said anything".to_owned()
        }
        _ => error.to_string(),
    }
}

type Way = (Line, &'static [u8], &'static str);

fn try_one(
    address: &Value,
    way: Way,
    trust: Arc<CryptoProvider>,
    patience: Duration,
) -> io::Result<()> {
    let (line, question, expected) = way;
    let address = address.as_str().and_then(|text| text.parse().ok());
    let address = near(address.ok_or_else(|| io::Error::other("no address"))?);
    let stream = Hurried {
        until: Instant::now() + patience,
        stream: TcpStream::connect_timeout(&address, patience)?,
    };
    match line {
        Line::Plain => converse(stream, question, expected),
        Line::Tls => {
            let config = ClientConfig::builder_with_provider(Arc::clone(&trust))
                .with_safe_default_protocol_versions()
                .map_err(io::Error::other)?
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(Anybody(trust)))
                .with_no_client_auth();
            let name = ServerName::IpAddress(address.ip().into());
            let tls = ClientConnection::new(Arc::new(config), name).map_err(io::Error::other)?;
            converse(StreamOwned::new(tls, stream), question, expected)
        }
    }
}

fn converse(mut stream: impl Read + Write, question: &[u8], expected: &str) -> io::Result<()> {
    stream.write_all(question)?;
    stream.flush()?;
    let mut said = vec![0; expected.len()];
    stream.read_exact(&mut said)?;
    match said == expected.as_bytes() {
        true => Ok(()),
        false => Err(io::Error::other("it says something else")),
    }
}

/// A connection that has so long for everything.
struct Hurried {
    until: Instant,
    stream: TcpStream,
}

impl Hurried {
    fn left(&self) -> io::Result<Option<Duration>> {
        match self.until.saturating_duration_since(Instant::now()) {
            Duration::ZERO => Err(io::ErrorKind::TimedOut.into()),
            left => Ok(Some(left)),
        }
    }
}

impl Read for Hurried {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(self.left()?)?;
        self.stream.read(buffer)
    }
}

impl Write for Hurried {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(self.left()?)?;
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

/// Takes every certificate, as long as whoever shows it has its key.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(
            message,
            cert,
            dss,
            &self.0.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(
            message,
            cert,
            dss,
            &self.0.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

/// Where a service that listens everywhere is on this machine.
fn near(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
            SocketAddr::V6(_) => IpAddr::V6(Ipv6Addr::LOCALHOST),
        });
    }
    address
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::net::TcpListener;

    use rustls::{ServerConfig, ServerConnection};

    use super::*;
    use crate::net::tls::Tls;

    /// A service that says this to one visitor, and stays until they go.
    fn says(words: &'static str) -> Value {
        serves(move |mut stream| {
            stream.write_all(words.as_bytes()).unwrap();
            // Unread bytes would make a reset of the farewell.
            let _ = stream.read(&mut [0; 100]);
        })
    }

    fn serves(how: impl FnOnce(TcpStream) + Send + 'static) -> Value {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || how(listener.accept().unwrap().0));
        address.to_string().into()
    }

    fn says_in_tls(config: Arc<ServerConfig>, words: &'static str) -> Value {
        serves(move |stream| {
            let tls = ServerConnection::new(config).unwrap();
            let mut stream = StreamOwned::new(tls, stream);
            if stream.write_all(words.as_bytes()).is_ok() {
                let _ = stream.flush();
                let _ = stream.read(&mut [0; 100]);
            }
        })
    }

    fn home<const N: usize>(ports: [(&str, Value); N]) -> Alive {
        Alive {
            tox: true,
            ports: ports.map(|(name, at)| (name.to_owned(), at)).into(),
        }
    }

    #[test]
    fn whoever_hangs_up_says_something_else_or_speaks_no_tls_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let now = std::time::SystemTime::now();
        let tls = Tls::open(&dir.path().join("tls"), "toxmail.local", &[], now).unwrap();
        let config = || tls.server_config(&[]).unwrap();
        let closed = TcpListener::bind("127.0.0.1:0").unwrap();
        let gone = closed.local_addr().unwrap().to_string();
        drop(closed);
        let home = home([
            ("submission", says("220 home ESMTP\r\n")),
            ("submissions", says_in_tls(config(), "220 home ESMTP\r\n")),
            ("pop3", says("-ERR out of order\r\n")),
            ("pop3s", says_in_tls(config(), "-ERR out of order\r\n")),
            ("imap", serves(drop)),
            ("imaps", says("* OK but in clear\r\n")),
            ("http", says("HTTP/1.1 200 OK\r\n\r\n")),
            ("https", gone.into()),
            ("tox_udp", 33445.into()),
            ("metrics", "127.0.0.1:1".into()),
        ]);
        let silent = silent(&home);
        let names: Vec<&str> = silent.keys().map(String::as_str).collect();
        assert_eq!(
            names,
            ["https", "imap", "imaps", "pop3", "pop3s"],
            "{silent:?}"
        );
        let text = text(&silent);
        for line in [
            "https: nobody listens there\n",
            "imap: it hangs up before it has said anything\n",
            "pop3: it says something else\n",
            "pop3s: it says something else\n",
        ] {
            assert!(text.contains(line), "{text}");
        }
        assert_eq!(super::text(&BTreeMap::new()), "all services answer\n");
    }

    #[test]
    fn a_port_that_only_takes_connections_is_no_service() {
        // The kernel does, for whoever listens and does nothing else.
        let asleep: Vec<TcpListener> = (0..3)
            .map(|_| TcpListener::bind("127.0.0.1:0").unwrap())
            .collect();
        let at = |n: usize| asleep[n].local_addr().unwrap().to_string().into();
        let home = home([("imaps", at(0)), ("https", at(1)), ("submission", at(2))]);
        let silent = silent_for(&home, Duration::from_millis(300));
        let names: Vec<&str> = silent.keys().map(String::as_str).collect();
        assert_eq!(names, ["https", "imaps", "submission"]);
        assert!(
            silent.values().all(|why| why == "no answer in 300ms"),
            "{silent:?}"
        );
    }

    #[test]
    fn a_tox_thread_that_stands_still_is_named() {
        let home = Alive {
            tox: false,
            ..home([])
        };
        assert_eq!(text(&silent(&home)), "tox: its thread does not answer\n");
    }

    #[test]
    fn who_listens_everywhere_is_asked_here() {
        for (at, here) in [
            ("0.0.0.0:80", "127.0.0.1:80"),
            ("[::]:80", "[::1]:80"),
            ("192.0.2.7:80", "192.0.2.7:80"),
        ] {
            assert_eq!(near(at.parse().unwrap()), here.parse().unwrap());
        }
    }
}
