//! Due rows go to their agent and are settled on its verdict.
//!
//! Other homes have an agent of their own, on the Tox thread ([`super::courier`]), and so have friends with chat programs
//! ([`super::chat`]). Every other destination is served by a
//! function that blocks (`Agent`): the due rows of the destination go to it, so many letters at the same time, and are
//! settled on the verdicts that it returns.
//!
//! Here: the rounds over what is due, and those agents. `peers`: letters on their way to other homes; `travelling`: the form in which
//! they go.
//!
//! # Rules
//! - The rows are the truth; what is on its way is known here in memory only. After a crash everything that waits is
//!   offered again, and the other home says "have it" for what it has.
//! - A peer that is not there costs nothing: the queue holds its rows until [`Outbound::ready`].
//! - Small letters and big ones have places of their own: a letter never waits for somebody's film.
//! - Whoever does not know a letter again is not given it again for a fault of ours: its verdicts are kept until they are written.
//! - What was dropped by the link is offered again at the next `ready`; what the peer dropped itself, after a growing wait.

mod peers;
mod travelling;

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, Semaphore, watch};

use super::chat::Chat;
use super::clerk::Clerk;
use super::courier::{Errand, Errands};
use super::hands::Hands;
use super::meter::seconds_left;
use super::{Post, fallback, gateway, letter, local, lock, relay, report};
use crate::clock::Stamp;
use crate::database::Haste;
use crate::durable::fault;
use crate::journal;
use crate::mail::address::PeerKey;
use crate::mail::verdict::{Reason, Status, Verdict};
use crate::queue::{self, AccountId, Delivery, DeliveryId, Destination, Fallback, Falling, GiveUp};
use peers::Peers;

/// Big letters that are being encoded at the same time: each has a compressor with 8 MiB of memory.
const MAX_ENCODING: usize = 2;
/// Rows looked at in one go.
const PAGE: usize = 64;
/// A look at the queue even when nobody rings.
const LONGEST_SLEEP: Duration = Duration::from_secs(300);
/// How often it is looked for letters that wait too long, and the clock is written down; more often only where the
/// settings are shorter than that.
const OVERDUE_EVERY: Duration = Duration::from_secs(120);
/// After trouble with the queue itself.
const TROUBLE: Duration = Duration::from_secs(5);
/// How long this home is on the network until everybody who is there, too, has been met.
const SETTLED: Duration = Duration::from_secs(600);
/// What letters that are too old have after a start, or over several.
const CHANCE: Duration = Duration::from_secs(1800);
/// Since when they have had it over several starts, and for how long the home ran since: `boot:ms:ran_ms`.
const CHANCE_SINCE: &str = "queue.chance";
/// How soon it is looked again whether a letter that has waited long enough may fall back.
const WAY_BACK: Duration = Duration::from_secs(60);
/// How often a provider is asked whether this home's line works, while nothing of Tox comes through it.
const ASK_AGAIN: Duration = Duration::from_secs(300);

/// What is due goes to its agent.
pub struct Outbound {
    post: Arc<Post>,
    errands: Errands,
    hands: Hands,
    peers: Mutex<Peers>,
    /// What the agents that block have in work.
    attempted: Mutex<HashMap<Destination, HashSet<DeliveryId>>>,
    encoding: Arc<Semaphore>,
    owed: AtomicBool,
    /// Of the machine's monotonic time, this run's beginning, and since when this home is on the network.
    began: Duration,
    /// How much of this run is in what is kept as [`CHANCE_SINCE`].
    counted: Mutex<Duration>,
    on_network: Mutex<Option<Duration>>,
    lines: Mutex<HashMap<AccountId, Line>>,
    chat: OnceLock<Arc<Chat>>,
    clerk: OnceLock<Arc<Clerk>>,
    pub(super) kick: Notify,
}

/// What is kept as [`CHANCE_SINCE`].
fn chance(text: &str) -> Option<(Stamp, Duration)> {
    let mut numbers = text.split(':').map(|number| number.parse().ok());
    let (boot, ms, ran) = (numbers.next()??, numbers.next()??, numbers.next()??);
    let since = Stamp { boot, ms, wall: 0 };
    Some((since, Duration::from_millis(u64::try_from(ran).ok()?)))
}

/// What a provider says of this home's line while Tox is not reached, of the machine's monotonic time.
#[derive(Default)]
struct Line {
    /// When it was asked last.
    asked: Option<Duration>,
    /// It is being asked.
    asking: bool,
    /// Since when it has answered each time.
    works: Option<Duration>,
}

/// How one kind of destination is served.
struct Agent {
    /// One attempt: every recipient of the delivery who is still waiting gets a verdict. It blocks.
    attempt: fn(&Outbound, &Delivery) -> Vec<(usize, Verdict)>,
    /// Attempts at the same time, for each destination.
    most: usize,
}

impl Agent {
    /// `None` for another home, and for a friend with a chat program.
    fn of(destination: &Destination) -> Option<Self> {
        match destination {
            Destination::Local => Some(Self {
                attempt: |outbound, delivery| local::attempt(&outbound.post, delivery),
                // Enough that they share fsyncs.
                most: 8,
            }),
            Destination::Answer => Some(Self {
                attempt: |outbound, delivery| match outbound.clerk.get() {
                    Some(clerk) => clerk.attempt(delivery),
                    None => {
                        letter::everybody(delivery, &letter::own_trouble(letter::out_of_order()))
                    }
                },
                // One after the other: they are few, and two may answer the same question.
                most: 1,
            }),
            Destination::Relay(_) => Some(Self {
                attempt: |outbound, delivery| match delivery.destination {
                    Destination::Relay(account) => {
                        relay::attempt(&outbound.post, outbound.runtime(), account, delivery)
                    }
                    _ => Vec::new(),
                },
                // Providers count connections, and a home's uplink is soon full.
                most: 2,
            }),
            Destination::Gateway => Some(Self {
                attempt: |outbound, delivery| gateway::attempt(&outbound.post, delivery),
                most: gateway::MOST,
            }),
            Destination::Tox(_) | Destination::Chat(_) => None,
        }
    }
}

/// How far a letter is, for the people who wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is counted.
    pub unit: Unit,
    /// How much has gone: bytes handed to the link; of a chat program, parts that it has.
    pub sent: u64,
    /// How much there is; 0 when that is not known.
    pub total: u64,
    /// Bytes a second, smoothed.
    pub per_second: Option<u64>,
    /// Seconds until all has gone at this speed.
    pub seconds_left: Option<u64>,
    /// How long it is on its way; `None` when that is not known.
    pub lasts: Option<Duration>,
}

/// What the progress of a letter is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Bytes of the form in which it travels.
    Bytes,
    /// Texts and files, for a chat program.
    Parts,
}

impl Outbound {
    /// A scheduler; it does nothing until [`run`](Self::run).
    pub fn new(post: Arc<Post>, errands: Errands, hands: impl Into<Hands>) -> Self {
        Self {
            errands,
            hands: hands.into(),
            peers: Mutex::default(),
            attempted: Mutex::default(),
            encoding: Arc::new(Semaphore::new(MAX_ENCODING)),
            // Whoever was not told before the last stop is told now.
            owed: AtomicBool::new(true),
            began: post.clock.monotonic(),
            counted: Mutex::default(),
            on_network: Mutex::default(),
            lines: Mutex::default(),
            post,
            chat: OnceLock::new(),
            clerk: OnceLock::new(),
            kick: Notify::new(),
        }
    }

    /// Whether this home itself is on the Tox network.
    pub fn on_network(&self, online: bool) {
        let mut since = lock(&self.on_network);
        *since = match online {
            true => Some(since.unwrap_or_else(|| self.post.clock.monotonic())),
            false => None,
        };
        drop(since);
        if online {
            lock(&self.lines).clear();
        }
    }

    /// How long it has been there; zero while it is not.
    fn on_network_for(&self) -> Duration {
        let since = *lock(&self.on_network);
        since.map_or(Duration::ZERO, |since| {
            self.post.clock.monotonic().saturating_sub(since)
        })
    }

    /// Who hears answers. Until then they wait.
    pub fn connect(&self, clerk: Arc<Clerk>) {
        let _ = self.clerk.set(clerk);
    }

    /// Where the agents' own waiting is done.
    pub fn runtime(&self) -> &tokio::runtime::Handle {
        self.hands.runtime()
    }

    /// From now on there is an agent for friends with chat programs.
    pub(super) fn attach(&self, chat: Arc<Chat>) {
        let _ = self.chat.set(chat);
    }

    /// Moves what is due until `stop` says so.
    pub async fn run(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        let changed = self.post.queue.changed();
        let mut looked: Option<Instant> = None;
        loop {
            let until_look = looked.map_or(Duration::ZERO, |at| {
                self.overdue_every().saturating_sub(at.elapsed())
            });
            let look = until_look.is_zero();
            if look {
                looked = Some(Instant::now());
            }
            let until_look = if look {
                self.overdue_every()
            } else {
                until_look
            };
            let this = Arc::clone(&self);
            let round = self
                .runtime()
                .spawn_blocking(move || this.round(look))
                .await;
            let sleep = round.unwrap_or(TROUBLE).min(LONGEST_SLEEP).min(until_look);
            tokio::select! {
                () = changed.notified() => {}
                () = self.kick.notified() => {}
                () = tokio::time::sleep(sleep) => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
    }

    fn overdue_every(&self) -> Duration {
        let settings = self.post.settings();
        let shortest = settings.delay_notice_after.min(settings.expire_after);
        (shortest / 4).clamp(Duration::from_secs(1), OVERDUE_EVERY)
    }

    /// The settings have changed: what is due is looked at with the new ones.
    pub fn reconsider(&self) {
        self.kick.notify_one();
    }

    /// One look at the queue; how long nothing will be due.
    pub(super) fn round(self: &Arc<Self>, look_for_overdue: bool) -> Duration {
        match self.try_round(look_for_overdue) {
            Ok(sleep) => sleep,
            Err(e) => {
                journal::queue_trouble(&e);
                TROUBLE
            }
        }
    }

    fn try_round(self: &Arc<Self>, look_for_overdue: bool) -> Result<Duration, queue::Error> {
        let falls = self.fall_back()?;
        self.agent_round()?;
        if let Some(chat) = self.chat.get() {
            chat.round()?;
        }
        let rested = self.peer_round()?;
        let mut looked = Ok(());
        if look_for_overdue {
            let mut expired = Vec::new();
            // Trouble with this keeps nobody from hearing of what has ended.
            let overdue_for = self.had_their_chance();
            let spared = lock(&self.attempted).values().flatten().copied().collect();
            looked = overdue_for.and_then(|overdue_for| {
                let give_up = overdue_for.map(|overdue_for| GiveUp {
                    spared: &spared,
                    overdue_for,
                });
                report::look_for_overdue(&self.post, give_up, &mut expired)
            });
            if !expired.is_empty() {
                journal::expired(expired.len(), self.post.settings().expire_after);
                self.withdraw(&expired);
            }
            let counts = self.post.queue.counts()?;
            journal::queue_size(counts.messages, counts.bytes);
        }
        if self.owed.swap(false, Ordering::Relaxed) {
            match report::tell(&self.post) {
                Ok(more) => self.owed.store(more, Ordering::Relaxed),
                Err(e) => {
                    self.owed.store(true, Ordering::Relaxed);
                    return Err(e);
                }
            }
        }
        looked?;
        let due = self.post.queue.next_due()?.unwrap_or(LONGEST_SLEEP);
        let again = if self.owed.load(Ordering::Relaxed) {
            Duration::ZERO
        } else {
            LONGEST_SLEEP
        };
        Ok(due.min(rested).min(again).min(falls))
    }

    /// Which letters that are too old had time for others to come and for what is due to be tried: those that have been too old for so
    /// long (`None`: none). All, once this run has lasted long enough: a home that was off for longer than letters may wait gives nothing up
    /// before. Of a home that is never on for so long the time adds up over its starts.
    fn had_their_chance(&self) -> Result<Option<Duration>, queue::Error> {
        let (post, settings) = (&self.post, self.post.settings());
        let database = post.contacts.database();
        let least = (settings.expire_after / 64).min(CHANCE);
        let lasted = post.clock.monotonic().saturating_sub(self.began);
        let kept = database.setting(CHANCE_SINCE)?;
        if lasted >= least {
            if kept.is_some() {
                database.set_setting(CHANCE_SINCE, None)?;
            }
            return Ok(Some(Duration::ZERO));
        }
        let counted = std::mem::replace(&mut *lock(&self.counted), lasted);
        if !post.queue.has_older(settings.expire_after)? {
            if kept.is_some() {
                database.set_setting(CHANCE_SINCE, None)?;
            }
            return Ok(None);
        }
        let (since, ran) = match kept.as_deref().and_then(chance) {
            Some((since, ran)) => (since, ran + lasted.saturating_sub(counted)),
            None => (post.clock.now(), Duration::ZERO),
        };
        // Nothing at the beginning of a run, whatever there was before: who was away has not been tried yet.
        if ran >= least && lasted >= least / 10 {
            database.set_setting(CHANCE_SINCE, None)?;
            return Ok(Some(post.clock.age(since)));
        }
        let text = format!("{}:{}:{}", since.boot, since.ms, ran.as_millis());
        database.set_setting(CHANCE_SINCE, Some(&text))?;
        Ok(None)
    }

    /// Letters that have waited long enough for another home go by ordinary mail where they still may; how long until the
    /// next. One whose provider does not take letters now stays where it is. So does one whose home may have been there all the time,
    /// for we were not: until we are on the network for a while; or it has waited twice as long as it had to, and our line lets
    /// nothing of Tox through though it works.
    pub(super) fn fall_back(self: &Arc<Self>) -> Result<Duration, queue::Error> {
        let (falling, mut next) = self.post.queue.falling()?;
        let (mut ready, mut decided, mut sleep) = (Vec::new(), Vec::new(), LONGEST_SLEEP);
        for one in falling {
            let Ok(now) = self.fallback_now(&one) else {
                sleep = sleep.min(TROUBLE);
                continue;
            };
            if let Some(fallback) = &now
                && Some(fallback.after) <= one.after
            {
                let settled = fallback.after.min(SETTLED);
                let unsettled = settled.saturating_sub(self.on_network_for());
                if !fallback::is_open(&self.post, fallback.account) {
                    sleep = sleep.min(WAY_BACK);
                    continue;
                }
                let long = one.waited >= fallback.after.saturating_mul(2);
                let may = unsettled.is_zero()
                    || long && self.only_tox_is_missing(fallback.account, settled);
                if !may {
                    sleep = sleep.min(unsettled).min(WAY_BACK);
                    continue;
                }
                ready.push(one.clone());
            }
            decided.push((one, now));
        }
        if !decided.is_empty() {
            self.post.queue.decide_fallbacks(decided)?;
            next = self.post.queue.falling()?.1;
        }
        if !ready.is_empty() {
            let deliveries: Vec<DeliveryId> = ready.iter().map(|f| f.delivery).collect();
            // First taken back, so that no second copy leaves from here; then moved.
            self.withdraw(&deliveries);
            let moved = self.post.queue.fall_back(ready)?;
            journal::fell_back(moved);
        }
        Ok(next.unwrap_or(LONGEST_SLEEP).min(sleep))
    }

    /// Whether nothing of Tox comes through our line although it works: the writer's provider takes our login for as long as others
    /// have to come once we are on the network. How long a letter has waited says nothing of that, for the box may have been off.
    fn only_tox_is_missing(self: &Arc<Self>, account: AccountId, settled: Duration) -> bool {
        let again = ASK_AGAIN.min(settled / 2);
        let now = self.post.clock.monotonic();
        let ago = |then: Duration| now.saturating_sub(then);
        if lock(&self.on_network).is_some() {
            return false; // it comes through; the others get time to come
        }
        let mut lines = lock(&self.lines);
        let line = lines.entry(account).or_default();
        if line.asked.is_none_or(|asked| ago(asked) >= again) && !line.asking {
            // What was answered long ago says nothing of now.
            if line.asked.is_some_and(|asked| ago(asked) >= 2 * ASK_AGAIN) {
                line.works = None;
            }
            (line.asked, line.asking) = (Some(now), true);
            let this = Arc::clone(self);
            self.hands.work(move || {
                let answers =
                    letter::guarded(|| relay::answers(&this.post, this.runtime(), account));
                this.line_works(account, answers.unwrap_or(false));
            });
        }
        line.works.is_some_and(|since| ago(since) >= settled)
    }

    /// Whether that provider answers.
    pub(super) fn line_works(&self, account: AccountId, works: bool) {
        let now = self.post.clock.monotonic();
        let mut lines = lock(&self.lines);
        let line = lines.entry(account).or_default();
        line.asking = false;
        line.works = works.then(|| line.works.unwrap_or(now));
    }

    /// What holds now for somebody who waits; an error is in the log.
    fn fallback_now(&self, one: &Falling) -> Result<Option<Fallback>, fallback::Error> {
        let Some(member) = &one.member else {
            return Ok(None);
        };
        let to = fallback::To {
            key: &one.peer,
            there: &one.there,
            recipient: one.recipient,
            written: &one.written,
        };
        let found = fallback::of(&self.post, member, &to);
        found.inspect_err(|e| journal::trouble("fallback", e))
    }

    /// A contact may fall back now that could not, or a writer has a provider: it holds for what waits already, too. Blocks.
    ///
    /// # Errors
    /// The queue.
    pub fn reconsider_fallbacks(&self) -> Result<(), queue::Error> {
        let mut decided = Vec::new();
        for one in self.post.queue.waiting_elsewhere()? {
            if let Ok(now) = self.fallback_now(&one)
                && now.as_ref().map(|fallback| fallback.after) != one.after
            {
                decided.push((one, now));
            }
        }
        if !decided.is_empty() {
            self.post.queue.decide_fallbacks(decided)?;
            self.kick.notify_one();
        }
        Ok(())
    }

    /// What is due for the agents that block.
    pub(super) fn agent_round(self: &Arc<Self>) -> Result<(), queue::Error> {
        for destination in self.post.queue.destinations_waiting()? {
            let Some(Agent { attempt, most }) = Agent::of(&destination) else {
                continue;
            };
            let attempted = lock(&self.attempted);
            let underway = attempted.get(&destination).cloned().unwrap_or_default();
            drop(attempted);
            let room = most.saturating_sub(underway.len());
            if room == 0 {
                continue; // the end of one kicks
            }
            for delivery in self.post.queue.due(&destination, room, &underway)? {
                let mut attempted = lock(&self.attempted);
                attempted
                    .entry(destination)
                    .or_default()
                    .insert(delivery.id);
                drop(attempted);
                let this = Arc::clone(self);
                self.hands.work(move || this.attempt(attempt, delivery));
            }
        }
        Ok(())
    }

    pub(super) fn attempt(
        self: Arc<Self>,
        attempt: fn(&Outbound, &Delivery) -> Vec<(usize, Verdict)>,
        delivery: Delivery,
    ) {
        let verdicts = letter::guarded(|| attempt(&self, &delivery))
            .unwrap_or_else(|verdict| letter::everybody(&delivery, &verdict));
        self.bring(delivery, verdicts);
    }

    /// Brings the verdicts of an attempt. Where they cannot be written down, the row still says that it is due: tried again at once it
    /// would only fail again, round and round. And whoever does not know a letter again would get a copy each time: there nothing is
    /// tried again, the verdicts are brought again until they are written.
    fn bring(self: Arc<Self>, delivery: Delivery, verdicts: Vec<(usize, Verdict)>) {
        let settled = self.settle(&delivery, &verdicts);
        let hands = self.hands.clone();
        if !settled && !delivery.destination.knows_repetitions() {
            return hands.work_later(TROUBLE, move || self.bring(delivery, verdicts));
        }
        let done = move || {
            let mut attempted = lock(&self.attempted);
            if let Some(underway) = attempted.get_mut(&delivery.destination) {
                underway.remove(&delivery.id);
                if underway.is_empty() {
                    attempted.remove(&delivery.destination);
                }
            }
            drop(attempted);
            self.kick.notify_one();
        };
        if settled {
            return done();
        }
        hands.work_later(TROUBLE, done);
    }

    /// How far everything is that is on its way.
    pub fn progress(&self) -> HashMap<DeliveryId, Progress> {
        let mut all = HashMap::new();
        for id in lock(&self.attempted).values().flatten() {
            // An agent that blocks tells nothing before the end.
            let progress = Progress {
                unit: Unit::Bytes,
                sent: 0,
                total: 0,
                per_second: None,
                seconds_left: None,
                lasts: None,
            };
            all.insert(*id, progress);
        }
        let going = self.chat.get().map(|chat| chat.going());
        for (id, sent, total, since) in going.into_iter().flatten() {
            let progress = Progress {
                unit: Unit::Parts,
                sent,
                total,
                per_second: None,
                seconds_left: None,
                lasts: Some(since.elapsed()),
            };
            all.insert(id, progress);
        }
        let now = Instant::now();
        for letter in lock(&self.peers).on_their_way.values_mut() {
            let per_second = letter.meter.look(now, &letter.sent);
            let (_, sent) = letter.sent.range();
            let left = letter.total.saturating_sub(sent);
            let progress = Progress {
                unit: Unit::Bytes,
                sent,
                total: letter.total,
                per_second,
                seconds_left: seconds_left(left, per_second),
                lasts: Some(now.saturating_duration_since(letter.since)),
            };
            all.insert(letter.delivery.id, progress);
        }
        all
    }

    /// Deliveries that were cancelled or have expired are taken back from the link.
    pub fn withdraw(&self, deliveries: &[DeliveryId]) {
        let mut peers = lock(&self.peers);
        peers.on_their_way.retain(|(peer, id), letter| {
            let gone = deliveries.contains(&letter.delivery.id);
            if gone {
                let (peer, id) = (*peer, *id);
                self.errands.send(Errand::Withdraw { peer, id });
            }
            !gone
        });
        peers
            .resting
            .retain(|_, rest| !deliveries.contains(&rest.delivery));
        drop(peers);
        if let Some(chat) = self.chat.get() {
            chat.withdraw(deliveries);
        }
        self.owed.store(true, Ordering::Relaxed);
        self.kick.notify_one();
    }

    /// A peer is no contact any more: what waits for it goes back to its writers. Blocks.
    ///
    /// # Errors
    /// Those of the queue.
    pub fn abandon(&self, peer: &PeerKey) -> Result<(), queue::Error> {
        let text = "this contact was removed or blocked here, so the letter was not sent";
        // "Unable to route": a status of its own, because no word of the other home's can help.
        let why = Reason::new(Status(5, 4, 4), text);
        self.post.queue.release(peer);
        let none = HashSet::new();
        loop {
            let queue = &self.post.queue;
            let mut waiting = queue.waiting_for(peer, queue::ANY_SIZE, PAGE, &none)?;
            waiting.extend(queue.due(&Destination::Chat(*peer), PAGE, &none)?);
            if waiting.is_empty() {
                break;
            }
            for delivery in waiting {
                let never = Verdict::Never { why: why.clone() };
                // Many may wait, and nobody else writes meanwhile whose fsync they could share.
                self.settle_or_fail(&delivery, &letter::everybody(&delivery, &never), Haste::Now)?;
                self.withdraw(&[delivery.id]);
            }
        }
        self.post.queue.hold(peer);
        Ok(())
    }

    /// Whether the verdicts are on the disk. If not, the row stays as it was: the letter is tried again, and whoever has it
    /// says so.
    pub(super) fn settle(&self, delivery: &Delivery, verdicts: &[(usize, Verdict)]) -> bool {
        let haste = match delivery.destination.knows_repetitions() {
            true => Haste::Leisure,
            false => Haste::Now,
        };
        let settled = self.settle_or_fail(delivery, verdicts, haste);
        settled.map_err(|e| journal::queue_trouble(&e)).is_ok()
    }

    fn settle_or_fail(
        &self,
        delivery: &Delivery,
        verdicts: &[(usize, Verdict)],
        haste: Haste,
    ) -> Result<(), queue::Error> {
        let queue = &self.post.queue;
        let settled = match haste {
            Haste::Leisure => queue.settle(delivery.id, verdicts),
            Haste::Now => queue.settle_at_once(delivery.id, verdicts),
        }?;
        fault::point("outbound.settled");
        let route = delivery.destination.kind();
        for (index, verdict) in verdicts {
            let recipient = delivery.recipients.iter().find(|r| r.index == *index);
            let recipient = match delivery.destination {
                // Whoever has the one-time address of a question that is open could answer it.
                Destination::Answer => "the home's question",
                _ => recipient.map_or("", |r| r.recipient.address.as_str()),
            };
            journal::settled(&delivery.message, route, recipient, verdict);
        }
        if settled.owed {
            self.owed.store(true, Ordering::Relaxed);
            self.kick.notify_one();
        }
        Ok(())
    }
}
