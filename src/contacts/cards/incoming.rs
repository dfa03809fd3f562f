//! A card that comes from a program or a file: looked at before the table is, then made an entry or joined with one.
//!
//! What never happens here: no entry is looked for (who calls has found it, or that there is none), and no condition of a
//! program is minded.

use rusqlite::{Connection, params};

use super::CardError;
use super::entry::{Clash, Entry, addresses, keep, set_addresses, touch};
use crate::cause::Cause;
use crate::contacts::table::{self, MAX_ADDRESSES, Target};
use crate::contacts::vcard::{self, Card};
use crate::contacts::{Befriend, Contacts, Error, names, refused_as};
use crate::mail::address::{self, Meaning, MemberName, PeerKey};

/// A card that came, looked at before the table is.
pub(super) struct Incoming {
    pub(super) card: Card,
    pub(super) name: String,
    /// Its ordinary addresses, folded and as written.
    pub(super) emails: Vec<(String, String)>,
    /// Where its Tox addresses lead, and the text of each.
    pub(super) targets: Vec<(String, Target)>,
    /// What to say when a stranger is asked.
    pub(super) message: Vec<u8>,
    pub(super) now: i64,
}

impl Contacts {
    /// Looks at a card. `unusable` says what to do about a Tox address that leads nowhere.
    pub(super) fn incoming(
        &self,
        card: Card,
        unusable: impl Fn(&str, Error) -> Result<(), Error>,
    ) -> Result<Incoming, Error> {
        let name = names::tidy(&card.name().unwrap_or_default());
        if name.is_empty() {
            return refused_as(
                Cause::CardNameless,
                "",
                "the card has no name",
                "give the contact a name (FN)",
            );
        }
        let mut emails: Vec<(String, String)> = Vec::new();
        let mut tox = card.tox();
        for email in card.emails() {
            match self.meaning(&email) {
                Ok(Meaning::Ordinary(written)) => {
                    let folded = address::folded(&written);
                    if emails.len() < MAX_ADDRESSES
                        && emails.iter().all(|(known, _)| *known != folded)
                    {
                        emails.push((folded, written));
                    }
                }
                Ok(Meaning::Peer { .. } | Meaning::FirstContact { .. }) => tox.push(email),
                // Of this home, or no address at all: it stays in the card.
                _ => {}
            }
        }
        let mut targets = Vec::new();
        for text in tox {
            match self.target(&text) {
                Ok(target) => targets.push((text, target)),
                Err(error @ Error::Database(_)) => return Err(error),
                Err(error) => unusable(&text, error)?,
            }
        }
        Ok(Incoming {
            card,
            name,
            emails,
            targets,
            message: self.request_message(None),
            now: self.now(),
        })
    }
}

/// Where the row of a new entry comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    New,
    /// A pairing, or a home's directory, had made it.
    Pairing,
}

/// How a card that comes is joined with what is here.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Merge {
    /// What it does not say is gone.
    Replace,
    /// What it does not say stays.
    Complete,
}

impl Incoming {
    /// A new entry of a member, with the name and the UID that their program has for it.
    pub(super) fn enter(
        &self,
        c: &Connection,
        member: &MemberName,
        href: &str,
    ) -> Result<(i64, Befriend), Error> {
        let (id, befriend, origin) = self.enter_for(c, member.as_str())?;
        touch(c, id)?;
        if origin == Origin::Pairing {
            // It has had another name until now.
            c.execute(
                "INSERT INTO cards_gone (version, owner, href)
                 SELECT k.version, ?2, k.href FROM cards k WHERE k.contact = ?1 AND k.href <> ?3",
                params![id, member.as_str(), href],
            )?;
        }
        c.execute(
            "UPDATE cards SET href = ?2, uid = coalesce(?3, uid) WHERE contact = ?1",
            params![id, href, self.card.uid()],
        )?;
        Ok((id, befriend))
    }

    pub(super) fn enter_for(
        &self,
        c: &Connection,
        owner: &str,
    ) -> Result<(i64, Befriend, Origin), Error> {
        let (mailbox, befriend) = match self.targets.first() {
            Some((_, target)) => {
                let befriend = table::reach(c, target, self.message.clone(), self.now)?;
                (Some(target.mailbox()), befriend)
            }
            None => (None, Befriend::Nothing),
        };
        let before: i64 = c.query_row("SELECT coalesce(max(id), 0) FROM contacts", [], |row| {
            row.get(0)
        })?;
        let (id, made) = table::enter(c, &self.name, owner, mailbox, self.now)?;
        let origin = if id > before {
            Origin::New
        } else {
            Origin::Pairing
        };
        let wanted = self
            .card
            .nickname()
            .map(|nickname| names::nickname(&nickname));
        if let (Some(wanted), Origin::New) = (wanted.filter(|wanted| *wanted != made), origin) {
            let nickname = table::free_nickname(c, &wanted)?;
            c.execute(
                "UPDATE contacts SET nickname = ?2 WHERE id = ?1",
                params![id, nickname],
            )?;
        }
        Ok((id, befriend, origin))
    }

    /// What the card says becomes the entry's.
    pub(super) fn into_entry(
        self,
        c: &Connection,
        entry: &Entry,
        clash: Clash,
        merge: Merge,
    ) -> Result<Befriend, CardError> {
        if self.name != entry.name {
            table::rename(c, entry.id, &self.name)?;
        }
        let mut befriend = Befriend::Nothing;
        let own = |target: &Target, peer: &Option<PeerKey>, local: &str| {
            let (key, there) = target.mailbox();
            *peer == Some(key) && there == local
        };
        let (mut peer, mut local) = (entry.peer, entry.local.clone());
        let known = self.targets.iter().any(|(_, t)| own(t, &peer, &local));
        if let (Some((_, target)), false) = (self.targets.first(), known) {
            if peer.is_some() {
                refused_as::<_, Error>(
                    Cause::OtherToxAddress,
                    &entry.name,
                    format!("{} has another Tox address here", entry.name),
                    "make a new contact for it, or remove this one in the home first (`toxmaild contact remove`)",
                )?;
            }
            befriend = table::reach(c, target, self.message.clone(), self.now)?;
            let (key, there) = target.mailbox();
            table::give_mailbox(c, entry.id, &entry.owner, &key, &there)?;
            (peer, local) = (Some(key), there);
        }
        if self.targets.iter().any(|(_, t)| !own(t, &peer, &local)) {
            refused_as::<_, Error>(
                Cause::OtherToxAddress,
                &entry.name,
                "a contact has one Tox address",
                "make a contact for each of them",
            )?;
        }
        let mut emails = self.emails;
        if merge == Merge::Complete {
            let known = addresses(c, entry.id)?.into_iter();
            let more: Vec<_> = known
                .filter(|(a, _)| emails.iter().all(|(b, _)| a != b))
                .collect();
            emails.extend(more);
        }
        set_addresses(c, entry.id, &entry.owner, &emails, clash)?;

        let mut card = self.card;
        let is_tox = |text: &str| self.targets.iter().any(|(t, _)| t == text);
        let nick = entry.address();
        card.retain(|p| match p.name.as_str() {
            "EMAIL" => !is_tox(&p.text()) && !p.text().eq_ignore_ascii_case(&nick),
            _ => vcard::tox_of(p).is_none_or(|text| !is_tox(&text)),
        });
        if merge == Merge::Complete {
            card.complete_from(entry.kept());
        }
        keep(c, entry, &card)?;
        Ok(befriend)
    }
}
