//! What becomes of the controller when one of its constants is another: a chart, `docs/controller.svg`.
//!
//! `TOXMAIL_CHART=docs/controller.svg cargo test --release --lib long_sweep -- --ignored --nocapture` draws it anew. In virtual time, so it
//! comes out the same on any machine.

use std::fmt::Write;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::congestion::Tuning;
use super::tests::{Link, alone, beside, letter};
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

/// What is measured, with the ends of its scale.
const MARKS: [(&str, f64, f64); 4] = [
    ("of the ceiling, %", 50.0, 100.0),
    ("queue, ms", 0.0, 80.0),
    ("share beside cubic, %", 0.0, 100.0),
    ("letter beside a film, times", 0.0, 4.0),
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
        all[2].push(beside(&link, 1, |_| Rival::cubic(), first).share * 100.0);
    }
    let mean = |of: &[f64]| of.iter().sum::<f64>() / of.len() as f64;
    let most = |of: &[f64]| of.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let least = |of: &[f64]| of.iter().copied().fold(f64::INFINITY, f64::min);
    let [ceiling, queue, share, letters] = &all;
    [
        (mean(ceiling), least(ceiling)),
        (mean(queue), most(queue)),
        (mean(share), least(share)),
        (mean(letters), most(letters)),
    ]
}

/// Every constant with every factor, on all processors.
fn sweep() -> Vec<Vec<Marks>> {
    let cases: Vec<(usize, f64)> = (0..CONSTANTS.len())
        .flat_map(|constant| FACTORS.map(|factor| (constant, factor)))
        // Today's values are the same case for each.
        .filter(|(constant, factor)| *constant == 0 || *factor != 1.0)
        .collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let Some(&(constant, factor)) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            let mut tuning = Tuning::default();
            CONSTANTS[constant].1(&mut tuning, factor);
            let marks = marks(tuning);
            eprintln!("{} × {factor}: {marks:.2?}", CONSTANTS[constant].0);
            done.push(((constant, factor), marks));
        }
        done
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let done: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect()
    });
    let of = |constant: usize, factor: f64| {
        let constant = if factor == 1.0 { 0 } else { constant };
        done.iter()
            .find(|(case, _)| *case == (constant, factor))
            .unwrap()
            .1
    };
    (0..CONSTANTS.len())
        .map(|constant| FACTORS.map(|factor| of(constant, factor)).to_vec())
        .collect()
}

const WIDTH: f64 = 896.0;
const LEFT: f64 = 150.0;
const TOP: f64 = 80.0;
const CELL: (f64, f64) = (104.0, 100.0);
const FIELD: (f64, f64) = (88.0, 70.0);

/// The style of the charts that `make bench` draws.
const STYLE: &str = "svg{--page:#fff;--ink:#24292f;--soft:#57606a;--line:#d0d7de;--c0:#0a6ebd;--c1:#b8480c}\
@media(prefers-color-scheme:dark){svg{--page:#0d1117;--ink:#e6edf3;--soft:#9da7b3;--line:#30363d;--c0:#58a6ff;--c1:#f0883e}}\
text{fill:var(--ink);font:12px Helvetica,Arial,sans-serif}.t{font-size:17px;font-weight:bold}.b{font-weight:bold}.s{fill:var(--soft)}\
.e{text-anchor:end}.m{text-anchor:middle}.g{stroke:var(--line);fill:none}\
.l0{stroke:var(--c0)}.l1{stroke:var(--c1)}.l0,.l1{fill:none;stroke-width:2}.f0{fill:var(--c0)}.f1{fill:var(--c1)}";

/// One column a constant, one row a measure.
fn chart(swept: &[Vec<Marks>]) -> String {
    let height = TOP + CELL.1 * MARKS.len() as f64 + 50.0;
    let title = "The controller with other constants";
    let mut told = String::new();
    for ((name, _), marks) in CONSTANTS.iter().zip(swept) {
        let _ = write!(told, "{name} from 1/4 to 4 times:");
        for (mark, (what, ..)) in MARKS.iter().enumerate() {
            let means: Vec<String> = marks.iter().map(|m| format!("{:.1}", m[mark].0)).collect();
            let _ = write!(told, " {what} {};", means.join(", "));
        }
        told += " ";
    }
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-labelledby=\"t d\">\n\
         <title id=\"t\">{title}</title>\n<desc id=\"d\">{}</desc>\n<style>{STYLE}</style>\n\
         <rect width=\"{WIDTH}\" height=\"{height}\" style=\"fill:var(--page)\"/>\n<text class=\"t\" x=\"20\" y=\"28\">{title}</text>\n\
         <text x=\"20\" y=\"48\"><tspan class=\"f0\">mean of the paths</tspan> <tspan class=\"f1\" dx=\"10\">the worst</tspan>\
         <tspan class=\"s\" dx=\"10\">across: 1/4, 1/2, 1, 2 and 4 times today's value</tspan></text>\n\
         <text class=\"s\" x=\"20\" y=\"{}\">Made by: TOXMAIL_CHART=docs/controller.svg cargo test --release --lib long_sweep -- --ignored</text>\n",
        told.trim_end(),
        height - 14.0,
    );
    for (row, (what, first, last)) in MARKS.iter().enumerate() {
        let top = TOP + row as f64 * CELL.1;
        let bottom = top + FIELD.1;
        let y = |value: f64| bottom - ((value - first) / (last - first)).clamp(0.0, 1.0) * FIELD.1;
        let _ = writeln!(
            svg,
            "<text class=\"b\" x=\"20\" y=\"{:.1}\">{}</text><text class=\"s\" x=\"20\" y=\"{:.1}\">{first} to {last}</text>",
            top + 30.0,
            what.split(',').next().unwrap_or(what),
            top + 47.0
        );
        for (column, marks) in swept.iter().enumerate() {
            let left = LEFT + column as f64 * CELL.0;
            let x = |place: usize| left + FIELD.0 * place as f64 / (FACTORS.len() - 1) as f64;
            let (right, middle) = (left + FIELD.0, left + FIELD.0 / 2.0);
            if row == 0 {
                let (name, y) = (CONSTANTS[column].0, top - 8.0);
                let _ = writeln!(
                    svg,
                    "<text class=\"m\" x=\"{middle:.1}\" y=\"{y:.1}\">{name}</text>"
                );
            }
            let _ = writeln!(
                svg,
                "<path class=\"g\" d=\"M{left:.1} {top:.1}H{right:.1}V{bottom:.1}H{left:.1}ZM{middle:.1} {top:.1}V{bottom:.1}\"/>"
            );
            for (number, curve) in [
                marks.iter().map(|m| m[row].0).collect::<Vec<_>>(),
                marks.iter().map(|m| m[row].1).collect(),
            ]
            .iter()
            .enumerate()
            {
                let places: Vec<String> = (curve.iter().enumerate())
                    .map(|(place, value)| format!("{:.1},{:.1}", x(place), y(*value)))
                    .collect();
                let _ = writeln!(
                    svg,
                    "<polyline class=\"l{number}\" points=\"{}\"/>",
                    places.join(" ")
                );
                let (place, value) = (FACTORS.len() / 2, curve[FACTORS.len() / 2]);
                let _ = writeln!(
                    svg,
                    "<circle class=\"f{number}\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"3\"/>",
                    x(place),
                    y(value)
                );
            }
        }
    }
    svg + "</svg>\n"
}

/// Half or twice a constant changes little: none of them is tuned to a point.
#[test]
#[ignore = "minutes"]
fn long_sweep_half_or_twice_a_constant_changes_little() {
    let swept = sweep();
    if let Some(file) = std::env::var_os("TOXMAIL_CHART") {
        std::fs::write(file, chart(&swept)).unwrap();
    }
    for ((name, _), marks) in CONSTANTS.iter().zip(&swept) {
        for beside in [1, 3] {
            let (ceiling, today) = (marks[beside][0].0, marks[2][0].0);
            let factor = FACTORS[beside];
            assert!(
                ceiling > today - 5.0,
                "{name} × {factor}: {ceiling:.1} %, not {today:.1} %"
            );
        }
    }
}
