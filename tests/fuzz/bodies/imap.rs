//! An IMAP session, driven byte by byte as its shell drives it (src/imap/serve.rs), with a mailbox in memory behind it that
//! another session changes now and then. A client beside it believes every word: at the end it must know which messages
//! there are, and their flags.

use std::collections::BTreeSet;
use std::io::{self, Cursor, Read};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard};

use toxmail::imap::binary::Recoder;
use toxmail::imap::command::Change;
use toxmail::imap::fetch::Fetching;
use toxmail::imap::flags::{Keywords, Marks, Named, SYSTEM};
use toxmail::imap::mailbox::{
    Appended, Changes, Content, Copied, Facts, Figures, Folder, Listed, Marked, Opened, Room,
    Trouble,
};
use toxmail::imap::search;
use toxmail::imap::session::{Answer, Ask, Session, Settings, Step};
use toxmail::imap::view::Seen;
use toxmail::net::connection::Ended;
use toxmail::net::line::{Event, Splitter};
use toxmail::net::login::Admission;
use toxmail::store::{ModSeq, Uid, UidValidity};

const MOST_ERRORS: u32 = 50;
/// An input that asks for more than this says nothing new.
const MOST_SAID: usize = 4 << 20;
const MOST_MESSAGES: usize = 40;

const LETTERS: [&str; 3] = [
    "From: Anna <anna@example.org>\r\nSubject: Re: [x] one\r\nDate: Thu, 5 Nov 2026 23:30:00 +0100\r\n\
     Message-ID: <1@x>\r\n\r\nfirst\r\n",
    "Subject: two\r\nReferences: <1@x> <3@x>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n--b\r\n\
     Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nbody\r\n--b\r\nContent-Transfer-Encoding: base64\r\n\r\nAAEC\r\n\
     --b--\r\n",
    "Subject: =?utf-8?q?dr=C3=A4i?=\r\nMessage-ID: <3@x>\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=C3=A4=\r\n",
];

/// The first byte chooses where the session begins and what another session does. The rest is what the client says.
pub fn imap(data: &[u8]) {
    let Some((&options, said)) = data.split_first() else {
        return;
    };
    let whole = Talk::new(options).hear(said, said.len().max(1));
    let cut = Talk::new(options).hear(said, 3);
    assert_eq!(
        whole.escape_ascii().to_string(),
        cut.escape_ascii().to_string()
    );
}

#[derive(Clone)]
struct Message {
    uid: u32,
    marks: Marks,
    keywords: Vec<String>,
    mod_seq: u64,
    bytes: Vec<u8>,
}

/// The one mailbox: INBOX.
#[derive(Default)]
struct Mailbox {
    messages: Vec<Message>,
    gone: Vec<(u32, u64)>,
    last_uid: u32,
    mod_seq: u64,
    /// Their places, counted from 1, name them.
    sets: Vec<Vec<String>>,
    claimed: u32,
}

#[derive(Default)]
struct Shelf(Mutex<Mailbox>);

impl Mailbox {
    fn add(&mut self, bytes: Vec<u8>, flags: &Named) -> Uid {
        self.last_uid += 1;
        self.mod_seq += 1;
        self.messages.push(Message {
            uid: self.last_uid,
            marks: flags.system,
            keywords: flags.keywords.clone(),
            mod_seq: self.mod_seq,
            bytes,
        });
        Uid(self.last_uid)
    }

    fn remove(&mut self, uids: &[Uid]) {
        for uid in uids {
            let before = self.messages.len();
            self.messages.retain(|message| message.uid != uid.0);
            if self.messages.len() < before {
                self.mod_seq += 1;
                self.gone.push((uid.0, self.mod_seq));
            }
        }
    }

    fn set_of(&mut self, keywords: &[String]) -> u32 {
        if keywords.is_empty() {
            return 0;
        }
        let at = self.sets.iter().position(|set| set == keywords);
        let at = at.unwrap_or_else(|| {
            self.sets.push(keywords.to_vec());
            self.sets.len() - 1
        });
        at as u32 + 1
    }

    fn seen(&mut self, wanted: impl Fn(&Message) -> bool) -> Vec<Seen> {
        let found: Vec<Message> = self
            .messages
            .iter()
            .filter(|m| wanted(m))
            .cloned()
            .collect();
        let seen = found.into_iter().map(|message| Seen {
            uid: Uid(message.uid),
            marks: message.marks.with_keywords(self.set_of(&message.keywords)),
            mod_seq: ModSeq(message.mod_seq),
        });
        seen.collect()
    }

    fn keywords(&self) -> Keywords {
        let mut keywords = Keywords::default();
        for (at, set) in self.sets.iter().enumerate() {
            keywords.add(at as u32 + 1, set.clone());
        }
        keywords
    }

    fn figures(&self) -> Figures {
        let with = |flag| self.messages.iter().filter(|m| m.marks.has(flag)).count() as u64;
        let count = self.messages.len() as u64;
        Figures {
            uid_validity: UidValidity(7),
            uid_next: Uid(self.last_uid + 1),
            mod_seq: ModSeq(self.mod_seq),
            messages: count,
            bytes: self.messages.iter().map(|m| m.bytes.len() as u64).sum(),
            unseen: count - with(Marks::SEEN),
            deleted: with(Marks::DELETED),
            recent: 0,
            object_id: "F1".into(),
        }
    }

    /// What FETCH FLAGS says of each.
    fn shown(&mut self) -> Vec<(u32, String)> {
        let seen = self.seen(|_| true);
        let keywords = self.keywords();
        seen.iter()
            .map(|seen| (seen.uid.0, seen.marks.list(&keywords)))
            .collect()
    }
}

struct Bytes(Cursor<Vec<u8>>);

impl Read for Bytes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Content for Bytes {
    fn skip(&mut self, octets: u64) -> io::Result<()> {
        self.0.set_position(self.0.position() + octets);
        Ok(())
    }
}

impl Shelf {
    fn lock(&self) -> MutexGuard<'_, Mailbox> {
        self.0.lock().unwrap()
    }
}

impl Folder for Shelf {
    fn open(&self, vanished_since: Option<ModSeq>) -> Result<Opened, Trouble> {
        let mut mailbox = self.lock();
        let since = vanished_since.map_or(u64::MAX, |since| since.0);
        Ok(Opened {
            messages: mailbox.seen(|_| true),
            figures: mailbox.figures(),
            keywords: mailbox.keywords(),
            vanished: gone_since(&mailbox, since),
            read_only: false,
            permanent: None,
        })
    }

    fn changes(&self, since: ModSeq) -> Result<Changes, Trouble> {
        let mut mailbox = self.lock();
        Ok(Changes {
            changed: mailbox.seen(|message| message.mod_seq > since.0),
            mod_seq: ModSeq(mailbox.mod_seq),
            uid_next: Uid(mailbox.last_uid + 1),
            uid_validity: UidValidity(7),
            vanished: gone_since(&mailbox, since.0),
            keywords: mailbox.keywords(),
        })
    }

    fn recent(&self, claimed: Option<Uid>) -> Result<Uid, Trouble> {
        let mut mailbox = self.lock();
        let first = mailbox.claimed + 1;
        if let Some(next) = claimed {
            mailbox.claimed = mailbox.claimed.max(next.0 - 1);
        }
        Ok(Uid(first))
    }

    fn facts(&self, uids: &[Uid]) -> Result<Vec<Facts>, Trouble> {
        let mailbox = self.lock();
        let wanted = mailbox
            .messages
            .iter()
            .filter(|m| uids.contains(&Uid(m.uid)));
        let facts = wanted.map(|message| Facts {
            uid: Uid(message.uid),
            size: message.bytes.len() as u64,
            arrived: i64::from(message.uid) * 40_000,
        });
        Ok(facts.collect())
    }

    fn email_ids(&self, uids: &[Uid]) -> Result<Vec<(Uid, String)>, Trouble> {
        Ok(uids.iter().map(|uid| (*uid, format!("M{uid}"))).collect())
    }

    fn content(&self, uid: Uid) -> Result<Option<Box<dyn Content>>, Trouble> {
        let mailbox = self.lock();
        let message = mailbox.messages.iter().find(|m| m.uid == uid.0);
        Ok(message.map(|m| Box::new(Bytes(Cursor::new(m.bytes.clone()))) as Box<dyn Content>))
    }

    fn mark(
        &self,
        uids: &[Uid],
        how: Change,
        flags: &Named,
        unchanged_since: Option<ModSeq>,
    ) -> Result<Marked, Trouble> {
        let mut mailbox = self.lock();
        mailbox.mod_seq += 1;
        let mod_seq = mailbox.mod_seq;
        let mut modified = Vec::new();
        for message in &mut mailbox.messages {
            if !uids.contains(&Uid(message.uid)) {
                continue;
            }
            if unchanged_since.is_some_and(|since| message.mod_seq > since.0) {
                modified.push(Uid(message.uid));
                continue;
            }
            let named = |name: &String| flags.keywords.iter().any(|k| k.eq_ignore_ascii_case(name));
            match how {
                Change::Set => {
                    message.marks = flags.system;
                    message.keywords.clear();
                }
                Change::Add => message.marks = message.marks.with(flags.system),
                Change::Remove => message.marks = message.marks.without(flags.system),
            }
            message.keywords.retain(|name| !named(name));
            if how != Change::Remove {
                message.keywords.extend(flags.keywords.iter().cloned());
            }
            message.mod_seq = mod_seq;
        }
        Ok(Marked {
            messages: mailbox
                .seen(|m| uids.contains(&Uid(m.uid)) && !modified.contains(&Uid(m.uid))),
            modified,
            keywords: mailbox.keywords(),
        })
    }

    fn expunge(&self, uids: &[Uid]) -> Result<usize, Trouble> {
        self.lock().remove(uids);
        Ok(0)
    }

    fn copy(&self, uids: &[Uid], to: &str) -> Result<Copied, Trouble> {
        if to != "INBOX" {
            return Err(Trouble::NoMailbox);
        }
        let mut mailbox = self.lock();
        if mailbox.messages.len() + uids.len() > MOST_MESSAGES {
            return Err(Trouble::OverQuota);
        }
        let mut pairs = Vec::new();
        for uid in uids {
            let Some(message) = mailbox.messages.iter().find(|m| m.uid == uid.0).cloned() else {
                continue;
            };
            let flags = Named {
                system: message.marks,
                keywords: message.keywords,
            };
            pairs.push((*uid, mailbox.add(message.bytes, &flags)));
        }
        Ok(Copied {
            uid_validity: UidValidity(7),
            pairs,
        })
    }

    fn r#move(&self, uids: &[Uid], to: &str) -> Result<Copied, Trouble> {
        let copied = self.copy(uids, to)?;
        self.lock().remove(uids);
        Ok(copied)
    }

    fn look(&self) -> Result<(), Trouble> {
        Ok(())
    }
}

fn gone_since(mailbox: &Mailbox, since: u64) -> Vec<Uid> {
    let gone = mailbox.gone.iter().filter(|(_, mod_seq)| *mod_seq > since);
    gone.map(|(uid, _)| Uid(*uid)).collect()
}

/// What the session waits for.
enum Wants {
    Line,
    /// What is left of a line that is broken.
    Rest,
    Literal(usize, Vec<u8>),
    Letter(u64, Option<Recoder>, Vec<u8>),
    Discard(u64),
}

/// What the client believes: a UID for each number, and flags where it was told them.
#[derive(Default)]
struct Client {
    selected: bool,
    messages: Vec<(u32, Option<String>)>,
    /// UIDs that its session has heard of, and that it has not told of yet.
    heard_of: BTreeSet<u32>,
    /// The last one that it has told of.
    told: u32,
}

impl Client {
    fn learn(&mut self, uids: impl Iterator<Item = Uid>) {
        let new = uids.map(|uid| uid.0).filter(|uid| *uid > self.told);
        self.heard_of.extend(new);
    }
}

struct Talk {
    session: Session,
    splitter: Splitter,
    wants: Wants,
    shelf: Shelf,
    options: u8,
    asked: u32,
    secure: bool,
    member: bool,
    over: bool,
    letters: Vec<Vec<u8>>,
    answers: Vec<u8>,
    /// Answers up to here were believed.
    read: usize,
    client: Client,
}

impl Talk {
    fn new(options: u8) -> Self {
        let settings = Arc::new(Settings {
            max_errors: MOST_ERRORS,
            max_message_bytes: 4096,
            ..Settings::default()
        });
        let secure = options & 1 == 0;
        let session = if secure {
            Session::secure(settings)
        } else {
            Session::plain(settings)
        };
        let shelf = Shelf::default();
        for (at, letter) in LETTERS.iter().enumerate() {
            let mut flags = Named::default();
            flags.add(SYSTEM[at].1);
            flags.add(["$Forwarded", "Work", "work"][at]);
            shelf.lock().add(letter.as_bytes().to_vec(), &flags);
        }
        let mut talk = Self {
            answers: session.greeting(),
            session,
            splitter: Splitter::new(),
            wants: Wants::Line,
            shelf,
            options,
            asked: 0,
            secure,
            member: false,
            over: false,
            letters: Vec::new(),
            read: 0,
            client: Client::default(),
        };
        if options & 2 == 0 && secure {
            talk.line("s LOGIN anna sesame");
            assert!(talk.member);
            if options & 4 == 0 {
                talk.line("s SELECT INBOX");
            }
        }
        talk
    }

    fn line(&mut self, line: &str) {
        let step = self.session.line(line.as_bytes());
        self.obey(step);
    }

    fn hear(mut self, said: &[u8], size: usize) -> Vec<u8> {
        for read in said.chunks(size) {
            let mut rest = read;
            while !rest.is_empty() && !self.over && self.answers.len() < MOST_SAID {
                rest = self.take(rest);
            }
        }
        let at_a_line =
            matches!(self.wants, Wants::Line) && !self.over && !self.session.is_appending();
        if at_a_line && self.client.selected {
            self.looks_at_all();
        }
        if !self.over
            && let Some(last) = self.session.goodbye(Ended::Stopping)
        {
            self.say(&last);
        }
        self.answers
    }

    /// Gives the session what it waits for, and what is left comes back.
    fn take<'a>(&mut self, rest: &'a [u8]) -> &'a [u8] {
        match std::mem::replace(&mut self.wants, Wants::Line) {
            Wants::Line => {
                let (taken, event) = self.splitter.feed(rest, self.session.longest_line());
                let step = match event {
                    Some(Event::Line(line)) => self.session.line(&line),
                    Some(Event::Broken(fault)) => {
                        let ending = self.splitter.ending();
                        let step = self.session.broken(fault, self.splitter.broken(), &ending);
                        self.obey(step);
                        self.wants = Wants::Rest;
                        return &rest[taken..];
                    }
                    None => return &rest[taken..],
                };
                self.obey(step);
                &rest[taken..]
            }
            Wants::Rest => {
                let (taken, whole) = self.splitter.skip(rest);
                if whole {
                    let step = self.session.rest(&self.splitter.ending());
                    self.obey(step);
                } else {
                    self.wants = Wants::Rest;
                }
                &rest[taken..]
            }
            Wants::Literal(left, mut got) => {
                let taken = left.min(rest.len());
                got.extend_from_slice(&rest[..taken]);
                self.wants = Wants::Literal(left - taken, got);
                self.settle();
                &rest[taken..]
            }
            Wants::Letter(left, mut recoder, mut kept) => {
                let taken = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
                let fit = match &mut recoder {
                    Some(recoder) => {
                        let taken = recoder.take(&rest[..taken], &mut kept);
                        taken.map_err(|_| Trouble::UnknownEncoding)
                    }
                    None if rest[..taken].contains(&0) => Err(Trouble::ZeroOctet),
                    None => {
                        kept.extend_from_slice(&rest[..taken]);
                        Ok(())
                    }
                };
                let left = left - taken as u64;
                self.wants = match fit {
                    Ok(()) => Wants::Letter(left, recoder, kept),
                    Err(trouble) => {
                        let step = self.session.letter(Err(trouble));
                        assert_eq!(step, Step::Say(Vec::new()));
                        Wants::Discard(left)
                    }
                };
                self.settle();
                &rest[taken..]
            }
            Wants::Discard(left) => {
                let taken = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
                self.wants = Wants::Discard(left - taken as u64);
                self.settle();
                &rest[taken..]
            }
        }
    }

    /// Where all has come that the session waited for, it hears so.
    fn settle(&mut self) {
        let step = match std::mem::replace(&mut self.wants, Wants::Line) {
            Wants::Literal(0, got) => self.session.literal(&got),
            Wants::Letter(0, recoder, mut kept) => {
                let fit = recoder.map_or(Ok(()), |recoder| recoder.finish(&mut kept));
                if fit.is_ok() {
                    self.letters.push(kept);
                }
                self.session
                    .letter(fit.map_err(|_| Trouble::UnknownEncoding))
            }
            Wants::Discard(0) => self.session.discarded(),
            other => {
                self.wants = other;
                return;
            }
        };
        self.obey(step);
    }

    fn obey(&mut self, mut step: Step) {
        loop {
            if !self.session.is_appending() {
                self.letters.clear();
            }
            match step {
                Step::Ask(ask) => {
                    let answer = self.find_out(ask);
                    step = self.session.answer(answer);
                }
                Step::Say(text) => return self.say(&text),
                Step::Literal { say, octets } => {
                    assert!(octets <= 256 << 10);
                    self.say(&say);
                    self.wants = Wants::Literal(octets, Vec::new());
                    return self.settle();
                }
                Step::Letter {
                    say,
                    octets,
                    binary,
                } => {
                    assert!(self.member && octets > 0 && octets <= 4096);
                    self.say(&say);
                    self.wants = Wants::Letter(octets, binary.then(Recoder::default), Vec::new());
                    return;
                }
                Step::Discard { octets } => {
                    self.wants = Wants::Discard(octets);
                    return self.settle();
                }
                Step::StartTls(text) => {
                    assert!(!self.secure);
                    self.say(&text);
                    self.session.tls_started();
                    self.splitter.reset();
                    self.secure = true;
                    return;
                }
                Step::Close(text) => {
                    self.say(&text);
                    self.over = true;
                    return;
                }
            }
        }
    }

    /// Another session does something before every so many answers.
    fn another(&mut self) {
        self.asked += 1;
        let every = u32::from(self.options >> 3 & 7);
        if every == 0 || !self.asked.is_multiple_of(every) {
            return;
        }
        let mut mailbox = self.shelf.lock();
        let count = mailbox.messages.len();
        let uid = mailbox
            .messages
            .get(self.asked as usize % count.max(1))
            .map(|m| m.uid);
        match (self.asked / every % 3, uid) {
            (0, _) if count < MOST_MESSAGES => {
                mailbox.add(LETTERS[0].as_bytes().to_vec(), &Named::default());
            }
            (1, Some(uid)) => mailbox.remove(&[Uid(uid)]),
            (_, Some(uid)) => {
                mailbox.mod_seq += 1;
                let mod_seq = mailbox.mod_seq;
                for message in mailbox.messages.iter_mut().filter(|m| m.uid == uid) {
                    message.marks = message.marks.with(Marks::FLAGGED);
                    message.mod_seq = mod_seq;
                }
            }
            _ => {}
        }
    }

    fn find_out(&mut self, ask: Ask) -> Answer {
        if let Ask::Login { login, password } = ask {
            assert!(self.secure && !self.member, "a password before TLS");
            self.member = login == "anna" && password.reveal() == "sesame";
            return Answer::Login(if self.member {
                Admission::Welcome("anna".parse().unwrap())
            } else {
                Admission::Wrong
            });
        }
        assert!(self.member, "{ask:?}");
        self.another();
        let known = |name: &str| name.eq_ignore_ascii_case("INBOX");
        match ask {
            Ask::Login { .. } => unreachable!(),
            Ask::Mailboxes(choice) => {
                let all = ["INBOX", "Sent", "a/b"].map(|name| Listed {
                    name: name.into(),
                    subscribed: name != "Sent",
                    special: (name == "Sent").then_some("\\Sent"),
                    missing: name == "a/b",
                });
                Answer::Mailboxes(Ok(choice.of(&all)))
            }
            Ask::Figures(names) => {
                let figures = self.shelf.lock().figures();
                let of = |name: String| {
                    let found = if known(&name) {
                        Ok(figures.clone())
                    } else {
                        Err(Trouble::NoMailbox)
                    };
                    (name, found)
                };
                Answer::Figures(names.into_iter().map(of).collect())
            }
            Ask::Open {
                mailbox,
                vanished_since,
                recent,
            } => {
                self.client = Client::default();
                if !known(&mailbox) {
                    return Answer::Opened(Err(Trouble::NoMailbox));
                }
                let mut opened = self.shelf.open(vanished_since).unwrap();
                let next = opened.figures.uid_next;
                recent
                    .mark(&self.shelf, &mut opened.messages, next)
                    .unwrap();
                self.client.selected = true;
                self.client.learn(opened.messages.iter().map(|m| m.uid));
                Answer::Opened(Ok(opened))
            }
            Ask::Changes { since, recent } => {
                let mut changes = self.shelf.changes(since).unwrap();
                let next = changes.uid_next;
                recent
                    .mark(&self.shelf, &mut changes.changed, next)
                    .unwrap();
                let changed = changes.changed.iter().map(|m| m.uid);
                self.client.learn(changed);
                Answer::Changes(Ok(changes))
            }
            Ask::Tree(_) => Answer::Tree(Err(Trouble::OverQuota)),
            Ask::Mark {
                uids,
                how,
                flags,
                unchanged_since,
            } => Answer::Marked(self.shelf.mark(&uids, how, &flags, unchanged_since)),
            Ask::Expunge(uids) => Answer::Expunged(self.shelf.expunge(&uids)),
            Ask::Copy { uids, to } => Answer::Copied(self.shelf.copy(&uids, &to)),
            Ask::Move { uids, to } => Answer::Copied(self.shelf.r#move(&uids, &to)),
            Ask::Fetch(before, plan) => {
                self.say(&before);
                let mut fetching = Fetching::new(plan);
                let mut out = Vec::new();
                while fetching.fill(&self.shelf, &mut out).unwrap() {
                    self.say(&std::mem::take(&mut out));
                    if self.answers.len() > MOST_SAID {
                        self.over = true;
                        break;
                    }
                }
                self.say(&out);
                Answer::Fetched(fetching.result())
            }
            Ask::Search(quest) => {
                let never = AtomicBool::new(false);
                Answer::Found(search::search(&quest, &self.shelf, &never))
            }
            Ask::Begin { mailbox, octets } => {
                assert!(octets <= 4096);
                let full = self.shelf.lock().messages.len() + self.letters.len() >= MOST_MESSAGES;
                Answer::Begun(match (known(&mailbox), full) {
                    (false, _) => Err(Trouble::NoMailbox),
                    (true, true) => Err(Trouble::OverQuota),
                    (true, false) => Ok(()),
                })
            }
            Ask::Append { messages, .. } => {
                let letters = std::mem::take(&mut self.letters);
                assert_eq!(letters.len(), messages.len());
                let mut mailbox = self.shelf.lock();
                let each = letters.into_iter().zip(&messages);
                let uids = each
                    .map(|(bytes, (flags, _))| mailbox.add(bytes, flags))
                    .collect();
                Answer::Appended(Ok(Appended {
                    uid_validity: UidValidity(7),
                    uids,
                }))
            }
            Ask::Room => Answer::Room(Ok(Room {
                used: 10_000,
                limit: 1 << 20,
            })),
        }
    }

    fn say(&mut self, text: &[u8]) {
        self.answers.extend_from_slice(text);
        // Only what is whole is believed: an answer may come in pieces.
        while let Some(line) = whole_line(&self.answers[self.read..]) {
            let line = self.answers[self.read..self.read + line].to_vec();
            self.read += line.len();
            self.believe(&line);
        }
    }

    fn believe(&mut self, line: &[u8]) {
        let first = line.split(|&b| b == b'\r').next().unwrap();
        let first = String::from_utf8_lossy(first).into_owned();
        let mut words = first.splitn(4, ' ');
        let (star, second, third, rest) = (words.next(), words.next(), words.next(), words.next());
        if star != Some("*") {
            return;
        }
        let messages = &mut self.client.messages;
        if let (Some("VANISHED"), Some(set)) = (second, third)
            && set != "(EARLIER)"
        {
            for range in set.split(',') {
                let (low, high) = range.split_once(':').unwrap_or((range, range));
                let (low, high): (u32, u32) = (low.parse().unwrap(), high.parse().unwrap());
                let before = messages.len();
                messages.retain(|(uid, _)| !(low..=high).contains(uid));
                assert_eq!(
                    before - messages.len(),
                    (high - low + 1) as usize,
                    "{first}"
                );
            }
            return;
        }
        let Some(number) = second.and_then(|n| n.parse::<usize>().ok()) else {
            return;
        };
        match third {
            Some("EXISTS") => {
                assert!(number >= messages.len(), "{first}");
                // Those that the session has heard of: it may hear of more before it says so.
                while messages.len() < number
                    && let Some(uid) = self.client.heard_of.pop_first()
                {
                    messages.push((uid, None));
                    self.client.told = uid;
                }
                assert_eq!(number, messages.len(), "{first}");
            }
            Some("EXPUNGE") => drop(messages.remove(number - 1)),
            Some("FETCH") => {
                assert!(number >= 1 && number <= messages.len(), "{first}");
                let message = &mut messages[number - 1];
                // The forms in which the session itself tells of changes; and that of the last look.
                let mut told = rest
                    .and_then(|rest| rest.strip_prefix('('))
                    .unwrap_or_default();
                if let Some(uid) = told.strip_prefix("UID ") {
                    let end = uid.find(|c: char| !c.is_ascii_digit()).unwrap_or(uid.len());
                    assert_eq!(uid[..end].parse(), Ok(message.0), "{first}");
                    told = uid[end..].trim_start();
                }
                if let Some(flags) = told.strip_prefix("FLAGS (") {
                    let flags = flags.split(')').next().unwrap().split(' ');
                    let flags: Vec<&str> = flags.filter(|flag| *flag != "\\Recent").collect();
                    message.1 = Some(format!("({})", flags.join(" ")));
                }
            }
            _ => {}
        }
    }

    /// After a NOOP the client knows which messages there are, and after a FETCH their flags.
    fn looks_at_all(&mut self) {
        self.options &= 7;
        for line in ["DONE", "z NOOP", "z FETCH 1:* (UID FLAGS)"] {
            if self.over || !matches!(self.wants, Wants::Line) {
                return;
            }
            self.line(line);
        }
        if self.over || !self.session.is_selected() || self.answers.len() > MOST_SAID {
            return;
        }
        let shown = self.shelf.lock().shown();
        let believed: Vec<(u32, String)> = self
            .client
            .messages
            .iter()
            .map(|(uid, flags)| (*uid, flags.clone().unwrap_or_default()))
            .collect();
        assert_eq!(believed, shown);
    }
}

/// The length of the first answer, its literals with it, if all of it is there.
fn whole_line(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let end = at + bytes.get(at..)?.windows(2).position(|two| two == b"\r\n")? + 2;
        let line = &bytes[at..end - 2];
        let literal = line.strip_suffix(b"}").and_then(|line| {
            let brace = line.iter().rposition(|&b| b == b'{')?;
            std::str::from_utf8(&line[brace + 1..])
                .ok()?
                .parse::<usize>()
                .ok()
        });
        match literal {
            Some(length) => at = end + length,
            None => return Some(end),
        }
    }
}
