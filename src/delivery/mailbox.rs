//! Where the mailbox of a name is: here, or at the mail server that the family has already (`[gateway]`).
//!
//! **One name, one person.** `anna@example.org` at the mail server and `anna` of this home are the same. Whoever has a mailbox
//! here (`toxmaild member add`) gets their mail here, whichever of the two addresses it was written to. Every other name is
//! the mail server's to know, as soon as it is said where that takes mail (`deliver_to`): it refuses whom it does not know.
//!
//! Mail for the home itself goes to the member whom `[home] main_mailbox` names, here or there; mail for the postmaster to the
//! mail server's where nobody lives here.

use std::sync::{Arc, PoisonError};

use super::Post;
use crate::config;
use crate::contacts::Who;
use crate::mail::address::{self, MemberName};
use crate::members;

/// What a delivery must know of the mail server that the family has already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gateway {
    /// `[gateway]`.
    pub settings: config::Gateway,
    /// `[home] main_mailbox`.
    pub main_mailbox: Option<MemberName>,
}

impl Gateway {
    /// Whether an address lies in the mail server's domain.
    pub fn has(&self, address: &str) -> bool {
        let domain = address.rsplit_once('@').map(|(_, domain)| domain);
        domain.is_some_and(|domain| domain.eq_ignore_ascii_case(&self.settings.domain))
    }
}

/// Where mail for a name lies down.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Mailbox {
    /// In this home's store.
    Here(MemberName),
    /// At the mail server: the local part there.
    Gateway(String),
}

impl Post {
    /// The mail server that the family has already.
    pub fn gateway(&self) -> Option<Arc<Gateway>> {
        let gateway = self.gateway.read().unwrap_or_else(PoisonError::into_inner);
        gateway.clone()
    }

    /// Another one from now on.
    pub fn set_gateway(&self, gateway: Option<Gateway>) {
        let domain = gateway.as_ref().map(|g| g.settings.domain.clone());
        self.contacts.set_gateway_domain(domain);
        *self.gateway.write().unwrap_or_else(PoisonError::into_inner) = gateway.map(Arc::new);
    }

    /// The mail server, where mail can be handed over to it.
    fn receiving_gateway(&self) -> Option<Arc<Gateway>> {
        self.gateway().filter(|g| g.settings.deliver_to.is_some())
    }

    /// Whose mailbox a local part of a canonical address means; `None`: nobody's. A `+tag` is of no matter here, and the mail
    /// server's to understand.
    ///
    /// # Errors
    /// The rows cannot be read: nobody may conclude that there is no such mailbox.
    pub fn mailbox_for(&self, local: &str) -> Result<Option<Mailbox>, members::Error> {
        let (name, tag) = address::split_tag(local);
        let name = name.to_ascii_lowercase();
        let who = match name.as_str() {
            "" | address::MAIN_MAILBOX => Who::Main { tag: None },
            "postmaster" | "abuse" => Who::Postmaster,
            name => match name.parse() {
                Ok(name) => Who::Member {
                    name,
                    tag: tag.map(str::to_owned),
                },
                Err(_) => return Ok(None),
            },
        };
        self.mailbox_of(&who)
    }

    /// The mailbox of somebody of this home; `None`: there is none, or they are somebody of elsewhere.
    ///
    /// # Errors
    /// As for [`mailbox_for`](Self::mailbox_for).
    pub fn mailbox_of(&self, who: &Who) -> Result<Option<Mailbox>, members::Error> {
        let gateway = self.receiving_gateway();
        let there = |name: &MemberName, tag: Option<&str>| match tag {
            Some(tag) => is_passed_on(tag).then(|| Mailbox::Gateway(format!("{name}+{tag}"))),
            None => Some(Mailbox::Gateway(name.to_string())),
        };
        Ok(match who {
            Who::Member { name, .. } if self.members.exists(name)? => {
                Some(Mailbox::Here(name.clone()))
            }
            Who::Member { name, tag } => gateway.and_then(|_| there(name, tag.as_deref())),
            Who::Main { .. } => {
                // The file may name somebody who has no mailbox here.
                let elsewhere = match gateway.as_ref().and_then(|g| g.main_mailbox.as_ref()) {
                    Some(main) if !self.members.exists(main)? => there(main, None),
                    _ => None,
                };
                match elsewhere {
                    Some(there) => Some(there),
                    None => self.members.main_mailbox()?.map(Mailbox::Here),
                }
            }
            Who::Postmaster => match self.members.administrator()? {
                Some(name) => Some(Mailbox::Here(name)),
                None => gateway.map(|_| Mailbox::Gateway("postmaster".into())),
            },
            Who::Peer { .. } | Who::FirstContact { .. } | Who::Ordinary(_) | Who::Answer(_) => None,
        })
    }

    /// Whether a member of this home may write as this address because it is theirs at the mail server.
    pub fn owns_at_gateway(&self, member: &MemberName, address: &str) -> bool {
        let local = address.rsplit_once('@').map_or("", |(local, _)| local);
        let name = address::split_tag(local).0;
        name.eq_ignore_ascii_case(member.as_str()) && self.gateway().is_some_and(|g| g.has(address))
    }
}

/// Whether a tag may be a part of an address that the mail server is told. It comes from other homes, and that server believes this one: a
/// `>`, a space or an `@` in it, or a `%` or `!` by which old mail servers go on, would have it send letters to anybody.
fn is_passed_on(tag: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || "._=+-".contains(c);
    tag.chars().all(plain) && !tag.contains("..") && !tag.ends_with('.')
}
