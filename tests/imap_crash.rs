//! A home that is killed in the middle of what a mail program asks of it: after the next start every message exists exactly
//! once or, of a command that was not answered, in one of the two places. UIDs stay, and none is given twice.

#![cfg(feature = "faults")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "support/client.rs"]
mod client;
#[path = "support/dice.rs"]
mod dice;
#[path = "support/home.rs"]
mod home;
#[path = "support/imap.rs"]
mod imap;
#[path = "support/netns.rs"]
mod netns;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use dice::Dice;
use home::{Home, Plan, wait_for};
use imap::{Imap, Token};

/// The file by which a running home is armed.
const KILL: &str = "fault-kill";
const BOXES: [&str; 2] = ["INBOX", "Archive"];

/// By mailbox and UID, the letters that are there, each by its token.
type Seen = BTreeMap<(String, u32), String>;

struct Place {
    home: Home,
    validities: BTreeMap<String, u32>,
    /// UIDs that were ever seen, and what they were.
    ever: Seen,
    letters: usize,
}

impl Place {
    fn new() -> Self {
        let plan = Plan {
            settings: vec![
                ("tox", "bootstrap = []".into()),
                ("listen", "imaps = \"127.0.0.1:0\"".into()),
            ],
            members: vec!["anna"],
            ..Plan::default()
        };
        let mut home = Home::new("crash", plan);
        let file = format!("@{}", home.path().join(KILL).display());
        home.plan.environment = vec![("TOXMAIL_FAULT_KILL".to_owned(), file)];
        home.start();
        Self {
            home,
            validities: BTreeMap::new(),
            ever: Seen::new(),
            letters: 0,
        }
    }

    fn arm(&self, point: &str) {
        std::fs::write(self.home.path().join(KILL), point).unwrap();
    }

    /// kill -9 where it was not dead already, and the next start.
    fn restart(&mut self) {
        let _ = std::fs::remove_file(self.home.path().join(KILL));
        self.home.kill();
        self.home.start();
    }

    fn imap(&self) -> Imap {
        self.try_imap().unwrap()
    }

    fn try_imap(&self) -> io::Result<Imap> {
        let address = self
            .home
            .try_address("imaps")
            .ok_or(io::ErrorKind::NotConnected)?;
        let mut imap = Imap::login(address, "anna", "secret-anna")?;
        imap.timeout(Duration::from_secs(60))?;
        Ok(imap)
    }

    fn token(&mut self) -> String {
        self.letters += 1;
        format!("letter-{}", self.letters)
    }

    fn maildirs(&self) -> [PathBuf; 2] {
        let root = self.home.path().join("mail/anna/Maildir");
        [root.clone(), root.join(".Archive")]
    }

    /// What is there, by IMAP; checked against the files, and against all that was ever there.
    fn look(&mut self) -> Seen {
        let mut imap = self.imap();
        let mut seen = Seen::new();
        for (mailbox, maildir) in BOXES.iter().zip(self.maildirs()) {
            let selected = imap.command(&format!("EXAMINE {mailbox}")).unwrap();
            let code = |word: &str| {
                let found = selected
                    .iter()
                    .find(|answer| answer.code().first().is_some_and(|token| token.is(word)));
                found.unwrap().code()[1].number().unwrap() as u32
            };
            let (validity, next) = (code("UIDVALIDITY"), code("UIDNEXT"));
            let known = self.validities.insert((*mailbox).into(), validity);
            assert!(
                known.is_none_or(|known| known == validity),
                "{mailbox}: UIDVALIDITY"
            );
            let mut here = 0;
            for answer in imap
                .command("UID FETCH 1:* (BODY.PEEK[HEADER.FIELDS (SUBJECT)] BODY.PEEK[TEXT])")
                .unwrap()
            {
                let text = |name: &str| match answer.item(name) {
                    Some(Token::Text(bytes)) => String::from_utf8(bytes.clone()).unwrap(),
                    other => panic!("{name}: {other:?} in {answer:?}"),
                };
                let uid = answer.item("UID").unwrap().number().unwrap() as u32;
                let subject = text("BODY[HEADER.FIELDS (SUBJECT)]");
                let token = subject.trim().strip_prefix("Subject: ").unwrap().to_owned();
                assert_eq!(text("BODY[TEXT]"), body(&token), "{token} has other bytes");
                assert!(uid < next, "UIDNEXT {next} of {mailbox} with a UID {uid}");
                let before = self.ever.insert(((*mailbox).into(), uid), token.clone());
                assert!(
                    before.as_ref().is_none_or(|before| *before == token),
                    "UID {uid} of {mailbox} was {before:?} and is {token}"
                );
                seen.insert(((*mailbox).into(), uid), token);
                here += 1;
            }
            let files = |part: &str| std::fs::read_dir(maildir.join(part)).unwrap().count();
            assert_eq!(files("new") + files("cur"), here, "files of {mailbox}");
        }
        let status = imap.command("STATUS INBOX (MESSAGES)").unwrap();
        let messages = status[0].tokens[2].list()[1].number().unwrap() as usize;
        let inbox = seen
            .keys()
            .filter(|(mailbox, _)| mailbox == "INBOX")
            .count();
        assert_eq!(messages, inbox);
        seen
    }

    /// Nothing half written is left.
    fn tidy(&self) {
        for maildir in self.maildirs() {
            let left: Vec<_> = std::fs::read_dir(maildir.join("tmp")).unwrap().collect();
            assert!(left.is_empty(), "{left:?}");
        }
    }

    /// Puts letters into INBOX; their tokens.
    fn fill(&mut self, count: usize) -> Vec<String> {
        let mut imap = self.imap();
        let tokens: Vec<String> = (0..count).map(|_| self.token()).collect();
        for token in &tokens {
            let (_, tagged) = imap.append("INBOX", "", &letter(token)).unwrap();
            assert!(tagged.starts(&["OK"]), "{tagged:?}");
        }
        tokens
    }

    fn wait_until_dead(&mut self, point: &str) {
        let home = &mut self.home;
        wait_for(
            &format!("the home to die at {point}"),
            Duration::from_secs(30),
            || home.has_ended().then_some(()),
        );
    }
}

fn body(token: &str) -> String {
    format!("This is {token}.\r\n").repeat(100)
}

fn letter(token: &str) -> Vec<u8> {
    let body = body(token);
    format!(
        "From: anna@toxmail.local\r\nSubject: {token}\r\nMessage-ID: <{token}@test>\r\n\r\n{body}"
    )
    .into_bytes()
}

/// Where each token is, as `INBOX`, `Archive` or both.
fn whereabouts(seen: &Seen) -> BTreeMap<String, Vec<String>> {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for ((mailbox, _), token) in seen {
        places
            .entry(token.clone())
            .or_default()
            .push(mailbox.clone());
    }
    places
}

/// APPEND of several; `true` when it was answered with OK.
fn append_all(imap: &mut Imap, mailbox: &str, tokens: &[String]) -> io::Result<bool> {
    let tag = imap.tag();
    let mut bytes = format!("{tag} APPEND {mailbox}").into_bytes();
    for (at, token) in tokens.iter().enumerate() {
        let letter = letter(token);
        // Some with flags, which go to another folder of the Maildir.
        let flags = if at % 2 == 1 { " (\\Seen)" } else { "" };
        bytes.extend(format!("{flags} {{{}+}}\r\n", letter.len()).bytes());
        bytes.extend(letter);
    }
    bytes.extend(b"\r\n");
    imap.send(&bytes)?;
    Ok(imap.until(&tag)?.1.starts(&["OK"]))
}

/// Whoever is killed there was asked to append three letters: all are there, or none.
#[test]
fn killed_in_the_middle_of_append_all_of_its_letters_are_there_or_none() {
    netns::enter_loopback_namespace();
    let mut place = Place::new();
    let kept = place.fill(2);
    let one = [
        ("store.append.coming", false),
        ("store.append.written", false),
        ("store.append.named", true),
        ("store.append.renamed", true),
        ("store.append.recorded", true),
    ];
    let three = [
        ("store.append.coming:3", false),
        ("store.append.written", false),
        ("store.unfinished.noted", false),
        ("store.append.named", false),
        ("store.append.named:2", false),
        ("store.append.named:3", false),
        ("store.append.renamed", false),
        ("store.append.recorded", true),
    ];
    let all = one.map(|point| (1, point)).into_iter();
    let mut expected: BTreeSet<String> = kept.into_iter().collect();
    for (count, (point, is_there)) in all.chain(three.map(|point| (3, point))) {
        let tokens: Vec<String> = (0..count).map(|_| place.token()).collect();
        let mut imap = place.imap();
        imap.command("SELECT INBOX").unwrap();
        place.arm(point);
        let answered = append_all(&mut imap, "INBOX", &tokens);
        assert!(answered.is_err(), "{point}: {answered:?}");
        place.wait_until_dead(point);
        place.restart();
        let seen = place.look();
        if is_there {
            expected.extend(tokens);
        }
        let places = whereabouts(&seen);
        let found: BTreeSet<String> = places.keys().cloned().collect();
        assert_eq!(found, expected, "{point} of {count}");
        assert!(
            places.values().all(|of| of.len() == 1),
            "{point}: {places:?}"
        );
        place.tidy();
        eprintln!(
            "{point} of {count}: {} letters, each there once",
            found.len()
        );
    }
}

#[test]
fn killed_in_the_middle_of_move_each_letter_is_in_one_of_the_two_mailboxes() {
    netns::enter_loopback_namespace();
    let mut place = Place::new();
    for point in [
        "store.move.one",
        "store.move.one:2",
        "store.move.one:3",
        "store.move.renamed",
        "store.transfer.recorded",
    ] {
        let tokens = place.fill(4);
        let before = place.look();
        let mut imap = place.imap();
        imap.command("SELECT INBOX").unwrap();
        place.arm(point);
        let moved = imap.say("MOVE 1:3 Archive");
        assert!(moved.is_err(), "{point}: {moved:?}");
        place.wait_until_dead(point);
        place.restart();
        let seen = place.look();
        let (old, new) = (whereabouts(&before), whereabouts(&seen));
        assert_eq!(
            old.keys().collect::<Vec<_>>(),
            new.keys().collect::<Vec<_>>(),
            "{point}"
        );
        assert!(new.values().all(|of| of.len() == 1), "{point}: {new:?}");
        assert_eq!(
            new[&tokens[3]],
            ["INBOX"],
            "{point}: it was not to be moved"
        );
        // The program asks again, as it would.
        let mut imap = place.imap();
        imap.command("SELECT INBOX").unwrap();
        imap.command("MOVE 1:* Archive").unwrap();
        let after = whereabouts(&place.look());
        assert_eq!(after.len(), old.len(), "{point}");
        assert!(
            after.values().all(|of| of == &["Archive"]),
            "{point}: {after:?}"
        );
        place.tidy();
        eprintln!("{point}: {} letters, each there once", after.len());
    }
}

/// A copy that is not whole is none: the command was not answered, and the program asks again.
#[test]
fn killed_in_the_middle_of_copy_all_copies_are_there_or_none() {
    netns::enter_loopback_namespace();
    let mut place = Place::new();
    for (point, copied) in [
        ("store.unfinished.noted", false),
        ("store.copy.one", false),
        ("store.copy.one:3", false),
        ("store.copy.linked", false),
        ("store.transfer.recorded", true),
    ] {
        let tokens = place.fill(3);
        let mut imap = place.imap();
        imap.command("SELECT INBOX").unwrap();
        place.arm(point);
        let answer = imap.say("COPY 1:3 Archive");
        assert!(answer.is_err(), "{point}: {answer:?}");
        place.wait_until_dead(point);
        place.restart();
        let places = whereabouts(&place.look());
        for token in &tokens {
            let expected: &[&str] = if copied {
                &["Archive", "INBOX"]
            } else {
                &["INBOX"]
            };
            assert_eq!(places[token], expected, "{point}: {token}");
        }
        let mut imap = place.imap();
        imap.command("SELECT INBOX").unwrap();
        imap.command("STORE 1:* +FLAGS.SILENT (\\Deleted)").unwrap();
        imap.command("EXPUNGE").unwrap();
        eprintln!("{point}: copied {copied}");
    }
}

#[test]
fn killed_in_the_middle_of_expunge_what_was_not_deleted_stays() {
    netns::enter_loopback_namespace();
    let mut place = Place::new();
    for (point, gone) in [
        ("store.expunge.one", 1),
        ("store.expunge.one:2", 2),
        ("store.expunge.removed", 3),
        ("store.expunge.recorded", 3),
    ] {
        let tokens = place.fill(4);
        let before = place.look();
        let mut imap = place.imap();
        imap.command("SELECT INBOX").unwrap();
        let deleted = before.len() - 1;
        imap.command(&format!(
            "STORE {}:{deleted} +FLAGS.SILENT (\\Deleted)",
            deleted - 2
        ))
        .unwrap();
        place.arm(point);
        let answer = imap.say("EXPUNGE");
        assert!(answer.is_err(), "{point}: {answer:?}");
        place.wait_until_dead(point);
        place.restart();
        let seen = place.look();
        assert_eq!(seen.len(), before.len() - gone, "{point}");
        for (place, token) in &before {
            let is_there = seen.get(place) == Some(token);
            assert!(
                is_there || tokens[..3].contains(token),
                "{point}: {token} is gone"
            );
        }
        let mut imap = place.imap();
        imap.command("SELECT INBOX").unwrap();
        imap.command("EXPUNGE").unwrap();
        let left = place.look();
        assert_eq!(
            left.len(),
            before.len() - 3,
            "{point}: those are deleted for good"
        );
        eprintln!("{point}: {} letters stay", left.len());
    }
}

#[test]
fn killed_in_the_middle_of_store_a_letter_has_the_old_flags_or_the_new() {
    netns::enter_loopback_namespace();
    let mut place = Place::new();
    place.fill(3);
    let before = place.look();
    let mut imap = place.imap();
    imap.command("SELECT INBOX").unwrap();
    place.arm("store.mark.renamed");
    assert!(imap.say("STORE 1:2 +FLAGS (\\Seen \\Flagged)").is_err());
    place.wait_until_dead("store.mark.renamed");
    place.restart();
    assert_eq!(place.look(), before);
    let mut imap = place.imap();
    imap.command("SELECT INBOX").unwrap();
    let flags: Vec<Vec<String>> = imap
        .command("FETCH 1:3 FLAGS")
        .unwrap()
        .iter()
        .map(|answer| {
            let flags = answer.item("FLAGS").unwrap().list().iter();
            let mut flags: Vec<String> = flags.filter_map(Token::text).collect();
            flags.retain(|flag| flag != "\\Recent");
            flags.sort();
            flags
        })
        .collect();
    let both = vec!["\\Flagged".to_owned(), "\\Seen".to_owned()];
    for flags in &flags[..2] {
        assert!(flags.is_empty() || *flags == both, "{flags:?}");
    }
    assert!(flags[2].is_empty());
}

/// Three programs work until the home is killed at whatever moment; what each was told is true afterwards.
fn killed_at_random(kills: usize, seed: u64) {
    netns::enter_loopback_namespace();
    let mut place = Place::new();
    let mut dice = Dice(seed);
    // Letters that are there for certain, and those of which nobody knows: asked for, not answered.
    let mut sure: BTreeSet<String> = BTreeSet::new();
    let mut maybe: BTreeSet<String> = BTreeSet::new();
    let mut commands = 0;
    for _ in 0..kills {
        let lives = Duration::from_millis(dice.below(400) as u64);
        let batches: Vec<Vec<String>> = (0..200)
            .map(|_| (0..1 + dice.below(3)).map(|_| place.token()).collect())
            .collect();
        let mut lines: Vec<Imap> = (0..3).map(|_| place.imap()).collect();
        std::thread::scope(|scope| {
            let [appends, moves, expunges] = &mut lines[..] else {
                unreachable!()
            };
            let started = Instant::now();
            let append = scope.spawn(move || {
                let mut done = 0;
                for batch in &batches {
                    if !append_all(appends, "INBOX", batch).unwrap_or(false) {
                        break;
                    }
                    done += 1;
                }
                let begun = (done + 1).min(batches.len());
                let (sure, maybe) = (batches[..done].concat(), batches[done..begun].concat());
                (sure, maybe)
            });
            let mover = scope.spawn(move || {
                let mut count = 0;
                let mut go = || -> io::Result<()> {
                    loop {
                        for (from, to) in [("INBOX", "Archive"), ("Archive", "INBOX")] {
                            moves.command(&format!("SELECT {from}"))?;
                            moves.say("MOVE 1:3 {}".replace("{}", to).as_str())?;
                            count += 1;
                        }
                    }
                };
                let _ = go();
                count
            });
            let expunger = scope.spawn(move || {
                let (mut count, mut doomed) = (0, Vec::new());
                let mut go = || -> io::Result<()> {
                    expunges.command("SELECT INBOX")?;
                    loop {
                        expunges.command("NOOP")?;
                        let found =
                            expunges.command("UID FETCH *:* BODY.PEEK[HEADER.FIELDS (SUBJECT)]")?;
                        let Some(answer) = found.iter().find(|a| a.item("UID").is_some()) else {
                            continue;
                        };
                        let uid = answer.item("UID").and_then(Token::number).unwrap();
                        let Some(Token::Text(subject)) =
                            answer.item("BODY[HEADER.FIELDS (SUBJECT)]")
                        else {
                            continue;
                        };
                        let subject = String::from_utf8_lossy(subject).trim().to_owned();
                        let token = subject.trim_start_matches("Subject: ").to_owned();
                        doomed.push(token);
                        expunges.say(&format!("UID STORE {uid} +FLAGS.SILENT (\\Deleted)"))?;
                        expunges.say(&format!("UID EXPUNGE {uid}"))?;
                        count += 1;
                    }
                };
                let _ = go();
                (count, doomed)
            });
            while started.elapsed() < lives {
                std::thread::sleep(Duration::from_millis(1));
            }
            place.home.kill();
            let (appended, begun) = append.join().unwrap();
            let moved: usize = mover.join().unwrap();
            let (expunged, doomed) = expunger.join().unwrap();
            commands += appended.len() + moved + expunged;
            sure.extend(appended);
            maybe.extend(begun);
            // It may have been moved away in time, or not have been expunged any more.
            for token in doomed {
                if sure.remove(&token) {
                    maybe.insert(token);
                }
            }
        });
        place.restart();
        let places = whereabouts(&place.look());
        for (token, of) in &places {
            assert_eq!(of.len(), 1, "{token} is in {of:?}");
        }
        let missing: Vec<&String> = sure
            .iter()
            .filter(|token| !places.contains_key(*token))
            .collect();
        assert!(missing.is_empty(), "lost: {missing:?}");
        for token in places.keys() {
            assert!(
                sure.contains(token) || maybe.contains(token),
                "{token} was expunged and is back"
            );
        }
        // Known again, for good or ill.
        maybe.clear();
        sure = places.into_keys().collect();
    }
    place.tidy();
    eprintln!(
        "{kills} kills, {commands} commands, {} letters, each there once",
        sure.len()
    );
}

#[test]
fn killed_at_random_no_letter_is_lost_and_none_is_there_twice() {
    killed_at_random(8, 1);
}

#[test]
#[ignore = "an hour"]
fn long_killed_five_hundred_times_no_letter_is_lost() {
    killed_at_random(500, std::process::id().into());
}
