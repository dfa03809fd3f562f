//! The command's side of the socket.

use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use super::protocol::{Failure, Request, Response};
use super::{SOCKET, SocketFolder};

/// Longest wait for an answer: `doctor` looks at many things.
const PATIENCE: Duration = Duration::from_secs(120);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody listens: the home is stopped.
    #[error("the home is not running")]
    NotRunning,
    /// The home says no.
    #[error(transparent)]
    Refused(#[from] Failure),
    /// The connection failed.
    #[error("{0}")]
    Io(#[from] io::Error),
}

/// A connection to the running home.
#[derive(Debug)]
pub struct Client {
    stream: BufReader<UnixStream>,
}

impl Client {
    /// Connects to the home in `dir`.
    ///
    /// # Errors
    /// [`Error::NotRunning`], or [`Error::Io`] (another user's home).
    pub fn connect(dir: &Path) -> Result<Self, Error> {
        Self::connect_for(dir, PATIENCE)
    }

    /// The same, for answers that may take so long at most.
    ///
    /// # Errors
    /// Those of [`connect`](Self::connect).
    pub fn connect_for(dir: &Path, patience: Duration) -> Result<Self, Error> {
        let connected = SocketFolder::open(dir).and_then(|f| UnixStream::connect(f.join(SOCKET)));
        let stream = connected.map_err(|e| match e.kind() {
            io::ErrorKind::NotFound
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::NotADirectory => Error::NotRunning,
            _ => Error::Io(io::Error::new(
                e.kind(),
                format!("{}: {e}", dir.join(SOCKET).display()),
            )),
        })?;
        stream.set_read_timeout(Some(patience))?;
        stream.set_write_timeout(Some(patience))?;
        Ok(Self {
            stream: BufReader::new(stream),
        })
    }

    /// Asks, and waits for the answer.
    ///
    /// # Errors
    /// [`Error::Refused`] is the home's own no.
    pub fn ask(&mut self, request: &Request) -> Result<Value, Error> {
        let mut line = serde_json::to_vec(request).map_err(io::Error::other)?;
        line.push(b'\n');
        let sent = self.stream.get_mut().write_all(&line);
        zeroize::Zeroize::zeroize(&mut line);
        sent?;
        let mut answer = Vec::new();
        self.stream.read_until(b'\n', &mut answer)?;
        if !answer.ends_with(b"\n") {
            let text = "the home stopped before it had answered";
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, text).into());
        }
        match serde_json::from_slice(&answer).map_err(io::Error::other)? {
            Response::Done(value) => Ok(value),
            Response::Failed(failure) => Err(failure.into()),
        }
    }
}
