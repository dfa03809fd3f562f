//! libtoxcore's descriptors, which it does not hand out, found in `/proc/self/fd`.
//!
//! The process has other sockets too: those of the mail servers. What tells them apart is close-on-exec: Rust's standard
//! library, tokio, rustix and the C library's resolver open every socket with it, libtoxcore opens none with it (up to
//! 0.2.23 at least). What was inheritable before the instance was made (a socket that the service manager passed on) is
//! remembered by device and inode, and is not ours either. Should a later libtoxcore set the flag, nothing is found, and
//! the node goes on by the clock alone.
//!
//! Ways not taken: comparing `getpeername` with the relays we know (libtoxcore learns of more relays than it tells);
//! noting what an iteration opens (other threads accept connections at the same time); a descriptor table of the Tox
//! thread's own (`unshare(CLONE_FILES)`: a file opened by the rider and closed elsewhere would close somebody else's);
//! `Tox_System` with our own socket functions (experimental, its layout is not in the installed headers).
//!
//! A descriptor found here cannot be closed or reused while it is held: only libtoxcore closes it, inside a call on
//! [`Core`], and what is returned borrows `Core`.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::time::Duration;

use rustix::io::FdFlags;
use rustix::net::{AddressFamily, SocketType, sockopt};

use super::Core;

/// Device and inode of a socket.
pub(super) type Identity = (u64, u64);

/// Calls `look` for every open descriptor without close-on-exec, but standard input, output and error.
fn every_inheritable(mut look: impl FnMut(BorrowedFd<'_>)) {
    let Ok(entries) = std::fs::read_dir("/proc/self/fd") else {
        return;
    };
    for entry in entries.flatten() {
        let number: Option<RawFd> = entry.file_name().to_str().and_then(|n| n.parse().ok());
        let Some(number) = number.filter(|n| *n > 2) else {
            continue;
        };
        // SAFETY: only asked for its flags and options during this call; when another thread has closed it meanwhile,
        // the kernel answers EBADF, and when it was reused, the answer is about the new one, which has close-on-exec.
        let fd = unsafe { BorrowedFd::borrow_raw(number) };
        if rustix::io::fcntl_getfd(fd).is_ok_and(|flags| !flags.contains(FdFlags::CLOEXEC)) {
            look(fd);
        }
    }
}

fn identity(fd: BorrowedFd<'_>) -> Option<Identity> {
    let stat = rustix::fs::fstat(fd).ok()?;
    Some((stat.st_dev as u64, stat.st_ino as u64))
}

/// What is inheritable now.
pub(super) fn inheritable() -> Vec<Identity> {
    let mut found = Vec::new();
    every_inheritable(|fd| found.extend(identity(fd)));
    found
}

fn is_internet(fd: BorrowedFd<'_>, kind: SocketType) -> bool {
    sockopt::socket_type(fd).is_ok_and(|k| k == kind)
        && sockopt::socket_domain(fd)
            .is_ok_and(|d| d == AddressFamily::INET || d == AddressFamily::INET6)
}

fn local_port(fd: BorrowedFd<'_>) -> Option<u16> {
    let address = rustix::net::getsockname(fd).ok()?;
    let address: std::net::SocketAddr = address.try_into().ok()?;
    Some(address.port())
}

impl Core {
    pub(super) fn find_udp_socket(&self) -> Option<RawFd> {
        let port = self.udp_port()?;
        let mut found = None;
        every_inheritable(|fd| {
            if is_internet(fd, SocketType::DGRAM)
                && local_port(fd) == Some(port)
                && identity(fd).is_some_and(|i| !self.strangers.contains(&i))
            {
                found = Some(fd.as_raw_fd());
            }
        });
        found
    }

    /// The UDP socket; `None` with UDP off.
    pub(in super::super) fn udp_socket(&self) -> Option<BorrowedFd<'_>> {
        // SAFETY: libtoxcore keeps this socket open until tox_kill, and `self` is borrowed.
        self.udp.map(|fd| unsafe { BorrowedFd::borrow_raw(fd) })
    }

    /// All TCP sockets: those to relays, and those of our own relay when we are one.
    pub(in super::super) fn tcp_sockets(&self) -> Vec<TcpSocket<'_>> {
        let server = self.tcp_port();
        let mut found = Vec::new();
        every_inheritable(|fd| {
            if is_internet(fd, SocketType::STREAM)
                && identity(fd).is_some_and(|i| !self.strangers.contains(&i))
            {
                let inbound = server.is_some() && local_port(fd) == server;
                // SAFETY: one of libtoxcore's own (see above), which it closes only in a call that needs `&mut self`.
                let fd = unsafe { BorrowedFd::borrow_raw(fd.as_raw_fd()) };
                found.push(TcpSocket { fd, inbound });
            }
        });
        found
    }
}

/// Lets the kernel drop every packet that arrives at a socket, or no more. What it has already taken in stays.
pub(in super::super) fn drop_arriving(socket: BorrowedFd<'_>, all: bool) -> std::io::Result<()> {
    // A classic BPF program of one instruction: accept 0 bytes of the packet.
    let mut nothing = libc::sock_filter {
        code: (libc::BPF_RET | libc::BPF_K) as u16,
        jt: 0,
        jf: 0,
        k: 0,
    };
    let program = libc::sock_fprog {
        len: 1,
        filter: &raw mut nothing,
    };
    let option = if all {
        libc::SO_ATTACH_FILTER
    } else {
        libc::SO_DETACH_FILTER // takes no value, but looks for the size of an int
    };
    // SAFETY: an open socket; SO_ATTACH_FILTER takes a sock_fprog, which lives during the call with the one instruction
    // that it points to, and is copied.
    let answer = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            option,
            (&raw const program).cast(),
            size_of::<libc::sock_fprog>() as libc::socklen_t,
        )
    };
    if answer != 0 {
        return Err(std::io::Error::last_os_error());
    }
    Ok(())
}

/// What the kernel tells about a TCP connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct TcpState {
    pub(in super::super) established: bool,
    /// How often the timer has been doubled; with nothing unacknowledged these are probes of a closed window.
    pub(in super::super) backoff: u8,
    /// Segments sent and not acknowledged.
    pub(in super::super) unacknowledged: u32,
    /// Bytes that wait to be sent.
    pub(in super::super) waiting: u32,
    /// How long ago data was sent, data came, and an acknowledgement came; the first two count from the hand-shake.
    pub(in super::super) sent: Duration,
    pub(in super::super) heard: Duration,
    pub(in super::super) acknowledged: Duration,
}

/// One of libtoxcore's TCP sockets.
pub(in super::super) struct TcpSocket<'a> {
    fd: BorrowedFd<'a>,
    inbound: bool,
}

impl AsFd for TcpSocket<'_> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd
    }
}

impl TcpSocket<'_> {
    /// Whether it belongs to our own relay (its listener, or a client's connection).
    pub(in super::super) fn is_inbound(&self) -> bool {
        self.inbound
    }

    /// Bytes that the kernel will hold for us.
    pub(in super::super) fn receive_buffer(&self) -> usize {
        sockopt::socket_recv_buffer_size(self.fd).unwrap_or(0)
    }

    /// Lets the receive buffer grow past `rmem_max`: the kernel makes it twice the low-water mark, and keeps it so.
    pub(in super::super) fn raise_receive_buffer(&self, mark: i32) {
        for value in [mark, 1] {
            // SAFETY: an open socket; SO_RCVLOWAT takes an int, which lives during the call.
            unsafe {
                libc::setsockopt(
                    self.fd.as_raw_fd(),
                    libc::SOL_SOCKET,
                    libc::SO_RCVLOWAT,
                    (&raw const value).cast(),
                    size_of::<i32>() as libc::socklen_t,
                );
            }
        }
    }

    /// Lets the kernel hold at most `bytes` that it has not sent yet.
    pub(in super::super) fn limit_unsent(&self, bytes: i32) {
        // SAFETY: an open socket; TCP_NOTSENT_LOWAT takes an int, which lives during the call.
        unsafe {
            libc::setsockopt(
                self.fd.as_raw_fd(),
                libc::IPPROTO_TCP,
                libc::TCP_NOTSENT_LOWAT,
                (&raw const bytes).cast(),
                size_of::<i32>() as libc::socklen_t,
            );
        }
    }

    /// TCP_INFO; all zero when the kernel does not tell.
    pub(in super::super) fn state(&self) -> TcpState {
        // struct tcp_info of linux/tcp.h: u8 tcpi_state at 0, tcpi_backoff at 4; u32 tcpi_unacked at 24,
        // tcpi_last_data_sent at 44, tcpi_last_data_recv at 52, tcpi_last_ack_recv at 56 (all three in ms),
        // tcpi_notsent_bytes at 144 (Linux 4.6). Read as bytes, because libc's struct ends before the last.
        let mut info = [0u8; 192];
        let mut length = info.len() as libc::socklen_t;
        // SAFETY: an open socket; the kernel writes at most `length` bytes into `info`.
        let answer = unsafe {
            libc::getsockopt(
                self.fd.as_raw_fd(),
                libc::IPPROTO_TCP,
                libc::TCP_INFO,
                info.as_mut_ptr().cast(),
                &mut length,
            )
        };
        if answer != 0 || (length as usize) < 148 {
            return TcpState::default();
        }
        let word =
            |at: usize| u32::from_ne_bytes([info[at], info[at + 1], info[at + 2], info[at + 3]]);
        TcpState {
            established: info[0] == 1, // TCP_ESTABLISHED
            backoff: info[4],
            unacknowledged: word(24),
            waiting: word(144),
            sent: Duration::from_millis(word(44).into()),
            heard: Duration::from_millis(word(52).into()),
            acknowledged: Duration::from_millis(word(56).into()),
        }
    }

    /// Puts a dead end in the place of a connection that will never move again: a socket whose next bytes are 0xFF. As
    /// the length of a packet that is too much, so libtoxcore drops the connection at once and makes a new one.
    pub(in super::super) fn replace_by_dead_end(&self) -> std::io::Result<()> {
        use rustix::net::{SocketFlags, socketpair};
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let (ours, theirs) = socketpair(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
        rustix::io::write(&ours, &[0xFF; 64])?;
        // SAFETY: both are open descriptors. The replaced one is libtoxcore's and stays open under its number, which is
        // all that libtoxcore knows of it; `self` keeps libtoxcore from closing it meanwhile.
        if unsafe { libc::dup2(theirs.as_raw_fd(), self.fd.as_raw_fd()) } < 0 {
            return Err(std::io::Error::last_os_error());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use std::io::Write;
    use std::net::{TcpListener, TcpStream};

    /// What libtoxcore does: a socket without close-on-exec.
    fn plain(stream: &TcpStream) -> i32 {
        rustix::io::fcntl_setfd(stream, FdFlags::empty()).unwrap();
        stream.as_raw_fd()
    }

    #[test]
    fn rusts_own_sockets_are_not_taken_for_libtoxcores() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let ours = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let theirs = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let number = plain(&theirs);
        let mut found = Vec::new();
        every_inheritable(|fd| found.push(fd.as_raw_fd()));
        assert!(found.contains(&number));
        assert!(!found.contains(&ours.as_raw_fd()));
        assert!(!found.contains(&listener.as_raw_fd()));
    }

    #[test]
    fn the_receive_buffer_grows_and_a_closed_window_shows() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (reader, _) = listener.accept().unwrap();
        let socket = TcpSocket {
            fd: stream.as_fd(),
            inbound: false,
        };
        assert!(socket.state().established);
        let before = socket.receive_buffer();
        socket.raise_receive_buffer(1 << 20);
        assert!(
            socket.receive_buffer() > before.max(1 << 20),
            "{}",
            socket.receive_buffer()
        );

        stream.set_nonblocking(true).unwrap();
        while stream.write(&[0; 65536]).is_ok() {}
        std::thread::sleep(std::time::Duration::from_millis(50));
        let socket = TcpSocket {
            fd: stream.as_fd(),
            inbound: false,
        };
        let state = socket.state();
        assert!(state.waiting > 0 && state.unacknowledged == 0, "{state:?}");

        socket.replace_by_dead_end().unwrap();
        let mut head = [0; 2];
        rustix::io::read(&stream, &mut head).unwrap();
        assert_eq!(head, [0xFF; 2]);
        drop(reader);
    }
}
