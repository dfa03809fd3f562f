//! How one attempt at a delivery ended. A type, never a bool.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Enhanced status code (RFC 3463): class, subject, detail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Status(pub u8, pub u16, pub u16);

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

/// Why something was not done, for a person and for a program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Enhanced status code (RFC 3463).
    pub status: Status,
    /// One sentence in plain words that says what to do; printable ASCII, no line break, at most 200 characters.
    pub text: String,
}

impl Reason {
    /// A reason from its status code and its sentence.
    pub fn new(status: Status, text: impl Into<String>) -> Self {
        Self {
            status,
            text: text.into(),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status, self.text)
    }
}

/// The end of one attempt to bring a message to one recipient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// It lies on the other side's disk, fsynced, and the other side has said so.
    Delivered,
    /// Not now. `not_before` is how long to wait at least; `None` waits for an event (the peer comes online).
    Later {
        /// Why it was not done.
        why: Reason,
        /// Shortest wait before the next attempt.
        not_before: Option<Duration>,
    },
    /// Never: the message goes back to its writer.
    Never {
        /// Why it cannot be done.
        why: Reason,
    },
}
