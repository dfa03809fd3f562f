//! What other programs, other sessions and a disk on a bad day do.

use super::*;
use std::os::unix::fs::symlink;

fn tag(name: &str) -> Marks {
    Marks {
        flags: Change::Add(Flags::NONE),
        keywords: vec![name.parse().unwrap()],
    }
}

fn add(flags: Flags) -> Marks {
    Marks::flags(Change::Add(flags))
}

impl Home {
    /// UID, flags, whether it has a keyword.
    fn marked(&self, mailbox: &Mailbox) -> Vec<(u32, String, bool)> {
        let snapshot = mailbox.snapshot().unwrap();
        let shown = snapshot.entries.iter().map(|e| {
            let tagged = !snapshot.keywords.of(e.keywords).is_empty();
            (e.uid.0, e.flags.to_string(), tagged)
        });
        shown.collect()
    }

    /// Gives the only file of a folder another name.
    fn rename_in(&self, from: &str, to: &str, info: &str) {
        let (base, spot) = self.files().into_iter().next().unwrap();
        assert_eq!(spot.0, from);
        let name = format!("{}{info}", std::str::from_utf8(&base).unwrap());
        fs::rename(self.path(&base, &spot), self.maildir().join(to).join(name)).unwrap();
        self.later();
    }
}

/// A session that was told of a mark expunges later: somebody may have taken the mark away meanwhile.
#[test]
fn only_what_is_marked_for_deletion_at_that_moment_goes() {
    let home = home();
    for n in 1..4 {
        home.deliver(n, "x").unwrap();
    }
    let inbox = home.inbox();
    let all = [Uid(1), Uid(2), Uid(3)];
    inbox.mark(&all, &add(Flags::TRASHED), None).unwrap();
    let change = Change::Remove(Flags::TRASHED);
    inbox.mark(&[Uid(1)], &Marks::flags(change), None).unwrap();
    // Another program's change counts as well.
    let name = |flags: &str| {
        home.path(
            &home.files().into_keys().nth(1).unwrap(),
            &("cur", flags.into()),
        )
    };
    fs::rename(name("T"), name("")).unwrap();
    home.later();
    let expunged = inbox.expunge_deleted(&all).unwrap();
    assert_eq!(expunged.gone.len(), 1);
    assert_eq!(expunged.kept, []);
    assert_eq!(home.uids().len(), 2);
    assert!(home.uids().contains(&1));
    assert_eq!(inbox.expunge(&all).unwrap().gone.len(), 3);
    assert_eq!(home.uids(), [0; 0]);
}

/// mutt flags an unread message where it lies; mbsync gives every unread one an empty info.
#[test]
fn an_info_in_new_is_no_other_message() {
    let home = home();
    home.deliver(1, "x").unwrap();
    let inbox = home.inbox();
    inbox.mark(&[Uid(1)], &tag("work"), None).unwrap();
    home.rename_in("new", "new", ":2,");
    assert_eq!(home.marked(&inbox), [(1, String::new(), true)]);
    home.rename_in("new", "new", ":2,F");
    assert_eq!(home.marked(&inbox), [(1, "F".into(), true)]);
    assert!(home.text(1).is_some());
    assert_eq!(
        home.files().into_values().next().unwrap(),
        ("cur", "F".to_owned())
    );

    fs::write(home.maildir().join("new/7.M1P1.host:2,"), "x\r\n").unwrap();
    home.later();
    assert_eq!(home.uids(), [1, 2]);
    inbox.mark(&[Uid(2)], &add(Flags::SEEN), None).unwrap();
    home.later();
    assert_eq!(home.marked(&inbox)[1], (2, "S".into(), false));
    assert!(home.maildir().join("cur/7.M1P1.host:2,S").exists());
}

/// A link to a disk that is not mounted, a folder that cannot be looked at.
#[test]
fn a_mailbox_that_cannot_be_looked_at_is_not_gone() {
    let mut home = home();
    let archive = home.mailbox("Archive");
    home.append(&archive, "x\r\n");
    archive.mark(&[Uid(1)], &tag("work"), None).unwrap();
    let before = archive.figures().unwrap();
    let folder = home.maildir().join(".Archive");
    let away = home.dir.path().join("disk");
    fs::rename(&folder, &away).unwrap();
    symlink(home.dir.path().join("not-mounted"), &folder).unwrap();
    let listed = |home: &Home| {
        let all = home.store.list(&home.anna).unwrap();
        all.iter().any(|l| l.name.as_str() == "Archive")
    };
    assert!(listed(&home));
    assert!(archive.rescan().is_err());
    home.restart();
    home.store.add_member(&home.anna).unwrap();
    assert!(listed(&home));
    assert!(home.store.snapshot(&home.anna, "Archive").is_err());
    fs::remove_file(&folder).unwrap();
    symlink(&away, &folder).unwrap();
    let archive = home.mailbox("Archive");
    assert_eq!(archive.figures().unwrap().uid_validity, before.uid_validity);
    assert_eq!(home.marked(&archive), [(1, String::new(), true)]);
}

/// Whoever hears that a copy was made deletes the original.
#[test]
fn a_copy_that_cannot_be_made_is_not_done() {
    let home = home();
    home.deliver(1, "x").unwrap();
    let (inbox, archive) = (home.inbox(), home.mailbox("Archive"));
    // Its name is not the one that we would write, and it cannot be given that.
    home.rename_in("new", "cur", ":2,SF");
    let copied = crate::durable::fault::failing("rename", || inbox.copy(&[Uid(1)], &archive));
    assert!(matches!(copied, Err(Error::Io(_))), "{copied:?}");
    assert_eq!(archive.figures().unwrap().messages, 0);
    home.later();
    assert_eq!(inbox.copy(&[Uid(1)], &archive).unwrap().pairs.len(), 1);
    // The mailbox it is in is gone, not the one it goes to.
    let old = home.store.create(&home.anna, "Old", None).unwrap();
    home.append(&old, "x\r\n");
    home.store.delete(&home.anna, "Old").unwrap();
    let copied = old.copy(&[Uid(1)], &archive);
    assert!(matches!(copied, Err(Error::Io(_))), "{copied:?}");
}

/// A name that changed behind the back of the rows is found again before the mark is called set.
#[test]
fn a_mark_is_set_although_another_program_renamed_the_file() {
    let home = home();
    home.deliver(1, "x").unwrap();
    let inbox = home.inbox();
    home.uids();
    let old = SystemTime::now() - Duration::from_secs(3600);
    home.set_stamps(old);
    home.later();
    home.uids();
    // Nothing of it shows in the stamps.
    let (base, spot) = home.files().into_iter().next().unwrap();
    fs::rename(
        home.path(&base, &spot),
        home.path(&base, &("cur", "R".into())),
    )
    .unwrap();
    home.set_stamps(old);
    let marked = inbox.mark(&[Uid(1)], &add(Flags::SEEN), None).unwrap();
    assert_eq!(marked.entries.len(), 1);
    assert_eq!(home.marked(&inbox), [(1, "RS".into(), false)]);
}

/// The limit of a mailbox is told before a file has another name.
#[test]
fn a_move_that_is_refused_has_moved_nothing() {
    let home = home();
    home.deliver(1, "x").unwrap();
    let (inbox, archive) = (home.inbox(), home.mailbox("Archive"));
    for part in 0..10 {
        home.append(&archive, "x\r\n");
        let keywords = (0..100).map(|n| format!("k{part}-{n}").parse().unwrap());
        let change = Marks {
            flags: Change::Add(Flags::NONE),
            keywords: keywords.collect(),
        };
        archive.mark(&[Uid(part + 1)], &change, None).unwrap();
    }
    inbox.mark(&[Uid(1)], &tag("one-more"), None).unwrap();
    let moved = inbox.move_to(&[Uid(1)], &archive);
    assert!(matches!(moved, Err(Error::TooManyKeywords)), "{moved:?}");
    assert_eq!(home.marked(&inbox), [(1, String::new(), true)]);
    assert_eq!(archive.figures().unwrap().messages, 10);
}

/// A file that cannot be read is tried again after a while, not at each look.
#[test]
fn what_cannot_be_read_does_not_make_every_look_a_listing() {
    let home = home();
    home.deliver(1, "x").unwrap();
    home.uids();
    symlink("nowhere", home.maildir().join("cur/9.M1P1.host:2,")).unwrap();
    home.set_stamps(SystemTime::now() - Duration::from_secs(3600));
    home.later();
    assert_eq!(home.uids(), [1]);
    // A file that comes without a trace in the stamps shows only when the folder is listed.
    fs::write(home.maildir().join("cur/8.M1P1.host:2,"), "x\r\n").unwrap();
    home.set_stamps(SystemTime::now() - Duration::from_secs(3600));
    let stamp = SystemTime::now() - Duration::from_secs(1800);
    home.set_stamps(stamp);
    assert_eq!(home.uids(), [1, 2]);
    fs::remove_file(home.maildir().join("cur/8.M1P1.host:2,")).unwrap();
    home.set_stamps(stamp);
    assert_eq!(home.uids(), [1, 2]);
    home.later();
    assert_eq!(home.uids(), [1]);
}

/// The rows could not follow: whoever hears no finds the messages where they were, with their tags.
#[test]
fn a_move_whose_rows_cannot_follow_is_taken_back() {
    let home = home();
    home.deliver(1, "x").unwrap();
    let (inbox, archive) = (home.inbox(), home.mailbox("Archive"));
    inbox.mark(&[Uid(1)], &tag("work"), None).unwrap();
    let rule = "CREATE TRIGGER no BEFORE INSERT ON mailbox_messages
         WHEN NEW.mailbox = (SELECT id FROM mailboxes WHERE special_use = 'archive')
         BEGIN SELECT RAISE(ABORT, 'no'); END";
    home.db
        .write(|c| Ok::<_, Error>(c.execute_batch(rule)?))
        .unwrap();
    assert!(inbox.move_to(&[Uid(1)], &archive).is_err());
    assert_eq!(home.marked(&inbox), [(1, String::new(), true)]);
    home.db
        .write(|c| Ok::<_, Error>(c.execute_batch("DROP TRIGGER no")?))
        .unwrap();
    assert_eq!(archive.figures().unwrap().messages, 0);
    assert_eq!(
        inbox.move_to(&[Uid(1)], &archive).unwrap().pairs,
        [(Uid(1), Uid(1))]
    );
    assert_eq!(home.marked(&archive), [(1, String::new(), true)]);
}

/// `scp` into cur/ gives a letter its name before its bytes. Who was told of the half has that; the whole is another message.
#[test]
fn a_file_that_grew_after_it_was_seen_is_another_message() {
    for (half, rest) in [
        ("Subject: x\r\n\r\nhalf", " and whole\r\n"),
        ("Subject: x\n\nhalf", " and\nwhole\n"),
    ] {
        let home = home();
        home.deliver(1, "first").unwrap();
        let inbox = home.inbox();
        let path = home.maildir().join("cur/17.M1P1.host:2,F");
        fs::write(&path, half).unwrap();
        assert_eq!(home.uids(), [1, 2]);
        inbox.mark(&[Uid(2)], &tag("work"), None).unwrap();
        let before = inbox.figures().unwrap();
        let mut file = fs::OpenOptions::new().append(true).open(&path).unwrap();
        io::Write::write_all(&mut file, rest.as_bytes()).unwrap();
        assert!(inbox.message(Uid(2)).unwrap().is_none());
        let changes = inbox.changes_since(before.mod_seq).unwrap();
        assert_eq!(changes.vanished, [Uid(2)]);
        assert_eq!(home.marked(&inbox)[1], (3, "F".into(), true));
        let whole = format!("{half}{rest}").replace("\r\n", "\n");
        let whole = whole.replace('\n', "\r\n");
        assert_eq!(home.text(3).unwrap(), whole);
        assert_eq!(
            inbox.figures().unwrap().bytes,
            home.snapshot()[0].size + whole.len() as u64
        );

        // Cut short, and copied before anybody read it.
        let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
        file.set_len(12).unwrap();
        let archive = home.mailbox("Archive");
        let copied = inbox.copy(&[Uid(1), Uid(3)], &archive).unwrap();
        assert_eq!(copied.pairs, [(Uid(1), Uid(1))]);
        assert_eq!(home.marked(&inbox)[1], (4, "F".into(), true));
        let moved = inbox.move_to(&[Uid(3), Uid(4)], &archive).unwrap();
        assert_eq!(moved.pairs, [(Uid(4), Uid(2))]);
        let message = archive.message(Uid(2)).unwrap().unwrap();
        assert_eq!(
            io::read_to_string(message).unwrap().len() as u64,
            archive.snapshot().unwrap().entries[1].size
        );
    }
}

/// However many: each gets its new UID in one round.
#[test]
fn files_that_grew_keep_no_copy_from_being_made() {
    let home = home();
    home.deliver(1, "first").unwrap();
    let (inbox, archive) = (home.inbox(), home.mailbox("Archive"));
    let grown: Vec<_> = (0..5)
        .map(|n| home.maildir().join(format!("cur/{n}.M1P1.host:2,F")))
        .collect();
    for path in &grown {
        fs::write(path, "Subject: x\r\n\r\nhalf").unwrap();
    }
    let uids: Vec<Uid> = home.uids().into_iter().map(Uid).collect();
    assert_eq!(uids.len(), 6);
    for path in &grown {
        fs::write(path, "Subject: x\r\n\r\nhalf and whole\r\n").unwrap();
    }
    let copied = inbox.copy(&uids, &archive).unwrap();
    assert_eq!(copied.pairs, [(Uid(1), Uid(1))]);
    assert_eq!(home.uids(), [1, 7, 8, 9, 10, 11]);
    let all: Vec<Uid> = home.uids().into_iter().map(Uid).collect();
    assert_eq!(inbox.copy(&all, &archive).unwrap().pairs.len(), 6);
}

/// What mutt does right after a look leaves the same stamp as what came right before it.
/// A mailbox may be a link to another disk, and that disk may be broken: the others are there all the same.
#[test]
fn a_mailbox_that_cannot_be_swept_keeps_no_home_from_starting() {
    let home = home();
    home.store.create(&home.anna, "Films", None).unwrap();
    let folder = home.maildir().join(".Films");
    fs::remove_dir_all(folder.join("tmp")).unwrap();
    File::create(folder.join("tmp")).unwrap();
    // A folder is what no program can remove as a file.
    let stuck = "anna/Maildir/.Films/new";
    home.db
        .write(move |c| {
            let row = "INSERT INTO mailbox_unfinished (path) VALUES (?1)";
            c.execute(row, [stuck.as_bytes()])?;
            Ok::<_, Error>(())
        })
        .unwrap();
    let Home { dir, db, store, .. } = home;
    drop((db, store));
    let path = dir.path().to_owned();
    let home = Home::at(dir, &path);
    // Somebody may see what stays, and delete the other copy: the next start must not remove this one.
    let left = home.db.read(|c| {
        let count = "SELECT count(*) FROM mailbox_unfinished";
        Ok::<i64, Error>(c.query_row(count, [], |row| row.get(0))?)
    });
    assert_eq!(left.unwrap(), 0);
}

#[test]
fn a_rename_within_one_tick_of_the_clock_is_noticed() {
    let home = home();
    home.deliver(1, "x").unwrap();
    for coarse in [false, true] {
        // Again where this machine was not quick enough.
        loop {
            let (base, spot) = home.files().into_iter().next().unwrap();
            let now = SystemTime::now();
            let since = now.duration_since(SystemTime::UNIX_EPOCH).unwrap();
            // On a disk with whole seconds the stamp of a change is up to a second before it.
            let before = u64::from(since.subsec_millis() < 200);
            let (stamp, most) = match coarse {
                true => (Duration::from_secs(since.as_secs() - before), 2000),
                false => (since, 80),
            };
            let stamp = SystemTime::UNIX_EPOCH + stamp;
            home.set_stamps(stamp);
            home.later();
            let before = home.snapshot()[0].flags;
            let quick = stamp.elapsed().unwrap() < Duration::from_millis(most);
            let flags = if spot.1 == "S" { "FS" } else { "S" };
            let other = home.path(&base, &("cur", flags.into()));
            fs::rename(home.path(&base, &spot), other).unwrap();
            home.set_stamps(stamp);
            let after = home.snapshot()[0].flags;
            if quick {
                assert_ne!(after, before, "coarse: {coarse}");
                break;
            }
            home.later();
        }
    }
}

#[cfg(feature = "faults")]
#[test]
fn a_move_that_is_refused_leaves_no_keywords_there() {
    let home = home();
    home.deliver(1, "x").unwrap();
    let (inbox, archive) = (home.inbox(), home.mailbox("Archive"));
    inbox.mark(&[Uid(1)], &tag("work"), None).unwrap();
    let sets = || {
        let count = "SELECT count(*) FROM mailbox_keywords";
        let count = home
            .db
            .read(|c| Ok::<i64, Error>(c.query_row(count, [], |r| r.get(0))?));
        count.unwrap()
    };
    assert_eq!(sets(), 1);
    for act in ["rename", "fsync-folder"] {
        let moved = crate::durable::fault::failing(act, || inbox.move_to(&[Uid(1)], &archive));
        assert!(matches!(moved, Err(Error::Io(_))), "{moved:?}");
        assert_eq!(sets(), 1, "{act}");
    }
    home.later();
    inbox.move_to(&[Uid(1)], &archive).unwrap();
    assert_eq!(sets(), 2);
    assert!(home.marked(&archive)[0].2);
}

/// The first of two was renamed, or removed, after the last look, and nothing shows it.
#[test]
fn a_move_of_which_a_part_has_gone_elsewhere_moves_the_rest() {
    for removed in [false, true] {
        let home = home();
        home.deliver(1, "x").unwrap();
        home.deliver(2, "y").unwrap();
        let (inbox, archive) = (home.inbox(), home.mailbox("Archive"));
        let old = SystemTime::now() - Duration::from_secs(3600);
        home.set_stamps(old);
        home.later();
        assert_eq!(home.uids(), [1, 2]);
        let first = maildir::base_name(0, &unique(1), 0, 0);
        let first = String::from_utf8_lossy(&first[2..36]).into_owned();
        let (base, spot) = home
            .files()
            .into_iter()
            .find(|(base, _)| String::from_utf8_lossy(base).contains(&first))
            .unwrap();
        let path = home.path(&base, &spot);
        if removed {
            fs::remove_file(path).unwrap();
        } else {
            fs::rename(path, home.path(&base, &("cur", "S".into()))).unwrap();
        }
        home.set_stamps(old);
        let moved = inbox.move_to(&[Uid(1), Uid(2)], &archive).unwrap();
        let came: Vec<Uid> = moved.pairs.iter().map(|(from, _)| *from).collect();
        let expected = if removed {
            vec![Uid(2)]
        } else {
            vec![Uid(1), Uid(2)]
        };
        assert_eq!(came, expected);
        assert_eq!(home.uids(), [0; 0]);
        let mut flags: Vec<String> = home.marked(&archive).into_iter().map(|m| m.1).collect();
        flags.sort();
        assert_eq!(flags, if removed { vec![""] } else { vec!["", "S"] });
        assert!(home.files().is_empty());
    }
}
