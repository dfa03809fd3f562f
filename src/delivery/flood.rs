//! Strangers who knock: how many they are tells a family that has new friends from an address that is in the wrong hands.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::mail::address::PeerKey;

/// What is counted.
const WITHIN: Duration = Duration::from_secs(3600);
/// So many different strangers in that time are a flood: nobody makes so many friends.
const MANY: usize = 20;
/// More are not counted.
const MOST: usize = 1000;

/// Who has knocked lately.
#[derive(Default)]
pub(super) struct Knocks {
    strangers: HashMap<PeerKey, Instant>,
    told: Option<Instant>,
}

impl Knocks {
    /// A stranger knocks. How many have within the hour, where that is a flood and was not told within the hour.
    pub(super) fn knock(&mut self, now: Instant, key: PeerKey) -> Option<usize> {
        if self.strangers.len() >= MOST {
            self.strangers.retain(|_, at| now < *at + WITHIN);
        }
        if self.strangers.len() < MOST {
            self.strangers.insert(key, now);
        }
        let count = self.flood(now)?;
        if self.told.is_some_and(|told| now < told + WITHIN) {
            return None;
        }
        self.told = Some(now);
        Some(count)
    }

    /// How many different strangers have knocked within the hour, where they are a flood.
    pub(super) fn flood(&self, now: Instant) -> Option<usize> {
        let lately = self.strangers.values().filter(|at| now < **at + WITHIN);
        Some(lately.count()).filter(|count| *count >= MANY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(n: usize) -> PeerKey {
        let mut key = [7; 32];
        key[..8].copy_from_slice(&n.to_be_bytes());
        PeerKey::from_bytes(key)
    }

    #[test]
    fn many_strangers_within_an_hour_are_told_once_an_hour() {
        let (begin, mut knocks) = (Instant::now(), Knocks::default());
        for n in 0..MANY - 1 {
            assert_eq!(knocks.knock(begin, key(n)), None);
        }
        // Tox repeats a request that nobody has answered.
        assert_eq!(knocks.knock(begin, key(0)), None);
        assert_eq!(knocks.knock(begin, key(MANY)), Some(MANY));
        assert_eq!(knocks.knock(begin, key(MANY + 1)), None);
        assert_eq!(knocks.flood(begin), Some(MANY + 1));
        let later = begin + WITHIN;
        assert_eq!(knocks.flood(later), None);
        let again: Vec<usize> = (0..MANY)
            .filter_map(|n| knocks.knock(later, key(n)))
            .collect();
        assert_eq!(again, [MANY]);
    }

    #[test]
    fn a_flood_takes_little_memory() {
        let (begin, mut knocks) = (Instant::now(), Knocks::default());
        for n in 0..MOST + 500 {
            knocks.knock(begin, key(n));
        }
        assert_eq!(knocks.flood(begin), Some(MOST));
        knocks.knock(begin + WITHIN, key(0));
        assert_eq!(knocks.flood(begin + WITHIN), None);
    }
}
