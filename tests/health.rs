//! What the home's page is told, on whole homes: a letter on a slow link is seen on its way, the days are counted at both ends, and
//! who looks wakes nobody.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "support/client.rs"]
mod client;
#[path = "support/home.rs"]
mod home;
#[path = "support/network.rs"]
mod network;

use std::time::{Duration, Instant};

use home::{Home, Node, Plan, pair, wait_for};
use network::{Network, Shape};
use serde_json::Value;

const BYTES: usize = 5_000_000;

/// How often the Tox thread woke in a while in which somebody does something.
fn wakes(home: &Home, act: impl Fn()) -> u64 {
    let now = || home.status("tox_wakes").as_u64().unwrap();
    let (before, begin) = (now(), Instant::now());
    while begin.elapsed() < Duration::from_secs(6) {
        act();
    }
    now() - before
}

#[test]
fn a_letter_is_seen_on_its_way_and_who_looks_wakes_nobody() {
    let network = Network::start(&["anna", "bob", "node"], &[("anna", "bob")], Shape::SLOW);
    let node = Node::start_in(
        Some(&network.namespace("node")),
        &network.address("node"),
        33400,
    );
    let home_of = |name: &'static str| {
        let plan = Plan {
            namespace: Some(network.namespace(name)),
            settings: vec![("tox", format!("bootstrap = [ {} ]", node.entry))],
            members: vec![name],
            ..Plan::default()
        };
        let mut home = Home::new(name, plan);
        home.start();
        home
    };
    let (anna, bob) = (home_of("anna"), home_of("bob"));
    pair(&anna, &bob);
    let key = bob.status("key");

    let contacts = anna.say(&["contact", "list"]).unwrap();
    let contact = contacts
        .as_array()
        .unwrap()
        .iter()
        .find(|c| c["key"] == key);
    let contact = contact.unwrap();
    assert!(
        ["udp", "tcp"].contains(&contact["connection"].as_str().unwrap()),
        "{contact}"
    );
    let health = anna.say(&["health"]).unwrap();
    assert_ne!(health["tox"]["connection"], "offline", "{health}");
    assert_eq!(
        health["tox"]["peers_direct"].as_u64().unwrap()
            + health["tox"]["peers_relayed"].as_u64().unwrap(),
        1,
        "{health}"
    );

    // Everything that a page asks for, again and again.
    let idle = wakes(&anna, || std::thread::sleep(Duration::from_millis(200)));
    let asked = std::cell::Cell::new(0u64);
    let looking = wakes(&anna, || {
        for words in [
            &["health"][..],
            &["queue", "list"],
            &["contact", "list"],
            &["timeline"],
            &["log"],
        ] {
            anna.say(words).unwrap();
            asked.set(asked.get() + 1);
        }
    });
    eprintln!(
        "{idle} wakes in 6 s, {looking} while {} questions were answered",
        asked.get()
    );
    assert!(
        looking <= idle * 2 + asked.get() / 4,
        "{looking} wakes after {idle}"
    );

    let to = bob.canonical("bob");
    network.inside("anna", || {
        let mut line =
            client::submission(anna.address("submissions"), "anna", "secret-anna").unwrap();
        let letter = client::dense_letter(&to, "A film of s3cret things", BYTES);
        let reply = client::send(&mut line, "anna@toxmail.local", &[&to], &letter).unwrap();
        assert!(reply.starts_with("250"), "{reply}");
    });
    let mut seen: Vec<Value> = Vec::new();
    let (mut shown, mut counted) = (String::new(), Value::Null);
    wait_for("the letter", Duration::from_secs(180), || {
        let list = anna.say(&["queue", "list", "--moving"]).unwrap();
        if let Some(letter) = list.as_array().unwrap().first() {
            assert_eq!(letter["member"], "anna", "{letter}");
            assert!(letter["subject"].is_null(), "{letter}");
            let progress = &letter["recipients"][0]["progress"];
            if progress["total"].as_u64().unwrap() > 0 {
                seen.push(progress.clone());
            }
            if seen.len() == 10 {
                shown = read(&anna, &["queue", "list"]);
                counted = anna.say(&["queue", "count"]).unwrap();
            }
        }
        (bob.letter_files("bob").len() == 1).then_some(())
    });

    let number = |progress: &Value, key: &str| progress[key].as_u64().unwrap_or(0);
    let sent: Vec<u64> = seen.iter().map(|p| number(p, "sent")).collect();
    let total = number(&seen[0], "total");
    eprintln!("{} looks, of {total} bytes: {sent:?}", sent.len());
    assert!(
        (3_000_000..=BYTES as u64 + 2000).contains(&total),
        "{total}"
    );
    assert!(sent.is_sorted(), "{sent:?}");
    let mut steps = sent.clone();
    steps.dedup();
    assert!(steps.len() >= 8, "{sent:?}");
    assert!(
        sent[0] < total / 2 && sent[sent.len() - 1] <= total,
        "{sent:?}"
    );
    // In the middle the link's speed is known, and with it how long it takes.
    let middle = seen.iter().find(|p| number(p, "sent") > total / 2).unwrap();
    let speed = number(middle, "bytes_per_second");
    assert!((50_000..1_500_000).contains(&speed), "{middle}");
    let left = number(middle, "seconds_left");
    assert_eq!(
        left,
        (total - number(middle, "sent")).div_ceil(speed),
        "{middle}"
    );
    let since = middle["since"].as_i64().unwrap();
    let now = std::time::SystemTime::now();
    let now = now.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() as i64;
    assert!((0..300).contains(&(now - since)), "{middle}");
    assert!(shown.contains("/s, ") && shown.contains(" left"), "{shown}");
    assert_eq!(counted["on_their_way"], 1, "{counted}");

    // Counted once, at both ends.
    wait_for("the receipt", Duration::from_secs(60), || {
        anna.queue_is_empty().then_some(())
    });
    // Of two days: midnight may have come between.
    let today = |home: &Home| {
        let days = home.say(&["timeline", "--days", "2"]).unwrap();
        let mut days = days.as_array().unwrap().iter();
        let of_it = |day: &&Value| {
            day["sent"]["direct"]["letters"] == 1 || day["received"]["direct"]["letters"] == 1
        };
        days.find(of_it).unwrap().clone()
    };
    let (at_anna, at_bob) = (today(&anna), today(&bob));
    assert_eq!(at_anna["sent"]["direct"]["letters"], 1, "{at_anna}");
    assert_eq!(at_bob["received"]["direct"]["letters"], 1, "{at_bob}");
    assert!(at_bob["received"]["direct"]["bytes"].as_u64().unwrap() >= BYTES as u64);
    assert_eq!(at_anna["received"], at_bob["sent"], "nothing else went");

    // The log tells of it, and nothing of what was in it.
    let log = anna.say(&["log"]).unwrap();
    let text = log.to_string();
    assert!(
        text.contains("on its way") && text.contains("receipt"),
        "{text}"
    );
    assert!(
        !text.contains("s3cret") && !text.contains("secret-anna"),
        "{text}"
    );
    let last = log.as_array().unwrap().last().unwrap()["number"].to_string();
    let behind = anna.say(&["log", "--behind", &last]).unwrap();
    assert!(behind.as_array().unwrap().len() < log.as_array().unwrap().len());
}

/// What a person reads.
fn read(home: &Home, words: &[&str]) -> String {
    let output = std::process::Command::new(home::toxmaild())
        .args(words)
        .arg("--data")
        .arg(home.path())
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}
