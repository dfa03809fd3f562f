//! The agent of the ordinary route inwards: fetches the mailboxes of members at their providers.
//!
//! A *round* is one look at one mailbox: log in, list ([`crate::fetch`]), decide ([`crate::fetch::plan`]), and letter by letter
//! read, file ([`crate::store`]), note ([`crate::providers::fetch`]), delete there. What becomes of a header section is told in
//! [`crate::mail::fetched`]; the body's bytes are the provider's.
//!
//! # Rules
//! - **Order.** Read (`fetch.read`), filed and durable (`store.*`, `fetch.filed`), noted (`fetch.noted`), and only then deleted
//!   there (`fetch.deleted`), and the note forgotten. A kill between any two loses nothing: what was not noted is read again,
//!   and the store knows its digest; what was noted and not deleted is deleted in the next round without being read.
//! - One round a mailbox at a time; rounds of different mailboxes do not wait for each other.
//! - Trouble is tried again after a while that doubles, up to an hour. After a refused login it begins with a quarter of an
//!   hour and ends with six: providers lock out whoever knocks too often.
//! - The member hears once, by mail, what only they can mend: at once of a refused login and of a full mailbox here, of a
//!   server that does not work, or does not hand out a letter, after a day. It begins anew when it has worked again.
//! - A letter that is too large for this home stays there, and that is told once, in one mail a round. So does one whose header
//!   section is too long.
//! - A letter that the server does not hand out waits for the next round; the others come, and as often as always. Where it
//!   refuses `REFUSALS` of them one after the other the round ends, and it is the server that does not work.
//! - Before anything is deleted there it is looked whether the member still wants that.
//! - A letter for which the member's mailbox has no room waits at the provider, and the round goes on with the others; this
//!   home's full disk ends it.
//!
//! # Known limits
//! A kill between a notice and the row that says so brings the notice again. A round takes two hours at most and goes on in
//! the next. A provider that gives other bytes each time, of a letter that was read and not noted, makes a second copy.

use std::collections::{HashMap, HashSet};
use std::future::Future;
use std::io::BufReader;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::runtime::Handle;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout, timeout_at};

use super::{Post, letter, lock, ways};
use crate::days::Way;
use crate::durable::{self, fault};
use crate::fetch::plan::{Act, After, Sight, Since, State, act, names_needed};
use crate::fetch::spool::Spool;
use crate::fetch::{
    self, Access, Error as FetchError, Listed, Listing, Protocol, Read, Resume, Session,
};
use crate::journal;
use crate::mail::fetched;
use crate::mail::verdict::{Reason, Status};
use crate::notices::{self, AnswerTo, FetchNews, Occasion};
use crate::providers::fetch::{FetchId, Inbox, Kind, Note, Progress};
use crate::providers::{self};
use crate::queue::{self, AccountId};
use crate::store::{self, Filed, UniqueName};

/// For all of a login that a person waits for.
const TEST: Duration = Duration::from_secs(45);
/// How long somebody waits for a round: the operator's command gives up after two minutes.
const PATIENCE: Duration = Duration::from_secs(90);
/// Refusals one after the other that end a round: it is not the letter, then.
const REFUSALS: u32 = 5;
/// Longest round.
const ROUND: Duration = Duration::from_secs(2 * 3600);
/// Notes that share a transaction, and letters that are deleted together.
const TOGETHER: usize = 20;
/// First and last wait after trouble.
const SOON: Duration = Duration::from_secs(60);
const LATE: Duration = Duration::from_secs(3600);
/// First and last wait after a refused login.
const REST: Duration = providers::REST;
const LONG_REST: Duration = Duration::from_secs(6 * 3600);
/// A server that does not work for so long, in seconds, is told to the member.
const TELL_AFTER: i64 = 24 * 3600;
/// Room on the disk that a large letter leaves alone while it lies there twice.
const RESERVE: u64 = 64 << 20;
/// How often it is looked whether something is to be done, when nobody says so.
const LOOK: Duration = Duration::from_secs(3600);

/// How a round ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Letters that were filed here.
    pub filed: u64,
    /// Letters that were deleted there.
    pub deleted: u64,
    /// Letters that were too large, and stay there.
    pub left: u64,
    /// Letters that were there before, and stay there (first round only).
    pub old: u64,
}

/// Why a round ended early.
#[derive(Debug)]
enum Trouble {
    Login(Reason),
    /// The account for outgoing mail whose login was said is another one, or gone.
    Account(String),
    /// The mailbox was set up otherwise, or removed, during the round.
    SetUpAnew,
    Server(Reason),
    /// The server works, and does not hand out one letter or a few.
    Letter(Reason),
    Full,
    Own(String),
    /// The home is stopping.
    Stopping,
}

impl Trouble {
    fn disk_full() -> Self {
        Self::Own("the disk of this home is full".into())
    }
}

impl From<FetchError> for Trouble {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::Login(why) => Self::Login(why),
            FetchError::Server(why) => Self::Server(why),
            FetchError::Disk(e) if durable::is_full(&e) => Self::disk_full(),
            FetchError::Disk(e) => Self::Own(e.to_string()),
            FetchError::TooLarge => Self::Server(Reason::new(
                Status(4, 3, 4),
                "a letter at the provider is larger than its server says",
            )),
        }
    }
}

impl From<providers::Error> for Trouble {
    fn from(error: providers::Error) -> Self {
        match error {
            // Nothing else is refused here: see `fetch_inbox`.
            providers::Error::Refused(no) => Self::Account(no.error),
            other => Self::Own(other.to_string()),
        }
    }
}

/// What came of a round that somebody waits for.
pub type Outcome = Result<Round, Reason>;

/// What somebody hears who has asked for a round.
#[derive(Clone, Debug)]
pub enum Look {
    /// It has ended.
    Ended(Outcome),
    /// There is much to fetch: it goes on by itself.
    StillRuns,
    /// The home stops, or the mailbox is fetched no more.
    Dropped,
}

#[derive(Default)]
struct Schedule {
    /// Who waits for the next round of a mailbox.
    asked: HashMap<FetchId, Vec<mpsc::Sender<Outcome>>>,
    /// When each is due, and how often it has failed since it worked.
    due: HashMap<FetchId, (Instant, u32)>,
    /// When each has worked last, in seconds since 1970.
    worked: HashMap<FetchId, i64>,
    /// Somebody starts rounds.
    open: bool,
}

impl Schedule {
    fn failures(&self, id: FetchId) -> u32 {
        self.due.get(&id).map_or(0, |(_, failures)| *failures)
    }
}

/// Fetches; one for the home.
pub struct Fetcher {
    post: Arc<Post>,
    /// Large letters lie here meanwhile.
    folder: PathBuf,
    runtime: Handle,
    schedule: Mutex<Schedule>,
    ring: Notify,
    stopped: watch::Sender<bool>,
}

impl Fetcher {
    /// Fetches nothing before [`run`](Self::run). `folder` must exist.
    pub fn new(post: Arc<Post>, folder: PathBuf, runtime: Handle) -> Self {
        Self {
            post,
            folder,
            runtime,
            schedule: Mutex::default(),
            ring: Notify::new(),
            stopped: watch::Sender::new(false),
        }
    }

    /// Looks at every mailbox when it is due, until the home stops.
    pub async fn run(self: Arc<Self>, mut stopped: watch::Receiver<bool>) {
        let mut rounds: JoinSet<FetchId> = JoinSet::new();
        let mut running: HashSet<FetchId> = HashSet::new();
        lock(&self.schedule).open = true;
        loop {
            let next = self.start_what_is_due(&mut rounds, &mut running).await;
            tokio::select! {
                () = self.ring.notified() => {}
                Some(ended) = rounds.join_next() => match ended {
                    Ok(id) => drop(running.remove(&id)),
                    // A round that panicked: nobody knows which; all are looked at again.
                    Err(_) if rounds.is_empty() => running.clear(),
                    Err(_) => {}
                },
                () = tokio::time::sleep_until(next) => {}
                _ = stopped.wait_for(|stopped| *stopped) => break,
            }
        }
        self.stopped.send_replace(true);
        self.close();
        while rounds.join_next().await.is_some() {}
    }

    /// Whoever waits for a round hears that there is none.
    fn close(&self) {
        let mut schedule = lock(&self.schedule);
        schedule.open = false;
        schedule.asked.clear();
    }

    /// Starts rounds; when to look again.
    async fn start_what_is_due(
        self: &Arc<Self>,
        rounds: &mut JoinSet<FetchId>,
        running: &mut HashSet<FetchId>,
    ) -> Instant {
        let providers = self.post.providers.clone();
        let listed = tokio::task::spawn_blocking(move || providers.fetches()).await;
        let now = Instant::now();
        let listed = match listed {
            Ok(Ok(listed)) => listed,
            Ok(Err(e)) => {
                journal::trouble("providers", &e);
                return now + SOON;
            }
            Err(_) => return now + SOON,
        };
        let mut schedule = lock(&self.schedule);
        let known: HashSet<FetchId> = listed.iter().map(|f| f.id).collect();
        schedule.due.retain(|id, _| known.contains(id));
        schedule.worked.retain(|id, _| known.contains(id));
        schedule.asked.retain(|id, _| known.contains(id));
        let mut next = now + LOOK;
        for listed in listed {
            let id = listed.id;
            if running.contains(&id) {
                continue;
            }
            let asked = schedule.asked.remove(&id).unwrap_or_default();
            let (due, _) = *schedule.due.entry(id).or_insert((now, 0));
            if due > now && asked.is_empty() {
                next = next.min(due);
                continue;
            }
            running.insert(id);
            let this = Arc::clone(self);
            rounds.spawn_blocking(move || {
                let outcome = this.look(id, listed.every);
                for waiting in asked {
                    // Nobody may wait any more.
                    let _ = waiting.send(outcome.clone());
                }
                id
            });
        }
        next
    }

    /// A mailbox was set up or removed: it is looked at now. Others rest as long as they have to.
    pub fn wake(&self, id: FetchId) {
        lock(&self.schedule).due.remove(&id);
        self.ring.notify_one();
    }

    /// An account for outgoing mail has changed: the mailboxes whose login it has are looked at now.
    pub fn wake_those_of(&self, account: AccountId) {
        match self.post.providers.fetches() {
            Ok(fetches) => {
                let borrowers = fetches.iter().filter(|f| f.login_of == Some(account));
                borrowers.for_each(|fetch| self.wake(fetch.id));
            }
            Err(e) => journal::trouble("providers", &e),
        }
    }

    /// Looks at a mailbox now, and waits a while for what comes of it. Blocks.
    pub fn now(&self, id: FetchId) -> Look {
        let (sender, receiver) = mpsc::channel();
        let mut schedule = lock(&self.schedule);
        if !schedule.open {
            return Look::Dropped;
        }
        schedule.asked.entry(id).or_default().push(sender);
        drop(schedule);
        self.ring.notify_one();
        match receiver.recv_timeout(PATIENCE) {
            Ok(outcome) => Look::Ended(outcome),
            Err(mpsc::RecvTimeoutError::Timeout) => Look::StillRuns,
            Err(mpsc::RecvTimeoutError::Disconnected) => Look::Dropped,
        }
    }

    /// When a mailbox has worked last since the home started, in seconds since 1970.
    pub fn worked_at(&self, id: FetchId) -> Option<i64> {
        lock(&self.schedule).worked.get(&id).copied()
    }

    /// A real login, before a mailbox is stored and for `provider fetch test`. How many letters lie there. Blocks.
    ///
    /// # Errors
    /// What is wrong, for the person who set it up.
    pub fn test(&self, inbox: &Inbox) -> Result<usize, Reason> {
        let tested = async {
            let mut session =
                fetch::open(&inbox.server, (&inbox.username, &inbox.password)).await?;
            let listing = session.list(Access::ReadOnly, Resume::default()).await?;
            let _ = session.quit().await;
            Ok(listing)
        };
        let tested = self.runtime.block_on(timeout(TEST, tested));
        let silent = || {
            let text = format!("{} takes too long to answer", inbox.server.host);
            FetchError::Server(Reason::new(Status(4, 4, 2), text))
        };
        let listing = tested.unwrap_or_else(|_| Err(silent()));
        match listing.map_err(Trouble::from) {
            Ok(listing) if names_needed(&listing, inbox.after, inbox.since) => Err(nameless()),
            Ok(listing) => Ok(listing.letters.len()),
            Err(trouble) => Err(reason(trouble)),
        }
    }

    /// One round and what follows from it.
    fn look(&self, id: FetchId, every: Duration) -> Outcome {
        let looked = letter::guarded(|| self.round(id));
        let looked =
            looked.unwrap_or_else(|_| Err(Trouble::Own("the work on it has panicked".into())));
        self.conclude(id, every, looked)
    }

    fn conclude(&self, id: FetchId, every: Duration, looked: Result<Round, Trouble>) -> Outcome {
        match looked {
            Ok(round) => {
                if let Err(e) = self.post.providers.fetch_works(id) {
                    journal::trouble("providers", &e);
                }
                self.worked(id, every);
                Ok(round)
            }
            Err(Trouble::Stopping) => Err(stopping()),
            Err(Trouble::SetUpAnew) => {
                lock(&self.schedule).due.remove(&id);
                Err(reason(Trouble::SetUpAnew))
            }
            Err(trouble @ Trouble::Letter(_)) => {
                self.failed(id, &trouble);
                self.worked(id, every);
                Err(reason(trouble))
            }
            Err(trouble) => {
                let failures = lock(&self.schedule).failures(id);
                let (first, last) = match trouble {
                    Trouble::Login(_) | Trouble::Account(_) => (REST, LONG_REST),
                    _ => (SOON.max(every.min(LATE)), LATE),
                };
                let wait = first.saturating_mul(1 << failures.min(10)).min(last);
                self.failed(id, &trouble);
                let again = (Instant::now() + wait, failures.saturating_add(1));
                lock(&self.schedule).due.insert(id, again);
                Err(reason(trouble))
            }
        }
    }

    /// The next round is due as always.
    fn worked(&self, id: FetchId, every: Duration) {
        let mut schedule = lock(&self.schedule);
        schedule.worked.insert(id, self.post.clock.now().wall);
        schedule.due.insert(id, (Instant::now() + every, 0));
    }

    /// Keeps what is wrong, and tells the member what is theirs to mend.
    fn failed(&self, id: FetchId, trouble: &Trouble) {
        let kind = match trouble {
            Trouble::Login(_) => Kind::Login,
            Trouble::Account(_) => Kind::Account,
            Trouble::Server(_) => Kind::Server,
            Trouble::Letter(_) => Kind::Letter,
            Trouble::Full => Kind::Full,
            Trouble::Own(_) | Trouble::SetUpAnew | Trouble::Stopping => Kind::Own,
        };
        let why = reason_text(trouble);
        journal::fetch_fails(id.number(), &why);
        let kept = self.post.providers.fetch_fails(id, kind, &why);
        let told = kept.and_then(|kept| {
            let now = self.post.clock.now().wall;
            let due = match kind {
                Kind::Login | Kind::Account | Kind::Full => true,
                Kind::Server | Kind::Letter => now.saturating_sub(kept.since) >= TELL_AFTER,
                Kind::Own => false,
            };
            if !due || kept.told {
                return Ok(());
            }
            let listed = self.post.providers.fetches()?;
            let Some(listed) = listed.into_iter().find(|f| f.id == id) else {
                return Ok(());
            };
            let (login, host) = (&listed.username[..], &listed.host[..]);
            let said = fetch::words_in(&why);
            let news = match kind {
                Kind::Login => FetchNews::Login { login, host, said },
                Kind::Account => FetchNews::Account { login, host },
                Kind::Full => FetchNews::Full { login },
                Kind::Letter => FetchNews::Stuck { login, host, said },
                _ => FetchNews::Unreachable { login, host, said },
            };
            match self.tell(&listed.member, &news) {
                Ok(()) => self.post.providers.fetch_told(id),
                Err(e) => {
                    journal::queue_trouble(&e);
                    Ok(())
                }
            }
        });
        if let Err(e) = told {
            journal::trouble("providers", &e);
        }
    }

    fn tell(
        &self,
        member: &crate::mail::address::MemberName,
        news: &FetchNews<'_>,
    ) -> Result<(), queue::Error> {
        let write = |language| notices::fetch_news(language, news);
        let occasion = Occasion::Itself;
        ways::send(
            &self.post,
            member,
            AnswerTo::Postmaster,
            occasion,
            write,
            Vec::new(),
        )?;
        journal::notified(member, "fetching", &"their mailbox at the provider");
        Ok(())
    }

    /// Waits for what is said over the network, until the home stops or the round has taken too long.
    fn wait<T>(
        &self,
        ends: Instant,
        what: impl Future<Output = Result<T, FetchError>>,
    ) -> Result<T, Trouble> {
        let mut stopped = self.stopped.subscribe();
        self.runtime.block_on(async {
            tokio::select! {
                _ = stopped.wait_for(|stopped| *stopped) => Err(Trouble::Stopping),
                done = timeout_at(ends, what) => match done {
                    Ok(done) => Ok(done?),
                    Err(_) => Err(FetchError::nonsense("takes too long").into()),
                },
            }
        })
    }

    fn round(&self, id: FetchId) -> Result<Round, Trouble> {
        let Some(inbox) = self.post.providers.fetch_inbox(id)? else {
            return Ok(Round::default());
        };
        let ends = Instant::now() + ROUND;
        let login = (inbox.username.as_str(), inbox.password.as_str());
        let session = self.wait(ends, fetch::open(&inbox.server, login))?;
        self.look_through(id, &inbox, session, ends)
    }

    fn look_through<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        id: FetchId,
        inbox: &Inbox,
        mut session: Session<S>,
        ends: Instant,
    ) -> Result<Round, Trouble> {
        let providers = &self.post.providers;
        let max = self.post.settings().max_message_bytes;
        let besides = match inbox.validity {
            Some(validity) => providers.fetch_open(id, validity, max)?,
            None => Vec::new(),
        };
        let from = Resume {
            validity: inbox.validity,
            above: inbox.settled,
            besides: &besides,
        };
        let access = match inbox.after {
            After::Keep => Access::ReadOnly,
            After::Delete => Access::MayDelete,
        };
        let listing = self.wait(ends, session.list(access, from))?;
        if names_needed(&listing, inbox.after, inbox.since) {
            return Err(Trouble::Server(nameless()));
        }
        let mut visit = Visit {
            fetcher: self,
            id,
            inbox,
            session: Some(session),
            ends,
            round: Round::default(),
            notes: Vec::new(),
            done: Vec::new(),
            quitting: Vec::new(),
            left: Vec::new(),
            unsettled: None,
            refused: None,
            refusals: 0,
            full: false,
        };
        if !inbox.begun {
            visit.begin(&listing)?;
            if inbox.since == Since::New {
                visit.quit()?;
                return Ok(visit.round);
            }
        }
        if listing.validity.is_some() && listing.validity == inbox.validity {
            visit.forget_gone(&listing, &besides)?;
        }
        // What was filed is noted, whatever happens to the next letter.
        let through = visit.go_through(&listing, max);
        let finished = match &through {
            Ok(()) => visit.finish(&listing, max),
            Err(_) => visit.note().and_then(|()| visit.tell_of_left(max)),
        };
        through.and(finished)?;
        if visit.full {
            return Err(Trouble::Full);
        }
        if let Some(why) = visit.refused {
            return Err(Trouble::Letter(why));
        }
        Ok(visit.round)
    }

    /// Files a letter; once, whatever was filed of it before.
    fn file(&self, inbox: &Inbox, spool: &Spool) -> Result<FiledHow, Trouble> {
        let disk = |e: std::io::Error| Trouble::from(FetchError::Disk(e));
        let mut reader = BufReader::new(spool.reader().map_err(disk)?);
        let Some(head) = fetched::read_head(&mut reader).map_err(disk)? else {
            return Ok(FiledHow::HeaderTooLong);
        };
        let own = self.post.members.addresses(&inbox.member);
        let own = own.map_err(|e| Trouble::Own(e.to_string()))?;
        let domains: Vec<String> = (own.iter())
            .filter_map(|address| Some(address.rsplit_once('@')?.1.to_owned()))
            .collect();
        let Ok(head) = fetched::on_fetch(&head, &self.post.hostname, &domains) else {
            return Ok(FiledHow::HeaderTooLong);
        };
        let head = letter::with_empty_line(head);
        let era = self.post.providers.fetch_era()?;
        let unique = unique_name(&era, &spool.digest());
        let member = &inbox.member;
        match self.post.store.deliver_by(
            Some(Way::Ordinary),
            member,
            "INBOX",
            &unique,
            &head,
            &mut reader,
        ) {
            Ok(Filed::New(_)) => {
                journal::filed(member, "INBOX", spool.size());
                fault::point("fetch.filed");
                Ok(FiledHow::New)
            }
            Ok(Filed::Already) => Ok(FiledHow::Already),
            Err(e) => Err(of_store(&e)),
        }
    }
}

enum FiledHow {
    New,
    Already,
    HeaderTooLong,
}

/// Why this home does not take a letter.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Why {
    TooLarge,
    Unreadable,
}

/// One look at one mailbox.
struct Visit<'a, S> {
    fetcher: &'a Fetcher,
    id: FetchId,
    inbox: &'a Inbox,
    session: Option<Session<S>>,
    ends: Instant,
    round: Round,
    /// What is not noted yet.
    notes: Vec<Note>,
    /// Letters that lie here and shall go there.
    done: Vec<(u32, Option<String>)>,
    /// POP3: these go when we say goodbye.
    quitting: Vec<String>,
    /// Letters that stay there because this home does not take them: told together, then noted.
    left: Vec<(Note, Why)>,
    /// The first letter with which something is still to be done.
    unsettled: Option<u32>,
    /// What the server said when it did not hand out a letter.
    refused: Option<Reason>,
    /// How often it did so since it handed one out.
    refusals: u32,
    /// The member's mailbox here has no room for one of them.
    full: bool,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Visit<'_, S> {
    /// The first look.
    fn begin(&mut self, listing: &Listing) -> Result<(), Trouble> {
        let mut old = Vec::new();
        let mut progress = Progress {
            validity: listing.validity,
            settled: 0,
        };
        if self.inbox.since == Since::New {
            // What came while it was listed is new.
            let before = |letter: &&Listed| listing.next == 0 || letter.number < listing.next;
            let noted = |letter: &Listed| note_of(letter, State::Old, None);
            old = listing
                .letters
                .iter()
                .filter(before)
                .filter_map(noted)
                .collect();
            progress.settled = match listing.next {
                0 => highest(listing, self.inbox.settled),
                next => next - 1,
            };
            self.round.old = old.len() as u64;
        }
        self.fetcher
            .post
            .providers
            .fetch_begin(self.id, old, progress)?;
        Ok(())
    }

    /// Letters that were asked for by their numbers, and are not there any more.
    fn forget_gone(&self, listing: &Listing, asked: &[u32]) -> Result<(), Trouble> {
        let there: HashSet<u32> = listing.letters.iter().map(|l| l.number).collect();
        let gone = asked.iter().filter(|uid| !there.contains(uid));
        let validity = listing.validity.unwrap_or_default();
        let names = gone.map(|uid| format!("{validity}/{uid}")).collect();
        self.fetcher.post.providers.fetch_forget(self.id, names)?;
        Ok(())
    }

    fn go_through(&mut self, listing: &Listing, max: u64) -> Result<(), Trouble> {
        if listing.letters.is_empty() {
            return Ok(());
        }
        let providers = &self.fetcher.post.providers;
        let known = providers.fetch_known(self.id)?;
        let mut names: HashMap<&str, usize> = HashMap::new();
        for name in listing.letters.iter().filter_map(|l| l.name.as_deref()) {
            *names.entry(name).or_default() += 1;
        }
        // Only where numbers mean something else than before is there anything to recognise.
        let anew = listing.validity.is_some()
            && self.inbox.validity.is_some()
            && listing.validity != self.inbox.validity;
        for letter in &listing.letters {
            let name = letter.name.as_deref();
            let mut sight = Sight {
                doubled: name.is_some_and(|name| names.get(name).is_some_and(|n| *n > 1)),
                old: false,
            };
            let before = name.and_then(|name| known.get(name)).copied();
            if let (true, None, Some(mark)) = (anew, before, &letter.mark) {
                sight.old = providers.fetch_has_old(self.id, mark)?;
            }
            let does = act(letter, before, sight, self.inbox.after, max);
            let dealt = match does {
                Act::Nothing => Ok(()),
                Act::Stay => {
                    self.notes.extend(note_of(letter, State::Old, None));
                    Ok(())
                }
                Act::Leave => {
                    self.too_large(letter, max);
                    Ok(())
                }
                Act::Delete => {
                    self.done.push((letter.number, letter.name.clone()));
                    Ok(())
                }
                Act::Read => self.read(letter, max),
            };
            match dealt {
                Ok(()) => {}
                // A smaller one may still fit.
                Err(Trouble::Full) => {
                    self.full = true;
                    self.wait_with(letter.number);
                }
                Err(trouble) => return Err(trouble),
            }
            if self.notes.len().max(self.done.len()) >= TOGETHER {
                self.delete()?;
            }
        }
        self.delete()
    }

    fn read(&mut self, letter: &Listed, max: u64) -> Result<(), Trouble> {
        let post = &self.fetcher.post;
        match post.store.room_for(&self.inbox.member, letter.size) {
            Ok(()) => {}
            Err(e) => return Err(of_store(&e)),
        }
        if letter.size > fetch::spool::IN_MEMORY as u64 {
            let room = durable::room(&self.fetcher.folder).map_err(FetchError::Disk)?;
            if room < RESERVE.saturating_add(letter.size.saturating_mul(2)) {
                return Err(Trouble::disk_full());
            }
        }
        let path = self
            .fetcher
            .folder
            .join(format!("fetch-{}", self.id.number()));
        let mut spool = Spool::new(&path, max);
        let session = self.session.as_mut().ok_or_else(hung_up)?;
        let mut too_large = false;
        let read = async {
            let read = session.read(letter.number, &mut spool).await;
            too_large = matches!(read, Err(FetchError::TooLarge));
            read
        };
        match self.fetcher.wait(self.ends, read) {
            Ok(Read::Whole) => self.refusals = 0,
            Ok(Read::Gone) => {
                // If it was not deleted after all it is listed again.
                self.wait_with(letter.number);
                return Ok(());
            }
            Ok(Read::Refused(why)) => {
                self.wait_with(letter.number);
                self.refusals += 1;
                if self.refusals == REFUSALS {
                    return Err(Trouble::Server(why));
                }
                self.refused = Some(why);
                return Ok(());
            }
            Err(trouble) if too_large => {
                // Its server has said that it is smaller. The connection is of no use any more; the next round is.
                self.too_large(letter, max);
                return Err(trouble);
            }
            Err(trouble) => return Err(trouble),
        }
        fault::point("fetch.read");
        let digest = spool.digest();
        let known = post.providers.fetch_has_digest(self.id, &digest)?;
        if !known {
            match self.fetcher.file(self.inbox, &spool)? {
                FiledHow::New => self.round.filed += 1,
                FiledHow::Already => {}
                FiledHow::HeaderTooLong => {
                    self.leave(letter, i64::MAX as u64, Why::Unreadable);
                    return Ok(());
                }
            }
        }
        let state = match self.inbox.after {
            After::Keep => State::Kept,
            After::Delete => State::Taken,
        };
        self.notes.extend(note_of(letter, state, Some(digest)));
        if state == State::Taken {
            self.done.push((letter.number, letter.name.clone()));
        }
        Ok(())
    }

    fn too_large(&mut self, letter: &Listed, max: u64) {
        let bytes = letter.size.max(max.saturating_add(1));
        self.leave(letter, bytes, Why::TooLarge);
    }

    /// A letter that this home does not take while it has a limit below `size`.
    fn leave(&mut self, letter: &Listed, size: u64, why: Why) {
        // Without a name it cannot be noted, and would be told of every few minutes.
        if let Some(note) = note_of(letter, State::Left, None) {
            self.left.push((Note { size, ..note }, why));
        }
    }

    /// Tells of the letters that stay there, in one mail for each reason, and notes them.
    fn tell_of_left(&mut self, max: u64) -> Result<(), Trouble> {
        let login = &self.inbox.username;
        let left = std::mem::take(&mut self.left);
        for why in [Why::TooLarge, Why::Unreadable] {
            let these = left.iter().filter(|(_, w)| *w == why);
            let notes: Vec<Note> = these.map(|(note, _)| note.clone()).collect();
            let count = notes.len() as u64;
            let Some(bytes) = notes.iter().map(|note| note.size).max() else {
                continue;
            };
            let news = match why {
                Why::TooLarge => FetchNews::TooLarge {
                    login,
                    count,
                    bytes,
                    max,
                },
                Why::Unreadable => FetchNews::Unreadable { login, count },
            };
            let told = self.fetcher.tell(&self.inbox.member, &news);
            told.map_err(|e| Trouble::Own(e.to_string()))?;
            self.fetcher.post.providers.fetch_note(self.id, notes)?;
            self.round.left += count;
        }
        Ok(())
    }

    /// The mailbox may be fetched no more, or what becomes of its letters may be another thing now: the round ends then.
    fn is_still_wanted(&mut self) -> Result<(), Trouble> {
        let after = self.fetcher.post.providers.fetch_after(self.id)?;
        if after == Some(self.inbox.after) {
            return Ok(());
        }
        // What was filed stays there now.
        for note in &mut self.notes {
            if note.state == State::Taken && after == Some(After::Keep) {
                note.state = State::Kept;
            }
        }
        Err(Trouble::SetUpAnew)
    }

    fn wait_with(&mut self, number: u32) {
        let first = self.unsettled.map_or(number, |before| before.min(number));
        self.unsettled = Some(first);
    }

    fn note(&mut self) -> Result<(), Trouble> {
        let notes = std::mem::take(&mut self.notes);
        if !notes.is_empty() {
            self.fetcher.post.providers.fetch_note(self.id, notes)?;
            fault::point("fetch.noted");
        }
        Ok(())
    }

    /// Notes what was filed, and deletes there what shall go.
    fn delete(&mut self) -> Result<(), Trouble> {
        self.is_still_wanted()?;
        self.note()?;
        let done = std::mem::take(&mut self.done);
        if done.is_empty() {
            return Ok(());
        }
        let numbers: Vec<u32> = done.iter().map(|(number, _)| *number).collect();
        let session = self.session.as_mut().ok_or_else(hung_up)?;
        let kept = self.fetcher.wait(self.ends, session.delete(&numbers))?;
        let gone: Vec<String> = done
            .into_iter()
            .filter(|(number, _)| !kept.contains(number))
            .filter_map(|(_, name)| name)
            .collect();
        self.round.deleted += (numbers.len() - kept.len()) as u64;
        kept.iter().for_each(|number| self.wait_with(*number));
        if self.inbox.server.protocol == Protocol::Pop3 {
            self.quitting.extend(gone);
            return Ok(());
        }
        fault::point("fetch.deleted");
        self.fetcher.post.providers.fetch_forget(self.id, gone)?;
        Ok(())
    }

    /// Everything that was listed has been dealt with.
    fn finish(&mut self, listing: &Listing, max: u64) -> Result<(), Trouble> {
        self.tell_of_left(max)?;
        let providers = &self.fetcher.post.providers;
        match self.inbox.server.protocol {
            Protocol::Imap => {
                let settled = match self.unsettled {
                    Some(first) => first.saturating_sub(1),
                    None => highest(listing, self.inbox.settled),
                };
                let same = listing.validity == self.inbox.validity;
                let settled = if same {
                    settled.max(self.inbox.settled)
                } else {
                    settled
                };
                if !same || settled != self.inbox.settled {
                    let progress = Progress {
                        validity: listing.validity,
                        settled,
                    };
                    providers.fetch_advance(self.id, progress)?;
                }
            }
            Protocol::Pop3 => {
                let names: HashSet<&str> = listing
                    .letters
                    .iter()
                    .filter_map(|l| l.name.as_deref())
                    .collect();
                providers.fetch_listed(self.id, &names, self.fetcher.post.clock.now().wall)?;
            }
        }
        self.quit()
    }

    fn quit(&mut self) -> Result<(), Trouble> {
        if !self.quitting.is_empty() {
            // What was marked there goes with the goodbye only.
            self.is_still_wanted()?;
        }
        let Some(session) = self.session.take() else {
            return Ok(());
        };
        let said = self.fetcher.wait(self.ends, session.quit());
        if self.quitting.is_empty() {
            // Nothing hangs on it.
            return match said {
                Err(Trouble::Stopping) => Err(Trouble::Stopping),
                _ => Ok(()),
            };
        }
        said?;
        fault::point("fetch.deleted");
        let gone = std::mem::take(&mut self.quitting);
        self.fetcher.post.providers.fetch_forget(self.id, gone)?;
        Ok(())
    }
}

fn note_of(letter: &Listed, state: State, digest: Option<[u8; 32]>) -> Option<Note> {
    Some(Note {
        name: letter.name.clone()?,
        state,
        size: letter.size,
        digest,
        mark: letter.mark,
    })
}

/// The UID up to which everything was listed.
fn highest(listing: &Listing, before: u32) -> u32 {
    let last = listing.letters.iter().map(|letter| letter.number).max();
    let last = last.unwrap_or(0).max(listing.next.saturating_sub(1));
    if listing.letters.is_empty() {
        last.max(before)
    } else {
        last
    }
}

/// The name under which the store keeps a fetched letter for its member: made of its bytes, because numbers at a provider
/// do not last, and the same mailbox may be fetched by another protocol one day.
pub(crate) fn unique_name(era: &str, digest: &[u8; 32]) -> UniqueName {
    match era {
        "" => UniqueName::of(&[b"fetched", digest]),
        era => UniqueName::of(&[b"fetched", digest, era.as_bytes()]),
    }
}

fn of_store(error: &store::Error) -> Trouble {
    match error {
        store::Error::OverQuota(member) => {
            journal::over_quota(member);
            Trouble::Full
        }
        store::Error::Full => {
            journal::disk_full("filing a fetched letter");
            Trouble::disk_full()
        }
        other => {
            journal::store_trouble(other);
            Trouble::Own(other.to_string())
        }
    }
}

fn nameless() -> Reason {
    Reason::new(
        Status(4, 5, 0),
        "the provider's server cannot tell letters apart (it has no UIDL, or no UIDVALIDITY), so none can stay there: try the other \
         protocol, or fetch everything and delete it there",
    )
}

fn hung_up() -> Trouble {
    FetchError::nonsense("has hung up").into()
}

fn stopping() -> Reason {
    Reason::new(Status(4, 3, 2), "the home is stopping")
}

fn reason_text(trouble: &Trouble) -> String {
    match trouble {
        Trouble::Login(why) | Trouble::Server(why) | Trouble::Letter(why) => why.text.clone(),
        Trouble::Full => "the mailbox here is full; its owner has to delete something".to_owned(),
        Trouble::Own(why) | Trouble::Account(why) => why.clone(),
        Trouble::SetUpAnew => {
            "it was set up otherwise meanwhile; it is looked at again at once".to_owned()
        }
        Trouble::Stopping => stopping().text,
    }
}

fn reason(trouble: Trouble) -> Reason {
    let text = reason_text(&trouble);
    match trouble {
        Trouble::Login(why) | Trouble::Server(why) | Trouble::Letter(why) => why,
        Trouble::Full => Reason::new(Status(4, 2, 2), text),
        Trouble::Own(_) | Trouble::SetUpAnew => Reason::new(Status(4, 3, 0), text),
        Trouble::Account(_) => Reason::new(Status(4, 7, 8), text),
        Trouble::Stopping => stopping(),
    }
}

#[cfg(test)]
#[path = "fetcher_tests.rs"]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
