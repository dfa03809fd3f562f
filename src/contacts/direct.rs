//! Contacts that are reached directly or not at all: a relay in between would see both addresses, and when they write.

use std::collections::HashSet;

use rusqlite::{Connection, params};

use super::{Contacts, Error, refused, table};
use crate::mail::address::PeerKey;

/// The ways on which letters to and from a peer may travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paths {
    /// Whichever Tox has found.
    All,
    /// None that leads through a relay.
    DirectOnly,
}

impl Contacts {
    /// The peers to whom nothing goes through a relay.
    ///
    /// # Errors
    /// The database.
    pub fn direct_only(&self) -> Result<HashSet<PeerKey>, Error> {
        self.database.read(|c| {
            let mut statement = c.prepare_cached("SELECT key FROM peers WHERE direct_only = 1")?;
            let keys = statement.query_map([], |row| row.get(0).map(PeerKey::from_bytes))?;
            Ok(keys.collect::<Result<_, _>>()?)
        })
    }

    /// A person here says on which ways letters may travel to the home of a contact, and so to all who live there. Returns
    /// its key.
    ///
    /// # Errors
    /// There is no such contact, or it has no Tox address; or the database.
    pub fn set_paths(&self, name: &str, paths: Paths) -> Result<PeerKey, Error> {
        let name = name.to_owned();
        self.database.write(move |c| {
            let contact = table::one(c, &name)?;
            let Some(key) = contact.key else {
                return refused(
                    format!("{} has no Tox address", contact.name),
                    "relays lead to homes and friends on the Tox network only",
                );
            };
            c.execute(
                "UPDATE peers SET direct_only = ?2 WHERE key = ?1",
                params![key.as_bytes(), paths == Paths::DirectOnly],
            )?;
            Ok(key)
        })
    }
}

/// What a person has said of one box holds for the one that takes its place, too.
pub(super) fn inherit(c: &Connection, old: &PeerKey, new: &PeerKey) -> Result<(), Error> {
    c.execute(
        "UPDATE peers SET direct_only = 1
         WHERE key = ?2 AND EXISTS (SELECT 1 FROM peers WHERE key = ?1 AND direct_only = 1)",
        params![old.as_bytes(), new.as_bytes()],
    )?;
    Ok(())
}
