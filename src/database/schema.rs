//! The schema: numbered files beside this one, and which program may open which file. A released file is never edited; a change is a
//! new file.

use std::path::Path;

use rusqlite::Connection;

use super::Error;
#[cfg(feature = "faults")]
use super::{create_private, prepare};

/// Each entry is one schema version; `PRAGMA user_version` counts them.
pub(super) const MIGRATIONS: &[&str] = &[
    concat!(
        include_str!("0001_members.sql"),
        "\n",
        include_str!("0001_contacts.sql"),
        "\n",
        include_str!("0001_queue.sql"),
        "\n",
        include_str!("0001_store.sql"),
        "\n",
        include_str!("0001_transfer.sql"),
        "\n",
        include_str!("0001_home.sql"),
        "\n",
    ),
    concat!(
        include_str!("0002_providers.sql"),
        "\n",
        include_str!("0002_chat.sql"),
        "\n",
        include_str!("0002_gateway.sql"),
        "\n",
        include_str!("0002_answers.sql"),
        "\n",
        include_str!("0002_identity.sql"),
        "\n",
        include_str!("0002_cards.sql"),
        "\n",
        include_str!("0002_fallbacks.sql"),
        "\n",
    ),
    concat!(
        include_str!("0003_web.sql"),
        "\n",
        include_str!("0003_days.sql"),
        "\n",
        include_str!("0003_direct.sql"),
        "\n",
        include_str!("0003_reencode.sql"),
        "\n",
        include_str!("0003_fetch.sql"),
        "\n",
        include_str!("0003_backup.sql"),
        "\n",
    ),
    concat!(include_str!("0004_fetch.sql"), "\n",),
    concat!(
        include_str!("0005_imap.sql"),
        "\n",
        include_str!("0005_sent.sql"),
        "\n",
        include_str!("0005_outbox.sql"),
        "\n",
    ),
    concat!(include_str!("0006_identity.sql"), "\n",),
    concat!(include_str!("0007_chat.sql"), "\n",),
    concat!(include_str!("0008_small.sql"), "\n",),
];

/// The oldest schema version whose program does its work with a file of this one, written into the file (`PRAGMA application_id`): a box
/// whose new system does not come up goes back to the one before, which then finds a file of a later schema. That is everyday business
/// where a migration only adds: tables of its own, columns with a default that may stay as it is. One that takes something away, renames
/// it or gives it another meaning, adds a column that must keep step with others, or a rule (CHECK, UNIQUE, NOT NULL) that the older
/// program does not know, raises this to its own number, and there is no way back across it. Statements name the columns that they
/// write and read, here and in triggers, so that one more column is nobody's business.
pub(super) const OLDEST_FRIEND: u32 = 5;

/// The schema version of this program.
pub const fn schema() -> u32 {
    // Each is a file that somebody has written.
    MIGRATIONS.len() as u32
}

/// For tests: makes a file as the program of an earlier `schema` did, or brings one that such a program made up to it.
///
/// # Errors
/// [`Error::Newer`] for a file of a later one; [`Error::Sqlite`].
#[cfg(feature = "faults")]
pub fn make_earlier(path: &Path, schema: u32) -> Result<(), Error> {
    create_private(path)?;
    let connection = Connection::open(path)?;
    prepare(&connection)?;
    let known = MIGRATIONS.len().min(schema as usize);
    migrate(&connection, path, &MIGRATIONS[..known], 0)
}

/// The schema version of a file that a later Toxmail has written; `None` for one of this or an earlier one.
///
/// # Errors
/// [`Error::Sqlite`].
pub fn later(path: &Path) -> Result<Option<u32>, Error> {
    let found = Connection::open(path)?
        .pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0))?;
    Ok((found as usize > MIGRATIONS.len()).then_some(found))
}

pub(super) fn migrate(
    connection: &Connection,
    path: &Path,
    migrations: &[&str],
    oldest_friend: u32,
) -> Result<(), Error> {
    let found =
        connection.pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0))? as usize;
    if found > migrations.len() {
        let oldest = connection
            .pragma_query_value(None, "application_id", |row| row.get::<_, u32>(0))?
            as usize;
        // None has said it: a file from before there was a word for it.
        if (1..=migrations.len()).contains(&oldest) {
            return Ok(());
        }
        return Err(Error::Newer {
            path: path.to_owned(),
            found,
            known: migrations.len(),
        });
    }
    for (number, sql) in migrations.iter().enumerate().skip(found) {
        connection.execute_batch(&format!(
            "BEGIN IMMEDIATE; {sql} PRAGMA user_version = {}; PRAGMA application_id = {oldest_friend}; COMMIT;",
            number + 1
        ))?;
    }
    let written =
        connection.pragma_query_value(None, "application_id", |row| row.get::<_, u32>(0))?;
    if written != oldest_friend {
        connection.pragma_update(None, "application_id", oldest_friend)?;
    }
    Ok(())
}
