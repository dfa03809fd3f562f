//! Messages that have arrived: Maildir++ folders on disk, numbers, flags and keywords in `toxmail.db`.
//!
//! # What happens here
//! [`Store::deliver_by`] files a message. [`Store::list`] shows a member's mailboxes, [`Store::create`], [`Store::rename`] and
//! [`Store::delete`] change them. [`Store::mailbox`] hands one out: [`Mailbox::snapshot`] lists it without opening a file,
//! [`Mailbox::message`] opens one, [`Mailbox::mark`], [`Mailbox::expunge`], [`Mailbox::append`], [`Mailbox::copy`] and
//! [`Mailbox::move_to`] change it, [`Mailbox::changes_since`] tells what another session changed, and [`Mailbox::listen`] rings
//! when it is worth looking. Everything blocks; shells call it through `spawn_blocking`.
//!
//! | file | what |
//! | --- | --- |
//! | `opened`, `mailbox`, `tree` | finding a mailbox; one in somebody's hands; all of a member |
//! | `maildir`, `message`, `flags` | names of files and folders; one file read; the letters of a name |
//! | `uid`, `keywords` | rows: numbers; sets of keywords |
//! | `filing`, `append`, `copy`, `change` | what comes in, goes elsewhere, changes; `unfinished`: several as one |
//! | `scan`, `watch`, `quota`, `index` | what others did; who listens; limits; the cache of what reading has taught |
//!
//! # What never happens here
//! Nobody here knows a queue, a transfer or a mail protocol. A message's bytes are never changed. A UID is never given
//! twice, whatever other programs do to the folders.
//!
//! # Rules
//! - **Two truths, one rule.** The files are the truth about which messages and mailboxes exist and which flags messages have:
//!   mutt and Dovecot may read, move, flag, delete and file there. The rows are the truth about numbers: UID, UIDVALIDITY,
//!   mod-sequence, what was expunged, what was filed by which unique name; and about keywords, ids, special uses and
//!   subscriptions. Where they differ, a *scan* makes the rows follow the files; the base name of a file tells which row is
//!   its own.
//! - **Keywords are in the rows alone**, not in file names as Dovecot's letters `a` to `z` with `dovecot-keywords` beside them:
//!   26 of them are too few, each change would rename a file, and that list is rewritten by Dovecot under locks of its own.
//!   The letters that another program wrote are kept, and not shown.
//! - **Order of a delivery.** The file is written and synced in `tmp/` (`store.written`), renamed into `new/` and the folder
//!   synced (`store.renamed`), then one transaction gives the UID and remembers the unique name (`store.recorded`). The
//!   file goes first because a file without a row is found by the next scan, by its name, and counts as filed once the
//!   scan has synced the folder; a row without a file would say "I have it" of a message that is lost. The sender is told
//!   only after the third step. One fsync of the file, one of the folder, one commit; deliveries that come together share
//!   the last two. The order of everything else is told in its file.
//! - **The same unique name gives one copy**, for ever: asked of the rows (`filed`, kept after the message was moved or
//!   expunged), after a scan if this process has not looked yet or an earlier delivery stopped half-way. [`filed`
//!   rows](Store::forget_deliveries) are kept until the caller says how long a repetition is possible.
//! - **Order of an expunge.** First the file goes (and the folder is synced), then the row: a crash between leaves a row
//!   without a file, which the next scan takes as expunged. The other way round the message would come back.
//! - **A scan is cheap when nothing happened**: two `stat` calls, whatever the number of mailboxes, since each is looked at only
//!   when somebody asks for it. A time stamp of a folder counts only when it was not made in the moment of the scan, because a
//!   second change in the same tick of the clock would not show (as git knows). The stamps that a change of our own makes are
//!   believed for a while, so that it costs no listing. When only `new/` changed, only `new/` is listed, and a letter that
//!   another program filed there costs no more. A message missing from the listing is looked for a second time, since a folder
//!   that is being renamed in may hide a name from `readdir`.
//! - **Figures are counted when something changes**, so that STATUS reads one row. What changed after a mod-sequence is found by
//!   an index: it costs what changed, not what there is.
//! - Deliveries pass the *door* of a mailbox together; scans, flags and expunges have it alone; who needs two takes them in the
//!   order of their ids, and the *tree* of mailboxes before any. No lock is held while the bytes of a message come in.
//! - **A UID's bytes never change.** A file that has another length than when it got its UID (another program was still copying it)
//!   becomes another message, with the keywords that it had, as soon as somebody opens, copies or moves it.
//! - The quota is looked at when a message is announced, with what comes at the same time, and once more in the transaction that
//!   files it.
//! - Sizes are octets with CRLF. A file that has lines with LF alone is served with CRLF and counted so. Our own files tell
//!   both sizes in their names, so that a lost database does not mean reading every message.
//! - A mailbox that was looked at is listed in memory with 48 octets a message (4.8 MB for 100,000), once for all who look at the
//!   same moment of it. Lists of 200,000 messages in all are kept for the next who asks.
//!
//! # What a power cut can cost
//! Never a message that somebody was promised, and never one of two copies. A change of flags or keywords is synced once a call of
//! [`Mailbox::mark`] (two folders and a commit), whatever the number of messages: a cut during the call can cost that change,
//! or its keywords and not its flags. A move can lose the keywords of what it moved, when the cut comes between the files and
//! the rows. Which messages are recent is kept with the next arrival only: some may be so once more.
//!
//! # Known limits
//! - Between a crash after the rename and the first scan after it, another program may delete the file or move it to
//!   another mailbox under a new name; a repeated delivery then gives a second copy. (Dovecot and mutt keep the base name
//!   inside a mailbox.)
//! - What another program changes in a folder within the same tick of the clock as a change of our own is seen two seconds later,
//!   or a hundred times as long as listing that folder takes. What it does before or after is seen at the next look.
//! - A delivery lists `new/` at the next look: a reader who leaves all mail there pays for it.
//! - Another program's move or copy into another mailbox takes no keywords along, and its rename of a mailbox makes a new one of
//!   it, with a new UIDVALIDITY.
//! - Folders whose names are not written as Dovecot writes them are not seen.
//! - After a database was restored from an older copy, UIDs given since are given again: the restorer must call
//!   [`Store::renew_uid_validity`].

mod append;
mod change;
mod copy;
mod filing;
pub mod flags;
pub mod index;
pub mod keywords;
mod mailbox;
pub mod maildir;
mod message;
mod opened;
pub mod quota;
mod scan;
mod tree;
pub mod uid;
mod unfinished;
pub mod watch;

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

pub use append::{Appended, Incoming};
pub use change::{Expunged, Marked, Marks};
pub use copy::Copied;
pub use filing::Filed;
pub use flags::{Change, Flags};
pub use keywords::{Keyword, KeywordSet, Keywords};
pub use mailbox::{Changes, Mailbox, ObjectId, Snapshot};
pub use maildir::{EmailId, MailboxName, UniqueName};
pub use message::Message;
pub use quota::{Quota, Usage};
pub use tree::{Listed, Presence, SpecialUse};
pub use uid::{Entry, Figures, ModSeq, Uid, UidValidity};
pub use watch::{Listener, Sentry};

use crate::clock;
use crate::database::{self, Database};
use crate::durable;
use crate::journal;
use crate::mail::address::MemberName;
use opened::{Open, Opened, maildir_of};
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
    /// There is a mailbox of that name already.
    #[error("there is a mailbox '{0}' already")]
    AlreadyExists(MailboxName),
    /// It is no mailbox, but those below it are.
    #[error("'{0}' has mailboxes below it; delete those first")]
    HasInferiors(MailboxName),
    /// Another mailbox is for that already.
    #[error("another mailbox is for {0} already")]
    UseTaken(SpecialUse),
    /// What nobody may do.
    #[error("{0}")]
    Cannot(&'static str),
    /// The member must delete or unsubscribe one.
    #[error("there are too many mailboxes")]
    TooManyMailboxes,
    /// The caller's keyword is no atom, or too long.
    #[error("'{0}' cannot be a keyword")]
    BadKeyword(String),
    /// The member must take some from a message, or use those that there are.
    #[error("there are too many keywords")]
    TooManyKeywords,
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
    index: index::Index,
    /// Alone to make, rename and delete mailboxes; shared to find one. Taken before any door.
    tree: RwLock<()>,
    open: Mutex<Open>,
    /// The lists that are kept, and how long they are; those that were asked for last at the end.
    warm: Mutex<Vec<(MailboxId, usize)>>,
    /// Deliveries that are running: the same one twice at a time would make two files.
    running: Mutex<HashSet<(MemberName, UniqueName)>>,
    finished: Condvar,
}

impl Store {
    /// Opens the mail under `root`, goes on with what a crash has stopped and sweeps what it left. Lists no messages: that
    /// comes with the first look at a mailbox.
    ///
    /// # Errors
    /// A folder that cannot be made or read, a database that fails.
    pub fn open(root: &Path, db: Database, quota: Quota) -> Result<Self, Error> {
        durable::make_folder(root)?;
        unfinished::sweep(root, &db)?;
        tree::recover(root, &db)?;
        if db.read(|c| Ok::<_, Error>(keywords::has_unused(c)?))? {
            db.write(|c| Ok::<_, Error>(keywords::sweep(c)?))?;
        }
        for (member, name) in db.read(|c| Ok::<_, Error>(uid::members(c)?))? {
            let (Ok(member), Ok(name)) = (member.parse(), name.parse::<MailboxName>()) else {
                continue;
            };
            match maildir::sweep(&maildir_of(root, &member).join(name.folder())) {
                Err(e) if e.kind() != io::ErrorKind::NotFound => {
                    // One mailbox, whose folder may be on another disk: the others are there.
                    journal::disk_trouble("looking for what was not filed to its end", &e);
                }
                _ => {}
            }
        }
        Ok(Self {
            inner: Arc::new(Inner {
                root: root.to_owned(),
                db,
                limits: quota::Limits::new(quota),
                bells: watch::Bells::default(),
                index: index::Index::default(),
                tree: RwLock::default(),
                open: Mutex::default(),
                warm: Mutex::default(),
                running: Mutex::default(),
                finished: Condvar::new(),
            }),
        })
    }

    /// Other limits from now on.
    pub fn set_quota(&self, quota: Quota) {
        self.inner.limits.set(quota);
    }

    /// Makes the mailboxes that every member has, those that are missing: the inbox, and one for each [`SpecialUse`].
    ///
    /// # Errors
    /// Those of disk and database.
    pub fn add_member(&self, member: &MemberName) -> Result<(), Error> {
        self.furnish(member)
    }

    /// Whether `bytes` more can be filed for a member now: quota, and free disk without the reserve.
    ///
    /// # Errors
    /// [`Error::OverQuota`], [`Error::Full`], [`Error::NoSuchMember`]; those of disk and database.
    pub fn room_for(&self, member: &MemberName, bytes: u64) -> Result<(), Error> {
        let inbox = self.opened(member, "INBOX")?;
        let used = self
            .inner
            .db
            .read(|c| Ok::<_, Error>(uid::used(c, member)?))?;
        self.inner
            .limits
            .allow(member, used, bytes, bytes, &inbox.folder)
    }

    /// Whether [`deliver_by`](Self::deliver_by) under this name has been done for this member, whatever became of the message.
    ///
    /// # Errors
    /// [`Error::NoSuchMember`]; those of disk and database.
    pub fn was_filed(&self, member: &MemberName, unique: &UniqueName) -> Result<bool, Error> {
        let inbox = self.opened(member, "INBOX")?;
        self.ensure_seen(&inbox)?;
        self.inner
            .db
            .read(|c| Ok(uid::was_filed(c, member, unique)?))
    }

    /// Whether a message that was filed under that name, or a copy of it, is still in one of the member's mailboxes, as far as they were
    /// looked at. Reads the names of all their messages.
    ///
    /// # Errors
    /// Those of the database.
    pub fn lies_here(&self, member: &MemberName, unique: &UniqueName) -> Result<bool, Error> {
        self.inner
            .db
            .read(|c| Ok(uid::lies_here(c, member, unique)?))
    }

    /// Octets (with CRLF) in all mailboxes of a member, as far as they were looked at.
    ///
    /// # Errors
    /// Those of the database.
    pub fn used(&self, member: &MemberName) -> Result<u64, Error> {
        self.inner.db.read(|c| Ok(uid::used(c, member)?))
    }

    /// What a member has, and may have.
    ///
    /// # Errors
    /// Those of the database.
    pub fn usage(&self, member: &MemberName) -> Result<Usage, Error> {
        Ok(Usage {
            bytes: self.used(member)?,
            limit: self.inner.limits.of_member(),
        })
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

    /// Tells of changes in the mailboxes of a member that come through this program or that a scan finds, also of mailboxes
    /// that are made, renamed, deleted or subscribed. Nobody scans by the clock: a listener who must see another program's
    /// changes calls [`Mailbox::rescan`] now and then.
    pub fn listen(&self, member: &MemberName) -> Listener {
        self.inner.bells.listen(member, None)
    }

    /// The same for everybody's mailboxes.
    pub fn listen_to_all(&self) -> Listener {
        self.inner.bells.listen_to_all()
    }

    /// Tells whoever [`listen`](Self::listen)s to this member's mail that something else has changed which is shown with it.
    pub fn ring_for(&self, member: &MemberName) {
        self.inner.bells.ring(member, None);
    }

    fn ring(&self, opened: &Opened) {
        self.inner
            .bells
            .ring(&opened.member, Some(&opened.object_id));
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
        let now = clock::wall_seconds();
        self.inner
            .db
            .write(move |c| Ok::<_, Error>(uid::renew(c, now)?))?;
        let _tree = self.reshape();
        for member in self.owners()? {
            self.close_all(&member);
        }
        Ok(())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What these mutexes guard is whole between any two statements.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
