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

use super::core::{Core, TcpSocket};

/// How often sockets are looked for.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// The receive buffer becomes twice this.
const BUFFER_MARK: i32 = 1 << 20;
/// What may wait in the kernel beyond what TCP has under way, in bytes: a dozen packets. The kernel would take megabytes, and
/// a letter would wait behind them.
const UNSENT: i32 = 16 * 1024;
/// Probes of a closed window before the connection counts as stalled: some two seconds.
const PROBES: u8 = 3;

/// Nodes in this process.
static NODES: AtomicUsize = AtomicUsize::new(0);

/// See the module.
pub(super) struct RelaySockets {
    epoll: OwnedFd,
    looked: Option<Instant>,
    /// Sockets found at the last look.
    found: usize,
    cured: u64,
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
            // Our own relay's connections sit in libtoxcore's epoll set, which a replaced descriptor would leave.
            if alone
                && !socket.is_inbound()
                && is_stalled(state.backoff, state.unacknowledged, state.waiting)
                && socket.replace_by_dead_end().is_ok()
            {
                self.cured += 1;
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
fn is_stalled(backoff: u8, unacknowledged: u32, waiting: u32) -> bool {
    backoff >= PROBES && unacknowledged == 0 && waiting > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slow_is_not_stalled() {
        assert!(is_stalled(3, 0, 1));
        assert!(!is_stalled(2, 0, 50_000), "two probes: it may still open");
        assert!(
            !is_stalled(5, 1, 50_000),
            "a lost segment: the network's business"
        );
        assert!(!is_stalled(5, 0, 0), "nothing to send");
    }
}
