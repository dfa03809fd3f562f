//! The ordinary route: letters to people without a Tox address go through the writer's mail provider. The provider is
//! Debian's Postfix with AUTH, STARTTLS and implicit TLS; a scripted one misbehaves where a good one would not.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "support/client.rs"]
mod client;
#[path = "support/home.rs"]
mod home;
#[path = "support/netns.rs"]
mod netns;
#[path = "support/provider.rs"]
mod provider;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use client::Line;
use home::{Home, Plan, nobody, wait_for};
use provider::{Authority, HANG_UP, PORTS, Postfix, Scripted, quoted};
use serde_json::Value;

const LONG: Duration = Duration::from_secs(60);
const PASSWORD: &str = "correct horse";
const LOGIN: &str = "family@example.org";

/// Anna and ben live here; nobody is on the Tox network.
fn garden(authority: &Authority, more: Vec<(&'static str, String)>) -> Home {
    let mut settings = vec![
        ("tox", "bootstrap = []".into()),
        ("relay", format!("ca_file = {}", quoted(&authority.ca()))),
    ];
    settings.extend(more);
    let plan = Plan {
        settings,
        members: vec!["anna", "ben"],
        ..Plan::default()
    };
    let mut home = Home::new("garden", plan);
    home.plan.environment = vec![(
        "TOXMAIL_FAULT_KILL".to_owned(),
        format!("@{}", home.path().join("fault-kill").display()),
    )];
    home.start();
    home
}

fn set(home: &Home, port: u16, tls: &str, password: &str, more: &[&str]) -> Result<Value, String> {
    let port = port.to_string();
    let mut words = vec![
        "provider",
        "set",
        "localhost",
        "--port",
        &port,
        "--tls",
        tls,
        "--username",
        LOGIN,
    ];
    words.extend(more);
    home.say_with(&words, Some(&format!("{password}\n")))
}

fn anna(home: &Home) -> Line {
    client::submission(home.address("submissions"), "anna", "secret-anna").unwrap()
}

#[track_caller]
fn send(home: &Home, to: &[&str], letter: &str) {
    let reply = client::send(&mut anna(home), "anna@toxmail.local", to, letter.as_bytes());
    let reply = reply.unwrap();
    assert!(reply.starts_with("250"), "{reply}");
}

/// A short letter with that name.
fn note(name: &str, to: &str) -> String {
    format!(
        "From: Anna <anna@toxmail.local>\r\nTo: {to}\r\nSubject: {name}\r\nMessage-ID: <{name}@toxmail.local>\r\n\r\nhello\r\n"
    )
}

/// Copies of the letter with that subject that the provider has filed.
fn filed(provider: &Postfix, name: &str) -> Vec<String> {
    let all = provider.letters().into_iter();
    all.map(|letter| String::from_utf8_lossy(&letter).into_owned())
        .filter(|letter| letter.contains(&format!("\nSubject: {name}\n")))
        .collect()
}

/// The recipients of the letter with that number of recipients that waits.
fn waiting(home: &Home, address: &str) -> Option<Value> {
    let list = home.say(&["queue", "list"]).unwrap();
    let letters = list.as_array().unwrap().iter();
    letters
        .flat_map(|letter| letter["recipients"].as_array().unwrap())
        .find(|recipient| recipient["address"] == address)
        .cloned()
}

/// Notices in anna's mailbox that hold those words.
fn notices(home: &Home, words: &str) -> Vec<String> {
    let all = home.letters("anna").into_iter();
    all.map(|letter| String::from_utf8_lossy(&letter).into_owned())
        .filter(|text| text.starts_with("Return-Path: <>") && text.contains(words))
        .collect()
}

fn refusal(home: &Home, to: &str) -> String {
    let mut line = anna(home);
    let mail = line.say("MAIL FROM:<anna@toxmail.local>").unwrap();
    assert!(mail.starts_with("250"), "{mail}");
    line.say(&format!("RCPT TO:<{to}>")).unwrap()
}

#[test]
fn letters_to_strangers_go_through_a_real_provider_and_tell_nothing_of_the_home() {
    netns::enter_loopback_namespace();
    let authority = Authority::new();
    let postfix = Postfix::start(&authority, PASSWORD);
    let home = garden(&authority, Vec::new());
    let suffix = home.status("address_suffix").as_str().unwrap().to_owned();
    let key = suffix
        .trim_start_matches('@')
        .trim_end_matches(".tox")
        .to_owned();

    // Without a provider, and without an address of her own.
    let reply = refusal(&home, "friend@example.net");
    assert!(reply.starts_with("550 5.1.2"), "{reply}");
    assert!(
        reply.contains("add them to your contacts, or set up your provider"),
        "{reply}"
    );
    let wrong = set(&home, PORTS[0].1, "implicit", "wrong", &[]).unwrap_err();
    assert!(wrong.contains("does not accept the login"), "{wrong}");
    assert_eq!(
        home.say(&["provider", "show"]).unwrap(),
        serde_json::json!([])
    );
    let untrusted = home.say_with(
        &[
            "provider",
            "set",
            "127.0.0.1",
            "--port",
            "2465",
            "--username",
            LOGIN,
        ],
        Some("x\n"),
    );
    assert!(
        untrusted.unwrap_err().contains("not trusted"),
        "the certificate names localhost only"
    );
    set(&home, PORTS[0].1, "implicit", PASSWORD, &[]).unwrap();
    let reply = refusal(&home, "friend@example.net");
    assert!(
        reply.starts_with("550 5.7.1") && reply.contains("on the home's page"),
        "{reply}"
    );
    home.say(&["member", "address", "add", "anna", "anna@example.org"])
        .unwrap();
    home.say(&["member", "address", "add", "ben", "ben@example.org"])
        .unwrap();
    home.say(&["contact", "add", "Oma", "--email", "oma@example.com"])
        .unwrap();

    for (tls, port) in PORTS {
        set(&home, port, tls, PASSWORD, &[]).unwrap();
        home.say(&["provider", "test"]).unwrap();
        let body = "Dear friend,\r\n.\r\n..two dots\r\n \r\nGrüße\r\n--\r\nFrom me\r\n";
        let letter = format!(
            "Received: from laptop ([192.168.1.7])\r\nFrom: Anna <anna@toxmail.local>\r\n\
             To: friend@example.net, Oma <oma@tox>, Ben <ben@toxmail.local>\r\n\
             Cc: anna@{key}.tox, {nobody}, {busy}\r\nBcc: secret@example.com\r\n\
             Subject: {tls}\r\nUser-Agent: Mail 1.0\r\nX-Box: toxmail.local\r\nMIME-Version: 1.0\r\n\
             Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\
             Message-ID: <{tls}@toxmail.local>\r\n\r\n{body}",
            nobody = Postfix::NOBODY,
            busy = Postfix::BUSY,
        );
        let to = [
            "friend@example.net",
            "oma@tox",
            "secret@example.com",
            Postfix::NOBODY,
            Postfix::BUSY,
        ];
        send(&home, &to, &letter);
        let arrived = wait_for("three copies", LONG, || {
            let found = filed(&postfix, tls);
            (found.len() == 3).then_some(found)
        });
        for (letter, to) in [
            "friend@example.net",
            "oma@example.com",
            "secret@example.com",
        ]
        .map(|to| {
            let mark = format!("\nDelivered-To: {to}\n");
            let letter = arrived.iter().find(|letter| letter.contains(&mark));
            (letter.unwrap_or_else(|| panic!("nothing for {to}")), to)
        }) {
            let (head, text) = letter.split_once("\n\n").unwrap();
            assert_eq!(text, body.replace("\r\n", "\n"), "for {to}");
            let whole = head.to_lowercase();
            assert!(
                head.starts_with("Return-Path: <anna@example.org>\n"),
                "{head}"
            );
            assert!(head.contains("\nFrom: Anna <anna@example.org>\n"), "{head}");
            assert!(head.contains("from [127.0.0.1] ("), "{head}");
            assert!(
                head.contains(&format!("\nMessage-ID: <{tls}@example.org>\n")),
                "{head}"
            );
            assert!(
                head.contains(
                    "To: friend@example.net, Oma <oma@example.com>, Ben <ben@example.org>\n"
                ),
                "{head}"
            );
            for private in [
                "toxmail.local",
                "@tox",
                ".tox",
                &key,
                "192.168",
                "user-agent",
                "\nbcc:",
            ] {
                assert!(!whole.contains(private), "{private}: {head}");
            }
            if to != "secret@example.com" {
                assert!(!letter.contains("secret@example.com"), "{head}");
            }
        }
        // Refused for good: told. Refused for now: waits, and says why.
        let notice = wait_for("a notice", LONG, || {
            notices(&home, &format!("Subject: Not delivered: {tls}")).pop()
        });
        let flat = notice.replace("=\r\n", "");
        assert!(flat.contains("5.1.1 your provider says: 550"), "{notice}");
        assert!(
            notice.contains("Final-Recipient: rfc822; nobody@example.net"),
            "{notice}"
        );
        let busy = wait_for("the busy one", LONG, || {
            waiting(&home, Postfix::BUSY).filter(|w| w["state"] == "waiting")
        });
        assert_eq!(busy["route"], "relay");
        assert!(
            busy["why"].as_str().unwrap().contains("come back later"),
            "{busy}"
        );
        assert!(busy["next_try"].as_i64().is_some(), "{busy}");
        let list = home.say(&["queue", "list"]).unwrap();
        let id = list[0]["id"].to_string();
        home.say(&["queue", "cancel", &id]).unwrap();
        wait_for("an empty queue", LONG, || {
            home.queue_is_empty().then_some(())
        });
    }
    let metrics = metrics(&home);
    for line in [
        "toxmail_settled_total{route=\"relay\",verdict=\"delivered\"} 6",
        "toxmail_settled_total{route=\"relay\",verdict=\"never\"} 2",
    ] {
        assert!(metrics.contains(line), "{line} in {metrics}");
    }
}

fn metrics(home: &Home) -> String {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(home.address("metrics")).unwrap();
    stream.write_all(b"GET /metrics HTTP/1.0\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

#[test]
fn a_provider_that_is_away_or_wants_another_password_costs_time_and_no_letter() {
    netns::enter_loopback_namespace();
    let authority = Authority::new();
    let postfix = Postfix::start(&authority, PASSWORD);
    let home = garden(&authority, Vec::new());
    set(
        &home,
        PORTS[1].1,
        "starttls",
        PASSWORD,
        &["--member", "anna", "--address", "anna@example.org"],
    )
    .unwrap();
    assert!(home.say(&["doctor"]).is_err(), "Tox has no node here");
    let doctor = || home.say(&["doctor"]).unwrap_err();

    postfix.stop();
    send(
        &home,
        &["friend@example.net"],
        &note("away", "friend@example.net"),
    );
    let held = wait_for("the reason", LONG, || {
        waiting(&home, "friend@example.net").filter(|w| w["why"].is_string())
    });
    assert!(
        held["why"]
            .as_str()
            .unwrap()
            .contains("takes no connection on port 2587"),
        "{held}"
    );
    assert!(doctor().contains("the provider of anna"), "{}", doctor());
    assert!(doctor().contains("toxmaild provider test --member anna"));
    postfix.go();
    home.say(&["queue", "retry"]).unwrap();
    wait_for("the letter", LONG, || {
        (filed(&postfix, "away").len() == 1).then_some(())
    });
    wait_for("the doctor", LONG, || {
        (!doctor().contains("provider of anna")).then_some(())
    });

    // The family changes the password at the provider. One try, and no more until somebody does something.
    postfix.set_password("another one");
    // Dovecot looks at its file once a second.
    wait_for("the provider to know", LONG, || {
        home.say(&["provider", "test", "--member", "anna"]).err()
    });
    let failures = || postfix.log().matches("authentication failed").count();
    let before = failures();
    for name in ["first", "second"] {
        send(
            &home,
            &["friend@example.net"],
            &note(name, "friend@example.net"),
        );
        wait_for("a refused login", LONG, || {
            let why = waiting(&home, "friend@example.net")?["why"].clone();
            why.as_str()?
                .contains("does not accept the login")
                .then_some(())
        });
    }
    home.say(&["queue", "retry"]).unwrap();
    wait_for("both to wait", LONG, || {
        (home.queue_size() == 2).then_some(())
    });
    std::thread::sleep(Duration::from_secs(2));
    assert!(
        failures() - before <= 2,
        "{} logins: two may have begun together",
        failures() - before
    );
    assert!(
        doctor().contains("does not accept the login 'family@example.org'"),
        "{}",
        doctor()
    );
    let shown = home.say(&["provider", "show", "--member", "anna"]).unwrap();
    assert!(
        shown[0]["problem"].as_str().unwrap().contains("login"),
        "{shown}"
    );
    assert!(!shown.to_string().contains("another one"));
    assert!(home.say(&["provider", "test", "--member", "anna"]).is_err());
    set(
        &home,
        PORTS[0].1,
        "implicit",
        "another one",
        &["--member", "anna"],
    )
    .unwrap();
    for name in ["first", "second"] {
        wait_for("the letters", LONG, || {
            (filed(&postfix, name).len() == 1).then_some(())
        });
    }
    assert!(!doctor().contains("provider of anna"));
}

#[test]
fn a_kill_between_the_providers_yes_and_our_row_sends_the_letter_again_and_loses_none() {
    netns::enter_loopback_namespace();
    let authority = Authority::new();
    let postfix = Postfix::start(&authority, PASSWORD);
    let mut home = garden(&authority, Vec::new());
    set(
        &home,
        PORTS[0].1,
        "implicit",
        PASSWORD,
        &["--member", "anna", "--address", "anna@example.org"],
    )
    .unwrap();
    let arm = home.path().join("fault-kill");
    for (point, copies) in [("relay.accepted", 2), ("outbound.settled", 1)] {
        let mut line = anna(&home);
        std::fs::write(&arm, point).unwrap();
        // On a busy machine the kill may come before the 250 has left; the letter is queued all the same.
        let letter = note(point, "friend@example.net");
        let to = ["friend@example.net"];
        if let Ok(reply) = client::send(&mut line, "anna@toxmail.local", &to, letter.as_bytes()) {
            assert!(reply.starts_with("250"), "{reply}");
        }
        wait_for("the kill", LONG, || home.has_ended().then_some(()));
        std::fs::remove_file(&arm).unwrap();
        home.start();
        wait_for("the queue to be empty", LONG, || {
            home.queue_is_empty().then_some(())
        });
        wait_for("the copies", LONG, || {
            (filed(&postfix, point).len() >= copies).then_some(())
        });
        let found = filed(&postfix, point);
        assert_eq!(found.len(), copies, "{point}");
        for letter in found {
            assert!(
                letter.contains(&format!("\nMessage-ID: <{point}@example.org>\n")),
                "{letter}"
            );
        }
    }
}

#[test]
fn whatever_a_provider_says_each_recipient_gets_the_right_verdict() {
    netns::enter_loopback_namespace();
    let authority = Authority::new();
    let times = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&times);
    let script = move |line: &str| -> Option<String> {
        let last = count.load(Ordering::SeqCst);
        // What the letter that is on its way is about; each is tried alone.
        match (last, line) {
            (1, ".") => Some(HANG_UP.into()),
            (2, ".") => Some("451 4.3.0 try later".into()),
            (3, ".") => Some("554 5.6.0 not like that".into()),
            (4, line) if line.starts_with("MAIL") => Some("550 5.7.1 not as this sender".into()),
            (5, "DATA") => Some("421 4.3.2 closing".into()),
            (6, line) if line.starts_with("EHLO") => {
                Some("250-scripted\r\n250-SIZE 1000\r\n250 AUTH PLAIN".into())
            }
            (10, line) if line.starts_with("EHLO") => {
                Some("250-scripted\r\n250-DSN\r\n250 AUTH PLAIN".into())
            }
            (7, line) if line.starts_with("RCPT TO:<two") => Some("552 5.5.3 too many".into()),
            (7, line) if line.starts_with("RCPT TO:<three") => Some("552 mailbox full".into()),
            (8, line) if line.starts_with("AUTH") => Some("454 4.7.0 not now".into()),
            (9, line) if line.starts_with("EHLO") => Some("554 5.3.2 go away".into()),
            _ => None,
        }
    };
    let provider = Scripted::start(&authority, Arc::new(script));
    let home = garden(&authority, Vec::new());
    set(
        &home,
        provider.port(),
        "implicit",
        PASSWORD,
        &["--member", "anna", "--address", "anna@example.org"],
    )
    .unwrap();
    let later = |to: &str, words: &str| {
        let held = wait_for(words, LONG, || {
            waiting(&home, to).filter(|w| w["why"].as_str().is_some_and(|why| why.contains(words)))
        });
        assert_eq!(held["state"], "waiting", "{held}");
        let list = home.say(&["queue", "list"]).unwrap();
        home.say(&["queue", "cancel", &list[0]["id"].to_string()])
            .unwrap();
    };
    let never = |name: &str, status: &str, words: &str| {
        let notice = wait_for(words, LONG, || {
            notices(&home, &format!("Not delivered: {name}")).pop()
        });
        assert!(
            notice.contains(&format!("\nStatus: {status}\r\n")),
            "{notice}"
        );
        let flat = notice.replace("=\r\n", "");
        assert!(flat.contains(words), "{notice}");
    };
    let write = |step: usize, name: &str, to: &[&str], body: &str| {
        wait_for("an empty queue", LONG, || {
            home.queue_is_empty().then_some(())
        });
        times.store(step, Ordering::SeqCst);
        send(
            &home,
            to,
            &format!("{}{body}\r\n", note(name, &to.join(", "))),
        );
    };

    write(1, "one", &["a@b.example"], "");
    later("a@b.example", "broke the connection off");
    write(2, "two", &["a@b.example"], "");
    later("a@b.example", "451 try later");
    write(3, "three", &["a@b.example"], "");
    never("three", "5.6.0", "554 not like that");
    write(4, "four", &["a@b.example"], "");
    never("four", "5.7.1", "550 not as this sender");
    write(5, "five", &["a@b.example"], "");
    later("a@b.example", "421 closing");
    write(6, "six-long", &["a@b.example"], &"x".repeat(1000));
    never("six-long", "5.3.4", "at most 1000 bytes");
    write(6, "six-eight-bit", &["a@b.example"], "Grüße");
    never("six-eight-bit", "5.6.3", "8BITMIME");
    write(
        7,
        "seven",
        &["one@b.example", "two@b.example", "three@b.example"],
        "",
    );
    never("seven", "5.2.2", "mailbox full");
    later("two@b.example", "552 too many");
    write(8, "eight", &["a@b.example"], "");
    later("a@b.example", "454 not now");
    write(9, "nine", &["a@b.example"], "");
    later("a@b.example", "554 go away");

    // A provider of 7 bits: what its writer allows is written anew, and nothing else.
    write(10, "ten-as-it-is", &["a@b.example"], "Grüße");
    never("ten-as-it-is", "5.6.3", "your settings on the home's page");
    home.say(&["member", "settings", "anna", "--reencode", "on"])
        .unwrap();
    write(10, "ten-anew", &["a@b.example"], "Grüße aus dem Garten");
    let letter = wait_for("the letter anew", LONG, || {
        let mut heard = provider.heard().into_iter();
        heard.find(|h| h.contains("Subject: ten-anew\r\n"))
    });
    assert!(letter.is_ascii(), "{letter}");
    assert!(
        letter.contains("Content-Transfer-Encoding: quoted-printable\r\n"),
        "{letter}"
    );
    assert!(
        letter.contains("hello\r\nGr=C3=BC=C3=9Fe aus dem Garten\r\n"),
        "{letter}"
    );
    let mail = provider.heard().into_iter().rev();
    let mail = mail.into_iter().find(|h| h.starts_with("MAIL")).unwrap();
    assert!(!mail.contains("8BITMIME"), "{mail}");
    wait_for("an empty queue", LONG, || {
        home.queue_is_empty().then_some(())
    });
    let signed = "From: Anna <anna@toxmail.local>\r\nTo: a@b.example\r\nSubject: ten-signed\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\nGrüße\r\n--b\r\n\r\nx\r\n--b--\r\n";
    send(&home, &["a@b.example"], signed);
    never("ten-signed", "5.6.3", "it is signed or encrypted");

    // What was said for the writer: sizes, wishes, the recipient that was named, and nothing of the home.
    times.store(0, Ordering::SeqCst);
    wait_for("an empty queue", LONG, || {
        home.queue_is_empty().then_some(())
    });
    let before = provider.heard().len();
    let mut line = anna(&home);
    for said in [
        "MAIL FROM:<anna@toxmail.local> BODY=8BITMIME RET=HDRS ENVID=QQ1",
        "RCPT TO:<a@b.example> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;a@b.example",
        "RCPT TO:<b@b.example> NOTIFY=NEVER ORCPT=rfc822;oma@tox",
        "RCPT TO:<c@b.example>",
    ] {
        let reply = line.say(said).unwrap();
        assert!(reply.starts_with("250"), "{reply}");
    }
    assert!(line.say("DATA").unwrap().starts_with("354"));
    line.send(format!("{}Grüße\r\n.\r\n", note("said", "a@b.example")).as_bytes())
        .unwrap();
    assert!(line.reply().unwrap().starts_with("250"));
    let told = wait_for("a receipt", LONG, || {
        notices(&home, "Action: relayed").pop()
    });
    assert!(
        told.contains("Final-Recipient: rfc822; a@b.example"),
        "{told}"
    );
    let heard = provider.heard().split_off(before);
    for line in [
        "EHLO [127.0.0.1]",
        "MAIL FROM:<anna@example.org> BODY=8BITMIME RET=HDRS ENVID=QQ1",
        "RCPT TO:<a@b.example> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;a@b.example",
        "RCPT TO:<b@b.example> NOTIFY=NEVER",
        "RCPT TO:<c@b.example>",
        "DATA",
        "QUIT",
    ] {
        assert!(heard.iter().any(|said| said == line), "{line} in {heard:?}");
    }
    assert!(!heard.concat().to_lowercase().contains("tox"), "{heard:?}");
    // Nobody else's mailbox takes an automatic answer under a name.
    let before = provider.heard().len();
    let reply = client::send(
        &mut anna(&home),
        "",
        &["a@b.example"],
        note("null", "a@b.example").as_bytes(),
    );
    assert!(reply.unwrap().starts_with("250"));
    wait_for("the null sender", LONG, || {
        let heard = provider.heard();
        heard[before..]
            .iter()
            .any(|l| l.starts_with("MAIL FROM:<>"))
            .then_some(())
    });
}

#[test]
fn a_contact_who_may_falls_back_to_ordinary_mail_and_nobody_else_does() {
    netns::enter_loopback_namespace();
    let authority = Authority::new();
    let postfix = Postfix::start(&authority, PASSWORD);
    let home = garden(&authority, Vec::new());
    let member = ["--member", "anna", "--address", "anna@example.org"];
    set(&home, PORTS[0].1, "implicit", PASSWORD, &member).unwrap();
    let add = |name: &str, byte: u8, email: &str, more: &[&str]| {
        let id = nobody(byte);
        let mut words = vec!["contact", "add", name, "--tox", &id, "--email", email];
        words.extend(more);
        home.say(&words).unwrap()
    };
    // This home is on no network, so it takes twice as long.
    let contact = add("Oma", 1, "oma@example.com", &["--fallback", "2s"]);
    assert_eq!(contact["fallback_seconds"], 2);
    add("Opa", 2, "opa@example.com", &[]);
    add("Kai", 3, "kai@example.com", &[]);
    home.say(&["contact", "fallback", "kai", "1h"]).unwrap();
    let refused = home
        .say(&["contact", "fallback", "nobody", "1h"])
        .unwrap_err();
    assert!(refused.contains("no contact"), "{refused}");
    let list = home.say(&["contact", "list"]).unwrap();
    let of = |name: &str| {
        let all = list.as_array().unwrap().iter();
        let mut found = all.filter(|c| c["name"] == name);
        found.next().unwrap()["fallback_seconds"].clone()
    };
    assert_eq!(
        (of("oma"), of("opa"), of("kai")),
        (2.into(), Value::Null, 3600.into())
    );

    let to = ["oma@tox", "opa@tox", "kai@example.com"];
    send(
        &home,
        &to,
        &note("away", "oma@tox, opa@tox, kai@example.com"),
    );
    let letter = wait_for("the ordinary copy", LONG, || filed(&postfix, "away").pop());
    assert!(
        letter.contains("\nDelivered-To: oma@example.com\n"),
        "{letter}"
    );
    assert!(
        letter.contains("\nTo: oma@example.com, opa@example.com, kai@example.com\n"),
        "{letter}"
    );
    let notice = wait_for("the notice", LONG, || {
        notices(&home, "Subject: By ordinary mail now: away").pop()
    });
    let flat = notice.replace("=\r\n", "");
    assert!(
        flat.contains("oma@tox") && !flat.contains("(opa@tox) has not"),
        "{flat}"
    );
    assert!(flat.contains("Action: delayed\r\n"), "{flat}");
    for waits in ["opa@tox", "kai@example.com"] {
        assert_eq!(waiting(&home, waits).unwrap()["route"], "tox");
    }
    // Once, and told once.
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(filed(&postfix, "away").len(), 1);
    assert_eq!(notices(&home, "By ordinary mail now").len(), 1);
}
