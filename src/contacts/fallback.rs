//! Contacts whose letters may go by ordinary mail when their home is away for long. The default is never: it would go
//! unencrypted.

use std::time::Duration;

use super::book::by_mailbox;
use super::table::one;
use super::{Contacts, Error, refused};
use crate::mail::address::{self, MemberName, PeerKey};

/// What a row says.
pub(super) fn duration(seconds: Option<i64>) -> Option<Duration> {
    let seconds = u64::try_from(seconds?).ok()?;
    Some(Duration::from_secs(seconds))
}

impl Contacts {
    /// Lets the letters to a contact go by ordinary mail after that time, or never.
    ///
    /// # Errors
    /// There is no such contact, or it has no ordinary address or no Tox address; or the database.
    pub fn set_fallback(&self, name: &str, after: Option<Duration>) -> Result<(), Error> {
        let name = name.to_owned();
        self.database.write(move |c| {
            let contact = one(c, &name)?;
            if after.is_some() && contact.emails.is_empty() {
                return refused(
                    format!("no ordinary e-mail address of {} is known", contact.name),
                    "give one with `toxmaild contact add NAME --tox ADDRESS --email ADDRESS`",
                );
            }
            if after.is_some() && contact.key.is_none() {
                return refused(
                    format!(
                        "{} has no Tox address: their letters go by ordinary mail at once",
                        contact.name
                    ),
                    "leave the time out",
                );
            }
            let seconds = after.map(|after| i64::try_from(after.as_secs()).unwrap_or(i64::MAX));
            c.execute(
                "UPDATE contacts SET fallback_seconds = ?2 WHERE id = ?1",
                (contact.id, seconds),
            )?;
            Ok(())
        })
    }

    /// After which time, and to which address, a letter to that mailbox may go by ordinary mail, for this writer.
    ///
    /// # Errors
    /// The database.
    pub fn fallback_of(
        &self,
        key: &PeerKey,
        local: Option<&str>,
        writer: &MemberName,
    ) -> Result<Option<(Duration, String)>, Error> {
        let name = local.map(|local| address::split_tag(local).0);
        let name = name.filter(|name| *name != address::MAIN_MAILBOX);
        self.database.read(|c| {
            let Some(found) = by_mailbox(c, key, name, Some(writer))? else {
                return Ok(None);
            };
            let seconds: Option<i64> = c
                .prepare_cached("SELECT fallback_seconds FROM contacts WHERE nickname = ?1")?
                .query_row([&found.nickname], |r| r.get(0))?;
            Ok(duration(seconds).zip(found.address))
        })
    }
}
