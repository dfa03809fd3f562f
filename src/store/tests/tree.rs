//! The mailboxes of a member as a whole.

use super::*;

impl Home {
    fn create(&self, name: &str) -> Mailbox {
        self.store.create(&self.anna, name, None).unwrap()
    }

    fn rename(&self, from: &str, to: &str) -> Result<(), Error> {
        self.store.rename(&self.anna, from, to)
    }

    fn delete(&self, name: &str) -> Result<(), Error> {
        self.store.delete(&self.anna, name)
    }

    fn list(&self) -> Vec<Listed> {
        self.store.list(&self.anna).unwrap()
    }

    /// Names that are not those that everybody has; `-` stands before one that only has mailboxes below it, `?` before one
    /// that is only subscribed, `+` behind one that has children.
    fn own(&self) -> Vec<String> {
        let own = self
            .list()
            .into_iter()
            .filter(|l| l.special_use.is_none() && !l.name.is_inbox());
        own.map(|l| {
            let before = match l.presence {
                Presence::Mailbox => "",
                Presence::Parent => "-",
                Presence::Missing => "?",
            };
            let behind = if l.has_children { "+" } else { "" };
            format!("{before}{}{behind}", l.name)
        })
        .collect()
    }
}

#[test]
fn everybody_has_an_inbox_and_one_mailbox_for_each_use() {
    let home = home();
    let listed = home.list();
    let shown: Vec<_> = listed
        .iter()
        .map(|l| {
            format!(
                "{} {:?} {}",
                l.name,
                l.special_use.map(|u| u.to_string()),
                l.subscribed
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            "INBOX None true",
            r#"Archive Some("\\Archive") true"#,
            r#"Drafts Some("\\Drafts") true"#,
            r#"Junk Some("\\Junk") true"#,
            r#"Sent Some("\\Sent") true"#,
            r#"Trash Some("\\Trash") true"#,
        ]
    );
    // Made once: what a member does with them afterwards stays.
    home.store.unsubscribe(&home.anna, "Junk").unwrap();
    home.rename("Sent", "Gesendet").unwrap();
    home.store.add_member(&home.anna).unwrap();
    let listed = home.list();
    // The name that it had stays subscribed (RFC 3501 section 6.3.6), and is that of no mailbox.
    let there = listed.iter().filter(|l| l.presence == Presence::Mailbox);
    assert_eq!((listed.len(), there.count()), (7, 6));
    let of = |name: &str| listed.iter().find(|l| l.name.as_str() == name).unwrap();
    assert_eq!(of("Gesendet").special_use, Some(SpecialUse::Sent));
    assert!(!of("Junk").subscribed);
}

#[test]
fn a_maildir_of_another_program_keeps_its_sent_folder() {
    let home = home();
    home.store.remove_member(&home.anna).unwrap();
    let sent = home.maildir().join(".Sent");
    maildir::make(&sent, &"Sent".parse().unwrap()).unwrap();
    fs::write(sent.join("cur/1.M1P1.host:2,S"), "x\r\n").unwrap();
    home.store.add_member(&home.anna).unwrap();
    assert_eq!(home.list().len(), 6);
    assert_eq!(home.mailbox("Sent").figures().unwrap().messages, 1);
}

#[test]
fn mailboxes_are_made_with_those_above_them() {
    let home = home();
    home.create("Reisen/2026/Köln");
    assert_eq!(home.own(), ["Reisen+", "Reisen/2026+", "Reisen/2026/Köln"]);
    assert!(home.maildir().join(".Reisen.2026.K&APY-ln/cur").is_dir());
    let again = home.store.create(&home.anna, "Reisen", None);
    assert!(matches!(again, Err(Error::AlreadyExists(_))));
    let inbox = home.store.create(&home.anna, "inbox", None);
    assert!(matches!(inbox, Err(Error::AlreadyExists(_))));
    let bad = home.store.create(&home.anna, "a//b", None);
    assert!(matches!(bad, Err(Error::BadMailboxName(_))));
    home.create("INBOX/v1.2");
    assert_eq!(home.own()[0], "INBOX/v1.2");
    assert!(home.list()[0].has_children);
}

#[test]
fn a_use_belongs_to_one_mailbox() {
    let home = home();
    let second = home
        .store
        .create(&home.anna, "Sent-2", Some(SpecialUse::Sent));
    assert!(matches!(second, Err(Error::UseTaken(SpecialUse::Sent))));
    assert!(home.own().is_empty());
    assert!(matches!(home.delete("Sent"), Err(Error::Cannot(_))));
    assert!(matches!(home.delete("INBOX"), Err(Error::Cannot(_))));
    // Another program may: then there is a new one.
    let before = home.mailbox("Sent").object_id().to_string();
    fs::remove_dir_all(home.maildir().join(".Sent")).unwrap();
    let listed = home.list();
    assert_eq!(listed.len(), 6);
    assert_ne!(home.mailbox("Sent").object_id().to_string(), before);
}

#[test]
fn a_deleted_mailbox_leaves_those_below_it_and_a_new_one_is_another() {
    let home = home();
    home.create("a/b");
    let a = home.mailbox("a");
    home.append(&a, "one");
    let (old_id, old) = (a.object_id().to_string(), a.figures().unwrap());
    home.delete("a").unwrap();
    assert_eq!(home.own(), ["-a+", "a/b"]);
    assert!(matches!(home.delete("a"), Err(Error::HasInferiors(_))));
    assert!(matches!(a.figures(), Err(Error::NoSuchMailbox(_))));
    let new = home.create("a");
    let figures = new.figures().unwrap();
    assert_eq!(figures.messages, 0);
    assert!(figures.uid_validity > old.uid_validity);
    assert_ne!(new.object_id().to_string(), old_id);
    // Who had selected the old one does nothing to the new one.
    home.append(&new, "two");
    assert!(matches!(a.expunge(&[Uid(1)]), Err(Error::NoSuchMailbox(_))));
    assert!(matches!(
        a.mark(&[Uid(1)], &Marks::flags(Change::Set(Flags::SEEN)), None),
        Err(Error::NoSuchMailbox(_))
    ));
    assert_eq!(new.figures().unwrap().messages, 1);
    home.delete("a/b").unwrap();
    home.delete("a").unwrap();
    assert!(home.own().is_empty());
    assert!(matches!(home.delete("a"), Err(Error::NoSuchMailbox(_))));
    // The octets are gone as well.
    assert_eq!(home.store.used(&home.anna).unwrap(), 0);
    let left = fs::read_dir(home.dir.path().join("mail/anna/deleted"));
    assert_eq!(left.unwrap().count(), 0);
}

#[test]
fn a_renamed_mailbox_keeps_ids_uids_and_those_who_are_in_it() {
    let home = home();
    home.create("a/b/c");
    let (a, c) = (home.mailbox("a"), home.mailbox("a/b/c"));
    home.append(&a, "one");
    home.append(&c, "two");
    let before = (a.figures().unwrap(), c.figures().unwrap());
    home.store.subscribe(&home.anna, "a").unwrap();
    home.rename("a", "x/y").unwrap();
    assert_eq!(home.own(), ["?a", "x+", "x/y+", "x/y/b+", "x/y/b/c"]);
    assert_eq!((a.figures().unwrap(), c.figures().unwrap()), before);
    assert_eq!(a.name().unwrap().as_str(), "x/y");
    home.append(&a, "three");
    assert_eq!(home.mailbox("x/y").snapshot().unwrap().entries.len(), 2);
    assert_eq!(home.mailbox("x/y").object_id(), a.object_id());
    assert!(matches!(
        home.rename("a", "b"),
        Err(Error::NoSuchMailbox(_))
    ));
    assert!(matches!(home.rename("x", "x/z"), Err(Error::Cannot(_))));
    assert!(matches!(
        home.rename("x", "inbox"),
        Err(Error::AlreadyExists(_))
    ));
    let long = "n".repeat(235);
    assert!(matches!(
        home.rename("x", &long),
        Err(Error::BadMailboxName(_))
    ));
    assert_eq!(home.own().len(), 5);
    // A name that only has mailboxes below it takes them along.
    home.delete("x").unwrap();
    home.rename("x", "z").unwrap();
    assert_eq!(home.own(), ["?a", "-z+", "z/y+", "z/y/b+", "z/y/b/c"]);
    // Nothing is put over what is there.
    home.create("q/y");
    home.delete("q").unwrap();
    assert!(matches!(
        home.rename("z", "q"),
        Err(Error::AlreadyExists(_))
    ));
}

#[test]
fn the_inbox_is_not_renamed_but_emptied() {
    let home = home();
    home.create("INBOX/below");
    home.deliver(1, "a").unwrap();
    home.deliver(2, "b").unwrap();
    let before = home.inbox().figures().unwrap();
    home.rename("INBOX", "old").unwrap();
    let after = home.inbox().figures().unwrap();
    assert_eq!(
        (after.messages, after.uid_validity),
        (0, before.uid_validity)
    );
    assert_eq!(home.mailbox("old").figures().unwrap().messages, 2);
    assert_eq!(home.own(), ["INBOX/below", "old"]);
    // It was filed, wherever it is now.
    assert_eq!(home.deliver(1, "a").unwrap(), Filed::Already);
}

#[test]
fn folders_that_others_make_and_remove_are_noticed() {
    let home = home();
    let folder = home.maildir().join(".Liste");
    maildir::make(&folder, &"Liste".parse().unwrap()).unwrap();
    fs::write(folder.join("new/1.M1P1.host"), "x\r\n").unwrap();
    assert_eq!(home.own(), ["Liste"]);
    let liste = home.mailbox("Liste");
    let first = liste.figures().unwrap();
    assert_eq!(first.messages, 1);
    fs::remove_dir_all(&folder).unwrap();
    assert!(matches!(liste.figures(), Err(Error::NoSuchMailbox(_))));
    assert!(home.own().is_empty());
    assert_eq!(home.store.used(&home.anna).unwrap(), 0);
    // Again, by the same name: another one.
    maildir::make(&folder, &"Liste".parse().unwrap()).unwrap();
    let second = home.mailbox("Liste");
    assert!(second.figures().unwrap().uid_validity > first.uid_validity);
    assert_ne!(second.object_id(), liste.object_id());
}

#[test]
fn names_stay_subscribed_until_they_are_taken_from_the_list() {
    let home = home();
    home.store.subscribe(&home.anna, "gone/today").unwrap();
    home.create("here");
    home.store.subscribe(&home.anna, "here").unwrap();
    home.store.subscribe(&home.anna, "here").unwrap();
    home.delete("here").unwrap();
    assert_eq!(home.own(), ["?gone/today", "?here"]);
    home.store.unsubscribe(&home.anna, "gone/today").unwrap();
    assert_eq!(home.own(), ["?here"]);
    home.store.remove_member(&home.anna).unwrap();
    home.store.add_member(&home.anna).unwrap();
    assert!(home.own().is_empty());
}

#[tokio::test]
async fn who_listens_to_a_member_hears_of_mailboxes() {
    let home = home();
    for act in 0..4 {
        let mut listener = home.store.listen(&home.anna);
        match act {
            0 => drop(home.create("a")),
            1 => home.rename("a", "b").unwrap(),
            2 => home.store.subscribe(&home.anna, "b").unwrap(),
            _ => home.delete("b").unwrap(),
        }
        listener.changed().await;
    }
}

#[cfg(feature = "faults")]
#[test]
fn a_kill_while_a_mailbox_is_made_leaves_a_whole_one() {
    let test = "tree::a_kill_while_a_mailbox_is_made_leaves_a_whole_one";
    let act = |home: &Home| drop(home.create("a/b"));
    let Some(homes) = killed(test, &["store.create.folder"], |_| {}, act) else {
        return;
    };
    for home in homes {
        assert_eq!(home.own(), ["a+", "a/b"]);
        assert_eq!(home.mailbox("a/b").figures().unwrap().messages, 0);
    }
}

#[cfg(feature = "faults")]
#[test]
fn a_kill_while_a_mailbox_is_deleted_leaves_none() {
    let test = "tree::a_kill_while_a_mailbox_is_deleted_leaves_none";
    let points = ["store.delete.moved", "store.delete.forgotten"];
    let prepare = |home: &Home| home.append(&home.create("a"), "one");
    let act = |home: &Home| home.delete("a").unwrap();
    let Some(homes) = killed(test, &points, prepare, act) else {
        return;
    };
    for home in homes {
        assert!(home.own().is_empty());
        assert_eq!(home.store.used(&home.anna).unwrap(), 0);
        assert!(!home.dir.path().join("mail/anna/deleted").exists());
    }
}

#[cfg(feature = "faults")]
#[test]
fn a_kill_while_a_mailbox_is_renamed_leaves_it_whole_under_one_name() {
    let test = "tree::a_kill_while_a_mailbox_is_renamed_leaves_it_whole_under_one_name";
    let points = ["store.rename.intended", "store.rename.moved"];
    let prepare = |home: &Home| {
        home.create("a/b");
        home.append(&home.mailbox("a"), "one");
        home.append(&home.mailbox("a/b"), "two");
    };
    let act = |home: &Home| home.rename("a", "x/y").unwrap();
    let Some(homes) = killed(test, &points, prepare, act) else {
        return;
    };
    for home in homes {
        assert_eq!(home.own(), ["x+", "x/y+", "x/y/b"]);
        for name in ["x/y", "x/y/b"] {
            // Made second and third after those of everybody: the rows are the ones that they had.
            let snapshot = home.mailbox(name).snapshot().unwrap();
            assert_eq!(snapshot.entries.len(), 1);
            assert_eq!(snapshot.figures.uid_next, Uid(2));
        }
    }
}

/// The folders have their new names already when the rows cannot follow.
#[test]
fn a_rename_that_the_database_refuses_changes_nothing() {
    let mut home = home();
    home.create("a/b");
    let (a, b) = (home.mailbox("a"), home.mailbox("a/b"));
    for mailbox in [&a, &b] {
        home.append(mailbox, "one");
    }
    let before = [&a, &b].map(|mailbox| mailbox.figures().unwrap());
    let refuse = |home: &Home, sql: &'static str| {
        let written = home
            .db
            .write(move |c| Ok::<_, Error>(c.execute_batch(sql)?));
        written.unwrap();
    };
    let same = |home: &Home| {
        assert_eq!(home.own(), ["a+", "a/b"]);
        let figures = ["a", "a/b"].map(|name| home.mailbox(name).figures().unwrap());
        assert_eq!(figures, before);
    };
    refuse(
        &home,
        "CREATE TRIGGER no BEFORE UPDATE OF name ON mailboxes BEGIN SELECT RAISE(ABORT, 'no'); END",
    );
    assert!(matches!(home.rename("a", "x"), Err(Error::Database(_))));
    same(&home);
    refuse(&home, "DROP TRIGGER no");
    // It is given up for good.
    home.restart();
    same(&home);

    // Not even that can be written: a start goes on with it.
    refuse(
        &home,
        "CREATE TRIGGER no BEFORE DELETE ON mailbox_renames BEGIN SELECT RAISE(ABORT, 'no'); END",
    );
    assert!(matches!(home.rename("a", "x"), Err(Error::Database(_))));
    same(&home);
    refuse(&home, "DROP TRIGGER no");
    home.restart();
    assert_eq!(home.own(), ["x+", "x/b"]);
    let figures = ["x", "x/b"].map(|name| home.mailbox(name).figures().unwrap());
    assert_eq!(figures, before);
}

/// What a rename writes down before it moves the folders.
fn intend(home: &Home, renames: [(&str, &'static str); 2]) {
    let rows = renames.map(|(name, to)| (home.mailbox(name).id, to));
    let written = home.db.write(move |c| {
        for row in rows {
            c.execute(
                "INSERT INTO mailbox_renames (mailbox, new_name) VALUES (?1, ?2)",
                row,
            )?;
        }
        Ok::<_, Error>(())
    });
    written.unwrap();
}

/// As it is when neither the rows could follow nor the folders get their old names back.
#[test]
fn a_look_forgets_no_mailbox_that_is_being_renamed() {
    let mut home = home();
    home.create("a");
    home.append(&home.mailbox("a"), "one");
    let before = home.mailbox("a").figures().unwrap();
    let archived = home.mailbox("Archive");
    home.append(&archived, "two");
    let archive = archived.figures().unwrap();
    intend(&home, [("a", "x"), ("Archive", "Attic")]);
    for (old, new) in [(".a", ".x"), (".Archive", ".Attic")] {
        fs::rename(home.maildir().join(old), home.maildir().join(new)).unwrap();
    }
    home.store.close_all(&home.anna);
    for _ in 0..2 {
        home.list();
        assert!(home.store.mailbox(&home.anna, "a").is_err());
        assert!(!home.maildir().join(".Archive").exists());
    }
    home.restart();
    assert_eq!(home.mailbox("x").figures().unwrap(), before);
    assert_eq!(home.mailbox("Attic").figures().unwrap(), archive);
    let listed = home.list();
    let of = |name: &str| {
        listed
            .iter()
            .find(|l| l.name.as_str() == name)
            .and_then(|l| l.special_use)
    };
    assert_eq!(
        (of("Attic"), of("Archive")),
        (Some(SpecialUse::Archive), None)
    );
}

#[cfg(feature = "faults")]
#[test]
fn a_rename_that_the_disk_refuses_changes_nothing() {
    let home = home();
    home.create("a/b");
    let a = home.mailbox("a");
    home.append(&a, "one");
    let refused = crate::durable::fault::failing("rename", || home.rename("a", "x"));
    assert!(matches!(refused, Err(Error::Io(_))), "{refused:?}");
    assert_eq!(home.own(), ["a+", "a/b"]);
    assert_eq!(a.figures().unwrap().messages, 1);
    home.rename("a", "x").unwrap();
    assert_eq!(home.own(), ["x+", "x/b"]);
}

#[cfg(feature = "faults")]
/// Another program has made a mailbox of the new name meanwhile: nothing of the half that had moved is lost.
#[test]
fn a_rename_that_a_kill_stopped_and_that_cannot_go_on_is_undone() {
    let mut home = home();
    home.create("a/b");
    let (a, b) = (home.mailbox("a"), home.mailbox("a/b"));
    let mark = Marks {
        flags: Change::Add(Flags::NONE),
        keywords: vec!["work".parse().unwrap()],
    };
    let mut before = vec![];
    for mailbox in [&a, &b] {
        home.append(mailbox, "one");
        mailbox.mark(&[Uid(1)], &mark, None).unwrap();
        before.push(mailbox.figures().unwrap().uid_validity);
    }
    // As a kill after the first of the two leaves it.
    let maildir = home.maildir();
    intend(&home, [("a", "x"), ("a/b", "x/b")]);
    fs::rename(maildir.join(".a"), maildir.join(".x")).unwrap();
    maildir::make(&maildir.join(".x.b"), &"x/b".parse().unwrap()).unwrap();
    fs::write(maildir.join(".x.b/new/1.M1P1.host"), "theirs").unwrap();
    home.restart();
    home.store.add_member(&home.anna).unwrap();
    assert_eq!(home.own(), ["a+", "a/b", "-x+", "x/b"]);
    for (name, validity) in ["a", "a/b"].into_iter().zip(&before) {
        let snapshot = home.mailbox(name).snapshot().unwrap();
        assert_eq!(snapshot.figures.uid_validity, *validity, "{name}");
        let set = snapshot.entries[0].keywords;
        assert_eq!(snapshot.keywords.of(set).len(), 1, "{name}");
    }
    assert_eq!(home.mailbox("x/b").figures().unwrap().messages, 1);

    // What cannot be undone either keeps what it has, under the name that its folder has.
    intend(&home, [("a", "y"), ("a/b", "y/b")]);
    fs::rename(maildir.join(".a"), maildir.join(".y")).unwrap();
    crate::durable::fault::failing("rename", || home.restart());
    assert_eq!(home.own(), ["-a+", "a/b", "-x+", "x/b", "y"]);
    for (name, validity) in ["y", "a/b"].into_iter().zip(&before) {
        let figures = home.mailbox(name).figures().unwrap();
        assert_eq!((figures.uid_validity, figures.messages), (*validity, 1));
    }
}

/// Mailboxes and members' folders may be links to another disk. These are not moved: a home that is locked in can make no links, and for
/// Landlock moving one is making one.
#[test]
fn what_lies_on_another_disk_is_left_there_and_nobody_else_finds_it() {
    let home = home();
    let disk = tempfile::tempdir().unwrap();
    let place = |name: &str| disk.path().join(name);
    let names = |folder: &Path| -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    // A mailbox.
    let family = home.create("Family");
    home.append(&family, "x\r\n");
    let folder = home.maildir().join(".Family");
    fs::rename(&folder, place("family")).unwrap();
    std::os::unix::fs::symlink(place("family"), &folder).unwrap();
    let refused = home.rename("Family", "Old");
    assert!(matches!(refused, Err(Error::Cannot(_))), "{refused:?}");
    let refused = home.delete("Family");
    assert!(matches!(refused, Err(Error::Cannot(_))), "{refused:?}");
    assert!(folder.is_symlink());
    assert_eq!(family.snapshot().unwrap().entries.len(), 1);
    // The link was removed by hand.
    fs::remove_file(&folder).unwrap();

    // Somebody's whole folder.
    home.deliver(1, "a").unwrap();
    let theirs = home.dir.path().join("mail/anna");
    fs::rename(&theirs, place("anna")).unwrap();
    fs::create_dir(place("anna").join("photos")).unwrap();
    std::os::unix::fs::symlink(place("anna"), &theirs).unwrap();
    assert_eq!(home.uids(), [1]);
    home.store.remove_member(&home.anna).unwrap();
    assert!(!theirs.is_symlink());
    assert!(home.store.owners().unwrap().is_empty());
    let [photos, kept] = &names(&place("anna"))[..] else {
        panic!("{:?}", names(&place("anna")));
    };
    assert_eq!(photos, "photos");
    assert!(kept.starts_with("removed."), "{kept}");
    assert!(place("anna").join(kept).join("Maildir/cur").is_dir());
    // The same name again, on the same disk: nobody finds the letters of whoever was here before.
    std::os::unix::fs::symlink(place("anna"), &theirs).unwrap();
    home.store.add_member(&home.anna).unwrap();
    assert!(home.uids().is_empty());
}
