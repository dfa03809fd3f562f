//! What a restored home must not take for granted: the old one has lived on since the backup was made.

use std::path::Path;

use rusqlite::Connection;

use super::{Error, Label, contents};
use crate::clock;
use crate::database::{self, Database};
use crate::delivery::outbox;
use crate::providers::era;
use crate::store::{Quota, Store};
use crate::{contacts, questions, queue};

/// The setting of a restored home until its administrator was told: when the backup was made, and when it was restored.
pub const RESTORED: &str = "backup.restored";
/// The setting beside it: why the settings of the backup lie aside, where they do.
const SETTINGS: &str = "backup.settings";
/// How far the clock of the address books goes on. More than the changes that are remembered (`MAX_BEHIND` in src/contacts/cards.rs): what a
/// program has heard from the old box since the backup is a time that cannot be told of here, so it asks for everything.
const CLOCK_STEP: i64 = 1_000_000;

/// What the administrator of a restored home has to hear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// When the backup was made, in seconds since 1970.
    pub created: i64,
    /// When it was unpacked.
    pub restored: i64,
    /// Why the settings of the backup lie aside, where they do.
    pub settings: Option<String>,
}

/// Changes the unpacked home in `place`; how many letters wait for a person's word.
pub(super) fn renew(place: &Path, label: &Label, settings: Option<&str>) -> Result<usize, Error> {
    let path = place.join(contents::DATABASE);
    // A later schema that is good enough to go on with may have UIDs, sessions and tokens where nobody here would renew them.
    if let Some(found) = database::later(&path)? {
        return Err(Error::Newer(found));
    }
    // Of an older Toxmail: the schema is brought up to date here, so that a failure leaves the old home.
    let database = Database::open(&path)?;
    let told = database.set_setting(SETTINGS, settings);
    let renewed = told
        .map_err(Error::from)
        .and_then(|()| in_database(place, &database, label));
    database.close();
    renewed
}

fn in_database(place: &Path, database: &Database, label: &Label) -> Result<usize, Error> {
    let store = Store::open(
        &place.join(contents::MAIL),
        database.clone(),
        Quota::default(),
    );
    store
        .and_then(|store| {
            store.renew_uid_validity()?;
            match label.letters {
                true => Ok(()),
                // The mailboxes are there, and empty.
                false => store.make_folders(),
            }
        })
        .map_err(|e| match e {
            crate::store::Error::Database(e) => Error::Database(e),
            e => Error::Io(std::io::Error::other(e)),
        })?;
    let (created, letters) = (label.created, label.letters);
    let held = database.write(move |c| -> Result<Vec<i64>, Error> {
        let now = clock::wall_seconds();
        let held = queue::hold_ordinary(c, now)?;
        questions::forget_letters(c, &held)?;
        end_sessions(c)?;
        outbox::renew(c)?;
        contacts::withdraw_open_invitations(c, now)?;
        c.execute("UPDATE card_clock SET version = version + ?1", [CLOCK_STEP])?;
        let value = format!("{created}:{now}");
        if !letters {
            era::begin(c, &value)?;
        }
        c.execute(
            "INSERT INTO settings (key, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2",
            [RESTORED, &value],
        )?;
        Ok(held)
    })?;
    Ok(held.len())
}

/// Whoever has the old box's memory, or a cookie, is not logged in here.
fn end_sessions(c: &Connection) -> Result<(), rusqlite::Error> {
    let sessions = c
        .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE '%session%'")?
        .query_map([], |row| row.get::<_, String>(0))?
        .collect::<Result<Vec<_>, _>>()?;
    for table in sessions {
        c.execute(
            &format!("DELETE FROM \"{}\"", table.replace('"', "\"\"")),
            [],
        )?;
    }
    Ok(())
}

/// What has to be told, if anything.
///
/// # Errors
/// The database.
pub fn restored(database: &Database) -> Result<Option<Restored>, database::Error> {
    let setting = database.setting(RESTORED)?;
    let times = setting.as_deref().and_then(|text| text.split_once(':'));
    let settings = database.setting(SETTINGS)?;
    Ok(times.and_then(|(created, restored)| {
        Some(Restored {
            created: created.parse().ok()?,
            restored: restored.parse().ok()?,
            settings,
        })
    }))
}

/// It was told.
///
/// # Errors
/// The database.
pub fn told(database: &Database) -> Result<(), database::Error> {
    database.set_setting(RESTORED, None)?;
    database.set_setting(SETTINGS, None)
}
