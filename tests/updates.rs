//! A home on a box fetches a later version by itself, from a web server that may be any: what it takes, what it leaves, and what the page
//! says of it. What the box then does with the file is tried in `tests/image.rs` and `tests/image/scripts.sh`.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "support/authority.rs"]
mod authority;
#[path = "support/client.rs"]
mod client;
#[path = "support/home.rs"]
mod home;
#[path = "support/netns.rs"]
mod netns;
#[path = "support/page.rs"]
mod page;

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use authority::Authority;
use home::{Home, Plan, wait_for};
use page::Visitor;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// What the home has to do within.
const LONG: Duration = Duration::from_secs(60);

/// An answer: what stands above the body, and the body.
type Answer = (String, Vec<u8>);

/// A web server with a certificate for `localhost`.
struct Server {
    port: u16,
    answers: Arc<Mutex<HashMap<String, Answer>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn start(authority: &Authority) -> Self {
        let config = authority.server_config();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let answers: Arc<Mutex<HashMap<String, Answer>>> = Arc::default();
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let (given, heard) = (Arc::clone(&answers), Arc::clone(&asked));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // Who does not like the certificate goes away.
                let _ = answer(stream, &config, &given, &heard);
            }
        });
        Self {
            port,
            answers,
            asked,
        }
    }

    fn says(&self, path: &str, head: &str, body: &[u8]) {
        let answer = (head.to_owned(), body.to_vec());
        self.answers.lock().unwrap().insert(path.to_owned(), answer);
    }

    fn has(&self, path: &str, body: &[u8]) {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}", body.len());
        self.says(path, &head, body);
    }

    /// How often it was asked for that.
    fn asked(&self, path: &str) -> usize {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|one| *one == path).count()
    }
}

fn answer(
    stream: TcpStream,
    config: &Arc<ServerConfig>,
    answers: &Mutex<HashMap<String, Answer>>,
    asked: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let connection = ServerConnection::new(Arc::clone(config)).unwrap();
    let mut stream = BufReader::new(StreamOwned::new(connection, stream));
    let mut path = None;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line)? == 0 {
            return Ok(());
        }
        if path.is_none() {
            path = line.split(' ').nth(1).map(str::to_owned);
        }
        if line == "\r\n" {
            break;
        }
    }
    let path = path.unwrap_or_default();
    asked.lock().unwrap().push(path.clone());
    let found = answers.lock().unwrap().get(&path).cloned();
    let nothing = || {
        (
            "HTTP/1.1 404 Not Found\r\nContent-Length: 0".to_owned(),
            Vec::new(),
        )
    };
    let (head, body) = found.unwrap_or_else(nothing);
    let stream = stream.get_mut();
    stream.write_all(format!("{head}\r\nConnection: close\r\n\r\n").as_bytes())?;
    stream.write_all(&body)?;
    stream.conn.send_close_notify();
    stream.flush()
}

/// A home on a box of the kind `look`, with a folder that it shares with the box's script.
fn home_on_a_box(authority: &Authority, shared: &Path) -> Home {
    fs::create_dir(shared.join("inbox")).unwrap();
    fs::write(shared.join("board"), "look\n").unwrap();
    let folder: &'static str = Box::leak(shared.to_str().unwrap().to_owned().into_boxed_str());
    let plan = Plan {
        settings: vec![
            ("tox", "bootstrap = []".into()),
            ("listen", "https = \"127.0.0.1:0\"".into()),
            (
                "relay",
                format!("ca_file = {:?}", authority.ca().to_str().unwrap()),
            ),
        ],
        members: vec!["anna"],
        options: vec!["--updates", folder],
        ..Plan::default()
    };
    let mut home = Home::new("box", plan);
    home.start();
    home
}

/// Somebody on the page asks, and waits until it says that.
#[track_caller]
fn looks(visitor: &mut Visitor, until: &str) {
    let said = visitor.post("/admin/update/look", &[]);
    assert_eq!(said.status, 303, "{}", said.body);
    wait_for(until, LONG, || {
        visitor
            .get("/admin/update")
            .body
            .contains(until)
            .then_some(())
    });
}

#[test]
fn a_later_version_is_fetched_once_and_handed_to_the_box() {
    netns::enter_loopback_namespace();
    let authority = Authority::new();
    let server = Server::start(&authority);
    let shared = tempfile::tempdir().unwrap();
    let mut home = home_on_a_box(&authority, shared.path());
    let inbox = shared.path().join("inbox");
    let mut anna = Visitor::logged_in(home.address("https"), "anna");
    let from = format!("https://localhost:{}/boxes", server.port);
    anna.get("/admin/update");
    let said = anna.post("/admin/update/from", &[("from", &from)]);
    assert_eq!(said.status, 303, "{}", said.body);

    // A server without anything for this box, or with nonsense, changes nothing.
    let version = "/boxes/toxmail-look.version";
    looks(&mut anna, "the server has no version for this kind of box");
    server.has(version, b"../../0.9.1\n");
    looks(&mut anna, "what the server has there is no version");
    server.has(version, env!("CARGO_PKG_VERSION").as_bytes());
    looks(&mut anna, "what runs is the latest");
    server.has(version, &vec![b'1'; 100_000]);
    looks(&mut anna, "what the server has there is no version");
    server.has(version, b"0.9.1\n");
    looks(&mut anna, "the server has no file for this kind of box");
    // Of a file that breaks off nothing stays.
    let file = "/boxes/toxmail-look-0.9.1.raucb";
    server.says(
        file,
        "HTTP/1.1 200 OK\r\nContent-Length: 500000",
        &[7; 300_000],
    );
    looks(&mut anna, "Peer disconnected");
    assert_eq!(fs::read_dir(&inbox).unwrap().count(), 0);
    // No update is that long.
    server.says(
        file,
        "HTTP/1.1 200 OK\r\nContent-Length: 500000000",
        &[7; 1000],
    );
    looks(&mut anna, "an update has at most");
    assert_eq!(fs::read_dir(&inbox).unwrap().count(), 0);

    // It lies somewhere else by now; not over a line that anybody can write into.
    server.says(
        file,
        "HTTP/1.1 302 Found\r\nLocation: http://localhost:1/x\r\nContent-Length: 0",
        b"",
    );
    looks(&mut anna, "configured for https only");
    let elsewhere = format!(
        "HTTP/1.1 302 Found\r\nLocation: https://localhost:{}/cdn/9\r\nContent-Length: 0",
        server.port
    );
    server.says(file, &elsewhere, b"");
    let bundle: Vec<u8> = (0..400_000u32).map(|n| n as u8).collect();
    server.has("/cdn/9", &bundle);
    looks(&mut anna, "version 0.9.1 was there, and the box got it");
    assert_eq!(fs::read(inbox.join("bundle")).unwrap(), bundle);
    assert_eq!(fs::read_to_string(inbox.join("ask")).unwrap(), "later\n");

    // The box has tried it, and it did not work; the home remembers over a restart what was looked at.
    let taken = server.asked("/cdn/9");
    for name in ["ask", "bundle"] {
        fs::remove_file(inbox.join(name)).unwrap();
    }
    fs::write(
        shared.path().join("state"),
        "phase=fell-back\nversion=0.9.1\nfrom=0.1.0\nslot=B\nat=5\nwhy=\n",
    )
    .unwrap();
    home.stop();
    home.start();
    let mut anna = Visitor::logged_in(home.address("https"), "anna");
    wait_for("what was looked at before", LONG, || {
        let page = anna.get("/admin/update").body;
        page.contains("the box got it").then_some(())
    });
    // Whoever asks gets it once more.
    looks(&mut anna, "version 0.9.1 was there, and the box got it");
    wait_for("the file", LONG, || {
        inbox.join("ask").exists().then_some(())
    });
    assert_eq!(server.asked("/cdn/9"), taken + 1);
}

#[test]
fn a_server_that_is_not_who_it_says_is_not_heard() {
    netns::enter_loopback_namespace();
    let authority = Authority::new();
    let shared = tempfile::tempdir().unwrap();
    let home = home_on_a_box(&authority, shared.path());
    let stranger = Server::start(&Authority::new());
    stranger.has("/toxmail-look.version", b"0.9.1\n");
    stranger.has("/toxmail-look-0.9.1.raucb", b"bundle");
    let mut anna = Visitor::logged_in(home.address("https"), "anna");
    anna.get("/admin/update");
    let from = format!("https://localhost:{}/", stranger.port);
    anna.post("/admin/update/from", &[("from", &from), ("nightly", "yes")]);
    looks(&mut anna, "invalid peer certificate");
    assert_eq!(
        fs::read_dir(shared.path().join("inbox")).unwrap().count(),
        0
    );
}
