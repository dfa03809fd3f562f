//! What the machine asks of its shell, and what it is answered.

use super::tree::{Choice, Line};
use crate::imap::command::Change;
use crate::imap::fetch::{Fetched, Plan};
use crate::imap::flags::Named;
use crate::imap::mailbox::{
    Appended, Changes, Copied, Figures, Marked, Opened, Recent, Room, Trouble,
};
use crate::imap::search::{Found, Quest};
use crate::net::login::{Admission, Password};
use crate::store::{ModSeq, Uid};

/// What a session must know of its home.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How the home calls itself.
    pub hostname: String,
    /// The largest message that APPEND takes.
    pub max_message_bytes: u64,
    /// After so many errors one after the other the session is ended: this is no mail program.
    pub max_errors: u32,
    /// So many commands are heard of somebody who does not log in; a mail program needs five.
    pub max_strange: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            hostname: "toxmail.local".into(),
            max_message_bytes: 100 << 20,
            max_errors: 20,
            max_strange: 100,
        }
    }
}

/// What to do next.
#[derive(Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Step {
    /// Say this, and read the next line.
    Say(Vec<u8>),
    /// Say this, read so many octets, then call [`Session::literal`](super::Session::literal).
    Literal { say: Vec<u8>, octets: usize },
    /// Say this, give so many octets to the message that was begun last, then call
    /// [`Session::letter`](super::Session::letter). Of a `binary` one parts may be any octets (RFC 3516 section 4.4).
    Letter {
        say: Vec<u8>,
        octets: u64,
        binary: bool,
    },
    /// Read so many octets and throw them away, then call [`Session::discarded`](super::Session::discarded).
    Discard { octets: u64 },
    /// Find this out or do it, then call [`Session::answer`](super::Session::answer).
    Ask(Ask),
    /// Say this, then shake hands, then call [`Session::tls_started`](super::Session::tls_started).
    StartTls(Vec<u8>),
    /// Say this and close.
    Close(Vec<u8>),
}

/// What the machine cannot know or do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Ask {
    /// Whose name and password is this?
    Login { login: String, password: Password },
    /// Which mailboxes are there, of these?
    Mailboxes(Choice),
    /// The figures of these.
    Figures(Vec<String>),
    /// Select this one.
    Open {
        mailbox: String,
        vanished_since: Option<ModSeq>,
        recent: Recent,
    },
    /// What changed in the selected one? The answer to FETCH comes first, where it has one.
    Changes { since: ModSeq, recent: Recent },
    /// Change the tree of mailboxes.
    Tree(Tree),
    /// Change flags.
    Mark {
        uids: Vec<Uid>,
        how: Change,
        flags: Named,
        unchanged_since: Option<ModSeq>,
    },
    /// Remove these for good.
    Expunge(Vec<Uid>),
    /// Copy these.
    Copy { uids: Vec<Uid>, to: String },
    /// Move these.
    Move { uids: Vec<Uid>, to: String },
    /// Say this, then show these.
    Fetch(Vec<u8>, Plan),
    /// Which messages are meant?
    Search(Quest),
    /// Begin a message.
    Begin { mailbox: String, octets: u64 },
    /// File the messages that were begun.
    Append {
        mailbox: String,
        messages: Vec<(Named, Option<i64>)>,
    },
    /// How much room is there?
    Room,
}

/// A change of the tree of mailboxes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Tree {
    Create {
        mailbox: String,
        special: Option<&'static str>,
    },
    Delete(String),
    Rename {
        from: String,
        to: String,
    },
    Subscribe(String),
    Unsubscribe(String),
}

/// What the shell found out or did.
#[derive(Debug)]
#[allow(missing_docs)]
pub enum Answer {
    Login(Admission),
    /// To Login: the name and password are right, but there are too many connections of this member.
    TooMany,
    Mailboxes(Result<Vec<Line>, Trouble>),
    Figures(Vec<(String, Result<Figures, Trouble>)>),
    Opened(Result<Opened, Trouble>),
    Changes(Result<Changes, Trouble>),
    /// With the object id of a mailbox that was made.
    Tree(Result<Option<String>, Trouble>),
    Marked(Result<Marked, Trouble>),
    /// How many are still there.
    Expunged(Result<usize, Trouble>),
    /// To Copy and Move.
    Copied(Result<Copied, Trouble>),
    Fetched(Fetched),
    /// And how many messages could not be read.
    Found(Result<(Found, usize), Trouble>),
    Begun(Result<(), Trouble>),
    Appended(Result<Appended, Trouble>),
    Room(Result<Room, Trouble>),
}
