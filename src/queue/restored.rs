//! A restored home: what may have gone by ordinary ways from the old one waits for a person's word.
//!
//! Another home is asked again without harm: it knows the transfer. A provider, a mail server or a chat program does not. So with
//! letters that may fall back to ordinary mail: where the time for that may be over, the old box may have done it; where it is not, the
//! other home may have the letter already, and from here it does not fall back.

use rusqlite::Connection;

use super::Error;

/// Holds every open delivery that goes by a provider, a mail server or as chat, or may have gone so; the numbers of their
/// messages. For the restorer, inside a transaction of its own, before the home is started. `now` is in seconds since 1970.
///
/// # Errors
/// The rows cannot be written.
pub fn hold_ordinary(c: &Connection, now: i64) -> Result<Vec<i64>, Error> {
    // A clock that says an earlier time than when the letter came was not set.
    const ORDINARY: &str =
        "open = 1 AND (kind IN ('relay', 'gateway', 'chat') OR kind = 'tox' AND EXISTS (
        SELECT 1 FROM fallbacks f JOIN messages m ON m.id = f.message
            JOIN recipients r ON r.delivery = deliveries.id AND r.idx = f.idx
        WHERE f.message = deliveries.message AND f.state = 'may' AND r.state = 'waiting'
            AND (?1 < m.wall OR ?1 - m.wall >= f.after_seconds)))";
    let held = c
        .prepare(&format!(
            "SELECT DISTINCT message FROM deliveries WHERE {ORDINARY} ORDER BY message"
        ))?
        .query_map([now], |row| row.get(0))?
        .collect::<Result<Vec<i64>, _>>()?;
    for message in &held {
        c.execute(
            "INSERT INTO held_by_restore (message) VALUES (?1) ON CONFLICT DO NOTHING",
            [message],
        )?;
    }
    c.execute(
        &format!("UPDATE deliveries SET open = 2 WHERE {ORDINARY}"),
        [now],
    )?;
    c.execute(
        "DELETE FROM fallbacks WHERE state = 'may' AND NOT EXISTS (
            SELECT 1 FROM deliveries d JOIN recipients r ON r.delivery = d.id
            WHERE d.message = fallbacks.message AND r.idx = fallbacks.idx AND d.open = 2)",
        [],
    )?;
    Ok(held)
}
