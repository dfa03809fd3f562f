//! What a dialog cannot show: steps, envelopes, and the table as a whole.

use super::*;
use crate::mail::envelope::{Notify, Return};

fn member() -> Session {
    let mut session = Session::secure(Arc::default());
    session.line(b"EHLO mutt");
    // \0anna\0sesame
    let Step::Ask(Ask::Login { login, password }) = session.line(b"AUTH PLAIN AGFubmEAc2VzYW1l")
    else {
        panic!("no question");
    };
    assert_eq!((login.as_str(), password.reveal()), ("anna", "sesame"));
    session.answer(Answer::Login(Admission::Welcome("anna".parse().unwrap())));
    session
}

fn say(session: &mut Session, line: &str) -> Step {
    match session.line(line.as_bytes()) {
        Step::Ask(Ask::Sender { .. } | Ask::Recipient { .. }) => {
            session.answer(Answer::Allowed(Ok(())))
        }
        step => step,
    }
}

fn code(step: &Step) -> u16 {
    let (Step::Reply(r) | Step::StartBody(r) | Step::StartTls(r) | Step::Close(r)) = step else {
        panic!("{step:?}");
    };
    r.code()
}

#[test]
fn the_envelope_is_what_was_said() {
    let mut session = member();
    say(
        &mut session,
        "MAIL FROM:<Anna@toxmail.local> SIZE=9 RET=FULL ENVID=x+2By SMTPUTF8",
    );
    say(
        &mut session,
        r#"RCPT TO:<"a b"@Example.ORG> NOTIFY=SUCCESS ORCPT=rfc822;q+2B@x"#,
    );
    say(&mut session, r#"RCPT TO:<"a b"@example.org> NOTIFY=DELAY"#);
    say(&mut session, r#"RCPT TO:<"A b"@example.org> NOTIFY=NEVER"#);
    say(&mut session, "RCPT TO:<bob@tox>");
    say(&mut session, "RCPT TO:<BOB@Tox>");
    assert_eq!(session.letter(), None);
    assert!(matches!(say(&mut session, "DATA"), Step::StartBody(_)));
    assert_eq!(session.letter().unwrap().1, Some(9));
    let mut out = Vec::new();
    let (taken, step) = session.content("å\r\n.\r\nQUIT\r\n".as_bytes(), &mut out);
    assert_eq!((taken, out.as_slice()), (7, "å\r\n".as_bytes()));
    let recipient = |address: &str, notify, original: Option<&str>| Recipient {
        address: address.into(),
        notify,
        original: original.map(Into::into),
    };
    let folded = Notify {
        success: true,
        failure: false,
        delay: true,
    };
    let envelope = Envelope {
        sender: "Anna@toxmail.local".into(),
        recipients: vec![
            recipient(r#""a b"@Example.ORG"#, folded, Some("rfc822;q+2B@x")),
            recipient(r#""A b"@example.org"#, Notify::NEVER, None),
            recipient("bob@tox", Notify::default(), None),
        ],
        body: Body::EightBitMime,
        smtputf8: true,
        ret: Return::Full,
        envelope_id: Some("x+2By".into()),
    };
    let member = "anna".parse().unwrap();
    let declared = Some(9);
    assert_eq!(
        step,
        Some(Step::Ask(Ask::Submit {
            member,
            declared,
            envelope
        }))
    );
    assert_eq!(session.wants(), Wants::Nothing);
    assert_eq!(
        code(&session.answer(Answer::Submitted(Ok("77".into())))),
        250
    );
    assert_eq!(code(&say(&mut session, "MAIL FROM:<a@b>")), 250);
}

#[test]
fn the_table_holds_in_every_state() {
    let verbs = [
        "EHLO x",
        "HELO x",
        "NOOP",
        "HELP",
        "RSET",
        "QUIT",
        "STARTTLS",
        "AUTH PLAIN",
        "MAIL FROM:<a@b>",
        "RCPT TO:<a@b>",
        "DATA",
        "BDAT 0",
        "VRFY a",
        "EXPN a",
    ];
    let build: [fn() -> Session; 7] = [
        || Session::plain(Arc::default()),
        || Session::secure(Arc::default()),
        || {
            let mut session = Session::secure(Arc::default());
            say(&mut session, "EHLO x");
            session
        },
        member,
        || {
            let mut session = member();
            say(&mut session, "MAIL FROM:<a@b>");
            session
        },
        || {
            let mut session = member();
            say(&mut session, "MAIL FROM:<a@b>");
            say(&mut session, "RCPT TO:<a@b>");
            session
        },
        || {
            let mut session = member();
            say(&mut session, "MAIL FROM:<a@b>");
            say(&mut session, "RCPT TO:<a@b>");
            say(&mut session, "BDAT 0");
            session
        },
    ];
    let expected = [
        [
            250, 250, 250, 214, 250, 221, 220, 538, 530, 530, 530, 530, 530, 530,
        ],
        [
            250, 250, 250, 214, 250, 221, 503, 503, 530, 530, 530, 530, 530, 530,
        ],
        [
            250, 250, 250, 214, 250, 221, 503, 334, 530, 530, 530, 530, 530, 530,
        ],
        [
            250, 250, 250, 214, 250, 221, 503, 503, 250, 503, 503, 503, 252, 502,
        ],
        [
            250, 250, 250, 214, 250, 221, 503, 503, 503, 250, 503, 503, 252, 502,
        ],
        [
            250, 250, 250, 214, 250, 221, 503, 503, 503, 250, 354, 250, 252, 502,
        ],
        [
            250, 250, 250, 214, 250, 221, 503, 503, 503, 503, 503, 250, 252, 502,
        ],
    ];
    for (build, expected) in build.iter().zip(expected) {
        let told = verbs.map(|verb| code(&say(&mut build(), verb)));
        assert_eq!(told, expected, "{:?}", build().state);
    }
}

#[test]
fn a_login_may_come_in_every_way_and_nobody_acts_for_another() {
    let ask = |lines: &[&str]| {
        let mut session = Session::secure(Arc::default());
        session.line(b"EHLO x");
        let mut last = session.line(lines[0].as_bytes());
        for line in &lines[1..] {
            assert_eq!(code(&last), 334);
            last = session.line(line.as_bytes());
        }
        match last {
            Step::Ask(Ask::Login { login, password }) => {
                assert_eq!((login.as_str(), password.reveal()), ("anna", "sesame"));
                235
            }
            other => code(&other),
        }
    };
    assert_eq!(ask(&["AUTH PLAIN AGFubmEAc2VzYW1l"]), 235);
    assert_eq!(ask(&["AUTH PLAIN", "AGFubmEAc2VzYW1l"]), 235);
    assert_eq!(ask(&["AUTH LOGIN", "YW5uYQ==", "c2VzYW1l"]), 235);
    assert_eq!(ask(&["AUTH LOGIN YW5uYQ==", "c2VzYW1l"]), 235);
    assert_eq!(ask(&["AUTH PLAIN", "*"]), 501);
    assert_eq!(ask(&["AUTH PLAIN ="]), 501);
    assert_eq!(ask(&["AUTH PLAIN !!!"]), 501);
    // bob\0anna\0sesame
    assert_eq!(ask(&["AUTH PLAIN Ym9iAGFubmEAc2VzYW1l"]), 501);
    // anna\0anna\0sesame
    assert_eq!(ask(&["AUTH PLAIN YW5uYQBhbm5hAHNlc2FtZQ=="]), 235);
}

#[test]
fn a_desk_that_refuses_in_the_middle_is_heard_at_the_end() {
    let full = || {
        Refusal::new(
            452,
            Status(4, 3, 1),
            "No room on this home's disk; try again later",
        )
    };
    for begin in ["DATA", "BDAT 20"] {
        let mut session = member();
        say(&mut session, "MAIL FROM:<a@b>");
        say(&mut session, "RCPT TO:<a@b>");
        let _ = session.line(begin.as_bytes());
        let mut out = Vec::new();
        assert_eq!(session.content(b"first\r\n", &mut out), (7, None));
        session.refuse_letter(full());
        out.clear();
        let (taken, step) = session.content(b"second678\r\n.\r\n", &mut out);
        assert_eq!((out.len(), code(&step.unwrap())), (0, 452));
        assert!(taken >= 13 && session.letter().is_none());
        assert_eq!(code(&say(&mut session, "MAIL FROM:<a@b>")), 250);
    }
}

#[test]
fn too_many_errors_end_the_session_but_unknown_recipients_do_not() {
    let mut session = member();
    say(&mut session, "MAIL FROM:<a@b>");
    for _ in 0..50 {
        session.line(b"RCPT TO:<who@tox>");
        let unknown = Refusal::new(550, Status(5, 1, 1), "unknown");
        assert_eq!(code(&session.answer(Answer::Allowed(Err(unknown)))), 550);
    }
    for _ in 0..19 {
        assert_eq!(code(&session.line(b"WHAT")), 500);
    }
    let last = session.line(b"WHAT");
    assert!(matches!(last, Step::Close(_)) && code(&last) == 421);
    assert_eq!(session.wants(), Wants::Nothing);
}

#[test]
fn a_refusal_is_one_line_of_ascii_whatever_the_desk_says() {
    let confused = Refusal::new(250, Status(5, 1, 1), "yes\r\n250 ok\u{e9}");
    let reply = Reply::from(&confused);
    let line = std::str::from_utf8(reply.as_bytes()).unwrap();
    assert!(line.starts_with("451 5.1.1 yes") && line.ends_with("250 ok?\r\n"));
    assert!(line.lines().count() == 1 && line.is_ascii(), "{line:?}");
    assert_eq!((reply.code(), &reply.text()[..5]), (451, "5.1.1"));
}

#[test]
fn a_server_known_by_its_address_needs_neither_tls_nor_login() {
    let settings = Settings {
        trusted: Some("gateway".parse().unwrap()),
        ..Settings::default()
    };
    let settings = Arc::new(settings);
    let mut plain = Session::plain(settings.clone());
    let Step::Reply(reply) = say(&mut plain, "EHLO mail.example.org") else {
        panic!("no reply");
    };
    // It may begin TLS all the same.
    assert!(reply.0.contains("STARTTLS"), "{reply:?}");
    for line in ["RCPT TO:<a@b>", "DATA"] {
        assert_eq!(code(&say(&mut plain, line)), 530, "{line}");
    }
    let begun = [Session::secure(settings), plain];
    for mut session in begun {
        assert_eq!(code(&say(&mut session, "EHLO mail.example.org")), 250);
        assert_eq!(code(&say(&mut session, "MAIL FROM:<>")), 250);
        assert_eq!(code(&say(&mut session, "RCPT TO:<a@b>")), 250);
        assert_eq!(code(&say(&mut session, "RSET")), 250);
        assert_eq!(code(&say(&mut session, "MAIL FROM:<a@b>")), 250);
    }
    let mut ungreeted = Session::secure(Arc::new(Settings {
        trusted: Some("gateway".parse().unwrap()),
        ..Settings::default()
    }));
    assert_eq!(code(&say(&mut ungreeted, "MAIL FROM:<a@b>")), 530);
    assert_eq!(
        code(&say(&mut Session::plain(Arc::default()), "MAIL FROM:<a@b>")),
        530
    );
}
