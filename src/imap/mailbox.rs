//! What a session asks of its member's mail. The store is behind it, and whatever else looks like a mailbox: a session knows
//! neither. Everything blocks.

use std::io::{self, Read};
use std::sync::Arc;

use super::flags::{Keywords, Marks, Named};
use super::remembered::Kept;
use super::view::Seen;
use crate::mail::address::MemberName;
use crate::store::{Listener, ModSeq, Sentry, Uid, UidValidity};

use super::command::Change;

/// Why something could not be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// There is no such mailbox.
    #[error("no such mailbox")]
    NoMailbox,
    /// There is one of that name already.
    #[error("there is such a mailbox already")]
    Exists,
    /// The name cannot be one of a mailbox.
    #[error("not a name for a mailbox")]
    BadName,
    /// What nobody may do; why, in plain words.
    #[error("{0}")]
    Cannot(&'static str),
    /// Another mailbox has that special use already.
    #[error("another mailbox is for that already")]
    UseTaken,
    /// The member must delete or unsubscribe a mailbox.
    #[error("too many mailboxes")]
    TooManyMailboxes,
    /// No keyword can have this name.
    #[error("not a name for a keyword")]
    BadKeyword,
    /// It has mailboxes inside it.
    #[error("the mailbox has others inside it")]
    HasChildren,
    /// The mailbox can have no more keywords.
    #[error("no more keywords")]
    TooManyKeywords,
    /// The member must delete something.
    #[error("over quota")]
    OverQuota,
    /// The disk of the home is full.
    #[error("the disk is full")]
    Full,
    /// A message has zeros that could not be shown again.
    #[error("a zero octet where nothing can be encoded")]
    UnknownEncoding,
    /// A message has zeros and came as a literal that can have none.
    #[error("a zero octet in an ordinary literal")]
    ZeroOctet,
    /// Disk or database fails.
    #[error("out of order")]
    OutOfOrder,
}

/// A mailbox in a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its name, with `/` between the levels.
    pub name: String,
    /// Whether the member has subscribed to it.
    pub subscribed: bool,
    /// `\Sent` and the like (RFC 6154).
    pub special: Option<&'static str>,
    /// It is a name only: subscribed, or above another mailbox.
    pub missing: bool,
}

/// A mailbox in figures.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Figures {
    pub uid_validity: UidValidity,
    pub uid_next: Uid,
    pub mod_seq: ModSeq,
    pub messages: u64,
    pub bytes: u64,
    pub unseen: u64,
    pub deleted: u64,
    /// Messages that no session was told of.
    pub recent: u64,
    /// Names the mailbox for ever, whatever it is called (MAILBOXID of RFC 8474).
    pub object_id: String,
}

/// A mailbox that was opened.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Its figures.
    pub figures: Figures,
    /// Its messages by UID.
    pub messages: Vec<Seen>,
    /// Its keywords.
    pub keywords: Keywords,
    /// UIDs that are gone since the mod-sequence that was asked for.
    pub vanished: Vec<Uid>,
    /// Flags cannot be changed and nothing put there.
    pub read_only: bool,
    /// The only flags that can be changed; `None`: all, and keywords.
    pub permanent: Option<Marks>,
}

/// Whether a session hears that messages are `\Recent` (RFC 3501 section 2.3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recent {
    /// It does, and no other will.
    Claimed,
    /// It does, and so will the next: the mailbox was opened for reading only.
    Looked,
    /// It does not.
    Untold,
}

impl Recent {
    /// Marks the recent ones of `messages`, which are by UID and below `next`.
    ///
    /// # Errors
    /// Those of the folder.
    pub fn mark(
        self,
        folder: &dyn Folder,
        messages: &mut [Seen],
        next: Uid,
    ) -> Result<(), Trouble> {
        let claimed = match self {
            Self::Claimed => Some(next),
            Self::Looked => None,
            Self::Untold => return Ok(()),
        };
        if messages.is_empty() {
            return Ok(());
        }
        let first = folder.recent(claimed)?;
        let from = messages.partition_point(|seen| seen.uid < first);
        for seen in &mut messages[from..] {
            seen.marks = seen.marks.with(Marks::RECENT);
        }
        Ok(())
    }
}

/// What changed in a mailbox since a mod-sequence.
#[derive(Clone, Debug)]
pub struct Changes {
    /// The last change.
    pub mod_seq: ModSeq,
    /// A UID above all that were given.
    pub uid_next: Uid,
    /// Other than before: the UIDs mean something else.
    pub uid_validity: UidValidity,
    /// Messages that are new or have other flags, by UID.
    pub changed: Vec<Seen>,
    /// UIDs that are gone.
    pub vanished: Vec<Uid>,
    /// The keywords now.
    pub keywords: Keywords,
}

/// What is fixed of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Its UID.
    pub uid: Uid,
    /// Octets with CRLF.
    pub size: u64,
    /// Seconds since 1970.
    pub arrived: i64,
}

/// How a change of flags ended.
#[derive(Clone, Debug, Default)]
pub struct Marked {
    /// The messages as they are now.
    pub messages: Vec<Seen>,
    /// Not changed, because they had changed since the client looked (RFC 7162).
    pub modified: Vec<Uid>,
    /// The keywords now.
    pub keywords: Keywords,
}

/// Where copies went (RFC 4315).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Of the mailbox that they went to.
    pub uid_validity: UidValidity,
    /// Each message, and its copy.
    pub pairs: Vec<(Uid, Uid)>,
}

/// A message that is being appended.
pub trait Draft: Send {
    /// Takes the next bytes.
    ///
    /// # Errors
    /// [`Trouble::OverQuota`], [`Trouble::Full`], [`Trouble::OutOfOrder`].
    fn write(&mut self, bytes: &[u8]) -> Result<(), Trouble>;
    /// For the mailbox that made it.
    fn into_any(self: Box<Self>) -> Box<dyn std::any::Any + Send>;
}

/// A message that has all its bytes.
pub struct Finished {
    /// The bytes.
    pub draft: Box<dyn Draft>,
    /// The flags that it shall have.
    pub flags: Named,
    /// Its internal date, seconds since 1970; `None` for now.
    pub date: Option<i64>,
}

/// What was appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Of the mailbox.
    pub uid_validity: UidValidity,
    /// In the order of the messages.
    pub uids: Vec<Uid>,
}

/// Room for a member's mail: octets used, and the limit, 0 for none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Room {
    pub used: u64,
    pub limit: u64,
}

/// The bytes of a message with CRLF, from the first to the last.
pub trait Content: Read + Send {
    /// Goes on from `offset`, which is not before what was read.
    ///
    /// # Errors
    /// Those of the disk.
    fn skip(&mut self, octets: u64) -> io::Result<()>;
}

/// A mailbox that somebody has selected: it stays the same when it is renamed.
#[allow(clippy::missing_errors_doc)] // each is a `Trouble`, which says it all
pub trait Folder: Send + Sync {
    /// What is in it; tells also which UIDs are gone since `vanished_since`.
    fn open(&self, vanished_since: Option<ModSeq>) -> Result<Opened, Trouble>;
    /// What changed after `since`.
    fn changes(&self, since: ModSeq) -> Result<Changes, Trouble>;
    /// The first UID that no session was told of. With `claimed`, no other session is told of those below that one.
    fn recent(&self, claimed: Option<Uid>) -> Result<Uid, Trouble>;
    /// The facts of these messages, by UID; those that are gone are left out.
    fn facts(&self, uids: &[Uid]) -> Result<Vec<Facts>, Trouble>;
    /// What names their bytes, wherever they are copied (EMAILID of RFC 8474); those that are gone are left out.
    fn email_ids(&self, uids: &[Uid]) -> Result<Vec<(Uid, String)>, Trouble>;
    /// Gives `each` the records of this kind that are kept of these messages. There may be none at any time.
    fn remembered(&self, _what: Kept, _uids: &[Uid], _each: &mut dyn FnMut(Uid, &[u8])) {}
    /// Keeps records of this kind, where there is a place for them.
    fn remember(&self, _what: Kept, _records: &[(Uid, Vec<u8>)]) {}
    /// Opens a message; `None` when it is gone.
    fn content(&self, uid: Uid) -> Result<Option<Box<dyn Content>>, Trouble>;
    /// Its bytes ended early, or could not be read to their end, when half of them were sent already.
    fn has_broken_off(&self, _uid: Uid) {}
    /// Whether that was so before, in this run.
    fn may_break_off(&self, _uid: Uid) -> bool {
        false
    }
    /// Changes flags of these messages, but not of those that changed after `unchanged_since`.
    fn mark(
        &self,
        uids: &[Uid],
        how: Change,
        flags: &Named,
        unchanged_since: Option<ModSeq>,
    ) -> Result<Marked, Trouble>;
    /// Removes these for good; how many could not be removed comes back.
    fn expunge(&self, uids: &[Uid]) -> Result<usize, Trouble>;
    /// Copies these, all or none.
    fn copy(&self, uids: &[Uid], to: &str) -> Result<Copied, Trouble>;
    /// Moves these, each or not.
    fn r#move(&self, uids: &[Uid], to: &str) -> Result<Copied, Trouble>;
    /// Looks whether another program changed it; whoever listens is told.
    fn look(&self) -> Result<(), Trouble>;
    /// Who tells that it is time to look; `None` where nobody can, and where nobody else changes anything. Only inside the runtime.
    fn sentry(&self) -> Option<Sentry> {
        None
    }
}

/// Everybody's mailboxes, by names that nobody has checked.
#[allow(clippy::missing_errors_doc)] // each is a `Trouble`, which says it all
pub trait Mail: Send + Sync + 'static {
    /// All mailboxes of a member, and names that are subscribed.
    fn mailboxes(&self, member: &MemberName) -> Result<Vec<Listed>, Trouble>;
    /// The figures of one.
    fn figures(&self, member: &MemberName, mailbox: &str) -> Result<Figures, Trouble>;
    /// Finds one.
    fn folder(&self, member: &MemberName, mailbox: &str) -> Result<Arc<dyn Folder>, Trouble>;
    /// Makes a mailbox, and those above it; tells its object id.
    fn create(
        &self,
        member: &MemberName,
        mailbox: &str,
        special: Option<&'static str>,
    ) -> Result<String, Trouble>;
    /// Removes one with its messages.
    fn delete(&self, member: &MemberName, mailbox: &str) -> Result<(), Trouble>;
    /// Gives one, and those inside it, another name.
    fn rename(&self, member: &MemberName, from: &str, to: &str) -> Result<(), Trouble>;
    /// Remembers that the member wants to see it.
    fn subscribe(&self, member: &MemberName, mailbox: &str) -> Result<(), Trouble>;
    /// Forgets that.
    fn unsubscribe(&self, member: &MemberName, mailbox: &str) -> Result<(), Trouble>;
    /// Begins a message of so many octets for a mailbox; those of other messages that are begun need room beside it.
    fn draft(
        &self,
        member: &MemberName,
        mailbox: &str,
        size: u64,
    ) -> Result<Box<dyn Draft>, Trouble>;
    /// Files these, all or none.
    fn append(
        &self,
        member: &MemberName,
        mailbox: &str,
        messages: Vec<Finished>,
    ) -> Result<Appended, Trouble>;
    /// How much room the member has.
    fn room(&self, member: &MemberName) -> Result<Room, Trouble>;
    /// Rings when something changed.
    fn listen(&self, member: &MemberName) -> Listener;
}
