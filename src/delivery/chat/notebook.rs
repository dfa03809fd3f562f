//! The rows of the chats: each function inside one transaction of [`crate::database`].

use rusqlite::{Connection, OptionalExtension, params};

use crate::database::Error;
use crate::mail::address::PeerKey;
use crate::notices::chat::Why;
use crate::queue::DeliveryId;

/// Things that are taken from one friend in a day.
const MAX_ITEMS_A_DAY: i64 = 5_000;
/// Bytes of words that are taken from one friend in a day.
const MAX_BYTES_A_DAY: i64 = 1 << 20;
/// What a line of the home's own counts.
pub(super) const LINE_BYTES: u64 = 200;
/// How long the days are remembered. Only the last one matters, but clocks are set.
const KEEP_DAYS: i64 = 30;

/// Something that came from a friend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Item {
    Said(String),
    Did(String),
    File {
        name: String,
        /// Where it lies in the folder of the chats.
        file: String,
        size: u64,
        /// By which the friend's program knows it.
        id: [u8; 32],
    },
    NoFile {
        name: String,
        size: u64,
        why: Why,
    },
    Flood,
}

impl Item {
    /// Bytes of words.
    pub(super) fn words(&self) -> u64 {
        match self {
            Item::Said(text) | Item::Did(text) => text.len() as u64,
            Item::File { .. } | Item::NoFile { .. } | Item::Flood => LINE_BYTES,
        }
    }
}

/// Something that came, and from whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Heard {
    pub peer: PeerKey,
    pub item: Item,
    /// Seconds since 1970.
    pub came: i64,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// It is in the row of that number; the friend has had so many letters today.
    Row { id: i64, letters: u32 },
    /// The friend has said too much today; whether this is the first time that it shows, and the row that tells it.
    Over { told_by: Option<i64> },
}

impl Kept {
    /// The row that was written.
    pub(super) fn row(&self) -> Option<i64> {
        match self {
            Self::Row { id, .. } => Some(*id),
            Self::Over { told_by } => *told_by,
        }
    }
}

pub(super) fn day_of(seconds: i64) -> i64 {
    seconds.div_euclid(86_400)
}

/// Writes down what came.
pub(super) fn write_down(c: &Connection, all: &[Heard]) -> Result<Vec<Kept>, Error> {
    all.iter().map(|heard| write_one(c, heard)).collect()
}

fn write_one(c: &Connection, heard: &Heard) -> Result<Kept, Error> {
    let key = heard.peer.as_bytes();
    let day = day_of(heard.came);
    c.prepare_cached("INSERT INTO chat_days (peer, day) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
        .execute(params![key, day])?;
    let (letters, items, bytes, flooded): (u32, i64, i64, bool) = c
        .prepare_cached(
            "SELECT letters, items, bytes, flooded FROM chat_days WHERE peer = ?1 AND day = ?2",
        )?
        .query_row(params![key, day], |r| {
            Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?))
        })?;
    let words = number(heard.item.words());
    // A file that is here was let in before, and its bytes were counted.
    let bounded = !matches!(heard.item, Item::File { .. });
    if bounded && (items >= MAX_ITEMS_A_DAY || bytes + words > MAX_BYTES_A_DAY) {
        if flooded {
            return Ok(Kept::Over { told_by: None });
        }
        c.execute(
            "UPDATE chat_days SET flooded = 1 WHERE peer = ?1 AND day = ?2",
            params![key, day],
        )?;
        let told_by = insert(c, &heard.peer, &Item::Flood, heard.came)?;
        return Ok(Kept::Over {
            told_by: Some(told_by),
        });
    }
    if flooded && bounded {
        return Ok(Kept::Over { told_by: None });
    }
    c.prepare_cached(
        "UPDATE chat_days SET items = items + 1, bytes = bytes + ?3 WHERE peer = ?1 AND day = ?2",
    )?
    .execute(params![key, day, words])?;
    if let Item::File { id, .. } = &heard.item {
        c.execute(
            "DELETE FROM chat_files WHERE peer = ?1 AND file_id = ?2",
            params![key, id],
        )?;
    }
    let id = insert(c, &heard.peer, &heard.item, heard.came)?;
    Ok(Kept::Row { id, letters })
}

fn insert(c: &Connection, peer: &PeerKey, item: &Item, came: i64) -> Result<i64, Error> {
    let (kind, text, file, size) = match item {
        Item::Said(text) => ("said", text.as_str(), None, 0),
        Item::Did(text) => ("did", text.as_str(), None, 0),
        Item::File {
            name, file, size, ..
        } => ("file", name.as_str(), Some(file), *size),
        Item::NoFile { name, size, why } => (word(*why), name.as_str(), None, *size),
        Item::Flood => ("flood", "", None, 0),
    };
    c.prepare_cached(
        "INSERT INTO chat_items (peer, kind, text, file, size, came) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        peer.as_bytes(),
        kind,
        text,
        file,
        number(size),
        came
    ])?;
    Ok(c.last_insert_rowid())
}

fn word(why: Why) -> &'static str {
    match why {
        Why::Large => "large",
        Why::Endless => "endless",
        Why::Many => "many",
        Why::Room => "room",
        Why::Broken => "broken",
    }
}

/// Forgets what came, from that row on, from somebody to whom nobody here listens. What is a letter already stays one.
pub(super) fn forget(c: &Connection, peer: &PeerKey, from: i64) -> Result<(), Error> {
    c.execute(
        "DELETE FROM chat_items WHERE peer = ?1 AND letter IS NULL AND id >= ?2",
        params![peer.as_bytes(), from],
    )?;
    Ok(())
}

/// Closes the letter that is open, up to a row or whole; `owner` is whose friend has said it, `""` everybody's, where that is known.
/// `false`: there was none.
pub(super) fn close(
    c: &Connection,
    peer: &PeerKey,
    upto: Option<i64>,
    owner: Option<&str>,
) -> Result<bool, Error> {
    let key = peer.as_bytes();
    let upto = upto.unwrap_or(i64::MAX);
    let came: Option<i64> = c
        .query_row(
            "SELECT came FROM chat_items WHERE peer = ?1 AND letter IS NULL AND id <= ?2 ORDER BY id LIMIT 1",
            params![key, upto],
            |r| r.get(0),
        )
        .optional()?;
    let Some(came) = came else {
        return Ok(false);
    };
    let day = day_of(came);
    let mut token = [0u8; 16];
    getrandom::fill(&mut token).map_err(std::io::Error::from)?;
    let letters: i64 = c.query_row(
        "INSERT INTO chat_days (peer, day, letters) VALUES (?1, ?2, 1)
         ON CONFLICT DO UPDATE SET letters = letters + 1 RETURNING letters",
        params![key, day],
        |r| r.get(0),
    )?;
    c.execute(
        "INSERT INTO chat_letters (peer, day, first, token, owner) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![key, day, letters == 1, token, owner],
    )?;
    c.execute(
        "UPDATE chat_items SET letter = ?3 WHERE peer = ?1 AND letter IS NULL AND id <= ?2",
        params![key, upto, c.last_insert_rowid()],
    )?;
    Ok(true)
}

/// Friends of whom a letter is open.
pub(super) fn open_letters(c: &Connection) -> Result<Vec<PeerKey>, Error> {
    keys(
        c,
        "SELECT DISTINCT peer FROM chat_items WHERE letter IS NULL",
    )
}

/// Friends of whom a letter is closed, and not in a mailbox yet.
pub(super) fn unfiled(c: &Connection) -> Result<Vec<PeerKey>, Error> {
    keys(c, "SELECT DISTINCT peer FROM chat_letters")
}

fn keys(c: &Connection, sql: &str) -> Result<Vec<PeerKey>, Error> {
    let mut statement = c.prepare(sql)?;
    let rows = statement.query_map([], |r| r.get(0).map(PeerKey::from_bytes))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A letter that is closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Letter {
    pub id: i64,
    pub day: i64,
    pub first: bool,
    pub token: [u8; 16],
    /// The member whose friend said it; empty: everybody's; `None`: not known.
    pub owner: Option<String>,
    /// When the first thing in it came.
    pub came: i64,
    pub items: Vec<Item>,
}

/// The oldest letter of a friend that is closed and not in a mailbox yet.
pub(super) fn next_letter(c: &Connection, peer: &PeerKey) -> Result<Option<Letter>, Error> {
    let letter = c
        .prepare_cached(
            "SELECT id, day, first, token, owner FROM chat_letters WHERE peer = ?1 ORDER BY id LIMIT 1",
        )?
        .query_row([peer.as_bytes()], |r| {
            Ok(Letter {
                id: r.get(0)?,
                day: r.get(1)?,
                first: r.get(2)?,
                token: r.get(3)?,
                owner: r.get(4)?,
                came: 0,
                items: Vec::new(),
            })
        })
        .optional()?;
    let Some(mut letter) = letter else {
        return Ok(None);
    };
    let mut statement = c.prepare_cached(
        "SELECT kind, text, file, size, came FROM chat_items WHERE letter = ?1 ORDER BY id",
    )?;
    let mut rows = statement.query([letter.id])?;
    while let Some(row) = rows.next()? {
        let (kind, text): (String, String) = (row.get(0)?, row.get(1)?);
        let size = u64::try_from(row.get::<_, i64>(3)?).unwrap_or(0);
        if letter.items.is_empty() {
            letter.came = row.get(4)?;
        }
        let why = |why| Item::NoFile {
            name: text.clone(),
            size,
            why,
        };
        letter.items.push(match kind.as_str() {
            "did" => Item::Did(text),
            "file" => Item::File {
                name: text,
                file: row.get::<_, Option<String>>(2)?.unwrap_or_default(),
                size,
                id: [0; 32],
            },
            "large" => why(Why::Large),
            "endless" => why(Why::Endless),
            "many" => why(Why::Many),
            "room" => why(Why::Room),
            "broken" => why(Why::Broken),
            "flood" => Item::Flood,
            _ => Item::Said(text),
        });
    }
    Ok(Some(letter))
}

/// A file of a letter is gone from the disk: the letter says so.
pub(super) fn lose(c: &Connection, letter: i64, file: &str) -> Result<(), Error> {
    c.execute(
        "UPDATE chat_items SET kind = 'broken', file = NULL WHERE letter = ?1 AND file = ?2",
        params![letter, file],
    )?;
    Ok(())
}

/// A letter lies in a mailbox.
pub(super) fn filed(c: &Connection, letter: i64) -> Result<(), Error> {
    c.execute("DELETE FROM chat_letters WHERE id = ?1", [letter])?;
    Ok(())
}

/// Whether a friend is told for the first time on that day that groups are not joined.
pub(super) fn declines(c: &Connection, peer: &PeerKey, day: i64) -> Result<bool, Error> {
    let changed = c.execute(
        "INSERT INTO chat_days (peer, day, declined) VALUES (?1, ?2, 1)
         ON CONFLICT DO UPDATE SET declined = 1 WHERE declined = 0",
        params![peer.as_bytes(), day],
    )?;
    Ok(changed > 0)
}

/// Days that nobody asks for any more.
pub(super) fn forget_days(c: &Connection, today: i64) -> Result<(), Error> {
    c.execute("DELETE FROM chat_days WHERE day < ?1", [today - KEEP_DAYS])?;
    Ok(())
}

/// A file that has begun to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Begun {
    pub peer: PeerKey,
    pub id: [u8; 32],
    pub name: String,
    pub size: u64,
    pub file: String,
    /// When the last byte came, seconds since 1970.
    pub seen: i64,
}

const BEGUN: &str = "SELECT peer, file_id, name, size, file, seen FROM chat_files";

fn begun(row: &rusqlite::Row<'_>) -> rusqlite::Result<Begun> {
    Ok(Begun {
        peer: PeerKey::from_bytes(row.get(0)?),
        id: row.get(1)?,
        name: row.get(2)?,
        size: u64::try_from(row.get::<_, i64>(3)?).unwrap_or(0),
        file: row.get(4)?,
        seen: row.get(5)?,
    })
}

/// All files that have begun to come.
pub(super) fn all_begun(c: &Connection) -> Result<Vec<Begun>, Error> {
    let mut statement = c.prepare_cached(BEGUN)?;
    let rows = statement.query_map([], begun)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// One of them.
pub(super) fn known_file(
    c: &Connection,
    peer: &PeerKey,
    id: &[u8; 32],
) -> Result<Option<Begun>, Error> {
    Ok(
        c.prepare_cached(&format!("{BEGUN} WHERE peer = ?1 AND file_id = ?2"))?
            .query_row(params![peer.as_bytes(), id], begun)
            .optional()?,
    )
}

/// A file begins; its bytes count, at least `least` of them, unless that is more than `most` on that day: then nothing is
/// written, and it is not let in.
pub(super) fn begin(c: &Connection, file: &Begun, most: u64, least: u64) -> Result<bool, Error> {
    let counts = file.size.max(least);
    let day = day_of(file.seen);
    let let_in = c.execute(
        "INSERT INTO chat_days (peer, day, files) SELECT ?1, ?2, ?3 WHERE ?3 <= ?4
         ON CONFLICT DO UPDATE SET files = files + ?3 WHERE files + ?3 <= ?4",
        params![file.peer.as_bytes(), day, number(counts), number(most)],
    )?;
    if let_in == 0 {
        return Ok(false);
    }
    c.execute(
        "INSERT INTO chat_files (peer, file_id, name, size, file, seen) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (peer, file_id) DO UPDATE SET name = ?3, size = ?4, file = ?5, seen = ?6",
        params![
            file.peer.as_bytes(),
            file.id,
            file.name,
            number(file.size),
            file.file,
            file.seen
        ],
    )?;
    Ok(true)
}

/// A file has stopped for now.
pub(super) fn stopped(
    c: &Connection,
    peer: &PeerKey,
    id: &[u8; 32],
    now: i64,
) -> Result<(), Error> {
    c.execute(
        "UPDATE chat_files SET seen = ?3 WHERE peer = ?1 AND file_id = ?2",
        params![peer.as_bytes(), id, now],
    )?;
    Ok(())
}

/// A file will not come any more.
pub(super) fn give_up(c: &Connection, peer: &PeerKey, id: &[u8; 32]) -> Result<(), Error> {
    c.execute(
        "DELETE FROM chat_files WHERE peer = ?1 AND file_id = ?2",
        params![peer.as_bytes(), id],
    )?;
    Ok(())
}

/// Every file in the folder that a row points to.
pub(super) fn files(c: &Connection) -> Result<Vec<String>, Error> {
    let mut statement = c.prepare(
        "SELECT file FROM chat_files UNION ALL SELECT file FROM chat_items WHERE file IS NOT NULL",
    )?;
    let rows = statement.query_map([], |r| r.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A part of a letter of ours is over: acknowledged, or not wanted.
pub(super) fn note_part(
    c: &Connection,
    delivery: DeliveryId,
    part: usize,
    digest: &[u8; 16],
    wanted: bool,
) -> Result<(), Error> {
    c.prepare_cached(
        "INSERT INTO chat_parts (delivery, part, digest, wanted)
         SELECT ?1, ?2, ?3, ?4 WHERE EXISTS (SELECT 1 FROM deliveries WHERE id = ?1)
         ON CONFLICT DO UPDATE SET digest = ?3, wanted = ?4",
    )?
    .execute(params![delivery.number(), part as i64, digest, wanted])?;
    Ok(())
}

/// A part of a letter of ours that is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Noted {
    pub part: usize,
    pub digest: [u8; 16],
    pub wanted: bool,
}

/// What of a letter of ours is over.
pub(super) fn parts(c: &Connection, delivery: DeliveryId) -> Result<Vec<Noted>, Error> {
    let mut statement =
        c.prepare_cached("SELECT part, digest, wanted FROM chat_parts WHERE delivery = ?1")?;
    let rows = statement.query_map([delivery.number()], |r| {
        Ok(Noted {
            part: usize::try_from(r.get::<_, i64>(0)?).unwrap_or(usize::MAX),
            digest: r.get(1)?,
            wanted: r.get(2)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn number(size: u64) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;
    use crate::database::Database;

    fn paul() -> PeerKey {
        PeerKey::from_bytes([7; 32])
    }

    fn said(text: &str, came: i64) -> Heard {
        Heard {
            peer: paul(),
            item: Item::Said(text.into()),
            came,
        }
    }

    fn write(database: &Database, all: Vec<Heard>) -> Vec<Kept> {
        database.write(move |c| write_down(c, &all)).unwrap()
    }

    fn close_all(database: &Database, upto: Option<i64>) -> bool {
        database
            .write(move |c| close(c, &paul(), upto, None))
            .unwrap()
    }

    #[test]
    fn what_was_said_becomes_a_letter_once() {
        let dir = tempfile::tempdir().unwrap();
        let database = Database::open(&dir.path().join("db")).unwrap();
        let kept = write(
            &database,
            vec![said("one", 100), said("two", 101), said("three", 102)],
        );
        let [Kept::Row { id, letters: 0 }, ..] = kept[..] else {
            panic!("{kept:?}")
        };
        assert!(close_all(&database, Some(id + 1)));
        assert!(close_all(&database, None));
        assert!(!close_all(&database, None));
        let letter = database.read(|c| next_letter(c, &paul())).unwrap().unwrap();
        assert_eq!(
            letter.items,
            [Item::Said("one".into()), Item::Said("two".into())]
        );
        assert_eq!((letter.day, letter.first, letter.came), (0, true, 100));
        database.write(move |c| filed(c, letter.id)).unwrap();
        let next = database.read(|c| next_letter(c, &paul())).unwrap().unwrap();
        assert_eq!(next.items, [Item::Said("three".into())]);
        assert!(!next.first);
        assert_ne!(next.token, letter.token);
        database.write(move |c| filed(c, next.id)).unwrap();
        assert_eq!(database.read(unfiled).unwrap(), []);
        let left: i64 = database
            .read(|c| {
                Ok::<_, Error>(c.query_row("SELECT count(*) FROM chat_items", [], |r| r.get(0))?)
            })
            .unwrap();
        assert_eq!(left, 0);
        // The next day has a thread of its own.
        write(&database, vec![said("hello", 86_400)]);
        assert!(close_all(&database, None));
        assert!(
            database
                .read(|c| next_letter(c, &paul()))
                .unwrap()
                .unwrap()
                .first
        );
    }

    #[test]
    fn a_flood_is_told_once_a_day_and_kept_out() {
        let dir = tempfile::tempdir().unwrap();
        let database = Database::open(&dir.path().join("db")).unwrap();
        let text = "x".repeat(1372);
        let all = vec![said(&text, 5); 1000];
        let kept = write(&database, all);
        let rows = kept
            .iter()
            .filter(|k| matches!(k, Kept::Row { .. }))
            .count();
        assert_eq!(rows, (1 << 20) / 1372);
        let told = |k: &&Kept| matches!(k, Kept::Over { told_by: Some(_) });
        assert_eq!(kept.iter().filter(told).count(), 1);
        // Not even a short word: what comes after the notice is not there, whole.
        assert_eq!(
            write(&database, vec![said("x", 6)]),
            [Kept::Over { told_by: None }]
        );
        assert!(matches!(
            write(&database, vec![said("x", 86_400)])[..],
            [Kept::Row { .. }]
        ));
        let short = vec![said("x", 2 * 86_400); 6000];
        let rows = write(&database, short);
        let rows = rows
            .iter()
            .filter(|k| matches!(k, Kept::Row { .. }))
            .count();
        assert_eq!(rows, 5000);
    }

    #[test]
    fn groups_are_declined_once_a_day_and_files_have_a_bound() {
        let dir = tempfile::tempdir().unwrap();
        let database = Database::open(&dir.path().join("db")).unwrap();
        let first = |day| database.write(move |c| declines(c, &paul(), day)).unwrap();
        assert_eq!([first(1), first(1), first(2)], [true, false, true]);
        let file = |id| Begun {
            peer: paul(),
            id: [id; 32],
            name: "sun.png".into(),
            size: 600,
            file: format!("in-{id}"),
            seen: 0,
        };
        let begins = |id| {
            database
                .write(move |c| begin(c, &file(id), 1500, 700))
                .unwrap()
        };
        assert_eq!([begins(1), begins(2), begins(3)], [true, true, false]);
        assert_eq!(database.read(all_begun).unwrap().len(), 2);
        let whole = Heard {
            peer: paul(),
            item: Item::File {
                name: "sun.png".into(),
                file: "in-1".into(),
                size: 600,
                id: [1; 32],
            },
            came: 1,
        };
        write(&database, vec![whole]);
        assert_eq!(database.read(all_begun).unwrap(), [file(2)]);
        assert_eq!(database.read(files).unwrap().len(), 2);
    }
}
