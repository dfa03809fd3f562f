//! Item: what a home is to the others stays right over the years: a new Tox ID, new people, a new box, a box too many.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "support/client.rs"]
mod client;
#[path = "support/home.rs"]
mod home;
#[path = "support/netns.rs"]
mod netns;

use std::time::Duration;

use home::{Home, Node, Plan, is_connected, pair, wait_for};
use rusqlite::{Connection, OpenFlags};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

const LONG: Duration = Duration::from_secs(120);

/// A running home at the given bootstrap node.
fn home_at(node: &Node, name: &str, members: &[&'static str]) -> Home {
    let plan = Plan {
        settings: vec![("tox", format!("bootstrap = [ {} ]", node.entry))],
        members: members.to_vec(),
        ..Plan::default()
    };
    let mut home = Home::new(name, plan);
    home.start();
    home
}

/// What stands in a home's database: the first value of the first row.
fn row<T: rusqlite::types::FromSql>(home: &Home, sql: &str) -> Option<T> {
    let path = home.path().join("toxmail.db");
    let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    database.busy_timeout(Duration::from_secs(10)).unwrap();
    database.query_row(sql, [], |row| row.get(0)).ok()
}

/// The Tox ID that `home` knows of its only contact.
fn known_tox_id(home: &Home) -> Option<String> {
    row(home, "SELECT hex(tox_id) FROM peers")
}

fn nicknames(home: &Home) -> Vec<String> {
    let contacts = home.say(&["contact", "list"]).unwrap();
    let contacts = contacts.as_array().unwrap().iter();
    contacts
        .map(|contact| contact["name"].as_str().unwrap().to_owned())
        .collect()
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value}"))
        .to_owned()
}

#[test]
fn a_new_tox_id_and_new_people_reach_the_paired_home_by_themselves() {
    netns::enter_loopback_namespace();
    let node = Node::start("127.0.0.1", 33400);
    let mut garden = home_at(&node, "garden", &["anna"]);
    let mut mill = home_at(&node, "mill", &["bob"]);
    pair(&garden, &mill);
    let learns = |mill: &Home, what: &str, id: &str| {
        wait_for(what, LONG, || {
            (known_tox_id(mill).as_deref() == Some(id)).then_some(())
        });
    };
    let old = text(&garden.status("tox_id"));
    learns(&mill, "the first Tox ID", &old);

    let open = garden.say(&["invite"]).unwrap();
    let renewed = garden.say(&["tox-id", "renew"]).unwrap();
    let new = text(&renewed["tox_id"]);
    assert_ne!(new, old);
    assert_eq!(new[..64], old[..64], "the key stays");
    assert_eq!(garden.status("tox_id"), new.as_str());
    assert_eq!(renewed["outdated_invitations"], json!([open["id"]]));
    let invitations = garden.say(&["invite", "list"]).unwrap();
    let states: Vec<&Value> = invitations
        .as_array()
        .unwrap()
        .iter()
        .map(|i| &i["state"])
        .collect();
    assert_eq!(states, ["used", "outdated"]);
    learns(&mill, "the renewed Tox ID", &new);

    // It survives a kill, and a home that was off learns it when it is back.
    garden.kill();
    garden.start();
    assert_eq!(garden.status("tox_id"), new.as_str());
    mill.stop();
    let newer = text(&garden.say(&["tox-id", "renew"]).unwrap()["tox_id"]);
    mill.start();
    learns(&mill, "the Tox ID that was renewed meanwhile", &newer);

    // Who moves in is announced; what a person holds back is not.
    garden
        .say_with(&["member", "add", "cleo"], Some("secret-cleo\n"))
        .unwrap();
    let knows = |mill: &Home, name: &str| nicknames(mill).iter().any(|n| n == name);
    wait_for("cleo to be announced", LONG, || {
        knows(&mill, "cleo").then_some(())
    });
    garden
        .say(&["contact", "share", "mill", "nothing"])
        .unwrap();
    wait_for("nobody to be shown any more", LONG, || {
        (row(&mill, "SELECT count(*) FROM directory") == Some(0)).then_some(())
    });
    garden
        .say_with(&["member", "add", "dora"], Some("secret-dora\n"))
        .unwrap();
    let newest = text(&garden.say(&["tox-id", "renew"]).unwrap()["tox_id"]);
    learns(&mill, "what is told after dora", &newest);
    assert!(!knows(&mill, "dora"), "{:?}", nicknames(&mill));
    garden.say(&["contact", "share", "mill", "all"]).unwrap();
    wait_for("dora to be announced", LONG, || {
        knows(&mill, "dora").then_some(())
    });
    assert!(is_connected(&garden, &mill));
}

fn letter(from: &str, to: &str, subject: &str) -> Vec<u8> {
    format!("From: {from}@toxmail.local\r\nTo: <{to}>\r\nSubject: {subject}\r\nMessage-ID: <{subject}@test>\r\n\r\nhello\r\n")
        .into_bytes()
}

fn send(home: &Home, to: &str, subject: &str) -> std::io::Result<String> {
    let mut line = client::submission(home.address("submissions"), "anna", "secret-anna")?;
    client::send(
        &mut line,
        "anna@toxmail.local",
        &[to],
        &letter("anna", to, subject),
    )
}

#[track_caller]
fn accepts(home: &Home, to: &str, subject: &str) {
    let reply = send(home, to, subject).unwrap();
    assert!(reply.starts_with("250"), "{reply}");
}

/// The subjects of the letters in a member's INBOX, without the question about who knocks here.
fn subjects(home: &Home, member: &str) -> Vec<String> {
    let letters = home.letters(member).into_iter();
    let mut subjects: Vec<String> = letters
        .filter_map(|letter| {
            let letter = String::from_utf8_lossy(&letter).into_owned();
            let line = letter.lines().find(|line| line.starts_with("Subject: "))?;
            Some(line["Subject: ".len()..].to_owned())
        })
        .filter(|subject| !subject.ends_with("would like to write to you"))
        .collect();
    subjects.sort();
    subjects
}

#[track_caller]
fn arrives(home: &Home, member: &str, subject: &str) {
    wait_for(subject, LONG, || {
        subjects(home, member)
            .iter()
            .any(|s| s == subject)
            .then_some(())
    });
}

fn contact(home: &Home, name: &str) -> Value {
    let contacts = home.say(&["contact", "list"]).unwrap();
    let contacts = contacts.as_array().unwrap().iter();
    let mut these = contacts.filter(|contact| contact["name"] == name);
    these.next().cloned().unwrap_or(Value::Null)
}

#[test]
fn a_home_moves_to_a_new_box_and_its_letters_follow_once_a_person_says_so() {
    netns::enter_loopback_namespace();
    let node = Node::start("127.0.0.1", 33400);
    let garden = home_at(&node, "garden", &["anna"]);
    let mut mill = home_at(&node, "mill", &["bob"]);
    let new_mill = home_at(&node, "mill", &["bob"]);
    pair(&garden, &mill);
    let (old_key, new_key) = (mill.status("key"), new_mill.status("key"));
    let old_address = mill.canonical("bob");
    wait_for("bob in the contacts", LONG, || {
        (contact(&garden, "bob") != Value::Null).then_some(())
    });

    mill.say(&["move", "announce", &text(&new_mill.status("tox_id"))])
        .unwrap();
    let moves = || garden.say(&["move", "list"]).unwrap();
    wait_for("the announcement", LONG, || {
        (moves() != json!([])).then_some(())
    });
    assert_eq!(
        (
            &moves()[0]["name"],
            &moves()[0]["state"],
            &moves()[0]["new_key"]
        ),
        (&json!("mill"), &json!("open"), &new_key)
    );
    arrives(&garden, "anna", "mill says that it has a new box");
    let words_here = text(&moves()[0]["words"]);
    assert_eq!(words_here.split(' ').count(), 8, "{words_here}");
    // It knocks there, and whoever lives there decides.
    wait_for("the request at the new box", LONG, || {
        let requests = new_mill.say(&["contact", "requests"]).unwrap();
        (requests[0]["key"] == garden.status("key")).then_some(())
    });
    new_mill
        .say(&["contact", "accept", &text(&garden.status("key"))])
        .unwrap();
    wait_for("the new box to be connected", LONG, || {
        (is_connected(&garden, &new_mill) && is_connected(&new_mill, &garden)).then_some(())
    });
    // What a person compares: the same words at the new box.
    let garden_there = new_mill.say(&["contact", "list"]).unwrap();
    let garden_there = text(&garden_there[0]["name"]);
    let words_there = new_mill.say(&["contact", "words", &garden_there]).unwrap();
    assert_eq!(text(&words_there["words"]), words_here);
    assert_eq!(contact(&garden, "bob")["key"], old_key);
    accepts(&garden, "bob@tox", "before");
    arrives(&mill, "bob", "before");
    // Its receipt, too: what may lie on the old box's disk stays with the old box.
    wait_for("the receipt", LONG, || {
        garden.queue_is_empty().then_some(())
    });

    // Waiting for the old box, and then confirmed.
    mill.stop();
    wait_for("the old box to be off", LONG, || {
        (contact(&garden, "mill")["state"] != "connected").then_some(())
    });
    accepts(&garden, "bob@tox", "waiting");
    let moved = garden.say(&["move", "confirm", "mill"]).unwrap();
    assert_eq!(moved["letters"], 1, "{moved}");
    arrives(&new_mill, "bob", "waiting");
    assert_eq!(contact(&garden, "bob")["key"], new_key);
    let shown = |name: &str| garden.say(&["contact", "show", name]).unwrap()["verified"].clone();
    assert_eq!(shown("bob"), json!(true));
    assert_eq!(shown(&text(&moved["old_name"])), json!(false));
    assert_eq!(moves()[0]["words"], Value::Null);
    accepts(&garden, "bob@tox", "after");
    accepts(&garden, &old_address, "to the old address");
    for subject in ["after", "to the old address"] {
        arrives(&new_mill, "bob", subject);
    }
    wait_for("an empty queue", LONG, || {
        garden.queue_is_empty().then_some(())
    });

    // The old box comes back: it has what it had, and each letter was one.
    mill.start();
    wait_for("the old box to be back", LONG, || {
        is_connected(&mill, &garden).then_some(())
    });
    assert_eq!(subjects(&mill, "bob"), ["before"]);
    assert_eq!(
        subjects(&new_mill, "bob"),
        ["after", "to the old address", "waiting"]
    );
    let old = text(&moved["old_name"]);
    assert_eq!(contact(&garden, &old)["key"], old_key);
    garden.say(&["contact", "remove", &old]).unwrap();
    accepts(&garden, "bob@tox", "at last");
    arrives(&new_mill, "bob", "at last");
}

#[test]
fn a_home_that_announces_somebody_elses_key_gets_nothing_by_it() {
    netns::enter_loopback_namespace();
    let node = Node::start("127.0.0.1", 33400);
    let garden = home_at(&node, "garden", &["anna"]);
    let bank = home_at(&node, "bank", &["clerk"]);
    let mallory = home_at(&node, "mallory", &["eve"]);
    pair(&garden, &bank);
    pair(&garden, &mallory);
    wait_for("both in the contacts", LONG, || {
        ["clerk", "eve"]
            .iter()
            .all(|name| contact(&garden, name) != Value::Null)
            .then_some(())
    });
    let before = nicknames(&garden);

    // "I am the bank now", and "the bank is me" is nothing that it could say at all.
    mallory
        .say(&["move", "announce", &text(&bank.status("tox_id"))])
        .unwrap();
    wait_for("the announcement", LONG, || {
        garden.log().contains("does not count").then_some(())
    });
    assert_eq!(garden.say(&["move", "list"]).unwrap(), json!([]));
    assert!(garden.say(&["move", "confirm", "mallory"]).is_err());
    assert!(garden.say(&["move", "confirm", "bank"]).is_err());
    assert_eq!(nicknames(&garden), before);
    assert_eq!(contact(&garden, "clerk")["key"], bank.status("key"));
    accepts(&garden, "clerk@tox", "to the bank");
    arrives(&bank, "clerk", "to the bank");
    assert!(subjects(&mallory, "eve").is_empty());
    assert!(subjects(&garden, "anna").is_empty(), "nobody is bothered");
}

#[test]
fn one_home_on_two_boxes_is_noticed_on_both_sides() {
    netns::enter_loopback_namespace();
    let node = Node::start("127.0.0.1", 33400);
    let mut garden = home_at(&node, "garden", &["anna"]);
    let mut mill = home_at(&node, "mill", &["bob"]);
    pair(&garden, &mill);
    wait_for("bob in the contacts", LONG, || {
        (contact(&garden, "bob") != Value::Null).then_some(())
    });
    // What waits when somebody copies the card waits on both.
    let to_anna = garden.canonical("anna");
    garden.stop();
    let mut line = client::submission(mill.address("submissions"), "bob", "secret-bob").unwrap();
    let waits = letter("bob", &to_anna, "waits on both");
    let reply = client::send(&mut line, "bob@toxmail.local", &[&to_anna], &waits).unwrap();
    assert!(reply.starts_with("250"), "{reply}");
    drop(line);
    mill.stop();
    let mut copy = Home::new("copy", Plan::default());
    let copied = std::process::Command::new("cp")
        .args(["-a", "-T"])
        .args([mill.path(), copy.path()])
        .status();
    assert!(copied.unwrap().success());
    garden.start();
    // With which of the two Tox connects the garden, and for how long, is chance. So each sleeps in turn, as a box without a cable.
    let sleeps = |home: &Home, yes: bool| {
        let signal = if yes { Signal::STOP } else { Signal::CONT };
        kill_process(Pid::from_raw(home.pid() as i32).unwrap(), signal).unwrap();
    };
    // A letter that arrives there has heard this box say Hello.
    let meets = |home: &Home, subject: &str| {
        accepts(&garden, "bob@tox", subject);
        arrives(home, "bob", subject);
    };
    mill.start();
    meets(&mill, "to the one");
    sleeps(&mill, true);
    copy.start();
    meets(&copy, "to the other");
    sleeps(&copy, true);
    sleeps(&mill, false);
    let longest = Duration::from_secs(180);
    wait_for("the garden to see two", longest, || {
        garden
            .log()
            .contains("runs on two boxes at once")
            .then_some(())
    });
    sleeps(&copy, false);
    let finds = |home: &Home, words: &str| {
        let found = home.say(&["doctor"]);
        let found = found.map_or_else(|found| found, |found| found.to_string());
        found.contains(words)
    };
    assert!(finds(&garden, "mill runs on two boxes at once"));
    wait_for("one of the two to hear it", longest, || {
        [&mill, &copy]
            .iter()
            .any(|home| finds(home, "garden sees this home on two boxes"))
            .then_some(())
    });
    wait_for("its administrator to be told", LONG, || {
        [&mill, &copy]
            .iter()
            .any(|home| {
                subjects(home, "bob").contains(&"Your home runs on two boxes at once".to_owned())
            })
            .then_some(())
    });

    // Each of the two says it until it hears that the garden has it; the garden has it once.
    for (speaks, sleeping) in [(&mill, &copy), (&copy, &mill)] {
        sleeps(sleeping, true);
        wait_for("one of two to be rid of it", longest, || {
            speaks.queue_is_empty().then_some(())
        });
        sleeps(sleeping, false);
    }
    let count = |home: &Home, member: &str, subject: &str| {
        let subjects = subjects(home, member).into_iter();
        subjects.filter(|one| one == subject).count()
    };
    assert_eq!(count(&garden, "anna", "waits on both"), 1);
    // A letter to the two lies on one of them at least, and on none twice: neither knows what the other has.
    for subject in ["to the one", "to the other"] {
        let found = [&mill, &copy].map(|home| count(home, "bob", subject));
        assert!(
            found == [0, 1] || found == [1, 0] || found == [1, 1],
            "{found:?}"
        );
    }
}

#[test]
fn a_crash_while_a_first_letter_is_taken_leaves_all_of_it_or_nothing() {
    netns::enter_loopback_namespace();
    let node = Node::start("127.0.0.1", 33400);
    let oak = home_at(&node, "oak", &["olga"]);
    let mut garden = home_at(&node, "garden", &["anna"]);
    let address = format!("{}@tox", text(&oak.status("tox_id")));

    for (place, contacts) in [("submission.planned", 0), ("queue.recorded", 1)] {
        garden.stop();
        garden.plan.environment = vec![("TOXMAIL_FAULT_KILL".into(), place.into())];
        garden.start();
        assert!(send(&garden, &address, "first").is_err(), "{place}");
        wait_for("the crash", LONG, || garden.has_ended().then_some(()));
        assert_eq!(
            row(&garden, "SELECT count(*) FROM peers"),
            Some(1),
            "{place}"
        );
        assert_eq!(
            row(&garden, "SELECT count(*) FROM messages"),
            Some(contacts),
            "{place}"
        );
        garden.plan.environment.clear();
        garden.start();
        assert_eq!(nicknames(&garden).len() as i64, contacts, "{place}");
        assert_eq!(garden.queue_size() as i64, contacts, "{place}");
    }
    // Its program hears nothing of the first attempt, and sends again: one letter, and now somebody knocks.
    accepts(&garden, &address, "first");
    wait_for("the request", LONG, || {
        let requests = oak.say(&["contact", "requests"]).unwrap();
        (requests[0]["key"] == garden.status("key")).then_some(())
    });
    oak.say(&["contact", "accept", &text(&garden.status("key"))])
        .unwrap();
    arrives(&oak, "olga", "first");
    wait_for("an empty queue", LONG, || {
        garden.queue_is_empty().then_some(())
    });
    assert_eq!(subjects(&oak, "olga"), ["first"]);

    // Whoever was only written to learns what this home is called, and not who lives there; the other side has accepted.
    wait_for("olga in the contacts", LONG, || {
        (contact(&garden, "olga") != Value::Null).then_some(())
    });
    wait_for("the name of the garden", LONG, || {
        (row::<String>(&oak, "SELECT home_name FROM peers").as_deref() == Some("garden"))
            .then_some(())
    });
    assert_eq!(contact(&oak, "anna"), Value::Null);
    let name = nicknames(&garden)
        .into_iter()
        .find(|name| name != "olga")
        .unwrap();
    garden.say(&["contact", "share", &name, "all"]).unwrap();
    wait_for("anna to be announced", LONG, || {
        (contact(&oak, "anna") != Value::Null).then_some(())
    });
}
