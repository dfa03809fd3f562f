//! What the shell and an exchange say to each other.

use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;

use super::congestion::Controller;
use super::frame::{Directory, Offer, RecipientStatus, TransferId};
use super::hello::Limits;
use super::link::Credentials;

/// How far a transfer of ours is. Any thread may look; the one that sends never waits for it.
#[derive(Debug, Default)]
pub struct Sent {
    from: AtomicU64,
    upto: AtomicU64,
}

impl Sent {
    /// The peer has the travelling bytes before this offset from an earlier try.
    pub fn begin(&self, from: u64) {
        self.from.store(from, Ordering::Relaxed);
        self.upto.store(from, Ordering::Release);
    }

    /// The travelling bytes before this offset were handed to the link.
    pub fn advance(&self, upto: u64) {
        self.upto.store(upto, Ordering::Release);
    }

    /// Where this try began, and how far it has come.
    pub fn range(&self) -> (u64, u64) {
        let upto = self.upto.load(Ordering::Acquire);
        (self.from.load(Ordering::Relaxed).min(upto), upto)
    }
}

/// The two ends, by their public keys. The lower key is the QUIC client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Side {
    /// Our public key.
    pub ours: [u8; 32],
    /// The peer's.
    pub theirs: [u8; 32],
}

/// What an exchange is made with.
#[derive(Clone)]
pub struct Settings {
    /// What we grant the peer.
    pub limits: Limits,
    /// How fast to send.
    pub controller: Controller,
    /// 16 random bytes drawn once at the start of the process.
    pub nonce: [u8; 16],
    /// Throw-away keys for TLS, made once at the start of the process.
    pub credentials: Credentials,
    /// For tests that must repeat themselves: the seed of QUIC's random numbers.
    pub seed: Option<[u8; 32]>,
}

impl Settings {
    /// Defaults for everything but what must be made fresh for each process.
    pub fn new(nonce: [u8; 16], credentials: Credentials) -> Self {
        Self {
            limits: Limits::default(),
            controller: Controller::default(),
            nonce,
            credentials,
            seed: None,
        }
    }
}

/// How Tox reaches the peer at present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathKind {
    /// Directly, by UDP.
    Udp,
    /// Through somebody's TCP relay.
    TcpRelay,
}

/// Our answer to an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Send the travelling bytes from this offset (what is before it lies on our disk).
    Accept {
        /// The first byte that is missing.
        offset: u64,
    },
    /// We know it: what became of it, for each recipient in the offer's order.
    Have(Vec<RecipientStatus>),
    /// We do not want it: why, for each recipient in the offer's order.
    Refuse(Vec<RecipientStatus>),
}

/// What the peer said to our offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answered {
    /// It takes the travelling bytes from this offset; a receipt follows.
    Accepted {
        /// The first byte that the peer is missing.
        offset: u64,
    },
    /// It has it already. This is the receipt, no other follows.
    Had(Vec<RecipientStatus>),
    /// It does not want it; no receipt follows.
    Refused(Vec<RecipientStatus>),
}

/// Why an offer was not taken on. Nothing is remembered of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OfferError {
    /// Wait for `Event::Ready`.
    #[error("the peer is not ready")]
    NotReady,
    /// Enough transfers of this kind run; offer again when one has ended.
    #[error("enough transfers run already")]
    Full,
    /// It is running already (a `Ready` after a short outage does not end running transfers).
    #[error("this transfer is running")]
    Running,
    /// The peer takes no message of that size: it will never go.
    #[error("the peer takes messages of at most {max_message_bytes} bytes")]
    TooLarge {
        /// What the peer takes.
        max_message_bytes: u64,
    },
    /// It breaks the protocol's own rules.
    #[error(transparent)]
    Forbidden(#[from] super::frame::FrameError),
}

/// Why a transfer of ours stopped without a receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dropped {
    /// The connection between the homes is gone.
    LinkLost,
    /// The peer's process is another one than before.
    PeerRestarted,
    /// The peer ended this transfer.
    Stopped,
    /// The peer did not answer, or sent no receipt, for too long.
    Silent,
    /// The peer broke the protocol in this transfer.
    Breach(&'static str),
}

/// What happened. Events come in order; those of one transfer end with the one that says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Both have heard each other: offer everything that waits. It may come again without a `Lost` between, when the
    /// link between the homes broke and may be made again; offers that still run answer `OfferError::Running`.
    Ready {
        /// The protocol version that is spoken.
        version: u16,
        /// What the peer grants.
        limits: Limits,
    },
    /// The peer went offline, or its process is another one: offer nothing until `Ready`.
    Lost,
    /// The peer's Hello has no version in common with ours. One of the two must be updated.
    Incompatible {
        /// What the peer speaks.
        versions: Vec<u16>,
    },

    /// Our transfer: the next travelling bytes are wanted, at most `max` of them; answer with `feed`.
    Want {
        /// Which.
        id: TransferId,
        /// From where.
        offset: u64,
        /// How many at most.
        max: usize,
    },
    /// Our transfer: the peer's answer. It ends the transfer unless it is `Accepted`.
    Answered {
        /// Which.
        id: TransferId,
        /// What it said.
        answer: Answered,
    },
    /// Our transfer: what became of it there, for each recipient in the offer's order. It ends the transfer.
    Receipt {
        /// Which.
        id: TransferId,
        /// For each recipient.
        told: Vec<RecipientStatus>,
    },
    /// Our transfer ended without a receipt. Offer it again at the next `Ready`, or, when `Ready` stands, after a wait.
    Dropped {
        /// Which.
        id: TransferId,
        /// Why.
        why: Dropped,
    },

    /// Their transfer: an offer; reply with `answer`. Its inline content was taken out: it comes as `Data` once accepted.
    Offered {
        /// Which.
        id: TransferId,
        /// What it says.
        offer: Offer,
    },
    /// Their transfer: travelling bytes, in order and without a gap. Tell `wrote` as they reach the disk.
    Data {
        /// Which.
        id: TransferId,
        /// Where they belong.
        offset: u64,
        /// The bytes.
        bytes: Bytes,
    },
    /// Their transfer: all travelling bytes have come as `Data`. Check, deliver, then tell `receipt`.
    Complete {
        /// Which.
        id: TransferId,
    },
    /// Their transfer stopped; keep what came, it will be offered again. It ends the transfer.
    Interrupted {
        /// Which.
        id: TransferId,
    },
    /// The peer will not offer this transfer again: forget what came of it. It ends the transfer. It may name one that
    /// does not run, when it was withdrawn between two connections.
    Withdrawn {
        /// Which.
        id: TransferId,
    },
    /// The peer broke the protocol. What had to be dropped was told before this.
    Breach {
        /// In which transfer of theirs, when it had a name; of ours, `Dropped` tells it.
        id: Option<TransferId>,
        /// How.
        why: &'static str,
    },
    /// Who lives there, as the peer says.
    Directory(Directory),
    /// Two processes speak under the peer's key: its home runs on two boxes at once. RecipientStatus again whenever the other one speaks.
    Double,
    /// The peer says the same of us. RecipientStatus with every Hello that does.
    SeenDouble,
}

/// What the shell does with an outgoing pipe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PipeAct {
    /// Open one of this size, under this number.
    Open {
        /// Its number from now on.
        pipe: u32,
        /// All bytes that will go through it.
        size: u64,
    },
    /// Cancel it.
    Cancel {
        /// Its number.
        pipe: u32,
    },
}

/// How an incoming pipe stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pipe {
    /// Bytes may come.
    Flowing,
    /// The disk is behind: pause it.
    Paused,
    /// Cancel it.
    Refused,
}
