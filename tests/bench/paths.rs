//! One path between two homes, beside two bare toxcore instances on the same path.

use std::time::Duration;

use crate::Effort;
use crate::bare::Bares;
use crate::homes::Homes;
use crate::network::{Kind, Network};
use crate::numbers::{Numbers, shown, size};
use crate::report::{Bound, Report};

const SIZES: [usize; 5] = [10_000, 100_000, 1_000_000, 10_000_000, 50_000_000];
const BIG: usize = 50_000_000;
const LETTER: usize = 10_000;
const SMALL: usize = 2000;
/// How long lossy packets are poured in, to see what the path carries.
const FLOOD: Duration = Duration::from_secs(3);

/// What one way needs for one size.
#[derive(Default)]
struct Way {
    seconds: Numbers,
    cpu: Numbers,
}

impl Way {
    fn add(&mut self, time: Option<Duration>, cpu: f64) {
        self.seconds.add_time(time);
        self.cpu.add(cpu);
    }
}

pub fn measure(name: &str, network: &Network, effort: Effort, report: &mut Report) {
    let homes = Homes::start(network);
    let mut bares = Bares::start(network);
    report.title(&format!("Letters between two homes: {name}"));
    report.text(
        "Seconds from SMTP 250 to the file in the far Maildir, incompressible content, beside a bare toxcore file transfer \
         of as many bytes from memory to memory.",
    );
    let (ceiling, carrying) = ceiling(network, &mut bares, effort.times);
    let mut rows = Vec::new();
    for bytes in SIZES {
        let (mut ours, mut theirs) = (Way::default(), Way::default());
        // Quick ones are repeated more often: it costs nothing, and they vary more.
        let times = if bytes < BIG / 10 {
            effort.times * 3
        } else {
            effort.times
        };
        for _ in 0..times {
            let cpu = homes.cpu();
            let time = homes.carry(bytes);
            ours.add(time, homes.cpu() - cpu);
            let cpu = bares.cpu();
            let time = bares.file(bytes);
            theirs.add(time, bares.cpu() - cpu);
        }
        let (seconds, bare) = (ours.seconds.median(), theirs.seconds.median());
        let part = bytes as f64 / seconds / ceiling;
        rows.push(vec![
            size(bytes),
            shown(seconds),
            shown(bare),
            shown(bare / seconds),
            format!("{:.0} %", part * 100.0),
            shown(ours.cpu.median()),
            shown(theirs.cpu.median()),
        ]);
        if matches!(network.kind, Kind::Loopback) {
            let goal = match bytes {
                100_000 | 1_000_000 => Some((20.0, 0.2)),
                BIG => Some((3.0, 0.2)),
                _ => None,
            };
            if let Some((times, margin)) = goal {
                let what = format!(
                    "{} on loopback, times faster than the file transfer",
                    size(bytes)
                );
                report.goal(what, bare / seconds, Bound::AtLeast(times), margin);
            }
        }
        if matches!(network.kind, Kind::Loopback) && bytes == BIG {
            report.goal(
                "50 MB on loopback, times the CPU of bare lossy packets",
                ours.cpu.median() / (carrying * BIG as f64),
                Bound::AtMost(2.0),
                0.15,
            );
        }
        if matches!(network.kind, Kind::Shaped(_) | Kind::ShapedRelay(_)) && bytes == 10_000_000 {
            let what = format!("10 MB over {name}, part of the ceiling");
            report.goal(what, part, Bound::AtLeast(0.95), 0.03);
        }
    }
    let head = [
        "size",
        "Toxmail, s",
        "file transfer, s",
        "times faster",
        "of the ceiling",
        "Toxmail, CPU s",
        "file transfer, CPU s",
    ];
    report.table(&head, &rows);
    report.text(&format!(
        "The ceiling is {} MB/s: lossy packets sent at line rate, times one minus the loss. CPU: both sides together, of the \
         letter's whole way from SMTP to the Maildir. 50 MB of bare lossy packets, which are encrypted, sent, received, decrypted \
         and forgotten, take {} s of it.",
        shown(ceiling / 1e6),
        shown(carrying * BIG as f64),
    ));
    beside(name, network, &homes, effort, report);
}

/// Bytes a second that lossy packets can carry here, repairs paid for; and the seconds of processor time for each byte.
fn ceiling(network: &Network, bares: &mut Bares, times: usize) -> (f64, f64) {
    let (rate, loss) = match network.kind {
        // A little more than fits: the line is never idle.
        Kind::Shaped(shape) => (shape.megabits * 1e6 / 8.0 * 1.1, shape.loss),
        Kind::Loopback | Kind::Relay | Kind::ShapedRelay(_) => (0.0, 0.0),
    };
    let (mut rates, mut costs) = (Numbers::default(), Numbers::default());
    for _ in 0..times {
        let flooded = bares.flood(rate, FLOOD);
        rates.add(flooded.rate);
        costs.add(flooded.cpu);
    }
    (rates.median() * (1.0 - loss), costs.median())
}

/// Letters alone, and while a big one is on its way.
fn beside(name: &str, network: &Network, homes: &Homes, effort: Effort, report: &mut Report) {
    let loopback = matches!(network.kind, Kind::Loopback);
    let mut rows = Vec::new();
    let mut row = |what: &str, bytes: usize, times: &Numbers| {
        let ms = |seconds: f64| shown(seconds * 1000.0);
        let count = times.len().to_string();
        rows.push(vec![
            what.to_owned(),
            size(bytes),
            ms(times.median()),
            ms(times.at(0.99)),
            count,
        ]);
    };
    let count = if loopback {
        effort.letters
    } else {
        effort.letters / 4
    };
    let (alone, by_hand) = homes.letters(LETTER, count);
    row("alone", LETTER, &alone);
    row("written by hand", LETTER, &by_hand);
    let pause = Duration::from_millis(if loopback { 10 } else { 100 });
    let during = |bytes: usize| {
        let mut all = Numbers::default();
        for _ in 0..effort.times {
            let (times, _) = homes.letters_beside(bytes, BIG, pause);
            all.extend(times);
        }
        all
    };
    let crowded = during(LETTER);
    row("beside 50 MB", LETTER, &crowded);
    if loopback {
        let (small, by_hand) = homes.letters(SMALL, count);
        row("alone", SMALL, &small);
        row("written by hand", SMALL, &by_hand);
        row("beside 50 MB", SMALL, &during(SMALL));
        report.goal(
            "small letter on loopback, times a file written by hand",
            small.median() / by_hand.median(),
            Bound::AtMost(4.0),
            0.15,
        );
    }
    report.goal(
        format!("10 KB beside 50 MB, times as long as alone ({name})"),
        crowded.median() / alone.median(),
        Bound::AtMost(2.0),
        0.15,
    );
    report.text(
        "One letter after the other, from 250 to the file; by hand is write, fsync, rename, fsync of the folder, on the \
         same disk, taking turns with the letters.",
    );
    report.table(
        &["letters", "size", "median, ms", "99 %, ms", "count"],
        &rows,
    );
}
