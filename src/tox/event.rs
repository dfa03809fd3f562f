//! What comes from the Tox network, as owned values: nothing here points into libtoxcore's memory.

use std::fmt;

use crate::mail::address::PeerKey;

/// How we, or a peer, are connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Connection {
    /// Not at all.
    #[default]
    Offline,
    /// Through a TCP relay only.
    Tcp,
    /// Directly, by UDP.
    Udp,
}

impl Connection {
    /// Whether packets can cross.
    pub fn is_online(self) -> bool {
        self != Self::Offline
    }
}

impl fmt::Display for Connection {
    /// The words of the operator's command: `udp`, `tcp`, `offline`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Offline => "offline",
            Self::Tcp => "tcp",
            Self::Udp => "udp",
        })
    }
}

/// One of libtoxcore's file transfers with one peer. Void as soon as that peer is offline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileNumber(pub u32);

/// What one side tells the other about a file transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileControl {
    /// Accept, or go on.
    Resume,
    /// Wait.
    Pause,
    /// Refuse, or end for good.
    Cancel,
}

/// The two kinds of chat text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MessageKind {
    /// Somebody says something.
    Normal,
    /// Somebody does something ("/me").
    Action,
}

/// Something that the Tox network brought. Lengths are bounded by the protocol (a packet is at most 1373 bytes).
#[derive(Clone, PartialEq, Eq)]
pub enum Event {
    /// Our own connection to the network changed.
    SelfConnection(Connection),
    /// A friend came, went, or changed between UDP and a relay. Also told when an online friend is removed.
    FriendConnection {
        /// Who.
        peer: PeerKey,
        /// How from now on.
        connection: Connection,
    },
    /// A stranger who knows our full Tox ID wants to be a friend. Nobody but the operator accepts it.
    FriendRequest {
        /// Their key.
        key: PeerKey,
        /// Their words, at most 1016 bytes, any bytes.
        message: Vec<u8>,
    },
    /// A lossless custom packet (first byte 160–191), in the order sent.
    Lossless {
        /// From whom.
        peer: PeerKey,
        /// With the first byte.
        data: Vec<u8>,
    },
    /// A lossy custom packet (first byte 200–254).
    Lossy {
        /// From whom.
        peer: PeerKey,
        /// With the first byte.
        data: Vec<u8>,
    },
    /// A chat text.
    Message {
        /// From whom.
        peer: PeerKey,
        /// Said or done.
        kind: MessageKind,
        /// The text as sent: UTF-8 is hoped for, not promised.
        text: Vec<u8>,
    },
    /// The peer's program has acknowledged a chat text of ours.
    MessageRead {
        /// Whose.
        peer: PeerKey,
        /// What `send_message` returned.
        id: u32,
    },
    /// A peer invites us into a group, of the old kind or the new.
    Invited {
        /// Who.
        peer: PeerKey,
    },
    /// A peer offers a file: answer with `file_control`, before that perhaps `file_seek`.
    FileOffered {
        /// Who.
        peer: PeerKey,
        /// Its number from now on.
        file: FileNumber,
        /// 0 is data, 1 an avatar, others are the peer's own.
        kind: u32,
        /// `u64::MAX` when the peer does not know.
        size: u64,
        /// At most 255 bytes, any bytes: never a path.
        name: Vec<u8>,
    },
    /// The other side accepts, pauses, goes on or cancels.
    FileControl {
        /// Who.
        peer: PeerKey,
        /// Which.
        file: FileNumber,
        /// What.
        control: FileControl,
    },
    /// Bytes of a file that we receive. Empty: it is complete.
    FileChunk {
        /// From whom.
        peer: PeerKey,
        /// Which.
        file: FileNumber,
        /// Where in the file.
        position: u64,
        /// The bytes.
        data: Vec<u8>,
    },
    /// A file that we send wants this piece, exactly this long. Length 0: it is through (acknowledged, not on a disk).
    FileChunkWanted {
        /// By whom.
        peer: PeerKey,
        /// Which.
        file: FileNumber,
        /// Where in the file.
        position: u64,
        /// How long.
        length: usize,
    },
}

impl fmt::Debug for Event {
    /// Lengths in place of contents: an event may be logged, a message never.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SelfConnection(connection) => write!(f, "SelfConnection({connection})"),
            Self::FriendConnection { peer, connection } => {
                write!(f, "FriendConnection({peer:?}, {connection})")
            }
            Self::FriendRequest { key, message } => {
                write!(f, "FriendRequest({key:?}, {} bytes)", message.len())
            }
            Self::Lossless { peer, data } => write!(f, "Lossless({peer:?}, {} bytes)", data.len()),
            Self::Lossy { peer, data } => write!(f, "Lossy({peer:?}, {} bytes)", data.len()),
            Self::Message { peer, kind, text } => {
                write!(f, "Message({peer:?}, {kind:?}, {} bytes)", text.len())
            }
            Self::MessageRead { peer, id } => write!(f, "MessageRead({peer:?}, {id})"),
            Self::Invited { peer } => write!(f, "Invited({peer:?})"),
            Self::FileOffered {
                peer, file, size, ..
            } => write!(f, "FileOffered({peer:?}, {}, {size} bytes)", file.0),
            Self::FileControl {
                peer,
                file,
                control,
            } => write!(f, "FileControl({peer:?}, {}, {control:?})", file.0),
            Self::FileChunk {
                peer,
                file,
                position,
                data,
            } => write!(
                f,
                "FileChunk({peer:?}, {}, at {position}, {} bytes)",
                file.0,
                data.len()
            ),
            Self::FileChunkWanted {
                peer,
                file,
                position,
                length,
            } => write!(
                f,
                "FileChunkWanted({peer:?}, {}, at {position}, {length} bytes)",
                file.0
            ),
        }
    }
}

/// The same as libtoxcore tells it: friends by number, bytes still in its memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Raw<'a> {
    SelfConnection(Connection),
    FriendConnection(u32, Connection),
    FriendRequest(PeerKey, &'a [u8]),
    Lossless(u32, &'a [u8]),
    Lossy(u32, &'a [u8]),
    Message(u32, MessageKind, &'a [u8]),
    MessageRead(u32, u32),
    Invited(u32),
    FileOffered(u32, FileNumber, u32, u64, &'a [u8]),
    FileControl(u32, FileNumber, FileControl),
    FileChunk(u32, FileNumber, u64, &'a [u8]),
    FileChunkWanted(u32, FileNumber, u64, usize),
}

/// Bytes of one packet, message, name or chunk never exceed this in libtoxcore; a longer one would be its bug and is cut.
const LONGEST: usize = 2048;

fn copied(bytes: &[u8]) -> Vec<u8> {
    bytes[..bytes.len().min(LONGEST)].to_vec()
}

impl Raw<'_> {
    /// The owned event, friends named by their keys; `None` for a friend number that is not ours (removed meanwhile).
    pub(super) fn owned(self, peer_of: impl Fn(u32) -> Option<PeerKey>) -> Option<Event> {
        Some(match self {
            Self::SelfConnection(connection) => Event::SelfConnection(connection),
            Self::FriendConnection(number, connection) => Event::FriendConnection {
                peer: peer_of(number)?,
                connection,
            },
            Self::FriendRequest(key, message) => Event::FriendRequest {
                key,
                message: copied(message),
            },
            Self::Lossless(number, data) => Event::Lossless {
                peer: peer_of(number)?,
                data: copied(data),
            },
            Self::Lossy(number, data) => Event::Lossy {
                peer: peer_of(number)?,
                data: copied(data),
            },
            Self::Message(number, kind, text) => Event::Message {
                peer: peer_of(number)?,
                kind,
                text: copied(text),
            },
            Self::MessageRead(number, id) => Event::MessageRead {
                peer: peer_of(number)?,
                id,
            },
            Self::Invited(number) => Event::Invited {
                peer: peer_of(number)?,
            },
            Self::FileOffered(number, file, kind, size, name) => Event::FileOffered {
                peer: peer_of(number)?,
                file,
                kind,
                size,
                name: copied(name),
            },
            Self::FileControl(number, file, control) => Event::FileControl {
                peer: peer_of(number)?,
                file,
                control,
            },
            Self::FileChunk(number, file, position, data) => Event::FileChunk {
                peer: peer_of(number)?,
                file,
                position,
                data: copied(data),
            },
            Self::FileChunkWanted(number, file, position, length) => Event::FileChunkWanted {
                peer: peer_of(number)?,
                file,
                position,
                length,
            },
        })
    }

    /// Whether this is a peer's traffic, after which more is likely to follow soon.
    pub(super) fn is_traffic(&self) -> bool {
        !matches!(self, Self::SelfConnection(_) | Self::FriendRequest(..))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn a_copy_is_bounded_and_a_removed_friend_is_nobody() {
        let long = vec![7; 10_000];
        let key = PeerKey::from_bytes([1; 32]);
        let event = Raw::Lossy(3, &long)
            .owned(|n| (n == 3).then_some(key))
            .unwrap();
        let Event::Lossy { peer, data } = event else {
            panic!("{event:?}")
        };
        assert_eq!((peer, data.len()), (key, LONGEST));
        assert!(
            Raw::Lossy(4, &long)
                .owned(|n| (n == 3).then_some(key))
                .is_none()
        );
    }

    #[test]
    fn debug_tells_no_contents() {
        let event = Event::Message {
            peer: PeerKey::from_bytes([1; 32]),
            kind: MessageKind::Normal,
            text: b"secret".to_vec(),
        };
        assert_eq!(
            format!("{event:?}"),
            "Message(PeerKey(01010101…), Normal, 6 bytes)"
        );
    }
}
