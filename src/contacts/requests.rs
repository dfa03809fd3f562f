//! Who knocks: friend requests, with an invitation or without.

use rusqlite::params;
use serde::Serialize;

use super::{Contacts, Error, invitation, names, peers, refused, refused_as};
use crate::cause::Cause;
use crate::mail::address::PeerKey;

/// Most octets of a Tox friend request's text.
pub const MAX_REQUEST_BYTES: usize = 921;
/// Requests that are kept. More is a flood: the newcomers are not heard until somebody has looked at these.
const MAX_KEPT: i64 = 100;
/// A request that nobody has answered in this time makes room for others.
const KEPT_FOR: i64 = 30 * 86_400;
/// How much of a stranger's words is shown.
const SHOWN: usize = 200;
/// How a request begins that carries an invitation's token; then a line end and the home's name.
const INVITATION: &str = "toxmail-invitation:";
/// What stands behind the home's name in a request without one.
const WISH: &str = " would like to exchange mail with you (Toxmail)";

/// What came of a knock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Knock {
    /// It carried a valid invitation, or it is a peer already: let it in.
    LetIn,
    /// It waits for a person's word.
    Asks,
    /// Blocked, or too many wait: no answer.
    Ignored,
}

/// A request that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Request {
    /// Who asks.
    pub key: PeerKey,
    /// Their words, cleaned and shortened.
    pub message: String,
    /// When, seconds since 1970.
    pub received: i64,
}

impl Contacts {
    /// What our own request says: with a token it opens the other door at once.
    pub(super) fn request_message(&self, token: Option<&str>) -> Vec<u8> {
        let home = self.home_name();
        let name = if home.is_empty() { "Somebody" } else { &home };
        // The longest name is 64 characters, 256 octets: far below the limit.
        match token {
            Some(token) => format!("{INVITATION}{token}\n{home}"),
            None => format!("{name}{WISH}"),
        }
        .into_bytes()
    }

    /// A friend request came in.
    ///
    /// # Errors
    /// The database.
    pub fn knock(&self, key: &PeerKey, message: &[u8]) -> Result<Knock, Error> {
        let (now, us) = (self.now(), self.tox_id());
        let (key, text) = (*key, String::from_utf8_lossy(message).into_owned());
        self.database.write(move |c| {
            match peers::standing(c, &key)? {
                peers::Standing::Blocked => return Ok(Knock::Ignored),
                // We know it: its box was set up anew, or both have asked at the same time.
                peers::Standing::Known(_) => {
                    if let Some((token, name)) = invitation(&text) {
                        invitation::redeem(c, token, &key, &name, us.as_ref(), now)?;
                    }
                    return Ok(Knock::LetIn);
                }
                peers::Standing::Stranger => {}
            }
            if let Some((token, name)) = invitation(&text)
                && invitation::redeem(c, token, &key, &name, us.as_ref(), now)?
            {
                return Ok(Knock::LetIn);
            }
            c.execute("DELETE FROM requests WHERE received < ?1", [now - KEPT_FOR])?;
            let shown = match invitation(&text) {
                Some((_, name)) if name.is_empty() => "(an invitation that is used up)".to_owned(),
                Some((_, name)) => format!("{name} (with an invitation that is used up)"),
                None => names::excerpt(&text, SHOWN),
            };
            // What a person was asked about is what they say yes to, and no other name.
            c.execute(
                "INSERT INTO requests (key, message, received)
                 SELECT ?1, ?2, ?3 WHERE (SELECT count(*) FROM requests WHERE key <> ?1) < ?4
                 ON CONFLICT (key) DO UPDATE SET message = excluded.message
                 WHERE NOT EXISTS (SELECT 1 FROM questions WHERE about = 'request' AND subject = requests.key)",
                params![key.as_bytes(), shown, now, MAX_KEPT],
            )?;
            let kept = c.query_row(
                "SELECT EXISTS (SELECT 1 FROM requests WHERE key = ?1)",
                [key.as_bytes()],
                |row| row.get(0),
            )?;
            Ok(match kept {
                true => Knock::Asks,
                false => Knock::Ignored,
            })
        })
    }

    /// The requests that wait, oldest first.
    ///
    /// # Errors
    /// The database.
    pub fn requests(&self) -> Result<Vec<Request>, Error> {
        self.database.read(|c| {
            let mut statement =
                c.prepare("SELECT key, message, received FROM requests ORDER BY received, key")?;
            let rows = statement.query_map([], |row| {
                Ok(Request {
                    key: PeerKey::from_bytes(row.get(0)?),
                    message: row.get(1)?,
                    received: row.get(2)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// A person says yes: the home becomes a peer, by the name that it gave itself when it asked. Tox has to take it as a friend
    /// now.
    ///
    /// # Errors
    /// No such request, or the database.
    pub fn accept(&self, key: &str) -> Result<PeerKey, Error> {
        let (key, now) = (self.asking(key)?, self.now());
        self.database.write(move |c| {
            let message: String = c.query_row(
                "SELECT message FROM requests WHERE key = ?1",
                [key.as_bytes()],
                |row| row.get(0),
            )?;
            let name = wished(&message);
            peers::let_in(c, &key, peers::Kind::Unknown, &name, now)?;
            Ok(key)
        })
    }

    /// A person says no: the request is forgotten; they may ask again.
    ///
    /// # Errors
    /// No such request, or the database.
    pub fn refuse(&self, key: &str) -> Result<PeerKey, Error> {
        let key = self.asking(key)?;
        self.database.write(move |c| {
            c.execute("DELETE FROM requests WHERE key = ?1", [key.as_bytes()])?;
            Ok(key)
        })
    }

    /// The request whose key begins with `text`: nobody types 64 digits.
    fn asking(&self, text: &str) -> Result<PeerKey, Error> {
        let text = text.trim().to_ascii_uppercase();
        if text.len() < 8 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return refused(
                "this is not a key",
                "give at least its first 8 hex digits, as `toxmaild contact requests` shows it",
            );
        }
        let mut found = self.requests()?;
        found.retain(|request| request.key.to_string().starts_with(&text));
        match found[..] {
            [ref request] => Ok(request.key),
            [] => refused_as(
                Cause::Gone,
                "",
                "nobody with this key has asked",
                "`toxmaild contact requests` shows who has; they can ask again",
            ),
            _ => refused(
                "several keys begin like this",
                "give more digits of the key",
            ),
        }
    }
}

/// What a home calls itself in a request without a token; empty for any other text.
pub(super) fn wished(message: &str) -> String {
    names::claimed(message.strip_suffix(WISH).unwrap_or_default())
}

/// The token and the home's name in the text of a request.
fn invitation(text: &str) -> Option<(&str, String)> {
    let rest = text.strip_prefix(INVITATION)?;
    let (token, name) = rest.split_once('\n').unwrap_or((rest, ""));
    Some((token.trim(), names::claimed(name)))
}
