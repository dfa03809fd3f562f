//! Lists of nodes of the Tox network: where a home enters it.
//!
//! Three forms are read: the public list in JSON (`{"nodes": [{"ipv4": …, "port": …, "public_key": …}]}`), our own in TOML, as
//! in `toxmail.toml`, and plain lines `HOST PORT KEY [TCP-PORT,TCP-PORT…]` with `#` for remarks. One set of rules: of somebody
//! else's list what cannot be used is left out, in lines the first mistake is told with its number.
//!
//! What never happens here: no file is opened, no name is looked up, and nobody is asked ([`crate::tox`] does that).

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::is_host;
use crate::mail::address::PeerKey;

/// Largest list that is read: the public one has some 30 kB.
const LARGEST_LIST: usize = 1 << 20;
/// Most nodes that are kept of a list; the public one has about a hundred.
const MOST_NODES: usize = 500;
/// Most ports of a relay.
const MOST_PORTS: usize = 16;

/// An entry to the Tox network: a public node, perhaps with a TCP relay.
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

    fn is_usable(&self) -> bool {
        is_host(&self.host)
            && self.port != 0
            && self.tcp_ports.len() <= MOST_PORTS
            && !self.tcp_ports.contains(&0)
    }
}

/// Why a list of nodes cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}; {advice}")]
pub struct ListError {
    /// What is wrong, and where.
    pub problem: String,
    /// What to do.
    pub advice: &'static str,
}

fn wrong<T>(problem: impl Into<String>, advice: &'static str) -> Result<T, ListError> {
    let problem = problem.into();
    Err(ListError { problem, advice })
}

/// Reads a list in any of the forms.
///
/// # Errors
/// None of them, too long, a mistake in it, or no usable node.
pub fn read(text: &str) -> Result<Vec<BootstrapNode>, ListError> {
    if text.len() > LARGEST_LIST {
        return wrong("this list is over 1 MiB", "take a shorter one");
    }
    let mut nodes = match form(text) {
        Form::Public => public(text)?,
        Form::Ours => ours(text)?,
        Form::Lines => lines(text)?,
    };
    nodes.retain(BootstrapNode::is_usable);
    nodes.truncate(MOST_NODES);
    if nodes.is_empty() {
        return wrong(
            "there is no usable node in this list",
            "take the list of https://nodes.tox.chat/json",
        );
    }
    Ok(nodes)
}

/// A list in our own form, as [`read`] reads it.
///
/// # Errors
/// None in practice; the encoder's.
pub fn write(nodes: &[BootstrapNode]) -> Result<String, ListError> {
    let bootstrap = nodes.to_vec();
    toml::to_string(&OurList { bootstrap }).or_else(|e| wrong(e.to_string(), "report this"))
}

enum Form {
    Public,
    Ours,
    Lines,
}

/// By the first line that says something: a node's has no `=` in it.
fn form(text: &str) -> Form {
    let mut lines = text.lines().map(str::trim);
    match lines.find(|line| !line.is_empty() && !line.starts_with('#')) {
        Some(line) if line.starts_with('{') => Form::Public,
        Some(line) if line.starts_with('[') || line.contains('=') => Form::Ours,
        _ => Form::Lines,
    }
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct OurList {
    bootstrap: Vec<BootstrapNode>,
}

fn ours(text: &str) -> Result<Vec<BootstrapNode>, ListError> {
    match toml::from_str::<OurList>(text) {
        Ok(list) => Ok(list.bootstrap),
        Err(e) => wrong(
            format!("not a list of nodes: {}", e.message()),
            "it has the key `bootstrap`, as in toxmail.toml",
        ),
    }
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
    #[serde(default)]
    port: u16,
    #[serde(default)]
    tcp_ports: Vec<u16>,
    public_key: String,
    #[serde(default = "yes")]
    status_udp: bool,
    #[serde(default = "yes")]
    status_tcp: bool,
}

fn yes() -> bool {
    true
}

fn public(text: &str) -> Result<Vec<BootstrapNode>, ListError> {
    match serde_json::from_str::<PublicList>(text) {
        Ok(list) => Ok(list.nodes.into_iter().flat_map(PublicNode::ours).collect()),
        Err(e) => wrong(
            format!("not a list of nodes: {e}"),
            "it has the key \"nodes\", as https://nodes.tox.chat/json",
        ),
    }
}

impl PublicNode {
    /// A node for each of its addresses; none of one that answered neither by UDP nor by TCP.
    fn ours(mut self) -> Vec<BootstrapNode> {
        let Ok(key) = self.public_key.parse() else {
            return Vec::new();
        };
        if !self.status_udp && !self.status_tcp {
            return Vec::new();
        }
        self.tcp_ports.retain(|port| *port != 0);
        self.tcp_ports.truncate(MOST_PORTS);
        // Where there is no address it says "-" or "NONE".
        let hosts = [self.ipv4, self.ipv6].into_iter().flatten();
        hosts
            .filter(|host| host.contains(['.', ':']))
            .map(|host| BootstrapNode {
                host,
                port: self.port,
                key,
                tcp_ports: self.tcp_ports.clone(),
            })
            .collect()
    }
}

/// The lines that a person has written.
fn lines(text: &str) -> Result<Vec<BootstrapNode>, ListError> {
    let mut nodes = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default();
        let words: Vec<&str> = line.split_whitespace().collect();
        let wrong = |what: &str| ListError {
            problem: format!("line {}: {what}", index + 1),
            advice: "write HOST PORT KEY [TCP-PORT,TCP-PORT…], one node a line",
        };
        let port = |text: &str| {
            let port = text.parse::<u16>().ok().filter(|p| *p > 0);
            port.ok_or_else(|| wrong("not a port"))
        };
        let (host, udp, key, tcp) = match words[..] {
            [] => continue,
            [host, udp, key] => (host, udp, key, ""),
            [host, udp, key, tcp] => (host, udp, key, tcp),
            _ => return Err(wrong("not a node")),
        };
        if !is_host(host) {
            return Err(wrong("not a host"));
        }
        let tcp = tcp.split(',').filter(|p| !p.is_empty());
        let node = BootstrapNode {
            host: host.to_owned(),
            port: port(udp)?,
            key: key
                .parse()
                .map_err(|_| wrong("the key is not 64 hex digits"))?,
            tcp_ports: tcp.map(port).collect::<Result<_, _>>()?,
        };
        if node.tcp_ports.len() > MOST_PORTS {
            return Err(wrong("more than 16 TCP ports"));
        }
        nodes.push(node);
    }
    Ok(nodes)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    const KEY: &str = "7E5668E0EE09E19F320AD47902419331FFEE147BB3606769CFBE921A2A2FD34C";

    #[test]
    fn every_form_is_read_and_our_own_is_what_is_written() {
        let nodes = read(&format!(
            "# mine\n192.0.2.1 33445 {KEY} 443,3389\n\nnode.example.org 1 {KEY} # x\n"
        ));
        let nodes = nodes.unwrap();
        assert_eq!(
            (nodes.len(), nodes[0].tcp_ports.clone()),
            (2, vec![443, 3389])
        );
        assert_eq!(read(&write(&nodes).unwrap()).unwrap(), nodes);
        let table =
            format!("\n# ours\n[[bootstrap]]\nhost = \"node\"\nport = 1\nkey = \"{KEY}\"\n");
        assert_eq!(read(&table).unwrap()[0].host, "node");
    }

    #[test]
    fn of_the_public_list_what_cannot_be_used_is_left_out() {
        let text = format!(
            r#"{{"last_scan": 1, "nodes": [
                {{"ipv4":"tox.example.org","ipv6":"-","port":33445,"tcp_ports":[443,0],"public_key":"{KEY}",
                  "maintainer":"x","location":"CA","status_udp":true,"status_tcp":true,"version":"1","last_ping":1}},
                {{"ipv4":"192.0.2.9","ipv6":"NONE","port":33445,"tcp_ports":[],"public_key":"{KEY}","status_udp":false,"status_tcp":false}},
                {{"ipv4":"192.0.2.1","ipv6":"2001:db8::1","port":1,"tcp_ports":[],"public_key":"{KEY}"}},
                {{"ipv4":"192.0.2.2","port":0,"public_key":"{KEY}"}},
                {{"ipv4":"NONE","ipv6":null,"port":1,"public_key":"{KEY}"}},
                {{"ipv4":"192.0.2.3","port":1,"public_key":"zz"}}]}}"#
        );
        let nodes = read(&text).unwrap();
        let hosts: Vec<&str> = nodes.iter().map(|n| n.host.as_str()).collect();
        assert_eq!(hosts, ["tox.example.org", "192.0.2.1", "2001:db8::1"]);
        assert_eq!(nodes[0].tcp_ports, [443]);
    }

    #[test]
    fn mistakes_are_told_and_where_they_are() {
        let many = format!("192.0.2.1 1 {KEY} {}", ["1"; 17].join(","));
        for (text, word) in [
            ("", "no usable node"),
            ("\u{0}", "line 1: not a node"),
            ("192.0.2.1 33445 abc", "line 1: the key"),
            ("\n192.0.2.1 0 abc", "line 2: not a port"),
            ("a b c d e", "line 1: not a node"),
            (&format!("192.\0.2.1 1 {KEY}"), "line 1: not a host"),
            (&many, "line 1: more than 16"),
            ("{", "not a list"),
            ("{\"nodes\": 3}", "not a list"),
            ("{\"nodes\": []}", "no usable node"),
            ("bootstrap = 3", "not a list"),
            ("bootstrap = []", "no usable node"),
            (&" ".repeat(LARGEST_LIST + 1), "over 1 MiB"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.problem.contains(word), "{error}");
            assert!(!error.advice.is_empty());
        }
    }
}
