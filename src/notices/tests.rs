#![allow(clippy::unwrap_used, clippy::expect_used)]

use mail_parser::{MessageParser, MimeHeaders, PartType};

use super::*;
use crate::mail::address::PeerKey;
use crate::mail::verdict::{Reason, Status};
use crate::queue::Destination;

const NOON: i64 = 1_795_521_600; // Tuesday, 24 November 2026, 12:00 UTC
const LETTER: &[u8] =
    b"From: anna@toxmail.local\r\nSubject: =?utf-8?q?F=C3=AAte?=\r\n\r\nBonjour\r\n";

fn untold(fates: Vec<(&str, Outcome)>) -> Untold {
    untold_of(Destination::Tox(PeerKey::from_bytes([1; 32])), fates)
}

fn untold_of(destination: Destination, fates: Vec<(&str, Outcome)>) -> Untold {
    // Fates are found by what they tell; here every one is of the same delivery.
    let fates = fates
        .into_iter()
        .enumerate()
        .map(|(index, (address, outcome))| {
            crate::queue::fate_for_tests(
                index,
                Recipient {
                    address: address.into(),
                    notify: Notify::default(),
                    original: Some("rfc822;Grandma+2Bme@b.org".into()),
                },
                destination,
                outcome,
            )
        })
        .collect();
    crate::queue::untold_for_tests(
        Envelope {
            sender: "anna@toxmail.local".into(),
            envelope_id: Some("QQ+2B314".into()),
            ..Envelope::default()
        },
        NOON - 3600,
        LETTER.len() as u64,
        fates,
    )
}

fn written(untold: &Untold, language: Language, original: &[u8]) -> String {
    let notice = report(&Report {
        untold,
        hostname: "garden.local",
        language,
        home: None,
        now: NOON,
        expire_after: Duration::from_secs(30 * 86_400),
        who: &|_| Person {
            name: Some("Grandma".into()),
            last_seen: Some(NOON - 4 * 86_400),
            awaits_direct: false,
        },
        original: Original::read(&mut &original[..], untold).unwrap(),
    })
    .unwrap();
    assert_eq!(notice.envelope.sender, "");
    assert_eq!(notice.envelope.recipients[0].notify, Notify::NEVER);
    String::from_utf8(notice.bytes).unwrap()
}

#[test]
fn a_letter_that_waits_for_a_direct_connection_says_so_in_every_language() {
    let told = |outcome: Outcome, language, awaits_direct| {
        let untold = untold(vec![("oma@b.tox", outcome)]);
        let notice = report(&Report {
            untold: &untold,
            hostname: "garden.local",
            language,
            home: None,
            now: NOON,
            expire_after: Duration::from_secs(30 * 86_400),
            who: &|_| Person {
                name: Some("Grandma".into()),
                last_seen: Some(NOON),
                awaits_direct,
            },
            original: Original::nothing(),
        });
        let notice = String::from_utf8(notice.unwrap().bytes).unwrap();
        parts(&notice).0
    };
    let late = || Outcome::Failed(Reason::new(Status(4, 4, 7), "given up after 30 days"));
    for (language, waits, too_late, allow, away) in [
        (
            Language::English,
            "waits for a direct connection",
            "no direct connection in time",
            "allow relays for this person",
            "cannot be reached at the moment",
        ),
        (
            Language::French,
            "attend une liaison directe",
            "pas eu de liaison directe à temps",
            "permettre les relais pour ce contact",
            "n'est pas joignable pour le moment",
        ),
        (
            Language::German,
            "wartet auf eine direkte Verbindung",
            "nicht rechtzeitig eine direkte Verbindung",
            "Relais für diesen Kontakt",
            "ist zurzeit nicht erreichbar",
        ),
        (
            Language::Spanish,
            "Espera una conexión directa",
            "no hubo una conexión directa a tiempo",
            "los repetidores para este contacto",
            "no está disponible en este momento",
        ),
    ] {
        let text = told(Outcome::Delayed(None), language, true);
        assert!(text.contains(waits) && text.contains(allow), "{text}");
        assert!(!text.contains(away), "{text}");
        let text = told(late(), language, true);
        assert!(text.contains(too_late) && text.contains(allow), "{text}");
        let text = told(Outcome::Delayed(None), language, false);
        assert!(text.contains(away), "{text}");
        for outcome in [Outcome::Delayed(None), late()] {
            let text = told(outcome, language, false);
            assert!(!text.contains(waits) && !text.contains(allow), "{text}");
        }
    }
}

fn nobody() -> Outcome {
    Outcome::Failed(Reason::new(Status(5, 1, 1), "nobody here has that name"))
}

/// Parts: human text, status, type of the third.
fn parts(message: &str) -> (String, String, Option<String>) {
    let message = MessageParser::new().parse(message.as_bytes()).unwrap();
    let report = message.content_type().unwrap();
    assert_eq!(report.ctype(), "multipart");
    assert_eq!(report.subtype(), Some("report"));
    let text = message.body_text(0).unwrap().into_owned();
    let body = |n: usize| match &message.parts[n].body {
        PartType::Text(text) => text.to_string(),
        PartType::Binary(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        PartType::Message(inner) => String::from_utf8_lossy(&inner.raw_message).into_owned(),
        other => panic!("{other:?}"),
    };
    let third = message.parts.get(3).map(|part| {
        let kind = part.content_type().unwrap();
        format!("{}/{}", kind.ctype(), kind.subtype().unwrap())
    });
    (text, body(2), third)
}

#[test]
fn a_failure_says_what_happened_to_whom_and_what_to_do() {
    let message = written(
        &untold(vec![("oma@b.tox", nobody())]),
        Language::English,
        LETTER,
    );
    let (text, status, third) = parts(&message);
    assert_eq!(
        text.replace("\r\n", "\n"),
        "Hello,\n\n\
         this is Toxmail, the post office in your home, about your message \"Fête\" of Tuesday.\n\n\
         Grandma (oma@b.tox) did NOT get it.\n\
         Why: there is no mailbox of that name. [5.1.1 nobody here has that name]\n\
         What to do: check the address, and send it again.\n\n\
         Your message is attached, so that nothing is lost.\n\n\
         Toxmail\n"
    );
    assert_eq!(
        status,
        "Reporting-MTA: dns; garden.local\r\n\
         Original-Envelope-Id: QQ+314\r\n\
         Arrival-Date: Tue, 24 Nov 2026 11:00:00 +0000\r\n\r\n\
         Original-Recipient: rfc822; Grandma+me@b.org\r\n\
         Final-Recipient: rfc822; oma@b.tox\r\n\
         Action: failed\r\n\
         Status: 5.1.1\r\n\
         Diagnostic-Code: x-toxmail; nobody here has that name\r\n"
    );
    assert_eq!(third.as_deref(), Some("message/rfc822"));
    for header in [
        "From: Toxmail <postmaster@toxmail.local>\r\n",
        "To: <anna@toxmail.local>\r\n",
        "Auto-Submitted: auto-replied\r\n",
        "MIME-Version: 1.0\r\n",
        "report-type=\"delivery-status\"",
        "In-Reply-To: <one@home>\r\n",
    ] {
        assert!(message.contains(header), "{header}\n{message}");
    }
    assert!(message.contains("Bonjour"));
    for line in message.split("\r\n") {
        assert!(line.len() <= 200 && !line.contains('\n'), "{line}");
    }
}

#[test]
fn a_delay_tells_when_their_home_was_last_there_and_shows_headers_only() {
    let message = written(
        &untold(vec![("oma@b.tox", Outcome::Delayed(None))]),
        Language::German,
        LETTER,
    );
    let (text, status, third) = parts(&message);
    assert!(text.contains("zuletzt war es da: Freitag."), "{text}");
    assert!(text.contains("bis zum 2026-12-24"), "{text}");
    assert!(status.contains("Action: delayed\r\nStatus: 4.4.1\r\n"));
    assert!(status.contains("Will-Retry-Until: Thu, 24 Dec 2026 11:00:00 +0000"));
    assert_eq!(third.as_deref(), Some("text/rfc822-headers"));
    assert!(!message.contains("Bonjour"));
}

#[test]
fn every_language_tells_every_outcome() {
    let fates = || {
        vec![
            ("a@b.tox", Outcome::Delivered),
            ("b@b.tox", Outcome::Cancelled),
            ("c@b.tox", nobody()),
        ]
    };
    for (code, subject) in [
        ("en_GB", "Not delivered: Fête"),
        ("fr-CH", "Non remis : Fête"),
        ("DE", "Nicht zugestellt: Fête"),
        ("es", "No entregado: Fête"),
        ("xx", "Not delivered: Fête"),
    ] {
        let message = written(&untold(fates()), Language::from_code(code), LETTER);
        let parsed = MessageParser::new().parse(message.as_bytes()).unwrap();
        assert_eq!(parsed.subject(), Some(subject));
        let (text, status, _) = parts(&message);
        assert!(!text.contains("{}") && text.matches("Grandma").count() == 3);
        let actions: Vec<&str> = status
            .lines()
            .filter_map(|l| l.strip_prefix("Action: "))
            .collect();
        assert_eq!(actions, ["delivered", "failed", "failed"]);
    }
    let text = written(
        &untold(vec![("a@b.tox", Outcome::Delivered)]),
        Language::English,
        LETTER,
    );
    assert!(text.contains("It is on their disk."));
}

#[test]
fn addresses_beyond_ascii_make_a_global_report() {
    let letter = "From: anna@toxmail.local\r\nTo: jörg@b.tox\r\n\r\nx\r\n";
    let message = written(
        &untold(vec![("jörg@b.tox", nobody())]),
        Language::English,
        letter.as_bytes(),
    );
    let (_, status, third) = parts(&message);
    assert!(status.contains("Final-Recipient: utf-8; jörg@b.tox"));
    assert!(message.contains("message/global-delivery-status"));
    assert_eq!(third.as_deref(), Some("message/global"));
}

#[test]
fn what_comes_from_outside_cannot_add_a_line() {
    let mut untold = untold(vec![(
        "a@b\r\nAction: delivered",
        Outcome::Failed(Reason::new(Status(5, 0, 0), "no\r\nStatus: 2.0.0")),
    )]);
    untold.envelope.sender = "anna@x>\r\nBcc: <everybody@y".into();
    untold.envelope.envelope_id = Some("x+0D+0AReporting-MTA:+20y".into());
    untold.message_id = Some("<a\r\nBcc: b@c>".into());
    let message = written(&untold, Language::English, b"Subject: a\r\n b\r\n\r\n");
    let (_, status, _) = parts(&message);
    assert!(!status.contains("Original-Envelope-Id"));
    for line in message.split("\r\n") {
        for bad in ["Bcc:", "Status: 2", "Action: delivered"] {
            assert!(!line.starts_with(bad), "{line}");
        }
    }
}

#[test]
fn a_large_message_is_never_read_whole() {
    struct Endless(u64);
    impl Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            buffer.fill(b'x');
            self.0 += buffer.len() as u64;
            assert!(self.0 < 4 * WHOLE_LIMIT, "it reads and reads");
            Ok(buffer.len())
        }
    }
    let mut large = untold(vec![("a@b.tox", nobody())]);
    large.size = 50 << 20;
    let original = Original::read(&mut LETTER.chain(Endless(0)), &large).unwrap();
    assert_eq!(original.extent, Extent::Headers);
    assert!(original.bytes.ends_with(b"?=\r\n"));
    let message = written(&large, Language::French, LETTER);
    assert!(parts(&message).0.contains("messages envoyés"));
    // Headers without an end are cut at a line.
    let endless = Original::read(&mut b"Subject: a\r\n".chain(Endless(0)), &large).unwrap();
    assert_eq!(endless.bytes, b"Subject: a\r\n");
    let mut polite = untold(vec![("a@b.tox", nobody())]);
    polite.envelope.ret = Return::Headers;
    let original = Original::read(&mut &LETTER[..], &polite).unwrap();
    assert_eq!(original.extent, Extent::Headers);
    assert!(wanted("anna@toxmail.local") && !wanted(""));
}

#[test]
fn what_went_wrong_chooses_the_advice() {
    for (status, words) in [
        (
            Status(5, 4, 6),
            "look for two mailboxes that forward to each other",
        ),
        (Status(5, 3, 0), "tell whoever looks after the box"),
        (Status(4, 3, 0), "tell whoever looks after the box"),
        (Status(4, 4, 5), "send it again later"),
        (Status(4, 4, 7), "whether their box is switched on"),
        (Status(5, 4, 7), "answer the question about it"),
        (Status(5, 1, 1), "check the address"),
        (Status(5, 2, 2), "make room"),
        (Status(5, 3, 1), "make room"),
        (Status(5, 3, 4), "smaller parts"),
        (Status(5, 7, 1), "add you to their contacts"),
        (Status(5, 6, 0), "ask them, by telephone"),
    ] {
        for language in ["en", "fr", "de", "es"] {
            let failed = Outcome::Failed(Reason::new(status, "x"));
            let untold = untold(vec![("a@b.tox", failed)]);
            let message = written(&untold, Language::from_code(language), LETTER);
            let text = parts(&message).0;
            assert!(!text.contains("{}"), "{text}");
            assert_eq!(text.contains(words), language == "en", "{status}: {text}");
        }
    }
}

#[test]
fn of_a_chat_program_nobody_says_more_than_is_known() {
    let paul = Destination::Chat(PeerKey::from_bytes([1; 32]));
    let why = |status, text: &str| Outcome::Failed(Reason::new(status, text));
    let waits = Outcome::Delayed(None);
    let nothing = why(Status(5, 6, 1), "nothing to show");
    let unwanted = why(Status(5, 7, 1), "did not take the file: film.mkv");
    let late = why(Status(4, 4, 7), "not there");
    // Handed over, waiting, nothing to show, a file not wanted, too late.
    let table = [
        (
            Language::English,
            [
                "handed to their chat program",
                "chat program is not online",
                "text and files only",
                "did not take all",
                "not online in time",
            ],
            ["disk", "Their home"],
        ),
        (
            Language::French,
            [
                "transmis à son programme",
                "n'est pas en ligne",
                "que du texte et des fichiers",
                "n'a pas pris tous",
                "en ligne à temps",
            ],
            ["disque", "maison n'"],
        ),
        (
            Language::German,
            [
                "an das Chat-Programm übergeben",
                "nicht online",
                "nur Text und Dateien",
                "nicht alle Dateien",
                "rechtzeitig online",
            ],
            ["Platte", "andere Zuhause"],
        ),
        (
            Language::Spanish,
            [
                "entregado a su programa de chat",
                "no está conectado",
                "solo muestra texto y archivos",
                "no aceptó todos",
                "conectado a tiempo",
            ],
            ["disco", "Su casa"],
        ),
    ];
    let outcomes = [Outcome::Delivered, waits, nothing, unwanted, late];
    for (language, words, never) in table {
        for (outcome, word) in outcomes.iter().zip(words) {
            let told = untold_of(paul, vec![("paul@tox", outcome.clone())]);
            let (text, status, _) = parts(&written(&told, language, LETTER));
            assert!(text.contains(word), "{word}: {text}");
            for wrong in never {
                assert!(!text.contains(wrong), "{wrong}: {text}");
            }
            let relayed = status.contains("Action: relayed\r\nStatus: 2.0.0");
            assert_eq!(relayed, *outcome == Outcome::Delivered, "{status}");
            assert!(!status.contains("Action: delivered"), "{status}");
        }
    }
}

#[test]
fn somebody_in_another_home_hears_whose_post_office_it_is() {
    for (language, office) in [
        (
            Language::English,
            "the post office in the home \"Mill\", about your message \"F\u{ea}te\"",
        ),
        (
            Language::French,
            "de la maison \u{ab} Mill \u{bb}, au sujet de votre message \u{ab} F\u{ea}te \u{bb}",
        ),
        (
            Language::German,
            "im Zuhause \u{201e}Mill\u{201c}. Es geht um Ihre Nachricht \u{201e}F\u{ea}te\u{201c}",
        ),
        (
            Language::Spanish,
            "de la casa \u{ab}Mill\u{bb}, sobre su mensaje \u{ab}F\u{ea}te\u{bb}",
        ),
    ] {
        let untold = untold(vec![("anna@b.tox", nobody())]);
        let notice = report(&Report {
            untold: &untold,
            hostname: "mill.local",
            language,
            home: Some("Mill"),
            now: NOON,
            expire_after: Duration::from_secs(30 * 86_400),
            who: &|_| Person::default(),
            original: Original::read(&mut &LETTER[..], &untold).unwrap(),
        });
        let (text, ..) = parts(&String::from_utf8(notice.unwrap().bytes).unwrap());
        assert!(text.contains(office), "{text}");
        assert!(!text.contains("{}"), "{text}");
    }
}

#[test]
fn on_the_ordinary_route_the_provider_is_spoken_of() {
    let relay = Destination::Relay(crate::queue::AccountId::HOME);
    let failed = |status| Outcome::Failed(Reason::new(status, "x"));
    let cases = [
        (Outcome::Delivered, "handed to your mail provider"),
        (Outcome::Delayed(None), "has not taken it yet"),
        (Outcome::FellBack, "they may get it twice"),
        (failed(Status(5, 1, 1)), "check the address"),
        (failed(Status(5, 1, 8)), "your mail provider refused it"),
        (failed(Status(5, 2, 2)), "make room"),
        (failed(Status(5, 3, 4)), "smaller parts"),
        (failed(Status(4, 3, 2)), "ask the provider"),
        (failed(Status(4, 4, 1)), "could not be reached"),
        (failed(Status(5, 4, 6)), "forward to each other"),
        (failed(Status(5, 6, 7)), "special letters"),
        (failed(Status(4, 7, 8)), "perhaps the password"),
        (failed(Status(5, 7, 1)), "the provider's own words"),
        (failed(Status(5, 0, 0)), "the provider's own words"),
    ];
    for (outcome, words) in cases {
        for language in ["en", "fr", "de", "es"] {
            let untold = untold_of(relay, vec![("a@b.example", outcome.clone())]);
            let message = written(&untold, Language::from_code(language), LETTER);
            let (text, status, _) = parts(&message);
            assert!(!text.contains("{}"), "{text}");
            assert_eq!(text.contains(words), language == "en", "{words}: {text}");
            // Their home is not spoken of: they have none that we know.
            for home in [
                "Their home",
                "Sa maison n",
                "Das andere Zuhause",
                "Su casa no",
            ] {
                assert!(!text.contains(home), "{text}");
            }
            let relayed = outcome == Outcome::Delivered;
            assert_eq!(status.contains("Action: relayed"), relayed, "{status}");
        }
    }
}
