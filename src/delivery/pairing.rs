//! How two homes come to know each other: friend requests, invitations, and what they tell each other of their members.
//!
//! Called from the Tox thread, so nothing here blocks: the database is asked on other threads. Whoever sends faster than the
//! disk writes must not fill memory with what waits: of each kind of news one of a peer is under way, of strangers' requests
//! `MAX_REQUESTS` in all (they are repeated), and of a peer's directories only the last one waits.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::announcement::Announcement;
use super::boxes;
use super::courier::{Errand, Errands};
use super::flood::Knocks;
use super::hands::Hands;
use super::{Post, lock};
use crate::contacts::{self, Announced, Befriend, Knock, Paths, Share};
use crate::journal;
use crate::mail::address::{PeerKey, ToxId};
use crate::queue::Destination;
use crate::tox::{Command, Friend, Node};
use crate::transfer::Directory;
use crate::transfer::frame::{ClaimedMember, MAX_CLAIMS, MAX_MEMBERS};

/// Strangers whose requests are looked at the same time.
const MAX_REQUESTS: usize = 32;
/// A peer's next directory is learned this much later: it is written to the disk, and nobody's people change faster.
const LEARN_EVERY: Duration = Duration::from_secs(1);

/// A letter that is taken for a stranger is in the queue after this time, or never will be: a mail program has ended its command.
const WITHOUT_A_LETTER: Duration = Duration::from_secs(600);
/// How long `doctor` tells that a home was seen on two boxes.
const DOUBLE_COUNTS: Duration = Duration::from_secs(3600);

/// What one thing that came from a peer is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum News {
    Request,
    Online,
    Hello,
    Double,
}

/// See the module.
pub struct Pairing {
    post: Arc<Post>,
    errands: Errands,
    hands: Hands,
    node: OnceLock<Arc<Node>>,
    incompatible: Mutex<HashSet<PeerKey>>,
    /// What threads are busy with.
    under_way: Mutex<HashSet<(News, PeerKey)>>,
    /// Peers whose directory is being learned, and the one that came meanwhile.
    learning: Mutex<HashMap<PeerKey, Option<Directory>>>,
    news: Arc<Notify>,
    knocks: Mutex<Knocks>,
    /// Peers to whom the first letter is being taken: what Tox does then, and since when.
    first_contacts: Mutex<HashMap<PeerKey, (Befriend, Instant)>>,
    /// Homes that run on two boxes, and those that say so of us: when that was last heard.
    doubles: Mutex<HashMap<PeerKey, Instant>>,
    seen_double: Mutex<HashMap<PeerKey, Instant>>,
    telling: Mutex<()>,
}

/// Notes that this was heard of the peer now; whether it was not heard for a while.
fn is_news(heard: &Mutex<HashMap<PeerKey, Instant>>, peer: PeerKey) -> bool {
    let before = lock(heard).insert(peer, Instant::now());
    before.is_none_or(|at| at.elapsed() > DOUBLE_COUNTS)
}

/// Why this home could not say what it is.
#[derive(Debug, thiserror::Error)]
pub enum AnnounceError {
    /// Who lives here.
    #[error(transparent)]
    Members(#[from] crate::members::Error),
    /// Who may see it.
    #[error(transparent)]
    Contacts(#[from] contacts::Error),
}

/// One thing that a thread is busy with; over when it is dropped.
struct Busy(Arc<Pairing>, (News, PeerKey));

impl Drop for Busy {
    fn drop(&mut self) {
        lock(&self.0.under_way).remove(&self.1);
    }
}

/// A directory is being learned; dropped, also by a panic, the one that came meanwhile has its turn.
struct Next(Arc<Pairing>, PeerKey);

impl Drop for Next {
    fn drop(&mut self) {
        let (this, peer) = (Arc::clone(&self.0), self.1);
        self.0.hands.work_later(LEARN_EVERY, move || {
            let mut learning = lock(&this.learning);
            let next = learning.get_mut(&peer).and_then(Option::take);
            if next.is_none() {
                learning.remove(&peer);
            }
            drop(learning);
            if let Some(directory) = next {
                this.learn_soon(peer, directory);
            }
        });
    }
}

impl Pairing {
    /// A pairing without a node yet.
    pub fn new(post: Arc<Post>, errands: Errands, hands: impl Into<Hands>) -> Self {
        Self {
            post,
            errands,
            hands: hands.into(),
            node: OnceLock::new(),
            incompatible: Mutex::default(),
            under_way: Mutex::default(),
            learning: Mutex::default(),
            news: Arc::default(),
            knocks: Mutex::default(),
            first_contacts: Mutex::default(),
            doubles: Mutex::default(),
            seen_double: Mutex::default(),
            telling: Mutex::default(),
        }
    }

    /// Rung when somebody here may have to be asked: a stranger knocks, or a home says something new of its people. A hint.
    pub fn news(&self) -> Arc<Notify> {
        Arc::clone(&self.news)
    }

    /// Does `work` on a thread that may wait, unless the same is under way for this peer. `false`: it is not done.
    fn once(
        self: &Arc<Self>,
        news: News,
        peer: PeerKey,
        work: impl FnOnce(&Self) + Send + 'static,
    ) -> bool {
        let mut under_way = lock(&self.under_way);
        let requests = |all: &HashSet<(News, PeerKey)>| {
            let these = all.iter().filter(|(news, _)| *news == News::Request);
            these.count()
        };
        if news == News::Request && requests(&under_way) >= MAX_REQUESTS {
            return false;
        }
        if !under_way.insert((news, peer)) {
            return false;
        }
        let busy = Busy(Arc::clone(self), (news, peer));
        self.hands.work(move || work(&busy.0));
        true
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
                again: peer.state == contacts::State::Connected && peer.request.is_some(),
                request: peer.request,
            })
            .collect())
    }

    /// Does what an operation on the contacts asks of Tox, and tells the homes what they may see now. Waits for the Tox thread.
    pub fn befriend(&self, befriend: Befriend) {
        self.tell();
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

    /// A letter is about to go to a full Tox address: whoever is there becomes a peer, at which nobody knocks before
    /// [`settle_first_contacts`](Self::settle_first_contacts). Blocks.
    ///
    /// # Errors
    /// The database.
    pub fn first_contact(&self, id: &ToxId) -> Result<(), contacts::Error> {
        let befriend = self.post.contacts.first_contact(id)?;
        if befriend != Befriend::Nothing {
            let first = (befriend, Instant::now());
            lock(&self.first_contacts).insert(id.key(), first);
        }
        Ok(())
    }

    /// A letter was queued, or was not: whom it was the first letter to is knocked at, once it waits for them. Who was left without
    /// one for a while is no peer. Blocks.
    pub fn settle_first_contacts(&self) {
        let pending: Vec<(PeerKey, bool)> = lock(&self.first_contacts)
            .iter()
            .map(|(key, (_, since))| (*key, since.elapsed() > WITHOUT_A_LETTER))
            .collect();
        for (key, late) in pending {
            match self.post.queue.has_letter_for(&key) {
                Ok(true) => {
                    let first = lock(&self.first_contacts).remove(&key);
                    let Some((befriend, _)) = first else { continue };
                    if let Err(e) = self.post.contacts.first_contact_stands(&key) {
                        journal::trouble("contacts", &e);
                    }
                    self.befriend(befriend);
                }
                Ok(false) if late => {
                    lock(&self.first_contacts).remove(&key);
                    if let Err(e) = self.post.contacts.undo_first_contact(&key) {
                        journal::trouble("contacts", &e);
                    }
                }
                Ok(false) => {}
                Err(e) => journal::queue_trouble(&e),
            }
        }
    }

    /// What a stop has left of first letters, before anybody is asked anything. To be called once, at the start. Blocks.
    ///
    /// # Errors
    /// The database.
    pub fn recall_first_contacts(&self) -> Result<(), contacts::Error> {
        let contacts = &self.post.contacts;
        for key in contacts.pending_first_contacts()? {
            match self.post.queue.has_letter_for(&key) {
                Ok(true) => contacts.first_contact_stands(&key)?,
                Ok(false) => contacts.undo_first_contact(&key)?,
                // It stays pending: the next start looks again.
                Err(e) => journal::queue_trouble(&e),
            }
        }
        Ok(())
    }

    /// A contact is none any more. Waits for the Tox thread.
    pub fn unfriend(&self, key: PeerKey) {
        self.post.direct.forget(&key);
        // Not a friend: that is what was wanted.
        let _ = self.node.wait().perform(Command::RemoveFriend(key));
        self.errands.send(Errand::Forget { peer: key });
    }

    /// A friend request came in. `false`: too many are being looked at; Tox repeats it as long as it is not answered.
    pub fn request(self: &Arc<Self>, key: PeerKey, message: Vec<u8>) -> bool {
        let looks = self.once(News::Request, key, move |this| {
            match this.post.contacts.knock(&key, &message) {
                Ok(Knock::LetIn) => {
                    journal::invitation_redeemed(&key);
                    this.befriend(Befriend::Accept(key));
                }
                Ok(Knock::Asks) => {
                    journal::friend_request(&key);
                    this.stranger(key);
                    this.news.notify_one();
                }
                Ok(Knock::Ignored) => this.stranger(key),
                // It is repeated as long as it is not answered.
                Err(e) => journal::trouble("contacts", &e),
            }
        });
        if !looks {
            self.stranger(key);
        }
        looks
    }

    fn stranger(&self, key: PeerKey) {
        if let Some(count) = lock(&self.knocks).knock(Instant::now(), key) {
            journal::request_flood(count);
        }
    }

    /// How many strangers have knocked within the hour, where they are a flood.
    pub fn flood(&self) -> Option<usize> {
        lock(&self.knocks).flood(Instant::now())
    }

    /// This home has another Tox address: whoever knocks from now on counts anew.
    pub fn forget_knocks(&self) {
        *lock(&self.knocks) = Knocks::default();
    }

    /// A peer is here, or was until now.
    pub fn online(self: &Arc<Self>, peer: PeerKey) {
        self.once(News::Online, peer, move |this| {
            let now = this.post.clock.now().wall;
            if let Err(e) = this.post.contacts.saw_online(&peer, now) {
                journal::trouble("contacts", &e);
            }
        });
    }

    /// A valid Hello came: it is a home for good.
    pub fn hello(self: &Arc<Self>, peer: PeerKey) {
        lock(&self.incompatible).remove(&peer);
        self.once(News::Hello, peer, move |this| {
            match this.post.contacts.saw_hello(&peer) {
                // What waited for a chat program goes from home to home now.
                Ok(()) => {
                    if let Err(e) = this.post.queue.reroute(Destination::Tox(peer)) {
                        journal::queue_trouble(&e);
                    }
                }
                Err(e) => journal::trouble("contacts", &e),
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

    /// A peer's home runs on two boxes at once.
    pub fn double(&self, peer: PeerKey) {
        if is_news(&self.doubles, peer) {
            journal::peer_double(&peer);
        }
    }

    /// A peer says that this home runs on two boxes at once.
    pub fn seen_double(self: &Arc<Self>, peer: PeerKey) {
        if is_news(&self.seen_double, peer) {
            journal::seen_double(&peer);
        }
        self.once(News::Double, peer, move |this| this.tell_of_double(&peer));
    }

    /// The administrator hears what that peer says, once a day whoever says it. Blocks.
    pub fn tell_of_double(&self, peer: &PeerKey) {
        // Several contacts see it at the same time.
        let _one_at_a_time = lock(&self.telling);
        let contacts = &self.post.contacts;
        // Whoever is no contact has no word in this.
        let told = match contacts.shares() {
            Ok(shares) if matches!(shares.get(peer), None | Some(Share::Unasked)) => Ok(()),
            Ok(_) => boxes::tell_of_double(&self.post, contacts.database(), peer),
            Err(e) => Err(e.into()),
        };
        if let Err(e) = told {
            journal::trouble("boxes", &e);
        }
    }

    /// Homes that were found to run on two boxes within the last hour, and those that say so of us, for `doctor`.
    pub fn double_homes(&self) -> (Vec<PeerKey>, Vec<PeerKey>) {
        let lately = |all: &Mutex<HashMap<PeerKey, Instant>>| {
            let mut all = lock(all);
            all.retain(|_, at| at.elapsed() < DOUBLE_COUNTS);
            all.keys().copied().collect()
        };
        (lately(&self.doubles), lately(&self.seen_double))
    }

    /// A peer tells who lives there: the last word counts.
    pub fn directory(self: &Arc<Self>, peer: PeerKey, directory: Directory) {
        let mut learning = lock(&self.learning);
        if let Some(next) = learning.get_mut(&peer) {
            *next = Some(directory);
            return;
        }
        learning.insert(peer, None);
        drop(learning);
        self.learn_soon(peer, directory);
    }

    fn learn_soon(self: &Arc<Self>, peer: PeerKey, directory: Directory) {
        let this = Arc::clone(self);
        self.hands.work(move || {
            let next = Next(Arc::clone(&this), peer);
            this.learn(&peer, directory);
            drop(next);
        });
    }

    fn learn(&self, peer: &PeerKey, directory: Directory) {
        let members = directory.members.into_iter();
        let members = members
            .map(|m| contacts::ClaimedMember {
                name: m.name,
                display: m.display,
                emails: m.emails,
            })
            .collect();
        let contacts = &self.post.contacts;
        if let Some(id) = directory.tox_id {
            match contacts.learn_tox_id(peer, id) {
                Ok(true) => journal::tox_id_learned(peer),
                Ok(false) => {}
                Err(e) => journal::trouble("contacts", &e),
            }
        }
        match contacts.learn(peer, &directory.home_name, members) {
            Ok(learned) if learned.changed => {
                journal::directory(peer, &learned.new);
                self.news.notify_one();
            }
            Ok(_) => {}
            Err(e) => journal::trouble("contacts", &e),
        }
        let heard = match directory.moved_to {
            Some(id) => self.announced(peer, id),
            None => contacts.announces_nothing(peer).map_err(boxes::Error::from),
        };
        if let Err(e) = heard {
            journal::trouble("boxes", &e);
        }
    }

    /// A home says that it has a new box.
    fn announced(&self, peer: &PeerKey, id: [u8; 38]) -> Result<(), boxes::Error> {
        match self.post.contacts.announced(peer, id)? {
            Announced::New {
                new,
                befriend,
                unfriend,
            } => {
                journal::move_announced(peer, &new);
                if let Some(key) = unfriend {
                    self.unfriend(key);
                }
                self.post.direct.inherit(peer, new);
                self.befriend(befriend);
            }
            Announced::Known => {}
            Announced::Ignored(why) => journal::move_ignored(peer, why),
        }
        // Also what could not be told before; two homes may say so at the same time.
        let _one_at_a_time = lock(&self.telling);
        boxes::tell_of_moves(&self.post)
    }

    /// What this home says of itself has changed, or is said for the first time. Blocks.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn announce(&self) -> Result<(), AnnounceError> {
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
        // Whoever has a mailbox here is told of already.
        let gateway = self.post.gateway();
        for name in gateway.iter().flat_map(|g| &g.settings.announce) {
            let known = members.iter().any(|m| m.name == name.as_str());
            if members.len() < MAX_MEMBERS && !known {
                let domain = gateway.as_ref().map(|g| &g.settings.domain);
                members.push(ClaimedMember {
                    name: name.to_string(),
                    display: crate::members::capitalised(name.as_str()),
                    emails: domain
                        .map(|domain| format!("{name}@{domain}"))
                        .into_iter()
                        .collect(),
                });
            }
        }
        let whole = Directory {
            home_name: self.post.settings().home_name.clone(),
            members,
            // A home that has not met the network yet says it once it has.
            tox_id: self.node.get().map(|node| *node.id().as_bytes()),
            moved_to: self.post.contacts.moving_to()?.map(|id| *id.as_bytes()),
        };
        let shares = self.post.contacts.shares()?;
        self.errands
            .send(Errand::Directory(Announcement { whole, shares }));
        Ok(())
    }

    /// A person here has said on which ways a contact may be reached: it counts at once.
    pub fn set_paths(&self, peer: PeerKey, paths: Paths) {
        self.post.direct.set(peer, paths);
        self.errands.send(Errand::Ways);
    }

    /// A box has taken another one's place: it is reached as that was.
    pub fn inherit_paths(&self, old: &PeerKey, new: PeerKey) {
        self.post.direct.inherit(old, new);
        self.errands.send(Errand::Ways);
    }

    /// The same for whoever goes on in any case.
    pub fn tell(&self) {
        if let Err(e) = self.announce() {
            journal::trouble("members", &e);
        }
    }
}
