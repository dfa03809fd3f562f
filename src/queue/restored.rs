//! A restored home: what may have gone by ordinary ways from the old one waits for a person's word.
//!
//! Another home is asked again without harm: it knows the transfer. A provider, a mail server or a chat program does not.

use rusqlite::Connection;

use super::Error;

/// Holds every open delivery that goes by a provider, a mail server or as chat; the numbers of their messages. For the
/// restorer, inside a transaction of its own, before the home is started.
///
/// # Errors
/// The rows cannot be written.
pub fn hold_ordinary(c: &Connection) -> Result<Vec<i64>, Error> {
    const ORDINARY: &str = "open = 1 AND kind IN ('relay', 'gateway', 'chat')";
    let held = c
        .prepare(&format!(
            "SELECT DISTINCT message FROM deliveries WHERE {ORDINARY} ORDER BY message"
        ))?
        .query_map([], |row| row.get(0))?
        .collect::<Result<Vec<i64>, _>>()?;
    for message in &held {
        c.execute(
            "INSERT INTO held_by_restore VALUES (?1) ON CONFLICT DO NOTHING",
            [message],
        )?;
    }
    c.execute(
        &format!("UPDATE deliveries SET open = 2 WHERE {ORDINARY}"),
        [],
    )?;
    Ok(held)
}
