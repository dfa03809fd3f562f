//! `alive`: whether a running home really answers, for whatever watches over it. The home says so at its socket once its Tox thread has
//! answered it; that its ports answer is tried from outside, as a mail program or a browser would.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

use super::answer::Status;

/// How long a service may take to connect, and to say its first word.
const PATIENCE: Duration = Duration::from_secs(10);
/// What the page is asked for: every home has it, and it needs no login.
const QUESTION: &[u8] = b"GET /about HTTP/1.0\r\nHost: localhost\r\n\r\n";

/// What a service says first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum First {
    /// By itself.
    Greets(&'static str),
    /// When it is asked.
    Answers(&'static str),
    /// Nothing before TLS: that it takes the connection has to do.
    Connects,
}

/// By the names of `[listen]`. What is not mail or the page is not looked at.
fn first(service: &str) -> Option<First> {
    Some(match service {
        "submission" => First::Greets("220"),
        "pop3" => First::Greets("+OK"),
        "imap" => First::Greets("* OK"),
        "http" => First::Answers("HTTP/1."),
        "submissions" | "pop3s" | "imaps" | "https" => First::Connects,
        _ => return None,
    })
}

/// What a program that stands still would be the last to notice, by name: empty when all answer.
pub(super) fn silent(status: &Status) -> BTreeMap<String, String> {
    let mut silent = BTreeMap::new();
    for (service, address) in &status.ports {
        let Some(first) = first(service) else {
            continue;
        };
        if let Err(why) = try_one(address, first) {
            silent.insert(service.clone(), why.to_string());
        }
    }
    silent
}

/// The answer for people.
pub(super) fn text(silent: &BTreeMap<String, String>) -> String {
    if silent.is_empty() {
        return "all services answer\n".to_owned();
    }
    let lines = silent.iter().map(|(name, why)| format!("{name}: {why}\n"));
    lines.collect()
}

fn try_one(address: &Value, first: First) -> io::Result<()> {
    let address = address.as_str().and_then(|text| text.parse().ok());
    let address = near(address.ok_or_else(|| io::Error::other("no address"))?);
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let expected = match first {
        First::Connects => return Ok(()),
        First::Greets(word) => word,
        First::Answers(word) => {
            stream.write_all(QUESTION)?;
            word
        }
    };
    let mut said = vec![0; expected.len()];
    stream.read_exact(&mut said)?;
    match said == expected.as_bytes() {
        true => Ok(()),
        false => Err(io::Error::other("it says something else")),
    }
}

/// Where a service that listens everywhere is on this machine.
fn near(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
            SocketAddr::V6(_) => IpAddr::V6(Ipv6Addr::LOCALHOST),
        });
    }
    address
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    /// A service that says this to one visitor.
    fn says(words: &'static str) -> Value {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.write_all(words.as_bytes()).unwrap();
        });
        address.to_string().into()
    }

    #[test]
    fn a_service_that_says_nothing_or_something_else_is_named() {
        let closed = TcpListener::bind("127.0.0.1:0").unwrap();
        let gone = closed.local_addr().unwrap().to_string();
        drop(closed);
        let ports = [
            ("submission", says("220 home ESMTP\r\n")),
            ("pop3", says("-ERR out of order\r\n")),
            ("imap", says("")),
            ("http", says("HTTP/1.1 200 OK\r\n\r\n")),
            ("https", gone.into()),
            ("tox_udp", 33445.into()),
            ("metrics", "127.0.0.1:1".into()),
        ];
        let status = Status {
            ports: ports.map(|(name, at)| (name.to_owned(), at)).into(),
            ..Status::default()
        };
        let silent = silent(&status);
        let names: Vec<&str> = silent.keys().map(String::as_str).collect();
        assert_eq!(names, ["https", "imap", "pop3"], "{silent:?}");
        assert!(text(&silent).contains("pop3: it says something else\n"));
        assert_eq!(text(&BTreeMap::new()), "all services answer\n");
    }

    #[test]
    fn who_listens_everywhere_is_asked_here() {
        for (at, here) in [
            ("0.0.0.0:80", "127.0.0.1:80"),
            ("[::]:80", "[::1]:80"),
            ("192.0.2.7:80", "192.0.2.7:80"),
        ] {
            assert_eq!(near(at.parse().unwrap()), here.parse().unwrap());
        }
    }
}
