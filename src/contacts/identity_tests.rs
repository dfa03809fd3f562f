//! What homes tell each other of themselves: their Tox address, who lives there, where they went.

use std::collections::HashSet;

use super::tests::*;
use super::*;

/// The same key with another nospam.
fn renewed(id: &ToxId) -> ToxId {
    let mut bytes = *id.as_bytes();
    // One and the same change in both halves leaves the sum as it is.
    bytes[32] ^= 1;
    bytes[34] ^= 1;
    ToxId::from_bytes(bytes).unwrap()
}

/// Two homes that are contacts of each other: ours, and theirs.
fn paired() -> (Home, Home) {
    let (ours, theirs) = (home(1, "Garden"), home(2, "Mill"));
    let link = ours.contacts.invite(&ours.id, None).unwrap().link;
    let Befriend::Ask { message, .. } = theirs.contacts.accept_link(&link).unwrap().befriend else {
        panic!("no request");
    };
    let knock = ours.contacts.knock(&theirs.id.key(), &message).unwrap();
    assert_eq!(knock, Knock::LetIn);
    (ours, theirs)
}

#[test]
fn an_invitation_to_an_address_that_the_home_has_no_more_opens_nothing() {
    let ours = home(1, "");
    let state = |n: usize| ours.contacts.invitations().unwrap()[n].state;
    // Made by an earlier version, which kept no address.
    let early = ours.contacts.invite(&ours.id, None).unwrap();
    let forget = |c: &Connection| -> Result<(), Error> {
        c.execute("UPDATE invitations SET tox_id = NULL", [])?;
        Ok(())
    };
    ours.contacts.database.write(forget).unwrap();
    assert_eq!(state(0), InvitationState::Open);
    ours.contacts.set_tox_id(&ours.id).unwrap();
    let used = ours.contacts.invite(&ours.id, None).unwrap();
    let request = |link: &str, byte| {
        let guest = home(byte, "");
        match guest.contacts.accept_link(link).unwrap().befriend {
            Befriend::Ask { message, .. } => (guest.id.key(), message),
            other => panic!("{other:?}"),
        }
    };
    let (guest, message) = request(&used.link, 2);
    let knock = |(key, message): &(PeerKey, Vec<u8>)| ours.contacts.knock(key, message).unwrap();
    assert_eq!(knock(&(guest, message.clone())), Knock::LetIn);

    let us = renewed(&ours.id);
    ours.contacts.set_tox_id(&us).unwrap();
    let fresh = ours.contacts.invite(&us, None).unwrap();
    assert_eq!(
        [0, 1, 2].map(state),
        [
            InvitationState::Outdated,
            InvitationState::Used,
            InvitationState::Open
        ]
    );
    assert_eq!(knock(&request(&early.link, 3)), Knock::Asks);
    assert_eq!(knock(&request(&fresh.link, 4)), Knock::LetIn);
    // Who is in stays in, and may ask again.
    assert_eq!(knock(&(guest, message)), Knock::LetIn);
    ours.contacts.withdraw(early.id).unwrap();
    assert_eq!(state(0), InvitationState::Withdrawn);
}

#[test]
fn a_home_tells_its_own_tox_address_and_nobody_elses() {
    let (ours, theirs) = paired();
    let (contacts, key) = (&ours.contacts, theirs.id.key());
    let known = |key: &PeerKey| contacts.peer(key).unwrap().unwrap().tox_id;
    assert_eq!(known(&key), None, "it came by our invitation");
    assert!(contacts.learn_tox_id(&key, *theirs.id.as_bytes()).unwrap());
    assert_eq!(known(&key), Some(theirs.id));
    assert!(!contacts.learn_tox_id(&key, *theirs.id.as_bytes()).unwrap());
    let new = renewed(&theirs.id);
    assert!(contacts.learn_tox_id(&key, *new.as_bytes()).unwrap());
    assert_eq!(known(&key), Some(new));

    // Somebody else's, one with a wrong sum, and a stranger's word.
    let other = home(3, "");
    contacts
        .add(super::tests::new("Oak", Some(&other.id.to_string()), &[]))
        .unwrap();
    let mut broken = *theirs.id.as_bytes();
    broken[33] ^= 1;
    for told in [*other.id.as_bytes(), *ours.id.as_bytes(), broken] {
        assert!(!contacts.learn_tox_id(&key, told).unwrap());
    }
    let stranger = home(4, "").id;
    assert!(
        !contacts
            .learn_tox_id(&stranger.key(), *stranger.as_bytes())
            .unwrap()
    );
    assert_eq!(
        (known(&key), known(&other.id.key())),
        (Some(new), Some(other.id))
    );
    contacts.block_key(&key).unwrap();
    assert!(!contacts.learn_tox_id(&key, *theirs.id.as_bytes()).unwrap());
}

#[test]
fn a_home_that_has_lost_its_save_file_asks_those_whose_address_it_knows() {
    let (ours, theirs) = paired();
    let key = theirs.id.key();
    ours.contacts.saw_online(&key, 1_800_000_000).unwrap();
    assert_eq!(ours.contacts.ask_all_again().unwrap(), 0);
    ours.contacts
        .learn_tox_id(&key, *theirs.id.as_bytes())
        .unwrap();
    assert_eq!(ours.contacts.ask_all_again().unwrap(), 1);
    let peer = ours.contacts.peer(&key).unwrap().unwrap();
    let words = String::from_utf8(peer.request.unwrap()).unwrap();
    assert!(words.starts_with("Garden would like"), "{words}");
    assert_eq!(peer.kind, Kind::Home, "that does not go away");
    ours.contacts.block_key(&key).unwrap();
    assert_eq!(ours.contacts.ask_all_again().unwrap(), 0);
}

#[test]
fn only_contacts_see_who_lives_here() {
    let (ours, theirs) = paired();
    let contacts = &ours.contacts;
    let share = |id: &ToxId| contacts.shares().unwrap()[&id.key()];
    assert_eq!(share(&theirs.id), Share::All);
    assert_eq!(
        theirs.contacts.shares().unwrap()[&ours.id.key()],
        Share::All
    );

    // A letter to a full address makes no contact of whoever lives there.
    let (met, added, asked) = (id(5), id(6), id(7));
    contacts.first_contact(&met).unwrap();
    assert_eq!(share(&met), Share::Unasked);
    contacts.knock(&met.key(), b"me too").unwrap();
    assert_eq!(share(&met), Share::Unasked, "nobody here has said anything");
    contacts
        .add(new("Oak", Some(&met.to_string()), &[]))
        .unwrap();
    assert_eq!(share(&met), Share::All);
    contacts
        .add(new("Elm", Some(&added.to_string()), &[]))
        .unwrap();
    assert_eq!(share(&added), Share::All);
    contacts.knock(&asked.key(), b"please").unwrap();
    contacts.accept(&asked.key().to_string()).unwrap();
    assert_eq!(share(&asked), Share::All);

    // A person's word stays, whatever happens after.
    assert_eq!(contacts.share("oak", Share::Nothing).unwrap(), met.key());
    contacts
        .add(new(
            "Oak's Ben",
            Some(&format!("ben@{}.tox", met.key().base32())),
            &[],
        ))
        .unwrap();
    assert_eq!(share(&met), Share::Nothing);
    contacts.share("oak", Share::All).unwrap();
    assert_eq!(share(&met), Share::All);
    contacts
        .add(new("Zoe", None, &["zoe@example.org"]))
        .unwrap();
    assert!(
        no(contacts.share("zoe", Share::All))
            .0
            .contains("no Tox address")
    );
    no(contacts.share("nobody", Share::All));
}

fn share_of(home: &Home, id: &ToxId) -> Share {
    home.contacts.shares().unwrap()[&id.key()]
}

/// `theirs` with contacts of all kinds in `ours`: what its directory brought, a person's name for one, an address.
fn acquainted() -> (Home, Home) {
    let (ours, theirs) = paired();
    let members = vec![
        member("ben", "Ben", &["ben@example.org"]),
        member("cleo", "Cleo", &[]),
    ];
    ours.contacts
        .learn(&theirs.id.key(), "Mill", members)
        .unwrap();
    ours.contacts.confirm("ben", "ben@example.org").unwrap();
    let cleo = format!("cleo@{}.tox", theirs.id.key().base32());
    ours.contacts
        .add(new("Aunt Cleo", Some(&cleo), &[]))
        .unwrap();
    (ours, theirs)
}

fn nothing(_: &Connection, _: &PeerKey, _: &PeerKey) -> Result<usize, Error> {
    Ok(0)
}

#[test]
fn a_new_box_is_let_in_and_gets_nothing_of_the_old_one_until_a_person_says_so() {
    let (ours, old) = acquainted();
    let (contacts, new_box) = (&ours.contacts, id(9));
    let announced = contacts
        .announced(&old.id.key(), *new_box.as_bytes())
        .unwrap();
    let Announced::New {
        new,
        befriend: Befriend::Ask { id, .. },
        unfriend: None,
    } = announced
    else {
        panic!("{announced:?}");
    };
    assert_eq!((new, id), (new_box.key(), new_box));
    assert_eq!(
        contacts
            .announced(&old.id.key(), *new_box.as_bytes())
            .unwrap(),
        Announced::Known
    );
    assert_eq!(contacts.untold_moves().unwrap(), [(old.id.key(), new)]);
    contacts.told_of_move(&old.id.key()).unwrap();
    assert!(contacts.untold_moves().unwrap().is_empty());

    // It may come in; it is nobody yet, whatever it says of its people.
    assert_eq!(contacts.knock(&new, b"hello").unwrap(), Knock::LetIn);
    assert_eq!(share_of(&ours, &new_box), Share::Unasked);
    contacts
        .learn(
            &new,
            "Mill",
            vec![member("ben", "Ben", &["ben@example.org"])],
        )
        .unwrap();
    let name = contacts.name_of(&new, Some("ben"), None).unwrap();
    assert!(name.starts_with("Ben ("), "{name}");
    for address in ["ben@tox", "ben@example.org", "mill@tox"] {
        let Who::Peer { key, .. } = who(contacts, address) else {
            panic!("{address}");
        };
        assert_eq!(key, old.id.key(), "{address}");
    }

    contacts.verify("mill", Compared::Same).unwrap();
    assert_eq!(contacts.verified().unwrap(), HashSet::from([old.id.key()]));
    let open = contacts.moves().unwrap();
    assert!(open[0].is_open());
    // As the new box shows them.
    let there = SafetyWords::of(&new, &ours.id.key()).unwrap();
    assert_eq!(contacts.words_of_move(&open[0]).unwrap(), there);

    let moved = contacts.confirm_move("mill", |_, old, new| {
        assert_ne!(old, new);
        Ok(3)
    });
    let moved = moved.unwrap();
    assert_eq!((moved.old, moved.new, moved.also), (old.id.key(), new, 3));
    assert_eq!(moved.names, ["Mill", "Ben", "Aunt Cleo"]);
    // What was compared are the words of the new box; the old one may be somebody else's now.
    assert_eq!(contacts.verified().unwrap(), HashSet::from([new]));
    assert!(!contacts.moves().unwrap()[0].is_open());
    let old_address = format!("ben@{}.tox", old.id.key().base32());
    for (address, local) in [
        ("ben@tox", Some("ben")),
        ("ben@example.org", Some("ben")),
        ("mill@tox", None),
        ("aunt.cleo@tox", Some("cleo")),
        (old_address.as_str(), Some("ben")),
        // What its letters were shown under until now.
        ("ben2@tox", Some("ben")),
    ] {
        assert_eq!(who(contacts, address), peer(&new_box, local), "{address}");
    }
    assert_eq!(contacts.name_of(&new, Some("ben"), None).unwrap(), "Ben");
    assert_eq!(share_of(&ours, &new_box), Share::All);
    // The old box is somebody whom a person can remove, and no more.
    let left = contacts.nickname_of(&old.id.key()).unwrap().unwrap();
    assert!(
        !contacts
            .learn(&old.id.key(), "Mill", vec![member("ben", "Ben", &[])])
            .unwrap()
            .changed
    );
    assert_eq!(
        contacts
            .announced(&old.id.key(), *id_of(8).as_bytes())
            .unwrap(),
        Announced::Ignored("it has moved before")
    );
    assert_eq!(contacts.remove(&left).unwrap().unfriend, Some(old.id.key()));
    assert_eq!(who(contacts, "ben@tox"), peer(&new_box, Some("ben")));
    no(contacts.confirm_move("mill", nothing));
}

fn id_of(byte: u8) -> ToxId {
    id(byte)
}

#[test]
fn a_home_can_announce_for_itself_alone_and_seldom() {
    let (ours, theirs) = acquainted();
    let (contacts, key) = (&ours.contacts, theirs.id.key());
    let said = |key: &PeerKey, id: &ToxId| contacts.announced(key, *id.as_bytes()).unwrap();
    let counts = |announced: &Announced| matches!(announced, Announced::New { .. });
    let (bank, met) = (id(5), id(6));
    contacts
        .add(new("Bank", Some(&bank.to_string()), &["bank@example.org"]))
        .unwrap();
    contacts.first_contact(&met).unwrap();
    contacts.block_key(&id(7).key()).unwrap();
    let before = nicknames(contacts);
    // A contact's key, one that a member wrote to, a blocked one, its own, ours, and what is no address.
    for told in [&bank, &met, &id(7), &theirs.id, &ours.id] {
        assert!(!counts(&said(&key, told)), "{told}");
    }
    let mut broken = *id(9).as_bytes();
    broken[33] ^= 1;
    assert!(!counts(&contacts.announced(&key, broken).unwrap()));
    // A stranger, and somebody whom nobody here has called a contact.
    assert!(!counts(&said(&id(4).key(), &id(9))));
    assert!(!counts(&said(&met.key(), &id(9))));
    assert!(contacts.moves().unwrap().is_empty());
    assert_eq!(nicknames(contacts), before);
    assert_eq!(who(contacts, "bank@example.org"), peer(&bank, None));

    // One counts; a flood of others does not, and taking it back between changes nothing.
    assert!(counts(&said(&key, &id(9))));
    for n in 10..30 {
        assert!(!counts(&said(&key, &id(n))));
        contacts.announces_nothing(&key).unwrap();
        assert_eq!(contacts.moves().unwrap()[0].state, MoveState::Withdrawn);
        let (error, _) = no(contacts.confirm_move("mill", nothing));
        assert!(error.contains("no more"), "{error}");
        assert_eq!(said(&key, &id(9)), Announced::Known);
    }
    assert_eq!(contacts.moves().unwrap().len(), 1);
    assert_eq!(contacts.peers().unwrap().len(), 5);

    // Somebody else may say the same: the person decides between them, and no key takes two places.
    let link = contacts.invite(&ours.id, None).unwrap().link;
    let elm = home(3, "Elm");
    let Befriend::Ask { message, .. } = elm.contacts.accept_link(&link).unwrap().befriend else {
        panic!("no request");
    };
    contacts.knock(&elm.id.key(), &message).unwrap();
    assert!(counts(&said(&elm.id.key(), &id(9))));
    let by_number = contacts.nickname_of(&id(9).key()).unwrap().unwrap();
    let (error, _) = no(contacts.confirm_move(&by_number, nothing));
    assert!(error.contains("several"), "{error}");
    contacts.confirm_move("mill", nothing).unwrap();
    let (error, _) = no(contacts.confirm_move("elm", nothing));
    assert!(error.contains("taken the place"), "{error}");
    assert_eq!(who(contacts, "elm@tox"), peer(&elm.id, None));
}

#[test]
fn a_refused_box_is_forgotten_and_another_one_counts_a_week_later() {
    let (mut ours, theirs) = acquainted();
    let key = theirs.id.key();
    let said = |ours: &Home, n: u8| ours.contacts.announced(&key, *id(n).as_bytes()).unwrap();
    said(&ours, 9);
    assert_eq!(
        ours.contacts.refuse_move("mill").unwrap(),
        Some(id(9).key())
    );
    assert_eq!(
        ours.contacts.peer(&id(9).key()).unwrap().map(|p| p.key),
        None
    );
    assert_eq!(said(&ours, 9), Announced::Known, "somebody has decided");
    no(ours.contacts.refuse_move("mill"));
    assert!(matches!(said(&ours, 10), Announced::Ignored(_)));
    ours.contacts.now = a_week_later;
    assert!(matches!(
        said(&ours, 10),
        Announced::New { unfriend: None, .. }
    ));
    // The next one takes the place of one that nobody has decided about.
    ours.contacts.now = || a_week_later() + 7 * 86_400;
    let Announced::New { unfriend, .. } = said(&ours, 11) else {
        panic!("it counts");
    };
    assert_eq!(unfriend, Some(id(10).key()));
    // A person who removes the new box has decided, too.
    let by_number = ours.contacts.nickname_of(&id(11).key()).unwrap().unwrap();
    ours.contacts.remove(&by_number).unwrap();
    assert_eq!(ours.contacts.moves().unwrap()[0].state, MoveState::Refused);
}

#[test]
fn this_home_says_where_it_has_gone_until_it_takes_that_back() {
    let ours = home(1, "");
    assert_eq!(ours.contacts.moving_to().unwrap(), None);
    no(ours.contacts.move_to(Some(&renewed(&ours.id))));
    ours.contacts.move_to(Some(&id(9))).unwrap();
    assert_eq!(ours.contacts.moving_to().unwrap(), Some(id(9)));
    ours.contacts.move_to(None).unwrap();
    assert_eq!(ours.contacts.moving_to().unwrap(), None);
}

#[test]
fn a_first_letter_that_never_was_leaves_no_contact() {
    let ours = home(1, "");
    let contacts = &ours.contacts;
    let (kept, undone, added) = (id(5), id(6), id(7));
    for id in [&kept, &undone, &added] {
        assert!(matches!(
            contacts.first_contact(id).unwrap(),
            Befriend::Ask { .. }
        ));
        assert_eq!(contacts.first_contact(id).unwrap(), Befriend::Nothing);
    }
    contacts
        .add(new("Oak", Some(&added.to_string()), &[]))
        .unwrap();
    assert_eq!(contacts.pending_first_contacts().unwrap().len(), 3);
    contacts.first_contact_stands(&kept.key()).unwrap();
    for id in [&kept, &undone, &added] {
        contacts.undo_first_contact(&id.key()).unwrap();
    }
    assert!(contacts.pending_first_contacts().unwrap().is_empty());
    let left: Vec<PeerKey> = contacts
        .peers()
        .unwrap()
        .into_iter()
        .map(|p| p.key)
        .collect();
    assert_eq!(
        left,
        [kept.key(), added.key()],
        "a person has made one of them a contact meanwhile"
    );
}

#[test]
fn the_nickname_of_somebody_who_is_gone_leads_to_nobody_else_by_itself() {
    let ours = home(1, "");
    let contacts = &ours.contacts;
    let pairs = |byte: u8, name: &str| {
        let link = contacts.invite(&ours.id, None).unwrap().link;
        let guest = home(byte, name);
        let Befriend::Ask { message, .. } = guest.contacts.accept_link(&link).unwrap().befriend
        else {
            panic!("no request");
        };
        assert_eq!(
            contacts.knock(&guest.id.key(), &message).unwrap(),
            Knock::LetIn
        );
        contacts
            .learn(&guest.id.key(), name, vec![member("paul", "Paul", &[])])
            .unwrap();
    };
    pairs(2, "Mill");
    assert_eq!(nicknames(contacts), ["mill", "paul"]);
    contacts.remove("mill").unwrap();
    // Another Paul, in another Mill.
    pairs(3, "Mill");
    assert_eq!(nicknames(contacts), ["mill2", "paul2"]);
    assert!(contacts.resolve("paul@tox", None).unwrap().is_err());
    // The same ones come back: their old letters are theirs.
    pairs(2, "Mill");
    assert_eq!(nicknames(contacts), ["mill", "mill2", "paul", "paul2"]);
    assert_eq!(who(contacts, "paul@tox"), peer(&id(2), Some("paul")));
    // A person here says who Paul is now.
    contacts.remove("mill").unwrap();
    contacts
        .add(new("Paul", None, &["paul@example.org"]))
        .unwrap();
    assert_eq!(
        who(contacts, "paul@tox"),
        Who::Ordinary("paul@example.org".into())
    );
    pairs(2, "Mill");
    assert_eq!(
        nicknames(contacts),
        ["mill", "mill2", "paul", "paul2", "paul3"]
    );
}

#[test]
fn a_home_whose_people_change_all_the_time_takes_no_room_with_old_nicknames() {
    let (ours, theirs) = paired();
    let kept = || {
        let count = |c: &Connection| -> Result<i64, Error> {
            Ok(
                c.query_row("SELECT count(*) FROM retired_nicknames", [], |row| {
                    row.get(0)
                })?,
            )
        };
        ours.contacts.database.read(count).unwrap()
    };
    for round in 0..8 {
        let members = (0..100)
            .map(|n| member(&format!("m{round}x{n}"), "", &[]))
            .collect();
        ours.contacts
            .learn(&theirs.id.key(), "Mill", members)
            .unwrap();
    }
    assert!((100..=400).contains(&kept()), "{}", kept());
}

#[test]
fn who_is_reached_directly_only_stays_so_in_a_new_box() {
    let (ours, theirs) = acquainted();
    let (old, new) = (theirs.id.key(), id_of(9));
    ours.contacts.set_paths("Mill", Paths::DirectOnly).unwrap();
    assert!(ours.contacts.find("Mill").unwrap().direct_only);
    let announced = ours.contacts.announced(&old, *new.as_bytes()).unwrap();
    assert!(matches!(announced, Announced::New { .. }));
    // Before anybody has confirmed it: nothing else is said to it, either.
    assert_eq!(
        ours.contacts.direct_only().unwrap(),
        HashSet::from([old, new.key()])
    );
    ours.contacts.set_paths("Mill", Paths::All).unwrap();
    assert_eq!(
        ours.contacts.direct_only().unwrap(),
        HashSet::from([new.key()])
    );
    ours.contacts.set_paths("Mill", Paths::DirectOnly).unwrap();
    ours.contacts.confirm_move("Mill", nothing).unwrap();
    assert!(ours.contacts.find("Mill").unwrap().direct_only);
}

#[test]
fn who_has_no_tox_address_is_reached_by_no_relay() {
    let ours = home(1, "");
    let new = NewContact {
        name: "Paul".into(),
        emails: vec!["paul@example.org".into()],
        ..NewContact::default()
    };
    ours.contacts.add(new).unwrap();
    let refused = ours.contacts.set_paths("Paul", Paths::DirectOnly);
    assert!(refused.unwrap_err().to_string().contains("no Tox address"));
}
