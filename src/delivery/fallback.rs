//! Which letters may go by ordinary mail when another home stays away for long: what the contact, and the writer's provider,
//! say *now*. What was put down when the letter was accepted says when to look; a person may have said "never" meanwhile.

use super::Post;
use crate::contacts;
use crate::mail::address::{self, Meaning, MemberName, PeerKey};
use crate::providers::{self, Way};
use crate::queue::{AccountId, Fallback};

/// Why nobody can say.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address table.
    #[error(transparent)]
    Contacts(#[from] contacts::Error),
    /// The accounts.
    #[error(transparent)]
    Providers(#[from] providers::Error),
}

/// One recipient in another home.
pub struct To<'a> {
    /// The home.
    pub key: &'a PeerKey,
    /// The mailbox there; empty for the main one.
    pub there: &'a str,
    /// Index into the envelope's recipients.
    pub recipient: usize,
    /// The recipient as the writer's program has written it.
    pub written: &'a str,
}

/// When, and by what way, a letter of that member falls back; `None`: never.
///
/// # Errors
/// The database.
pub fn of(post: &Post, writer: &MemberName, to: &To<'_>) -> Result<Option<Fallback>, Error> {
    let local = Some(to.there).filter(|there| !there.is_empty());
    let Some((after, first)) = post.contacts.fallback_of(to.key, local, writer)? else {
        return Ok(None);
    };
    let Way::Open { account, .. } = post.providers.way_of(writer)? else {
        return Ok(None);
    };
    // The address that the writer has used, where it is an ordinary one: it is this contact's as long as it leads there.
    let address = match address::meaning(to.written, &post.hostname) {
        Ok(Meaning::Ordinary(written)) if leads_to(post, writer, &written, to.key)? => written,
        _ => first,
    };
    Ok(Some(Fallback {
        recipient: to.recipient,
        after,
        account,
        address,
    }))
}

fn leads_to(
    post: &Post,
    writer: &MemberName,
    address: &str,
    key: &PeerKey,
) -> Result<bool, contacts::Error> {
    let who = post.contacts.resolve(address, Some(writer))?;
    Ok(matches!(who, Ok(contacts::Who::Peer { key: found, .. }) if found == *key))
}

/// Whether that account takes letters now, as far as is known: a letter leaves the private way for one that works only.
pub fn is_open(post: &Post, account: AccountId) -> bool {
    post.providers.resting_for(account).is_none()
        && matches!(post.providers.account(account), Ok(Some(_)))
}
