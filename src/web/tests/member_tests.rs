//! The member's own pages, in front of a whole home whose node talks to nobody.

use super::*;
use crate::home::operator_tests::{self, contact_add, home_with, id, name};
use crate::mail::verdict::{Reason, Status as Code, Verdict};
use crate::queue::Destination;

/// A whole home as the page's operator.
struct Whole(Mutex<operator_tests::Home>);

impl Operator for Whole {
    fn handle(&self, request: Request) -> Result<Value, Failure> {
        self.0.lock().unwrap().running.handle(request)
    }
}

/// The page of a whole home.
struct Family {
    house: House0,
    whole: Arc<Whole>,
}

const SERVED: &[&str] = &["submissions", "pop3s", "carddav"];

impl Family {
    fn done(&self, request: Request) -> Value {
        let name = request.name();
        let answer = self.whole.handle(request);
        answer.unwrap_or_else(|failure| panic!("{name}: {failure:?}"))
    }

    fn letter(&self, to: Destination, there: &str) -> i64 {
        self.whole.0.lock().unwrap().letter(to, there)
    }

    fn queue(&self) -> crate::queue::Queue {
        let whole = self.whole.0.lock().unwrap();
        whole.running.post.queue.clone()
    }

    async fn browser(&self, who: &str) -> Browser<'_> {
        let mut browser = Browser::new(&self.house);
        browser.log_in(who).await;
        browser
    }
}

/// What happens in the house of these people. The house is built and left outside of any runtime: it has one of its own.
fn at_home(people: &[&str], served: &[&str], settings: &str, test: impl AsyncFnOnce(&Family)) {
    let mut home = home_with(settings);
    let ports = served.iter().zip(5001..);
    home.running.ports = ports
        .map(|(service, port)| ((*service).to_owned(), json!(format!("[::]:{port}"))))
        .collect();
    let (members, database) = (
        home.running.post.members.clone(),
        home.running.database.clone(),
    );
    for name in people {
        let display = format!("{name} <b>\u{202e}&\"");
        let added = members.add(&name.parse().unwrap(), &display, &format!("secret-{name}"));
        added.unwrap();
    }
    let dir = tempfile::tempdir().unwrap();
    let tls = Tls::open(
        &dir.path().join("tls"),
        "toxmail.local",
        &[],
        SystemTime::now(),
    )
    .unwrap();
    let (clock, config) = (
        home.running.post.clock.clone(),
        Arc::clone(&home.running.config),
    );
    let time = home.time.clone();
    let whole = Arc::new(Whole(Mutex::new(home)));
    let web = Web::new(House {
        operator: Arc::clone(&whole) as Arc<dyn Operator>,
        doorman: Arc::new(Doorman::new(Arc::new(Passwords(members.clone())))),
        database: database.clone(),
        clock,
        config,
        tls: Arc::new(tls),
        https_port: Some(5443),
    });
    let house = House0 {
        dir,
        site: Site::new(web.clone()),
        web,
        members: members.clone(),
        database,
        time,
        home: Arc::new(Home {
            members,
            asked: Mutex::default(),
        }),
    };
    let family = Family { house, whole };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(test(&family));
}

/// No markup of anybody's name, whatever the page.
#[track_caller]
fn is_harmless(got: &Got) {
    let text = got.text();
    for bad in ["<b>", "\u{202e}", "<script>x", "<img src=x"] {
        assert!(!text.contains(bad), "{bad} in {text}");
    }
}

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
        got.says(200, tox);
        got.says(200, "anna &#60;b&#62;&#38;&#34;");
        is_harmless(&got);

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
        anna.get(path).await.says(200, "name=\"agreed\"");
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
        assert_eq!(
            family
                .house
                .members
                .device_list(&name("anna"))
                .unwrap()
                .len(),
            1
        );
    });
}

#[test]
fn no_password_is_made_for_a_device_that_cannot_be_told() {
    let address = "[home]\nhostname = \"192.168.1.5\"\n";
    at_home(&["anna"], SERVED, address, async |family| {
        let mut anna = family.browser("anna").await;
        anna.get("/me/devices/android").await;
        let got = anna.post("/me/devices/android", &[("label", "x")]).await;
        got.says(422, "[home] hostname");
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
        anna.get("/me/devices/other").await.says(200, "[listen]");
        let got = anna.post("/me/devices/other", &[("label", "x")]).await;
        got.says(422, "[listen]");
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
fn my_letters_are_told_in_words_and_nobody_elses() {
    at_home(&["anna", "ben"], SERVED, "", async |family| {
        let there = id(7);
        family.done(contact_add("Carla <b>", &there, None));
        let waits = family.letter(Destination::Peer(there.key()), "carla");
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
        let letter = family.letter(Destination::Peer(there.key()), "dora");
        let queue = family.queue();
        let entry = queue
            .show(crate::queue::QueueId::from_number(letter))
            .unwrap();
        let why = Reason::new(Code(4, 4, 1), "their <b>disk</b> is full");
        let verdict = Verdict::Later {
            why,
            not_before: None,
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
            family.letter(Destination::Peer(there.key()), &format!("emil{n:02}"));
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
