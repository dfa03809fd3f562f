//! Keywords: a member's own marks on messages (Thunderbird calls them tags), as sets.
//!
//! A message's row names the *set* of keywords that it has; the sets of a mailbox are few, whatever the number of messages.
//! So a listing of 100,000 messages needs four octets a message for them.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, params};

use super::Error;
use super::uid::MailboxId;

/// Longer names serve nobody.
const MAX_LENGTH: usize = 128;
/// Most keywords of one message.
pub const MAX_OF_MESSAGE: usize = 100;
/// Most keywords of all messages of a mailbox together.
pub const MAX_OF_MAILBOX: usize = 1000;
/// Most sets of a mailbox, with those that no message has since the last start: whoever changes keywords reads them all.
const MAX_SETS: usize = 10_000;

/// The name of a keyword: an atom of RFC 3501, at most 128 octets. Its case is kept and never compared.
#[derive(Clone)]
pub struct Keyword(Arc<str>);

impl Keyword {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Keyword {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let atom = |b: u8| b.is_ascii_graphic() && !b"(){%*\"\\]".contains(&b);
        if text.is_empty() || text.len() > MAX_LENGTH || !text.bytes().all(atom) {
            return Err(Error::BadKeyword(text.chars().take(80).collect()));
        }
        Ok(Self(text.into()))
    }
}

impl PartialEq for Keyword {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for Keyword {}

impl Hash for Keyword {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write(self.0.to_ascii_lowercase().as_bytes());
    }
}

impl Ord for Keyword {
    fn cmp(&self, other: &Self) -> Ordering {
        let lower = |k: &Self| k.0.to_ascii_lowercase();
        lower(self).cmp(&lower(other))
    }
}

impl PartialOrd for Keyword {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Keyword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Keyword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keyword({})", self.0)
    }
}

/// Which keywords a message has: looked up in the [`Keywords`] of its mailbox. Means nothing in another one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct KeywordSet(pub(super) u32);

impl KeywordSet {
    /// None.
    pub const NONE: Self = Self(0);

    /// Names the set in its mailbox; 0 is [`NONE`](Self::NONE).
    pub const fn number(self) -> u32 {
        self.0
    }
}

/// The keywords of a mailbox. A set that was listed once stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Keywords {
    sets: HashMap<KeywordSet, Box<[Keyword]>>,
    all: Vec<Keyword>,
    last: i64,
}

impl Keywords {
    /// What a message with this set has, sorted.
    pub fn of(&self, set: KeywordSet) -> &[Keyword] {
        self.sets.get(&set).map_or(&[], |names| names)
    }

    /// Every keyword that a message of the mailbox has or had, sorted: for FLAGS.
    pub fn all(&self) -> &[Keyword] {
        &self.all
    }

    /// Whether a message with this set has that keyword.
    pub fn has(&self, set: KeywordSet, keyword: &Keyword) -> bool {
        self.of(set).contains(keyword)
    }

    fn add(&mut self, id: i64, names: &str) {
        let names: Box<[Keyword]> = names.split(' ').map(|n| Keyword(n.into())).collect();
        for name in &names {
            if let Err(at) = self.all.binary_search(name) {
                self.all.insert(at, name.clone());
            }
        }
        let set = KeywordSet(u32::try_from(id).unwrap_or(0));
        self.sets.insert(set, names);
        self.last = self.last.max(id);
    }

    /// As the mailbox spells it, if it knows it.
    fn spelt(&self, keyword: &Keyword) -> Keyword {
        match self.all.binary_search(keyword) {
            Ok(at) => self.all[at].clone(),
            Err(_) => keyword.clone(),
        }
    }
}

/// The keywords of a mailbox; `known` itself when there are no more.
pub(super) fn load(
    c: &Connection,
    mailbox: MailboxId,
    known: &Arc<Keywords>,
) -> rusqlite::Result<Arc<Keywords>> {
    let mut more: Option<Keywords> = None;
    let mut rows = c.prepare_cached(
        "SELECT id, names FROM mailbox_keywords WHERE mailbox = ?1 AND id > ?2 ORDER BY id",
    )?;
    let mut rows = rows.query(params![mailbox, known.last])?;
    while let Some(row) = rows.next()? {
        let keywords = more.get_or_insert_with(|| Keywords::clone(known));
        keywords.add(row.get(0)?, row.get_ref(1)?.as_str()?);
    }
    Ok(more.map_or_else(|| Arc::clone(known), Arc::new))
}

/// The sets of these keywords in a mailbox, made where there are none. The first spelling of a name stays.
pub(super) fn intern_all(
    c: &Connection,
    mailbox: MailboxId,
    wanted: &[Vec<Keyword>],
) -> Result<Vec<KeywordSet>, Error> {
    if wanted.iter().all(Vec::is_empty) {
        return Ok(vec![KeywordSet::NONE; wanted.len()]);
    }
    let mut known = Keywords::clone(&*load(c, mailbox, &Arc::default())?);
    wanted
        .iter()
        .map(|keywords| intern(c, mailbox, keywords, &mut known))
        .collect()
}

fn intern(
    c: &Connection,
    mailbox: MailboxId,
    keywords: &[Keyword],
    known: &mut Keywords,
) -> Result<KeywordSet, Error> {
    if keywords.is_empty() {
        return Ok(KeywordSet::NONE);
    }
    let mut names: Vec<Keyword> = keywords.iter().map(|k| known.spelt(k)).collect();
    names.sort();
    names.dedup();
    let more = names
        .iter()
        .filter(|k| known.all.binary_search(k).is_err())
        .count();
    if names.len() > MAX_OF_MESSAGE || (more > 0 && known.all.len() + more > MAX_OF_MAILBOX) {
        return Err(Error::TooManyKeywords);
    }
    let text = names
        .iter()
        .map(Keyword::as_str)
        .collect::<Vec<_>>()
        .join(" ");
    let found = c
        .prepare_cached("SELECT id FROM mailbox_keywords WHERE mailbox = ?1 AND names = ?2")?
        .query_row(params![mailbox, text], |row| row.get(0))
        .optional()?;
    if let Some(id) = found {
        return Ok(KeywordSet(id));
    }
    if known.sets.len() >= MAX_SETS {
        return Err(Error::TooManyKeywords);
    }
    let id: u32 = c
        .prepare_cached(
            "INSERT INTO mailbox_keywords (mailbox, names) VALUES (?1, ?2) RETURNING id",
        )?
        .query_row(params![mailbox, text], |row| row.get(0))?;
    known.add(id.into(), &text);
    Ok(KeywordSet(id))
}

/// Forgets those of these sets that no message has; for who has the door of the mailbox alone, so that nobody is about to use one.
/// Whoever remembers the id of one never meets it again.
pub(super) fn forget_unused(
    c: &Connection,
    mailbox: MailboxId,
    sets: &[KeywordSet],
) -> rusqlite::Result<()> {
    let mut row = c.prepare_cached(&format!(
        "DELETE FROM mailbox_keywords {UNUSED} AND mailbox = ?1 AND id = ?2"
    ))?;
    sets.iter()
        .try_for_each(|set| row.execute(params![mailbox, set.0]).map(drop))
}

/// Forgets the sets that no message has. Only while nobody remembers an id: at the start.
pub(super) fn sweep(c: &Connection) -> rusqlite::Result<usize> {
    c.execute(&format!("DELETE FROM mailbox_keywords {UNUSED}"), [])
}

/// Whether [`sweep`] would find something.
pub(super) fn has_unused(c: &Connection) -> rusqlite::Result<bool> {
    c.prepare(&format!("SELECT 1 FROM mailbox_keywords {UNUSED}"))?
        .exists([])
}

const UNUSED: &str = "WHERE NOT EXISTS (SELECT 1 FROM mailbox_messages AS m
    WHERE m.mailbox = mailbox_keywords.mailbox AND m.keywords = mailbox_keywords.id AND m.keywords <> 0)";
