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

/// RFC 3501 sections 6.3.1 and 6.4.5.
#[tokio::test]
async fn a_mailbox_is_selected_and_its_messages_are_fetched() {
    let home = home().await;
    home.deliver(1, LETTER);
    home.deliver(2, "Subject: second\n\nbody\n");
    let mut anna = home.anna().await;
    let lines = anna.ok("SELECT inbox").await;
    for expected in [
        "* 2 EXISTS",
        "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)",
        "* OK [UNSEEN 1] ",
    ] {
        assert!(
            lines.iter().any(|line| line.starts_with(expected)),
            "{expected}: {lines:?}"
        );
    }
    let lines = anna.ok("FETCH 1:* (UID FLAGS RFC822.SIZE)").await;
    let size = LETTER.replace('\n', "\r\n").len();
    assert_eq!(
        lines[0],
        format!("* 1 FETCH (UID 1 FLAGS () RFC822.SIZE {size})")
    );
    let lines = anna.ok("FETCH 1 ENVELOPE").await;
    assert!(lines[0].contains("(\"Thu, 5 Nov 2026 10:00:00 +0100\" \"=?utf-8?q?Gr=C3=BC=C3=9Fe?=\" ((\"Ben\" NIL \"ben\" \"example.org\"))"), "{lines:?}");
    let lines = anna
        .ok("FETCH 1 (BODY.PEEK[HEADER.FIELDS (SUBJECT TO)] BODY.PEEK[TEXT]<6.4> BODYSTRUCTURE)")
        .await;
    assert_eq!(
        lines[0],
        "* 1 FETCH (BODY[HEADER.FIELDS (SUBJECT TO)] {64}\r\nTo: anna@toxmail.local\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\n \
         BODY[TEXT]<6> {4}\r\nAnna BODYSTRUCTURE (\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 27 2 NIL NIL NIL NIL))"
    );
    // Reading a message marks it as read.
    let lines = anna.ok("FETCH 2 BODY[]").await;
    assert_eq!(
        lines,
        ["* 2 FETCH (BODY[] {25}\r\nSubject: second\r\n\r\nbody\r\n FLAGS (\\Seen))"]
    );
    assert_eq!(
        anna.ok("UID FETCH 2 FLAGS").await,
        ["* 2 FETCH (UID 2 FLAGS (\\Seen))"]
    );
    assert!(anna.no("FETCH 3 FLAGS").await.starts_with("BAD"));
    assert_eq!(anna.ok("UID FETCH 77 FLAGS").await, Vec::<String>::new());
}

/// RFC 3501 sections 6.4.6 and 6.4.3; keywords persist.
#[tokio::test]
async fn flags_and_keywords_are_stored_and_deleted_messages_go() {
    let home = home().await;
    for n in 1..4 {
        home.deliver(n, LETTER);
    }
    let mut anna = home.inbox().await;
    let lines = anna.ok("STORE 1:2 +FLAGS (\\Seen $Label1)").await;
    assert!(
        lines
            .iter()
            .any(|l| l == "* 1 FETCH (FLAGS (\\Seen $Label1))"),
        "{lines:?}"
    );
    assert!(
        lines
            .iter()
            .any(|l| l.starts_with("* FLAGS") && l.contains("$Label1")),
        "{lines:?}"
    );
    assert_eq!(
        anna.ok("STORE 1 -FLAGS.SILENT \\Seen").await,
        Vec::<String>::new()
    );
    anna.ok("UID STORE 2:3 FLAGS (\\Deleted)").await;
    assert_eq!(anna.ok("UID EXPUNGE 1:2").await, ["* 2 EXPUNGE"]);
    assert_eq!(anna.ok("EXPUNGE").await, ["* 2 EXPUNGE"]);
    let mut again = home.inbox().await;
    assert_eq!(
        again.ok("FETCH 1:* (UID FLAGS)").await,
        ["* 1 FETCH (UID 1 FLAGS ($Label1))"]
    );
    let mut reader = home.anna().await;
    reader.ok("EXAMINE INBOX").await;
    assert!(
        reader
            .no("STORE 1 +FLAGS (\\Seen)")
            .await
            .starts_with("NO [READ-ONLY]")
    );
    reader.ok("FETCH 1 BODY[]").await;
    assert_eq!(
        reader.ok("FETCH 1 FLAGS").await,
        ["* 1 FETCH (FLAGS ($Label1))"]
    );
}

/// RFC 3501 sections 2.3.2, 6.4.4 and 7.3.2.
#[tokio::test]
async fn a_message_is_recent_in_the_session_that_was_told_of_it_first() {
    let home = home().await;
    home.deliver(1, LETTER);
    home.deliver(2, LETTER);
    let mut reader = home.curious().await;
    // EXAMINE takes it from nobody, and IMAP4rev2 does not know it.
    for _ in 0..2 {
        let lines = reader.ok("EXAMINE INBOX").await;
        assert!(lines.contains(&"* 2 RECENT".into()), "{lines:?}");
    }
    let mut new = home.curious().await;
    new.ok("ENABLE IMAP4rev2").await;
    new.ok("SELECT INBOX").await;
    assert_eq!(new.ok("FETCH 1 FLAGS").await, ["* 1 FETCH (FLAGS ())"]);
    let mut first = home.curious().await;
    assert_eq!(
        first.ok("STATUS INBOX (MESSAGES RECENT)").await,
        ["* STATUS \"INBOX\" (MESSAGES 2 RECENT 2)"]
    );
    let lines = first.ok("SELECT INBOX").await;
    assert!(lines.contains(&"* 2 RECENT".into()), "{lines:?}");
    let mut second = home.curious().await;
    assert_eq!(
        second.ok("STATUS INBOX (RECENT)").await,
        ["* STATUS \"INBOX\" (RECENT 0)"]
    );
    let lines = second.ok("SELECT INBOX").await;
    assert!(lines.contains(&"* 0 RECENT".into()), "{lines:?}");
    assert_eq!(
        second.ok("STORE 1 +FLAGS \\Seen").await,
        ["* 1 FETCH (FLAGS (\\Seen))"]
    );
    assert_eq!(
        first.ok("NOOP").await,
        ["* 1 FETCH (UID 1 FLAGS (\\Seen \\Recent))"]
    );
    assert_eq!(
        first.ok("STORE 1 +FLAGS $x").await.last().unwrap(),
        "* 1 FETCH (FLAGS (\\Seen \\Recent $x))"
    );
    for (key, found, elsewhere) in [
        ("RECENT", " 1 2", ""),
        ("NEW", " 2", ""),
        ("OLD", "", " 1 2"),
    ] {
        assert_eq!(
            first.ok(&format!("SEARCH {key}")).await,
            [format!("* SEARCH{found}")]
        );
        let lines = second.ok(&format!("SEARCH {key}")).await;
        assert!(
            lines.contains(&format!("* SEARCH{elsewhere}")),
            "{key}: {lines:?}"
        );
    }
    // What arrives, by whatever way, is told to one session.
    home.deliver(3, LETTER);
    assert_eq!(second.ok("NOOP").await, ["* 3 EXISTS", "* 1 RECENT"]);
    assert_eq!(first.ok("NOOP").await, ["* 3 EXISTS"]);
    assert_eq!(
        second.ok("FETCH 2:3 FLAGS").await,
        ["* 2 FETCH (FLAGS ())", "* 3 FETCH (FLAGS (\\Recent))"]
    );
    let lines = first.ok("COPY 1 INBOX").await;
    assert_eq!(lines, ["* 4 EXISTS", "* 3 RECENT"]);
    second.ok("STORE 3 +FLAGS.SILENT \\Deleted").await;
    assert_eq!(second.ok("EXPUNGE").await, ["* 3 EXPUNGE", "* 0 RECENT"]);
    let mut third = home.curious().await;
    third.ok("SELECT INBOX").await;
    assert_eq!(third.ok("SEARCH RECENT").await, ["* SEARCH"]);
}

/// RFC 3501 section 6.4.6.
#[tokio::test]
async fn a_silent_store_hides_no_change_of_another_session() {
    let home = home().await;
    for n in 1..4 {
        home.deliver(n, LETTER);
    }
    home.inbox().await;
    let (mut one, mut other) = (home.inbox().await, home.inbox().await);
    one.ok("STORE 1 +FLAGS \\Flagged").await;
    one.ok("STORE 2 +FLAGS $work").await;
    let lines = other.ok("STORE 1:3 +FLAGS.SILENT \\Seen").await;
    let told: Vec<&String> = lines.iter().filter(|l| l.contains("FETCH")).collect();
    assert_eq!(
        told,
        [
            "* 1 FETCH (FLAGS (\\Flagged \\Seen))",
            "* 2 FETCH (FLAGS (\\Seen $work))"
        ]
    );
    // What it knows is not told again.
    assert_eq!(
        other.ok("STORE 1:3 -FLAGS.SILENT \\Seen").await,
        Vec::<String>::new()
    );
    assert_eq!(other.ok("NOOP").await, Vec::<String>::new());
    one.ok("NOOP").await;
    // The other way round: this session sets what the other one took away.
    one.ok("STORE 2 -FLAGS.SILENT $work").await;
    let lines = other.ok("UID STORE 2 FLAGS.SILENT ($Work \\Draft)").await;
    assert_eq!(lines, Vec::<String>::new());
    other.ok("ENABLE CONDSTORE").await;
    one.ok("STORE 3 +FLAGS.SILENT \\Deleted").await;
    let lines = other.ok("UID STORE 3 +FLAGS.SILENT \\Answered").await;
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(
        lines[0].starts_with("* 3 FETCH (UID 3 FLAGS (\\Answered \\Deleted) MODSEQ ("),
        "{lines:?}"
    );
}

/// RFC 3501 section 6.3.11, RFC 4315, RFC 3502, RFC 6851.
#[tokio::test]
async fn messages_are_appended_copied_and_moved() {
    let home = home().await;
    let mut anna = home.inbox().await;
    let answer = anna
        .append(
            "Sent",
            "(\\Seen $x) \" 1-Feb-1994 21:52:25 -0800\" ",
            LETTER,
        )
        .await;
    assert!(
        answer.starts_with("OK [APPENDUID ") && answer.contains(" 1] "),
        "{answer}"
    );
    assert!(
        anna.append("Nowhere", "", LETTER)
            .await
            .starts_with("NO [TRYCREATE]")
    );
    let (_, answer) = anna
        .ask("APPEND Sent {3+}\r\na:b (\\Draft) {4+}\r\nc:de")
        .await;
    assert!(answer.contains(" 2:3] "), "{answer}");
    let huge = anna.no(&format!("APPEND Sent {{{}}}", LIMIT + 1)).await;
    assert!(huge.starts_with("NO [TOOBIG]"), "{huge}");
    // The client did not wait: all of it is read away, and the session goes on.
    let (_, answer) = anna
        .ask(&format!(
            "APPEND Sent {{{}+}}\r\n{}",
            LIMIT + 1,
            "x".repeat(1 + LIMIT as usize)
        ))
        .await;
    assert!(answer.starts_with("NO [TOOBIG]"), "{answer}");
    anna.ok("SELECT Sent").await;
    let lines = anna.ok("FETCH 1:* (FLAGS INTERNALDATE)").await;
    assert_eq!(
        lines[0],
        "* 1 FETCH (FLAGS (\\Seen $x) INTERNALDATE \" 2-Feb-1994 05:52:25 +0000\")"
    );
    assert!(
        lines[2].starts_with("* 3 FETCH (FLAGS (\\Draft) "),
        "{lines:?}"
    );
    let (_, answer) = anna.ask("COPY 1,3 Archive").await;
    assert!(
        answer.starts_with("OK [COPYUID ") && answer.contains(" 1,3 1:2] "),
        "{answer}"
    );
    let lines = anna.ok("MOVE 1 Trash").await;
    assert!(
        lines[0].starts_with("* OK [COPYUID ") && lines[1] == "* 1 EXPUNGE",
        "{lines:?}"
    );
    assert!(
        anna.no("COPY 1 Nowhere")
            .await
            .starts_with("NO [TRYCREATE]")
    );
    let lines = anna
        .ok("STATUS Archive (MESSAGES UIDNEXT UNSEEN SIZE)")
        .await;
    assert!(
        lines[0].starts_with("* STATUS \"Archive\" (MESSAGES 2 UIDNEXT 3 UNSEEN 1 SIZE "),
        "{lines:?}"
    );
    anna.ok("SELECT Archive").await;
    assert_eq!(
        anna.ok("FETCH 1 FLAGS").await,
        ["* 1 FETCH (FLAGS (\\Seen $x))"]
    );
}

/// RFC 3501 sections 6.3.3 to 6.3.9, RFC 6154.
#[tokio::test]
async fn mailboxes_are_made_renamed_listed_and_deleted() {
    let home = home().await;
    let mut anna = home.anna().await;
    let lines = anna.ok("LIST \"\" *").await;
    for special in ["Archive", "Drafts", "Junk", "Sent", "Trash"] {
        let wanted = format!("\\{special}) \"/\" \"{special}\"");
        assert!(
            lines.iter().any(|line| line.ends_with(&wanted)),
            "{wanted}: {lines:?}"
        );
    }
    assert_eq!(lines[0], "* LIST (\\HasNoChildren) \"/\" \"INBOX\"");
    let (_, answer) = anna.ask("CREATE Reisen/&ANw-bersee").await;
    assert!(answer.starts_with("OK [MAILBOXID (F"), "{answer}");
    assert!(
        anna.no("CREATE Reisen/&ANw-bersee")
            .await
            .starts_with("NO [ALREADYEXISTS]")
    );
    let lines = anna.ok("LIST \"\" Reisen/%").await;
    assert_eq!(
        lines,
        ["* LIST (\\HasNoChildren) \"/\" \"Reisen/&ANw-bersee\""]
    );
    anna.ok("ENABLE UTF8=ACCEPT").await;
    let lines = anna.ok("LIST \"\" Reisen/%").await;
    assert_eq!(
        lines,
        ["* LIST (\\HasNoChildren) \"/\" \"Reisen/\u{dc}bersee\""]
    );
    anna.ok("RENAME Reisen Urlaub").await;
    anna.ok("SELECT \"Urlaub/\u{dc}bersee\"").await;
    anna.ok("SUBSCRIBE Urlaub").await;
    let lines = anna.ok("LSUB \"\" Url*").await;
    assert!(
        lines.contains(&"* LSUB () \"/\" \"Urlaub\"".to_owned()),
        "{lines:?}"
    );
    anna.ok("UNSUBSCRIBE Urlaub").await;
    anna.ok("UNSELECT").await;
    anna.ok("DELETE \"Urlaub/\u{dc}bersee\"").await;
    assert!(
        anna.no("SELECT \"Urlaub/\u{dc}bersee\"")
            .await
            .starts_with("NO [NONEXISTENT]")
    );
    assert!(anna.no("DELETE INBOX").await.starts_with("NO [CANNOT]"));
    let lines = anna
        .ok("LIST (SPECIAL-USE) \"\" * RETURN (STATUS (MESSAGES))")
        .await;
    assert!(
        lines.contains(&"* STATUS \"Sent\" (MESSAGES 0)".to_owned()),
        "{lines:?}"
    );
}

/// RFC 3501 section 6.4.4.
#[tokio::test]
async fn every_key_of_search_finds_what_it_says() {
    let home = home().await;
    home.deliver(1, LETTER);
    home.deliver(
        2,
        "From: Zoe <zoe@example.org>\nCc: ben@example.org\nSubject: photo\nDate: Mon, 2 Nov 2026 10:00:00 +0100\nMIME-Version: 1.0\n\
         Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n\
         U2Now7ZuZSBCbHVtZQ==\n--b\nContent-Type: image/png\n\nhidden\n--b--\n",
    );
    home.deliver(3, "Subject: Re: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\nFrom: Anna <anna@toxmail.local>\nIn-Reply-To: <1@example.org>\n\nlong text here\n");
    let mut anna = home.inbox().await;
    anna.ok("STORE 2 +FLAGS (\\Seen \\Flagged $Work)").await;
    for (program, found) in [
        ("ALL", "1 2 3"),
        ("UNSEEN", "1 3"),
        ("FLAGGED SEEN", "2"),
        ("KEYWORD $work", "2"),
        ("UNKEYWORD $Work", "1 3"),
        ("2:*", "2 3"),
        ("UID 1,3", "1 3"),
        ("NOT 1", "2 3"),
        ("OR FROM zoe SUBJECT \"re:\"", "2 3"),
        ("CC ben@", "2"),
        ("TO anna", "1"),
        ("HEADER Message-ID \"\"", "1"),
        ("HEADER In-Reply-To 1@", "3"),
        ("SENTON 5-Nov-2026", "1"),
        ("SENTBEFORE 5-Nov-2026", "2"),
        ("SINCE 1-Jan-2020", "1 2 3"),
        ("BEFORE 1-Jan-2020", ""),
        ("LARGER 300", "2"),
        ("SMALLER 300", "1 3"),
        ("BODY \"is ben\"", "1"),
        ("BODY hidden", ""),
        ("TEXT photo", "2"),
        ("BODY photo", ""),
        ("NEW", "1 3"),
        ("RECENT", "1 2 3"),
        ("OLD", ""),
        ("YOUNGER 3600", "1 2 3"),
        ("OLDER 3600", ""),
        ("(SEEN)", "2"),
        ("MODSEQ 1", "1 2 3"),
    ] {
        let lines = anna.ok(&format!("SEARCH {program}")).await;
        // The first that asks for mod-sequences is told the highest before.
        let told = lines.iter().find(|line| line.starts_with("* SEARCH"));
        let told = told.unwrap().split(" (MODSEQ").next().unwrap();
        assert_eq!(told, format!("* SEARCH {found}").trim_end(), "{program}");
    }
    let lines = anna
        .ok("SEARCH CHARSET UTF-8 SUBJECT {7+}\r\nGR\u{dc}\u{df}E")
        .await;
    assert_eq!(lines[0], "* SEARCH 1 3");
    let lines = anna.ok("SEARCH BODY {7+}\r\nsch\u{f6}ne").await;
    assert_eq!(lines[0], "* SEARCH 2");
    assert!(
        anna.no("SEARCH CHARSET KOI8-R ALL")
            .await
            .starts_with("NO [BADCHARSET (UTF-8)]")
    );
    assert_eq!(
        anna.ok("SORT (REVERSE SIZE) UTF-8 ALL").await[0],
        "* SORT 2 1 3"
    );
    assert_eq!(
        anna.ok("UID SORT (SUBJECT DATE) UTF-8 ALL").await[0],
        "* SORT 1 3 2"
    );
    assert_eq!(
        anna.ok("THREAD REFERENCES UTF-8 ALL").await[0],
        "* THREAD (2)(1 3)"
    );
    anna.ok("SEARCH RETURN (SAVE) FROM zoe").await;
    assert_eq!(anna.ok("FETCH $ UID").await, ["* 2 FETCH (UID 2)"]);
}

/// RFC 2177, and RFC 3501 section 5.5: what another session does, and what arrives.
#[tokio::test]
async fn an_idle_session_hears_of_arrivals_and_of_others_at_once() {
    let home = home().await;
    home.deliver(1, LETTER);
    home.deliver(2, LETTER);
    let (mut idle, mut other) = (home.inbox().await, home.inbox().await);
    idle.send("i IDLE\r\n").await;
    assert_eq!(idle.line().await, "+ Waiting");
    home.deliver(3, LETTER);
    assert_eq!(idle.line().await, "* 3 EXISTS");
    other.ok("STORE 2 +FLAGS (\\Flagged)").await;
    assert_eq!(idle.line().await, "* 2 FETCH (UID 2 FLAGS (\\Flagged))");
    other.ok("STORE 1 +FLAGS.SILENT (\\Deleted)").await;
    assert_eq!(idle.line().await, "* 1 FETCH (UID 1 FLAGS (\\Deleted))");
    other.ok("EXPUNGE").await;
    assert_eq!(idle.line().await, "* 1 EXPUNGE");
    idle.send("DONE\r\n").await;
    let (untagged, answer) = idle.answer("i").await;
    assert!(
        answer.starts_with("OK ") && untagged.is_empty(),
        "{untagged:?}"
    );
}

/// RFC 2180 section 4: a message that another session has expunged.
#[tokio::test]
async fn a_message_that_is_gone_keeps_its_number_and_is_not_shown() {
    let home = home().await;
    for n in 1..4 {
        home.deliver(n, LETTER);
    }
    let (mut one, mut two) = (home.inbox().await, home.inbox().await);
    two.ok("STORE 2 +FLAGS (\\Deleted)").await;
    two.ok("EXPUNGE").await;
    let (lines, answer) = one.ask("FETCH 1:3 (UID BODY.PEEK[TEXT])").await;
    assert!(answer.starts_with("NO [EXPUNGEISSUED]"), "{answer}");
    assert!(
        lines.len() == 2 && lines[1].starts_with("* 3 FETCH (UID 3 "),
        "{lines:?}"
    );
    assert_eq!(one.ok("NOOP").await, ["* 2 EXPUNGE"]);
    assert_eq!(one.ok("FETCH 2 UID").await, ["* 2 FETCH (UID 3)"]);
}

/// A Maildir that another program changes.
#[tokio::test]
async fn what_another_program_does_to_the_files_is_told() {
    let home = home_with(|imap| imap.look = Duration::from_millis(100)).await;
    home.deliver(1, LETTER);
    let mut anna = home.inbox().await;
    let maildir = home.dir.path().join("mail/anna/Maildir");
    fs::write(
        maildir.join("new/1.foreign.example"),
        "Subject: lf\n\nonly\n",
    )
    .unwrap();
    anna.send("i IDLE\r\n").await;
    assert_eq!(anna.line().await, "+ Waiting");
    // Told with the plus or a moment later.
    assert_eq!(anna.line().await, "* 2 EXISTS");
    anna.send("DONE\r\n").await;
    anna.answer("i").await;
    let lines = anna.ok("FETCH 2 (RFC822.SIZE BODY.PEEK[])").await;
    assert_eq!(
        lines,
        ["* 2 FETCH (RFC822.SIZE 21 BODY[] {21}\r\nSubject: lf\r\n\r\nonly\r\n)"]
    );
}

/// The kernel tells of it: nobody waits until it is looked at the next time.
#[tokio::test]
async fn an_idle_session_hears_of_what_another_program_does_as_it_happens() {
    let home = home().await;
    home.deliver(1, LETTER);
    let mut anna = home.inbox().await;
    anna.send("i IDLE\r\n").await;
    assert_eq!(anna.line().await, "+ Waiting");
    let maildir = home.dir.path().join("mail/anna/Maildir");
    fs::write(maildir.join("tmp/1.foreign.example"), "A: b\n\nx\n").unwrap();
    fs::rename(
        maildir.join("tmp/1.foreign.example"),
        maildir.join("new/1.foreign.example"),
    )
    .unwrap();
    let told = tokio::time::timeout(Duration::from_secs(15), anna.line()).await;
    assert_eq!(told.as_deref(), Ok("* 2 EXISTS"));
    // Its file's name, and with it the flag, is another program's, too.
    fs::rename(
        maildir.join("new/1.foreign.example"),
        maildir.join("cur/1.foreign.example:2,S"),
    )
    .unwrap();
    let told = tokio::time::timeout(Duration::from_secs(15), anna.line()).await;
    assert!(
        told.as_deref()
            .is_ok_and(|line| line.contains("FLAGS (\\Seen")),
        "{told:?}"
    );
}

/// RFC 5788: `$Forwarded` is the letter P, which mutt and Dovecot know.
#[tokio::test]
async fn what_was_passed_on_is_so_in_the_files_too() {
    let home = home().await;
    home.deliver(1, LETTER);
    let mut anna = home.inbox().await;
    let maildir = home.dir.path().join("mail/anna/Maildir");
    let letters = || {
        let mut files = fs::read_dir(maildir.join("cur")).unwrap();
        let name = files.next().unwrap().unwrap().file_name();
        let name = name.to_str().unwrap().to_owned();
        name.rsplit_once(":2,").unwrap().1.to_owned()
    };
    let told = anna.ok("STORE 1 +FLAGS ($forwarded Work)").await;
    assert!(
        told.iter()
            .any(|line| line == "* 1 FETCH (FLAGS (Work $Forwarded))"),
        "{told:?}"
    );
    assert_eq!(letters(), "P");
    assert_eq!(anna.ok("SEARCH KEYWORD $Forwarded").await, ["* SEARCH 1"]);
    anna.ok("COPY 1 Archive").await;
    anna.ok("STORE 1 -FLAGS ($Forwarded)").await;
    assert_eq!(letters(), "");
    anna.ok("SELECT Archive").await;
    let shown = anna.ok("FETCH 1 FLAGS").await;
    assert_eq!(shown, ["* 1 FETCH (FLAGS (Work $Forwarded))"]);
    // Another program passes one on.
    fs::write(maildir.join("cur/2.foreign.example:2,PS"), LETTER).unwrap();
    anna.ok("SELECT INBOX").await;
    let shown = anna.ok("FETCH 2 FLAGS").await;
    assert_eq!(shown, ["* 2 FETCH (FLAGS (\\Seen $Forwarded))"]);
}

/// RFC 7162.
#[tokio::test]
async fn a_client_that_comes_back_hears_only_what_changed() {
    let home = home().await;
    for n in 1..5 {
        home.deliver(n, LETTER);
    }
    let mut anna = home.anna().await;
    let lines = anna.ok("SELECT INBOX (CONDSTORE)").await;
    let number = |name: &str| {
        let line = lines
            .iter()
            .find_map(|l| l.strip_prefix(&format!("* OK [{name} ")))
            .unwrap();
        line.split(']').next().unwrap().parse::<u64>().unwrap()
    };
    let (validity, before) = (number("UIDVALIDITY"), number("HIGHESTMODSEQ"));
    let mut other = home.inbox().await;
    other.ok("STORE 3 +FLAGS (\\Answered)").await;
    other.ok("STORE 2 +FLAGS (\\Deleted)").await;
    other.ok("EXPUNGE").await;
    let (_, answer) = anna
        .ask(&format!(
            "STORE 3:4 (UNCHANGEDSINCE {before}) +FLAGS (\\Seen)"
        ))
        .await;
    assert!(answer.starts_with("OK [MODIFIED 3] "), "{answer}");
    let mut back = home.anna().await;
    assert!(
        back.no(&format!("SELECT INBOX (QRESYNC ({validity} {before}))"))
            .await
            .starts_with("BAD")
    );
    back.ok("ENABLE QRESYNC").await;
    let lines = back
        .ok(&format!("SELECT INBOX (QRESYNC ({validity} {before}))"))
        .await;
    assert!(
        lines.contains(&"* VANISHED (EARLIER) 2".to_owned()),
        "{lines:?}"
    );
    let fetched: Vec<&String> = lines
        .iter()
        .filter(|line| line.contains(" FETCH "))
        .collect();
    assert!(
        fetched.len() == 2
            && fetched[0].starts_with("* 2 FETCH (UID 3 FLAGS (\\Answered) MODSEQ ("),
        "{lines:?}"
    );
    let lines = back
        .ok(&format!(
            "UID FETCH 1:* (FLAGS) (CHANGEDSINCE {before} VANISHED)"
        ))
        .await;
    assert!(
        lines[0] == "* VANISHED (EARLIER) 2" && lines.len() == 3,
        "{lines:?}"
    );
    back.ok("UID STORE 1 +FLAGS.SILENT (\\Deleted)").await;
    let lines = back.ok("UID EXPUNGE 1").await;
    assert_eq!(lines, ["* VANISHED 1"]);
}

/// RFC 9051: what is other after ENABLE IMAP4rev2.
#[tokio::test]
async fn imap4rev2_has_no_recent_and_answers_search_with_esearch() {
    let home = home().await;
    home.deliver(1, LETTER);
    let mut anna = home.anna().await;
    assert_eq!(anna.ok("ENABLE IMAP4rev2").await, ["* ENABLED IMAP4rev2"]);
    let lines = anna.ok("SELECT INBOX").await;
    assert!(
        !lines
            .iter()
            .any(|line| line.contains("RECENT") || line.contains("[UNSEEN")),
        "{lines:?}"
    );
    assert!(
        lines.contains(&"* LIST () \"/\" \"INBOX\"".to_owned()),
        "{lines:?}"
    );
    assert_eq!(
        anna.ok("UID SEARCH ALL").await,
        ["* ESEARCH (TAG \"t4\") UID ALL 1"]
    );
    assert_eq!(anna.ok("SEARCH SEEN").await, ["* ESEARCH (TAG \"t5\")"]);
    let (_, answer) = anna.ask("SELECT Sent").await;
    assert!(answer.starts_with("OK [READ-WRITE]"));
}

/// RFC 3516.
#[tokio::test]
async fn binary_decodes_a_part() {
    let home = home().await;
    home.deliver(
        1,
        "Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n\nAAECAw==\n",
    );
    home.deliver(2, "Content-Transfer-Encoding: x-odd\n\nx\n");
    let mut anna = home.inbox().await;
    let lines = anna.ok("FETCH 1 (BINARY.SIZE[1] BINARY.PEEK[1])").await;
    assert_eq!(
        lines,
        ["* 1 FETCH (BINARY.SIZE[1] 4 BINARY[1] ~{4}\r\n\0\u{1}\u{2}\u{3})"]
    );
    assert!(
        anna.no("FETCH 2 BINARY[1]")
            .await
            .starts_with("NO [UNKNOWN-CTE]")
    );
}

/// RFC 3501 section 6.2.1; what was slipped in behind STARTTLS is never obeyed (CVE-2011-0411).
#[tokio::test]
async fn starttls_comes_before_the_login() {
    let home = home().await;
    let mut stream = TcpStream::connect(home.plain).await.unwrap();
    stream
        .write_all(b"a LOGIN anna \"open sesame\"\r\nb STARTTLS\r\nc NOOP\r\n")
        .await
        .unwrap();
    let mut words = String::new();
    while !words.contains("b OK Begin TLS\r\n") {
        words.push(char::from(stream.read_u8().await.unwrap()));
    }
    assert!(
        words.contains("LOGINDISABLED") && words.contains("a NO [PRIVACYREQUIRED] "),
        "{words}"
    );
    let name = ServerName::try_from("toxmail.local").unwrap();
    let mut client = Client::new(home.client.connect(name, stream).await.unwrap());
    assert_eq!(client.ok("NOOP").await, Vec::<String>::new());
    client
        .ok("AUTHENTICATE PLAIN AGFubmEAb3BlbiBzZXNhbWU=")
        .await;
    let (lines, answer) = client.ask("LOGOUT").await;
    assert!(
        lines[0].starts_with("* BYE ") && answer.starts_with("OK "),
        "{lines:?}"
    );
}

/// What was read once is shown, found and put in order without a look at the files.
#[tokio::test]
async fn envelopes_structures_and_fields_are_read_once_and_then_remembered() {
    let home = home().await;
    let index = home.dir.path().join("index.db");
    home.store.open_index(&index);
    home.deliver(1, LETTER);
    home.deliver(2, "Subject: b\nFrom: Zoe <zoe@example.org>\nDate: Mon, 2 Nov 2026 10:00:00 +0100\nIn-Reply-To: <1@example.org>\n\nx\n");
    home.deliver(3, "Subject: a\nX-Other: 1\n\ny\n");
    let asked = [
        "FETCH 1:* (UID ENVELOPE)",
        "FETCH 1:* (BODYSTRUCTURE BODY.PEEK[HEADER.FIELDS (Subject From)]<2.20> ENVELOPE)",
        "FETCH 1:* BODY.PEEK[HEADER.FIELDS (SUBJECT)]",
        "SEARCH FROM zoe",
        "SEARCH SENTBEFORE 5-Nov-2026",
        "SORT (SUBJECT) UTF-8 ALL",
        "SORT (REVERSE DATE FROM) UTF-8 NOT SUBJECT x",
        "THREAD REFERENCES UTF-8 ALL",
    ];
    let mut anna = home.inbox().await;
    let ask_all = async |anna: &mut Client| {
        let mut answers = Vec::new();
        for command in asked {
            answers.push(anna.ok(command).await);
        }
        answers
    };
    let first = ask_all(&mut anna).await;
    assert_eq!(first[3], ["* SEARCH 2"]);
    assert_eq!(first[5], ["* SORT 3 2 1"]);
    assert_eq!(first[7], ["* THREAD (1 2)(3)"]);
    // The same octets in number, and not one as it was.
    let inbox = home.dir.path().join("mail/anna/Maildir");
    let files = ["new", "cur"].map(|part| fs::read_dir(inbox.join(part)).unwrap());
    for file in files.into_iter().flatten() {
        let path = file.unwrap().path();
        let text = fs::read(&path).unwrap();
        let other = |b: &u8| if b.is_ascii_alphanumeric() { b'q' } else { *b };
        fs::write(&path, text.iter().map(other).collect::<Vec<_>>()).unwrap();
    }
    assert_eq!(ask_all(&mut anna).await, first);
    // What is not remembered is read.
    assert_eq!(anna.ok("SEARCH HEADER X-Other 1").await, ["* SEARCH"]);
    assert_eq!(
        anna.ok("FETCH 3 BODY.PEEK[TEXT]").await,
        ["* 3 FETCH (BODY[TEXT] {3}\r\nq\r\n)"]
    );
    let body = anna.ok("FETCH 3 (BODY ENVELOPE)").await;
    assert!(body[0].contains("(NIL \"a\" NIL"), "{body:?}");
    // Copies are the same message.
    anna.ok("COPY 2 Sent").await;
    let mut sent = home.anna().await;
    sent.ok("SELECT Sent").await;
    let copied = sent.ok("FETCH 1 ENVELOPE").await;
    assert!(copied[0].contains("zoe"), "{copied:?}");
    // Without it everything is there, and has its UID.
    home.store.open_index(&home.dir.path().join("another.db"));
    let lines = anna.ok("FETCH 1:* (UID ENVELOPE)").await;
    assert!(
        lines[0].starts_with("* 1 FETCH (UID 1 ENVELOPE (") && !lines[1].contains("zoe"),
        "{lines:?}"
    );
}

/// What is set when its client hangs up.
#[tokio::test]
async fn a_search_that_nobody_waits_for_ends() {
    use super::command::Key;
    use super::mailbox::{Mail, Trouble};
    use super::search::{Candidate, Order, Quest, search};
    use std::sync::atomic::AtomicBool;

    let home = home().await;
    home.deliver(1, LETTER);
    let folder = Shelf::new(home.store.clone())
        .folder(&anna(), "INBOX")
        .unwrap();
    let messages = folder.open(None).unwrap().messages;
    let quest = Quest {
        messages: vec![Candidate {
            number: 1,
            seen: messages[0],
        }],
        last: (1, 1),
        saved: vec![],
        program: Key::All,
        keywords: super::flags::Keywords::default(),
        now: 0,
        order: Order::Number,
    };
    assert!(search(&quest, &*folder, &AtomicBool::new(false)).is_ok());
    let stopped = search(&quest, &*folder, &AtomicBool::new(true));
    assert_eq!(stopped, Err(Trouble::OutOfOrder));
}

/// RFC 9051 section 7.1.3: the tag says which command was wrong, where it has come.
#[tokio::test]
async fn a_line_that_is_broken_is_told_with_its_tag() {
    let home = home().await;
    let mut anna = home.anna().await;
    let long = format!("x1 SEARCH TEXT {}\r\n", "a".repeat(200_000));
    for (said, tag) in [
        (long.as_str(), "x1"),
        ("x2 NO\0OP\r\n", "x2"),
        ("x3 NOOP\n\r\n", "x3"),
        ("x4 NO\rOP\r\n", "x4"),
        // This may be the half of one.
        ("x5\0x NOOP\r\n", "*"),
        (" \0\r\n", "*"),
        ("x6 STATUS {5+}\r\nINBOX \0\r\n", "x6"),
    ] {
        anna.send(said).await;
        let answer = anna.line().await;
        assert!(answer.starts_with(&format!("{tag} BAD ")), "{answer}");
        anna.ok("NOOP").await;
    }
    let mut stranger = home.secure().await;
    stranger
        .send(&format!("x7 LOGIN anna {}\r\n", "b".repeat(50_000)))
        .await;
    assert!(stranger.line().await.starts_with("x7 BAD "));
}

mod slow {
    //! A mailbox of a thousand messages that cannot be read until a gate is opened.

    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, Condvar, Mutex};

    use crate::imap::command::Change;
    use crate::imap::flags::{Keywords, Marks, Named};
    use crate::imap::mailbox::{
        Appended, Changes, Content, Copied, Draft, Facts, Figures, Finished, Folder, Listed, Mail,
        Marked, Opened, Room, Trouble,
    };
    use crate::imap::view::Seen;
    use crate::mail::address::MemberName;
    use crate::store::{Listener, ModSeq, Store, Uid, UidValidity};

    const MESSAGES: u32 = 1000;
    const NO: Trouble = Trouble::OutOfOrder;

    #[derive(Default)]
    pub struct Letters {
        pub read: AtomicUsize,
        open: Mutex<bool>,
        opened: Condvar,
    }

    impl Letters {
        pub fn open_gate(&self) {
            *self.open.lock().unwrap() = true;
            self.opened.notify_all();
        }
    }

    impl Folder for Letters {
        fn open(&self, _: Option<ModSeq>) -> Result<Opened, Trouble> {
            let message = |uid| Seen {
                uid: Uid(uid),
                marks: Marks::NONE,
                mod_seq: ModSeq(1),
            };
            Ok(Opened {
                figures: Figures {
                    uid_validity: UidValidity(1),
                    uid_next: Uid(MESSAGES + 1),
                    mod_seq: ModSeq(1),
                    messages: MESSAGES.into(),
                    bytes: 0,
                    unseen: 0,
                    deleted: 0,
                    recent: 0,
                    object_id: "F1".into(),
                },
                messages: (1..=MESSAGES).map(message).collect(),
                keywords: Keywords::default(),
                vanished: vec![],
                read_only: false,
                permanent: None,
            })
        }
        fn changes(&self, _: ModSeq) -> Result<Changes, Trouble> {
            Ok(Changes {
                mod_seq: ModSeq(1),
                uid_next: Uid(MESSAGES + 1),
                uid_validity: UidValidity(1),
                changed: vec![],
                vanished: vec![],
                keywords: Keywords::default(),
            })
        }
        fn recent(&self, _: Option<Uid>) -> Result<Uid, Trouble> {
            Ok(Uid(u32::MAX))
        }
        fn facts(&self, _: &[Uid]) -> Result<Vec<Facts>, Trouble> {
            Ok(vec![])
        }
        fn email_ids(&self, _: &[Uid]) -> Result<Vec<(Uid, String)>, Trouble> {
            Ok(vec![])
        }
        fn content(&self, _: Uid) -> Result<Option<Box<dyn Content>>, Trouble> {
            self.read.fetch_add(1, Ordering::SeqCst);
            let open = self.open.lock().unwrap();
            drop(self.opened.wait_while(open, |open| !*open).unwrap());
            Ok(None)
        }
        fn mark(
            &self,
            _: &[Uid],
            _: Change,
            _: &Named,
            _: Option<ModSeq>,
        ) -> Result<Marked, Trouble> {
            Err(NO)
        }
        fn expunge(&self, _: &[Uid]) -> Result<usize, Trouble> {
            Err(NO)
        }
        fn copy(&self, _: &[Uid], _: &str) -> Result<Copied, Trouble> {
            Err(NO)
        }
        fn r#move(&self, _: &[Uid], _: &str) -> Result<Copied, Trouble> {
            Err(NO)
        }
        fn look(&self) -> Result<(), Trouble> {
            Ok(())
        }
    }

    pub struct Everybodys(pub Arc<Letters>, pub Store);

    impl Mail for Everybodys {
        fn mailboxes(&self, _: &MemberName) -> Result<Vec<Listed>, Trouble> {
            Err(NO)
        }
        fn figures(&self, _: &MemberName, _: &str) -> Result<Figures, Trouble> {
            Err(NO)
        }
        fn folder(&self, _: &MemberName, _: &str) -> Result<Arc<dyn Folder>, Trouble> {
            Ok(self.0.clone())
        }
        fn create(
            &self,
            _: &MemberName,
            _: &str,
            _: Option<&'static str>,
        ) -> Result<String, Trouble> {
            Err(NO)
        }
        fn delete(&self, _: &MemberName, _: &str) -> Result<(), Trouble> {
            Err(NO)
        }
        fn rename(&self, _: &MemberName, _: &str, _: &str) -> Result<(), Trouble> {
            Err(NO)
        }
        fn subscribe(&self, _: &MemberName, _: &str) -> Result<(), Trouble> {
            Err(NO)
        }
        fn unsubscribe(&self, _: &MemberName, _: &str) -> Result<(), Trouble> {
            Err(NO)
        }
        fn draft(&self, _: &MemberName, _: &str, _: u64) -> Result<Box<dyn Draft>, Trouble> {
            Err(NO)
        }
        fn append(&self, _: &MemberName, _: &str, _: Vec<Finished>) -> Result<Appended, Trouble> {
            Err(NO)
        }
        fn room(&self, _: &MemberName) -> Result<Room, Trouble> {
            Err(NO)
        }
        fn listen(&self, member: &MemberName) -> Listener {
            self.1.listen(member)
        }
    }
}

async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let wait = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), wait)
        .await
        .unwrap_or_else(|_| panic!("{what}"));
}

#[tokio::test]
async fn a_search_ends_when_its_client_hangs_up() {
    use std::sync::atomic::Ordering;

    let letters = Arc::new(slow::Letters::default());
    // Whoever has one: this test, the home, the session, the search; and each question itself.
    const OWN: usize = 1;
    let owners = |n: usize| {
        let letters = Arc::clone(&letters);
        move || Arc::strong_count(&letters) == n + OWN
    };
    let store_dir = tempfile::tempdir().unwrap();
    let db = Database::open(&store_dir.path().join("toxmail.db")).unwrap();
    let store = Store::open(&store_dir.path().join("mail"), db, Quota::default()).unwrap();
    let mail = Arc::new(slow::Everybodys(letters.clone(), store));
    let home = home_with(|imap| {
        let known = |login: &str, password: &str| {
            let known = login == "anna" && password == "open sesame";
            Ok(known.then(anna))
        };
        *imap = Imap::new(
            mail,
            Arc::new(Doorman::new(Arc::new(known))),
            "toxmail.local",
            LIMIT,
        );
    })
    .await;
    let mut client = home.inbox().await;
    client.send("t9 SEARCH TEXT apples\r\n").await;
    until("the search begins", || {
        letters.read.load(Ordering::SeqCst) == 1
    })
    .await;
    until("all four have it", owners(4)).await;
    drop(client);
    until("the session is over", owners(3)).await;
    letters.open_gate();
    until("the search is over", owners(2)).await;
    assert_eq!(letters.read.load(Ordering::SeqCst), 1);

    // One that is waited for reads them all.
    let mut client = home.inbox().await;
    assert_eq!(client.ok("SEARCH TEXT apples").await, ["* SEARCH"]);
    assert_eq!(letters.read.load(Ordering::SeqCst), 1001);
}
