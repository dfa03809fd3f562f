//! What an open page hears, on whole homes: a letter that waits, moves and ends, seen by its writer and by nobody else.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "support/client.rs"]
mod client;
#[path = "support/home.rs"]
mod home;
#[path = "support/network.rs"]
mod network;
#[path = "support/page.rs"]
mod page;

use std::time::{Duration, Instant};

use home::{Home, Node, Plan, pair};
use network::{Network, Shape};
use page::{Heard, Visitor};

const BYTES: usize = 4_000_000;
const LONG: Duration = Duration::from_secs(180);

/// What stands between two words.
fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    Some(text.split_once(before)?.1.split_once(after)?.0)
}

/// Events until one of that name says `words`; all of that name.
fn hear(stream: &mut Heard, name: &str, words: &str) -> Vec<String> {
    let (mut heard, begin) = (Vec::new(), Instant::now());
    loop {
        let event = stream.next(LONG);
        let (what, data) = event.unwrap_or_else(|| panic!("no {words} in {name}: {heard:?}"));
        assert!(begin.elapsed() < LONG, "no {words} in {name}: {heard:?}");
        assert_ne!(what, "gone");
        if what == name {
            let last = data.contains(words);
            heard.push(data);
            if last {
                return heard;
            }
        }
    }
}

#[test]
fn an_open_page_sees_a_letter_wait_and_move_and_end_until_its_reader_logs_out() {
    let mut network = Network::start(&["anna", "bob", "node"], &[("anna", "bob")], Shape::SLOW);
    let node = Node::start_in(
        Some(&network.namespace("node")),
        &network.address("node"),
        33400,
    );
    // Not as a relay, by which the letter would go around the slow link.
    let (host, key) = (network.address("node"), &node.key);
    let entry = format!("{{ host = \"{host}\", port = 33400, key = \"{key}\" }}");
    let home_of = |name: &'static str, members: &[&'static str]| {
        let plan = Plan {
            namespace: Some(network.namespace(name)),
            settings: vec![
                ("tox", format!("bootstrap = [ {entry} ]")),
                ("listen", "https = \"127.0.0.1:0\"".into()),
            ],
            members: members.to_vec(),
            ..Plan::default()
        };
        let mut home = Home::new(name, plan);
        home.start();
        home
    };
    let (mut anna, bob) = (home_of("anna", &["anna", "ben"]), home_of("bob", &["bob"]));
    pair(&anna, &bob);
    let to = bob.canonical("bob");

    let (mut hers, ben, mut annas, mut bens) = network.inside("anna", || {
        let https = anna.address("https");
        assert_eq!(Visitor::new(https).listen().err(), Some(403));
        let (hers, ben) = (
            Visitor::logged_in(https, "anna"),
            Visitor::logged_in(https, "ben"),
        );
        let (annas, bens) = (hers.listen().unwrap(), ben.listen().unwrap());
        (hers, ben, annas, bens)
    });
    hear(&mut annas, "letters", "No letter waits.");
    hear(&mut annas, "online", "bob");
    hear(&mut annas, "days", "No letter came or went.");
    hear(&mut bens, "days", "No letter came or went.");

    // Bob's box is off: the letter waits.
    network.cut("bob");
    hear(&mut annas, "online", "Nobody is there right now.");
    network.inside("anna", || {
        let mut line =
            client::submission(anna.address("submissions"), "anna", "secret-anna").unwrap();
        let letter = client::dense_letter(&to, "A film of s3cret things", BYTES);
        let reply = client::send(&mut line, "anna@toxmail.local", &[&to], &letter).unwrap();
        assert!(reply.starts_with("250"), "{reply}");
    });
    let waits = hear(&mut annas, "letters", "One letter is on its way.");
    assert!(!waits.last().unwrap().contains("<progress"), "{waits:?}");

    // It is on again: the letter moves.
    network.join("bob");
    let moves = hear(&mut annas, "letters", "No letter waits.");
    let mut bars = Vec::new();
    for part in &moves {
        if let Some(sent) = between(part, " value=\"", "\"") {
            assert!(part.contains("A film of s3cret things"), "{part}");
            bars.push(sent.parse::<u64>().unwrap());
        }
    }
    eprintln!("{} bars: {bars:?}", bars.len());
    let mut steps = bars.clone();
    steps.dedup();
    assert!(bars.is_sorted() && steps.len() >= 4, "{bars:?}");
    assert!(
        moves.iter().any(|part| part.contains("per second")),
        "{moves:?}"
    );
    // And it is counted: in the chart of who looks after the home.
    hear(&mut annas, "days", "Sent: 1 (directly 1,");

    // Ben hears nothing of it. Logging out ends a stream, though nothing changes in the home.
    network.inside("anna", || {
        let page = hers.get("/");
        assert_eq!(page.status, 200);
        assert_eq!(hers.post("/logout", &[]).status, 303);
    });
    let last = loop {
        match annas.next(Duration::from_secs(90)) {
            Some((name, data)) if name == "gone" => break data,
            Some(_) => {}
            None => panic!("the stream goes on after logging out"),
        }
    };
    assert_eq!(last.trim(), "");
    assert!(annas.next(Duration::from_secs(20)).is_none());

    // A stop ends the other at once.
    let took = anna.stop();
    assert!(took < Duration::from_secs(8), "{took:?}");
    let mut heard = String::new();
    while let Some((name, data)) = bens.next(Duration::from_secs(20)) {
        assert_ne!(name, "gone");
        heard.push_str(&data);
    }
    assert!(heard.contains("Who is there"), "{heard}");
    assert!(
        !heard.contains("s3cret") && !heard.contains("<progress"),
        "{heard}"
    );
    drop(ben);
}
