//! libtoxcore's TCP sockets: waiting for them, and the cure for their stalls.
//!
//! **The illness** (0.2.18 to 0.2.23 at least). libtoxcore reads a packet from a TCP socket only when all of it has
//! arrived (`FIONREAD`). Linux charges a partly read buffer at its full size, so a few hundred unread bytes can close the
//! receive window, and the rest of the packet never comes: both sides wait for good.
//!
//! **The cure.** On our own end the buffer is made so large that the window stays open ([`BUFFER_MARK`]: raising
//! `SO_RCVLOWAT` for a moment makes the kernel grow it past `rmem_max`, and it stays). The far end is a stranger's relay:
//! when the kernel probes a closed window for the third time with data waiting ([`is_stalled`]), a dead end is put in the
//! connection's place; libtoxcore drops it and connects again at once.
//!
//! **Silence.** Whoever only receives has nothing under way that could stall, and libtoxcore's own pings to a relay take up to
//! 40 s. So the rider says which peers were asked and do not answer ([`Port::miss`](super::Port::miss)), and connections are left
//! in the same way, once for a peer's silence, as the peer may be the one who is gone ([`is_silent`]):
//! - Nothing is heard of the peer. An online friend's libtoxcore says something every second, so the connection is silent too,
//!   brought the peer's last words or carries our questions. A relay that is merely idle does neither, and one that others
//!   talk through is not silent.
//! - The peer is heard, but does not hear us: the connection that carries our questions.
//! - On a slow line something still drains: that is no silence.
//!
//! Which connection carries a peer, libtoxcore does not tell, so a peer that is heard and does not answer costs all that are in
//! use. One that does so on purpose, or by a bad line, must not cut everybody off again and again: after each cure its own
//! silences count for nothing for a while, longer each time ([`Cures`]). Those of others count all the same.
//!
//! Sockets come and go without a word, so they are looked for every 500 ms ([`LOOK_EVERY`]), but only while something
//! goes through a relay. They are waited for edge-triggered: libtoxcore leaves half a packet unread, and a level would
//! wake us for it for ever.
//!
//! Known limit: with several nodes in one process (tests) nobody can tell whose a socket is, so dead ends are put in
//! only where the node is alone. A peer that falls silent at every chance still has the connections in use left ten times in its
//! first hour.

use std::collections::{HashMap, HashSet};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rustix::buffer::spare_capacity;
use rustix::event::epoll;

use super::core::{Core, TcpSocket, TcpState};
use super::port::Missed;
use crate::mail::address::PeerKey;

/// How often sockets are looked for.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// The receive buffer becomes twice this.
const BUFFER_MARK: i32 = 1 << 20;
/// What may wait in the kernel beyond what TCP has under way, in bytes: a dozen packets. The kernel would take megabytes, and
/// a letter would wait behind them.
const UNSENT: i32 = 16 * 1024;
/// Probes of a closed window before the connection counts as stalled: some two seconds.
const PROBES: u8 = 3;
/// A connection on which nothing comes for so long is silent: twice what libtoxcore lets pass between two packets to a friend.
const QUIET: Duration = Duration::from_secs(2);
/// Segments that our questions make, which a quick line acknowledges a moment later.
const QUESTIONS: u32 = 2;
/// What came within so long of the peer's last word came by the same connection; what was sent within so long is sent
/// regularly.
const NEAR: Duration = Duration::from_millis(1500);
/// After a cure the new connections have so long to bring answers before any silence counts.
const RECOVERY: Duration = Duration::from_secs(3);
/// How long a peer's silences count for nothing after the first cure for one; twice as long after each further one.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
/// After so long without a cure for a peer all is forgotten.
const FORGIVEN: Duration = Duration::from_secs(3600);

/// Nodes in this process.
static NODES: AtomicUsize = AtomicUsize::new(0);

/// See the module.
pub(super) struct RelaySockets {
    epoll: OwnedFd,
    looked: Option<Instant>,
    /// Sockets found at the last look.
    found: usize,
    cured: u64,
    cures: Cures,
}

impl RelaySockets {
    pub(super) fn new() -> rustix::io::Result<Self> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        NODES.fetch_add(1, Ordering::Relaxed);
        Ok(Self {
            epoll,
            looked: None,
            found: 0,
            cured: 0,
            cures: Cures::default(),
        })
    }

    /// Readable when a relay's socket has news.
    pub(super) fn descriptor(&self) -> BorrowedFd<'_> {
        self.epoll.as_fd()
    }

    /// Sockets there are.
    pub(super) fn found(&self) -> usize {
        self.found
    }

    /// Dead ends put in so far.
    pub(super) fn cured(&self) -> u64 {
        self.cured
    }

    /// Takes the news away; libtoxcore's next iteration reads the sockets themselves.
    pub(super) fn drain(&self) {
        let mut events: Vec<epoll::Event> = Vec::with_capacity(64);
        let now = rustix::event::Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        // One call: what does not fit stays ready and wakes us again.
        let _ = epoll::wait(&self.epoll, spare_capacity(&mut events), Some(&now));
    }

    /// Looks for new sockets and stalled ones, if it is time. `missed`: who is behind a relay and does not answer at this moment.
    pub(super) fn look(&mut self, now: Instant, core: &Core, missed: &[(PeerKey, Missed)]) {
        if self
            .looked
            .is_some_and(|at| now.saturating_duration_since(at) < LOOK_EVERY)
        {
            return;
        }
        self.looked = Some(now);
        let sockets = core.tcp_sockets();
        self.found = sockets.len();
        let alone = NODES.load(Ordering::Relaxed) == 1;
        let counts = |(peer, missed): &&(PeerKey, Missed)| self.cures.may(now, peer, missed);
        let missed: Vec<_> = missed.iter().filter(counts).collect();
        let mut reasons = HashSet::new();
        for socket in &sockets {
            self.watch(socket);
            let state = socket.state();
            if !state.established {
                continue;
            }
            // Nagle's algorithm (RFC 896) would hold a small packet back until the one before it is acknowledged, which
            // the far kernel puts off for up to 40 ms.
            let _ = rustix::net::sockopt::set_tcp_nodelay(socket, true);
            socket.limit_unsent(UNSENT);
            if socket.receive_buffer() < BUFFER_MARK as usize {
                socket.raise_receive_buffer(BUFFER_MARK);
            }
            let silent = missed.iter().filter_map(|(peer, missed)| {
                let silence = now.saturating_duration_since(missed.heard);
                is_silent(&state, silence).then_some(*peer)
            });
            let silent: Vec<PeerKey> = silent.collect();
            let ill = is_stalled(&state) || !silent.is_empty();
            // Our own relay's connections sit in libtoxcore's epoll set, which a replaced descriptor would leave.
            if ill && alone && !socket.is_inbound() && socket.replace_by_dead_end().is_ok() {
                self.cured += 1;
                self.cures.last = Some(now);
                reasons.extend(silent);
            }
        }
        for peer in reasons {
            self.cures.note(now, peer);
        }
    }

    fn watch(&self, socket: &TcpSocket<'_>) {
        let flags = epoll::EventFlags::IN | epoll::EventFlags::OUT | epoll::EventFlags::ET;
        // EEXIST: it is watched already. A closed one leaves the set by itself.
        let _ = epoll::add(
            &self.epoll,
            socket.as_fd(),
            epoll::EventData::new_u64(0),
            flags,
        );
    }
}

impl Drop for RelaySockets {
    fn drop(&mut self) {
        NODES.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What was done so far, and for whose silence.
#[derive(Debug, Default)]
struct Cures {
    /// The last one of any kind.
    last: Option<Instant>,
    by_peer: HashMap<PeerKey, Cure>,
}

/// The last cure for a peer's silence.
#[derive(Debug)]
struct Cure {
    at: Instant,
    pause: Duration,
}

impl Cures {
    /// Whether connections may be left for this silence. One that has lasted since the last cure for it is no relay's fault.
    fn may(&self, now: Instant, peer: &PeerKey, missed: &Missed) -> bool {
        self.last.is_none_or(|at| now >= at + RECOVERY)
            && self.by_peer.get(peer).is_none_or(|cure| {
                missed.answered > cure.at && now >= cure.at + cure.pause.min(FORGIVEN)
            })
    }

    fn note(&mut self, now: Instant, peer: PeerKey) {
        self.by_peer.retain(|_, cure| now < cure.at + FORGIVEN);
        let last = self.by_peer.get(&peer);
        let pause = last.map_or(FIRST_PAUSE, |cure| cure.pause * 2);
        self.by_peer.insert(peer, Cure { at: now, pause });
    }
}

/// The kernel probes a window that the far end keeps closed, and we have something to send.
fn is_stalled(state: &TcpState) -> bool {
    state.backoff >= PROBES && state.unacknowledged == 0 && state.waiting > 0
}

/// A connection by which we talk with a peer who does not answer, and of whom nothing was heard for so long.
fn is_silent(state: &TcpState, silence: Duration) -> bool {
    // A line so slow that our question may still wait in it. Probes of a closed window are acknowledged too, but leave nothing
    // unacknowledged.
    let drains = state.unacknowledged > QUESTIONS && state.acknowledged < QUIET;
    let brought = state.heard.abs_diff(silence) < NEAR;
    let asks = state.sent < NEAR;
    let deaf = silence < QUIET;
    !drains
        && if deaf {
            asks
        } else {
            state.heard >= QUIET && (brought || asks)
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slow_is_not_stalled() {
        let stalled = |backoff, unacknowledged, waiting| {
            is_stalled(&TcpState {
                backoff,
                unacknowledged,
                waiting,
                ..TcpState::default()
            })
        };
        assert!(stalled(3, 0, 1));
        assert!(!stalled(2, 0, 50_000), "two probes: it may still open");
        assert!(
            !stalled(5, 1, 50_000),
            "a lost segment: the network's business"
        );
        assert!(!stalled(5, 0, 0), "nothing to send");
    }

    /// Of somebody who is looked at twice a second for hours and never answers for the last four seconds: when connections are
    /// left for that, as minutes.
    fn left_for(cures: &mut Cures, start: Instant, peer: PeerKey, hours: u32) -> Vec<f64> {
        let gone = Duration::from_secs(4);
        let mut left = Vec::new();
        for look in 0..hours * 7200 {
            let now = start + gone + LOOK_EVERY * look;
            let missed = Missed {
                answered: now - gone,
                heard: now,
            };
            if cures.may(now, &peer, &missed) {
                cures.last = Some(now);
                cures.note(now, peer);
                left.push(now.duration_since(start).as_secs_f64() / 60.0);
            }
            // Somebody else's connection has stood still at any time: it is left as soon as what was cured can answer.
            let settled = cures.last.is_none_or(|at| now >= at + RECOVERY);
            let other = PeerKey::from_bytes([9; 32]);
            assert_eq!(cures.may(now, &other, &missed), settled);
        }
        left
    }

    #[test]
    fn who_falls_silent_again_and_again_cuts_others_off_a_few_times_an_hour() {
        let (start, mut cures) = (Instant::now(), Cures::default());
        let left = left_for(&mut cures, start, PeerKey::from_bytes([1; 32]), 4);
        let within = |minutes: f64| left.iter().filter(|at| **at < minutes).count();
        assert!(within(1.0) <= 4, "{left:?}");
        assert!(within(60.0) <= 10, "{left:?}");
        assert!(left.len() <= 24, "{left:?}");
    }

    #[test]
    fn a_stall_now_and_then_is_cured_at_once() {
        let (start, mut cures) = (Instant::now(), Cures::default());
        let peer = PeerKey::from_bytes([1; 32]);
        // Two in a row, and one every two hours.
        for seconds in [10, 20, 7200, 14_400, 21_600, 28_800, 36_000] {
            let now = start + Duration::from_secs(seconds);
            let missed = Missed {
                answered: now - Duration::from_secs(4),
                heard: now,
            };
            assert!(cures.may(now, &peer, &missed), "{seconds}");
            cures.last = Some(now);
            cures.note(now, peer);
        }
    }

    #[test]
    fn of_two_silences_each_is_cured_once() {
        let start = Instant::now();
        let at = |millis| start + Duration::from_millis(millis);
        let [anna, bob] = [1, 2].map(|n| PeerKey::from_bytes([n; 32]));
        let missed = Missed {
            answered: start,
            heard: start,
        };
        let mut cures = Cures::default();
        assert!(cures.may(at(4000), &anna, &missed));
        cures.last = Some(at(4000));
        cures.note(at(4000), anna);
        // It began before the first cure, and was not what that one was for.
        assert!(!cures.may(at(5000), &bob, &missed), "it may answer yet");
        assert!(cures.may(at(7000), &bob, &missed));
        // Hers has lasted since: she is gone.
        assert!(!cures.may(at(60_000), &anna, &missed));
        let answered = Missed {
            answered: at(55_000),
            ..missed
        };
        assert!(cures.may(at(60_000), &anna, &answered));
    }

    #[test]
    fn idle_or_slow_is_not_silent() {
        let silent = |silence, heard, sent, acknowledged, unacknowledged| {
            let [silence, heard, sent, acknowledged] =
                [silence, heard, sent, acknowledged].map(Duration::from_millis);
            let state = TcpState {
                heard,
                sent,
                acknowledged,
                unacknowledged,
                ..TcpState::default()
            };
            is_silent(&state, silence)
        };
        let gone = 4100;
        assert!(silent(gone, 4000, 300, 300, 0), "it took our questions");
        assert!(silent(gone, 4000, 300, 4000, 1), "not even acknowledged");
        assert!(
            silent(gone, 4000, 3000, 3000, 0),
            "it brought the peer's words; ours go elsewhere"
        );
        assert!(
            silent(gone, 20_000, 300, 300, 0),
            "silent before anybody looked"
        );
        assert!(!silent(gone, 20_000, 15_000, 15_000, 0), "idle");
        assert!(!silent(gone, 900, 300, 300, 0), "others talk through it");
        assert!(!silent(gone, 4000, 300, 600, 12), "slow, but it drains");

        let speaks = 200;
        assert!(silent(speaks, 200, 300, 300, 0), "it took our questions");
        assert!(
            !silent(speaks, 200, 9000, 9000, 0),
            "it carries nothing of ours"
        );
        assert!(!silent(speaks, 200, 300, 600, 12), "slow, but it drains");
    }
}
