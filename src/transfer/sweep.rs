//! What ten megabytes get of each path, and what becomes of that when one of the controller's constants is another. In virtual time, so
//! it comes out the same on any machine. `BENCH_ONLY=controller make bench-keep` makes tables and a chart of what is written here.

use std::fmt::Write;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::congestion::Tuning;
use super::tests::{First, Link, WATCHED, alone, beside, letter};
use super::world::Rival;

/// A constant and how it is multiplied.
type Constant = (&'static str, fn(&mut Tuning, f64));

const CONSTANTS: [Constant; 7] = [
    ("target", |t, by| t.target = t.target.mul_f64(by)),
    ("loss_tolerated", |t, by| t.loss_tolerated *= by),
    ("initial_packets", |t, by| t.initial_packets *= by),
    ("sharing_packets", |t, by| t.sharing_packets *= by),
    ("drain_every", |t, by| {
        t.drain_every = t.drain_every.mul_f64(by);
        t.contest_drain_every = t.contest_drain_every.mul_f64(by);
    }),
    ("crowded", |t, by| t.crowded *= by),
    ("crowded_rounds", |t, by| t.crowded_rounds *= by),
];
const FACTORS: [f64; 5] = [0.25, 0.5, 1.0, 2.0, 4.0];

/// What is measured of each.
const MARKS: [&str; 4] = [
    "of the oracle's, %",
    "queue, ms",
    "share beside cubic, %",
    "letter beside a film, times",
];

/// The mean of each over the paths, and the worst.
type Marks = [(f64, f64); 4];

fn marks(tuning: Tuning) -> Marks {
    let mut all: [Vec<f64>; 4] = Default::default();
    for mut link in Link::swept() {
        link.tuning = tuning;
        let went = alone(&link, 1);
        all[0].push(went.share / went.oracle * 100.0);
        all[1].push(went.queue.as_secs_f64() * 1e3);
        all[3].push(letter(&link, 1).0);
    }
    for (mut link, first) in Link::shared_swept() {
        link.tuning = tuning;
        all[2].push(beside(&link, 1, |_| Rival::cubic(), first, WATCHED).share * 100.0);
    }
    let [ceiling, queue, share, letters] = &all;
    [
        (mean(ceiling), least(ceiling)),
        (mean(queue), most(queue)),
        (mean(share), least(share)),
        (mean(letters), most(letters)),
    ]
}

fn mean(of: &[f64]) -> f64 {
    of.iter().sum::<f64>() / of.len() as f64
}

fn most(of: &[f64]) -> f64 {
    of.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

fn least(of: &[f64]) -> f64 {
    of.iter().copied().fold(f64::INFINITY, f64::min)
}

/// What comes of each case, on all processors, in the order of the cases.
fn on_all_processors<C: Sync, R: Send>(cases: &[C], measure: impl Fn(&C) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(case) = cases.get(number) else {
                return done;
            };
            done.push((number, measure(case)));
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut done: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect()
    });
    done.sort_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Half or twice a constant changes little: none of them is tuned to a point. What was measured goes into the file that
/// `TOXMAIL_SWEEP` names, fields parted by tabs.
#[test]
#[ignore = "minutes"]
fn long_sweep_half_or_twice_a_constant_changes_little() {
    let mut told = String::new();
    let seeds: Vec<u64> = (1..=10).collect();
    for link in Link::all() {
        let went = on_all_processors(&seeds, |seed| (alone(&link, *seed), letter(&link, *seed).0));
        let shares: Vec<f64> = went.iter().map(|(alone, _)| alone.share).collect();
        let oracles: Vec<f64> = went.iter().map(|(alone, _)| alone.oracle).collect();
        let letters: Vec<f64> = went.iter().map(|(_, letter)| *letter).collect();
        let (name, queue) = (link.name, went[0].0.queue.as_secs_f64() * 1e3);
        let _ = writeln!(
            told,
            "path\t{name}\t{}\t{}\t{}\t{queue}\t{}",
            mean(&shares),
            least(&shares),
            mean(&oracles),
            mean(&letters)
        );
    }
    let cases: Vec<(Link, First)> = Link::shared()
        .into_iter()
        .flat_map(|link| [(link.clone(), First::Ours), (link, First::Theirs)])
        .collect();
    let shared = on_all_processors(&cases, |(link, first)| {
        beside(link, 1, |_| Rival::cubic(), *first, WATCHED).share
    });
    for (shares, (link, _)) in shared.chunks(2).zip(cases.iter().step_by(2)) {
        let _ = writeln!(told, "beside\t{}\t{}\t{}", link.name, shares[0], shares[1]);
    }
    let cases: Vec<(usize, f64)> = (0..CONSTANTS.len())
        .flat_map(|constant| FACTORS.map(|factor| (constant, factor)))
        .collect();
    let swept = on_all_processors(&cases, |(constant, factor)| {
        let mut tuning = Tuning::default();
        CONSTANTS[*constant].1(&mut tuning, *factor);
        marks(tuning)
    });
    for ((constant, factor), marks) in cases.iter().zip(&swept) {
        for (what, (mean, worst)) in MARKS.iter().zip(marks) {
            let name = CONSTANTS[*constant].0;
            let _ = writeln!(told, "sweep\t{name}\t{factor}\t{what}\t{mean}\t{worst}");
        }
    }
    eprintln!("{told}");
    if let Some(file) = std::env::var_os("TOXMAIL_SWEEP") {
        std::fs::write(file, &told).unwrap();
    }
    for ((constant, factor), marks) in cases.iter().zip(&swept) {
        let today = swept[2][0].0;
        if (0.5..=2.0).contains(factor) {
            assert!(
                marks[0].0 > today - 5.0,
                "{} × {factor}: {:.1} %, not {today:.1} %",
                CONSTANTS[*constant].0,
                marks[0].0
            );
        }
    }
}
