//! How the node is to be, and what the operator should know about it.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

use super::{BootstrapNode, bootstrap};
use crate::mail::address::PeerKey;

/// The first version without the critical bug GHSA-42vg-9mg3-399f.
pub const OLDEST_SAFE_VERSION: (u32, u32, u32) = (0, 2, 23);

/// The version of the libtoxcore that is loaded.
pub fn version() -> (u32, u32, u32) {
    super::core::version()
}

/// How the node is to be.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The file with the identity, `DIR/tox.save`.
    pub save: PathBuf,
    /// The name that friends see: the home's, at most 128 bytes.
    pub name: String,
    /// UDP; without it everything goes through TCP relays.
    pub udp: bool,
    /// The first free one of this and the next hundred; 0 takes the usual range from 33445.
    pub udp_port: u16,
    /// IPv6 beside IPv4.
    pub ipv6: bool,
    /// Looking for friends in the local network by broadcast.
    pub local_discovery: bool,
    /// Ways through routers that do not let us in.
    pub hole_punching: bool,
    /// A SOCKS5 proxy: then no UDP, no local discovery, and no look-up of names.
    pub socks5: Option<SocketAddr>,
    /// Ways into the network; empty for none.
    pub bootstrap: Vec<BootstrapNode>,
    /// Serve others as a TCP relay on this port: for a bootstrap node, and for tests. A home does not.
    pub tcp_server_port: Option<u16>,
}

impl Settings {
    /// What a home has if nothing else is said; the identity in `save`.
    pub fn new(save: impl Into<PathBuf>) -> Self {
        Self {
            save: save.into(),
            name: String::new(),
            udp: true,
            udp_port: 33445,
            ipv6: true,
            local_discovery: true,
            hole_punching: true,
            socks5: None,
            bootstrap: bootstrap::built_in(),
            tcp_server_port: None,
        }
    }

    /// UDP as it will be: a proxy switches it off.
    pub(super) fn uses_udp(&self) -> bool {
        self.udp && self.socks5.is_none()
    }

    /// The range of UDP ports to try.
    pub(super) fn ports(&self) -> (u16, u16) {
        let from = if self.udp_port == 0 {
            33445
        } else {
            self.udp_port
        };
        (from, from.saturating_add(100))
    }
}

/// Something that works, but that the operator should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// A libtoxcore with a known critical bug.
    OldLibrary((u32, u32, u32)),
    /// No way into the network but the local one.
    NoBootstrapNodes,
    /// Nodes given by name are left out, because a look-up would go past the proxy.
    NamesBehindProxy(usize),
    /// A contact that libtoxcore does not take as a friend.
    NotAFriend(PeerKey, String),
    /// The file with the identity could not be written after a change; it is tried again.
    NotSaved(String),
    /// libtoxcore's UDP socket was not found: packets are handled by the clock, some 25 ms late.
    Blind,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OldLibrary((major, minor, patch)) => write!(
                f,
                "libtoxcore {major}.{minor}.{patch} has a critical bug (GHSA-42vg-9mg3-399f); update it to 0.2.23 or later"
            ),
            Self::NoBootstrapNodes => f.write_str(
                "no bootstrap node in [tox] bootstrap: only homes in the local network can be found",
            ),
            Self::NamesBehindProxy(count) => write!(
                f,
                "{count} bootstrap nodes are given by name and left out, because a look-up would go past the proxy; give \
                 their addresses"
            ),
            Self::NotAFriend(key, why) => write!(f, "contact {key} has no usable Tox address: {why}"),
            Self::NotSaved(why) => write!(f, "the Tox identity could not be saved: {why}"),
            Self::Blind => f.write_str("libtoxcore's UDP socket was not found; mail is a little slower"),
        }
    }
}
