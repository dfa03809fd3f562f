//! Verdicts that a writer must hear of become notices: letters from this home to its member, to somebody of the mail server
//! that the family has already, or to somebody in another home whose letter was taken here for that server.
//!
//! The notice and the mark "told" are one transaction, so a power cut between them can neither lose the notice nor send it
//! twice. There is never a notice about a notice: its sender is the null one, and the queue owes that one nothing.
//!
//! A notice waits as long as its reader's mailbox is full. Where many wait already ([`Queue::has_many_words`](crate::queue::Queue::has_many_words))
//! nobody hears again that a letter waits, nothing is written that is no debt ([`ways::send`]), and the desk takes no more letters of
//! that member: so what waits has an end, and what became of a letter that was taken is told in any case.

use std::io::{BufReader, Cursor, Read, Write};

use super::mailbox::Mailbox;
use super::{Post, gateway, ways};
use crate::contacts::{self, Kind, Standing, Who};
use crate::journal;
use crate::mail::address::{self, MemberName, PeerKey};
use crate::notices::{self, Language, Notice, Original, Person, Report};
use crate::queue::{
    self, Destination, Fate, GiveUp, Outcome, Plan, Submission, Submitted, Told, Untold,
};

/// Writes the notices that are due. Returns whether there may be more (the queue tells a page at a time).
///
/// # Errors
/// Those of the queue; what was not told stays owed.
pub fn tell(post: &Post) -> Result<bool, queue::Error> {
    let untold = post.queue.untold()?;
    notify_all(post, &untold)?;
    let ways = ways::tell(post)?;
    Ok(!untold.is_empty() || ways)
}

/// Gives up what is too old (`None`: nothing), and tells writers what still waits. `expired` gets the deliveries that were given up, also
/// before an error.
///
/// # Errors
/// Those of the queue.
pub fn look_for_overdue(
    post: &Post,
    give_up: Option<GiveUp<'_>>,
    expired: &mut Vec<queue::DeliveryId>,
) -> Result<(), queue::Error> {
    let settings = post.settings();
    loop {
        let overdue =
            post.queue
                .overdue(settings.delay_notice_after, settings.expire_after, give_up)?;
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
    let writer = match writer(post, untold)? {
        Some(writer) => writer,
        None => return post.queue.tell_nobody(&told),
    };
    if let Some(member) = writer.member()
        && kind(untold) == "delay"
        && post.queue.has_many_words(member)?
    {
        // They hear of its end.
        return post.queue.tell_nobody(&told);
    }
    let original = match post.queue.open_message(untold.message) {
        Ok(file) => original(post, &writer, file, untold).unwrap_or_else(|e| {
            journal::disk_trouble("reading a letter for its notice", &e);
            Original::nothing()
        }),
        Err(e) => {
            journal::queue_trouble(&e);
            Original::nothing()
        }
    };
    let member = writer.member();
    let language = member.and_then(|member| post.members.language(member).ok().flatten());
    let settings = post.settings();
    let mut notice = notices::report(&Report {
        untold,
        hostname: &post.hostname,
        language: Language::from_code(language.as_deref().unwrap_or(&settings.language)),
        home: match &writer {
            Writer::Peer(..) => Some(&settings.home_name),
            Writer::Here(_) | Writer::Gateway(_) => None,
        },
        now: post.clock.now().wall,
        expire_after: settings.expire_after,
        who: &|fate| person(post, fate, member),
        original,
    })
    .map_err(queue::Error::Io)?;
    let name = writer.to_string();
    let (destination, there) = match writer {
        Writer::Here(member) => (Destination::Local, member.into()),
        Writer::Gateway(there) => {
            notice.bytes = gateway::notice(post, notice.bytes)?;
            (Destination::Gateway, there)
        }
        Writer::Peer(key, there) => (Destination::Tox(key), there),
    };
    hand_in(post, notice, destination, there, told)?;
    journal::notified(&name, kind(untold), &untold.message);
    Ok(())
}

/// A notice goes into the queue, with what it settles. What became of it.
pub(super) fn hand_in(
    post: &Post,
    notice: Notice,
    destination: Destination,
    there: String,
    settles: Vec<Told>,
) -> Result<Submitted, queue::Error> {
    let mut draft = post.queue.draft(Some(notice.bytes.len() as u64))?;
    draft.write_all(&notice.bytes)?;
    post.queue.submit(
        draft,
        Submission {
            member: None,
            envelope: notice.envelope,
            message_id: Some(notice.message_id),
            plans: vec![Plan {
                recipient: 0,
                destination,
                there,
            }],
            settles,
            ..Submission::default()
        },
    )
}

/// What of the message goes with the notice. In another home nobody hears what people are called here.
fn original(
    post: &Post,
    writer: &Writer,
    mut file: queue::Content,
    untold: &Untold,
) -> std::io::Result<Original> {
    if !matches!(writer, Writer::Peer(..)) {
        return Original::read(&mut file, untold);
    }
    let mut body = BufReader::new(file);
    let head = gateway::for_its_writer(post, &mut body)?;
    Original::read(&mut Cursor::new(head).chain(body), untold)
}

/// Who is told.
#[derive(Debug)]
pub(super) enum Writer {
    /// A member with a mailbox here.
    Here(MemberName),
    /// Somebody of the mail server that the family has already: the local part there.
    Gateway(String),
    /// Somebody in another home, whose letter was taken here for the mail server, and the local part there.
    Peer(PeerKey, String),
}

impl Writer {
    fn member(&self) -> Option<&MemberName> {
        match self {
            Writer::Here(member) => Some(member),
            Writer::Gateway(_) | Writer::Peer(..) => None,
        }
    }
}

impl std::fmt::Display for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Writer::Here(member) => member.fmt(f),
            Writer::Gateway(there) => write!(f, "{there} at the gateway"),
            Writer::Peer(key, there) => {
                let local = Some(there.as_str()).filter(|there| !there.is_empty());
                f.write_str(&address::canonical(local, key))
            }
        }
    }
}

/// Who wrote the message, if they can still be told.
pub(super) fn writer(post: &Post, untold: &Untold) -> Result<Option<Writer>, queue::Error> {
    let sender = untold.envelope.sender.as_str();
    if !notices::wanted(sender) {
        return Ok(None);
    }
    // Still owed: whoever asks again at once would ask for ever.
    let of_members = |e| match e {
        crate::members::Error::Database(e) => queue::Error::from(e),
        e => queue::Error::Io(std::io::Error::other(e)),
    };
    let of_contacts = |e| match e {
        contacts::Error::Database(e) => queue::Error::from(e),
        e => queue::Error::Io(std::io::Error::other(e)),
    };
    if let Some(member) = &untold.member
        && post.members.exists(member).map_err(of_members)?
    {
        return Ok(Some(Writer::Here(member.clone())));
    }
    let Ok(who) = post.contacts.resolve(sender, None).map_err(of_contacts)? else {
        return Ok(None);
    };
    let at_gateway = post.gateway().is_some_and(|gateway| gateway.has(sender));
    Ok(match (&untold.member, who) {
        (Some(_), who) if at_gateway => match post.mailbox_of(&who).map_err(of_members)? {
            Some(Mailbox::Gateway(there)) => Some(Writer::Gateway(there)),
            // Somebody else: the writer does not live here any more.
            Some(Mailbox::Here(_)) | None => None,
        },
        (None, Who::Peer { key, local }) => {
            let who = Who::Peer { key, local: None };
            let standing = post.contacts.standing(&who).map_err(of_contacts)?;
            matches!(standing, Standing::Known(Kind::Home | Kind::Unknown))
                .then(|| Writer::Peer(key, local.unwrap_or_default()))
        }
        _ => None,
    })
}

/// What the home calls a recipient in another home.
pub(super) fn name_there(
    post: &Post,
    destination: &Destination,
    there: &str,
    reader: Option<&MemberName>,
) -> Option<String> {
    let key = destination.peer()?;
    let local = Some(there).filter(|there| !there.is_empty());
    post.contacts.name_of(&key, local, reader).ok()
}

pub(super) fn person(post: &Post, fate: &Fate, writer: Option<&MemberName>) -> Person {
    let Some(key) = &fate.destination.peer() else {
        return Person::default();
    };
    Person {
        name: name_there(post, &fate.destination, &fate.there, writer),
        last_seen: post
            .contacts
            .peer(key)
            .ok()
            .flatten()
            .and_then(|peer| peer.last_seen),
        awaits_direct: post.direct.awaits(key),
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
