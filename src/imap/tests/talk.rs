//! How a session begins, and what is said in it whatever it is about.

use super::*;

/// RFC 9051: what is other after ENABLE IMAP4rev2.
#[tokio::test]
async fn imap4rev2_has_no_recent_and_answers_search_with_esearch() {
    let home = home().await;
    home.deliver(1, LETTER);
    let mut anna = home.anna().await;
    assert_eq!(anna.ok("ENABLE IMAP4rev2").await, ["* ENABLED IMAP4rev2"]);
    let lines = anna.ok("SELECT INBOX").await;
    assert!(
        !lines
            .iter()
            .any(|line| line.contains("RECENT") || line.contains("[UNSEEN")),
        "{lines:?}"
    );
    assert!(
        lines.contains(&"* LIST () \"/\" \"INBOX\"".to_owned()),
        "{lines:?}"
    );
    assert_eq!(
        anna.ok("UID SEARCH ALL").await,
        ["* ESEARCH (TAG \"t4\") UID ALL 1"]
    );
    assert_eq!(anna.ok("SEARCH SEEN").await, ["* ESEARCH (TAG \"t5\")"]);
    let (_, answer) = anna.ask("SELECT Sent").await;
    assert!(answer.starts_with("OK [READ-WRITE]"));
}

/// RFC 3501 section 6.2.1; what was slipped in behind STARTTLS is never obeyed (CVE-2011-0411).
#[tokio::test]
async fn starttls_comes_before_the_login() {
    let home = home().await;
    let mut stream = TcpStream::connect(home.plain).await.unwrap();
    stream
        .write_all(b"a LOGIN anna \"open sesame\"\r\nb STARTTLS\r\nc NOOP\r\n")
        .await
        .unwrap();
    let mut words = String::new();
    while !words.contains("b OK Begin TLS\r\n") {
        words.push(char::from(stream.read_u8().await.unwrap()));
    }
    assert!(
        words.contains("LOGINDISABLED") && words.contains("a NO [PRIVACYREQUIRED] "),
        "{words}"
    );
    let name = ServerName::try_from("toxmail.local").unwrap();
    let mut client = Client::new(home.client.connect(name, stream).await.unwrap());
    assert_eq!(client.ok("NOOP").await, Vec::<String>::new());
    client
        .ok("AUTHENTICATE PLAIN AGFubmEAb3BlbiBzZXNhbWU=")
        .await;
    let (lines, answer) = client.ask("LOGOUT").await;
    assert!(
        lines[0].starts_with("* BYE ") && answer.starts_with("OK "),
        "{lines:?}"
    );
}

/// RFC 9051 section 7.1.3: the tag says which command was wrong, where it has come.
#[tokio::test]
async fn a_line_that_is_broken_is_told_with_its_tag() {
    let home = home().await;
    let mut anna = home.anna().await;
    let long = format!("x1 SEARCH TEXT {}\r\n", "a".repeat(200_000));
    for (said, tag) in [
        (long.as_str(), "x1"),
        ("x2 NO\0OP\r\n", "x2"),
        ("x3 NOOP\n\r\n", "x3"),
        ("x4 NO\rOP\r\n", "x4"),
        // This may be the half of one.
        ("x5\0x NOOP\r\n", "*"),
        (" \0\r\n", "*"),
        ("x6 STATUS {5+}\r\nINBOX \0\r\n", "x6"),
    ] {
        anna.send(said).await;
        let answer = anna.line().await;
        assert!(answer.starts_with(&format!("{tag} BAD ")), "{answer}");
        anna.ok("NOOP").await;
    }
    // RFC 7888 section 4: what follows is no command.
    anna.send("x8 SEARCH \0 {15+}\r\nz1 CAPABILITY\r\n\r\n")
        .await;
    let answer = anna.line().await;
    assert!(answer.starts_with("x8 BAD "), "{answer}");
    let (lines, answer) = anna.ask("NOOP").await;
    assert!(lines.is_empty() && answer.starts_with("OK "), "{lines:?}");
    let mut stranger = home.secure().await;
    stranger
        .send(&format!("x7 LOGIN anna {}\r\n", "b".repeat(50_000)))
        .await;
    assert!(stranger.line().await.starts_with("x7 BAD "));
}

/// What was announced keeps room from the member's other programs; a client that says nothing more gives it back soon.
#[tokio::test]
async fn an_append_whose_client_falls_silent_between_two_messages_ends_soon() {
    let home = home_with(|imap| imap.literal = Duration::from_millis(300)).await;
    home.store.set_quota(Quota {
        bytes: 1000,
        reserve_bytes: 0,
    });
    let (mut first, mut second) = (home.anna().await, home.anna().await);
    first.send("a APPEND INBOX {800+}\r\n").await;
    first.send(&"x".repeat(800)).await;
    let bye = first.line().await;
    assert!(
        bye.starts_with("* BYE Nothing was said for too long"),
        "{bye}"
    );
    // Its room comes back when its file is gone.
    let message = format!("b APPEND INBOX {{800+}}\r\n{}\r\n", "y".repeat(800));
    for _ in 0..500 {
        second.send(&message).await;
        let answer = second.line().await;
        if answer.starts_with("b OK ") {
            return;
        }
        assert!(answer.starts_with("b NO [OVERQUOTA] "), "{answer}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the room never came back");
}
