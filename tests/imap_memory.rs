//! What a home holds in memory for those who read their mail by IMAP: nothing of a message, and little of a mailbox.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "support/census.rs"]
mod census;
#[path = "support/client.rs"]
mod client;
#[path = "support/home.rs"]
mod home;
#[path = "support/imap.rs"]
mod imap;
#[path = "support/netns.rs"]
mod netns;

use std::fs;
use std::time::Duration;

use home::{Home, Plan};
use imap::Imap;

fn start() -> Home {
    netns::enter_loopback_namespace();
    let plan = Plan {
        settings: vec![
            ("tox", "bootstrap = []".into()),
            ("listen", "imaps = \"127.0.0.1:0\"".into()),
            ("limits", "max_connections_per_address = 100".into()),
        ],
        members: vec!["anna"],
        ..Plan::default()
    };
    let mut home = Home::new("memory", plan);
    home.start();
    home
}

fn login(home: &Home) -> Imap {
    let mut imap = Imap::login(home.address("imaps"), "anna", "secret-anna").unwrap();
    imap.timeout(Duration::from_secs(300)).unwrap();
    imap
}

/// Has the kernel begin anew with the most that was ever resident, which a login has driven up; how much that is now.
fn forget_peak(home: &Home) -> u64 {
    fs::write(format!("/proc/{}/clear_refs", home.pid()), "5").unwrap();
    census::most_held(home)
}

#[test]
fn a_message_of_50_mb_is_never_whole_in_memory() {
    const SIZE: usize = 50_000_000;
    const MOST: u64 = 12 << 20;
    let home = start();
    let mut imap = login(&home);
    // Everything that comes into memory once and for all.
    imap.append("INBOX", "", b"Subject: small\r\n\r\nx\r\n")
        .unwrap();
    imap.command("SELECT INBOX").unwrap();
    imap.command("FETCH 1 (BODY[] BODYSTRUCTURE)").unwrap();
    imap.command("SEARCH TEXT nowhere").unwrap();
    let mut letter = b"Subject: big\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n--b\r\n\
        Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        .to_vec();
    let text_starts = letter.len();
    while letter.len() < SIZE {
        letter.extend_from_slice("Toxmail+".repeat(9).as_bytes());
        letter.extend_from_slice(b"\r\n");
    }
    let text_ends = letter.len() - 2;
    letter.extend_from_slice(b"--b--\r\n");
    let before = forget_peak(&home);
    let grown = |what: &str| {
        let grown = census::most_held(&home).saturating_sub(before);
        eprintln!("{what}: {} KB", grown >> 10);
        assert!(grown < MOST, "{what}: {grown} octets more in memory");
    };
    let (_, tagged) = imap.append("INBOX", "", &letter).unwrap();
    assert!(tagged.starts(&["OK"]), "{tagged:?}");
    grown("APPEND");
    let whole = imap.command("FETCH 2 BODY.PEEK[]").unwrap();
    assert!(whole[0].item("BODY[]").unwrap() == &imap::Token::Text(letter.clone()));
    grown("FETCH of all of it");
    let (size, lines) = (text_ends - text_starts, (text_ends - text_starts) / 74);
    let structure = imap.command("FETCH 2 BODYSTRUCTURE").unwrap();
    assert!(
        structure[0].shown.contains(&format!(" {size} ")),
        "{lines} lines: {:?}",
        structure[0]
    );
    let part = imap.command("FETCH 2 BODY.PEEK[2]<40000000.20>").unwrap();
    let from = text_starts + 40_000_000;
    let expected = imap::Token::Text(letter[from..from + 20].to_vec());
    assert_eq!(part[0].item("BODY[2]<40000000>"), Some(&expected));
    grown("FETCH of a part");
    let decoded = imap.command("FETCH 2 BINARY.SIZE[2]").unwrap();
    assert!(decoded[0].item("BINARY.SIZE[2]").unwrap().number().unwrap() > 30_000_000);
    imap.command("COPY 2 Archive").unwrap();
    imap.command("SEARCH BODY nowhere").unwrap();
    grown("decoding, copying and searching it");
}

/// The mailbox costs its home 48 octets a message once, and each session 20 more.
#[test]
fn a_session_costs_20_octets_a_message_and_little_else() {
    const MESSAGES: usize = 8_000;
    const SESSIONS: usize = 20;
    let home = start();
    let new = home.path().join("mail/anna/Maildir/new");
    for number in 0..MESSAGES {
        let name = format!("{}.M{number:06}.other", 1_795_600_000 + number);
        fs::write(new.join(name), format!("Subject: {number}\r\n\r\nx\r\n")).unwrap();
    }
    let open = || {
        let mut imap = login(&home);
        let lines = imap.command("SELECT INBOX").unwrap();
        assert!(
            lines
                .iter()
                .any(|line| line.numbered() == Some((MESSAGES as u32, "EXISTS")))
        );
        imap
    };
    let mut sessions = vec![open(), open()];
    let before = census::resident(&home);
    sessions.extend((0..SESSIONS).map(|_| open()));
    let grown = census::resident(&home).saturating_sub(before);
    let each = grown / (SESSIONS * MESSAGES) as u64;
    eprintln!(
        "{SESSIONS} more sessions: {} KB, {each} octets a message each",
        grown >> 10
    );
    // With the connection and its TLS, and what the allocator keeps.
    assert!(each < 40, "{each} octets a message in each session");
    // A whole listing of it is made in pieces.
    let before = forget_peak(&home);
    sessions[0]
        .command("FETCH 1:* (UID FLAGS ENVELOPE)")
        .unwrap();
    sessions[0].command("UID SEARCH SUBJECT 7").unwrap();
    let grown = census::most_held(&home).saturating_sub(before);
    eprintln!("a listing: {} KB", grown >> 10);
    assert!(grown < 8 << 20, "{grown} octets for a listing");
}

/// What a stranger writes into a field of a letter is not made many times as much when it is shown.
#[test]
fn a_field_of_500_kb_of_addresses_takes_little_more_than_that() {
    const SIZE: usize = 500_000;
    const MOST: u64 = 6 << 20;
    let home = start();
    let mut imap = login(&home);
    imap.append("INBOX", "", b"To: a@b\r\nSubject: small\r\n\r\nx\r\n")
        .unwrap();
    let patterns = [",", "a ", "<", "(a)", "\"\"", "a,", ":;", "<a@b>,", "@"];
    for pattern in patterns {
        let mut letter = b"To: ".to_vec();
        while letter.len() < SIZE {
            // Lines, as a field of this length has them.
            letter.extend_from_slice(pattern.repeat(70 / pattern.len()).as_bytes());
            letter.extend_from_slice(b"\r\n ");
        }
        letter.extend_from_slice(b"z@z\r\n\r\nx\r\n");
        imap.append("INBOX", "", &letter).unwrap();
    }
    imap.command("SELECT INBOX").unwrap();
    imap.command("FETCH 1 ENVELOPE").unwrap();
    // Their own answer of as much is what a client would have to hold.
    imap.command("FETCH 2 BODY.PEEK[]").unwrap();
    let before = forget_peak(&home);
    for (number, pattern) in (2..).zip(patterns) {
        imap.command(&format!("FETCH {number} ENVELOPE")).unwrap();
        let grown = census::most_held(&home) - before;
        eprintln!("{pattern:?}: {} KB", grown >> 10);
        assert!(grown < MOST, "{pattern:?}: {grown} octets more in memory");
    }
}

/// Nor is what a stranger writes into subject and references kept whole for every message that is put in order.
#[test]
fn two_hundred_subjects_of_a_megabyte_are_put_in_order_in_little_memory() {
    const COPIES: u32 = 256;
    const MOST: u64 = 8 << 20;
    let home = start();
    let mut imap = login(&home);
    let mut letter = b"Subject: small\r\nReferences:".to_vec();
    for number in 0..100 {
        letter.extend_from_slice(format!("\r\n <{number}{}>", "r".repeat(900)).as_bytes());
    }
    letter.extend_from_slice(b"\r\n\r\nx\r\n");
    imap.append("INBOX", "", &letter).unwrap();
    imap.command("SELECT INBOX").unwrap();
    let all = ["SORT (SUBJECT) UTF-8 ALL", "THREAD REFERENCES UTF-8 ALL"];
    for command in all {
        imap.command(command).unwrap();
    }
    let subject = format!("Subject: {}", "Re: word\r\n ".repeat(80_000));
    letter.splice(..14, subject.bytes());
    imap.append("INBOX", "", &letter).unwrap();
    imap.command("STORE 1 +FLAGS (\\Deleted)").unwrap();
    imap.command("EXPUNGE").unwrap();
    let mut messages = 1;
    while messages < COPIES {
        imap.command("COPY 1:* INBOX").unwrap();
        messages *= 2;
    }
    // One that is opened for all: what reading it takes.
    imap.command("SEARCH HEADER Reply-To nobody").unwrap();
    let before = forget_peak(&home);
    for command in all {
        imap.command(command).unwrap();
        let grown = census::most_held(&home).saturating_sub(before);
        eprintln!("{command}: {} KB", grown >> 10);
        assert!(grown < MOST, "{command}: {grown} octets more in memory");
    }
}
