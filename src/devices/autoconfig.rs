//! Mozilla's autoconfig: what Thunderbird, and others after it, ask for when a person has typed their address.
//!
//! The format is `clientConfig` version 1.1 (draft-ietf-mailmaint-autoconfig): `emailProvider` with its domains, names and
//! servers, the preferred one first; the address book beside it, as the draft has it. Today's Thunderbird does not read that:
//! it looks for `/.well-known/carddav` at the domain of the address (RFC 6764), on port 443.
//!
//! # Nobody is looked up
//! The answer is the same whether somebody of that name lives here or not (section 4.1.1 of the draft asks for that): the login
//! is made from the address alone. What comes in is never written back.

use std::fmt::Write as _;

use super::{Error, Home, Protocol, Security, Service};
use crate::carddav::xml::escaped;
use crate::mail::address::{LOCAL_DOMAIN, Meaning, meaning, split_tag};

/// Where it is asked for: at the domain, and at `autoconfig.` before it.
pub const PATHS: [&str; 2] = [
    "/.well-known/autoconfig/mail/config-v1.1.xml",
    "/mail/config-v1.1.xml",
];
/// What it must be told as: Thunderbird takes nothing else for XML.
pub const CONTENT_TYPE: &str = "text/xml; charset=utf-8";

/// Thunderbird throws away what it has left on a server after 14 days unless told otherwise. Ten years: until the person does.
const DAYS_ON_SERVER: u32 = 3650;

/// The answer to somebody who has given `address` (`?emailaddress=`, decoded), if any.
///
/// # Errors
/// [`Error::NotServed`]: there is nothing to be told.
pub fn answer(home: &Home, address: Option<&str>) -> Result<String, Error> {
    let asked = address.map(|address| Asked::read(home, address));
    let (host, login) = match &asked {
        Some(asked) => (asked.host.as_str(), asked.login.as_deref()),
        None => (home.hostname.as_str(), None),
    };
    // The program makes it of the address that the person has typed.
    let login = login.unwrap_or("%EMAILLOCALPART%");
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.push_str("<clientConfig version=\"1.1\">\n");
    let _ = writeln!(out, "  <emailProvider id=\"{}\">", escaped(&home.hostname));
    element(&mut out, 4, "domain", &home.hostname);
    if home.hostname != LOCAL_DOMAIN {
        element(&mut out, 4, "domain", LOCAL_DOMAIN);
    }
    element(&mut out, 4, "displayName", &home.title());
    element(&mut out, 4, "displayShortName", "Toxmail");
    for service in home.ports.incoming()? {
        server(&mut out, "incomingServer", host, login, service);
    }
    let outgoing = home.ports.outgoing()?;
    server(&mut out, "outgoingServer", host, login, outgoing);
    out.push_str("  </emailProvider>\n");
    if let Some(port) = home.ports.carddav {
        out.push_str("  <addressbook type=\"carddav\">\n");
        element(&mut out, 4, "url", &format!("https://{host}:{port}/"));
        out.push_str("    <authentication system=\"http\">Basic</authentication>\n");
        element(&mut out, 4, "username", login);
        out.push_str("  </addressbook>\n");
    }
    out.push_str("</clientConfig>\n");
    Ok(out)
}

/// What an address says of whoever asks.
struct Asked {
    /// The name by which they reach this home: whoever asks has found it by that.
    host: String,
    /// Their login, if the address is one of this home's.
    login: Option<String>,
}

impl Asked {
    fn read(home: &Home, address: &str) -> Self {
        let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
        let host = if domain.eq_ignore_ascii_case(LOCAL_DOMAIN) {
            LOCAL_DOMAIN
        } else {
            home.hostname.as_str()
        };
        let login = match meaning(address, &home.hostname) {
            Ok(Meaning::Member { name, .. }) => Some(name.to_string()),
            Ok(Meaning::Peer {
                key,
                local: Some(local),
            }) if key == home.tox.key() => Some(split_tag(&local).0.to_owned()),
            _ => None,
        };
        Self {
            host: host.to_owned(),
            login,
        }
    }
}

fn element(out: &mut String, indent: usize, name: &str, text: &str) {
    let _ = writeln!(out, "{:indent$}<{name}>{}</{name}>", "", escaped(text));
}

fn server(out: &mut String, name: &str, host: &str, login: &str, service: Service) {
    let kind = match service.protocol {
        Protocol::Imap => "imap",
        Protocol::Pop3 => "pop3",
        Protocol::Submission => "smtp",
    };
    let socket = match service.security {
        Security::Tls => "SSL",
        Security::StartTls => "STARTTLS",
    };
    let _ = writeln!(out, "    <{name} type=\"{kind}\">");
    element(out, 6, "hostname", host);
    element(out, 6, "port", &service.port.to_string());
    element(out, 6, "socketType", socket);
    // Inside of TLS: the password is never sent in clear.
    element(out, 6, "authentication", "password-cleartext");
    element(out, 6, "username", login);
    if service.protocol == Protocol::Pop3 {
        // Other devices of the same person find their letters, too.
        out.push_str("      <pop3>\n");
        element(out, 8, "leaveMessagesOnServer", "true");
        element(
            out,
            8,
            "daysToLeaveMessagesOnServer",
            &DAYS_ON_SERVER.to_string(),
        );
        element(out, 8, "downloadOnBiff", "true");
        out.push_str("      </pop3>\n");
    }
    let _ = writeln!(out, "    </{name}>");
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::samples::home;
    use super::*;
    use crate::carddav::xml::{self, Element};
    use crate::mail::address::canonical;

    fn read(home: &Home, address: Option<&str>) -> Element {
        xml::read(answer(home, address).unwrap().as_bytes()).unwrap()
    }

    fn text<'a>(of: &'a Element, name: &str) -> &'a str {
        &of.child("", name).unwrap().text
    }

    fn names(of: &Element) -> Vec<&str> {
        of.children
            .iter()
            .map(|child| child.name.as_str())
            .collect()
    }

    fn logins(home: &Home, address: &str) -> Vec<(String, String)> {
        let tree = read(home, Some(address));
        let provider = tree.child("", "emailProvider").unwrap();
        let servers = provider
            .children
            .iter()
            .filter(|e| e.name.ends_with("Server"));
        servers
            .map(|e| {
                (
                    text(e, "hostname").to_owned(),
                    text(e, "username").to_owned(),
                )
            })
            .collect()
    }

    #[test]
    fn the_elements_stand_in_the_documented_order() {
        let tree = read(&home(), None);
        assert!(tree.is("", "clientConfig"), "{tree:?}");
        assert_eq!(tree.attribute("version"), Some("1.1"));
        assert_eq!(names(&tree), ["emailProvider", "addressbook"]);
        let provider = &tree.children[0];
        assert_eq!(provider.attribute("id"), Some("toxmail.local"));
        assert_eq!(
            names(provider),
            [
                "domain",
                "displayName",
                "displayShortName",
                "incomingServer",
                "incomingServer",
                "outgoingServer"
            ]
        );
        let servers: Vec<Vec<&str>> = provider.children[3..]
            .iter()
            .map(|e| {
                let parts = [
                    "hostname",
                    "port",
                    "socketType",
                    "authentication",
                    "username",
                ];
                let more = if e.attribute("type") == Some("pop3") {
                    6
                } else {
                    5
                };
                assert_eq!(names(e)[..5], parts);
                assert_eq!(e.children.len(), more);
                let kind = e.attribute("type").unwrap();
                [kind]
                    .into_iter()
                    .chain(parts.map(|p| text(e, p)))
                    .collect()
            })
            .collect();
        let (host, auth, login) = ("toxmail.local", "password-cleartext", "%EMAILLOCALPART%");
        assert_eq!(
            servers,
            [
                ["imap", host, "993", "SSL", auth, login],
                ["pop3", host, "995", "SSL", auth, login],
                ["smtp", host, "465", "SSL", auth, login],
            ]
        );
        let pop3 = provider.children[4].child("", "pop3").unwrap();
        assert_eq!(text(pop3, "leaveMessagesOnServer"), "true");
        let book = &tree.children[1];
        assert_eq!(book.attribute("type"), Some("carddav"));
        assert_eq!(names(book), ["url", "authentication", "username"]);
        assert_eq!(text(book, "url"), "https://toxmail.local:8443/");
    }

    #[test]
    fn only_what_is_on_is_told() {
        let mut home = home();
        (home.ports.imap, home.ports.imaps, home.ports.carddav) = (None, None, None);
        home.ports.submissions = None;
        let tree = read(&home, None);
        assert_eq!(names(&tree), ["emailProvider"]);
        let kinds: Vec<(&str, &str)> = tree.children[0]
            .children
            .iter()
            .filter_map(|e| Some((e.attribute("type")?, text(e, "socketType"))))
            .collect();
        assert_eq!(kinds, [("pop3", "SSL"), ("smtp", "STARTTLS")]);
        (home.ports.pop3, home.ports.pop3s) = (None, None);
        assert!(answer(&home, None).is_err());
    }

    #[test]
    fn an_address_of_this_home_gives_its_login_and_the_name_it_was_found_by() {
        let mut home = home();
        home.hostname = "post.example.org".into();
        let own = canonical(Some("anna"), &home.tox.key());
        for (address, host, login) in [
            ("Anna@Toxmail.Local", "toxmail.local", "anna"),
            ("anna+shop@post.example.org", "post.example.org", "anna"),
            (own.as_str(), "post.example.org", "anna"),
            // Nobody of that name need live here.
            ("nobody@toxmail.local", "toxmail.local", "nobody"),
            (
                "postmaster@toxmail.local",
                "toxmail.local",
                "%EMAILLOCALPART%",
            ),
            ("anna@example.org", "post.example.org", "%EMAILLOCALPART%"),
            ("", "post.example.org", "%EMAILLOCALPART%"),
            ("<script>@\"&", "post.example.org", "%EMAILLOCALPART%"),
            ("a@b@toxmail.local", "toxmail.local", "%EMAILLOCALPART%"),
            (
                "anna\r\n@toxmail.local",
                "toxmail.local",
                "%EMAILLOCALPART%",
            ),
        ] {
            let expected = (host.to_owned(), login.to_owned());
            assert_eq!(logins(&home, address), vec![expected; 3], "{address}");
        }
        let domains: Vec<String> = read(&home, None).children[0]
            .all("", "domain")
            .map(|e| e.text.clone())
            .collect();
        assert_eq!(domains, ["post.example.org", "toxmail.local"]);
    }
}
