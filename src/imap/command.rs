//! Commands: what a client can say, once it has been understood.

use std::fmt;

use super::flags::Named;
use crate::net::login::Password;

/// What numbers of messages mean in a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Places in the mailbox, from 1 on.
    Number,
    /// UIDs: the command began with `UID`.
    Uid,
}

/// What a mailbox is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// EXAMINE.
    ReadOnly,
    /// SELECT.
    ReadWrite,
}

/// A set of messages as it was written; [`STAR`] stands for `*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Set {
    /// Ranges, in any order, either end first.
    Ranges(Vec<(u32, u32)>),
    /// `$`: what the last SEARCH saved (RFC 5182).
    Saved,
}

/// `*`: no message has the number 0.
pub const STAR: u32 = 0;

impl Set {
    /// Ranges in ascending order without overlaps, with `star` for `*`. A saved set has none.
    pub fn resolve(&self, star: u32) -> Vec<(u32, u32)> {
        let Set::Ranges(ranges) = self else {
            return vec![];
        };
        let known = |n: u32| if n == STAR { star } else { n };
        let mut all: Vec<(u32, u32)> = ranges
            .iter()
            .map(|&(a, b)| (known(a).min(known(b)), known(a).max(known(b))))
            .collect();
        all.sort_unstable();
        let mut merged: Vec<(u32, u32)> = Vec::with_capacity(all.len());
        for (low, high) in all {
            match merged.last_mut() {
                Some(last) if low <= last.1.saturating_add(1) => last.1 = last.1.max(high),
                _ => merged.push((low, high)),
            }
        }
        merged
    }
}

/// A mailbox name as it came over the wire: modified UTF-7 or UTF-8, which the session knows.
#[derive(Clone, PartialEq, Eq)]
pub struct Name(pub Vec<u8>);

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({:?})", String::from_utf8_lossy(&self.0))
    }
}

/// A command.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Command {
    Capability,
    Noop,
    Logout,
    StartTls,
    Login {
        login: Vec<u8>,
        password: Password,
    },
    Authenticate {
        mechanism: String,
        initial: Option<Password>,
    },
    Id,
    Enable(Vec<String>),
    Namespace,
    Select {
        mailbox: Name,
        access: Access,
        condstore: bool,
        qresync: Option<Known>,
    },
    Create {
        mailbox: Name,
        uses: Vec<String>,
    },
    Delete(Name),
    Rename {
        from: Name,
        to: Name,
    },
    Subscribe(Name),
    Unsubscribe(Name),
    List(List),
    Lsub {
        reference: Name,
        pattern: Name,
    },
    Status {
        mailbox: Name,
        items: Vec<StatusItem>,
    },
    Append {
        mailbox: Name,
    },
    Idle,
    Check,
    Close,
    Unselect,
    /// With a set: UID EXPUNGE.
    Expunge(Option<Set>),
    Search(Search),
    Sort {
        by: By,
        keys: Vec<SortKey>,
        program: Key,
    },
    Thread {
        by: By,
        how: Threading,
        program: Key,
    },
    Fetch {
        by: By,
        set: Set,
        items: Vec<Item>,
        changed_since: Option<u64>,
        vanished: bool,
    },
    Store {
        by: By,
        set: Set,
        how: Change,
        silent: bool,
        flags: Named,
        unchanged_since: Option<u64>,
    },
    Copy {
        by: By,
        set: Set,
        to: Name,
    },
    Move {
        by: By,
        set: Set,
        to: Name,
    },
    GetQuota(Vec<u8>),
    GetQuotaRoot(Name),
}

/// Ranges of numbers, both ends in them.
pub type Ranges = Vec<(u32, u32)>;

/// What a client that comes back still knows of a mailbox (RFC 7162 section 3.2.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The UIDVALIDITY that it remembers.
    pub uid_validity: u32,
    /// The mod-sequence that it remembers.
    pub mod_seq: u64,
    /// The UIDs that it has; `None` for all.
    pub uids: Option<Vec<(u32, u32)>>,
    /// Sequence numbers and the UIDs they had.
    pub matched: Option<(Ranges, Ranges)>,
}

/// How flags are changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// `FLAGS`.
    Set,
    /// `+FLAGS`.
    Add,
    /// `-FLAGS`.
    Remove,
}

/// LIST, with what RFC 5258, RFC 5819 and RFC 6154 add.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, missing_docs)]
pub struct List {
    pub reference: Vec<u8>,
    pub patterns: Vec<Vec<u8>>,
    pub only_subscribed: bool,
    pub only_special: bool,
    pub recursive_match: bool,
    pub return_subscribed: bool,
    pub status: Option<Vec<StatusItem>>,
    /// A selection or a RETURN was there, or several patterns.
    pub extended: bool,
}

/// What STATUS tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum StatusItem {
    Messages,
    Recent,
    UidNext,
    UidValidity,
    Unseen,
    Deleted,
    Size,
    HighestModSeq,
    AppendLimit,
    MailboxId,
}

/// SEARCH.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    /// What the answer's numbers are.
    pub by: By,
    /// What is to be answered.
    pub result: Returned,
    /// There was a CHARSET.
    pub with_charset: bool,
    /// What is looked for.
    pub program: Key,
}

/// RETURN of SEARCH (RFC 4731, RFC 5182).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, missing_docs)]
pub struct Returned {
    /// There was a RETURN: the answer is ESEARCH.
    pub extended: bool,
    pub min: bool,
    pub max: bool,
    pub all: bool,
    pub count: bool,
    pub save: bool,
}

/// What a message must be like.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Key {
    All,
    And(Vec<Key>),
    Or(Box<Key>, Box<Key>),
    Not(Box<Key>),
    Numbers(Set),
    Uids(Set),
    /// A system flag, by its name with backslash, or a keyword.
    Flag(String),
    Recent,
    Larger(u64),
    Smaller(u64),
    /// Days since 1970 of the internal date.
    Before(i64),
    On(i64),
    Since(i64),
    SentBefore(i64),
    SentOn(i64),
    SentSince(i64),
    /// Seconds (RFC 5032).
    Older(u64),
    Younger(u64),
    ModSeq(u64),
    EmailId(String),
    ThreadId(String),
    /// A field of the header section has this text; an empty text: there is such a field.
    Header {
        field: String,
        text: String,
    },
    Body(String),
    Text(String),
}

/// A key of SORT, and whether the order is turned round (RFC 5256).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SortKey {
    /// What is compared.
    pub what: SortBy,
    /// `REVERSE` stood before it.
    pub reverse: bool,
}

/// What SORT compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum SortBy {
    Arrival,
    Cc,
    Date,
    From,
    Size,
    Subject,
    To,
}

/// How THREAD makes threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Threading {
    OrderedSubject,
    References,
}

/// What FETCH shows of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Item {
    Uid,
    Flags,
    InternalDate,
    Size,
    Envelope,
    /// BODYSTRUCTURE without its extension data.
    Body,
    BodyStructure,
    ModSeq,
    EmailId,
    ThreadId,
    Section(Section),
    /// BINARY and BINARY.PEEK (RFC 3516).
    Binary {
        part: Vec<u32>,
        partial: Option<(u64, u64)>,
        peek: bool,
    },
    BinarySize(Vec<u32>),
    Rfc822,
    Rfc822Header,
    Rfc822Text,
}

impl Item {
    /// Whether showing it sets \Seen.
    pub fn marks_seen(&self) -> bool {
        match self {
            Item::Section(section) => !section.peek,
            Item::Binary { peek, .. } => !peek,
            Item::Rfc822 | Item::Rfc822Text => true,
            _ => false,
        }
    }
}

/// `BODY[…]<…>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Numbers of the part; none for the message itself.
    pub part: Vec<u32>,
    /// What of the part.
    pub text: SectionText,
    /// The first octet and how many.
    pub partial: Option<(u64, u64)>,
    /// `BODY.PEEK`.
    pub peek: bool,
}

/// What of a part is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum SectionText {
    All,
    Header,
    Fields(Vec<String>),
    FieldsNot(Vec<String>),
    Text,
    Mime,
}

/// Why a command was not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bad(pub String);

impl Bad {
    /// With a sentence for the client's log.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_put_in_order_and_a_star_is_the_last_message() {
        let set = Set::Ranges(vec![(STAR, 7), (3, 1), (4, 4), (9, 9)]);
        assert_eq!(set.resolve(6), [(1, 4), (6, 7), (9, 9)]);
        assert_eq!(Set::Ranges(vec![(5, STAR)]).resolve(3), [(3, 5)]);
        assert_eq!(Set::Saved.resolve(9), []);
    }
}
