//! The address table: who is behind an address, which homes we know, and how new ones come in.
//!
//! - [`Contacts::resolve`]: a recipient as typed -> [`Who`]; which way that goes is [`crate::routing`]'s to say;
//! - `table`: what a person here enters: add, list, remove, block, confirm;
//! - `peers`: the other homes: what they are, when they were seen. The Tox friend list follows from them;
//! - `invitation`: one link pairs two homes; `requests`: who knocks without one waits for a person's word;
//! - `directory`: what a paired home says of its members; `claims`: what of it a person here is asked about;
//! - `sharing`: what a peer may see of this home; `direct`: who is not reached through a relay; `moves`: a home that says it has a new box;
//! - `first_contact`: a letter to a stranger's full address;
//! - `cards`: the same table as vCards, for address book programs and files (`entry`, `incoming` and `files` below it);
//!   [`vcard`] reads and writes them;
//! - `words`: the safety words of two homes, and what else a person here may set for a contact;
//! - `book`: what one message needs to know, read in one go for the rewriting in [`crate::mail::departure`] and
//!   [`crate::mail::arrival`]; `ordinary`: who is who in a letter for a provider;
//! - `fallback`: whose letters may go by ordinary mail when their home is away for long; `names`: nicknames made of what was typed or
//!   claimed.
//!
//! Rules. What a peer says is a claim: its names are cleaned, and shown with its home behind them where somebody here is
//! called so already; an e-mail address it claims takes effect for routing
//! and for `From` only when a person here has confirmed it, never where another contact has it: it would draw letters
//! meant for somebody else. Nothing is kept without a bound. Tokens are kept as hashes. Nothing here talks to the
//! network: an operation that needs Tox returns the deed ([`Befriend`], or the key of a friend that goes).
//!
//! Everything blocks: shells call it through `spawn_blocking`.
//!
//! The columns `added` of contacts and peers are written and read by nobody: they are for whoever looks into the database.
//!
//! Known limits: the expiry of an invitation goes by the wall clock, so a box without one may keep it open longer.
//! Nicknames are unique in the whole home, private entries included. A name that a person here gives later may be one that a
//! home has brought before: letters are told apart then, the list is not. Names are compared by what the eye sees of European letters; other scripts as they are.

mod book;
mod cards;
mod claims;
mod direct;
mod directory;
mod fallback;
mod first_contact;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod identity_tests;
mod invitation;
mod moves;
mod names;
mod ordinary;
mod peers;
mod requests;
mod sharing;
mod table;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
pub mod vcard;
mod words;

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use rusqlite::{Connection, OptionalExtension, ToSql};

pub use book::{Arrival, Book};
pub use cards::{CardError, CardRow, Condition, Filed, Imported, NotImported, Shelf, ToxIds};
pub use claims::Claim;
pub use direct::Paths;
pub use directory::{ClaimedMember, Learned};
pub(crate) use invitation::percent_encoded;
pub(crate) use invitation::withdraw_open_invitations;
pub use invitation::{Accepted, Invitation, InvitationRow, InvitationState, Link};
pub use moves::{Announced, Move, MoveState, Moved};
pub(crate) use names::plain_letter;
pub use ordinary::OrdinaryBook;
pub use peers::{ChatFriend, Kind, Peer, Standing, State};
pub use requests::{Knock, MAX_REQUEST_BYTES, Request};
pub use sharing::Share;
pub use table::{Added, ContactRow, NewContact, Removed};
pub(crate) use words::spelled;
pub use words::{Compared, Edit, SafetyWords};

use crate::cause::{Refused, refused, refused_as};
use crate::clock;
use crate::database::{self, Database};
use crate::mail::address::{self, Meaning, MemberName, PeerKey, ToxId};
use crate::mail::verdict::{Reason, Status};

/// Why an operation was not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The disk or the database: the operator of the box must act.
    #[error(transparent)]
    Database(#[from] database::Error),
    /// The home says no: the person who asked must act.
    #[error(transparent)]
    Refused(#[from] Refused),
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.into())
    }
}

/// Who is behind an address, as far as form and contacts tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// A member of this home, if there is one of that name.
    Member {
        /// Whose mailbox.
        name: MemberName,
        /// What stood behind the `+`.
        tag: Option<String>,
    },
    /// This home's main mailbox.
    Main {
        /// What stood behind the `+`.
        tag: Option<String>,
    },
    /// This home's administrator.
    Postmaster,
    /// The home itself, which has asked something ([`crate::questions`]): what stands behind the `+`.
    Answer(String),
    /// A mailbox of a home, known or not (see [`Contacts::standing`]).
    Peer {
        /// Which home.
        key: PeerKey,
        /// `name` or `name+tag` there; `None` is the main mailbox.
        local: Option<String>,
    },
    /// A mailbox of a home that is no peer yet; knocking makes it one ([`Contacts::first_contact`]).
    FirstContact {
        /// What it takes to knock.
        id: ToxId,
        /// `name` or `name+tag` there; `None` is the main mailbox.
        local: Option<String>,
    },
    /// Somebody with an ordinary address only.
    Ordinary(String),
}

/// What Tox has to do for an operation to take effect.
#[derive(Clone, PartialEq, Eq)]
pub enum Befriend {
    /// Send a friend request.
    Ask {
        /// To whom.
        id: ToxId,
        /// What it says, at most [`MAX_REQUEST_BYTES`].
        message: Vec<u8>,
    },
    /// Take as a friend without a request: the other side has asked.
    Accept(PeerKey),
    /// It is a friend already, or Tox is not needed.
    Nothing,
}

impl fmt::Debug for Befriend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // What it says may hold the token of an invitation: not in a log.
            Self::Ask { id, .. } => write!(f, "Ask({id:?})"),
            Self::Accept(key) => write!(f, "Accept({key:?})"),
            Self::Nothing => f.write_str("Nothing"),
        }
    }
}

/// The contacts of this home; a cheap handle to clone.
#[derive(Clone)]
pub struct Contacts {
    database: Database,
    ourselves: PeerKey,
    hostname: Arc<str>,
    home_name: Arc<RwLock<String>>,
    /// Whose local parts are names of this home (`[gateway] domain`).
    gateway_domain: Arc<RwLock<Option<String>>>,
    /// This home's own full address, once it is known.
    tox_id: Arc<RwLock<Option<ToxId>>>,
    now: fn() -> i64,
}

impl Contacts {
    /// The contacts in `database`, for the home with that key.
    pub fn open(database: Database, ourselves: PeerKey, hostname: String) -> Self {
        Self {
            database,
            ourselves,
            hostname: hostname.into(),
            home_name: Arc::default(),
            gateway_domain: Arc::default(),
            tox_id: Arc::default(),
            now: clock::wall_seconds,
        }
    }

    /// The same with the name that this home gives itself in requests and invitations.
    pub fn named(self, home_name: &str) -> Self {
        self.rename(home_name);
        self
    }

    /// This home gives itself another name from now on, in every handle.
    pub fn rename(&self, home_name: &str) {
        let mut name = self
            .home_name
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *name = names::claimed(home_name);
    }

    /// From now on the names in this domain, which is in lower case, are names of this home, in every handle.
    pub fn set_gateway_domain(&self, domain: Option<String>) {
        let mut of_gateway = self
            .gateway_domain
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *of_gateway = domain;
    }

    /// What an address means here: `anna@example.org` is `anna` of this home where that is the mail server's domain. What
    /// cannot be a name here stays an ordinary address.
    fn meaning(&self, address: &str) -> Result<Meaning, address::AddressError> {
        let meaning = address::meaning(address, &self.hostname)?;
        let Meaning::Ordinary(written) = &meaning else {
            return Ok(meaning);
        };
        let domain = self
            .gateway_domain
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let member = written.rsplit_once('@').and_then(|(local, its)| {
            let (name, tag) = address::split_tag(local);
            let name = name
                .parse()
                .ok()
                .filter(|_| domain.as_deref() == Some(its))?;
            let tag = tag.map(str::to_owned);
            Some(Meaning::Member { name, tag })
        });
        Ok(member.unwrap_or(meaning))
    }

    fn home_name(&self) -> String {
        let name = self
            .home_name
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        name.clone()
    }

    /// Who is behind `address`, for that member (or for nobody in particular: shared contacts only).
    ///
    /// # Errors
    /// The inner one is for the person who typed the address, the outer one for the operator.
    pub fn resolve(
        &self,
        address: &str,
        asker: Option<&MemberName>,
    ) -> Result<Result<Who, Reason>, Error> {
        match self.meaning(address) {
            Ok(meaning) => self.database.read(|c| self.who(c, meaning, asker)),
            Err(error) => Ok(Err(error.into())),
        }
    }

    fn who(
        &self,
        c: &Connection,
        meaning: Meaning,
        asker: Option<&MemberName>,
    ) -> Result<Result<Who, Reason>, Error> {
        Ok(Ok(match meaning {
            Meaning::Member { name, tag } => Who::Member { name, tag },
            Meaning::Main { tag } => Who::Main { tag },
            Meaning::Postmaster => Who::Postmaster,
            Meaning::Answer(secret) => Who::Answer(secret),
            Meaning::Nickname(nickname) => {
                let (name, tag) = address::split_tag(&nickname);
                match by_nickname(c, name, asker)? {
                    Some(contact) if contact.has_no_address() => {
                        return Ok(Err(Reason::new(
                            Status(5, 1, 1),
                            format!(
                                "{} has no e-mail address and no Tox address in the contacts; add one",
                                contact.name
                            ),
                        )));
                    }
                    Some(contact) => contact.who(tag),
                    None => {
                        return Ok(Err(Reason::new(
                            Status(5, 1, 1),
                            format!(
                                "nobody here knows '{name}'; add them to your contacts or ask them for an invitation"
                            ),
                        )));
                    }
                }
            }
            Meaning::Peer { key, local } if key == self.ourselves => return Ok(at_home(local)),
            Meaning::Peer { key, local } => Who::Peer {
                key: moves::successor(c, key)?,
                local,
            },
            Meaning::FirstContact { id, local } if id.key() == self.ourselves => {
                return Ok(at_home(local));
            }
            Meaning::FirstContact { id, local } => match peers::standing(c, &id.key())? {
                Standing::Stranger => Who::FirstContact { id, local },
                _ => Who::Peer {
                    key: moves::successor(c, id.key())?,
                    local,
                },
            },
            Meaning::Ordinary(address) => match by_address(c, &address::folded(&address), asker)? {
                Some(Found {
                    peer: Some(key),
                    local,
                    ..
                }) => Who::Peer { key, local },
                _ => Who::Ordinary(address),
            },
        }))
    }

    /// What this home has to do with whoever is there: for [`crate::routing::Facts`].
    ///
    /// # Errors
    /// The database.
    pub fn standing(&self, who: &Who) -> Result<Standing, Error> {
        let key = match who {
            Who::Peer { key, .. } => *key,
            Who::FirstContact { id, .. } => id.key(),
            _ => return Ok(Standing::Stranger),
        };
        self.database.read(|c| peers::standing(c, &key))
    }

    /// The database that the rows are in.
    pub fn database(&self) -> &Database {
        &self.database
    }

    fn now(&self) -> i64 {
        (self.now)()
    }
}

/// An address under our own key is a member here.
fn at_home(local: Option<String>) -> Result<Who, Reason> {
    let local = local.unwrap_or_else(|| address::MAIN_MAILBOX.to_owned());
    match address::meaning(&format!("{local}@{}", address::LOCAL_DOMAIN), "") {
        Ok(Meaning::Member { name, tag }) => Ok(Who::Member { name, tag }),
        Ok(Meaning::Main { tag }) => Ok(Who::Main { tag }),
        Ok(Meaning::Postmaster) => Ok(Who::Postmaster),
        Ok(_) => Err(Reason::new(
            Status(5, 1, 1),
            "nobody of that name lives in this home; check the spelling",
        )),
        Err(error) => Err(error.into()),
    }
}

/// A contact as looking one up finds it.
struct Found {
    name: String,
    nickname: String,
    peer: Option<PeerKey>,
    local: Option<String>,
    /// The ordinary address that comes first.
    address: Option<String>,
}

impl Found {
    /// An entry that a telephone made for a number alone.
    fn has_no_address(&self) -> bool {
        self.peer.is_none() && self.address.is_none()
    }

    fn who(self, tag: Option<&str>) -> Who {
        match (self.peer, tag) {
            (Some(key), None) => Who::Peer {
                key,
                local: self.local,
            },
            (Some(key), Some(tag)) => {
                let local = self.local.as_deref().unwrap_or(address::MAIN_MAILBOX);
                Who::Peer {
                    key,
                    local: Some(format!("{local}+{tag}")),
                }
            }
            // Who has neither is told apart before.
            (None, _) => Who::Ordinary(self.address.unwrap_or_default()),
        }
    }

    /// What people here write and read: their ordinary address, or else the nickname. A nickname that is not ASCII would
    /// need mail programs that speak RFC 6532: then the canonical address stays.
    fn preferred(&self) -> Option<String> {
        match &self.address {
            Some(address) => Some(address.clone()),
            None if self.nickname.is_ascii() => {
                Some(format!("{}@{}", self.nickname, address::TOX_DOMAIN))
            }
            None => None,
        }
    }
}

/// What every look-up reads; `?1` is the asker. A member's own entry comes before everybody's.
const FIND: &str = "SELECT name, nickname, peer, local,
    (SELECT written FROM contact_addresses a WHERE a.contact = c.id ORDER BY a.place LIMIT 1)
    FROM contacts c WHERE (owner = '' OR owner = ?1)";

fn find(
    c: &Connection,
    condition: &str,
    what: &[&dyn ToSql],
    asker: Option<&MemberName>,
) -> Result<Option<Found>, Error> {
    let asker = asker.map_or("", MemberName::as_str);
    // Of two that have the same address the one with a Tox address counts: a card on a member's telephone must not send
    // letters the ordinary way that go by Tox.
    let sql = format!("{FIND} AND {condition} ORDER BY peer IS NULL, owner DESC LIMIT 1");
    let mut values: Vec<&dyn ToSql> = vec![&asker];
    values.extend(what);
    Ok(c.prepare_cached(&sql)?
        .query_row(&values[..], |row| {
            Ok(Found {
                name: row.get(0)?,
                nickname: row.get(1)?,
                peer: row.get::<_, Option<[u8; 32]>>(2)?.map(PeerKey::from_bytes),
                local: Some(row.get::<_, String>(3)?).filter(|local| !local.is_empty()),
                address: row.get(4)?,
            })
        })
        .optional()?)
}

fn by_nickname(
    c: &Connection,
    nickname: &str,
    asker: Option<&MemberName>,
) -> Result<Option<Found>, Error> {
    find(c, "(nickname = ?2 OR former = ?2)", &[&nickname], asker)
}

fn by_address(
    c: &Connection,
    folded: &str,
    asker: Option<&MemberName>,
) -> Result<Option<Found>, Error> {
    let condition = "id IN (SELECT contact FROM contact_addresses WHERE address = ?2)";
    find(c, condition, &[&folded], asker)
}
