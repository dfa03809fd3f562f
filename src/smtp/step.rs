//! The words between the session and its shell: what is wanted, what was found out, and how an answer is written. Pure.

use super::Refusal;
use crate::mail::address::MemberName;
use crate::mail::envelope::{Envelope, Recipient};
use crate::mail::verdict::{Reason, Status};
use crate::net::line::printable;
use crate::net::login::{Admission, Password};

/// What a session must know of its home.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How the home calls itself.
    pub hostname: String,
    /// `[limits] max_message_bytes`.
    pub max_message_bytes: u64,
    /// `[limits] max_recipients`; RFC 5321 section 4.5.3.1.8 asks for 100 at least.
    pub max_recipients: usize,
    /// After so many errors the session is ended: this is no mail program.
    pub max_errors: u32,
    /// So many lines are heard of somebody who does not log in; a mail program needs five.
    pub max_strange: u32,
    /// Who everybody is taken for that has come as far as this: no TLS and no login is asked for
    /// (`[gateway] allow_unauthenticated`).
    pub trusted: Option<MemberName>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            hostname: "toxmail.local".into(),
            max_message_bytes: 100 * 1024 * 1024,
            max_recipients: 100,
            max_errors: 20,
            max_strange: 100,
            trusted: None,
        }
    }
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Say this.
    Reply(Reply),
    /// Find this out, then call [`Session::answer`](super::session::Session::answer).
    Ask(Ask),
    /// Say this; then DATA comes.
    StartBody(Reply),
    /// Octets come, nothing is said before.
    StartChunk,
    /// Say this, then shake hands, then call [`Session::tls_started`](super::session::Session::tls_started).
    StartTls(Reply),
    /// Say this and close.
    Close(Reply),
}

/// What the machine cannot know.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Ask {
    /// Whose name and password is this?
    Login { login: String, password: Password },
    /// May this member write as this address?
    Sender { member: MemberName, address: String },
    /// Is there a way to this recipient?
    Recipient {
        member: MemberName,
        recipient: Recipient,
    },
    /// All of the letter was given out by [`Session::content`](super::session::Session::content): make it safe.
    Submit {
        member: MemberName,
        declared: Option<u64>,
        envelope: Envelope,
    },
}

/// What the shell found out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// To [`Ask::Login`].
    Login(Admission),
    /// To [`Ask::Sender`] and [`Ask::Recipient`].
    Allowed(Result<(), Refusal>),
    /// To [`Ask::Submit`]: the letter's name in the queue.
    Submitted(Result<String, Refusal>),
}

/// What the session reads next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wants {
    /// A line of at most so many octets.
    Line(usize),
    /// Octets of a letter.
    Content,
    /// Nothing: an answer, a handshake, or the end.
    Nothing,
}

/// An answer as it goes over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply(pub(super) String);

impl Reply {
    pub(super) fn new(code: u16, status: Status, text: &str) -> Self {
        Self(format!("{code} {status} {}\r\n", printable(text, &[])))
    }

    /// An answer that has no enhanced code (RFC 2034 section 4: greeting, EHLO, and what waits for more).
    pub(super) fn plain(code: u16, text: &str) -> Self {
        Self(format!("{code} {text}\r\n"))
    }

    pub(super) fn ok(code: u16, text: &str) -> Self {
        Self::new(code, Status(2, 0, 0), text)
    }

    /// Its reply code.
    pub fn code(&self) -> u16 {
        self.0
            .get(..3)
            .and_then(|code| code.parse().ok())
            .unwrap_or(451)
    }

    /// What stands behind the code, on its first line.
    pub fn text(&self) -> &str {
        self.0
            .lines()
            .next()
            .and_then(|line| line.get(4..))
            .unwrap_or_default()
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl From<&Refusal> for Reply {
    fn from(refusal: &Refusal) -> Self {
        // A desk that is confused about classes must not turn a refusal into a promise.
        let code = if (400..600).contains(&refusal.code) {
            refusal.code
        } else {
            451
        };
        let Reason { status, text } = &refusal.reason;
        Self::new(code, *status, text)
    }
}

/// Why a session ends that neither side asked to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goodbye {
    /// The client took too long.
    TimedOut,
    /// The home stops.
    Stopping,
    /// Somebody else needs the place.
    Crowded,
    /// The client says a line without end.
    Endless,
}
