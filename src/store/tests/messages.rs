//! Append, copy, move, flags, keywords, figures, ranges.

use super::*;
use std::io::{Seek, SeekFrom};

fn keyword(name: &str) -> Keyword {
    name.parse().unwrap()
}

fn keywords(names: &[&str]) -> Vec<Keyword> {
    names.iter().map(|n| keyword(n)).collect()
}

fn marks(flags: Change, names: &[&str]) -> Marks {
    Marks {
        flags,
        keywords: keywords(names),
    }
}

impl Home {
    /// UID, flags, keywords of each.
    fn shown(&self, mailbox: &Mailbox) -> Vec<String> {
        let snapshot = mailbox.snapshot().unwrap();
        let shown = snapshot.entries.iter().map(|e| {
            let names: Vec<_> = snapshot
                .keywords
                .of(e.keywords)
                .iter()
                .map(Keyword::as_str)
                .collect();
            format!("{} {} {}", e.uid, e.flags, names.join(" "))
                .trim_end()
                .to_owned()
        });
        shown.collect()
    }

    fn content(&self, mailbox: &Mailbox, text: &str) -> Incoming {
        let mut incoming = mailbox.incoming(0).unwrap();
        incoming.add(text.as_bytes()).unwrap();
        incoming
    }

    fn texts(&self, mailbox: &Mailbox) -> Vec<String> {
        let uids = mailbox.snapshot().unwrap();
        let text = |uid| {
            let mut text = String::new();
            let mut message = mailbox.message(uid).unwrap().unwrap();
            message.read_to_string(&mut text).unwrap();
            text
        };
        uids.entries.iter().map(|e| text(e.uid)).collect()
    }

    /// What figures say, counted anew from the entries.
    fn assert_figures(&self, mailbox: &Mailbox) {
        let Snapshot {
            figures, entries, ..
        } = mailbox.snapshot().unwrap();
        let deleted = || entries.iter().filter(|e| e.flags.has(Flags::TRASHED));
        assert_eq!(figures.messages, entries.len() as u64);
        assert_eq!(figures.bytes, entries.iter().map(|e| e.size).sum::<u64>());
        assert_eq!(
            figures.unseen,
            entries.iter().filter(|e| !e.flags.has(Flags::SEEN)).count() as u64
        );
        assert_eq!(figures.deleted, deleted().count() as u64);
        assert_eq!(
            figures.deleted_bytes,
            deleted().map(|e| e.size).sum::<u64>()
        );
    }
}

#[test]
fn messages_are_appended_together_with_flags_keywords_and_date() {
    let mut home = home();
    let drafts = home.mailbox("Drafts");
    let messages = vec![
        Appended {
            content: home.content(&drafts, "a\nb\n"),
            flags: Flags::SEEN.with(Flags::DRAFT),
            keywords: keywords(&["$Label1", "Work"]),
            arrived: Some(-86_400),
        },
        Appended {
            content: home.content(&drafts, "c\r\n"),
            flags: Flags::NONE,
            keywords: keywords(&["work"]),
            arrived: None,
        },
    ];
    let (validity, uids) = drafts.append(messages).unwrap();
    assert_eq!(uids, [Uid(1), Uid(2)]);
    assert_eq!(validity, drafts.figures().unwrap().uid_validity);
    assert_eq!(home.shown(&drafts), ["1 DS $Label1 Work", "2  Work"]);
    assert_eq!(home.texts(&drafts), ["a\r\nb\r\n", "c\r\n"]);
    let entries = drafts.snapshot().unwrap().entries;
    assert_eq!(entries[0].arrived, -86_400);
    assert!(crate::clock::wall_seconds() - entries[1].arrived < 1000);
    home.assert_figures(&drafts);
    // The file says the date as well, should the rows be lost.
    fs::remove_file(home.dir.path().join("toxmail.db")).unwrap();
    home.restart();
    home.store.add_member(&home.anna).unwrap();
    let entries = home.mailbox("Drafts").snapshot().unwrap().entries;
    let old = entries.iter().find(|e| e.flags.has(Flags::SEEN)).unwrap();
    assert_eq!((old.arrived, old.size), (-86_400, 6));
}

#[test]
fn an_append_that_ends_early_or_is_too_big_leaves_nothing() {
    let home = home_with(Quota {
        bytes: 100,
        reserve_bytes: 0,
    });
    let sent = home.mailbox("Sent");
    drop(home.content(&sent, "half"));
    let mut incoming = sent.incoming(0).unwrap();
    assert!(matches!(
        incoming.add(&[b'x'; 101]),
        Err(Error::OverQuota(_))
    ));
    drop(incoming);
    // What the same command has brought counts.
    let first = Appended {
        content: home.content(&sent, &"x".repeat(60)),
        flags: Flags::NONE,
        keywords: vec![],
        arrived: None,
    };
    let mut second = sent.incoming(0).unwrap();
    assert!(matches!(second.add(&[b'x'; 60]), Err(Error::OverQuota(_))));
    drop((first, second));
    assert_eq!(sent.figures().unwrap().messages, 0);
    assert_eq!(fs::read_dir(home.maildir().join("tmp")).unwrap().count(), 0);
    home.append(&sent, &"x".repeat(60));
    let copied = sent.copy(&[Uid(1)], &home.inbox());
    assert!(matches!(copied, Err(Error::OverQuota(_))));
    sent.move_to(&[Uid(1)], &home.inbox()).unwrap();
    assert_eq!(
        home.store.usage(&home.anna).unwrap(),
        Usage {
            bytes: 60,
            limit: Some(100)
        }
    );
}

/// Each would fit alone.
#[test]
fn messages_that_come_at_the_same_time_pass_the_quota_together() {
    let home = home_with(Quota {
        bytes: 100,
        reserve_bytes: 0,
    });
    let sent = home.mailbox("Sent");
    let announced = sent.incoming(60).unwrap();
    let refused = sent.incoming(60);
    assert!(matches!(refused.map(drop), Err(Error::OverQuota(_))));
    let mut other = home.inbox().incoming(40).unwrap();
    other.add(&[b'x'; 40]).unwrap();
    assert!(matches!(other.add(b"x"), Err(Error::OverQuota(_))));
    drop((announced, other));

    // What was filed since it was announced counts as well.
    let mut longer = sent.incoming(10).unwrap();
    home.deliver(9, &"x".repeat(48)).unwrap();
    longer.add(&[b'x'; 40]).unwrap();
    assert!(matches!(longer.add(b"x"), Err(Error::OverQuota(_))));
    drop(longer);
    home.inbox().expunge(&[Uid(1)]).unwrap();

    // What arrives meanwhile is nobody's who only announces; it is told when it has come.
    let appended = |text: &str| Appended {
        content: home.content(&sent, text),
        flags: Flags::NONE,
        keywords: vec![],
        arrived: None,
    };
    let coming = vec![appended(&"x".repeat(30)), appended(&"x".repeat(30))];
    home.deliver(1, &"x".repeat(48)).unwrap();
    assert_eq!(home.store.used(&home.anna).unwrap(), 60);
    let refused = sent.append(coming);
    assert!(matches!(refused, Err(Error::OverQuota(_))), "{refused:?}");
    assert_eq!(sent.figures().unwrap().messages, 0);
    sent.append(vec![appended(&"x".repeat(40))]).unwrap();
    assert!(matches!(home.deliver(2, ""), Err(Error::OverQuota(_))));
    assert!(lock(&home.store.inner.limits.coming).is_empty());
}

#[test]
fn copies_are_the_same_message_with_new_uids() {
    let home = home();
    for (n, text) in ["a", "b", "c"].iter().enumerate() {
        home.deliver(n as u8, text).unwrap();
    }
    let (inbox, trash) = (home.inbox(), home.mailbox("Trash"));
    home.append(&trash, "before");
    let all = marks(Change::Add(Flags::FLAGGED), &["Todo"]);
    inbox.mark(&[Uid(1), Uid(3)], &all, None).unwrap();
    let copied = inbox
        .copy(&[Uid(3), Uid(1), Uid(9), Uid(1)], &trash)
        .unwrap();
    assert_eq!(copied.pairs, [(Uid(1), Uid(2)), (Uid(3), Uid(3))]);
    assert_eq!(copied.uid_validity, trash.figures().unwrap().uid_validity);
    assert_eq!(home.shown(&trash), ["1", "2 F Todo", "3 F Todo"]);
    assert_eq!(
        home.texts(&trash)[1..],
        ["Subject: x\r\na", "Subject: x\r\nc"]
    );
    assert_eq!(inbox.figures().unwrap().messages, 3);
    let of = |mailbox: &Mailbox, uid| mailbox.email_ids(&[Uid(uid)]).unwrap()[0].1;
    assert_eq!(of(&inbox, 1), of(&trash, 2));
    assert_ne!(of(&inbox, 1), of(&inbox, 2));
    // A copy of a copy, beside it.
    let again = trash.copy(&[Uid(2)], &trash).unwrap();
    assert_eq!(again.pairs, [(Uid(2), Uid(4))]);
    assert_eq!(of(&trash, 4), of(&inbox, 1));
    // The times of arrival are those of the first.
    let arrived = |mailbox: &Mailbox| mailbox.snapshot().unwrap().entries.to_vec();
    assert_eq!(arrived(&trash)[1].arrived, arrived(&inbox)[0].arrived);
    home.assert_figures(&trash);
    home.assert_figures(&inbox);
}

#[test]
fn a_moved_message_is_in_one_place_and_the_pairs_are_told() {
    let home = home();
    for n in 0..3 {
        home.deliver(n, "body").unwrap();
    }
    let (inbox, archive) = (home.inbox(), home.mailbox("Archive"));
    let before = inbox.figures().unwrap();
    inbox
        .mark(&[Uid(2)], &marks(Change::Set(Flags::SEEN), &["kept"]), None)
        .unwrap();
    let id = inbox.email_ids(&[Uid(2)]).unwrap()[0].1;
    let moved = inbox.move_to(&[Uid(2), Uid(3)], &archive).unwrap();
    assert_eq!(moved.pairs, [(Uid(2), Uid(1)), (Uid(3), Uid(2))]);
    assert_eq!(home.shown(&archive), ["1 S kept", "2"]);
    assert_eq!(home.shown(&inbox), ["1"]);
    assert_eq!(archive.email_ids(&[Uid(1)]).unwrap()[0].1, id);
    let changes = inbox.changes_since(before.mod_seq).unwrap();
    assert_eq!(changes.vanished, [Uid(2), Uid(3)]);
    home.assert_figures(&inbox);
    home.assert_figures(&archive);
    // It was delivered, and is not again.
    assert_eq!(home.deliver(1, "body").unwrap(), Filed::Already);
    // Into the mailbox where it is.
    let moved = archive.move_to(&[Uid(1)], &archive).unwrap();
    assert_eq!(moved.pairs, [(Uid(1), Uid(3))]);
    assert_eq!(home.shown(&archive), ["2", "3 S kept"]);
    // And back, where its file name was used before.
    let moved = archive.move_to(&[Uid(2), Uid(3)], &inbox).unwrap();
    assert_eq!(moved.pairs, [(Uid(2), Uid(4)), (Uid(3), Uid(5))]);
    assert_eq!(home.files().len(), 3);
    home.assert_figures(&inbox);
}

#[test]
fn letters_of_another_program_do_not_follow_into_another_mailbox() {
    let home = home();
    fs::write(home.maildir().join("cur/1.M1P1.host:2,Sab"), "x\r\n").unwrap();
    let (inbox, sent) = (home.inbox(), home.mailbox("Sent"));
    inbox.copy(&[Uid(1)], &sent).unwrap();
    assert_eq!(home.shown(&sent), ["1 S"]);
    inbox.copy(&[Uid(1)], &inbox).unwrap();
    assert_eq!(home.shown(&inbox), ["1 Sab", "2 Sab"]);
}

#[test]
fn keywords_keep_their_case_and_are_compared_without_it() {
    let mut home = home();
    home.deliver(1, "a").unwrap();
    home.deliver(2, "b").unwrap();
    let inbox = home.inbox();
    let both = [Uid(1), Uid(2)];
    inbox
        .mark(
            &both,
            &marks(Change::Add(Flags::NONE), &["$Forwarded", "Familie"]),
            None,
        )
        .unwrap();
    let before = inbox.figures().unwrap().mod_seq;
    // Again, in other letters: nothing changes.
    let again = inbox
        .mark(&both, &marks(Change::Add(Flags::NONE), &["FAMILIE"]), None)
        .unwrap();
    assert_eq!(inbox.figures().unwrap().mod_seq, before);
    assert_eq!(again.entries.len(), 2);
    let marked = inbox
        .mark(
            &[Uid(2)],
            &marks(Change::Remove(Flags::SEEN), &["familie"]),
            None,
        )
        .unwrap();
    assert!(marked.entries[0].mod_seq > before);
    assert_eq!(
        home.shown(&inbox),
        ["1  $Forwarded Familie", "2  $Forwarded"]
    );
    // STORE FLAGS () takes all away.
    inbox
        .mark(&[Uid(2)], &marks(Change::Set(Flags::SEEN), &[]), None)
        .unwrap();
    home.restart();
    let inbox = home.inbox();
    assert_eq!(home.shown(&inbox), ["1  $Forwarded Familie", "2 S"]);
    let all: Vec<_> = inbox.snapshot().unwrap().keywords.all().to_vec();
    assert_eq!(all, keywords(&["$forwarded", "FAMILIE"]));
    // What no message has is not listed for ever.
    inbox
        .mark(
            &[Uid(1)],
            &marks(Change::Set(Flags::NONE), &["Familie"]),
            None,
        )
        .unwrap();
    home.restart();
    let known = home.inbox().snapshot().unwrap().keywords;
    assert_eq!(known.all(), keywords(&["Familie"]));
    for bad in ["", "a b", "\\Seen", "a]", "a%", "ü", "(", &"x".repeat(129)] {
        assert!(bad.parse::<Keyword>().is_err(), "{bad}");
    }
}

#[test]
fn keywords_have_a_limit_and_what_is_over_it_changes_nothing() {
    let home = home();
    home.deliver(1, "a").unwrap();
    let inbox = home.inbox();
    let names: Vec<String> = (0..=keywords::MAX_OF_MESSAGE)
        .map(|n| format!("k{n}"))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let too_many = inbox.mark(&[Uid(1)], &marks(Change::Add(Flags::SEEN), &names), None);
    assert!(matches!(too_many, Err(Error::TooManyKeywords)));
    assert_eq!(home.shown(&inbox), ["1"]);
    let most = marks(Change::Add(Flags::SEEN), &names[1..]);
    inbox.mark(&[Uid(1)], &most, None).unwrap();
    assert_eq!(
        inbox.snapshot().unwrap().keywords.all().len(),
        keywords::MAX_OF_MESSAGE
    );
    let one_more = inbox.mark(&[Uid(1)], &marks(Change::Add(Flags::NONE), &["k0"]), None);
    assert!(matches!(one_more, Err(Error::TooManyKeywords)));
}

#[test]
fn a_change_is_refused_for_each_message_that_changed_since() {
    let home = home();
    for n in 0..3 {
        home.deliver(n, "x").unwrap();
    }
    let inbox = home.inbox();
    let known = inbox.figures().unwrap().mod_seq;
    let other = inbox
        .mark(
            &[Uid(2)],
            &marks(Change::Add(Flags::NONE), &["other"]),
            None,
        )
        .unwrap();
    assert!(other.entries[0].mod_seq > known);
    let all = [Uid(1), Uid(2), Uid(3), Uid(7)];
    let seen = marks(Change::Add(Flags::SEEN), &[]);
    let marked = inbox.mark(&all, &seen, Some(known)).unwrap();
    assert_eq!(marked.modified, [Uid(2)]);
    let changed: Vec<_> = marked.entries.iter().map(|e| (e.uid.0, e.flags)).collect();
    assert_eq!(changed, [(1, Flags::SEEN), (3, Flags::SEEN)]);
    assert_eq!(home.shown(&inbox), ["1 S", "2  other", "3 S"]);
    // Two who test and set the same: one of them is told.
    let known = inbox.figures().unwrap().mod_seq;
    let refused: usize = std::thread::scope(|scope| {
        let each = [0, 1].map(|n| {
            let inbox = &inbox;
            let names: &[&str] = if n == 0 { &["first"] } else { &["second"] };
            scope.spawn(move || {
                let change = marks(Change::Add(Flags::NONE), names);
                inbox
                    .mark(&[Uid(1)], &change, Some(known))
                    .unwrap()
                    .modified
                    .len()
            })
        });
        each.into_iter().map(|t| t.join().unwrap()).sum()
    });
    assert_eq!(refused, 1);
}

#[test]
fn a_listing_that_is_kept_warm_is_the_one_that_the_rows_have() {
    let home = home();
    let (inbox, trash) = (home.inbox(), home.mailbox("Trash"));
    for n in 0..20 {
        home.deliver(n, "x").unwrap();
        let last = Uid(inbox.figures().unwrap().uid_next.0 - 1);
        match n % 5 {
            0 => drop(inbox.mark(
                &[last, Uid(1)],
                &marks(Change::Add(Flags::SEEN), &["k"]),
                None,
            )),
            1 => drop(inbox.expunge(&[Uid(last.0 - 1)])),
            2 => drop(inbox.move_to(&[Uid(2), last], &trash)),
            3 => drop(trash.copy(&[Uid(1)], &inbox)),
            _ => {}
        }
        let warm = inbox.snapshot().unwrap();
        let id = inbox.id;
        let rows = home
            .db
            .read(|c| Ok::<_, Error>(uid::entries(c, id)?))
            .unwrap();
        assert_eq!(*warm.entries, rows);
        home.assert_figures(&inbox);
        // Nothing happened: it is the very same.
        assert!(Arc::ptr_eq(
            &warm.entries,
            &inbox.snapshot().unwrap().entries
        ));
    }
}

#[test]
fn the_lists_that_are_kept_have_a_limit() {
    let home = home();
    let (inbox, trash) = (home.inbox(), home.mailbox("Trash"));
    let kept = |m: &Mailbox| lock(&m.opened().unwrap().warm).is_some();
    inbox.snapshot().unwrap();
    trash.snapshot().unwrap();
    assert!(kept(&inbox) && kept(&trash));
    // As if the inbox were as big as that.
    lock(&home.store.inner.warm)[0].1 = 200_001;
    trash.snapshot().unwrap();
    assert!(!kept(&inbox) && kept(&trash));
    // Two big ones that are read at the same time do not throw each other out with every portion.
    home.deliver(1, "a").unwrap();
    home.deliver(2, "b").unwrap();
    let all = [Uid(1), Uid(2), Uid(7)];
    let entries = inbox.entries(&all).unwrap();
    assert!(!kept(&inbox) && kept(&trash));
    assert_eq!(entries, *inbox.snapshot().unwrap().entries);
    assert!(kept(&inbox));
    assert_eq!(inbox.entries(&all).unwrap(), entries);
    inbox.expunge(&[Uid(1)]).unwrap();
    assert_eq!(inbox.entries(&all).unwrap(), entries[1..]);
}

#[test]
fn own_changes_do_not_list_the_folder_again() {
    let home = home();
    home.deliver(1, "a").unwrap();
    home.deliver(2, "b").unwrap();
    let old = SystemTime::now() - Duration::from_secs(3600);
    home.set_stamps(old);
    let inbox = home.inbox();
    inbox.snapshot().unwrap();
    inbox
        .mark(&[Uid(1)], &marks(Change::Add(Flags::SEEN), &[]), None)
        .unwrap();
    // A file that comes without a trace in the stamps shows only when the folder is listed.
    let (new, cur) = (home.maildir().join("new"), home.maildir().join("cur"));
    let stamps = [&new, &cur].map(|f| fs::metadata(f).unwrap().modified().unwrap());
    fs::write(cur.join("1.M1P1.host:2,"), "x\r\n").unwrap();
    for (folder, stamp) in [&new, &cur].into_iter().zip(stamps) {
        File::open(folder).unwrap().set_modified(stamp).unwrap();
    }
    assert!(!inbox.rescan().unwrap());
    // What another program does later shows at once.
    File::open(&cur).unwrap().set_modified(old).unwrap();
    assert!(inbox.rescan().unwrap());
    assert_eq!(inbox.figures().unwrap().messages, 3);
}

#[test]
fn recent_messages_are_recent_for_one_session() {
    let mut home = home();
    home.deliver(1, "a").unwrap();
    home.deliver(2, "b").unwrap();
    let inbox = home.inbox();
    assert_eq!(inbox.recent().unwrap(), Uid(1));
    assert_eq!(inbox.claim_recent(Uid(3)).unwrap(), Uid(1));
    assert_eq!(inbox.claim_recent(Uid(3)).unwrap(), Uid(3));
    home.deliver(3, "c").unwrap();
    home.restart();
    assert_eq!(home.inbox().recent().unwrap(), Uid(3));
}

#[test]
fn a_message_is_read_from_any_octet_on() {
    let home = home();
    let lf = "Subject: x\nTo: y\n\nbody\nmore\n";
    let crlf = lf.replace('\n', "\r\n");
    home.store
        .deliver(&home.anna, "INBOX", &unique(1), b"", &mut lf.as_bytes())
        .unwrap();
    home.store
        .deliver(&home.anna, "INBOX", &unique(2), b"", &mut crlf.as_bytes())
        .unwrap();
    for uid in [1, 2] {
        let mut message = home.inbox().message(Uid(uid)).unwrap().unwrap();
        assert_eq!(
            message.header(1000).unwrap(),
            b"Subject: x\r\nTo: y\r\n\r\n"
        );
        assert_eq!(message.header(13).unwrap(), b"Subject: x\r\nT");
        for at in [0, 11, 12, 3, crlf.len(), crlf.len() + 9, 20, 19] {
            assert_eq!(message.seek(SeekFrom::Start(at as u64)).unwrap(), at as u64);
            let mut rest = String::new();
            message.read_to_string(&mut rest).unwrap();
            assert_eq!(rest, crlf.get(at..).unwrap_or(""));
        }
        assert_eq!(
            message.seek(SeekFrom::End(-6)).unwrap(),
            crlf.len() as u64 - 6
        );
        assert_eq!(
            message.seek(SeekFrom::Current(2)).unwrap(),
            crlf.len() as u64 - 4
        );
        let mut rest = String::new();
        message.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "re\r\n");
        assert!(message.seek(SeekFrom::Current(-1000)).is_err());
    }
    // A header section alone, and one longer than it is read at once.
    let long = format!("Subject: {}\r\n\r\nx", "y".repeat(20_000));
    home.append(&home.inbox(), &long);
    let mut message = home.inbox().message(Uid(3)).unwrap().unwrap();
    assert_eq!(message.header(1 << 20).unwrap().len(), long.len() - 1);
    home.append(&home.inbox(), "\r\nno header");
    let mut message = home.inbox().message(Uid(4)).unwrap().unwrap();
    assert_eq!(message.header(1 << 20).unwrap(), b"\r\n");
}

#[tokio::test]
async fn who_listens_to_a_mailbox_hears_what_comes_into_it() {
    let home = home();
    let (inbox, trash) = (home.inbox(), home.mailbox("Trash"));
    let (mut at_inbox, mut at_trash) = (inbox.listen(), trash.listen());
    home.deliver(1, "x").unwrap();
    at_inbox.changed().await;
    inbox.move_to(&[Uid(1)], &trash).unwrap();
    at_inbox.changed().await;
    at_trash.changed().await;
    trash
        .mark(&[Uid(1)], &marks(Change::Add(Flags::SEEN), &[]), None)
        .unwrap();
    at_trash.changed().await;
    trash.expunge(&[Uid(1)]).unwrap();
    at_trash.changed().await;
    home.append(&trash, "y");
    at_trash.changed().await;
}

/// No file is renamed from one disk to another.
#[test]
fn a_mailbox_that_is_a_link_to_another_disk_is_one_like_others() {
    use std::os::unix::fs::{MetadataExt, symlink};
    let mut home = home();
    let disk = tempfile::tempdir_in("/dev/shm").unwrap();
    let number = |path: &Path| fs::metadata(path).unwrap().dev();
    assert_ne!(number(disk.path()), number(home.dir.path()));
    for inner in ["tmp", "new", "cur"] {
        fs::create_dir(disk.path().join(inner)).unwrap();
    }
    symlink(disk.path(), home.maildir().join(".Far")).unwrap();
    let far = home.mailbox("Far");
    home.append(&far, "one\r\n");
    let deliver = |n, mailbox| {
        let (head, mut body) = (b"Subject: x\r\n", &b"\r\ntwo\r\n"[..]);
        home.store
            .deliver(&home.anna, mailbox, &unique(n), head, &mut body)
    };
    deliver(1, "Far").unwrap();
    let two = "Subject: x\r\n\r\ntwo\r\n";
    assert_eq!(home.texts(&far), ["one\r\n", two]);

    // There and back, with all that a message has.
    deliver(2, "INBOX").unwrap();
    let inbox = home.inbox();
    let named = marks(Change::Add(Flags::FLAGGED), &["work"]);
    inbox.mark(&[Uid(1)], &named, None).unwrap();
    let arrived = inbox.snapshot().unwrap().entries[0].arrived;
    let moved = inbox.move_to(&[Uid(1)], &far).unwrap();
    assert_eq!(moved.pairs, [(Uid(1), Uid(3))]);
    assert_eq!(home.uids(), [0; 0]);
    assert_eq!(home.shown(&far)[2], "3 F work");
    let back = far.move_to(&[Uid(1), Uid(3)], &inbox).unwrap();
    assert_eq!(back.pairs, [(Uid(1), Uid(2)), (Uid(3), Uid(3))]);
    assert_eq!(home.texts(&inbox), ["one\r\n", two]);
    assert_eq!(home.shown(&inbox)[1], "3 F work");
    assert_eq!(inbox.snapshot().unwrap().entries[1].arrived, arrived);
    inbox.copy(&[Uid(2)], &far).unwrap();
    home.assert_figures(&inbox);
    home.assert_figures(&far);

    // The files say the same, and no half of one is left.
    drop((inbox, far));
    home.restart();
    assert_eq!(home.texts(&home.inbox()), ["one\r\n", two]);
    assert_eq!(home.texts(&home.mailbox("Far")), [two, "one\r\n"]);
    for folder in [disk.path(), &home.maildir()] {
        assert_eq!(fs::read_dir(folder.join("tmp")).unwrap().count(), 0);
    }
}

#[cfg(feature = "faults")]
mod kills {
    use super::*;

    #[test]
    fn a_kill_in_an_append_of_several_leaves_all_or_none() {
        let test = "messages::kills::a_kill_in_an_append_of_several_leaves_all_or_none";
        let points = [
            "store.append.written",
            "store.append.renamed",
            "store.append.recorded",
        ];
        let act = |home: &Home| {
            let sent = home.mailbox("Sent");
            let message = |text, flags| Appended {
                content: home.content(&sent, text),
                flags,
                keywords: vec![],
                arrived: None,
            };
            sent.append(vec![message("a", Flags::SEEN), message("b", Flags::NONE)])
                .unwrap();
        };
        let Some(homes) = killed(test, &points, |_| {}, act) else {
            return;
        };
        let found: Vec<u64> = homes
            .iter()
            .map(|home| home.mailbox("Sent").figures().unwrap().messages)
            .collect();
        assert_eq!(found, [0, 0, 2]);
        let tmp = homes[0].maildir().join("tmp");
        assert_eq!(fs::read_dir(tmp).unwrap().count(), 0);
    }

    #[test]
    fn a_kill_in_a_copy_of_several_leaves_all_or_none() {
        let test = "messages::kills::a_kill_in_a_copy_of_several_leaves_all_or_none";
        let points = ["store.copy.linked", "store.transfer.recorded"];
        let prepare = |home: &Home| {
            home.deliver(1, "a").unwrap();
            home.deliver(2, "b").unwrap();
        };
        let act = |home: &Home| {
            let all = [Uid(1), Uid(2)];
            home.inbox().copy(&all, &home.mailbox("Sent")).unwrap();
        };
        let Some(homes) = killed(test, &points, prepare, act) else {
            return;
        };
        let found: Vec<_> = homes
            .iter()
            .map(|home| {
                (
                    home.uids(),
                    home.mailbox("Sent").figures().unwrap().messages,
                )
            })
            .collect();
        assert_eq!(found, [(vec![1, 2], 0), (vec![1, 2], 2)]);
    }

    #[test]
    fn a_kill_in_a_move_leaves_each_message_in_one_place() {
        let test = "messages::kills::a_kill_in_a_move_leaves_each_message_in_one_place";
        let points = ["store.move.renamed", "store.transfer.recorded"];
        let prepare = |home: &Home| {
            for n in 1..4 {
                home.deliver(n, "a").unwrap();
            }
        };
        let act = |home: &Home| {
            let some = [Uid(1), Uid(3)];
            home.inbox().move_to(&some, &home.mailbox("Trash")).unwrap();
        };
        let Some(homes) = killed(test, &points, prepare, act) else {
            return;
        };
        for home in homes {
            assert_eq!(home.uids(), [2]);
            let trash = home.mailbox("Trash");
            assert_eq!(home.texts(&trash), ["Subject: x\r\na"; 2]);
            home.assert_figures(&trash);
            home.assert_figures(&home.inbox());
        }
    }

    #[test]
    fn a_kill_in_an_expunge_or_a_change_of_flags_loses_no_other_message() {
        let test =
            "messages::kills::a_kill_in_an_expunge_or_a_change_of_flags_loses_no_other_message";
        let points = ["store.mark.renamed", "store.expunge.removed"];
        let prepare = |home: &Home| {
            home.deliver(1, "a").unwrap();
            home.deliver(2, "b").unwrap();
        };
        let act = |home: &Home| {
            let inbox = home.inbox();
            inbox
                .mark(&[Uid(2)], &marks(Change::Add(Flags::SEEN), &[]), None)
                .unwrap();
            inbox.expunge(&[Uid(1)]).unwrap();
        };
        let Some(homes) = killed(test, &points, prepare, act) else {
            return;
        };
        let found: Vec<_> = homes.iter().map(|home| home.shown(&home.inbox())).collect();
        assert_eq!(found, [vec!["1", "2 S"], vec!["2 S"]]);
        homes
            .iter()
            .for_each(|home| home.assert_figures(&home.inbox()));
    }

    #[test]
    fn what_the_disk_refuses_is_undone() {
        let home = home();
        home.deliver(1, "a").unwrap();
        home.deliver(2, "b").unwrap();
        let (inbox, sent) = (home.inbox(), home.mailbox("Sent"));
        let all = [Uid(1), Uid(2)];
        let kept = marks(Change::Add(Flags::NONE), &["kept"]);
        inbox.mark(&all, &kept, None).unwrap();
        for act in ["link", "fsync-folder"] {
            let failed = crate::durable::fault::failing(act, || inbox.copy(&all, &sent));
            assert!(matches!(failed, Err(Error::Io(_))), "{act}");
            assert_eq!(sent.figures().unwrap().messages, 0);
        }
        for act in ["rename", "fsync-folder"] {
            let failed = crate::durable::fault::failing(act, || inbox.move_to(&all, &sent));
            assert!(matches!(failed, Err(Error::Io(_))), "{act}");
            assert_eq!(home.shown(&inbox), ["1  kept", "2  kept"], "{act}");
            assert_eq!(sent.figures().unwrap().messages, 0, "{act}");
        }
        let content = home.content(&sent, "c");
        let message = Appended {
            content,
            flags: Flags::NONE,
            keywords: vec![],
            arrived: None,
        };
        let failed = crate::durable::fault::failing("rename", || sent.append(vec![message]));
        assert!(matches!(failed, Err(Error::Io(_))));
        assert_eq!(sent.figures().unwrap().messages, 0);
    }
}
