//! How many letters a second are taken, beside Postfix: SMTP inside TLS on both sides, sessions opened (and, with us,
//! logged in) before the clock starts, one recipient with a local Maildir. Both deliver meanwhile.

use std::sync::Barrier;
use std::time::{Duration, Instant};

use crate::client::{self, Line};
use crate::home::{Home, Plan, wait_for};
use crate::homes::letter;
use crate::network::Network;
use crate::numbers::Numbers;
use crate::postfix::{self, Postfix};
use crate::process;

pub const SESSIONS: [usize; 3] = [1, 4, 16];
pub const LETTER: usize = 2000;

/// Letters a second, and milliseconds of processor time a letter until it lies in its mailbox.
#[derive(Default)]
pub struct Rates {
    pub rate: Numbers,
    pub cpu_ms: Numbers,
}

pub struct Row {
    pub sessions: usize,
    pub ours: Rates,
    pub postfix: Rates,
}

pub fn measure(network: &Network, letters: usize, times: usize) -> Vec<Row> {
    let plan = Plan {
        settings: network.settings(),
        members: vec!["anna", "bob"],
        ..Plan::default()
    };
    let mut home = Home::new("accept", plan);
    home.start();
    let theirs = Postfix::start();
    let mut filed = [0; 2];
    let mut rows = Vec::new();
    for sessions in SESSIONS {
        let mut row = Row {
            sessions,
            ours: Rates::default(),
            postfix: Rates::default(),
        };
        for _ in 0..times {
            let at = home.address("submissions");
            let open = || client::submission(at, "anna", "secret-anna").unwrap();
            let cpu = process::cpu(home.pid());
            let (rate, sent) = pour(sessions, letters, "bob@toxmail.local", open);
            filed[0] += sent;
            wait_for("the letters to be filed", Duration::from_secs(120), || {
                (home.letter_files("bob").len() == filed[0] && home.queue_is_empty()).then_some(())
            });
            row.ours.rate.add(rate);
            let cpu = process::cpu(home.pid()) - cpu;
            row.ours.cpu_ms.add(cpu * 1000.0 / sent as f64);

            let open = || {
                let mut line = Line::tls(theirs.address()).unwrap();
                line.reply().unwrap();
                line.say("EHLO bench.example").unwrap();
                line
            };
            let cpu = theirs.cpu();
            let (rate, sent) = pour(sessions, letters, postfix::RECIPIENT, open);
            filed[1] += sent;
            wait_for(
                "Postfix to file the letters",
                Duration::from_secs(120),
                || (theirs.filed() == filed[1]).then_some(()),
            );
            row.postfix.rate.add(rate);
            row.postfix
                .cpu_ms
                .add((theirs.cpu() - cpu) * 1000.0 / sent as f64);
        }
        rows.push(row);
    }
    rows
}

/// Sends about `letters` in so many sessions at once; letters a second, and how many there were.
fn pour(sessions: usize, letters: usize, to: &str, open: impl Fn() -> Line + Sync) -> (f64, usize) {
    let each = letters.div_ceil(sessions);
    // Made before, so that the clock runs for the server.
    let stacks: Vec<Vec<Vec<u8>>> = (0..sessions)
        .map(|_| (0..each).map(|_| letter(to, LETTER)).collect())
        .collect();
    let (open, barrier) = (&open, &Barrier::new(sessions + 1));
    let took = std::thread::scope(|scope| {
        let threads: Vec<_> = stacks
            .iter()
            .map(|stack| {
                scope.spawn(move || {
                    let mut line = open();
                    barrier.wait();
                    for letter in stack {
                        let reply = client::send(&mut line, "anna@toxmail.local", &[to], letter);
                        let reply = reply.unwrap();
                        assert!(reply.starts_with("250"), "{reply}");
                    }
                    let _ = line.say("QUIT");
                })
            })
            .collect();
        barrier.wait();
        let start = Instant::now();
        for thread in threads {
            thread.join().unwrap();
        }
        start.elapsed()
    });
    let sent = each * sessions;
    (sent as f64 / took.as_secs_f64(), sent)
}
