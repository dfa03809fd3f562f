//! Two homes' contact tables side by side, without Tox between them: what one returns is handed to the other.

use std::time::Duration;

use super::*;
use crate::mail::header::{AddressBook, ArrivalBook, HeaderSection, Stamp, for_tox, on_arrival};
use crate::routing::{Facts, route};

const WEEK: i64 = 7 * 86_400;

fn noon() -> i64 {
    1_800_000_000
}
fn a_week_later() -> i64 {
    noon() + WEEK
}

pub(super) struct Home {
    pub(super) contacts: Contacts,
    id: ToxId,
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

fn member(name: &str, display: &str, emails: &[&str]) -> ClaimedMember {
    ClaimedMember {
        name: name.into(),
        display: display.into(),
        emails: emails.iter().map(|e| (*e).to_owned()).collect(),
    }
}

fn peer(id: &ToxId, local: Option<&str>) -> Who {
    Who::Peer {
        key: id.key(),
        local: local.map(str::to_owned),
    }
}

fn nicknames(contacts: &Contacts) -> Vec<String> {
    let mut all: Vec<_> = contacts
        .list()
        .unwrap()
        .into_iter()
        .map(|row| row.nickname)
        .collect();
    all.sort();
    all
}

fn who(contacts: &Contacts, address: &str) -> Who {
    contacts.resolve(address, None).unwrap().expect(address)
}

/// (error, advice)
fn no<T: std::fmt::Debug>(result: Result<T, Error>) -> (String, String) {
    match result {
        Err(Error::Refused { error, advice }) => (error, advice),
        other => panic!("{other:?}"),
    }
}

#[test]
fn one_link_pairs_two_homes() {
    let (ours, theirs) = (home(1, "Garden Street 5"), home(2, "Chez Käthe & fils"));
    let invitation = ours.contacts.invite(&ours.id, None).unwrap();
    assert_eq!(invitation.expires, noon() + WEEK);
    assert!(invitation.link.starts_with(&format!(
        "tox:{}?toxmail=1&name=Garden%20Street%205&token=",
        ours.id
    )));
    assert!(!format!("{invitation:?}").contains("tox:"));

    let accepted = theirs.contacts.accept_link(&invitation.link).unwrap();
    let asked = theirs.contacts.peer(&ours.id.key()).unwrap();
    let shown = format!("{accepted:?} {asked:?}");
    // The message carries the token; as octets it would be a list of numbers.
    assert!(
        !shown.contains("116, 111, 120") && !shown.contains("token"),
        "{shown}"
    );
    assert_eq!(
        (accepted.key, accepted.name.as_str()),
        (ours.id.key(), "Garden Street 5")
    );
    let Befriend::Ask { id, message } = accepted.befriend else {
        panic!("{accepted:?}")
    };
    assert_eq!(id, ours.id);
    assert!(message.len() <= MAX_REQUEST_BYTES);
    assert!(message.starts_with(b"toxmail-invitation:"));
    let waiting = theirs.contacts.peer(&id.key()).unwrap().unwrap();
    assert_eq!((waiting.kind, waiting.state), (Kind::Home, State::Asked));
    assert_eq!(
        waiting.request.as_ref(),
        Some(&message),
        "after a lost save file Tox is told again"
    );

    // Repeated by Tox until we answer; nobody else may use it.
    for _ in 0..2 {
        let knock = ours.contacts.knock(&theirs.id.key(), &message).unwrap();
        assert_eq!(knock, Knock::LetIn);
    }
    assert_eq!(
        ours.contacts.knock(&self::id(9).key(), &message).unwrap(),
        Knock::Asks
    );
    let known = ours.contacts.peer(&theirs.id.key()).unwrap().unwrap();
    assert_eq!((known.kind, known.state), (Kind::Home, State::Waiting));
    assert_eq!(known.home_name, "Chez Käthe & fils");
    let row = &ours.contacts.invitations().unwrap()[0];
    assert_eq!(
        (row.state, row.used_by),
        (InvitationState::Used, Some(theirs.id.key()))
    );

    // Both tables fill with the other's members.
    let learned = theirs
        .contacts
        .learn(
            &ours.id.key(),
            "Garden Street 5",
            vec![
                member("anna", "Anna Martin", &["anna@example.org"]),
                member("paul", "", &[]),
            ],
        )
        .unwrap();
    assert_eq!(learned.new, ["anna", "paul"]);
    assert_eq!(
        nicknames(&theirs.contacts),
        ["anna", "garden.street.5", "paul"]
    );
    assert_eq!(
        who(&theirs.contacts, "Anna@tox"),
        peer(&ours.id, Some("anna"))
    );
    assert_eq!(
        who(&theirs.contacts, "anna+x@tox"),
        peer(&ours.id, Some("anna+x"))
    );
    assert_eq!(
        who(&theirs.contacts, "garden.street.5@tox"),
        peer(&ours.id, None)
    );
    assert_eq!(
        theirs
            .contacts
            .name_of(&ours.id.key(), Some("anna"), None)
            .unwrap(),
        "Anna Martin"
    );
    assert_eq!(nicknames(&ours.contacts), ["chez.kathe.fils"]);
}

#[test]
fn an_invitation_opens_once_and_not_for_ever() {
    let mut ours = home(1, "");
    let message = |link: &str| home(2, "").contacts.accept_link(link).map(|a| a.befriend);
    let (late, gone) = (
        ours.contacts.invite(&ours.id, None).unwrap(),
        ours.contacts
            .invite(&ours.id, Some(Duration::from_secs(60)))
            .unwrap(),
    );
    ours.contacts.withdraw(gone.id).unwrap();
    assert!(
        no(ours.contacts.withdraw(gone.id))
            .1
            .contains("invite list")
    );
    let states = |c: &Contacts| -> Vec<_> {
        c.invitations()
            .unwrap()
            .into_iter()
            .map(|row| row.state)
            .collect()
    };
    assert_eq!(
        states(&ours.contacts),
        [InvitationState::Open, InvitationState::Withdrawn]
    );
    ours.contacts.now = a_week_later;
    assert_eq!(states(&ours.contacts)[0], InvitationState::Expired);
    for invitation in [late, gone] {
        let Befriend::Ask { message, .. } = message(&invitation.link).unwrap() else {
            panic!()
        };
        assert_eq!(
            ours.contacts.knock(&id(2).key(), &message).unwrap(),
            Knock::Asks
        );
        assert!(!ours.contacts.redeem("", &id(2).key()).unwrap());
    }
    let asks = ours.contacts.requests().unwrap();
    assert_eq!(asks[0].message, "(an invitation that is used up)");

    // Nothing that could open the door is in the database.
    let again = ours.contacts.invite(&ours.id, None).unwrap();
    let token = again.link.rsplit_once('=').unwrap().1.to_owned();
    assert!(token.len() >= 26);
    let hashes: Vec<u8> = ours
        .contacts
        .database
        .read(|c| -> Result<_, Error> {
            Ok(c.query_row(
                "SELECT token_hash FROM invitations ORDER BY id DESC",
                [],
                |r| r.get(0),
            )?)
        })
        .unwrap();
    assert!(!String::from_utf8_lossy(&hashes).contains(&token));
    // A blocked home does not come in by a link that somebody passed on.
    ours.contacts.block_key(&id(3).key()).unwrap();
    assert!(!ours.contacts.redeem(&token, &id(3).key()).unwrap());
    assert!(
        ours.contacts
            .redeem(&token.to_lowercase(), &id(2).key())
            .unwrap()
    );
    assert!(!ours.contacts.redeem(&token, &id(4).key()).unwrap());
}

#[test]
fn links_as_people_paste_them() {
    let ours = home(1, "x");
    let token = "A".repeat(32);
    let good = format!("tox:{}?toxmail=1&name=a%20b+c%zz&token={token}", id(2));
    for link in [
        good.clone(),
        format!("  {good}\r\n"),
        good.replace("tox:", "TOX://"),
        good.to_lowercase(),
        format!("{good}&later=1"),
    ] {
        let parsed: Link = link.parse().expect(&link);
        assert_eq!(
            (parsed.id, parsed.name.as_str()),
            (id(2), "a b c%zz"),
            "{link}"
        );
    }
    for (link, words) in [
        ("", "not an invitation"),
        ("https://example.org", "not an invitation"),
        (&good[..50], "76 hex digits"),
        (&good.replace("toxmail=1", "toxmail=2"), "later Toxmail"),
        (&format!("tox:{}", id(2)), "no invitation"),
        (&good[..good.len() - 10], "missing or mistyped"),
        (&good.replace("&token", "&t"), "missing or mistyped"),
        (&format!("{good}{}", "x".repeat(2000)), "not an invitation"),
    ] {
        let (error, advice) = no(ours.contacts.accept_link(link));
        assert!(error.contains(words), "{link}: {error}");
        assert!(!advice.is_empty());
    }
    let own = ours.contacts.invite(&ours.id, None).unwrap();
    assert!(
        no(ours.contacts.accept_link(&own.link))
            .0
            .contains("your own home")
    );
}

#[test]
fn recipients_of_every_form() {
    let ours = home(1, "");
    let c = &ours.contacts;
    let full = id(2);
    c.add(new(
        "Oma Käthe",
        Some(&full.to_string()),
        &["Oma@Example.org", "oma@old.example"],
    ))
    .unwrap();
    c.add(new("Dr. Ordinary", None, &["doc@example.net"]))
        .unwrap();
    let anna = || "anna".parse().unwrap();
    for (address, expected) in [
        (
            "anna@toxmail.local".to_owned(),
            Who::Member {
                name: anna(),
                tag: None,
            },
        ),
        (
            "Anna+x@BOX.example".into(),
            Who::Member {
                name: anna(),
                tag: Some("x".into()),
            },
        ),
        (
            format!("anna@{}.tox", ours.id.key().base32()),
            Who::Member {
                name: anna(),
                tag: None,
            },
        ),
        (
            format!("anna@{}.tox", ours.id.base32()),
            Who::Member {
                name: anna(),
                tag: None,
            },
        ),
        (format!("{}@tox", ours.id), Who::Main { tag: None }),
        (
            format!("postmaster@{}.tox", ours.id.key().base32()),
            Who::Postmaster,
        ),
        ("postmaster".into(), Who::Postmaster),
        ("oma.kathe@tox".into(), peer(&full, None)),
        ("OMA@example.ORG".into(), peer(&full, None)),
        ("oma@old.example".into(), peer(&full, None)),
        (
            "dr.ordinary@tox".into(),
            Who::Ordinary("doc@example.net".into()),
        ),
        (
            "doc@example.net".into(),
            Who::Ordinary("doc@example.net".into()),
        ),
        (
            "Stranger@example.net".into(),
            Who::Ordinary("Stranger@example.net".into()),
        ),
        (format!("{full}@tox"), peer(&full, None)),
        (
            format!("paul@{}.tox", full.base32()),
            peer(&full, Some("paul")),
        ),
        (format!("{}@tox", id(3).key()), peer(&id(3), None)),
        (
            format!("paul@{}.tox", id(3).base32()),
            Who::FirstContact {
                id: id(3),
                local: Some("paul".into()),
            },
        ),
    ] {
        assert_eq!(who(c, &address), expected, "{address}");
    }
    for (address, status) in [
        ("nobody@tox", "5.1.1"),
        ("root@toxmail.local", "5.1.1"),
        ("a b@c", "5.1.3"),
        (&format!("root@{}.tox", ours.id.key().base32()), "5.1.1"),
    ] {
        let reason = c.resolve(address, None).unwrap().expect_err(address);
        assert!(
            reason.status.to_string() == status || status == "5.1.1",
            "{address}: {reason}"
        );
    }

    let standing = |address: &str| c.standing(&who(c, address)).unwrap();
    assert_eq!(standing("oma.kathe@tox"), Standing::Known(Kind::Unknown));
    assert_eq!(
        standing(&format!("{}@tox", id(3).key())),
        Standing::Stranger
    );
    assert_eq!(c.block("oma.kathe").unwrap(), full.key());
    assert_eq!(standing(&format!("{full}@tox")), Standing::Blocked);
    let facts = Facts {
        lives_here: false,
        standing: Standing::Blocked,
    };
    assert!(route(&who(c, "oma@example.org"), &facts).is_err());
    assert_eq!(c.list().unwrap()[1].state, "blocked");
    assert!(
        no(c.add(new("x", Some(&full.to_string()), &[])))
            .0
            .contains("blocked")
    );

    // A letter to a full address makes first contact, once.
    let befriend = c.first_contact(&id(3)).unwrap();
    assert!(matches!(befriend, Befriend::Ask { id: asked, .. } if asked == id(3)));
    assert_eq!(c.first_contact(&id(3)).unwrap(), Befriend::Nothing);
    assert_eq!(
        standing(&format!("{}@tox", id(3).key())),
        Standing::Known(Kind::Unknown)
    );
}

#[test]
fn what_a_person_enters() {
    let ours = home(1, "Garden Street 5");
    let c = &ours.contacts;
    let added = c
        .add(new(
            "Paul",
            Some(&format!("paul@{}.tox", id(2).base32())),
            &[],
        ))
        .unwrap();
    assert_eq!(added.nickname, "paul");
    let Befriend::Ask { message, .. } = &added.befriend else {
        panic!()
    };
    assert_eq!(
        message,
        b"Garden Street 5 would like to exchange mail with you (Toxmail)"
    );
    // The key is enough now, and the same name gets a number.
    let added = c
        .add(new(
            "Paul",
            Some(&format!("{}@tox", id(2).key())),
            &["p@example.org"],
        ))
        .unwrap();
    assert_eq!(
        (added.nickname.as_str(), added.befriend),
        ("paul2", Befriend::Nothing)
    );
    let mut own = new("Paul", Some(&id(2).to_string()), &["p@example.org"]);
    own.owner = Some("anna".parse().unwrap());
    c.add(own).unwrap();
    let anna = "anna".parse().unwrap();
    assert!(c.resolve("paul3@tox", Some(&anna)).unwrap().is_ok());
    assert!(
        c.resolve("paul3@tox", None).unwrap().is_err(),
        "somebody else's entry"
    );

    for (contact, words) in [
        (new(" ", Some(&id(3).to_string()), &[]), "needs a name"),
        (new("x", None, &[]), "needs an address"),
        (new("x", Some("12345"), &[]), "not a Tox address"),
        (new("x", Some("paul@tox"), &[]), "not a Tox address"),
        (new("x", Some(&id(3).to_string()[..75]), &[]), "has 75"),
        (new("x", Some(&id(3).key().to_string()), &[]), "key only"),
        (new("x", Some(&ours.id.to_string()), &[]), "your own home"),
        (
            new("x", Some(&format!("tox:{}?toxmail=1&token=x", id(3))), &[]),
            "is an invitation",
        ),
        (
            new("x", Some(&id(2).to_string()), &[]),
            "already, as Paul (paul2@tox)",
        ),
        (new("x", None, &["P@Example.org"]), "Paul has the address"),
        (new("x", None, &["anna@toxmail.local"]), "not an ordinary"),
        (new("x", None, &["junk"]), "not an e-mail address"),
    ] {
        let (error, advice) = no(c.add(contact));
        assert!(error.contains(words), "{error}");
        assert!(!advice.is_empty());
    }
    assert_eq!(
        nicknames(c),
        ["paul", "paul2", "paul3"],
        "a refused entry leaves nothing"
    );
    assert!(
        c.add(new("x", Some(&format!("tox:{}", id(4))), &[]))
            .is_ok()
    );

    assert!(no(c.remove("Paul")).1.contains("paul, paul2, paul3"));
    assert!(no(c.remove("nobody")).0.contains("no contact"));
    assert_eq!(c.remove("paul@tox").unwrap().unfriend, None);
    assert_eq!(c.remove("Paul2").unwrap().unfriend, None);
    assert_eq!(c.forget_owner(&anna).unwrap(), [id(2).key()]);
    assert_eq!(c.remove("x").unwrap().unfriend, Some(id(4).key()));
    assert!(c.peers().unwrap().is_empty());
    let row = serde_json::to_value(c.list().unwrap()).unwrap();
    assert!(row.as_array().unwrap().is_empty());
}

#[test]
fn who_knocks_waits_for_a_persons_word() {
    let ours = home(1, "");
    let c = &ours.contacts;
    let words = format!("Hi\r\n\x07\u{202e}{}", "it's me ".repeat(100));
    assert_eq!(
        c.knock(&id(2).key(), words.as_bytes()).unwrap(),
        Knock::Asks
    );
    assert_eq!(c.knock(&id(2).key(), b"again \xff").unwrap(), Knock::Asks);
    assert_eq!(
        c.knock(&id(3).key(), words.as_bytes()).unwrap(),
        Knock::Asks
    );
    let requests = c.requests().unwrap();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0].message, "again \u{fffd}");
    assert!(requests[1].message.starts_with("Hi it's me") && requests[1].message.len() <= 200);

    assert!(no(c.accept("xyz")).1.contains("8 hex digits"));
    assert!(no(c.accept("99999999")).0.contains("nobody"));
    assert_eq!(c.accept("02020202").unwrap(), id(2).key());
    assert_eq!(c.refuse(&id(3).key().to_string()).unwrap(), id(3).key());
    assert!(c.requests().unwrap().is_empty());
    assert_eq!(c.knock(&id(2).key(), b"again").unwrap(), Knock::LetIn);
    assert_eq!(nicknames(c), ["home.02020202"]);
    c.learn(&id(2).key(), "Maison", vec![]).unwrap();
    assert_eq!(nicknames(c), ["maison"]);

    // Both have asked: their request is answered by our own wish.
    c.knock(&id(5).key(), b"x").unwrap();
    let added = c.add(new("Five", Some(&id(5).to_string()), &[])).unwrap();
    assert_eq!(added.befriend, Befriend::Accept(id(5).key()));
    assert!(c.requests().unwrap().is_empty());

    // A flood is not heard; the first ones are.
    for byte in 10..=110 {
        let knock = c.knock(&id(byte).key(), b"x").unwrap();
        assert_eq!(knock == Knock::Asks, byte < 110, "{byte}");
    }
    c.block_key(&id(10).key()).unwrap();
    assert_eq!(c.knock(&id(10).key(), b"x").unwrap(), Knock::Ignored);
    assert_eq!(c.knock(&id(110).key(), b"x").unwrap(), Knock::Asks);
}

#[test]
fn a_home_that_announces_others_every_time_does_not_fill_the_table() {
    let ours = home(1, "");
    let c = &ours.contacts;
    c.add(new("Oma", Some(&id(2).to_string()), &[])).unwrap();
    for round in 0..5 {
        let names = (0..100).map(|n| member(&format!("m{round}-{n}"), "", &[]));
        c.learn(&id(2).key(), "Oma", names.collect()).unwrap();
    }
    let made = nicknames(c).len();
    assert!((100..=201).contains(&made), "{made} contacts");
}

#[test]
fn what_a_home_says_of_its_members_is_a_claim() {
    let ours = home(1, "");
    let c = &ours.contacts;
    c.add(new("Bank", None, &["bank@bank.example"])).unwrap();
    c.add(new("Oma", Some(&id(2).to_string()), &[])).unwrap();
    let key = id(2).key();
    let tell = |members| c.learn(&key, "Chez <b@c> Oma", members).unwrap();
    assert_eq!(
        c.learn(&id(9).key(), "x", vec![member("a", "A", &[])])
            .unwrap(),
        Learned::default()
    );
    let members = || {
        vec![
            member(
                "lena",
                "Lena <bank@bank.example>",
                &["bank@bank.example", "Lena@example.org", "junk", "x@tox"],
            ),
            member("max", "BANK", &[]),
            member("root", "Root", &[]),
            member("../x", "X", &[]),
        ]
    };
    assert_eq!(tell(members()).new, ["lena", "max"]);
    assert!(!tell(members()).changed, "the same again writes nothing");
    let rows = c.list().unwrap();
    let row = |nickname: &str| rows.iter().find(|row| row.nickname == nickname).unwrap();
    assert_eq!(row("lena").name, "Lena bank bank.example");
    assert_eq!(
        row("lena").claimed_emails,
        ["bank@bank.example", "Lena@example.org"]
    );
    assert!(row("lena").emails.is_empty());
    assert_eq!(row("max").name, "BANK (Chez b c Oma)");
    assert_eq!(row("oma").name, "Oma", "a person's name stays");

    // Until a person says so, nothing goes there.
    assert_eq!(
        who(c, "lena@example.org"),
        Who::Ordinary("lena@example.org".into())
    );
    assert!(
        no(c.confirm("lena", "bank@bank.example"))
            .0
            .contains("Bank has")
    );
    c.confirm("lena", "lena@example.org").unwrap();
    assert_eq!(who(c, "lena@example.org"), peer(&id(2), Some("lena")));
    let row = |nickname: &str| {
        let rows = c.list().unwrap();
        rows.into_iter()
            .find(|row| row.nickname == nickname)
            .unwrap()
    };
    assert_eq!(row("lena").claimed_emails, ["bank@bank.example"]);

    // Removed by a person: does not come back. Renamed there: renamed here. Gone there: stays here.
    c.remove("max").unwrap();
    assert!(
        tell(vec![
            member("lena", "Lena M.", &[]),
            member("max", "Max", &[])
        ])
        .new
        .is_empty()
    );
    assert_eq!(row("lena").name, "Lena M.");
    tell(vec![]);
    assert_eq!(nicknames(c), ["bank", "lena", "oma"]);
    // Taken over by a person, with a name of their own.
    let lena = canonical_of(&id(2), "lena");
    assert_eq!(
        c.add(new("Lenchen", Some(&lena), &[])).unwrap().nickname,
        "lenchen"
    );
    tell(vec![member("lena", "Helena", &[])]);
    assert_eq!(row("lenchen").name, "Lenchen");
    // Answers to letters from before the new name find her, and nobody else gets the old one.
    assert_eq!(who(c, "lena@tox"), peer(&id(2), Some("lena")));
    assert_eq!(who(c, "lena+x@tox"), peer(&id(2), Some("lena+x")));
    let other = c.add(new("Lena", Some(&id(3).to_string()), &[])).unwrap();
    assert_eq!(other.nickname, "lena2");
    c.remove("lena2").unwrap();
    // The home goes, and whom only its directory brought goes with it.
    tell(vec![member("zoe", "Zoe", &[])]);
    let removed = c.remove("oma").unwrap();
    assert_eq!(
        (removed.names, removed.unfriend),
        (vec!["Oma".to_owned(), "Zoe".to_owned()], None)
    );
    assert_eq!(c.remove("lenchen").unwrap().unfriend, Some(key));
}

fn canonical_of(id: &ToxId, local: &str) -> String {
    address::canonical(Some(local), &id.key())
}

#[test]
fn an_idle_home_writes_nothing() {
    let ours = home(1, "");
    let c = &ours.contacts;
    c.add(new("Oma", Some(&id(2).to_string()), &[])).unwrap();
    let key = id(2).key();
    let state = || {
        let peer = c.peer(&key).unwrap().unwrap();
        (
            peer.kind,
            peer.state,
            peer.last_seen,
            peer.request.is_some(),
        )
    };
    assert_eq!(state(), (Kind::Unknown, State::Asked, None, true));
    c.saw_online(&key, 1000).unwrap();
    c.saw_hello(&key).unwrap();
    c.saw_hello(&id(9).key()).unwrap();
    c.saw_online(&key, 1599).unwrap();
    assert_eq!(state(), (Kind::Home, State::Connected, Some(1000), false));
    c.saw_online(&key, 1600).unwrap();
    assert_eq!(state().2, Some(1600));
    assert_eq!(c.peers().unwrap().len(), 1);
}

#[test]
fn a_letter_there_and_back() {
    let (ours, theirs) = (home(1, "Ours"), home(2, "Theirs"));
    ours.contacts
        .add(new(
            "Oma",
            Some(&theirs.id.to_string()),
            &["oma@example.org"],
        ))
        .unwrap();
    ours.contacts
        .learn(
            &theirs.id.key(),
            "Theirs",
            vec![member("lena", "Lena", &[])],
        )
        .unwrap();
    let link = ours.contacts.invite(&ours.id, None).unwrap().link;
    theirs.contacts.accept_link(&link).unwrap();
    theirs
        .contacts
        .learn(
            &ours.id.key(),
            "Ours",
            vec![member("anna", "Anna", &["anna@example.net"])],
        )
        .unwrap();

    let written = format!(
        "From: Me <anna@box.example>\r\nTo: \"oma@tox\" <OMA@tox>, lena@tox, doc@example.net,\r\n {}@tox\r\n\
         Cc: home@toxmail.local, postmaster@toxmail.local, unknown@tox\r\nDate: x\r\nMessage-ID: <y>\r\n",
        id(3)
    );
    let header = HeaderSection::parse(written.as_bytes()).unwrap();
    let anna: MemberName = "anna".parse().unwrap();
    let book = ours.contacts.book(Some(&anna), &header).unwrap();
    let (us, them) = (ours.id.key().base32(), theirs.id.key().base32());
    let stamp = Stamp {
        date: String::new(),
        message_id: String::new(),
    };
    let sent = for_tox(&header, &book, &stamp);
    assert_eq!(
        String::from_utf8(sent.clone()).unwrap(),
        format!(
            "From: Me <anna@{us}.tox>\r\nTo: \"home@{them}.tox\" <home@{them}.tox>, lena@{them}.tox, doc@example.net,\r\n home@{}.tox\r\n\
             Cc: home@{us}.tox, postmaster@{us}.tox, unknown@tox.invalid\r\nDate: x\r\nMessage-ID: <y>\r\n",
            id(3).key().base32()
        )
    );
    let header = HeaderSection::parse(&sent).unwrap();
    let arrival = theirs
        .contacts
        .arrival_book(&ours.id.key(), None, &header)
        .unwrap();
    let return_path = canonical_of(&ours.id, "anna");
    let filed =
        String::from_utf8(on_arrival(&header, &arrival, &return_path, "direct").unwrap()).unwrap();
    assert!(filed.contains("\r\nFrom: Anna <anna@tox>\r\n"), "{filed}");
    assert!(
        filed.contains("<home@box.example>, lena@box.example, doc@"),
        "{filed}"
    );
    assert!(filed.contains("Cc: ours@tox, "), "{filed}");
    // The answer finds its way.
    assert_eq!(
        who(&theirs.contacts, "anna@tox"),
        peer(&ours.id, Some("anna"))
    );

    // Confirmed, her ordinary address counts, and is what people see.
    assert!(!arrival.may_write_as("anna@example.net"));
    theirs.contacts.confirm("anna", "anna@example.net").unwrap();
    let arrival = theirs
        .contacts
        .arrival_book(&ours.id.key(), None, &header)
        .unwrap();
    assert!(arrival.may_write_as("Anna@Example.net"));
    assert_eq!(
        arrival.preferred(&return_path).as_deref(),
        Some("anna@example.net")
    );
    let filed = on_arrival(&header, &arrival, &return_path, "direct").unwrap();
    assert!(
        String::from_utf8(filed)
            .unwrap()
            .contains("\r\nFrom: Anna <anna@example.net>\r\n")
    );
    // Somebody there whom we have not heard of is shown as theirs; a stranger's home has a name as well.
    let display = |arrival: &Arrival, local| arrival.display_for(&canonical_of(&ours.id, local));
    assert_eq!(display(&arrival, "new").as_deref(), Some("new (Ours)"));
    let strange = theirs
        .contacts
        .arrival_book(&id(7).key(), None, &header)
        .unwrap();
    let name = strange.display_for(&canonical_of(&id(7), "x"));
    assert_eq!(name.as_deref(), Some("x (Home 07070707)"));
    assert_eq!(book.canonical_of("doc@example.net"), None);
}

#[test]
fn who_was_removed_does_not_come_back_by_the_old_invitation() {
    let ours = home(1, "");
    let c = &ours.contacts;
    let parted: [&dyn Fn(&PeerKey); 3] = [
        &|key| drop(c.remove(&key.to_string()).unwrap()),
        &|key| {
            c.block_key(key).unwrap();
            c.remove(&key.to_string()).unwrap();
        },
        &|key| {
            let anna: MemberName = "anna".parse().unwrap();
            let owner = Some(anna.clone());
            let tox = Some(address::canonical(None, key));
            let emails = vec![];
            let name = "Mine".into();
            c.add(NewContact {
                name,
                tox,
                emails,
                owner,
            })
            .unwrap();
            c.remove(&rows(c, key)).unwrap();
            assert_eq!(c.forget_owner(&anna).unwrap(), [*key]);
        },
    ];
    // Everybody's entry of that home, by its nickname.
    fn rows(c: &Contacts, key: &PeerKey) -> String {
        let mut rows = c.list().unwrap().into_iter();
        let row = rows.find(|row| row.key == Some(*key) && row.owner.is_none());
        row.unwrap().nickname
    }
    for (n, part) in (2..).zip(parted) {
        let guest = id(n).key();
        let link = c.invite(&ours.id, None).unwrap().link;
        let Befriend::Ask { message, .. } =
            home(n, "x").contacts.accept_link(&link).unwrap().befriend
        else {
            panic!()
        };
        assert_eq!(c.knock(&guest, &message).unwrap(), Knock::LetIn);
        assert_eq!(
            c.knock(&guest, &message).unwrap(),
            Knock::LetIn,
            "repeated by Tox"
        );
        part(&guest);
        assert_eq!(c.peer(&guest).unwrap().map(|peer| peer.key), None);
        // Tox repeats the request that it once sent: that is a stranger's again.
        assert_eq!(c.knock(&guest, &message).unwrap(), Knock::Asks, "{n}");
        let state = c.invitations().unwrap().pop().unwrap().state;
        assert_eq!(state, InvitationState::Used);
    }
}

#[test]
fn a_home_cannot_take_a_name_that_somebody_else_has_here() {
    let ours = home(1, "");
    let c = &ours.contacts;
    let write = |sql: &'static str| {
        let done = c
            .database
            .write(move |c| Ok::<_, Error>(c.execute_batch(sql)?));
        done.unwrap();
    };
    write(
        "INSERT INTO members (name, display, password, created) VALUES ('anna', 'Anna Martin', '', 0)",
    );
    c.add(new("Papa", Some(&id(2).to_string()), &[])).unwrap();
    let name = |n: u8, local: Option<&str>| c.name_of(&id(n).key(), local, None).unwrap();
    // By an invitation of theirs, by ours, and by what they say later.
    let theirs = home(3, "Papa");
    let link = theirs.contacts.invite(&theirs.id, None).unwrap().link;
    c.accept_link(&link).unwrap();
    assert_eq!(name(3, None), "Papa (Home 03030303)");
    let link = c.invite(&ours.id, None).unwrap().link;
    let Befriend::Ask { message, .. } = home(4, "pAPA")
        .contacts
        .accept_link(&link)
        .unwrap()
        .befriend
    else {
        panic!()
    };
    c.knock(&id(4).key(), &message).unwrap();
    assert_eq!(name(4, None), "pAPA (Home 04040404)");
    c.first_contact(&id(5)).unwrap();
    // What looks the same is the same: here a Cyrillic a.
    c.learn(&id(5).key(), "P\u{430}pa", vec![]).unwrap();
    assert_eq!(name(5, None), "P\u{430}pa (Home 05050505)");
    // The people of this home, and its notices (`From: Toxmail`), which is what a home is called that has no name.
    c.learn(
        &id(5).key(),
        "Papa",
        vec![
            member("a", "Anna  Martin", &[]),
            member("b", "\u{410}nn\u{430} \u{39c}\u{430}rtin", &[]),
            member("c", "Anna", &[]),
            member("d", "T0xmail", &[]),
            member("e", "PauI", &[]),
        ],
    )
    .unwrap();
    for (local, shown) in [
        ("a", "Anna Martin (Home 05050505)"),
        ("b", "\u{410}nn\u{430} \u{39c}\u{430}rtin (Home 05050505)"),
        ("c", "Anna (Home 05050505)"),
        ("d", "T0xmail (Home 05050505)"),
        ("e", "PauI"),
    ] {
        assert_eq!(name(5, Some(local)), shown);
    }
    let theirs = home(6, "Toxmail");
    let link = theirs.contacts.invite(&theirs.id, None).unwrap().link;
    c.accept_link(&link).unwrap();
    assert_eq!(name(6, None), "Toxmail (Home 06060606)");
    assert!(
        nicknames(c).contains(&"toxmail".to_owned()),
        "an address stays short"
    );
    // A home of which only a person is a contact: its own name is not this home's to show unseen.
    c.add(new(
        "Zoe",
        Some(&format!("zoe@{}.tox", id(7).base32())),
        &[],
    ))
    .unwrap();
    c.learn(&id(7).key(), "Papa", vec![]).unwrap();
    assert_eq!(name(7, None), "Papa (Home 07070707)");
    assert_eq!(name(7, Some("x")), "x (Papa (Home 07070707))");
    assert_eq!(name(2, None), "Papa", "a person's name stays");
}

#[test]
fn a_home_that_always_names_others_fills_no_table() {
    let ours = home(1, "");
    let c = &ours.contacts;
    c.add(new("Oma", Some(&id(2).to_string()), &[])).unwrap();
    let key = id(2).key();
    c.learn(&key, "", vec![member("kept", "Kept", &[])])
        .unwrap();
    c.confirm("kept", "kept@example.org").unwrap();
    for round in 0..4 {
        let members = (0..100).map(|n| member(&format!("m{round}-{n}"), "", &[]));
        c.learn(&key, "", members.collect()).unwrap();
    }
    let nicknames = nicknames(c);
    assert!(nicknames.len() <= 202, "{}", nicknames.len());
    for there in ["oma", "kept", "m3-0", "m3-99"] {
        assert!(nicknames.iter().any(|n| n == there), "{there}");
    }
}

#[test]
fn what_one_member_keeps_for_themselves_is_no_matter_to_the_others() {
    let (ours, theirs) = (home(1, "Ours"), home(2, "Theirs"));
    let c = &ours.contacts;
    let (ben, key) = ("ben".parse::<MemberName>().unwrap(), theirs.id.key());
    let mine = |name: &str, tox: &str| {
        let mut mine = new(name, Some(tox), &[]);
        mine.owner = Some(ben.clone());
        c.add(mine).unwrap();
    };
    mine("My Home", &theirs.id.to_string());
    mine("My Zoe", &canonical_of(&theirs.id, "zoe"));
    // Paired, it is everybody's as well: by their invitation, by ours, and with its people.
    let link = theirs.contacts.invite(&theirs.id, None).unwrap().link;
    c.accept_link(&link).unwrap();
    assert_eq!(nicknames(c), ["my.home", "my.zoe", "theirs"]);
    c.remove("theirs").unwrap();
    let link = c.invite(&ours.id, None).unwrap().link;
    let token = link.rsplit_once('=').unwrap().1;
    assert!(c.redeem(token, &key).unwrap());
    c.learn(
        &key,
        "Theirs",
        vec![member("zoe", "Zoe", &[]), member("max", "Max", &[])],
    )
    .unwrap();
    assert_eq!(nicknames(c), ["max", "my.home", "my.zoe", "theirs", "zoe"]);
    // What they remove goes for them alone.
    c.remove("my.zoe").unwrap();
    c.remove("my.home").unwrap();
    c.learn(
        &key,
        "Theirs",
        vec![member("zoe", "Zoe M.", &[]), member("max", "Max", &[])],
    )
    .unwrap();
    assert_eq!(nicknames(c), ["max", "theirs", "zoe"]);
    mine("My Max", &canonical_of(&theirs.id, "max"));
    assert!(c.forget_owner(&ben).unwrap().is_empty());
    assert_eq!(nicknames(c), ["max", "theirs", "zoe"]);
}

#[test]
fn the_people_of_a_members_own_contact_are_that_members_contacts() {
    let ours = home(1, "Ours");
    let c = &ours.contacts;
    let (ben, key) = ("ben".parse::<MemberName>().unwrap(), id(2).key());
    let mut mine = new("Sweetheart", Some(&id(2).to_string()), &[]);
    mine.owner = Some(ben.clone());
    c.add(mine).unwrap();
    let tell = |names: &[&str]| {
        let members = names.iter().map(|name| member(name, name, &[])).collect();
        c.learn(&key, "Theirs", members).unwrap().new
    };
    assert_eq!(tell(&["lea", "tom"]), ["lea", "tom"]);
    let owners = || -> Vec<_> {
        let rows = c.list().unwrap().into_iter();
        rows.map(|row| (row.nickname, row.owner.is_some()))
            .collect()
    };
    let all = |list: &[(&str, bool)]| -> Vec<_> {
        list.iter()
            .map(|(name, own)| ((*name).to_owned(), *own))
            .collect()
    };
    assert_eq!(
        owners(),
        all(&[("lea", true), ("sweetheart", true), ("tom", true)])
    );
    let who = |asker| c.resolve("lea@tox", asker).unwrap();
    assert!(who(None).is_err());
    assert_eq!(who(Some(&ben)), Ok(peer(&id(2), Some("lea"))));
    c.remove("tom").unwrap();
    assert!(tell(&["lea", "tom", "ida"]).iter().all(|new| new == "ida"));
    // Paired with the whole home, it is everybody's.
    let link = c.invite(&ours.id, None).unwrap().link;
    assert!(c.redeem(link.rsplit_once('=').unwrap().1, &key).unwrap());
    assert_eq!(
        owners(),
        all(&[
            ("home.02020202", false),
            ("ida", false),
            ("lea", false),
            ("sweetheart", true)
        ])
    );
    c.remove("home.02020202").unwrap();
    tell(&["max"]);
    assert_eq!(owners(), all(&[("max", true), ("sweetheart", true)]));
    assert_eq!(c.remove("sweetheart").unwrap().unfriend, Some(key));
    assert!(owners().is_empty());
}

#[test]
fn another_name_of_this_home_stands_in_the_next_invitation() {
    let ours = home(1, "Before");
    let another_handle = ours.contacts.clone();
    another_handle.rename("After <x>");
    let link = ours.contacts.invite(&ours.id, None).unwrap().link;
    assert!(link.contains("&name=After%20x&"), "{link}");
    let said = ours.contacts.request_message(None);
    assert!(said.starts_with(b"After x would like"));
}

#[test]
fn a_blocked_home_can_always_be_found_in_the_list() {
    let ours = home(1, "");
    let c = &ours.contacts;
    let anna: MemberName = "anna".parse().unwrap();
    let mut mine = new("Eve", Some(&id(2).to_string()), &[]);
    mine.owner = Some(anna.clone());
    c.add(mine).unwrap();
    c.block("eve").unwrap();
    assert!(c.forget_owner(&anna).unwrap().is_empty());
    assert_eq!(c.knock(&id(2).key(), b"x").unwrap(), Knock::Ignored);
    assert_eq!(nicknames(c), ["home.02020202"]);
    c.remove("home.02020202").unwrap();
    assert_eq!(c.knock(&id(2).key(), b"x").unwrap(), Knock::Asks);
}
