//! What the dialogs cannot show, or only slowly: the table as a whole, and the answers to every trouble.

use super::*;
use crate::store::{Entry, Figures, Flags, KeywordSet, ModSeq};
use std::time::Duration;

fn snapshot(sizes: &[u64]) -> Snapshot {
    let entries = sizes.iter().enumerate().map(|(at, &size)| Entry {
        uid: Uid(10 + u32::try_from(at).unwrap()),
        size,
        flags: Flags::NONE,
        keywords: KeywordSet::NONE,
        mod_seq: ModSeq(1),
        arrived: 0,
        open_end: size % 2 == 1,
    });
    Snapshot {
        figures: Figures {
            uid_validity: UidValidity(7),
            uid_next: Uid(100),
            mod_seq: ModSeq(1),
            messages: sizes.len() as u64,
            bytes: sizes.iter().sum(),
            unseen: sizes.len() as u64,
            deleted: 0,
            deleted_bytes: 0,
        },
        entries: Arc::new(entries.collect()),
        keywords: Arc::default(),
    }
}

fn stranger() -> Session {
    Session::secure(Arc::default())
}

/// Somebody whose password is right.
fn known() -> Session {
    let mut session = stranger();
    // \0anna\0sesame
    let Step::Ask(Ask::Login { login, password }) = session.line(b"AUTH PLAIN AGFubmEAc2VzYW1l")
    else {
        panic!("no question");
    };
    assert_eq!((login.as_str(), password.reveal()), ("anna", "sesame"));
    let member = "anna".parse().unwrap();
    let step = session.answer(Answer::Login(Admission::Welcome(member)));
    assert!(matches!(step, Step::Ask(Ask::Open { .. })), "{step:?}");
    session
}

fn member(sizes: &[u64]) -> Session {
    let mut session = known();
    let step = session.answer(Answer::Opened(Ok(snapshot(sizes))));
    assert!(matches!(&step, Step::Reply(r) if r.0.starts_with("+OK ")));
    session
}

fn words(step: &Step) -> &str {
    match step {
        Step::Reply(r) | Step::Send(r) | Step::StartTls(r) | Step::Close(r) => &r.0,
        Step::Ask(_) => panic!("{step:?}"),
    }
}

fn say(session: &mut Session, line: &str) -> String {
    words(&session.line(line.as_bytes())).to_owned()
}

#[test]
fn what_is_legal_when() {
    let example = |verb: Verb| match verb {
        Verb::User => "USER anna".to_owned(),
        Verb::Pass => "PASS x".into(),
        Verb::Auth => "AUTH PLAIN".into(),
        Verb::Retr | Verb::Dele => format!("{} 1", verb.as_str()),
        Verb::Top => "TOP 1 0".into(),
        verb => verb.as_str().into(),
    };
    for verb in Verb::ALL {
        let legal = |mut session: Session| match session.line(example(verb).as_bytes()) {
            Step::Ask(_) => true,
            step => !words(&step).starts_with("-ERR"),
        };
        use Verb as V;
        let plain = matches!(verb, V::Capa | V::Quit | V::Stls | V::Utf8);
        let strange = matches!(
            verb,
            V::Capa | V::Quit | V::Utf8 | V::User | V::Pass | V::Auth
        );
        let inside = !matches!(verb, V::Stls | V::Utf8 | V::User | V::Pass | V::Auth);
        assert_eq!(legal(Session::plain(Arc::default())), plain, "{verb:?}");
        let mut named = stranger();
        say(&mut named, "USER anna");
        assert_eq!(legal(named), strange, "{verb:?}");
        assert_eq!(legal(member(&[10])), inside, "{verb:?}");
    }
}

#[test]
fn the_troubles_of_a_login() {
    let mut session = stranger();
    let mut told = |admission| {
        session.line(b"USER anna");
        let step = session.line(b"PASS x");
        assert!(matches!(step, Step::Ask(Ask::Login { .. })), "{step:?}");
        words(&session.answer(Answer::Login(admission))).to_owned()
    };
    assert!(told(Admission::Wrong).starts_with("-ERR [AUTH] "));
    let later = told(Admission::TryLater(Duration::from_secs(130)));
    assert!(later.starts_with("-ERR [LOGIN-DELAY] ") && later.contains("3 minutes"));
    assert!(told(Admission::Unavailable).starts_with("-ERR [SYS/TEMP] "));
    // The name is forgotten with the wrong password.
    assert!(say(&mut session, "PASS sesame").starts_with("-ERR Say USER"));
    for (trouble, code) in [
        (Trouble::InUse, "[IN-USE]"),
        (Trouble::Gone, "[SYS/PERM]"),
        (Trouble::OutOfOrder, "[SYS/TEMP]"),
    ] {
        let mut session = known();
        let step = session.answer(Answer::Opened(Err(trouble)));
        assert!(words(&step).starts_with(&format!("-ERR {code} ")));
        assert!(say(&mut session, "STAT").starts_with("-ERR"));
        assert!(say(&mut session, "USER anna").starts_with("+OK"));
    }
}

#[test]
fn auth_plain_in_all_its_forms() {
    let asked = |session: &mut Session, line: &str| match session.line(line.as_bytes()) {
        Step::Ask(Ask::Login { login, password }) => format!("{login} {}", password.reveal()),
        step => words(&step)[..4].to_owned(),
    };
    let encoded = |text: &str| BASE64.encode(text.as_bytes());
    for (text, expected) in [
        ("\0anna\0sesame", "anna sesame"),
        ("anna\0anna\0", "anna "),
        ("ben\0anna\0sesame", "-ERR"),
        ("\0\0sesame", "-ERR"),
        ("\0anna", "-ERR"),
        ("\0anna\0a\0b", "-ERR"),
    ] {
        let line = format!("AUTH PLAIN {}", encoded(text));
        assert_eq!(asked(&mut stranger(), &line), expected);
        let mut session = stranger();
        assert_eq!(say(&mut session, "auth plain"), "+ \r\n");
        assert_eq!(asked(&mut session, &encoded(text)), expected);
    }
    for line in ["*", "=", "not base64", "", "/w=="] {
        let mut session = stranger();
        session.line(b"AUTH PLAIN");
        assert_eq!(asked(&mut session, line), "-ERR", "{line}");
        assert!(say(&mut session, "USER anna").starts_with("+OK"));
    }
    let mut session = stranger();
    let long = format!(
        "AUTH PLAIN {}",
        encoded(&format!("\0anna\0{}", "x".repeat(600)))
    );
    assert_eq!(session.longest_line(), LONGEST_AUTH);
    assert!(asked(&mut session, &long).starts_with("anna x"));
    let long = format!("PASS {}", "x".repeat(255));
    assert!(say(&mut stranger(), &long).contains("too long"));
}

#[test]
fn the_listing_and_its_marks() {
    let mut session = member(&[100, 31, 0]);
    assert_eq!(say(&mut session, "STAT"), "+OK 3 133\r\n");
    assert_eq!(say(&mut session, "LIST 2"), "+OK 2 33\r\n");
    assert_eq!(say(&mut session, "UIDL 3"), "+OK 3 7.12\r\n");
    assert!(say(&mut session, "DELE 2").starts_with("+OK"));
    assert_eq!(say(&mut session, "STAT"), "+OK 2 100\r\n");
    assert_eq!(
        say(&mut session, "LIST"),
        "+OK 2 messages (100 octets)\r\n1 100\r\n3 0\r\n.\r\n"
    );
    assert_eq!(
        say(&mut session, "UIDL"),
        "+OK Names follow\r\n1 7.10\r\n3 7.12\r\n.\r\n"
    );
    for line in [
        "DELE 2",
        "RETR 2",
        "TOP 2 0",
        "LIST 2",
        "UIDL 2",
        "RETR 0",
        "LIST 4",
        "DELE 4294967295",
    ] {
        assert!(say(&mut session, line).starts_with("-ERR"), "{line}");
    }
    assert_eq!(say(&mut session, "RSET"), "+OK 3 messages (133 octets)\r\n");
    assert_eq!(say(&mut session, "STAT"), "+OK 3 133\r\n");
    assert!(matches!(session.line(b"QUIT"), Step::Close(_)));
}

#[test]
fn the_end_of_a_session() {
    let asked = || {
        let mut session = member(&[1, 2, 3]);
        say(&mut session, "DELE 3");
        say(&mut session, "DELE 1");
        let step = session.line(b"QUIT");
        let marked = vec![Uid(10), Uid(12)];
        assert_eq!(step, Step::Ask(Ask::Update { marked }));
        session
    };
    for (updated, expected) in [
        (Ok(0), "+OK"),
        (Ok(1), "-ERR [SYS/TEMP] A message"),
        (Ok(2), "-ERR [SYS/TEMP] 2 messages"),
        (Err(Trouble::OutOfOrder), "-ERR [SYS/TEMP] Some"),
    ] {
        let step = asked().answer(Answer::Updated(updated));
        assert!(
            matches!(&step, Step::Close(r) if r.0.starts_with(expected)),
            "{step:?}"
        );
    }
    assert_eq!(member(&[]).goodbye(Ended::TimedOut), None);
    let stopping = member(&[]).goodbye(Ended::Stopping).unwrap();
    assert!(stopping.0.starts_with("-ERR [SYS/TEMP] "));
}

#[test]
fn a_message_that_cannot_be_had() {
    let mut session = member(&[31]);
    for (found, expected) in [
        (Ok(()), "+OK 33 octets"),
        (Err(Trouble::Gone), "-ERR Message 1"),
        (Err(Trouble::OutOfOrder), "-ERR [SYS/TEMP] "),
    ] {
        let ask = Ask::Message {
            uid: Uid(10),
            body_lines: None,
        };
        assert_eq!(session.line(b"RETR 1"), Step::Ask(ask));
        let step = session.answer(Answer::Message(found));
        assert_eq!(matches!(step, Step::Send(_)), found.is_ok());
        assert!(words(&step).starts_with(expected), "{step:?}");
    }
}

#[test]
fn who_only_makes_errors_is_left() {
    let mut session = stranger();
    for _ in 0..19 {
        assert!(matches!(session.line(b"GET / HTTP/1.1"), Step::Reply(_)));
    }
    assert!(matches!(session.broken(Fault::Nul), Step::Close(_)));
    // An answer that nobody asked for ends the session, and deletes nothing.
    let step = member(&[1]).answer(Answer::Updated(Ok(0)));
    assert!(matches!(&step, Step::Close(r) if r.0.starts_with("-ERR")));
}

#[test]
fn the_greeting_is_no_time_stamp_and_no_code() {
    let settings = Settings {
        hostname: "[<1@x>]\r\n+OK".into(),
        ..Settings::default()
    };
    let greeting = Session::plain(Arc::new(settings)).greeting();
    assert_eq!(greeting.0, "+OK Toxmail POP3 at [?1@x>]??+OK\r\n");
}
