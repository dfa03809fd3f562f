//! Tree: the mailboxes of a member as a whole, made, renamed, deleted, subscribed.
//!
//! A folder is the truth about whether a mailbox exists; its row about its id, its numbers and its special use. Whoever changes
//! the tree has it alone ([`Store::reshape`]); whoever looks for a mailbox that is not open shares it ([`Store::browse`]).
//!
//! # Order of the steps
//! - *Create*: the folders, synced (`store.create.folder`), then the row. A kill between leaves a mailbox without a row, which
//!   the next look gives it.
//! - *Delete*: the folder moves to `NAME/deleted/` beside the Maildir, synced (`store.delete.moved`), then the row goes, then
//!   the files. A kill between leaves a row without a folder, which the next look forgets, and files that the next start sweeps.
//! - *Rename*: what will be renamed is written down in one transaction (`store.rename.intended`), then the folders are renamed
//!   (`store.rename.moved`), then the rows. A start goes on with what is written down. When the rows cannot follow, the folders
//!   get their old names back; a row of a mailbox that is written down stays whatever a look finds, for a start puts it right.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLockReadGuard, RwLockWriteGuard};

use rusqlite::{Connection, OptionalExtension, params};

use super::maildir::{self, MailboxName};
use super::opened::{self, maildir_of};
use super::uid::{self, Known, MailboxId};
use super::{Error, Mailbox, Store};
use crate::clock;
use crate::database;
use crate::durable::{self, fault};
use crate::mail::address::MemberName;

/// Most mailboxes of a member, and most subscriptions.
const MAX_MAILBOXES: usize = 2000;
/// The folder, beside a member's Maildir, where deleted mailboxes wait for their files to be removed.
const DELETED: &str = "deleted";

/// What a mailbox is for (RFC 6154). Each is that of one mailbox of a member at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SpecialUse {
    /// What is kept.
    Archive,
    /// What is not finished.
    Drafts,
    /// What nobody wants.
    Junk,
    /// What was sent.
    Sent,
    /// What is to be deleted.
    Trash,
}

impl SpecialUse {
    /// All of them: every member has a mailbox for each.
    pub const ALL: [Self; 5] = [
        Self::Archive,
        Self::Drafts,
        Self::Junk,
        Self::Sent,
        Self::Trash,
    ];

    /// The name that its mailbox has until somebody renames it, which is also that of the attribute without its backslash.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Archive => "Archive",
            Self::Drafts => "Drafts",
            Self::Junk => "Junk",
            Self::Sent => "Sent",
            Self::Trash => "Trash",
        }
    }

    fn of_row(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|used| used.name().eq_ignore_ascii_case(text))
    }

    fn row(self) -> String {
        self.name().to_ascii_lowercase()
    }
}

impl fmt::Display for SpecialUse {
    /// As an attribute: `\Sent`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\\{}", self.name())
    }
}

/// What there is of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Presence {
    /// A mailbox that can be selected.
    Mailbox,
    /// Only mailboxes below it (`\NonExistent`, which implies `\Noselect`).
    Parent,
    /// Nothing: the name is only subscribed.
    Missing,
}

/// A name in the list of a member's mailboxes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The name.
    pub name: MailboxName,
    /// What there is of it.
    pub presence: Presence,
    /// Whether the member has subscribed to it.
    pub subscribed: bool,
    /// What it is for.
    pub special_use: Option<SpecialUse>,
    /// Whether there are mailboxes below it.
    pub has_children: bool,
}

impl Store {
    /// Shares the tree with all who look for a mailbox.
    pub(super) fn browse(&self) -> RwLockReadGuard<'_, ()> {
        self.inner
            .tree
            .read()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Has the tree alone.
    pub(super) fn reshape(&self) -> RwLockWriteGuard<'_, ()> {
        self.inner
            .tree
            .write()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The mailboxes of a member, the inbox first and the others by name; also those that another program made, the names
    /// that only have mailboxes below them, and those that are only subscribed.
    ///
    /// # Errors
    /// [`Error::NoSuchMember`]; those of disk and database.
    pub fn list(&self, member: &MemberName) -> Result<Vec<Listed>, Error> {
        let look = || {
            let _tree = self.browse();
            self.look_around(member)
        };
        let (mut there, mut rows) = look()?;
        if rows
            .values()
            .filter(|row| row.special_use.is_some())
            .count()
            < SpecialUse::ALL.len()
        {
            // Another program has removed one of those that everybody has.
            self.furnish(member)?;
            (there, rows) = look()?;
        }
        let subscribed: BTreeSet<MailboxName> = self
            .inner
            .db
            .read(|c| Ok::<_, Error>(subscriptions(c, member)?))?
            .iter()
            .filter_map(|name| name.parse().ok())
            .collect();
        let parents: BTreeSet<MailboxName> = there.iter().flat_map(superiors).collect();
        let mut names: BTreeSet<&MailboxName> = there.iter().collect();
        names.extend(parents.iter().chain(&subscribed));
        let mut listed: Vec<Listed> = names
            .into_iter()
            .map(|name| Listed {
                presence: match there.contains(name) {
                    true => Presence::Mailbox,
                    false if parents.contains(name) => Presence::Parent,
                    false => Presence::Missing,
                },
                subscribed: subscribed.contains(name),
                special_use: rows
                    .get(name.as_str())
                    .and_then(|row| SpecialUse::of_row(row.special_use.as_deref()?)),
                has_children: parents.contains(name),
                name: name.clone(),
            })
            .collect();
        listed.sort_by_key(|entry| !entry.name.is_inbox());
        Ok(listed)
    }

    /// Folders, and rows by name, for who holds the tree. Rows whose folder another program removed are forgotten.
    fn look_around(
        &self,
        member: &MemberName,
    ) -> Result<(BTreeSet<MailboxName>, BTreeMap<String, Known>), Error> {
        let inbox = self.look_up(member, &MailboxName::inbox())?;
        let there: BTreeSet<MailboxName> = maildir::mailboxes(&inbox.folder)?.into_iter().collect();
        let rows = self
            .inner
            .db
            .read(|c| Ok::<_, Error>(uid::all(c, member)?))?;
        let (rows, gone): (Vec<_>, Vec<_>) = rows
            .into_iter()
            .partition(|row| row.name.parse().is_ok_and(|name| there.contains(&name)));
        for row in gone {
            // It may have been made since the folders were listed.
            if row
                .name
                .parse()
                .is_ok_and(|name| maildir::is_gone(&self.folder(member, &name)))
                && !self.is_being_renamed(row.id)?
            {
                self.close(row.id);
                self.inner
                    .db
                    .write(move |c| Ok::<_, Error>(uid::remove(c, row.id)?))?;
            }
        }
        let rows = rows.into_iter().map(|row| (row.name.clone(), row));
        Ok((there, rows.collect()))
    }

    /// Whether a rename of this mailbox has begun and not ended: its folder may have the new name and its row the old one.
    pub(super) fn is_being_renamed(&self, mailbox: MailboxId) -> Result<bool, Error> {
        self.inner.db.read(|c| Ok(intention(c, mailbox)?.is_some()))
    }

    /// Makes the mailboxes that every member has, those that are missing: the inbox, and one for each special use.
    pub(super) fn furnish(&self, member: &MemberName) -> Result<(), Error> {
        let _tree = self.reshape();
        let rows = self
            .inner
            .db
            .read(|c| Ok::<_, Error>(uid::all(c, member)?))?;
        let there = |name: &MailboxName| !maildir::is_gone(&self.folder(member, name));
        let inbox = MailboxName::inbox();
        let mut missing = vec![];
        let row = rows.iter().find(|row| row.name == inbox.as_str());
        if let Some(row) = row.filter(|_| !there(&inbox)) {
            // An empty inbox in its place would be believed: all its messages would be gone, and new ones when the disk is back.
            let figures = self
                .inner
                .db
                .read(|c| Ok::<_, Error>(uid::figures(c, row.id)?))?;
            if figures.messages > 0 {
                return Err(opened::missing(&self.folder(member, &inbox)));
            }
        }
        if !there(&inbox) || row.is_none() {
            missing.push((inbox, None));
        }
        for used in SpecialUse::ALL {
            let row = used.row();
            let has = rows.iter().find(|r| r.special_use.as_deref() == Some(&row));
            let name: MailboxName = match has {
                // An empty folder under its old name would be believed.
                Some(has) if self.is_being_renamed(has.id)? => continue,
                Some(has) => has.name.parse()?,
                None => {
                    // Somebody may have given this name to the one for another use.
                    let free = |name: &String| {
                        !rows
                            .iter()
                            .any(|r| r.name == *name && r.special_use.is_some())
                    };
                    let mut names = std::iter::successors(Some(used.name().to_owned()), |name| {
                        Some(format!("{name}-2"))
                    });
                    names.find(free).unwrap_or_default().parse()?
                }
            };
            if has.is_none() || !there(&name) {
                missing.push((name, Some(used)));
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        for (name, _) in &missing {
            maildir::make(&self.folder(member, name), name)?;
        }
        fault::point("store.create.folder");
        let (owner, now) = (member.clone(), clock::wall_seconds());
        self.inner.db.write(move |c| {
            for (name, used) in &missing {
                let id = uid::make(c, &owner, name, now)?;
                if let Some(used) = used {
                    give_use(c, &owner, id, *used)?;
                }
                subscribe(c, &owner, name)?;
            }
            Ok::<_, Error>(())
        })?;
        self.inner.bells.ring(member, None);
        Ok(())
    }

    /// Makes a mailbox, with those above it that are not there; not subscribed.
    ///
    /// # Errors
    /// [`Error::AlreadyExists`], [`Error::UseTaken`], [`Error::TooManyMailboxes`], [`Error::BadMailboxName`],
    /// [`Error::NoSuchMember`]; those of disk and database.
    pub fn create(
        &self,
        member: &MemberName,
        name: &str,
        special_use: Option<SpecialUse>,
    ) -> Result<Mailbox, Error> {
        let name: MailboxName = name.parse()?;
        let tree = self.reshape();
        let (there, rows) = self.look_around(member)?;
        if there.contains(&name) {
            return Err(Error::AlreadyExists(name));
        }
        let used = special_use.map(SpecialUse::row);
        if let Some(special_use) = special_use
            && rows.values().any(|row| row.special_use == used)
        {
            return Err(Error::UseTaken(special_use));
        }
        let made = self.make_with_superiors(member, &name, &there)?;
        let (owner, target) = (member.clone(), name.clone());
        self.inner.db.write(move |c| {
            for name in &made {
                let id = make_anew(c, &owner, name)?;
                if let Some(used) = special_use.filter(|_| *name == target) {
                    give_use(c, &owner, id, used)?;
                }
            }
            Ok::<_, Error>(())
        })?;
        drop(tree);
        self.inner.bells.ring(member, None);
        self.mailbox(member, name.as_str())
    }

    /// Makes the folders of a mailbox and of those above it that are not there in any way; gives back which.
    fn make_with_superiors(
        &self,
        member: &MemberName,
        name: &MailboxName,
        there: &BTreeSet<MailboxName>,
    ) -> Result<Vec<MailboxName>, Error> {
        let mut made = self.missing_superiors(name, there);
        made.push(name.clone());
        if there.len() + made.len() > MAX_MAILBOXES {
            return Err(Error::TooManyMailboxes);
        }
        for name in &made {
            maildir::make(&self.folder(member, name), name)?;
        }
        fault::point("store.create.folder");
        Ok(made)
    }

    fn missing_superiors(
        &self,
        name: &MailboxName,
        there: &BTreeSet<MailboxName>,
    ) -> Vec<MailboxName> {
        let implied = |parent: &MailboxName| there.iter().any(|other| other.is_below(parent));
        name.superiors()
            .filter(|parent| !parent.is_inbox() && !there.contains(parent) && !implied(parent))
            .collect()
    }

    /// Deletes a mailbox with all its messages. Those below it stay, and then its name does (RFC 3501 section 6.3.4).
    ///
    /// # Errors
    /// [`Error::NoSuchMailbox`]; [`Error::HasInferiors`] for a name that only has mailboxes below it; [`Error::Cannot`] for
    /// the mailboxes that everybody has; those of disk and database.
    pub fn delete(&self, member: &MemberName, name: &str) -> Result<(), Error> {
        let name: MailboxName = name.parse()?;
        let tree = self.reshape();
        let (there, rows) = self.look_around(member)?;
        if name.is_inbox() {
            return Err(Error::Cannot("the inbox cannot be deleted"));
        }
        if !there.contains(&name) {
            return Err(match there.iter().any(|other| other.is_below(&name)) {
                true => Error::HasInferiors(name),
                false => Error::NoSuchMailbox(name),
            });
        }
        if rows
            .get(name.as_str())
            .is_some_and(|row| row.special_use.is_some())
        {
            return Err(Error::Cannot(
                "a mailbox that everybody has can be renamed, but not deleted",
            ));
        }
        // With a row, so that nobody is in it who came by another one.
        let opened = self.look_up(member, &name)?;
        // What else lies behind a link, and whose it is too, nobody here knows.
        if opened.folder.is_symlink() {
            return Err(Error::Cannot(
                "a mailbox that lies on another disk is not deleted; who looks after the home can remove its link",
            ));
        }
        self.close(opened.id);
        let bin = self.inner.root.join(member.as_str()).join(DELETED);
        durable::make_folder(&bin)?;
        let target = unused(bin.join(&opened.object_id));
        durable::rename(&opened.folder, &target)?;
        fault::point("store.delete.moved");
        let id = opened.id;
        self.inner
            .db
            .write(move |c| Ok::<_, Error>(uid::remove(c, id)?))?;
        fault::point("store.delete.forgotten");
        drop(tree);
        // What cannot be removed now is by the next start.
        let _ = fs::remove_dir_all(&target);
        self.forget_cached_mailbox(&opened.object_id);
        self.inner.bells.ring(member, Some(&opened.object_id));
        Ok(())
    }

    /// Renames a mailbox, with those below it; UIDs and ids stay. The inbox is not renamed: its messages move to the new
    /// mailbox (RFC 3501 section 6.3.5).
    ///
    /// # Errors
    /// [`Error::NoSuchMailbox`], [`Error::AlreadyExists`], [`Error::BadMailboxName`], also for a name below that gets too
    /// long; [`Error::Cannot`] for a name below itself, and where one of them is a link to another place; those of disk and database.
    pub fn rename(&self, member: &MemberName, from: &str, to: &str) -> Result<(), Error> {
        let (from, to): (MailboxName, MailboxName) = (from.parse()?, to.parse()?);
        if from.is_inbox() {
            return self.rename_inbox(member, &to);
        }
        let tree = self.reshape();
        let (there, _) = self.look_around(member)?;
        let affected: Vec<MailboxName> = there
            .iter()
            .filter(|name| **name == from || name.is_below(&from))
            .cloned()
            .collect();
        if affected.is_empty() {
            return Err(Error::NoSuchMailbox(from));
        }
        if there.contains(&to) {
            return Err(Error::AlreadyExists(to));
        }
        if to == from || to.is_below(&from) {
            return Err(Error::Cannot("a mailbox cannot become one below itself"));
        }
        let mut renames = vec![];
        for name in affected {
            let new: MailboxName =
                format!("{to}{}", &name.as_str()[from.as_str().len()..]).parse()?;
            if there.contains(&new) {
                return Err(Error::AlreadyExists(new));
            }
            // With a row, which keeps UIDs and ids.
            let opened = self.look_up(member, &name)?;
            renames.push((opened.id, name, new));
        }
        let above = self.missing_superiors(&to, &there);
        for name in &above {
            maildir::make(&self.folder(member, name), name)?;
        }
        for (id, _, _) in &renames {
            self.close(*id);
        }
        let folders: Vec<Renamed> = renames
            .iter()
            .map(|(id, old, new)| (*id, self.folder(member, old), self.folder(member, new)))
            .collect();
        if folders.iter().any(|(_, old, _)| old.is_symlink()) {
            return Err(Error::Cannot(
                "a mailbox that lies on another disk keeps its name; who looks after the home can rename its link",
            ));
        }
        let (owner, intended) = (member.clone(), renames);
        self.inner.db.write(move |c| {
            for name in &above {
                make_anew(c, &owner, name)?;
            }
            for (id, _, new) in &intended {
                c.execute(
                    "INSERT OR REPLACE INTO mailbox_renames (mailbox, new_name) VALUES (?1, ?2)",
                    params![id, new.as_str()],
                )?;
            }
            Ok::<_, Error>(())
        })?;
        fault::point("store.rename.intended");
        let maildir = maildir_of(&self.inner.root, member);
        let moved = move_all(&folders, &maildir);
        let (owner, whole) = (member.clone(), moved.is_ok());
        if whole {
            fault::point("store.rename.moved");
        }
        let renamed = folders.clone();
        let settled = self
            .inner
            .db
            .write(move |c| settle(c, &owner, &renamed, whole));
        if let Err(error) = settled {
            // Where the rows may have been written after all, the folders stay where these say; the next start ends it.
            if matches!(&error, Error::Database(e) if e.may_be_done()) {
                return Err(error);
            }
            // The client hears that it was not done.
            move_back(&folders);
            let _ = durable::sync_folder(&maildir);
            // If this fails as well, what is written down keeps the rows.
            let _ = self.inner.db.write(move |c| give_up(c, &folders));
            return Err(error);
        }
        moved?;
        drop(tree);
        self.inner.bells.ring(member, None);
        Ok(())
    }

    fn rename_inbox(&self, member: &MemberName, to: &MailboxName) -> Result<(), Error> {
        let target = self.create(member, to.as_str(), None)?;
        let inbox = self.mailbox(member, "INBOX")?;
        let all: Vec<_> = inbox.snapshot()?.entries.iter().map(|e| e.uid).collect();
        inbox.move_to(&all, &target)?;
        Ok(())
    }

    /// Adds a name to those that the member's programs show; it need not be that of a mailbox.
    ///
    /// # Errors
    /// [`Error::BadMailboxName`], [`Error::TooManyMailboxes`], [`Error::NoSuchMember`]; those of disk and database.
    pub fn subscribe(&self, member: &MemberName, name: &str) -> Result<(), Error> {
        let name: MailboxName = name.parse()?;
        self.opened(member, "INBOX")?;
        let owner = member.clone();
        self.inner.db.write(move |c| {
            if subscriptions(c, &owner)?.len() >= MAX_MAILBOXES {
                return Err(Error::TooManyMailboxes);
            }
            Ok(subscribe(c, &owner, &name)?)
        })?;
        self.inner.bells.ring(member, None);
        Ok(())
    }

    /// Takes a name from them; whether it was there is of no matter.
    ///
    /// # Errors
    /// [`Error::BadMailboxName`], [`Error::NoSuchMember`]; those of disk and database.
    pub fn unsubscribe(&self, member: &MemberName, name: &str) -> Result<(), Error> {
        let name: MailboxName = name.parse()?;
        self.opened(member, "INBOX")?;
        let owner = member.clone();
        self.inner.db.write(move |c| {
            c.execute(
                "DELETE FROM mailbox_subscriptions WHERE member = ?1 AND name = ?2",
                [owner.as_str(), name.as_str()],
            )?;
            Ok::<_, Error>(())
        })?;
        self.inner.bells.ring(member, None);
        Ok(())
    }

    /// Forgets a member. Their mail is not deleted: the folder moves to `.removed/`, where an operator finds it. Where it lies on another disk
    /// it stays there, in a folder `removed.SECONDS` of its own, so that nobody who gets the same name later finds it in their mailbox.
    ///
    /// # Errors
    /// Those of disk and database.
    pub fn remove_member(&self, member: &MemberName) -> Result<(), Error> {
        let _tree = self.reshape();
        self.close_all(member);
        let (home, attic) = (
            self.inner.root.join(member.as_str()),
            self.inner.root.join(".removed"),
        );
        let seconds = clock::wall_seconds();
        if home.is_symlink() {
            // A disk that is not there keeps what lies on it.
            if home.exists() {
                clear(&home, &format!("removed.{seconds}"))?;
            }
            fs::remove_file(&home)?;
            durable::sync_folder(&self.inner.root)?;
        } else if home.exists() {
            durable::make_folder(&attic)?;
            let target = unused(attic.join(format!("{member}.{seconds}")));
            match durable::rename(&home, &target) {
                // Another disk lies there.
                Err(e) if e.kind() == io::ErrorKind::ResourceBusy => {
                    clear(&home, &format!("removed.{seconds}"))?;
                }
                moved => moved?,
            }
        }
        let owner = member.clone();
        self.inner
            .db
            .write(move |c| Ok::<_, Error>(uid::forget(c, &owner)?))
    }
}

impl Store {
    /// Makes the folder of every mailbox that has a row: after a database came back without the letters.
    ///
    /// # Errors
    /// Those of disk and database.
    pub fn make_folders(&self) -> Result<(), Error> {
        let _tree = self.reshape();
        for (member, name) in self.inner.db.read(|c| Ok::<_, Error>(uid::members(c)?))? {
            if let (Ok(member), Ok(name)) = (member.parse(), name.parse()) {
                maildir::make(&self.folder(&member, &name), &name)?;
            }
        }
        Ok(())
    }
}

/// At the start: goes on with renames that a kill stopped, and removes what deleted mailboxes left.
pub(super) fn recover(root: &Path, db: &database::Database) -> Result<(), Error> {
    let begun = db.read(|c| Ok::<_, Error>(intended(c)?))?;
    let members: BTreeSet<&str> = begun.iter().map(|row| row.1.as_str()).collect();
    for member in members {
        let Ok(member) = member.parse::<MemberName>() else {
            continue;
        };
        let maildir = maildir_of(root, &member);
        let mut folders: Vec<Renamed> = vec![];
        for (id, _, old, new) in begun.iter().filter(|row| row.1 == member.as_str()) {
            let (old, new): (MailboxName, MailboxName) = (old.parse()?, new.parse()?);
            folders.push((*id, maildir.join(old.folder()), maildir.join(new.folder())));
        }
        let whole = move_all(&folders, &maildir).is_ok();
        db.write(move |c| settle(c, &member, &folders, whole))?;
    }
    for member in db.read(|c| Ok::<_, Error>(uid::owners(c)?))? {
        let _ = fs::remove_dir_all(root.join(member).join(DELETED));
    }
    Ok(())
}

/// `path`, or one beside it that nothing has yet.
fn unused(mut path: PathBuf) -> PathBuf {
    while path.exists() {
        path.as_mut_os_string().push("+");
    }
    path
}

/// Moves somebody's mailboxes into a new folder beside them, and nothing else that lies there: for folders that cannot be moved
/// themselves, since they are links (a locked-in home makes none, and moving one is making one) or other disks.
fn clear(theirs: &Path, name: &str) -> io::Result<()> {
    let theirs = theirs.canonicalize()?;
    let aside = unused(theirs.join(name));
    durable::make_folder(&aside)?;
    for name in ["Maildir", DELETED] {
        if theirs.join(name).exists() {
            fs::rename(theirs.join(name), aside.join(name))?;
        }
    }
    durable::sync_folder(&aside)?;
    durable::sync_folder(&theirs)
}

/// A mailbox, its folder, and the folder that it gets.
type Renamed = (MailboxId, PathBuf, PathBuf);

/// Renames folders, and puts that on the disk; those that have their new name already stay. When one cannot be renamed, all
/// get their old names back, also those that a kill had left under the new ones.
fn move_all(folders: &[Renamed], maildir: &Path) -> io::Result<()> {
    for (_, old, new) in folders {
        if has_moved(old, new) {
            continue;
        }
        if let Err(e) = durable::rename_new(old, new) {
            move_back(folders);
            durable::sync_folder(maildir)?;
            return Err(e);
        }
    }
    durable::sync_folder(maildir)
}

/// Those that have their new names get the old ones back, as far as that can be.
fn move_back(folders: &[Renamed]) {
    let moved = folders.iter().rev();
    for (_, old, new) in moved.filter(|(_, old, new)| has_moved(old, new)) {
        let _ = durable::rename_new(new, old);
    }
}

fn has_moved(old: &Path, new: &Path) -> bool {
    new.exists() && !old.exists()
}

/// The rows get the names that their folders have: the new ones when all were renamed (`whole`). Of a rename that was given up
/// the same counts for each whose folder could not get its old name back.
fn settle(
    c: &Connection,
    member: &MemberName,
    folders: &[Renamed],
    whole: bool,
) -> Result<(), Error> {
    if !whole {
        give_up(c, folders)?;
    }
    for (mailbox, _, _) in folders {
        follow(c, member, *mailbox)?;
    }
    Ok(())
}

/// Those whose folders have their old names are not renamed any more.
fn give_up(c: &Connection, folders: &[Renamed]) -> Result<(), Error> {
    for (mailbox, _, _) in folders.iter().filter(|(_, old, new)| !has_moved(old, new)) {
        c.execute("DELETE FROM mailbox_renames WHERE mailbox = ?1", [mailbox])?;
    }
    Ok(())
}

/// Mailbox, member, old and new name of what is being renamed.
fn intended(c: &Connection) -> rusqlite::Result<Vec<(MailboxId, String, String, String)>> {
    c.prepare(
        "SELECT id, member, name, new_name FROM mailbox_renames JOIN mailboxes ON mailboxes.id = mailbox ORDER BY member, name",
    )?
    .query_map([], |row| {
        Ok((uid::mailbox_id(row)?, row.get(1)?, row.get(2)?, row.get(3)?))
    })?
    .collect()
}

/// The new name that a mailbox is about to get.
fn intention(c: &Connection, mailbox: MailboxId) -> rusqlite::Result<Option<String>> {
    c.prepare_cached("SELECT new_name FROM mailbox_renames WHERE mailbox = ?1")?
        .query_row([mailbox], |row| row.get(0))
        .optional()
}

/// The row of a mailbox gets the name that its folder has now, if that was written down.
fn follow(c: &Connection, member: &MemberName, mailbox: MailboxId) -> Result<(), Error> {
    let Some(name) = intention(c, mailbox)? else {
        return Ok(());
    };
    // The row of a mailbox whose folder is gone stands in the way.
    c.execute(
        "DELETE FROM mailboxes WHERE member = ?1 AND name = ?2 AND id NOT IN (SELECT mailbox FROM mailbox_renames)",
        [member.as_str(), &name],
    )?;
    c.execute(
        "UPDATE mailboxes SET name = ?2 WHERE id = ?1",
        params![mailbox, name],
    )?;
    c.execute("DELETE FROM mailbox_renames WHERE mailbox = ?1", [mailbox])?;
    Ok(())
}

/// A row for a mailbox whose folder was just made: what is left of an earlier one of that name is not its own.
fn make_anew(c: &Connection, member: &MemberName, name: &MailboxName) -> Result<MailboxId, Error> {
    if let Some(row) = uid::named(c, member, name)? {
        uid::remove(c, row.id)?;
    }
    Ok(uid::make(c, member, name, clock::wall_seconds())?)
}

fn give_use(
    c: &Connection,
    member: &MemberName,
    mailbox: MailboxId,
    used: SpecialUse,
) -> rusqlite::Result<()> {
    c.execute(
        "UPDATE mailboxes SET special_use = NULL WHERE member = ?1 AND special_use = ?2",
        [member.as_str(), &used.row()],
    )?;
    c.execute(
        "UPDATE mailboxes SET special_use = ?2 WHERE id = ?1",
        params![mailbox, used.row()],
    )?;
    Ok(())
}

fn subscribe(c: &Connection, member: &MemberName, name: &MailboxName) -> rusqlite::Result<()> {
    c.execute(
        "INSERT OR IGNORE INTO mailbox_subscriptions (member, name) VALUES (?1, ?2)",
        [member.as_str(), name.as_str()],
    )?;
    Ok(())
}

fn subscriptions(c: &Connection, member: &MemberName) -> rusqlite::Result<Vec<String>> {
    c.prepare_cached("SELECT name FROM mailbox_subscriptions WHERE member = ?1 ORDER BY name")?
        .query_map([member.as_str()], |row| row.get(0))?
        .collect()
}

fn superiors(name: &MailboxName) -> Vec<MailboxName> {
    name.superiors().collect()
}
