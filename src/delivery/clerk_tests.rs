//! The clerk without a network: whom it asks, how often, and what an answer does.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use mail_parser::MessageParser;

use super::clerk::{Clerk, PEOPLE};
use super::courier::{Errand, Errands};
use super::pairing::Pairing;
use super::{Post, Rooms, Settings, report, ways};
use crate::clock::{Clock, FakeTime};
use crate::contacts::{ClaimedMember, Contacts, Standing, Who};
use crate::database::Database;
use crate::mail::address::{MemberName, PeerKey};
use crate::mail::envelope::{Envelope, Notify, Recipient};
use crate::mail::verdict::{Reason, Status, Verdict};
use crate::members::{Members, Mixed};
use crate::providers::Providers;
use crate::queue::{AccountId, Destination, GiveUp, Limits, Plan, Queue, Submission, Submitted};
use crate::store::{Quota, Store};
use crate::tox::{self, Node};

const DAY: Duration = Duration::from_secs(86_400);

struct Home {
    database: Database,
    time: FakeTime,
    post: Arc<Post>,
    clerk: Clerk,
    _errands: std::sync::mpsc::Receiver<Errand>,
    _runtime: tokio::runtime::Runtime,
    _dir: tempfile::TempDir,
}

/// A mail that waits for a member: subject, text, and where an answer goes.
#[derive(Debug)]
struct Mail {
    to: String,
    subject: String,
    text: String,
    from: String,
}

fn name(text: &str) -> MemberName {
    text.parse().unwrap()
}

fn key(n: u8) -> PeerKey {
    PeerKey::from_bytes([n; 32])
}

impl Home {
    fn new(members: &[&str]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let time = FakeTime::default();
        let database = Database::open(&dir.path().join("toxmail.db")).unwrap();
        let clock = Clock::fake(&database, &time).unwrap();
        let mut quiet = tox::Settings::new(dir.path().join("tox.save"));
        quiet.udp = false;
        quiet.local_discovery = false;
        quiet.bootstrap = Vec::new();
        let node = Arc::new(Node::start(quiet, Vec::new(), || Box::new(())).unwrap());
        let people = Members::open(database.clone()).unwrap();
        for member in members {
            people.add(&name(member), "", "open sesame").unwrap();
        }
        let quota = Quota {
            bytes: 0,
            reserve_bytes: 0,
        };
        let limits = Limits {
            reserve_bytes: 0,
            ..Limits::default()
        };
        let queue = dir.path().join("queue");
        let rooms = Rooms {
            contacts: Contacts::open(database.clone(), node.key(), "toxmail.local".into()),
            members: people,
            providers: Providers::open(database.clone(), dir.path()),
            queue: Queue::open(&queue, database.clone(), clock.clone(), limits).unwrap(),
            store: Store::open(&dir.path().join("mail"), database.clone(), quota).unwrap(),
            clock,
        };
        let settings = Settings {
            home_name: "Garden Street 5".into(),
            language: "en".into(),
            max_message_bytes: 1 << 20,
            max_recipients: 100,
            delay_notice_after: Duration::from_secs(4 * 3600),
            expire_after: 30 * DAY,
        };
        let post = Arc::new(Post::new(node.key(), "toxmail.local", rooms, settings));
        let (errands, inbox) = Errands::new();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_time()
            .build()
            .unwrap();
        let handle = runtime.handle().clone();
        let pairing = Arc::new(Pairing::new(Arc::clone(&post), errands, handle));
        pairing.connect(node);
        let clerk = Clerk::new(Arc::clone(&post), pairing, database.clone(), None);
        Self {
            database,
            time,
            post,
            clerk,
            _errands: inbox,
            _runtime: runtime,
            _dir: dir,
        }
    }

    fn knock(&self, n: u8, message: &str) {
        let contacts = &self.post.contacts;
        contacts.knock(&key(n), message.as_bytes()).unwrap();
    }

    /// The mails that wait for members; each is settled as delivered.
    fn mails(&self) -> Vec<Mail> {
        let queue = &self.post.queue;
        let mut mails = Vec::new();
        let due = queue.due(&Destination::Local, 100, &Default::default());
        for delivery in due.unwrap() {
            if !delivery.sender.is_empty() {
                continue; // a letter of a member's
            }
            let mut bytes = Vec::new();
            let mut file = queue.open_message(delivery.message).unwrap();
            std::io::Read::read_to_end(&mut file, &mut bytes).unwrap();
            let message = MessageParser::default().parse(&bytes).unwrap();
            let from = message.from().and_then(|f| f.first()).unwrap();
            mails.push(Mail {
                to: delivery.recipients[0].there.clone(),
                subject: message.subject().unwrap().to_owned(),
                text: message.body_text(0).unwrap().replace("\r\n", "\n"),
                from: from.address().unwrap().to_owned(),
            });
            queue
                .settle(delivery.id, &[(0, Verdict::Delivered)])
                .unwrap();
        }
        mails
    }

    fn asked(&self) -> Vec<Mail> {
        self.clerk.round();
        self.mails()
    }

    /// A letter of that member to a one-time address, and what the clerk makes of it.
    fn answer(&self, member: &str, to: &str, text: &str) -> Vec<Mail> {
        self.answer_from(member, &format!("{member}@toxmail.local"), to, text)
    }

    fn answer_from(&self, member: &str, sender: &str, to: &str, text: &str) -> Vec<Mail> {
        let delivery = self.written(member, sender, to, text);
        let verdicts = self.clerk.attempt(&delivery);
        assert_eq!(verdicts, [(0, Verdict::Delivered)]);
        self.post.queue.settle(delivery.id, &verdicts).unwrap();
        self.mails()
    }

    fn written(&self, member: &str, sender: &str, to: &str, text: &str) -> crate::queue::Delivery {
        let queue = &self.post.queue;
        let letter = format!("From: {member}@toxmail.local\r\nTo: {to}\r\n{text}");
        let mut draft = queue.draft(None).unwrap();
        draft.write_all(letter.as_bytes()).unwrap();
        let submission = Submission {
            member: Some(name(member)),
            envelope: Envelope {
                sender: sender.into(),
                recipients: vec![Recipient {
                    address: to.into(),
                    notify: Notify::default(),
                    original: None,
                }],
                ..Envelope::default()
            },
            plans: vec![Plan {
                recipient: 0,
                destination: Destination::Answer,
                there: String::new(),
            }],
            ..Submission::default()
        };
        queue.submit(draft, submission).unwrap();
        let due = queue.due(&Destination::Answer, 100, &Default::default());
        due.unwrap().pop().unwrap()
    }

    fn standing(&self, n: u8) -> Standing {
        let who = Who::Peer {
            key: key(n),
            local: None,
        };
        self.post.contacts.standing(&who).unwrap()
    }
}

#[test]
fn a_flood_of_strangers_costs_a_few_mails_a_day() {
    let home = Home::new(&["anna"]);
    for n in 1..=20 {
        home.knock(n, "let me in");
    }
    let mails = home.asked();
    let questions = |mails: &[Mail]| {
        mails
            .iter()
            .filter(|m| m.from.starts_with("answer+"))
            .count()
    };
    assert_eq!((questions(&mails), mails.len()), (3, 4), "{mails:#?}");
    let more = mails
        .iter()
        .find(|m| m.from.starts_with("postmaster"))
        .unwrap();
    assert_eq!(more.subject, "More people would like to write to you: 17");
    // They knock again and again.
    for _ in 0..3 {
        for n in 1..=20 {
            home.knock(n, "let me in");
        }
        home.time.advance(Duration::from_secs(3600));
        assert!(home.asked().is_empty());
    }
    home.time.advance(DAY);
    let mails = home.asked();
    assert_eq!((questions(&mails), mails.len()), (3, 4));
    assert!(
        mails.iter().any(|m| m.subject.ends_with(": 14")),
        "{mails:#?}"
    );
    for _ in 0..5 {
        home.time.advance(DAY);
        home.asked();
    }
    home.time.advance(DAY);
    assert!(home.asked().is_empty(), "everybody was asked about once");
}

#[test]
fn those_whom_the_settings_name_are_asked_else_the_administrator() {
    let home = Home::new(&["anna", "ben", "cleo"]);
    let to = |mails: Vec<Mail>| -> Vec<String> { mails.into_iter().map(|m| m.to).collect() };
    home.knock(1, "a");
    assert_eq!(to(home.asked()), ["anna"]);
    home.database
        .set_setting(PEOPLE, Some("ben, cleo,gone"))
        .unwrap();
    home.knock(2, "b");
    assert_eq!(to(home.asked()), ["ben", "cleo"]);
    home.clerk.set_people(Some(vec![name("gone")]));
    home.knock(3, "c");
    assert_eq!(
        to(home.asked()),
        ["anna"],
        "the file wins, and nobody it names lives here"
    );
    // Nobody is at home: nothing is lost.
    let empty = Home::new(&[]);
    empty.knock(1, "a");
    assert!(empty.asked().is_empty());
    empty
        .post
        .members
        .add(&name("anna"), "", "open sesame")
        .unwrap();
    assert_eq!(to(empty.asked()), ["anna"]);
}

#[test]
fn a_strangers_words_can_neither_be_followed_nor_taken_for_ours() {
    let home = Home::new(&["anna"]);
    home.knock(
        1,
        "hello\r\nSubject: x\u{202e}\r\n\r\nsee http://evil.example/login or write to bank@evil.example: To answer, reply yes",
    );
    let mail = home.asked().remove(0);
    assert_eq!(mail.subject, "Home 01010101 would like to write to you");
    let words: Vec<&str> = mail
        .text
        .split("\n\n")
        .find(|part| part.contains("evil"))
        .unwrap()
        .lines()
        .collect();
    assert!(
        words.len() > 1
            && words
                .iter()
                .all(|line| line.starts_with("    ") && line.len() < 75),
        "{words:?}"
    );
    for bad in ["://", "evil.example", "@evil", "\u{202e}"] {
        assert!(!mail.text.contains(bad), "{bad}: {}", mail.text);
    }
}

#[test]
fn each_word_does_what_the_operators_command_does() {
    let home = Home::new(&["anna", "ben"]);
    home.database.set_setting(PEOPLE, Some("anna,ben")).unwrap();
    for (n, words) in [(1, "yes"), (2, "no"), (3, "block")] {
        home.knock(
            n,
            &format!("Home {words} would like to exchange mail with you (Toxmail)"),
        );
    }
    let questions = home.asked();
    let question = |word: &str, to: &str| {
        let mut all = questions.iter().filter(|m| m.to == to);
        all.find(|m| m.subject.starts_with(&format!("Home {word} ")))
            .unwrap()
            .from
            .clone()
    };
    // The question is one, whoever of the two reads it.
    assert_eq!(question("yes", "anna"), question("yes", "ben"));

    let [accepted] = &home.answer("ben", &question("yes", "ben"), "\r\nYes!\r\n")[..] else {
        panic!()
    };
    assert_eq!(
        (accepted.to.as_str(), accepted.subject.as_str()),
        ("ben", "Home yes can write to you now")
    );
    assert!(
        accepted.text.contains("Letters to home.yes@tox reach them"),
        "{}",
        accepted.text
    );
    assert!(matches!(home.standing(1), Standing::Known(_)));

    let [refused] = &home.answer("anna", &question("no", "anna"), "\r\nNon merci\r\n")[..] else {
        panic!()
    };
    assert_eq!(refused.subject, "You said no to Home no");
    assert_eq!(home.standing(2), Standing::Stranger);
    // It knocks on; nobody is asked again within a month.
    home.knock(2, "x");
    home.time.advance(10 * DAY);
    assert!(home.asked().is_empty());

    let [blocked] = &home.answer("anna", &question("block", "anna"), "\r\nSperren.\r\n")[..] else {
        panic!()
    };
    assert_eq!(blocked.subject, "Home block is blocked");
    assert_eq!(home.standing(3), Standing::Blocked);

    // The other one is late, and nothing changes.
    let [late] = &home.answer("anna", &question("yes", "anna"), "\r\nblock\r\n")[..] else {
        panic!()
    };
    assert!(
        late.text
            .contains("Ben has answered this question before, with \"yes\"."),
        "{}",
        late.text
    );
    assert!(matches!(home.standing(1), Standing::Known(_)));
    let refusal = home
        .clerk
        .admits(&name("anna"), &secret(&question("yes", "anna")))
        .unwrap_err();
    assert!(
        refusal.text.contains("answered before, by ben"),
        "{refusal}"
    );
}

/// A name that came later is nobody's who was asked about.
#[test]
fn who_was_asked_about_is_who_is_let_in() {
    let home = Home::new(&["anna"]);
    home.knock(1, "Nobody would like to exchange mail with you (Toxmail)");
    home.knock(1, "Zoe would like to exchange mail with you (Toxmail)");
    let question = home.asked().remove(0);
    assert!(question.subject.starts_with("Zoe "), "{question:?}");
    home.knock(1, "Postbank would like to exchange mail with you (Toxmail)");
    let [accepted] = &home.answer("anna", &question.from, "\r\nyes\r\n")[..] else {
        panic!()
    };
    assert_eq!(accepted.subject, "Zoe can write to you now");
    assert!(accepted.text.contains("zoe@tox"), "{}", accepted.text);
}

fn secret(address: &str) -> String {
    address.split(['+', '@']).nth(1).unwrap().to_owned()
}

#[test]
fn nobody_else_no_program_and_nothing_unclear_does_anything() {
    let home = Home::new(&["anna", "ben"]);
    home.knock(1, "Mill would like to exchange mail with you (Toxmail)");
    let to = home.asked().remove(0).from;
    assert!(
        home.answer("anna", &to, "Auto-Submitted: auto-replied\r\n\r\nyes\r\n")
            .is_empty()
    );
    assert!(home.answer_from("anna", "", &to, "\r\nyes\r\n").is_empty());
    let [forged] = &home.answer("ben", &to, "\r\nyes\r\n")[..] else {
        panic!()
    };
    assert_eq!(
        (forged.to.as_str(), forged.subject.as_str()),
        ("ben", "Your answer does not count")
    );
    let [unclear] = &home.answer("anna", &to, "\r\nmaybe\r\n")[..] else {
        panic!()
    };
    assert!(
        unclear.text.contains("\"maybe\"") && unclear.from == to,
        "{unclear:?}"
    );
    // A word that answers other questions.
    let [send] = &home.answer("anna", &to, "\r\nsend\r\n")[..] else {
        panic!()
    };
    assert_eq!(send.subject, "Your answer was not understood");
    assert_eq!(home.standing(1), Standing::Stranger);
    assert_eq!(home.post.contacts.requests().unwrap().len(), 1);

    // A program that does not say so answers everything: not for ever.
    let mut explained = 2;
    for _ in 0..20 {
        explained += home.answer("anna", &to, "\r\nI am on holiday.\r\n").len();
    }
    assert_eq!(explained, 10);
    assert!(
        home.clerk.admits(&name("anna"), &secret(&to)).is_ok(),
        "a word still counts"
    );

    // Its time is over.
    home.time.advance(31 * DAY);
    let refusal = home.clerk.admits(&name("anna"), &secret(&to)).unwrap_err();
    assert!(refusal.text.contains("is over"), "{refusal}");
    let [late] = &home.answer("anna", &to, "\r\nyes\r\n")[..] else {
        panic!()
    };
    assert_eq!(late.subject, "Your answer came too late");
    assert_eq!(home.standing(1), Standing::Stranger);
}

#[test]
fn an_answer_that_is_tried_again_after_a_crash_is_done_once() {
    let home = Home::new(&["anna"]);
    home.knock(1, "Mill would like to exchange mail with you (Toxmail)");
    let to = home.asked().remove(0).from;
    let delivery = home.written("anna", "anna@toxmail.local", &to, "\r\nyes\r\n");
    for _ in 0..2 {
        // As if the home had died before it settled the row.
        assert_eq!(home.clerk.attempt(&delivery), [(0, Verdict::Delivered)]);
        assert!(matches!(home.standing(1), Standing::Known(_)));
    }
    home.post
        .queue
        .settle(delivery.id, &[(0, Verdict::Delivered)])
        .unwrap();
    let mails = home.mails();
    assert!(
        mails
            .iter()
            .all(|m| m.subject == "Mill can write to you now"),
        "{mails:?}"
    );
    assert_eq!(home.post.contacts.list().unwrap().len(), 1);
}

#[test]
fn somebody_decides_in_another_way_before_the_answer_comes() {
    let home = Home::new(&["anna"]);
    for n in 1..=3 {
        home.knock(n, "Mill would like to exchange mail with you (Toxmail)");
    }
    let questions = home.asked();
    let contacts = &home.post.contacts;
    contacts.accept(&key(1).to_string()).unwrap();
    contacts.refuse(&key(2).to_string()).unwrap();
    contacts.block_key(&key(3)).unwrap();
    for (question, word) in questions.iter().zip(["block", "yes", "yes"]) {
        let [told] = &home.answer("anna", &question.from, &format!("\r\n{word}\r\n"))[..] else {
            panic!()
        };
        assert!(told.subject.contains("came too late"), "{told:?}");
    }
    assert!(matches!(home.standing(1), Standing::Known(_)));
    assert_eq!(home.standing(2), Standing::Stranger);
    assert_eq!(home.standing(3), Standing::Blocked);
}

#[test]
fn claims_are_asked_about_once_a_day_at_most_and_each_once() {
    let home = Home::new(&["anna"]);
    home.knock(1, "Mill would like to exchange mail with you (Toxmail)");
    let contacts = &home.post.contacts;
    contacts.accept(&key(1).to_string()).unwrap();
    contacts.saw_hello(&key(1)).unwrap();
    let learn = |count: usize| {
        let emails = (0..count).map(|n| format!("paul{n}@example.org")).collect();
        let paul = ClaimedMember {
            name: "paul".into(),
            display: "Paul".into(),
            emails,
        };
        let both = ClaimedMember {
            name: "pia".into(),
            display: "Pia".into(),
            emails: vec!["paul0@example.org".into(), "pia@example.org".into()],
        };
        contacts.learn(&key(1), "Mill", vec![paul, both]).unwrap();
    };
    learn(4);
    let [question] = &home.asked()[..] else {
        panic!()
    };
    assert_eq!(question.subject, "Is this right? Addresses of Mill");
    // Two of them claim the first: that is no question of yes or no.
    assert!(!question.text.contains("paul0@"), "{}", question.text);
    for line in [
        "\n    paul1@example.org is Paul\n",
        "\n    pia@example.org is Pia\n",
    ] {
        assert!(question.text.contains(line), "{}", question.text);
    }
    let [done] = &home.answer("anna", &question.from, "\r\nja\r\n")[..] else {
        panic!()
    };
    assert!(
        done.text.contains("\n    paul3@example.org\n"),
        "{}",
        done.text
    );
    let paul = home
        .post
        .contacts
        .resolve("paul1@example.org", None)
        .unwrap()
        .unwrap();
    assert_eq!(
        paul,
        Who::Peer {
            key: key(1),
            local: Some("paul".into())
        }
    );

    // The next ones wait for tomorrow, ten at a time.
    learn(19);
    assert!(home.asked().is_empty());
    home.time.advance(DAY);
    let [question] = &home.asked()[..] else {
        panic!()
    };
    assert_eq!(
        question.text.matches("@example.org is").count(),
        10,
        "{}",
        question.text
    );
    let [denied] = &home.answer("anna", &question.from, "\r\nno\r\n")[..] else {
        panic!()
    };
    assert!(denied.subject.contains("not confirmed"));
    home.time.advance(DAY);
    let [rest] = &home.asked()[..] else { panic!() };
    assert_eq!(
        rest.text.matches("@example.org is").count(),
        5,
        "{}",
        rest.text
    );
    home.time.advance(DAY);
    assert!(home.asked().is_empty(), "each once");

    // Whoever came to have an address in the meantime keeps it.
    contacts.confirm("paul", "paul5@example.org").unwrap();
    home.post
        .members
        .address_add(&name("anna"), "paul9@example.org")
        .unwrap();
    let [done] = &home.answer("anna", &rest.from, "\r\nyes\r\n")[..] else {
        panic!()
    };
    let (these, others) = done.text.split_once("could not be confirmed").unwrap();
    assert!(
        others.contains("paul9@") && !these.contains("paul9@"),
        "{}",
        done.text
    );
}

#[test]
fn every_mail_is_there_in_four_languages() {
    for (language, words) in [
        ("en", ["would like to write to you", "yes", "block"]),
        ("fr", ["souhaite vous écrire", "oui", "bloquer"]),
        ("de", ["möchte Ihnen schreiben", "ja", "blockieren"]),
        ("es", ["quiere escribirle", "sí", "bloquear"]),
    ] {
        let home = Home::new(&["anna"]);
        home.post
            .members
            .set_language(&name("anna"), Some(language))
            .unwrap();
        home.knock(1, "hello");
        let question = home.asked().remove(0);
        assert!(question.subject.contains(words[0]), "{question:?}");
        for word in &words[1..] {
            assert!(
                question.text.contains(&format!("\n    {word} ")),
                "{}",
                question.text
            );
        }
        assert!(!question.text.contains("{}") && !question.subject.contains("{}"));
        let answer = format!("\r\n{}\r\n", words[1]);
        let done = home.answer("anna", &question.from, &answer).remove(0);
        assert!(
            !done.text.contains("{}") && !done.subject.contains("{}"),
            "{done:?}"
        );
        assert!(matches!(home.standing(1), Standing::Known(_)), "{language}");
    }
}

static LETTERS: AtomicU32 = AtomicU32::new(0);

/// The provider that takes ordinary mail.
const PROVIDER: Destination = Destination::Relay(AccountId::HOME);

impl Home {
    /// Anna's letter with that subject, as the desk would queue it; the number of its message.
    fn letter(
        &self,
        subject: &str,
        ways: &[(&str, Destination)],
    ) -> Result<crate::queue::QueueId, crate::mail::verdict::Reason> {
        let plans: Vec<Plan> = ways
            .iter()
            .enumerate()
            .map(|(recipient, (address, destination))| Plan {
                recipient,
                destination: *destination,
                there: match destination {
                    Destination::Tox(_) => String::new(),
                    _ => address.split('@').next().unwrap().to_owned(),
                },
            })
            .collect();
        let (start, told) = ways::choose(&self.post, &name("anna"), &plans).unwrap()?;
        let mut draft = self.post.queue.draft(None).unwrap();
        let letter = format!("From: anna@toxmail.local\r\nSubject: {subject}\r\n\r\nDear all\r\n");
        // No two letters are the same.
        let number = LETTERS.fetch_add(1, Ordering::Relaxed);
        draft.write_all(letter.as_bytes()).unwrap();
        let submission = Submission {
            member: Some(name("anna")),
            message_id: Some(format!("<{number}@laptop.example>")),
            envelope: Envelope {
                sender: "anna@toxmail.local".into(),
                recipients: ways
                    .iter()
                    .map(|(address, _)| Recipient {
                        address: (*address).into(),
                        notify: Notify::default(),
                        original: None,
                    })
                    .collect(),
                ..Envelope::default()
            },
            plans,
            start,
            ways: told,
            ..Submission::default()
        };
        match self.post.queue.submit(draft, submission).unwrap() {
            Submitted::Queued(id) => Ok(id),
            other => panic!("{other:?}"),
        }
    }

    /// Everything that is due there ends with this verdict; how many there were.
    fn end(&self, destination: Destination, verdict: &Verdict) -> usize {
        let queue = &self.post.queue;
        if let Destination::Tox(key) = &destination {
            queue.release(key);
        }
        let due = queue.due(&destination, 100, &Default::default()).unwrap();
        for delivery in &due {
            let verdicts = super::letter::everybody(delivery, verdict);
            queue.settle(delivery.id, &verdicts).unwrap();
        }
        due.len()
    }

    fn told(&self) -> Vec<Mail> {
        while report::tell(&self.post).unwrap() {}
        self.mails()
    }
}

fn never() -> Verdict {
    Verdict::Never {
        why: Reason::new(Status(5, 1, 1), "nobody here has that name"),
    }
}

#[test]
fn a_letter_of_two_ways_is_told_about_once_when_its_ordinary_copies_have_left() {
    let home = Home::new(&["anna", "ben"]);
    let grandma = key(1);
    home.knock(1, "Grandma would like to exchange mail with you (Toxmail)");
    home.post.contacts.accept(&grandma.to_string()).unwrap();
    let all = [
        ("grandma@tox", Destination::Tox(grandma)),
        ("service@bank.example", PROVIDER),
        ("gone@bank.example", PROVIDER),
    ];
    home.letter("holiday", &all).unwrap();
    assert!(home.told().is_empty(), "nothing has happened yet");
    let due = home
        .post
        .queue
        .due(&PROVIDER, 9, &Default::default())
        .unwrap();
    let verdicts = [(1, Verdict::Delivered), (2, never())];
    let settled = home.post.queue.settle(due[0].id, &verdicts).unwrap();
    assert!(settled.owed && !settled.gone);
    let mails = home.told();
    let ways: Vec<&Mail> = mails
        .iter()
        .filter(|m| m.subject == "Which way it went: holiday")
        .collect();
    assert_eq!(
        (ways.len(), mails.len()),
        (1, 2),
        "and the failure by itself: {mails:#?}"
    );
    let text = &ways[0].text;
    for line in [
        "Directly and privately, from home to home:\n    Grandma (grandma@tox) (it waits for their home)\n",
        "By ordinary mail, through your provider:\n    service@bank.example\n    gone@bank.example (did NOT arrive; another mail tells you why)\n",
        "sees on it the ordinary e-mail addresses of the others",
        // The first letter by ordinary mail.
        "Answers to ordinary mail arrive in your mailbox at the provider, not here.",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert!(home.told().is_empty(), "once");
    assert_eq!(home.end(Destination::Tox(grandma), &Verdict::Delivered), 1);
    assert!(home.told().is_empty());
    assert_eq!(
        home.post.queue.counts().unwrap().messages,
        0,
        "nothing stays"
    );

    // The word about answers comes once; the ways of each letter by themselves.
    home.letter("again", &all[..2]).unwrap();
    home.end(Destination::Tox(grandma), &Verdict::Delivered);
    assert!(home.told().is_empty());
    home.end(PROVIDER, &Verdict::Delivered);
    let [again] = &home.told()[..] else { panic!() };
    assert!(
        again.text.contains("    Grandma (grandma@tox)\n") && !again.text.contains("Answers to"),
        "{again:?}"
    );
    assert_eq!(home.post.queue.counts().unwrap().messages, 0);
}

#[test]
fn letters_of_one_way_need_no_word_but_the_first_by_ordinary_mail() {
    let home = Home::new(&["anna", "ben"]);
    for (subject, ways) in [
        (
            "private",
            vec![
                ("ben@toxmail.local", Destination::Local),
                ("x@tox", Destination::Tox(key(1))),
            ],
        ),
        (
            "answer",
            vec![
                ("answer+a@toxmail.local", Destination::Answer),
                ("a@b.example", PROVIDER),
            ],
        ),
    ] {
        home.letter(subject, &ways).unwrap();
    }
    home.end(Destination::Local, &Verdict::Delivered);
    home.end(Destination::Tox(key(1)), &Verdict::Delivered);
    home.end(Destination::Answer, &Verdict::Delivered);
    assert!(home.told().is_empty());
    // Nobody got it: nothing was learned by it.
    home.end(PROVIDER, &never());
    let mails = home.told();
    assert!(
        mails.iter().all(|m| !m.text.contains("Answers to")) && mails.len() == 1,
        "{mails:#?}"
    );
    for count in [1, 0] {
        home.letter("ordinary", &[("a@b.example", PROVIDER)])
            .unwrap();
        home.end(PROVIDER, &Verdict::Delivered);
        let mails = home.told();
        assert_eq!(mails.len(), count, "{mails:#?}");
        for mail in mails {
            assert_eq!(mail.subject, "You have written by ordinary mail: ordinary");
        }
    }
    assert_eq!(home.post.queue.counts().unwrap().messages, 0);
}

#[test]
fn who_wants_to_be_asked_is_asked_and_the_letter_waits_for_the_word() {
    let home = Home::new(&["anna", "ben"]);
    home.post
        .members
        .set_mixed(&name("anna"), Mixed::Ask)
        .unwrap();
    let ways = [
        ("ben@toxmail.local", Destination::Local),
        ("service@bank.example", PROVIDER),
    ];
    // One way alone is not asked about.
    home.letter("one", &ways[1..]).unwrap();
    assert!(home.asked().is_empty());
    assert_eq!(home.end(PROVIDER, &Verdict::Delivered), 1);
    home.told();

    let id = home.letter("two", &ways).unwrap();
    let queue = &home.post.queue;
    assert_eq!(home.end(PROVIDER, &Verdict::Delivered), 0, "it is held");
    assert_eq!(home.end(Destination::Local, &Verdict::Delivered), 0);
    let states: Vec<String> = queue
        .show(id)
        .unwrap()
        .recipients
        .into_iter()
        .map(|r| r.state)
        .collect();
    assert_eq!(states, ["held", "held"]);
    assert_eq!(
        queue.retry(None).unwrap(),
        0,
        "nobody but the writer lets it go"
    );
    let [question] = &home.asked()[..] else {
        panic!()
    };
    assert_eq!(
        (question.to.as_str(), question.subject.as_str()),
        ("anna", "Shall it go? two")
    );
    for line in [
        "\n    ben@toxmail.local\n",
        "\n    service@bank.example\n",
        "\n    send ",
        "has not gone to anybody yet",
    ] {
        assert!(question.text.contains(line), "{line}\n{}", question.text);
    }
    assert!(home.asked().is_empty(), "once");
    home.time.advance(DAY);
    let overdue = queue
        .overdue(
            Duration::from_secs(3600),
            30 * DAY,
            Some(GiveUp::all_but(&std::collections::HashSet::new())),
        )
        .unwrap();
    assert!(overdue.delayed.is_empty(), "its writer knows: {overdue:?}");

    let [sent] = &home.answer("anna", &question.from, "\r\nEnvoyer\r\n")[..] else {
        panic!()
    };
    assert_eq!(sent.subject, "It goes out: two");
    assert_eq!(home.end(PROVIDER, &Verdict::Delivered), 1);
    assert_eq!(home.end(Destination::Local, &Verdict::Delivered), 1);
    assert!(home.told().is_empty(), "whoever was asked knows");
    assert_eq!(queue.counts().unwrap().messages, 0);
}

#[test]
fn a_held_letter_is_taken_back_by_its_writer_or_comes_back_by_itself() {
    let home = Home::new(&["anna", "ben"]);
    home.post
        .members
        .set_mixed(&name("anna"), Mixed::Ask)
        .unwrap();
    let ways = [
        ("ben@toxmail.local", Destination::Local),
        ("service@bank.example", PROVIDER),
    ];
    home.letter("no", &ways).unwrap();
    let question = home.asked().remove(0);
    let [stopped] = &home.answer("anna", &question.from, "\r\nnein\r\n")[..] else {
        panic!()
    };
    assert_eq!(stopped.subject, "Not sent: no");
    assert_eq!(home.post.queue.counts().unwrap().messages, 0);
    assert!(home.told().is_empty());

    home.letter("silence", &ways).unwrap();
    let question = home.asked().remove(0);
    home.time.advance(8 * DAY);
    assert!(home.asked().is_empty());
    let [back] = &home.told()[..] else { panic!() };
    assert_eq!(back.subject, "Not delivered: silence");
    assert!(
        back.text
            .contains("Toxmail asked you whether it should go, and you have not answered."),
        "{}",
        back.text
    );
    assert!(back.text.contains("Your message is attached"));
    assert_eq!(home.post.queue.counts().unwrap().messages, 0);
    let [late] = &home.answer("anna", &question.from, "\r\nsend\r\n")[..] else {
        panic!()
    };
    assert_eq!(late.subject, "Your answer came too late");

    // The operator was faster.
    let id = home.letter("cancelled", &ways).unwrap();
    let question = home.asked().remove(0);
    home.post
        .queue
        .cancel(id, crate::queue::Canceller::Operator)
        .unwrap();
    home.told();
    let [gone] = &home.answer("anna", &question.from, "\r\nsend\r\n")[..] else {
        panic!()
    };
    assert_eq!(gone.subject, "There is nothing to send any more");

    // Whoever was blocked while it waited gets nothing, and the others do.
    home.knock(1, "Mill would like to exchange mail with you (Toxmail)");
    home.post.contacts.accept(&key(1).to_string()).unwrap();
    home.letter(
        "blocked",
        &[("mill@tox", Destination::Tox(key(1))), ways[1]],
    )
    .unwrap();
    let question = home.asked().remove(0);
    home.post.contacts.block_key(&key(1)).unwrap();
    home.answer("anna", &question.from, "\r\nsend\r\n");
    assert_eq!(home.end(Destination::Tox(key(1)), &Verdict::Delivered), 0);
    assert_eq!(home.end(PROVIDER, &Verdict::Delivered), 1);
    let mails = home.told();
    assert!(
        mails
            .iter()
            .any(|m| m.text.contains("removed or blocked in your own home")),
        "{mails:#?}"
    );
}

#[test]
fn in_a_restored_home_somebody_is_asked_about_what_may_have_gone_before() {
    for (language, [asks, stays], yes, no) in [
        (
            "en",
            ["restored from a backup", "It does not go again: x"],
            "send",
            "no",
        ),
        (
            "fr",
            [
                "rétablie à partir d'une sauvegarde",
                "Elle ne repart pas : x",
            ],
            "envoyer",
            "non",
        ),
        (
            "de",
            [
                "Sicherung wiederhergestellt",
                "Geht nicht noch einmal hinaus: x",
            ],
            "senden",
            "nein",
        ),
        (
            "es",
            ["a partir de una copia de seguridad", "No sale otra vez: x"],
            "enviar",
            "no",
        ),
    ] {
        let home = Home::new(&["anna", "ben"]);
        let members = &home.post.members;
        members.set_language(&name("anna"), Some(language)).unwrap();
        let ways = [
            ("ben@toxmail.local", Destination::Local),
            ("a@b.example", PROVIDER),
        ];
        let restore = || {
            let hold = |c: &rusqlite::Connection| {
                crate::queue::hold_ordinary(c, crate::clock::wall_seconds())
            };
            let held = home.database.write(hold).unwrap();
            assert_eq!(held.len(), 1);
        };
        home.letter("x", &ways).unwrap();
        restore();
        let question = home.asked().remove(0);
        assert!(question.text.contains(asks), "{}", question.text);
        assert!(question.text.contains("a@b.example"), "{}", question.text);
        assert!(!question.text.contains("ben@"), "{}", question.text);
        assert!(!question.text.contains("{}") && !question.subject.contains("{}"));
        assert!(home.asked().is_empty(), "once is enough");
        let answers = home.answer("anna", &question.from, &format!("\r\n{no}\r\n"));
        assert_eq!(answers[0].subject, stays);
        assert!(!answers[0].text.contains("{}"), "{}", answers[0].text);
        // What goes directly is none of that.
        assert_eq!(home.end(PROVIDER, &Verdict::Delivered), 0);
        assert_eq!(home.end(Destination::Local, &Verdict::Delivered), 1);
        home.told();

        home.letter("y", &ways).unwrap();
        restore();
        let question = home.asked().remove(0);
        assert_eq!(home.end(PROVIDER, &Verdict::Delivered), 0, "it is held");
        home.answer("anna", &question.from, &format!("\r\n{yes}\r\n"));
        assert_eq!(home.end(PROVIDER, &Verdict::Delivered), 1);

        // Whose writer is gone: whoever looks after the home decides.
        home.letter("z", &ways[1..]).unwrap();
        home.database
            .write(|c| -> Result<(), crate::database::Error> {
                c.execute(
                    "UPDATE messages SET member = NULL WHERE member IS NOT NULL",
                    [],
                )?;
                Ok(())
            })
            .unwrap();
        restore();
        assert!(home.asked().remove(0).to.starts_with("anna"));
    }
}

#[test]
fn who_wants_no_such_letters_is_told_at_once() {
    let home = Home::new(&["anna", "ben"]);
    home.post
        .members
        .set_mixed(&name("anna"), Mixed::Refuse)
        .unwrap();
    let ways = [
        ("ben@toxmail.local", Destination::Local),
        ("service@bank.example", PROVIDER),
    ];
    let refusal = home.letter("both", &ways).unwrap_err();
    assert_eq!(refusal.status, Status(5, 7, 1));
    assert!(
        refusal.text.contains("ordinary mail") && refusal.text.ends_with("apart"),
        "{refusal}"
    );
    home.letter("one", &ways[..1]).unwrap();
    home.letter("other", &ways[1..]).unwrap();
}

#[test]
fn the_ways_are_told_in_four_languages() {
    for (language, [ways, held]) in [
        ("en", ["Which way it went: x", "Shall it go? x"]),
        (
            "fr",
            ["Quel chemin elle a pris : x", "Faut-il l'envoyer ? x"],
        ),
        ("de", ["Welchen Weg er nahm: x", "Soll er hinausgehen? x"]),
        ("es", ["Qué camino tomó: x", "¿Debe salir? x"]),
    ] {
        let home = Home::new(&["anna", "ben"]);
        let members = &home.post.members;
        members.set_language(&name("anna"), Some(language)).unwrap();
        let both = [
            ("ben@toxmail.local", Destination::Local),
            ("a@b.example", PROVIDER),
        ];
        home.letter("x", &both).unwrap();
        home.end(Destination::Local, &Verdict::Delivered);
        home.end(PROVIDER, &Verdict::Delivered);
        let told = home.told().remove(0);
        assert_eq!(told.subject, ways);
        members.set_mixed(&name("anna"), Mixed::Ask).unwrap();
        home.letter("x", &both).unwrap();
        let question = home.asked().remove(0);
        assert_eq!(question.subject, held);
        let stopped = home.answer("anna", &question.from, "\r\nno\r\n");
        for mail in [&told, &question, &stopped[0]] {
            assert!(
                !mail.text.contains("{}") && !mail.subject.contains("{}"),
                "{mail:?}"
            );
        }
    }
}

#[test]
fn who_has_their_mailbox_fetched_hears_that_answers_arrive_here() {
    use crate::fetch::Protocol;
    use crate::fetch::plan::{After, Since};
    use crate::providers::NewAccount;
    use crate::providers::fetch::{EVERY, Kind, Login, NewFetch};
    let home = Home::new(&["anna"]);
    let fetch = NewFetch {
        member: name("anna"),
        protocol: Protocol::Imap,
        host: "imap.example.org".into(),
        port: 993,
        tls: crate::config::RelayTls::Implicit,
        login: Login::Own("anna@example.org".into(), "secret".to_owned().into()),
        after: After::Keep,
        since: Since::New,
        every: EVERY,
    };
    let said = |fetched: bool| {
        home.letter("ordinary", &[("a@b.example", PROVIDER)])
            .unwrap();
        home.end(PROVIDER, &Verdict::Delivered);
        let [mail] = &home.told()[..] else { panic!() };
        assert_eq!(
            mail.text.contains("Toxmail fetches them"),
            fetched,
            "{mail:?}"
        );
        assert_eq!(mail.text.contains("not here"), !fetched, "{mail:?}");
    };
    let (post, anna) = (&home.post, name("anna"));
    let account = |host: &str, username: &str| NewAccount {
        member: Some(name("anna")),
        host: host.into(),
        port: 465,
        tls: crate::config::RelayTls::Implicit,
        username: username.into(),
        password: "secret".to_owned().into(),
        address: None,
    };
    post.providers
        .set(account("smtp.example.org", "someone"))
        .unwrap();
    post.members.address_add(&anna, "anna@example.org").unwrap();
    let again = || post.members.forget_ordinary(&anna).unwrap();
    let id = post.providers.fetch_set(&fetch).unwrap();
    said(true);
    again();
    // It is refused, so nothing comes here.
    post.providers
        .fetch_fails(id, Kind::Login, "wrong password")
        .unwrap();
    said(false);
    again();
    post.providers.fetch_works(id).unwrap();
    // Another mailbox than that of the account they write from.
    let other = NewFetch {
        login: Login::Own("club@example.net".into(), "secret".to_owned().into()),
        ..fetch.clone()
    };
    post.providers.fetch_set(&other).unwrap();
    said(false);
    again();
    let borrowed = NewFetch {
        login: Login::AsOutgoing,
        ..fetch
    };
    post.providers.fetch_set(&borrowed).unwrap();
    said(true);
    assert!(post.providers.fetch_remove(&anna).unwrap());
    again();
    said(false);
}
