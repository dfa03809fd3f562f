//! The Outbox: letters on their way, as a mailbox. Whoever delivers them answers; what is shown of them is decided there.
//!
//! # Rules
//! - It is one mailbox more beside those of the store, and cannot be made, renamed or deleted. Letters come to it by being sent.
//! - Of their flags `\Seen` and `\Deleted` can be changed. Expunged or moved, a letter is taken back from those who do not
//!   have it; moved, it is filed there before.
//! - A UID's bytes never change: a letter that has got further is another message.
//!
//! # Known limits
//! A member who has a mailbox of that name keeps it, and sees no letters on their way until it has another name.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

use super::command::Change;
use super::flags::{Keywords, Marks, Named};
use super::mailbox::{
    Appended, Changes, Content, Copied, Draft, Facts, Figures, Finished, Folder, Listed, Mail,
    Marked, Opened, Room, Trouble,
};
use super::names::SEPARATOR;
use super::view::Seen;
use crate::mail::address::MemberName;
use crate::store::{Listener, ModSeq, Uid, UidValidity};

/// What it is called.
pub const NAME: &str = "Outbox";
/// The flags that can be changed.
const PERMANENT: Marks = Marks::SEEN.with(Marks::DELETED);
/// Octets of a letter that are copied at once.
const PIECE: usize = 64 << 10;

const STAYS: Trouble =
    Trouble::Cannot("This mailbox shows what is on its way; it stays what it is");
const FILLS_ITSELF: Trouble =
    Trouble::Cannot("What is sent comes to this mailbox by itself; nothing can be put there");
const OTHER_FLAGS: Trouble =
    Trouble::Cannot("What is on its way can be marked as read or as deleted, and no other way");

const FURTHER: Trouble = Trouble::Cannot(
    "A letter has got further meanwhile; look again, and take back what still waits",
);

/// A letter on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Its number.
    pub uid: Uid,
    /// `\Seen` and `\Deleted`.
    pub marks: Marks,
    /// When it changed last.
    pub mod_seq: ModSeq,
    /// Octets.
    pub size: u64,
    /// When it was handed in, seconds since 1970.
    pub arrived: i64,
}

/// A member's Outbox at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Listing {
    pub uid_validity: UidValidity,
    pub uid_next: Uid,
    pub mod_seq: ModSeq,
    pub object_id: String,
    /// By UID.
    pub letters: Vec<Letter>,
}

/// The bytes of a letter, read from anywhere.
pub trait Whole: Read + Seek + Send {}
impl<T: Read + Seek + Send> Whole for T {}

/// What stands before a letter, and it.
pub type Headed = (Vec<u8>, Box<dyn Whole>);

/// Whoever knows what is on its way.
#[allow(clippy::missing_errors_doc)] // each is a `Trouble`, which says it all
pub trait Outgoing: Send + Sync + 'static {
    /// What is on its way now. Whoever listens to the member's mail is told when that is other than before.
    fn look(&self, member: &MemberName) -> Result<Listing, Trouble>;
    /// What the last look found.
    fn listing(&self, member: &MemberName) -> Result<Listing, Trouble>;
    /// UIDs that are gone since then.
    fn gone(&self, member: &MemberName, since: ModSeq) -> Result<Vec<Uid>, Trouble>;
    /// The bytes of a letter; `None` when it is gone.
    fn content(&self, member: &MemberName, uid: Uid) -> Result<Option<Headed>, Trouble>;
    /// Changes `\Seen` and `\Deleted`, but not of those that changed after `unchanged_since`: these come second.
    fn mark(
        &self,
        member: &MemberName,
        uids: &[Uid],
        how: Change,
        marks: Marks,
        unchanged_since: Option<ModSeq>,
    ) -> Result<(Vec<Letter>, Vec<Uid>), Trouble>;
    /// Whoever has none of these letters yet does not get it.
    fn take_back(&self, member: &MemberName, uids: &[Uid]) -> Result<(), Trouble>;
    /// The same of those that are marked as deleted now, whatever a session was told last.
    fn expunge(&self, member: &MemberName, uids: &[Uid]) -> Result<(), Trouble>;
    /// Whether the member wants to see it, as they do at first.
    fn is_subscribed(&self, member: &MemberName) -> Result<bool, Trouble>;
    /// They do.
    fn subscribe(&self, member: &MemberName) -> Result<(), Trouble>;
    /// They do not.
    fn unsubscribe(&self, member: &MemberName) -> Result<(), Trouble>;
    /// While this lives somebody looks at it, and wants to hear of changes.
    fn watch(&self, member: &MemberName) -> Arc<()>;
}

/// What to say when messages shall go to a mailbox that is not there.
pub(super) fn of_target(mailbox: &str, trouble: Trouble) -> Trouble {
    match trouble {
        Trouble::NoMailbox if mailbox == NAME => FILLS_ITSELF,
        other => other,
    }
}

/// A member's mail, and what is on its way.
pub struct WithOutbox {
    mail: Arc<dyn Mail>,
    outgoing: Arc<dyn Outgoing>,
}

impl WithOutbox {
    /// Beside these mailboxes.
    pub fn new(mail: Arc<dyn Mail>, outgoing: Arc<dyn Outgoing>) -> Self {
        Self { mail, outgoing }
    }

    /// Whether that name means the Outbox: a mailbox in the store comes first.
    fn is_outbox(&self, member: &MemberName, mailbox: &str) -> Result<bool, Trouble> {
        if mailbox != NAME {
            return Ok(false);
        }
        match self.mail.figures(member, NAME) {
            Ok(_) => Ok(false),
            Err(Trouble::NoMailbox) => Ok(true),
            Err(trouble) => Err(trouble),
        }
    }

    /// Whether that name is that of the Outbox, or one inside it.
    fn is_within(&self, member: &MemberName, mailbox: &str) -> Result<bool, Trouble> {
        let rest = mailbox.strip_prefix(NAME);
        match rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(SEPARATOR)) {
            true => self.is_outbox(member, NAME),
            false => Ok(false),
        }
    }
}

fn figures(listing: &Listing) -> Figures {
    let count = |test: fn(&Letter) -> bool| listing.letters.iter().filter(|l| test(l)).count();
    Figures {
        uid_validity: listing.uid_validity,
        uid_next: listing.uid_next,
        mod_seq: listing.mod_seq,
        messages: listing.letters.len() as u64,
        bytes: listing.letters.iter().map(|letter| letter.size).sum(),
        unseen: count(|letter| !letter.marks.has(Marks::SEEN)) as u64,
        deleted: count(|letter| letter.marks.has(Marks::DELETED)) as u64,
        object_id: listing.object_id.clone(),
        recent: 0,
    }
}

impl Mail for WithOutbox {
    fn mailboxes(&self, member: &MemberName) -> Result<Vec<Listed>, Trouble> {
        let mut all = self.mail.mailboxes(member)?;
        if !self.is_outbox(member, NAME)? {
            return Ok(all);
        }
        all.retain(|listed| listed.name != NAME);
        let before = |listed: &Listed| {
            listed.name.eq_ignore_ascii_case("INBOX") || listed.name.as_str() < NAME
        };
        let at = all.iter().position(|listed| !before(listed));
        let outbox = Listed {
            name: NAME.into(),
            subscribed: self.outgoing.is_subscribed(member)?,
            special: None,
            missing: false,
        };
        all.insert(at.unwrap_or(all.len()), outbox);
        Ok(all)
    }

    fn figures(&self, member: &MemberName, mailbox: &str) -> Result<Figures, Trouble> {
        if self.is_outbox(member, mailbox)? {
            return self.outgoing.look(member).map(|listing| figures(&listing));
        }
        self.mail.figures(member, mailbox)
    }

    fn folder(&self, member: &MemberName, mailbox: &str) -> Result<Arc<dyn Folder>, Trouble> {
        if !self.is_outbox(member, mailbox)? {
            return self.mail.folder(member, mailbox);
        }
        Ok(Arc::new(Letters {
            mail: Arc::clone(&self.mail),
            outgoing: Arc::clone(&self.outgoing),
            member: member.clone(),
            _watched: self.outgoing.watch(member),
        }))
    }

    fn create(
        &self,
        member: &MemberName,
        mailbox: &str,
        special: Option<&'static str>,
    ) -> Result<String, Trouble> {
        match self.is_within(member, mailbox)? {
            true if mailbox == NAME => Err(Trouble::Exists),
            true => Err(STAYS),
            false => self.mail.create(member, mailbox, special),
        }
    }

    fn delete(&self, member: &MemberName, mailbox: &str) -> Result<(), Trouble> {
        match self.is_outbox(member, mailbox)? {
            true => Err(STAYS),
            false => self.mail.delete(member, mailbox),
        }
    }

    fn rename(&self, member: &MemberName, from: &str, to: &str) -> Result<(), Trouble> {
        if self.is_outbox(member, from)? {
            return Err(STAYS);
        }
        match self.is_within(member, to)? {
            true if to == NAME => Err(Trouble::Exists),
            true => Err(STAYS),
            false => self.mail.rename(member, from, to),
        }
    }

    fn subscribe(&self, member: &MemberName, mailbox: &str) -> Result<(), Trouble> {
        match self.is_outbox(member, mailbox)? {
            true => self.outgoing.subscribe(member),
            false => self.mail.subscribe(member, mailbox),
        }
    }

    fn unsubscribe(&self, member: &MemberName, mailbox: &str) -> Result<(), Trouble> {
        match self.is_outbox(member, mailbox)? {
            true => self.outgoing.unsubscribe(member),
            false => self.mail.unsubscribe(member, mailbox),
        }
    }

    fn draft(
        &self,
        member: &MemberName,
        mailbox: &str,
        size: u64,
    ) -> Result<Box<dyn Draft>, Trouble> {
        let draft = self.mail.draft(member, mailbox, size);
        draft.map_err(|trouble| of_target(mailbox, trouble))
    }

    fn append(
        &self,
        member: &MemberName,
        mailbox: &str,
        messages: Vec<Finished>,
    ) -> Result<Appended, Trouble> {
        let appended = self.mail.append(member, mailbox, messages);
        appended.map_err(|trouble| of_target(mailbox, trouble))
    }

    fn room(&self, member: &MemberName) -> Result<Room, Trouble> {
        self.mail.room(member)
    }

    fn listen(&self, member: &MemberName) -> Listener {
        self.mail.listen(member)
    }
}

/// The Outbox, as somebody has selected it.
struct Letters {
    mail: Arc<dyn Mail>,
    outgoing: Arc<dyn Outgoing>,
    member: MemberName,
    _watched: Arc<()>,
}

fn seen(letter: &Letter) -> Seen {
    Seen {
        uid: letter.uid,
        marks: letter.marks,
        mod_seq: letter.mod_seq,
    }
}

impl Letters {
    fn found(&self, uids: &[Uid]) -> Result<Vec<Letter>, Trouble> {
        let letters = self.outgoing.listing(&self.member)?.letters;
        let find = |uid: &Uid| {
            let at = letters.binary_search_by_key(uid, |letter| letter.uid);
            at.ok().map(|at| letters[at])
        };
        Ok(uids.iter().filter_map(find).collect())
    }
}

impl Folder for Letters {
    fn open(&self, vanished_since: Option<ModSeq>) -> Result<Opened, Trouble> {
        let listing = self.outgoing.look(&self.member)?;
        let vanished = match vanished_since {
            Some(since) => self.outgoing.gone(&self.member, since)?,
            None => Vec::new(),
        };
        Ok(Opened {
            figures: figures(&listing),
            messages: listing.letters.iter().map(seen).collect(),
            keywords: Keywords::default(),
            vanished,
            read_only: false,
            permanent: Some(PERMANENT),
        })
    }

    fn changes(&self, since: ModSeq) -> Result<Changes, Trouble> {
        let listing = self.outgoing.look(&self.member)?;
        let changed = listing.letters.iter().filter(|l| l.mod_seq > since);
        Ok(Changes {
            mod_seq: listing.mod_seq,
            uid_next: listing.uid_next,
            uid_validity: listing.uid_validity,
            changed: changed.map(seen).collect(),
            vanished: match listing.mod_seq > since {
                true => self.outgoing.gone(&self.member, since)?,
                false => Vec::new(),
            },
            keywords: Keywords::default(),
        })
    }

    /// None: what a member wrote has not arrived.
    fn recent(&self, _: Option<Uid>) -> Result<Uid, Trouble> {
        Ok(Uid(u32::MAX))
    }

    fn facts(&self, uids: &[Uid]) -> Result<Vec<Facts>, Trouble> {
        let facts = self.found(uids)?.into_iter().map(|letter| Facts {
            uid: letter.uid,
            size: letter.size,
            arrived: letter.arrived,
        });
        Ok(facts.collect())
    }

    fn email_ids(&self, uids: &[Uid]) -> Result<Vec<(Uid, String)>, Trouble> {
        let outbox = self.outgoing.listing(&self.member)?;
        let id = |uid: Uid| format!("{}-{}-{uid}", outbox.object_id, outbox.uid_validity);
        let found = self.found(uids)?.into_iter();
        Ok(found.map(|letter| (letter.uid, id(letter.uid))).collect())
    }

    fn content(&self, uid: Uid) -> Result<Option<Box<dyn Content>>, Trouble> {
        let found = self.outgoing.content(&self.member, uid)?;
        Ok(found.map(|(head, letter)| {
            Box::new(Bytes {
                head,
                at: 0,
                letter,
            }) as Box<dyn Content>
        }))
    }

    fn mark(
        &self,
        uids: &[Uid],
        how: Change,
        flags: &Named,
        unchanged_since: Option<ModSeq>,
    ) -> Result<Marked, Trouble> {
        if !flags.keywords.is_empty() || !PERMANENT.has(flags.system) {
            return Err(OTHER_FLAGS);
        }
        let marks = flags.system;
        let (letters, modified) =
            self.outgoing
                .mark(&self.member, uids, how, marks, unchanged_since)?;
        Ok(Marked {
            messages: letters.iter().map(seen).collect(),
            modified,
            keywords: Keywords::default(),
        })
    }

    fn expunge(&self, uids: &[Uid]) -> Result<usize, Trouble> {
        if !uids.is_empty() {
            self.outgoing.expunge(&self.member, uids)?;
        }
        Ok(0)
    }

    fn copy(&self, uids: &[Uid], to: &str) -> Result<Copied, Trouble> {
        let target = |trouble| of_target(to, trouble);
        let (mut finished, mut copied) = (Vec::new(), Vec::new());
        for letter in self.found(uids)? {
            let Some(mut content) = self.content(letter.uid)? else {
                continue;
            };
            let mut draft = self
                .mail
                .draft(&self.member, to, letter.size)
                .map_err(target)?;
            let mut piece = vec![0; PIECE];
            loop {
                let got = content.read(&mut piece).map_err(|error| {
                    crate::journal::disk_trouble("read a letter", &error);
                    Trouble::OutOfOrder
                })?;
                if got == 0 {
                    break;
                }
                draft.write(&piece[..got])?;
            }
            let marks = match letter.marks.has(Marks::SEEN) {
                true => Marks::SEEN,
                false => Marks::NONE,
            };
            finished.push(Finished {
                draft,
                flags: Named {
                    system: marks,
                    ..Named::default()
                },
                date: Some(letter.arrived),
            });
            copied.push(letter.uid);
        }
        if finished.is_empty() {
            let figures = self.mail.figures(&self.member, to).map_err(target)?;
            return Ok(Copied {
                uid_validity: figures.uid_validity,
                pairs: Vec::new(),
            });
        }
        let appended = self.mail.append(&self.member, to, finished);
        let appended = appended.map_err(target)?;
        Ok(Copied {
            uid_validity: appended.uid_validity,
            pairs: copied.into_iter().zip(appended.uids).collect(),
        })
    }

    fn r#move(&self, uids: &[Uid], to: &str) -> Result<Copied, Trouble> {
        if self.found(uids)?.len() < uids.len() {
            return Err(FURTHER);
        }
        let copied = self.copy(uids, to)?;
        let gone: Vec<Uid> = copied.pairs.iter().map(|(uid, _)| *uid).collect();
        if !gone.is_empty() {
            self.outgoing.take_back(&self.member, &gone)?;
        }
        Ok(copied)
    }

    fn look(&self) -> Result<(), Trouble> {
        self.outgoing.look(&self.member).map(drop)
    }
}

/// The bytes of a letter, with what stands before them.
struct Bytes {
    head: Vec<u8>,
    at: usize,
    letter: Box<dyn Whole>,
}

impl Read for Bytes {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut head = &self.head[self.at..];
        if head.is_empty() {
            return self.letter.read(into);
        }
        let got = head.read(into)?;
        self.at += got;
        Ok(got)
    }
}

impl Content for Bytes {
    fn skip(&mut self, octets: u64) -> io::Result<()> {
        let left = self.head.len() - self.at;
        let of_head = usize::try_from(octets).unwrap_or(usize::MAX).min(left);
        self.at += of_head;
        let rest = i64::try_from(octets - of_head as u64).map_err(io::Error::other)?;
        self.letter.seek(SeekFrom::Current(rest)).map(drop)
    }
}
