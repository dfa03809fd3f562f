//! The commands about what the home is to others, against a whole home whose node talks to nobody.

use serde_json::json;

use super::operator_tests::{contact_add, home, id};
use crate::contacts::Share;
use crate::control::protocol::{Request, Shared};
use crate::delivery::courier::Errand;
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
