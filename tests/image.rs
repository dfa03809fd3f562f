//! The box as a person has it: switched on, claimed on its page, used by mail programs, unplugged in the middle of it. In an
//! emulator, from a card that looks like the real one: the kernel, busybox and libtoxcore are Debian's, not Buildroot's; what lies in
//! board/ and overlay/, and the daemon, are what ships. `make image-test` makes that card and runs this.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "support/client.rs"]
mod client;
#[path = "support/dice.rs"]
mod dice;
#[path = "support/emulated.rs"]
mod emulated;
#[path = "support/imap.rs"]
mod imap;
#[path = "support/netns.rs"]
mod netns;
#[path = "support/page.rs"]
mod page;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::net::{Ipv6Addr, SocketAddr};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use client::{pop3_all, submission};
use dice::Dice;
use emulated::{Emulated, Fact, HTTPS, IMAPS, POP3S, SUBMISSIONS, Stick};
use imap::{Imap, Token};
use page::Visitor;

const CODE: &str = "4711-0815-42";
/// Both boxes look for each other on the network at home every ten seconds, and do it in an emulated processor.
const CROSSES: Duration = Duration::from_secs(400);

/// What the page says of a file that is no update, or another's.
const NOT_OURS: &str = "made for your box by those who made it";

/// How often the plug is pulled; `IMAGE_CUTS` for less.
fn cuts() -> usize {
    let less = std::env::var("IMAGE_CUTS").map(|text| text.parse().expect("a number"));
    less.unwrap_or(20)
}

/// Somebody moves in: the code that lies on the card, then their name and password.
fn move_in(home: &Emulated, name: &str) -> Visitor {
    let mut visitor = home.visitor();
    visitor.get("/setup/home");
    let password = format!("secret-{name}");
    let said = visitor.post(
        "/setup/home",
        &[
            ("code", CODE),
            ("home", &format!("{name}'s home")),
            ("display", name),
            ("mailbox", name),
            ("password", &password),
            ("again", &password),
        ],
    );
    assert_eq!(said.status, 303, "{}", said.body);
    visitor.get("/setup/people");
    visitor
}

/// A box that was switched on for the first time and belongs to somebody.
fn claimed(mut home: Emulated, name: &str) -> (Emulated, Visitor) {
    home.put("setup-code.txt", &format!("{CODE}\r\n"));
    home.power_on();
    println!("{name}: power-on to page {:?}", home.wait_for_page());
    let visitor = move_in(&home, name);
    (home, visitor)
}

/// Another person in the same home.
fn add(visitor: &mut Visitor, name: &str) {
    let password = format!("secret-{name}");
    let said = visitor.post(
        "/setup/people",
        &[
            ("display", name),
            ("mailbox", name),
            ("how", "typed"),
            ("password", &password),
            ("again", &password),
        ],
    );
    assert_eq!(said.status, 303, "{}", said.body);
}

fn letter(from: &str, to: &str, id: &str) -> Vec<u8> {
    format!(
        "From: <{from}>\r\nTo: <{to}>\r\nSubject: {id}\r\nMessage-ID: <{id}@test.example>\r\n\r\n\
         This is {id}.\r\n.\r\nThat was all.\r\n"
    )
    .into_bytes()
}

/// Hands in a letter; what is said to its end, or to what was refused before.
fn try_to_write(home: &Emulated, name: &str, to: &str, id: &str) -> io::Result<String> {
    let from = format!("{name}@toxmail.local");
    let password = format!("secret-{name}");
    let mut line = submission(home.address(SUBMISSIONS), name, &password)?;
    client::send(&mut line, &from, &[to], &letter(&from, to, id))
}

fn write(home: &Emulated, name: &str, to: &str, id: &str) {
    let said = try_to_write(home, name, to, id).unwrap();
    assert!(said.starts_with("250"), "{said}");
}

/// Subjects of a mailbox, and how often each is there. Every letter has to be whole.
fn subjects(home: &Emulated, name: &str) -> BTreeMap<String, usize> {
    subjects_of(pop3_all(home.address(POP3S), name, &format!("secret-{name}")).unwrap())
}

/// The same, as a program sees it that leaves the letters where they are.
fn subjects_by_imap(home: &Emulated, name: &str) -> BTreeMap<String, usize> {
    let mut imap = Imap::login(home.address(IMAPS), name, &format!("secret-{name}")).unwrap();
    imap.command("EXAMINE INBOX").unwrap();
    let answers = imap.command("FETCH 1:* BODY.PEEK[]").unwrap();
    let letters = answers
        .iter()
        .filter_map(|answer| match answer.item("BODY[]") {
            Some(Token::Text(letter)) => Some(letter.clone()),
            _ => None,
        });
    subjects_of(letters.collect())
}

fn subjects_of(letters: Vec<Vec<u8>>) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for letter in letters {
        let text = String::from_utf8(letter).unwrap();
        let subject = text
            .lines()
            .find_map(|line| line.strip_prefix("Subject: "))
            .unwrap_or_else(|| panic!("{text}"));
        // What the home itself has to say is no letter of ours.
        if subject.starts_with("letter-") {
            let body = format!("This is {subject}.\r\n.\r\nThat was all.\r\n");
            assert!(text.ends_with(&body), "{text}");
            *found.entry(subject.to_owned()).or_default() += 1;
        }
    }
    found
}

/// Waits until all of those letters are there, each once; how many letters are there.
#[track_caller]
fn wait_for_letters<'a>(
    home: &Emulated,
    name: &str,
    ids: impl IntoIterator<Item = &'a str>,
) -> usize {
    let ids: Vec<&str> = ids.into_iter().collect();
    let start = Instant::now();
    loop {
        let found = subjects(home, name);
        let twice: Vec<_> = found.iter().filter(|(_, count)| **count > 1).collect();
        assert!(twice.is_empty(), "came twice: {twice:?}");
        let missing: Vec<_> = ids.iter().filter(|id| !found.contains_key(**id)).collect();
        if missing.is_empty() {
            return found.len();
        }
        assert!(start.elapsed() < CROSSES, "lost: {missing:?}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[test]
#[ignore = "make image-test"]
fn letters_that_a_box_has_accepted_outlive_every_power_cut() {
    netns::enter_loopback_namespace();
    let mut home = Emulated::new();
    home.put("setup-code.txt", &format!("{CODE}\r\n"));
    home.power_on();
    println!("power-on to page: {:?}", home.wait_for_page());
    // Without the code nobody moves in.
    let mut stranger = home.visitor();
    stranger.get("/setup/home");
    let said = stranger.post(
        "/setup/home",
        &[
            ("code", "1111-1111-11"),
            ("home", "Mine"),
            ("display", "Mallory"),
            ("password", "secret-mallory"),
            ("again", "secret-mallory"),
        ],
    );
    assert_eq!(said.status, 403, "{}", said.body);
    let mut anna = move_in(&home, "anna");
    add(&mut anna, "ben");
    home.wait_within(CROSSES, "the used code's end", |home| {
        home.get("setup-code.txt").is_none()
    });
    home.wait_for_mailboxes();
    write(&home, "anna", "ben@toxmail.local", "letter-first");
    wait_for_letters(&home, "ben", ["letter-first"]);
    // The home was told where the card ends.
    let data = home.partition("data");
    assert!(data.start + data.size > (1 << 30) - (2 << 20));

    let mut dice = Dice(20_261_126);
    let mut accepted = BTreeSet::from(["letter-first".to_owned()]);
    for cut in 0..cuts() {
        if cut % 4 == 3 {
            // In the middle of a start: that moment is what is tried.
            home.cut();
            home.power_on();
            std::thread::sleep(Duration::from_millis(500 * dice.below(80) as u64));
            home.cut();
            home.power_on();
        } else {
            // In the middle of letters.
            let (enough, late) = (1 + dice.below(12), dice.below(300) as u64);
            let told = Mutex::new(Vec::new());
            let to = home.address(SUBMISSIONS);
            std::thread::scope(|scope| {
                scope.spawn(|| stream_of_letters(to, cut, &told));
                let start = Instant::now();
                while told.lock().unwrap().len() < enough {
                    assert!(start.elapsed() < CROSSES, "no letter was accepted");
                    std::thread::sleep(Duration::from_millis(5));
                }
                std::thread::sleep(Duration::from_millis(late));
                home.cut();
            });
            accepted.extend(told.into_inner().unwrap());
            home.power_on();
        }
        let took = home.wait_for_mailboxes();
        let there = wait_for_letters(&home, "ben", accepted.iter().map(String::as_str));
        println!(
            "cut {cut}: {} accepted, {there} there, mailboxes after {took:?}",
            accepted.len()
        );
    }
    // It is the same home, and goes on.
    let said = Visitor::logged_in(home.address(HTTPS), "anna").get("/me");
    assert!(
        said.status == 200 && said.body.contains("anna"),
        "{}",
        said.body
    );
    write(&home, "ben", "anna@toxmail.local", "letter-last");
    wait_for_letters(&home, "anna", ["letter-last"]);
}

/// Letters in one session, one after the other, until the line breaks; who was accepted.
fn stream_of_letters(to: SocketAddr, cut: usize, told: &Mutex<Vec<String>>) {
    let (from, to_ben) = ("anna@toxmail.local", "ben@toxmail.local");
    let Ok(mut line) = submission(to, "anna", "secret-anna") else {
        return;
    };
    for number in 0.. {
        let id = format!("letter-{cut}-{number}");
        match client::send(&mut line, from, &[to_ben], &letter(from, to_ben, &id)) {
            Ok(said) if said.starts_with("250") => told.lock().unwrap().push(id),
            _ => return,
        }
    }
}

#[test]
#[ignore = "make image-test"]
fn two_boxes_on_one_network_find_each_other_and_exchange_letters() {
    netns::enter_loopback_namespace();
    let (annas, mut anna) = claimed(Emulated::new(), "anna");
    let (bens, mut ben) = claimed(Emulated::beside(&annas), "ben");
    for visitor in [&mut anna, &mut ben] {
        assert_eq!(visitor.post("/setup/finish", &[]).status, 303);
    }
    // One invites, the other types the invitation in.
    anna.get("/admin/pairing");
    let made = anna.post("/admin/pairing/invite", &[("days", "7")]);
    let link = between(&made.body, "id=\"invitation\">", "<").unwrap();
    // As a browser reads it.
    let link = link.replace("&#38;", "&").replace("&#39;", "'");
    ben.get("/admin/pairing");
    let said = ben.post("/admin/pairing/accept", &[("link", &link)]);
    assert_eq!(said.status, 303, "{}", said.body);
    // Each page tells its owner's address for the world.
    let address = |visitor: &mut Visitor| {
        let page = visitor.get("/me").body;
        let found = between(&page, "id=\"address-1\">", "<");
        found.unwrap_or_else(|| panic!("{page}")).to_owned()
    };
    let (to_anna, to_ben) = (address(&mut anna), address(&mut ben));
    assert!(
        to_anna.ends_with(".tox") && to_ben.ends_with(".tox"),
        "{to_anna} {to_ben}"
    );
    // Whoever is not known yet is refused; a moment later they are.
    let start = Instant::now();
    loop {
        match try_to_write(&annas, "anna", &to_ben, "letter-there") {
            Ok(said) => break assert!(said.starts_with("250"), "{said}"),
            Err(refused) => assert!(start.elapsed() < CROSSES, "{refused}"),
        }
        std::thread::sleep(Duration::from_millis(500));
    }
    wait_for_letters(&bens, "ben", ["letter-there"]);
    println!("there after {:?}", start.elapsed());
    let there = BTreeMap::from([("letter-there".to_owned(), 1)]);
    assert_eq!(subjects_by_imap(&bens, "ben"), there);
    let start = Instant::now();
    write(&bens, "ben", &to_anna, "letter-back");
    wait_for_letters(&annas, "anna", ["letter-back"]);
    println!("and back after {:?}", start.elapsed());
}

/// What stands between two words.
fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    Some(text.split_once(before)?.1.split_once(after)?.0)
}

#[test]
#[ignore = "make image-test"]
fn a_card_in_a_computer_mends_a_forgotten_password_and_makes_a_box_new() {
    netns::enter_loopback_namespace();
    let (mut home, _) = claimed(Emulated::new(), "anna");
    home.wait_for_mailboxes();
    write(&home, "anna", "anna@toxmail.local", "letter-mine");
    wait_for_letters(&home, "anna", ["letter-mine"]);
    home.cut();

    home.put("password-reset.txt", "anna\r\nfour other words\r\n");
    home.power_on();
    home.wait_for_mailboxes();
    let old = pop3_all(home.address(POP3S), "anna", "secret-anna");
    assert!(
        old.unwrap_err().to_string().starts_with("-ERR"),
        "the old password"
    );
    let letters = pop3_all(home.address(POP3S), "anna", "four other words").unwrap();
    assert!(!letters.is_empty(), "the letters stayed");
    assert_eq!(home.get("password-reset.txt"), None, "it works once");
    assert_eq!(home.get("password-reset-problem.txt"), None);
    home.cut();

    home.put("factory-reset.txt", "erase everything\r\n");
    home.put("setup-code.txt", &format!("{CODE}\r\n"));
    home.power_on();
    home.wait_for_page();
    assert_eq!(home.get("factory-reset.txt"), None, "it works once");
    move_in(&home, "anna");
    home.wait_for_mailboxes();
    assert_eq!(subjects(&home, "anna"), BTreeMap::new(), "nothing is left");
}

/// As far as QEMU can: Debian's U-Boot, kernel and description of the machine stand in for those of Buildroot; the firmware, which comes
/// before them on a Pi, is not in it, nor are its watchdog, its light and its Ethernet.
#[test]
#[ignore = "make image-test"]
fn a_raspberry_pi_starts_from_its_card_to_the_setup_page() {
    netns::enter_loopback_namespace();
    let mut home = Emulated::raspberry();
    home.put("setup-code.txt", &format!("{CODE}\r\n"));
    // The last power cut has torn one of U-Boot's two files; the other one says what nothing else would.
    home.put("toxmail.env", "left_A=3\nleft_");
    home.put("toxmail.bak", "left_A=2\nleft_B=0\norder=B A\nwhole=yes\n");
    home.power_on();
    let started = home.wait_until("the start", |home| home.said().contains("toxmail: started"));
    home.plug_in();
    println!(
        "started after {started:?}, the page {:?} later",
        home.wait_for_page()
    );
    move_in(&home, "anna");
    home.wait_within(CROSSES, "the used code's end", |home| {
        home.get("setup-code.txt").is_none()
    });
    // U-Boot has counted, in both files, and the home, which answers, keeps its system.
    let all_tries = |home: &Emulated| {
        ["toxmail.env", "toxmail.bak"].iter().all(|file| {
            let words = home.get(file).unwrap_or_default();
            words.starts_with("left_A=3\nleft_B=0\norder=B A\nwhole=yes\n")
        })
    };
    home.wait_within(CROSSES, "the system to be confirmed", all_tries);
}

#[test]
#[ignore = "make image-test"]
fn a_system_that_does_not_start_is_left_for_the_other_one() {
    netns::enter_loopback_namespace();
    let (mut home, _) = claimed(Emulated::new(), "anna");
    home.wait_for_mailboxes();
    write(&home, "anna", "anna@toxmail.local", "letter-mine");
    home.cut();
    // The other system is the same one; then the first one's root is nonsense, and the card's table is torn.
    home.copy("kernel-a", "kernel-b");
    home.copy("rootfs-a", "rootfs-b");
    home.spoil("rootfs-a");
    home.tear_table();
    home.power_on();
    println!("the other system after {:?}", home.wait_for_mailboxes());
    wait_for_letters(&home, "anna", ["letter-mine"]);
    // The first is not tried again; the second one has, or gets back, all of its tries.
    let tries = home.get("toxmail.env").unwrap();
    assert!(tries.contains("left_A=0"), "{tries}");
    let start = Instant::now();
    while !home
        .get("toxmail.env")
        .is_some_and(|text| text.contains("left_B=3"))
    {
        assert!(
            start.elapsed() < CROSSES,
            "the second system is not confirmed"
        );
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// An update made of what is on the card, called so; signed with a key of that folder, or the one that the card knows.
fn bundle(version: &str, how: &str, keys: Option<&Path>) -> Vec<u8> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let out = tempfile::tempdir().unwrap();
    let mut command = Command::new(here.join("tests/image/bundle"));
    command
        .arg(emulated::made())
        .arg(out.path())
        .args([version, how]);
    if let Some(keys) = keys {
        let made = Command::new(here.join("board/keys")).arg(keys).output();
        assert!(made.unwrap().status.success());
        command.env("UPDATE_CERT", keys.join("development.crt"));
        command.env("UPDATE_KEY", keys.join("development.key"));
        // Whoever makes it believes that there are boxes of theirs.
        command.env("UPDATE_KEYRING", keys.join("development.crt"));
    }
    let made = command.output().unwrap();
    let said = String::from_utf8_lossy(&made.stderr);
    assert!(made.status.success(), "{said}");
    let name = format!("toxmail-virt_64-{version}.raucb");
    std::fs::read(out.path().join(name)).unwrap()
}

/// The administrator gives the box another version.
fn update(visitor: &mut Visitor, bundle: &[u8], older: &str) {
    let page = visitor.get("/admin/update");
    assert_eq!(page.status, 200, "{}", page.body);
    let start = Instant::now();
    let said = visitor.send_file(
        "/admin/update",
        &[("older", older)],
        ("bundle", bundle),
        CROSSES,
    );
    assert_eq!(said.status, 303, "{}", said.body);
    println!("{} bytes there after {:?}", bundle.len(), start.elapsed());
}

/// Waits until the page says that of the update, whatever becomes of the box meanwhile.
#[track_caller]
fn wait_for_word(home: &mut Emulated, visitor: &mut Visitor, word: &str) {
    let took = home.wait_until(word, |_| {
        // Each look is a handshake in an emulated processor.
        std::thread::sleep(Duration::from_secs(1));
        let said = visitor.try_get("/admin/update");
        said.is_ok_and(|said| said.status == 200 && said.body.contains(word))
    });
    println!("\"{word}\" after {took:?}");
}

/// Which system comes first, and how many tries each has left; `?` in the moment in which the box writes it.
fn order(home: &Emulated) -> String {
    let tries = home.get("toxmail.env").unwrap_or_default();
    let word = |name: &str| between(&tries, &format!("{name}="), "\n").unwrap_or("?");
    [word("order"), word("left_A"), word("left_B")].join(", ")
}

/// A box that belongs to anna, is past its setup, and holds a letter.
fn at_work() -> (Emulated, Visitor) {
    at_work_with(Emulated::new())
}

fn at_work_with(home: Emulated) -> (Emulated, Visitor) {
    let (mut home, mut anna) = claimed(home, "anna");
    assert_eq!(anna.post("/setup/finish", &[]).status, 303);
    home.wait_for_mailboxes();
    write(&home, "anna", "anna@toxmail.local", "letter-first");
    (home, anna)
}

#[test]
#[ignore = "make image-test"]
fn another_version_stays_if_it_works_and_no_letter_is_lost_by_one_that_does_not() {
    netns::enter_loopback_namespace();
    let foreign = tempfile::tempdir().unwrap();
    let strange = bundle("0.9.0", "works", Some(foreign.path()));
    let newer = bundle("0.9.1", "works", None);
    let broken = bundle("0.9.2", "broken", None);
    let (mut home, mut anna) = at_work();

    // Somebody else's signature.
    update(&mut anna, &strange, "no");
    wait_for_word(&mut home, &mut anna, NOT_OURS);
    assert!(order(&home).starts_with("A B, "), "{}", order(&home));

    // One that works is installed beside what runs, started, and stays.
    update(&mut anna, &newer, "no");
    wait_for_word(&mut home, &mut anna, "Version 0.9.1 is installed and works");
    assert_eq!(order(&home), "B A, 3, 3");
    write(&home, "anna", "anna@toxmail.local", "letter-second");
    wait_for_letters(&home, "anna", ["letter-first", "letter-second"]);

    // One whose home ends is left again, without anybody's help.
    update(&mut anna, &broken, "no");
    wait_for_word(&mut home, &mut anna, "Version 0.9.2 did not work here");
    // The page is there before the box has looked whether all of it is.
    let start = Instant::now();
    while order(&home) != "A B, 0, 3" {
        assert!(start.elapsed() < CROSSES, "{}", order(&home));
        std::thread::sleep(Duration::from_millis(200));
    }
    write(&home, "anna", "anna@toxmail.local", "letter-third");
    let all = ["letter-first", "letter-second", "letter-third"];
    wait_for_letters(&home, "anna", all);
}

#[test]
#[ignore = "make image-test"]
fn an_older_version_comes_when_it_is_asked_for_and_what_is_none_never() {
    netns::enter_loopback_namespace();
    let older = bundle("0.0.9", "works", None);
    let (mut home, mut anna) = at_work();
    for (bytes, word) in [
        (&vec![b'x'; 300_000], NOT_OURS),
        (&older, "version 0.0.9 is not later than what runs"),
    ] {
        update(&mut anna, bytes, "no");
        wait_for_word(&mut home, &mut anna, word);
        assert!(order(&home).starts_with("A B, "), "{}", order(&home));
    }
    update(&mut anna, &older, "yes");
    wait_for_word(&mut home, &mut anna, "Version 0.0.9 is installed and works");
    assert_eq!(order(&home), "B A, 3, 3");
    wait_for_letters(&home, "anna", ["letter-first"]);
}

/// How long it takes from the plug to the setup page, beside a system on the same kernel that starts nothing. Prints the figures.
#[test]
#[ignore = "make image-test"]
fn a_box_is_on_soon_after_a_system_that_does_nothing() {
    netns::enter_loopback_namespace();
    let out = tempfile::tempdir().unwrap();
    let root = out.path().join("rootfs.squashfs");
    let made = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/image/bare"))
        .arg(emulated::made())
        .arg(&root)
        .status();
    assert!(made.unwrap().success());
    let mut bare = Emulated::new();
    bare.fill("rootfs-a", &root);
    bare.power_on();
    let bare_took = bare.wait_until("the bare system", |bare| {
        bare.said().contains("bare system")
    });
    bare.cut();
    let mut home = Emulated::new();
    home.power_on();
    let took = home.wait_for_page();
    home.cut();
    // The second start has no card to make ready.
    home.power_on();
    let again = home.wait_for_page();
    println!(
        "power-on to page: {took:?} the first time, {again:?} then; a bare busybox: {bare_took:?}"
    );
    // The kernel's part goes with that of the bare system. What comes then is programs that an emulated processor has to start; a real one
    // is ten times as fast.
    for took in [took, again] {
        let most = bare_took * 4 + Duration::from_secs(15);
        assert!(took < most, "{took:?} {bare_took:?}");
    }
}

/// How long a watchdog is fed before nobody does any more, in seconds; QEMU's waits thirty.
const FED: u64 = 70;

/// Only of Buildroot's card (`TOXMAIL_TEST_CARD`): the kernel of the one that looks like it has no watchdog that QEMU could be.
#[test]
#[ignore = "make image-test"]
fn a_box_whose_guard_stops_is_started_again_by_its_watchdog_and_not_before() {
    netns::enter_loopback_namespace();
    let out = tempfile::tempdir().unwrap();
    let root = out.path().join("rootfs.squashfs");
    let made = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/image/silent"))
        .arg(emulated::made())
        .arg(&root)
        .arg(FED.to_string())
        .status();
    assert!(made.unwrap().success());
    let mut home = Emulated::new();
    home.fill("rootfs-a", &root);
    home.power_on();
    let starts = |home: &Emulated| home.said().matches("toxmail: started").count();
    let within = CROSSES + Duration::from_secs(FED);
    home.wait_within(within, "the guard's end", |home| {
        home.said().contains("silent: the guard stops")
    });
    assert!(!home.said().contains("no watchdog"), "{}", home.said());
    assert_eq!(starts(&home), 1, "it was fed");
    let took = home.wait_within(within, "another start", |home| starts(home) == 2);
    println!("started again {took:?} after the last feeding");
    home.wait_for_mailboxes();
}

/// Chooses another disk, or the card, on the page.
fn choose_disk(home: &mut Emulated, visitor: &mut Visitor, which: Option<&str>) {
    let mut id = which.map(str::to_owned);
    home.wait_until("the list of disks", |_| {
        let page = visitor.get("/admin/disk").body;
        id = id.take().or_else(|| {
            let found = between(&page, "name=\"disk\" value=\"", "\"")?;
            Some(found.to_owned())
        });
        id.as_deref()
            .is_some_and(|id| page.contains(&format!("value=\"{id}\"")))
    });
    let fields = [("disk", id.as_deref().unwrap()), ("word", "erase")];
    let said = visitor.post("/admin/disk", &fields);
    assert_eq!(said.status, 303, "{}", said.body);
}

/// Waits until the page says one of these of the disk, whatever becomes of the box meanwhile; which.
#[track_caller]
fn wait_for_disk<'a>(home: &mut Emulated, visitor: &mut Visitor, words: &[&'a str]) -> &'a str {
    let mut found = None;
    let took = home.wait_within(MOVES, &words.join(" or "), |_| {
        std::thread::sleep(Duration::from_secs(1));
        if let Ok(said) = visitor.try_get("/admin/disk") {
            found = words.iter().copied().find(|w| said.body.contains(w));
        }
        found.is_some()
    });
    println!("\"{}\" after {took:?}", found.unwrap());
    found.unwrap()
}

/// What plain HTTP says to whoever opens the page.
fn said_at_the_door(home: &Emulated) -> io::Result<String> {
    let mut stream = home.connect(emulated::HTTP, Duration::from_secs(5))?;
    stream.write_all(b"GET / HTTP/1.1\r\nHost: toxmail.local\r\nConnection: close\r\n\r\n")?;
    io::read_to_string(stream)
}

#[track_caller]
fn wait_for_missing_disk(home: &mut Emulated) {
    let took = home.wait_until("the page of a box without its disk", |home| {
        said_at_the_door(home).is_ok_and(|said| said.contains("is not plugged in"))
    });
    println!("the disk is missed after {took:?}");
    // Nobody answers for the home.
    for port in [POP3S, SUBMISSIONS, HTTPS] {
        let greeting = || client::Line::over(home.connect(port, Duration::from_secs(5))?)?.line();
        assert!(greeting().is_err(), "{port}");
    }
}

/// The same, with another disk at it.
fn with_another_disk() -> (Emulated, Visitor) {
    let mut home = Emulated::new();
    home.plug_disk();
    at_work_with(home)
}

/// A new file system, two copies, the end of the home, and a start.
const MOVES: Duration = Duration::from_secs(900);
const MOVED: &str = "The letters are there now";
const INTERRUPTED: &str = "The box lost its power";

#[test]
#[ignore = "make image-test"]
fn another_disk_takes_the_letters_and_a_power_cut_leaves_them_where_they_were() {
    netns::enter_loopback_namespace();
    let (mut home, mut anna) = with_another_disk();
    // The plug is pulled while the disk is filled, and once more when only the last step is missing: the card has the letters.
    for moment in ["carrying the home", "the home is off"] {
        choose_disk(&mut home, &mut anna, None);
        let took = home.wait_until(moment, |home| home.said().contains(moment));
        home.cut();
        println!("cut after {took:?}: {moment}");
        home.power_on();
        home.wait_for_mailboxes();
        wait_for_letters(&home, "anna", ["letter-first"]);
        assert_eq!(
            wait_for_disk(&mut home, &mut anna, &[INTERRUPTED, MOVED]),
            INTERRUPTED
        );
    }
    choose_disk(&mut home, &mut anna, None);
    wait_for_disk(&mut home, &mut anna, &[MOVED]);
    home.wait_for_mailboxes();
    wait_for_letters(&home, "anna", ["letter-first"]);
}

#[test]
#[ignore = "make image-test"]
fn another_disk_is_missed_when_it_is_pulled_out_and_gives_the_letters_back() {
    netns::enter_loopback_namespace();
    let (mut home, mut anna) = with_another_disk();
    choose_disk(&mut home, &mut anna, None);
    wait_for_disk(&mut home, &mut anna, &[MOVED]);
    home.wait_for_mailboxes();
    write(&home, "anna", "anna@toxmail.local", "letter-second");

    // Without the disk nothing of the card is shown; with it the home is there again, without anybody's help.
    home.cut();
    home.pull_disk();
    home.power_on();
    wait_for_missing_disk(&mut home);
    home.plug_disk();
    println!("there again after {:?}", home.wait_for_mailboxes());
    wait_for_letters(&home, "anna", ["letter-first", "letter-second"]);
    // Pulled out of a running box.
    home.pull_disk();
    wait_for_missing_disk(&mut home);
    home.plug_disk();
    home.wait_for_mailboxes();
    wait_for_letters(&home, "anna", ["letter-first", "letter-second"]);

    // Back to the card, and the disk put away.
    choose_disk(&mut home, &mut anna, Some("card"));
    wait_for_disk(
        &mut home,
        &mut anna,
        &["The letters are there now (the card)"],
    );
    home.cut();
    home.pull_disk();
    home.power_on();
    home.wait_for_mailboxes();
    wait_for_letters(&home, "anna", ["letter-first", "letter-second"]);
}

/// The card is what breaks first. The disk is whole, and a new card goes on with the home on it; the damaged one hides nothing of it.
#[test]
#[ignore = "make image-test"]
fn another_disk_is_given_to_a_new_card_when_the_old_one_dies() {
    netns::enter_loopback_namespace();
    let (mut home, mut anna) = with_another_disk();
    let address = |visitor: &mut Visitor| {
        let page = visitor.get("/me").body;
        between(&page, "id=\"address-1\">", "<").unwrap().to_owned()
    };
    let before = address(&mut anna);
    choose_disk(&mut home, &mut anna, None);
    wait_for_disk(&mut home, &mut anna, &[MOVED]);
    home.wait_for_mailboxes();
    write(&home, "anna", "anna@toxmail.local", "letter-second");
    wait_for_letters(&home, "anna", ["letter-first", "letter-second"]);

    // The card's data partition is beyond repair: its page says so, and nothing is made new.
    home.cut();
    home.spoil_all("data");
    home.power_on();
    let took = home.wait_until("the page of a damaged card", |home| {
        said_at_the_door(home).is_ok_and(|said| said.contains("card of this box is damaged"))
    });
    println!("the damaged card is told after {took:?}");
    home.cut();

    // A new card. Without its code nobody goes on with anything, and a power cut in the middle leaves it new.
    home.new_card();
    home.put("setup-code.txt", &format!("{CODE}\r\n"));
    home.power_on();
    home.wait_for_page();
    let mut visitor = home.visitor();
    let adopt = |home: &mut Emulated, visitor: &mut Visitor, code: &str| {
        let mut id = None;
        home.wait_within(MOVES, "the disk to be offered", |_| {
            std::thread::sleep(Duration::from_secs(1));
            let page = visitor.try_get("/setup/disk");
            id = page.ok().and_then(|page| {
                Some(between(&page.body, "name=\"disk\" value=\"", "\"")?.to_owned())
            });
            id.is_some()
        });
        let fields = [
            ("disk", id.as_deref().unwrap()),
            ("alone", "yes"),
            ("code", code),
        ];
        visitor.post("/setup/disk", &fields)
    };
    assert_eq!(adopt(&mut home, &mut visitor, "1111-1111-11").status, 403);
    let said = adopt(&mut home, &mut visitor, CODE);
    assert_eq!(said.status, 303, "{}", said.body);
    home.cut();
    home.power_on();
    home.wait_for_page();
    let mut visitor = home.visitor();
    assert!(visitor.get("/setup").body.contains("/setup/home"));
    let said = adopt(&mut home, &mut visitor, CODE);
    assert_eq!(said.status, 303, "{}", said.body);
    let took = home.wait_within(MOVES, "the home on the disk", |home| {
        home.said().contains("going on with the home on that disk")
    });
    println!(
        "adopted after {took:?}, mailboxes {:?} later",
        home.wait_for_mailboxes()
    );
    wait_for_letters(&home, "anna", ["letter-first", "letter-second"]);
    let mut anna = Visitor::logged_in(home.address(HTTPS), "anna");
    assert_eq!(address(&mut anna), before, "the home's address");
    wait_for_disk(
        &mut home,
        &mut anna,
        &["This box has gone on with the home on the disk"],
    );
    home.wait_within(CROSSES, "the used code's end", |home| {
        home.get("setup-code.txt").is_none()
    });
    write(&home, "anna", "anna@toxmail.local", "letter-third");
    // A password that nobody remembers is set anew in the same way as ever.
    home.cut();
    home.put("password-reset.txt", "anna\r\nfour other words\r\n");
    home.power_on();
    home.wait_for_mailboxes();
    let letters = pop3_all(home.address(POP3S), "anna", "four other words").unwrap();
    assert!(letters.len() >= 3, "{}", letters.len());
}

/// A backup is packed, sealed, written, read back and compared by an emulated processor.
const BACKS_UP: Duration = Duration::from_secs(600);
const BACKUP_PAGE: &str = "/admin/backup/stick";
const PASSPHRASE: &str = "correct horse battery";

/// Chooses the stick that is plugged in, by its UUID, which it gives back; not the one that was `before`, and may still be listed.
fn choose_stick(home: &mut Emulated, visitor: &mut Visitor, before: &str) -> String {
    let mut found = None;
    home.wait_until("the stick to be listed", |_| {
        let page = visitor.get(BACKUP_PAGE).body;
        let uuid = between(&page, "name=\"stick\" value=\"", "\"");
        found = uuid.filter(|uuid| *uuid != before).map(str::to_owned);
        found.is_some()
    });
    let uuid = found.unwrap();
    let fields = [
        ("stick", uuid.as_str()),
        ("passphrase", PASSPHRASE),
        ("repeated", PASSPHRASE),
        ("password", "secret-anna"),
        ("mail", "yes"),
        ("nightly", "yes"),
    ];
    let said = visitor.post(BACKUP_PAGE, &fields);
    assert_eq!(said.status, 303, "{}", said.body);
    uuid
}

/// What the page says of the last backup.
const MADE: &str = "The last backup was made";
/// How the page begins what it says of a backup that failed.
const NO_BACKUP: &str = "The last backup did not come to be";

/// Waits until the page says so of the backup that was begun, and none is made any more.
#[track_caller]
fn wait_for_backup(home: &mut Emulated, visitor: &mut Visitor, words: &str, comes_to_be: bool) {
    let took = home.wait_within(BACKS_UP, words, |_| {
        std::thread::sleep(Duration::from_secs(1));
        let page = visitor.try_get(BACKUP_PAGE);
        page.is_ok_and(|page| {
            let has = |words| page.body.contains(words);
            has(words) && !has("<progress") && has(NO_BACKUP) != comes_to_be
        })
    });
    println!("\"{words}\" after {took:?}");
}

/// Begins one, and waits until it lies on the stick by half.
fn half_a_backup(home: &mut Emulated, visitor: &mut Visitor) {
    visitor.get(BACKUP_PAGE);
    let said = visitor.post("/admin/backup/stick/now", &[]);
    assert_eq!(said.status, 303, "{}", said.body);
    let begun = |home: &Emulated| home.on_stick().iter().any(|name| name.ends_with(".part"));
    home.wait_within(BACKS_UP, "half a backup", begun);
}

/// FAT32 and exFAT as they come from the shop, pulled out and without power in the middle of it; and a new box goes on with what lies there.
#[test]
#[ignore = "make image-test"]
fn a_stick_has_whole_backups_whatever_is_pulled_and_a_new_box_goes_on_from_it() {
    netns::enter_loopback_namespace();
    let (mut home, mut anna) = at_work_with(Emulated::new().with_socket());
    // A picture, which cannot be made much shorter.
    let picture = Dice::of(7).bytes(3 << 20);
    let line = |part: &[u8]| part.iter().map(|b| format!("{b:02x}")).collect::<String>() + "\r\n";
    let picture: String = picture.chunks(36).map(line).collect();
    let mut long = letter("anna@toxmail.local", "anna@toxmail.local", "letter-long");
    let body = long
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap()
        + 4;
    long.splice(body..body, picture.into_bytes());
    let mut line = submission(home.address(SUBMISSIONS), "anna", "secret-anna").unwrap();
    let said = client::send(
        &mut line,
        "anna@toxmail.local",
        &["anna@toxmail.local"],
        &long,
    );
    assert!(said.unwrap().starts_with("250 "));
    home.plug_stick(Stick::Fat32);
    let chosen = choose_stick(&mut home, &mut anna, "");
    wait_for_backup(&mut home, &mut anna, MADE, true);
    let first = home.on_stick();
    assert_eq!(first.len(), 1, "{first:?}");

    half_a_backup(&mut home, &mut anna);
    home.pull_stick();
    wait_for_backup(&mut home, &mut anna, "it was pulled out too early", false);
    assert!(home.on_stick().contains(&first[0]));
    home.plug_stick(Stick::Fat32);
    half_a_backup(&mut home, &mut anna);
    home.cut();
    assert!(home.on_stick().contains(&first[0]));
    home.power_on();
    home.wait_for_mailboxes();
    anna.get(BACKUP_PAGE);
    assert_eq!(anna.post("/admin/backup/stick/now", &[]).status, 303);
    wait_for_backup(&mut home, &mut anna, "2 backups are on the stick", true);
    // Nothing of the halves is left.
    let both = home.on_stick();
    assert_eq!(both.len(), 2, "{both:?}");
    assert!(both.contains(&first[0]));

    write(&home, "anna", "anna@toxmail.local", "letter-late");
    home.pull_stick();
    home.plug_stick(Stick::ExFat);
    choose_stick(&mut home, &mut anna, &chosen);
    wait_for_backup(&mut home, &mut anna, MADE, true);
    let late = ["letter-first", "letter-long", "letter-late"];
    for (stick, letters) in [(Stick::ExFat, &late[..]), (Stick::Fat32, &late[..2])] {
        home.cut();
        home.new_card();
        home.put("setup-code.txt", &format!("{CODE}\r\n"));
        if stick == Stick::Fat32 {
            home.pull_stick();
            home.plug_stick(stick);
        }
        home.power_on();
        home.wait_for_page();
        let mut visitor = home.visitor();
        let mut uuid = None;
        home.wait_until("the stick to be offered", |_| {
            let page = visitor.get("/setup/restore").body;
            uuid = between(&page, "name=\"stick\" value=\"", "\"").map(str::to_owned);
            uuid.is_some()
        });
        let uuid = uuid.unwrap();
        let restore = |visitor: &mut Visitor, passphrase| {
            let fields = [
                ("stick", uuid.as_str()),
                ("passphrase", passphrase),
                ("code", CODE),
            ];
            visitor.post("/setup/restore/stick", &fields)
        };
        assert_eq!(restore(&mut visitor, "another one altogether").status, 422);
        let said = restore(&mut visitor, PASSPHRASE);
        assert_eq!(said.status, 200, "{}", said.body);
        println!("{stick:?}: mailboxes {:?} after", home.wait_for_mailboxes());
        wait_for_letters(&home, "anna", letters.iter().copied());
        assert_eq!(subjects(&home, "anna").len(), letters.len());
    }
}

/// How far from what the box believes its time servers' time is.
const YEARS: Duration = Duration::from_secs(3 * 365 * 86_400);
/// Ten minutes, and a home that is asked in an emulated processor.
const SETTLES: Duration = Duration::from_secs(900);
/// What the page says while the home does not trust the clock, which for ten minutes after a jump it does not.
const NO_TIME: &str = "The box does not know what time it is.";

/// How far the box's clock is from this machine's, as its page tells everybody, in seconds.
fn clock_ahead(home: &Emulated) -> io::Result<i64> {
    let said = said_at_the_door(home)?;
    let date = said.lines().find_map(|field| {
        let (name, value) = field.split_once(": ")?;
        name.eq_ignore_ascii_case("date").then_some(value)
    });
    let date = date.unwrap_or_else(|| panic!("no date: {said}"));
    let date = jiff::fmt::rfc2822::parse(date).unwrap().timestamp();
    let here = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Ok(date.as_second() - here.as_secs() as i64)
}

/// What the box calls out to every device at home: its address, what it serves, and nobody's name.
fn hear_what_is_called_out(home: &Emulated) {
    let services = [
        ("_https._tcp.local", 443),
        ("_http._tcp.local", 80),
        ("_submissions._tcp.local", 465),
        ("_pop3s._tcp.local", 995),
        ("_imaps._tcp.local", 993),
        ("_carddavs._tcp.local", 8443),
    ];
    let (all, box_) = ("_services._dns-sd._udp.local", "toxmail.local");
    let pointer = |from: &str, to: &str| (from.to_owned(), Fact::Pointer(to.to_owned()));
    let mut expected = BTreeSet::from([(box_.to_owned(), Fact::Address(home.at_home()))]);
    let mut asked = vec![(box_.to_owned(), 1), (all.to_owned(), 12)];
    for (service, port) in services {
        let here = format!("Toxmail.{service}");
        let at = (here.clone(), Fact::Service(port, box_.to_owned()));
        expected.extend([pointer(all, service), pointer(service, &here), at]);
        asked.extend([(service.to_owned(), 12), (here, 33)]);
    }
    let said = emulated::ask_at_home(&asked, |said| said.is_superset(&expected), CROSSES);
    for (name, fact) in &said {
        let text = format!("{name} {fact:?}").to_lowercase();
        assert!(!text.contains("anna"), "{text}");
        match fact {
            // What it adds: an address by IPv6, which names are there, whose its addresses are, and no words.
            Fact::Other(28 | 47) => {}
            Fact::Pointer(to) if name.ends_with(".arpa") => assert_eq!(to, box_),
            Fact::Words(words) => assert_eq!(words.trim_matches('\0'), "", "{text}"),
            _ => assert!(expected.contains(&(name.clone(), fact.clone())), "{text}"),
        }
    }
    println!("called out: {said:?}");
}

/// How long the idle box is watched; `IMAGE_IDLE` seconds for another.
fn idle() -> u64 {
    let other = std::env::var("IMAGE_IDLE").map(|text| text.parse().expect("a number"));
    other.unwrap_or(300)
}

/// What an idle box with one member takes of a Pi, and whether anything but the documented doors is open. Prints the figures.
#[test]
#[ignore = "make image-test"]
fn an_idle_box_takes_little_and_nothing_else_is_open() {
    netns::enter_loopback_namespace();
    let out = tempfile::tempdir().unwrap();
    let root = out.path().join("rootfs.squashfs");
    let made = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/image/probe"))
        .arg(emulated::made())
        .arg(&root)
        .arg(idle().to_string())
        .status();
    assert!(made.unwrap().success());
    let mut home = Emulated::routed();
    home.fill("rootfs-a", &root);
    home.put("setup-code.txt", &format!("{CODE}\r\n"));
    home.power_on();
    home.wait_for_page();
    // Its time servers have said nothing so far.
    let before = clock_ahead(&home).unwrap();
    assert!(before < 3600, "{before}");
    home.tell_time(YEARS);
    let mut anna = move_in(&home, "anna");
    assert_eq!(anna.post("/setup/finish", &[]).status, 303);
    let years = YEARS.as_secs() as i64;
    let took = home.wait_within(CROSSES, "the time", |home| {
        clock_ahead(home).is_ok_and(|ahead| (ahead - years).abs() < 60)
    });
    println!("the clock is right {took:?} after the setup");
    let followed = Instant::now();
    // The home has said that it does not trust the clock, and after that jump it does not yet.
    let log = anna.get("/admin/log.txt").body;
    assert!(log.contains("the clock is not set"), "{log}");
    assert!(anna.get("/").body.contains(NO_TIME), "it has just jumped");
    hear_what_is_called_out(&home);
    home.wait_within(
        CROSSES + Duration::from_secs(idle()),
        "the figures",
        |home| home.said().contains("probe end"),
    );
    let said = home.said();
    let told = |what: &str| -> Vec<&str> {
        let sign = format!("probe {what} ");
        said.lines()
            .filter_map(|line| line.strip_prefix(sign.as_str()))
            .collect()
    };
    let number = |what: &str, index: usize| -> u64 {
        let line = told(what).first().copied().unwrap_or_default().to_owned();
        let word = line.split(' ').nth(index).map(str::parse);
        word.and_then(Result::ok)
            .unwrap_or_else(|| panic!("{what}: {said}"))
    };
    let used = (number("memory", 0) - number("memory", 1)) / 1024;
    let processes = told("process");
    println!(
        "memory in use: {used} MB, the home's {} MB",
        number("home-memory", 0) / 1024
    );
    println!(
        "processes: {}\n  {}",
        processes.len(),
        processes.join("\n  ")
    );
    println!("ports: {}", told("port").join(", "));
    println!(
        "written in {} s: {} bytes",
        number("written", 1),
        number("written", 0)
    );
    assert!(used < 80, "{used} MB");

    // Every port that something listens at, by protocol; Tox has one of the hundred.
    let ports: BTreeSet<(&str, u16)> = told("port")
        .iter()
        .map(|line| {
            let (protocol, port) = line.split_once(' ').unwrap();
            (&protocol[..3], port.parse().unwrap())
        })
        .filter(|(protocol, port)| *protocol == "tcp" || !(33445..=33545).contains(port))
        .collect();
    let doors = [80, 110, 143, 443, 465, 587, 993, 995, 8443];
    let mut expected: BTreeSet<_> = doors.map(|port| ("tcp", port)).into();
    expected.insert(("udp", 5353));
    assert_eq!(ports, expected);
    // The box's own eyes only: its numbers.
    assert_eq!(told("inner"), ["tcp 9925"]);
    // What somebody at home finds, of all there could be (the last one is for whoever left a key); and somebody of elsewhere.
    let found = ports_of(&home);
    assert_eq!(found.0, BTreeSet::from(doors));
    assert_eq!(found.1, BTreeSet::from([22]));
    for (from, opens) in [("192.168.77.7", true), ("203.0.113.9", false)] {
        home.routed_from(&format!("{from}/32"));
        for port in doors {
            let at = SocketAddr::from((home.at_home(), port));
            assert_eq!(opens_from(from, at), opens, "{port} from {from}");
        }
    }
    assert_eq!(told("lends"), Vec::<&str>::new());
    assert_eq!(told("open"), Vec::<&str>::new());
    let writable = [
        "/data/toxmail",
        "/data/update/inbox",
        "/dev/shm",
        "/run/toxmail-boot",
        "/run/toxmail-disks/inbox",
        "/run/toxmail-network/inbox",
        "/run/toxmail-stick/inbox",
        "/tmp",
    ];
    assert_eq!(told("may-write"), writable);
    // The home is user 990, with no right of root's and no way to one, and has locked itself in.
    let homes: Vec<_> = processes
        .iter()
        .filter(|p| p.contains("toxmaild --data") && p.contains(" run "))
        .collect();
    assert!(
        !homes.is_empty()
            && homes
                .iter()
                .all(|p| p.starts_with("990 ") || p.starts_with("0 /usr/bin/setpriv")),
        "{homes:?}"
    );
    assert_eq!(told("rights"), ["0000000000000000 0000000000000000 1 2"]);
    let log = anna.get("/admin/log.txt").body;
    assert!(log.contains("locked in"), "{log}");
    // The emulated box has a cable, and no radio.
    let network = anna.get("/admin/network").body;
    for words in [
        "is connected by cable",
        "Its address there is",
        "has no Wi-Fi",
    ] {
        assert!(network.contains(words), "{words}: {network}");
    }
    // The clock has stayed where it was set, and the home goes by it.
    home.wait_within(SETTLES, "the home to trust the clock", |_| {
        std::thread::sleep(Duration::from_secs(1));
        !anna.get("/").body.contains(NO_TIME)
    });
    println!("the home trusts the clock {:?} later", followed.elapsed());
    assert!(followed.elapsed() > Duration::from_secs(500), "too soon");
}

/// By IPv6 a box at home can be reached from anywhere: no router stands in between that only knows the way out. Devices of its own network
/// come in, nobody else does, though the box answers their pings.
#[test]
#[ignore = "make image-test"]
fn a_box_with_an_address_for_all_the_world_opens_to_its_own_network_alone() {
    netns::enter_loopback_namespace();
    let (mut home, mut anna) = claimed(Emulated::routed(), "anna");
    assert_eq!(anna.post("/setup/finish", &[]).status, 303);
    let (device, stranger) = ("2001:db8:5::7", "2001:db8:9::9");
    home.routed_from(&format!("{device}/64"));
    home.routed_from(&format!("{stranger}/128"));
    let prefix = "2001:db8:5::".parse().unwrap();
    let door = |at: Ipv6Addr, port: u16| SocketAddr::from((at, port));
    // The box looks every half minute which prefixes are its own.
    home.wait_until("a device at home", |home| {
        let at = home.announce(prefix);
        opens_from(device, door(at, 443))
    });
    let at = home.announce(prefix);
    let pings = Command::new("busybox")
        .args(["ping", "-6", "-c", "5", "-I", stranger, &at.to_string()])
        .output()
        .unwrap();
    assert!(pings.status.success(), "no way back to the stranger");
    for port in [80, 110, 143, 443, 465, 587, 993, 995, 8443] {
        assert!(opens_from(device, door(at, port)), "{port}");
        assert!(!opens_from(stranger, door(at, port)), "{port}");
    }
}

/// The TCP ports that this machine finds open, and those that are closed but not hidden.
fn ports_of(home: &Emulated) -> (BTreeSet<u16>, BTreeSet<u16>) {
    let output = Command::new("nmap")
        .args(["-n", "-Pn", "-sS", "--max-retries", "3", "-oG", "-"])
        .args(["--min-rate", "1000", "--max-rate", "2000", "-p", "1-65535"])
        .arg(home.at_home().to_string())
        .output()
        .expect("nmap: .ci/install box");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{errors}");
    println!("{said}");
    let of = |state: &str| {
        let sign = format!("/{state}/tcp/");
        said.split(['\t', ' ', ','])
            .filter_map(|word| word.split_once(&sign)?.0.parse().ok())
            .collect()
    };
    (of("open"), of("closed"))
}

/// Whether that door opens to whoever has that address, which is one of this machine's.
fn opens_from(from: &str, door: SocketAddr) -> bool {
    let to = format!("telnet://{door}");
    let said = Command::new("curl")
        .args(["--verbose", "--connect-timeout", "2", "--max-time", "3"])
        .args(["--interface", from, &to])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    String::from_utf8_lossy(&said.stderr).contains("Connected to")
}

/// What the card's root file system has, as `unsquashfs` lists it: rights, owner, path.
fn root_files() -> Vec<(String, String, String)> {
    let root = emulated::made().join("rootfs.squashfs");
    let output = Command::new("unsquashfs")
        .args(["-llnumeric", "-d", ""])
        .arg(root)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let line = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let rights = words
            .first()
            .filter(|w| w.len() == 10 && "-dlcbps".contains(&w[..1]))?;
        let path = line.split_once(" /")?.1.split(" -> ").next()?;
        Some(((*rights).to_owned(), words[1].to_owned(), path.to_owned()))
    };
    text.lines().filter_map(line).collect()
}

#[test]
#[ignore = "make image-test"]
fn nobody_can_write_into_the_root_file_system_or_borrow_its_owners_rights() {
    let files = root_files();
    assert!(
        files.iter().any(|(.., path)| path == "usr/bin/toxmaild"),
        "{files:?}"
    );
    for (rights, owner, path) in &files {
        let rights = rights.as_bytes();
        assert_eq!(owner, "0/0", "{path}");
        assert!(
            rights[0] == b'l' || rights[8] != b'w',
            "{path}: everybody may write there"
        );
        assert!(!"sS".contains(rights[3] as char), "{path}: setuid");
        assert!(!"sS".contains(rights[6] as char), "{path}: setgid");
        assert!(!b"cb".contains(&rights[0]), "{path}: a device");
        for secret in ["authorized_keys", "host_key", ".key", "wpa_supplicant.conf"] {
            assert!(!path.ends_with(secret), "{path}: a credential");
        }
    }
    // Certificates are for everybody, keys are not; nobody has a password.
    let read = |path: &str| {
        let output = Command::new("unsquashfs")
            .arg("-cat")
            .arg(emulated::made().join("rootfs.squashfs"))
            .arg(path)
            .output()
            .unwrap();
        assert!(output.status.success(), "{path}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    for (rights, _, path) in &files {
        if rights.starts_with('-') && [".pem", ".crt"].iter().any(|end| path.ends_with(end)) {
            let text = read(path);
            assert!(
                text.contains("BEGIN CERTIFICATE") && !text.contains("PRIVATE"),
                "{path}"
            );
        }
    }
    for line in read("etc/shadow").lines() {
        let word = line.split(':').nth(1).unwrap();
        assert!(word.starts_with(['*', '!']), "{line}");
    }
}
