//! Their transfers: offers judged by what we granted, content read as fast as the disk takes it, our replies.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use bytes::Bytes;
use quinn_proto::{Dir, StreamId};

use super::event::{Answer, Event};
use super::exchange::{Exchange, code};
use super::frame::{Frame, MAX_FRAME_BYTES, Offer, RecipientStatus, TransferId};
use super::link::Size;
use super::receiver::{Progress, Receiver};
use super::stream::{self, Chunk, FrameReader, Read};
use crate::mail::verdict::{Reason, Status};

/// How much is handed to the shell at once.
const DATA_BYTES: u64 = 128 * 1024;
/// A stream without an offer.
const OFFER_WITHIN: Duration = Duration::from_secs(30);
/// Bytes of offers that are coming in at the same time: four of the longest, dozens of ordinary letters.
const OFFERS_BYTES: usize = 1024 * 1024;
/// Content that does not come.
const PROGRESS_WITHIN: Duration = Duration::from_secs(600);
/// Replies are small and open the way for more.
const PRIORITY: i32 = 90;

/// What a transfer of theirs comes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Line {
    /// A stream of the connection.
    Stream(StreamId),
    /// Pipes of the last resort.
    Pipe(TransferId),
}

/// A transfer of theirs and what it comes by.
pub(super) struct Incoming {
    pub(super) receiver: Option<Receiver>,
    pub(super) readable: bool,
    reader: FrameReader,
    unsent: VecDeque<Bytes>,
    deadline: Option<Instant>,
    /// Bytes of content inside its offer, counted against what we granted.
    inside: Option<u64>,
}

impl Incoming {
    fn new(deadline: Option<Instant>) -> Self {
        Self {
            receiver: None,
            readable: true,
            reader: FrameReader::default(),
            unsent: VecDeque::new(),
            deadline,
            inside: None,
        }
    }
}

#[cfg(test)]
impl Incoming {
    /// Bytes that lie in memory.
    pub(super) fn held(&self) -> usize {
        let unsent: usize = self.unsent.iter().map(Bytes::len).sum();
        let inside = self.inside.unwrap_or_default() as usize;
        256 + self.reader.takes_up() + unsent + inside
    }
}

impl Exchange {
    /// Streams that the peer has opened.
    pub(super) fn accept_streams(&mut self, now: Instant) {
        loop {
            let Some(connection) = self.link.as_mut().and_then(|link| link.connection()) else {
                return;
            };
            let Some(stream) = connection.streams().accept(Dir::Bi) else {
                return;
            };
            if stream.initiator() == quinn_proto::Side::Client && stream.index() == 0 {
                self.begin_control(stream);
                continue;
            }
            // The stream was accepted a moment ago.
            let _ = connection.send_stream(stream).set_priority(PRIORITY);
            self.incoming.insert(
                Line::Stream(stream),
                Incoming::new(Some(now + OFFER_WITHIN)),
            );
        }
    }

    /// Reads what came on streams until there is something to tell. Letters before films.
    pub(super) fn read_streams(&mut self) {
        while self.events.is_empty() && self.read_control() {}
        while self.events.is_empty() {
            let offers: usize = self.incoming.values().map(|i| i.reader.takes_up()).sum();
            let next = self
                .incoming
                .iter()
                .filter(|(line, i)| i.readable && matches!(line, Line::Stream(_)))
                .filter(|(_, i)| match &i.receiver {
                    // What still comes after our last word is of no interest.
                    Some(receiver) if receiver.has_ended() => false,
                    // Where the disk is behind nothing is read; the credit comes with `wrote`.
                    Some(receiver) => !receiver.is_receiving() || receiver.credit() > 0,
                    // An offer whose bytes we have begun to take goes on, another one begins when there is room.
                    None => {
                        i.reader.takes_up() > 0 || offers + i.reader.announced() <= OFFERS_BYTES
                    }
                })
                .min_by_key(|(_, i)| i.receiver.as_ref().map_or(0, Receiver::size))
                .map(|(line, _)| *line);
            match next {
                Some(line) => self.read_line(line),
                None => return,
            }
        }
    }

    fn read_line(&mut self, line: Line) {
        let now = self.now;
        let Line::Stream(stream) = line else {
            return;
        };
        let Some(incoming) = self.incoming.get_mut(&line) else {
            return;
        };
        let Some(connection) = self.link.as_mut().and_then(|link| link.connection()) else {
            incoming.readable = false;
            return;
        };
        let Some(receiver) = &mut incoming.receiver else {
            let reader = &mut incoming.reader;
            let read = if reader.is_announced() {
                stream::read_frame(connection, stream, reader, MAX_FRAME_BYTES)
            } else {
                match stream::read_length(connection, stream, reader, MAX_FRAME_BYTES) {
                    Some(read) => read,
                    None => return,
                }
            };
            match read {
                Read::Frame(Frame::Offer(offer)) => self.hear_offer(line, offer),
                Read::Frame(_) => self.breach_incoming(line, "a transfer without an offer"),
                Read::Blocked => incoming.readable = false,
                Read::Finished => self.breach_incoming(line, "a stream without an offer"),
                Read::Reset(_) => {
                    self.end_incoming(line, code::DONE);
                }
                Read::Broken => self.breach_incoming(line, "an offer that is none"),
            }
            return;
        };
        let max = if receiver.is_receiving() {
            receiver.credit().min(DATA_BYTES)
        } else {
            // Nothing may come but the end.
            1
        };
        let id = receiver.id();
        match stream::read(connection, stream, usize::try_from(max).unwrap_or(1)) {
            Chunk::Blocked => incoming.readable = false,
            Chunk::Finished => {
                incoming.readable = false;
                // Before our answer it is the shell's turn; what is missing is found once that has come.
                if receiver.is_receiving() {
                    self.breach_incoming(line, "less content than the offer said");
                }
            }
            Chunk::Reset(code) => {
                let withdrawn = code == u64::from(code::WITHDRAWN);
                self.end_incoming(line, code::DONE);
                self.events.push_back(if withdrawn {
                    Event::Withdrawn { id }
                } else {
                    Event::Interrupted { id }
                });
            }
            Chunk::Bytes(bytes) => {
                incoming.deadline = Some(now + PROGRESS_WITHIN);
                self.take_content(line, bytes);
            }
        }
    }

    /// Content of a transfer that was accepted.
    pub(super) fn take_content(&mut self, line: Line, bytes: Bytes) {
        let Some(receiver) = self
            .incoming
            .get_mut(&line)
            .and_then(|i| i.receiver.as_mut())
        else {
            return;
        };
        let id = receiver.id();
        let offset = receiver.next().unwrap_or_default();
        if let Err(why) = receiver.came(bytes.len() as u64) {
            return self.breach_incoming(line, why);
        }
        if !bytes.is_empty() {
            self.events.push_back(Event::Data { id, offset, bytes });
        }
        if receiver.progress() == Progress::Whole {
            // From here on the shell works, and takes the time it needs.
            if let Some(incoming) = self.incoming.get_mut(&line) {
                incoming.deadline = None;
            }
            self.events.push_back(Event::Complete { id });
        }
        // As long as the link moves, none of its transfers is given up: the peer lets small ones go first, and on a slow line a big
        // one stands for longer than any deadline. Who only pretends to send gives way by the shell's word.
        for incoming in self.incoming.values_mut() {
            if incoming
                .receiver
                .as_ref()
                .is_some_and(Receiver::is_receiving)
            {
                incoming.deadline = Some(self.now + PROGRESS_WITHIN);
            }
        }
    }

    /// An offer: what breaks our grants ends its stream, what is too large is refused, the rest is the shell's.
    pub(super) fn hear_offer(&mut self, line: Line, mut offer: Offer) {
        let limits = self.settings.limits;
        let id = offer.id;
        self.replace_incoming(id);
        let (mut transfers, mut letters, mut inside) = (0u32, 0u32, 0u64);
        for incoming in self.incoming.values().filter(|i| i.receiver.is_some()) {
            match incoming.inside {
                Some(bytes) => {
                    letters += 1;
                    inside += bytes;
                }
                None => transfers += 1,
            }
        }
        let granted = match &offer.inline {
            Some(inline) => {
                letters < limits.max_inline_transfers
                    && inside + inline.len() as u64 <= limits.inline_budget
            }
            None => transfers < limits.max_transfers,
        };
        if !granted {
            return self.breach_incoming(line, "more offers at once than were granted");
        }
        let too_large = offer.content_size > limits.max_message_bytes;
        let recipients = offer.recipients.len();
        let inside = offer.inline.as_ref().map(|i| i.len() as u64);
        let receiver = Receiver::new(&mut offer);
        let incoming = self
            .incoming
            .entry(line)
            .or_insert_with(|| Incoming::new(None));
        incoming.receiver = Some(receiver);
        incoming.inside = inside;
        incoming.deadline = None;
        self.incoming_names.insert(id, line);
        if too_large {
            let text = format!(
                "the other home takes messages of at most {} bytes",
                limits.max_message_bytes
            );
            let why = Reason::new(Status(5, 3, 4), text);
            self.answer_incoming(
                id,
                Answer::Refuse(vec![RecipientStatus::Never { why }; recipients]),
            );
        } else {
            self.events.push_back(Event::Offered { id, offer });
        }
    }

    pub(super) fn answer_incoming(&mut self, id: TransferId, answer: Answer) {
        let Some((line, receiver)) = self.running(&id) else {
            return;
        };
        let Some(frame) = receiver.answer(answer) else {
            return;
        };
        let accepted = receiver.is_receiving();
        let inside = receiver.inside();
        self.say(line, &frame);
        if accepted {
            if let Some(incoming) = self.incoming.get_mut(&line) {
                // A stream that was ended too early says so again.
                incoming.readable = true;
            }
            // Content from inside the offer, or none at all: both may complete it.
            let bytes = inside.map(|(_, bytes)| bytes).unwrap_or_default();
            self.take_content(line, bytes);
        }
    }

    pub(super) fn credit_incoming(&mut self, id: TransferId, upto: u64) {
        if let Some((_, receiver)) = self.running(&id) {
            receiver.wrote(upto);
        }
    }

    pub(super) fn receipt_incoming(&mut self, id: TransferId, told: Vec<RecipientStatus>) {
        let Some((line, receiver)) = self.running(&id) else {
            return;
        };
        if let Some(frame) = receiver.receipt(told) {
            self.say(line, &frame);
        }
    }

    fn running(&mut self, id: &TransferId) -> Option<(Line, &mut Receiver)> {
        let line = *self.incoming_names.get(id)?;
        let receiver = self.incoming.get_mut(&line)?.receiver.as_mut()?;
        Some((line, receiver))
    }

    fn say(&mut self, line: Line, frame: &Frame) {
        let bytes = frame.encode();
        match line {
            Line::Stream(_) => {
                if let Some(incoming) = self.incoming.get_mut(&line) {
                    incoming.unsent.push_back(bytes.into());
                }
                self.flush_replies();
            }
            Line::Pipe(id) => {
                self.last_resort.reply(&bytes);
                let ended = self
                    .incoming
                    .get(&line)
                    .and_then(|i| i.receiver.as_ref())
                    .is_some_and(Receiver::has_ended);
                if ended {
                    self.forget_incoming(line);
                    self.last_resort.refuse_content(&id);
                }
            }
        }
    }

    /// Writes replies that wait; after the last word a stream is let go.
    pub(super) fn flush_replies(&mut self) {
        let lines: Vec<_> = self
            .incoming
            .iter()
            .filter(|(_, i)| !i.unsent.is_empty())
            .map(|(line, _)| *line)
            .collect();
        for line in lines {
            let (Line::Stream(stream), Some(incoming), Some(link)) =
                (line, self.incoming.get_mut(&line), &mut self.link)
            else {
                continue;
            };
            link.make_room(Size::Small);
            let Some(connection) = link.connection() else {
                continue;
            };
            match stream::write(connection, stream, &mut incoming.unsent) {
                Ok(_) if !incoming.unsent.is_empty() => {}
                Ok(_) => {
                    if incoming.receiver.as_ref().is_some_and(Receiver::has_ended) {
                        stream::finish(connection, stream);
                        self.forget_incoming(line);
                    }
                }
                // The peer does not listen any more.
                Err(_) => self.interrupt(line, code::DONE),
            }
        }
    }

    /// Forgets a transfer of theirs: its name is free again.
    fn forget_incoming(&mut self, line: Line) -> Option<TransferId> {
        let incoming = self.incoming.remove(&line)?;
        let receiver = incoming.receiver?;
        self.incoming_names.remove(&receiver.id());
        (!receiver.has_ended()).then(|| receiver.id())
    }

    /// Ends what a transfer of theirs comes by. No event.
    fn end_incoming(&mut self, line: Line, code: u32) -> Option<TransferId> {
        let running = self.forget_incoming(line);
        match line {
            Line::Stream(stream) => {
                if let Some(connection) = self.link.as_mut().and_then(|link| link.connection()) {
                    stream::abort(connection, stream, code);
                }
            }
            Line::Pipe(id) => {
                self.last_resort.refuse_content(&id);
                if running.is_some() {
                    self.last_resort.reply(&Frame::Gone { id }.encode());
                }
            }
        }
        running
    }

    /// Ends a transfer of theirs; it may be offered again.
    pub(super) fn interrupt(&mut self, line: Line, code: u32) {
        if let Some(id) = self.end_incoming(line, code) {
            self.events.push_back(Event::Interrupted { id });
        }
    }

    /// The peer offers again what runs already: it has given up the earlier try, and its word of that is lost or late.
    fn replace_incoming(&mut self, id: TransferId) {
        let Some(line) = self.incoming_names.get(&id).copied() else {
            return;
        };
        let running = match line {
            Line::Stream(_) => self.end_incoming(line, code::DONE),
            // Without a word: by its name it would end the new try.
            Line::Pipe(_) => {
                self.last_resort.refuse_content(&id);
                self.forget_incoming(line)
            }
        };
        if running.is_some() {
            self.events.push_back(Event::Interrupted { id });
        }
    }

    /// The peer broke the protocol in a transfer of its own.
    pub(super) fn breach_incoming(&mut self, line: Line, why: &'static str) {
        let named = self
            .incoming
            .get(&line)
            .and_then(|i| i.receiver.as_ref())
            .map(Receiver::id);
        if let (None, Line::Pipe(id)) = (named, line) {
            // Nothing resets a pipe's transfer but a word.
            self.last_resort.reply(&Frame::Gone { id }.encode());
        }
        self.interrupt(line, code::BREACH);
        self.breach(named, why);
    }

    /// The peer takes a transfer back by its name, on stream 0.
    pub(super) fn withdraw_incoming(&mut self, id: TransferId) {
        if let Some(line) = self.incoming_names.get(&id).copied() {
            self.end_incoming(line, code::DONE);
        }
        self.events.push_back(Event::Withdrawn { id });
    }

    /// The streams are gone. True when a transfer was on one.
    pub(super) fn interrupt_streams(&mut self) -> bool {
        let lines: Vec<_> = self
            .incoming
            .keys()
            .filter(|line| matches!(line, Line::Stream(_)))
            .copied()
            .collect();
        let mut any = false;
        for line in lines {
            if let Some(id) = self.forget_incoming(line) {
                any = true;
                self.events.push_back(Event::Interrupted { id });
            }
        }
        any
    }

    pub(super) fn incoming_deadline(&self) -> Option<Instant> {
        self.incoming.values().filter_map(|i| i.deadline).min()
    }

    /// Gives up what took too long.
    pub(super) fn expire_incoming(&mut self, now: Instant) {
        let late: Vec<_> = self
            .incoming
            .iter()
            .filter(|(_, i)| i.deadline.is_some_and(|at| at <= now))
            .map(|(line, _)| *line)
            .collect();
        for line in late {
            let offered = self
                .incoming
                .get(&line)
                .is_some_and(|i| i.receiver.is_some());
            if offered {
                self.interrupt(line, code::SILENT);
            } else {
                // No breach: the path may have broken in the middle of the offer.
                self.end_incoming(line, code::SILENT);
            }
        }
    }
}
