//! What other homes have handed in for somebody further on. Its letter may have left the queue long ago when the offer comes
//! again, because the receipt was lost: the names stay.

use rusqlite::{Connection, OptionalExtension};

use super::Error;

pub(super) fn was_taken(c: &Connection, name: &[u8; 16]) -> Result<bool, Error> {
    let mut statement = c.prepare_cached("SELECT 1 FROM queue_taken WHERE name = ?1")?;
    let found: Option<i64> = statement.query_row([name], |r| r.get(0)).optional()?;
    Ok(found.is_some())
}

/// Writes the names down; how many of them are new.
pub(super) fn take(c: &Connection, names: &[[u8; 16]]) -> Result<usize, Error> {
    let mut statement = c.prepare_cached(
        "INSERT INTO queue_taken (name, taken_at) VALUES (?1, 0) ON CONFLICT DO NOTHING",
    )?;
    let mut new = 0;
    for name in names {
        new += statement.execute([name])?;
    }
    Ok(new)
}

/// Dates the names that have no date yet, and forgets those from before `time`.
pub(super) fn forget(c: &Connection, now: i64, time: i64) -> Result<usize, Error> {
    c.execute(
        "UPDATE queue_taken SET taken_at = ?1 WHERE taken_at = 0",
        [now],
    )?;
    Ok(c.execute("DELETE FROM queue_taken WHERE taken_at < ?1", [time])?)
}
