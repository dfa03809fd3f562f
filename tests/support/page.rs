#![allow(dead_code)] // each test binary uses a part of it
//! Somebody who looks at a home's page: logs in, gets pages, and hears what changes. A browser without a face.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use crate::client::Line;

/// A visitor with the cookies of a browser.
#[derive(Clone)]
pub struct Visitor {
    address: SocketAddr,
    cookies: BTreeMap<String, String>,
    token: String,
}

/// What a page said.
pub struct Said {
    pub status: u16,
    pub head: Vec<String>,
    pub body: String,
}

impl Visitor {
    /// A stranger.
    pub fn new(address: SocketAddr) -> Self {
        Self {
            address,
            cookies: BTreeMap::new(),
            token: String::new(),
        }
    }

    /// Somebody who has logged in, with the password that a test's home gives its members.
    pub fn logged_in(address: SocketAddr, name: &str) -> Self {
        let mut visitor = Self::new(address);
        visitor.get("/login");
        let password = format!("secret-{name}");
        let said = visitor.post("/login", &[("name", name), ("password", &password)]);
        assert_eq!(said.status, 303, "{name}: {}", said.body);
        visitor
    }

    /// The head of a request, ready for more lines.
    pub fn head(&self, what: &str) -> String {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(n, v)| format!("{n}={v}"))
            .collect();
        let mut head = format!("{what}\r\nHost: localhost\r\nAccept-Language: en\r\n");
        if !cookies.is_empty() {
            head.push_str(&format!("Cookie: {}\r\n", cookies.join("; ")));
        }
        head
    }

    pub fn get(&mut self, path: &str) -> Said {
        let head = self.head(&format!("GET {path} HTTP/1.0"));
        self.ask(&format!("{head}Accept: text/html\r\n\r\n"))
    }

    /// As a form of the page that was seen last.
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Said {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("csrf", &self.token).extend_pairs(fields);
        let form = form.finish();
        let head = self.head(&format!("POST {path} HTTP/1.0"));
        self.ask(&format!(
            "{head}Origin: https://localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\n\r\n{form}",
            form.len()
        ))
    }

    /// The same where there may be nobody.
    pub fn try_get(&mut self, path: &str) -> io::Result<Said> {
        let head = self.head(&format!("GET {path} HTTP/1.0"));
        self.try_ask(format!("{head}Accept: text/html\r\n\r\n").as_bytes())
    }

    /// As a form with a file in it; `within` is how long each step may take.
    pub fn send_file(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        (name, content): (&str, &[u8]),
        within: Duration,
    ) -> Said {
        let mut form = Vec::new();
        for (name, value) in [("csrf", self.token.as_str())].iter().chain(fields) {
            let part = format!(
                "--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            );
            form.extend_from_slice(part.as_bytes());
        }
        let part = format!(
            "--x\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"f\"\r\n\r\n"
        );
        form.extend_from_slice(part.as_bytes());
        form.extend_from_slice(content);
        form.extend_from_slice(b"\r\n--x--\r\n");
        let head = self.head(&format!("POST {path} HTTP/1.0"));
        let mut request = format!(
            "{head}Origin: https://localhost\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: {}\r\n\r\n",
            form.len()
        )
        .into_bytes();
        request.extend_from_slice(&form);
        self.ask_within(&request, Some(within)).unwrap()
    }

    fn ask(&mut self, request: &str) -> Said {
        self.try_ask(request.as_bytes()).unwrap()
    }

    fn try_ask(&mut self, request: &[u8]) -> io::Result<Said> {
        self.ask_within(request, None)
    }

    fn ask_within(&mut self, request: &[u8], within: Option<Duration>) -> io::Result<Said> {
        let mut line = Line::tls(self.address)?;
        if let Some(within) = within {
            line.timeout(within)?;
        }
        line.send(request)?;
        let head = read_head(&mut line)?;
        let mut body = String::new();
        // HTTP/1.0: the end of the connection is the end of the answer.
        while let Ok(text) = line.line() {
            body.push_str(&text);
            body.push('\n');
        }
        for field in &head {
            let Some((name, value)) = field.split_once(": ") else {
                continue;
            };
            if let (true, Some((pair, rest))) = (
                name.eq_ignore_ascii_case("set-cookie"),
                value.split_once(';'),
            ) {
                let (name, value) = pair.split_once('=').unwrap();
                match rest.contains("Max-Age=0;") {
                    true => self.cookies.remove(name),
                    false => self.cookies.insert(name.to_owned(), value.to_owned()),
                };
            }
        }
        if let Some((_, rest)) = body.split_once("name=\"csrf\" value=\"") {
            self.token = rest.split('"').next().unwrap().to_owned();
        }
        Ok(Said {
            status: status(&head),
            head,
            body,
        })
    }

    /// Opens the home's stream of what changes.
    pub fn listen(&self) -> Result<Heard, u16> {
        let mut line = Line::tls(self.address).unwrap();
        let head = self.head("GET /events HTTP/1.0");
        line.send(format!("{head}Accept: text/event-stream\r\n\r\n").as_bytes())
            .unwrap();
        let head = read_head(&mut line).unwrap();
        match status(&head) {
            200 => Ok(Heard(line)),
            status => Err(status),
        }
    }
}

/// The lines of an answer's head; the first tells the status.
pub fn read_head(line: &mut Line) -> io::Result<Vec<String>> {
    let mut head = Vec::new();
    loop {
        let text = line.line()?;
        if text.is_empty() {
            return Ok(head);
        }
        head.push(text);
    }
}

fn status(head: &[String]) -> u16 {
    let words = head.first().and_then(|line| line.split(' ').nth(1));
    words.and_then(|word| word.parse().ok()).unwrap_or(0)
}

/// An open stream.
pub struct Heard(Line);

impl Heard {
    /// The next event, its name and its data; `None` when the stream has ended, or nothing came in time.
    pub fn next(&mut self, within: Duration) -> Option<(String, String)> {
        self.0.timeout(within).unwrap();
        let (mut name, mut data) = (String::new(), String::new());
        loop {
            let text = self.0.line().ok()?;
            if let Some(word) = text.strip_prefix("event: ") {
                name = word.to_owned();
            } else if let Some(more) = text.strip_prefix("data:") {
                data.push_str(more);
                data.push('\n');
            } else if text.is_empty() && !name.is_empty() {
                return Some((name, data));
            }
        }
    }
}
