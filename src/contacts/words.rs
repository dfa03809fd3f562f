//! The safety words of two homes, and what else a person here sets for a contact.
//!
//! Whoever sat between two homes when they met would be a home of their own to each of them. So the two people read each other
//! the words on the telephone: made of both keys, they are the same at both ends only when nobody is in between.
//!
//! **How much an attacker has to grind.** One in between chooses two keys, one for each side, and wants the phrases of both
//! sides to be the same. That is a collision, not a guess: `n` bits of phrase cost 2^(n/2) tries, so that six words
//! (66 bits) would be 2^33 keys. Therefore eight words (88 bits: 2^44 tries), and each try costs one argon2id of 19 MiB, some
//! 30 ms of a fast core: in all over ten thousand core-years for one pair of homes. Nothing can be prepared beforehand: both
//! keys go in. What grinding cannot mend is a person who does not compare.
//!
//! The words are the 2048 English ones of BIP 39, which tell themselves apart by their first four letters; the digits say as
//! much, for people who would rather read digits.
//!
//! Which homes were compared is kept with both keys: another key of theirs, or of ours, is not verified.

use std::collections::HashSet;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use rusqlite::{Connection, params};
use serde::Serialize;

use super::cards::{self, CardError};
use super::table::{self, one};
use super::{Befriend, ContactRow, Contacts, Error, names, refused, refused_as};
use crate::cause::{Cause, Refused};
use crate::mail::address::PeerKey;

const WORDS: &str = include_str!("words.txt");
/// Words of a phrase: 11 bits each.
const COUNT: usize = 8;
/// Groups of five digits: 16.6 bits each.
const GROUPS: usize = 6;
/// What keeps this phrase apart from any other use of the same keys; a change of anything below changes it.
const DOMAIN: &[u8] = b"toxmail safety words, version 1";
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
/// As for passwords: an allocation of this size is given back when it is freed.
const ALLOCATION: usize = 33 << 20;

/// What two people compare. The same on both sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SafetyWords {
    /// Eight words.
    pub words: String,
    /// The same as six groups of five digits.
    pub digits: String,
}

impl SafetyWords {
    /// For two homes, in either order. Takes some 30 ms, on purpose.
    ///
    /// # Errors
    /// There is no memory for it.
    pub fn of(a: &PeerKey, b: &PeerKey) -> Result<Self, Error> {
        let (low, high) = (a.min(b), a.max(b));
        let both = [low.as_bytes().as_slice(), high.as_bytes()].concat();
        // The words' 11 bytes, then 5 bytes for each group of digits.
        let mut bytes = [0; 11 + 5 * GROUPS];
        let hashed =
            Params::new(MEMORY_KIB, PASSES, 1, Some(bytes.len())).and_then(|params| {
                let blocks = params.block_count();
                let mut memory: Vec<Block> = Vec::new();
                let room = memory.try_reserve_exact(blocks.max(ALLOCATION / Block::SIZE));
                room.map_err(|_| argon2::Error::OutOfMemory)?;
                memory.resize(blocks, Block::new());
                Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
                    .hash_password_into_with_memory(&both, DOMAIN, &mut bytes, &mut memory[..])
            });
        if let Err(e) = hashed {
            return refused_as(
                Cause::Busy,
                "",
                format!("the safety words cannot be made: {e}"),
                "try again when the machine has less to do",
            );
        }
        let number = bytes[..11]
            .iter()
            .fold(0u128, |n, byte| n << 8 | u128::from(*byte));
        let digits: Vec<String> = bytes[11..]
            .chunks_exact(5)
            .map(|five| five.iter().fold(0u64, |n, byte| n << 8 | u64::from(*byte)))
            .map(|n| format!("{:05}", n % 100_000))
            .collect();
        Ok(Self {
            words: spelled(number, COUNT),
            digits: digits.join(" "),
        })
    }
}

/// The lowest `11 * count` bits of a number as words.
pub(crate) fn spelled(number: u128, count: usize) -> String {
    let list: Vec<&str> = WORDS.lines().collect();
    let words: Vec<&str> = (0..count)
        .rev()
        .filter_map(|i| list.get((number >> (11 * i)) as usize % 2048).copied())
        .collect();
    words.join(" ")
}

/// What a person changes of a contact; `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edit {
    /// What people here call them.
    pub name: Option<String>,
    /// All their ordinary addresses, the one to be shown first.
    pub emails: Option<Vec<String>>,
    /// A Tox address in any form, for a contact without one.
    pub tox: Option<String>,
}

impl Contacts {
    /// One contact, by nickname, name or Tox address.
    ///
    /// # Errors
    /// There is none, or there are several; or the database.
    pub fn find(&self, name: &str) -> Result<ContactRow, Error> {
        self.database.read(|c| one(c, name))
    }

    /// Changes a contact. The nickname stays: letters that have come stand under it.
    ///
    /// # Errors
    /// What is wrong and what to do, or the database; then nothing has changed.
    pub fn edit(&self, name: &str, edit: Edit) -> Result<(i64, Befriend), Error> {
        let new_name = edit.name.as_deref().map(names::tidy);
        if new_name.as_deref() == Some("") {
            return refused_as(
                Cause::NotUsable,
                "",
                "a contact needs a name",
                "give one, such as \"Oma Anna\"",
            );
        }
        let emails = match &edit.emails {
            Some(emails) => Some(self.ordinary(emails)?),
            None => None,
        };
        let target = match &edit.tox {
            Some(text) => Some(self.target(text)?),
            None => None,
        };
        let (contact, now, message) = (name.to_owned(), self.now(), self.request_message(None));
        let changed = self.database.write(move |c| -> Result<_, CardError> {
            let row = one(c, &contact)?;
            if let Some(name) = new_name.filter(|name| *name != row.name) {
                table::rename(c, row.id, &name)?;
            }
            if let Some(emails) = emails {
                if emails.is_empty() && row.key.is_none() && target.is_none() {
                    refused_as::<_, Error>(
                        Cause::AddressMissing,
                        "",
                        "a contact needs an address",
                        "leave one, give a Tox address with --tox, or remove the contact",
                    )?;
                }
                cards::state_addresses(c, row.id, &emails)?;
            }
            let mut befriend = Befriend::Nothing;
            if let Some(target) = target {
                if row.key.is_some() {
                    refused_as::<_, Error>(
                        Cause::OtherToxAddress,
                        &row.name,
                        format!("{} has a Tox address already", row.name),
                        "remove the contact, and add it with the new one",
                    )?;
                }
                befriend = table::reach(c, &target, message, now)?;
                let (key, local) = target.mailbox();
                let owner = row.owner.unwrap_or_default();
                table::give_mailbox(c, row.id, &owner, &key, &local)?;
            }
            // Whoever had taken them out of their address book finds them there again, as they are now.
            c.execute("DELETE FROM cards_hidden WHERE contact = ?1", [row.id])?;
            cards::touch(c, row.id)?;
            Ok((row.id, befriend))
        });
        changed.map_err(|e| match e {
            CardError::Contacts(e) => e,
            other => Error::Refused(Refused {
                error: other.to_string(),
                advice: "remove contacts or photos that nobody needs".to_owned(),
                cause: Cause::TooMany,
                about: String::new(),
            }),
        })
    }

    /// The safety words for the home of a contact.
    ///
    /// # Errors
    /// There is no such contact, it has no Tox address; or the database.
    pub fn words(&self, name: &str) -> Result<(ContactRow, SafetyWords), Error> {
        let contact = self.find(name)?;
        let key = key_of(&contact)?;
        let words = SafetyWords::of(&self.ourselves, &key)?;
        Ok((contact, words))
    }

    /// A person has compared the words and found them the same; or takes that back.
    ///
    /// # Errors
    /// There is no such contact, it has no Tox address; or the database.
    pub fn verify(&self, name: &str, verdict: Compared) -> Result<ContactRow, Error> {
        let (name, ours, now) = (name.to_owned(), self.ourselves, self.now());
        self.database.write(move |c| {
            let contact = one(c, &name)?;
            let key = key_of(&contact)?;
            match verdict {
                Compared::Same => set_verified(c, &key, &ours, now)?,
                Compared::NotYet => set_unverified(c, &key)?,
            }
            Ok(contact)
        })
    }

    /// The homes whose words a person has compared, with the keys of now.
    ///
    /// # Errors
    /// The database.
    pub fn verified(&self) -> Result<HashSet<PeerKey>, Error> {
        self.database.read(|c| {
            let mut statement =
                c.prepare_cached("SELECT peer FROM verified_peers WHERE ours = ?1")?;
            let peers = statement.query_map([self.ourselves.as_bytes()], |row| {
                row.get(0).map(PeerKey::from_bytes)
            })?;
            Ok(peers.collect::<Result<_, _>>()?)
        })
    }
}

/// What came of comparing the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compared {
    /// They are the same.
    Same,
    /// They were not compared, or not these.
    NotYet,
}

/// A person has compared the words of these two keys.
pub(super) fn set_verified(
    c: &Connection,
    peer: &PeerKey,
    ours: &PeerKey,
    now: i64,
) -> Result<(), Error> {
    c.execute(
        "INSERT INTO verified_peers (peer, ours, since) VALUES (?1, ?2, ?3)
         ON CONFLICT (peer) DO UPDATE SET ours = excluded.ours, since = excluded.since",
        params![peer.as_bytes(), ours.as_bytes(), now],
    )?;
    Ok(())
}

/// What was compared counts no more.
pub(super) fn set_unverified(c: &Connection, peer: &PeerKey) -> Result<(), Error> {
    c.execute(
        "DELETE FROM verified_peers WHERE peer = ?1",
        [peer.as_bytes()],
    )?;
    Ok(())
}

fn key_of(contact: &ContactRow) -> Result<PeerKey, Error> {
    match contact.key {
        Some(key) => Ok(key),
        None => refused(
            format!("{} has no Tox address", contact.name),
            "safety words are for homes on the Tox network",
        ),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn key(byte: u8) -> PeerKey {
        PeerKey::from_bytes([byte; 32])
    }

    #[test]
    fn the_words_are_what_they_were_on_both_sides() {
        let words = SafetyWords::of(&key(1), &key(2)).unwrap();
        // Two boxes of different versions must show the same: this never changes. (Made with the reference argon2.)
        assert_eq!(
            words.words,
            "sea addict nominee ugly blame define soup enter"
        );
        assert_eq!(words.digits, "70069 89860 68085 25099 45736 09888");
        assert_eq!(SafetyWords::of(&key(2), &key(1)).unwrap(), words);
        let other = SafetyWords::of(&key(1), &key(3)).unwrap();
        assert_ne!(other.words, words.words);
        assert_ne!(other.digits, words.digits);
    }

    #[test]
    fn the_list_has_2048_words_told_apart_by_four_letters() {
        let list: Vec<&str> = WORDS.lines().collect();
        assert_eq!(list.len(), 2048);
        let heads: HashSet<&str> = list.iter().map(|w| w.get(..4).unwrap_or(w)).collect();
        assert_eq!(heads.len(), 2048);
        assert!(
            list.iter()
                .all(|w| w.bytes().all(|b| b.is_ascii_lowercase()))
        );
    }
}
