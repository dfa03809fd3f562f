//! Whether the peer still answers while transfers run through a relay.
//!
//! A relay that stands still, or a router that has forgotten the connection to it, takes everything and says nothing. Whoever
//! sends much sees a window that stays closed; whoever receives has nothing to go by but the silence. So the peer is asked,
//! by a QUIC ping that any living peer acknowledges at once, and when that stays unanswered the shell hears of it.
//!
//! Being heard is not enough: each home has a connection of its own to the relay, and who hears the peer well may speak into
//! one that stands still. Only acknowledgements count as answers.

use std::time::{Duration, Instant};

/// Whoever sends gets answers all the time; whoever receives asks this often.
const ASK_AFTER: Duration = Duration::from_secs(2);
/// One lost question is no silence.
const ASK_AGAIN: Duration = Duration::from_millis(500);
/// What an answer may take: so long, or more on a path that is known to be slow.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);
const ROUND_TRIPS: u32 = 4;

/// A peer that was asked and does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Silent {
    /// Its last answer.
    pub answered: Instant,
    /// Its last word of any kind: later than the answer where it speaks, but does not hear us.
    pub heard: Instant,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Silence {
    last: Option<Silent>,
    /// The first question since the last answer, and when the next is due.
    asked: Option<Instant>,
    again: Option<Instant>,
}

impl Silence {
    /// Something came of the peer.
    pub(super) fn hear(&mut self, now: Instant, what: Word) {
        match (what, &mut self.last) {
            (Word::Other, Some(last)) => last.heard = now,
            _ => {
                self.last = Some(Silent {
                    answered: now,
                    heard: now,
                });
                self.rest();
            }
        }
    }

    /// Nothing is expected of the peer.
    pub(super) fn rest(&mut self) {
        self.asked = None;
        self.again = None;
    }

    /// When to ask.
    pub(super) fn due(&self) -> Option<Instant> {
        self.again.or(self.last.map(|l| l.answered + ASK_AFTER))
    }

    /// The peer is asked now.
    pub(super) fn ask(&mut self, now: Instant) {
        self.asked.get_or_insert(now);
        self.again = Some(now + ASK_AGAIN);
    }

    /// An answer is overdue.
    pub(super) fn overdue(&self, now: Instant, round_trip: Duration) -> Option<Silent> {
        let patience = ANSWER_WITHIN.max(round_trip.saturating_mul(ROUND_TRIPS));
        self.last
            .filter(|_| self.asked.is_some_and(|asked| now >= asked + patience))
    }
}

/// What came of a peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// It has got what we sent.
    Answer,
    /// Something else.
    Other,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// After how many seconds an answer is overdue, of a peer that is asked whenever that is due.
    fn overdue_after(round_trip: Duration, speaks: bool) -> f64 {
        let start = Instant::now();
        let mut silence = Silence::default();
        silence.hear(start, Word::Answer);
        let mut now = start;
        while silence.overdue(now, round_trip).is_none() {
            now += Duration::from_millis(50);
            if speaks {
                silence.hear(now, Word::Other);
            }
            if silence.due().is_some_and(|at| at <= now) {
                silence.ask(now);
            }
        }
        let silent = Silent {
            answered: start,
            heard: if speaks { now } else { start },
        };
        assert_eq!(silence.overdue(now, round_trip), Some(silent));
        now.duration_since(start).as_secs_f64()
    }

    #[test]
    fn who_does_not_answer_is_missed_sooner_on_a_quick_path() {
        for speaks in [false, true] {
            assert_eq!(overdue_after(Duration::from_millis(50), speaks), 4.0);
            assert_eq!(overdue_after(Duration::from_millis(1500), speaks), 8.0);
        }
    }

    #[test]
    fn who_was_not_asked_owes_nothing() {
        let start = Instant::now();
        let later = start + Duration::from_secs(60);
        let mut silence = Silence::default();
        assert_eq!(silence.due(), None, "nothing was ever heard");
        silence.hear(start, Word::Answer);
        assert_eq!(silence.overdue(later, Duration::ZERO), None);
        // A question of an earlier transfer does not count for the next.
        silence.ask(start);
        silence.rest();
        assert_eq!(silence.overdue(later, Duration::ZERO), None);
        silence.ask(later);
        assert_eq!(silence.overdue(later, Duration::ZERO), None);
        // Nor after an answer.
        let late = later + Duration::from_secs(5);
        assert!(silence.overdue(late, Duration::ZERO).is_some());
        silence.hear(late, Word::Answer);
        assert_eq!(silence.overdue(late, Duration::ZERO), None);
    }
}
