//! How many connections there may be, and who leaves when there are too many. Pure but for the bell it rings.
//!
//! Two limits: in all, and per address. When the house is full, a newcomer takes somebody's place:
//! - First, the **oldest connection of the member who holds most**, if that is more than forty: one device with its own
//!   password and ten addresses could keep all places otherwise, also from the page on which that password is revoked. It comes before the
//!   strangers' places, because there may be a single one of those, which everybody would take from one another. Who holds no more is
//!   never sent away.
//! - Else the **oldest connection that has not logged in** of the crowd that is largest, as long as that is no smaller than the
//!   newcomer's own. So somebody who opens a thousand connections only pushes out their own, and a member comes in within a moment.
//!
//! A crowd is what comes from one address, or from one /64 of IPv6, in which a device has as many addresses as it likes. A family
//! may share that /64 with the device: a newcomer who finds no other crowd to make room takes a place in their own, of another
//! address there.
//!
//! With many addresses of IPv4 a newcomer can still be sent away before they have logged in. So a place from which somebody has logged in
//! before is **known**: it is a crowd of its own, and as many connections as a mail program opens at once leave only for those of another
//! known place.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::networks;
use crate::mail::address::MemberName;

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

/// So many connections of a member stay whatever comes: five of a mail program, on eight devices.
const MOST_OF_MEMBER: usize = 40;

#[derive(Debug)]
struct Guest {
    from: IpAddr,
    /// Who has logged in.
    member: Option<MemberName>,
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
                member: None,
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
        let ours = networks::within_reach_of(newcomer);
        let leaves = self
            .of_the_member_with_too_many()
            .or_else(|| self.of_a_crowd(newcomer, networks::within_reach_of, |_| true))
            .or_else(|| {
                let is_ours = |from| networks::within_reach_of(from) == ours;
                self.of_a_crowd(newcomer, |from| from, is_ours)
            })
            .ok_or(Full::House)?;
        if let Some(guest) = self.remove(leaves) {
            guest.bell.ring();
        }
        Ok(())
    }

    /// The oldest connection of the member who holds most, if that is too many.
    fn of_the_member_with_too_many(&self) -> Option<u64> {
        let mut held: HashMap<&MemberName, (usize, u64)> = HashMap::new();
        for (&id, guest) in &self.guests {
            if let Some(member) = &guest.member {
                held.entry(member).or_insert((0, id)).0 += 1;
            }
        }
        held.into_values()
            .filter(|(count, _)| *count > MOST_OF_MEMBER)
            .max_by_key(|(count, _)| *count)
            .map(|(_, oldest)| oldest)
    }

    /// The oldest connection of the largest crowd that has to make room for a newcomer; of all who have not logged in, among those whom
    /// `counts` says. Who comes from a known place is in the crowd of that address, all others in that of `crowd_of` theirs.
    fn of_a_crowd(
        &self,
        newcomer: IpAddr,
        crowd_of: impl Fn(IpAddr) -> IpAddr,
        counts: impl Fn(IpAddr) -> bool,
    ) -> Option<u64> {
        struct Crowd {
            size: usize,
            oldest: u64,
        }
        let key = |from: IpAddr| match self.known.contains(&from) {
            true => (true, from),
            false => (false, crowd_of(from)),
        };
        let mut crowds: HashMap<(bool, IpAddr), Crowd> = HashMap::new();
        let strangers = self.guests.iter().filter(|(_, g)| g.member.is_none());
        for (&id, guest) in strangers.filter(|(_, guest)| counts(guest.from)) {
            let crowd = crowds.entry(key(guest.from)).or_insert(Crowd {
                size: 0,
                oldest: id,
            });
            crowd.size += 1;
        }
        let mine = crowds.remove(&key(newcomer)).map_or(0, |crowd| crowd.size);
        let (known, _) = key(newcomer);
        crowds
            .into_iter()
            .filter(|((is_known, _), crowd)| match (known, is_known) {
                (true, false) => true,
                (false, true) => crowd.size > AT_ONCE,
                _ => crowd.size >= mine,
            })
            .min_by_key(|((is_known, _), crowd)| {
                (*is_known, std::cmp::Reverse(crowd.size), crowd.oldest)
            })
            .map(|(_, crowd)| crowd.oldest)
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
    /// A member has logged in here: this seat is one of theirs, and the place is known from now on.
    pub fn keep(&self, member: &MemberName) {
        let mut state = self.gate.state();
        if let Some(guest) = state.guests.get_mut(&self.id) {
            guest.member = Some(member.clone());
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

    fn name(name: &str) -> MemberName {
        name.parse().unwrap()
    }

    /// One of as many addresses as a device likes.
    fn ip6(last: u16) -> IpAddr {
        IpAddr::from([0xfe80, 0, 0, 0, 0, 0, 0, last])
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
        phone.keep(&name("anna"));
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
        first.keep(&name("anna"));
        let second = gate.enter(ip(2)).unwrap();
        let newcomer = gate.enter(ip(3)).unwrap();
        assert!(!first.bell().has_rung() && second.bell().has_rung());
        newcomer.keep(&name("anna"));
        assert_eq!(gate.enter(ip(4)).unwrap_err(), Full::House);
    }

    #[test]
    fn who_comes_from_a_known_place_is_not_sent_away_for_strangers() {
        let gate = gate(12, 12);
        gate.enter(ip(1)).unwrap().keep(&name("anna"));
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
    fn one_member_cannot_take_every_place() {
        let gate = gate(200, 20);
        let hers: Vec<Seat> = (0..200)
            .map(|n| gate.enter(ip(1 + n / 20)).unwrap())
            .collect();
        hers.iter().for_each(|seat| seat.keep(&name("anna")));
        let ben = gate.enter(ip(11)).unwrap();
        assert!(hers[0].bell().has_rung() && !hers[1].bell().has_rung());
        ben.keep(&name("ben"));
        // Whoever comes takes what is hers beyond her share, and nobody's else.
        let more: Vec<Seat> = (0..170)
            .filter_map(|n| gate.enter(ip(20 + n / 20)).ok())
            .collect();
        let left = hers.iter().filter(|seat| !seat.bell().has_rung()).count();
        assert_eq!((left, gate.count()), (MOST_OF_MEMBER, 200));
        assert!(!ben.bell().has_rung());
        drop((hers, more));
    }

    #[test]
    fn forty_connections_of_each_of_five_members_stay() {
        let gate = gate(200, 20);
        let seats: Vec<Seat> = (0..200)
            .map(|n| gate.enter(ip(1 + n / 20)).unwrap())
            .collect();
        for (seat, n) in seats.iter().zip(0..) {
            seat.keep(&name(["anna", "ben", "cleo", "dora", "emil"][n % 5]));
        }
        assert_eq!(gate.enter(ip(99)).unwrap_err(), Full::House);
        assert!(seats.iter().all(|seat| !seat.bell().has_rung()));
    }

    #[test]
    fn many_addresses_of_one_network_are_one_crowd() {
        let gate = gate(20, 20);
        let newcomers: Vec<Seat> = (1..=3).map(|n| gate.enter(ip(n)).unwrap()).collect();
        let storm: Vec<Seat> = (0..999).filter_map(|n| gate.enter(ip6(n)).ok()).collect();
        let more = gate.enter(ip(4)).unwrap();
        let rung = |seats: &[Seat]| seats.iter().any(|seat| seat.bell().has_rung());
        assert!(!rung(&newcomers) && !rung(std::slice::from_ref(&more)));
        // Somebody in the same network comes in as well, and pushes out one of many.
        let neighbour = gate.enter(ip6(5000)).unwrap();
        assert!(rung(&storm) && !rung(&newcomers) && !rung(std::slice::from_ref(&neighbour)));
        assert_eq!(gate.count(), 20);
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
