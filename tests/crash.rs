//! Promise 1: nothing that was acknowledged is lost, and nothing is filed twice, whatever is killed at whatever moment.
//!
//! Two homes on a real Tox network; letters go both ways, small and big, and within a home. The writers are as stubborn as
//! mail programs: what was not answered with 250 is handed in again, the same bytes with the same Message-ID.

#![cfg(feature = "faults")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "support/client.rs"]
mod client;
#[path = "support/home.rs"]
mod home;
#[path = "support/netns.rs"]
mod netns;

use std::time::{Duration, Instant};

use home::{Home, Node, Plan, pair, wait_for};

const PORT: u16 = 33400;
/// The files by which a running home is armed.
const KILL: &str = "fault-kill";
const DISK: &str = "fault-disk";

/// Two paired homes and the way between them.
struct Street {
    homes: [Home; 2],
    sent: Vec<Letter>,
    _node: Node,
}

struct Letter {
    from: usize,
    to: usize,
    address: String,
    token: String,
    bytes: Vec<u8>,
    accepted: bool,
}

const NAMES: [&str; 2] = ["anna", "bob"];

impl Street {
    fn new() -> Self {
        let node = Node::start("127.0.0.1", PORT);
        let homes = NAMES.map(|name| {
            let plan = Plan {
                settings: vec![("tox", format!("bootstrap = [ {} ]", node.entry))],
                members: vec![name],
                ..Plan::default()
            };
            let mut home = Home::new(name, plan);
            let file = |name: &str| format!("@{}", home.path().join(name).display());
            home.plan.environment = vec![
                ("TOXMAIL_FAULT_KILL".to_owned(), file(KILL)),
                ("TOXMAIL_FAULT_DISK".to_owned(), file(DISK)),
            ];
            home.start();
            home
        });
        pair(&homes[0], &homes[1]);
        Self {
            homes,
            sent: Vec::new(),
            _node: node,
        }
    }

    /// Arms a running home, or disarms it.
    fn arm(&self, which: usize, kind: &str, fault: Option<&str>) {
        let path = self.homes[which].path().join(kind);
        match fault {
            Some(fault) => std::fs::write(path, fault).unwrap(),
            None => drop(std::fs::remove_file(path)),
        }
    }

    /// kill -9 where it was not dead already, and the next start.
    fn restart(&mut self, which: usize) {
        self.arm(which, KILL, None);
        self.homes[which].kill();
        self.homes[which].spawn();
    }

    /// Writes a letter, which the next `hand_in` tries to hand in.
    fn write(&mut self, from: usize, to: usize, bytes: usize) {
        let token = format!("letter-{}-{}{}", self.sent.len(), NAMES[from], NAMES[to]);
        let address = if from == to {
            format!("{}@toxmail.local", NAMES[to])
        } else {
            // The address table's own words, so that no status is asked of a home that is dead.
            self.homes[to].address_of(NAMES[to])
        };
        let mut letter = format!(
            "From: {0}@toxmail.local\r\nTo: <{address}>\r\nSubject: {token}\r\nMessage-ID: <{token}@test>\r\n\r\n{token}\r\n",
            NAMES[from]
        )
        .into_bytes();
        let mut state = self.sent.len() as u64 + 1;
        while letter.len() < bytes {
            // Lines that do not compress.
            let line: String = (0..72)
                .map(|_| {
                    state = state
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1);
                    char::from(b'0' + ((state >> 33) % 64) as u8)
                })
                .collect();
            letter.extend_from_slice(line.as_bytes());
            letter.extend_from_slice(b"\r\n");
        }
        self.sent.push(Letter {
            from,
            to,
            address,
            token,
            bytes: letter,
            accepted: false,
        });
    }

    /// Hands in what was not accepted yet; a home that is dead or dies takes nothing.
    fn hand_in(&mut self) {
        for letter in self.sent.iter_mut().filter(|l| !l.accepted) {
            let home = &self.homes[letter.from];
            let Some(port) = home.try_address("submissions") else {
                continue;
            };
            let name = NAMES[letter.from];
            let reply =
                client::submission(port, name, &format!("secret-{name}")).and_then(|mut line| {
                    let from = format!("{name}@toxmail.local");
                    client::send(&mut line, &from, &[&letter.address], &letter.bytes)
                });
            letter.accepted = reply.is_ok_and(|reply| reply.starts_with("250"));
        }
    }

    /// Copies of a letter in the mailbox it goes to.
    fn copies(&self, letter: &Letter) -> usize {
        let subject = format!("Subject: {}\r\n", letter.token);
        let body = letter
            .bytes
            .windows(4)
            .position(|w| w == b"\r\n\r\n")
            .unwrap();
        let mut copies = 0;
        for found in self.homes[letter.to].letters(NAMES[letter.to]) {
            let head = String::from_utf8_lossy(&found[..found.len().min(4096)]).into_owned();
            if head.contains(&subject) {
                copies += 1;
                assert!(
                    found.ends_with(&letter.bytes[body..]),
                    "{} has another body",
                    letter.token
                );
            }
        }
        copies
    }

    /// Goes on until every letter was accepted and lies there once; whoever dies on the way is started again without a
    /// fault. Returns who died.
    fn settle(&mut self, longest: Duration) -> [u32; 2] {
        let mut died = [0; 2];
        let start = Instant::now();
        loop {
            for (which, died) in died.iter_mut().enumerate() {
                if self.homes[which].has_ended() {
                    *died += 1;
                    self.restart(which);
                }
            }
            self.hand_in();
            let done = self
                .sent
                .iter()
                .all(|letter| letter.accepted && self.copies(letter) > 0);
            if done && (0..2).all(|which| self.homes[which].queue_is_empty()) {
                break;
            }
            let missing: Vec<_> = self
                .sent
                .iter()
                .filter(|l| !l.accepted || self.copies(l) == 0)
                .map(|l| (&l.token, l.accepted))
                .collect();
            assert!(
                start.elapsed() < longest,
                "after {longest:?} these are missing: {missing:?}"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        for letter in &self.sent {
            assert_eq!(self.copies(letter), 1, "{}", letter.token);
        }
        died
    }
}

/// The points that a sending home passes, and those that a receiving one does.
const SENDER: [&str; 13] = [
    "submission.read",
    "queue.written",
    "queue.synced",
    "queue.recorded",
    "submission.queued",
    "outbound.encoded",
    "outbound.offered",
    "outbound.feed",
    "outbound.receipt",
    "outbound.settled",
    "queue.settled",
    "queue.file_removed",
    "local.filed",
];
const RECEIVER: [&str; 9] = [
    "inbound.offered",
    "inbound.accepted",
    "inbound.data",
    "inbound.complete",
    "store.written",
    "store.renamed",
    "store.recorded",
    "inbound.filed",
    "inbound.receipted",
];

fn kill_at_every_point(sender: &[&str], receiver: &[&str]) {
    netns::enter_loopback_namespace();
    let mut street = Street::new();
    for round in 0..sender.len().max(receiver.len()) {
        let (a, b) = (round % 2, 1 - round % 2);
        let points = [(a, sender.get(round)), (b, receiver.get(round))];
        for (which, point) in points {
            street.arm(which, KILL, point.copied());
        }
        street.write(a, b, 2_000);
        street.write(a, b, 300_000);
        street.write(a, a, 1_000);
        let died = street.settle(Duration::from_secs(120));
        for (which, point) in points {
            if let Some(point) = point {
                assert!(died[which] > 0, "{point} was never reached");
            }
        }
        eprintln!("{:?}: {:?}", points, died);
    }
}

/// Kills one home or the other at random moments while letters go both ways.
fn kill_at_random(kills: usize, seed: u64) {
    netns::enter_loopback_namespace();
    let mut street = Street::new();
    let mut state = seed;
    let mut dice = |below: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for kill in 0..kills {
        for from in 0..2 {
            street.write(from, 1 - from, 1_000 + dice(100_000) as usize);
            street.write(from, from, 3_000);
        }
        street.write(kill % 2, 1 - kill % 2, 400_000 + dice(1_000_000) as usize);
        let moment = Instant::now() + Duration::from_millis(dice(400));
        let which = dice(2) as usize;
        while Instant::now() < moment {
            street.hand_in();
        }
        street.restart(which);
        // Most kills hit a street that is still recovering from the one before.
        if dice(4) == 0 {
            street.settle(Duration::from_secs(180));
        }
    }
    street.settle(Duration::from_secs(300));
    eprintln!(
        "{kills} kills, {} letters, each there once",
        street.sent.len()
    );
}

/// A disk that is full or fails: the writer hears "not now", nothing is half kept, and later all arrives once.
fn starve(faults: &[&str]) {
    netns::enter_loopback_namespace();
    let mut street = Street::new();
    for (round, fault) in faults.iter().enumerate() {
        let (a, b) = (round % 2, 1 - round % 2);
        for which in [a, b] {
            street.arm(which, DISK, Some(fault));
            street.write(a, b, 2_000);
            street.write(a, b, 200_000);
            street.write(which, which, 1_000);
            street.hand_in();
            let refused = street.sent.iter().filter(|l| !l.accepted).count();
            if fault.ends_with("@rename") {
                // A queued message has its final name from the first byte; it is filing in a mailbox that renames.
                assert_eq!(refused, 0, "{fault}");
                let own = street.sent.iter().rfind(|l| l.from == l.to).unwrap();
                assert_eq!(street.copies(own), 0, "{fault}: filed all the same");
            } else if which == a {
                assert!(
                    refused >= 2,
                    "{fault}: accepted on a disk that does not take it"
                );
                let queue = street.homes[a].path().join("queue");
                // What was refused goes with its session, a moment later.
                wait_for("nothing half kept", Duration::from_secs(10), || {
                    let left = std::fs::read_dir(&queue).unwrap().count();
                    (left == 0 || street.homes[a].queue_size() > 0).then_some(())
                });
            }
            street.arm(which, DISK, None);
        }
        // The first and the last time it is left to the home when it tries again; between them its operator has made room and
        // says so.
        if round > 0 && round + 1 < faults.len() {
            for home in &street.homes {
                home.say(&["queue", "retry"]).unwrap();
            }
        }
        street.settle(Duration::from_secs(180));
        eprintln!("{fault}: all there once");
    }
}

#[test]
fn killed_at_random_under_load() {
    kill_at_random(8, 1);
}

#[test]
#[ignore = "hours"]
fn long_killed_two_hundred_times() {
    kill_at_random(200, std::process::id().into());
}

#[test]
fn a_full_or_failing_disk_loses_nothing() {
    starve(&[
        "ENOSPC@write",
        "EIO@fsync",
        "EIO@fsync-folder",
        "ENOSPC@commit",
        "ENOSPC@rename",
        "EIO@create",
    ]);
}

// Two halves, so that two processors share them: a home that was killed needs some ten seconds to be found again.
#[test]
fn killed_at_every_point_first_half() {
    kill_at_every_point(&SENDER[..6], &RECEIVER[..5]);
}

#[test]
fn killed_at_every_point_second_half() {
    kill_at_every_point(&SENDER[6..], &RECEIVER[5..]);
}
