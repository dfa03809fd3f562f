//! Dialogs: a real store, real sockets, real TLS.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::HashSet;
use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_rustls::TlsConnector;

use super::Pop3;
use crate::database::Database;
use crate::mail::address::MemberName;
use crate::net::gate::{Gate, Limits};
use crate::net::login::Doorman;
use crate::net::networks::Allowed;
use crate::net::serve::{Door, Listener, TlsMode, bind};
use crate::net::tls::Tls;
use crate::store::{Filed, Quota, Store, UniqueName};

struct Home {
    dir: tempfile::TempDir,
    store: Store,
    plain: SocketAddr,
    secure: SocketAddr,
    client: TlsConnector,
    stop: watch::Sender<bool>,
}

async fn home() -> Home {
    home_with(|_| ()).await
}

async fn home_with(change: impl FnOnce(&mut Pop3)) -> Home {
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
    let now = SystemTime::now();
    let tls = Tls::open(&dir.path().join("tls"), "toxmail.local", &[], now).unwrap();
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
    // "eve" has a password and no mailbox.
    let doorman = Doorman::new(Arc::new(|login: &str, password: &str| {
        let known = ["anna", "ben", "eve"].contains(&login) && password == "open sesame";
        Ok(known.then(|| login.parse().unwrap()))
    }));
    let mut pop3 = Pop3::new(store.clone(), Arc::new(doorman), "toxmail.local");
    change(&mut pop3);
    let pop3 = Arc::new(pop3);
    let door = Door {
        gate: Gate::new(Limits {
            max_connections: 50,
            max_connections_per_address: 50,
        }),
        allowed: Arc::new(Allowed::new(vec![])),
    };
    let (stop, stopped) = watch::channel(false);
    let config = tls.server_config(&["pop3"]).unwrap();
    let mut addresses = Vec::new();
    for (name, tls) in [("pop3", TlsMode::StartTls), ("pop3s", TlsMode::Implicit)] {
        let address = "127.0.0.1:0".parse().unwrap();
        let listener = Listener { name, address, tls };
        let bound = bind(listener, door.clone(), config.clone()).await.unwrap();
        addresses.push(bound.local_addr());
        tokio::spawn(bound.run(pop3.clone(), stopped.clone()));
    }
    Home {
        dir,
        store,
        plain: addresses[0],
        secure: addresses[1],
        client: TlsConnector::from(Arc::new(client)),
        stop,
    }
}

fn anna() -> MemberName {
    "anna".parse().unwrap()
}

impl Home {
    fn maildir(&self) -> PathBuf {
        self.dir.path().join("mail/anna/Maildir")
    }

    /// Files a message and gives back the name of its file.
    fn deliver(&self, n: u8, message: &[u8]) -> PathBuf {
        let unique = UniqueName::from_bytes([n; 16]);
        let filed = self
            .store
            .deliver(&anna(), "INBOX", &unique, b"", &mut &message[..]);
        assert!(matches!(filed, Ok(Filed::New(_))), "{filed:?}");
        let files = fs::read_dir(self.maildir().join("new")).unwrap();
        let mut paths = files.map(|entry| entry.unwrap().path());
        let mine = |path: &PathBuf| path.to_str().unwrap().contains(&unique.to_string());
        paths.find(mine).unwrap()
    }

    fn left(&self) -> usize {
        self.store.snapshot(&anna(), "INBOX").unwrap().entries.len()
    }

    async fn plain(&self) -> Client {
        let mut client = Client::new(TcpStream::connect(self.plain).await.unwrap());
        assert_eq!(client.line().await, "+OK Toxmail POP3 at toxmail.local");
        client
    }

    async fn shake<S: Io + 'static>(&self, stream: S) -> Client {
        let name = ServerName::try_from("toxmail.local").unwrap();
        Client::new(self.client.connect(name, stream).await.unwrap())
    }

    async fn secure(&self) -> Client {
        let stream = TcpStream::connect(self.secure).await.unwrap();
        let mut client = self.shake(stream).await;
        assert_eq!(client.line().await, "+OK Toxmail POP3 at toxmail.local");
        client
    }

    /// Logged in as anna; waits until the mailbox is free.
    async fn anna(&self) -> Client {
        let mut client = self.secure().await;
        loop {
            client.ask("USER anna").await;
            let answer = client.ask("PASS open sesame").await;
            if answer.starts_with("+OK") {
                return client;
            }
            assert!(answer.starts_with("-ERR [IN-USE]"), "{answer}");
            // Seldom the same program twenty times: that many errors end a session.
            client = self.secure().await;
        }
    }
}

trait Io: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Io for T {}

struct Client(BufReader<Box<dyn Io>>);

impl Client {
    fn new(stream: impl Io + 'static) -> Self {
        Self(BufReader::with_capacity(64 << 10, Box::new(stream)))
    }

    async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.write_all(bytes.as_ref()).await.unwrap();
        self.0.flush().await.unwrap();
    }

    async fn raw_line(&mut self) -> Vec<u8> {
        let mut line = Vec::new();
        let read = self.0.read_until(b'\n', &mut line);
        let read = tokio::time::timeout(Duration::from_secs(30), read).await;
        // A connection that breaks without a word of TLS is an end as well.
        let _ = read.expect("no answer");
        line
    }

    /// Without its CRLF; empty at the end.
    async fn line(&mut self) -> String {
        let line = String::from_utf8(self.raw_line().await).unwrap();
        if line.is_empty() {
            return line;
        }
        line.strip_suffix("\r\n").expect("no CRLF").to_owned()
    }

    async fn ask(&mut self, command: &str) -> String {
        self.send(format!("{command}\r\n")).await;
        self.line().await
    }

    /// What follows the first line, dots unstuffed.
    async fn body(&mut self) -> Vec<u8> {
        let mut body = Vec::new();
        loop {
            let line = self.raw_line().await;
            assert!(line.ends_with(b"\r\n"), "{line:?}");
            if line == b".\r\n" {
                return body;
            }
            body.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
    }

    async fn list(&mut self, command: &str) -> Vec<String> {
        let first = self.ask(command).await;
        assert!(first.starts_with("+OK"), "{first}");
        let text = String::from_utf8(self.body().await).unwrap();
        text.lines().map(str::to_owned).collect()
    }

    async fn fetch(&mut self, command: &str) -> Vec<u8> {
        let first = self.ask(command).await;
        assert!(first.starts_with("+OK"), "{first}");
        self.body().await
    }

    async fn quit(mut self) -> String {
        let answer = self.ask("QUIT").await;
        assert_eq!(self.line().await, "", "it closes");
        answer
    }
}

#[tokio::test]
async fn nothing_before_tls_and_no_plaintext_behind_stls() {
    let home = home().await;
    home.deliver(1, b"A: b\r\n\r\nhello\r\n");
    let mut client = home.plain().await;
    let before = client.list("CAPA").await;
    assert!(before.contains(&"STLS".into()) && before.contains(&"TOP".into()));
    assert!(!before.iter().any(|c| c == "USER" || c.starts_with("SASL")));
    for command in [
        "USER anna",
        "PASS open sesame",
        "AUTH PLAIN AGFubmEAb3BlbiBzZXNhbWU=",
        "STAT",
    ] {
        assert!(client.ask(command).await.starts_with("-ERR Say STLS"));
    }
    client
        .send("STLS\r\nUSER anna\r\nPASS open sesame\r\nDELE 1\r\nQUIT\r\n")
        .await;
    assert_eq!(client.line().await, "+OK Begin TLS");
    assert!(client.0.buffer().is_empty());
    let mut client = home.shake(client.0.into_inner()).await;
    assert!(
        client
            .ask("PASS open sesame")
            .await
            .starts_with("-ERR Say USER")
    );
    let after = client.list("CAPA").await;
    for capability in [
        "USER",
        "SASL PLAIN",
        "TOP",
        "UIDL",
        "PIPELINING",
        "RESP-CODES",
        "AUTH-RESP-CODE",
        "UTF8",
        "EXPIRE NEVER",
        "IMPLEMENTATION Toxmail",
    ] {
        assert!(after.iter().any(|c| c == capability), "{capability}");
    }
    assert!(!after.contains(&"STLS".into()));
    assert!(client.ask("STLS").await.starts_with("-ERR"));
    assert!(client.ask("UTF8").await.starts_with("+OK"));
    assert_eq!(client.list("AUTH").await, ["PLAIN"]);
    assert_eq!(client.ask("AUTH PLAIN").await, "+ ");
    let answer = client.ask("AGFubmEAb3BlbiBzZXNhbWU=").await;
    assert_eq!(answer, "+OK 1 message (15 octets)");
    assert!(client.ask("NOOP").await.starts_with("+OK"));
    assert!(client.quit().await.starts_with("+OK"));
    assert_eq!(home.left(), 1);
}

#[tokio::test]
async fn wrong_passwords_and_a_member_without_a_mailbox() {
    let home = home().await;
    let mut client = home.secure().await;
    for login in ["anna", "nobody"] {
        assert_eq!(
            client.ask(&format!("USER {login}")).await,
            "+OK Now say PASS"
        );
        assert!(client.ask("PASS open").await.starts_with("-ERR [AUTH]"));
    }
    client.ask("USER eve").await;
    assert!(
        client
            .ask("PASS open sesame")
            .await
            .starts_with("-ERR [SYS/PERM]")
    );
    client.ask("USER anna").await;
    assert!(
        client
            .ask("PASS open sesame")
            .await
            .starts_with("+OK 0 messages")
    );
    assert_eq!(client.list("LIST").await, [""; 0]);
}

#[tokio::test]
async fn everything_in_one_group() {
    let home = home().await;
    home.deliver(1, b"A: b\r\n\r\none\r\n.two\r\nthree\r\n");
    home.deliver(2, b"C: d\r\n\r\nx");
    let mut client = home.secure().await;
    client
        .send("USER anna\r\nPASS open sesame\r\nSTAT\r\nLIST\r\nTOP 1 1\r\nRETR 2\r\nDELE 1\r\nLIST 1\r\nQUIT\r\n")
        .await;
    let mut all = Vec::new();
    client.0.read_to_end(&mut all).await.unwrap();
    let expected = "+OK Now|+OK 2 messages (37 octets)|+OK 2 37|\
        +OK 2 messages (37 octets)|1 26|2 11|.|\
        +OK Its|A: b||one|.|\
        +OK 11 octets|C: d||x|.|\
        +OK Message 1|-ERR Message 1|+OK Deleted";
    let text = String::from_utf8(all).unwrap();
    let lines: Vec<&str> = text.split_terminator("\r\n").collect();
    let expected: Vec<&str> = expected.split('|').collect();
    assert_eq!(lines.len(), expected.len(), "{text}");
    for (line, expected) in lines.iter().zip(expected) {
        assert!(line.starts_with(expected), "{line}: {expected}");
    }
    assert_eq!(home.left(), 1);
}

#[tokio::test]
async fn every_byte_arrives_and_the_sizes_are_true() {
    let home = home().await;
    let big = b"0123456789.\r\n.\r\n..dots\r\n\xc3\xa4\r\n".repeat(30_000);
    let messages: [&[u8]; 7] = [
        b"A: b\r\n\r\n.\r\n..\r\n.dot\r\n\r\n",
        b"A: b\r\n\r\nno end",
        b"A: b\r\n",
        b"\r\n",
        b"A: b\r\n\r\nends in CR\r",
        &[&b"A: b\r\n\r\n"[..], &b"x".repeat(70_000), b"\r\n"].concat(),
        &[&b"A: b\r\n\r\n"[..], &big].concat(),
    ];
    for (n, message) in (1..).zip(messages) {
        home.deliver(n, message);
    }
    // Another program's, with line ends of its own, one of them missing.
    fs::write(home.maildir().join("new/1.other.host"), "A: b\n\n.x\nend").unwrap();
    let mut client = home.anna().await;
    let sizes = client.list("LIST").await;
    for (number, message) in (1..).zip(messages.into_iter().chain([&b"A: b\r\n\r\n.x\r\nend"[..]]))
    {
        let mut expected = message.to_vec();
        if !message.ends_with(b"\r\n") {
            expected.extend_from_slice(b"\r\n");
        }
        let got = client.fetch(&format!("RETR {number}")).await;
        assert!(got == expected, "message {number}: {} octets", got.len());
        assert_eq!(sizes[number - 1], format!("{number} {}", got.len()));
        assert!(client.fetch(&format!("TOP {number} 9999999")).await == expected);
    }
    assert_eq!(client.fetch("TOP 1 2").await, b"A: b\r\n\r\n.\r\n..\r\n");
    assert_eq!(client.fetch("TOP 7 0").await, b"A: b\r\n\r\n");
}

#[tokio::test]
async fn a_message_is_deleted_by_quit_and_by_nothing_else() {
    let home = home().await;
    for n in 1..=3 {
        home.deliver(n, b"A: b\r\n\r\n");
    }
    let mut client = home.anna().await;
    let names = client.list("UIDL").await;
    client.ask("DELE 1").await;
    client.ask("DELE 2").await;
    assert_eq!(client.ask("STAT").await, "+OK 1 8");
    client.ask("RSET").await;
    assert_eq!(client.ask("STAT").await, "+OK 3 24");
    assert!(client.ask("DELE 3").await.starts_with("+OK"));
    drop(client);

    let mut client = home.anna().await;
    assert_eq!(home.left(), 3);
    assert_eq!(client.list("UIDL").await, names);
    client.ask("DELE 1").await;
    assert!(client.ask("DELE 1").await.starts_with("-ERR"));
    assert!(client.quit().await.starts_with("+OK"));
    assert_eq!(home.left(), 2);

    // The names stay with their messages, whatever number those get, and no name comes back.
    home.deliver(4, b"A: b\r\n\r\n");
    let mut client = home.anna().await;
    let name = |line: &String| line.split_once(' ').unwrap().1.to_owned();
    let now: Vec<String> = client.list("UIDL").await.iter().map(name).collect();
    let before: Vec<String> = names.iter().map(name).collect();
    assert_eq!(now[..2], before[1..]);
    assert!(!before.contains(&now[2]));
    assert!(client.quit().await.starts_with("+OK"));
}

#[tokio::test]
async fn a_mailbox_has_one_session() {
    let home = home().await;
    let mut first = home.anna().await;
    let mut second = home.plain().await;
    second.ask("STLS").await;
    let mut second = home.shake(second.0.into_inner()).await;
    second.ask("USER anna").await;
    assert!(
        second
            .ask("PASS open sesame")
            .await
            .starts_with("-ERR [IN-USE]")
    );
    second.ask("USER ben").await;
    assert!(second.ask("PASS open sesame").await.starts_with("+OK"));
    assert!(first.ask("NOOP").await.starts_with("+OK"));
    // Once the goodbye was heard, the mailbox is free.
    let mut third = home.secure().await;
    first.ask("QUIT").await;
    third.ask("USER anna").await;
    assert!(third.ask("PASS open sesame").await.starts_with("+OK"));
    // And soon after a connection broke.
    drop(third);
    home.anna().await;
}

#[tokio::test]
async fn what_another_program_does_meanwhile() {
    let home = home().await;
    let paths: Vec<PathBuf> = (1..=4).map(|n| home.deliver(n, b"A: b\r\n\r\n")).collect();
    let mut client = home.anna().await;
    fs::remove_file(&paths[0]).unwrap();
    let name = paths[1].file_name().unwrap().to_str().unwrap();
    fs::rename(&paths[1], home.maildir().join(format!("cur/{name}:2,S"))).unwrap();
    // What cannot be removed: a folder in the place of the file.
    fs::remove_file(&paths[2]).unwrap();
    fs::create_dir(&paths[2]).unwrap();
    home.deliver(5, b"New: 1\r\n\r\n");
    assert_eq!(client.ask("STAT").await, "+OK 4 32");
    assert!(
        client
            .ask("RETR 1")
            .await
            .starts_with("-ERR Message 1 was deleted")
    );
    assert_eq!(client.fetch("RETR 2").await, b"A: b\r\n\r\n");
    assert!(client.ask("RETR 3").await.starts_with("-ERR [SYS/TEMP]"));
    assert!(client.ask("RETR 5").await.starts_with("-ERR There is no"));
    for number in 1..=4 {
        client.ask(&format!("DELE {number}")).await;
    }
    let answer = client.quit().await;
    assert!(
        answer.starts_with("-ERR [SYS/TEMP] A message could not"),
        "{answer}"
    );
    fs::remove_dir(&paths[2]).unwrap();
    assert_eq!(home.left(), 1);
}

#[tokio::test]
async fn ten_thousand_messages_are_listed_without_a_look_at_them() {
    let home = home().await;
    let mut paths = Vec::new();
    for n in 0..10_000_u32 {
        let path = home
            .maildir()
            .join(format!("new/{}.M{n}.host", 1_700_000_000 + n));
        fs::write(&path, b"A: b\r\n\r\n0123456789\r\n").unwrap();
        paths.push(path);
    }
    let mut client = home.anna().await;
    assert_eq!(client.ask("STAT").await, "+OK 10000 200000");
    client.quit().await;
    // A session that reads a file would see these sizes.
    for path in &paths {
        fs::OpenOptions::new()
            .write(true)
            .truncate(true)
            .open(path)
            .unwrap();
    }
    let mut client = home.anna().await;
    assert_eq!(client.ask("STAT").await, "+OK 10000 200000");
    let sizes = client.list("LIST").await;
    assert!(sizes.iter().all(|line| line.ends_with(" 20")));
    let names: HashSet<String> = client.list("UIDL").await.into_iter().collect();
    assert_eq!((sizes.len(), names.len()), (10_000, 10_000));
    // All deleted in one group, one answer each.
    let group: String = (1..=10_000).map(|n| format!("DELE {n}\r\n")).collect();
    let (mut read, mut write) = tokio::io::split(client.0.into_inner());
    let sent = tokio::spawn(async move {
        write.write_all(group.as_bytes()).await.unwrap();
        write.write_all(b"STAT\r\nQUIT\r\n").await.unwrap();
    });
    let mut all = String::new();
    read.read_to_string(&mut all).await.unwrap();
    sent.await.unwrap();
    assert_eq!(all.matches("+OK Message").count(), 10_000);
    assert!(
        all.contains("+OK 0 0\r\n+OK Deleted"),
        "{}",
        &all[all.len() - 200..]
    );
    assert_eq!(home.left(), 0);
}

#[tokio::test]
async fn a_large_message_goes_out_in_pieces() {
    let home = home().await;
    let line = [&b"x".repeat(76)[..], b"\r\n"].concat();
    let body = line.repeat(100_000);
    home.deliver(1, &body);
    let mut client = home.anna().await;
    client.send("RETR 1\r\nNOOP\r\n").await;
    assert_eq!(client.line().await, format!("+OK {} octets", body.len()));
    let mut got = vec![0; body.len()];
    client.0.read_exact(&mut got).await.unwrap();
    assert!(got == body);
    assert_eq!(client.line().await, ".");
    assert_eq!(client.line().await, "+OK Still here");
    // Who leaves in the middle leaves nothing behind.
    client.send("RETR 1\r\n").await;
    client.line().await;
    drop(client);
    home.anna().await;
}

#[tokio::test]
async fn garbage_is_answered_and_left() {
    let home = home().await;
    let mut client = home.secure().await;
    for (bytes, expected) in [
        (&b"\xff\xfe\x80\r\n"[..], "-ERR This is no command"),
        (b"USER \xff\xfe\r\n", "-ERR Write commands in ASCII"),
        (b"NO\0OP\r\n", "-ERR There is a zero byte"),
        (b"QUIT\n\r\n", "-ERR End each line"),
        (b"QU\rIT\r\n", "-ERR End each line"),
        (b"\r\n", "-ERR This is no command"),
    ] {
        client.send(bytes).await;
        let answer = client.line().await;
        assert!(answer.starts_with(expected), "{answer}");
    }
    client
        .send([&b"y".repeat(20_000)[..], b"\r\n"].concat())
        .await;
    assert_eq!(
        client.line().await,
        "-ERR This line is too long; 255 octets are the most"
    );
    for _ in 0..12 {
        assert!(client.ask("HELO").await.starts_with("-ERR This is no"));
    }
    assert!(client.ask("HELO").await.starts_with("-ERR Too many errors"));
    assert_eq!(client.line().await, "");

    // Not even a TLS handshake.
    let mut garbage = Client::new(TcpStream::connect(home.secure).await.unwrap());
    garbage.send("USER anna\r\n").await;
    let mut rest = Vec::new();
    let _ = garbage.0.read_to_end(&mut rest).await;
    home.anna().await;
}

#[tokio::test]
async fn silence_ends_a_session_without_a_word_and_deletes_nothing() {
    let home = home_with(|pop3| pop3.idle = Duration::from_secs(2)).await;
    home.deliver(1, b"A: b\r\n\r\n");
    let mut client = home.anna().await;
    assert!(client.ask("DELE 1").await.starts_with("+OK"));
    assert_eq!(client.line().await, "");
    assert_eq!(home.left(), 1);
    home.anna().await;
}

#[tokio::test]
async fn a_stop_is_told() {
    let home = home().await;
    home.deliver(1, b"A: b\r\n\r\n");
    let mut client = home.anna().await;
    client.ask("DELE 1").await;
    home.stop.send(true).unwrap();
    assert!(
        client
            .line()
            .await
            .starts_with("-ERR [SYS/TEMP] This home is going down")
    );
    assert_eq!(client.line().await, "");
    assert_eq!(home.left(), 1);
}
