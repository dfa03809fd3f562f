//! Messages that have arrived: Maildir++ folders on disk, numbers and flags in `toxmail.db`.
//!
//! # What happens here
//! [`Store::deliver`] files a message, [`Store::snapshot`] lists a mailbox without opening a file, [`Store::message`] opens
//! one, [`Store::flag`] and [`Store::expunge`] change it, [`Store::changes_since`] tells what another session changed, and
//! [`Store::listen`] rings when it is worth looking. Everything blocks; shells call it through `spawn_blocking`.
//!
//! # What never happens here
//! Nobody here knows a queue, a transfer or a mail protocol. A message's bytes are never changed. A UID is never given
//! twice, whatever other programs do to the folders.
//!
//! # Rules
//! - **Two truths, one rule.** The files are the truth about which messages exist and which flags they have: mutt and
//!   Dovecot may read, move, flag, delete and file there. The rows are the truth about numbers: UID, UIDVALIDITY,
//!   mod-sequence, what was expunged, what was filed by which unique name. Where they differ, a *scan* makes the rows
//!   follow the files; the base name of a file tells which row is its own.
//! - **Order of a delivery.** The file is written and synced in `tmp/` (`store.written`), renamed into `new/` and the folder
//!   synced (`store.renamed`), then one transaction gives the UID and remembers the unique name (`store.recorded`). The
//!   file goes first because a file without a row is found by the next scan, by its name, and counts as filed once the
//!   scan has synced the folder; a row without a file would say "I have it" of a message that is lost. The sender is told
//!   only after the third step. One fsync of the file, one of the folder, one commit; deliveries that come together share
//!   the last two.
//! - **The same unique name gives one copy**, for ever: asked of the rows (`filed`, kept after the message was moved or
//!   expunged), after a scan if this process has not looked yet or an earlier delivery stopped half-way. [`filed`
//!   rows](Store::forget_deliveries) are kept until the caller says how long a repetition is possible.
//! - **Order of an expunge.** First the file goes (and the folder is synced), then the row: a crash between leaves a row
//!   without a file, which the next scan takes as expunged. The other way round the message would come back.
//! - **A scan is cheap when nothing happened**: two `stat` calls. A time stamp of a folder counts only when it was not made
//!   in the moment of the scan, because a second change in the same tick of the clock would not show (as git knows).
//!   When only `new/` changed, only `new/` is listed. A message missing from the listing is looked for a second time,
//!   since a folder that is being renamed in may hide a name from `readdir`.
//! - Deliveries pass the *door* of a mailbox together; scans, flags and expunges have it alone. No lock is held while the
//!   bytes of a message come in.
//! - Sizes are octets with CRLF. A file that has lines with LF alone is served with CRLF and counted so. Our own files tell
//!   both sizes in their names, so that a lost database does not mean reading every message.
//!
//! # Known limits
//! - Between a crash after the rename and the first scan after it, another program may delete the file or move it to
//!   another mailbox under a new name; a repeated delivery then gives a second copy. (Dovecot and mutt keep the base name
//!   inside a mailbox.)
//! - Flags are synced once a call of [`Store::flag`], whatever the number of messages. A power cut during the call can
//!   cost that change of flags; never a message.
//! - After a change of our own the next look lists the folder once, because we cannot tell it from a change of others.
//!   That is 0.2 s for 100,000 messages in `cur/`; in `new/` it is what a delivery costs a POP3 user who leaves all mail.
//! - After a database was restored from an older copy, UIDs given since are given again: the restorer must call
//!   [`Store::renew_uid_validity`].

mod filing;
pub mod flags;
pub mod maildir;
mod message;
pub mod quota;
mod scan;
pub mod uid;
pub mod watch;

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

pub use filing::Filed;
pub use flags::{Change, Flags};
pub use maildir::{MailboxName, UniqueName};
pub use message::Message;
pub use quota::Quota;
pub use uid::{Entry, Figures, ModSeq, Uid, UidValidity};
pub use watch::Listener;

use crate::database::{self, Database};
use crate::durable;
use crate::mail::address::MemberName;
use message::LineEnds;
use scan::Sight;
use uid::MailboxId;

/// Why the store says no.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The member must delete something.
    #[error("the mailbox of {0} is full")]
    OverQuota(MemberName),
    /// Somebody must make room on the disk; later it may work.
    #[error("the disk of this home is full")]
    Full,
    /// There is nobody of that name.
    #[error("there is no mailbox for {0}")]
    NoSuchMember(MemberName),
    /// The member has no such mailbox.
    #[error("there is no mailbox '{0}'")]
    NoSuchMailbox(MailboxName),
    /// The caller's name for a mailbox is unsafe or too long.
    #[error("'{0}' cannot be the name of a mailbox")]
    BadMailboxName(String),
    /// The caller's message could not be read; nothing was kept.
    #[error("the message could not be read: {0}")]
    Source(#[source] io::Error),
    /// The disk fails, or somebody else changed what they may not.
    #[error("{0}")]
    Io(#[source] io::Error),
    /// The database fails.
    #[error(transparent)]
    Database(database::Error),
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        if durable::is_full(&error) {
            Error::Full
        } else {
            Error::Io(error)
        }
    }
}

impl From<database::Error> for Error {
    fn from(error: database::Error) -> Self {
        if error.is_full() {
            Error::Full
        } else {
            Error::Database(error)
        }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        database::Error::Sqlite(error).into()
    }
}

/// Everybody's mail; a cheap handle to clone.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    root: PathBuf,
    db: Database,
    limits: quota::Limits,
    bells: watch::Bells,
    open: Mutex<HashMap<(MemberName, MailboxName), Arc<Mailbox>>>,
    /// Deliveries that are running: the same one twice at a time would make two files.
    running: Mutex<HashSet<(MemberName, UniqueName)>>,
    finished: Condvar,
}

/// What this process knows of one mailbox.
struct Mailbox {
    id: MailboxId,
    member: MemberName,
    folder: PathBuf,
    new: durable::Folder,
    /// Shared to file something, alone to compare files and rows.
    door: RwLock<Sight>,
    /// Something stopped half-way: the next look must compare, whatever the time stamps say.
    doubtful: AtomicBool,
}

/// A mailbox at one moment.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Its figures.
    pub figures: Figures,
    /// Its messages, by UID.
    pub entries: Vec<Entry>,
}

/// What changed in a mailbox.
#[derive(Clone, Debug)]
pub struct Changes {
    /// Its figures now.
    pub figures: Figures,
    /// Messages that are new or have other flags, by UID.
    pub changed: Vec<Entry>,
    /// UIDs that are gone.
    pub vanished: Vec<Uid>,
}

/// How an expunge ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expunged {
    /// These are gone (some perhaps before, by another program).
    pub gone: Vec<Uid>,
    /// These could not be removed and are still there.
    pub kept: Vec<Uid>,
}

impl Store {
    /// Opens the mail under `root` and sweeps what crashes left in `tmp/`. Lists no messages: that comes with the first
    /// look at a mailbox.
    ///
    /// # Errors
    /// A folder that cannot be made or read, a database that fails.
    pub fn open(root: &Path, db: Database, quota: Quota) -> Result<Self, Error> {
        durable::make_folder(root)?;
        for (member, name) in db.read(|c| Ok::<_, Error>(uid::members(c)?))? {
            let (Ok(member), Ok(name)) = (member.parse(), name.parse::<MailboxName>()) else {
                continue;
            };
            match maildir::sweep(&maildir_of(root, &member).join(name.folder())) {
                Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e.into()),
                _ => {}
            }
        }
        Ok(Self {
            inner: Arc::new(Inner {
                root: root.to_owned(),
                db,
                limits: quota::Limits::new(quota),
                bells: watch::Bells::default(),
                open: Mutex::default(),
                running: Mutex::default(),
                finished: Condvar::new(),
            }),
        })
    }

    /// Other limits from now on.
    pub fn set_quota(&self, quota: Quota) {
        self.inner.limits.set(quota);
    }

    /// Makes the inbox of a member, unless it is there.
    ///
    /// # Errors
    /// Those of disk and database.
    pub fn add_member(&self, member: &MemberName) -> Result<(), Error> {
        self.create(member, &MailboxName::inbox())
    }

    /// Forgets a member. Their mail is not deleted: the folder moves to `.removed/`, where an operator finds it.
    ///
    /// # Errors
    /// Those of disk and database.
    pub fn remove_member(&self, member: &MemberName) -> Result<(), Error> {
        let (home, attic) = (
            self.inner.root.join(member.as_str()),
            self.inner.root.join(".removed"),
        );
        if home.exists() {
            durable::make_folder(&attic)?;
            let mut target = attic.join(format!("{member}.{}", database::now()));
            while target.exists() {
                target.as_mut_os_string().push("+");
            }
            durable::rename(&home, &target)?;
        }
        let owner = member.clone();
        self.inner
            .db
            .write(move |c| Ok::<_, Error>(uid::forget(c, &owner)?))?;
        // Last, because whoever looked at a mailbox meanwhile has opened it again: the rows of it are gone.
        lock(&self.inner.open).retain(|(owner, _), _| owner != member);
        Ok(())
    }

    /// Makes a mailbox, unless it is there.
    fn create(&self, member: &MemberName, name: &MailboxName) -> Result<(), Error> {
        // Folders first: a row without folders would be an empty mailbox that cannot be opened.
        let folder = maildir_of(&self.inner.root, member).join(name.folder());
        maildir::make(&folder, name)?;
        let (member, name) = (member.clone(), name.clone());
        let now = database::now();
        self.inner
            .db
            .write(move |c| Ok::<_, Error>(uid::make(c, &member, &name, now)?))?;
        Ok(())
    }

    /// The mailboxes of a member, the inbox first; also those that another program made.
    ///
    /// # Errors
    /// [`Error::NoSuchMember`]; those of disk and database.
    pub fn mailboxes(&self, member: &MemberName) -> Result<Vec<MailboxName>, Error> {
        let inbox = self.mailbox(member, "INBOX")?;
        Ok(maildir::mailboxes(&inbox.folder)?)
    }

    /// Whether `bytes` more can be filed for a member now: quota, and free disk without the reserve.
    ///
    /// # Errors
    /// [`Error::OverQuota`], [`Error::Full`], [`Error::NoSuchMember`]; those of disk and database.
    pub fn room_for(&self, member: &MemberName, bytes: u64) -> Result<(), Error> {
        let inbox = self.mailbox(member, "INBOX")?;
        let used = self
            .inner
            .db
            .read(|c| Ok::<_, Error>(uid::used(c, member)?))?;
        self.inner
            .limits
            .allow(member, used, bytes, bytes, &inbox.folder)
    }

    /// Whether [`deliver`](Self::deliver) under this name has been done for this member, whatever became of the message.
    ///
    /// # Errors
    /// [`Error::NoSuchMember`]; those of disk and database.
    pub fn was_filed(&self, member: &MemberName, unique: &UniqueName) -> Result<bool, Error> {
        let inbox = self.mailbox(member, "INBOX")?;
        self.ensure_seen(&inbox)?;
        self.inner
            .db
            .read(|c| Ok(uid::was_filed(c, member, unique)?))
    }

    /// Octets (with CRLF) in all mailboxes of a member, as far as they were looked at.
    ///
    /// # Errors
    /// Those of the database.
    pub fn used(&self, member: &MemberName) -> Result<u64, Error> {
        self.inner.db.read(|c| Ok(uid::used(c, member)?))
    }

    /// The same of everybody.
    ///
    /// # Errors
    /// Those of the database.
    pub fn used_by_all(&self) -> Result<u64, Error> {
        self.inner.db.read(|c| {
            let sum = "SELECT coalesce(sum(bytes), 0) FROM mailboxes";
            let bytes: i64 = c.query_row(sum, [], |row| row.get(0))?;
            Ok(bytes.unsigned_abs())
        })
    }

    /// Compares files and rows if something may have changed; tells whether something had.
    ///
    /// # Errors
    /// No such mailbox; those of disk and database.
    pub fn rescan(&self, member: &MemberName, mailbox: &str) -> Result<bool, Error> {
        let mailbox = self.mailbox(member, mailbox)?;
        self.refresh(&mailbox)
    }

    /// The mailbox as it is now. No message file is opened.
    ///
    /// # Errors
    /// No such mailbox; those of disk and database.
    pub fn snapshot(&self, member: &MemberName, mailbox: &str) -> Result<Snapshot, Error> {
        let changes = self.changes_since(member, mailbox, ModSeq(0))?;
        Ok(Snapshot {
            figures: changes.figures,
            entries: changes.changed,
        })
    }

    /// The figures of a mailbox as it is now.
    ///
    /// # Errors
    /// No such mailbox; those of disk and database.
    pub fn figures(&self, member: &MemberName, mailbox: &str) -> Result<Figures, Error> {
        let mailbox = self.mailbox(member, mailbox)?;
        self.refresh(&mailbox)?;
        self.inner.db.read(|c| Ok(uid::figures(c, mailbox.id)?))
    }

    /// What changed after `since` (the `mod_seq` of earlier figures).
    ///
    /// # Errors
    /// No such mailbox; those of disk and database.
    pub fn changes_since(
        &self,
        member: &MemberName,
        mailbox: &str,
        since: ModSeq,
    ) -> Result<Changes, Error> {
        let mailbox = self.mailbox(member, mailbox)?;
        self.refresh(&mailbox)?;
        self.inner.db.read(|c| {
            Ok(Changes {
                figures: uid::figures(c, mailbox.id)?,
                changed: uid::entries(c, mailbox.id, since)?,
                vanished: match since {
                    ModSeq(0) => vec![],
                    since => uid::vanished(c, mailbox.id, since)?,
                },
            })
        })
    }

    /// Opens a message; `None` when it is gone.
    ///
    /// # Errors
    /// No such mailbox; those of disk and database.
    pub fn message(
        &self,
        member: &MemberName,
        mailbox: &str,
        uid: Uid,
    ) -> Result<Option<Message>, Error> {
        let mailbox = self.mailbox(member, mailbox)?;
        for _ in 0..3 {
            let found = self
                .inner
                .db
                .read(|c| Ok::<_, Error>(uid::locate(c, mailbox.id, uid)?))?;
            let Some(found) = found else {
                return Ok(None);
            };
            match message::open(&maildir::path(&mailbox.folder, &found.base, found.spot)) {
                Ok(file) => {
                    return Ok(Some(Message {
                        uid,
                        size: found.entry.size,
                        flags: found.entry.flags,
                        mod_seq: found.entry.mod_seq,
                        arrived: found.entry.arrived,
                        file,
                        ends: if found.lf {
                            LineEnds::Lf {
                                after_cr: false,
                                owed: false,
                            }
                        } else {
                            LineEnds::Crlf
                        },
                    }));
                }
                // Renamed, or gone, since the last look.
                Err(e) if e.kind() == io::ErrorKind::NotFound => {
                    mailbox.doubtful.store(true, Ordering::SeqCst);
                    self.refresh(&mailbox)?;
                }
                Err(e) => return Err(e.into()),
            }
        }
        Ok(None)
    }

    /// Tells of changes in the mailboxes of a member that come through this program or that a scan finds. Nobody scans
    /// by the clock: a listener who must see another program's changes calls [`Store::rescan`] now and then.
    pub fn listen(&self, member: &MemberName) -> Listener {
        self.inner.bells.listen(member)
    }

    /// Forgets which unique names were filed longer ago than `age`: only when no sender can repeat them any more. `now` is
    /// in seconds since 1970, by a clock that is trusted. A delivery is as old as the first call that saw it: the clock
    /// may not have been set when it was filed.
    ///
    /// # Errors
    /// Those of the database.
    pub fn forget_deliveries(&self, now: i64, age: Duration) -> Result<usize, Error> {
        let age = i64::try_from(age.as_secs()).unwrap_or(i64::MAX);
        let time = now.saturating_sub(age);
        self.inner
            .db
            .write(move |c| Ok(uid::forget_filed(c, now, time)?))
    }

    /// Everybody who has a mailbox here, whether or not they are still a member of the home.
    ///
    /// # Errors
    /// Those of the database.
    pub fn owners(&self) -> Result<Vec<MemberName>, Error> {
        let owners = self.inner.db.read(|c| Ok::<_, Error>(uid::owners(c)?))?;
        Ok(owners.iter().filter_map(|name| name.parse().ok()).collect())
    }

    /// Gives every mailbox a new UIDVALIDITY: after the database was restored from an older copy.
    ///
    /// # Errors
    /// Those of the database.
    pub fn renew_uid_validity(&self) -> Result<(), Error> {
        let now = database::now();
        self.inner.db.write(move |c| Ok(uid::renew(c, now)?))
    }

    /// Finds a mailbox, also one whose folder another program made.
    fn mailbox(&self, member: &MemberName, name: &str) -> Result<Arc<Mailbox>, Error> {
        let name: MailboxName = name.parse()?;
        let key = (member.clone(), name);
        if let Some(mailbox) = lock(&self.inner.open).get(&key) {
            return Ok(Arc::clone(mailbox));
        }
        let (_, name) = &key;
        let folder = maildir_of(&self.inner.root, member).join(name.folder());
        let row = self
            .inner
            .db
            .read(|c| Ok::<_, Error>(uid::find(c, member, name)?))?;
        let id = match row {
            Some(id) => id,
            None if name.is_inbox() => return Err(Error::NoSuchMember(member.clone())),
            None => {
                self.mailbox(member, "INBOX")?;
                if !folder.join("cur").is_dir() {
                    return Err(Error::NoSuchMailbox(name.clone()));
                }
                let (member, name, now) = (member.clone(), name.clone(), database::now());
                self.inner
                    .db
                    .write(move |c| Ok::<_, Error>(uid::make(c, &member, &name, now)?))?
            }
        };
        if !folder.join("cur").is_dir() {
            // Folders that are gone, with messages in the rows, are a disk that is not there, not an empty mailbox.
            let figures = self
                .inner
                .db
                .read(|c| Ok::<_, Error>(uid::figures(c, id)?))?;
            if figures.messages > 0 {
                return Err(Error::Io(io::Error::new(
                    io::ErrorKind::NotFound,
                    format!("the folder {} is missing", folder.display()),
                )));
            }
        }
        maildir::make(&folder, name)?;
        let mailbox = Arc::new(Mailbox {
            id,
            member: member.clone(),
            new: durable::Folder::new(folder.join("new")),
            folder,
            door: RwLock::default(),
            doubtful: AtomicBool::new(false),
        });
        // Two callers at once must share one door.
        Ok(Arc::clone(
            lock(&self.inner.open).entry(key).or_insert(mailbox),
        ))
    }
}

fn maildir_of(root: &Path, member: &MemberName) -> PathBuf {
    root.join(member.as_str()).join("Maildir")
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What these mutexes guard is whole between any two statements.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
