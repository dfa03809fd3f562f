//! The last lines of the log, in memory.

use std::collections::VecDeque;
use std::fmt::{Debug, Write};
use std::sync::{Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

/// How many lines are kept: some 100 KB.
const KEPT: usize = 500;
/// Characters of a line that are kept.
const LONGEST: usize = 1000;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Counts from 1 at the start of the process.
    pub number: u64,
    /// Seconds since 1970, by the wall clock.
    pub time: i64,
    /// `error`, `warn` or `info`.
    pub severity: &'static str,
    /// The fact, then what belongs to it as `name=value`.
    pub text: String,
}

#[derive(Default)]
struct Lines {
    last: u64,
    kept: VecDeque<Line>,
}

impl Lines {
    fn push(&mut self, time: i64, severity: &'static str, text: String) {
        self.last += 1;
        if self.kept.len() == KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back(Line {
            number: self.last,
            time,
            severity,
            text,
        });
    }

    fn behind(&self, behind: u64) -> Vec<Line> {
        let first = self.kept.partition_point(|line| line.number <= behind);
        self.kept.range(first..).cloned().collect()
    }
}

static LINES: Mutex<Lines> = Mutex::new(Lines {
    last: 0,
    kept: VecDeque::new(),
});

/// The lines of this process from `info` on that are kept, behind the one of that number; oldest first.
pub fn lines(behind: u64) -> Vec<Line> {
    let lines = LINES.lock().unwrap_or_else(PoisonError::into_inner);
    lines.behind(behind)
}

/// Keeps what passes.
pub(super) struct Ring;

impl<S: Subscriber> Layer<S> for Ring {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let severity = severity(*event.metadata().level());
        let text = text(event);
        let mut lines = LINES.lock().unwrap_or_else(PoisonError::into_inner);
        lines.push(crate::clock::wall_seconds(), severity, text);
    }
}

fn severity(level: Level) -> &'static str {
    match level {
        Level::ERROR => "error",
        Level::WARN => "warn",
        _ => "info",
    }
}

fn text(event: &Event<'_>) -> String {
    let mut words = Words::default();
    event.record(&mut words);
    let mut text = words.fact + &words.fields;
    if let Some((end, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(end);
        text.push('…');
    }
    text
}

#[derive(Default)]
struct Words {
    fact: String,
    fields: String,
}

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        // What a `Display` says may have line breaks of its own; a string field comes quoted and escaped.
        let mut said = String::new();
        // Writing to a string does not fail.
        let _ = write!(said, "{value:?}");
        let said: String = said
            .chars()
            .map(|c| if c.is_control() { '?' } else { c })
            .collect();
        // The fact comes first; a letter's number has the same name.
        if field.name() == "message" && self.fact.is_empty() {
            self.fact = said;
        } else {
            let _ = write!(self.fields, " {}={said}", field.name());
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    fn logged(facts: impl FnOnce()) -> Vec<Line> {
        let before = LINES.lock().unwrap_or_else(PoisonError::into_inner).last;
        let log = tracing_subscriber::registry().with(Ring);
        tracing::subscriber::with_default(log, facts);
        lines(before)
    }

    /// One after the other: they share the lines of this process.
    #[test]
    fn the_last_lines_are_kept_and_nobody_outside_can_forge_one() {
        let from: std::net::IpAddr = "127.0.0.1".parse().unwrap();
        let lines = logged(|| {
            crate::journal::login_failed("pop3", Some("eve\nINFO ready \x1b[2J"), from);
            crate::journal::cancelled(&"7\n8");
            crate::journal::disk_full("filing");
        });
        let shown: Vec<(&str, &str)> = lines
            .iter()
            .map(|line| (line.severity, line.text.as_str()))
            .collect();
        assert_eq!(
            shown,
            [
                (
                    "warn",
                    "wrong name or password service=\"pop3\" name=\"eve\\nINFO ready \\u{1b}[2J\" from=127.0.0.1"
                ),
                ("info", "cancelled message=7?8"),
                (
                    "error",
                    "the disk is full; mail waits until there is room act=\"filing\""
                ),
            ]
        );
        assert!(lines.iter().all(|line| line.time > 1_600_000_000));
        let long = "ä".repeat(5000);
        let lines = logged(|| crate::journal::login_failed("pop3", Some(&long), from));
        assert_eq!(lines[0].text.chars().count(), LONGEST + 1);
    }

    #[test]
    fn the_oldest_lines_go_and_reading_on_takes_what_is_new() {
        let mut lines = Lines::default();
        assert_eq!(lines.behind(0), []);
        for n in 0..KEPT as i64 + 20 {
            lines.push(n, "info", n.to_string());
        }
        let all = lines.behind(0);
        assert_eq!(all.len(), KEPT);
        assert_eq!((all[0].number, all[0].time), (21, 20));
        let last = all[KEPT - 1].number;
        assert_eq!(lines.behind(last), []);
        assert_eq!(lines.behind(last - 2).len(), 2);
        assert_eq!(lines.behind(u64::MAX), []);
    }
}
