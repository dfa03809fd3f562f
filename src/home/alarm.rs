//! Whoever looks after the home hears by mail of what needs a hand, without looking at a page; and the light of a box tells
//! whether anything does.
//!
//! # Rules
//! - It is looked every ten minutes ([`EVERY`]). What passes by itself has to stand for a while first ([`patience`]); what other
//!   mails tell (a letter that waits, a request, a mailbox at the provider) is not told here.
//! - Each thing is told once. It is told again when it was gone for a day and comes back: what comes and goes is no news.
//! - Everything that is due at a look stands in one mail. It counts as told once it is in the queue.
//!
//! # Known limits
//! A home whose disk is full cannot file the mail: the page is red then, and [`Finding::DiskLow`] came by mail before. After a
//! restart, what is wrong has to stand for its while again.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::sync::watch;

use super::doctor::{self, Depth};
use super::health;
use super::operator::Running;
use crate::appliance::light::{Light, Sign};
use crate::control::Failure;
use crate::control::answer::Problem;
use crate::control::finding::{Finding, Severity};
use crate::delivery::ways;
use crate::journal;
use crate::notices::{self, Alarm, AnswerTo, Occasion};
use crate::queue::Submitted;
use crate::web::finding;
use crate::web::text::Reader;

/// How often it is looked.
const EVERY: Duration = Duration::from_secs(600);
/// How often the light is looked after.
const GLANCE: Duration = Duration::from_secs(30);
/// What was gone for so long is news when it comes back.
const FORGOTTEN: Duration = Duration::from_secs(24 * 3600);
/// What may pass by itself within this time.
const AN_HOUR: Duration = Duration::from_secs(3600);
/// The setting with what was told and still stands.
const TOLD: &str = "alarms.told";

/// How long something has to stand before it is told by mail; `None`: it is not.
fn patience(finding: Finding) -> Option<Duration> {
    use Finding as F;
    match finding {
        // Nobody is there to read it, or it is for whoever has just changed something and sees the page.
        F::NotRunning
        | F::NeverStarted
        | F::NoMembers
        | F::NoMainMailbox
        | F::NoPairingMember
        | F::NamesBehindProxy
        | F::GatewayDoorOff
        | F::GatewayOpenDoor
        | F::OpenToOthers
        | F::SettingsMistake => None,
        // Other mails tell of these, to those whom they concern.
        F::LettersLate
        | F::RequestsWaiting
        | F::RequestFlood
        | F::Unanswered
        | F::Incompatible
        | F::PeerDouble
        | F::FetchFails => None,
        // Slower, and still going.
        F::ToxOffline | F::ToxNobodyAnswers | F::ToxRelayed | F::ToxBlind | F::NotAFriend => None,
        F::OutOfOrder
        | F::Overheating
        | F::ClockNotSet
        | F::NoBootstrapNodes
        | F::DirectOnlyWithoutUdp
        | F::ProviderFails
        | F::GatewayFails
        | F::GatewayAway
        | F::GatewayPassword => Some(AN_HOUR),
        F::DatabaseDamaged
        | F::OldToxcore
        | F::ToxEnded
        | F::ToxOfflineLong
        | F::IdentityNotSaved
        | F::DiskFull
        | F::DiskLow
        | F::UnderVoltage
        | F::Doors
        | F::CardWorn
        | F::CardErrors
        | F::CardUnreadable
        | F::LetterLost
        | F::SeenDouble
        | F::PeerSilent
        | F::CertificateUnreadable
        | F::CertificateExpired
        | F::CertificateEnds
        | F::UpdateFailed
        | F::UpdateNotStarted
        | F::UpdateNotInstalled
        | F::UpdatesUnreachable
        | F::BackupNever
        | F::BackupOld
        | F::BackupFailed => Some(Duration::ZERO),
    }
}

/// What a finding is known by: what is wrong with one contact is not what is wrong with another.
fn key(problem: &Problem) -> String {
    let of = ["name", "member", "id", "service"];
    let of = of.iter().find_map(|name| match problem.args.get(*name)? {
        Value::String(text) => Some(text.clone()),
        Value::Null => None,
        value => Some(value.to_string()),
    });
    match of {
        Some(of) => format!("{} {of}", problem.code),
        None => problem.code.clone(),
    }
}

/// What stands, and what was told of it.
#[derive(Default)]
struct Watch {
    stands: HashMap<String, Instant>,
    /// Since when it is gone, if it is.
    told: BTreeMap<String, Option<Instant>>,
}

impl Watch {
    fn new(told: BTreeSet<String>) -> Self {
        Self {
            stands: HashMap::new(),
            told: told.into_iter().map(|key| (key, None)).collect(),
        }
    }

    /// What is to be told now. It is told again until [`was_told`](Self::was_told).
    fn due<'a>(&mut self, found: &'a [Problem], at: Instant) -> Vec<&'a Problem> {
        let now: HashMap<String, &Problem> = found.iter().map(|p| (key(p), p)).collect();
        self.stands.retain(|key, _| now.contains_key(key));
        self.told.retain(|key, gone| {
            if now.contains_key(key) {
                *gone = None;
            } else if gone.is_none() {
                *gone = Some(at);
            }
            gone.is_none_or(|gone| at.duration_since(gone) < FORGOTTEN)
        });
        let due = found.iter().filter(|problem| {
            let key = key(problem);
            let since = *self.stands.entry(key.clone()).or_insert(at);
            let patience = finding::named(&problem.code).and_then(patience);
            let stands = |patience| at.duration_since(since) >= patience;
            !self.told.contains_key(&key) && patience.is_some_and(stands)
        });
        due.collect()
    }

    fn was_told(&mut self, due: &[&Problem]) {
        self.told
            .extend(due.iter().map(|problem| (key(problem), None)));
    }

    /// The keys of what was told.
    fn keys(&self) -> BTreeSet<String> {
        self.told.keys().cloned().collect()
    }
}

/// Looks until the home stops.
pub(super) async fn run(home: Arc<Running>, mut stopped: watch::Receiver<bool>) {
    let asked = Arc::clone(&home);
    let read = tokio::task::spawn_blocking(move || kept(&asked));
    let mut watch = Watch::new(read.await.unwrap_or_default());
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            _ = stopped.wait_for(|stopped| *stopped) => return,
        }
        let home = Arc::clone(&home);
        let looked = tokio::task::spawn_blocking(move || {
            if let Err(failure) = look(&home, &mut watch, Instant::now()) {
                journal::trouble("alarm", &failure.error);
            }
            watch
        });
        match looked.await {
            Ok(back) => watch = back,
            Err(_) => return,
        }
    }
}

/// Shows how the home is, until it stops.
pub(super) async fn shine(
    home: Arc<Running>,
    mut light: Light,
    mut stopped: watch::Receiver<bool>,
) {
    loop {
        let home = Arc::clone(&home);
        let shown = tokio::task::spawn_blocking(move || {
            let shown = light.show(sign(&home));
            (light, shown)
        });
        let Ok((back, shown)) = shown.await else {
            return;
        };
        light = back;
        // Told once: nobody looks at a light that is not there.
        if let Err(e) = shown {
            journal::trouble("light", &e);
            return;
        }
        tokio::select! {
            () = tokio::time::sleep(GLANCE) => {}
            _ = stopped.wait_for(|stopped| *stopped) => {
                let _ = light.show(Sign::Busy);
                return;
            }
        }
    }
}

fn sign(home: &Running) -> Sign {
    match home.post.members.administrator() {
        Ok(None) => return Sign::Setup,
        Ok(Some(_)) => {}
        Err(_) => return Sign::Trouble,
    }
    // The same look as the page's, and often the same one.
    match health::health(home) {
        Ok(health) if health["state"] != Severity::Trouble.word() => Sign::Fine,
        _ => Sign::Trouble,
    }
}

fn kept(home: &Running) -> BTreeSet<String> {
    let kept = home.database.setting(TOLD).ok().flatten();
    kept.and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default()
}

/// One look, and the mail about what is due.
fn look(home: &Running, watch: &mut Watch, at: Instant) -> Result<(), Failure> {
    let before = watch.keys();
    let found = doctor::examine(home, Depth::Glance);
    let due = watch.due(&found, at);
    if !due.is_empty()
        && let Some(administrator) = home.post.members.administrator()?
    {
        let write = |language| {
            let alarms = due.iter().map(|problem| {
                let told = finding::told(Reader(language), problem);
                Alarm {
                    words: told.words,
                    advice: told.advice,
                    said: told.detail,
                }
            });
            notices::alarm(language, &alarms.collect::<Vec<_>>())
        };
        let (answer_to, occasion) = (AnswerTo::Postmaster, Occasion::Itself);
        let none = Vec::new();
        let told = ways::send(&home.post, &administrator, answer_to, occasion, write, none)?;
        if let Submitted::Queued(_) = told {
            let codes: Vec<&str> = due.iter().map(|problem| problem.code.as_str()).collect();
            journal::notified(&administrator, "alarm", &codes.join(" "));
            watch.was_told(&due);
        }
    }
    let now = watch.keys();
    if now != before {
        let text = serde_json::to_string(&now).unwrap_or_default();
        home.database.set_setting(TOLD, Some(&text))?;
    }
    Ok(())
}

#[cfg(test)]
#[path = "alarm_tests.rs"]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
