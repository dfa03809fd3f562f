//! How fast a letter goes.
//!
//! Nobody measures while nobody looks: the Tox thread counts bytes in one number ([`Sent`]), and whoever looks measures what
//! has come since the last look.

use std::time::{Duration, Instant};

use crate::transfer::Sent;

/// A look sooner than this after the last one tells the last one's speed: the link takes bytes by the handful.
const APART: Duration = Duration::from_millis(200);
/// What was so long ago counts for a third.
const FADES: f64 = 5.0;

/// Measures one letter on its way.
#[derive(Debug)]
pub(super) struct Meter {
    at: Instant,
    seen: Option<u64>,
    per_second: f64,
}

impl Meter {
    /// For a letter that starts now.
    pub(super) fn new(now: Instant) -> Self {
        Self {
            at: now,
            seen: None,
            per_second: 0.0,
        }
    }

    /// Bytes a second; `None` before the first byte has gone.
    pub(super) fn look(&mut self, now: Instant, sent: &Sent) -> Option<u64> {
        let (from, upto) = sent.range();
        let seen = self.seen.unwrap_or(from);
        if self.seen.is_none() && upto == from {
            return None;
        }
        let passed = now.saturating_duration_since(self.at);
        if self.seen.is_none() || passed >= APART {
            // A count that is lower began anew, after a break.
            let bytes = upto.saturating_sub(seen) as f64;
            let passed = passed.max(APART).as_secs_f64();
            let weight = match self.seen {
                None => 1.0,
                Some(_) => 1.0 - (-passed / FADES).exp(),
            };
            self.per_second += weight * (bytes / passed - self.per_second);
            self.at = now;
            self.seen = Some(upto);
        }
        Some(self.per_second as u64)
    }
}

/// Seconds until all has gone at this speed; `None` where nothing moves.
pub(super) fn seconds_left(bytes: u64, per_second: Option<u64>) -> Option<u64> {
    let per_second = per_second.filter(|speed| *speed > 0)?;
    Some(bytes.div_ceil(per_second))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    fn at(begin: Instant, seconds: f64) -> Instant {
        begin + Duration::from_secs_f64(seconds)
    }

    #[test]
    fn the_speed_is_smooth_and_follows_the_link() {
        let (begin, sent) = (Instant::now(), Sent::default());
        let mut meter = Meter::new(begin);
        assert_eq!(meter.look(at(begin, 1.0), &sent), None);
        sent.begin(1_000_000);
        assert_eq!(meter.look(at(begin, 1.5), &sent), None, "resumed, not sent");
        sent.advance(1_200_000);
        // The first look: the middle of all so far.
        assert_eq!(meter.look(at(begin, 2.0), &sent), Some(100_000));
        // Looked at again at once, by somebody else.
        sent.advance(1_250_000);
        assert_eq!(meter.look(at(begin, 2.1), &sent), Some(100_000));
        // One handful does not shake it.
        let speed = meter.look(at(begin, 2.25), &sent).unwrap();
        assert!((100_000..110_000).contains(&speed), "{speed}");
        // Half a minute at another speed, and it tells that one.
        let mut upto = 1_250_000;
        let mut speed = 0;
        for second in 1..=30 {
            upto += 20_000;
            sent.advance(upto);
            speed = meter
                .look(at(begin, 2.25 + f64::from(second)), &sent)
                .unwrap();
        }
        assert!((19_900..21_000).contains(&speed), "{speed}");
        assert_eq!(seconds_left(200_000, Some(20_000)), Some(10));
        // It stands: no time is promised any more.
        for second in 1..=120 {
            speed = meter
                .look(at(begin, 40.0 + f64::from(second)), &sent)
                .unwrap();
        }
        assert_eq!(seconds_left(200_000, Some(speed)), None, "{speed}");
        assert_eq!(seconds_left(200_000, None), None);
    }

    #[test]
    fn who_looks_seldom_sees_the_middle_since_the_last_look() {
        let (begin, sent) = (Instant::now(), Sent::default());
        let mut meter = Meter::new(begin);
        sent.begin(0);
        sent.advance(1_000);
        meter.look(at(begin, 1.0), &sent);
        sent.advance(6_001_000);
        let speed = meter.look(at(begin, 61.0), &sent).unwrap();
        assert!((99_000..=100_000).contains(&speed), "{speed}");
    }
}
