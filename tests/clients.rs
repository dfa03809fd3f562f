//! Ordinary mail programs write and read, with no setting that a user would not make: every writer reaches every reader,
//! over STARTTLS and over TLS, the certificate checked against the home's own authority.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "support/client.rs"]
mod client;
#[path = "support/home.rs"]
mod home;
#[path = "support/netns.rs"]
mod netns;
#[path = "support/programs.rs"]
mod programs;

use std::time::Duration;

use home::{Home, Node, Plan, pair, wait_for};
use programs::{Account, Reader, Said, WRITERS, Way, Writer};

const WAYS: [Way; 2] = [Way::StartTls, Way::Tls];
/// Mailboxes of the other home, one for each reading program and way. getmail as Debian 12 has it knows no STLS.
const BOXES: [(&str, Reader, Way); 9] = [
    ("curl.starttls", Reader::Curl, Way::StartTls),
    ("fetchmail.starttls", Reader::Fetchmail, Way::StartTls),
    ("mpop.starttls", Reader::Mpop, Way::StartTls),
    ("poplib.starttls", Reader::Poplib, Way::StartTls),
    ("curl.tls", Reader::Curl, Way::Tls),
    ("fetchmail.tls", Reader::Fetchmail, Way::Tls),
    ("mpop.tls", Reader::Mpop, Way::Tls),
    ("getmail.tls", Reader::Getmail, Way::Tls),
    ("poplib.tls", Reader::Poplib, Way::Tls),
];
const MOST: usize = 3_000_000;
const ANNA: &str = "anna@toxmail.local";

/// Anna's home and one with many mailboxes, paired.
struct Street {
    anna: Home,
    there: Home,
    /// A device password of anna's.
    device: String,
    _node: Node,
}

fn street() -> Street {
    let node = Node::start("127.0.0.1", 33400);
    let plan = |members: &[&'static str]| Plan {
        settings: vec![
            // Programs that remember what they have fetched do so by host and port.
            (
                "listen",
                format!("pop3s = \"127.0.0.1:{}\"", 9000 + members.len()),
            ),
            ("tox", format!("bootstrap = [ {} ]", node.entry)),
            ("limits", format!("max_message_bytes = {MOST}")),
        ],
        // Logins are told, too.
        environment: vec![("RUST_LOG".into(), "info,toxmail::journal=debug".into())],
        members: members.to_vec(),
        ..Plan::default()
    };
    let (mut anna, mut there) = (
        Home::new("garden", plan(&["anna"])),
        Home::new("there", plan(&BOXES.map(|(name, ..)| name))),
    );
    anna.start();
    there.start();
    pair(&anna, &there);
    let device = anna
        .say(&["member", "device", "add", "anna", "laptop"])
        .unwrap();
    Street {
        device: device["password"].as_str().unwrap().to_owned(),
        anna,
        there,
        _node: node,
    }
}

impl Street {
    /// Her own password and PLAIN over STARTTLS, the laptop's and LOGIN over TLS.
    fn annas(&self, way: Way) -> Account {
        let (password, mechanism) = match way {
            Way::StartTls => ("secret-anna", "PLAIN"),
            Way::Tls => (self.device.as_str(), "LOGIN"),
        };
        let mut account = Account::new(&self.anna, "anna", password, way);
        account.mechanism = mechanism;
        account
    }
}

/// What each program is given to send.
fn letter(subject: &str, from: &str, to: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "From: Anna <{from}>\nTo: {to}\nSubject: {subject}\nDate: Thu, 05 Nov 2026 10:00:00 +0100\n\
         Message-ID: <{subject}@laptop.example>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\
         Content-Transfer-Encoding: 8bit\nUser-Agent: a program\n\n"
    );
    [head.replace('\n', "\r\n").as_bytes(), body].concat()
}

/// A body with what programs are known to stumble over.
fn body(name: &str) -> Vec<u8> {
    format!(
        "Dear reader of {name},\n\n.\n..\n.a line that begins with a dot\nGr\u{fc}\u{df}e \u{2603}\n\
         From here on nothing is special. \n{}\n\n-- \nAnna\n",
        "x".repeat(900)
    )
    .replace('\n', "\r\n")
    .into_bytes()
}

/// Header with LF alone, and body.
fn parts(letter: &[u8]) -> (String, Vec<u8>) {
    let ends = |end: &[u8]| letter.windows(end.len()).position(|w| w == end);
    let (at, length) = match (ends(b"\n\n"), ends(b"\r\n\r\n")) {
        (Some(lf), Some(crlf)) if lf < crlf => (lf, 2),
        (_, Some(crlf)) => (crlf, 4),
        (Some(lf), None) => (lf, 2),
        (None, None) => panic!("{}", String::from_utf8_lossy(letter)),
    };
    let head = String::from_utf8_lossy(&letter[..at]).replace("\r\n", "\n");
    (head + "\n", letter[at + length..].to_vec())
}

/// The lines of a body without their ends, which reading programs make their own; empty ones at the end do not count.
fn lines(body: &[u8]) -> Vec<&[u8]> {
    let mut lines: Vec<&[u8]> = body
        .split(|b| *b == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .collect();
    while lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    lines
}

fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .find_map(|l| l.strip_prefix(name)?.strip_prefix(": "))
}

#[test]
fn every_program_writes_and_every_program_reads() {
    netns::enter_loopback_namespace();
    let mut street = street();
    strange_certificates_are_noticed(&street);
    every_writer_reaches_every_reader(&street);
    what_programs_can_ask_for(&street);
    refusals_reach_the_person(&street);
    letters_that_stay_are_fetched_once(&mut street);
    wrong_passwords_are_told(&street);
}

#[test]
#[ignore = "minutes: every program, way, login and kind of letter"]
fn long_every_program_carries_every_kind_of_letter() {
    netns::enter_loopback_namespace();
    let street = street();
    let kinds: Vec<(&str, Vec<u8>)> = vec![
        ("empty", Vec::new()),
        ("usual", body("usual")),
        ("latin-1", b"Gr\xfc\xdfe, \xa0\xff\r\n".to_vec()),
        (
            "dots",
            b".\r\n..\r\n...\r\n.a\r\n .\r\n.\r\n.\r\n.b\r\n".to_vec(),
        ),
        (
            "998",
            format!("{}\r\nshort\r\n", "x".repeat(998)).into_bytes(),
        ),
        ("blanks", b" \r\n\t\r\nx \t \r\n\r\n\r\ny\r\n".to_vec()),
        (
            "controls",
            b"\x1b[31m\x07\x08\x0b\x0c\x1a\x7f\x04\r\nx\r\n".to_vec(),
        ),
        (
            "from-lines",
            b"From me\r\n>From you\r\n\r\nFrom us\r\n".to_vec(),
        ),
        (
            "two-megabytes",
            "0123456789abcdef+/0123456789abcdef+/0123456789abcdef+/0123456789abcdef+/\r\n"
                .repeat(27_000)
                .into_bytes(),
        ),
    ];
    for writer in WRITERS {
        let mut sent = Vec::new();
        for way in WAYS {
            for (mechanism, password) in [("PLAIN", "secret-anna"), ("LOGIN", &street.device)] {
                let mut account = Account::new(&street.anna, "anna", password, way);
                account.mechanism = mechanism;
                for (kind, body) in &kinds {
                    let name = format!("{writer:?}-{way:?}-{mechanism}-{kind}");
                    write_everywhere(&account, writer, &street, &name, body);
                    sent.push((name, body.clone()));
                }
            }
        }
        read_everywhere(&street, &sent);
    }
}

/// The last words of a program, for a failed assertion.
fn told(said: &Said) -> String {
    let from = said.text.len().saturating_sub(3000);
    let from = (from..).find(|i| said.text.is_char_boundary(*i)).unwrap();
    said.text[from..].to_owned()
}

fn every_writer_reaches_every_reader(street: &Street) {
    let mut sent = Vec::new();
    for writer in WRITERS {
        for way in WAYS {
            let name = format!("{writer:?}-{way:?}");
            let body = body(&name);
            write_everywhere(&street.annas(way), writer, street, &name, &body);
            sent.push((name, body));
        }
    }
    read_everywhere(street, &sent);
}

/// One letter to the mailboxes of all reading programs.
fn write_everywhere(from: &Account, writer: Writer, street: &Street, name: &str, body: &[u8]) {
    let addresses = BOXES.map(|(name, ..)| street.there.address_of(name));
    let to: Vec<&str> = addresses.iter().map(String::as_str).collect();
    let letter = letter(name, ANNA, &to.join(",\n "), body);
    let said = from.write(writer, ANNA, &to, &letter);
    assert!(said.well, "{name}: {}", told(&said));
}

/// Every reading program fetches all of it and deletes it there.
fn read_everywhere(street: &Street, sent: &[(String, Vec<u8>)]) {
    for (name, ..) in BOXES {
        wait_for("the letters", Duration::from_secs(120), || {
            (street.there.letter_files(name).len() == sent.len()).then_some(())
        });
    }
    for (name, reader, way) in BOXES {
        let password = match way {
            Way::StartTls => format!("secret-{name}"),
            Way::Tls => {
                let words = ["member", "device", "add", name, "phone"];
                let new = street.there.say(&words).unwrap();
                new["password"].as_str().unwrap().to_owned()
            }
        };
        // The whole address is a login as well.
        let login = match reader {
            Reader::Poplib => format!("{name}@toxmail.local"),
            _ => name.to_owned(),
        };
        let account = Account::new(&street.there, &login, &password, way);
        let (said, letters) = account.read(reader);
        assert!(said.well, "{name}: {}", told(&said));
        assert_eq!(letters.len(), sent.len(), "{name}: {}", told(&said));
        let mut missing: Vec<&str> = sent.iter().map(|(letter, _)| letter.as_str()).collect();
        for letter in &letters {
            let (head, body) = parts(letter);
            let subject = field(&head, "Subject").unwrap();
            let (_, written) = sent.iter().find(|(letter, _)| letter == subject).unwrap();
            let same = lines(&body) == lines(written);
            assert!(
                same,
                "{subject} with {name}:\n{}",
                String::from_utf8_lossy(&body)
            );
            assert_eq!(field(&head, "From"), Some("Anna <anna@tox>"), "{head}");
            assert_eq!(field(&head, "User-Agent"), None, "{head}");
            let id = format!("<{subject}@laptop.example>");
            assert_eq!(field(&head, "Message-ID"), Some(id.as_str()), "{head}");
            missing.retain(|letter| *letter != subject);
        }
        assert!(missing.is_empty(), "{name} did not get {missing:?}");
        let login = format!("member={name}");
        let log = street.there.log();
        let logged_in = |line: &str| line.contains("logged in") && line.contains(&login);
        assert!(log.lines().any(logged_in), "{log}");
        assert!(street.there.letter_files(name).is_empty(), "{name} deletes");
    }
}

/// SMTPUTF8, 8BITMIME and the wishes of DSN, by the programs that know them.
fn what_programs_can_ask_for(street: &Street) {
    let reader = "poplib.tls";
    let address = street.there.address_of(reader);
    let contact = ["contact", "add", "Бабушка", "--tox", &address];
    street.anna.say(&contact).unwrap();

    let body = body("granny");
    let letter = letter("Grüße an 祖母", ANNA, "Бабушка <бабушка@tox>", &body);
    let annas = street.annas(Way::Tls);
    let options = "SMTPUTF8 BODY=8BITMIME RET=HDRS ENVID=AB+2B1|NOTIFY=SUCCESS ORCPT=rfc822;granny@example.org";
    let to = ["бабушка@tox"];
    let said = annas.write_with(Writer::Smtplib, ANNA, &to, &letter, &[options]);
    assert!(said.well, "{}", told(&said));
    let account = Account::new(
        &street.there,
        reader,
        &format!("secret-{reader}"),
        Way::StartTls,
    );
    wait_for("the letter", Duration::from_secs(30), || {
        (!street.there.letter_files(reader).is_empty()).then_some(())
    });
    let (said, letters) = account.read(Reader::Poplib);
    assert!(said.well && letters.len() == 1, "{}", told(&said));
    let (head, arrived) = parts(&letters[0]);
    assert_eq!(field(&head, "Subject"), Some("Grüße an 祖母"));
    let own = format!("Бабушка <{reader}@toxmail.local>");
    assert_eq!(field(&head, "To"), Some(own.as_str()), "{head}");
    assert_eq!(arrived, body);
    let notice = notice(street);
    for part in [
        "Action: delivered",
        "Original-Envelope-Id: AB+1",
        "Original-Recipient: rfc822; granny@example.org",
        "Final-Recipient: utf-8; бабушка@tox",
    ] {
        assert!(notice.contains(part), "{part} in {notice}");
    }

    let letter = self::letter("by msmtp", ANNA, &address, &body);
    let options = ["--dsn-notify=success,failure,delay", "--dsn-return=full"];
    let said = annas.write_with(Writer::Msmtp, ANNA, &[&address], &letter, &options);
    assert!(said.well, "{}", told(&said));
    let notice = self::notice(street);
    assert!(notice.contains("Action: delivered"), "{notice}");
    assert!(notice.contains("It is on their disk."), "{notice}");
}

/// The one letter in anna's mailbox, read and deleted.
fn notice(street: &Street) -> String {
    wait_for("a notice", Duration::from_secs(30), || {
        (!street.anna.letter_files("anna").is_empty()).then_some(())
    });
    let (said, letters) = street.annas(Way::Tls).read(Reader::Poplib);
    assert!(said.well && letters.len() == 1, "{}", told(&said));
    String::from_utf8(letters[0].clone()).unwrap()
}

/// A device that leaves letters where they are knows them again by their numbers, also after the home was started anew.
fn letters_that_stay_are_fetched_once(street: &mut Street) {
    let readers = BOXES.map(|(name, reader, way)| {
        let remembers = [Reader::Fetchmail, Reader::Mpop, Reader::Getmail].contains(&reader);
        let account = Account::new(&street.there, name, &format!("secret-{name}"), way);
        (way == Way::Tls && remembers).then_some((name, reader, account))
    });
    let write = |street: &Street, letters: &[&str], already: usize| {
        for name in letters {
            let body = body(name);
            write_everywhere(&street.annas(Way::Tls), Writer::Curl, street, name, &body);
        }
        for (name, ..) in readers.iter().flatten() {
            wait_for("the letters", Duration::from_secs(60), || {
                let files = street.there.letter_files(name).len();
                (files == already + letters.len()).then_some(())
            });
        }
    };
    let new = |street: &Street, expected: &[&str]| {
        for (name, reader, account) in readers.iter().flatten() {
            let before = street.there.letter_files(name).len();
            let (said, letters) = account.read_new(*reader);
            let mut subjects: Vec<String> = letters
                .iter()
                .map(|letter| field(&parts(letter).0, "Subject").unwrap().to_owned())
                .collect();
            subjects.sort();
            assert_eq!(subjects, expected, "{name}: {}", told(&said));
            assert_eq!(
                street.there.letter_files(name).len(),
                before,
                "{name} keeps"
            );
        }
    };
    write(street, &["stays-1", "stays-2"], 0);
    new(street, &["stays-1", "stays-2"]);
    new(street, &[]);
    write(street, &["stays-3"], 2);
    street.there.stop();
    street.there.start();
    new(street, &["stays-3"]);
    new(street, &[]);
}

/// What is wrong and what to do comes through to the one who sits before the program.
fn refusals_reach_the_person(street: &Street) {
    let known = street.there.address_of("poplib.tls");
    let big = "x".repeat(70) + "\r\n";
    let mut big_letter = letter("big", ANNA, &known, b"");
    big_letter.extend(big.repeat(MOST / 72 + 1).into_bytes());
    for writer in WRITERS {
        for way in WAYS {
            let account = street.annas(way);
            for (from, to, size, words) in [
                (
                    ANNA,
                    "ana@toxmail.local",
                    0,
                    [
                        "550",
                        "5.1.1",
                        "nobody called 'ana' lives in this home; check the spelling",
                    ],
                ),
                (
                    ANNA,
                    "grandma@example.org",
                    0,
                    [
                        "550",
                        "5.1.2",
                        "add them to your contacts, or set up your provider",
                    ],
                ),
                (
                    "bank@example.org",
                    known.as_str(),
                    0,
                    [
                        "550",
                        "5.7.1",
                        "set the sender in the mail program to anna@toxmail.local",
                    ],
                ),
                (
                    ANNA,
                    known.as_str(),
                    MOST,
                    [
                        "552",
                        "5.3.4",
                        "make attachments smaller or send several letters",
                    ],
                ),
            ] {
                let small = letter("refused", from, to, b"no\r\n");
                let bytes = if size == 0 { &small } else { &big_letter };
                let said = account.write(writer, from, &[to], bytes);
                assert!(!said.well, "{writer:?} {way:?} {to}: {}", told(&said));
                for word in words {
                    assert!(
                        said.text.contains(word),
                        "{writer:?} {way:?}: {word} in {}",
                        told(&said)
                    );
                }
            }
        }
    }
    assert_eq!(street.anna.queue_size(), 0, "nothing of it was taken");
}

/// A stranger's certificate is noticed by every program before the password is said: so it is the home's own authority
/// that lets the others in.
fn strange_certificates_are_noticed(street: &Street) {
    let letter = letter("never", ANNA, ANNA, b"never\r\n");
    let theirs = street.there.path().join("tls/ca.pem");
    for writer in WRITERS {
        for way in WAYS {
            let account = street.annas(way).trusting(&theirs);
            let to = [ANNA];
            let said = account.write(writer, to[0], &to, &letter);
            assert!(!said.well, "{writer:?} {way:?}: {}", told(&said));
        }
    }
    let ours = street.anna.path().join("tls/ca.pem");
    for (name, reader, way) in BOXES {
        let password = format!("secret-{name}");
        let account = Account::new(&street.there, name, &password, way).trusting(&ours);
        let (said, letters) = account.read(reader);
        assert!(!said.well && letters.is_empty(), "{name}: {}", told(&said));
    }
    for home in [&street.anna, &street.there] {
        let log = home.log();
        assert!(
            !log.contains("logged in") && !log.contains("wrong name"),
            "{log}"
        );
    }
}

/// A wrong password is told as such, and a program without TLS what it lacks. Comes last: guessing makes the doorman slow.
fn wrong_passwords_are_told(street: &Street) {
    let letter = letter("never", ANNA, ANNA, b"never\r\n");
    let failed = |home: &Home| home.log().matches("wrong name or password").count();
    for (number, writer) in WRITERS.into_iter().enumerate() {
        let mut account = Account::new(&street.anna, "anna", "guessed", WAYS[number % 2]);
        account.from_ip = format!("127.0.9.{}", number + 1);
        let before = failed(&street.anna);
        let to = [ANNA];
        let said = account.write(writer, to[0], &to, &letter);
        let words = "Name or password is wrong; check both";
        assert!(
            !said.well && said.text.contains(words),
            "{writer:?}: {}",
            told(&said)
        );
        assert!(failed(&street.anna) > before, "{}", street.anna.log());
    }
    for (name, reader, way) in BOXES {
        if way == Way::StartTls {
            continue; // four free guesses an address
        }
        let mut account = Account::new(&street.there, name, "guessed", way);
        account.from_ip = "127.0.9.9".into();
        let before = failed(&street.there);
        let (said, letters) = account.read(reader);
        assert!(!said.well && letters.is_empty(), "{name}: {}", told(&said));
        assert!(failed(&street.there) > before, "{}", street.there.log());
        // curl says "Login denied" and keeps the home's words to itself.
        let words = said.text.contains("Name or password is wrong; check both");
        assert!(words || reader == Reader::Curl, "{name}: {}", told(&said));
    }
    let password = format!("secret-{}", BOXES[0].0);
    let account = Account::new(&street.there, BOXES[0].0, &password, Way::StartTls);
    let (said, letters) = account.read(Reader::Getmail);
    let words = "switch on STARTTLS or TLS in your mail program";
    assert!(!said.well && letters.is_empty(), "{}", told(&said));
    assert!(said.text.contains(words), "{}", told(&said));
}
