//! One link pairs two homes.
//!
//! `tox:<76 HEX>?toxmail=1&name=<home>&token=<32 base32>`: the full Tox address, the home's name and 160 random bits that
//! open the door once, for seven days. The scheme is the one that Tox programs know, so that a phone that scans it offers
//! something sensible. Only the hash of the token is kept here. Whoever opens the link sends a friend request that
//! carries the token; the home that invited lets them in without asking.

use data_encoding::BASE32_NOPAD;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::sync::PoisonError;
use std::time::Duration;

use super::peers::{self, Kind, Standing};
use super::{Befriend, Contacts, Error, names, refused, refused_as, sharing};
use crate::cause::Cause;
use crate::mail::address::{PeerKey, ToxId};

/// 160 bits: nobody guesses one.
const TOKEN_BYTES: usize = 20;
/// How long an invitation lasts unless the person says otherwise.
pub(super) const LASTS: Duration = Duration::from_secs(7 * 86_400);
/// Longest life of an invitation.
const LONGEST: Duration = Duration::from_secs(365 * 86_400);
/// Open invitations at the same time.
const MAX_OPEN: i64 = 100;
/// How long an invitation is listed after its end.
const LISTED_FOR: i64 = 30 * 86_400;
/// A link is typed, scanned or sent by mail; longer is none.
const MAX_LINK: usize = 2000;

/// An invitation, just made. Its link is shown once.
#[derive(Clone, Serialize)]
pub struct Invitation {
    /// For `withdraw`.
    pub id: i64,
    /// What the other home opens.
    pub link: String,
    /// Seconds since 1970.
    pub expires: i64,
}

impl std::fmt::Debug for Invitation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The link opens the door: not in a log.
        write!(f, "Invitation({}, expires {})", self.id, self.expires)
    }
}

/// What became of an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum InvitationState {
    /// It can be used.
    Open,
    /// Somebody has used it.
    Used,
    /// Its time is over.
    Expired,
    /// A person here took it back.
    Withdrawn,
    /// This home has another Tox address since: the link leads nowhere.
    Outdated,
}

/// A row of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InvitationRow {
    /// For `withdraw`.
    pub id: i64,
    /// Seconds since 1970.
    pub created: i64,
    /// Seconds since 1970.
    pub expires: i64,
    /// What became of it.
    pub state: InvitationState,
    /// Who used it.
    pub used_by: Option<PeerKey>,
}

/// What a link says.
#[derive(Clone, PartialEq, Eq)]
pub struct Link {
    /// The home that invites.
    pub id: ToxId,
    /// The name it gives itself, cleaned.
    pub name: String,
    token: String,
}

/// An invitation of another home, opened here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The home that invited.
    pub key: PeerKey,
    /// The name it gives itself.
    pub name: String,
    /// What Tox has to do: always a request, since it carries the token.
    pub befriend: Befriend,
}

impl std::str::FromStr for Link {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        const AGAIN: &str = "copy the whole line that begins with tox:, or scan its code again";
        let text = text.trim();
        let rest = match text.get(..4) {
            Some(scheme) if scheme.eq_ignore_ascii_case("tox:") && text.len() <= MAX_LINK => {
                text[4..].trim_start_matches('/')
            }
            _ => {
                return refused_as(
                    Cause::InvitationBroken,
                    "",
                    "this is not an invitation",
                    AGAIN,
                );
            }
        };
        let (id, query) = rest.split_once('?').unwrap_or((rest, ""));
        let id: ToxId = id
            .parse()
            .or_else(|e: crate::mail::address::AddressError| {
                refused_as::<_, Error>(Cause::InvitationBroken, "", e.0, AGAIN)
            })?;
        let (mut version, mut name, mut token) = (None, String::new(), String::new());
        for pair in query.split('&') {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            match key.to_ascii_lowercase().as_str() {
                "toxmail" => version = Some(value.to_owned()),
                "name" => name = names::claimed(&percent_decoded(value)),
                "token" => token = percent_decoded(value).to_ascii_uppercase(),
                // A later Toxmail may say more.
                _ => {}
            }
        }
        match version.as_deref() {
            Some("1") => {}
            Some(_) => {
                return refused_as(
                    Cause::InvitationNewer,
                    "",
                    "this invitation was made by a later Toxmail",
                    "update this home, or let them add you by your Tox address",
                );
            }
            None => {
                return refused_as(
                    Cause::NoInvitation,
                    "",
                    "this is a Tox address, but no invitation",
                    "add it with `toxmaild contact add NAME --tox ADDRESS`",
                );
            }
        }
        if !is_token(&token) {
            return refused_as(
                Cause::InvitationBroken,
                "",
                "the end of this invitation is missing or mistyped",
                AGAIN,
            );
        }
        Ok(Self { id, name, token })
    }
}

impl Contacts {
    /// Makes an invitation to this home, whose Tox address is `us`. It lasts seven days if `lasts` is not said.
    ///
    /// # Errors
    /// Too many are open, no random numbers, or the database.
    pub fn invite(&self, us: &ToxId, lasts: Option<Duration>) -> Result<Invitation, Error> {
        let mut bytes = [0u8; TOKEN_BYTES];
        if getrandom::fill(&mut bytes).is_err() {
            return refused("this machine gives no random numbers", "start it again");
        }
        let token = BASE32_NOPAD.encode(&bytes);
        let link = format!(
            "tox:{us}?toxmail=1&name={}&token={token}",
            percent_encoded(&self.home_name())
        );
        let lasts = lasts.unwrap_or(LASTS).min(LONGEST);
        let now = self.now();
        let expires = now.saturating_add(i64::try_from(lasts.as_secs()).unwrap_or(0));
        let us = *us;
        self.database.write(move |c| {
            c.execute(
                "DELETE FROM invitations WHERE expires < ?1",
                [now - LISTED_FOR],
            )?;
            let open: i64 = c.query_row(
                "SELECT count(*) FROM invitations
                 WHERE used IS NULL AND withdrawn IS NULL AND expires > ?1 AND tox_id = ?2",
                params![now, us.as_bytes()],
                |row| row.get(0),
            )?;
            if open >= MAX_OPEN {
                return refused_as(Cause::InvitationsMany, "", 
                    "a hundred invitations are open",
                    "withdraw some: `toxmaild invite list`, `toxmaild invite withdraw ID`",
                );
            }
            c.execute(
                "INSERT INTO invitations (token_hash, created, expires, tox_id) VALUES (?1, ?2, ?3, ?4)",
                params![hash(&token), now, expires, us.as_bytes()],
            )?;
            Ok(Invitation {
                id: c.last_insert_rowid(),
                link,
                expires,
            })
        })
    }

    /// The invitations of the last weeks, oldest first.
    ///
    /// # Errors
    /// The database.
    pub fn invitations(&self) -> Result<Vec<InvitationRow>, Error> {
        let (now, us) = (self.now(), self.tox_id());
        self.database.read(|c| {
            let mut statement = c.prepare(
                "SELECT id, created, expires, withdrawn, used, used_by, tox_id FROM invitations ORDER BY id",
            )?;
            let rows = statement.query_map([], |row| {
                let expires: i64 = row.get(2)?;
                let withdrawn: Option<i64> = row.get(3)?;
                let used: Option<i64> = row.get(4)?;
                let there: Option<[u8; 38]> = row.get(6)?;
                let elsewhere = matches!((there, us), (Some(there), Some(us)) if there != *us.as_bytes());
                Ok(InvitationRow {
                    id: row.get(0)?,
                    created: row.get(1)?,
                    expires,
                    state: match (used, withdrawn) {
                        (Some(_), _) => InvitationState::Used,
                        (None, Some(_)) => InvitationState::Withdrawn,
                        (None, None) if expires <= now => InvitationState::Expired,
                        (None, None) if elsewhere => InvitationState::Outdated,
                        (None, None) => InvitationState::Open,
                    },
                    used_by: row
                        .get::<_, Option<[u8; 32]>>(5)?
                        .map(PeerKey::from_bytes),
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Takes an invitation back.
    ///
    /// # Errors
    /// There is no open one of that number, or the database.
    pub fn withdraw(&self, id: i64) -> Result<(), Error> {
        let now = self.now();
        self.database.write(move |c| {
            let done = c.execute(
                "UPDATE invitations SET withdrawn = ?2
                 WHERE id = ?1 AND used IS NULL AND withdrawn IS NULL AND expires > ?2",
                params![id, now],
            )?;
            if done == 0 {
                return refused_as(Cause::Gone, "", 
                    format!("there is no open invitation {id}"),
                    "`toxmaild invite list` shows them; to part from a home: `toxmaild contact remove NAME`, or `contact block NAME`",
                );
            }
            Ok(())
        })
    }

    /// Opens an invitation of another home: it becomes a peer, and Tox has to send the request.
    ///
    /// # Errors
    /// The link is none, is our own, or its home is blocked here; or the database.
    pub fn accept_link(&self, link: &str) -> Result<Accepted, Error> {
        let link: Link = link.parse()?;
        let key = link.id.key();
        if key == self.ourselves {
            return refused_as(
                Cause::OwnHome,
                "",
                "this is an invitation of your own home",
                "open it at the other home",
            );
        }
        let now = self.now();
        let message = self.request_message(Some(&link.token));
        self.database.write(move |c| {
            if peers::standing(c, &key)? == Standing::Blocked {
                return refused_as(Cause::Blocked, "", 
                    "this home is blocked here",
                    "unblock it with `toxmaild contact remove NAME`, then accept the invitation again",
                );
            }
            peers::ask(c, &link.id, Kind::Home, &link.name, message.clone(), now)?;
            // Also of a friend, and of one that has knocked here: perhaps they have parted from us since, which nobody tells.
            c.execute(
                "UPDATE peers SET request = ?2 WHERE key = ?1",
                params![key.as_bytes(), message],
            )?;
            sharing::met(c, &key)?;
            peers::home_contact(c, &key, &link.name, now)?;
            // Even when they knocked here before: the token settles it at their end as well.
            let befriend = Befriend::Ask {
                id: link.id,
                message,
            };
            Ok(Accepted {
                key,
                name: link.name,
                befriend,
            })
        })
    }

    /// Lets `key` in if `token` is one of ours, open, and not used by another. Whoever used it may come again with it as long
    /// as they are a contact: the request may be repeated before the answer arrives.
    ///
    /// # Errors
    /// The database.
    pub fn redeem(&self, token: &str, key: &PeerKey) -> Result<bool, Error> {
        let (token, key, now, us) = (token.to_owned(), *key, self.now(), self.tox_id());
        self.database
            .write(move |c| redeem(c, &token, &key, "", us.as_ref(), now))
    }

    /// This home is found at that full address from now on; invitations to another one open nothing.
    ///
    /// # Errors
    /// The database.
    pub fn set_tox_id(&self, us: &ToxId) -> Result<(), Error> {
        let us = *us;
        *self.tox_id.write().unwrap_or_else(PoisonError::into_inner) = Some(us);
        let unknown = self.database.read(|c| -> Result<bool, Error> {
            let sql = "SELECT EXISTS (SELECT 1 FROM invitations WHERE tox_id IS NULL)";
            Ok(c.query_row(sql, [], |row| row.get(0))?)
        })?;
        if !unknown {
            return Ok(());
        }
        self.database.write(move |c| {
            // Made before an address could change.
            c.execute(
                "UPDATE invitations SET tox_id = ?1 WHERE tox_id IS NULL",
                [us.as_bytes()],
            )?;
            Ok(())
        })
    }

    pub(super) fn tox_id(&self) -> Option<ToxId> {
        *self.tox_id.read().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) fn redeem(
    c: &Connection,
    token: &str,
    key: &PeerKey,
    home_name: &str,
    us: Option<&ToxId>,
    now: i64,
) -> Result<bool, Error> {
    let token = token.to_ascii_uppercase();
    if !is_token(&token) || peers::standing(c, key)? == Standing::Blocked {
        return Ok(false);
    }
    // Found by the hash: no comparison whose time would tell anything.
    let id: Option<i64> = c
        .query_row(
            "SELECT id FROM invitations WHERE token_hash = ?1 AND withdrawn IS NULL
             AND (used_by = ?2 OR (used IS NULL AND expires > ?3 AND (?4 IS NULL OR tox_id = ?4)))",
            params![hash(&token), key.as_bytes(), now, us.map(ToxId::as_bytes)],
            |row| row.get(0),
        )
        .optional()?;
    let Some(id) = id else { return Ok(false) };
    c.execute(
        "UPDATE invitations SET used = coalesce(used, ?2), used_by = ?3 WHERE id = ?1",
        params![id, now, key.as_bytes()],
    )?;
    peers::let_in(c, key, Kind::Home, home_name, now)?;
    Ok(true)
}

/// A home that was restored does not know which of them were used or withdrawn since the backup. `now` is in seconds since 1970.
pub(crate) fn withdraw_open_invitations(c: &Connection, now: i64) -> Result<(), rusqlite::Error> {
    c.execute(
        "UPDATE invitations SET withdrawn = ?1 WHERE used IS NULL AND withdrawn IS NULL AND expires > ?1",
        [now],
    )?;
    Ok(())
}

/// Whoever is a contact no more cannot come back by the invitation they once used.
pub(super) fn close(c: &Connection, key: &PeerKey, now: i64) -> Result<(), Error> {
    c.execute(
        "UPDATE invitations SET withdrawn = ?2 WHERE used_by = ?1 AND withdrawn IS NULL",
        params![key.as_bytes(), now],
    )?;
    Ok(())
}

fn is_token(text: &str) -> bool {
    // At least 128 bits, whoever made it.
    (26..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// RFC 3986 section 2: everything but the unreserved characters.
pub(crate) fn percent_encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Also `+` for a space, as some programs write it; what is no percent code stays.
fn percent_decoded(text: &str) -> String {
    let mut out = Vec::new();
    let bytes = text.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        let code = bytes
            .get(i + 1..i + 3)
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match (bytes[i], code) {
            (b'%', Some(byte)) => {
                out.push(byte);
                i += 2;
            }
            (b'+', _) => out.push(b' '),
            (byte, _) => out.push(byte),
        }
        i += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}
