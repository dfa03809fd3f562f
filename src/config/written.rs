//! What was written: `toxmail.toml` as it stands in the file, every key optional, each with its place.

use std::collections::BTreeSet;

use serde::Deserialize;
use toml::Spanned;

/// A key that may be missing, and where it stands if it is there.
pub type Key<T> = Option<Spanned<T>>;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct File {
    pub home: Home,
    pub listen: Listen,
    pub tox: Tox,
    pub limits: Limits,
    pub queue: Queue,
    pub relay: Key<Relay>,
    pub gateway: Key<Gateway>,
    pub updates: Updates,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Home {
    pub name: Key<String>,
    pub hostname: Key<String>,
    pub main_mailbox: Key<String>,
    pub pairing: Key<Vec<String>>,
    pub language: Key<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Listen {
    pub submission: Key<String>,
    pub submissions: Key<String>,
    pub gateway: Key<String>,
    pub imap: Key<String>,
    pub imaps: Key<String>,
    pub pop3: Key<String>,
    pub pop3s: Key<String>,
    pub carddav: Key<String>,
    pub http: Key<String>,
    pub https: Key<String>,
    pub metrics: Key<String>,
    pub allow: Vec<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tox {
    pub udp: Option<bool>,
    pub udp_port: Key<u16>,
    pub ipv6: Option<bool>,
    pub local_discovery: Option<bool>,
    pub socks5: Key<String>,
    pub bootstrap: Option<Vec<Spanned<Node>>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Node {
    pub host: String,
    pub port: u16,
    pub key: String,
    #[serde(default)]
    pub tcp_ports: Vec<u16>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    pub max_message_bytes: Key<u64>,
    pub max_recipients: Key<usize>,
    pub quota_bytes: Option<u64>,
    pub max_connections: Key<usize>,
    pub max_connections_per_address: Key<usize>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Queue {
    pub delay_notice_after: Key<String>,
    pub expire_after: Key<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Relay {
    pub host: Key<String>,
    pub port: Key<u16>,
    pub tls: Key<String>,
    pub username: Option<String>,
    pub password_file: Option<String>,
    pub ca_file: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gateway {
    pub domain: Spanned<String>,
    #[serde(default)]
    pub accept_from: Vec<Spanned<String>>,
    pub username: Option<String>,
    pub password_file: Option<String>,
    #[serde(default)]
    pub allow_unauthenticated: bool,
    pub deliver_to: Key<String>,
    #[serde(default)]
    pub announce: Vec<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Updates {
    pub from: Key<String>,
    pub nightly: bool,
}

/// The keys that the text sets, such as `home.name`: the page shows these as locked.
pub fn keys(text: &str) -> BTreeSet<String> {
    let Ok(tables) = text.parse::<toml::Table>() else {
        return BTreeSet::new();
    };
    tables
        .iter()
        .filter_map(|(table, value)| Some((table, value.as_table()?)))
        .flat_map(|(table, keys)| keys.keys().map(move |key| format!("{table}.{key}")))
        .collect()
}
