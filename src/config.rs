//! `toxmail.toml`: what was written, and what it means.
//!
//! Two steps. The inner module `written` knows the file (every key optional, unknown keys refused with their line);
//! [`Config`] is what the rooms get: everything present, checked, in its own type. A missing file or key means the default;
//! each default is told with its reason at its field.
//!
//! SIGHUP reads the file again: [`Config::load`] once more, then [`Config::changes`] says what takes effect at once and what
//! waits for the next start. A file with a mistake changes nothing.

use std::collections::BTreeSet;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::mail::address::{MemberName, PeerKey};

mod written;

/// The file's name in the home's folder.
pub const FILE: &str = "toxmail.toml";

/// Which numbers the listeners have that the file does not name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ports {
    /// Those that mail programs expect: 587, 465, 143, 993, 110, 995, 80, 443. Below 1024: root or a capability.
    #[default]
    Standard,
    /// Those for anybody, side by side with another mail server: 5587, 5465, 5143, 5993, 5110, 5995, 5080, 5443.
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
    /// `[relay]`: the way to everybody else, through the family's provider. For the relay agent.
    pub relay: Option<Relay>,
    /// `[gateway]`: an existing mail server at home that Toxmail serves. For the gateway agent.
    pub gateway: Option<Gateway>,
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
    /// Language of notices and pages, such as `fr` or `pt-BR`. Default `en`; one that is not translated reads as English.
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
    /// SMTP from an existing mail server. Off unless somebody has one. For the gateway agent.
    pub gateway: Option<SocketAddr>,
    /// IMAP with STARTTLS. For the IMAP room.
    pub imap: Option<SocketAddr>,
    /// IMAP with TLS. For the IMAP room.
    pub imaps: Option<SocketAddr>,
    /// POP3 with STLS.
    pub pop3: Option<SocketAddr>,
    /// POP3 with TLS.
    pub pop3s: Option<SocketAddr>,
    /// The page, which sends browsers on to HTTPS. For the web room.
    pub http: Option<SocketAddr>,
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

/// An entry to the Tox network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelayTls {
    /// TLS from the first byte.
    Implicit,
    /// STARTTLS, and nothing without it.
    StartTls,
}

/// `[gateway]`: an existing mail server at home.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gateway {
    /// Its mail domain; it may send as any address in it.
    pub domain: String,
    /// Where it connects from.
    pub accept_from: Vec<Network>,
    /// Account and password file it logs in with; `None` only where the file says `allow_unauthenticated = true`.
    pub login: Option<(String, PathBuf)>,
    /// Where mail for its people is handed over.
    pub deliver_to: Handover,
}

/// Where the gateway hands mail over: `lmtp://HOST:PORT` or `smtp://HOST:PORT`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handover {
    /// LMTP (RFC 2033): an answer for each recipient.
    Lmtp(String),
    /// SMTP.
    Smtp(String),
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
        let reader = Reader { text, path };
        let file: written::File = toml::from_str(text).map_err(|e| reader.syntax(&e))?;
        let config = Self {
            home: reader.home(file.home)?,
            listen: reader.listen(file.listen, ports)?,
            tox: reader.tox(file.tox)?,
            limits: reader.limits(file.limits)?,
            queue: Queue {
                delay_notice_after: reader.duration(file.queue.delay_notice_after, 4 * 3600)?,
                expire_after: reader.duration(file.queue.expire_after, 30 * 86400)?,
            },
            relay: file.relay.map(|r| reader.relay(r)).transpose()?,
            gateway: file.gateway.map(|g| reader.gateway(g)).transpose()?,
            written: written::keys(text),
        };
        if config.listen.gateway.is_some() && config.gateway.is_none() {
            return Err(reader.error(
                None,
                "[listen] gateway is on, but there is no [gateway]",
                "say in [gateway] whose mail server it is: domain, accept_from, deliver_to",
            ));
        }
        Ok(config)
    }

    /// Whether the file sets a key, such as `home.name`: the file wins over the page.
    pub fn is_written(&self, key: &str) -> bool {
        self.written.contains(key)
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
            ("relay", AtOnce, a.relay != b.relay),
            ("gateway", AtOnce, a.gateway != b.gateway),
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

/// Turns what was written into what it means; knows the text, so that every mistake has its line.
struct Reader<'a> {
    text: &'a str,
    path: &'a Path,
}

impl Reader<'_> {
    fn error(
        &self,
        at: Option<usize>,
        problem: impl Into<String>,
        advice: impl Into<String>,
    ) -> Error {
        let before = at.and_then(|at| self.text.as_bytes().get(..at));
        Error {
            path: self.path.to_owned(),
            line: before.map(|bytes| 1 + bytes.iter().filter(|b| **b == b'\n').count()),
            problem: problem.into(),
            advice: advice.into(),
        }
    }

    fn at<T>(
        &self,
        written: &Spanned<T>,
        problem: impl Into<String>,
        advice: impl Into<String>,
    ) -> Error {
        self.error(Some(written.span().start), problem, advice)
    }

    /// The TOML reader's complaint, in the words of this file.
    fn syntax(&self, error: &toml::de::Error) -> Error {
        let message = error.message().trim().replace('\n', "; ");
        let (problem, advice) = match message.split_once(", expected one of ") {
            Some((unknown, known)) if unknown.starts_with("unknown field") => (
                unknown.replace("unknown field", "unknown key"),
                format!("known here are {known}"),
            ),
            _ => (
                message.replace("unknown field", "unknown key").replace("missing field", "missing key"),
                "correct the line; `toxmaild run --help` names an example, and a missing key means its default".into(),
            ),
        };
        self.error(error.span().map(|span| span.start), problem, advice)
    }

    fn home(&self, home: written::Home) -> Result<Home, Error> {
        let name = match home.name {
            None => "Toxmail".into(),
            // 128 bytes is what a Tox name may have.
            Some(name) if name.get_ref().trim().is_empty() || name.get_ref().len() > 128 => {
                return Err(self.at(
                    &name,
                    "a home's name has 1 to 128 bytes",
                    "choose a short one",
                ));
            }
            Some(name) if name.get_ref().chars().any(char::is_control) => {
                return Err(self.at(&name, "a control character in the name", "use plain text"));
            }
            Some(name) => name.into_inner().trim().to_owned(),
        };
        let hostname = match home.hostname {
            None => "toxmail.local".into(),
            Some(hostname) => self.hostname(hostname)?,
        };
        let main_mailbox = match home.main_mailbox {
            None => None,
            Some(name) => Some(name.get_ref().parse::<MemberName>().map_err(|e| {
                self.at(
                    &name,
                    format!("main_mailbox: {e}"),
                    "write the name of a member, such as anna",
                )
            })?),
        };
        let language = match home.language {
            None => "en".into(),
            Some(tag) if is_language(tag.get_ref()) => tag.into_inner(),
            Some(tag) => {
                let problem = format!("`{}` is not a language", tag.get_ref());
                return Err(self.at(&tag, problem, "write it like en, fr or pt-BR"));
            }
        };
        Ok(Home {
            name,
            hostname,
            main_mailbox,
            language,
        })
    }

    fn hostname(&self, written: Spanned<String>) -> Result<String, Error> {
        let name = written.get_ref().to_ascii_lowercase();
        if !is_hostname(&name) {
            let problem = format!("`{name}` is not a host name");
            return Err(self.at(
                &written,
                problem,
                "letters, digits, hyphens and dots, such as post.example.org",
            ));
        }
        if name == "tox" || name.ends_with(".tox") {
            let advice = "choose another: .tox addresses belong to Tox keys";
            return Err(self.at(
                &written,
                format!("`{name}` cannot be a home's host name"),
                advice,
            ));
        }
        Ok(name)
    }

    fn listen(&self, listen: written::Listen, ports: Ports) -> Result<Listen, Error> {
        let any = |standard: u16, unprivileged: u16| {
            let port = match ports {
                Ports::Standard => standard,
                Ports::Unprivileged => unprivileged,
            };
            Some(SocketAddr::from((Ipv6Addr::UNSPECIFIED, port)))
        };
        let metrics_port = match ports {
            Ports::Standard => 9925,
            Ports::Unprivileged => 5925,
        };
        let metrics = Some(SocketAddr::from((Ipv4Addr::LOCALHOST, metrics_port)));
        let service = |name: &'static str,
                       key: written::Key<String>,
                       default: Option<SocketAddr>| {
            let Some(written) = key else {
                return Ok(default);
            };
            let text = written.get_ref().as_str();
            if text.is_empty() {
                return Ok(None);
            }
            let address: SocketAddr = text.parse().map_err(|_| {
                let advice =
                    "write IP:PORT such as [::]:587 or 127.0.0.1:0, or \"\" to switch it off";
                self.at(
                    &written,
                    format!("{name}: `{text}` is not an address"),
                    advice,
                )
            })?;
            if name == "metrics" && !address.ip().to_canonical().is_loopback() {
                let advice = "use 127.0.0.1:9925, and let a collector on this machine pass them on";
                let problem = "metrics have no password: they stay on this machine";
                return Err(self.at(&written, problem, advice));
            }
            Ok(Some(address))
        };
        let listen = Listen {
            submission: service("submission", listen.submission, any(587, 5587))?,
            submissions: service("submissions", listen.submissions, any(465, 5465))?,
            gateway: service("gateway", listen.gateway, None)?,
            imap: service("imap", listen.imap, any(143, 5143))?,
            imaps: service("imaps", listen.imaps, any(993, 5993))?,
            pop3: service("pop3", listen.pop3, any(110, 5110))?,
            pop3s: service("pop3s", listen.pop3s, any(995, 5995))?,
            http: service("http", listen.http, any(80, 5080))?,
            https: service("https", listen.https, any(443, 5443))?,
            metrics: service("metrics", listen.metrics, metrics)?,
            allow: self.networks(listen.allow)?,
        };
        let services = listen.services();
        for (index, (name, address)) in services.iter().enumerate() {
            let same = |(_, other): &&(&str, SocketAddr)| address.port() != 0 && other == address;
            if let Some((other, _)) = services[..index].iter().find(same) {
                let problem = format!("[listen] {other} and {name} are both {address}");
                return Err(self.error(None, problem, "give one of them another port"));
            }
        }
        Ok(listen)
    }

    fn networks(&self, written: Vec<Spanned<String>>) -> Result<Vec<Network>, Error> {
        let network = |text: Spanned<String>| {
            text.get_ref().parse().map_err(|problem: String| {
                self.at(
                    &text,
                    problem,
                    "write it like 192.168.7.0/24, fd12:3456::/32 or 10.0.0.5",
                )
            })
        };
        written.into_iter().map(network).collect()
    }

    fn tox(&self, tox: written::Tox) -> Result<Tox, Error> {
        let socks5 = match tox.socks5 {
            None => None,
            Some(text) if text.get_ref().is_empty() => None,
            Some(text) => Some(text.get_ref().parse().map_err(|_| {
                let problem = format!("socks5: `{}` is not an address", text.get_ref());
                // A name would have to be looked up outside the proxy.
                self.at(
                    &text,
                    problem,
                    "write the proxy's IP:PORT, such as 127.0.0.1:9050",
                )
            })?),
        };
        let udp_port = match tox.udp_port {
            None => 33445,
            Some(port) if *port.get_ref() == 0 => {
                let advice = "name the first port to try; the next hundred are tried after it";
                return Err(self.at(&port, "udp_port 0 is not a port", advice));
            }
            Some(port) => port.into_inner(),
        };
        let node = |node: Spanned<written::Node>| {
            let key = node.get_ref().key.parse().map_err(|e| {
                self.at(
                    &node,
                    format!("bootstrap key: {e}"),
                    "copy the node's public key again",
                )
            })?;
            let written::Node {
                host,
                port,
                tcp_ports,
                ..
            } = node.get_ref();
            if !is_host(host) || *port == 0 || tcp_ports.contains(&0) {
                let advice = "write host = \"192.0.2.1\" (or a name) and ports from 1 to 65535";
                return Err(self.at(&node, "a bootstrap node without host or port", advice));
            }
            Ok(BootstrapNode {
                host: host.clone(),
                port: *port,
                key,
                tcp_ports: tcp_ports.clone(),
            })
        };
        let bootstrap = tox
            .bootstrap
            .map(|nodes| nodes.into_iter().map(node).collect())
            .transpose()?;
        Ok(Tox {
            udp: tox.udp.unwrap_or(true) && socks5.is_none(),
            udp_port,
            ipv6: tox.ipv6.unwrap_or(true),
            local_discovery: tox.local_discovery.unwrap_or(true) && socks5.is_none(),
            socks5,
            bootstrap,
        })
    }

    fn limits(&self, limits: written::Limits) -> Result<Limits, Error> {
        Ok(Limits {
            max_message_bytes: self.at_least(
                "max_message_bytes",
                limits.max_message_bytes,
                1,
                104_857_600,
            )?,
            max_recipients: self.at_least("max_recipients", limits.max_recipients, 1, 100)?,
            quota_bytes: limits.quota_bytes.filter(|bytes| *bytes > 0),
            max_connections: self.at_least("max_connections", limits.max_connections, 1, 200)?,
            max_connections_per_address: self.at_least(
                "max_connections_per_address",
                limits.max_connections_per_address,
                1,
                20,
            )?,
        })
    }

    fn at_least<T: PartialOrd + fmt::Display + Copy>(
        &self,
        name: &str,
        written: written::Key<T>,
        least: T,
        default: T,
    ) -> Result<T, Error> {
        match written {
            None => Ok(default),
            Some(number) if *number.get_ref() < least => {
                let problem = format!("{name} = {} is too little", number.get_ref());
                Err(self.at(
                    &number,
                    problem,
                    format!("{least} is the least; {default} is usual"),
                ))
            }
            Some(number) => Ok(number.into_inner()),
        }
    }

    fn duration(
        &self,
        written: written::Key<String>,
        default_seconds: u64,
    ) -> Result<Duration, Error> {
        match written {
            None => Ok(Duration::from_secs(default_seconds)),
            Some(text) => duration(text.get_ref()).map_err(|problem| {
                self.at(
                    &text,
                    problem,
                    "at least 1s, at most 3650d; one number and one letter",
                )
            }),
        }
    }

    fn relay(&self, relay: Spanned<written::Relay>) -> Result<Relay, Error> {
        let start = relay.span().start;
        let relay = relay.into_inner();
        let (tls, usual_port) = match &relay.tls {
            None => (RelayTls::Implicit, 465),
            Some(word) => match word.get_ref().as_str() {
                "implicit" => (RelayTls::Implicit, 465),
                "starttls" => (RelayTls::StartTls, 587),
                other => {
                    let advice = "write \"implicit\" (port 465) or \"starttls\" (port 587); nothing goes in the clear";
                    return Err(self.at(word, format!("tls = `{other}` is unknown"), advice));
                }
            },
        };
        if !is_host(relay.host.get_ref()) {
            return Err(self.at(
                &relay.host,
                "the relay's host is not a host name",
                "such as smtp.example.org",
            ));
        }
        Ok(Relay {
            host: relay.host.into_inner(),
            port: self.at_least("port", relay.port, 1, usual_port)?,
            tls,
            login: self.login("relay", start, relay.username, relay.password_file)?,
        })
    }

    fn gateway(&self, gateway: Spanned<written::Gateway>) -> Result<Gateway, Error> {
        let start = gateway.span().start;
        let gateway = gateway.into_inner();
        let domain = self.hostname(gateway.domain)?;
        let accept_from = self.networks(gateway.accept_from)?;
        if accept_from.is_empty() {
            let advice = "accept_from = [\"192.168.1.10\"]: the address of the mail server";
            return Err(self.error(Some(start), "[gateway] accepts from nowhere", advice));
        }
        let login = self.login("gateway", start, gateway.username, gateway.password_file)?;
        if login.is_none() && !gateway.allow_unauthenticated {
            return Err(self.error(
                Some(start),
                "[gateway] has no username and password_file",
                "set both; or, if the address alone shall do, allow_unauthenticated = true",
            ));
        }
        let (scheme, place) = gateway
            .deliver_to
            .get_ref()
            .split_once("://")
            .unwrap_or_default();
        let place = Some(place.trim_end_matches('/')).filter(|place| {
            let (host, port) = place.rsplit_once(':').unwrap_or_default();
            port.parse::<u16>().is_ok_and(|port| port > 0) && is_host(host.trim_matches(['[', ']']))
        });
        let deliver_to = match (scheme, place) {
            ("lmtp", Some(place)) => Handover::Lmtp(place.to_owned()),
            ("smtp", Some(place)) => Handover::Smtp(place.to_owned()),
            _ => {
                let advice = "write lmtp://192.168.1.10:7025 or smtp://192.168.1.10:25";
                return Err(self.at(&gateway.deliver_to, "deliver_to is not understood", advice));
            }
        };
        Ok(Gateway {
            domain,
            accept_from,
            login,
            deliver_to,
        })
    }

    fn login(
        &self,
        table: &str,
        start: usize,
        username: Option<String>,
        password_file: Option<String>,
    ) -> Result<Option<(String, PathBuf)>, Error> {
        match (username, password_file) {
            (None, None) => Ok(None),
            (Some(username), Some(file)) if !username.is_empty() && !file.is_empty() => {
                Ok(Some((username, self.path.with_file_name(file))))
            }
            _ => Err(self.error(
                Some(start),
                format!("[{table}] needs username and password_file together"),
                "the password stands alone in a file of its own, mode 0600",
            )),
        }
    }
}

fn is_hostname(name: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    name.len() <= 253 && name.split('.').all(label)
}

fn is_host(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok() || is_hostname(text)
}

fn is_language(tag: &str) -> bool {
    let (language, region) = tag.split_once('-').unwrap_or((tag, "XX"));
    (2..=3).contains(&language.len())
        && language.bytes().all(|b| b.is_ascii_lowercase())
        && region.len() == 2
        && region.bytes().all(|b| b.is_ascii_uppercase())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests;
