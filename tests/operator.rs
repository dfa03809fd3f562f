//! The operator's command from the first folder to the last stop, as scripts use it: JSON and exit codes of every command,
//! on a stopped and on a running home; and what a person reads in a terminal.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "support/client.rs"]
mod client;
#[path = "support/home.rs"]
mod home;
#[path = "support/netns.rs"]
mod netns;

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use home::{Home, Node, Plan, is_connected, toxmaild, wait_for};
use serde_json::{Value, json};

/// Says a command with `--json`: its exit code and its answer.
fn say_with(home: &Home, words: &[&str], input: &str) -> (i32, Value) {
    let (code, out, err) = run(home, &[words, &["--json"]].concat(), input);
    let answer =
        serde_json::from_str(&out).unwrap_or_else(|e| panic!("{words:?}: {e}\n{out}{err}"));
    (code, answer)
}

/// The same without: what a person reads, from both voices.
fn read(home: &Home, words: &[&str]) -> String {
    let (_, out, err) = run(home, words, "");
    out + &err
}

fn run(home: &Home, words: &[&str], input: &str) -> (i32, String, String) {
    let mut child = Command::new(toxmaild())
        .args(words)
        .arg("--data")
        .arg(home.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A command that needs no input may have ended already.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

/// Must be done: exit 0.
#[track_caller]
fn done(home: &Home, words: &[&str]) -> Value {
    let (code, answer) = say_with(home, words, "a password\n");
    assert_eq!(code, 0, "{words:?}: {answer}");
    answer
}

/// Must be refused with that exit code, and say what to do.
#[track_caller]
fn refused(home: &Home, words: &[&str], expected: i32, error: &str) {
    let (code, answer) = say_with(home, words, "a password\n");
    assert_eq!(code, expected, "{words:?}: {answer}");
    let text = |key: &str| answer[key].as_str().unwrap_or_default().to_owned();
    assert!(text("error").contains(error), "{words:?}: {answer}");
    assert!(!text("advice").is_empty(), "{words:?}: {answer}");
    // And the same for a person.
    let (code, out, err) = run(home, words, "a password\n");
    assert_eq!((code, out.as_str()), (expected, ""), "{words:?}");
    assert!(
        expected == 2 || err.contains(&text("advice")),
        "{words:?}: {err}"
    );
}

fn keys(answer: &Value) -> Vec<&str> {
    answer
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

/// What only a running home can do.
const RUNNING_ONLY: [&[&str]; 35] = [
    &["alive"],
    &["contact", "add", "x", "--email", "x@example.org"],
    &["contact", "show", "x"],
    &["contact", "edit", "x", "--name", "y"],
    &["contact", "export"],
    &["contact", "import", "tests/fixtures/card.vcf"],
    &["contact", "words", "x"],
    &["contact", "verify", "x"],
    &["contact", "remove", "x"],
    &["contact", "block", "x"],
    &["contact", "share", "x", "nothing"],
    &["contact", "requests"],
    &["contact", "accept", KEY],
    &["contact", "refuse", KEY],
    &["invite"],
    &["invite", "accept", "tox:x"],
    &["invite", "list"],
    &["invite", "withdraw", "1"],
    &["tox-id", "renew"],
    &["move", "announce", KEY],
    &["move", "withdraw"],
    &["move", "list"],
    &["move", "confirm", "x"],
    &["move", "refuse", "x"],
    &["queue", "list"],
    &["queue", "list", "--member", "anna", "--limit", "3"],
    &["queue", "count"],
    &["health"],
    &["timeline"],
    &["log"],
    &["queue", "show", "1"],
    &["queue", "retry"],
    &["queue", "retry", "1"],
    &["queue", "cancel", "1"],
    &["bootstrap", "list"],
];
const KEY: &str = "0102030405060708091011121314151617181920212223242526272829303132";

#[test]
fn every_command_from_the_first_folder_to_the_last_stop() {
    netns::enter_loopback_namespace();
    let node = Node::start("127.0.0.1", 33400);
    let plan = || Plan {
        settings: vec![("tox", format!("bootstrap = [ {} ]", node.entry))],
        ..Plan::default()
    };
    let (mut garden, mut mill) = (Home::new("garden", plan()), Home::new("mill", plan()));
    a_stopped_home(&garden);
    garden.start();
    done(&mill, &["member", "add", "bob"]);
    mill.start();
    members(&garden, true);
    strangers_become_contacts(&garden, &mill);
    invitations(&garden, &mill);
    letters_that_wait(&garden);
    status_doctor_and_numbers(&garden);
    only_a_home_that_answers_is_alive(&garden);

    // The end: within five seconds (and what the last fsyncs take on a busy machine), and nothing left of what says "running".
    let took = garden.stop();
    assert!(took < Duration::from_secs(8), "{took:?}");
    assert!(!garden.path().join("ports.json").exists());
    for words in RUNNING_ONLY {
        refused(&garden, words, 3, "not running");
    }
    let status = done(&garden, &["status"]);
    assert_eq!(
        (&status["running"], &status["ports"]),
        (&json!(false), &json!({}))
    );
    assert_eq!(
        done(&garden, &["contact", "list"])
            .as_array()
            .unwrap()
            .len(),
        3
    );
}

fn only_a_home_that_answers_is_alive(home: &Home) {
    assert_eq!(done(home, &["alive"]), json!({}));
    assert_eq!(read(home, &["alive"]), "all services answer\n");
    // Its sockets go on taking connections while the program stands still.
    let pid = rustix::process::Pid::from_raw(home.pid().try_into().unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::STOP).unwrap();
    let (code, answer) = say_with(home, &["alive"], "");
    rustix::process::kill_process(pid, rustix::process::Signal::CONT).unwrap();
    assert_eq!(code, 1, "{answer}");
    assert_eq!(answer["error"], "the home does not answer in 15 s");
}

fn a_stopped_home(home: &Home) {
    for words in [&["status"][..], &["member", "list"], &["contact", "list"]] {
        refused(home, words, 1, "there is no home in");
    }
    for words in RUNNING_ONLY {
        refused(home, words, 3, "not running");
    }
    members(home, false);
    let status = done(home, &["status"]);
    assert_eq!(
        (&status["home"], &status["members"]),
        (&json!("garden"), &json!(1))
    );
    assert_eq!(done(home, &["contact", "list"]), json!([]));
    let (code, problems) = say_with(home, &["doctor"], "");
    assert_eq!(code, 1);
    assert!(
        problems[0]["problem"]
            .as_str()
            .unwrap()
            .contains("not running"),
        "{problems}"
    );
}

/// Tries to start it; what the refusal says.
#[track_caller]
fn refused_start(home: &mut Home) -> String {
    let before = home.log().len();
    home.spawn();
    wait_for("the start to be refused", Duration::from_secs(60), || {
        home.has_ended().then_some(())
    });
    assert!(!home.path().join("ports.json").exists());
    home.log().split_off(before)
}

fn files(home: &Home, folder: &str) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(home.path().join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// A stopped home of anna, whose letter to a home that never comes was accepted.
fn stopped_with_a_letter() -> Home {
    let plan = Plan {
        members: vec!["anna"],
        ..Plan::default()
    };
    let mut home = Home::new("garden", plan);
    home.start();
    let mut id = [7_u8; 38];
    id[32..].copy_from_slice(&[1, 2, 3, 4, 2, 6]);
    let id = data_encoding::HEXUPPER.encode(&id);
    done(&home, &["contact", "add", "ghost", "--tox", &id]);
    let at = home.address("submissions");
    let mut anna = client::submission(at, "anna", "secret-anna").unwrap();
    let from = "anna@toxmail.local";
    let letter = format!("From: {from}\r\nSubject: x\r\n\r\nx\r\n");
    let reply = client::send(&mut anna, from, &["ghost@tox"], letter.as_bytes()).unwrap();
    assert!(reply.starts_with("250"), "{reply}");
    home.stop();
    home
}

#[test]
fn a_home_without_its_database_does_not_start_and_keeps_its_letters() {
    netns::enter_loopback_namespace();
    let mut home = stopped_with_a_letter();
    // A stop leaves everything in the database itself, so that one file is a whole copy.
    let log = home.path().join("toxmail.db-wal");
    assert!(std::fs::metadata(&log).map_or(0, |facts| facts.len()) == 0);
    let database = home.path().join("toxmail.db");
    let copy = std::fs::read(&database).unwrap();
    let (letters, save) = (
        files(&home, "queue"),
        std::fs::read(home.path().join("tox.save")).unwrap(),
    );
    assert_eq!(letters.len(), 1, "{letters:?}");

    for broken in [None, Some("")] {
        let _ = std::fs::remove_file(&database);
        if let Some(content) = broken {
            std::fs::write(&database, content).unwrap();
        }
        let why = refused_start(&mut home);
        assert!(
            why.contains("toxmail.db is gone") && why.contains("restore the folder from a backup"),
            "{why}"
        );
        refused(&home, &["member", "add", "bob"], 1, "toxmail.db is gone");
        let found = read(&home, &["doctor"]);
        assert!(found.contains("toxmail.db is gone"), "{found}");
        assert_eq!(files(&home, "queue"), letters);
        assert_eq!(
            std::fs::read(home.path().join("tox.save")).unwrap(),
            save,
            "the friends"
        );
        assert_eq!(database.exists(), broken.is_some());
    }
    // Any of the three is enough to know that a home was here.
    let _ = std::fs::remove_file(&database);
    std::fs::rename(home.path().join("tox.save"), home.path().join("aside")).unwrap();
    assert!(refused_start(&mut home).contains("waiting letters"));
    std::fs::rename(home.path().join("queue"), home.path().join("letters")).unwrap();
    assert!(refused_start(&mut home).contains("mailboxes"));

    std::fs::rename(home.path().join("aside"), home.path().join("tox.save")).unwrap();
    std::fs::rename(home.path().join("letters"), home.path().join("queue")).unwrap();
    std::fs::write(&database, copy).unwrap();
    home.start();
    assert_eq!(home.status("queue"), 1, "the backup brings everything back");
}

#[test]
fn a_lost_identity_is_not_replaced_in_silence() {
    netns::enter_loopback_namespace();
    let mut home = stopped_with_a_letter();
    let save = home.path().join("tox.save");
    let own = std::fs::read(&save).unwrap();
    let key = done(&home, &["status"])["key"].clone();
    let key = key.as_str().unwrap();
    let foreign = {
        let mut other = Home::new("mill", Plan::default());
        other.start();
        other.stop();
        std::fs::read(other.path().join("tox.save")).unwrap()
    };
    for (content, word) in [
        (None, "is gone"),
        (Some(&foreign[..]), "belongs to another home"),
        (Some(&own[..own.len() / 2]), "is damaged"),
    ] {
        let _ = std::fs::remove_file(&save);
        if let Some(content) = content {
            std::fs::write(&save, content).unwrap();
        }
        let why = refused_start(&mut home);
        assert!(
            why.contains(word) && why.contains("backup") && why.contains("--new-identity"),
            "{why}"
        );
        let found = read(&home, &["doctor"]);
        assert!(
            found.contains(word) && found.contains("--new-identity"),
            "{found}"
        );
        assert_eq!(std::fs::read(&save).ok().as_deref(), content, "untouched");
    }
    // Only who says so gets a new one; what was damaged is kept.
    home.plan.options = vec!["--new-identity"];
    home.start();
    let new = home.status("key");
    assert_ne!(new, key);
    home.stop();
    let kept = files(&home, ".");
    assert!(
        kept.iter().any(|n| n.starts_with("tox.save.damaged-")),
        "{kept:?}"
    );
    home.plan.options.clear();
    home.start();
    assert_eq!(home.status("key"), new, "from now on that is the home's");
    assert_eq!(home.status("queue"), 1);
    home.stop();

    // A home of the time before notes its key at the next start.
    let path = home.path().join("toxmail.db");
    let forget = || {
        let database = rusqlite::Connection::open(&path).unwrap();
        let sql = "DELETE FROM settings WHERE key = 'tox.key'";
        database.execute(sql, []).unwrap()
    };
    assert_eq!(forget(), 1);
    home.start();
    home.stop();
    std::fs::remove_file(&save).unwrap();
    assert!(refused_start(&mut home).contains("is gone"));
}

#[test]
fn the_light_of_a_box_tells_how_it_is() {
    let light = tempfile::tempdir().unwrap();
    let file = |name: &str| light.path().join(name);
    for name in ["trigger", "delay_on", "delay_off"] {
        std::fs::write(file(name), "").unwrap();
    }
    let folder: &'static str = light.path().to_str().unwrap().to_owned().leak();
    let mut home = Home::new(
        "light",
        Plan {
            options: vec!["--light", folder],
            settings: vec![("tox", "bootstrap = []".into())],
            ..Plan::default()
        },
    );
    let shows = |on: &str, off: &str| {
        let read = |name: &str| std::fs::read_to_string(file(name)).unwrap();
        wait_for("the light", Duration::from_secs(60), || {
            (read("delay_on") == on && read("delay_off") == off).then_some(())
        });
    };
    home.start();
    // Nobody lives there.
    shows("1000", "1000");
    home.stop();
    shows("100", "100");
    // A home without a way into the Tox network is in trouble.
    home.say_with(&["member", "add", "anna"], Some("secret-anna\n"))
        .unwrap();
    home.start();
    shows("100", "900");
    home.stop();
}

#[test]
fn a_password_typed_in_a_terminal_is_not_shown() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let typed = |words: &[&str], lines: &str| {
        let output = Command::new("python3")
            .args(["-c", TERMINAL, lines, toxmaild()])
            .args(words)
            .arg("--data")
            .arg(&home)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(!text.contains("s3cret"), "{text}");
        (output.status.code(), text)
    };
    let (code, text) = typed(&["member", "add", "anna"], "s3cret words\ns3cret words");
    assert_eq!(code, Some(0), "{text}");
    assert!(
        text.contains("New password for anna: ") && text.contains("Once more: "),
        "{text}"
    );
    assert!(text.contains("anna has a mailbox"), "{text}");
    let (code, text) = typed(
        &["member", "password", "anna"],
        "s3cret words\ns3cret word2",
    );
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("the two passwords differ"), "{text}");
}

/// argv: the lines to type, then the command. Runs it in a terminal of its own, types a line at each prompt, and prints
/// what the terminal showed.
const TERMINAL: &str = r#"
import os, select, signal, sys
signal.alarm(60)
lines = sys.argv[1].split("\n")
# Our own hold on the other end: what was written there last is lost sometimes when nobody has it open any more.
terminal, other = os.openpty()
pid = os.fork()
if pid == 0:
    os.close(terminal)
    os.login_tty(other)
    os.execv(sys.argv[2], sys.argv[2:])
shown = b""
ended = (0, 0)
while True:
    if not select.select([terminal], [], [], 0.1)[0]:
        if ended[0]:
            break
        ended = os.waitpid(pid, os.WNOHANG)
        continue
    part = os.read(terminal, 4096)
    shown += part
    if part.endswith(b": ") and lines:
        os.write(terminal, lines.pop(0).encode() + b"\n")
sys.stdout.buffer.write(shown)
sys.stdout.flush()
os._exit(os.waitstatus_to_exitcode(ended[1]))
"#;

/// `member` and `member device`, the same on a running and on a stopped home.
fn members(home: &Home, running: bool) {
    if !running {
        let anna = done(home, &["member", "add", "anna", "--display", "Anna Martin"]);
        assert_eq!(
            keys(&anna),
            [
                "addresses",
                "administrator",
                "devices",
                "display",
                "main_mailbox",
                "name"
            ]
        );
        assert_eq!(anna["display"], "Anna Martin");
    }
    refused(
        home,
        &["member", "add", "anna"],
        1,
        "already a member 'anna'",
    );
    refused(home, &["member", "add", "root"], 2, "root");
    let (code, _) = say_with(home, &["member", "add", "cleo"], "");
    assert_eq!(code, 2, "a password is needed");
    done(home, &["member", "add", "Ben"]);
    let list = done(home, &["member", "list"]);
    let names: Vec<&Value> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|m| &m["name"])
        .collect();
    assert_eq!(names, ["anna", "ben"]);
    assert_eq!(done(home, &["member", "password", "ben"])["name"], "ben");
    refused(home, &["member", "password", "cleo"], 1, "no member 'cleo'");

    let device = done(home, &["member", "device", "add", "ben", "Ben's phone"]);
    assert_eq!(keys(&device), ["id", "label", "name", "password"]);
    let (id, password) = (
        device["id"].to_string(),
        device["password"].as_str().unwrap(),
    );
    // At least 100 random bits, in letters that can be typed.
    let letters = password.bytes().filter(|b| *b != b'-').count();
    assert!(letters >= 20, "{password}");
    if running {
        client::submission(home.address("submissions"), "ben", password).unwrap();
        client::submission(home.address("submissions"), "ben", "a password").unwrap();
    }
    let devices = done(home, &["member", "device", "list", "ben"]);
    assert_eq!(keys(&devices[0]), ["created", "id", "label", "last_used"]);
    assert_eq!(devices[0]["last_used"].is_i64(), running, "{devices}");
    assert!(!devices.to_string().contains(password), "shown once");
    done(home, &["member", "device", "revoke", "ben", &id]);
    if running {
        assert!(client::submission(home.address("submissions"), "ben", password).is_err());
    }
    refused(
        home,
        &["member", "device", "revoke", "ben", &id],
        1,
        "no such device password",
    );
    refused(
        home,
        &["member", "device", "list", "cleo"],
        1,
        "no member 'cleo'",
    );
    let gone = done(home, &["member", "remove", "ben"]);
    assert!(
        gone["advice"].as_str().unwrap().contains("mail/.removed"),
        "{gone}"
    );
    refused(home, &["member", "remove", "ben"], 1, "no member 'ben'");
}

/// Without an invitation: one side adds the other by its Tox ID, the other sees who asks.
fn strangers_become_contacts(garden: &Home, mill: &Home) {
    let id = garden.status("tox_id").as_str().unwrap().to_owned();
    let added = done(mill, &["contact", "add", "Garden Street", "--tox", &id]);
    assert_eq!(
        keys(&added),
        [
            "address",
            "awaits_direct",
            "claimed",
            "connection",
            "direct_only",
            "display",
            "emails",
            "fallback_seconds",
            "key",
            "kind",
            "last_seen",
            "name",
            "owner",
            "state"
        ]
    );
    assert_eq!(
        (&added["name"], &added["state"]),
        (&json!("garden.street"), &json!("asked"))
    );
    let words = ["contact", "add", "again", "--tox", &id];
    refused(mill, &words, 1, "in the contacts already, as Garden Street");
    let key = mill.status("key").as_str().unwrap().to_owned();
    refused(
        garden,
        &["contact", "accept", KEY],
        1,
        "nobody with this key has asked",
    );
    refused(
        garden,
        &["contact", "refuse", KEY],
        1,
        "nobody with this key has asked",
    );
    refused(garden, &["contact", "accept", "nobody"], 2, "");
    let request = wait_for("the request", Duration::from_secs(90), || {
        let requests = done(garden, &["contact", "requests"]);
        requests.as_array().unwrap().first().cloned()
    });
    assert_eq!(keys(&request), ["key", "message", "received"]);
    assert_eq!(request["key"], key);
    assert!(read(garden, &["contact", "requests"]).contains(&key));
    assert_eq!(done(garden, &["contact", "accept", &key])["key"], key);
    assert_eq!(done(garden, &["contact", "requests"]), json!([]));
    wait_for("the homes to be paired", Duration::from_secs(90), || {
        (is_connected(garden, mill) && is_connected(mill, garden)).then_some(())
    });

    let shop = [
        "contact",
        "add",
        "shop",
        "--email",
        "shop@example.org",
        "--owner",
        "anna",
    ];
    let shop = done(garden, &shop);
    assert_eq!(
        (&shop["owner"], &shop["state"]),
        (&json!("anna"), &json!("ordinary"))
    );
    let words = [
        "contact",
        "add",
        "x",
        "--email",
        "x@example.org",
        "--owner",
        "cleo",
    ];
    refused(garden, &words, 1, "no member 'cleo'");
    refused(garden, &["contact", "add", "x"], 2, "--tox");
    refused(garden, &["contact", "add", "x", "--tox", "abc"], 1, "");
    let list = read(garden, &["contact", "list"]);
    assert!(
        list.contains("connected") && list.contains("shop@example.org"),
        "{list}"
    );
    assert_eq!(
        done(garden, &["contact", "remove", "shop"])["names"],
        json!(["shop"])
    );
    refused(
        garden,
        &["contact", "remove", "shop"],
        1,
        "no contact 'shop'",
    );
    refused(
        garden,
        &["contact", "block", "shop"],
        1,
        "no contact 'shop'",
    );
}

fn invitations(garden: &Home, mill: &Home) {
    let new = done(garden, &["invite", "--expires", "2h"]);
    assert_eq!(keys(&new), ["expires", "id", "link"]);
    let link = new["link"].as_str().unwrap().to_owned();
    let id = garden.status("tox_id").as_str().unwrap().to_owned();
    assert!(
        link.starts_with(&format!("tox:{id}?toxmail=1&name=garden&token=")),
        "{link}"
    );
    let shown = read(garden, &["invite"]);
    assert!(
        shown.contains("tox:") && shown.contains("in 7 days") && shown.contains('█'),
        "{shown}"
    );
    refused(garden, &["invite", "--expires", "soon"], 2, "");
    refused(garden, &["invite", "accept", &link], 1, "own home");
    refused(mill, &["invite", "accept", "https://example.org"], 1, "");
    assert_eq!(done(mill, &["invite", "accept", &link])["kind"], "home");
    let list = done(garden, &["invite", "list"]);
    assert_eq!(keys(&list[0]), ["created", "expires", "id", "state"]);
    let open = list
        .as_array()
        .unwrap()
        .iter()
        .find(|i| i["state"] == "open")
        .unwrap();
    let id = open["id"].to_string();
    done(garden, &["invite", "withdraw", &id]);
    refused(
        garden,
        &["invite", "withdraw", &id],
        1,
        "no open invitation",
    );
    refused(garden, &["invite", "withdraw", "x"], 2, "");
}

fn letters_that_wait(garden: &Home) {
    // A home that never comes.
    let mut id = [7_u8; 38];
    id[32..].copy_from_slice(&[1, 2, 3, 4, 2, 6]);
    let id = data_encoding::HEXUPPER.encode(&id);
    done(garden, &["contact", "add", "ghost", "--tox", &id]);
    let mut anna = client::submission(garden.address("submissions"), "anna", "a password").unwrap();
    let from = "anna@toxmail.local";
    let letter = format!("From: {from}\r\nSubject: x\r\n\r\nx\r\n");
    for _ in 0..2 {
        // Different letters: the same one again would be a repetition.
        let letter = format!("{letter}{}\r\n", garden.queue_size());
        let reply = client::send(&mut anna, from, &["ghost@tox", from], letter.as_bytes()).unwrap();
        assert!(reply.starts_with("250"), "{reply}");
    }
    let list = wait_for("what waits", Duration::from_secs(20), || {
        let list = done(garden, &["queue", "list"]);
        let states = list.to_string().matches("\"delivered\"").count();
        (states == 2).then_some(list)
    });
    assert_eq!(
        keys(&list[0]),
        [
            "accepted",
            "bytes",
            "id",
            "member",
            "recipients",
            "sender",
            "subject"
        ]
    );
    let recipients = &list[0]["recipients"];
    assert_eq!(
        keys(&recipients[0]),
        [
            "address", "attempts", "name", "next_try", "progress", "route", "state", "why"
        ]
    );
    assert_eq!(
        (&recipients[0]["state"], &recipients[0]["route"]),
        (&json!("waiting"), &json!("tox"))
    );
    assert_eq!(
        (&recipients[1]["state"], &recipients[1]["route"]),
        (&json!("delivered"), &json!("local"))
    );
    let shown = read(garden, &["queue", "list"]);
    assert!(
        shown.contains("ghost@tox") && shown.contains("waits for their home"),
        "{shown}"
    );
    let id = list[0]["id"].to_string();
    assert_eq!(done(garden, &["queue", "show", &id]), list[0]);
    let shown = read(garden, &["queue", "show", &id]);
    assert!(shown.contains("when they are online"), "{shown}");
    assert_eq!(done(garden, &["queue", "retry", &id])["deliveries"], 1);
    assert_eq!(done(garden, &["queue", "retry"])["deliveries"], 2);
    done(garden, &["queue", "cancel", &id]);
    for words in ["show", "retry", "cancel"] {
        refused(garden, &["queue", words, "999"], 1, "no such message");
    }
    refused(garden, &["queue", "show", "x"], 2, "");
    assert_eq!(
        garden.status("queue"),
        done(garden, &["queue", "list"]).as_array().unwrap().len()
    );
}

fn status_doctor_and_numbers(garden: &Home) {
    let status = done(garden, &["status"]);
    for key in [
        "home",
        "tox_id",
        "key",
        "address_suffix",
        "tox",
        "ports",
        "members",
        "contacts",
        "queue",
    ] {
        assert!(!status[key].is_null(), "{key}: {status}");
    }
    let ports = std::fs::read_to_string(garden.path().join("ports.json")).unwrap();
    let ports: Value = serde_json::from_str(&ports).unwrap();
    assert_eq!(status["ports"], ports);
    assert_eq!(
        keys(&ports),
        [
            "carddav",
            "metrics",
            "pop3",
            "pop3s",
            "submission",
            "submissions",
            "tox_udp"
        ]
    );
    assert!(
        ["udp", "tcp"].contains(&status["tox"].as_str().unwrap()),
        "{status}"
    );
    let shown = read(garden, &["status"]);
    for part in [
        "garden",
        "running",
        "online",
        "NAME@",
        status["tox_id"].as_str().unwrap(),
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let mode = |mode| {
        use std::os::unix::fs::PermissionsExt;
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(garden.path(), permissions).unwrap();
    };
    mode(0o755);
    let (code, problems) = say_with(garden, &["doctor"], "");
    assert_eq!(code, 1);
    assert!(
        problems.to_string().contains("open to other users"),
        "{problems}"
    );
    mode(0o700);
    let (code, problems) = say_with(garden, &["doctor"], "");
    let problems = problems.as_array().unwrap().clone();
    assert_eq!(code, i32::from(!problems.is_empty()));
    // Whatever this machine lacks, the home itself is well.
    for problem in &problems {
        assert_eq!(
            keys(problem),
            ["advice", "args", "code", "problem", "severity"]
        );
        let text = problem["problem"].as_str().unwrap();
        let of_the_machine = ["toxcore", "clock", "disk is nearly full"];
        assert!(of_the_machine.iter().any(|m| text.contains(m)), "{problem}");
    }
    let shown = read(garden, &["doctor"]);
    assert_eq!(
        shown.lines().count(),
        problems.len().max(1),
        "one line each: {shown}"
    );

    let mut stream = std::net::TcpStream::connect(garden.address("metrics")).unwrap();
    let request = b"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    stream.write_all(request).unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).unwrap();
    for line in [
        "toxmail_accepted_total 2",
        "toxmail_settled_total{route=\"local\",verdict=\"delivered\"}",
        "toxmail_peers_online 1",
        "toxmail_logins_total{service=\"submissions\",outcome=\"wrong\"} 1",
        "# TYPE toxmail_queue_messages gauge",
    ] {
        assert!(page.contains(line), "{line}: {page}");
    }
}
