//! The valve: a flood of packets does not keep the Tox thread.
//!
//! libtoxcore reads its UDP socket until it is empty, and keeps every packet of a friend in memory until it is done. Friends
//! who send faster than we decrypt hold it in there for good: nothing else is done, and memory grows without end (three
//! friends, and one iteration took 4 s and 60 MB). So when an iteration takes longer than [`LONGEST`], the kernel is told to
//! drop what comes; the socket runs empty, libtoxcore returns, and the thread opens the valve again and does what waits.
//!
//! A thread of its own has to do that, because ours is inside of libtoxcore. It sleeps on a timer that is set before each
//! iteration and stopped after it, so it never wakes while all is well.
//!
//! Known limit: TCP relays have no valve. A relay forwards at the speed of its own cryptography, which is about ours.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};

use super::core::drop_arriving;

/// An iteration of a home that is busy takes a few milliseconds, on a Pi some twenty.
const LONGEST: Duration = Duration::from_millis(200);

/// See the module. Dropping it ends its thread.
pub(super) struct Valve {
    inside: Arc<Inside>,
    thread: Option<JoinHandle<()>>,
}

struct Inside {
    /// The same socket as libtoxcore's, under a number that libtoxcore does not close.
    socket: OwnedFd,
    timer: OwnedFd,
    state: Mutex<State>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// libtoxcore does not run.
    Idle,
    /// It runs.
    Running,
    /// It has run for too long: what comes is dropped.
    Shut,
    /// Our node ends.
    Over,
}

impl Valve {
    /// A valve before this socket.
    pub(super) fn new(socket: BorrowedFd<'_>) -> io::Result<Self> {
        let inside = Arc::new(Inside {
            socket: socket.try_clone_to_owned()?,
            timer: timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::CLOEXEC)?,
            state: Mutex::new(State::Idle),
        });
        let thread = std::thread::Builder::new()
            .name("tox-valve".into())
            .spawn({
                let inside = Arc::clone(&inside);
                move || inside.watch()
            })?;
        Ok(Self {
            inside,
            thread: Some(thread),
        })
    }

    /// libtoxcore is about to run.
    pub(super) fn begin(&self) {
        *self.inside.state() = State::Running;
        self.inside.set_timer(LONGEST);
    }

    /// libtoxcore has returned. Whether the valve had been shut.
    pub(super) fn end(&self) -> bool {
        self.inside.set_timer(Duration::ZERO);
        let was = std::mem::replace(&mut *self.inside.state(), State::Idle);
        if was == State::Shut {
            // Fails only where no filter is.
            let _ = drop_arriving(self.inside.socket.as_fd(), false);
        }
        was == State::Shut
    }
}

impl Inside {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Zero stops it.
    fn set_timer(&self, after: Duration) {
        let value = Itimerspec {
            it_interval: Timespec::default(),
            it_value: Timespec {
                tv_sec: after.as_secs() as i64,
                tv_nsec: after.subsec_nanos().into(),
            },
        };
        // A timer of ours and a time that is one: it cannot fail.
        let _ = timerfd_settime(&self.timer, TimerfdTimerFlags::empty(), &value);
    }

    fn watch(&self) {
        let mut count = [0; 8];
        loop {
            if rustix::io::read(&self.timer, &mut count)
                .is_err_and(|e| e != rustix::io::Errno::INTR)
            {
                return;
            }
            // Held while the kernel is told, so that "shut" is never said after the iteration has ended.
            let mut state = self.state();
            match *state {
                State::Running => {
                    if drop_arriving(self.socket.as_fd(), true).is_ok() {
                        *state = State::Shut;
                    }
                }
                State::Idle | State::Shut => {}
                State::Over => return,
            }
        }
    }
}

impl Drop for Valve {
    fn drop(&mut self) {
        *self.inside.state() = State::Over;
        self.inside.set_timer(Duration::from_nanos(1));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use std::net::UdpSocket;
    use std::time::Instant;

    #[test]
    fn a_socket_that_never_runs_empty_does_so_once_an_iteration_takes_too_long() {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_nonblocking(true).unwrap();
        let to = socket.local_addr().unwrap();
        let valve = Valve::new(socket.as_fd()).unwrap();
        let flood = std::thread::spawn(move || {
            let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
            let end = Instant::now() + Duration::from_secs(20);
            // Ends when nobody has the port any more.
            while sender.connect(to).is_ok() && sender.send(b"x").is_ok() && Instant::now() < end {}
        });
        for _ in 0..2 {
            // One that is short changes nothing.
            valve.begin();
            assert!(!valve.end());

            valve.begin();
            let start = Instant::now();
            // Only an empty second is empty: between two packets the socket may be, too.
            let mut last = Instant::now();
            while last.elapsed() < Duration::from_secs(1) {
                assert!(start.elapsed() < Duration::from_secs(15), "it never ends");
                match socket.recv(&mut [0; 8]) {
                    Ok(_) => last = Instant::now(),
                    Err(_) => std::thread::yield_now(),
                }
            }
            assert!(last - start >= LONGEST / 2, "it was shut too soon");
            assert!(valve.end());
            let opened = Instant::now();
            while socket.recv(&mut [0; 8]).is_err() {
                assert!(opened.elapsed() < Duration::from_secs(10), "it stays deaf");
            }
        }
        drop(valve);
        drop(socket);
        flood.join().unwrap();
    }
}
