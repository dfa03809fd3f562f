//! The agents' side: what is due, who is there to take it, and how an attempt ended.

use std::collections::HashSet;
use std::io::Cursor;
use std::ops::RangeInclusive;
use std::time::Duration;

use super::entry::{Delivery, DeliveryId, Destination, Encoded, EncodedFacts, QueueId, Settled};
use super::spool::Content;
use super::{Error, Queue, ledger, waiting};
use crate::database::Haste;
use crate::days;
use crate::durable::{Draft, fault};
use crate::mail::address::PeerKey;
use crate::mail::verdict::Verdict;

/// Messages of all sizes, for [`Queue::waiting_for`].
pub const ANY_SIZE: RangeInclusive<u64> = 0..=u64::MAX;

impl Queue {
    /// Deliveries to one destination that are due, small messages first, then age; at most `limit`, and none of those that are
    /// `underway` already. Of another home's mail this says no more than that it is due: see [`waiting_for`](Self::waiting_for).
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn due(
        &self,
        destination: &Destination,
        limit: usize,
        underway: &HashSet<DeliveryId>,
    ) -> Result<Vec<Delivery>, Error> {
        self.ready(destination, ANY_SIZE, limit, &|id| !underway.contains(&id))
    }

    /// Every destination but other homes that mail waits for, due or not.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn destinations_waiting(&self) -> Result<Vec<Destination>, Error> {
        self.inner.database.read(waiting::destinations_but_peers)
    }

    /// Deliveries to a peer that are due, of messages of such `sizes`, small ones first, then age; at most `limit`, and none of
    /// those that are `underway` already. None for a peer that is held.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn waiting_for(
        &self,
        peer: &PeerKey,
        sizes: RangeInclusive<u64>,
        limit: usize,
        underway: &HashSet<DeliveryId>,
    ) -> Result<Vec<Delivery>, Error> {
        if !self.released().contains(peer) {
            return Ok(Vec::new());
        }
        self.ready(&Destination::Tox(*peer), sizes, limit, &|id| {
            !underway.contains(&id)
        })
    }

    /// The oldest delivery to a friend with a chat program that is due, and none of those that are `underway` already: what is
    /// said keeps its order. None for one who is held.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn next_chat(
        &self,
        peer: &PeerKey,
        underway: &HashSet<DeliveryId>,
    ) -> Result<Option<Delivery>, Error> {
        if !self.released().contains(peer) {
            return Ok(None);
        }
        let now = self.now_ms();
        let spool = &self.inner.spool;
        self.inner.database.read(|c| {
            let wanted = |id| !underway.contains(&id);
            match waiting::oldest(c, &Destination::Chat(*peer), now, &wanted)? {
                Some(id) => waiting::load(c, spool, id),
                None => Ok(None),
            }
        })
    }

    /// What waits for this peer goes the way that the peer takes from now on: `Chat` or `Peer`. Tells whether anything did not
    /// before.
    ///
    /// # Errors
    /// The rows cannot be written.
    pub fn reroute(&self, to: Destination) -> Result<bool, Error> {
        let from = match to {
            Destination::Chat(key) => Destination::Tox(key),
            Destination::Tox(key) => Destination::Chat(key),
            _ => return Ok(false),
        };
        let any = (self.inner.database).read(|c| waiting::anything(c, &from))?;
        if !any {
            return Ok(false);
        }
        self.inner
            .database
            .write(move |c| ledger::reroute(c, &from, &to))?;
        self.ring();
        Ok(true)
    }

    fn ready(
        &self,
        destination: &Destination,
        sizes: RangeInclusive<u64>,
        limit: usize,
        wanted: &dyn Fn(DeliveryId) -> bool,
    ) -> Result<Vec<Delivery>, Error> {
        let now = self.now_ms();
        let spool = &self.inner.spool;
        self.inner.database.read(|c| {
            let mut found = Vec::new();
            for id in waiting::due(c, destination, &sizes, now, limit, wanted)? {
                found.extend(waiting::load(c, spool, id)?);
            }
            Ok(found)
        })
    }

    /// One delivery as it is now; `None` when nobody waits for it any more.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn delivery(&self, id: DeliveryId) -> Result<Option<Delivery>, Error> {
        let spool = &self.inner.spool;
        self.inner.database.read(|c| waiting::load(c, spool, id))
    }

    /// Every home, and every friend with a chat program, that mail waits for, held or not.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn peers_waiting(&self) -> Result<Vec<PeerKey>, Error> {
        self.inner.database.read(waiting::peers)
    }

    /// The peer is gone: its mail waits and costs nothing.
    pub fn hold(&self, peer: &PeerKey) {
        self.released().remove(peer);
        self.tell_news();
    }

    /// The peer is there: what waits for it goes, but for those that were put off on its word, or on ours.
    pub fn release(&self, peer: &PeerKey) {
        self.released().insert(*peer);
        self.ring();
    }

    /// How long until something becomes due that is not due now; `None` when nothing will by itself.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn next_due(&self) -> Result<Option<Duration>, Error> {
        let now_ms = self.now_ms();
        let released: Vec<PeerKey> = self.released().iter().copied().collect();
        let first = self.inner.database.read(|c| -> Result<_, Error> {
            let mut first: Option<i64> = None;
            let mut destinations = waiting::destinations_but_peers(c)?;
            for key in released {
                destinations.extend([Destination::Tox(key), Destination::Chat(key)]);
            }
            for destination in &destinations {
                let next = waiting::next_due(c, destination, now_ms)?;
                first = [first, next].into_iter().flatten().min();
            }
            Ok(first)
        })?;
        Ok(first.map(|ms| Duration::from_millis(u64::try_from(ms - now_ms).unwrap_or_default())))
    }

    /// Writes the verdicts of one attempt, by recipient index. Idempotent: what has ended stays as it ended.
    ///
    /// It need not hurry: a crash before it costs one more offer, which the table of the mailbox or of the other home answers.
    /// What has gone where nobody has such a table is [`settle_at_once`](Self::settle_at_once)'s.
    ///
    /// `Later` is tried again after its time or the growing wait, whichever is longer. A recipient without a verdict waits on,
    /// and is due.
    ///
    /// # Errors
    /// The rows cannot be written; nothing was changed then, and the verdicts must be brought again.
    pub fn settle(
        &self,
        delivery: DeliveryId,
        verdicts: &[(usize, Verdict)],
    ) -> Result<Settled, Error> {
        self.settle_in(Haste::Leisure, delivery, verdicts)
    }

    /// The same for what a crash before it would send twice: to a provider, a mail server, a chat program.
    ///
    /// # Errors
    /// As for [`settle`](Self::settle).
    pub fn settle_at_once(
        &self,
        delivery: DeliveryId,
        verdicts: &[(usize, Verdict)],
    ) -> Result<Settled, Error> {
        self.settle_in(Haste::Now, delivery, verdicts)
    }

    fn settle_in(
        &self,
        haste: Haste,
        delivery: DeliveryId,
        verdicts: &[(usize, Verdict)],
    ) -> Result<Settled, Error> {
        let pace = ledger::Pace {
            now_ms: self.now_ms(),
            day: days::day_of(self.inner.clock.now().wall),
            chance: getrandom::u32().unwrap_or(u32::MAX / 2),
        };
        let verdicts = verdicts.to_vec();
        let outcome = self.inner.database.write_in(haste, move |c| {
            ledger::settle(c, delivery, &verdicts, &pace)
        })?;
        fault::point("queue.settled");
        self.inner.spool.remove(&outcome.gone);
        if outcome.settled.gone {
            fault::point("queue.file_removed");
        }
        if outcome.settled.owed || outcome.settled.next.is_some() {
            self.inner.changed.notify_one();
        }
        self.tell_news();
        // The verdicts are on the disk: trouble with this is none with them.
        if !outcome.settled.finished
            && let Ok(Some(small)) = (self.inner.database).read(|c| waiting::small_of(c, delivery))
        {
            self.put_down(&[small]);
        }
        Ok(outcome.settled)
    }

    /// The bytes of a message, as submitted.
    ///
    /// # Errors
    /// [`Error::Unknown`] when it has left the queue; [`Error::Lost`] when its file is gone.
    pub fn open_message(&self, id: QueueId) -> Result<Content, Error> {
        let (file, bytes) = self.inner.database.read(|c| -> Result<_, Error> {
            let file = waiting::file_of(c, id)?.ok_or(Error::Unknown)?;
            Ok((file, waiting::bytes_of(c, id)?))
        })?;
        match bytes {
            Some(bytes) => Ok(Content::Rows(Cursor::new(bytes))),
            None => self.inner.spool.open_file(&file).map(Content::File),
        }
    }

    /// Makes the files of small messages that have to wait. What cannot be made, or written down, stays in the rows as well and is tried
    /// again at the next start: nothing is lost by that, so nobody hears of it.
    pub(super) fn put_down(&self, messages: &[QueueId]) {
        let placed: Vec<QueueId> = messages
            .iter()
            .copied()
            .filter(|id| self.make_file(*id).is_ok())
            .collect();
        if !placed.is_empty() {
            fault::point("queue.placed");
            let dropped = (self.inner.database).write(move |c| ledger::drop_bytes(c, &placed));
            drop(dropped);
        }
    }

    fn make_file(&self, id: QueueId) -> Result<(), Error> {
        let (file, bytes) = self.inner.database.read(|c| -> Result<_, Error> {
            Ok((waiting::file_of(c, id)?, waiting::bytes_of(c, id)?))
        })?;
        match (file, bytes) {
            (Some(file), Some(bytes)) => self.inner.spool.make_file(&file, &bytes),
            _ => Err(Error::Unknown),
        }
    }

    /// Starts the encoded form of a delivery's message; `expected` is about how long it will be.
    ///
    /// # Errors
    /// [`Error::Full`] when the disk has no room for it beyond the reserve.
    pub fn encoded_draft(&self, expected: u64) -> Result<Draft, Error> {
        self.inner.spool.encoded_draft(expected)
    }

    /// Keeps the encoded form with the message and returns the one to send: the first that was kept, which may be another
    /// agent's. Every peer gets the same bytes at every attempt.
    ///
    /// # Errors
    /// [`Error::Unknown`] when the message has left the queue meanwhile.
    pub fn keep_encoded(
        &self,
        message: QueueId,
        mut draft: Draft,
        facts: EncodedFacts,
    ) -> Result<Encoded, Error> {
        // Its name needs no fsync: an encoded form that a power cut takes is made again.
        draft.sync()?;
        let spool = &self.inner.spool;
        let name = draft.path().file_name().map(|n| n.to_string_lossy());
        let name = name.map(|n| n.into_owned()).unwrap_or_default();
        let size = draft.len();
        let found = self
            .inner
            .database
            .read(|c| waiting::encoded(c, spool, message))?;
        let stale = match found {
            Some(Ok(kept)) => return Ok(kept),
            Some(Err(file)) => Some(file),
            None => None,
        };
        let file = name.clone();
        let kept = self.inner.database.write(move |c| -> Result<bool, Error> {
            if let Some(stale) = stale {
                ledger::drop_encoded(c, message, &stale)?;
            }
            ledger::keep_encoded(c, message, &file, size, &facts)
        })?;
        if kept {
            draft.keep();
            return Ok(Encoded {
                path: spool.path(&name),
                size,
                content_size: facts.content_size,
                digest: facts.digest,
                compressed: facts.compressed,
            });
        }
        match self
            .inner
            .database
            .read(|c| waiting::encoded(c, spool, message))?
        {
            Some(Ok(kept)) => Ok(kept),
            _ => Err(Error::Unknown),
        }
    }
}
