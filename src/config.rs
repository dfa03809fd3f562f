//! `toxmail.toml`: what was written, and what it means.
//!
//! Two steps. The inner module `written` knows the file (every key optional, unknown keys refused with their line), `reader`
//! says what it means; [`Config`] is what the rooms get: everything present, checked, in its own type. A missing file or key means the default;
//! each default is told with its reason at its field.
//!
//! SIGHUP reads the file again: [`Config::load`] once more, then [`Config::changes`] says what takes effect at once and what
//! waits for the next start. A file with a mistake changes nothing.
//!
//! [`nodes`]: lists of entries to the Tox network, in that file and in others.

use std::collections::BTreeSet;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::mail::address::MemberName;

pub mod answers;
mod chosen;
pub mod nodes;
mod reader;
pub mod wifi;
mod written;

pub use chosen::{Unusable, choosable};
pub use nodes::BootstrapNode;
pub(crate) use reader::{LANGUAGES, is_host, is_language};

/// The file's name in the home's folder.
pub const FILE: &str = "toxmail.toml";

/// Which numbers the listeners have that the file does not name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ports {
    /// Those that mail programs expect: 587, 465, 143, 993, 110, 995, 80, 443, 8443. Below 1024: root or a capability.
    #[default]
    Standard,
    /// Those for anybody, side by side with another mail server: 5587, 5465, 5143, 5993, 5110, 5995, 5080, 5443,
    /// 5843.
    Unprivileged,
}

/// What the home was told, complete and checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// `[home]`
    pub home: Home,
    /// `[listen]`
    pub listen: Listen,
    /// `[tox]`
    pub tox: Tox,
    /// `[limits]`
    pub limits: Limits,
    /// `[queue]`
    pub queue: Queue,
    /// `[relay]`: the way to everybody else, through the family's provider.
    pub relay: Option<Relay>,
    /// `[relay] ca_file`: certificates that providers may show besides those the system trusts, for a server of the
    /// family's own. Default none.
    pub relay_ca_file: Option<PathBuf>,
    /// `[gateway]`: an existing mail server at home that Toxmail serves.
    pub gateway: Option<Gateway>,
    /// `[updates]`: where later versions of a box come from.
    pub updates: Updates,
    written: BTreeSet<String>,
}

/// `[home]`: who we are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    /// What other homes call this one. Default `Toxmail`: says nothing about the family until they choose a name.
    pub name: String,
    /// The name on the certificate, in greetings and in `name@hostname`. Default `toxmail.local`: found by mDNS.
    pub hostname: String,
    /// Who gets mail for the home itself. Default: the first member.
    pub main_mailbox: Option<MemberName>,
    /// Who is asked by mail about strangers who would like to write, and about addresses that other homes claim. Default: what
    /// was chosen in the page, else the administrator.
    pub pairing: Option<Vec<MemberName>>,
    /// Language of notices and pages: `en` (the default), `fr`, `de` or `es`, with a region or without.
    pub language: String,
}

/// `[listen]`: where the services are; `None` is off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen {
    /// SMTP submission with STARTTLS. All defaults but `gateway` and `metrics` are `[::]`: IPv6 and IPv4 at once; strangers
    /// are turned away by the networks that are allowed, not by the address.
    pub submission: Option<SocketAddr>,
    /// SMTP submission with TLS from the first byte (RFC 8314 prefers it).
    pub submissions: Option<SocketAddr>,
    /// SMTP from an existing mail server. Off unless somebody has one.
    pub gateway: Option<SocketAddr>,
    /// IMAP with STARTTLS.
    pub imap: Option<SocketAddr>,
    /// IMAP with TLS.
    pub imaps: Option<SocketAddr>,
    /// POP3 with STLS.
    pub pop3: Option<SocketAddr>,
    /// POP3 with TLS.
    pub pop3s: Option<SocketAddr>,
    /// The page, which sends browsers on to HTTPS. For the web room.
    pub http: Option<SocketAddr>,
    /// Address books (CardDAV) over HTTPS. Default port 8443: 443 is the page's.
    pub carddav: Option<SocketAddr>,
    /// The page. For the web room.
    pub https: Option<SocketAddr>,
    /// Prometheus metrics. Loopback only: they have no password. Default port 9925.
    pub metrics: Option<SocketAddr>,
    /// Networks that may reach the listeners besides those at home. Default none.
    pub allow: Vec<Network>,
}

/// `[tox]`: how the home reaches other homes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tox {
    /// UDP: straight from box to box. Default on; without it everything goes through TCP relays. Off behind a proxy.
    pub udp: bool,
    /// First port to try. Default 33445, what the Tox network expects.
    pub udp_port: u16,
    /// Default on: many homes have no public IPv4 address any more.
    pub ipv6: bool,
    /// Finds homes on the same network without any server. Default on; off behind a proxy.
    pub local_discovery: bool,
    /// All traffic through this SOCKS5 proxy (Tor); implies no UDP and no local discovery. Default none.
    pub socks5: Option<SocketAddr>,
    /// Where to enter the Tox network; `None` is the built-in list (or an imported one), empty is none at all.
    pub bootstrap: Option<Vec<BootstrapNode>>,
}

/// `[limits]`: what anybody may ask of the home.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest message. Default 100 MiB: holiday pictures, not films.
    pub max_message_bytes: u64,
    /// Most recipients of one message. Default 100, the least that RFC 5321 §4.5.3.1.8 asks for.
    pub max_recipients: usize,
    /// Largest mailbox; `None` (0 in the file, the default) is as much as the disk has.
    pub quota_bytes: Option<u64>,
    /// Most connections to all services together. Default 200: a family has some twenty mail programs.
    pub max_connections: usize,
    /// Most connections from one address. Default 20: one mail program opens up to five.
    pub max_connections_per_address: usize,
}

/// `[queue]`: how long mail waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queue {
    /// When the writer is told that a letter still waits. Default 4 h, as mail servers do.
    pub delay_notice_after: Duration,
    /// When a letter goes back to its writer. Default 30 days: a home may be on holiday.
    pub expire_after: Duration,
}

/// `[relay]`: the family's provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relay {
    /// The provider's submission server.
    pub host: String,
    /// Default 465, or 587 with STARTTLS.
    pub port: u16,
    /// Default implicit: nothing is said in the clear.
    pub tls: RelayTls,
    /// The account there, and the file that holds its password (a relative path starts at the home's folder).
    pub login: Option<(String, PathBuf)>,
}

/// How the connection to the provider is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RelayTls {
    /// TLS from the first byte.
    Implicit,
    /// STARTTLS, and nothing without it.
    StartTls,
}

/// `[gateway]`: an existing mail server at home, such as Zimbra. Its people are members of this home by their names:
/// `anna@example.org` is `anna`. Whoever has a mailbox here (`toxmaild member add`) gets their mail here; every other name is
/// the mail server's to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gateway {
    /// Its mail domain, in lower case; it may send as any address in it.
    pub domain: String,
    /// Where it connects from; nobody else gets in there.
    pub accept_from: Vec<Network>,
    /// Account and password file it logs in with; `None` only where the file says `allow_unauthenticated = true`.
    pub login: Option<(String, PathBuf)>,
    /// Its address alone will do: no login, and no TLS if it does not begin it. Default no.
    pub allow_unauthenticated: bool,
    /// Where mail for its people is handed over; `None` (the default): nowhere, it only sends.
    pub deliver_to: Option<Handover>,
    /// Its people whom paired homes are told of. Default none: a company need not tell who works there.
    pub announce: Vec<MemberName>,
}

/// Where the gateway hands mail over: `lmtp://HOST:PORT` or `smtp://HOST:PORT`. In the clear: the way is as long as a cable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handover {
    /// LMTP (RFC 2033): an answer for each recipient.
    Lmtp(String),
    /// SMTP.
    Smtp(String),
}

impl fmt::Display for Handover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Handover::Lmtp(place) => write!(f, "lmtp://{place}"),
            Handover::Smtp(place) => write!(f, "smtp://{place}"),
        }
    }
}

/// `[updates]`: where a box hears of later versions of itself. Without a box's own script nothing of it counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Updates {
    /// The folder on a web server; `None` ("" in the file, the default): nowhere.
    pub from: Option<Source>,
    /// Looks there every night, and installs what is later. Default no: whoever looks after the home decides.
    pub nightly: bool,
}

/// A folder on a web server: HTTPS, without a login or a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source(String);

impl Source {
    /// Longest address, in octets.
    pub const MAX: usize = 300;

    /// As it is written, with a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Source {
    type Err = &'static str;

    /// # Errors
    /// What to write instead.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let wrong = "write https://, the name of a server and a folder there, such as https://example.org/toxmail/";
        let uri: hyper::Uri = text.parse().map_err(|_| wrong)?;
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        let is_https = uri.scheme_str() == Some("https") && !authority.is_empty();
        let is_folder = uri.query().is_none() && !text.contains('#');
        if !is_https || authority.contains('@') || !is_folder || text.len() > Self::MAX {
            return Err(wrong);
        }
        Ok(Self(format!("{}/", text.trim_end_matches('/'))))
    }
}

/// A network in CIDR notation, such as `192.168.1.0/24`; a lone address is a network of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

/// When a changed setting takes effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// With SIGHUP.
    AtOnce,
    /// At the next start.
    AtRestart,
}

/// A mistake in the file, for whoever wrote it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Error {
    /// The file.
    pub path: PathBuf,
    /// The line, where the mistake has one.
    pub line: Option<usize>,
    /// What is wrong.
    pub problem: String,
    /// What to do.
    pub advice: String,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        write!(f, ": {}", self.problem)
    }
}

impl Config {
    /// Reads `DIR/toxmail.toml`; a missing file means the defaults.
    ///
    /// # Errors
    /// [`Error`] with line and advice.
    pub fn load(dir: &Path, ports: Ports) -> Result<Self, Error> {
        let path = dir.join(FILE);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(e) => {
                return Err(Error {
                    path,
                    line: None,
                    problem: format!("cannot be read: {e}"),
                    advice: "give the home's user the right to read it; it is UTF-8 text".into(),
                });
            }
        };
        Self::parse(&text, &path, ports)
    }

    /// The meaning of a text; `path` is for messages, and its folder for relative paths.
    ///
    /// # Errors
    /// [`Error`] with line and advice.
    pub fn parse(text: &str, path: &Path, ports: Ports) -> Result<Self, Error> {
        let reader = reader::Reader { text, path };
        let file: written::File = toml::from_str(text).map_err(|e| reader.syntax(&e))?;
        let ca_file = file
            .relay
            .as_ref()
            .and_then(|r| r.get_ref().ca_file.clone());
        let relay = file.relay.map(|r| reader.relay(r)).transpose()?;
        let config = Self {
            home: reader.home(file.home)?,
            listen: reader.listen(file.listen, ports)?,
            tox: reader.tox(file.tox)?,
            limits: reader.limits(file.limits)?,
            queue: reader.queue(file.queue)?,
            relay: relay.flatten(),
            relay_ca_file: ca_file.map(|file| path.with_file_name(file)),
            gateway: file.gateway.map(|g| reader.gateway(g)).transpose()?,
            updates: reader.updates(file.updates)?,
            written: written::keys(text),
        };
        if config.listen.gateway.is_some() && config.gateway.is_none() {
            return Err(reader.error(
                None,
                "[listen] gateway is on, but there is no [gateway]",
                "say in [gateway] whose mail server it is: domain, accept_from, username, password_file",
            ));
        }
        Ok(config)
    }

    /// Whether the file sets a key, such as `home.name`: the file wins over the page.
    pub fn is_written(&self, key: &str) -> bool {
        self.written.contains(key)
    }

    /// The files that it names, wherever they lie.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        let relay = self.relay.as_ref().and_then(|relay| relay.login.as_ref());
        let gateway = self.gateway.as_ref().and_then(|g| g.login.as_ref());
        let passwords = [relay, gateway].into_iter().flatten().map(|(_, file)| file);
        passwords.chain(&self.relay_ca_file).map(PathBuf::as_path)
    }

    /// What differs in `newer`, and when that takes effect.
    pub fn changes(&self, newer: &Self) -> Vec<(&'static str, Effect)> {
        use Effect::{AtOnce, AtRestart};
        let (a, b) = (self, newer);
        [
            ("home.name", AtOnce, a.home.name != b.home.name),
            // It stands in the certificate and in every greeting.
            (
                "home.hostname",
                AtRestart,
                a.home.hostname != b.home.hostname,
            ),
            (
                "home.main_mailbox",
                AtOnce,
                a.home.main_mailbox != b.home.main_mailbox,
            ),
            ("home.pairing", AtOnce, a.home.pairing != b.home.pairing),
            ("home.language", AtOnce, a.home.language != b.home.language),
            (
                "listen",
                AtRestart,
                a.listen.services() != b.listen.services(),
            ),
            ("listen.allow", AtOnce, a.listen.allow != b.listen.allow),
            ("tox", AtRestart, a.tox != b.tox),
            ("limits", AtOnce, a.limits != b.limits),
            ("queue", AtOnce, a.queue != b.queue),
            (
                "relay",
                AtOnce,
                (&a.relay, &a.relay_ca_file) != (&b.relay, &b.relay_ca_file),
            ),
            ("gateway", AtOnce, a.gateway != b.gateway),
            ("updates", AtOnce, a.updates != b.updates),
        ]
        .into_iter()
        .filter_map(|(key, effect, differs)| differs.then_some((key, effect)))
        .collect()
    }
}

impl Listen {
    /// The services that are on, by the names that `ports.json` uses.
    pub fn services(&self) -> Vec<(&'static str, SocketAddr)> {
        [
            ("submission", self.submission),
            ("submissions", self.submissions),
            ("gateway", self.gateway),
            ("imap", self.imap),
            ("imaps", self.imaps),
            ("pop3", self.pop3),
            ("pop3s", self.pop3s),
            ("carddav", self.carddav),
            ("http", self.http),
            ("https", self.https),
            ("metrics", self.metrics),
        ]
        .into_iter()
        .filter_map(|(name, address)| Some((name, address?)))
        .collect()
    }
}

impl Network {
    /// Whether `address` is in it; an IPv4 address inside IPv6 (`::ffff:a.b.c.d`) counts as itself.
    pub fn contains(&self, address: IpAddr) -> bool {
        let bits = |address: IpAddr| match address {
            IpAddr::V4(a) => (u128::from(u32::from(a)) << 96, 32),
            IpAddr::V6(a) => (u128::from(a), 128),
        };
        let ((ours, width), (theirs, their_width)) =
            (bits(self.address), bits(address.to_canonical()));
        let mask = u128::MAX
            .checked_shl(128 - u32::from(self.prefix))
            .unwrap_or(0);
        width == their_width && (ours ^ theirs) & mask == 0
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address
            .parse()
            .map_err(|_| format!("`{text}` is not a network"))?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            None => width,
            Some(digits) => digits
                .parse()
                .ok()
                .filter(|prefix| *prefix <= width)
                .ok_or_else(|| format!("`/{digits}` is not between /0 and /{width}"))?,
        };
        Ok(Self { address, prefix })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

/// The meaning of `30s`, `15m`, `4h` or `30d`.
///
/// # Errors
/// A sentence that says how to write it.
pub fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is not a duration; write it like 30s, 15m, 4h or 30d");
    let unit = text.chars().next_back().ok_or_else(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86400,
        _ => return Err(wrong()),
    };
    let digits = &text[..text.len() - 1];
    let number = digits
        .bytes()
        .all(|b| b.is_ascii_digit())
        .then(|| digits.parse().ok())
        .flatten();
    // Ten years: beyond that it is a slip of the hand, and sums of times stay far from the edge.
    number
        .and_then(|n: u64| n.checked_mul(seconds))
        .filter(|s| (1..=315_360_000).contains(s))
        .map(Duration::from_secs)
        .ok_or_else(wrong)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests;
