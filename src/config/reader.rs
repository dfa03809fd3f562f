//! From what was written to what it means; every mistake with its line and what to do.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use toml::Spanned;

use super::{
    BootstrapNode, Error, Gateway, Handover, Home, Limits, Listen, Network, Ports, Queue, Relay,
    RelayTls, Tox, Updates, duration, written,
};
use crate::mail::address::{LOCAL_DOMAIN, MemberName};

/// Turns what was written into what it means; knows the text, so that every mistake has its line.
pub(super) struct Reader<'a> {
    pub text: &'a str,
    pub path: &'a Path,
}

impl Reader<'_> {
    pub fn error(
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

    pub fn at<T>(
        &self,
        written: &Spanned<T>,
        problem: impl Into<String>,
        advice: impl Into<String>,
    ) -> Error {
        self.error(Some(written.span().start), problem, advice)
    }

    /// The TOML reader's complaint, in the words of this file.
    pub fn syntax(&self, error: &toml::de::Error) -> Error {
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

    pub fn home(&self, home: written::Home) -> Result<Home, Error> {
        let name = match home.name {
            None => "Toxmail".into(),
            Some(name) => home_name(name.get_ref())
                .map_err(|(problem, advice)| self.at(&name, problem, advice))?,
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
        let pairing = match home.pairing {
            None => None,
            Some(names) => {
                let parsed: Result<Vec<MemberName>, _> =
                    names.get_ref().iter().map(|name| name.parse()).collect();
                Some(parsed.map_err(|e| {
                    self.at(
                        &names,
                        format!("pairing: {e}"),
                        "write the names of members, such as [\"anna\", \"ben\"]",
                    )
                })?)
            }
        };
        let language = match home.language {
            None => "en".into(),
            Some(tag) if is_language(tag.get_ref()) => tag.into_inner(),
            Some(tag) => {
                let problem = format!("`{}` is not a language of Toxmail", tag.get_ref());
                return Err(self.at(&tag, problem, LANGUAGES));
            }
        };
        Ok(Home {
            name,
            hostname,
            main_mailbox,
            pairing,
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

    pub fn listen(&self, listen: written::Listen, ports: Ports) -> Result<Listen, Error> {
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
            carddav: service("carddav", listen.carddav, any(8443, 5843))?,
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

    pub fn tox(&self, tox: written::Tox) -> Result<Tox, Error> {
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

    pub fn limits(&self, limits: written::Limits) -> Result<Limits, Error> {
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

    pub fn duration(
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

    pub fn queue(&self, queue: written::Queue) -> Result<Queue, Error> {
        let delay = queue.delay_notice_after.as_ref();
        let delay = delay.map(|key| key.span().start);
        let read = Queue {
            delay_notice_after: self.duration(queue.delay_notice_after, 4 * 3600)?,
            expire_after: self.duration(queue.expire_after, 30 * 86400)?,
        };
        // Who writes a short expire_after alone wants no notice before.
        if delay.is_some() && read.delay_notice_after > read.expire_after {
            let problem = "delay_notice_after is longer than expire_after: nobody would hear that a letter waits";
            let advice = "write a shorter delay_notice_after, or a longer expire_after";
            return Err(self.error(delay, problem, advice));
        }
        Ok(read)
    }

    /// `None` where the table has nothing but certificates.
    pub fn relay(&self, relay: Spanned<written::Relay>) -> Result<Option<Relay>, Error> {
        let start = relay.span().start;
        let relay = relay.into_inner();
        let login = self.login("relay", start, relay.username, relay.password_file)?;
        let Some(host) = relay.host else {
            if login.is_some() || relay.port.is_some() || relay.tls.is_some() {
                let advice = "name the provider's server for outgoing mail, such as host = \"smtp.example.org\"";
                return Err(self.error(Some(start), "missing key `host`", advice));
            }
            return Ok(None);
        };
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
        if !is_host(host.get_ref()) {
            return Err(self.at(
                &host,
                "the relay's host is not a host name",
                "such as smtp.example.org",
            ));
        }
        Ok(Some(Relay {
            host: host.into_inner(),
            port: self.at_least("port", relay.port, 1, usual_port)?,
            tls,
            login,
        }))
    }

    pub fn updates(&self, written: written::Updates) -> Result<Updates, Error> {
        let from = match written.from {
            None => None,
            Some(text) if text.get_ref().is_empty() => None,
            Some(text) => Some(text.get_ref().parse().map_err(|advice: &str| {
                let problem = format!("from: `{}` is no folder on a web server", text.get_ref());
                self.at(&text, problem, advice)
            })?),
        };
        Ok(Updates {
            from,
            nightly: written.nightly,
        })
    }

    pub fn gateway(&self, gateway: Spanned<written::Gateway>) -> Result<Gateway, Error> {
        let start = gateway.span().start;
        let gateway = gateway.into_inner();
        if gateway.domain.get_ref().eq_ignore_ascii_case(LOCAL_DOMAIN) {
            let problem = format!("{LOCAL_DOMAIN} is this home itself");
            let advice = "write the domain of the mail server, such as example.org";
            return Err(self.at(&gateway.domain, problem, advice));
        }
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
        let deliver_to = match gateway.deliver_to {
            Some(text) if !text.get_ref().is_empty() => Some(self.handover(&text)?),
            _ => None,
        };
        let announce = gateway.announce.into_iter().map(|name| {
            name.get_ref().parse().map_err(|e| {
                let advice = "write the part before the @ of people who may be told of";
                self.at(&name, format!("announce: {e}"), advice)
            })
        });
        Ok(Gateway {
            domain,
            accept_from,
            login,
            allow_unauthenticated: gateway.allow_unauthenticated,
            deliver_to,
            announce: announce.collect::<Result<_, _>>()?,
        })
    }

    fn handover(&self, written: &Spanned<String>) -> Result<Handover, Error> {
        let (scheme, place) = written.get_ref().split_once("://").unwrap_or_default();
        let place = Some(place.trim_end_matches('/')).filter(|place| {
            let (host, port) = place.rsplit_once(':').unwrap_or_default();
            // Without brackets nobody knows where an IPv6 address ends and its port begins.
            let host = match host.strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
                Some(inside) if inside.parse::<Ipv6Addr>().is_ok() => inside,
                _ if host.contains(':') => "",
                _ => host,
            };
            port.parse::<u16>().is_ok_and(|port| port > 0) && is_host(host)
        });
        match (scheme, place) {
            ("lmtp", Some(place)) => Ok(Handover::Lmtp(place.to_owned())),
            ("smtp", Some(place)) => Ok(Handover::Smtp(place.to_owned())),
            _ => {
                let advice = "write lmtp://192.168.1.10:7025 or smtp://192.168.1.10:25";
                Err(self.at(written, "deliver_to is not understood", advice))
            }
        }
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

pub fn is_host(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok() || is_hostname(text)
}

/// What other homes are to call this one, or what is wrong with it and what to do.
pub fn home_name(text: &str) -> Result<String, (&'static str, &'static str)> {
    // 128 bytes is what a Tox name may have.
    if text.trim().is_empty() || text.len() > 128 {
        return Err(("a home's name has 1 to 128 bytes", "choose a short one"));
    }
    if text.chars().any(char::is_control) {
        return Err(("a control character in the name", "use plain text"));
    }
    Ok(text.trim().to_owned())
}

/// What to write instead of another language.
pub const LANGUAGES: &str = "write en, fr, de or es (fr-CH is fr)";

/// Whether letters of the home can be written in that language.
pub fn is_language(tag: &str) -> bool {
    let (language, region) = tag.split_once('-').unwrap_or((tag, "XX"));
    ["en", "fr", "de", "es"].contains(&language)
        && region.len() == 2
        && region.bytes().all(|b| b.is_ascii_uppercase())
}
