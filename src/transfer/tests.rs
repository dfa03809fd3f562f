//! Two homes on a virtual clock: letters through every kind of trouble, and how fast they go.

use std::time::Duration;

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
