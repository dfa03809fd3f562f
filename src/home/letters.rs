//! The queue, for the operator: what waits, why, and what to do about it.

use std::collections::{HashMap, HashSet};
use std::io::BufReader;

use serde_json::{Value, json};

use super::operator::Running;
use super::people::value;
use crate::cause::Cause;
use crate::clock::Stamp;
use crate::control::protocol::{HeldWord, QueueFilter};
use crate::control::{Failure, answer};
use crate::delivery::clerk;
use crate::delivery::outbound::{Progress, Unit};
use crate::journal;
use crate::mail::address::{MemberName, PeerKey};
use crate::mail::header::HeaderSection;
use crate::notices;
use crate::questions::{About, Questions, Word};
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
pub(super) fn list(home: &Running, filter: &QueueFilter) -> Result<Value, Failure> {
    let mut layout = Layout::new(home, filter);
    let queue = &home.post.queue;
    let member = filter.member.as_ref();
    let mut list = Vec::new();
    if filter.moving {
        let moving: Vec<DeliveryId> = layout.progress.keys().copied().collect();
        for entry in queue.list_with(&moving)? {
            let theirs = member.is_none_or(|member| entry.member.as_ref() == Some(member));
            let behind = filter
                .behind
                .is_none_or(|behind| entry.id.number() > behind);
            if theirs && behind && filter.limit.is_none_or(|limit| list.len() < limit) {
                list.push(layout.queued(entry));
            }
        }
        return value(&list);
    }
    let mut behind = filter.behind.map(number).transpose()?;
    loop {
        let left = filter
            .limit
            .map_or(PAGE, |limit| limit.saturating_sub(list.len()));
        let page = queue.list_of(member, behind, left.min(PAGE))?;
        let Some(last) = page.last() else {
            return value(&list);
        };
        behind = Some(last.id);
        list.extend(page.into_iter().map(|entry| layout.queued(entry)));
    }
}

/// `queue count`
pub(super) fn count(home: &Running, member: Option<&MemberName>) -> Result<Value, Failure> {
    let queue = &home.post.queue;
    let counts = match member {
        Some(member) => queue.counts_of(member)?,
        None => queue.counts()?,
    };
    let moving: Vec<DeliveryId> = home.outbound.progress().into_keys().collect();
    let moving = match member {
        None => moving.len(),
        Some(member) => {
            let letters = queue.list_with(&moving)?.into_iter();
            let theirs = letters.filter(|entry| entry.member.as_ref() == Some(member));
            let recipients = theirs.flat_map(|entry| entry.recipients);
            let deliveries: HashSet<DeliveryId> = recipients.map(|r| r.delivery).collect();
            moving.iter().filter(|id| deliveries.contains(id)).count()
        }
    };
    value(&answer::QueueCount {
        letters: counts.messages,
        bytes: counts.bytes,
        deliveries: counts.deliveries,
        on_their_way: moving as u64,
    })
}

/// `queue show`
pub(super) fn show(home: &Running, id: i64) -> Result<Value, Failure> {
    let entry = home.post.queue.show(number(id)?)?;
    value(&Layout::new(home, &QueueFilter::default()).queued(entry))
}

/// `queue retry`: what waits by itself is due at once; a home that is not there is still waited for.
pub(super) fn retry(home: &Running, id: Option<i64>) -> Result<Value, Failure> {
    let queue = &home.post.queue;
    let progress = home.outbound.progress();
    let mut resting = Vec::new();
    let mut look = |entry: &Entry| {
        let waiting = entry.recipients.iter().filter(|r| r.state == "waiting");
        let deliveries = waiting.map(|r| r.delivery);
        resting.extend(deliveries.filter(|d| !progress.contains_key(d)));
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
                )
                .because(Cause::LetterHeld));
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
    let queue = &home.post.queue;
    queue.show(id)?;
    let mut held = queue.held()?.into_iter();
    let Some(held) = held.find(|held| held.message == id) else {
        return Err(Failure::new(
            format!("message {id} is not held"),
            "`toxmaild queue show` tells what it waits for",
        ));
    };
    clerk::let_go::<Failure>(&home.post, &held)?;
    Ok(json!({ "id": id }))
}

/// `queue answer`: as their answer to the mail that asks.
pub(super) fn answer(
    home: &Running,
    id: i64,
    member: &MemberName,
    word: HeldWord,
) -> Result<Value, Failure> {
    let id = number(id)?;
    let queue = &home.post.queue;
    let mut held = queue.held()?.into_iter();
    let Some(held) = held.find(|held| held.message == id && held.member.as_ref() == Some(member))
    else {
        return Err(Failure::new(
            format!("message {id} does not wait for an answer of {member}"),
            "`toxmaild queue show` tells what it waits for",
        )
        .because(Cause::LetterGone));
    };
    let word = match word {
        HeldWord::Send => {
            clerk::let_go::<Failure>(&home.post, &held)?;
            Word::Send
        }
        HeldWord::Stop => {
            queue.cancel(id, Canceller::Asked)?;
            Word::No
        }
    };
    let about = About::Letter(id.number());
    journal::answered(member, about.as_str(), word.as_str());
    // It is done. What the row would have told is only that.
    let questions = Questions::open(home.database.clone(), home.post.clock.clone());
    if let Err(e) = questions.answered_elsewhere(&about, member, word) {
        journal::trouble("questions", &e);
    }
    Ok(json!({ "id": id }))
}

/// `queue cancel`
pub(super) fn cancel(
    home: &Running,
    id: i64,
    writer: Option<&MemberName>,
) -> Result<Value, Failure> {
    let id = number(id)?;
    let by = match writer {
        None => Canceller::Operator,
        Some(writer) => {
            if home.post.queue.show(id)?.member.as_ref() != Some(writer) {
                return Err(nobody_waits(id));
            }
            Canceller::Writer
        }
    };
    let open = home.post.queue.cancel(id, by)?;
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
    queue.retry_for(key)?;
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
    .because(Cause::LetterGone)
}

/// Lays letters out for an answer; what several of them need is looked up once.
struct Layout<'a> {
    home: &'a Running,
    /// Who reads it: what people are called depends on that.
    reader: Option<MemberName>,
    subjects: bool,
    progress: HashMap<DeliveryId, Progress>,
    names: HashMap<(PeerKey, String), String>,
    now: Stamp,
}

impl<'a> Layout<'a> {
    fn new(home: &'a Running, filter: &QueueFilter) -> Self {
        Self {
            home,
            reader: filter.member.clone(),
            // A subject is its writer's.
            subjects: filter.subjects && filter.member.is_some(),
            progress: home.outbound.progress(),
            names: HashMap::new(),
            now: home.post.clock.now(),
        }
    }

    fn queued(&mut self, entry: Entry) -> answer::Queued {
        let subject = match self.subjects {
            true => subject(&self.home.post.queue, entry.id),
            false => None,
        };
        let recipients = entry.recipients.into_iter();
        answer::Queued {
            id: entry.id.number(),
            member: entry.member.map(|member| member.to_string()),
            sender: entry.sender,
            subject,
            bytes: entry.size,
            accepted: entry.arrived,
            recipients: recipients.map(|r| self.recipient(r)).collect(),
        }
    }

    fn recipient(&mut self, recipient: EntryRecipient) -> answer::QueuedRecipient {
        let progress = match recipient.state.as_str() {
            "waiting" => self.progress.get(&recipient.delivery).copied(),
            _ => None,
        };
        let name = recipient
            .destination
            .peer()
            .and_then(|key| self.name(key, &recipient.there));
        let (state, why) = match (recipient.state.as_str(), progress) {
            ("waiting", Some(progress)) => {
                let share = progress
                    .sent
                    .saturating_mul(100)
                    .checked_div(progress.total);
                let why = share.map(|percent| format!("{} % sent", percent.min(100)));
                ("on its way", why)
            }
            ("waiting", None) => (
                "waiting",
                no_direct_way(self.home, &recipient).or(recipient.reason),
            ),
            ("held", _) => (
                "held",
                Some("its writer is asked by mail whether it should go".to_owned()),
            ),
            ("delivered", _) => ("delivered", None),
            ("cancelled", _) => ("failed", Some("it was cancelled".to_owned())),
            _ => ("failed", recipient.reason),
        };
        answer::QueuedRecipient {
            next_try: (state == "waiting")
                .then(|| self.next_try(&recipient.destination, recipient.due_ms))
                .flatten(),
            address: recipient.address,
            name,
            route: recipient.destination.kind().to_owned(),
            state: state.to_owned(),
            attempts: recipient.attempts,
            why,
            progress: progress.map(|progress| self.told(&progress)),
        }
    }

    fn told(&self, progress: &Progress) -> answer::Progress {
        answer::Progress {
            unit: match progress.unit {
                Unit::Bytes => "bytes",
                Unit::Parts => "parts",
            }
            .to_owned(),
            sent: progress.sent,
            total: progress.total,
            bytes_per_second: progress.per_second,
            seconds_left: progress.seconds_left,
            since: progress.lasts.map(|lasts| {
                let lasts = i64::try_from(lasts.as_secs()).unwrap_or(i64::MAX);
                self.now.wall.saturating_sub(lasts)
            }),
        }
    }

    /// What people here call them.
    fn name(&mut self, key: PeerKey, there: &str) -> Option<String> {
        if let Some(name) = self.names.get(&(key, there.to_owned())) {
            return Some(name.clone());
        }
        let local = Some(there).filter(|there| !there.is_empty());
        let contacts = &self.home.post.contacts;
        let name = contacts.name_of(&key, local, self.reader.as_ref()).ok()?;
        self.names.insert((key, there.to_owned()), name.clone());
        Some(name)
    }

    fn next_try(&self, destination: &Destination, due_ms: i64) -> Option<i64> {
        if let Some(key) = destination.peer()
            && !self.home.outbound.is_ready(&key)
        {
            return None;
        }
        let wait = due_ms.saturating_sub(self.now.ms).max(0);
        Some(self.now.wall.saturating_add(wait.div_euclid(1000)))
    }
}

/// A letter's subject; `None` where it has none, or its file cannot be read.
fn subject(queue: &Queue, id: QueueId) -> Option<String> {
    let file = queue.open_message(id).ok()?;
    let header = HeaderSection::read(&mut BufReader::new(file)).ok()?.ok()?;
    notices::subject(header.bytes())
}

/// Why a letter waits although Tox sees the home it is for.
fn no_direct_way(home: &Running, recipient: &EntryRecipient) -> Option<String> {
    let key = recipient.destination.peer()?;
    if !home.post.direct.awaits(&key) {
        return None;
    }
    let name = home.post.contacts.name_of(&key, None, None).ok();
    let box_of = name.map_or_else(
        || "their box".to_owned(),
        |name| format!("the box of {name}"),
    );
    Some(format!(
        "waiting for a direct connection to {box_of}: only a relay leads there now, and this contact is set to \"direct only\""
    ))
}
