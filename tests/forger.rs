//! Item: a home that forges. Whatever it writes into a header, the reader sees the forger's own address and the name that this
//! home has for it, or the letter is refused. Read by three readers: ours is not among them.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "support/home.rs"]
mod home;
#[path = "support/mallory.rs"]
mod mallory;
#[path = "support/netns.rs"]
mod netns;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use home::{Home, wait_for};
use mail_parser::{HeaderValue, MessageParser};
use mallory::{Mallory, home_at};
use toxmail::transfer::{ClaimedMember, Directory, RecipientStatus};

/// What becomes of a letter.
#[derive(Clone, Copy, PartialEq)]
enum End {
    /// It is filed; from whom is asked of every letter.
    Filed,
    /// It is refused with this status.
    Refused(&'static str),
}
use End::{Filed, Refused};

/// The header sections, line by line; `{own}` stands for the forger's suffix, `{anna}` for that of the home it writes to, `{oma}`
/// for that of a third contact. A line `\r`, `\n` or NUL is written as such.
const TRICKS: &[(&str, End)] = &[
    // Somebody of the home itself.
    ("From: ben@toxmail.local", Filed),
    ("From: Ben <ben@toxmail.local>", Filed),
    ("From: ben@{anna}", Filed),
    ("From: Ben <BEN@{anna}>", Filed),
    ("From: anna@toxmail.local", Filed),
    ("From: home@toxmail.local", Filed),
    ("From: ben", Filed),
    // The home's own notices, to the letter.
    (
        "From: Toxmail <postmaster@toxmail.local>\r\nAuto-Submitted: auto-generated",
        Filed,
    ),
    ("From: postmaster@toxmail.local", Filed),
    ("From: Postmaster", Filed),
    ("From: mailer-daemon@toxmail.local", Filed),
    ("From: <>", Filed),
    // A contact, in all its forms.
    ("From: home@{oma}", Filed),
    ("From: Oma <oma@tox>", Filed),
    ("From: Oma <oma@example.org>", Filed),
    ("From: Oma <OMA@EXAMPLE.ORG>", Filed),
    (
        "From: 000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1FDEADBEEF6042@tox",
        Filed,
    ),
    (
        "From: 000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F@tox",
        Filed,
    ),
    // Somebody with an ordinary address only, and somebody nobody knows.
    ("From: Bank <service@bank.example>", Filed),
    ("From: support@elsewhere.example", Filed),
    // No writer, several writers, several fields.
    ("Subject: nobody", Filed),
    ("From:", Filed),
    ("From: \r\n \r\n ", Filed),
    ("From: Ben\r\nFrom: paul@{own}", Filed),
    ("From: paul@{own}\r\nFrom: service@bank.example", Filed),
    ("From: service@bank.example\r\nFrom: paul@{own}", Filed),
    ("From: paul@{own}, service@bank.example", Filed),
    ("From: service@bank.example, paul@{own}", Filed),
    (
        "From: service@bank.example, oma@example.org, ben@toxmail.local",
        Filed,
    ),
    ("From: paul@{own}\r\nSender: service@bank.example", Filed),
    ("From: service@bank.example\r\nSender: paul@{own}", Filed),
    (
        "From: paul@{own}\r\nSender: paul@{own}, ben@toxmail.local",
        Filed,
    ),
    (
        "From: paul@{own}\r\nSender: paul@{own}\r\nSender: ben@toxmail.local",
        Filed,
    ),
    ("Sender: Toxmail <postmaster@toxmail.local>", Filed),
    ("From: paul@{own}\r\nAuthor: service@bank.example", Filed),
    (
        "From: paul@{own}\r\nOriginal-From: Oma <oma@example.org>",
        Filed,
    ),
    // Groups.
    ("From: Bank: service@bank.example;", Filed),
    ("From: Bank: paul@{own};", Filed),
    ("From: service@bank.example:;", Filed),
    (
        "From: Ben: paul@{own}, service@bank.example;, ben@toxmail.local",
        Filed,
    ),
    ("From: Ben <ben@toxmail.local>:;, paul@{own}", Filed),
    // Where answers and acknowledgements go.
    ("From: paul@{own}\r\nReply-To: service@bank.example", Filed),
    (
        "From: paul@{own}\r\nReply-To: ben@toxmail.local, oma@tox",
        Filed,
    ),
    (
        "From: paul@{own}\r\nReply-To: paul@{own}\r\nreply-to : ben@toxmail.local",
        Filed,
    ),
    (
        "From: paul@{own}\r\nMail-Reply-To: Ben <ben@toxmail.local>",
        Filed,
    ),
    (
        "From: paul@{own}\r\nDisposition-Notification-To: ben@toxmail.local",
        Filed,
    ),
    (
        "From: paul@{own}\r\nReturn-Receipt-To: oma@example.org",
        Filed,
    ),
    (
        "From: paul@{own}\r\nX-Confirm-Reading-To: service@bank.example",
        Filed,
    ),
    // Sent again by somebody.
    ("From: paul@{own}\r\nResent-From: ben@toxmail.local", Filed),
    (
        "From: paul@{own}\r\nResent-Sender: Ben <ben@toxmail.local>",
        Filed,
    ),
    ("From: paul@{own}\r\nResent-Reply-To: oma@tox", Filed),
    (
        "Resent-From: service@bank.example\r\nResent-From: oma@example.org\r\nFrom: paul@{own}",
        Filed,
    ),
    // Names that say somebody else.
    ("From: Ben <paul@{own}>", Filed),
    ("From: \"Oma\" <paul@{own}>", Filed),
    ("From: Toxmail <paul@{own}>", Filed),
    ("From: \"service@bank.example\" <paul@{own}>", Filed),
    ("From: \"Bank <service@bank.example>\" <paul@{own}>", Filed),
    (
        "From: \"Bank \\\"x\\\" <service@bank.example>, \\\\\" <paul@{own}>",
        Filed,
    ),
    ("From: B\u{435}n <paul@{own}>", Filed),
    ("From: \u{ff22}\u{ff45}\u{ff4e} <paul@{own}>", Filed),
    ("From: =?utf-8?B?QmVu?= <paul@{own}>", Filed),
    ("From: =?utf-8?Q?Be?=\r\n =?utf-8?Q?n?= <paul@{own}>", Filed),
    (
        "From: =?iso-8859-1?Q?Bank_=3Cservice=40bank=2Eexample=3E?= <paul@{own}>",
        Filed,
    ),
    (
        "From: =?utf-8?Q?service=40bank.example=2C?= <service@bank.example>",
        Filed,
    ),
    ("From: =?utf-8?B?c2VydmljZUBiYW5rLmV4YW1wbGU=?=", Filed),
    (
        "From: =?utf-8?Q?Ben_=3Cben=40toxmail.local=3E=0D=0AFrom:_ben?= <paul@{own}>",
        Filed,
    ),
    ("From: =?utf-7?Q?+AEI-en?= <paul@{own}>", Filed),
    (
        "From: =?utf-8?Q?\"?= <service@bank.example> =?utf-8?Q?\"?= <paul@{own}>",
        Filed,
    ),
    ("From: Ben\r\n <paul@{own}>", Filed),
    ("From: Ben\r\n\t\r\n <paul@{own}>", Filed),
    ("From:\r\n Bank\r\n <service@bank\r\n .example>", Filed),
    ("From: \u{202e}neB\u{202c} <paul@{own}>", Filed),
    ("From: B\u{200b}e\u{ad}n <paul@{own}>", Filed),
    ("From: \x1b[2JBen\x07\x08 <paul@{own}>", Filed),
    ("From: Ben\x0b\x0c<paul@{own}>", Filed),
    // The address itself.
    ("From: \"service@bank.example\"@{own}", Filed),
    ("From: service@bank.example@{own}", Filed),
    ("From: service%bank.example@{own}", Filed),
    ("From: bank.example!service@{own}", Filed),
    ("From: \"Ben <ben@toxmail.local>\"@{own}", Filed),
    ("From: <@bank.example:paul@{own}>", Filed),
    ("From: <@bank.example,@{own}:service@bank.example>", Filed),
    ("From: <service@bank.example> <paul@{own}>", Filed),
    ("From: <paul@{own}> <service@bank.example>", Filed),
    ("From: <<service@bank.example>paul@{own}>", Filed),
    ("From: service@bank.example <paul@{own}>", Filed),
    ("From: paul@{own} <service@bank.example>", Filed),
    ("From: paul@{own} (service@bank.example)", Filed),
    ("From: (service@bank.example) paul@{own}", Filed),
    ("From: service(@{own})@bank.example", Filed),
    ("From: paul@{own}(\\)<service@bank.example>)", Filed),
    ("From: paul@{own}(((((((((((((((((((((((((x", Filed),
    ("From: paul@{own} service@bank.example", Filed),
    ("From: paul@{own}; service@bank.example", Filed),
    ("From: paul@{own}.", Filed),
    ("From: service@bank.example.", Filed),
    ("From: service@bank.example.{own}", Filed),
    ("From: paul@{own}.bank.example", Filed),
    ("From: service@xn--bnk-xqa.example", Filed),
    ("From: service@b\u{430}nk.example", Filed),
    ("From: b\u{435}n@toxmail.local", Filed),
    ("From: ben@toxmail.local.", Filed),
    ("From: ben@TOXMAIL.LOCAL", Filed),
    ("From: ben+x@toxmail.local", Filed),
    ("From: ben@[127.0.0.1]", Filed),
    ("From: ben@localhost", Filed),
    ("From: PAUL@{OWN}", Filed),
    ("From: postmaster@{own}", Filed),
    ("From: p a u l@{own}", Filed),
    ("From: paul@{own}\u{200b}", Filed),
    ("From: paul@\u{202e}{own}", Filed),
    ("From: \u{e9}\u{e9}@{own}", Filed),
    // What speaks of checks, logins and ways.
    (
        "From: paul@{own}\r\nX-Toxmail-Path: local\r\nX-Toxmail-Claimed-From: ben@toxmail.local\r\nX-Toxmail-Notice: 1",
        Filed,
    ),
    (
        "From: paul@{own}\r\nAuthentication-Results: toxmail.local; x-tox=pass policy.home={oma}",
        Filed,
    ),
    (
        "From: paul@{own}\r\nReturn-Path: <ben@toxmail.local>\r\nReceived-SPF: pass",
        Filed,
    ),
    (
        "From: paul@{own}\r\nReceived: from bank.example by toxmail.local with ESMTPSA (authenticated as ben)",
        Filed,
    ),
    (
        "From: paul@{own}\r\nDelivered-To: ben@toxmail.local\r\nX-Original-To: oma@tox\r\nEnvelope-To: ben",
        Filed,
    ),
    (
        "From: paul@{own}\r\nApparently-From: ben@toxmail.local\r\nX-Sender: ben@toxmail.local\r\nX-X-Sender: ben",
        Filed,
    ),
    (
        "From: paul@{own}\r\nX-Authentication-Warning: toxmail.local: ben set sender\r\nX-Original-From: oma@tox",
        Filed,
    ),
    (
        "From: paul@{own}\r\nX-Envelope-From: service@bank.example\r\nEnvelope-From: service@bank.example\r\nX-From: ben",
        Filed,
    ),
    (
        "From: paul@{own}\r\nX-Mozilla-Status: 0009\r\nX-Mozilla-Keys: direct\r\nStatus: RO",
        Filed,
    ),
    (
        "From: paul@{own}\r\nBIMI-Location: https://bank.example/logo.svg",
        Filed,
    ),
    (
        "From: service@bank.example\r\nList-Id: <bank.example>\r\nList-Post: <mailto:service@bank.example>\r\nList-Unsubscribe: <mailto:ben@toxmail.local>\r\nX-BeenThere: service@bank.example",
        Filed,
    ),
    (
        "From: paul@{own}\r\nTo: ben@toxmail.local\r\nCc: oma@tox, unknown@toxmail.local\r\nMail-Followup-To: oma@tox",
        Filed,
    ),
    (
        "DKIM-Signature: v=1; d=bank.example; s=x; h=from; bh=x; b=x\r\nFrom: service@bank.example",
        Filed,
    ),
    // Names of fields.
    ("From : service@bank.example", Filed),
    ("From\t : service@bank.example\r\nFrom: paul@{own}", Filed),
    ("fROM:service@bank.example", Filed),
    (">From: service@bank.example\r\nFrom: paul@{own}", Filed),
    (
        "From-: x\r\nX-From: service@bank.example\r\nfrom: ben@toxmail.local",
        Filed,
    ),
    // What is no header section.
    (
        "From service@bank.example Mon Jan  1 00:00:00 2026\r\nFrom: paul@{own}",
        Refused("5.6.0"),
    ),
    ("this is no field\r\nFrom: paul@{own}", Refused("5.6.0")),
    (
        " From: ben@toxmail.local\r\nFrom: paul@{own}",
        Refused("5.6.0"),
    ),
    (": ben@toxmail.local\r\nFrom: paul@{own}", Refused("5.6.0")),
    (
        "Fr om: ben@toxmail.local\r\nFrom: paul@{own}",
        Refused("5.6.0"),
    ),
    (
        "Fr\u{43e}m: ben@toxmail.local\r\nFrom: paul@{own}",
        Refused("5.6.0"),
    ),
    ("Subject: x\nFrom: ben@toxmail.local", Refused("5.6.0")),
    ("Subject: x\rFrom: ben@toxmail.local", Refused("5.6.0")),
    ("Subject: x\n\nFrom: ben@toxmail.local", Refused("5.6.0")),
    ("Subject: x\r\r\nFrom: ben@toxmail.local", Refused("5.6.0")),
    ("From: ben@toxmail.local\0<paul@{own}>", Refused("5.6.0")),
    ("From: paul@{own}\r\nX-Toxmail-Hops: 50", Refused("5.4.6")),
];

/// The fields that are shown as the writer or answered to, for a reader that finds them by name.
const WRITERS: [&str; 12] = [
    "From",
    "Sender",
    "Author",
    "Original-From",
    "Reply-To",
    "Mail-Reply-To",
    "Resent-From",
    "Resent-Sender",
    "Resent-Reply-To",
    "Disposition-Notification-To",
    "Return-Receipt-To",
    "X-Confirm-Reading-To",
];

/// Fields that only the home that files a letter may write, and what it writes.
const HOMES_OWN: [&str; 24] = [
    "X-Toxmail-Notice",
    "Received-SPF",
    "BIMI-Location",
    "Apparently-From",
    "X-Sender",
    "X-X-Sender",
    "X-From",
    "X-Original-From",
    "X-Envelope-From",
    "Envelope-From",
    "X-Authentication-Warning",
    "Delivered-To",
    "X-Original-To",
    "Envelope-To",
    "X-Mozilla-Status",
    "X-Mozilla-Keys",
    "Status",
    "X-Status",
    "X-Keywords",
    "X-Authenticated-Sender",
    "X-Delivered-To",
    "X-Envelope-To",
    "X-Envelope-Sender",
    "BIMI-Indicator",
];

/// Python's readers of mail, in a process of their own.
struct Python {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

type Shown = BTreeMap<String, serde_json::Value>;

impl Python {
    fn start() -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/shown.py");
        let mut child = Command::new("python3")
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3");
        Self {
            to: child.stdin.take().unwrap(),
            from: BufReader::new(child.stdout.take().unwrap()),
            child,
        }
    }

    fn shows(&mut self, letter: &Path) -> Shown {
        writeln!(self.to, "{}", letter.display()).unwrap();
        let mut line = String::new();
        self.from.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|e| panic!("{}: {e}: {line}", letter.display()))
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whoever may be shown: address (in small letters) and name.
struct Truth<'a> {
    own: &'a str,
    addresses: Vec<String>,
    names: Vec<String>,
}

impl Truth<'_> {
    fn is_told(&self, name: &str, address: &str) -> bool {
        let address = address.to_lowercase();
        let theirs = address
            .strip_suffix(&format!("@{}", self.own))
            .is_some_and(|local| {
                local
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "+-_.".contains(c))
            });
        // Somebody there whom nobody here has heard of: the mailbox, and whose home it is.
        let by_home = self.names.iter().any(|home| {
            let local = address.split('@').next().unwrap_or_default();
            theirs && name == format!("{local} ({home})")
        });
        (theirs || self.addresses.contains(&address))
            && (by_home || self.names.iter().any(|n| n == name))
    }
}

/// What a letter of the forger must look like in the mailbox.
fn check(truth: &Truth<'_>, trick: &str, letter: &[u8], python: &Shown, body: &[u8]) {
    let head = String::from_utf8_lossy(letter);
    let head = head.split("\r\n\r\n").next().unwrap();
    let mut seen: Vec<(String, String, String)> = Vec::new();
    for (field, pairs) in python {
        let Some(pairs) = pairs.as_array().filter(|_| field != "defects") else {
            continue;
        };
        for pair in pairs {
            let text = |n: usize| pair[n].as_str().unwrap_or_default().to_owned();
            seen.push((field.clone(), text(0), text(1)));
        }
    }
    assert_eq!(
        python["defects"].as_array().unwrap().len(),
        0,
        "{trick:?}\n{head}"
    );
    let message = MessageParser::default().parse(letter).unwrap();
    for field in WRITERS {
        for value in message.header_values(field) {
            // A field it has no rules for is read like From.
            let again = match value {
                HeaderValue::Text(text) => format!("From: {text}\r\n\r\n"),
                _ => String::new(),
            };
            let again = MessageParser::default().parse(again.as_bytes());
            let list = value
                .as_address()
                .or_else(|| again.as_ref().and_then(|message| message.from()))
                .unwrap_or_else(|| panic!("{field} is no address, {trick:?}\n{head}"));
            for one in list.iter() {
                let (name, address) = (one.name().unwrap_or_default(), one.address());
                let address = address.unwrap_or_default().to_owned();
                seen.push((field.to_owned(), name.to_owned(), address));
            }
        }
    }
    // Once in each of three readers.
    let froms = seen.iter().filter(|(field, ..)| field == "From").count();
    assert!(froms >= 3, "{froms} writers, {trick:?}\n{head}");
    for (field, name, address) in &seen {
        assert!(
            truth.is_told(name, address),
            "{field} shows {name:?} <{address}>, {trick:?}\n{head}"
        );
    }
    for once in [
        "From",
        "Return-Path",
        "Authentication-Results",
        "X-Toxmail-Path",
    ] {
        let count = message.header_values(once).count();
        assert_eq!(count, 1, "{once}, {trick:?}\n{head}");
    }
    for (name, value) in [
        ("X-Toxmail-Path", "direct".to_owned()),
        (
            "Authentication-Results",
            format!("toxmail.local; x-tox=pass policy.home={}", truth.own),
        ),
    ] {
        let field = format!("\r\n{name}: {value}\r\n");
        assert!(head.contains(&field), "{field}, {trick:?}\n{head}");
    }
    assert!(
        head.starts_with("Return-Path: <>\r\n")
            || head
                .lines()
                .next()
                .unwrap()
                .ends_with(&format!("@{}>", truth.own)),
        "{trick:?}\n{head}"
    );
    for name in HOMES_OWN {
        assert!(
            message.header(name).is_none(),
            "{name} was taken over, {trick:?}\n{head}"
        );
    }
    for value in message
        .header_values("To")
        .chain(message.header_values("Cc"))
    {
        for one in value.as_address().iter().flat_map(|list| list.iter()) {
            let address = one.address().unwrap_or_default();
            assert!(
                address == "anna@toxmail.local" || !address.ends_with("@toxmail.local"),
                "{address} is nobody of ours, {trick:?}\n{head}"
            );
        }
    }
    let start = letter
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap();
    assert!(letter[start + 4..] == *body, "the body, {trick:?}");
}

/// The new letter of anna's.
fn new_letter(home: &Home, before: &[PathBuf]) -> Option<PathBuf> {
    let mut letters = home.letter_files("anna");
    letters.retain(|path| !before.contains(path));
    letters.pop()
}

fn names_of(home: &Home, mallory: &Mallory) -> Vec<String> {
    let contacts = home.say(&["contact", "list"]).unwrap();
    let key = mallory.node.key().to_string();
    contacts
        .as_array()
        .unwrap()
        .iter()
        .filter(|c| c["key"] == key.as_str())
        .map(|c| c["display"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn every_trick_of_a_forger_ends_with_its_own_address_in_front_of_the_reader() {
    netns::enter_loopback_namespace();
    let node = home::Node::start("127.0.0.1", 33400);
    let dir = tempfile::tempdir().unwrap();
    let anna = home_at(&node, "anna", &["anna", "ben"]);
    let mallory = Mallory::start(dir.path(), "mallory", &node, &anna);
    mallory.enters(&anna);
    has_people(&anna, &mallory, "Mallory's", "zoe", "Free Name");
    // The people whom the forger would like to be.
    let oma = "aaaqeayeaudaocajbifqydiob4ibceqtcqkrmfyydenbwha5dypq.tox";
    let id = "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1FDEADBEEF6042@tox";
    anna.say(&[
        "contact",
        "add",
        "Oma",
        "--tox",
        id,
        "--email",
        "oma@example.org",
    ])
    .unwrap();
    anna.say(&["contact", "add", "Bank", "--email", "service@bank.example"])
        .unwrap();
    let own = format!("{}.tox", mallory.node.key().base32());
    let own_home = format!("home@{own}");
    // One person there has an address that somebody here has confirmed.
    let quinn = format!("quinn@{own}");
    anna.say(&[
        "contact",
        "add",
        "Quinn Q.",
        "--tox",
        &quinn,
        "--email",
        "quinn@work.example",
    ])
    .unwrap();
    let contacts = anna.say(&["contact", "list"]).unwrap();
    let theirs: Vec<&serde_json::Value> = contacts
        .as_array()
        .unwrap()
        .iter()
        .filter(|c| c["key"] == mallory.node.key().to_string().as_str())
        .collect();
    assert_eq!(theirs.len(), 3, "{contacts}");
    let nickname = |c: &serde_json::Value| format!("{}@tox", c["name"].as_str().unwrap());
    let nicknames: Vec<String> = theirs.iter().map(|c| nickname(c)).collect();
    let home = theirs.iter().find(|c| c["address"] == own_home.as_str());
    let (home_name, home_nickname) = home
        .map(|c| (c["display"].as_str().unwrap(), nickname(c)))
        .unwrap();
    let addresses = [nicknames, vec!["quinn@work.example".into()]].concat();
    let truth = Truth {
        own: &own,
        addresses,
        names: names_of(&anna, &mallory),
    };
    let filled = |text: &str| {
        text.replace("{own}", &own)
            .replace("{OWN}", &own.to_uppercase())
            .replace("{anna}", anna.address_of("x").strip_prefix("x@").unwrap())
            .replace("{oma}", oma)
    };
    let mut python = Python::start();

    // Honest first: what is true is shown as it is.
    let honest: Vec<(String, &str, &str)> = vec![
        (
            format!("From: Quinn <quinn@{own}>"),
            "Quinn Q.",
            "quinn@work.example",
        ),
        (
            "From: quinn@work.example".into(),
            "Quinn Q.",
            "quinn@work.example",
        ),
        (
            format!("From: home@{own}"),
            home_name,
            home_nickname.as_str(),
        ),
    ];
    for (header, name, address) in &honest {
        let path = sent(&anna, &mallory, header, b"x\r\n", "");
        let shown = python.shows(&path.expect("filed"));
        assert_eq!(shown["From"][0], serde_json::json!([name, address]));
        assert!(truth.is_told(name, address), "{name} {address}");
    }

    // The envelope's sender is the forger's word as well: each in turn.
    let senders = [
        "",
        "ben@toxmail.local",
        own_home.as_str(),
        "service@bank.example",
    ];
    let mut refused = 0;
    for (number, (trick, end)) in TRICKS.iter().enumerate() {
        let body = b"x\r\n";
        let sender = senders[number % senders.len()];
        match (sent(&anna, &mallory, &filled(trick), body, sender), end) {
            (Ok(path), Filed) => {
                let letter = std::fs::read(&path).unwrap();
                check(&truth, trick, &letter, &python.shows(&path), body);
            }
            (Err(told), Refused(status)) => {
                refused += 1;
                assert!(told.starts_with(status), "{told}, {trick:?}");
            }
            (ended, _) => panic!("{ended:?}, {trick:?}"),
        }
    }
    let to_refuse = TRICKS.iter().filter(|(_, end)| *end != Filed).count();
    assert_eq!(refused, to_refuse);

    // As long as a header section may be, and beyond; and octets that are no text.
    for (header, end) in long_and_odd() {
        let header = [filled(header.0).into_bytes(), header.1].concat();
        match (sent_bytes(&anna, &mallory, &header, b"x\r\n", ""), end) {
            (Ok(path), Filed) => {
                let letter = std::fs::read(&path).unwrap();
                check(&truth, "long", &letter, &python.shows(&path), b"x\r\n");
            }
            (Err(told), Refused(status)) => assert!(told.starts_with(status), "{told}"),
            (ended, _) => panic!("{ended:?}"),
        }
    }

    // Bodies that pretend: they stay as they are, below the forger's own address.
    for (header, body) in BODIES {
        let path = sent(&anna, &mallory, &filled(header), body.as_bytes(), "").unwrap();
        let letter = std::fs::read(&path).unwrap();
        check(
            &truth,
            header,
            &letter,
            &python.shows(&path),
            body.as_bytes(),
        );
    }

    names_that_are_taken(&anna, &mallory, &mut python);

    // A person comes to a name that somebody there has had before.
    anna.say(&["contact", "add", "Free Name", "--email", "free@example.org"])
        .unwrap();
    let header = format!("From: zoe@{own}");
    let path = sent(&anna, &mallory, &header, b"x\r\n", "").unwrap();
    let shown = python.shows(&path);
    let name = shown["From"][0][0].as_str().unwrap();
    assert!(name.starts_with("Free Name ("), "{name}");
}

/// Sends it, and returns the file in which it lies, or the word why not.
#[track_caller]
fn sent(
    anna: &Home,
    mallory: &Mallory,
    header: &str,
    body: &[u8],
    sender: &str,
) -> Result<PathBuf, String> {
    sent_bytes(anna, mallory, header.as_bytes(), body, sender)
}

#[track_caller]
fn sent_bytes(
    anna: &Home,
    mallory: &Mallory,
    header: &[u8],
    body: &[u8],
    sender: &str,
) -> Result<PathBuf, String> {
    let before = anna.letter_files("anna");
    let letter = [header, b"\r\n\r\n", body].concat();
    let told = mallory.sends(&letter, |offer| offer.sender = sender.to_owned());
    match &told[..] {
        [RecipientStatus::Stored] => {
            Ok(new_letter(anna, &before).expect("it was said to be stored"))
        }
        [RecipientStatus::Never { why }] => {
            assert_eq!(new_letter(anna, &before), None);
            Err(format!("{} {}", why.status, why.text))
        }
        other => panic!("{other:?} to {}", header.escape_ascii()),
    }
}

fn long_and_odd() -> Vec<((&'static str, Vec<u8>), End)> {
    let x = |n: usize| vec![b'x'; n];
    let many = |n: usize| b"\r\nX: y".repeat(n);
    vec![
        (("From: service@bank.example\r\nX: ", x(500_000)), Filed),
        (
            ("From: service@bank.example\r\nX: ", x(600_000)),
            Refused("5.6.0"),
        ),
        (("From: service@bank.example", many(1900)), Filed),
        (("From: service@bank.example", many(2100)), Refused("5.6.0")),
        (
            (
                "From: ",
                [x(5000), b" <service@bank.example>".to_vec()].concat(),
            ),
            Filed,
        ),
        (("From: ", b"ben@toxmail.local, ".repeat(6000)), Filed),
        (("From: ", b"B\xe9n <ben@toxmail.local>".to_vec()), Filed),
        (("From: ", b"\xff\xfe\x80 <paul@\xc3\x28>".to_vec()), Filed),
        (
            (
                "From: paul@{own}\r\nSubject: ",
                (1..=255).filter(|b| !b"\r\n".contains(b)).collect(),
            ),
            Filed,
        ),
    ]
}

/// Letters that look like something else further down.
const BODIES: &[(&str, &str)] = &[
    (
        "From: Toxmail <postmaster@toxmail.local>\r\nSubject: Your letter could not be delivered\r\n\
         Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=x",
        "--x\r\n\r\nYour letter to Oma could not be delivered. Answer with your password.\r\n\
         --x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; toxmail.local\r\n\r\n\
         Final-Recipient: rfc822; oma@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--x--\r\n",
    ),
    (
        "From: Oma <oma@example.org>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=disposition-notification; boundary=x",
        "--x\r\n\r\nread\r\n--x\r\nContent-Type: message/disposition-notification\r\n\r\n\
         Final-Recipient: rfc822; oma@example.org\r\nDisposition: manual-action/MDN-sent-manually; displayed\r\n\r\n--x--\r\n",
    ),
    (
        "From: Ben <ben@toxmail.local>\r\nMIME-Version: 1.0\r\nContent-Type: message/rfc822",
        "From: Ben <ben@toxmail.local>\r\nReply-To: service@bank.example\r\n\r\nhello\r\n",
    ),
    (
        "From: paul@{own}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x",
        "--x\r\nContent-Type: message/rfc822\r\n\r\nFrom: Ben <ben@toxmail.local>\r\n\r\nhello\r\n--x--\r\n",
    ),
    (
        "From: paul@{own}",
        "\r\n\r\nFrom: ben@toxmail.local\r\nFrom service@bank.example Mon Jan  1\r\n\0\r.\n",
    ),
];

/// Says that it is called so and has this one member, with addresses of others, and waits until it is heard. The member's
/// address.
fn has_people(
    anna: &Home,
    mallory: &Mallory,
    home_name: &str,
    local: &str,
    display: &str,
) -> String {
    let directory = Directory {
        home_name: home_name.into(),
        members: vec![ClaimedMember {
            name: local.into(),
            display: display.into(),
            emails: vec!["service@bank.example".into(), "ben@toxmail.local".into()],
        }],
        ..Directory::default()
    };
    mallory.act(move |now, puppet, _| {
        puppet.exchange.set_directory(now, directory.clone());
        true
    });
    let address = format!("{local}@{}.tox", mallory.node.key().base32());
    wait_for(&address, Duration::from_secs(30), || {
        let contacts = anna.say(&["contact", "list"]).ok()?;
        let contacts = contacts.as_array()?;
        let known = contacts.iter().any(|c| c["address"] == address.as_str());
        known.then_some(())
    });
    address
}

/// A home that gives itself and its people the names of others: they are told apart.
fn names_that_are_taken(anna: &Home, mallory: &Mallory, python: &mut Python) {
    let own = format!("{}.tox", mallory.node.key().base32());
    let names = names_of(anna, mallory);
    for (number, taken) in [
        "Ben",
        "B\u{435}n",
        "\u{ff22}\u{ff45}\u{ff4e}",
        "B\u{200b}en",
        "\u{202e}Ben",
        "BEN ",
        "Oma",
        "0ma",
        "Toxmail",
        "T\u{3bf}xmai1",
        "Bank",
        "anna",
    ]
    .iter()
    .enumerate()
    {
        let local = format!("member{number}");
        let address = has_people(anna, mallory, taken, &local, taken);
        for header in [
            format!("From: {taken} <{address}>"),
            format!("From: {taken} <stranger@{own}>"),
            format!("From: {taken} <home@{own}>"),
            format!("From: {taken} <service@bank.example>"),
        ] {
            let path = sent(anna, mallory, &header, b"x\r\n", "").unwrap();
            let shown = python.shows(&path);
            let name = shown["From"][0][0].as_str().unwrap();
            let address = shown["From"][0][1].as_str().unwrap();
            // Either a name of this home's choice, or with something behind it that tells which home it is.
            assert!(
                name.ends_with(')') || names.iter().any(|known| known == name),
                "{taken:?}: {name:?} <{address}>"
            );
            assert!(
                address.ends_with(&own) || address.ends_with("@tox"),
                "{taken:?}: {name:?} <{address}>"
            );
        }
    }
}
