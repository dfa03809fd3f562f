//! One transfer of ours, from its offer to its receipt. Knows neither streams nor pipes: it says what to send next and
//! judges what the peer replies.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};

use super::event::Sent;
use super::frame::{Frame, Offer, RecipientStatus, TransferId};

/// How much of a transfer lies in memory, read from disk but not yet sent.
const BUFFER_BYTES: usize = 512 * 1024;
/// How much is asked for at once: 20 ms at 100 Mbit/s, so the disk has time to be slow.
const WANT_BYTES: usize = 256 * 1024;

/// One transfer of ours.
pub(super) struct Sender {
    offer: Offer,
    /// The whole content when it is small.
    whole: Option<Bytes>,
    state: State,
    /// Who looks how far it is.
    watched: Option<Arc<Sent>>,
}

enum State {
    /// Not offered yet.
    Waiting,
    /// Offered; the content travelled along or not.
    Offered(Travels),
    /// The peer wants content.
    Sending(Content),
    /// Everything was handed on; the receipt is missing.
    Sent,
    /// The peer has said its last word.
    Ended,
}

/// Where the content of an offer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Travels {
    /// Inside the offer.
    Inside,
    /// After the answer.
    Behind,
}

#[derive(Default)]
struct Content {
    /// Offset of the first byte in `chunks`.
    next: u64,
    chunks: VecDeque<Bytes>,
    buffered: usize,
    /// What was asked for and has not come.
    wanted: Option<(u64, usize)>,
}

/// What a reply of the peer means.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// It wants the content from here.
    Accepted(u64),
    /// It has it; the transfer has ended.
    Had(Vec<RecipientStatus>),
    /// It does not want it; the transfer has ended.
    Refused(Vec<RecipientStatus>),
    /// The receipt; the transfer has ended.
    Receipt(Vec<RecipientStatus>),
    /// It stopped working on it; the transfer has ended.
    Gone,
}

impl Sender {
    /// A transfer that waits to be offered.
    pub(super) fn new(mut offer: Offer) -> Self {
        let whole = offer.inline.take();
        Self {
            offer,
            whole,
            state: State::Waiting,
            watched: None,
        }
    }

    /// From now on `sent` tells how far it is.
    pub(super) fn watch(&mut self, sent: Arc<Sent>) {
        self.watched = Some(sent);
    }

    pub(super) fn id(&self) -> TransferId {
        self.offer.id
    }

    pub(super) fn encoded_size(&self) -> u64 {
        self.offer.encoded_size
    }

    /// Its whole content lies in memory.
    pub(super) fn is_small(&self) -> bool {
        self.whole.is_some()
    }

    pub(super) fn is_sending(&self) -> bool {
        matches!(self.state, State::Sending(_))
    }

    pub(super) fn is_sent(&self) -> bool {
        matches!(self.state, State::Sent)
    }

    /// Nothing of it has to be said any more.
    pub(super) fn is_spoken(&self) -> bool {
        matches!(self.state, State::Offered(Travels::Inside) | State::Sent)
    }

    /// Bytes that lie in memory or were asked for, beyond what came with the offer.
    pub(super) fn held(&self) -> usize {
        match &self.state {
            State::Sending(content) if self.whole.is_none() => {
                content.buffered + content.wanted.map_or(0, |(_, max)| max)
            }
            _ => 0,
        }
    }

    /// The offer's bytes; from now on the peer is to answer.
    pub(super) fn open(&mut self, travels: Travels) -> Vec<u8> {
        self.offer.inline = match travels {
            Travels::Inside => self.whole.clone(),
            Travels::Behind => None,
        };
        let inside = self.offer.inline.is_some();
        if let Some(sent) = self.watched.as_ref().filter(|_| inside) {
            sent.advance(self.offer.encoded_size);
        }
        self.state = State::Offered(if inside {
            Travels::Inside
        } else {
            Travels::Behind
        });
        let frame = Frame::Offer(self.offer.clone()).encode();
        self.offer.inline = None;
        frame
    }

    /// The peer said something about this transfer.
    ///
    /// # Errors
    /// How it broke the protocol.
    pub(super) fn handle(&mut self, frame: Frame) -> Result<Reply, &'static str> {
        let (id, told) = match &frame {
            Frame::Accept { id, .. } | Frame::Gone { id } => (*id, None),
            Frame::Have { id, told } | Frame::Refuse { id, told } | Frame::Receipt { id, told } => {
                (*id, Some(told))
            }
            _ => return Err("a frame that is no reply"),
        };
        if id != self.offer.id {
            return Err("a reply to another transfer");
        }
        if told.is_some_and(|t| t.len() != self.offer.recipients.len()) {
            return Err("a verdict for other recipients");
        }
        let reply = match (&self.state, frame) {
            (State::Offered(Travels::Inside), Frame::Accept { offset, .. }) => {
                if offset != self.offer.encoded_size {
                    return Err("an offset other than the end of what came inside the offer");
                }
                self.state = State::Sent;
                return Ok(Reply::Accepted(offset));
            }
            (State::Offered(Travels::Behind), Frame::Accept { offset, .. }) => {
                self.accept(offset)?;
                return Ok(Reply::Accepted(offset));
            }
            (State::Offered(_), Frame::Have { told, .. }) => Reply::Had(told),
            (State::Offered(_), Frame::Refuse { told, .. }) => Reply::Refused(told),
            (State::Sent, Frame::Receipt { told, .. }) => Reply::Receipt(told),
            (State::Sending(_), Frame::Receipt { told, .. }) => {
                // The other home may give up half-way, its disk full for instance; stored it cannot be.
                if told.contains(&RecipientStatus::Stored) {
                    return Err("a receipt for what was not sent");
                }
                Reply::Receipt(told)
            }
            (State::Offered(_) | State::Sending(_) | State::Sent, Frame::Gone { .. }) => {
                Reply::Gone
            }
            _ => return Err("a reply out of turn"),
        };
        self.state = State::Ended;
        Ok(reply)
    }

    fn accept(&mut self, offset: u64) -> Result<(), &'static str> {
        if offset > self.offer.encoded_size {
            return Err("an offset past the end");
        }
        if let Some(sent) = &self.watched {
            sent.begin(offset);
        }
        let mut content = Content {
            next: offset,
            ..Content::default()
        };
        if let (Some(whole), Ok(from)) = (&self.whole, usize::try_from(offset)) {
            let rest = whole.slice(from..);
            content.buffered = rest.len();
            content.chunks.push_back(rest);
        }
        self.state = if offset == self.offer.encoded_size {
            State::Sent
        } else {
            State::Sending(content)
        };
        Ok(())
    }

    /// What to ask the shell for; said once, then the answer is waited for.
    pub(super) fn want(&mut self) -> Option<(u64, usize)> {
        let State::Sending(content) = &mut self.state else {
            return None;
        };
        if self.whole.is_some() || content.wanted.is_some() {
            return None;
        }
        let offset = content.next + content.buffered as u64;
        let left = usize::try_from(self.offer.encoded_size - offset).unwrap_or(usize::MAX);
        let max = left.min(WANT_BYTES);
        if max == 0 || content.buffered + max > BUFFER_BYTES {
            return None;
        }
        content.wanted = Some((offset, max));
        content.wanted
    }

    /// Content from the shell. What was not asked for is not taken.
    pub(super) fn feed(&mut self, offset: u64, mut bytes: Bytes) {
        let State::Sending(content) = &mut self.state else {
            return;
        };
        let Some((wanted, max)) = content.wanted else {
            return;
        };
        if offset != wanted || bytes.is_empty() {
            return;
        }
        bytes.truncate(max);
        content.wanted = None;
        content.buffered += bytes.len();
        content.chunks.push_back(bytes);
    }

    /// The content that lies ready, in order; take off its front what was sent.
    pub(super) fn ready(&mut self) -> Option<&mut VecDeque<Bytes>> {
        match &mut self.state {
            State::Sending(content) if content.buffered > 0 => Some(&mut content.chunks),
            _ => None,
        }
    }

    /// So many bytes were taken off `ready`'s front. True when that was the end of the content.
    pub(super) fn handed_on(&mut self, bytes: usize) -> bool {
        let State::Sending(content) = &mut self.state else {
            return false;
        };
        content.next += bytes as u64;
        if let Some(sent) = &self.watched {
            sent.advance(content.next);
        }
        content.buffered = content.buffered.saturating_sub(bytes);
        let end = content.next == self.offer.encoded_size;
        if end {
            self.state = State::Sent;
        }
        end
    }

    /// Exactly `length` bytes of content, once they lie ready.
    pub(super) fn take(&mut self, length: usize) -> Option<Bytes> {
        let State::Sending(content) = &mut self.state else {
            return None;
        };
        if content.buffered < length {
            return None;
        }
        let mut taken = BytesMut::with_capacity(length);
        while taken.len() < length {
            let front = content.chunks.front_mut()?;
            let piece = front.split_to(front.len().min(length - taken.len()));
            taken.extend_from_slice(&piece);
            if front.is_empty() {
                content.chunks.pop_front();
            }
        }
        self.handed_on(length);
        Some(taken.freeze())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;
    use crate::mail::verdict::{Reason, Status};
    use crate::transfer::samples;

    fn later() -> RecipientStatus {
        RecipientStatus::Later {
            why: Reason::new(Status(4, 2, 2), "full"),
        }
    }

    #[test]
    fn asks_for_content_from_the_accepted_offset_to_the_end() {
        let mut sender = Sender::new(samples::offer(1, 600_000));
        assert!(sender.want().is_none());
        sender.open(Travels::Inside); // nothing is at hand: it travels behind
        let id = sender.id();
        let reply = sender.handle(Frame::Accept {
            id,
            offset: 100_000,
        });
        assert_eq!(reply, Ok(Reply::Accepted(100_000)));
        let (offset, max) = sender.want().unwrap();
        assert_eq!((offset, max), (100_000, WANT_BYTES));
        assert!(sender.want().is_none());
        sender.feed(99_999, Bytes::from(vec![0; max]));
        assert!(sender.ready().is_none());
        sender.feed(offset, Bytes::from(vec![0; max]));
        assert_eq!(
            sender.want().unwrap(),
            (100_000 + max as u64, 500_000 - max)
        );
        sender.feed(100_000 + max as u64, Bytes::from(vec![0; 500_000 - max]));
        assert_eq!(sender.take(500_000).unwrap().len(), 500_000);
        assert!(sender.is_sent());
    }

    #[test]
    fn every_wrong_reply_is_a_breach() {
        let id = samples::offer(1, 1000).id;
        let open = || {
            let mut sender = Sender::new(samples::offer(1, 1000));
            sender.open(Travels::Behind);
            sender
        };
        let told = vec![RecipientStatus::Stored];
        let wrong = [
            Frame::Accept { id, offset: 1001 },
            Frame::Accept {
                id: [9; 16],
                offset: 0,
            },
            Frame::Receipt {
                id,
                told: told.clone(),
            },
            Frame::Have { id, told: vec![] },
            Frame::Refuse {
                id,
                told: vec![later(), later()],
            },
            Frame::Offer(samples::offer(1, 1000)),
            Frame::Unknown("song".into()),
        ];
        for frame in wrong {
            assert!(open().handle(frame.clone()).is_err(), "{frame:?}");
        }
        let mut sending = open();
        sending.handle(Frame::Accept { id, offset: 0 }).unwrap();
        assert!(sending.handle(Frame::Accept { id, offset: 0 }).is_err());
        assert!(sending.handle(Frame::Receipt { id, told }).is_err());
        let gave_up = Frame::Receipt {
            id,
            told: vec![later()],
        };
        assert!(sending.handle(gave_up.clone()).is_ok());
        assert!(sending.handle(gave_up).is_err());
    }

    #[test]
    fn who_watches_sees_how_far_it_is_from_where_it_resumed() {
        let sent = Arc::new(Sent::default());
        let mut sender = Sender::new(samples::offer(1, 600_000));
        sender.watch(Arc::clone(&sent));
        sender.open(Travels::Inside); // nothing is at hand: it travels behind
        assert_eq!(sent.range(), (0, 0));
        let (id, offset) = (sender.id(), 100_000);
        sender.handle(Frame::Accept { id, offset }).unwrap();
        assert_eq!(sent.range(), (100_000, 100_000));
        let (offset, max) = sender.want().unwrap();
        sender.feed(offset, Bytes::from(vec![0; max]));
        assert_eq!(sent.range(), (100_000, 100_000), "read is not sent");
        sender.handed_on(4_000);
        assert_eq!(sent.range(), (100_000, 104_000));
    }

    #[test]
    fn what_came_inside_needs_no_more() {
        let mut sender = Sender::new(samples::small(1, 500));
        sender.open(Travels::Inside);
        let id = sender.id();
        assert!(sender.handle(Frame::Accept { id, offset: 0 }).is_err());
        sender.handle(Frame::Accept { id, offset: 500 }).unwrap();
        assert!(sender.is_sent());
    }
}
