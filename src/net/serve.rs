//! The accept loop: limits, TLS modes, shutdown.
//!
//! # Rules
//! - Only allowed networks get in ([`super::networks::Allowed`]); a stranger costs one accept and one close.
//! - An error of accept (no more file descriptors) makes the loop pause, never spin and never end.
//! - Each connection is a task; a panic in one ends that one and is told in the journal.
//! - When the home stops: no more accepts; who waits for a line is told at once, who is in the middle of a message has
//!   [`super::connection::BLOCK_GRACE`], and after [`STOP_TIME`] whoever is left is cut off.

use std::future::Future;
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::connection::Connection;
use super::gate::{Full, Gate, Seat};
use super::networks::Allowed;
use crate::journal;

/// How long connections have to end when the home stops (the whole home has 5 seconds).
pub const STOP_TIME: Duration = Duration::from_secs(4);

/// How long somebody who lost their place may take to leave.
const LEAVE_TIME: Duration = Duration::from_secs(3);

/// The longest pause after an error of accept.
const PAUSE: Duration = Duration::from_secs(1);

/// When TLS begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsMode {
    /// With the first byte.
    Implicit,
    /// When the client asks for it.
    StartTls,
}

/// A port to be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listener {
    /// Its name in the log and in `ports.json`.
    pub name: &'static str,
    /// Where; `[::]` takes IPv4 as well, port 0 a free one.
    pub address: SocketAddr,
    /// When TLS begins.
    pub tls: TlsMode,
}

/// Why a client was turned away at the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turned {
    /// Its address is in no allowed network.
    Stranger,
    /// Too many connections from its address.
    TooMany,
    /// Too many connections in all.
    Full,
}

/// A protocol that is spoken on a port.
pub trait Protocol: Send + Sync + 'static {
    /// Talks to one client until it is gone. TLS that comes with the first byte is there already.
    fn serve(&self, connection: Connection) -> impl Future<Output = ()> + Send;

    /// What somebody hears who is turned away; empty: nothing. Said on a port without implicit TLS only.
    fn turned_away(&self, why: Turned) -> &'static [u8];
}

/// What every listener of the mail servers shares.
#[derive(Clone, Debug)]
pub struct Door {
    /// How many may come in.
    pub gate: Arc<Gate>,
    /// Who may come in.
    pub allowed: Arc<Allowed>,
}

/// An open port. Clients may connect already; they wait until [`run`](Bound::run).
#[derive(Debug)]
pub struct Bound {
    listener: Listener,
    socket: TcpListener,
    address: SocketAddr,
    door: Door,
    tls: Arc<ServerConfig>,
}

/// Opens a port.
///
/// # Errors
/// Those of the socket: the address is taken, a port below 1024 is not allowed.
pub async fn bind(listener: Listener, door: Door, tls: Arc<ServerConfig>) -> io::Result<Bound> {
    let socket = match open(listener.address) {
        // A kernel without IPv6: `[::]` means everywhere, so IPv4 it is.
        Err(e) if listener.address.ip().is_unspecified() && is_no_ipv6(&e) => open(
            SocketAddr::from((Ipv4Addr::UNSPECIFIED, listener.address.port())),
        )?,
        other => other?,
    };
    let address = socket.local_addr()?;
    Ok(Bound {
        listener,
        socket,
        address,
        door,
        tls,
    })
}

/// Whether this machine could open a port there, once this process has closed its `own`.
///
/// # Errors
/// As for [`bind`]: an address that this machine has not, a port that it does not allow, or that another program has.
pub fn try_address(address: SocketAddr, own: &[SocketAddr]) -> io::Result<()> {
    // One that is open everywhere stands in the way of each address.
    let is_own = |own: &SocketAddr| {
        let everywhere = own.ip().is_unspecified() || address.ip().is_unspecified();
        own.port() == address.port() && (everywhere || own.ip() == address.ip())
    };
    match bound(address) {
        Err(e) if e.kind() == io::ErrorKind::AddrInUse && own.iter().any(is_own) => Ok(()),
        Err(e) if address.ip().is_unspecified() && is_no_ipv6(&e) => Ok(()),
        other => other.map(drop),
    }
}

fn is_no_ipv6(error: &io::Error) -> bool {
    matches!(
        error.raw_os_error(),
        Some(libc::EAFNOSUPPORT | libc::EADDRNOTAVAIL)
    )
}

fn open(address: SocketAddr) -> io::Result<TcpListener> {
    bound(address)?.listen(1024)
}

fn bound(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = if address.is_ipv6() {
        let socket = TcpSocket::new_v6()?;
        // Whatever net.ipv6.bindv6only says: `[::]` takes both.
        rustix::net::sockopt::set_ipv6_v6only(&socket, false)?;
        socket
    } else {
        TcpSocket::new_v4()?
    };
    // A restart must not wait for the old connections' TIME_WAIT.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

impl Bound {
    /// Its name.
    pub fn name(&self) -> &'static str {
        self.listener.name
    }

    /// Where it is bound: the port is the real one.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Takes clients until `stop` is true; then waits at most [`STOP_TIME`] for those inside.
    pub async fn run<P: Protocol>(self, protocol: Arc<P>, mut stop: watch::Receiver<bool>) {
        journal::listening(self.listener.name, self.address);
        let mut inside = JoinSet::new();
        let mut pause = Duration::ZERO;
        loop {
            let accepted = tokio::select! {
                biased;
                stopped = stop.wait_for(|stop| *stop) => {
                    if stopped.is_err() {
                        // Nobody is left who could stop us: that is a stop as well.
                        journal::trouble("net", "the house is gone without a word");
                    }
                    break;
                }
                Some(ended) = inside.join_next() => {
                    self.ended(ended);
                    continue;
                }
                accepted = self.socket.accept() => accepted,
            };
            match accepted {
                Ok((stream, from)) => {
                    pause = Duration::ZERO;
                    self.admit(stream, from, &protocol, &stop, &mut inside);
                }
                // The client was gone before we looked: no reason to pause.
                Err(e) if is_clients_fault(&e) => {}
                Err(e) => {
                    journal::trouble("net", &format!("accept on {}: {e}", self.listener.name));
                    pause = (pause * 2).clamp(Duration::from_millis(50), PAUSE);
                    tokio::time::sleep(pause).await;
                }
            }
        }
        drop(self.socket);
        let rest = async { while inside.join_next().await.is_some() {} };
        if tokio::time::timeout(STOP_TIME, rest).await.is_err() {
            inside.abort_all();
            while inside.join_next().await.is_some() {}
        }
    }

    fn admit<P: Protocol>(
        &self,
        stream: TcpStream,
        from: SocketAddr,
        protocol: &Arc<P>,
        stop: &watch::Receiver<bool>,
        inside: &mut JoinSet<()>,
    ) {
        let address = from.ip().to_canonical();
        let seat = if self.door.allowed.contains(address) {
            self.door.gate.enter(address).map_err(|full| match full {
                Full::Address => Turned::TooMany,
                Full::House => Turned::Full,
            })
        } else {
            Err(Turned::Stranger)
        };
        match seat {
            Ok(seat) => {
                let tls = self.tls.clone();
                let guest = Guest {
                    listener: self.listener,
                    from,
                    stream,
                    seat,
                };
                inside.spawn(serve(guest, tls, protocol.clone(), stop.clone()));
            }
            Err(why) => {
                journal::turned_away(self.listener.name, from, &why);
                if self.listener.tls == TlsMode::StartTls {
                    turn_away(stream, protocol.turned_away(why));
                }
            }
        }
    }

    fn ended(&self, ended: Result<(), tokio::task::JoinError>) {
        if let Err(error) = ended
            && error.is_panic()
        {
            journal::trouble(
                "net",
                &format!("a connection to {} panicked", self.listener.name),
            );
        }
    }
}

struct Guest {
    listener: Listener,
    from: SocketAddr,
    stream: TcpStream,
    seat: Seat,
}

async fn serve<P: Protocol>(
    guest: Guest,
    tls: Arc<ServerConfig>,
    protocol: Arc<P>,
    stop: watch::Receiver<bool>,
) {
    let Guest {
        listener,
        from,
        stream,
        seat,
    } = guest;
    // Answers are gathered already; waiting for more only delays them.
    let _ = stream.set_nodelay(true);
    let _here = Here::new(listener.name, from);
    let bell = seat.bell().clone();
    let mut connection = Connection::new(listener.name, from, stream, tls, stop, seat);
    let talk = async {
        if listener.tls == TlsMode::Implicit && connection.start_tls().await.is_err() {
            return;
        }
        protocol.serve(connection).await;
    };
    // Its place is somebody else's already: whatever it waits for, it goes.
    let cut_off = async {
        bell.rings().await;
        tokio::time::sleep(LEAVE_TIME).await;
    };
    tokio::select! {
        () = talk => {}
        () = cut_off => {}
    }
}

/// Told in the journal for as long as it lives, also when the task panics.
struct Here(&'static str, SocketAddr);

impl Here {
    fn new(service: &'static str, from: SocketAddr) -> Self {
        journal::connected(service, from);
        Self(service, from)
    }
}

impl Drop for Here {
    fn drop(&mut self) {
        journal::disconnected(self.0, self.1);
    }
}

/// A few bytes into the empty buffer of a new socket: they fit, or nobody hears them.
fn turn_away(stream: TcpStream, words: &[u8]) {
    if let Ok(mut stream) = stream.into_std()
        && !words.is_empty()
    {
        let _ = stream.write(words);
        let _ = stream.shutdown(std::net::Shutdown::Write);
    }
}

fn is_clients_fault(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::Interrupted
    )
}
