//! Two homes on a virtual clock.

use std::time::Duration;

use super::world::*;

const MS: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);

fn fast() -> Path {
    Path::new(1000.0, MS, 0.0)
}

#[test]
fn one_letter_and_one_film_each_way() {
    let mut world = World::new(1, fast());
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

#[test]
fn speed() {
    for (mbit, rtt, loss, size) in [
        (1000.0, 0.3, 0.0, 1_000_000),
        (1000.0, 0.3, 0.0, 20_000_000),
        (20.0, 30.0, 0.0, 10_000),
        (20.0, 30.0, 0.0, 1_000_000),
        (20.0, 30.0, 0.0, 10_000_000),
        (20.0, 30.0, 0.01, 10_000_000),
        (100.0, 10.0, 0.001, 1_000_000),
        (100.0, 10.0, 0.001, 20_000_000),
        (2.0, 60.0, 0.005, 1_000_000),
        (50.0, 200.0, 0.01, 20_000_000),
    ] {
        let mut world = World::new(7, Path::new(mbit, Duration::from_secs_f64(rtt / 1e3), loss));
        world.meet();
        world.run_for(2 * SECOND);
        world.write(0, size);
        let took = world.run_until_told(200 * SECOND).expect("told");
        let ideal = size as f64 * 8.0 / (mbit * 1e6 * (1.0 - loss)) * 1.08;
        eprintln!(
            "{mbit} Mbit/s {rtt} ms {loss}: {size} bytes in {took:?}, {:.0} % of the link, overflow {}, queue {:?}, datagrams {}",
            ideal / took.as_secs_f64() * 100.0,
            world.overflowed,
            world.longest_queue[1],
            world.datagrams,
        );
    }
}
