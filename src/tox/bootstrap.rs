//! The way into the network: nodes to ask, and when to ask them.
//!
//! A few nodes at a time, in random order, again with a growing pause while we are offline, never while we are online.
//! A fresh list can be imported in our own form (TOML, as in `toxmail.toml`) or in that of the public list
//! (`nodes.json` of nodes.tox.chat).

use std::net::IpAddr;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::mail::address::PeerKey;

/// An entry to the network: a public node, perhaps with a TCP relay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BootstrapNode {
    /// Its IP address (better: no look-up) or name.
    pub host: String,
    /// Its UDP port.
    pub port: u16,
    /// Its public key.
    pub key: PeerKey,
    /// Ports of its TCP relay, if it has one.
    #[serde(default)]
    pub tcp_ports: Vec<u16>,
}

impl BootstrapNode {
    /// The host as an address, when it is one.
    pub fn address(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }
}

/// Why a list of nodes cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no list of Tox nodes: {0}")]
pub struct ListError(String);

/// Largest list that is read: the public one has some 30 kB.
const LARGEST_LIST: usize = 1 << 20;
/// Most nodes that are kept of a list.
const MOST_NODES: usize = 500;

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct OurList {
    bootstrap: Vec<BootstrapNode>,
}

#[derive(Deserialize)]
struct PublicList {
    nodes: Vec<PublicNode>,
}

#[derive(Deserialize)]
struct PublicNode {
    #[serde(default)]
    ipv4: Option<String>,
    #[serde(default)]
    ipv6: Option<String>,
    port: u16,
    #[serde(default)]
    tcp_ports: Vec<u16>,
    public_key: PeerKey,
    #[serde(default = "yes")]
    status_udp: bool,
    #[serde(default = "yes")]
    status_tcp: bool,
}

fn yes() -> bool {
    true
}

/// Reads a list in either form. Of the public form, nodes that answered neither by UDP nor by TCP are left out.
///
/// # Errors
/// Neither form, too long, or no usable node in it.
pub fn parse(text: &str) -> Result<Vec<BootstrapNode>, ListError> {
    if text.len() > LARGEST_LIST {
        return Err(ListError("it is over 1 MiB".into()));
    }
    let mut nodes = if text.trim_start().starts_with('{') {
        let list: PublicList = serde_json::from_str(text).map_err(|e| ListError(e.to_string()))?;
        list.nodes.into_iter().flat_map(PublicNode::ours).collect()
    } else {
        let list: OurList = toml::from_str(text).map_err(|e| ListError(e.to_string()))?;
        list.bootstrap
    };
    nodes.retain(is_usable);
    nodes.truncate(MOST_NODES);
    if nodes.is_empty() {
        return Err(ListError("no usable node in it".into()));
    }
    Ok(nodes)
}

/// A list in our own form, as [`parse`] reads it.
///
/// # Errors
/// None in practice; the encoder's.
pub fn write(nodes: &[BootstrapNode]) -> Result<String, ListError> {
    toml::to_string(&OurList {
        bootstrap: nodes.to_vec(),
    })
    .map_err(|e| ListError(e.to_string()))
}

impl PublicNode {
    fn ours(self) -> Vec<BootstrapNode> {
        if !self.status_udp && !self.status_tcp {
            return Vec::new();
        }
        [self.ipv4, self.ipv6]
            .into_iter()
            .flatten()
            .map(|host| BootstrapNode {
                host,
                port: self.port,
                key: self.public_key,
                tcp_ports: self.tcp_ports.clone(),
            })
            .collect()
    }
}

fn is_usable(node: &BootstrapNode) -> bool {
    let host = node.host.as_str();
    // the public list has "-" and "NONE" where there is no address
    !host.is_empty()
        && host != "-"
        && !host.eq_ignore_ascii_case("none")
        && host.len() < 255
        && !host.contains('\0')
        && node.port != 0
        && node.tcp_ports.len() <= 16
        && !node.tcp_ports.contains(&0)
}

/// The list that comes with the program.
pub fn built_in() -> Vec<BootstrapNode> {
    // A test reads the same text: it is never empty in a program that was built.
    parse(include_str!("bootstrap.toml")).unwrap_or_default()
}

/// When to ask whom.
pub(super) struct Bootstrapper {
    nodes: Vec<BootstrapNode>,
    /// The next one of `nodes`; they are shuffled before each pass.
    at: usize,
    next: Option<Instant>,
    pause: Duration,
    rounds: u32,
    random: u64,
}

impl Bootstrapper {
    /// Asked at once: enough that one answers, few enough for a slow line.
    const AT_ONCE: usize = 4;
    const FIRST_PAUSE: Duration = Duration::from_secs(5);
    const LONGEST_PAUSE: Duration = Duration::from_secs(5 * 60);

    pub(super) fn new(nodes: Vec<BootstrapNode>, now: Instant, seed: u64) -> Self {
        Self {
            nodes,
            at: usize::MAX,
            next: Some(now),
            pause: Self::FIRST_PAUSE,
            rounds: 0,
            random: seed | 1,
        }
    }

    /// Another list; asked at once if we are offline.
    pub(super) fn replace(&mut self, nodes: Vec<BootstrapNode>, now: Instant) {
        let next = self.next.map(|_| now);
        *self = Self {
            next,
            ..Self::new(nodes, now, self.random)
        };
    }

    /// How many rounds went without an answer since we were online.
    pub(super) fn rounds(&self) -> u32 {
        self.rounds
    }

    pub(super) fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// We are in: no more asking.
    pub(super) fn went_online(&mut self) {
        self.next = None;
        self.rounds = 0;
        self.pause = Self::FIRST_PAUSE;
    }

    /// We are out, perhaps only for a moment: libtoxcore's header asks not to bootstrap at once.
    pub(super) fn went_offline(&mut self, now: Instant) {
        self.next = Some(now + Self::FIRST_PAUSE);
    }

    /// The nodes to ask now.
    pub(super) fn due(&mut self, now: Instant) -> Vec<BootstrapNode> {
        if self.nodes.is_empty() || self.next.is_none_or(|at| now < at) {
            return Vec::new();
        }
        let jitter = self.pause.mul_f64(0.2 * (self.roll(1000) as f64 / 1000.0));
        self.next = Some(now + self.pause + jitter);
        self.pause = (self.pause * 2).min(Self::LONGEST_PAUSE);
        self.rounds += 1;
        let mut chosen = Vec::new();
        while chosen.len() < Self::AT_ONCE.min(self.nodes.len()) {
            if self.at >= self.nodes.len() {
                self.shuffle();
                self.at = 0;
            }
            chosen.push(self.nodes[self.at].clone());
            self.at += 1;
        }
        chosen
    }

    /// xorshift: spreading load needs no secrets.
    fn roll(&mut self, below: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % below
    }

    fn shuffle(&mut self) {
        for last in (1..self.nodes.len()).rev() {
            let other = self.roll(last as u64 + 1) as usize;
            self.nodes.swap(last, other);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn the_built_in_list_is_whole_and_needs_no_name_look_up() {
        let nodes = built_in();
        assert!(nodes.len() > 30, "{}", nodes.len());
        assert!(nodes.iter().all(|node| node.address().is_some()));
        assert!(
            nodes
                .iter()
                .filter(|node| !node.tcp_ports.is_empty())
                .count()
                > 20
        );
        assert_eq!(parse(&write(&nodes).unwrap()).unwrap(), nodes);
    }

    #[test]
    fn the_public_form_is_read() {
        let key = "7E5668E0EE09E19F320AD47902419331FFEE147BB3606769CFBE921A2A2FD34C";
        let text = format!(
            r#"{{"last_scan": 1, "nodes": [
                {{"ipv4":"tox.example.org","ipv6":"-","port":33445,"tcp_ports":[443],"public_key":"{key}",
                  "maintainer":"x","location":"CA","status_udp":true,"status_tcp":true,"version":"1","last_ping":1}},
                {{"ipv4":"192.0.2.9","ipv6":"NONE","port":33445,"tcp_ports":[],"public_key":"{key}","status_udp":false,"status_tcp":false}},
                {{"ipv4":"192.0.2.1","ipv6":"2001:db8::1","port":1,"tcp_ports":[],"public_key":"{key}"}}]}}"#
        );
        let nodes = parse(&text).unwrap();
        let hosts: Vec<&str> = nodes.iter().map(|n| n.host.as_str()).collect();
        assert_eq!(hosts, ["tox.example.org", "192.0.2.1", "2001:db8::1"]);
        assert_eq!(nodes[0].tcp_ports, [443]);
    }

    #[test]
    fn garbage_is_told() {
        for text in [
            "",
            "{",
            "bootstrap = 3",
            "bootstrap = []",
            r#"{"nodes": []}"#,
            "\u{0}",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn it_asks_with_growing_pauses_and_never_while_online() {
        let start = Instant::now();
        let mut it = Bootstrapper::new(built_in(), start, 42);
        let mut now = start;
        let mut asked = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for second in 0..3600 {
            now = start + Duration::from_secs(second);
            let due = it.due(now);
            if !due.is_empty() {
                asked.push(second);
                seen.extend(due.into_iter().map(|n| n.host));
            }
        }
        assert_eq!(asked[0], 0);
        assert!((5..8).contains(&asked[1]), "{asked:?}");
        assert!((10..25).contains(&asked.len()), "{asked:?}");
        assert_eq!(seen.len(), built_in().len(), "every node gets its turn");
        it.went_online();
        assert!(it.due(now + Duration::from_secs(86_400)).is_empty());
        it.went_offline(now);
        assert!(it.due(now + Duration::from_secs(4)).is_empty());
        assert_eq!(it.due(now + Duration::from_secs(5)).len(), 4);
    }
}
