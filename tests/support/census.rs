#![allow(dead_code)] // each test binary uses a part of it
//! What a running home holds: memory, threads, descriptors; and how long its members wait for it.

use std::fs;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::client::{self, Line};
use crate::home::{Home, wait_for};

/// What a home of this size may hold, in bytes: of the 64 MiB that it may have resident, the program itself takes 20 in a release
/// build (37 in the tests' build).
pub const MOST_HELD: u64 = 44 << 20;

/// Threads and descriptors of a daemon at one moment. The database's few readers stay open once they were needed, and are
/// not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Census {
    pub threads: usize,
    pub descriptors: usize,
}

/// Counts what the daemon holds now.
pub fn census(home: &Home) -> Census {
    let entries = |what: &str| fs::read_dir(format!("/proc/{}/{what}", home.pid())).unwrap();
    let is_database = |to: &std::path::Path| to.to_string_lossy().contains("toxmail.db");
    Census {
        threads: entries("task").count(),
        descriptors: entries("fd")
            .flatten()
            .filter_map(|entry| fs::read_link(entry.path()).ok())
            .filter(|to| !is_database(to))
            .count(),
    }
}

/// Waits until the daemon holds no more than `before`. Its threads for what blocks end after 5 s without work.
#[track_caller]
pub fn wait_until_as_before(home: &Home, before: Census) {
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        let now = census(home);
        if now.threads <= before.threads && now.descriptors <= before.descriptors {
            return;
        }
        assert!(Instant::now() < end, "{now:?}, before {before:?}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// The most that was ever resident without the program's own file, in bytes (`VmHWM` less `RssFile`: what is mapped of the
/// program stays).
pub fn most_held(home: &Home) -> u64 {
    memory(home, "VmHWM:") - memory(home, "RssFile:")
}

/// What is resident now, in bytes (`VmRSS`).
pub fn resident(home: &Home) -> u64 {
    memory(home, "VmRSS:")
}

fn memory(home: &Home, key: &str) -> u64 {
    let text = fs::read_to_string(format!("/proc/{}/status", home.pid())).unwrap();
    let line = text.lines().find(|line| line.starts_with(key)).unwrap();
    let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kib * 1024
}

/// How long a member waited.
#[derive(Clone, Copy, Debug, Default)]
pub struct Waits {
    /// From the connection to the `250`.
    pub send: Duration,
    /// From the connection to the last byte of the letter.
    pub fetch: Duration,
}

impl Waits {
    /// The longer of each.
    pub fn worst(self, other: Self) -> Self {
        Self {
            send: self.send.max(other.send),
            fetch: self.fetch.max(other.fetch),
        }
    }
}

/// A well-behaved member, who sends himself letters and fetches them.
pub struct Member {
    smtp: SocketAddr,
    pop3: SocketAddr,
    name: &'static str,
    password: String,
}

static LETTERS: AtomicU64 = AtomicU64::new(0);

impl Member {
    /// Who uses this home with the password `secret-NAME`.
    pub fn of(home: &Home, name: &'static str) -> Self {
        Self {
            smtp: home.address("submissions"),
            pop3: home.address("pop3s"),
            name,
            password: format!("secret-{name}"),
        }
    }

    /// With a password of a device.
    pub fn with_password(self, password: String) -> Self {
        Self { password, ..self }
    }

    /// Sends one letter, fetches it as soon as it is there, deletes it.
    #[track_caller]
    pub fn sends_and_fetches(&self) -> Waits {
        let number = LETTERS.fetch_add(1, Ordering::Relaxed);
        let from = format!("{}@toxmail.local", self.name);
        let mark = format!("letter-{number}-of-{}", self.name);
        let letter = format!("From: {from}\r\nTo: {from}\r\nSubject: {mark}\r\n\r\nHello\r\n");
        let start = Instant::now();
        let mut line = client::submission(self.smtp, self.name, &self.password).unwrap();
        let reply = client::send(&mut line, &from, &[&from], letter.as_bytes()).unwrap();
        assert!(reply.starts_with("250"), "{reply}");
        let send = start.elapsed();
        drop(line);
        let fetch = wait_for("the letter", Duration::from_secs(30), || {
            let start = Instant::now();
            self.fetch(&mark).then(|| start.elapsed())
        });
        Waits { send, fetch }
    }

    /// Fetches and deletes what is there; whether the letter was among it.
    fn fetch(&self, mark: &str) -> bool {
        let mut line = Line::tls(self.pop3).unwrap();
        let mut ok = |command: &str| {
            if !command.is_empty() {
                line.send(format!("{command}\r\n").as_bytes()).unwrap();
            }
            let reply = line.line().unwrap();
            assert!(reply.starts_with("+OK"), "{command}: {reply}");
            let body = command.starts_with("RETR");
            (
                reply,
                if body {
                    line.multiline().unwrap()
                } else {
                    vec![]
                },
            )
        };
        ok("");
        ok(&format!("USER {}", self.name));
        ok(&format!("PASS {}", self.password));
        let (stat, _) = ok("STAT");
        let count: usize = stat.split(' ').nth(1).unwrap().parse().unwrap();
        let mut found = false;
        for n in 1..=count {
            let (_, letter) = ok(&format!("RETR {n}"));
            found |= String::from_utf8_lossy(&letter).contains(mark);
            ok(&format!("DELE {n}"));
        }
        ok("QUIT");
        found
    }
}
