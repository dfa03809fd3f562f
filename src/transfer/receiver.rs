//! One transfer of theirs, from its offer to our receipt. Knows neither streams nor pipes.

use bytes::Bytes;

use super::event::Answer;
use super::frame::{Frame, Offer, RecipientStatus, TransferId};

/// So many bytes may be on their way to the disk; then no more is read, and QUIC's flow control holds the peer back.
pub(super) const UNWRITTEN_BYTES: u64 = 1024 * 1024;

/// One transfer of theirs.
pub(super) struct Receiver {
    id: TransferId,
    size: u64,
    recipients: usize,
    state: State,
}

enum State {
    /// Our answer is missing.
    Asked { inline: Option<Bytes> },
    /// Content comes.
    Receiving {
        /// The next byte.
        next: u64,
        /// The disk has what is before this.
        wrote: u64,
        /// Content that came inside the offer and was not handed out yet.
        inline: Option<Bytes>,
    },
    /// All content has come; our receipt is missing.
    Whole,
    /// We have said our last word.
    Ended,
}

/// What content that came means.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// More must come.
    More,
    /// That was the last byte.
    Whole,
}

impl Receiver {
    /// For this offer, whose inline content is taken out.
    pub(super) fn new(offer: &mut Offer) -> Self {
        Self {
            id: offer.id,
            size: offer.encoded_size,
            recipients: offer.recipients.len(),
            state: State::Asked {
                inline: offer.inline.take(),
            },
        }
    }

    pub(super) fn id(&self) -> TransferId {
        self.id
    }

    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// Our answer: the frame to send, or nothing when it is not the time or the verdicts are not one a recipient.
    pub(super) fn answer(&mut self, answer: Answer) -> Option<Frame> {
        let State::Asked { inline } = &mut self.state else {
            return None;
        };
        let id = self.id;
        match answer {
            Answer::Accept { offset } => {
                let offset = offset.min(self.size);
                let inline = inline.take();
                // What came inside the offer is all here, whatever the shell still has to be given of it.
                let wire = if inline.is_some() { self.size } else { offset };
                self.state = State::Receiving {
                    next: offset,
                    wrote: offset,
                    inline,
                };
                Some(Frame::Accept { id, offset: wire })
            }
            Answer::Have(told) if told.len() == self.recipients => {
                self.state = State::Ended;
                Some(Frame::Have { id, told })
            }
            Answer::Refuse(told) if told.len() == self.recipients => {
                self.state = State::Ended;
                Some(Frame::Refuse { id, told })
            }
            Answer::Have(_) | Answer::Refuse(_) => None,
        }
    }

    /// Our receipt: the frame to send. It may come before all content has, unless it says `Stored`.
    pub(super) fn receipt(&mut self, told: Vec<RecipientStatus>) -> Option<Frame> {
        let early = matches!(self.state, State::Receiving { .. });
        if told.len() != self.recipients
            || !(early || matches!(self.state, State::Whole))
            || (early && told.contains(&RecipientStatus::Stored))
        {
            return None;
        }
        self.state = State::Ended;
        Some(Frame::Receipt { id: self.id, told })
    }

    /// The disk has what is before `upto`.
    pub(super) fn wrote(&mut self, upto: u64) {
        if let State::Receiving { next, wrote, .. } = &mut self.state {
            *wrote = upto.clamp(*wrote, *next);
        }
    }

    /// How many bytes may be taken now.
    pub(super) fn credit(&self) -> u64 {
        match &self.state {
            State::Receiving { next, wrote, .. } => {
                (self.size - next).min(UNWRITTEN_BYTES.saturating_sub(next - wrote))
            }
            _ => 0,
        }
    }

    /// How many bytes have come that the disk does not have yet.
    pub(super) fn unwritten(&self) -> u64 {
        match &self.state {
            State::Receiving { next, wrote, .. } => next - wrote,
            _ => 0,
        }
    }

    /// The next byte that is missing.
    pub(super) fn next(&self) -> Option<u64> {
        match &self.state {
            State::Receiving { next, .. } => Some(*next),
            _ => None,
        }
    }

    pub(super) fn is_receiving(&self) -> bool {
        matches!(self.state, State::Receiving { .. })
    }

    pub(super) fn is_whole(&self) -> bool {
        matches!(self.state, State::Whole)
    }

    pub(super) fn has_ended(&self) -> bool {
        matches!(self.state, State::Ended)
    }

    /// Content that came inside the offer, from the accepted offset on, once; and where it belongs.
    pub(super) fn inside(&mut self) -> Option<(u64, Bytes)> {
        let State::Receiving { next, inline, .. } = &mut self.state else {
            return None;
        };
        let at = usize::try_from(*next).ok()?;
        let bytes = inline.take()?;
        (at <= bytes.len()).then(|| (*next, bytes.slice(at..)))
    }

    /// So many bytes of content have come.
    ///
    /// # Errors
    /// More than the offer said.
    pub(super) fn came(&mut self, bytes: u64) -> Result<(), &'static str> {
        match &mut self.state {
            State::Receiving { next, .. } if bytes <= self.size - *next => {
                *next += bytes;
                Ok(())
            }
            State::Receiving { .. } => Err("more content than the offer said"),
            _ => Err("content that nobody asked for"),
        }
    }

    /// Whether all content is here; from then on a receipt is due.
    pub(super) fn progress(&mut self) -> Progress {
        match &self.state {
            State::Receiving { next, inline, .. } if *next == self.size && inline.is_none() => {
                self.state = State::Whole;
                Progress::Whole
            }
            _ => Progress::More,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;
    use crate::transfer::samples;

    #[test]
    fn takes_no_more_than_the_disk_follows() {
        let mut receiver = Receiver::new(&mut samples::offer(1, 3 * UNWRITTEN_BYTES));
        assert_eq!(receiver.credit(), 0);
        assert!(receiver.came(1).is_err());
        receiver.answer(Answer::Accept { offset: 10 }).unwrap();
        assert_eq!(receiver.credit(), UNWRITTEN_BYTES);
        receiver.came(UNWRITTEN_BYTES).unwrap();
        assert_eq!(receiver.credit(), 0);
        receiver.wrote(10 + UNWRITTEN_BYTES / 2);
        assert_eq!(receiver.credit(), UNWRITTEN_BYTES / 2);
        receiver.wrote(0);
        receiver.wrote(u64::MAX);
        assert_eq!(receiver.credit(), UNWRITTEN_BYTES);
        assert!(receiver.came(2 * UNWRITTEN_BYTES - 9).is_err());
        receiver.came(2 * UNWRITTEN_BYTES - 10).unwrap();
        assert_eq!(receiver.progress(), Progress::Whole);
        assert!(receiver.came(0).is_err());
        assert!(receiver.receipt(vec![]).is_none());
        assert!(receiver.receipt(vec![RecipientStatus::Stored]).is_some());
        assert!(receiver.receipt(vec![RecipientStatus::Stored]).is_none());
    }

    #[test]
    fn inline_content_comes_once_accepted() {
        let mut offer = samples::small(1, 500);
        let mut receiver = Receiver::new(&mut offer);
        assert!(offer.inline.is_none());
        let frame = receiver.answer(Answer::Accept { offset: 200 }).unwrap();
        assert!(matches!(frame, Frame::Accept { offset: 500, .. }));
        assert_eq!(receiver.progress(), Progress::More);
        let (offset, bytes) = receiver.inside().unwrap();
        assert_eq!((offset, bytes.len()), (200, 300));
        receiver.came(300).unwrap();
        assert_eq!(receiver.progress(), Progress::Whole);
    }
}
