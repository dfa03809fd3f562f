//! chat: letters to and from a friend who has an ordinary Tox program (qTox, Toxic, uTox, aTox). All protocol and no deed.
//!
//! # What happens here
//! - [`split`]: a letter's text in pieces that a chat program takes.
//! - [`Outgoing`]: a letter goes out piece by piece, each after the friend's program has acknowledged the one before, then
//!   its files.
//! - [`Incoming`]: files come in as fast as the disk takes them, and go on where they stopped.
//! - [`Join`]: what is said within a minute becomes one letter.
//!
//! # What never happens here
//! No socket, no file, no time of day. The room knows neither Tox nor disks nor mailboxes. It never says that a piece was
//! acknowledged for good, or that a file is kept: the shell ([`crate::delivery::chat`]) does, after its fsync.
//!
//! # Rules
//! - One text of ours is on its way to a friend at a time, and the next one goes only when the acknowledgement of this one was
//!   written down. So a crash repeats that one text at most, and the order is kept.
//! - A letter whose texts are through makes room for the next one's texts: its files wait for the friend to accept them, which
//!   may take days, and the words of the next letters do not wait for that, as long as fewer than eight such letters wait
//!   ([`crate::delivery::chat`]).
//! - A peer makes us hold [`MAX_FILES`] times [`UNWRITTEN_BYTES`]; one that minds no pause four times that, and then loses the
//!   file.

mod incoming;
mod join;
mod outgoing;
pub mod split;

pub use incoming::{Declined, Incoming, Verdict};
pub use join::{Join, Weight};
pub use outgoing::{Letter, Outgoing, Part, PartName};

/// One of Tox's file transfers, as [`crate::tox::FileNumber`] numbers it.
pub type FileId = u32;
/// Files that come from one friend at the same time.
pub const MAX_FILES: usize = 4;
/// Bytes of an incoming file that wait for the disk before it is paused.
pub const UNWRITTEN_BYTES: u64 = 1 << 20;

/// What Tox is asked for. The shell tells what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Say this; then [`Outgoing::said`].
    Say(String),
    /// Offer a file; then [`Outgoing::offered`].
    Offer {
        /// Which.
        part: PartName,
        /// Its name there.
        name: String,
        /// In bytes.
        size: u64,
        /// The same for every attempt: the friend's program may go on where it stopped.
        id: [u8; 32],
    },
    /// A piece of a file of ours; then [`Outgoing::sent`].
    Piece {
        /// Which file.
        file: FileId,
        /// Where.
        position: u64,
        /// What.
        bytes: bytes::Bytes,
    },
    /// A file is to begin here.
    Seek {
        /// Which file.
        file: FileId,
        /// Where.
        position: u64,
    },
    /// Go on with a file.
    Resume(FileId),
    /// Wait with a file.
    Pause(FileId),
    /// No more of a file.
    Cancel(FileId),
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The friend's program has acknowledged a part of ours: write it down, then [`Outgoing::noted`].
    Read(PartName),
    /// The friend does not want a file of ours: write it down, then [`Outgoing::noted`].
    Unwanted(PartName),
    /// Bytes of a file of ours are wanted: answer with [`Outgoing::feed`].
    Want {
        /// Which.
        part: PartName,
        /// From where.
        offset: u64,
        /// How many at most.
        max: usize,
    },
    /// A file is offered: answer with [`Incoming::answer`].
    Offered {
        /// Which.
        file: FileId,
        /// The name that it has there, any bytes.
        name: Vec<u8>,
        /// In bytes.
        size: u64,
        /// By which it is known when it comes again.
        id: [u8; 32],
    },
    /// A file was declined at once.
    Declined {
        /// The name that it has there, any bytes.
        name: Vec<u8>,
        /// In bytes.
        size: u64,
        /// Why.
        why: Declined,
    },
    /// Bytes of a file, in order and without a gap: tell [`Incoming::wrote`] as they reach the disk.
    Data {
        /// Which.
        file: FileId,
        /// Where.
        position: u64,
        /// What.
        bytes: Vec<u8>,
    },
    /// All bytes of a file have come.
    Complete(FileId),
    /// A file stopped; it may come again, and goes on then.
    Interrupted(FileId),
    /// The friend has taken a file back.
    TakenBack(FileId),
}
