//! What a paired home says of its members. Names become contacts, shown as that home's; e-mail addresses stay claims
//! until a person here confirms one ([`Contacts::confirm`]).

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, params};

use super::names::Taken;
use super::peers::{self, Standing};
use super::table::free_nickname_of;
use super::{Contacts, Error, moves, names};
use crate::mail::address::{self, Meaning, MemberName, PeerKey};

/// Members that one home may announce: a family, or a small house.
const MAX_MEMBERS: usize = 100;
/// Contacts that the directories of one home make in all, members who have left included: a home that announces others every
/// time does not fill the address table.
const MAX_CONTACTS: i64 = 2 * MAX_MEMBERS as i64;
/// Addresses that one member may claim.
const MAX_ADDRESSES: usize = 20;

/// A member of another home, as that home says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedMember {
    /// The name of the mailbox.
    pub name: String,
    /// The display name.
    pub display: String,
    /// E-mail addresses that are theirs, it says.
    pub emails: Vec<String>,
}

/// What a directory brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Learned {
    /// Nicknames of contacts that are new here.
    pub new: Vec<String>,
    /// Whether anything was written.
    pub changed: bool,
}

type Members = BTreeMap<String, (String, BTreeMap<String, String>)>;

impl Contacts {
    /// A directory came from a peer. The same one again writes nothing. What a stranger or a blocked peer says is not
    /// heard.
    ///
    /// # Errors
    /// The database.
    pub fn learn(
        &self,
        key: &PeerKey,
        home_name: &str,
        members: Vec<ClaimedMember>,
    ) -> Result<Learned, Error> {
        let home_name = names::claimed(home_name);
        let members = cleaned(members);
        let same = self.database.read(|c| -> Result<bool, Error> {
            Ok(match peers::standing(c, key)? {
                // Its people are the new box's, and that one names them.
                Standing::Known(_) if moves::successor(c, *key)? != *key => true,
                Standing::Known(_) => {
                    told_name(c, key)? == home_name && told_members(c, key)? == members
                }
                _ => true,
            })
        })?;
        if same {
            return Ok(Learned::default());
        }
        let (key, now) = (*key, self.now());
        self.database.write(move |c| {
            if !matches!(peers::standing(c, &key)?, Standing::Known(_)) {
                return Ok(Learned::default());
            }
            let taken = Taken::by_others(c, &key)?;
            rename_home(c, &key, &home_name, &taken)?;
            write_down(c, &key, &members)?;
            make_room(c, &key, members.len())?;
            let mut learned = Learned {
                changed: true,
                ..Learned::default()
            };
            let behind = match home_name.as_str() {
                "" => peers::plain_name(&key),
                name if taken.told_apart(name, "") != name => peers::plain_name(&key),
                name => name.to_owned(),
            };
            let owners = owners(c, &key)?;
            for (local, (display, _)) in &members {
                // A name that somebody else bears here is told apart.
                let name = taken.told_apart(display, &behind);
                for owner in &owners {
                    let nickname = enter(c, &key, owner, local, &name, now)?;
                    learned.new.extend(nickname);
                }
            }
            Ok(learned)
        })
    }
}

fn cleaned(members: Vec<ClaimedMember>) -> Members {
    let mut clean = Members::new();
    for member in members.into_iter().take(MAX_MEMBERS) {
        let Ok(name) = member.name.parse::<MemberName>() else {
            continue;
        };
        let display = Some(names::claimed(&member.display))
            .filter(|display| !display.is_empty())
            .unwrap_or_else(|| name.to_string());
        let addresses = member
            .emails
            .iter()
            .filter_map(|email| match address::meaning(email, "") {
                Ok(Meaning::Ordinary(written)) => Some((address::folded(&written), written)),
                _ => None,
            })
            .take(MAX_ADDRESSES)
            .collect();
        clean.insert(name.into(), (display, addresses));
    }
    clean
}

fn told_name(c: &Connection, key: &PeerKey) -> Result<String, Error> {
    Ok(c.query_row(
        "SELECT home_name FROM peers WHERE key = ?1",
        [key.as_bytes()],
        |row| row.get(0),
    )?)
}

fn told_members(c: &Connection, key: &PeerKey) -> Result<Members, Error> {
    let mut told = Members::new();
    let mut statement = c.prepare_cached("SELECT local, display FROM directory WHERE peer = ?1")?;
    let mut rows = statement.query([key.as_bytes()])?;
    while let Some(row) = rows.next()? {
        told.insert(row.get(0)?, (row.get(1)?, BTreeMap::new()));
    }
    let mut statement = c.prepare_cached(
        "SELECT local, address, written FROM directory_addresses WHERE peer = ?1",
    )?;
    let mut rows = statement.query([key.as_bytes()])?;
    while let Some(row) = rows.next()? {
        if let Some((_, addresses)) = told.get_mut(&row.get::<_, String>(0)?) {
            addresses.insert(row.get(1)?, row.get(2)?);
        }
    }
    Ok(told)
}

/// The home's own name, and with it the contact that still goes by a number.
fn rename_home(c: &Connection, key: &PeerKey, home_name: &str, taken: &Taken) -> Result<(), Error> {
    c.execute(
        "UPDATE peers SET home_name = ?2 WHERE key = ?1",
        params![key.as_bytes(), home_name],
    )?;
    if home_name.is_empty() {
        return Ok(());
    }
    let changed = c.execute(
        "UPDATE contacts SET name = ?2 WHERE peer = ?1 AND local = '' AND made_by = 'pairing' AND name = ?3",
        params![
            key.as_bytes(),
            taken.told_apart(home_name, &peers::plain_name(key)),
            peers::plain_name(key)
        ],
    )?;
    if changed > 0 {
        let nickname = free_nickname_of(c, &names::nickname(home_name), key, "")?;
        c.execute(
            // Letters that have come stand under the old one in somebody's mailbox.
            "UPDATE contacts SET former = coalesce(former, nickname), nickname = ?2
             WHERE peer = ?1 AND local = '' AND made_by = 'pairing'",
            params![key.as_bytes(), nickname],
        )?;
    }
    Ok(())
}

fn write_down(c: &Connection, key: &PeerKey, members: &Members) -> Result<(), Error> {
    let told: BTreeSet<String> = told_members(c, key)?.into_keys().collect();
    for gone in told.iter().filter(|local| !members.contains_key(*local)) {
        // The contact stays: letters to it come back with the other home's word, not with a riddle.
        c.execute(
            "DELETE FROM directory WHERE peer = ?1 AND local = ?2",
            params![key.as_bytes(), gone],
        )?;
    }
    c.execute(
        "DELETE FROM directory_addresses WHERE peer = ?1",
        [key.as_bytes()],
    )?;
    for (local, (display, addresses)) in members {
        c.execute(
            "INSERT INTO directory (peer, local, display) VALUES (?1, ?2, ?3)
             ON CONFLICT (peer, local) DO UPDATE SET display = excluded.display",
            params![key.as_bytes(), local, display],
        )?;
        for (folded, written) in addresses {
            c.execute(
                "INSERT INTO directory_addresses (peer, local, address, written) VALUES (?1, ?2, ?3, ?4)",
                params![key.as_bytes(), local, folded, written],
            )?;
        }
    }
    Ok(())
}

/// Whose contacts the people of that home are: everybody's, or those members' who keep it for themselves.
fn owners(c: &Connection, key: &PeerKey) -> Result<Vec<String>, Error> {
    let mut statement = c.prepare_cached(
        "SELECT DISTINCT owner FROM contacts WHERE peer = ?1 AND made_by <> 'directory' ORDER BY owner",
    )?;
    let owners = statement.query_map([key.as_bytes()], |row| row.get(0))?;
    let mut owners: Vec<String> = owners.collect::<Result<_, _>>()?;
    if owners.first().is_none_or(String::is_empty) {
        owners = vec![String::new()];
    }
    Ok(owners)
}

/// Who is gone there stays here, but not for ever where the names change all the time; whom a person has given an
/// address stays in any case.
fn make_room(c: &Connection, key: &PeerKey, members: usize) -> Result<(), Error> {
    let brought: i64 = c.query_row(
        "SELECT count(*) FROM contacts WHERE peer = ?1 AND made_by = 'directory'",
        [key.as_bytes()],
        |row| row.get(0),
    )?;
    if usize::try_from(brought).unwrap_or(usize::MAX) + members > 2 * MAX_MEMBERS {
        c.execute(
            "DELETE FROM contacts WHERE peer = ?1 AND made_by = 'directory'
             AND local NOT IN (SELECT local FROM directory WHERE peer = ?1)
             AND id NOT IN (SELECT contact FROM contact_addresses)",
            [key.as_bytes()],
        )?;
    }
    Ok(())
}

/// A contact for a member, or its new name. A contact that a person made keeps the person's name.
fn enter(
    c: &Connection,
    key: &PeerKey,
    owner: &str,
    local: &str,
    name: &str,
    now: i64,
) -> Result<Option<String>, Error> {
    let known: bool = c.query_row(
        "SELECT EXISTS (SELECT 1 FROM contacts WHERE peer = ?1 AND local = ?2 AND owner = ?3)",
        params![key.as_bytes(), local, owner],
        |row| row.get(0),
    )?;
    if known {
        c.execute(
            "UPDATE contacts SET name = ?3 WHERE peer = ?1 AND local = ?2 AND made_by = 'directory'",
            params![key.as_bytes(), local, name],
        )?;
        return Ok(None);
    }
    let dismissed: bool = c.query_row(
        "SELECT dismissed FROM directory WHERE peer = ?1 AND local = ?2",
        params![key.as_bytes(), local],
        |row| row.get(0),
    )?;
    let made: i64 = c.query_row(
        "SELECT count(*) FROM contacts WHERE peer = ?1 AND made_by = 'directory'",
        [key.as_bytes()],
        |row| row.get(0),
    )?;
    if dismissed || made >= MAX_CONTACTS {
        return Ok(None);
    }
    let nickname = free_nickname_of(c, &names::nickname(local), key, local)?;
    c.execute(
        "INSERT INTO contacts (owner, name, nickname, peer, local, made_by, added)
         VALUES (?1, ?2, ?3, ?4, ?5, 'directory', ?6)",
        params![owner, name, nickname, key.as_bytes(), local, now],
    )?;
    Ok(Some(nickname))
}
