//! How often the thread may wake: at once while there is traffic, rarely while there is none. Pure.
//!
//! libtoxcore asks for an iteration every 50 ms when it has nothing to do; its own timers count seconds, and what it does
//! for the reader of a chat, packets do here: each is handled when it comes. So a quiet home iterates every 100 ms. On top
//! of that come the packets of the network itself: DHT chatter of strangers, 5 to 50 a second, none of them urgent. They
//! are counted against an allowance; when that is used up, the home stops listening until its next iteration. The first
//! packet of a letter may then wait 45 ms; from it on the home listens.

use std::time::{Duration, Instant};

/// See the module.
pub(super) struct Pace {
    allowance: f64,
    counted: Instant,
    busy_until: Option<Instant>,
}

impl Pace {
    /// Wake-ups a second of a quiet home, over any longer time.
    const RATE: f64 = 22.0;
    /// Saved up for a burst.
    const MOST: f64 = 22.0;
    /// How long after a peer's packet more of the same is expected.
    const BUSY: Duration = Duration::from_millis(500);
    /// What libtoxcore asks for when it has nothing to do.
    const IDLE_WISH: Duration = Duration::from_millis(50);
    /// What it gets then, while packets are listened for.
    const QUIET_PAUSE: Duration = Duration::from_millis(100);
    /// What it gets once the allowance is used up: 1/RATE.
    const DEAF_PAUSE: Duration = Duration::from_millis(46);

    pub(super) fn new(now: Instant) -> Self {
        Self {
            allowance: Self::MOST,
            counted: now,
            busy_until: None,
        }
    }

    /// Packets of a peer, in or out.
    pub(super) fn traffic(&mut self, now: Instant) {
        self.busy_until = Some(now + Self::BUSY);
    }

    /// Whether peers' packets are flowing.
    pub(super) fn is_busy(&self, now: Instant) -> bool {
        self.busy_until.is_some_and(|until| now < until)
    }

    /// One more wake-up.
    pub(super) fn woke(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.counted).as_secs_f64();
        self.counted = now;
        self.allowance = (self.allowance + passed * Self::RATE).min(Self::MOST);
        if !self.is_busy(now) {
            self.allowance = (self.allowance - 1.0).max(0.0);
        }
    }

    /// How long after an iteration the next one is due, where libtoxcore wishes for `wish`.
    pub(super) fn pause(&self, now: Instant, wish: Duration, listens: bool) -> Duration {
        if !listens {
            wish.min(Self::DEAF_PAUSE)
        } else if wish >= Self::IDLE_WISH && !self.is_busy(now) {
            Self::QUIET_PAUSE
        } else {
            wish
        }
    }

    /// Whether to listen to the network while asleep.
    pub(super) fn listens(&self, now: Instant) -> bool {
        self.is_busy(now) || self.allowance >= 1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Wake-ups in ten seconds of a home that gets a packet every `gap`.
    fn wakes(gap: Duration, traffic: bool) -> u32 {
        let start = Instant::now();
        let end = start + Duration::from_secs(10);
        let mut pace = Pace::new(start);
        let (mut now, mut packet, mut count) = (start, start + gap, 0);
        while now < end {
            let timer = now + pace.pause(now, Pace::IDLE_WISH, pace.listens(now));
            now = if pace.listens(now) {
                timer.min(packet.max(now))
            } else {
                timer
            };
            while packet <= now {
                packet += gap;
                if traffic {
                    pace.traffic(now);
                }
            }
            pace.woke(now);
            count += 1;
        }
        count
    }

    #[test]
    fn a_quiet_home_stays_under_25_a_second() {
        for gap in [3, 10, 20, 33, 49, 90, 125, 1000] {
            let count = wakes(Duration::from_millis(gap), false);
            assert!(
                (100..=250).contains(&count),
                "a packet every {gap} ms: {count} in 10 s"
            );
        }
    }

    #[test]
    fn traffic_is_heard_at_once() {
        assert!(wakes(Duration::from_millis(10), true) > 900);
    }
}
