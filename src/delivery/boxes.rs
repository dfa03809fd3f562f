//! Old boxes and new ones: what a home hears of another's move, and of a second box of its own.
//!
//! # Rules
//! - An announcement changes nothing but what it is: a claim, of which the members hear once. See [`crate::contacts`].
//! - What waits for the old box goes to the new one in the transaction that confirms the move. What is on its way to the old box at
//!   that moment ends there; what of it has not ended is looked for now and then ([`sweep`]).
//!
//! # Known limits
//! A letter that the old box has taken while its word for it was lost goes to the new box, too: these are two mailboxes, and nobody
//! can know. A big letter of which another home has a part still names the old box in its `To`.

use std::time::Duration;

use super::outbound::Outbound;
use super::{Post, ways};
use crate::clock::Stamp;
use crate::contacts::{self, Moved};
use crate::database::Database;
use crate::journal;
use crate::mail::address::{MemberName, PeerKey};
use crate::notices::{self, AnswerTo, BoxNews, Occasion};
use crate::queue::{self, Redirected, Submitted};

/// The administrator hears once a day that there are two boxes.
const A_DAY: Duration = Duration::from_secs(86_400);
/// When they have: `boot:ms` of the clock.
const TOLD_DOUBLE: &str = "identity.told_double";

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address table.
    #[error(transparent)]
    Contacts(#[from] contacts::Error),
    /// The people.
    #[error(transparent)]
    Members(#[from] crate::members::Error),
    /// The letters.
    #[error(transparent)]
    Queue(#[from] queue::Error),
    /// The settings.
    #[error(transparent)]
    Database(#[from] crate::database::Error),
}

/// A person has confirmed a move: contacts, addresses and waiting letters of the old box are the new one's. Blocks.
///
/// # Errors
/// What is wrong and what to do; or the database.
pub fn confirm(
    post: &Post,
    outbound: &Outbound,
    name: &str,
) -> Result<Moved<Redirected>, contacts::Error> {
    // Of the contact that is named one box or the other is known only inside the transaction: nothing that is on its way at all
    // is moved with it.
    let underway = outbound.underway(None);
    let moved = post.contacts.confirm_move(name, move |c, old, new| {
        Ok(queue::redirect(c, old, new, &underway)?)
    })?;
    post.queue.redirected(&moved.also);
    Ok(moved)
}

/// Letters that were on their way to an old box when its move was confirmed, or were taken for it a moment before, and have not
/// ended there. Blocks.
///
/// # Errors
/// The rows.
pub fn sweep(post: &Post, outbound: &Outbound) -> Result<(), Error> {
    for moved in post.contacts.moves()? {
        if moved.state != contacts::MoveState::Confirmed
            || !post.queue.has_letter_for(&moved.old)?
        {
            continue;
        }
        let underway = outbound.underway(Some(&moved.old));
        post.queue.redirect(&moved.old, &moved.new, underway)?;
    }
    Ok(())
}

/// The members hear of the announcements of which they have not heard. Blocks.
///
/// # Errors
/// The rows, or the queue; then it is told the next time.
pub fn tell_of_moves(post: &Post) -> Result<(), Error> {
    for (old, new) in post.contacts.untold_moves()? {
        for member in post.members.list()? {
            let home = post.contacts.name_of(&old, None, Some(&member.name))?;
            mail(
                post,
                &member.name,
                &BoxNews::Moved {
                    home: &home,
                    new: &new,
                },
            )?;
        }
        post.contacts.told_of_move(&old)?;
    }
    Ok(())
}

/// A contact sees this home on two boxes: the administrator hears of it, once a day. Blocks.
///
/// # Errors
/// The rows, or the queue.
pub fn tell_of_double(post: &Post, database: &Database, peer: &PeerKey) -> Result<(), Error> {
    let told = database.setting(TOLD_DOUBLE)?;
    let stamp = told.as_deref().and_then(|text| text.split_once(':'));
    let stamp = stamp.and_then(|(boot, ms)| Some((boot.parse().ok()?, ms.parse().ok()?)));
    let lately =
        stamp.is_some_and(|(boot, ms)| post.clock.age(Stamp { boot, ms, wall: 0 }) < A_DAY);
    let Some(administrator) = post.members.administrator()?.filter(|_| !lately) else {
        return Ok(());
    };
    let home = post.contacts.name_of(peer, None, Some(&administrator))?;
    if mail(post, &administrator, &BoxNews::Double { home: &home })? == Submitted::Needless {
        return Ok(());
    }
    let now = post.clock.now();
    Ok(database.set_setting(TOLD_DOUBLE, Some(&format!("{}:{}", now.boot, now.ms)))?)
}

/// Puts a mail of the home's own into the queue.
fn mail(post: &Post, to: &MemberName, news: &BoxNews<'_>) -> Result<Submitted, Error> {
    let write = |language| notices::box_news(language, news);
    let (answer_to, occasion) = (AnswerTo::Postmaster, Occasion::Itself);
    let submitted = ways::send(post, to, answer_to, occasion, write, Vec::new())?;
    if let Submitted::Queued(id) = submitted {
        journal::notified(to, "boxes", &id);
    }
    Ok(submitted)
}
