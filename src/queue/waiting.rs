//! The rows: what is read from them.

use std::ops::RangeInclusive;

use rusqlite::{Connection, OptionalExtension, Row};

use super::Error;
use super::entry::{
    About, Because, Counts, Delivery, DeliveryId, Destination, Encoded, Entry, EntryRecipient,
    Fate, Held, Outcome, QueueId, Told, Untold, Waiting, Ways, reason,
};
use super::ledger::{DELAY, notify_from, number};
use super::spool::Spool;
use crate::clock::{Clock, Stamp};
use crate::mail::address::{MemberName, PeerKey};
use crate::mail::envelope::{Body, Envelope, Recipient, Return};
use crate::mail::verdict::Reason;

/// Deliveries to one destination that are due, of messages of such sizes, small ones first, then age; at most `limit` that
/// `wanted` lets pass.
pub(super) fn due(
    c: &Connection,
    destination: &Destination,
    sizes: &RangeInclusive<u64>,
    now_ms: i64,
    limit: usize,
    wanted: &dyn Fn(DeliveryId) -> bool,
) -> Result<Vec<DeliveryId>, Error> {
    let mut statement = c.prepare_cached(
        "SELECT id FROM deliveries WHERE kind = ?1 AND target = ?2 AND open = 1 AND due_ms <= ?3
            AND size BETWEEN ?4 AND ?5 ORDER BY size, id",
    )?;
    let mut rows = statement.query((
        destination.kind(),
        destination.target(),
        now_ms,
        number(*sizes.start()),
        number(*sizes.end()),
    ))?;
    let mut found = Vec::new();
    while found.len() < limit {
        let Some(row) = rows.next()? else { break };
        let id = DeliveryId(row.get(0)?);
        if wanted(id) {
            found.push(id);
        }
    }
    Ok(found)
}

/// The oldest delivery to a destination that is due and that `wanted` lets pass.
pub(super) fn oldest(
    c: &Connection,
    destination: &Destination,
    now_ms: i64,
    wanted: &dyn Fn(DeliveryId) -> bool,
) -> Result<Option<DeliveryId>, Error> {
    let mut statement = c.prepare_cached(
        "SELECT id FROM deliveries WHERE kind = ?1 AND target = ?2 AND open = 1 AND due_ms <= ?3
         ORDER BY id",
    )?;
    let mut rows = statement.query((destination.kind(), destination.target(), now_ms))?;
    while let Some(row) = rows.next()? {
        let id = DeliveryId(row.get(0)?);
        if wanted(id) {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// Whether anything waits for a destination.
pub(super) fn anything(c: &Connection, destination: &Destination) -> Result<bool, Error> {
    Ok(c.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM deliveries WHERE kind = ?1 AND target = ?2 AND open = 1)",
    )?
    .query_row((destination.kind(), destination.target()), |r| r.get(0))?)
}

/// When the next delivery to `destination` that is not due yet becomes due.
pub(super) fn next_due(
    c: &Connection,
    destination: &Destination,
    now_ms: i64,
) -> Result<Option<i64>, Error> {
    Ok(c.prepare_cached(
        "SELECT min(due_ms) FROM deliveries WHERE kind = ?1 AND target = ?2 AND open = 1 AND due_ms > ?3",
    )?
    .query_row((destination.kind(), destination.target(), now_ms), |r| {
        r.get(0)
    })?)
}

/// Homes and friends that somebody's mail waits for.
pub(super) fn peers(c: &Connection) -> Result<Vec<PeerKey>, Error> {
    let mut found = Vec::new();
    for kind in ["tox", "chat"] {
        found.extend(of_kind(c, kind)?.iter().filter_map(Destination::peer));
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Destinations that somebody's mail waits for, but for other homes.
pub(super) fn destinations_but_peers(c: &Connection) -> Result<Vec<Destination>, Error> {
    let mut found = Vec::new();
    for kind in Destination::KINDS_BUT_PEERS {
        found.extend(of_kind(c, kind)?);
    }
    Ok(found)
}

fn of_kind(c: &Connection, kind: &str) -> Result<Vec<Destination>, Error> {
    // One index seek a destination, however many deliveries wait.
    let mut statement = c.prepare_cached(
        "SELECT target FROM deliveries WHERE kind = ?1 AND open = 1 AND (?2 IS NULL OR target > ?2)
         ORDER BY target LIMIT 1",
    )?;
    let mut found = Vec::new();
    let mut after: Option<Vec<u8>> = None;
    while let Some(target) = statement
        .query_row((kind, &after), |r| r.get::<_, Vec<u8>>(0))
        .optional()?
    {
        found.push(Destination::from_row(kind, &target)?);
        after = Some(target);
    }
    Ok(found)
}

/// The shared facts of a message's row, in the order of [`FACTS`].
struct Facts {
    message: QueueId,
    member: Option<MemberName>,
    message_id: Option<String>,
    envelope: Envelope,
    size: u64,
    arrived: Stamp,
}

const FACTS: &str = "m.id, m.member, m.message_id, m.sender, m.smtputf8, m.eight_bit, m.ret, m.envelope_id, m.size, \
     m.boot, m.arrived_ms, m.wall";
const FACTS_LEN: usize = 12;

impl Facts {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let member: Option<String> = row.get(1)?;
        Ok(Self {
            message: QueueId(row.get(0)?),
            member: member
                .map(|m| m.parse())
                .transpose()
                .map_err(|_| Error::Row("a message's member"))?,
            message_id: row.get(2)?,
            envelope: Envelope {
                sender: row.get(3)?,
                recipients: Vec::new(),
                body: if row.get(5)? {
                    Body::EightBitMime
                } else {
                    Body::SevenBit
                },
                smtputf8: row.get(4)?,
                ret: match row.get::<_, i64>(6)? {
                    1 => Return::Full,
                    2 => Return::Headers,
                    _ => Return::Unspecified,
                },
                envelope_id: row.get(7)?,
            },
            size: size(row, 8)?,
            arrived: Stamp {
                boot: row.get(9)?,
                ms: row.get(10)?,
                wall: row.get(11)?,
            },
        })
    }
}

fn size(row: &Row<'_>, column: usize) -> Result<u64, Error> {
    Ok(u64::try_from(row.get::<_, i64>(column)?).unwrap_or(0))
}

/// The whole of a delivery; `None` when nobody waits for it any more.
pub(super) fn load(
    c: &Connection,
    spool: &Spool,
    id: DeliveryId,
) -> Result<Option<Delivery>, Error> {
    let mut statement = c.prepare_cached(&format!(
        "SELECT {FACTS}, m.file, d.kind, d.target, d.transfer, d.attempts
         FROM deliveries d JOIN messages m ON m.id = d.message WHERE d.id = ?1 AND d.open = 1"
    ))?;
    let mut rows = statement.query([id.0])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let facts = Facts::from_row(row)?;
    let at = |n| FACTS_LEN + n;
    let kind: String = row.get(at(1))?;
    let target: Vec<u8> = row.get(at(2))?;
    Ok(Some(Delivery {
        id,
        message: facts.message,
        destination: Destination::from_row(&kind, &target)?,
        transfer: row.get(at(3))?,
        sender: facts.envelope.sender.clone(),
        member: facts.member,
        envelope: facts.envelope,
        message_id: facts.message_id,
        recipients: waiting(c, id)?,
        size: facts.size,
        file: row.get(at(0))?,
        arrived: facts.arrived,
        attempts: row.get(at(4))?,
        encoded: encoded(c, spool, facts.message)?.and_then(Result::ok),
    }))
}

fn waiting(c: &Connection, id: DeliveryId) -> Result<Vec<Waiting>, Error> {
    let mut statement = c.prepare_cached(
        "SELECT idx, address, notify, original, there, status, reason FROM recipients
         WHERE delivery = ?1 AND state = 'waiting' ORDER BY idx",
    )?;
    let rows = statement.query_map([id.0], |row| {
        Ok(Waiting {
            index: usize::try_from(row.get::<_, i64>(0)?).unwrap_or(usize::MAX),
            recipient: recipient(row, 1)?,
            there: row.get(4)?,
            last: reason(row.get::<_, Option<String>>(5)?.as_deref(), row.get(6)?),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Columns address, notify, original from `first` on.
fn recipient(row: &Row<'_>, first: usize) -> rusqlite::Result<Recipient> {
    Ok(Recipient {
        address: row.get(first)?,
        notify: notify_from(row.get(first + 1)?),
        original: row.get(first + 2)?,
    })
}

/// The encoded form of a message. `Err` names a file that is missing or cut short, and so of no use.
pub(super) fn encoded(
    c: &Connection,
    spool: &Spool,
    message: QueueId,
) -> Result<Option<Result<Encoded, String>>, Error> {
    let mut statement = c.prepare_cached(
        "SELECT file, size, content_size, digest, compressed FROM encoded WHERE message = ?1",
    )?;
    let mut rows = statement.query([message.0])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let file: String = row.get(0)?;
    let found = Encoded {
        path: spool.path(&file),
        size: size(row, 1)?,
        content_size: size(row, 2)?,
        digest: row.get(3)?,
        compressed: row.get(4)?,
    };
    let whole = std::fs::metadata(&found.path).is_ok_and(|m| m.len() == found.size);
    Ok(Some(if whole { Ok(found) } else { Err(file) }))
}

pub(super) fn file_of(c: &Connection, id: QueueId) -> Result<Option<String>, Error> {
    Ok(c.prepare_cached("SELECT file FROM messages WHERE id = ?1")?
        .query_row([id.0], |r| r.get(0))
        .optional()?)
}

pub(super) fn files(c: &Connection) -> Result<Vec<(QueueId, String)>, Error> {
    let mut statement = c.prepare("SELECT id, file FROM messages")?;
    let rows = statement.query_map([], |r| Ok((QueueId(r.get(0)?), r.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The bytes of a message that has no file.
pub(super) fn bytes_of(c: &Connection, id: QueueId) -> Result<Option<Vec<u8>>, Error> {
    Ok(
        c.prepare_cached("SELECT bytes FROM small_messages WHERE message = ?1")?
            .query_row([id.0], |r| r.get(0))
            .optional()?,
    )
}

/// Messages that have no file, at most so many.
pub(super) fn without_file(c: &Connection, limit: usize) -> Result<Vec<QueueId>, Error> {
    let mut statement = c.prepare_cached("SELECT message FROM small_messages LIMIT ?1")?;
    let rows = statement.query_map([number(limit as u64)], |r| Ok(QueueId(r.get(0)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The message of a delivery, where that has no file.
pub(super) fn small_of(c: &Connection, delivery: DeliveryId) -> Result<Option<QueueId>, Error> {
    Ok(c.prepare_cached(
        "SELECT s.message FROM small_messages s JOIN deliveries d ON d.message = s.message WHERE d.id = ?1",
    )?
    .query_row([delivery.0], |r| Ok(QueueId(r.get(0)?)))
    .optional()?)
}

pub(super) fn encoded_files(c: &Connection) -> Result<Vec<String>, Error> {
    let mut statement = c.prepare("SELECT file FROM encoded")?;
    let rows = statement.query_map([], |r| r.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Ended recipients whose writers must be told, of at most `limit` messages.
pub(super) fn untold(c: &Connection, clock: &Clock, limit: usize) -> Result<Vec<Untold>, Error> {
    let mut found = Vec::new();
    let fallen = c
        .prepare_cached("SELECT DISTINCT message FROM fallbacks WHERE state = 'owed' LIMIT ?1")?
        .query_map([i64::try_from(limit).unwrap_or(i64::MAX)], |r| r.get(0))?
        .collect::<Result<Vec<i64>, _>>()?;
    let condition = "EXISTS (SELECT 1 FROM fallbacks f WHERE f.message = m.id AND f.idx = r.idx AND f.state = 'owed')";
    for message in fallen {
        let about = About::Fallback;
        found.extend(tale(c, clock, message, condition, about, &|_| true)?);
    }
    let messages = c
        .prepare_cached(
            "SELECT DISTINCT d.message FROM recipients r JOIN deliveries d ON d.id = r.delivery
             WHERE r.owed = 1 ORDER BY d.message LIMIT ?1",
        )?
        .query_map([i64::try_from(limit).unwrap_or(i64::MAX)], |r| r.get(0))?
        .collect::<Result<Vec<i64>, _>>()?;
    for message in messages {
        found.extend(tale(c, clock, message, "r.owed = 1", About::End, &|_| {
            true
        })?);
    }
    Ok(found)
}

/// Whether the writer hears now which ways the message took: its copies by ordinary mail have ended.
pub(super) fn ways_are_due(c: &Connection, message: i64) -> Result<bool, Error> {
    Ok(c.prepare_cached(&format!(
        "SELECT EXISTS (SELECT 1 FROM messages m WHERE m.id = ?1 AND {WAYS_ARE_DUE})"
    ))?
    .query_row([message], |r| r.get(0))?)
}

const WAYS_ARE_DUE: &str = "m.ways <> 0 AND NOT EXISTS (SELECT 1 FROM deliveries d
    WHERE d.message = m.id AND d.kind = 'relay' AND d.open <> 0)";

/// Messages whose writers hear now which ways they took, with all of their recipients.
pub(super) fn untold_ways(
    c: &Connection,
    clock: &Clock,
    limit: usize,
) -> Result<Vec<(Untold, Ways)>, Error> {
    let messages = c
        .prepare_cached(&format!(
            "SELECT m.id, m.ways FROM messages m WHERE {WAYS_ARE_DUE} ORDER BY m.id LIMIT ?1"
        ))?
        .query_map([i64::try_from(limit).unwrap_or(i64::MAX)], |r| {
            Ok((r.get(0)?, Ways::from_bits(r.get(1)?)))
        })?
        .collect::<Result<Vec<(i64, Ways)>, _>>()?;
    let mut found = Vec::new();
    for (message, ways) in messages {
        let told = tale(c, clock, message, "1 = 1", About::Ways, &|_| true)?;
        found.extend(told.map(|untold| (untold, ways)));
    }
    Ok(found)
}

/// Messages that are held for their writers' word, oldest first.
pub(super) fn held(c: &Connection) -> Result<Vec<Held>, Error> {
    let mut statement = c.prepare_cached(
        "SELECT m.id, m.member, m.message_id, d.id, d.kind, d.target, r.address, r.there, h.message IS NOT NULL
         FROM deliveries d JOIN messages m ON m.id = d.message JOIN recipients r ON r.delivery = d.id
         LEFT JOIN held_by_restore h ON h.message = m.id
         WHERE d.open = 2 AND (m.member IS NOT NULL OR h.message IS NOT NULL) AND r.state = 'waiting' ORDER BY m.id, r.idx",
    )?;
    let mut rows = statement.query([])?;
    let mut found: Vec<Held> = Vec::new();
    while let Some(row) = rows.next()? {
        let message = QueueId(row.get(0)?);
        if found.last().is_none_or(|held| held.message != message) {
            let member: Option<String> = row.get(1)?;
            let member = member.map(|member| member.parse()).transpose();
            let restored: bool = row.get(8)?;
            found.push(Held {
                message,
                member: member.map_err(|_| Error::Row("a message's member"))?,
                because: match restored {
                    true => Because::Restored,
                    false => Because::Mixed,
                },
                message_id: row.get(2)?,
                recipients: Vec::new(),
                deliveries: Vec::new(),
            });
        }
        let kind: String = row.get(4)?;
        let target: Vec<u8> = row.get(5)?;
        let destination = Destination::from_row(&kind, &target)?;
        let delivery = DeliveryId(row.get(3)?);
        if let Some(held) = found.last_mut() {
            held.recipients
                .push((row.get(6)?, destination, row.get(7)?));
            if !held.deliveries.contains(&delivery) {
                held.deliveries.push(delivery);
            }
        }
    }
    Ok(found)
}

/// Waiting recipients that nobody told of their delay since `again`, of messages older than `edges` say.
pub(super) fn delayed(
    c: &Connection,
    clock: &Clock,
    edges: &[(i64, i64)],
    again: &[(i64, i64)],
    limit: usize,
) -> Result<Vec<Untold>, Error> {
    let ready = |told: Option<(i64, i64)>| match told {
        None => true,
        Some((boot, ms)) => again.iter().any(|(b, edge)| *b == boot && ms <= *edge),
    };
    // A letter that is held waits for its writer, who knows.
    let condition = format!("r.state = 'waiting' AND d.open = 1 AND (r.notify & {DELAY}) <> 0");
    let mut candidates = c.prepare_cached(&format!(
        "SELECT m.id, r.told_boot, r.told_ms FROM messages m JOIN deliveries d ON d.message = m.id
         JOIN recipients r ON r.delivery = d.id
         WHERE m.boot = ?1 AND m.arrived_ms <= ?2 AND m.sender <> '' AND {condition} ORDER BY m.id"
    ))?;
    let mut found = Vec::new();
    for edge in edges {
        let mut messages: Vec<i64> = Vec::new();
        let mut rows = candidates.query(*edge)?;
        while found.len() + messages.len() < limit {
            let Some(row) = rows.next()? else { break };
            let message = row.get(0)?;
            if messages.last() != Some(&message) && ready(told(row, 1)?) {
                messages.push(message);
            }
        }
        for message in messages {
            found.extend(tale(c, clock, message, &condition, About::Delay, &ready)?);
        }
    }
    Ok(found)
}

fn told(row: &Row<'_>, first: usize) -> rusqlite::Result<Option<(i64, i64)>> {
    let boot: Option<i64> = row.get(first)?;
    let ms: Option<i64> = row.get(first + 1)?;
    Ok(boot.zip(ms))
}

fn tale(
    c: &Connection,
    clock: &Clock,
    message: i64,
    condition: &str,
    about: About,
    ready: &dyn Fn(Option<(i64, i64)>) -> bool,
) -> Result<Option<Untold>, Error> {
    let mut statement = c.prepare_cached(&format!(
        "SELECT {FACTS}, r.delivery, r.idx, d.kind, d.target, r.there, r.state, r.status, r.reason,
            r.address, r.notify, r.original, r.told_boot, r.told_ms
         FROM messages m JOIN deliveries d ON d.message = m.id JOIN recipients r ON r.delivery = d.id
         WHERE m.id = ?1 AND {condition} ORDER BY r.idx"
    ))?;
    let mut rows = statement.query([message])?;
    let mut found: Option<Untold> = None;
    while let Some(row) = rows.next()? {
        let at = |n| FACTS_LEN + n;
        if !ready(told(row, at(11))?) {
            continue;
        }
        let kind: String = row.get(at(2))?;
        let target: Vec<u8> = row.get(at(3))?;
        let why = reason(
            row.get::<_, Option<String>>(at(6))?.as_deref(),
            row.get(at(7))?,
        );
        let fate = Fate {
            told: Told {
                delivery: DeliveryId(row.get(at(0))?),
                index: usize::try_from(row.get::<_, i64>(at(1))?).unwrap_or(usize::MAX),
                about,
            },
            recipient: recipient(row, at(8))?,
            destination: Destination::from_row(&kind, &target)?,
            there: row.get(at(4))?,
            outcome: match about {
                About::Fallback => Outcome::FellBack,
                About::End | About::Delay | About::Ways => {
                    outcome(&row.get::<_, String>(at(5))?, why)?
                }
            },
        };
        match &mut found {
            Some(untold) => untold.fates.push(fate),
            None => {
                let facts = Facts::from_row(row)?;
                found = Some(Untold {
                    message: facts.message,
                    member: facts.member,
                    envelope: facts.envelope,
                    message_id: facts.message_id,
                    size: facts.size,
                    arrived: clock.wall_of(facts.arrived),
                    fates: vec![fate],
                });
            }
        }
    }
    Ok(found)
}

fn outcome(state: &str, why: Option<Reason>) -> Result<Outcome, Error> {
    match (state, why) {
        ("waiting", why) => Ok(Outcome::Delayed(why)),
        ("delivered", _) => Ok(Outcome::Delivered),
        ("cancelled", _) => Ok(Outcome::Cancelled),
        ("failed", Some(why)) => Ok(Outcome::Failed(why)),
        _ => Err(Error::Row("a recipient's state")),
    }
}

/// Open deliveries of messages that came in `boot` up to `edge`, oldest first, with their message and its sender. Not the home's own word to
/// somebody here: that waits as long as their mailbox is full, for nobody would tell them that it is gone.
pub(super) fn older(
    c: &Connection,
    boot: i64,
    edge: i64,
    limit: usize,
) -> Result<Vec<(DeliveryId, i64, String)>, Error> {
    let mut statement = c.prepare_cached(
        "SELECT d.id, m.id, m.sender FROM messages m JOIN deliveries d ON d.message = m.id
         WHERE m.boot = ?1 AND m.arrived_ms <= ?2 AND d.open = 1
            AND NOT (m.member IS NULL AND m.sender = '' AND d.kind = 'local')
         ORDER BY m.arrived_ms, d.id LIMIT ?3",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = statement.query_map((boot, edge, limit), |r| {
        Ok((DeliveryId(r.get(0)?), r.get(1)?, r.get(2)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn counts(c: &Connection) -> Result<Counts, Error> {
    Ok(c.query_row(
        "SELECT count(*), coalesce(sum(size), 0), (SELECT count(*) FROM deliveries WHERE open = 1) FROM messages",
        [],
        |row| {
            let at = |n| row.get::<_, i64>(n).map(|v| u64::try_from(v).unwrap_or(0));
            Ok(Counts {
                messages: at(0)?,
                bytes: at(1)?,
                deliveries: at(2)?,
            })
        },
    )?)
}

/// Messages after `after`, oldest first.
pub(super) fn list(
    c: &Connection,
    clock: &Clock,
    after: Option<QueueId>,
    limit: usize,
) -> Result<Vec<Entry>, Error> {
    let mut statement = c.prepare_cached(&format!(
        "SELECT {FACTS} FROM messages m WHERE m.id > ?1 ORDER BY m.id LIMIT ?2"
    ))?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut rows = statement.query((after.map_or(0, |a| a.0), limit))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(entry(c, clock, Facts::from_row(row)?)?);
    }
    Ok(found)
}

pub(super) fn show(c: &Connection, clock: &Clock, id: QueueId) -> Result<Option<Entry>, Error> {
    let before = QueueId(id.0.saturating_sub(1));
    let found = list(c, clock, Some(before), 1)?;
    Ok(found.into_iter().find(|e| e.id == id))
}

fn entry(c: &Connection, clock: &Clock, facts: Facts) -> Result<Entry, Error> {
    let mut statement = c.prepare_cached(
        "SELECT d.id, d.kind, d.target, d.attempts, r.address,
            iif(d.open = 2 AND r.state = 'waiting', 'held', r.state), r.reason, r.idx, d.due_ms, r.there
         FROM deliveries d JOIN recipients r ON r.delivery = d.id WHERE d.message = ?1 ORDER BY r.idx",
    )?;
    let mut rows = statement.query([facts.message.0])?;
    let mut recipients = Vec::new();
    while let Some(row) = rows.next()? {
        let kind: String = row.get(1)?;
        let target: Vec<u8> = row.get(2)?;
        recipients.push(EntryRecipient {
            delivery: DeliveryId(row.get(0)?),
            destination: Destination::from_row(&kind, &target)?,
            attempts: row.get(3)?,
            address: row.get(4)?,
            state: row.get(5)?,
            reason: row.get(6)?,
            index: usize::try_from(row.get::<_, i64>(7)?).unwrap_or(usize::MAX),
            due_ms: row.get(8)?,
            there: row.get(9)?,
        });
    }
    Ok(Entry {
        id: facts.message,
        member: facts.member,
        sender: facts.envelope.sender,
        message_id: facts.message_id,
        size: facts.size,
        arrived: clock.wall_of(facts.arrived),
        recipients,
    })
}
