//! How two homes come to know each other: friend requests, invitations, and what they tell each other of their members.
//!
//! Called from the Tox thread, so nothing here blocks: the database is asked on other threads.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use super::courier::{Errand, Errands};
use super::{Post, lock};
use crate::contacts::{self, Befriend, Knock};
use crate::journal;
use crate::mail::address::{PeerKey, ToxId};
use crate::tox::{Command, Friend, Node};
use crate::transfer::Directory;
use crate::transfer::frame::{ClaimedMember, MAX_CLAIMS, MAX_MEMBERS};

/// See the module.
pub struct Pairing {
    post: Arc<Post>,
    errands: Errands,
    runtime: tokio::runtime::Handle,
    node: OnceLock<Arc<Node>>,
    incompatible: Mutex<HashSet<PeerKey>>,
    /// Whose directory is being written down, and what they have told since.
    directories: Mutex<HashMap<PeerKey, Option<Directory>>>,
}

/// A peer's directory is written down so often at most: the card wears out, and a home has no more news than that.
const DIRECTORY_EVERY: Duration = Duration::from_secs(3);

impl Pairing {
    /// A pairing without a node yet.
    pub fn new(post: Arc<Post>, errands: Errands, runtime: tokio::runtime::Handle) -> Self {
        Self {
            post,
            errands,
            runtime,
            node: OnceLock::new(),
            incompatible: Mutex::default(),
            directories: Mutex::default(),
        }
    }

    /// The node runs: requests that came meanwhile are answered.
    pub fn connect(&self, node: Arc<Node>) {
        let _ = self.node.set(node);
    }

    /// Whom Tox must have as friends. Blocks.
    ///
    /// # Errors
    /// The database.
    pub fn friends(&self) -> Result<Vec<Friend>, contacts::Error> {
        let peers = self.post.contacts.peers()?.into_iter();
        Ok(peers
            .filter(|peer| !peer.blocked)
            .map(|peer| Friend {
                key: peer.key,
                // A request only goes out while we are the ones who ask.
                id: peer.tox_id.filter(|_| peer.request.is_some()),
                request: peer.request,
            })
            .collect())
    }

    /// Does what an operation on the contacts asks of Tox. Waits for the Tox thread.
    pub fn befriend(&self, befriend: Befriend) {
        let command = match befriend {
            Befriend::Ask { id, message } => {
                journal::friend_asked(&id.key());
                Command::AddFriend { id, message }
            }
            Befriend::Accept(key) => Command::AcceptFriend(key),
            Befriend::Nothing => return,
        };
        if let Err(e) = self.node.wait().perform(command)
            && e != crate::tox::CommandError::AlreadyFriend
        {
            // The next start reconciles the friends with the contacts.
            journal::trouble("tox", &e);
        }
    }

    /// A letter goes to a full Tox address: knocks there if nobody has yet. Blocks.
    ///
    /// # Errors
    /// The database.
    pub fn first_contact(&self, id: &ToxId) -> Result<(), contacts::Error> {
        let befriend = self.post.contacts.first_contact(id)?;
        self.befriend(befriend);
        Ok(())
    }

    /// A contact is none any more. Waits for the Tox thread.
    pub fn unfriend(&self, key: PeerKey) {
        // Not a friend: that is what was wanted.
        let _ = self.node.wait().perform(Command::RemoveFriend(key));
        self.errands.send(Errand::Forget { peer: key });
    }

    /// A friend request came in.
    pub fn request(self: &Arc<Self>, key: PeerKey, message: Vec<u8>) {
        let this = Arc::clone(self);
        self.runtime
            .spawn_blocking(move || match this.post.contacts.knock(&key, &message) {
                Ok(Knock::LetIn) => {
                    journal::invitation_redeemed(&key);
                    this.befriend(Befriend::Accept(key));
                }
                Ok(Knock::Asks) => journal::friend_request(&key),
                Ok(Knock::Ignored) => {}
                // It is repeated as long as it is not answered.
                Err(e) => journal::trouble("contacts", &e),
            });
    }

    /// A friend is online.
    pub fn online(self: &Arc<Self>, peer: PeerKey) {
        let this = Arc::clone(self);
        self.runtime.spawn_blocking(move || {
            let now = this.post.clock.now().wall;
            if let Err(e) = this.post.contacts.saw_online(&peer, now) {
                journal::trouble("contacts", &e);
            }
        });
    }

    /// A valid Hello came: it is a home for good.
    pub fn hello(self: &Arc<Self>, peer: PeerKey) {
        lock(&self.incompatible).remove(&peer);
        let this = Arc::clone(self);
        self.runtime.spawn_blocking(move || {
            if let Err(e) = this.post.contacts.saw_hello(&peer) {
                journal::trouble("contacts", &e);
            }
        });
    }

    /// A home that speaks another version.
    pub fn incompatible(&self, peer: PeerKey) {
        lock(&self.incompatible).insert(peer);
    }

    /// Homes that speak another version, for `doctor`.
    pub fn incompatible_homes(&self) -> Vec<PeerKey> {
        lock(&self.incompatible).iter().copied().collect()
    }

    /// A peer tells who lives there. What it tells while the last word is being written down waits; only the latest counts.
    pub fn directory(self: &Arc<Self>, peer: PeerKey, directory: Directory) {
        if lock(&self.directories)
            .insert(peer, Some(directory))
            .is_some()
        {
            return;
        }
        let this = Arc::clone(self);
        self.runtime.spawn(async move {
            while let Some(directory) = this.next_directory(peer) {
                let learner = Arc::clone(&this);
                let learned = tokio::task::spawn_blocking(move || learner.learn(peer, directory));
                let _ = learned.await;
                tokio::time::sleep(DIRECTORY_EVERY).await;
            }
        });
    }

    /// What the peer has told since the last time. With nothing, nobody is left who would look again.
    fn next_directory(&self, peer: PeerKey) -> Option<Directory> {
        let mut directories = lock(&self.directories);
        let next = directories.get_mut(&peer)?.take();
        if next.is_none() {
            directories.remove(&peer);
        }
        next
    }

    fn learn(&self, peer: PeerKey, directory: Directory) {
        let members = directory.members.into_iter();
        let members = members
            .map(|m| contacts::ClaimedMember {
                name: m.name,
                display: m.display,
                emails: m.emails,
            })
            .collect();
        let contacts = &self.post.contacts;
        match contacts.learn(&peer, &directory.home_name, members) {
            Ok(learned) if learned.changed => journal::directory(&peer, &learned.new),
            Ok(_) => {}
            Err(e) => journal::trouble("contacts", &e),
        }
    }

    /// What this home says of itself has changed, or is said for the first time. Blocks.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn announce(&self) -> Result<(), crate::members::Error> {
        let mut members = Vec::new();
        for member in self.post.members.list()?.into_iter().take(MAX_MEMBERS) {
            let mut emails = self.post.members.addresses(&member.name)?;
            emails.truncate(MAX_CLAIMS);
            members.push(ClaimedMember {
                name: member.name.to_string(),
                display: member.display,
                emails,
            });
        }
        self.errands.send(Errand::Directory(Directory {
            home_name: self.post.settings().home_name.clone(),
            members,
        }));
        Ok(())
    }
}
