//! Verdicts that a writer must hear of become notices: letters from this home to its member.
//!
//! The notice and the mark "told" are one transaction, so a power cut between them can neither lose the notice nor send it
//! twice. There is never a notice about a notice: its sender is the null one, and the queue owes that one nothing.

use std::io::Write;

use super::Post;
use crate::journal;
use crate::mail::address::MemberName;
use crate::notices::{self, Language, Original, Person, Report};
use crate::queue::{self, Destination, Fate, Outcome, Plan, Submission, Told, Untold};

/// Writes the notices that are due. Returns whether there may be more (the queue tells a page at a time).
///
/// # Errors
/// Those of the queue; what was not told stays owed.
pub fn tell(post: &Post) -> Result<bool, queue::Error> {
    let untold = post.queue.untold()?;
    notify_all(post, &untold)?;
    Ok(!untold.is_empty())
}

/// Gives up what is too old and tells writers what still waits. `expired` gets the deliveries that were given up, also
/// before an error.
///
/// # Errors
/// Those of the queue.
pub fn look_for_overdue(
    post: &Post,
    expired: &mut Vec<queue::DeliveryId>,
) -> Result<(), queue::Error> {
    let settings = post.settings();
    loop {
        let overdue = post
            .queue
            .overdue(settings.delay_notice_after, settings.expire_after)?;
        if overdue.delayed.is_empty() && overdue.expired.is_empty() {
            return Ok(());
        }
        expired.extend(overdue.expired);
        notify_all(post, &overdue.delayed)?;
    }
}

/// Tells everybody: one who cannot be told keeps no other from hearing.
fn notify_all(post: &Post, all: &[Untold]) -> Result<(), queue::Error> {
    let mut outcome = Ok(());
    for one in all {
        outcome = outcome.and(notify(post, one));
    }
    outcome
}

/// Tells one writer about one message.
fn notify(post: &Post, untold: &Untold) -> Result<(), queue::Error> {
    let told: Vec<Told> = untold.fates.iter().map(|f| f.told).collect();
    let writer = match writer(post, untold) {
        Ok(Some(writer)) => writer,
        Ok(None) => return post.queue.tell_nobody(&told),
        // Still owed: whoever asks again at once would ask for ever.
        Err(crate::members::Error::Database(e)) => return Err(e.into()),
        Err(e) => return Err(queue::Error::Io(std::io::Error::other(e))),
    };
    let original = match post.queue.open_message(untold.message) {
        Ok(mut file) => Original::read(&mut file, untold).unwrap_or_else(|e| {
            journal::disk_trouble("reading a letter for its notice", &e);
            Original::nothing()
        }),
        Err(e) => {
            journal::queue_trouble(&e);
            Original::nothing()
        }
    };
    let language = post.members.language(&writer).ok().flatten();
    let settings = post.settings();
    let notice = notices::report(&Report {
        untold,
        hostname: &post.hostname,
        language: Language::from_code(language.as_deref().unwrap_or(&settings.language)),
        now: post.clock.now().wall,
        expire_after: settings.expire_after,
        who: &|fate| person(post, fate, &writer),
        original,
    })
    .map_err(queue::Error::Io)?;
    let mut draft = post.queue.draft(Some(notice.bytes.len() as u64))?;
    draft.write_all(&notice.bytes).map_err(queue::Error::Io)?;
    post.queue.submit(
        draft,
        Submission {
            member: None,
            envelope: notice.envelope,
            message_id: Some(notice.message_id),
            plans: vec![Plan {
                recipient: 0,
                destination: Destination::Local,
                there: writer.to_string(),
            }],
            fallbacks: Vec::new(),
            settles: told,
        },
    )?;
    journal::notified(&writer, kind(untold), &untold.message);
    Ok(())
}

/// The member who wrote the message, if they still live here.
fn writer(post: &Post, untold: &Untold) -> Result<Option<MemberName>, crate::members::Error> {
    match &untold.member {
        Some(member) if notices::wanted(&untold.envelope.sender) => {
            Ok(post.members.exists(member)?.then(|| member.clone()))
        }
        _ => Ok(None),
    }
}

fn person(post: &Post, fate: &Fate, writer: &MemberName) -> Person {
    let Destination::Peer(key) = &fate.destination else {
        return Person::default();
    };
    let local = Some(fate.there.as_str()).filter(|there| !there.is_empty());
    Person {
        name: post.contacts.name_of(key, local, Some(writer)).ok(),
        last_seen: post
            .contacts
            .peer(key)
            .ok()
            .flatten()
            .and_then(|peer| peer.last_seen),
    }
}

fn kind(untold: &Untold) -> &'static str {
    let any = |test: fn(&Outcome) -> bool| untold.fates.iter().any(|f| test(&f.outcome));
    if any(|o| matches!(o, Outcome::Failed(_) | Outcome::Cancelled)) {
        "failure"
    } else if any(|o| matches!(o, Outcome::FellBack)) {
        "fallback"
    } else if any(|o| matches!(o, Outcome::Delayed(_))) {
        "delay"
    } else {
        "success"
    }
}
