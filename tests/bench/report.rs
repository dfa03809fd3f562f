//! What was measured, as Markdown; and whether the goals were met.

use crate::numbers::shown;

/// What a ratio must be.
#[derive(Clone, Copy)]
pub enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

struct Goal {
    what: String,
    measured: f64,
    bound: Bound,
    margin: f64,
}

#[derive(PartialEq)]
enum Outcome {
    Met,
    /// Missed, but by less than such a measurement wanders from run to run.
    Near,
    Missed,
}

impl Goal {
    fn outcome(&self) -> Outcome {
        let (measured, margin) = (self.measured, 1.0 + self.margin);
        let holds = |factor: f64| match self.bound {
            Bound::AtLeast(least) => measured * factor >= least,
            Bound::AtMost(most) => measured / factor <= most,
        };
        // What was not measured (NaN) holds nothing.
        match (holds(1.0), holds(margin)) {
            (true, _) => Outcome::Met,
            (false, true) => Outcome::Near,
            _ => Outcome::Missed,
        }
    }
}

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
}

fn row(goal: &Goal) -> Vec<String> {
    let wanted = match goal.bound {
        Bound::AtLeast(least) => format!("≥ {least}"),
        Bound::AtMost(most) => format!("≤ {most}"),
    };
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
