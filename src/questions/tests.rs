#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::answer::{Answer, Word, read};
use super::*;
use crate::clock::FakeTime;

const QUOTED: &str = "Hello,\n\nPaul (key 1A2B 3C4D 5E6F 7081 …) would like to exchange letters with this home.\n\n    yes\n\n\
    To answer, reply to this mail and write one word on the first line:\n\n    yes      they become a contact\n    no       nothing happens\n";

/// A letter with these further header fields and this text.
fn letter(fields: &str, text: &str) -> Vec<u8> {
    format!(
        "From: Anna <anna@toxmail.local>\nTo: Toxmail <answer+abcdefghijklmnopqrstuvwxyz@toxmail.local>\n\
         Subject: Re: Paul would like to write to you\nMIME-Version: 1.0\n{fields}\n{text}"
    )
    .replace('\n', "\r\n")
    .into_bytes()
}

fn plain(text: &str) -> Vec<u8> {
    letter(
        "Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n",
        text,
    )
}

fn html(text: &str) -> Vec<u8> {
    letter(
        "Content-Type: text/html; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n",
        text,
    )
}

/// The question, quoted with a mark on each line.
fn marked() -> String {
    QUOTED.lines().map(|line| format!("> {line}\n")).collect()
}

#[track_caller]
fn says(letter: &[u8], word: Word) {
    let text = String::from_utf8_lossy(letter);
    assert_eq!(read(letter), Answer::Word(word), "{text}");
}

#[track_caller]
fn unclear(letter: &[u8], shown: &str) {
    let text = String::from_utf8_lossy(letter);
    assert_eq!(read(letter), Answer::Unclear(shown.into()), "{text}");
}

#[test]
fn thunderbird_answers_above_or_below_what_it_quotes() {
    let quote = marked();
    for (attribution, word, meaning) in [
        ("On 24/11/2026 12:00, Toxmail wrote:", "Yes", Word::Yes),
        (
            "Le 24/11/2026 à 12:00, Toxmail a écrit\u{a0}:",
            "Oui.",
            Word::Yes,
        ),
        ("Am 24.11.26 um 12:00 schrieb Toxmail:", "nein", Word::No),
        (
            "El 24/11/26 a las 12:00, Toxmail escribió:",
            "Sí",
            Word::Yes,
        ),
        (
            "El 24/11/26 a las 12:00, Toxmail escribió:",
            "bloquear",
            Word::Block,
        ),
    ] {
        says(
            &plain(&format!("{word}\n\n{attribution}\n{quote}")),
            meaning,
        );
        says(
            &plain(&format!("{attribution}\n{quote}\n{word}\n")),
            meaning,
        );
        says(
            &plain(&format!("{attribution}\n{quote}\n{word}\n\n-- \nAnna\n")),
            meaning,
        );
        // Nothing of their own: the words in the quotation are not theirs, nor is the signature.
        unclear(&plain(&format!("{attribution}\n{quote}\n")), "");
        unclear(&plain(&format!("{attribution}\n{quote}\n-- \nyes\n")), "");
    }
    // format=flowed leaves spaces at line ends.
    let flowed = letter(
        "Content-Type: text/plain; charset=UTF-8; format=flowed\n",
        "yes \n\nOn 24/11/2026 12:00, Toxmail wrote:\n> Hello, \n",
    );
    says(&flowed, Word::Yes);
}

#[test]
fn apple_mail_quotes_its_own_on_wrote_line() {
    for (attribution, word, meaning) in [
        (
            "On 24 Nov 2026, at 12:00, Toxmail <answer+abc@toxmail.local> wrote:",
            "Yes!",
            Word::Yes,
        ),
        (
            "Le 24 nov. 2026 à 12:00, Toxmail <answer+abc@toxmail.local> a écrit :",
            "non merci",
            Word::No,
        ),
        (
            "Am 24.11.2026 um 12:00 schrieb Toxmail <answer+abc@toxmail.local>:",
            "Ja, bitte",
            Word::Yes,
        ),
        (
            "El 24 nov 2026, a las 12:00, Toxmail <answer+abc@toxmail.local> escribió:",
            "sí",
            Word::Yes,
        ),
    ] {
        says(
            &plain(&format!("{word}\n\n> {attribution}\n> \n{}", marked())),
            meaning,
        );
        says(
            &plain(&format!(
                "{word}\n\nSent from my iPhone\n\n> {attribution}\n> \n{}",
                marked()
            )),
            meaning,
        );
        unclear(
            &plain(&format!(
                "Sent from my iPhone\n\n> {attribution}\n{}",
                marked()
            )),
            "Sent from my iPhone",
        );
    }
    let both = letter(
        "Content-Type: multipart/alternative; boundary=\"Apple-Mail-1\"\n",
        "--Apple-Mail-1\nContent-Transfer-Encoding: quoted-printable\nContent-Type: text/plain; charset=utf-8\n\n\
         S=C3=AD\n\n> El 24 nov 2026, a las 12:00, Toxmail <answer+abc@toxmail.local> =\nescribi=C3=B3:\n>=20\n> no\n\n\
         --Apple-Mail-1\nContent-Type: text/html; charset=utf-8\n\n<html><body>no</body></html>\n--Apple-Mail-1--\n",
    );
    says(&both, Word::Yes);
}

#[test]
fn outlook_quotes_without_a_mark() {
    for (header, word, meaning) in [
        (
            "-----Original Message-----\nFrom: Toxmail",
            "yes",
            Word::Yes,
        ),
        (
            "-----Message d'origine-----\nDe : Toxmail",
            "oui",
            Word::Yes,
        ),
        (
            "-----Ursprüngliche Nachricht-----\nVon: Toxmail",
            "Blockieren",
            Word::Block,
        ),
        ("-----Mensaje original-----\nDe: Toxmail", "no", Word::No),
        (
            "________________________________\nFrom: Toxmail <answer+abc@toxmail.local>",
            "Send",
            Word::Send,
        ),
        (
            "From: Toxmail <answer+abc@toxmail.local>\nSent: Tuesday, November 24, 2026 12:00",
            "no",
            Word::No,
        ),
        (
            "De\u{a0}: Toxmail\nEnvoyé\u{a0}: mardi 24 novembre 2026 12:00",
            "envoyer",
            Word::Send,
        ),
        (
            "*Von:* Toxmail\n*Gesendet:* Dienstag, 24. November 2026 12:00",
            "senden",
            Word::Send,
        ),
    ] {
        says(
            &plain(&format!("{word}\n\n{header}\nSubject: Paul\n\n{QUOTED}")),
            meaning,
        );
        unclear(
            &plain(&format!("\n\n{header}\nSubject: Paul\n\nyes\n{QUOTED}")),
            "",
        );
    }
    let outlook = html(
        "<html xmlns:o=\"urn:schemas-microsoft-com:office:office\"><head><style>yes { color: red }</style></head>\
         <body lang=EN-GB><div class=WordSection1><p class=MsoNormal>Ja<o:p></o:p></p><p class=MsoNormal>&nbsp;</p>\
         <div style='border:none;border-top:solid #E1E1E1 1.0pt'><p class=MsoNormal><b>Von:</b> Toxmail<br><b>Gesendet:</b> Dienstag</p></div>\
         <p class=MsoNormal>nein</p></div></body></html>",
    );
    says(&outlook, Word::Yes);
    let empty = html(
        "<html><body><p>&nbsp;</p><hr><p><b>From:</b> Toxmail<br><b>Sent:</b> Tuesday</p><p>yes</p></body></html>",
    );
    unclear(&empty, "");
}

#[test]
fn gmail_breaks_its_on_wrote_line_and_k9_dates_it_in_full() {
    let quote = marked();
    for (attribution, word, meaning) in [
        (
            "On Tue, Nov 24, 2026 at 12:00 PM Toxmail <\nanswer+abcdefghijklmnopqrstuvwxyz@toxmail.local> wrote:",
            "Yes",
            Word::Yes,
        ),
        (
            "On Tue, Nov 24, 2026 at 12:00 PM Toxmail <answer+abcdef@toxmail.local>\nwrote:",
            "YES PLEASE",
            Word::Yes,
        ),
        (
            "Le mar. 24 nov. 2026 à 12:00, Toxmail <\nanswer+abcdefghijklmnopqrstuvwxyz@toxmail.local> a écrit :",
            "Non",
            Word::No,
        ),
        (
            "Am Di., 24. Nov. 2026 um 12:00 Uhr schrieb Toxmail <\nanswer+abcdefghijklmnopqrstuvwxyz@toxmail.local>:",
            "ja",
            Word::Yes,
        ),
        (
            "El mar, 24 nov 2026 a las 12:00, Toxmail (<\nanswer+abcdefghijklmnopqrstuvwxyz@toxmail.local>) escribió:",
            "Enviar",
            Word::Send,
        ),
        (
            "On 24 November 2026 12:00:00 GMT, Toxmail <answer+abc@toxmail.local> wrote:",
            "block",
            Word::Block,
        ),
        (
            "Am 24. November 2026 12:00:00 MEZ schrieb Toxmail <answer+abc@toxmail.local>:",
            "Nein danke!",
            Word::No,
        ),
    ] {
        says(
            &plain(&format!("{word}\n\n{attribution}\n\n{quote}")),
            meaning,
        );
        says(&plain(&format!("{word}\n{attribution}\n{quote}")), meaning);
        says(
            &plain(&format!("{attribution}\n\n{quote}\n{word}\n")),
            meaning,
        );
        unclear(&plain(&format!("{attribution}\n\n{quote}")), "");
    }
    let web = html(
        "<div dir=\"ltr\">S&iacute;</div><br><div class=\"gmail_quote\"><div dir=\"ltr\" class=\"gmail_attr\">El mar, 24 nov 2026 a las 12:00, \
         Toxmail (&lt;<a href=\"mailto:a@b\">a@b</a>&gt;) escribi&oacute;:<br></div><blockquote class=\"gmail_quote\">no<blockquote>no</blockquote>no</blockquote></div>",
    );
    says(&web, Word::Yes);
    // Below the quotation, and nothing above.
    says(
        &html(
            "<blockquote type=\"cite\">yes<blockquote>yes</blockquote>yes</blockquote><p>nein</p>",
        ),
        Word::No,
    );
    unclear(&html("<blockquote type=\"cite\">yes</blockquote>"), "");
    unclear(&html("<BlockQuote>yes"), "");
}

#[test]
fn base64_and_other_charsets_are_read() {
    let base64 = letter(
        "Content-Type: text/plain; charset=\"utf-8\"\nContent-Transfer-Encoding: base64\n",
        &data_encoding::BASE64.encode("Sí, gracias\r\n\r\n> no\r\n".as_bytes()),
    );
    says(&base64, Word::Yes);
    let latin = letter(
        "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n",
        "S=CD\n",
    );
    says(&latin, Word::Yes);
    let mixed = letter(
        "Content-Type: multipart/mixed; boundary=b\n",
        "--b\nContent-Type: text/plain\n\nno\n--b\nContent-Type: image/png; name=\"yes.png\"\nContent-Transfer-Encoding: base64\n\nAAAA\n--b--\n",
    );
    says(&mixed, Word::No);
    let signed = letter(
        "Content-Type: multipart/signed; boundary=b; protocol=\"application/pgp-signature\"\n",
        "--b\nContent-Type: text/plain\n\nja\n--b\nContent-Type: application/pgp-signature\n\nx\n--b--\n",
    );
    says(&signed, Word::Yes);
}

#[test]
fn a_line_that_says_more_than_a_word_is_not_one() {
    for word in [
        "*Yes*",
        "  yes.  ",
        "\"yes\"",
        "yes :)",
        "Yes, thank you!",
        "yes yes",
        "\u{feff}yes",
        "ok",
        "J A".replace(' ', "").as_str(),
    ] {
        says(&plain(word), Word::Yes);
    }
    for line in [
        "yes and no",
        "Yes, but not today",
        "no problem, let him in",
        "who is that?",
        "block or not?",
        "👍",
        "yesterday",
        "Hello Toxmail,\nyes",
    ] {
        unclear(&plain(line), line.lines().next().unwrap());
    }
    unclear(&plain(""), "");
    unclear(&plain("\n\n   \n"), "");
    unclear(b"", "");
    unclear(b"\xff\xfe\0", "");
    let long = "x".repeat(5000);
    unclear(&plain(&long), &long[..80]);
}

#[test]
fn a_programs_answer_is_none() {
    for field in [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated; owner-email=x",
        "auto-submitted:AUTO-NOTIFIED",
        "Precedence: bulk",
        "Precedence: list",
        "Precedence: Auto_Reply",
        "X-Autoreply: yes",
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=b",
    ] {
        assert_eq!(
            read(&letter(&format!("{field}\n"), "yes\n")),
            Answer::Automatic,
            "{field}"
        );
    }
    for field in ["Auto-Submitted: no", "Precedence: first-class"] {
        says(&letter(&format!("{field}\n"), "yes\n"), Word::Yes);
    }
    // Twice, to hide one behind the other.
    let twice = letter(
        "Auto-Submitted: no\nAuto-Submitted: auto-replied\n",
        "yes\n",
    );
    assert_eq!(read(&twice), Answer::Automatic);
}

struct Home {
    _dir: tempfile::TempDir,
    database: Database,
    time: FakeTime,
    questions: Questions,
}

fn home() -> Home {
    let dir = tempfile::tempdir().unwrap();
    let database = Database::open(&dir.path().join("db")).unwrap();
    let time = FakeTime::default();
    let clock = Clock::fake(&database, &time).unwrap();
    Home {
        questions: Questions::open(database.clone(), clock),
        _dir: dir,
        database,
        time,
    }
}

fn name(text: &str) -> MemberName {
    text.parse().unwrap()
}

fn key(n: u8) -> PeerKey {
    PeerKey::from_bytes([n; 32])
}

#[test]
fn only_those_who_were_asked_can_answer_and_only_once() {
    let Home { questions, .. } = &home();
    let (anna, ben) = (name("anna"), name("ben"));
    let about = About::Request(key(1));
    let (id, secret) = questions.ask(&about, &[anna.clone(), ben.clone()]).unwrap();
    let standing =
        |secret: &Secret, member: &str| questions.standing(secret, &name(member)).unwrap();
    assert_eq!(standing(&secret, "anna"), Standing::Open(id, about.clone()));
    assert_eq!(standing(&secret, "eve"), Standing::NotAsked);
    assert_eq!(standing(&Secret::new().unwrap(), "anna"), Standing::Unknown);

    // Case is lost on the way through many programs.
    let text = secret.address().to_uppercase();
    let Ok(address::Meaning::Answer(again)) = address::meaning(&text, "x") else {
        panic!("{text}");
    };
    assert_eq!(Secret::from_address(&again), secret);

    assert!(questions.answered(id, &anna, Word::No, [1; 16]).unwrap());
    assert!(!questions.answered(id, &ben, Word::Yes, [2; 16]).unwrap());
    assert!(
        questions.answered(id, &anna, Word::No, [1; 16]).unwrap(),
        "tried again"
    );
    for member in ["anna", "ben"] {
        let found = standing(&secret, member);
        assert!(
            matches!(&found, Standing::Answered { by, word: Word::No, letter: [1, ..], .. } if *by == anna),
            "{found:?}"
        );
    }
    assert_eq!(standing(&secret, "eve"), Standing::NotAsked);
}

#[test]
fn the_address_is_kept_as_a_hash_only() {
    let Home {
        questions,
        database,
        ..
    } = &home();
    let (_, secret) = questions.ask(&About::Letter(7), &[name("anna")]).unwrap();
    let address = secret.address();
    let (local, domain) = address.split_once('@').unwrap();
    let letters = local.strip_prefix("answer+").unwrap();
    assert_eq!((letters.len(), domain), (26, "toxmail.local"));
    let found: i64 = database
        .read(|c| -> Result<i64, database::Error> {
            Ok(c.query_row(
                "SELECT count(*) FROM questions WHERE instr(CAST(hash AS TEXT), ?1) OR instr(CAST(subject AS TEXT), ?1)",
                [letters],
                |r| r.get(0),
            )?)
        })
        .unwrap();
    assert_eq!(found, 0);
    assert_eq!(format!("{secret:?}"), "Secret(…)");
}

#[test]
fn a_question_expires_and_is_forgotten_later() {
    let Home {
        questions, time, ..
    } = &home();
    let anna = name("anna");
    let (held, letter_secret) = questions
        .ask(&About::Letter(7), std::slice::from_ref(&anna))
        .unwrap();
    let (id, secret) = questions
        .ask(&About::Request(key(1)), std::slice::from_ref(&anna))
        .unwrap();
    assert!(
        !questions.has_asked(&About::Request(key(1))).unwrap(),
        "not mailed yet"
    );
    questions.mailed(id).unwrap();
    questions.mailed(held).unwrap();
    assert!(questions.has_asked(&About::Request(key(1))).unwrap());
    assert!(!questions.has_asked(&About::Request(key(2))).unwrap());
    assert_eq!(
        questions
            .mailed_within(Duration::from_secs(60), "request", None)
            .unwrap(),
        1
    );
    assert!(questions.letters_unanswered().unwrap().is_empty());

    time.advance(LETTER_LASTS + Duration::from_secs(1));
    assert_eq!(
        questions
            .mailed_within(Duration::from_secs(60), "request", None)
            .unwrap(),
        0
    );
    assert_eq!(questions.letters_unanswered().unwrap(), [7]);
    assert_eq!(
        questions.standing(&letter_secret, &anna).unwrap(),
        Standing::Expired(About::Letter(7))
    );
    assert!(matches!(
        questions.standing(&secret, &anna).unwrap(),
        Standing::Open(..)
    ));

    time.advance(REQUEST_LASTS);
    assert!(matches!(
        questions.standing(&secret, &anna).unwrap(),
        Standing::Expired(_)
    ));
    assert!(
        !questions.has_asked(&About::Request(key(1))).unwrap(),
        "they may knock again"
    );

    questions.forget_old().unwrap();
    assert!(matches!(
        questions.standing(&secret, &anna).unwrap(),
        Standing::Expired(_)
    ));
    time.advance(KEPT_FOR);
    questions.forget_old().unwrap();
    assert_eq!(
        questions.standing(&secret, &anna).unwrap(),
        Standing::Unknown
    );
}

#[test]
fn claims_come_back_as_they_were_asked() {
    let Home { questions, .. } = &home();
    let claim = |local: &str, address: &str| Claim {
        peer: key(1),
        local: local.into(),
        owner: String::new(),
        address: address.to_lowercase(),
        written: address.into(),
        name: String::new(),
    };
    let claims = vec![
        claim("anna", "Anna@example.org"),
        claim("paul", "paul@example.org"),
    ];
    let about = About::Claims(key(1), claims);
    let (id, secret) = questions.ask(&about, &[name("ben")]).unwrap();
    assert_eq!(
        questions.standing(&secret, &name("ben")).unwrap(),
        Standing::Open(id, about)
    );
    assert!(questions.claims_asked(&key(1), "").unwrap().is_empty());
    questions.mailed(id).unwrap();
    let asked = questions.claims_asked(&key(1), "").unwrap();
    assert!(asked.contains(&("anna".into(), "anna@example.org".into())) && asked.len() == 2);
    assert!(questions.claims_asked(&key(2), "").unwrap().is_empty());
    assert!(questions.claims_asked(&key(1), "ben").unwrap().is_empty());
}
