//! What the home's page is told: against a whole home whose node talks to nobody.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::doctor_tests::mode;
use super::operator_tests::{Home, add, contact_add, home, home_with, id, name};
use crate::appliance::backup;
use crate::appliance::stick::{CHOSEN, Chosen, Failed, Last, RECORD, Record, Why};
use crate::appliance::update::{Desk, Look, Outcome, Phase};
use crate::changes;
use crate::clock::Ntp;
use crate::control::answer::{Contact, Day, Health, Problem, QueueCount, Queued, Traffic};
use crate::control::finding::Finding;
use crate::control::protocol::{QueueFilter, Request};
use crate::mail::verdict::{Reason, Status, Verdict};
use crate::queue::{AccountId, Destination, QueueId};

const DAY: u64 = 86_400;

fn health(home: &Home) -> Health {
    serde_json::from_value(home.done(Request::Health)).unwrap()
}

fn codes(health: &Health) -> Vec<&str> {
    health.findings.iter().map(|f| f.code.as_str()).collect()
}

fn of(health: &Health, code: Finding) -> Problem {
    let found = health.findings.iter().find(|f| f.code == code.word());
    found
        .unwrap_or_else(|| panic!("{code:?}: {health:#?}"))
        .clone()
}

fn list(home: &Home, filter: QueueFilter) -> Vec<Queued> {
    serde_json::from_value(home.done(Request::QueueList(filter))).unwrap()
}

/// A home where nothing is wrong but that its node talks to nobody.
fn well() -> Home {
    let mut home = home();
    home.done(add("anna"));
    mode(home.dir.path(), 0o700);
    let tls = home.dir.path().join("tls");
    crate::net::tls::Tls::open(&tls, "toxmail.local", &[], std::time::SystemTime::now()).unwrap();
    for service in [
        "submissions",
        "imap",
        "imaps",
        "pop3",
        "pop3s",
        "carddav",
        "metrics",
    ] {
        home.running.ports.insert(service.into(), json!("[::]:1"));
    }
    home
}

#[test]
fn every_finding_comes_with_its_name_and_arguments() {
    let home = home_with("[home]\nmain_mailbox = \"ben\"\n");
    home.time.ntp(Ntp::Silent);
    let health = health(&home);
    assert_eq!(health.state, "trouble");
    assert!(health.findings.len() > 4, "{health:#?}");
    for found in &health.findings {
        let finding = Finding::ALL.iter().find(|f| f.word() == found.code);
        let finding = finding.unwrap_or_else(|| panic!("{found:?}"));
        assert_eq!(found.severity, finding.severity().word());
        let mut args: Vec<&str> = found.args.keys().map(String::as_str).collect();
        let mut expected = finding.args().to_vec();
        args.sort_unstable();
        expected.sort_unstable();
        assert_eq!(args, expected, "{found:?}");
    }
    assert_eq!(of(&health, Finding::NoMainMailbox).args["name"], "ben");
    assert!(codes(&health).contains(&"clock-not-set") && !health.clock_trusted);
}

#[test]
fn a_home_is_as_well_as_the_worst_that_was_found() {
    let home = well();
    let first = health(&home);
    // Without a bootstrap node nothing crosses.
    assert_eq!(first.state, "trouble");
    assert_eq!(first.tox.connection, "offline");
    assert!(first.checked - first.tox.since < 300);
    assert!(first.disk.free <= first.disk.total && first.disk.total > 0);
    assert_eq!((first.disk.reserve, first.last_backup), (32 << 20, None));

    // Who knocks is no trouble.
    let contacts = &home.running.post.contacts;
    contacts.knock(&id(7).key(), b"It is me").unwrap();
    changes::ring(changes::Kind::Health);
    let knocked = health(&home);
    assert_eq!(knocked.requests, 1);
    let note = of(&knocked, Finding::RequestsWaiting);
    assert_eq!(
        (note.severity.as_str(), &note.args["count"]),
        ("note", &json!(1))
    );
    let doctor = home.done(Request::Doctor).to_string();
    assert!(!doctor.contains("requests-waiting"), "{doctor}");
}

#[test]
fn what_was_found_is_told_again_until_something_changes() {
    let home = well();
    let before = health(&home);
    assert!(!codes(&before).contains(&"no-members"));
    // Behind the home's back: nobody is told.
    let members = &home.running.post.members;
    members.remove(&name("anna")).unwrap();
    let cached = home.done(Request::Health);
    changes::ring(changes::Kind::Health);
    assert!(codes(&health(&home)).contains(&"no-members"));
    // Tests of one process share their hints: then it was looked at anew.
    let cached: Health = serde_json::from_value(cached).unwrap();
    assert!(cached == before || codes(&cached).contains(&"no-members"));
    // A command of the operator changes something.
    home.done(add("ben"));
    assert!(!codes(&health(&home)).contains(&"no-members"));
}

#[test]
fn a_backup_is_missed_after_a_week_and_is_old_after_a_season() {
    let home = well();
    let database = &home.running.database;
    // The home's clock is not the one by which members are dated.
    let now = home.running.post.clock.now().wall;
    let born = |days: i64| {
        let then = now - days * DAY as i64;
        database
            .write(move |c| -> Result<(), crate::database::Error> {
                c.execute("UPDATE members SET created = ?1", [then])?;
                Ok(())
            })
            .unwrap();
        changes::ring(changes::Kind::Health);
        health(&home)
    };
    assert!(!codes(&born(6)).contains(&"backup-never"));
    let missed = of(&born(8), Finding::BackupNever);
    assert!(missed.advice.contains("toxmaild backup create"));
    let made = |days: i64| {
        let then = (now - days * DAY as i64).to_string();
        database.set_setting(backup::LAST, Some(&then)).unwrap();
        born(400)
    };
    let fresh = made(89);
    assert_eq!(fresh.last_backup, Some(now - 89 * DAY as i64));
    assert!(!codes(&fresh).iter().any(|code| code.starts_with("backup")));
    assert_eq!(of(&made(91), Finding::BackupOld).args["seconds"], 91 * DAY);
    for left_out in [3, 0] {
        crate::home::backup::note(database, now, left_out).unwrap();
        assert_eq!(born(400).backup_left_out, left_out);
    }
}

#[test]
fn an_update_that_did_not_work_is_told_for_a_week() {
    let mut home = well();
    let shared = tempfile::tempdir().unwrap();
    home.running.updates = Some(Desk::new(shared.path()));
    let now = home.running.post.clock.now().wall;
    let told = |phase: &str, days: i64| {
        let at = now - days * DAY as i64;
        let text = format!("phase={phase}\nversion=0.9.1\nfrom=0.1.0\nat={at}\nwhy=\n");
        std::fs::write(shared.path().join("state"), text).unwrap();
        changes::ring(changes::Kind::Health);
        health(&home)
    };
    assert!(!codes(&health(&home)).contains(&"update-failed"));
    let found = of(&told("fell-back", 6), Finding::UpdateFailed);
    assert_eq!(found.args["version"], "0.9.1");
    assert!(!codes(&told("fell-back", 8)).contains(&"update-failed"));
    let found = of(&told("not-started", 6), Finding::UpdateNotStarted);
    assert_eq!(found.args["version"], "0.9.1");
    for (phase, kind) in Phase::ALL {
        let told = told(phase, 0);
        let of_updates: Vec<_> = (codes(&told).into_iter())
            .filter(|code| code.starts_with("update-"))
            .collect();
        let expected: &[&str] = match kind {
            Phase::FellBack => &["update-failed"],
            Phase::NotStarted => &["update-not-started"],
            _ => &[],
        };
        assert_eq!(of_updates, expected, "{phase}");
    }
}

#[test]
fn an_update_that_was_fetched_at_night_and_cannot_be_installed_is_told() {
    let mut home = well();
    let shared = tempfile::tempdir().unwrap();
    home.running.updates = Some(Desk::new(shared.path()));
    let now = home.running.post.clock.now().wall;
    let told = |phase: &str, days: i64, outcome: Option<Outcome>| {
        let at = now - days * DAY as i64;
        let text = format!("phase={phase}\nversion=\nfrom=0.1.0\nat={at}\nwhy=no room\n");
        std::fs::write(shared.path().join("state"), text).unwrap();
        let worked = Some(now);
        let look = outcome.map(|outcome| Look {
            at: now,
            worked,
            outcome,
        });
        home.running.updates.as_ref().unwrap().looked(look);
        changes::ring(changes::Kind::Health);
        health(&home)
    };
    let brought = || Some(Outcome::Brought("0.9.1".into()));
    let before = || Some(Outcome::TriedBefore("0.9.1".into()));
    for phase in ["failed", "refused", "other-board"] {
        let found = of(&told(phase, 0, brought()), Finding::UpdateNotInstalled);
        assert_eq!(found.args["version"], "0.9.1");
        assert_eq!(found.args["why"], "no room");
        // Also when it was long ago: that version is still not here.
        of(&told(phase, 30, before()), Finding::UpdateNotInstalled);
        let code = "update-not-installed";
        // One that somebody has brought by hand was seen; and what is told may be of the one before.
        assert!(!codes(&told(phase, 0, None)).contains(&code));
        assert!(!codes(&told(phase, 0, Some(Outcome::Current))).contains(&code));
        assert!(!codes(&told(phase, 1, brought())).contains(&code));
    }
    for phase in ["installing", "trying", "installed", "older"] {
        let code = "update-not-installed";
        assert!(!codes(&told(phase, 0, brought())).contains(&code));
    }
}

#[test]
fn a_home_that_was_not_seen_for_a_week_is_named() {
    let home = well();
    home.done(contact_add("Oma", &id(1), None));
    let contacts = &home.running.post.contacts;
    let key = id(1).key();
    let now = home.running.post.clock.now().wall;
    let look = || {
        changes::ring(changes::Kind::Health);
        health(&home)
    };
    contacts.saw_online(&key, now - 8 * DAY as i64).unwrap();
    assert!(
        !codes(&look()).contains(&"peer-silent"),
        "nobody knows what it is"
    );
    contacts.saw_hello(&key).unwrap();
    let silent = of(&look(), Finding::PeerSilent);
    assert_eq!(silent.args["name"], "Oma");
    assert_eq!(silent.args["since"], now - 8 * DAY as i64);
    contacts.saw_online(&key, now - 6 * DAY as i64).unwrap();
    assert!(!codes(&look()).contains(&"peer-silent"));
    // By a clock that was not set nothing is old.
    contacts.saw_online(&key, now - 80 * DAY as i64).unwrap();
    home.time.ntp(Ntp::Silent);
    assert!(!codes(&look()).contains(&"peer-silent"));
}

#[test]
fn late_letters_are_counted_by_where_they_go() {
    let home = well();
    home.done(contact_add("Oma", &id(1), None));
    let key = id(1).key();
    let first = home.letter(Destination::Tox(key), "oma");
    home.letter(Destination::Tox(key), "opa");
    home.time.advance(Duration::from_secs(5 * 3600));
    home.letter(Destination::Tox(key), "oma");
    let late = of(&health(&home), Finding::LettersLate);
    assert_eq!(
        serde_json::to_value(&late.args).unwrap(),
        json!({ "letters": 2, "seconds": 18_000, "route": "tox", "name": "Oma", "last_seen": null, "why": null,
            "id": first })
    );
}

#[test]
fn the_mail_server_that_takes_nothing_is_found_without_asking_it() {
    let home = well();
    let look = || {
        changes::ring(changes::Kind::Health);
        health(&home)
    };
    let id = QueueId::from_number(home.letter(Destination::Gateway, "zoe"));
    assert!(!codes(&look()).contains(&"gateway-fails"));
    let queue = &home.running.post.queue;
    let delivery = queue.show(id).unwrap().recipients[0].delivery;
    let later = Verdict::Later {
        why: Reason::new(Status(4, 4, 1), "no answer"),
        not_before: Duration::ZERO,
    };
    queue.settle(delivery, &[(0, later)]).unwrap();
    let fails = of(&look(), Finding::GatewayFails);
    assert_eq!(
        (&fails.args["letters"], &fails.args["why"]),
        (&json!(1), &json!("no answer"))
    );
}

#[test]
fn a_member_sees_their_own_letters_page_by_page() {
    let home = well();
    home.done(contact_add("Oma", &id(1), None));
    let to = Destination::Tox(id(1).key());
    let ids: Vec<i64> = (0..5)
        .map(|n| home.letter(to, &format!("oma{n}")))
        .collect();
    let (anna, ben) = (Some(name("anna")), Some(name("ben")));
    let all = list(&home, QueueFilter::default());
    assert_eq!(all.iter().map(|q| q.id).collect::<Vec<_>>(), ids);
    assert!(
        all.iter()
            .all(|q| q.member.as_deref() == Some("anna") && q.subject.is_none())
    );
    assert_eq!(all[0].recipients[0].name.as_deref(), Some("oma0 (Oma)"));

    let page = |behind: Option<i64>| {
        list(
            &home,
            QueueFilter {
                member: anna.clone(),
                behind,
                limit: Some(2),
                subjects: true,
                ..QueueFilter::default()
            },
        )
    };
    let mut seen = Vec::new();
    let mut behind = None;
    loop {
        let part = page(behind);
        let Some(last) = part.last() else { break };
        assert!(part.len() <= 2);
        behind = Some(last.id);
        seen.extend(part);
    }
    assert_eq!(seen.iter().map(|q| q.id).collect::<Vec<_>>(), ids);
    assert_eq!(seen[3].subject.as_deref(), Some("hello oma3"));
    let of_ben = QueueFilter {
        member: ben.clone(),
        ..QueueFilter::default()
    };
    assert_eq!(list(&home, of_ben), []);
    // Nobody reads the subjects of everybody.
    let nosy = QueueFilter {
        subjects: true,
        ..QueueFilter::default()
    };
    assert!(list(&home, nosy).iter().all(|q| q.subject.is_none()));
    let nothing_moves = QueueFilter {
        moving: true,
        ..QueueFilter::default()
    };
    assert_eq!(list(&home, nothing_moves), []);

    let count = |member| -> QueueCount {
        serde_json::from_value(home.done(Request::QueueCount { member })).unwrap()
    };
    let (mine, whole) = (count(anna), count(None));
    assert_eq!(mine, whole);
    assert_eq!(
        (mine.letters, mine.deliveries, mine.on_their_way),
        (5, 5, 0)
    );
    assert!(mine.bytes > 100);
    assert_eq!(count(ben), QueueCount::default());
}

#[test]
fn ten_thousand_letters_and_five_hundred_contacts_keep_nobody_waiting() {
    let home = well();
    let key = id(1).key();
    home.done(contact_add("Oma", &id(1), None));
    let database = &home.running.database;
    crate::queue::tests::letters_of_anna(database, key, 10_000);
    database
        .write(move |c| -> Result<(), crate::database::Error> {
            for n in 0..500_i64 {
                c.execute(
                    "INSERT INTO contacts (name, nickname, made_by, added) VALUES (?1, ?1, 'person', 1)",
                    [format!("c{n}")],
                )?;
            }
            Ok(())
        })
        .unwrap();
    let page = || {
        Request::QueueList(QueueFilter {
            member: Some(name("anna")),
            limit: Some(20),
            ..QueueFilter::default()
        })
    };
    let requests: [(&str, &dyn Fn() -> Request); 6] = [
        ("queue list", &page),
        ("queue count", &|| Request::QueueCount { member: None }),
        ("health", &|| Request::Health),
        ("health, looked at anew", &|| {
            changes::ring(changes::Kind::Health);
            Request::Health
        }),
        ("contact list", &|| Request::ContactList),
        ("timeline", &|| Request::Timeline {
            days: 14,
            member: None,
        }),
    ];
    for (what, request) in requests {
        home.done(request());
        let begin = std::time::Instant::now();
        for _ in 0..10 {
            home.done(request());
        }
        let each = begin.elapsed() / 10;
        eprintln!("{what}: {each:?}");
        // Unoptimised, and beside whatever else this machine does.
        assert!(each < Duration::from_millis(500), "{what}: {each:?}");
    }
}

#[test]
fn a_letter_is_counted_once_under_the_way_that_it_took() {
    let home = well();
    home.done(contact_add("Oma", &id(1), None));
    let queue = &home.running.post.queue;
    let ways = [
        (Destination::Local, "local"),
        (Destination::Tox(id(1).key()), "direct"),
        (Destination::Relay(AccountId::HOME), "ordinary"),
        (Destination::Chat(id(2).key()), "chat"),
        (Destination::Gateway, "gateway"),
    ];
    for (destination, _) in &ways {
        let id = QueueId::from_number(home.letter(*destination, "x"));
        let delivery = queue.show(id).unwrap().recipients[0].delivery;
        queue.settle(delivery, &[(0, Verdict::Delivered)]).unwrap();
        // The word that comes twice.
        queue.settle(delivery, &[(0, Verdict::Delivered)]).unwrap();
    }
    let lost = QueueId::from_number(home.letter(Destination::Gateway, "x"));
    let delivery = queue.show(lost).unwrap().recipients[0].delivery;
    let never = Verdict::Never {
        why: Reason::new(Status(5, 1, 1), "nobody"),
    };
    queue.settle(delivery, &[(0, never)]).unwrap();

    let days = |count, member: Option<&str>| -> Vec<Day> {
        let member = member.map(name);
        let request = Request::Timeline {
            days: count,
            member,
        };
        serde_json::from_value(home.done(request)).unwrap()
    };
    let fortnight = days(14, None);
    assert_eq!(fortnight.len(), 14);
    assert_eq!(
        fortnight[..13]
            .iter()
            .filter(|day| day.sent != Default::default())
            .count(),
        0
    );
    let today = serde_json::to_value(&fortnight[13].sent).unwrap();
    for (_, way) in &ways {
        assert_eq!(today[way]["letters"], json!(1), "{way}: {today}");
        assert!(today[way]["bytes"].as_u64().unwrap() > 10, "{today}");
    }
    assert_eq!(days(1, Some("anna"))[0].sent, fortnight[13].sent);
    assert_eq!(
        days(1, Some("ben"))[0],
        Day {
            day: fortnight[13].day.clone(),
            ..Day::default()
        }
    );
    // The next day is another one.
    home.time.advance(Duration::from_secs(DAY));
    let later = days(2, None);
    assert_eq!(later[0].sent, fortnight[13].sent);
    assert_eq!(later[1].sent.local, Traffic::default());
    assert!(later[0].day < later[1].day);
}

#[test]
fn a_contact_says_how_it_is_reached() {
    let home = well();
    home.done(contact_add("Oma", &id(1), None));
    let contacts: Vec<Contact> = serde_json::from_value(home.done(Request::ContactList)).unwrap();
    assert_eq!(
        (contacts[0].connection.as_deref(), contacts[0].last_seen),
        (None, None)
    );
    home.running.outbound.ready(id(1).key());
    let contacts: Vec<Contact> = serde_json::from_value(home.done(Request::ContactList)).unwrap();
    let now = home.running.post.clock.now().wall;
    assert_eq!(
        (contacts[0].state.as_str(), contacts[0].last_seen),
        ("connected", Some(now))
    );
}

#[test]
fn the_log_is_read_on_behind_a_line() {
    let home = well();
    let answer = home.done(Request::Log { behind: u64::MAX });
    assert_eq!(answer, Value::Array(vec![]));
}

#[test]
fn a_server_of_later_versions_that_is_gone_is_told_after_two_weeks() {
    let mut home = well();
    let shared = tempfile::tempdir().unwrap();
    let desk = Desk::new(shared.path());
    home.running.updates = Some(desk.clone());
    let now = home.running.post.clock.now().wall;
    let told = |home: &Home, worked: Option<i64>, outcome: Outcome| {
        desk.looked(Some(Look {
            at: now,
            worked: worked.map(|days| now - days * DAY as i64),
            outcome,
        }));
        changes::ring(changes::Kind::Health);
        codes(&health(home)).contains(&"updates-unreachable")
    };
    let failed = || Outcome::Failed("no route".into());
    // Nobody has asked for it.
    assert!(!told(&home, None, failed()));
    let mut config = (*home.running.config()).clone();
    config.choose("updates.nightly", "true").unwrap();
    *home.running.config.write().unwrap() = Arc::new(config);
    assert!(told(&home, None, failed()));
    assert!(told(&home, Some(15), failed()));
    assert!(!told(&home, Some(13), failed()));
    assert!(!told(&home, Some(15), Outcome::Current));
}

#[test]
fn a_nightly_backup_to_the_stick_that_failed_or_was_missed_is_told_until_one_is_there() {
    let home = well();
    let now = home.running.post.clock.now().wall;
    let database = &home.running.database;
    let told = |chosen: Option<&Chosen>, record: &Record| {
        let chosen = chosen.map(Chosen::written);
        database.set_setting(CHOSEN, chosen.as_deref()).unwrap();
        let record = record.written();
        database.set_setting(RECORD, Some(&record)).unwrap();
        changes::ring(changes::Kind::Health);
        let health = health(&home);
        let code = Finding::BackupFailed.word();
        let found = health.findings.iter().find(|f| f.code == code);
        found.map(|f| f.args["reason"].as_str().unwrap().to_owned())
    };
    let mut chosen = Chosen {
        uuid: "1a2b3c4d".into(),
        model: None,
        bytes: 64_000_000_000,
        letters: true,
        nightly: true,
        since: now - 3600,
    };
    let mut record = Record::default();
    assert_eq!(told(None, &record), None);
    assert_eq!(told(Some(&chosen), &record), None);
    chosen.since = now - 3 * DAY as i64;
    assert_eq!(told(Some(&chosen), &record).as_deref(), Some("missed"));
    record.last = Some(Last {
        at: now - DAY as i64,
        name: "x.tar".into(),
        bytes: 5,
        kept: 1,
        free: 5,
    });
    assert_eq!(told(Some(&chosen), &record), None);
    for why in Why::ALL {
        record.failed = Some(Failed {
            at: now,
            why,
            said: "because".into(),
        });
        assert_eq!(told(Some(&chosen), &record).as_deref(), Some(why.word()));
    }
    // Nobody waits for it.
    chosen.nightly = false;
    assert_eq!(told(Some(&chosen), &record), None);

    // Restored where nobody says which sticks there are: there is no page for it, either.
    let mut home = well();
    home.running.sticks = false;
    chosen.nightly = true;
    let database = &home.running.database;
    database
        .set_setting(CHOSEN, Some(&chosen.written()))
        .unwrap();
    database
        .set_setting(RECORD, Some(&record.written()))
        .unwrap();
    assert!(!codes(&health(&home)).contains(&Finding::BackupFailed.word()));
}
