//! Letters that take more than one way: directly and privately to some, by ordinary mail to others.
//!
//! What becomes of such a letter is its writer's choice ([`Mixed`]). Whoever wants to be told hears it once, when the copies by
//! ordinary mail have ended: then they have left the home for good, and nothing is said that did not happen. The first
//! letter by ordinary mail brings the word that answers to it arrive elsewhere.

use std::io::Read;

use super::Post;
use super::report::{self, Writer};
use crate::journal;
use crate::mail::address::MemberName;
use crate::mail::header::MAX_SECTION;
use crate::mail::verdict::{Reason, Status};
use crate::members::{self, Mixed};
use crate::notices::{self, AnswerTo, Answers, Language, Mail, Occasion, State, Tale, Way};
use crate::providers::{self, fetch::Kind};
use crate::queue::{
    self, Destination, Fate, Outcome, Plan, QueueId, Start, Submitted, Told, Untold, Ways,
};

/// Whether some copies go in private and others by ordinary mail. What goes to the home itself goes nowhere.
pub fn is_mixed<'a>(destinations: impl IntoIterator<Item = &'a Destination>) -> bool {
    let (mut private, mut ordinary) = (false, false);
    for destination in destinations {
        match destination {
            Destination::Answer => {}
            way if way.is_ordinary() => ordinary = true,
            _ => private = true,
        }
    }
    private && ordinary
}

/// Whether a new letter goes at once, and what its writer hears of its ways.
///
/// # Errors
/// The inner one: its writer does not want such letters. The outer one: the rows cannot be read.
pub fn choose(
    post: &Post,
    member: &MemberName,
    plans: &[Plan],
) -> Result<Result<(Start, Ways), Reason>, members::Error> {
    if !plans.iter().any(|plan| plan.destination.is_ordinary()) {
        return Ok(Ok((Start::AtOnce, Ways::default())));
    }
    let choices = post.members.choices(member)?;
    let mixed = is_mixed(plans.iter().map(|plan| &plan.destination));
    let answers = !choices.knows_ordinary;
    let ways = |which| Ways { which, answers };
    Ok(match (mixed, choices.mixed) {
        (false, _) => Ok((Start::AtOnce, ways(false))),
        (true, Mixed::Tell) => Ok((Start::AtOnce, ways(true))),
        // Whoever was asked knows.
        (true, Mixed::Ask) => Ok((Start::Held, ways(false))),
        (true, Mixed::Refuse) => Err(Reason::new(
            Status(5, 7, 1),
            "a part of this letter would go by ordinary mail, which you do not want; write to those who are reached in private and to the others apart",
        )),
    })
}

/// Tells writers which ways their letters took. Returns whether there may be more.
///
/// # Errors
/// Those of the queue; what was not told stays owed.
pub fn tell(post: &Post) -> Result<bool, queue::Error> {
    let untold = post.queue.untold_ways()?;
    let mut outcome = Ok(());
    for (one, ways) in &untold {
        // One who cannot be told keeps no other from hearing.
        outcome = outcome.and(tell_one(post, one, *ways));
    }
    outcome?;
    Ok(!untold.is_empty())
}

fn tell_one(post: &Post, untold: &Untold, ways: Ways) -> Result<(), queue::Error> {
    let told: Vec<Told> = untold.fates.iter().map(|fate| fate.told).collect();
    let of_members = |e: members::Error| match e {
        members::Error::Database(e) => queue::Error::from(e),
        e => queue::Error::Io(std::io::Error::other(e)),
    };
    let Some(Writer::Here(writer)) = report::writer(post, untold)? else {
        return post.queue.tell_nobody(&told);
    };
    let choices = post.members.choices(&writer).map_err(of_members)?;
    // Nothing was learned by a letter that nobody got.
    let arrived =
        |fate: &Fate| fate.destination.is_ordinary() && matches!(fate.outcome, Outcome::Delivered);
    let answers = ways.answers && !choices.knows_ordinary && untold.fates.iter().any(arrived);
    let title = title(post, untold.message);
    let title = title.as_deref();
    let recipients: Vec<Way> = untold
        .fates
        .iter()
        .filter(|fate| fate.destination != Destination::Answer)
        .map(|fate| way(post, fate, &writer))
        .collect();
    let recipients = &recipients[..];
    // Told as it is now: somebody may have set it up since the letter was written.
    let place =
        answers_at(post, &writer).map_err(|e| queue::Error::Io(std::io::Error::other(e)))?;
    let tale = match (ways.which, answers) {
        (true, true) => Tale::WaysAndFirst {
            title,
            recipients,
            answers: place,
        },
        (true, false) => Tale::Ways { title, recipients },
        (false, true) => Tale::FirstOrdinary(title, place),
        (false, false) => return post.queue.tell_nobody(&told),
    };
    let occasion = Occasion::Letter(untold.message_id.as_deref());
    mail(post, &writer, AnswerTo::Postmaster, occasion, &tale, told)?;
    journal::notified(&writer, "ways", &untold.message);
    if answers {
        post.members
            .set_knows_ordinary(&writer)
            .map_err(of_members)?;
    }
    Ok(())
}

/// Where a member reads answers to what they write by ordinary mail: here, where the mailbox is fetched that belongs to the
/// account they write from, and it works.
fn answers_at(post: &Post, writer: &MemberName) -> Result<Answers, providers::Error> {
    let Some(fetch) = post.providers.fetch_of(writer)? else {
        return Ok(Answers::There);
    };
    let providers::Way::Open { account, address } = post.providers.way_of(writer)? else {
        return Ok(Answers::There);
    };
    let lends = fetch.login_of == Some(account);
    // A login of its own may be the same one; often it is the address.
    let is_login = |name: &str| name.eq_ignore_ascii_case(&fetch.username);
    let mut accounts = post.providers.list()?.into_iter();
    let same = lends
        || is_login(&address)
        || accounts.any(|a| a.id == account && a.username.as_deref().is_some_and(is_login));
    let works = fetch
        .trouble
        .is_none_or(|t| !t.told && !matches!(t.kind, Kind::Login | Kind::Account));
    Ok(if same && works {
        Answers::Here
    } else {
        Answers::There
    })
}

/// The subject of a letter in the queue.
pub fn title(post: &Post, message: QueueId) -> Option<String> {
    let file = post.queue.open_message(message).ok()?;
    let mut header = Vec::new();
    file.take(MAX_SECTION as u64)
        .read_to_end(&mut header)
        .ok()?;
    notices::subject(&header)
}

fn way(post: &Post, fate: &Fate, writer: &MemberName) -> Way {
    Way {
        who: who(
            &fate.recipient.address,
            report::person(post, fate, Some(writer)).name,
        ),
        ordinary: fate.destination.is_ordinary(),
        state: match fate.outcome {
            Outcome::Delivered => State::Plain,
            Outcome::Delayed(_) | Outcome::FellBack => State::Waits,
            Outcome::Failed(_) | Outcome::Cancelled => State::Failed,
        },
    }
}

/// Name and address.
pub fn who(address: &str, name: Option<String>) -> String {
    match name.filter(|name| !name.trim().is_empty() && name != address) {
        Some(name) => format!("{} ({address})", name.trim()),
        None => address.to_owned(),
    }
}

/// Puts a mail to a member into the queue, with what it settles.
///
/// # Errors
/// Those of the queue; nothing was settled then.
pub fn mail(
    post: &Post,
    to: &MemberName,
    answer_to: AnswerTo<'_>,
    occasion: Occasion<'_>,
    tale: &Tale<'_>,
    settles: Vec<Told>,
) -> Result<(), queue::Error> {
    let write = |language| notices::tale(language, tale);
    send(post, to, answer_to, occasion, write, settles).map(drop)
}

/// The same for a mail that is written in another room: in the member's language, or else the home's. What became of it:
/// [`Submitted::Needless`] where it settles nothing and the member's mailbox is full and many such wait for it already.
///
/// # Errors
/// Those of the queue; nothing was settled then.
pub fn send(
    post: &Post,
    to: &MemberName,
    answer_to: AnswerTo<'_>,
    occasion: Occasion<'_>,
    write: impl FnOnce(Language) -> notices::Letter,
    settles: Vec<Told>,
) -> Result<Submitted, queue::Error> {
    if settles.is_empty() && post.queue.has_many_words(to)? {
        journal::over_quota(to);
        return Ok(Submitted::Needless);
    }
    let language = post.members.language(to).ok().flatten();
    let language = language.unwrap_or_else(|| post.settings().language.clone());
    let letter = write(Language::from_code(&language));
    let mail = Mail {
        to,
        answer_to,
        occasion,
        hostname: &post.hostname,
        now: post.clock.now().wall,
    };
    let notice = notices::mail(&mail, letter).map_err(queue::Error::Io)?;
    let there = to.to_string();
    report::hand_in(post, notice, Destination::Local, there, settles)
}
