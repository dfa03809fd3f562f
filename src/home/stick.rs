//! Backups to a stick: every night, where that is switched on, to the one that stays in; and when somebody on the page asks.
//!
//! One try a night. What came of it stands in [`Record`], for the page; where the nightly one failed, or was not even tried for two nights,
//! it is a finding, which goes to the administrator by mail (`health`, `alarm`). A stick that is not the chosen one is never written to.

use std::sync::Arc;
use std::time::Duration;

use jiff::{Timestamp, ZonedDateTime, tz::TimeZone};
use tokio::sync::watch;

use super::doctor::Findings;
use super::operator::Running;
use super::updating;
use crate::appliance::backup::rotation::{self, Progress, Trouble};
use crate::appliance::backup::{self, Key, Letters, Made};
use crate::appliance::stick::{self, Chosen, Desk, Failed, Last, Purpose, Record, Why};
use crate::changes::{self, Kind};
use crate::clock::Clock;
use crate::control::Failure;
use crate::control::finding::Finding;
use crate::database::{Database, Error};
use crate::durable;
use crate::journal;

/// How often it is looked whether it is night.
const EVERY: Duration = Duration::from_secs(600);
/// How often it is looked whether another backup has ended.
const WAIT: Duration = Duration::from_secs(2);
/// How long the stick may take to be put away when the home stops.
const LAST_WORDS: Duration = Duration::from_secs(6);
/// Two nights without a try: the box may have been off for one.
const MISSED: i64 = 50 * 3600;
/// A box that nobody tells the time, having no internet, goes by its own clock when it has been on so long: it is night once a day there, too.
const UNTOLD: Duration = Duration::from_secs(24 * 3600);
/// So much of the home's key tells its backups from another home's, in characters.
const MARK: usize = 8;

/// The stick that was chosen, and what became of the backups there.
pub(super) fn rows(database: &Database) -> Result<Option<(Chosen, Record)>, Error> {
    let chosen = database.setting(stick::CHOSEN)?;
    let record = database.setting(stick::RECORD)?;
    let record = record.and_then(|text| Record::read(&text));
    let chosen = chosen.and_then(|text| Chosen::read(&text));
    Ok(chosen.map(|chosen| (chosen, record.unwrap_or_default())))
}

/// Makes backups until the home stops.
pub(super) async fn run(home: Arc<Running>, desk: Desk, mut stopped: watch::Receiver<bool>) {
    let minute = updating::minute_of_the_night();
    loop {
        let asked = tokio::select! {
            () = tokio::time::sleep(EVERY) => false,
            () = desk.asked() => true,
            _ = stopped.wait_for(|stopped| *stopped) => return,
        };
        let reading = Arc::clone(&home);
        let read = tokio::task::spawn_blocking(move || rows(&reading.database)).await;
        let Ok(Ok(Some((chosen, record)))) = read else {
            desk.end();
            continue;
        };
        let due = chosen.nightly
            && knows_the_hour(&home.post.clock)
            && updating::is_due(&ZonedDateTime::now(), minute, record.tried);
        if !(asked || due) {
            continue;
        }
        let progress = desk.begin();
        let turn = loop {
            if let Some(turn) = backup::turn() {
                break turn;
            }
            tokio::select! {
                () = tokio::time::sleep(WAIT) => {}
                _ = stopped.wait_for(|stopped| *stopped) => return,
            }
        };
        let (home, writing, ends) = (Arc::clone(&home), desk.clone(), Arc::clone(&progress));
        let mut making = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            // Once more: another one may have been chosen meanwhile.
            if let Ok(Some((chosen, record))) = rows(&home.database) {
                make(&home, &writing, &chosen, (record, asked), &progress);
            }
        });
        let stops = tokio::select! {
            _ = &mut making => false,
            _ = stopped.wait_for(|stopped| *stopped) => true,
        };
        if stops {
            ends.end();
            let _ = tokio::time::timeout(LAST_WORDS, making).await;
            return;
        }
        desk.end();
        changes::ring(Kind::Health);
    }
}

/// Makes one, and puts down what came of it.
fn make(
    home: &Running,
    desk: &Desk,
    chosen: &Chosen,
    (record, asked): (Record, bool),
    progress: &Progress,
) {
    let at = home.post.clock.now().wall;
    // What a person has tried in the evening is made by night all the same: it may have been set right since, and days have letters.
    let tried = if asked { record.tried } else { Some(at) };
    let which = (at, record.good.as_deref());
    let record = match write(home, desk, chosen, which, progress) {
        Ok((last, made)) => {
            journal::stick_backup(&last.name, last.bytes);
            if let Err(e) = super::backup::note(&home.database, made.created, made.left_out) {
                journal::trouble("stick", &e);
            }
            let failed = (made.left_out > 0).then(|| Failed {
                at,
                why: Why::Incomplete,
                said: format!("{} could not be read", made.left_out),
            });
            let good = match failed {
                None => Some(last.name.clone()),
                Some(_) => record.good,
            };
            Record {
                last: Some(last),
                good,
                failed,
                tried,
            }
        }
        Err(None) => return,
        Err(Some((why, said))) => {
            journal::stick_backup_failed(why.word(), &said);
            Record {
                failed: Some(Failed { at, why, said }),
                tried,
                ..record
            }
        }
    };
    let noted = rows(&home.database).and_then(|now| match now {
        Some((now, _)) if now.uuid == chosen.uuid => home
            .database
            .set_setting(stick::RECORD, Some(&record.written())),
        // Another stick was chosen meanwhile: of that one nothing is known yet.
        _ => Ok(()),
    });
    if let Err(e) = noted {
        journal::trouble("stick", &e);
    }
}

/// The backup, and what lies there then; why not, or nothing where the home stops.
fn write(
    home: &Running,
    desk: &Desk,
    chosen: &Chosen,
    (at, good): (i64, Option<&str>),
    progress: &Progress,
) -> Result<(Last, Made), Option<(Why, String)>> {
    let opened = desk.open(&chosen.uuid, Purpose::Write).map_err(|e| {
        let why = match &e {
            stick::Error::Gone => Why::Away,
            stick::Error::Twins => Why::Twins,
            stick::Error::Locked => Why::Locked,
            stick::Error::Full => Why::Full,
            stick::Error::Unusable(_) => Why::Broken,
            stick::Error::Busy | stick::Error::Silent | stick::Error::Io(_) => Why::Home,
        };
        Some((why, e.to_string()))
    })?;
    let folder = opened.folder();
    let mark: String = home.post.ourselves.base32().chars().take(MARK).collect();
    let letters = match chosen.letters {
        true => Letters::Taken,
        false => Letters::Left,
    };
    let made = rotation::add(
        &folder,
        (&mark, &time(at), good),
        &home.dir,
        (&Key::Kept, letters),
        progress,
    );
    let (archive, made) = made.map_err(|trouble| {
        let why = match &trouble {
            Trouble::Ends => return None,
            Trouble::Full { .. } => Why::Full,
            Trouble::TooLong => Why::TooLong,
            Trouble::Locked => Why::Locked,
            Trouble::Differs | Trouble::Broken(_) => Why::Broken,
            Trouble::Home(_) => Why::Home,
        };
        Some((why, trouble.to_string()))
    })?;
    // It is there whether or not that can be counted.
    let kept = rotation::archives(&folder, Some(&mark)).map_or(1, |all| all.len() as u64);
    let last = Last {
        at,
        name: archive.name,
        bytes: archive.bytes,
        kept,
        free: durable::room(&folder).unwrap_or(0),
    };
    Ok((last, made))
}

/// Whether it may be said that it is night.
fn knows_the_hour(clock: &Clock) -> bool {
    clock.trusted() || clock.monotonic() >= UNTOLD
}

/// The time of the clock on the wall, for a file's name.
fn time(at: i64) -> String {
    let at = Timestamp::from_second(at).unwrap_or_default();
    let there = at.to_zoned_datetime(TimeZone::system());
    there.strftime("%Y%m%d-%H%M%S").to_string()
}

/// A nightly backup that failed, or was not tried.
pub(super) fn look(home: &Running, now: i64, found: &mut Findings) -> Result<(), Failure> {
    let Some((chosen, record)) = rows(&home.database)? else {
        return Ok(());
    };
    // A backup of a box brings its choice along, to where no stick is looked for.
    if !chosen.nightly || !home.sticks {
        return Ok(());
    }
    // One of a clock that was ahead says nothing.
    let last = record.last.as_ref().map(|last| last.at);
    let last = last.filter(|at| *at <= now).unwrap_or(0);
    let waits = now - last.max(chosen.since);
    let failed = match record.failed {
        Some(failed) => failed,
        // By a clock that was not set nothing is late.
        None if home.post.clock.trusted() && waits >= MISSED => Failed {
            at: last.max(chosen.since),
            why: Why::Missed,
            said: "none was tried for two nights".into(),
        },
        None => return Ok(()),
    };
    found.add(
        Finding::BackupFailed,
        [
            ("reason", failed.why.word().into()),
            ("at", failed.at.into()),
            ("why", failed.said.clone().into()),
        ],
        format!("the nightly backup to the stick failed: {}", failed.said),
        "the page for backups tells what to do; until then make one with `toxmaild backup create FILE`",
    );
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::clock::{FakeTime, Ntp};

    #[test]
    fn a_box_that_nobody_tells_the_time_goes_by_its_own_clock_after_a_day() {
        let dir = tempfile::tempdir().unwrap();
        let database = Database::open(&dir.path().join("toxmail.db")).unwrap();
        let time = FakeTime::default();
        time.reboot(3 * 86_400, Ntp::Silent);
        let clock = Clock::fake(&database, &time).unwrap();
        assert!(!knows_the_hour(&clock));
        time.advance(Duration::from_secs(23 * 3600));
        assert!(!knows_the_hour(&clock));
        time.advance(Duration::from_secs(3600));
        assert!(!clock.trusted());
        assert!(knows_the_hour(&clock));
    }
}
