#![allow(dead_code)] // each test binary uses a part of it
//! A disk that keeps what was synced, and of the rest what the dice say. Pure: no mount, no clock but for time stamps.
//!
//! # What it is like
//! Every file has two contents: the one that programs see, and the one that is *safe*. A write or a change of length lies in a list until
//! `fsync` or `fdatasync` of that file makes it safe. Names are changed by programs at once and are safe only after `fsync` of
//! the folder that holds them: until then each change (made, linked, renamed, removed) lies in one journal for the whole disk. A change
//! is one or two names set together, so a rename has happened or not, never half.
//!
//! At a power cut ([`Disk::cut`]), file by file and without regard to each other: nothing of what was not synced is there, or all
//! of it, or what came before a moment (the last write torn), or any of its sectors; a file may have its length and zeros instead of
//! its bytes. A file that was renamed over another without a sync is there with the new name and no bytes. Of the names a
//! prefix of the journal is there ([`Order::Journal`]), or in each folder a prefix of its own ([`Order::Loose`]), with what a name
//! that is there needs: earlier changes of the same names.
//!
//! # Where that comes from
//! - POSIX `fsync`: the data of this file, nothing of its name. Linux `fsync(2)`: "does not necessarily ensure that the entry in the
//!   directory containing the file has also reached disk. For that an explicit fsync() on a file descriptor for the directory is also
//!   needed." ext4 does make a new file's name safe with the file; this disk does not ([`Rules::names_with_files`] gives it).
//! - ext4, `data=ordered`, delayed allocation (Documentation/filesystems/ext4): metadata is journalled in order, blocks are given out
//!   late, so a name can be there before the bytes: the file of length zero after a rename without fsync. `auto_da_alloc` hides
//!   the commonest case; this disk does not.
//! - Pillai et al., *All File Systems Are Not Created Equal* (ALICE, OSDI 2014): writes are torn at blocks and sectors, appends
//!   show lengths before bytes, and operations on several folders come in any order on some file systems. Mohan et al.,
//!   *Finding Crash-Consistency Bugs with Bounded Black-Box Crash Testing* (CrashMonkey, OSDI 2018): after a crash a file that was synced
//!   must be whole, whatever else is.
//! - Rebello et al., *Can Applications Recover from fsync Failures?* (USENIX ATC 2020): after an `fsync` that failed Linux calls the
//!   pages clean. So a failed `fsync` here ([`Failure`]) loses what it should have made safe, and the next one says that all is well.
//!
//! A sector of 512 octets is written whole or not at all, and no other changes with it (SQLite's "powersafe overwrite").

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ffi::{OsStr, OsString};
use std::time::SystemTime;

use crate::dice::Dice;

/// The number of a file or folder; FUSE's number of the root.
pub type Ino = u64;
pub const ROOT: Ino = 1;
const SECTOR: usize = 512;
const PAGE: usize = 4096;

/// An error number, as the kernel has it.
pub type Errno = i32;
pub const ENOENT: Errno = 2;
pub const EIO: Errno = 5;
pub const EEXIST: Errno = 17;
pub const ENOTDIR: Errno = 20;
pub const EISDIR: Errno = 21;
pub const EINVAL: Errno = 22;
pub const ENOSPC: Errno = 28;
pub const ENOTEMPTY: Errno = 39;

/// In which order names reach the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// As ext4's journal: whatever made a name safe made every earlier one safe.
    Journal,
    /// Each folder for itself, as POSIX allows.
    Loose,
}

/// What kind of disk it is.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    pub order: Order,
    /// Whether the fsync of a file makes the names safe that it got before, as ext4 does.
    pub names_with_files: bool,
    /// An fsync below this path says yes and does nothing. For tests of the tests.
    pub lies_below: Option<&'static str>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            order: Order::Journal,
            names_with_files: false,
            lies_below: None,
        }
    }
}

/// What programs ask that changes something, or makes it safe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Act {
    Create,
    Write,
    Resize,
    Sync,
    SyncFolder,
    Rename,
    Link,
    Remove,
    Folder,
}

/// One act that fails, once.
#[derive(Clone, Copy, Debug)]
pub struct Failure {
    /// The how manieth act from now.
    pub nth: u64,
    pub errno: Errno,
    /// Only such acts count, on a file whose path ends so.
    pub of: Option<(Act, &'static str)>,
}

#[derive(Clone, Debug)]
pub struct Attributes {
    pub mode: u32,
    pub uid: u32,
    pub gid: u32,
    pub modified: SystemTime,
}

#[derive(Clone, Debug)]
pub enum Change {
    Write(u64, Vec<u8>),
    Length(u64),
}

#[derive(Clone, Debug)]
pub enum Body {
    File {
        now: Vec<u8>,
        safe: Vec<u8>,
        pending: Vec<Change>,
    },
    Folder {
        now: BTreeMap<OsString, Ino>,
        safe: BTreeMap<OsString, Ino>,
    },
    Socket,
}

#[derive(Clone, Debug)]
pub struct Node {
    pub now: Attributes,
    safe: Attributes,
    /// When anything of it changed last.
    pub changed: SystemTime,
    pub links: u32,
    pub body: Body,
}

impl Node {
    pub fn len(&self) -> u64 {
        match &self.body {
            Body::File { now, .. } => now.len() as u64,
            _ => 0,
        }
    }

    fn entries(&self) -> Result<&BTreeMap<OsString, Ino>, Errno> {
        match &self.body {
            Body::Folder { now, .. } => Ok(now),
            _ => Err(ENOTDIR),
        }
    }

    fn is_folder(&self) -> bool {
        matches!(self.body, Body::Folder { .. })
    }
}

/// Names that change together.
type Names = Vec<(Ino, OsString, Option<Ino>)>;

/// What a cut took.
#[derive(Clone, Copy, Debug, Default)]
pub struct Forgotten {
    /// Changes of names that are not there.
    pub names: usize,
    /// Files whose content is not the last one.
    pub files: usize,
}

pub struct Disk {
    nodes: HashMap<Ino, Node>,
    next: Ino,
    journal: Vec<Names>,
    pub rules: Rules,
    /// How often each act was asked for.
    pub acts: BTreeMap<Act, u64>,
    total: u64,
    /// The act, counted from the first, at which the power goes.
    cut_at: Option<u64>,
    failing: Option<Failure>,
    /// The act that failed, and what it was about.
    pub failed: Option<(Act, String)>,
    pub is_on: bool,
}

impl Disk {
    pub fn new(rules: Rules) -> Self {
        let mut disk = Self {
            nodes: HashMap::new(),
            next: ROOT,
            journal: vec![],
            rules,
            acts: BTreeMap::new(),
            total: 0,
            cut_at: None,
            failing: None,
            failed: None,
            is_on: true,
        };
        let body = Body::Folder {
            now: BTreeMap::new(),
            safe: BTreeMap::new(),
        };
        disk.add(0o700, 0, 0, body);
        disk
    }

    /// The power goes at the act `after` this many more.
    pub fn arm_cut(&mut self, after: u64) {
        self.cut_at = Some(self.total + after);
    }

    pub fn arm_failure(&mut self, failure: Failure) {
        self.failed = None;
        self.failing = Some(failure);
    }

    pub fn disarm(&mut self) {
        self.cut_at = None;
        self.failing = None;
    }

    /// Acts so far.
    pub fn total(&self) -> u64 {
        self.total
    }

    fn act(&mut self, act: Act, ino: Ino) -> Result<(), Errno> {
        if !self.is_on {
            return Err(EIO);
        }
        self.total += 1;
        *self.acts.entry(act).or_default() += 1;
        if self.cut_at.is_some_and(|at| self.total >= at) {
            self.is_on = false;
            return Err(EIO);
        }
        let Some(mut failure) = self.failing.take() else {
            return Ok(());
        };
        let counts = |(wanted, end): (Act, &str)| wanted == act && self.path(ino).ends_with(end);
        failure.nth -= u64::from(failure.of.is_none_or(counts));
        if failure.nth > 0 {
            self.failing = Some(failure);
            return Ok(());
        }
        self.failed = Some((act, self.path(ino)));
        if act == Act::Sync
            && let Some(Node {
                body: Body::File { pending, .. },
                ..
            }) = self.nodes.get_mut(&ino)
        {
            pending.clear();
        }
        Err(failure.errno)
    }

    fn add(&mut self, mode: u32, uid: u32, gid: u32, body: Body) -> Ino {
        let ino = self.next;
        self.next += 1;
        let now = Attributes {
            mode,
            uid,
            gid,
            modified: SystemTime::now(),
        };
        let node = Node {
            safe: now.clone(),
            changed: now.modified,
            now,
            links: 0,
            body,
        };
        self.nodes.insert(ino, node);
        ino
    }

    pub fn node(&self, ino: Ino) -> Result<&Node, Errno> {
        self.nodes.get(&ino).ok_or(ENOENT)
    }

    fn node_mut(&mut self, ino: Ino) -> Result<&mut Node, Errno> {
        self.nodes.get_mut(&ino).ok_or(ENOENT)
    }

    pub fn look_up(&self, folder: Ino, name: &OsStr) -> Result<Ino, Errno> {
        let entries = self.node(folder)?.entries()?;
        entries.get(name).copied().ok_or(ENOENT)
    }

    /// Names and numbers in a folder.
    pub fn list(&self, folder: Ino) -> Result<Vec<(OsString, Ino)>, Errno> {
        let entries = self.node(folder)?.entries()?;
        Ok(entries.iter().map(|(n, i)| (n.clone(), *i)).collect())
    }

    /// Where a file lies, as programs see it.
    fn path(&self, ino: Ino) -> String {
        fn find(disk: &Disk, folder: Ino, wanted: Ino, at: &str) -> Option<String> {
            let entries = disk.nodes.get(&folder)?.entries().ok()?;
            entries.iter().find_map(|(name, ino)| {
                let path = format!("{at}/{}", name.to_string_lossy());
                match *ino == wanted {
                    true => Some(path),
                    false => find(disk, *ino, wanted, &path),
                }
            })
        }
        find(self, ROOT, ino, "").unwrap_or_default()
    }

    fn set(&mut self, names: Names) {
        let time = SystemTime::now();
        for (folder, name, target) in &names {
            let before = match self.nodes.get_mut(folder) {
                Some(Node {
                    now: attributes,
                    changed,
                    body: Body::Folder { now, .. },
                    ..
                }) => {
                    (attributes.modified, *changed) = (time, time);
                    match target {
                        Some(ino) => now.insert(name.clone(), *ino),
                        None => now.remove(name),
                    }
                }
                _ => None,
            };
            for (ino, by) in [(before, -1), (*target, 1)] {
                if let Some(node) = ino.and_then(|ino| self.nodes.get_mut(&ino)) {
                    node.links = node.links.saturating_add_signed(by);
                    node.changed = time;
                }
            }
        }
        self.journal.push(names);
    }

    fn new_name(&self, folder: Ino, name: &OsStr) -> Result<(), Errno> {
        match self.look_up(folder, name) {
            Ok(_) => Err(EEXIST),
            Err(ENOENT) => Ok(()),
            Err(e) => Err(e),
        }
    }

    /// Makes a file, a folder or a socket.
    pub fn make(
        &mut self,
        (folder, name): (Ino, &OsStr),
        mode: u32,
        (uid, gid): (u32, u32),
        body: Body,
    ) -> Result<Ino, Errno> {
        self.new_name(folder, name)?;
        let act = match body {
            Body::Folder { .. } => Act::Folder,
            _ => Act::Create,
        };
        self.act(act, folder)?;
        let ino = self.add(mode, uid, gid, body);
        self.set(vec![(folder, name.to_owned(), Some(ino))]);
        Ok(ino)
    }

    pub fn link(&mut self, ino: Ino, (folder, name): (Ino, &OsStr)) -> Result<(), Errno> {
        self.new_name(folder, name)?;
        self.act(Act::Link, ino)?;
        self.set(vec![(folder, name.to_owned(), Some(ino))]);
        Ok(())
    }

    pub fn remove(&mut self, (folder, name): (Ino, &OsStr)) -> Result<(), Errno> {
        let ino = self.look_up(folder, name)?;
        if let Ok(entries) = self.node(ino)?.entries()
            && !entries.is_empty()
        {
            return Err(ENOTEMPTY);
        }
        self.act(Act::Remove, folder)?;
        self.set(vec![(folder, name.to_owned(), None)]);
        Ok(())
    }

    pub fn rename(
        &mut self,
        (old, from): (Ino, &OsStr),
        (new, to): (Ino, &OsStr),
        replace: bool,
    ) -> Result<(), Errno> {
        let ino = self.look_up(old, from)?;
        match self.look_up(new, to) {
            Ok(_) if !replace => return Err(EEXIST),
            // POSIX: two names of one file stay as they are.
            Ok(there) if there == ino => return Ok(()),
            Ok(there) => match (self.node(ino)?.is_folder(), self.node(there)?.entries()) {
                (true, Ok(entries)) if !entries.is_empty() => return Err(ENOTEMPTY),
                (true, Err(_)) => return Err(ENOTDIR),
                (false, Ok(_)) => return Err(EISDIR),
                _ => {}
            },
            Err(ENOENT) => {}
            Err(e) => return Err(e),
        }
        self.act(Act::Rename, ino)?;
        self.set(vec![
            (old, from.to_owned(), None),
            (new, to.to_owned(), Some(ino)),
        ]);
        Ok(())
    }

    pub fn read(&self, ino: Ino, offset: u64, count: usize) -> Result<&[u8], Errno> {
        match &self.node(ino)?.body {
            Body::File { now, .. } => {
                let from = usize::try_from(offset).unwrap_or(usize::MAX).min(now.len());
                Ok(&now[from..now.len().min(from.saturating_add(count))])
            }
            _ => Err(EISDIR),
        }
    }

    pub fn write(&mut self, ino: Ino, offset: u64, bytes: &[u8]) -> Result<(), Errno> {
        self.node(ino)?;
        self.act(Act::Write, ino)?;
        self.change(ino, Change::Write(offset, bytes.to_vec()))
    }

    pub fn resize(&mut self, ino: Ino, length: u64) -> Result<(), Errno> {
        if self.node(ino)?.len() == length {
            return Ok(());
        }
        self.act(Act::Resize, ino)?;
        self.change(ino, Change::Length(length))
    }

    fn change(&mut self, ino: Ino, change: Change) -> Result<(), Errno> {
        let node = self.node_mut(ino)?;
        let Body::File { now, pending, .. } = &mut node.body else {
            return Err(EISDIR);
        };
        apply(now, &change);
        pending.push(change);
        node.changed = SystemTime::now();
        node.now.modified = node.changed;
        Ok(())
    }

    /// Another mode, owner or time.
    pub fn mark(&mut self, ino: Ino, change: impl FnOnce(&mut Attributes)) -> Result<(), Errno> {
        if !self.is_on {
            return Err(EIO);
        }
        let node = self.node_mut(ino)?;
        change(&mut node.now);
        node.changed = SystemTime::now();
        Ok(())
    }

    fn lies_about(&self, ino: Ino) -> bool {
        let below = self.rules.lies_below;
        below.is_some_and(|below| self.path(ino).contains(below))
    }

    /// fsync, or fdatasync (`data_alone`), of a file.
    pub fn sync(&mut self, ino: Ino, data_alone: bool) -> Result<(), Errno> {
        self.act(Act::Sync, ino)?;
        if self.lies_about(ino) {
            return Ok(());
        }
        let node = self.node_mut(ino)?;
        if let Body::File { safe, pending, .. } = &mut node.body {
            for change in pending.drain(..) {
                apply(safe, &change);
            }
        }
        if !data_alone {
            node.safe = node.now.clone();
        }
        if self.rules.names_with_files {
            self.commit(|_| true);
        }
        Ok(())
    }

    pub fn sync_folder(&mut self, ino: Ino) -> Result<(), Errno> {
        self.act(Act::SyncFolder, ino)?;
        if self.lies_about(ino) {
            return Ok(());
        }
        match self.rules.order {
            Order::Journal => self.commit(|_| true),
            Order::Loose => self.commit(|names| names.iter().any(|(folder, ..)| *folder == ino)),
        }
        Ok(())
    }

    /// Makes changes of names safe: those that are wanted, and what they need.
    fn commit(&mut self, wanted: impl Fn(&Names) -> bool) {
        let journal = std::mem::take(&mut self.journal);
        let kept = with_what_they_need(&journal, journal.iter().map(wanted).collect());
        for (names, kept) in journal.into_iter().zip(kept) {
            match kept {
                true => self.make_safe(names),
                false => self.journal.push(names),
            }
        }
    }

    fn make_safe(&mut self, names: Names) {
        for (folder, name, target) in names {
            if let Some(Node {
                body: Body::Folder { safe, .. },
                ..
            }) = self.nodes.get_mut(&folder)
            {
                match target {
                    Some(ino) => safe.insert(name, ino),
                    None => safe.remove(&name),
                };
            }
        }
    }

    /// As after `sync` and a quiet minute.
    pub fn settle(&mut self) {
        self.commit(|_| true);
        for node in self.nodes.values_mut() {
            node.safe = node.now.clone();
            if let Body::File { safe, pending, .. } = &mut node.body {
                for change in pending.drain(..) {
                    apply(safe, &change);
                }
            }
        }
    }

    /// The power went, and is back: what is there now.
    pub fn cut(&mut self, dice: &mut Dice) -> Forgotten {
        let journal = std::mem::take(&mut self.journal);
        let kept = survivors(&journal, self.rules.order, dice);
        let mut forgotten = Forgotten {
            names: kept.iter().filter(|kept| !**kept).count(),
            files: 0,
        };
        for (names, _) in journal.into_iter().zip(kept).filter(|(_, kept)| *kept) {
            self.make_safe(names);
        }
        let mut numbers: Vec<Ino> = self.nodes.keys().copied().collect();
        numbers.sort_unstable(); // the dice fall in the same order in every run
        for ino in numbers {
            let Some(node) = self.nodes.get_mut(&ino) else {
                continue;
            };
            node.links = 0;
            match &mut node.body {
                Body::File { now, safe, pending } => {
                    if !pending.is_empty() {
                        survive(safe, pending, dice);
                        pending.clear();
                    }
                    if now != safe {
                        now.clone_from(safe);
                        forgotten.files += 1;
                    }
                }
                Body::Folder { now, safe } => now.clone_from(safe),
                Body::Socket => {}
            }
            if dice.below(2) == 0 {
                node.safe = node.now.clone();
            }
            node.now = node.safe.clone();
        }
        self.sweep();
        self.disarm();
        self.is_on = true;
        forgotten
    }

    /// Forgets what has no name, and counts the names of the rest.
    fn sweep(&mut self) {
        let (mut reached, mut open) = (BTreeSet::from([ROOT]), vec![ROOT]);
        while let Some(folder) = open.pop() {
            for (_, ino) in self.list(folder).unwrap_or_default() {
                if let Some(node) = self.nodes.get_mut(&ino) {
                    node.links += 1;
                }
                if reached.insert(ino) {
                    open.push(ino);
                }
            }
        }
        self.nodes.retain(|ino, _| reached.contains(ino));
    }

    /// Every file below a path such as `mail/ben`, with its path below that.
    pub fn files(&self, below: &str) -> Vec<(String, &[u8])> {
        fn walk<'a>(disk: &'a Disk, folder: Ino, at: &str, found: &mut Vec<(String, &'a [u8])>) {
            let Ok(entries) = disk.list(folder) else {
                return;
            };
            for (name, ino) in entries {
                let path = match at.is_empty() {
                    true => name.to_string_lossy().into_owned(),
                    false => format!("{at}/{}", name.to_string_lossy()),
                };
                match disk.nodes.get(&ino).map(|node| &node.body) {
                    Some(Body::File { now, .. }) => found.push((path, now)),
                    Some(Body::Folder { .. }) => walk(disk, ino, &path, found),
                    _ => {}
                }
            }
        }
        let parts = below.split('/').filter(|part| !part.is_empty());
        let mut found = vec![];
        let start = parts
            .map(OsStr::new)
            .try_fold(ROOT, |folder, name| self.look_up(folder, name));
        if let Ok(start) = start {
            walk(self, start, "", &mut found);
        }
        found
    }
}

fn apply(content: &mut Vec<u8>, change: &Change) {
    match change {
        Change::Write(offset, bytes) => put(content, *offset as usize, bytes),
        Change::Length(length) => content.resize(*length as usize, 0),
    }
}

fn put(content: &mut Vec<u8>, offset: usize, bytes: &[u8]) {
    let end = offset + bytes.len();
    if content.len() < end {
        content.resize(end, 0);
    }
    content[offset..end].copy_from_slice(bytes);
}

/// An earlier change of a name that is set again later has happened, too.
fn with_what_they_need(journal: &[Names], mut kept: Vec<bool>) -> Vec<bool> {
    let mut needed: BTreeSet<(Ino, &OsStr)> = BTreeSet::new();
    for (names, kept) in journal.iter().zip(&mut kept).rev() {
        let keys = || names.iter().map(|(folder, name, _)| (*folder, &**name));
        *kept |= keys().any(|key| needed.contains(&key));
        if *kept {
            needed.extend(keys());
        }
    }
    kept
}

fn survivors(journal: &[Names], order: Order, dice: &mut Dice) -> Vec<bool> {
    let prefix = |count: usize, dice: &mut Dice| match dice.below(4) {
        0 => 0,
        1 => count,
        _ => dice.below(count + 1),
    };
    match order {
        Order::Journal => {
            let kept = prefix(journal.len(), dice);
            (0..journal.len()).map(|at| at < kept).collect()
        }
        Order::Loose => {
            let mut of: BTreeMap<Ino, Vec<usize>> = BTreeMap::new();
            for (at, names) in journal.iter().enumerate() {
                let folders: BTreeSet<Ino> = names.iter().map(|(folder, ..)| *folder).collect();
                folders
                    .iter()
                    .for_each(|folder| of.entry(*folder).or_default().push(at));
            }
            let mut kept = vec![false; journal.len()];
            for changes in of.values() {
                let count = prefix(changes.len(), dice);
                changes[..count].iter().for_each(|at| kept[*at] = true);
            }
            with_what_they_need(journal, kept)
        }
    }
}

/// Leaves in `safe` what a cut leaves of a file.
fn survive(safe: &mut Vec<u8>, pending: &[Change], dice: &mut Dice) {
    match dice.below(5) {
        0 => {}
        1 => pending.iter().for_each(|change| apply(safe, change)),
        2 => {
            let whole = dice.below(pending.len());
            pending[..whole].iter().for_each(|c| apply(safe, c));
            if let Change::Write(offset, bytes) = &pending[whole] {
                let torn = dice.below(bytes.len()) + *offset as usize;
                let end = torn / SECTOR * SECTOR;
                if end > *offset as usize {
                    put(safe, *offset as usize, &bytes[..end - *offset as usize]);
                }
            }
        }
        // The length alone.
        3 => {
            for change in pending {
                match change {
                    Change::Length(_) => apply(safe, change),
                    Change::Write(offset, bytes) => {
                        let length = safe.len().max(*offset as usize + bytes.len());
                        safe.resize(length, 0);
                    }
                }
            }
        }
        _ => {
            let unit = [SECTOR, PAGE][dice.below(2)];
            for change in pending {
                match change {
                    Change::Length(_) if dice.below(2) == 0 => return,
                    Change::Length(_) => apply(safe, change),
                    Change::Write(offset, bytes) => {
                        sectors(safe, *offset as usize, bytes, unit, dice)
                    }
                }
            }
        }
    }
}

/// Some sectors of a write; and sometimes its length without the bytes.
fn sectors(safe: &mut Vec<u8>, offset: usize, bytes: &[u8], unit: usize, dice: &mut Dice) {
    let end = offset + bytes.len();
    if dice.below(4) == 0 && safe.len() < end {
        safe.resize(end, 0);
    }
    let mut at = offset;
    while at < end {
        let next = ((at / unit + 1) * unit).min(end);
        if dice.below(2) == 0 {
            put(safe, at, &bytes[at - offset..next - offset]);
        }
        at = next;
    }
}
