//! What peers are, and what a letter from one to the other is made of.

use super::*;
use crate::mail::header::{AddressBook, ArrivalBook, HeaderSection, Stamp, for_tox, on_arrival};

#[test]
fn an_idle_home_writes_nothing() {
    let ours = home(1, "");
    let c = &ours.contacts;
    c.add(new("Oma", Some(&id(2).to_string()), &[])).unwrap();
    let key = id(2).key();
    let state = || {
        let peer = c.peer(&key).unwrap().unwrap();
        (
            peer.kind,
            peer.state,
            peer.last_seen,
            peer.request.is_some(),
        )
    };
    assert_eq!(state(), (Kind::Unknown, State::Asked, None, true));
    c.saw_online(&key, 1000).unwrap();
    c.saw_hello(&key).unwrap();
    c.saw_hello(&id(9).key()).unwrap();
    c.saw_online(&key, 1599).unwrap();
    assert_eq!(state(), (Kind::Home, State::Connected, Some(1000), false));
    c.saw_online(&key, 1600).unwrap();
    assert_eq!(state().2, Some(1600));
    assert_eq!(c.peers().unwrap().len(), 1);
}

#[test]
fn a_letter_there_and_back() {
    let (ours, theirs) = (home(1, "Ours"), home(2, "Theirs"));
    ours.contacts
        .add(new(
            "Oma",
            Some(&theirs.id.to_string()),
            &["oma@example.org"],
        ))
        .unwrap();
    ours.contacts
        .learn(
            &theirs.id.key(),
            "Theirs",
            vec![member("lena", "Lena", &[])],
        )
        .unwrap();
    let link = ours.contacts.invite(&ours.id, None).unwrap().link;
    theirs.contacts.accept_link(&link).unwrap();
    theirs
        .contacts
        .learn(
            &ours.id.key(),
            "Ours",
            vec![member("anna", "Anna", &["anna@example.net"])],
        )
        .unwrap();

    let written = format!(
        "From: Me <anna@box.example>\r\nTo: \"oma@tox\" <OMA@tox>, lena@tox, doc@example.net,\r\n {}@tox\r\n\
         Cc: home@toxmail.local, postmaster@toxmail.local, unknown@tox\r\nDate: x\r\nMessage-ID: <y>\r\n",
        id(3)
    );
    let header = HeaderSection::parse(written.as_bytes()).unwrap();
    let anna: MemberName = "anna".parse().unwrap();
    let book = ours.contacts.book(Some(&anna), &header).unwrap();
    let (us, them) = (ours.id.key().base32(), theirs.id.key().base32());
    let stamp = Stamp {
        date: String::new(),
        message_id: String::new(),
    };
    let sent = for_tox(&header, &book, &stamp);
    assert_eq!(
        String::from_utf8(sent.clone()).unwrap(),
        format!(
            "From: Me <anna@{us}.tox>\r\nTo: \"home@{them}.tox\" <home@{them}.tox>, lena@{them}.tox, doc@example.net,\r\n home@{}.tox\r\n\
             Cc: home@{us}.tox, postmaster@{us}.tox, unknown@tox.invalid\r\nDate: x\r\nMessage-ID: <y>\r\n",
            id(3).key().base32()
        )
    );
    let header = HeaderSection::parse(&sent).unwrap();
    let arrival = theirs
        .contacts
        .arrival_book(&ours.id.key(), None, &header)
        .unwrap();
    let return_path = canonical_of(&ours.id, "anna");
    let filed =
        String::from_utf8(on_arrival(&header, &arrival, &return_path, "direct").unwrap()).unwrap();
    assert!(filed.contains("\r\nFrom: Anna <anna@tox>\r\n"), "{filed}");
    assert!(
        filed.contains("<home@box.example>, lena@box.example, doc@"),
        "{filed}"
    );
    assert!(filed.contains("Cc: ours@tox, "), "{filed}");
    // The answer finds its way.
    assert_eq!(
        who(&theirs.contacts, "anna@tox"),
        peer(&ours.id, Some("anna"))
    );

    // Confirmed, her ordinary address counts, and is what people see.
    assert!(!arrival.may_write_as("anna@example.net"));
    theirs.contacts.confirm("anna", "anna@example.net").unwrap();
    let arrival = theirs
        .contacts
        .arrival_book(&ours.id.key(), None, &header)
        .unwrap();
    assert!(arrival.may_write_as("Anna@Example.net"));
    assert_eq!(
        arrival.preferred(&return_path).as_deref(),
        Some("anna@example.net")
    );
    let filed = on_arrival(&header, &arrival, &return_path, "direct").unwrap();
    assert!(
        String::from_utf8(filed)
            .unwrap()
            .contains("\r\nFrom: Anna <anna@example.net>\r\n")
    );
    // Somebody there whom we have not heard of is shown as theirs; a stranger's home has a name as well.
    let display = |arrival: &Arrival, local| arrival.display_for(&canonical_of(&ours.id, local));
    assert_eq!(display(&arrival, "new").as_deref(), Some("new (Ours)"));
    let strange = theirs
        .contacts
        .arrival_book(&id(7).key(), None, &header)
        .unwrap();
    let name = strange.display_for(&canonical_of(&id(7), "x"));
    assert_eq!(name.as_deref(), Some("x (Home 07070707)"));
    assert_eq!(book.canonical_of("doc@example.net"), None);
}

#[test]
fn a_friend_with_a_chat_program_is_one_by_a_word_of_theirs_or_ours_and_a_home_never() {
    let home = home(1, "Garden Street 5");
    let contacts = &home.contacts;
    let text = |byte| Some(id(byte).to_string());
    let kind = |byte| contacts.peer(&id(byte).key()).unwrap().unwrap().kind;
    // By a person, when the contact is made and later.
    let paul = text(2);
    contacts
        .add_chat(new("Paul", paul.as_deref(), &[]))
        .unwrap();
    assert_eq!(kind(2), Kind::Chat);
    contacts
        .add(new("Oma", text(3).as_deref(), &["oma@example.org"]))
        .unwrap();
    assert_eq!(kind(3), Kind::Unknown);
    assert_eq!(contacts.chats("Oma").unwrap(), id(3).key());
    assert_eq!(kind(3), Kind::Chat);
    assert!(
        contacts
            .add_chat(new("X", None, &["x@example.org"]))
            .is_err()
    );
    contacts.add(new("Y", None, &["y@example.org"])).unwrap();
    assert!(contacts.chats("Y").is_err());
    // By the first text, of somebody who was let in.
    assert_eq!(contacts.knock(&id(4).key(), b"hi").unwrap(), Knock::Asks);
    assert_eq!(contacts.saw_text(&id(4).key()).unwrap(), None);
    contacts.accept(&id(4).key().to_string()).unwrap();
    assert_eq!(contacts.saw_text(&id(4).key()).unwrap(), Some(Kind::Chat));
    let name = contacts.name_of(&id(4).key(), None, None).unwrap();
    assert!(name.starts_with("Friend "), "{name}");
    // A Hello makes a home of whatever it was, for good.
    for byte in [2, 3, 4] {
        contacts.saw_hello(&id(byte).key()).unwrap();
        assert_eq!(
            contacts.saw_text(&id(byte).key()).unwrap(),
            Some(Kind::Home)
        );
        assert!(contacts.set_chat(&id(byte).key()).is_err());
        assert_eq!(kind(byte), Kind::Home);
    }
    assert!(
        contacts
            .add_chat(new("Paul again", paul.as_deref(), &[]))
            .is_err()
    );
    // Nobody listens to a key that is blocked.
    contacts.block_key(&id(5).key()).unwrap();
    assert_eq!(contacts.saw_text(&id(5).key()).unwrap(), None);
    assert!(contacts.set_chat(&id(5).key()).is_err());
}

#[test]
fn a_friend_s_words_go_to_whose_friend_it_is() {
    let home = home(1, "Garden Street 5");
    let contacts = &home.contacts;
    let key = id(2).key();
    let own = |name: &str, owner: &str| NewContact {
        owner: Some(owner.parse().unwrap()),
        ..new(name, Some(&id(2).to_string()), &[])
    };
    let owner = || {
        contacts
            .friend(&key)
            .unwrap()
            .and_then(|friend| friend.owner)
    };
    assert_eq!(owner(), None);
    contacts.add_chat(own("Paul", "anna")).unwrap();
    contacts.add_chat(own("Paul of Bob", "bob")).unwrap();
    assert_eq!(owner(), Some("anna".parse().unwrap()));
    // What a pairing made by itself does not count before what a person wrote.
    contacts.knock(&key, b"hi").unwrap();
    assert_eq!(owner(), Some("anna".parse().unwrap()));
    contacts
        .add(new("Our Paul", Some(&id(2).to_string()), &[]))
        .unwrap();
    assert_eq!(owner(), None);
}
