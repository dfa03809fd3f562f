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
