//! POP3: how a mail program fetches what has arrived (RFC 1939). Ports 110 (STLS) and 995 (TLS).
//!
//! # What happens here
//! - [`command`]: a line becomes a command, or a refusal that says how to write it. Pure.
//! - [`lines`]: a message becomes the lines of an answer: dots, line ends, TOP. Pure.
//! - [`session`]: which command is legal when, and every word of every answer. Pure: it sees lines and answers, never a
//!   socket, a disk or a clock.
//! - [`serve`]: the shell. It reads, asks the store and the doorman, and writes; it decides nothing.
//!
//! # What never happens here
//! No password before TLS: it is not even looked at. No message is opened to list it, and none is whole in memory: it goes
//! out in pieces. Nothing is deleted but by a QUIT that was read; a session that ends otherwise removes nothing. No
//! message is marked as read: a program that fetches everything has read nothing.
//!
//! # Rules
//! - One session a mailbox, whatever the port; the second hears `[IN-USE]`. The right to it is a value that is dropped with
//!   the session, however that ends, and before the last words, so that a program that comes back at once is let in.
//! - The maildrop is a snapshot of the inbox at the login: numbers, sizes and names stay what they were. What another
//!   program removes meanwhile is an error of that one message; what arrives meanwhile is seen by the next session.
//! - A UIDL name is `<UIDVALIDITY>.<UID>`: it lasts as long as the message, and never comes twice.
//! - A size is what is sent, dots unstuffed: where the last line of a message has no end, two octets more than the store's.
//! - The greeting has no `<`: a program could take it for the time stamp of APOP, which needs passwords in the clear.
//! - A client that is silent for ten minutes is left without a word, as RFC 1939 section 3 wants it.
//! - The capabilities are those of RFC 2449 (TOP, UIDL, PIPELINING, RESP-CODES, EXPIRE NEVER, IMPLEMENTATION), RFC 2595
//!   (STLS), RFC 3206 (AUTH-RESP-CODE), RFC 5034 (SASL PLAIN) and RFC 6856 (UTF8); USER and SASL only after TLS, STLS only
//!   before it.
//!
//! # Known limits
//! - A message with UTF-8 in its header is sent as it is to clients that did not say UTF8, too: every mail program of today
//!   shows it, and a downgraded copy would break signatures (RFC 6856 section 5 leaves the choice).
//! - A client that vanishes without closing (a telephone that changes its network) keeps its mailbox until the ten minutes
//!   are over, if it was silent, or until an answer could not be sent for one.
//! - An answer to LIST or UIDL is made in one piece: about 25 bytes a message, once for each member at most.

pub mod command;
pub mod lines;
pub mod serve;
pub mod session;

pub use serve::Pop3;

#[cfg(test)]
mod tests;
