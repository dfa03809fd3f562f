//! What a home costs that has nothing to do: 20 contacts, none of them online, beside a bare toxcore instance with the same
//! 20 friends.

use std::time::Duration;

use crate::bare::{self, Bare, hex};
use crate::home::{Home, Plan};
use crate::network::Network;
use crate::process::{self, Threads};

pub const CONTACTS: usize = 20;

/// One of the two.
#[derive(Clone, Copy)]
pub struct Cost {
    pub resident: u64,
    /// Part of one processor, in per cent.
    pub cpu: f64,
}

/// The home's, and the bare instance's.
pub fn measure(network: &Network, settle: Duration, length: Duration) -> (Cost, Cost) {
    let plan = Plan {
        settings: network.settings(),
        members: vec!["anna"],
        ..Plan::default()
    };
    let mut home = Home::new("quiet", plan);
    home.start();
    let mut bare = Bare::start(network, 0);
    for number in 0..CONTACTS {
        let id = hex(bare::nobody().as_bytes());
        let name = format!("contact{number}");
        home.say(&["contact", "add", &name, "--tox", &format!("{id}@tox")])
            .unwrap();
        bare.order(&format!("befriend {id}"));
    }
    std::thread::sleep(settle);
    let pids = [home.pid(), bare.pid()];
    let before = pids.map(Threads::of);
    std::thread::sleep(length);
    let after = pids.map(Threads::of);
    let cost = |side: usize| Cost {
        resident: process::resident(pids[side]),
        cpu: after[side].since(&before[side]).as_secs_f64() / length.as_secs_f64() * 100.0,
    };
    (cost(0), cost(1))
}
