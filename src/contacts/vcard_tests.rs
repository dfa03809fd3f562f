use proptest::prelude::*;

use super::*;

fn card(lines: &str) -> Vec<u8> {
    format!("BEGIN:VCARD\n{lines}END:VCARD\n")
        .replace('\n', "\r\n")
        .into_bytes()
}

/// The cards of a file, each as it is or with what is wrong with it; and where each begins.
fn read_file(bytes: &[u8]) -> Vec<(usize, Result<Card, Error>)> {
    split(bytes)
        .into_iter()
        .map(|(line, lines)| (line, lines.and_then(|lines| read_lines(&lines))))
        .collect()
}

fn read(lines: &str) -> Result<Card, Error> {
    Card::read(&card(lines))
}

#[track_caller]
fn refused(lines: &str, line: usize, problem: &str) {
    let error = read(lines).unwrap_err();
    assert!(error.problem.contains(problem), "{error}");
    assert_eq!(error.line, line, "{error}");
}

#[test]
fn a_card_of_a_telephone_is_understood() {
    let card = read(
        "VERSION:3.0\nN:Martin;Anna;Maria;Dr.;\nFN:Dr. Anna Martin\nitem1.EMAIL;type=INTERNET;TYPE=pref:anna@example.org\n\
         EMAIL;TYPE=\"work,x\":mailto:a@work.example\nX-ABShowAs:COMPANY\nIMPP;X-SERVICE-TYPE=Tox:TOX:abc\nNOTE:a\\nb\\,c\\;d\\\\e\n\
         NICKNAME:Nan,Omi\nUID: 17 \n",
    )
    .unwrap();
    assert_eq!(card.name().unwrap(), "Dr. Anna Martin");
    assert_eq!(card.emails(), ["anna@example.org", "a@work.example"]);
    assert_eq!(card.tox(), ["abc"]);
    assert_eq!(card.nickname().unwrap(), "Nan");
    assert_eq!(card.uid().unwrap(), "17");
    assert_eq!(card.all("NOTE").next().unwrap().text(), "a\nb,c;d\\e");
    assert_eq!(
        card.all("EMAIL").next().unwrap().group.as_deref(),
        Some("item1")
    );
}

#[test]
fn the_preferred_address_comes_first_in_both_versions() {
    let lines = "EMAIL:a@x.example\nEMAIL;PREF=2:b@x.example\nEMAIL;PREF=1:c@x.example\n";
    let four = read(&format!("VERSION:4.0\nFN:A\n{lines}")).unwrap();
    assert_eq!(four.emails(), ["c@x.example", "b@x.example", "a@x.example"]);
    let three = four.in_version(Version::V3);
    assert_eq!(three.emails()[0], "c@x.example");
    assert!(three.write().contains("EMAIL;TYPE=pref:c@x.example"));
}

#[test]
fn a_name_is_found_where_there_is_one() {
    for (lines, name) in [
        ("FN:A\nN:B;C;;;\n", "A"),
        (
            "FN:\nN:Martin;Anna;Maria,Luise;Dr.;jun.\n",
            "Dr. Anna Maria Luise Martin jun.",
        ),
        ("N:;;;;\nNICKNAME:Omi\n", "Omi"),
        ("ORG:Garden;Roses\n", "Garden Roses"),
        ("EMAIL:a@x.example\n", "a@x.example"),
    ] {
        let card = read(&format!("VERSION:4.0\n{lines}")).unwrap();
        assert_eq!(card.name().as_deref(), Some(name), "{lines}");
    }
    assert_eq!(read("VERSION:4.0\nTEL:1\n").unwrap().name(), None);
}

#[test]
fn folds_are_undone_before_letters_are_read() {
    // The fold stands between the two bytes of the é, and another in an escape.
    let folded = b"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:\xc3\r\n \xa9lise\r\nNOTE:a\\\r\n\tn b\r\n  c\r\nEND:VCARD\r\n";
    let card = Card::read(folded).unwrap();
    assert_eq!(card.name().unwrap(), "élise");
    assert_eq!(card.all("NOTE").next().unwrap().text(), "a\n b c");
    // A line that only looks like the end of the card.
    let tricky = read("VERSION:4.0\nFN:A\nNOTE:x\n END:VCARD\n BEGIN:VCARD\n").unwrap();
    assert_eq!(
        tricky.all("NOTE").next().unwrap().value,
        "xEND:VCARDBEGIN:VCARD"
    );
    // LF alone, and a byte order mark.
    assert!(Card::read(b"\xef\xbb\xbfBEGIN:VCARD\nVERSION:3.0\nFN:A\nEND:VCARD").is_ok());
}

#[test]
fn long_lines_are_folded_between_letters() {
    let card = read(&format!("VERSION:4.0\nFN:{}\n", "é☃𝄞".repeat(60))).unwrap();
    let text = card.write();
    for line in text.split("\r\n") {
        assert!(line.len() <= 75, "{}", line.len());
    }
    assert_eq!(Card::read(text.as_bytes()).unwrap(), card);
}

#[test]
fn what_cannot_be_read_is_told_with_its_line() {
    refused("VERSION:2.1\nFN:A\n", 2, "2.1");
    refused("VERSION:3.0\nFN:A\nTEL;HOME:1\n", 4, "2.1");
    refused(
        "VERSION:3.0\nFN;ENCODING=QUOTED-PRINTABLE:=41\n",
        3,
        "quoted-printable",
    );
    refused("VERSION:3.0\nFN;CHARSET=ISO-8859-1:A\n", 3, "character set");
    refused("VERSION:5.0\nFN:A\n", 2, "version 5.0");
    refused("VERSION:3.0\nVERSION:4.0\n", 3, "two versions");
    refused("FN:A\n", 1, "no VERSION");
    refused("VERSION:3.0\nFN A\n", 3, "colon");
    refused("VERSION:3.0\nF_N:A\n", 3, "letters, digits");
    refused("VERSION:3.0\nFN;X=\"a:b\n", 3, "quotation mark");
    refused("VERSION:3.0\nFN;X=a\n", 3, "colon");
    refused("VERSION:3.0\nFN:a\u{1}b\n", 3, "control");
    refused(
        &format!("VERSION:3.0\n{}", "A:\n".repeat(3000)),
        1,
        "too many lines",
    );
    refused(
        &format!("VERSION:3.0\nPHOTO:{}\n", "x".repeat(MAX_CARD)),
        1,
        "512 KB",
    );
    let at = |bytes: &[u8]| Card::read(bytes).unwrap_err();
    assert_eq!(
        at(b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:\xff\r\nEND:VCARD\r\n").line,
        3
    );
    assert_eq!(at(b"").line, 1);
    assert_eq!(
        at(b"BEGIN:VCARD\r\nVERSION:3.0\r\n").problem,
        "the card has no END:VCARD"
    );
    assert_eq!(
        at(b"BEGIN:VCARD\r\n X\r\nVERSION:3.0\r\nEND:VCARD\r\n").line,
        2
    );
}

#[test]
fn a_broken_card_in_a_file_takes_no_other_with_it() {
    let file = b"BEGIN:VCARD\nVERSION:3.0\nFN:A\nEND:VCARD\n\nBEGIN:VCARD\nVERSION:2.1\nEND:VCARD\nstray\n\
        BEGIN:VCARD\nVERSION:4.0\nFN:B\nBEGIN:VCARD\nVERSION:4.0\nFN:C\nEND:VCARD\n";
    let cards = read_file(file);
    let told: Vec<_> = cards
        .iter()
        .map(|(line, card)| match card {
            Ok(card) => (*line, card.name().unwrap()),
            Err(e) => (*line, format!("!{}", e.line)),
        })
        .collect();
    assert_eq!(
        told,
        [
            (1, "A".to_owned()),
            (6, "!7".into()),
            (9, "!9".into()),
            (10, "!10".into()),
            (13, "C".into())
        ]
    );
    // The pieces that go to the home one by one are the same, and nothing is left out.
    let pieces = pieces(file);
    assert_eq!(
        pieces.iter().map(|(line, _)| *line).collect::<Vec<_>>(),
        [1, 6, 10, 13]
    );
    assert_eq!(
        pieces.iter().map(|(_, bytes)| bytes.len()).sum::<usize>(),
        file.len()
    );
}

#[test]
fn photos_are_the_same_in_both_versions() {
    let three = read("VERSION:3.0\nFN:A\nPHOTO;ENCODING=b;TYPE=JPEG:AAEC\nTEL;TYPE=CELL,pref:+1 5\nX-ADDRESSBOOKSERVER-KIND:group\n").unwrap();
    let four = three.clone().in_version(Version::V4);
    let text = four.write();
    assert!(
        text.contains("PHOTO:data:image/jpeg;base64,AAEC\r\n"),
        "{text}"
    );
    assert!(text.contains("TEL;PREF=1;TYPE=CELL:+1 5\r\n"), "{text}");
    assert!(text.contains("KIND:group\r\n"), "{text}");
    let back = four.in_version(Version::V3).write();
    assert!(
        back.contains("PHOTO;ENCODING=b;TYPE=JPEG:AAEC\r\n"),
        "{back}"
    );
    assert!(back.contains("TEL;TYPE=CELL,pref:+1 5\r\n"), "{back}");
    let other =
        read("VERSION:4.0\nFN:A\nTEL;VALUE=uri:tel:+15\nPHOTO:https://x.example/p.jpg\n").unwrap();
    let text = other.in_version(Version::V3).write();
    assert!(
        text.contains("TEL:+15\r\n") && text.contains("PHOTO:https://x.example/p.jpg"),
        "{text}"
    );
}

#[test]
fn what_the_home_knows_stands_in_the_card_and_the_rest_stays() {
    let card = read(
        "VERSION:3.0\nUID:old\nFN:Oma\nN:Oma;;;;\nEMAIL;TYPE=home:oma@x.example\nEMAIL:both@x.example\nPHOTO;ENCODING=b:AA\n\
         X-UNKNOWN;A=b:c\nREV:2001-01-01T00:00:00Z\nTEL:1\n",
    )
    .unwrap();
    let mut facts = Facts {
        uid: "urn:uuid:1".into(),
        name: "Oma".into(),
        emails: vec!["new@x.example".into(), "oma@X.example".into()],
        tox: Some("bob@k.tox".into()),
        revised: 1_795_626_000,
        ..Facts::default()
    };
    assert_eq!(
        card.with(&facts).write().replace("\r\n", "\n"),
        "BEGIN:VCARD\nVERSION:3.0\nUID:urn:uuid:1\nFN:Oma\nN:Oma;;;;\nEMAIL:new@x.example\nEMAIL;TYPE=home:oma@x.example\n\
         EMAIL:both@x.example\nIMPP:tox:bob@k.tox\nPHOTO;ENCODING=b:AA\nX-UNKNOWN;A=b:c\nTEL:1\nREV:20261125T170000Z\nEND:VCARD\n"
    );
    facts.name = "Oma; Anna".into();
    let renamed = card.with(&facts).write();
    assert!(
        renamed.contains("FN:Oma\\; Anna\r\nN:;Oma\\; Anna;;;\r\n"),
        "{renamed}"
    );
}

#[test]
fn times_are_written_as_they_are() {
    for (seconds, text) in [
        (0, "19700101T000000Z"),
        (951_782_399, "20000228T235959Z"),
        (951_782_400, "20000229T000000Z"),
        (4_107_542_400, "21000301T000000Z"),
        (-1, "19691231T235959Z"),
    ] {
        assert_eq!(timestamp(seconds), text);
    }
}

fn property() -> impl Strategy<Value = Property> {
    let name = "[A-Z][A-Z0-9-]{0,8}".prop_filter("not ours", |n| {
        !["BEGIN", "END", "VERSION", "CHARSET", "ENCODING"].contains(&n.as_str())
    });
    let parameter = (
        "[A-Z][A-Z0-9-]{0,5}"
            .prop_filter("read", |n| !["CHARSET", "ENCODING"].contains(&n.as_str())),
        proptest::collection::vec("[^\\p{Cc}]{0,12}|a\nb\"\\^;:,", 1..3),
    );
    (
        proptest::option::of("[a-z0-9]{1,5}"),
        name,
        proptest::collection::vec(parameter, 0..3),
        "[^\\p{Cc}]{0,120}",
    )
        .prop_map(|(group, name, parameters, value)| Property {
            group,
            name,
            parameters,
            value,
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_card_that_is_written_is_read_as_the_same(
        properties in proptest::collection::vec(property(), 0..12),
        four in any::<bool>(),
    ) {
        let version = if four { Version::V4 } else { Version::V3 };
        let card = Card { version, properties };
        let text = card.write();
        prop_assert_eq!(Card::read(text.as_bytes()).unwrap(), card.clone());
        // Wherever a program folds, in the middle of a letter as well.
        let mut folded = Vec::new();
        for (i, byte) in text.bytes().enumerate() {
            let inside = i > 30 && i + 12 < text.len() && byte != b'\r' && byte != b'\n';
            if inside && i % 7 == 0 && !text.as_bytes()[..i].ends_with(b"\n") {
                folded.extend_from_slice(b"\r\n ");
            }
            folded.push(byte);
        }
        prop_assert_eq!(Card::read(&folded).unwrap(), card);
    }

    #[test]
    fn any_text_survives_its_escapes(text in "(?s)[^\\p{Cc}]{0,60}|a\n\\n,;\\\\b") {
        prop_assert_eq!(unescaped(&escaped(&text)), text);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        for (_, card) in read_file(&[b"BEGIN:VCARD\nVERSION:4.0\n", &bytes[..], b"\nEND:VCARD\n"].concat()) {
            if let Ok(card) = card {
                let again = Card::read(card.write().as_bytes()).unwrap();
                prop_assert_eq!(&again, &card);
                let there = card.clone().in_version(Version::V3).write();
                prop_assert!(Card::read(there.as_bytes()).is_ok());
            }
        }
    }
}
