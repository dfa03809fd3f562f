//! Later versions of the box, fetched by the home itself: at night, where that is switched on, and when somebody on the page asks.
//!
//! A version is brought to the box once. If it does not work here (`update` falls back), it is not tried again every night: the next
//! version is. What broke off on its way comes again the next night, and so does what had worked and does not start any more.

use std::sync::Arc;
use std::time::Duration;

use jiff::ZonedDateTime;
use tokio::sync::watch;

use super::operator::Running;
use crate::appliance::releases::{Releases, Trouble, Version};
use crate::appliance::update::{Desk, Look, Outcome, Phase};
use crate::changes::{self, Kind};
use crate::control::Failure;
use crate::journal;

/// How often it is looked whether it is night.
const EVERY: Duration = Duration::from_secs(600);
/// The hours at night when everybody at home sleeps, by the clock on the wall.
const NIGHT: std::ops::Range<i8> = 2..5;
/// One look a night, in seconds.
const A_NIGHT: i64 = 12 * 3600;
/// The row in which the last look is kept.
const LOOK: &str = "updates.look";
/// The row of the version that was brought to the box last, and behind a space how many times in a row.
const BROUGHT: &str = "updates.brought";
/// A version that cannot be written is fetched so many nights: a card that is wearing out is not written full every night for that.
const TRIES: u32 = 3;

/// Whether it is time: boxes in one town do not come all at once (`minute` is a box's own, from 0 to the length of the night).
pub(super) fn is_due(local: &ZonedDateTime, minute: u16, last: Option<i64>) -> bool {
    let begins = i32::from(NIGHT.start) * 60 + i32::from(minute);
    let now = i32::from(local.hour()) * 60 + i32::from(local.minute());
    let rested = last.is_none_or(|last| {
        // A clock that was put back does not keep the box from it.
        let since = local.timestamp().as_second() - last;
        !(0..A_NIGHT).contains(&since)
    });
    NIGHT.contains(&local.hour()) && now >= begins && rested
}

/// When in the night this box does something. Half an hour before its end at the latest: the next look at the clock is ten minutes away.
pub(super) fn minute_of_the_night() -> u16 {
    let night = (NIGHT.end - NIGHT.start) as u16 * 60;
    (getrandom::u32().unwrap_or_default() % u32::from(night - 30)) as u16
}

/// Looks for later versions until the home stops.
pub(super) async fn run(home: Arc<Running>, desk: Desk, mut stopped: watch::Receiver<bool>) {
    let minute = minute_of_the_night();
    let reading = Arc::clone(&home);
    let kept = tokio::task::spawn_blocking(move || reading.database.setting(LOOK));
    if let Ok(Ok(Some(text))) = kept.await {
        desk.looked(Look::read(&text));
    }
    loop {
        let asked = tokio::select! {
            () = tokio::time::sleep(EVERY) => false,
            () = desk.asked() => true,
            _ = stopped.wait_for(|stopped| *stopped) => return,
        };
        let config = home.config();
        let last = desk.last_look().map(|look| look.at);
        let due = config.updates.nightly
            && home.post.clock.trusted()
            && is_due(&ZonedDateTime::now(), minute, last);
        if config.updates.from.is_none() || !(asked || due) {
            continue;
        }
        let (home, desk) = (Arc::clone(&home), desk.clone());
        // What waits for a server ends with the process.
        let looking = tokio::task::spawn_blocking(move || look(&home, &desk, asked));
        tokio::select! {
            _ = looking => {}
            _ = stopped.wait_for(|stopped| *stopped) => return,
        }
    }
}

fn look(home: &Running, desk: &Desk, asked: bool) {
    let outcome = match fetch(home, desk, asked) {
        Ok(outcome) => outcome,
        Err(Problem::Trouble(trouble)) => {
            journal::update_not_fetched(&trouble);
            Outcome::Failed(trouble.to_string())
        }
        Err(Problem::Failure(failure)) => {
            journal::trouble("updates", &failure);
            Outcome::Failed(failure.to_string())
        }
    };
    let at = home.post.clock.now().wall;
    let worked = match &outcome {
        Outcome::Failed(_) => desk.last_look().and_then(|look| look.worked),
        _ => Some(at),
    };
    let look = Look {
        at,
        worked,
        outcome,
    };
    if let Err(e) = home.database.set_setting(LOOK, Some(&look.written())) {
        journal::trouble("updates", &e);
    }
    desk.looked(Some(look));
    changes::ring(Kind::Health);
}

enum Problem {
    Trouble(Trouble),
    Failure(Failure),
}

impl<T: Into<Trouble>> From<T> for Problem {
    fn from(trouble: T) -> Self {
        Self::Trouble(trouble.into())
    }
}

fn fetch(home: &Running, desk: &Desk, asked: bool) -> Result<Outcome, Problem> {
    let config = home.config();
    let Some(source) = config.updates.from.clone() else {
        return Ok(Outcome::Current);
    };
    let io = |e: std::io::Error| Problem::Failure(e.into());
    let board = desk.board().map_err(io)?;
    let ca_file = config.relay_ca_file.as_deref();
    let releases = Releases::new(source, &board, ca_file, config.tox.socks5)?;
    let version = releases.offered()?;
    let brought = (home.database.setting(BROUGHT)).map_err(|e| Problem::Failure(e.into()))?;
    let phase = desk.report().map_err(io)?.map(|report| report.phase);
    if let Some(known) = known(&version, brought.as_deref(), phase, asked) {
        return Ok(known);
    }
    let again = times(brought.as_deref(), &version) + 1;
    bring(home, desk, &releases, (&version, again))
}

/// How many times in a row this version was brought to the box, by what stands in [`BROUGHT`].
fn times(brought: Option<&str>, version: &Version) -> u32 {
    let (name, count) = brought.map_or(("", ""), |b| b.split_once(' ').unwrap_or((b, "1")));
    match name == version.as_str() {
        true => count.parse().unwrap_or(1),
        false => 0,
    }
}

/// Why nothing has to be brought: it runs, or it was brought before and did not work. What never came to be judged comes again, and so does
/// what had worked, and what somebody asks for; what could not be written comes some times.
fn known(
    version: &Version,
    brought: Option<&str>,
    phase: Option<Phase>,
    asked: bool,
) -> Option<Outcome> {
    let times = times(brought, version);
    let version = version.as_str();
    if version == env!("CARGO_PKG_VERSION") {
        return Some(Outcome::Current);
    }
    let again = match phase {
        Some(Phase::Interrupted | Phase::NotStarted) => true,
        Some(Phase::Failed) => times < TRIES,
        _ => false,
    };
    let judged = times > 0 && !again && !asked;
    judged.then(|| Outcome::TriedBefore(version.to_owned()))
}

fn bring(
    home: &Running,
    desk: &Desk,
    releases: &Releases,
    (version, times): (&Version, u32),
) -> Result<Outcome, Problem> {
    releases.fetch(version, desk)?;
    let version = version.as_str().to_owned();
    journal::update_fetched(&version);
    let brought = format!("{version} {times}");
    (home.database.set_setting(BROUGHT, Some(&brought))).map_err(|e| Problem::Failure(e.into()))?;
    Ok(Outcome::Brought(version))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn once_a_night_while_everybody_sleeps() {
        let at = |time: &str| format!("2026-11-27T{time}[Europe/Zurich]").parse::<ZonedDateTime>();
        let at = |time: &str| at(time).unwrap();
        for (time, minute, due) in [
            ("01:59:59", 0, false),
            ("02:00:00", 0, true),
            ("02:44:00", 45, false),
            ("02:45:00", 45, true),
            ("04:59:00", 149, true),
            ("05:00:00", 0, false),
            ("14:00:00", 0, false),
        ] {
            assert_eq!(is_due(&at(time), minute, None), due, "{time} {minute}");
        }
        let now = at("03:00:00");
        let seconds = now.timestamp().as_second();
        assert!(!is_due(&now, 0, Some(seconds - 3600)));
        assert!(!is_due(&now, 0, Some(seconds)));
        assert!(is_due(&now, 0, Some(seconds - 24 * 3600)));
        // Its clock was ahead.
        assert!(is_due(&now, 0, Some(seconds + 86_400)));
    }

    #[test]
    fn what_did_not_work_here_is_not_fetched_every_night() {
        let tried = Some(Outcome::TriedBefore("0.9.1".into()));
        let known = |version: &str, brought, phase, asked| {
            known(&version.parse().unwrap(), brought, phase, asked)
        };
        let running = env!("CARGO_PKG_VERSION");
        assert_eq!(known(running, None, None, true), Some(Outcome::Current));
        assert_eq!(known("0.9.1", None, None, false), None);
        for phase in [
            Phase::FellBack,
            Phase::Refused,
            Phase::Older,
            Phase::OtherBoard,
        ] {
            let phase = Some(phase);
            assert_eq!(known("0.9.1", Some("0.9.1"), phase, false), tried);
            assert_eq!(
                known("0.9.1", Some("0.9.1"), phase, true),
                None,
                "asked for"
            );
            assert_eq!(known("0.9.2", Some("0.9.1"), phase, false), None, "another");
        }
        for phase in [Phase::Interrupted, Phase::Failed, Phase::NotStarted] {
            let again = known("0.9.1", Some("0.9.1"), Some(phase), false);
            assert_eq!(again, None, "it never came to be judged, or had worked");
        }
        // Nor is one that cannot be written, for ever.
        for (brought, expected) in [("0.9.1 2", None), ("0.9.1 3", tried), ("0.9.0 3", None)] {
            let failed = Some(Phase::Failed);
            assert_eq!(known("0.9.1", Some(brought), failed, false), expected);
            assert_eq!(known("0.9.1", Some(brought), failed, true), None);
        }
    }
}
