//! Sender and recipients as spoken in SMTP (RFC 5321 section 2.3.1, RFC 3461 for the notification wishes).

use serde::{Deserialize, Serialize};

/// What a message says of its own encoding (`BODY=` of RFC 6152).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Body {
    /// `BODY=7BIT`, or nothing said.
    #[default]
    SevenBit,
    /// `BODY=8BITMIME`.
    EightBitMime,
}

/// How much of the message a failure notice carries back (`RET=` of RFC 3461 section 4.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Return {
    /// Nothing said: the home decides (the whole message up to a size, else the header section).
    #[default]
    Unspecified,
    /// `RET=FULL`.
    Full,
    /// `RET=HDRS`.
    Headers,
}

/// When the writer wants to be told about one recipient (`NOTIFY=` of RFC 3461 section 4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notify {
    /// `NOTIFY=SUCCESS`.
    pub success: bool,
    /// `NOTIFY=FAILURE`; the default when nothing is said.
    pub failure: bool,
    /// `NOTIFY=DELAY`; the default when nothing is said.
    pub delay: bool,
}

impl Default for Notify {
    fn default() -> Self {
        Self {
            success: false,
            failure: true,
            delay: true,
        }
    }
}

impl Notify {
    /// `NOTIFY=NEVER`.
    pub const NEVER: Self = Self {
        success: false,
        failure: false,
        delay: false,
    };
}

/// One `RCPT TO` with its parameters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// The address as the client wrote it, without angle brackets; UTF-8 (RFC 6531).
    pub address: String,
    /// When to tell the writer.
    pub notify: Notify,
    /// `ORCPT=` as written, still xtext-encoded (RFC 3461 section 4.2).
    pub original: Option<String>,
}

/// RFC 3461 section 4: printable ASCII, `+` and `=` only as `+2B` and `+3D`.
pub fn is_xtext(text: &str) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let legal = match byte {
            b'+' => (0..2).all(|_| {
                bytes
                    .next()
                    .is_some_and(|b| b.is_ascii_digit() || (b'A'..=b'F').contains(&b))
            }),
            b'=' => false,
            _ => byte.is_ascii_graphic(),
        };
        if !legal {
            return false;
        }
    }
    !text.is_empty()
}

/// What may stand in `ENVID=`: xtext of at most 100 octets (RFC 3461 section 4.4).
pub fn is_envelope_id(text: &str) -> bool {
    text.len() <= 100 && is_xtext(text)
}

/// The envelope of one message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// `MAIL FROM` without angle brackets; empty for the null reverse-path (notices).
    pub sender: String,
    /// Every accepted `RCPT TO`, in order, without repetition.
    pub recipients: Vec<Recipient>,
    /// `BODY=`.
    pub body: Body,
    /// `SMTPUTF8` was said (RFC 6531).
    pub smtputf8: bool,
    /// `RET=`.
    pub ret: Return,
    /// `ENVID=` as written, still xtext-encoded.
    pub envelope_id: Option<String>,
}
