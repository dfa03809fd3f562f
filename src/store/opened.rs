//! What this process knows of the mailboxes that somebody has looked at, and how it finds one.
//!
//! A mailbox is found by the id of its row, so that whoever has selected it goes along through a rename, and never meets
//! another one of the same name. When its folder is renamed or goes, it is closed ([`Opened::close`]): whoever waited at its
//! door looks for it anew.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::keywords::{self, Keywords};
use super::mailbox::Warm;
use super::maildir::{self, MailboxName};
use super::scan::Sight;
use super::uid::{self, Known, MailboxId, Uid, UidValidity};
use super::{Error, Store, lock};
use crate::clock;
use crate::durable;
use crate::mail::address::MemberName;

/// What this process knows of one mailbox.
pub(super) struct Opened {
    pub id: MailboxId,
    pub object_id: String,
    pub uid_validity: UidValidity,
    pub member: MemberName,
    pub name: MailboxName,
    pub folder: PathBuf,
    pub new: durable::Folder,
    /// Shared to file something, alone to compare files and rows.
    door: RwLock<Sight>,
    /// Something stopped half-way: the next look must compare, whatever the time stamps say.
    pub doubtful: AtomicBool,
    /// Its folder is elsewhere, or gone.
    closed: AtomicBool,
    /// The first UID that no session was told of. The row has it as it was at the last arrival.
    pub recent: AtomicU32,
    pub warm: Mutex<Option<Warm>>,
    keywords: Mutex<Arc<Keywords>>,
}

impl Opened {
    /// Waits for everybody, and keeps everybody out.
    pub(super) fn alone(&self) -> Result<RwLockWriteGuard<'_, Sight>, Error> {
        let sight = self.door.write().unwrap_or_else(PoisonError::into_inner);
        self.still_there().map(|()| sight)
    }

    /// Keeps those out who must be alone.
    pub(super) fn together(&self) -> Result<RwLockReadGuard<'_, Sight>, Error> {
        let sight = self.door.read().unwrap_or_else(PoisonError::into_inner);
        self.still_there().map(|()| sight)
    }

    fn still_there(&self) -> Result<(), Error> {
        match self.is_closed() {
            true => Err(Error::NoSuchMailbox(self.name.clone())),
            false => Ok(()),
        }
    }

    /// Nobody works in its folder any more when this returns.
    pub(super) fn close(&self) {
        let _alone = self.door.write().unwrap_or_else(PoisonError::into_inner);
        self.closed.store(true, Ordering::SeqCst);
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }

    pub(super) fn doubt(&self) {
        self.doubtful.store(true, Ordering::SeqCst);
    }

    pub(super) fn recent(&self) -> Uid {
        Uid(self.recent.load(Ordering::SeqCst))
    }

    /// Its keywords now.
    pub(super) fn keywords(&self, c: &rusqlite::Connection) -> rusqlite::Result<Arc<Keywords>> {
        let mut known = lock(&self.keywords);
        *known = keywords::load(c, self.id, &known)?;
        Ok(Arc::clone(&known))
    }
}

/// A folder is not there that must be.
pub(super) fn missing(folder: &Path) -> Error {
    Error::Io(io::Error::new(
        io::ErrorKind::NotFound,
        format!("the folder {} is missing", folder.display()),
    ))
}

/// A file is not under the name that its row says, and stays so.
pub(super) fn misnamed() -> Error {
    io::Error::other("a file has not the name that it should have").into()
}

/// Those that somebody has looked at.
#[derive(Default)]
pub(super) struct Open {
    pub by_id: HashMap<MailboxId, Arc<Opened>>,
    by_name: HashMap<(MemberName, MailboxName), MailboxId>,
}

impl Open {
    fn named(&self, key: &(MemberName, MailboxName)) -> Option<Arc<Opened>> {
        self.by_id.get(self.by_name.get(key)?).map(Arc::clone)
    }

    fn take(&mut self, id: MailboxId) -> Option<Arc<Opened>> {
        let opened = self.by_id.remove(&id)?;
        self.by_name.retain(|_, of| *of != id);
        Some(opened)
    }

    fn all_of(&self, member: &MemberName) -> Vec<MailboxId> {
        let theirs = self.by_id.values().filter(|o| o.member == *member);
        theirs.map(|o| o.id).collect()
    }
}

/// Where the folders of a member's mailboxes lie.
pub(super) fn maildir_of(root: &Path, member: &MemberName) -> PathBuf {
    root.join(member.as_str()).join("Maildir")
}

impl Store {
    pub(super) fn folder(&self, member: &MemberName, name: &MailboxName) -> PathBuf {
        maildir_of(&self.inner.root, member).join(name.folder())
    }

    /// Finds a mailbox by its name, also one whose folder another program made.
    pub(super) fn opened(&self, member: &MemberName, name: &str) -> Result<Arc<Opened>, Error> {
        let key = (member.clone(), name.parse::<MailboxName>()?);
        if let Some(opened) = lock(&self.inner.open).named(&key) {
            return Ok(opened);
        }
        let _tree = self.browse();
        self.look_up(member, &key.1)
    }

    /// Finds a mailbox by its row; `name` is what it was called.
    pub(super) fn opened_by_id(
        &self,
        member: &MemberName,
        id: MailboxId,
        name: &MailboxName,
    ) -> Result<Arc<Opened>, Error> {
        if let Some(opened) = lock(&self.inner.open).by_id.get(&id) {
            return Ok(Arc::clone(opened));
        }
        let _tree = self.browse();
        let row = self
            .inner
            .db
            .read(|c| Ok::<_, Error>(uid::by_id(c, id)?))?
            .ok_or_else(|| Error::NoSuchMailbox(name.clone()))?;
        let name = row.name.parse()?;
        self.open_row(member, name, row)
    }

    /// The same as [`opened`](Self::opened), for who holds the tree.
    pub(super) fn look_up(
        &self,
        member: &MemberName,
        name: &MailboxName,
    ) -> Result<Arc<Opened>, Error> {
        if let Some(opened) = lock(&self.inner.open).named(&(member.clone(), name.clone())) {
            return Ok(opened);
        }
        let find = || {
            self.inner
                .db
                .read(|c| Ok::<_, Error>(uid::named(c, member, name)?))
        };
        let row = match find()? {
            Some(row) => row,
            None if name.is_inbox() => return Err(Error::NoSuchMember(member.clone())),
            None => {
                self.look_up(member, &MailboxName::inbox())?;
                if !maildir::is_mailbox(&self.folder(member, name)) {
                    return Err(Error::NoSuchMailbox(name.clone()));
                }
                let (owner, made, now) = (member.clone(), name.clone(), clock::wall_seconds());
                self.inner
                    .db
                    .write(move |c| Ok::<_, Error>(uid::make(c, &owner, &made, now)?))?;
                find()?.ok_or_else(|| Error::NoSuchMailbox(name.clone()))?
            }
        };
        self.open_row(member, name.clone(), row)
    }

    fn open_row(
        &self,
        member: &MemberName,
        name: MailboxName,
        row: Known,
    ) -> Result<Arc<Opened>, Error> {
        let folder = self.folder(member, &name);
        if !maildir::is_mailbox(&folder) {
            let figures = self
                .inner
                .db
                .read(|c| Ok::<_, Error>(uid::figures(c, row.id)?))?;
            if self.is_being_renamed(row.id)? {
                return Err(missing(&folder));
            }
            if self.was_removed(member, &name, &folder) {
                self.inner
                    .db
                    .write(move |c| Ok::<_, Error>(uid::remove(c, row.id)?))?;
                return Err(Error::NoSuchMailbox(name));
            }
            // Folders that are gone, with messages in the rows, are a disk that is not there, not an empty mailbox.
            if figures.messages > 0 {
                return Err(missing(&folder));
            }
        }
        maildir::make(&folder, &name)?;
        let opened = Arc::new(Opened {
            id: row.id,
            object_id: row.object_id,
            uid_validity: row.uid_validity,
            member: member.clone(),
            new: durable::Folder::new(folder.join("new")),
            name: name.clone(),
            folder,
            door: RwLock::default(),
            doubtful: AtomicBool::new(false),
            closed: AtomicBool::new(false),
            recent: AtomicU32::new(row.recent.0),
            warm: Mutex::default(),
            keywords: Mutex::default(),
        });
        // Two callers at once must share one door.
        let mut open = lock(&self.inner.open);
        open.by_name.insert((member.clone(), name), row.id);
        Ok(Arc::clone(open.by_id.entry(row.id).or_insert(opened)))
    }

    /// Whether a mailbox whose folder is not there was removed by another program: the inbox proves that the disk is.
    fn was_removed(&self, member: &MemberName, name: &MailboxName, folder: &Path) -> bool {
        let inbox = maildir_of(&self.inner.root, member);
        !name.is_inbox() && maildir::is_mailbox(&inbox) && maildir::is_gone(folder)
    }

    /// A file or folder of this mailbox is not there. If it is the mailbox that is gone, that is the error.
    pub(super) fn if_removed(&self, opened: &Opened, error: Error) -> Error {
        if !self.was_removed(&opened.member, &opened.name, &opened.folder) {
            return error;
        }
        opened.closed.store(true, Ordering::SeqCst);
        lock(&self.inner.open).take(opened.id);
        Error::NoSuchMailbox(opened.name.clone())
    }

    /// Closes a mailbox whose folder is about to be renamed or to go. Only for who holds the tree alone.
    pub(super) fn close(&self, id: MailboxId) {
        let opened = lock(&self.inner.open).take(id);
        if let Some(opened) = opened {
            opened.close();
        }
    }

    /// The same for all of a member.
    pub(super) fn close_all(&self, member: &MemberName) {
        let theirs = lock(&self.inner.open).all_of(member);
        for id in theirs {
            self.close(id);
        }
    }
}
