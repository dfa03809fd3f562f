//! Whether everything is all right, at one look: for the page that people see first, and for `toxmaild health`.
//!
//! # Rules
//! - What is wrong is found by [`super::doctor`]; here it becomes one word: `fine`, `attention` or `trouble`.
//! - It is looked at often and costs little: what was found is told again for ten seconds, unless something has changed that
//!   it depends on ([`changes`]). No other machine is asked.

use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustix::fs::statvfs;
use serde_json::Value;

use super::doctor::{self, Depth, Findings, Names};
use super::operator::Running;
use super::people::value;
use crate::appliance::backup;
use crate::appliance::update::{Look, Outcome, Phase, Report};
use crate::changes::{self, Kind as Changed};
use crate::contacts::Kind;
use crate::control::Failure;
use crate::control::answer::{Disk, Health, MailboxSize, Problem, Storage, Tox};
use crate::control::finding::{Finding, Severity};
use crate::mail::address::{PeerKey, canonical};
use crate::tox::Connection;

/// A contact's home that was not seen for so long.
const SILENT: i64 = 7 * 86_400;
/// A home is so old before somebody is reminded of a backup.
const NEW_HOME: i64 = 7 * 86_400;
/// A backup that is older should be made again.
const OLD_BACKUP: i64 = 90 * 86_400;
/// How long an update that did not work is news.
const NEWS: i64 = 7 * 86_400;
/// Between the moment when a version was brought and the box's first word on it, in seconds.
const A_MOMENT: i64 = 60;
/// How long a box may hear nothing of later versions, in seconds.
const NO_UPDATES: i64 = 14 * 86_400;
/// How long what was found is told again.
const FRESH: Duration = Duration::from_secs(10);

/// What was found the last time.
#[derive(Clone, Default)]
pub struct Checkup(Arc<Mutex<Option<Found>>>);

struct Found {
    at: Instant,
    /// Of what it depends on.
    counts: [u64; 2],
    health: Health,
}

/// Changes that may make another finding.
fn counts() -> [u64; 2] {
    [
        changes::count(Changed::Health),
        changes::count(Changed::Tox),
    ]
}

/// `health`
pub(super) fn health(home: &Running) -> Result<Value, Failure> {
    // Held while it is looked at: who asks meanwhile gets the same answer.
    let mut last = home
        .checkup
        .0
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    let before = counts();
    let fresh = |found: &&Found| found.at.elapsed() < FRESH && found.counts == before;
    if let Some(found) = last.as_ref().filter(fresh) {
        return value(&found.health);
    }
    let health = look_at_all(home)?;
    let answer = value(&health);
    *last = Some(Found {
        at: Instant::now(),
        counts: before,
        health,
    });
    answer
}

fn look_at_all(home: &Running) -> Result<Health, Failure> {
    let findings = doctor::examine(home, Depth::Glance);
    let post = &home.post;
    let (status, peers) = (home.node.status(), home.node.peers());
    let reached = |by: Connection| peers.iter().filter(|p| p.connection == by).count() as u64;
    let now = post.clock.now().wall;
    let lasts = i64::try_from(status.lasts.as_secs()).unwrap_or(0);
    let running = home.node.is_running();
    let counts = post.queue.counts()?;
    Ok(Health {
        state: state(&findings).to_owned(),
        findings,
        checked: now,
        tox: Tox {
            connection: match running {
                true => status.connection,
                false => Connection::Offline,
            }
            .to_string(),
            since: now - lasts,
            peers: peers.len() as u64,
            peers_direct: reached(Connection::Udp),
            peers_relayed: reached(Connection::Tcp),
        },
        disk: disk(home, counts.bytes)?,
        letters_waiting: counts.messages,
        requests: post.contacts.requests()?.len() as u64,
        last_backup: last_backup(home)?,
        backup_left_out: number(home, backup::LEFT_OUT)?.unwrap_or(0),
        clock_trusted: post.clock.trusted(),
    })
}

fn disk(home: &Running, waiting: u64) -> Result<Disk, Failure> {
    let facts = statvfs(&home.dir).map_err(std::io::Error::from)?;
    Ok(Disk {
        free: facts.f_bavail.saturating_mul(facts.f_frsize),
        total: facts.f_blocks.saturating_mul(facts.f_frsize),
        reserve: doctor::NO_ROOM,
        letters: home.post.store.used_by_all()?,
        waiting,
    })
}

/// `storage`
pub(super) fn storage(home: &Running) -> Result<Value, Failure> {
    let post = &home.post;
    let mut mailboxes = Vec::new();
    for member in post.members.list()? {
        mailboxes.push(MailboxSize {
            bytes: post.store.used(&member.name)?,
            name: member.name.into(),
        });
    }
    value(&Storage {
        disk: disk(home, post.queue.counts()?.bytes)?,
        mailboxes,
        quota_bytes: home.config().limits.quota_bytes,
    })
}

/// One word for all that was found.
fn state(findings: &[Problem]) -> &'static str {
    let any = |severity: Severity| findings.iter().any(|f| f.severity == severity.word());
    if any(Severity::Trouble) {
        "trouble"
    } else if any(Severity::Attention) {
        "attention"
    } else {
        "fine"
    }
}

fn last_backup(home: &Running) -> Result<Option<i64>, Failure> {
    number(home, backup::LAST)
}

fn number<T: FromStr>(home: &Running, setting: &str) -> Result<Option<T>, Failure> {
    let text = home.database.setting(setting)?;
    Ok(text.and_then(|text| text.parse().ok()))
}

/// What people should know who do not look at the log.
pub(super) fn look(home: &Running, names: &Names, now: i64, found: &mut Findings) {
    match home.post.contacts.requests() {
        Ok(requests) if requests.is_empty() => {}
        Ok(requests) => found.add(
            Finding::RequestsWaiting,
            [("count", requests.len().into())],
            format!("{} ask to become contacts", requests.len()),
            "`toxmaild contact requests` shows who they are",
        ),
        Err(e) => found.failure(e.into()),
    }
    if let Some(desk) = &home.updates {
        match desk.report() {
            Ok(report) => update(report.as_ref(), desk.last_look().as_ref(), now, found),
            Err(e) => found.failure(e.into()),
        }
    }
    if let Err(failure) = super::stick::look(home, now, found) {
        found.failure(failure);
    }
    // By a clock that was not set nothing is old.
    if !home.post.clock.trusted() {
        return;
    }
    if let Some(desk) = &home.updates
        && home.config().updates.nightly
    {
        unreachable(desk.last_look().as_ref(), now, found);
    }
    if let Err(failure) = silent(home, names, now, found) {
        found.failure(failure);
    }
    if let Err(failure) = backup(home, now, found) {
        found.failure(failure);
    }
}

/// Homes that were not seen for a week.
fn silent(home: &Running, names: &Names, now: i64, found: &mut Findings) -> Result<(), Failure> {
    let online: Vec<PeerKey> = (home.node.peers().into_iter())
        .filter(|peer| peer.connection.is_online())
        .map(|peer| peer.key)
        .collect();
    for peer in home.post.contacts.peers()? {
        let Some(seen) = peer.last_seen else { continue };
        let here = online.contains(&peer.key) || peer.blocked || peer.kind != Kind::Home;
        if here || now - seen < SILENT {
            continue;
        }
        let name = names.of(&peer.key);
        let span = doctor::span((now - seen).unsigned_abs());
        found.add(
            Finding::PeerSilent,
            [("name", name.clone().into()), ("since", seen.into())],
            format!("{name} was not seen for {span}"),
            format!(
                "ask them whether their home is switched on and reaches the Internet; letters to {} wait",
                canonical(None, &peer.key)
            ),
        );
    }
    Ok(())
}

/// A system that did not work, or does not start any more, for as long as somebody may not have seen it: nobody sits before the page by
/// then, as they do while it is installed. One that was fetched at night nobody saw installed either; that is told while it is so.
fn update(report: Option<&Report>, look: Option<&Look>, now: i64, found: &mut Findings) {
    let Some(report) = report else { return };
    let fetched = look.filter(|look| now - look.at < NEWS);
    let fetched = fetched.and_then(|look| match &look.outcome {
        // What is told may still be of the one before.
        Outcome::Brought(version) if report.at >= look.at - A_MOMENT => Some(version.as_str()),
        Outcome::TriedBefore(version) => Some(version.as_str()),
        _ => None,
    });
    if let (Phase::Failed | Phase::Refused | Phase::OtherBoard, Some(version)) =
        (report.phase, fetched)
    {
        let why = report.why.as_deref().unwrap_or("?");
        found.add(
            Finding::UpdateNotInstalled,
            [
                ("version", version.into()),
                ("at", report.at.into()),
                ("why", why.into()),
            ],
            format!("version {version}, fetched at night, could not be installed: {why}"),
            "tell whoever makes your updates; the page for updates tells what happened",
        );
    }
    if now - report.at >= NEWS {
        return;
    }
    let version = report.version.as_deref().unwrap_or("?");
    let (finding, what, advice) = match report.phase {
        Phase::FellBack => (
            Finding::UpdateFailed,
            format!("version {version} did not work on this box, and the one before it runs again"),
            "wait for a later version; the page for updates tells what happened",
        ),
        Phase::NotStarted => (
            Finding::UpdateNotStarted,
            format!("version {version} did not start three times in a row, and the other one runs"),
            "install it again, on the page for updates",
        ),
        _ => return,
    };
    let about = [("version", version.into()), ("at", report.at.into())];
    found.add(finding, about, what, advice);
}

/// The server of later versions, when nothing was heard of it for weeks: a box without them is in danger sooner or later.
fn unreachable(look: Option<&Look>, now: i64, found: &mut Findings) {
    let Some(look) = look else { return };
    let Outcome::Failed(why) = &look.outcome else {
        return;
    };
    if look.worked.is_some_and(|worked| now - worked < NO_UPDATES) {
        return;
    }
    found.add(
        Finding::UpdatesUnreachable,
        [("why", why.clone().into())],
        format!("nobody could be asked for a later version of Toxmail: {why}"),
        "look at the address on the page for updates, or switch them off there",
    );
}

fn backup(home: &Running, now: i64, found: &mut Findings) -> Result<(), Failure> {
    let advice = "`toxmaild backup create FILE` makes one; keep it outside of this machine";
    match last_backup(home)? {
        Some(at) if now - at < OLD_BACKUP => {}
        Some(at) => {
            let seconds = (now - at).unsigned_abs();
            found.add(
                Finding::BackupOld,
                [("at", at.into()), ("seconds", seconds.into())],
                format!("the last backup is {} old", doctor::span(seconds)),
                advice,
            );
        }
        None => {
            let members = home.post.members.list()?;
            let first = members.iter().map(|member| member.created).min();
            if first.is_some_and(|first| now - first >= NEW_HOME) {
                let problem = "there is no backup: what is on this disk would be lost with it";
                found.add(Finding::BackupNever, [], problem, advice);
            }
        }
    }
    Ok(())
}
