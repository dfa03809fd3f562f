//! The delivery agents: the only room, beside [`crate::home`] which builds them all, that knows queue, store, transfer and tox
//! together.
//!
//! ```text
//! submission ── queue ══ 250 ══ outbound ─┬─ local ── store
//!                                         ├─ gateway ~~~ the mail server at home ══ 250
//!                                         ├─ relay ~~~ the writer's provider ══ 250
//!                                         ├─ chat (Tox thread) ~~~ a friend's program
//!                                         ├─ clerk: an answer to the home
//!                                         └─ courier (Tox thread) ~~~ the other home's courier ── inbound ── store ══ receipt
//! ```
//!
//! # What happens here
//! - [`submission`]: the desk behind SMTP: whose address is it, where does each recipient go, into the queue.
//! - [`outbound`]: due rows to their agent; settles them on the agent's verdict.
//! - [`local`]: the agent for members of this home.
//! - [`relay`]: the agent for everybody else, through the writer's provider; [`dialog`] is what it says there.
//! - [`gateway`]: the agent for people of a mail server that the family has already, and what other homes hand in for them;
//!   [`lmtp`]: how it is spoken with (`phrases`: what both dialogs say alike); [`mailbox`]: who has their mailbox there.
//! - [`courier`]: the agent for other homes; lives on the Tox thread and never touches a disk.
//! - [`direct`]: contacts to whom nothing goes through a relay.
//! - [`chat`]: the agent for friends with ordinary Tox programs, both ways.
//! - [`fetcher`]: the agent that fetches members' mailboxes at their providers.
//! - [`inbound`]: what comes from other homes: judged, written, checked, filed, acknowledged.
//! - [`pairing`]: friend requests, invitations, and what homes tell each other of their members.
//! - [`announcement`]: what this home says of itself, and to whom; [`boxes`]: homes that move to a new box, a box too many.
//! - [`report`]: verdicts that a writer must hear of become notices.
//! - [`clerk`]: questions to members by mail, and what they answer.
//! - [`ways`]: letters that take the private ways and the ordinary one: what becomes of them, and what their writers hear.
//! - [`outbox`]: what is on its way, as a mailbox of its writer.
//! - [`sent`]: the writer's copy shows which ways a letter went.
//! - `fallback`: which letters may go by ordinary mail when another home stays away.
//! - `pipes`: the last resort's file transfers; `meter`: how fast a letter goes; `flood`: strangers who knock; [`restored`]: what
//!   the administrator of a restored home hears.
//! - [`letter`]: what the agents need of a message: its header, its stamp, verdicts translated between rooms.
//! - `hands`: who does what blocks (an executor of a few threads).
//! - `street`, in tests alone: many homes on a virtual clock.
//!
//! # What never happens here
//! No row is settled as delivered before the other side has said "stored". Bytes are never accepted before their limits were
//! checked. The Tox thread never waits for a disk: disk work is done on threads of its own, which answer with an
//! [`courier::Errand`].
//!
//! # Rules
//! - The rows in the queue are the truth. What is on its way is known in memory only: after a crash it is offered again,
//!   and the other home answers "have it" for what it has.
//! - A letter has one unique name for each member who gets it ([`unique_name`]), made of the transfer's id and the sending
//!   home's key. The store keeps exactly one copy under such a name.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use crate::clock::Clock;
use crate::contacts::Contacts;
use crate::mail::address::{self, MemberName, PeerKey};
use crate::members::Members;
use crate::providers::Providers;
use crate::queue::Queue;
use crate::store::{Store, UniqueName};
use crate::transfer::TransferId;

pub mod announcement;
pub mod boxes;
pub mod chat;
pub mod clerk;
#[cfg(test)]
mod clerk_tests;
pub mod courier;
pub mod dialog;
pub mod direct;
mod fallback;
pub mod fetcher;
mod flood;
pub mod gateway;
mod hands;
pub mod inbound;
pub mod letter;
pub mod lmtp;
pub mod local;
pub mod mailbox;
mod meter;
pub mod outbound;
pub mod outbox;
#[cfg(test)]
mod outbox_tests;
pub mod pairing;
mod phrases;
mod pipes;
pub mod relay;
pub mod report;
pub mod restored;
pub mod sent;
#[cfg(all(test, feature = "faults"))]
mod street;
pub mod submission;
#[cfg(test)]
mod tests;
pub mod ways;

/// What the agents share: the rooms, and the few settings that shape a delivery.
pub struct Post {
    /// This home's key.
    pub ourselves: PeerKey,
    /// `[home] hostname`.
    pub hostname: String,
    /// The address table.
    pub contacts: Contacts,
    /// The people at home.
    pub members: Members,
    /// Messages that wait.
    pub queue: Queue,
    /// Messages that have arrived.
    pub store: Store,
    /// Accounts at mail providers.
    pub providers: Providers,
    /// Time.
    pub clock: Clock,
    /// Who is reached directly or not at all.
    pub direct: Arc<direct::Direct>,
    settings: RwLock<Arc<Settings>>,
    gateway: RwLock<Option<Arc<mailbox::Gateway>>>,
}

/// Settings that a change of the configuration brings at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// `[home] name`.
    pub home_name: String,
    /// `[home] language`.
    pub language: String,
    /// `[limits] max_message_bytes`.
    pub max_message_bytes: u64,
    /// `[limits] max_recipients`.
    pub max_recipients: usize,
    /// `[queue] delay_notice_after`.
    pub delay_notice_after: Duration,
    /// `[queue] expire_after`.
    pub expire_after: Duration,
}

/// The rooms that a [`Post`] is made of.
pub struct Rooms {
    /// The address table.
    pub contacts: Contacts,
    /// The people at home.
    pub members: Members,
    /// Messages that wait.
    pub queue: Queue,
    /// Messages that have arrived.
    pub store: Store,
    /// Accounts at mail providers.
    pub providers: Providers,
    /// Time.
    pub clock: Clock,
}

impl Post {
    /// Puts the rooms together.
    pub fn new(ourselves: PeerKey, hostname: &str, rooms: Rooms, settings: Settings) -> Self {
        let Rooms {
            contacts,
            members,
            queue,
            store,
            providers,
            clock,
        } = rooms;
        Self {
            ourselves,
            hostname: hostname.to_owned(),
            contacts,
            members,
            queue,
            store,
            providers,
            clock,
            direct: Arc::default(),
            settings: RwLock::new(Arc::new(settings)),
            gateway: RwLock::default(),
        }
    }

    /// The settings as they are now.
    pub fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.settings.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Other settings from now on.
    pub fn set_settings(&self, settings: Settings) {
        *self
            .settings
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Arc::new(settings);
    }

    /// `<52 base32>.tox`: the domain of this home.
    pub fn suffix(&self) -> String {
        format!("{}.{}", self.ourselves.base32(), address::TOX_DOMAIN)
    }
}

/// The name under which the store keeps one letter of one transfer for one member: the same for every attempt. `origin`
/// is the sending home's key, or nothing for a letter written here.
pub fn unique_name(transfer: &TransferId, origin: &[u8], member: &MemberName) -> UniqueName {
    UniqueName::of(&[transfer, origin, member.as_str().as_bytes()])
}

/// The same for a letter that goes on to the mail server that the family has already, to the mailbox `there`.
fn unique_name_there(transfer: &TransferId, peer: &PeerKey, there: &str) -> UniqueName {
    UniqueName::of(&[transfer, peer.as_bytes(), b"gateway", there.as_bytes()])
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing panics between two related changes under these locks.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
