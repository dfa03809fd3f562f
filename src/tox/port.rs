//! What lives on the Tox thread, and what it may do there.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use super::core::Core;
use super::error::SendError;
use super::event::{Connection, Event, FileControl, FileNumber, MessageKind};
use super::roster::Roster;
use crate::mail::address::PeerKey;

/// Something that lives on the Tox thread: it is told what came, and may send.
///
/// Both methods must return soon: while they run, no packet is handled. Disks belong to other threads.
pub trait Rider: Send {
    /// Something came. May send at once.
    fn event(&mut self, now: Instant, event: &Event, port: &mut Port<'_>);

    /// Called after every wake: send what is ready. Returns when it wants to be called again at the latest (`None`: when
    /// something comes). What found no room ([`SendError::Full`]) is tried again at the next turn, which comes by
    /// itself.
    fn turn(&mut self, now: Instant, port: &mut Port<'_>) -> Option<Instant>;
}

/// Nobody: a node that only keeps the network going (a bootstrap node).
impl Rider for () {
    fn event(&mut self, _: Instant, _: &Event, _: &mut Port<'_>) {}
    fn turn(&mut self, _: Instant, _: &mut Port<'_>) -> Option<Instant> {
        None
    }
}

/// A file that is offered to a peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileOffer<'a> {
    /// In bytes.
    pub size: u64,
    /// The same id lets the receiver resume with `file_seek`.
    pub id: [u8; 32],
    /// At most 255 bytes.
    pub name: &'a [u8],
}

/// A peer was asked and does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missed {
    /// Its last answer.
    pub answered: Instant,
    /// Its last word of any kind.
    pub heard: Instant,
}

/// What happened while one turn sent; lives as long as the node.
#[derive(Debug)]
pub(super) struct Outbox {
    /// Packets that may still be sent before libtoxcore gets its turn.
    pub(super) room: usize,
    /// Something found no room in libtoxcore or the kernel.
    pub(super) blocked: bool,
    /// Something was sent.
    pub(super) sent: bool,
    /// All sends that went through.
    pub(super) count: Arc<AtomicU64>,
    /// Peers behind a relay that do not answer, as this turn found them.
    pub(super) missed: Vec<(PeerKey, Missed)>,
}

/// Packets sent in one go, which takes about a millisecond; then packets that came are handled, and the rider has its next
/// turn at once. A letter that becomes ready while a big one is on its way waits that long at most.
pub(super) const BATCH: usize = 64;

/// What a [`Rider`] may do with the network. Peers go by their keys.
pub struct Port<'a> {
    way: Way<'a>,
}

enum Way<'a> {
    Tox {
        core: &'a mut Core,
        roster: &'a Roster,
        outbox: &'a mut Outbox,
    },
    #[cfg(test)]
    Model(&'a mut dyn Model),
}

/// Something that a rider sends.
#[derive(Debug)]
pub enum Act<'a> {
    /// A lossy custom packet.
    Lossy(&'a [u8]),
    /// A lossless custom packet.
    Lossless(&'a [u8]),
    /// A chat text.
    Message(MessageKind, &'a [u8]),
    /// A file is offered.
    FileSend(&'a FileOffer<'a>),
    /// A word about a transfer.
    FileControl(FileNumber, FileControl),
    /// Where an offered file shall start.
    FileSeek(FileNumber, u64),
    /// A piece of a file, and where it belongs.
    FileChunk(FileNumber, u64, &'a [u8]),
}

/// The network of a simulation, in libtoxcore's place.
#[cfg(test)]
pub trait Model {
    /// How a peer is connected.
    fn connection(&self, peer: &PeerKey) -> Connection;
    /// How many packets may still be sent in this turn.
    fn room(&self) -> usize;
    /// Sends; the number of the text or the file that was begun, else 0.
    fn send(&mut self, peer: &PeerKey, act: Act<'_>) -> Result<u32, SendError>;
}

impl<'a> Port<'a> {
    pub(super) fn new(core: &'a mut Core, roster: &'a Roster, outbox: &'a mut Outbox) -> Self {
        Self {
            way: Way::Tox {
                core,
                roster,
                outbox,
            },
        }
    }

    /// The way into a simulated network.
    #[cfg(test)]
    pub fn model(model: &'a mut dyn Model) -> Self {
        Self {
            way: Way::Model(model),
        }
    }

    /// How a peer is connected.
    pub fn connection(&self, peer: &PeerKey) -> Connection {
        match &self.way {
            Way::Tox { roster, .. } => roster.connection(peer),
            #[cfg(test)]
            Way::Model(model) => model.connection(peer),
        }
    }

    /// How many packets may still be sent in this turn; with 0, sending gives [`SendError::Full`] and the next turn comes
    /// at once.
    pub fn room(&self) -> usize {
        match &self.way {
            Way::Tox { outbox, .. } => outbox.room,
            #[cfg(test)]
            Way::Model(model) => model.room(),
        }
    }

    /// A lossy custom packet: first byte 200–254, at most 1373 bytes. May be lost, doubled or overtaken.
    ///
    /// # Errors
    /// See [`SendError`].
    pub fn send_lossy(&mut self, peer: &PeerKey, packet: &[u8]) -> Result<(), SendError> {
        self.send(peer, Act::Lossy(packet)).map(drop)
    }

    /// A lossless custom packet: first byte 160–191, at most 1373 bytes. Arrives once and in order, while the connection
    /// lasts.
    ///
    /// # Errors
    /// See [`SendError`].
    pub fn send_lossless(&mut self, peer: &PeerKey, packet: &[u8]) -> Result<(), SendError> {
        self.send(peer, Act::Lossless(packet)).map(drop)
    }

    /// A chat text of 1 to 1372 bytes; returns the number that [`Event::MessageRead`] will carry.
    ///
    /// # Errors
    /// See [`SendError`].
    pub fn send_message(
        &mut self,
        peer: &PeerKey,
        kind: MessageKind,
        text: &[u8],
    ) -> Result<u32, SendError> {
        self.send(peer, Act::Message(kind, text))
    }

    /// Offers a file; its pieces are asked for by [`Event::FileChunkWanted`] once the peer accepts.
    ///
    /// # Errors
    /// See [`SendError`].
    pub fn file_send(
        &mut self,
        peer: &PeerKey,
        offer: &FileOffer<'_>,
    ) -> Result<FileNumber, SendError> {
        self.send(peer, Act::FileSend(offer)).map(FileNumber)
    }

    /// Accepts, pauses, goes on with or cancels a transfer, sent or received.
    ///
    /// # Errors
    /// See [`SendError`].
    pub fn file_control(
        &mut self,
        peer: &PeerKey,
        file: FileNumber,
        control: FileControl,
    ) -> Result<(), SendError> {
        self.send(peer, Act::FileControl(file, control)).map(drop)
    }

    /// Where an offered file shall start; before the first [`FileControl::Resume`] only.
    ///
    /// # Errors
    /// See [`SendError`].
    pub fn file_seek(
        &mut self,
        peer: &PeerKey,
        file: FileNumber,
        position: u64,
    ) -> Result<(), SendError> {
        self.send(peer, Act::FileSeek(file, position)).map(drop)
    }

    /// A piece as asked for: the same position and length.
    ///
    /// # Errors
    /// See [`SendError`].
    pub fn file_send_chunk(
        &mut self,
        peer: &PeerKey,
        file: FileNumber,
        position: u64,
        data: &[u8],
    ) -> Result<(), SendError> {
        self.send(peer, Act::FileChunk(file, position, data))
            .map(drop)
    }

    /// The id that the sender gave a file.
    pub fn file_id(&mut self, peer: &PeerKey, file: FileNumber) -> Option<[u8; 32]> {
        match &mut self.way {
            Way::Tox { core, roster, .. } => core.file_id(roster.call(peer)?, file),
            #[cfg(test)]
            Way::Model(_) => None,
        }
    }

    /// Says that a peer does not answer. If a relay leads there, connections to relays that may be the reason are left.
    pub fn miss(&mut self, peer: &PeerKey, missed: Missed) {
        match &mut self.way {
            Way::Tox { roster, outbox, .. } => {
                if roster.connection(peer) == Connection::Tcp {
                    outbox.missed.push((*peer, missed));
                }
            }
            // A simulated network has no relays that could be left.
            #[cfg(test)]
            Way::Model(_) => {}
        }
    }

    fn send(&mut self, peer: &PeerKey, act: Act<'_>) -> Result<u32, SendError> {
        let (core, roster, outbox) = match &mut self.way {
            Way::Tox {
                core,
                roster,
                outbox,
            } => (core, roster, outbox),
            #[cfg(test)]
            Way::Model(model) => return model.send(peer, act),
        };
        if !roster.contains(peer) {
            return Err(SendError::UnknownPeer);
        }
        // An offline peer costs no call.
        if !roster.connection(peer).is_online() {
            return Err(SendError::Offline);
        }
        if outbox.room == 0 {
            return Err(SendError::Full);
        }
        let friend = roster.call(peer).ok_or(SendError::UnknownPeer)?;
        let outcome = match act {
            Act::Lossy(packet) => core.send_lossy(friend, packet).map(|()| 0),
            Act::Lossless(packet) => core.send_lossless(friend, packet).map(|()| 0),
            Act::Message(kind, text) => core.send_message(friend, kind, text),
            Act::FileSend(offer) => core
                .file_send(friend, offer.size, &offer.id, offer.name)
                .map(|file| file.0),
            Act::FileControl(file, control) => core.file_control(friend, file, control).map(|()| 0),
            Act::FileSeek(file, position) => core.file_seek(friend, file, position).map(|()| 0),
            Act::FileChunk(file, position, data) => core
                .file_send_chunk(friend, file, position, data)
                .map(|()| 0),
        };
        match &outcome {
            Ok(_) => {
                outbox.room -= 1;
                outbox.sent = true;
                outbox.count.fetch_add(1, Ordering::Relaxed);
            }
            Err(SendError::Full) => outbox.blocked = true,
            Err(_) => {}
        }
        outcome
    }
}
