//! A home that was restored from a backup tells whoever looks after it.

use super::boxes::Error;
use super::{Post, ways};
use crate::appliance::backup;
use crate::database::Database;
use crate::journal;
use crate::notices::{self, AnswerTo, Occasion};
use crate::queue;

/// Puts the mail about it into the queue, at the first start after it was restored (a crash between the mail and the row that
/// notes it: at the next as well). Blocks.
///
/// # Errors
/// The rows, or the queue; then it is told at the next start.
pub fn tell(post: &Post, database: &Database) -> Result<(), Error> {
    let Some(restored) = backup::restored(database)? else {
        return Ok(());
    };
    let Some(administrator) = post.members.administrator()? else {
        return Ok(());
    };
    let settings = restored.settings.as_deref();
    let write = |language| notices::restored(language, restored.created, settings);
    let (answer_to, occasion) = (AnswerTo::Postmaster, Occasion::Itself);
    let submitted = ways::send(post, &administrator, answer_to, occasion, write, Vec::new())?;
    if let queue::Submitted::Queued(id) = submitted {
        journal::notified(&administrator, "restored", &id);
        backup::told(database)?;
    }
    Ok(())
}
