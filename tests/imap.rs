//! IMAP: dialogs written from the RFCs' text, real mail programs, and many clients at once beside a model of every mailbox.
//!
//! Everything here is spoken with a home and with Debian's Dovecot: what Dovecot does not stand is asked of nobody, unless a
//! reason is given.
//!
//! A suite of others', which Dovecot stands whole (71 groups of commands, and its own crowd of clients): imaptest, whose sources are
//! at github.com/dovecot/imaptest. It is not kept here. With `dovecot-dev`, autoconf, automake and libtool of Debian 12, which want
//! its version of March 2022:
//!
//! ```text
//! git checkout 924f619
//! sed -i 's/imap_parser_create(\(.*\)(size_t)-1)/imap_parser_create(\1(size_t)-1, NULL)/' src/commands.c src/imap-client.c src/test-parser.c
//! ./autogen.sh && ./configure --with-dovecot=/usr/lib/dovecot && make
//! export LD_LIBRARY_PATH=/usr/lib/dovecot
//! src/imaptest host=127.0.0.1 port=5993 ssl=any-cert user=anna pass=PASSWORD mbox=FILE.mbox test=src/tests
//! src/imaptest host=127.0.0.1 port=5993 ssl=any-cert user=anna pass=PASSWORD mbox=FILE.mbox clients=20 msgs=50 secs=300
//! ```
//!
//! against a home of `make run` (`max_connections_per_address` above the clients'), with any mbox of a few messages.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "support/babble.rs"]
mod babble;
#[path = "support/client.rs"]
mod client;
#[path = "support/crowd.rs"]
mod crowd;
#[path = "support/dialog.rs"]
mod dialog;
#[path = "support/dice.rs"]
mod dice;
#[path = "support/home.rs"]
mod home;
#[path = "support/imap.rs"]
mod imap;
#[path = "support/mailbox.rs"]
mod mailbox;
#[path = "support/netns.rs"]
mod netns;
#[path = "support/pattern.rs"]
mod pattern;
#[path = "support/place.rs"]
mod place;
#[path = "support/provider.rs"]
mod provider;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use dialog::{Dialog, Server, Speaker, Way};
use home::wait_for;
use imap::{Answer, Imap, Token};
use place::Place;

/// Speaks the dialogs in both ways, and tells every failure at once.
fn speak_all(place: &Place, dialogs: &[Dialog]) {
    let server = &Server {
        imap: place.imap,
        imaps: place.imaps,
        is_dovecot: place.is_dovecot(),
    };
    let mut failures = String::new();
    let mut count = 0;
    for way in [Way::Tls, Way::StartTls] {
        let mut speaker = Speaker::new(server, way).unwrap();
        for dialog in dialogs {
            let lacks = speaker.lacks(dialog);
            if server.is_dovecot && (dialog.dovecot.is_some() || !lacks.is_empty()) {
                continue;
            }
            let spoken = if lacks.is_empty() {
                speaker.speak(dialog).map_err(|failure| failure.text)
            } else {
                Err(format!(
                    "{}: the server does not say that it has {}\n",
                    dialog.name,
                    lacks.join(", ")
                ))
            };
            if let Err(text) = spoken {
                count += 1;
                let _ = writeln!(failures, "{text}");
                // Its keeper's line may be out of step.
                speaker = Speaker::new(server, way).unwrap();
            }
        }
    }
    assert!(failures.is_empty(), "{count} dialogs failed:\n\n{failures}");
}

/// All dialogs, or those that `DIALOG` names a part of.
fn chosen() -> Vec<Dialog> {
    let only = std::env::var("DIALOG").unwrap_or_default();
    let mut dialogs = dialog::all();
    dialogs
        .retain(|dialog| only.is_empty() || only.split(',').any(|part| dialog.name.contains(part)));
    assert!(!dialogs.is_empty(), "no dialog is called {only:?}");
    dialogs
}

#[test]
fn a_home_stands_every_dialog() {
    netns::enter_loopback_namespace();
    speak_all(&Place::home(&[]), &chosen());
}

#[test]
fn dovecot_stands_every_dialog_but_those_with_a_reason() {
    netns::enter_loopback_namespace();
    speak_all(&Place::dovecot(), &chosen());
}

/// The table of sections and the dialogs about them, in Markdown.
fn table(dialogs: &[Dialog]) -> String {
    let sections = std::fs::read_to_string(dialog::folder().join("sections.tsv")).unwrap();
    let mut unknown: Vec<(String, &str)> = dialogs
        .iter()
        .flat_map(|dialog| {
            dialog
                .sections
                .iter()
                .map(|section| (section.clone(), dialog.name.as_str()))
        })
        .collect();
    let mut text = String::from(
        "# Which dialog shows which section\n\nMade by `TABLE=write cargo nextest run --features faults -E 'test(table_of_sections)'` from \
         sections.tsv and the dialogs; tests/support/dialog.rs says how a dialog is written.\n\n| RFC | section | | dialogs |\n| --- | --- | --- | --- |\n",
    );
    let mut without = 0;
    for line in sections.lines().filter(|line| !line.starts_with('#')) {
        let [rfc, number, title] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("sections.tsv: {line:?}")
        };
        let section = format!("RFC {rfc} §{number}");
        let mut names: Vec<&str> = Vec::new();
        for dialog in dialogs
            .iter()
            .filter(|dialog| dialog.sections.contains(&section))
        {
            names.push(&dialog.name);
        }
        unknown.retain(|(about, _)| *about != section);
        without += usize::from(names.is_empty());
        let shown = if names.is_empty() {
            "**none**".into()
        } else {
            names.join(", ")
        };
        let _ = writeln!(text, "| {rfc} | {number} | {title} | {shown} |");
    }
    assert_eq!(unknown, [], "sections that sections.tsv does not know");
    let _ = writeln!(
        text,
        "\n{} dialogs; {without} sections have none.",
        dialogs.len()
    );
    text
}

#[test]
fn the_table_of_sections_is_as_the_dialogs_are() {
    let made = table(&dialog::all());
    let file = dialog::folder().join("README.md");
    if std::env::var("TABLE").is_ok_and(|v| v == "write") {
        std::fs::write(&file, &made).unwrap();
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(written, made, "make it anew, as it says at its top");
}

/// Clients at once on the same mailboxes, each beside a model of what it must see.
fn crowd(clients: usize, length: Duration) {
    netns::enter_loopback_namespace();
    let place = Place::start(&[]);
    let seed = std::env::var("SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or(20_261_126);
    let summary = crowd::mill(place.imaps, clients, length, seed);
    println!("{summary:?}");
    assert!(summary.commands > clients as u64 * 20, "{summary:?}");
}

#[test]
fn four_clients_at_once_see_what_they_must_and_lose_nothing() {
    crowd(4, Duration::from_secs(10));
}

#[test]
#[ignore = "five minutes"]
fn long_twenty_clients_at_once_see_what_they_must_and_lose_nothing() {
    crowd(20, Duration::from_secs(300));
}

/// By UID, the flags of every message of INBOX.
fn flags(imap: &mut Imap) -> BTreeMap<u64, Vec<String>> {
    let answers = imap.command("UID FETCH 1:* FLAGS").unwrap();
    let of = |answer: &Answer| {
        let mut flags: Vec<String> = answer
            .item("FLAGS")?
            .list()
            .iter()
            .filter_map(Token::text)
            .collect();
        flags.retain(|flag| flag != "\\Recent");
        flags.sort();
        Some((answer.item("UID")?.number()?, flags))
    };
    answers.iter().filter_map(of).collect()
}

#[test]
fn what_another_program_does_to_a_maildir_is_seen_and_uids_stay() {
    netns::enter_loopback_namespace();
    let place = Place::start(&[]);
    let letters = ["one", "two", "three", "t1"].map(pattern::letter);
    place.file("anna", letters.clone());
    let mut imap = Imap::login(place.imaps, "anna", "secret-anna").unwrap();
    imap.command("SELECT INBOX").unwrap();
    let before = flags(&mut imap);
    assert_eq!(before.len(), 4);
    let uids: Vec<u64> = before.keys().copied().collect();

    // It reads one (S), flags one (F), and deletes one, as mutt does: by renaming and unlinking files.
    let cur = place.maildir("anna").join("cur");
    let all = || -> Vec<PathBuf> {
        ["new", "cur"]
            .iter()
            .flat_map(|part| {
                std::fs::read_dir(place.maildir("anna").join(part))
                    .unwrap()
                    .flatten()
            })
            .map(|entry| entry.path())
            .collect()
    };
    let of = |subject: &str| {
        let wanted = format!("Subject: {subject}\r\n");
        all()
            .into_iter()
            .find(|path| String::from_utf8_lossy(&std::fs::read(path).unwrap()).contains(&wanted))
            .unwrap()
    };
    let set = |subject: &str, letters: &str| {
        let path = of(subject);
        let name = path.file_name().unwrap().to_str().unwrap();
        let base = name.split(":2,").next().unwrap();
        std::fs::rename(&path, cur.join(format!("{base}:2,{letters}"))).unwrap();
    };
    set("Apples", "S");
    set("Re: Apples", "FS");
    std::fs::remove_file(of("Pears and plums")).unwrap();
    place.file("anna", [pattern::letter("t2")]);
    let expected = |next: u64| {
        BTreeMap::from([
            (uids[0], vec!["\\Seen".to_owned()]),
            (uids[1], vec!["\\Flagged".into(), "\\Seen".into()]),
            (uids[3], vec![]),
            (next, vec![]),
        ])
    };
    wait_for("it to be seen", Duration::from_secs(30), || {
        imap.command("NOOP").unwrap();
        let now = flags(&mut imap);
        (now == expected(uids[3] + 1)).then_some(())
    });
    // And back: what is set here stands in the file's name.
    imap.command(&format!("UID STORE {} +FLAGS (\\Answered)", uids[3]))
        .unwrap();
    imap.command("LOGOUT").unwrap();
    wait_for("the flag in the name", Duration::from_secs(30), || {
        let name = of("Picnic");
        name.to_str()
            .unwrap()
            .rsplit_once(":2,")
            .filter(|(_, flags)| flags.contains('R'))
            .map(drop)
    });
    let mut again = Imap::login(place.imaps, "anna", "secret-anna").unwrap();
    again.command("SELECT INBOX").unwrap();
    let mut known = expected(uids[3] + 1);
    known.insert(uids[3], vec!["\\Answered".into()]);
    assert_eq!(flags(&mut again), known);
}

/// Stops the home, and starts it again when `between` has been done to its folder.
fn restart(place: &mut Place, between: impl FnOnce(&Path)) {
    let home = place.as_home().unwrap();
    home.stop();
    between(home.path());
    home.start();
    let [imap, imaps, submissions] =
        ["imap", "imaps", "submissions"].map(|service| home.address(service));
    (place.imap, place.imaps) = (imap, imaps);
    place.submissions = Some(submissions);
}

#[test]
fn the_cache_may_be_deleted_or_damaged_and_nothing_is_told_otherwise() {
    netns::enter_loopback_namespace();
    let mut place = Place::home(&[]);
    let letters = ["one", "two", "parts", "nested", "umlauts"].map(pattern::letter);
    place.file("anna", letters);
    let look = |place: &Place| {
        let mut imap = Imap::login(place.imaps, "anna", "secret-anna").unwrap();
        let mut told = imap
            .command("STATUS INBOX (UIDVALIDITY UIDNEXT MESSAGES)")
            .unwrap();
        imap.command("EXAMINE INBOX").unwrap();
        for items in [
            "UID ENVELOPE RFC822.SIZE",
            "BODYSTRUCTURE",
            "BODY.PEEK[HEADER.FIELDS (SUBJECT)]",
        ] {
            told.extend(imap.command(&format!("FETCH 1:* ({items})")).unwrap());
        }
        told.extend(imap.command("UID SORT (SUBJECT) UTF-8 ALL").unwrap());
        let told = told.into_iter().filter(|answer| answer.tag == "*");
        told.map(|answer| answer.shown).collect::<Vec<_>>()
    };
    let files =
        |folder: &Path| ["", "-wal", "-shm"].map(|end| folder.join(format!("index.db{end}")));
    let first = look(&place);
    assert_eq!(first.len(), 1 + 3 * 5 + 1, "{first:#?}");
    assert_eq!(look(&place), first);
    restart(&mut place, |folder| {
        assert!(std::fs::metadata(&files(folder)[0]).unwrap().len() > 0);
        for file in files(folder) {
            let _ = std::fs::remove_file(file);
        }
    });
    assert_eq!(look(&place), first);
    assert_eq!(look(&place), first);
    // All of it; then its second half, of which its beginning knows nothing.
    for whole in [true, false] {
        restart(&mut place, |folder| {
            let [file, log, _] = files(folder);
            for file in [file, log] {
                let mut bytes = std::fs::read(&file).unwrap_or_default();
                let from = if whole { 0 } else { bytes.len() / 2 };
                bytes[from..].fill(0xa5);
                bytes.resize(bytes.len().max(32 << 10), 0xa5);
                std::fs::write(file, bytes).unwrap();
            }
        });
        assert_eq!(look(&place), first);
        assert_eq!(look(&place), first);
    }
}

/// As where the kernel watches no more folders.
#[cfg(feature = "faults")]
#[test]
fn an_idle_session_that_nobody_stands_guard_for_hears_of_it_all_the_same() {
    netns::enter_loopback_namespace();
    let mut place = Place::home(&[]);
    let idle = |place: &Place| {
        let mut imap = Imap::login(place.imaps, "anna", "secret-anna").unwrap();
        imap.timeout(Duration::from_secs(120)).unwrap();
        imap.command("SELECT INBOX").unwrap();
        let tag = imap.tag();
        imap.send(format!("{tag} IDLE\r\n").as_bytes()).unwrap();
        while imap.answer().unwrap().tag != "+" {}
        imap
    };
    let guards = |place: &mut Place| {
        let pid = place.as_home().unwrap().pid();
        let files = std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap();
        let files = files.filter_map(|file| std::fs::read_link(file.ok()?.path()).ok());
        files
            .filter(|file| file.ends_with("anon_inode:inotify"))
            .count()
    };
    // As it is everywhere else.
    let guarded = idle(&place);
    wait_for("somebody to stand there", Duration::from_secs(30), || {
        (guards(&mut place) == 1).then_some(())
    });
    drop(guarded);
    let refused = ("TOXMAIL_FAULT_DISK".to_owned(), "ENOSPC@watch:1".to_owned());
    place.as_home().unwrap().plan.environment.push(refused);
    restart(&mut place, |_| ());
    let mut imap = idle(&place);
    let mut hears = |number: u32| loop {
        if imap.answer().unwrap().numbered() == Some((number, "EXISTS")) {
            return;
        }
    };
    // What the home itself files needs no guard.
    place.deliver(
        "anna",
        b"From: ben@toxmail.local\r\nTo: anna@toxmail.local\r\nSubject: x\r\n\r\nx\r\n",
    );
    hears(1);
    place.file("anna", [pattern::letter("one")]);
    hears(2);
    assert_eq!(guards(&mut place), 0);
}

#[test]
fn a_mailbox_of_a_members_own_that_is_called_outbox_stays_theirs() {
    netns::enter_loopback_namespace();
    let mut place = Place::home(&[]);
    let address = format!("{}@tox", home::nobody(7));
    let home = place.as_home().unwrap();
    home.say(&["contact", "add", "carl", "--tox", &address])
        .unwrap();
    let folder = place.maildir("anna").join(".Outbox");
    for inner in ["tmp", "new", "cur"] {
        std::fs::create_dir_all(folder.join(inner)).unwrap();
    }
    std::fs::write(folder.join("cur/1.M1P1.other:2,S"), pattern::letter("one")).unwrap();
    let mut line = client::submission(place.submissions.unwrap(), "anna", "secret-anna").unwrap();
    let letter = "From: anna@toxmail.local\r\nTo: carl@tox\r\nSubject: waits\r\n\r\nHello\r\n";
    client::send(
        &mut line,
        "anna@toxmail.local",
        &["carl@tox"],
        letter.as_bytes(),
    )
    .unwrap();
    let mut imap = Imap::login(place.imaps, "anna", "secret-anna").unwrap();
    let named = |imap: &mut Imap| {
        let answers = imap.command("LIST \"\" Outbox").unwrap();
        answers.iter().filter(|a| a.starts(&["LIST"])).count()
    };
    assert_eq!(named(&mut imap), 1);
    let one = String::from_utf8(pattern::letter("one")).unwrap();
    let two = String::from_utf8(pattern::letter("two")).unwrap();
    assert_eq!(bodies(&mut imap, "Outbox"), std::slice::from_ref(&one));
    let (_, answer) = imap
        .append("Outbox", "(\\Flagged)", two.as_bytes())
        .unwrap();
    assert!(answer.starts(&["OK"]), "{answer:?}");
    assert_eq!(bodies(&mut imap, "Outbox"), [one.as_str(), &two]);
    imap.command("SELECT Outbox").unwrap();
    imap.command("STORE 1 +FLAGS (\\Deleted work)").unwrap();
    imap.command("CLOSE").unwrap();
    // Under another name it makes room for what waits.
    imap.command("RENAME Outbox Mine").unwrap();
    assert_eq!(bodies(&mut imap, "Mine"), [two]);
    let waits = bodies(&mut imap, "Outbox");
    assert!(
        waits.len() == 1 && waits[0].contains("Subject: waits\r\n"),
        "{waits:?}"
    );
    assert_eq!(named(&mut imap), 1);
    assert!(!folder.exists());
}

#[test]
fn a_file_with_lf_is_served_with_crlf_and_counted_so() {
    netns::enter_loopback_namespace();
    let place = Place::start(&[]);
    for name in ["one", "parts", "nested"] {
        let crlf = pattern::letter(name);
        let lf: Vec<u8> = crlf.iter().copied().filter(|byte| *byte != b'\r').collect();
        place.file("anna", [lf]);
        let mut imap = Imap::login(place.imaps, "anna", "secret-anna").unwrap();
        imap.command("SELECT INBOX").unwrap();
        let answers = imap
            .command("FETCH * (RFC822.SIZE BODY.PEEK[] BODY.PEEK[HEADER] BODY.PEEK[TEXT]<3.20>)")
            .unwrap();
        let item = |name: &str| {
            answers
                .iter()
                .find_map(|answer| answer.item(name))
                .unwrap()
                .clone()
        };
        assert_eq!(item("BODY[]"), Token::Text(crlf.clone()), "{name}");
        assert_eq!(
            item("RFC822.SIZE").number(),
            Some(crlf.len() as u64),
            "{name}"
        );
        let (header, text) = (
            pattern::letter(&format!("{name}.header")),
            pattern::letter(&format!("{name}.text")),
        );
        assert_eq!(item("BODY[HEADER]"), Token::Text(header), "{name}");
        assert_eq!(
            item("BODY[TEXT]<3>"),
            Token::Text(text[3..23].to_vec()),
            "{name}"
        );
        let found = imap
            .command(&format!(
                "SEARCH LARGER {} SMALLER {}",
                crlf.len() - 1,
                crlf.len() + 1
            ))
            .unwrap();
        assert!(
            found
                .iter()
                .any(|answer| answer.starts(&["SEARCH"]) && answer.tokens.len() > 1),
            "{name}: {found:?}"
        );
    }
}

/// Bytes that no client means; the server must answer or hang up, and must not lie about its mailboxes afterwards.
fn babbling(length: Duration, more: u64) {
    let mut place = Place::start(&[]);
    let mut dialogs = dialog::all();
    dialogs.retain(|dialog| !dialog.name.contains("quota"));
    let seed = std::env::var("SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or(20_261_126)
        + more;
    place.file("anna", ["one", "parts", "nested"].map(pattern::letter));
    let summary = babble::babble(place.imaps, &dialogs, length, seed);
    println!("{summary:?}");
    assert!(summary.answers > summary.connections, "{summary:?}");
    if let Some(home) = place.as_home() {
        let log = home.log();
        assert!(!log.contains("panicked"), "{log}");
        assert!(!home.has_ended());
    }
}

#[test]
fn whatever_bytes_a_client_sends_the_server_answers_and_does_not_lie() {
    netns::enter_loopback_namespace();
    babbling(Duration::from_secs(8), 0);
}

#[test]
#[ignore = "half an hour"]
fn long_whatever_bytes_a_client_sends_the_server_answers_and_does_not_lie() {
    netns::enter_loopback_namespace();
    // Each with a new server: by and by there are very many mailboxes.
    for more in 0..6 {
        babbling(Duration::from_secs(300), more);
    }
}

/// The message's header and text of every message in a mailbox.
fn bodies(imap: &mut Imap, mailbox: &str) -> Vec<String> {
    imap.command(&format!("EXAMINE {mailbox}")).unwrap();
    let answers = imap.command("UID FETCH 1:* BODY.PEEK[]").unwrap();
    answers
        .iter()
        .filter_map(|answer| answer.item("BODY[]")?.text())
        .collect()
}

#[test]
fn what_is_still_on_its_way_lies_in_the_outbox_and_can_be_taken_back_there() {
    netns::enter_loopback_namespace();
    let mut place = Place::home(&[]);
    let address = format!("{}@tox", home::nobody(7));
    let home = place.as_home().unwrap();
    home.say(&["contact", "add", "carl", "--tox", &address])
        .unwrap();
    let submissions = home.address("submissions");
    let write = |subject: &str| {
        let letter = format!(
            "From: Anna <anna@toxmail.local>\r\nTo: carl@tox\r\nSubject: {subject}\r\nMessage-ID: <{subject}@example.org>\r\n\
             Date: Wed, 25 Nov 2026 10:00:00 +0000\r\n\r\nAre you there?\r\n"
        );
        let mut line = client::submission(submissions, "anna", "secret-anna").unwrap();
        let reply = client::send(
            &mut line,
            "anna@toxmail.local",
            &["carl@tox"],
            letter.as_bytes(),
        )
        .unwrap();
        assert!(reply.starts_with("250"), "{reply}");
    };
    write("first");
    write("second");
    write("third");
    let mut imap = Imap::login(place.imaps, "anna", "secret-anna").unwrap();
    let waiting = wait_for("the letters in the Outbox", Duration::from_secs(30), || {
        let bodies = bodies(&mut imap, "Outbox");
        (bodies.len() == 3).then_some(bodies)
    });
    for letter in &waiting {
        let (header, text) = letter.split_once("\r\n\r\n").unwrap();
        let status = header
            .lines()
            .find_map(|line| line.strip_prefix("X-Toxmail-Status: "))
            .unwrap_or_else(|| panic!("{header}"));
        assert!(status.contains("carl"), "{status}");
        assert_eq!(text, "Are you there?\r\n");
    }
    // It is a mailbox like the others, but for what it is: nothing can be put there, nor under its name.
    let answers = imap
        .command("LIST \"\" (Out% Out*) RETURN (SUBSCRIBED)")
        .unwrap();
    let listed: Vec<&Answer> = answers.iter().filter(|a| a.starts(&["LIST"])).collect();
    assert_eq!(listed.len(), 1, "{answers:?}");
    let flags: Vec<String> = listed[0].tokens[1]
        .list()
        .iter()
        .filter_map(Token::text)
        .collect();
    assert_eq!(flags, ["\\HasNoChildren", "\\Subscribed"]);
    for (command, code) in [
        ("CREATE Outbox", "ALREADYEXISTS"),
        ("CREATE Outbox/inside", "CANNOT"),
        ("RENAME Outbox Other", "CANNOT"),
        ("RENAME Archive Outbox", "ALREADYEXISTS"),
        ("DELETE Outbox", "CANNOT"),
    ] {
        let (_, answer) = imap.say(command).unwrap();
        let said = answer.code().first().and_then(Token::text);
        assert_eq!(said.as_deref(), Some(code), "{command}: {answer:?}");
    }
    place.deliver(
        "anna",
        b"From: ben@toxmail.local\r\nTo: anna@toxmail.local\r\nSubject: x\r\n\r\nx\r\n",
    );
    wait_for("a letter to copy", Duration::from_secs(30), || {
        (bodies(&mut imap, "INBOX").len() == 1).then_some(())
    });
    let (_, answer) = imap.say("COPY 1 Outbox").unwrap();
    let said = answer.code().first().and_then(Token::text);
    assert_eq!(said.as_deref(), Some("CANNOT"), "{answer:?}");
    let sizes = |imap: &mut Imap| -> Vec<(u64, u64)> {
        imap.command("EXAMINE Outbox").unwrap();
        let answers = imap.command("UID FETCH 1:* RFC822.SIZE").unwrap();
        let size = |a: &Answer| Some((a.item("UID")?.number()?, a.item("RFC822.SIZE")?.number()?));
        answers.iter().filter_map(size).collect()
    };
    let before = sizes(&mut imap);
    let lengths: Vec<u64> = waiting.iter().map(|letter| letter.len() as u64).collect();
    assert_eq!(
        before.iter().map(|(_, size)| *size).collect::<Vec<_>>(),
        lengths
    );
    // After a start the same numbers mean the same bytes.
    drop(imap);
    let home = place.as_home().unwrap();
    home.stop();
    home.start();
    let (imaps, submissions) = (home.address("imaps"), home.address("submissions"));
    (place.imaps, place.submissions) = (imaps, Some(submissions));
    let mut imap = Imap::login(place.imaps, "anna", "secret-anna").unwrap();
    assert_eq!(sizes(&mut imap), before);
    assert_eq!(bodies(&mut imap, "Outbox"), waiting);
    // Nobody else sees them.
    let mut ben = Imap::login(place.imaps, "ben", "secret-ben").unwrap();
    assert_eq!(bodies(&mut ben, "Outbox"), Vec::<String>::new());

    let answers = imap.command("SELECT Outbox").unwrap();
    let permanent = |answer: &&Answer| {
        answer
            .code()
            .first()
            .is_some_and(|t| t.is("PERMANENTFLAGS"))
    };
    let permanent = answers.iter().find(permanent).unwrap();
    assert_eq!(format!("{:?}", permanent.code()[1]), "(\\Deleted \\Seen)");
    let uids: Vec<u64> = {
        let answers = imap
            .command("UID FETCH 1:* BODY.PEEK[HEADER.FIELDS (SUBJECT)]")
            .unwrap();
        ["first", "second", "third"]
            .iter()
            .map(|subject| {
                let is = |answer: &&Answer| {
                    answer
                        .item("BODY[HEADER.FIELDS (SUBJECT)]")
                        .and_then(Token::text)
                        .is_some_and(|text| text.contains(subject))
                };
                answers
                    .iter()
                    .find(is)
                    .unwrap()
                    .item("UID")
                    .unwrap()
                    .number()
                    .unwrap()
            })
            .collect()
    };
    let refused =
        |(_, tagged): (Vec<Answer>, Answer)| assert!(tagged.starts(&["NO"]), "{tagged:?}");
    refused(
        imap.say(&format!("UID STORE {} +FLAGS (\\Flagged)", uids[0]))
            .unwrap(),
    );
    refused(imap.append("Outbox", "", &pattern::letter("one")).unwrap());
    refused(imap.say("DELETE Outbox").unwrap());
    imap.command(&format!("UID STORE {} +FLAGS (\\Seen)", uids[0]))
        .unwrap();

    // Deleted, it is not sent; moved, it is not sent and lies where it was moved to.
    imap.command(&format!("UID STORE {} +FLAGS (\\Deleted)", uids[0]))
        .unwrap();
    imap.command("EXPUNGE").unwrap();
    imap.command(&format!("UID MOVE {} Drafts", uids[1]))
        .unwrap();
    let left = bodies(&mut imap, "Outbox");
    assert!(
        left.len() == 1 && left[0].contains("Subject: third\r\n"),
        "{left:?}"
    );
    let drafts = bodies(&mut imap, "Drafts");
    assert!(
        drafts.len() == 1 && drafts[0].contains("Subject: second\r\n"),
        "{drafts:?}"
    );
    // Who idles there hears at once of what comes, and of what leaves by another way.
    imap.command("SELECT Outbox").unwrap();
    let tag = imap.tag();
    imap.send(format!("{tag} IDLE\r\n").as_bytes()).unwrap();
    while imap.answer().unwrap().tag != "+" {}
    imap.timeout(Duration::from_secs(15)).unwrap();
    let home = place.as_home().unwrap();
    let submissions = home.address("submissions");
    let mut line = client::submission(submissions, "anna", "secret-anna").unwrap();
    let letter = "From: anna@toxmail.local\r\nTo: carl@tox\r\nSubject: fourth\r\n\r\nHello\r\n";
    let to = ["carl@tox"];
    client::send(&mut line, "anna@toxmail.local", &to, letter.as_bytes()).unwrap();
    let mut hears = |number: u32, what: &str| loop {
        if imap.answer().unwrap().numbered() == Some((number, what)) {
            return;
        }
    };
    hears(2, "EXISTS");
    let queue = home.say(&["queue", "list"]).unwrap();
    let last = queue.as_array().unwrap().last().unwrap()["id"].to_string();
    home.say(&["queue", "cancel", &last]).unwrap();
    hears(2, "EXPUNGE");
    wait_for(
        "one letter to be left in the queue",
        Duration::from_secs(30),
        || (home.queue_size() == 1).then_some(()),
    );
}

#[test]
fn who_idles_hears_of_a_letter_at_once() {
    netns::enter_loopback_namespace();
    let place = Place::home(&[]);
    let mut imap = Imap::login(place.imaps, "anna", "secret-anna").unwrap();
    imap.command("SELECT INBOX").unwrap();
    let tag = imap.tag();
    imap.send(format!("{tag} IDLE\r\n").as_bytes()).unwrap();
    while imap.answer().unwrap().tag != "+" {}
    imap.timeout(Duration::from_secs(20)).unwrap();
    for count in 1..=3 {
        let letter = format!(
            "From: ben@toxmail.local\r\nTo: anna@toxmail.local\r\nSubject: {count}\r\n\r\nHello\r\n"
        );
        place.deliver("anna", letter.as_bytes());
        let exists = std::iter::repeat_with(|| imap.answer().unwrap()).find_map(|answer| {
            match answer.numbered() {
                Some((number, "EXISTS")) => Some(number),
                _ => None,
            }
        });
        assert_eq!(exists, Some(count));
    }
}

#[test]
fn the_copy_in_sent_tells_which_way_its_letter_went() {
    netns::enter_loopback_namespace();
    let mut place = Place::home(&[]);
    let address = format!("{}@tox", home::nobody(7));
    let home = place.as_home().unwrap();
    home.say(&["contact", "add", "carl", "--tox", &address])
        .unwrap();
    let submissions = home.address("submissions");
    let letter = |subject: &str| {
        format!(
            "From: Anna <anna@toxmail.local>\r\nTo: ben@toxmail.local\r\nSubject: {subject}\r\nMessage-ID: <{subject}@example.org>\r\n\
             Date: Wed, 25 Nov 2026 10:00:00 +0000\r\n\r\nAre you there?\r\n"
        )
    };
    let write = |subject: &str, to: &[&str]| {
        let mut line = client::submission(submissions, "anna", "secret-anna").unwrap();
        let from = "anna@toxmail.local";
        let reply = client::send(&mut line, from, to, letter(subject).as_bytes()).unwrap();
        assert!(reply.starts_with("250"), "{reply}");
    };
    let mut imap = Imap::login(place.imaps, "anna", "secret-anna").unwrap();
    let copy = |imap: &mut Imap, subject: &str| {
        let (_, answer) = imap
            .append("Sent", "(\\Seen)", letter(subject).as_bytes())
            .unwrap();
        assert!(answer.starts(&["OK"]), "{answer:?}");
    };
    // One that nobody sent, one filed before its letter is handed in, one when that has arrived already, one that waits.
    copy(&mut imap, "draft");
    copy(&mut imap, "first");
    write("first", &["ben@toxmail.local"]);
    write("second", &["ben@toxmail.local"]);
    let home = place.as_home().unwrap();
    wait_for("both to arrive", Duration::from_secs(30), || {
        home.queue_is_empty().then_some(())
    });
    copy(&mut imap, "second");
    write("third", &["ben@toxmail.local", "carl@tox"]);
    imap.command("SELECT Sent").unwrap();
    let shown = |imap: &mut Imap| {
        let answers = imap.command("FETCH 1:* FLAGS").unwrap();
        let flags = |answer: &Answer| {
            let mut flags: Vec<String> = (answer.item("FLAGS")?.list().iter())
                .filter_map(Token::text)
                .collect();
            flags.retain(|flag| flag != "\\Recent");
            flags.sort();
            Some(flags.join(" "))
        };
        answers.iter().filter_map(flags).collect::<Vec<String>>()
    };
    let local = "\\Seen toxmail-local";
    let expected = ["\\Seen", local, local];
    wait_for("the keywords", Duration::from_secs(30), || {
        (shown(&mut imap) == expected).then_some(())
    });

    // Somebody who idles hears of it.
    let tag = imap.tag();
    imap.send(format!("{tag} IDLE\r\n").as_bytes()).unwrap();
    while imap.answer().unwrap().tag != "+" {}
    imap.timeout(Duration::from_secs(20)).unwrap();
    let mut other = Imap::login(place.imaps, "anna", "secret-anna").unwrap();
    copy(&mut other, "third");
    let told = std::iter::repeat_with(|| imap.answer().unwrap()).find(|answer| {
        answer.numbered() == Some((4, "FETCH")) && format!("{answer:?}").contains("toxmail-local")
    });
    assert!(told.is_some());
    // To carl it has not gone.
    other.command("SELECT Sent").unwrap();
    assert_eq!(shown(&mut other)[3], local);
    let all = bodies(&mut other, "Sent");
    assert_eq!(all, ["draft", "first", "second", "third"].map(letter));
}

#[test]
fn what_is_too_much_is_refused_with_its_code() {
    netns::enter_loopback_namespace();
    let place = Place::home(&["quota_bytes = 20000", "max_message_bytes = 8000"]);
    let mut imap = Imap::login(place.imaps, "anna", "secret-anna").unwrap();
    let code = |answer: &Answer| {
        answer
            .code()
            .first()
            .and_then(Token::text)
            .unwrap_or_else(|| format!("{answer:?}"))
    };
    let letter = |octets: usize| {
        format!(
            "Subject: big\r\n\r\n{}\r\n",
            "x".repeat(70).repeat(octets / 70)
        )
        .into_bytes()
    };
    // The message itself: refused before it is sent.
    let (_, answer) = imap.append("INBOX", "", &letter(9000)).unwrap();
    assert_eq!(code(&answer), "TOOBIG");
    // Zeros, which a literal8 alone may have (RFC 9051 section 4.3.1).
    let (_, answer) = imap
        .append("INBOX", "", b"Subject: x\r\n\r\na\0b\r\n")
        .unwrap();
    assert_eq!(code(&answer), "CANNOT");
    // Together.
    let mut last = None;
    for _ in 0..5 {
        let (_, answer) = imap.append("INBOX", "", &letter(6000)).unwrap();
        if !answer.starts(&["OK"]) {
            last = Some(answer);
            break;
        }
    }
    assert_eq!(code(&last.expect("a quota")), "OVERQUOTA");
    let (_, answer) = imap.say("COPY 1 Archive").unwrap();
    assert!(
        answer.starts(&["BAD"]) || answer.starts(&["NO"]),
        "nothing is selected: {answer:?}"
    );
    imap.command("SELECT INBOX").unwrap();
    let (_, answer) = imap.say("COPY 1:* Archive").unwrap();
    assert_eq!(code(&answer), "OVERQUOTA");
    // What takes no more room goes on.
    imap.command("MOVE 1:* Archive").unwrap();
    imap.command("SELECT Archive").unwrap();
    imap.command("STORE 1:* +FLAGS (\\Deleted)").unwrap();
    imap.command("EXPUNGE").unwrap();
    let (_, answer) = imap.append("INBOX", "", &letter(6000)).unwrap();
    assert!(answer.starts(&["OK"]), "{answer:?}");
}
