//! One client: lines and blocks with deadlines, answers that are sent in groups, the change to TLS.
//!
//! # Rules
//! - Whatever waits for the client has a deadline; the whole connection has one besides.
//! - Answers are gathered and sent when there is nothing left to read (PIPELINING of RFC 2920), or when they fill a buffer.
//! - [`Connection::start_tls`] throws away what was read before the handshake: a line that somebody slipped in behind
//!   STARTTLS is never obeyed (CVE-2011-0411).
//! - A stop of the home ends a wait for a line at once, a block that is being read within [`BLOCK_GRACE`].

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsAcceptor;

use super::gate::Seat;
use super::line::{Event, Splitter};
use super::stream::ByteStream;
use crate::mail::address::MemberName;

/// The largest block that [`Connection::block`] gives, and the most that is read at once.
pub const BLOCK: usize = 64 * 1024;

/// What is read at once while a line is awaited.
const LINE_READ: usize = 4 * 1024;

/// So many bytes of a broken line are thrown away; then it is taken for one without end, and whoever says it has to go.
const ENDLESS: usize = 1 << 20;

/// Answers that were gathered are sent when there are this many bytes of them.
const GATHERED: usize = 16 * 1024;

/// How long a client may take to accept our answer.
pub(super) const WRITE_TIME: Duration = Duration::from_secs(60);

/// How long an answer may still be accepted after the client lost its place, or the home began to stop.
const ANSWER_GRACE: Duration = Duration::from_secs(1);

/// How long a handshake may take.
pub(super) const HANDSHAKE_TIME: Duration = Duration::from_secs(15);

/// How long the last words are given to arrive.
const LAST_WORDS_TIME: Duration = Duration::from_secs(1);

/// How long a block may go on being read after the home began to stop.
pub const BLOCK_GRACE: Duration = Duration::from_secs(2);

/// How long a client is listened to that waits for an answer.
const HUNG_UP: Duration = Duration::from_secs(24 * 3600);

/// Why nothing more comes from this client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It went away, or its TLS is broken.
    Gone,
    /// It took too long.
    TimedOut,
    /// The home stops.
    Stopping,
    /// Somebody else needs the place: it has not logged in, or its member has very many.
    Crowded,
    /// It says a line without end.
    Endless,
}

pub(super) enum Stream {
    Plain(TcpStream),
    Tls(Box<tokio_rustls::server::TlsStream<TcpStream>>),
    /// A handshake failed.
    Gone,
}

/// A client that is connected.
pub struct Connection {
    service: &'static str,
    peer: SocketAddr,
    stream: Stream,
    tls: Arc<ServerConfig>,
    splitter: Splitter,
    input: Vec<u8>,
    /// What of `input` is taken already.
    taken: usize,
    output: Vec<u8>,
    stop: watch::Receiver<bool>,
    seat: Seat,
    ends: Instant,
    /// When a stop of the home was first seen here.
    stop_seen: Option<Instant>,
}

impl Connection {
    pub(super) fn new(
        service: &'static str,
        peer: SocketAddr,
        stream: TcpStream,
        tls: Arc<ServerConfig>,
        stop: watch::Receiver<bool>,
        seat: Seat,
    ) -> Self {
        Self {
            service,
            peer: SocketAddr::new(peer.ip().to_canonical(), peer.port()),
            stream: Stream::Plain(stream),
            tls,
            splitter: Splitter::new(),
            input: Vec::new(),
            taken: 0,
            output: Vec::new(),
            stop,
            seat,
            // Until the protocol says otherwise: nobody stays a day.
            ends: Instant::now() + Duration::from_secs(24 * 3600),
            stop_seen: None,
        }
    }

    /// The name of the listener, for the log.
    pub fn service(&self) -> &'static str {
        self.service
    }

    /// Who is connected; an IPv4 address is never dressed as IPv6.
    pub fn peer(&self) -> SocketAddr {
        self.peer
    }

    /// Our own end; an IPv4 address is never dressed as IPv6. `None` when the connection is gone already.
    pub fn local(&self) -> Option<SocketAddr> {
        let local = match &self.stream {
            Stream::Plain(stream) => stream.local_addr(),
            Stream::Tls(stream) => stream.get_ref().0.local_addr(),
            Stream::Gone => return None,
        };
        local
            .ok()
            .map(|local| SocketAddr::new(local.ip().to_canonical(), local.port()))
    }

    /// [`peer`](Self::peer) without the port.
    pub fn from(&self) -> IpAddr {
        self.peer.ip()
    }

    /// Whether TLS is spoken.
    pub fn is_tls(&self) -> bool {
        matches!(self.stream, Stream::Tls(_))
    }

    /// The client's bytes as they are, for a protocol with a reader of its own; the right to the place goes along, and word
    /// of the home's stop. To be called before anything was read.
    pub fn into_stream(self) -> (ByteStream, Seat, watch::Receiver<bool>) {
        (ByteStream::new(self.stream), self.seat, self.stop)
    }

    /// Whether the home stops.
    pub fn stopping(&self) -> bool {
        *self.stop.borrow()
    }

    /// The total deadline: from `time` from now on nothing more is read.
    pub fn end_in(&mut self, time: Duration) {
        self.ends = Instant::now() + time;
    }

    /// Somebody has logged in: this connection is not sent away to make room, unless they have very many.
    pub fn keep_seat(&self, member: &MemberName) {
        self.seat.keep(member);
    }

    /// The next line, without its CRLF, of at most `limit` bytes; or how it is broken. Sends the gathered answers first if
    /// it has to wait.
    ///
    /// # Errors
    /// [`Ended`].
    pub async fn line(&mut self, limit: usize, within: Duration) -> Result<Event, Ended> {
        let deadline = self.ends.min(Instant::now() + within);
        let mut thrown_away = 0;
        // Lines that are here already are answered without a wait: who sends a thousand at once must let others have a turn.
        tokio::task::consume_budget().await;
        loop {
            let (used, event) = self.splitter.feed(&self.input[self.taken..], limit);
            self.taken += used;
            if let Some(event) = event {
                return Ok(event);
            }
            thrown_away += used;
            if thrown_away > limit + ENDLESS {
                return Err(Ended::Endless);
            }
            if self.stopping() {
                return Err(Ended::Stopping);
            }
            self.flush().await?;
            self.fill(LINE_READ, deadline, Duration::ZERO).await?;
        }
    }

    /// How the last broken line began.
    pub fn broken(&self) -> &[u8] {
        self.splitter.broken()
    }

    /// Waits for the end of the last broken line, which [`line`](Self::line) would throw away as well. Sends the gathered
    /// answers first if it has to wait.
    ///
    /// # Errors
    /// [`Ended`].
    pub async fn rest_of_line(&mut self, within: Duration) -> Result<(), Ended> {
        let deadline = self.ends.min(Instant::now() + within);
        let mut thrown_away = 0;
        loop {
            let (used, whole) = self.splitter.skip(&self.input[self.taken..]);
            self.taken += used;
            if whole {
                return Ok(());
            }
            thrown_away += used;
            if thrown_away > ENDLESS {
                return Err(Ended::Endless);
            }
            if self.stopping() {
                return Err(Ended::Stopping);
            }
            self.flush().await?;
            self.fill(LINE_READ, deadline, Duration::ZERO).await?;
        }
    }

    /// How the last broken line ends, as far as it was read: the last 32 octets before what ended it.
    pub fn ending(&self) -> Vec<u8> {
        self.splitter.ending()
    }

    /// The bytes that come next, as they are: 1 to [`BLOCK`] of them. They stay until [`consume`](Self::consume). Sends the
    /// gathered answers first if it has to wait.
    ///
    /// # Errors
    /// [`Ended`].
    pub async fn block(&mut self, within: Duration) -> Result<&[u8], Ended> {
        if self.taken == self.input.len() {
            // A block takes a while to look at: between two of them it is somebody else's turn.
            tokio::task::yield_now().await;
            self.flush().await?;
            let deadline = self.ends.min(Instant::now() + within);
            self.fill(BLOCK, deadline, BLOCK_GRACE).await?;
        }
        Ok(&self.input[self.taken..])
    }

    /// Waits until the client has hung up or this connection must end; what it says meanwhile stays for the next read, and a
    /// hang-up behind that is not heard. For work that nobody else will want. Nothing may be gathered ([`flush`](Self::flush)),
    /// and then it may be given up at any time.
    pub async fn hung_up(&mut self) -> Ended {
        if let Err(ended) = self.block(HUNG_UP).await {
            return ended;
        }
        // It has said more, and was there. An error means that nobody is left who could stop us.
        if self.stop.wait_for(|stop| *stop).await.is_err() {
            std::future::pending::<()>().await;
        }
        Ended::Stopping
    }

    /// Marks the first `bytes` of the block as done.
    pub fn consume(&mut self, bytes: usize) {
        self.taken = (self.taken + bytes).min(self.input.len());
    }

    /// Gathers an answer; it is sent with the next wait, or when enough are gathered.
    ///
    /// # Errors
    /// [`Ended`].
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), Ended> {
        self.output.extend_from_slice(bytes);
        if self.output.len() >= GATHERED {
            self.flush().await?;
        }
        Ok(())
    }

    /// Sends the gathered answers now.
    ///
    /// # Errors
    /// [`Ended`].
    pub async fn flush(&mut self) -> Result<(), Ended> {
        if self.output.is_empty() {
            return Ok(());
        }
        let deadline = Instant::now() + WRITE_TIME;
        let output = std::mem::take(&mut self.output);
        let mut stop = self.stop.clone();
        let stopped = async {
            // An error means that nobody is left who could stop us.
            if stop.wait_for(|stop| *stop).await.is_err() {
                std::future::pending::<()>().await;
            }
            tokio::time::sleep(ANSWER_GRACE).await;
        };
        let bell = self.seat.bell().clone();
        let crowded = async {
            bell.rings().await;
            tokio::time::sleep(ANSWER_GRACE).await;
        };
        let sending = async {
            match &mut self.stream {
                Stream::Plain(stream) => send(stream, &output).await,
                Stream::Tls(stream) => send(stream, &output).await,
                Stream::Gone => Err(io::ErrorKind::NotConnected.into()),
            }
        };
        let sent = tokio::select! {
            biased;
            sent = sending => sent.map_err(|_| Ended::Gone),
            () = crowded => Err(Ended::Crowded),
            () = stopped => Err(Ended::Stopping),
            () = tokio::time::sleep_until(deadline) => Err(Ended::TimedOut),
        };
        // One allocation serves a connection; a big one is given back.
        if output.capacity() <= GATHERED {
            self.output = output;
            self.output.clear();
        }
        if sent.is_err() {
            // Half an answer is out: nothing that follows would be understood.
            self.stream = Stream::Gone;
        }
        sent
    }

    /// Sends what is gathered (the "go ahead"), throws away what was read too early, and shakes hands.
    ///
    /// # Errors
    /// [`Ended`].
    pub async fn start_tls(&mut self) -> Result<(), Ended> {
        if self.is_tls() {
            return Err(Ended::Gone);
        }
        self.flush().await?;
        self.splitter.reset();
        self.input = Vec::new();
        self.taken = 0;
        let Stream::Plain(stream) = std::mem::replace(&mut self.stream, Stream::Gone) else {
            return Err(Ended::Gone);
        };
        let handshake = TlsAcceptor::from(self.tls.clone()).accept(stream);
        let deadline = self.ends.min(Instant::now() + HANDSHAKE_TIME);
        let mut stop = self.stop.clone();
        let shaken = tokio::select! {
            shaken = timeout_at(deadline, handshake) => shaken,
            () = self.seat.bell().rings() => return Err(Ended::Crowded),
            _ = stop.wait_for(|stop| *stop) => return Err(Ended::Stopping),
        };
        match shaken {
            Ok(Ok(stream)) => {
                self.stream = Stream::Tls(Box::new(stream));
                Ok(())
            }
            Ok(Err(error)) => {
                crate::journal::tls_failed(self.service, self.peer, &error);
                Err(Ended::Gone)
            }
            Err(_) => Err(Ended::TimedOut),
        }
    }

    /// Sends the last words, closes, and reads away for a moment what still comes: with bytes unread a close would be a
    /// reset, and the last words might never be seen.
    pub async fn close(mut self) {
        let linger = async {
            self.flush().await.ok()?;
            match &mut self.stream {
                Stream::Plain(stream) => last_words(stream).await.ok(),
                Stream::Tls(stream) => last_words(stream).await.ok(),
                Stream::Gone => None,
            }
        };
        let _ = tokio::time::timeout(LAST_WORDS_TIME, linger).await;
    }

    /// Reads more behind what is there, which must all have been taken. `grace` is how long a stop of the home is waited
    /// out.
    async fn fill(&mut self, most: usize, deadline: Instant, grace: Duration) -> Result<(), Ended> {
        self.input.clear();
        self.taken = 0;
        if self.input.capacity() > 2 * most {
            // A connection that has taken a message waits for its next command with a small buffer again.
            self.input = Vec::new();
        }
        self.input.reserve(most);
        // Looked at before anything is read: a client that never pauses would keep its place for ever.
        let now = Instant::now();
        if self.stopping() {
            self.stop_seen.get_or_insert(now);
        }
        let cut = self.stop_seen.map(|seen| seen + grace);
        if self.seat.bell().has_rung() {
            return Err(Ended::Crowded);
        }
        if cut.is_some_and(|cut| cut <= now) {
            return Err(Ended::Stopping);
        }
        if deadline <= now {
            return Err(Ended::TimedOut);
        }
        let stop = &mut self.stop;
        let stopped = async {
            // An error means that nobody is left who could stop us.
            if stop.wait_for(|stop| *stop).await.is_err() {
                std::future::pending::<()>().await;
            }
            tokio::time::sleep_until(cut.unwrap_or_else(|| Instant::now() + grace)).await;
        };
        let input = &mut self.input;
        let read = async {
            match &mut self.stream {
                Stream::Plain(stream) => read_some(stream, input, most).await,
                Stream::Tls(stream) => read_some(stream, input, most).await,
                Stream::Gone => Ok(0),
            }
        };
        tokio::select! {
            biased;
            read = read => match read {
                Ok(0) | Err(_) => Err(Ended::Gone),
                Ok(_) => Ok(()),
            },
            () = self.seat.bell().rings() => Err(Ended::Crowded),
            () = stopped => Err(Ended::Stopping),
            () = tokio::time::sleep_until(deadline) => Err(Ended::TimedOut),
        }
    }
}

async fn read_some(
    stream: &mut (impl AsyncRead + Unpin),
    input: &mut Vec<u8>,
    most: usize,
) -> io::Result<usize> {
    stream.take(most as u64).read_buf(input).await
}

async fn send(stream: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> io::Result<()> {
    stream.write_all(bytes).await?;
    stream.flush().await
}

async fn last_words(stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> io::Result<()> {
    stream.shutdown().await?;
    let mut away = [0u8; 4096];
    let mut most = 256;
    while most > 0 && stream.read(&mut away).await? > 0 {
        most -= 1;
    }
    Ok(())
}
