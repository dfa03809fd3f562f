//! IMAP: how mail programs work with what has arrived, on the server (RFC 3501, RFC 9051). Ports 143 (STARTTLS) and 993 (TLS).
//!
//! # What happens here
//! - [`lexer`], [`command`], [`grammar`]: a command becomes a [`command::Command`], or a sentence that says what is wrong. Pure.
//! - [`names`]: mailbox names on the wire, and the patterns of LIST. [`encode`]: strings and sets in answers. Pure.
//! - [`view`]: sequence numbers and UIDs of the selected mailbox, as one client sees it. [`flags`]: flags and keywords by name. Pure.
//! - [`session`]: which command is legal when, and every word of every answer. Pure: it sees lines and answers, never a socket,
//!   a disk or a clock.
//! - [`envelope`], [`structure`]: what a header section and a message look like in brackets. [`fetch`] and [`search`] make
//!   answers of messages that are read in pieces; [`thread`](mod@thread) puts them in order.
//! - [`binary`]: what of a message that is appended as a literal8 must be encoded. Pure.
//! - [`remembered`]: what of messages that were read is kept, so that they need not be read again.
//! - [`mailbox`]: what a session asks of its member's mail, whoever answers. [`shelf`]: the store answers.
//! - [`outbox`]: one mailbox more, of what is on its way; whoever delivers it answers.
//! - [`serve`]: the shell. It reads, asks, and writes; it decides nothing.
//!
//! # What never happens here
//! No password before TLS: it is not even looked at. No message is whole in memory. Nothing here knows the queue.
//!
//! # Rules
//! - Sequence numbers never shift under a client: what is gone keeps its number until a command that allows to tell it.
//! - A session is told of the others' changes with the answer to its next command, or at once while it is idle.
//! - A literal is accepted only when its size is within the limits, and a message's only when the mailbox takes it: a client
//!   hears the refusal before it has sent anything, unless it did not wait (LITERAL+).
//! - A message is `\Recent` in the session that was told of it first, but for those that spoke of IMAP4rev2, which has done away
//!   with it. After a restart some may be recent once more.
//! - A silent STORE hides what it does itself, not what another session did to the same messages.
//! - `\Seen` is set before a message is shown, so that its flags in the answer are the new ones.
//! - INTERNALDATE, and the days of SEARCH, are those of UTC.
//!
//! # What a session costs
//! 20 octets for each message of the selected mailbox, which is 2 MB for 100,000; during a FETCH, SEARCH, SORT or THREAD of all
//! of them once more 24 to 32 octets a message, the records of 500 to 1000 messages at a time (about 1 KB each, never more than
//! 8 KiB), and what an answer of 128 KiB takes. The list of the mailbox itself, 48 octets a message, is there once for all.
//!
//! # What is read again
//! ENVELOPE, BODYSTRUCTURE and the usual fields of a message are read once and then lie in `index.db`; a file is opened for its
//! body, for SEARCH TEXT and BODY, and for fields that nobody lists. The file may be deleted: then they are read once more.
//!
//! # Known limits
//! - A header section is looked at up to 1 MiB, one of a part up to 256 KiB, a text for SEARCH up to 4 MiB.
//! - The kernel watches so many folders as it likes (128 idle sessions, unless it is told otherwise); the others look every 20 seconds
//!   what another program did. What the home itself files is told at once everywhere.
//! - ACL, METADATA, NOTIFY, COMPRESS, CATENATE and language negotiation are not spoken.

pub mod binary;
pub mod command;
pub mod encode;
pub mod envelope;
pub mod fetch;
pub mod flags;
pub mod grammar;
pub mod lexer;
pub mod mailbox;
pub mod names;
pub mod outbox;
pub mod remembered;
pub mod search;
pub mod serve;
pub mod session;
pub mod shelf;
pub mod structure;
pub mod thread;
pub mod view;

pub use serve::Imap;

#[cfg(test)]
mod tests;
