//! What the congestion controller gets of simulated paths, and what its constants trade: `transfer`'s sweep in virtual time, as tables
//! and a chart. It needs the room's own tests, which a bench cannot see: so it runs them and reads what they wrote.

use std::path::Path;
use std::process::Command;

use crate::chart::Grid;
use crate::numbers::shown;
use crate::report::Report;

/// What is measured of each constant, and the ends of its scale.
const ROWS: [(&str, f64, f64); 4] = [
    ("of the oracle's, %", 70.0, 100.0),
    ("queue, ms", 0.0, 80.0),
    ("share beside cubic, %", 0.0, 100.0),
    ("letter beside a film, times", 0.0, 5.0),
];

pub fn measure(report: &mut Report) {
    report.title("The congestion controller on simulated paths");
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sweep.tsv");
    let ran = Command::new(env!("CARGO"))
        .args([
            "test",
            "--locked",
            "--release",
            // The room's tests do not build without.
            "--features",
            "faults",
            "--lib",
            "long_sweep",
            "--",
            "--ignored",
        ])
        .env("TOXMAIL_SWEEP", &file)
        .status()
        .unwrap();
    assert!(ran.success(), "the sweep failed");
    told(&std::fs::read_to_string(file).unwrap(), report);
}

fn told(sweep: &str, report: &mut Report) {
    let (mut paths, mut beside) = (Vec::new(), Vec::new());
    let (mut columns, mut values) = (Vec::new(), Vec::<Vec<[Vec<f64>; 2]>>::new());
    for line in sweep.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let number = |at: usize| fields[at].parse::<f64>().unwrap();
        let percent = |at: usize| format!("{:.0}", number(at) * 100.0);
        match fields[0] {
            "path" => paths.push(vec![
                fields[1].to_owned(),
                percent(2),
                percent(3),
                percent(4),
                format!("{:.0}", number(2) / number(4) * 100.0),
                shown(number(5)),
                shown(number(6)),
            ]),
            "beside" => beside.push(vec![fields[1].to_owned(), percent(2), percent(3)]),
            "sweep" => {
                if columns.last().is_none_or(|last| last != fields[1]) {
                    columns.push(fields[1].to_owned());
                    values.push(vec![Default::default(); ROWS.len()]);
                }
                let row = ROWS
                    .iter()
                    .position(|(what, ..)| *what == fields[3])
                    .unwrap();
                let field = &mut values.last_mut().unwrap()[row];
                field[0].push(number(4));
                field[1].push(number(5));
            }
            other => panic!("{other}"),
        }
    }
    report.text("10 MB alone, parts of the ceiling in % (ten seeds); a letter of 10 KB beside a film, times as long as alone.");
    report.table(
        &[
            "path",
            "mean",
            "worst",
            "oracle",
            "of the oracle's",
            "queue, ms",
            "letter, times",
        ],
        &paths,
    );
    report.text("Our part of a link beside one cubic flow, in %.");
    report.table(&["link", "we were first", "it was first"], &beside);
    let grid = Grid {
        title: "The controller with other constants: 1/4, 1/2, 1, 2 and 4 times today's",
        columns,
        rows: ROWS
            .map(|(what, least, most)| (what.to_owned(), least, most))
            .to_vec(),
        curves: ["mean of the paths", "the worst"],
        values,
        caption: "Made by: BENCH_ONLY=controller make bench-keep. In virtual time: the same on any machine.",
    };
    let keep = std::env::var("BENCH_BASELINE").is_ok_and(|v| v == "keep");
    let folder = match keep {
        true => concat!(env!("CARGO_MANIFEST_DIR"), "/docs"),
        false => env!("CARGO_TARGET_TMPDIR"),
    };
    let path = Path::new(folder).join("controller.svg");
    std::fs::write(&path, grid.svg()).unwrap();
    report.text(&format!("![{}]({})", grid.title, path.display()));
}
