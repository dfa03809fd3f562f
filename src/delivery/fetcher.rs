//! The agent of the ordinary route inwards: fetches the mailboxes of members at their providers.
//!
//! A *round* is one look at one mailbox: log in, list ([`crate::fetch`]), decide ([`crate::fetch::plan`]), and letter by letter
//! read, file ([`crate::store`]), note ([`crate::providers::fetch`]), delete there. What becomes of a header section is told in
//! [`crate::mail::fetched`]; the body's bytes are the provider's. Here: who is looked at when, and what is told of trouble; `visit`: one
//! look, letter by letter.
//!
//! # Rules
//! - **Order.** Read (`fetch.read`), filed and durable (`store.*`, `fetch.filed`), noted (`fetch.noted`), and only then deleted
//!   there (`fetch.deleted`), and the note forgotten. A kill between any two loses nothing: what was not noted is read again,
//!   and the store knows its digest; what was noted and not deleted is deleted in the next round without being read.
//! - One round a mailbox at a time; rounds of different mailboxes do not wait for each other.
//! - Trouble is tried again after a while that doubles, up to an hour. After a refused login it begins with a quarter of an
//!   hour and ends with six: providers lock out whoever knocks too often.
//! - The member hears once, by mail, what only they can mend: at once of a refused login and of a full mailbox here, of a
//!   server that does not work, or does not hand out a letter, after a day. It begins anew when it has worked again, but the same
//!   is said once a day at most: a provider whose trouble changes with every round fills nobody's mailbox.
//! - A letter that is too large for this home stays there, and that is told once, in one mail a round. So does one whose header
//!   section is too long.
//! - A letter that the server does not hand out waits for the next round; the others come, and as often as always. Where it
//!   refuses `REFUSALS` of them one after the other the round ends, and it is the server that does not work; in the next one these are
//!   asked for last, so that those behind them come.
//! - Before anything is deleted there it is looked whether the member still wants that.
//! - A letter for which the member's mailbox has no room waits at the provider, and the round goes on with the others; this
//!   home's full disk ends it.
//!
//! # Known limits
//! A kill between a notice and the row that says so brings the notice again. A round takes two hours at most and goes on in
//! the next. A provider that gives other bytes each time, of a letter that was read and not noted, makes a second copy.

mod visit;

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
use crate::fetch::plan::{After, Since, names_needed};
use crate::fetch::spool::Spool;
use crate::fetch::{self, Access, Error as FetchError, Listing, Resume, Session};
use crate::journal;
use crate::mail::fetched;
use crate::mail::verdict::{Reason, Status};
use crate::notices::{self, AnswerTo, FetchNews, Occasion};
use crate::providers;
use crate::providers::fetch::{FetchId, Inbox, Kind};
use crate::queue::{self, AccountId, Submitted};
use crate::store::{self, Filed, UniqueName};
use visit::{REFUSALS, Visit};

/// For all of a login that a person waits for.
const TEST: Duration = Duration::from_secs(45);
/// How long somebody waits for a round: the operator's command gives up after two minutes.
const PATIENCE: Duration = Duration::from_secs(90);
/// Longest round.
const ROUND: Duration = Duration::from_secs(2 * 3600);
/// First and last wait after trouble.
const SOON: Duration = Duration::from_secs(60);
const LATE: Duration = Duration::from_secs(3600);
/// First and last wait after a refused login.
const REST: Duration = providers::REST;
const LONG_REST: Duration = Duration::from_secs(6 * 3600);
/// A server that does not work for so long, in seconds, is told to the member.
const TELL_AFTER: i64 = 24 * 3600;
/// The same trouble is told once in this time.
const TELL_AGAIN: Duration = Duration::from_secs(24 * 3600);
/// Letters that are remembered as not handed out, of each mailbox.
const MAX_REFUSED: usize = 10_000;
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
    /// When which trouble of each was told last, by the clock that only runs.
    told: HashMap<(FetchId, Kind), Duration>,
    /// Letters of each that the server did not hand out, by their names there; and how many of them were asked for again so far.
    refused: HashMap<FetchId, (HashSet<String>, usize)>,
    /// Somebody starts rounds.
    open: bool,
}

impl Schedule {
    fn failures(&self, id: FetchId) -> u32 {
        self.due.get(&id).map_or(0, |(_, failures)| *failures)
    }

    fn was_told(&self, id: FetchId, kind: Kind, now: Duration) -> bool {
        let last = self.told.get(&(id, kind));
        last.is_some_and(|last| now.saturating_sub(*last) < TELL_AGAIN)
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
        schedule.told.retain(|(id, _), _| known.contains(id));
        schedule.refused.retain(|id, _| known.contains(id));
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

    /// Letters that were not handed out in this run and lie there still, by their names, and with which of them a round begins: the few
    /// that each asks for are others each time.
    fn refused(&self, id: FetchId, listing: &Listing) -> (HashSet<String>, usize) {
        let mut schedule = lock(&self.schedule);
        let Some((names, turn)) = schedule.refused.get_mut(&id) else {
            return Default::default();
        };
        let listed = listing.letters.iter().filter_map(|l| l.name.as_deref());
        let listed: HashSet<&str> = listed.collect();
        names.retain(|name| listed.contains(name.as_str()));
        let begins = *turn;
        *turn = turn.wrapping_add(REFUSALS as usize);
        (names.clone(), begins)
    }

    /// One was not handed out, or was.
    fn note_refusal(&self, id: FetchId, name: &str, refused: bool) {
        let mut schedule = lock(&self.schedule);
        let (names, _) = schedule.refused.entry(id).or_default();
        if refused && names.len() < MAX_REFUSED {
            names.insert(name.to_owned());
        } else if !refused {
            names.remove(name);
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
            let running = self.post.clock.monotonic();
            if !due || kept.told || lock(&self.schedule).was_told(id, kind, running) {
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
                // Their mailbox here has no room for it: told later, if it lasts.
                Ok(Submitted::Needless) => Ok(()),
                Ok(_) => {
                    lock(&self.schedule).told.insert((id, kind), running);
                    self.post.providers.fetch_told(id)
                }
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
    ) -> Result<Submitted, queue::Error> {
        let write = |language| notices::fetch_news(language, news);
        let occasion = Occasion::Itself;
        let answer_to = AnswerTo::Postmaster;
        let submitted = ways::send(&self.post, member, answer_to, occasion, write, Vec::new())?;
        if let Submitted::Queued(_) = submitted {
            journal::notified(member, "fetching", &"their mailbox at the provider");
        }
        Ok(submitted)
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
        let (refused_before, refused_from) = self.refused(id, &listing);
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
            refused_before,
            refused_from,
            refused_again: 0,
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

    /// Whether a letter that was filed before is still in one of its member's mailboxes.
    fn lies_here(&self, inbox: &Inbox, digest: &[u8; 32]) -> Result<bool, Trouble> {
        let era = self.post.providers.fetch_era()?;
        let unique = unique_name(&era, digest);
        let store = &self.post.store;
        store
            .lies_here(&inbox.member, &unique)
            .map_err(|e| of_store(&e))
    }
}

/// A server that hands out nothing for a letter that it says has something in it.
fn empty() -> Reason {
    Reason::new(
        Status(4, 5, 0),
        "the provider's server lists a letter and hands out nothing for it",
    )
}

enum FiledHow {
    New,
    Already,
    HeaderTooLong,
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
