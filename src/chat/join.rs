//! What is said within a minute becomes one letter.
//!
//! The first thing opens a letter, which is closed when its time is over, or when it would become too long. Who says very much in a day is
//! joined over a longer time, so that no mailbox fills with letters.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::mail::address::PeerKey;

/// What is said within this time is one letter.
const MINUTE: Duration = Duration::from_secs(60);
/// After so many letters in one day ...
const MANY_LETTERS: u32 = 60;
/// ... what is said within this time is one.
const LONGER: Duration = Duration::from_secs(600);
/// The words of one letter, in bytes.
const MAX_LETTER_TEXT: u64 = 32 << 10;

/// What something adds to a letter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weight {
    /// Bytes of words.
    pub text: u64,
    /// Bytes of files, as a letter carries them.
    pub files: u64,
}

struct Open {
    until: Instant,
    weight: Weight,
}

/// The letters that are open, one a friend.
#[derive(Default)]
pub struct Join {
    open: HashMap<PeerKey, Open>,
}

impl Join {
    /// Something more of a friend, who had `letters` today. `true`: the letter that is open is closed before it.
    pub fn add(
        &mut self,
        now: Instant,
        peer: PeerKey,
        weight: Weight,
        letters: u32,
        max_letter: u64,
    ) -> bool {
        let fits = |open: &Open| {
            open.weight.text + weight.text <= MAX_LETTER_TEXT
                && open.weight.files + weight.files <= max_letter
                && now < open.until
        };
        let closes = self.open.get(&peer).is_some_and(|open| !fits(open));
        if closes {
            self.open.remove(&peer);
        }
        let wait = if letters < MANY_LETTERS {
            MINUTE
        } else {
            LONGER
        };
        let open = self.open.entry(peer).or_insert(Open {
            until: now + wait,
            weight: Weight::default(),
        });
        open.weight.text += weight.text;
        open.weight.files += weight.files;
        closes
    }

    /// Nothing of this friend is open any more.
    pub fn forget(&mut self, peer: &PeerKey) {
        self.open.remove(peer);
    }

    /// A friend whose time is over; their letter is closed.
    pub fn poll(&mut self, now: Instant) -> Option<PeerKey> {
        let mut all = self.open.iter();
        let peer = all.find(|(_, open)| open.until <= now).map(|(p, _)| *p)?;
        self.open.remove(&peer);
        Some(peer)
    }

    /// When [`poll`](Self::poll) will have something.
    pub fn timeout(&self) -> Option<Instant> {
        self.open.values().map(|open| open.until).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BIG: u64 = 100 << 20;

    fn words(text: u64) -> Weight {
        Weight { text, files: 0 }
    }

    #[test]
    fn a_minute_after_the_first_word_the_letter_is_closed() {
        let (paul, oma) = (PeerKey::from_bytes([1; 32]), PeerKey::from_bytes([2; 32]));
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut join = Join::default();
        assert_eq!(join.timeout(), None);
        assert!(!join.add(at(0), paul, words(10), 0, BIG));
        assert!(!join.add(at(59), paul, words(10), 0, BIG));
        assert!(!join.add(at(30), oma, words(10), 0, BIG));
        assert_eq!(join.timeout(), Some(at(60)));
        assert_eq!(join.poll(at(59)), None);
        assert_eq!(join.poll(at(60)), Some(paul));
        assert_eq!(join.poll(at(60)), None);
        // The next word opens the next letter.
        assert!(!join.add(at(61), paul, words(10), 1, BIG));
        assert_eq!(join.poll(at(120)), Some(oma));
        assert_eq!(join.poll(at(121)), Some(paul));
        assert_eq!(join.timeout(), None);
    }

    #[test]
    fn a_letter_does_not_grow_without_end() {
        let paul = PeerKey::from_bytes([1; 32]);
        let now = Instant::now();
        let mut join = Join::default();
        let mut closed = 0;
        for _ in 0..1000 {
            closed += u32::from(join.add(now, paul, words(1372), closed, BIG));
        }
        assert_eq!(closed, 1000 / (MAX_LETTER_TEXT as u32 / 1372));
        // Two files that are too large together.
        let file = |files| Weight { text: 10, files };
        assert!(!Join::default().add(now, paul, file(BIG), 0, BIG));
        let mut join = Join::default();
        assert!(!join.add(now, paul, file(60 << 20), 0, BIG));
        assert!(join.add(now, paul, file(60 << 20), 0, BIG));
    }

    #[test]
    fn who_says_very_much_is_joined_over_a_longer_time() {
        let paul = PeerKey::from_bytes([1; 32]);
        let now = Instant::now();
        let mut join = Join::default();
        join.add(now, paul, words(1), MANY_LETTERS, BIG);
        assert_eq!(join.timeout(), Some(now + LONGER));
    }
}
