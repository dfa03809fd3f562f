//! The queue, for the operator: what waits, why, and what to do about it.

use std::collections::HashMap;

use rusqlite::Connection;
use serde_json::{Value, json};

use super::operator::Running;
use super::people::value;
use crate::control::{Failure, answer};
use crate::database;
use crate::journal;
use crate::mail::address::PeerKey;
use crate::queue::{Canceller, DeliveryId, Destination, Entry, EntryRecipient, Queue, QueueId};

/// Messages read in one go: bounds how long other readers wait for the disk.
const PAGE: usize = 200;

/// Shows every message to `visit`, oldest first.
pub(super) fn each(
    queue: &Queue,
    mut visit: impl FnMut(Entry) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut after = None;
    loop {
        let page = queue.list(after, PAGE)?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        after = Some(last.id);
        for entry in page {
            visit(entry)?;
        }
    }
}

/// `queue list`
pub(super) fn list(home: &Running) -> Result<Value, Failure> {
    let mut list = Vec::new();
    each(&home.post.queue, |entry| {
        list.push(queued(home, entry)?);
        Ok(())
    })?;
    value(&list)
}

/// `queue show`
pub(super) fn show(home: &Running, id: i64) -> Result<Value, Failure> {
    let entry = home.post.queue.show(number(id)?)?;
    value(&queued(home, entry)?)
}

/// `queue retry`: what waits by itself is due at once; a home that is not there is still waited for.
pub(super) fn retry(home: &Running, id: Option<i64>) -> Result<Value, Failure> {
    let queue = &home.post.queue;
    let mut resting = Vec::new();
    let mut look = |entry: &Entry| {
        let waiting = entry.recipients.iter().filter(|r| r.state == "waiting");
        let deliveries = waiting.map(|r| r.delivery);
        resting.extend(deliveries.filter(|d| home.outbound.progress(*d).is_none()));
    };
    let id = match id {
        None => {
            each(queue, |entry| {
                look(&entry);
                Ok(())
            })?;
            None
        }
        Some(id) => {
            let id = number(id)?;
            let entry = queue.show(id)?;
            look(&entry);
            if entry.recipients.iter().any(|r| r.state == "held") {
                return Err(Failure::new(
                    format!(
                        "message {id} is held: its writer is asked by mail whether it should go"
                    ),
                    "they answer that mail; or `toxmaild queue release` lets it go, and `toxmaild queue cancel` takes it back",
                ));
            }
            Some(id)
        }
    };
    let count = queue.retry(id)?;
    if let (Some(id), 0) = (id, count) {
        return Err(nobody_waits(id));
    }
    // The agent forgets that the other home has dropped these, and looks at the queue.
    home.outbound.withdraw(&resting);
    Ok(json!({ "deliveries": count }))
}

/// `queue release`: what is held goes, on the operator's word in place of its writer's.
pub(super) fn release(home: &Running, id: i64) -> Result<Value, Failure> {
    let id = number(id)?;
    home.post.queue.show(id)?;
    if !home.post.queue.let_go(id)? {
        return Err(Failure::new(
            format!("message {id} is not held"),
            "`toxmaild queue show` tells what it waits for",
        ));
    }
    Ok(json!({ "id": id }))
}

/// `queue cancel`
pub(super) fn cancel(home: &Running, id: i64) -> Result<Value, Failure> {
    let id = number(id)?;
    let open = home.post.queue.cancel(id, Canceller::Operator)?;
    if open.is_empty() {
        return Err(nobody_waits(id));
    }
    home.outbound.withdraw(&open);
    journal::cancelled(&id);
    Ok(json!({ "id": id }))
}

/// What waits for a home that is a contact no more goes back to its writers.
pub(super) fn abandon(home: &Running, key: &PeerKey) -> Result<(), Failure> {
    let queue = &home.post.queue;
    if !queue.peers_waiting()?.contains(key) {
        return Ok(());
    }
    // The agent ends what is due; a letter that rests after an attempt is not, so it is made due first.
    let mut theirs = Vec::new();
    each(queue, |entry| {
        let waits = |r: &EntryRecipient| r.destination.peer() == Some(*key) && r.state == "waiting";
        if entry.recipients.iter().any(waits) {
            theirs.push(entry.id);
        }
        Ok(())
    })?;
    for id in theirs {
        queue.retry(Some(id))?;
    }
    Ok(home.outbound.abandon(key)?)
}

fn number(id: i64) -> Result<QueueId, Failure> {
    id.to_string()
        .parse()
        .map_err(|_| Failure::from(crate::queue::Error::Unknown))
}

fn nobody_waits(id: QueueId) -> Failure {
    Failure::new(
        format!("nobody waits for message {id} any more"),
        "its writer is being told; then it leaves the queue by itself",
    )
}

fn queued(home: &Running, entry: Entry) -> Result<answer::Queued, Failure> {
    let due = home.database.read(|c| due(c, entry.id))?;
    let recipients = entry.recipients.into_iter();
    Ok(answer::Queued {
        id: entry.id.number(),
        sender: entry.sender,
        bytes: entry.size,
        accepted: entry.arrived,
        recipients: recipients.map(|r| recipient(home, r, &due)).collect(),
    })
}

/// When each open delivery of a message is due, in milliseconds of this boot.
fn due(c: &Connection, id: QueueId) -> Result<HashMap<i64, i64>, database::Error> {
    let mut statement =
        c.prepare_cached("SELECT id, due_ms FROM deliveries WHERE message = ?1 AND open = 1")?;
    let rows = statement.query_map([id.number()], |r| Ok((r.get(0)?, r.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn recipient(
    home: &Running,
    recipient: EntryRecipient,
    due: &HashMap<i64, i64>,
) -> answer::QueuedRecipient {
    let progress = match recipient.state.as_str() {
        "waiting" => home.outbound.progress(recipient.delivery),
        _ => None,
    };
    let (state, why) = match (recipient.state.as_str(), progress) {
        ("waiting", Some(progress)) => {
            let share = progress
                .sent
                .saturating_mul(100)
                .checked_div(progress.total);
            let why = share.map(|percent| format!("{} % sent", percent.min(100)));
            ("on its way", why)
        }
        ("waiting", None) => ("waiting", recipient.reason),
        ("held", _) => (
            "held",
            Some("its writer is asked by mail whether it should go".to_owned()),
        ),
        ("delivered", _) => ("delivered", None),
        ("cancelled", _) => ("failed", Some("it was cancelled".to_owned())),
        _ => ("failed", recipient.reason),
    };
    answer::QueuedRecipient {
        address: recipient.address,
        route: recipient.destination.kind().to_owned(),
        state: state.to_owned(),
        attempts: recipient.attempts,
        next_try: (state == "waiting")
            .then(|| next_try(home, &recipient.destination, recipient.delivery, due))
            .flatten(),
        why,
    }
}

fn next_try(
    home: &Running,
    destination: &Destination,
    delivery: DeliveryId,
    due: &HashMap<i64, i64>,
) -> Option<i64> {
    if let Some(key) = destination.peer()
        && !home.outbound.is_ready(&key)
    {
        return None;
    }
    let now = home.post.clock.now();
    let wait = due.get(&delivery.number())?.saturating_sub(now.ms).max(0);
    Some(now.wall.saturating_add(wait.div_euclid(1000)))
}
