//! Letters that wait for one home go to another: its new box.

use rusqlite::{Connection, params};

use super::entry::DeliveryId;
use super::{Error, Queue};
use crate::database;
use crate::mail::address::PeerKey;

/// What waits for `old` waits for `new` from now on, but for the deliveries in `except`. Their ids stay. Part of a transaction of the
/// caller's; tell [`Queue::redirected`] after it. Returns how many.
///
/// # Errors
/// The rows cannot be written.
pub fn redirect(
    c: &Connection,
    old: &PeerKey,
    new: &PeerKey,
    except: &[DeliveryId],
) -> Result<usize, database::Error> {
    let mut waiting = c.prepare_cached(
        "SELECT id FROM deliveries WHERE kind = 'tox' AND target = ?1 AND open <> 0",
    )?;
    let waiting = waiting
        .query_map([old.as_bytes()], |row| row.get(0).map(DeliveryId))?
        .collect::<Result<Vec<_>, _>>()?;
    let mut update = c.prepare_cached(
        "UPDATE deliveries SET target = ?2, attempts = 0, due_ms = 0 WHERE id = ?1",
    )?;
    let mut count = 0;
    for id in waiting.iter().filter(|id| !except.contains(id)) {
        count += update.execute(params![id.0, new.as_bytes()])?;
    }
    Ok(count)
}

impl Queue {
    /// What waited for `old` waits for another home.
    pub fn redirected(&self, old: &PeerKey) {
        self.doors().parked.retain(|_, (key, _)| key != old);
        self.inner.changed.notify_one();
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
        let count = self
            .inner
            .database
            .write(move |c| redirect(c, &from, &to, &except))?;
        self.redirected(old);
        Ok(count)
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
