//! Due rows go to their agent and are settled on its verdict.
//!
//! Other homes have an agent of their own, on the Tox thread ([`super::courier`]), and so have friends with chat programs
//! ([`super::chat`]). Every other destination is served by a
//! function that blocks (`Agent`): the due rows of the destination go to it, so many letters at the same time, and are
//! settled on the verdicts that it returns.
//!
//! # Rules
//! - The rows are the truth; what is on its way is known here in memory only. After a crash everything that waits is
//!   offered again, and the other home says "have it" for what it has.
//! - A peer that is not there costs nothing: the queue holds its rows until [`Outbound::ready`].
//! - Small letters and big ones have places of their own: a letter never waits for somebody's film.
//! - What was dropped by the link is offered again at the next `ready`; what the peer dropped itself, after a growing wait.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::{Notify, Semaphore, watch};

use super::chat::Chat;
use super::clerk::Clerk;
use super::courier::{Errand, Errands};
use super::hands::Hands;
use super::meter::{Meter, seconds_left};
use super::{Post, fallback, gateway, letter, local, lock, relay, report};
use crate::changes::{self, Moving};
use crate::durable::{Draft, fault};
use crate::journal;
use crate::mail::address::{self, PeerKey};
use crate::mail::header;
use crate::mail::verdict::{Reason, Status, Verdict};
use crate::queue::{self, Delivery, DeliveryId, Destination, EncodedFacts, Fallback, Falling};
use crate::transfer::content;
use crate::transfer::frame::{Offer, OfferedRecipient};
use crate::transfer::{Dropped, OfferError, RecipientStatus, Sent, TransferId};

/// Small letters on their way to one peer at the same time.
const MAX_SMALL_PER_PEER: usize = 48;
/// Big letters on their way to one peer at the same time: more would only make each slower.
const MAX_BIG_PER_PEER: usize = 4;
/// Big letters that are being encoded at the same time: each has a compressor with 8 MiB of memory.
const MAX_ENCODING: usize = 2;
/// Letters up to this size, in bytes as submitted, are small: they most probably travel in their offer.
const SMALL: u64 = letter::INLINE_BYTES - letter::HEAD_ALLOWANCE;
/// Rows looked at in one go.
const PAGE: usize = 64;
/// A look at the queue even when nobody rings.
const LONGEST_SLEEP: Duration = Duration::from_secs(300);
/// How often it is looked for letters that wait too long, and the clock is written down; more often only where the
/// settings are shorter than that.
const OVERDUE_EVERY: Duration = Duration::from_secs(120);
/// After trouble with the queue itself.
const TROUBLE: Duration = Duration::from_secs(5);
/// How soon it is looked again whether a provider takes letters that wait to fall back.
const WAY_BACK: Duration = Duration::from_secs(60);
const FIRST_REST: Duration = Duration::from_secs(1);
const LONGEST_REST: Duration = Duration::from_secs(300);

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
    chat: OnceLock<Arc<Chat>>,
    clerk: OnceLock<Arc<Clerk>>,
    pub(super) kick: Notify,
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

#[derive(Default)]
struct Peers {
    /// Who takes letters now.
    ready: HashSet<PeerKey>,
    on_their_way: HashMap<(PeerKey, TransferId), OnItsWay>,
    resting: HashMap<(PeerKey, TransferId), Rest>,
}

/// One letter between its offer and its receipt.
struct OnItsWay {
    delivery: Arc<Delivery>,
    since: Instant,
    big: bool,
    source: Option<Source>,
    sent: Arc<Sent>,
    total: u64,
    meter: Meter,
    _moving: Moving,
}

#[derive(Clone)]
enum Source {
    Memory(Bytes),
    File(Arc<File>),
}

/// A letter that can be offered.
struct Prepared {
    offer: Offer,
    source: Source,
    /// Its encoded form, where nobody has kept it yet.
    unkept: Option<(Draft, content::Encoded)>,
}

/// A letter that the peer itself has dropped.
struct Rest {
    delivery: DeliveryId,
    /// By the home's clock, since the machine's start.
    until: Duration,
    times: u32,
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
            post,
            errands,
            hands: hands.into(),
            peers: Mutex::default(),
            attempted: Mutex::default(),
            encoding: Arc::new(Semaphore::new(MAX_ENCODING)),
            // Whoever was not told before the last stop is told now.
            owed: AtomicBool::new(true),
            chat: OnceLock::new(),
            clerk: OnceLock::new(),
            kick: Notify::new(),
        }
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
            looked = report::look_for_overdue(&self.post, &mut expired);
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

    /// Letters that have waited long enough for another home go by ordinary mail where they still may; how long until the
    /// next. One whose provider does not take letters now stays where it is.
    pub(super) fn fall_back(&self) -> Result<Duration, queue::Error> {
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
                if !fallback::is_open(&self.post, fallback.account) {
                    sleep = sleep.min(WAY_BACK);
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

    fn attempt(
        self: Arc<Self>,
        attempt: fn(&Outbound, &Delivery) -> Vec<(usize, Verdict)>,
        delivery: Delivery,
    ) {
        let verdicts = letter::guarded(|| attempt(&self, &delivery))
            .unwrap_or_else(|verdict| letter::everybody(&delivery, &verdict));
        let settled = self.settle(&delivery, &verdicts);
        let hands = self.hands.clone();
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
        // Its row says that it is due: at once it would only fail again, round and round.
        hands.work_later(TROUBLE, done);
    }

    /// Offers what is due; how long until something has rested.
    pub(super) fn peer_round(self: &Arc<Self>) -> Result<Duration, queue::Error> {
        let now = self.post.clock.monotonic();
        let ready: Vec<PeerKey> = lock(&self.peers).ready.iter().copied().collect();
        for peer in ready {
            let (underway, small, big) = {
                let peers = lock(&self.peers);
                let on_their_way = peers
                    .on_their_way
                    .iter()
                    .filter(|((p, _), _)| *p == peer)
                    .map(|(_, letter)| letter);
                let (mut underway, mut small, mut big) = (HashSet::new(), 0, 0);
                for letter in on_their_way {
                    underway.insert(letter.delivery.id);
                    *if letter.big { &mut big } else { &mut small } += 1;
                }
                let resting = peers.resting.iter();
                let resting = resting.filter(|((p, _), rest)| *p == peer && rest.until > now);
                underway.extend(resting.map(|(_, rest)| rest.delivery));
                (underway, small, big)
            };
            // Looked for apart, so that many small ones do not hide the big ones, nor the other way round.
            let classes = [
                (false, 0..=SMALL, MAX_SMALL_PER_PEER, small),
                (true, SMALL + 1..=u64::MAX, MAX_BIG_PER_PEER, big),
            ];
            for (is_big, sizes, most, count) in classes {
                let room = most.saturating_sub(count);
                if room == 0 {
                    continue;
                }
                let queue = &self.post.queue;
                for delivery in queue.waiting_for(&peer, sizes, room, &underway)? {
                    self.start(peer, delivery, is_big);
                }
            }
        }
        let peers = lock(&self.peers);
        let rested = peers
            .resting
            .iter()
            .filter(|((peer, _), _)| peers.ready.contains(peer))
            .map(|(_, rest)| rest.until.saturating_sub(now))
            .filter(|wait| !wait.is_zero())
            .min();
        Ok(rested.unwrap_or(LONGEST_SLEEP))
    }

    fn start(self: &Arc<Self>, peer: PeerKey, delivery: Delivery, big: bool) {
        let delivery = Arc::new(delivery);
        let letter = OnItsWay {
            delivery: Arc::clone(&delivery),
            since: Instant::now(),
            big,
            source: None,
            sent: Arc::default(),
            total: 0,
            meter: Meter::new(Instant::now()),
            _moving: changes::moving(),
        };
        lock(&self.peers)
            .on_their_way
            .insert((peer, delivery.transfer), letter);
        let this = Arc::clone(self);
        if !big {
            self.hands.work(move || this.offer(peer, &delivery));
            return;
        }
        let places = Arc::clone(&self.encoding);
        self.hands
            .work_at(places, move || this.offer(peer, &delivery));
    }

    /// A peer takes letters now.
    pub fn ready(&self, peer: PeerKey) {
        {
            let mut peers = lock(&self.peers);
            peers.ready.insert(peer);
            journal::peers_online(peers.ready.len());
        }
        self.post.queue.release(&peer);
        self.kick.notify_one();
    }

    /// A peer takes nothing for now. What runs may still come to its end: short outages do not end a transfer.
    pub fn lost(&self, peer: PeerKey) {
        let mut peers = lock(&self.peers);
        peers.ready.remove(&peer);
        journal::peers_online(peers.ready.len());
        drop(peers);
        self.post.queue.hold(&peer);
    }

    /// A peer is no contact any more, and nothing of what ran with it is left.
    pub fn parted(&self, peer: PeerKey) {
        self.lost(peer);
        let mut peers = lock(&self.peers);
        peers.on_their_way.retain(|(p, _), _| *p != peer);
        peers.resting.retain(|(p, _), _| *p != peer);
        drop(peers);
        if let Some(chat) = self.chat.get() {
            chat.parted(peer);
        }
    }

    /// Deliveries that are on their way: to that peer, or to any.
    pub fn underway(&self, to: Option<&PeerKey>) -> Vec<DeliveryId> {
        let peers = lock(&self.peers);
        let letters = peers.on_their_way.iter();
        let these = letters.filter(|((peer, _), _)| to.is_none_or(|to| to == peer));
        these.map(|(_, letter)| letter.delivery.id).collect()
    }

    /// Whether a peer takes letters now.
    pub fn is_ready(&self, peer: &PeerKey) -> bool {
        lock(&self.peers).ready.contains(peer)
            || self.chat.get().is_some_and(|chat| chat.is_online(peer))
    }

    /// The link wants more bytes of a letter. Never blocks.
    pub fn want(self: &Arc<Self>, peer: PeerKey, id: TransferId, offset: u64, max: usize) {
        let source = {
            let peers = lock(&self.peers);
            let Some(letter) = peers.on_their_way.get(&(peer, id)) else {
                return;
            };
            letter.source.clone()
        };
        match source {
            Some(Source::Memory(bytes)) => {
                let from = usize::try_from(offset)
                    .unwrap_or(usize::MAX)
                    .min(bytes.len());
                let to = from.saturating_add(max).min(bytes.len());
                let bytes = bytes.slice(from..to);
                self.errands.send(Errand::Feed {
                    peer,
                    id,
                    offset,
                    bytes,
                });
            }
            Some(Source::File(file)) => {
                let this = Arc::clone(self);
                self.hands
                    .work(move || this.feed(peer, id, &file, offset, max));
            }
            None => {}
        }
    }

    fn feed(&self, peer: PeerKey, id: TransferId, file: &File, offset: u64, max: usize) {
        let mut block = vec![0; max];
        match letter::read_at_most(file, &mut block, offset) {
            Ok(length) if length > 0 => {
                block.truncate(length);
                fault::point("outbound.feed");
                self.errands.send(Errand::Feed {
                    peer,
                    id,
                    offset,
                    bytes: block.into(),
                });
            }
            outcome => {
                let error = outcome.err().unwrap_or_else(|| {
                    io::Error::new(
                        io::ErrorKind::UnexpectedEof,
                        "the encoded letter is cut off",
                    )
                });
                journal::disk_trouble("reading a letter on its way", &error);
                self.errands.send(Errand::Withdraw { peer, id });
                self.rest(peer, id);
            }
        }
    }

    /// What the peer said of a letter, recipient by recipient: its end. Never blocks.
    pub fn told(self: &Arc<Self>, peer: PeerKey, id: TransferId, told: Vec<RecipientStatus>) {
        let letter = {
            let peers = lock(&self.peers);
            let letter = peers.on_their_way.get(&(peer, id));
            letter.map(|l| (Arc::clone(&l.delivery), l.total, l.since))
        };
        let Some((delivery, total, since)) = letter else {
            return;
        };
        let this = Arc::clone(self);
        self.hands.work(move || {
            fault::point("outbound.receipt");
            if told.iter().any(|t| matches!(t, RecipientStatus::Stored)) {
                journal::receipt(&delivery.message, &peer, total, since.elapsed());
            }
            let verdicts: Vec<(usize, Verdict)> = delivery
                .recipients
                .iter()
                .zip(told)
                .map(|(recipient, told)| (recipient.index, letter::their_verdict(told)))
                .collect();
            this.end(peer, &delivery, &verdicts);
        });
    }

    /// A transfer ended without a receipt.
    pub fn dropped(&self, peer: PeerKey, id: TransferId, why: &Dropped) {
        match why {
            // The next Ready is when it is offered again.
            Dropped::LinkLost | Dropped::PeerRestarted => self.forget(peer, id),
            Dropped::Stopped | Dropped::Silent => self.rest(peer, id),
            Dropped::Breach(why) => {
                journal::breach(&peer, why);
                self.rest(peer, id);
            }
        }
    }

    /// The exchange did not take an offer. Never blocks.
    pub fn not_offered(self: &Arc<Self>, peer: PeerKey, id: TransferId, error: &OfferError) {
        let why = match error {
            OfferError::Running => return,
            OfferError::NotReady => {
                lock(&self.peers).ready.remove(&peer);
                return self.forget(peer, id);
            }
            OfferError::Full => return self.rest(peer, id),
            OfferError::TooLarge { max_message_bytes } => Reason::new(
                Status(5, 3, 4),
                format!("the other home takes letters of at most {max_message_bytes} bytes"),
            ),
            OfferError::Forbidden(error) => Reason::new(
                Status(5, 6, 0),
                format!("this letter cannot travel over Tox: {error}"),
            ),
        };
        let delivery = {
            let peers = lock(&self.peers);
            let letter = peers.on_their_way.get(&(peer, id));
            letter.map(|l| Arc::clone(&l.delivery))
        };
        let Some(delivery) = delivery else { return };
        let this = Arc::clone(self);
        self.hands.work(move || {
            let never = Verdict::Never { why };
            this.end(peer, &delivery, &letter::everybody(&delivery, &never));
        });
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
                self.settle_or_fail(&delivery, &letter::everybody(&delivery, &never))?;
                self.withdraw(&[delivery.id]);
            }
        }
        self.post.queue.hold(peer);
        Ok(())
    }

    fn forget(&self, peer: PeerKey, id: TransferId) {
        lock(&self.peers).on_their_way.remove(&(peer, id));
        self.kick.notify_one();
    }

    fn rest(&self, peer: PeerKey, id: TransferId) {
        let mut peers = lock(&self.peers);
        let Some(letter) = peers.on_their_way.remove(&(peer, id)) else {
            return;
        };
        let times = peers.resting.get(&(peer, id)).map_or(0, |r| r.times) + 1;
        let wait = FIRST_REST
            .saturating_mul(1 << times.min(10))
            .min(LONGEST_REST);
        let rest = Rest {
            delivery: letter.delivery.id,
            until: self.post.clock.monotonic() + wait,
            times,
        };
        peers.resting.insert((peer, id), rest);
        drop(peers);
        self.kick.notify_one();
    }

    /// The end of an attempt at another home.
    fn end(&self, peer: PeerKey, delivery: &Delivery, verdicts: &[(usize, Verdict)]) {
        if self.settle(delivery, verdicts) {
            lock(&self.peers).resting.remove(&(peer, delivery.transfer));
            self.forget(peer, delivery.transfer);
        } else {
            // Its row says that it is due: offered at once it would only come back at once, round and round.
            self.rest(peer, delivery.transfer);
        }
    }

    /// Whether the verdicts are on the disk. If not, the row stays as it was: the letter is tried again, and whoever has it
    /// says so.
    pub(super) fn settle(&self, delivery: &Delivery, verdicts: &[(usize, Verdict)]) -> bool {
        let settled = self.settle_or_fail(delivery, verdicts);
        settled.map_err(|e| journal::queue_trouble(&e)).is_ok()
    }

    fn settle_or_fail(
        &self,
        delivery: &Delivery,
        verdicts: &[(usize, Verdict)],
    ) -> Result<(), queue::Error> {
        let queue = &self.post.queue;
        let settled = if delivery.destination.knows_repetitions() {
            queue.settle(delivery.id, verdicts)
        } else {
            queue.settle_at_once(delivery.id, verdicts)
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

    /// Encodes one letter and hands its offer to the Tox thread.
    fn offer(&self, peer: PeerKey, delivery: &Delivery) {
        match letter::guarded(|| self.prepare(delivery)).and_then(|prepared| prepared) {
            Ok(Prepared {
                offer,
                source,
                unkept,
            }) => {
                let sent = {
                    let mut peers = lock(&self.peers);
                    let key = (peer, delivery.transfer);
                    let Some(letter) = peers.on_their_way.get_mut(&key) else {
                        return; // cancelled meanwhile
                    };
                    letter.total = offer.encoded_size;
                    letter.source = Some(source);
                    Arc::clone(&letter.sent)
                };
                journal::delivery_started(
                    &delivery.message,
                    &peer,
                    offer.recipients.len(),
                    offer.encoded_size,
                );
                fault::point("outbound.offered");
                self.errands.send(Errand::Offer { peer, offer, sent });
                if let Some((draft, encoded)) = unkept {
                    self.keep_encoded(delivery, draft, &encoded);
                }
            }
            Err(verdict) => {
                self.end(peer, delivery, &letter::everybody(delivery, &verdict));
            }
        }
    }

    fn prepare(&self, delivery: &Delivery) -> Result<Prepared, Verdict> {
        let disk = |e: io::Error| {
            journal::disk_trouble("preparing a letter", &e);
            letter::own_trouble(letter::disk_reason(&e))
        };
        if let Some(kept) = &delivery.encoded {
            let source = File::open(&kept.path).map_err(disk)?;
            let encoded = content::Encoded {
                content_size: kept.content_size,
                encoded_size: kept.size,
                digest: kept.digest,
                compressed: kept.compressed,
            };
            return Ok(Prepared {
                offer: self.offer_of(delivery, &encoded, None)?,
                source: Source::File(Arc::new(source)),
                unkept: None,
            });
        }
        let mut opened = letter::open(&self.post, delivery)?;
        let book = self
            .post
            .contacts
            .book(delivery.member.as_ref(), &opened.header)
            .map_err(|e| {
                journal::trouble("contacts", &e);
                letter::own_trouble(letter::out_of_order())
            })?;
        let stamp = letter::stamp(&self.post, delivery);
        let head = letter::with_empty_line(header::for_tox(&opened.header, &book, &stamp));
        let content_size = head.len() as u64 + opened.body_size;
        if content_size <= letter::INLINE_BYTES {
            let mut whole = head;
            let body = opened.body().map_err(disk)?;
            body.read_to_end(&mut whole).map_err(disk)?;
            let mut packed = Vec::with_capacity(whole.len());
            let encoded = match content::encode(&mut Cursor::new(&whole), &mut packed)
                .map_err(disk)?
            {
                Some(encoded) => encoded,
                None => {
                    packed.clear();
                    content::encode_plain(&mut Cursor::new(&whole), &mut packed).map_err(disk)?
                }
            };
            let bytes = Bytes::from(packed);
            return Ok(Prepared {
                offer: self.offer_of(delivery, &encoded, Some(bytes.clone()))?,
                source: Source::Memory(bytes),
                unkept: None,
            });
        }
        let queue = &self.post.queue;
        let full = |e: queue::Error| letter::queue_verdict(&e);
        let mut draft = queue.encoded_draft(content_size).map_err(full)?;
        let body = opened.body().map_err(disk)?;
        let made =
            content::encode(&mut Cursor::new(&head).chain(body), &mut draft).map_err(disk)?;
        let encoded = match made {
            Some(encoded) => encoded,
            None => {
                draft = queue.encoded_draft(content_size).map_err(full)?;
                let body = opened.body().map_err(disk)?;
                let mut whole = Cursor::new(&head).chain(body);
                content::encode_plain(&mut whole, &mut draft).map_err(disk)?
            }
        };
        // Read through a handle of its own: the letter leaves while its encoded form is still on its way to the disk.
        let source = File::open(draft.path()).map_err(disk)?;
        let offer = self.offer_of(delivery, &encoded, None)?;
        Ok(Prepared {
            offer,
            source: Source::File(Arc::new(source)),
            unkept: Some((draft, encoded)),
        })
    }

    /// Makes the encoded form last, so that the letter resumes after a restart. Where that fails the letter that is on its way
    /// goes on, and a restart encodes it again; where another agent was first, a restart sends that one's form. The other home
    /// goes on with what it has only for the same digest and size.
    fn keep_encoded(&self, delivery: &Delivery, draft: Draft, encoded: &content::Encoded) {
        let facts = EncodedFacts {
            content_size: encoded.content_size,
            digest: encoded.digest,
            compressed: encoded.compressed,
        };
        match self.post.queue.keep_encoded(delivery.message, draft, facts) {
            Ok(_) => fault::point("outbound.encoded"),
            // Delivered already, and so gone from the queue.
            Err(queue::Error::Unknown) => {}
            Err(e) => journal::queue_trouble(&e),
        }
    }

    fn offer_of(
        &self,
        delivery: &Delivery,
        encoded: &content::Encoded,
        inline: Option<Bytes>,
    ) -> Result<Offer, Verdict> {
        Ok(Offer {
            id: delivery.transfer,
            content_size: encoded.content_size,
            encoded_size: encoded.encoded_size,
            digest: encoded.digest,
            compressed: encoded.compressed,
            sender: self.sender_there(delivery)?,
            recipients: delivery
                .recipients
                .iter()
                .map(|waiting| OfferedRecipient {
                    local: waiting.there.clone(),
                    notify: waiting.recipient.notify,
                })
                .collect(),
            body: delivery.envelope.body,
            smtputf8: delivery.envelope.smtputf8,
            ret: delivery.envelope.ret,
            envelope_id: delivery.envelope.envelope_id.clone(),
            inline,
        })
    }

    /// The envelope sender as the other home knows it: the writer's canonical address.
    fn sender_there(&self, delivery: &Delivery) -> Result<String, Verdict> {
        if delivery.sender.is_empty() {
            return Ok(String::new());
        }
        let member = delivery.member.as_ref();
        match self.post.contacts.canonical_of(&delivery.sender, member) {
            Ok(Some(canonical)) => Ok(canonical),
            Ok(None) => Ok(address::canonical(
                member.map(|m| m.as_str()),
                &self.post.ourselves,
            )),
            Err(e) => {
                journal::trouble("contacts", &e);
                Err(letter::own_trouble(letter::out_of_order()))
            }
        }
    }
}
