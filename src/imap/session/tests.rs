//! Dialogs with a shell that has answers ready. What needs mail behind it is in the room's `tests`.

use super::*;
use crate::imap::fetch::Fetched;
use crate::imap::mailbox::{Appended, Changes, Figures, Listed, Marked, Opened};
use crate::imap::search::Found;
use crate::net::login::Admission;
use crate::store::{ModSeq, Uid, UidValidity};

fn said(step: Step) -> String {
    match step {
        Step::Say(text) | Step::Close(text) | Step::StartTls(text) => {
            String::from_utf8(text).unwrap()
        }
        Step::Literal { say, octets } => format!("{}<{octets}>", String::from_utf8(say).unwrap()),
        Step::Letter { say, octets, .. } => {
            format!("{}<letter {octets}>", String::from_utf8(say).unwrap())
        }
        Step::Discard { octets } => format!("<discard {octets}>"),
        Step::Ask(ask) => format!("{ask:?}"),
    }
}

fn secure() -> Session {
    Session::secure(Arc::new(Settings::default()))
}

fn member() -> Session {
    let mut session = secure();
    session.line(b"a LOGIN anna sesame");
    let welcome = session.answer(Answer::Login(Admission::Welcome("anna".parse().unwrap())));
    assert!(said(welcome).starts_with("a OK [CAPABILITY IMAP4rev1"));
    session
}

fn figures() -> Figures {
    Figures {
        uid_validity: UidValidity(7),
        uid_next: Uid(10),
        mod_seq: ModSeq(5),
        messages: 3,
        bytes: 300,
        unseen: 2,
        deleted: 0,
        recent: 0,
        object_id: "F1".into(),
    }
}

fn seen(uid: u32) -> super::super::view::Seen {
    super::super::view::Seen {
        uid: Uid(uid),
        marks: super::super::flags::Marks::NONE,
        mod_seq: ModSeq(1),
    }
}

fn selected() -> Session {
    let mut session = member();
    select(&mut session);
    session
}

fn select(session: &mut Session) {
    session.line(b"b SELECT INBOX");
    let opened = Opened {
        figures: figures(),
        messages: [2, 5, 9].map(seen).to_vec(),
        keywords: Default::default(),
        vanished: vec![],
        read_only: false,
        permanent: None,
    };
    let words = said(session.answer(Answer::Opened(Ok(opened))));
    assert!(
        words.contains("* 3 EXISTS\r\n") && words.contains("b OK [READ-WRITE] Selected\r\n"),
        "{words}"
    );
}

fn unchanged(session: &mut Session) -> String {
    changed(session, vec![], vec![])
}

fn changed(
    session: &mut Session,
    changed: Vec<super::super::view::Seen>,
    vanished: Vec<Uid>,
) -> String {
    said(session.answer(Answer::Changes(Ok(Changes {
        mod_seq: ModSeq(6),
        uid_next: Uid(10),
        uid_validity: UidValidity(7),
        changed,
        vanished,
        keywords: Default::default(),
    }))))
}

/// RFC 3501 section 6.2.3, RFC 9051 section 6.2.3.
#[test]
fn before_tls_no_password_is_looked_at() {
    let mut session = Session::plain(Arc::new(Settings::default()));
    let greeting = String::from_utf8(session.greeting()).unwrap();
    assert!(
        greeting.contains("LOGINDISABLED")
            && greeting.contains("STARTTLS")
            && !greeting.contains("AUTH=PLAIN")
    );
    for line in [
        &b"a LOGIN anna sesame"[..],
        b"a AUTHENTICATE PLAIN AGFubmEAc2VzYW1l",
    ] {
        assert!(said(session.line(line)).starts_with("a NO [PRIVACYREQUIRED] "));
    }
    // Nor is one asked for.
    for line in [&b"a LOGIN {4}"[..], b"a LOGIN anna {6}", b"a LOGIN {4"] {
        let words = said(session.line(line));
        assert!(words.starts_with("a ") && !words.contains('+'), "{words}");
    }
    assert_eq!(said(session.line(b"a LOGIN anna {6+}")), "<discard 6>");
    session.discarded();
    assert!(said(session.line(b"")).starts_with("a NO [PRIVACYREQUIRED] "));
    assert!(said(session.line(b"b SELECT INBOX")).starts_with("b BAD "));
    assert_eq!(
        session.line(b"c STARTTLS"),
        Step::StartTls(b"c OK Begin TLS\r\n".to_vec())
    );
    session.tls_started();
    assert!(said(session.line(b"d STARTTLS")).starts_with("d BAD "));
    assert!(said(session.line(b"e CAPABILITY")).contains("AUTH=PLAIN"));
}

/// RFC 3501 section 6.2.2, RFC 4959.
#[test]
fn plain_is_said_with_an_initial_response_or_after_a_plus() {
    let asked = "Login { login: \"anna\"";
    assert!(said(secure().line(b"a AUTHENTICATE PLAIN AGFubmEAc2VzYW1l")).starts_with(asked));
    let mut session = secure();
    assert_eq!(said(session.line(b"a AUTHENTICATE PLAIN")), "+ \r\n");
    assert!(said(session.line(b"AGFubmEAc2VzYW1l")).starts_with(asked));
    assert!(
        said(session.answer(Answer::Login(Admission::Wrong)))
            .starts_with("a NO [AUTHENTICATIONFAILED] ")
    );
    session.line(b"b AUTHENTICATE PLAIN");
    assert!(said(session.line(b"*")).starts_with("b BAD "));
    assert!(said(session.line(b"c AUTHENTICATE LOGIN")).starts_with("c NO "));
    assert!(said(session.line(b"d AUTHENTICATE PLAIN !")).starts_with("d BAD "));
    // Nobody acts for somebody else (RFC 4616): "ben\0anna\0sesame".
    assert!(said(session.line(b"e AUTHENTICATE PLAIN YmVuAGFubmEAc2VzYW1l")).starts_with("e BAD "));
}

/// RFC 3501 section 4.3, RFC 7888.
#[test]
fn literals_are_waited_for_and_those_of_literal_plus_are_not() {
    let mut session = secure();
    assert_eq!(said(session.line(b"a LOGIN {4}")), "+ Go ahead\r\n<4>");
    session.literal(b"anna");
    assert_eq!(said(session.line(b" {6+}")), "<6>");
    session.literal(b"sesame");
    assert!(said(session.line(b"")).starts_with("Login { login: \"anna\""));
    session.answer(Answer::Login(Admission::Wrong));
    assert!(said(session.line(b"b LOGIN {99999}")).starts_with("b NO [TOOBIG] "));
    assert!(said(session.line(b"c NOOP")).starts_with("c OK "));
    // Whoever did not wait has sent it: it is read away, with the rest of the command.
    assert_eq!(said(session.line(b"d LOGIN {40956+}")), "<discard 40956>");
    session.discarded();
    assert_eq!(said(session.line(b" {5+}")), "<discard 5>");
    session.discarded();
    assert!(said(session.line(b"")).starts_with("d NO [TOOBIG] "));
    assert!(said(session.line(b"e LOGIN {99999999999999999999+}")).starts_with("* BYE "));
}

/// RFC 7888 section 4: what follows a literal's size that does not wait is no command, whatever was wrong before.
#[test]
fn what_a_broken_line_announces_is_read_away() {
    let mut session = member();
    let broken =
        |session: &mut Session, fault, line: &[u8]| said(session.broken(fault, line, line));
    assert!(broken(&mut session, Fault::Nul, b"a SEARCH TEXT ").starts_with("a BAD "));
    assert_eq!(said(session.rest(b"x {12+}")), "<discard 12>");
    assert_eq!(said(session.discarded()), "");
    // The command may have more of them; it has its answer already.
    assert_eq!(said(session.line(b" TEXT {3+}")), "<discard 3>");
    session.discarded();
    assert_eq!(said(session.line(b"")), "");
    assert!(said(session.line(b"b NOOP")).starts_with("b OK "));

    // One that waits for our word never comes.
    assert!(broken(&mut session, Fault::TooLong, b"c SEARCH TEXT ").starts_with("c BAD "));
    assert_eq!(said(session.rest(b"x {12}")), "");
    assert!(said(session.line(b"d NOOP")).starts_with("d OK "));

    // Behind a literal of its own, and between two messages of an APPEND.
    session.line(b"e SEARCH TEXT {1+}");
    session.literal(b"x");
    assert!(broken(&mut session, Fault::BareCr, b" TEXT ").starts_with("e BAD "));
    assert_eq!(said(session.rest(b"~{7+}")), "<discard 7>");
    session.discarded();
    session.line(b"");
    session.line(b"f APPEND Sent {10+}");
    session.answer(Answer::Begun(Ok(())));
    session.letter(Ok(()));
    assert!(broken(&mut session, Fault::Nul, b" (").starts_with("f BAD "));
    assert_eq!(said(session.rest(b") {9+}")), "<discard 9>");
    session.discarded();
    session.line(b"");
    assert!(said(session.line(b"g NOOP")).starts_with("g OK "));

    // Too much of it ends the session, as always.
    broken(&mut session, Fault::Nul, b"h ");
    assert!(said(session.rest(b"{99999999999999+}")).starts_with("* BYE [TOOBIG] "));

    // Nobody can tell where this line ends, and so where its literal begins.
    let mut session = member();
    assert!(broken(&mut session, Fault::BareLf, b"a APPEND Sent {9+}").starts_with("* BYE "));

    // What is said in an exchange is no command.
    let mut session = secure();
    session.line(b"a AUTHENTICATE PLAIN");
    assert!(broken(&mut session, Fault::Nul, b"AGF").starts_with("a BAD "));
    assert_eq!(said(session.rest(b"{5+}")), "");
    assert!(said(session.line(b"b NOOP")).starts_with("b OK "));
}

/// RFC 7888 section 4: nor where a command was not expected, or not as it came.
#[test]
fn what_is_announced_at_the_wrong_time_is_read_away() {
    let mut session = member();
    session.line(b"a IDLE");
    assert_eq!(said(session.line(b"b APPEND Sent {26+}")), "<discard 26>");
    session.discarded();
    assert!(said(session.line(b"")).starts_with("a BAD "));
    session.line(b"c IDLE");
    // This one waits for our word, and hears of its mistake.
    assert!(said(session.line(b"d APPEND Sent {26}")).starts_with("c BAD "));
    session.line(b"e IDLE");
    let words = said(session.broken(Fault::Nul, b"f APPEND ", b"f APPEND "));
    assert!(words.starts_with("e BAD "), "{words}");
    assert_eq!(said(session.rest(b" {26+}")), "<discard 26>");
    session.discarded();
    assert_eq!(said(session.line(b"")), "");
    session.line(b"g IDLE");
    session.broken(Fault::Nul, b"h ", b"h ");
    assert_eq!(said(session.rest(b"x")), "");
    assert!(said(session.line(b"i NOOP")).starts_with("i OK "));

    // Behind a message whose bracket is missing.
    session.line(b"j ENABLE UTF8=ACCEPT");
    session.line(b"k APPEND Sent UTF8 (~{3+}");
    session.answer(Answer::Begun(Ok(())));
    session.letter(Ok(()));
    assert_eq!(said(session.line(b" (\\Seen) {20+}")), "<discard 20>");
    session.discarded();
    assert!(said(session.line(b"")).starts_with("k BAD "));
    assert!(said(session.line(b"l NOOP")).starts_with("l OK "));
}

#[test]
fn a_refusal_that_waits_for_the_end_of_its_command_is_said_though_that_is_broken() {
    let mut session = member();
    assert_eq!(
        said(session.line(b"a APPEND Sent {200000000+}")),
        "<discard 200000000>"
    );
    session.discarded();
    let words = said(session.broken(Fault::Nul, b" ", b" "));
    assert!(words.starts_with("a NO [TOOBIG] "), "{words}");
    assert_eq!(said(session.rest(b" {4+}")), "<discard 4>");
    session.discarded();
    // Once.
    assert_eq!(said(session.line(b"")), "");
    assert!(said(session.line(b"b NOOP")).starts_with("b OK "));
}

/// RFC 3501 section 6: which command is legal in which state.
#[test]
fn commands_out_of_their_state_are_refused() {
    let mut session = member();
    for command in [
        "FETCH 1 FLAGS",
        "UID SEARCH ALL",
        "CLOSE",
        "EXPUNGE",
        "CHECK",
        "UNSELECT",
        "LOGIN a b",
    ] {
        let words = said(session.line(format!("x {command}").as_bytes()));
        assert!(words.starts_with("x BAD "), "{command}: {words}");
        session.line(b"y NOOP");
    }
    let mut session = selected();
    session.line(b"c UNSELECT");
    assert!(!session.is_selected());
}

/// RFC 3501 section 7.4.1: no EXPUNGE in the answer to FETCH, STORE and SEARCH.
#[test]
fn what_is_gone_is_told_when_numbers_may_shift() {
    let mut session = selected();
    session.line(b"c FETCH 1 FLAGS");
    session.answer(Answer::Fetched(Fetched::default()));
    assert_eq!(
        changed(&mut session, vec![seen(9)], vec![Uid(5)]),
        "c OK FETCH is done\r\n"
    );
    session.line(b"d SEARCH ALL");
    session.answer(Answer::Found(Ok((Found::Messages(vec![]), 0))));
    let words = unchanged(&mut session);
    assert!(!words.contains("EXPUNGE"), "{words}");
    session.line(b"e UID SEARCH ALL");
    session.answer(Answer::Found(Ok((Found::Messages(vec![]), 0))));
    assert_eq!(
        unchanged(&mut session),
        "* SEARCH\r\n* 2 EXPUNGE\r\ne OK SEARCH is done\r\n"
    );
    assert!(said(session.line(b"f FETCH 3 FLAGS")).starts_with("f BAD "));
}

/// RFC 9051 section 6.3.5: the command is answered, though the session cannot go on.
#[test]
fn who_deletes_what_is_selected_hears_that_it_is_done() {
    let mut session = selected();
    session.line(b"c DELETE INBOX");
    session.answer(Answer::Tree(Ok(None)));
    let step = session.answer(Answer::Changes(Err(Trouble::NoMailbox)));
    assert!(matches!(step, Step::Close(_)), "{step:?}");
    let words = said(step);
    let expected = "c OK Deleted\r\n* BYE [UNAVAILABLE] ";
    assert!(words.starts_with(expected), "{words}");
}

/// RFC 9051 sections 6.4.1 and 6.4.3: what is marked as deleted goes, whoever marked it, and nothing else.
#[test]
fn what_is_marked_is_asked_before_it_is_removed() {
    let marked = |uid| super::super::view::Seen {
        marks: super::super::flags::Marks::DELETED,
        mod_seq: ModSeq(6),
        ..seen(uid)
    };
    for (command, removed) in [
        ("EXPUNGE", "Expunge([Uid(2), Uid(5)])"),
        ("UID EXPUNGE 5", "Expunge([Uid(5)])"),
        ("CLOSE", "Expunge([Uid(2), Uid(5)])"),
    ] {
        let mut session = selected();
        let step = session.line(format!("c {command}").as_bytes());
        assert!(said(step).starts_with("Changes"), "{command}");
        let news = vec![marked(2), marked(5)];
        assert_eq!(changed(&mut session, news, vec![]), removed, "{command}");
    }
    // Whoever closes a mailbox that is gone has what they want.
    let mut session = selected();
    session.line(b"c CLOSE");
    let words = said(session.answer(Answer::Changes(Err(Trouble::NoMailbox))));
    assert!(words.starts_with("c OK "), "{words}");
    assert!(!session.is_selected());
}

/// RFC 2177.
#[test]
fn an_idle_client_hears_at_once_and_ends_with_done() {
    let mut session = selected();
    assert!(said(session.line(b"c IDLE")).starts_with("Changes"));
    assert_eq!(unchanged(&mut session), "+ Waiting\r\n");
    assert!(session.listens());
    session.rung();
    assert_eq!(
        changed(&mut session, vec![seen(12)], vec![Uid(2)]),
        "* 1 EXPUNGE\r\n* 3 EXISTS\r\n"
    );
    session.line(b"done");
    assert_eq!(unchanged(&mut session), "c OK IDLE is over\r\n");
    session.line(b"d IDLE");
    unchanged(&mut session);
    assert!(said(session.line(b"e NOOP")).starts_with("d BAD "));
    assert!(!session.listens());
}

/// RFC 3501 section 6.3.11, RFC 3502.
#[test]
fn an_append_is_refused_before_its_message_is_sent() {
    let mut session = member();
    assert!(
        said(session.line(b"a APPEND Sent (\\Seen) {10}"))
            .starts_with("Begin { mailbox: \"Sent\", octets: 10 }")
    );
    assert!(
        said(session.answer(Answer::Begun(Err(Trouble::NoMailbox))))
            .starts_with("a NO [TRYCREATE] ")
    );
    assert!(!session.is_appending());
    assert!(said(session.line(b"b APPEND Sent {999999999999}")).starts_with("b NO [TOOBIG] "));
    assert!(said(session.line(b"c APPEND Sent (\\Bogus) {10}")).starts_with("c BAD "));
    assert!(said(session.line(b"d APPEND Sent UTF8 (~{10}")).starts_with("d BAD "));
    session.line(b"e APPEND Sent {10}");
    assert_eq!(
        said(session.answer(Answer::Begun(Ok(())))),
        "+ Go ahead\r\n<letter 10>"
    );
    session.letter(Ok(()));
    assert!(session.is_appending());
    session.line(b" (\\Draft) {5+}");
    assert_eq!(said(session.answer(Answer::Begun(Ok(())))), "<letter 5>");
    session.letter(Ok(()));
    assert!(said(session.line(b"")).starts_with("Append { mailbox: \"Sent\", messages: [(Named"));
    let appended = Appended {
        uid_validity: UidValidity(3),
        uids: vec![Uid(7), Uid(8)],
    };
    assert_eq!(
        said(session.answer(Answer::Appended(Ok(appended)))),
        "e OK [APPENDUID 3 7:8] APPEND is done\r\n"
    );
    // The disk is full in the middle.
    session.line(b"f APPEND Sent {10}");
    session.answer(Answer::Begun(Ok(())));
    session.letter(Err(Trouble::Full));
    assert!(said(session.line(b"")).starts_with("f NO [OVERQUOTA] "));
}

/// What is said when these mailboxes are there.
fn chosen(session: &mut Session, step: Step, all: &[Listed]) -> String {
    let Step::Ask(Ask::Mailboxes(choice)) = step else {
        panic!("{step:?}");
    };
    said(session.answer(Answer::Mailboxes(Ok(choice.of(all)))))
}

/// Each octet of a pattern costs a look at each of every name.
#[test]
fn the_patterns_of_a_list_are_bounded_together() {
    let mut session = member();
    let patterns = |count: usize, octets: usize| vec!["%".repeat(octets); count].join(" ");
    for (reference, count, octets, taken) in [
        ("", 4, 1000, true),
        ("", 100, 40, true),
        ("", 5, 1000, false),
        ("", 100, 41, false),
        ("refer", 100, 36, false),
        ("", 101, 1, false),
        ("", 1, 1001, false),
    ] {
        let line = format!("a LIST \"{reference}\" ({})", patterns(count, octets));
        let step = session.line(line.as_bytes());
        let words = said(step);
        assert_eq!(words.starts_with("Mailboxes"), taken, "{words}");
        assert!(taken || words.starts_with("a NO [LIMIT] "), "{words}");
        session.asked = None;
    }
}

/// RFC 3501 section 6.3.8, RFC 5258, RFC 6154.
#[test]
fn mailboxes_are_listed_with_what_they_are() {
    let listed = |name: &str, subscribed, special, missing| Listed {
        name: name.into(),
        subscribed,
        special,
        missing,
    };
    let all = vec![
        listed("INBOX", true, None, false),
        listed("Archive", false, Some("\\Archive"), false),
        listed("Archive/2026", true, None, false),
        listed("Lost", true, None, true),
        listed("Up", false, None, true),
        listed("Up/Down", false, None, false),
    ];
    let mut session = member();
    let mut ask = |line: &str| {
        let step = session.line(format!("a {line}").as_bytes());
        let words = chosen(&mut session, step, &all);
        let lines: Vec<String> = words.lines().map(str::to_owned).collect();
        lines[..lines.len() - 1].join("|").replace("* ", "")
    };
    assert_eq!(
        ask("LIST \"\" %"),
        "LIST (\\HasNoChildren) \"/\" \"INBOX\"|LIST (\\HasChildren \\Archive) \"/\" \"Archive\"|LIST (\\Noselect \\HasChildren) \"/\" \"Up\""
    );
    assert_eq!(
        ask("LIST Archive/ *"),
        "LIST (\\HasNoChildren) \"/\" \"Archive/2026\""
    );
    assert_eq!(
        ask("LIST (SPECIAL-USE) \"\" *"),
        "LIST (\\HasChildren \\Archive) \"/\" \"Archive\""
    );
    assert_eq!(
        ask("LIST (SUBSCRIBED RECURSIVEMATCH) \"\" %"),
        "LIST (\\HasNoChildren \\Subscribed) \"/\" \"INBOX\"|LIST (\\HasChildren \\Archive) \"/\" \"Archive\" (\"CHILDINFO\" (\"SUBSCRIBED\"))|\
         LIST (\\NonExistent \\HasNoChildren \\Subscribed) \"/\" \"Lost\""
    );
    assert_eq!(
        ask("LSUB \"\" %"),
        "LSUB (\\Noselect) \"/\" \"Archive\"|LSUB () \"/\" \"INBOX\"|LSUB () \"/\" \"Lost\""
    );
    assert_eq!(
        said(session.line(b"b LIST \"\" \"\"")),
        "* LIST (\\Noselect) \"/\" \"\"\r\nb OK That is all\r\n"
    );
}

/// RFC 4731, RFC 5182.
#[test]
fn a_search_is_answered_as_it_was_asked_and_saved() {
    let mut session = selected();
    let found = || {
        let candidates =
            [(1, 2), (2, 5), (3, 9)].map(|(number, uid)| super::super::search::Candidate {
                number,
                seen: seen(uid),
            });
        Answer::Found(Ok((Found::Messages(candidates.to_vec()), 0)))
    };
    session.line(b"a UID SEARCH RETURN (MIN MAX COUNT ALL) ALL");
    session.answer(found());
    assert_eq!(
        unchanged(&mut session),
        "* ESEARCH (TAG \"a\") UID MIN 2 MAX 9 ALL 2,5,9 COUNT 3\r\na OK SEARCH is done\r\n"
    );
    session.line(b"b SEARCH RETURN (SAVE MAX) ALL");
    session.answer(found());
    assert_eq!(
        unchanged(&mut session),
        "* ESEARCH (TAG \"b\") MAX 3\r\nb OK SEARCH is done\r\n"
    );
    assert!(
        said(session.line(b"c UID COPY $ Trash"))
            .starts_with("Copy { uids: [Uid(9)], to: \"Trash\" }")
    );
}

#[test]
fn who_says_nothing_but_nonsense_has_to_go() {
    let mut session = secure();
    let step = (0..50)
        .map(|_| session.line(b"x nonsense"))
        .find(|step| matches!(step, Step::Close(_)));
    assert!(said(step.unwrap()).contains("* BYE "));
    let mut session = secure();
    let step = (0..200)
        .map(|_| session.line(b"x NOOP"))
        .find(|step| matches!(step, Step::Close(_)));
    assert!(said(step.unwrap()).contains("* BYE "));
}

/// What was written already counts with the old numbers: with QRESYNC, too, what is gone is told after it.
#[test]
fn what_vanished_is_told_after_lines_that_count_with_it() {
    let mut session = member();
    session.line(b"q ENABLE QRESYNC");
    select(&mut session);
    session.line(b"c UID STORE 9 +FLAGS (\\Seen)");
    session.answer(Answer::Marked(Ok(Marked {
        messages: vec![seen(9)],
        modified: vec![],
        keywords: Default::default(),
    })));
    let words = changed(&mut session, vec![], vec![Uid(5)]);
    let (fetch, vanished) = (words.find("* 3 FETCH"), words.find("* VANISHED 5"));
    assert!(fetch.is_some() && fetch < vanished, "{words}");
}

/// A disk that is full takes no mark, but shows what it has, and closes no mailbox.
#[test]
fn a_full_disk_closes_no_mailbox() {
    let mut session = selected();
    session.line(b"c FETCH 1 BODY[]");
    let shown = session.answer(Answer::Marked(Err(Trouble::Full)));
    assert!(matches!(shown, Step::Ask(Ask::Fetch(..))), "{shown:?}");
    session.answer(Answer::Fetched(Fetched::default()));
    let words = said(session.answer(Answer::Changes(Err(Trouble::Full))));
    assert_eq!(words, "c OK FETCH is done\r\n");
    assert!(session.is_selected());
}

/// No command is so long that others wait for it.
#[test]
fn patterns_keys_and_items_have_a_limit() {
    let mut session = selected();
    let long = "*a".repeat(600);
    let keys = "SEEN ".repeat(1100);
    let texts = "TEXT a ".repeat(51);
    let items = "UID ".repeat(101);
    for command in [
        format!("c LIST \"\" {long}"),
        format!("c LSUB \"\" {long}"),
        format!("c SEARCH {keys}SEEN"),
        format!("c SEARCH {texts}SEEN"),
        format!("c SORT (DATE) UTF-8 {texts}SEEN"),
        format!("c FETCH 1 ({}UID)", items),
    ] {
        let words = said(session.line(command.as_bytes()));
        assert!(words.starts_with("c NO [LIMIT] "), "{command}: {words}");
    }
}

/// RFC 2971 section 3.3: 30 fields of 30 octets, with values of 1024.
#[test]
fn an_id_of_the_largest_size_is_heard_before_the_login() {
    let pair = format!("\"{}\" \"{}\"", "f".repeat(30), "v".repeat(1024));
    let line = format!("a ID ({})", vec![pair; 30].join(" "));
    let mut session = secure();
    assert!(line.len() <= session.longest_line());
    assert_eq!(
        said(session.line(line.as_bytes())),
        "* ID (\"name\" \"Toxmail\")\r\na OK Pleased to meet you\r\n"
    );
}

/// RFC 5258 section 3.5.
#[test]
fn a_parent_is_not_told_of_children_that_are_shown_themselves() {
    let listed = |name: &str, subscribed| Listed {
        name: name.into(),
        subscribed,
        special: None,
        missing: false,
    };
    let shown = |patterns: &str| {
        let mut session = member();
        let line = format!("b LIST (SUBSCRIBED RECURSIVEMATCH) \"\" {patterns}");
        let step = session.line(line.as_bytes());
        let all = [listed("a", false), listed("a/b", true)];
        chosen(&mut session, step, &all)
    };
    let child = "* LIST (\\HasNoChildren \\Subscribed) \"/\" \"a/b\"\r\n";
    assert_eq!(shown("(a a/b)"), format!("{child}b OK That is all\r\n"));
    assert_eq!(
        shown("(a)"),
        "* LIST (\\HasChildren) \"/\" \"a\" (\"CHILDINFO\" (\"SUBSCRIBED\"))\r\nb OK That is all\r\n"
    );
}

/// RFC 4731 section 3.2, RFC 7162 section 3.1.2.
#[test]
fn the_mod_sequence_of_a_search_is_that_of_what_is_told() {
    for (options, told) in [
        ("MIN", "MIN 1 MODSEQ 4"),
        ("MAX", "MAX 3 MODSEQ 2"),
        ("MIN MAX", "MIN 1 MAX 3 MODSEQ 4"),
        ("MAX COUNT", "MAX 3 COUNT 3 MODSEQ 9"),
        ("", "ALL 1:3 MODSEQ 9"),
    ] {
        let mut session = selected();
        session.line(format!("c SEARCH RETURN ({options}) MODSEQ 1").as_bytes());
        let found = [(1, 2, 4), (2, 5, 9), (3, 9, 2)].map(|(number, uid, mod_seq)| {
            let mod_seq = ModSeq(mod_seq);
            let seen = super::super::view::Seen {
                mod_seq,
                ..seen(uid)
            };
            super::super::search::Candidate { number, seen }
        });
        session.answer(Answer::Found(Ok((Found::Messages(found.to_vec()), 0))));
        assert_eq!(
            unchanged(&mut session),
            format!(
                "* OK [HIGHESTMODSEQ 5] The last change\r\n* ESEARCH (TAG \"c\") {told}\r\nc OK SEARCH is done\r\n"
            )
        );
    }
}

/// What is gone behind the last message is told; what the client still counts is told with its number, not as gone before.
#[test]
fn what_vanished_earlier_is_all_that_the_client_does_not_count() {
    let mut session = member();
    session.line(b"q ENABLE QRESYNC");
    select(&mut session);
    session.line(b"c UID FETCH 1:* (FLAGS) (CHANGEDSINCE 3 VANISHED)");
    let step = session.answer(Answer::Changes(Ok(Changes {
        mod_seq: ModSeq(6),
        uid_next: Uid(20),
        uid_validity: UidValidity(7),
        changed: vec![],
        vanished: vec![Uid(3), Uid(5), Uid(12)],
        keywords: Default::default(),
    })));
    let Step::Ask(Ask::Fetch(before, _)) = step else {
        panic!("{step:?}");
    };
    let before = String::from_utf8(before).unwrap();
    assert!(
        before.ends_with("* VANISHED (EARLIER) 3,12\r\n"),
        "{before}"
    );
}

/// If the connection breaks, those that were not sent are still unread.
#[test]
fn messages_are_marked_as_read_a_portion_at_a_time() {
    let mut session = member();
    session.line(b"b SELECT INBOX");
    let opened = Opened {
        figures: figures(),
        messages: (1..=120).map(seen).collect(),
        keywords: Default::default(),
        vanished: vec![],
        read_only: false,
        permanent: None,
    };
    session.answer(Answer::Opened(Ok(opened)));
    let mut step = session.line(b"c FETCH 1:* BODY[]");
    for expected in [1..=50, 51..=100, 101..=120] {
        let Step::Ask(Ask::Mark { uids, .. }) = step else {
            panic!("{step:?}");
        };
        let expected: Vec<Uid> = expected.map(Uid).collect();
        assert_eq!(uids, expected);
        let messages = uids.iter().map(|uid| {
            let mut seen = seen(uid.0);
            seen.marks = super::super::flags::Marks::SEEN;
            seen
        });
        let shown = session.answer(Answer::Marked(Ok(Marked {
            messages: messages.collect(),
            modified: vec![],
            keywords: Default::default(),
        })));
        let Step::Ask(Ask::Fetch(_, plan)) = shown else {
            panic!("{shown:?}");
        };
        assert_eq!(plan.messages.len(), uids.len());
        step = session.answer(Answer::Fetched(Fetched::default()));
    }
    assert_eq!(unchanged(&mut session), "c OK FETCH is done\r\n");
}

/// How it went with a portion counts for the answer, and trouble ends it.
#[test]
fn what_went_wrong_with_the_first_portion_is_told_at_the_end() {
    let marked = |uids: &[Uid]| {
        let messages = uids.iter().map(|uid| {
            let mut seen = seen(uid.0);
            seen.marks = super::super::flags::Marks::SEEN;
            seen
        });
        Answer::Marked(Ok(Marked {
            messages: messages.collect(),
            modified: vec![],
            keywords: Default::default(),
        }))
    };
    let first_portion = || {
        let mut session = member();
        session.line(b"b SELECT INBOX");
        let opened = Opened {
            figures: figures(),
            messages: (1..=60).map(seen).collect(),
            keywords: Default::default(),
            vanished: vec![],
            read_only: false,
            permanent: None,
        };
        session.answer(Answer::Opened(Ok(opened)));
        let Step::Ask(Ask::Mark { uids, .. }) = session.line(b"c FETCH 1:* BODY[]") else {
            panic!("nothing is marked");
        };
        session.answer(marked(&uids));
        session
    };
    let mut session = first_portion();
    let gone = Fetched {
        gone: 1,
        ..Fetched::default()
    };
    let Step::Ask(Ask::Mark { uids, .. }) = session.answer(Answer::Fetched(gone)) else {
        panic!("no second portion");
    };
    session.answer(marked(&uids));
    session.answer(Answer::Fetched(Fetched::default()));
    let words = unchanged(&mut session);
    assert!(words.starts_with("c NO [EXPUNGEISSUED] "), "{words}");

    let mut session = first_portion();
    let broken = Fetched {
        trouble: Some(Trouble::OutOfOrder),
        ..Fetched::default()
    };
    session.answer(Answer::Fetched(broken));
    let words = unchanged(&mut session);
    assert!(words.starts_with("c NO [UNAVAILABLE] "), "{words}");
}
