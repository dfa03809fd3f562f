//! What is told by mail, and when.

use std::collections::BTreeMap;

use serde_json::json;

use super::super::operator_tests::{Home, add, home, name};
use super::*;
use crate::clock::Ntp;
use crate::control::protocol::{QueueFilter, Request};

const MINUTE: Duration = Duration::from_secs(60);

fn problem(finding: Finding, args: Value) -> Problem {
    Problem {
        code: finding.word().to_owned(),
        severity: finding.severity().word().to_owned(),
        args: serde_json::from_value::<BTreeMap<String, Value>>(args).unwrap(),
        problem: String::new(),
        advice: String::new(),
    }
}

/// The keys that are due, and told.
fn told(watch: &mut Watch, found: &[Problem], at: Instant) -> Vec<String> {
    let due = watch.due(found, at);
    watch.was_told(&due);
    due.into_iter().map(key).collect()
}

#[test]
fn what_may_pass_is_told_when_it_has_stood_and_once() {
    let start = Instant::now();
    let mut watch = Watch::default();
    let found = [
        problem(Finding::DiskLow, json!({ "bytes": 1, "folder": "x" })),
        problem(Finding::ClockNotSet, json!({})),
        problem(Finding::LettersLate, json!({ "name": "Bob" })),
    ];
    assert_eq!(told(&mut watch, &found, start), ["disk-low"]);
    let at = |minutes: u32| start + minutes * MINUTE;
    assert!(told(&mut watch, &found, at(59)).is_empty());
    // It was gone for a moment, and has to stand anew.
    assert!(told(&mut watch, &found[..1], at(59)).is_empty());
    assert!(told(&mut watch, &found, at(60)).is_empty());
    assert_eq!(told(&mut watch, &found, at(120)), ["clock-not-set"]);
    assert!(told(&mut watch, &found, at(10_000)).is_empty());
}

#[test]
fn what_comes_and_goes_is_told_again_after_a_day_without_it() {
    let start = Instant::now();
    let at = |hours: u32| start + hours * 60 * MINUTE;
    let mut watch = Watch::default();
    let low = [problem(Finding::DiskLow, json!({}))];
    assert_eq!(told(&mut watch, &low, at(0)).len(), 1);
    assert!(told(&mut watch, &[], at(1)).is_empty());
    assert!(told(&mut watch, &low, at(24)).is_empty());
    assert!(told(&mut watch, &[], at(25)).is_empty());
    assert!(told(&mut watch, &[], at(49)).is_empty());
    assert_eq!(told(&mut watch, &low, at(50)).len(), 1);
}

#[test]
fn each_contact_is_told_of_and_each_mail_that_failed_is_tried_again() {
    let start = Instant::now();
    let mut watch = Watch::default();
    let silent = |name: &str| problem(Finding::PeerSilent, json!({ "name": name, "since": 5 }));
    let found = [silent("Bob"), silent("Eva")];
    assert_eq!(watch.due(&found[..1], start).len(), 1);
    assert_eq!(
        told(&mut watch, &found, start),
        ["peer-silent Bob", "peer-silent Eva"]
    );
    assert!(told(&mut watch, &found, start).is_empty());
}

/// Anna lives there, and looks after it.
fn settle_in(home: &Home) {
    home.done(add("anna"));
    let members = &home.running.post.members;
    members.set_administrator(&name("anna")).unwrap();
}

fn mails(home: &Home) -> Vec<Value> {
    let queued = home.done(Request::QueueList(QueueFilter::default()));
    queued.as_array().unwrap().clone()
}

#[test]
fn the_administrator_gets_one_mail_in_their_language_and_a_restart_does_not_bring_it_again() {
    let home = home();
    settle_in(&home);
    home.time.ntp(Ntp::Silent);
    let running = &home.running;
    let mut watch = Watch::default();
    let start = Instant::now();
    look(running, &mut watch, start).unwrap();
    let first = mails(&home).len();
    look(running, &mut watch, start + 61 * MINUTE).unwrap();
    assert_eq!(mails(&home).len(), first + 1);
    assert!(
        kept(running).contains("clock-not-set"),
        "{:?}",
        kept(running)
    );
    let mut again = Watch::new(kept(running));
    look(running, &mut again, start).unwrap();
    look(running, &mut again, start + 61 * MINUTE).unwrap();
    assert_eq!(mails(&home).len(), first + 1);
}

#[test]
fn the_light_tells_that_nobody_lives_there_and_then_how_the_home_is() {
    let home = home();
    assert_eq!(sign(&home.running), Sign::Setup);
    settle_in(&home);
    // Its node has nobody to ask.
    assert_eq!(sign(&home.running), Sign::Trouble);
}
