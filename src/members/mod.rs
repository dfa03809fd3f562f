//! The people of this home: names, passwords, device passwords, and which addresses are theirs.
//!
//! A person's own password opens the web page; mail programs use *device passwords*, one a device (`device.rs`). [`Members::check`]
//! takes either. A login that does not exist costs the same argon2 as a wrong password, one hash runs at a time, and the
//! verdict on a right password is remembered for an hour (`password.rs`), so a program that polls every minute costs nothing.
//! When a device was last used is written once a day. What the home makes up for a person can be read aloud (`spoken.rs`).
//!
//! What never happens here: no password is logged, returned or kept in clear; no mail is touched: what becomes of a
//! removed member's Maildir is the caller's to say and to do.
//!
//! The first member is the administrator (who gets `postmaster`) and the main mailbox (`home`) unless that was set.

mod device;
mod password;
mod spoken;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension};

pub use device::{Device, DevicePassword};
pub use password::SHORTEST_PASSWORD;
pub use spoken::spoken_password;

use crate::clock;
use crate::database::{self, Database};
use crate::mail::address::{self, LOCAL_DOMAIN, Meaning, MemberName, PeerKey};

pub(crate) const MAIN: &str = "members.main_mailbox";
const ADMINISTRATOR: &str = "members.administrator";
/// Longest display name and device label.
const MAX_TEXT: usize = 100;
const NO_DISPLAY: &str = "a display name has 1 to 100 characters on one line";

/// What can go wrong with members.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The rows cannot be read or written.
    #[error(transparent)]
    Database(#[from] database::Error),
    /// The name is taken.
    #[error("there is already a member '{0}'")]
    Taken(MemberName),
    /// There is no such member.
    #[error("there is no member '{0}'")]
    NoSuchMember(MemberName),
    /// There is no such device.
    #[error("{0} has no device {1}; see 'device list'")]
    NoSuchDevice(MemberName, i64),
    /// Somebody else's address.
    #[error("the address {0} belongs to {1}")]
    AddressTaken(String, MemberName),
    /// A text that cannot be used.
    #[error("{0}")]
    Unusable(&'static str),
    /// Too many people (or one attacker) log in at the same time: try again in a moment.
    #[error("too many logins at the same time; try again in a moment")]
    Busy,
    /// No randomness or no memory from the system.
    #[error("the system gave no {0}")]
    System(&'static str),
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        Error::Database(error.into())
    }
}

/// A person with a mailbox.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Member {
    /// The mailbox's name.
    pub name: MemberName,
    /// The name that others see.
    pub display: String,
    /// Language of notices; `None` is the home's.
    pub language: Option<String>,
    /// Gets `postmaster`.
    pub administrator: bool,
    /// Gets what is addressed to the home itself.
    pub main_mailbox: bool,
    /// Device passwords.
    pub devices: usize,
    /// Seconds since 1970.
    pub created: i64,
}

/// What a member wants where a letter takes the private ways and the ordinary one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mixed {
    /// To be told afterwards which way each copy went.
    #[default]
    Tell,
    /// To be asked before.
    Ask,
    /// That it is refused.
    Refuse,
}

impl Mixed {
    /// The word in rows and commands.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tell => "tell",
            Self::Ask => "ask",
            Self::Refuse => "refuse",
        }
    }

    fn from_row(text: &str) -> Self {
        [Self::Ask, Self::Refuse]
            .into_iter()
            .find(|mixed| mixed.as_str() == text)
            .unwrap_or_default()
    }
}

/// What a member has chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choices {
    /// Language of notices; `None` is the home's.
    pub language: Option<String>,
    /// For letters that take more than one way.
    pub mixed: Mixed,
    /// They have heard that answers to ordinary mail arrive at their provider.
    pub knows_ordinary: bool,
    /// For letters that their provider cannot carry as they are.
    pub reencode: Reencode,
}

/// What becomes of letters with 8-bit text for a provider that takes 7 bits only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reencode {
    /// They go back with the reason.
    #[default]
    Off,
    /// They are made over ([`crate::mail::seven_bit`]), if they can be.
    On,
}

/// What a removal changed besides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removed {
    /// Who gets the home's main mail from now on, if that changed.
    pub main_mailbox: Option<MemberName>,
}

/// The people of this home; a cheap handle to clone. Everything blocks.
#[derive(Clone)]
pub struct Members {
    database: Database,
    vault: Arc<password::Vault>,
}

/// A login whose password is known to be right without work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Glance {
    /// By a device password, which nobody can guess.
    Device(MemberName),
    /// By the person's own, which was right a while ago.
    Person(MemberName),
}

/// What the rows say of a login.
enum Look {
    Device(MemberName),
    /// The name, if it can be one, and the hash of the person's password, if there is such a member.
    Else(Option<MemberName>, Option<String>),
}

impl Members {
    /// The people in the database.
    ///
    /// # Errors
    /// [`Error::System`] without randomness.
    pub fn open(database: Database) -> Result<Self, Error> {
        Ok(Self {
            database,
            vault: Arc::new(password::Vault::new()?),
        })
    }

    /// Adds a person.
    ///
    /// # Errors
    /// [`Error::Taken`], or [`Error::Unusable`] for an empty or absurd password or display name.
    pub fn add(&self, name: &MemberName, display: &str, password: &str) -> Result<(), Error> {
        if self.exists(name)? {
            return Err(Error::Taken(name.clone()));
        }
        let display = match display.trim() {
            "" => capitalised(name.as_str()),
            text => text_of(text, NO_DISPLAY)?,
        };
        let hash = self.vault.hash(password)?;
        let (name, created) = (name.clone(), clock::wall_seconds());
        self.database.write(move |c| {
            let made = c.execute(
                "INSERT INTO members (name, display, password, created) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO NOTHING",
                (name.as_str(), display, hash, created),
            )?;
            if made == 0 {
                return Err(Error::Taken(name));
            }
            Ok(())
        })
    }

    /// Everybody, in the order they came.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn list(&self) -> Result<Vec<Member>, Error> {
        self.database.read(|c| {
            let administrator = appointed(c, ADMINISTRATOR)?;
            let main = appointed(c, MAIN)?;
            let mut statement = c.prepare_cached(
                "SELECT name, display, language, created,
                    (SELECT count(*) FROM devices WHERE member = members.id) FROM members ORDER BY id",
            )?;
            let mut rows = statement.query([])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                let name = parse(row.get(0)?)?;
                found.push(Member {
                    administrator: administrator.as_ref() == Some(&name),
                    main_mailbox: main.as_ref() == Some(&name),
                    name,
                    display: row.get(1)?,
                    language: row.get(2)?,
                    created: row.get(3)?,
                    devices: usize::try_from(row.get::<_, i64>(4)?).unwrap_or(0),
                });
            }
            Ok(found)
        })
    }

    /// Whether there is a member of that name.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn exists(&self, name: &MemberName) -> Result<bool, Error> {
        self.database.read(|c| Ok(id_of(c, name)?.is_some()))
    }

    /// The name that others see; `None` when there is no such member.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn display(&self, name: &MemberName) -> Result<Option<String>, Error> {
        self.column(name, "SELECT display FROM members WHERE name = ?1")
    }

    /// The language of notices to this member; `None` for the home's.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn language(&self, name: &MemberName) -> Result<Option<String>, Error> {
        let found: Option<Option<String>> =
            self.column(name, "SELECT language FROM members WHERE name = ?1")?;
        Ok(found.flatten())
    }

    fn column<T: rusqlite::types::FromSql>(
        &self,
        name: &MemberName,
        query: &str,
    ) -> Result<Option<T>, Error> {
        self.database.read(|c| {
            Ok(c.prepare_cached(query)?
                .query_row([name.as_str()], |r| r.get(0))
                .optional()?)
        })
    }

    /// Changes the name that others see.
    ///
    /// # Errors
    /// [`Error::NoSuchMember`], or [`Error::Unusable`] for an empty or absurd one.
    pub fn set_display(&self, name: &MemberName, display: &str) -> Result<(), Error> {
        let display = text_of(display, NO_DISPLAY)?;
        self.update(
            name,
            "UPDATE members SET display = ?2 WHERE name = ?1",
            Some(display),
        )
    }

    /// Changes the language of notices; `None` for the home's.
    ///
    /// # Errors
    /// [`Error::NoSuchMember`].
    pub fn set_language(&self, name: &MemberName, language: Option<&str>) -> Result<(), Error> {
        let language = language.map(str::to_owned);
        self.update(
            name,
            "UPDATE members SET language = ?2 WHERE name = ?1",
            language,
        )
    }

    /// What a member has chosen.
    ///
    /// # Errors
    /// [`Error::NoSuchMember`].
    pub fn choices(&self, name: &MemberName) -> Result<Choices, Error> {
        self.database.read(|c| {
            c.prepare_cached(
                "SELECT language, mixed, knows_ordinary, reencode FROM members WHERE name = ?1",
            )?
            .query_row([name.as_str()], |r| {
                Ok(Choices {
                    language: r.get(0)?,
                    mixed: Mixed::from_row(&r.get::<_, String>(1)?),
                    knows_ordinary: r.get(2)?,
                    reencode: match r.get(3)? {
                        true => Reencode::On,
                        false => Reencode::Off,
                    },
                })
            })
            .optional()?
            .ok_or_else(|| Error::NoSuchMember(name.clone()))
        })
    }

    /// Changes what becomes of letters that take more than one way.
    ///
    /// # Errors
    /// [`Error::NoSuchMember`].
    pub fn set_mixed(&self, name: &MemberName, mixed: Mixed) -> Result<(), Error> {
        self.update(
            name,
            "UPDATE members SET mixed = ?2 WHERE name = ?1",
            Some(mixed.as_str().to_owned()),
        )
    }

    /// Changes whether letters may be made over for a provider that takes 7 bits only.
    ///
    /// # Errors
    /// [`Error::NoSuchMember`].
    pub fn set_reencode(&self, name: &MemberName, reencode: Reencode) -> Result<(), Error> {
        self.update(
            name,
            "UPDATE members SET reencode = ?2 = 'on' WHERE name = ?1",
            Some(match reencode {
                Reencode::On => "on".to_owned(),
                Reencode::Off => "off".to_owned(),
            }),
        )
    }

    /// They have heard that answers to ordinary mail arrive at their provider.
    ///
    /// # Errors
    /// [`Error::NoSuchMember`].
    pub fn set_knows_ordinary(&self, name: &MemberName) -> Result<(), Error> {
        self.update(
            name,
            "UPDATE members SET knows_ordinary = 1 WHERE name = ?1 AND ?2 IS NULL",
            None,
        )
    }

    /// Answers to ordinary mail arrive elsewhere than they have heard: they hear it again.
    ///
    /// # Errors
    /// [`Error::NoSuchMember`].
    pub fn forget_ordinary(&self, name: &MemberName) -> Result<(), Error> {
        self.update(
            name,
            "UPDATE members SET knows_ordinary = 0 WHERE name = ?1 AND ?2 IS NULL",
            None,
        )
    }

    /// Changes a person's own password. Device passwords stay.
    ///
    /// # Errors
    /// [`Error::NoSuchMember`], [`Error::Unusable`].
    pub fn set_password(&self, name: &MemberName, password: &str) -> Result<(), Error> {
        if !self.exists(name)? {
            return Err(Error::NoSuchMember(name.clone()));
        }
        let hash = self.vault.hash(password)?;
        self.update(
            name,
            "UPDATE members SET password = ?2 WHERE name = ?1",
            Some(hash),
        )
    }

    fn update(
        &self,
        name: &MemberName,
        statement: &'static str,
        value: Option<String>,
    ) -> Result<(), Error> {
        let name = name.clone();
        self.database.write(
            move |c| match c.execute(statement, (name.as_str(), value))? {
                0 => Err(Error::NoSuchMember(name)),
                _ => Ok(()),
            },
        )
    }

    /// Removes a person: no login, no new mail. The mail that is there stays on the disk.
    ///
    /// # Errors
    /// [`Error::NoSuchMember`].
    pub fn remove(&self, name: &MemberName) -> Result<Removed, Error> {
        let name = name.clone();
        self.database.write(move |c| {
            let main = appointed(c, MAIN)?;
            if c.execute("DELETE FROM members WHERE name = ?1", [name.as_str()])? == 0 {
                return Err(Error::NoSuchMember(name));
            }
            let heir = appointed(c, MAIN)?.filter(|heir| Some(heir) != main.as_ref());
            Ok(Removed { main_mailbox: heir })
        })
    }

    /// Who gets what is addressed to the home itself; `None` in an empty home.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn main_mailbox(&self) -> Result<Option<MemberName>, Error> {
        self.database.read(|c| appointed(c, MAIN))
    }

    /// Appoints the main mailbox.
    ///
    /// # Errors
    /// [`Error::NoSuchMember`].
    pub fn set_main_mailbox(&self, name: &MemberName) -> Result<(), Error> {
        self.appoint(MAIN, name)
    }

    /// Who gets `postmaster`; `None` in an empty home.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn administrator(&self) -> Result<Option<MemberName>, Error> {
        self.database.read(|c| appointed(c, ADMINISTRATOR))
    }

    /// Appoints the administrator.
    ///
    /// # Errors
    /// [`Error::NoSuchMember`].
    pub fn set_administrator(&self, name: &MemberName) -> Result<(), Error> {
        self.appoint(ADMINISTRATOR, name)
    }

    fn appoint(&self, post: &str, name: &MemberName) -> Result<(), Error> {
        if !self.exists(name)? {
            return Err(Error::NoSuchMember(name.clone()));
        }
        Ok(self.database.set_setting(post, Some(name.as_str()))?)
    }

    /// Makes a password for one mail program. This is the only time it can be seen.
    ///
    /// # Errors
    /// [`Error::NoSuchMember`], [`Error::Unusable`].
    pub fn device_add(&self, name: &MemberName, label: &str) -> Result<DevicePassword, Error> {
        let label = text_of(label, "a label has 1 to 100 characters on one line")?;
        let secret = device::generate()?;
        let hash = device::hash(&secret).ok_or(Error::System("password"))?;
        let (name, created) = (name.clone(), clock::wall_seconds());
        let id = self.database.write(move |c| {
            let member = id_of(c, &name)?.ok_or(Error::NoSuchMember(name))?;
            c.execute(
                "INSERT INTO devices (member, label, hash, created) VALUES (?1, ?2, ?3, ?4)",
                (member, label, hash, created),
            )?;
            Ok::<_, Error>(c.last_insert_rowid())
        })?;
        Ok(DevicePassword { id, secret })
    }

    /// A member's devices.
    ///
    /// # Errors
    /// [`Error::NoSuchMember`].
    pub fn device_list(&self, name: &MemberName) -> Result<Vec<Device>, Error> {
        self.database.read(|c| {
            let member = id_of(c, name)?.ok_or_else(|| Error::NoSuchMember(name.clone()))?;
            device::list(c, member)
        })
    }

    /// Takes a device password back.
    ///
    /// # Errors
    /// [`Error::NoSuchDevice`].
    pub fn device_revoke(&self, name: &MemberName, id: i64) -> Result<(), Error> {
        let name = name.clone();
        self.database.write(move |c| {
            let gone = c.execute(
                "DELETE FROM devices WHERE id = ?1 AND member = (SELECT id FROM members WHERE name = ?2)",
                (id, name.as_str()),
            )?;
            match gone {
                0 => Err(Error::NoSuchDevice(name, id)),
                _ => Ok(()),
            }
        })
    }

    /// Who logs in with `name` or `name@toxmail.local`, and a device password or the person's own; `None` for anything wrong.
    ///
    /// # Errors
    /// [`Error::Busy`] when too many wait for the one permit; the database. Never for a wrong password.
    pub fn check(&self, login: &str, password: &str) -> Result<Option<MemberName>, Error> {
        let (name, hash) = match self.look(login, password)? {
            Look::Device(name) => return Ok(Some(name)),
            Look::Else(name, hash) => (name, hash),
        };
        let person = name.as_ref().map_or("", |n| n.as_str());
        let right = self.vault.verify(hash.as_deref(), person, password)?;
        Ok(name.filter(|_| right))
    }

    /// The same as far as it costs nothing: a device password, or a person's own that was right within the last hour. `None`
    /// is no verdict.
    ///
    /// # Errors
    /// The database.
    pub fn glance(&self, login: &str, password: &str) -> Result<Option<Glance>, Error> {
        Ok(match self.look(login, password)? {
            Look::Device(name) => Some(Glance::Device(name)),
            Look::Else(Some(name), Some(hash)) => {
                let remembered = self.vault.has_seen(&hash, name.as_str(), password);
                remembered.then_some(Glance::Person(name))
            }
            Look::Else(..) => None,
        })
    }

    /// Whose login this is, whatever the password.
    ///
    /// # Errors
    /// The database.
    pub fn named(&self, login: &str) -> Result<Option<MemberName>, Error> {
        match login_name(login) {
            Some(name) => Ok(self.exists(&name)?.then_some(name)),
            None => Ok(None),
        }
    }

    fn look(&self, login: &str, password: &str) -> Result<Look, Error> {
        let name = login_name(login);
        let device = device::hash(password).unwrap_or_default();
        let (member, device) = self.database.read(|c| -> Result<_, Error> {
            let found = match &name {
                Some(name) => c
                    .prepare_cached("SELECT id, password FROM members WHERE name = ?1")?
                    .query_row([name.as_str()], |r| {
                        Ok((r.get::<_, i64>(0)?, r.get::<_, String>(1)?))
                    })
                    .optional()?,
                None => None,
            };
            let id = found.as_ref().map_or(-1, |(id, _)| *id);
            Ok((found, device::find(c, id, &device)?))
        })?;
        Ok(match (device, name) {
            (Some(device), Some(name)) => {
                self.used(device);
                Look::Device(name)
            }
            (_, name) => Look::Else(name, member.map(|(_, hash)| hash)),
        })
    }

    /// Notes that a device was used, once a day. A full disk must not lock anybody out, so an error is no matter.
    fn used(&self, device: device::Found) {
        let now = clock::wall_seconds();
        if device.last_used.map(|t| t.div_euclid(86_400)) == Some(now.div_euclid(86_400)) {
            return;
        }
        let _ = self.database.write(move |c| -> Result<usize, Error> {
            Ok(c.execute(
                "UPDATE devices SET last_used = ?2 WHERE id = ?1",
                (device.id, now),
            )?)
        });
    }

    /// Confirms an ordinary address as this member's.
    ///
    /// # Errors
    /// [`Error::AddressTaken`] when it is somebody else's.
    pub fn address_add(&self, name: &MemberName, address: &str) -> Result<(), Error> {
        // Nothing that means a mailbox of this home or of a key, in whatever letters it is written.
        let ordinary = match address::meaning(address, LOCAL_DOMAIN) {
            Ok(Meaning::Ordinary(same)) => same
                .rsplit_once('@')
                .is_some_and(|(_, domain)| domain.contains('.') && !domain.ends_with(".local")),
            _ => false,
        };
        if !ordinary || address.len() > 254 {
            return Err(Error::Unusable("that is no ordinary e-mail address"));
        }
        let (name, address) = (name.clone(), address.to_owned());
        self.database.write(move |c| {
            let member = id_of(c, &name)?.ok_or_else(|| Error::NoSuchMember(name.clone()))?;
            match owner(c, &address)? {
                Some(owner) if owner != name => Err(Error::AddressTaken(address, owner)),
                Some(_) => Ok(()),
                None => {
                    c.execute(
                        "INSERT INTO member_addresses (address, member) VALUES (?1, ?2)",
                        (address, member),
                    )?;
                    Ok(())
                }
            }
        })
    }

    /// Takes an ordinary address away; nothing happens if it was not this member's.
    ///
    /// # Errors
    /// The rows cannot be written.
    pub fn address_remove(&self, name: &MemberName, address: &str) -> Result<(), Error> {
        let (name, address) = (name.clone(), address.to_owned());
        self.database.write(move |c| {
            c.execute(
                "DELETE FROM member_addresses WHERE address = ?1
                 AND member = (SELECT id FROM members WHERE name = ?2)",
                (address, name.as_str()),
            )?;
            Ok(())
        })
    }

    /// A member's confirmed ordinary addresses, in order.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn addresses(&self, name: &MemberName) -> Result<Vec<String>, Error> {
        self.database.read(|c| {
            let mut statement = c.prepare_cached(
                "SELECT address FROM member_addresses a JOIN members m ON m.id = a.member
                 WHERE m.name = ?1 ORDER BY address",
            )?;
            let rows = statement.query_map([name.as_str()], |r| r.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The address that a member has in ordinary mail: the one their provider's account is for, else the first that was
    /// confirmed.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn ordinary_address(&self, name: &MemberName) -> Result<Option<String>, Error> {
        self.database.read(|c| Ok(ordinary_address(c, name)?))
    }

    /// Whose confirmed ordinary address this is.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn owner_of(&self, address: &str) -> Result<Option<MemberName>, Error> {
        self.database.read(|c| owner(c, address))
    }

    /// Whether the member may write as `address`: their name at this home in any of its forms (a tag is fine), the home's
    /// main address if the main mailbox is theirs, or a confirmed ordinary address.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn owns(
        &self,
        name: &MemberName,
        address: &str,
        hostname: &str,
        us: &PeerKey,
    ) -> Result<bool, Error> {
        let Some((local, domain)) = address.rsplit_once('@') else {
            return Ok(false);
        };
        let domain = domain.to_ascii_lowercase();
        let canonical = domain
            .strip_suffix(".tox")
            .is_some_and(|key| key == us.base32());
        if domain == LOCAL_DOMAIN || domain.eq_ignore_ascii_case(hostname) || canonical {
            let local = local.to_ascii_lowercase();
            let base = local.split_once('+').map_or(local.as_str(), |(b, _)| b);
            if base == name.as_str() {
                return Ok(true);
            }
            if canonical && base == "home" {
                return Ok(self.main_mailbox()?.as_ref() == Some(name));
            }
            if !domain.eq_ignore_ascii_case(hostname) {
                return Ok(false);
            }
            // A host name of the family's own may also be the domain of confirmed addresses.
        }
        Ok(self.owner_of(address)?.as_ref() == Some(name))
    }
}

/// A login is `name` or `name@toxmail.local`, in any case.
fn login_name(login: &str) -> Option<MemberName> {
    let name = match login.rsplit_once('@') {
        Some((name, domain)) if domain.eq_ignore_ascii_case(LOCAL_DOMAIN) => name,
        Some(_) => return None,
        None => login,
    };
    name.parse().ok()
}

fn id_of(c: &Connection, name: &MemberName) -> Result<Option<i64>, Error> {
    Ok(c.prepare_cached("SELECT id FROM members WHERE name = ?1")?
        .query_row([name.as_str()], |r| r.get(0))
        .optional()?)
}

fn owner(c: &Connection, address: &str) -> Result<Option<MemberName>, Error> {
    c.prepare_cached(
        "SELECT m.name FROM member_addresses a JOIN members m ON m.id = a.member WHERE a.address = ?1",
    )?
    .query_row([address], |r| r.get(0))
    .optional()?
    .map(parse)
    .transpose()
}

/// See [`Members::ordinary_address`].
pub(crate) fn ordinary_address(
    c: &Connection,
    name: &MemberName,
) -> Result<Option<String>, rusqlite::Error> {
    c.prepare_cached(
        "SELECT a.address FROM member_addresses a JOIN members m ON m.id = a.member
         LEFT JOIN providers p ON p.member = m.id WHERE m.name = ?1
         ORDER BY a.address = p.address COLLATE NOCASE DESC NULLS LAST, a.address LIMIT 1",
    )?
    .query_row([name.as_str()], |r| r.get(0))
    .optional()
}

/// Who holds a post: the one appointed, if still here, else the first member.
pub(crate) fn appointed(c: &Connection, post: &str) -> Result<Option<MemberName>, Error> {
    c.prepare_cached(
        "SELECT name FROM members
         ORDER BY name = (SELECT value FROM settings WHERE key = ?1) DESC NULLS LAST, id LIMIT 1",
    )?
    .query_row([post], |r| r.get(0))
    .optional()?
    .map(parse)
    .transpose()
}

/// Who the administrator is, for a look at several things at once; see [`Members::administrator`].
pub(crate) fn administrator(c: &Connection) -> Result<Option<MemberName>, Error> {
    appointed(c, ADMINISTRATOR)
}

fn parse(name: String) -> Result<MemberName, Error> {
    name.parse()
        .map_err(|_| Error::Unusable("the database holds a member with an impossible name"))
}

fn text_of(text: &str, wrong: &'static str) -> Result<String, Error> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > MAX_TEXT || !one_line(text) {
        return Err(Error::Unusable(wrong));
    }
    Ok(text.to_owned())
}

fn one_line(text: &str) -> bool {
    !text.chars().any(char::is_control)
}

/// The display name of whoever has chosen none.
pub fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
