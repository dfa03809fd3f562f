//! Promise 2, where it has been broken: what somebody who runs code in the home's own process can do with the machine. The home tries each
//! thing itself (src/home/sandbox/intruder.rs); without its sandbox the same succeeds, so that this test can fail.

#![cfg(feature = "faults")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "support/home.rs"]
mod home;
#[path = "support/netns.rs"]
mod netns;

use std::collections::BTreeMap;
use std::process::{Child, Command};
use std::time::Duration;

use home::{Home, Plan, wait_for};

/// Acts that older kernels cannot keep a home from: before Linux 6.2 and 6.12.
const LATE: [&str; 2] = ["file: truncate", "process: signal"];

struct Victim(Child);

impl Drop for Victim {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Lets the home be broken into; what came of each act.
fn broken_into(sandbox: &str) -> (Home, BTreeMap<String, String>) {
    let outside = tempfile::Builder::new()
        .prefix("outside")
        .tempdir()
        .unwrap();
    for name in ["secret", "doomed"] {
        std::fs::write(outside.path().join(name), "secret").unwrap();
    }
    std::fs::create_dir(outside.path().join("mount")).unwrap();
    let mut home = Home::new("locked", Plan::default());
    home.plan.environment = vec![
        ("TOXMAIL_FAULT_SANDBOX".into(), sandbox.into()),
        (
            "TOXMAIL_FAULT_INTRUDER".into(),
            outside.path().to_str().unwrap().into(),
        ),
    ];
    let victim = Victim(Command::new("sleep").arg("600").spawn().unwrap());
    std::fs::write(home.path().join("victim"), victim.0.id().to_string()).unwrap();
    home.start();
    let report = home.path().join("intruder.json");
    let report = wait_for("the intruder", Duration::from_secs(20), || {
        std::fs::read(&report).ok()
    });
    if sandbox == "off" {
        let _ = Command::new("umount")
            .arg(outside.path().join("mount"))
            .status();
    } else {
        let left = std::fs::read(outside.path().join("secret")).unwrap();
        assert!(left == b"secret" || !home.log().contains("files=\"whole\""));
        let names = std::fs::read_dir(outside.path()).unwrap();
        assert_eq!(names.count(), 3, "something was made or removed outside");
    }
    (home, serde_json::from_slice(&report).unwrap())
}

#[test]
fn whoever_breaks_in_reaches_the_letters_and_nothing_of_the_machine() {
    netns::enter_loopback_and_mount_namespace();
    let (_free, could) = broken_into("off");
    for (act, outcome) in &could {
        assert_eq!(outcome, "done", "without the sandbox: {act}\n{could:#?}");
    }

    let (home, can) = broken_into("on");
    let log = home.log();
    assert!(log.contains("locked in"), "{log}");
    let whole = log.contains("files=\"whole\"");
    assert_eq!(can.len(), could.len());
    for (act, outcome) in &can {
        let refused = ["EACCES", "EPERM", "EXDEV"].contains(&outcome.as_str());
        if act.starts_with("own: ") {
            assert_eq!(outcome, "done", "a home needs it: {act}\n{can:#?}");
        } else if whole || !LATE.contains(&act.as_str()) {
            assert!(refused, "{act}: {outcome}\n{can:#?}");
        }
    }

    // Every thread of it, whenever that began.
    let threads = std::fs::read_dir(format!("/proc/{}/task", home.pid())).unwrap();
    let states: Vec<String> = threads
        .flatten()
        .filter_map(|thread| std::fs::read_to_string(thread.path().join("status")).ok())
        .collect();
    assert!(states.len() > 3, "{}", states.len());
    for state in states {
        assert!(state.contains("\nNoNewPrivs:\t1\n"), "{state}");
        #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
        assert!(state.contains("\nSeccomp:\t2\n"), "{state}");
    }
}

#[test]
fn a_setting_that_names_a_file_elsewhere_counts_at_the_next_start() {
    netns::enter_loopback_namespace();
    let (near, far) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let provider = |folder: &std::path::Path| {
        let file = folder.join("password");
        std::fs::write(&file, "secret\n").unwrap();
        let lines = ["host = \"127.0.0.1\"", "username = \"anna\""].map(str::to_owned);
        let file = format!("password_file = \"{}\"", file.display());
        lines
            .into_iter()
            .chain([file])
            .map(|line| ("relay", line))
            .collect()
    };
    let mut home = Home::new(
        "named",
        Plan {
            settings: provider(near.path()),
            ..Plan::default()
        },
    );
    home.start();
    assert!(home.log().contains("locked in"), "{}", home.log());
    assert_eq!(told_again(&home), "configuration read again");
    // Another file in a folder that it may read is as good.
    std::fs::rename(near.path().join("password"), near.path().join("old")).unwrap();
    std::fs::write(near.path().join("password"), "another\n").unwrap();
    assert_eq!(told_again(&home), "configuration read again");

    home.plan.settings = provider(far.path());
    home.configure("named");
    assert_eq!(told_again(&home), "configuration not taken");
    assert!(
        home.log().contains("from the next start on"),
        "{}",
        home.log()
    );
    home.stop();
    home.start();
    assert_eq!(told_again(&home), "configuration read again");
}

/// What the home says to its settings when it is told to read them again.
fn told_again(home: &Home) -> &'static str {
    let words = ["configuration read again", "configuration not taken"];
    let count = |word: &str| home.log().matches(word).count();
    let before = words.map(count);
    let pid = rustix::process::Pid::from_raw(home.pid().cast_signed()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::HUP).unwrap();
    wait_for("the settings", Duration::from_secs(20), || {
        let more = |(word, before): (&&'static str, usize)| (count(word) > before).then_some(*word);
        words.iter().zip(before).find_map(more)
    })
}

#[test]
fn somebody_whose_letters_lie_on_another_disk_can_be_removed() {
    netns::enter_loopback_namespace();
    let disk = tempfile::tempdir().unwrap();
    let mut home = Home::new(
        "linked",
        Plan {
            members: vec!["anna", "bob"],
            ..Plan::default()
        },
    );
    let folder = home.path().join("mail/bob");
    home.start();
    home.stop();
    std::fs::rename(&folder, disk.path().join("bob")).unwrap();
    std::os::unix::fs::symlink(disk.path().join("bob"), &folder).unwrap();
    home.start();
    assert!(home.log().contains("locked in"), "{}", home.log());
    let told = home.say(&["member", "remove", "bob"]).unwrap();
    assert_eq!(told["complete"], true, "{told}");
    home.stop();
    home.start();
    assert!(!folder.is_symlink());
}
