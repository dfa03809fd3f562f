//! What the home says no with, as a page says it.

use std::collections::BTreeSet;

use super::home_tests::visitor;
use super::whole::{at_home, is_harmless};
use super::*;
use crate::cause::Cause;
use crate::control::answer;
use crate::home::operator_tests::{contact_add, id, name};
use crate::queue::Destination;
use crate::web::failure::told;
use crate::web::text::{LANGUAGES, Language};

/// Nothing of what is typed in a terminal.
#[track_caller]
fn speaks_of_no_command(text: &str) {
    // A token may have two dashes in it, but nothing before them as an option of a command has.
    for sign in ["toxmaild ", " --", "(--", ">--", "`--"] {
        assert!(!text.contains(sign), "{sign} in {text}");
    }
}

#[tokio::test]
async fn every_no_has_words_of_its_own_in_every_language() {
    let house = house(&["anna"]);
    let of_the_command = Failure::new("`toxmaild x` said no", "use toxmaild y --z");
    for (language, ..) in LANGUAGES {
        let v = visitor(&house, "anna", language);
        let mut seen = BTreeSet::new();
        for cause in Cause::ALL {
            let failure = of_the_command.clone().because(*cause).about("<Zoë>");
            let told = told(&v, &failure);
            for text in [&told.words, &told.advice] {
                assert!(text.ends_with(['.', ':']), "{cause:?}: {text}");
                assert!(
                    !text.contains('$') && !text.contains("no-"),
                    "{cause:?}: {text}"
                );
                speaks_of_no_command(text);
            }
            assert!(seen.insert(told.words), "{cause:?} says what another says");
            told.detail
                .iter()
                .for_each(|detail| speaks_of_no_command(detail));
        }
        assert_eq!(seen.len(), Cause::ALL.len());
    }
}

#[test]
fn no_text_of_the_page_is_for_a_terminal() {
    for (language, text) in [
        ("en", include_str!("../../../web/texts/en.ftl")),
        ("fr", include_str!("../../../web/texts/fr.ftl")),
        ("de", include_str!("../../../web/texts/de.ftl")),
        ("es", include_str!("../../../web/texts/es.ftl")),
    ] {
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let sign = ["toxmaild ", "--"].iter().find(|sign| line.contains(*sign));
            assert_eq!(sign, None, "{language}.ftl: {line}");
        }
    }
}

#[tokio::test]
async fn what_another_server_said_stands_below_and_is_escaped() {
    let house = house(&["anna"]);
    let mut browser = Browser::new(&house);
    browser.log_in("anna").await;
    let v = visitor(&house, "anna", Language::German);
    let failure = Failure::new("nothing was stored: 535 <b>no</b>", "see --untested")
        .because(Cause::LoginFails)
        .about("535 <b>no</b>");
    let page = visitor::Refusal::from(failure).page(&v);
    assert_eq!(page.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = to_bytes(page.into_body(), usize::MAX).await.unwrap();
    let page = std::str::from_utf8(&page).unwrap();
    assert!(
        page.contains("Die Anmeldung beim Anbieter hat nicht geklappt."),
        "{page}"
    );
    assert!(
        page.contains("<span lang=\"en\">535 &#60;b&#62;no&#60;/b&#62;</span>"),
        "{page}"
    );
    speaks_of_no_command(page);
}

/// Deeds that the home says no to: path, fields, and words of the answer.
type No<'a> = (String, Vec<(&'a str, &'a str)>, &'a str);

#[test]
fn no_page_tells_a_member_what_to_type_in_a_terminal() {
    at_home(
        &["anna", "ben"],
        &["submissions", "pop3s"],
        "",
        async |family| {
            let told = family.done(Request::Invite {
                expires_seconds: 3600,
            });
            let own: answer::NewInvitation = serde_json::from_value(told).unwrap();
            let status = family.done(Request::Status);
            let own_id = status["tox_id"].as_str().unwrap();
            let their_id = id(7).to_string();
            family.done(contact_add("Oma", &id(7), Some("anna")));
            family.done(contact_add("Opa", &id(8), None));
            family.done(Request::ContactEdit {
                name: "oma".to_owned(),
                new_name: None,
                emails: Some(vec!["oma@example.org".to_owned()]),
                tox: None,
            });
            family.done(Request::ContactBlock {
                name: "opa".to_owned(),
            });
            let letter = family.letter(Destination::Tox(id(7).key()), "oma@tox");
            let letter = letter.to_string();
            let (blocked, broken) = (id(8).to_string(), format!("{}1", &their_id[..75]));
            let key_only = id(9).key().to_string();
            let unknown = format!("tox:{}?toxmail=9&token=x", id(9));
            let address = format!("tox:{}", id(9));
            let add = |name: &'static str, address| {
                let fields = vec![("name", name), ("address", address)];
                ("/me/contacts/add".to_owned(), fields)
            };
            let accept = |link| ("/admin/pairing/accept".to_owned(), vec![("link", link)]);
            let with =
                |(path, fields): (String, Vec<(&'static str, _)>), words| (path, fields, words);
            let deeds: Vec<No<'_>> = vec![
                with(add("Me", own_id), "That is your own home."),
                with(add("Oma", &their_id), "in the contacts already, as Oma"),
                with(
                    add("Uncle", "oma@example.org"),
                    "Oma has that e-mail address already.",
                ),
                with(add("Uncle", &broken), "That is no Tox address"),
                with(add("Uncle", &key_only), "only a part of a Tox address"),
                with(add("Uncle", &blocked), "That home is blocked here."),
                with(accept("tox:nonsense"), "That is no whole invitation."),
                with(accept(own.link.expose()), "That is your own home."),
                with(accept(&unknown), "made by a later Toxmail"),
                with(accept(&address), "is a Tox address, and no invitation"),
                (
                    "/me/contacts/with/oma/edit".to_owned(),
                    vec![("name", "Oma"), ("emails", "not an address@@")],
                    "is no ordinary e-mail address",
                ),
                (
                    "/admin/pairing/withdraw".to_owned(),
                    vec![("id", "77")],
                    "What you meant is not there any more.",
                ),
                (
                    "/admin/pairing/move".to_owned(),
                    vec![("tox_id", own_id)],
                    "That is your own home.",
                ),
                (
                    "/admin/members/ben/address".to_owned(),
                    vec![("address", "oma@toxmail.local"), ("sure", "yes")],
                    "What you typed cannot be used.",
                ),
            ];
            let mut anna = family.browser("anna").await;
            anna.get("/").await;
            for (path, fields, words) in deeds {
                let got = anna.post(&path, &fields).await;
                assert_eq!(
                    got.status,
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "{path} {fields:?}"
                );
                got.says(422, words);
                is_harmless(&got);
                speaks_of_no_command(got.text());
            }
            // Taken back by somebody else between two clicks.
            anna.get("/me/letters").await;
            let member = Some(name("anna"));
            family.done(Request::QueueCancel {
                id: letter.parse().unwrap(),
                member,
            });
            let got = anna.post("/me/letters/retry", &[("id", &letter)]).await;
            assert!(got.status != StatusCode::UNPROCESSABLE_ENTITY);
            speaks_of_no_command(got.text());
        },
    );
}
