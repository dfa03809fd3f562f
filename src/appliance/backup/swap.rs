//! A home that is ready takes the place of what was there. Every step is a rename; where a power cut comes between two of
//! them, the next start goes on.
//!
//! ```text
//! DIR/restore/home/    the restored home
//! DIR/restore/ready    it is whole: what is in DIR moves to the folder that this file names  (until then: the old home)
//! DIR/restore/moved    all of that is aside: restore/home/* moves to DIR                     (from then on: the restored one)
//! ```

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::Error;
use super::contents::HOME;
use crate::clock;
use crate::durable::{self, fault};

const FOLDER: &str = "restore";
const PLACE: &str = "home";
const READY: &str = "ready";
const MOVED: &str = "moved";
const ASIDE: &str = "before-restore";

/// A restored home is in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// Where that lies what was there before, if anything was.
    pub aside: Option<PathBuf>,
}

pub(super) fn folder(dir: &Path) -> PathBuf {
    dir.join(FOLDER)
}

pub(super) fn place(dir: &Path) -> PathBuf {
    folder(dir).join(PLACE)
}

/// Whether a home is ready to be put into place, or half there.
pub fn is_ready(dir: &Path) -> bool {
    [READY, MOVED]
        .iter()
        .any(|mark| folder(dir).join(mark).exists())
}

/// Removes what was unpacked and never put into place.
pub(super) fn discard(dir: &Path) -> Result<(), Error> {
    let folder = folder(dir);
    if folder.join(MOVED).exists() {
        // The home itself is in there.
        return Err(Error::Io(io::Error::other(
            "an earlier backup is being put into place; start the home once",
        )));
    }
    // The mark first: half a home is not ready.
    gone(fs::remove_file(folder.join(READY)))?;
    if folder.is_dir() {
        durable::sync_folder(&folder)?;
    }
    gone(fs::remove_dir_all(&folder))?;
    Ok(())
}

fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Marks what was unpacked as whole; it is on the disk.
pub(super) fn make_ready(dir: &Path) -> Result<(), Error> {
    let mut aside = format!("{ASIDE}-{}", clock::wall_seconds());
    while dir.join(&aside).exists() {
        aside.push('+');
    }
    durable::write(&folder(dir).join(READY), aside.as_bytes())?;
    durable::sync_folder(dir)?;
    Ok(())
}

/// Puts the home that is ready into place, or goes on with that; `None` when there is none. For whoever has the folder's
/// lock: nobody may have anything in it open.
///
/// # Errors
/// Those of the file system; the next start goes on from there.
pub fn finish(dir: &Path) -> Result<Option<Finished>, Error> {
    let (ready, moved) = (folder(dir).join(READY), folder(dir).join(MOVED));
    let mark = match (moved.exists(), ready.exists()) {
        (true, _) => &moved,
        (false, true) => &ready,
        (false, false) => {
            // A power cut came while it was unpacked.
            discard(dir)?;
            return Ok(None);
        }
    };
    let aside = fs::read_to_string(mark)?;
    if !aside.starts_with(ASIDE) || aside.contains('/') {
        return Err(Error::damaged("its mark cannot be read"));
    }
    let aside = dir.join(aside);
    if mark == &ready {
        for name in HOME {
            let old = dir.join(name);
            if old.symlink_metadata().is_ok() {
                durable::make_folder(&aside)?;
                durable::rename(&old, &aside.join(name))?;
                fault::point("restore.aside");
            }
        }
        durable::rename(&ready, &moved)?;
        fault::point("restore.moved");
    }
    let place = place(dir);
    for name in HOME {
        let new = place.join(name);
        if new.symlink_metadata().is_ok() {
            durable::rename(&new, &dir.join(name))?;
            fault::point("restore.placed");
        }
    }
    gone(fs::remove_dir_all(&place))?;
    // The mark last: without it there is nothing to go on with.
    gone(fs::remove_file(&moved))?;
    fault::point("restore.unmarked");
    durable::sync_folder(&folder(dir))?;
    gone(fs::remove_dir_all(folder(dir)))?;
    durable::sync_folder(dir)?;
    Ok(Some(Finished {
        aside: Some(aside).filter(|aside| aside.is_dir()),
    }))
}
