//! The other homes: what they are and when they were seen.

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;

use super::names::Taken;
use super::{Befriend, Contacts, Error, invitation, moves, names, refused_as, sharing};
use crate::cause::Cause;
use crate::mail::address::{MemberName, PeerKey, ToxId};

/// A peer that is seen again within this time is not written down again: an SD card wears out.
const SEEN_EVERY: i64 = 600;

/// What a peer is. It never goes back from home to unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Nothing has told yet. Its mail waits.
    Unknown,
    /// A Toxmail home: an invitation, or one valid Hello.
    Home,
    /// A person with an ordinary Tox program.
    Chat,
}

impl Kind {
    /// The word in answers and rows.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Home => "home",
            Self::Chat => "chat",
        }
    }
}

/// How far the acquaintance has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// We have asked; they have not answered.
    Asked,
    /// We let them in; not seen yet.
    Waiting,
    /// Seen at least once.
    Connected,
}

/// Whose friend somebody with a chat program is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatFriend {
    /// The member whose own entry it is; `None`: everybody's.
    pub owner: Option<MemberName>,
    /// The local part under which a person here has entered them, if there is one.
    pub local: Option<String>,
}

/// What a home has to do with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing.
    Stranger,
    /// A peer of that kind.
    Known(Kind),
    /// A person here wants to have nothing to do with it.
    Blocked,
}

/// One peer.
#[derive(Clone, Serialize)]
pub struct Peer {
    /// Its key.
    pub key: PeerKey,
    /// Its full Tox address, where we know it. Never shown: it lets strangers knock.
    #[serde(skip)]
    pub tox_id: Option<ToxId>,
    /// What it is.
    pub kind: Kind,
    /// How far we got.
    pub state: State,
    /// The name that the home gives itself.
    pub home_name: String,
    /// A person here wants to have nothing to do with it.
    pub blocked: bool,
    /// When it was last seen online, seconds since 1970; within ten minutes.
    pub last_seen: Option<i64>,
    /// What we say when we knock, as long as it has not answered: Tox has to be told again after a lost save file. Of one that is
    /// connected: it has invited us since, for it may have removed us.
    #[serde(skip)]
    pub request: Option<Vec<u8>>,
}

impl std::fmt::Debug for Peer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Not what we say when we knock: it may hold the token of an invitation.
        write!(f, "Peer({:?}, {:?}, {:?})", self.key, self.kind, self.state)
    }
}

const PEER: &str =
    "SELECT key, tox_id, kind, state, home_name, blocked, last_seen, request FROM peers";

impl Contacts {
    /// All peers, blocked ones among them.
    ///
    /// # Errors
    /// The database.
    pub fn peers(&self) -> Result<Vec<Peer>, Error> {
        self.database.read(|c| {
            let mut statement = c.prepare_cached(&format!("{PEER} ORDER BY key"))?;
            let peers = statement.query_map([], peer)?;
            Ok(peers.collect::<Result<_, _>>()?)
        })
    }

    /// One peer.
    ///
    /// # Errors
    /// The database.
    pub fn peer(&self, key: &PeerKey) -> Result<Option<Peer>, Error> {
        self.database.read(|c| {
            Ok(c.prepare_cached(&format!("{PEER} WHERE key = ?1"))?
                .query_row([key.as_bytes()], peer)
                .optional()?)
        })
    }

    /// A valid Hello came from this peer: it is a home for good.
    ///
    /// # Errors
    /// The database.
    pub fn saw_hello(&self, key: &PeerKey) -> Result<(), Error> {
        match self.peer(key)? {
            Some(peer) if peer.kind != Kind::Home => {}
            _ => return Ok(()),
        }
        let key = *key;
        self.database.write(move |c| {
            c.execute(
                "UPDATE peers SET kind = 'home' WHERE key = ?1",
                [key.as_bytes()],
            )?;
            Ok(())
        })
    }

    /// A person says that this peer has an ordinary Tox program.
    ///
    /// # Errors
    /// It is a home, which it stays for good, or none of our peers; or the database.
    pub fn set_chat(&self, key: &PeerKey) -> Result<(), Error> {
        let key = *key;
        self.database.write(move |c| match standing(c, &key)? {
            Standing::Known(Kind::Unknown | Kind::Chat) => become_chat(c, &key),
            Standing::Known(Kind::Home) => refused_as(
                Cause::HomeNotChat,
                "",
                "this contact is a home with Toxmail, not a chat program",
                "nothing need be done: letters to it go from home to home",
            ),
            Standing::Blocked => refused_as(
                Cause::Blocked,
                "",
                "this contact is blocked here",
                "unblock it with `toxmaild contact remove NAME`, then add it again",
            ),
            Standing::Stranger => refused_as(
                Cause::ChatWithoutTox,
                "",
                "this contact has no Tox address",
                "add it again with --tox ADDRESS --chat",
            ),
        })
    }

    /// A chat text came from this peer. One that never said Hello has an ordinary Tox program. What it is from now on; `None`:
    /// nobody whom we listen to.
    ///
    /// # Errors
    /// The database.
    pub fn saw_text(&self, key: &PeerKey) -> Result<Option<Kind>, Error> {
        match self.database.read(|c| standing(c, key))? {
            Standing::Known(Kind::Unknown) => {}
            Standing::Known(kind) => return Ok(Some(kind)),
            Standing::Blocked | Standing::Stranger => return Ok(None),
        }
        let key = *key;
        self.database.write(move |c| {
            let Standing::Known(kind) = standing(c, &key)? else {
                return Ok(None);
            };
            if kind != Kind::Unknown {
                return Ok(Some(kind));
            }
            become_chat(c, &key)?;
            Ok(Some(Kind::Chat))
        })
    }

    /// Whose friend somebody with a chat program is: what a person here has entered counts before what a pairing made,
    /// everybody's entry before a member's own, and the older one before the newer. `None`: nobody's here.
    ///
    /// # Errors
    /// The database.
    pub fn friend(&self, key: &PeerKey) -> Result<Option<ChatFriend>, Error> {
        self.database.read(|c| {
            let found = c
                .prepare_cached(
                    "SELECT owner, local FROM contacts WHERE peer = ?1
                     ORDER BY made_by = 'person' DESC, owner = '' DESC, id LIMIT 1",
                )?
                .query_row([key.as_bytes()], |row| {
                    Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
                })
                .optional()?;
            Ok(found.map(|(owner, local)| ChatFriend {
                owner: owner.parse().ok(),
                local: Some(local).filter(|local| !local.is_empty()),
            }))
        })
    }

    /// This peer is online, at that time of the wall clock. Written down at most every ten minutes.
    ///
    /// # Errors
    /// The database.
    pub fn saw_online(&self, key: &PeerKey, when: i64) -> Result<(), Error> {
        match self.peer(key)? {
            Some(peer)
                if peer.state != State::Connected
                    || peer.request.is_some()
                    || peer
                        .last_seen
                        .is_none_or(|seen| seen.abs_diff(when) >= SEEN_EVERY.unsigned_abs()) => {}
            _ => return Ok(()),
        }
        let key = *key;
        self.database.write(move |c| {
            c.execute(
                "UPDATE peers SET state = 'connected', last_seen = ?2, request = NULL WHERE key = ?1",
                params![key.as_bytes(), when],
            )?;
            Ok(())
        })
    }

    /// A peer tells its full address: it was renewed, or we did not know it. Only its own counts. Whether that was news.
    ///
    /// # Errors
    /// The database.
    pub fn learn_tox_id(&self, key: &PeerKey, told: [u8; 38]) -> Result<bool, Error> {
        let Some(id) = ToxId::from_bytes(told).ok().filter(|id| id.key() == *key) else {
            return Ok(false);
        };
        match self.peer(key)? {
            Some(peer) if !peer.blocked && peer.tox_id != Some(id) => {}
            _ => return Ok(false),
        }
        self.database.write(move |c| {
            let changed = c.execute(
                "UPDATE peers SET tox_id = ?2 WHERE key = ?1 AND blocked = 0",
                params![id.key().as_bytes(), id.as_bytes()],
            )?;
            Ok(changed > 0)
        })
    }

    /// This home has a new Tox identity and its old contacts: whose full address is known is asked again. How many there are.
    ///
    /// # Errors
    /// The database.
    pub fn ask_all_again(&self) -> Result<usize, Error> {
        let message = self.request_message(None);
        self.database.write(move |c| {
            Ok(c.execute(
                "UPDATE peers SET state = 'asked', request = ?1
                 WHERE tox_id IS NOT NULL AND blocked = 0 AND request IS NULL",
                [message],
            )?)
        })
    }

    /// How to call a mailbox of a peer when talking to that person (or to nobody in particular: shared contacts only): the
    /// contact's name, or the home's.
    ///
    /// # Errors
    /// The database.
    pub fn name_of(
        &self,
        key: &PeerKey,
        local: Option<&str>,
        reader: Option<&MemberName>,
    ) -> Result<String, Error> {
        let no_header = crate::mail::header::HeaderSection::default();
        let book = self.arrival_book(key, reader, &no_header)?;
        let address = crate::mail::address::canonical(local, key);
        use crate::mail::header::ArrivalBook;
        Ok(book.display_for(&address).unwrap_or(address))
    }
}

/// It stays a home if it is one.
pub(super) fn become_chat(c: &Connection, key: &PeerKey) -> Result<(), Error> {
    c.execute(
        "UPDATE peers SET kind = 'chat' WHERE key = ?1 AND kind = 'unknown'",
        [key.as_bytes()],
    )?;
    // It was called a home as long as nobody knew.
    let plain = plain_name(key);
    let friend = plain.replace("Home", "Friend");
    c.execute(
        "UPDATE contacts SET name = ?2 WHERE peer = ?1 AND made_by = 'pairing' AND name = ?3",
        params![key.as_bytes(), friend, plain],
    )?;
    Ok(())
}

pub(super) fn standing(c: &Connection, key: &PeerKey) -> Result<Standing, Error> {
    let found = c
        .prepare_cached("SELECT blocked, kind FROM peers WHERE key = ?1")?
        .query_row([key.as_bytes()], |row| {
            Ok((row.get::<_, bool>(0)?, row.get::<_, String>(1)?))
        })
        .optional()?;
    Ok(match found {
        None => Standing::Stranger,
        Some((true, _)) => Standing::Blocked,
        Some((false, kind)) => Standing::Known(kind_of(&kind)),
    })
}

/// Makes a peer that we knock at; one that has knocked here is let in instead.
pub(super) fn ask(
    c: &Connection,
    id: &ToxId,
    kind: Kind,
    home_name: &str,
    message: Vec<u8>,
    now: i64,
) -> Result<Befriend, Error> {
    let key = id.key();
    let knocked = c.execute("DELETE FROM requests WHERE key = ?1", [key.as_bytes()])? > 0;
    let state = if knocked { "waiting" } else { "asked" };
    c.execute(
        "INSERT INTO peers (key, tox_id, kind, state, home_name, request, added)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (key) DO UPDATE SET tox_id = excluded.tox_id,
            request = iif(state = 'connected', NULL, excluded.request),
            kind = iif(excluded.kind = 'home', 'home', kind),
            home_name = iif(excluded.home_name = '', home_name, excluded.home_name)",
        params![
            key.as_bytes(),
            id.as_bytes(),
            kind.word(),
            state,
            home_name,
            (!knocked).then_some(&message),
            now
        ],
    )?;
    Ok(if knocked {
        Befriend::Accept(key)
    } else {
        Befriend::Ask { id: *id, message }
    })
}

/// Makes a peer that we let in.
pub(super) fn let_in(
    c: &Connection,
    key: &PeerKey,
    kind: Kind,
    home_name: &str,
    now: i64,
) -> Result<(), Error> {
    c.execute("DELETE FROM requests WHERE key = ?1", [key.as_bytes()])?;
    c.execute(
        "INSERT INTO peers (key, kind, state, home_name, added) VALUES (?1, ?2, 'waiting', ?3, ?4)
         ON CONFLICT (key) DO UPDATE SET blocked = 0,
            state = iif(state = 'connected', state, 'waiting'), request = NULL,
            kind = iif(excluded.kind = 'home', 'home', kind),
            home_name = iif(excluded.home_name = '', home_name, excluded.home_name)",
        params![key.as_bytes(), kind.word(), home_name, now],
    )?;
    sharing::met(c, key)?;
    home_contact(c, key, home_name, now)
}

/// The name of a home that has not told its own.
pub(super) fn plain_name(key: &PeerKey) -> String {
    format!("Home {}", &key.to_string()[..8])
}

/// Everybody's contact for the home as such, unless everybody has one for any mailbox of it.
pub(super) fn home_contact(
    c: &Connection,
    key: &PeerKey,
    home_name: &str,
    now: i64,
) -> Result<(), Error> {
    let known: bool = c.query_row(
        "SELECT EXISTS (SELECT 1 FROM contacts WHERE peer = ?1 AND owner = '')",
        [key.as_bytes()],
        |row| row.get(0),
    )?;
    if known {
        return Ok(());
    }
    let base = if home_name.is_empty() {
        plain_name(key)
    } else {
        home_name.to_owned()
    };
    let nickname = super::table::free_nickname_of(c, &names::nickname(&base), key, "")?;
    let name = Taken::by_others(c, key)?.told_apart(&base, &plain_name(key));
    c.execute(
        "INSERT INTO contacts (name, nickname, peer, made_by, added) VALUES (?1, ?2, ?3, 'pairing', ?4)",
        params![name, nickname, key.as_bytes(), now],
    )?;
    // Whom its directory has brought to one member so far is everybody's now, as the home is.
    c.execute(
        "UPDATE OR IGNORE contacts SET owner = '' WHERE peer = ?1 AND made_by = 'directory'
         AND id NOT IN (SELECT contact FROM contact_addresses)",
        [key.as_bytes()],
    )?;
    Ok(())
}

/// A peer is one no more: neither its row nor the invitation it once came in by opens anything again.
pub(super) fn forget(c: &Connection, key: &PeerKey, now: i64) -> Result<(), Error> {
    c.execute("DELETE FROM peers WHERE key = ?1", [key.as_bytes()])?;
    moves::gone(c, key)?;
    invitation::close(c, key, now)
}

pub(super) fn kind_of(text: &str) -> Kind {
    match text {
        "home" => Kind::Home,
        "chat" => Kind::Chat,
        _ => Kind::Unknown,
    }
}

fn state_of(text: &str) -> State {
    match text {
        "connected" => State::Connected,
        "waiting" => State::Waiting,
        _ => State::Asked,
    }
}

fn peer(row: &Row<'_>) -> rusqlite::Result<Peer> {
    Ok(Peer {
        key: PeerKey::from_bytes(row.get(0)?),
        // What is in the table was checked when it came in.
        tox_id: row
            .get::<_, Option<[u8; 38]>>(1)?
            .and_then(|bytes| ToxId::from_bytes(bytes).ok()),
        kind: kind_of(&row.get::<_, String>(2)?),
        state: state_of(&row.get::<_, String>(3)?),
        home_name: row.get(4)?,
        blocked: row.get(5)?,
        last_seen: row.get(6)?,
        request: row.get(7)?,
    })
}
