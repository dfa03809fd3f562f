//! Copy and move: the messages of one mailbox into another.
//!
//! A copy is a second name of the same file (a hard link, as Dovecot makes them; a copy of the bytes where the disk knows no
//! links), and all of them are made or none. A move is a rename: at every moment the message is in one of the two mailboxes,
//! and a kill before the rows leaves it to the next scans, which see it go here and come there. Its keywords are then lost,
//! since the row has them; nothing else is. A move that is refused gets the old names back. To a mailbox on another disk a message
//! is carried: copied first, given its rows, and removed here last; a kill before that leaves two, but never none. Both take the doors of both mailboxes,
//! in the order of their ids.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::flags::Flags;
use super::keywords::{self, Keyword, KeywordSet};
use super::mailbox::Mailbox;
use super::maildir::{self, EmailId, Place, Spot, UniqueName};
use super::opened::{self, Opened};
use super::uid::{self, Found, Located, Uid, UidValidity};
use super::unfinished::Unfinished;
use super::{Error, Store};
use crate::clock;
use crate::durable::{self, Draft, fault};

/// Where some messages are now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// That of the mailbox they came to.
    pub uid_validity: UidValidity,
    /// What each had as its UID, and what it has there; ascending in both.
    pub pairs: Vec<(Uid, Uid)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Act {
    Copy,
    Move,
    /// A move to another disk.
    Carry,
}

/// Sets of keywords of one mailbox, as those of another.
type Sets = HashMap<KeywordSet, KeywordSet>;

/// One message on its way.
struct Step {
    from: Located,
    source: PathBuf,
    target: PathBuf,
    found: Found,
    keywords: KeywordSet,
}

impl Mailbox {
    /// Copies messages, with flags, keywords and the time they arrived: all that exist, or none.
    ///
    /// # Errors
    /// No such mailbox (that it goes to); [`Error::OverQuota`], [`Error::Full`], [`Error::TooManyKeywords`]; those of disk and
    /// database, also when a file cannot be found under its name or this mailbox is gone.
    pub fn copy(&self, uids: &[Uid], to: &Self) -> Result<Copied, Error> {
        self.transfer(uids, to, Act::Copy)
    }

    /// Moves messages, those that exist and can be. Into the mailbox where they are: they get new UIDs.
    ///
    /// # Errors
    /// As for [`copy`](Self::copy), the last where none could be moved. After an error of the disk some may have been moved; each
    /// is in one of the two.
    pub fn move_to(&self, uids: &[Uid], to: &Self) -> Result<Copied, Error> {
        self.transfer(uids, to, Act::Move)
    }

    fn transfer(&self, uids: &[Uid], to: &Self, act: Act) -> Result<Copied, Error> {
        let mut done = Copied {
            uid_validity: to.figures()?.uid_validity,
            pairs: vec![],
        };
        // Again for files that another program renamed since the last look; then they are gone.
        for _ in 0..3 {
            let left = to.with(|target| {
                let source = match self.opened() {
                    // Told as that of the target, which is there, this would be an invitation to make it.
                    Err(e @ Error::NoSuchMailbox(_)) => {
                        return Err(io::Error::new(io::ErrorKind::NotFound, e.to_string()).into());
                    }
                    source => source?,
                };
                let done = &mut done;
                match self.store.transfer(&source, target, uids, act, done) {
                    // Told of the target, so that `with` does not take it for its own.
                    Err(Error::NoSuchMailbox(_)) if source.is_closed() => Ok(Left::Some),
                    left => left,
                }
            })?;
            if left == Left::Nothing {
                return Ok(done);
            }
        }
        match done.pairs.is_empty() {
            // Whoever hears that it is done deletes the original.
            true => Err(opened::misnamed()),
            false => Ok(done),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Left {
    Nothing,
    Some,
}

impl Store {
    fn transfer(
        &self,
        from: &Arc<Opened>,
        to: &Arc<Opened>,
        uids: &[Uid],
        act: Act,
        done: &mut Copied,
    ) -> Result<Left, Error> {
        self.refresh(from)?;
        if from.id != to.id {
            self.refresh(to)?;
        }
        let mut first = match from.id <= to.id {
            true => from.alone()?,
            false => to.alone()?,
        };
        let mut second = match from.id.cmp(&to.id) {
            std::cmp::Ordering::Equal => None,
            std::cmp::Ordering::Less => Some(to.alone()?),
            std::cmp::Ordering::Greater => Some(from.alone()?),
        };
        let (low, high) = match from.id <= to.id {
            true => (from, to),
            false => (to, from),
        };
        let before = (first.before(low), second.as_ref().map(|s| s.before(high)));
        let act = match act {
            Act::Move if !maildir::on_one_disk(&from.folder, &to.folder) => Act::Carry,
            act => act,
        };

        let mut located = self.locate(from, uids)?;
        located.sort_unstable_by_key(|l| l.entry.uid);
        located.dedup_by_key(|l| l.entry.uid);
        if located.is_empty() {
            return Ok(Left::Nothing);
        }
        if act == Act::Copy {
            let bytes = located.iter().map(|l| l.entry.size).sum();
            self.room_for_copies(to, bytes)?;
        }
        let mut steps = Vec::with_capacity(located.len());
        let mut missing = Left::Nothing;
        let mut misfits = vec![];
        for found in located {
            let uid = found.entry.uid;
            match step(from, to, act, found) {
                Ok(Some(step)) => steps.push(step),
                Ok(None) => misfits.push(uid),
                Err(e) if e.kind() == io::ErrorKind::NotFound => {
                    from.doubt();
                    missing = Left::Some;
                }
                Err(e) => return Err(e.into()),
            }
        }
        if !misfits.is_empty() {
            drop((first, second));
            for uid in misfits {
                self.renew(from, uid)?;
            }
            return Ok(Left::Some);
        }
        if act == Act::Copy && missing == Left::Some {
            return Ok(Left::Some);
        }
        // Before any file has a new name: there may be too many of them.
        let sets = self.sets_there(from, to, &steps)?;
        let targets: Vec<PathBuf> = steps.iter().map(|step| step.target.clone()).collect();
        let unfinished = match act {
            Act::Copy | Act::Carry => {
                Unfinished::begin(&self.inner.root, &self.inner.db, &targets)?
            }
            Act::Move => Unfinished::begin(&self.inner.root, &self.inner.db, &[])?,
        };
        let made = self.make_all(to, act, &steps);
        let recorded = match made {
            Ok(()) => {
                from.doubt();
                to.doubt();
                self.record_transfer(from, to, act, steps, &sets, unfinished)
            }
            Err((error, made)) => {
                if act != Act::Move {
                    unfinished.give_up(&self.inner.db, to, &made);
                }
                from.doubt();
                to.doubt();
                self.forget_sets(to, &sets);
                if error.kind() == io::ErrorKind::NotFound {
                    return Ok(Left::Some);
                }
                return Err(error.into());
            }
        };
        if recorded.is_err() {
            self.forget_sets(to, &sets);
        }
        let pairs = recorded?;
        first.after(before.0, low);
        if let (Some(sight), Some(before)) = (&mut second, before.1) {
            sight.after(before, high);
        }
        if missing == Left::Some {
            from.doubt();
        }
        drop((first, second));
        self.carry_cached(from, to, &pairs);
        if act != Act::Copy {
            let gone: Vec<Uid> = pairs.iter().map(|(old, _)| *old).collect();
            self.forget_cached(from, &gone);
        }
        done.pairs.extend(pairs);
        done.pairs.sort_unstable();
        if act != Act::Copy {
            self.ring(from);
        }
        self.ring(to);
        Ok(missing)
    }

    fn room_for_copies(&self, to: &Opened, bytes: u64) -> Result<(), Error> {
        let used = self
            .inner
            .db
            .read(|c| Ok::<_, Error>(uid::used(c, &to.member)?))?;
        self.inner
            .limits
            .allow(&to.member, used, bytes, 0, &to.folder)
    }

    /// Gives every message its second or its new name, and puts that on the disk. With an error: which were made, but those of
    /// a move have their old names back where that can be.
    fn make_all(
        &self,
        to: &Opened,
        act: Act,
        steps: &[Step],
    ) -> Result<(), (io::Error, Vec<PathBuf>)> {
        let mut made: Vec<(&Path, &Path)> = vec![];
        let mut all = || -> io::Result<()> {
            for Step { source, target, .. } in steps {
                match act {
                    Act::Copy => link(source, target, to)?,
                    Act::Carry => duplicate(source, target, to)?,
                    Act::Move => durable::rename_new(source, target)?,
                }
                made.push((source, target));
                fault::point(match act {
                    Act::Copy | Act::Carry => "store.copy.one",
                    Act::Move => "store.move.one",
                });
            }
            let mut touched: Vec<&Path> = steps
                .iter()
                .map(|s| durable::folder_of(&s.target))
                .collect();
            if act == Act::Move {
                // After the new names: a power cut may leave two, but not none.
                touched.extend(steps.iter().map(|s| durable::folder_of(&s.source)));
            }
            let mut synced: Vec<&Path> = vec![];
            for folder in touched {
                if !synced.contains(&folder) {
                    durable::sync_folder(folder)?;
                    synced.push(folder);
                }
            }
            Ok(())
        };
        let result = all();
        result.map_err(|e| {
            if act == Act::Move {
                for (source, target) in made.iter().rev() {
                    let _ = durable::rename_new(target, source);
                }
            }
            (
                e,
                made.iter()
                    .map(|(_, target)| target.to_path_buf())
                    .collect(),
            )
        })?;
        fault::point(match act {
            Act::Copy | Act::Carry => "store.copy.linked",
            Act::Move => "store.move.renamed",
        });
        Ok(())
    }

    /// The sets of keywords that these messages have, as sets of the mailbox they go to.
    fn sets_there(&self, from: &Opened, to: &Opened, steps: &[Step]) -> Result<Sets, Error> {
        let used: HashSet<KeywordSet> = steps.iter().map(|step| step.keywords).collect();
        if used.iter().all(|set| *set == KeywordSet::NONE) {
            return Ok(Sets::new());
        }
        let db = &self.inner.db;
        let known = db.read(|c| Ok::<_, Error>(from.keywords(c)?))?;
        let (old, names): (Vec<KeywordSet>, Vec<Vec<Keyword>>) = used
            .into_iter()
            .map(|set| (set, known.of(set).to_vec()))
            .unzip();
        let target = to.id;
        let made = db.write(move |c| keywords::intern_all(c, target, &names))?;
        Ok(old.into_iter().zip(made).collect())
    }

    /// Those that were made for what did not come.
    fn forget_sets(&self, to: &Opened, sets: &Sets) {
        let (target, sets) = (to.id, sets.values().copied().collect::<Vec<_>>());
        if !sets.is_empty() {
            // What cannot be forgotten now is at the next start.
            let forget = move |c: &_| Ok::<_, Error>(keywords::forget_unused(c, target, &sets)?);
            let _ = self.inner.db.write(forget);
        }
    }

    fn record_transfer(
        &self,
        from: &Opened,
        to: &Opened,
        act: Act,
        steps: Vec<Step>,
        sets: &Sets,
        unfinished: Unfinished,
    ) -> Result<Vec<(Uid, Uid)>, Error> {
        let db = &self.inner.db;
        let old: Vec<Uid> = steps.iter().map(|step| step.from.entry.uid).collect();
        let mut found = Vec::with_capacity(steps.len());
        let mut names = Vec::with_capacity(steps.len());
        for step in steps {
            found.push(Found {
                keywords: sets.get(&step.keywords).copied().unwrap_or_default(),
                ..step.found
            });
            names.push((step.source, step.target));
        }
        let (source, target, member, recent) = (from.id, to.id, to.member.clone(), to.recent());
        let (gone, note, kept) = (old.clone(), unfinished.clone(), self.inner.limits.kept());
        let written = db.write(move |c| {
            if act != Act::Copy {
                uid::expunge(c, source, &gone)?;
            }
            let first = uid::assign(c, &member, target, &found, recent)?;
            note.end(c)?;
            if act == Act::Copy {
                kept(c, &member)?;
            }
            Ok::<_, Error>(first)
        });
        match written {
            Ok(first) => {
                fault::point("store.transfer.recorded");
                if act == Act::Carry {
                    remove_all(names.iter().map(|(source, _)| source.as_path()));
                }
                let first = first.unwrap_or(Uid::FIRST).0;
                Ok(old.into_iter().zip((first..).map(Uid)).collect())
            }
            Err(e) => {
                // Of a move the files get their old names: the client hears that it was not done, and the rows have the keywords. If
                // one cannot, or the transaction was kept all the same, the next scans make the rows follow the files. A
                // single copy goes: that the transaction was kept is as good as an expunge.
                if act != Act::Move {
                    let targets: Vec<PathBuf> = names.into_iter().map(|name| name.1).collect();
                    unfinished.give_up(db, to, &targets);
                } else {
                    for (source, target) in names.iter().rev() {
                        let _ = durable::rename_new(target, source);
                    }
                }
                Err(e)
            }
        }
    }
}

/// What becomes of one message; `None`: its file has not the length that it must have.
fn step(from: &Opened, to: &Opened, act: Act, located: Located) -> io::Result<Option<Step>> {
    let same = from.id == to.id;
    let source = maildir::path(&from.folder, &located.base, located.spot);
    let flags = match same {
        true => located.spot.flags,
        // What these letters mean is known in the other mailbox only.
        false => located.spot.flags.without(Flags::FOREIGN_KEYWORDS),
    };
    let spot = Spot {
        place: located.spot.place,
        flags,
    };
    let on_disk = fs::symlink_metadata(&source)?.size();
    if !located.fits(on_disk) {
        return Ok(None);
    }
    let taken = |base: &[u8]| {
        let (new, cur) = (Place::New, Place::Cur);
        [new, cur].iter().any(|place| {
            let spot = Spot {
                place: *place,
                flags,
            };
            maildir::path(&to.folder, base, spot).exists()
        })
    };
    let base = match act != Act::Copy && !same && !taken(&located.base) {
        true => located.base.clone(),
        false => {
            let number = random()?;
            let email = EmailId::of(&located.base);
            maildir::copy_name(
                clock::wall_seconds(),
                email,
                number,
                on_disk,
                located.entry.size.max(on_disk),
            )
        }
    };
    Ok(Some(Step {
        source,
        target: maildir::path(&to.folder, &base, spot),
        found: Found {
            base,
            spot,
            keywords: KeywordSet::NONE,
            size: located.entry.size,
            lines: located.lines,
            arrived: located.entry.arrived,
            unique: None,
        },
        keywords: located.entry.keywords,
        from: located,
    }))
}

/// Eight bytes that no other base name of the home has.
pub(super) fn random() -> io::Result<[u8; 8]> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes)
        .map_err(|_| io::Error::other("the system gave no random numbers"))?;
    Ok(bytes)
}

/// What was carried away. What stays, for this disk takes no changes, is there once more after the next scan, but not lost.
fn remove_all<'a>(files: impl Iterator<Item = &'a Path>) {
    let mut folders: Vec<&Path> = vec![];
    for file in files {
        if let Err(e) = fs::remove_file(file) {
            crate::journal::disk_trouble("remove a letter that was moved to another disk", &e);
        }
        let folder = durable::folder_of(file);
        if !folders.contains(&folder) {
            folders.push(folder);
        }
    }
    for folder in folders {
        if let Err(e) = durable::sync_folder(folder) {
            crate::journal::disk_trouble("remove a letter that was moved to another disk", &e);
        }
    }
}

fn link(source: &Path, target: &Path, to: &Opened) -> io::Result<()> {
    fault::disk("link", target)?;
    match fs::hard_link(source, target) {
        Ok(()) => Ok(()),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Err(e),
        Err(e) if durable::is_full(&e) => Err(e),
        // Another disk, too many links, or a file system that has none.
        Err(_) => duplicate(source, target, to),
    }
}

fn duplicate(source: &Path, target: &Path, to: &Opened) -> io::Result<()> {
    let mut file = super::message::open(source)?;
    let number = UniqueName::of(&[&random()?]);
    let mut draft = Draft::create(maildir::draft_path(&to.folder, &number))?;
    io::copy(&mut file, &mut draft)?;
    draft.set_modified(file.metadata()?.modified()?)?;
    draft.sync()?;
    let path = draft.path().to_owned();
    durable::rename_new(&path, target)?;
    draft.keep();
    Ok(())
}
