//! transfer: how one home hands a message to another.
//!
//! One [`Exchange`] a peer: the shell tells it what came from Tox and what the disk did, and asks it what to send and what
//! happened ([`event`]). It is all protocol and no deed.
//!
//! # What happens here
//! - Two homes find out that both are homes, which version they speak and what each grants ([`hello`]).
//! - A message is offered, judged, carried from where it stopped, and acknowledged by what the other disk did
//!   ([`frame`]; `sender`, `receiver`: one transfer; `outgoing`, `incoming`: all of them on their streams).
//! - QUIC runs over Tox's lossy packets (`link`) and sends as fast as the path carries without a long queue
//!   ([`congestion`]); `stream` and `control` are frames on its streams; where no lossy packet passes, toxcore's file transfer carries
//!   the same frames (`last_resort`).
//! - `exchange` holds all that together; `twins`: one home on two boxes.
//! - A message is compressed where that pays, and checked whole ([`content`]).
//!
//! # What never happens here
//! No socket, no file, no `async`, no time of day, no thread. The room knows neither Tox nor disks nor mailboxes. It never
//! says that a message is stored: the shell does, after its fsync.
//!
//! # The protocol in short
//! Fixed; `golden.rs` holds the bytes.
//!
//! - Tox packets: 160 Hello, 161 a piece of a reply (last resort), 162 the server asks its client to connect, 163 free, all
//!   lossless; 200 a QUIC datagram of at most 1372 bytes, lossy. An unknown one is skipped.
//! - **Hello**: `toxmail` and a CBOR map: versions, the process's nonce, the peer's nonce if it was seen, grants, features.
//!   The highest common version is spoken. Another nonce means another process: whatever ran with the old one is gone.
//! - **QUIC**: ALPN `toxmail/1`; the home with the lower key is the client; one connection, which idles out after 60 s and is
//!   made again when there is something to say. Throw-away certificates: Tox has proved who the peer is.
//! - **Frames**: a length of four bytes and a CBOR map whose `kind` names it. Unknown keys and kinds are skipped.
//! - **Stream 0** (opened by the client): `directory`, `withdraw`, in both directions.
//! - **A transfer** has a bidirectional stream of its own, opened by the sending home: `offer` (with the content inside when
//!   that is at most 64 KiB and the grants allow it) → `accept` from an offset, `have` or `refuse` ← ; the content → , bare,
//!   to the end of the stream; `receipt` ← with a word for each recipient: stored, later, never.
//! - **Resume**: offsets count travelling bytes, which stay the same; after a break the sender offers again and the receiver
//!   accepts from what its disk has. An offer that comes again while the earlier try still stands replaces it.
//! - **Last resort**, ten minutes at a time, after 30 s without a handshake: a file transfer with the `offer`, replies in
//!   packets 161, then a file transfer with a `data` frame and the content. `gone` is what a reset is on a stream.
//!
//! # Rules
//! - The sender forgets on the receipt, never on "sent". A repeated offer of what lies there is answered `have`: at least
//!   once on the wire, once in the mailbox (the shell's table of ids).
//! - Smaller before bigger, in streams' priorities, in what is read from disk and in what is read from streams.
//! - What breaks the protocol inside a transfer ends that transfer; on stream 0, the link. Peers share nothing here.
//! - A peer makes us hold at most QUIC's windows (4 MiB in, 4 MiB out) and 8 MiB beside (`hostile.rs` measures it). Events of
//!   streams are made only when the shell has taken the earlier ones.
//! - Complaints about a peer are told twenty times a minute at most.
//!
//! # Known limits
//! - A withdrawal is said once: if the link breaks in that moment, the other home keeps a partial file until it sweeps.
//! - A directory that does not fit a frame of 256 KiB loses its second half, again and again until it does;
//!   the shell reads the first 100 members (`contacts::directory`).
//! - In the last resort one small and one big transfer go at a time.
//! - A home that grants no transfers gets none, and what waits for it waits here until its process is another one.
pub mod congestion;
pub mod content;
mod control;
pub mod event;
pub mod exchange;
pub mod frame;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod golden;
pub mod hello;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod hostile;
mod incoming;
mod last_resort;
pub mod link;
mod outgoing;
mod receiver;
#[cfg(test)]
pub(crate) mod samples;
mod sender;
mod silence;
mod stream;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod sweep;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests;
mod twins;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, missing_docs, dead_code)]
pub(crate) mod world;

pub use congestion::Controller;
pub use event::{
    Answer, Answered, Dropped, Event, OfferError, PathKind, Pipe, PipeAct, Sent, Settings, Side,
};
pub use exchange::Exchange;
pub use frame::{ClaimedMember, Directory, Offer, OfferedRecipient, RecipientStatus, TransferId};
pub use hello::Limits;
pub use link::{Credentials, CredentialsError};
pub use silence::Silent;
