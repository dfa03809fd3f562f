//! The store, as a session sees it: names, flags and troubles in the words of IMAP. Decides nothing.

use std::any::Any;
use std::collections::HashSet;
use std::io::{self, Seek, SeekFrom};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::command::Change;
use super::flags::{Keywords, Marks, Named};
use super::mailbox::{
    Appended, Changes, Content, Copied, Draft, Facts, Figures, Finished, Folder, Listed, Mail,
    Marked, Opened, Room, Trouble,
};
use super::remembered::Kept;
use super::view::Seen;
use crate::journal;
use crate::mail::address::MemberName;
use crate::store::{
    self, Entry, Flags, Incoming, Keyword, Listener, Mailbox, Message, ModSeq, ObjectId, Presence,
    Sentry, SpecialUse, Store, Uid,
};

/// Messages that are remembered as broken off.
const MAX_BROKEN_OFF: usize = 10_000;

/// Everybody's mail in the store.
#[derive(Clone)]
pub struct Shelf {
    store: Store,
    broken_off: BrokenOff,
}

/// Messages that could not be sent to their end, by mailbox and UID.
type BrokenOff = Arc<Mutex<HashSet<(ObjectId, Uid)>>>;

impl Shelf {
    /// The mail of this store.
    pub fn new(store: Store) -> Self {
        Self {
            store,
            broken_off: BrokenOff::default(),
        }
    }
}

struct Selected {
    store: Store,
    mailbox: Mailbox,
    broken_off: BrokenOff,
}

const FLAGS: [(Marks, Flags); 5] = [
    (Marks::ANSWERED, Flags::REPLIED),
    (Marks::FLAGGED, Flags::FLAGGED),
    (Marks::DELETED, Flags::TRASHED),
    (Marks::SEEN, Flags::SEEN),
    (Marks::DRAFT, Flags::DRAFT),
];

/// What a client calls a message that was passed on: a letter in its file's name, which mutt and Dovecot know.
const FORWARDED: &str = "$Forwarded";
/// In the id of a set of keywords: and [`FORWARDED`]. The store counts its sets from 1 on.
const PASSED: u32 = 1 << 31;

fn marks_of(entry: &Entry) -> Marks {
    let set = FLAGS.iter().filter(|(_, flag)| entry.flags.has(*flag));
    let marks = set.fold(Marks::NONE, |marks, (mark, _)| marks.with(*mark));
    let passed = if entry.flags.has(Flags::PASSED) {
        PASSED
    } else {
        0
    };
    marks.with_keywords(entry.keywords.number() | passed)
}

fn flags_of(named: &Named) -> Flags {
    let set = FLAGS.iter().filter(|(mark, _)| named.system.has(*mark));
    let flags = set.fold(Flags::NONE, |flags, (_, flag)| flags.with(*flag));
    if named.keywords.iter().any(|name| is_forwarded(name)) {
        flags.with(Flags::PASSED)
    } else {
        flags
    }
}

fn is_forwarded(name: &str) -> bool {
    name.eq_ignore_ascii_case(FORWARDED)
}

/// All but [`FORWARDED`].
fn keywords_of(named: &Named) -> Result<Vec<Keyword>, Trouble> {
    let keywords = named.keywords.iter().filter(|name| !is_forwarded(name));
    let keywords = keywords.map(|name| name.parse::<Keyword>());
    keywords
        .collect::<Result<_, _>>()
        .map_err(|error| trouble(&error))
}

fn seen(entry: &Entry) -> Seen {
    Seen {
        uid: entry.uid,
        marks: marks_of(entry),
        mod_seq: entry.mod_seq,
    }
}

/// The names of the sets that these messages have.
fn names<'a>(entries: impl IntoIterator<Item = &'a Entry>, known: &store::Keywords) -> Keywords {
    let mut keywords = Keywords::default();
    for entry in entries {
        let set = marks_of(entry).keywords();
        if !keywords.knows(set) {
            let names = known.of(entry.keywords).iter();
            let mut names: Vec<String> = names.map(|name| name.as_str().to_owned()).collect();
            if entry.flags.has(Flags::PASSED) {
                names.retain(|name| !is_forwarded(name));
                names.push(FORWARDED.to_owned());
            }
            keywords.add(set, names);
        }
    }
    keywords
}

/// A session hears what to do about it; what only the home can mend goes into the journal.
fn trouble(error: &store::Error) -> Trouble {
    use store::Error;
    match error {
        Error::OverQuota(_) => Trouble::OverQuota,
        Error::Full => Trouble::Full,
        Error::NoSuchMember(_) | Error::NoSuchMailbox(_) => Trouble::NoMailbox,
        Error::BadMailboxName(_) => Trouble::BadName,
        Error::AlreadyExists(_) => Trouble::Exists,
        Error::HasInferiors(_) => Trouble::HasChildren,
        Error::UseTaken(_) => Trouble::UseTaken,
        Error::Cannot(why) => Trouble::Cannot(why),
        Error::TooManyMailboxes => Trouble::TooManyMailboxes,
        Error::BadKeyword(_) => Trouble::BadKeyword,
        Error::TooManyKeywords => Trouble::TooManyKeywords,
        Error::Source(_) | Error::Io(_) | Error::Database(_) => {
            journal::store_trouble(error);
            Trouble::OutOfOrder
        }
    }
}

fn told<T>(result: Result<T, store::Error>) -> Result<T, Trouble> {
    result.map_err(|error| trouble(&error))
}

fn special(name: &str) -> Option<SpecialUse> {
    SpecialUse::ALL
        .into_iter()
        .find(|used| name[1..] == *used.name())
}

fn attribute(used: SpecialUse) -> &'static str {
    match used {
        SpecialUse::Archive => "\\Archive",
        SpecialUse::Drafts => "\\Drafts",
        SpecialUse::Junk => "\\Junk",
        SpecialUse::Sent => "\\Sent",
        SpecialUse::Trash => "\\Trash",
    }
}

impl Mail for Shelf {
    fn mailboxes(&self, member: &MemberName) -> Result<Vec<Listed>, Trouble> {
        let all = told(self.store.list(member))?;
        let listed = all.into_iter().map(|listed| Listed {
            name: listed.name.as_str().to_owned(),
            subscribed: listed.subscribed,
            special: listed.special_use.map(attribute),
            missing: listed.presence != Presence::Mailbox,
        });
        Ok(listed.collect())
    }

    fn figures(&self, member: &MemberName, mailbox: &str) -> Result<Figures, Trouble> {
        let mailbox = told(self.store.mailbox(member, mailbox))?;
        let figures = told(mailbox.figures())?;
        let recent = told(mailbox.recent_messages())?;
        Ok(figures_of(&mailbox, &figures, recent))
    }

    fn folder(&self, member: &MemberName, mailbox: &str) -> Result<Arc<dyn Folder>, Trouble> {
        Ok(Arc::new(Selected {
            store: self.store.clone(),
            mailbox: told(self.store.mailbox(member, mailbox))?,
            broken_off: self.broken_off.clone(),
        }))
    }

    fn create(
        &self,
        member: &MemberName,
        mailbox: &str,
        use_of: Option<&'static str>,
    ) -> Result<String, Trouble> {
        let made = told(self.store.create(member, mailbox, use_of.and_then(special)))?;
        Ok(made.object_id().to_string())
    }

    fn delete(&self, member: &MemberName, mailbox: &str) -> Result<(), Trouble> {
        told(self.store.delete(member, mailbox))
    }

    fn rename(&self, member: &MemberName, from: &str, to: &str) -> Result<(), Trouble> {
        told(self.store.rename(member, from, to))
    }

    fn subscribe(&self, member: &MemberName, mailbox: &str) -> Result<(), Trouble> {
        told(self.store.subscribe(member, mailbox))
    }

    fn unsubscribe(&self, member: &MemberName, mailbox: &str) -> Result<(), Trouble> {
        told(self.store.unsubscribe(member, mailbox))
    }

    fn draft(
        &self,
        member: &MemberName,
        mailbox: &str,
        octets: u64,
    ) -> Result<Box<dyn Draft>, Trouble> {
        let mailbox = told(self.store.mailbox(member, mailbox))?;
        told(self.store.room_for(member, octets))?;
        Ok(Box::new(Coming(told(mailbox.incoming(octets))?)))
    }

    fn append(
        &self,
        member: &MemberName,
        mailbox: &str,
        messages: Vec<Finished>,
    ) -> Result<Appended, Trouble> {
        let mailbox = told(self.store.mailbox(member, mailbox))?;
        let mut all = Vec::with_capacity(messages.len());
        for message in messages {
            let Ok(coming) = message.draft.into_any().downcast::<Coming>() else {
                return Err(Trouble::OutOfOrder);
            };
            all.push(store::Appended {
                content: coming.0,
                flags: flags_of(&message.flags),
                keywords: keywords_of(&message.flags)?,
                arrived: message.date,
            });
        }
        let (uid_validity, uids) = told(mailbox.append(all))?;
        Ok(Appended { uid_validity, uids })
    }

    fn room(&self, member: &MemberName) -> Result<Room, Trouble> {
        let usage = told(self.store.usage(member))?;
        Ok(Room {
            used: usage.bytes,
            limit: usage.limit.unwrap_or(0),
        })
    }

    fn listen(&self, member: &MemberName) -> Listener {
        self.store.listen(member)
    }
}

fn figures_of(mailbox: &Mailbox, figures: &store::Figures, recent: u64) -> Figures {
    Figures {
        uid_validity: figures.uid_validity,
        uid_next: figures.uid_next,
        mod_seq: figures.mod_seq,
        messages: figures.messages,
        bytes: figures.bytes,
        unseen: figures.unseen,
        deleted: figures.deleted,
        recent,
        object_id: mailbox.object_id().to_string(),
    }
}

impl Selected {
    fn broken_off(&self) -> MutexGuard<'_, HashSet<(ObjectId, Uid)>> {
        // A set that is whole between any two statements.
        self.broken_off
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn target(&self, name: &str) -> Result<Mailbox, Trouble> {
        let found = told(self.store.mailbox(self.mailbox.member(), name));
        found.map_err(|trouble| super::outbox::of_target(name, trouble))
    }
}

impl Folder for Selected {
    fn open(&self, vanished_since: Option<ModSeq>) -> Result<Opened, Trouble> {
        let snapshot = told(self.mailbox.snapshot())?;
        let mut vanished = match vanished_since {
            Some(since) => told(self.mailbox.changes_since(since))?.vanished,
            None => Vec::new(),
        };
        // What went between the two looks is told as a change.
        vanished.retain(|uid| {
            snapshot
                .entries
                .binary_search_by_key(uid, |entry| entry.uid)
                .is_err()
        });
        let recent = told(self.mailbox.recent())?;
        let entries = &snapshot.entries;
        let recent = entries.len() - entries.partition_point(|entry| entry.uid < recent);
        Ok(Opened {
            figures: figures_of(&self.mailbox, &snapshot.figures, recent as u64),
            messages: snapshot.entries.iter().map(seen).collect(),
            keywords: names(snapshot.entries.iter(), &snapshot.keywords),
            vanished,
            read_only: false,
            permanent: None,
        })
    }

    fn changes(&self, since: ModSeq) -> Result<Changes, Trouble> {
        let changes = told(self.mailbox.changes_since(since))?;
        Ok(Changes {
            mod_seq: changes.figures.mod_seq,
            uid_next: changes.figures.uid_next,
            uid_validity: changes.figures.uid_validity,
            keywords: names(&changes.changed, &changes.keywords),
            changed: changes.changed.iter().map(seen).collect(),
            vanished: changes.vanished,
        })
    }

    fn recent(&self, claimed: Option<Uid>) -> Result<Uid, Trouble> {
        told(match claimed {
            Some(next) => self.mailbox.claim_recent(next),
            None => self.mailbox.recent(),
        })
    }

    fn facts(&self, uids: &[Uid]) -> Result<Vec<Facts>, Trouble> {
        let facts = |entry: Entry| Facts {
            uid: entry.uid,
            size: entry.size,
            arrived: entry.arrived,
        };
        let entries = told(self.mailbox.entries(uids))?;
        Ok(entries.into_iter().map(facts).collect())
    }

    fn email_ids(&self, uids: &[Uid]) -> Result<Vec<(Uid, String)>, Trouble> {
        let ids = told(self.mailbox.email_ids(uids))?;
        Ok(ids
            .into_iter()
            .map(|(uid, id)| (uid, id.to_string()))
            .collect())
    }

    fn remembered(&self, what: Kept, uids: &[Uid], each: &mut dyn FnMut(Uid, &[u8])) {
        self.mailbox.cached(kind(what), uids, each);
    }

    fn remember(&self, what: Kept, records: &[(Uid, Vec<u8>)]) {
        self.mailbox.cache(kind(what), records);
    }

    fn content(&self, uid: Uid) -> Result<Option<Box<dyn Content>>, Trouble> {
        let message = told(self.mailbox.message(uid))?;
        Ok(message.map(|message| Box::new(message) as Box<dyn Content>))
    }

    fn has_broken_off(&self, uid: Uid) {
        let mut broken_off = self.broken_off();
        if broken_off.len() < MAX_BROKEN_OFF {
            broken_off.insert((self.mailbox.object_id().clone(), uid));
        }
    }

    fn may_break_off(&self, uid: Uid) -> bool {
        let broken_off = self.broken_off();
        !broken_off.is_empty() && broken_off.contains(&(self.mailbox.object_id().clone(), uid))
    }

    fn mark(
        &self,
        uids: &[Uid],
        how: Change,
        flags: &Named,
        unchanged_since: Option<ModSeq>,
    ) -> Result<Marked, Trouble> {
        let system = flags_of(flags);
        let marks = store::Marks {
            flags: match how {
                Change::Set => store::Change::Set(system),
                Change::Add => store::Change::Add(system),
                Change::Remove => store::Change::Remove(system),
            },
            keywords: keywords_of(flags)?,
        };
        let marked = told(self.mailbox.mark(uids, &marks, unchanged_since))?;
        Ok(Marked {
            messages: marked.entries.iter().map(seen).collect(),
            modified: marked.modified,
            keywords: names(&marked.entries, &marked.keywords),
        })
    }

    fn expunge(&self, uids: &[Uid]) -> Result<usize, Trouble> {
        if uids.is_empty() {
            return Ok(0);
        }
        told(self.mailbox.expunge_deleted(uids)).map(|expunged| expunged.kept.len())
    }

    fn copy(&self, uids: &[Uid], to: &str) -> Result<Copied, Trouble> {
        told(self.mailbox.copy(uids, &self.target(to)?)).map(copied)
    }

    fn r#move(&self, uids: &[Uid], to: &str) -> Result<Copied, Trouble> {
        told(self.mailbox.move_to(uids, &self.target(to)?)).map(copied)
    }

    fn look(&self) -> Result<(), Trouble> {
        told(self.mailbox.rescan()).map(drop)
    }

    fn sentry(&self) -> Option<Sentry> {
        self.mailbox.watch().ok()
    }
}

fn kind(what: Kept) -> store::index::Kind {
    let (number, version) = match what {
        Kept::Envelope => (1, 1),
        Kept::Structure => (2, 2),
        Kept::Fields => (3, 1),
    };
    store::index::Kind { number, version }
}

fn copied(copied: store::Copied) -> Copied {
    Copied {
        uid_validity: copied.uid_validity,
        pairs: copied.pairs,
    }
}

impl Content for Message {
    fn skip(&mut self, octets: u64) -> io::Result<()> {
        let octets = i64::try_from(octets).map_err(io::Error::other)?;
        self.seek(SeekFrom::Current(octets)).map(drop)
    }
}

struct Coming(Incoming);

impl Draft for Coming {
    fn write(&mut self, bytes: &[u8]) -> Result<(), Trouble> {
        told(self.0.add(bytes))
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}
