//! Everything the doctor finds that can be brought about cheaply.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, SystemTime};

use serde_json::json;

use super::doctor::{self, Depth, Findings, Names, Tox};
use super::operator_tests::{add, contact_add, home, home_with, id};
use crate::clock::Ntp;
use crate::config::FILE;
use crate::control::answer::Problem;
use crate::control::finding::Finding;
use crate::net::tls::Tls;
use crate::queue::Destination;
use crate::tox::{Connection, OLDEST_SAFE_VERSION, Statistics, Status, Warning};

fn found(look: impl FnOnce(&mut Findings)) -> Vec<Problem> {
    let mut findings = Findings::default();
    look(&mut findings);
    for problem in &findings.0 {
        let text = format!("{}{}", problem.problem, problem.advice);
        assert!(
            !problem.advice.is_empty() && !text.contains('\n'),
            "{problem:?}"
        );
    }
    findings.0
}

fn has(problems: &[Problem], text: &str) -> bool {
    problems.iter().any(|p| p.problem.contains(text))
}

pub(super) fn mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_home_that_is_well_has_no_problem_but_the_network() {
    let mut home = home();
    home.done(add("anna"));
    let dir = home.dir.path().to_owned();
    mode(&dir, 0o700);
    Tls::open(&dir.join("tls"), "toxmail.local", &[], SystemTime::now()).unwrap();
    for service in [
        "submissions",
        "imap",
        "imaps",
        "pop3",
        "pop3s",
        "carddav",
        "metrics",
    ] {
        home.running.ports.insert(service.into(), json!("[::]:1"));
    }
    let mut problems = doctor::examine(&home.running, Depth::Thorough);
    problems.retain(|p| {
        let text = &p.problem;
        !["Tox is offline", "no bootstrap node", "GHSA", "the disk is"]
            .iter()
            .any(|known| text.contains(known))
    });
    assert_eq!(problems, []);
}

#[test]
fn what_is_wrong_in_a_running_home_is_found() {
    let home = home_with(
        "[home]\nmain_mailbox = \"ben\"\npairing = [\"anna\", \"cleo\"]\n[listen]\nimap = \"[::]:143\"\n",
    );
    mode(home.dir.path(), 0o755);
    std::fs::write(home.dir.path().join(FILE), "[home]\nnme = \"x\"\n").unwrap();
    home.time.ntp(Ntp::Silent);
    home.done(contact_add("Oma", &id(1), None));
    home.done(contact_add("Ben", &id(2), None));
    home.running.pairing.incompatible(id(2).key());
    home.letter(Destination::Tox(id(1).key()), "oma");
    home.letter(Destination::Tox(id(1).key()), "opa");
    let lost = home.letter(Destination::Local, "anna");
    home.time.advance(Duration::from_secs(5 * 3600));
    home.letter(Destination::Tox(id(1).key()), "new");

    let problems = doctor::examine(&home.running, Depth::Glance);
    for expected in [
        "nobody has a mailbox",
        "main_mailbox in toxmail.toml names ben",
        "pairing in toxmail.toml names cleo",
        "line 2",
        "clock is not set",
        "2 letters for Oma have waited for 5 hours",
        "1 letter for people in this home has waited",
        "Ben speaks another version",
        "is open to other users (mode 755)",
        "tls/server.pem cannot be read",
    ] {
        assert!(has(&problems, expected), "{expected}: {problems:#?}");
    }
    let late = problems.iter().find(|p| p.problem.contains("Oma have"));
    assert!(late.unwrap().advice.contains("never seen"));
    let here = problems
        .iter()
        .find(|p| p.problem.contains("in this home has"));
    assert!(here.unwrap().advice.contains(&format!("queue show {lost}")));
}

#[test]
fn who_never_answered_is_named() {
    let home = home();
    home.done(contact_add("Oma", &id(1), None));
    let names = doctor::names(&home.running.post.contacts).unwrap();
    let look = |days: i64| {
        let then = crate::clock::wall_seconds() + days * 86_400;
        found(|f| doctor::unanswered(&home.running.database, &names, then, f))
    };
    assert_eq!(look(6), []);
    assert!(has(&look(8), "Oma has not answered"));
}

fn tox() -> Tox {
    Tox {
        running: true,
        status: Status {
            connection: Connection::Udp,
            lasts: Duration::from_secs(60),
            friends: 0,
            bootstrap_rounds: 0,
            version: OLDEST_SAFE_VERSION,
            statistics: Statistics::default(),
        },
        warnings: Vec::new(),
        nodes_from_file: false,
        udp_port: Some(33445),
    }
}

#[test]
fn what_is_wrong_with_tox() {
    let look = |tox: &Tox| found(|f| doctor::tox(tox, &Names::default(), f));
    assert_eq!(look(&tox()), []);
    let mut it = tox();
    it.status.connection = Connection::Offline;
    assert_eq!(look(&it)[0].problem, "Tox is offline");
    it.status.lasts = Duration::from_secs(3600);
    let problems = look(&it);
    assert_eq!(
        (problems[0].code.as_str(), problems[0].severity.as_str()),
        ("tox-offline-long", "trouble")
    );
    it.status.bootstrap_rounds = 9;
    let problems = look(&it);
    assert!(has(&problems, "no bootstrap node has answered in 9 rounds"));
    assert!(problems[0].advice.contains("toxmaild bootstrap import"));
    it.nodes_from_file = true;
    assert!(!look(&it)[0].advice.contains("import"));
    let mut it = tox();
    it.status.connection = Connection::Tcp;
    assert_eq!(look(&it), [], "relays answer first");
    it.status.lasts = Duration::from_secs(600);
    let problems = look(&it);
    assert_eq!(problems[0].code, "tox-relayed");
    assert!(problems[0].advice.contains("UDP port 33445"));
    it.udp_port = None;
    assert_eq!(look(&it), [], "nobody wants UDP here");
    let mut it = tox();
    it.status.version = (0, 2, 18);
    it.warnings = vec![Warning::OldLibrary((0, 2, 18))];
    let problems = look(&it);
    assert_eq!(problems.len(), 1);
    assert!(problems[0].problem.contains("0.2.18") && problems[0].advice.contains("0.2.23"));
    let mut it = tox();
    // Homes on one network find each other without nodes.
    it.warnings = vec![Warning::NoBootstrapNodes];
    assert_eq!(look(&it), []);
    it.status.connection = Connection::Offline;
    assert!(has(&look(&it), "no bootstrap node"));
    it.warnings = vec![Warning::NotSaved("disk".into())];
    assert!(has(&look(&it), "could not be saved"));
    it.running = false;
    assert!(has(&look(&it), "thread has ended"));
}

#[test]
fn disk_and_certificate() {
    let look = |megabytes: u64| found(|f| doctor::room(Path::new("/x"), megabytes << 20, f));
    assert_eq!(look(200), []);
    assert!(has(&look(199), "nearly full (199 MB"));
    assert!(has(&look(31), "is full (31 MB"));

    let dir = tempfile::tempdir().unwrap();
    let tls = dir.path().join("tls");
    let look = |now| found(|f| doctor::certificate(&tls, now, f));
    assert_eq!(look(SystemTime::now()).len(), 4, "four files");
    let made = Tls::open(&tls, "toxmail.local", &[], SystemTime::now()).unwrap();
    assert_eq!(look(SystemTime::now()), []);
    let ends = made.server_ends().unwrap();
    let day = Duration::from_secs(86_400);
    assert!(has(&look(ends - 10 * day), "expires in 10 days"));
    assert!(has(&look(ends + day), "has expired"));
    std::fs::write(tls.join("server.pem"), "nonsense").unwrap();
    assert!(has(&look(ends), "server.pem cannot be read"));
}

#[test]
fn what_is_wrong_in_a_folder_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path();
    std::fs::write(path.join(FILE), "[home]\n").unwrap();
    let problems = doctor::examine_stopped(path);
    assert!(
        has(&problems, "not running") && has(&problems, "never started"),
        "{problems:#?}"
    );

    std::fs::write(path.join(FILE), "[home]\nlanguage = 3\n").unwrap();
    std::fs::write(path.join("tox.save"), "nonsense").unwrap();
    std::fs::write(path.join("toxmail.db"), "nonsense".repeat(1000)).unwrap();
    mode(path, 0o750);
    let problems = doctor::examine_stopped(path);
    for expected in [
        "toxmail.toml, line 2",
        "is damaged (it is not a Tox profile)",
        "the database toxmail.db is damaged",
        "(mode 750)",
    ] {
        assert!(has(&problems, expected), "{expected}: {problems:#?}");
    }
    std::fs::remove_file(path.join("toxmail.db")).unwrap();
    assert!(has(&doctor::examine_stopped(path), "toxmail.db is gone"));
}

#[test]
fn a_broken_page_of_the_database_is_found() {
    let home = home();
    home.done(add("anna"));
    home.running.database.close();
    let path = home.dir.path().join("toxmail.db");
    assert!(!has(&doctor::examine_stopped(home.dir.path()), "damaged"));
    let all = rusqlite::Connection::open(&path).unwrap();
    all.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .unwrap();
    drop(all);
    let mut bytes = std::fs::read(&path).unwrap();
    let page = usize::from(u16::from_be_bytes([bytes[16], bytes[17]]));
    // The first page says what tables there are; the second holds rows or an index.
    bytes[page..page * 2].fill(0xA5);
    std::fs::write(&path, bytes).unwrap();
    let problems = doctor::examine_stopped(home.dir.path());
    assert!(has(&problems, "damaged"), "{problems:#?}");
}

#[test]
fn each_trouble_of_the_machine_is_told_with_what_to_do() {
    use crate::appliance::hardware::Trouble;
    for (trouble, code, says) in [
        (Trouble::UnderVoltage, Finding::UnderVoltage, "little power"),
        (Trouble::Overheating(83), Finding::Overheating, "83 degrees"),
        (Trouble::CardWorn(90), Finding::CardWorn, "90 %"),
        (Trouble::CardErrors(3), Finding::CardErrors, "3 errors"),
        (Trouble::CardUnreadable, Finding::CardUnreadable, "be read"),
        (Trouble::Doors(true), Finding::Doors, "a simpler one"),
        (Trouble::Doors(false), Finding::Doors, "no packet filter"),
    ] {
        let problems = found(|f| doctor::ails(trouble, f));
        assert!(has(&problems, says) && problems.len() == 1, "{problems:?}");
        assert_eq!(problems[0].code, code.word());
        assert!(problems[0].args.keys().eq(code.args()), "{problems:?}");
    }
}
