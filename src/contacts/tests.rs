//! Two homes' contact tables side by side, without Tox between them: what one returns is handed to the other. Here is what
//! the tests share; what they say is in the files below.

mod claims;
mod entries;
mod pairing;
mod peers;

use super::*;

const WEEK: i64 = 7 * 86_400;

fn noon() -> i64 {
    1_800_000_000
}
pub(super) fn a_week_later() -> i64 {
    noon() + WEEK
}

pub(super) struct Home {
    pub(super) contacts: Contacts,
    pub(super) id: ToxId,
    _dir: tempfile::TempDir,
}

pub(super) fn id(byte: u8) -> ToxId {
    let mut bytes = [byte; 38];
    // 18 equal bytes on either side of the sum cancel each other out.
    bytes[36] = 0;
    bytes[37] = 0;
    ToxId::from_bytes(bytes).unwrap()
}

pub(super) fn home(byte: u8, name: &str) -> Home {
    let dir = tempfile::tempdir().unwrap();
    let database = Database::open(&dir.path().join("toxmail.db")).unwrap();
    let mut contacts = Contacts::open(database, id(byte).key(), "box.example".into()).named(name);
    contacts.now = noon;
    Home {
        contacts,
        id: id(byte),
        _dir: dir,
    }
}

pub(super) fn new(name: &str, tox: Option<&str>, emails: &[&str]) -> NewContact {
    NewContact {
        name: name.into(),
        tox: tox.map(str::to_owned),
        emails: emails.iter().map(|e| (*e).to_owned()).collect(),
        owner: None,
    }
}

pub(super) fn member(name: &str, display: &str, emails: &[&str]) -> ClaimedMember {
    ClaimedMember {
        name: name.into(),
        display: display.into(),
        emails: emails.iter().map(|e| (*e).to_owned()).collect(),
    }
}

pub(super) fn peer(id: &ToxId, local: Option<&str>) -> Who {
    Who::Peer {
        key: id.key(),
        local: local.map(str::to_owned),
    }
}

pub(super) fn nicknames(contacts: &Contacts) -> Vec<String> {
    let mut all: Vec<_> = contacts
        .list()
        .unwrap()
        .into_iter()
        .map(|row| row.nickname)
        .collect();
    all.sort();
    all
}

pub(super) fn who(contacts: &Contacts, address: &str) -> Who {
    contacts.resolve(address, None).unwrap().expect(address)
}

/// (error, advice)
pub(super) fn no<T: std::fmt::Debug>(result: Result<T, Error>) -> (String, String) {
    match result {
        Err(Error::Refused(no)) => (no.error, no.advice),
        other => panic!("{other:?}"),
    }
}

/// The canonical address of somebody in another home.
fn canonical_of(id: &ToxId, local: &str) -> String {
    address::canonical(Some(local), &id.key())
}
