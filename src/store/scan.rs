//! Scan: what other programs did to the folders becomes rows; and the changes that need the door alone, flags and expunge.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

use super::flags::{Change, Flags};
use super::maildir::{self, BaseName, Place, Spot};
use super::message::{self, Measure};
use super::uid::{self, Entry, Found, Located, Uid, Which};
use super::{Error, Expunged, Mailbox, Store};
use crate::durable;
use crate::journal;
use crate::mail::address::MemberName;

/// A folder's time stamp this near to the scan proves nothing: the kernel's clock ticks every 4 to 10 ms.
const TICK: Duration = Duration::from_millis(100);
/// Strange files up to this number are measured with the door closed.
const FEW: usize = 32;
/// Rows per transaction, so that other rooms get their turn at the writer.
const ROWS_AT_ONCE: usize = 2000;

/// What the last scan saw.
#[derive(Debug, Default)]
pub(super) struct Sight {
    /// Whether this process has compared at all.
    ever: bool,
    /// The time stamps of the folders, when they prove that nothing changed since.
    new: Option<SystemTime>,
    cur: Option<SystemTime>,
}

/// Sizes of files that other programs left, learned without holding the door.
type Measured = HashMap<BaseName, (Measure, i64)>;

/// What differs between files and rows.
#[derive(Default)]
struct Difference {
    moved: Vec<(Uid, Spot)>,
    gone: Vec<(Uid, BaseName)>,
    strange: Vec<(BaseName, Spot)>,
}

enum Outcome {
    Done {
        changed: bool,
    },
    /// Many strange files: learn their sizes first, then come again.
    Measure(Vec<(BaseName, Spot)>),
}

impl Store {
    /// Scans unless this process has and nothing is in doubt; does not ask the folders.
    pub(super) fn ensure_seen(&self, mailbox: &Mailbox) -> Result<(), Error> {
        let sure = || {
            mailbox
                .door
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .ever
                && !mailbox.doubtful.load(Ordering::SeqCst)
        };
        if !sure() {
            self.refresh(mailbox)?;
        }
        Ok(())
    }

    /// Makes the rows follow the files, if anything may have changed; tells whether a row did.
    pub(super) fn refresh(&self, mailbox: &Mailbox) -> Result<bool, Error> {
        {
            let sight = mailbox.door.read().unwrap_or_else(PoisonError::into_inner);
            if sight.ever
                && !mailbox.doubtful.load(Ordering::SeqCst)
                && sight.new.is_some()
                && sight.new == Some(maildir::stamp(&mailbox.folder.join("new"))?)
                && sight.cur == Some(maildir::stamp(&mailbox.folder.join("cur"))?)
            {
                return Ok(false);
            }
        }
        let mut measured = Measured::new();
        loop {
            let mut sight = mailbox.door.write().unwrap_or_else(PoisonError::into_inner);
            match self.scan(mailbox, &mut sight, &measured)? {
                Outcome::Done { changed } => {
                    drop(sight);
                    if changed {
                        self.inner.bells.ring(&mailbox.member);
                    }
                    return Ok(changed);
                }
                Outcome::Measure(strange) => {
                    drop(sight);
                    for (base, spot) in strange {
                        if let Some(facts) = measure(&mailbox.folder, &base, spot) {
                            measured.insert(base, facts);
                        } else {
                            // Counted as tried, so that this loop ends.
                            measured.insert(base, (Measure::default(), i64::MIN));
                        }
                    }
                }
            }
        }
    }

    /// One comparison, with the door alone.
    fn scan(
        &self,
        mailbox: &Mailbox,
        sight: &mut Sight,
        measured: &Measured,
    ) -> Result<Outcome, Error> {
        let folder = &mailbox.folder;
        let doubtful = mailbox.doubtful.load(Ordering::SeqCst);
        // Stamps and clock before the listing: what changes during it shows the next time.
        let new = maildir::stamp(&folder.join("new"))?;
        let cur = maildir::stamp(&folder.join("cur"))?;
        let now = SystemTime::now();
        let seen = Sight {
            ever: true,
            new: proof(new, now),
            cur: proof(cur, now),
        };
        if sight.ever && !doubtful && sight.cur == Some(cur) {
            let mut found = HashMap::new();
            maildir::list(folder, Place::New, &mut found)?;
            let same = self.compare(mailbox, Which::InNew, &mut found)?;
            if same.moved.is_empty() && same.gone.is_empty() && same.strange.is_empty() {
                *sight = seen;
                return Ok(Outcome::Done { changed: false });
            }
        }
        let mut found = list_both(folder)?;
        let mut difference = self.compare(mailbox, Which::All, &mut found)?;
        drop(found);
        if !difference.gone.is_empty() {
            // readdir may miss a name that is being renamed at that moment: look again before a message is called gone.
            let again = list_both(folder)?;
            let mut back = vec![];
            difference.gone.retain(|(uid, base)| match again.get(base) {
                Some(seen) => {
                    back.push((*uid, seen.spot));
                    false
                }
                None => true,
            });
            difference.moved.append(&mut back);
        }
        let unknown = |(base, _): &&(BaseName, Spot)| {
            maildir::ours(base).is_none() && !measured.contains_key(base)
        };
        if difference.strange.iter().filter(unknown).count() > FEW {
            let strange = difference.strange.iter().filter(unknown).cloned().collect();
            return Ok(Outcome::Measure(strange));
        }
        let (found, all) = identify(folder, difference.strange, measured);
        let changed =
            !(difference.moved.is_empty() && difference.gone.is_empty() && found.is_empty());
        if changed {
            let (appeared, vanished) = (found.len(), difference.gone.len());
            let gone = difference.gone.into_iter().map(|(uid, _)| uid).collect();
            self.record(mailbox, difference.moved, gone, found)?;
            journal::rescanned(&mailbox.member, &mailbox.folder, appeared, vanished);
        }
        mailbox.doubtful.store(false, Ordering::SeqCst);
        // A file that could not be read has no row yet: look again next time, although no folder changes.
        *sight = if all {
            seen
        } else {
            Sight {
                ever: true,
                ..Sight::default()
            }
        };
        Ok(Outcome::Done { changed })
    }

    /// Holds the listing against the rows. What is left in `found` afterwards has no row, and moves into `strange`.
    fn compare(
        &self,
        mailbox: &Mailbox,
        which: Which,
        found: &mut HashMap<BaseName, maildir::Seen>,
    ) -> Result<Difference, Error> {
        let mut difference = Difference::default();
        for (base, seen) in found.iter_mut() {
            if let Some(odd) = seen.odd.take() {
                // If it cannot be renamed, opening it fails until it can: nothing is lost.
                let _ = maildir::straighten(&mailbox.folder, &odd, base, seen.spot);
            }
        }
        self.inner.db.read(|c| {
            uid::visit(c, mailbox.id, which, |uid, base, spot| {
                match found.remove(base) {
                    Some(seen) if seen.spot == spot => {}
                    Some(seen) => difference.moved.push((uid, seen.spot)),
                    None => difference.gone.push((uid, base.into())),
                }
            })?;
            Ok::<_, Error>(())
        })?;
        difference.strange = found
            .drain()
            .map(|(base, seen)| (base, seen.spot))
            .collect();
        // In the order they were made, so that UIDs are.
        difference.strange.sort_unstable_by(|(a, _), (b, _)| {
            (maildir::seconds(a), a).cmp(&(maildir::seconds(b), b))
        });
        Ok(difference)
    }

    fn record(
        &self,
        mailbox: &Mailbox,
        moved: Vec<(Uid, Spot)>,
        gone: Vec<Uid>,
        found: Vec<Found>,
    ) -> Result<(), Error> {
        // A row says "I have it", so the name has to be on the disk before: it may be that of a delivery that was killed
        // before its fsync of the folder, or another program's, which does none. So with names that are gone: a message
        // that was expunged does not come back.
        for (place, inner) in [(Place::New, "new"), (Place::Cur, "cur")] {
            if !gone.is_empty() || found.iter().any(|f| f.spot.place == place) {
                durable::sync_folder(&mailbox.folder.join(inner))?;
            }
        }
        let id = mailbox.id;
        if !(moved.is_empty() && gone.is_empty()) {
            self.inner.db.write(move |c| {
                if !moved.is_empty() {
                    uid::shift(c, id, &moved)?;
                }
                uid::expunge(c, id, &gone)?;
                Ok::<_, Error>(())
            })?;
        }
        for part in found.chunks(ROWS_AT_ONCE) {
            let (member, part) = (mailbox.member.clone(), part.to_vec());
            self.inner
                .db
                .write(move |c| Ok::<_, Error>(uid::assign(c, &member, id, &part)?))?;
        }
        Ok(())
    }

    /// Changes flags and gives back the messages as they are now, those that exist. Synced once for all of them.
    ///
    /// # Errors
    /// No such mailbox; those of disk and database.
    pub fn flag(
        &self,
        member: &MemberName,
        mailbox: &str,
        uids: &[Uid],
        change: Change,
    ) -> Result<Vec<Entry>, Error> {
        let mailbox = self.mailbox(member, mailbox)?;
        self.refresh(&mailbox)?;
        let alone = mailbox.door.write().unwrap_or_else(PoisonError::into_inner);
        let mut entries = vec![];
        let mut moved = vec![];
        let (mut left_new, mut missing) = (false, false);
        for found in self.locate(&mailbox, uids)? {
            let flags = change.applied(found.entry.flags);
            if flags != found.entry.flags {
                let spot = Spot {
                    place: Place::Cur,
                    flags,
                };
                let from = maildir::path(&mailbox.folder, &found.base, found.spot);
                let to = maildir::path(&mailbox.folder, &found.base, spot);
                match fs::rename(&from, &to) {
                    Ok(()) => {
                        left_new |= found.spot.place == Place::New;
                        moved.push((found.entry.uid, spot));
                    }
                    // Another program was quicker: the next look tells what it did.
                    Err(e) if e.kind() == io::ErrorKind::NotFound => missing = true,
                    Err(e) => {
                        mailbox.doubtful.store(true, Ordering::SeqCst);
                        let text = format!("rename to {}: {e}", to.display());
                        return Err(io::Error::new(e.kind(), text).into());
                    }
                }
            }
            entries.push(found.entry);
        }
        if !moved.is_empty() {
            // On any failure the files are right, and the next scan makes the rows follow them.
            mailbox.doubtful.store(true, Ordering::SeqCst);
            durable::sync_folder(&mailbox.folder.join("cur"))?;
            if left_new {
                durable::sync_folder(&mailbox.folder.join("new"))?;
            }
            let (id, shifted) = (mailbox.id, moved.clone());
            let mod_seq = self
                .inner
                .db
                .write(move |c| Ok::<_, Error>(uid::shift(c, id, &shifted)?))?;
            mailbox.doubtful.store(missing, Ordering::SeqCst);
            let moved: HashMap<Uid, Flags> = moved
                .into_iter()
                .map(|(uid, spot)| (uid, spot.flags))
                .collect();
            for entry in &mut entries {
                if let Some(flags) = moved.get(&entry.uid) {
                    (entry.flags, entry.mod_seq) = (*flags, mod_seq);
                }
            }
        }
        drop(alone);
        self.inner.bells.ring(member);
        Ok(entries)
    }

    /// Deletes messages for good.
    ///
    /// # Errors
    /// No such mailbox; those of disk and database as a whole. A single file that cannot be removed is told in
    /// [`Expunged::kept`].
    pub fn expunge(
        &self,
        member: &MemberName,
        mailbox: &str,
        uids: &[Uid],
    ) -> Result<Expunged, Error> {
        let mailbox = self.mailbox(member, mailbox)?;
        let mut outcome = Expunged::default();
        // The second round is for files that another program renamed since the last look.
        for round in 0..2 {
            self.refresh(&mailbox)?;
            let alone = mailbox.door.write().unwrap_or_else(PoisonError::into_inner);
            let (mut gone, mut missing) = (vec![], vec![]);
            let (mut from_new, mut from_cur) = (false, false);
            for found in self.locate(&mailbox, uids)? {
                let path = maildir::path(&mailbox.folder, &found.base, found.spot);
                match fs::remove_file(&path) {
                    Ok(()) => {
                        from_new |= found.spot.place == Place::New;
                        from_cur |= found.spot.place == Place::Cur;
                        gone.push(found.entry.uid);
                    }
                    Err(e) if e.kind() == io::ErrorKind::NotFound => missing.push(found.entry.uid),
                    Err(_) => outcome.kept.push(found.entry.uid),
                }
            }
            if !gone.is_empty() {
                mailbox.doubtful.store(true, Ordering::SeqCst);
                for (changed, inner) in [(from_new, "new"), (from_cur, "cur")] {
                    if changed {
                        durable::sync_folder(&mailbox.folder.join(inner))?;
                    }
                }
                let (id, rows) = (mailbox.id, gone.clone());
                self.inner
                    .db
                    .write(move |c| Ok::<_, Error>(uid::expunge(c, id, &rows)?))?;
                mailbox
                    .doubtful
                    .store(!missing.is_empty(), Ordering::SeqCst);
                outcome.gone.append(&mut gone);
            }
            drop(alone);
            if missing.is_empty() {
                break;
            }
            mailbox.doubtful.store(true, Ordering::SeqCst);
            if round == 0 {
                outcome.kept.clear();
            } else {
                outcome.kept.append(&mut missing);
            }
        }
        outcome.gone = uids
            .iter()
            .copied()
            .filter(|u| !outcome.kept.contains(u))
            .collect();
        self.inner.bells.ring(member);
        Ok(outcome)
    }

    fn locate(&self, mailbox: &Mailbox, uids: &[Uid]) -> Result<Vec<Located>, Error> {
        self.inner.db.read(|c| {
            let mut found = vec![];
            for uid in uids {
                found.extend(uid::locate(c, mailbox.id, *uid)?);
            }
            Ok(found)
        })
    }
}

/// The stamp, if a later change would give another one. A stamp far in the future (the clock was set back) proves as
/// much as one in the past.
fn proof(stamp: SystemTime, now: SystemTime) -> Option<SystemTime> {
    let distance = now.duration_since(stamp).unwrap_or_else(|e| e.duration());
    (distance > TICK).then_some(stamp)
}

fn list_both(folder: &Path) -> io::Result<HashMap<BaseName, maildir::Seen>> {
    let mut found = HashMap::new();
    // new/ first: what moves to cur/ meanwhile is seen there.
    maildir::list(folder, Place::New, &mut found)?;
    maildir::list(folder, Place::Cur, &mut found)?;
    Ok(found)
}

fn measure(folder: &Path, base: &[u8], spot: Spot) -> Option<(Measure, i64)> {
    let says = maildir::ours(base).map(|(_, on_disk, size)| (on_disk, size));
    match message::measure(&maildir::path(folder, base, spot), says) {
        Ok(facts) => Some(facts),
        Err(e) if e.kind() == io::ErrorKind::NotFound => None,
        Err(e) => {
            journal::unreadable_file(&e);
            None
        }
    }
}

/// Sizes and names of strange files; false when one could not be read.
fn identify(
    folder: &Path,
    strange: Vec<(BaseName, Spot)>,
    measured: &Measured,
) -> (Vec<Found>, bool) {
    let mut all = true;
    let mut found = Vec::with_capacity(strange.len());
    for (base, spot) in strange {
        let facts = match measured.get(&base) {
            Some((_, i64::MIN)) => None,
            Some(facts) => Some(*facts),
            None => measure(folder, &base, spot),
        };
        let Some((measure, arrived)) = facts else {
            all = false;
            continue;
        };
        found.push(Found {
            spot,
            size: measure.size(),
            lines: measure.lines(),
            arrived,
            unique: maildir::ours(&base).map(|(unique, _, _)| unique),
            base,
        });
    }
    (found, all)
}
