//! What the home asks its members by mail, and their answers: whole homes over a loopback Tox network.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "support/client.rs"]
mod client;
#[path = "support/home.rs"]
mod home;
#[path = "support/netns.rs"]
mod netns;
#[path = "support/programs.rs"]
mod programs;
#[path = "support/provider.rs"]
mod provider;

use std::time::Duration;

use client::Line;
use home::{Home, Node, Plan, is_connected, wait_for};
use mail_parser::MessageParser;
use programs::{Account, Way, Writer};
use provider::{Authority, Scripted};

const LONG: Duration = Duration::from_secs(90);
const ANNA: &str = "anna@toxmail.local";

/// A mail from the home to one of its members.
#[derive(Clone, Debug)]
struct Mail {
    subject: String,
    text: String,
    /// Where an answer goes, as every program finds it.
    from: String,
    reply_to: Option<String>,
    whole: String,
}

impl Mail {
    fn read(bytes: &[u8]) -> Self {
        let message = MessageParser::default().parse(bytes).unwrap();
        let address = |list: Option<&mail_parser::Address<'_>>| {
            let first = list.and_then(|list| list.first());
            first.and_then(|a| a.address()).map(str::to_owned)
        };
        Self {
            subject: message.subject().unwrap_or_default().to_owned(),
            text: message
                .body_text(0)
                .unwrap_or_default()
                .replace("\r\n", "\n"),
            from: address(message.from()).unwrap_or_default(),
            reply_to: address(message.reply_to()),
            whole: String::from_utf8_lossy(bytes).into_owned(),
        }
    }

    /// The one-time address of a question.
    #[track_caller]
    fn answer_address(&self) -> String {
        let address = self
            .reply_to
            .clone()
            .unwrap_or_else(|| panic!("{}", self.whole));
        let letters = address
            .strip_prefix("answer+")
            .and_then(|rest| rest.strip_suffix("@toxmail.local"));
        assert_eq!(letters.map(str::len), Some(26), "{}", self.whole);
        // Every program answers there, whichever field it goes by.
        assert_eq!(self.from, address);
        let sender = "\r\nSender: Toxmail <postmaster@toxmail.local>\r\n";
        assert!(self.whole.contains(sender), "{}", self.whole);
        for field in [
            "Return-Path: <>\r\n",
            "\r\nAuto-Submitted: auto-",
            "X-Toxmail-Path: local\r\n",
        ] {
            assert!(self.whole.contains(field), "{field}: {}", self.whole);
        }
        address
    }
}

fn mails(home: &Home, member: &str) -> Vec<Mail> {
    let letters = home.letters(member);
    letters.iter().map(|bytes| Mail::read(bytes)).collect()
}

/// The mail whose subject has these words.
#[track_caller]
fn mail(home: &Home, member: &str, words: &str) -> Mail {
    wait_for(&format!("a mail to {member}: {words}"), LONG, || {
        let mut mails = mails(home, member).into_iter();
        mails.find(|mail| mail.subject.contains(words))
    })
}

fn line(home: &Home, member: &str) -> Line {
    let password = format!("secret-{member}");
    client::submission(home.address("submissions"), member, &password).unwrap()
}

/// What a mail program makes of an answer: the word above what it quotes.
fn reply(from: &str, to: &Mail, fields: &str, word: &str) -> Vec<u8> {
    let quoted: String = to.text.lines().map(|line| format!("> {line}\n")).collect();
    format!(
        "From: {from}\nTo: Toxmail <{}>\nSubject: Re: {}\nMessage-ID: <{}-{}@laptop.example>\n{fields}\
         Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n\
         {word}\n\nOn Tue, 24 Nov 2026 at 12:00, Toxmail wrote:\n{quoted}",
        to.from,
        "a question",
        word.len(),
        fields.len(),
    )
    .replace('\n', "\r\n")
    .into_bytes()
}

/// Says RCPT TO in a letter of its own; the answer.
fn rcpt(home: &Home, member: &str, to: &str) -> String {
    let mut line = line(home, member);
    let from = format!("{member}@toxmail.local");
    assert!(
        line.say(&format!("MAIL FROM:<{from}>"))
            .unwrap()
            .starts_with("250")
    );
    line.say(&format!("RCPT TO:<{to}>")).unwrap()
}

fn requests(home: &Home) -> usize {
    let list = home.say(&["contact", "requests"]).unwrap();
    list.as_array().unwrap().len()
}

struct Street {
    node: Node,
    garden: Home,
    /// Takes the garden's ordinary mail.
    provider: Scripted,
    /// Its certificate and password are files, which the garden reads again.
    _authority: Authority,
}

impl Street {
    fn new() -> Self {
        let node = Node::start("127.0.0.1", 33400);
        let authority = Authority::new();
        let provider = Scripted::good(&authority);
        let mut settings = provider.settings(&authority);
        settings.push(("tox", format!("bootstrap = [ {} ]", node.entry)));
        let mut garden = Home::new(
            "garden",
            Plan {
                members: vec!["anna", "ben"],
                settings,
                ..Plan::default()
            },
        );
        garden.start();
        Self {
            node,
            garden,
            provider,
            _authority: authority,
        }
    }

    /// Another home, which knocks at the garden's.
    fn stranger(&self, name: &str, member: &'static str) -> Home {
        let mut home = Home::new(
            name,
            Plan {
                members: vec![member],
                settings: vec![("tox", format!("bootstrap = [ {} ]", self.node.entry))],
                ..Plan::default()
            },
        );
        home.start();
        let id = self.garden.status("tox_id");
        let address = format!("{}@tox", id.as_str().unwrap());
        home.say(&["contact", "add", "Garden", "--tox", &address])
            .unwrap();
        home
    }
}

#[test]
fn a_stranger_knocks_and_a_word_by_mail_lets_them_in() {
    netns::enter_loopback_namespace();
    let street = Street::new();
    let garden = &street.garden;
    let mill = street.stranger("mill", "paul");

    let question = mail(garden, "anna", "mill would like to write to you");
    let address = question.answer_address();
    let key = mill.status("key").as_str().unwrap().to_owned();
    let shown = format!(
        "{} {} {} {} …",
        &key[..4],
        &key[4..8],
        &key[8..12],
        &key[12..16]
    );
    assert!(
        question.text.contains(&format!("mill (key {shown})")),
        "{}",
        question.text
    );
    assert!(
        question
            .text
            .contains("\n    mill would like to exchange mail with you (Toxmail)\n")
    );
    assert!(question.text.contains("Say yes only to somebody you know."));
    assert!(
        mails(garden, "ben").is_empty(),
        "only who is asked hears of it"
    );

    // Somebody else's answer is refused, a stranger to the question's address too.
    let refused = rcpt(garden, "ben", &address);
    assert!(
        refused.starts_with("550 5.7.1") && refused.contains("somebody else"),
        "{refused}"
    );
    let unknown = format!("answer+{}@toxmail.local", "a".repeat(26));
    let refused = rcpt(garden, "anna", &unknown);
    assert!(
        refused.starts_with("550 5.1.1") && refused.contains("no question"),
        "{refused}"
    );
    assert_eq!(requests(garden), 1);

    // What a program answers does nothing, and is not answered.
    let mut annas = line(garden, "anna");
    for fields in ["Auto-Submitted: auto-replied\n", "Precedence: bulk\n"] {
        let letter = reply(ANNA, &question, fields, "yes");
        let said = client::send(&mut annas, ANNA, &[&address], &letter).unwrap();
        assert!(said.starts_with("250"), "{said}");
    }
    let receipt = reply(ANNA, &question, "", "yes");
    let said = client::send(&mut annas, "", &[&address], &receipt).unwrap();
    assert!(said.starts_with("250"), "{said}");
    wait_for("the programs' answers to go", LONG, || {
        garden.queue_is_empty().then_some(())
    });
    assert_eq!(requests(garden), 1, "a program has answered");
    assert_eq!(mails(garden, "anna").len(), 1);

    // What is not understood is explained, and the question waits.
    let letter = reply(ANNA, &question, "", "who is that?");
    client::send(&mut annas, ANNA, &[&address], &letter).unwrap();
    let unclear = mail(garden, "anna", "not understood");
    assert_eq!(unclear.answer_address(), address);
    assert!(
        unclear.text.contains("\"who is that?\"") && unclear.text.contains("\n    yes "),
        "{}",
        unclear.text
    );
    assert_eq!(requests(garden), 1);

    // The answer, with a program that people use.
    let account = Account::new(garden, "anna", "secret-anna", Way::Tls);
    let letter = reply(ANNA, &question, "", "Oui, merci !");
    let said = account.write(Writer::Msmtp, ANNA, &[&address], &letter);
    assert!(said.well, "{}", said.text);
    let done = mail(garden, "anna", "mill can write to you now");
    assert_eq!(done.from, "postmaster@toxmail.local");
    assert_eq!(done.reply_to, None);
    assert!(done.whole.contains("\r\nIn-Reply-To: <"), "{}", done.whole);
    assert_eq!(requests(garden), 0);
    wait_for("the homes to be connected", LONG, || {
        (is_connected(garden, &mill) && is_connected(&mill, garden)).then_some(())
    });

    // Letters cross.
    let there = format!("From: Anna <{ANNA}>\r\nSubject: hello\r\n\r\nDear Paul\r\n");
    let said = client::send(&mut annas, ANNA, &["mill@tox"], there.as_bytes()).unwrap();
    assert!(said.starts_with("250"), "{said}");
    mail(&mill, "paul", "hello");
    let back = "From: Paul <paul@toxmail.local>\r\nSubject: good day\r\nX-Toxmail-Path: ordinary\r\n\r\nDear Anna\r\n";
    let to = garden.address_of("anna");
    let mut pauls = line(&mill, "paul");
    client::send(&mut pauls, "paul@toxmail.local", &[&to], back.as_bytes()).unwrap();
    let arrived = mail(garden, "anna", "good day");
    assert!(
        arrived.whole.contains("\r\nX-Toxmail-Path: direct\r\n"),
        "{}",
        arrived.whole
    );
    assert_eq!(
        arrived.whole.matches("X-Toxmail-Path").count(),
        1,
        "{}",
        arrived.whole
    );

    // The address has been used.
    let refused = rcpt(garden, "anna", &address);
    assert!(
        refused.starts_with("550 5.1.1") && refused.contains("answered before, by anna"),
        "{refused}"
    );
}

#[test]
fn a_stranger_who_is_blocked_by_mail_stays_outside() {
    netns::enter_loopback_namespace();
    let street = Street::new();
    let garden = &street.garden;
    // The file names whom it likes; who does not live here is left out.
    let path = garden.path().join("toxmail.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let text = text.replace(
        "[home]\n",
        "[home]\npairing = [\"ben\", \"nobody\"]\nlanguage = \"de\"\n",
    );
    std::fs::write(&path, text).unwrap();
    let pid = rustix::process::Pid::from_raw(garden.pid() as i32).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::HUP).unwrap();
    wait_for("the settings", LONG, || {
        garden
            .log()
            .contains("configuration read again")
            .then_some(())
    });

    let smithy = street.stranger("smithy", "eve");
    let question = mail(garden, "ben", "smithy möchte Ihnen schreiben");
    assert!(mails(garden, "anna").is_empty());
    let mut bens = line(garden, "ben");
    let letter = reply("ben@toxmail.local", &question, "", "Blockieren!");
    let said = client::send(
        &mut bens,
        "ben@toxmail.local",
        &[&question.answer_address()],
        &letter,
    )
    .unwrap();
    assert!(said.starts_with("250"), "{said}");
    mail(garden, "ben", "smithy ist blockiert");
    let list = garden.say(&["contact", "list"]).unwrap();
    assert_eq!(list[0]["key"], smithy.status("key"));
    assert_eq!(list[0]["state"], "blocked");
    assert_eq!(requests(garden), 0);

    // It knocks on and on, and nobody hears of it any more.
    assert!(!is_connected(&smithy, garden));
    let there = "From: Eve <eve@toxmail.local>\r\nSubject: let me in\r\n\r\nx\r\n";
    let mut eves = line(&smithy, "eve");
    client::send(
        &mut eves,
        "eve@toxmail.local",
        &["garden@tox"],
        there.as_bytes(),
    )
    .unwrap();
    assert_eq!(mails(garden, "ben").len(), 2);
    assert_eq!(mails(garden, "anna").len(), 0);
}

#[test]
fn a_claimed_address_counts_once_a_person_has_said_so() {
    netns::enter_loopback_namespace();
    let street = Street::new();
    let garden = &street.garden;
    let mill = street.stranger("mill", "paul");
    // The mill says that this is Paul's.
    mill.say(&["member", "address", "add", "paul", "paul@mill.example"])
        .unwrap();
    let key = mill.status("key").as_str().unwrap().to_owned();
    wait_for("the request", LONG, || {
        (requests(garden) == 1).then_some(())
    });
    garden.say(&["contact", "accept", &key]).unwrap();

    let question = mail(garden, "anna", "Is this right? Addresses of mill");
    assert!(
        question.text.contains("\n    paul@mill.example is Paul\n"),
        "{}",
        question.text
    );
    let refused = rcpt(garden, "anna", "paul@mill.example");
    assert!(refused.starts_with("550"), "not yet: {refused}");

    let mut annas = line(garden, "anna");
    let letter = reply(ANNA, &question, "", "sí");
    client::send(&mut annas, ANNA, &[&question.answer_address()], &letter).unwrap();
    let done = mail(garden, "anna", "The addresses are confirmed");
    assert!(
        done.text.contains("\n    paul@mill.example\n"),
        "{}",
        done.text
    );
    let taken = rcpt(garden, "anna", "paul@mill.example");
    assert!(taken.starts_with("250"), "{taken}");

    // An operator's word does the same.
    garden
        .say(&["contact", "confirm", "paul", "p@mill.example"])
        .unwrap();
    let taken = rcpt(garden, "anna", "p@mill.example");
    assert!(taken.starts_with("250"), "{taken}");
    let twice = garden
        .say(&["contact", "confirm", "mill", "p@mill.example"])
        .unwrap_err();
    assert!(twice.contains("has the address"), "{twice}");
}

/// A letter to these, and one more in `Bcc`.
fn to_all(subject: &str, to: &[&str], hidden: &str) -> Vec<u8> {
    with_copies(subject, to, &[], &[hidden])
}

fn with_copies(subject: &str, to: &[&str], cc: &[&str], bcc: &[&str]) -> Vec<u8> {
    let fields = [("To", to), ("Cc", cc), ("Bcc", bcc)];
    let fields: String = fields
        .iter()
        .filter(|(_, list)| !list.is_empty())
        .map(|(name, list)| format!("{name}: {}\r\n", list.join(",\r\n ")))
        .collect();
    format!(
        "From: Anna <{ANNA}>\r\n{fields}Subject: {subject}\r\nMessage-ID: <{subject}@laptop.example>\r\n\
         Date: Tue, 24 Nov 2026 12:00:00 +0000\r\n\r\nDear all\r\n"
    )
    .into_bytes()
}

/// Addresses of a field, as a mail program reads them.
fn addresses(mail: &str, field: &str) -> Vec<String> {
    let message = MessageParser::default().parse(mail.as_bytes()).unwrap();
    let list = match message.header(field) {
        Some(mail_parser::HeaderValue::Address(list)) => list,
        _ => return Vec::new(),
    };
    let found = list.iter().filter_map(|a| a.address().map(str::to_owned));
    found.collect()
}

#[test]
fn a_letter_to_everybody_takes_each_ones_way_and_its_writer_is_told_once() {
    netns::enter_loopback_namespace();
    let street = Street::new();
    let (garden, provider) = (&street.garden, &street.provider);
    garden
        .say(&["member", "address", "add", "anna", "anna@family.example"])
        .unwrap();
    let mill = street.stranger("mill", "paul");
    let smithy = street.stranger("smithy", "eve");
    for (home, member) in [(garden, "clara"), (&mill, "olga")] {
        let password = format!("secret-{member}\n");
        home.say_with(&["member", "add", member], Some(&password))
            .unwrap();
    }
    wait_for("the requests", LONG, || {
        (requests(garden) == 2).then_some(())
    });
    let key = |home: &Home| home.status("key").as_str().unwrap().to_owned();
    garden.say(&["contact", "accept", &key(&mill)]).unwrap();
    wait_for("the mill's people", LONG, || {
        garden
            .say(&["contact", "confirm", "paul", "paul@mill.example"])
            .ok()
    });
    // Nobody has asked about these two: their homes are strangers to anna, and she writes to one by its Tox address.
    garden.say(&["contact", "refuse", &key(&smithy)]).unwrap();
    let smithy_id = format!("{}@tox", smithy.status("tox_id").as_str().unwrap());

    let five = [
        "ben@toxmail.local",
        "mill@tox",
        "paul@mill.example",
        smithy_id.as_str(),
        "service@bank.example",
    ];
    // Hidden are a stranger, a contact and a member.
    let hidden = "hidden@bank.example";
    let bcc = [hidden, "olga@tox", "clara@toxmail.local"];
    wait_for("olga to be known", LONG, || {
        rcpt(garden, "anna", bcc[1])
            .starts_with("250")
            .then_some(())
    });
    let (to, cc) = ([five[0], five[1], five[3]], [five[2], five[4]]);
    let letter = with_copies("five", &to, &cc, &bcc);
    let mut annas = line(garden, "anna");
    let all: Vec<&str> = five.iter().copied().chain(bcc).collect();
    let said = client::send(&mut annas, ANNA, &all, &letter).unwrap();
    assert!(said.starts_with("250"), "{said}");

    let bens = mail(garden, "ben", "five");
    let pauls = mail(&mill, "paul", "five");
    let eves = mail(&smithy, "eve", "five");
    let taken = wait_for("the provider's copy", LONG, || provider.taken().pop());
    assert_eq!(taken.sender, "anna@family.example");
    assert_eq!(taken.recipients, ["service@bank.example", hidden]);
    let olgas = mail(&mill, "olga", "five");
    let claras = mail(garden, "clara", "five");
    for (reader, copy) in [
        ("ben", &bens.whole),
        ("paul", &pauls.whole),
        ("eve", &eves.whole),
        ("olga", &olgas.whole),
        ("clara", &claras.whole),
        ("", &taken.letter),
    ] {
        assert!(copy.ends_with("\r\n\r\nDear all\r\n"), "{copy}");
        let head = copy.to_lowercase();
        for secret in ["hidden@", "olga@", "clara@", "\nbcc:"] {
            if secret.trim_end_matches('@') == reader {
                continue;
            }
            assert!(!head.contains(secret), "{reader}, {secret}: {copy}");
        }
        // Who was written to openly stands where the writer put them.
        let cc = addresses(copy, "Cc");
        assert_eq!(cc.len(), 2, "{reader}: {copy}");
        assert_eq!(cc[1], "service@bank.example", "{reader}: {copy}");
        assert!(!addresses(copy, "To").contains(&cc[0]), "{reader}: {copy}");
    }
    assert_eq!(addresses(&taken.letter, "Cc")[0], "paul@mill.example");
    // What a provider sees: ordinary addresses, no key and no nickname.
    let ordinary = taken.letter.to_lowercase();
    assert!(
        ordinary.contains("paul@mill.example") && ordinary.contains("service@bank.example"),
        "{ordinary}"
    );
    for secret in [".tox", "@tox", "toxmail.local", "x-toxmail"] {
        assert!(
            !ordinary.split("\r\n\r\n").next().unwrap().contains(secret),
            "{secret}: {ordinary}"
        );
    }
    assert!(bens.whole.contains("X-Toxmail-Path: local\r\n"));
    assert!(pauls.whole.contains("X-Toxmail-Path: direct\r\n"));

    let told = mail(garden, "anna", "Which way it went: five");
    let (private, by_mail) = told
        .text
        .split_once("By ordinary mail, through your provider:")
        .unwrap();
    for who in [
        "ben@toxmail.local",
        "mill (mill@tox)",
        "paul@mill.example",
        "olga@tox",
        "clara@toxmail.local",
    ] {
        assert!(private.contains(who), "{who}\n{}", told.text);
    }
    for who in ["service@bank.example", hidden] {
        assert!(by_mail.contains(who), "{who}\n{}", told.text);
    }
    assert!(
        by_mail.contains("Answers to ordinary mail arrive in your mailbox at the provider"),
        "{}",
        told.text
    );
    assert!(
        told.whole
            .contains("\r\nIn-Reply-To: <five@laptop.example>\r\n"),
        "{}",
        told.whole
    );

    // All private: nothing is said. Ordinary only, for the second time: nothing either.
    for (subject, to) in [("private", &five[..3]), ("ordinary", &five[4..])] {
        let said = client::send(&mut annas, ANNA, to, &to_all(subject, to, "x@y.example")).unwrap();
        assert!(said.starts_with("250"), "{said}");
    }
    wait_for("the second ordinary letter", LONG, || {
        (provider.taken().len() == 2).then_some(())
    });
    wait_for("the queue to be empty", LONG, || {
        garden.queue_is_empty().then_some(())
    });
    let notices: Vec<String> = mails(garden, "anna")
        .into_iter()
        .map(|m| m.subject)
        .collect();
    let about: Vec<&String> = notices
        .iter()
        .filter(|s| !s.contains("would like"))
        .collect();
    assert_eq!(about, ["Which way it went: five"], "{notices:?}");

    who_asks_to_be_asked_decides(garden, provider, &mut annas);
    who_refuses_is_refused(garden, &mut annas);
}

fn who_asks_to_be_asked_decides(garden: &Home, provider: &Scripted, annas: &mut Line) {
    let chosen = garden
        .say(&[
            "member",
            "settings",
            "anna",
            "--mixed",
            "ask",
            "--language",
            "fr",
        ])
        .unwrap();
    assert_eq!(
        (&chosen["mixed"], &chosen["language"]),
        (&"ask".into(), &"fr".into())
    );
    let to = ["ben@toxmail.local", "service@bank.example"];
    let before = provider.taken().len();
    for (subject, word) in [("yes", "envoyer"), ("no", "non")] {
        let said = client::send(annas, ANNA, &to, &to_all(subject, &to, "x@y.example")).unwrap();
        assert!(said.starts_with("250"), "{said}");
        let question = mail(garden, "anna", &format!("Faut-il l'envoyer ? {subject}"));
        let queue = garden.say(&["queue", "list"]).unwrap();
        let held = queue
            .as_array()
            .unwrap()
            .iter()
            .find(|m| m["sender"] == ANNA)
            .unwrap();
        assert_eq!(held["recipients"][0]["state"], "held", "{queue}");
        let id = held["id"].to_string();
        let refused = garden.say(&["queue", "retry", &id]).unwrap_err();
        assert!(refused.contains("is held"), "{refused}");
        assert!(mails(garden, "ben").iter().all(|m| m.subject != subject));
        let answer = question.answer_address();
        client::send(annas, ANNA, &[&answer], &reply(ANNA, &question, "", word)).unwrap();
        let done = if word == "non" {
            "Pas envoyée : no"
        } else {
            "Elle part : yes"
        };
        mail(garden, "anna", done);
        wait_for("the queue to be empty", LONG, || {
            garden.queue_is_empty().then_some(())
        });
    }
    mail(garden, "ben", "yes");
    assert!(mails(garden, "ben").iter().all(|m| m.subject != "no"));
    assert_eq!(provider.taken().len(), before + 1);
}

fn who_refuses_is_refused(garden: &Home, annas: &mut Line) {
    garden
        .say(&["member", "settings", "anna", "--mixed", "refuse"])
        .unwrap();
    let to = ["ben@toxmail.local", "service@bank.example"];
    let letter = to_all("refused", &to, "x@y.example");
    let said = client::send(annas, ANNA, &to, &letter).unwrap();
    assert!(
        said.starts_with("550 5.7.1") && said.contains("apart"),
        "{said}"
    );
    let said = client::send(annas, ANNA, &to[..1], &letter).unwrap();
    assert!(said.starts_with("250"), "{said}");
    let wrong = garden.say(&["member", "settings", "nobody"]).unwrap_err();
    assert!(wrong.contains("no member"), "{wrong}");
    let wrong = garden
        .say(&["member", "settings", "anna", "--language", "klingon"])
        .unwrap_err();
    assert!(wrong.contains("write en, fr, de or es"), "{wrong}");
}
