//! Cards, and the bodies of requests for them.

use toxmail::carddav::path::Place;
use toxmail::carddav::query::{Report, Wanted};
use toxmail::carddav::xml;
use toxmail::contacts::vcard::{Card, Facts, MAX_CARD, Version, pieces};

/// A card that is read is written as one that is read as the same, in either version; what the home puts into it is found in
/// it again. Nothing of a file is passed over.
pub fn vcard(data: &[u8]) {
    let parts = pieces(data);
    let visible = |bytes: &[u8]| bytes.iter().filter(|b| !b.is_ascii_whitespace()).count();
    let kept: usize = parts.iter().map(|(_, bytes)| visible(bytes)).sum();
    assert_eq!(kept, visible(data));
    for (line, card) in parts {
        assert!(line >= 1);
        let card = match Card::read(card) {
            Ok(card) => card,
            Err(error) => {
                assert!(error.line >= 1 && !error.problem.is_empty());
                continue;
            }
        };
        assert_eq!(again(&card), card);
        for version in [Version::V3, Version::V4] {
            let other = card.clone().in_version(version);
            assert_eq!(again(&other), other);
        }
        let facts = Facts {
            uid: "urn:uuid:1".into(),
            name: "Ours; \"and\" \\ theirs".into(),
            nickname: None,
            emails: vec!["ours@example.org".into()],
            tox: Some("ours@x.tox".into()),
            revised: 1,
        };
        let ours = again(&card.with(&facts));
        assert_eq!(ours.uid().as_deref(), Some("urn:uuid:1"));
        assert_eq!(ours.all("UID").count(), 1);
        assert!(ours.emails().contains(&"ours@example.org".to_owned()));
        assert!(ours.tox().contains(&"ours@x.tox".to_owned()));
        let name = ours.all("FN").next().expect("a name").text();
        let theirs = card.all("FN").next().map(|line| line.text());
        assert!(name == facts.name || Some(name) == theirs);
    }
}

fn again(card: &Card) -> Card {
    let text = card.write();
    assert!(text.split("\r\n").all(|line| line.len() <= 75));
    assert!(!text.replace("\r\n", "").contains(['\r', '\n']));
    match Card::read(text.as_bytes()) {
        Ok(card) => card,
        // What is escaped anew may be longer.
        Err(e) => {
            assert!(text.len() > MAX_CARD, "{e}: {text}");
            card.clone()
        }
    }
}

/// A body is understood or refused; a path leads to one place, or to none.
pub fn carddav(data: &[u8]) {
    if let Ok(path) = std::str::from_utf8(data)
        && let Some(place) = Place::of(path)
    {
        assert_eq!(Place::of(&place.href()), Some(place.clone()));
        assert!(
            place.href().split('/').all(|part| part != ".."),
            "{place:?}"
        );
    }
    let Ok(tree) = xml::read(data) else { return };
    let _ = Wanted::of_propfind(Some(&tree));
    if let Ok(Report::Query { filter, data, .. }) = Report::of(&tree) {
        let text = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Anna\r\nitem1.EMAIL;TYPE=home:anna@example.org\r\nEND:VCARD\r\n";
        let card = Card::read(text.as_bytes()).expect("a card");
        let _ = filter.takes(&card);
        assert!(data.of_card(card).starts_with("BEGIN:VCARD\r\n"));
    }
    let text = xml::escaped(&tree.text);
    let copy = xml::read(format!("<a>{text}</a>").as_bytes()).expect("what was escaped");
    let harmless = |text: &str| xml::escaped(text);
    assert_eq!(harmless(&copy.text), text);
}
