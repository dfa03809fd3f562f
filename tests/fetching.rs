//! A member's mailbox at their mail provider is fetched: the provider is Debian's Dovecot with IMAP and POP3.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "support/client.rs"]
mod client;
#[path = "support/home.rs"]
mod home;
#[path = "support/mailbox.rs"]
mod mailbox;
#[path = "support/netns.rs"]
mod netns;
#[path = "support/provider.rs"]
mod provider;

use std::net::TcpListener;
use std::time::Duration;

use home::{Home, Plan, wait_for};
use mailbox::{Dovecot, LOGIN, PORTS};
use provider::{Authority, quoted};
use serde_json::Value;

const LONG: Duration = Duration::from_secs(60);
const PASSWORD: &str = "correct horse";
const KILL: &str = "fault-kill";

/// Anna lives here; nobody is on the Tox network.
fn garden(authority: &Authority, limits: &[&str]) -> Home {
    let mut settings = vec![
        ("tox", "bootstrap = []".into()),
        ("relay", format!("ca_file = {}", quoted(&authority.ca()))),
    ];
    settings.extend(limits.iter().map(|line| ("limits", (*line).to_owned())));
    let plan = Plan {
        settings,
        members: vec!["anna"],
        ..Plan::default()
    };
    let mut home = Home::new("garden", plan);
    let file = format!("@{}", home.path().join(KILL).display());
    home.plan.environment = vec![("TOXMAIL_FAULT_KILL".to_owned(), file)];
    home.start();
    home
}

fn set(
    home: &Home,
    (protocol, tls, port): (&str, &str, u16),
    password: &str,
    more: &[&str],
) -> Result<Value, String> {
    let port = port.to_string();
    let mut words = vec!["provider", "fetch", "set", "localhost", "--member", "anna"];
    words.extend(["--protocol", protocol, "--tls", tls, "--port", &port]);
    words.extend(["--username", LOGIN]);
    words.extend(more);
    home.say_with(&words, Some(&format!("{password}\n")))
}

fn now(home: &Home) -> Result<Value, String> {
    home.say(&["provider", "fetch", "now", "--member", "anna"])
}

fn state(home: &Home) -> Value {
    let list = home.say(&["provider", "fetch", "show", "--member", "anna"]);
    list.unwrap()[0].clone()
}

/// Waits for the look that comes by itself after it was set up.
fn wait_for_the_first_look(home: &Home) {
    wait_for("the first look", LONG, || {
        (!state(home)["worked"].is_null()).then_some(())
    });
}

/// A letter as a provider keeps it.
fn letter(name: &str) -> Vec<u8> {
    format!(
        "Return-Path: <friend@example.net>\r\nReceived: from mx.example.net\r\n\tby mx.example.org; {name}\r\n\
         From: Friend <friend@example.net>\r\nTo: anna@example.org\r\nSubject: {name}\r\n\
         Message-ID: <{name}@example.net>\r\n\r\nDear Anna,\r\n.\r\n..two\r\n\r\nFrom here\r\n\tGr\u{fc}\u{df}e  \r\n"
    )
    .into_bytes()
}

/// Letters in anna's mailbox that are no notices, by their subjects.
fn fetched(home: &Home) -> Vec<String> {
    let all = home.letters("anna").into_iter();
    let texts = all.map(|letter| String::from_utf8_lossy(&letter).into_owned());
    let mut subjects: Vec<String> = texts
        .filter(|text| text.contains("X-Toxmail-Path: ordinary"))
        .map(|text| {
            text.split("Subject: ")
                .nth(1)
                .unwrap()
                .lines()
                .next()
                .unwrap()
                .to_owned()
        })
        .collect();
    subjects.sort();
    subjects
}

/// Notices in anna's mailbox that hold those words.
fn notices(home: &Home, words: &str) -> usize {
    let all = home.letters("anna").into_iter();
    all.map(|letter| String::from_utf8_lossy(&letter).into_owned())
        .filter(|text| text.starts_with("Return-Path: <>") && text.contains(words))
        .count()
}

#[test]
fn letters_at_the_provider_are_read_here_and_stay_there_or_go() {
    netns::enter_loopback_namespace();
    let authority = Authority::new();
    for how in PORTS {
        let dovecot = Dovecot::start(&authority, PASSWORD);
        let home = garden(&authority, &[]);
        dovecot.put("old", &letter("old"));
        let set_up = set(&home, how, PASSWORD, &["--every", "1m"]).unwrap();
        assert_eq!(set_up["username"], LOGIN, "{set_up}");
        wait_for_the_first_look(&home);
        assert!(fetched(&home).is_empty(), "only what comes from now on");

        dovecot.put("one", &letter("one"));
        let round = now(&home).unwrap();
        assert_eq!(
            (&round["filed"], &round["deleted"]),
            (&1.into(), &0.into()),
            "{how:?}"
        );
        let read = client::pop3_all(home.address("pop3s"), "anna", "secret-anna").unwrap();
        let [read] = &read[..] else {
            panic!("{}", read.len())
        };
        let sent = String::from_utf8(letter("one")).unwrap();
        let (first, rest) = sent.split_once("\r\n").unwrap();
        assert_eq!(
            String::from_utf8_lossy(read),
            format!("{first}\r\nX-Toxmail-Path: ordinary\r\n{rest}")
        );
        assert_eq!(now(&home).unwrap()["filed"], 0, "once");
        assert_eq!(dovecot.letters().len(), 2, "kept there");

        // From now on they go there; those that were kept stay.
        set(&home, how, PASSWORD, &["--after", "delete"]).unwrap();
        dovecot.put("two", &letter("two"));
        dovecot.put("three", &letter("three"));
        wait_for("both", LONG, || {
            now(&home).unwrap();
            (fetched(&home) == ["one", "three", "two"]).then_some(())
        });
        assert_eq!(dovecot.letters().len(), 2, "deleted there");

        home.say(&["provider", "fetch", "remove", "--member", "anna"])
            .unwrap();
        assert!(now(&home).unwrap_err().contains("nothing is fetched"));
        // Set up again, by another protocol: what is here does not come again.
        let other = PORTS
            .into_iter()
            .find(|(p, t, _)| *p != how.0 && *t == how.1)
            .unwrap();
        set(&home, other, PASSWORD, &["--from", "everything"]).unwrap();
        wait_for("what was there before", LONG, || {
            now(&home).unwrap();
            (fetched(&home) == ["old", "one", "three", "two"]).then_some(())
        });
        assert_eq!(dovecot.letters().len(), 2);
    }
}

#[test]
fn a_kill_between_any_two_steps_loses_nothing_and_files_nothing_twice() {
    netns::enter_loopback_namespace();
    let authority = Authority::new();
    let dovecot = Dovecot::start(&authority, PASSWORD);
    let mut home = garden(&authority, &[]);
    let mut expected: Vec<String> = Vec::new();
    for how in [PORTS[0], PORTS[2]] {
        set(
            &home,
            how,
            PASSWORD,
            &["--from", "everything", "--after", "delete"],
        )
        .unwrap();
        wait_for_the_first_look(&home);
        for point in [
            "fetch.read",
            "store.written",
            "store.renamed",
            "store.recorded",
            "fetch.filed",
            "fetch.noted",
            "fetch.deleted",
        ] {
            let kill = home.path().join(KILL);
            std::fs::write(&kill, point).unwrap();
            for number in 0..3 {
                let name = format!("{}-{}-{number}", how.0, point.replace('.', "-"));
                dovecot.put(&name, &letter(&name));
                expected.push(name);
            }
            expected.sort();
            let _ = now(&home);
            wait_for(point, LONG, || home.has_ended().then_some(()));
            std::fs::remove_file(&kill).unwrap();
            // It looks by itself as soon as it runs.
            home.start();
            wait_for("all of them here, and none there", LONG, || {
                (dovecot.letters().is_empty() && fetched(&home).len() >= expected.len())
                    .then_some(())
            });
            now(&home).unwrap();
            assert_eq!(fetched(&home), expected, "{point}");
        }
    }
}

#[test]
fn a_wrong_password_is_told_once_and_nothing_is_lost_meanwhile() {
    netns::enter_loopback_namespace();
    let authority = Authority::new();
    let mut dovecot = Dovecot::start(&authority, PASSWORD);
    let mut home = garden(&authority, &[]);
    // Nothing is stored whose login does not work.
    for how in PORTS {
        let wrong = set(&home, how, "wrong", &[]).unwrap_err();
        assert!(wrong.contains("does not accept the login"), "{wrong}");
        assert!(!wrong.contains("\"wrong\""), "{wrong}");
    }
    let stranger = home.say_with(
        &[
            "provider",
            "fetch",
            "set",
            "127.0.0.1",
            "--member",
            "anna",
            "--port",
            "2993",
            "--username",
            LOGIN,
        ],
        Some("x\n"),
    );
    let stranger = stranger.unwrap_err();
    assert!(
        stranger.contains("not trusted"),
        "the certificate names localhost only: {stranger}"
    );
    assert_eq!(
        home.say(&["provider", "fetch", "show"]).unwrap(),
        serde_json::json!([])
    );

    set(&home, PORTS[0], PASSWORD, &[]).unwrap();
    wait_for_the_first_look(&home);
    dovecot.set_password("another one");
    // Dovecot looks at its file of passwords once a second at most.
    wait_for("the other password to count", LONG, || {
        let test = home.say(&["provider", "fetch", "test", "--member", "anna"]);
        test.is_err().then_some(())
    });
    dovecot.put("waits", &letter("waits"));
    for _ in 0..3 {
        let wrong = now(&home).unwrap_err();
        assert!(wrong.contains("does not accept the login"), "{wrong}");
    }
    assert!(
        state(&home)["problem"]
            .as_str()
            .unwrap()
            .contains("does not accept")
    );
    assert!(
        home.doctor()
            .contains("provider fetch set localhost --member anna"),
        "{}",
        home.doctor()
    );
    wait_for("the notice", LONG, || {
        (notices(&home, "Your mail provider does not let Toxmail in") == 1).then_some(())
    });
    // Not again after a restart, either: the first look comes by itself.
    home.stop();
    home.start();
    now(&home).unwrap_err();
    wait_for("the other password to count", LONG, || {
        set(&home, PORTS[0], "another one", &[]).ok()
    });
    wait_for("the letter", LONG, || {
        now(&home).unwrap();
        (fetched(&home) == ["waits"]).then_some(())
    });
    assert_eq!(notices(&home, "does not let Toxmail in"), 1);
    assert_eq!(state(&home)["problem"], Value::Null);

    // A server that is away for a while is no news, and mends itself.
    dovecot.stop();
    let away = now(&home).unwrap_err();
    assert!(away.contains("takes no connection"), "{away}");
    assert!(state(&home)["problem"].is_string());
    assert!(
        !home.doctor().contains("provider fetch"),
        "{}",
        home.doctor()
    );
    dovecot.put("away", &letter("away"));
    dovecot.go();
    assert_eq!(now(&home).unwrap()["filed"], 1);
    assert_eq!(fetched(&home), ["away", "waits"]);
    assert_eq!(home.letters("anna").len(), 3, "one notice in all");

    // One that takes the connection and says nothing keeps nobody waiting who stops the home.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    set(&home, ("imap", "implicit", port), PASSWORD, &["--untested"]).unwrap();
    let _connection = silent.accept().unwrap();
    assert!(home.stop() < Duration::from_secs(8));
}

#[test]
fn a_mailbox_that_is_numbered_anew_brings_nothing_twice_and_nothing_old() {
    netns::enter_loopback_namespace();
    let authority = Authority::new();
    let mut dovecot = Dovecot::start(&authority, PASSWORD);
    let home = garden(&authority, &[]);
    dovecot.put("old", &letter("old"));
    dovecot.put("older", &letter("older"));
    set(&home, PORTS[0], PASSWORD, &[]).unwrap();
    wait_for_the_first_look(&home);
    dovecot.put("one", &letter("one"));
    assert_eq!(now(&home).unwrap()["filed"], 1);
    dovecot.renumber();
    dovecot.put("two", &letter("two"));
    assert_eq!(now(&home).unwrap()["filed"], 1);
    assert_eq!(fetched(&home), ["one", "two"]);
    dovecot.renumber();
    assert_eq!(now(&home).unwrap()["filed"], 0);

    // POP3: those that were left out cannot be recognised, so only what was fetched is asked for here.
    set(&home, PORTS[2], PASSWORD, &["--from", "everything"]).unwrap();
    wait_for("everything", LONG, || {
        now(&home).unwrap();
        (fetched(&home) == ["old", "older", "one", "two"]).then_some(())
    });
    dovecot.renumber();
    assert_eq!(now(&home).unwrap()["filed"], 0);
    assert_eq!(dovecot.letters().len(), 4);
    assert_eq!(fetched(&home).len(), 4);
}

#[test]
fn large_letters_and_full_mailboxes_leave_everything_at_the_provider_and_are_told_once() {
    netns::enter_loopback_namespace();
    let authority = Authority::new();
    for how in [PORTS[0], PORTS[2]] {
        let dovecot = Dovecot::start(&authority, PASSWORD);
        let mut home = garden(
            &authority,
            &["max_message_bytes = 3000000", "quota_bytes = 5000000"],
        );
        set(&home, how, PASSWORD, &["--after", "delete"]).unwrap();
        wait_for_the_first_look(&home);
        let big = |name: &str, lines: usize| {
            let mut big = letter(name);
            for line in 0..lines {
                big.extend(format!("{line:>98}\r\n").bytes());
            }
            big
        };
        dovecot.put("a-large", &big("large", 35_000));
        dovecot.put("b-fits", &big("fits", 28_000));
        dovecot.put("c-full", &big("full", 28_000));
        dovecot.put("d-small", &letter("small"));
        let full = now(&home).unwrap_err();
        assert!(full.contains("full"), "{full}");
        now(&home).unwrap_err();
        assert_eq!(fetched(&home).len(), 2, "{:?}", fetched(&home));
        assert_eq!(dovecot.letters().len(), 2);
        for words in [
            "A large letter stays at your mail provider",
            "Your mailbox is full",
        ] {
            wait_for(words, LONG, || (notices(&home, words) == 1).then_some(()));
        }
        assert!(home.doctor().contains("quota_bytes"), "{}", home.doctor());
        let mine: Vec<Vec<u8>> = home.letters("anna");
        assert!(
            mine.iter()
                .any(|l| l.ends_with(&big("fits", 28_000)[200..]))
        );

        // Room is made.
        home.stop();
        let settings = home.path().join("toxmail.toml");
        let text = std::fs::read_to_string(&settings).unwrap();
        let text = text
            .replace("3000000", "9000000")
            .replace("5000000", "50000000");
        std::fs::write(&settings, text).unwrap();
        home.start();
        wait_for("all of them", LONG, || {
            now(&home).unwrap();
            (fetched(&home) == ["fits", "full", "large", "small"]).then_some(())
        });
        assert!(dovecot.letters().is_empty());
        assert_eq!(home.letters("anna").len(), 6, "two notices in all");
        assert_eq!(
            std::fs::read_dir(home.path().join("incoming"))
                .unwrap()
                .count(),
            0
        );
    }
}

#[test]
fn nobody_at_a_provider_passes_for_a_contact_and_answers_are_said_to_arrive_here() {
    netns::enter_loopback_namespace();
    let authority = Authority::new();
    let dovecot = Dovecot::start(&authority, PASSWORD);
    let home = garden(&authority, &[]);
    set(&home, PORTS[0], PASSWORD, &["--from", "everything"]).unwrap();
    dovecot.put(
        "lie",
        b"X-Toxmail-Path: direct\r\nAuthentication-Results: toxmail.local; x-tox=pass\r\n\
          From: Oma <oma@tox>\r\nReply-To: postmaster@toxmail.local\r\nTo: anna@example.org\r\nSubject: lie\r\n\r\nhello\r\n",
    );
    wait_for("the letter", LONG, || {
        now(&home).unwrap();
        (!fetched(&home).is_empty()).then_some(())
    });
    let letter = String::from_utf8(home.letters("anna").remove(0)).unwrap();
    assert_eq!(
        letter,
        "X-Toxmail-Path: ordinary\r\nX-Toxmail-Claimed-From: Oma <oma@tox>\r\n\
         X-Toxmail-Claimed-Reply-To: postmaster@toxmail.local\r\nFrom: Oma <unknown@tox.invalid>\r\n\
         Reply-To: unknown@tox.invalid\r\nTo: anna@example.org\r\nSubject: lie\r\n\r\nhello\r\n"
    );
    // The login is that for outgoing mail unless another is given.
    let none = home.say(&["provider", "fetch", "set", "localhost", "--member", "anna"]);
    assert!(none.unwrap_err().contains("no login at a provider yet"));
    let words = [
        "provider",
        "set",
        "localhost",
        "--member",
        "anna",
        "--username",
        LOGIN,
        "--untested",
    ];
    home.say_with(&words, Some(&format!("{PASSWORD}\n")))
        .unwrap();
    home.say(&[
        "provider",
        "fetch",
        "set",
        "localhost",
        "--member",
        "anna",
        "--port",
        "2993",
    ])
    .unwrap();
    let shown = home.say(&["provider", "show", "--member", "anna"]).unwrap();
    assert_eq!(shown[0]["fetches"][0]["host"], "localhost", "{shown}");
    assert!(!shown.to_string().contains(PASSWORD));
    assert_eq!(now(&home).unwrap()["filed"], 0);
}
