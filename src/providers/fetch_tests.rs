//! What is stored of inboxes at providers.

use super::super::NewAccount;
use super::*;
use crate::config::Relay;
use crate::members::Members;

struct Room {
    dir: tempfile::TempDir,
    providers: Providers,
}

fn anna() -> MemberName {
    "anna".parse().unwrap()
}

impl Room {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let database = crate::database::Database::open(&dir.path().join("toxmail.db")).unwrap();
        let members = Members::open(database.clone()).unwrap();
        members.add(&anna(), "", "open sesame").unwrap();
        let providers = Providers::open(database, dir.path());
        Self { dir, providers }
    }

    fn account(&self, member: Option<MemberName>, host: &str, username: &str) {
        let account = NewAccount {
            member,
            host: host.into(),
            port: 465,
            tls: RelayTls::Implicit,
            username: username.into(),
            password: format!("secret of {username} at {host}").into(),
            address: None,
        };
        self.providers.set(account).unwrap();
    }

    /// Fetching with the login for outgoing mail.
    fn borrow(&self) -> FetchId {
        self.providers.fetch_set(&Self::borrowing()).unwrap()
    }

    fn borrowing() -> NewFetch {
        NewFetch {
            member: anna(),
            protocol: Protocol::Imap,
            host: "imap.example.org".into(),
            port: 993,
            tls: RelayTls::Implicit,
            login: Login::AsOutgoing,
            after: After::Delete,
            since: Since::New,
            every: EVERY,
        }
    }

    fn note(&self, id: FetchId) {
        let note = Note {
            name: "7/5".into(),
            state: State::Kept,
            size: 3,
            digest: None,
            mark: None,
        };
        self.providers.fetch_note(id, vec![note]).unwrap();
    }

    /// What would be said at the provider.
    fn password(&self, id: FetchId) -> Result<String, String> {
        match self.providers.fetch_inbox(id) {
            Ok(inbox) => Ok(inbox.unwrap().password.to_string()),
            Err(Error::Refused(no)) => Err(no.error),
            Err(other) => panic!("{other}"),
        }
    }
}

#[test]
fn a_borrowed_login_is_not_said_once_the_account_is_another_one() {
    let room = Room::new();
    let account = |host, username| room.account(Some(anna()), host, username);
    account("smtp.example.org", "anna");
    let id = room.borrow();
    room.note(id);
    let first = Ok("secret of anna at smtp.example.org".to_owned());
    assert_eq!(room.password(id), first);
    // Another provider, or another login: neither the password nor what is known of the letters counts there.
    for (host, username) in [
        ("smtp.example.net", "anna"),
        ("smtp.example.org", "club"),
        ("smtp.example.net", "club"),
    ] {
        account(host, username);
        let error = room.password(id).unwrap_err();
        assert!(
            error.contains("'anna'") && !error.contains("secret"),
            "{error}"
        );
    }
    assert!(room.providers.remove(Some(&anna())).unwrap());
    room.password(id).unwrap_err();
    // The home's is another account, too.
    room.account(None, "smtp.example.org", "anna");
    room.password(id).unwrap_err();
    account("smtp.example.org", "anna");
    assert_eq!(room.password(id), first);
    // Set up again it counts from then on: the same mailbox with what is known of it, another one without.
    account("smtp.example.net", "anna");
    assert_eq!(room.borrow(), id);
    assert_eq!(room.providers.fetch_known(id).unwrap().len(), 1);
    room.password(id).unwrap();
    account("smtp.example.net", "club");
    let other = room.borrow();
    assert_ne!(other, id);
    assert!(room.providers.fetch_known(other).unwrap().is_empty());
    room.password(other).unwrap();
}

#[test]
fn a_login_that_changed_while_it_was_tried_is_not_borrowed() {
    let room = Room::new();
    let new = Room::borrowing();
    room.account(Some(anna()), "smtp.example.org", "anna");
    let tested = room.providers.fetch_proposed(&new).unwrap();
    room.account(Some(anna()), "smtp.example.net", "anna");
    let refused = room.providers.fetch_set_tested(&new, &tested);
    assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
    assert!(room.providers.fetch_of(&anna()).unwrap().is_none());
    let tested = room.providers.fetch_proposed(&new).unwrap();
    room.providers.fetch_set_tested(&new, &tested).unwrap();
}

#[test]
fn the_same_holds_for_the_account_in_the_file() {
    let room = Room::new();
    let file = room.dir.path().join("password");
    std::fs::write(&file, "from a file\n").unwrap();
    let relay = |host: &str, username: &str| Relay {
        host: host.into(),
        port: 465,
        tls: RelayTls::Implicit,
        login: Some((username.into(), file.clone())),
    };
    let configure = |relay| room.providers.configure(relay, None);
    configure(Some(relay("smtp.example.org", "family")));
    let id = room.borrow();
    assert_eq!(room.password(id), Ok("from a file".to_owned()));
    for now in [
        Some(relay("smtp.example.net", "family")),
        Some(relay("smtp.example.org", "other")),
        None,
    ] {
        configure(now);
        room.password(id).unwrap_err();
    }
    configure(Some(relay("smtp.example.org", "family")));
    room.password(id).unwrap();
}
