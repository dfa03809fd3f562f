//! How one attempt at a delivery ended. A type, never a bool.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::key::AddressError;

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
#[serde(from = "Spoken")]
pub struct Reason {
    /// Enhanced status code (RFC 3463).
    pub status: Status,
    /// One sentence in plain words that says what to do; printable ASCII, no line break, at most 200 characters.
    pub text: String,
}

impl Reason {
    /// A reason from its status code and its sentence. What a reply line cannot carry becomes `?`, the rest is cut off:
    /// sentences quote addresses that somebody else wrote.
    pub fn new(status: Status, text: impl Into<String>) -> Self {
        Self {
            status,
            text: plain(&text.into()),
        }
    }
}

/// A reason as another home sent it: not yet cleaned.
#[derive(Deserialize)]
struct Spoken {
    status: Status,
    text: String,
}

impl From<Spoken> for Reason {
    fn from(spoken: Spoken) -> Self {
        Self::new(spoken.status, spoken.text)
    }
}

impl From<AddressError> for Reason {
    /// 5.1.3: bad destination mailbox address syntax.
    fn from(error: AddressError) -> Self {
        Self::new(Status(5, 1, 3), error.0)
    }
}

/// Longest sentence: with code and status it stays well below the 512 octets of a reply line (RFC 5321 section 4.5.3.1.5).
const LONGEST: usize = 200;

fn plain(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            ' '..='~' => c,
            c if c.is_whitespace() => ' ',
            _ => '?',
        })
        .take(LONGEST)
        .collect()
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
    /// Not now.
    Later {
        /// Why it was not done.
        why: Reason,
        /// Shortest wait before the next attempt; zero leaves it to the queue.
        not_before: Duration,
    },
    /// Never: the message goes back to its writer.
    Never {
        /// Why it cannot be done.
        why: Reason,
    },
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_one_plain_line_wherever_it_comes_from() {
        let reason = Reason::new(Status(5, 1, 1), "käthe\r\n250 OK\0");
        assert_eq!(reason.text, "k?the  250 OK?");
        let json = format!(r#"{{"status":[5,1,1],"text":"a\r\nb{}"}}"#, "x".repeat(999));
        let spoken: Reason = serde_json::from_str(&json).unwrap();
        assert!(spoken.text.starts_with("a  bx") && spoken.text.len() == LONGEST);
    }
}
