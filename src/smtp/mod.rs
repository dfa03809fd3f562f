//! Submission: how a member's mail program hands in a letter (RFC 6409, RFC 8314). Ports 587 (STARTTLS) and 465 (TLS).
//!
//! # What happens here
//! - [`command`]: a line becomes a command, or a refusal that says how to write it. Pure.
//! - [`intake`]: the bytes of a letter: dots, line ends, limits. Pure.
//! - [`legal`]: which command is legal when. Pure.
//! - [`session`]: what each command does, and every word of every answer. Pure: it sees lines, bytes and answers, never a
//!   socket, a disk or a clock.
//! - [`step`]: the words between the session and its shell.
//! - [`serve`]: the shell. It reads, asks the [`Desk`], and writes; it decides nothing.
//! - [`gateway`]: the same service for the mail server that the family has already; only its door is another.
//!
//! # What never happens here
//! No mail from strangers: nothing but a greeting, help and STARTTLS before TLS, nothing but AUTH before a login (but where
//! the operator says that the address of the mail server at home will do). No decision about an address: the [`Desk`] knows whose it is. No `250` for a letter before [`Letter::submit`] has returned.
//! No letter whole in memory: it goes to the desk in pieces of 64 KiB.
//!
//! # Rules
//! - Only CRLF ends a line and only `<CRLF>.<CRLF>` ends DATA. A bare CR or LF ends nothing; a letter with one in it is read
//!   to its end and refused. So nobody can hide a second letter in a first (SMTP smuggling).
//! - An address that is taken is kept as it was written: quotes, case, address literals, Tox IDs of 76 digits.
//! - What EHLO offers is true. BINARYMIME is not offered: a letter is lines.
//! - Every refusal has an enhanced status code (RFC 3463) and one sentence that says what to do.
//!
//! # Why a session of our own
//! The grammar is `smtp-proto`'s, behind our strict lines. Its gaps are filled in [`command`]: it takes a bare LF for a line
//! end, unquotes local parts (`"a@b"@c` becomes `a@b@c`), makes `<postmaster>` the null sender, refuses address literals,
//! decodes xtext that has to be kept as written, and lets a parameter come twice.
//!
//! `mailin-embedded` and its engine `mailin` were tried and rejected: one endless line takes all memory before AUTH; four
//! idle sockets stop all service; a panic in a few handlers ends the process; `<LF>.<CRLF>` ends DATA; `MAIL FROM:<>` and
//! `SIZE=` are refused; MAIL after RSET is refused until AUTH is repeated; and, worst, a letter that could not be written is
//! answered with 554 for each line and then with 250. There is no port 465 and no way to stop.
//!
//! # Known limits
//! One letter at a time is written while the next is read only as far as the socket's buffers go. BURL, ETRN and the like
//! are not there: nobody at home sends them.

pub mod command;
pub mod gateway;
pub mod intake;
pub mod legal;
pub mod serve;
pub mod session;
pub mod step;

use crate::mail::address::MemberName;
use crate::mail::envelope::{Envelope, Recipient};
use crate::mail::verdict::{Reason, Status};

/// Why something is refused, with the code that SMTP wants before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The reply code (RFC 5321 section 4.2): 4xx is "not now", 5xx is "not so".
    pub code: u16,
    /// The enhanced status code and what to do.
    pub reason: Reason,
}

impl Refusal {
    /// A refusal from its code, its status and its sentence.
    pub fn new(code: u16, status: Status, text: impl Into<String>) -> Self {
        Self {
            code,
            reason: Reason::new(status, text),
        }
    }

    /// Something in the home failed; the letter is still with the mail program.
    pub fn out_of_order() -> Self {
        Self::new(
            451,
            Status(4, 3, 0),
            "Something in this home is out of order; your letter was not taken, try again in a few minutes",
        )
    }
}

/// Who knows what may be sent and where letters are kept. What is asked of an address is looked up in a few rows, which are in
/// memory as a rule: the shell calls it where it stands, since to wake a thread for it would take longer. A letter's methods may block.
pub trait Desk: Send + Sync + 'static {
    /// Whether `member` may write as `address`; empty is the null sender of notices.
    ///
    /// # Errors
    /// The refusal of MAIL.
    fn sender(&self, member: &MemberName, address: &str) -> Result<(), Refusal>;

    /// Whether there is a way to this recipient.
    ///
    /// # Errors
    /// The refusal of RCPT.
    fn recipient(&self, member: &MemberName, recipient: &Recipient) -> Result<(), Refusal>;

    /// Begins to take a letter. `declared` is what the mail program said of its size, or its size if all of it is there.
    ///
    /// # Errors
    /// The refusal of the letter (no room).
    fn letter(
        &self,
        member: &MemberName,
        declared: Option<u64>,
    ) -> Result<Box<dyn Letter>, Refusal>;
}

/// A letter that is being taken. Dropped without [`submit`](Letter::submit), it never was.
pub trait Letter: Send {
    /// The next bytes of the message: dots unstuffed, every line with its CRLF.
    ///
    /// # Errors
    /// The refusal of the letter (the disk is full).
    fn write(&mut self, bytes: &[u8]) -> Result<(), Refusal>;

    /// All bytes are there: makes it safe on the disk and puts it into the queue. Returns its name there, for the `250`.
    ///
    /// # Errors
    /// The refusal of the letter; nothing of it is kept.
    fn submit(self: Box<Self>, envelope: Envelope) -> Result<String, Refusal>;
}
