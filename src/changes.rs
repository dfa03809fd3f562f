//! Hints that something has changed, for a page that somebody looks at.
//!
//! A hint says that looking again may pay, and roughly where ([`Kind`]). It may be merged with others and may come for
//! nothing; the rows are the truth. Where nobody listens a hint is one atomic addition; an idle home with listeners wakes
//! nobody but once a minute each, for what changes by time alone.
//!
//! # Rules
//! - Whoever changes something rings when the change can be seen: after the commit, after the entry in memory. Most of it is
//!   rung by [`crate::journal`]: what an operator sees in the log is what a page shows. So, like the log, this is one for the
//!   whole process.
//! - A listener hears at most four times a second, however much happens.
//! - While a letter is on its way to another home its progress is a change by itself, twice a second ([`Moving`]): nothing
//!   on the Tox thread rings for it.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

/// What may be worth another look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Letters that wait or are on their way.
    Queue,
    /// Contacts, who of them is online, requests.
    Contacts,
    /// The home's own connection to the Tox network.
    Tox,
    /// Letters that have arrived.
    Store,
    /// Whether everything is all right.
    Health,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Queue,
        Self::Contacts,
        Self::Tox,
        Self::Store,
        Self::Health,
    ];

    /// Its name in an event stream.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::Contacts => "contacts",
            Self::Tox => "tox",
            Self::Store => "store",
            Self::Health => "health",
        }
    }
}

/// The shortest time between two hints to one listener.
const APART: Duration = Duration::from_millis(250);
/// How often a letter that is on its way counts as changed.
const STEP: Duration = Duration::from_millis(500);
/// How often what changes by time alone (a letter is late now, a certificate ends) is worth a look.
const BY_TIME: Duration = Duration::from_secs(60);

/// What has changed since the last hint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changed(u8);

impl Changed {
    fn add(&mut self, kind: Kind) {
        self.0 |= 1 << kind as u8;
    }

    /// Whether this may be worth another look.
    pub fn has(self, kind: Kind) -> bool {
        self.0 & (1 << kind as u8) != 0
    }

    /// All that may be.
    pub fn kinds(self) -> impl Iterator<Item = Kind> {
        Kind::ALL.into_iter().filter(move |kind| self.has(*kind))
    }
}

/// Where hints are left, and who waits for them.
struct Board {
    counts: [AtomicU64; Kind::ALL.len()],
    moving: AtomicUsize,
    bell: watch::Sender<()>,
}

static HOME: LazyLock<Arc<Board>> = LazyLock::new(Board::new);

impl Board {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            counts: Default::default(),
            moving: AtomicUsize::new(0),
            bell: watch::Sender::new(()),
        })
    }

    fn ring(&self, kind: Kind) {
        self.counts[kind as usize].fetch_add(1, Ordering::Release);
        if self.bell.receiver_count() > 0 {
            self.bell.send_replace(());
        }
    }

    fn counts(&self) -> [u64; Kind::ALL.len()] {
        self.counts
            .each_ref()
            .map(|count| count.load(Ordering::Acquire))
    }

    fn listen(self: &Arc<Self>) -> Listener {
        // Subscribed before the counts are read: what is rung between the two is in both.
        let bell = self.bell.subscribe();
        let now = Instant::now();
        Listener {
            seen: self.counts(),
            bell,
            next: now,
            by_time: now + BY_TIME,
            board: Arc::clone(self),
        }
    }

    fn moving(self: &Arc<Self>) -> Moving {
        self.moving.fetch_add(1, Ordering::Release);
        self.ring(Kind::Queue);
        Moving(Arc::clone(self))
    }
}

/// Something of this kind has changed.
pub fn ring(kind: Kind) {
    HOME.ring(kind);
}

/// How often something of this kind has changed: who keeps what they saw asks whether it is still true.
pub fn count(kind: Kind) -> u64 {
    HOME.counts[kind as usize].load(Ordering::Acquire)
}

/// Hears of what changes from now on.
pub fn listen() -> Listener {
    HOME.listen()
}

/// How many listen now.
pub fn listeners() -> usize {
    HOME.bell.receiver_count()
}

/// A letter is on its way until this is dropped.
pub fn moving() -> Moving {
    HOME.moving()
}

/// A letter on its way to another home; over when it is dropped.
pub struct Moving(Arc<Board>);

impl Drop for Moving {
    fn drop(&mut self) {
        self.0.moving.fetch_sub(1, Ordering::Release);
        self.0.ring(Kind::Queue);
    }
}

/// Somebody who looks at a page.
pub struct Listener {
    board: Arc<Board>,
    bell: watch::Receiver<()>,
    seen: [u64; Kind::ALL.len()],
    /// No hint before this.
    next: Instant,
    by_time: Instant,
}

impl Listener {
    /// Waits until something may have changed since the last time. Safe to cancel.
    pub async fn changed(&mut self) -> Changed {
        tokio::time::sleep_until(self.next).await;
        loop {
            let moves = self.board.moving.load(Ordering::Acquire) > 0;
            let mut changed = self.look();
            if changed == Changed::default() {
                let step = match moves {
                    true => self.by_time.min(Instant::now() + STEP),
                    false => self.by_time,
                };
                tokio::select! {
                    // The board outlives its listeners, so this is a ring.
                    _ = self.bell.changed() => continue,
                    () = tokio::time::sleep_until(step) => {}
                }
                if moves {
                    changed.add(Kind::Queue);
                }
            }
            let now = Instant::now();
            if now >= self.by_time {
                changed.add(Kind::Health);
            }
            if changed.has(Kind::Health) {
                self.by_time = now + BY_TIME;
            }
            self.next = now + APART;
            return changed;
        }
    }

    fn look(&mut self) -> Changed {
        let counts = self.board.counts();
        let mut changed = Changed::default();
        for kind in Kind::ALL {
            if counts[kind as usize] != self.seen[kind as usize] {
                changed.add(kind);
            }
        }
        self.seen = counts;
        changed
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    fn now_or_never(future: impl Future<Output = Changed>) -> Option<Changed> {
        let mut future = std::pin::pin!(future);
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        match future.as_mut().poll(&mut context) {
            std::task::Poll::Ready(changed) => Some(changed),
            std::task::Poll::Pending => None,
        }
    }

    #[tokio::test]
    async fn hints_are_merged_and_told_apart_by_kind() {
        let board = Board::new();
        board.ring(Kind::Tox);
        let mut listener = board.listen();
        assert_eq!(now_or_never(listener.changed()), None, "rung before");
        board.ring(Kind::Queue);
        board.ring(Kind::Queue);
        board.ring(Kind::Store);
        let changed = listener.changed().await;
        let kinds: Vec<&str> = changed.kinds().map(Kind::word).collect();
        assert_eq!(kinds, ["queue", "store"]);
    }

    #[tokio::test]
    async fn a_listener_hears_four_times_a_second_at_most() {
        let board = Board::new();
        let mut listener = board.listen();
        let ringing = Arc::clone(&board);
        let bell = tokio::spawn(async move {
            loop {
                ringing.ring(Kind::Queue);
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        });
        let begin = Instant::now();
        for _ in 0..5 {
            assert!(listener.changed().await.has(Kind::Queue));
        }
        assert!(begin.elapsed() >= APART * 4, "{:?}", begin.elapsed());
        bell.abort();
    }

    #[tokio::test]
    async fn a_letter_on_its_way_is_a_change_and_its_end_is_one() {
        let board = Board::new();
        let mut listener = board.listen();
        let moving = board.moving();
        for _ in 0..3 {
            assert!(listener.changed().await.has(Kind::Queue));
        }
        drop(moving);
        assert!(listener.changed().await.has(Kind::Queue));
        // Then nothing but what time changes.
        let begin = Instant::now();
        listener.by_time = begin + 3 * STEP;
        let changed = listener.changed().await;
        assert!(!changed.has(Kind::Queue) && changed.has(Kind::Health));
        assert!(begin.elapsed() >= 3 * STEP);
        assert!(
            listener.by_time > Instant::now() + BY_TIME / 2,
            "not again at once"
        );
    }

    #[tokio::test]
    async fn a_wait_that_was_given_up_loses_no_hint() {
        let board = Board::new();
        let mut listener = board.listen();
        assert_eq!(now_or_never(listener.changed()), None);
        board.ring(Kind::Contacts);
        assert!(listener.changed().await.has(Kind::Contacts));
        let told = Instant::now();
        board.ring(Kind::Tox);
        // Within the quarter of a second in which nothing is told, unless this machine has slept through it.
        match now_or_never(listener.changed()) {
            None => assert!(listener.changed().await.has(Kind::Tox)),
            Some(_) => assert!(told.elapsed() >= APART),
        }
    }

    #[tokio::test]
    async fn nobody_who_went_is_told_anything() {
        let board = Board::new();
        let listeners: Vec<Listener> = (0..100).map(|_| board.listen()).collect();
        assert_eq!(board.bell.receiver_count(), 100);
        drop(listeners);
        assert_eq!(board.bell.receiver_count(), 0);
        let before = board.bell.subscribe();
        drop(before);
        board.ring(Kind::Queue);
        assert!(!board.bell.subscribe().has_changed().unwrap());
    }
}
