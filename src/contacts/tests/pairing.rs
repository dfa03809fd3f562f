//! How two homes become contacts: invitations, and requests of those who have none.

use std::time::Duration;

use super::*;

#[test]
fn one_link_pairs_two_homes() {
    let (ours, theirs) = (home(1, "Garden Street 5"), home(2, "Chez Käthe & fils"));
    let invitation = ours.contacts.invite(&ours.id, None).unwrap();
    assert_eq!(invitation.expires, noon() + WEEK);
    assert!(invitation.link.starts_with(&format!(
        "tox:{}?toxmail=1&name=Garden%20Street%205&token=",
        ours.id
    )));
    assert!(!format!("{invitation:?}").contains("tox:"));

    let accepted = theirs.contacts.accept_link(&invitation.link).unwrap();
    let asked = theirs.contacts.peer(&ours.id.key()).unwrap();
    let shown = format!("{accepted:?} {asked:?}");
    // The message carries the token; as octets it would be a list of numbers.
    assert!(
        !shown.contains("116, 111, 120") && !shown.contains("token"),
        "{shown}"
    );
    assert_eq!(
        (accepted.key, accepted.name.as_str()),
        (ours.id.key(), "Garden Street 5")
    );
    let Befriend::Ask { id, message } = accepted.befriend else {
        panic!("{accepted:?}")
    };
    assert_eq!(id, ours.id);
    assert!(message.len() <= MAX_REQUEST_BYTES);
    assert!(message.starts_with(b"toxmail-invitation:"));
    let waiting = theirs.contacts.peer(&id.key()).unwrap().unwrap();
    assert_eq!((waiting.kind, waiting.state), (Kind::Home, State::Asked));
    assert_eq!(
        waiting.request.as_ref(),
        Some(&message),
        "after a lost save file Tox is told again"
    );

    // Repeated by Tox until we answer; nobody else may use it.
    for _ in 0..2 {
        let knock = ours.contacts.knock(&theirs.id.key(), &message).unwrap();
        assert_eq!(knock, Knock::LetIn);
    }
    assert_eq!(
        ours.contacts.knock(&self::id(9).key(), &message).unwrap(),
        Knock::Asks
    );
    let known = ours.contacts.peer(&theirs.id.key()).unwrap().unwrap();
    assert_eq!((known.kind, known.state), (Kind::Home, State::Waiting));
    assert_eq!(known.home_name, "Chez Käthe & fils");
    let row = &ours.contacts.invitations().unwrap()[0];
    assert_eq!(
        (row.state, row.used_by),
        (InvitationState::Used, Some(theirs.id.key()))
    );

    // Both tables fill with the other's members.
    let learned = theirs
        .contacts
        .learn(
            &ours.id.key(),
            "Garden Street 5",
            vec![
                member("anna", "Anna Martin", &["anna@example.org"]),
                member("paul", "", &[]),
            ],
        )
        .unwrap();
    assert_eq!(learned.new, ["anna", "paul"]);
    assert_eq!(
        nicknames(&theirs.contacts),
        ["anna", "garden.street.5", "paul"]
    );
    assert_eq!(
        who(&theirs.contacts, "Anna@tox"),
        peer(&ours.id, Some("anna"))
    );
    assert_eq!(
        who(&theirs.contacts, "anna+x@tox"),
        peer(&ours.id, Some("anna+x"))
    );
    assert_eq!(
        who(&theirs.contacts, "garden.street.5@tox"),
        peer(&ours.id, None)
    );
    assert_eq!(
        theirs
            .contacts
            .name_of(&ours.id.key(), Some("anna"), None)
            .unwrap(),
        "Anna Martin"
    );
    assert_eq!(nicknames(&ours.contacts), ["chez.kathe.fils"]);
}

#[test]
fn an_invitation_opens_once_and_not_for_ever() {
    let mut ours = home(1, "");
    let message = |link: &str| home(2, "").contacts.accept_link(link).map(|a| a.befriend);
    let (late, gone) = (
        ours.contacts.invite(&ours.id, None).unwrap(),
        ours.contacts
            .invite(&ours.id, Some(Duration::from_secs(60)))
            .unwrap(),
    );
    ours.contacts.withdraw(gone.id).unwrap();
    assert!(
        no(ours.contacts.withdraw(gone.id))
            .1
            .contains("invite list")
    );
    let states = |c: &Contacts| -> Vec<_> {
        c.invitations()
            .unwrap()
            .into_iter()
            .map(|row| row.state)
            .collect()
    };
    assert_eq!(
        states(&ours.contacts),
        [InvitationState::Open, InvitationState::Withdrawn]
    );
    ours.contacts.now = a_week_later;
    assert_eq!(states(&ours.contacts)[0], InvitationState::Expired);
    for invitation in [late, gone] {
        let Befriend::Ask { message, .. } = message(&invitation.link).unwrap() else {
            panic!()
        };
        assert_eq!(
            ours.contacts.knock(&id(2).key(), &message).unwrap(),
            Knock::Asks
        );
        assert!(!ours.contacts.redeem("", &id(2).key()).unwrap());
    }
    let asks = ours.contacts.requests().unwrap();
    assert_eq!(asks[0].message, "(an invitation that is used up)");

    // Nothing that could open the door is in the database.
    let again = ours.contacts.invite(&ours.id, None).unwrap();
    let token = again.link.rsplit_once('=').unwrap().1.to_owned();
    assert!(token.len() >= 26);
    let hashes: Vec<u8> = ours
        .contacts
        .database
        .read(|c| -> Result<_, Error> {
            Ok(c.query_row(
                "SELECT token_hash FROM invitations ORDER BY id DESC",
                [],
                |r| r.get(0),
            )?)
        })
        .unwrap();
    assert!(!String::from_utf8_lossy(&hashes).contains(&token));
    // A blocked home does not come in by a link that somebody passed on.
    ours.contacts.block_key(&id(3).key()).unwrap();
    assert!(!ours.contacts.redeem(&token, &id(3).key()).unwrap());
    assert!(
        ours.contacts
            .redeem(&token.to_lowercase(), &id(2).key())
            .unwrap()
    );
    assert!(!ours.contacts.redeem(&token, &id(4).key()).unwrap());
}

#[test]
fn links_as_people_paste_them() {
    let ours = home(1, "x");
    let token = "A".repeat(32);
    let good = format!("tox:{}?toxmail=1&name=a%20b+c%zz&token={token}", id(2));
    for link in [
        good.clone(),
        format!("  {good}\r\n"),
        good.replace("tox:", "TOX://"),
        good.to_lowercase(),
        format!("{good}&later=1"),
    ] {
        let parsed: Link = link.parse().expect(&link);
        assert_eq!(
            (parsed.id, parsed.name.as_str()),
            (id(2), "a b c%zz"),
            "{link}"
        );
    }
    for (link, words) in [
        ("", "not an invitation"),
        ("https://example.org", "not an invitation"),
        (&good[..50], "76 hex digits"),
        (&good.replace("toxmail=1", "toxmail=2"), "later Toxmail"),
        (&format!("tox:{}", id(2)), "no invitation"),
        (&good[..good.len() - 10], "missing or mistyped"),
        (&good.replace("&token", "&t"), "missing or mistyped"),
        (&format!("{good}{}", "x".repeat(2000)), "not an invitation"),
    ] {
        let (error, advice) = no(ours.contacts.accept_link(link));
        assert!(error.contains(words), "{link}: {error}");
        assert!(!advice.is_empty());
    }
    let own = ours.contacts.invite(&ours.id, None).unwrap();
    assert!(
        no(ours.contacts.accept_link(&own.link))
            .0
            .contains("your own home")
    );
}

#[test]
fn who_knocks_waits_for_a_persons_word() {
    let ours = home(1, "");
    let c = &ours.contacts;
    let words = format!("Hi\r\n\x07\u{202e}{}", "it's me ".repeat(100));
    assert_eq!(
        c.knock(&id(2).key(), words.as_bytes()).unwrap(),
        Knock::Asks
    );
    assert_eq!(c.knock(&id(2).key(), b"again \xff").unwrap(), Knock::Asks);
    assert_eq!(
        c.knock(&id(3).key(), words.as_bytes()).unwrap(),
        Knock::Asks
    );
    let requests = c.requests().unwrap();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0].message, "again \u{fffd}");
    assert!(requests[1].message.starts_with("Hi it's me") && requests[1].message.len() <= 200);

    assert!(no(c.accept("xyz")).1.contains("8 hex digits"));
    assert!(no(c.accept("99999999")).0.contains("nobody"));
    assert_eq!(c.accept("02020202").unwrap(), id(2).key());
    assert_eq!(c.refuse(&id(3).key().to_string()).unwrap(), id(3).key());
    assert!(c.requests().unwrap().is_empty());
    assert_eq!(c.knock(&id(2).key(), b"again").unwrap(), Knock::LetIn);
    assert_eq!(nicknames(c), ["home.02020202"]);
    c.learn(&id(2).key(), "Maison", vec![]).unwrap();
    assert_eq!(nicknames(c), ["maison"]);

    // Both have asked: their request is answered by our own wish.
    c.knock(&id(5).key(), b"x").unwrap();
    let added = c.add(new("Five", Some(&id(5).to_string()), &[])).unwrap();
    assert_eq!(added.befriend, Befriend::Accept(id(5).key()));
    assert!(c.requests().unwrap().is_empty());

    // A flood is not heard; the first ones are.
    for byte in 10..=110 {
        let knock = c.knock(&id(byte).key(), b"x").unwrap();
        assert_eq!(knock == Knock::Asks, byte < 110, "{byte}");
    }
    c.block_key(&id(10).key()).unwrap();
    assert_eq!(c.knock(&id(10).key(), b"x").unwrap(), Knock::Ignored);
    assert_eq!(c.knock(&id(110).key(), b"x").unwrap(), Knock::Asks);
}

#[test]
fn who_was_removed_does_not_come_back_by_the_old_invitation() {
    let ours = home(1, "");
    let c = &ours.contacts;
    let parted: [&dyn Fn(&PeerKey); 3] = [
        &|key| drop(c.remove(&key.to_string()).unwrap()),
        &|key| {
            c.block_key(key).unwrap();
            c.remove(&key.to_string()).unwrap();
        },
        &|key| {
            let anna: MemberName = "anna".parse().unwrap();
            let owner = Some(anna.clone());
            let tox = Some(address::canonical(None, key));
            let emails = vec![];
            let name = "Mine".into();
            c.add(NewContact {
                name,
                tox,
                emails,
                owner,
            })
            .unwrap();
            c.remove(&rows(c, key)).unwrap();
            assert_eq!(c.forget_owner(&anna).unwrap(), [*key]);
        },
    ];
    // Everybody's entry of that home, by its nickname.
    fn rows(c: &Contacts, key: &PeerKey) -> String {
        let mut rows = c.list().unwrap().into_iter();
        let row = rows.find(|row| row.key == Some(*key) && row.owner.is_none());
        row.unwrap().nickname
    }
    for (n, part) in (2..).zip(parted) {
        let guest = id(n).key();
        let link = c.invite(&ours.id, None).unwrap().link;
        let Befriend::Ask { message, .. } =
            home(n, "x").contacts.accept_link(&link).unwrap().befriend
        else {
            panic!()
        };
        assert_eq!(c.knock(&guest, &message).unwrap(), Knock::LetIn);
        assert_eq!(
            c.knock(&guest, &message).unwrap(),
            Knock::LetIn,
            "repeated by Tox"
        );
        part(&guest);
        assert_eq!(c.peer(&guest).unwrap().map(|peer| peer.key), None);
        // Tox repeats the request that it once sent: that is a stranger's again.
        assert_eq!(c.knock(&guest, &message).unwrap(), Knock::Asks, "{n}");
        let state = c.invitations().unwrap().pop().unwrap().state;
        assert_eq!(state, InvitationState::Used);
    }
}

/// A home that has removed us says nothing of it. Until Tox has written down that it knocks there again, the row is all that a power
/// cut leaves.
#[test]
fn an_invitation_of_a_home_that_we_knew_is_remembered_until_it_lets_us_in() {
    let (ours, theirs) = (home(1, "Garden Street 5"), home(2, "Mill"));
    let c = &theirs.contacts;
    let key = ours.id.key();
    let invited = || {
        let link = ours.contacts.invite(&ours.id, None).unwrap().link;
        match c.accept_link(&link).unwrap().befriend {
            Befriend::Ask { message, .. } => message,
            other => panic!("{other:?}"),
        }
    };
    let kept = || {
        let peer = c.peer(&key).unwrap().unwrap();
        (peer.state, peer.request)
    };
    invited();
    c.saw_online(&key, 1000).unwrap();
    assert_eq!(kept(), (State::Connected, None));
    let again = invited();
    assert_eq!(kept(), (State::Connected, Some(again)));
    // Ten minutes have not passed: it is news all the same.
    c.saw_online(&key, 1001).unwrap();
    assert_eq!(kept(), (State::Connected, None));

    // One that had knocked here may have parted from us since.
    let (ours, theirs) = (home(1, "Garden Street 5"), home(2, "Mill"));
    theirs.contacts.knock(&ours.id.key(), b"hello").unwrap();
    let link = ours.contacts.invite(&ours.id, None).unwrap().link;
    theirs.contacts.accept_link(&link).unwrap();
    let peer = theirs.contacts.peer(&ours.id.key()).unwrap().unwrap();
    assert!(peer.request.is_some());
}

#[test]
fn another_name_of_this_home_stands_in_the_next_invitation() {
    let ours = home(1, "Before");
    let another_handle = ours.contacts.clone();
    another_handle.rename("After <x>");
    let link = ours.contacts.invite(&ours.id, None).unwrap().link;
    assert!(link.contains("&name=After%20x&"), "{link}");
    let said = ours.contacts.request_message(None);
    assert!(said.starts_with(b"After x would like"));
}

#[test]
fn who_asked_by_a_name_becomes_a_contact_of_that_name() {
    let (ours, theirs) = (home(1, "Garden Street 5"), home(2, "Mill"));
    let Befriend::Ask { message, .. } = theirs.contacts.first_contact(&ours.id).unwrap() else {
        panic!("a stranger is asked");
    };
    let key = theirs.id.key();
    assert_eq!(ours.contacts.knock(&key, &message).unwrap(), Knock::Asks);
    let request = ours.contacts.requests().unwrap().remove(0);
    assert_eq!(ours.contacts.name_of_asker(&request).unwrap(), "Mill");
    ours.contacts.accept(&key.to_string()).unwrap();
    assert_eq!(nicknames(&ours.contacts), ["mill"]);

    // Anything else that somebody says is no name, and a name that is known here is told apart.
    let ours = home(1, "Garden Street 5");
    ours.contacts
        .add(new("Anna", None, &["anna@example.org"]))
        .unwrap();
    for (byte, message, name) in [
        (3, "Hello, I am Anna", "Home 03030303"),
        (
            4,
            "Anna would like to exchange mail with you (Toxmail)",
            "Anna (Home 04040404)",
        ),
    ] {
        ours.contacts
            .knock(&id(byte).key(), message.as_bytes())
            .unwrap();
        let requests = ours.contacts.requests().unwrap();
        let request = requests.iter().find(|r| r.key == id(byte).key()).unwrap();
        assert_eq!(ours.contacts.name_of_asker(request).unwrap(), name);
    }
}
