//! What a home costs that has nothing to do: 20 contacts, none of them online, and five mail programs that wait for letters (IDLE), beside a
//! bare toxcore instance with the same 20 friends. Each has a cable of its own.

use std::time::Duration;

use crate::bare::{self, Bare, hex};
use crate::home::{Home, Plan};
use crate::imap_client::Imap;
use crate::network::Network;
use crate::process::{self, Threads};
use crate::router;

pub const CONTACTS: usize = 20;
pub const SESSIONS: usize = 5;

/// One of the two.
#[derive(Clone, Copy)]
pub struct Cost {
    /// Bytes.
    pub resident: u64,
    /// Part of one processor, in per cent.
    pub cpu: f64,
    /// A second.
    pub wake_ups: f64,
    /// Bytes a second, both ways.
    pub network: f64,
    /// Bytes in the whole time.
    pub written: u64,
}

/// The home's, and the bare instance's.
pub fn measure(network: &Network, settle: Duration, length: Duration) -> (Cost, Cost) {
    let mut settings = network.settings();
    settings.push(("listen", "imaps = \"127.0.0.1:0\"".into()));
    let plan = Plan {
        settings,
        members: vec!["anna"],
        namespace: network.places[0].clone(),
        ..Plan::default()
    };
    let mut home = Home::new("quiet", plan);
    home.start();
    let mut bare = Bare::start(network, 1);
    for number in 0..CONTACTS {
        let id = hex(bare::nobody().as_bytes());
        let name = format!("contact{number}");
        home.say(&["contact", "add", &name, "--tox", &format!("{id}@tox")])
            .unwrap();
        bare.order(&format!("befriend {id}"));
    }
    let at = home.address("imaps");
    let idle = |_| {
        let mut imap = Imap::login(at, "anna", "secret-anna").unwrap();
        imap.command("SELECT INBOX").unwrap();
        let tag = imap.tag();
        imap.send(format!("{tag} IDLE\r\n").as_bytes()).unwrap();
        imap.answer().unwrap();
        imap
    };
    let place = network.places[0].as_deref();
    let _sessions: Vec<Imap> = router::within(place, || (0..SESSIONS).map(idle).collect());
    std::thread::sleep(settle);
    let pids = [home.pid(), bare.pid()];
    let counts = || {
        pids.map(|pid| {
            let counted = [
                process::waits(pid),
                process::carried(pid),
                process::written(pid),
            ];
            (Threads::of(pid), counted)
        })
    };
    let before = counts();
    std::thread::sleep(length);
    let after = counts();
    let cost = |side: usize| {
        let ((worked, now), (had_worked, had)) = (&after[side], &before[side]);
        let [waits, bytes, written] = [0, 1, 2].map(|at| now[at].saturating_sub(had[at]));
        let seconds = length.as_secs_f64();
        Cost {
            resident: process::resident(pids[side]),
            cpu: worked.since(had_worked).as_secs_f64() / seconds * 100.0,
            wake_ups: waits as f64 / seconds,
            network: bytes as f64 / seconds,
            written,
        }
    };
    (cost(0), cost(1))
}
