//! What came from the Tox network: owned copies.

use crate::mail::address::PeerKey;

/// How this instance, or a friend, is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    /// Not at all.
    None,
    /// Through a TCP relay.
    Tcp,
    /// Directly.
    Udp,
}

/// One event of one iteration, in the order of their coming.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// This instance is connected to the network, or no more.
    SelfConnection(Connection),
    /// A friend comes, changes its path, or goes.
    FriendConnection {
        /// Who.
        peer: PeerKey,
        /// By which path.
        connection: Connection,
    },
    /// A stranger asks to become a friend.
    FriendRequest {
        /// Who.
        key: PeerKey,
        /// Their words, at most 921 bytes.
        message: Vec<u8>,
    },
    /// A lossless custom packet, at most 1373 bytes with its first byte (160–191).
    Lossless {
        /// From whom.
        peer: PeerKey,
        /// All of it.
        data: Vec<u8>,
    },
    /// A lossy custom packet, at most 1373 bytes with its first byte (200–254).
    Lossy {
        /// From whom.
        peer: PeerKey,
        /// All of it.
        data: Vec<u8>,
    },
}
