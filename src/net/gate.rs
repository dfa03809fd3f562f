//! How many connections there may be, and who leaves when there are too many. Pure but for the bell it rings.
//!
//! Two limits: in all, and per address. When the house is full, a newcomer takes the place of the **oldest connection that
//! has not logged in** of the address that holds most of those, as long as that is no fewer than the newcomer's own. So
//! somebody who opens a thousand connections only pushes out their own, and a member comes in within a moment; who has
//! logged in is never sent away.
//!
//! A device with many addresses (IPv6 gives it as many as it likes) could send a newcomer away before they have logged in.
//! So a place from which somebody has logged in before is **known**: as many connections as a mail program opens at once
//! leave only for those of another known place.

use std::collections::{BTreeMap, HashMap, VecDeque};
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
    /// Where somebody has logged in; the last is the latest.
    known: VecDeque<IpAddr>,
}

/// Mail programs open five connections at once.
const AT_ONCE: usize = 5;

/// So many known places are remembered: more devices than a home has.
const KNOWN: usize = 256;

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
        self.notify.notify_waiters();
    }

    pub(crate) fn has_rung(&self) -> bool {
        self.rung.load(Ordering::Acquire)
    }

    pub(crate) async fn rings(&self) {
        loop {
            // Made before the look: a ring between the two is not missed.
            let notified = self.notify.notified();
            if self.has_rung() {
                return;
            }
            notified.await;
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
                known: VecDeque::new(),
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
            state.make_room(from)?;
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
    /// Sends somebody out for a newcomer.
    fn make_room(&mut self, newcomer: IpAddr) -> Result<(), Full> {
        /// Connections of one address that have not logged in.
        struct Crowd {
            known: bool,
            size: usize,
            oldest: u64,
        }
        let mut crowds: HashMap<IpAddr, Crowd> = HashMap::new();
        for (&id, guest) in self.guests.iter().filter(|(_, guest)| !guest.member) {
            let crowd = crowds.entry(guest.from).or_insert_with(|| Crowd {
                known: self.known.contains(&guest.from),
                size: 0,
                oldest: id,
            });
            crowd.size += 1;
        }
        let mine = crowds.remove(&newcomer).map_or(0, |crowd| crowd.size);
        let known = self.known.contains(&newcomer);
        let leaves = crowds
            .into_values()
            .filter(|crowd| match (known, crowd.known) {
                (true, false) => true,
                (false, true) => crowd.size > AT_ONCE,
                _ => crowd.size >= mine,
            })
            .min_by_key(|crowd| (crowd.known, std::cmp::Reverse(crowd.size), crowd.oldest))
            .ok_or(Full::House)?;
        if let Some(guest) = self.remove(leaves.oldest) {
            guest.bell.ring();
        }
        Ok(())
    }

    fn remember(&mut self, place: IpAddr) {
        self.known.retain(|known| *known != place);
        if self.known.len() >= KNOWN {
            self.known.pop_front();
        }
        self.known.push_back(place);
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
    /// Somebody has logged in here: this seat is kept whatever comes, and the place is known from now on.
    pub fn keep(&self) {
        let mut state = self.gate.state();
        if let Some(guest) = state.guests.get_mut(&self.id) {
            guest.member = true;
            let from = guest.from;
            state.remember(from);
        }
    }

    pub(crate) fn bell(&self) -> &Arc<Bell> {
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
    fn a_member_who_has_a_connection_already_is_let_in_among_many_addresses() {
        let gate = gate(6, 4);
        let phone = gate.enter(ip(9)).unwrap();
        phone.keep();
        let crowd: Vec<Seat> = (1..=5).map(|n| gate.enter(ip(n)).unwrap()).collect();
        // A mail program opens several at once.
        let more = [gate.enter(ip(9)).unwrap(), gate.enter(ip(9)).unwrap()];
        assert!(crowd[0].bell().has_rung() && crowd[1].bell().has_rung());
        assert!(!phone.bell().has_rung());
        // Who comes after them from elsewhere pushes out others.
        let _crowd: Vec<_> = (11..=60).filter_map(|n| gate.enter(ip(n)).ok()).collect();
        assert!(more.iter().all(|seat| !seat.bell().has_rung()));
    }

    #[tokio::test]
    async fn a_ring_is_heard_by_everybody_who_listens() {
        let gate = gate(1, 1);
        let seat = gate.enter(ip(1)).unwrap();
        let bell = seat.bell().clone();
        let other = tokio::spawn(async move { bell.rings().await });
        let _newcomer = gate.enter(ip(2)).unwrap();
        seat.bell().rings().await;
        other.await.unwrap();
    }

    #[test]
    fn who_has_logged_in_stays() {
        let gate = gate(2, 2);
        let first = gate.enter(ip(1)).unwrap();
        first.keep();
        let second = gate.enter(ip(2)).unwrap();
        let newcomer = gate.enter(ip(3)).unwrap();
        assert!(!first.bell().has_rung() && second.bell().has_rung());
        newcomer.keep();
        assert_eq!(gate.enter(ip(4)).unwrap_err(), Full::House);
    }

    #[test]
    fn who_comes_from_a_known_place_is_not_sent_away_for_strangers() {
        let gate = gate(12, 12);
        gate.enter(ip(1)).unwrap().keep();
        let known: Vec<Seat> = (0..5).map(|_| gate.enter(ip(1)).unwrap()).collect();
        let _storm: Vec<_> = (10..99).filter_map(|n| gate.enter(ip(n)).ok()).collect();
        assert!(known.iter().all(|seat| !seat.bell().has_rung()));
        // A whole house full from one known place makes room all the same.
        drop(_storm);
        let _more: Vec<Seat> = (0..7).map(|_| gate.enter(ip(1)).unwrap()).collect();
        let _stranger = gate.enter(ip(2)).unwrap();
        assert!(known[0].bell().has_rung());
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
