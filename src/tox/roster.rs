//! Friends: libtoxcore's list kept equal to the contacts', and the only place that knows friend numbers.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::core::Core;
use super::error::CommandError;
use super::event::Connection;
use crate::mail::address::{PeerKey, ToxId};

/// Most bytes that a friend request carries on every version of the network.
pub const MAX_REQUEST_LENGTH: usize = 921;

/// What a request says when nothing else was given: an empty one is not possible.
const DEFAULT_REQUEST: &[u8] = b"Toxmail";

/// A contact with a Tox address, as the database has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Friend {
    /// Who.
    pub key: PeerKey,
    /// Their full address, if it is known: then a real friend request goes out until they were online once. Two homes
    /// that both only know each other's key may never find each other (c-toxcore #2909).
    pub id: Option<ToxId>,
    /// The request's message, 1 to [`MAX_REQUEST_LENGTH`] bytes; `None`: a word of greeting.
    pub request: Option<Vec<u8>>,
    /// They were a friend, and are asked again: perhaps they have removed us, so that they were online once says nothing.
    pub again: bool,
}

/// What the other threads may see of one friend.
#[derive(Debug, Default)]
pub(super) struct Facts {
    calls: AtomicU64,
    connection: AtomicU8,
}

impl Facts {
    pub(super) fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    pub(super) fn connection(&self) -> Connection {
        decoded(self.connection.load(Ordering::Relaxed))
    }
}

pub(super) fn encoded(connection: Connection) -> u8 {
    match connection {
        Connection::Offline => 0,
        Connection::Tcp => 1,
        Connection::Udp => 2,
    }
}

pub(super) fn decoded(number: u8) -> Connection {
    match number {
        1 => Connection::Tcp,
        2 => Connection::Udp,
        _ => Connection::Offline,
    }
}

/// All friends' facts, for `status`.
pub(super) type AllFacts = Mutex<HashMap<PeerKey, Arc<Facts>>>;

struct Entry {
    number: u32,
    facts: Arc<Facts>,
}

/// See the module.
pub(super) struct Roster {
    ourselves: PeerKey,
    friends: HashMap<PeerKey, Entry>,
    numbers: HashMap<u32, PeerKey>,
    shown: Arc<AllFacts>,
}

impl Roster {
    /// The friends that the savedata brought.
    pub(super) fn new(core: &Core, ourselves: PeerKey, shown: Arc<AllFacts>) -> Self {
        let mut roster = Self {
            ourselves,
            friends: HashMap::new(),
            numbers: HashMap::new(),
            shown,
        };
        for (number, key) in core.friends() {
            roster.enter(number, key);
        }
        roster
    }

    /// Makes libtoxcore's list equal to `wanted`. Returns whom it would not take, and why.
    pub(super) fn reconcile(
        &mut self,
        core: &mut Core,
        wanted: &[Friend],
    ) -> Vec<(PeerKey, CommandError)> {
        let keys: std::collections::HashSet<PeerKey> = wanted.iter().map(|f| f.key).collect();
        let surplus: Vec<PeerKey> = self
            .friends
            .keys()
            .filter(|key| !keys.contains(key))
            .copied()
            .collect();
        for key in surplus {
            // It is in our table, so it is in libtoxcore's.
            let _ = self.remove(core, &key);
        }
        let mut refused = Vec::new();
        for friend in wanted {
            // Nobody is online yet. Who ever was has let us in, whatever was written down of it before the last stop.
            let known = self.friends.get(&friend.key);
            if !friend.again && known.is_some_and(|entry| core.was_online(entry.number)) {
                continue;
            }
            let outcome = match &friend.id {
                Some(id) => {
                    let message = friend.request.as_deref().unwrap_or(DEFAULT_REQUEST);
                    self.add(core, id, message)
                }
                None => self.accept(core, &friend.key),
            };
            match outcome {
                Ok(()) | Err(CommandError::AlreadyFriend) => {}
                Err(why) => refused.push((friend.key, why)),
            }
        }
        refused
    }

    /// Adds a friend with a real request. One who is in the list and not online is asked (again): perhaps they have removed us, which
    /// nobody tells, and are to let us in anew.
    pub(super) fn add(
        &mut self,
        core: &mut Core,
        id: &ToxId,
        message: &[u8],
    ) -> Result<(), CommandError> {
        let key = id.key();
        if key == self.ourselves {
            return Err(CommandError::OwnKey);
        }
        if message.is_empty() {
            return Err(CommandError::MessageEmpty);
        }
        if message.len() > MAX_REQUEST_LENGTH {
            return Err(CommandError::MessageTooLong);
        }
        if let Some(entry) = self.friends.get(&key) {
            if entry.facts.connection().is_online() {
                return Err(CommandError::AlreadyFriend);
            }
            // libtoxcore takes a request for a stranger only.
            self.remove(core, &key)?;
        }
        let number = core.add_friend(id, message)?;
        self.enter(number, key);
        Ok(())
    }

    /// Adds a friend who has asked us.
    pub(super) fn accept(&mut self, core: &mut Core, key: &PeerKey) -> Result<(), CommandError> {
        if *key == self.ourselves {
            return Err(CommandError::OwnKey);
        }
        if self.friends.contains_key(key) {
            return Err(CommandError::AlreadyFriend);
        }
        let number = core.add_friend_norequest(key)?;
        self.enter(number, *key);
        Ok(())
    }

    /// Removes a friend; how they were connected.
    pub(super) fn remove(
        &mut self,
        core: &mut Core,
        key: &PeerKey,
    ) -> Result<Connection, CommandError> {
        let entry = self.friends.remove(key).ok_or(CommandError::Unknown)?;
        self.numbers.remove(&entry.number);
        self.shown().remove(key);
        core.delete_friend(entry.number);
        Ok(entry.facts.connection())
    }

    /// Who has this number.
    pub(super) fn key(&self, number: u32) -> Option<PeerKey> {
        self.numbers.get(&number).copied()
    }

    /// The number of a friend, for a call that is about to be made (and counted).
    pub(super) fn call(&self, key: &PeerKey) -> Option<u32> {
        let entry = self.friends.get(key)?;
        entry.facts.calls.fetch_add(1, Ordering::Relaxed);
        Some(entry.number)
    }

    pub(super) fn contains(&self, key: &PeerKey) -> bool {
        self.friends.contains_key(key)
    }

    pub(super) fn connection(&self, key: &PeerKey) -> Connection {
        self.friends
            .get(key)
            .map_or(Connection::Offline, |entry| entry.facts.connection())
    }

    pub(super) fn connected(&mut self, key: &PeerKey, connection: Connection) {
        if let Some(entry) = self.friends.get(key) {
            entry
                .facts
                .connection
                .store(encoded(connection), Ordering::Relaxed);
        }
    }

    /// Whether anybody is connected through a relay.
    pub(super) fn anybody_by_relay(&self) -> bool {
        self.friends
            .values()
            .any(|entry| entry.facts.connection() == Connection::Tcp)
    }

    fn enter(&mut self, number: u32, key: PeerKey) {
        let facts = Arc::new(Facts::default());
        self.shown().insert(key, Arc::clone(&facts));
        self.friends.insert(key, Entry { number, facts });
        self.numbers.insert(number, key);
    }

    fn shown(&self) -> std::sync::MutexGuard<'_, HashMap<PeerKey, Arc<Facts>>> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
