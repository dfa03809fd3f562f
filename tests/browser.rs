//! The home's page as people see it: in Debian's Chromium, by mouse and by keyboard, with JavaScript and without, on a
//! telephone, a tablet and a desk, in light and in dark.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "support/browser.rs"]
mod browser;
#[path = "support/client.rs"]
mod client;
#[path = "support/home.rs"]
mod home;
#[path = "support/netns.rs"]
mod netns;
#[path = "support/network.rs"]
mod network;
#[path = "support/provider.rs"]
mod provider;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use browser::{Browser, HOST, Scene};
use home::{Home, Node, Plan, is_connected, nobody, pair, wait_for};
use network::{Network, Shape, within};
use provider::{Authority, PORTS, Postfix, quoted};

#[test]
fn a_visitor_notices_what_is_wrong_with_a_page() {
    netns::enter_loopback_namespace();
    Scene::nowhere("faults").play_with(&Browser::new(), |what| {
        let number = what["double"].as_u64().ok_or("no number")?;
        Ok(json!(number * 2))
    });
}

/// A home with its page, where Anna (who looks after it) and Ben live.
fn home() -> Home {
    home_called("garden")
}

fn home_called(name: &str) -> Home {
    let mut home = home_planned(name);
    home.start();
    home
}

fn home_planned(name: &str) -> Home {
    netns::enter_loopback_namespace();
    let plan = Plan {
        settings: vec![
            ("home", format!("name = {name:?}")),
            ("tox", "bootstrap = []".into()),
            ("listen", "http = \"127.0.0.1:0\"".into()),
            ("listen", "https = \"127.0.0.1:0\"".into()),
            ("listen", "imaps = \"127.0.0.1:0\"".into()),
        ],
        members: vec!["anna", "ben"],
        ..Plan::default()
    };
    Home::new("garden", plan)
}

/// What only a box has, in a folder: another version was brought and failed, and the networks near it have the worst names.
fn as_on_a_box(folder: &Path) -> Vec<&'static str> {
    let mut options = Vec::new();
    for (option, name, state) in [
        (
            "--updates",
            "update",
            "phase=fell-back\nversion=0.0.1\nfrom=0.1.0\nat=5\nwhy=<script>alert(1)</script>\n",
        ),
        (
            "--network",
            "network",
            "link=wifi\naddress=192.168.1.23\nhardware=yes\nname=<script>alert(1)</script>\nsignal=-80\n\
             saved=\"WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW\"\ncountry=JP\nphase=wrong-password\nasked=3c696d673e\nthen=back\n",
        ),
    ] {
        let shared = folder.join(name);
        fs::create_dir_all(shared.join("inbox")).unwrap();
        fs::write(shared.join("state"), state).unwrap();
        options.extend([option, shared.to_str().unwrap().to_owned().leak()]);
    }
    let near = "-50\t[WPA2-PSK-CCMP][ESS]\t<img src=x onerror=alert(1)>\n-60\t[ESS]\tWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW\n\
        -70\t[RSN-SAE-CCMP][ESS]\t\\xe2\\x80\\xaeleft\\n\\xff\n";
    fs::write(folder.join("network/networks"), near).unwrap();
    options
}

/// Who logs in.
fn anna() -> serde_json::Value {
    json!({ "name": "anna", "password": "secret-anna" })
}

#[test]
fn a_member_logs_in_and_out_and_nobody_else_does() {
    let home = home();
    let scene = Scene::at(&home, "login").told(anna());
    let notes = scene.play(&Browser::of(&home));
    println!("the first page weighs {} bytes", notes["bytes"]);
}

#[test]
fn the_page_speaks_four_languages() {
    let home = home();
    let scene = Scene::at(&home, "languages").told(anna());
    scene.play(&Browser::of(&home));
}

#[test]
fn what_is_not_served_is_said_in_words() {
    let home = home();
    let scene = Scene::at(&home, "errors").told(anna());
    scene.play(&Browser::of(&home));
}

#[test]
fn without_tls_the_page_shows_the_way_and_asks_for_nothing() {
    let home = home();
    let secure = Scene::at(&home, "plain");
    let told = json!({ "secure": secure.origin });
    let scene = secure.told(told).over_http(&home);
    scene.play(&Browser::of(&home));
}

#[test]
fn other_websites_in_the_same_browser_can_do_nothing() {
    let home = home();
    let read = |name: &str| fs::read_to_string(home.path().join("tls").join(name)).unwrap();
    let (certificate, key) = (read("server.pem"), read("server.key"));
    let plain = format!("http://{HOST}:{}", home.address("http").port());
    let stranger = "stranger.example";
    let scene = Scene {
        names: vec![HOST, stranger],
        ..Scene::at(&home, "elsewhere")
    };
    let told = json!({
        "name": "anna", "password": "secret-anna",
        "certificate": certificate, "key": key, "plain": plain, "stranger": stranger,
    });
    scene.told(told).play(&Browser::of(&home));
}

#[test]
fn a_password_is_changed_and_logins_elsewhere_end() {
    let home = home();
    let told = json!({
        "name": "anna", "password": "secret-anna",
        "other": { "name": "ben", "password": "secret-ben" },
    });
    let scene = Scene::at(&home, "security").told(told);
    scene.play(&Browser::of(&home));
}

#[test]
fn every_page_that_a_link_leads_to_is_whole() {
    everywhere("off", None);
}

#[test]
fn every_page_that_a_link_leads_to_is_whole_with_javascript() {
    everywhere("on", None);
}

#[test]
fn every_page_that_a_link_leads_to_is_whole_in_every_language() {
    everywhere("off", Some(&["fr", "de", "es"]));
}

/// In a home where everybody has chosen the worst names.
fn everywhere(java_script: &str, languages: Option<&[&str]>) {
    let box_folders = tempfile::tempdir().unwrap();
    let mut home = home_planned("<i>garden</i><img src=x onerror=alert(1)>");
    home.plan.options = as_on_a_box(box_folders.path());
    home.start();
    // What a script would like to be, what has no space to break at, what turns the line about.
    let names = [
        "<script>alert(1)</script>",
        "'\"><img src=x onerror=alert(1)>",
        "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
        "\u{202e}left to right\u{2066}",
    ];
    for (i, name) in names.iter().enumerate() {
        let email = format!("a{i}@x.example");
        home.say(&["contact", "add", name, "--email", &email])
            .unwrap();
        let member = format!("person{i}");
        let add = ["member", "add", &member, "--display", name];
        home.say_with(&add, Some("secret-person\n")).unwrap();
        home.say(&["member", "device", "add", "anna", name])
            .unwrap();
    }
    // Two letters wait for a home that never comes.
    home.say(&["contact", "add", "far", "--tox", &nobody(7)])
        .unwrap();
    for subject in [names[0], names[2]] {
        let letter = json!({
            "login": "anna", "password": "secret-anna", "to": "far@tox", "subject": subject,
        });
        send(&home, &letter).unwrap();
    }
    home.say(&["invite"]).unwrap();
    let people = json!({ "anna": "secret-anna", "ben": "secret-ben" });
    let told = json!({ "people": people, "languages": languages });
    let scene = Scene::at(&home, "everywhere").told(told);
    let scene = scene.java_script(std::slice::from_ref(&java_script));
    let notes = scene.play(&Browser::of(&home));
    for page in ["/admin/update", "/admin/network"] {
        let seen = notes["anna"].as_array().unwrap();
        assert!(seen.contains(&json!(page)), "{page}: {notes}");
    }
}

/// How long a letter may take between two homes that know each other.
const CROSSES: Duration = Duration::from_secs(120);

/// Does at a home what a scenario asks for.
fn at(home: &mut Home, what: &Value) -> Result<Value, String> {
    let text = |key: &str| what[key].as_str().ok_or(format!("{key} is missing"));
    match text("do")? {
        // A power cut.
        "restart" => {
            home.kill();
            home.start();
        }
        "send" => send(home, what)?,
        "arrived" => {
            let subject = format!("\r\nSubject: {}\r\n", text("subject")?);
            let member = text("member")?;
            wait_for(&subject, CROSSES, || {
                let letters = home.letters(member);
                let mut letters = letters.iter().map(|letter| String::from_utf8_lossy(letter));
                letters
                    .any(|letter| letter.contains(&subject))
                    .then_some(())
            });
        }
        other => return Err(format!("nobody does {other}")),
    }
    Ok(Value::Null)
}

/// A mail program sends a letter.
fn send(home: &Home, what: &Value) -> Result<(), String> {
    let text = |key: &str| what[key].as_str().ok_or(format!("{key} is missing"));
    let (login, password, subject) = (text("login")?, text("password")?, text("subject")?);
    let to = match text("to")? {
        to if to.contains('@') => to.to_owned(),
        to => format!("{to}@toxmail.local"),
    };
    let from = format!("{login}@toxmail.local");
    let mut letter =
        format!("From: <{from}>\r\nTo: <{to}>\r\nSubject: {subject}\r\n\r\n").into_bytes();
    letter.extend(noise(what["bytes"].as_u64().unwrap_or(100)));
    within(home.plan.namespace.as_deref(), || {
        let mut line = client::submission(home.address("submissions"), login, password)?;
        client::send(&mut line, &from, &[&to], &letter)
    })
    .map_err(|e| e.to_string())
    .and_then(|reply| match reply.starts_with("250") {
        true => Ok(()),
        false => Err(reply),
    })
}

/// So many bytes of text that hardly compresses, and the rest of a line.
fn noise(bytes: u64) -> Vec<u8> {
    let mut state = 1u64;
    let mut text = Vec::new();
    while (text.len() as u64) < bytes {
        for _ in 0..74 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            text.push(b'0' + ((state >> 33) % 64) as u8);
        }
        text.extend_from_slice(b"\r\n");
    }
    text
}

/// A home where nobody lives yet, its setup code, and when it was ready. `name` is what its file says.
fn unclaimed(name: Option<&str>) -> (Home, String, Instant) {
    unclaimed_with(name, Vec::new())
}

/// The same, with more settings.
fn unclaimed_with(
    name: Option<&str>,
    more: Vec<(&'static str, String)>,
) -> (Home, String, Instant) {
    let plan = Plan {
        settings: settled(more),
        ..Plan::default()
    };
    let mut home = Home::new(name.unwrap_or_default(), plan);
    home.start();
    let ready = Instant::now();
    let code = setup_code(&home);
    (home, code, ready)
}

/// What the home has printed for whoever moves in.
fn setup_code(home: &Home) -> String {
    wait_for("the setup code", Duration::from_secs(20), || {
        let log = home.log();
        let mut lines = log.lines().map(str::trim_start);
        let line = lines.find_map(|line| line.strip_prefix("setup code"))?;
        Some(line.trim().to_owned())
    })
}

/// Settings with ports that stay what they are when the home starts again: the test has a network of its own.
fn settled(more: Vec<(&'static str, String)>) -> Vec<(&'static str, String)> {
    let mut settings = vec![
        ("tox", "bootstrap = []".into()),
        ("listen", "http = \"127.0.0.1:5080\"".into()),
        ("listen", "https = \"127.0.0.1:5443\"".into()),
        ("listen", "imaps = \"127.0.0.1:5993\"".into()),
    ];
    settings.extend(more);
    settings
}

#[test]
fn a_family_moves_in_and_writes_its_first_letter_within_six_screens_and_ninety_seconds() {
    netns::enter_loopback_namespace();
    for (java_script, by_keyboard) in [("off", false), ("on", true)] {
        let (mut home, code, ready) = unclaimed(None);
        let browser = Browser::of(&home);
        let told = json!({ "code": code, "byKeyboard": by_keyboard });
        let scene = Scene::at(&home, "moving-in").over_http(&home).told(told);
        let scene = scene.java_script(std::slice::from_ref(&java_script));
        let notes = scene.play_with(&browser, |what| {
            at(&mut home, what)?;
            Ok(json!(ready.elapsed().as_secs_f64()))
        });
        println!("JavaScript {java_script}, by keyboard {by_keyboard}: {notes}");
        let seconds = notes["seconds"].as_f64().unwrap();
        assert!(seconds < 90.0, "the first letter after {seconds} s");
    }
}

#[test]
fn a_family_that_was_told_of_the_danger_moves_in_without_the_secure_page() {
    netns::enter_loopback_namespace();
    let (mut home, code, _) = unclaimed(Some("Elm Street 7"));
    let told = json!({ "code": code, "plain": true });
    let scene = Scene::at(&home, "moving-in").over_http(&home).told(told);
    let browser = Browser::of(&home);
    let scene = scene.java_script(&["off"]);
    scene.play_with(&browser, |what| at(&mut home, what));
}

#[test]
fn every_step_of_the_setup_knows_mistakes_the_way_back_and_power_cuts() {
    netns::enter_loopback_namespace();
    for java_script in [&["off"], &["on"]] {
        let (mut home, code, _) = unclaimed(None);
        let told = json!({ "code": code, "password": "secret-anna" });
        let scene = Scene::at(&home, "setup")
            .told(told)
            .java_script(java_script);
        scene.play_with(&Browser::of(&home), |what| at(&mut home, what));
    }
}

#[test]
fn a_provider_is_tried_and_stored_in_the_setup_and_carries_a_letter() {
    netns::enter_loopback_namespace();
    let authority = Authority::new();
    let secret = "secret-provider";
    let provider = Postfix::start(&authority, secret);
    for java_script in [&["off"], &["on"]] {
        let trust = format!("ca_file = {}", quoted(&authority.ca()));
        let (mut home, code, _) = unclaimed_with(None, vec![("relay", trust)]);
        let told = json!({
            "code": code, "password": "secret-anna", "doors": PORTS,
            "login": "family@example.org", "secret": secret, "to": "friend@example.net",
        });
        let scene = Scene::at(&home, "provider").told(told);
        let scene = scene.java_script(java_script);
        scene.play_with(&Browser::of(&home), |what| {
            if what["do"] != "filed" {
                return at(&mut home, what);
            }
            let text = |key: &str| what[key].as_str().ok_or(format!("{key} is missing"));
            let subject = format!("\nSubject: {}\n", text("subject")?);
            let letter = wait_for("the letter at the provider", CROSSES, || {
                let mut letters = provider.letters().into_iter();
                letters.find_map(|letter| {
                    let letter = String::from_utf8_lossy(&letter).into_owned();
                    letter.contains(&subject).then_some(letter)
                })
            });
            // Whoever answers it answers to the address that was typed.
            let from = format!("<{}>", text("from")?);
            assert!(letter.contains(&from), "{letter}");
            assert!(!letter.contains("toxmail.local"), "{letter}");
            Ok(Value::Null)
        });
    }
}

#[test]
fn a_backup_made_in_the_page_makes_a_new_box_the_home_that_it_was() {
    netns::enter_loopback_namespace();
    let folder = tempfile::tempdir().unwrap();
    let told = json!({
        "name": "anna", "password": "secret-anna", "passphrase": "secret-lamp tiger ocean",
        "folder": folder.path(), "home": "Garden Street 5", "contact": "grandma",
    });
    let plan = Plan {
        settings: settled(vec![("home", "name = \"Garden Street 5\"".into())]),
        members: vec!["anna", "ben"],
        ..Plan::default()
    };
    let mut old = Home::new("old", plan);
    old.start();
    let add = [
        "contact",
        "add",
        "grandma",
        "--tox",
        &nobody(7),
        "--owner",
        "anna",
    ];
    old.say(&add).unwrap();
    let letter = json!({
        "login": "anna", "password": "secret-anna", "to": "ben", "subject": "From the old box",
    });
    send(&old, &letter).unwrap();
    let arrived = json!({ "do": "arrived", "member": "ben", "subject": "From the old box" });
    at(&mut old, &arrived).unwrap();
    let scene = Scene::at(&old, "backup").told(told.clone());
    scene.play_with(&Browser::of(&old), |_| {
        wait_for("the backup to be noted", CROSSES, || {
            old.say(&["health"]).ok()?["last_backup"].as_i64()
        });
        Ok(Value::Null)
    });
    let address = old.canonical("anna");
    // The family's devices trust the old box, and will go on.
    let authority = folder.path().join("ca.pem");
    fs::copy(old.path().join("tls/ca.pem"), &authority).unwrap();
    old.stop();

    for java_script in [&["off"], &["on"]] {
        let (mut new, code, _) = unclaimed(None);
        let browser = Browser::of(&new);
        browser.trust("old", &authority);
        let mut told = told.clone();
        told["code"] = json!(code);
        let scene = Scene::at(&new, "restore").told(told);
        let scene = scene.java_script(java_script);
        scene.play_with(&browser, |_| {
            wait_for("the home to be back", CROSSES, || {
                let status = new.say(&["status"]).ok()?;
                // From its folder it is told before it runs.
                let is_back = status["running"] == true
                    && address.ends_with(status["address_suffix"].as_str()?);
                is_back.then(|| std::net::TcpStream::connect(new.try_address("https")?).ok())?
            });
            at(&mut new, &arrived)
        });
    }
}

/// The setup page of a box whose card is new, with the disk of the old one plugged in; this test stands for the box's script.
#[test]
fn a_new_card_is_given_the_home_on_the_old_ones_disk() {
    netns::enter_loopback_namespace();
    let disks = tempfile::tempdir().unwrap();
    fs::create_dir(disks.path().join("inbox")).unwrap();
    let list = |more: &str| {
        let text = format!("used=5000\nneeds=4000000000\non=card\n{more}");
        fs::write(disks.path().join("list"), text).unwrap();
    };
    for java_script in [&["off"], &["on"]] {
        list("disk=sda-9 64000000000 toxmail ok SanDisk Ultra\nwritten=sda-9 1700000000\n");
        let folder: &'static str = disks.path().display().to_string().leak();
        let plan = Plan {
            settings: settled(Vec::new()),
            options: vec!["--disks", folder],
            ..Plan::default()
        };
        let mut home = Home::new("new-card", plan);
        home.start();
        let told = json!({ "code": setup_code(&home) });
        let scene = Scene::at(&home, "adopt").told(told);
        let scene = scene.java_script(java_script);
        scene.play_with(&Browser::of(&home), |what| {
            if let Some(phase) = what["state"].as_str() {
                let ask = disks.path().join("inbox/ask");
                if ask.exists() {
                    assert_eq!(fs::read_to_string(&ask).unwrap(), "adopt sda-9");
                    fs::remove_file(&ask).unwrap();
                }
                let text = format!("phase={phase}\nto=SanDisk Ultra\nat=1700000000\nwhy=because\n");
                fs::write(disks.path().join("state"), text).unwrap();
            }
            if let Some(more) = what["disks"].as_str() {
                list(more);
            }
            Ok(Value::Null)
        });
        fs::remove_file(disks.path().join("state")).unwrap();
    }
}

#[test]
fn somebody_moves_in_and_out_again() {
    let mut home = home();
    let told = json!({ "name": "anna", "password": "secret-anna" });
    let scene = Scene::at(&home, "members").told(told);
    let browser = Browser::of(&home);
    scene.play_with(&browser, |what| at(&mut home, what));
}

#[test]
fn two_homes_are_paired_by_a_link_and_write_to_each_other() {
    netns::enter_loopback_namespace();
    let node = Node::start("127.0.0.1", 33400);
    let home_of = |member: &'static str, name: &str| {
        let plan = Plan {
            settings: vec![
                ("home", format!("name = {name:?}")),
                ("tox", format!("bootstrap = [ {} ]", node.entry)),
                ("listen", "http = \"127.0.0.1:0\"".into()),
                ("listen", "https = \"127.0.0.1:0\"".into()),
            ],
            members: vec![member],
            ..Plan::default()
        };
        let mut home = Home::new(member, plan);
        home.start();
        home
    };
    // How one of them calls itself is seen by the other.
    let mut homes = [
        home_of("anna", "Garden Street 5"),
        home_of("carla", "<img src=x onerror=alert(1)>"),
    ];
    let browser = Browser::of(&homes[0]);
    browser.trust("other", &homes[1].path().join("tls/ca.pem"));
    let people: Vec<Value> = homes
        .iter()
        .zip(["anna", "carla"])
        .map(|(home, name)| {
            let origin = Scene::at(home, "").origin;
            json!({
                "name": name, "password": format!("secret-{name}"),
                "origin": origin, "address": home.canonical(name),
            })
        })
        .collect();
    let scene = Scene::at(&homes[0], "pairing").told(json!({ "people": people }));
    scene.java_script(&["off"]).play_with(&browser, |what| {
        if what["do"] == "meet" {
            wait_for("the homes to be paired", CROSSES, || {
                let (a, b) = (&homes[0], &homes[1]);
                (is_connected(a, b) && is_connected(b, a)).then_some(())
            });
            return Ok(Value::Null);
        }
        let number = what["at"].as_u64().ok_or("at which home")?;
        at(&mut homes[number as usize], what)
    });
}

/// A quarter of a megabyte a second.
const SLOW: Shape = Shape {
    megabits: 2.0,
    rtt_ms: 40.0,
    loss: 0.0,
};

#[test]
fn a_big_letter_is_seen_on_its_way_and_taken_back() {
    let network = Network::start(&["anna", "bob", "node"], &[("anna", "bob")], SLOW);
    let inside = |host: &str| Some(network.namespace(host));
    let node = Node::start_in(inside("node").as_deref(), &network.address("node"), 33400);
    let home_of = |name: &'static str| {
        let plan = Plan {
            namespace: inside(name),
            settings: vec![
                ("tox", format!("bootstrap = [ {} ]", node.entry)),
                ("listen", "http = \"127.0.0.1:0\"".into()),
                ("listen", "https = \"127.0.0.1:0\"".into()),
            ],
            members: vec![name],
            ..Plan::default()
        };
        let mut home = Home::new(name, plan);
        home.start();
        home
    };
    let (mut anna, bob) = (home_of("anna"), home_of("bob"));
    pair(&anna, &bob);
    let told = json!({
        "name": "anna", "password": "secret-anna",
        "to": bob.canonical("bob"), "bytes": 40_000_000,
    });
    let scene = Scene::at(&anna, "on-its-way").told(told);
    let mut browser = Browser::of(&anna);
    browser.stands_in(&network.namespace("anna"));
    scene.play_with(&browser, |what| at(&mut anna, what));
    assert!(anna.queue_is_empty());
    assert_eq!(bob.letters("bob"), Vec::<Vec<u8>>::new());
}

/// Most that a picture of the README may weigh, in bytes.
const PICTURE: u64 = 120_000;

#[test]
fn the_pictures_of_the_readme_show_a_family_at_home() {
    let network = Network::start(&["anna", "rose", "node"], &[("anna", "rose")], SLOW);
    let inside = |host: &str| Some(network.namespace(host));
    let (host, namespace) = (network.address("node"), inside("node"));
    let node = Node::start_in(namespace.as_deref(), &host, 33400);
    let key = &node.key;
    let bootstrap = format!("bootstrap = [ {{ host = {host:?}, port = 33400, key = {key:?} }} ]");
    // Ports as on a box: the page shows them.
    let mut settings = vec![("tox", bootstrap)];
    for (service, port) in [
        ("http", 80),
        ("https", 443),
        ("submissions", 465),
        ("submission", 587),
        ("imaps", 993),
        ("pop3s", 995),
        ("carddav", 8443),
    ] {
        settings.push(("listen", format!("{service} = \"127.0.0.1:{port}\"")));
    }
    // Anna's is called nothing until its setup.
    let home_of = |name: &'static str, calls_itself: &str, members| {
        let plan = Plan {
            namespace: inside(name),
            settings: settings.clone(),
            members,
            ..Plan::default()
        };
        let mut home = Home::new(calls_itself, plan);
        home.start();
        home
    };
    let rose = home_of("rose", "Grandma Rose", vec!["rose"]);
    let mut anna = home_of("anna", "", Vec::new());
    let code = setup_code(&anna);
    let told = json!({
        "code": code,
        "film": { "to": rose.canonical("rose"), "subject": "A film of the garden", "bytes": 16_000_000 },
    });
    let scene = Scene::at(&anna, "readme").told(told);
    let mut browser = Browser::of(&anna);
    browser.stands_in(&network.namespace("anna"));
    scene.java_script(&["on"]).play_with(&browser, |what| {
        if what["do"] != "live" {
            return at(&mut anna, what);
        }
        pair(&anna, &rose);
        two_weeks_go_by(&anna);
        let file = anna.path().join("backup.tar");
        let words = ["backup", "create", file.to_str().unwrap()];
        anna.say_with(&words, Some("lamp tiger ocean\n"))
            .map(|_| Value::Null)
    });
    // The third step is the README's `setup`.
    for name in [
        "setup", "home", "connect", "step-1", "step-2", "step-4", "step-5", "step-6",
    ] {
        let file = browser::pictures("readme").join(format!("{name}.png"));
        let bytes = fs::metadata(&file).unwrap().len();
        println!("{}: {bytes} bytes", file.display());
        assert!(bytes < PICTURE, "{name}.png has {bytes} bytes");
    }
}

/// Writes down what a family has written and got in the last days.
fn two_weeks_go_by(home: &Home) {
    let database = rusqlite::Connection::open(home.path().join("toxmail.db")).unwrap();
    let seconds = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
    let today = i64::try_from(seconds.as_secs() / 86_400).unwrap();
    let days: [(i64, i64); 13] = [
        (3, 1),
        (5, 2),
        (2, 2),
        (6, 4),
        (9, 3),
        (1, 0),
        (4, 5),
        (7, 2),
        (5, 6),
        (3, 3),
        (8, 4),
        (2, 1),
        (6, 5),
    ];
    for (ago, (received, sent)) in (1..).zip(days) {
        for (direction, way, letters) in [
            ("received", "direct", received),
            ("received", "ordinary", received / 3),
            ("sent", "direct", sent),
            ("sent", "ordinary", sent / 2),
        ] {
            let row = (
                today - ago,
                "anna",
                direction,
                way,
                letters,
                letters * 40_000,
            );
            database
                .execute(
                    "INSERT INTO days (day, member, direction, way, letters, bytes)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                    row,
                )
                .unwrap();
        }
    }
}

/// Makes certificates with openssl, as a thief of an authority's key would.
struct Forge {
    dir: tempfile::TempDir,
}

impl Forge {
    fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    #[track_caller]
    fn openssl(&self, words: &[&str]) -> bool {
        let output = Command::new("openssl")
            .args(words)
            .current_dir(self.dir.path())
            .output()
            .expect("openssl: .ci/install test");
        output.status.success()
    }

    /// `name.pem` and `name.key`, signed by `authority` (certificate and key); `extensions` as openssl writes them.
    fn sign(&self, name: &str, authority: (&Path, &Path), extensions: &str) {
        fs::write(self.path("extensions"), extensions).unwrap();
        let (pem, key) = (format!("{name}.pem"), format!("{name}.key"));
        // Not like a host name: OpenSSL would hold it to the bounds for names.
        let request = [
            "req",
            "-new",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-keyout",
            &key,
            "-subj",
            "/CN=a server",
            "-out",
            "request",
        ];
        assert!(self.openssl(&request), "{name}");
        let (ca, ca_key) = (authority.0.to_str().unwrap(), authority.1.to_str().unwrap());
        let signed = [
            "x509",
            "-req",
            "-in",
            "request",
            "-CA",
            ca,
            "-CAkey",
            ca_key,
            "-CAcreateserial",
            "-CAserial",
            "serial",
            "-days",
            "90",
            "-extfile",
            "extensions",
            "-out",
            &pem,
        ];
        assert!(self.openssl(&signed), "{name}");
    }

    /// A server's certificate.
    fn leaf(&self, name: &str, authority: (&Path, &Path)) {
        let kind = if name.parse::<std::net::IpAddr>().is_ok() {
            "IP"
        } else {
            "DNS"
        };
        let extensions = format!(
            "basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth\n\
             subjectAltName={kind}:{name}\n"
        );
        self.sign(name, authority, &extensions);
    }
}

#[test]
fn chromium_and_openssl_refuse_a_certificate_of_the_homes_authority_for_anybody_else() {
    let home = home();
    let theft = (
        &*home.path().join("tls/ca.pem"),
        &*home.path().join("tls/ca.key"),
    );
    let forge = Forge::new();
    // An authority as everybody else's: without bounds. What it signs is trusted, so the same from ours is refused for them.
    let key = forge.path("free.key");
    let free = (&*forge.path("free.pem"), &*key);
    assert!(forge.openssl(&[
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-keyout",
        "free.key",
        "-out",
        "free.pem",
        "-days",
        "90",
        "-subj",
        "/CN=free",
        "-addext",
        "keyUsage=critical,keyCertSign",
    ]));
    let mut leaves = Vec::new();
    let mut leaf = |name: &'static str, authority, trusted: bool| {
        forge.leaf(name, authority);
        let pem = format!("{name}.pem");
        let ca = authority.0.to_str().unwrap();
        let verified = forge.openssl(&["verify", "-CAfile", ca, "-purpose", "sslserver", &pem]);
        assert_eq!(verified, trusted, "openssl, {name}");
        leaves.push(json!({
            "name": name,
            "trusted": trusted,
            "chain": fs::read_to_string(forge.path(&pem)).unwrap(),
            "key": fs::read_to_string(forge.path(&format!("{name}.key"))).unwrap(),
        }));
    };
    leaf("shop.example", free, true);
    leaf(HOST, theft, true);
    leaf("autoconfig.toxmail.local", theft, true);
    leaf("127.0.0.1", theft, true);
    leaf("bank.example", theft, false);
    leaf("toxmail.local.bank.example", theft, false);
    leaf("203.0.113.7", theft, false);
    // Nor through an authority of the thief's own.
    forge.sign(
        "second",
        theft,
        "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n",
    );
    forge.leaf(
        "post.bank.example",
        (&forge.path("second.pem"), &forge.path("second.key")),
    );
    let read = |name: &str| fs::read_to_string(forge.path(name)).unwrap();
    let ca = theft.0.to_str().unwrap();
    assert!(!forge.openssl(&[
        "verify",
        "-CAfile",
        ca,
        "-untrusted",
        "second.pem",
        "post.bank.example.pem"
    ]));
    leaves.push(json!({
        "name": "post.bank.example",
        "trusted": false,
        "chain": read("post.bank.example.pem") + &read("second.pem"),
        "key": read("post.bank.example.key"),
    }));

    let names: Vec<String> = leaves
        .iter()
        .map(|leaf| leaf["name"].as_str().unwrap().to_owned())
        .collect();
    let scene = Scene {
        names: names.iter().map(String::as_str).collect(),
        ..Scene::nowhere("certificates").java_script(&["off"])
    };
    let browser = Browser::of(&home);
    browser.trust("free", free.0);
    scene.told(json!({ "leaves": leaves })).play(&browser);
}
