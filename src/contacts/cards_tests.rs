//! The table as cards: what a member's program sees and changes, what a file brings.

use super::super::tests::{home, id, new};
use super::entry::MAX_STORED;
use super::files::sentence;
use super::*;
use crate::contacts::{NewContact, Standing, Who, vcard};
use crate::mail::address::canonical;

fn name(text: &str) -> MemberName {
    text.parse().unwrap()
}

fn card(lines: &str) -> Card {
    let text = format!("BEGIN:VCARD\nVERSION:4.0\n{lines}END:VCARD\n");
    Card::read(text.as_bytes()).unwrap()
}

fn put(contacts: &Contacts, member: &str, href: &str, lines: &str) -> Result<Filed, CardError> {
    contacts.file_card(&name(member), href, card(lines), Condition::Any)
}

fn text(contacts: &Contacts, member: &str, href: &str) -> Option<String> {
    let found = contacts.card(&name(member), href).unwrap();
    found.map(|(_, card)| card.write().replace("\r\n", "\n"))
}

fn hrefs(contacts: &Contacts, member: &str) -> Vec<String> {
    let shelf = contacts.shelf(&name(member)).unwrap();
    shelf.cards.into_iter().map(|row| row.href).collect()
}

fn why(error: CardError) -> String {
    match error {
        CardError::Contacts(error) => sentence(error),
        other => other.to_string(),
    }
}

/// A shared contact with that Tox address: its card's name.
fn shared(contacts: &Contacts, who: &str, byte: u8) -> String {
    let tox = format!("{}@{}.tox", who.to_lowercase(), id(byte).base32());
    contacts.add(new(who, Some(&tox), &[])).unwrap();
    hrefs(contacts, "anna").pop().unwrap()
}

#[test]
fn a_member_sees_everybodys_entries_and_their_own_and_no_other() {
    let garden = home(1, "Garden");
    let contacts = &garden.contacts;
    let bobs = shared(contacts, "Bob", 2);
    put(
        contacts,
        "anna",
        "a.vcf",
        "FN:Doctor\nEMAIL:doc@x.example\n",
    )
    .unwrap();
    assert_eq!(hrefs(contacts, "anna"), [bobs.as_str(), "a.vcf"]);
    assert_eq!(hrefs(contacts, "ben"), [bobs.as_str()]);
    assert_eq!(text(contacts, "ben", "a.vcf"), None);
    // The same name in two address books is two cards.
    put(
        contacts,
        "ben",
        "a.vcf",
        "FN:Teacher\nEMAIL:doc@x.example\n",
    )
    .unwrap();
    assert!(
        text(contacts, "ben", "a.vcf")
            .unwrap()
            .contains("FN:Teacher")
    );
    assert!(
        text(contacts, "anna", "a.vcf")
            .unwrap()
            .contains("FN:Doctor")
    );
    // What Ben discards is his.
    contacts
        .discard_card(&name("ben"), "a.vcf", Condition::Any)
        .unwrap();
    assert!(text(contacts, "anna", "a.vcf").is_some());
    let missing = contacts.discard_card(&name("ben"), "a.vcf", Condition::Any);
    assert!(matches!(missing, Err(CardError::Missing)));
}

#[test]
fn a_contact_without_an_ordinary_address_is_completed_by_what_letters_show() {
    let garden = home(1, "Garden");
    let href = shared(&garden.contacts, "Bob", 2);
    let canonical = canonical(Some("bob"), &id(2).key());
    let text = text(&garden.contacts, "anna", &href).unwrap();
    let unfolded = text.replace("\n ", "");
    assert!(unfolded.contains("EMAIL:bob@tox\n"), "{unfolded}");
    assert!(
        unfolded.contains(&format!("IMPP:tox:{canonical}\n")),
        "{unfolded}"
    );
    // The nospam stays at home.
    assert!(!unfolded.contains(&id(2).base32()[52..]), "{unfolded}");
}

#[test]
fn what_a_telephone_knows_besides_survives_a_round_trip() {
    let garden = home(1, "Garden");
    let contacts = &garden.contacts;
    let href = shared(contacts, "Bob", 2);
    let uid = contacts
        .card(&name("anna"), &href)
        .unwrap()
        .unwrap()
        .1
        .uid()
        .unwrap();
    // It forgets IMPP, as many do, and adds what it knows.
    let lines = format!(
        "UID:{uid}\nFN:Bob the Miller\nEMAIL;TYPE=home:bob@tox\nEMAIL;TYPE=work:bob@mill.example\nPHOTO:data:image/png;base64,AA\nBDAY:19700101\nX-A;B=c:d\n"
    );
    let filed = put(contacts, "anna", &href, &lines).unwrap();
    assert!(filed.shared && !filed.new);
    let text = text(contacts, "ben", &href).unwrap().replace("\n ", "");
    for line in [
        "FN:Bob the Miller",
        "EMAIL;TYPE=work:bob@mill.example",
        "PHOTO:data:image/png;base64,AA",
        "BDAY:19700101",
        "X-A;B=c:d",
    ] {
        assert!(text.contains(&format!("{line}\n")), "{line} in {text}");
    }
    assert!(
        text.contains("IMPP:tox:bob@") && !text.contains("bob@tox"),
        "{text}"
    );
    // The address counts, and the nickname is what it was.
    let who = contacts.resolve("bob@mill.example", None).unwrap().unwrap();
    assert_eq!(
        who,
        Who::Peer {
            key: id(2).key(),
            local: Some("bob".into())
        }
    );
    assert_eq!(contacts.resolve("bob@tox", None).unwrap().unwrap(), who);
    // The same again changes nothing.
    let before = contacts.shelf(&name("anna")).unwrap();
    put(contacts, "anna", &href, &lines).unwrap();
    assert_eq!(contacts.shelf(&name("anna")).unwrap(), before);
}

#[test]
fn a_telephone_cannot_part_the_home_from_another() {
    let garden = home(1, "Garden");
    let contacts = &garden.contacts;
    let href = shared(contacts, "Bob", 2);
    let clock = contacts.shelf(&name("anna")).unwrap().clock;
    contacts
        .discard_card(&name("anna"), &href, Condition::Any)
        .unwrap();
    // Out of her sight, and of nobody else's; the program that was away hears of it.
    assert_eq!(text(contacts, "anna", &href), None);
    assert!(text(contacts, "ben", &href).is_some());
    let since = contacts.shelf_since(&name("anna"), clock).unwrap().unwrap();
    assert_eq!(
        (since.cards.len(), since.gone.as_slice()),
        (0, [href.clone()].as_slice())
    );
    let bens = contacts.shelf_since(&name("ben"), clock).unwrap().unwrap();
    assert!(bens.gone.is_empty());
    // Letters go where they went, and the peer is one.
    assert!(matches!(
        contacts
            .resolve("bob@tox", Some(&name("anna")))
            .unwrap()
            .unwrap(),
        Who::Peer { .. }
    ));
    assert_eq!(contacts.peers().unwrap().len(), 1);
    // A private entry with a Tox address is the same.
    let own = NewContact {
        owner: Some(name("anna")),
        ..new("Cleo", Some(&id(3).to_string()), &[])
    };
    contacts.add(own).unwrap();
    let cleo = hrefs(contacts, "anna").pop().unwrap();
    contacts
        .discard_card(&name("anna"), &cleo, Condition::Any)
        .unwrap();
    assert_eq!(contacts.peers().unwrap().len(), 2);
    // It comes back when her program sends it again.
    let again = put(contacts, "anna", &href, "FN:Bob\n").unwrap();
    assert!(!again.new && again.shared);
    assert!(text(contacts, "anna", &href).is_some());
    assert_eq!(contacts.find("bob").unwrap().name, "Bob");
}

#[test]
fn a_tox_address_is_set_once() {
    let garden = home(1, "Garden");
    let contacts = &garden.contacts;
    let href = shared(contacts, "Bob", 2);
    let refused = put(
        contacts,
        "anna",
        &href,
        &format!("FN:Bob\nIMPP:tox:{}\n", id(3)),
    )
    .unwrap_err();
    assert!(why(refused).contains("another Tox address"));
    assert!(
        matches!(contacts.resolve("bob@tox", None).unwrap().unwrap(), Who::Peer { key, .. } if key == id(2).key())
    );
    // A new card with one makes first contact, in an EMAIL as well; what leads nowhere stays as it is.
    let filed = put(
        contacts,
        "anna",
        "c.vcf",
        &format!("FN:Cleo\nEMAIL:cleo@{}.tox\n", id(3).base32()),
    )
    .unwrap();
    assert!(matches!(filed.befriend, Befriend::Ask { id: asked, .. } if asked == id(3)));
    let kept = text(contacts, "anna", "c.vcf").unwrap().replace("\n ", "");
    assert!(
        !kept.contains(&id(3).base32()),
        "the nospam is not given back: {kept}"
    );
    let nowhere = format!("FN:D\nIMPP:tox:home@{}.tox\n", id(9).key().base32());
    let filed = put(contacts, "anna", "d.vcf", &nowhere).unwrap();
    assert_eq!(filed.befriend, Befriend::Nothing);
    assert!(
        text(contacts, "anna", "d.vcf")
            .unwrap()
            .contains("IMPP:tox:home@")
    );
    // A contact without one gets one, but not that of a home that is blocked, and not one that another has.
    put(contacts, "anna", "e.vcf", "FN:E\nEMAIL:e@x.example\n").unwrap();
    let taken = format!("FN:E\nIMPP:tox:cleo@{}.tox\n", id(3).base32());
    assert!(why(put(contacts, "anna", "e.vcf", &taken).unwrap_err()).contains("as Cleo"));
    contacts.block_key(&id(4).key()).unwrap();
    let blocked = format!("FN:E\nIMPP:tox:{}\n", id(4));
    assert!(why(put(contacts, "anna", "e.vcf", &blocked).unwrap_err()).contains("blocked"));
    assert_eq!(
        contacts
            .standing(&Who::Peer {
                key: id(4).key(),
                local: None
            })
            .unwrap(),
        Standing::Blocked
    );
}

#[test]
fn no_card_draws_letters_from_their_way() {
    let garden = home(1, "Garden");
    let contacts = &garden.contacts;
    let tox = format!("bob@{}.tox", id(2).base32());
    contacts
        .add(new("Bob", Some(&tox), &["bob@x.example"]))
        .unwrap();
    let by_tox = Who::Peer {
        key: id(2).key(),
        local: Some("bob".into()),
    };
    // Anna's telephone has a card of its own with the same address, and no Tox.
    put(
        contacts,
        "anna",
        "b.vcf",
        "FN:Bobby\nEMAIL:Bob@X.example\nTEL:1\n",
    )
    .unwrap();
    let to_bob = || {
        contacts
            .resolve("bob@x.example", Some(&name("anna")))
            .unwrap()
            .unwrap()
    };
    assert_eq!(to_bob(), by_tox);
    assert!(
        text(contacts, "anna", "b.vcf")
            .unwrap()
            .contains("EMAIL:Bob@X.example\n")
    );
    // Nor one that was there before the contact got the address.
    put(contacts, "anna", "c.vcf", "FN:Cleo\nEMAIL:cleo@x.example\n").unwrap();
    let tox = format!("cleo@{}.tox", id(2).base32());
    contacts
        .add(new("Cleo", Some(&tox), &["cleo@x.example"]))
        .unwrap();
    let to_cleo = contacts
        .resolve("cleo@x.example", Some(&name("anna")))
        .unwrap()
        .unwrap();
    assert!(matches!(to_cleo, Who::Peer { .. }), "{to_cleo:?}");
}

#[test]
fn conditions_and_uids_are_minded() {
    let garden = home(1, "Garden");
    let contacts = &garden.contacts;
    let anna = name("anna");
    let file = |href: &str, lines: &str, condition| {
        contacts.file_card(&anna, href, card(lines), condition)
    };
    let fails = |r: Result<Filed, CardError>| matches!(r, Err(CardError::Condition));
    assert!(fails(file("a.vcf", "FN:A\n", Condition::Present)));
    assert!(fails(file("a.vcf", "FN:A\n", Condition::Versions(vec![1]))));
    assert!(
        file("a.vcf", "FN:A\nUID:1\n", Condition::Absent)
            .unwrap()
            .new
    );
    assert!(fails(file("a.vcf", "FN:A\n", Condition::Absent)));
    let version = contacts.card(&anna, "a.vcf").unwrap().unwrap().0;
    file("a.vcf", "FN:B\nUID:1\n", Condition::Versions(vec![version])).unwrap();
    // Somebody else was faster.
    assert!(fails(file(
        "a.vcf",
        "FN:C\nUID:1\n",
        Condition::Versions(vec![version])
    )));
    let late = contacts.discard_card(&anna, "a.vcf", Condition::Versions(vec![version]));
    assert!(matches!(late, Err(CardError::Condition)));
    let twin = file("b.vcf", "FN:A\nUID:1\n", Condition::Any);
    assert!(matches!(twin, Err(CardError::UidTaken { href }) if href == "a.vcf"));
    assert!(why(file("c.vcf", "TEL:1\n", Condition::Any).unwrap_err()).contains("no name"));
    assert_eq!(hrefs(contacts, "anna"), ["a.vcf"]);
}

#[test]
fn every_change_is_told_to_who_was_away() {
    let garden = home(1, "Garden");
    let contacts = &garden.contacts;
    let anna = name("anna");
    put(contacts, "anna", "a.vcf", "FN:A\nEMAIL:a@x.example\n").unwrap();
    put(contacts, "anna", "b.vcf", "FN:B\nEMAIL:b@x.example\n").unwrap();
    let clock = contacts.shelf(&anna).unwrap().clock;
    let since = |clock| contacts.shelf_since(&anna, clock).unwrap();
    assert_eq!(since(clock).unwrap().cards, []);
    let changed = |clock| -> Vec<String> {
        since(clock)
            .unwrap()
            .cards
            .into_iter()
            .map(|row| row.href)
            .collect()
    };
    contacts.confirm("a", "more@x.example").unwrap();
    assert_eq!(changed(clock), ["a.vcf"]);
    contacts
        .edit(
            "b",
            super::super::Edit {
                name: Some("Ben".into()),
                ..Default::default()
            },
        )
        .unwrap();
    assert_eq!(changed(clock), ["a.vcf", "b.vcf"]);
    contacts.remove("a").unwrap();
    let now = since(clock).unwrap();
    assert_eq!(
        (now.cards.len(), now.gone.as_slice()),
        (1, ["a.vcf".to_owned()].as_slice())
    );
    // A card that came and went again is gone for whoever saw it.
    put(contacts, "anna", "a.vcf", "FN:A\nEMAIL:a@x.example\n").unwrap();
    assert!(since(clock).unwrap().gone.is_empty());
    // A clock of the future, or one that is long past, is none.
    assert_eq!(since(i64::MAX), None);
    assert_eq!(since(-MAX_BEHIND), None);
    // A home that goes takes its people's cards along, by a cascade as well.
    shared(contacts, "Dora", 4);
    let clock = contacts.shelf(&anna).unwrap().clock;
    contacts
        .database
        .write(|c| Ok::<_, Error>(c.execute("DELETE FROM peers", [])?))
        .unwrap();
    assert_eq!(since(clock).unwrap().gone.len(), 1);
}

#[test]
fn cards_have_their_bounds() {
    let garden = home(1, "Garden");
    let contacts = &garden.contacts;
    let photo = "x".repeat(500_000);
    let lines = format!("FN:A\nPHOTO:data:,{photo}\n");
    put(contacts, "anna", "a.vcf", &lines).unwrap();
    contacts
        .database
        .write(|c| {
            let filler = vec![b'x'; (MAX_STORED - 900_000) as usize];
            c.execute("UPDATE cards SET raw = ?1", [filler])?;
            Ok::<_, Error>(())
        })
        .unwrap();
    put(contacts, "anna", "b.vcf", "FN:B\n").unwrap();
    put(contacts, "anna", "c.vcf", &lines.replace("FN:A", "FN:C")).unwrap();
    let full = put(contacts, "anna", "d.vcf", &lines.replace("FN:A", "FN:D"));
    assert!(matches!(full, Err(CardError::Full)));
    assert_eq!(hrefs(contacts, "anna").len(), 3);
    contacts
        .database
        .write(|c| {
            c.execute_batch(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4997)
                 INSERT INTO contacts (name, nickname, made_by, added) SELECT 'n', 'n' || i, 'person', 0 FROM n",
            )?;
            Ok::<_, Error>(())
        })
        .unwrap();
    assert!(matches!(
        put(contacts, "anna", "e.vcf", "FN:E\n"),
        Err(CardError::Full)
    ));
}

#[test]
fn a_number_alone_is_kept_and_reaches_nobody() {
    let garden = home(1, "Garden");
    put(&garden.contacts, "anna", "a.vcf", "FN:Pizza\nTEL:1\n").unwrap();
    let nobody = garden
        .contacts
        .resolve("pizza@tox", Some(&name("anna")))
        .unwrap();
    assert!(nobody.unwrap_err().text.contains("no e-mail address"));
}

fn import(
    contacts: &Contacts,
    owner: Option<&str>,
    cards: &[&str],
) -> Vec<Result<Imported, NotImported>> {
    let owner = owner.map(name);
    let pieces: Vec<(usize, String)> = cards
        .iter()
        .enumerate()
        .map(|(i, lines)| {
            (
                100 * i + 1,
                format!("BEGIN:VCARD\nVERSION:3.0\n{lines}END:VCARD\n"),
            )
        })
        .collect();
    contacts.import(owner.as_ref(), &pieces).unwrap()
}

#[test]
fn a_file_completes_whom_it_names_and_enters_others() {
    let garden = home(1, "Garden");
    let contacts = &garden.contacts;
    let tox = format!("bob@{}.tox", id(2).base32());
    contacts
        .add(new("Bob", Some(&tox), &["bob@x.example"]))
        .unwrap();
    contacts
        .add(new("Cleo", None, &["cleo@x.example"]))
        .unwrap();
    let cards = [
        "UID:u1\nFN:Dora\nNICKNAME:Dodo\nEMAIL:dora@x.example\nPHOTO;ENCODING=b:AA\n".to_owned(),
        format!(
            "FN:Bob\nX-TOX:{}\nEMAIL:bob@work.example\nTEL:1\n",
            canonical(Some("bob"), &id(2).key())
        ),
        "FN:Cleopatra\nEMAIL:CLEO@x.example\nEMAIL:c@x.example\n".to_owned(),
    ];
    let cards: Vec<&str> = cards.iter().map(String::as_str).collect();
    let done = import(contacts, None, &cards);
    let new: Vec<bool> = done.iter().map(|d| d.as_ref().unwrap().new).collect();
    assert_eq!(new, [true, false, false]);
    let bob = contacts.find("bob").unwrap();
    assert_eq!(bob.emails, ["bob@work.example", "bob@x.example"]);
    assert_eq!(contacts.find("cleo").unwrap().name, "Cleopatra");
    assert_eq!(contacts.find("dodo").unwrap().name, "Dora");
    // Once more, and nobody is there twice; a card that says less takes nothing away.
    let clock = contacts.shelf(&name("anna")).unwrap().clock;
    assert!(
        import(contacts, None, &cards)
            .iter()
            .all(|d| !d.as_ref().unwrap().new)
    );
    assert_eq!(contacts.shelf(&name("anna")).unwrap().clock, clock);
    assert!(
        !import(contacts, None, &["UID:u1\nFN:Dora\n"])[0]
            .as_ref()
            .unwrap()
            .new
    );
    let (text, _) = contacts
        .export(None, 0, ToxIds::Canonical)
        .unwrap()
        .unwrap();
    assert!(
        text.contains("PHOTO:data:image/octet-stream;base64,AA") || text.contains("PHOTO"),
        "{text}"
    );
    assert!(text.contains("EMAIL:dora@x.example"), "{text}");
    // Anna's own are apart.
    let annas = import(
        contacts,
        Some("anna"),
        &["UID:u1\nFN:Dora\nEMAIL:dora@x.example\n"],
    );
    assert!(
        annas[0]
            .as_ref()
            .unwrap_err()
            .why
            .contains("Dora has the address")
    );
    import(contacts, Some("anna"), &["FN:Eve\nEMAIL:eve@x.example\n"])[0]
        .as_ref()
        .unwrap();
    assert!(
        !contacts
            .export(None, 0, ToxIds::Canonical)
            .unwrap()
            .unwrap()
            .0
            .contains("Eve")
    );
    let (own, _) = contacts
        .export(Some(&name("anna")), 0, ToxIds::Canonical)
        .unwrap()
        .unwrap();
    assert!(own.contains("FN:Eve") && !own.contains("Dora"));
    assert!(
        contacts
            .export(Some(&name("ben")), 0, ToxIds::Canonical)
            .unwrap()
            .is_none()
    );
}

#[test]
fn a_card_is_taken_whole_or_not_at_all_and_told_with_its_line() {
    let garden = home(1, "Garden");
    let contacts = &garden.contacts;
    contacts.add(new("Bob", None, &["bob@x.example"])).unwrap();
    contacts
        .add(new("Cleo", None, &["cleo@x.example"]))
        .unwrap();
    let stranger = format!(
        "FN:F\nEMAIL:f@x.example\nIMPP:tox:{}\n",
        canonical(None, &id(9).key())
    );
    let done = import(
        contacts,
        None,
        &[
            "FN:D\nEMAIL:d@x.example\nEMAIL:cleo@x.example\nEMAIL:bob@x.example\n",
            "FN:E\nTEL;HOME:1\n",
            &stranger,
            "TEL:1\n",
            "FN:G\nEMAIL:g@x.example\n",
        ],
    );
    let told: Vec<(usize, &str)> = done
        .iter()
        .filter_map(|d| d.as_ref().err())
        .map(|e| (e.line, e.why.as_str()))
        .collect();
    assert_eq!(
        told.iter().map(|(line, _)| *line).collect::<Vec<_>>(),
        [1, 104, 201, 301],
        "{told:?}"
    );
    assert!(told[0].1.contains("has the address"), "{told:?}");
    assert!(told[2].1.contains("ask for their full Tox ID"), "{told:?}");
    // Nothing of them is here, and nobody lost an address.
    let names: Vec<String> = contacts
        .list()
        .unwrap()
        .into_iter()
        .map(|row| row.name)
        .collect();
    assert_eq!(names, ["Bob", "Cleo", "G"]);
    assert_eq!(contacts.find("bob").unwrap().emails, ["bob@x.example"]);
    assert_eq!(contacts.find("cleo").unwrap().emails, ["cleo@x.example"]);
}

#[test]
fn an_export_goes_into_another_home() {
    let (garden, mill) = (home(1, "Garden"), home(5, "Mill"));
    let tox = format!("bob@{}.tox", id(2).base32());
    garden
        .contacts
        .add(new("Bob", Some(&tox), &["bob@x.example"]))
        .unwrap();
    garden
        .contacts
        .add(new("Home 2", Some(&id(2).to_string()), &[]))
        .unwrap();
    garden
        .contacts
        .add(new("Käthe", None, &["k@x.example"]))
        .unwrap();
    let careful = garden
        .contacts
        .export(None, 0, ToxIds::Canonical)
        .unwrap()
        .unwrap()
        .0;
    let unfolded = careful.replace("\r\n ", "");
    assert!(!unfolded.contains(&id(2).base32()) && !unfolded.contains(&id(2).to_string()));
    assert!(!unfolded.contains("@tox\r\n"), "{unfolded}");
    let (text, last) = garden
        .contacts
        .export(None, 0, ToxIds::Full)
        .unwrap()
        .unwrap();
    assert!(
        garden
            .contacts
            .export(None, last, ToxIds::Full)
            .unwrap()
            .is_none()
    );
    let pieces: Vec<(usize, String)> = vcard::pieces(text.as_bytes())
        .into_iter()
        .map(|(line, bytes)| (line, String::from_utf8(bytes.to_vec()).unwrap()))
        .collect();
    let done = mill.contacts.import(None, &pieces).unwrap();
    assert!(done.iter().all(Result::is_ok), "{done:?}");
    assert!(matches!(
        done[0].as_ref().unwrap().befriend,
        Befriend::Ask { .. }
    ));
    let rows = |contacts: &Contacts| -> Vec<_> {
        let list = contacts.list().unwrap().into_iter();
        list.map(|row| (row.name, row.nickname, row.address, row.emails))
            .collect()
    };
    assert_eq!(rows(&mill.contacts), rows(&garden.contacts));
}

#[test]
fn an_operators_word_is_the_last() {
    let garden = home(1, "Garden");
    let contacts = &garden.contacts;
    put(
        contacts,
        "anna",
        "a.vcf",
        "FN:A\nEMAIL:a@x.example\nEMAIL:b@x.example\nTEL:1\n",
    )
    .unwrap();
    let edit = |emails: &[&str]| {
        let emails = emails.iter().map(|e| (*e).to_owned()).collect();
        contacts.edit(
            "a",
            super::super::Edit {
                emails: Some(emails),
                ..Default::default()
            },
        )
    };
    edit(&["c@x.example", "b@x.example"]).unwrap();
    let card = text(contacts, "anna", "a.vcf").unwrap();
    assert!(
        card.contains("EMAIL:c@x.example\nEMAIL:b@x.example\n") && !card.contains("a@x.example"),
        "{card}"
    );
    assert!(card.contains("TEL:1\n"));
    assert!(matches!(edit(&[]), Err(Error::Refused(_))));
    assert!(matches!(edit(&["bob@tox"]), Err(Error::Refused(_))));
    // Whoever took a contact out of sight finds it again when it is edited.
    let href = shared(contacts, "Bob", 2);
    contacts
        .discard_card(&name("anna"), &href, Condition::Any)
        .unwrap();
    assert_eq!(
        contacts
            .hidden_from(contacts.find("bob").unwrap().id)
            .unwrap(),
        ["anna"]
    );
    contacts
        .edit(
            "bob",
            super::super::Edit {
                name: Some("Robert".into()),
                ..Default::default()
            },
        )
        .unwrap();
    assert!(text(contacts, "anna", &href).unwrap().contains("FN:Robert"));
}

#[test]
fn a_verified_home_is_so_with_both_keys_only() {
    use super::super::Compared;
    let garden = home(1, "Garden");
    let contacts = &garden.contacts;
    shared(contacts, "Bob", 2);
    contacts
        .add(new("Cleo", None, &["cleo@x.example"]))
        .unwrap();
    assert!(contacts.verified().unwrap().is_empty());
    contacts.verify("bob", Compared::Same).unwrap();
    assert!(contacts.verified().unwrap().contains(&id(2).key()));
    assert!(matches!(
        contacts.verify("cleo", Compared::Same),
        Err(Error::Refused(_))
    ));
    // Another identity of ours has not been compared with anybody.
    let mut other = contacts.clone();
    other.ourselves = id(7).key();
    assert!(other.verified().unwrap().is_empty());
    contacts.verify("bob", Compared::NotYet).unwrap();
    assert!(contacts.verified().unwrap().is_empty());
    // A home that goes, and comes back, is a stranger.
    contacts.verify("bob", Compared::Same).unwrap();
    contacts.remove("bob").unwrap();
    shared(contacts, "Bob", 2);
    assert!(contacts.verified().unwrap().is_empty());
}
