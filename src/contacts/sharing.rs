//! What a peer may see of this home.
//!
//! Its people and the addresses they claim are for contacts: homes that came by an invitation, or of which a person here has
//! said that they are one. A home that somebody here only wrote to, or that another home has named, sees this home's name. A
//! person's word about one contact stands above both.

use std::collections::HashMap;

use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use super::{Contacts, Error, refused, table};
use crate::mail::address::PeerKey;

/// How much of this home's directory a peer sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Share {
    /// The members and the addresses they claim.
    All,
    /// The home's name, and where it is found on the Tox network: it is a contact, but sees nobody.
    Nothing,
    /// The home's name alone: nobody here has said that it is a contact.
    Unasked,
}

impl Contacts {
    /// What each peer may see.
    ///
    /// # Errors
    /// The database.
    pub fn shares(&self) -> Result<HashMap<PeerKey, Share>, Error> {
        self.database.read(|c| {
            let mut statement = c.prepare_cached("SELECT key, directory FROM peers")?;
            let shares = statement.query_map([], |row| {
                let share = match row.get::<_, String>(1)?.as_str() {
                    "full" => Share::All,
                    "name" => Share::Nothing,
                    _ => Share::Unasked,
                };
                Ok((PeerKey::from_bytes(row.get(0)?), share))
            })?;
            Ok(shares.collect::<Result<_, _>>()?)
        })
    }

    /// A person here says what the home of a contact may see from now on.
    ///
    /// # Errors
    /// There is no such contact, or it has no Tox address; or the database.
    pub fn share(&self, name: &str, share: Share) -> Result<PeerKey, Error> {
        let name = name.to_owned();
        let word = match share {
            Share::All => "full",
            Share::Nothing | Share::Unasked => "name",
        };
        self.database.write(move |c| {
            let contact = table::one(c, &name)?;
            let Some(key) = contact.key else {
                return refused(
                    format!("{} has no Tox address", contact.name),
                    "only homes on the Tox network are told who lives here",
                );
            };
            c.execute(
                "UPDATE peers SET directory = ?2 WHERE key = ?1",
                params![key.as_bytes(), word],
            )?;
            Ok(key)
        })
    }
}

/// A person here, or an invitation, makes this peer a contact: it may see what contacts see, unless somebody has said otherwise.
pub(super) fn met(c: &Connection, key: &PeerKey) -> Result<(), Error> {
    c.execute(
        "UPDATE peers SET directory = 'full' WHERE key = ?1 AND directory = 'unasked'",
        [key.as_bytes()],
    )?;
    Ok(())
}

/// This peer was made without anybody's word.
pub(super) fn unasked(c: &Connection, key: &PeerKey) -> Result<(), Error> {
    c.execute(
        "UPDATE peers SET directory = 'unasked' WHERE key = ?1",
        [key.as_bytes()],
    )?;
    Ok(())
}

/// Nobody here has said that this peer is a contact.
pub(super) fn is_unasked(c: &Connection, key: &PeerKey) -> Result<bool, Error> {
    let sql = "SELECT EXISTS (SELECT 1 FROM peers WHERE key = ?1 AND directory = 'unasked')";
    Ok(c.query_row(sql, [key.as_bytes()], |row| row.get(0))?)
}
