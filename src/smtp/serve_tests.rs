//! Dialogs over real sockets with a desk that only remembers.

use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::{Instant, SystemTime};

use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;

use super::*;
use crate::mail::envelope::{Body, Recipient};
use crate::mail::verdict::Status;
use crate::net::gate::{self, Gate};
use crate::net::networks::Allowed;
use crate::net::serve::{Door, Listener, TlsMode, bind};
use crate::net::tls::Tls;

/// \0anna\0sesame
const ANNA: &str = "AUTH PLAIN AGFubmEAc2VzYW1l";
const ROOMY: Limits = Limits {
    max_message_bytes: 100 << 20,
    max_recipients: 100,
};
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Default)]
struct Memory {
    letters: Vec<(Envelope, Vec<u8>, Option<u64>)>,
    open: usize,
    opened: usize,
    pieces: Vec<usize>,
    /// The disk is full behind so many octets.
    room: Option<usize>,
}

#[derive(Clone, Default)]
struct Fake(Arc<Mutex<Memory>>);

impl Fake {
    fn look<T>(&self, at: impl FnOnce(&mut Memory) -> T) -> T {
        at(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits until it is so.
    async fn until(&self, so: impl Fn(&Memory) -> bool) {
        let waited = async {
            while !self.look(|memory| so(memory)) {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(PATIENCE, waited).await.unwrap();
    }
}

struct Paper {
    desk: Fake,
    bytes: Vec<u8>,
    declared: Option<u64>,
}

impl Desk for Fake {
    fn sender(&self, member: &MemberName, address: &str) -> Result<(), Refusal> {
        if address == format!("{}@toxmail.local", member.as_str()) {
            return Ok(());
        }
        Err(Refusal::new(550, Status(5, 7, 1), "Not your address"))
    }

    fn recipient(&self, _: &MemberName, recipient: &Recipient) -> Result<(), Refusal> {
        match recipient.address.as_str() {
            "panic@tox" => panic!("a bug"),
            "nobody@tox" => Err(Refusal::new(550, Status(5, 1, 1), "Nobody has this name")),
            _ => Ok(()),
        }
    }

    fn letter(&self, _: &MemberName, declared: Option<u64>) -> Result<Box<dyn Letter>, Refusal> {
        self.look(|memory| {
            memory.open += 1;
            memory.opened += 1;
        });
        Ok(Box::new(Paper {
            desk: self.clone(),
            bytes: Vec::new(),
            declared,
        }))
    }
}

impl Letter for Paper {
    fn write(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        self.bytes.extend_from_slice(bytes);
        let size = self.bytes.len();
        self.desk.look(|memory| {
            memory.pieces.push(bytes.len());
            match memory.room {
                Some(room) if size > room => Err(Refusal::new(452, Status(4, 3, 1), "No room")),
                _ => Ok(()),
            }
        })
    }

    fn submit(mut self: Box<Self>, envelope: Envelope) -> Result<String, Refusal> {
        let bytes = std::mem::take(&mut self.bytes);
        self.desk.look(|memory| {
            memory.letters.push((envelope, bytes, self.declared));
            Ok(format!("q{}", memory.letters.len()))
        })
    }
}

impl Drop for Paper {
    fn drop(&mut self) {
        self.desk.look(|memory| memory.open -= 1);
    }
}

struct House {
    desk: Fake,
    starttls: SocketAddr,
    implicit: SocketAddr,
    stop: watch::Sender<bool>,
    running: Vec<JoinHandle<()>>,
    trust: TlsConnector,
    _dir: tempfile::TempDir,
}

impl House {
    async fn new() -> Self {
        Self::with(ROOMY, Times::default()).await
    }

    async fn with(limits: Limits, times: Times) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let tls = Tls::open(dir.path(), "toxmail.local", &[], SystemTime::now()).unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from(tls.ca_der())).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let trust = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let doorman = Doorman::new(Arc::new(|login: &str, password: &str| {
            Ok((login == "anna" && password == "sesame").then(|| "anna".parse().unwrap()))
        }));
        let desk = Fake::default();
        let protocol = Submission::new(
            Arc::new(desk.clone()),
            Arc::new(doorman),
            "toxmail.local",
            limits,
        );
        let protocol = Arc::new(protocol.with_times(times));
        let door = Door {
            gate: Gate::new(gate::Limits {
                max_connections: 50,
                max_connections_per_address: 50,
            }),
            allowed: Arc::new(Allowed::new(Vec::new())),
        };
        let (stop, stopped) = watch::channel(false);
        let (mut addresses, mut running) = (Vec::new(), Vec::new());
        for (name, tls_mode) in [
            ("submission", TlsMode::StartTls),
            ("submissions", TlsMode::Implicit),
        ] {
            let listener = Listener {
                name,
                address: "127.0.0.1:0".parse().unwrap(),
                tls: tls_mode,
            };
            let config = tls.server_config(&[]).unwrap();
            let bound = bind(listener, door.clone(), config).await.unwrap();
            addresses.push(bound.local_addr());
            running.push(tokio::spawn(bound.run(protocol.clone(), stopped.clone())));
        }
        Self {
            desk,
            starttls: addresses[0],
            implicit: addresses[1],
            stop,
            running,
            trust: TlsConnector::from(Arc::new(trust)),
            _dir: dir,
        }
    }

    /// Port 587, before TLS.
    async fn plain(&self) -> Client<TcpStream> {
        let mut client = Client::new(TcpStream::connect(self.starttls).await.unwrap());
        assert!(client.reply().await.starts_with("220 toxmail.local ESMTP"));
        client
    }

    async fn secure(&self, stream: TcpStream) -> Client<impl AsyncRead + AsyncWrite + use<>> {
        let name = ServerName::try_from("toxmail.local").unwrap();
        Client::new(self.trust.connect(name, stream).await.unwrap())
    }

    /// Port 465, greeted, not logged in.
    async fn stranger(&self) -> Client<impl AsyncRead + AsyncWrite + use<>> {
        let stream = TcpStream::connect(self.implicit).await.unwrap();
        let mut client = self.secure(stream).await;
        assert!(client.reply().await.starts_with("220 "));
        client.told("EHLO mutt", "250-toxmail.local").await;
        client
    }

    /// Port 465, logged in.
    async fn anna(&self) -> Client<impl AsyncRead + AsyncWrite + use<>> {
        let mut client = self.stranger().await;
        client.told(ANNA, "235 2.7.0").await;
        client
    }

    fn letters(&self) -> Vec<Vec<u8>> {
        self.desk
            .look(|memory| memory.letters.iter().map(|l| l.1.clone()).collect())
    }
}

struct Client<S> {
    stream: S,
    read: Vec<u8>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Client<S> {
    fn new(stream: S) -> Self {
        let read = Vec::new();
        Self { stream, read }
    }

    async fn send(&mut self, bytes: &[u8]) {
        let sent = async {
            self.stream.write_all(bytes).await?;
            self.stream.flush().await
        };
        tokio::time::timeout(PATIENCE, sent).await.unwrap().unwrap();
    }

    /// A whole answer, all its lines; empty when the other side is gone.
    async fn reply(&mut self) -> String {
        loop {
            let mut end = 0;
            for line in self.read.split_inclusive(|&b| b == b'\n') {
                end += line.len();
                if line.ends_with(b"\r\n") && line.get(3) == Some(&b' ') {
                    let rest = self.read.split_off(end);
                    let whole = std::mem::replace(&mut self.read, rest);
                    return String::from_utf8(whole).unwrap();
                }
            }
            let more = self.stream.read_buf(&mut self.read);
            if !matches!(tokio::time::timeout(PATIENCE, more).await.unwrap(), Ok(n) if n > 0) {
                return String::new();
            }
        }
    }

    async fn expect(&mut self, begin: &str) {
        let reply = self.reply().await;
        assert!(reply.starts_with(begin), "{begin}, not {reply:?}");
    }

    /// Says a line and looks at the begin of the answer.
    async fn told(&mut self, line: &str, begin: &str) {
        self.send(format!("{line}\r\n").as_bytes()).await;
        let reply = self.reply().await;
        assert!(reply.starts_with(begin), "{line}: {begin}, not {reply:?}");
    }

    async fn begin(&mut self) {
        self.told("MAIL FROM:<anna@toxmail.local>", "250 2.1.0")
            .await;
        self.told("RCPT TO:<bob@tox>", "250 2.1.5").await;
    }

    async fn data(&mut self, bytes: &[u8], begin: &str) {
        self.told("DATA", "354 ").await;
        self.send(bytes).await;
        self.expect(begin).await;
    }
}

const GROUP: &[u8] =
    b"MAIL FROM:<anna@toxmail.local> SIZE=40 BODY=8BITMIME\r\nRCPT TO:<bob@tox>\r\n\
    RCPT TO:<nobody@tox>\r\nRCPT TO:<cleo@tox>\r\nDATA\r\n";

async fn hand_in<S: AsyncRead + AsyncWrite + Unpin>(client: &mut Client<S>) {
    client.send(GROUP).await;
    for answer in [
        "250 2.1.0",
        "250 2.1.5",
        "550 5.1.1",
        "250 2.1.5",
        "354 Send",
    ] {
        client.expect(answer).await;
    }
    client
        .send(b"Subject: x\r\n\r\n..\r\n.a\r\n..b\r\n.\r\nNOOP\r\nQUIT\r\n")
        .await;
    client.expect("250 2.0.0 queued as q").await;
    client.expect("250 2.0.0").await;
    client.expect("221 2.0.0").await;
    assert_eq!(client.reply().await, "");
}

#[tokio::test]
async fn a_letter_is_handed_in_on_both_ports_in_groups_of_commands() {
    let house = House::new().await;
    hand_in(&mut house.anna().await).await;

    let mut plain = house.plain().await;
    plain.send(b"EHLO mutt\r\n").await;
    let offer = plain.reply().await;
    for keyword in ["SIZE 104857600", "8BITMIME", "SMTPUTF8", "PIPELINING"] {
        assert!(offer.contains(&format!("250-{keyword}\r\n")), "{offer}");
    }
    for keyword in ["CHUNKING", "DSN", "ENHANCEDSTATUSCODES", "STARTTLS"] {
        assert!(offer.contains(&format!("250-{keyword}\r\n")), "{offer}");
    }
    assert!(!offer.contains("AUTH"), "{offer}");
    plain.told("STARTTLS", "220 ").await;
    let mut client = house.secure(plain.stream).await;
    client.send(b"EHLO mutt\r\n").await;
    let offer = client.reply().await;
    assert!(offer.contains("250-AUTH PLAIN LOGIN\r\n") && !offer.contains("STARTTLS"));
    client.told(ANNA, "235 2.7.0").await;
    hand_in(&mut client).await;

    house.desk.look(|memory| {
        assert_eq!((memory.letters.len(), memory.open), (2, 0));
        for (envelope, bytes, declared) in &memory.letters {
            assert_eq!(bytes, b"Subject: x\r\n\r\n.\r\na\r\n.b\r\n");
            assert_eq!(*declared, Some(40));
            assert_eq!(envelope.sender, "anna@toxmail.local");
            assert_eq!(envelope.body, Body::EightBitMime);
            let to: Vec<&str> = envelope
                .recipients
                .iter()
                .map(|r| r.address.as_str())
                .collect();
            assert_eq!(to, ["bob@tox", "cleo@tox"]);
        }
    });
}

#[tokio::test]
async fn who_logs_in_and_how() {
    let house = House::new().await;
    let mut client = house.stranger().await;
    client.told("MAIL FROM:<anna@toxmail.local>", "530 ").await;
    client.told("AUTH CRAM-MD5", "504 5.5.4").await;
    // \0anna\0guess
    client
        .told("AUTH PLAIN AGFubmEAZ3Vlc3M=", "535 5.7.8")
        .await;
    client.told("AUTH PLAIN", "334 ").await;
    client.told("*", "501 ").await;
    client.told("AUTH LOGIN", "334 VXNlcm5hbWU6").await;
    client.told("YW5uYQ==", "334 UGFzc3dvcmQ6").await;
    client.told("c2VzYW1l", "235 2.7.0").await;
    client.told(ANNA, "503 5.5.1").await;

    let mut client = house.stranger().await;
    client.told("AUTH PLAIN", "334 ").await;
    client.told("AGFubmEAc2VzYW1l", "235 2.7.0").await;
    let mut client = house.stranger().await;
    client.told("AUTH LOGIN YW5uYQ==", "334 UGFzc3dvcmQ6").await;
    client.told("c2VzYW1l", "235 2.7.0").await;
}

#[tokio::test]
async fn before_tls_there_is_nothing_and_what_is_slipped_in_is_thrown_away() {
    let house = House::new().await;
    let mut client = house.plain().await;
    client.told("EHLO mutt", "250-").await;
    client.told(ANNA, "538 5.7.11").await;
    client.told("MAIL FROM:<anna@toxmail.local>", "530 ").await;
    client.told("HELP", "214 ").await;
    client.send(b"STARTTLS\r\nEHLO injected\r\n").await;
    client.expect("220 ").await;
    assert!(client.read.is_empty());
    let mut client = house.secure(client.stream).await;
    // Had the injected EHLO been obeyed, its answer would come first, and AUTH would be legal.
    client.told(ANNA, "503 5.5.1").await;
    client.told("STARTTLS", "503 5.5.1").await;
    client.told("EHLO mutt", "250-").await;
    client.told(ANNA, "235 ").await;
}

#[tokio::test]
async fn what_is_refused_and_with_which_code() {
    let limits = Limits {
        max_message_bytes: 1000,
        max_recipients: 3,
    };
    let house = House::with(limits, Times::default()).await;
    let mut client = house.anna().await;
    client.told("MAIL FROM:<eve@x.example>", "550 5.7.1").await;
    client
        .told("MAIL FROM:<anna@toxmail.local> SIZE=1001", "552 5.3.4")
        .await;
    client.told("RCPT TO:<bob@tox>", "503 5.5.1").await;
    client.told("NOOP", "250 2.0.0").await;
    client.told("VRFY anna", "252 2.5.0").await;
    client.told("EXPN all", "502 5.5.1").await;
    client.told("HELP", "214 ").await;
    client.told("XYZZY", "500 5.5.2").await;
    client
        .told(&format!("NOOP {}", "x".repeat(5000)), "500 5.5.2")
        .await;
    client.send(b"NOOP\nQUIT\r\n").await;
    client.expect("500 5.5.2").await;

    client.begin().await;
    client.told("RSET", "250 2.0.0").await;
    client.told("DATA", "503 5.5.1").await;
    client
        .told("MAIL FROM:<anna@toxmail.local>", "250 2.1.0")
        .await;
    client.told("DATA", "503 5.5.1").await;
    client.told("RCPT TO:<panic@tox>", "451 4.3.0").await;
    for n in 0..3 {
        client
            .told(&format!("RCPT TO:<bob{n}@tox>"), "250 2.1.5")
            .await;
    }
    client.told("RCPT TO:<bob3@tox>", "452 4.5.3").await;
    let large = [b"a: b\r\n\r\n".as_slice(), &[b'x'; 1000], b"\r\n.\r\n"].concat();
    client.data(&large, "552 5.3.4").await;
    client.begin().await;
    client.data(b"a: b\r\n\r\nhello\r\n.\r\n", "250 ").await;
    client.told("QUIT", "221 2.0.0").await;
    assert_eq!(house.letters(), [b"a: b\r\n\r\nhello\r\n".to_vec()]);
}

#[tokio::test]
async fn a_letter_cannot_hide_another() {
    let house = House::new().await;
    let mut client = house.anna().await;
    for end in ["\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r\n.\r"] {
        client.begin().await;
        let attack = format!(
            "a: b\r\n\r\nhello{end}MAIL FROM:<anna@toxmail.local>\r\nRCPT TO:<eve@tox>\r\nDATA\r\nb: c\r\n.\r\n"
        );
        // One answer for all of it.
        client.data(attack.as_bytes(), "550 5.6.0").await;
        client.told("NOOP", "250 2.0.0").await;
    }
    assert!(house.letters().is_empty());
    house.desk.until(|memory| memory.open == 0).await;
}

#[tokio::test]
async fn a_letter_comes_in_chunks() {
    let house = House::new().await;
    let mut client = house.anna().await;
    // Its octets are read also where it is not legal, and are no commands.
    client.send(b"BDAT 6 LAST\r\nQUIT\r\n").await;
    client.expect("503 5.5.1").await;
    client.begin().await;
    client
        .send(b"BDAT 8\r\na: b\r\n\r\nBDAT 3\r\n.\r\nBDAT 5 LAST\r\n..x\r\nNOOP\r\n")
        .await;
    for answer in [
        "250 2.0.0 8 octets",
        "250 2.0.0 3 octets",
        "250 2.0.0 queued",
        "250 2.0.0 Done",
    ] {
        client.expect(answer).await;
    }
    client.begin().await;
    client.send(b"BDAT 8\r\na: b\r\n\r\n").await;
    client.expect("250 ").await;
    client.told("BDAT 0 LAST", "250 2.0.0 queued").await;
    client.begin().await;
    client.send(b"BDAT 8\r\na: b\r\n\r\nRSET\r\n").await;
    client.expect("250 ").await;
    client.expect("250 ").await;
    client.begin().await;
    client.send(b"BDAT 8 LAST\r\nc: d\r\n\r\n").await;
    client.expect("250 2.0.0 queued").await;
    client.begin().await;
    client.send(b"BDAT 5 LAST\r\na\nb\r\nBDAT 0 LAST\r\n").await;
    client.expect("550 5.6.0").await;
    client.expect("503 5.5.1").await;
    let expected = [
        b"a: b\r\n\r\n.\r\n..x\r\n".to_vec(),
        b"a: b\r\n\r\n".to_vec(),
        b"c: d\r\n\r\n".to_vec(),
    ];
    assert_eq!(house.letters(), expected);
    house.desk.until(|memory| memory.open == 0).await;
}

#[tokio::test]
async fn a_member_who_has_every_place_makes_room_and_is_told() {
    let house = House::new().await;
    let mut hers = Vec::new();
    for _ in 0..50 {
        hers.push(house.anna().await);
    }
    // Her programs are silent in between; somebody who comes from elsewhere is greeted all the same.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.2:0".parse().unwrap()).unwrap();
    let stream = socket.connect(house.implicit).await.unwrap();
    house.secure(stream).await.expect("220 ").await;
    hers[0].expect("421 4.3.2 ").await;
    assert_eq!(hers[0].reply().await, "", "and that was all");
    hers[1].told("NOOP", "250 ").await;
}

#[tokio::test]
async fn a_large_letter_of_long_lines_comes_through_unchanged_in_pieces() {
    let house = House::new().await;
    let mut client = house.anna().await;
    let mut letter = b"a: b\r\n\r\n".to_vec();
    for n in 0..60u8 {
        letter.extend((0..50_000u32).map(|at| b'0' + ((at + u32::from(n)) % 75) as u8));
        letter.extend_from_slice(b"\r\n");
    }
    client.begin().await;
    let whole = [&letter[..], b".\r\n"].concat();
    client.data(&whole, "250 ").await;
    client.begin().await;
    client
        .send(format!("BDAT {} LAST\r\n", letter.len()).as_bytes())
        .await;
    client.send(&letter).await;
    client.expect("250 ").await;
    assert!(house.letters() == [letter.clone(), letter.clone()]);
    house.desk.look(|memory| {
        assert!(memory.pieces.iter().all(|&piece| piece <= PIECE));
        let fewest = 2 * letter.len().div_ceil(PIECE);
        assert!(memory.pieces.len() <= fewest + 2, "{}", memory.pieces.len());
    });
}

#[tokio::test]
async fn a_disk_that_is_full_half_way_is_told_at_the_end_and_nothing_is_kept() {
    let house = House::new().await;
    house.desk.look(|memory| memory.room = Some(100_000));
    let mut client = house.anna().await;
    let line = [b"x".repeat(998), b"\r\n".to_vec()].concat();
    let letter = [b"a: b\r\n\r\n".to_vec(), line.repeat(500)].concat();
    client.begin().await;
    let whole = [&letter[..], b".\r\n"].concat();
    client.data(&whole, "452 4.3.1").await;
    client.begin().await;
    client
        .send(format!("BDAT {} LAST\r\n", letter.len()).as_bytes())
        .await;
    client.send(&letter).await;
    client.expect("452 4.3.1").await;
    // The disk has room again: the same session goes on.
    house.desk.look(|memory| memory.room = None);
    client.begin().await;
    client.data(&whole, "250 ").await;
    house.desk.until(|memory| memory.open == 0).await;
    house.desk.look(|memory| {
        assert_eq!((memory.letters.len(), memory.opened), (1, 3));
    });
}

#[tokio::test]
async fn a_client_that_vanishes_drops_its_letter() {
    let house = House::new().await;
    let mut client = house.anna().await;
    client.begin().await;
    client.told("DATA", "354 ").await;
    client.send(b"a: b\r\n\r\n").await;
    client.send(&b"hello\r\n".repeat(20_000)).await;
    house.desk.until(|memory| memory.open == 1).await;
    drop(client);
    house.desk.until(|memory| memory.open == 0).await;
    assert!(house.letters().is_empty());
}

#[tokio::test]
async fn who_errs_too_often_or_is_too_slow_or_never_pauses_is_told_goodbye() {
    let house = House::new().await;
    let mut client = house.stranger().await;
    for _ in 0..19 {
        client.told("WHAT", "500 ").await;
    }
    client.told("WHAT", "421 4.7.0").await;
    assert_eq!(client.reply().await, "");

    let times = Times {
        command: Duration::from_secs(3),
        content: Duration::from_millis(50),
        ..Times::default()
    };
    let house = House::with(ROOMY, times).await;
    let mut client = house.anna().await;
    client.expect("421 4.4.2").await;
    let mut client = house.anna().await;
    client.begin().await;
    client.told("DATA", "354 ").await;
    client.expect("421 4.4.2").await;
    assert_eq!(client.reply().await, "");

    let times = Times {
        stranger: Duration::from_millis(300),
        ..Times::default()
    };
    let house = House::with(ROOMY, times).await;
    // Threads of its own: there must always be more to read than the home has read.
    let mut write = house.plain().await.stream.into_std().unwrap();
    write.set_nonblocking(false).unwrap();
    let mut read = write.try_clone().unwrap();
    read.set_read_timeout(Some(PATIENCE)).unwrap();
    let flood = std::thread::spawn(move || {
        let many = b"NOOP\r\n".repeat(20_000);
        while write.write_all(&many).is_ok() {}
    });
    let ended = tokio::task::spawn_blocking(move || {
        let (begun, mut away) = (Instant::now(), vec![0; 1 << 16]);
        // The last words may be lost with the connection, for there is input that nobody reads.
        while read.read(&mut away).is_ok_and(|n| n > 0) && begun.elapsed() < PATIENCE {}
        let _ = read.shutdown(std::net::Shutdown::Both);
        begun.elapsed() < PATIENCE
    });
    assert!(ended.await.unwrap());
    flood.join().unwrap();
}

#[tokio::test]
async fn a_home_that_stops_says_so_and_a_letter_that_is_in_is_answered() {
    let house = House::new().await;
    let mut idle = house.plain().await;
    let mut writer = house.anna().await;
    writer.begin().await;
    writer.told("DATA", "354 ").await;
    writer.send(b"a: b\r\n\r\n").await;
    house.stop.send(true).unwrap();
    idle.expect("421 4.3.2").await;
    assert_eq!(idle.reply().await, "");
    writer.send(b"hello\r\n.\r\n").await;
    writer.expect("250 2.0.0 queued").await;
    writer.expect("421 4.3.2").await;
    for running in house.running {
        tokio::time::timeout(PATIENCE, running)
            .await
            .unwrap()
            .unwrap();
    }
    assert_eq!(house.desk.look(|memory| memory.letters.len()), 1);
}

/// Bytes that no mail program sends, cut anyhow: the home lives on and takes the next letter.
#[tokio::test]
async fn garbage_disturbs_nobody() {
    let house = House::new().await;
    let mut seed = 7u32;
    for _ in 0..20 {
        let mut client = house.plain().await;
        let mut bytes = Vec::new();
        for _ in 0..3000 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            bytes.push((seed >> 24) as u8);
        }
        bytes.extend_from_slice(b"\r\nQUIT\r\n");
        client.send(&bytes).await;
        assert!(client.reply().await.starts_with("500 "));
    }
    hand_in(&mut house.anna().await).await;
}
