//! For tests: two homes and the network between them, on a virtual clock.
//!
//! Each home is an [`Exchange`] and a model of the shell around it: what it wants to send, what lies on its disk. The disk
//! survives a restart, the exchange does not.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::time::{Duration, Instant};

use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::*;
use crate::mail::envelope::{Body, Notify, Return};
use crate::mail::verdict::{Reason, Status};

/// Random numbers that repeat themselves.
#[derive(Clone)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub fn below(&mut self, n: u64) -> u64 {
        self.roll() % n.max(1)
    }

    pub fn chance(&mut self, p: f64) -> bool {
        (self.roll() >> 11) as f64 / (1u64 << 53) as f64 <= p && p > 0.0
    }

    pub fn bytes(&mut self, n: usize) -> Vec<u8> {
        (0..n.div_ceil(8))
            .flat_map(|_| self.roll().to_le_bytes())
            .take(n)
            .collect()
    }
}

/// One direction of the network.
#[derive(Clone, Debug)]
pub struct Path {
    pub bits_per_second: f64,
    pub delay: Duration,
    /// The rate goes by steps, each for 100 ms to 2 s, to any between this one and the one above, as a telephone's does.
    pub lowest: f64,
    /// The router's queue, as the time until a packet has left it.
    pub queue: Duration,
    pub loss: f64,
    /// Packets that are lost one after the other at full rate, on average; 1: each by itself.
    pub run: f64,
    /// The time until the medium is free again, on average, as of Wi-Fi: what waits for it then goes together, and in order. One time in
    /// fifty it takes ten times as long. Zero: it is always free.
    pub medium: Duration,
    pub reorder: f64,
    pub duplicate: f64,
    /// Nothing lossy gets through at all.
    pub deaf: bool,
}

impl Path {
    /// A round trip of `rtt`, half of it in this direction, and a queue of 100 ms.
    pub fn new(megabits: f64, rtt: Duration, loss: f64) -> Self {
        Self {
            bits_per_second: megabits * 1e6,
            lowest: megabits * 1e6,
            delay: rtt / 2,
            queue: Duration::from_millis(100),
            loss,
            run: 1.0,
            medium: Duration::ZERO,
            reorder: 0.0,
            duplicate: 0.0,
            deaf: false,
        }
    }
}

/// One message on its way out, on the disk of its home.
pub struct Outbound {
    pub offer: Offer,
    pub content: Bytes,
    /// What came back.
    pub told: Option<Vec<RecipientStatus>>,
    pub finished_at: Option<Instant>,
}

impl Outbound {
    fn settle(&mut self, now: Instant, told: Vec<RecipientStatus>) {
        match &self.told {
            // It was offered again at a `Ready` that stood in the queue of events before its receipt.
            Some(earlier) => assert!(*earlier == told, "{earlier:?}, then {told:?}"),
            None => {
                self.told = Some(told);
                self.finished_at = Some(now);
            }
        }
    }
}

/// One message on its way in.
pub struct Inbound {
    pub offer: Offer,
    pub partial: Vec<u8>,
    pub delivered: u32,
    pub delivered_at: Option<Instant>,
    /// Bytes that came as `Data`, repetitions included.
    pub moved: u64,
    /// Bytes that a restart took from the disk again.
    pub forgotten: u64,
}

/// What the disk of a home is busy with; a restart forgets it.
enum Chore {
    Answer(TransferId),
    Wrote(TransferId, u64),
    File(TransferId),
    Receipt(TransferId, Vec<RecipientStatus>),
}

/// One file transfer of toxcore that carries a pipe of ours.
struct OutFile {
    flowing: bool,
    position: u64,
    size: u64,
    under_way: u32,
}

/// What a home's disk says to a letter.
fn judge(id: &TransferId) -> Verdict {
    match id[0] % 16 {
        0 => Verdict::Refuse,
        1 => Verdict::GiveUp,
        _ => Verdict::Take,
    }
}

#[derive(PartialEq, Eq)]
enum Verdict {
    Take,
    Refuse,
    /// Accepted, and given up half-way.
    GiveUp,
}

pub fn never() -> Vec<RecipientStatus> {
    vec![RecipientStatus::Never {
        why: Reason::new(Status(5, 2, 2), "no room"),
    }]
}

pub struct Home {
    pub exchange: Exchange,
    pub ready: bool,
    pub out: BTreeMap<TransferId, Outbound>,
    pub inn: BTreeMap<TransferId, Inbound>,
    pub events: Vec<String>,
    pub breaches: u32,
    pub interrupted: u32,
    pub dropped: u32,
    pub directory: Option<Directory>,
    /// Deaf disk: nothing is ever written.
    pub stuck: bool,
    /// Some letters are refused, some given up half-way, by their id.
    pub choosy: bool,
    /// How long the disk takes at most for anything.
    pub slow: Duration,
    pub online: bool,
    pub used_pipes: bool,
    pub ready_count: u32,
    pub incompatible: u32,
    chores: Vec<(Instant, Chore)>,
    files: BTreeMap<u32, OutFile>,
    paused: BTreeSet<u32>,
    dice: Dice,
    retry: bool,
    settings: Settings,
    side: Side,
}

enum Parcel {
    Lossy(Vec<u8>),
    Lossless(Vec<u8>),
    Open {
        pipe: u32,
        size: u64,
    },
    Chunk {
        pipe: u32,
        position: u64,
        bytes: Bytes,
        last: bool,
    },
    /// toxcore's own acknowledgement of a chunk.
    Taken {
        pipe: u32,
    },
    /// What the reader of a pipe says to its writer.
    Control {
        pipe: u32,
        stands: Pipe,
    },
    /// The writer of a pipe has cancelled it.
    Closed {
        pipe: u32,
    },
    /// An acknowledgement, or the news of a loss, for a flow of somebody else.
    Rival {
        flow: usize,
        sent: Instant,
        arrived: bool,
    },
}

struct Post {
    at: Instant,
    number: u64,
    to: usize,
    session: u64,
    parcel: Parcel,
}

impl PartialEq for Post {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}
impl Eq for Post {}
impl PartialOrd for Post {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Post {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}

pub struct World {
    pub now: Instant,
    pub start: Instant,
    pub homes: [Home; 2],
    /// `paths[n]` leads to home `n`.
    pub paths: [Path; 2],
    pub dice: Dice,
    /// Packets lost to a full queue.
    pub overflowed: u64,
    pub datagrams: u64,
    /// The longest time a packet spent in the queue to each home.
    pub longest_queue: [Duration; 2],
    /// The sum of these times, and of how many packets.
    pub queued: [(Duration, u32); 2],
    /// Bytes that left for each home in lossy packets and pipes.
    pub sent: [u64; 2],
    /// Flows of other people on the way to home 1.
    pub rivals: Vec<Rival>,
    pub relayed: bool,
    free_at: [Instant; 2],
    /// The rate of each path from each instant on.
    rates: [Vec<(Instant, f64)>; 2],
    /// What the paths do by themselves is the same whatever is sent.
    nature: [Dice; 2],
    medium_at: [Instant; 2],
    /// Whether a run of losses goes on, and until when that stays so.
    losing: [(bool, Instant); 2],
    lossless_at: [Instant; 2],
    post: BinaryHeap<Reverse<Post>>,
    number: u64,
    session: u64,
    tick: Instant,
}

pub fn credentials() -> Credentials {
    use std::sync::OnceLock;
    static ONCE: OnceLock<Credentials> = OnceLock::new();
    ONCE.get_or_init(|| Credentials::new().unwrap()).clone()
}

pub fn settings(number: u64) -> Settings {
    let mut nonce = [0; 16];
    nonce[..8].copy_from_slice(&number.to_le_bytes());
    let mut settings = Settings::new(nonce, credentials());
    settings.seed = Some([number as u8; 32]);
    settings
}

impl Home {
    pub fn new(now: Instant, side: Side, settings: Settings) -> Self {
        Self {
            exchange: Exchange::new(now, side, settings.clone()),
            ready: false,
            out: BTreeMap::new(),
            inn: BTreeMap::new(),
            events: Vec::new(),
            breaches: 0,
            interrupted: 0,
            dropped: 0,
            directory: None,
            stuck: false,
            choosy: false,
            slow: Duration::ZERO,
            online: false,
            used_pipes: false,
            ready_count: 0,
            incompatible: 0,
            chores: Vec::new(),
            files: BTreeMap::new(),
            paused: BTreeSet::new(),
            dice: Dice::new(u64::from(side.ours[0])),
            retry: false,
            settings,
            side,
        }
    }

    /// A message that waits to go out.
    pub fn write(&mut self, now: Instant, id: TransferId, content: Bytes) {
        let size = content.len();
        let offer = Offer {
            id,
            content_size: size as u64,
            encoded_size: size as u64,
            digest: Sha256::digest(&content).into(),
            compressed: false,
            sender: "anna@a.tox".into(),
            recipients: vec![OfferedRecipient {
                local: "bert".into(),
                notify: Notify::default(),
            }],
            body: Body::SevenBit,
            smtputf8: false,
            ret: Return::Unspecified,
            envelope_id: None,
            inline: (size <= frame::MAX_INLINE_BYTES).then(|| content.clone()),
        };
        let outbound = Outbound {
            offer,
            content,
            told: None,
            finished_at: None,
        };
        self.out.insert(id, outbound);
        if self.ready {
            self.offer_all(now);
        }
    }

    /// Offers what has no verdict yet.
    pub fn offer_all(&mut self, now: Instant) {
        self.retry = false;
        for outbound in self.out.values().filter(|o| o.told.is_none()) {
            match self.exchange.offer(now, outbound.offer.clone()) {
                Ok(()) | Err(OfferError::Running) => {}
                Err(OfferError::Full) => self.retry = true,
                Err(OfferError::NotReady) => return,
                Err(error) => panic!("{error}"),
            }
        }
    }

    fn later(&mut self, now: Instant, chore: Chore) {
        let slow = self.slow.as_micros() as u64;
        let at = now + Duration::from_micros(self.dice.below(slow + 1));
        // The disk does one thing after the other.
        let at = self.chores.last().map_or(at, |(last, _)| at.max(*last));
        self.chores.push((at, chore));
    }

    pub fn next_chore(&self) -> Option<Instant> {
        self.chores.first().map(|(at, _)| *at)
    }

    /// The disk does what is due. True when there was something.
    pub(super) fn work(&mut self, now: Instant) -> bool {
        let mut any = false;
        while self.next_chore().is_some_and(|at| at <= now) {
            any = true;
            let (_, chore) = self.chores.remove(0);
            match chore {
                Chore::Answer(id) => {
                    let Some(inbound) = self.inn.get(&id) else {
                        continue;
                    };
                    let answer = if inbound.delivered > 0 {
                        Answer::Have(vec![
                            RecipientStatus::Stored;
                            inbound.offer.recipients.len()
                        ])
                    } else if self.choosy && judge(&id) == Verdict::Refuse {
                        Answer::Refuse(never())
                    } else {
                        Answer::Accept {
                            offset: inbound.partial.len() as u64,
                        }
                    };
                    self.exchange.answer(now, id, answer);
                }
                Chore::Wrote(id, upto) => {
                    let half = self
                        .inn
                        .get(&id)
                        .is_some_and(|i| i.partial.len() as u64 >= i.offer.encoded_size / 2);
                    if self.choosy && half && judge(&id) == Verdict::GiveUp {
                        self.exchange.receipt(now, id, never());
                    } else {
                        self.exchange.wrote(now, id, upto);
                    }
                }
                Chore::File(id) => {
                    let Some(inbound) = self.inn.get_mut(&id) else {
                        continue;
                    };
                    let offer = &inbound.offer;
                    let declared = content::Encoded {
                        content_size: offer.content_size,
                        encoded_size: offer.encoded_size,
                        digest: offer.digest,
                        compressed: offer.compressed,
                    };
                    let right = content::Reader::new(inbound.partial.as_slice(), declared)
                        .and_then(|mut reader| std::io::copy(&mut reader, &mut std::io::sink()));
                    let told = match right {
                        Ok(_) if self.choosy && judge(&id) == Verdict::GiveUp => never(),
                        Ok(_) => {
                            // The store knows what it has.
                            inbound.delivered = 1;
                            inbound.delivered_at = Some(now);
                            vec![RecipientStatus::Stored; offer.recipients.len()]
                        }
                        Err(error) => {
                            self.events.push(error.to_string());
                            inbound.partial.clear();
                            never()
                        }
                    };
                    self.later(now, Chore::Receipt(id, told));
                }
                Chore::Receipt(id, told) => {
                    if !self.stuck {
                        self.exchange.receipt(now, id, told);
                    }
                }
            }
        }
        any
    }

    pub(super) fn shell(&mut self, now: Instant, event: Event) {
        match event {
            Event::Ready { .. } => {
                self.ready = true;
                self.ready_count += 1;
                self.offer_all(now);
            }
            Event::Lost => self.ready = false,
            Event::Want { id, offset, max } => {
                let content = &self.out[&id].content;
                let from = offset as usize;
                let to = content.len().min(from + max);
                let bytes = content.slice(from..to);
                self.exchange.feed(now, id, offset, bytes);
            }
            Event::Answered { id, answer } => {
                let outbound = self.out.get_mut(&id).unwrap();
                match answer {
                    Answered::Accepted { .. } => {}
                    Answered::Had(told) | Answered::Refused(told) => {
                        outbound.settle(now, told);
                        self.retry = true;
                    }
                }
            }
            Event::Receipt { id, told } => {
                let outbound = self.out.get_mut(&id).unwrap();
                outbound.settle(now, told);
                self.offer_all(now);
            }
            Event::Dropped { .. } => {
                self.dropped += 1;
                self.retry = true;
            }
            Event::Offered { id, offer } => {
                assert!(offer.inline.is_none());
                let inbound = self.inn.entry(id).or_insert_with(|| Inbound {
                    offer,
                    partial: Vec::new(),
                    delivered: 0,
                    delivered_at: None,
                    moved: 0,
                    forgotten: 0,
                });
                assert!(inbound.partial.len() as u64 <= inbound.offer.encoded_size);
                self.later(now, Chore::Answer(id));
            }
            Event::Data { id, offset, bytes } => {
                let inbound = self.inn.get_mut(&id).unwrap();
                assert_eq!(offset, inbound.partial.len() as u64);
                inbound.partial.extend_from_slice(&bytes);
                inbound.moved += bytes.len() as u64;
                let upto = inbound.partial.len() as u64;
                if !self.stuck {
                    self.later(now, Chore::Wrote(id, upto));
                }
            }
            Event::Complete { id } => {
                let inbound = &self.inn[&id];
                assert_eq!(inbound.partial.len() as u64, inbound.offer.encoded_size);
                self.later(now, Chore::File(id));
            }
            Event::Interrupted { id } => {
                self.interrupted += 1;
                assert!(self.inn.contains_key(&id));
            }
            Event::Withdrawn { id } => {
                // What the store has stays.
                if self.inn.get(&id).is_some_and(|i| i.delivered == 0) {
                    self.inn.remove(&id);
                }
            }
            Event::Breach { why, .. } => {
                self.breaches += 1;
                self.events.push(why.to_owned());
            }
            Event::Directory(directory) => self.directory = Some(directory),
            Event::Double | Event::SeenDouble => {}
            Event::Incompatible { .. } => self.incompatible += 1,
        }
    }
}

impl World {
    pub fn new(seed: u64, path: Path) -> Self {
        Self::tuned(seed, path, congestion::Tuning::default())
    }

    /// Where both homes' controllers go by other constants.
    pub fn tuned(seed: u64, path: Path, tuning: congestion::Tuning) -> Self {
        let now = Instant::now();
        let side = |a: u8, b: u8| Side {
            ours: [a; 32],
            theirs: [b; 32],
        };
        let tuned = |number| {
            let mut settings = settings(number);
            settings.controller = Controller::Delay(tuning);
            settings
        };
        Self {
            now,
            start: now,
            homes: [
                Home::new(now, side(1, 2), tuned(1)),
                Home::new(now, side(2, 1), tuned(2)),
            ],
            paths: [path.clone(), path],
            dice: Dice::new(seed),
            overflowed: 0,
            datagrams: 0,
            longest_queue: [Duration::ZERO; 2],
            queued: [(Duration::ZERO, 0); 2],
            sent: [0; 2],
            rivals: Vec::new(),
            relayed: false,
            free_at: [now; 2],
            rates: [Vec::new(), Vec::new()],
            nature: [0, 1].map(|n| Dice::new(seed ^ (0x00ad << n))),
            medium_at: [now; 2],
            losing: [(false, now); 2],
            lossless_at: [now; 2],
            post: BinaryHeap::new(),
            number: 0,
            session: 0,
            tick: now,
        }
    }

    pub fn elapsed(&self) -> Duration {
        self.now - self.start
    }

    /// A message of this many bytes from home `from`; small ones lie at hand.
    pub fn write(&mut self, from: usize, size: usize) -> TransferId {
        let id: TransferId = self.dice.bytes(16).try_into().unwrap();
        let content = Bytes::from(self.dice.bytes(size));
        self.homes[from].write(self.now, id, content);
        id
    }

    pub fn online(&mut self, home: usize) {
        let path = if self.relayed {
            PathKind::TcpRelay
        } else {
            PathKind::Udp
        };
        self.homes[home].online = true;
        self.homes[home].exchange.handle_online(self.now, path);
    }

    pub fn offline(&mut self, home: usize) {
        self.homes[home].online = false;
        self.homes[home].files.clear();
        self.homes[home].paused.clear();
        self.homes[home].exchange.handle_offline(self.now);
    }

    /// Both homes see each other, in a new session of Tox.
    pub fn meet(&mut self) {
        self.session += 1;
        self.online(0);
        self.online(1);
    }

    /// Both homes stop seeing each other.
    pub fn part(&mut self) {
        self.session += 1;
        self.offline(0);
        self.offline(1);
    }

    /// Home `home`'s process is killed and starts again, offline; the last bytes that came may be lost with it.
    pub fn restart(&mut self, home: usize) {
        self.session += 1;
        self.number += 1;
        let lost = self.dice.below(3000) as usize;
        let home = &mut self.homes[home];
        home.settings = settings(1000 + self.number);
        home.exchange = Exchange::new(self.now, home.side, home.settings.clone());
        home.ready = false;
        home.online = false;
        home.retry = false;
        home.chores.clear();
        home.files.clear();
        home.paused.clear();
        for inbound in home.inn.values_mut().filter(|i| i.delivered == 0) {
            let keep = inbound.partial.len().saturating_sub(lost);
            inbound.forgotten += (inbound.partial.len() - keep) as u64;
            inbound.partial.truncate(keep);
        }
    }

    /// The writer takes a message back.
    pub fn withdraw(&mut self, from: usize, id: TransferId) {
        self.settle();
        let home = &mut self.homes[from];
        let Some(outbound) = home.out.get_mut(&id).filter(|o| o.told.is_none()) else {
            return;
        };
        outbound.told = Some(Vec::new());
        home.exchange.withdraw(self.now, id);
    }

    /// Forgets what was measured.
    pub fn measure(&mut self) {
        self.longest_queue = [Duration::ZERO; 2];
        self.queued = [(Duration::ZERO, 0); 2];
        self.sent = [0; 2];
        self.datagrams = 0;
        self.overflowed = 0;
        for rival in &mut self.rivals {
            rival.carried = 0;
        }
    }

    /// How long a packet to this home stood in the queue, on average.
    pub fn mean_queue(&self, home: usize) -> Duration {
        let (sum, count) = self.queued[home];
        sum / count.max(1)
    }

    /// Puts a packet of `bytes` on the way to home `to`: when it leaves the queue, unless that is full.
    fn enqueue(&mut self, to: usize, bytes: usize) -> Option<Instant> {
        let starts = self.free_at[to].max(self.now);
        let waits = starts - self.now;
        if waits > self.paths[to].queue {
            self.overflowed += 1;
            return None;
        }
        // UDP, IP and Tox around it.
        let mut bits = (bytes + 60) as f64 * 8.0;
        let mut gone = starts;
        loop {
            let (rate, until) = self.rate(to, gone);
            let fits = (until - gone).as_secs_f64() * rate;
            if fits >= bits {
                gone += Duration::from_secs_f64(bits / rate);
                break;
            }
            bits -= fits;
            gone = until;
        }
        self.free_at[to] = gone;
        Some(gone)
    }

    /// The rate to home `to` at this instant, in bits a second, and until when it stays.
    fn rate(&mut self, to: usize, at: Instant) -> (f64, Instant) {
        let path = &self.paths[to];
        if path.lowest >= path.bits_per_second {
            return (path.bits_per_second, at + Duration::from_secs(3600));
        }
        let (rates, nature) = (&mut self.rates[to], &mut self.nature[to]);
        if rates.is_empty() {
            rates.push((self.start, path.bits_per_second));
        }
        while let Some((last, _)) = rates.last().filter(|(from, _)| *from <= at) {
            let next = *last + Duration::from_millis(100 + nature.below(1900));
            let more = (path.bits_per_second - path.lowest) * nature.below(1001) as f64 / 1e3;
            rates.push((next, path.lowest + more));
        }
        let later = rates.iter().rposition(|(from, _)| *from <= at).unwrap() + 1;
        (rates[later - 1].1, rates[later].0)
    }

    /// The bits that the path to home `to` could carry from one instant to another.
    pub fn capacity(&mut self, to: usize, mut from: Instant, until: Instant) -> f64 {
        let mut bits = 0.0;
        while from < until {
            let (rate, stays) = self.rate(to, from);
            bits += rate * (stays.min(until) - from).as_secs_f64();
            from = stays.min(until);
        }
        bits
    }

    /// Whether a packet to home `to` that leaves the queue at this instant is lost on its way.
    fn loses(&mut self, to: usize, gone: Instant) -> bool {
        let path = &self.paths[to];
        if path.run <= 1.0 {
            return self.dice.chance(path.loss);
        }
        // Times in which everything is lost come and go, whatever is sent.
        let lasts = path.run * 1433.0 * 8e6 / path.bits_per_second;
        let (losing, changes_at) = &mut self.losing[to];
        while *changes_at <= gone {
            *losing = !*losing;
            let mean = match *losing {
                true => lasts,
                false => lasts * (1.0 - path.loss) / path.loss,
            };
            *changes_at += Duration::from_micros(self.nature[to].below(2 * mean as u64));
        }
        *losing
    }

    /// When a packet that has left the queue at this instant comes to home `to`.
    fn arrives(&mut self, to: usize, gone: Instant) -> Instant {
        let (medium, delay) = (
            self.paths[to].medium.as_micros() as u64,
            self.paths[to].delay,
        );
        if medium == 0 {
            return gone + delay;
        }
        let nature = &mut self.nature[to];
        while self.medium_at[to] < gone {
            let long = if nature.below(50) == 0 { 10 } else { 1 };
            let wait = nature.below(2 * medium * long);
            self.medium_at[to] += Duration::from_micros(wait);
        }
        self.medium_at[to] + delay
    }

    fn post(&mut self, at: Instant, to: usize, parcel: Parcel) {
        self.number += 1;
        self.post.push(Reverse(Post {
            at,
            number: self.number,
            to,
            session: self.session,
            parcel,
        }));
    }

    fn pump_rivals(&mut self) {
        for flow in 0..self.rivals.len() {
            while self.rivals[flow].in_flight + RIVAL_PACKET <= self.rivals[flow].window() {
                self.rivals[flow].in_flight += RIVAL_PACKET;
                let (sent, delay) = (self.now, self.paths[1].delay);
                let gone = self.enqueue(1, RIVAL_PACKET as usize);
                let arrived = gone.is_some_and(|gone| !self.loses(1, gone));
                // A loss is known a little after the packets behind it were acknowledged.
                let gone = gone.unwrap_or(sent + self.paths[1].queue);
                let at = self.arrives(1, gone) + delay;
                let parcel = Parcel::Rival {
                    flow,
                    sent,
                    arrived,
                };
                self.post(at, 1, parcel);
            }
        }
    }

    fn send(&mut self, from: usize, parcel: Parcel) {
        let to = 1 - from;
        let path = self.paths[to].clone();
        let now = self.now;
        match parcel {
            Parcel::Lossy(packet) => {
                assert!(packet.len() <= 1373 && packet[0] == 200);
                self.datagrams += 1;
                self.sent[to] += packet.len() as u64;
                let waits = self.free_at[to].max(now) - now;
                let Some(gone) = self.enqueue(to, packet.len()) else {
                    return;
                };
                self.longest_queue[to] = self.longest_queue[to].max(waits);
                self.queued[to].0 += waits;
                self.queued[to].1 += 1;
                if path.deaf || self.loses(to, gone) {
                    return;
                }
                let mut at = self.arrives(to, gone);
                if self.dice.chance(path.reorder) {
                    at += Duration::from_micros(self.dice.below(30_000));
                }
                if self.dice.chance(path.duplicate) {
                    self.post(at + path.delay, to, Parcel::Lossy(packet.clone()));
                }
                self.post(at, to, Parcel::Lossy(packet));
            }
            reliable => {
                match &reliable {
                    Parcel::Lossless(packet) => {
                        assert!(packet.len() <= 1373 && (160..192).contains(&packet[0]));
                    }
                    Parcel::Chunk { bytes, .. } => self.sent[to] += bytes.len() as u64,
                    _ => {}
                }
                let at = self.lossless_at[to].max(now + path.delay);
                self.lossless_at[to] = at;
                self.post(at, to, reliable);
            }
        }
    }

    /// What the shell does with pipes. True when there was something to do.
    fn drain_pipes(&mut self, me: usize) -> bool {
        let now = self.now;
        let mut parcels = Vec::new();
        let home = &mut self.homes[me];
        while let Some(act) = home.exchange.poll_pipe() {
            home.used_pipes = true;
            match act {
                PipeAct::Open { pipe, size } => {
                    let file = OutFile {
                        flowing: false,
                        position: 0,
                        size,
                        under_way: 0,
                    };
                    home.files.insert(pipe, file);
                    parcels.push(Parcel::Open { pipe, size });
                }
                PipeAct::Cancel { pipe } => {
                    if home.files.remove(&pipe).is_some() {
                        parcels.push(Parcel::Closed { pipe });
                    }
                }
            }
        }
        for pipe in home.paused.clone() {
            let stands = home.exchange.pipe_state(pipe);
            if stands != Pipe::Paused {
                home.paused.remove(&pipe);
                parcels.push(Parcel::Control { pipe, stands });
            }
        }
        for (&pipe, file) in &mut home.files {
            while file.flowing && file.position < file.size && file.under_way < CHUNKS {
                let length = (file.size - file.position).min(1371) as usize;
                let position = file.position;
                let Some(bytes) = home.exchange.pipe_chunk(now, pipe, position, length) else {
                    break;
                };
                assert_eq!(bytes.len(), length);
                file.position += length as u64;
                file.under_way += 1;
                let last = file.position == file.size;
                parcels.push(Parcel::Chunk {
                    pipe,
                    position,
                    bytes,
                    last,
                });
            }
        }
        home.files.retain(|_, f| f.position < f.size);
        let any = !parcels.is_empty();
        for parcel in parcels {
            if self.homes[me].online {
                self.send(me, parcel);
            }
        }
        any
    }

    /// What comes to home `to`.
    fn arrive(&mut self, to: usize, parcel: Parcel) {
        let now = self.now;
        let home = &mut self.homes[to];
        let mut reply = None;
        let mut stands = |home: &mut Home, pipe, stands| {
            if stands == Pipe::Paused {
                home.paused.insert(pipe);
            }
            reply = Some(Parcel::Control { pipe, stands });
        };
        match parcel {
            Parcel::Lossy(packet) => home.exchange.handle_datagram(now, &packet),
            Parcel::Lossless(packet) => home.exchange.handle_packet(now, &packet),
            Parcel::Open { pipe, size } => {
                let pipe_stands = home.exchange.handle_pipe_open(now, pipe, size);
                stands(home, pipe, pipe_stands);
            }
            Parcel::Chunk {
                pipe,
                position,
                bytes,
                last,
            } => {
                let pipe_stands = home.exchange.handle_pipe_bytes(now, pipe, position, &bytes);
                if pipe_stands != Pipe::Flowing && !home.paused.contains(&pipe) {
                    stands(home, pipe, pipe_stands);
                }
                if last {
                    home.paused.remove(&pipe);
                    home.exchange.handle_pipe_closed(now, pipe);
                }
                self.send(to, Parcel::Taken { pipe });
            }
            Parcel::Taken { pipe } => {
                if let Some(file) = home.files.get_mut(&pipe) {
                    file.under_way -= 1;
                }
            }
            Parcel::Control { pipe, stands } => {
                if let Some(file) = home.files.get_mut(&pipe) {
                    file.flowing = stands == Pipe::Flowing;
                    if stands == Pipe::Refused {
                        home.files.remove(&pipe);
                        home.exchange.pipe_broken(now, pipe);
                    }
                }
            }
            Parcel::Closed { pipe } => {
                home.paused.remove(&pipe);
                home.exchange.handle_pipe_closed(now, pipe);
            }
            Parcel::Rival { .. } => {}
        }
        if let Some(parcel) = reply {
            self.send(to, parcel);
        }
    }

    /// Lets both homes say and do what they have to at this instant.
    pub fn settle(&mut self) {
        self.pump_rivals();
        for me in [0, 1] {
            for turn in 0.. {
                assert!(turn < 100_000, "home {me} does not come to rest");
                let mut quiet = true;
                while let Some(packet) = self.homes[me].exchange.poll_packet() {
                    quiet = false;
                    if self.homes[me].online {
                        self.send(me, Parcel::Lossless(packet));
                    }
                }
                while let Some(packet) = self.homes[me].exchange.poll_datagram(self.now) {
                    quiet = false;
                    if self.homes[me].online {
                        self.send(me, Parcel::Lossy(packet));
                    }
                }
                while let Some(event) = self.homes[me].exchange.poll_event() {
                    quiet = false;
                    let now = self.now;
                    self.homes[me].shell(now, event);
                }
                quiet &= !self.drain_pipes(me);
                let now = self.now;
                quiet &= !self.homes[me].work(now);
                if quiet {
                    break;
                }
            }
        }
    }

    /// When something happens next.
    fn next(&mut self) -> Option<Instant> {
        let mut next = self.post.peek().map(|Reverse(post)| post.at);
        for home in &mut self.homes {
            // The shell looks again every second after something was dropped.
            let look = (home.retry && home.ready).then_some(self.tick);
            next = [next, home.exchange.poll_timeout(), home.next_chore(), look]
                .into_iter()
                .flatten()
                .min();
        }
        next
    }

    /// The next instant at which something happens, and that it happens. False when nothing ever will.
    pub fn step(&mut self) -> bool {
        self.settle();
        let next = self.next();
        let Some(next) = next else {
            return false;
        };
        self.now = self.now.max(next);
        while let Some(Reverse(post)) = self.post.peek() {
            if post.at > self.now {
                break;
            }
            let Some(Reverse(post)) = self.post.pop() else {
                break;
            };
            if let Parcel::Rival {
                flow,
                sent,
                arrived,
            } = post.parcel
            {
                self.rivals[flow].hear(self.now, sent, arrived);
            } else if post.session == self.session && self.homes[post.to].online {
                self.arrive(post.to, post.parcel);
            }
        }
        for home in &mut self.homes {
            if home
                .exchange
                .poll_timeout()
                .is_some_and(|at| at <= self.now)
            {
                home.exchange.handle_timeout(self.now);
            }
            if home.retry && home.ready && self.tick <= self.now {
                home.offer_all(self.now);
            }
        }
        if self.tick <= self.now {
            self.tick = self.now + Duration::from_secs(1);
        }
        true
    }

    /// Runs for this long.
    pub fn run_for(&mut self, time: Duration) {
        let end = self.now + time;
        loop {
            self.settle();
            let next = self.next();
            if next.is_none_or(|at| at > end) {
                self.now = end;
                return;
            }
            self.step();
        }
    }

    /// Runs until every message has its verdict, at most this long. How long it took.
    pub fn run_until_told(&mut self, at_most: Duration) -> Option<Duration> {
        let began = self.now;
        let all = |world: &Self| {
            let mut out = world.homes.iter().flat_map(|home| home.out.values());
            out.all(|outbound| outbound.told.is_some())
        };
        while !all(self) && self.now - began <= at_most && self.step() {}
        all(self).then(|| self.now - began)
    }

    /// What a writer was told is so: stored is whole and there once, never is not there, and nothing is there twice. No
    /// byte was carried that lay there already.
    pub fn check(&self) {
        for (from, to) in [(0, 1), (1, 0)] {
            for (id, outbound) in &self.homes[from].out {
                let inbound = self.homes[to].inn.get(id);
                let delivered = inbound.map_or(0, |i| i.delivered);
                let told = outbound.told.as_deref().expect("nobody was told");
                match told {
                    [RecipientStatus::Stored] => assert_eq!(delivered, 1),
                    [RecipientStatus::Never { .. }] => assert_eq!(delivered, 0),
                    // Taken back: it may have been there already.
                    [] => {}
                    other => panic!("{other:?}"),
                }
                if let Some(inbound) = inbound.filter(|i| i.delivered > 0) {
                    assert!(inbound.partial == outbound.content, "other bytes");
                    assert_eq!(
                        inbound.moved,
                        inbound.partial.len() as u64 + inbound.forgotten
                    );
                }
            }
            let known: BTreeSet<_> = self.homes[from].out.keys().collect();
            assert!(self.homes[to].inn.keys().all(|id| known.contains(id)));
        }
    }
}

const RIVAL_PACKET: u64 = 1372;
/// Chunks of a file transfer that toxcore has under way.
const CHUNKS: u32 = 16;

/// A flow of somebody else on the same link, which always has something to send.
pub struct Rival {
    pace: Pace,
    in_flight: u64,
    /// Bytes that arrived since `World::measure`.
    pub carried: u64,
}

enum Pace {
    /// Another home's.
    Ours(Box<congestion::Delay>),
    /// TCP's (RFC 9438), in packets and seconds.
    Cubic {
        window: f64,
        threshold: f64,
        /// The window at the last loss, and when that was.
        top: f64,
        cut_at: Option<Instant>,
    },
}

impl Rival {
    pub fn ours(now: Instant) -> Self {
        let packet = RIVAL_PACKET as u16;
        Self {
            pace: Pace::Ours(Box::new(congestion::Delay::new(
                now,
                packet,
                congestion::Tuning::default(),
            ))),
            in_flight: 0,
            carried: 0,
        }
    }

    pub fn cubic() -> Self {
        Self {
            pace: Pace::Cubic {
                window: 10.0,
                threshold: f64::MAX,
                top: 0.0,
                cut_at: None,
            },
            in_flight: 0,
            carried: 0,
        }
    }

    fn window(&self) -> u64 {
        match &self.pace {
            Pace::Ours(delay) => delay.window(),
            Pace::Cubic { window, .. } => (window * RIVAL_PACKET as f64) as u64,
        }
    }

    fn hear(&mut self, now: Instant, sent: Instant, arrived: bool) {
        self.in_flight -= RIVAL_PACKET;
        if arrived {
            self.carried += RIVAL_PACKET;
        }
        match &mut self.pace {
            Pace::Ours(delay) => {
                if arrived {
                    delay.arrived(now, sent, RIVAL_PACKET);
                    delay.acknowledged(now, self.in_flight);
                } else {
                    delay.lost(now, sent, RIVAL_PACKET, congestion::Outage::No);
                }
            }
            Pace::Cubic {
                window,
                threshold,
                top,
                cut_at,
            } => {
                if !arrived {
                    if cut_at.is_none_or(|cut| sent > cut) {
                        *top = *window;
                        *window = (*window * 0.7).max(2.0);
                        *threshold = *window;
                        *cut_at = Some(now);
                    }
                } else if *window < *threshold {
                    *window += 1.0;
                } else {
                    let since = cut_at.map_or(0.0, |cut| (now - cut).as_secs_f64());
                    let rtt = (now - sent).as_secs_f64();
                    let reach = (*top * 0.3 / 0.4).cbrt();
                    let cubic = 0.4 * (since + rtt - reach).powi(3) + *top;
                    // What Reno would have by now, at the same average.
                    let reno = *top * 0.7 + 0.53 * since / rtt;
                    let target = cubic.max(reno).clamp(*window, *window * 1.5);
                    *window += (target - *window) / *window;
                }
            }
        }
    }
}
