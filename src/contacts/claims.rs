//! What other homes claim, as a person here is asked about it: e-mail addresses of their people, and a stranger's name.

use rusqlite::{OptionalExtension, params};

use super::names::Taken;
use super::{Contacts, Error, Request, peers, refused_as, requests, table};
use crate::cause::Cause;
use crate::mail::address::{Meaning, PeerKey};

/// Claims that one look finds: a mail asks about a few of them.
const PAGE: i64 = 1000;

/// An address that a home claims for one of its people, who is a contact here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The home.
    pub peer: PeerKey,
    /// The mailbox there.
    pub local: String,
    /// Whose contact it is; empty for everybody's.
    pub owner: String,
    /// The address in lower case, to compare.
    pub address: String,
    /// The address as it is claimed.
    pub written: String,
    /// What the contact is called here; empty where that was not looked up.
    pub name: String,
}

impl Contacts {
    /// Claims that a person here could confirm: of homes that are not blocked, about somebody who is a contact, and where
    /// nobody else has the address, neither another contact in anybody's view nor anybody of this home.
    ///
    /// # Errors
    /// The database.
    pub fn open_claims(&self) -> Result<Vec<Claim>, Error> {
        let mut claims = self.database.read(|c| -> Result<Vec<Claim>, Error> {
            let mut statement = c.prepare_cached(
                "SELECT d.peer, d.local, c.owner, d.address, d.written, c.name
                 FROM directory_addresses d
                 JOIN contacts c ON c.peer = d.peer AND c.local = d.local
                 JOIN peers p ON p.key = d.peer AND p.blocked = 0 AND p.kind = 'home'
                 WHERE NOT EXISTS (SELECT 1 FROM contact_addresses a WHERE a.address = d.address)
                 AND NOT EXISTS (SELECT 1 FROM member_addresses m WHERE m.address = d.address)
                 ORDER BY d.peer, c.owner, d.local, d.address LIMIT ?1",
            )?;
            let rows = statement.query_map([PAGE], |row| {
                Ok(Claim {
                    peer: PeerKey::from_bytes(row.get(0)?),
                    local: row.get(1)?,
                    owner: row.get(2)?,
                    address: row.get(3)?,
                    written: row.get(4)?,
                    name: row.get(5)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })?;
        claims.retain(|claim| self.is_elsewhere(&claim.written));
        Ok(claims)
    }

    /// Whether an address is nobody's of this home: not at its host name, nor at the domain of the mail server that the
    /// family has already. Both may have been set after the claim was heard.
    pub(super) fn is_elsewhere(&self, address: &str) -> bool {
        matches!(self.meaning(address), Ok(Meaning::Ordinary(_)))
    }

    /// A person says that a claim is right. Doing it again does nothing.
    ///
    /// # Errors
    /// The contact is gone, or somebody else has the address now; or the database.
    pub fn confirm_claim(&self, claim: &Claim) -> Result<(), Error> {
        if !self.is_elsewhere(&claim.written) {
            return refused_as(
                Cause::EmailWrong,
                claim.written.as_str(),
                format!("{} is an address of this home", claim.written),
                "nobody in another home can have it",
            );
        }
        let claim = claim.clone();
        self.database.write(move |c| {
            let contact: Option<i64> = c
                .query_row(
                    "SELECT id FROM contacts WHERE peer = ?1 AND local = ?2 AND owner = ?3",
                    params![claim.peer.as_bytes(), claim.local, claim.owner],
                    |row| row.get(0),
                )
                .optional()?;
            let Some(contact) = contact else {
                return refused_as(Cause::Gone, "", "this contact is gone", "add the contact again");
            };
            let taken: bool = c.query_row(
                "SELECT EXISTS (SELECT 1 FROM contact_addresses WHERE address = ?1 AND contact <> ?2)
                 OR EXISTS (SELECT 1 FROM member_addresses WHERE address = ?1)",
                params![claim.address, contact],
                |row| row.get(0),
            )?;
            if taken {
                return refused_as(Cause::AddressTaken, &claim.written,
                    format!("somebody else has the address {}", claim.written),
                    "an address belongs to one contact; remove it there first",
                );
            }
            table::give_address(c, contact, &claim.owner, &claim.address, &claim.written)
        })
    }

    /// What to call somebody who asks: the name that they give themselves, told apart from everybody who is known here, or a
    /// part of their key.
    ///
    /// # Errors
    /// The database.
    pub fn name_of_asker(&self, request: &Request) -> Result<String, Error> {
        let plain = peers::plain_name(&request.key);
        let name = requests::wished(&request.message);
        if name.is_empty() {
            return Ok(plain);
        }
        self.database
            .read(|c| Ok(Taken::by_others(c, &request.key)?.told_apart(&name, &plain)))
    }
}
