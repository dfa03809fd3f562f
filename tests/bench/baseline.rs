//! What earlier runs measured (`baseline.tsv`, committed): the README's table is made of it, and a clear regression is found by it.
//!
//! A line a goal: what, what it must be, how much it wanders from run to run (a part), what was measured; with tabs between.

use std::fmt::Write;
use std::path::Path;

/// What a ratio must be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

/// Something that was measured, and what it must be.
#[derive(Clone, Debug, PartialEq)]
pub struct Goal {
    pub what: String,
    pub bound: Bound,
    /// How much such a ratio wanders from run to run, as a part of it.
    pub margin: f64,
    pub measured: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outcome {
    Met,
    /// Missed, but by less than such a measurement wanders from run to run.
    Near,
    Missed,
}

impl Bound {
    /// Whether `measured`, better by a factor, is good enough. What was not measured (NaN) holds nothing.
    fn holds(self, measured: f64, factor: f64) -> bool {
        match self {
            Self::AtLeast(least) => measured * factor >= least,
            Self::AtMost(most) => measured / factor <= most,
        }
    }

    /// The same bound, with another number.
    fn of(self, number: f64) -> Self {
        match self {
            Self::AtLeast(_) => Self::AtLeast(number),
            Self::AtMost(_) => Self::AtMost(number),
        }
    }

    pub fn shown(self) -> String {
        match self {
            Self::AtLeast(least) => format!("≥ {least}"),
            Self::AtMost(most) => format!("≤ {most}"),
        }
    }

    fn read(text: &str) -> Option<Self> {
        let (sign, number) = text.split_once(' ')?;
        let number = number.parse().ok()?;
        match sign {
            "≥" => Some(Self::AtLeast(number)),
            "≤" => Some(Self::AtMost(number)),
            _ => None,
        }
    }
}

impl Goal {
    pub fn outcome(&self) -> Outcome {
        match [1.0, 1.0 + self.margin].map(|factor| self.bound.holds(self.measured, factor)) {
            [true, _] => Outcome::Met,
            [_, true] => Outcome::Near,
            _ => Outcome::Missed,
        }
    }

    /// Whether it is worse than `before` by more than two such measurements wander apart.
    pub fn is_regression_of(&self, before: &Self) -> bool {
        let was = self.bound.of(before.measured);
        !was.holds(self.measured, (1.0 + self.margin).powi(2))
    }
}

/// What was measured, in the order of the report.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Baseline(pub Vec<Goal>);

impl Baseline {
    /// # Panics
    /// Where a line is none of these.
    pub fn read(text: &str) -> Self {
        let goal = |line: &str| {
            let [what, bound, margin, measured] = line.split('\t').collect::<Vec<_>>()[..] else {
                return None;
            };
            Some(Goal {
                what: what.to_owned(),
                bound: Bound::read(bound)?,
                margin: margin.parse().ok()?,
                measured: measured.parse().ok()?,
            })
        };
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        Self(
            lines
                .map(|line| goal(line).unwrap_or_else(|| panic!("no goal: {line}")))
                .collect(),
        )
    }

    pub fn text(&self) -> String {
        let mut text = String::from(
            "# Made by `make bench-keep`: what, what it must be, how much it wanders (a part), measured.\n",
        );
        for goal in &self.0 {
            let (bound, measured) = (goal.bound.shown(), goal.measured);
            let _ = writeln!(
                text,
                "{}\t{bound}\t{}\t{measured:.4}",
                goal.what, goal.margin
            );
        }
        text
    }

    pub fn find(&self, what: &str) -> Option<&Goal> {
        self.0.iter().find(|goal| goal.what == what)
    }

    /// Takes what was measured anew in the place of what stood here; what was not measured stays.
    pub fn take(&mut self, goals: &[Goal]) {
        for goal in goals {
            match self.0.iter_mut().find(|old| old.what == goal.what) {
                Some(old) => *old = goal.clone(),
                None => self.0.push(goal.clone()),
            }
        }
    }

    /// The README's table: each goal once, of mailboxes the big one alone. What grows is in the charts.
    pub fn table(&self) -> String {
        let mut table = String::from("| what | measured | wanted |\n| --- | ---: | ---: |\n");
        for goal in self.0.iter().filter(|goal| {
            !goal.what.contains(" 10000 messages") && !goal.what.starts_with("ten times the ")
        }) {
            let missed = match goal.outcome() {
                Outcome::Met => "",
                Outcome::Near => ", missed by less than the noise",
                Outcome::Missed => ", **missed**",
            };
            let _ = writeln!(
                table,
                "| {} | {} | {}{missed} |",
                goal.what,
                shown(goal.measured),
                goal.bound.shown()
            );
        }
        table
    }
}

/// Where the table begins and ends in the README.
const MARKS: [&str; 2] = [
    "<!-- make bench-keep -->\n",
    "<!-- end of make bench-keep -->",
];

/// `readme` with that table between the marks.
///
/// # Panics
/// Where the marks are gone.
pub fn told_in(readme: &str, baseline: &Baseline) -> String {
    let [begin, end] = MARKS;
    let (before, rest) = readme.split_once(begin).expect("the README's mark");
    let (_, after) = rest.split_once(end).expect("the README's other mark");
    format!("{before}{begin}\n{}\n{end}{after}", baseline.table())
}

/// The file, in this repository.
pub fn file() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bench/baseline.tsv")
}

/// Three significant digits, or what is wrong.
pub fn shown(number: f64) -> String {
    if number.is_nan() {
        return "–".into();
    }
    if number.is_infinite() {
        return "never".into();
    }
    let digits = match number.abs() {
        n if n >= 100.0 => 0,
        n if n >= 10.0 => 1,
        n if n >= 1.0 => 2,
        _ => 3,
    };
    format!("{number:.digits$}")
}
