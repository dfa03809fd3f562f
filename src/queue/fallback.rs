//! Letters that wait too long for another home and may go by ordinary mail: the recipient moves from the delivery to the
//! home to one to a provider, in one transaction, and the writer is owed a word about it.
//!
//! A receipt that comes afterwards finds nobody who waits for it and changes nothing. Whoever moves them must have taken
//! the transfer back before: what the other home has by then it may keep, and the notice says so. What a row says was so when
//! it was put down: whoever moves them asks first whether it still is.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Row};

use super::Error;
use super::entry::{AccountId, DeliveryId, Destination, Fallback, Start, number_of_seconds};
use super::ledger;
use crate::clock::{Clock, Stamp};
use crate::mail::address::{MemberName, PeerKey};

/// A recipient in another home who still waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Falling {
    /// The delivery to the other home.
    pub delivery: DeliveryId,
    /// That home.
    pub peer: PeerKey,
    /// The mailbox there; empty for the main one.
    pub there: String,
    /// Who wrote the letter, if it is a member.
    pub member: Option<MemberName>,
    /// The recipient as the writer's program has written it.
    pub written: String,
    /// Index into the envelope's recipients.
    pub recipient: usize,
    /// After what time it may go by ordinary mail, as it was put down; `None`: never.
    pub after: Option<Duration>,
    /// How long it has waited; of those that are to fall back alone.
    pub waited: Duration,
    message: i64,
    index: i64,
}

pub(super) fn insert(c: &Connection, message: i64, fallback: &Fallback) -> Result<(), Error> {
    c.prepare_cached(
        "INSERT INTO fallbacks (message, idx, after_seconds, account, address) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO UPDATE SET after_seconds = excluded.after_seconds, account = excluded.account, address = excluded.address
         WHERE state = 'may'",
    )?
    .execute((
        message,
        fallback.recipient as i64,
        number_of_seconds(fallback.after),
        fallback.account.number(),
        &fallback.address,
    ))?;
    Ok(())
}

/// Puts down what holds now, instead of what was put down before.
pub(super) fn decide(c: &Connection, decided: &[(Falling, Option<Fallback>)]) -> Result<(), Error> {
    for (one, fallback) in decided {
        match fallback {
            Some(fallback) => insert(c, one.message, fallback)?,
            None => {
                c.prepare_cached(
                    "DELETE FROM fallbacks WHERE message = ?1 AND idx = ?2 AND state = 'may'",
                )?
                .execute((one.message, one.index))?;
            }
        }
    }
    Ok(())
}

/// Everybody in another home who waits, whether they may fall back or not.
pub(super) fn waiting(c: &Connection) -> Result<Vec<Falling>, Error> {
    let mut statement = c.prepare_cached(concat!(
        "SELECT r.delivery, r.idx, m.id, d.target, r.there, m.member, r.address, f.after_seconds ",
        "FROM deliveries d JOIN recipients r ON r.delivery = d.id JOIN messages m ON m.id = d.message ",
        "LEFT JOIN fallbacks f ON f.message = m.id AND f.idx = r.idx ",
        "WHERE d.kind = 'tox' AND d.open <> 0 AND r.state = 'waiting' AND coalesce(f.state, 'may') = 'may'"
    ))?;
    let mut rows = statement.query([])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(read(row)?);
    }
    Ok(all)
}

fn read(row: &Row<'_>) -> Result<Falling, Error> {
    let wrong = |_| Error::Row("a recipient who may fall back");
    let index: i64 = row.get(1)?;
    let member: Option<String> = row.get(5)?;
    let after: Option<i64> = row.get(7)?;
    Ok(Falling {
        delivery: DeliveryId(row.get(0)?),
        peer: PeerKey::from_bytes(row.get(3)?),
        there: row.get(4)?,
        member: member.and_then(|name| name.parse().ok()),
        written: row.get(6)?,
        recipient: usize::try_from(index).map_err(wrong)?,
        waited: Duration::ZERO,
        after: after.map(|after| Duration::from_secs(u64::try_from(after).unwrap_or(u64::MAX))),
        message: row.get(2)?,
        index,
    })
}

/// Who falls back now, and how long until the next does.
pub(super) fn look(
    c: &Connection,
    clock: &Clock,
) -> Result<(Vec<Falling>, Option<Duration>), Error> {
    let mut statement = c.prepare_cached(
        "SELECT r.delivery, r.idx, m.id, d.target, r.there, m.member, r.address, f.after_seconds, m.boot, m.arrived_ms
         FROM fallbacks f JOIN messages m ON m.id = f.message
         JOIN deliveries d ON d.message = f.message AND d.kind = 'tox'
         JOIN recipients r ON r.delivery = d.id AND r.idx = f.idx
         WHERE f.state = 'may' AND r.state = 'waiting' AND d.open = 1",
    )?;
    let mut rows = statement.query([])?;
    let (mut falling, mut next) = (Vec::new(), None);
    while let Some(row) = rows.next()? {
        let mut one = read(row)?;
        let arrived = Stamp {
            boot: row.get(8)?,
            ms: row.get(9)?,
            wall: 0,
        };
        let after = one.after.unwrap_or(Duration::MAX);
        one.waited = clock.age(arrived);
        match after.checked_sub(one.waited) {
            Some(left) if !left.is_zero() => {
                next = Some(next.map_or(left, |next: Duration| next.min(left)));
            }
            _ => falling.push(one),
        }
    }
    Ok((falling, next))
}

/// Moves them, as far as they still wait; returns how many.
pub(super) fn fall(c: &Connection, falling: &[Falling]) -> Result<usize, Error> {
    let mut moved = 0;
    for one in falling {
        let found = c
            .prepare_cached(
                "SELECT f.account, f.address, m.size, m.sender FROM fallbacks f JOIN messages m ON m.id = f.message
                 JOIN recipients r ON r.delivery = ?3 AND r.idx = f.idx
                 WHERE f.message = ?1 AND f.idx = ?2 AND f.state = 'may' AND r.state = 'waiting'",
            )?
            .query_row((one.message, one.index, one.delivery.0), |r| {
                Ok((
                    AccountId::from_number(r.get(0)?),
                    r.get::<_, String>(1)?,
                    r.get::<_, i64>(2)?,
                    r.get::<_, String>(3)?,
                ))
            })
            .optional()?;
        let Some((account, address, size, sender)) = found else {
            continue; // it has ended meanwhile
        };
        let destination = Destination::Relay(account);
        let open: Option<i64> = c
            .prepare_cached(
                "SELECT id FROM deliveries WHERE message = ?1 AND kind = ?2 AND target = ?3 AND open = 1",
            )?
            .query_row((one.message, destination.kind(), destination.target()), |r| r.get(0))
            .optional()?;
        let delivery = match open {
            Some(delivery) => delivery,
            None => ledger::insert_delivery(
                c,
                one.message,
                &destination,
                u64::try_from(size).unwrap_or(0),
                Start::AtOnce,
            )?,
        };
        c.prepare_cached(
            "UPDATE recipients SET delivery = ?3, there = ?4, status = NULL, reason = NULL
             WHERE delivery = ?1 AND idx = ?2",
        )?
        .execute((one.delivery.0, one.index, delivery, address))?;
        // Nothing goes the unencrypted way without a word about it, whatever was wished; but there is nobody to tell of a
        // notice.
        let state = if sender.is_empty() { "told" } else { "owed" };
        c.prepare_cached("UPDATE fallbacks SET state = ?3 WHERE message = ?1 AND idx = ?2")?
            .execute((one.message, one.index, state))?;
        if !ledger::is_open(c, one.delivery)? {
            ledger::close(c, one.delivery)?;
        }
        moved += 1;
    }
    Ok(moved)
}
