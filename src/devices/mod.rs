//! What a mail program or a telephone is told so that it finds its mailbox. Pure: no socket, no disk, no clock.
//!
//! - [`autoconfig`]: Thunderbird and others ask for it by themselves (XML);
//! - [`android`]: a QR code for Thunderbird for Android (JSON);
//! - [`apple`]: a configuration profile for iPhone, iPad and Mac (property list);
//! - [`delta`]: a QR code for Delta Chat (URI);
//! - [`table`]: the settings as they are typed, for Outlook and everybody else;
//! - [`card`]: a person's own card, to print and to pass on;
//! - [`qr`]: a text as a QR code that a browser draws.
//!
//! # Rules
//! - Only what is bound now is told ([`Ports`]). IMAP comes before POP3, TLS from the first byte before STARTTLS (RFC 8314
//!   section 3); STARTTLS is told only where the other is off.
//! - A device is given a password of its own ([`crate::members::Members::device_add`]). Making it is the caller's deed; a text
//!   with it in is wiped from memory when it is dropped.
//! - Names are shown as their owner wrote them, on one line. Each format has an escape for whatever stands in them.
//! - Whoever may ask for what is told here is the caller's to decide. [`autoconfig`] alone is told to anybody, and looks
//!   nobody up: it cannot be asked who lives here.
//!
//! Not here: Microsoft's Autodiscover. Outlook asks for it at `autodiscover.<domain>` with a certificate that it trusts
//! already, and today's Outlook asks Microsoft instead; the table serves it better.

pub mod android;
pub mod apple;
pub mod autoconfig;
pub mod card;
pub mod delta;
pub mod qr;
pub mod table;

#[cfg(test)]
mod samples;

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use serde::Serialize;
use serde_json::Value;

use crate::mail::address::{MemberName, ToxId};
use crate::members::DevicePassword;

/// Longest name of a home that is told, in characters: autoconfig allows no more.
const MAX_TITLE: usize = 60;

/// Why a device cannot be told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The operator must act.
    #[error(
        "this home does not serve {0} now; switch it on in [listen] of toxmail.toml, or choose another way to read mail"
    )]
    NotServed(&'static str),
    /// The operator must act.
    #[error(
        "this program wants a name, and the home's is {0}; set [home] hostname to a name such as toxmail.local"
    )]
    NoHostName(String),
    /// The person must choose another way.
    #[error("Delta Chat reads by IMAP only, which this home does not serve; use another program")]
    NeedsImap,
    /// The person must choose another address.
    #[error(
        "this program takes no letters beyond ASCII in an address, as {0} has them; use another address of yours"
    )]
    NotAscii(String),
    /// The caller must show it as a text.
    #[error("{0} bytes are too many for a QR code; type the settings instead")]
    TooLong(usize),
}

/// What is told of the home itself.
#[derive(Clone, Debug)]
pub struct Home {
    /// What the family calls it.
    pub name: String,
    /// `[home] hostname`.
    pub hostname: String,
    /// Its Tox address.
    pub tox: ToxId,
    /// Where it is on the home network now, for devices that do not find names.
    pub addresses: Vec<IpAddr>,
    /// What is bound now.
    pub ports: Ports,
    /// The certificate of its own authority, in DER.
    pub ca_der: Vec<u8>,
    /// SHA-256 of it, as devices show it: `AB:CD:…`.
    pub ca_fingerprint: String,
}

/// A member, as their devices show them.
#[derive(Clone, Debug)]
pub struct Person {
    /// The mailbox, and the login.
    pub name: MemberName,
    /// The name that others see.
    pub display: String,
    /// The address that they write as.
    pub address: String,
}

/// Where the services for devices listen; `None` is off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ports {
    /// IMAP with STARTTLS.
    pub imap: Option<u16>,
    /// IMAP with TLS.
    pub imaps: Option<u16>,
    /// POP3 with STLS.
    pub pop3: Option<u16>,
    /// POP3 with TLS.
    pub pop3s: Option<u16>,
    /// Submission with STARTTLS.
    pub submission: Option<u16>,
    /// Submission with TLS.
    pub submissions: Option<u16>,
    /// Address books over HTTPS.
    pub carddav: Option<u16>,
}

/// How a device reads or sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// RFC 9051, RFC 3501.
    Imap,
    /// RFC 1939.
    Pop3,
    /// RFC 6409.
    Submission,
}

/// How the connection is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// From the first byte.
    Tls,
    /// After a command, and never without.
    StartTls,
}

/// A server that a device is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Service {
    /// What it speaks.
    pub protocol: Protocol,
    /// Where it listens.
    pub port: u16,
    /// How it is encrypted.
    pub security: Security,
}

impl Ports {
    /// From what is bound now, by the keys of `[listen]`, as `ports.json` and `status` have it.
    pub fn bound(ports: &BTreeMap<String, Value>) -> Self {
        let port = |service: &str| {
            let address: SocketAddr = ports.get(service)?.as_str()?.parse().ok()?;
            Some(address.port())
        };
        Self {
            imap: port("imap"),
            imaps: port("imaps"),
            pop3: port("pop3"),
            pop3s: port("pop3s"),
            submission: port("submission"),
            submissions: port("submissions"),
            carddav: port("carddav"),
        }
    }

    /// The servers for reading, the preferred one first.
    ///
    /// # Errors
    /// [`Error::NotServed`] when there is none.
    pub fn incoming(&self) -> Result<Vec<Service>, Error> {
        let imap = service(Protocol::Imap, self.imaps, self.imap);
        let pop3 = service(Protocol::Pop3, self.pop3s, self.pop3);
        let all: Vec<Service> = imap.into_iter().chain(pop3).collect();
        if all.is_empty() {
            return Err(Error::NotServed("imaps or pop3s"));
        }
        Ok(all)
    }

    /// The server for sending.
    ///
    /// # Errors
    /// [`Error::NotServed`] when there is none.
    pub fn outgoing(&self) -> Result<Service, Error> {
        service(Protocol::Submission, self.submissions, self.submission)
            .ok_or(Error::NotServed("submissions"))
    }
}

/// The better of two ports of a protocol.
fn service(protocol: Protocol, tls: Option<u16>, start_tls: Option<u16>) -> Option<Service> {
    let of = |port: Option<u16>, security| {
        port.map(|port| Service {
            protocol,
            port,
            security,
        })
    };
    of(tls, Security::Tls).or_else(|| of(start_tls, Security::StartTls))
}

impl Home {
    /// Its name, on one line and not too long; `Toxmail` if it has none.
    pub fn title(&self) -> String {
        let title: String = one_line(&self.name).chars().take(MAX_TITLE).collect();
        match title.trim_end() {
            "" => "Toxmail".to_owned(),
            title => title.to_owned(),
        }
    }

    /// Where its address books are, if they are on.
    pub fn address_books(&self) -> Option<String> {
        let port = self.ports.carddav?;
        Some(format!("https://{}:{port}/", self.hostname))
    }
}

impl Person {
    /// Their name, on one line; the mailbox's if they have none.
    pub fn title(&self) -> String {
        match one_line(&self.display) {
            title if title.is_empty() => crate::members::capitalised(self.name.as_str()),
            title => title,
        }
    }
}

/// What a device is given to read and send a person's mail.
#[derive(Clone, Copy, Debug)]
pub struct Account<'a> {
    /// Whose servers.
    pub home: &'a Home,
    /// Whose mailbox.
    pub person: &'a Person,
    /// What it logs in with.
    pub password: &'a DevicePassword,
    /// The server for reading.
    pub incoming: Service,
    /// The server for sending.
    pub outgoing: Service,
}

impl<'a> Account<'a> {
    /// With the way of reading that serves most people best.
    ///
    /// # Errors
    /// [`Error::NotServed`].
    pub fn new(
        home: &'a Home,
        person: &'a Person,
        password: &'a DevicePassword,
    ) -> Result<Self, Error> {
        // Never empty.
        let incoming = *home
            .ports
            .incoming()?
            .first()
            .ok_or(Error::NotServed("imaps or pop3s"))?;
        Ok(Self {
            home,
            person,
            password,
            incoming,
            outgoing: home.ports.outgoing()?,
        })
    }
}

/// On one line: what breaks it, and what no program shows, becomes a space.
fn one_line(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|c| {
            let breaks = c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
            // XML has no place for these two, and no text a use.
            if breaks || matches!(c, '\u{fffe}' | '\u{ffff}') {
                ' '
            } else {
                c
            }
        })
        .collect();
    plain.trim().to_owned()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::samples::{ALL_ON, home, password, person};
    use super::*;

    fn told(services: &[Service]) -> Vec<(Protocol, u16, Security)> {
        let each = services.iter().map(|s| (s.protocol, s.port, s.security));
        each.collect()
    }

    #[test]
    fn imap_comes_first_once_it_is_on_and_pop3_until_then() {
        use Protocol::{Imap, Pop3, Submission};
        use Security::{StartTls, Tls};
        let both = ALL_ON.incoming().unwrap();
        assert_eq!(told(&both), [(Imap, 993, Tls), (Pop3, 995, Tls)]);
        let today = Ports {
            imap: None,
            imaps: None,
            ..ALL_ON
        };
        assert_eq!(told(&today.incoming().unwrap()), [(Pop3, 995, Tls)]);
        let late = Ports {
            imaps: None,
            pop3s: None,
            submissions: None,
            ..ALL_ON
        };
        let services = late.incoming().unwrap();
        assert_eq!(
            told(&services),
            [(Imap, 143, StartTls), (Pop3, 110, StartTls)]
        );
        let outgoing = [ALL_ON.outgoing().unwrap(), late.outgoing().unwrap()];
        assert_eq!(
            told(&outgoing),
            [(Submission, 465, Tls), (Submission, 587, StartTls)]
        );
        let none = Ports::default();
        assert!(
            none.incoming()
                .unwrap_err()
                .to_string()
                .contains("[listen]")
        );
        assert!(none.outgoing().is_err());
    }

    #[test]
    fn what_is_bound_is_what_is_told() {
        let text = r#"{"imaps":"[::]:993","pop3s":"127.0.0.1:5995","submissions":"[::1]:465","tox_udp":33445,"carddav":"x"}"#;
        let ports = Ports::bound(&serde_json::from_str(text).unwrap());
        let expected = Ports {
            imaps: Some(993),
            pop3s: Some(5995),
            submissions: Some(465),
            ..Ports::default()
        };
        assert_eq!(ports, expected);
    }

    #[test]
    fn an_account_is_read_by_what_there_is() {
        let (home, person, password) = (home(), person(), password());
        let account = Account::new(&home, &person, &password).unwrap();
        assert_eq!(account.incoming.protocol, Protocol::Imap);
        let mut today = home.clone();
        (today.ports.imap, today.ports.imaps) = (None, None);
        let account = Account::new(&today, &person, &password).unwrap();
        assert_eq!(account.incoming.protocol, Protocol::Pop3);
        assert_eq!(account.incoming.port, 995);
        // What is logged of it by mistake holds no password.
        assert!(!format!("{account:?}").contains(password.secret.as_str()));
    }

    #[test]
    fn names_stay_on_one_line_and_are_never_empty() {
        let (mut home, mut person) = (home(), person());
        home.name = "  The\r\nGarden\u{85}\u{2028}Street \u{7}".into();
        assert_eq!(home.title(), "The  Garden  Street");
        home.name = "é".repeat(100);
        assert_eq!(home.title(), "é".repeat(60));
        home.name = "\n".into();
        assert_eq!(home.title(), "Toxmail");
        person.display = "👩‍👩‍👧 \u{202b}אנה\u{202c} <\"&".into();
        assert_eq!(person.title(), "👩‍👩‍👧 \u{202b}אנה\u{202c} <\"&");
        person.display = " ".into();
        assert_eq!(person.title(), "Anna");
    }
}
