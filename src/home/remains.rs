//! Whether what lies in the folder belongs together.
//!
//! A home is its database and its identity. Neither is made anew in silence where anything else of a home is left: an empty
//! database sweeps the queue, which holds letters that were acknowledged, and forgets every friend; another identity is a
//! stranger to every home that knows this one.

use std::fs;
use std::io;
use std::path::Path;

use super::stopped::{DATABASE, IDENTITY};
use crate::clock;
use crate::control::Failure;
use crate::database::{self, Database};
use crate::mail::address::PeerKey;
use crate::tox;

/// The setting with the key that `tox.save` must hold.
const KEY: &str = "tox.key";

/// What is left of a home whose database is gone; `None` where the database is, or where no home was.
pub(super) fn without_database(dir: &Path) -> io::Result<Option<&'static str>> {
    // The database last: `member add` beside us makes it before the mailbox.
    let left = if dir.join(IDENTITY).try_exists()? {
        "identity (tox.save) is"
    } else if any(&dir.join("queue"), |entry| {
        entry.path().extension().is_some_and(|e| e == "eml")
    })? {
        "waiting letters (queue) are"
    } else if any(&dir.join("mail"), |entry| entry.path().is_dir())? {
        "mailboxes (mail) are"
    } else {
        return Ok(None);
    };
    match fs::metadata(dir.join(DATABASE)) {
        // One that is empty was only just made.
        Ok(facts) => Ok((facts.len() == 0).then_some(left)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Some(left)),
        Err(e) => Err(e),
    }
}

fn any(folder: &Path, is: impl Fn(&fs::DirEntry) -> bool) -> io::Result<bool> {
    let entries = match fs::read_dir(folder) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(false),
        entries => entries?,
    };
    for entry in entries {
        if is(&entry?) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Refuses a folder where an empty database would take the place of one that is gone.
pub(super) fn refuse_without_database(dir: &Path) -> Result<(), Failure> {
    let Some(left) = without_database(dir)? else {
        return Ok(());
    };
    Err(Failure::new(
        format!(
            "{} is gone, but the home's {left} still there",
            dir.join(DATABASE).display()
        ),
        format!(
            "restore the folder from a backup; to begin a new home, move {} away",
            dir.display()
        ),
    ))
}

/// Refuses an identity that is not the one this home has had.
pub(super) fn refuse_other_identity(dir: &Path, database: &Database) -> Result<(), Failure> {
    let Some(ours) = database.setting(KEY)? else {
        return Ok(());
    };
    let path = dir.join(IDENTITY);
    let found = match tox::savedata::tox_id(&path)? {
        Some(id) if id.key().to_string() == ours => return Ok(()),
        Some(id) => format!("belongs to another home ({})", id.key()),
        None => "is gone".to_owned(),
    };
    Err(Failure::new(
        format!(
            "{} {found}; this home is known by the key {ours}",
            path.display()
        ),
        ANEW,
    ))
}

/// What to do about an identity that is lost.
pub(super) const ANEW: &str = "put the copy from a backup in its place; only if there is none, start once with \
    `toxmaild run --new-identity`: every home that knows this one has to accept its new address";

/// `run --new-identity`: makes room for a new one where the file is damaged. It is kept, under another name.
pub(super) fn set_aside_damaged_identity(dir: &Path) -> Result<(), Failure> {
    let path = dir.join(IDENTITY);
    match tox::savedata::tox_id(&path) {
        Err(tox::Error::Damaged { .. }) => {
            let aside = format!("{IDENTITY}.damaged-{}", clock::wall_seconds());
            Ok(crate::durable::rename(&path, &dir.join(aside))?)
        }
        Err(e) => Err(e.into()),
        Ok(_) => Ok(()),
    }
}

/// Whether the home was known by another key until now.
pub(super) fn has_changed(database: &Database, key: &PeerKey) -> Result<bool, database::Error> {
    let ours = database.setting(KEY)?;
    Ok(ours.is_some_and(|ours| ours != key.to_string()))
}

/// Notes the key that `tox.save` must hold from now on.
pub(super) fn note(database: &Database, key: &PeerKey) -> Result<(), database::Error> {
    let key = key.to_string();
    if database.setting(KEY)?.as_ref() == Some(&key) {
        return Ok(());
    }
    database.set_setting(KEY, Some(&key))
}
