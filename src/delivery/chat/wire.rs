//! One friend on the Tox thread: the machines of [`crate::chat`], fed with what Tox brings and drained into Tox. Never touches a
//! disk and never waits.

use std::collections::HashSet;
use std::sync::Arc;

use bytes::Bytes;

use super::{Chat, Errand};
use crate::chat::{Act, Event, Incoming, Outgoing};
use crate::journal;
use crate::mail::address::PeerKey;
use crate::tox::{
    Connection, Event as ToxEvent, FileControl, FileNumber, FileOffer, MessageKind, Port, SendError,
};

/// What goes between us and one friend.
#[derive(Default)]
pub(in crate::delivery) struct Talk {
    outgoing: Outgoing,
    incoming: Incoming,
}

/// Who is a friend with a chat program, on the Tox thread.
pub(in crate::delivery) struct Friends {
    chat: Arc<Chat>,
    friends: HashSet<PeerKey>,
    /// Who has said Hello since the start: homes write letters, whatever else they say.
    homes: HashSet<PeerKey>,
}

impl Friends {
    pub(in crate::delivery) fn new(chat: Arc<Chat>, friends: HashSet<PeerKey>) -> Self {
        Self {
            chat,
            friends,
            homes: HashSet::new(),
        }
    }

    pub(in crate::delivery) fn contains(&self, peer: &PeerKey) -> bool {
        self.friends.contains(peer)
    }

    /// The peer has said Hello.
    pub(in crate::delivery) fn is_home(&mut self, peer: PeerKey) {
        self.leave(&peer);
        self.homes.insert(peer);
    }

    /// The peer is nobody's contact any more.
    pub(in crate::delivery) fn part(&mut self, peer: &PeerKey) {
        self.leave(peer);
        self.homes.remove(peer);
    }

    fn leave(&mut self, peer: &PeerKey) {
        if self.friends.remove(peer) {
            self.chat.parted(*peer);
        }
    }

    /// A friend came or went.
    pub(in crate::delivery) fn connected(
        &self,
        peer: PeerKey,
        talk: &mut Talk,
        connection: Connection,
    ) {
        if !self.contains(&peer) {
            return;
        }
        if connection.is_online() {
            talk.outgoing.handle_online();
            self.chat.online(peer);
        } else {
            talk.outgoing.handle_offline();
            talk.incoming.handle_offline();
            self.chat.offline(peer);
        }
    }

    /// A friend is there, on a way that nothing of ours may take. What Tox has of us already stays as it is.
    pub(in crate::delivery) fn hold(&self, peer: PeerKey, talk: &mut Talk) {
        if self.contains(&peer) {
            talk.outgoing.hold();
            self.chat.offline(peer);
        }
    }

    pub(in crate::delivery) fn run(
        &mut self,
        peer: PeerKey,
        talk: &mut Talk,
        connection: Connection,
        errand: Errand,
    ) {
        match errand {
            Errand::Friend => {
                // A Hello may have come while a word of theirs was being written down.
                if !self.homes.contains(&peer) && self.friends.insert(peer) {
                    journal::chat_friend(&peer);
                    if connection.is_online() {
                        self.connected(peer, talk, connection);
                    }
                }
            }
            Errand::Send(letter) => talk.outgoing.add(letter),
            Errand::Withdraw(id) => talk.outgoing.withdraw(id),
            Errand::Noted(part) => talk.outgoing.noted(part),
            Errand::Feed {
                part,
                offset,
                bytes,
            } => talk.outgoing.feed(part, offset, &bytes),
            Errand::Remark(text) => talk.outgoing.remark(text),
            Errand::Answer { file, id, verdict } => talk.incoming.answer(file, &id, verdict),
            Errand::Wrote { file, id, upto } => talk.incoming.wrote(file, &id, upto),
            Errand::GiveUp { file, id } => talk.incoming.give_up(file, &id),
        }
    }

    /// Something that only chat programs send. `false`: it is none of it.
    pub(in crate::delivery) fn event(
        &self,
        event: &ToxEvent,
        talk: &mut Talk,
        port: &mut Port<'_>,
    ) -> bool {
        match event {
            // Whoever it comes from: that is how a friend with a chat program shows.
            ToxEvent::Message { peer, kind, text } => {
                if !self.homes.contains(peer) {
                    self.chat.heard(*peer, *kind, text);
                }
                return true;
            }
            ToxEvent::Invited { peer } => {
                if self.contains(peer) {
                    self.chat.invited(*peer);
                }
                return true;
            }
            ToxEvent::MessageRead { id, .. } => {
                talk.outgoing.handle_read(*id);
                return true;
            }
            _ => {}
        }
        match event {
            ToxEvent::FileOffered {
                peer,
                file,
                kind,
                size,
                name,
            } if self.contains(peer) => {
                let id = port.file_id(peer, *file).unwrap_or_default();
                let name = name.clone();
                talk.incoming.handle_offered(file.0, *kind, *size, id, name);
            }
            ToxEvent::FileChunk {
                peer,
                file,
                position,
                data,
            } if self.contains(peer) => talk.incoming.handle_chunk(file.0, *position, data),
            ToxEvent::FileChunkWanted {
                peer,
                file,
                position,
                length,
            } if self.contains(peer) => talk.outgoing.handle_wanted(file.0, *position, *length),
            ToxEvent::FileControl {
                peer,
                file,
                control: FileControl::Cancel,
            } if self.contains(peer) => {
                if !talk.outgoing.handle_cancelled(file.0) {
                    talk.incoming.handle_cancelled(file.0);
                }
            }
            ToxEvent::FileControl { peer, .. } => return self.contains(peer),
            _ => return false,
        }
        true
    }

    /// Sends what is ready. `false` when Tox has no room: to be called again at the next turn.
    pub(in crate::delivery) fn drain(
        &self,
        peer: &PeerKey,
        talk: &mut Talk,
        way: Connection,
        port: &mut Port<'_>,
    ) -> bool {
        loop {
            let mut idle = true;
            while let Some(event) = talk.incoming.poll_event() {
                idle = false;
                tell(&self.chat, *peer, event);
            }
            while let Some(act) = talk.incoming.poll_act() {
                // What makes a file come waits for a way that it may take.
                if !way.is_online() && matches!(act, Act::Seek { .. } | Act::Resume(_)) {
                    break;
                }
                idle = false;
                let outcome = match act {
                    Act::Seek { file, position } => {
                        port.file_seek(peer, FileNumber(file), position)
                    }
                    Act::Resume(file) => {
                        port.file_control(peer, FileNumber(file), FileControl::Resume)
                    }
                    Act::Pause(file) => {
                        port.file_control(peer, FileNumber(file), FileControl::Pause)
                    }
                    Act::Cancel(file) => {
                        port.file_control(peer, FileNumber(file), FileControl::Cancel)
                    }
                    Act::Say(_) | Act::Offer { .. } | Act::Piece { .. } => Ok(()),
                };
                if outcome == Err(SendError::Full) {
                    return false;
                }
                talk.incoming.done();
            }
            match speak(peer, &mut talk.outgoing, port) {
                Spoken::Nothing => {}
                Spoken::Something => idle = false,
                Spoken::NoRoom => return false,
            }
            while let Some(event) = talk.outgoing.poll_event() {
                idle = false;
                tell(&self.chat, *peer, event);
            }
            if idle {
                return true;
            }
        }
    }
}

enum Spoken {
    Nothing,
    Something,
    NoRoom,
}

/// One act of ours.
fn speak(peer: &PeerKey, outgoing: &mut Outgoing, port: &mut Port<'_>) -> Spoken {
    let Some(act) = outgoing.poll_act() else {
        return Spoken::Nothing;
    };
    let outcome = match act {
        Act::Say(text) => port
            .send_message(peer, MessageKind::Normal, text.as_bytes())
            .map(|number| outgoing.said(number)),
        Act::Offer {
            part,
            name,
            size,
            id,
        } => {
            let offer = FileOffer {
                size,
                id,
                name: name.as_bytes(),
            };
            match port.file_send(peer, &offer) {
                Err(SendError::Refused | SendError::Size) => {
                    outgoing.offered(part, None);
                    Ok(())
                }
                other => other.map(|file| outgoing.offered(part, Some(file.0))),
            }
        }
        Act::Piece {
            file,
            position,
            bytes,
        } => match port.file_send_chunk(peer, FileNumber(file), position, &bytes) {
            Err(SendError::Full) => Err(SendError::Full),
            Err(SendError::Offline) => Err(SendError::Offline),
            Ok(()) => {
                outgoing.sent(file);
                Ok(())
            }
            Err(_) => {
                outgoing.broken(file);
                Ok(())
            }
        },
        Act::Cancel(file) => match port.file_control(peer, FileNumber(file), FileControl::Cancel) {
            Err(SendError::Full) => Err(SendError::Full),
            _ => {
                outgoing.cancelled();
                Ok(())
            }
        },
        Act::Seek { .. } | Act::Resume(_) | Act::Pause(_) => Ok(()),
    };
    match outcome {
        Ok(()) => Spoken::Something,
        Err(SendError::Full) => Spoken::NoRoom,
        // Gone, which comes as an event of its own.
        Err(_) => Spoken::Nothing,
    }
}

/// What happened goes to whom it concerns. None of these block.
fn tell(chat: &Arc<Chat>, peer: PeerKey, event: Event) {
    match event {
        Event::Read(part) => chat.over(peer, part, true),
        Event::Unwanted(part) => chat.over(peer, part, false),
        Event::Want { part, offset, max } => chat.want(peer, part, offset, max),
        Event::Offered {
            file,
            name,
            size,
            id,
        } => chat.file_offered(peer, file, &name, size, id),
        Event::Declined { name, size, why } => chat.file_declined(peer, &name, size, why),
        Event::Data {
            file,
            position,
            bytes,
        } => chat.file_data(peer, file, position, Bytes::from(bytes)),
        Event::Complete(file) => chat.file_complete(peer, file),
        Event::Interrupted(file) => chat.file_interrupted(peer, file),
        Event::TakenBack(file) => chat.file_taken_back(peer, file),
    }
}
