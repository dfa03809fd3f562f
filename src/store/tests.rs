#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::Read;
use std::time::SystemTime;

mod index;
mod messages;
mod others;
mod speed;
mod tree;

struct Home {
    dir: tempfile::TempDir,
    db: Database,
    store: Store,
    anna: MemberName,
}

fn home_with(quota: Quota) -> Home {
    let dir = tempfile::tempdir().unwrap();
    let db = Database::open(&dir.path().join("toxmail.db")).unwrap();
    let store = Store::open(&dir.path().join("mail"), db.clone(), quota).unwrap();
    let anna = "anna".parse().unwrap();
    store.add_member(&anna).unwrap();
    Home {
        dir,
        db,
        store,
        anna,
    }
}

fn home() -> Home {
    home_with(Quota {
        bytes: 0,
        reserve_bytes: 0,
    })
}

fn unique(n: u8) -> UniqueName {
    UniqueName::from_bytes([n; 16])
}

impl Home {
    fn maildir(&self) -> PathBuf {
        self.dir.path().join("mail/anna/Maildir")
    }

    fn at(dir: tempfile::TempDir, path: &Path) -> Self {
        let db = Database::open(&path.join("toxmail.db")).unwrap();
        let quota = Quota {
            bytes: 0,
            reserve_bytes: 0,
        };
        let store = Store::open(&path.join("mail"), db.clone(), quota).unwrap();
        let anna = "anna".parse().unwrap();
        Self {
            dir,
            db,
            store,
            anna,
        }
    }

    fn restart(&mut self) {
        self.db.close();
        self.db = Database::open(&self.dir.path().join("toxmail.db")).unwrap();
        let quota = Quota {
            bytes: 0,
            reserve_bytes: 0,
        };
        self.store = Store::open(&self.dir.path().join("mail"), self.db.clone(), quota).unwrap();
    }

    fn deliver(&self, n: u8, text: &str) -> Result<Filed, Error> {
        self.store.deliver(
            &self.anna,
            "INBOX",
            &unique(n),
            b"Subject: x\r\n",
            &mut text.as_bytes(),
        )
    }

    fn mailbox(&self, name: &str) -> Mailbox {
        self.store.mailbox(&self.anna, name).unwrap()
    }

    fn inbox(&self) -> Mailbox {
        self.mailbox("INBOX")
    }

    fn append(&self, mailbox: &Mailbox, text: &str) {
        let mut content = mailbox.incoming(0).unwrap();
        content.add(text.as_bytes()).unwrap();
        let message = Appended {
            content,
            flags: Flags::NONE,
            keywords: vec![],
            arrived: None,
        };
        mailbox.append(vec![message]).unwrap();
    }

    fn snapshot(&self) -> Vec<Entry> {
        self.inbox().snapshot().unwrap().entries.to_vec()
    }

    /// What another program does is seen although a change of ours came in the same tick of the clock: as it would be later.
    fn later(&self) {
        self.store.opened(&self.anna, "INBOX").unwrap().doubt();
    }

    fn uids(&self) -> Vec<u32> {
        self.snapshot().iter().map(|e| e.uid.0).collect()
    }

    fn text(&self, uid: u32) -> Option<String> {
        let mut message = self.store.message(&self.anna, "inbox", Uid(uid)).unwrap()?;
        let mut text = String::new();
        message.read_to_string(&mut text).unwrap();
        assert_eq!(text.len() as u64, message.size);
        Some(text)
    }

    /// Base name → (place, flags) as they lie there.
    fn files(&self) -> BTreeMap<Vec<u8>, (&'static str, String)> {
        let mut files = BTreeMap::new();
        for place in ["new", "cur"] {
            for entry in fs::read_dir(self.maildir().join(place)).unwrap() {
                let name = entry.unwrap().file_name().into_string().unwrap();
                let (base, flags) = name.split_once(":2,").unwrap_or((&name, ""));
                files.insert(base.as_bytes().to_vec(), (place, flags.to_owned()));
            }
        }
        files
    }

    fn path(&self, base: &[u8], (place, flags): &(&'static str, String)) -> PathBuf {
        let base = std::str::from_utf8(base).unwrap();
        match *place {
            "new" => self.maildir().join("new").join(base),
            _ => self.maildir().join("cur").join(format!("{base}:2,{flags}")),
        }
    }

    fn set_stamps(&self, time: SystemTime) {
        for place in ["new", "cur"] {
            set_stamp(&self.maildir().join(place), time);
        }
    }
}

fn set_stamp(folder: &Path, time: SystemTime) {
    File::open(folder).unwrap().set_modified(time).unwrap();
}

#[test]
fn a_message_is_filed_once_and_read_back() {
    let home = home();
    let text = "\r\nHello\r\n.\r\n";
    assert_eq!(home.deliver(1, text).unwrap(), Filed::New(Uid(1)));
    assert_eq!(home.deliver(1, "other bytes").unwrap(), Filed::Already);
    assert_eq!(
        home.deliver(2, "\r\nbare\nline\r\n").unwrap(),
        Filed::New(Uid(2))
    );
    assert_eq!(home.text(1).unwrap(), format!("Subject: x\r\n{text}"));
    assert_eq!(home.text(2).unwrap(), "Subject: x\r\n\r\nbare\r\nline\r\n");
    assert_eq!(home.snapshot()[1].size, 26);
    assert_eq!(home.store.used(&home.anna).unwrap(), 24 + 26);
    let name = home.files().into_keys().next().unwrap();
    assert!(
        String::from_utf8(name)
            .unwrap()
            .contains(&unique(1).to_string())
    );
    assert_eq!(fs::read_dir(home.maildir().join("tmp")).unwrap().count(), 0);

    let gone = home.store.expunge(&home.anna, "INBOX", &[Uid(1)]).unwrap();
    assert_eq!(
        gone,
        Expunged {
            gone: vec![Uid(1)],
            kept: vec![]
        }
    );
    assert_eq!(home.text(1), None);
    assert_eq!(home.deliver(1, text).unwrap(), Filed::Already);
    assert_eq!(home.store.used(&home.anna).unwrap(), 26);
    assert_eq!(
        home.store
            .forget_deliveries(crate::clock::wall_seconds(), Duration::from_secs(60))
            .unwrap(),
        0
    );
}

#[test]
fn a_delivery_of_a_time_before_the_clock_was_set_is_remembered_as_long_as_any() {
    let home = home();
    const DAY: i64 = 86_400;
    let age = Duration::from_secs(60 * DAY as u64);
    home.deliver(1, "x\r\n").unwrap();
    // The clock was 90 days behind when that was filed; now it is set.
    let now = crate::clock::wall_seconds() + 90 * DAY;
    assert_eq!(home.store.forget_deliveries(now, age).unwrap(), 0);
    assert_eq!(home.deliver(1, "x\r\n").unwrap(), Filed::Already);
    let later = now + 59 * DAY;
    assert_eq!(home.store.forget_deliveries(later, age).unwrap(), 0);
    let later = now + 61 * DAY;
    assert_eq!(home.store.forget_deliveries(later, age).unwrap(), 1);
}

/// Runs `act` in a process of its own, which is killed at each of `points` in turn, on a home that `prepare` has made ready; the
/// homes as they are found afterwards. `None` in such a process.
#[cfg(feature = "faults")]
fn killed(
    name: &str,
    points: &[&str],
    prepare: impl Fn(&Home),
    act: impl Fn(&Home),
) -> Option<Vec<Home>> {
    use std::os::unix::process::ExitStatusExt;
    let variable = "TOXMAIL_TEST_HOME";
    if let Some(path) = std::env::var_os(variable) {
        let path = PathBuf::from(path);
        // A folder of its own, which goes with the home: nobody clears up after a kill.
        let dir = tempfile::TempDir::new_in(&path).unwrap();
        act(&Home::at(dir, &path));
        return None;
    }
    let homes = points.iter().map(|point| {
        let home = home();
        prepare(&home);
        home.db.close();
        let done = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "--nocapture", &format!("store::tests::{name}")])
            .env(variable, home.dir.path())
            .env("TOXMAIL_FAULT_KILL", point)
            .output()
            .unwrap();
        assert_eq!(
            done.status.signal(),
            Some(9),
            "{point}: {}{}",
            String::from_utf8_lossy(&done.stdout),
            String::from_utf8_lossy(&done.stderr)
        );
        let path = home.dir.path().to_owned();
        Home::at(home.dir, &path)
    });
    Some(homes.collect())
}

/// Runs the test `name` once more in a process of its own, whose disk fails in the acts that the file says; returns
/// `None` outside it.
#[cfg(feature = "faults")]
fn disk_that_fails(name: &str) -> Option<PathBuf> {
    let variable = "TOXMAIL_FAULT_DISK";
    if let Ok(file) = std::env::var(variable) {
        return Some(file.trim_start_matches('@').into());
    }
    let dir = tempfile::tempdir().unwrap();
    let file = format!("@{}", dir.path().join("fault").display());
    let done = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--nocapture", &format!("store::tests::{name}")])
        .env(variable, file)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(
        done.status.success() && said.contains("1 passed"),
        "{said}{}",
        String::from_utf8_lossy(&done.stderr)
    );
    None
}

#[cfg(feature = "faults")]
#[test]
fn a_file_that_a_kill_left_is_filed_only_when_its_name_is_on_the_disk() {
    let Some(fault) =
        disk_that_fails("a_file_that_a_kill_left_is_filed_only_when_its_name_is_on_the_disk")
    else {
        return;
    };
    let mut home = home();
    // As a delivery leaves it that was killed between its rename and its fsync of the folder.
    let base = maildir::base_name(7, &unique(1), 3, 3);
    let name = String::from_utf8(base.to_vec()).unwrap();
    fs::write(home.maildir().join("new").join(name), "x\r\n").unwrap();
    home.restart();
    home.store.list(&home.anna).unwrap();
    fs::write(&fault, "EIO@fsync-folder").unwrap();
    assert!(home.store.was_filed(&home.anna, &unique(1)).is_err());
    fs::remove_file(&fault).unwrap();
    assert!(home.store.was_filed(&home.anna, &unique(1)).unwrap());
    assert_eq!(home.uids(), [1]);
}

#[cfg(feature = "faults")]
#[test]
fn a_folder_that_a_kill_left_is_used_only_when_its_name_is_on_the_disk() {
    let Some(fault) =
        disk_that_fails("a_folder_that_a_kill_left_is_used_only_when_its_name_is_on_the_disk")
    else {
        return;
    };
    let mut home = home();
    home.restart();
    fs::write(&fault, "EIO@fsync-folder").unwrap();
    assert!(home.store.list(&home.anna).is_err());
    fs::remove_file(&fault).unwrap();
    assert_eq!(home.store.list(&home.anna).unwrap().len(), 6);
}

#[test]
fn unknown_members_mailboxes_and_unsafe_names_are_refused() {
    let home = home();
    let ben: MemberName = "ben".parse().unwrap();
    let deliver = |who, mailbox| {
        home.store
            .deliver(who, mailbox, &unique(1), b"x", &mut &b""[..])
    };
    assert!(matches!(
        deliver(&ben, "INBOX"),
        Err(Error::NoSuchMember(_))
    ));
    assert!(matches!(
        deliver(&home.anna, "Kept"),
        Err(Error::NoSuchMailbox(_))
    ));
    assert!(matches!(
        deliver(&home.anna, "../ben"),
        Err(Error::BadMailboxName(_))
    ));
    assert!(matches!(
        home.store.room_for(&ben, 1),
        Err(Error::NoSuchMember(_))
    ));
    // One unique name, one copy, whatever mailbox.
    assert_eq!(deliver(&home.anna, "Sent").unwrap(), Filed::New(Uid(1)));
    assert_eq!(deliver(&home.anna, "INBOX").unwrap(), Filed::Already);
    // A mailbox that mutt made is found.
    maildir::make(
        &home.maildir().join(".Kept.2026"),
        &"Kept/2026".parse().unwrap(),
    )
    .unwrap();
    let kept = home.mailbox("Kept/2026").figures().unwrap();
    let sent = home.mailbox("Sent").figures().unwrap();
    assert!(kept.uid_validity > sent.uid_validity);
}

#[test]
fn quota_and_a_full_disk_leave_nothing_behind() {
    let home = home_with(Quota {
        bytes: 200_000,
        reserve_bytes: 0,
    });
    assert!(home.store.room_for(&home.anna, 200_001).is_err());
    home.store.room_for(&home.anna, 200_000).unwrap();
    let big = "x".repeat(300_000);
    assert!(matches!(home.deliver(1, &big), Err(Error::OverQuota(_))));
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the line broke"))
        }
    }
    let mut body = "begun".as_bytes().chain(Broken);
    let broken = home
        .store
        .deliver(&home.anna, "INBOX", &unique(1), b"", &mut body);
    assert!(matches!(broken, Err(Error::Source(_))));
    home.store.set_quota(Quota {
        bytes: 0,
        reserve_bytes: u64::MAX,
    });
    assert!(matches!(home.deliver(1, "x"), Err(Error::Full)));
    assert!(matches!(
        home.store.room_for(&home.anna, 1),
        Err(Error::Full)
    ));
    assert!(home.files().is_empty());
    assert_eq!(fs::read_dir(home.maildir().join("tmp")).unwrap().count(), 0);
    home.store.set_quota(Quota {
        bytes: 0,
        reserve_bytes: 0,
    });
    assert_eq!(home.deliver(1, &big).unwrap(), Filed::New(Uid(1)));
}

#[test]
fn a_crash_between_rename_and_row_gives_one_copy() {
    let mut home = home();
    home.deliver(1, "first").unwrap();
    // As a kill at `store.renamed` leaves it, and one at `store.written`.
    let base = maildir::base_name(17, &unique(2), 4, 4);
    fs::write(
        home.maildir()
            .join("new")
            .join(std::str::from_utf8(&base).unwrap()),
        "once",
    )
    .unwrap();
    fs::write(maildir::draft_path(&home.maildir(), &unique(3)), "half").unwrap();
    home.restart();
    assert_eq!(fs::read_dir(home.maildir().join("tmp")).unwrap().count(), 0);
    assert_eq!(home.deliver(2, "once").unwrap(), Filed::Already);
    assert_eq!(home.deliver(3, "half").unwrap(), Filed::New(Uid(3)));
    assert_eq!(home.uids(), [1, 2, 3]);
    // Also after it was read away.
    home.store.expunge(&home.anna, "INBOX", &[Uid(2)]).unwrap();
    home.restart();
    assert_eq!(home.deliver(2, "once").unwrap(), Filed::Already);
    assert_eq!(home.uids(), [1, 3]);
}

#[test]
fn a_crash_in_an_expunge_does_not_bring_the_message_back() {
    let mut home = home();
    home.deliver(1, "a").unwrap();
    home.deliver(2, "b").unwrap();
    let files = home.files();
    let (base, spot) = files
        .iter()
        .find(|(b, _)| maildir::ours(b).unwrap().0 == unique(1))
        .unwrap();
    fs::remove_file(home.path(base, spot)).unwrap(); // the file went, the row did not
    home.restart();
    assert_eq!(home.uids(), [2]);
    let changes = home.inbox().changes_since(ModSeq(1)).unwrap();
    assert_eq!(changes.vanished, [Uid(1)]);
}

#[test]
fn what_mutt_and_dovecot_do_is_noticed_and_uids_stay() {
    let home = home();
    home.deliver(1, "a").unwrap();
    home.deliver(2, "b").unwrap();
    let before = home.inbox().figures().unwrap();
    let files: Vec<_> = home.files().into_iter().collect();
    let (first, second) = (&files[0], &files[1]);
    // mutt reads one, and files one of its own with LF line ends.
    fs::rename(
        home.path(&first.0, &first.1),
        home.path(&first.0, &("cur", "S".into())),
    )
    .unwrap();
    fs::write(
        home.maildir().join("cur/1700000000.M1P2.host:2,RF"),
        "Subject: y\n\nhi\r\nyou\n",
    )
    .unwrap();
    assert_eq!(home.uids(), [1, 2, 3]);
    let changes = home.inbox().changes_since(before.mod_seq).unwrap();
    assert_eq!(changes.changed.len(), 2);
    assert_eq!(changes.changed[0].flags, Flags::SEEN);
    assert_eq!(
        changes.changed[1].flags,
        Flags::REPLIED.with(Flags::FLAGGED)
    );
    // 1 and 2 lie in new/ by the same second, so their order in `files` is theirs.
    assert_eq!(home.text(3).unwrap(), "Subject: y\r\n\r\nhi\r\nyou\r\n");
    // A name in an order we would not write, and one without info.
    fs::rename(
        home.maildir().join("cur/1700000000.M1P2.host:2,FR"),
        home.maildir().join("cur/1700000000.M1P2.host:2,RFS"),
    )
    .unwrap();
    fs::rename(
        home.path(&second.0, &second.1),
        home.maildir()
            .join("cur")
            .join(std::str::from_utf8(&second.0).unwrap()),
    )
    .unwrap();
    assert_eq!(home.uids(), [1, 2, 3]);
    assert!(home.text(3).is_some() && home.text(2).is_some());
    assert!(
        home.maildir()
            .join("cur/1700000000.M1P2.host:2,FRS")
            .exists()
    );
    // Dovecot's keyword letters survive a change of ours.
    fs::rename(
        home.maildir().join("cur/1700000000.M1P2.host:2,FRS"),
        home.maildir().join("cur/1700000000.M1P2.host:2,FRSab"),
    )
    .unwrap();
    home.inbox().rescan().unwrap();
    let seen = Marks::flags(Change::Set(Flags::SEEN));
    let set = home.inbox().mark(&[Uid(3), Uid(9)], &seen, None).unwrap();
    let set = set.entries;
    assert_eq!(set.len(), 1);
    assert_eq!(set[0].flags.to_string(), "Sab");
    assert!(
        home.maildir()
            .join("cur/1700000000.M1P2.host:2,Sab")
            .exists()
    );
    // No file, no message; and a link is none.
    std::os::unix::fs::symlink("/etc/hostname", home.maildir().join("new/1.link")).unwrap();
    fs::create_dir(home.maildir().join("new/2.folder")).unwrap();
    assert_eq!(home.uids(), [1, 2, 3]);
    let after = home.inbox().figures().unwrap();
    assert_eq!((after.messages, after.uid_next), (3, Uid(4)));
    assert_eq!(after.uid_validity, before.uid_validity);
}

#[test]
fn a_quiet_mailbox_is_not_listed() {
    let home = home();
    home.deliver(1, "a").unwrap();
    let old = SystemTime::now() - Duration::from_secs(3600);
    home.set_stamps(old);
    assert_eq!(home.uids(), [1]);
    let files = home.files();
    let (base, spot) = files.iter().next().unwrap();
    let hidden = home.dir.path().join("hidden");
    fs::rename(home.path(base, spot), &hidden).unwrap();
    home.set_stamps(old); // as if nothing had happened
    assert!(!home.inbox().rescan().unwrap());
    home.set_stamps(old + Duration::from_secs(1));
    assert!(home.inbox().rescan().unwrap());
    assert!(home.uids().is_empty());
    fs::rename(&hidden, home.path(base, spot)).unwrap();
    assert_eq!(home.uids(), [2]); // it came back: another message
    // A stamp that is too young proves nothing.
    home.set_stamps(SystemTime::now());
    home.inbox().rescan().unwrap();
    let young = fs::metadata(home.maildir().join("new"))
        .unwrap()
        .modified()
        .unwrap();
    fs::rename(home.path(base, spot), &hidden).unwrap();
    home.set_stamps(young);
    assert!(home.uids().is_empty());
}

#[test]
fn what_comes_into_new_costs_no_listing_of_cur() {
    let home = home();
    for name in ["cur/1.M1P1.host:2,S", "cur/2.M2P1.host:2,S"] {
        fs::write(home.maildir().join(name), "x").unwrap();
    }
    let old = SystemTime::now() - Duration::from_secs(3600);
    home.set_stamps(old);
    assert_eq!(home.uids(), [1, 2]);
    // One goes, and nobody can see it: `cur` is as it was. What comes is seen all the same.
    let (cur, new) = (home.maildir().join("cur"), home.maildir().join("new"));
    fs::remove_file(cur.join("1.M1P1.host:2,S")).unwrap();
    set_stamp(&cur, old);
    fs::write(new.join("3.M3P1.host"), "x").unwrap();
    assert!(home.inbox().rescan().unwrap());
    assert_eq!(home.uids(), [1, 2, 3]);
    // The second file of a base name that lies in `cur` is no other message, and is not taken for one.
    let both = new.join("2.M2P1.host");
    fs::write(&both, "x").unwrap();
    home.inbox().rescan().unwrap();
    assert_eq!(home.uids(), [2, 3]);
    fs::remove_file(both).unwrap();
    assert_eq!(home.uids(), [2, 3]);
    // From `new` to `cur`, and back: the same message.
    let (there, here) = (cur.join("3.M3P1.host:2,S"), new.join("3.M3P1.host"));
    fs::rename(&here, &there).unwrap();
    set_stamp(&cur, old);
    assert_eq!(home.uids(), [2, 3]);
    fs::rename(there, here).unwrap();
    set_stamp(&cur, old);
    assert_eq!(home.uids(), [2, 3]);
    // Too many to ask for one by one.
    for number in 10..40 {
        fs::write(new.join(format!("{number}.M1P1.host")), "x").unwrap();
    }
    assert_eq!(home.uids().len(), 32);
}

#[test]
fn ten_thousand_messages_open_without_reading_one() {
    let home = home();
    for n in 0..10_000_u32 {
        let mut id = [7; 16];
        id[..4].copy_from_slice(&n.to_be_bytes());
        // A size with CRLF that no reading would find.
        let base = maildir::base_name(1000 + i64::from(n), &UniqueName::from_bytes(id), 1, 100);
        fs::write(
            home.maildir()
                .join("new")
                .join(std::str::from_utf8(&base).unwrap()),
            "x",
        )
        .unwrap();
    }
    let entries = home.snapshot();
    assert_eq!(entries.len(), 10_000);
    assert!(
        entries
            .iter()
            .enumerate()
            .all(|(n, e)| e.uid.0 == n as u32 + 1 && e.size == 100)
    );
    let began = std::time::Instant::now();
    assert_eq!(home.snapshot().len(), 10_000);
    assert!(
        began.elapsed() < Duration::from_secs(2),
        "{:?}",
        began.elapsed()
    );
}

#[test]
fn an_old_maildir_is_taken_over() {
    let home = home();
    for n in 0..100 {
        let name = format!("{}.M{n}.old.host,S=5:2,S", 100_000 - n);
        fs::write(home.maildir().join("cur").join(name), "a\nb\nc").unwrap();
    }
    let entries = home.snapshot();
    assert_eq!(entries.len(), 100);
    assert!(
        entries
            .iter()
            .all(|e| e.size == 7 && e.flags == Flags::SEEN)
    );
    let mut message = home
        .store
        .message(&home.anna, "INBOX", Uid(1))
        .unwrap()
        .unwrap();
    let mut text = String::new();
    message.read_to_string(&mut text).unwrap();
    assert_eq!(text, "a\r\nb\r\nc");
}

#[test]
fn deliveries_come_together_and_the_same_one_counts_once() {
    let home = home();
    std::thread::scope(|scope| {
        for n in 0..16 {
            let home = &home;
            scope.spawn(move || home.deliver(n % 12, "body").unwrap());
        }
        scope.spawn(|| {
            for _ in 0..5 {
                home.snapshot();
            }
        });
    });
    assert_eq!(home.uids(), (1..=12).collect::<Vec<_>>());
    assert_eq!(home.files().len(), 12);
}

#[test]
fn a_removed_member_leaves_their_mail_in_the_attic_and_a_new_one_starts_afresh() {
    let home = home();
    home.deliver(1, "a").unwrap();
    let before = home.inbox().figures().unwrap();
    home.store.remove_member(&home.anna).unwrap();
    assert!(matches!(home.deliver(1, "a"), Err(Error::NoSuchMember(_))));
    assert_eq!(
        fs::read_dir(home.dir.path().join("mail/.removed"))
            .unwrap()
            .count(),
        1
    );
    home.store.add_member(&home.anna).unwrap();
    assert!(home.uids().is_empty());
    let after = home.inbox().figures().unwrap();
    assert!(after.uid_validity > before.uid_validity);
    assert_eq!(home.deliver(1, "a").unwrap(), Filed::New(Uid(1)));
    home.store.renew_uid_validity().unwrap();
    let renewed = home.inbox().figures().unwrap();
    assert!(renewed.uid_validity > after.uid_validity);
}

#[test]
fn folders_that_are_gone_are_no_empty_mailbox() {
    let mut home = home();
    home.deliver(1, "a").unwrap();
    let away = home.dir.path().join("away");
    fs::rename(home.maildir(), &away).unwrap();
    assert!(home.store.snapshot(&home.anna, "INBOX").is_err());
    home.restart();
    // As each start does.
    assert!(matches!(
        home.store.add_member(&home.anna),
        Err(Error::Io(_))
    ));
    assert!(home.store.snapshot(&home.anna, "INBOX").is_err());
    assert!(home.deliver(2, "b").is_err());
    fs::rename(&away, home.maildir()).unwrap();
    home.store.add_member(&home.anna).unwrap();
    assert_eq!(home.uids(), [1]);
}

#[tokio::test]
async fn a_listener_hears_of_a_delivery() {
    let home = home();
    let mut listener = home.store.listen(&home.anna);
    let store = home.store.clone();
    let anna = home.anna.clone();
    tokio::task::spawn_blocking(move || {
        store
            .deliver(&anna, "INBOX", &unique(1), b"x", &mut &b""[..])
            .unwrap();
    })
    .await
    .unwrap();
    listener.changed().await;
}

#[derive(Clone, Debug)]
enum Act {
    Deliver(u8),
    /// The process dies between rename and row, and the delivery comes again.
    Crash(u8),
    Strange(u8),
    MoveToCur(usize),
    Letters(usize, u8),
    Delete(usize),
    Flag(usize, u8),
    Expunge(usize),
    Look,
    Restart,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (0u8..40).prop_map(Act::Deliver),
        1 => (40u8..50).prop_map(Act::Crash),
        2 => (0u8..20).prop_map(Act::Strange),
        2 => (0usize..8).prop_map(Act::MoveToCur),
        2 => (0usize..8, 0u8..64).prop_map(|(n, f)| Act::Letters(n, f)),
        2 => (0usize..8).prop_map(Act::Delete),
        2 => (0usize..8, 0u8..64).prop_map(|(n, f)| Act::Flag(n, f)),
        2 => (0usize..8).prop_map(Act::Expunge),
        2 => Just(Act::Look),
        1 => Just(Act::Restart),
    ]
}

fn letters(bits: u8) -> Flags {
    (0..6)
        .filter(|n| bits & (1 << n) != 0)
        .fold(Flags::NONE, |f, n| f.with(Flags::letter(b"DFPRST"[n])))
}

/// What the rows said at the last look.
#[derive(Default)]
struct Model {
    known: BTreeMap<Vec<u8>, u32>,
    highest: u32,
    mod_seq: u64,
    filed: HashMap<u8, usize>,
}

impl Model {
    fn look(&mut self, home: &Home) {
        let figures = home.store.snapshot(&home.anna, "INBOX").unwrap().figures;
        let id = home.inbox().id;
        let mut rows = BTreeMap::new();
        home.db
            .read(|c| -> Result<(), Error> {
                uid::visit(c, id, uid::Which::All, |uid, base, spot| {
                    let place = if spot.place == maildir::Place::New {
                        "new"
                    } else {
                        "cur"
                    };
                    rows.insert(base.to_vec(), (uid.0, place, spot.flags.to_string()));
                })?;
                Ok(())
            })
            .unwrap();
        let files = home.files();
        assert_eq!(rows.len(), files.len());
        let mut seen = HashSet::new();
        let before = self.highest;
        let known = std::mem::take(&mut self.known);
        for (base, (uid, place, flags)) in rows {
            assert_eq!(files[&base], (place, flags));
            assert!(seen.insert(uid), "{uid} twice");
            match known.get(&base) {
                Some(old) => assert_eq!(*old, uid, "a UID changed"),
                None => assert!(uid > before, "{uid} was given before"),
            }
            self.highest = self.highest.max(uid);
            self.known.insert(base, uid);
        }
        assert!(figures.uid_next.0 > self.highest);
        assert_eq!(figures.messages, files.len() as u64);
        assert!(figures.mod_seq.0 >= self.mod_seq);
        self.mod_seq = figures.mod_seq.0;
        assert_eq!(home.store.used(&home.anna).unwrap(), figures.bytes);
    }

    fn nth<'a>(&self, home: &'a Home, n: usize) -> Option<(Vec<u8>, (&'a str, String), PathBuf)> {
        let files = home.files();
        let (base, spot) = files.iter().nth(n % files.len().max(1))?;
        Some((base.clone(), spot.clone(), home.path(base, spot)))
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn uids_are_unique_ascending_and_never_given_twice(acts in proptest::collection::vec(act(), 1..25)) {
        let mut home = home();
        let mut model = Model::default();
        for act in acts {
            match act {
                Act::Deliver(n) => {
                    if let Filed::New(uid) = home.deliver(n, "body\nmore\r\n").unwrap() {
                        *model.filed.entry(n).or_default() += 1;
                        prop_assert!(uid.0 > model.highest);
                    }
                    prop_assert_eq!(model.filed[&n], 1);
                }
                Act::Crash(n) => {
                    let base = maildir::base_name(5, &unique(n), 4, 4);
                    let base = std::str::from_utf8(&base).unwrap();
                    if !model.filed.contains_key(&n) {
                        fs::write(home.maildir().join("new").join(base), "body").unwrap();
                        *model.filed.entry(n).or_default() += 1;
                        home.restart();
                    }
                    prop_assert_eq!(home.deliver(n, "body").unwrap(), Filed::Already);
                }
                Act::Strange(n) => {
                    let base = format!("17000000{n:02}.strange");
                    if !home.files().contains_key(base.as_bytes()) {
                        fs::write(home.maildir().join("new").join(base), "a\nb\r\n").unwrap();
                        // A name that comes back is a new message only if its going was seen.
                        model.look(&home);
                    }
                }
                Act::MoveToCur(n) => {
                    if let Some((base, (_, flags), path)) = model.nth(&home, n) {
                        fs::rename(path, home.path(&base, &("cur", flags))).unwrap();
                    }
                }
                Act::Letters(n, bits) => {
                    if let Some((base, _, path)) = model.nth(&home, n) {
                        fs::rename(path, home.path(&base, &("cur", letters(bits).to_string()))).unwrap();
                    }
                }
                Act::Delete(n) => {
                    if let Some((_, _, path)) = model.nth(&home, n) {
                        fs::remove_file(path).unwrap();
                        model.look(&home);
                    }
                }
                Act::Flag(n, bits) => {
                    if let Some(uid) = home.uids().get(n) {
                        let marks = Marks::flags(Change::Set(letters(bits)));
                        let now = home.inbox().mark(&[Uid(*uid)], &marks, None).unwrap();
                        prop_assert_eq!(now.entries[0].flags, letters(bits));
                        home.later();
                    }
                }
                Act::Expunge(n) => {
                    if let Some(uid) = home.uids().get(n) {
                        home.store.expunge(&home.anna, "INBOX", &[Uid(*uid)]).unwrap();
                        prop_assert!(!home.uids().contains(uid));
                        home.later();
                        // Another program may make a file of the same name again.
                        model.look(&home);
                    }
                }
                Act::Look => model.look(&home),
                Act::Restart => home.restart(),
            }
        }
        model.look(&home);
    }
}

#[cfg(feature = "faults")]
#[test]
fn a_letter_whose_name_is_not_on_the_disk_is_not_filed() {
    let home = home();
    home.deliver(1, "one").unwrap();
    let answer = crate::durable::fault::failing("fsync-folder", || home.deliver(2, "two"));
    assert!(matches!(answer, Err(Error::Io(_))), "{answer:?}");
    assert_eq!(home.files().len(), 1);
    assert!(matches!(home.deliver(2, "two"), Ok(Filed::New(_))));
    assert_eq!(home.snapshot().len(), 2);
}
