//! The rows: what is written to them, each function inside one transaction of [`crate::database`].
//!
//! A recipient's row ends once and for all: whatever is settled afterwards changes nothing. `owed` is set by the statement that
//! ends it and taken back by the transaction that queues the notice, so no crash parts a verdict from the word about it.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};

use super::entry::{
    About, Canceller, DeliveryId, Destination, EncodedFacts, Plan, QueueId, Settled, Start,
    Submission, Submitted, Told, reason, status_text,
};
use super::{Error, backoff, sent, taken};
use crate::clock::{Clock, Stamp};
use crate::days::{self, Day, Direction, Way};
use crate::mail::address::PeerKey;
use crate::mail::envelope::{Body, Notify, Recipient, Return};
use crate::mail::verdict::{Reason, Status, Verdict};

pub(super) const SUCCESS: i64 = 1;
pub(super) const FAILURE: i64 = 2;
pub(super) const DELAY: i64 = 4;
/// `open` of a delivery that is held for its writer's word.
const HELD: i64 = 2;

/// A submission whose bytes are on the disk, or here.
pub(super) struct Record {
    pub file: String,
    pub bytes: Option<Vec<u8>>,
    pub size: u64,
    pub digest: [u8; 32],
    pub submission: Submission,
    /// Under which it is taken once.
    pub names: Vec<[u8; 16]>,
    pub stamp: Stamp,
}

pub(super) fn notify_bits(notify: Notify) -> i64 {
    let bit = |wanted, bit| if wanted { bit } else { 0 };
    bit(notify.success, SUCCESS) | bit(notify.failure, FAILURE) | bit(notify.delay, DELAY)
}

pub(super) fn notify_from(bits: i64) -> Notify {
    Notify {
        success: bits & SUCCESS != 0,
        failure: bits & FAILURE != 0,
        delay: bits & DELAY != 0,
    }
}

/// Every recipient has a way, and no way belongs to nobody.
pub(super) fn check(submission: &Submission) -> Result<(), Error> {
    let count = submission.envelope.recipients.len();
    let mut planned = vec![false; count];
    for plan in &submission.plans {
        *planned.get_mut(plan.recipient).ok_or(Error::Unplanned)? = true;
    }
    if count == 0 || planned.contains(&false) {
        return Err(Error::Unplanned);
    }
    Ok(())
}

/// Files that may go once the transaction is on the disk.
pub(super) type Gone = Vec<String>;

pub(super) fn submit(
    c: &Connection,
    record: &Record,
    clock: &Clock,
    window: std::time::Duration,
) -> Result<(Submitted, Gone), Error> {
    let submission = &record.submission;
    let hash = repetition(record);
    if let Some(hash) = hash {
        let earlier = c
            .prepare_cached("SELECT message, boot, made_ms FROM submissions WHERE hash = ?1")?
            .query_row([hash], |r| {
                let stamp = Stamp {
                    boot: r.get(1)?,
                    ms: r.get(2)?,
                    wall: 0,
                };
                Ok((QueueId(r.get(0)?), stamp))
            })
            .optional()?;
        if let Some((id, stamp)) = earlier
            && clock.age(stamp) < window
        {
            return Ok((Submitted::Repeated(id), Vec::new()));
        }
    }
    if !record.names.is_empty() && taken::take(c, &record.names)? == 0 {
        return Ok((Submitted::Needless, Vec::new()));
    }
    let mut gone = Vec::new();
    if !submission.settles.is_empty() {
        let (told, files) = tell(c, &submission.settles, record.stamp)?;
        if told == 0 {
            return Ok((Submitted::Needless, files));
        }
        gone = files;
    }
    let id = insert(c, record)?;
    if let Some(hash) = hash {
        c.prepare_cached(
            "INSERT INTO submissions (hash, message, boot, made_ms) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET
                message = excluded.message, boot = excluded.boot, made_ms = excluded.made_ms",
        )?
        .execute(params![hash, id.0, record.stamp.boot, record.stamp.ms])?;
    }
    Ok((Submitted::Queued(id), gone))
}

/// RFC 1047: what makes two submissions the same. Without a member or a Message-ID none is a repetition.
fn repetition(record: &Record) -> Option<[u8; 32]> {
    let submission = &record.submission;
    let member = submission.member.as_ref()?;
    let message_id = submission.message_id.as_ref()?;
    let mut addresses: Vec<&str> = submission
        .envelope
        .recipients
        .iter()
        .map(|r| r.address.as_str())
        .collect();
    addresses.sort_unstable();
    let mut hash = Sha256::new();
    for part in [member.as_str(), message_id].into_iter().chain(addresses) {
        // Lengths before texts: no two lists of parts look alike.
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.update(record.digest);
    Some(hash.finalize().into())
}

fn insert(c: &Connection, record: &Record) -> Result<QueueId, Error> {
    let Record {
        submission, stamp, ..
    } = record;
    let envelope = &submission.envelope;
    c.prepare_cached(
        "INSERT INTO messages (file, size, digest, member, message_id, sender, smtputf8, eight_bit, ret, envelope_id,
            boot, arrived_ms, wall, ways) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    )?
    .execute(params![
        record.file,
        number(record.size),
        record.digest,
        submission.member.as_ref().map(|m| m.as_str()),
        submission.message_id,
        envelope.sender,
        envelope.smtputf8,
        envelope.body == Body::EightBitMime,
        match envelope.ret {
            Return::Unspecified => 0,
            Return::Full => 1,
            Return::Headers => 2,
        },
        envelope.envelope_id,
        stamp.boot,
        stamp.ms,
        stamp.wall,
        submission.ways.bits(),
    ])?;
    let message = c.last_insert_rowid();
    if let Some(bytes) = &record.bytes {
        c.prepare_cached("INSERT INTO small_messages (message, bytes) VALUES (?1, ?2)")?
            .execute((message, bytes))?;
    }
    let mut ways: Vec<(Destination, i64)> = Vec::new();
    for plan in &submission.plans {
        let known = ways.iter().find(|(way, _)| *way == plan.destination);
        let delivery = match known {
            Some((_, delivery)) => *delivery,
            None => {
                let delivery =
                    insert_delivery(c, message, &plan.destination, record.size, submission.start)?;
                ways.push((plan.destination, delivery));
                delivery
            }
        };
        let recipient = envelope
            .recipients
            .get(plan.recipient)
            .ok_or(Error::Unplanned)?;
        insert_recipient(c, delivery, plan, recipient)?;
    }
    for fallback in &submission.fallbacks {
        super::fallback::insert(c, message, fallback)?;
    }
    sent::begin(c, message, submission)?;
    Ok(QueueId(message))
}

pub(super) fn insert_delivery(
    c: &Connection,
    message: i64,
    destination: &Destination,
    size: u64,
    start: Start,
) -> Result<i64, Error> {
    let open = match start {
        Start::AtOnce => 1,
        Start::Held => HELD,
    };
    let mut transfer = [0u8; 16];
    getrandom::fill(&mut transfer).map_err(std::io::Error::from)?;
    c.prepare_cached(
        "INSERT INTO deliveries (message, kind, target, transfer, size, open) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        message,
        destination.kind(),
        destination.target(),
        transfer,
        number(size),
        open
    ])?;
    Ok(c.last_insert_rowid())
}

fn insert_recipient(
    c: &Connection,
    delivery: i64,
    plan: &Plan,
    recipient: &Recipient,
) -> Result<(), Error> {
    c.prepare_cached(
        "INSERT INTO recipients (delivery, idx, address, notify, original, there) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        delivery,
        plan.recipient as i64,
        recipient.address,
        notify_bits(recipient.notify),
        recipient.original,
        plan.there,
    ])?;
    Ok(())
}

/// Marks what a notice tells; returns how many of them were news.
pub(super) fn tell(c: &Connection, told: &[Told], now: Stamp) -> Result<(usize, Gone), Error> {
    let mut news = 0;
    let mut gone = Vec::new();
    for one in told {
        let key = (one.delivery.0, one.index as i64);
        news += match one.about {
            About::End => c
                .prepare_cached(
                    "UPDATE recipients SET owed = 0 WHERE delivery = ?1 AND idx = ?2 AND owed = 1",
                )?
                .execute(key)?,
            About::Delay => c
                .prepare_cached(
                    "UPDATE recipients SET told_boot = ?3, told_ms = ?4
                     WHERE delivery = ?1 AND idx = ?2 AND state = 'waiting'",
                )?
                .execute((key.0, key.1, now.boot, now.ms))?,
            About::Ways => c
                .prepare_cached(
                    "UPDATE messages SET ways = 0
                     WHERE ways <> 0 AND id = (SELECT message FROM deliveries WHERE id = ?1)",
                )?
                .execute([key.0])?,
            About::Fallback => c
                .prepare_cached(
                    "UPDATE fallbacks SET state = 'told' WHERE state = 'owed' AND idx = ?2
                     AND message = (SELECT message FROM deliveries WHERE id = ?1)",
                )?
                .execute(key)?,
        };
        if one.about != About::Delay
            && let Some(message) = message_of(c, one.delivery)?
        {
            gone.extend(finish(c, message)?.unwrap_or_default());
        }
    }
    Ok((news, gone))
}

fn message_of(c: &Connection, delivery: DeliveryId) -> Result<Option<i64>, Error> {
    Ok(
        c.prepare_cached("SELECT message FROM deliveries WHERE id = ?1")?
            .query_row([delivery.0], |r| r.get(0))
            .optional()?,
    )
}

/// Deletes the rows of a message that has ended for everybody, when nobody must be told; returns its files.
fn finish(c: &Connection, message: i64) -> Result<Option<Gone>, Error> {
    let alive: bool = c
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM deliveries d JOIN recipients r ON r.delivery = d.id
                WHERE d.message = ?1 AND (r.state = 'waiting' OR r.owed = 1))
             OR EXISTS (SELECT 1 FROM messages WHERE id = ?1 AND ways <> 0)
             OR EXISTS (SELECT 1 FROM fallbacks WHERE message = ?1 AND state = 'owed')",
        )?
        .query_row([message], |r| r.get(0))?;
    if alive {
        return Ok(None);
    }
    let files = c
        .prepare_cached(
            "SELECT file FROM messages WHERE id = ?1 UNION ALL SELECT file FROM encoded WHERE message = ?1",
        )?
        .query_map([message], |r| r.get(0))?
        .collect::<Result<Gone, _>>()?;
    c.prepare_cached("DELETE FROM messages WHERE id = ?1")?
        .execute([message])?;
    Ok(Some(files))
}

/// How the wait for the next attempt is chosen.
pub(super) struct Pace {
    pub now_ms: i64,
    /// The day under which a letter that has arrived is counted.
    pub day: Option<Day>,
    pub chance: u32,
}

/// A settlement.
pub(super) struct Outcome {
    pub settled: Settled,
    pub gone: Gone,
}

pub(super) fn settle(
    c: &Connection,
    delivery: DeliveryId,
    verdicts: &[(usize, Verdict)],
    pace: &Pace,
) -> Result<Outcome, Error> {
    let row = c
        .prepare_cached(
            "SELECT d.message, d.kind, d.target, d.attempts, m.sender, m.member, m.size FROM deliveries d
             JOIN messages m ON m.id = d.message WHERE d.id = ?1",
        )?
        .query_row([delivery.0], |r| {
            Ok((
                r.get::<_, i64>(0)?,
                r.get::<_, String>(1)?,
                r.get::<_, Vec<u8>>(2)?,
                r.get::<_, u32>(3)?,
                r.get::<_, String>(4)?,
                (r.get::<_, Option<String>>(5)?, r.get::<_, i64>(6)?),
            ))
        })
        .optional()?;
    let Some((message, kind, target, attempts, sender, (member, size))) = row else {
        // Settled before, and forgotten since: a receipt that came twice.
        let settled = Settled {
            finished: true,
            gone: true,
            ..Settled::default()
        };
        return Ok(Outcome {
            settled,
            gone: Vec::new(),
        });
    };
    let destination = Destination::from_row(&kind, &target)?;
    let mut wait: Option<std::time::Duration> = None;
    let brings = verdicts.iter().any(|(_, v)| *v == Verdict::Delivered);
    let was_there = brings && is_there(c, delivery)?;
    for (index, verdict) in verdicts {
        match verdict {
            Verdict::Delivered => end(c, delivery, *index, "delivered", None, SUCCESS, &sender)?,
            Verdict::Never { why } => {
                end(c, delivery, *index, "failed", Some(why), FAILURE, &sender)?;
                forget_submission(c, message)?;
            }
            Verdict::Later { why, not_before } => {
                wait = wait.max(Some(*not_before));
                c.prepare_cached(
                    "UPDATE recipients SET status = ?3, reason = ?4
                     WHERE delivery = ?1 AND idx = ?2 AND state = 'waiting' AND (status IS NOT ?3 OR reason IS NOT ?4)",
                )?
                .execute((delivery.0, *index as i64, status_text(why.status), &why.text))?;
            }
        }
    }
    if brings && !was_there && is_there(c, delivery)? {
        count(c, pace.day, &destination, member.as_deref(), &sender, size)?;
    }
    let waiting = is_open(c, delivery)?;
    let mut next = None;
    if !waiting {
        close(c, delivery)?;
    } else if let Some(asked) = wait {
        let wait = backoff::wait_at_least(asked, attempts + 1, pace.chance);
        let due = pace.now_ms + i64::try_from(wait.as_millis()).unwrap_or(i64::MAX / 2);
        c.prepare_cached(
            "UPDATE deliveries SET attempts = attempts + 1, due_ms = ?2 WHERE id = ?1",
        )?
        .execute((delivery.0, due))?;
        next = Some(wait);
    }
    let gone = finish(c, message)?;
    Ok(Outcome {
        settled: Settled {
            finished: !waiting,
            gone: gone.is_some(),
            owed: is_owed(c, delivery)? || super::waiting::ways_are_due(c, message)?,
            next,
        },
        gone: gone.unwrap_or_default(),
    })
}

/// Whether anybody has it.
fn is_there(c: &Connection, delivery: DeliveryId) -> Result<bool, Error> {
    Ok(c.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM recipients WHERE delivery = ?1 AND state = 'delivered')",
    )?
    .query_row([delivery.0], |r| r.get(0))?)
}

/// Counts a letter that has come to where it goes.
fn count(
    c: &Connection,
    day: Option<Day>,
    destination: &Destination,
    member: Option<&str>,
    sender: &str,
    size: i64,
) -> Result<(), Error> {
    let counted = match (destination, member) {
        (Destination::Local, Some(_)) => (Direction::Sent, Way::Local),
        (Destination::Tox(_), Some(_)) => (Direction::Sent, Way::Direct),
        (Destination::Chat(_), Some(_)) => (Direction::Sent, Way::Chat),
        (Destination::Relay(_), Some(_)) => (Direction::Sent, Way::Ordinary),
        (Destination::Gateway, Some(_)) => (Direction::Sent, Way::Gateway),
        // Handed in by another home.
        (Destination::Gateway, None) if !sender.is_empty() => (Direction::Received, Way::Gateway),
        // What the home itself writes, and answers to it.
        _ => return Ok(()),
    };
    let member = member.unwrap_or_default();
    Ok(days::count(c, day, member, counted, size.unsigned_abs())?)
}

fn end(
    c: &Connection,
    delivery: DeliveryId,
    index: usize,
    state: &str,
    why: Option<&Reason>,
    wish: i64,
    sender: &str,
) -> Result<(), Error> {
    // Never a notice about a notice: the null sender is owed nothing.
    let ended = c
        .prepare_cached(
            "UPDATE recipients SET state = ?3, status = ?4, reason = ?5,
            owed = CASE WHEN ?6 = '' THEN 0 ELSE (notify & ?7) <> 0 END
         WHERE delivery = ?1 AND idx = ?2 AND state = 'waiting'",
        )?
        .execute(params![
            delivery.0,
            index as i64,
            state,
            why.map(|w| status_text(w.status)),
            why.map(|w| &w.text),
            sender,
            wish,
        ])?;
    match ended {
        0 => Ok(()),
        _ => sent::ended(c, delivery, state),
    }
}

/// A message that failed or was cancelled may be sent again, and is no repetition.
fn forget_submission(c: &Connection, message: i64) -> Result<(), Error> {
    c.prepare_cached("DELETE FROM submissions WHERE message = ?1")?
        .execute([message])?;
    Ok(())
}

pub(super) fn is_open(c: &Connection, delivery: DeliveryId) -> Result<bool, Error> {
    Ok(c.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM recipients WHERE delivery = ?1 AND state = 'waiting')",
    )?
    .query_row([delivery.0], |r| r.get(0))?)
}

fn is_owed(c: &Connection, delivery: DeliveryId) -> Result<bool, Error> {
    Ok(c.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM recipients WHERE delivery = ?1 AND owed = 1)",
    )?
    .query_row([delivery.0], |r| r.get(0))?)
}

pub(super) fn close(c: &Connection, delivery: DeliveryId) -> Result<(), Error> {
    c.prepare_cached("UPDATE deliveries SET open = 0 WHERE id = ?1 AND open <> 0")?
        .execute([delivery.0])?;
    Ok(())
}

/// Whether this is a notice of the home's own that waits for a mailbox here; not what mail servers elsewhere have handed in with a null
/// sender.
pub(super) fn own_word(c: &Connection, id: QueueId) -> Result<bool, Error> {
    Ok(c.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM messages m JOIN deliveries d ON d.message = m.id
            WHERE m.id = ?1 AND m.member IS NULL AND m.sender = '' AND d.kind = 'local' AND d.open <> 0)",
    )?
    .query_row([id.0], |r| r.get(0))?)
}

/// Cancels whoever still waits; `None` when there is no such message.
pub(super) fn cancel(
    c: &Connection,
    id: QueueId,
    by: Canceller,
) -> Result<Option<(Vec<DeliveryId>, Gone)>, Error> {
    let sender: Option<String> = c
        .query_row("SELECT sender FROM messages WHERE id = ?1", [id.0], |r| {
            r.get(0)
        })
        .optional()?;
    let Some(sender) = sender else {
        return Ok(None);
    };
    // A writer is asked about what is held, and their word is about that alone.
    let which = match by {
        Canceller::Operator | Canceller::Writer => "open <> 0",
        Canceller::Asked => "open = 2",
    };
    let open = c
        .prepare(&format!(
            "SELECT id FROM deliveries WHERE message = ?1 AND {which}"
        ))?
        .query_map([id.0], |r| r.get(0).map(DeliveryId))?
        .collect::<Result<Vec<_>, _>>()?;
    for delivery in &open {
        let waiting = c
            .prepare_cached("SELECT idx FROM recipients WHERE delivery = ?1 AND state = 'waiting'")?
            .query_map([delivery.0], |r| r.get::<_, i64>(0))?
            .collect::<Result<Vec<_>, _>>()?;
        let why = Reason::new(Status(5, 7, 0), "it was cancelled before it was delivered");
        let wish = match by {
            Canceller::Operator => FAILURE,
            Canceller::Writer | Canceller::Asked => 0,
        };
        for index in waiting {
            let index = usize::try_from(index).unwrap_or(usize::MAX);
            end(c, *delivery, index, "cancelled", Some(&why), wish, &sender)?;
        }
        close(c, *delivery)?;
    }
    forget_submission(c, id.0)?;
    // Whoever takes a letter back need not hear which ways it would have taken.
    c.execute(
        "UPDATE messages SET ways = 0 WHERE id = ?1 AND ways <> 0",
        [id.0],
    )?;
    let gone = finish(c, id.0)?.unwrap_or_default();
    Ok(Some((open, gone)))
}

/// Open deliveries to one destination go to another.
pub(super) fn reroute(c: &Connection, from: &Destination, to: &Destination) -> Result<(), Error> {
    c.execute(
        "UPDATE deliveries SET kind = ?3, target = ?4, due_ms = 0 WHERE kind = ?1 AND target = ?2 AND open = 1",
        (from.kind(), from.target(), to.kind(), to.target()),
    )?;
    Ok(())
}

/// A held message goes; `false` when it is not held (any more).
pub(super) fn let_go(c: &Connection, id: QueueId) -> Result<bool, Error> {
    let gone = c.execute(
        "UPDATE deliveries SET open = 1, due_ms = 0 WHERE message = ?1 AND open = 2",
        [id.0],
    )?;
    Ok(gone > 0)
}

const RETRY_ALL: &str = "UPDATE deliveries SET due_ms = 0 WHERE open = 1 AND due_ms <> 0";
const RETRY_MESSAGE: &str =
    "UPDATE deliveries SET due_ms = 0 WHERE message = ?1 AND open = 1 AND due_ms <> 0";
const RETRY_PEER: &str = "UPDATE deliveries SET due_ms = 0
    WHERE kind IN ('tox', 'chat') AND target = ?1 AND open = 1 AND due_ms <> 0";

/// Makes deliveries due now; returns how many there are.
pub(super) fn retry(c: &Connection, id: Option<QueueId>) -> Result<usize, Error> {
    let count: i64 = match id {
        None => {
            c.execute(RETRY_ALL, [])?;
            let count = "SELECT count(*) FROM deliveries WHERE open = 1";
            c.query_row(count, [], |r| r.get(0))?
        }
        Some(id) => {
            c.execute(RETRY_MESSAGE, [id.0])?;
            let count = "SELECT count(*) FROM deliveries WHERE message = ?1 AND open = 1";
            c.query_row(count, [id.0], |r| r.get(0))?
        }
    };
    Ok(usize::try_from(count).unwrap_or(0))
}

/// Makes deliveries to this peer due now, by whichever of its ways.
pub(super) fn retry_for(c: &Connection, peer: &PeerKey) -> Result<(), Error> {
    c.execute(RETRY_PEER, [peer.as_bytes()])?;
    Ok(())
}

/// Gives up deliveries that are older than `edges` say, but for those that are `spared`; returns whom, oldest first, and the files that
/// may go.
pub(super) fn expire(
    c: &Connection,
    edges: &[(i64, i64)],
    spared: &HashSet<DeliveryId>,
    after: &str,
    limit: usize,
) -> Result<(Vec<DeliveryId>, Gone), Error> {
    let mut expired = Vec::new();
    let mut gone = Vec::new();
    for (boot, edge) in edges {
        let room = limit.saturating_sub(expired.len()) + spared.len();
        let old = super::waiting::older(c, *boot, *edge, room)?;
        for (delivery, message, sender) in old {
            if spared.contains(&delivery) {
                continue;
            }
            let waiting = c
                .prepare_cached(
                    "SELECT idx, status, reason FROM recipients WHERE delivery = ?1 AND state = 'waiting'",
                )?
                .query_map([delivery.0], |r| {
                    let status: Option<String> = r.get(1)?;
                    Ok((r.get::<_, i64>(0)?, reason(status.as_deref(), r.get(2)?)))
                })?
                .collect::<Result<Vec<_>, _>>()?;
            for (index, last) in waiting {
                // What kept it back tells the writer more than that its time is over.
                let why = match last {
                    Some(last) => {
                        let text = last.text;
                        let text =
                            format!("not delivered within {after}; the last attempt: {text}");
                        Reason::new(last.status, text)
                    }
                    None => {
                        let text = format!(
                            "not delivered within {after}; the other home was not there to take it"
                        );
                        Reason::new(Status(4, 4, 7), text)
                    }
                };
                let index = usize::try_from(index).unwrap_or(usize::MAX);
                end(c, delivery, index, "failed", Some(&why), FAILURE, &sender)?;
            }
            close(c, delivery)?;
            forget_submission(c, message)?;
            gone.extend(finish(c, message)?.unwrap_or_default());
            expired.push(delivery);
        }
    }
    Ok((expired, gone))
}

/// Forgets submissions that can no longer be repeated.
pub(super) fn forget_old_submissions(c: &Connection, edges: &[(i64, i64)]) -> Result<(), Error> {
    for edge in edges {
        c.prepare_cached("DELETE FROM submissions WHERE boot = ?1 AND made_ms <= ?2")?
            .execute(*edge)?;
    }
    Ok(())
}

/// After a reboot the times of the old boot mean nothing: everything is due.
pub(super) fn begin_boot(c: &Connection, boot: i64) -> Result<(), Error> {
    let known: Option<String> = c
        .query_row(
            "SELECT value FROM settings WHERE key = 'queue.boot'",
            [],
            |r| r.get(0),
        )
        .optional()?;
    let boot = boot.to_string();
    if known.as_deref() != Some(&boot) {
        c.execute("UPDATE deliveries SET due_ms = 0 WHERE due_ms <> 0", [])?;
        c.execute(
            "INSERT INTO settings (key, value) VALUES ('queue.boot', ?1) ON CONFLICT DO UPDATE SET value = ?1",
            [boot],
        )?;
    }
    Ok(())
}

/// The first encoded form of a message stays; returns whether it is this one.
pub(super) fn keep_encoded(
    c: &Connection,
    message: QueueId,
    file: &str,
    size: u64,
    facts: &EncodedFacts,
) -> Result<bool, Error> {
    let kept = c
        .prepare_cached(
            "INSERT INTO encoded (message, file, size, content_size, digest, compressed)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE EXISTS (SELECT 1 FROM messages WHERE id = ?1)
             ON CONFLICT (message) DO NOTHING",
        )?
        .execute(params![
            message.0,
            file,
            number(size),
            number(facts.content_size),
            facts.digest,
            facts.compressed
        ])?;
    Ok(kept == 1)
}

/// The encoded form turned out to be missing or cut short.
pub(super) fn drop_encoded(c: &Connection, message: QueueId, file: &str) -> Result<(), Error> {
    c.prepare_cached("DELETE FROM encoded WHERE message = ?1 AND file = ?2")?
        .execute((message.0, file))?;
    Ok(())
}

/// The bytes of these messages lie in their files now.
pub(super) fn drop_bytes(c: &Connection, messages: &[QueueId]) -> Result<(), Error> {
    let mut drop = c.prepare_cached("DELETE FROM small_messages WHERE message = ?1")?;
    for message in messages {
        drop.execute([message.0])?;
    }
    Ok(())
}

pub(super) fn number(size: u64) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    /// Whoever asks for one of them must not look at all: with 100,000 that wait, a start would take hours.
    #[test]
    fn one_letter_or_one_peer_is_found_by_an_index() {
        let dir = tempfile::tempdir().unwrap();
        let database = crate::database::Database::open(&dir.path().join("db")).unwrap();
        for statement in [RETRY_MESSAGE, RETRY_PEER] {
            let plan = database.read(|c| -> Result<Vec<String>, Error> {
                let mut plan = c.prepare(&format!("EXPLAIN QUERY PLAN {statement}"))?;
                let steps = plan.query_map([0], |r| r.get(3))?;
                Ok(steps.collect::<Result<_, _>>()?)
            });
            for step in plan.unwrap() {
                assert!(
                    step.starts_with("SEARCH deliveries USING"),
                    "{statement}: {step}"
                );
            }
        }
    }
}
