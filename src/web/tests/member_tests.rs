//! The member's own pages, in front of a whole home whose node talks to nobody.

use super::whole::{at_home, is_harmless};
use super::*;
use crate::home::operator_tests::{contact_add, id, name};
use crate::mail::verdict::{Reason, Status as Code, Verdict};
use crate::queue::Destination;

const SERVED: &[&str] = &["submissions", "pop3s", "carddav"];

/// The number in a link or a field of the page.
#[track_caller]
fn number_behind(text: &str, sign: &str) -> i64 {
    let (_, rest) = text
        .split_once(sign)
        .unwrap_or_else(|| panic!("{sign} in {text}"));
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap()
}

#[test]
fn the_members_pages_are_for_members_alone() {
    at_home(&["anna"], SERVED, "", async |family| {
        for path in [
            "/me",
            "/me/card.vcf",
            "/me/devices",
            "/me/devices/card",
            "/me/devices/thunderbird",
            "/me/devices/revoke?id=1",
            "/me/letters",
            "/me/letters/cancel?id=1",
        ] {
            let mut stranger = Browser::new(&family.house);
            let got = stranger.get(path).await;
            assert_eq!(got.status, StatusCode::SEE_OTHER, "{path}");
            assert!(
                got.header("location").starts_with("/login?to=/me"),
                "{path}"
            );
        }
        // The menu says where one is, once.
        let mut anna = family.browser("anna").await;
        for path in [
            "/me",
            "/me/devices",
            "/me/devices/thunderbird",
            "/me/letters",
        ] {
            let got = anna.get(path).await;
            got.says(200, "aria-current=\"page\"");
            assert_eq!(
                got.text().matches("aria-current=\"page\"").count(),
                1,
                "{path}"
            );
            is_harmless(&got);
        }
    });
}

// ---- the card

#[test]
fn my_card_shows_what_others_need_and_is_a_vcard_as_well() {
    at_home(&["anna"], SERVED, "", async |family| {
        let status = family.done(Request::Status);
        let suffix = status["address_suffix"].as_str().unwrap();
        let tox = status["tox_id"].as_str().unwrap();
        let mut anna = family.browser("anna").await;
        let got = anna.get("/me").await;
        got.says(200, &format!("anna{suffix}"));
        got.says(200, "<svg ");
        got.says(200, "anna &#60;b&#62;&#38;&#34;");
        is_harmless(&got);
        // In groups of four, and without a gap for whoever copies it.
        got.says(
            200,
            &format!("<span class=\"group\">{}</span><wbr>", &tox[..4]),
        );
        got.unbroken().says(200, tox);

        family.done(Request::MemberAddressAdd {
            name: name("anna"),
            address: "anna@example.org".into(),
        });
        let got = anna.get("/me").await;
        let ordinary = got.text().find("anna@example.org").unwrap();
        assert!(ordinary < got.text().find(suffix).unwrap());

        let got = anna.get("/me/card.vcf").await;
        assert_eq!(got.header("content-type"), "text/vcard; charset=utf-8");
        assert_eq!(
            got.header("content-disposition"),
            "attachment; filename=\"anna.vcf\""
        );
        let read = crate::contacts::vcard::Card::read(&got.bytes).unwrap();
        assert_eq!(read.tox(), [tox]);
        assert_eq!(read.emails()[0], "anna@example.org");
    });
}

// ---- devices

const KINDS: [&str; 4] = ["thunderbird", "android", "apple", "other"];

#[test]
fn a_device_password_is_shown_once_and_opens_the_mailbox() {
    at_home(&["anna", "ben"], SERVED, "", async |family| {
        let mut anna = family.browser("anna").await;
        for kind in KINDS {
            let path = format!("/me/devices/{kind}");
            let got = anna.get(&path).await;
            got.says(200, &format!("action=\"{path}\""));
            // It is told where the password will be, and what to compare.
            got.says(
                200,
                match kind {
                    "apple" => "It comes in the file",
                    _ => "shown once, on the next page",
                },
            );
            got.says(200, "id=\"compare-title\"");
            assert_eq!(
                family
                    .house
                    .members
                    .device_list(&name("anna"))
                    .unwrap()
                    .len(),
                0
            );
            let got = anna
                .post(&path, &[("label", "<b>My\u{202e} box</b>")])
                .await;
            assert_eq!(got.status, StatusCode::OK, "{}", got.text());
            assert_eq!(got.header("cache-control"), "no-store");
            let secret = match kind {
                "apple" => {
                    assert_eq!(
                        got.header("content-type"),
                        "application/x-apple-aspen-config"
                    );
                    let file = "attachment; filename=\"toxmail-anna.mobileconfig\"";
                    assert_eq!(got.header("content-disposition"), file);
                    let rest = got
                        .text()
                        .split("<key>IncomingPassword</key>")
                        .nth(1)
                        .unwrap();
                    rest.split(['>', '<']).nth(2).unwrap().to_owned()
                }
                _ => {
                    is_harmless(&got);
                    got.says(200, "anna@toxmail.local");
                    got.says(200, "POP3");
                    got.says(200, "5002");
                    got.says(200, "5001");
                    got.says(200, "&#60;b&#62;My box");
                    let rest = got.text().split("id=\"password\">").nth(1).unwrap();
                    rest.split('<').next().unwrap().to_owned()
                }
            };
            assert_eq!(got.text().contains("<svg "), kind == "android", "{kind}");
            assert_eq!(secret.len(), 29, "{kind}: {secret}");
            let members = &family.house.members;
            assert_eq!(members.check("anna", &secret).unwrap(), Some(name("anna")));
            // Never again, and in no address.
            for page in ["/me/devices", &path, "/", "/me", "/me/devices/card"] {
                let got = anna.get(page).await;
                assert!(!got.text().contains(&secret), "{kind}: {page}");
                assert!(!got.header("location").contains(&secret));
            }
            // One at a time, for the next round.
            let id = members.device_list(&name("anna")).unwrap()[0].id;
            members.device_revoke(&name("anna"), id).unwrap();
        }
        // Delta Chat reads by IMAP only.
        anna.get("/me/devices").await.says(200, "/me/devices/other");
        let got = anna.get("/me/devices").await;
        assert!(!got.text().contains("delta"), "{}", got.text());
        for kind in ["delta-chat", "nonsense", "..%2Fcard"] {
            let path = format!("/me/devices/{kind}");
            assert_eq!(
                anna.get(&path).await.status,
                StatusCode::NOT_FOUND,
                "{kind}"
            );
            let got = anna.post(&path, &[("label", "x"), ("agreed", "yes")]).await;
            assert_eq!(got.status, StatusCode::NOT_FOUND, "{kind}");
        }
        assert_eq!(
            family
                .house
                .members
                .device_list(&name("anna"))
                .unwrap()
                .len(),
            0
        );
    });
}

#[test]
fn delta_chat_is_there_with_imap_and_only_for_who_has_agreed() {
    at_home(&["anna"], &["submissions", "imaps"], "", async |family| {
        let mut anna = family.browser("anna").await;
        anna.get("/me/devices")
            .await
            .says(200, "/me/devices/delta-chat");
        let path = "/me/devices/delta-chat";
        let got = anna.get(path).await;
        got.says(200, "name=\"agreed\"");
        // What it does not show nobody can compare.
        assert!(!got.text().contains("compare-title"), "{}", got.text());
        let got = anna.post(path, &[("label", "Phone")]).await;
        got.says(422, "id=\"agreed-problem\"");
        got.says(422, "value=\"Phone\"");
        assert_eq!(
            family
                .house
                .members
                .device_list(&name("anna"))
                .unwrap()
                .len(),
            0
        );
        let got = anna
            .post(path, &[("label", "Phone"), ("agreed", "yes")])
            .await;
        got.says(200, "<svg ");
        assert!(!got.text().contains("dclogin:"), "{}", got.text());
        assert_eq!(
            family
                .house
                .members
                .device_list(&name("anna"))
                .unwrap()
                .len(),
            1
        );
        // On the telephone itself it opens by a touch.
        let iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/605";
        anna.headers.push(("user-agent", iphone.into()));
        anna.get(path).await.says(200, "Open Delta Chat");
        let got = anna
            .post(path, &[("label", "Mine"), ("agreed", "yes")])
            .await;
        got.says(200, "<a class=\"button\" href=\"dclogin://anna@");
        let (link, code) = (got.text().find("dclogin:"), got.text().find("<svg "));
        assert!(link < code, "{}", got.text());
    });
}

#[test]
fn no_password_is_made_for_a_device_that_cannot_be_told() {
    let address = "[home]\nhostname = \"192.168.1.5\"\n";
    at_home(&["anna"], SERVED, address, async |family| {
        let mut anna = family.browser("anna").await;
        anna.get("/me/devices/android").await;
        let got = anna.post("/me/devices/android", &[("label", "x")]).await;
        got.says(422, "This program wants a home with a name");
        let none = |label: &'static str| (label, "role=\"alert\"");
        for (label, words) in [none(""), none("   "), (&"w".repeat(61), "60 characters")] {
            let got = anna.post("/me/devices/other", &[("label", label)]).await;
            got.says(422, words);
            got.says(422, "id=\"label-problem\"");
        }
        assert_eq!(
            family
                .house
                .members
                .device_list(&name("anna"))
                .unwrap()
                .len(),
            0
        );
    });
    at_home(&["anna"], &["carddav"], "", async |family| {
        let mut anna = family.browser("anna").await;
        anna.get("/me/devices/other")
            .await
            .says(200, "This home does not offer what this device needs.");
        let got = anna.post("/me/devices/other", &[("label", "x")]).await;
        got.says(422, "This home does not offer what this device needs.");
        assert_eq!(
            family
                .house
                .members
                .device_list(&name("anna"))
                .unwrap()
                .len(),
            0
        );
    });
}

#[test]
fn a_device_is_disconnected_after_a_question_and_by_its_owner_alone() {
    at_home(&["anna", "ben"], SERVED, "", async |family| {
        let members = &family.house.members;
        let of = |who: &str, label: &str| members.device_add(&name(who), label).unwrap().id;
        let (hers, his) = (
            of("anna", "<img src=x> laptop"),
            of("ben", "his secret telephone"),
        );
        let mut anna = family.browser("anna").await;
        let got = anna.get("/me/devices").await;
        got.says(200, "&#60;img src=x&#62; laptop");
        is_harmless(&got);
        assert!(!got.text().contains("his secret"));
        assert_eq!(number_behind(got.text(), "revoke?id="), hers);

        let got = anna.get(&format!("/me/devices/revoke?id={hers}")).await;
        got.says(200, "&#60;img src=x&#62; laptop");
        is_harmless(&got);
        for id in [his.to_string(), "-1".into(), "x".into(), String::new()] {
            let got = anna.get(&format!("/me/devices/revoke?id={id}")).await;
            assert_eq!(got.status, StatusCode::NOT_FOUND, "{id}");
        }
        let got = anna
            .post("/me/devices/revoke", &[("id", &his.to_string())])
            .await;
        assert_eq!(got.status, StatusCode::NOT_FOUND);
        assert_eq!(members.device_list(&name("ben")).unwrap().len(), 1);
        anna.get("/me/devices").await;
        let got = anna
            .post("/me/devices/revoke", &[("id", &hers.to_string())])
            .await;
        got.leads_to("/me/devices");
        let got = anna.get("/me/devices").await;
        got.says(200, "is disconnected");
        is_harmless(&got);
        assert_eq!(members.device_list(&name("anna")).unwrap().len(), 0);
    });
}

#[test]
fn a_mail_program_finds_its_settings_without_a_login_once_somebody_lives_here() {
    let paths = [
        "/.well-known/autoconfig/mail/config-v1.1.xml",
        "/mail/config-v1.1.xml",
    ];
    at_home(&["anna"], SERVED, "", async |family| {
        for path in paths {
            for browser in [Browser::new(&family.house), Browser::plain(&family.house)] {
                let mut program = browser;
                program.host = "autoconfig.toxmail.local";
                let got = program
                    .get(&format!("{path}?emailaddress=anna%40toxmail.local"))
                    .await;
                assert_eq!(got.status, StatusCode::OK, "{path}");
                assert_eq!(got.header("content-type"), "text/xml; charset=utf-8");
                got.says(200, "<username>anna</username>");
                got.says(200, "<port>5002</port>");
                // The same for somebody who does not live here: nobody is looked up.
                let other = format!("{path}?emailaddress=nobody%40toxmail.local");
                program
                    .get(&other)
                    .await
                    .says(200, "<username>nobody</username>");
                program.get(path).await.says(200, "%EMAILLOCALPART%");
                // Anybody may ask, so it costs no look at the whole home.
                assert_eq!(*family.whole.asked.lock().unwrap(), [""; 0]);
            }
        }
    });
    at_home(&[], SERVED, "", async |family| {
        for path in paths {
            let got = Browser::plain(&family.house).get(path).await;
            assert_eq!(got.status, StatusCode::NOT_FOUND);
        }
    });
    at_home(&["anna"], &[], "", async |family| {
        let got = Browser::plain(&family.house).get(paths[0]).await;
        assert_eq!(got.status, StatusCode::NOT_FOUND);
    });
}

// ---- letters

#[test]
fn the_page_of_letters_follows_by_itself_and_each_letter_stays_what_it_is() {
    at_home(&["anna", "ben"], SERVED, "", async |family| {
        let there = id(7);
        family.done(contact_add("Carla <b>", &there, None));
        let mut anna = family.browser("anna").await;
        let got = anna.get("/me/letters").await;
        got.says(
            200,
            "<div data-live=\"mine\" data-events=\"/events?of=letters\">",
        );
        // Without a script there is a way to look again.
        got.says(200, "<a class=\"button second\" href=\"/me/letters\">");
        let mut hers = anna.listen_to("/events?of=letters").await.unwrap();
        let mut ben = family.browser("ben").await;
        ben.get("/").await;
        let mut his = ben.listen_to("/events?of=letters").await.unwrap();
        for heard in [&mut hers, &mut his] {
            let first = heard.next().await;
            assert_eq!(first.len(), 1, "{first:?}");
            assert_eq!(first[0].0, "mine");
            assert!(first[0].1.contains("Nothing is on its way"), "{first:?}");
        }
        let letter = family.letter(Destination::Tox(there.key()), "carla");
        crate::changes::ring(crate::changes::Kind::Queue);
        let then = hers.next().await;
        let key = format!("data-key=\"letter-{letter}\"");
        assert!(
            then[0].1.contains(&key) && then[0].1.contains("hello carla"),
            "{then:?}"
        );
        // As in the page, with the token that the page has.
        assert!(then[0].1.contains("name=\"csrf\""), "{then:?}");
        assert!(then[0].1.contains(&anna.token), "{then:?}");
        // Ben hears nothing of it: the next that he hears is his own end.
        family
            .house
            .members
            .set_password(&name("ben"), "another secret")
            .unwrap();
        crate::changes::ring(crate::changes::Kind::Queue);
        assert_eq!(his.next().await[0].0, "gone");
    });
}

#[test]
fn my_letters_are_told_in_words_and_nobody_elses() {
    at_home(&["anna", "ben"], SERVED, "", async |family| {
        let there = id(7);
        family.done(contact_add("Carla <b>", &there, None));
        let waits = family.letter(Destination::Tox(there.key()), "carla");
        let mut anna = family.browser("anna").await;
        let got = anna.get("/me/letters").await;
        got.says(200, "hello carla");
        got.says(200, "Waits until the other home is there");
        got.says(200, "Carla &#60;b&#62;");
        is_harmless(&got);
        assert_eq!(number_behind(got.text(), "cancel?id="), waits);

        let mut ben = family.browser("ben").await;
        let got = ben.get("/me/letters").await;
        got.says(200, "Nothing is on its way");
        assert!(!got.text().contains("hello"));
        let id = waits.to_string();
        for path in [
            format!("/me/letters/cancel?id={id}"),
            "/me/letters/cancel?id=-4".into(),
        ] {
            assert_eq!(ben.get(&path).await.status, StatusCode::NOT_FOUND);
        }
        for path in ["/me/letters/cancel", "/me/letters/retry"] {
            let got = ben.post(path, &[("id", &id)]).await;
            assert_eq!(got.status, StatusCode::NOT_FOUND, "{path}");
        }
        let letters = family.queue().list(None, 10).unwrap();
        assert_eq!(letters[0].recipients[0].state, "waiting");
    });
}

#[test]
fn a_letter_is_tried_again_and_taken_back_after_a_question() {
    at_home(&["anna"], SERVED, "", async |family| {
        let there = id(9);
        family.done(contact_add("Dora", &there, None));
        let letter = family.letter(Destination::Tox(there.key()), "dora");
        let queue = family.queue();
        let entry = queue
            .show(crate::queue::QueueId::from_number(letter))
            .unwrap();
        let why = Reason::new(Code(4, 4, 1), "their <b>disk</b> is full");
        let verdict = Verdict::Later {
            why,
            not_before: Duration::ZERO,
        };
        let verdict = (entry.recipients[0].index, verdict);
        queue
            .settle(entry.recipients[0].delivery, &[verdict])
            .unwrap();
        let mut anna = family.browser("anna").await;
        let got = anna.get("/me/letters").await;
        got.says(200, "their &#60;b&#62;disk&#60;/b&#62; is full");
        is_harmless(&got);
        let id = letter.to_string();
        anna.post("/me/letters/retry", &[("id", &id)])
            .await
            .leads_to("/me/letters");
        anna.get("/me/letters")
            .await
            .says(200, "It is being tried now.");

        let got = anna.get(&format!("/me/letters/cancel?id={id}")).await;
        got.says(200, "Take this letter back?");
        got.says(200, "hello dora");
        anna.post("/me/letters/cancel", &[("id", &id)])
            .await
            .leads_to("/me/letters");
        anna.get("/me/letters")
            .await
            .says(200, "The letter is taken back.");
        let left = queue.list(None, 10).unwrap();
        let waits = left
            .iter()
            .flat_map(|e| &e.recipients)
            .any(|r| r.state == "waiting");
        assert!(!waits, "{left:?}");
    });
}

#[test]
fn many_letters_stand_on_several_pages() {
    at_home(&["anna"], SERVED, "", async |family| {
        let there = id(11);
        family.done(contact_add("Emil", &there, None));
        for n in 0..31 {
            family.letter(Destination::Tox(there.key()), &format!("emil{n:02}"));
        }
        let mut anna = family.browser("anna").await;
        let got = anna.get("/me/letters").await;
        got.says(200, "31 letters");
        got.says(200, "hello emil29");
        assert!(!got.text().contains("hello emil30"));
        let next = number_behind(got.text(), "letters?behind=");
        let got = anna.get(&format!("/me/letters?behind={next}")).await;
        got.says(200, "hello emil30");
        assert_eq!(got.text().matches("class=\"card\"").count(), 1);
        anna.get("/me/letters?behind=999999")
            .await
            .says(200, "no more letters");
    });
}

#[test]
fn a_letter_that_is_held_goes_or_not_on_its_writers_word() {
    at_home(&["anna", "ben"], SERVED, "", async |family| {
        let there = id(13);
        family.done(contact_add("Fritz", &there, None));
        let (goes, stays) = {
            let whole = family.whole.home.lock().unwrap();
            let held = |who| whole.letter_held(Destination::Tox(there.key()), who);
            (held("goes"), held("stays"))
        };
        let (yes, no) = (goes.to_string(), stays.to_string());
        let mut ben = family.browser("ben").await;
        ben.get("/me/letters").await;
        let got = ben
            .post("/me/letters/answer", &[("id", &yes), ("word", "send")])
            .await;
        assert_eq!(got.status, StatusCode::NOT_FOUND);
        let mut anna = family.browser("anna").await;
        let got = anna.get("/me/letters").await;
        assert_eq!(
            got.text().matches("action=\"/me/letters/answer\"").count(),
            2
        );
        assert_eq!(family.queue().held().unwrap().len(), 2);

        let got = anna
            .post("/me/letters/answer", &[("id", &yes), ("word", "send")])
            .await;
        got.leads_to("/me/letters");
        let got = anna.get("/me/letters").await;
        got.says(200, "It goes.");
        got.says(200, "Waits until the other home is there");
        let got = anna
            .post("/me/letters/answer", &[("id", &no), ("word", "stop")])
            .await;
        got.leads_to("/me/letters");
        anna.get("/me/letters")
            .await
            .says(200, "The letter is taken back.");
        assert_eq!(family.queue().held().unwrap().len(), 0);
        // Answered once, whatever is sent again.
        let got = anna
            .post("/me/letters/answer", &[("id", &yes), ("word", "stop")])
            .await;
        got.leads_to("/me/letters");
        anna.get("/me/letters")
            .await
            .says(200, "does not wait for an answer any more");
        let got = anna
            .post("/me/letters/answer", &[("id", &yes), ("word", "burn")])
            .await;
        assert_eq!(got.status, StatusCode::BAD_REQUEST);
    });
}

// ---- contacts

#[test]
fn i_see_everybodys_contacts_and_mine_and_no_one_elses() {
    at_home(&["anna", "ben"], SERVED, "", async |family| {
        family.done(contact_add("Grandma <script>x", &id(21), None));
        family.done(contact_add("Bens friend", &id(22), Some("ben")));
        family.done(contact_add("Annas friend", &id(23), Some("anna")));
        let listed = family.done(Request::ContactList);
        let nickname = |display: &str| {
            let all = listed.as_array().unwrap();
            let found = all.iter().find(|c| c["display"] == display).unwrap();
            found["name"].as_str().unwrap().to_owned()
        };
        let (hers, his) = (nickname("Annas friend"), nickname("Bens friend"));
        let grandma = nickname("Grandma <script>x");
        let mut anna = family.browser("anna").await;
        let got = anna.get("/me/contacts").await;
        got.says(200, "2 contacts");
        got.says(200, "Grandma &#60;script&#62;x");
        got.says(200, &format!("/me/contacts/with/{hers}"));
        assert!(!got.text().contains("Bens friend"));
        is_harmless(&got);
        let got = anna.get("/me/contacts?q=ANNAS").await;
        got.says(200, "Annas friend");
        assert!(!got.text().contains("Grandma"));
        anna.get("/me/contacts?q=%3Cscript%3Ex&from=77")
            .await
            .says(200, "/me/contacts");
        anna.get("/me/contacts?q=nobody")
            .await
            .says(200, "Nobody is found by that.");

        let got = anna.get(&format!("/me/contacts/with/{grandma}")).await;
        got.says(200, "This is everybody&#39;s contact");
        is_harmless(&got);

        // Another member's entry is none, for looking as for changing; also for the administrator.
        let there = format!("/me/contacts/with/{his}");
        assert_eq!(anna.get(&there).await.status, StatusCode::NOT_FOUND);
        for (deed, fields) in [
            ("edit", vec![("name", "x"), ("emails", "")]),
            ("verify", vec![]),
            ("confirm", vec![("email", "x@example.org")]),
            ("fallback", vec![("seconds", "0")]),
            ("direct", vec![("only", "on")]),
            ("block", vec![]),
            ("remove", vec![]),
        ] {
            let got = anna.post(&format!("{there}/{deed}"), &fields).await;
            assert_eq!(got.status, StatusCode::NOT_FOUND, "{deed}");
        }
        for deed in ["block", "remove"] {
            let got = anna.get(&format!("{there}/{deed}")).await;
            assert_eq!(got.status, StatusCode::NOT_FOUND, "{deed}");
        }
        assert_eq!(family.done(Request::ContactList), listed);

        // A member may compare and correct what is everybody's, but not end it.
        let mut ben = family.browser("ben").await;
        let there = format!("/me/contacts/with/{grandma}");
        ben.get(&there).await.says(200, "The rest is decided");
        for (deed, fields) in [
            ("fallback", vec![("seconds", "86400")]),
            ("direct", vec![("only", "on")]),
            ("block", vec![]),
            ("remove", vec![]),
        ] {
            let got = ben.post(&format!("{there}/{deed}"), &fields).await;
            assert_eq!(got.status, StatusCode::FORBIDDEN, "{deed}");
        }
        assert_eq!(family.done(Request::ContactList), listed);
        let fields = [
            ("name", "Oma"),
            ("emails", "oma@example.org\r\ngran@example.org"),
        ];
        ben.post(&format!("{there}/edit"), &fields)
            .await
            .leads_to(&there);
        let shown = family.done(Request::ContactShow { name: grandma });
        assert_eq!(shown["display"], "Oma");
        assert_eq!(
            shown["emails"],
            json!(["oma@example.org", "gran@example.org"])
        );
    });
}

#[test]
fn somebody_is_added_by_whatever_was_given() {
    at_home(&["anna", "ben"], SERVED, "", async |family| {
        let mut ben = family.browser("ben").await;
        let tox = id(31).to_string();
        for (address, name, key) in [
            (tox.as_str(), "Carla", true),
            ("  Oma@example.org ", "Oma", false),
            (&format!("tox:{}", id(32)), "Dora", true),
            (&format!("emil@{}.tox", id(33).base32()), "Emil", true),
        ] {
            ben.get("/me/contacts/add").await;
            let got = ben
                .post("/me/contacts/add", &[("name", name), ("address", address)])
                .await;
            got.leads_to(&format!("/me/contacts/with/{}", name.to_lowercase()));
            let shown = family.done(Request::ContactShow {
                name: name.to_lowercase(),
            });
            assert_eq!(shown["owner"], "ben", "{name}");
            assert_eq!(shown["key"].is_string(), key, "{name}");
        }
        let got = ben
            .post("/me/contacts/add", &[("name", "X"), ("address", " ")])
            .await;
        got.says(422, "id=\"address-problem\"");
        let got = ben
            .post("/me/contacts/add", &[("name", ""), ("address", &tox)])
            .await;
        got.says(422, "id=\"name-problem\"");
        let got = ben
            .post(
                "/me/contacts/add",
                &[("name", "<b>"), ("address", "no address")],
            )
            .await;
        got.says(422, "role=\"alert\"");
        is_harmless(&got);
        // Everybody's are the administrator's to add, and an invitation connects the whole home.
        let fields = [
            ("name", "Y"),
            ("address", "y@example.org"),
            ("everybodys", "yes"),
        ];
        ben.post("/me/contacts/add", &fields)
            .await
            .leads_to("/me/contacts/with/y");
        assert_eq!(
            family.done(Request::ContactShow { name: "y".into() })["owner"],
            "ben"
        );
        let invitation = format!("tox:{}?toxmail=1&name=Z&token=x", id(34));
        let got = ben
            .post("/me/contacts/add", &[("address", &invitation)])
            .await;
        got.says(422, "connects the whole home");
        let mut anna = family.browser("anna").await;
        anna.get("/me/contacts/add")
            .await
            .says(200, "name=\"everybodys\"");
        let fields = [
            ("name", "Z"),
            ("address", "z@example.org"),
            ("everybodys", "yes"),
        ];
        anna.post("/me/contacts/add", &fields)
            .await
            .leads_to("/me/contacts/with/z");
        assert_eq!(
            family.done(Request::ContactShow { name: "z".into() })["owner"],
            Value::Null
        );
    });
}

#[test]
fn a_contact_is_compared_and_what_goes_with_it_is_its_owners() {
    at_home(&["anna", "ben"], SERVED, "", async |family| {
        family.done(contact_add("Carla", &id(41), Some("ben")));
        let mut ben = family.browser("ben").await;
        let there = "/me/contacts/with/carla";
        let words = family.done(Request::ContactWords {
            name: "carla".into(),
        });
        ben.get(there)
            .await
            .says(200, words["words"].as_str().unwrap());
        ben.post(&format!("{there}/verify"), &[])
            .await
            .leads_to(there);
        ben.get(there)
            .await
            .says(200, "You have compared the words");
        ben.post(&format!("{there}/verify"), &[("undo", "yes")])
            .await
            .leads_to(there);
        ben.get(there).await.says(200, "Not compared yet");

        let fields = [("name", "Carla"), ("emails", "carla@example.org")];
        ben.post(&format!("{there}/edit"), &fields)
            .await
            .leads_to(there);
        ben.get(there).await.says(200, "name=\"seconds\"");
        ben.post(&format!("{there}/fallback"), &[("seconds", "86400")])
            .await
            .leads_to(there);
        ben.post(&format!("{there}/direct"), &[("only", "on")])
            .await
            .leads_to(there);
        let shown = || {
            family.done(Request::ContactShow {
                name: "carla".into(),
            })
        };
        assert_eq!(shown()["fallback_seconds"], 86_400);
        assert_eq!(shown()["direct_only"], true);
        ben.post(&format!("{there}/fallback"), &[("seconds", "0")])
            .await
            .leads_to(there);
        assert_eq!(shown()["fallback_seconds"], Value::Null);
        // Nobody claims that.
        let got = ben
            .post(&format!("{there}/confirm"), &[("email", "x@example.org")])
            .await;
        assert_eq!(got.status, StatusCode::NOT_FOUND);

        // From here on somebody else knows that home, too: it is not Ben's alone.
        family.done(contact_add("Carlas home", &id(41), None));
        assert_eq!(
            ben.get(&format!("{there}/block")).await.status,
            StatusCode::FORBIDDEN
        );
        let got = ben
            .post(&format!("{there}/direct"), &[("only", "off")])
            .await;
        assert_eq!(got.status, StatusCode::FORBIDDEN);
        assert_eq!(shown()["direct_only"], true);
        ben.get(&format!("{there}/remove"))
            .await
            .says(200, "Remove Carla?");
        ben.post(&format!("{there}/remove"), &[])
            .await
            .leads_to("/me/contacts");
        assert_eq!(ben.get(there).await.status, StatusCode::NOT_FOUND);

        let mut anna = family.browser("anna").await;
        let listed = family.done(Request::ContactList);
        let there = format!("/me/contacts/with/{}", listed[0]["name"].as_str().unwrap());
        anna.get(&format!("{there}/block"))
            .await
            .says(200, "Block Carlas home?");
        anna.post(&format!("{there}/block"), &[])
            .await
            .leads_to("/me/contacts");
        anna.get("/me/contacts").await.says(200, "state bad");
    });
}

#[test]
fn contacts_leave_and_come_as_files() {
    at_home(&["anna", "ben"], SERVED, "", async |family| {
        family.done(contact_add("Everybodys", &id(51), None));
        family.done(contact_add("Annas", &id(52), Some("anna")));
        family.done(contact_add("Bens", &id(53), Some("ben")));
        let mut anna = family.browser("anna").await;
        let got = anna.get("/me/contacts/export.vcf").await;
        assert_eq!(got.header("content-type"), "text/vcard; charset=utf-8");
        got.says(200, "FN:Everybodys");
        got.says(200, "FN:Annas");
        assert!(!got.text().contains("FN:Bens"));
        assert!(
            !got.text().contains(&id(51).to_string()),
            "a nospam lets strangers knock"
        );

        let mut ben = family.browser("ben").await;
        let upload = async |browser: &mut Browser<'_>, token: &str, cards: &str| {
            let part = |name: &str, text: &str| {
                format!(
                    "--x\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"f\"\r\n\r\n{text}\r\n"
                )
            };
            let body = format!("{}{}--x--\r\n", part("csrf", token), part("cards", cards));
            let request = HttpRequest::post("/me/contacts/import")
                .header("origin", "https://toxmail.local")
                .header("content-type", "multipart/form-data; boundary=x");
            browser.send(request, body).await
        };
        let cards = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Oma <b>\r\nEMAIL:oma@example.org\r\nEND:VCARD\r\n\
            BEGIN:VCARD\r\nVERSION:<img src=x>\r\nFN:Opa\r\nEND:VCARD\r\n";
        ben.get("/me/contacts/import")
            .await
            .says(200, "multipart/form-data");
        let token = ben.token.clone();
        let got = upload(&mut ben, "forged", cards).await;
        assert_eq!(got.status, StatusCode::FORBIDDEN);
        let got = upload(&mut ben, &token, cards).await;
        got.says(200, "New: 1. Completed: 0. Not taken: 1.");
        is_harmless(&got);
        let listed = family.done(Request::ContactList);
        let oma = listed
            .as_array()
            .unwrap()
            .iter()
            .find(|c| c["emails"][0] == "oma@example.org");
        assert_eq!(oma.unwrap()["owner"], "ben");
        let got = upload(&mut ben, &token, "<img src=x>").await;
        got.says(200, "New: 0. Completed: 0. Not taken: 1.");
        is_harmless(&got);
        let got = upload(&mut ben, &token, " ").await;
        got.says(422, "role=\"alert\"");
        let mut stranger = Browser::new(&family.house);
        stranger.get("/login").await;
        let token = stranger.token.clone();
        upload(&mut stranger, &token, cards)
            .await
            .leads_to("/login");
    });
}

#[test]
fn who_asks_is_decided_by_those_who_are_asked() {
    let settings = "[home]\npairing = [\"ben\"]\n";
    at_home(&["anna", "ben"], SERVED, settings, async |family| {
        let knock = |byte: u8, words: &[u8]| {
            let whole = family.whole.home.lock().unwrap();
            whole
                .running
                .post
                .contacts
                .knock(&id(byte).key(), words)
                .unwrap();
            id(byte).key().to_string()
        };
        let says =
            b"<script>x</script> Paul\xe2\x80\xae would like to exchange mail with you (Toxmail)";
        let (paul, rude) = (knock(61, says), knock(62, &[b'w'; 900]));
        let polite = knock(63, b"Please");
        let mut anna = family.browser("anna").await;
        anna.get("/me/requests")
            .await
            .says(403, "Only those who decide");
        let got = anna.post("/me/requests/accept", &[("key", &paul)]).await;
        assert_eq!(got.status, StatusCode::FORBIDDEN);
        assert!(
            !anna
                .get("/me/contacts")
                .await
                .text()
                .contains("/me/requests")
        );

        let mut ben = family.browser("ben").await;
        ben.get("/me/contacts").await.says(200, "/me/requests");
        let got = ben.get("/me/requests").await;
        got.says(200, "&#60;script&#62;x&#60;/script&#62; Paul");
        got.says(200, "<a href=\"/me/contacts\" aria-current=\"page\">");
        is_harmless(&got);
        assert!(!got.text().contains(&"w".repeat(150)));
        ben.post("/me/requests/accept", &[("key", &paul)])
            .await
            .leads_to("/me/requests");
        ben.get("/me/requests")
            .await
            .says(200, "you can write to each other");
        ben.post("/me/requests/refuse", &[("key", &polite)])
            .await
            .leads_to("/me/requests");
        ben.get(&format!("/me/requests/block?key={rude}"))
            .await
            .says(200, "Block whoever asks?");
        ben.post("/me/requests/block", &[("key", &rude)])
            .await
            .leads_to("/me/requests");
        ben.get("/me/requests")
            .await
            .says(200, "They are not heard again");
        ben.get("/me/requests")
            .await
            .says(200, "Nobody asks at the moment.");
        for path in ["accept", "refuse", "block"] {
            let got = ben
                .post(&format!("/me/requests/{path}"), &[("key", &polite)])
                .await;
            assert_eq!(got.status, StatusCode::NOT_FOUND, "{path}");
        }
        let listed = family.done(Request::ContactList);
        let states: Vec<_> = listed
            .as_array()
            .unwrap()
            .iter()
            .map(|c| &c["state"])
            .collect();
        assert!(
            states.contains(&&json!("blocked")) && states.len() == 2,
            "{listed}"
        );
    });
}

#[test]
fn a_new_box_is_confirmed_after_the_words_and_only_once() {
    at_home(&["anna", "ben"], SERVED, "", async |family| {
        for (byte, name) in [(71, "Carla"), (73, "Dora")] {
            family.done(contact_add(name, &id(byte), None));
            let whole = family.whole.home.lock().unwrap();
            let contacts = &whole.running.post.contacts;
            contacts.saw_hello(&id(byte).key()).unwrap();
            contacts
                .announced(&id(byte).key(), *id(byte + 1).as_bytes())
                .unwrap();
        }
        let open = family.done(Request::MoveList);
        assert_eq!(open.as_array().unwrap().len(), 2, "{open}");
        let mut ben = family.browser("ben").await;
        let fields = [("name", "carla@tox"), ("word", "confirm")];
        let got = ben.post("/me/requests/move", &fields).await;
        assert_eq!(got.status, StatusCode::FORBIDDEN);
        let mut anna = family.browser("anna").await;
        let got = anna.get("/me/requests").await;
        for one in open.as_array().unwrap() {
            got.says(200, one["words"].as_str().unwrap());
            let word = if one["name"] == "carla" {
                "confirm"
            } else {
                "refuse"
            };
            let fields = [("name", one["name"].as_str().unwrap()), ("word", word)];
            anna.post("/me/requests/move", &fields)
                .await
                .leads_to("/me/requests");
            let again = anna.post("/me/requests/move", &fields).await;
            assert_eq!(again.status, StatusCode::NOT_FOUND);
        }
        let moves = family.done(Request::MoveList);
        let mut states: Vec<_> = moves
            .as_array()
            .unwrap()
            .iter()
            .map(|m| m["state"].as_str().unwrap())
            .collect();
        states.sort_unstable();
        assert_eq!(states, ["confirmed", "refused"]);
    });
}

// ---- settings

#[test]
fn my_settings_are_mine() {
    at_home(&["anna", "ben"], SERVED, "", async |family| {
        let mut ben = family.browser("ben").await;
        ben.get("/me/settings")
            .await
            .says(200, "value=\"tell\" checked");
        ben.post("/me/settings/mixed", &[("mixed", "ask")])
            .await
            .leads_to("/me/settings");
        ben.post("/me/settings/reencode", &[("on", "yes")])
            .await
            .leads_to("/me/settings");
        ben.get("/me/settings")
            .await
            .says(200, "value=\"ask\" checked");
        let settings = |who: &str| {
            family.done(Request::MemberSettings {
                name: name(who),
                mixed: None,
                language: None,
                reencode: None,
            })
        };
        assert_eq!(settings("ben")["reencode"], true);
        assert_eq!(settings("anna")["mixed"], "tell");
        assert_eq!(settings("anna")["reencode"], false);
        ben.post("/me/settings/reencode", &[])
            .await
            .leads_to("/me/settings");
        assert_eq!(settings("ben")["reencode"], false);
        let got = ben.post("/me/settings/mixed", &[("mixed", "burn")]).await;
        assert_eq!(got.status, StatusCode::BAD_REQUEST);
    });
}

#[test]
fn my_name_is_mine_to_change() {
    at_home(&["anna", "ben"], SERVED, "", async |family| {
        let mut ben = family.browser("ben").await;
        let got = ben.get("/me/settings").await;
        got.says(200, "action=\"/me/settings/name\"");
        got.says(200, "name=\"display\" value=\"ben &#60;b&#62;");
        for (wrong, words) in [
            ("  ", "Write a name."),
            (&"w".repeat(101), "100 characters"),
        ] {
            let got = ben.post("/me/settings/name", &[("display", wrong)]).await;
            got.says(422, words);
            got.says(422, &format!("value=\"{wrong}\""));
        }
        ben.post(
            "/me/settings/name",
            &[("display", " Ben <i>Martin "), ("name", "anna")],
        )
        .await
        .leads_to("/me/settings");
        let got = ben.get("/me/settings").await;
        got.says(200, "Logged in as Ben &#60;i&#62;Martin");
        assert_eq!(family.member("ben")["display"], "Ben <i>Martin");
        assert_eq!(family.member("anna")["display"], "anna <b>\u{202e}&\"");
    });
}

#[test]
fn my_provider_is_for_an_address_of_mine_and_its_password_is_never_shown() {
    at_home(&["anna", "ben"], SERVED, "", async |family| {
        let account = |member: Option<&str>, address: &str| {
            family.done(Request::MemberAddressAdd {
                name: name(member.unwrap_or("anna")),
                address: address.into(),
            });
        };
        account(Some("anna"), "anna@example.org");
        let mut ben = family.browser("ben").await;
        ben.get("/me/settings")
            .await
            .says(200, "No ordinary e-mail address is entered");
        let fields = |address: &'static str| {
            [
                ("address", address),
                ("host", "127.0.0.1"),
                ("port", "1"),
                ("tls", "implicit"),
                ("username", ""),
                ("password", "s3cret-of-his"),
            ]
        };
        // Somebody else's, or nobody's: a server of his own could say that any address is his.
        for address in ["anna@example.org", "bank@example.org", ""] {
            let got = ben.post("/me/settings/provider", &fields(address)).await;
            assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY, "{address}");
            assert!(!got.text().contains("s3cret-of-his"));
        }
        account(Some("ben"), "ben@example.org");
        // In the home network the home knocks at no door for him, whether somebody is there or not.
        for host in [
            "127.0.0.1",
            "localhost",
            "192.168.1.1",
            "10.0.0.1",
            "::1",
            "fd00::1",
            "::ffff:127.0.0.1",
            "0.0.0.0",
            "nobody.invalid",
        ] {
            let mut provider = fields("ben@example.org");
            provider[1].1 = host;
            let got = ben.post("/me/settings/provider", &provider).await;
            got.says(
                422,
                "id=\"host-problem\" role=\"alert\">That server stands in the home network",
            );
            assert!(!got.text().contains("s3cret-of-his"));
            let fetch = [
                ("fetch_host", host),
                ("fetch_username", "ben"),
                ("fetch_password", "s3cret-of-his"),
            ];
            let got = ben.post("/me/settings/fetch", &fetch).await;
            got.says(
                422,
                "id=\"fetch-host-problem\" role=\"alert\">That server stands in the home network",
            );
        }
        for host in ["a b", "http://x", "x/y"] {
            let mut provider = fields("ben@example.org");
            provider[1].1 = host;
            let got = ben.post("/me/settings/provider", &provider).await;
            got.says(422, "That is no name of a server.");
        }
        let tried = family.whole.asked.lock().unwrap().clone();
        assert!(!tried.contains(&"provider set") && !tried.contains(&"provider fetch set"));
        // The family's own mail server is the administrator's to name. Nobody answers there: nothing is stored.
        let mut anna = family.browser("anna").await;
        anna.get("/me/settings").await;
        let got = anna
            .post("/me/settings/provider", &fields("anna@example.org"))
            .await;
        got.says(422, "Nothing was kept.");
        assert!(!got.text().contains("s3cret-of-his"));
        let shown = family.done(Request::ProviderShow { member: None });
        assert_eq!(shown, json!([]));
        for path in [
            "provider/test",
            "provider/remove",
            "fetch/now",
            "fetch/remove",
        ] {
            let got = ben.post(&format!("/me/settings/{path}"), &[]).await;
            assert_eq!(got.status, StatusCode::NOT_FOUND, "{path}");
        }
        let got = ben.post("/me/settings/fetch", &[("fetch_host", "")]).await;
        got.says(422, "id=\"fetch-host-problem\"");
        got.says(422, "id=\"fetch-username-problem\"");
        // The password that is stored for one server is not said to another because a form names it.
        family.done(Request::ProviderSet(
            crate::control::protocol::NewProvider {
                member: Some(name("ben")),
                host: "smtp.example.org".to_owned(),
                port: 465,
                tls: crate::config::RelayTls::Implicit,
                username: "ben@example.org".to_owned(),
                password: crate::control::Secret::new("s3cret-of-his".to_owned()),
                address: None,
                untested: true,
            },
        ));
        let elsewhere = [("fetch_host", "127.0.0.1"), ("protocol", "imap")];
        let got = ben.post("/me/settings/fetch", &elsewhere).await;
        got.says(422, "id=\"fetch-username-problem\"");
        got.says(422, "id=\"fetch-password-problem\"");
    });
}
