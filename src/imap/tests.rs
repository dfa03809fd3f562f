//! Dialogs: a real store, real sockets, real TLS. Each is named after what the RFC says.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_rustls::TlsConnector;

use super::Imap;
use super::shelf::Shelf;
use crate::database::Database;
use crate::mail::address::MemberName;
use crate::net::gate::{Gate, Limits};
use crate::net::login::Doorman;
use crate::net::networks::Allowed;
use crate::net::serve::{Door, Listener, TlsMode, bind};
use crate::net::tls::Tls;
use crate::store::{Filed, Quota, Store, UniqueName};

mod news;
mod reading;
mod slow;
mod talk;

const LIMIT: u64 = 1 << 20;

struct Home {
    dir: tempfile::TempDir,
    store: Store,
    plain: SocketAddr,
    secure: SocketAddr,
    client: TlsConnector,
    _stop: watch::Sender<bool>,
}

async fn home() -> Home {
    home_with(|_| ()).await
}

async fn home_with(change: impl FnOnce(&mut Imap)) -> Home {
    let dir = tempfile::tempdir().unwrap();
    let db = Database::open(&dir.path().join("toxmail.db")).unwrap();
    let quota = Quota {
        bytes: 0,
        reserve_bytes: 0,
    };
    let store = Store::open(&dir.path().join("mail"), db, quota).unwrap();
    for name in ["anna", "ben"] {
        store.add_member(&name.parse().unwrap()).unwrap();
    }
    let tls = Tls::open(
        &dir.path().join("tls"),
        "toxmail.local",
        &[],
        SystemTime::now(),
    )
    .unwrap();
    let mut roots = rustls::RootCertStore::empty();
    roots
        .add(CertificateDer::from(tls.ca_der().to_vec()))
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let client = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let doorman = Doorman::new(Arc::new(|login: &str, password: &str| {
        let known = ["anna", "ben"].contains(&login) && password == "open sesame";
        Ok(known.then(|| login.parse().unwrap()))
    }));
    let shelf = Arc::new(Shelf::new(store.clone()));
    let mut imap = Imap::new(shelf, Arc::new(doorman), "toxmail.local", LIMIT);
    change(&mut imap);
    let imap = Arc::new(imap);
    let door = Door {
        gate: Gate::new(Limits {
            max_connections: 50,
            max_connections_per_address: 50,
        }),
        allowed: Arc::new(Allowed::new(vec![])),
    };
    let (stop, stopped) = watch::channel(false);
    let config = tls.server_config(&["imap"]).unwrap();
    let mut addresses = Vec::new();
    for (name, tls) in [("imap", TlsMode::StartTls), ("imaps", TlsMode::Implicit)] {
        let address = "127.0.0.1:0".parse().unwrap();
        let bound = bind(
            Listener { name, address, tls },
            door.clone(),
            config.clone(),
        )
        .await
        .unwrap();
        addresses.push(bound.local_addr());
        tokio::spawn(bound.run(imap.clone(), stopped.clone()));
    }
    Home {
        dir,
        store,
        plain: addresses[0],
        secure: addresses[1],
        client: TlsConnector::from(Arc::new(client)),
        _stop: stop,
    }
}

fn anna() -> MemberName {
    "anna".parse().unwrap()
}

impl Home {
    fn deliver(&self, n: u8, message: &str) {
        let unique = UniqueName::from_bytes([n; 16]);
        let message = message.replace('\n', "\r\n");
        let filed = self
            .store
            .deliver(&anna(), "INBOX", &unique, b"", &mut message.as_bytes());
        assert!(matches!(filed, Ok(Filed::New(_))), "{filed:?}");
    }

    async fn secure(&self) -> Client {
        let stream = TcpStream::connect(self.secure).await.unwrap();
        let name = ServerName::try_from("toxmail.local").unwrap();
        let mut client = Client::new(self.client.connect(name, stream).await.unwrap());
        assert!(
            client
                .line()
                .await
                .starts_with("* OK [CAPABILITY IMAP4rev1 ")
        );
        client
    }

    async fn anna(&self) -> Client {
        let mut client = self.secure().await;
        client.ok("LOGIN anna \"open sesame\"").await;
        client
    }

    /// Anna, who looks at what is `\Recent`.
    async fn curious(&self) -> Client {
        let mut anna = self.anna().await;
        anna.hears_recent = true;
        anna
    }

    /// Anna with her inbox open.
    async fn inbox(&self) -> Client {
        let mut client = self.anna().await;
        client.ok("SELECT INBOX").await;
        client
    }
}

trait Io: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Io for T {}

struct Client {
    stream: BufReader<Box<dyn Io>>,
    next: u32,
    /// Most tests are about something else.
    hears_recent: bool,
}

impl Client {
    fn new(stream: impl Io + 'static) -> Self {
        Self {
            stream: BufReader::new(Box::new(stream)),
            next: 0,
            hears_recent: false,
        }
    }

    async fn send(&mut self, text: &str) {
        let sent = self.stream.get_mut();
        sent.write_all(text.as_bytes()).await.unwrap();
        sent.flush().await.unwrap();
    }

    /// A line, with the literals in it.
    async fn line(&mut self) -> String {
        loop {
            let line = self.line_as_it_is().await;
            if self.hears_recent {
                return line;
            }
            if !line.ends_with(" RECENT") {
                let line = line.replace(" \\Recent", "").replace("\\Recent ", "");
                return line.replace("\\Recent", "");
            }
        }
    }

    async fn line_as_it_is(&mut self) -> String {
        let mut line = Vec::new();
        loop {
            let read = async {
                while !line.ends_with(b"\r\n") {
                    line.push(self.stream.read_u8().await.unwrap());
                }
            };
            tokio::time::timeout(Duration::from_secs(30), read)
                .await
                .unwrap();
            let text = String::from_utf8_lossy(&line).into_owned();
            let literal = text.strip_suffix("}\r\n").and_then(|t| t.rsplit_once('{'));
            let Some(octets) = literal.and_then(|(_, n)| n.parse::<usize>().ok()) else {
                return text.trim_end().to_owned();
            };
            let mut body = vec![0; octets];
            self.stream.read_exact(&mut body).await.unwrap();
            line.extend(body);
            // The line goes on behind the literal.
            line.push(self.stream.read_u8().await.unwrap());
        }
    }

    /// Says a command; the untagged lines, and the tagged one without its tag.
    async fn ask(&mut self, command: &str) -> (Vec<String>, String) {
        self.next += 1;
        let tag = format!("t{}", self.next);
        self.send(&format!("{tag} {command}\r\n")).await;
        self.answer(&tag).await
    }

    async fn answer(&mut self, tag: &str) -> (Vec<String>, String) {
        let mut untagged = Vec::new();
        loop {
            let line = self.line().await;
            match line.strip_prefix(&format!("{tag} ")) {
                Some(answer) => return (untagged, answer.to_owned()),
                None => untagged.push(line),
            }
        }
    }

    async fn ok(&mut self, command: &str) -> Vec<String> {
        let (untagged, answer) = self.ask(command).await;
        assert!(
            answer.starts_with("OK "),
            "{command}: {untagged:?} {answer}"
        );
        untagged
    }

    async fn no(&mut self, command: &str) -> String {
        let (untagged, answer) = self.ask(command).await;
        assert!(
            !answer.starts_with("OK "),
            "{command}: {untagged:?} {answer}"
        );
        answer
    }

    async fn append(&mut self, mailbox: &str, what: &str, message: &str) -> String {
        let message = message.replace('\n', "\r\n");
        let command = format!("APPEND {mailbox} {what}{{{}+}}\r\n{message}", message.len());
        let (_, answer) = self.ask(&command).await;
        answer
    }
}

const LETTER: &str = "From: Ben <ben@example.org>\nTo: anna@toxmail.local\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\n\
    Date: Thu, 5 Nov 2026 10:00:00 +0100\nMessage-ID: <1@example.org>\n\nHello Anna,\nthis is Ben.\n";
