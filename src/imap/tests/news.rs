//! What others do, as a session hears of it.

use super::*;

/// RFC 3501 sections 2.3.2, 6.4.4 and 7.3.2.
#[tokio::test]
async fn a_message_is_recent_in_the_session_that_was_told_of_it_first() {
    let home = home().await;
    home.deliver(1, LETTER);
    home.deliver(2, LETTER);
    let mut reader = home.curious().await;
    // EXAMINE takes it from nobody, and IMAP4rev2 does not know it.
    for _ in 0..2 {
        let lines = reader.ok("EXAMINE INBOX").await;
        assert!(lines.contains(&"* 2 RECENT".into()), "{lines:?}");
    }
    let mut new = home.curious().await;
    new.ok("ENABLE IMAP4rev2").await;
    new.ok("SELECT INBOX").await;
    assert_eq!(new.ok("FETCH 1 FLAGS").await, ["* 1 FETCH (FLAGS ())"]);
    let mut first = home.curious().await;
    assert_eq!(
        first.ok("STATUS INBOX (MESSAGES RECENT)").await,
        ["* STATUS \"INBOX\" (MESSAGES 2 RECENT 2)"]
    );
    let lines = first.ok("SELECT INBOX").await;
    assert!(lines.contains(&"* 2 RECENT".into()), "{lines:?}");
    let mut second = home.curious().await;
    assert_eq!(
        second.ok("STATUS INBOX (RECENT)").await,
        ["* STATUS \"INBOX\" (RECENT 0)"]
    );
    let lines = second.ok("SELECT INBOX").await;
    assert!(lines.contains(&"* 0 RECENT".into()), "{lines:?}");
    assert_eq!(
        second.ok("STORE 1 +FLAGS \\Seen").await,
        ["* 1 FETCH (FLAGS (\\Seen))"]
    );
    assert_eq!(
        first.ok("NOOP").await,
        ["* 1 FETCH (UID 1 FLAGS (\\Seen \\Recent))"]
    );
    assert_eq!(
        first.ok("STORE 1 +FLAGS $x").await.last().unwrap(),
        "* 1 FETCH (FLAGS (\\Seen \\Recent $x))"
    );
    for (key, found, elsewhere) in [
        ("RECENT", " 1 2", ""),
        ("NEW", " 2", ""),
        ("OLD", "", " 1 2"),
    ] {
        assert_eq!(
            first.ok(&format!("SEARCH {key}")).await,
            [format!("* SEARCH{found}")]
        );
        let lines = second.ok(&format!("SEARCH {key}")).await;
        assert!(
            lines.contains(&format!("* SEARCH{elsewhere}")),
            "{key}: {lines:?}"
        );
    }
    // What arrives, by whatever way, is told to one session.
    home.deliver(3, LETTER);
    assert_eq!(second.ok("NOOP").await, ["* 3 EXISTS", "* 1 RECENT"]);
    assert_eq!(first.ok("NOOP").await, ["* 3 EXISTS"]);
    assert_eq!(
        second.ok("FETCH 2:3 FLAGS").await,
        ["* 2 FETCH (FLAGS ())", "* 3 FETCH (FLAGS (\\Recent))"]
    );
    let lines = first.ok("COPY 1 INBOX").await;
    assert_eq!(lines, ["* 4 EXISTS", "* 3 RECENT"]);
    second.ok("STORE 3 +FLAGS.SILENT \\Deleted").await;
    assert_eq!(second.ok("EXPUNGE").await, ["* 3 EXPUNGE", "* 0 RECENT"]);
    let mut third = home.curious().await;
    third.ok("SELECT INBOX").await;
    assert_eq!(third.ok("SEARCH RECENT").await, ["* SEARCH"]);
}

/// RFC 3501 section 6.4.6.
#[tokio::test]
async fn a_silent_store_hides_no_change_of_another_session() {
    let home = home().await;
    for n in 1..4 {
        home.deliver(n, LETTER);
    }
    home.inbox().await;
    let (mut one, mut other) = (home.inbox().await, home.inbox().await);
    one.ok("STORE 1 +FLAGS \\Flagged").await;
    one.ok("STORE 2 +FLAGS $work").await;
    let lines = other.ok("STORE 1:3 +FLAGS.SILENT \\Seen").await;
    let told: Vec<&String> = lines.iter().filter(|l| l.contains("FETCH")).collect();
    assert_eq!(
        told,
        [
            "* 1 FETCH (FLAGS (\\Flagged \\Seen))",
            "* 2 FETCH (FLAGS (\\Seen $work))"
        ]
    );
    // What it knows is not told again.
    assert_eq!(
        other.ok("STORE 1:3 -FLAGS.SILENT \\Seen").await,
        Vec::<String>::new()
    );
    assert_eq!(other.ok("NOOP").await, Vec::<String>::new());
    one.ok("NOOP").await;
    // The other way round: this session sets what the other one took away.
    one.ok("STORE 2 -FLAGS.SILENT $work").await;
    let lines = other.ok("UID STORE 2 FLAGS.SILENT ($Work \\Draft)").await;
    assert_eq!(lines, Vec::<String>::new());
    other.ok("ENABLE CONDSTORE").await;
    one.ok("STORE 3 +FLAGS.SILENT \\Deleted").await;
    let lines = other.ok("UID STORE 3 +FLAGS.SILENT \\Answered").await;
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(
        lines[0].starts_with("* 3 FETCH (UID 3 FLAGS (\\Answered \\Deleted) MODSEQ ("),
        "{lines:?}"
    );
}

/// RFC 2177, and RFC 3501 section 5.5: what another session does, and what arrives.
#[tokio::test]
async fn an_idle_session_hears_of_arrivals_and_of_others_at_once() {
    let home = home().await;
    home.deliver(1, LETTER);
    home.deliver(2, LETTER);
    let (mut idle, mut other) = (home.inbox().await, home.inbox().await);
    idle.send("i IDLE\r\n").await;
    assert_eq!(idle.line().await, "+ Waiting");
    home.deliver(3, LETTER);
    assert_eq!(idle.line().await, "* 3 EXISTS");
    other.ok("STORE 2 +FLAGS (\\Flagged)").await;
    assert_eq!(idle.line().await, "* 2 FETCH (UID 2 FLAGS (\\Flagged))");
    other.ok("STORE 1 +FLAGS.SILENT (\\Deleted)").await;
    assert_eq!(idle.line().await, "* 1 FETCH (UID 1 FLAGS (\\Deleted))");
    other.ok("EXPUNGE").await;
    assert_eq!(idle.line().await, "* 1 EXPUNGE");
    idle.send("DONE\r\n").await;
    let (untagged, answer) = idle.answer("i").await;
    assert!(
        answer.starts_with("OK ") && untagged.is_empty(),
        "{untagged:?}"
    );
}

/// RFC 2180 section 4: a message that another session has expunged.
#[tokio::test]
async fn a_message_that_is_gone_keeps_its_number_and_is_not_shown() {
    let home = home().await;
    for n in 1..4 {
        home.deliver(n, LETTER);
    }
    let (mut one, mut two) = (home.inbox().await, home.inbox().await);
    two.ok("STORE 2 +FLAGS (\\Deleted)").await;
    two.ok("EXPUNGE").await;
    let (lines, answer) = one.ask("FETCH 1:3 (UID BODY.PEEK[TEXT])").await;
    assert!(answer.starts_with("NO [EXPUNGEISSUED]"), "{answer}");
    assert!(
        lines.len() == 2 && lines[1].starts_with("* 3 FETCH (UID 3 "),
        "{lines:?}"
    );
    assert_eq!(one.ok("NOOP").await, ["* 2 EXPUNGE"]);
    assert_eq!(one.ok("FETCH 2 UID").await, ["* 2 FETCH (UID 3)"]);
}

/// A Maildir that another program changes.
#[tokio::test]
async fn what_another_program_does_to_the_files_is_told() {
    let home = home_with(|imap| imap.look = Duration::from_millis(100)).await;
    home.deliver(1, LETTER);
    let mut anna = home.inbox().await;
    let maildir = home.dir.path().join("mail/anna/Maildir");
    fs::write(
        maildir.join("new/1.foreign.example"),
        "Subject: lf\n\nonly\n",
    )
    .unwrap();
    anna.send("i IDLE\r\n").await;
    assert_eq!(anna.line().await, "+ Waiting");
    // Told with the plus or a moment later.
    assert_eq!(anna.line().await, "* 2 EXISTS");
    anna.send("DONE\r\n").await;
    anna.answer("i").await;
    let lines = anna.ok("FETCH 2 (RFC822.SIZE BODY.PEEK[])").await;
    assert_eq!(
        lines,
        ["* 2 FETCH (RFC822.SIZE 21 BODY[] {21}\r\nSubject: lf\r\n\r\nonly\r\n)"]
    );
}

/// The kernel tells of it: nobody waits until it is looked at the next time.
#[tokio::test]
async fn an_idle_session_hears_of_what_another_program_does_as_it_happens() {
    let home = home().await;
    home.deliver(1, LETTER);
    let mut anna = home.inbox().await;
    anna.send("i IDLE\r\n").await;
    assert_eq!(anna.line().await, "+ Waiting");
    let maildir = home.dir.path().join("mail/anna/Maildir");
    fs::write(maildir.join("tmp/1.foreign.example"), "A: b\n\nx\n").unwrap();
    fs::rename(
        maildir.join("tmp/1.foreign.example"),
        maildir.join("new/1.foreign.example"),
    )
    .unwrap();
    let told = tokio::time::timeout(Duration::from_secs(15), anna.line()).await;
    assert_eq!(told.as_deref(), Ok("* 2 EXISTS"));
    // Its file's name, and with it the flag, is another program's, too.
    fs::rename(
        maildir.join("new/1.foreign.example"),
        maildir.join("cur/1.foreign.example:2,S"),
    )
    .unwrap();
    let told = tokio::time::timeout(Duration::from_secs(15), anna.line()).await;
    assert!(
        told.as_deref()
            .is_ok_and(|line| line.contains("FLAGS (\\Seen")),
        "{told:?}"
    );
}

/// RFC 5788: `$Forwarded` is the letter P, which mutt and Dovecot know.
#[tokio::test]
async fn what_was_passed_on_is_so_in_the_files_too() {
    let home = home().await;
    home.deliver(1, LETTER);
    let mut anna = home.inbox().await;
    let maildir = home.dir.path().join("mail/anna/Maildir");
    let letters = || {
        let mut files = fs::read_dir(maildir.join("cur")).unwrap();
        let name = files.next().unwrap().unwrap().file_name();
        let name = name.to_str().unwrap().to_owned();
        name.rsplit_once(":2,").unwrap().1.to_owned()
    };
    let told = anna.ok("STORE 1 +FLAGS ($forwarded Work)").await;
    assert!(
        told.iter()
            .any(|line| line == "* 1 FETCH (FLAGS (Work $Forwarded))"),
        "{told:?}"
    );
    assert_eq!(letters(), "P");
    assert_eq!(anna.ok("SEARCH KEYWORD $Forwarded").await, ["* SEARCH 1"]);
    anna.ok("COPY 1 Archive").await;
    anna.ok("STORE 1 -FLAGS ($Forwarded)").await;
    assert_eq!(letters(), "");
    anna.ok("SELECT Archive").await;
    let shown = anna.ok("FETCH 1 FLAGS").await;
    assert_eq!(shown, ["* 1 FETCH (FLAGS (Work $Forwarded))"]);
    // Another program passes one on.
    fs::write(maildir.join("cur/2.foreign.example:2,PS"), LETTER).unwrap();
    anna.ok("SELECT INBOX").await;
    let shown = anna.ok("FETCH 2 FLAGS").await;
    assert_eq!(shown, ["* 2 FETCH (FLAGS (\\Seen $Forwarded))"]);
}

/// RFC 7162.
#[tokio::test]
async fn a_client_that_comes_back_hears_only_what_changed() {
    let home = home().await;
    for n in 1..5 {
        home.deliver(n, LETTER);
    }
    let mut anna = home.anna().await;
    let lines = anna.ok("SELECT INBOX (CONDSTORE)").await;
    let number = |name: &str| {
        let line = lines
            .iter()
            .find_map(|l| l.strip_prefix(&format!("* OK [{name} ")))
            .unwrap();
        line.split(']').next().unwrap().parse::<u64>().unwrap()
    };
    let (validity, before) = (number("UIDVALIDITY"), number("HIGHESTMODSEQ"));
    let mut other = home.inbox().await;
    other.ok("STORE 3 +FLAGS (\\Answered)").await;
    other.ok("STORE 2 +FLAGS (\\Deleted)").await;
    other.ok("EXPUNGE").await;
    let (_, answer) = anna
        .ask(&format!(
            "STORE 3:4 (UNCHANGEDSINCE {before}) +FLAGS (\\Seen)"
        ))
        .await;
    assert!(answer.starts_with("OK [MODIFIED 3] "), "{answer}");
    let mut back = home.anna().await;
    assert!(
        back.no(&format!("SELECT INBOX (QRESYNC ({validity} {before}))"))
            .await
            .starts_with("BAD")
    );
    back.ok("ENABLE QRESYNC").await;
    let lines = back
        .ok(&format!("SELECT INBOX (QRESYNC ({validity} {before}))"))
        .await;
    assert!(
        lines.contains(&"* VANISHED (EARLIER) 2".to_owned()),
        "{lines:?}"
    );
    let fetched: Vec<&String> = lines
        .iter()
        .filter(|line| line.contains(" FETCH "))
        .collect();
    assert!(
        fetched.len() == 2
            && fetched[0].starts_with("* 2 FETCH (UID 3 FLAGS (\\Answered) MODSEQ ("),
        "{lines:?}"
    );
    let lines = back
        .ok(&format!(
            "UID FETCH 1:* (FLAGS) (CHANGEDSINCE {before} VANISHED)"
        ))
        .await;
    assert!(
        lines[0] == "* VANISHED (EARLIER) 2" && lines.len() == 3,
        "{lines:?}"
    );
    back.ok("UID STORE 1 +FLAGS.SILENT (\\Deleted)").await;
    let lines = back.ok("UID EXPUNGE 1").await;
    assert_eq!(lines, ["* VANISHED 1"]);
}
