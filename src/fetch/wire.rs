//! Lines and blocks from a server, each with a limit and a deadline.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

use super::Error;
use crate::mail::verdict::{Reason, Status};
use crate::net::line::{Event, Splitter};

/// Longest line of an answer, without its CRLF.
pub const MAX_LINE: usize = 64 << 10;
/// How long a server may say nothing. RFC 1939 and RFC 3501 let it hang up after 10 and 30 minutes; what answers at all
/// answers in one.
const SILENCE: Duration = Duration::from_secs(60);
/// Read at a time.
const BLOCK: usize = 16 << 10;

/// A connection to a server.
pub struct Wire<S> {
    stream: S,
    buffer: Vec<u8>,
    /// What of the buffer was taken.
    taken: usize,
    splitter: Splitter,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    /// A new connection.
    pub fn new(stream: S) -> Self {
        Self {
            stream,
            buffer: Vec::new(),
            taken: 0,
            splitter: Splitter::new(),
        }
    }

    /// The stream, unless the server has said more than was asked for.
    pub fn into_stream(self) -> Option<S> {
        (self.taken == self.buffer.len()).then_some(self.stream)
    }

    /// Says a line; the CRLF is added.
    ///
    /// # Errors
    /// [`Error::Server`].
    pub async fn say(&mut self, line: &str) -> Result<(), Error> {
        let bytes = zeroize::Zeroizing::new(format!("{line}\r\n"));
        let said = async {
            self.stream.write_all(bytes.as_bytes()).await?;
            self.stream.flush().await
        };
        match timeout(SILENCE, said).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(e)) => Err(broken_off(&e)),
            Err(_) => Err(silent()),
        }
    }

    /// The next line, without its CRLF.
    ///
    /// # Errors
    /// [`Error::Server`]: no line, or one that ends otherwise, holds a NUL or is longer than [`MAX_LINE`].
    pub async fn line(&mut self) -> Result<Vec<u8>, Error> {
        loop {
            let (taken, event) = self.splitter.feed(&self.buffer[self.taken..], MAX_LINE);
            self.taken += taken;
            match event {
                Some(Event::Line(line)) => return Ok(line),
                Some(Event::Broken(fault)) => {
                    return Err(Error::nonsense(format_args!(
                        "sends a line that is none ({fault:?})"
                    )));
                }
                None => self.more().await?,
            }
        }
    }

    /// What has come and was not taken; waits while there is nothing.
    ///
    /// # Errors
    /// [`Error::Server`].
    pub async fn block(&mut self) -> Result<&[u8], Error> {
        if self.taken == self.buffer.len() {
            self.more().await?;
        }
        Ok(&self.buffer[self.taken..])
    }

    /// So many bytes of the [`block`](Self::block) are done with.
    pub fn take(&mut self, bytes: usize) {
        self.taken = (self.taken + bytes).min(self.buffer.len());
    }

    /// Reads again, once everything before was taken.
    async fn more(&mut self) -> Result<(), Error> {
        self.buffer.drain(..self.taken);
        self.taken = 0;
        let before = self.buffer.len();
        self.buffer.resize(before + BLOCK, 0);
        let read = timeout(SILENCE, self.stream.read(&mut self.buffer[before..])).await;
        let got = match &read {
            Ok(Ok(got)) => *got,
            _ => 0,
        };
        self.buffer.truncate(before + got);
        match read {
            Ok(Ok(0)) => Err(Error::nonsense("has hung up")),
            Ok(Ok(_)) => Ok(()),
            Ok(Err(e)) => Err(broken_off(&e)),
            Err(_) => Err(silent()),
        }
    }
}

fn broken_off(error: &std::io::Error) -> Error {
    let text = format!("the connection to the provider broke off: {error}");
    Error::Server(Reason::new(Status(4, 4, 2), text))
}

fn silent() -> Error {
    let text = "the provider's server has said nothing for a minute";
    Error::Server(Reason::new(Status(4, 4, 2), text))
}
