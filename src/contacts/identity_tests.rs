//! What homes tell each other of themselves: their Tox address, who lives there, where they went.

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
