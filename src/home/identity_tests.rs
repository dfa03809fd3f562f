//! The commands about what the home is to others, against a whole home whose node talks to nobody.

use serde_json::json;

use super::operator_tests::{add, contact_add, home, id};
use crate::contacts::Share;
use crate::control::protocol::{Request, Shared};
use crate::delivery::courier::Errand;
use crate::queue::Destination;
use crate::tox::savedata;

#[test]
fn a_new_tox_id_is_on_the_disk_before_anybody_hears_of_it() {
    let home = home();
    let (node, save) = (&home.running.node, home.dir.path().join("tox.save"));
    let before = node.id();
    home.running.post.contacts.set_tox_id(&before).unwrap();
    let invitation = home.done(Request::Invite {
        expires_seconds: 3600,
    });
    let renewed = home.done(Request::ToxIdRenew);
    assert_ne!(node.id(), before);
    assert_eq!(node.key(), before.key());
    assert_eq!(savedata::tox_id(&save).unwrap(), Some(node.id()));
    assert_eq!(renewed["tox_id"], node.id().to_string());
    assert_eq!(renewed["outdated_invitations"], json!([invitation["id"]]));
    assert_eq!(home.done(Request::Status)["tox_id"], node.id().to_string());
    assert_eq!(home.done(Request::InviteList)[0]["state"], "outdated");
    let told = home.errands.try_iter().last().unwrap();
    let Errand::Directory(told) = told else {
        panic!("{told:?}");
    };
    assert_eq!(told.whole.tox_id, Some(*node.id().as_bytes()));

    // A disk that takes nothing: the old one stays, here and there.
    let after = node.id();
    std::fs::remove_file(&save).unwrap();
    std::fs::create_dir(&save).unwrap();
    std::fs::write(save.join("in-the-way"), "").unwrap();
    let failure = home.refused(Request::ToxIdRenew);
    assert!(failure.error.contains("old Tox ID"), "{failure:?}");
    assert_eq!(node.id(), after);
    assert!(home.errands.try_iter().next().is_none());
}

#[test]
fn a_flood_of_strangers_is_told_with_what_to_do() {
    let home = home();
    let about = || {
        let problems = home.done(Request::Doctor);
        let problems = problems.as_array().unwrap().iter();
        let texts = problems.map(|p| format!("{} -> {}", p["problem"], p["advice"]));
        texts
            .filter(|text| text.contains("strangers"))
            .collect::<Vec<_>>()
    };
    for n in 1..=25 {
        assert!(about().is_empty() || n > 20);
        home.running
            .pairing
            .request(id(n).key(), b"let me in".to_vec());
        let end = std::time::Instant::now() + std::time::Duration::from_secs(30);
        let contacts = &home.running.post.contacts;
        while contacts.requests().unwrap().len() < usize::from(n) {
            assert!(std::time::Instant::now() < end);
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    }
    let end = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while !about().iter().any(|text| text.contains("25 strangers")) {
        assert!(std::time::Instant::now() < end, "{:?}", about());
    }
    assert!(about()[0].contains("toxmaild tox-id renew"));
    home.done(Request::ToxIdRenew);
    assert!(about().is_empty());
}

#[test]
fn a_contact_sees_what_a_person_here_says() {
    let home = home();
    home.done(contact_add("Oma", &id(1), None));
    let share = || home.running.post.contacts.shares().unwrap()[&id(1).key()];
    assert_eq!(share(), Share::All);
    for (word, after) in [(Shared::Nothing, Share::Nothing), (Shared::All, Share::All)] {
        home.done(Request::ContactShare {
            name: "oma".into(),
            share: word,
        });
        assert_eq!(share(), after);
        let Some(Errand::Directory(told)) = home.errands.try_iter().last() else {
            panic!("nobody is told");
        };
        assert_eq!(told.shares[&id(1).key()], after);
    }
    home.refused(Request::ContactShare {
        name: "nobody".into(),
        share: Shared::All,
    });
}

/// The subjects of the home's own mails that wait for a member.
fn mails(home: &super::operator_tests::Home) -> Vec<String> {
    let queue = &home.running.post.queue;
    let due = queue
        .due(&Destination::Local, 100, &Default::default())
        .unwrap();
    due.iter()
        .map(|delivery| {
            let mut text = String::new();
            std::io::Read::read_to_string(
                &mut queue.open_message(delivery.message).unwrap(),
                &mut text,
            )
            .unwrap();
            let subject = text
                .lines()
                .find(|line| line.starts_with("Subject: "))
                .unwrap();
            format!("{} <- {subject}", delivery.recipients[0].there)
        })
        .collect()
}

fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let end = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while !holds() {
        assert!(std::time::Instant::now() < end, "{what}");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

#[test]
fn letters_that_wait_for_an_old_box_go_to_the_new_one_and_those_on_their_way_do_not() {
    let home = home();
    home.done(add("anna"));
    home.done(contact_add("Oma", &id(1), None));
    let (old, new) = (id(1).key(), id(2).key());
    let waiting: Vec<i64> = (0..3)
        .map(|n| home.letter(Destination::Tox(old), &format!("oma{n}")))
        .collect();
    let other = home.letter(Destination::Tox(id(3).key()), "nobody");
    let told = crate::transfer::Directory {
        home_name: "Oma".into(),
        moved_to: Some(*id(2).as_bytes()),
        ..crate::transfer::Directory::default()
    };
    home.running.pairing.directory(old, told);
    wait_until("the announcement is heard", || !mails(&home).is_empty());
    assert_eq!(
        mails(&home),
        ["anna <- Subject: Oma says that it has a new box"]
    );
    let list = home.done(Request::MoveList);
    assert_eq!(
        (&list[0]["name"], &list[0]["state"], &list[0]["new_key"]),
        (&json!("oma"), &json!("open"), &json!(new.to_string()))
    );
    assert!(home.friends().contains(&new));

    let queue = &home.running.post.queue;
    let transfers = |peer| -> Vec<_> {
        let queue = &home.running.post.queue;
        queue.release(peer);
        let all = queue
            .waiting_for(peer, 0..=u64::MAX, 100, &Default::default())
            .unwrap();
        all.iter().map(|d| (d.id, d.transfer)).collect()
    };
    let before = transfers(&old);
    assert_eq!((before.len(), transfers(&new).len()), (3, 0));
    let moved = home.done(Request::MoveConfirm { name: "oma".into() });
    assert_eq!(
        (&moved["letters"], &moved["names"]),
        (&json!(3), &json!(["Oma"]))
    );
    assert_eq!(
        transfers(&new),
        before,
        "the same letters under the same ids"
    );
    assert!(transfers(&old).is_empty());
    assert!(
        queue.has_letter_for(&id(3).key()).unwrap(),
        "{other} {waiting:?}"
    );
    home.refused(Request::MoveConfirm { name: "oma".into() });
    home.refused(Request::MoveRefuse { name: "oma".into() });

    // What was made ready for the old box is made again for the new one.
    let ready = home.letter(Destination::Tox(old), "film");
    let queue_file = |home: &super::operator_tests::Home| {
        std::fs::read_dir(home.dir.path().join("queue"))
            .unwrap()
            .count()
    };
    let letters = queue_file(&home);
    let mut draft = queue.encoded_draft(9).unwrap();
    std::io::Write::write_all(&mut draft, b"To: old\r\n").unwrap();
    let facts = crate::queue::EncodedFacts {
        content_size: 9,
        digest: [1; 32],
        compressed: false,
    };
    let id: crate::queue::QueueId = ready.to_string().parse().unwrap();
    queue.keep_encoded(id, draft, facts).unwrap();
    assert_eq!(queue_file(&home), letters + 1);
    home.running.catch_up().unwrap();
    assert_eq!(queue_file(&home), letters, "its file is gone");
    assert_eq!(transfers(&new).len(), 4);

    // One that was taken for the old box a moment before.
    home.letter(Destination::Tox(old), "late");
    home.running.catch_up().unwrap();
    assert_eq!(transfers(&new).len(), 5);
    assert!(!queue.has_letter_for(&old).unwrap());
}

#[test]
fn where_this_home_goes_is_told_to_its_contacts() {
    let home = home();
    let told = || match home.errands.try_iter().last() {
        Some(Errand::Directory(told)) => told.whole.moved_to,
        other => panic!("{other:?}"),
    };
    home.done(Request::MoveAnnounce {
        tox_id: id(7).to_string(),
    });
    assert_eq!(told(), Some(*id(7).as_bytes()));
    assert_eq!(home.done(Request::MoveList)[0]["state"], "announced");
    home.done(Request::MoveWithdraw);
    assert_eq!(told(), None);
    assert_eq!(home.done(Request::MoveList), json!([]));
    let own = home.running.node.id().to_string();
    for tox_id in ["", "tox", &own, &own[..64]] {
        home.refused(Request::MoveAnnounce {
            tox_id: tox_id.into(),
        });
    }
}

#[test]
fn a_second_box_is_told_to_the_administrator_once_a_day_and_by_the_doctor() {
    let home = home();
    home.done(add("anna"));
    home.done(add("ben"));
    home.done(contact_add("Oma", &id(1), None));
    home.running.post.contacts.first_contact(&id(2)).unwrap();
    let pairing = &home.running.pairing;
    // Somebody who is no contact has no word in this.
    pairing.seen_double(id(2).key());
    pairing.seen_double(id(1).key());
    wait_until("the administrator is told", || !mails(&home).is_empty());
    for _ in 0..3 {
        pairing.tell_of_double(&id(1).key());
    }
    assert_eq!(
        mails(&home),
        ["anna <- Subject: Your home runs on two boxes at once"]
    );
    pairing.double(id(1).key());
    let doctor = home.done(Request::Doctor).to_string();
    for words in ["Oma sees this home on two boxes", "Oma runs on two boxes"] {
        assert!(doctor.contains(words), "{doctor}");
    }
    home.time.advance(std::time::Duration::from_secs(86_401));
    pairing.seen_double(id(1).key());
    wait_until("the next day", || mails(&home).len() == 2);
}
