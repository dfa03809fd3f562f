//! Another home that means harm. It loses what it sends; letters between the others pass meanwhile, nobody is written to
//! in somebody else's name, and memory, disk and log stay within bounds.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "support/census.rs"]
mod census;
#[path = "support/client.rs"]
mod client;
#[path = "support/dice.rs"]
mod dice;
#[path = "support/home.rs"]
mod home;
#[path = "support/mallory.rs"]
mod mallory;
#[path = "support/netns.rs"]
mod netns;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use census::{MOST_HELD, Member, most_held};
use dice::Dice;
use home::{Home, pair, wait_for};
use mallory::{Heard, Mallory, Puppet, home_at, to};
use toxmail::tox::{Command, FileOffer, MessageKind, Port, SendError};
use toxmail::transfer::{ClaimedMember, Directory, PathKind, RecipientStatus};

/// A letter from one home to the other: how long from the first word to the far mailbox.
#[track_caller]
fn passes(from: (&Home, &str), to: (&Home, &str), subject: &str) -> Duration {
    let (sender, recipient) = (format!("{}@toxmail.local", from.1), to.0.address_of(to.1));
    let letter = format!("From: {sender}\r\nTo: {recipient}\r\nSubject: {subject}\r\n\r\nx\r\n");
    let start = Instant::now();
    let password = format!("secret-{}", from.1);
    let mut line = client::submission(from.0.address("submissions"), from.1, &password).unwrap();
    let reply = client::send(&mut line, &sender, &[&recipient], letter.as_bytes()).unwrap();
    assert!(reply.starts_with("250"), "{reply}");
    wait_for(subject, Duration::from_secs(60), || {
        let letters = to.0.letters(to.1);
        letters
            .iter()
            .any(|l| String::from_utf8_lossy(l).contains(subject))
            .then(|| start.elapsed())
    })
}

/// The letter with this subject.
#[track_caller]
fn filed(home: &Home, member: &str, subject: &str) -> Option<String> {
    let letters = home.letters(member);
    let texts = letters
        .iter()
        .map(|l| String::from_utf8_lossy(l).into_owned());
    texts
        .into_iter()
        .find(|text| text.contains(&format!("Subject: {subject}\r\n")))
}

fn field<'a>(letter: &'a str, name: &str) -> Option<&'a str> {
    let head = letter.split("\r\n\r\n").next().unwrap();
    let start = format!("{name}: ");
    head.split("\r\n")
        .find_map(|line| line.strip_prefix(start.as_str()))
}

fn all_never(told: &[RecipientStatus], status: &str) -> bool {
    told.iter().all(|told| match told {
        RecipientStatus::Never { why } => why.status.to_string().starts_with(status),
        _ => false,
    })
}

/// Everything that may come from a friend in Tox, of every kind and size, as fast as it goes. How many of these left.
fn noise(dice: &mut Dice, puppet: &mut Puppet, port: &mut Port<'_>) -> u64 {
    let home = puppet.home;
    let mut left = 0;
    while port.room() > 0 {
        let size = match dice.roll() % 8 {
            0 => 1,
            1 => 1373,
            _ => 1 + (dice.roll() % 1373) as usize,
        };
        let mut packet = dice.bytes(size);
        let sent = match dice.roll() % 16 {
            0..=5 => {
                packet[0] = 200 + (dice.roll() % 55) as u8;
                if dice.roll().is_multiple_of(2) {
                    packet[0] = 200;
                }
                port.send_lossy(&home, &packet)
            }
            6..=9 => {
                // Most of all what homes say to each other: Hello, replies, knocks, and what is for later versions.
                packet[0] = match dice.roll() % 2 {
                    0 => 160 + (dice.roll() % 4) as u8,
                    _ => 160 + (dice.roll() % 32) as u8,
                };
                port.send_lossless(&home, &packet)
            }
            10..=13 => {
                packet.truncate(1372);
                port.send_message(&home, MessageKind::Normal, &packet)
                    .map(drop)
            }
            _ => {
                let size = [0, 1, 70_000, u64::MAX, u64::MAX - 1, 5_000_000][size % 6];
                let id: [u8; 32] = dice.bytes(32).try_into().unwrap();
                let name: Vec<u8> = packet.iter().copied().take(255).collect();
                let offer = FileOffer {
                    size,
                    id,
                    name: &name,
                };
                port.file_send(&home, &offer).map(drop)
            }
        };
        match sent {
            Ok(()) => left += 1,
            // Too many files already: the next is of another kind.
            Err(SendError::Refused) => {}
            Err(_) => return left,
        }
    }
    left
}

#[test]
fn a_hostile_contact_harms_nobody() {
    netns::enter_loopback_namespace();
    let node = home::Node::start("127.0.0.1", 33400);
    let dir = tempfile::tempdir().unwrap();
    let anna = home_at(&node, "anna", &["anna", "ben"]);
    let bob = home_at(&node, "bob", &["bob"]);
    pair(&anna, &bob);
    let mallory = Mallory::start(dir.path(), "mallory", &node, &anna);
    mallory.enters(&anna);
    let member = Member::of(&anna, "ben");
    member.sends_and_fetches();
    let alone = passes((&bob, "bob"), (&anna, "anna"), "before");
    let log_before = anna.log().len();

    // Noise of every kind.
    let (stop, stopped) = channel::<()>();
    let packets = Arc::new(AtomicU64::new(0));
    let (mut dice, counter) = (Dice(5), Arc::clone(&packets));
    mallory.act(move |_, puppet, port| {
        counter.fetch_add(noise(&mut dice, puppet, port), Ordering::Relaxed);
        stopped.try_recv().is_ok()
    });
    wait_for("the noise", Duration::from_secs(60), || {
        (packets.load(Ordering::Relaxed) > 10_000).then_some(())
    });
    let longest = Duration::from_secs(1).max(alone * 5);
    let mut waited = Vec::new();
    for n in 0..5 {
        let there = passes((&bob, "bob"), (&anna, "anna"), &format!("noise-in-{n}."));
        let back = passes((&anna, "anna"), (&bob, "bob"), &format!("noise-out-{n}."));
        let waits = member.sends_and_fetches();
        eprintln!("under noise: {there:?} {back:?} {waits:?}, alone {alone:?}");
        waited.push(waits.send.max(waits.fetch));
        // Between two homes the noise takes a part of the one Tox thread.
        assert!(there.max(back) < longest * 4, "{there:?} {back:?}");
    }
    // The usual one is held to the promise, the latest to three times that, as in tests/abuse.rs.
    waited.sort_unstable();
    assert!(
        waited[2] < longest && waited[4] < 3 * longest,
        "{waited:?}, {longest:?}"
    );
    stop.send(()).unwrap();
    eprintln!("{} packets of noise", packets.load(Ordering::Relaxed));
    let log = anna.log();
    eprintln!(
        "{} bytes held at most, {} bytes of log",
        most_held(&anna),
        log.len() - log_before
    );
    assert!(most_held(&anna) < MOST_HELD);
    assert!(
        log.len() - log_before < 64 << 10,
        "the log is not theirs to fill"
    );

    // A new session, well-behaved in form, and letters in other people's names.
    mallory.act(|now, puppet, _| {
        puppet.exchange = Puppet::fresh(puppet.ours, puppet.home, now);
        puppet.exchange.handle_online(now, PathKind::Udp);
        true
    });
    mallory.wait("to be ready again", 180, |heard| {
        matches!(heard, Heard::Ready).then_some(())
    });
    letters_in_other_names(&anna, &bob, &mallory);

    // A directory that changes all the time, with names that are none and addresses of others.
    let mut count = 0u32;
    mallory.act(move |now, puppet, _| {
        count += 1;
        puppet.exchange.set_directory(
            now,
            Directory {
                home_name: format!("Anna {count}"),
                members: vec![ClaimedMember {
                    name: "anna".into(),
                    display: format!("Bank\u{202e} {count}"),
                    emails: vec!["bob@example.org".into(), format!("x{count}@example.org")],
                }],
                ..Directory::default()
            },
        );
        count > 2_000
    });
    passes((&bob, "bob"), (&anna, "anna"), "while directories change");
    let told = mallory.sends(
        b"From: Bob <bob@example.org>\r\nSubject: claimed address\r\n\r\nx\r\n",
        |_| {},
    );
    assert_eq!(told, [RecipientStatus::Stored]);
    let letter = filed(&anna, "anna", "claimed address").unwrap();
    let from = field(&letter, "From").unwrap();
    assert!(!from.contains("bob@example.org"), "{from}");

    assert!(most_held(&anna) < MOST_HELD);
    let log = anna.log().len() - log_before;
    assert!(log < 128 << 10, "{log} bytes of log");
    unfinished_letters(&anna, &bob, &mallory);
    forgotten(&anna, &mallory);
}

fn letters_in_other_names(anna: &Home, bob: &Home, mallory: &Mallory) {
    let own = format!("@{}.tox", mallory.node.key().base32());
    for (n, claimed) in [
        anna.address_of("ben"),
        "ben@toxmail.local".into(),
        "postmaster@toxmail.local".into(),
        bob.address_of("bob"),
        "mailer-daemon@toxmail.local".into(),
        "bank@bank.example".into(),
        "postmaster".into(),
    ]
    .iter()
    .enumerate()
    {
        let letter = format!(
            "Return-Path: <{claimed}>\r\nAuthentication-Results: toxmail.local; spf=pass\r\n\
             X-Toxmail-Path: local\r\nX-Toxmail-Notice: 1\r\n\
             From: \"Ben (postmaster)\" <{claimed}>\r\nReply-To: {claimed}\r\n\
             Sender: {claimed}\r\nSubject: name-{n}\r\n\r\nx\r\n"
        );
        let told = mallory.sends(letter.as_bytes(), |offer| offer.sender = claimed.clone());
        let Some(letter) = filed(anna, "anna", &format!("name-{n}")) else {
            assert!(all_never(&told, "5."), "{claimed}: {told:?}");
            continue;
        };
        assert_eq!(told, [RecipientStatus::Stored], "{claimed}");
        let head = letter.split("\r\n\r\n").next().unwrap();
        for name in ["From", "Sender", "Reply-To", "Return-Path"] {
            let value = field(&letter, name).unwrap_or_default();
            assert!(!value.contains(claimed.as_str()), "{claimed}\n{head}");
            if name == "From" || name == "Return-Path" {
                // Or the nickname that this home gave it.
                let is_own = value.contains(&own) || value.contains("<mallory.s@tox>");
                assert!(is_own, "{claimed}\n{head}");
            }
            assert!(!value.contains("Ben"), "{claimed}\n{head}");
        }
        assert!(!head.contains("spf=pass"), "{head}");
        assert!(!head.contains("X-Toxmail-Path: local"), "{head}");
        assert!(!head.contains("X-Toxmail-Notice"), "{head}");
        assert!(head.contains("X-Toxmail-Claimed-From"), "{head}");
    }

    // Header sections that two programs would read differently.
    let long = format!("X: {}", "y".repeat(2_000_000));
    for (n, lines) in [
        "Subject: a\rFrom: ben@toxmail.local",
        "Subject: a\nFrom: ben@toxmail.local",
        "Subject: a\0b",
        "From: x@y.example\r\nFrom: ben@toxmail.local",
        "Sender: x@y.example\r\nSender: ben@toxmail.local\r\nFrom: x@y.example",
        "no field at all",
        long.as_str(),
    ]
    .iter()
    .enumerate()
    {
        let letter = format!("{lines}\r\nX-Number: {n}\r\n\r\nx\r\n");
        let told = mallory.sends(letter.as_bytes(), |_| {});
        let short = lines.get(..60).unwrap_or(lines);
        let kept = anna.letters("anna");
        let kept = kept
            .iter()
            .find(|l| String::from_utf8_lossy(l).contains(&format!("X-Number: {n}\r\n")));
        match kept {
            None => assert!(all_never(&told, "5."), "{short:?}: {told:?}"),
            Some(kept) => {
                let text = String::from_utf8_lossy(kept);
                let head = text.split("\r\n\r\n").next().unwrap();
                let from = head.matches("\r\nFrom:").count();
                assert!(from <= 1 && n > 2, "{short:?} was taken:\n{head}");
            }
        }
    }

    // Nobody, everybody, and too much.
    let letter = b"From: x@y.example\r\nSubject: nobody\r\n\r\nx\r\n";
    for name in [
        "nobody",
        "anna@toxmail.local",
        "../ben",
        "anna\u{202e}",
        "tox",
        "mailer-daemon",
    ] {
        let told = mallory.sends(letter, |offer| offer.recipients = vec![to(name)]);
        assert!(all_never(&told, "5.1.1"), "{name}: {told:?}");
    }
    let told = mallory.sends(letter, |offer| {
        offer.recipients = vec![to("ben"), to("ben"), to("ben+tag"), to("BEN"), to("nobody")];
    });
    assert_eq!(
        told[..4],
        [
            RecipientStatus::Stored,
            RecipientStatus::Stored,
            RecipientStatus::Stored,
            RecipientStatus::Stored
        ]
    );
    assert!(all_never(&told[4..], "5.1.1"), "{told:?}");
    let copies = anna.letters("ben");
    let copies = copies
        .iter()
        .filter(|l| l.ends_with(b"\r\n\r\nx\r\n"))
        .count();
    assert_eq!(copies, 1, "one letter is filed once for one member");
}

/// Letters that are begun and never finished, again and again.
fn unfinished_letters(anna: &Home, bob: &Home, mallory: &Mallory) {
    let size = 1_000_000;
    let letter = Dice(3).bytes(size);
    let fed = 300_000;
    let mut begun = 0;
    let mut most = 0;
    let start = Instant::now();
    // More sessions in a row than five are slowed by the home.
    for _ in 0..5 {
        for _ in 0..7 {
            mallory.offers(&letter, fed, |_| {});
        }
        let mut waiting = 7;
        while waiting > 0 {
            mallory.wait("the parts to be sent", 60, |heard| match heard {
                Heard::Fed => {
                    begun += 1;
                    Some(())
                }
                Heard::Told(..) | Heard::Dropped(_) => Some(()),
                _ => None,
            });
            waiting -= 1;
        }
        most = most.max(partial(anna));
        eprintln!("begun {begun} {:?}", start.elapsed());
        // A new process: what was begun is forgotten there, and lies here.
        mallory.act(|now, puppet, _| {
            puppet.exchange = Puppet::fresh(puppet.ours, puppet.home, now);
            puppet.exchange.handle_online(now, PathKind::Udp);
            true
        });
        mallory.wait("to be ready again", 180, |heard| {
            matches!(heard, Heard::Ready).then_some(())
        });
    }
    most = most.max(partial(anna));
    eprintln!(
        "{begun} letters begun, at most {most} bytes of {} lie here",
        begun * fed
    );
    assert!(begun >= 25, "{begun} were begun");
    // As many as may run at once, and not more, however often.
    assert!(most <= 17 * size as u64, "{most} bytes");
    let files = std::fs::read_dir(anna.path().join("incoming"))
        .unwrap()
        .count();
    assert!(files <= 17, "{files} files");
    passes(
        (bob, "bob"),
        (anna, "anna"),
        "after what was never finished",
    );
}

/// Bytes of letters that are not whole.
fn partial(home: &Home) -> u64 {
    let entries = std::fs::read_dir(home.path().join("incoming")).unwrap();
    entries
        .flatten()
        .filter_map(|e| e.metadata().ok())
        .map(|m| m.len())
        .sum()
}

/// Who is no contact any more is heard no more, and nothing of theirs stays.
fn forgotten(anna: &Home, mallory: &Mallory) {
    let contacts = anna.say(&["contact", "list"]).unwrap();
    let key = mallory.node.key().to_string();
    let name = contacts
        .as_array()
        .unwrap()
        .iter()
        .find(|c| c["key"] == key.as_str())
        .and_then(|c| c["name"].as_str())
        .unwrap()
        .to_owned();
    let before = anna.letters("anna").len();
    // In the middle of a letter.
    mallory.offers(&Dice(9).bytes(900_000), 100_000, |_| {});
    let last = b"From: x@y.example\r\nSubject: the last\r\n\r\nx\r\n";
    anna.say(&["contact", "block", &name]).unwrap();
    let sent = mallory.offers(last, last.len(), |_| {});
    let end = Instant::now() + Duration::from_secs(5);
    while let Ok(heard) = mallory
        .heard
        .recv_timeout(end.saturating_duration_since(Instant::now()))
    {
        if let Heard::Told(id, told) = heard
            && id == sent
        {
            assert!(all_never(&told, "5.7.1"), "{told:?}");
        }
    }
    assert_eq!(anna.letters("anna").len(), before);
    // They know nothing of it, and knock as if for the first time.
    let friend = mallory.home;
    mallory.node.perform(Command::RemoveFriend(friend)).unwrap();
    mallory.knocks(b"It was not me");
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(
        anna.say(&["contact", "requests"]).unwrap(),
        serde_json::json!([])
    );
}

#[test]
fn strangers_can_knock_and_nothing_else() {
    netns::enter_loopback_namespace();
    let node = home::Node::start("127.0.0.1", 33400);
    let dir = tempfile::tempdir().unwrap();
    let anna = home_at(&node, "anna", &["anna"]);
    let member = Member::of(&anna, "anna");
    member.sends_and_fetches();
    let words: [Vec<u8>; 6] = [
        b"\x1b[2J\x1b]0;owned\x07 let me in\r\n2026-01-01 INFO forged line".to_vec(),
        (0..921u32).map(|n| (n * 7) as u8).collect(),
        "\u{202e}\u{200b}evil\u{0000}".repeat(40).into_bytes(),
        b"toxmail-invitation:0000\nAnna's second home".to_vec(),
        vec![0; 921],
        "\u{1F4A9}".repeat(230).into_bytes(),
    ];
    let strangers: Vec<Mallory> = words
        .iter()
        .enumerate()
        .map(|(n, words)| {
            let stranger = Mallory::start(dir.path(), &format!("stranger-{n}"), &node, &anna);
            stranger.knocks(words);
            // Whoever thinks that a knock makes a friend sends at once.
            let mut dice = Dice(n as u64 + 1);
            // The last one only writes a letter, and will be let in.
            let is_last = n == 5;
            stranger.act(move |_, puppet, port| {
                if !is_last {
                    noise(&mut dice, puppet, port);
                }
                is_last
            });
            let letter = b"From: x@y.example\r\nSubject: from a stranger\r\n\r\nx\r\n";
            stranger.offers(letter, letter.len(), |_| {});
            stranger
        })
        .collect();
    let requests = wait_for("all knocks", Duration::from_secs(120), || {
        let requests = anna.say(&["contact", "requests"]).unwrap();
        (requests.as_array().unwrap().len() == strangers.len()).then_some(requests)
    });
    for request in requests.as_array().unwrap() {
        let shown = request["message"].as_str().unwrap();
        assert!(shown.chars().count() <= 201, "{shown:?}");
        let odd = |c: char| c.is_control() || ('\u{200b}'..='\u{202e}').contains(&c);
        assert!(!shown.contains(odd), "{shown:?}");
    }
    let log = anna.log();
    assert!(
        !log.contains("INFO forged line") && !log.contains('\x1b'),
        "{log}"
    );
    let mut waited: Vec<Duration> = (0..3)
        .map(|_| member.sends_and_fetches())
        .map(|waits| waits.send.max(waits.fetch))
        .collect();
    waited.sort_unstable();
    let longest = Duration::from_secs(3);
    assert!(waited[1] < longest && waited[2] < 3 * longest, "{waited:?}");

    // Refused, they may ask again; let in, their letters come, and not before.
    let key = strangers[0].node.key().to_string();
    anna.say(&["contact", "refuse", &key]).unwrap();
    // Not the home's own questions about who knocks.
    let foreign = || {
        let letters = anna.letters("anna");
        let own =
            |letter: &[u8]| String::from_utf8_lossy(letter).contains("X-Toxmail-Path: local\r\n");
        letters.iter().filter(|letter| !own(letter)).count()
    };
    assert_eq!(foreign(), 0);
    let key = strangers[5].node.key().to_string();
    anna.say(&["contact", "accept", &key]).unwrap();
    wait_for(
        "the letter of who was let in",
        Duration::from_secs(90),
        || filed(&anna, "anna", "from a stranger"),
    );
    assert_eq!(foreign(), 1);
    let contacts = anna.say(&["contact", "list"]).unwrap();
    assert_eq!(contacts.as_array().unwrap().len(), 1, "{contacts}");
    assert!(most_held(&anna) < MOST_HELD);
}
