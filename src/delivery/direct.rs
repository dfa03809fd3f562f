//! Contacts that are reached directly or not at all, and who of them a relay alone leads to now.
//!
//! A TCP relay sees the addresses of both homes, and when something goes between them. Whoever is set to "direct only" is not
//! there, as far as letters are concerned, while Tox has found no other way: no Hello, no letter, no receipt and no text of ours
//! leaves, and what their home says is not listened to. What Tox itself does there goes on and cannot be prevented: it keeps its
//! own session with its contacts (hand-shake, keep-alives, the name and presence), and repeats packets that it had taken
//! before the direct way broke. So a relay sees that the two homes know each other. What a chat program's friend says
//! in that time is heard, for Tox acknowledges it before we see it; a file of theirs is accepted once the way is direct.

use std::collections::HashSet;
use std::sync::Mutex;

use super::lock;
use crate::contacts::Paths;
use crate::mail::address::PeerKey;
use crate::tox::Connection;

/// See the module.
#[derive(Default)]
pub struct Direct {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    only: HashSet<PeerKey>,
    relayed: HashSet<PeerKey>,
}

impl Direct {
    /// The peers that are set so, at the start.
    pub fn begin(&self, only: HashSet<PeerKey>) {
        lock(&self.state).only = only;
    }

    /// Another setting for one of them. [`super::courier::Errand::Ways`] makes it count for the connection of now.
    pub fn set(&self, peer: PeerKey, paths: Paths) {
        let mut state = lock(&self.state);
        match paths {
            Paths::DirectOnly => {
                state.only.insert(peer);
            }
            Paths::All => {
                state.only.remove(&peer);
            }
        }
    }

    /// The box that takes another one's place is reached as that was.
    pub(super) fn inherit(&self, old: &PeerKey, new: PeerKey) {
        let mut state = lock(&self.state);
        if state.only.contains(old) {
            state.only.insert(new);
        }
    }

    /// A peer is none any more.
    pub(super) fn forget(&self, peer: &PeerKey) {
        let mut state = lock(&self.state);
        state.only.remove(peer);
        state.relayed.remove(peer);
    }

    /// The connection as far as letters are concerned, now that Tox has this one.
    pub(super) fn way(&self, peer: &PeerKey, connection: Connection) -> Connection {
        let mut state = lock(&self.state);
        if connection == Connection::Tcp && state.only.contains(peer) {
            state.relayed.insert(*peer);
            return Connection::Offline;
        }
        state.relayed.remove(peer);
        connection
    }

    /// Whether anybody is set so.
    pub fn is_used(&self) -> bool {
        !lock(&self.state).only.is_empty()
    }

    /// Whether letters for this peer wait for a direct connection, while a relay would lead there.
    pub fn awaits(&self, peer: &PeerKey) -> bool {
        lock(&self.state).relayed.contains(peer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_relay_is_no_way_and_only_to_whom_it_was_said() {
        let direct = Direct::default();
        let [near, far] = [1, 2].map(|n| PeerKey::from_bytes([n; 32]));
        assert!(!direct.is_used());
        direct.begin(HashSet::from([far]));
        assert!(direct.is_used());
        for (peer, connection, way) in [
            (near, Connection::Tcp, Connection::Tcp),
            (far, Connection::Udp, Connection::Udp),
            (far, Connection::Offline, Connection::Offline),
            (far, Connection::Tcp, Connection::Offline),
        ] {
            assert_eq!(direct.way(&peer, connection), way);
            let awaited = connection != way;
            assert_eq!(direct.awaits(&peer), awaited);
        }
        direct.set(far, Paths::All);
        assert_eq!(direct.way(&far, Connection::Tcp), Connection::Tcp);
        assert!(!direct.awaits(&far));
        direct.set(near, Paths::DirectOnly);
        direct.inherit(&near, far);
        assert_eq!(direct.way(&far, Connection::Tcp), Connection::Offline);
        direct.forget(&far);
        assert_eq!(direct.way(&far, Connection::Tcp), Connection::Tcp);
    }
}
