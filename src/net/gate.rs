//! How many connections there may be, and who leaves when there are too many. Pure but for the bell it rings.
//!
//! Two limits: in all, and per address. When the house is full, a newcomer from an address with fewer connections than
//! another takes the place of the **oldest connection that has not logged in** of the address that holds most. So somebody
//! who opens a thousand connections only pushes out their own, and a member comes in within a moment; who has logged in is
//! never sent away.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// How many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// In all (`[limits] max_connections`).
    pub max_connections: usize,
    /// From one address (`[limits] max_connections_per_address`).
    pub max_connections_per_address: usize,
}

/// Counts connections. One gate is shared by every listener of the mail servers.
#[derive(Debug)]
pub struct Gate {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    limits: Limits,
    next: u64,
    /// By age: the first is the oldest.
    guests: BTreeMap<u64, Guest>,
    by_address: HashMap<IpAddr, usize>,
}

#[derive(Debug)]
struct Guest {
    from: IpAddr,
    member: bool,
    bell: Arc<Bell>,
}

/// Rings when a connection has to make room for somebody else.
#[derive(Debug, Default)]
pub(crate) struct Bell {
    rung: AtomicBool,
    notify: Notify,
}

impl Bell {
    fn ring(&self) {
        self.rung.store(true, Ordering::Release);
        // A permit is kept for a waiter that has not begun to wait.
        self.notify.notify_one();
    }

    pub(crate) fn has_rung(&self) -> bool {
        self.rung.load(Ordering::Acquire)
    }

    pub(crate) async fn rings(&self) {
        while !self.has_rung() {
            self.notify.notified().await;
        }
    }
}

/// Why a newcomer is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// Too many from this address.
    Address,
    /// Too many in all, and nobody to make room.
    House,
}

/// The right to be connected; given back when dropped.
#[derive(Debug)]
pub struct Seat {
    gate: Arc<Gate>,
    id: u64,
    bell: Arc<Bell>,
}

impl Gate {
    /// An empty house.
    pub fn new(limits: Limits) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::new(State {
                limits,
                next: 0,
                guests: BTreeMap::new(),
                by_address: HashMap::new(),
            }),
        })
    }

    /// Changes the limits (SIGHUP); who is inside stays.
    pub fn set_limits(&self, limits: Limits) {
        self.state().limits = limits;
    }

    /// How many are inside.
    pub fn count(&self) -> usize {
        self.state().guests.len()
    }

    /// Lets one more in from `from`, or says why not.
    ///
    /// # Errors
    /// [`Full`].
    pub fn enter(self: &Arc<Self>, from: IpAddr) -> Result<Seat, Full> {
        let mut state = self.state();
        let mine = state.by_address.get(&from).copied().unwrap_or(0);
        if mine >= state.limits.max_connections_per_address {
            return Err(Full::Address);
        }
        if state.guests.len() >= state.limits.max_connections {
            state.make_room(mine)?;
        }
        let (id, bell) = (state.next, Arc::<Bell>::default());
        state.next += 1;
        *state.by_address.entry(from).or_default() += 1;
        state.guests.insert(
            id,
            Guest {
                from,
                member: false,
                bell: bell.clone(),
            },
        );
        Ok(Seat {
            gate: self.clone(),
            id,
            bell,
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Sends somebody out for a newcomer whose address holds `mine` connections already.
    fn make_room(&mut self, mine: usize) -> Result<(), Full> {
        let mut strangers: HashMap<IpAddr, (usize, u64)> = HashMap::new();
        for (&id, guest) in self.guests.iter().filter(|(_, guest)| !guest.member) {
            let held = self.by_address.get(&guest.from).copied().unwrap_or(0);
            strangers.entry(guest.from).or_insert((held, id));
        }
        let (_, oldest) = strangers
            .into_values()
            .filter(|&(held, _)| held > mine)
            .max_by_key(|&(held, id)| (held, std::cmp::Reverse(id)))
            .ok_or(Full::House)?;
        if let Some(guest) = self.remove(oldest) {
            guest.bell.ring();
        }
        Ok(())
    }

    /// Its place is free at once; the connection itself says goodbye a moment later.
    fn remove(&mut self, id: u64) -> Option<Guest> {
        let guest = self.guests.remove(&id)?;
        if let Some(count) = self.by_address.get_mut(&guest.from) {
            *count -= 1;
            if *count == 0 {
                self.by_address.remove(&guest.from);
            }
        }
        Some(guest)
    }
}

impl Seat {
    /// Somebody has logged in here: this seat is kept whatever comes.
    pub fn keep(&self) {
        if let Some(guest) = self.gate.state().guests.get_mut(&self.id) {
            guest.member = true;
        }
    }

    pub(crate) fn bell(&self) -> &Bell {
        &self.bell
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.gate.state().remove(self.id);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    fn gate(all: usize, each: usize) -> Arc<Gate> {
        Gate::new(Limits {
            max_connections: all,
            max_connections_per_address: each,
        })
    }

    fn ip(last: u8) -> IpAddr {
        IpAddr::from([127, 0, 0, last])
    }

    #[test]
    fn seats_are_counted_and_given_back() {
        let gate = gate(3, 2);
        let one = gate.enter(ip(1)).unwrap();
        let _two = gate.enter(ip(1)).unwrap();
        assert_eq!(gate.enter(ip(1)).unwrap_err(), Full::Address);
        drop(one);
        let _three = gate.enter(ip(1)).unwrap();
        assert_eq!(gate.count(), 2);
    }

    #[test]
    fn a_crowd_makes_room_for_a_newcomer_but_not_for_more_of_its_own() {
        let gate = gate(3, 3);
        let crowd: Vec<Seat> = (0..3).map(|_| gate.enter(ip(1)).unwrap()).collect();
        let guest = gate.enter(ip(2)).unwrap();
        assert!(crowd[0].bell().has_rung() && !crowd[1].bell().has_rung());
        assert_eq!(gate.enter(ip(1)).unwrap_err(), Full::House);
        assert!(!guest.bell().has_rung());
        assert_eq!(gate.count(), 3);
        drop(crowd);
        assert_eq!(gate.count(), 1);
    }

    #[test]
    fn who_has_logged_in_stays() {
        let gate = gate(2, 2);
        let first = gate.enter(ip(1)).unwrap();
        first.keep();
        let second = gate.enter(ip(1)).unwrap();
        let _newcomer = gate.enter(ip(2)).unwrap();
        assert!(!first.bell().has_rung() && second.bell().has_rung());
        _newcomer.keep();
        assert_eq!(gate.enter(ip(3)).unwrap_err(), Full::House);
    }

    #[test]
    fn among_many_addresses_the_oldest_leaves() {
        let gate = gate(5, 2);
        let seats: Vec<Seat> = (1..=5).map(|n| gate.enter(ip(n)).unwrap()).collect();
        let _newcomer = gate.enter(ip(9)).unwrap();
        let rung: Vec<bool> = seats.iter().map(|s| s.bell().has_rung()).collect();
        assert_eq!(rung, [true, false, false, false, false]);
    }
}
