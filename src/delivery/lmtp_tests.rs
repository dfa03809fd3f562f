//! The client against servers that say what the test wants.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::thread::JoinHandle;

use super::*;
use crate::mail::envelope::Return;

const QUICK: Times = Times {
    connect: Duration::from_secs(5),
    command: Duration::from_millis(300),
    content: Duration::from_secs(5),
    end: Duration::from_millis(300),
};
const PATIENT: Times = Times {
    connect: Duration::from_secs(20),
    command: Duration::from_secs(20),
    content: Duration::from_secs(20),
    end: Duration::from_secs(20),
};

/// A server that answers the n-th line, and the end of a letter, with the n-th answer; empty: not at all. What it heard.
fn server(answers: &[&str]) -> (String, JoinHandle<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = listener.local_addr().unwrap().to_string();
    let answers: Vec<String> = answers.iter().map(|a| (*a).to_owned()).collect();
    let heard = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut heard = Vec::new();
        let mut in_letter = false;
        for answer in answers {
            if !answer.is_empty() {
                stream
                    .write_all(format!("{answer}\r\n").as_bytes())
                    .unwrap();
            }
            in_letter = answer.starts_with("354") || in_letter && answer.is_empty();
            loop {
                let mut line = Vec::new();
                if reader.read_until(b'\n', &mut line).unwrap_or(0) == 0 {
                    return heard;
                }
                heard.extend_from_slice(&line);
                if !in_letter || line == b".\r\n" {
                    break;
                }
            }
        }
        heard
    });
    (place, heard)
}

fn to(names: &[&str]) -> Envelope {
    Envelope {
        sender: "paul@home.tox".into(),
        recipients: names
            .iter()
            .map(|name| Recipient {
                address: format!("{name}@example.org"),
                notify: Notify::default(),
                original: None,
            })
            .collect(),
        ..Envelope::default()
    }
}

fn hand(to: &Handover, times: &Times, envelope: &Envelope, body: &[u8]) -> Vec<Verdict> {
    let mut letter = Letter {
        envelope,
        head: b"Subject: x\r\n\r\n",
        body_size: body.len() as u64,
        body: &mut &*body,
    };
    hand_over(to, "toxmail.local", times, &mut letter)
}

fn word(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Delivered => "delivered".into(),
        Verdict::Later { why, not_before } => {
            assert_eq!(*not_before, Duration::ZERO);
            format!("later {why}")
        }
        Verdict::Never { why } => format!("never {why}"),
    }
}

#[test]
fn lmtp_has_a_verdict_for_each_recipient() {
    let (place, heard) = server(&[
        "220 mail.example.org LMTP",
        "250-mail.example.org\r\n250-PIPELINING\r\n250 8BITMIME",
        "250 2.1.0 ok",
        "250 2.1.5 ok",
        "550 5.1.1 <bob@example.org> no such user",
        "450 busy",
        "250 2.1.5 ok",
        "354 go on",
        "250 2.0.0 saved\r\n452 4.2.2 <dora@example.org> over quota",
    ]);
    let mut envelope = to(&["anna", "bob", "carl", "dora"]);
    envelope.body = Body::EightBitMime;
    let verdicts = hand(
        &Handover::Lmtp(place),
        &PATIENT,
        &envelope,
        b".\r\n..x\r\nlast",
    );
    let words: Vec<String> = verdicts.iter().map(word).collect();
    assert_eq!(
        words,
        [
            "delivered",
            "never 5.1.1 their mail server says: <bob@example.org> no such user",
            "later 4.1.1 their mail server says: busy",
            "later 4.2.2 their mail server says: <dora@example.org> over quota",
        ]
    );
    let heard = String::from_utf8(heard.join().unwrap()).unwrap();
    assert_eq!(
        heard,
        "LHLO toxmail.local\r\nMAIL FROM:<paul@home.tox> BODY=8BITMIME\r\n\
         RCPT TO:<anna@example.org>\r\nRCPT TO:<bob@example.org>\r\nRCPT TO:<carl@example.org>\r\n\
         RCPT TO:<dora@example.org>\r\nDATA\r\nSubject: x\r\n\r\n..\r\n...x\r\nlast\r\n.\r\nQUIT\r\n"
    );
}

#[test]
fn smtp_has_one_verdict_for_all_and_takes_every_wish_but_the_good_news() {
    let (place, heard) = server(&[
        "220 mail.example.org ESMTP",
        "250-mail.example.org\r\n250-SIZE 1000\r\n250-dsn\r\n250-SMTPUTF8\r\n250 8BITMIME",
        "250 ok",
        "250 ok",
        "250 ok",
        "354 go on",
        "250 2.0.0 queued",
    ]);
    let mut envelope = to(&["anna", "bob"]);
    envelope.sender.clear();
    envelope.smtputf8 = true;
    envelope.ret = Return::Headers;
    envelope.envelope_id = Some("x+2By".into());
    envelope.recipients[0].notify.success = true;
    envelope.recipients[0].original = Some("rfc822;anna@home.tox".into());
    envelope.recipients[1].notify = Notify::NEVER;
    let verdicts = hand(&Handover::Smtp(place), &PATIENT, &envelope, b"x\r\n");
    assert_eq!(verdicts, [Verdict::Delivered, Verdict::Delivered]);
    let heard = String::from_utf8(heard.join().unwrap()).unwrap();
    assert_eq!(
        heard,
        "EHLO toxmail.local\r\nMAIL FROM:<> SIZE=17 SMTPUTF8 RET=HDRS ENVID=x+2By\r\n\
         RCPT TO:<anna@example.org> NOTIFY=FAILURE,DELAY ORCPT=rfc822;anna@home.tox\r\n\
         RCPT TO:<bob@example.org> NOTIFY=NEVER\r\nDATA\r\nSubject: x\r\n\r\nx\r\n.\r\nQUIT\r\n"
    );
}

#[test]
fn what_is_wrong_with_the_server_is_never_the_letters_fault() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = free.local_addr().unwrap().to_string();
    drop(free);
    let verdicts = hand(&Handover::Lmtp(nobody.clone()), &QUICK, &to(&["anna"]), b"");
    let expected = format!("later 4.4.2 the mail server at lmtp://{nobody} takes no connections");
    assert!(word(&verdicts[0]).starts_with(&expected), "{verdicts:?}");

    let endless = "250-x\r\n".repeat(MOST_LINES + 1);
    let long = format!("220 {}", "x".repeat(LONGEST_LINE + 2048));
    for (answers, expected) in [
        (vec![""], "in time"),
        (
            vec!["554 5.7.1 no service here"],
            "later 4.3.5 their mail server does not serve",
        ),
        (vec!["220 hi", "550 who are you"], "later 4.3.5"),
        (
            vec!["220 hi", "250 x", "530 5.7.0 log in first"],
            "later 4.3.5",
        ),
        (
            vec!["220 hi", "250 x", "421 4.3.2 going down"],
            "later 4.3.2",
        ),
        (
            vec!["220 hi", "250 x", "250 x", "421 going down"],
            "later 4.3.0",
        ),
        (
            vec!["220 hi", "250 x", "250 x", "250 x", "451 4.3.0 no room"],
            "later 4.3.0",
        ),
        (
            vec!["220 hi", "250 x", "250 x", "250 x", "250 not yet"],
            "as it should",
        ),
        (
            vec!["220 hi", "250 x", "250 x", "250 x", "354 x", ""],
            "in time",
        ),
        (vec!["hello"], "as it should"),
        (vec!["220-x\r\n250 y"], "as it should"),
        (vec!["220 hi", &endless], "as it should"),
        (vec![&long], "as it should"),
        (vec!["120 soon"], "as it should"),
    ] {
        let (place, _heard) = server(&answers);
        // Only who is silent is waited for.
        let times = if expected == "in time" {
            &QUICK
        } else {
            &PATIENT
        };
        let verdicts = hand(&Handover::Lmtp(place), times, &to(&["anna"]), b"");
        let said = word(&verdicts[0]);
        assert!(
            said.contains(expected) && said.starts_with("later"),
            "{answers:?}: {said}"
        );
    }
    // Gone in the middle.
    let (place, _heard) = server(&["220 hi\r\n250 x\r\n250 x\r\n250 x\r\n354 x"]);
    let verdicts = hand(&Handover::Lmtp(place), &PATIENT, &to(&["anna"]), b"");
    assert!(
        word(&verdicts[0]).starts_with("later 4.4.2"),
        "{verdicts:?}"
    );
}

#[test]
fn a_server_that_drips_does_not_stretch_its_time() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = listener.local_addr().unwrap().to_string();
    let dripping = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        while stream.write_all(b"2").is_ok() {
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    let begin = Instant::now();
    let verdicts = hand(&Handover::Smtp(place), &QUICK, &to(&["anna"]), b"");
    assert!(word(&verdicts[0]).contains("in time"), "{verdicts:?}");
    assert!(begin.elapsed() < Duration::from_secs(20));
    dripping.join().unwrap();
}

#[test]
fn what_the_server_says_of_the_letter_is_the_last_word() {
    for (answers, expected) in [
        (vec!["220 hi", "250 x", "552 too large"], "never 5.3.4"),
        (
            vec![
                "220 hi",
                "250 x",
                "250 x",
                "250 x",
                "354 x",
                "554 5.7.1 spam",
            ],
            "never 5.7.1",
        ),
        (vec!["220 hi", "250 x", "250 x", "552 full"], "never 5.2.2"),
        (
            vec!["220 hi", "250 x", "250 x", "550 4.2.0 confused"],
            "never 5.1.1",
        ),
    ] {
        let (place, _heard) = server(&answers);
        let verdicts = hand(&Handover::Smtp(place), &PATIENT, &to(&["anna"]), b"");
        assert!(word(&verdicts[0]).starts_with(expected), "{verdicts:?}");
    }
}

#[test]
fn a_server_of_the_last_century_takes_plain_letters_only() {
    let old = [
        "220 hi", "502 what", "250 hi", "250 x", "250 x", "354 x", "250 x",
    ];
    let (place, heard) = server(&old);
    let mut envelope = to(&["anna"]);
    assert_eq!(
        hand(&Handover::Smtp(place), &PATIENT, &envelope, b""),
        [Verdict::Delivered]
    );
    let heard = String::from_utf8(heard.join().unwrap()).unwrap();
    assert!(heard.contains("\r\nHELO toxmail.local\r\nMAIL FROM:<paul@home.tox>\r\n"));
    envelope.body = Body::EightBitMime;
    let (place, _heard) = server(&old);
    let verdicts = hand(&Handover::Smtp(place), &PATIENT, &envelope, b"\xe9\r\n");
    assert!(word(&verdicts[0]).starts_with("never 5.6.3"));
    envelope.sender = "käthe@example.org".into();
    let (place, _heard) = server(&old);
    let verdicts = hand(&Handover::Smtp(place), &PATIENT, &envelope, b"");
    assert!(word(&verdicts[0]).starts_with("never 5.6.7"));
}

#[test]
fn a_letter_that_cannot_be_read_to_its_end_is_not_ended() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("a bad sector"))
        }
    }
    let (place, heard) = server(&["220 hi", "250 x", "250 x", "250 x", "354 x", "250 x"]);
    let envelope = to(&["anna"]);
    let mut letter = Letter {
        envelope: &envelope,
        head: b"Subject: x\r\n\r\n",
        body_size: 5,
        body: &mut Broken,
    };
    let verdicts = hand_over(
        &Handover::Smtp(place),
        "toxmail.local",
        &PATIENT,
        &mut letter,
    );
    assert!(matches!(&verdicts[0], Verdict::Later { why, .. } if why.text.contains("disk")));
    let heard = heard.join().unwrap();
    assert!(!heard.windows(3).any(|w| w == b".\r\n"));
}
