//! What another home says of itself and of its people, and what of it counts.

use super::*;
use crate::mail::header::{ArrivalBook, HeaderSection};

#[test]
fn a_home_that_announces_others_every_time_does_not_fill_the_table() {
    let ours = home(1, "");
    let c = &ours.contacts;
    c.add(new("Oma", Some(&id(2).to_string()), &[])).unwrap();
    for round in 0..5 {
        let names = (0..100).map(|n| member(&format!("m{round}-{n}"), "", &[]));
        c.learn(&id(2).key(), "Oma", names.collect()).unwrap();
    }
    let made = nicknames(c).len();
    assert!((100..=201).contains(&made), "{made} contacts");
}

#[test]
fn what_a_home_says_of_its_members_is_a_claim() {
    let ours = home(1, "");
    let c = &ours.contacts;
    c.add(new("Bank", None, &["bank@bank.example"])).unwrap();
    c.add(new("Oma", Some(&id(2).to_string()), &[])).unwrap();
    let key = id(2).key();
    let tell = |members| c.learn(&key, "Chez <b@c> Oma", members).unwrap();
    assert_eq!(
        c.learn(&id(9).key(), "x", vec![member("a", "A", &[])])
            .unwrap(),
        Learned::default()
    );
    let members = || {
        vec![
            member(
                "lena",
                "Lena <bank@bank.example>",
                &["bank@bank.example", "Lena@example.org", "junk", "x@tox"],
            ),
            member("max", "BANK", &[]),
            member("root", "Root", &[]),
            member("../x", "X", &[]),
        ]
    };
    assert_eq!(tell(members()).new, ["lena", "max"]);
    assert!(!tell(members()).changed, "the same again writes nothing");
    let rows = c.list().unwrap();
    let row = |nickname: &str| rows.iter().find(|row| row.nickname == nickname).unwrap();
    assert_eq!(row("lena").name, "Lena bank bank.example");
    assert_eq!(
        row("lena").claimed_emails,
        ["bank@bank.example", "Lena@example.org"]
    );
    assert!(row("lena").emails.is_empty());
    assert_eq!(row("max").name, "BANK (Chez b c Oma)");
    assert_eq!(row("oma").name, "Oma", "a person's name stays");

    // Until a person says so, nothing goes there.
    assert_eq!(
        who(c, "lena@example.org"),
        Who::Ordinary("lena@example.org".into())
    );
    assert!(
        no(c.confirm("lena", "bank@bank.example"))
            .0
            .contains("Bank has")
    );
    c.confirm("lena", "lena@example.org").unwrap();
    assert_eq!(who(c, "lena@example.org"), peer(&id(2), Some("lena")));
    let row = |nickname: &str| {
        let rows = c.list().unwrap();
        rows.into_iter()
            .find(|row| row.nickname == nickname)
            .unwrap()
    };
    assert_eq!(row("lena").claimed_emails, ["bank@bank.example"]);

    // Removed by a person: does not come back. Renamed there: renamed here. Gone there: stays here.
    c.remove("max").unwrap();
    assert!(
        tell(vec![
            member("lena", "Lena M.", &[]),
            member("max", "Max", &[])
        ])
        .new
        .is_empty()
    );
    assert_eq!(row("lena").name, "Lena M.");
    tell(vec![]);
    assert_eq!(nicknames(c), ["bank", "lena", "oma"]);
    // Taken over by a person, with a name of their own.
    let lena = canonical_of(&id(2), "lena");
    assert_eq!(
        c.add(new("Lenchen", Some(&lena), &[])).unwrap().nickname,
        "lenchen"
    );
    tell(vec![member("lena", "Helena", &[])]);
    assert_eq!(row("lenchen").name, "Lenchen");
    // Answers to letters from before the new name find her, and nobody else gets the old one.
    assert_eq!(who(c, "lena@tox"), peer(&id(2), Some("lena")));
    assert_eq!(who(c, "lena+x@tox"), peer(&id(2), Some("lena+x")));
    let other = c.add(new("Lena", Some(&id(3).to_string()), &[])).unwrap();
    assert_eq!(other.nickname, "lena2");
    c.remove("lena2").unwrap();
    // The home goes, and whom only its directory brought goes with it.
    tell(vec![member("zoe", "Zoe", &[])]);
    let removed = c.remove("oma").unwrap();
    assert_eq!(
        (removed.names, removed.unfriend),
        (vec!["Oma".to_owned(), "Zoe".to_owned()], None)
    );
    assert_eq!(c.remove("lenchen").unwrap().unfriend, Some(key));
}

#[test]
fn a_home_cannot_take_a_name_that_somebody_else_has_here() {
    let ours = home(1, "");
    let c = &ours.contacts;
    let write = |sql: &'static str| {
        let done = c
            .database
            .write(move |c| Ok::<_, Error>(c.execute_batch(sql)?));
        done.unwrap();
    };
    write(
        "INSERT INTO members (name, display, password, created) VALUES ('anna', 'Anna Martin', '', 0)",
    );
    c.add(new("Papa", Some(&id(2).to_string()), &[])).unwrap();
    let name = |n: u8, local: Option<&str>| c.name_of(&id(n).key(), local, None).unwrap();
    // By an invitation of theirs, by ours, and by what they say later.
    let theirs = home(3, "Papa");
    let link = theirs.contacts.invite(&theirs.id, None).unwrap().link;
    c.accept_link(&link).unwrap();
    assert_eq!(name(3, None), "Papa (Home 03030303)");
    let link = c.invite(&ours.id, None).unwrap().link;
    let Befriend::Ask { message, .. } = home(4, "pAPA")
        .contacts
        .accept_link(&link)
        .unwrap()
        .befriend
    else {
        panic!()
    };
    c.knock(&id(4).key(), &message).unwrap();
    assert_eq!(name(4, None), "pAPA (Home 04040404)");
    c.first_contact(&id(5)).unwrap();
    // What looks the same is the same: here a Cyrillic a.
    c.learn(&id(5).key(), "P\u{430}pa", vec![]).unwrap();
    assert_eq!(name(5, None), "P\u{430}pa (Home 05050505)");
    // The people of this home, and its notices (`From: Toxmail`), which is what a home is called that has no name.
    c.learn(
        &id(5).key(),
        "Papa",
        vec![
            member("a", "Anna  Martin", &[]),
            member("b", "\u{410}nn\u{430} \u{39c}\u{430}rtin", &[]),
            member("c", "Anna", &[]),
            member("d", "T0xmail", &[]),
            member("e", "PauI", &[]),
        ],
    )
    .unwrap();
    for (local, shown) in [
        ("a", "Anna Martin (Home 05050505)"),
        ("b", "\u{410}nn\u{430} \u{39c}\u{430}rtin (Home 05050505)"),
        ("c", "Anna (Home 05050505)"),
        ("d", "T0xmail (Home 05050505)"),
        ("e", "PauI"),
    ] {
        assert_eq!(name(5, Some(local)), shown);
    }
    let theirs = home(6, "Toxmail");
    let link = theirs.contacts.invite(&theirs.id, None).unwrap().link;
    c.accept_link(&link).unwrap();
    assert_eq!(name(6, None), "Toxmail (Home 06060606)");
    assert!(
        nicknames(c).contains(&"toxmail".to_owned()),
        "an address stays short"
    );
    // A home of which only a person is a contact: its own name is not this home's to show unseen.
    c.add(new(
        "Zoe",
        Some(&format!("zoe@{}.tox", id(7).base32())),
        &[],
    ))
    .unwrap();
    c.learn(&id(7).key(), "Papa", vec![]).unwrap();
    assert_eq!(name(7, None), "Papa (Home 07070707)");
    assert_eq!(name(7, Some("x")), "x (Papa (Home 07070707))");
    assert_eq!(name(2, None), "Papa", "a person's name stays");
}

#[test]
fn a_home_that_always_names_others_fills_no_table() {
    let ours = home(1, "");
    let c = &ours.contacts;
    c.add(new("Oma", Some(&id(2).to_string()), &[])).unwrap();
    let key = id(2).key();
    c.learn(&key, "", vec![member("kept", "Kept", &[])])
        .unwrap();
    c.confirm("kept", "kept@example.org").unwrap();
    for round in 0..4 {
        let members = (0..100).map(|n| member(&format!("m{round}-{n}"), "", &[]));
        c.learn(&key, "", members.collect()).unwrap();
    }
    let nicknames = nicknames(c);
    assert!(nicknames.len() <= 202, "{}", nicknames.len());
    for there in ["oma", "kept", "m3-0", "m3-99"] {
        assert!(nicknames.iter().any(|n| n == there), "{there}");
    }
}

#[test]
fn the_people_of_a_members_own_contact_are_that_members_contacts() {
    let ours = home(1, "Ours");
    let c = &ours.contacts;
    let (ben, key) = ("ben".parse::<MemberName>().unwrap(), id(2).key());
    let mut mine = new("Sweetheart", Some(&id(2).to_string()), &[]);
    mine.owner = Some(ben.clone());
    c.add(mine).unwrap();
    let tell = |names: &[&str]| {
        let members = names.iter().map(|name| member(name, name, &[])).collect();
        c.learn(&key, "Theirs", members).unwrap().new
    };
    assert_eq!(tell(&["lea", "tom"]), ["lea", "tom"]);
    let owners = || -> Vec<_> {
        let rows = c.list().unwrap().into_iter();
        rows.map(|row| (row.nickname, row.owner.is_some()))
            .collect()
    };
    let all = |list: &[(&str, bool)]| -> Vec<_> {
        list.iter()
            .map(|(name, own)| ((*name).to_owned(), *own))
            .collect()
    };
    assert_eq!(
        owners(),
        all(&[("lea", true), ("sweetheart", true), ("tom", true)])
    );
    let who = |asker| c.resolve("lea@tox", asker).unwrap();
    assert!(who(None).is_err());
    assert_eq!(who(Some(&ben)), Ok(peer(&id(2), Some("lea"))));
    c.remove("tom").unwrap();
    assert!(tell(&["lea", "tom", "ida"]).iter().all(|new| new == "ida"));
    // Paired with the whole home, it is everybody's.
    let link = c.invite(&ours.id, None).unwrap().link;
    assert!(c.redeem(link.rsplit_once('=').unwrap().1, &key).unwrap());
    assert_eq!(
        owners(),
        all(&[
            ("home.02020202", false),
            ("ida", false),
            ("lea", false),
            ("sweetheart", true)
        ])
    );
    c.remove("home.02020202").unwrap();
    tell(&["max"]);
    assert_eq!(owners(), all(&[("max", true), ("sweetheart", true)]));
    assert_eq!(c.remove("sweetheart").unwrap().unfriend, Some(key));
    assert!(owners().is_empty());
}

#[test]
fn a_home_that_tells_its_name_later_is_still_reached_by_its_number() {
    let ours = home(1, "Garden Street 5");
    let key = id(2).key();
    ours.contacts.knock(&key, b"hello").unwrap();
    ours.contacts.accept(&key.to_string()).unwrap();
    assert_eq!(nicknames(&ours.contacts), ["home.02020202"]);
    ours.contacts.learn(&key, "Mill", Vec::new()).unwrap();
    assert_eq!(nicknames(&ours.contacts), ["mill"]);
    for address in ["home.02020202@tox", "mill@tox"] {
        assert_eq!(who(&ours.contacts, address), peer(&id(2), None));
    }
}

#[test]
fn only_claims_that_could_be_right_are_asked_about() {
    let ours = home(1, "Garden Street 5");
    let key = id(2).key();
    ours.contacts
        .add(new("Bank", None, &["service@bank.example"]))
        .unwrap();
    ours.contacts
        .add(new("Mill", Some(&id(2).to_string()), &[]))
        .unwrap();
    let claims = |contacts: &Contacts| -> Vec<String> {
        let claims = contacts.open_claims().unwrap().into_iter();
        claims
            .map(|c| format!("{} {}", c.name, c.written))
            .collect()
    };
    let told = vec![
        member(
            "paul",
            "Paul",
            &["Paul@example.org", "service@bank.example"],
        ),
        member("home", "Nobody", &["nobody@example.org"]),
    ];
    ours.contacts.learn(&key, "Mill", told).unwrap();
    assert!(claims(&ours.contacts).is_empty(), "not known as a home yet");
    ours.contacts.saw_hello(&key).unwrap();
    assert_eq!(claims(&ours.contacts), ["Paul Paul@example.org"]);

    let claim = ours.contacts.open_claims().unwrap().remove(0);
    let before = who(&ours.contacts, "paul@example.org");
    assert_eq!(before, Who::Ordinary("paul@example.org".into()));
    ours.contacts.confirm_claim(&claim).unwrap();
    ours.contacts.confirm_claim(&claim).unwrap();
    assert_eq!(
        who(&ours.contacts, "paul@example.org"),
        peer(&id(2), Some("paul"))
    );
    assert!(claims(&ours.contacts).is_empty());

    // Somebody else has it: whatever was asked before, it is not taken away.
    let bank = Claim {
        address: "service@bank.example".into(),
        written: "service@bank.example".into(),
        ..claim.clone()
    };
    assert!(
        no(ours.contacts.confirm_claim(&bank))
            .0
            .contains("somebody else")
    );
    ours.contacts.block_key(&key).unwrap();
    ours.contacts.remove("paul").unwrap();
    assert!(no(ours.contacts.confirm_claim(&claim)).0.contains("gone"));
}

/// Whoever says yes to such a mail would let a stranger's letters stand under the family's own addresses.
#[test]
fn no_other_home_can_claim_an_address_of_this_one() {
    let ours = home(1, "Garden Street 5");
    let key = id(2).key();
    ours.contacts
        .add(new("Mill", Some(&id(2).to_string()), &[]))
        .unwrap();
    let at_host = format!("anna@{}", ours.contacts.hostname);
    let claimed = [at_host.as_str(), "boss@example.org", "paul@example.net"];
    let told = vec![member("paul", "Paul", &claimed)];
    ours.contacts.learn(&key, "Mill", told).unwrap();
    ours.contacts.saw_hello(&key).unwrap();
    let open = || -> Vec<String> {
        let claims = ours.contacts.open_claims().unwrap().into_iter();
        claims.map(|claim| claim.written).collect()
    };
    assert_eq!(open(), ["boss@example.org", "paul@example.net"]);
    let claims = ours.contacts.open_claims().unwrap();
    // The family's mail server is set up after the home was asked, and after it was answered.
    ours.contacts.confirm_claim(&claims[0]).unwrap();
    let writes = |address: &str| {
        let header = HeaderSection::parse(b"Subject: x\r\n").unwrap();
        let arrival = ours.contacts.arrival_book(&key, None, &header).unwrap();
        arrival.may_write_as(address)
    };
    assert!(writes("boss@example.org"));
    ours.contacts.set_gateway_domain(Some("example.org".into()));
    assert!(!writes("boss@example.org"));
    assert_eq!(open(), ["paul@example.net"]);
    let refused = no(ours.contacts.confirm_claim(&claims[0]));
    assert!(refused.0.contains("address of this home"), "{refused:?}");
    let refused = no(ours.contacts.confirm("mill", "chef@example.org"));
    assert!(refused.0.contains("not an ordinary"), "{refused:?}");
    ours.contacts.confirm_claim(&claims[1]).unwrap();
    assert!(writes("paul@example.net"));
}
