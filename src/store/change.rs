//! Changes: flags, keywords, expunge. Each needs the door of the mailbox alone.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io;
use std::sync::Arc;

use super::flags::{Change, Flags};
use super::keywords::{self, Keyword, KeywordSet, Keywords};
use super::mailbox::Mailbox;
use super::maildir::{self, Place, Spot};
use super::opened::{self, Opened};
use super::uid::{self, Entry, ModSeq, Shift, Uid};
use super::{Error, Store};
use crate::durable::{self, fault};
use crate::mail::address::MemberName;

/// How flags and keywords of some messages are to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marks {
    /// The flags, and whether these are to be set, added or removed.
    pub flags: Change,
    /// The keywords, likewise.
    pub keywords: Vec<Keyword>,
}

impl Marks {
    /// Flags alone.
    pub const fn flags(flags: Change) -> Self {
        Self {
            flags,
            keywords: vec![],
        }
    }

    fn applied(&self, before: &[Keyword]) -> Vec<Keyword> {
        let others = || {
            before
                .iter()
                .filter(|k| !self.keywords.contains(k))
                .cloned()
        };
        match self.flags {
            Change::Set(_) => self.keywords.clone(),
            Change::Add(_) => others().chain(self.keywords.iter().cloned()).collect(),
            Change::Remove(_) => others().collect(),
        }
    }
}

/// How a change of flags ended.
#[derive(Clone, Debug)]
pub struct Marked {
    /// The messages as they are now: all that exist, but for those in `modified`.
    pub entries: Vec<Entry>,
    /// They have changed after the given mod-sequence, and were left as they are.
    pub modified: Vec<Uid>,
    /// The keywords of the mailbox.
    pub keywords: Arc<Keywords>,
}

/// How an expunge ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expunged {
    /// These are gone (some perhaps before, by another program). Those that were not to go are in neither.
    pub gone: Vec<Uid>,
    /// These could not be removed and are still there.
    pub kept: Vec<Uid>,
}

/// The same set for all messages that had the same one: sets are made once, not once a message.
#[derive(Default)]
struct Sets {
    /// By the set before: the number in `wanted`, or `None` when it stays.
    of: HashMap<KeywordSet, Option<usize>>,
    wanted: Vec<Vec<Keyword>>,
}

impl Sets {
    fn after(&mut self, marks: &Marks, before: KeywordSet, known: &Keywords) -> Option<usize> {
        *self.of.entry(before).or_insert_with(|| {
            let old = known.of(before);
            let mut new = marks.applied(old);
            new.sort();
            new.dedup();
            if new == old {
                return None;
            }
            self.wanted.push(new);
            Some(self.wanted.len() - 1)
        })
    }
}

impl Store {
    /// Deletes messages for good.
    ///
    /// # Errors
    /// As for [`Mailbox::expunge`].
    pub fn expunge(
        &self,
        member: &MemberName,
        mailbox: &str,
        uids: &[Uid],
    ) -> Result<Expunged, Error> {
        self.mailbox(member, mailbox)?.expunge(uids)
    }
}

impl Mailbox {
    /// Changes flags and keywords. With `unchanged_since`, only of messages that have not changed after it, each looked at and
    /// changed in one step. Synced once for all of them.
    ///
    /// # Errors
    /// No such mailbox; [`Error::TooManyKeywords`], and then nothing is changed; those of disk and database, and then some
    /// may have changed.
    pub fn mark(
        &self,
        uids: &[Uid],
        marks: &Marks,
        unchanged_since: Option<ModSeq>,
    ) -> Result<Marked, Error> {
        self.with(|opened| {
            self.store.refresh(opened)?;
            let (mut marked, mut missing) =
                mark(&self.store, opened, uids, marks, unchanged_since)?;
            // Again for files that another program renamed since the last look; then they are gone.
            for _ in 0..2 {
                if missing.is_empty() {
                    break;
                }
                self.store.refresh(opened)?;
                let (mut more, still) =
                    mark(&self.store, opened, &missing, marks, unchanged_since)?;
                marked.entries.append(&mut more.entries);
                marked.modified.append(&mut more.modified);
                marked.keywords = more.keywords;
                missing = still;
            }
            if !missing.is_empty() {
                return Err(opened::misnamed());
            }
            marked.entries.sort_unstable_by_key(|entry| entry.uid);
            marked.modified.sort_unstable();
            Ok(marked)
        })
    }

    /// Deletes messages for good.
    ///
    /// # Errors
    /// No such mailbox; those of disk and database as a whole. A single file that cannot be removed is told in
    /// [`Expunged::kept`].
    pub fn expunge(&self, uids: &[Uid]) -> Result<Expunged, Error> {
        self.with(|opened| expunge(&self.store, opened, uids, |_| true))
    }

    /// The same for those of them that are marked for deletion at that moment: somebody else may have taken the mark away.
    ///
    /// # Errors
    /// As for [`expunge`](Self::expunge).
    pub fn expunge_deleted(&self, uids: &[Uid]) -> Result<Expunged, Error> {
        let is_deleted = |flags: Flags| flags.has(Flags::TRASHED);
        self.with(|opened| expunge(&self.store, opened, uids, is_deleted))
    }
}

/// What it did, and the messages whose files were not where they should be.
fn mark(
    store: &Store,
    opened: &Opened,
    uids: &[Uid],
    marks: &Marks,
    unchanged_since: Option<ModSeq>,
) -> Result<(Marked, Vec<Uid>), Error> {
    let mut sight = opened.alone()?;
    let before = sight.before(opened);
    let db = &store.inner.db;
    let known = db.read(|c| Ok::<_, Error>(opened.keywords(c)?))?;
    let mut sets = Sets::default();
    let (mut entries, mut modified, mut shifts) = (vec![], vec![], vec![]);
    let mut renames = vec![];
    for found in store.locate(opened, uids)? {
        let entry = found.entry;
        if unchanged_since.is_some_and(|since| entry.mod_seq > since) {
            modified.push(entry.uid);
            continue;
        }
        entries.push(entry);
        let flags = marks.flags.applied(entry.flags);
        let set = sets.after(marks, entry.keywords, &known);
        let mut spot = found.spot;
        if flags != entry.flags {
            spot = Spot {
                place: Place::Cur,
                flags,
            };
            renames.push((shifts.len(), found));
        } else if set.is_none() {
            continue;
        }
        shifts.push((entry.uid, spot, set));
    }
    // Sets first: too many of them must be said before a file has another name.
    let wanted = std::mem::take(&mut sets.wanted);
    let made = match wanted.is_empty() {
        true => vec![],
        false => {
            let id = opened.id;
            db.write(move |c| keywords::intern_all(c, id, &wanted))?
        }
    };
    let (mut left_new, mut missing, mut renamed) = (false, HashSet::new(), false);
    for (at, found) in renames {
        let from = maildir::path(&opened.folder, &found.base, found.spot);
        let to = maildir::path(&opened.folder, &found.base, shifts[at].1);
        match fault::disk("rename", &to).and_then(|()| fs::rename(&from, &to)) {
            Ok(()) => {
                // On any failure from here the files are right, and the next scan makes the rows follow them.
                opened.doubt();
                left_new |= found.spot.place == Place::New;
                renamed = true;
            }
            // Another program was quicker: the next look tells what it did.
            Err(e) if e.kind() == io::ErrorKind::NotFound => drop(missing.insert(found.entry.uid)),
            Err(e) => {
                let text = format!("rename to {}: {e}", to.display());
                return Err(io::Error::new(e.kind(), text).into());
            }
        }
    }
    shifts.retain(|(uid, _, _)| !missing.contains(uid));
    entries.retain(|entry| !missing.contains(&entry.uid));
    if renamed {
        durable::sync_folder(&opened.folder.join("cur"))?;
        if left_new {
            durable::sync_folder(&opened.folder.join("new"))?;
        }
        fault::point("store.mark.renamed");
    }
    if !shifts.is_empty() {
        let set_of = |set: Option<usize>| set.and_then(|at| made.get(at).copied());
        let shifts: Vec<Shift> = shifts
            .into_iter()
            .map(|(uid, spot, set)| Shift {
                uid,
                spot,
                keywords: set_of(set),
            })
            .collect();
        let (id, rows) = (opened.id, shifts.clone());
        let mod_seq = db.write(move |c| Ok::<_, Error>(uid::shift(c, id, &rows)?))?;
        let shifts: HashMap<Uid, Shift> = shifts.into_iter().map(|s| (s.uid, s)).collect();
        for entry in &mut entries {
            if let Some(shift) = shifts.get(&entry.uid) {
                entry.flags = shift.spot.flags;
                entry.keywords = shift.keywords.unwrap_or(entry.keywords);
                entry.mod_seq = mod_seq;
            }
        }
        if renamed {
            sight.after(before, opened);
        }
        store.ring(opened);
    }
    if !missing.is_empty() {
        opened.doubt();
    }
    drop(sight);
    let keywords = db.read(|c| Ok::<_, Error>(opened.keywords(c)?))?;
    let marked = Marked {
        entries,
        modified,
        keywords,
    };
    Ok((marked, missing.into_iter().collect()))
}

fn expunge(
    store: &Store,
    opened: &Opened,
    uids: &[Uid],
    wanted: impl Fn(Flags) -> bool,
) -> Result<Expunged, Error> {
    let mut outcome = Expunged::default();
    let mut spared = vec![];
    // The second round is for files that another program renamed since the last look.
    for round in 0..2 {
        match store.refresh(opened) {
            // What makes room must not need any.
            Err(Error::Full) => {}
            looked => drop(looked?),
        }
        spared.clear();
        let mut sight = opened.alone()?;
        let before = sight.before(opened);
        let (mut gone, mut missing) = (vec![], vec![]);
        let (mut from_new, mut from_cur) = (false, false);
        for found in store.locate(opened, uids)? {
            if !wanted(found.entry.flags) {
                spared.push(found.entry.uid);
                continue;
            }
            let path = maildir::path(&opened.folder, &found.base, found.spot);
            match fs::remove_file(&path) {
                Ok(()) => {
                    from_new |= found.spot.place == Place::New;
                    from_cur |= found.spot.place == Place::Cur;
                    gone.push(found.entry.uid);
                    fault::point("store.expunge.one");
                }
                Err(e) if e.kind() == io::ErrorKind::NotFound => missing.push(found.entry.uid),
                Err(_) => outcome.kept.push(found.entry.uid),
            }
        }
        if !gone.is_empty() {
            opened.doubt();
            for (changed, inner) in [(from_new, "new"), (from_cur, "cur")] {
                if changed {
                    durable::sync_folder(&opened.folder.join(inner))?;
                }
            }
            fault::point("store.expunge.removed");
            let (id, rows) = (opened.id, gone.clone());
            store
                .inner
                .db
                .write(move |c| Ok::<_, Error>(uid::expunge(c, id, &rows)?))?;
            fault::point("store.expunge.recorded");
            sight.after(before, opened);
            store.forget_cached(opened, &gone);
            store.ring(opened);
        }
        drop(sight);
        if missing.is_empty() {
            break;
        }
        opened.doubt();
        if round == 0 {
            outcome.kept.clear();
        } else {
            outcome.kept.append(&mut missing);
        }
    }
    outcome.gone = uids
        .iter()
        .copied()
        .filter(|uid| !outcome.kept.contains(uid) && !spared.contains(uid))
        .collect();
    Ok(outcome)
}
