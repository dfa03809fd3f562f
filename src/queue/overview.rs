//! The operator's side, and the page's: what waits, who waits too long, whose letters they are; tried again, or taken back.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension};

use super::entry::{Canceller, Counts, DeliveryId, Destination, QueueId};
use super::{Entry, Error, MANY_WORDS, MANY_WORDS_BYTES, Queue, ledger, waiting};
use crate::clock::{Clock, Stamp};
use crate::mail::address::{MemberName, PeerKey};

/// Letters for one destination that wait too long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Late {
    /// Where they go.
    pub destination: Destination,
    /// How many.
    pub letters: u64,
    /// How long the first of them has waited.
    pub seconds: u64,
    /// Which that is.
    pub oldest: QueueId,
    /// Why it was not taken the last time.
    pub why: Option<String>,
}

impl Queue {
    /// Messages after `after`, oldest first, at most `limit`.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn list(&self, after: Option<QueueId>, limit: usize) -> Result<Vec<Entry>, Error> {
        let clock = &self.inner.clock;
        self.inner
            .database
            .read(|c| waiting::list(c, clock, after, limit))
    }

    /// One message.
    ///
    /// # Errors
    /// [`Error::Unknown`] when it is not, or no more, in the queue.
    pub fn show(&self, id: QueueId) -> Result<Entry, Error> {
        let clock = &self.inner.clock;
        self.inner
            .database
            .read(|c| waiting::show(c, clock, id))?
            .ok_or(Error::Unknown)
    }

    /// How much waits.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn counts(&self) -> Result<Counts, Error> {
        self.inner.database.read(waiting::counts)
    }

    /// Makes one message, or all, due now; returns how many deliveries. A peer that is held stays held.
    ///
    /// # Errors
    /// The rows cannot be written.
    pub fn retry(&self, id: Option<QueueId>) -> Result<usize, Error> {
        let count = self.inner.database.write(move |c| ledger::retry(c, id))?;
        self.ring();
        Ok(count)
    }

    /// Makes what waits for this peer due now, held or not.
    ///
    /// # Errors
    /// The rows cannot be written.
    pub fn retry_for(&self, peer: &PeerKey) -> Result<(), Error> {
        let peer = *peer;
        self.inner
            .database
            .write(move |c| ledger::retry_for(c, &peer))?;
        self.ring();
        Ok(())
    }

    /// Ends whoever still waits for a message. Returns its open deliveries: a transfer under way is to be withdrawn. A copy
    /// that the other side has already may still be read there.
    ///
    /// # Errors
    /// [`Error::Unknown`] when it is not, or no more, in the queue; [`Error::OwnWord`] for a notice that waits for a mailbox here, unless its
    /// file is gone: whom it tells that a letter failed would never hear of it.
    pub fn cancel(&self, id: QueueId, by: Canceller) -> Result<Vec<DeliveryId>, Error> {
        let database = &self.inner.database;
        if database.read(|c| ledger::own_word(c, id))? {
            match self.open_message(id) {
                Err(Error::Lost(_) | Error::Unknown) => {}
                Ok(_) => return Err(Error::OwnWord),
                Err(e) => return Err(e),
            }
        }
        let (open, gone) = database
            .write(move |c| ledger::cancel(c, id, by))?
            .ok_or(Error::Unknown)?;
        self.inner.spool.remove(&gone);
        self.ring();
        Ok(open)
    }

    /// Whether many words of the home's own have been tried at this member's mailbox here and wait on, because it is full. They do not
    /// expire, so whoever writes more of them asks this first, and so does whoever takes letters about which there may be more.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn has_many_words(&self, member: &MemberName) -> Result<bool, Error> {
        self.inner.database.read(|c| {
            Ok(c.prepare_cached(
                "SELECT count(*) >= ?2 OR coalesce(sum(m.size), 0) >= ?3 FROM deliveries d
                 JOIN messages m ON m.id = d.message JOIN recipients r ON r.delivery = d.id
                 WHERE d.kind = ?4 AND d.target = ?5 AND d.open = 1 AND d.attempts > 0
                    AND m.member IS NULL AND m.sender = '' AND r.there = ?1",
            )?
            .query_row(
                (
                    member.as_str(),
                    MANY_WORDS,
                    MANY_WORDS_BYTES,
                    Destination::Local.kind(),
                    Destination::Local.target(),
                ),
                |r| r.get(0),
            )?)
        })
    }

    /// Letters that have waited for `limit`, by destination. Those that are held for their writer's word are not among them.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn late(&self, limit: std::time::Duration) -> Result<Vec<Late>, Error> {
        let clock = &self.inner.clock;
        let edges = clock.edges(limit);
        self.inner.database.read(|c| late(c, clock, &edges))
    }

    /// How many deliveries to a destination wait after an attempt that failed, and why the last of them did.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn tried(&self, destination: &Destination) -> Result<Option<(u64, String)>, Error> {
        self.inner.database.read(|c| {
            let key = (destination.kind(), destination.target());
            let count: i64 = c
                .prepare_cached(
                    "SELECT count(*) FROM deliveries WHERE kind = ?1 AND target = ?2 AND open = 1 AND attempts > 0",
                )?
                .query_row(key, |r| r.get(0))?;
            if count == 0 {
                return Ok(None);
            }
            let why = c
                .prepare_cached(
                    "SELECT r.reason FROM deliveries d JOIN recipients r ON r.delivery = d.id
                     WHERE d.kind = ?1 AND d.target = ?2 AND d.open = 1 AND d.attempts > 0
                        AND r.state = 'waiting' AND r.reason IS NOT NULL ORDER BY d.id DESC LIMIT 1",
                )?
                .query_row(key, |r| r.get(0))
                .optional()?;
            Ok(Some((count.unsigned_abs(), why.unwrap_or_default())))
        })
    }

    /// Messages of one member, or of everybody, after `after`; oldest first, at most `limit`.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn list_of(
        &self,
        member: Option<&MemberName>,
        after: Option<QueueId>,
        limit: usize,
    ) -> Result<Vec<Entry>, Error> {
        let Some(member) = member else {
            return self.list(after, limit);
        };
        let clock = &self.inner.clock;
        self.inner.database.read(|c| {
            let ids = c
                .prepare_cached(
                    "SELECT id FROM messages WHERE member = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
                )?
                .query_map(
                    (
                        member.as_str(),
                        after.map_or(0, |a| a.0),
                        i64::try_from(limit).unwrap_or(i64::MAX),
                    ),
                    |r| r.get(0).map(QueueId),
                )?
                .collect::<Result<Vec<_>, _>>()?;
            these(c, clock, &ids)
        })
    }

    /// The messages that these deliveries belong to, oldest first; those that are gone are left out.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn list_with(&self, deliveries: &[DeliveryId]) -> Result<Vec<Entry>, Error> {
        let clock = &self.inner.clock;
        self.inner.database.read(|c| {
            let mut statement = c.prepare_cached("SELECT message FROM deliveries WHERE id = ?1")?;
            let mut ids = Vec::new();
            for delivery in deliveries {
                let found = statement.query_row([delivery.0], |r| r.get(0).map(QueueId));
                ids.extend(found.optional()?);
            }
            ids.sort_unstable();
            ids.dedup();
            these(c, clock, &ids)
        })
    }

    /// How much of one member's waits.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn counts_of(&self, member: &MemberName) -> Result<Counts, Error> {
        self.inner.database.read(|c| {
            let (messages, bytes): (i64, i64) = c
                .prepare_cached(
                    "SELECT count(*), coalesce(sum(size), 0) FROM messages WHERE member = ?1",
                )?
                .query_row([member.as_str()], |r| Ok((r.get(0)?, r.get(1)?)))?;
            let deliveries: i64 = c
                .prepare_cached(
                    "SELECT count(*) FROM messages m JOIN deliveries d ON d.message = m.id
                     WHERE m.member = ?1 AND d.open = 1",
                )?
                .query_row([member.as_str()], |r| r.get(0))?;
            Ok(Counts {
                messages: messages.unsigned_abs(),
                bytes: bytes.unsigned_abs(),
                deliveries: deliveries.unsigned_abs(),
            })
        })
    }
}

fn these(c: &Connection, clock: &Clock, ids: &[QueueId]) -> Result<Vec<Entry>, Error> {
    let mut found = Vec::new();
    for id in ids {
        found.extend(waiting::show(c, clock, *id)?);
    }
    Ok(found)
}

fn late(c: &Connection, clock: &Clock, edges: &[(i64, i64)]) -> Result<Vec<Late>, Error> {
    let mut groups = c.prepare_cached(
        "SELECT d.kind, d.target, count(DISTINCT m.id), min(m.id), min(m.arrived_ms)
         FROM messages m JOIN deliveries d ON d.message = m.id
         WHERE m.boot = ?1 AND m.arrived_ms <= ?2 AND d.open = 1 GROUP BY d.kind, d.target",
    )?;
    let mut found: BTreeMap<Destination, Late> = BTreeMap::new();
    for (boot, edge) in edges {
        let mut rows = groups.query((boot, edge))?;
        while let Some(row) = rows.next()? {
            let (kind, target): (String, Vec<u8>) = (row.get(0)?, row.get(1)?);
            let destination = Destination::from_row(&kind, &target)?;
            let stamp = Stamp {
                boot: *boot,
                ms: row.get(4)?,
                wall: 0,
            };
            let (letters, oldest) = (row.get::<_, i64>(2)?.unsigned_abs(), QueueId(row.get(3)?));
            let late = found.entry(destination).or_insert_with(|| Late {
                destination,
                letters: 0,
                seconds: 0,
                oldest,
                why: None,
            });
            late.letters += letters;
            late.seconds = late.seconds.max(clock.age(stamp).as_secs());
            late.oldest = late.oldest.min(oldest);
        }
    }
    let mut reason = c.prepare_cached(
        "SELECT r.reason FROM deliveries d JOIN recipients r ON r.delivery = d.id
         WHERE d.message = ?1 AND d.kind = ?2 AND d.target = ?3 AND r.state = 'waiting' ORDER BY r.idx LIMIT 1",
    )?;
    for late in found.values_mut() {
        let (kind, target) = (late.destination.kind(), late.destination.target());
        let why = reason.query_row((late.oldest.0, kind, target), |r| r.get(0));
        late.why = why.optional()?.flatten();
    }
    Ok(found.into_values().collect())
}
