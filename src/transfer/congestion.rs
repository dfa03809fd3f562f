//! How fast to send.
//!
//! No stock controller fits a home's uplink: cubic falls to a fifth of the link at one per cent of loss and fills the
//! router's queue, so that a letter waits behind a film; BBR loses a good part of what it sends. [`Delay`] is ours. It
//! measures how long packets queue (round trip less the shortest one known) and keeps that at its target ([`Tuning`]), which costs
//! nothing in throughput and leaves the family's telephone call alone.
//!
//! - **Ramp**: the window doubles each round trip until the queue shows, then falls to what the link was seen to carry. It grows
//!   fourfold while it is below a quarter of what the link carries by the look of a burst: ten packets queue behind themselves. It
//!   begins again when there is hardly any queue for three rounds.
//! - **Steady**: once a round (a round trip, 5 ms at least) the window moves towards the one that queues the target. What
//!   counts is the *shortest* round trip of a round: jitter of Wi-Fi and of a busy machine only ever adds.
//! - **Target**: half the shortest round trip and 20 ms at most, so that a letter behind a film waits no longer than it is on its way.
//!   Where the shortest round trip wanders from round to round (Wi-Fi, mobile networks) it is longer, to bridge the gaps.
//! - **Loss** is not a sign of a full queue here: up to [`Tuning::loss_tolerated`] of a round it is only repaired. More means a
//!   queue too short to see: the window shrinks by half the loss, and the target by a fifth until the next drain is due.
//! - **Sharing**: a packet is added each round, unless the queue is long, and what the queue takes away is a part of the window:
//!   so two such flows come to equal shares, within seconds on a home's link.
//! - **Contest**: when the queue stays long although we shrank, somebody else fills it. Yielding would starve us, so the
//!   window grows and shrinks as TCP's does (cubic's, and by two packets a round at least), until a drain shows that the queue
//!   is ours again. It begins with half the rate that we had before; one that goes on though a drain had seen its end, where it stood.
//!   It grows no further while the round trip is twice what the last drain has seen: a path that has become longer for good looks like
//!   a queue of others for a minute, and the window would fill a router's queue of seconds.
//! - **Drain**: now and then the window goes below what the link carries for two round trips. That shows the true shortest
//!   round trip again, which our own standing queue would slowly hide, and ends a contest that is over.
//! - On a machine or a local network (round trip under 5 ms) waiting for the processor looks like queueing. There the
//!   window never falls below 160 KiB, and what may queue is less: a letter behind a film waits
//!   for the queue alone.
//!
//! A TCP relay is a path like others: the kernel is told to keep what TCP has not sent yet with us (`tox::relay_sockets`), so
//! what queues, queues here, and shows. Cubic there filled the kernel's buffers, half a second of them on 20 Mbit/s.
//!
//! # Known limits
//! Measured in virtual time (`tests`), and on shaped paths by `make bench`. docs/bench.md has the figures.
//! - In a queue ten times the round trip (300 ms at 30 ms) TCP keeps four fifths for a minute at least; where the round trip is
//!   100 ms, two thirds. Beside TCP on 2 Mbit/s we keep six tenths.
//! - A flow that never saw the queue empty takes another's standing queue for the path and wants its own on top, until the
//!   drains show both the truth; two homes may take each other for TCP meanwhile, and their queue is long.
//! - A link that stands still for longer than the target (Wi-Fi) runs empty meanwhile: nine tenths of what can be had. To bridge that
//!   without a longer queue, packets would have to be paced by the rate; QUIC's are paced by the window.
//! - Over 200 ms the ramp takes its round trips, and what an overflowing queue throws away at its end has to be sent again: 10 MB
//!   get 0.53 of the ceiling at 50 Mbit/s, where 0.79 would be had by who knows the rate beforehand.

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use quinn_proto::RttEstimator;
use quinn_proto::congestion::{self, ControllerFactory, CubicConfig};

/// Which congestion controller to use. A home always uses our own with its own [`Tuning`]; the choice is for tests: with a peer that sends
/// in another manner, as another version may, and with other constants.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Controller {
    /// Our own, by delay: tolerates loss, keeps the queue short.
    Delay(Tuning),
    /// Cubic (RFC 9438), as TCP does.
    Cubic,
}

impl Default for Controller {
    fn default() -> Self {
        Self::Delay(Tuning::default())
    }
}

/// The controller's constants. docs/bench.md has what happens when they are other ones.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tuning {
    /// How long packets may queue: long enough to keep the link busy over a millisecond's hiccups, short enough for a call. No longer
    /// than half the shortest round trip, but up to half as much again where the path wanders.
    pub target: Duration,
    /// Loss of a round that is taken for chance.
    pub loss_tolerated: f64,
    /// Packets of the first window. A letter of 20 KB goes in the first round trip, and 2 Mbit/s carry them in 90 ms. More than
    /// RFC 6928's ten, but paced.
    pub initial_packets: f64,
    /// Packets added in every round, with a queue under or over the target: what is taken away is a part of the window and this is
    /// not, so of two flows the smaller one gains until they are equal. On 20 Mbit/s it costs 3 ms of queue, on slow links 10.
    pub sharing_packets: f64,
    /// The time from one drain to the next.
    pub drain_every: Duration,
    /// The same in a contest.
    pub contest_drain_every: Duration,
    /// So many targets make a queue long; the packets for sharing alone do not bring it there.
    pub crowded: f64,
    /// So many rounds with a long queue, in spite of a shrinking window, make a contest.
    pub crowded_rounds: f64,
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            target: Duration::from_millis(20),
            loss_tolerated: 0.06,
            initial_packets: 16.0,
            sharing_packets: 2.0,
            drain_every: Duration::from_secs(10),
            contest_drain_every: Duration::from_secs(5),
            crowded: 1.5,
            crowded_rounds: 6.0,
        }
    }
}

/// How long packets may queue where the round trip is shorter than [`LOCAL`].
const LOCAL_TARGET: Duration = Duration::from_millis(4);
/// The smallest window there: 40 MB/s while the processor is waited for 4 ms.
const LOCAL_FLOOR: u64 = 160 * 1024;
const LOCAL: Duration = Duration::from_millis(5);
const MINIMUM_PACKETS: u64 = 4;
/// A queue of so long ends the ramp.
const RAMP_QUEUE: Duration = Duration::from_millis(10);
/// Loss of a round that ends the ramp.
const RAMP_LOSS: f64 = 0.12;
/// The connection's windows end before this.
const MAXIMUM: u64 = 16 * 1024 * 1024;
/// So many rounds with hardly any queue begin the ramp again.
const IDLE_ROUNDS: u32 = 3;
/// What the shortest round trip of a round differs from the last one's on a steady path.
const STEADY: Duration = Duration::from_millis(4);
/// Acknowledgements that come within this time, or an eighth of the round trip, are taken for one.
const TOGETHER: Duration = Duration::from_millis(1);
/// Packets that leave and are acknowledged together (`link`).
const BURST: f64 = 10.0;
const SHORTEST_BURST: Duration = Duration::from_millis(1);
/// A round lasts at least this long: shorter ones have too few samples to tell jitter from a queue.
const SHORTEST_ROUND: Duration = Duration::from_millis(5);
/// How long the shortest round trip is remembered, in six parts.
const BASE_PART: Duration = Duration::from_secs(10);
const BASE_PARTS: usize = 6;
/// A queue is long for this time at least before there is a contest.
const CROWDED_AT_LEAST: Duration = Duration::from_millis(300);

/// What the link and the controllers of its connections have in common.
#[derive(Clone, Default)]
pub(super) struct Shared(Arc<State>);

#[derive(Default)]
struct State {
    open: AtomicBool,
    acknowledged: AtomicU64,
}

impl Shared {
    /// Opens the window for a moment, for a question to a peer who is silent. What fills the window is lost then, and all that
    /// leaves are QUIC's own probes, after pauses that double.
    pub(super) fn open(&self, open: bool) {
        self.0.open.store(open, Ordering::Relaxed);
    }

    /// Packets that the peer has acknowledged. QUIC repeats acknowledgements; here each packet counts once.
    pub(super) fn acknowledged(&self) -> u64 {
        self.0.acknowledged.load(Ordering::Relaxed)
    }
}

/// Builds the controller of a connection.
pub(super) struct Factory {
    pub(super) controller: Controller,
    pub(super) shared: Shared,
}

impl ControllerFactory for Factory {
    fn build(self: Arc<Self>, now: Instant, mtu: u16) -> Box<dyn congestion::Controller> {
        let inner = match self.controller {
            Controller::Delay(tuning) => Box::new(Delay::new(now, mtu, tuning)),
            Controller::Cubic => {
                let mut config = CubicConfig::default();
                config.initial_window(16 * u64::from(mtu));
                Arc::new(config).build(now, mtu)
            }
        };
        let shared = self.shared.clone();
        Box::new(Watched { inner, shared })
    }
}

/// A controller that tells how it goes, and whose window can be opened.
struct Watched {
    inner: Box<dyn congestion::Controller>,
    shared: Shared,
}

impl congestion::Controller for Watched {
    fn on_sent(&mut self, now: Instant, bytes: u64, last: u64) {
        self.inner.on_sent(now, bytes, last);
    }

    fn on_ack(
        &mut self,
        now: Instant,
        sent: Instant,
        bytes: u64,
        app_limited: bool,
        rtt: &RttEstimator,
    ) {
        self.shared.0.acknowledged.fetch_add(1, Ordering::Relaxed);
        self.inner.on_ack(now, sent, bytes, app_limited, rtt);
    }

    fn on_end_acks(
        &mut self,
        now: Instant,
        in_flight: u64,
        app_limited: bool,
        largest: Option<u64>,
    ) {
        self.inner.on_end_acks(now, in_flight, app_limited, largest);
    }

    fn on_congestion_event(&mut self, now: Instant, sent: Instant, persistent: bool, bytes: u64) {
        self.inner.on_congestion_event(now, sent, persistent, bytes);
    }

    fn on_mtu_update(&mut self, mtu: u16) {
        self.inner.on_mtu_update(mtu);
    }

    fn window(&self) -> u64 {
        if self.shared.0.open.load(Ordering::Relaxed) {
            u64::MAX
        } else {
            self.inner.window()
        }
    }

    fn clone_box(&self) -> Box<dyn congestion::Controller> {
        Box::new(Self {
            inner: self.inner.clone_box(),
            shared: self.shared.clone(),
        })
    }

    fn initial_window(&self) -> u64 {
        self.inner.initial_window()
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self.inner.into_any()
    }
}

/// The delay-based controller.
#[derive(Clone, Debug)]
pub struct Delay {
    tuning: Tuning,
    packet: u64,
    window: u64,
    phase: Phase,
    base: Base,
    round: Round,
    /// The last acknowledgements, for the ramp: it may not wait for the end of a round.
    recent: Recent,
    /// Bytes a second that left the network (arrived or lost) in the last full round.
    rate: f64,
    next_drain: Instant,
    /// Rounds in a row with a long queue.
    crowded: Option<Crowded>,
    past: Option<Past>,
    /// Losses of packets sent before this belong to a cut that was made already.
    cut_at: Option<Instant>,
    /// Bytes acknowledged since the last `acknowledged`, and the last round trip.
    batch: u64,
    latest: Duration,
    /// Busy rounds in a row that saw hardly any queue.
    idle_rounds: u32,
    /// How much the shortest round trip differs from one round to the next, on average.
    wander: Duration,
    last_shortest: Option<Duration>,
    /// How long packets may queue where losses said that the router's queue is shorter than the target; until the next drain is due.
    shallow: Option<Duration>,
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    /// Doubling.
    Ramp,
    /// Holding the queue at the target.
    Steady,
    /// Sharing a queue that others fill, as TCP does.
    Contest(Cubic),
    /// Letting the queue run empty.
    Drain {
        began: Instant,
        until: Instant,
        /// Shortest round trip since the drain took effect.
        shortest: Option<Duration>,
        counts_from: Instant,
        resume: u64,
        /// Bytes a second before it.
        carried: f64,
        contest: Option<Cubic>,
    },
}

/// How a window grows in a contest: as cubic's (RFC 9438), in packets and seconds.
#[derive(Clone, Copy, Debug)]
struct Cubic {
    /// The window at which it last met its end, and how long it takes from `since` to get there again.
    top: f64,
    reach: f64,
    since: Instant,
    /// The round trip from which on it does not grow; `None` before the first drain.
    longest: Option<Duration>,
}

impl Cubic {
    const GROWTH: f64 = 0.4;
    /// So many times what a drain has seen is the longest round trip. Two equal flows never come there: half of the queue is the other's.
    const LONGEST: u32 = 2;
    /// What stays of a window after a loss.
    const KEPT: f64 = 0.7;

    /// From a window on that nothing is known against.
    fn begin(now: Instant, window: f64) -> Self {
        Self {
            top: window,
            reach: 0.0,
            since: now,
            longest: None,
        }
    }

    /// A time in which it did not grow does not count (section 5.8).
    fn rest(&mut self, time: Duration) {
        self.since += time;
    }

    fn may_grow(&self, rtt: Option<Duration>) -> bool {
        let Some((rtt, longest)) = rtt.zip(self.longest) else {
            return true;
        };
        rtt <= longest
    }

    /// After a loss at this window.
    fn cut(&mut self, now: Instant, window: f64) {
        // Others have come: leave them more (section 4.7).
        let lower = if window < self.top { 0.85 } else { 1.0 };
        self.top = window * lower;
        self.reach = (self.top * (1.0 - Self::KEPT) / Self::GROWTH).cbrt();
        self.since = now;
    }

    /// The window now; at least what Reno would have at the same average (section 4.3).
    fn window(&self, now: Instant, rtt: Duration) -> f64 {
        let (since, rtt) = ((now - self.since).as_secs_f64(), rtt.as_secs_f64());
        let cubic = Self::GROWTH * (since + rtt - self.reach).powi(3) + self.top;
        let reno = self.top * Self::KEPT + 0.53 * since / rtt.max(1e-4);
        cubic.max(reno)
    }
}

/// A queue that is long.
#[derive(Clone, Copy, Debug)]
struct Crowded {
    since: Instant,
    rounds: u32,
    window: u64,
    /// Bytes a second before it was.
    rate: f64,
    queue: Duration,
}

/// The window at the end of the last contest, and when that was.
#[derive(Clone, Copy, Debug)]
struct Past {
    ended: Instant,
    window: u64,
}

/// The shortest round trip of the last minute.
#[derive(Clone, Debug)]
struct Base {
    parts: [Option<Duration>; BASE_PARTS],
    turn_at: Instant,
    refreshed: Instant,
}

impl Base {
    fn add(&mut self, now: Instant, rtt: Duration) {
        if now >= self.turn_at {
            // After a silence of minutes all parts are stale, but the path is probably the same: one turn at a time.
            self.parts.rotate_right(1);
            self.parts[0] = None;
            self.turn_at = now + BASE_PART;
        }
        if self.shortest().is_none_or(|s| rtt <= s + s / 16) {
            self.refreshed = now;
        }
        let part = &mut self.parts[0];
        *part = Some(part.map_or(rtt, |p| p.min(rtt)));
    }

    fn shortest(&self) -> Option<Duration> {
        self.parts.iter().flatten().min().copied()
    }
}

#[derive(Clone, Copy, Debug)]
struct Round {
    began: Instant,
    ends: Instant,
    shortest: Option<Duration>,
    arrived: u64,
    lost: u64,
    /// The most bytes under way at once.
    peak: u64,
}

impl Round {
    fn new(began: Instant, length: Duration) -> Self {
        Self {
            began,
            ends: began + length.max(SHORTEST_ROUND),
            shortest: None,
            arrived: 0,
            lost: 0,
            peak: 0,
        }
    }

    fn loss(&self) -> f64 {
        let gone = self.arrived + self.lost;
        if gone == 0 {
            return 0.0;
        }
        self.lost as f64 / gone as f64
    }
}

/// The last few acknowledgement batches.
#[derive(Clone, Copy, Debug, Default)]
struct Recent {
    batches: [Option<Batch>; 8],
}

#[derive(Clone, Copy, Debug)]
struct Batch {
    at: Instant,
    rtt: Duration,
    bytes: u64,
}

impl Recent {
    /// Adds a batch. What comes within `together` of the one before was held up by the same thing: it is one with it.
    fn add(&mut self, batch: Batch, together: Duration) {
        match &mut self.batches[0] {
            Some(last) if batch.at.saturating_duration_since(last.at) < together => {
                last.rtt = last.rtt.min(batch.rtt);
                last.bytes += batch.bytes;
            }
            _ => {
                self.batches.rotate_right(1);
                self.batches[0] = Some(batch);
            }
        }
    }

    /// The shortest round trip of the last four batches; `None` until there are so many.
    fn shortest(&self) -> Option<Duration> {
        let mut shortest = Duration::MAX;
        for batch in &self.batches[..4] {
            shortest = shortest.min((*batch)?.rtt);
        }
        Some(shortest)
    }

    /// Bytes a second between the first and the last batch: what the link carries, once packets queue before it.
    fn rate(&self) -> Option<f64> {
        let newest = self.batches[0]?;
        let (mut bytes, mut oldest) = (0, newest.at);
        for pair in self.batches.windows(2) {
            let (Some(newer), Some(older)) = (pair[0], pair[1]) else {
                break;
            };
            bytes += newer.bytes;
            oldest = older.at;
        }
        let span = newest.at.saturating_duration_since(oldest);
        (span > Duration::ZERO).then(|| bytes as f64 / span.as_secs_f64())
    }
}

impl Delay {
    /// For a path that nothing is known of.
    pub fn new(now: Instant, packet: u16, tuning: Tuning) -> Self {
        let packet = u64::from(packet.max(1));
        Self {
            tuning,
            packet,
            window: packets(tuning.initial_packets, packet),
            phase: Phase::Ramp,
            base: Base {
                parts: [None; BASE_PARTS],
                turn_at: now + BASE_PART,
                refreshed: now,
            },
            round: Round::new(now, Duration::ZERO),
            recent: Recent::default(),
            rate: 0.0,
            next_drain: now + tuning.drain_every,
            crowded: None,
            past: None,
            cut_at: None,
            batch: 0,
            latest: Duration::ZERO,
            idle_rounds: 0,
            wander: Duration::ZERO,
            last_shortest: None,
            shallow: None,
        }
    }

    /// A packet of `bytes` that was sent at `sent` has arrived.
    pub fn arrived(&mut self, now: Instant, sent: Instant, bytes: u64) {
        let rtt = now.saturating_duration_since(sent);
        self.base.add(now, rtt);
        if self.is_after_cut(sent) {
            self.round.shortest = Some(self.round.shortest.map_or(rtt, |s| s.min(rtt)));
        }
        self.round.arrived += bytes;
        self.batch += bytes;
        if let Phase::Drain {
            shortest,
            counts_from,
            ..
        } = &mut self.phase
        {
            // Packets sent before the window shrank queued behind what had been sent before them.
            if sent >= *counts_from {
                *shortest = Some(shortest.map_or(rtt, |s| s.min(rtt)));
            }
        }
        // Acknowledgements come in batches, oldest packet first: the last of a batch is the true sample.
        self.latest = rtt;
    }

    /// A batch of acknowledgements is at its end; `in_flight` bytes are still under way.
    pub fn acknowledged(&mut self, now: Instant, in_flight: u64) {
        self.round.peak = self.round.peak.max(in_flight + self.batch);
        let batch = Batch {
            at: now,
            rtt: self.latest,
            bytes: self.batch,
        };
        let base = self.base.shortest().unwrap_or_default();
        self.recent.add(batch, (base / 8).min(TOGETHER));
        let busy = self.is_busy();
        if let (Phase::Ramp, Some(base)) = (self.phase, self.base.shortest()) {
            let queue = self
                .recent
                .shortest()
                .map(|recent| recent.saturating_sub(base));
            if busy {
                // A burst queues behind itself: so much of the link fits into it, and a quarter of that is far from its end.
                let burst = queue.map_or(Duration::MAX, |q| q.max(SHORTEST_BURST));
                let bursts = base.as_secs_f64() / burst.as_secs_f64();
                let fits = bursts * packets(BURST, self.packet) as f64;
                let grown = if (self.window as f64) < fits / 4.0 {
                    3
                } else {
                    1
                };
                self.window = (self.window + grown * self.batch).min(MAXIMUM);
            }
            if queue.is_some_and(|q| q > RAMP_QUEUE) && base >= LOCAL {
                self.end_ramp(now, base);
            } else if queue.is_some_and(|q| q > self.target(base)) && self.window > 2 * LOCAL_FLOOR
            {
                self.phase = Phase::Steady;
            }
        }
        self.batch = 0;
        if now >= self.round.ends {
            self.end_round(now);
        }
        self.floor();
    }

    /// Packets of `bytes` in all, the last of them sent at `sent`, are lost. `outage` means that nothing at all arrived
    /// for several round trips.
    pub fn lost(&mut self, now: Instant, sent: Instant, bytes: u64, outage: Outage) {
        if self.is_after_cut(sent) {
            self.round.lost += bytes;
        }
        if outage == Outage::Yes {
            *self = Self {
                base: self.base.clone(),
                ..Self::new(
                    now,
                    u16::try_from(self.packet).unwrap_or(u16::MAX),
                    self.tuning,
                )
            };
            return;
        }
        if self.is_after_cut(sent)
            && let Phase::Contest(cubic) = &mut self.phase
        {
            self.cut_at = Some(now);
            cubic.cut(now, self.window as f64 / self.packet as f64);
            self.window = (self.window as f64 * Cubic::KEPT) as u64;
            self.floor();
        }
    }

    /// Bytes that may be under way.
    pub fn window(&self) -> u64 {
        self.window
    }

    /// Whether a packet that was sent then tells of the window since the last cut.
    fn is_after_cut(&self, sent: Instant) -> bool {
        self.cut_at.is_none_or(|cut| sent > cut)
    }

    /// Whether the window is what holds the sender back; else its growth would mean nothing.
    fn is_busy(&self) -> bool {
        self.round.peak + 2 * self.packet >= self.window / 4 * 3
    }

    fn end_ramp(&mut self, now: Instant, base: Duration) {
        // The window has outrun the link by now. Packets queue, so they come out one after the other: that is its rate.
        let rate = self.recent.rate().unwrap_or(self.rate).max(self.rate);
        let fits = (rate * (base + self.target(base)).as_secs_f64()) as u64;
        self.window = fits.clamp(self.window / 3, self.window);
        self.phase = Phase::Steady;
        self.cut_at = Some(now);
        self.round = Round::new(now, self.latest);
        self.idle_rounds = 0;
        self.next_drain = now + self.tuning.drain_every;
    }

    fn end_round(&mut self, now: Instant) {
        let Some(base) = self.base.shortest() else {
            return;
        };
        let round = self.round;
        let elapsed = now.saturating_duration_since(round.began);
        if elapsed > Duration::ZERO {
            self.rate = (round.arrived + round.lost) as f64 / elapsed.as_secs_f64();
        }
        let busy = self.is_busy();
        if matches!(self.phase, Phase::Steady)
            && let Some(shortest) = round.shortest
            && let Some(last) = self.last_shortest.replace(shortest)
        {
            self.wander = (self.wander * 7 + shortest.abs_diff(last)) / 8;
        }
        let shortest = round.shortest.unwrap_or(base);
        let queue = shortest.saturating_sub(base);
        self.round = Round::new(now, shortest);
        match self.phase {
            Phase::Ramp => {
                if round.loss() > RAMP_LOSS && round.lost > 8 * self.packet {
                    self.window -= (self.window as f64 * round.loss() / 2.0) as u64;
                    self.phase = Phase::Steady;
                }
            }
            // Nothing came back that was sent since the ramp: what stands in the queue is still its doing.
            Phase::Steady if round.shortest.is_none() => {}
            Phase::Steady => self.steer(now, base, queue, round, busy),
            Phase::Contest(mut cubic) => {
                if busy && cubic.may_grow(round.shortest) {
                    // As fast as two packets a round at least: a long round trip is no reason to be left behind.
                    let least = self.window + 2 * self.packet;
                    let grown = cubic.window(now, shortest) * self.packet as f64;
                    self.window = (grown as u64).clamp(least, least + self.window / 2);
                } else {
                    cubic.rest(elapsed);
                    self.phase = Phase::Contest(cubic);
                }
                if now >= self.next_drain {
                    self.drain(now, base, shortest);
                }
            }
            Phase::Drain {
                began,
                until,
                shortest,
                resume,
                carried,
                contest,
                ..
            } => {
                if now >= until {
                    self.next_drain = now + self.tuning.drain_every;
                    // Nothing that was sent since is back: then others hold it up.
                    let empty = shortest.is_some_and(|s| s < base + self.target(base));
                    self.window = resume;
                    self.phase = match contest {
                        Some(mut cubic) if !empty => {
                            cubic.rest(now - began);
                            cubic.longest = shortest.map(|s| s * Cubic::LONGEST).or(cubic.longest);
                            self.next_drain = now + self.tuning.contest_drain_every;
                            Phase::Contest(cubic)
                        }
                        Some(_) => {
                            self.past = Some(Past {
                                ended: now,
                                window: resume,
                            });
                            let fits = carried * (base + self.target(base)).as_secs_f64();
                            self.window = resume.min(fits as u64);
                            Phase::Steady
                        }
                        None => Phase::Steady,
                    };
                }
            }
        }
    }

    /// One step towards the window that queues the target.
    fn steer(&mut self, now: Instant, base: Duration, queue: Duration, round: Round, busy: bool) {
        let (q, t) = (queue.as_secs_f64(), self.target(base).as_secs_f64());
        let rtt = base.as_secs_f64() + q;
        let loss = round.loss();
        if loss > self.tuning.loss_tolerated && round.lost > 4 * self.packet {
            self.idle_rounds = 0;
            self.window -= (self.window as f64 * (loss / 2.0).min(0.4)) as u64;
            self.shallow = Some(self.shallow.unwrap_or(self.target(base)) * 4 / 5);
        } else if q <= t {
            if busy {
                let step = (0.5 * (t - q) / rtt.max(1e-4)).min(0.5);
                self.window += (self.window as f64 * step) as u64;
                self.idle_rounds = if q < t / 4.0 { self.idle_rounds + 1 } else { 0 };
                if self.idle_rounds >= IDLE_ROUNDS {
                    // The link carries more than the window knows.
                    self.idle_rounds = 0;
                    self.phase = Phase::Ramp;
                }
            }
        } else {
            self.idle_rounds = 0;
            let step = (0.5 * (q - t) / rtt).min(0.3);
            self.window -= (self.window as f64 * step) as u64;
        }
        let crowded = q > self.tuning.crowded * t;
        if busy && !crowded {
            self.window += packets(self.tuning.sharing_packets, self.packet);
        }
        self.window = self.window.min(MAXIMUM);

        if crowded && base >= LOCAL {
            let crowded = self.crowded.get_or_insert(Crowded {
                since: now,
                rounds: 0,
                window: self.window,
                rate: self.rate,
                queue,
            });
            crowded.rounds += 1;
            if queue < crowded.queue / 4 * 3 {
                // It does shrink with us: so it is ours, of a ramp that went too far for instance.
                (crowded.since, crowded.rounds, crowded.queue) = (now, 0, queue);
            } else if f64::from(crowded.rounds) >= self.tuning.crowded_rounds
                && now.saturating_duration_since(crowded.since) >= CROWDED_AT_LEAST
                && (self.window < crowded.window / 5 * 3
                    || self.window <= MINIMUM_PACKETS * self.packet)
            {
                // Half of what was ours before; or what it was in a contest that went on, though a drain had seen its end.
                let half = crowded.rate / 2.0 * (base + queue).as_secs_f64();
                self.window = match self.past {
                    Some(past) if now - past.ended < self.tuning.contest_drain_every => past.window,
                    _ => half as u64,
                };
                self.crowded = None;
                self.phase =
                    Phase::Contest(Cubic::begin(now, self.window as f64 / self.packet as f64));
                self.next_drain = now + self.tuning.contest_drain_every;
                return;
            }
        } else {
            self.crowded = None;
        }
        if now >= self.next_drain {
            self.next_drain = now + self.tuning.drain_every;
            self.shallow = None;
            // A short round trip was seen lately, or nothing of ours stands in the queue: no need.
            let stale =
                now.saturating_duration_since(self.base.refreshed) >= self.tuning.drain_every;
            if stale && busy && base >= LOCAL {
                self.drain(now, base, base + queue);
            }
        }
    }

    /// How long packets may queue where the shortest round trip is `base`.
    fn target(&self, base: Duration) -> Duration {
        if base < LOCAL {
            LOCAL_TARGET
        } else {
            // A letter behind a film is not to wait longer than it is on its way, but for what the path itself does to it.
            let longest = self.tuning.target.min(base / 2);
            let wanders = self.wander.saturating_sub(STEADY) * 2;
            let target = (longest + wanders).min(self.tuning.target * 3 / 2);
            self.shallow
                .map_or(target, |shallow| target.min(shallow.max(LOCAL_TARGET)))
        }
    }

    fn drain(&mut self, now: Instant, base: Duration, rtt: Duration) {
        let low = (self.rate * base.as_secs_f64() * 0.7) as u64;
        self.phase = Phase::Drain {
            began: now,
            until: now + rtt + base + self.target(base),
            shortest: None,
            counts_from: now + rtt / 2,
            resume: self.window,
            carried: self.rate,
            contest: match self.phase {
                Phase::Contest(cubic) => Some(cubic),
                _ => None,
            },
        };
        self.crowded = None;
        self.window = low.min(self.window);
        self.floor();
    }

    fn floor(&mut self) {
        let local = self.base.shortest().is_some_and(|base| base < LOCAL);
        let floor = if local {
            LOCAL_FLOOR
        } else {
            MINIMUM_PACKETS * self.packet
        };
        self.window = self.window.clamp(floor, MAXIMUM);
    }
}

/// So many packets of this size.
fn packets(count: f64, packet: u64) -> u64 {
    (count * packet as f64) as u64
}

/// Whether a loss is an outage of the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outage {
    /// Only some packets.
    No,
    /// Nothing arrived for several round trips.
    Yes,
}

impl congestion::Controller for Delay {
    fn on_ack(
        &mut self,
        now: Instant,
        sent: Instant,
        bytes: u64,
        _app_limited: bool,
        _rtt: &RttEstimator,
    ) {
        self.arrived(now, sent, bytes);
    }

    fn on_end_acks(
        &mut self,
        now: Instant,
        in_flight: u64,
        _app_limited: bool,
        _largest: Option<u64>,
    ) {
        self.acknowledged(now, in_flight);
    }

    fn on_congestion_event(&mut self, now: Instant, sent: Instant, persistent: bool, bytes: u64) {
        let outage = if persistent { Outage::Yes } else { Outage::No };
        self.lost(now, sent, bytes, outage);
    }

    fn on_mtu_update(&mut self, mtu: u16) {
        self.packet = u64::from(mtu.max(1));
    }

    fn window(&self) -> u64 {
        self.window
    }

    fn clone_box(&self) -> Box<dyn congestion::Controller> {
        Box::new(self.clone())
    }

    fn initial_window(&self) -> u64 {
        packets(self.tuning.initial_packets, self.packet)
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    const PACKET: u16 = 1335;
    const BASE: Duration = Duration::from_millis(30);

    /// A busy round in which packets queued so long, and of sixty so many were lost.
    fn round(delay: &mut Delay, now: &mut Instant, queue: Duration, lost: u64) {
        let (packet, began) = (u64::from(PACKET), *now);
        *now = delay.round.ends.max(began + BASE + queue);
        let sent = *now - (BASE + queue);
        for _ in lost..60 {
            delay.arrived(*now, sent, packet);
        }
        if lost > 0 {
            delay.lost(*now, sent, lost * packet, Outage::No);
        }
        delay.acknowledged(*now, delay.window());
    }

    /// A queue too short to see shows as losses: what is clean between them does not say that the link carries more.
    #[test]
    fn clean_rounds_with_a_lossy_one_between_them_are_not_in_a_row() {
        let (mut now, none) = (Instant::now(), Duration::ZERO);
        let mut delay = Delay::new(now, PACKET, Tuning::default());
        delay.phase = Phase::Steady;
        for lost in [0, 0, 10, 0, 10, 0, 0] {
            round(&mut delay, &mut now, none, lost);
            assert!(matches!(delay.phase, Phase::Steady), "{delay:?}");
        }
        round(&mut delay, &mut now, none, 0);
        assert!(matches!(delay.phase, Phase::Ramp), "{delay:?}");
    }
}
