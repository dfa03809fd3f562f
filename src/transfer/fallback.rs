//! The last resort: the same frames without QUIC.
//!
//! When QUIC's handshake did not come through within 30 s although the Hellos did, transfers go by toxcore's own file
//! transfer, which is slow but has always arrived. What goes forward are *pipes*, reliable byte streams of a known size:
//! first one that holds just the offer, then, once it was accepted, one with a `data` frame and the content from the
//! accepted offset. Replies come back as lossless packets: 161, a byte that says where in a reply this piece belongs, the
//! piece. One transfer at a time is on its way; the content of the next one starts while the last one's receipt is
//! awaited. Pipes die with the session; what they carried is offered again at the next `Ready`, and resumes.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::event::{Dropped, Pipe, PipeAct};
use super::exchange::{Exchange, REPLY, code};
use super::frame::{Frame, MAX_FRAME_BYTES, MAX_REPLY_BYTES, PREFIX_BYTES, TransferId};
use super::hello::MAX_PACKET_BYTES;
use super::incoming::Line;
use super::outgoing::Carrier;
use super::receiver::Receiver;
use super::sender::Travels;
use super::stream::FrameReader;

/// QUIC is tried again after this.
const HOLDS: Duration = Duration::from_secs(600);
const ANSWER_WITHIN: Duration = Duration::from_secs(300);
/// Transfers whose receipt is awaited while the next one goes.
const MAX_UNCONFIRMED: usize = 8;
/// Pipes that a peer may have open to us.
const MAX_PIPES: usize = 8;
/// Where in a reply a piece belongs.
const FIRST: u8 = 1;
const LAST: u8 = 2;

/// The pipes of both directions.
#[derive(Default)]
pub(super) struct Fallback {
    until: Option<Instant>,
    out: Option<OutPipe>,
    last_pipe: u32,
    acts: VecDeque<PipeAct>,
    inn: HashMap<u32, InPipe>,
    replies: VecDeque<Vec<u8>>,
    /// Pieces of a reply of theirs.
    partial: Vec<u8>,
}

struct OutPipe {
    pipe: u32,
    id: TransferId,
    size: u64,
    position: u64,
    /// What goes before the content: the offer, or the `data` frame.
    head: Bytes,
}

struct InPipe {
    size: u64,
    position: u64,
    carries: Carries,
}

enum Carries {
    /// Its first frame is not here yet.
    Unknown(FrameReader),
    /// All was said.
    Nothing,
    Content(TransferId),
}

impl Fallback {
    pub(super) fn is_active(&self, now: Instant) -> bool {
        self.until.is_some_and(|until| now < until)
    }

    pub(super) fn activate(&mut self, now: Instant) {
        self.until = Some(now + HOLDS);
    }

    /// QUIC works: nothing new goes by pipe. What runs may end.
    pub(super) fn deactivate(&mut self) {
        self.until = None;
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.until
    }

    pub(super) fn poll_act(&mut self) -> Option<PipeAct> {
        self.acts.pop_front()
    }

    fn open(&mut self, id: TransferId, head: Bytes, content: u64) {
        self.last_pipe = self.last_pipe.wrapping_add(1);
        let size = head.len() as u64 + content;
        let pipe = self.last_pipe;
        self.out = Some(OutPipe {
            pipe,
            id,
            size,
            position: 0,
            head,
        });
        self.acts.push_back(PipeAct::Open { pipe, size });
    }

    /// Nothing more of this transfer of ours goes by pipe.
    pub(super) fn cancel(&mut self, id: &TransferId) {
        if let Some(out) = self.out.take_if(|out| out.id == *id) {
            self.acts.push_back(PipeAct::Cancel { pipe: out.pipe });
        }
    }

    /// A reply of ours, a frame with its length, in as many packets as it needs.
    pub(super) fn reply(&mut self, frame: &[u8]) {
        let piece = MAX_PACKET_BYTES - 2;
        let count = frame.len().div_ceil(piece);
        for (number, bytes) in frame.chunks(piece).enumerate() {
            let mut place = 0;
            if number == 0 {
                place |= FIRST;
            }
            if number + 1 == count {
                place |= LAST;
            }
            let mut packet = vec![REPLY, place];
            packet.extend_from_slice(bytes);
            self.replies.push_back(packet);
        }
    }

    /// The next packet of a reply of ours.
    pub(super) fn poll_reply(&mut self) -> Option<Vec<u8>> {
        self.replies.pop_front()
    }

    /// Content of this transfer of theirs is not wanted any more.
    pub(super) fn refuse_content(&mut self, id: &TransferId) {
        for pipe in self.inn.values_mut() {
            if matches!(&pipe.carries, Carries::Content(of) if of == id) {
                pipe.carries = Carries::Nothing;
            }
        }
    }

    /// A piece of a reply of theirs; the whole of it, once it is here.
    fn collect(&mut self, packet: &[u8]) -> Result<Option<Frame>, &'static str> {
        let Some((&place, bytes)) = packet.split_first() else {
            return Err("a piece of nothing");
        };
        if place & FIRST != 0 {
            self.partial.clear();
        } else if self.partial.is_empty() {
            // The session broke within a reply, and the beginning is lost.
            return Ok(None);
        }
        if self.partial.len() + bytes.len() > MAX_REPLY_BYTES + PREFIX_BYTES {
            self.partial = Vec::new();
            return Err("a reply that is too long");
        }
        self.partial.extend_from_slice(bytes);
        if place & LAST == 0 {
            return Ok(None);
        }
        let whole = std::mem::take(&mut self.partial);
        match Frame::split(&whole, MAX_REPLY_BYTES) {
            Ok(Some((frame, length))) if length == whole.len() => Ok(Some(frame)),
            _ => Err("a reply that is none"),
        }
    }
}

impl Exchange {
    /// Opens a pipe for the next transfer, if none is on its way.
    pub(super) fn offer_by_pipe(&mut self, now: Instant) {
        let busy = self
            .outgoing
            .values()
            .any(|o| matches!(o.carrier, Carrier::Pipe) && !o.sender.is_sent());
        let unconfirmed = self
            .outgoing
            .values()
            .filter(|o| matches!(o.carrier, Carrier::Pipe))
            .count();
        if busy || self.fallback.out.is_some() || unconfirmed >= MAX_UNCONFIRMED {
            return;
        }
        let Some(id) = self.waiting().first().copied() else {
            return;
        };
        let Some(outgoing) = self.outgoing.get_mut(&id) else {
            return;
        };
        let inside = self.greeting.theirs().is_some_and(|theirs| {
            theirs.takes_inline(outgoing.sender.encoded_size()) && unconfirmed == 0
        });
        let frame = outgoing.sender.open(if inside {
            Travels::Inside
        } else {
            Travels::Behind
        });
        outgoing.carrier = Carrier::Pipe;
        outgoing.deadline = Some(now + ANSWER_WITHIN);
        self.fallback.open(id, frame.into(), 0);
    }

    pub(super) fn chunk_of_pipe(
        &mut self,
        pipe: u32,
        position: u64,
        length: usize,
    ) -> Option<Bytes> {
        let out = self.fallback.out.as_mut().filter(|out| out.pipe == pipe)?;
        if position != out.position || length as u64 > out.size - position {
            return None;
        }
        let head = match usize::try_from(position) {
            Ok(at) if at < out.head.len() => out.head.slice(at..out.head.len().min(at + length)),
            _ => Bytes::new(),
        };
        let chunk = if head.len() == length {
            head
        } else {
            let outgoing = self.outgoing.get_mut(&out.id)?;
            let content = outgoing.sender.take(length - head.len())?;
            outgoing.deadline = Some(self.now + ANSWER_WITHIN);
            if head.is_empty() {
                content
            } else {
                Bytes::from([head, content].concat())
            }
        };
        out.position += length as u64;
        if out.position == out.size {
            self.fallback.out = None;
        }
        Some(chunk)
    }

    pub(super) fn break_pipe(&mut self, pipe: u32) {
        if let Some(out) = self.fallback.out.take_if(|out| out.pipe == pipe) {
            self.drop_outgoing(out.id, code::DONE, Dropped::Stopped);
        }
    }

    pub(super) fn handle_reply(&mut self, packet: &[u8]) {
        let frame = match self.fallback.collect(packet) {
            Ok(Some(frame)) => frame,
            Ok(None) => return,
            Err(why) => return self.breach(None, why),
        };
        let id = match &frame {
            Frame::Accept { id, .. }
            | Frame::Have { id, .. }
            | Frame::Refuse { id, .. }
            | Frame::Receipt { id, .. }
            | Frame::Gone { id } => *id,
            Frame::Unknown(_) => return,
            _ => return self.breach(None, "a reply that is none"),
        };
        match self.outgoing.get(&id).map(|o| &o.carrier) {
            Some(Carrier::Pipe) => {}
            // It has moved to QUIC, or was dropped while the reply was on its way.
            _ => return,
        }
        let accepted = match frame {
            Frame::Accept { offset, .. } => Some(offset),
            _ => None,
        };
        self.reply(self.now, id, frame);
        if let (Some(offset), Some(outgoing)) = (accepted, self.outgoing.get(&id)) {
            if outgoing.sender.is_sending() {
                let content = outgoing.sender.encoded_size() - offset;
                let head = Frame::Data { id, offset }.encode();
                self.fallback.open(id, head.into(), content);
            }
        } else {
            self.fallback.cancel(&id);
        }
    }

    pub(super) fn open_incoming_pipe(&mut self, pipe: u32, size: u64) -> Pipe {
        let most = self.settings.limits.max_message_bytes + 2 * MAX_FRAME_BYTES as u64;
        if !self.greeting.is_heard() || self.fallback.inn.len() >= MAX_PIPES || size > most {
            return Pipe::Refused;
        }
        let fresh = InPipe {
            size,
            position: 0,
            carries: Carries::Unknown(FrameReader::default()),
        };
        self.fallback.inn.insert(pipe, fresh);
        Pipe::Flowing
    }

    pub(super) fn read_pipe(&mut self, pipe: u32, position: u64, mut bytes: &[u8]) -> Pipe {
        let Some(inn) = self.fallback.inn.get_mut(&pipe) else {
            return Pipe::Refused;
        };
        if position != inn.position || bytes.len() as u64 > inn.size - position {
            self.fallback.inn.remove(&pipe);
            self.breach(None, "bytes beside a pipe");
            return Pipe::Refused;
        }
        inn.position += bytes.len() as u64;
        if let Carries::Unknown(reader) = &mut inn.carries {
            let mut frame = None;
            while frame.is_none() && !bytes.is_empty() {
                let step = reader.missing(MAX_FRAME_BYTES).and_then(|missing| {
                    let (now, later) = bytes.split_at(missing.min(bytes.len()));
                    bytes = later;
                    reader.push(now, MAX_FRAME_BYTES)
                });
                match step {
                    Ok(whole) => frame = whole,
                    Err(_) => {
                        self.fallback.inn.remove(&pipe);
                        self.breach(None, "a pipe without a frame");
                        return Pipe::Refused;
                    }
                }
            }
            match frame {
                None => return Pipe::Flowing,
                Some(Frame::Offer(offer)) => {
                    inn.carries = Carries::Nothing;
                    let line = Line::Pipe(offer.id);
                    if self.incoming_names.contains_key(&offer.id) {
                        self.fallback.inn.remove(&pipe);
                        self.breach(Some(offer.id), "an offer of a transfer that runs");
                        return Pipe::Refused;
                    }
                    self.hear_offer(line, offer);
                }
                Some(Frame::Data { id, offset }) => {
                    let expected = self
                        .incoming
                        .get(&Line::Pipe(id))
                        .and_then(|i| i.receiver.as_ref())
                        .filter(|r| r.is_receiving() && r.next() == Some(offset))
                        .is_some();
                    if !expected {
                        self.fallback.inn.remove(&pipe);
                        self.breach(None, "content that nobody asked for");
                        return Pipe::Refused;
                    }
                    inn.carries = Carries::Content(id);
                }
                Some(_) => {
                    self.fallback.inn.remove(&pipe);
                    self.breach(None, "a pipe with a frame that does not belong there");
                    return Pipe::Refused;
                }
            }
        }
        if !bytes.is_empty() {
            match self.fallback.inn.get(&pipe).map(|inn| &inn.carries) {
                Some(Carries::Content(id)) => {
                    let line = Line::Pipe(*id);
                    self.take_content(line, Bytes::copy_from_slice(bytes));
                }
                _ => {
                    self.fallback.inn.remove(&pipe);
                    return Pipe::Refused;
                }
            }
        }
        self.state_of_pipe(pipe)
    }

    pub(super) fn state_of_pipe(&self, pipe: u32) -> Pipe {
        match self.fallback.inn.get(&pipe).map(|inn| &inn.carries) {
            None => Pipe::Refused,
            Some(Carries::Unknown(_)) => Pipe::Flowing,
            // Its last bytes may still be under way; Tox ends it.
            Some(Carries::Nothing) => Pipe::Flowing,
            Some(Carries::Content(id)) => {
                let credit = self
                    .incoming
                    .get(&Line::Pipe(*id))
                    .and_then(|i| i.receiver.as_ref())
                    .map(|r| r.is_whole() || r.credit() > 0);
                match credit {
                    Some(true) => Pipe::Flowing,
                    Some(false) => Pipe::Paused,
                    None => Pipe::Refused,
                }
            }
        }
    }

    pub(super) fn close_incoming_pipe(&mut self, pipe: u32) {
        let Some(inn) = self.fallback.inn.remove(&pipe) else {
            return;
        };
        if let Carries::Content(id) = inn.carries {
            let line = Line::Pipe(id);
            let unfinished = self
                .incoming
                .get(&line)
                .and_then(|i| i.receiver.as_ref())
                .is_some_and(Receiver::is_receiving);
            if unfinished {
                self.interrupt(line, code::DONE);
            }
        }
    }

    /// The session is over, and every pipe with it.
    pub(super) fn drop_pipes(&mut self) {
        self.fallback.out = None;
        self.fallback.acts.clear();
        self.fallback.inn.clear();
        self.fallback.replies.clear();
        self.fallback.partial = Vec::new();
        self.drop_where(&Dropped::LinkLost, |o| matches!(o.carrier, Carrier::Pipe));
        let lines: Vec<_> = self
            .incoming
            .keys()
            .filter(|line| matches!(line, Line::Pipe(_)))
            .copied()
            .collect();
        for line in lines {
            self.interrupt(line, code::DONE);
        }
        // The peer has the same news from its own Tox.
        self.fallback.replies.clear();
    }
}
