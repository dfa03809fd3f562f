//! Who is who in ordinary mail: the addresses that may stand in a letter for a provider instead of those that may not.

use std::collections::HashMap;

use rusqlite::Connection;

use super::book::by_mailbox;
use super::{Contacts, Error, Found, by_nickname};
use crate::database;
use crate::mail::address::{self, LOCAL_DOMAIN, Meaning, MemberName, PeerKey};
use crate::members;

/// For a letter on the ordinary route: the ordinary address of everybody in its header who must not be seen otherwise and
/// has one.
#[derive(Clone, Debug, Default)]
pub struct OrdinaryBook(HashMap<String, String>);

impl OrdinaryBook {
    /// The ordinary address that stands for `address`.
    pub fn ordinary_of(&self, address: &str) -> Option<String> {
        self.0.get(&address::folded(address)).cloned()
    }
}

impl Contacts {
    /// What is needed to send a letter of that member, who writes as `own`, with such `addresses` in its header. Of members
    /// of this home only what the home has confirmed counts, of contacts what a person here has given or confirmed.
    ///
    /// # Errors
    /// The database.
    pub fn ordinary_book(
        &self,
        writer: Option<&MemberName>,
        own: &str,
        addresses: Vec<String>,
    ) -> Result<OrdinaryBook, Error> {
        self.database.read(|c| {
            let mut book = HashMap::new();
            for address in addresses {
                let ordinary = self.in_ordinary_mail(c, &address, writer, own)?;
                if let Some(ordinary) = ordinary {
                    book.insert(address::folded(&address), ordinary);
                }
            }
            Ok(OrdinaryBook(book))
        })
    }

    fn in_ordinary_mail(
        &self,
        c: &Connection,
        address: &str,
        writer: Option<&MemberName>,
        own: &str,
    ) -> Result<Option<String>, Error> {
        // A host name of the family's own may also be the domain of confirmed addresses.
        let confirmed: bool = c
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM member_addresses WHERE address = ?1)")?
            .query_row([address], |r| r.get(0))?;
        if confirmed {
            return Ok(Some(address.to_owned()));
        }
        let Ok(meaning) = address::meaning(address, &self.hostname) else {
            return Ok(None);
        };
        let of_contact = |found: Option<Found>| found.and_then(|found| found.address);
        match meaning {
            Meaning::Member { name, .. } => of_member(c, &name, writer, own),
            Meaning::Main { .. } => of_main(c, writer, own),
            Meaning::Nickname(nickname) => {
                let (name, _) = address::split_tag(&nickname);
                Ok(of_contact(by_nickname(c, name, writer)?))
            }
            Meaning::Peer { key, local } => self.of_mailbox(c, &key, local, writer, own),
            Meaning::FirstContact { id, local } => {
                self.of_mailbox(c, &id.key(), local, writer, own)
            }
            Meaning::Postmaster | Meaning::Answer(_) | Meaning::Ordinary(_) => Ok(None),
        }
    }

    fn of_mailbox(
        &self,
        c: &Connection,
        key: &PeerKey,
        local: Option<String>,
        writer: Option<&MemberName>,
        own: &str,
    ) -> Result<Option<String>, Error> {
        let local = local.unwrap_or_default();
        let (name, _) = address::split_tag(&local);
        if *key != self.ourselves {
            let name = Some(name).filter(|n| !n.is_empty() && *n != address::MAIN_MAILBOX);
            return Ok(by_mailbox(c, key, name, writer)?.and_then(|found| found.address));
        }
        match address::meaning(&format!("{name}@{LOCAL_DOMAIN}"), "") {
            Ok(Meaning::Member { name, .. }) => of_member(c, &name, writer, own),
            Ok(Meaning::Main { .. }) => of_main(c, writer, own),
            _ if name.is_empty() => of_main(c, writer, own),
            _ => Ok(None),
        }
    }
}

fn of_member(
    c: &Connection,
    name: &MemberName,
    writer: Option<&MemberName>,
    own: &str,
) -> Result<Option<String>, Error> {
    if writer == Some(name) {
        return Ok(Some(own.to_owned()));
    }
    Ok(members::ordinary_address(c, name)?)
}

fn of_main(
    c: &Connection,
    writer: Option<&MemberName>,
    own: &str,
) -> Result<Option<String>, Error> {
    let main = members::appointed(c, members::MAIN).map_err(|e| match e {
        members::Error::Database(e) => e,
        e => database::Error::Io(std::io::Error::other(e)),
    });
    match main? {
        Some(name) => of_member(c, &name, writer, own),
        None => Ok(None),
    }
}
