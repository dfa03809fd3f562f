#![allow(dead_code)] // each test binary uses a part of it
//! A mail client that says exactly what a test wants said, over TLS or not, and reads replies whole.

#[path = "anybody.rs"]
mod anybody;

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::{ClientConnection, StreamOwned};

/// A plain or encrypted line to a mail server.
pub struct Line {
    stream: BufReader<Wire>,
}

enum Wire {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
}

impl Read for Wire {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        match self {
            Wire::Plain(s) => s.read(bytes),
            Wire::Tls(s) => s.read(bytes),
        }
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Wire::Plain(s) => s.write(bytes),
            Wire::Tls(s) => s.write(bytes),
        }
    }
    fn flush(&mut self) -> io::Result<()> {
        match self {
            Wire::Plain(s) => s.flush(),
            Wire::Tls(s) => s.flush(),
        }
    }
}

fn tls(stream: TcpStream) -> io::Result<Box<StreamOwned<ClientConnection, TcpStream>>> {
    let config = anybody::trusting(rustls::DEFAULT_VERSIONS);
    let name = ServerName::try_from("toxmail.local").unwrap();
    let session = ClientConnection::new(Arc::new(config), name).map_err(io::Error::other)?;
    Ok(Box::new(StreamOwned::new(session, stream)))
}

impl Line {
    /// Connects without encryption.
    pub fn plain(to: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&to, Duration::from_secs(10))?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream: BufReader::new(Wire::Plain(stream)),
        })
    }

    /// Connects with implicit TLS.
    pub fn tls(to: SocketAddr) -> io::Result<Self> {
        Self::plain(to)?.upgrade()
    }

    /// Implicit TLS over a connection that is there already.
    pub fn over(stream: TcpStream) -> io::Result<Self> {
        Ok(Self {
            stream: BufReader::new(Wire::Tls(tls(stream)?)),
        })
    }

    /// From here on encrypted (after the server's go-ahead).
    pub fn upgrade(self) -> io::Result<Self> {
        match self.stream.into_inner() {
            Wire::Plain(stream) => Ok(Self {
                stream: BufReader::new(Wire::Tls(tls(stream)?)),
            }),
            tls => Ok(Self {
                stream: BufReader::new(tls),
            }),
        }
    }

    /// Waits no longer than this for the other side.
    pub fn timeout(&self, time: Duration) -> io::Result<()> {
        let stream = match self.stream.get_ref() {
            Wire::Plain(stream) => stream,
            Wire::Tls(tls) => &tls.sock,
        };
        stream.set_read_timeout(Some(time))?;
        stream.set_write_timeout(Some(time))
    }

    /// Sends bytes as they are.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.get_mut().write_all(bytes)?;
        self.stream.get_mut().flush()
    }

    /// One line without its end.
    pub fn line(&mut self) -> io::Result<String> {
        let mut line = Vec::new();
        if self.stream.read_until(b'\n', &mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let text = String::from_utf8_lossy(&line);
        Ok(text.trim_end_matches(['\r', '\n']).to_owned())
    }

    /// So many bytes.
    pub fn bytes(&mut self, count: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; count];
        self.stream.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// One SMTP reply, all its lines.
    pub fn reply(&mut self) -> io::Result<String> {
        let mut whole = String::new();
        loop {
            let line = self.line()?;
            let more = line.as_bytes().get(3) == Some(&b'-');
            whole.push_str(&line);
            if !more {
                return Ok(whole);
            }
            whole.push('\n');
        }
    }

    /// Says one SMTP command; its reply.
    pub fn say(&mut self, command: &str) -> io::Result<String> {
        self.send(format!("{command}\r\n").as_bytes())?;
        self.reply()
    }

    /// A POP3 multi-line body up to the lone dot, dots unstuffed, CRLF kept.
    pub fn multiline(&mut self) -> io::Result<Vec<u8>> {
        let mut whole = Vec::new();
        loop {
            let mut line = Vec::new();
            if self.stream.read_until(b'\n', &mut line)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if line == b".\r\n" {
                return Ok(whole);
            }
            whole.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
    }
}

/// A logged-in submission session over implicit TLS.
pub fn submission(to: SocketAddr, login: &str, password: &str) -> io::Result<Line> {
    let mut line = Line::tls(to)?;
    expect(line.reply()?, "220")?;
    expect(line.say("EHLO test.example")?, "250")?;
    let token = data_encoding::BASE64.encode(format!("\0{login}\0{password}").as_bytes());
    expect(line.say(&format!("AUTH PLAIN {token}"))?, "235")?;
    Ok(line)
}

/// Sends one letter in an open session; the reply to its last byte.
pub fn send(line: &mut Line, from: &str, to: &[&str], letter: &[u8]) -> io::Result<String> {
    expect(
        line.say(&format!(
            "MAIL FROM:<{from}> BODY=8BITMIME SIZE={}",
            letter.len()
        ))?,
        "250",
    )?;
    for to in to {
        expect(line.say(&format!("RCPT TO:<{to}>"))?, "250")?;
    }
    expect(line.say("DATA")?, "354")?;
    let mut stuffed = Vec::with_capacity(letter.len() + 64);
    for part in letter.split_inclusive(|b| *b == b'\n') {
        if part.starts_with(b".") {
            stuffed.push(b'.');
        }
        stuffed.extend_from_slice(part);
    }
    stuffed.extend_from_slice(b".\r\n");
    line.send(&stuffed)?;
    line.reply()
}

/// Fetches every letter of a mailbox by POP3 over TLS, deleting nothing.
pub fn pop3_all(to: SocketAddr, login: &str, password: &str) -> io::Result<Vec<Vec<u8>>> {
    let mut line = Line::tls(to)?;
    let ok = |line: &mut Line, command: &str| -> io::Result<String> {
        if !command.is_empty() {
            line.send(format!("{command}\r\n").as_bytes())?;
        }
        let reply = line.line()?;
        expect(reply, "+OK")
    };
    ok(&mut line, "")?;
    ok(&mut line, &format!("USER {login}"))?;
    ok(&mut line, &format!("PASS {password}"))?;
    let stat = ok(&mut line, "STAT")?;
    let count: usize = stat
        .split(' ')
        .nth(1)
        .and_then(|n| n.parse().ok())
        .unwrap_or(0);
    let mut letters = Vec::with_capacity(count);
    for n in 1..=count {
        ok(&mut line, &format!("RETR {n}"))?;
        letters.push(line.multiline()?);
    }
    ok(&mut line, "QUIT")?;
    Ok(letters)
}

fn expect(reply: String, start: &str) -> io::Result<String> {
    if reply.starts_with(start) {
        Ok(reply)
    } else {
        Err(io::Error::other(reply))
    }
}

/// A letter of anna's of so many bytes that hardly compresses.
pub fn dense_letter(to: &str, subject: &str, bytes: usize) -> Vec<u8> {
    let mut letter =
        format!("From: anna@toxmail.local\r\nTo: <{to}>\r\nSubject: {subject}\r\n\r\n")
            .into_bytes();
    let mut state = 1u64;
    while letter.len() < bytes {
        for _ in 0..74 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            letter.push(b'0' + ((state >> 33) % 64) as u8);
        }
        letter.extend_from_slice(b"\r\n");
    }
    letter
}
