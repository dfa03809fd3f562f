//! The agent for friends who chat, without a network: the disk and the rows are real, the Tox thread is a list of errands.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Chat, Errand, Friends, Talk};
use crate::chat::{Letter, Part, PartName, Verdict};
use crate::contacts::{Kind, NewContact};
use crate::database;
use crate::delivery::courier;
use crate::delivery::outbound::Outbound;
use crate::delivery::tests::{Home, name, peer};
use crate::mail::address::PeerKey;
use crate::queue::{About, Destination, Outcome};
use crate::tox::{Connection, MessageKind};

struct Agents {
    outbound: Arc<Outbound>,
    chat: Arc<Chat>,
}

fn paul() -> PeerKey {
    peer().key()
}

fn agents(home: &Home) -> Agents {
    let outbound = home.outbound();
    let chat = Chat::open(
        Arc::clone(&home.post),
        home.database.clone(),
        home.dir.path().join("chat"),
        home.errands.clone(),
        home.runtime.handle().clone(),
        &outbound,
    )
    .unwrap();
    Agents { outbound, chat }
}

/// The next errand about Paul.
fn any_errand(home: &Home) -> Errand {
    match home.errand() {
        courier::Errand::Chat { peer, errand } if peer == paul() => errand,
        other => panic!("{other:?}"),
    }
}

/// The same, once it is known that Paul is a friend, and that he says too much.
fn errand(home: &Home) -> Errand {
    loop {
        match any_errand(home) {
            Errand::Friend | Errand::Remark(_) => {}
            other => return other,
        }
    }
}

fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(start.elapsed() < Duration::from_secs(30), "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn letters(home: &Home, member: &str) -> Vec<String> {
    let folder = home.dir.path().join("mail").join(member);
    let mut all: Vec<_> = std::fs::read_dir(folder.join("Maildir/new"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    all.sort();
    all.iter()
        .map(|path| String::from_utf8(std::fs::read(path).unwrap()).unwrap())
        .collect()
}

fn field<'a>(letter: &'a str, name: &str) -> Option<&'a str> {
    let head = letter.split("\r\n\r\n").next()?;
    let mut lines = head.split("\r\n");
    lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

#[test]
fn what_was_said_is_a_letter_after_a_restart_and_only_once() {
    let home = Home::new();
    {
        let agents = agents(&home);
        agents.chat.heard(
            paul(),
            MessageKind::Normal,
            "Hallo!\nWie geht's? 👵".as_bytes(),
        );
        agents.chat.heard(paul(), MessageKind::Action, b"waves");
        // The first word made a friend with a chat program of somebody who was nothing yet.
        assert!(matches!(any_errand(&home), Errand::Friend));
        agents.chat.stop();
        assert!(letters(&home, "anna").is_empty(), "its minute is not over");
    }
    for round in 0..2 {
        let agents = agents(&home);
        let filed = wait_for("the letter", || letters(&home, "anna").pop());
        assert_eq!(letters(&home, "anna").len(), 1, "{round}");
        assert_eq!(field(&filed, "From"), Some("Ben <ben@tox>"));
        assert_eq!(field(&filed, "X-Toxmail-Path"), Some("chat"));
        assert!(
            field(&filed, "Subject")
                .unwrap()
                .starts_with("Chat with Ben, ")
        );
        let read = mail_parser::MessageParser::default();
        let read = read.parse(filed.as_bytes()).unwrap();
        assert_eq!(
            read.body_text(0).unwrap(),
            "Hallo!\r\nWie geht's? 👵\r\n* Ben waves\r\n"
        );
        agents.chat.stop();
    }
    // The day's next letter answers to the first one.
    let agents_ = agents(&home);
    agents_
        .chat
        .heard(paul(), MessageKind::Normal, b"one more thing");
    agents_.chat.stop();
    drop(agents_);
    let agents_ = agents(&home);
    let all = wait_for("the second letter", || {
        Some(letters(&home, "anna")).filter(|all| all.len() == 2)
    });
    let (first, second): (Vec<_>, Vec<_>) = all
        .iter()
        .partition(|letter| field(letter, "In-Reply-To").is_none());
    let root = field(first[0], "Message-ID");
    assert_eq!(field(second[0], "In-Reply-To"), root);
    assert_eq!(field(second[0], "References"), root);
    drop(agents_);
}

#[test]
fn a_member_s_own_friend_writes_to_that_member() {
    let home = Home::new();
    home.post
        .members
        .add(&name("bob"), "", "open sesame")
        .unwrap();
    home.post.store.add_member(&name("bob")).unwrap();
    home.post.contacts.remove("Ben").unwrap();
    home.post
        .contacts
        .add_chat(NewContact {
            name: "Benno".into(),
            tox: Some(peer().to_string()),
            emails: vec!["ben@example.org".into()],
            owner: Some(name("bob")),
        })
        .unwrap();
    let agents_ = agents(&home);
    agents_
        .chat
        .heard(paul(), MessageKind::Normal, b"hello Bob");
    agents_.chat.stop();
    drop(agents_);
    let _agents = agents(&home);
    let letter = wait_for("the letter", || letters(&home, "bob").pop());
    assert_eq!(field(&letter, "From"), Some("Benno <ben@example.org>"));
    assert!(letters(&home, "anna").is_empty());
}

#[test]
fn what_a_friend_had_said_is_filed_although_the_friend_is_a_home_since_or_gone() {
    for since in ["a home", "blocked", "removed"] {
        let home = Home::new();
        let members = &home.post.members;
        members.add(&name("bob"), "", "open sesame").unwrap();
        home.post.store.add_member(&name("bob")).unwrap();
        let agents_ = agents(&home);
        agents_.chat.heard(paul(), MessageKind::Normal, b"see you");
        assert!(matches!(any_errand(&home), Errand::Friend));
        agents_.chat.stop();
        drop(agents_);
        // Its minute was over, and the home ended before it was filed.
        let closed = home
            .database
            .write(|c| super::notebook::close(c, &paul(), None, Some("bob")));
        assert!(closed.unwrap());
        match since {
            "a home" => {
                home.post.contacts.saw_hello(&paul()).unwrap();
            }
            "blocked" => {
                home.post.contacts.block("ben").unwrap();
            }
            _ => {
                home.post.contacts.remove("ben").unwrap();
            }
        }
        let agents_ = agents(&home);
        // It was Bob's own friend who said it.
        wait_for(since, || letters(&home, "bob").pop());
        assert!(letters(&home, "anna").is_empty());
        agents_.chat.stop();
    }
}

#[test]
fn a_home_never_becomes_a_chat_program_and_a_stranger_is_nobody() {
    let home = Home::new();
    home.post.contacts.saw_hello(&paul()).unwrap();
    let stranger = PeerKey::from_bytes([3; 32]);
    let agents_ = agents(&home);
    agents_.chat.heard(paul(), MessageKind::Normal, b"beep");
    agents_
        .chat
        .heard(stranger, MessageKind::Normal, b"buy this");
    agents_.chat.stop();
    assert_eq!(
        home.post.contacts.peer(&paul()).unwrap().unwrap().kind,
        Kind::Home
    );
    assert!(home.post.contacts.set_chat(&paul()).is_err());
    let rows: i64 = home
        .database
        .read(|c| {
            Ok::<_, crate::database::Error>(c.query_row(
                "SELECT count(*) FROM chat_items",
                [],
                |r| r.get(0),
            )?)
        })
        .unwrap();
    assert_eq!(rows, 0);
    // And a friend who chats becomes a home with the first Hello, and stays one.
    let home = Home::new();
    home.post.contacts.set_chat(&paul()).unwrap();
    home.post.contacts.saw_hello(&paul()).unwrap();
    assert_eq!(
        home.post.contacts.saw_text(&paul()).unwrap(),
        Some(Kind::Home)
    );
}

/// Waits until a letter is handed to the Tox thread.
fn sent(home: &Home) -> Letter {
    loop {
        match errand(home) {
            Errand::Send(letter) => return letter,
            Errand::Withdraw(_) => {}
            other => panic!("{other:?}"),
        }
    }
}

fn fates(home: &Home) -> Vec<Outcome> {
    let untold = home.post.queue.untold().unwrap();
    let fates = untold.into_iter().flat_map(|u| u.fates);
    fates
        .filter(|fate| fate.told.about == About::End)
        .map(|fate| fate.outcome)
        .collect()
}

/// Runs what is due until something of it is on its way.
fn online(home: &Home, agents: &Agents) -> Letter {
    agents.chat.online(paul());
    wait_for("the queue to be released", || {
        agents.chat.round().unwrap();
        let mut waiting = home.post.queue.next_chat(&paul(), &Default::default());
        waiting.as_mut().unwrap().take()
    });
    agents.chat.round().unwrap();
    sent(home)
}

#[test]
fn what_a_friend_s_program_has_does_not_go_again_after_a_crash() {
    let home = Home::new();
    let message = format!("Subject: a long one\r\n\r\n{}\r\n", "word ".repeat(700));
    // It was handed in before anybody knew.
    home.hand_in(Destination::Tox(paul()), "", message.as_bytes());
    home.post.contacts.set_chat(&paul()).unwrap();
    let first = {
        let agents = agents(&home);
        agents.chat.friends().unwrap();
        let letter = online(&home, &agents);
        assert_eq!(letter.parts.len(), 3);
        let Part::Text(text) = &letter.parts[0].1 else {
            panic!("{letter:?}")
        };
        assert!(text.starts_with("a long one\n\nword word"), "{text}");
        let part = PartName {
            letter: letter.id,
            part: 0,
        };
        agents.chat.over(paul(), part, true);
        let Errand::Noted(noted) = errand(&home) else {
            panic!()
        };
        assert_eq!(noted, part);
        agents.chat.stop();
        letter
    };
    // A crash, and the next start: the first part was written down.
    let agents = agents(&home);
    let again = online(&home, &agents);
    assert_eq!(again.parts, first.parts[1..]);
    for (part, _) in &again.parts {
        let part = PartName {
            letter: again.id,
            part: *part,
        };
        agents.chat.over(paul(), part, true);
        assert!(matches!(errand(&home), Errand::Noted(_)));
    }
    wait_for("the queue to be empty", || {
        (home.post.queue.counts().unwrap().messages == 0).then_some(())
    });
    assert!(fates(&home).is_empty(), "nobody asked for a receipt");
}

#[test]
fn a_part_that_cannot_be_noted_does_not_go_again() {
    let home = Home::new();
    home.post.contacts.set_chat(&paul()).unwrap();
    let message = b"Subject: hello\r\n\r\nA word\r\n";
    home.hand_in(Destination::Chat(paul()), "", message);
    let agents = agents(&home);
    agents.chat.friends().unwrap();
    let letter = online(&home, &agents);
    let say = |statement: &'static str| {
        let said = home
            .database
            .write(move |c| -> Result<(), database::Error> { Ok(c.execute_batch(statement)?) });
        said.unwrap();
    };
    say("CREATE TRIGGER no BEFORE INSERT ON chat_parts BEGIN SELECT RAISE(ABORT, 'no'); END");
    let part = PartName {
        letter: letter.id,
        part: 0,
    };
    agents.chat.over(paul(), part, true);
    // Neither begun again nor taken back.
    std::thread::sleep(Duration::from_millis(500));
    let early = home.try_errand();
    assert!(early.is_err(), "{early:?}");
    say("DROP TRIGGER no");
    let next = errand(&home);
    assert!(
        matches!(next, Errand::Noted(noted) if noted == part),
        "{next:?}"
    );
    agents.chat.stop();
}

#[test]
fn letters_go_one_after_the_other_and_files_keep_nobody_waiting() {
    let home = Home::new();
    home.post.contacts.set_chat(&paul()).unwrap();
    let with_file = "Subject: look\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\na picture\r\n--b\r\n\
         Content-Type: image/png; name=sun.png\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n--b--\r\n";
    home.hand_in(Destination::Chat(paul()), "", with_file.as_bytes());
    home.hand_in(
        Destination::Chat(paul()),
        "",
        b"Subject: second\r\n\r\nand?\r\n",
    );
    let agents = agents(&home);
    let letter = online(&home, &agents);
    assert_eq!(letter.parts[0].1, Part::Text("look\n\na picture".into()));
    let Part::File { name, size: 5, .. } = &letter.parts[1].1 else {
        panic!("{letter:?}")
    };
    assert_eq!(name, "sun.png");
    // While its words are on their way, nothing else goes.
    agents.chat.round().unwrap();
    let part = |letter: &Letter, part| PartName {
        letter: letter.id,
        part,
    };
    agents.chat.over(paul(), part(&letter, 0), true);
    assert!(matches!(errand(&home), Errand::Noted(_)));
    let second = wait_for("the next letter", || {
        agents.chat.round().unwrap();
        match home.try_errand() {
            Ok(courier::Errand::Chat {
                errand: Errand::Send(letter),
                ..
            }) => Some(letter),
            _ => None,
        }
    });
    assert_eq!(second.parts[0].1, Part::Text("second\n\nand?".into()));
    agents.chat.over(paul(), part(&second, 0), true);
    // Bytes of the file, decoded.
    agents.chat.want(paul(), part(&letter, 1), 0, 100);
    let mut fed = None;
    while fed.is_none() {
        match errand(&home) {
            Errand::Feed {
                offset: 0, bytes, ..
            } => fed = Some(bytes),
            Errand::Noted(_) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(&fed.unwrap()[..], b"hello");
    // The friend does not want it: the writer hears that the text arrived, and the file did not.
    agents.chat.over(paul(), part(&letter, 1), false);
    let outcome = wait_for("the verdict", || fates(&home).pop());
    let Outcome::Failed(why) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(
        why.text,
        "their chat program has the text, but did not take the file: sun.png"
    );
    wait_for("decoded files to be gone", || {
        let left = std::fs::read_dir(home.dir.path().join("chat")).unwrap();
        (left.count() == 0).then_some(())
    });
    drop(agents.outbound);
}

#[test]
fn a_file_becomes_an_attachment_and_a_broken_one_goes_on() {
    let home = Home::new();
    home.post.contacts.set_chat(&paul()).unwrap();
    let agents_ = agents(&home);
    let bytes: Vec<u8> = (0..50_000u32).map(|n| (n % 251) as u8).collect();
    let offered = |agents: &Agents, file| {
        agents
            .chat
            .file_offered(paul(), file, b"../sun.png", 50_000, [5; 32]);
        match errand(&home) {
            Errand::Answer {
                file: f, verdict, ..
            } if f == file => verdict,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(offered(&agents_, 1), Verdict::Accept { offset: 0 });
    agents_
        .chat
        .file_data(paul(), 1, 0, bytes[..20_000].to_vec().into());
    assert!(matches!(errand(&home), Errand::Wrote { upto: 20_000, .. }));
    agents_.chat.file_interrupted(paul(), 1);
    agents_.chat.stop();
    drop(agents_);
    // After a restart it goes on where it stopped.
    let agents_ = agents(&home);
    wait_for("the file to be let go of", || match offered(&agents_, 2) {
        Verdict::Accept { offset: 20_000 } => Some(()),
        other => panic!("{other:?}"),
    });
    agents_
        .chat
        .file_data(paul(), 2, 20_000, bytes[20_000..].to_vec().into());
    assert!(matches!(errand(&home), Errand::Wrote { upto: 50_000, .. }));
    agents_.chat.file_complete(paul(), 2);
    // Too large for this home: said in the letter, and to the friend's program.
    agents_
        .chat
        .file_offered(paul(), 3, b"film.mkv", 1 << 30, [6; 32]);
    assert!(matches!(
        errand(&home),
        Errand::Answer {
            file: 3,
            verdict: Verdict::Refuse,
            ..
        }
    ));
    wait_for("both to be written down", || {
        let rows: i64 = home
            .database
            .read(|c| {
                Ok::<_, crate::database::Error>(c.query_row(
                    "SELECT count(*) FROM chat_items",
                    [],
                    |r| r.get(0),
                )?)
            })
            .unwrap();
        (rows == 2).then_some(())
    });
    agents_.chat.stop();
    drop(agents_);
    let _agents = agents(&home);
    let letter = wait_for("the letter", || letters(&home, "anna").pop());
    let read = mail_parser::MessageParser::default();
    let read = read.parse(letter.as_bytes()).unwrap();
    assert_eq!(read.attachment(0).unwrap().contents(), bytes);
    let text = read.body_text(0).unwrap();
    assert!(text.contains("[File attached: sun.png]"), "{text}");
    assert!(
        text.contains("\"film.mkv\" (1.0 GB), which is larger"),
        "{text}"
    );
    wait_for("the file to be removed", || {
        let left = std::fs::read_dir(home.dir.path().join("chat"))
            .unwrap()
            .count();
        (left == 0).then_some(())
    });
}

#[test]
fn groups_are_declined_once_and_floods_are_answered_once() {
    let home = Home::new();
    home.post.contacts.set_chat(&paul()).unwrap();
    let agents_ = agents(&home);
    agents_.chat.invited(paul());
    agents_.chat.invited(paul());
    let text = "x".repeat(1372);
    for _ in 0..900 {
        agents_
            .chat
            .heard(paul(), MessageKind::Normal, text.as_bytes());
        // As slowly as a disk writes.
        if home.post.queue.counts().is_err() {
            break;
        }
    }
    agents_.chat.stop();
    let mut remarks = Vec::new();
    while let Ok(courier::Errand::Chat { errand, .. }) = home.try_errand() {
        if let Errand::Remark(text) = errand {
            remarks.push(text);
        }
    }
    assert_eq!(remarks.len(), 2, "{remarks:?}");
    assert!(remarks[0].contains("joins no groups"));
    assert!(remarks[1].contains("more today"));
    drop(agents_);
    let _agents = agents(&home);
    let told = wait_for("the letters", || {
        let all = letters(&home, "anna");
        all.iter()
            .any(|l| l.contains("written more today"))
            .then_some(all)
    });
    let bytes: usize = told.iter().map(String::len).sum();
    assert!(bytes < 3 << 20, "{bytes}");
    assert!(told.iter().all(|letter| letter.len() < 100_000));
}

#[test]
fn a_file_that_stopped_for_good_is_told() {
    let home = Home::new();
    home.time.ntp(crate::clock::Ntp::Heard);
    home.post.contacts.set_chat(&paul()).unwrap();
    let agents_ = agents(&home);
    agents_
        .chat
        .file_offered(paul(), 1, b"film.mkv", 50_000, [5; 32]);
    assert!(matches!(errand(&home), Errand::Answer { .. }));
    agents_.chat.file_data(paul(), 1, 0, vec![0; 1000].into());
    assert!(matches!(errand(&home), Errand::Wrote { .. }));
    agents_.chat.file_interrupted(paul(), 1);
    let folder = home.dir.path().join("chat");
    home.time.advance(Duration::from_secs(3600));
    agents_.chat.sweep();
    assert_eq!(
        std::fs::read_dir(&folder).unwrap().count(),
        1,
        "it may go on"
    );
    home.time.advance(Duration::from_secs(25 * 3600));
    agents_.chat.sweep();
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
    agents_.chat.stop();
    drop(agents_);
    let _agents = agents(&home);
    let letter = wait_for("the letter", || letters(&home, "anna").pop());
    assert!(letter.contains("which stopped on the way"), "{letter}");
}

#[test]
fn where_several_people_live_a_friend_reads_who_writes() {
    let home = Home::new();
    home.post
        .members
        .add(&name("bob"), "", "open sesame")
        .unwrap();
    home.post.contacts.set_chat(&paul()).unwrap();
    home.hand_in(
        Destination::Chat(paul()),
        "",
        b"Subject: tea\r\n\r\nat four\r\n",
    );
    let agents = agents(&home);
    let letter = online(&home, &agents);
    assert_eq!(letter.parts[0].1, Part::Text("Anna: tea\n\nat four".into()));
}

#[test]
fn small_files_without_end_are_not_taken() {
    let home = Home::new();
    home.post.contacts.set_chat(&paul()).unwrap();
    let agents = agents(&home);
    let (mut taken, mut refused) = (0, 0);
    for file in 0..600u32 {
        let mut id = [0; 32];
        id[..4].copy_from_slice(&file.to_be_bytes());
        agents.chat.file_offered(paul(), file, b"x", 1, id);
        match errand(&home) {
            Errand::Answer {
                verdict: Verdict::Accept { .. },
                ..
            } => taken += 1,
            Errand::Answer { .. } => refused += 1,
            other => panic!("{other:?}"),
        }
        // They break off at once.
        agents.chat.file_interrupted(paul(), file);
    }
    assert_eq!((taken, refused), (500, 100));
}

#[test]
fn who_has_said_hello_is_no_friend_with_a_chat_program_however_late_that_is_told() {
    let home = Home::new();
    let agents = agents(&home);
    let mut friends = Friends::new(Arc::clone(&agents.chat), Default::default());
    let mut talk = Talk::default();
    let friend = |friends: &mut Friends, talk: &mut Talk| {
        friends.run(paul(), talk, Connection::Udp, Errand::Friend);
        friends.contains(&paul())
    };
    assert!(friend(&mut friends, &mut talk));
    wait_for("the friend to be there", || {
        agents.chat.is_online(&paul()).then_some(())
    });
    friends.is_home(paul());
    assert!(!friends.contains(&paul()) && !agents.chat.is_online(&paul()));
    assert!(!friend(&mut friends, &mut talk));
    // Removed and added again, it may be anything.
    friends.part(&paul());
    assert!(friend(&mut friends, &mut talk));
}
