//! A configuration profile for iPhone, iPad and Mac: a property list with the home's authority (`com.apple.security.root`),
//! the mailbox (`com.apple.mail.managed`) and the address book (`com.apple.carddav.account`).
//!
//! # One profile a person and home
//! A device replaces a profile that has the same identifier, and updates what has the same identifier and UUID in it. So both
//! are made of home, member and part: whoever fetches a new profile has the same account with a new password, not a second
//! one, and keeps the letters that POP3 has brought. The profile's own UUID also says for which device password it was made.
//! The UUIDs are version 8 (RFC 9562 section 5.8) of a hash: there is nothing random in them.
//!
//! Known limits: it is neither signed nor encrypted. The device says "not verified", and whoever has the file has the device
//! password in it: it goes over HTTPS to the person alone, and the password can be revoked. A certificate that came in a
//! profile must be switched on by hand on iPhone and iPad (Settings, General, About, Certificate Trust Settings).

use std::fmt::Write as _;

use data_encoding::BASE64;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{Account, Protocol};
use crate::carddav::path::Place;
use crate::carddav::xml::escaped;

/// What it must be told as, so that a device offers to install it.
pub const CONTENT_TYPE: &str = "application/x-apple-aspen-config";
/// What the file is called by its ending.
pub const EXTENSION: &str = "mobileconfig";

/// The profile; `description` says in the person's language what it is for.
pub fn profile(account: &Account<'_>, description: &str) -> Zeroizing<String> {
    let (home, person) = (account.home, account.person);
    let mut payloads = vec![authority(account), mail(account)];
    payloads.extend(home.ports.carddav.map(|port| address_book(account, port)));
    let edition = format!("device {}", account.password.id);
    let mut dictionary = vec![
        ("PayloadContent", Is::Array(payloads)),
        ("PayloadDescription", Is::Text(super::one_line(description))),
        (
            "PayloadDisplayName",
            Is::Text(format!("{}: {}", home.title(), person.title())),
        ),
        ("PayloadOrganization", Is::Text(home.title())),
    ];
    dictionary.extend(head(
        "Configuration",
        identifier(account),
        uuid(account, &edition),
    ));
    // Room for it in one piece: what holds a password is not moved about.
    let mut out = Zeroizing::new(String::with_capacity(16 * 1024 + 2 * home.ca_der.len()));
    out.push_str(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n\
         <plist version=\"1.0\">\n",
    );
    write(&mut out, &Is::Dictionary(dictionary));
    out.push_str("</plist>\n");
    out
}

/// A value of a property list.
enum Is {
    Text(String),
    Secret(Zeroizing<String>),
    Number(u16),
    True,
    Data(Vec<u8>),
    Array(Vec<Is>),
    Dictionary(Vec<(&'static str, Is)>),
}

fn write(out: &mut String, value: &Is) {
    let _ = match value {
        Is::Text(text) => writeln!(out, "<string>{}</string>", escaped(text)),
        Is::Secret(text) => {
            let text = Zeroizing::new(escaped(text));
            writeln!(out, "<string>{}</string>", text.as_str())
        }
        Is::Number(number) => writeln!(out, "<integer>{number}</integer>"),
        Is::True => writeln!(out, "<true/>"),
        Is::Data(bytes) => writeln!(out, "<data>{}</data>", BASE64.encode(bytes)),
        Is::Array(items) => {
            out.push_str("<array>\n");
            for item in items {
                write(out, item);
            }
            writeln!(out, "</array>")
        }
        Is::Dictionary(entries) => {
            out.push_str("<dict>\n");
            for (key, value) in entries {
                let _ = writeln!(out, "<key>{key}</key>");
                write(out, value);
            }
            writeln!(out, "</dict>")
        }
    };
}

fn identifier(account: &Account<'_>) -> String {
    let key = account.home.tox.key().base32();
    format!("local.toxmail.{key}.{}", account.person.name)
}

/// What every dictionary of a profile has.
fn head(kind: &'static str, identifier: String, uuid: String) -> [(&'static str, Is); 4] {
    [
        ("PayloadIdentifier", Is::Text(identifier)),
        ("PayloadType", Is::Text(kind.to_owned())),
        ("PayloadUUID", Is::Text(uuid)),
        ("PayloadVersion", Is::Number(1)),
    ]
}

fn payload(
    account: &Account<'_>,
    kind: &'static str,
    part: &str,
    mut entries: Vec<(&'static str, Is)>,
) -> Is {
    let of_profile = identifier(account);
    entries.extend(head(
        kind,
        format!("{of_profile}.{part}"),
        uuid(account, part),
    ));
    Is::Dictionary(entries)
}

fn authority(account: &Account<'_>) -> Is {
    let entries = vec![
        (
            "PayloadCertificateFileName",
            Is::Text("toxmail-home.cer".to_owned()),
        ),
        ("PayloadContent", Is::Data(account.home.ca_der.clone())),
        ("PayloadDisplayName", Is::Text(account.home.title())),
    ];
    payload(account, "com.apple.security.root", "authority", entries)
}

fn mail(account: &Account<'_>) -> Is {
    let (home, person) = (account.home, account.person);
    let kind = match account.incoming.protocol {
        Protocol::Pop3 => "EmailTypePOP",
        Protocol::Imap | Protocol::Submission => "EmailTypeIMAP",
    };
    let text = |text: &str| Is::Text(text.to_owned());
    let secret = || Is::Secret(account.password.secret.clone());
    let entries = vec![
        ("PayloadDisplayName", Is::Text(home.title())),
        ("EmailAccountDescription", Is::Text(home.title())),
        ("EmailAccountName", Is::Text(person.title())),
        ("EmailAccountType", text(kind)),
        ("EmailAddress", text(&person.address)),
        (
            "IncomingMailServerAuthentication",
            text("EmailAuthPassword"),
        ),
        ("IncomingMailServerHostName", text(&home.hostname)),
        (
            "IncomingMailServerPortNumber",
            Is::Number(account.incoming.port),
        ),
        // With STARTTLS, too: the device finds out by the port which of both it is.
        ("IncomingMailServerUseSSL", Is::True),
        ("IncomingMailServerUsername", text(person.name.as_str())),
        ("IncomingPassword", secret()),
        (
            "OutgoingMailServerAuthentication",
            text("EmailAuthPassword"),
        ),
        ("OutgoingMailServerHostName", text(&home.hostname)),
        (
            "OutgoingMailServerPortNumber",
            Is::Number(account.outgoing.port),
        ),
        ("OutgoingMailServerUseSSL", Is::True),
        ("OutgoingMailServerUsername", text(person.name.as_str())),
        ("OutgoingPassword", secret()),
    ];
    payload(account, "com.apple.mail.managed", "mail", entries)
}

fn address_book(account: &Account<'_>, port: u16) -> Is {
    let (home, person) = (account.home, account.person);
    let principal = Place::Home(person.name.clone()).href();
    let entries = vec![
        ("PayloadDisplayName", Is::Text(home.title())),
        ("CardDAVAccountDescription", Is::Text(home.title())),
        ("CardDAVHostName", Is::Text(home.hostname.clone())),
        (
            "CardDAVPassword",
            Is::Secret(account.password.secret.clone()),
        ),
        ("CardDAVPort", Is::Number(port)),
        ("CardDAVPrincipalURL", Is::Text(principal)),
        ("CardDAVUseSSL", Is::True),
        ("CardDAVUsername", Is::Text(person.name.to_string())),
    ];
    payload(account, "com.apple.carddav.account", "contacts", entries)
}

/// The same for the same home, member and part, and for nothing else.
fn uuid(account: &Account<'_>, part: &str) -> String {
    named_uuid(&format!("{} {part}", identifier(account)))
}

/// Version 8 of a name's SHA-256 (RFC 9562 section 5.8), in capitals as Apple writes them.
pub(super) fn named_uuid(name: &str) -> String {
    let digest = Sha256::digest(name.as_bytes());
    let mut bytes = [0u8; 16];
    bytes.copy_from_slice(&digest[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02X}");
        hex
    });
    [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ]
    .join("-")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::samples::{home, password, person};
    use super::*;

    fn uuids(profile: &str) -> Vec<&str> {
        let each = profile.split("<key>PayloadUUID</key>\n<string>").skip(1);
        each.map(|rest| &rest[..36]).collect()
    }

    #[test]
    fn a_new_profile_takes_the_place_of_the_old_one() {
        let (home, person, mut password) = (home(), person(), password());
        let first = profile(&Account::new(&home, &person, &password).unwrap(), "");
        let again = profile(&Account::new(&home, &person, &password).unwrap(), "");
        assert_eq!(first, again);
        let first = uuids(&first);
        assert_eq!(first.len(), 4);
        password.id += 1;
        let other_device = profile(&Account::new(&home, &person, &password).unwrap(), "");
        let other_device = uuids(&other_device);
        assert_eq!(first[..3], other_device[..3]);
        assert_ne!(first[3], other_device[3]);
        let mut ben = person.clone();
        ben.name = "ben".parse().unwrap();
        let bens = profile(&Account::new(&home, &ben, &password).unwrap(), "");
        let mut all: Vec<&str> = [first, other_device, uuids(&bens)].concat();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 4 + 1 + 4);
        assert!(
            all.iter()
                .all(|uuid| &uuid[14..15] == "8" && "89AB".contains(&uuid[19..20]))
        );
    }
}
