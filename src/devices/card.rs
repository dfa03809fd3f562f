//! A person's own card: their addresses, to print and to pass on.

use serde::Serialize;

use super::apple::named_uuid;
use super::table::{Table, table};
use super::{Error, Home, Person, qr};
use crate::contacts::vcard::{self, Facts, Version};
use crate::mail::address::{Meaning, canonical, meaning};

/// What stands on the card. There is no password on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Card {
    /// The home's name.
    pub home: String,
    /// Addresses for others, the one that everybody can write to first.
    pub addresses: Vec<String>,
    /// The home's Tox address, with which another home makes first contact.
    pub tox: String,
    /// The vCard of [`vcard()`] as a QR code, for a telephone's camera.
    pub qr_svg: String,
    /// The settings of this home, for the person's own devices.
    pub settings: Table,
}

/// The card of a person; `title` names the QR code in their language, `revised` is when the home's data last changed, in
/// seconds since 1970.
///
/// # Errors
/// [`Error::NotServed`], [`Error::TooLong`].
pub fn card(home: &Home, person: &Person, title: &str, revised: i64) -> Result<Card, Error> {
    Ok(Card {
        home: home.title(),
        addresses: addresses(home, person),
        tox: home.tox.to_string(),
        qr_svg: qr::svg(&vcard(home, person, revised), title)?,
        settings: table(home, person)?,
    })
}

/// The same as a vCard (RFC 2426: what every telephone reads), for other people's address books.
pub fn vcard(home: &Home, person: &Person, revised: i64) -> String {
    let empty = vcard::Card {
        version: Version::V3,
        properties: Vec::new(),
    };
    let name = format!("{} {} card", home.tox.key().base32(), person.name);
    let facts = Facts {
        uid: format!("urn:uuid:{}", named_uuid(&name).to_lowercase()),
        name: person.title(),
        nickname: None,
        emails: addresses(home, person),
        tox: Some(home.tox.to_string()),
        revised,
    };
    empty.with(&facts).write()
}

/// What others can write to, the address that everybody can write to first: `toxmail.local` means somebody else in their homes.
pub fn addresses(home: &Home, person: &Person) -> Vec<String> {
    let ordinary = match meaning(&person.address, &home.hostname) {
        Ok(Meaning::Ordinary(address)) => Some(address),
        _ => None,
    };
    let own = canonical(Some(person.name.as_str()), &home.tox.key());
    ordinary.into_iter().chain([own]).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::samples::{home, person};
    use super::*;

    #[test]
    fn the_card_holds_what_others_need_and_nothing_that_is_ours_alone() {
        let (home, mut person) = (home(), person());
        let own = canonical(Some("anna"), &home.tox.key());
        let shown = card(&home, &person, "Anna's card", 1_800_000_000).unwrap();
        assert_eq!(shown.addresses, [own.as_str()]);
        assert_eq!(shown.tox.len(), 76);
        assert_eq!(shown.settings.login, "anna");
        person.address = "Anna.Martin@Example.org".into();
        let shown = card(&home, &person, "", 0).unwrap();
        assert_eq!(shown.addresses, ["Anna.Martin@example.org", own.as_str()]);
    }

    #[test]
    fn another_home_reads_the_vcard() {
        let (home, mut person) = (home(), person());
        person.display = "Anna; \"<A>, 👩‍👩‍👧".into();
        person.address = "anna@example.org".into();
        let text = vcard(&home, &person, 1_800_000_000);
        let read = vcard::Card::read(text.as_bytes()).unwrap();
        assert_eq!(read.version, Version::V3);
        assert_eq!(read.name().unwrap(), person.display);
        assert_eq!(read.emails()[0], "anna@example.org");
        assert_eq!(read.emails().len(), 2);
        assert_eq!(read.tox(), [home.tox.to_string()]);
        assert_eq!(text, vcard(&home, &person, 1_800_000_000));
        person.name = "ben".parse().unwrap();
        let bens = vcard::Card::read(vcard(&home, &person, 0).as_bytes()).unwrap();
        assert_ne!(read.uid(), bens.uid());
    }
}
