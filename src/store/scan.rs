//! Scan: what other programs did to the folders becomes rows.

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant, SystemTime};

use super::keywords::KeywordSet;
use super::maildir::{self, BaseName, Place, Spot};
use super::message::{self, Measure};
use super::opened::Opened;
use super::uid::{self, Found, Located, Shift, Uid, Which};
use super::{Error, Store};
use crate::durable;
use crate::heap;
use crate::journal;

/// A folder's time stamp this near to the scan proves nothing: the kernel's clock ticks every 4 to 10 ms.
const TICK: Duration = Duration::from_millis(100);
/// The same where stamps are whole seconds (ext4 with small inodes, NFS), or every second one (FAT).
const COARSE_TICK: Duration = Duration::from_millis(2100);
/// Strange files up to this number are measured with the door closed.
const FEW: usize = 32;
/// Up to so many that came into `new` are looked up one by one among the rows; a listing of `cur` is dearer.
const ASKED_FOR: usize = 8;
/// Rows per transaction, so that other rooms get their turn at the writer.
const ROWS_AT_ONCE: usize = 2000;

/// How long a look may believe that nobody else changed a folder while we did; and how many times longer than the listing
/// that would tell, so that listing a big mailbox stays below a hundredth of the time.
const BELIEF: Duration = Duration::from_secs(2);
const BELIEF_PER_LISTING: u32 = 100;

/// A listing of so many leaves enough behind to give it back.
const MANY: usize = 1000;

/// When a file that could not be read is tried again, though nothing has changed.
const UNREADABLE: Duration = Duration::from_secs(60);

/// What the last scan saw.
#[derive(Debug, Default)]
pub(super) struct Sight {
    /// Whether this process has compared at all.
    ever: bool,
    /// The time stamps of the folders, when they prove that nothing changed since.
    new: Option<SystemTime>,
    cur: Option<SystemTime>,
    /// Until when they are believed, though a change of ours made one of them.
    believed: Option<Instant>,
    /// What the last listing took.
    listing: Duration,
}

/// The time stamps of the two folders.
type Stamps = (SystemTime, SystemTime);

impl Sight {
    fn shows(&self, (new, cur): Stamps) -> bool {
        self.ever
            && self.new == Some(new)
            && self.cur == Some(cur)
            && self.believed.is_none_or(|until| Instant::now() < until)
    }

    /// Before a change of our own, with the door alone: whether the rows are what the folders are.
    pub(super) fn before(&self, mailbox: &Opened) -> Knowledge {
        let sure = !mailbox.doubtful.load(Ordering::SeqCst);
        match stamps(&mailbox.folder) {
            Ok(stamps) if sure && self.shows(stamps) => Knowledge::Whole,
            Ok(_) if sure => Knowledge::Partial,
            _ => Knowledge::Doubtful,
        }
    }

    /// After it, when the rows have followed: the stamps that it made are no reason to list the folder, if nobody else has
    /// changed it in the same moment. That is believed for a while, then looked at.
    pub(super) fn after(&mut self, before: Knowledge, mailbox: &Opened) {
        let stamps = match before {
            Knowledge::Whole => stamps(&mailbox.folder).ok(),
            Knowledge::Partial | Knowledge::Doubtful => None,
        };
        (self.new, self.cur) = (stamps.map(|s| s.0), stamps.map(|s| s.1));
        let long = BELIEF.max(self.listing * BELIEF_PER_LISTING);
        self.believed.get_or_insert(Instant::now() + long);
        let doubtful = before == Knowledge::Doubtful;
        mailbox.doubtful.store(doubtful, Ordering::SeqCst);
    }
}

/// What is known of the folders before a change of our own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Knowledge {
    /// They are what the rows say.
    Whole,
    /// Somebody may have changed them.
    Partial,
    /// Something stopped half-way.
    Doubtful,
}

fn stamps(folder: &Path) -> io::Result<Stamps> {
    let new = maildir::stamp(&folder.join("new"))?;
    Ok((new, maildir::stamp(&folder.join("cur"))?))
}

/// Sizes of files that other programs left, learned without holding the door.
type Measured = HashMap<BaseName, (Measure, i64)>;

/// What differs between files and rows.
#[derive(Default)]
struct Difference {
    moved: Vec<Shift>,
    gone: Vec<(Uid, BaseName)>,
    strange: Vec<(BaseName, Spot)>,
}

enum Outcome {
    Done {
        changed: bool,
        many: bool,
    },
    /// Many strange files: learn their sizes first, then come again.
    Measure(Vec<(BaseName, Spot)>),
}

impl Store {
    /// Scans unless this process has and nothing is in doubt; does not ask the folders.
    pub(super) fn ensure_seen(&self, mailbox: &Opened) -> Result<(), Error> {
        let sure = mailbox.together()?.ever && !mailbox.doubtful.load(Ordering::SeqCst);
        if !sure {
            self.refresh(mailbox)?;
        }
        Ok(())
    }

    /// Makes the rows follow the files, if anything may have changed; tells whether a row did.
    pub(super) fn refresh(&self, mailbox: &Opened) -> Result<bool, Error> {
        self.look(mailbox).map_err(|e| match e {
            Error::Io(e) if e.kind() == io::ErrorKind::NotFound => {
                self.if_removed(mailbox, Error::Io(e))
            }
            e => e,
        })
    }

    fn look(&self, mailbox: &Opened) -> Result<bool, Error> {
        {
            let sight = mailbox.together()?;
            if !mailbox.doubtful.load(Ordering::SeqCst) && sight.shows(stamps(&mailbox.folder)?) {
                return Ok(false);
            }
        }
        let mut measured = Measured::new();
        loop {
            let mut sight = mailbox.alone()?;
            match self.scan(mailbox, &mut sight, &measured)? {
                Outcome::Done { changed, many } => {
                    drop(sight);
                    if many {
                        drop(measured);
                        heap::give_back();
                    }
                    if changed {
                        self.ring(mailbox);
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
        mailbox: &Opened,
        sight: &mut Sight,
        measured: &Measured,
    ) -> Result<Outcome, Error> {
        let folder = &mailbox.folder;
        let doubtful = mailbox.doubtful.load(Ordering::SeqCst);
        // Stamps and clock before the listing: what changes during it shows the next time.
        let (new, cur) = stamps(folder)?;
        let (now, began) = (SystemTime::now(), Instant::now());
        let seen = Sight {
            ever: true,
            new: proof(new, now),
            cur: proof(cur, now),
            believed: None,
            listing: sight.listing,
        };
        let believed = sight.believed.is_none_or(|until| began < until);
        let only_new = sight.ever && !doubtful && believed && sight.cur == Some(cur);
        let narrow = match only_new {
            true => self.differs_in_new(mailbox, seen.cur)?,
            false => None,
        };
        let mut many = false;
        let (difference, seen) = match narrow {
            Some(difference) => {
                let (cur, believed) = (sight.cur, sight.believed);
                (
                    difference,
                    Sight {
                        cur,
                        believed,
                        ..seen
                    },
                )
            }
            None => {
                let difference;
                (difference, many) = self.differs(mailbox)?;
                let listing = began.elapsed();
                (difference, Sight { listing, ..seen })
            }
        };
        let unknown = |(base, _): &&(BaseName, Spot)| {
            maildir::sizes(base).is_none() && !measured.contains_key(base)
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
        // A file that could not be read has no row yet: look again after a while, although no folder changes. Not at once: it
        // may stay like that, and listing a big mailbox each time would cost everybody.
        let again = (!all).then(|| began + UNREADABLE.max(seen.listing * BELIEF_PER_LISTING));
        let believed = [again, seen.believed].into_iter().flatten().min();
        *sight = Sight { believed, ..seen };
        Ok(Outcome::Done { changed, many })
    }

    /// Holds both folders against the rows; tells whether they are many.
    fn differs(&self, mailbox: &Opened) -> Result<(Difference, bool), Error> {
        let folder = &mailbox.folder;
        let mut found = list_both(folder)?;
        let many = found.len() >= MANY;
        let mut difference = self.compare(mailbox, Which::All, &mut found)?;
        drop(found);
        if !difference.gone.is_empty() {
            // readdir may miss a name that is being renamed at that moment: look again before a message is called gone.
            let again = list_both(folder)?;
            let mut back = vec![];
            difference.gone.retain(|(uid, base)| match again.get(base) {
                Some(seen) => {
                    back.push(moved(*uid, seen.spot));
                    false
                }
                None => true,
            });
            difference.moved.append(&mut back);
        }
        Ok((difference, many))
    }

    /// Holds `new` alone against its rows, for `cur` is as it was. `None`: only both folders together can tell.
    ///
    /// A message that is missing here may be in `cur` by now. So may be the one that seems to have come: two files of one base
    /// name are one message, as its row has it.
    fn differs_in_new(
        &self,
        mailbox: &Opened,
        cur: Option<SystemTime>,
    ) -> Result<Option<Difference>, Error> {
        let mut found = HashMap::new();
        maildir::list(&mailbox.folder, Place::New, &mut found)?;
        let difference = self.compare(mailbox, Which::InNew, &mut found)?;
        let strange = &difference.strange;
        if strange.is_empty() && difference.gone.is_empty() {
            return Ok(Some(difference));
        }
        let sure = cur.is_some_and(|cur| stamps(&mailbox.folder).is_ok_and(|now| now.1 == cur));
        if !difference.gone.is_empty() || strange.len() > ASKED_FOR || !sure {
            return Ok(None);
        }
        let known = self.inner.db.read(|c| {
            for (base, _) in strange {
                if uid::is_in_cur(c, mailbox.id, base)? {
                    return Ok::<_, Error>(true);
                }
            }
            Ok(false)
        })?;
        Ok((!known).then_some(difference))
    }

    /// Holds the listing against the rows. What is left in `found` afterwards has no row, and moves into `strange`.
    fn compare(
        &self,
        mailbox: &Opened,
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
                    Some(seen) => difference.moved.push(moved(uid, seen.spot)),
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
        mailbox: &Opened,
        moved: Vec<Shift>,
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
            let recent = mailbox.recent();
            self.inner
                .db
                .write(move |c| Ok::<_, Error>(uid::assign(c, &member, id, &part, recent)?))?;
        }
        Ok(())
    }

    /// A file has not the length that it had when it got its UID: it was seen while another program was still copying it, or
    /// somebody has written in it. Whoever was told of the UID may have its size and bytes, which never change (RFC 3501
    /// section 2.3.1.1, RFC 9051 section 2.3.1.1), so it becomes another message, with the keywords that it had.
    pub(super) fn renew(&self, mailbox: &Opened, uid: Uid) -> Result<(), Error> {
        let alone = mailbox.alone()?;
        let Some(located) = self.locate(mailbox, &[uid])?.pop() else {
            return Ok(());
        };
        let path = maildir::path(&mailbox.folder, &located.base, located.spot);
        let (measure, arrived) = match message::measure(&path, maildir::sizes(&located.base)) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                mailbox.doubt();
                return Ok(());
            }
            facts => facts?,
        };
        if located.fits(measure.on_disk) {
            return Ok(());
        }
        let found = Found {
            unique: maildir::ours(&located.base).map(|(unique, _, _)| unique),
            base: located.base,
            spot: located.spot,
            keywords: located.entry.keywords,
            size: measure.size(),
            lines: measure.lines(),
            arrived,
        };
        let (id, member, recent) = (mailbox.id, mailbox.member.clone(), mailbox.recent());
        self.inner.db.write(move |c| {
            uid::expunge(c, id, &[uid])?;
            Ok::<_, Error>(uid::assign(c, &member, id, &[found], recent)?)
        })?;
        drop(alone);
        journal::rescanned(&mailbox.member, &mailbox.folder, 1, 1);
        self.forget_cached(mailbox, &[uid]);
        self.ring(mailbox);
        Ok(())
    }

    pub(super) fn locate(&self, mailbox: &Opened, uids: &[Uid]) -> Result<Vec<Located>, Error> {
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
    let fraction = stamp.duration_since(SystemTime::UNIX_EPOCH);
    // One in a billion of the others, which costs a listing.
    let tick = match fraction.is_ok_and(|since| since.subsec_nanos() == 0) {
        true => COARSE_TICK,
        false => TICK,
    };
    (distance > tick).then_some(stamp)
}

fn moved(uid: Uid, spot: Spot) -> Shift {
    Shift {
        uid,
        spot,
        keywords: None,
    }
}

fn list_both(folder: &Path) -> io::Result<HashMap<BaseName, maildir::Seen>> {
    let mut found = HashMap::new();
    // new/ first: what moves to cur/ meanwhile is seen there.
    maildir::list(folder, Place::New, &mut found)?;
    maildir::list(folder, Place::Cur, &mut found)?;
    Ok(found)
}

fn measure(folder: &Path, base: &[u8], spot: Spot) -> Option<(Measure, i64)> {
    let path = maildir::path(folder, base, spot);
    match message::measure(&path, maildir::sizes(base)) {
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
            keywords: KeywordSet::NONE,
            size: measure.size(),
            lines: measure.lines(),
            arrived,
            unique: maildir::ours(&base).map(|(unique, _, _)| unique),
            base,
        });
    }
    (found, all)
}
