//! Promise 1 on a disk that forgets: the power goes at whatever moment, what was not synced is gone or torn, and the home starts by
//! itself with everything that it had said yes to. And on a disk that fails once, at whatever act.
//!
//! The disk is a file system in user space (`support/forgetful.rs`), so everything counts that the daemon does with it, SQLite's part
//! too. A seed makes the dice fall the same; what the programs get done before the power goes is the machine's to say.

#![cfg(feature = "faults")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "support/client.rs"]
mod client;
#[path = "support/dice.rs"]
mod dice;
#[path = "support/disk.rs"]
mod disk;
#[path = "support/forgetful.rs"]
mod forgetful;
#[path = "support/home.rs"]
mod home;
#[path = "support/household.rs"]
mod household;
#[path = "support/imap.rs"]
mod imap;
#[path = "support/netns.rs"]
mod netns;
#[path = "support/promises.rs"]
mod promises;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use dice::Dice;
use disk::{Act, EIO, ENOSPC, Failure, Order, Rules};
use forgetful::Forgetful;
use home::{Home, Node, Plan, is_connected, pair, wait_for};
use household::{House, LONGEST_START, letter};

fn mounted(rules: Rules) -> (Forgetful, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let disk = Forgetful::mount(&dir.path().join("disk"), rules);
    (disk, dir)
}

fn sync_folder(path: &Path) {
    File::open(path).unwrap().sync_all().unwrap();
}

/// How the same few acts look after many cuts: how often each outcome came.
fn outcomes(
    rules: Rules,
    act: impl Fn(&Path),
    look: impl Fn(&Path) -> String,
) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for seed in 1..=40 {
        let (mut disk, _dir) = mounted(rules);
        act(disk.path());
        disk.come_back(&mut Dice::of(seed));
        *found.entry(look(disk.path())).or_default() += 1;
    }
    found
}

fn text(path: &Path) -> String {
    match fs::read(path) {
        Ok(bytes) if bytes.iter().all(|byte| *byte == 0) => format!("{} zeros", bytes.len()),
        Ok(bytes) => String::from_utf8(bytes).unwrap(),
        Err(_) => "nothing".into(),
    }
}

#[test]
fn a_file_that_was_not_synced_may_be_gone_and_one_that_was_with_its_folder_is_there() {
    netns::enter_loopback_and_mount_namespace();
    let unsynced = outcomes(
        Rules::default(),
        |at| fs::write(at.join("letter"), "all of it").unwrap(),
        |at| text(&at.join("letter")),
    );
    for outcome in ["nothing", "0 zeros", "9 zeros", "all of it"] {
        assert!(unsynced.contains_key(outcome), "{outcome}: {unsynced:?}");
    }
    let file_alone = outcomes(
        Rules::default(),
        |at| {
            let mut file = File::create(at.join("letter")).unwrap();
            file.write_all(b"all of it").unwrap();
            file.sync_all().unwrap();
        },
        |at| text(&at.join("letter")),
    );
    assert_eq!(
        file_alone.keys().collect::<Vec<_>>(),
        ["all of it", "nothing"]
    );
    let both = outcomes(
        Rules::default(),
        |at| {
            let mut file = File::create(at.join("letter")).unwrap();
            file.write_all(b"all of it").unwrap();
            file.sync_data().unwrap();
            sync_folder(at);
        },
        |at| text(&at.join("letter")),
    );
    assert_eq!(both.keys().collect::<Vec<_>>(), ["all of it"]);
}

#[test]
fn a_rename_has_happened_or_not_and_brings_no_bytes_that_were_not_synced() {
    netns::enter_loopback_and_mount_namespace();
    for order in [Order::Journal, Order::Loose] {
        let rules = Rules {
            order,
            ..Rules::default()
        };
        let prepare = |at: &Path| {
            for folder in ["tmp", "new"] {
                fs::create_dir(at.join(folder)).unwrap();
            }
            sync_folder(at);
            let mut file = File::create(at.join("tmp/letter")).unwrap();
            file.write_all(b"all of it").unwrap();
            file
        };
        let look = |at: &Path| {
            format!(
                "{} / {}",
                text(&at.join("tmp/letter")),
                text(&at.join("new/letter"))
            )
        };
        let synced = outcomes(
            rules,
            |at| {
                prepare(at).sync_all().unwrap();
                sync_folder(&at.join("tmp"));
                fs::rename(at.join("tmp/letter"), at.join("new/letter")).unwrap();
            },
            look,
        );
        let either = ["all of it / nothing", "nothing / all of it"];
        assert_eq!(synced.keys().collect::<Vec<_>>(), either, "{order:?}");
        let unsynced = outcomes(
            rules,
            |at| {
                drop(prepare(at));
                fs::rename(at.join("tmp/letter"), at.join("new/letter")).unwrap();
                sync_folder(&at.join("new"));
            },
            look,
        );
        assert!(
            unsynced.contains_key("nothing / 0 zeros"),
            "{order:?}: {unsynced:?}"
        );
        assert!(
            unsynced.keys().all(|found| found.starts_with("nothing / ")),
            "{order:?}: {unsynced:?}"
        );
    }
}

#[test]
fn a_write_is_torn_between_sectors_and_never_in_one() {
    netns::enter_loopback_and_mount_namespace();
    let (mut torn, mut seed) = (0, 0);
    while seed < 60 {
        seed += 1;
        let (mut disk, _dir) = mounted(Rules::default());
        let path = disk.path().join("file");
        fs::write(&path, vec![b'a'; 10_000]).unwrap();
        let file = File::options().write(true).open(&path).unwrap();
        file.sync_all().unwrap();
        sync_folder(disk.path());
        file.write_all_at(&[b'b'; 5_000], 1_000).unwrap();
        drop(file);
        disk.come_back(&mut Dice::of(seed));
        let found = fs::read(&path).unwrap();
        assert_eq!(found.len(), 10_000);
        for (at, sector) in found.chunks(512).enumerate() {
            let written = |byte: usize| (1_000..6_000).contains(&(at * 512 + byte));
            let new = sector
                .iter()
                .enumerate()
                .filter(|(byte, c)| written(*byte) && **c == b'b')
                .count();
            let all = (0..sector.len()).filter(|byte| written(*byte)).count();
            assert!(new == 0 || new == all, "sector {at} of seed {seed}");
        }
        let new = found.iter().filter(|byte| **byte == b'b').count();
        torn += usize::from(new != 0 && new != 5_000);
    }
    assert!(torn > 10, "{torn} of {seed}");
}

#[test]
fn names_that_were_not_synced_go_in_order_or_folder_by_folder() {
    netns::enter_loopback_and_mount_namespace();
    let act = |at: &Path| {
        for folder in ["a", "b"] {
            fs::create_dir(at.join(folder)).unwrap();
        }
        sync_folder(at);
        fs::write(at.join("a/first"), "").unwrap();
        fs::write(at.join("b/second"), "").unwrap();
    };
    let look = |at: &Path| {
        format!(
            "{} {}",
            at.join("a/first").exists(),
            at.join("b/second").exists()
        )
    };
    let of = |order| {
        outcomes(
            Rules {
                order,
                ..Rules::default()
            },
            act,
            look,
        )
    };
    let journal = of(Order::Journal);
    assert!(
        !journal.contains_key("false true") && journal.len() == 3,
        "{journal:?}"
    );
    let loose = of(Order::Loose);
    assert_eq!(loose.len(), 4, "{loose:?}");
    let with_files = outcomes(
        Rules {
            names_with_files: true,
            ..Rules::default()
        },
        |at| {
            act(at);
            File::open(at.join("b/second")).unwrap().sync_all().unwrap();
        },
        look,
    );
    assert_eq!(with_files.keys().collect::<Vec<_>>(), ["true true"]);
}

#[test]
fn an_act_fails_once_and_a_failed_fsync_has_lost_what_it_was_for() {
    netns::enter_loopback_and_mount_namespace();
    let (mut disk, _dir) = mounted(Rules::default());
    let path = disk.path().join("file");
    let mut file = File::create(&path).unwrap();
    sync_folder(disk.path());
    disk.arm_failure(Failure {
        nth: 2,
        errno: ENOSPC,
        of: None,
    });
    file.write_all(b"one").unwrap();
    assert_eq!(
        file.write_all(b"two").unwrap_err().raw_os_error(),
        Some(ENOSPC)
    );
    assert_eq!(
        disk.disk(|disk| disk.failed.clone()),
        Some((Act::Write, "/file".into()))
    );
    file.write_all(b"two").unwrap();
    disk.arm_failure(Failure {
        nth: 1,
        errno: EIO,
        of: None,
    });
    assert_eq!(file.sync_all().unwrap_err().raw_os_error(), Some(EIO));
    file.sync_all().unwrap();
    assert_eq!(text(&path), "onetwo");
    drop(file);
    disk.come_back(&mut Dice::of(1));
    assert_eq!(text(&path), "0 zeros");
}

#[test]
fn what_the_power_took_cannot_be_asked_for_and_a_folder_is_read_whole_while_names_go() {
    netns::enter_loopback_and_mount_namespace();
    let (mut disk, _dir) = mounted(Rules::default());
    let folder = disk.path().join("many");
    fs::create_dir(&folder).unwrap();
    for number in 0..2_000 {
        fs::write(folder.join(format!("{number:05}")), "").unwrap();
    }
    let mut seen = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        fs::remove_file(entry.unwrap().path()).unwrap();
        seen += 1;
    }
    assert_eq!(seen, 2_000);
    disk.arm_cut(3);
    fs::write(folder.join("a"), "a").unwrap();
    assert_eq!(
        fs::write(folder.join("b"), "b").unwrap_err().raw_os_error(),
        Some(EIO)
    );
    assert_eq!(fs::read_dir(&folder).unwrap_err().raw_os_error(), Some(EIO));
    assert!(disk.wait_for_cut(Duration::ZERO));
    disk.come_back(&mut Dice::of(3));
    assert!(fs::read_dir(disk.path()).unwrap().count() <= 1);
}

/// Commits rows until it cannot, and prints how many.
const WRITER: &str = "
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
for pragma in 'journal_mode=WAL', 'synchronous=FULL', 'wal_autocheckpoint=10':
    db.execute('PRAGMA ' + pragma).fetchall()
committed = 0
try:
    while True:
        db.execute('INSERT INTO rows VALUES (?, hex(zeroblob(500)))', [committed + 1])
        committed += 1
except sqlite3.Error:
    print(committed)
";

/// SQLite, in a process of its own, until the power goes: whether all that was committed is there afterwards, in a sound file.
fn database_after_a_cut(rules: Rules, seed: u64) -> Result<(), String> {
    let (mut disk, dir) = mounted(rules);
    let path = dir.path().join("db");
    let empty = rusqlite::Connection::open(&path).unwrap();
    empty
        .execute_batch("CREATE TABLE rows (number INTEGER PRIMARY KEY, text TEXT)")
        .unwrap();
    drop(empty);
    fs::copy(&path, disk.path().join("db")).unwrap();
    disk.disk(disk::Disk::settle);
    let mut dice = Dice::of(seed);
    disk.arm_cut(20 + dice.below(300) as u64);
    let written = Command::new("python3")
        .args(["-c", WRITER])
        .arg(disk.path().join("db"))
        .output()
        .unwrap();
    assert!(disk.wait_for_cut(Duration::ZERO), "{written:?}");
    let committed = String::from_utf8_lossy(&written.stdout)
        .trim()
        .parse::<i64>();
    let committed = committed.unwrap_or_else(|_| panic!("{written:?}"));
    disk.come_back(&mut dice);
    disk.copy(&["db", "db-wal"], dir.path());
    let db = rusqlite::Connection::open(&path).map_err(|e| e.to_string())?;
    let look = |sql: &str| {
        db.query_row(sql, [], |row| row.get::<_, String>(0))
            .map_err(|e| e.to_string())
    };
    let sound = look("PRAGMA integrity_check")?;
    let count = look("SELECT count(*) || '' FROM rows")?;
    match (sound.as_str(), count.parse::<i64>().unwrap() - committed) {
        // The last may have been committed without a word.
        ("ok", 0 | 1) => Ok(()),
        (sound, _) => Err(format!("{count} of {committed} rows, {sound}")),
    }
}

#[test]
fn sqlite_keeps_its_word_on_this_disk_and_cannot_on_one_that_lies() {
    netns::enter_loopback_and_mount_namespace();
    for order in [Order::Journal, Order::Loose] {
        for seed in 1..=12 {
            let found = database_after_a_cut(
                Rules {
                    order,
                    ..Rules::default()
                },
                seed,
            );
            assert_eq!(found, Ok(()), "{order:?}, seed {seed}");
        }
    }
    let lies = Rules {
        lies_below: Some("/db"),
        ..Rules::default()
    };
    let broken = (1..=12)
        .filter(|seed| database_after_a_cut(lies, *seed).is_err())
        .count();
    assert!(broken > 3, "{broken} of 12");
}

/// So many cuts under load; what is wrong after one of them, and after which.
fn cuts(count: usize, ballast: usize, seed: u64, rules: Rules) -> Result<(), String> {
    let mut dice = Dice::of(seed);
    let mut house = House::new(rules, ballast);
    let (mut starts, mut names, mut files, mut acts) = (vec![], 0, 0, 0);
    for cut in 1..=count {
        let before = house.disk.disk(|disk| disk.total());
        let after = match dice.below(3) {
            0 => 1 + dice.below(100),
            _ => 1 + dice.below(1_500),
        };
        house.work_until_cut(after as u64, Duration::from_secs(10), &mut dice);
        acts += house.disk.disk(|disk| disk.total()) - before;
        let again = (dice.below(5) == 0).then(|| 1 + dice.below(60) as u64);
        let (forgotten, start) = house.come_back(&mut dice, again);
        names += forgotten.names;
        files += forgotten.files;
        starts.push(start.took);
        let complaints = house.check();
        if !complaints.is_empty() {
            let log = house.log();
            let from = log.len().saturating_sub(6_000);
            let from = (from..log.len())
                .find(|at| log.is_char_boundary(*at))
                .unwrap_or(0);
            return Err(format!(
                "cut {cut} of {count} with seed {seed}, {rules:?}:\n{}\n--- log:\n{}",
                complaints.join("\n"),
                &log[from..]
            ));
        }
    }
    starts.sort_unstable();
    let done: usize = house.desks.iter().map(|desk| desk.done).sum();
    eprintln!(
        "{count} cuts (seed {seed}, {:?}): {acts} acts of the disk, {done} IMAP commands answered with yes; {names} names and {files} files \
         were forgotten; ready after {:?} (median) to {:?}, at most {LONGEST_START:?}",
        rules.order,
        starts[starts.len() / 2],
        starts[starts.len() - 1],
    );
    Ok(())
}

#[track_caller]
fn power_cuts(count: usize, ballast: usize, seed: u64, order: Order) {
    netns::enter_loopback_and_mount_namespace();
    let rules = Rules {
        order,
        ..Rules::default()
    };
    if let Err(wrong) = cuts(count, ballast, seed, rules) {
        panic!("{wrong}");
    }
}

#[test]
fn after_a_power_cut_under_load_everything_acknowledged_is_there_once() {
    power_cuts(10, 400, 1, Order::Journal);
}

#[test]
fn after_a_power_cut_on_a_disk_without_order_everything_acknowledged_is_there_once() {
    power_cuts(10, 400, 2, Order::Loose);
}

#[test]
fn where_fsync_does_nothing_a_lost_letter_is_found() {
    netns::enter_loopback_and_mount_namespace();
    let rules = Rules {
        lies_below: Some("/Maildir"),
        ..Rules::default()
    };
    let found = cuts(5, 20, 1, rules).unwrap_err();
    let words = [" is lost: ", " has other bytes", " is elsewhere: "];
    assert!(words.iter().any(|word| found.contains(word)), "{found}");
}

/// `POWER_CUTS_SEED=7` to have one again.
fn fresh_seed() -> u64 {
    let seed = std::env::var("POWER_CUTS_SEED").ok();
    seed.map_or_else(
        || u64::from(std::process::id()),
        |seed| seed.parse().unwrap(),
    )
}

/// `POWER_CUTS=20` to have fewer, or more.
fn long_count() -> usize {
    let count = std::env::var("POWER_CUTS").ok();
    count.map_or(250, |count| count.parse().unwrap())
}

#[test]
#[ignore = "make test-long"]
fn long_two_hundred_and_fifty_cuts_with_ten_thousand_letters() {
    power_cuts(long_count(), 10_000, fresh_seed(), Order::Journal);
}

#[test]
#[ignore = "make test-long"]
fn long_two_hundred_and_fifty_cuts_on_a_disk_without_order_with_ten_thousand_letters() {
    power_cuts(long_count(), 10_000, fresh_seed(), Order::Loose);
}

/// The power goes in the very first start of a home, at the given act; then the home is there without help, and who it is and who lives in
/// it stays from its first word on. Returns whether it was ready before.
fn first_start(order: Order, act: u64, seed: u64) -> bool {
    let mut dice = Dice::of(seed);
    let (mut disk, dir) = mounted(Rules {
        order,
        ..Rules::default()
    });
    let plan = Plan {
        settings: vec![("tox", "bootstrap = []".into())],
        ..Plan::default()
    };
    let mut home = Home::on("first", plan, disk.path(), &dir.path().join("log"));
    disk.disk(disk::Disk::settle);
    disk.arm_cut(act);
    home.spawn();
    while disk.is_on() && home.try_address("pop3s").is_none() {
        assert!(!home.has_ended() || !disk.is_on(), "{}", home.log());
        disk.wait_for_cut(Duration::from_millis(5));
    }
    let ready = disk.is_on();
    home.kill();
    disk.come_back(&mut dice);
    home.start();
    let key = home.status("key");
    let add = ["member", "add", "anna"];
    home.say_with(&add, Some("secret-anna\n")).unwrap();
    disk.cut();
    home.kill();
    disk.come_back(&mut dice);
    home.start();
    assert_eq!(home.status("key"), key, "act {act}, seed {seed}");
    let members = home.say(&["member", "list"]).unwrap().to_string();
    assert!(
        members.contains("\"anna\""),
        "act {act}, seed {seed}: {members}"
    );
    home.kill();
    ready
}

#[test]
fn a_power_cut_in_the_first_start_of_a_home_needs_no_help() {
    netns::enter_loopback_and_mount_namespace();
    let mut dice = Dice::of(1);
    for part in 0..8 {
        let act = 1 + part * 12 + dice.below(12) as u64;
        first_start(
            [Order::Journal, Order::Loose][dice.below(2)],
            act,
            dice.roll(),
        );
    }
}

#[test]
#[ignore = "make test-long"]
fn long_a_power_cut_at_each_act_of_the_first_start_needs_no_help() {
    netns::enter_loopback_and_mount_namespace();
    let mut dice = Dice::of(fresh_seed());
    for order in [Order::Journal, Order::Loose] {
        let acts = (1..).take_while(|act| {
            let seed = dice.roll();
            eprintln!("act {act} with {seed}, {order:?}");
            !first_start(order, *act, seed)
        });
        eprintln!("the first start has {} acts", acts.count());
    }
}

/// The how manieth act, or act of that kind.
type Which = (u64, Option<Act>);

/// Acts of the disk fail once, one after the other: `choose` says which of so many.
fn failures(ballast: usize, seed: u64, choose: impl Fn(u64, &mut Dice) -> Vec<Which>) {
    netns::enter_loopback_and_mount_namespace();
    let mut dice = Dice::of(seed);
    let mut house = House::new(Rules::default(), ballast);
    // Without a fault, to fill the mailboxes and to count.
    for _ in 0..3 {
        assert_eq!(house.work_a_little(&mut dice), 0);
    }
    house.wait_until_idle();
    let before = house.disk.disk(|disk| disk.total());
    house.work_a_little(&mut dice);
    house.wait_until_idle();
    let count = house.disk.disk(|disk| disk.total()) - before;
    let mut failed: BTreeMap<Act, usize> = BTreeMap::new();
    let mut refused = 0;
    for (nth, kind) in choose(count, &mut dice) {
        let errno = [ENOSPC, EIO][dice.below(2)];
        house.disk.arm_failure(Failure {
            nth,
            errno,
            of: kind.map(|kind| (kind, "")),
        });
        let broken = house.work_a_little(&mut dice);
        let what = house.disk.disk(|disk| {
            disk.disarm();
            disk.failed.take()
        });
        let Some((act, path)) = what else {
            continue;
        };
        let place = format!("{act:?} of {path} (act {nth} of {count}, errno {errno}, seed {seed})");
        assert_eq!(broken, 0, "no answer after {place}:\n{}", house.log());
        *failed.entry(act).or_default() += 1;
        refused += house.refused.len();
        house.refused.clear();
        for desk in &mut house.desks {
            refused += desk.refused.len();
            desk.refused.clear();
        }
        // What the home makes of it while it runs, and what it leaves on the disk.
        match dice.below(3) {
            0 => {
                house.stop();
                house.start();
            }
            1 => drop(house.come_back(&mut dice, None)),
            _ => {}
        }
        let complaints = house.check();
        assert!(
            complaints.is_empty(),
            "after {place}:\n{}\n{}",
            complaints.join("\n"),
            house.log()
        );
    }
    eprintln!(
        "of {count} acts failed once: {failed:?}; {refused} commands were refused, and nothing was lost"
    );
}

/// What SQLite cannot put on the disk is not said yes to, and what it says yes to afterwards is there: a failed fsync has lost
/// what it was for, and the next one says that all is well.
fn failing_database(of: (Act, &'static str), times: u64, seed: u64) {
    let mut dice = Dice::of(seed);
    let mut house = House::new(Rules::default(), 20);
    house.work_a_little(&mut dice);
    let mut failed = 0;
    for time in 1..=times {
        for errno in [EIO, ENOSPC] {
            let nth = 1 + dice.below(3) as u64;
            house.disk.arm_failure(Failure {
                nth,
                errno,
                of: Some(of),
            });
            let broken = house.work_a_little(&mut dice);
            assert_eq!(broken, 0, "no answer:\n{}", house.log());
            failed += usize::from(house.disk.disk(|disk| disk.failed.take()).is_some());
            house.come_back(&mut dice, None);
            let complaints = house.check();
            assert!(
                complaints.is_empty(),
                "{of:?} failed for the {time}. time with {errno}, seed {seed}:\n{}\n{}",
                complaints.join("\n"),
                house.log()
            );
        }
    }
    eprintln!("{of:?} failed once {failed} times, and nothing was lost");
    assert!(failed > 0);
}

#[test]
fn a_failed_fsync_of_the_database_loses_nothing() {
    netns::enter_loopback_and_mount_namespace();
    failing_database((Act::Sync, "/toxmail.db-wal"), 2, 1);
    failing_database((Act::Write, "/toxmail.db-wal"), 1, 1);
}

/// Acts of a start that fail once.
fn failing_starts(ballast: usize, seed: u64, count: u64) {
    netns::enter_loopback_and_mount_namespace();
    let mut dice = Dice::of(seed);
    let mut house = House::new(Rules::default(), ballast);
    let mut ended = 0;
    for nth in 1..=count {
        house.work_until_cut(
            1 + dice.below(400) as u64,
            Duration::from_secs(10),
            &mut dice,
        );
        house.disk.come_back(&mut dice);
        let errno = [ENOSPC, EIO][nth as usize % 2];
        house.disk.arm_failure(Failure {
            nth,
            errno,
            of: None,
        });
        if !house.try_to_start() {
            ended += 1;
            house.start();
        }
        let what = house.disk.disk(|disk| {
            disk.disarm();
            disk.failed.take()
        });
        let complaints = house.check();
        let place = format!("{what:?} (act {nth} of a start, errno {errno}, seed {seed})");
        assert!(
            complaints.is_empty(),
            "after {place}:\n{}\n{}",
            complaints.join("\n"),
            house.log()
        );
    }
    eprintln!(
        "{count} starts on a disk that failed once: {ended} ended, and the next one was ready"
    );
}

#[test]
fn an_act_of_the_disk_that_fails_once_loses_nothing() {
    // Most acts are writes: of every kind some.
    let kinds = [
        (Act::Write, 100),
        (Act::Write, 100),
        (Act::Write, 100),
        (Act::Sync, 20),
        (Act::Sync, 20),
        (Act::Sync, 20),
        (Act::SyncFolder, 8),
        (Act::Rename, 5),
        (Act::Create, 4),
        (Act::Remove, 3),
    ];
    failures(40, 1, |_, dice| {
        kinds
            .map(|(act, below)| (1 + dice.below(below) as u64, Some(act)))
            .into()
    });
}

#[test]
fn a_start_on_a_disk_that_fails_once_loses_nothing() {
    failing_starts(40, 1, 4);
}

#[test]
#[ignore = "make test-long"]
fn long_every_act_of_the_disk_fails_once_and_nothing_is_lost() {
    failures(1_000, fresh_seed(), |count, _| {
        (1..=count).map(|nth| (nth, None)).collect()
    });
}

#[test]
#[ignore = "make test-long"]
fn long_every_act_of_a_start_fails_once_and_nothing_is_lost() {
    failing_starts(1_000, fresh_seed(), 60);
}

/// Until the power goes that was armed: two hundred acts of a disk are a few letters.
const LONGEST_WAIT: Duration = Duration::from_secs(120);

/// A letter from one of two homes to the other.
struct Crossing {
    from: usize,
    token: String,
    bytes: std::sync::Arc<Vec<u8>>,
    /// Somebody has said "250".
    accepted: bool,
}

/// How many copies of each letter lie in the far mailboxes; one with other bytes is a failure.
fn copies_of(homes: &[Home; 2], letters: &[Crossing]) -> Vec<usize> {
    let body = |letter: &[u8]| {
        let at = letter.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
        letter[at + 4..].to_vec()
    };
    let names = ["anna", "bob"];
    let found = [0, 1].map(|n| homes[n].letters(names[n]));
    let copies = letters.iter().map(|letter| {
        let subject = format!("Subject: {}\r\n", letter.token);
        let has_it = |found: &&Vec<u8>| {
            found
                .windows(subject.len())
                .any(|w| w == subject.as_bytes())
        };
        let there: Vec<&Vec<u8>> = found[1 - letter.from].iter().filter(has_it).collect();
        for copy in &there {
            assert!(
                body(copy) == body(&letter.bytes),
                "{} has other bytes",
                letter.token
            );
        }
        there.len()
    });
    copies.collect()
}

/// Two homes with a disk each write to each other, and in every round the power goes at one of them, by turns, in the middle of what
/// comes and what leaves. At the end each accepted letter lies at the other home once, and nothing is on its way.
fn cuts_between_two_homes(rounds: usize, seed: u64) {
    netns::enter_loopback_and_mount_namespace();
    let mut dice = Dice::of(seed);
    let node = Node::start("127.0.0.1", 33400);
    let names = ["anna", "bob"];
    let orders = [Order::Journal, Order::Loose];
    let (mut disks, mut homes, mut dirs) = (vec![], vec![], vec![]);
    for (name, order) in names.into_iter().zip(orders) {
        let (disk, dir) = mounted(Rules {
            order,
            ..Rules::default()
        });
        let plan = Plan {
            settings: vec![("tox", format!("bootstrap = [ {} ]", node.entry))],
            members: vec![name],
            ..Plan::default()
        };
        let mut home = Home::on(name, plan, disk.path(), &dir.path().join("log"));
        home.start();
        disks.push(disk);
        homes.push(home);
        dirs.push(dir);
    }
    let mut homes: [Home; 2] = homes.try_into().ok().unwrap();
    pair(&homes[0], &homes[1]);
    let addresses = [0, 1].map(|n| homes[n].canonical(names[n]));
    disks.iter().for_each(|disk| disk.disk(disk::Disk::settle));

    let (mut letters, mut both_ways): (Vec<Crossing>, [usize; 2]) = (vec![], [0; 2]);
    let first = dice.below(2);
    for round in 0..rounds {
        let victim = (first + round) % 2;
        disks[victim].arm_cut(1 + dice.below(250) as u64);
        let armed = std::time::Instant::now();
        while disks[victim].is_on() {
            for (home, disk) in homes.iter_mut().zip(&disks) {
                let ended = home.has_ended() && disk.is_on();
                assert!(
                    !ended,
                    "seed {seed}: a home ended by itself:\n{}",
                    home.log()
                );
            }
            assert!(
                armed.elapsed() < LONGEST_WAIT,
                "seed {seed}: in round {round} {} never did what its power goes at:\n{}",
                names[victim],
                homes[victim].log()
            );
            // Into the home that loses its power more often than out of it.
            let from = if dice.below(4) == 0 {
                victim
            } else {
                1 - victim
            };
            let octets = match dice.below(8) {
                0 => 100_000 + dice.below(400_000),
                _ => 200 + dice.below(6_000),
            };
            let token = format!("crossing-{round}-{}", letters.len());
            let bytes = letter(&token, &addresses[1 - from], octets);
            let text = String::from_utf8_lossy(&bytes);
            let bytes = text.replacen("From: anna@", &format!("From: {}@", names[from]), 1);
            let bytes = std::sync::Arc::new(bytes.into_bytes());
            let said = homes[from].try_address("submissions").map(|at| {
                let password = format!("secret-{}", names[from]);
                let mut line = client::submission(at, names[from], &password)?;
                line.timeout(Duration::from_secs(10))?;
                let sender = format!("{}@toxmail.local", names[from]);
                client::send(&mut line, &sender, &[&addresses[1 - from]], &bytes)
            });
            let accepted = matches!(said, Some(Ok(reply)) if reply.starts_with("250"));
            both_ways[from] += usize::from(accepted);
            letters.push(Crossing {
                from,
                token,
                bytes,
                accepted,
            });
        }
        homes[victim].kill();
        disks[victim].come_back(&mut dice);
        let begin = std::time::Instant::now();
        homes[victim].start();
        assert!(begin.elapsed() < LONGEST_START, "{:?}", begin.elapsed());
        wait_for("the homes to meet again", Duration::from_secs(120), || {
            let [a, b] = &homes;
            (is_connected(a, b) && is_connected(b, a)).then_some(())
        });
    }
    wait_for("all to be there", Duration::from_secs(120), || {
        let there = copies_of(&homes, &letters);
        let mut all = letters.iter().zip(there);
        let whole = all.all(|(letter, copies)| !letter.accepted || copies > 0);
        (whole && homes.iter().all(Home::queue_is_empty)).then_some(())
    });
    for (letter, copies) in letters.iter().zip(copies_of(&homes, &letters)) {
        let may = if letter.accepted { 1..=1 } else { 0..=1 };
        assert!(
            may.contains(&copies),
            "seed {seed}: {} lies there {copies} times",
            letter.token
        );
    }
    eprintln!(
        "{rounds} cuts of two homes (seed {seed}): {} letters written, {both_ways:?} accepted, each there once",
        letters.len()
    );
    assert!(both_ways.iter().all(|count| *count > 0), "{both_ways:?}");
}

#[test]
fn letters_between_two_homes_outlive_the_power_cuts_of_both() {
    cuts_between_two_homes(2, 1);
}

#[test]
#[ignore = "make test-long"]
fn long_letters_between_two_homes_outlive_sixty_power_cuts() {
    cuts_between_two_homes(60, fresh_seed());
}
