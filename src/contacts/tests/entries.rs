//! What people here enter and remove, and who is behind an address.

use super::*;
use crate::routing::{Facts, route};

#[test]
fn recipients_of_every_form() {
    let ours = home(1, "");
    let c = &ours.contacts;
    let full = id(2);
    c.add(new(
        "Oma Käthe",
        Some(&full.to_string()),
        &["Oma@Example.org", "oma@old.example"],
    ))
    .unwrap();
    c.add(new("Dr. Ordinary", None, &["doc@example.net"]))
        .unwrap();
    let anna = || "anna".parse().unwrap();
    for (address, expected) in [
        (
            "anna@toxmail.local".to_owned(),
            Who::Member {
                name: anna(),
                tag: None,
            },
        ),
        (
            "Anna+x@BOX.example".into(),
            Who::Member {
                name: anna(),
                tag: Some("x".into()),
            },
        ),
        (
            format!("anna@{}.tox", ours.id.key().base32()),
            Who::Member {
                name: anna(),
                tag: None,
            },
        ),
        (
            format!("anna@{}.tox", ours.id.base32()),
            Who::Member {
                name: anna(),
                tag: None,
            },
        ),
        (format!("{}@tox", ours.id), Who::Main { tag: None }),
        (
            format!("postmaster@{}.tox", ours.id.key().base32()),
            Who::Postmaster,
        ),
        ("postmaster".into(), Who::Postmaster),
        ("oma.kathe@tox".into(), peer(&full, None)),
        ("OMA@example.ORG".into(), peer(&full, None)),
        ("oma@old.example".into(), peer(&full, None)),
        (
            "dr.ordinary@tox".into(),
            Who::Ordinary("doc@example.net".into()),
        ),
        (
            "doc@example.net".into(),
            Who::Ordinary("doc@example.net".into()),
        ),
        (
            "Stranger@example.net".into(),
            Who::Ordinary("Stranger@example.net".into()),
        ),
        (format!("{full}@tox"), peer(&full, None)),
        (
            format!("paul@{}.tox", full.base32()),
            peer(&full, Some("paul")),
        ),
        (format!("{}@tox", id(3).key()), peer(&id(3), None)),
        (
            format!("paul@{}.tox", id(3).base32()),
            Who::FirstContact {
                id: id(3),
                local: Some("paul".into()),
            },
        ),
    ] {
        assert_eq!(who(c, &address), expected, "{address}");
    }
    for (address, status) in [
        ("nobody@tox", "5.1.1"),
        ("root@toxmail.local", "5.1.1"),
        ("a b@c", "5.1.3"),
        (&format!("root@{}.tox", ours.id.key().base32()), "5.1.1"),
    ] {
        let reason = c.resolve(address, None).unwrap().expect_err(address);
        assert!(
            reason.status.to_string() == status || status == "5.1.1",
            "{address}: {reason}"
        );
    }

    let standing = |address: &str| c.standing(&who(c, address)).unwrap();
    assert_eq!(standing("oma.kathe@tox"), Standing::Known(Kind::Unknown));
    assert_eq!(
        standing(&format!("{}@tox", id(3).key())),
        Standing::Stranger
    );
    assert_eq!(c.block("oma.kathe").unwrap(), full.key());
    assert_eq!(standing(&format!("{full}@tox")), Standing::Blocked);
    let facts = Facts {
        at_gateway: false,
        lives_here: false,
        standing: Standing::Blocked,
        provider: crate::routing::Provider::Ready,
    };
    assert!(route(&who(c, "oma@example.org"), &facts).is_err());
    assert_eq!(c.list().unwrap()[1].state, "blocked");
    assert!(
        no(c.add(new("x", Some(&full.to_string()), &[])))
            .0
            .contains("blocked")
    );

    // A letter to a full address makes first contact, once.
    let befriend = c.first_contact(&id(3)).unwrap();
    assert!(matches!(befriend, Befriend::Ask { id: asked, .. } if asked == id(3)));
    assert_eq!(c.first_contact(&id(3)).unwrap(), Befriend::Nothing);
    assert_eq!(
        standing(&format!("{}@tox", id(3).key())),
        Standing::Known(Kind::Unknown)
    );
}

#[test]
fn what_a_person_enters() {
    let ours = home(1, "Garden Street 5");
    let c = &ours.contacts;
    let added = c
        .add(new(
            "Paul",
            Some(&format!("paul@{}.tox", id(2).base32())),
            &[],
        ))
        .unwrap();
    assert_eq!(added.nickname, "paul");
    let Befriend::Ask { message, .. } = &added.befriend else {
        panic!()
    };
    assert_eq!(
        message,
        b"Garden Street 5 would like to exchange mail with you (Toxmail)"
    );
    // The key is enough now, and the same name gets a number.
    let added = c
        .add(new(
            "Paul",
            Some(&format!("{}@tox", id(2).key())),
            &["p@example.org"],
        ))
        .unwrap();
    assert_eq!(
        (added.nickname.as_str(), added.befriend),
        ("paul2", Befriend::Nothing)
    );
    let mut own = new("Paul", Some(&id(2).to_string()), &["p@example.org"]);
    own.owner = Some("anna".parse().unwrap());
    c.add(own).unwrap();
    let anna = "anna".parse().unwrap();
    assert!(c.resolve("paul3@tox", Some(&anna)).unwrap().is_ok());
    assert!(
        c.resolve("paul3@tox", None).unwrap().is_err(),
        "somebody else's entry"
    );

    for (contact, words) in [
        (new(" ", Some(&id(3).to_string()), &[]), "needs a name"),
        (new("x", None, &[]), "needs an address"),
        (new("x", Some("12345"), &[]), "not a Tox address"),
        (new("x", Some("paul@tox"), &[]), "not a Tox address"),
        (new("x", Some(&id(3).to_string()[..75]), &[]), "has 75"),
        (new("x", Some(&id(3).key().to_string()), &[]), "key only"),
        (new("x", Some(&ours.id.to_string()), &[]), "your own home"),
        (
            new("x", Some(&format!("tox:{}?toxmail=1&token=x", id(3))), &[]),
            "is an invitation",
        ),
        (
            new("x", Some(&id(2).to_string()), &[]),
            "already, as Paul (paul2@tox)",
        ),
        (new("x", None, &["P@Example.org"]), "Paul has the address"),
        (new("x", None, &["anna@toxmail.local"]), "not an ordinary"),
        (new("x", None, &["junk"]), "not an e-mail address"),
    ] {
        let (error, advice) = no(c.add(contact));
        assert!(error.contains(words), "{error}");
        assert!(!advice.is_empty());
    }
    assert_eq!(
        nicknames(c),
        ["paul", "paul2", "paul3"],
        "a refused entry leaves nothing"
    );
    assert!(
        c.add(new("x", Some(&format!("tox:{}", id(4))), &[]))
            .is_ok()
    );

    assert!(no(c.remove("Paul")).1.contains("paul, paul2, paul3"));
    assert!(no(c.remove("nobody")).0.contains("no contact"));
    assert_eq!(c.remove("paul@tox").unwrap().unfriend, None);
    assert_eq!(c.remove("Paul2").unwrap().unfriend, None);
    assert_eq!(c.forget_owner(&anna).unwrap(), [id(2).key()]);
    assert_eq!(c.remove("x").unwrap().unfriend, Some(id(4).key()));
    assert!(c.peers().unwrap().is_empty());
    let row = serde_json::to_value(c.list().unwrap()).unwrap();
    assert!(row.as_array().unwrap().is_empty());
}

#[test]
fn what_one_member_keeps_for_themselves_is_no_matter_to_the_others() {
    let (ours, theirs) = (home(1, "Ours"), home(2, "Theirs"));
    let c = &ours.contacts;
    let (ben, key) = ("ben".parse::<MemberName>().unwrap(), theirs.id.key());
    let mine = |name: &str, tox: &str| {
        let mut mine = new(name, Some(tox), &[]);
        mine.owner = Some(ben.clone());
        c.add(mine).unwrap();
    };
    mine("My Home", &theirs.id.to_string());
    mine("My Zoe", &canonical_of(&theirs.id, "zoe"));
    // Paired, it is everybody's as well: by their invitation, by ours, and with its people.
    let link = theirs.contacts.invite(&theirs.id, None).unwrap().link;
    c.accept_link(&link).unwrap();
    assert_eq!(nicknames(c), ["my.home", "my.zoe", "theirs"]);
    c.remove("theirs").unwrap();
    let link = c.invite(&ours.id, None).unwrap().link;
    let token = link.rsplit_once('=').unwrap().1;
    assert!(c.redeem(token, &key).unwrap());
    c.learn(
        &key,
        "Theirs",
        vec![member("zoe", "Zoe", &[]), member("max", "Max", &[])],
    )
    .unwrap();
    assert_eq!(nicknames(c), ["max", "my.home", "my.zoe", "theirs", "zoe"]);
    // What they remove goes for them alone.
    c.remove("my.zoe").unwrap();
    c.remove("my.home").unwrap();
    c.learn(
        &key,
        "Theirs",
        vec![member("zoe", "Zoe M.", &[]), member("max", "Max", &[])],
    )
    .unwrap();
    assert_eq!(nicknames(c), ["max", "theirs", "zoe"]);
    mine("My Max", &canonical_of(&theirs.id, "max"));
    assert!(c.forget_owner(&ben).unwrap().is_empty());
    assert_eq!(nicknames(c), ["max", "theirs", "zoe"]);
}

#[test]
fn a_blocked_home_can_always_be_found_in_the_list() {
    let ours = home(1, "");
    let c = &ours.contacts;
    let anna: MemberName = "anna".parse().unwrap();
    let mut mine = new("Eve", Some(&id(2).to_string()), &[]);
    mine.owner = Some(anna.clone());
    c.add(mine).unwrap();
    c.block("eve").unwrap();
    assert!(c.forget_owner(&anna).unwrap().is_empty());
    assert_eq!(c.knock(&id(2).key(), b"x").unwrap(), Knock::Ignored);
    assert_eq!(nicknames(c), ["home.02020202"]);
    c.remove("home.02020202").unwrap();
    assert_eq!(c.knock(&id(2).key(), b"x").unwrap(), Knock::Asks);
}

#[test]
fn the_names_of_the_mail_server_at_home_are_names_of_this_home() {
    let home = home(1, "garden");
    let contacts = &home.contacts;
    contacts.set_gateway_domain(Some("example.org".into()));
    let anna = |tag: Option<&str>| Who::Member {
        name: "anna".parse().unwrap(),
        tag: tag.map(str::to_owned),
    };
    let who = |address: &str| contacts.resolve(address, None).unwrap().unwrap();
    assert_eq!(who("Anna@Example.ORG"), anna(None));
    assert_eq!(who("anna+News@example.org"), anna(Some("News")));
    for ordinary in [
        "o'neil@example.org",
        "postmaster@example.org",
        "anna@mail.example.org",
    ] {
        assert_eq!(who(ordinary), Who::Ordinary(ordinary.into()), "{ordinary}");
    }
    let ours = address::canonical(Some("anna+x"), &home.contacts.ourselves);
    let canonical = |address: &str| contacts.canonical_of(address, None).unwrap();
    assert_eq!(canonical("ANNA+x@example.org"), Some(ours));
    contacts.set_gateway_domain(None);
    assert_eq!(canonical("anna@example.org"), None);
    assert_eq!(
        who("anna@example.org"),
        Who::Ordinary("anna@example.org".into())
    );
}
