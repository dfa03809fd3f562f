use super::*;
use crate::imap::command::*;

fn read(text: &str) -> Command {
    command(format!("a {text}").as_bytes()).unwrap_or_else(|bad| panic!("{text}: {bad:?}"))
}

fn bad(text: &str) {
    let read = command(format!("a {text}").as_bytes());
    assert!(read.is_err(), "{text}: {read:?}");
}

fn name_of(text: &str) -> Name {
    Name(text.as_bytes().to_vec())
}

#[test]
fn every_form_of_rfc_3501_section_6_is_understood() {
    for text in [
        "CAPABILITY",
        "noop",
        "LOGOUT",
        "STARTTLS",
        "LOGIN SMITH SESAME",
        "LOGIN \"a b\" {3}\r\nx y",
        "AUTHENTICATE PLAIN",
        "AUTHENTICATE PLAIN dGVzdAB0ZXN0AHRlc3Q=",
        "AUTHENTICATE PLAIN =",
        "SELECT INBOX",
        "EXAMINE blurdybloop",
        "CREATE owatagusiam/",
        "DELETE foo/bar",
        "RENAME zowie foo/bar",
        "SUBSCRIBE #news.comp",
        "UNSUBSCRIBE {3}\r\na b",
        "LIST \"\" \"\"",
        "LIST ~/Mail/ %",
        "LIST \"\" *",
        "LSUB \"#news.\" \"comp.mail.*\"",
        "STATUS blurdybloop (UIDNEXT MESSAGES)",
        "CHECK",
        "CLOSE",
        "EXPUNGE",
        "IDLE",
        "UNSELECT",
        "NAMESPACE",
        "ID NIL",
        "ID (\"name\" \"x\" \"version\" NIL)",
        "ENABLE CONDSTORE UTF8=ACCEPT",
        "SEARCH FLAGGED SINCE 1-Feb-1994 NOT FROM \"Smith\"",
        "SEARCH CHARSET UTF-8 TEXT {6}\r\n\u{441}\u{442}\u{43e}",
        "SEARCH OR (SEEN 1:3) UID 4:* LARGER 7",
        "UID SEARCH $ NOT $",
        "SEARCH MODSEQ \"/flags/\\\\draft\" all 620162338",
        "FETCH 2:4 (FLAGS BODY[HEADER.FIELDS (DATE FROM)])",
        "UID FETCH 1:* FAST",
        "FETCH 1 BODY.PEEK[1.2.MIME]<0.100>",
        "FETCH 1 (BINARY[1]<5.6> BINARY.SIZE[1] BODY[TEXT])",
        "FETCH 1:5 (FLAGS) (CHANGEDSINCE 12345)",
        "UID FETCH 300:500 (FLAGS) (CHANGEDSINCE 12345 VANISHED)",
        "STORE 2:4 +FLAGS (\\Deleted)",
        "STORE 1 (UNCHANGEDSINCE 5) FLAGS.SILENT \\Seen $Work",
        "STORE 1 FLAGS ()",
        "COPY 2:4 MEETING",
        "UID MOVE 42:69 foo",
        "UID EXPUNGE 3000:3002",
        "SORT (REVERSE DATE SUBJECT) UTF-8 ALL",
        "UID THREAD REFERENCES US-ASCII UNSEEN",
        "GETQUOTA \"\"",
        "GETQUOTAROOT INBOX",
    ] {
        read(text);
    }
}

#[test]
fn what_is_no_command_is_told() {
    for text in [
        "",
        " NOOP",
        "NOOP ",
        "NOOP x",
        "XYZZY",
        "UID",
        "UID NOOP",
        "LOGIN a",
        "SELECT",
        "SELECT a b",
        "FETCH 0 FLAGS",
        "FETCH 1",
        "FETCH 1 ()",
        "FETCH 1 BODY[MIME]",
        "FETCH 1 BODY[0]",
        "FETCH 1 BODY[]<0.0>",
        "FETCH 1 (FLAGS",
        "STORE 1 FLAG (\\Seen)",
        "STORE 1 +FLAGS (\\Bogus)",
        "SEARCH",
        "SEARCH XYZZY",
        "SEARCH OR SEEN",
        "SEARCH (",
        "SEARCH CHARSET KOI8-R ALL",
        "SEARCH SINCE 31-Feb-2020",
        "STATUS a ()",
        "STATUS a (X)",
        "LIST",
        "LIST \"\"",
        "LIST (RECURSIVEMATCH) \"\" *",
        "COPY 1",
        "ENABLE",
        "ID (\"name\")",
        "APPEND INBOX",
        "FETCH 1 FLAGS (VANISHED)",
        "FETCH 1 FLAGS (CHANGEDSINCE 1 VANISHED)",
        "THREAD X UTF-8 ALL",
        "SORT () UTF-8 ALL",
    ] {
        bad(text);
    }
    bad(&format!(
        "SEARCH {}ALL{}",
        "(".repeat(1000),
        ")".repeat(1000)
    ));
    assert!(command(b"").is_err() && command(b"+ NOOP").is_err() && command(b"a").is_err());
}

#[test]
fn list_has_selections_returns_and_several_patterns() {
    let Command::List(list) = read(
        "LIST (SUBSCRIBED RECURSIVEMATCH) \"\" (\"a*\" %) RETURN (CHILDREN STATUS (MESSAGES))",
    ) else {
        panic!()
    };
    assert!(list.only_subscribed && list.recursive_match && list.extended);
    assert_eq!(list.patterns, [b"a*".to_vec(), b"%".to_vec()]);
    assert_eq!(list.status, Some(vec![StatusItem::Messages]));
    assert!(
        matches!(read("LIST () \"\" () RETURN ()"), Command::List(list) if list.patterns.is_empty())
    );
}

#[test]
fn create_use_and_select_with_qresync_are_understood() {
    let created = Command::Create {
        mailbox: name_of("Sent"),
        uses: vec!["\\Sent".into()],
    };
    assert_eq!(read("CREATE Sent (USE (\\Sent))"), created);
    let Command::Select {
        qresync: Some(known),
        condstore,
        ..
    } = read("SELECT INBOX (QRESYNC (67890007 20050715194045000 41,43:211 (1,5 2,9)) CONDSTORE)")
    else {
        panic!()
    };
    assert!(condstore);
    assert_eq!(
        (known.uid_validity, known.uids.unwrap().len()),
        (67_890_007, 2)
    );
    assert_eq!(known.matched.unwrap().1, [(2, 2), (9, 9)]);
    let Command::Select {
        qresync: Some(known),
        ..
    } = read("SELECT INBOX (QRESYNC (1 2 (1 2)))")
    else {
        panic!()
    };
    assert_eq!((known.uids, known.matched.is_some()), (None, true));
}

#[test]
fn search_return_says_what_is_answered() {
    let Command::Search(search) = read("SEARCH RETURN (MIN SAVE) $") else {
        panic!()
    };
    assert!(search.result.min && search.result.save && !search.result.all);
    assert_eq!(search.program, Key::Numbers(Set::Saved));
    let Command::Search(search) = read("SEARCH RETURN () ALL") else {
        panic!()
    };
    assert!(search.result.all && search.result.extended);
    // A key that begins like one of the words before it.
    assert!(matches!(read("SEARCH ALL"), Command::Search(s) if !s.result.extended));
}

#[test]
fn append_is_read_up_to_each_message() {
    let (mailbox, opening) = append(b"a APPEND Sent (\\Seen) \" 1-Feb-1994 21:52:25 -0800\" ")
        .unwrap()
        .unwrap();
    assert_eq!(
        (mailbox, opening.date),
        (name_of("Sent"), Some(760_168_345))
    );
    assert!(opening.flags.system.has(crate::imap::flags::Marks::SEEN) && !opening.utf8);
    assert!(append(b"a APPEND Sent UTF8 (").unwrap().unwrap().1.utf8);
    assert_eq!(append(b"a APPEND "), None);
    assert!(append(b"a APPEND {3}\r\nx y ").unwrap().is_ok());
    assert_eq!(append(b"a LOGIN "), None);
    assert!(append(b"a APPEND Sent NONSENSE ").unwrap().is_err());
    assert!(append_more(b" (\\Draft) ").is_ok() && append_more(b"x").is_err());
}
