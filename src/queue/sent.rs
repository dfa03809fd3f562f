//! Letters whose copies in their writers' Sent show which ways they went. The rows alone: who looks for the copies is elsewhere.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};

use super::entry::{DeliveryId, Destination, QueueId, Submission};
use super::{Error, Queue};
use crate::days::Way;
use crate::mail::address::MemberName;

/// Letters of one member that have left the queue and whose copies are still looked for: a program that keeps none must not fill
/// the rows.
pub const MAX_WITHOUT_COPY: usize = 100;

/// Which ways a letter took, as far as it has arrived or failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct WaysTaken(u8);

impl WaysTaken {
    const FAILED: u8 = 1 << 7;

    fn bit(way: Way) -> u8 {
        match way {
            Way::Direct => 1,
            Way::Ordinary => 1 << 1,
            Way::Local => 1 << 2,
            Way::Chat => 1 << 3,
            Way::Gateway => 1 << 4,
        }
    }

    /// Whether somebody has it who was reached this way.
    pub fn has(self, way: Way) -> bool {
        self.0 & Self::bit(way) != 0
    }

    /// Whether somebody will never have it.
    pub const fn has_failed(self) -> bool {
        self.0 & Self::FAILED != 0
    }

    /// Without those of `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// A copy in Sent: UIDVALIDITY of the mailbox, and UID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct SentCopy {
    pub uid_validity: u32,
    pub uid: u32,
}

/// A letter whose copy is looked for, or does not show yet what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentLetter {
    /// Its number in the queue, where it may be no more.
    pub message: QueueId,
    /// Its `Message-ID`, as the queue has it.
    pub message_id: String,
    /// The ways it took so far.
    pub ways: WaysTaken,
    /// Those of them that the copy shows.
    pub shown: WaysTaken,
    /// The copy.
    pub copy: Option<SentCopy>,
}

/// Notes a member's letter.
pub(super) fn begin(c: &Connection, message: i64, submission: &Submission) -> Result<(), Error> {
    if let (Some(member), Some(message_id)) = (&submission.member, &submission.message_id) {
        c.prepare_cached(
            "INSERT INTO sent_letters (message, member, message_id) VALUES (?1, ?2, ?3)",
        )?
        .execute(params![message, member.as_str(), message_id])?;
    }
    Ok(())
}

/// A recipient of this delivery has come to this state.
pub(super) fn ended(c: &Connection, delivery: DeliveryId, state: &str) -> Result<(), Error> {
    let (message, kind, target): (i64, String, Vec<u8>) = c
        .prepare_cached("SELECT message, kind, target FROM deliveries WHERE id = ?1")?
        .query_row([delivery.number()], |r| {
            Ok((r.get(0)?, r.get(1)?, r.get(2)?))
        })?;
    let bit = match (state, way(&Destination::from_row(&kind, &target)?)) {
        ("delivered", Some(way)) => WaysTaken::bit(way),
        ("failed", Some(_)) => WaysTaken::FAILED,
        _ => return Ok(()),
    };
    c.prepare_cached(
        "UPDATE sent_letters SET ways = ways | ?2 WHERE message = ?1 AND ways & ?2 = 0",
    )?
    .execute((message, bit))?;
    Ok(())
}

fn way(destination: &Destination) -> Option<Way> {
    match destination {
        Destination::Local => Some(Way::Local),
        Destination::Tox(_) => Some(Way::Direct),
        Destination::Chat(_) => Some(Way::Chat),
        Destination::Relay(_) => Some(Way::Ordinary),
        Destination::Gateway => Some(Way::Gateway),
        Destination::Answer => None,
    }
}

impl Queue {
    /// Letters whose copies are looked for or do not show all, by member, oldest first.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn sent_letters(&self) -> Result<BTreeMap<MemberName, Vec<SentLetter>>, Error> {
        self.inner.database.read(|c| {
            let mut statement = c.prepare_cached(
                "SELECT member, message, message_id, ways, shown, uid_validity, uid FROM sent_letters
                 WHERE uid IS NULL OR shown <> ways ORDER BY member, message",
            )?;
            let mut rows = statement.query([])?;
            let mut found: BTreeMap<MemberName, Vec<SentLetter>> = BTreeMap::new();
            while let Some(row) = rows.next()? {
                let member: String = row.get(0)?;
                let member = member.parse();
                let member = member.map_err(|_| Error::Row("the writer of a letter"))?;
                let (uid_validity, uid): (Option<u32>, Option<u32>) = (row.get(5)?, row.get(6)?);
                let copy = uid_validity.zip(uid);
                found.entry(member).or_default().push(SentLetter {
                    message: QueueId::from_number(row.get(1)?),
                    message_id: row.get(2)?,
                    ways: WaysTaken(row.get(3)?),
                    shown: WaysTaken(row.get(4)?),
                    copy: copy.map(|(uid_validity, uid)| SentCopy { uid_validity, uid }),
                });
            }
            Ok(found)
        })
    }

    /// Writes down what copies were found and what they show, and forgets letters that need no more.
    ///
    /// # Errors
    /// The rows cannot be written.
    pub fn note_copies(&self, member: &MemberName, letters: Vec<SentLetter>) -> Result<(), Error> {
        let member = member.clone();
        self.inner.database.write_at_leisure(move |c| {
            let mut statement = c.prepare_cached(
                "UPDATE sent_letters SET shown = ?2, uid_validity = ?3, uid = ?4 WHERE message = ?1",
            )?;
            for letter in &letters {
                let copy = letter.copy;
                statement.execute(params![
                    letter.message.number(),
                    letter.shown.0,
                    copy.map(|copy| copy.uid_validity),
                    copy.map(|copy| copy.uid),
                ])?;
            }
            c.execute(
                "DELETE FROM sent_letters WHERE uid IS NOT NULL AND shown = ways
                 AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.id = message)",
                [],
            )?;
            c.execute(
                "DELETE FROM sent_letters WHERE message IN (
                    SELECT s.message FROM sent_letters s WHERE s.member = ?1 AND s.uid IS NULL
                    AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.id = s.message)
                    ORDER BY s.message DESC LIMIT -1 OFFSET ?2)",
                (member.as_str(), MAX_WITHOUT_COPY as i64),
            )?;
            Ok(())
        })
    }

    /// Forgets the letters of somebody who has no Sent here.
    ///
    /// # Errors
    /// The rows cannot be written.
    pub fn forget_copies(&self, member: &MemberName) -> Result<(), Error> {
        let member = member.clone();
        self.inner.database.write_at_leisure(move |c| {
            c.execute(
                "DELETE FROM sent_letters WHERE member = ?1",
                [member.as_str()],
            )?;
            Ok(())
        })
    }
}
