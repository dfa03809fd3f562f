//! How many big letters come in at once, and whose stops for whose where places or room on the disk run out. Pure.
//!
//! A contact alone gets all there is. Where there is too little, whoever holds most gives way to whoever still holds less with
//! the newcomer: a contact that promises letters and never sends them keeps out nobody but itself, however many it
//! promises and however slowly it sends, and no two push each other out in turn.
//!
//! # Known limits
//! By how much a letter moves nobody is judged: a sender lets small letters go first, so that a big one may stand for hours behind
//! them on a slow line, and is in order.

use std::collections::HashMap;

use super::Name;
use crate::durable;
use crate::mail::address::PeerKey;

/// Big transfers under way at the same time, from all peers: each has a thread and a file.
const MAX_BIG: usize = 32;

/// Which of the transfers that are `coming`, each with the bytes that it still has to bring, stop for one more of `peer` with
/// `left` bytes, where the disk has `room` for so many; `None`: none does, and it has to wait.
///
/// Of a peer's own that stops first which has most to bring: small letters go before big ones.
pub(super) fn make_way(
    mut coming: Vec<(Name, u64)>,
    peer: PeerKey,
    left: u64,
    room: u64,
) -> Option<Vec<Name>> {
    let mut stopped = Vec::new();
    loop {
        let crowded = coming.len() >= MAX_BIG;
        let promised = coming.iter().map(|(_, left)| *left);
        let needed = promised.fold(left, u64::saturating_add);
        if !crowded && needed.saturating_add(durable::RESERVE) <= room {
            return Some(stopped);
        }
        // What there is too little of.
        let share = |left: u64| if crowded { 1 } else { left };
        let mut held: HashMap<PeerKey, u64> = HashMap::new();
        for ((of, _), left) in &coming {
            let held = held.entry(*of).or_default();
            *held = held.saturating_add(share(*left));
        }
        let own = held.get(&peer).copied().unwrap_or(0);
        let (most, of) = held.into_iter().map(|(of, held)| (held, of)).max()?;
        if most <= own.saturating_add(share(left)) {
            return None;
        }
        let theirs = coming
            .iter()
            .enumerate()
            .filter(|(_, ((p, _), _))| *p == of);
        let (at, _) = theirs.max_by_key(|(_, (name, left))| (*left, *name))?;
        stopped.push(coming.swap_remove(at).0);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    const MB: u64 = 1_000_000;
    const PLENTY: u64 = u64::MAX;

    fn key(n: u8) -> PeerKey {
        PeerKey::from_bytes([n; 32])
    }

    /// Transfers of one peer, of so many bytes each.
    fn of(peer: u8, count: u8, left: u64) -> Vec<(Name, u64)> {
        let ids = (0..count).map(|n| [n; 16]);
        ids.map(|id| ((key(peer), id), left)).collect()
    }

    fn held(coming: &[(Name, u64)], peer: u8) -> usize {
        coming.iter().filter(|((p, _), _)| *p == key(peer)).count()
    }

    #[test]
    fn a_contact_alone_gets_all_there_is() {
        let coming = of(1, 19, 100 * MB);
        assert_eq!(make_way(coming, key(1), MB, PLENTY), Some(vec![]));
        // And pushes nobody out for more.
        assert_eq!(make_way(of(1, 32, 100 * MB), key(1), MB, PLENTY), None);
    }

    #[test]
    fn whoever_holds_most_gives_way_with_what_has_most_to_come() {
        let mut coming = [of(1, 15, MB), of(2, 17, MB)].concat();
        coming[20].1 = 2 * MB;
        let largest = coming[20].0;
        let stopped = make_way(coming.clone(), key(3), 100 * MB, PLENTY);
        assert_eq!(stopped, Some(vec![largest]));
        assert_eq!(make_way(coming, key(2), MB, PLENTY), None);
    }

    #[test]
    fn places_come_to_be_shared_and_then_nobody_moves() {
        let mut coming = of(1, 32, MB);
        let mut next = 100u8;
        for round in 0.. {
            let mut moved = false;
            for peer in 1..=3 {
                next = next.wrapping_add(1);
                if let Some(stopped) = make_way(coming.clone(), key(peer), MB, PLENTY) {
                    coming.retain(|(name, _)| !stopped.contains(name));
                    coming.push(((key(peer), [next; 16]), MB));
                    moved = true;
                }
            }
            if !moved {
                break;
            }
            assert!(round < 50, "they push each other out");
        }
        let held = [1, 2, 3].map(|peer| held(&coming, peer));
        assert_eq!(coming.len(), MAX_BIG);
        assert!(held.iter().all(|held| (10..=11).contains(held)), "{held:?}");
    }

    #[test]
    fn promises_of_one_contact_do_not_take_the_room_of_another() {
        let room = durable::RESERVE + 1650 * MB;
        let coming = of(1, 16, 100 * MB);
        assert_eq!(make_way(coming.clone(), key(1), 100 * MB, room), None);
        assert_eq!(
            make_way(coming.clone(), key(2), 50 * MB, room),
            Some(vec![])
        );
        let stopped = make_way(coming.clone(), key(2), 100 * MB, room).unwrap();
        assert_eq!(stopped, [(key(1), [15; 16])]);
        // Who was stopped stops nobody.
        let mut coming: Vec<_> = coming.into_iter().take(15).collect();
        coming.push(((key(2), [1; 16]), 100 * MB));
        assert_eq!(make_way(coming, key(1), 100 * MB, room), None);
    }

    #[test]
    fn one_letter_gives_way_to_a_smaller_one_only() {
        let room = durable::RESERVE + 120 * MB;
        let one = of(1, 1, 100 * MB);
        let stopped = make_way(one.clone(), key(2), 99 * MB, room);
        assert_eq!(stopped, Some(vec![one[0].0]));
        assert_eq!(make_way(one, key(2), 100 * MB, room), None);
        assert_eq!(make_way(of(2, 1, 99 * MB), key(1), 100 * MB, room), None);
    }

    #[test]
    fn nobody_stops_for_a_letter_that_finds_no_room_even_so() {
        let room = durable::RESERVE + 10 * MB;
        let coming = [of(1, 4, MB), of(2, 1, 9 * MB)].concat();
        assert_eq!(make_way(coming.clone(), key(3), 8 * MB, room), None);
        assert_eq!(
            make_way(coming, key(3), 3 * MB, room),
            Some(vec![(key(2), [0; 16])])
        );
    }
}
