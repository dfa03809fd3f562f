//! What was: the letters of the last days, and the last lines of the log.

use std::collections::BTreeMap;

use serde_json::Value;

use super::operator::Running;
use super::people::value;
use crate::control::Failure;
use crate::control::answer::{Day, LogLine, Traffic, Ways};
use crate::days::{self, Direction, Total, Way};
use crate::journal;
use crate::mail::address::MemberName;

/// `timeline`: today and the days before it, the oldest first; a day without a letter is there, too.
pub(super) fn answer(
    home: &Running,
    count: u32,
    member: Option<&MemberName>,
) -> Result<Value, Failure> {
    let Some(today) = days::day_of(home.post.clock.now().wall) else {
        return Err(Failure::new(
            "this machine's clock is not set, so nobody knows which day it is",
            "connect it to the Internet, and switch on time synchronisation (NTP)",
        ));
    };
    let first = today - i64::from(count).clamp(1, days::KEPT) + 1;
    let totals = days::totals(&home.database, (first, today), member)?;
    let list: Vec<Day> = (first..=today)
        .map(|day| Day {
            day: days::iso(day),
            received: ways(&totals, day, Direction::Received),
            sent: ways(&totals, day, Direction::Sent),
        })
        .collect();
    value(&list)
}

fn ways(
    totals: &BTreeMap<(days::Day, Direction, Way), Total>,
    day: days::Day,
    direction: Direction,
) -> Ways {
    let of = |way: Way| {
        let total = totals.get(&(day, direction, way)).copied();
        let Total { letters, bytes } = total.unwrap_or_default();
        Traffic { letters, bytes }
    };
    Ways {
        direct: of(Way::Direct),
        ordinary: of(Way::Ordinary),
        local: of(Way::Local),
        chat: of(Way::Chat),
        gateway: of(Way::Gateway),
    }
}

/// `log`
pub(super) fn log(behind: u64) -> Vec<LogLine> {
    let lines = journal::lines(behind).into_iter();
    lines
        .map(|line| LogLine {
            number: line.number,
            time: line.time,
            severity: line.severity.to_owned(),
            text: line.text,
        })
        .collect()
}
