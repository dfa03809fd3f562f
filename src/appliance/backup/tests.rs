//! A home without Tox goes into archives and comes back.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::*;
use crate::clock::{Clock, FakeTime};
use crate::config::Ports;
use crate::mail::address::{MemberName, PeerKey};
use crate::mail::envelope::{Envelope, Recipient};
use crate::members::Members;
use crate::net::serve;
use crate::queue::{
    AccountId, Because, Destination, Limits, Plan, Queue, QueueId, Submission, Submitted,
};
use crate::store::{Quota, Store, UniqueName};

const PASSPHRASE: &str = "correct horse battery";

/// The folder of a home that is stopped, with two members, a mailbox and a queue.
pub(super) struct Home {
    dir: tempfile::TempDir,
}

fn quota() -> Quota {
    Quota {
        bytes: 0,
        reserve_bytes: 0,
    }
}

impl Home {
    pub(super) fn new() -> Self {
        let home = Self {
            dir: tempfile::tempdir().unwrap(),
        };
        fs::write(
            home.path().join("toxmail.toml"),
            "[home]\nname = \"Garden\"\n",
        )
        .unwrap();
        fs::write(home.path().join("secret.key"), [7; 32]).unwrap();
        fs::create_dir(home.path().join("tls")).unwrap();
        fs::write(home.path().join("tls/ca.pem"), "a certificate").unwrap();
        fs::create_dir(home.path().join("incoming")).unwrap();
        fs::write(home.path().join("incoming/part"), "half a letter").unwrap();
        home.with(|database, store, queue| {
            let members = Members::open(database.clone()).unwrap();
            for name in ["anna", "bob"] {
                let name = name.parse().unwrap();
                members.add(&name, "", "a password").unwrap();
                store.add_member(&name).unwrap();
            }
            for n in 0..20 {
                deliver(store, n, &format!("letter {n}\r\n"));
            }
            submit(
                queue,
                "mixed",
                &[
                    ("paul@b.tox", Destination::Tox(key(1))),
                    ("carl@example.org", Destination::Relay(AccountId::HOME)),
                ],
            );
            submit(queue, "direct", &[("ben@b.tox", Destination::Tox(key(1)))]);
            submit(queue, "chat", &[("tim@tox", Destination::Chat(key(2)))]);
        });
        home
    }

    pub(super) fn path(&self) -> &Path {
        self.dir.path()
    }

    fn with<T>(&self, deed: impl FnOnce(&Database, &Store, &Queue) -> T) -> T {
        let database = Database::open(&self.path().join("toxmail.db")).unwrap();
        let store = Store::open(&self.path().join("mail"), database.clone(), quota()).unwrap();
        let clock = Clock::fake(&database, &FakeTime::default()).unwrap();
        let limits = Limits {
            reserve_bytes: 0,
            ..Limits::default()
        };
        let queue =
            Queue::open(&self.path().join("queue"), database.clone(), clock, limits).unwrap();
        let result = deed(&database, &store, &queue);
        database.close();
        result
    }

    fn archive(&self) -> Vec<u8> {
        archive(self.path(), Letters::Taken)
    }

    /// Every file of the home by its name; nothing of SQLite's, whose bytes differ.
    pub(super) fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        for name in ["toxmail.toml", "secret.key", "tls", "queue", "mail"] {
            collect(self.path(), Path::new(name), &mut files);
        }
        files
    }
}

fn collect(root: &Path, name: &Path, into: &mut BTreeMap<PathBuf, Vec<u8>>) {
    let path = root.join(name);
    if path.is_dir() {
        for entry in fs::read_dir(&path).unwrap() {
            collect(root, &name.join(entry.unwrap().file_name()), into);
        }
    } else if path.is_file() {
        into.insert(name.to_owned(), fs::read(path).unwrap());
    }
}

fn key(n: u8) -> PeerKey {
    PeerKey::from_bytes([n; 32])
}

fn deliver(store: &Store, n: u8, text: &str) {
    let (anna, unique) = ("anna".parse().unwrap(), UniqueName::from_bytes([n; 16]));
    store
        .deliver(
            &anna,
            "INBOX",
            &unique,
            b"Subject: x\r\n\r\n",
            &mut text.as_bytes(),
        )
        .unwrap();
}

fn submit(queue: &Queue, text: &str, to: &[(&str, Destination)]) -> QueueId {
    let mut draft = queue.draft(None).unwrap();
    draft.write_all(text.as_bytes()).unwrap();
    let submission = Submission {
        member: Some("anna".parse().unwrap()),
        envelope: Envelope {
            sender: "anna@toxmail.local".into(),
            recipients: to
                .iter()
                .map(|(address, _)| Recipient {
                    address: (*address).into(),
                    notify: Default::default(),
                    original: None,
                })
                .collect(),
            ..Envelope::default()
        },
        message_id: Some(format!("<{text}@home>")),
        plans: to
            .iter()
            .enumerate()
            .map(|(recipient, (_, destination))| Plan {
                recipient,
                destination: *destination,
                there: "x".into(),
            })
            .collect(),
        ..Submission::default()
    };
    match queue.submit(draft, submission).unwrap() {
        Submitted::Queued(id) => id,
        other => panic!("{other:?}"),
    }
}

pub(super) fn given() -> Key {
    // One for all tests of a process: sealing takes a second without optimisation.
    static KEY: std::sync::OnceLock<SealedKey> = std::sync::OnceLock::new();
    Key::Given(
        KEY.get_or_init(|| SealedKey::new(PASSPHRASE).unwrap())
            .clone(),
    )
}

fn archive(dir: &Path, letters: Letters) -> Vec<u8> {
    let mut archive = Vec::new();
    let made = create(dir, &given(), letters, &mut archive).unwrap();
    assert_eq!(made.bytes, archive.len() as u64);
    archive
}

fn restore(dir: &Path, archive: &[u8]) -> Result<Staged, Error> {
    restore_beside(dir, archive, &[])
}

/// In a process that listens there.
fn restore_beside(dir: &Path, archive: &[u8], own: &[SocketAddr]) -> Result<Staged, Error> {
    let staged = stage(dir, &mut &archive[..], PASSPHRASE, Ports::default(), own)?;
    assert!(is_ready(dir));
    finish(dir)?.unwrap();
    assert!(!dir.join("restore").exists());
    Ok(staged)
}

pub(super) fn restored(archive: &[u8]) -> Home {
    let home = Home {
        dir: tempfile::tempdir().unwrap(),
    };
    restore(home.path(), archive).unwrap();
    home
}

#[test]
fn a_home_comes_back_as_it_was_file_by_file() {
    let home = Home::new();
    let before = home.files();
    let archive = home.archive();
    // Nothing of the work is left, and nothing was changed.
    assert_eq!(fs::read_dir(home.path().join("backup")).unwrap().count(), 0);
    assert_eq!(home.files(), before);
    let back = restored(&archive);
    assert_eq!(back.files(), before);
    assert!(!back.path().join("incoming").exists());
    let mode = |name: &str| {
        use std::os::unix::fs::PermissionsExt;
        fs::metadata(back.path().join(name))
            .unwrap()
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!(
        (mode("secret.key"), mode("toxmail.db"), mode("mail")),
        (0o600, 0o600, 0o700)
    );
    back.with(|database, store, _| {
        let members = Members::open(database.clone()).unwrap();
        assert_eq!(members.list().unwrap().len(), 2);
        let anna: MemberName = "anna".parse().unwrap();
        assert_eq!(
            members.check("anna", "a password").unwrap(),
            Some(anna.clone())
        );
        assert_eq!(store.snapshot(&anna, "INBOX").unwrap().entries.len(), 20);
        // What was filed before is not filed again.
        deliver(store, 3, "again\r\n");
        assert_eq!(store.snapshot(&anna, "INBOX").unwrap().entries.len(), 20);
    });
}

#[test]
fn mailboxes_come_back_with_keywords_and_subscriptions() {
    use crate::store::{Change, Flags, Marks, SpecialUse, Uid};
    let home = Home::new();
    let anna: MemberName = "anna".parse().unwrap();
    let shown = |store: &Store| {
        let listed = store.list(&anna).unwrap().into_iter();
        let listed = listed.map(|l| (l.name.to_string(), l.special_use, l.subscribed));
        listed.collect::<Vec<_>>()
    };
    let before = home.with(|_, store, _| {
        store.create(&anna, "Reisen/Köln", None).unwrap();
        store.rename(&anna, "Sent", "Gesendet").unwrap();
        store.subscribe(&anna, "Reisen/Köln").unwrap();
        store.unsubscribe(&anna, "Junk").unwrap();
        let (inbox, koeln) = (
            store.mailbox(&anna, "INBOX").unwrap(),
            store.mailbox(&anna, "Reisen/Köln").unwrap(),
        );
        let marks = Marks {
            flags: Change::Add(Flags::SEEN),
            keywords: vec!["Todo".parse().unwrap()],
        };
        inbox.mark(&[Uid(2)], &marks, None).unwrap();
        inbox.move_to(&[Uid(2)], &koeln).unwrap();
        shown(store)
    });
    assert!(before.contains(&("Gesendet".into(), Some(SpecialUse::Sent), false)));
    let whole = restored(&home.archive());
    whole.with(|_, store, _| {
        assert_eq!(shown(store), before);
        let snapshot = store.snapshot(&anna, "Reisen/Köln").unwrap();
        assert_eq!(snapshot.entries[0].flags, Flags::SEEN);
        let keywords = snapshot.keywords.of(snapshot.entries[0].keywords);
        assert_eq!(keywords, ["Todo".parse().unwrap()]);
    });
    // Without the letters the mailboxes are there all the same.
    let empty = restored(&archive(home.path(), Letters::Left));
    empty.with(|_, store, _| {
        store.add_member(&anna).unwrap();
        assert_eq!(shown(store), before);
        let snapshot = store.snapshot(&anna, "Reisen/Köln").unwrap();
        assert_eq!(snapshot.entries.len(), 0);
    });
}

#[test]
fn without_letters_only_what_waits_goes_along_and_what_was_filed_is_known() {
    let home = Home::new();
    let archive = archive(home.path(), Letters::Left);
    let back = restored(&archive);
    let waiting = |home: &Home| fs::read_dir(home.path().join("queue")).unwrap().count();
    assert_eq!(waiting(&back), waiting(&home));
    back.with(|_, store, _| {
        let anna = "anna".parse().unwrap();
        store.add_member(&anna).unwrap();
        assert_eq!(store.snapshot(&anna, "INBOX").unwrap().entries.len(), 0);
        deliver(store, 3, "offered again\r\n");
        assert_eq!(store.snapshot(&anna, "INBOX").unwrap().entries.len(), 0);
        deliver(store, 99, "new\r\n");
        assert_eq!(store.snapshot(&anna, "INBOX").unwrap().entries.len(), 1);
    });
}

#[test]
fn a_restored_home_takes_nothing_for_granted() {
    let home = Home::new();
    let (validity, before) = home.with(|database, store, _| {
        let anna = "anna".parse().unwrap();
        database
            .write(|c| -> Result<(), database::Error> {
                c.execute_batch(
                    "CREATE TABLE IF NOT EXISTS web_sessions (id INTEGER); DELETE FROM web_sessions;",
                )?;
                Ok(())
            })
            .unwrap();
        (
            store.snapshot(&anna, "INBOX").unwrap().figures.uid_validity,
            transfers(database),
        )
    });
    let archive = home.archive();
    let first = restored(&archive);
    let again = restored(&archive);
    let of = |home: &Home| {
        home.with(|database, store, queue| {
            let anna = "anna".parse().unwrap();
            // The same letters, by the same transfer ids.
            assert_eq!(transfers(database), before);
            let held = queue.held().unwrap();
            let held: Vec<_> = held
                .iter()
                .map(|held| {
                    (
                        held.because,
                        held.recipients.len(),
                        held.recipients[0].0.as_str(),
                    )
                })
                .collect();
            assert_eq!(
                held,
                [
                    (Because::Restored, 1, "carl@example.org"),
                    (Because::Restored, 1, "tim@tox")
                ]
            );
            queue.release(&key(1));
            let direct = queue
                .waiting_for(&key(1), crate::queue::ANY_SIZE, 10, &Default::default())
                .unwrap();
            assert_eq!(direct.len(), 2);
            assert!(super::restored(database).unwrap().is_some());
            store.snapshot(&anna, "INBOX").unwrap().figures.uid_validity
        })
    };
    let (first, again) = (of(&first), of(&again));
    assert!(first > validity && again > validity);
    // Two restored from one backup go on apart.
    assert_ne!(first, again);
}

type Transfers = Vec<(i64, Vec<u8>)>;

fn transfers(database: &Database) -> Transfers {
    database
        .read(|c| -> Result<Transfers, database::Error> {
            let mut statement = c.prepare("SELECT id, transfer FROM deliveries ORDER BY id")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .unwrap()
}

#[test]
fn whoever_was_asked_lets_a_held_letter_go_or_ends_what_is_held_of_it() {
    let home = restored(&Home::new().archive());
    home.with(|_, _, queue| {
        let [mixed, chat] = &queue.held().unwrap()[..] else {
            panic!("two are held");
        };
        queue
            .cancel(mixed.message, crate::queue::Canceller::Asked)
            .unwrap();
        let states: Vec<String> = queue
            .show(mixed.message)
            .unwrap()
            .recipients
            .into_iter()
            .map(|r| r.state)
            .collect();
        // What goes directly goes on.
        assert_eq!(states, ["waiting", "cancelled"]);
        assert!(queue.let_go(chat.message).unwrap());
        assert!(queue.held().unwrap().is_empty());
    });
}

#[test]
fn a_letter_that_may_have_fallen_back_to_ordinary_mail_is_held_and_no_other_falls_back() {
    let home = Home::new();
    home.with(|database, _, _| {
        // The first letter came a week ago, the second just now; the third has no fallback.
        database
            .write(|c| -> Result<(), database::Error> {
                c.execute_batch(
                    "UPDATE messages SET wall = unixepoch();
                     UPDATE messages SET wall = unixepoch() - 7 * 86400 WHERE id = 1;
                     DELETE FROM deliveries WHERE kind <> 'tox';
                     INSERT INTO fallbacks (message, idx, after_seconds, account, address)
                        VALUES (1, 0, 2 * 86400, 0, 'paul@example.org'), (2, 0, 2 * 86400, 0, 'ben@example.org');",
                )?;
                Ok(())
            })
            .unwrap();
    });
    let back = restored(&home.archive());
    back.with(|database, _, queue| {
        let held = queue.held().unwrap();
        let held: Vec<&str> = held
            .iter()
            .map(|held| held.recipients[0].0.as_str())
            .collect();
        assert_eq!(held, ["paul@b.tox"]);
        let left: Vec<i64> = database
            .read(|c| -> Result<_, database::Error> {
                let mut statement = c.prepare("SELECT message FROM fallbacks")?;
                let rows = statement.query_map([], |row| row.get(0))?;
                Ok(rows.collect::<Result<_, _>>()?)
            })
            .unwrap();
        // Of the one that is held its writer decides.
        assert_eq!(left, [1]);
    });
}

#[test]
fn a_question_from_before_the_backup_does_not_keep_a_restored_letter_from_being_asked_about() {
    let home = Home::new();
    home.with(|database, _, _| {
        database
            .write(|c| -> Result<(), database::Error> {
                for message in 1..=3_i64 {
                    c.execute(
                        "INSERT INTO questions (hash, about, subject, boot, made_ms, mailed) VALUES (?1, 'letter', ?2, 1, 1, 1)",
                        rusqlite::params![vec![message as u8; 32], message.to_be_bytes()],
                    )?;
                }
                Ok(())
            })
            .unwrap();
    });
    let back = restored(&home.archive());
    let left: Vec<Vec<u8>> = back.with(|database, _, _| {
        database
            .read(|c| -> Result<_, database::Error> {
                let mut statement = c.prepare("SELECT subject FROM questions")?;
                let rows = statement.query_map([], |row| row.get(0))?;
                Ok(rows.collect::<Result<_, _>>()?)
            })
            .unwrap()
    });
    // 2 goes directly, and was not held by the restorer.
    assert_eq!(left, [2_i64.to_be_bytes()]);
}

#[test]
fn an_archive_that_ends_early_or_was_changed_is_noticed_and_touches_nothing() {
    let archive = Home::new().archive();
    let target = Home::new();
    let before = target.files();
    let refused = |bytes: &[u8], what: &str| {
        let error = stage(
            target.path(),
            &mut &bytes[..],
            PASSPHRASE,
            Ports::default(),
            &[],
        )
        .unwrap_err();
        assert!(
            matches!(error, Error::Damaged(_) | Error::WrongPassphrase),
            "{what}: {error:?}"
        );
        assert!(
            !is_ready(target.path()) && !target.path().join("restore").exists(),
            "{what}"
        );
    };
    // The last 1024 bytes are the end of the outer tar, which says nothing.
    let end = archive.len() - 1024 - 512;
    for n in 0..20 {
        let at = end * n / 20;
        refused(&archive[..at], &format!("cut off at {at}"));
    }
    refused(&archive[..end], "cut off at its end");
    // Behind the README and the header of the key: everything there is authentic or sealed.
    for n in 1..20 {
        let mut changed = archive.clone();
        let at = 3 * 1024 + (end - 3 * 1024) * n / 20;
        changed[at] ^= 0x20;
        if changed[at - at % 512..].starts_with(b"home") {
            continue;
        }
        let outcome = stage(
            target.path(),
            &mut &changed[..],
            PASSPHRASE,
            Ports::default(),
            &[],
        );
        let padding = outcome.is_ok() && archive[at] == 0;
        assert!(padding || outcome.is_err(), "changed at {at}");
        discard_for_test(target.path());
    }
    refused(b"", "nothing");
    refused(&vec![0; 100_000], "zeros");
    refused(
        &b"not a backup at all, but a text of some length\n".repeat(100),
        "a text",
    );
    assert_eq!(target.files(), before);
}

fn discard_for_test(dir: &Path) {
    swap::discard(dir).unwrap();
}

#[test]
fn another_passphrase_opens_nothing_and_a_weak_one_makes_nothing() {
    let archive = Home::new().archive();
    let dir = tempfile::tempdir().unwrap();
    let error = stage(
        dir.path(),
        &mut &archive[..],
        "another passphrase",
        Ports::default(),
        &[],
    )
    .unwrap_err();
    assert!(matches!(error, Error::WrongPassphrase), "{error:?}");
    assert!(!dir.path().join("restore").exists());
    assert!(matches!(SealedKey::new("12345"), Err(Error::Weak(_))));
}

#[test]
fn a_nightly_backup_needs_no_passphrase_and_is_opened_by_it() {
    let home = Home::new();
    let nothing = create(home.path(), &Key::Kept, Letters::Left, io::sink());
    assert!(matches!(nothing, Err(Error::NoKey)), "{nothing:?}");
    let Key::Given(key) = given() else { panic!() };
    let (recipient, sealed) = key.to_texts();
    home.with(|database, _, _| {
        SealedKey::from_texts(&recipient, &sealed)
            .unwrap()
            .keep(database)
            .unwrap();
    });
    let mut archive = Vec::new();
    create(home.path(), &Key::Kept, Letters::Left, &mut archive).unwrap();
    restored(&archive);
    assert!(SealedKey::from_texts(&sealed, &recipient).is_none());
}

#[test]
fn a_stock_age_tar_and_zstd_open_it_by_the_commands_in_its_readme() {
    let home = Home::new();
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("home.tar");
    fs::write(&file, home.archive()).unwrap();
    let readme = shell(dir.path(), "tar -xOf home.tar README.txt");
    let commands: Vec<&str> = readme
        .lines()
        .filter(|line| line.starts_with("    tar ") || line.starts_with("    sha256sum"))
        .collect();
    let [key, home_of, sums] = commands[..] else {
        panic!("{readme}");
    };
    // age asks for passphrases on a terminal only.
    let key = key
        .split(" (asks")
        .next()
        .unwrap()
        .replace("THIS-FILE", "home.tar");
    shell(
        dir.path(),
        &format!(
            "cat > open.sh <<'END'\n{key}\nEND\nprintf '{PASSPHRASE}\\n' | timeout 60 script -qefc 'sh open.sh' /dev/null"
        ),
    );
    shell(dir.path(), &home_of.replace("THIS-FILE", "home.tar"));
    let checked = shell(dir.path(), sums);
    assert!(
        checked.lines().count() > 25 && checked.lines().all(|l| l.ends_with(": OK")),
        "{checked}"
    );
    for (name, bytes) in home.files() {
        assert_eq!(
            fs::read(dir.path().join(&name)).unwrap(),
            bytes,
            "{}",
            name.display()
        );
    }
}

#[track_caller]
fn shell(dir: &Path, command: &str) -> String {
    let output = Command::new("bash")
        .args(["-euo", "pipefail", "-c", command.trim()])
        .current_dir(dir)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command}: {text}{errors}");
    text
}

#[test]
fn what_a_stock_age_has_encrypted_is_opened_here() {
    use super::super::age::{Decrypt, Identity};
    let dir = tempfile::tempdir().unwrap();
    let identity = Identity::new().unwrap();
    fs::write(dir.path().join("plain"), vec![5; 200_000]).unwrap();
    shell(
        dir.path(),
        &format!("age -r {} -o out plain", identity.recipient()),
    );
    let file = fs::File::open(dir.path().join("out")).unwrap();
    let mut plain = Vec::new();
    Decrypt::with(&identity, file)
        .unwrap()
        .read_to_end(&mut plain)
        .unwrap();
    assert_eq!(plain, vec![5; 200_000]);
    shell(
        dir.path(),
        &format!(
            "printf '{PASSPHRASE}\\n{PASSPHRASE}\\n' | timeout 60 script -qefc 'age -p -o sealed plain' /dev/null"
        ),
    );
    let sealed = fs::read(dir.path().join("sealed")).unwrap();
    let plain = super::super::age::unseal(PASSPHRASE, &sealed).unwrap();
    assert_eq!(plain.len(), 200_000);
}

/// Fails after some bytes, and does something else at some point.
struct Meanwhile<F: FnMut(u64)> {
    at: u64,
    left: u64,
    deed: F,
}

impl<F: FnMut(u64)> Write for Meanwhile<F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (self.deed)(self.at);
        let taken = (bytes.len() as u64).min(self.left);
        if taken == 0 {
            return Err(io::Error::from(io::ErrorKind::BrokenPipe));
        }
        self.left -= taken;
        self.at += taken;
        Ok(taken as usize)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn whoever_hangs_up_ends_it_and_nothing_is_left() {
    let home = Home::new();
    let whole = home.archive().len() as u64;
    for left in [0, 10, 2000, whole / 2, whole - 1] {
        let out = Meanwhile {
            at: 0,
            left,
            deed: |_| {},
        };
        assert!(
            create(home.path(), &given(), Letters::Taken, out).is_err(),
            "{left}"
        );
        assert_eq!(fs::read_dir(home.path().join("backup")).unwrap().count(), 0);
    }
}

/// Bytes that no compression makes fewer of.
fn noise(length: usize) -> Vec<u8> {
    let mut noise = vec![0; length];
    let mut state = 1u64;
    for byte in &mut noise {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        *byte = (state >> 33) as u8;
    }
    noise
}

/// Writes to both.
struct Both<'a, W>(W, &'a mut Vec<u8>);

impl<W: Write> Write for Both<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = self.0.write(bytes)?;
        self.1.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn letters_that_go_come_or_are_renamed_meanwhile_do_no_harm() {
    let home = Home::new();
    // More than one part, so that the home's files are read between two writes.
    let noise = noise(3 << 20);
    let folder = home.path().join("mail/anna/Maildir");
    for n in 0..4 {
        fs::write(folder.join(format!("cur/big{n}:2,")), &noise).unwrap();
    }
    let mut done = false;
    let mut archive = Vec::new();
    let out = Meanwhile {
        at: 0,
        left: u64::MAX,
        deed: |at| {
            // In the middle of the mailbox; the first write comes before anything is read.
            if at < 4 << 20 || std::mem::replace(&mut done, true) {
                return;
            }
            let new: Vec<PathBuf> = fs::read_dir(folder.join("new"))
                .unwrap()
                .map(|entry| entry.unwrap().path())
                .collect();
            for (n, path) in new.iter().enumerate() {
                let name = path.file_name().unwrap().to_str().unwrap();
                match n % 2 {
                    0 => fs::remove_file(path).unwrap(),
                    _ => fs::rename(path, folder.join(format!("cur/{name}:2,S"))).unwrap(),
                }
            }
            fs::write(folder.join("new/late"), "Subject: late\r\n\r\n").unwrap();
        },
    };
    create(
        home.path(),
        &given(),
        Letters::Taken,
        Both(out, &mut archive),
    )
    .unwrap();
    assert!(done);
    let back = restored(&archive);
    back.with(|_, store, _| {
        let anna = "anna".parse().unwrap();
        let there = store.snapshot(&anna, "INBOX").unwrap().entries.len();
        // Ten of the first may be gone, the others are not, and none is there twice.
        let bases: std::collections::BTreeSet<String> = back
            .files()
            .keys()
            .filter(|name| {
                let inbox = Path::new("mail/anna/Maildir");
                name.starts_with(inbox.join("new")) || name.starts_with(inbox.join("cur"))
            })
            .filter_map(|name| Some(name.file_name()?.to_str()?.split(":2").next()?.to_owned()))
            .collect();
        assert_eq!(there, bases.len());
        assert!((15..=25).contains(&there), "{there}");
        assert!(
            (0..4).all(|n| bases.contains(&format!("big{n}"))),
            "{bases:?}"
        );
    });
}

#[test]
fn letters_that_are_moved_and_mailboxes_that_are_renamed_meanwhile_are_in_it_once() {
    let home = Home::new();
    let maildir = home.path().join("mail/anna/Maildir");
    for folder in [".Copied", ".Mid", ".Old", ".Zeta"] {
        for inner in ["tmp", "new", "cur"] {
            fs::create_dir_all(maildir.join(folder).join(inner)).unwrap();
        }
    }
    let put = |name: &str, text: &[u8]| fs::write(maildir.join(name), text).unwrap();
    for n in 0..3 {
        put(&format!(".Old/cur/later{n}:2,"), b"Subject: later\r\n\r\n");
        put(&format!(".Zeta/cur/zeta{n}:2,"), b"Subject: zeta\r\n\r\n");
    }
    let noise = noise(3 << 20);
    for n in 0..4 {
        put(&format!(".Mid/cur/mid{n}:2,"), &noise);
    }
    put("cur/again:2,", b"Subject: again\r\n\r\n");
    // Somebody has copied a folder by hand: one name, two letters.
    put(".Copied/cur/twin:2,", b"Subject: twin\r\n\r\n");
    put("cur/twin:2,", b"Subject: twin\r\n\r\n");
    let mut done = false;
    let mut archive = Vec::new();
    let out = Meanwhile {
        at: 0,
        left: u64::MAX,
        deed: |at| {
            // In the middle of .Mid: the inbox was read, .Old and .Zeta are to come.
            if at < 4 << 20 || std::mem::replace(&mut done, true) {
                return;
            }
            let (from, to) = (maildir.join(".Old"), maildir.join(".Early"));
            fs::rename(from, to).unwrap();
            for (from, to) in [
                (".Zeta/cur/zeta1:2,", "cur/zeta1:2,S"),
                // What was read already is not read again in its new place.
                ("cur/again:2,", ".Zeta/cur/again:2,"),
            ] {
                fs::rename(maildir.join(from), maildir.join(to)).unwrap();
            }
            // Another file of a name that is in it already: no archive has one name twice.
            put("cur/other", b"Subject: another twin\r\n\r\n");
            fs::rename(maildir.join("cur/other"), maildir.join("cur/twin:2,")).unwrap();
        },
    };
    let out = Both(out, &mut archive);
    let made = create(home.path(), &given(), Letters::Taken, out).unwrap();
    assert!(done);
    let back = restored(&archive);
    let files = back.files();
    let in_mailboxes = files.keys().filter(|name| {
        let inner = name.parent().unwrap();
        name.starts_with("mail/anna") && (inner.ends_with("new") || inner.ends_with("cur"))
    });
    let letters: Vec<&str> = in_mailboxes
        .filter_map(|name| name.file_name()?.to_str()?.split(":2").next())
        .collect();
    let of = |base: &str| letters.iter().filter(|letter| **letter == base).count();
    for base in [
        "later0", "later1", "later2", "zeta0", "zeta1", "zeta2", "again", "mid0", "mid3",
    ] {
        assert_eq!(of(base), 1, "{base}: {letters:?}");
    }
    assert_eq!(of("twin"), 2, "{letters:?}");
    assert_eq!(made.letters, letters.len() as u64);
    for n in 0..3 {
        let name = format!("mail/anna/Maildir/.Early/cur/later{n}:2,");
        assert!(files.contains_key(Path::new(&name)), "{name}");
    }
}

#[test]
fn a_letter_on_a_bad_block_is_left_out_and_counted_and_all_else_is_in_it() {
    use crate::durable::fault::{Trouble, trouble};
    let home = Home::new();
    let maildir = Path::new("mail/anna/Maildir");
    // Longer than what is read at once.
    let (long, short) = (maildir.join("cur/long:2,"), maildir.join("cur/short:2,"));
    fs::write(home.path().join(&long), noise(5 << 20)).unwrap();
    fs::write(home.path().join(&short), "Subject: short\r\n\r\n").unwrap();
    let queue = fs::read_dir(home.path().join("queue")).unwrap();
    let waiting: Vec<PathBuf> = queue
        .map(|entry| Path::new("queue").join(entry.unwrap().file_name()))
        .collect();
    let before = home.files();
    let lost = [&long, &short, &waiting[0]];
    for name in lost {
        trouble(&home.path().join(name), Some(Trouble::Unreadable));
    }
    let mut archive = Vec::new();
    let made = create(home.path(), &given(), Letters::Taken, &mut archive);
    for name in lost {
        trouble(&home.path().join(name), None);
    }
    let made = made.unwrap();
    assert_eq!((made.left_out, made.letters), (3, 20));
    let mut rest = before;
    rest.retain(|name, _| !lost.contains(&name));
    assert_eq!(restored(&archive).files(), rest);
    // Whole, or not at all, is what the home itself has to be.
    let key = home.path().join("secret.key");
    trouble(&key, Some(Trouble::Unreadable));
    let made = create(home.path(), &given(), Letters::Taken, io::sink());
    trouble(&key, None);
    assert!(made.is_err(), "{made:?}");
}

#[test]
fn a_folder_that_cannot_be_listed_is_left_out_and_its_letters_are_counted() {
    use crate::durable::fault::{Trouble, trouble};
    let home = Home::new();
    home.with(|_, store, _| {
        let anna = "anna".parse().unwrap();
        store.create(&anna, "Trip", None).unwrap();
        for n in 30..33 {
            let unique = UniqueName::from_bytes([n; 16]);
            let text = &mut &b"far away\r\n"[..];
            store
                .deliver(&anna, "Trip", &unique, b"Subject: x\r\n\r\n", text)
                .unwrap();
        }
    });
    let before = home.files();
    for (lost, letters) in [
        ("mail/anna/Maildir/.Trip/new", 3),
        ("mail/anna/Maildir/.Trip", 3),
        ("mail/anna/Maildir/new", 20),
        ("mail/anna/Maildir", 23),
        // Nothing is known of what lay there.
        ("mail/bob/Maildir/cur", 1),
    ] {
        trouble(&home.path().join(lost), Some(Trouble::Unreadable));
        let mut archive = Vec::new();
        let made = create(home.path(), &given(), Letters::Taken, &mut archive);
        trouble(&home.path().join(lost), None);
        let made = made.unwrap();
        assert_eq!(made.left_out, letters, "{lost}");
        let mut rest = before.clone();
        rest.retain(|name, _| !name.starts_with(lost));
        assert_eq!(restored(&archive).files(), rest, "{lost}");
    }
}

#[test]
fn settings_that_this_machine_cannot_start_with_lie_beside_and_are_told_of() {
    let home = Home::new();
    let listener = || std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    // The home that is being set up has ports of its own open; another program has others.
    let (ours, theirs) = (listener(), listener());
    let (own, other) = (ours.local_addr().unwrap(), theirs.local_addr().unwrap());
    let open = format!("[listen]\nhttps = \"{own}\"\n");
    let everywhere = format!("[listen]\nhttps = \"0.0.0.0:{}\"\n", own.port());
    let busy = format!("[listen]\nhttps = \"{own}\"\nhttp = \"{other}\"\n");
    let of_another = format!("http, {other}");
    let own = &[own];
    let is_busy = serve::try_address(other, own).unwrap_err();
    assert_eq!(is_busy.kind(), io::ErrorKind::AddrInUse);
    let earlier = "[home]\nname = \"Box\"\n";
    // What is left: a mail server in the house refuses nobody whom it took before.
    let addresses = "[listen]\nimap = \"192.0.2.1:993\"\nimaps = \"192.0.2.1:994\"\npop3 = \"127.0.0.1:0\"\n\n[home]\nname = \"Garden\"\n";
    let rest = "[home]\nname = \"Garden\"\n\n[listen]\npop3 = \"127.0.0.1:0\"\n";
    for (settings, wrong, left) in [
        ("[listen]\nsong = 1\n", "line 2", None),
        (addresses, "imaps, 192.0.2.1:994", Some(rest)),
        ("[home]\nname = \"Garden\"\n", "", None),
        (&open, "", None),
        (&everywhere, "", None),
        (&busy, &of_another, Some(open.as_str())),
    ] {
        fs::write(home.path().join("toxmail.toml"), settings).unwrap();
        let archive = home.archive();
        for before in [Some(earlier), None] {
            let target = Home {
                dir: tempfile::tempdir().unwrap(),
            };
            let read = |name: &str| fs::read_to_string(target.path().join(name)).ok();
            if let Some(before) = before {
                fs::write(target.path().join("toxmail.toml"), before).unwrap();
            }
            let staged = restore_beside(target.path(), &archive, own).unwrap();
            let told = target.with(|database, _, _| super::restored(database).unwrap());
            assert_eq!(told.unwrap().settings, staged.settings);
            match (wrong, staged.settings) {
                ("", None) => {
                    assert_eq!(read("toxmail.toml").as_deref(), Some(settings));
                    assert_eq!(read(ASIDE), None);
                }
                (wrong, Some(why)) => {
                    assert!(!wrong.is_empty() && why.contains(wrong), "{why}");
                    assert_eq!(read("toxmail.toml").as_deref(), left.or(before));
                    assert_eq!(read(ASIDE).as_deref(), Some(settings));
                }
                other => panic!("{settings}: {other:?}"),
            }
            target.with(|database, _, _| {
                super::told(database).unwrap();
                assert_eq!(super::restored(database).unwrap(), None);
            });
        }
    }
}

#[test]
fn a_letter_that_was_delivered_meanwhile_is_not_in_the_restored_queue() {
    let home = Home::new();
    let dir = home.path().to_owned();
    let mut done = false;
    let mut archive = Vec::new();
    // The rows are copied, then files are read; the label is the first of them, and what is written first is the README.
    let snapshot = {
        let mut out = Meanwhile {
            at: 0,
            left: u64::MAX,
            deed: |_| {
                if std::mem::replace(&mut done, true) {
                    return;
                }
                let home = Database::open(&dir.join("toxmail.db")).unwrap();
                home.write(|c| -> Result<(), database::Error> {
                    c.execute("DELETE FROM messages WHERE id = 2", [])?;
                    Ok(())
                })
                .unwrap();
                home.close();
                let queue = Database::open(&dir.join("toxmail.db")).unwrap();
                let clock = Clock::fake(&queue, &FakeTime::default()).unwrap();
                let limits = Limits {
                    reserve_bytes: 0,
                    ..Limits::default()
                };
                // Its file goes.
                Queue::open(&dir.join("queue"), queue.clone(), clock, limits).unwrap();
                queue.close();
            },
        };
        create(
            home.path(),
            &given(),
            Letters::Left,
            Both(&mut out, &mut archive),
        )
    };
    snapshot.unwrap();
    assert!(done);
    let back = restored(&archive);
    back.with(|database, _, queue| {
        assert!(queue.opened().lost.is_empty());
        let ids: Vec<i64> = transfers(database).iter().map(|(id, _)| *id).collect();
        assert_eq!(ids.len(), 3, "{ids:?}");
        assert_eq!(queue.counts().unwrap().messages, 2);
    });
}

#[test]
fn a_disk_that_fails_leaves_the_home_as_it_was() {
    let home = Home::new();
    let archive = home.archive();
    let before = home.files();
    for act in ["create", "write", "fsync", "fsync-folder", "rename"] {
        let error = crate::durable::fault::failing(act, || {
            stage(
                home.path(),
                &mut &archive[..],
                PASSPHRASE,
                Ports::default(),
                &[],
            )
        });
        assert!(error.is_err(), "{act}");
        assert!(!is_ready(home.path()), "{act}");
        assert_eq!(finish(home.path()).unwrap(), None, "{act}");
        assert!(!home.path().join("restore").exists(), "{act}");
        assert_eq!(home.files(), before, "{act}");
    }
    for act in ["create", "write"] {
        let made = crate::durable::fault::failing(act, || {
            create(home.path(), &given(), Letters::Taken, io::sink())
        });
        assert!(made.is_err(), "{act}");
        assert_eq!(fs::read_dir(home.path().join("backup")).unwrap().count(), 0);
    }
    assert_eq!(home.files(), before);
}

#[test]
fn a_swap_that_fails_goes_on_at_the_next_start() {
    for act in ["create", "rename", "fsync-folder"] {
        let (home, archive) = (Home::new(), Home::new().archive());
        stage(
            home.path(),
            &mut &archive[..],
            PASSPHRASE,
            Ports::default(),
            &[],
        )
        .unwrap();
        let failed = crate::durable::fault::failing(act, || finish(home.path()));
        assert!(failed.is_err(), "{act}");
        assert!(is_ready(home.path()), "{act}");
        let finished = finish(home.path()).unwrap().unwrap();
        assert!(finished.aside.unwrap().join("toxmail.db").exists());
        assert_eq!(finish(home.path()).unwrap(), None);
        home.with(|database, _, _| assert!(super::restored(database).unwrap().is_some()));
    }
}

#[test]
fn no_name_leads_out_of_the_home() {
    for name in [
        "toxmail.db",
        "tox.save",
        "secret.key",
        "toxmail.toml",
        "tls/ca.pem",
        "mail/anna/Maildir/new/x",
        "queue/a.eml",
    ] {
        assert!(contents::is_ours(Path::new(name)), "{name}");
    }
    for name in [
        "",
        "/etc/passwd",
        "../x",
        "mail/../../x",
        "control.sock",
        "index.db",
        "mail",
        "tls",
        "toxmail.db/x",
        "restore/ready",
        "./mail/x",
        "incoming/x",
    ] {
        assert!(!contents::is_ours(Path::new(name)), "{name}");
    }
}

#[test]
fn names_with_line_ends_are_escaped_as_sha256sum_does() {
    assert_eq!(
        contents::line(&[0xab; 32], b"a\nb\\c"),
        format!("\\{}  a\\nb\\\\c\n", "ab".repeat(32)).as_bytes()
    );
}

#[test]
fn a_backup_of_a_later_toxmail_is_refused_with_its_format() {
    // Also one with which this program could go on in its own home: a restored one is changed, and not all of it would be.
    for oldest in [98, 0, 1] {
        let home = Home::new();
        home.with(|database, _, _| {
            database
                .write(move |c| -> Result<(), database::Error> {
                    c.pragma_update(None, "user_version", 99)?;
                    c.pragma_update(None, "application_id", oldest)?;
                    Ok(())
                })
                .unwrap();
        });
        let archive = home.archive();
        let dir = tempfile::tempdir().unwrap();
        let error = stage(
            dir.path(),
            &mut &archive[..],
            PASSPHRASE,
            Ports::default(),
            &[],
        )
        .unwrap_err();
        assert!(matches!(error, Error::Newer(99)), "{oldest}: {error:?}");
        assert!(!dir.path().join("restore").exists());
    }
}

/// Rows of a restored home.
fn rows(home: &Home, sql: &str) -> Vec<String> {
    home.with(|database, _, _| {
        database
            .read(|c| -> Result<_, database::Error> {
                let mut statement = c.prepare(sql)?;
                let rows = statement.query_map([], |row| row.get(0))?;
                Ok(rows.collect::<Result<_, _>>()?)
            })
            .unwrap()
    })
}

#[test]
fn what_was_fetched_is_fetched_again_where_it_did_not_come_along() {
    use crate::delivery::fetcher::unique_name;
    use crate::providers::era::era;
    use crate::store::Filed;
    let home = Home::new();
    let anna: MemberName = "anna".parse().unwrap();
    let file = |database: &Database, store: &Store| {
        let unique = unique_name(&era(database).unwrap(), &[9; 32]);
        store.add_member(&anna).unwrap();
        let mut body = &b"fetched\r\n"[..];
        let head = b"Subject: x\r\n\r\n";
        store
            .deliver(&anna, "INBOX", &unique, head, &mut body)
            .unwrap()
    };
    home.with(|database, store, _| {
        assert!(matches!(file(database, store), Filed::New(_)));
        assert_eq!(file(database, store), Filed::Already);
        database
            .write(|c| -> Result<(), database::Error> {
                c.execute_batch(
                    "INSERT INTO fetches (id, member, protocol, host, port, tls, username, password, after, since,
                            every_seconds, begun, validity, settled)
                        SELECT 1, id, 'imap', 'imap.example.org', 993, 'implicit', 'anna', x'00', 'delete', 'new', 300, 1, 7, 9
                        FROM members WHERE name = 'anna';
                     INSERT INTO fetched (fetch, name, state, size, digest) VALUES
                        (1, '7/1', 'old', 10, NULL),
                        (1, '7/2', 'kept', 10, zeroblob(32)),
                        (1, '7/3', 'taken', 10, zeroblob(32)),
                        (1, '7/4', 'left', 10, NULL);",
                )?;
                Ok(())
            })
            .unwrap();
    });
    let known = "SELECT name FROM fetched ORDER BY name";
    let settled = "SELECT settled || '' FROM fetches";
    // Its letters lie here: nothing has changed.
    let whole = restored(&home.archive());
    assert_eq!(rows(&whole, known), ["7/1", "7/2", "7/3", "7/4"]);
    assert_eq!(rows(&whole, settled), ["9"]);
    whole.with(|database, store, _| assert_eq!(file(database, store), Filed::Already));
    // No copy is here. What was to stay there stays, and what is too large was told.
    let archive = archive(home.path(), Letters::Left);
    let without = restored(&archive);
    assert_eq!(rows(&without, known), ["7/1", "7/4"]);
    assert_eq!(rows(&without, settled), ["0"]);
    without.with(|database, store, _| {
        assert!(matches!(file(database, store), Filed::New(_)));
        assert_eq!(file(database, store), Filed::Already);
    });
}

#[test]
fn open_invitations_are_withdrawn_in_a_restored_home() {
    let home = Home::new();
    home.with(|database, _, _| {
        database
            .write(|c| -> Result<(), database::Error> {
                c.execute_batch(
                    "INSERT INTO invitations (id, token_hash, created, expires, withdrawn, used) VALUES
                        (1, randomblob(32), 1, unixepoch() + 99, NULL, NULL),
                        (2, randomblob(32), 1, 2, NULL, NULL),
                        (3, randomblob(32), 1, unixepoch() + 99, 5, NULL),
                        (4, randomblob(32), 1, unixepoch() + 99, NULL, 5);",
                )?;
                Ok(())
            })
            .unwrap();
    });
    let withdrawn =
        "SELECT group_concat(id || ':' || coalesce(withdrawn > 5, '')) FROM invitations";
    let before = rows(&home, withdrawn);
    assert_eq!(before, ["1:,2:,3:0,4:"]);
    // One that has expired says so, and one that was used too.
    let back = restored(&home.archive());
    assert_eq!(rows(&back, withdrawn), ["1:1,2:,3:0,4:"]);
}

#[test]
fn an_address_book_that_the_old_box_has_told_more_is_fetched_as_a_whole() {
    use crate::contacts::Contacts;
    let home = Home::new();
    let archive = home.archive();
    let anna: MemberName = "anna".parse().unwrap();
    let open = |database: &Database| Contacts::open(database.clone(), key(9), "garden".into());
    let add = |database: &Database, n: i64| {
        database
            .write(move |c| -> Result<(), database::Error> {
                c.execute(
                    "INSERT INTO contacts (name, nickname, made_by, added) VALUES (?1, ?1, 'person', 1)",
                    [format!("friend{n}")],
                )?;
                Ok(())
            })
            .unwrap();
    };
    // The telephone has seen ten changes more on the old box.
    let seen = home.with(|database, _, _| {
        (0..10).for_each(|n| add(database, n));
        open(database).shelf(&anna).unwrap().clock
    });
    let back = restored(&archive);
    back.with(|database, _, _| {
        (10..30).for_each(|n| add(database, n));
        let contacts = open(database);
        assert_eq!(contacts.shelf(&anna).unwrap().cards.len(), 20);
        assert_eq!(contacts.shelf_since(&anna, seen).unwrap(), None);
    });
}

/// Counts what is read.
struct Reading<R>(R, u64);

impl<R: Read> Read for Reading<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.0.read(bytes)?;
        self.1 += read as u64;
        Ok(read)
    }
}

/// A header with any name.
fn header(kind: tar::EntryType, name: &[u8], size: u64) -> tar::Header {
    let mut header = container::header(size, 0);
    header.set_entry_type(kind);
    header.as_mut_bytes()[..name.len()].copy_from_slice(name);
    header.set_cksum();
    header
}

#[test]
fn an_archive_of_long_names_is_refused_before_they_are_read() {
    let (archive, dir) = (Home::new().archive(), tempfile::tempdir().unwrap());
    let part = archive
        .windows(8)
        .position(|bytes| bytes == b"home.tar")
        .unwrap();
    let long = 64 << 20;
    for kind in [
        tar::EntryType::GNULongName,
        tar::EntryType::GNULongLink,
        tar::EntryType::XHeader,
        tar::EntryType::XGlobalHeader,
    ] {
        for before in [&[][..], &archive[..part]] {
            let header = header(kind, b"README.txt", long);
            let bytes = before.chain(&header.as_bytes()[..]);
            let mut reading = Reading(bytes.chain(io::repeat(b'a').take(long)), 0);
            let error =
                stage(dir.path(), &mut reading, PASSPHRASE, Ports::default(), &[]).unwrap_err();
            assert!(matches!(error, Error::Damaged(_)), "{kind:?}: {error:?}");
            assert!(reading.1 < 1 << 20, "{kind:?}: {} bytes", reading.1);
        }
    }
}

/// A backup with these entries behind its label.
fn crafted(entries: &[(tar::Header, &[u8])]) -> Vec<u8> {
    crafted_with(entries, 19)
}

fn crafted_with(entries: &[(tar::Header, &[u8])], window_log: u32) -> Vec<u8> {
    let Key::Given(key) = given() else { panic!() };
    let parts = container::Parts::begin(Vec::new(), &key, 1).unwrap();
    let encrypted = age::Encrypt::to(&key.recipient, parts).unwrap();
    let mut compressed = zstd::stream::write::Encoder::new(encrypted, 1).unwrap();
    compressed.window_log(window_log).unwrap();
    let mut archive = tar::Builder::new(compressed);
    let label = Label {
        format: FORMAT,
        program: String::new(),
        created: 1,
        letters: true,
    };
    let label = serde_json::to_vec(&label).unwrap();
    let first = header(
        tar::EntryType::Regular,
        contents::LABEL.as_bytes(),
        label.len() as u64,
    );
    archive.append(&first, &label[..]).unwrap();
    for (header, bytes) in entries {
        archive.append(header, *bytes).unwrap();
    }
    let encrypted = archive.into_inner().unwrap().finish().unwrap();
    encrypted.finish().unwrap().finish().unwrap()
}

/// A stranger may send one to a box that is not claimed yet.
#[test]
fn an_archive_that_asks_for_much_memory_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let error = |window_log| {
        let archive = crafted_with(&[], window_log);
        stage(
            dir.path(),
            &mut &archive[..],
            PASSPHRASE,
            Ports::default(),
            &[],
        )
        .unwrap_err()
        .to_string()
    };
    let little = error(restore::WINDOW_LOG);
    assert!(!little.contains("memory"), "{little}");
    let much = error(restore::WINDOW_LOG + 1);
    assert!(much.contains("memory"), "{much}");
}

#[test]
fn an_archive_that_would_write_elsewhere_or_fill_the_disk_is_refused() {
    use tar::EntryType::{GNULongName, GNUSparse, Link, Regular, Symlink, XHeader};
    let outer = tempfile::tempdir().unwrap();
    let dir = outer.path().join("data");
    fs::create_dir(&dir).unwrap();
    let refused = |entries: &[(tar::Header, &[u8])], what: &str| {
        let archive = crafted(entries);
        let error = stage(&dir, &mut &archive[..], PASSPHRASE, Ports::default(), &[]).unwrap_err();
        assert!(!dir.join("restore").exists(), "{what}");
        assert_eq!(fs::read_dir(outer.path()).unwrap().count(), 1, "{what}");
        error
    };
    for name in [
        "../x",
        "../../x",
        "mail/../../../x",
        "/tmp/x",
        "control.sock",
        "mail/../x",
    ] {
        let error = refused(&[(header(Regular, name.as_bytes(), 1), b"x")], name);
        assert!(matches!(error, Error::Damaged(_)), "{name}: {error:?}");
        let mut long = name.as_bytes().to_vec();
        long.push(0);
        let size = long.len() as u64;
        let error = refused(
            &[
                (header(GNULongName, b"././@LongLink", size), &long[..]),
                (header(Regular, b"mail/x", 1), b"x"),
            ],
            name,
        );
        assert!(matches!(error, Error::Damaged(_)), "{name}: {error:?}");
    }
    for kind in [Symlink, Link, GNUSparse, XHeader] {
        let mut link = header(kind, b"mail/anna", 0);
        link.as_mut_bytes()[157..159].copy_from_slice(b"..");
        link.set_cksum();
        let letter = header(Regular, b"mail/anna/x", 1);
        let what = format!("{kind:?}");
        let error = refused(&[(link, b""), (letter, b"x")], &what);
        assert!(matches!(error, Error::Damaged(_)), "{what}: {error:?}");
    }
    // A name of its own size in memory.
    let mut long = b"mail/".to_vec();
    long.resize(1 << 20, b'a');
    let error = refused(
        &[
            (header(GNULongName, b"././@LongLink", 1 << 20), &long[..]),
            (header(Regular, b"mail/x", 1), b"x"),
        ],
        "a long name",
    );
    assert!(matches!(error, Error::Damaged(_)), "{error:?}");
    // More than any disk has: refused before a byte is written, with what is wrong.
    let bomb = header(Regular, b"mail/anna/x", 1 << 50);
    let error = refused(&[(bomb, b"")], "a bomb");
    assert!(error.is_full(), "{error:?}");
    // Zeros without an end behind the end.
    let (sums, zeros) = (header(Regular, b"SHA256SUMS", 0), vec![0; 4 << 20]);
    let error = refused(&[(sums, &zeros[..])], "zeros");
    assert!(
        error.to_string().contains("more behind its end"),
        "{error:?}"
    );
}

#[test]
fn a_letter_of_a_long_name_comes_back() {
    let home = Home::new();
    let name = format!("mail/anna/Maildir/cur/{}:2,S", "l".repeat(150));
    fs::write(home.path().join(&name), "Subject: long\r\n\r\n").unwrap();
    let before = home.files();
    assert!(before.contains_key(Path::new(&name)));
    assert_eq!(restored(&home.archive()).files(), before);
}
