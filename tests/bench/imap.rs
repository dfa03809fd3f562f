//! A mailbox by IMAP beside Dovecot's on the same letters: the same questions by the same client over TLS, in turns.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::dice::Dice;
use crate::home::{Home, Plan};
use crate::imap_client::Imap;
use crate::mailbox::{Dovecot, PORTS};
use crate::network::Network;
use crate::numbers::Numbers;
use crate::process;
use crate::provider::Authority;

/// Bodies fetched at once.
pub const BODIES: usize = 1000;
/// Octets of a letter.
const LETTER: usize = 2000;
/// Stands in one letter of a thousand.
const RARE: &str = "quincunx";
const LONGEST: Duration = Duration::from_secs(300);

/// What is asked of both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// With nothing in any cache of the server's.
    FirstSelect,
    Select,
    FirstEnvelopes,
    Envelopes,
    Bodies,
    SearchText,
    Idle,
}

pub const QUESTIONS: [(Question, &str); 7] = [
    (Question::FirstSelect, "first SELECT"),
    (Question::Select, "SELECT"),
    (
        Question::FirstEnvelopes,
        "first FETCH 1:* (UID FLAGS ENVELOPE)",
    ),
    (Question::Envelopes, "FETCH 1:* (UID FLAGS ENVELOPE)"),
    (Question::Bodies, "FETCH of 1,000 whole bodies"),
    (Question::SearchText, "SEARCH TEXT"),
    (Question::Idle, "arrival to IDLE line"),
];

/// Sessions with the mailbox selected while memory is counted: one program, and a family of five with five devices each.
pub const SESSIONS: [usize; 2] = [1, 25];

/// Seconds of both for each question, and bytes of memory with each number of sessions.
pub struct Row {
    pub messages: usize,
    pub times: Vec<(Numbers, Numbers)>,
    pub memory: [(f64, f64); 2],
}

pub fn measure(network: &Network, messages: usize, times: usize) -> Row {
    let mut settings = network.settings();
    settings.push(("limits", "max_connections_per_address = 100".into()));
    settings.push(("listen", "imaps = \"127.0.0.1:0\"".into()));
    let plan = Plan {
        settings,
        members: vec!["anna"],
        ..Plan::default()
    };
    let mut home = Home::new("imap", plan);
    home.start();
    let more = "mail_max_userip_connections = 100\n";
    let dovecot = Dovecot::start_with(&Authority::new(), &[("anna", "secret-anna")], more);
    let ours = home.path().join("mail/anna/Maildir");
    let theirs = dovecot.maildir_of("anna");
    for number in 0..messages {
        let letter = letter(number);
        for maildir in [&ours, &theirs] {
            file(maildir, number, &letter);
        }
    }
    let port = |way: &str| {
        PORTS
            .iter()
            .find(|(kind, how, _)| *kind == "imap" && *how == way)
            .unwrap()
            .2
    };
    let places: [(SocketAddr, PathBuf); 2] = [
        (home.address("imaps"), ours),
        (([127, 0, 0, 1], port("implicit")).into(), theirs),
    ];
    let mut row = Row {
        messages,
        times: QUESTIONS.iter().map(|_| Default::default()).collect(),
        memory: [(f64::NAN, f64::NAN); 2],
    };
    let mut next = messages;
    for (at, (question, _)) in QUESTIONS.iter().enumerate() {
        let is_first = matches!(question, Question::FirstSelect | Question::FirstEnvelopes);
        let rounds = if is_first { 1 } else { times.max(3) };
        for _ in 0..rounds {
            let mut took = [0.0; 2];
            for (whose, (address, maildir)) in places.iter().enumerate() {
                next += 1;
                took[whose] = ask(*question, *address, maildir, next)
                    .unwrap()
                    .as_secs_f64();
            }
            row.times[at].0.add(took[0]);
            row.times[at].1.add(took[1]);
        }
    }
    // With everything asked once, and with the list that most programs ask for in each session.
    let mut lines = vec![];
    for (sessions, memory) in SESSIONS.into_iter().zip(&mut row.memory) {
        while lines.len() < sessions {
            lines.push(places.each_ref().map(|(address, _)| {
                let mut line = open(*address).unwrap();
                timed(&mut line, "FETCH 1:* (UID FLAGS)").unwrap();
                line
            }));
        }
        *memory = (
            process::own_memory(home.pid()) as f64,
            process::family_memory(dovecot.pid()) as f64,
        );
    }
    row
}

fn login(address: SocketAddr) -> io::Result<Imap> {
    let mut imap = Imap::login(address, "anna", "secret-anna")?;
    imap.timeout(LONGEST)?;
    Ok(imap)
}

fn open(address: SocketAddr) -> io::Result<Imap> {
    let mut imap = login(address)?;
    imap.command("SELECT INBOX")?;
    Ok(imap)
}

/// How long the answer takes.
fn ask(
    question: Question,
    address: SocketAddr,
    maildir: &Path,
    number: usize,
) -> io::Result<Duration> {
    match question {
        Question::FirstSelect | Question::Select => {
            let mut imap = login(address)?;
            timed(&mut imap, "SELECT INBOX").map(|(took, _)| took)
        }
        Question::FirstEnvelopes | Question::Envelopes => {
            timed(&mut open(address)?, "FETCH 1:* (UID FLAGS ENVELOPE)").map(|(took, _)| took)
        }
        Question::Bodies => {
            let (took, lines) = timed(
                &mut open(address)?,
                &format!("FETCH 1:{BODIES} BODY.PEEK[]"),
            )?;
            assert_eq!(lines, BODIES);
            Ok(took)
        }
        Question::SearchText => {
            let (took, _) = timed(&mut open(address)?, &format!("SEARCH TEXT {RARE}"))?;
            Ok(took)
        }
        Question::Idle => {
            let mut imap = open(address)?;
            let tag = imap.tag();
            imap.send(format!("{tag} IDLE\r\n").as_bytes())?;
            while imap.answer()?.tag != "+" {}
            std::thread::sleep(Duration::from_millis(300));
            let draft = letter(number);
            let start = Instant::now();
            file(maildir, number, &draft);
            loop {
                if imap
                    .answer()?
                    .numbered()
                    .is_some_and(|(_, word)| word == "EXISTS")
                {
                    return Ok(start.elapsed());
                }
            }
        }
    }
}

/// A command to its end, answers not taken apart; how many there were.
fn timed(imap: &mut Imap, command: &str) -> io::Result<(Duration, usize)> {
    let tag = imap.tag();
    let start = Instant::now();
    imap.send(format!("{tag} {command}\r\n").as_bytes())?;
    let mut lines = 0;
    loop {
        let (texts, _) = imap.raw()?;
        if let Some(rest) = texts[0].strip_prefix(&format!("{tag} ")) {
            assert!(rest.starts_with("OK"), "{command}: {rest}");
            return Ok((start.elapsed(), lines));
        }
        lines += 1;
    }
}

/// A letter of 2 KB; another for each number.
pub fn letter(number: usize) -> Vec<u8> {
    let mut dice = Dice(number as u64 + 1);
    let words = [
        "apple", "pear", "plum", "basket", "garden", "ladder", "Sunday", "morning", "street",
        "letter",
    ];
    let mut text = format!(
        "Return-Path: <ben@example.org>\r\nFrom: Ben Example <ben@example.org>\r\nTo: Anna <anna@example.org>, Dora <dora@example.net>\r\n\
         Cc: carl@example.com\r\nSubject: About the {} and number {number}\r\nMessage-ID: <{number}@bench.example>\r\n\
         In-Reply-To: <{}@bench.example>\r\nDate: Wed, 25 Nov 2026 10:{:02}:{:02} +0000\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n",
        words[dice.below(words.len())],
        number / 2,
        number / 60 % 60,
        number % 60,
    );
    if number % 1000 == 500 {
        text += RARE;
    }
    while text.len() < LETTER {
        for _ in 0..10 {
            text += words[dice.below(words.len())];
            text.push(' ');
        }
        text += "\r\n";
    }
    text.into_bytes()
}

/// As other programs name it in a Maildir.
pub fn file_name(number: usize) -> String {
    format!("{}.M{number:06}P1.bench", 1_795_000_000 + number)
}

/// Into `new`, as an MTA does it, for the owner of the Maildir.
fn file(maildir: &Path, number: usize, letter: &[u8]) {
    let name = file_name(number);
    let draft = maildir.join("tmp").join(&name);
    fs::write(&draft, letter).unwrap();
    let owner = fs::metadata(maildir).unwrap();
    if owner.uid() != 0 {
        chown(&draft, Some(owner.uid()), Some(owner.gid())).unwrap();
    }
    fs::rename(draft, maildir.join("new").join(name)).unwrap();
}
