//! A backup of a home that runs, and the way back: nothing is lost, nothing comes twice, and a power cut at any moment leaves
//! the old home or the restored one.

#![cfg(feature = "faults")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "support/client.rs"]
mod client;
#[path = "support/home.rs"]
mod home;
#[path = "support/netns.rs"]
mod netns;
#[path = "support/page.rs"]
mod page;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use home::{Home, Node, Plan, pair, toxmaild, wait_for};
use serde_json::Value;

const PASSPHRASE: &str = "correct horse battery\n";

/// How a command of the operator's ended.
struct Said {
    status: ExitStatus,
    answer: Value,
    /// Most memory it had, in KiB.
    memory: u64,
}

fn say(data: &Path, words: &[&str], input: &str, environment: &[(&str, &str)]) -> Said {
    say_by(Command::new(toxmaild()), data, words, input, environment)
}

fn say_by(
    mut command: Command,
    data: &Path,
    words: &[&str],
    input: &str,
    environment: &[(&str, &str)],
) -> Said {
    let mut child = command
        .args(words)
        .arg("--json")
        .arg("--data")
        .arg(data)
        .envs(environment.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // One that dies at once reads nothing.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let status = format!("/proc/{}/status", child.id());
    let mut memory = 0;
    while child.try_wait().unwrap().is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let now = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        memory = memory.max(now.unwrap_or(0));
        std::thread::sleep(Duration::from_millis(5));
    }
    let output = child.wait_with_output().unwrap();
    Said {
        status: output.status,
        answer: serde_json::from_slice(&output.stdout).unwrap_or_default(),
        memory,
    }
}

#[track_caller]
fn done(data: &Path, words: &[&str]) -> Value {
    let said = say(data, words, PASSPHRASE, &[]);
    assert!(said.status.success(), "{words:?}: {}", said.answer);
    said.answer
}

/// Refused with that exit code and these words, and with advice.
#[track_caller]
fn refused(data: &Path, words: &[&str], input: &str, code: i32, error: &str) {
    let said = say(data, words, input, &[]);
    assert_eq!(said.status.code(), Some(code), "{words:?}: {}", said.answer);
    let text = |key: &str| said.answer[key].as_str().unwrap_or_default().to_owned();
    assert!(text("error").contains(error), "{words:?}: {}", said.answer);
    assert!(!text("advice").is_empty(), "{words:?}: {}", said.answer);
}

fn with_members(members: Vec<&'static str>) -> Home {
    Home::new(
        "garden",
        Plan {
            members,
            ..Plan::default()
        },
    )
}

fn members(home: &Home) -> Vec<String> {
    let list = home.say(&["member", "list"]).unwrap();
    let list = list.as_array().unwrap().iter();
    list.map(|member| member["name"].as_str().unwrap().to_owned())
        .collect()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A backup of a stopped home with one member.
fn backup_of(member: &'static str) -> (tempfile::TempDir, PathBuf) {
    let (source, dir) = (with_members(vec![member]), tempfile::tempdir().unwrap());
    let file = dir.path().join("home.tar");
    done(
        source.path(),
        &["backup", "create", text(&file), "--with-mail"],
    );
    (dir, file)
}

#[test]
fn a_home_restored_on_another_box_has_every_letter_and_sends_none_twice() {
    netns::enter_loopback_namespace();
    let node = Node::start("127.0.0.1", 33400);
    let at_node = |name: &'static str, members| {
        let plan = Plan {
            settings: vec![("tox", format!("bootstrap = [ {} ]", node.entry))],
            members,
            ..Plan::default()
        };
        Home::new(name, plan)
    };
    let (mut anna, mut bob) = (at_node("anna", vec!["anna"]), at_node("bob", vec!["bob"]));
    anna.start();
    bob.start();
    pair(&anna, &bob);
    let provider = [
        "provider",
        "set",
        "127.0.0.1",
        "--port",
        "1",
        "--username",
        "family@example.org",
        "--untested",
    ];
    anna.say_with(&provider, Some("a password\n")).unwrap();
    anna.say(&["member", "address", "add", "anna", "anna@example.org"])
        .unwrap();
    let (to_bob, address) = (bob.canonical("bob"), anna.canonical("anna"));
    let send = |home: &Home, to: &str, subject: &str| {
        let mut line =
            client::submission(home.address("submissions"), "anna", "secret-anna").unwrap();
        let letter = format!(
            "From: anna@toxmail.local\r\nTo: <{to}>\r\nSubject: {subject}\r\nMessage-ID: <{subject}@test>\r\n\r\n{subject}\r\n"
        );
        let reply =
            client::send(&mut line, "anna@toxmail.local", &[to], letter.as_bytes()).unwrap();
        assert!(reply.starts_with("250"), "{reply}");
    };
    let copies = |home: &Home, member: &str, subject: &str| {
        let subject = format!("Subject: {subject}\r\n");
        let letters = home.letters(member).into_iter();
        letters
            .filter(|letter| String::from_utf8_lossy(letter).contains(&subject))
            .count()
    };
    send(&anna, &to_bob, "before");
    wait_for("the first letter", Duration::from_secs(60), || {
        (copies(&bob, "bob", "before") == 1).then_some(())
    });
    bob.stop();
    for n in 0..5 {
        send(&anna, &to_bob, &format!("waiting-{n}"));
    }
    send(&anna, "carl@example.net", "ordinary");
    for n in 0..10 {
        send(&anna, "anna@toxmail.local", &format!("early-{n}"));
    }

    // Letters go on coming while the backup is made.
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("home.tar");
    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut n = 0;
            while !ended.load(Ordering::SeqCst) || n == 0 {
                send(&anna, "anna@toxmail.local", &format!("late-{n}"));
                n += 1;
            }
        });
        let made = done(
            anna.path(),
            &["backup", "create", text(&file), "--with-mail"],
        );
        ended.store(true, Ordering::SeqCst);
        assert!(made["letters"].as_u64().unwrap() >= 1, "{made}");
    });
    // Bob has them from the old box, after the backup was made.
    bob.start();
    wait_for("the letters that waited", Duration::from_secs(120), || {
        (0..5)
            .all(|n| copies(&bob, "bob", &format!("waiting-{n}")) == 1)
            .then_some(())
    });
    refused(
        anna.path(),
        &["backup", "restore", text(&file)],
        PASSPHRASE,
        1,
        "already runs",
    );
    anna.stop();

    let mut new = at_node("new", vec![]);
    let restored = done(new.path(), &["backup", "restore", text(&file)]);
    assert_eq!(restored["held"], 1, "{restored}");
    new.start();
    assert_eq!(new.canonical("anna"), address);
    wait_for(
        "bob to say that he has them",
        Duration::from_secs(120),
        || {
            let queue = new.say(&["queue", "list"]).unwrap();
            let waits = queue.as_array().unwrap().iter().filter(|one| {
                one["recipients"][0]["route"] == "tox"
                    && one["recipients"][0]["state"] != "delivered"
            });
            (waits.count() == 0).then_some(())
        },
    );
    for n in 0..5 {
        assert_eq!(copies(&bob, "bob", &format!("waiting-{n}")), 1, "{n}");
    }
    wait_for("what was filed before", Duration::from_secs(60), || {
        (0..10)
            .all(|n| copies(&new, "anna", &format!("early-{n}")) == 1)
            .then_some(())
    });
    for n in 0..50 {
        assert!(copies(&new, "anna", &format!("late-{n}")) <= 1, "{n}");
    }
    // Whoever looks after it hears of it; what would go by ordinary mail waits for a word.
    wait_for("two mails", Duration::from_secs(60), || {
        let told = copies(&new, "anna", "Your home was restored from a backup");
        let asked = copies(&new, "anna", "Shall it go? ordinary");
        assert!(told <= 1 && asked <= 1);
        (told == 1 && asked == 1).then_some(())
    });
    let queue = new.say(&["queue", "list"]).unwrap();
    let held = queue.as_array().unwrap().iter();
    let held: Vec<&Value> = held
        .filter(|one| one["recipients"][0]["route"] == "relay")
        .collect();
    assert_eq!(held.len(), 1, "{queue}");
    assert_eq!(held[0]["recipients"][0]["state"], "held", "{queue}");
    let id = held[0]["id"].to_string();
    new.say(&["queue", "release", &id]).unwrap();
    let again = new.say(&["queue", "release", &id]).unwrap_err();
    assert!(again.contains("is not held"), "{again}");
    let shown = new.say(&["queue", "show", &id]).unwrap();
    assert_ne!(shown["recipients"][0]["state"], "held", "{shown}");
    // And a new letter goes both ways as ever.
    send(&new, &to_bob, "after");
    wait_for("a letter of the new box", Duration::from_secs(60), || {
        (copies(&bob, "bob", "after") == 1).then_some(())
    });
}

#[test]
fn a_home_that_starts_waits_for_a_command_that_looks_into_its_folder() {
    netns::enter_loopback_namespace();
    let mut home = with_members(vec!["anna"]);
    let folder = std::fs::File::open(home.path()).unwrap();
    rustix::fs::flock(&folder, rustix::fs::FlockOperation::LockExclusive).unwrap();
    home.spawn();
    let open = PathBuf::from(format!("/proc/{}/fd", home.pid()));
    let path = home.path().to_owned();
    wait_for(
        "the home to want its folder",
        Duration::from_secs(60),
        || {
            let files = std::fs::read_dir(&open).unwrap().flatten();
            let mut targets = files.filter_map(|file| std::fs::read_link(file.path()).ok());
            (home.has_ended() || targets.any(|target| target == path)).then_some(())
        },
    );
    drop(folder);
    home.wait_until_ready();
    // Two homes are not waited for.
    let data = text(home.path());
    let second = Command::new(toxmaild())
        .args(["run", "--data", data])
        .output()
        .unwrap();
    assert_eq!(second.status.code(), Some(1), "{second:?}");
    let said = String::from_utf8_lossy(&second.stderr);
    assert!(said.contains("already runs"), "{said}");
}

/// From a PC with addresses and ports of its own to a box.
#[test]
fn a_home_with_settings_that_this_machine_cannot_start_with_starts_without_them_and_tells() {
    netns::enter_loopback_namespace();
    let (source, dir) = (with_members(vec!["anna"]), tempfile::tempdir().unwrap());
    let settings = "[home]\nname = \"Garden\"\n\n[listen]\nimap = \"192.0.2.1:993\"\n";
    std::fs::write(source.path().join("toxmail.toml"), settings).unwrap();
    let file = dir.path().join("home.tar");
    done(source.path(), &["backup", "create", text(&file)]);
    let mut target = Home::new("target", Plan::default());
    let restored = done(target.path(), &["backup", "restore", text(&file)]);
    let why = restored["settings"].as_str().unwrap_or_default();
    assert!(why.contains("192.0.2.1:993"), "{restored}");
    target.start();
    assert_eq!(members(&target), ["anna"]);
    let read = |name: &str| std::fs::read_to_string(target.path().join(name)).unwrap();
    assert_eq!(
        read("toxmail.toml"),
        settings.replace("imap = \"192.0.2.1:993\"\n", "")
    );
    assert_eq!(read("toxmail.toml.from-backup"), settings);
    wait_for("the mail about it", Duration::from_secs(60), || {
        let letters = target.letters("anna").into_iter();
        let mut letters = letters.map(|letter| {
            let letter = String::from_utf8_lossy(&letter).into_owned();
            letter.replace("=\r\n", "") // quoted-printable
        });
        let told = |letter: String| {
            letter.contains("toxmail.toml.from-backup") && letter.contains("192.0.2.1:993")
        };
        letters.any(told).then_some(())
    });
}

/// `sudo toxmaild backup create`, and then the home itself.
#[test]
fn a_backup_that_root_has_made_does_not_keep_the_homes_own_user_from_the_next() {
    use std::os::unix::fs::{MetadataExt, chown};
    use std::os::unix::process::CommandExt;
    const NOBODY: u32 = 65534;
    if !rustix::process::geteuid().is_root() {
        println!("skipped: only root can make files for another user");
        return;
    }
    let (home, dir) = (with_members(vec!["anna"]), tempfile::tempdir().unwrap());
    let given = Command::new("chown")
        .args(["-R", "65534:65534", text(home.path()), text(dir.path())])
        .status();
    assert!(given.unwrap().success());
    let create = |user: u32, name: &str| {
        let mut command = Command::new(toxmaild());
        command.uid(user).gid(user);
        let file = dir.path().join(name);
        let words = ["backup", "create", text(&file), "--with-mail"];
        let said = say_by(command, home.path(), &words, PASSPHRASE, &[]);
        assert!(said.status.success(), "{name}: {}", said.answer);
    };
    create(0, "by-root.tar");
    for entry in std::fs::read_dir(home.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().uid(), NOBODY, "{entry:?}");
    }
    create(NOBODY, "by-its-own.tar");
    // What an earlier version has left.
    chown(home.path().join("backup"), Some(0), Some(0)).unwrap();
    create(NOBODY, "again.tar");
}

#[test]
fn a_power_cut_leaves_the_old_home_or_the_restored_one() {
    netns::enter_loopback_namespace();
    let (_dir, file) = backup_of("new");
    let restore = ["backup", "restore", text(&file), "--replace"];
    let cuts = [
        ("restore.unpacked", "old"),
        ("restore.checked", "old"),
        ("restore.ready", "new"),
        ("restore.aside", "new"),
        ("restore.aside:2", "new"),
        ("restore.aside:3", "new"),
        ("restore.moved", "new"),
        ("restore.placed", "new"),
        ("restore.placed:2", "new"),
        ("restore.unmarked", "new"),
    ];
    for (cut, left) in cuts {
        let mut home = with_members(vec!["old"]);
        let said = say(
            home.path(),
            &restore,
            PASSPHRASE,
            &[("TOXMAIL_FAULT_KILL", cut)],
        );
        assert_eq!(
            said.status.code(),
            None,
            "{cut}: it was not killed: {}",
            said.answer
        );
        // The next look, and the next start, find one of the two, whole.
        assert_eq!(members(&home), [left], "{cut}");
        if cut.ends_with("checked") || cut.ends_with("aside") {
            home.start();
            assert_eq!(members(&home), [left], "{cut}");
            home.stop();
            assert!(!home.path().join("restore").exists(), "{cut}");
        }
        done(home.path(), &restore);
        assert_eq!(members(&home), ["new"], "{cut}");
        assert!(!home.path().join("restore").exists(), "{cut}");
    }
}

#[test]
fn a_power_cut_while_a_backup_is_made_leaves_no_half_one() {
    let (source, dir) = (with_members(vec!["anna"]), tempfile::tempdir().unwrap());
    let file = dir.path().join("home.tar");
    let create = ["backup", "create", text(&file)];
    for cut in ["backup.snapshot", "backup.files", "backup.written"] {
        let said = say(
            source.path(),
            &create,
            PASSPHRASE,
            &[("TOXMAIL_FAULT_KILL", cut)],
        );
        assert_eq!(
            said.status.code(),
            None,
            "{cut}: it was not killed: {}",
            said.answer
        );
        assert!(!file.exists(), "{cut}");
    }
    done(source.path(), &create);
    assert!(!dir.path().join("home.tar.part").exists());
    let target = Home::new("target", Plan::default());
    done(target.path(), &["backup", "restore", text(&file)]);
    assert_eq!(members(&target), ["anna"]);
}

#[test]
fn a_full_disk_stops_a_backup_or_a_restore_and_leaves_nothing() {
    let (_dir, file) = backup_of("new");
    for n in [1, 2, 4] {
        let (home, dir) = (with_members(vec!["old"]), tempfile::tempdir().unwrap());
        let full = format!("ENOSPC@write:{n}");
        let fault = [("TOXMAIL_FAULT_DISK", full.as_str())];
        let made = dir.path().join("made.tar");
        let said = say(
            home.path(),
            &["backup", "create", text(&made)],
            PASSPHRASE,
            &fault,
        );
        assert_eq!(said.status.code(), Some(1), "{}", said.answer);
        assert_eq!(said.answer["error"], "the disk is full", "{}", said.answer);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
        let restore = ["backup", "restore", text(&file), "--replace"];
        let said = say(home.path(), &restore, PASSPHRASE, &fault);
        assert_eq!(said.status.code(), Some(1), "{}", said.answer);
        assert_eq!(said.answer["error"], "the disk is full", "{}", said.answer);
        assert!(!home.path().join("restore").exists());
        assert_eq!(members(&home), ["old"]);
    }
}

#[test]
fn what_cannot_be_done_is_refused_with_what_to_do_instead() {
    let (source, dir) = (with_members(vec!["anna"]), tempfile::tempdir().unwrap());
    let home = source.path();
    let file = dir.path().join("home.tar");
    let create = ["backup", "create", text(&file)];
    refused(home, &create, "short\n", 1, "too short");
    refused(home, &create, "", 2, "is needed");
    refused(
        home,
        &["backup", "create", text(&file), "--no-passphrase"],
        "",
        1,
        "no key",
    );
    let nowhere = dir.path().join("nowhere/home.tar");
    refused(
        home,
        &["backup", "create", text(&nowhere)],
        PASSPHRASE,
        1,
        "nowhere",
    );
    assert!(!file.exists());
    done(home, &create);
    refused(home, &create, PASSPHRASE, 1, "there already");
    refused(
        &dir.path().join("none"),
        &["backup", "create", "x"],
        PASSPHRASE,
        1,
        "no home",
    );

    let restore = ["backup", "restore", text(&file)];
    refused(home, &restore, PASSPHRASE, 1, "has a home with members");
    let target = Home::new("target", Plan::default());
    refused(
        target.path(),
        &restore,
        "another passphrase\n",
        1,
        "not the passphrase",
    );
    refused(target.path(), &restore, "", 2, "is needed");
    let text_file = dir.path().join("letter.txt");
    std::fs::write(&text_file, "not a backup\n".repeat(1000)).unwrap();
    refused(
        target.path(),
        &["backup", "restore", text(&text_file)],
        PASSPHRASE,
        1,
        "not a backup",
    );
    refused(
        target.path(),
        &["backup", "restore", "/none/home.tar"],
        PASSPHRASE,
        1,
        "/none/home.tar",
    );
    // The folder with the files is no home, and is not made one.
    refused(dir.path(), &restore, PASSPHRASE, 1, "holds other things");
    assert!(!target.path().join("toxmail.db").exists());
    done(target.path(), &restore);
    assert_eq!(members(&target), ["anna"]);

    // Set aside, not deleted.
    let answer = done(
        target.path(),
        &["backup", "restore", text(&file), "--replace"],
    );
    let aside = Path::new(answer["aside"].as_str().unwrap());
    assert!(aside.join("toxmail.db").exists());
    assert_eq!(members(&target), ["anna"]);
}

#[test]
fn nightly_backups_need_nobody_who_types_a_passphrase() {
    let (source, dir) = (with_members(vec!["anna"]), tempfile::tempdir().unwrap());
    let key = done(source.path(), &["backup", "key", "create"]);
    assert!(
        key["recipient"].as_str().unwrap().starts_with("age1"),
        "{key}"
    );
    assert_eq!(key.as_object().unwrap().len(), 1, "{key}");
    let file = dir.path().join("night.tar");
    let said = say(
        source.path(),
        &["backup", "create", text(&file), "--no-passphrase"],
        "",
        &[],
    );
    assert!(said.status.success(), "{}", said.answer);
    let database = rusqlite::Connection::open(source.path().join("toxmail.db")).unwrap();
    let last: String = database
        .query_row(
            "SELECT value FROM settings WHERE key = 'backup.last'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(last, said.answer["created"].to_string());
    let target = Home::new("target", Plan::default());
    done(target.path(), &["backup", "restore", text(&file)]);
    assert_eq!(members(&target), ["anna"]);
}

#[test]
fn the_identity_alone_comes_back_from_a_paper() {
    netns::enter_loopback_namespace();
    let (mut source, dir) = (with_members(vec!["anna"]), tempfile::tempdir().unwrap());
    refused(
        source.path(),
        &["backup", "paper"],
        PASSPHRASE,
        1,
        "no identity",
    );
    source.start();
    let id = source.status("tox_id");
    let paper = done(source.path(), &["backup", "paper"]);
    assert_eq!(paper["tox_id"], id);
    source.stop();
    let file = dir.path().join("typed.txt");
    std::fs::write(&file, paper["paper"].as_str().unwrap()).unwrap();
    let restore = ["backup", "restore", text(&file), "--paper"];
    refused(source.path(), &restore, PASSPHRASE, 1, "an identity in it");
    let mut target = Home::new("target", Plan::default());
    refused(
        target.path(),
        &restore,
        "another passphrase\n",
        1,
        "not the passphrase",
    );
    let restored = done(target.path(), &restore);
    assert_eq!(restored["words"], paper["words"]);
    assert_eq!(restored["words"].as_str().unwrap().split(' ').count(), 4);
    target.start();
    assert_eq!(target.status("tox_id"), id);
    // What a person sees: a code, the text below it, and the words.
    let shown = Command::new(toxmaild())
        .args(["backup", "paper", "--data", text(target.path())])
        .stdin(Stdio::from(
            std::fs::File::open(passphrase_file(dir.path())).unwrap(),
        ))
        .output()
        .unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(
        shown.contains('█')
            && shown.contains("BEGIN AGE")
            && shown.contains(paper["words"].as_str().unwrap()),
        "{shown}"
    );
    target.stop();
    // On the setup page of a box, too: nobody lives there yet.
    let mut new = on_a_box(vec![], None);
    let mut somebody = page::Visitor::new(new.address("https"));
    somebody.get("/setup/paper");
    let mut take = |text: &str| {
        let passphrase = PASSPHRASE.trim_end();
        let sheet = [("code", CODE), ("passphrase", passphrase), ("text", text)];
        somebody.post("/setup/paper", &sheet)
    };
    let typed = paper["paper"].as_str().unwrap();
    let said = take(&typed[..typed.len() / 2]);
    assert_eq!(said.status, 422, "{}", said.body);
    let said = take(&typed.replace('\n', "  "));
    assert_eq!(said.status, 200, "{}", said.body);
    let words = paper["words"].as_str().unwrap();
    assert!(said.body.contains(words), "{}", said.body);
    wait_for("the address on the sheet", Duration::from_secs(120), || {
        let status = new.say(&["status"]).unwrap_or_default();
        (status["tox_id"] == id).then_some(())
    });
    assert!(members(&new).is_empty());
    new.stop();
}

fn passphrase_file(dir: &Path) -> PathBuf {
    let path = dir.join("passphrase");
    std::fs::write(&path, PASSPHRASE).unwrap();
    path
}

#[test]
fn two_hundred_megabytes_of_mail_take_no_more_memory_than_a_little() {
    let (source, dir) = (with_members(vec!["anna"]), tempfile::tempdir().unwrap());
    done(source.path(), &["backup", "key", "create"]);
    let folder = source.path().join("mail/anna/Maildir/cur");
    let mut noise = vec![0_u8; 1 << 20];
    for n in 0..200 {
        // Each its own: a letter that is there twice would be packed once.
        getrandom::fill(&mut noise).unwrap();
        std::fs::write(folder.join(format!("{n}.letter:2,S")), &noise).unwrap();
    }
    let file = dir.path().join("home.tar");
    let create = [
        "backup",
        "create",
        text(&file),
        "--with-mail",
        "--no-passphrase",
    ];
    let made = say(source.path(), &create, "", &[]);
    assert!(made.status.success(), "{}", made.answer);
    assert_eq!(made.answer["letters"], 200);
    assert!(std::fs::metadata(&file).unwrap().len() > 190 << 20);
    let target = Home::new("target", Plan::default());
    let restored = say(
        target.path(),
        &["backup", "restore", text(&file)],
        PASSPHRASE,
        &[],
    );
    assert!(restored.status.success(), "{}", restored.answer);
    assert_eq!(target.letter_files("anna").len(), 200);
    println!(
        "create: {} KiB, restore: {} KiB",
        made.memory, restored.memory
    );
    assert!(made.memory < 64 << 10, "{} KiB", made.memory);
    // The passphrase takes 64 MiB of it.
    assert!(restored.memory < 128 << 10, "{} KiB", restored.memory);
}

/// The box's script for sticks, for a stick that is a file system in memory. It is mounted when the home asks, long after the home has
/// locked itself in.
struct UsbSocket {
    shared: tempfile::TempDir,
    stick: std::sync::Arc<std::sync::Mutex<Stick>>,
    ends: std::sync::Arc<AtomicBool>,
    script: Option<std::thread::JoinHandle<()>>,
}

/// What is plugged in: options of `mount`, or nothing.
struct Stick {
    plugged: bool,
    options: &'static str,
}

fn run_as_root(program: &str, words: &[&str]) {
    let status = Command::new(program).args(words).status().unwrap();
    assert!(status.success(), "{program} {words:?}");
}

impl UsbSocket {
    fn new() -> Self {
        use std::sync::{Arc, Mutex};
        let shared = tempfile::tempdir().unwrap();
        for name in ["inbox", "mnt", "kept"] {
            std::fs::create_dir(shared.path().join(name)).unwrap();
        }
        let list = "stick=sda1-9 64000000 vfat 1a2b3c4d ok <b>Ultra</b>\n\
            stick=sdb1-9 64000000 vfat 00000001 locked Tiny\n";
        std::fs::write(shared.path().join("list"), list).unwrap();
        let stick = Arc::new(Mutex::new(Stick {
            plugged: true,
            options: "size=64m",
        }));
        let ends = Arc::new(AtomicBool::new(false));
        let (folder, what, stop) = (
            shared.path().to_owned(),
            Arc::clone(&stick),
            Arc::clone(&ends),
        );
        // What is on the stick stays when it is put away: it is mounted here all the time.
        run_as_root(
            "mount",
            &[
                "-t",
                "tmpfs",
                "-o",
                "size=64m",
                "stick",
                text(&folder.join("kept")),
            ],
        );
        std::fs::create_dir(folder.join("kept/Toxmail")).unwrap();
        let script = std::thread::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(20));
                let ask = folder.join("inbox/ask");
                let Ok(line) = std::fs::read_to_string(&ask) else {
                    continue;
                };
                std::fs::remove_file(&ask).unwrap();
                let stick = what.lock().unwrap();
                let (mnt, kept) = (folder.join("mnt"), folder.join("kept"));
                let _ = Command::new("umount")
                    .arg(&mnt)
                    .stderr(Stdio::null())
                    .status();
                let words: Vec<&str> = line.split(' ').collect();
                let phase = match words[0] {
                    "close" => "closed",
                    _ if !stick.plugged || words[1] != "1a2b3c4d" => "gone",
                    verb => {
                        run_as_root(
                            "mount",
                            &["-o", &format!("remount,{}", stick.options), text(&kept)],
                        );
                        run_as_root("mount", &["--bind", text(&kept), text(&mnt)]);
                        if verb == "read" {
                            run_as_root("mount", &["-o", "remount,bind,ro", text(&mnt)]);
                        }
                        "open"
                    }
                };
                let said = format!(
                    "phase={phase}\nasked={}\nat=5\nwhy=\n",
                    words[words.len() - 1]
                );
                std::fs::write(folder.join("state.new"), said).unwrap();
                std::fs::rename(folder.join("state.new"), folder.join("state")).unwrap();
            }
        });
        Self {
            shared,
            stick,
            ends,
            script: Some(script),
        }
    }

    fn folder(&self) -> &'static str {
        Box::leak(text(self.shared.path()).to_owned().into_boxed_str())
    }

    fn set(&self, plugged: bool, options: &'static str) {
        *self.stick.lock().unwrap() = Stick { plugged, options };
    }

    /// The backups on the stick, and what else is in the folder.
    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.shared.path().join("kept/Toxmail")).unwrap();
        let mut names: Vec<_> = entries
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

impl Drop for UsbSocket {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Relaxed);
        let _ = self.script.take().unwrap().join();
        for name in ["mnt", "kept"] {
            let _ = Command::new("umount")
                .arg(self.shared.path().join(name))
                .stderr(Stdio::null())
                .status();
        }
    }
}

/// Whatever exit code comes with it.
fn health(home: &Home) -> String {
    match home.say(&["health"]) {
        Ok(value) => value.to_string(),
        Err(said) => said,
    }
}

const CODE: &str = "1234 5678";

fn on_a_box(members: Vec<&'static str>, sticks: Option<&'static str>) -> Home {
    let boot = tempfile::tempdir().unwrap().keep();
    std::fs::write(boot.join("setup-code.txt"), CODE).unwrap();
    let boot: &'static str = Box::leak(text(&boot).to_owned().into_boxed_str());
    let mut options = vec!["--boot", boot];
    if let Some(folder) = sticks {
        options.extend(["--sticks", folder]);
    }
    let plan = Plan {
        settings: vec![
            ("tox", "bootstrap = []".into()),
            ("listen", "https = \"127.0.0.1:0\"".into()),
        ],
        members,
        options,
        ..Plan::default()
    };
    let mut home = Home::new("box", plan);
    home.start();
    home
}

#[test]
fn a_home_on_a_box_writes_its_backups_to_a_stick_that_is_plugged_in_later() {
    netns::enter_loopback_and_mount_namespace();
    run_as_root("mount", &["--make-rprivate", "/"]);
    let the_box = UsbSocket::new();
    let mut home = on_a_box(vec!["anna"], Some(the_box.folder()));
    let mut anna = page::Visitor::logged_in(home.address("https"), "anna");
    let path = "/admin/backup/stick";
    let seen = anna.get(path);
    assert!(
        seen.body.contains("value=\"1a2b3c4d\" required"),
        "{}",
        seen.body
    );
    assert!(!seen.body.contains("<b>Ultra"), "{}", seen.body);
    let form = [
        ("stick", "1a2b3c4d"),
        ("passphrase", "correct horse battery"),
        ("repeated", "correct horse battery"),
        ("password", "secret-anna"),
        ("mail", "yes"),
        ("nightly", "yes"),
    ];
    // A stick that is locked, another passphrase, and no password of hers.
    for (at, wrong) in [(0, "00000001"), (0, "deadbeef"), (2, "x"), (3, "secret")] {
        let mut fields = form;
        fields[at].1 = wrong;
        let said = anna.post(path, &fields);
        assert!(
            said.status == 422 || said.status == 403,
            "{} {}",
            said.status,
            said.body
        );
        assert!(said.body.contains("class=\"problem\""), "{}", said.body);
    }
    assert!(the_box.names().is_empty());
    let said = anna.post(path, &form);
    assert_eq!(said.status, 303, "{}", said.body);
    let mut says = |words: &str| {
        wait_for(words, Duration::from_secs(120), || {
            let body = anna.get(path).body;
            let done = body.contains(words) && !body.contains("<progress");
            done.then_some(())
        });
    };
    says("The last backup was made");
    let first = the_box.names();
    assert_eq!(first.len(), 1, "{first:?}");
    // Nothing is mounted any more.
    assert!(!the_box.shared.path().join("mnt/Toxmail").exists());

    // Pulled out, full, locked: said on the page, and the one that was there stays.
    let trouble = |plugged, options, words: &str| {
        the_box.set(plugged, options);
        let mut anna = page::Visitor::logged_in(home.address("https"), "anna");
        anna.get(path);
        assert_eq!(anna.post("/admin/backup/stick/now", &[]).status, 303);
        wait_for(words, Duration::from_secs(120), || {
            let body = anna.get(path).body;
            (body.contains(words) && !body.contains("<progress")).then_some(())
        });
        assert_eq!(the_box.names(), first, "{words}");
        let health = health(&home);
        assert!(health.contains("backup-failed"), "{health}");
    };
    trouble(false, "size=64m", "is not plugged in");
    let filler = the_box.shared.path().join("kept/film");
    // To its last byte.
    assert!(std::fs::write(&filler, vec![7; 65 << 20]).is_err());
    trouble(true, "size=64m", "no room on the stick");
    std::fs::remove_file(&filler).unwrap();
    trouble(true, "size=64m,ro", "Nothing can be written");
    the_box.set(true, "size=64m,rw");
    assert_eq!(anna.post("/admin/backup/stick/now", &[]).status, 303);
    wait_for("a second one", Duration::from_secs(120), || {
        let body = anna.get(path).body;
        (body.contains("2 backups are on the stick") && !body.contains("<progress")).then_some(())
    });
    let health = health(&home);
    assert!(!health.contains("backup-failed"), "{health}");
    // It is this home's, and a new box takes it from the stick.
    home.stop();
    let newest = the_box
        .shared
        .path()
        .join("kept/Toxmail")
        .join(&the_box.names()[1]);
    let dir = tempfile::tempdir().unwrap();
    done(dir.path(), &["backup", "restore", text(&newest)]);
    let mut new = on_a_box(vec![], Some(the_box.folder()));
    let mut somebody = page::Visitor::new(new.address("https"));
    let seen = somebody.get("/setup/restore");
    assert!(
        seen.body.contains("/setup/restore/stick"),
        "{} {}",
        seen.status,
        seen.body
    );
    let with = |passphrase: &'static str| {
        [
            ("stick", "1a2b3c4d"),
            ("passphrase", passphrase),
            ("code", CODE),
        ]
    };
    let said = somebody.post("/setup/restore/stick", &with("another one altogether"));
    assert_eq!(said.status, 422, "{}", said.body);
    assert!(said.body.contains(&first[0]), "{}", said.body);
    // The one that was chosen stays chosen.
    let selected = format!("<option value=\"{}\" selected>", first[0]);
    assert!(!said.body.contains(&selected), "{}", said.body);
    let mut older = with("another one altogether").to_vec();
    older.push(("archive", &first[0]));
    let said = somebody.post("/setup/restore/stick", &older);
    assert!(said.body.contains(&selected), "{}", said.body);
    let said = somebody.post("/setup/restore/stick", &with("correct horse battery"));
    assert_eq!(said.status, 200, "{}", said.body);
    wait_for("the home that it was", Duration::from_secs(120), || {
        let members = new.say(&["member", "list"]).unwrap_or_default();
        members.to_string().contains("anna").then_some(())
    });
    new.stop();
}
