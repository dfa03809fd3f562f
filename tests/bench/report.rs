//! What was measured, as Markdown; and whether the goals were met, and nothing is slower than it was.

use std::fs;
use std::path::Path;

use crate::baseline::{self, Baseline, Goal, Outcome};
use crate::numbers::shown;

pub use crate::baseline::Bound;

/// Printed piece by piece as the measurements come in.
#[derive(Default)]
pub struct Report {
    goals: Vec<Goal>,
}

impl Report {
    pub fn title(&self, text: &str) {
        println!("\n## {text}\n");
    }

    pub fn text(&self, text: &str) {
        println!("{text}\n");
    }

    pub fn table(&self, head: &[&str], rows: &[Vec<String>]) {
        println!("| {} |", head.join(" | "));
        let line = |(at, _)| if at == 0 { "---" } else { "---:" };
        let lines: Vec<&str> = head.iter().enumerate().map(line).collect();
        println!("| {} |", lines.join(" | "));
        for row in rows {
            println!("| {} |", row.join(" | "));
        }
        println!();
    }

    /// `margin`: how much such a ratio wanders from run to run on a machine that does other things too, as a part of it.
    pub fn goal(&mut self, what: impl Into<String>, measured: f64, bound: Bound, margin: f64) {
        let what = what.into();
        self.goals.push(Goal {
            what,
            measured,
            bound,
            margin,
        });
    }

    /// Tells what came of the goals; whether none was missed by more than its margin.
    pub fn conclude(&self) -> bool {
        self.title("Goals");
        let rows: Vec<Vec<String>> = self.goals.iter().map(row).collect();
        self.table(&["goal", "measured", "wanted", "noise", "met"], &rows);
        let missed = self.goals.iter().filter(|g| g.outcome() == Outcome::Missed);
        missed.count() == 0
    }

    /// Tells what is clearly worse than in the baseline; whether nothing is.
    pub fn compare(&self) -> bool {
        let baseline = Baseline::read(&fs::read_to_string(baseline::file()).unwrap());
        self.title("Beside the runs before");
        let mut good = true;
        let mut rows = Vec::new();
        for goal in &self.goals {
            let before = baseline.find(&goal.what);
            let word = match before {
                None => "new",
                Some(before) if goal.is_regression_of(before) => "**worse**",
                Some(_) => "as before, or better",
            };
            good &= word != "**worse**";
            rows.push(vec![
                goal.what.clone(),
                shown(goal.measured),
                shown(before.map_or(f64::NAN, |before| before.measured)),
                word.to_owned(),
            ]);
        }
        self.table(&["goal", "measured", "before", ""], &rows);
        good
    }

    /// Writes what was measured into the baseline, and the README's table anew.
    pub fn keep(&self) {
        let mut baseline = Baseline::read(&fs::read_to_string(baseline::file()).unwrap());
        baseline.take(&self.goals);
        fs::write(baseline::file(), baseline.text()).unwrap();
        let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
        let text = baseline::told_in(&fs::read_to_string(&readme).unwrap(), &baseline);
        fs::write(readme, text).unwrap();
    }
}

fn row(goal: &Goal) -> Vec<String> {
    let wanted = goal.bound.shown();
    let met = match goal.outcome() {
        Outcome::Met => "yes",
        Outcome::Near => "within the noise",
        Outcome::Missed => "**no**",
    };
    vec![
        goal.what.clone(),
        shown(goal.measured),
        wanted,
        format!("{:.0} %", goal.margin * 100.0),
        met.into(),
    ]
}
