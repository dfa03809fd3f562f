//! Tox as one home of the street sees it: who is there, and the files that are under way.

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;

use crate::mail::address::PeerKey;
use crate::tox::{Act, Connection, Event, FileControl, FileNumber, Model, SendError};

/// Chunks of a file that libtoxcore has under way.
const CHUNKS: u32 = 16;
const CHUNK: u64 = 1371;
/// libtoxcore numbers what it receives from here on.
const THEIRS: u32 = 1 << 16;

/// What one home sends another.
#[derive(Clone, Debug)]
pub enum Parcel {
    Lossy(Vec<u8>),
    Lossless(Vec<u8>),
    Open {
        file: u32,
        size: u64,
    },
    /// About a file of the sender's own, or of the receiver's.
    Control {
        own: bool,
        file: u32,
        control: FileControl,
    },
    Chunk {
        file: u32,
        position: u64,
        bytes: Bytes,
    },
    /// libtoxcore's own acknowledgement of a chunk.
    Taken {
        file: u32,
        length: u64,
    },
}

struct Outgoing {
    size: u64,
    asked: u64,
    taken: u64,
    under_way: u32,
    flowing: bool,
}

#[derive(Default)]
struct Contact {
    connection: Connection,
    outgoing: BTreeMap<u32, Outgoing>,
    incoming: BTreeMap<u32, u64>,
    next: u32,
}

/// See the module.
#[derive(Default)]
pub struct Wire {
    contacts: HashMap<PeerKey, Contact>,
    /// What was sent and has not left yet.
    pub sent: Vec<(PeerKey, Parcel)>,
    /// Packets that find room in this turn.
    pub room: usize,
    /// One found none.
    pub blocked: bool,
    /// A file transfer carried something.
    pub used_files: bool,
}

impl Wire {
    /// A friend comes or goes. Their files end with a session.
    pub fn connect(&mut self, peer: PeerKey, connection: Connection) -> Event {
        let contact = self.contacts.entry(peer).or_default();
        contact.connection = connection;
        if !connection.is_online() {
            contact.outgoing.clear();
            contact.incoming.clear();
        }
        Event::FriendConnection { peer, connection }
    }

    /// What a parcel of `peer` makes libtoxcore tell.
    pub fn arrive(&mut self, peer: PeerKey, parcel: Parcel) -> Vec<Event> {
        let Some(contact) = self.contacts.get_mut(&peer) else {
            return Vec::new();
        };
        match parcel {
            Parcel::Lossy(data) => vec![Event::Lossy { peer, data }],
            Parcel::Lossless(data) => vec![Event::Lossless { peer, data }],
            Parcel::Open { file, size } => {
                contact.incoming.insert(file, size);
                vec![Event::FileOffered {
                    peer,
                    file: theirs(file),
                    kind: 0,
                    size,
                    name: Vec::new(),
                }]
            }
            Parcel::Control {
                own: true,
                file,
                control,
            } => {
                if control == FileControl::Cancel && contact.incoming.remove(&file).is_none() {
                    return Vec::new();
                }
                let file = theirs(file);
                vec![Event::FileControl {
                    peer,
                    file,
                    control,
                }]
            }
            Parcel::Control {
                own: false,
                file,
                control,
            } => {
                let Some(outgoing) = contact.outgoing.get_mut(&file) else {
                    return Vec::new();
                };
                outgoing.flowing = control == FileControl::Resume;
                if control == FileControl::Cancel {
                    contact.outgoing.remove(&file);
                }
                let mut events = vec![Event::FileControl {
                    peer,
                    file: FileNumber(file),
                    control,
                }];
                events.extend(contact.ask(peer, file));
                events
            }
            Parcel::Chunk {
                file,
                position,
                bytes,
            } => {
                let Some(size) = contact.incoming.get(&file).copied() else {
                    return Vec::new();
                };
                self.used_files = true;
                let length = bytes.len() as u64;
                self.sent.push((peer, Parcel::Taken { file, length }));
                let chunk = |position, data| Event::FileChunk {
                    peer,
                    file: theirs(file),
                    position,
                    data,
                };
                let mut events = vec![chunk(position, bytes.to_vec())];
                if position + length == size {
                    contact.incoming.remove(&file);
                    events.push(chunk(size, Vec::new()));
                }
                events
            }
            Parcel::Taken { file, length } => {
                let Some(outgoing) = contact.outgoing.get_mut(&file) else {
                    return Vec::new();
                };
                outgoing.taken += length;
                outgoing.under_way -= 1;
                if outgoing.taken == outgoing.size {
                    let position = outgoing.size;
                    contact.outgoing.remove(&file);
                    return vec![Event::FileChunkWanted {
                        peer,
                        file: FileNumber(file),
                        position,
                        length: 0,
                    }];
                }
                contact.ask(peer, file)
            }
        }
    }
}

fn theirs(file: u32) -> FileNumber {
    FileNumber((file + 1) * THEIRS)
}

impl Contact {
    /// libtoxcore asks for as many pieces as it may have under way.
    fn ask(&mut self, peer: PeerKey, file: u32) -> Vec<Event> {
        let mut events = Vec::new();
        let Some(outgoing) = self.outgoing.get_mut(&file) else {
            return events;
        };
        while outgoing.flowing && outgoing.asked < outgoing.size && outgoing.under_way < CHUNKS {
            let length = CHUNK.min(outgoing.size - outgoing.asked);
            events.push(Event::FileChunkWanted {
                peer,
                file: FileNumber(file),
                position: outgoing.asked,
                length: length as usize,
            });
            outgoing.asked += length;
            outgoing.under_way += 1;
        }
        events
    }
}

impl Model for Wire {
    fn connection(&self, peer: &PeerKey) -> Connection {
        self.contacts
            .get(peer)
            .map(|contact| contact.connection)
            .unwrap_or_default()
    }

    fn room(&self) -> usize {
        self.room
    }

    fn send(&mut self, peer: &PeerKey, act: Act<'_>) -> Result<u32, SendError> {
        let contact = self.contacts.entry(*peer).or_default();
        if !contact.connection.is_online() {
            return Err(SendError::Offline);
        }
        if self.room == 0 {
            self.blocked = true;
            return Err(SendError::Full);
        }
        self.room -= 1;
        let mut number = 0;
        let parcel = match act {
            Act::Lossy(packet) => {
                assert!(packet.len() <= 1373 && (200..=254).contains(&packet[0]));
                Parcel::Lossy(packet.to_vec())
            }
            Act::Lossless(packet) => {
                assert!(packet.len() <= 1373 && (160..=191).contains(&packet[0]));
                Parcel::Lossless(packet.to_vec())
            }
            Act::FileSend(offer) => {
                let free = (0..256).map(|n| (contact.next + n) % 256);
                let free = { free }.find(|n| !contact.outgoing.contains_key(n));
                number = free.ok_or(SendError::Refused)?;
                contact.next = number + 1;
                let outgoing = Outgoing {
                    size: offer.size,
                    asked: 0,
                    taken: 0,
                    under_way: 0,
                    flowing: false,
                };
                contact.outgoing.insert(number, outgoing);
                Parcel::Open {
                    file: number,
                    size: offer.size,
                }
            }
            Act::FileControl(FileNumber(file), control) => {
                let own = file < THEIRS;
                let file = if own { file } else { file / THEIRS - 1 };
                let known = if own {
                    contact.outgoing.contains_key(&file)
                } else {
                    contact.incoming.contains_key(&file)
                };
                if !known {
                    return Err(SendError::NoSuchFile);
                }
                if control == FileControl::Cancel {
                    if own {
                        contact.outgoing.remove(&file);
                    } else {
                        contact.incoming.remove(&file);
                    }
                }
                Parcel::Control { own, file, control }
            }
            Act::FileChunk(FileNumber(file), position, data) => {
                if !contact.outgoing.contains_key(&file) {
                    return Err(SendError::NoSuchFile);
                }
                Parcel::Chunk {
                    file,
                    position,
                    bytes: Bytes::copy_from_slice(data),
                }
            }
            Act::FileSeek(..) | Act::Message(..) => return Err(SendError::Refused),
        };
        self.sent.push((*peer, parcel));
        Ok(number)
    }
}
