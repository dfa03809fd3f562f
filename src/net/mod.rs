//! What the mail servers share: lines, connections, TLS, logins.
//!
//! # What happens here
//! - [mod@line]: bytes become lines. Pure. Only CRLF ends one; everything else is told as what it is.
//! - [`tls`]: the home's own certificate authority and the certificate that the servers show.
//! - [`networks`]: who is near enough to be let in, and which addresses are ours.
//! - [`gate`]: how many connections there may be, and who leaves when there are too many. Pure.
//! - [`serve`]: the accept loop: limits, TLS modes, shutdown.
//! - [`connection`]: one client: lines and blocks with deadlines, answers that are sent in groups, the change to TLS.
//! - [`stream`]: the same client as bytes, for a protocol with a reader of its own.
//! - [`http`]: HTTP on such a stream.
//! - [`client`]: the other direction: connections that this home opens to a mail provider.
//! - [`login`]: the doorman: who may try a password, and when again.
//! - `turns`: whose password is checked next, where one check takes long.
//!
//! # What never happens here
//! No mail protocol: this room knows neither SMTP nor POP3. No endless wait: whatever awaits a client has a deadline. No
//! growing buffer: a line is never longer in memory than its limit, a block never longer than 64 KiB.
//!
//! # The way of a connection
//! accept → allowed network? → room for one more (a crowd makes room: see [`gate`]) → TLS where it comes first →
//! [`serve::Protocol::serve`] → the last words, which are given a second to arrive. Each connection is a task of its own; a panic in one
//! ends that one.

pub mod client;
pub mod connection;
pub mod gate;
pub mod http;
pub mod line;
pub mod login;
pub mod networks;
pub mod serve;
pub mod stream;
pub mod tls;
mod turns;
