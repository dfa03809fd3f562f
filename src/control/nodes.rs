//! Lists of bootstrap nodes, as people find them.
//!
//! Two forms are read: the public list in JSON (`{"nodes": [{"ipv4": …, "port": …, "public_key": …}]}`), and plain lines
//! `HOST PORT KEY [TCP-PORT,TCP-PORT…]` with `#` for remarks.

use serde::Deserialize;

use super::protocol::Failure;
use crate::config::{BootstrapNode, is_host};

/// Most nodes of a list; the public one has about a hundred.
const MAX_NODES: usize = 1000;

/// Reads a list.
///
/// # Errors
/// What is wrong with it, and where.
pub fn read(text: &str) -> Result<Vec<BootstrapNode>, Failure> {
    let nodes = if text.trim_start().starts_with('{') {
        json(text)?
    } else {
        lines(text)?
    };
    match nodes.len() {
        0 => Err(Failure::new(
            "there is no node in this list",
            "take the list from another place",
        )),
        1..=MAX_NODES => Ok(nodes),
        n => Err(Failure::new(
            format!("{n} nodes are too many"),
            format!("{MAX_NODES} at most"),
        )),
    }
}

#[derive(Deserialize)]
struct List {
    nodes: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    #[serde(default)]
    ipv4: String,
    #[serde(default)]
    ipv6: String,
    #[serde(default)]
    port: u16,
    #[serde(default)]
    tcp_ports: Vec<u16>,
    public_key: String,
}

fn json(text: &str) -> Result<Vec<BootstrapNode>, Failure> {
    let list: List = serde_json::from_str(text).map_err(|e| {
        Failure::new(
            format!("not a list of nodes: {e}"),
            "it has the key \"nodes\"",
        )
    })?;
    let mut nodes = Vec::new();
    for listed in list.nodes {
        // Somebody else's list: what cannot be used is left out.
        let Ok(key) = listed.public_key.parse() else {
            continue;
        };
        for host in [&listed.ipv4, &listed.ipv6] {
            if listed.port != 0 && host.contains(['.', ':']) && is_host(host) {
                let tcp_ports = listed
                    .tcp_ports
                    .iter()
                    .copied()
                    .filter(|p| *p != 0)
                    .collect();
                nodes.push(BootstrapNode {
                    host: host.clone(),
                    port: listed.port,
                    key,
                    tcp_ports,
                });
            }
        }
    }
    Ok(nodes)
}

fn lines(text: &str) -> Result<Vec<BootstrapNode>, Failure> {
    let mut nodes = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default();
        let words: Vec<&str> = line.split_whitespace().collect();
        let wrong = |what: &str| {
            let advice = "write HOST PORT KEY [TCP-PORT,TCP-PORT…], one node a line";
            Failure::new(format!("line {}: {what}", index + 1), advice)
        };
        let port = |text: &str| {
            text.parse::<u16>()
                .ok()
                .filter(|p| *p > 0)
                .ok_or_else(|| wrong("not a port"))
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
        nodes.push(BootstrapNode {
            host: host.to_owned(),
            port: port(udp)?,
            key: key
                .parse()
                .map_err(|_| wrong("the key is not 64 hex digits"))?,
            tcp_ports: tcp
                .split(',')
                .filter(|p| !p.is_empty())
                .map(port)
                .collect::<Result<_, _>>()?,
        });
    }
    Ok(nodes)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    const KEY: &str = "7E5668E0EE09E19F320AD47902419331FFEE147BB3606769CFBE921A2A2FD34C";

    #[test]
    fn both_forms_are_read_and_mistakes_are_told() {
        let nodes = read(&format!(
            "# mine\n192.0.2.1 33445 {KEY} 443,3389\n\nnode.example.org 1 {KEY} # x\n"
        ));
        let nodes = nodes.unwrap();
        assert_eq!(
            (nodes.len(), nodes[0].tcp_ports.clone()),
            (2, vec![443, 3389])
        );

        let json = format!(
            "{{\"last_scan\": 1, \"nodes\": [{{\"ipv4\": \"192.0.2.1\", \"ipv6\": \"2001:db8::1\", \"port\": 33445, \
             \"tcp_ports\": [443], \"public_key\": \"{KEY}\", \"status_udp\": true}}, \
             {{\"ipv4\": \"192.0.2.2\", \"ipv6\": \"-\", \"port\": 1, \"public_key\": \"{KEY}\"}}, \
             {{\"ipv4\": \"NONE\", \"public_key\": \"zz\"}}]}}"
        );
        assert_eq!(read(&json).unwrap().len(), 3);

        for (wrong, word) in [
            ("", "no node"),
            ("192.0.2.1 33445 abc", "line 1: the key"),
            ("\n192.0.2.1 0 abc", "line 2: not a port"),
            ("a b c d e", "line 1: not a node"),
            (&format!("192.\0.2.1 1 {KEY}"), "line 1: not a host"),
            ("{\"nodes\": 3}", "not a list"),
        ] {
            let failure = read(wrong).unwrap_err();
            assert!(failure.error.contains(word), "{failure}");
        }
    }
}
