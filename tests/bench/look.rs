//! What it costs to look at a home that is full: the first page beside a static file of the same server, and open pages that
//! hear of every change.

use std::time::{Duration, Instant};

use crate::bare::{self, hex};
use crate::client::{self, Line};
use crate::home::{Home, Plan, wait_for};
use crate::network::Network;
use crate::numbers::Numbers;
use crate::page::{self, Heard, Visitor};
use crate::process::{self, Threads};

pub const MEMBERS: usize = 20;
pub const CONTACTS: usize = 500;
pub const DELIVERIES: usize = 10_000;
pub const STREAMS: usize = 100;
/// Recipients of one letter, which is what a home takes.
const RECIPIENTS: usize = 100;
/// Of one session, as a browser has windows.
const STREAMS_EACH: usize = 4;

pub struct Full {
    home: Home,
    members: Vec<String>,
}

/// Answers, in seconds.
pub struct Answers {
    pub page: Numbers,
    pub page_bytes: usize,
    pub file: Numbers,
    pub file_bytes: usize,
}

/// What open pages cost.
pub struct Open {
    /// Bytes more in RAM.
    pub resident: f64,
    /// Part of one processor while nothing changes, in per cent, without and with them.
    pub cpu: (f64, f64),
}

impl Full {
    /// A home with many people, contacts and letters for them, none of whom ever comes.
    pub fn start(network: &Network) -> Self {
        let mut settings = network.settings();
        settings.push(("listen", "https = \"127.0.0.1:0\"".into()));
        settings.push(("limits", "max_connections = 400".into()));
        settings.push(("limits", "max_connections_per_address = 300".into()));
        let plan = Plan {
            settings,
            ..Plan::default()
        };
        let home = Home::new("full", plan);
        let members: Vec<String> = (0..MEMBERS).map(|n| format!("member{n}")).collect();
        for member in &members {
            let password = format!("secret-{member}\n");
            home.say_with(&["member", "add", member], Some(&password))
                .unwrap();
        }
        let mut home = home;
        home.start();
        for number in 0..CONTACTS {
            let id = hex(bare::nobody().as_bytes());
            let name = format!("contact{number}");
            home.say(&["contact", "add", &name, "--tox", &format!("{id}@tox")])
                .unwrap();
        }
        let full = Self { home, members };
        full.fill();
        full
    }

    fn fill(&self) {
        for number in 0..DELIVERIES / RECIPIENTS {
            let member = &self.members[number % MEMBERS];
            let first = number % (CONTACTS / RECIPIENTS) * RECIPIENTS;
            let to: Vec<String> = (first..first + RECIPIENTS)
                .map(|n| format!("contact{n}@tox"))
                .collect();
            let to: Vec<&str> = to.iter().map(String::as_str).collect();
            let from = format!("{member}@toxmail.local");
            let letter =
                format!("From: {from}\r\nTo: many@tox\r\nSubject: {number}\r\n\r\nHello\r\n");
            let address = self.home.address("submissions");
            let mut line =
                client::submission(address, member, &format!("secret-{member}")).unwrap();
            let reply = client::send(&mut line, &from, &to, letter.as_bytes()).unwrap();
            assert!(reply.starts_with("250"), "{reply}");
        }
        wait_for("the queue to be full", Duration::from_secs(60), || {
            let count = self.home.say(&["queue", "count"]).ok()?;
            (count["deliveries"].as_u64()? as usize >= DELIVERIES).then_some(())
        });
    }

    fn visitor(&self, number: usize) -> Visitor {
        Visitor::logged_in(self.home.address("https"), &self.members[number % MEMBERS])
    }

    /// The first page of who looks after the home, in turns with a static file, over one connection.
    pub fn answers(&self, count: usize) -> Answers {
        let mut visitor = self.visitor(0);
        let first = visitor.get("/").body;
        assert!(first.contains("letters wait"), "{first}");
        let mut line = Line::tls(self.home.address("https")).unwrap();
        let mut ask = |path: &str| {
            let head = visitor.head(&format!("GET {path} HTTP/1.1"));
            format!("{head}Accept: text/html, */*\r\n\r\n")
        };
        let page = ask("/");
        let (_, page_bytes) = fetch(&mut line, &page);
        // The one that is as big as the page, or nearly.
        let files = first.split('"').filter(|text| text.starts_with("/static/"));
        let file = files
            .map(&mut ask)
            .min_by_key(|file| fetch(&mut line, file).1.abs_diff(page_bytes))
            .unwrap();
        let mut answers = Answers {
            page: Numbers::default(),
            page_bytes: 0,
            file: Numbers::default(),
            file_bytes: 0,
        };
        for number in 0..count + 5 {
            let (page_time, page_bytes) = fetch(&mut line, &page);
            let (file_time, file_bytes) = fetch(&mut line, &file);
            // The first ones find cold caches.
            if number >= 5 {
                answers.page.add_time(Some(page_time));
                answers.file.add_time(Some(file_time));
                (answers.page_bytes, answers.file_bytes) = (page_bytes, file_bytes);
            }
        }
        answers
    }

    /// Many open pages, in a home where nothing changes.
    pub fn open(&self, settle: Duration, watch: Duration) -> Open {
        let pid = self.home.pid();
        let visitors: Vec<Visitor> = (0..STREAMS / STREAMS_EACH)
            .map(|n| self.visitor(n))
            .collect();
        let idle = || {
            // Threads of what has just been done end after five seconds.
            std::thread::sleep(settle);
            let before = Threads::of(pid);
            std::thread::sleep(watch);
            Threads::of(pid).since(&before).as_secs_f64() / watch.as_secs_f64() * 100.0
        };
        let alone = idle();
        let before = process::resident(pid);
        let mut streams: Vec<Heard> = Vec::new();
        for visitor in visitors {
            for _ in 0..STREAMS_EACH {
                let mut stream = visitor.listen().unwrap();
                assert!(stream.next(Duration::from_secs(30)).is_some(), "silence");
                streams.push(stream);
            }
        }
        let with = idle();
        let resident = process::resident(pid) as f64 - before as f64;
        assert_eq!(streams.len(), STREAMS);
        Open {
            resident,
            cpu: (alone, with),
        }
    }
}

/// One answer on an open connection: how long it took, and its length.
fn fetch(line: &mut Line, request: &str) -> (Duration, usize) {
    let begin = Instant::now();
    line.send(request.as_bytes()).unwrap();
    let head = page::read_head(line).unwrap();
    assert!(head[0].contains(" 200 "), "{head:?}");
    let length = head.iter().find_map(|field| {
        let (name, value) = field.split_once(": ")?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.parse().ok())?
    });
    let length = length.unwrap();
    line.bytes(length).unwrap();
    (begin.elapsed(), length)
}
