//! The last resort: the same frames without QUIC.
//!
//! When QUIC's handshake did not come through within 30 s although the Hellos did, transfers go by toxcore's own file
//! transfer, which is slow but has always arrived. What goes forward are *pipes*, reliable byte streams of a known size:
//! first one that holds just the offer, then, once it was accepted, one with a `data` frame and the content from the
//! accepted offset. Replies come back as lossless packets: 161, a byte that says where in a reply this piece belongs, the
//! piece. One small and one big transfer are on their way at a time, so that no letter waits for a film; the next one of its
//! kind starts while the last one's receipt is awaited. Pipes die with the session; what they carried is offered again at
//! the next `Ready`, and resumes.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::event::{Dropped, Pipe, PipeAct};
use super::exchange::{Exchange, REPLY, code};
use super::frame::{Frame, MAX_FRAME_BYTES, MAX_REPLY_BYTES, PREFIX_BYTES, TransferId};
use super::hello::MAX_PACKET_BYTES;
use super::incoming::Line;
use super::link::Size;
use super::outgoing::Carrier;
use super::receiver::{Receiver, UNWRITTEN_BYTES};
use super::sender::Travels;
use super::stream::FrameReader;

/// QUIC is tried again after this.
const HOLDS: Duration = Duration::from_secs(600);
const ANSWER_WITHIN: Duration = Duration::from_secs(300);
/// Transfers whose receipt is awaited while the next one goes.
const MAX_UNCONFIRMED: usize = 8;
/// Pipes that a peer may have open to us.
const MAX_PIPES: usize = 8;
/// Bytes beyond the disk that may come by a pipe: what was on its way when it was paused. Who sends more ignores the pause.
const MAX_UNWRITTEN: u64 = 4 * UNWRITTEN_BYTES;
/// Packets with pieces of our replies that wait for Tox: two of the longest replies. Who takes none of them up is not
/// listened to.
const MAX_REPLIES: usize = 2 * (MAX_REPLY_BYTES / MAX_PACKET_BYTES + 2);
/// Where in a reply a piece belongs.
const FIRST: u8 = 1;
const LAST: u8 = 2;

/// The pipes of both directions.
#[derive(Default)]
pub(super) struct LastResort {
    until: Option<Instant>,
    /// A small transfer's at most, and a big one's.
    out: Vec<OutPipe>,
    last_pipe: u32,
    acts: VecDeque<PipeAct>,
    inn: BTreeMap<u32, InPipe>,
    replies: VecDeque<Vec<u8>>,
    /// Pieces of a reply of theirs.
    partial: Vec<u8>,
}

struct OutPipe {
    pipe: u32,
    id: TransferId,
    kind: Size,
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

impl LastResort {
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

    fn open(&mut self, id: TransferId, kind: Size, head: Bytes, content: u64) {
        self.last_pipe = self.last_pipe.wrapping_add(1);
        let size = head.len() as u64 + content;
        let pipe = self.last_pipe;
        self.out.push(OutPipe {
            pipe,
            id,
            kind,
            size,
            position: 0,
            head,
        });
        self.acts.push_back(PipeAct::Open { pipe, size });
    }

    /// Nothing more of this transfer of ours goes by pipe.
    pub(super) fn cancel(&mut self, id: &TransferId) {
        for out in self.out.extract_if(.., |out| out.id == *id) {
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

#[cfg(test)]
impl LastResort {
    /// How it stands, for the failure of a test.
    pub(super) fn state(&self) -> String {
        let out = self.out.iter().map(|o| (o.pipe, o.position, o.size));
        let inn = self.inn.iter().map(|(n, i)| (*n, i.position, i.size));
        format!(
            "pipes out {:?}, in {:?}",
            out.collect::<Vec<_>>(),
            inn.collect::<Vec<_>>()
        )
    }

    /// Bytes that lie in memory.
    pub(super) fn held(&self) -> usize {
        let readers = self.inn.values().map(|pipe| match &pipe.carries {
            Carries::Unknown(reader) => reader.takes_up(),
            _ => 0,
        });
        readers.sum::<usize>()
            + self.replies.iter().map(Vec::len).sum::<usize>()
            + self.partial.len()
            + self.acts.len() * 16
    }
}

impl Exchange {
    /// Opens a pipe for the next transfer of each kind, if none of that kind is on its way.
    pub(super) fn offer_by_pipe(&mut self, now: Instant) {
        self.offer_next_by_pipe(now, Size::Small);
        self.offer_next_by_pipe(now, Size::Big);
    }

    fn offer_next_by_pipe(&mut self, now: Instant, kind: Size) {
        let Some(limits) = self.greeting.theirs().map(|theirs| theirs.limits) else {
            return;
        };
        let (mut busy, mut letters, mut unconfirmed) = (false, 0, 0);
        for outgoing in self.outgoing.values() {
            if matches!(outgoing.carrier, Carrier::Pipe) {
                busy |= outgoing.size() == kind && !outgoing.sender.is_sent();
                letters += usize::from(outgoing.size() == Size::Small);
                unconfirmed += 1;
            }
        }
        // Each of them may count against what the peer grants for transfers with content of their own.
        let most = usize::try_from(limits.max_transfers)
            .map_or(MAX_UNCONFIRMED, |granted| granted.min(MAX_UNCONFIRMED));
        busy |= self.last_resort.out.iter().any(|out| out.kind == kind);
        if busy || unconfirmed >= most {
            return;
        }
        let next = self
            .waiting()
            .into_iter()
            .find(|id| self.outgoing.get(id).is_some_and(|o| o.size() == kind));
        let Some((id, outgoing)) = next.and_then(|id| Some((id, self.outgoing.get_mut(&id)?)))
        else {
            return;
        };
        let inside = self
            .greeting
            .theirs()
            .is_some_and(|theirs| theirs.takes_inline(outgoing.sender.encoded_size()))
            && letters == 0;
        let frame = outgoing.sender.open(if inside {
            Travels::Inside
        } else {
            Travels::Behind
        });
        outgoing.carrier = Carrier::Pipe;
        outgoing.deadline = Some(now + ANSWER_WITHIN);
        self.last_resort.open(id, kind, frame.into(), 0);
    }

    pub(super) fn chunk_of_pipe(
        &mut self,
        pipe: u32,
        position: u64,
        length: usize,
    ) -> Option<Bytes> {
        let out = self
            .last_resort
            .out
            .iter_mut()
            .find(|out| out.pipe == pipe)?;
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
            self.last_resort.out.retain(|out| out.pipe != pipe);
        }
        Some(chunk)
    }

    pub(super) fn break_pipe(&mut self, pipe: u32) {
        let ours = self.last_resort.out.iter().position(|out| out.pipe == pipe);
        if let Some(at) = ours {
            let out = self.last_resort.out.remove(at);
            self.drop_outgoing(out.id, code::DONE, Dropped::Stopped);
        }
    }

    pub(super) fn handle_reply(&mut self, packet: &[u8]) {
        let frame = match self.last_resort.collect(packet) {
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
        if accepted.is_some() && self.last_resort.out.iter().any(|out| out.id == id) {
            let why = Dropped::Breach("an answer before the offer was through");
            return self.drop_outgoing(id, code::BREACH, why);
        }
        self.reply(self.now, id, frame);
        if let (Some(offset), Some(outgoing)) = (accepted, self.outgoing.get(&id)) {
            if outgoing.sender.is_sending() {
                let content = outgoing.sender.encoded_size() - offset;
                let head = Frame::Data { id, offset }.encode();
                let kind = outgoing.size();
                self.last_resort.open(id, kind, head.into(), content);
            }
        } else {
            self.last_resort.cancel(&id);
        }
    }

    pub(super) fn open_incoming_pipe(&mut self, pipe: u32, size: u64) -> Pipe {
        let limits = &self.settings.limits;
        let most = limits
            .max_message_bytes
            .saturating_add(2 * MAX_FRAME_BYTES as u64);
        if !self.greeting.is_heard()
            || self.last_resort.inn.len() >= MAX_PIPES
            || self.last_resort.replies.len() >= MAX_REPLIES
            || size > most
        {
            return Pipe::Refused;
        }
        let fresh = InPipe {
            size,
            position: 0,
            carries: Carries::Unknown(FrameReader::default()),
        };
        self.last_resort.inn.insert(pipe, fresh);
        Pipe::Flowing
    }

    pub(super) fn read_pipe(&mut self, pipe: u32, position: u64, mut bytes: &[u8]) -> Pipe {
        let Some(inn) = self.last_resort.inn.get_mut(&pipe) else {
            return Pipe::Refused;
        };
        if position != inn.position || bytes.len() as u64 > inn.size - position {
            self.last_resort.inn.remove(&pipe);
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
                        self.last_resort.inn.remove(&pipe);
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
                        self.last_resort.inn.remove(&pipe);
                        self.breach(None, "content that nobody asked for");
                        return Pipe::Refused;
                    }
                    inn.carries = Carries::Content(id);
                }
                Some(_) => {
                    self.last_resort.inn.remove(&pipe);
                    self.breach(None, "a pipe with a frame that does not belong there");
                    return Pipe::Refused;
                }
            }
        }
        if !bytes.is_empty() {
            match self.last_resort.inn.get(&pipe).map(|inn| &inn.carries) {
                Some(Carries::Content(id)) => {
                    let line = Line::Pipe(*id);
                    self.take_content(line, Bytes::copy_from_slice(bytes));
                    let unwritten = self
                        .incoming
                        .get(&line)
                        .and_then(|i| i.receiver.as_ref())
                        .map_or(0, Receiver::unwritten);
                    if unwritten > MAX_UNWRITTEN {
                        self.breach_incoming(line, "content beyond a pause");
                    }
                }
                _ => {
                    self.last_resort.inn.remove(&pipe);
                    return Pipe::Refused;
                }
            }
        }
        self.state_of_pipe(pipe)
    }

    /// How an incoming pipe stands. One that is refused is forgotten: the shell cancels it, and Tox does not tell us of
    /// what we have cancelled ourselves.
    pub(super) fn state_of_pipe(&mut self, pipe: u32) -> Pipe {
        let stands = self.look_at_pipe(pipe);
        if stands == Pipe::Refused {
            self.last_resort.inn.remove(&pipe);
        }
        stands
    }

    fn look_at_pipe(&self, pipe: u32) -> Pipe {
        match self.last_resort.inn.get(&pipe).map(|inn| &inn.carries) {
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
        let Some(inn) = self.last_resort.inn.remove(&pipe) else {
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
        self.last_resort.out.clear();
        self.last_resort.acts.clear();
        self.last_resort.inn.clear();
        self.last_resort.replies.clear();
        self.last_resort.partial = Vec::new();
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
        self.last_resort.replies.clear();
    }
}
