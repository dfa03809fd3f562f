//! What a person here does with the contacts: add, list, remove, block, confirm.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;

use super::peers::{self, Kind, Standing};
use super::{Befriend, Contacts, Error, names, refused, refused_as, sharing};
use crate::cause::Cause;
use crate::mail::address::{self, Meaning, MemberName, PeerKey, TOX_DOMAIN, ToxId, canonical};

/// Contacts of one home.
pub(super) const MAX_CONTACTS: i64 = 5_000;
/// Addresses of one contact.
pub(super) const MAX_ADDRESSES: usize = 20;

/// A contact to be made.
#[derive(Clone, Debug, Default)]
pub struct NewContact {
    /// What people here call them.
    pub name: String,
    /// Any form of a Tox address.
    pub tox: Option<String>,
    /// Their ordinary addresses, the one to be shown first.
    pub emails: Vec<String>,
    /// Whose entry it is; nobody's is everybody's.
    pub owner: Option<MemberName>,
}

/// What a person says of the other side.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Program {
    /// Nothing: it shows by itself.
    Unsaid,
    /// An ordinary Tox program.
    Chat,
}

/// A contact, just made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    /// Its number.
    pub id: i64,
    /// `nick` of `nick@tox`.
    pub nickname: String,
    /// What Tox has to do.
    pub befriend: Befriend,
}

/// A row of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ContactRow {
    /// Its number.
    pub id: i64,
    /// What people here call them.
    pub name: String,
    /// `nick` of `nick@tox`.
    pub nickname: String,
    /// The canonical Tox address.
    pub address: Option<String>,
    /// The home's key.
    pub key: Option<PeerKey>,
    /// Confirmed ordinary addresses.
    pub emails: Vec<String>,
    /// Addresses that their home claims for them, and nobody here has confirmed.
    pub claimed_emails: Vec<String>,
    /// Whose entry it is; `None` is everybody's.
    pub owner: Option<String>,
    /// What the home is.
    pub kind: Option<Kind>,
    /// `asked`, `waiting`, `connected`, `blocked`; `ordinary` without a Tox address.
    pub state: String,
    /// The name that the home gives itself.
    pub home_name: Option<String>,
    /// When the home was last seen online, seconds since 1970.
    pub last_seen: Option<i64>,
    /// After so long their letters may go by ordinary mail; `None` is never.
    pub fallback: Option<std::time::Duration>,
    /// Nothing goes to their home through a relay.
    pub direct_only: bool,
}

/// What went with a contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removed {
    /// The names of the contacts that are gone: a home takes along the members it announced.
    pub names: Vec<String>,
    /// The peer that is no longer one: Tox must forget it.
    pub unfriend: Option<PeerKey>,
}

/// Where a Tox address leads, in the table's terms.
pub(super) enum Target {
    Known(PeerKey, String),
    New(ToxId, String),
}

impl Target {
    /// The home, and the name of the mailbox there; empty for the main one.
    pub(super) fn mailbox(&self) -> (PeerKey, String) {
        match self {
            Self::Known(key, local) => (*key, local.clone()),
            Self::New(id, local) => (id.key(), local.clone()),
        }
    }
}

impl Contacts {
    /// Enters a contact. Its e-mail addresses count at once: a person here gave them.
    ///
    /// # Errors
    /// What is wrong and what to do, or the database.
    pub fn add(&self, new: NewContact) -> Result<Added, Error> {
        self.enter(new, Program::Unsaid)
    }

    /// The same for a friend of whom a person says that they have an ordinary Tox program.
    ///
    /// # Errors
    /// What is wrong and what to do, or the database.
    pub fn add_chat(&self, new: NewContact) -> Result<Added, Error> {
        self.enter(new, Program::Chat)
    }

    fn enter(&self, new: NewContact, program: Program) -> Result<Added, Error> {
        let name = names::tidy(&new.name);
        if name.is_empty() {
            return refused_as(
                Cause::NotUsable,
                "",
                "a contact needs a name",
                "give one, such as \"Oma Anna\"",
            );
        }
        if new.tox.is_none() && new.emails.is_empty() {
            return refused_as(
                Cause::AddressMissing,
                "",
                "a contact needs an address",
                "give a Tox address (--tox) or an e-mail address (--email), or send an invitation",
            );
        }
        let emails = self.ordinary(&new.emails)?;
        let tox = match &new.tox {
            Some(text) => Some(self.target(text)?),
            None => None,
        };
        if program == Program::Chat && tox.is_none() {
            return refused_as(
                Cause::ChatWithoutTox,
                "",
                "a friend with a chat program needs a Tox address",
                "give their Tox ID with --tox",
            );
        }
        let owner = new.owner.map_or(String::new(), String::from);
        let (now, message) = (self.now(), self.request_message(None));
        self.database.write(move |c| {
            let (peer, befriend) = match tox {
                Some(target) => {
                    let befriend = reach(c, &target, message, now)?;
                    (Some(target.mailbox()), befriend)
                }
                None => (None, Befriend::Nothing),
            };
            if let (Program::Chat, Some((key, _))) = (program, &peer) {
                if peers::standing(c, key)? == Standing::Known(Kind::Home) {
                    return refused_as(
                        Cause::HomeNotChat,
                        "",
                        "there is a home with Toxmail at this address, not a chat program",
                        "add it without --chat",
                    );
                }
                peers::become_chat(c, key)?;
            }
            let (id, nickname) = enter(c, &name, &owner, peer, now)?;
            for (folded, written) in &emails {
                give_address(c, id, &owner, folded, written)?;
            }
            Ok(Added {
                id,
                nickname,
                befriend,
            })
        })
    }

    /// All contacts, by name.
    ///
    /// # Errors
    /// The database.
    pub fn list(&self) -> Result<Vec<ContactRow>, Error> {
        self.database.read(rows)
    }

    /// A person says that a contact, by nickname, name or Tox address, has an ordinary Tox program. Returns its key.
    ///
    /// # Errors
    /// There is no such contact, it has no Tox address, or it is a home; or the database.
    pub fn chats(&self, name: &str) -> Result<PeerKey, Error> {
        let wanted = name.to_owned();
        let contact = self.database.read(|c| one(c, &wanted))?;
        let Some(key) = contact.key else {
            return refused(
                format!("{} has no Tox address", contact.name),
                "add it again with --tox ADDRESS --chat",
            );
        };
        self.set_chat(&key)?;
        Ok(key)
    }

    /// Forgets a contact, by nickname, name or Tox address; the entry of a home takes along those whom its directory brought to the
    /// same people. A home that nobody is left of is no peer any more; its block goes as well.
    ///
    /// # Errors
    /// There is no such contact, or several; or the database.
    pub fn remove(&self, name: &str) -> Result<Removed, Error> {
        let (name, now) = (name.to_owned(), self.now());
        self.database.write(move |c| {
            let contact = one(c, &name)?;
            let mut names = vec![contact.name.clone()];
            let Some(key) = contact.key else {
                c.execute("DELETE FROM contacts WHERE id = ?1", [contact.id])?;
                return Ok(Removed {
                    names,
                    unfriend: None,
                });
            };
            let (local, made_by): (String, String) = c.query_row(
                "SELECT local, made_by FROM contacts WHERE id = ?1",
                [contact.id],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )?;
            c.execute("DELETE FROM contacts WHERE id = ?1", [contact.id])?;
            // What one member removes of their own stays for the others.
            let owner = contact.owner.unwrap_or_default();
            if local.is_empty() {
                let mut statement = c.prepare(
                    "DELETE FROM contacts WHERE peer = ?1 AND made_by <> 'person' AND owner = ?2
                     RETURNING name",
                )?;
                let gone = statement.query_map(params![key.as_bytes(), owner], |row| {
                    row.get::<_, String>(0)
                })?;
                names.extend(gone.collect::<Result<Vec<_>, _>>()?);
            } else if owner.is_empty() || made_by == "directory" {
                c.execute(
                    "UPDATE directory SET dismissed = 1 WHERE peer = ?1 AND local = ?2",
                    params![key.as_bytes(), local],
                )?;
            }
            let left = has_contacts(c, &key)?;
            if !left {
                peers::forget(c, &key, now)?;
            }
            Ok(Removed {
                names,
                unfriend: (!left).then_some(key),
            })
        })
    }

    /// Wants to have nothing more to do with the home of a contact, or with a key that has asked. Tox must forget it.
    ///
    /// # Errors
    /// There is no such contact, it has no Tox address, or the database.
    pub fn block(&self, name: &str) -> Result<PeerKey, Error> {
        if let Ok(key) = name.trim().parse::<PeerKey>() {
            return self.block_key(&key);
        }
        let name = name.to_owned();
        let now = self.now();
        self.database.write(move |c| {
            let contact = one(c, &name)?;
            match contact.key {
                Some(key) => block(c, &key, now),
                None => refused(
                    format!("{} has no Tox address", contact.name),
                    "only a home on the Tox network can be blocked; remove the contact instead",
                ),
            }
        })
    }

    /// The same for a key.
    ///
    /// # Errors
    /// The database.
    pub fn block_key(&self, key: &PeerKey) -> Result<PeerKey, Error> {
        let (key, now) = (*key, self.now());
        self.database.write(move |c| block(c, &key, now))
    }

    /// A person says that an address which the contact's home claims is theirs, or gives one more.
    ///
    /// # Errors
    /// No such contact, no such address, or another contact has it; or the database.
    pub fn confirm(&self, name: &str, email: &str) -> Result<(), Error> {
        let name = name.to_owned();
        let emails = self.ordinary(&[email.to_owned()])?;
        self.database.write(move |c| {
            let contact = one(c, &name)?;
            let owner = contact.owner.clone().unwrap_or_default();
            for (folded, written) in &emails {
                give_address(c, contact.id, &owner, folded, written)?;
            }
            Ok(())
        })
    }

    /// Ordinary addresses, checked: folded and as written.
    pub(super) fn ordinary(&self, emails: &[String]) -> Result<Vec<(String, String)>, Error> {
        if emails.len() > MAX_ADDRESSES {
            return refused_as(
                Cause::TooMany,
                "",
                "too many addresses",
                "a contact can have 20",
            );
        }
        let checked = emails.iter().map(|email| match self.meaning(email.trim()) {
            Ok(Meaning::Ordinary(written)) => Ok((address::folded(&written), written)),
            Ok(_) => refused_as(
                Cause::EmailWrong,
                email.as_str(),
                format!("'{email}' is not an ordinary e-mail address"),
                "give a Tox address with --tox; an address of this home needs no contact",
            ),
            Err(error) => refused_as(
                Cause::EmailWrong,
                email.as_str(),
                error.0,
                "correct the e-mail address",
            ),
        });
        checked.collect()
    }

    /// A member is gone, and with them their own entries. Returns the peers that nobody is left of.
    ///
    /// # Errors
    /// The database.
    pub fn forget_owner(&self, member: &MemberName) -> Result<Vec<PeerKey>, Error> {
        let (member, now) = (member.to_string(), self.now());
        self.database.write(move |c| {
            let mut statement = c.prepare(
                "SELECT DISTINCT peer FROM contacts WHERE owner = ?1 AND peer IS NOT NULL",
            )?;
            let peers: Vec<PeerKey> = statement
                .query_map([&member], |row| row.get(0).map(PeerKey::from_bytes))?
                .collect::<Result<_, _>>()?;
            c.execute("DELETE FROM contacts WHERE owner = ?1", [&member])?;
            c.execute("DELETE FROM cards_hidden WHERE member = ?1", [&member])?;
            let mut gone = Vec::new();
            for key in peers {
                if has_contacts(c, &key)? {
                    continue;
                }
                if peers::standing(c, &key)? == Standing::Blocked {
                    // It stays blocked, and in the list: somebody may want to take that back.
                    peers::home_contact(c, &key, "", now)?;
                } else {
                    peers::forget(c, &key, now)?;
                    gone.push(key);
                }
            }
            Ok(gone)
        })
    }

    pub(super) fn target(&self, text: &str) -> Result<Target, Error> {
        const ADVICE: &str =
            "give their Tox ID (76 hex digits), name@<61 letters>.tox, or ask for an invitation";
        let text = text.trim();
        let bare = match text.get(..4) {
            Some(scheme) if scheme.eq_ignore_ascii_case("tox:") => {
                if text.contains("token=") {
                    return refused_as(
                        Cause::InvitationBroken,
                        "",
                        "this is an invitation",
                        "use it with `toxmaild invite accept LINK`; the contact makes itself",
                    );
                }
                text[4..].split('?').next().unwrap_or_default()
            }
            _ => text,
        };
        let address = if bare.contains('@') {
            bare.to_owned()
        } else {
            format!("{bare}@{TOX_DOMAIN}")
        };
        let (key, target) = match address::meaning(&address, &self.hostname) {
            Ok(Meaning::FirstContact { id, local }) => {
                (id.key(), Target::New(id, bare_name(local)))
            }
            Ok(Meaning::Peer { key, local }) => {
                let known = self.database.read(|c| peers::standing(c, &key))?;
                if known == Standing::Stranger && key != self.ourselves {
                    return refused_as(
                        Cause::KeyOnly,
                        "",
                        "this is a key only, of a home that is not known here",
                        "ask for their full Tox ID (76 hex digits) or an invitation",
                    );
                }
                (key, Target::Known(key, bare_name(local)))
            }
            Ok(_) => {
                return refused_as(
                    Cause::ToxAddressWrong,
                    "",
                    format!("'{text}' is not a Tox address"),
                    ADVICE,
                );
            }
            Err(error) => return refused_as(Cause::ToxAddressWrong, "", error.0, ADVICE),
        };
        if key == self.ourselves {
            return refused_as(
                Cause::OwnHome,
                "",
                "this is the address of your own home",
                "give the other home's address; yours is for them",
            );
        }
        Ok(target)
    }
}

/// What it takes to have a contact there: a stranger is asked.
pub(super) fn reach(
    c: &Connection,
    target: &Target,
    message: Vec<u8>,
    now: i64,
) -> Result<Befriend, Error> {
    match target {
        Target::New(id, _) => {
            let standing = peers::standing(c, &id.key())?;
            not_blocked(standing)?;
            let asked = peers::ask(c, id, Kind::Unknown, "", message, now)?;
            sharing::met(c, &id.key())?;
            Ok(match standing {
                Standing::Stranger => asked,
                // It may be a new Tox address of a home that we wait for; a friend stays one.
                _ => Befriend::Nothing,
            })
        }
        Target::Known(key, _) => {
            not_blocked(peers::standing(c, key)?)?;
            sharing::met(c, key)?;
            Ok(Befriend::Nothing)
        }
    }
}

/// A contact is a mailbox, not a tag of one.
fn bare_name(local: Option<String>) -> String {
    let local = local.unwrap_or_default();
    let name = address::split_tag(&local).0;
    if name == address::MAIN_MAILBOX {
        String::new()
    } else {
        name.to_owned()
    }
}

fn not_blocked(standing: Standing) -> Result<(), Error> {
    if standing == Standing::Blocked {
        return refused_as(
            Cause::Blocked,
            "",
            "this home is blocked here",
            "unblock it with `toxmaild contact remove NAME`, then add it again",
        );
    }
    Ok(())
}

/// Enters the row, or takes over the one that a pairing made for the same mailbox.
pub(super) fn enter(
    c: &Connection,
    name: &str,
    owner: &str,
    peer: Option<(PeerKey, String)>,
    now: i64,
) -> Result<(i64, String), Error> {
    let total: i64 = c.query_row("SELECT count(*) FROM contacts", [], |row| row.get(0))?;
    if total >= MAX_CONTACTS {
        return refused_as(
            Cause::TooMany,
            "",
            "there are 5000 contacts already",
            "remove some",
        );
    }
    if let Some((key, local)) = &peer {
        let mut statement = c.prepare(
            "SELECT id, made_by, name, nickname FROM contacts WHERE peer = ?1 AND local = ?2 AND owner = ?3",
        )?;
        let mut rows = statement.query(params![key.as_bytes(), local, owner])?;
        if let Some(row) = rows.next()? {
            let id: i64 = row.get(0)?;
            let (made_by, known, nickname): (String, String, String) =
                (row.get(1)?, row.get(2)?, row.get(3)?);
            if made_by == "person" {
                return refused_as(
                    Cause::ContactKnown,
                    &known,
                    format!("this address is in the contacts already, as {known} ({nickname}@tox)"),
                    "remove that contact first if it should have another name",
                );
            }
            let wanted = names::nickname(name);
            if wanted == nickname {
                c.execute(
                    "UPDATE contacts SET name = ?2, made_by = 'person' WHERE id = ?1",
                    params![id, name],
                )?;
                return Ok((id, nickname));
            }
            // Letters that have come stand under the old one in somebody's mailbox.
            let nickname = free_nickname(c, &wanted)?;
            c.execute(
                "UPDATE contacts SET name = ?2, former = nickname, nickname = ?3, made_by = 'person' WHERE id = ?1",
                params![id, name, nickname],
            )?;
            return Ok((id, nickname));
        }
    }
    let nickname = free_nickname(c, &names::nickname(name))?;
    let (key, local) = match &peer {
        Some((key, local)) => (Some(key.as_bytes()), local.as_str()),
        None => (None, ""),
    };
    c.execute(
        "INSERT INTO contacts (owner, name, nickname, peer, local, made_by, added)
         VALUES (?1, ?2, ?3, ?4, ?5, 'person', ?6)",
        params![owner, name, nickname, key, local, now],
    )?;
    Ok((c.last_insert_rowid(), nickname))
}

pub(super) fn give_address(
    c: &Connection,
    contact: i64,
    owner: &str,
    folded: &str,
    written: &str,
) -> Result<(), Error> {
    let mut statement = c.prepare(
        "SELECT c.id, c.name FROM contact_addresses a JOIN contacts c ON c.id = a.contact
         WHERE a.address = ?1 AND a.owner = ?2",
    )?;
    let mut rows = statement.query(params![folded, owner])?;
    if let Some(row) = rows.next()? {
        if row.get::<_, i64>(0)? == contact {
            return Ok(());
        }
        return refused_as(
            Cause::EmailKnown,
            row.get::<_, String>(1)?,
            format!(
                "{} has the address {written} already",
                row.get::<_, String>(1)?
            ),
            "an address belongs to one contact; remove it there first",
        );
    }
    let place: i64 = c.query_row(
        "SELECT coalesce(max(place), 0) + 1 FROM contact_addresses WHERE contact = ?1",
        [contact],
        |row| row.get(0),
    )?;
    c.execute(
        "INSERT INTO contact_addresses (contact, owner, address, written, place)
         VALUES (?1, ?2, ?3, ?4, ?5)",
        params![contact, owner, folded, written, place],
    )?;
    Ok(())
}

fn block(c: &Connection, key: &PeerKey, now: i64) -> Result<PeerKey, Error> {
    c.execute("DELETE FROM requests WHERE key = ?1", [key.as_bytes()])?;
    c.execute(
        "INSERT INTO peers (key, state, blocked, added) VALUES (?1, 'waiting', 1, ?2)
         ON CONFLICT (key) DO UPDATE SET blocked = 1, request = NULL",
        params![key.as_bytes(), now],
    )?;
    // Somebody has to be in the list to be removed from it again.
    if !has_contacts(c, key)? {
        peers::home_contact(c, key, "", now)?;
    }
    Ok(*key)
}

pub(super) fn has_contacts(c: &Connection, key: &PeerKey) -> Result<bool, Error> {
    Ok(c.query_row(
        "SELECT EXISTS (SELECT 1 FROM contacts WHERE peer = ?1)",
        [key.as_bytes()],
        |row| row.get(0),
    )?)
}

/// A nickname that nobody has, and that was nobody's but this mailbox's: old letters and address books would lead to somebody
/// else.
pub(super) fn free_nickname_of(
    c: &Connection,
    base: &str,
    key: &PeerKey,
    local: &str,
) -> Result<String, Error> {
    let mut statement = c.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM contacts WHERE ?1 IN (nickname, former))
            OR EXISTS (SELECT 1 FROM retired_nicknames WHERE nickname = ?1 AND NOT (peer IS ?2 AND local = ?3))",
    )?;
    names::unique(base, |nickname| {
        Ok(statement.query_row(params![nickname, key.as_bytes(), local], |row| row.get(0))?)
    })
}

/// A person gives a contact another name. The nickname stays: letters that have come stand under it.
pub(super) fn rename(c: &Connection, contact: i64, name: &str) -> Result<(), Error> {
    c.execute(
        "UPDATE contacts SET name = ?2, made_by = 'person' WHERE id = ?1",
        params![contact, name],
    )?;
    Ok(())
}

/// A contact without one gets a Tox address.
pub(super) fn give_mailbox(
    c: &Connection,
    contact: i64,
    owner: &str,
    key: &PeerKey,
    local: &str,
) -> Result<(), Error> {
    let holder: Option<String> = c
        .prepare("SELECT name FROM contacts WHERE peer = ?1 AND local = ?2 AND owner = ?3")?
        .query_row(params![key.as_bytes(), local, owner], |row| row.get(0))
        .optional()?;
    if let Some(holder) = holder {
        return refused_as(
            Cause::ContactKnown,
            &holder,
            format!("this Tox address is in the contacts already, as {holder}"),
            "remove that contact first if it should be this one's",
        );
    }
    c.execute(
        "UPDATE contacts SET peer = ?2, local = ?3, made_by = 'person' WHERE id = ?1",
        params![contact, key.as_bytes(), local],
    )?;
    Ok(())
}

/// A nickname that nobody has, for whom a person here names so: whoever bore it before and is gone gives way.
pub(super) fn free_nickname(c: &Connection, base: &str) -> Result<String, Error> {
    let mut statement =
        c.prepare_cached("SELECT EXISTS (SELECT 1 FROM contacts WHERE ?1 IN (nickname, former))")?;
    names::unique(base, |nickname| {
        Ok(statement.query_row([nickname], |row| row.get(0))?)
    })
}

/// The contact that a person means: by nickname, by name, by Tox address or key.
pub(super) fn one(c: &Connection, text: &str) -> Result<ContactRow, Error> {
    let text = text.trim();
    let folded = text.to_lowercase();
    // Typed as it is shown, a nickname means one contact; `Paul` with a capital may be any Paul's name.
    let nickname = folded.strip_suffix("@tox").unwrap_or(text);
    let mut all = rows(c)?;
    if let Some(i) = all.iter().position(|row| row.nickname == nickname) {
        return Ok(all.swap_remove(i));
    }
    let key: Option<PeerKey> = text.parse().ok();
    all.retain(|row| {
        row.name.to_lowercase() == folded
            || row.nickname == folded
            || row.address.as_deref() == Some(folded.as_str())
            || row
                .emails
                .iter()
                .any(|email| email.to_lowercase() == folded)
            || (key.is_some() && row.key == key && is_main(row))
    });
    match all.len() {
        1 => Ok(all.swap_remove(0)),
        0 => refused_as(
            Cause::Gone,
            "",
            format!("there is no contact '{text}'"),
            "`toxmaild contact list` shows everybody",
        ),
        _ => {
            let nicknames: Vec<&str> = all.iter().map(|row| row.nickname.as_str()).collect();
            refused(
                format!("several contacts are called '{text}'"),
                format!("give the nickname: {}", nicknames.join(", ")),
            )
        }
    }
}

fn is_main(row: &ContactRow) -> bool {
    row.key
        .is_some_and(|key| row.address.as_deref() == Some(canonical(None, &key).as_str()))
}

fn rows(c: &Connection) -> Result<Vec<ContactRow>, Error> {
    let mut emails = strings(
        c,
        "SELECT contact, written FROM contact_addresses ORDER BY place",
    )?;
    let mut claimed = strings(
        c,
        "SELECT c.id, d.written FROM contacts c
         JOIN directory_addresses d ON d.peer = c.peer AND d.local = c.local
         WHERE NOT EXISTS (SELECT 1 FROM contact_addresses a
                           WHERE a.contact = c.id AND a.address = d.address)
         ORDER BY d.address",
    )?;
    let mut statement = c.prepare(
        "SELECT c.id, c.name, c.nickname, c.peer, c.local, c.owner,
                p.kind, p.state, p.blocked, p.home_name, p.last_seen,
                c.fallback_seconds, coalesce(p.direct_only, 0)
         FROM contacts c LEFT JOIN peers p ON p.key = c.peer
         ORDER BY c.name COLLATE NOCASE, c.id",
    )?;
    let mut rows = statement.query([])?;
    let mut list = Vec::new();
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        let key = row.get::<_, Option<[u8; 32]>>(3)?.map(PeerKey::from_bytes);
        let local: String = row.get(4)?;
        let local = Some(local.as_str()).filter(|local| !local.is_empty());
        list.push(ContactRow {
            id,
            name: row.get(1)?,
            nickname: row.get(2)?,
            address: key.map(|key| canonical(local, &key)),
            key,
            emails: emails.remove(&id).unwrap_or_default(),
            claimed_emails: claimed.remove(&id).unwrap_or_default(),
            owner: Some(row.get::<_, String>(5)?).filter(|owner| !owner.is_empty()),
            kind: row
                .get::<_, Option<String>>(6)?
                .map(|kind| peers::kind_of(&kind)),
            state: match (row.get::<_, Option<String>>(7)?, row.get(8)?) {
                (None, _) => "ordinary".to_owned(),
                (Some(_), Some(true)) => "blocked".to_owned(),
                (Some(state), _) => state,
            },
            home_name: row.get(9)?,
            last_seen: row.get(10)?,
            fallback: super::fallback::duration(row.get(11)?),
            direct_only: row.get(12)?,
        });
    }
    Ok(list)
}

fn strings(c: &Connection, sql: &str) -> Result<BTreeMap<i64, Vec<String>>, Error> {
    let mut all: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    let mut statement = c.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        all.entry(row.get(0)?).or_default().push(row.get(1)?);
    }
    Ok(all)
}
