//! How long to wait before the next attempt. Pure.
//!
//! Doubling from 15 seconds to an hour: a mailbox that was full for a minute is tried again within a minute, one that is full
//! for a week costs 24 attempts a day. Jittered by a quarter, so that a hundred letters that failed together do not come
//! back together.

use std::time::Duration;

/// First wait.
const FIRST: Duration = Duration::from_secs(15);
/// Longest wait that we choose ourselves.
const LONGEST: Duration = Duration::from_secs(3600);
/// Longest wait that an agent may ask for.
const LONGEST_ASKED: Duration = Duration::from_secs(24 * 3600);

/// The wait after `attempts` failed ones (1 = the first). `chance` is any random number.
pub fn wait(attempts: u32, chance: u32) -> Duration {
    let doublings = attempts.saturating_sub(1).min(16);
    let plain = FIRST.saturating_mul(1 << doublings).min(LONGEST);
    // 75 % to 125 %.
    plain.mul_f64(0.75 + f64::from(chance) / f64::from(u32::MAX) / 2.0)
}

/// The wait when the other side said how long at least.
pub fn wait_at_least(asked: Duration, attempts: u32, chance: u32) -> Duration {
    wait(attempts, chance).max(asked.min(LONGEST_ASKED))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_grows_to_an_hour_and_is_jittered() {
        assert_eq!(wait(1, u32::MAX / 2).as_secs(), 14);
        assert!(wait(2, 0) > wait(1, 0));
        for attempts in 0..80 {
            let (least, most) = (wait(attempts, 0), wait(attempts, u32::MAX));
            assert!(least < most && most <= LONGEST.mul_f64(1.25));
            assert!(least >= FIRST.mul_f64(0.7));
        }
        assert_eq!(wait(80, 0), LONGEST.mul_f64(0.75));
    }

    #[test]
    fn what_was_asked_counts_up_to_a_day() {
        let year = Duration::from_secs(365 * 86_400);
        assert_eq!(wait_at_least(year, 1, 0), LONGEST_ASKED);
        assert_eq!(wait_at_least(Duration::from_secs(600), 1, 0).as_secs(), 600);
        assert_eq!(wait_at_least(Duration::ZERO, 3, 0), wait(3, 0));
    }
}
