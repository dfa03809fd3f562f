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
//! 40 s. So the rider says when a peer was asked and does not answer ([`RelaySockets::miss`]), and connections are left in the
//! same way, once for a silence, as the peer may be the one who is gone ([`is_silent`]):
//! - Nothing is heard of the peer. An online friend's libtoxcore says something every second, so the connection is silent too,
//!   brought the peer's last words or carries our questions. A relay that is merely idle does neither, and one that others
//!   talk through is not silent.
//! - The peer is heard, but does not hear us: the connection that carries our questions.
//! - On a slow line something still drains: that is no silence.
//!
//! Sockets come and go without a word, so they are looked for every 500 ms ([`LOOK_EVERY`]), but only while something
//! goes through a relay. They are waited for edge-triggered: libtoxcore leaves half a packet unread, and a level would
//! wake us for it for ever.
//!
//! Known limit: with several nodes in one process (tests) nobody can tell whose a socket is, so dead ends are put in
//! only where the node is alone.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rustix::buffer::spare_capacity;
use rustix::event::epoll;

use super::core::{Core, TcpSocket, TcpState};
use super::port::Missed;

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

/// Nodes in this process.
static NODES: AtomicUsize = AtomicUsize::new(0);

/// See the module.
pub(super) struct RelaySockets {
    epoll: OwnedFd,
    looked: Option<Instant>,
    /// Sockets found at the last look.
    found: usize,
    cured: u64,
    /// When that was done last.
    cured_at: Option<Instant>,
    /// A peer that does not answer, until the next look.
    missed: Option<Missed>,
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
            cured_at: None,
            missed: None,
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

    /// A peer behind a relay does not answer. What began before the last cure is the illness that was cured, or no relay's fault.
    pub(super) fn miss(&mut self, missed: Missed) {
        if self.cured_at.is_none_or(|at| missed.answered > at) {
            self.missed = Some(missed);
        }
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

    /// Looks for new sockets and stalled ones, if it is time. The number of cures now.
    pub(super) fn look(&mut self, now: Instant, core: &Core) {
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
        let missed = self.missed.take();
        let silence = missed.map(|missed| now.saturating_duration_since(missed.heard));
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
            let ill = is_stalled(&state) || silence.is_some_and(|lasts| is_silent(&state, lasts));
            // Our own relay's connections sit in libtoxcore's epoll set, which a replaced descriptor would leave.
            if ill && alone && !socket.is_inbound() && socket.replace_by_dead_end().is_ok() {
                self.cured += 1;
                self.cured_at = Some(now);
            }
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
