use super::*;
use proptest::prelude::*;

fn seen(uid: u32, marks: Marks, mod_seq: u64) -> Seen {
    Seen {
        uid: Uid(uid),
        marks,
        mod_seq: ModSeq(mod_seq),
    }
}

fn three() -> View {
    View::new([1, 5, 9].map(|uid| seen(uid, Marks::NONE, 1)))
}

/// RFC 3501 section 7.4.1: no EXPUNGE during FETCH, STORE or SEARCH.
#[test]
fn what_is_gone_keeps_its_number_until_it_may_be_told() {
    let mut view = three();
    assert_eq!(
        view.update(&[seen(12, Marks::SEEN, 2)], &[Uid(5)], Gone::Held),
        [Told::Exists(4)]
    );
    assert_eq!(view.get(3).unwrap().uid, Uid(9));
    assert!(view.is_ghost(Uid(5)) && !view.is_ghost(Uid(9)));
    assert_eq!(
        view.update(&[], &[], Gone::Told),
        [Told::Expunged(2, Uid(5))]
    );
    assert_eq!((view.len(), view.get(2).unwrap().uid), (3, Uid(9)));
}

/// RFC 3501 section 7.4.1: each EXPUNGE moves the numbers behind it.
#[test]
fn expunges_are_told_from_the_highest_number_down() {
    let mut view = three();
    let told = view.update(&[], &[Uid(1), Uid(9)], Gone::Told);
    assert_eq!(told, [Told::Expunged(3, Uid(9)), Told::Expunged(1, Uid(1))]);
}

#[test]
fn flags_that_the_client_knows_already_are_not_told_again() {
    let mut view = three();
    view.set(seen(5, Marks::SEEN, 3));
    assert_eq!(view.update(&[seen(5, Marks::SEEN, 3)], &[], Gone::Held), []);
    let told = view.update(&[seen(5, Marks::NONE, 4)], &[], Gone::Held);
    assert_eq!(told, [Told::Changed(2, seen(5, Marks::NONE, 4))]);
    // What comes late is older than what is known.
    assert_eq!(
        view.update(&[seen(5, Marks::DRAFT, 3)], &[], Gone::Held),
        []
    );
}

/// RFC 3501 section 7.3.2.
#[test]
fn a_message_stays_recent_whatever_becomes_of_its_flags() {
    let mut view = three();
    let new = |uid| seen(uid, Marks::RECENT, 2);
    let told = view.update(&[new(12), new(13)], &[], Gone::Told);
    assert_eq!(told, [Told::Exists(5), Told::Recent(2)]);
    let flagged = Marks::FLAGGED.with(Marks::RECENT);
    let told = view.update(
        &[seen(5, flagged, 3), seen(12, Marks::FLAGGED, 3)],
        &[Uid(13)],
        Gone::Told,
    );
    assert_eq!(
        told,
        [
            Told::Expunged(5, Uid(13)),
            Told::Recent(1),
            Told::Changed(2, seen(5, Marks::FLAGGED, 3)),
            Told::Changed(4, seen(12, flagged, 3)),
        ]
    );
    view.set(seen(12, Marks::SEEN, 4));
    assert!(view.get(4).unwrap().marks.has(Marks::RECENT));
    view.forget_recent();
    assert_eq!(
        (view.recent(), view.get(4).unwrap().marks),
        (0, Marks::SEEN)
    );
}

#[test]
fn numbers_beyond_the_mailbox_are_an_error_and_uids_are_not() {
    let view = three();
    assert_eq!(view.by_number(&[(1, 3)]), Some(vec![1, 2, 3]));
    assert_eq!(view.by_number(&[(3, 4)]), None);
    assert_eq!(view.by_number(&[(0, 1)]), None);
    assert_eq!(view.by_uid(&[(2, 8), (9, 4_000_000_000)]), [2, 3]);
}

proptest! {
    /// A client that does nothing but count what it is told sees what is there.
    #[test]
    fn a_client_that_follows_what_it_is_told_has_the_right_numbers(
        rounds in proptest::collection::vec(
            (0u32..4, proptest::collection::vec(0usize..30, 0..4), any::<bool>()), 1..30)
    ) {
        let mut mailbox: Vec<u32> = Vec::new();
        let mut view = View::default();
        // The client's list: UIDs that it learns by asking for new numbers at once.
        let mut client: Vec<u32> = Vec::new();
        let mut next = 1;
        for (arrive, leave, tell) in rounds {
            let mut vanished = Vec::new();
            for at in leave {
                if at < mailbox.len() {
                    vanished.push(Uid(mailbox.remove(at)));
                }
            }
            vanished.sort_unstable();
            let new: Vec<Seen> = (next..next + arrive).map(|uid| seen(uid, Marks::NONE, 1)).collect();
            mailbox.extend(next..next + arrive);
            next += arrive;
            let gone = if tell { Gone::Told } else { Gone::Held };
            for told in view.update(&new, &vanished, gone) {
                match told {
                    Told::Expunged(number, uid) => {
                        prop_assert!(tell);
                        prop_assert_eq!(client.remove(number as usize - 1), uid.0);
                    }
                    Told::Exists(count) => {
                        for number in client.len() as u32 + 1..=count {
                            client.push(view.get(number).unwrap().uid.0);
                        }
                    }
                    Told::Changed(..) | Told::Recent(_) => prop_assert!(false),
                }
            }
            prop_assert_eq!(client.len() as u32, view.len());
            if tell {
                prop_assert_eq!(&client, &mailbox);
            }
            for (at, uid) in client.iter().enumerate() {
                prop_assert_eq!(view.number(Uid(*uid)), Some(at as u32 + 1));
                prop_assert_eq!(view.is_ghost(Uid(*uid)), !mailbox.contains(uid));
            }
        }
    }
}
