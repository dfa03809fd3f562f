//! One home on two boxes: two processes under the same key.
//!
//! A process says the same nonce in all its Hellos, and a restart draws another one for good. So a nonce that comes back after
//! another one came is no restart: both processes run, and Tox connects us now with the one and now with the other.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How many processes of a peer are remembered: two that run, and a few restarts between.
const REMEMBERED: usize = 8;
/// How long a process is remembered that says nothing, and how long one that has come back counts.
const HOLDS: Duration = Duration::from_secs(3600);

/// The processes that a peer's Hellos came from, the latest last.
#[derive(Default)]
pub(super) struct Processes {
    heard: VecDeque<([u8; 16], Instant)>,
    came_back: Option<Instant>,
}

impl Processes {
    /// A Hello came from the process with that nonce. Whether two run at present.
    pub(super) fn hear(&mut self, now: Instant, nonce: [u8; 16]) -> bool {
        self.heard.retain(|(_, at)| now < *at + HOLDS);
        let latest = self.heard.back().is_some_and(|(known, _)| *known == nonce);
        let known = self.heard.iter().position(|(known, _)| *known == nonce);
        if let Some(place) = known {
            self.heard.remove(place);
            if !latest {
                self.came_back = Some(now);
            }
        }
        self.heard.push_back((nonce, now));
        if self.heard.len() > REMEMBERED {
            self.heard.pop_front();
        }
        self.are_two(now)
    }

    /// Whether two run, as far as was heard within the last hour.
    pub(super) fn are_two(&self, now: Instant) -> bool {
        self.came_back.is_some_and(|at| now < at + HOLDS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdicts(hellos: &[(u64, u8)]) -> Vec<bool> {
        let (begin, mut processes) = (Instant::now(), Processes::default());
        hellos
            .iter()
            .map(|(at, nonce)| processes.hear(begin + Duration::from_secs(*at), [*nonce; 16]))
            .collect()
    }

    #[test]
    fn a_home_that_starts_again_and_again_is_one() {
        let hellos: Vec<(u64, u8)> = (0..40).map(|n| (u64::from(n) * 10, n / 2)).collect();
        assert_eq!(verdicts(&hellos), vec![false; 40]);
    }

    #[test]
    fn a_process_that_comes_back_after_another_one_is_one_of_two() {
        assert_eq!(
            verdicts(&[(0, 1), (30, 2), (60, 1), (90, 2), (95, 2)]),
            [false, false, true, true, true]
        );
        // A restart of one of them between.
        assert_eq!(
            verdicts(&[(0, 1), (30, 2), (60, 3), (90, 1)]),
            [false, false, false, true]
        );
    }

    #[test]
    fn once_one_of_the_two_is_stopped_it_passes() {
        let hour = HOLDS.as_secs();
        assert_eq!(
            verdicts(&[(0, 1), (30, 2), (60, 1), (61 + hour, 1), (62 + hour, 1)]),
            [false, false, true, false, false]
        );
    }

    #[test]
    fn a_peer_that_invents_processes_takes_no_memory() {
        let (now, mut processes) = (Instant::now(), Processes::default());
        for n in 0..=255 {
            processes.hear(now, [n; 16]);
        }
        assert_eq!(processes.heard.len(), REMEMBERED);
    }
}
