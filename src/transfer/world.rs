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
use crate::mail::envelope::{Body, Notify};

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
    /// The router's queue, as a time at full rate.
    pub queue: Duration,
    pub loss: f64,
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
            delay: rtt / 2,
            queue: Duration::from_millis(100),
            loss,
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
    pub told: Option<Vec<Told>>,
    pub finished_at: Option<Instant>,
}

/// One message on its way in.
#[derive(Default)]
pub struct Inbound {
    pub partial: Vec<u8>,
    pub delivered: u32,
    /// Bytes that came over the network, repetitions included.
    pub moved: u64,
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
    pub online: bool,
    retry: bool,
    settings: Settings,
    side: Side,
}

enum Parcel {
    Lossy(Vec<u8>),
    Lossless(Vec<u8>),
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
    free_at: [Instant; 2],
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
            online: false,
            retry: false,
            settings,
            side,
        }
    }

    /// Offers what has no verdict yet.
    fn offer_all(&mut self, now: Instant) {
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

    fn shell(&mut self, now: Instant, event: Event) {
        match event {
            Event::Ready { .. } => {
                self.ready = true;
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
                assert!(outbound.told.is_none());
                match answer {
                    Answered::Accepted { .. } => {}
                    Answered::Had(told) | Answered::Refused(told) => {
                        outbound.told = Some(told);
                        outbound.finished_at = Some(now);
                        self.retry = true;
                    }
                }
            }
            Event::Receipt { id, told } => {
                let outbound = self.out.get_mut(&id).unwrap();
                assert!(outbound.told.is_none());
                outbound.told = Some(told);
                outbound.finished_at = Some(now);
                self.offer_all(now);
            }
            Event::Dropped { .. } => {
                self.dropped += 1;
                self.retry = true;
            }
            Event::Offered { id, offer } => {
                assert!(offer.inline.is_none());
                let inbound = self.inn.entry(id).or_default();
                let answer = if inbound.delivered > 0 {
                    Answer::Have(vec![Told::Stored; offer.recipients.len()])
                } else {
                    Answer::Accept {
                        offset: inbound.partial.len() as u64,
                    }
                };
                self.exchange.answer(now, id, answer);
            }
            Event::Data { id, offset, bytes } => {
                let inbound = self.inn.get_mut(&id).unwrap();
                assert_eq!(offset, inbound.partial.len() as u64);
                inbound.partial.extend_from_slice(&bytes);
                inbound.moved += bytes.len() as u64;
                let upto = inbound.partial.len() as u64;
                if !self.stuck {
                    self.exchange.wrote(now, id, upto);
                }
            }
            Event::Complete { id } => {
                let inbound = self.inn.get_mut(&id).unwrap();
                inbound.delivered += 1;
                if !self.stuck {
                    self.exchange.receipt(now, id, vec![Told::Stored]);
                }
            }
            Event::Interrupted { .. } => self.interrupted += 1,
            Event::Withdrawn { id } => {
                self.inn.remove(&id);
            }
            Event::Breach { .. } => self.breaches += 1,
            Event::Directory(directory) => self.directory = Some(directory),
            Event::Incompatible { .. } => {}
        }
    }
}

impl World {
    pub fn new(seed: u64, path: Path) -> Self {
        let now = Instant::now();
        let side = |a: u8, b: u8| Side {
            ours: [a; 32],
            theirs: [b; 32],
        };
        Self {
            now,
            start: now,
            homes: [
                Home::new(now, side(1, 2), settings(1)),
                Home::new(now, side(2, 1), settings(2)),
            ],
            paths: [path.clone(), path],
            dice: Dice::new(seed),
            overflowed: 0,
            datagrams: 0,
            longest_queue: [Duration::ZERO; 2],
            free_at: [now; 2],
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
            inline: (size <= frame::MAX_INLINE_BYTES).then(|| content.clone()),
        };
        let home = &mut self.homes[from];
        home.out.insert(
            id,
            Outbound {
                offer,
                content,
                told: None,
                finished_at: None,
            },
        );
        if home.ready {
            home.offer_all(self.now);
        }
        id
    }

    pub fn online(&mut self, home: usize) {
        self.homes[home].online = true;
        self.homes[home]
            .exchange
            .handle_online(self.now, PathKind::Udp);
    }

    pub fn offline(&mut self, home: usize) {
        self.homes[home].online = false;
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
        for inbound in home.inn.values_mut().filter(|i| i.delivered == 0) {
            let keep = inbound.partial.len().saturating_sub(lost);
            inbound.partial.truncate(keep);
        }
    }

    fn send(&mut self, from: usize, parcel: Parcel) {
        let to = 1 - from;
        let path = self.paths[to].clone();
        let now = self.now;
        let session = self.session;
        let push = |world: &mut Self, at, parcel| {
            world.number += 1;
            world.post.push(Reverse(Post {
                at,
                number: world.number,
                to,
                session,
                parcel,
            }));
        };
        match parcel {
            Parcel::Lossless(packet) => {
                assert!(packet.len() <= 1373 && (160..192).contains(&packet[0]));
                let at = self.lossless_at[to].max(now + path.delay);
                self.lossless_at[to] = at;
                push(self, at, Parcel::Lossless(packet));
            }
            Parcel::Lossy(packet) => {
                assert!(packet.len() <= 1373 && packet[0] == 200);
                self.datagrams += 1;
                // UDP, IP and Tox around it.
                let bits = (packet.len() + 60) as f64 * 8.0;
                let starts = self.free_at[to].max(now);
                if starts - now > path.queue {
                    self.overflowed += 1;
                    return;
                }
                self.longest_queue[to] = self.longest_queue[to].max(starts - now);
                let gone = starts + Duration::from_secs_f64(bits / path.bits_per_second);
                self.free_at[to] = gone;
                if path.deaf || self.dice.chance(path.loss) {
                    return;
                }
                let mut at = gone + path.delay;
                if self.dice.chance(path.reorder) {
                    at += Duration::from_micros(self.dice.below(30_000));
                }
                if self.dice.chance(path.duplicate) {
                    push(self, at + path.delay, Parcel::Lossy(packet.clone()));
                }
                push(self, at, Parcel::Lossy(packet));
            }
        }
    }

    /// Lets both homes say and do what they have to at this instant.
    pub fn settle(&mut self) {
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
                if quiet {
                    break;
                }
            }
        }
    }

    /// The next instant at which something happens, and that it happens. False when nothing ever will.
    pub fn step(&mut self) -> bool {
        self.settle();
        let mut next = self.post.peek().map(|Reverse(post)| post.at);
        for home in &mut self.homes {
            if let Some(at) = home.exchange.poll_timeout() {
                next = Some(next.map_or(at, |n| n.min(at)));
            }
            // The shell looks again every second after something was dropped.
            if home.retry && home.ready {
                next = Some(next.map_or(self.tick, |n| n.min(self.tick)));
            }
        }
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
            let home = &mut self.homes[post.to];
            if post.session != self.session || !home.online {
                continue;
            }
            match post.parcel {
                Parcel::Lossy(packet) => home.exchange.handle_datagram(self.now, &packet),
                Parcel::Lossless(packet) => home.exchange.handle_packet(self.now, &packet),
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
            let mut next = self.post.peek().map(|Reverse(post)| post.at);
            for home in &mut self.homes {
                next = [next, home.exchange.poll_timeout()]
                    .into_iter()
                    .flatten()
                    .min();
                if home.retry && home.ready {
                    next = Some(next.map_or(self.tick, |n| n.min(self.tick)));
                }
            }
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
        while self
            .homes
            .iter()
            .any(|h| h.out.values().any(|o| o.told.is_none()))
        {
            if self.now - began > at_most || !self.step() {
                return None;
            }
        }
        Some(self.now - began)
    }

    /// Every message that its writer believes stored is whole, and there once; none is there twice.
    pub fn check(&self) {
        for (from, to) in [(0, 1), (1, 0)] {
            for (id, outbound) in &self.homes[from].out {
                let inbound = self.homes[to].inn.get(id);
                if outbound.told == Some(vec![Told::Stored]) {
                    assert_eq!(inbound.map(|i| i.delivered), Some(1));
                }
                if let Some(inbound) = inbound {
                    assert!(inbound.delivered <= 1, "delivered twice");
                    if inbound.delivered == 1 {
                        assert!(inbound.partial == outbound.content, "other bytes");
                    }
                }
            }
            let known: BTreeSet<_> = self.homes[from].out.keys().collect();
            assert!(self.homes[to].inn.keys().all(|id| known.contains(id)));
        }
    }
}
