//! The agent for friends with an ordinary Tox program, in both directions: what they say and send arrives as mail, and mail to
//! them leaves as texts and files.
//!
//! ```text
//! queue ── departures ── plan ── wire (Tox thread) ~~~ the friend's program
//! store ── arrivals ── letter ── notebook ── wire (Tox thread) ~~~ the friend's program
//! ```
//!
//! - `wire`: one friend on the Tox thread: the machines of [`crate::chat`], drained into Tox.
//! - `departures`: letters that wait for a friend, one friend's after the other; `plan` takes them apart.
//! - `arrivals`: what is said is written down first of all (`writer`), becomes a letter when its minute is over, and is filed
//!   (`filing`), with the files that came (`files`); `letter` writes it. `notebook`: the rows.
//!
//! # Rules
//! - Tox acknowledges a text when its packet came, before anybody here has seen it. So it is written down at once, by a thread
//!   that does nothing else, and nothing is done with it before it lies on the disk.
//! - A letter made of a chat has a token from the moment in which it is closed: filed twice, it lies in the mailbox once.
//! - A letter to a friend ends when the friend's program has acknowledged all of its texts and taken all of its files. That is
//!   called "handed to the chat program", never more. After a crash a part whose acknowledgement was written down does not go
//!   again; the one text that was on its way may.
//! - A friend cannot fill the disk or a mailbox: words, files and letters of a day have bounds, of which member and friend are
//!   told once.
//!
//! # Known limits
//! - What Tox has acknowledged in the milliseconds before a kill, and no transaction has on the disk yet, is lost: its
//!   acknowledgement leaves with the packet, and libtoxcore has no other.
//! - Days are those of UTC, as in all notices: the box may not know where it stands.
//! - A friend is one for the whole home. Entered as their own by several members, and by nobody for everybody, their words go to
//!   the member who entered them first. When another member becomes the main mailbox between a crash and the next start, a
//!   letter that was being filed lies in both mailboxes.
//! - A file from somebody who never said a word, and of whom nobody said that they chat, is refused: they may be a home.

mod arrivals;
mod departures;
mod letter;
mod notebook;
mod plan;
#[cfg(test)]
mod tests;
mod wire;

use std::collections::HashSet;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use bytes::Bytes;

use arrivals::Arrivals;
use departures::Departures;
pub(super) use wire::{Friends, Talk};

use super::courier::{self, Errands};
use super::outbound::Outbound;
use super::{Post, lock};
use crate::chat::{Declined, FileId, Letter, PartName, Verdict};
use crate::contacts::{self, Kind};
use crate::database::Database;
use crate::durable;
use crate::journal;
use crate::mail::address::PeerKey;
use crate::queue::{self, DeliveryId, Destination};
use crate::tox::MessageKind;

/// Work for the Tox thread, about one friend.
#[derive(Debug)]
pub enum Errand {
    /// This peer is a friend with a chat program.
    Friend,
    /// A letter goes.
    Send(Letter),
    /// A letter does not go any more.
    Withdraw(i64),
    /// A part of a letter is over, and that is on the disk.
    Noted(PartName),
    /// Bytes of a file of ours.
    Feed {
        /// Of which.
        part: PartName,
        /// Where they begin.
        offset: u64,
        /// The bytes.
        bytes: Bytes,
    },
    /// A short word of the home's own.
    Remark(String),
    /// The word on a file that is offered.
    Answer {
        /// Which.
        file: FileId,
        /// The same, by the name that it keeps.
        id: [u8; 32],
        /// What.
        verdict: Verdict,
    },
    /// The disk has the bytes up to here.
    Wrote {
        /// Of which file.
        file: FileId,
        /// The same, by the name that it keeps.
        id: [u8; 32],
        /// Up to where.
        upto: u64,
    },
    /// A file cannot be taken.
    GiveUp {
        /// Which.
        file: FileId,
        /// The same, by the name that it keeps.
        id: [u8; 32],
    },
}

/// What all parts of this agent share.
struct Common {
    post: Arc<Post>,
    database: Database,
    /// Files that come and go.
    folder: PathBuf,
    errands: Errands,
    runtime: tokio::runtime::Handle,
    outbound: Weak<Outbound>,
}

impl Common {
    fn send(&self, peer: PeerKey, errand: Errand) {
        self.errands.send(courier::Errand::Chat { peer, errand });
    }

    /// The scheduler looks at the queue.
    fn kick(&self) {
        if let Some(outbound) = self.outbound.upgrade() {
            outbound.reconsider();
        }
    }
}

/// See the module.
pub struct Chat {
    common: Arc<Common>,
    arrivals: Arc<Arrivals>,
    departures: Arc<Departures>,
}

impl Chat {
    /// Opens `folder` (made where it is missing), goes on with what an earlier run left, and takes its place in `outbound`.
    ///
    /// # Errors
    /// The folder or the rows cannot be read.
    pub fn open(
        post: Arc<Post>,
        database: Database,
        folder: PathBuf,
        errands: Errands,
        runtime: tokio::runtime::Handle,
        outbound: &Arc<Outbound>,
    ) -> io::Result<Arc<Self>> {
        durable::make_folder(&folder)?;
        let common = Arc::new(Common {
            post,
            database,
            folder,
            errands,
            runtime,
            outbound: Arc::downgrade(outbound),
        });
        let arrivals = Arrivals::open(Arc::clone(&common))?;
        let departures = Arc::new(Departures::new(Arc::clone(&common)));
        let chat = Arc::new(Self {
            common,
            arrivals,
            departures,
        });
        outbound.attach(Arc::clone(&chat));
        Ok(chat)
    }

    /// Who is a friend with a chat program, at the start. What waits for each goes the right way from now on. Blocks.
    ///
    /// # Errors
    /// The database.
    pub fn friends(&self) -> Result<HashSet<PeerKey>, contacts::Error> {
        let peers = self.common.post.contacts.peers()?;
        for peer in &peers {
            let to = match peer.kind {
                Kind::Chat => Destination::Chat(peer.key),
                Kind::Home => Destination::Tox(peer.key),
                Kind::Unknown => continue,
            };
            if let Err(e) = self.common.post.queue.reroute(to) {
                journal::queue_trouble(&e);
            }
        }
        let chats = peers.into_iter().filter(|p| p.kind == Kind::Chat);
        Ok(chats.map(|p| p.key).collect())
    }

    /// A person says that this contact has a chat program, and so say the rows. Blocks.
    pub fn befriended(&self, peer: PeerKey) {
        self.arrivals.befriend(peer);
    }

    /// A friend came. Never blocks.
    pub(super) fn online(&self, peer: PeerKey) {
        Departures::online(&self.departures, peer);
    }

    /// A friend went. Never blocks.
    pub(super) fn offline(&self, peer: PeerKey) {
        self.departures.offline(peer);
    }

    /// Whether a friend is there now.
    pub fn is_online(&self, peer: &PeerKey) -> bool {
        self.departures.is_online(peer)
    }

    /// Every delivery that is on its way: parts that the friend has, and in all, and since when.
    pub(super) fn going(&self) -> Vec<(DeliveryId, u64, u64, Instant)> {
        self.departures.going()
    }

    /// Starts what is due. Blocks.
    ///
    /// # Errors
    /// Those of the queue.
    pub(super) fn round(&self) -> Result<(), queue::Error> {
        Departures::round(&self.departures)
    }

    /// Deliveries that were cancelled or have expired do not go any more.
    pub(super) fn withdraw(&self, deliveries: &[DeliveryId]) {
        self.departures.withdraw(deliveries);
    }

    /// A friend is no contact any more, or a home: nothing of what was on its way is left. What came stays, and is filed, but
    /// for the last minute's words of somebody whom nobody here knows any more. Never blocks.
    pub(super) fn parted(&self, peer: PeerKey) {
        self.departures.part(peer);
        self.arrivals.files_interrupted(peer);
    }

    /// A chat text came. Never blocks.
    pub(super) fn heard(&self, peer: PeerKey, kind: MessageKind, text: &[u8]) {
        self.arrivals.heard(peer, kind, text);
    }

    /// A friend invites the home into a group. Never blocks.
    pub(super) fn invited(&self, peer: PeerKey) {
        self.arrivals.invited(peer);
    }

    fn over(&self, peer: PeerKey, part: PartName, wanted: bool) {
        Departures::over(&self.departures, peer, part, wanted);
    }

    fn want(&self, peer: PeerKey, part: PartName, offset: u64, max: usize) {
        Departures::want(&self.departures, peer, part, offset, max);
    }

    fn file_offered(&self, peer: PeerKey, file: FileId, name: &[u8], size: u64, id: [u8; 32]) {
        Arrivals::file_offered(&self.arrivals, peer, file, name, size, id);
    }

    fn file_declined(&self, peer: PeerKey, name: &[u8], size: u64, why: Declined) {
        self.arrivals.file_declined(peer, name, size, why);
    }

    fn file_data(&self, peer: PeerKey, file: FileId, position: u64, bytes: Bytes) {
        self.arrivals.file_data(peer, file, position, bytes);
    }

    fn file_complete(&self, peer: PeerKey, file: FileId) {
        self.arrivals.file_complete(peer, file);
    }

    fn file_interrupted(&self, peer: PeerKey, file: FileId) {
        self.arrivals.file_interrupted(peer, file);
    }

    fn file_taken_back(&self, peer: PeerKey, file: FileId) {
        self.arrivals.file_taken_back(peer, file);
    }

    /// Gives up files that broke off long ago; their member is told. Blocks.
    pub fn sweep(&self) {
        self.arrivals.sweep();
    }

    /// Writes down what was heard until now, and listens no more. Blocks.
    pub fn stop(&self) {
        self.arrivals.stop();
    }
}

impl Drop for Chat {
    fn drop(&mut self) {
        self.stop();
    }
}

/// After trouble with the disk or the rows.
const TROUBLE: Duration = Duration::from_secs(5);
