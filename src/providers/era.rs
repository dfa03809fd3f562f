//! What a home that was restored without its letters forgets of those it has fetched.
//!
//! A letter that was fetched is filed once, under its bytes, also after it was moved or deleted here: so it would never
//! come again, though no copy is in the restored home. Names of another era are other names.

use rusqlite::Connection;

use super::{Error, Providers};
use crate::database::{self, Database};

/// The setting that has the era; not there in a home that has all the letters it ever fetched.
const ERA: &str = "fetch.era";

/// Part of the names under which fetched letters are filed: empty, until the first [`begin`].
///
/// # Errors
/// The database.
pub fn era(database: &Database) -> Result<String, database::Error> {
    Ok(database.setting(ERA)?.unwrap_or_default())
}

/// A new era, of a name that no other one has: what is still at the providers is fetched again, except for what was there
/// before the first look. What is too large stays known.
///
/// # Errors
/// The database.
pub fn begin(c: &Connection, era: &str) -> Result<(), database::Error> {
    c.execute("DELETE FROM fetched WHERE state IN ('kept', 'taken')", [])?;
    c.execute("UPDATE fetches SET settled = 0", [])?;
    c.execute(
        "INSERT INTO settings (key, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2",
        [ERA, era],
    )?;
    Ok(())
}

impl Providers {
    /// [`era`] of this home.
    ///
    /// # Errors
    /// The database.
    pub fn fetch_era(&self) -> Result<String, Error> {
        Ok(era(&self.database)?)
    }
}
