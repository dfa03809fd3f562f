#![allow(dead_code)] // each test binary uses a part of it
//! Two members of a home whose data lies on a disk that forgets, and what their mail programs do all at the same time.
//!
//! anna sends to ben and to a home that never comes; both file, move, copy, flag, delete and rename by IMAP; ben fetches and deletes by
//! POP3. Every program keeps book ([`Promises`]) of what it was told.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::client::{self, Line};
use crate::dice::Dice;
use crate::disk::{Forgotten, Rules};
use crate::forgetful::Forgetful;
use crate::home::{Home, Plan, nobody, wait_for};
use crate::imap::{Answer, Imap, Token};
use crate::promises::{Promises, Seen};

/// Longest start after a cut, by the clock on the wall. (A daemon compiled without optimisation, with ten thousand letters and on a busy
/// machine, takes half a second.)
pub const LONGEST_START: Duration = Duration::from_secs(10);
/// How long what was accepted may take to its mailbox after a start.
const SETTLED: Duration = Duration::from_secs(60);
/// Of each program. More are deleted.
const MANY: usize = 40;
const MEMBERS: [&str; 2] = ["anna", "ben"];
/// Where flags are kept book of.
const FLAGGED: [&str; 3] = ["W", "D", "K"];

/// A letter that is known again by its token, of about so many octets.
pub fn letter(token: &str, to: &str, octets: usize) -> Arc<Vec<u8>> {
    let mut bytes = format!(
        "From: anna@toxmail.local\r\nTo: <{to}>\r\nSubject: {token}\r\nMessage-ID: <{token}@test>\r\n\r\n{token}\r\n"
    )
    .into_bytes();
    let mut line = 0;
    while bytes.len() < octets {
        bytes.extend(
            format!(
                "{token} line {line:08} of a letter that must not lose a single one of them\r\n"
            )
            .bytes(),
        );
        line += 1;
    }
    Arc::new(bytes)
}

fn body(letter: &[u8]) -> &[u8] {
    let at = letter.windows(4).position(|w| w == b"\r\n\r\n");
    &letter[at.map_or(0, |at| at + 4)..]
}

fn subject(header: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(header);
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("Subject: "))?;
    Some(line.trim().to_owned())
}

/// Sizes as in a family: most are small, few are photographs.
fn octets(dice: &mut Dice) -> usize {
    match dice.below(20) {
        0 => 1 << 20,
        1..4 => 100_000 + dice.below(200_000),
        _ => 1_000 + dice.below(20_000),
    }
}

/// One member's mail program, with the mailboxes that it alone works in: `W`, `D` with `K` below it, `C`.
pub struct Desk {
    member: &'static str,
    pub promises: Promises,
    /// The name of each, or both while a rename was not answered.
    names: BTreeMap<&'static str, Vec<String>>,
    /// By mailbox, UIDVALIDITY and UID the token that was seen there.
    ever: BTreeMap<(String, u64, u64), String>,
    made: usize,
    /// Commands that were answered with yes.
    pub done: usize,
    /// The last answers that were not.
    pub refused: Vec<String>,
    /// Numbers that have changed their meaning.
    wrong: Vec<String>,
}

fn numbers(uids: &[u64]) -> String {
    let texts: Vec<String> = uids.iter().map(u64::to_string).collect();
    texts.join(",")
}

impl Desk {
    fn new(member: &'static str) -> Self {
        let names = [
            ("W", "Work"),
            ("D", "Done"),
            ("K", "Done/Kept"),
            ("C", "Copies"),
        ];
        let names = names.map(|(role, name)| (role, vec![name.to_owned()]));
        Self {
            member,
            promises: Promises::default(),
            names: names.into(),
            ever: BTreeMap::new(),
            made: 0,
            done: 0,
            refused: vec![],
            wrong: vec![],
        }
    }

    fn connect(&self, imaps: SocketAddr) -> io::Result<Imap> {
        let mut imap = Imap::login(imaps, self.member, &format!("secret-{}", self.member))?;
        imap.timeout(Duration::from_secs(60))?;
        Ok(imap)
    }

    fn furnish(&self, imaps: SocketAddr) {
        let mut imap = self.connect(imaps).unwrap();
        for names in self.names.values() {
            imap.command(&format!("CREATE {}", names[0])).unwrap();
        }
    }

    fn token(&mut self) -> String {
        self.made += 1;
        format!("{}-{}", self.member, self.made)
    }

    fn says_yes(&mut self, tagged: &Answer) -> bool {
        let yes = tagged.starts(&["OK"]);
        match yes {
            true => self.done += 1,
            false => self.refused.push(tagged.shown.clone()),
        }
        yes
    }

    /// Opens a mailbox; its messages by token, each with its UID. What was ever seen under a number is still that.
    fn open(
        &mut self,
        imap: &mut Imap,
        verb: &str,
        role: &str,
        name: &str,
    ) -> io::Result<BTreeMap<String, u64>> {
        let selected = imap.command(&format!("{verb} {name}"))?;
        let validity = selected
            .iter()
            .find(|answer| {
                answer
                    .code()
                    .first()
                    .is_some_and(|token| token.is("UIDVALIDITY"))
            })
            .and_then(|answer| answer.code()[1].number())
            .unwrap();
        let mut found = BTreeMap::new();
        for answer in imap.command("UID FETCH 1:* (BODY.PEEK[HEADER.FIELDS (SUBJECT)])")? {
            let (Some(uid), Some(Token::Text(header))) = (
                answer.item("UID").and_then(Token::number),
                answer.item("BODY[HEADER.FIELDS (SUBJECT)]"),
            ) else {
                continue;
            };
            let token = subject(header).unwrap_or_default();
            let before = self
                .ever
                .insert((role.into(), validity, uid), token.clone());
            if let Some(before) = before.filter(|before| *before != token) {
                let member = self.member;
                self.wrong.push(format!(
                    "UID {uid} of {member}'s {role} ({validity}) was {before} and is {token}"
                ));
            }
            found.insert(token, uid);
        }
        Ok(found)
    }

    /// Works until the line breaks.
    fn work(&mut self, imaps: SocketAddr, dice: &mut Dice) -> io::Result<()> {
        let mut imap = self.connect(imaps)?;
        loop {
            let act = dice.below(10);
            self.step(&mut imap, act, dice)?;
        }
    }

    /// One command of each kind; how many got no answer at all.
    fn one_of_each(&mut self, imaps: SocketAddr, dice: &mut Dice) -> usize {
        let mut imap = None;
        let mut broken = 0;
        for act in [0, 1, 3, 5, 6, 7, 8] {
            if imap.is_none() {
                imap = self.connect(imaps).ok();
            }
            let Some(line) = &mut imap else {
                continue;
            };
            match self.step(line, act, dice) {
                // A mailbox that cannot be opened is an answer.
                Err(e) if e.kind() == io::ErrorKind::Other => self.refused.push(e.to_string()),
                Err(_) => {
                    imap = None;
                    broken += 1;
                }
                Ok(()) => {}
            }
        }
        broken
    }

    fn step(&mut self, imap: &mut Imap, act: usize, dice: &mut Dice) -> io::Result<()> {
        if self.promises.certain("W").len() + self.promises.certain("D").len() > MANY {
            return self.delete(imap, MANY / 2);
        }
        match act {
            0..3 => self.append(imap, dice),
            3 | 4 => self.shift(imap, dice),
            5 => self.copy(imap, dice),
            6 => self.flag(imap, dice),
            7 => self.delete(imap, 1 + dice.below(3)),
            _ => self.rename(imap),
        }
    }

    fn append(&mut self, imap: &mut Imap, dice: &mut Dice) -> io::Result<()> {
        let count = 1 + dice.below(3);
        let (flags, list) = match dice.below(3) {
            0 => (BTreeSet::from(['S']), "(\\Seen) "),
            _ => (BTreeSet::new(), ""),
        };
        let letters: Vec<(String, Arc<Vec<u8>>)> = (0..count)
            .map(|_| {
                let token = self.token();
                let letter = letter(&token, "anna@toxmail.local", octets(dice));
                (token, letter)
            })
            .collect();
        let tokens: Vec<String> = letters.iter().map(|(token, _)| token.clone()).collect();
        self.promises.filing(&letters, "W", &flags);
        let tag = imap.tag();
        let mut bytes = format!("{tag} APPEND {}", self.names["W"][0]).into_bytes();
        for (_, letter) in &letters {
            bytes.extend(format!(" {list}{{{}+}}\r\n", letter.len()).bytes());
            bytes.extend(&**letter);
        }
        bytes.extend(b"\r\n");
        imap.send(&bytes)?;
        if self.says_yes(&imap.until(&tag)?.1) {
            self.promises.done(&tokens);
        }
        Ok(())
    }

    /// Some letters that are certainly there, and their UIDs.
    fn choose(
        &mut self,
        imap: &mut Imap,
        role: &'static str,
        count: usize,
    ) -> io::Result<(Vec<String>, Vec<u64>)> {
        if self.names[role].len() > 1 {
            return Ok((vec![], vec![]));
        }
        let name = self.names[role][0].clone();
        let there = self.open(imap, "SELECT", role, &name)?;
        let mut certain = self.promises.certain(role);
        certain.retain(|token| there.contains_key(token));
        certain.truncate(count);
        let uids = certain.iter().map(|token| there[token]).collect();
        Ok((certain, uids))
    }

    fn shift(&mut self, imap: &mut Imap, dice: &mut Dice) -> io::Result<()> {
        let (from, to) = [("W", "D"), ("W", "K"), ("D", "W"), ("K", "D")][dice.below(4)];
        let (tokens, uids) = self.choose(imap, from, 1 + dice.below(3))?;
        if tokens.is_empty() || self.names[to].len() > 1 {
            return Ok(());
        }
        self.promises.moving(&tokens, from, to);
        let (_, tagged) = imap.say(&format!(
            "UID MOVE {} {}",
            numbers(&uids),
            self.names[to][0]
        ))?;
        if self.says_yes(&tagged) {
            self.promises.done(&tokens);
        }
        Ok(())
    }

    fn copy(&mut self, imap: &mut Imap, dice: &mut Dice) -> io::Result<()> {
        let (mut tokens, mut uids) = self.choose(imap, "W", 1 + dice.below(4))?;
        let mut new = tokens
            .iter()
            .map(|token| self.promises.is_certainly_not_in(token, "C"));
        let new: Vec<bool> = new.by_ref().collect();
        let mut keep = new.iter();
        tokens.retain(|_| *keep.next().unwrap());
        let mut keep = new.iter();
        uids.retain(|_| *keep.next().unwrap());
        if tokens.is_empty() {
            return Ok(());
        }
        self.promises.copying(&tokens, "C");
        let (_, tagged) = imap.say(&format!(
            "UID COPY {} {}",
            numbers(&uids),
            self.names["C"][0]
        ))?;
        if self.says_yes(&tagged) {
            self.promises.done(&tokens);
        }
        Ok(())
    }

    fn flag(&mut self, imap: &mut Imap, dice: &mut Dice) -> io::Result<()> {
        let (tokens, uids) = self.choose(imap, FLAGGED[dice.below(2)], 1 + dice.below(3))?;
        let (name, flag) = [("\\Flagged", 'F'), ("\\Answered", 'R')][dice.below(2)];
        if tokens.is_empty() {
            return Ok(());
        }
        self.promises.flagging(&tokens, flag);
        let (_, tagged) = imap.say(&format!(
            "UID STORE {} +FLAGS.SILENT ({name})",
            numbers(&uids)
        ))?;
        if self.says_yes(&tagged) {
            self.promises.flagged(&tokens);
        }
        Ok(())
    }

    fn delete(&mut self, imap: &mut Imap, count: usize) -> io::Result<()> {
        for role in ["C", "K", "D", "W"] {
            let (tokens, uids) = self.choose(imap, role, count)?;
            if tokens.is_empty() {
                continue;
            }
            let uids = numbers(&uids);
            // Of the copies' flags no book is kept.
            if role != "C" {
                self.promises.flagging(&tokens, 'T');
            }
            let (_, tagged) = imap.say(&format!("UID STORE {uids} +FLAGS.SILENT (\\Deleted)"))?;
            if !self.says_yes(&tagged) {
                continue;
            }
            if role != "C" {
                self.promises.flagged(&tokens);
            }
            self.promises.deleting(&tokens, role);
            let (_, tagged) = imap.say(&format!("UID EXPUNGE {uids}"))?;
            if self.says_yes(&tagged) {
                self.promises.done(&tokens);
            }
        }
        Ok(())
    }

    /// Done with what is below it gets another name.
    fn rename(&mut self, imap: &mut Imap) -> io::Result<()> {
        if self.names["D"].len() > 1 {
            return Ok(());
        }
        let old = self.names["D"][0].clone();
        let new = match old.as_str() {
            "Done" => "Ready",
            _ => "Done",
        };
        // Not in the one that is renamed: some programs do not stand that.
        imap.command(&format!("EXAMINE {}", self.names["W"][0]))?;
        self.names.insert("D", vec![old.clone(), new.into()]);
        self.names
            .insert("K", vec![format!("{old}/Kept"), format!("{new}/Kept")]);
        let (_, tagged) = imap.say(&format!("RENAME {old} {new}"))?;
        if self.says_yes(&tagged) {
            self.names.insert("D", vec![new.into()]);
            self.names.insert("K", vec![format!("{new}/Kept")]);
        }
        Ok(())
    }
}

/// What ben's POP3 program did: the letters it asked to delete, and whether that was answered with yes.
type Fetched = (Vec<String>, bool);

/// Fetches, and deletes what is to be deleted.
fn fetch(pop3s: SocketAddr, doomed: &[String], done: &mut Vec<Fetched>) -> io::Result<()> {
    let mut line = Line::tls(pop3s)?;
    line.timeout(Duration::from_secs(60))?;
    let say = |line: &mut Line, command: &str| -> io::Result<String> {
        if !command.is_empty() {
            line.send(format!("{command}\r\n").as_bytes())?;
        }
        let reply = line.line()?;
        match reply.starts_with("+OK") {
            true => Ok(reply),
            false => Err(io::Error::other(reply)),
        }
    };
    say(&mut line, "")?;
    say(&mut line, "USER ben")?;
    say(&mut line, "PASS secret-ben")?;
    let stat = say(&mut line, "STAT")?;
    let count: usize = stat
        .split(' ')
        .nth(1)
        .and_then(|n| n.parse().ok())
        .unwrap_or(0);
    let mut asked = vec![];
    // The newest first: the oldest are the ballast.
    for number in (1..=count).rev().take(12) {
        say(&mut line, &format!("TOP {number} 0"))?;
        let token = subject(&line.multiline()?).unwrap_or_default();
        if doomed.contains(&token) {
            asked.push((number, token));
        }
    }
    for (number, _) in &asked {
        say(&mut line, &format!("DELE {number}"))?;
    }
    done.push((asked.into_iter().map(|(_, token)| token).collect(), false));
    say(&mut line, "QUIT")?;
    if let Some(last) = done.last_mut() {
        last.1 = true;
    }
    Ok(())
}

/// A letter of anna's that is handed in until it is accepted.
#[derive(Clone)]
struct Outgoing {
    token: String,
    to: String,
    bytes: Arc<Vec<u8>>,
    accepted: bool,
}

/// How a start went.
#[derive(Clone, Copy, Debug)]
pub struct Start {
    pub took: Duration,
}

pub struct House {
    home: Home,
    pub disk: Forgetful,
    pub desks: Vec<Desk>,
    /// What lies in ben's INBOX.
    inbox: Promises,
    /// What waits for the home that never comes.
    waiting: Promises,
    outgoing: Vec<Outgoing>,
    /// Replies to anna's program that were no yes.
    pub refused: Vec<String>,
    ballast: usize,
    sent: usize,
    dir: tempfile::TempDir,
}

impl House {
    /// A home with so many letters of ben's that nobody touches, a part of them in his INBOX.
    pub fn new(rules: Rules, ballast: usize) -> Self {
        let dir = tempfile::Builder::new()
            .prefix("toxmail-cuts-")
            .tempdir()
            .unwrap();
        let data = dir.path().join("disk");
        let disk = Forgetful::mount(&data, rules);
        let plan = Plan {
            settings: vec![
                ("tox", "bootstrap = []".into()),
                ("listen", "imaps = \"127.0.0.1:0\"".into()),
                ("limits", "max_connections_per_address = 100".into()),
            ],
            members: MEMBERS.into(),
            ..Plan::default()
        };
        let mut home = Home::on("cuts", plan, &data, &dir.path().join("log"));
        home.start();
        let mut house = Self {
            home,
            disk,
            desks: MEMBERS.map(Desk::new).into(),
            inbox: Promises::default(),
            waiting: Promises::default(),
            outgoing: vec![],
            refused: vec![],
            ballast,
            sent: 0,
            dir,
        };
        let imaps = house.home.address("imaps");
        house.desks.iter().for_each(|desk| desk.furnish(imaps));
        let add = ["contact", "add", "far", "--tox", &nobody(7)];
        house.home.say(&add).unwrap();
        house.weigh_down();
        house.home.stop();
        house.disk.disk(crate::disk::Disk::settle);
        house.home.start();
        house
    }

    /// Letters that another program filed.
    fn weigh_down(&self) {
        let maildir = self.home.path().join("mail/ben/Maildir");
        let cellar = maildir.join(".Cellar");
        for folder in [&maildir, &cellar] {
            for part in ["new", "cur", "tmp"] {
                std::fs::create_dir_all(folder.join(part)).unwrap();
            }
        }
        for number in 0..self.ballast {
            let folder = if number % 4 == 0 { &maildir } else { &cellar };
            let name = format!("{}.M{number}.other:2,S", 1_700_000_000 + number);
            let letter = letter(&format!("ballast-{number}"), "ben@toxmail.local", 2_000);
            std::fs::write(folder.join("cur").join(name), &**letter).unwrap();
        }
        let mut imap = self.desks[1].connect(self.home.address("imaps")).unwrap();
        for name in ["INBOX", "Cellar"] {
            imap.command(&format!("EXAMINE {name}")).unwrap();
        }
    }

    /// Writes letters, and hands in what was not accepted yet; until the line breaks, or `rounds` times.
    fn hand_in(
        outgoing: &mut Vec<Outgoing>,
        sent: &mut usize,
        refused: &mut Vec<String>,
        (submissions, absent): (SocketAddr, bool),
        dice: &mut Dice,
        rounds: usize,
    ) -> io::Result<()> {
        for _ in 0..rounds {
            *sent += 1;
            let far = absent && sent.is_multiple_of(3);
            let token = format!("{}-{sent}", if far { "far" } else { "near" });
            let to = match far {
                true => format!("far+{token}@{}.tox", far_key()),
                false => "ben@toxmail.local".into(),
            };
            let bytes = letter(&token, &to, octets(dice));
            outgoing.push(Outgoing {
                token,
                to,
                bytes,
                accepted: false,
            });
            let mut line = client::submission(submissions, "anna", "secret-anna")?;
            for letter in outgoing.iter_mut().filter(|letter| !letter.accepted) {
                let reply = match client::send(
                    &mut line,
                    "anna@toxmail.local",
                    &[&letter.to],
                    &letter.bytes,
                ) {
                    // A command before DATA was refused.
                    Err(e) if e.kind() == io::ErrorKind::Other => e.to_string(),
                    reply => reply?,
                };
                letter.accepted = reply.starts_with("250");
                if !letter.accepted {
                    assert!(reply.starts_with('4'), "{}: {reply}", letter.token);
                    refused.push(reply);
                    break;
                }
            }
        }
        Ok(())
    }

    /// All programs work until the power goes: after so many acts of the disk, or `longest`.
    pub fn work_until_cut(&mut self, acts: u64, longest: Duration, dice: &mut Dice) {
        let addresses = ["submissions", "imaps", "pop3s"].map(|service| self.home.address(service));
        let [submissions, imaps, pop3s] = addresses;
        let absent = self.waiting.len() < 12;
        let doomed = self.doomed();
        let mut fetched = vec![];
        let mut dices: Vec<Dice> = (0..4).map(|_| Dice::of(dice.roll())).collect();
        self.disk.arm_cut(acts);
        std::thread::scope(|scope| {
            let mut dices = dices.iter_mut();
            let (outgoing, sent, refused) = (&mut self.outgoing, &mut self.sent, &mut self.refused);
            let own = dices.next().unwrap();
            scope.spawn(move || {
                let _ = Self::hand_in(
                    outgoing,
                    sent,
                    refused,
                    (submissions, absent),
                    own,
                    usize::MAX,
                );
            });
            for desk in &mut self.desks {
                let own = dices.next().unwrap();
                scope.spawn(move || drop(desk.work(imaps, own)));
            }
            let (done, doomed, disk) = (&mut fetched, &doomed, &self.disk);
            scope.spawn(move || {
                while disk.is_on() && fetch(pop3s, doomed, done).is_ok() && done.len() < 3 {}
            });
            if !self.disk.wait_for_cut(longest) {
                self.disk.cut();
            }
            self.home.kill();
        });
        self.note(fetched);
    }

    /// The same programs, one after the other, each a little. Returns how many commands got no answer.
    pub fn work_a_little(&mut self, dice: &mut Dice) -> usize {
        let [submissions, imaps, pop3s] =
            ["submissions", "imaps", "pop3s"].map(|service| self.home.address(service));
        let mut broken = 0;
        let absent = self.waiting.len() < 12;
        let (outgoing, sent, refused) = (&mut self.outgoing, &mut self.sent, &mut self.refused);
        match Self::hand_in(outgoing, sent, refused, (submissions, absent), dice, 3) {
            Err(e) if e.kind() == io::ErrorKind::Other => self.refused.push(e.to_string()),
            Err(_) => broken += 1,
            Ok(()) => {}
        }
        broken += self.desks[0].one_of_each(imaps, dice);
        let (doomed, mut fetched) = (self.doomed(), vec![]);
        match fetch(pop3s, &doomed, &mut fetched) {
            Err(e) if e.kind() == io::ErrorKind::Other => self.refused.push(e.to_string()),
            Err(_) => broken += 1,
            Ok(()) => {}
        }
        self.note(fetched);
        broken
    }

    fn doomed(&self) -> Vec<String> {
        let mut doomed = self.inbox.certain("INBOX");
        let few = doomed.len() / 2;
        doomed.truncate(few.max(doomed.len().saturating_sub(MANY)));
        doomed
    }

    /// Into the book.
    fn note(&mut self, fetched: Vec<Fetched>) {
        for letter in &self.outgoing {
            let (book, place) = match letter.token.starts_with("far") {
                true => (&mut self.waiting, "queue"),
                false => (&mut self.inbox, "INBOX"),
            };
            book.handed_in(&letter.token, &letter.bytes, place, letter.accepted);
        }
        self.outgoing.retain(|letter| !letter.accepted);
        for (mut tokens, yes) in fetched {
            // What a session before has deleted already is not there any more; what it has left in doubt is not chosen.
            tokens.retain(|token| self.inbox.certain("INBOX").contains(token));
            self.inbox.deleting(&tokens, "INBOX");
            if yes {
                self.inbox.done(&tokens);
            }
        }
    }

    /// The power is back; what was forgotten, and how long the start took. With `again` the power goes once more, after so many acts
    /// of the start.
    pub fn come_back(&mut self, dice: &mut Dice, again: Option<u64>) -> (Forgotten, Start) {
        self.home.kill();
        let forgotten = self.disk.come_back(dice);
        if let Some(acts) = again {
            self.disk.arm_cut(acts);
            self.home.spawn();
            // It may do with fewer.
            self.disk.wait_for_cut(Duration::from_secs(2));
            self.home.kill();
            self.disk.come_back(dice);
        }
        (forgotten, self.start())
    }

    /// Starts the home, which is ready in time, without any help.
    pub fn start(&mut self) -> Start {
        let begin = Instant::now();
        self.home.start();
        let took = begin.elapsed();
        assert!(took < LONGEST_START, "ready after {took:?}");
        Start { took }
    }

    /// SIGTERM, and what the disk has then is safe or not.
    pub fn stop(&mut self) {
        self.home.stop();
    }

    /// A start on a disk that makes one mistake: it is ready, or has ended and told why.
    pub fn try_to_start(&mut self) -> bool {
        self.home.spawn();
        let start = Instant::now();
        loop {
            if self.home.has_ended() {
                return false;
            }
            if self.home.try_address("imaps").is_some() && self.home.say(&["status"]).is_ok() {
                return true;
            }
            assert!(
                start.elapsed() < LONGEST_START,
                "neither ready nor ended:\n{}",
                self.home.log()
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// The end of the daemon's log.
    pub fn log(&self) -> String {
        self.home.log()
    }

    /// Letters of somebody as they lie on the disk, by what a role's folder is called.
    fn look(&self, member: &str, folders: &[(&str, String)], books: &Promises) -> Vec<Seen> {
        self.disk.disk(|disk| {
            let mut seen = vec![];
            for (role, folder) in folders {
                for (name, bytes) in disk
                    .files(&format!("mail/{member}/Maildir/{folder}/new"))
                    .into_iter()
                    .chain(disk.files(&format!("mail/{member}/Maildir/{folder}/cur")))
                {
                    let head = &bytes[..bytes.len().min(4096)];
                    let token = subject(head).unwrap_or_else(|| format!("file {name}"));
                    if token.starts_with("ballast-") {
                        continue;
                    }
                    let expected = books.bytes(&token);
                    let whole = expected.is_some_and(|expected| match *role {
                        "INBOX" => bytes.ends_with(body(&expected)),
                        _ => bytes == &**expected,
                    });
                    let flags = name
                        .split_once(":2,")
                        .map_or("", |(_, flags)| flags)
                        .chars()
                        .collect();
                    seen.push(Seen {
                        token,
                        place: (*role).into(),
                        flags,
                        whole,
                    });
                }
            }
            seen
        })
    }

    /// What is wrong; what was found counts from now on. Waits for what is on its way.
    pub fn check(&mut self) -> Vec<String> {
        let mut complaints = vec![];
        let inbox = [("INBOX", String::new())];
        let start = Instant::now();
        loop {
            let wrong = self
                .inbox
                .complaints(&self.look("ben", &inbox, &self.inbox), &[]);
            let on_its_way = !self
                .home
                .say(&["queue", "list"])
                .is_ok_and(|list| self.waits_for_the_far_alone(&list));
            if (wrong.is_empty() && !on_its_way) || start.elapsed() > SETTLED {
                if on_its_way {
                    complaints.push("something waits for ben in the queue".into());
                }
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let seen = self.look("ben", &inbox, &self.inbox);
        complaints.extend(self.inbox.complaints(&seen, &[]));
        self.inbox.settle(&seen, &[]);

        let queue = self.home.say(&["queue", "list"]).unwrap_or_default();
        let seen: Vec<Seen> = addresses(&queue)
            .iter()
            .filter_map(|address| address.strip_prefix("far+")?.split('@').next())
            .map(|token| Seen {
                token: token.into(),
                place: "queue".into(),
                flags: BTreeSet::new(),
                whole: true,
            })
            .collect();
        complaints.extend(self.waiting.complaints(&seen, &[]));
        self.waiting.settle(&seen, &[]);

        let imaps = self.home.address("imaps");
        complaints.extend(self.check_inbox(imaps));
        for at in 0..self.desks.len() {
            complaints.extend(self.check_desk(at, imaps));
        }
        let count = self.disk.disk(|disk| {
            let files = disk.files("mail/ben/Maildir");
            let is_whole = |(name, bytes): &&(String, &[u8])| {
                let number = name
                    .split(".M")
                    .nth(1)
                    .and_then(|rest| rest.split('.').next());
                number.is_some_and(|n| {
                    *letter(&format!("ballast-{n}"), "ben@toxmail.local", 2_000) == *bytes
                })
            };
            files
                .iter()
                .filter(|(name, _)| name.contains(".other:2,"))
                .filter(is_whole)
                .count()
        });
        if count != self.ballast {
            complaints.push(format!(
                "{count} of {} letters that nobody touched",
                self.ballast
            ));
        }
        complaints.extend(self.check_databases());
        for desk in &mut self.desks {
            complaints.append(&mut desk.wrong);
        }
        complaints
    }

    fn waits_for_the_far_alone(&self, queue: &serde_json::Value) -> bool {
        addresses(queue)
            .iter()
            .all(|address| address.starts_with("far+"))
    }

    /// By IMAP ben's inbox holds what it does by its files, each under the number that it had.
    fn check_inbox(&mut self, imaps: SocketAddr) -> Option<String> {
        let ben = &mut self.desks[1];
        let mut imap = ben.connect(imaps).unwrap();
        let found = match ben.open(&mut imap, "EXAMINE", "INBOX", "INBOX") {
            Err(e) => return Some(format!("ben's inbox: {e}")),
            Ok(found) => found,
        };
        let there: BTreeSet<&String> = found
            .keys()
            .filter(|t| !t.starts_with("ballast-"))
            .collect();
        let seen = self.look("ben", &[("INBOX", String::new())], &self.inbox);
        let files: BTreeSet<&String> = seen.iter().map(|seen| &seen.token).collect();
        (there != files).then(|| format!("ben's inbox: {there:?} by IMAP, {files:?} on the disk"))
    }

    fn check_desk(&mut self, at: usize, imaps: SocketAddr) -> Vec<String> {
        let mut complaints = vec![];
        let desk = &mut self.desks[at];
        let member = desk.member;
        let mut imap = desk.connect(imaps).unwrap();
        let listed: Vec<String> = imap
            .command("LIST \"\" *")
            .unwrap()
            .iter()
            .filter_map(|answer| answer.tokens.get(3)?.text())
            .collect();
        for (role, names) in &mut desk.names {
            names.retain(|name| listed.contains(name));
            if names.len() != 1 {
                complaints.push(format!(
                    "{member}'s {role} has the names {names:?} in {listed:?}"
                ));
            }
        }
        if desk.names.values().any(|names| names.len() != 1) {
            return complaints;
        }
        if !desk.names["K"][0].starts_with(&desk.names["D"][0]) {
            complaints.push(format!(
                "{member}'s renamed mailboxes are apart: {listed:?}"
            ));
        }
        let folders: Vec<(&str, String)> = desk
            .names
            .iter()
            .map(|(role, names)| (*role, format!(".{}", names[0].replace('/', "."))))
            .collect();
        let seen = self.look(member, &folders, &self.desks[at].promises);
        let desk = &mut self.desks[at];
        complaints.extend(desk.promises.complaints(&seen, &FLAGGED));
        desk.promises.settle(&seen, &FLAGGED);
        desk.promises.forget_unborn();
        // By IMAP it is the same, and every number means what it did.
        for (role, names) in desk.names.clone() {
            let found = match desk.open(&mut imap, "EXAMINE", role, &names[0]) {
                Err(e) => {
                    complaints.push(format!("{member}'s {role}: {e}"));
                    continue;
                }
                Ok(found) => found,
            };
            let there: BTreeSet<&String> = found.keys().collect();
            let files: BTreeSet<&String> = seen
                .iter()
                .filter(|s| s.place == role)
                .map(|s| &s.token)
                .collect();
            if there != files {
                complaints.push(format!(
                    "{member}'s {role}: {there:?} by IMAP, {files:?} on the disk"
                ));
            }
        }
        complaints
    }

    /// What the power would leave of them now, were all of it safe.
    fn check_databases(&self) -> Vec<String> {
        let dir = tempfile::tempdir().unwrap();
        let names = ["toxmail.db", "index.db"];
        let logs = names.map(|name| format!("{name}-wal"));
        let all = [names[0], names[1], &logs[0], &logs[1]];
        self.disk.copy(&all, dir.path());
        let sound = |name: &&str| {
            let verdict = rusqlite::Connection::open(dir.path().join(name)).and_then(|c| {
                c.query_row("PRAGMA integrity_check", [], |row| row.get::<_, String>(0))
            });
            match verdict {
                Ok(verdict) if verdict == "ok" => None,
                other => Some(format!("{name}: {other:?}")),
            }
        };
        names.iter().filter_map(sound).collect()
    }

    /// Nothing of what was asked for is on its way any more.
    pub fn wait_until_idle(&self) {
        wait_for("the queue to be empty but for the far", SETTLED, || {
            let queue = self.home.say(&["queue", "list"]).ok()?;
            self.waits_for_the_far_alone(&queue).then_some(())
        });
    }

    pub fn folder(&self) -> &Path {
        self.dir.path()
    }
}

fn addresses(queue: &serde_json::Value) -> Vec<String> {
    let entries = queue.as_array().map(Vec::as_slice).unwrap_or_default();
    entries
        .iter()
        .filter_map(|entry| entry["recipients"].as_array())
        .flatten()
        .filter_map(|recipient| recipient["address"].as_str().map(str::to_owned))
        .collect()
}

/// The key of `nobody(7)` as it stands in an address.
fn far_key() -> String {
    let id = data_encoding::HEXUPPER
        .decode(nobody(7).as_bytes())
        .unwrap();
    data_encoding::BASE32_NOPAD.encode(&id[..32]).to_lowercase()
}
