//! What can go wrong in this room; each text says who must act.

use std::io;
use std::path::PathBuf;

/// Why there is no node.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file with the home's identity is there, but cannot be read.
    #[error("cannot read the home's Tox identity {}: {source}; make the file readable for this user", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file with the home's identity is there, but is not one.
    #[error(
        "{} is damaged ({why}); put the copy from a backup in its place. It was left untouched. Only if there is no copy: \
         move it away, and the home starts with a new Tox address that every contact must be told",
        path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The identity could not be written: a home whose identity is lost at the next start must not start.
    #[error("cannot save the home's Tox identity: {0}")]
    NotSaved(#[source] io::Error),
    /// No UDP port of the range, or not the TCP port of our own relay, is free.
    #[error("no free port for Tox: UDP {from} to {to} (or the TCP relay's port) are all taken")]
    NoPort {
        /// The first one tried.
        from: u16,
        /// The last one tried.
        to: u16,
    },
    /// The proxy's address cannot be used.
    #[error("the SOCKS5 proxy in [tox] socks5 cannot be used")]
    Proxy,
    /// libtoxcore could not start for another reason.
    #[error("libtoxcore cannot start: {0}")]
    Library(String),
    /// The system refused a thread or a descriptor.
    #[error("cannot start the Tox thread: {0}")]
    System(#[source] io::Error),
    /// The node's thread has ended.
    #[error("the Tox thread has ended")]
    Stopped,
}

/// Why a friend could not be added or removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// The address is this home's own.
    #[error("this is the home's own address")]
    OwnKey,
    /// Not a valid public key.
    #[error("this is not a valid Tox address")]
    NotAKey,
    /// The request's words are over 921 bytes.
    #[error("the message of a friend request has at most 921 bytes")]
    MessageTooLong,
    /// The request has no words.
    #[error("a friend request needs a message")]
    MessageEmpty,
    /// They are a friend already: nothing to do.
    #[error("this is a friend already")]
    AlreadyFriend,
    /// No such friend.
    #[error("no such friend")]
    Unknown,
    /// libtoxcore said no, by this number.
    #[error("libtoxcore refused (error {0})")]
    Library(u32),
    /// The file on the disk cannot be written, so nothing was changed.
    #[error("tox.save cannot be written")]
    NotSaved,
    /// The node's thread has ended.
    #[error("the Tox thread has ended")]
    Stopped,
}

/// Why something was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// No room now, which is normal under load: keep it, and try again at the next turn, which comes by itself.
    #[error("no room now")]
    Full,
    /// The peer is not connected; a `FriendConnection` event tells when it is.
    #[error("the peer is offline")]
    Offline,
    /// Not a friend.
    #[error("the peer is no friend")]
    UnknownPeer,
    /// Empty, or longer than a packet, message or name may be.
    #[error("wrong size")]
    Size,
    /// The first byte of a custom packet is outside the range of its kind.
    #[error("wrong first byte")]
    FirstByte,
    /// The file transfer does not exist (any more).
    #[error("no such file transfer")]
    NoSuchFile,
    /// Not possible in the state of the transfer (paused, wrong position or length), or refused otherwise.
    #[error("refused")]
    Refused,
}
