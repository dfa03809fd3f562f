//! One mailbox in somebody's hands: what it holds, what changed, and its messages.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::keywords::Keywords;
use super::maildir::{self, EmailId, MailboxName};
use super::message::{self, LineEnds, Message};
use super::opened::Opened;
use super::uid::{self, Entry, Figures, MailboxId, ModSeq, Uid};
use super::{Error, Listener, Sentry, Store, lock};
use crate::mail::address::MemberName;

/// What names a mailbox for ever, whatever it is called (MAILBOXID of RFC 8474): `F` and 16 hex digits.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ObjectId(pub(super) String);

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "F{}", self.0)
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ObjectId({self})")
    }
}

/// A mailbox, as somebody has selected it. It stays the same through a rename; when it is deleted, everything says
/// [`Error::NoSuchMailbox`], also if another one of that name is made.
#[derive(Clone)]
pub struct Mailbox {
    pub(super) store: Store,
    pub(super) member: MemberName,
    pub(super) id: MailboxId,
    name: MailboxName,
    object_id: ObjectId,
}

/// A mailbox at one moment.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Its figures.
    pub figures: Figures,
    /// Its messages, by UID. Whoever looks at the same moment shares the list (48 octets a message).
    pub entries: Arc<Vec<Entry>>,
    /// Its keywords.
    pub keywords: Arc<Keywords>,
}

/// What changed in a mailbox.
#[derive(Clone, Debug)]
pub struct Changes {
    /// Its figures now.
    pub figures: Figures,
    /// Messages that are new or have other flags or keywords, by UID.
    pub changed: Vec<Entry>,
    /// UIDs that are gone, also of messages that came since.
    pub vanished: Vec<Uid>,
    /// Its keywords.
    pub keywords: Arc<Keywords>,
}

/// The list of a mailbox, kept for the next who asks.
#[derive(Clone)]
pub(super) struct Warm {
    mod_seq: ModSeq,
    entries: Arc<Vec<Entry>>,
}

/// Entries of all lists that are kept, where there is more than one: 10 MB.
const MAX_WARM: usize = 200_000;

impl Store {
    /// The mailbox of that name.
    ///
    /// # Errors
    /// [`Error::NoSuchMember`], [`Error::NoSuchMailbox`], [`Error::BadMailboxName`]; those of disk and database.
    pub fn mailbox(&self, member: &MemberName, name: &str) -> Result<Mailbox, Error> {
        let opened = self.opened(member, name)?;
        Ok(Mailbox {
            store: self.clone(),
            member: member.clone(),
            id: opened.id,
            name: opened.name.clone(),
            object_id: ObjectId(opened.object_id.clone()),
        })
    }

    /// The mailbox as it is now. No message file is opened.
    ///
    /// # Errors
    /// No such mailbox; those of disk and database.
    pub fn snapshot(&self, member: &MemberName, mailbox: &str) -> Result<Snapshot, Error> {
        self.mailbox(member, mailbox)?.snapshot()
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
        self.mailbox(member, mailbox)?.message(uid)
    }
}

impl Store {
    pub(super) fn message_in(&self, opened: &Opened, uid: Uid) -> Result<Option<Message>, Error> {
        for _ in 0..3 {
            let found = self
                .inner
                .db
                .read(|c| Ok::<_, Error>(uid::locate(c, opened.id, uid)?))?;
            let Some(found) = found else {
                return Ok(None);
            };
            let path = maildir::path(&opened.folder, &found.base, found.spot);
            match message::open(&path) {
                Ok(file) if !found.fits(file.metadata()?.len()) => self.renew(opened, uid)?,
                Ok(file) => {
                    return Ok(Some(Message {
                        uid,
                        size: found.entry.size,
                        flags: found.entry.flags,
                        mod_seq: found.entry.mod_seq,
                        arrived: found.entry.arrived,
                        file,
                        path,
                        at: 0,
                        ends: match found.lines.lf {
                            true => LineEnds::LF,
                            false => LineEnds::Crlf,
                        },
                    }));
                }
                // Renamed, or gone, since the last look.
                Err(e) if e.kind() == io::ErrorKind::NotFound => {
                    opened.doubt();
                    self.refresh(opened)?;
                }
                Err(e) => return Err(e.into()),
            }
        }
        Ok(None)
    }
}

impl Mailbox {
    /// Whose it is.
    pub fn member(&self) -> &MemberName {
        &self.member
    }

    /// Its id.
    pub fn object_id(&self) -> &ObjectId {
        &self.object_id
    }

    /// What it is called now.
    ///
    /// # Errors
    /// No such mailbox; those of disk and database.
    pub fn name(&self) -> Result<MailboxName, Error> {
        self.with(|opened| Ok(opened.name.clone()))
    }

    /// Its figures now.
    ///
    /// # Errors
    /// No such mailbox; those of disk and database.
    pub fn figures(&self) -> Result<Figures, Error> {
        self.with(|opened| {
            self.store.refresh(opened)?;
            let db = &self.store.inner.db;
            db.read(|c| Ok(uid::figures(c, opened.id)?))
        })
    }

    /// The mailbox as it is now. No message file is opened.
    ///
    /// # Errors
    /// No such mailbox; those of disk and database.
    pub fn snapshot(&self) -> Result<Snapshot, Error> {
        self.with(|opened| {
            self.store.refresh(opened)?;
            let warm = lock(&opened.warm).clone();
            let (snapshot, mod_seq) = self.store.inner.db.read(|c| {
                let figures = uid::figures(c, opened.id)?;
                let entries = match warm {
                    Some(warm) if warm.mod_seq == figures.mod_seq => warm.entries,
                    Some(warm) if warm.mod_seq < figures.mod_seq => {
                        let changed = uid::changed(c, opened.id, warm.mod_seq)?;
                        let vanished = uid::vanished(c, opened.id, warm.mod_seq)?;
                        Arc::new(merged(&warm.entries, &changed, &vanished))
                    }
                    // Somebody was quicker, and this is a moment before.
                    _ => Arc::new(uid::entries(c, opened.id)?),
                };
                let keywords = opened.keywords(c)?;
                let mod_seq = figures.mod_seq;
                let snapshot = Snapshot {
                    figures,
                    entries,
                    keywords,
                };
                Ok::<_, Error>((snapshot, mod_seq))
            })?;
            self.keep_warm(opened, mod_seq, &snapshot.entries);
            Ok(snapshot)
        })
    }

    /// These messages as they are now, those that exist, by UID. Lists nothing: of the list that is kept when it is the one of
    /// now, and otherwise of their rows.
    ///
    /// # Errors
    /// No such mailbox; those of disk and database.
    pub fn entries(&self, uids: &[Uid]) -> Result<Vec<Entry>, Error> {
        self.with(|opened| {
            let warm = lock(&opened.warm).clone();
            self.store.inner.db.read(|c| {
                let now = uid::figures(c, opened.id)?.mod_seq;
                let Some(warm) = warm.filter(|warm| warm.mod_seq == now) else {
                    return Ok(uid::entries_of(c, opened.id, uids)?);
                };
                let find = |uid: &Uid| {
                    let at = warm.entries.binary_search_by_key(uid, |entry| entry.uid);
                    at.ok().map(|at| warm.entries[at])
                };
                Ok(uids.iter().filter_map(find).collect())
            })
        })
    }

    /// What changed after `since` (the `mod_seq` of earlier figures). Costs what changed, not what there is.
    ///
    /// # Errors
    /// No such mailbox; those of disk and database.
    pub fn changes_since(&self, since: ModSeq) -> Result<Changes, Error> {
        self.with(|opened| {
            self.store.refresh(opened)?;
            self.store.inner.db.read(|c| {
                let figures = uid::figures(c, opened.id)?;
                let something = figures.mod_seq > since;
                Ok(Changes {
                    figures,
                    changed: match something {
                        true => uid::changed(c, opened.id, since)?,
                        false => vec![],
                    },
                    vanished: match something {
                        true => uid::vanished(c, opened.id, since)?,
                        false => vec![],
                    },
                    keywords: opened.keywords(c)?,
                })
            })
        })
    }

    /// The first UID that no session was told of yet: it and those above are `\Recent`.
    ///
    /// # Errors
    /// No such mailbox; those of disk and database.
    pub fn recent(&self) -> Result<Uid, Error> {
        self.with(|opened| Ok(opened.recent()))
    }

    /// The same, and nobody else is told of those below `next` (the `uid_next` that a session has seen). Kept on the disk with
    /// the next arrival: after a restart messages may be recent once more, as RFC 3501 section 2.3.2 prefers.
    ///
    /// # Errors
    /// No such mailbox; those of disk and database.
    pub fn claim_recent(&self, next: Uid) -> Result<Uid, Error> {
        self.with(|opened| Ok(Uid(opened.recent.fetch_max(next.0, Ordering::SeqCst))))
    }

    /// How many messages are `\Recent`.
    ///
    /// # Errors
    /// No such mailbox; those of disk and database.
    pub fn recent_messages(&self) -> Result<u64, Error> {
        self.with(|opened| {
            let (db, first) = (&self.store.inner.db, opened.recent());
            db.read(|c| Ok(uid::count_from(c, opened.id, first)?))
        })
    }

    /// Opens a message; `None` when it is gone.
    ///
    /// # Errors
    /// No such mailbox; those of disk and database.
    pub fn message(&self, uid: Uid) -> Result<Option<Message>, Error> {
        self.with(|opened| self.store.message_in(opened, uid))
    }

    /// Which messages these are, those that exist (EMAILID of RFC 8474). There is no THREADID.
    ///
    /// # Errors
    /// No such mailbox; those of disk and database.
    pub fn email_ids(&self, uids: &[Uid]) -> Result<Vec<(Uid, EmailId)>, Error> {
        self.with(|opened| {
            let found = self.store.locate(opened, uids)?;
            let ids = found.iter().map(|f| (f.entry.uid, EmailId::of(&f.base)));
            Ok(ids.collect())
        })
    }

    /// Compares files and rows if something may have changed; tells whether something had.
    ///
    /// # Errors
    /// No such mailbox; those of disk and database.
    pub fn rescan(&self) -> Result<bool, Error> {
        self.with(|opened| self.store.refresh(opened))
    }

    /// Tells of changes of this mailbox: see [`Store::listen`].
    pub fn listen(&self) -> Listener {
        self.store
            .inner
            .bells
            .listen(&self.member, Some(&self.object_id.0))
    }

    /// Has its folders watched for what other programs do: see [`Sentry`]. Only inside the runtime.
    ///
    /// # Errors
    /// No such mailbox; the kernel watches no more, or not there.
    pub fn watch(&self) -> Result<Sentry, Error> {
        Ok(Sentry::at(&self.opened()?.folder)?)
    }

    /// Does `job` with the mailbox, once more where that was renamed meanwhile.
    pub(super) fn with<T>(
        &self,
        mut job: impl FnMut(&Arc<Opened>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        loop {
            let opened = self.opened()?;
            match job(&opened) {
                Err(Error::NoSuchMailbox(_)) if opened.is_closed() => {}
                done => return done,
            }
        }
    }

    pub(super) fn opened(&self) -> Result<Arc<Opened>, Error> {
        self.store.opened_by_id(&self.member, self.id, &self.name)
    }

    /// Keeps the list of the mailbox for the next who asks, and forgets those that nobody has asked for lately.
    fn keep_warm(&self, opened: &Opened, mod_seq: ModSeq, entries: &Arc<Vec<Entry>>) {
        let mut warm = lock(&opened.warm);
        if warm.as_ref().is_none_or(|w| w.mod_seq <= mod_seq) {
            let entries = Arc::clone(entries);
            *warm = Some(Warm { mod_seq, entries });
        }
        drop(warm);
        let mut order = lock(&self.store.inner.warm);
        order.retain(|(id, _)| *id != opened.id);
        order.push((opened.id, entries.len()));
        let mut all: usize = order.iter().map(|(_, count)| count).sum();
        let mut cold = vec![];
        while all > MAX_WARM && order.len() > 1 {
            let (id, count) = order.remove(0);
            all -= count;
            cold.push(id);
        }
        drop(order);
        for id in cold {
            let opened = lock(&self.store.inner.open).by_id.get(&id).map(Arc::clone);
            if let Some(opened) = opened {
                *lock(&opened.warm) = None;
            }
        }
    }
}

impl fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mailbox({} of {})", self.name, self.member)
    }
}

/// The list as it was, with what has changed; all by UID.
fn merged(before: &[Entry], changed: &[Entry], vanished: &[Uid]) -> Vec<Entry> {
    let mut entries = Vec::with_capacity(before.len() + changed.len());
    let mut changed = changed.iter().copied().peekable();
    let mut vanished = vanished.iter().copied().peekable();
    for entry in before {
        while vanished.next_if(|uid| *uid < entry.uid).is_some() {}
        if vanished.next_if(|uid| *uid == entry.uid).is_some() {
            continue;
        }
        entries.push(changed.next_if(|e| e.uid == entry.uid).unwrap_or(*entry));
    }
    entries.extend(changed);
    entries
}
