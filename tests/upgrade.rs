//! A home goes on with another program: every letter, flag, number, login, contact and waiting letter that an earlier one has
//! left is there with this one, and this one works on with the database that a later one has left.
//!
//! | kept | what |
//! | --- | --- |
//! | `fixtures/homes/VERSION.tar.zst` | two homes as a release has left them, in the middle of a transfer, and what is to be found in them |
//! | `fixtures/schemas/N.sql` | rows of every table, as the program of schema N would have written them |
//!
//! An archive is made when its release is tagged: `cargo nextest run --features faults --run-ignored only --test upgrade -E
//! 'test(two_homes_of_this_program)'` names a file, which is put beside the others, in the place of one of the same version that
//! was made before the tag. After it, it stays as it is.

#![cfg(feature = "faults")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "support/client.rs"]
mod client;
#[path = "support/home.rs"]
mod home;
#[path = "support/imap.rs"]
mod imap;
#[path = "support/netns.rs"]
mod netns;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use home::{Home, Node, Plan, is_connected, nobody, pair, wait_for};
use imap::{Imap, Token};
use rusqlite::Connection;
use rusqlite::types::Value as Cell;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use toxmail::database::{self, Database};

const PATIENCE: Duration = Duration::from_secs(60);
/// What is put off for good, so that an archive does not age.
const EVER: &str = "3650d";
/// The file by which the home that makes an archive is armed.
const KILL: &str = "fault-kill";
/// The size of the letter that is broken off: it does not travel inside its offer, and comes in two pieces.
const BIG: usize = 68 << 10;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

// ---- what is in a home

/// The members of both kinds of fixtures; the password of each is `secret-NAME`.
fn members_of(home: &Home) -> Vec<String> {
    let members = home.say(&["member", "list"]).unwrap();
    let members = members.as_array().unwrap().iter();
    members
        .map(|m| m["name"].as_str().unwrap().to_owned())
        .collect()
}

fn only(value: &Value, keys: &[&str]) -> Value {
    let kept = keys
        .iter()
        .map(|key| ((*key).to_owned(), value[key].clone()));
    Value::Object(kept.collect())
}

fn each(list: Value, keys: &[&str]) -> Value {
    list.as_array()
        .unwrap_or(&Vec::new())
        .iter()
        .map(|value| only(value, keys))
        .collect()
}

/// All that its people and its operator see of a home, as far as it does not depend on the time.
fn inventory(home: &Home) -> Value {
    let say = |words: &[&str]| home.say(words).unwrap();
    let names = members_of(home);
    let settings = names.iter().map(|name| say(&["member", "settings", name]));
    let devices = names.iter().map(|name| {
        let devices = say(&["member", "device", "list", name]);
        (name.clone(), each(devices, &["id", "label", "created"]))
    });
    let queue = say(&["queue", "list"]);
    let queue = queue.as_array().unwrap().iter().map(|letter| {
        let mut kept = only(letter, &["id", "member", "sender", "bytes"]);
        kept["recipients"] = each(letter["recipients"].clone(), &["address"]);
        kept
    });
    let contact = [
        "name",
        "display",
        "key",
        "address",
        "kind",
        "emails",
        "owner",
        "fallback_seconds",
        "direct_only",
    ];
    let provider = ["member", "host", "port", "tls", "username", "address"];
    let member = [
        "name",
        "display",
        "administrator",
        "main_mailbox",
        "devices",
        "addresses",
    ];
    json!({
        "home": only(&say(&["status"]), &["home", "key", "tox_id", "address_suffix"]),
        "members": each(say(&["member", "list"]), &member),
        "settings": settings.collect::<Value>(),
        "devices": Value::Object(devices.collect()),
        "contacts": each(say(&["contact", "list"]), &contact),
        "providers": each(say(&["provider", "show"]), &provider),
        "invitations": each(say(&["invite", "list"]), &["id", "created", "expires", "state"]),
        "queue": queue.collect::<Value>(),
        "mail": names.iter().map(|name| (name.clone(), mail_of(home, name))).collect::<serde_json::Map<_, _>>(),
    })
}

/// A member's mailboxes, by IMAP, and the inbox once more by POP3.
fn mail_of(home: &Home, name: &str) -> Value {
    let password = format!("secret-{name}");
    let mut imap = Imap::login(home.address("imaps"), name, &password).unwrap();
    let listed = imap
        .command("LIST \"\" \"*\" RETURN (SUBSCRIBED SPECIAL-USE)")
        .unwrap();
    let mut mailboxes = serde_json::Map::new();
    for answer in listed.iter().filter(|answer| answer.starts(&["LIST"])) {
        let mailbox = answer.tokens[3].text().unwrap();
        // What waits is in the list of the queue.
        if mailbox == "Outbox" {
            continue;
        }
        let attributes: BTreeSet<String> = atoms(&answer.tokens[1]);
        let mut found = json!({ "attributes": attributes });
        if !attributes.contains("\\NonExistent") {
            let status = format!("STATUS \"{mailbox}\" (UIDVALIDITY UIDNEXT MAILBOXID)");
            let status = imap.command(&status).unwrap();
            found["numbers"] = json!(format!("{:?}", status[0].tokens[2]));
            found["messages"] = messages(&mut imap, &mailbox);
        }
        mailboxes.insert(mailbox, found);
    }
    let by_pop3 = client::pop3_all(home.address("pop3s"), name, &password).unwrap();
    let mut by_pop3: Vec<String> = by_pop3.iter().map(|letter| digest(letter)).collect();
    let inbox = mailboxes["INBOX"]["messages"].as_object().unwrap();
    let mut by_imap: Vec<&str> = inbox
        .values()
        .map(|m| m["digest"].as_str().unwrap())
        .collect();
    by_pop3.sort_unstable();
    by_imap.sort_unstable();
    assert_eq!(by_pop3, by_imap);
    Value::Object(mailboxes)
}

fn atoms(list: &Token) -> BTreeSet<String> {
    list.list().iter().filter_map(Token::text).collect()
}

fn messages(imap: &mut Imap, mailbox: &str) -> Value {
    imap.command(&format!("EXAMINE \"{mailbox}\"")).unwrap();
    let fetched = imap
        .command("UID FETCH 1:* (FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[])")
        .unwrap();
    let mut found = serde_json::Map::new();
    for answer in fetched
        .iter()
        .filter(|a| matches!(a.numbered(), Some((_, "FETCH"))))
    {
        let mut flags = atoms(answer.item("FLAGS").unwrap());
        flags.remove("\\Recent");
        let Some(Token::Text(body)) = answer.item("BODY[]") else {
            panic!("{answer:?}");
        };
        let message = json!({
            "flags": flags,
            "date": answer.item("INTERNALDATE").unwrap().text(),
            "size": answer.item("RFC822.SIZE").unwrap().number(),
            "digest": digest(body),
        });
        found.insert(answer.item("UID").unwrap().text().unwrap(), message);
    }
    Value::Object(found)
}

fn digest(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(bytes))
}

/// Whether all that was written down is there; there may be more, of which an earlier program did not know.
#[track_caller]
fn agrees(expected: &Value, found: &Value, place: &str) {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            for (key, expected) in expected {
                let found = found.get(key).unwrap_or(&Value::Null);
                agrees(expected, found, &format!("{place}/{key}"));
            }
        }
        (Value::Array(expected), Value::Array(list)) => {
            assert_eq!(expected.len(), list.len(), "{place}: {found}");
            for (at, (expected, found)) in expected.iter().zip(list).enumerate() {
                agrees(expected, found, &format!("{place}/{at}"));
            }
        }
        _ => assert_eq!(expected, found, "{place}"),
    }
}

// ---- two homes as a release has left them

struct Street {
    garden: Home,
    mill: Home,
    expected: Value,
}

/// Unpacks an archive. Its settings stay, but for the way into the Tox network.
fn unpacked(archive: &[u8], node: Option<&Node>) -> Street {
    let home = |name: &str| Home::new(name, Plan::default());
    let (garden, mill) = (home("garden"), home("mill"));
    let mut expected = Value::Null;
    let archive = zstd::stream::read::Decoder::new(archive).unwrap();
    let mut archive = tar::Archive::new(archive);
    // An unfinished letter that nobody has gone on with for a month is given up.
    archive.set_preserve_mtime(false);
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let path = entry.path().unwrap().into_owned();
        if path == Path::new("expected.json") {
            expected = serde_json::from_reader(&mut entry).unwrap();
            continue;
        }
        let mut parts = path.components();
        let of = parts.next().unwrap();
        let home = match of.as_os_str() == "garden" {
            true => &garden,
            false => &mill,
        };
        let target = home.path().join(parts.as_path());
        if entry.header().entry_type().is_dir() {
            fs::create_dir_all(&target).unwrap();
        } else {
            entry.unpack(&target).unwrap();
        }
    }
    for home in [&garden, &mill] {
        let path = home.path().join("toxmail.toml");
        let nodes = node.map_or("", |node| &node.entry);
        let text = fs::read_to_string(&path).unwrap();
        let lines = text
            .lines()
            .map(|line| match line.starts_with("bootstrap") {
                true => format!("bootstrap = [ {nodes} ]\n"),
                false => format!("{line}\n"),
            });
        fs::write(&path, lines.collect::<String>()).unwrap();
    }
    Street {
        garden,
        mill,
        expected,
    }
}

/// What is in the folder of a home that belongs to it.
fn packed(street: &Street) -> Vec<u8> {
    let zstd = zstd::stream::write::Encoder::new(Vec::new(), 19).unwrap();
    let mut archive = tar::Builder::new(zstd);
    archive.mode(tar::HeaderMode::Deterministic);
    let mut append = |path: &Path, bytes: Option<&[u8]>| {
        let mut header = tar::Header::new_gnu();
        let bytes = match bytes {
            Some(bytes) => bytes,
            None => {
                header.set_entry_type(tar::EntryType::Directory);
                &[]
            }
        };
        header.set_size(bytes.len() as u64);
        header.set_mode(0o700);
        header.set_mtime(1);
        archive.append_data(&mut header, path, bytes).unwrap();
    };
    let expected = serde_json::to_vec_pretty(&street.expected).unwrap();
    append(Path::new("expected.json"), Some(&expected));
    for (name, home) in [("garden", &street.garden), ("mill", &street.mill)] {
        // What belongs to the test, to a running home, and what may be deleted.
        let left_out = [
            "log",
            "log.1",
            KILL,
            "address-suffix",
            "index.db",
            "control.sock",
            "ports.json",
        ];
        for path in all_below(home.path()) {
            let relative = path.strip_prefix(home.path()).unwrap();
            let kept = !left_out.iter().any(|name| relative == Path::new(name));
            let target = Path::new(name).join(relative);
            match () {
                () if path.is_dir() => append(&target, None),
                () if kept && path.is_file() => append(&target, Some(&fs::read(&path).unwrap())),
                () => {}
            }
        }
    }
    archive.into_inner().unwrap().finish().unwrap()
}

/// Folders before what is in them.
fn all_below(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort_unstable();
    let below = entries.into_iter().flat_map(|path| {
        let inside = match path.is_dir() {
            true => all_below(&path),
            false => vec![],
        };
        std::iter::once(path).chain(inside)
    });
    below.collect()
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut all = all_below(folder);
    all.retain(|path| path.is_file());
    all
}

fn archives() -> Vec<PathBuf> {
    let all = files_below(&fixtures().join("homes"));
    let archives = all
        .into_iter()
        .filter(|path| path.extension().is_some_and(|e| e == "zst"));
    archives.collect()
}

fn letter(from: &str, to: &str, name: &str, size: usize) -> Vec<u8> {
    let head = format!(
        "From: {from}@toxmail.local\r\nTo: <{to}>\r\nSubject: {name}\r\nMessage-ID: <{name}@test>\r\n\r\n"
    );
    let mut letter = head.into_bytes();
    // Nothing that could be made smaller.
    let mut state = 7u64;
    while letter.len() + 2 < size {
        let line = letter.len() + (size - letter.len() - 2).min(900);
        while letter.len() < line {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let octet = (state >> 33) as u8;
            if !octet.is_ascii_control() {
                letter.push(octet);
            }
        }
        letter.extend_from_slice(b"\r\n");
    }
    letter
}

fn hand_in(home: &Home, from: &str, to: &str, name: &str, size: usize) {
    let letter = &letter(from, to, name, size);
    let mut line =
        client::submission(home.address("submissions"), from, &format!("secret-{from}")).unwrap();
    let reply = client::send(&mut line, &format!("{from}@toxmail.local"), &[to], letter).unwrap();
    assert!(reply.starts_with("250"), "{reply}");
}

/// One command of the operator's, its words with a space between.
#[track_caller]
fn said(home: &Home, words: &str, input: &str) -> Value {
    let words: Vec<&str> = words.split(' ').collect();
    let said = home.say_with(&words, Some(input));
    said.unwrap_or_else(|e| panic!("{words:?}: {e}"))
}

fn arrived(home: &Home, member: &str, subject: &str) -> usize {
    let subject = format!("\r\nSubject: {subject}\r\n");
    let letters = home.letters(member);
    let with = letters.iter().filter(|letter| {
        letter
            .windows(subject.len())
            .any(|part| part == subject.as_bytes())
    });
    with.count()
}

#[track_caller]
fn wait_for_letter(home: &Home, member: &str, subject: &str) {
    wait_for(&format!("{subject} for {member}"), PATIENCE, || {
        (arrived(home, member, subject) > 0).then_some(())
    });
}

/// Lives in two homes for a while, and leaves them with letters on their way.
fn lived_in() -> Street {
    let node = Node::start("127.0.0.1", 33400);
    let home = |name: &str, members| {
        let plan = Plan {
            settings: vec![
                ("tox", format!("bootstrap = [ {} ]", node.entry)),
                ("listen", "imaps = \"127.0.0.1:0\"".into()),
                ("queue", format!("expire_after = \"{EVER}\"")),
                ("queue", format!("delay_notice_after = \"{EVER}\"")),
            ],
            members,
            ..Plan::default()
        };
        let mut home = Home::new(name, plan);
        let file = format!("@{}", home.path().join(KILL).display());
        home.plan.environment = vec![("TOXMAIL_FAULT_KILL".to_owned(), file)];
        home.start();
        home
    };
    let mut garden = home("garden", vec!["anna", "ben"]);
    let mut mill = home("mill", vec!["carl"]);
    pair(&garden, &mill);
    let (anna, carl) = (garden.canonical("anna"), mill.canonical("carl"));
    hand_in(&mill, "carl", &anna, "from-the-mill", 3000);
    hand_in(&garden, "anna", &carl, "to-the-mill", 500);
    hand_in(&garden, "anna", "ben@toxmail.local", "at-home", 500);
    wait_for_letter(&garden, "anna", "from-the-mill");
    wait_for_letter(&mill, "carl", "to-the-mill");
    wait_for_letter(&garden, "ben", "at-home");

    let mut imap = Imap::login(garden.address("imaps"), "anna", "secret-anna").unwrap();
    for (mailbox, flags, name) in [
        ("Sent", "(\\Seen)", "to-the-mill"),
        ("INBOX", "(\\Seen $Forwarded)", "kept"),
        ("INBOX", "", "goes"),
        ("INBOX", "(\\Flagged Work Family)", "tagged"),
        ("Drafts", "(\\Draft \\Seen)", "not-finished"),
    ] {
        let (_, answer) = imap
            .append(
                mailbox,
                flags,
                &letter("anna", "somebody@example.org", name, 400),
            )
            .unwrap();
        assert!(answer.starts(&["OK"]), "{answer:?}");
    }
    for command in [
        "CREATE \"Holiday/2026\"",
        "CREATE \"B&AOQ-ume\"",
        "RENAME Archive Attic",
        "SUBSCRIBE \"B&AOQ-ume\"",
        "SUBSCRIBE Gone",
        "UNSUBSCRIBE Junk",
        "SELECT INBOX",
        "STORE 1 +FLAGS (\\Seen \\Answered)",
        "COPY 1,2 \"Holiday/2026\"",
        "COPY 4 Attic",
        "STORE 3 +FLAGS (\\Deleted)",
        "EXPUNGE",
        "LOGOUT",
    ] {
        imap.command(command).unwrap();
    }
    let say = |words: &str, input: &str| said(&garden, words, input);
    say("member display anna Anna-Maria", "");
    say("member address add anna anna@example.org", "");
    say("member settings anna --mixed ask --language de", "");
    let device = say("member device add anna phone", "");
    let provider = "provider set 127.0.0.1 --port 1 --username family@example.org --untested";
    say(provider, "a password\n");
    say("contact add zoe --email zoe@example.net", "");
    say(
        &format!("contact add sam --tox {} --owner anna", nobody(7)),
        "",
    );
    say(&format!("invite --expires {EVER}"), "");

    // The receiving home dies with half of a letter.
    fs::write(garden.path().join(KILL), "inbound.data").unwrap();
    hand_in(&mill, "carl", &anna, "broken-off", BIG);
    wait_for("the home to die", PATIENCE, || {
        garden.has_ended().then_some(())
    });
    fs::remove_file(garden.path().join(KILL)).unwrap();
    mill.stop();
    garden.start();
    hand_in(&garden, "anna", &carl, "waits", 700);
    hand_in(&garden, "anna", "sam@tox", "waits-for-nobody", 700);
    let of_garden = inventory(&garden);
    garden.stop();
    mill.start();
    let of_mill = inventory(&mill);
    mill.stop();
    Street {
        garden,
        mill,
        expected: json!({ "garden": of_garden, "mill": of_mill, "device": device["password"] }),
    }
}

/// Whether everything is there, and everybody gets in.
fn has_everything(street: &Street, home: &Home, name: &str) {
    let expected = &street.expected[name];
    assert!(expected.is_object(), "nothing is written down of {name}");
    agrees(expected, &inventory(home), name);
    if name == "garden" {
        let device = street.expected["device"].as_str().unwrap();
        assert!(Imap::login(home.address("imaps"), "anna", device).is_ok());
    }
    let wrong = Imap::login(home.address("imaps"), "carl", "secret-anna");
    assert!(wrong.is_err());
}

#[test]
fn a_home_of_an_earlier_release_has_everything_and_works_on() {
    netns::enter_loopback_namespace();
    let archives = archives();
    assert!(!archives.is_empty());
    for path in archives {
        eprintln!("{}", path.display());
        let node = Node::start("127.0.0.1", 33400);
        let mut street = unpacked(&fs::read(&path).unwrap(), Some(&node));
        let partial = files_below(&street.garden.path().join("incoming"));
        let size = |path: &PathBuf| fs::metadata(path).unwrap().len();
        let partial: Vec<u64> = partial.iter().map(size).collect();
        assert!(
            matches!(partial[..], [n] if n > 0 && n < BIG as u64),
            "{partial:?}"
        );
        street.garden.start();
        has_everything(&street, &street.garden, "garden");
        street.garden.stop();
        // Its neighbour goes back from a later program.
        street.mill.start();
        has_everything(&street, &street.mill, "mill");
        street.mill.stop();
        let columns = made_later(&street.mill);
        street.garden.plan.environment = vec![("RUST_LOG".into(), "debug".into())];
        street.mill.start();
        street.garden.start();
        let (garden, mill) = (&street.garden, &street.mill);
        wait_for("the homes to meet", Duration::from_secs(180), || {
            (is_connected(garden, mill) && is_connected(mill, garden)).then_some(())
        });
        wait_for_letter(mill, "carl", "waits");
        wait_for_letter(garden, "anna", "broken-off");
        wait_for("the receipts", PATIENCE, || {
            (mill.queue_is_empty() && garden.queue_size() == 1).then_some(())
        });
        assert_eq!(arrived(mill, "carl", "waits"), 1);
        assert_eq!(arrived(garden, "anna", "broken-off"), 1);
        let resumed = format!("offset={}", partial[0]);
        assert!(garden.log().contains(&resumed), "{resumed}");
        for (from, sender, to, member) in [
            (garden, "anna", mill, "carl"),
            (mill, "carl", garden, "anna"),
        ] {
            let address = to.canonical(member);
            hand_in(from, sender, &address, "anew", 2000);
            wait_for_letter(to, member, "anew");
        }
        street.garden.stop();
        street.mill.stop();
        is_still_later(&street.mill, &columns);
    }
}

// ---- the way back

/// The database of a stopped home as a later program leaves it, which only adds; gives back the tables.
fn made_later(home: &Home) -> Vec<String> {
    let c = Connection::open(home.path().join("toxmail.db")).unwrap();
    let tables = tables(&c);
    assert!(tables.len() > 50, "{tables:?}");
    for table in &tables {
        let add = format!("ALTER TABLE {table} ADD COLUMN later TEXT NOT NULL DEFAULT 'later'");
        c.execute(&add, []).unwrap();
    }
    c.execute_batch(
        "CREATE TABLE later (n INTEGER NOT NULL) STRICT; INSERT INTO later (n) VALUES (7)",
    )
    .unwrap();
    let schema = database::schema();
    c.pragma_update(None, "user_version", schema + 1).unwrap();
    let friend: u32 = c
        .pragma_query_value(None, "application_id", |row| row.get(0))
        .unwrap();
    assert!((1..=schema).contains(&friend), "{friend}");
    tables
}

fn tables(c: &Connection) -> Vec<String> {
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name";
    let mut names = c.prepare(sql).unwrap();
    let names = names.query_map([], |row| row.get(0)).unwrap();
    names.collect::<Result<_, _>>().unwrap()
}

fn is_still_later(home: &Home, tables: &[String]) {
    let c = Connection::open(home.path().join("toxmail.db")).unwrap();
    let found: u32 = c
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    assert_eq!(found, database::schema() + 1);
    for table in tables {
        let other = format!("SELECT count(*) FROM {table} WHERE later <> 'later'");
        let other: i64 = c.query_row(&other, [], |row| row.get(0)).unwrap();
        assert_eq!(other, 0, "{table}");
    }
    assert_eq!(
        c.query_row("SELECT n FROM later", [], |row| row.get::<_, i64>(0)),
        Ok(7)
    );
    let sound: String = c
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(sound, "ok");
    assert!(
        !c.prepare("PRAGMA foreign_key_check")
            .unwrap()
            .exists([])
            .unwrap()
    );
}

/// Everything that writes a row, but what a provider, a chat program or another home is needed for.
#[test]
fn a_home_works_on_with_the_database_of_a_later_program() {
    netns::enter_loopback_namespace();
    let path = archives().pop().unwrap();
    let mut street = unpacked(&fs::read(path).unwrap(), None);
    // Also those that this program makes first.
    street.garden.start();
    street.garden.stop();
    let tables = made_later(&street.garden);
    street.garden.start();
    has_everything(&street, &street.garden, "garden");
    let home = &street.garden;
    let say = |words: &str, input: &str| said(home, words, input);

    hand_in(home, "anna", "ben@toxmail.local", "later", 500);
    wait_for_letter(home, "ben", "later");
    hand_in(home, "anna", "sam@tox", "taken-back", 500);
    let waits = say("queue list", "");
    let numbers = waits
        .as_array()
        .unwrap()
        .iter()
        .map(|letter| letter["id"].as_i64());
    say(
        &format!("queue cancel {}", numbers.max().flatten().unwrap()),
        "",
    );

    let mut imap = Imap::login(home.address("imaps"), "anna", "secret-anna").unwrap();
    for flags in ["(\\Seen New)", "(\\Deleted)", ""] {
        let (_, answer) = imap
            .append(
                "INBOX",
                flags,
                &letter("anna", "anna@toxmail.local", "later", 300),
            )
            .unwrap();
        assert!(answer.starts(&["OK"]), "{answer:?}");
    }
    for command in [
        "CREATE \"Later/Deep\"",
        "RENAME Later Latest",
        "SUBSCRIBE \"Latest/Deep\"",
        "UNSUBSCRIBE Gone",
        "ENABLE QRESYNC",
        "SELECT INBOX",
        "STORE 1:* +FLAGS (Another)",
        "UID SEARCH TEXT later",
        "COPY 1:2 \"Latest/Deep\"",
        "MOVE 1 Trash",
        "EXPUNGE",
        "SELECT \"Latest/Deep\"",
        "STORE 1:* +FLAGS.SILENT (\\Deleted)",
        "CLOSE",
        "DELETE \"Latest/Deep\"",
        "SELECT Outbox",
        "FETCH 1:* (FLAGS BODY.PEEK[])",
        "STORE 1 +FLAGS (\\Deleted)",
        "EXPUNGE",
        "UNSELECT",
    ] {
        imap.command(command).unwrap();
    }
    // What is taken back there is no more in the queue.
    wait_for("the Outbox to be empty of one", PATIENCE, || {
        (home.queue_size() == 1).then_some(())
    });

    say("member add dora", "secret-dora\n");
    say("member password dora", "another secret\n");
    say("member settings dora --mixed refuse", "");
    say("member address add dora dora@example.org", "");
    let device = say("member device add dora tablet", "");
    let password = device["password"].as_str().unwrap();
    Imap::login(home.address("imaps"), "dora", password).unwrap();
    say(&format!("member device revoke dora {}", device["id"]), "");
    let account = "127.0.0.1 --port 1 --username dora --member dora --untested";
    say(&format!("provider set {account}"), "a password\n");
    say(&format!("provider fetch set {account}"), "a password\n");
    say("member address remove dora dora@example.org", "");
    say("member remove dora", "");
    say(
        &format!(
            "contact add tim --tox {} --email tim@example.net",
            nobody(9)
        ),
        "",
    );
    say("contact block tim", "");
    say("contact remove tim", "");
    say("contact remove zoe", "");
    let invitation = say("invite", "");
    say(&format!("invite withdraw {}", invitation["id"]), "");
    let backup = home.path().join("later.backup");
    say(
        &format!("backup create {}", backup.display()),
        "correct horse battery\n",
    );
    say("timeline", "");
    say("storage", "");
    street.garden.stop();
    is_still_later(&street.garden, &tables);

    // And back again to the one that made it: nothing of what was done in between is lost.
    street.garden.start();
    let names: Vec<String> = members_of(&street.garden);
    assert_eq!(names, ["anna", "ben"]);
    assert_eq!(arrived(&street.garden, "ben", "later"), 1);
}

/// One that takes something away has said so, and an earlier program leaves such a file alone.
#[test]
fn a_home_does_not_start_on_a_database_that_is_no_friend_of_it() {
    netns::enter_loopback_namespace();
    let mut street = unpacked(&fs::read(archives().pop().unwrap()).unwrap(), None);
    made_later(&street.garden);
    let path = street.garden.path().join("toxmail.db");
    let c = Connection::open(&path).unwrap();
    let schema = database::schema() + 1;
    c.pragma_update(None, "application_id", schema).unwrap();
    drop(c);
    let before = fs::read(&path).unwrap();
    street.garden.spawn();
    wait_for("the home to end", PATIENCE, || {
        street.garden.has_ended().then_some(())
    });
    let log = street.garden.log();
    assert!(log.contains("was written by a later Toxmail"), "{log}");
    assert_eq!(fs::read(&path).unwrap(), before);
}

// ---- every schema

type Rows = Vec<BTreeMap<String, String>>;

/// All rows of a database, each with what is in its columns; sorted.
fn rows(c: &Connection) -> BTreeMap<String, Rows> {
    let mut all = BTreeMap::new();
    for table in tables(c) {
        let mut statement = c.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns: Vec<String> = statement
            .column_names()
            .iter()
            .map(|n| (*n).into())
            .collect();
        let mut found = statement.query([]).unwrap();
        let mut rows = Rows::new();
        while let Some(row) = found.next().unwrap() {
            let cell = |(at, name): (usize, &String)| {
                let cell: Cell = row.get(at).unwrap();
                (name.clone(), format!("{cell:?}"))
            };
            rows.push(columns.iter().enumerate().map(cell).collect());
        }
        rows.sort_unstable();
        all.insert(table, rows);
    }
    all
}

/// A letter as the rows in `fixtures/schemas` describe all of them: 127 octets.
fn short_letter(name: &str) -> Vec<u8> {
    let mut letter = letter("anna", "sb@example.org", name, 0);
    letter.resize(125, b'.');
    letter.extend_from_slice(b"\r\n");
    letter
}

/// A home as the program of this schema left it.
fn home_of_schema(schema: u32) -> Home {
    let plan = Plan {
        settings: vec![
            ("tox", "bootstrap = []".into()),
            ("listen", "imaps = \"127.0.0.1:0\"".into()),
        ],
        ..Plan::default()
    };
    let home = Home::new("schema", plan);
    let path = home.path().join("toxmail.db");
    for number in 1..=schema {
        database::make_earlier(&path, number).unwrap();
        let file = fixtures().join(format!("schemas/{number:04}.sql"));
        // A schema without tables or columns of its own has no rows.
        if let Ok(sql) = fs::read_to_string(file) {
            let c = Connection::open(&path).unwrap();
            c.pragma_update(None, "foreign_keys", true).unwrap();
            c.execute_batch(&sql).unwrap();
        }
    }
    let c = Connection::open(&path).unwrap();
    let files: Vec<String> = c
        .prepare("SELECT file FROM messages UNION ALL SELECT file FROM encoded")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    fs::create_dir_all(home.path().join("queue")).unwrap();
    for file in files {
        let letter = short_letter(file.split('.').next().unwrap());
        assert_eq!(letter.len(), 127);
        fs::write(home.path().join("queue").join(&file), &letter).unwrap();
        let digest = Sha256::digest(&letter).to_vec();
        for table in ["messages", "encoded"] {
            let update = format!("UPDATE {table} SET digest = ?1 WHERE file = ?2");
            c.execute(&update, (&digest, &file)).unwrap();
        }
        if schema >= 8 {
            let update = "UPDATE small_messages SET bytes = ?1 WHERE message = (SELECT id FROM messages WHERE file = ?2)";
            c.execute(update, (&letter, &file)).unwrap();
        }
    }
    drop(c);
    for (member, folder, name) in [
        ("anna", "", "new/1700000003.M1P1.host"),
        ("anna", "", "cur/1700000008.M1P1.host:2,FS"),
        ("anna", ".Archive", "cur/1700000002.M1P1.host:2,S"),
        ("anna", ".Holiday.2023", "cur/1700000005.M1P1.host:2,RS"),
        ("ben", "", ""),
    ] {
        let folder = home
            .path()
            .join("mail")
            .join(member)
            .join("Maildir")
            .join(folder);
        for part in ["tmp", "new", "cur"] {
            fs::create_dir_all(folder.join(part)).unwrap();
        }
        if !name.is_empty() {
            fs::write(folder.join(name), short_letter(&name[4..14])).unwrap();
        }
    }
    home
}

#[test]
fn a_database_of_every_schema_keeps_every_row() {
    for schema in 1..=database::schema() {
        let home = home_of_schema(schema);
        let path = home.path().join("toxmail.db");
        let before = rows(&Connection::open(&path).unwrap());
        let empty: Vec<&String> = before
            .iter()
            .filter(|(_, rows)| rows.is_empty())
            .map(|(t, _)| t)
            .collect();
        assert!(
            empty.is_empty(),
            "schemas/{schema:04}.sql has no row for {empty:?}"
        );
        Database::open(&path).unwrap().close();
        let mut after = rows(&Connection::open(&path).unwrap());
        for (table, before) in before {
            // 0004_fetch.sql: what was wrong is found again by the next round.
            if table == "fetch_troubles" && schema < 4 {
                continue;
            }
            let columns: BTreeSet<&String> = before.iter().flat_map(|row| row.keys()).collect();
            let mut after = after.remove(&table).unwrap_or_default();
            for row in &mut after {
                row.retain(|name, _| columns.contains(name));
            }
            // Some tables get rows of their own by a later schema.
            for row in &before {
                assert!(
                    after.contains(row),
                    "{schema}: {table}: {row:?} is not in {after:?}"
                );
            }
        }
    }
}

#[test]
fn a_home_of_every_schema_has_everything_and_works_on() {
    netns::enter_loopback_namespace();
    for schema in 1..=database::schema() {
        let mut home = home_of_schema(schema);
        home.start();
        wait_for_letter(&home, "ben", "due");
        // By its device's password as well.
        Imap::login(
            home.address("imaps"),
            "anna",
            "ougor-uwvxg-wfzgd-tbsej-2evjw",
        )
        .unwrap();
        let found = inventory(&home);
        let digest_of = |name: &str| digest(&short_letter(name));
        let holiday = match schema {
            1..=4 => "Holiday/2023",
            // It was being renamed when that program ended.
            _ => "Holiday/2024",
        };
        let tags = match schema {
            1..=4 => json!(["\\Flagged", "\\Seen"]),
            _ => json!(["$label1", "\\Flagged", "\\Seen", "work"]),
        };
        let message = |name: &str, flags: Value| json!({ "flags": flags, "size": 127, "digest": digest_of(name) });
        let expected = json!({
            "members": [
                { "name": "anna", "display": "Anna Martin", "administrator": true, "devices": 1, "addresses": ["anna@example.org"] },
                { "name": "ben", "display": "Ben", "administrator": false, "devices": 0, "addresses": [] },
            ],
            "settings": [{ "language": "fr", "mixed": if schema < 2 { "tell" } else { "ask" }, "reencode": schema >= 3 }, {}],
            "mail": { "anna": {
                "INBOX": { "messages": { "3": message("1700000003", json!([])), "8": message("1700000008", tags) } },
                "Archive": { "messages": { "1": message("1700000002", json!(["\\Seen"])) } },
                holiday: { "messages": { "5": message("1700000005", json!(["\\Answered", "\\Seen"])) } },
            } },
        });
        agrees(&expected, &found, &format!("schema {schema}"));
        for (mailbox, numbers) in [
            // The home has written to her since: more than one of two figures.
            ("INBOX", "(UIDVALIDITY 1700000001 UIDNEXT 1"),
            ("Archive", "(UIDVALIDITY 1700000002 UIDNEXT 2"),
            (holiday, "(UIDVALIDITY 1700000005 UIDNEXT 6"),
        ] {
            let found = found["mail"]["anna"][mailbox]["numbers"].as_str().unwrap();
            assert!(found.starts_with(numbers), "{mailbox}: {found}");
        }
        let contacts = found["contacts"].as_array().unwrap();
        let of = |name: &str| {
            contacts
                .iter()
                .find(|contact| contact["name"] == name)
                .unwrap()
        };
        assert_eq!(of("carl")["emails"], json!(["Carl@example.net"]));
        assert_eq!(of("zoe")["display"], "Zoe");
        assert_eq!(of("sam")["owner"], "anna");
        let waiting: Vec<&Value> = found["queue"]
            .as_array()
            .unwrap()
            .iter()
            .map(|l| &l["recipients"][0]["address"])
            .collect();
        let friend = json!("friend@tox");
        assert!(
            waiting.contains(&&json!("carl@tox")) && waiting.contains(&&friend) == (schema >= 2),
            "{waiting:?}"
        );
        hand_in(&home, "anna", "ben@toxmail.local", "anew", 500);
        wait_for_letter(&home, "ben", "anew");
        assert_eq!(
            (arrived(&home, "ben", "due"), arrived(&home, "ben", "anew")),
            (1, 1)
        );
        home.stop();
    }
}

// ---- making an archive

/// The file that it names is kept at a release.
#[test]
#[ignore = "make test-long"]
fn two_homes_of_this_program_are_packed_and_have_everything() {
    netns::enter_loopback_namespace();
    let street = lived_in();
    let archive = packed(&street);
    drop(street);
    let path =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(concat!(env!("CARGO_PKG_VERSION"), ".tar.zst"));
    fs::write(&path, &archive).unwrap();
    eprintln!("{}: {} octets", path.display(), archive.len());
    assert!(archive.len() < 300 << 10);
    let mut street = unpacked(&archive, None);
    street.garden.start();
    has_everything(&street, &street.garden, "garden");
}

// ---- the release before, as it was built

/// Builds the program of the release before this one, or of the revision that `TOXMAIL_UPGRADE_FROM` names, below the target
/// folder; `None` where no release was tagged yet.
fn release_before() -> Option<PathBuf> {
    let git = |words: &[&str]| {
        let mut git = Command::new("git");
        git.current_dir(env!("CARGO_MANIFEST_DIR")).args(words);
        git
    };
    let tag = || {
        let found = git(&["describe", "--tags", "--abbrev=0", "HEAD^"])
            .output()
            .unwrap();
        let tag = String::from_utf8(found.stdout).unwrap();
        found.status.success().then(|| tag.trim().to_owned())
    };
    let revision = std::env::var("TOXMAIL_UPGRADE_FROM").ok().or_else(tag)?;
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("release-before");
    // A folder of its own for each revision: cargo goes by the times of files, and in an archive those are the commit's.
    let sources = place.join(revision.replace('/', "-"));
    let _ = fs::remove_dir_all(&sources);
    let mut archive = git(&["archive", &revision])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    tar::Archive::new(archive.stdout.take().unwrap())
        .unpack(&sources)
        .unwrap();
    assert!(archive.wait().unwrap().success(), "there is no {revision}");
    let built = Command::new("cargo")
        .current_dir(&sources)
        .args(["build", "--locked", "--bin", "toxmaild"])
        .env("CARGO_TARGET_DIR", place.join("target"))
        .status()
        .unwrap();
    assert!(built.success(), "{revision} cannot be built");
    eprintln!("the release before is {revision}");
    Some(place.join("target/debug/toxmaild"))
}

/// One home goes from the release before to this one and back, the other the other way round, and they write to each other all
/// the while.
#[test]
#[ignore = "make test-long"]
fn homes_of_two_releases_write_to_each_other_and_go_forth_and_back() {
    let Some(before) = release_before() else {
        eprintln!("no release was tagged yet: there is none to go back to");
        return;
    };
    netns::enter_loopback_namespace();
    let node = Node::start("127.0.0.1", 33400);
    let home = |name: &'static str, daemon: Option<&PathBuf>| {
        let plan = Plan {
            settings: vec![
                ("tox", format!("bootstrap = [ {} ]", node.entry)),
                ("listen", "imaps = \"127.0.0.1:0\"".into()),
            ],
            members: vec![name],
            daemon: daemon.cloned(),
            ..Plan::default()
        };
        let mut home = Home::new(name, plan);
        home.start();
        home
    };
    let mut homes = [home("anna", Some(&before)), home("bob", None)];
    let names = ["anna", "bob"];
    pair(&homes[0], &homes[1]);
    for (round, old) in [(0, Some(0)), (1, None), (2, Some(1)), (3, Some(0))] {
        if round > 0 {
            let found = homes.each_ref().map(inventory);
            for (at, home) in homes.iter_mut().enumerate() {
                home.stop();
                home.plan.daemon = (old == Some(at)).then(|| before.clone());
            }
            homes.iter_mut().for_each(Home::start);
            for (home, expected) in homes.iter().zip(&found) {
                agrees(expected, &inventory(home), &format!("round {round}"));
            }
            wait_for("the homes to meet", Duration::from_secs(180), || {
                let [a, b] = &homes;
                (is_connected(a, b) && is_connected(b, a)).then_some(())
            });
        }
        for (from, to) in [(0, 1), (1, 0)] {
            for size in [500, 50_000, 2_000_000] {
                let name = format!("round-{round}-{size}");
                let address = homes[to].canonical(names[to]);
                hand_in(&homes[from], names[from], &address, &name, size);
                wait_for_letter(&homes[to], names[to], &name);
            }
        }
        wait_for("the receipts", PATIENCE, || {
            homes.iter().all(Home::queue_is_empty).then_some(())
        });
        for (home, name) in homes.iter().zip(names) {
            assert_eq!(home.letters(name).len(), 3 * (round + 1));
        }
    }
}
