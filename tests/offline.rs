//! A home that is off costs nothing, and has its mail within two seconds of coming back; what was broken off goes on
//! where it stopped.
//!
//! Where bytes are counted there are no TCP relays: a home that is back is found through a relay first, where a letter takes
//! other packets, and which of the two ways it takes would be chance.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "support/client.rs"]
mod client;
#[path = "support/home.rs"]
mod home;
#[path = "support/netns.rs"]
mod netns;
#[path = "support/network.rs"]
mod network;

use std::time::{Duration, Instant};

use home::{Home, Node, Plan, is_connected, pair, wait_for};
use network::{Network, Shape};

/// A home at the given bootstrap node, with one member.
fn home_at(node: &Node, name: &'static str, namespace: Option<String>) -> Home {
    let plan = Plan {
        namespace,
        settings: vec![
            ("tox", format!("bootstrap = [ {} ]", node.entry)),
            ("listen", "metrics = \"127.0.0.1:0\"".into()),
        ],
        members: vec![name],
        ..Plan::default()
    };
    let mut home = Home::new(name, plan);
    home.start();
    home
}

fn letter(to: &str, name: &str, bytes: usize) -> Vec<u8> {
    let mut letter = format!(
        "From: anna@toxmail.local\r\nTo: <{to}>\r\nSubject: {bytes} octets\r\nMessage-ID: <{name}@test>\r\n\r\n"
    )
    .into_bytes();
    let mut state = 1u64;
    while letter.len() < bytes {
        let line: Vec<u8> = (0..74)
            .map(|_| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                b'0' + ((state >> 33) % 64) as u8
            })
            .collect();
        letter.extend_from_slice(&line);
        letter.extend_from_slice(b"\r\n");
    }
    letter
}

/// Hands in a letter; another `name` makes another Message-ID, without which it would be the same letter again.
fn send(home: &Home, to: &str, name: &str, bytes: usize) {
    let mut line = client::submission(home.address("submissions"), "anna", "secret-anna").unwrap();
    let letter = letter(to, name, bytes);
    let reply = client::send(&mut line, "anna@toxmail.local", &[to], &letter).unwrap();
    assert!(reply.starts_with("250"), "{reply}");
}

#[test]
fn an_offline_home_costs_nothing_and_has_its_mail_at_once_when_it_is_back() {
    netns::enter_loopback_namespace();
    let node = Node::start("127.0.0.1", 33400);
    let anna = home_at(&node, "anna", None);
    let mut bob = home_at(&node, "bob", None);
    pair(&anna, &bob);
    let address = bob.canonical("bob");
    // What the same letters take on this machine while both are there.
    let begin = Instant::now();
    for bytes in [2_000, 30_000, 300_000] {
        send(&anna, &address, &format!("before-{bytes}"), bytes);
    }
    wait_for("the letters before", Duration::from_secs(60), || {
        (bob.letters("bob").len() == 3 && anna.queue_is_empty()).then_some(())
    });
    let longest = Duration::from_secs(2).max(begin.elapsed() * 3);
    bob.stop();
    wait_for("bob to be seen offline", Duration::from_secs(90), || {
        (!is_connected_by_name(&anna)).then_some(())
    });

    for bytes in [2_000, 30_000, 300_000] {
        send(&anna, &address, &bytes.to_string(), bytes);
    }
    assert_eq!(anna.queue_size(), 3);
    // A retry storm would show at once: watched for as long as the first backoff steps of most mail servers would take.
    let (wakes, calls) = idle_counts(&anna);
    let watched = Duration::from_secs(8);
    std::thread::sleep(watched);
    let (wakes_after, calls_after) = idle_counts(&anna);
    let a_second = (wakes_after - wakes) as f64 / watched.as_secs_f64();
    assert!(a_second <= 25.0, "{a_second:.1} wake-ups a second");
    assert_eq!(calls_after, calls, "Tox was called for a home that is off");
    let queue = anna.say(&["queue", "list"]).unwrap();
    assert_eq!(queue.as_array().unwrap().len(), 3, "{queue}");
    assert_eq!(queue[0]["recipients"][0]["attempts"], 0, "{queue}");

    bob.start();
    let seen = wait_for("bob to come online", Duration::from_secs(120), || {
        is_online(&anna).then(Instant::now)
    });
    wait_for("the letters", Duration::from_secs(60), || {
        (bob.letters("bob").len() == 6).then_some(())
    });
    let took = seen.elapsed();
    assert!(
        took < longest,
        "{took:?} after bob was online, not {longest:?}"
    );
    eprintln!("{a_second:.1} wake-ups a second; 3 letters {took:?} after the peer came online");
}

/// Status counters of an idle home.
fn idle_counts(home: &Home) -> (u64, u64) {
    let status = home.say(&["status"]).unwrap();
    let number = |key: &str| status[key].as_u64().unwrap();
    (number("tox_wakes"), number("tox_calls"))
}

fn is_connected_by_name(home: &Home) -> bool {
    contact_states(home)
        .iter()
        .any(|state| state == "connected" || state == "online")
}

fn is_online(home: &Home) -> bool {
    is_connected_by_name(home)
}

fn contact_states(home: &Home) -> Vec<String> {
    let contacts = home.say(&["contact", "list"]).unwrap();
    let states = contacts.as_array().unwrap().iter();
    states
        .map(|c| c["state"].as_str().unwrap_or("").to_owned())
        .collect()
}

#[test]
fn fifty_megabytes_broken_off_three_times_go_on_where_they_stopped() {
    break_off(&[(15, "bob"), (35, "bob"), (55, "bob")]);
}

/// Without a relay it may take minutes until a home that has started again is found by one that never was away.
#[test]
#[ignore = "minutes"]
fn long_fifty_megabytes_go_on_when_their_sender_starts_again() {
    break_off(&[(15, "bob"), (35, "anna"), (55, "bob")]);
}

fn break_off(breaks: &[(u64, &str)]) {
    // As fast as a home's network may be; faster, as on loopback, more would be under way when it breaks than counts.
    let shape = Shape {
        megabits: 50.0,
        rtt_ms: 20.0,
        loss: 0.0,
    };
    let network = Network::start(&["anna", "bob", "node"], &[("anna", "bob")], shape);
    let mut node = Node::start_in(
        Some(&network.namespace("node")),
        &network.address("node"),
        33400,
    );
    // No relays: see the top.
    let tcp_ports = node.entry.find(", tcp_ports").unwrap();
    node.entry.replace_range(tcp_ports.., " }");
    let home = |name| home_at(&node, name, Some(network.namespace(name)));
    let (mut anna, mut bob) = (home("anna"), home("bob"));
    pair(&anna, &bob);
    let address = bob.canonical("bob");
    let size = 50_000_000;

    // How much the way itself costs is what a letter of the same size takes when nothing breaks.
    let mut crossed = |name: &str, breaks: &[(u64, &str)]| {
        let before = bob.letter_files("bob").len();
        let start = network.received("bob");
        network.inside("anna", || send(&anna, &address, name, size));
        let mut moved = Vec::new();
        for (part, killed) in breaks {
            wait_for("a part to arrive", Duration::from_secs(120), || {
                (partial(&bob) >= size as u64 * part / 100).then_some(())
            });
            let home = if *killed == "anna" {
                &mut anna
            } else {
                &mut bob
            };
            home.kill();
            let kept = partial(&bob);
            assert!(kept >= size as u64 * part / 100, "what came is kept");
            moved.push((*killed, kept, network.received("bob") - start));
            let home = if *killed == "anna" {
                &mut anna
            } else {
                &mut bob
            };
            home.start();
            wait_for("the homes to meet again", Duration::from_secs(300), || {
                (is_connected(&anna, &bob) && is_connected(&bob, &anna)).then_some(())
            });
        }
        wait_for("the letter", Duration::from_secs(180), || {
            (bob.letter_files("bob").len() == before + 1).then_some(())
        });
        eprintln!("broken off (who was killed, kept, bytes on the wire): {moved:?}");
        network.received("bob") - start
    };
    let whole = crossed("whole", &[]);
    let broken = crossed("broken", breaks);
    let ratio = broken as f64 / whole as f64;
    eprintln!("{whole} bytes on the wire whole, {broken} broken off three times: {ratio:.3}");
    // What is under way when a home is killed is lost: at most what the link and its queue hold, 0.75 MB each time. Whoever began
    // anew even once would be beyond 1.15. The exact bytes are held by the transfer's own tests, on a virtual clock.
    assert!(ratio <= 1.10, "{ratio:.3} times the bytes");
}

/// Bytes of transfers that are not whole yet.
fn partial(home: &Home) -> u64 {
    let Ok(entries) = std::fs::read_dir(home.path().join("incoming")) else {
        return 0;
    };
    entries
        .flatten()
        .filter_map(|e| e.metadata().ok())
        .map(|m| m.len())
        .sum()
}
