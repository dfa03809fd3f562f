//! The clerk asks members by mail, and does what they answer.
//!
//! # What happens here
//! - [`Clerk::run`] looks whether somebody has to be asked: strangers who knock, addresses that other homes claim, letters that
//!   are held for their writer's word. A letter about which nobody answers in a week goes back. The rows are the truth, and
//!   the ring that wakes it a hint.
//! - [`Clerk::admits`] says at `RCPT` whether a one-time address is this member's to answer.
//! - [`Clerk::attempt`] is the agent for letters to one-time addresses: it reads the answer, does the deed, and says so.
//!
//! # What never happens here
//! Nothing is done on the word of anybody but those who were asked, nor on a program's. Nothing of a stranger reaches a
//! mailbox but in a question of ours.
//!
//! # Rules
//! - An answer is written down before its deed, and the deed before the word about it; each can be done again. A crash
//!   between costs a second word about the same deed at most.
//! - A flood of strangers costs a few mails a day (`REQUESTS_A_DAY`), and one that says how many more there are.

use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use super::pairing::Pairing;
use super::{Post, letter, report, ways};
use crate::contacts::{self, Befriend, Claim, Request, Standing as Acquaintance, Who};
use crate::database::Database;
use crate::journal;
use crate::mail::address::{self, Meaning, MemberName, PeerKey};
use crate::mail::verdict::{Reason, Status, Verdict};
use crate::members::{self, Members};
use crate::notices::{AnswerTo, Occasion, State, Tale, Way};
use crate::questions::answer::{self, Answer};
use crate::questions::{About, Questions, Secret, Standing, Word};
use crate::queue::{self, Because, Canceller, Delivery, Destination, Held, QueueId, Waiting};

/// Mails about strangers in a day: one that says how many more there are comes on top.
const REQUESTS_A_DAY: usize = 3;
/// Addresses that one mail asks about: more are not read.
const CLAIMS_A_MAIL: usize = 10;
const DAY: Duration = Duration::from_secs(86_400);
/// How often it is looked again for whom a limit has kept waiting, and for questions that are too old.
const AGAIN: Duration = Duration::from_secs(3600);
/// After trouble with the rows.
const TROUBLE: Duration = Duration::from_secs(60);
/// Answers to one question that are explained when they are not understood. A person needs one or two; a program that does not
/// say that it is one would answer every word of ours for ever.
const EXPLAINED: u32 = 10;
/// How much of a letter is read: an answer is a line, and what it quotes is ours.
const READ: u64 = 256 << 10;
/// When it was last told how many more wait: `boot:ms` of the clock.
const TOLD_MORE: &str = "questions.told_more";
/// Who is asked, as chosen in the page: names with commas between.
pub const PEOPLE: &str = crate::config::Home::PAIRING;

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(transparent)]
    Contacts(#[from] contacts::Error),
    #[error(transparent)]
    Members(#[from] members::Error),
    #[error(transparent)]
    Questions(#[from] crate::questions::Error),
    #[error(transparent)]
    Queue(#[from] queue::Error),
    #[error(transparent)]
    Database(#[from] crate::database::Error),
    #[error("write a mail: {0}")]
    Io(#[from] std::io::Error),
}

/// One thing that is looked after.
type Step = fn(&Clerk) -> Result<(), Error>;

/// See the module.
pub struct Clerk {
    post: Arc<Post>,
    pairing: Arc<Pairing>,
    questions: Questions,
    database: Database,
    /// `[home] pairing`: who is asked about strangers and claims.
    people: Mutex<Option<Vec<MemberName>>>,
}

/// Whose letter is answered.
struct Writer<'a> {
    to: &'a MemberName,
    about: Option<&'a str>,
}

/// Who decides about strangers, claims and moves: those whom the settings name (`written`, else what was chosen in the page), as far
/// as they live here; else the administrator. Nobody in an empty home.
///
/// # Errors
/// The rows cannot be read.
pub fn people(
    members: &Members,
    database: &Database,
    written: Option<Vec<MemberName>>,
) -> Result<Vec<MemberName>, members::Error> {
    let named = match written {
        Some(named) => named,
        None => {
            let chosen = database.setting(PEOPLE)?.unwrap_or_default();
            chosen
                .split(',')
                .filter_map(|name| name.trim().parse().ok())
                .collect()
        }
    };
    let mut people = Vec::new();
    for name in named {
        if members.exists(&name)? && !people.contains(&name) {
            people.push(name);
        }
    }
    if people.is_empty() {
        people.extend(members.administrator()?);
    }
    Ok(people)
}

/// Lets a letter go that was held, on its writer's word. Whoever was removed or blocked while it waited is not written to.
///
/// # Errors
/// The rows cannot be read or written.
pub fn let_go<E>(post: &Post, held: &Held) -> Result<(), E>
where
    E: From<contacts::Error> + From<queue::Error>,
{
    let why = Reason::new(
        Status(5, 4, 4),
        "this contact was removed or blocked here, so the letter was not sent",
    );
    let mut gone = Vec::new();
    for (_, destination, _) in &held.recipients {
        if let Some(key) = destination.peer() {
            let who = Who::Peer { key, local: None };
            let standing = post.contacts.standing(&who)?;
            if !matches!(standing, Acquaintance::Known(_)) {
                gone.push(*destination);
            }
        }
    }
    return_letter(post, held, &why, |destination| gone.contains(destination))?;
    post.queue.let_go(held.message)?;
    Ok(())
}

/// Ends those deliveries of a letter that was held; the queue tells its writer.
fn return_letter(
    post: &Post,
    held: &Held,
    why: &Reason,
    ends: impl Fn(&Destination) -> bool,
) -> Result<(), queue::Error> {
    let queue = &post.queue;
    let entry = queue.show(held.message)?;
    for delivery in &held.deliveries {
        let recipients = entry.recipients.iter();
        let verdicts: Vec<(usize, Verdict)> = recipients
            .filter(|r| r.delivery == *delivery && ends(&r.destination))
            .map(|r| (r.index, Verdict::Never { why: why.clone() }))
            .collect();
        if !verdicts.is_empty() {
            queue.settle(*delivery, &verdicts)?;
        }
    }
    Ok(())
}

impl Clerk {
    /// A clerk; `people` is what the settings' file says of who is asked.
    pub fn new(
        post: Arc<Post>,
        pairing: Arc<Pairing>,
        database: Database,
        people: Option<Vec<MemberName>>,
    ) -> Self {
        let questions = Questions::open(database.clone(), post.clock.clone());
        Self {
            post,
            pairing,
            questions,
            database,
            people: Mutex::new(people),
        }
    }

    /// Others are asked from now on (SIGHUP).
    pub fn set_people(&self, people: Option<Vec<MemberName>>) {
        *self.people.lock().unwrap_or_else(PoisonError::into_inner) = people;
    }

    /// Asks until `stop` says so.
    pub async fn run(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        let news = self.pairing.news();
        loop {
            let this = Arc::clone(&self);
            let round = tokio::task::spawn_blocking(move || this.round()).await;
            tokio::select! {
                () = news.notified() => {}
                () = tokio::time::sleep(round.unwrap_or(TROUBLE)) => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
    }

    /// Asks whatever has to be asked now; how long until it is looked again by itself. Blocks.
    pub fn round(&self) -> Duration {
        let mut rest = AGAIN;
        let steps: [Step; 5] = [
            // First, so that nobody is asked again about what goes back to them.
            Self::give_up_letters,
            Self::ask_about_letters,
            Self::ask_about_requests,
            Self::ask_about_claims,
            |clerk| Ok(clerk.questions.forget_old()?),
        ];
        for step in steps {
            // Trouble with one keeps nobody from the others.
            if let Err(e) = step(self) {
                journal::trouble("questions", &e);
                rest = TROUBLE;
            }
        }
        rest
    }

    /// Who decides about strangers and claims: those whom the settings name, as far as they live here; else the
    /// administrator. Nobody in an empty home.
    fn people(&self) -> Result<Vec<MemberName>, Error> {
        let written = self
            .people
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        Ok(people(&self.post.members, &self.database, written)?)
    }

    fn ask_about_requests(&self) -> Result<(), Error> {
        let mut waiting = Vec::new();
        for request in self.post.contacts.requests()? {
            if !self.questions.has_asked(&About::Request(request.key))? {
                waiting.push(request);
            }
        }
        if waiting.is_empty() {
            return Ok(());
        }
        let people = self.people()?;
        if people.is_empty() {
            return Ok(());
        }
        let asked = self.questions.mailed_within(DAY, "request", None)?;
        let left = waiting.split_off(waiting.len().min(REQUESTS_A_DAY.saturating_sub(asked)));
        for request in &waiting {
            self.ask_about(request, &people)?;
        }
        if !left.is_empty() && !self.has_told_more()? {
            for member in &people {
                let tale = Tale::MoreRequests(left.len());
                self.mail(member, AnswerTo::Postmaster, Occasion::Itself, &tale)?;
            }
            let now = self.post.clock.now();
            let told = format!("{}:{}", now.boot, now.ms);
            self.database.set_setting(TOLD_MORE, Some(&told))?;
        }
        Ok(())
    }

    fn has_told_more(&self) -> Result<bool, Error> {
        let told = self.database.setting(TOLD_MORE)?;
        let stamp = told.as_deref().and_then(|text| text.split_once(':'));
        let stamp = stamp.and_then(|(boot, ms)| Some((boot.parse().ok()?, ms.parse().ok()?)));
        Ok(stamp.is_some_and(|(boot, ms)| {
            self.post
                .clock
                .age(crate::clock::Stamp { boot, ms, wall: 0 })
                < DAY
        }))
    }

    fn ask_about(&self, request: &Request, people: &[MemberName]) -> Result<(), Error> {
        let name = self.post.contacts.name_of_asker(request)?;
        let about = About::Request(request.key);
        let until = self.until(&about);
        self.ask(&about, people, Occasion::Itself, |_| Tale::Request {
            name: &name,
            key: &request.key,
            words: &request.message,
            until,
        })
    }

    fn ask_about_claims(&self) -> Result<(), Error> {
        let claims = self.post.contacts.open_claims()?;
        // They come by home and by whose contact it is.
        for claims in claims.chunk_by(|a, b| (a.peer, &a.owner) == (b.peer, &b.owner)) {
            let (peer, owner) = (claims[0].peer, &claims[0].owner);
            let asked = self.questions.claims_asked(&peer, owner)?;
            let mut new: Vec<Claim> = claims.to_vec();
            new.retain(|c| !asked.contains(&(c.local.clone(), c.address.clone())));
            // Two of them claim the same: whose it is cannot be asked with one word.
            let all = new.clone();
            new.retain(|c| all.iter().filter(|o| o.address == c.address).count() == 1);
            new.truncate(CLAIMS_A_MAIL);
            if new.is_empty() || self.questions.mailed_within(DAY, "claims", Some(&peer))? > 0 {
                continue;
            }
            let people = match owner.parse::<MemberName>() {
                Ok(owner) => vec![owner],
                Err(_) => self.people()?,
            };
            if people.is_empty() {
                continue;
            }
            let shown: Vec<(String, String)> = new
                .iter()
                .map(|c| (c.written.clone(), c.name.clone()))
                .collect();
            let about = About::Claims(peer, new);
            let until = self.until(&about);
            let home = self.post.contacts.name_of(&peer, None, people.first())?;
            self.ask(&about, &people, Occasion::Itself, |_| Tale::Claims {
                home: &home,
                claims: &shown,
                until,
            })?;
        }
        Ok(())
    }

    /// Letters that are held: each writer is asked once.
    fn ask_about_letters(&self) -> Result<(), Error> {
        for held in self.post.queue.held()? {
            let about = About::Letter(held.message.number());
            // Of one that nobody here wrote, or whose writer is gone, whoever looks after the home decides; of one that is held
            // for its writer, only they.
            let writer = match (&held.member, held.because) {
                (Some(writer), _) if self.post.members.exists(writer)? => Some(writer.clone()),
                (_, Because::Restored) => self.post.members.administrator()?,
                (_, Because::Mixed) => None,
            };
            let Some(writer) = writer else { continue };
            if self.questions.has_asked(&about)? {
                continue;
            }
            let title = ways::title(&self.post, held.message);
            let recipients: Vec<Way> = held
                .recipients
                .iter()
                .map(|(address, destination, there)| Way {
                    who: ways::who(
                        address,
                        report::name_there(&self.post, destination, there, Some(&writer)),
                    ),
                    ordinary: destination.is_ordinary(),
                    state: State::Plain,
                })
                .collect();
            let until = self.until(&about);
            let occasion = Occasion::Letter(held.message_id.as_deref());
            let (title, recipients) = (title.as_deref(), &recipients[..]);
            self.ask(
                &about,
                std::slice::from_ref(&writer),
                occasion,
                |_| match held.because {
                    Because::Mixed => Tale::Held {
                        title,
                        recipients,
                        until,
                    },
                    Because::Restored => Tale::Restored {
                        title,
                        recipients,
                        until,
                    },
                },
            )?;
        }
        Ok(())
    }

    /// Letters whose writers have not answered in time go back to them.
    fn give_up_letters(&self) -> Result<(), Error> {
        let late = self.questions.letters_unanswered()?;
        if late.is_empty() {
            return Ok(());
        }
        let held = self.post.queue.held()?.into_iter();
        for held in held.filter(|held| late.contains(&held.message.number())) {
            let text = "its writer was asked whether it should go, and has not answered";
            let why = Reason::new(Status(5, 4, 7), text);
            return_letter(&self.post, &held, &why, |_| true)?;
        }
        Ok(())
    }

    fn until(&self, about: &About) -> i64 {
        let lasts = i64::try_from(about.lasts().as_secs()).unwrap_or(i64::MAX / 2);
        self.post.clock.now().wall.saturating_add(lasts)
    }

    /// A question to each of these, in their language.
    fn ask<'a>(
        &self,
        about: &About,
        people: &[MemberName],
        occasion: Occasion<'_>,
        tale: impl Fn(&MemberName) -> Tale<'a>,
    ) -> Result<(), Error> {
        let (id, secret) = self.questions.ask(about, people)?;
        for member in people {
            let to = AnswerTo::Question(&secret);
            self.mail(member, to, occasion, &tale(member))?;
        }
        self.questions.mailed(id)?;
        journal::asked(about.as_str(), people);
        Ok(())
    }

    /// Puts a mail to a member into the queue.
    fn mail(
        &self,
        to: &MemberName,
        answer_to: AnswerTo<'_>,
        occasion: Occasion<'_>,
        tale: &Tale<'_>,
    ) -> Result<(), Error> {
        Ok(ways::mail(
            &self.post,
            to,
            answer_to,
            occasion,
            tale,
            Vec::new(),
        )?)
    }

    /// Whether a letter of this member to this one-time address is an answer that may count.
    ///
    /// # Errors
    /// A sentence for the writer, or (4.3.0) trouble of this home.
    pub fn admits(&self, member: &MemberName, secret: &str) -> Result<(), Reason> {
        let no = |status, text: &str| Err(Reason::new(status, text));
        match self
            .questions
            .standing(&Secret::from_address(secret), member)
        {
            Ok(Standing::Open(..)) => Ok(()),
            Ok(Standing::Unknown) => no(
                Status(5, 1, 1),
                "this address belongs to no question of this home; answer the mail that asks you",
            ),
            Ok(Standing::NotAsked) => no(
                Status(5, 7, 1),
                "this question was put to somebody else in this home; only they can answer it",
            ),
            Ok(Standing::Expired(_)) => no(
                Status(5, 1, 1),
                "the time for answering this question is over; nothing has changed",
            ),
            Ok(Standing::Answered { by, word, .. }) => no(
                Status(5, 1, 1),
                &format!(
                    "this question was answered before, by {by} with '{}'; nothing has changed",
                    word.as_str()
                ),
            ),
            Err(e) => {
                journal::trouble("questions", &e);
                no(
                    Status(4, 3, 0),
                    "something in this home is out of order; try again in a few minutes",
                )
            }
        }
    }

    /// One attempt: reads the letter, and does what it answers to each of its one-time addresses.
    pub fn attempt(&self, delivery: &Delivery) -> Vec<(usize, Verdict)> {
        let said = match self.read(delivery) {
            Ok(said) => said,
            Err(verdict) => return letter::everybody(delivery, &verdict),
        };
        let waiting = delivery.recipients.iter();
        waiting
            .map(|one| {
                let verdict = self.hear(delivery, one, &said).unwrap_or_else(|e| {
                    journal::trouble("questions", &e);
                    letter::own_trouble(letter::out_of_order())
                });
                (one.index, verdict)
            })
            .collect()
    }

    fn read(&self, delivery: &Delivery) -> Result<Answer, Verdict> {
        if delivery.sender.is_empty() {
            // What a program sends by itself: RFC 3834 section 3.3.
            return Ok(Answer::Automatic);
        }
        let file = self.post.queue.open_message(delivery.message);
        let file = file.map_err(|e| letter::queue_verdict(&e))?;
        let mut bytes = Vec::new();
        file.take(READ).read_to_end(&mut bytes).map_err(|e| {
            journal::disk_trouble("reading an answer", &e);
            letter::own_trouble(letter::disk_reason(&e))
        })?;
        letter::guarded(|| answer::read(&bytes))
    }

    fn hear(
        &self,
        delivery: &Delivery,
        waiting: &Waiting,
        said: &Answer,
    ) -> Result<Verdict, Error> {
        let address = &waiting.recipient.address;
        let (Some(member), Ok(Meaning::Answer(secret))) = (
            &delivery.member,
            address::meaning(address, &self.post.hostname),
        ) else {
            // The desk lets nobody else come here, and nothing else.
            let why = Reason::new(Status(5, 1, 1), "this address belongs to no question");
            return Ok(Verdict::Never { why });
        };
        if *said == Answer::Automatic {
            journal::answer_ignored(member);
            return Ok(Verdict::Delivered);
        }
        let secret = Secret::from_address(&secret);
        let reply = Writer {
            to: member,
            about: delivery.message_id.as_deref(),
        };
        match self.questions.standing(&secret, member)? {
            Standing::Open(id, about) => match said {
                Answer::Word(word) if about.is_answered_by(*word) => {
                    if self
                        .questions
                        .answered(id, member, *word, delivery.transfer)?
                    {
                        self.act(&reply, &about, *word)?;
                    } else {
                        // Somebody was faster, a moment ago.
                        return self.hear(delivery, waiting, said);
                    }
                }
                unclear => {
                    let line = match unclear {
                        Answer::Word(word) => word.as_str(),
                        Answer::Unclear(line) => line,
                        Answer::Automatic => "",
                    };
                    if self.questions.misunderstood(id)? > EXPLAINED {
                        journal::answer_ignored(member);
                        return Ok(Verdict::Delivered);
                    }
                    let tale = Tale::Unclear(line, &about);
                    self.reply(&reply, AnswerTo::Question(&secret), &tale)?;
                }
            },
            Standing::Answered {
                word,
                letter,
                about,
                ..
            } if letter == delivery.transfer => self.act(&reply, &about, word)?,
            Standing::Answered { by, word, .. } => {
                let name = self.post.members.display(&by)?;
                let name = name.unwrap_or_else(|| by.to_string());
                self.reply(
                    &reply,
                    AnswerTo::Postmaster,
                    &Tale::AnsweredBefore(&name, word),
                )?;
            }
            Standing::Expired(_) => self.reply(&reply, AnswerTo::Postmaster, &Tale::TooLate)?,
            Standing::NotAsked | Standing::Unknown => {
                self.reply(&reply, AnswerTo::Postmaster, &Tale::NotYours)?;
            }
        }
        Ok(Verdict::Delivered)
    }

    fn reply(
        &self,
        to: &Writer<'_>,
        answer_to: AnswerTo<'_>,
        tale: &Tale<'_>,
    ) -> Result<(), Error> {
        self.mail(to.to, answer_to, Occasion::Letter(to.about), tale)
    }

    /// Does what was answered, and says so. Doing it again changes nothing more.
    fn act(&self, reply: &Writer<'_>, about: &About, word: Word) -> Result<(), Error> {
        journal::answered(reply.to, about.as_str(), word.as_str());
        match about {
            About::Request(key) => self.decide(reply, key, word),
            About::Claims(_, claims) => self.confirm(reply, claims, word),
            About::Letter(number) => self.send(reply, QueueId::from_number(*number), word),
        }
    }

    /// Lets a letter go that was held, or takes it back.
    fn send(&self, reply: &Writer<'_>, message: QueueId, word: Word) -> Result<(), Error> {
        let queue = &self.post.queue;
        let title = ways::title(&self.post, message);
        let title = title.as_deref();
        let held = queue.held()?.into_iter().find(|h| h.message == message);
        let tale = match (word, held) {
            (Word::No, Some(held)) => {
                queue.cancel(message, Canceller::Asked)?;
                match held.because {
                    Because::Mixed => Tale::Stopped(title),
                    Because::Restored => Tale::NotAgain(title),
                }
            }
            (_, Some(held)) => {
                let_go::<Error>(&self.post, &held)?;
                Tale::Sent(title)
            }
            // Tried again after a crash: it went, or was taken back, before.
            (Word::No, None) => Tale::Stopped(title),
            (_, None) if queue.show(message).is_ok() => Tale::Sent(title),
            (_, None) => Tale::Gone,
        };
        self.reply(reply, AnswerTo::Postmaster, &tale)
    }

    /// As the operator's `contact accept`, `refuse` and `block`.
    fn decide(&self, reply: &Writer<'_>, key: &PeerKey, word: Word) -> Result<(), Error> {
        let contacts = &self.post.contacts;
        let who = Who::Peer {
            key: *key,
            local: None,
        };
        let standing = contacts.standing(&who)?;
        let requests = contacts.requests()?.into_iter();
        let asking = requests.into_iter().find(|request| request.key == *key);
        let name = match (&standing, &asking) {
            (Acquaintance::Stranger, Some(request)) => contacts.name_of_asker(request)?,
            _ => contacts.name_of(key, None, Some(reply.to))?,
        };
        let overtaken = Tale::Overtaken(&name);
        let tale = match (word, standing) {
            (Word::Yes, Acquaintance::Known(_)) => {
                return self.accepted(reply, key);
            }
            (Word::Yes, Acquaintance::Stranger) if asking.is_some() => {
                let key = contacts.accept(&key.to_string())?;
                self.pairing.befriend(Befriend::Accept(key));
                return self.accepted(reply, &key);
            }
            (Word::Block, Acquaintance::Stranger | Acquaintance::Blocked) => {
                contacts.block_key(key)?;
                self.pairing.unfriend(*key);
                Tale::Blocked(&name)
            }
            (Word::No, Acquaintance::Stranger) => {
                if asking.is_some() {
                    contacts.refuse(&key.to_string())?;
                }
                Tale::Refused(&name)
            }
            _ => overtaken,
        };
        self.reply(reply, AnswerTo::Postmaster, &tale)
    }

    fn accepted(&self, reply: &Writer<'_>, key: &PeerKey) -> Result<(), Error> {
        let contacts = &self.post.contacts;
        let name = contacts.name_of(key, None, Some(reply.to))?;
        let canonical = address::canonical(None, key);
        let rows = contacts.list()?;
        let row = rows
            .iter()
            .find(|row| row.address.as_ref() == Some(&canonical));
        let address = row.map_or(canonical.clone(), |row| format!("{}@tox", row.nickname));
        let tale = Tale::Accepted {
            name: &name,
            address: &address,
        };
        self.reply(reply, AnswerTo::Postmaster, &tale)
    }

    fn confirm(&self, reply: &Writer<'_>, claims: &[Claim], word: Word) -> Result<(), Error> {
        let written = |claims: &[&Claim]| -> Vec<String> {
            claims.iter().map(|claim| claim.written.clone()).collect()
        };
        let all: Vec<&Claim> = claims.iter().collect();
        if word != Word::Yes {
            let tale = written(&all);
            return self.reply(reply, AnswerTo::Postmaster, &Tale::Denied(&tale));
        }
        let (mut these, mut others) = (Vec::new(), Vec::new());
        for claim in all {
            match self.post.contacts.confirm_claim(claim) {
                Ok(()) => these.push(claim),
                Err(contacts::Error::Refused(_)) => others.push(claim),
                Err(e) => return Err(e.into()),
            }
        }
        let (these, others) = (written(&these), written(&others));
        let tale = Tale::Confirmed(&these, &others);
        self.reply(reply, AnswerTo::Postmaster, &tale)
    }
}
