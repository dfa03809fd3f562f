//! Many clients at once on the same mailboxes, each with a model of what it must see.
//!
//! Every message has one owner, the client that appended or copied it; only its owner moves or deletes it. Every client has a keyword
//! of its own, which only it sets and clears, on any message. So each knows at any time what must be there of its own, whatever the
//! others do, and in the end the mailboxes hold just what all of them together know.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::dice::Dice;
use crate::imap::{Answer, Imap, Token};
use crate::pattern::numbers;

const MAILBOXES: [&str; 3] = ["INBOX", "crowd", "crowd2"];
/// A mailbox gets no more of a client's own than that.
const MOST: usize = 60;

/// What became of it.
#[derive(Debug, Default)]
pub struct Summary {
    pub commands: u64,
    pub messages: usize,
}

/// Which message is behind a UID; it never changes.
type Ledger = Arc<Mutex<HashMap<(usize, u32), String>>>;

/// `clients` at once for that long; panics with what is wrong.
pub fn mill(at: SocketAddr, clients: usize, length: Duration, seed: u64) -> Summary {
    let mut keeper = Imap::login(at, "anna", "secret-anna").unwrap();
    for name in &MAILBOXES[1..] {
        keeper.command(&format!("CREATE {name}")).unwrap();
    }
    let ledger = Ledger::default();
    let end = Instant::now() + length;
    let mut threads = Vec::new();
    for number in 0..clients {
        let ledger = Arc::clone(&ledger);
        threads.push(std::thread::spawn(move || {
            let mut client = Client::new(at, number, seed, ledger).map_err(|e| e.to_string())?;
            while Instant::now() < end {
                client
                    .act()
                    .map_err(|e| format!("client {number}: {e}\n{}", client.said()))?;
            }
            Ok::<Client, String>(client)
        }));
    }
    let ended: Vec<_> = threads
        .into_iter()
        .map(|thread| thread.join().unwrap())
        .collect();
    let wrong: Vec<&String> = ended
        .iter()
        .filter_map(|client| client.as_ref().err())
        .collect();
    assert!(
        wrong.is_empty(),
        "seed {seed}: {}",
        wrong
            .iter()
            .map(|w| w.as_str())
            .collect::<Vec<_>>()
            .join("\n\n")
    );
    let mut crowd: Vec<Client> = ended.into_iter().flatten().collect();
    for client in &mut crowd {
        let settled = client.settle();
        assert!(
            settled.is_ok(),
            "seed {seed}: {settled:?} in the end\n{}",
            client.said()
        );
    }
    judge(&mut keeper, &crowd, &ledger, seed)
}

/// Compares the mailboxes with what everybody knows of them.
fn judge(keeper: &mut Imap, crowd: &[Client], ledger: &Ledger, seed: u64) -> Summary {
    let mut summary = Summary::default();
    for (place, name) in MAILBOXES.iter().enumerate() {
        keeper.command(&format!("SELECT {name}")).unwrap();
        let answers = keeper
            .command("UID FETCH 1:* (UID FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
            .unwrap();
        let mut there: BTreeMap<u32, (String, BTreeSet<String>)> = BTreeMap::new();
        let mut order = Vec::new();
        for answer in &answers {
            let Some((number, "FETCH")) = answer.numbered() else {
                continue;
            };
            let uid = uid_of(answer).unwrap();
            let subject = answer
                .item("BODY[HEADER.FIELDS (SUBJECT)]")
                .and_then(Token::text)
                .unwrap_or_default();
            let subject = subject.trim().trim_start_matches("Subject: ").to_owned();
            assert_eq!(
                number as usize,
                order.len() + 1,
                "seed {seed}: numbers have gaps in {name}"
            );
            order.push(uid);
            there.insert(uid, (subject, flags_of(answer).unwrap_or_default()));
        }
        assert!(
            order.is_sorted(),
            "seed {seed}: UIDs do not ascend in {name}"
        );
        let owned: BTreeSet<u32> = crowd
            .iter()
            .flat_map(|client| client.own[place].iter().copied())
            .collect();
        let found: BTreeSet<u32> = there.keys().copied().collect();
        let lost: Vec<_> = owned.difference(&found).collect();
        let risen: Vec<_> = found.difference(&owned).collect();
        assert!(
            lost.is_empty() && risen.is_empty(),
            "seed {seed}: {name} has lost {lost:?}, and has {risen:?} that nobody knows"
        );
        let ledger = ledger.lock().unwrap();
        for (uid, (subject, _)) in &there {
            assert_eq!(
                ledger.get(&(place, *uid)),
                Some(subject),
                "seed {seed}: another message behind UID {uid} of {name}"
            );
        }
        for client in crowd.iter() {
            for ((_, uid), is_set) in client.marks.iter().filter(|((at, _), _)| *at == place) {
                if let Some((_, flags)) = there.get(uid) {
                    assert_eq!(
                        flags.contains(&client.keyword),
                        *is_set,
                        "seed {seed}: {} on {uid} of {name}",
                        client.keyword
                    );
                }
            }
            if client.place == place {
                let view: Vec<u32> = client.view.iter().map(|uid| uid.unwrap_or(0)).collect();
                assert_eq!(
                    view, order,
                    "seed {seed}: what {} sees of {name}",
                    client.keyword
                );
            }
        }
        summary.messages += there.len();
    }
    summary.commands = crowd.iter().map(|client| client.commands).sum();
    summary
}

struct Client {
    imap: Imap,
    dice: Dice,
    number: usize,
    keyword: String,
    ledger: Ledger,
    /// The selected mailbox.
    place: usize,
    /// Its messages in order, with UIDs as far as they were seen.
    view: Vec<Option<u32>>,
    own: [BTreeSet<u32>; MAILBOXES.len()],
    /// By mailbox and UID, whether this client's keyword was set or cleared.
    marks: HashMap<(usize, u32), bool>,
    made: u32,
    commands: u64,
    last: Vec<String>,
}

fn uid_of(answer: &Answer) -> Option<u32> {
    u32::try_from(answer.item("UID")?.number()?).ok()
}

fn flags_of(answer: &Answer) -> Option<BTreeSet<String>> {
    Some(
        answer
            .item("FLAGS")?
            .list()
            .iter()
            .filter_map(Token::text)
            .collect(),
    )
}

fn letter(subject: &str) -> Vec<u8> {
    let length = subject
        .bytes()
        .fold(7_usize, |n, b| (n * 31 + usize::from(b)) % 5000);
    let text = format!(
        "From: anna@example.org\r\nTo: ben@example.org\r\nSubject: {subject}\r\nMessage-ID: <{subject}@example.org>\r\n\
         Date: Wed, 25 Nov 2026 10:00:00 +0000\r\n\r\n{}\r\n",
        format!("{subject} ").repeat(length / 8 + 1)
    );
    text.into_bytes()
}

type Checked<T = ()> = Result<T, String>;

impl Client {
    fn new(at: SocketAddr, number: usize, seed: u64, ledger: Ledger) -> io::Result<Self> {
        let mut client = Self {
            imap: Imap::login(at, "anna", "secret-anna")?,
            dice: Dice(seed.wrapping_mul(2 * number as u64 + 1) | 1),
            number,
            keyword: format!("c{number}"),
            ledger,
            place: 0,
            view: Vec::new(),
            own: Default::default(),
            marks: HashMap::new(),
            made: 0,
            commands: 0,
            last: Vec::new(),
        };
        client.imap.timeout(Duration::from_secs(60))?;
        client.select(0).map_err(io::Error::other)?;
        Ok(client)
    }

    fn said(&self) -> String {
        self.last.join("\n")
    }

    fn note(&mut self, line: String) {
        if self.last.len() >= 60 {
            self.last.remove(0);
        }
        let mut line = line;
        if line.len() > 400 {
            let end = (0..400)
                .rev()
                .find(|at| line.is_char_boundary(*at))
                .unwrap_or(0);
            line.truncate(end);
        }
        self.last.push(line);
    }

    /// Says a command, and takes what comes into the view. `expunge` says whether EXPUNGE may come.
    fn say(&mut self, command: &str, may_expunge: bool) -> Checked<(Vec<Answer>, Answer)> {
        self.note(format!("> {command}"));
        self.commands += 1;
        let tag = self.imap.tag();
        self.imap
            .send(format!("{tag} {command}\r\n").as_bytes())
            .map_err(|e| e.to_string())?;
        self.hear(&tag, may_expunge)
    }

    fn hear(&mut self, tag: &str, may_expunge: bool) -> Checked<(Vec<Answer>, Answer)> {
        let mut untagged = Vec::new();
        loop {
            let answer = self.imap.answer().map_err(|e| e.to_string())?;
            self.note(format!("< {}", answer.shown));
            if answer.tag == tag {
                return Ok((untagged, answer));
            }
            if answer.tag == "*" {
                self.see(&answer, may_expunge)?;
            }
            untagged.push(answer);
        }
    }

    fn see(&mut self, answer: &Answer, may_expunge: bool) -> Checked {
        if answer.starts(&["BYE"]) {
            return Err(format!("it hung up: {answer:?}"));
        }
        match answer.numbered() {
            Some((count, "EXISTS")) => {
                let count = count as usize;
                if count < self.view.len() {
                    return Err(format!(
                        "{count} EXISTS, but there were {} and none was expunged",
                        self.view.len()
                    ));
                }
                self.view.resize(count, None);
            }
            Some((number, "EXPUNGE")) => {
                if !may_expunge {
                    return Err(format!("{answer:?} while numbers are in use"));
                }
                let at = number as usize;
                if at == 0 || at > self.view.len() {
                    return Err(format!("{answer:?}, but there are {}", self.view.len()));
                }
                if let Some(uid) = self.view.remove(at - 1)
                    && self.own[self.place].contains(&uid)
                {
                    return Err(format!(
                        "{answer:?} is {uid}, which nobody else may expunge"
                    ));
                }
            }
            Some((number, "FETCH")) => {
                let at = number as usize;
                if at == 0 || at > self.view.len() {
                    return Err(format!("{answer:?}, but there are {}", self.view.len()));
                }
                if let Some(uid) = uid_of(answer) {
                    match self.view[at - 1] {
                        Some(known) if known != uid => {
                            return Err(format!("{number} was {known}, and is {uid} now"));
                        }
                        _ => self.view[at - 1] = Some(uid),
                    }
                    let before = self.view[..at - 1].iter().rev().find_map(|uid| *uid);
                    let after = self.view[at..].iter().find_map(|uid| *uid);
                    if before.is_some_and(|before| before >= uid)
                        || after.is_some_and(|after| after <= uid)
                    {
                        return Err(format!("UID {uid} stands between {before:?} and {after:?}"));
                    }
                }
                if let (Some(uid), Some(flags)) = (self.view[at - 1], flags_of(answer))
                    && let Some(is_set) = self.marks.get(&(self.place, uid))
                    && flags.contains(&self.keyword) != *is_set
                {
                    return Err(format!(
                        "{} was {} on {uid}: {answer:?}",
                        self.keyword,
                        if *is_set { "set" } else { "cleared" }
                    ));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn ok(&mut self, command: &str, may_expunge: bool) -> Checked<(Vec<Answer>, Answer)> {
        let (untagged, tagged) = self.say(command, may_expunge)?;
        if tagged.starts(&["OK"]) {
            Ok((untagged, tagged))
        } else {
            Err(format!("{command}: {tagged:?}"))
        }
    }

    fn select(&mut self, place: usize) -> Checked {
        self.view.clear();
        let command = format!("SELECT {}", MAILBOXES[place]);
        self.note(format!("> {command}"));
        self.commands += 1;
        let tag = self.imap.tag();
        self.imap
            .send(format!("{tag} {command}\r\n").as_bytes())
            .map_err(|e| e.to_string())?;
        self.place = place;
        loop {
            let answer = self.imap.answer().map_err(|e| e.to_string())?;
            self.note(format!("< {}", answer.shown));
            if answer.tag == tag {
                if !answer.starts(&["OK"]) {
                    return Err(format!("{command}: {answer:?}"));
                }
                break;
            }
            // Until CLOSED, or EXISTS where that does not come, it is about the mailbox before.
            if let Some((count, "EXISTS")) = answer.numbered() {
                self.view = vec![None; count as usize];
            }
        }
        self.look()
    }

    /// Learns all UIDs; what is its own must be there.
    fn look(&mut self) -> Checked {
        self.ok("UID FETCH 1:* (UID FLAGS)", true)?;
        let seen: BTreeSet<u32> = self.view.iter().flatten().copied().collect();
        let missing: Vec<&u32> = self.own[self.place].difference(&seen).collect();
        if missing.is_empty() {
            Ok(())
        } else {
            Err(format!(
                "{missing:?} of its own are not in {}",
                MAILBOXES[self.place]
            ))
        }
    }

    fn act(&mut self) -> Checked {
        match self.dice.below(100) {
            0..5 => {
                let place = self.dice.below(MAILBOXES.len());
                self.select(place)
            }
            5..25 => self.append(),
            25..40 => self.fetch_flags(),
            40..50 => self.fetch_body(),
            50..65 => self.mark(),
            65..70 => self.search(),
            70..77 => self.copy(),
            77..82 => self.moves(),
            82..90 => self.delete(),
            90..93 => self.idle(),
            93..95 => self.look(),
            _ => self.ok("NOOP", true).map(drop),
        }
    }

    fn append(&mut self) -> Checked {
        let place = self.dice.below(MAILBOXES.len());
        if self.own[place].len() >= MOST {
            return Ok(());
        }
        self.made += 1;
        let subject = format!("c{}-{}", self.number, self.made);
        let letter = letter(&subject);
        let tag = self.imap.tag();
        self.commands += 1;
        let head = format!(
            "{tag} APPEND {} (\\Seen) {{{}}}\r\n",
            MAILBOXES[place],
            letter.len()
        );
        self.note(format!("> {head}"));
        self.imap.send(head.as_bytes()).map_err(|e| e.to_string())?;
        loop {
            let answer = self.imap.answer().map_err(|e| e.to_string())?;
            self.note(format!("< {}", answer.shown));
            match answer.tag.as_str() {
                "+" => break,
                "*" => self.see(&answer, true)?,
                _ => return Err(format!("APPEND: {answer:?}")),
            }
        }
        self.imap
            .send(&letter)
            .and_then(|()| self.imap.send(b"\r\n"))
            .map_err(|e| e.to_string())?;
        let (_, tagged) = self.hear(&tag, true)?;
        let uid = match tagged.code() {
            [word, _, uid] if tagged.starts(&["OK"]) && word.is("APPENDUID") => {
                uid.number().and_then(|uid| u32::try_from(uid).ok())
            }
            _ => None,
        };
        let uid = uid.ok_or_else(|| format!("APPEND: {tagged:?}"))?;
        self.owns(place, uid, subject)
    }

    /// A new message of its own.
    fn owns(&mut self, place: usize, uid: u32, subject: String) -> Checked {
        if let Some(before) = self
            .ledger
            .lock()
            .map_err(|e| e.to_string())?
            .insert((place, uid), subject.clone())
        {
            return Err(format!(
                "UID {uid} of {} was {before} before, and is {subject}",
                MAILBOXES[place]
            ));
        }
        self.own[place].insert(uid);
        Ok(())
    }

    /// Some message of the view: its number.
    fn any(&mut self) -> Option<usize> {
        (!self.view.is_empty()).then(|| self.dice.below(self.view.len()) + 1)
    }

    fn fetch_flags(&mut self) -> Checked {
        let Some(first) = self.any() else {
            return Ok(());
        };
        let last = (first + self.dice.below(10)).min(self.view.len());
        // No number may go while this is answered, so every one of them is.
        let (answers, tagged) = self.say(&format!("FETCH {first}:{last} (UID FLAGS)"), false)?;
        // RFC 2180 §4.1: what others have expunged meanwhile may make it fail.
        if tagged.starts(&["OK"]) {
            let seen: BTreeSet<u32> = answers
                .iter()
                .filter(|a| uid_of(a).is_some())
                .filter_map(|a| a.numbered().map(|(n, _)| n))
                .collect();
            let own = &self.own[self.place];
            for number in first..=last {
                if self.view[number - 1].is_some_and(|uid| own.contains(&uid))
                    && !seen.contains(&(number as u32))
                {
                    return Err(format!("no answer for {number}, which nobody has expunged"));
                }
            }
        }
        Ok(())
    }

    fn fetch_body(&mut self) -> Checked {
        let Some(number) = self.any() else {
            return Ok(());
        };
        let (answers, tagged) = self.say(&format!("FETCH {number} (UID BODY.PEEK[])"), false)?;
        let answer = answers.iter().find(|a| a.item("BODY[]").is_some());
        match answer {
            Some(answer) => {
                let uid = uid_of(answer).ok_or("no UID")?;
                let Some(Token::Text(body)) = answer.item("BODY[]") else {
                    // Expunged meanwhile.
                    return Ok(());
                };
                // Whoever made it may not have heard yet under which UID.
                let known = self
                    .ledger
                    .lock()
                    .map_err(|e| e.to_string())?
                    .get(&(self.place, uid))
                    .cloned();
                let text = String::from_utf8_lossy(body);
                let subject = text
                    .lines()
                    .find_map(|line| line.strip_prefix("Subject: "))
                    .unwrap_or_default()
                    .to_owned();
                if known.is_some_and(|known| known != subject) || *body != letter(&subject) {
                    return Err(format!("UID {uid} is not what it was: {text}"));
                }
                Ok(())
            }
            None if tagged.starts(&["OK"])
                && self.view[number - 1].is_some_and(|uid| self.own[self.place].contains(&uid)) =>
            {
                Err(format!("no body of {number}"))
            }
            None => Ok(()),
        }
    }

    /// Sets or clears its keyword on some message.
    fn mark(&mut self) -> Checked {
        let Some(number) = self.any() else {
            return Ok(());
        };
        let Some(uid) = self.view[number - 1] else {
            return self.look();
        };
        let is_set = self.dice.below(2) == 0;
        let sign = if is_set { '+' } else { '-' };
        // What comes between is of before or after it.
        self.marks.remove(&(self.place, uid));
        let silent = if self.dice.below(2) == 0 {
            ".SILENT"
        } else {
            ""
        };
        let keyword = self.keyword.clone();
        let (_, tagged) = if self.dice.below(2) == 0 {
            self.say(
                &format!("STORE {number} {sign}FLAGS{silent} ({keyword})"),
                false,
            )?
        } else {
            self.say(
                &format!("UID STORE {uid} {sign}FLAGS{silent} ({keyword})"),
                true,
            )?
        };
        let is_own = self.own[self.place].contains(&uid);
        if tagged.starts(&["OK"]) {
            self.marks.insert((self.place, uid), is_set);
        } else if is_own {
            return Err(format!("STORE on {uid}: {tagged:?}"));
        }
        Ok(())
    }

    fn search(&mut self) -> Checked {
        let keyword = self.keyword.clone();
        let (answers, _) = self.ok(&format!("UID SEARCH KEYWORD {keyword}"), true)?;
        let found: BTreeSet<u32> = answers
            .iter()
            .filter(|answer| answer.starts(&["SEARCH"]))
            .flat_map(|answer| answer.tokens[1..].iter().filter_map(Token::number))
            .filter_map(|uid| u32::try_from(uid).ok())
            .collect();
        for ((place, uid), is_set) in &self.marks {
            if *place == self.place
                && self.own[*place].contains(uid)
                && found.contains(uid) != *is_set
            {
                return Err(format!(
                    "{} of {uid} is {is_set}, and SEARCH says otherwise",
                    self.keyword
                ));
            }
        }
        Ok(())
    }

    fn copy(&mut self) -> Checked {
        let to = self.dice.below(MAILBOXES.len());
        let Some(number) = self.any() else {
            return Ok(());
        };
        if self.own[to].len() >= MOST {
            return Ok(());
        }
        let (_, tagged) = self.say(&format!("COPY {number} {}", MAILBOXES[to]), true)?;
        if !tagged.starts(&["OK"]) {
            return Ok(());
        }
        self.copied(to, &tagged).map(drop)
    }

    /// Takes COPYUID to heart; which UIDs were copied.
    fn copied(&mut self, to: usize, answer: &Answer) -> Checked<Vec<u32>> {
        let [word, _, from, new] = answer.code() else {
            return Ok(Vec::new());
        };
        if !word.is("COPYUID") {
            return Ok(Vec::new());
        }
        let set = |token: &Token| {
            token
                .text()
                .and_then(|text| numbers(&text))
                .ok_or_else(|| format!("{answer:?}"))
        };
        let (from, new) = (set(from)?, set(new)?);
        if from.len() != new.len() {
            return Err(format!("{answer:?}"));
        }
        for (from, new) in from.iter().zip(&new) {
            // The one copied may be so new that its maker has not heard its UID: then the copy tells.
            let subject = self
                .ledger
                .lock()
                .map_err(|e| e.to_string())?
                .get(&(self.place, *from))
                .cloned();
            let subject = match subject {
                Some(subject) => subject,
                None => self.subject_of(*from)?,
            };
            self.owns(to, *new, subject)?;
        }
        Ok(from)
    }

    fn subject_of(&mut self, uid: u32) -> Checked<String> {
        for _ in 0..3000 {
            if let Some(subject) = self
                .ledger
                .lock()
                .map_err(|e| e.to_string())?
                .get(&(self.place, uid))
            {
                return Ok(subject.clone());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Err(format!("nobody knows {uid} of {}", MAILBOXES[self.place]))
    }

    /// One of its own in the selected mailbox.
    fn one_of_its_own(&mut self) -> Option<u32> {
        let own = &self.own[self.place];
        let at = (!own.is_empty()).then(|| self.dice.below(own.len()))?;
        self.own[self.place].iter().nth(at).copied()
    }

    fn moves(&mut self) -> Checked {
        let to = self.dice.below(MAILBOXES.len());
        if to == self.place || self.own[to].len() >= MOST {
            return Ok(());
        }
        let Some(uid) = self.one_of_its_own() else {
            return Ok(());
        };
        self.own[self.place].remove(&uid);
        let (untagged, tagged) = self.ok(&format!("UID MOVE {uid} {}", MAILBOXES[to]), true)?;
        let mut moved = Vec::new();
        for answer in untagged.iter().chain([&tagged]) {
            moved.extend(self.copied(to, answer)?);
        }
        if moved == [uid] {
            Ok(())
        } else {
            Err(format!("moved {moved:?} instead of {uid}"))
        }
    }

    fn delete(&mut self) -> Checked {
        let Some(uid) = self.one_of_its_own() else {
            return Ok(());
        };
        self.ok(&format!("UID STORE {uid} +FLAGS.SILENT (\\Deleted)"), true)?;
        self.own[self.place].remove(&uid);
        self.ok(&format!("UID EXPUNGE {uid}"), true)?;
        if self.view.contains(&Some(uid)) {
            return Err(format!("{uid} was expunged, and nobody said so"));
        }
        Ok(())
    }

    fn idle(&mut self) -> Checked {
        self.note("> IDLE".into());
        self.commands += 1;
        let tag = self.imap.tag();
        self.imap
            .send(format!("{tag} IDLE\r\n").as_bytes())
            .map_err(|e| e.to_string())?;
        loop {
            let answer = self.imap.answer().map_err(|e| e.to_string())?;
            match answer.tag.as_str() {
                "+" => break,
                "*" => self.see(&answer, true)?,
                _ => return Err(format!("IDLE: {answer:?}")),
            }
        }
        std::thread::sleep(Duration::from_millis(self.dice.below(100) as u64));
        self.imap.send(b"DONE\r\n").map_err(|e| e.to_string())?;
        let (_, tagged) = self.hear(&tag, true)?;
        if tagged.starts(&["OK"]) {
            Ok(())
        } else {
            Err(format!("IDLE: {tagged:?}"))
        }
    }

    /// At the end, when nobody changes anything: what it has missed.
    fn settle(&mut self) -> Checked {
        self.ok("NOOP", true)?;
        self.look()
    }
}
