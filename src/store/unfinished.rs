//! Unfinished: what must be whole or not at all, and is more than one file.
//!
//! The names of the files are written down before the first of them is there, and struck out in the transaction that gives
//! them UIDs. A start removes the files of those that are still written down: nobody was promised anything about them.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::Error;
use super::opened::Opened;
use crate::database::Database;
use crate::durable::{self, fault};
use crate::journal;

/// Files that are about to get their names. One alone needs no note: a rename is whole.
#[derive(Clone)]
pub(super) struct Unfinished {
    /// Below the root of the mail.
    paths: Vec<Vec<u8>>,
}

impl Unfinished {
    /// Writes down the names.
    pub(super) fn begin(root: &Path, db: &Database, files: &[PathBuf]) -> Result<Self, Error> {
        let relative = |path: &PathBuf| {
            let path = path.strip_prefix(root).unwrap_or(path);
            path.as_os_str().as_bytes().to_vec()
        };
        let paths: Vec<_> = match files {
            [] | [_] => vec![],
            files => files.iter().map(relative).collect(),
        };
        if !paths.is_empty() {
            let rows = paths.clone();
            db.write(move |c| {
                let mut row = c.prepare_cached(
                    "INSERT OR IGNORE INTO mailbox_unfinished (path) VALUES (?1)",
                )?;
                rows.iter()
                    .try_for_each(|path| row.execute([path]).map(drop))?;
                Ok::<_, Error>(())
            })?;
            fault::point("store.unfinished.noted");
        }
        Ok(Self { paths })
    }

    /// Strikes them out, in the transaction of the rows.
    pub(super) fn end(&self, c: &Connection) -> rusqlite::Result<()> {
        let mut row = c.prepare_cached("DELETE FROM mailbox_unfinished WHERE path = ?1")?;
        self.paths
            .iter()
            .try_for_each(|path| row.execute([path]).map(drop))
    }

    /// Removes the files that were made, and what is written down.
    pub(super) fn give_up(self, db: &Database, opened: &Opened, made: &[PathBuf]) {
        for path in made {
            let _ = fs::remove_file(path);
        }
        opened.doubt();
        // What cannot be struck out now is by the next start.
        let _ = db.write(move |c| Ok::<_, Error>(self.end(c)?));
    }
}

/// At the start, before anybody looks at a mailbox. What cannot be removed (a mailbox may be a link to another disk, which may be broken)
/// stays, as a message of that mailbox, and is struck out like the others: somebody may see it, and delete the other copy.
pub(super) fn sweep(root: &Path, db: &Database) -> Result<(), Error> {
    let paths: Vec<Vec<u8>> = db.read(|c| {
        let mut rows = c.prepare("SELECT path FROM mailbox_unfinished")?;
        let paths = rows.query_map([], |row| row.get(0))?;
        Ok::<_, Error>(paths.collect::<Result<_, _>>()?)
    })?;
    if paths.is_empty() {
        return Ok(());
    }
    for path in &paths {
        let path = root.join(Path::new(std::ffi::OsStr::from_bytes(path)));
        let removed = match fault::disk("remove", &path).and_then(|()| fs::remove_file(&path)) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(e) => Err(e),
            Ok(()) => durable::sync_folder(durable::folder_of(&path)),
        };
        if let Err(e) = removed {
            journal::disk_trouble("removing a letter that was not copied to its end", &e);
        }
    }
    db.write(|c| {
        c.execute("DELETE FROM mailbox_unfinished", [])?;
        Ok::<_, Error>(())
    })
}
