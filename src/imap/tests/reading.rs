//! Messages are read, found, filed and taken away.

use super::*;

/// RFC 3501 sections 6.3.1 and 6.4.5.
#[tokio::test]
async fn a_mailbox_is_selected_and_its_messages_are_fetched() {
    let home = home().await;
    home.deliver(1, LETTER);
    home.deliver(2, "Subject: second\n\nbody\n");
    let mut anna = home.anna().await;
    let lines = anna.ok("SELECT inbox").await;
    for expected in [
        "* 2 EXISTS",
        "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)",
        "* OK [UNSEEN 1] ",
    ] {
        assert!(
            lines.iter().any(|line| line.starts_with(expected)),
            "{expected}: {lines:?}"
        );
    }
    let lines = anna.ok("FETCH 1:* (UID FLAGS RFC822.SIZE)").await;
    let size = LETTER.replace('\n', "\r\n").len();
    assert_eq!(
        lines[0],
        format!("* 1 FETCH (UID 1 FLAGS () RFC822.SIZE {size})")
    );
    let lines = anna.ok("FETCH 1 ENVELOPE").await;
    assert!(lines[0].contains("(\"Thu, 5 Nov 2026 10:00:00 +0100\" \"=?utf-8?q?Gr=C3=BC=C3=9Fe?=\" ((\"Ben\" NIL \"ben\" \"example.org\"))"), "{lines:?}");
    let lines = anna
        .ok("FETCH 1 (BODY.PEEK[HEADER.FIELDS (SUBJECT TO)] BODY.PEEK[TEXT]<6.4> BODYSTRUCTURE)")
        .await;
    assert_eq!(
        lines[0],
        "* 1 FETCH (BODY[HEADER.FIELDS (SUBJECT TO)] {64}\r\nTo: anna@toxmail.local\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\n \
         BODY[TEXT]<6> {4}\r\nAnna BODYSTRUCTURE (\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 27 2 NIL NIL NIL NIL))"
    );
    // Reading a message marks it as read.
    let lines = anna.ok("FETCH 2 BODY[]").await;
    assert_eq!(
        lines,
        ["* 2 FETCH (BODY[] {25}\r\nSubject: second\r\n\r\nbody\r\n FLAGS (\\Seen))"]
    );
    assert_eq!(
        anna.ok("UID FETCH 2 FLAGS").await,
        ["* 2 FETCH (UID 2 FLAGS (\\Seen))"]
    );
    assert!(anna.no("FETCH 3 FLAGS").await.starts_with("BAD"));
    assert_eq!(anna.ok("UID FETCH 77 FLAGS").await, Vec::<String>::new());
}

/// RFC 3501 sections 6.4.6 and 6.4.3; keywords persist.
#[tokio::test]
async fn flags_and_keywords_are_stored_and_deleted_messages_go() {
    let home = home().await;
    for n in 1..4 {
        home.deliver(n, LETTER);
    }
    let mut anna = home.inbox().await;
    let lines = anna.ok("STORE 1:2 +FLAGS (\\Seen $Label1)").await;
    assert!(
        lines
            .iter()
            .any(|l| l == "* 1 FETCH (FLAGS (\\Seen $Label1))"),
        "{lines:?}"
    );
    assert!(
        lines
            .iter()
            .any(|l| l.starts_with("* FLAGS") && l.contains("$Label1")),
        "{lines:?}"
    );
    assert_eq!(
        anna.ok("STORE 1 -FLAGS.SILENT \\Seen").await,
        Vec::<String>::new()
    );
    anna.ok("UID STORE 2:3 FLAGS (\\Deleted)").await;
    assert_eq!(anna.ok("UID EXPUNGE 1:2").await, ["* 2 EXPUNGE"]);
    assert_eq!(anna.ok("EXPUNGE").await, ["* 2 EXPUNGE"]);
    let mut again = home.inbox().await;
    assert_eq!(
        again.ok("FETCH 1:* (UID FLAGS)").await,
        ["* 1 FETCH (UID 1 FLAGS ($Label1))"]
    );
    let mut reader = home.anna().await;
    reader.ok("EXAMINE INBOX").await;
    assert!(
        reader
            .no("STORE 1 +FLAGS (\\Seen)")
            .await
            .starts_with("NO [READ-ONLY]")
    );
    reader.ok("FETCH 1 BODY[]").await;
    assert_eq!(
        reader.ok("FETCH 1 FLAGS").await,
        ["* 1 FETCH (FLAGS ($Label1))"]
    );
}

/// RFC 3501 section 6.3.11, RFC 4315, RFC 3502, RFC 6851.
#[tokio::test]
async fn messages_are_appended_copied_and_moved() {
    let home = home().await;
    let mut anna = home.inbox().await;
    let answer = anna
        .append(
            "Sent",
            "(\\Seen $x) \" 1-Feb-1994 21:52:25 -0800\" ",
            LETTER,
        )
        .await;
    assert!(
        answer.starts_with("OK [APPENDUID ") && answer.contains(" 1] "),
        "{answer}"
    );
    assert!(
        anna.append("Nowhere", "", LETTER)
            .await
            .starts_with("NO [TRYCREATE]")
    );
    let (_, answer) = anna
        .ask("APPEND Sent {3+}\r\na:b (\\Draft) {4+}\r\nc:de")
        .await;
    assert!(answer.contains(" 2:3] "), "{answer}");
    let huge = anna.no(&format!("APPEND Sent {{{}}}", LIMIT + 1)).await;
    assert!(huge.starts_with("NO [TOOBIG]"), "{huge}");
    // The client did not wait: all of it is read away, and the session goes on.
    let (_, answer) = anna
        .ask(&format!(
            "APPEND Sent {{{}+}}\r\n{}",
            LIMIT + 1,
            "x".repeat(1 + LIMIT as usize)
        ))
        .await;
    assert!(answer.starts_with("NO [TOOBIG]"), "{answer}");
    anna.ok("SELECT Sent").await;
    let lines = anna.ok("FETCH 1:* (FLAGS INTERNALDATE)").await;
    assert_eq!(
        lines[0],
        "* 1 FETCH (FLAGS (\\Seen $x) INTERNALDATE \" 2-Feb-1994 05:52:25 +0000\")"
    );
    assert!(
        lines[2].starts_with("* 3 FETCH (FLAGS (\\Draft) "),
        "{lines:?}"
    );
    let (_, answer) = anna.ask("COPY 1,3 Archive").await;
    assert!(
        answer.starts_with("OK [COPYUID ") && answer.contains(" 1,3 1:2] "),
        "{answer}"
    );
    let lines = anna.ok("MOVE 1 Trash").await;
    assert!(
        lines[0].starts_with("* OK [COPYUID ") && lines[1] == "* 1 EXPUNGE",
        "{lines:?}"
    );
    assert!(
        anna.no("COPY 1 Nowhere")
            .await
            .starts_with("NO [TRYCREATE]")
    );
    let lines = anna
        .ok("STATUS Archive (MESSAGES UIDNEXT UNSEEN SIZE)")
        .await;
    assert!(
        lines[0].starts_with("* STATUS \"Archive\" (MESSAGES 2 UIDNEXT 3 UNSEEN 1 SIZE "),
        "{lines:?}"
    );
    anna.ok("SELECT Archive").await;
    assert_eq!(
        anna.ok("FETCH 1 FLAGS").await,
        ["* 1 FETCH (FLAGS (\\Seen $x))"]
    );
}

/// RFC 3501 sections 6.3.3 to 6.3.9, RFC 6154.
#[tokio::test]
async fn mailboxes_are_made_renamed_listed_and_deleted() {
    let home = home().await;
    let mut anna = home.anna().await;
    let lines = anna.ok("LIST \"\" *").await;
    for special in ["Archive", "Drafts", "Junk", "Sent", "Trash"] {
        let wanted = format!("\\{special}) \"/\" \"{special}\"");
        assert!(
            lines.iter().any(|line| line.ends_with(&wanted)),
            "{wanted}: {lines:?}"
        );
    }
    assert_eq!(lines[0], "* LIST (\\HasNoChildren) \"/\" \"INBOX\"");
    let (_, answer) = anna.ask("CREATE Reisen/&ANw-bersee").await;
    assert!(answer.starts_with("OK [MAILBOXID (F"), "{answer}");
    assert!(
        anna.no("CREATE Reisen/&ANw-bersee")
            .await
            .starts_with("NO [ALREADYEXISTS]")
    );
    let lines = anna.ok("LIST \"\" Reisen/%").await;
    assert_eq!(
        lines,
        ["* LIST (\\HasNoChildren) \"/\" \"Reisen/&ANw-bersee\""]
    );
    anna.ok("ENABLE UTF8=ACCEPT").await;
    let lines = anna.ok("LIST \"\" Reisen/%").await;
    assert_eq!(
        lines,
        ["* LIST (\\HasNoChildren) \"/\" \"Reisen/\u{dc}bersee\""]
    );
    anna.ok("RENAME Reisen Urlaub").await;
    anna.ok("SELECT \"Urlaub/\u{dc}bersee\"").await;
    anna.ok("SUBSCRIBE Urlaub").await;
    let lines = anna.ok("LSUB \"\" Url*").await;
    assert!(
        lines.contains(&"* LSUB () \"/\" \"Urlaub\"".to_owned()),
        "{lines:?}"
    );
    anna.ok("UNSUBSCRIBE Urlaub").await;
    anna.ok("UNSELECT").await;
    anna.ok("DELETE \"Urlaub/\u{dc}bersee\"").await;
    assert!(
        anna.no("SELECT \"Urlaub/\u{dc}bersee\"")
            .await
            .starts_with("NO [NONEXISTENT]")
    );
    assert!(anna.no("DELETE INBOX").await.starts_with("NO [CANNOT]"));
    let lines = anna
        .ok("LIST (SPECIAL-USE) \"\" * RETURN (STATUS (MESSAGES))")
        .await;
    assert!(
        lines.contains(&"* STATUS \"Sent\" (MESSAGES 0)".to_owned()),
        "{lines:?}"
    );
}

/// RFC 3501 section 6.4.4.
#[tokio::test]
async fn every_key_of_search_finds_what_it_says() {
    let home = home().await;
    home.deliver(1, LETTER);
    home.deliver(
        2,
        "From: Zoe <zoe@example.org>\nCc: ben@example.org\nSubject: photo\nDate: Mon, 2 Nov 2026 10:00:00 +0100\nMIME-Version: 1.0\n\
         Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n\
         U2Now7ZuZSBCbHVtZQ==\n--b\nContent-Type: image/png\n\nhidden\n--b--\n",
    );
    home.deliver(3, "Subject: Re: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\nFrom: Anna <anna@toxmail.local>\nIn-Reply-To: <1@example.org>\n\nlong text here\n");
    let mut anna = home.inbox().await;
    anna.ok("STORE 2 +FLAGS (\\Seen \\Flagged $Work)").await;
    for (program, found) in [
        ("ALL", "1 2 3"),
        ("UNSEEN", "1 3"),
        ("FLAGGED SEEN", "2"),
        ("KEYWORD $work", "2"),
        ("UNKEYWORD $Work", "1 3"),
        ("2:*", "2 3"),
        ("UID 1,3", "1 3"),
        ("NOT 1", "2 3"),
        ("OR FROM zoe SUBJECT \"re:\"", "2 3"),
        ("CC ben@", "2"),
        ("TO anna", "1"),
        ("HEADER Message-ID \"\"", "1"),
        ("HEADER In-Reply-To 1@", "3"),
        ("SENTON 5-Nov-2026", "1"),
        ("SENTBEFORE 5-Nov-2026", "2"),
        ("SINCE 1-Jan-2020", "1 2 3"),
        ("BEFORE 1-Jan-2020", ""),
        ("LARGER 300", "2"),
        ("SMALLER 300", "1 3"),
        ("BODY \"is ben\"", "1"),
        ("BODY hidden", ""),
        ("TEXT photo", "2"),
        ("BODY photo", ""),
        ("NEW", "1 3"),
        ("RECENT", "1 2 3"),
        ("OLD", ""),
        ("YOUNGER 3600", "1 2 3"),
        ("OLDER 3600", ""),
        ("(SEEN)", "2"),
        ("MODSEQ 1", "1 2 3"),
    ] {
        let lines = anna.ok(&format!("SEARCH {program}")).await;
        // The first that asks for mod-sequences is told the highest before.
        let told = lines.iter().find(|line| line.starts_with("* SEARCH"));
        let told = told.unwrap().split(" (MODSEQ").next().unwrap();
        assert_eq!(told, format!("* SEARCH {found}").trim_end(), "{program}");
    }
    let lines = anna
        .ok("SEARCH CHARSET UTF-8 SUBJECT {7+}\r\nGR\u{dc}\u{df}E")
        .await;
    assert_eq!(lines[0], "* SEARCH 1 3");
    let lines = anna.ok("SEARCH BODY {7+}\r\nsch\u{f6}ne").await;
    assert_eq!(lines[0], "* SEARCH 2");
    assert!(
        anna.no("SEARCH CHARSET KOI8-R ALL")
            .await
            .starts_with("NO [BADCHARSET (UTF-8)]")
    );
    assert_eq!(
        anna.ok("SORT (REVERSE SIZE) UTF-8 ALL").await[0],
        "* SORT 2 1 3"
    );
    assert_eq!(
        anna.ok("UID SORT (SUBJECT DATE) UTF-8 ALL").await[0],
        "* SORT 1 3 2"
    );
    assert_eq!(
        anna.ok("THREAD REFERENCES UTF-8 ALL").await[0],
        "* THREAD (2)(1 3)"
    );
    anna.ok("SEARCH RETURN (SAVE) FROM zoe").await;
    assert_eq!(anna.ok("FETCH $ UID").await, ["* 2 FETCH (UID 2)"]);
}

/// RFC 3516.
#[tokio::test]
async fn binary_decodes_a_part() {
    let home = home().await;
    home.deliver(
        1,
        "Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n\nAAECAw==\n",
    );
    home.deliver(2, "Content-Transfer-Encoding: x-odd\n\nx\n");
    let mut anna = home.inbox().await;
    let lines = anna.ok("FETCH 1 (BINARY.SIZE[1] BINARY.PEEK[1])").await;
    assert_eq!(
        lines,
        ["* 1 FETCH (BINARY.SIZE[1] 4 BINARY[1] ~{4}\r\n\0\u{1}\u{2}\u{3})"]
    );
    assert!(
        anna.no("FETCH 2 BINARY[1]")
            .await
            .starts_with("NO [UNKNOWN-CTE]")
    );
}

/// What was read once is shown, found and put in order without a look at the files.
#[tokio::test]
async fn envelopes_structures_and_fields_are_read_once_and_then_remembered() {
    let home = home().await;
    let index = home.dir.path().join("index.db");
    home.store.open_index(&index);
    home.deliver(1, LETTER);
    home.deliver(2, "Subject: b\nFrom: Zoe <zoe@example.org>\nDate: Mon, 2 Nov 2026 10:00:00 +0100\nIn-Reply-To: <1@example.org>\n\nx\n");
    home.deliver(3, "Subject: a\nX-Other: 1\n\ny\n");
    let asked = [
        "FETCH 1:* (UID ENVELOPE)",
        "FETCH 1:* (BODYSTRUCTURE BODY.PEEK[HEADER.FIELDS (Subject From)]<2.20> ENVELOPE)",
        "FETCH 1:* BODY.PEEK[HEADER.FIELDS (SUBJECT)]",
        "SEARCH FROM zoe",
        "SEARCH SENTBEFORE 5-Nov-2026",
        "SORT (SUBJECT) UTF-8 ALL",
        "SORT (REVERSE DATE FROM) UTF-8 NOT SUBJECT x",
        "THREAD REFERENCES UTF-8 ALL",
    ];
    let mut anna = home.inbox().await;
    let ask_all = async |anna: &mut Client| {
        let mut answers = Vec::new();
        for command in asked {
            answers.push(anna.ok(command).await);
        }
        answers
    };
    let first = ask_all(&mut anna).await;
    assert_eq!(first[3], ["* SEARCH 2"]);
    assert_eq!(first[5], ["* SORT 3 2 1"]);
    assert_eq!(first[7], ["* THREAD (1 2)(3)"]);
    // The same octets in number, and not one as it was.
    let inbox = home.dir.path().join("mail/anna/Maildir");
    let files = ["new", "cur"].map(|part| fs::read_dir(inbox.join(part)).unwrap());
    for file in files.into_iter().flatten() {
        let path = file.unwrap().path();
        let text = fs::read(&path).unwrap();
        let other = |b: &u8| if b.is_ascii_alphanumeric() { b'q' } else { *b };
        fs::write(&path, text.iter().map(other).collect::<Vec<_>>()).unwrap();
    }
    assert_eq!(ask_all(&mut anna).await, first);
    // What is not remembered is read.
    assert_eq!(anna.ok("SEARCH HEADER X-Other 1").await, ["* SEARCH"]);
    assert_eq!(
        anna.ok("FETCH 3 BODY.PEEK[TEXT]").await,
        ["* 3 FETCH (BODY[TEXT] {3}\r\nq\r\n)"]
    );
    let body = anna.ok("FETCH 3 (BODY ENVELOPE)").await;
    assert!(body[0].contains("(NIL \"a\" NIL"), "{body:?}");
    // Copies are the same message.
    anna.ok("COPY 2 Sent").await;
    let mut sent = home.anna().await;
    sent.ok("SELECT Sent").await;
    let copied = sent.ok("FETCH 1 ENVELOPE").await;
    assert!(copied[0].contains("zoe"), "{copied:?}");
    // Without it everything is there, and has its UID.
    home.store.open_index(&home.dir.path().join("another.db"));
    let lines = anna.ok("FETCH 1:* (UID ENVELOPE)").await;
    assert!(
        lines[0].starts_with("* 1 FETCH (UID 1 ENVELOPE (") && !lines[1].contains("zoe"),
        "{lines:?}"
    );
}

/// RFC 9051 section 4.3.1: only a literal8 has zeros.
#[tokio::test]
async fn an_ordinary_literal_has_no_zero_octet() {
    let home = home().await;
    home.deliver(1, "Subject: a\0b\n\nc\0d\n");
    let mut anna = home.inbox().await;
    let answer = anna.append("INBOX", "", "Subject: x\n\n\0\n").await;
    assert!(answer.starts_with("NO [CANNOT] "), "{answer}");
    let lines = anna
        .ok("FETCH 1:* (RFC822.SIZE BODY.PEEK[] BODY.PEEK[HEADER.FIELDS (SUBJECT)] BODY.PEEK[TEXT]<1.1>)")
        .await;
    // The client here writes what is no UTF-8 as U+FFFD.
    assert_eq!(
        lines,
        [
            "* 1 FETCH (RFC822.SIZE 21 BODY[] {21}\r\nSubject: a\u{fffd}b\r\n\r\nc\u{fffd}d\r\n \
            BODY[HEADER.FIELDS (SUBJECT)] {16}\r\nSubject: a\u{fffd}b\r\n\r\n BODY[TEXT]<1> {1}\r\n\u{fffd})"
        ]
    );
    // The file has it still.
    let lines = anna.ok("FETCH 1 BINARY.PEEK[1]").await;
    assert_eq!(lines, ["* 1 FETCH (BINARY[1] ~{5}\r\nc\0d\r\n)"]);
}

/// A bad block, found when the size is said already: the connection has to break. A program that fetches all new messages would break off
/// there each time it comes back, and never see those behind it.
#[cfg(feature = "faults")]
#[tokio::test]
async fn a_file_on_a_bad_block_breaks_one_connection_and_is_passed_over_then() {
    use crate::durable::fault::{Trouble, trouble};
    let home = home().await;
    for (n, text) in [(1, "one"), (2, "two"), (3, "three")] {
        home.deliver(n, &format!("Subject: {n}\n\n{text}\n"));
    }
    let mut anna = home.inbox().await;
    let new = home.dir.path().join("mail/anna/Maildir/new");
    let mut files = fs::read_dir(new).unwrap().map(|file| file.unwrap().path());
    let second = files.find(|file| fs::read_to_string(file).unwrap().contains("two"));
    let second = second.unwrap();
    trouble(&second, Some(Trouble::Unreadable));
    anna.send("a FETCH 1:* BODY.PEEK[]\r\n").await;
    let mut heard = Vec::new();
    let broken = anna.stream.read_to_end(&mut heard);
    let broken = tokio::time::timeout(Duration::from_secs(30), broken).await;
    let heard = String::from_utf8_lossy(&heard);
    assert!(broken.is_ok() && !heard.contains("three"), "{heard}");
    for _ in 0..2 {
        let mut anna = home.inbox().await;
        let (lines, end) = anna.ask("FETCH 1:* BODY.PEEK[]").await;
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(end.starts_with("NO [UNAVAILABLE] Some of"), "{end}");
        anna.ok("NOOP").await;
    }
    // The disk was mended.
    trouble(&second, None);
    let lines = home.inbox().await.ok("FETCH 1:* BODY.PEEK[]").await;
    assert_eq!(lines.len(), 3, "{lines:?}");
}

/// A file that cannot be read (here: a link, which the store never follows) hides no others, and ends no connection.
#[tokio::test]
async fn a_file_that_cannot_be_read_hides_no_others() {
    let texts = [
        "* 1 FETCH (BODY[TEXT] {5}\r\none\r\n)",
        "* 3 FETCH (BODY[TEXT] {7}\r\nthree\r\n)",
    ];
    let whole = [
        "* 1 FETCH (BODY[] {19}\r\nSubject: b\r\n\r\none\r\n)",
        "* 3 FETCH (BODY[] {21}\r\nSubject: a\r\n\r\nthree\r\n)",
    ];
    let no = "NO [UNAVAILABLE] Some of these messages cannot be read";
    let but = "OK That is all, but for a message that cannot be read";
    for (command, lines, answer) in [
        ("FETCH 1:* BODY.PEEK[TEXT]", &texts[..], no),
        ("FETCH 1:* BODY.PEEK[]", &whole[..], no),
        ("FETCH 2 RFC822", &[], no),
        (
            "SEARCH NOT BODY four",
            &["* SEARCH 1 3"],
            "OK SEARCH is done, but for a message that cannot be read",
        ),
        ("SORT (SUBJECT) UTF-8 ALL", &["* SORT 3 1 2"], but),
        ("SORT (REVERSE SUBJECT) UTF-8 ALL", &["* SORT 1 3 2"], but),
        ("THREAD REFERENCES UTF-8 ALL", &["* THREAD (1)(2)(3)"], but),
    ] {
        let home = home().await;
        for (n, subject, text) in [(1, "b", "one"), (2, "z", "two"), (3, "a", "three")] {
            home.deliver(n, &format!("Subject: {subject}\n\n{text}\n"));
        }
        let mut anna = home.inbox().await;
        let maildir = home.dir.path().join("mail/anna/Maildir");
        let there = fs::read_dir(maildir.join("new")).unwrap();
        let mut files = there.map(|file| file.unwrap().path());
        let second = files.find(|file| fs::read_to_string(file).unwrap().contains("two"));
        let (second, away) = (second.unwrap(), home.dir.path().join("away"));
        fs::rename(&second, &away).unwrap();
        std::os::unix::fs::symlink(&away, &second).unwrap();
        let (said, end) = anna.ask(command).await;
        assert_eq!(said, lines, "{command}");
        assert!(end.starts_with(answer), "{command}: {end}");
        anna.ok("NOOP").await;
    }
}
