//! Letters that wait get another place or another owner: those for one home go to its new box, and those of a member who is gone are nobody's.

use rusqlite::{Connection, params};

use super::entry::DeliveryId;
use super::{Error, Queue};
use crate::database::{self, Database};
use crate::mail::address::{MemberName, PeerKey};

/// What went elsewhere, and files that may go once the transaction is on the disk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Redirected {
    /// How many deliveries.
    pub count: usize,
    gone: Vec<String>,
}

/// What waits for `old` waits for `new` from now on, but for the deliveries in `except`. Their ids stay. Part of a transaction of the
/// caller's; tell [`Queue::redirected`] after it.
///
/// # Errors
/// The rows cannot be written.
pub fn redirect(
    c: &Connection,
    old: &PeerKey,
    new: &PeerKey,
    except: &[DeliveryId],
) -> Result<Redirected, database::Error> {
    let mut waiting = c.prepare_cached(
        "SELECT id, message FROM deliveries WHERE kind = 'tox' AND target = ?1 AND open <> 0",
    )?;
    let waiting = waiting
        .query_map([old.as_bytes()], |row| {
            Ok((DeliveryId(row.get(0)?), row.get(1)?))
        })?
        .collect::<Result<Vec<(DeliveryId, i64)>, _>>()?;
    let mut update = c.prepare_cached(
        "UPDATE deliveries SET target = ?2, attempts = 0, due_ms = 0 WHERE id = ?1",
    )?;
    // It names the old box in its header, and is made again for the new one; where another home has a part of it, it stays.
    let mut encoded = c.prepare_cached(
        "DELETE FROM encoded WHERE message = ?1 AND NOT EXISTS (SELECT 1 FROM deliveries
            WHERE message = ?1 AND kind = 'tox' AND target <> ?2 AND open <> 0) RETURNING file",
    )?;
    let mut done = Redirected::default();
    for (id, message) in waiting.iter().filter(|(id, _)| !except.contains(id)) {
        done.count += update.execute(params![id.0, new.as_bytes()])?;
        let gone = encoded.query_map(params![message, new.as_bytes()], |row| row.get(0))?;
        done.gone.extend(gone.collect::<Result<Vec<String>, _>>()?);
    }
    Ok(done)
}

/// A member is gone, and what they have written goes on: not as letters of whoever gets the same name one day, who would see them, could
/// take them back and would get them when they return. They are somebody's whose name nobody gets.
///
/// # Errors
/// The rows cannot be written.
pub fn disown(database: &Database, member: &MemberName) -> Result<(), Error> {
    let mut number = [0; 8];
    getrandom::fill(&mut number).map_err(std::io::Error::from)?;
    let nobody = format!("removed-{}", data_encoding::HEXLOWER.encode(&number));
    let member = member.clone();
    database.write(move |c| {
        let owned = "SELECT EXISTS (SELECT 1 FROM messages WHERE member = ?1)";
        if c.query_row(owned, [member.as_str()], |row| row.get(0))? {
            let disown = "UPDATE messages SET member = ?2 WHERE member = ?1";
            c.execute(disown, [member.as_str(), &nobody])?;
        }
        c.execute(
            "DELETE FROM sent_letters WHERE member = ?1",
            [member.as_str()],
        )?;
        Ok(())
    })
}

impl Queue {
    /// What waited for one home waits for another.
    pub fn redirected(&self, redirected: &Redirected) {
        self.inner.spool.remove(&redirected.gone);
        self.ring();
    }

    /// The same for leftovers, by itself.
    ///
    /// # Errors
    /// The rows cannot be written.
    pub fn redirect(
        &self,
        old: &PeerKey,
        new: &PeerKey,
        except: Vec<DeliveryId>,
    ) -> Result<usize, Error> {
        let (from, to) = (*old, *new);
        let done = self
            .inner
            .database
            .write(move |c| redirect(c, &from, &to, &except))?;
        self.redirected(&done);
        Ok(done.count)
    }

    /// Whether any letter is for that home, held for its writer's word or not.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn has_letter_for(&self, peer: &PeerKey) -> Result<bool, Error> {
        self.inner.database.read(|c| {
            let sql = "SELECT EXISTS (SELECT 1 FROM deliveries WHERE kind = 'tox' AND target = ?1 AND open <> 0)";
            Ok(c.prepare_cached(sql)?
                .query_row([peer.as_bytes()], |row| row.get(0))?)
        })
    }
}
