//! Letters on their way to other homes, by the courier's word: offered while the home is there, fed as fast as it takes them, settled
//! on its receipt.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::travelling::{Prepared, Source};
use super::{LONGEST_SLEEP, Outbound};
use crate::changes::{self, Moving};
use crate::delivery::courier::Errand;
use crate::delivery::meter::Meter;
use crate::delivery::{letter, lock};
use crate::durable::fault;
use crate::journal;
use crate::mail::address::PeerKey;
use crate::mail::verdict::{Reason, Status, Verdict};
use crate::queue::{self, Delivery, DeliveryId};
use crate::transfer::{Dropped, OfferError, RecipientStatus, Sent, TransferId};

/// Small letters on their way to one peer at the same time.
const MAX_SMALL_PER_PEER: usize = 48;
/// Big letters on their way to one peer at the same time: more would only make each slower.
const MAX_BIG_PER_PEER: usize = 4;
/// Letters up to this size, in bytes as submitted, are small: they most probably travel in their offer.
const SMALL: u64 = letter::INLINE_BYTES - letter::HEAD_ALLOWANCE;
const FIRST_REST: Duration = Duration::from_secs(1);
const LONGEST_REST: Duration = Duration::from_secs(300);

#[derive(Default)]
pub(super) struct Peers {
    /// Who takes letters now.
    pub(super) ready: HashSet<PeerKey>,
    pub(super) on_their_way: HashMap<(PeerKey, TransferId), OnItsWay>,
    pub(super) resting: HashMap<(PeerKey, TransferId), Rest>,
}

/// One letter between its offer and its receipt.
pub(super) struct OnItsWay {
    pub(super) delivery: Arc<Delivery>,
    pub(super) since: Instant,
    pub(super) big: bool,
    pub(super) source: Option<Source>,
    pub(super) sent: Arc<Sent>,
    pub(super) total: u64,
    pub(super) meter: Meter,
    pub(super) _moving: Moving,
}

/// A letter that the peer itself has dropped.
pub(super) struct Rest {
    pub(super) delivery: DeliveryId,
    /// By the home's clock, since the machine's start.
    pub(super) until: Duration,
    pub(super) times: u32,
}

impl Outbound {
    /// Offers what is due; how long until something has rested.
    pub(in crate::delivery) fn peer_round(self: &Arc<Self>) -> Result<Duration, queue::Error> {
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
        // Said of an earlier offer, to more people: some of them have gone another way since, and this letter is offered anew.
        if told.len() != delivery.recipients.len() {
            return;
        }
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
}
