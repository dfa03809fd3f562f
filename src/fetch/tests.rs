//! Sessions with servers that follow a script, most of them hostile.

use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use data_encoding::BASE64;
use tokio::io::AsyncWrite;

use super::*;

/// What a client has said.
#[derive(Clone, Default)]
struct Ears(Arc<Mutex<Vec<u8>>>);

impl AsyncWrite for Ears {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

const LOGIN: (&str, &str) = ("anna@example.org", "a \"b\\ c");

fn run<T>(talk: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    runtime.unwrap().block_on(talk)
}

/// A whole visit: log in, list, read everything, delete it, go. What was read, and what was said.
fn visit(protocol: Protocol, script: &str) -> (Result<Vec<Vec<u8>>, Error>, Vec<String>) {
    let ears = Ears::default();
    let stream = tokio::io::join(script.as_bytes(), ears.clone());
    let read = run(async {
        let mut session = Session::log_in(protocol, stream, Greeting::Expected, LOGIN).await?;
        let listing = session.list(Access::MayDelete, Resume::default()).await?;
        let mut letters = Vec::new();
        for letter in &listing.letters {
            let mut spool = Spool::new(Path::new("/nowhere"), 100);
            if session.read(letter.number, &mut spool).await? == Read::Whole {
                let mut bytes = Vec::new();
                std::io::Read::read_to_end(&mut spool.reader()?, &mut bytes)?;
                letters.push(bytes);
            }
        }
        let numbers: Vec<u32> = listing.letters.iter().map(|l| l.number).collect();
        session.delete(&numbers).await?;
        session.quit().await?;
        Ok(letters)
    });
    let said = String::from_utf8(ears.0.lock().unwrap().clone()).unwrap();
    (read, said.lines().map(str::to_owned).collect())
}

const POP3: &str = "+OK hi\r\n-ERR no CAPA\r\n+OK\r\n+OK\r\n";
const IMAP: &str = "* OK hi\r\n* CAPABILITY IMAP4rev1\r\nA1 OK\r\nA2 OK\r\n* CAPABILITY IMAP4rev1 UIDPLUS\r\nA3 OK\r\n";
const SELECTED: &str = "* 1 EXISTS\r\n* OK [UIDVALIDITY 7]\r\n* OK [UIDNEXT 6]\r\nA4 OK\r\n";
const ONE: &str = "* 1 FETCH (UID 5 RFC822.SIZE 3)\r\nA5 OK\r\n";

#[test]
fn a_good_server_is_emptied_in_few_words() {
    let (read, said) = visit(
        Protocol::Pop3,
        &format!(
            "{POP3}+OK\r\n1 3\r\n.\r\n+OK\r\n1 aa\r\n.\r\n+OK\r\na\r\n..\r\n.\r\n+OK\r\n+OK\r\n"
        ),
    );
    assert_eq!(read.unwrap(), [b"a\r\n.\r\n"]);
    assert_eq!(
        said,
        [
            "CAPA",
            "USER anna@example.org",
            "PASS a \"b\\ c",
            "LIST",
            "UIDL",
            "RETR 1",
            "DELE 1",
            "QUIT"
        ]
    );
    let (read, said) = visit(
        Protocol::Imap,
        &format!(
            "{IMAP}{SELECTED}{ONE}* 1 FETCH (BODY[] {{3}}\r\na\n) UID 5)\r\nA6 OK\r\nA7 OK\r\n* 1 EXPUNGE\r\nA8 OK\r\n* BYE\r\nA9 OK\r\n"
        ),
    );
    assert_eq!(read.unwrap(), [b"a\n)"]);
    assert_eq!(
        said,
        [
            "A1 CAPABILITY",
            r#"A2 LOGIN "anna@example.org" "a \"b\\ c""#,
            "A3 CAPABILITY",
            "A4 SELECT INBOX",
            "A5 UID FETCH 1:* (UID RFC822.SIZE INTERNALDATE)",
            "A6 UID FETCH 5 (UID BODY.PEEK[])",
            "A7 UID STORE 5 +FLAGS.SILENT (\\Deleted)",
            "A8 UID EXPUNGE 5",
            "A9 LOGOUT",
        ]
    );
}

#[test]
fn letters_that_a_person_has_marked_are_not_expunged_with_ours() {
    let no_uid_plus = IMAP.replace(" UIDPLUS", "");
    let until =
        format!("{no_uid_plus}{SELECTED}{ONE}* 1 FETCH (UID 5 BODY[] \"x\")\r\nA6 OK\r\nA7 OK\r\n");
    let (_, said) = visit(
        Protocol::Imap,
        &format!("{until}* SEARCH 5 9\r\nA8 OK\r\nA9 OK\r\n"),
    );
    assert_eq!(said[7..], ["A8 UID SEARCH DELETED", "A9 LOGOUT"]);
    let (_, said) = visit(
        Protocol::Imap,
        &format!("{until}* SEARCH 5\r\nA8 OK\r\nA9 OK\r\nA10 OK\r\n"),
    );
    assert_eq!(
        said[7..],
        ["A8 UID SEARCH DELETED", "A9 EXPUNGE", "A10 LOGOUT"]
    );
}

#[test]
fn a_server_that_makes_no_sense_ends_the_visit_and_nothing_else() {
    let endless = "x".repeat(wire::MAX_LINE + 10);
    for (protocol, script) in [
        (Protocol::Pop3, String::new()),
        (Protocol::Pop3, "* OK IMAP\r\n".into()),
        (Protocol::Pop3, "+OK hi\n".into()),
        (Protocol::Pop3, format!("+OK {endless}")),
        (Protocol::Pop3, format!("{POP3}+OK\r\nx 3\r\n.\r\n")),
        (
            Protocol::Pop3,
            format!("{POP3}+OK\r\n1 -3\r\n.\r\n+OK\r\n.\r\n"),
        ),
        (
            Protocol::Pop3,
            format!("{POP3}+OK\r\n1 3\r\n.\r\n+OK\r\n1 aa\r\n.\r\n+OK\r\na\r\n.\n"),
        ),
        (Protocol::Imap, "+OK POP3\r\n".into()),
        (Protocol::Imap, "* PREAUTH hi\r\n".into()),
        (Protocol::Imap, "* BYE\r\n".into()),
        (Protocol::Imap, format!("{IMAP}* BYE\r\n")),
        (Protocol::Imap, format!("{IMAP}+ more\r\n")),
        (Protocol::Imap, format!("{IMAP}{{5}}\r\nhello\r\n")),
        (Protocol::Imap, format!("{IMAP}* X {{99999}}\r\n")),
        (
            Protocol::Imap,
            format!("{IMAP}{}", "* X {0}\r\n".to_owned() + &"{0}\r\n".repeat(70)),
        ),
        (Protocol::Imap, format!("{IMAP}* {endless}")),
        (Protocol::Imap, format!("{IMAP}A4 NO\r\n")),
        (
            Protocol::Imap,
            format!("{IMAP}{SELECTED}{ONE}* 1 FETCH (UID 6 BODY[] {{1}}\r\nx)\r\nA6 OK\r\n"),
        ),
        (
            Protocol::Imap,
            format!("{IMAP}{SELECTED}{ONE}* 1 FETCH (BODY[] {{1}}\r\nx UID\r\nA6 OK\r\n"),
        ),
        (
            Protocol::Imap,
            format!(
                "{IMAP}{SELECTED}{ONE}* 1 FETCH (UID 5 BODY[] \"x\")\r\n* 1 FETCH (UID 5 BODY[] \"x\")\r\nA6 OK\r\n"
            ),
        ),
    ] {
        let (read, _) = visit(protocol, &script);
        let start = script.get(..200).unwrap_or(&script);
        assert!(matches!(read, Err(Error::Server(_))), "{start}: {read:?}");
    }
    // More bytes than allowed, told before or not.
    let large = "x".repeat(200);
    for (protocol, script) in [
        (
            Protocol::Pop3,
            format!("{POP3}+OK\r\n1 3\r\n.\r\n+OK\r\n1 aa\r\n.\r\n+OK\r\n{large}\r\n.\r\n"),
        ),
        (
            Protocol::Imap,
            format!(
                "{IMAP}{SELECTED}{ONE}* 1 FETCH (UID 5 BODY[] {{200}}\r\n{large})\r\nA6 OK\r\n"
            ),
        ),
    ] {
        assert!(matches!(visit(protocol, &script).0, Err(Error::TooLarge)));
    }
}

#[test]
fn a_refused_login_is_the_members_and_a_busy_server_is_not() {
    for (protocol, script, login) in [
        (Protocol::Pop3, "+OK\r\n-ERR\r\n+OK\r\n-ERR wrong\r\n", true),
        (
            Protocol::Pop3,
            "+OK\r\n-ERR\r\n-ERR [AUTH] no such user\r\n",
            true,
        ),
        (
            Protocol::Pop3,
            "+OK\r\n-ERR\r\n+OK\r\n-ERR [IN-USE] busy\r\n",
            false,
        ),
        (
            Protocol::Pop3,
            "+OK\r\n+OK\r\nSASL CRAM-MD5\r\n.\r\n",
            false,
        ),
        (
            Protocol::Imap,
            "* OK\r\n* CAPABILITY X\r\nA1 OK\r\nA2 NO [AUTHENTICATIONFAILED] x\r\n",
            true,
        ),
        (
            Protocol::Imap,
            "* OK\r\n* CAPABILITY AUTH=PLAIN\r\nA1 OK\r\n+ \r\nA2 NO\r\n",
            true,
        ),
        (
            Protocol::Imap,
            "* OK\r\n* CAPABILITY X\r\nA1 OK\r\nA2 NO [UNAVAILABLE] x\r\n",
            false,
        ),
        (
            Protocol::Imap,
            "* OK\r\n* CAPABILITY LOGINDISABLED\r\nA1 OK\r\n",
            false,
        ),
    ] {
        let (read, said) = visit(protocol, script);
        let error = read.unwrap_err();
        assert_eq!(matches!(error, Error::Login(_)), login, "{script}: {error}");
        assert!(!error.to_string().contains("b\\ c"), "{error}");
        let tries = said
            .iter()
            .filter(|l| l.contains("PASS") || l.contains("LOGIN") || l.contains("AUTH"))
            .count();
        assert!(tries <= 1, "{said:?}");
    }
}

#[test]
fn a_refusal_is_none_of_ours_and_is_told_apart_from_a_letter_that_is_gone() {
    for (protocol, script, refused) in [
        (
            Protocol::Imap,
            format!("{IMAP}{SELECTED}{ONE}A6 NO [LIMIT] too fast\r\n"),
            true,
        ),
        (
            Protocol::Imap,
            format!("{IMAP}{SELECTED}{ONE}A6 BAD\r\n"),
            true,
        ),
        (
            Protocol::Imap,
            format!("{IMAP}{SELECTED}{ONE}A6 OK\r\n"),
            false,
        ),
        (
            Protocol::Imap,
            format!("{IMAP}{SELECTED}{ONE}* 1 FETCH (UID 5 BODY[] NIL)\r\nA6 OK\r\n"),
            false,
        ),
        (
            Protocol::Pop3,
            format!("{POP3}+OK\r\n5 3\r\n.\r\n+OK\r\n5 aa\r\n.\r\n-ERR too fast\r\n"),
            true,
        ),
    ] {
        let stream = tokio::io::join(script.as_bytes(), Ears::default());
        let read = run(async {
            let session = Session::log_in(protocol, stream, Greeting::Expected, LOGIN).await;
            let mut session = session.unwrap();
            let listed = session.list(Access::MayDelete, Resume::default()).await;
            assert_eq!(listed.unwrap().letters[0].number, 5);
            let mut spool = Spool::new(Path::new("/nowhere"), 100);
            session.read(5, &mut spool).await.unwrap()
        });
        let is_refusal = match &read {
            Read::Refused(why) => {
                assert!(
                    !script.contains("too fast") || why.text.contains("; it says: "),
                    "{why}"
                );
                true
            }
            _ => false,
        };
        assert_eq!(is_refusal, refused, "{script}: {read:?}");
    }
}

#[test]
fn a_letter_is_listed_whole_or_the_listing_counts_for_nothing() {
    let listed = |lines: &str| {
        let script = format!("{IMAP}{SELECTED}{lines}A5 OK\r\n");
        let stream = tokio::io::join(script.as_bytes(), Ears::default());
        run(async {
            let session = Session::log_in(Protocol::Imap, stream, Greeting::Expected, LOGIN).await;
            let from = Resume {
                validity: Some(7),
                above: 4,
                besides: &[],
            };
            session.unwrap().list(Access::ReadOnly, from).await
        })
    };
    let letters = listed("* 1 FETCH (UID 5 RFC822.SIZE 3 INTERNALDATE NIL)\r\n").unwrap();
    assert_eq!(letters.letters.len(), 1, "a letter without a date is one");
    assert_eq!(letters.letters[0].mark, None);
    // What others change meanwhile is no part of it.
    let letters = listed(
        "* 1 FETCH (FLAGS (\\Seen))\r\n* 2 FETCH (UID 5 FLAGS ())\r\n* 2 FETCH (UID 5 RFC822.SIZE 3)\r\n\
         * 1 FETCH (UID 4 FLAGS ())\r\n",
    );
    assert_eq!(letters.unwrap().letters.len(), 1);
    for lines in [
        "* 1 FETCH (UID 5)\r\n",
        "* 1 FETCH (UID 5 INTERNALDATE NIL)\r\n",
        "* 1 FETCH (UID 5 RFC822.SIZE NIL)\r\n",
        "* 1 FETCH (UID 5 RFC822.SIZE -1)\r\n",
        "* 1 FETCH (RFC822.SIZE 3)\r\n",
        "* 1 FETCH (UID 5 RFC822.SIZE\r\n",
        "* 1 FETCH (UID 5 RFC822.SIZE 3 INTERNALDATE x)\r\n",
    ] {
        let listed = listed(lines);
        assert!(
            matches!(listed, Err(Error::Server(_))),
            "{lines}: {listed:?}"
        );
    }
}

#[test]
fn a_server_that_repeats_the_password_is_quoted_without_it() {
    let plain = "AGFubmFAZXhhbXBsZS5vcmcAYSAiYlwgYw==";
    assert_eq!(
        BASE64.encode(format!("\0{}\0{}", LOGIN.0, LOGIN.1).as_bytes()),
        plain
    );
    for (protocol, script) in [
        (
            Protocol::Imap,
            r#"A2 BAD LOGIN "anna@example.org" "a \"b\\ c" what?"#.to_owned(),
        ),
        (
            Protocol::Imap,
            r#"A2 NO [UNAVAILABLE] LOGIN "anna@example.org" "a \"b\\ c" what?"#.to_owned(),
        ),
        (
            Protocol::Imap,
            format!(r#"* BYE {} "a \"b\\ c" what?"#, "x".repeat(142)),
        ),
        (Protocol::Imap, format!("A2 NO {plain} what?")),
        (Protocol::Pop3, "-ERR PASS a \"b\\ c what?".to_owned()),
        (
            Protocol::Pop3,
            "-ERR [SYS/TEMP] PASS a \"b\\ c what?".to_owned(),
        ),
    ] {
        let start = match protocol {
            Protocol::Imap => "* OK\r\n* CAPABILITY X\r\nA1 OK\r\n",
            Protocol::Pop3 => "+OK\r\n-ERR\r\n+OK\r\n",
        };
        let (read, _) = visit(protocol, &format!("{start}{script}\r\n"));
        let error = read.unwrap_err().to_string();
        assert!(error.contains("it says: "), "{error}");
        for part in ["b\\", "a \"", "a \\", "AGFu"] {
            assert!(!error.contains(part), "{error}");
        }
    }
}

#[test]
fn only_what_is_new_is_asked_for() {
    let ears = Ears::default();
    let script = format!(
        "{IMAP}{SELECTED}* 1 FETCH (UID 2 RFC822.SIZE 3)\r\nA5 OK\r\n\
         * 1 EXISTS\r\n* OK [UIDVALIDITY 7]\r\n* OK [UIDNEXT 9]\r\nA6 OK\r\n\
         * 1 FETCH (UID 5 RFC822.SIZE 3)\r\n* 2 FETCH (UID 8 RFC822.SIZE 3 INTERNALDATE \"x\")\r\nA7 OK\r\n"
    );
    let stream = tokio::io::join(script.as_bytes(), ears.clone());
    run(async {
        let mut session = Session::log_in(Protocol::Imap, stream, Greeting::Expected, LOGIN)
            .await
            .unwrap();
        let resume = Resume {
            validity: Some(7),
            above: 5,
            besides: &[2, 3],
        };
        let listing = session.list(Access::ReadOnly, resume).await.unwrap();
        let numbers: Vec<u32> = listing.letters.iter().map(|l| l.number).collect();
        assert_eq!(
            numbers,
            [2],
            "nothing new, and one of those that were asked for"
        );
        let resume = Resume {
            besides: &[],
            ..resume
        };
        let listing = session.list(Access::ReadOnly, resume).await.unwrap();
        assert_eq!(
            listing.letters.len(),
            1,
            "n:* names the last letter, whatever its number"
        );
        assert_eq!(listing.letters[0].name.as_deref(), Some("7/8"));
        assert!(listing.letters[0].mark.is_some());
    });
    let said = String::from_utf8(ears.0.lock().unwrap().clone()).unwrap();
    assert!(
        said.contains("EXAMINE INBOX\r\nA5 UID FETCH 2,3 (UID")
            && said.contains("A7 UID FETCH 6:* (UID"),
        "{said}"
    );
}
