#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;

fn home() -> (tempfile::TempDir, Members) {
    let dir = tempfile::tempdir().unwrap();
    let database = Database::open(&dir.path().join("db")).unwrap();
    (dir, Members::open(database).unwrap())
}

fn name(text: &str) -> MemberName {
    text.parse().unwrap()
}

/// A member without the cost of a password.
fn put(members: &Members, who: &str) -> MemberName {
    let row = who.to_owned();
    members
        .database
        .write(move |c| -> Result<usize, Error> {
            Ok(c.execute(
                "INSERT INTO members (name, display, password, created) VALUES (?1, ?1, '', 0)",
                [row],
            )?)
        })
        .unwrap();
    name(who)
}

#[test]
fn a_person_logs_in_with_name_or_address() {
    let (_dir, members) = home();
    let anna = name("anna");
    members.add(&anna, "Anna Martin", "open sesame").unwrap();
    assert!(matches!(
        members.add(&anna, "", "other"),
        Err(Error::Taken(_))
    ));
    for login in ["anna", "Anna", "anna@toxmail.local", "ANNA@Toxmail.Local"] {
        assert_eq!(
            members.check(login, "open sesame").unwrap().as_ref(),
            Some(&anna),
            "{login}"
        );
    }
    for (login, password) in [
        ("anna", "Sesame"),
        ("anna", ""),
        ("anna@elsewhere.org", "open sesame"),
        ("ben", "open sesame"),
        ("../anna", "open sesame"),
        ("", ""),
    ] {
        assert_eq!(members.check(login, password).unwrap(), None, "{login}");
    }
    members.set_password(&anna, "open again").unwrap();
    assert_eq!(members.check("anna", "open sesame").unwrap(), None);
    assert_eq!(members.check("anna", "open again").unwrap(), Some(anna));
}

#[test]
fn a_device_password_opens_one_mailbox_until_it_is_revoked() {
    let (_dir, members) = home();
    let (anna, ben) = (put(&members, "anna"), put(&members, "ben"));
    let device = members.device_add(&anna, "Anna's phone").unwrap();
    let typed = device.secret.to_uppercase();
    assert_eq!(members.check("anna", &typed).unwrap().as_ref(), Some(&anna));
    assert!(
        members.check("ben", &typed).is_err(),
        "ben's row has no hash"
    );
    let list = members.device_list(&anna).unwrap();
    assert_eq!(list[0].label, "Anna's phone");
    assert!(list[0].last_used.is_some());
    // The second use on a day writes nothing.
    members
        .database
        .write(|c| -> Result<usize, Error> {
            Ok(c.execute(
                "UPDATE devices SET last_used = last_used / 86400 * 86400",
                [],
            )?)
        })
        .unwrap();
    let noted = members.device_list(&anna).unwrap()[0].last_used;
    members.check("anna", &device.secret).unwrap();
    assert_eq!(members.device_list(&anna).unwrap()[0].last_used, noted);
    assert!(matches!(
        members.device_revoke(&ben, device.id),
        Err(Error::NoSuchDevice(..))
    ));
    members.device_revoke(&anna, device.id).unwrap();
    assert!(members.device_list(&anna).unwrap().is_empty());
    assert!(members.device_add(&anna, "two\nlines").is_err());
    assert!(members.device_add(&name("carl"), "phone").is_err());
}

#[test]
fn posts_fall_to_the_first_member_and_are_inherited() {
    let (_dir, members) = home();
    assert_eq!(members.main_mailbox().unwrap(), None);
    let (anna, ben) = (put(&members, "anna"), put(&members, "ben"));
    assert_eq!(members.main_mailbox().unwrap().as_ref(), Some(&anna));
    members.set_main_mailbox(&ben).unwrap();
    members.set_administrator(&ben).unwrap();
    assert!(members.set_administrator(&name("carl")).is_err());
    let list = members.list().unwrap();
    assert!(list[1].main_mailbox && list[1].administrator && !list[0].main_mailbox);
    members.device_add(&ben, "phone").unwrap();
    let removed = members.remove(&ben).unwrap();
    assert_eq!(removed.main_mailbox.as_ref(), Some(&anna));
    assert_eq!(members.administrator().unwrap(), Some(anna));
    assert!(matches!(members.remove(&ben), Err(Error::NoSuchMember(_))));
    assert!(!members.exists(&ben).unwrap());
}

#[test]
fn only_ones_own_addresses() {
    let (_dir, members) = home();
    let (anna, ben) = (put(&members, "anna"), put(&members, "ben"));
    let us = PeerKey::from_bytes([7; 32]);
    let them = PeerKey::from_bytes([8; 32]);
    members.address_add(&anna, "Anna@example.org").unwrap();
    for ours in [
        "ben@TOXMAIL.local",
        "ben@Box.LOCAL",
        &format!("ben@{}.TOX", us.base32()),
        "oma@tox",
        "an na@example.org",
        "anna@example.org, ben@example.org",
        "<anna@example.com>",
    ] {
        assert!(members.address_add(&anna, ours).is_err(), "{ours}");
    }
    assert!(members.address_add(&ben, "anna@EXAMPLE.org").is_err());
    assert!(members.address_add(&ben, "ben@toxmail.local").is_err());
    let canonical = |local: &str, key: &PeerKey| format!("{local}@{}.tox", key.base32());
    for (address, owns) in [
        ("anna@toxmail.local".to_owned(), true),
        ("Anna+shop@TOXMAIL.local".to_owned(), true),
        ("anna@garden.example".to_owned(), true),
        ("anna@example.ORG".to_owned(), true),
        (canonical("anna", &us), true),
        (canonical("anna", &us).to_uppercase(), true),
        (canonical("home", &us), true),
        (canonical("anna", &them), false),
        ("ben@toxmail.local".to_owned(), false),
        ("annab@toxmail.local".to_owned(), false),
        ("ben@garden.example".to_owned(), false),
        ("anna@elsewhere.org".to_owned(), false),
        ("anna".to_owned(), false),
        (String::new(), false),
    ] {
        let found = members
            .owns(&anna, &address, "garden.example", &us)
            .unwrap();
        assert_eq!(found, owns, "{address}");
    }
    assert!(
        !members
            .owns(&ben, &canonical("home", &us), "x", &us)
            .unwrap()
    );
    assert_eq!(
        members.owner_of("ANNA@example.org").unwrap(),
        Some(anna.clone())
    );
    members.address_remove(&anna, "anna@example.org").unwrap();
    assert!(members.addresses(&anna).unwrap().is_empty());
    members.set_language(&anna, Some("fr")).unwrap();
    assert_eq!(members.language(&anna).unwrap().as_deref(), Some("fr"));
}
