//! Our transfers on their streams: which goes first, how much of each lies in memory, when one is given up.
//!
//! Small before big: a stream's priority falls with the size of its transfer, and what a big one may write ahead is bounded
//! (`Link::make_room`), so a letter waits for packets that are on their way and for nothing else.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use bytes::Bytes;
use quinn_proto::{Dir, StreamId};

use super::event::{Answered, Dropped, Event, OfferError};
use super::exchange::{Exchange, code};
use super::frame::{Frame, MAX_REPLY_BYTES, Offer, TransferId, check_offer};
use super::link::Size;
use super::sender::{Reply, Sender, Travels};
use super::stream::{self, FrameReader, Read, Stopped};

/// Transfers with fed content that are taken on at once; and small ones. More would only lie in memory.
const MAX_BIG: usize = 16;
const MAX_SMALL: usize = 64;
/// Content of all transfers that lies in memory, read from disk and not yet sent.
const MAX_HELD: usize = 2 * 1024 * 1024;
const ANSWER_WITHIN: Duration = Duration::from_secs(120);
const PROGRESS_WITHIN: Duration = Duration::from_secs(120);
/// A full disk cache on an old card can take minutes.
const RECEIPT_WITHIN: Duration = Duration::from_secs(900);

/// A transfer of ours and what carries it.
pub(super) struct Outgoing {
    pub(super) sender: Sender,
    pub(super) carrier: Carrier,
    pub(super) deadline: Option<Instant>,
    order: u64,
    /// Counted against the peer's budget: content inside its offer.
    inside: bool,
}

/// What carries a transfer of ours.
pub(super) enum Carrier {
    /// It waits.
    None,
    /// A stream of the connection.
    Stream(Lane),
    /// A pipe of the last resort.
    Pipe,
}

/// A stream and what is still to be said on it.
pub(super) struct Lane {
    stream: StreamId,
    unsent: VecDeque<Bytes>,
    finished: bool,
    /// The peer wants no more content: its reply will say why.
    stopped: bool,
    reader: FrameReader,
}

impl Outgoing {
    pub(super) fn size(&self) -> Size {
        if self.sender.is_small() {
            Size::Small
        } else {
            Size::Big
        }
    }

    /// Smaller first, then older.
    pub(super) fn rank(&self) -> (u32, u64) {
        (class(self.sender.encoded_size()), self.order)
    }
}

#[cfg(test)]
impl Outgoing {
    /// Bytes of the peer's that lie in memory.
    pub(super) fn held(&self) -> usize {
        match &self.carrier {
            Carrier::Stream(lane) => lane.reader.takes_up(),
            Carrier::None | Carrier::Pipe => 0,
        }
    }
}

/// Doublings over 64 KiB.
fn class(size: u64) -> u32 {
    64 - (size / (64 * 1024)).leading_zeros()
}

impl Exchange {
    pub(super) fn take_on(&mut self, offer: Offer) -> Result<(), OfferError> {
        check_offer(&offer)?;
        let Some(theirs) = self.greeting.theirs() else {
            return Err(OfferError::NotReady);
        };
        let max_message_bytes = theirs.limits.max_message_bytes;
        if offer.content_size > max_message_bytes {
            return Err(OfferError::TooLarge { max_message_bytes });
        }
        if self.outgoing.contains_key(&offer.id) {
            return Err(OfferError::Running);
        }
        let sender = Sender::new(offer);
        let small = sender.is_small();
        let running = self
            .outgoing
            .values()
            .filter(|o| o.sender.is_small() == small)
            .count();
        if running >= if small { MAX_SMALL } else { MAX_BIG } {
            return Err(OfferError::Full);
        }
        self.offered += 1;
        self.outgoing.insert(
            sender.id(),
            Outgoing {
                sender,
                carrier: Carrier::None,
                // Whether anything can be done for it is the connection's matter, which has its own patience.
                deadline: None,
                order: self.offered,
                inside: false,
            },
        );
        Ok(())
    }

    /// Waiting transfers in the order in which they go.
    pub(super) fn waiting(&self) -> Vec<TransferId> {
        let mut waiting: Vec<_> = self
            .outgoing
            .values()
            .filter(|o| matches!(o.carrier, Carrier::None))
            .map(|o| (o.rank(), o.sender.id()))
            .collect();
        waiting.sort_unstable();
        waiting.into_iter().map(|(_, id)| id).collect()
    }

    /// Opens streams for what waits, as far as the peer has granted it.
    pub(super) fn offer_waiting(&mut self, now: Instant) {
        let Some(theirs) = self.greeting.theirs().cloned() else {
            return;
        };
        let (mut inside, mut inside_bytes, mut behind) = (0u32, 0u64, 0u32);
        for outgoing in self.outgoing.values() {
            match outgoing.carrier {
                Carrier::None => {}
                _ if outgoing.inside => {
                    inside += 1;
                    inside_bytes += outgoing.sender.encoded_size();
                }
                _ => behind += 1,
            }
        }
        for id in self.waiting() {
            let Some(outgoing) = self.outgoing.get_mut(&id) else {
                continue;
            };
            let size = outgoing.sender.encoded_size();
            let travels = if outgoing.sender.is_small() && theirs.takes_inline(size) {
                Travels::Inside
            } else {
                Travels::Behind
            };
            let granted = match travels {
                Travels::Inside => {
                    inside < theirs.limits.max_inline_transfers
                        && inside_bytes + size <= theirs.limits.inline_budget
                }
                Travels::Behind => behind < theirs.limits.max_transfers,
            };
            if !granted {
                continue;
            }
            let Some(connection) = self.link.as_mut().and_then(|link| link.connection()) else {
                return;
            };
            let Some(stream) = connection.streams().open(Dir::Bi) else {
                return;
            };
            let priority = -i32::try_from(class(size)).unwrap_or(0);
            // The stream was opened a moment ago.
            let _ = connection.send_stream(stream).set_priority(priority);
            match travels {
                Travels::Inside => {
                    inside += 1;
                    inside_bytes += size;
                }
                Travels::Behind => behind += 1,
            }
            outgoing.inside = travels == Travels::Inside;
            outgoing.carrier = Carrier::Stream(Lane {
                stream,
                unsent: VecDeque::from([outgoing.sender.open(travels).into()]),
                finished: false,
                stopped: false,
                reader: FrameReader::default(),
            });
            outgoing.deadline = Some(now + ANSWER_WITHIN);
            self.outgoing_streams.insert(stream, id);
        }
    }

    /// Writes what lies ready, small transfers first.
    pub(super) fn write_streams(&mut self, now: Instant) {
        let mut order: Vec<_> = self
            .outgoing
            .values()
            .filter(|o| match &o.carrier {
                Carrier::Stream(lane) => !lane.finished && !lane.stopped,
                _ => false,
            })
            .map(|o| (o.rank(), o.sender.id()))
            .collect();
        order.sort_unstable();
        let mut progress = false;
        for (_, id) in order {
            let Some(outgoing) = self.outgoing.get_mut(&id) else {
                continue;
            };
            let size = outgoing.size();
            let Carrier::Stream(lane) = &mut outgoing.carrier else {
                continue;
            };
            let Some(link) = &mut self.link else {
                return;
            };
            link.make_room(Size::Small);
            let Some(connection) = link.connection() else {
                return;
            };
            let mut result = stream::write(connection, lane.stream, &mut lane.unsent);
            if result.is_ok()
                && lane.unsent.is_empty()
                && let Some(ready) = outgoing.sender.ready()
            {
                link.make_room(size);
                let Some(connection) = link.connection() else {
                    return;
                };
                result = stream::write(connection, lane.stream, ready);
                if let Ok(bytes) = result {
                    outgoing.sender.handed_on(bytes);
                    progress |= bytes > 0;
                }
            }
            if outgoing.sender.is_spoken() && lane.unsent.is_empty() {
                if let Some(connection) = link.connection() {
                    // It may have been stopped in this moment: the event will tell.
                    let _ = connection.send_stream(lane.stream).finish();
                }
                lane.finished = true;
            }
            if outgoing.sender.is_sent() && lane.finished {
                outgoing.deadline = Some(now + RECEIPT_WITHIN);
            }
            if let Err(Stopped(code)) = result {
                let stream = lane.stream;
                self.stop_outgoing(stream, code);
            }
        }
        if progress {
            // Strict priorities let a big transfer stand while a small one runs: as long as the link moves, none is
            // given up.
            for outgoing in self.outgoing.values_mut().filter(|o| o.sender.is_sending()) {
                outgoing.deadline = Some(now + PROGRESS_WITHIN);
            }
        }
    }

    /// Asks the shell for content, for small transfers first, as far as memory is granted.
    pub(super) fn ask_for_content(&mut self) {
        let mut order: Vec<_> = self
            .outgoing
            .values()
            .filter(|o| o.sender.is_sending())
            .map(|o| (o.rank(), o.sender.id()))
            .collect();
        order.sort_unstable();
        let mut held: usize = self.outgoing.values().map(|o| o.sender.held()).sum();
        for (_, id) in order {
            if held >= MAX_HELD {
                return;
            }
            if let Some(outgoing) = self.outgoing.get_mut(&id)
                && let Some((offset, max)) = outgoing.sender.want()
            {
                held += max;
                self.events.push_back(Event::Want { id, offset, max });
            }
        }
    }

    /// The peer's replies on a stream of ours.
    pub(super) fn read_replies(&mut self, now: Instant, stream: StreamId) {
        let Some(&id) = self.outgoing_streams.get(&stream) else {
            return;
        };
        while let Some(outgoing) = self.outgoing.get_mut(&id) {
            let Carrier::Stream(lane) = &mut outgoing.carrier else {
                return;
            };
            let Some(connection) = self.link.as_mut().and_then(|link| link.connection()) else {
                return;
            };
            match stream::read_frame(connection, stream, &mut lane.reader, MAX_REPLY_BYTES) {
                Read::Frame(Frame::Unknown(_)) => {}
                Read::Frame(frame) => self.reply(now, id, frame),
                Read::Blocked => return,
                Read::Finished => {
                    return self.breach_outgoing(id, "the stream was ended without a receipt");
                }
                Read::Reset(code) => {
                    let why = if code == u64::from(code::BREACH) {
                        Dropped::Breach("the peer says that we broke the protocol")
                    } else {
                        Dropped::Stopped
                    };
                    return self.drop_outgoing(id, code::DONE, why);
                }
                Read::Broken => return self.breach_outgoing(id, "a reply that is none"),
            }
        }
    }

    /// One reply of the peer to a transfer of ours.
    pub(super) fn reply(&mut self, now: Instant, id: TransferId, frame: Frame) {
        let Some(outgoing) = self.outgoing.get_mut(&id) else {
            return self.breach(None, "a reply to what was never offered");
        };
        let event = match outgoing.sender.handle(frame) {
            Err(why) => return self.breach_outgoing(id, why),
            Ok(Reply::Gone) => return self.drop_outgoing(id, code::DONE, Dropped::Stopped),
            Ok(Reply::Accepted(offset)) => {
                outgoing.deadline = Some(if outgoing.sender.is_sent() {
                    now + RECEIPT_WITHIN
                } else {
                    now + PROGRESS_WITHIN
                });
                self.succeed();
                self.events.push_back(Event::Answered {
                    id,
                    answer: Answered::Accepted { offset },
                });
                return;
            }
            Ok(Reply::Had(told)) => Event::Answered {
                id,
                answer: Answered::Had(told),
            },
            Ok(Reply::Refused(told)) => Event::Answered {
                id,
                answer: Answered::Refused(told),
            },
            Ok(Reply::Receipt(told)) => Event::Receipt { id, told },
        };
        self.succeed();
        if let Some((lane, _)) = self.remove_outgoing(id)
            && let Some(connection) = self.link.as_mut().and_then(|link| link.connection())
        {
            if !lane.finished && !lane.unsent.is_empty() {
                stream::abort(connection, lane.stream, code::DONE);
            } else {
                stream::finish(connection, lane.stream);
            }
        }
        self.events.push_back(event);
        self.dirty = true;
    }

    /// The peer does not want more of a stream of ours.
    pub(super) fn stop_outgoing(&mut self, stream: StreamId, code: u64) {
        if self.control.stream == Some(stream) {
            return self.break_link("the control stream was stopped");
        }
        let Some(&id) = self.outgoing_streams.get(&stream) else {
            return;
        };
        if code != u64::from(code::DONE) {
            let why = if code == u64::from(code::BREACH) {
                Dropped::Breach("the peer says that we broke the protocol")
            } else {
                Dropped::Stopped
            };
            return self.drop_outgoing(id, code::DONE, why);
        }
        // Its reply is on the way, and says why.
        let Some(Outgoing {
            carrier: Carrier::Stream(lane),
            ..
        }) = self.outgoing.get_mut(&id)
        else {
            return;
        };
        lane.stopped = true;
        lane.unsent.clear();
        if let Some(connection) = self.link.as_mut().and_then(|link| link.connection()) {
            // Already reset or acknowledged: as well.
            let _ = connection
                .send_stream(stream)
                .reset(quinn_proto::VarInt::from_u32(code::DONE));
        }
    }

    fn breach_outgoing(&mut self, id: TransferId, why: &'static str) {
        self.drop_outgoing(id, code::BREACH, Dropped::Breach(why));
    }

    /// Ends a transfer of ours without a receipt.
    pub(super) fn drop_outgoing(&mut self, id: TransferId, code: u32, why: Dropped) {
        if !self.outgoing.contains_key(&id) {
            return;
        }
        self.end_outgoing(id, code);
        self.events.push_back(Event::Dropped { id, why });
    }

    /// Ends a transfer of ours without a word to the shell.
    pub(super) fn withdraw_outgoing(&mut self, id: TransferId) {
        self.end_outgoing(id, code::WITHDRAWN);
    }

    fn end_outgoing(&mut self, id: TransferId, code: u32) {
        let pipe = self
            .outgoing
            .get(&id)
            .is_some_and(|o| matches!(o.carrier, Carrier::Pipe));
        if pipe {
            self.last_resort.cancel(&id);
        }
        if let Some((lane, _)) = self.remove_outgoing(id)
            && let Some(connection) = self.link.as_mut().and_then(|link| link.connection())
        {
            stream::abort(connection, lane.stream, code);
        }
        self.dirty = true;
    }

    /// Forgets a transfer of ours; its stream, if it had one.
    fn remove_outgoing(&mut self, id: TransferId) -> Option<(Lane, Sender)> {
        let outgoing = self.outgoing.remove(&id)?;
        match outgoing.carrier {
            Carrier::Stream(lane) => {
                self.outgoing_streams.remove(&lane.stream);
                Some((lane, outgoing.sender))
            }
            Carrier::None | Carrier::Pipe => None,
        }
    }

    /// Every transfer on a stream is dropped: the streams are gone. True when there was one, in either direction.
    pub(super) fn drop_streams(&mut self) -> bool {
        self.drop_streams_because(&Dropped::LinkLost)
    }

    pub(super) fn drop_streams_because(&mut self, why: &Dropped) -> bool {
        self.outgoing_streams.clear();
        let dropped = self.drop_where(why, |o| matches!(o.carrier, Carrier::Stream(_)));
        self.interrupt_streams() || dropped
    }

    /// Every transfer that waits is dropped.
    pub(super) fn drop_waiting(&mut self, why: &Dropped) {
        self.drop_where(why, |_| true);
    }

    /// True when there was one.
    pub(super) fn drop_where(&mut self, why: &Dropped, which: impl Fn(&Outgoing) -> bool) -> bool {
        let ids: Vec<_> = self
            .outgoing
            .iter()
            .filter(|(_, o)| which(o))
            .map(|(id, _)| *id)
            .collect();
        for id in &ids {
            self.outgoing.remove(id);
            let why = why.clone();
            self.events.push_back(Event::Dropped { id: *id, why });
        }
        !ids.is_empty()
    }

    pub(super) fn outgoing_deadline(&self) -> Option<Instant> {
        self.outgoing.values().filter_map(|o| o.deadline).min()
    }

    /// Gives up what took too long.
    pub(super) fn expire_outgoing(&mut self, now: Instant) {
        let late: Vec<_> = self
            .outgoing
            .iter()
            .filter(|(_, o)| o.deadline.is_some_and(|at| at <= now))
            .map(|(id, _)| *id)
            .collect();
        for id in late {
            self.drop_outgoing(id, code::SILENT, Dropped::Silent);
        }
    }
}
