//! `make soak`: two homes under light load for a day (`SOAK_MINUTES` makes it shorter), one of them stopped and killed again
//! and again. Nothing may grow: memory, open files, threads, the data folder. Every letter is fetched exactly once, with the
//! body that was sent.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "support/client.rs"]
mod client;
#[path = "support/home.rs"]
mod home;
#[path = "support/netns.rs"]
mod netns;

use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};

use client::Line;
use home::{Home, Node, Plan, pair, wait_for};

const DAY_MINUTES: u64 = 24 * 60;
/// A round: a letter each way and one within a home, and both mailboxes fetched empty.
const ROUND: Duration = Duration::from_secs(3);
/// What a home may hold at any time (the goal of a whole home under attack).
const MOST_RSS: u64 = 64 << 20;
/// How far the middle value of the last fifth may lie over that of the second: a quarter, and two megabytes for the
/// allocator's mood. A leak of 100 octets a letter shows within a day.
const RSS_SLACK: u64 = 2 << 20;
/// Descriptors come with connections, threads with bursts of blocking work (tokio ends idle ones after ten seconds).
const FILES_SLACK: u64 = 6;
const THREADS_SLACK: u64 = 12;
/// What stays of a letter that is gone: its name, so that it is not taken twice, in one home or two. It is kept for
/// more than a year.
const BYTES_A_LETTER: u64 = 1500;
/// SQLite's journal, which is cut now and then.
const FOLDER_SLACK: u64 = 6 << 20;

/// What a running home holds.
#[derive(Clone, Copy, Debug)]
struct Sample {
    rss: u64,
    files: u64,
    threads: u64,
    folder: u64,
}

fn sample(home: &Home) -> Sample {
    let proc = format!("/proc/{}", home.pid());
    let status = std::fs::read_to_string(format!("{proc}/status")).unwrap();
    let number = |key: &str| -> u64 {
        let line = status.lines().find(|l| l.starts_with(key)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    };
    Sample {
        rss: number("VmRSS:") * 1024,
        files: std::fs::read_dir(format!("{proc}/fd")).unwrap().count() as u64,
        threads: number("Threads:"),
        folder: bytes_below(home.path()),
    }
}

/// Bytes of all files in a data folder. Not the log: an operator's journal has its own limits.
fn bytes_below(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return 0;
    };
    let size = |entry: std::fs::DirEntry| match entry.metadata() {
        Ok(found) if found.is_dir() => bytes_below(&entry.path()),
        Ok(found) if entry.file_name() != "log" => found.len(),
        _ => 0,
    };
    entries.flatten().map(size).sum()
}

/// The value in the middle.
fn middle(samples: &[Sample], of: fn(&Sample) -> u64) -> u64 {
    let mut values: Vec<u64> = samples.iter().map(of).collect();
    values.sort_unstable();
    values[values.len() / 2]
}

struct Letter {
    body: Vec<u8>,
    reader: usize,
    fetched: u32,
}

/// Two homes and every letter between them.
struct Street {
    homes: [Home; 2],
    letters: HashMap<String, Letter>,
}

const NAMES: [&str; 2] = ["anna", "bob"];

impl Street {
    fn send(&mut self, from: usize, to: usize) {
        let number = self.letters.len();
        let token = format!("soak-{number}");
        // Mostly small, now and then with a picture.
        let bytes = match number % 23 {
            0 => 400_000,
            1..=4 => 40_000,
            _ => 1_500,
        };
        let mut body = Vec::with_capacity(bytes + 80);
        let mut state = number as u64 + 1;
        while body.len() < bytes {
            let line = (0..72).map(|_| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                b'0' + ((state >> 33) % 64) as u8
            });
            body.extend(line);
            body.extend_from_slice(b"\r\n");
        }
        let address = if from == to {
            format!("{}@toxmail.local", NAMES[to])
        } else {
            self.homes[to].address_of(NAMES[to])
        };
        let writer = format!("{}@toxmail.local", NAMES[from]);
        let header = format!(
            "From: {writer}\r\nTo: <{address}>\r\nSubject: {token}\r\nMessage-ID: <{token}@test>\r\n\r\n"
        );
        let whole = [header.as_bytes(), &body].concat();
        // As a mail program does it: what was not answered is handed in again.
        wait_for("a letter to be taken", Duration::from_secs(120), || {
            let to_home = self.homes[from].try_address("submissions")?;
            let secret = format!("secret-{}", NAMES[from]);
            let mut line = client::submission(to_home, NAMES[from], &secret).ok()?;
            let reply = client::send(&mut line, &writer, &[&address], &whole).ok()?;
            reply.starts_with("250").then_some(())
        });
        let letter = Letter {
            body,
            reader: to,
            fetched: 0,
        };
        self.letters.insert(token, letter);
    }

    /// Fetches and deletes what is there.
    fn fetch(&mut self, reader: usize) {
        let Some(address) = self.homes[reader].try_address("pop3s") else {
            return;
        };
        let mut line = Line::tls(address).unwrap();
        let ok = |line: &mut Line, command: String| -> String {
            if !command.is_empty() {
                line.send(format!("{command}\r\n").as_bytes()).unwrap();
            }
            let reply = line.line().unwrap();
            assert!(reply.starts_with("+OK"), "{command}: {reply}");
            reply
        };
        ok(&mut line, String::new());
        ok(&mut line, format!("USER {}", NAMES[reader]));
        ok(&mut line, format!("PASS secret-{}", NAMES[reader]));
        let stat = ok(&mut line, "STAT".into());
        let count: usize = stat.split(' ').nth(1).unwrap().parse().unwrap();
        for n in 1..=count {
            ok(&mut line, format!("RETR {n}"));
            let whole = line.multiline().unwrap();
            ok(&mut line, format!("DELE {n}"));
            self.arrived(reader, &whole);
        }
        ok(&mut line, "QUIT".into());
    }

    fn arrived(&mut self, reader: usize, whole: &[u8]) {
        let end = whole
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .unwrap();
        let header = String::from_utf8_lossy(&whole[..end]).into_owned();
        let subject = header.lines().find_map(|l| l.strip_prefix("Subject: "));
        let letter = subject
            .and_then(|token| self.letters.get_mut(token))
            .unwrap_or_else(|| panic!("a letter that nobody sent:\n{header}"));
        letter.fetched += 1;
        assert_eq!(letter.fetched, 1, "fetched twice:\n{header}");
        assert_eq!(letter.reader, reader, "in the wrong mailbox:\n{header}");
        assert!(letter.body == whole[end + 4..], "another body:\n{header}");
    }

    fn missing(&self) -> usize {
        self.letters.values().filter(|l| l.fetched == 0).count()
    }
}

#[test]
#[ignore = "a day: `make soak`, with SOAK_MINUTES to make it shorter"]
fn soak_of_two_homes_nothing_grows_and_every_letter_is_there_once() {
    netns::enter_loopback_namespace();
    let minutes = std::env::var("SOAK_MINUTES").map_or(DAY_MINUTES, |text| {
        text.parse().expect("SOAK_MINUTES is a number")
    });
    let whole = Duration::from_secs(minutes * 60);
    let node = Node::start("127.0.0.1", 33400);
    let homes = NAMES.map(|name| {
        let plan = Plan {
            settings: vec![("tox", format!("bootstrap = [ {} ]", node.entry))],
            members: vec![name],
            ..Plan::default()
        };
        let mut home = Home::new(name, plan);
        home.start();
        home
    });
    pair(&homes[0], &homes[1]);
    let mut street = Street {
        homes,
        letters: HashMap::new(),
    };
    // Anna's home runs all the time: in it a leak would show. Bob's is the one that comes and goes.
    let restart_every = (whole / 12).clamp(Duration::from_secs(40), Duration::from_secs(1800));
    let start = Instant::now();
    let (mut samples, mut restarts) = (Vec::new(), 0u32);
    while start.elapsed() < whole {
        let round = Instant::now();
        street.send(0, 1);
        street.send(1, 0);
        street.send(0, 0);
        street.fetch(0);
        street.fetch(1);
        if start.elapsed() > restart_every * (restarts + 1) {
            restarts += 1;
            if restarts.is_multiple_of(2) {
                street.homes[1].kill();
            } else {
                let took = street.homes[1].stop();
                assert!(took < Duration::from_secs(8), "{took:?} to stop");
            }
            street.homes[1].start();
        }
        let now = street.homes.each_ref().map(sample);
        for (home, sample) in now.iter().enumerate() {
            assert!(sample.rss < MOST_RSS, "{}: {sample:?}", NAMES[home]);
        }
        if samples.len() % 20 == 0 {
            eprintln!(
                "{:?}: {} letters, {now:?}",
                start.elapsed(),
                street.letters.len()
            );
        }
        samples.push((start.elapsed(), street.letters.len() as u64, now));
        std::thread::sleep(ROUND.saturating_sub(round.elapsed()));
    }
    wait_for("the last letters", Duration::from_secs(300), || {
        street.fetch(0);
        street.fetch(1);
        (street.missing() == 0).then_some(())
    });
    for home in &street.homes {
        wait_for("an empty queue", Duration::from_secs(60), || {
            home.queue_is_empty().then_some(())
        });
    }

    let span = |home: usize, from: u32, to: u32| -> Vec<Sample> {
        let within = |at: &Duration| *at >= whole * from / 10 && *at < whole * to / 10;
        samples
            .iter()
            .filter(|(at, ..)| within(at))
            .map(|(.., now)| now[home])
            .collect()
    };
    let letters = |to: u32| {
        samples
            .iter()
            .filter(|(at, ..)| *at < whole * to / 10)
            .map(|s| s.1)
            .max()
            .unwrap()
    };
    let between = letters(9) - letters(3);
    for (home, name) in NAMES.iter().enumerate() {
        let (early, late) = (span(home, 2, 4), span(home, 8, 10));
        let both = |of: fn(&Sample) -> u64| (middle(&early, of), middle(&late, of));
        let (rss, files, threads, folder) = (
            both(|s| s.rss),
            both(|s| s.files),
            both(|s| s.threads),
            both(|s| s.folder),
        );
        eprintln!(
            "{name}: resident {} -> {} kB, files {} -> {}, threads {} -> {}, folder {} -> {} kB ({} octets a letter)",
            rss.0 / 1024,
            rss.1 / 1024,
            files.0,
            files.1,
            threads.0,
            threads.1,
            folder.0 / 1024,
            folder.1 / 1024,
            folder.1.saturating_sub(folder.0) / between.max(1),
        );
        assert!(
            rss.1 <= rss.0 + rss.0 / 4 + RSS_SLACK,
            "{name}: memory grows: {rss:?}"
        );
        assert!(
            files.1 <= files.0 + FILES_SLACK,
            "{name}: open files grow: {files:?}"
        );
        assert!(
            threads.1 <= threads.0 + THREADS_SLACK,
            "{name}: threads grow: {threads:?}"
        );
        let allowed = folder.0 + FOLDER_SLACK + between * BYTES_A_LETTER;
        assert!(
            folder.1 <= allowed,
            "{name}: the folder grows: {folder:?} in {between} letters"
        );
    }
    eprintln!(
        "{} letters in {minutes} minutes, {restarts} restarts, every one fetched once",
        street.letters.len()
    );
}
