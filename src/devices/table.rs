//! The settings as a person types them: for Outlook, and for every program that no other format reaches.

use std::net::IpAddr;

use serde::Serialize;

use super::{Error, Home, Person, Service};

/// What is typed, and what is compared. The password is not in it: it is shown once, by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Table {
    /// The person's name.
    pub name: String,
    /// Their address.
    pub address: String,
    /// The user name, for reading and sending.
    pub login: String,
    /// The server's name, for reading and sending.
    pub host: String,
    /// What to type instead where that name is not found (`.local` names on some telephones).
    pub addresses: Vec<IpAddr>,
    /// The servers for reading, the preferred one first.
    pub incoming: Vec<Service>,
    /// The server for sending, with a login as for reading.
    pub outgoing: Service,
    /// Where the address books are, if they are on.
    pub address_books: Option<String>,
    /// SHA-256 of the home's authority, 8 bytes a line, to compare with what a device shows.
    pub fingerprint: Vec<String>,
}

/// The table for a person.
///
/// # Errors
/// [`Error::NotServed`].
pub fn table(home: &Home, person: &Person) -> Result<Table, Error> {
    Ok(Table {
        name: person.title(),
        address: person.address.clone(),
        login: person.name.to_string(),
        host: home.hostname.clone(),
        addresses: home.addresses.clone(),
        incoming: home.ports.incoming()?,
        outgoing: home.ports.outgoing()?,
        address_books: home.address_books(),
        fingerprint: lines(&home.ca_fingerprint),
    })
}

fn lines(fingerprint: &str) -> Vec<String> {
    let bytes: Vec<&str> = fingerprint.split(':').collect();
    bytes.chunks(8).map(|line| line.join(":")).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::samples::{home, person};
    use super::*;

    #[test]
    fn everything_that_is_typed_stands_in_it() {
        let (home, person) = (home(), person());
        let shown = serde_json::to_value(table(&home, &person).unwrap()).unwrap();
        assert_eq!(
            shown,
            serde_json::json!({
                "name": "Anna Martin",
                "address": "anna@toxmail.local",
                "login": "anna",
                "host": "toxmail.local",
                "addresses": ["192.168.1.5", "fd00::5"],
                "incoming": [
                    {"protocol": "imap", "port": 993, "security": "tls"},
                    {"protocol": "pop3", "port": 995, "security": "tls"},
                ],
                "outgoing": {"protocol": "submission", "port": 465, "security": "tls"},
                "address_books": "https://toxmail.local:8443/",
                "fingerprint": vec![["AB"; 8].join(":"); 4],
            })
        );
        let mut off = home;
        off.ports = super::super::Ports::default();
        assert!(table(&off, &person).is_err());
    }
}
