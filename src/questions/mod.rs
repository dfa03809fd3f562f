//! What the home asks its members by mail, and whose answer counts.
//!
//! A question is a row with a one-time address: `answer+<26 base32>@toxmail.local`, 130 random bits, of which only the hash is
//! kept here. The mail that asks comes from that address, so that any mail program answers there; the answer is a letter
//! like any other until it comes to [`crate::delivery::clerk`], which reads it ([`answer`]) and does what it says.
//!
//! # Rules
//! - An answer counts from those who were asked, submitted under their own password, and from nobody else, whatever it says of itself.
//! - One answer ends a question, also where several were asked: the first. It is kept which letter that was, so that one
//!   that is tried again after a crash goes on where it was.
//! - The mails that ask are written before the row says so. After a crash between the two somebody may be asked twice; both
//!   addresses are good then, and the second answer hears that it was answered before.
//! - Nothing is forgotten that would be asked again: a request that was answered is not asked about for [`REQUEST_LASTS`],
//!   and an address that a home claims once only, as long as the row is kept.
//!
//! Everything blocks.

pub mod answer;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::fmt;
use std::time::Duration;

use data_encoding::BASE32_NOPAD;
use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};

pub use answer::Word;

use crate::clock::{Clock, Stamp};
use crate::contacts::Claim;
use crate::database::{self, Database};
use crate::mail::address::{self, MemberName, PeerKey};

/// How long a request can be answered: as long as the request itself is kept.
pub const REQUEST_LASTS: Duration = Duration::from_secs(30 * 86_400);
/// How long an answer about claimed addresses counts.
pub const CLAIMS_LAST: Duration = Duration::from_secs(30 * 86_400);
/// How long a letter is held for its writer's word: later nobody remembers what it was about.
pub const LETTER_LASTS: Duration = Duration::from_secs(7 * 86_400);
/// How long a question is remembered, answered or not.
const KEPT_FOR: Duration = Duration::from_secs(365 * 86_400);

/// What can go wrong with questions.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The rows cannot be read or written.
    #[error(transparent)]
    Database(#[from] database::Error),
    /// No randomness for the one-time address.
    #[error("the system gave no random numbers")]
    Random,
    /// A row that this program did not write so.
    #[error("{0} cannot be read; was the database changed by hand?")]
    Row(&'static str),
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.into())
    }
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// May this stranger become a contact?
    Request(PeerKey),
    /// Are these addresses theirs? All of one home's.
    Claims(PeerKey, Vec<Claim>),
    /// Shall this letter, by its number in the queue, go: a part of it takes the ordinary route, or it may have gone before this
    /// home was restored?
    Letter(i64),
}

impl About {
    /// The word in rows and in the journal.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Request(_) => "request",
            Self::Claims(..) => "claims",
            Self::Letter(_) => "letter",
        }
    }

    fn subject(&self) -> Vec<u8> {
        match self {
            Self::Request(key) | Self::Claims(key, _) => key.as_bytes().to_vec(),
            Self::Letter(number) => number.to_be_bytes().to_vec(),
        }
    }

    /// How long an answer counts.
    pub fn lasts(&self) -> Duration {
        match self {
            Self::Request(_) => REQUEST_LASTS,
            Self::Claims(..) => CLAIMS_LAST,
            Self::Letter(_) => LETTER_LASTS,
        }
    }

    /// Whether this word answers it.
    pub fn is_answered_by(&self, word: Word) -> bool {
        match self {
            Self::Request(_) => matches!(word, Word::Yes | Word::No | Word::Block),
            Self::Claims(..) => matches!(word, Word::Yes | Word::No),
            Self::Letter(_) => matches!(word, Word::Send | Word::Yes | Word::No),
        }
    }
}

/// What stands behind the `+` of a one-time address.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// 130 bits: nobody guesses one.
    const LETTERS: usize = address::ANSWER_LETTERS;

    fn new() -> Result<Self, Error> {
        let mut bytes = [0; 17];
        getrandom::fill(&mut bytes).map_err(|_| Error::Random)?;
        let mut text = BASE32_NOPAD.encode(&bytes).to_ascii_lowercase();
        text.truncate(Self::LETTERS);
        Ok(Self(text))
    }

    /// As it came in an address; of what form was looked at there.
    pub fn from_address(text: &str) -> Self {
        Self(text.to_ascii_lowercase())
    }

    /// The whole address.
    pub fn address(&self) -> String {
        address::one_time(&self.0)
    }

    fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A question's row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuestionId(i64);

/// How a one-time address stands to a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// No question has it, or none that is remembered.
    Unknown,
    /// Others were asked.
    NotAsked,
    /// Its time is over, and nobody has answered.
    Expired(About),
    /// It was answered, with that word, by that member.
    Answered {
        /// Who was first.
        by: MemberName,
        /// What they said.
        word: Word,
        /// The transfer of the letter that said it.
        letter: [u8; 16],
        /// The question.
        id: QuestionId,
        /// What it was about.
        about: About,
    },
    /// It waits for an answer.
    Open(QuestionId, About),
}

/// Letters that are asked about anew: what was asked about them before counts no more. Inside a transaction of the caller's.
///
/// # Errors
/// The rows cannot be written.
pub fn forget_letters(c: &Connection, letters: &[i64]) -> Result<(), rusqlite::Error> {
    for letter in letters {
        let about = About::Letter(*letter);
        c.execute(
            "DELETE FROM questions WHERE about = ?1 AND subject = ?2",
            params![about.as_str(), about.subject()],
        )?;
    }
    Ok(())
}

/// The questions of this home; a cheap handle to clone.
#[derive(Clone)]
pub struct Questions {
    database: Database,
    clock: Clock,
}

impl Questions {
    /// The questions in the database.
    pub fn open(database: Database, clock: Clock) -> Self {
        Self { database, clock }
    }

    /// A new question to these members. It counts as asked only once it is [`mailed`](Self::mailed).
    ///
    /// # Errors
    /// The database; no randomness.
    pub fn ask(
        &self,
        about: &About,
        members: &[MemberName],
    ) -> Result<(QuestionId, Secret), Error> {
        let secret = Secret::new()?;
        let (hash, now) = (secret.hash(), self.clock.now());
        let (about, members) = (about.clone(), members.to_vec());
        let id = self.database.write(move |c| -> Result<_, Error> {
            c.execute(
                "INSERT INTO questions (hash, about, subject, boot, made_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![hash, about.as_str(), about.subject(), now.boot, now.ms],
            )?;
            let id = c.last_insert_rowid();
            for member in &members {
                c.execute(
                    "INSERT INTO question_members (question, member) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                    params![id, member.as_str()],
                )?;
            }
            if let About::Claims(_, claims) = &about {
                for claim in claims {
                    c.execute(
                        "INSERT INTO question_claims (question, peer, local, owner, address, written)
                         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                         ON CONFLICT DO NOTHING",
                        params![
                            id,
                            claim.peer.as_bytes(),
                            claim.local,
                            claim.owner,
                            claim.address,
                            claim.written
                        ],
                    )?;
                }
            }
            Ok(id)
        })?;
        Ok((QuestionId(id), secret))
    }

    /// The mails that ask are in the queue.
    ///
    /// # Errors
    /// The database.
    pub fn mailed(&self, id: QuestionId) -> Result<(), Error> {
        self.database.write(move |c| {
            c.execute("UPDATE questions SET mailed = 1 WHERE id = ?1", [id.0])?;
            Ok(())
        })
    }

    /// What a one-time address is to that member.
    ///
    /// # Errors
    /// The database.
    pub fn standing(&self, secret: &Secret, member: &MemberName) -> Result<Standing, Error> {
        let hash = secret.hash();
        self.database.read(|c| {
            let Some(row) = find(c, &hash)? else {
                return Ok(Standing::Unknown);
            };
            let asked: bool = c
                .prepare_cached(
                    "SELECT EXISTS (SELECT 1 FROM question_members WHERE question = ?1 AND member = ?2)",
                )?
                .query_row(params![row.id, member.as_str()], |r| r.get(0))?;
            if !asked {
                return Ok(Standing::NotAsked);
            }
            let id = QuestionId(row.id);
            Ok(match row.answered {
                Some((by, word, letter)) => Standing::Answered {
                    by,
                    word,
                    letter,
                    id,
                    about: row.about,
                },
                None if self.clock.age(row.made) > row.about.lasts() => {
                    Standing::Expired(row.about)
                }
                None => Standing::Open(id, row.about),
            })
        })
    }

    /// This letter answers the question. `false`: another one has done so before.
    ///
    /// # Errors
    /// The database.
    pub fn answered(
        &self,
        id: QuestionId,
        by: &MemberName,
        word: Word,
        letter: [u8; 16],
    ) -> Result<bool, Error> {
        let by = by.clone();
        self.database.write(move |c| {
            let changed = c.execute(
                "UPDATE questions SET answered_by = ?2, word = ?3, letter = ?4
                 WHERE id = ?1 AND (answered_by IS NULL OR letter = ?4)",
                params![id.0, by.as_str(), word.as_str(), letter],
            )?;
            Ok(changed == 1)
        })
    }

    /// It was answered elsewhere, not by a letter: an answer that comes by mail later hears that.
    ///
    /// # Errors
    /// The database.
    pub fn answered_elsewhere(
        &self,
        about: &About,
        by: &MemberName,
        word: Word,
    ) -> Result<(), Error> {
        let (kind, subject) = (about.as_str(), about.subject());
        let by = by.clone();
        self.database.write(move |c| {
            c.execute(
                "UPDATE questions SET answered_by = ?3, word = ?4, letter = zeroblob(16)
                 WHERE about = ?1 AND subject = ?2 AND answered_by IS NULL",
                params![kind, subject, by.as_str(), word.as_str()],
            )?;
            Ok(())
        })
    }

    /// One more answer to it was not understood; how many there have been.
    ///
    /// # Errors
    /// The database.
    pub fn misunderstood(&self, id: QuestionId) -> Result<u32, Error> {
        self.database.write(move |c| {
            Ok(c.query_row(
                "UPDATE questions SET unclear = unclear + 1 WHERE id = ?1 RETURNING unclear",
                [id.0],
                |r| r.get(0),
            )?)
        })
    }

    /// Whether somebody was asked about the same, and it has not been so long that an answer would not count.
    ///
    /// # Errors
    /// The database.
    pub fn has_asked(&self, about: &About) -> Result<bool, Error> {
        self.database.read(|c| {
            let mut statement = c.prepare_cached(
                "SELECT boot, made_ms FROM questions
                 WHERE about = ?1 AND subject = ?2 AND mailed = 1",
            )?;
            let mut rows = statement.query((about.as_str(), about.subject()))?;
            while let Some(row) = rows.next()? {
                if self.clock.age(stamp(row.get(0)?, row.get(1)?)) <= about.lasts() {
                    return Ok(true);
                }
            }
            Ok(false)
        })
    }

    /// Which addresses of that home somebody was asked about before: mailbox there, and address in lower case.
    ///
    /// # Errors
    /// The database.
    pub fn claims_asked(
        &self,
        peer: &PeerKey,
        owner: &str,
    ) -> Result<HashSet<(String, String)>, Error> {
        self.database.read(|c| {
            let mut statement = c.prepare_cached(
                "SELECT local, address FROM question_claims k JOIN questions q ON q.id = k.question
                 WHERE k.peer = ?1 AND k.owner = ?2 AND q.mailed = 1",
            )?;
            let rows = statement.query_map(params![peer.as_bytes(), owner], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// How many questions of that kind (and, if there is one, that subject) were mailed within `age`.
    ///
    /// # Errors
    /// The database.
    pub fn mailed_within(
        &self,
        age: Duration,
        kind: &'static str,
        subject: Option<&PeerKey>,
    ) -> Result<usize, Error> {
        self.database.read(|c| {
            let mut statement = c.prepare_cached(
                "SELECT boot, made_ms FROM questions
                 WHERE about = ?1 AND mailed = 1 AND (?2 IS NULL OR subject = ?2)",
            )?;
            let subject = subject.map(PeerKey::as_bytes);
            let mut rows = statement.query(params![kind, subject])?;
            let mut count = 0;
            while let Some(row) = rows.next()? {
                count += usize::from(self.clock.age(stamp(row.get(0)?, row.get(1)?)) < age);
            }
            Ok(count)
        })
    }

    /// Letters that are held for an answer that does not count any more.
    ///
    /// # Errors
    /// The database.
    pub fn letters_unanswered(&self) -> Result<Vec<i64>, Error> {
        self.database.read(|c| {
            let mut statement = c.prepare_cached(
                "SELECT boot, made_ms, subject FROM questions
                 WHERE about = 'letter' AND answered_by IS NULL",
            )?;
            let mut rows = statement.query([])?;
            let mut late = Vec::new();
            while let Some(row) = rows.next()? {
                if self.clock.age(stamp(row.get(0)?, row.get(1)?)) > LETTER_LASTS {
                    late.push(i64::from_be_bytes(row.get(2)?));
                }
            }
            Ok(late)
        })
    }

    /// Forgets what was asked a year ago.
    ///
    /// # Errors
    /// The database.
    pub fn forget_old(&self) -> Result<(), Error> {
        let edges = self.clock.edges(KEPT_FOR);
        let any = self.database.read(|c| -> Result<bool, Error> {
            let mut statement = c.prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM questions WHERE boot = ?1 AND made_ms <= ?2)",
            )?;
            for edge in &edges {
                if statement.query_row(*edge, |r| r.get(0))? {
                    return Ok(true);
                }
            }
            Ok(false)
        })?;
        if !any {
            return Ok(());
        }
        self.database.write(move |c| {
            for edge in &edges {
                c.execute(
                    "DELETE FROM questions WHERE boot = ?1 AND made_ms <= ?2",
                    *edge,
                )?;
            }
            Ok(())
        })
    }
}

struct Row {
    id: i64,
    about: About,
    made: Stamp,
    answered: Option<(MemberName, Word, [u8; 16])>,
}

fn find(c: &Connection, hash: &[u8; 32]) -> Result<Option<Row>, Error> {
    type Columns = (
        i64,
        String,
        Vec<u8>,
        Stamp,
        Option<String>,
        Option<String>,
        Option<[u8; 16]>,
    );
    let found: Option<Columns> = c
        .prepare_cached(
            "SELECT id, about, subject, boot, made_ms, answered_by, word, letter
             FROM questions WHERE hash = ?1",
        )?
        .query_row([hash], |r| {
            Ok((
                r.get(0)?,
                r.get(1)?,
                r.get(2)?,
                stamp(r.get(3)?, r.get(4)?),
                r.get(5)?,
                r.get(6)?,
                r.get(7)?,
            ))
        })
        .optional()?;
    let Some((id, about, subject, made, by, word, letter)) = found else {
        return Ok(None);
    };
    let bad = || Error::Row("a question");
    let key = || <[u8; 32]>::try_from(&subject[..]).map(PeerKey::from_bytes);
    let about = match about.as_str() {
        "request" => About::Request(key().map_err(|_| bad())?),
        "claims" => {
            let key = key().map_err(|_| bad())?;
            About::Claims(key, claims(c, id, &key)?)
        }
        _ => About::Letter(i64::from_be_bytes(
            subject[..].try_into().map_err(|_| bad())?,
        )),
    };
    let answered = match (by, word, letter) {
        (Some(by), Some(word), Some(letter)) => Some((
            by.parse().map_err(|_| bad())?,
            Word::from_row(&word).ok_or_else(bad)?,
            letter,
        )),
        _ => None,
    };
    Ok(Some(Row {
        id,
        about,
        made,
        answered,
    }))
}

fn claims(c: &Connection, id: i64, key: &PeerKey) -> Result<Vec<Claim>, Error> {
    let mut statement = c.prepare_cached(
        "SELECT local, owner, address, written FROM question_claims WHERE question = ?1
         ORDER BY local, address",
    )?;
    let rows = statement.query_map([id], |row| {
        Ok(Claim {
            peer: *key,
            local: row.get(0)?,
            owner: row.get(1)?,
            address: row.get(2)?,
            written: row.get(3)?,
            name: String::new(),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn stamp(boot: i64, ms: i64) -> Stamp {
    Stamp { boot, ms, wall: 0 }
}
