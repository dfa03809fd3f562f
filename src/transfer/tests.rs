//! Two homes on a virtual clock: letters through every kind of trouble, and how fast they go.

use std::time::{Duration, Instant};

use super::congestion::Tuning;
use super::world::*;

const SECOND: Duration = Duration::from_secs(1);

/// Says which seed a test has failed with; `TOXMAIL_SEED=…` runs that one alone.
struct Seed(u64);

impl Drop for Seed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("failing seed: {} (TOXMAIL_SEED={} runs it)", self.0, self.0);
        }
    }
}

fn each_seed(seeds: std::ops::Range<u64>, run: impl Fn(u64)) {
    let one = std::env::var("TOXMAIL_SEED")
        .ok()
        .and_then(|s| s.parse().ok());
    for seed in one.map_or(seeds, |seed| seed..seed + 1) {
        let _says = Seed(seed);
        run(seed);
    }
}

/// What the homes have to bear.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trouble {
    Direct,
    Relayed,
    /// No lossy packet ever arrives.
    Deaf,
}

/// Letters and films both ways while everything that can break breaks; then peace, and everybody is told the truth.
fn endure(seed: u64, trouble: Trouble) {
    let mut dice = Dice::new(seed ^ 0xfeed);
    let rtt = Duration::from_micros(300 + dice.below(120_000));
    let mut path = Path::new(
        [2.0, 20.0, 100.0][dice.below(3) as usize],
        rtt,
        [0.0, 0.01, 0.05][dice.below(3) as usize],
    );
    path.reorder = [0.0, 0.02, 0.3][dice.below(3) as usize];
    path.duplicate = [0.0, 0.01, 0.2][dice.below(3) as usize];
    path.deaf = trouble == Trouble::Deaf;
    let mut world = World::new(seed, path);
    world.relayed = trouble == Trouble::Relayed;
    for home in &mut world.homes {
        home.choosy = true;
        home.slow = Duration::from_micros(dice.below(40_000));
    }
    let long = if trouble == Trouble::Deaf {
        40_000
    } else {
        1500
    };
    let mut ids = Vec::new();
    for _ in 0..4 + dice.below(10) {
        for _ in 0..dice.below(4) {
            let size = match dice.below(6) {
                0 => 1,
                1..=3 => 1 + dice.below(60_000),
                4 => 60_000 + dice.below(12_000),
                _ => dice.below(400_000) + 1,
            };
            let from = dice.below(2) as usize;
            ids.push((from, world.write(from, size as usize)));
        }
        world.run_for(Duration::from_micros(dice.below(long * 1000)));
        match dice.below(8) {
            0 => world.part(),
            1 | 2 => world.restart(dice.below(2) as usize),
            // One side only has noticed.
            3 => world.offline(dice.below(2) as usize),
            // Nobody has noticed yet.
            4 => {
                let loss = world.paths[0].loss;
                world.paths.iter_mut().for_each(|p| p.loss = 1.0);
                world.run_for(Duration::from_millis(dice.below(20_000)));
                world.paths.iter_mut().for_each(|p| p.loss = loss);
            }
            5 if trouble != Trouble::Deaf => world.relayed ^= true,
            6 if !ids.is_empty() => {
                let (from, id) = ids[dice.below(ids.len() as u64) as usize];
                world.withdraw(from, id);
            }
            _ => {}
        }
        if dice.chance(0.3) {
            world.run_for(Duration::from_millis(dice.below(90_000)));
        }
        if dice.chance(0.8) {
            world.meet();
        }
    }
    world.meet();
    if world.run_until_told(3600 * SECOND).is_none() {
        for home in &world.homes {
            let waits = home.out.values().filter(|o| o.told.is_none()).count();
            eprintln!("{waits} wait; {:?}", home.exchange.state());
        }
        panic!("not told after an hour of peace");
    }
    world.check();
    for home in &world.homes {
        assert_eq!(home.breaches, 0, "{:?}", home.events);
    }
    // Then it is quiet, and nothing is kept.
    world.run_for(120 * SECOND);
    world.measure();
    world.run_for(600 * SECOND);
    assert!(
        world.datagrams < 40,
        "{} datagrams about nothing",
        world.datagrams
    );
    for home in &world.homes {
        assert_eq!(home.exchange.held(), 0);
        assert!(home.exchange.outgoing.is_empty() && home.exchange.incoming.is_empty());
    }
}

#[test]
fn every_letter_arrives_once_or_not_at_all_and_its_writer_is_told() {
    each_seed(0..40, |seed| endure(seed, Trouble::Direct));
}

#[test]
fn the_same_through_a_relay() {
    each_seed(1000..1020, |seed| endure(seed, Trouble::Relayed));
}

#[test]
fn the_same_by_file_transfer_where_no_lossy_packet_passes() {
    each_seed(2000..2030, |seed| endure(seed, Trouble::Deaf));
}

#[test]
#[ignore = "minutes"]
fn long_every_letter_arrives_once_or_not_at_all_and_its_writer_is_told() {
    each_seed(10_000..13_000, |seed| {
        endure(seed, Trouble::Direct);
        endure(seed, Trouble::Relayed);
        endure(seed, Trouble::Deaf);
    });
}

/// What of a link's bits are the payload of lossy packets: 1373 of 1433 bytes on the wire.
const PAYLOAD: f64 = 1373.0 / 1433.0;
/// What of that payload is content: the rest is QUIC's.
const HEADERS: f64 = 1335.0 / 1373.0;

#[derive(Clone)]
pub(super) struct Link {
    pub(super) name: &'static str,
    path: Path,
    /// What the homes' controllers go by.
    pub(super) tuning: Tuning,
}

impl Link {
    fn new(name: &'static str, megabits: f64, rtt_ms: f64, loss: f64) -> Self {
        let path = Path::new(megabits, Duration::from_secs_f64(rtt_ms / 1e3), loss);
        Self {
            name,
            path,
            tuning: Tuning::default(),
        }
    }

    fn with(mut self, change: impl Fn(&mut Path)) -> Self {
        change(&mut self.path);
        self
    }

    /// What the controller was made on.
    fn tuned() -> Vec<Self> {
        vec![
            Self::new("1 Gbit/s, 0.3 ms", 1000.0, 0.3, 0.0),
            Self::dsl(),
            Self::new("20 Mbit/s, 30 ms, 1 % loss", 20.0, 30.0, 0.01),
            Self::new("100 Mbit/s, 10 ms, 0.1 % loss", 100.0, 10.0, 0.001),
            Self::new("2 Mbit/s, 60 ms, 0.5 % loss", 2.0, 60.0, 0.005),
        ]
    }

    fn dsl() -> Self {
        Self::new("20 Mbit/s, 30 ms", 20.0, 30.0, 0.0)
    }

    fn wifi() -> Self {
        Self::new("Wi-Fi, 40 Mbit/s, 20 ms", 40.0, 20.0, 0.002)
            .with(|path| path.medium = Duration::from_millis(3))
    }

    pub(super) fn all() -> Vec<Self> {
        Self::tuned().into_iter().chain(Self::untuned()).collect()
    }

    /// What nobody tuned it for.
    fn untuned() -> Vec<Self> {
        vec![
            Self::wifi(),
            Self::lte(),
            Self::new("20 Mbit/s, 200 ms", 20.0, 200.0, 0.0),
            Self::new("50 Mbit/s, 200 ms, 1 % loss", 50.0, 200.0, 0.01),
            Self::new("20 Mbit/s, 40 ms, 3 % loss", 20.0, 40.0, 0.03),
            Self::new("20 Mbit/s, 40 ms, 3 % loss in runs", 20.0, 40.0, 0.03)
                .with(|path| path.run = 5.0),
            Self::new("1 Mbit/s, 40 ms", 1.0, 40.0, 0.0),
            Self::dsl().with_queue("20 Mbit/s, 30 ms, queue 15 ms", 15),
        ]
    }

    /// The same link with a router whose queue is another one.
    fn with_queue(mut self, name: &'static str, ms: u64) -> Self {
        self.name = name;
        self.path.queue = Duration::from_millis(ms);
        self
    }

    /// Where we are tried beside another flow.
    pub(super) fn shared() -> Vec<Self> {
        let link = |name, megabits, rtt_ms, queue| {
            Self::new(name, megabits, rtt_ms, 0.0).with_queue(name, queue)
        };
        vec![
            link("20 Mbit/s, 30 ms, queue 15 ms", 20.0, 30.0, 15),
            link("20 Mbit/s, 30 ms, queue 30 ms", 20.0, 30.0, 30),
            link("20 Mbit/s, 30 ms, queue 50 ms", 20.0, 30.0, 50),
            link("20 Mbit/s, 30 ms, queue 100 ms", 20.0, 30.0, 100),
            link("20 Mbit/s, 30 ms, queue 300 ms", 20.0, 30.0, 300),
            link("50 Mbit/s, 10 ms, queue 50 ms", 50.0, 10.0, 50),
            link("10 Mbit/s, 60 ms, queue 200 ms", 10.0, 60.0, 200),
            link("2 Mbit/s, 60 ms, queue 200 ms", 2.0, 60.0, 200),
            link("10 Mbit/s, 100 ms, queue 100 ms", 10.0, 100.0, 100),
        ]
    }

    /// The paths of the sweep.
    pub(super) fn swept() -> Vec<Self> {
        let names = [
            "1 % loss",
            "3 % loss in runs",
            "Wi-Fi",
            "LTE",
            "queue 15 ms",
        ];
        let swept = |link: &Self| {
            let of = |name: &&str| link.name.contains(name);
            names.iter().any(of) && link.rtt() < Duration::from_millis(100)
        };
        Self::all()
            .into_iter()
            .filter(|link| swept(link) && link.path.bits_per_second < 100e6)
            .collect()
    }

    /// And the links that are shared in it.
    pub(super) fn shared_swept() -> Vec<(Self, First)> {
        let short = Self::dsl().with_queue("20 Mbit/s, 30 ms, queue 15 ms", 15);
        vec![
            (Self::dsl(), First::Ours),
            (Self::dsl(), First::Theirs),
            (short.clone(), First::Ours),
            (short, First::Theirs),
        ]
    }

    fn lte() -> Self {
        Self::new("LTE, 2 to 30 Mbit/s, 50 ms", 30.0, 50.0, 0.0).with(|path| {
            path.lowest = 2e6;
            path.queue = SECOND;
        })
    }

    /// Two homes that have been connected for a while.
    fn world(&self, seed: u64) -> World {
        let mut world = World::tuned(seed, self.path.clone(), self.tuning);
        world.meet();
        world.write(0, 100);
        world.run_until_told(10 * SECOND).expect("told");
        world.run_for(SECOND);
        world.measure();
        world
    }

    fn rtt(&self) -> Duration {
        self.path.delay * 2
    }

    /// The ceiling: bytes that lossy packets sent at line rate carry from one instant to another, repairs paid for.
    fn ceiling(&self, world: &mut World, from: Instant, until: Instant) -> f64 {
        world.capacity(1, from, until) / 8.0 * PAYLOAD * (1.0 - self.path.loss)
    }

    /// When a sender that knows the rate from the first packet on, and never sends too much, would have been told: a round trip
    /// for the offer, the content with QUIC's headers at line rate, repairs paid for, and a round trip for the last byte and the
    /// receipt.
    fn oracle(&self, world: &mut World, from: Instant, size: usize) -> Instant {
        let carries = from + self.rtt();
        let mut took = Duration::ZERO;
        while self.ceiling(world, carries, carries + took) * HEADERS < size as f64 {
            took += Duration::from_millis(1);
        }
        carries + took + self.rtt()
    }
}

/// How a letter of 10 MB went alone on a link.
#[derive(Debug)]
pub(super) struct Alone {
    /// Part of the ceiling, and what the oracle gets of it.
    pub(super) share: f64,
    pub(super) oracle: f64,
    pub(super) queue: Duration,
    /// Part of what was sent that the queue threw away.
    overflowed: f64,
}

pub(super) fn alone(link: &Link, seed: u64) -> Alone {
    let size = 10_000_000;
    let mut world = link.world(seed);
    let began = world.now;
    world.write(0, size);
    world.run_until_told(200 * SECOND).expect("told");
    world.check();
    let until = world.now;
    let oracle = link.oracle(&mut world, began, size);
    Alone {
        share: size as f64 / link.ceiling(&mut world, began, until),
        oracle: size as f64 / link.ceiling(&mut world, began, oracle),
        queue: world.mean_queue(1),
        overflowed: world.overflowed as f64 / world.datagrams as f64,
    }
}

/// How many times as long as alone a small letter takes beside a film: the median, and the longest.
pub(super) fn letter(link: &Link, seed: u64) -> (f64, f64) {
    let mut world = link.world(seed);
    let carry = |world: &mut World| {
        let (id, began) = (world.write(0, 10_000), world.now);
        // Until its reader has it.
        loop {
            let reader = world.homes[1].inn.get(&id);
            if let Some(at) = reader.and_then(|inbound| inbound.delivered_at) {
                break (at - began).as_secs_f64();
            }
            assert!(world.step());
        }
    };
    let mut alone = Vec::new();
    for _ in 0..15 {
        alone.push(carry(&mut world));
        world.run_for(SECOND / 4);
    }
    alone.sort_by(f64::total_cmp);
    let alone = alone[alone.len() / 2];
    let film = (link.path.bits_per_second / 8.0 * 12.0).min(30e6);
    world.write(0, film as usize);
    // From the first moment on, the ramp with it.
    let mut took = Vec::new();
    for _ in 0..15 {
        took.push(carry(&mut world));
        world.run_for(Duration::from_millis(150).min(link.rtt() * 4));
    }
    took.sort_by(f64::total_cmp);
    (took[took.len() / 2] / alone, took[took.len() - 1] / alone)
}

/// What comes of us and another flow on one link.
#[derive(Debug)]
pub(super) struct Shared {
    /// Ours of what both had.
    pub(super) share: f64,
    /// What both had of the link.
    used: f64,
    queue: Duration,
}

/// Who was there before the other.
#[derive(Clone, Copy, Debug)]
pub(super) enum First {
    Ours,
    Theirs,
}

pub(super) fn beside(
    link: &Link,
    seed: u64,
    rival: impl Fn(&World) -> Rival,
    first: First,
    watched: u32,
) -> Shared {
    let mut world = link.world(seed);
    let now = world.now;
    world.homes[1].exchange.set_max_message_bytes(now, 1 << 40);
    world.run_for(SECOND);
    let come = |world: &mut World| {
        let rival = rival(world);
        world.rivals.push(rival);
    };
    let film = (link.path.bits_per_second / 8.0 * f64::from(watched + 15)) as usize;
    if let First::Theirs = first {
        come(&mut world);
        world.run_for(5 * SECOND);
    }
    let id = world.write(0, film);
    world.run_for(5 * SECOND);
    if let First::Ours = first {
        come(&mut world);
    }
    world.run_for(5 * SECOND);
    world.measure();
    let ours = |world: &World| world.homes[1].inn[&id].partial.len();
    let before = ours(&world);
    world.run_for(watched * SECOND);
    let ours = (ours(&world) - before) as f64 * 1373.0 / 1335.0;
    let theirs = world.rivals[0].carried as f64 * 1373.0 / 1372.0;
    let most = link.path.bits_per_second / 8.0 * f64::from(watched) * PAYLOAD;
    Shared {
        share: ours / (ours + theirs),
        used: (ours + theirs) / most,
        queue: world.mean_queue(1),
    }
}

/// Ten megabytes take so much of these links, whatever the seed.
fn fill(links: &[(Link, f64)], seeds: std::ops::Range<u64>) {
    for (link, least) in links {
        for seed in seeds.clone() {
            let went = alone(link, seed);
            let name = link.name;
            eprintln!(
                "{name}, seed {seed}: {:.3}, the oracle {:.3}, queue {:?}, thrown away {:.3}",
                went.share, went.oracle, went.queue, went.overflowed
            );
            assert!(went.share >= *least, "{name}, seed {seed}: {went:?}");
        }
    }
}

/// What is reached of the ceiling with the worst of ten seeds, less two hundredths. 0.972 is what QUIC's headers leave, and over
/// 200 ms the oracle has 0.89 and 0.79.
fn reached() -> Vec<(Link, f64)> {
    let tuned = [0.90, 0.93, 0.92, 0.90, 0.94];
    let untuned = [0.78, 0.87, 0.77, 0.48, 0.89, 0.90, 0.94, 0.93];
    let bounds = tuned.into_iter().chain(untuned);
    Link::all().into_iter().zip(bounds).collect()
}

#[test]
fn ten_megabytes_take_nearly_all_of_a_link() {
    fill(&reached(), 1..2);
}

#[test]
#[ignore = "minutes"]
fn long_ten_megabytes_take_nearly_all_of_a_link() {
    fill(&reached(), 1..11);
}

#[test]
fn what_was_lost_is_sent_again_and_not_much_else() {
    for link in Link::tuned() {
        let mut world = link.world(7);
        let size = 10_000_000;
        world.write(0, size);
        world.run_until_told(200 * SECOND).expect("told");
        let sent = world.sent[1] as f64 * 1335.0 / 1373.0;
        assert!(
            sent < size as f64 * (1.0 + link.path.loss) * 1.04 + 100_000.0,
            "{}: {sent}",
            link.name
        );
    }
}

#[test]
fn the_queue_stands_near_its_target() {
    for link in Link::tuned().into_iter().skip(1) {
        let mut world = link.world(7);
        let target = link.tuning.target.min(link.rtt() / 2);
        let size = (link.path.bits_per_second / 8.0 * 6.0) as usize;
        world.write(0, size);
        world.run_for(2 * SECOND);
        let ramp = world.longest_queue[1];
        world.measure();
        world.run_for(3 * SECOND);
        let (mean, longest) = (world.mean_queue(1), world.longest_queue[1]);
        eprintln!(
            "{}: ramp {ramp:?}, then {mean:?}, at most {longest:?}",
            link.name
        );
        // Losses make packets come in clumps, whose queue is long for a moment and does not stand.
        let most = if link.path.loss > 0.0 { 4 } else { 3 };
        assert!(mean < target * most / 2, "{mean:?}");
        assert!(mean > target / 4, "{mean:?}");
        assert!(longest < target * 5, "{longest:?}");
    }
}

/// Counted from the first byte to the reader's disk, one way.
#[test]
fn a_letter_during_a_film_takes_twice_as_long_as_alone() {
    for (link, most) in Link::tuned().iter().skip(1).zip([2.1, 2.15, 2.2, 1.8]) {
        let (median, longest) = letter(link, 1);
        eprintln!("{}: {median:.2} times, at most {longest:.2}", link.name);
        assert!(median <= most, "{}: {median:.2}", link.name);
    }
}

/// Seconds for which two flows are watched where there is time.
pub(super) const WATCHED: u32 = 40;

/// Our shares of a link beside another flow, in both orders of arrival.
fn shares(link: &Link, rival: impl Fn(&World) -> Rival, watched: u32) -> [f64; 2] {
    [First::Ours, First::Theirs].map(|first| {
        let shared = beside(link, 1, &rival, first, watched);
        eprintln!(
            "{}, first {first:?}: {:.2} is ours, {:.2} is used, queue {:?}",
            link.name, shared.share, shared.used, shared.queue
        );
        assert!(
            shared.used > 0.85,
            "{}, first {first:?}: {shared:?}",
            link.name
        );
        shared.share
    })
}

#[test]
fn beside_tcp_that_fills_the_queue_both_get_their_share() {
    for share in shares(&Link::dsl(), |_| Rival::cubic(), 15) {
        assert!((0.4..0.6).contains(&share), "{share:.2}");
    }
}

/// A route that is another one for good, with nothing in its queue but ours: for a minute it looks as if somebody else filled the queue. The
/// window may grow meanwhile, but not to the end of a router's queue of seconds.
#[test]
fn on_a_path_that_has_become_longer_for_good_the_queue_has_an_end() {
    let link = Link::new("10 Mbit/s, 30 ms", 10.0, 30.0, 0.0)
        .with(|path| path.queue = Duration::from_secs(5));
    let longer = Duration::from_millis(100);
    let mut world = link.world(7);
    let now = world.now;
    world.homes[1].exchange.set_max_message_bytes(now, 1 << 40);
    world.run_for(SECOND);
    let film = world.write(0, (link.path.bits_per_second / 8.0 * 110.0) as usize);
    world.run_for(5 * SECOND);
    for path in &mut world.paths {
        path.delay = longer / 2;
    }
    world.run_for(SECOND);
    world.measure();
    let arrived = |world: &World| world.homes[1].inn[&film].partial.len();
    let before = arrived(&world);
    world.run_for(70 * SECOND);
    let (mean, longest) = (world.mean_queue(1), world.longest_queue[1]);
    let bits = (arrived(&world) - before) as f64 * 8.0;
    let used = bits / 70.0 / link.path.bits_per_second;
    world.measure();
    world.run_for(20 * SECOND);
    let later = world.mean_queue(1);
    eprintln!("queue {mean:?}, at most {longest:?}, {used:.2} is used; a minute later {later:?}");
    assert!(mean < longer * 5 / 2, "{mean:?}");
    assert!(longest < longer * 5, "{longest:?}");
    assert!(later < link.tuning.target * 3 / 2, "{later:?}");
    assert!(used > 0.8, "{used:.2}");
}

#[test]
fn beside_another_home_both_get_their_share() {
    for share in shares(&Link::dsl(), |world| Rival::ours(world.now), 15) {
        assert!((0.25..0.75).contains(&share), "{share:.2}");
    }
}

/// Where the queue is not many times the round trip nobody starves: see the controller's known limits.
#[test]
#[ignore = "minutes"]
fn long_beside_tcp_nobody_starves() {
    for link in Link::shared() {
        let least = match link.path.queue.as_millis() {
            300 => 0.1,
            _ => 0.25,
        };
        for share in shares(&link, |_| Rival::cubic(), WATCHED) {
            assert!((least..0.75).contains(&share), "{}: {share:.2}", link.name);
        }
    }
}

/// A router's queue that is shorter than our target is found out by its losses.
#[test]
fn in_a_queue_too_short_to_see_little_is_thrown_away_and_tcp_lives() {
    let link = Link::dsl().with_queue("20 Mbit/s, 30 ms, queue 15 ms", 15);
    let went = alone(&link, 1);
    assert!(went.overflowed < 0.03, "{went:?}");
    let shared = beside(&link, 1, |_| Rival::cubic(), First::Theirs, 15);
    assert!((0.3..0.75).contains(&shared.share), "{shared:?}");
}

#[test]
fn after_three_breaks_only_what_is_missing_moves() {
    let size = 10_000_000;
    let film = |breaks: u32| {
        let mut world = Link::dsl().world(7);
        world
            .homes
            .iter_mut()
            .for_each(|home| home.slow = Duration::from_millis(2));
        let id = world.write(0, size);
        for number in 0..breaks {
            world.run_for(SECOND);
            if number == 1 {
                // Nobody notices at first.
                world.paths.iter_mut().for_each(|path| path.deaf = true);
                world.run_for(8 * SECOND);
                world.paths.iter_mut().for_each(|path| path.deaf = false);
            }
            if number == 2 {
                world.restart(1);
            }
            world.part();
            world.run_for(20 * SECOND);
            world.meet();
        }
        world.run_until_told(100 * SECOND).expect("told");
        world.check();
        (world.sent[1], world.homes[1].inn[&id].moved)
    };
    let (whole, _) = film(0);
    let (broken, moved) = film(3);
    assert!(moved <= size as u64 + 3000, "{moved}");
    assert!(
        broken as f64 <= whole as f64 * 1.05,
        "{broken} against {whole}"
    );
}

#[test]
fn behind_a_relay_that_stands_still_both_miss_each_other_and_go_on_once_it_does_not() {
    let mut world = Link::dsl().world(7);
    world.part();
    world.relayed = true;
    world.meet();
    let film = world.write(0, 20_000_000);
    world.run_for(2 * SECOND);
    let stand_still = |world: &mut World, homes: &[usize], still| {
        for home in homes {
            world.paths[*home].deaf = still;
        }
    };
    let silent = |world: &World| {
        let homes = world.homes.iter();
        homes.filter_map(|home| home.exchange.silent()).count()
    };
    // Both directions, then the one to the writer alone.
    for homes in [&[0, 1][..], &[0]] {
        assert_eq!(silent(&world), 0);
        stand_still(&mut world, homes, true);
        world.run_for(Duration::from_millis(3500));
        assert_eq!(silent(&world), 0);
        world.run_for(SECOND);
        assert_eq!(silent(&world), 2);
        // QUIC's own probes are far apart by now.
        world.run_for(6 * SECOND);
        let reader = world.homes[1].exchange.silent().unwrap();
        let hears = world.now - reader.heard < SECOND;
        assert_eq!(hears, homes == [0], "{reader:?}");
        let before = world.homes[1].inn[&film].moved;
        stand_still(&mut world, homes, false);
        world.run_for(SECOND);
        let moved = world.homes[1].inn[&film].moved - before;
        assert!(moved > 500_000, "{moved}");
    }
    world.run_until_told(20 * SECOND).expect("told");
    // Nothing is expected of anybody.
    stand_still(&mut world, &[0, 1], true);
    world.run_for(20 * SECOND);
    assert_eq!(silent(&world), 0);
    world.check();
}

#[test]
fn who_is_back_owes_no_answer_before_it_can_be_asked() {
    let mut world = Link::dsl().world(7);
    world.part();
    world.relayed = true;
    world.meet();
    world.write(0, 20_000_000);
    world.run_for(2 * SECOND);
    world.part();
    world.run_for(5 * SECOND);
    // The reader sees the writer at once, and is seen late: until then its questions lie here.
    world.online(1);
    world.run_for(6 * SECOND);
    assert_eq!(world.homes[1].exchange.silent(), None);
    world.online(0);
    for _ in 0..50 {
        world.run_for(SECOND / 10);
        for home in &world.homes {
            assert_eq!(home.exchange.silent(), None);
        }
    }
    world.run_until_told(60 * SECOND).expect("told");
    world.check();
}

#[test]
fn a_lossless_packet_is_a_word_too() {
    let mut world = Link::dsl().world(7);
    world.part();
    world.relayed = true;
    world.meet();
    world.write(0, 20_000_000);
    world.run_for(2 * SECOND);
    for path in &mut world.paths {
        path.deaf = true;
    }
    world.run_for(10 * SECOND);
    let hears = |world: &World| {
        let reader = world.homes[1].exchange.silent().unwrap();
        world.now - reader.heard < 2 * SECOND
    };
    assert!(!hears(&world));
    // A Hello, which Tox repeats until it comes.
    let now = world.now;
    world.homes[0].exchange.set_max_message_bytes(now, 50 << 20);
    world.run_for(SECOND);
    assert!(hears(&world));
}

#[test]
fn letters_pass_a_film_by_file_transfer_too() {
    let mut path = Path::new(20.0, Duration::from_millis(30), 0.0);
    path.deaf = true;
    let mut world = World::new(1, path);
    world.meet();
    let film = world.write(0, 8_000_000);
    world.run_for(35 * SECOND);
    assert!(world.homes[0].used_pipes && world.homes[0].out[&film].told.is_none());
    for _ in 0..3 {
        let id = world.write(0, 20_000);
        world.run_for(2 * SECOND);
        assert!(
            world.homes[0].out[&id].told.is_some(),
            "stuck behind the film"
        );
        assert!(
            world.homes[0].out[&film].told.is_none(),
            "the film was too short"
        );
    }
    world.run_until_told(600 * SECOND).expect("told");
    world.check();
}

#[test]
fn one_letter_and_one_film_each_way() {
    let mut world = World::new(1, Path::new(1000.0, Duration::from_millis(1), 0.0));
    for from in [0, 1] {
        world.write(from, 10_000);
        world.write(from, 3_000_000);
        world.write(from, 1);
    }
    world.meet();
    let took = world.run_until_told(10 * SECOND).expect("told");
    world.check();
    assert!(took < SECOND, "{took:?}");
    for home in &world.homes {
        assert_eq!((home.breaches, home.dropped, home.interrupted), (0, 0, 0));
    }
}
