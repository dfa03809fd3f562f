//! The administrator's pages, in front of a whole home whose node talks to nobody.

use super::whole::{at_home, is_harmless};
use super::*;
use crate::appliance::disk;
use crate::appliance::network;
use crate::appliance::stick::{self, CHOSEN, Chosen, Failed, Last, RECORD, Record, Why};
use crate::appliance::update::{Desk, Look, MAX_BUNDLE, Outcome, Phase};
use crate::config::Ports;
use crate::home::operator_tests::{contact_add, id, name};
use crate::mail::address::PeerKey;
use crate::queue::Destination;

/// What stands in the element of that id.
#[track_caller]
fn inside<'a>(text: &'a str, id: &str) -> &'a str {
    let sign = format!("id=\"{id}\">");
    let (_, rest) = text
        .split_once(&sign)
        .unwrap_or_else(|| panic!("{id} in {text}"));
    rest.split('<').next().unwrap()
}

const PAGES: &[&str] = &[
    "/admin",
    "/admin/members",
    "/admin/members/ben",
    "/admin/members/ben/administrator",
    "/admin/members/ben/remove",
    "/admin/pairing",
    "/admin/pairing/renew",
    "/admin/pairing/move",
    "/admin/log",
    "/admin/log.txt",
    "/admin/home",
    "/admin/storage",
    "/admin/backup",
    "/admin/provider",
    "/admin/problems",
];

const DEEDS: &[&str] = &[
    "/admin/members",
    "/admin/members/ben/display",
    "/admin/members/ben/password",
    "/admin/members/ben/address",
    "/admin/members/ben/address/remove",
    "/admin/members/ben/device/revoke",
    "/admin/members/ben/main",
    "/admin/members/ben/administrator",
    "/admin/members/ben/remove",
    "/admin/pairing/invite",
    "/admin/pairing/withdraw",
    "/admin/pairing/accept",
    "/admin/pairing/asked",
    "/admin/pairing/renew",
    "/admin/pairing/move",
    "/admin/pairing/move/withdraw",
    "/admin/home",
    "/admin/storage",
    "/admin/backup/home.tar",
    "/admin/backup/paper",
    "/admin/provider",
    "/admin/provider/test",
    "/admin/provider/remove",
    "/admin/provider/fetch/ben/now",
    "/admin/provider/fetch/ben/remove",
];

#[test]
fn the_administrators_pages_are_the_administrators_alone() {
    at_home(&["anna", "ben"], &[], "", async |family| {
        let before = family.done(Request::MemberList);
        let mut ben = family.browser("ben").await;
        for path in PAGES {
            let mut stranger = Browser::new(&family.house);
            stranger
                .get(path)
                .await
                .leads_to(&format!("/login?to={path}"));
            ben.get(path).await.says(403, "Only the administrator");
        }
        ben.get("/").await;
        for path in DEEDS {
            let fields = [("id", "1"), ("how", "made"), ("password", "secret-ben")];
            ben.post(path, &fields)
                .await
                .says(403, "Only the administrator");
        }
        assert!(!ben.get("/").await.text().contains("/admin"));
        assert_eq!(family.done(Request::MemberList), before);
        assert_eq!(family.done(Request::InviteList), json!([]));

        let mut anna = family.browser("anna").await;
        for path in PAGES {
            let got = anna.get(path).await;
            assert_eq!(got.status, StatusCode::OK, "{path}: {}", got.text());
            is_harmless(&got);
        }
        // Who loads the answer of a deed again comes to its page. There is no account here that could be removed, and nothing is
        // fetched: those two pages are none.
        let nothing = ["/admin/provider/remove", "/admin/provider/fetch/ben/remove"];
        let deeds = DEEDS.iter().filter(|path| !nothing.contains(path));
        for path in deeds {
            let mut got = anna.get(path).await;
            for _ in path.split('/') {
                if got.status == StatusCode::SEE_OTHER {
                    got = anna.get(got.header("location")).await;
                }
            }
            assert_eq!(got.status, StatusCode::OK, "{path}: {}", got.text());
        }
        let menu = anna.get("/admin/log").await;
        menu.says(200, "<a href=\"/admin\" aria-current=\"page\">");
    });
}

#[test]
fn every_page_is_there_in_every_language() {
    at_home(&["anna", "ben"], &[], "", async |family| {
        let mut anna = family.browser("anna").await;
        for language in ["fr", "de", "es"] {
            let members = &family.house.members;
            members.set_language(&name("anna"), Some(language)).unwrap();
            for path in PAGES.iter().filter(|path| !path.ends_with(".txt")) {
                let got = anna.get(path).await;
                got.says(200, &format!("<html lang=\"{language}\">"));
                is_harmless(&got);
            }
        }
    });
}

// ---- people

#[test]
fn somebody_moves_in_with_a_password_that_is_shown_once() {
    at_home(&["anna"], &[], "", async |family| {
        let mut anna = family.browser("anna").await;
        anna.get("/admin/members").await;
        let fields = [
            ("display", "Oma <b>Käthe</b>"),
            ("mailbox", "Oma@toxmail.local"),
            ("how", "made"),
        ];
        let got = anna.post("/admin/members", &fields).await;
        got.says(200, "For Oma &#60;b&#62;Käthe");
        is_harmless(&got);
        assert_eq!(got.header("cache-control"), "no-store");
        let password = inside(got.text(), "slip-password").to_owned();
        assert_eq!(password.len(), 20);
        assert!(!anna.get("/admin/members").await.text().contains(&password));
        let mut oma = Browser::new(&family.house);
        oma.get("/login").await;
        let login = [("name", "oma"), ("password", password.as_str())];
        oma.post("/login", &login).await.leads_to("/");

        let fields = [
            ("display", "Ben"),
            ("mailbox", "ben"),
            ("how", "typed"),
            ("password", "secret-ben"),
            ("again", "secret-ben"),
        ];
        let got = anna.post("/admin/members", &fields).await;
        got.leads_to("/admin/members");
        let got = anna.get("/admin/members").await;
        got.says(200, "Ben has a mailbox now");
        assert!(!got.text().contains("secret-ben"));
        family.browser("ben").await;
    });
}

#[test]
fn who_cannot_move_in_is_told_beside_the_field() {
    at_home(&["anna"], &[], "", async |family| {
        let mut anna = family.browser("anna").await;
        anna.get("/admin/members").await;
        let long = "x".repeat(10_000);
        let typed = |password, again| [("how", "typed"), ("password", password), ("again", again)];
        for (display, mailbox, choice, words) in [
            (
                "B",
                "postmaster",
                typed("secret-b", "secret-b"),
                "mailbox-problem",
            ),
            ("B", "a b", typed("secret-b", "secret-b"), "mailbox-problem"),
            ("!!!", "", typed("secret-b", "secret-b"), "mailbox-problem"),
            ("B", &long, typed("secret-b", "secret-b"), "mailbox-problem"),
            (
                "B",
                "anna",
                typed("secret-b", "secret-b"),
                "Somebody has the mailbox anna already",
            ),
            (
                &long,
                "ben",
                typed("secret-b", "secret-b"),
                "display-problem",
            ),
            (" ", "ben", typed("secret-b", "secret-b"), "display-problem"),
            ("B", "ben", typed("short", "short"), "password-problem"),
            ("B", "ben", typed("", ""), "password-problem"),
            ("B", "ben", typed("secret-b", "secret-c"), "again-problem"),
        ] {
            let mut fields = vec![("display", display), ("mailbox", mailbox)];
            fields.extend(choice);
            let got = anna.post("/admin/members", &fields).await;
            got.says(422, words);
            assert!(!got.text().contains("secret-b"), "{}", got.text());
        }
        let all = family.done(Request::MemberList);
        assert_eq!(all.as_array().unwrap().len(), 1);
        // What was right is not typed again.
        let fields = [("display", "\"><script>x"), ("mailbox", "anna")];
        let got = anna.post("/admin/members", &fields).await;
        got.says(422, "value=\"&#34;&#62;&#60;script&#62;x\"");
        got.says(422, "value=\"anna\"");
    });
}

#[test]
fn a_new_password_ends_the_logins_and_leaves_the_devices() {
    at_home(&["anna", "ben"], &[], "", async |family| {
        let mut ben = family.browser("ben").await;
        let device = family.done(Request::DeviceAdd {
            name: name("ben"),
            label: "phone <b>".into(),
        });
        let mut anna = family.browser("anna").await;
        let got = anna.get("/admin/members/ben").await;
        got.says(200, "phone &#60;b&#62;");
        is_harmless(&got);
        let got = anna
            .post("/admin/members/ben/password", &[("how", "made")])
            .await;
        let password = inside(got.text(), "slip-password").to_owned();
        is_harmless(&got);
        ben.get("/").await.leads_to("/login");
        let check = |password: &str| family.house.members.check("ben", password).unwrap();
        assert_eq!(check("secret-ben"), None);
        assert_eq!(check(&password), Some(name("ben")));
        let secret = device["password"].as_str().unwrap();
        assert_eq!(check(secret), Some(name("ben")));
        let page = anna.get("/admin/members/ben").await;
        assert!(!page.text().contains(&password));
        // One's own is changed where the old one is asked for.
        anna.post("/admin/members/anna/password", &[("how", "made")])
            .await
            .leads_to("/me/security");
        assert_eq!(
            family.house.members.check("anna", "secret-anna").unwrap(),
            Some(name("anna"))
        );

        // A device's password is taken back; that of somebody else is not there.
        let number = device["id"].to_string();
        anna.post("/admin/members/anna/device/revoke", &[("id", &number)])
            .await
            .says(404, "There is no such page");
        assert_eq!(check(secret), Some(name("ben")));
        anna.post("/admin/members/ben/device/revoke", &[("id", &number)])
            .await
            .leads_to("/admin/members/ben");
        assert_eq!(check(secret), None);
    });
}

#[test]
fn names_and_addresses_are_changed_for_their_owner_alone() {
    at_home(&["anna", "ben"], &[], "", async |family| {
        let mut anna = family.browser("anna").await;
        for path in [
            "/admin/members/nobody",
            "/admin/members/%3Cb%3E",
            "/admin/members/home",
        ] {
            anna.get(path).await.says(404, "There is no such page");
        }
        anna.post("/admin/members/nobody/display", &[("display", "X")])
            .await
            .says(404, "There is no such page");

        anna.get("/admin/members/ben").await;
        anna.post(
            "/admin/members/ben/display",
            &[("display", "Ben <i>\u{202e}")],
        )
        .await
        .leads_to("/admin/members/ben");
        let got = anna.get("/admin/members/ben").await;
        got.says(200, "Others see Ben &#60;i&#62; from now on");
        is_harmless(&got);
        anna.post("/admin/members/ben/display", &[("display", " ")])
            .await
            .says(422, "display-problem");

        let add = |address| [("address", address), ("sure", "yes")];
        anna.post(
            "/admin/members/ben/address",
            &[("address", "ben@example.org")],
        )
        .await
        .says(422, "sure-problem");
        for wrong in [
            "ben",
            "ben@toxmail.local",
            "ben@localhost",
            "a b@example.org",
        ] {
            let got = anna.post("/admin/members/ben/address", &add(wrong)).await;
            assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        }
        anna.post("/admin/members/ben/address", &add(" ben@example.org "))
            .await
            .leads_to("/admin/members/ben");
        assert_eq!(
            family.member("ben")["addresses"],
            json!(["ben@example.org"])
        );
        anna.get("/admin/members/ben")
            .await
            .says(200, "ben@example.org is added");
        anna.post("/admin/members/anna/address", &add("BEN@example.org"))
            .await
            .says(422, "address in this home");
        anna.post(
            "/admin/members/anna/address/remove",
            &add("ben@example.org"),
        )
        .await
        .says(404, "There is no such page");
        anna.post("/admin/members/ben/address/remove", &add("ben@example.org"))
            .await
            .leads_to("/admin/members/ben");
        assert_eq!(family.member("ben")["addresses"], json!([]));
    });
}

#[test]
fn the_main_mailbox_is_given_to_another_unless_the_file_says_whose_it_is() {
    at_home(&["anna", "ben"], &[], "", async |family| {
        let mut anna = family.browser("anna").await;
        anna.get("/admin/members/ben").await;
        anna.post("/admin/members/ben/main", &[])
            .await
            .leads_to("/admin/members/ben");
        assert_eq!(family.member("ben")["main_mailbox"], true);
        assert_eq!(family.member("anna")["main_mailbox"], false);
    });
    let locked = "[home]\nmain_mailbox = \"anna\"\n";
    at_home(&["anna", "ben"], &[], locked, async |family| {
        let mut anna = family.browser("anna").await;
        let got = anna.get("/admin/members/ben").await;
        got.says(200, "The file toxmail.toml says who gets them");
        assert!(!got.text().contains("/admin/members/ben/main"));
        anna.post("/admin/members/ben/main", &[])
            .await
            .says(422, "The file toxmail.toml says it, and wins.");
        assert_eq!(family.member("anna")["main_mailbox"], true);
    });
}

#[test]
fn the_home_is_handed_over_with_a_password_only() {
    at_home(&["anna", "ben"], &[], "", async |family| {
        let mut anna = family.browser("anna").await;
        let page = "/admin/members/ben/administrator";
        anna.get(page).await.says(200, "Hand the home over to ben");
        for wrong in ["", "secret-ben"] {
            anna.post(page, &[("password", wrong)])
                .await
                .says(403, "That is not your password");
        }
        assert_eq!(family.member("anna")["administrator"], true);
        anna.post(page, &[("password", "secret-anna")])
            .await
            .leads_to("/");
        let got = anna.get("/").await;
        got.says(200, "looks after the home now");
        is_harmless(&got);
        anna.get("/admin").await.says(403, "Only the administrator");
        assert_eq!(family.member("ben")["administrator"], true);
        assert_eq!(family.member("anna")["administrator"], false);
        let mut ben = family.browser("ben").await;
        ben.get("/admin").await.says(200, "Administration");
        // To oneself there is nothing to hand over.
        ben.get(page).await.leads_to("/admin/members/ben");
    });
}

#[test]
fn whoever_moves_out_leaves_their_letters_put_away() {
    at_home(&["anna", "ben"], &[], "", async |family| {
        let mut anna = family.browser("anna").await;
        let mut ben = family.browser("ben").await;
        let (there, here) = {
            let whole = family.whole.home.lock().unwrap();
            let mail = whole.running.dir.join("mail");
            (mail.join(".removed"), mail.join("ben"))
        };
        assert!(here.exists());
        // Who looks after the home stays.
        anna.get("/admin/members/anna/remove")
            .await
            .says(200, "cannot be removed");
        anna.post("/admin/members/anna/remove", &[])
            .await
            .says(422, "cannot be removed");
        assert_ne!(family.member("anna"), Value::Null);

        let got = anna.get("/admin/members/ben/remove").await;
        got.says(200, "mail/.removed");
        got.says(200, "No letter of theirs is on its way");
        is_harmless(&got);
        assert_ne!(family.member("ben"), Value::Null, "looking removes nobody");
        anna.post("/admin/members/ben/remove", &[])
            .await
            .leads_to("/admin/members");
        let got = anna.get("/admin/members").await;
        got.says(200, "is removed. The letters are put away");
        is_harmless(&got);
        assert_eq!(family.member("ben"), Value::Null);
        assert!(!here.exists() && there.read_dir().unwrap().count() == 1);
        ben.get("/").await.leads_to("/login");
        anna.get("/admin/members/ben")
            .await
            .says(404, "There is no such page");
    });
}

#[test]
fn letters_on_their_way_are_told_before_somebody_is_removed() {
    at_home(&["ben", "anna"], &[], "", async |family| {
        family.done(contact_add("bob", &id(3), None));
        let to = Destination::Tox(id(3).key());
        family.whole.home.lock().unwrap().letter(to, "bob");
        let mut ben = family.browser("ben").await;
        ben.get("/admin/members/anna/remove")
            .await
            .says(200, "One letter of theirs is still on its way");
    });
}

// ---- other homes

#[test]
fn an_invitation_is_shown_once_and_can_be_taken_back() {
    at_home(&["anna"], &[], "", async |family| {
        let mut anna = family.browser("anna").await;
        anna.get("/admin/pairing").await.says(200, "None is open");
        let got = anna.post("/admin/pairing/invite", &[("days", "30")]).await;
        let link = inside(got.text(), "invitation").to_owned();
        assert!(
            link.starts_with("tox:") && got.text().contains("<svg"),
            "{link}"
        );
        assert_eq!(got.header("cache-control"), "no-store");
        is_harmless(&got);
        let got = anna.get("/admin/pairing").await;
        let token = link.rsplit_once("token=").unwrap().1;
        assert!(!got.text().contains(token), "only once");
        let open = family.done(Request::InviteList);
        let days =
            (open[0]["expires"].as_i64().unwrap() - open[0]["created"].as_i64().unwrap()) / 86_400;
        assert_eq!(days, 30);
        // What is not offered is a week.
        anna.post("/admin/pairing/invite", &[("days", "99999999999999999999")])
            .await;
        let open = family.done(Request::InviteList);
        let days =
            (open[1]["expires"].as_i64().unwrap() - open[1]["created"].as_i64().unwrap()) / 86_400;
        assert_eq!(days, 7);
        let number = open[0]["id"].to_string();
        anna.post("/admin/pairing/withdraw", &[("id", &number)])
            .await
            .leads_to("/admin/pairing");
        let got = anna.get("/admin/pairing").await;
        got.says(200, "The invitation opens nothing any more");
        got.says(200, "taken back");
        anna.post("/admin/pairing/withdraw", &[("id", &number)])
            .await
            .says(422, "What you meant is not there any more.");
    });
}

#[test]
fn an_invitation_of_another_home_is_accepted_whatever_it_is_called() {
    at_home(&["anna"], &[], "", async |family| {
        let mut anna = family.browser("anna").await;
        anna.get("/admin/pairing").await;
        for wrong in ["", " ", "http://evil.example/", "tox:x"] {
            let got = anna.post("/admin/pairing/accept", &[("link", wrong)]).await;
            assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
            is_harmless(&got);
        }
        let long = format!("tox:{}", "x".repeat(3000));
        anna.post("/admin/pairing/accept", &[("link", &long)])
            .await
            .says(422, "link-problem");
        let got = anna.post("/admin/pairing/invite", &[]).await;
        let own = inside(got.text(), "invitation").replace("&#38;", "&");
        anna.post("/admin/pairing/accept", &[("link", &own)])
            .await
            .says(422, "That is your own home.");
        let link = format!(
            "tox:{}?toxmail=1&name=%3Cscript%3Ex%E2%80%AE&token={}",
            id(5),
            "A".repeat(32)
        );
        anna.post("/admin/pairing/accept", &[("link", &link)])
            .await
            .leads_to("/admin/pairing");
        let got = anna.get("/admin/pairing").await;
        got.says(200, "is a contact now");
        is_harmless(&got);
        let contacts = family.done(Request::ContactList);
        assert_eq!(contacts[0]["key"], id(5).key().to_string());
    });
}

#[test]
fn a_new_tox_address_is_taken_after_a_question() {
    at_home(&["anna"], &[], "", async |family| {
        let mut anna = family.browser("anna").await;
        anna.get("/admin/pairing").await;
        anna.post("/admin/pairing/invite", &[]).await;
        let before = family.done(Request::Status)["tox_id"].clone();
        let got = anna.get("/admin/pairing/renew").await;
        got.says(200, "One open invitation leads nowhere then");
        assert_eq!(family.done(Request::Status)["tox_id"], before);
        anna.post("/admin/pairing/renew", &[])
            .await
            .leads_to("/admin/pairing");
        let after = family.done(Request::Status)["tox_id"].clone();
        assert_ne!(after, before);
        let got = anna.get("/admin/pairing").await.unbroken();
        got.says(200, after.as_str().unwrap());
        got.says(200, "leads nowhere: this home has a new Tox address");
    });
}

#[test]
fn a_new_box_is_announced_and_taken_back() {
    at_home(&["anna"], &[], "", async |family| {
        let mut anna = family.browser("anna").await;
        anna.get("/admin/pairing/move")
            .await
            .says(200, "is the same home");
        for wrong in ["", "\"><script>x", &"0".repeat(75), &"g".repeat(76)] {
            let got = anna.post("/admin/pairing/move", &[("tox_id", wrong)]).await;
            got.says(422, "tox_id-problem");
            is_harmless(&got);
        }
        // The last four digits are a checksum.
        let wrong = format!("{}0001", &id(9).to_string()[..72]);
        anna.post("/admin/pairing/move", &[("tox_id", &wrong)])
            .await
            .says(422, "That is no Tox address, or there is a mistake in it.");
        let right = id(9).to_string();
        anna.post("/admin/pairing/move", &[("tox_id", &right)])
            .await
            .leads_to("/admin/pairing");
        let got = anna.get("/admin/pairing").await.unbroken();
        let key: PeerKey = id(9).key();
        got.says(200, &key.to_string());
        anna.post("/admin/pairing/move/withdraw", &[])
            .await
            .leads_to("/admin/pairing");
        let got = anna.get("/admin/pairing").await.unbroken();
        assert!(!got.text().contains(&key.to_string()));
        assert_eq!(family.done(Request::MoveList), json!([]));
    });
}

#[test]
fn who_is_asked_about_strangers_is_chosen_among_those_who_live_here() {
    at_home(&["anna", "ben", "carl"], &[], "", async |family| {
        let mut anna = family.browser("anna").await;
        let row = || family.house.database.setting("home.pairing").unwrap();
        let got = anna.get("/admin/pairing").await;
        assert!(!got.text().contains("value=\"ben\" checked"));
        let fields = [("who", "carl"), ("who", "eve"), ("who", "ben")];
        anna.post("/admin/pairing/asked", &fields)
            .await
            .leads_to("/admin/pairing");
        assert_eq!(row().as_deref(), Some("ben,carl"));
        let got = anna.get("/admin/pairing").await;
        got.says(200, "value=\"ben\" checked");
        got.says(200, "value=\"carl\" checked");
        anna.post("/admin/pairing/asked", &[])
            .await
            .leads_to("/admin/pairing");
        assert_eq!(row(), None, "the administrator");
    });
    let locked = "[home]\npairing = [\"ben\"]\n";
    at_home(&["anna", "ben"], &[], locked, async |family| {
        let mut anna = family.browser("anna").await;
        let got = anna.get("/admin/pairing").await;
        got.says(200, "value=\"ben\" checked");
        got.says(200, "The file toxmail.toml says it, and wins");
        anna.post("/admin/pairing/asked", &[("who", "anna")])
            .await
            .says(422, "The file toxmail.toml says it, and wins.");
    });
}

// ---- settings

#[test]
fn the_home_gets_a_name_and_a_language() {
    at_home(&["anna"], &[], "", async |family| {
        let mut anna = family.browser("anna").await;
        anna.get("/admin/home").await.says(200, "value=\"Toxmail\"");
        let long = "ä".repeat(65);
        for wrong in ["", "  ", long.as_str(), "a\nb"] {
            let fields = [("name", wrong), ("language", "fr")];
            anna.post("/admin/home", &fields)
                .await
                .says(422, "name-problem");
        }
        anna.post("/admin/home", &[("name", "x"), ("language", "tlh")])
            .await
            .says(400, "did not arrive");
        let fields = [("name", " Elm <b>7</b> "), ("language", "fr")];
        anna.post("/admin/home", &fields)
            .await
            .leads_to("/admin/home");
        let config = family.house.web.config();
        assert_eq!(
            (config.home.name.as_str(), config.home.language.as_str()),
            ("Elm <b>7</b>", "fr")
        );
        let got = anna.get("/admin/home").await;
        got.says(200, "value=\"Elm &#60;b&#62;7&#60;/b&#62;\"");
        got.says(200, "<option value=\"fr\" lang=\"fr\" selected>");
        is_harmless(&got);
    });
    let locked = "[home]\nname = \"Written\"\n";
    at_home(&["anna"], &[], locked, async |family| {
        let mut anna = family.browser("anna").await;
        let got = anna.get("/admin/home").await;
        got.says(
            200,
            "value=\"Written\" autocomplete=\"off\" maxlength=\"128\" required disabled",
        );
        got.says(200, "The file toxmail.toml says it, and wins");
        // What is not locked can be chosen all the same.
        anna.post("/admin/home", &[("name", "Forged"), ("language", "de")])
            .await
            .leads_to("/admin/home");
        let config = family.house.web.config();
        assert_eq!(
            (config.home.name.as_str(), config.home.language.as_str()),
            ("Written", "de")
        );
    });
}

#[test]
fn limits_are_chosen_from_lists_and_brought_back() {
    at_home(
        &["anna", "ben"],
        &[],
        "[queue]\nexpire_after = \"60d\"\n",
        async |family| {
            let mut anna = family.browser("anna").await;
            let got = anna.get("/admin/storage").await;
            got.says(200, "no limit");
            got.says(
                200,
                "id=\"expire\" name=\"expire\" aria-describedby=\"expire-hint\" disabled",
            );
            got.says(200, "href=\"/admin/members/ben\"");
            let fields = [
                ("message", "25000000"),
                ("quota", "1000000000"),
                ("delay", "1d"),
            ];
            anna.post("/admin/storage", &fields)
                .await
                .leads_to("/admin/storage");
            let config = family.house.web.config();
            assert_eq!(config.limits.max_message_bytes, 25_000_000);
            assert_eq!(config.limits.quota_bytes, Some(1_000_000_000));
            assert_eq!(config.queue.delay_notice_after, Duration::from_secs(86_400));
            let got = anna.get("/admin/storage").await;
            got.says(200, "<option value=\"25000000\" selected>");
            got.says(200, "Each may have up to");
            // The usual again, and no limit.
            let fields = [("message", ""), ("quota", "0"), ("delay", "")];
            anna.post("/admin/storage", &fields)
                .await
                .leads_to("/admin/storage");
            let config = family.house.web.config();
            assert_eq!(
                config.limits,
                crate::config::Config::parse("", Path::new("/x"), Numbers::Standard)
                    .unwrap()
                    .limits
            );
            assert_eq!(
                config.queue.delay_notice_after,
                Duration::from_secs(4 * 3600)
            );
            for (field, wrong) in [
                ("message", "1"),
                ("message", "-5"),
                ("quota", "<b>"),
                ("delay", "soon"),
                ("delay", "90d"),
                ("expire", "3d"),
            ] {
                let got = anna.post("/admin/storage", &[(field, wrong)]).await;
                assert_eq!(
                    got.status,
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "{field} {wrong}"
                );
                is_harmless(&got);
            }
            let after = family.house.web.config();
            assert_eq!(
                (&after.limits, &after.queue),
                (&config.limits, &config.queue)
            );
        },
    );
}

// ---- backup

const SAID: &str = "correct horse battery";

fn asked<'a>(passphrase: &'a str, again: &'a str, own: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("passphrase", passphrase),
        ("repeated", again),
        ("password", own),
    ]
}

#[test]
fn a_backup_goes_to_whoever_knows_the_password_and_opens_with_the_passphrase() {
    use crate::appliance::backup;
    at_home(&["anna", "ben"], &[], "", async |family| {
        let mut anna = family.browser("anna").await;
        anna.get("/admin/backup")
            .await
            .says(200, "None was made yet");
        let path = "/admin/backup/home.tar";
        let mut refused = async |fields: Vec<(&str, &str)>, status, words| {
            let got = anna.post(path, &fields).await;
            got.says(status, words);
            assert!(!got.text().contains("value=\"secret") && !got.text().contains(SAID));
        };
        refused(
            asked("short", "short", "secret-anna"),
            422,
            "home-passphrase-problem",
        )
        .await;
        refused(
            asked("1234567890", "1234567890", "secret-anna"),
            422,
            "home-passphrase-problem",
        )
        .await;
        refused(
            asked(SAID, "correct horse batter", "secret-anna"),
            422,
            "home-repeated-problem",
        )
        .await;
        refused(
            asked(SAID, SAID, "secret-ben"),
            403,
            "home-password-problem",
        )
        .await;
        let noted = || family.house.database.setting("backup.last").unwrap();
        assert_eq!(noted(), None);

        let mut fields = asked(SAID, SAID, "secret-anna");
        fields.push(("mail", "yes"));
        let got = anna.post(path, &fields).await;
        assert_eq!(
            got.status,
            StatusCode::OK,
            "{}",
            String::from_utf8_lossy(&got.bytes)
        );
        assert_eq!(got.header("content-type"), "application/x-tar");
        assert!(
            got.header("content-disposition")
                .starts_with("attachment; filename=\"toxmail-2")
        );
        let elsewhere = tempfile::tempdir().unwrap();
        let wrong = backup::stage(
            elsewhere.path(),
            &mut &*got.bytes,
            "another passphrase",
            Ports::default(),
            &[],
        );
        assert!(matches!(wrong, Err(backup::Error::WrongPassphrase)));
        let staged = backup::stage(
            elsewhere.path(),
            &mut &*got.bytes,
            SAID,
            Ports::default(),
            &[],
        )
        .unwrap();
        assert!(staged.letters);
        // Nothing of it stays here but the time at which it was made.
        let folder = family.whole.home.lock().unwrap().running.dir.join("backup");
        for _ in 0..600 {
            if noted().is_some() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert!(noted().is_some());
        assert_eq!(folder.read_dir().unwrap().count(), 0);
        anna.get("/admin/backup")
            .await
            .says(200, "The last one was made just now");
    });
}

/// The answer to a form of that browser, of which nothing is read.
async fn unread(
    browser: &Browser<'_>,
    path: &str,
    fields: &[(&str, &str)],
) -> axum::response::Response {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("csrf", &browser.token)
        .extend_pairs(fields);
    let cookies: Vec<String> = browser
        .cookies
        .iter()
        .map(|(n, v)| format!("{n}={v}"))
        .collect();
    let request = HttpRequest::post(path)
        .header("host", browser.host)
        .header("origin", format!("https://{}", browser.host))
        .header("cookie", cookies.join("; "))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(form.finish()))
        .unwrap();
    let place = Place {
        from: browser.from,
        local: None,
        channel: Channel::Https,
    };
    browser.house.site.answer(request, place).await.response
}

#[test]
fn one_backup_is_made_at_a_time_and_one_that_nobody_takes_ends() {
    at_home(&["anna"], &[], "", async |family| {
        let mut anna = family.browser("anna").await;
        anna.get("/admin/backup").await;
        let path = "/admin/backup/home.tar";
        let mut fields = asked(SAID, SAID, "secret-anna");
        fields.push(("mail", "yes"));
        // More than waits for the browser in memory, and nothing that can be pressed together.
        let mut letter = vec![0; 4 << 20];
        getrandom::fill(&mut letter).unwrap();
        let mail = family.whole.home.lock().unwrap().running.dir.join("mail");
        std::fs::write(mail.join("anna/Maildir/new/1.M1P1.box"), letter).unwrap();
        let first = unread(&anna, path, &fields).await;
        assert_eq!(first.status(), StatusCode::OK);
        anna.post(path, &fields)
            .await
            .says(422, "A backup is being made already.");
        drop(first);
        for _ in 0..300 {
            let again = unread(&anna, path, &fields).await;
            if again.status() == StatusCode::OK {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("it goes on without its browser");
    });
}

#[test]
fn the_identity_is_shown_on_a_sheet_that_the_passphrase_locks() {
    at_home(&["anna"], &[], "", async |family| {
        let mut anna = family.browser("anna").await;
        anna.get("/admin/backup").await;
        let path = "/admin/backup/paper";
        anna.post(path, &asked("short", "short", "secret-anna"))
            .await
            .says(422, "paper-passphrase-problem");
        anna.post(path, &asked(SAID, SAID, "wrong"))
            .await
            .says(403, "paper-password-problem");
        let got = anna.post(path, &asked(SAID, SAID, "secret-anna")).await;
        got.says(200, "-----BEGIN AGE ENCRYPTED FILE-----");
        is_harmless(&got);
        assert!(!got.text().contains(SAID));
        let text = inside(got.text(), "paper")
            .replace("&#43;", "+")
            .replace("&#61;", "=")
            .replace("&#47;", "/");
        let paper = crate::appliance::backup::Paper::read(&text, SAID).unwrap();
        got.says(200, &paper.words);
        assert_eq!(family.done(Request::Status)["tox_id"], paper.id.to_string());
    });
}

// ---- the provider

#[test]
fn a_provider_is_looked_up_tried_and_never_shows_its_password() {
    at_home(&["anna"], &[], "", async |family| {
        let mut anna = family.browser("anna").await;
        let path = "/admin/provider";
        anna.get(path).await.says(200, "There is none");
        anna.post(path, &[("address", "anna"), ("act", "look")])
            .await
            .says(422, "address-problem");
        let got = anna
            .post(path, &[("address", "anna@gmx.de"), ("act", "look")])
            .await;
        got.says(200, "value=\"mail.gmx.net\"");
        got.says(200, "has to be allowed first");
        let got = anna
            .post(path, &[("address", "anna@tuta.com"), ("act", "look")])
            .await;
        got.says(200, "does not let a home log in");
        assert!(!got.text().contains("name=\"host\""));
        let account = |host, port| {
            [
                ("act", "set"),
                ("address", "anna@example.org"),
                ("host", host),
                ("port", port),
                ("tls", "implicit"),
                ("username", "anna@example.org"),
                ("password", "s3cret-word"),
            ]
        };
        for (host, port, problem) in [
            ("<b>", "465", "host-problem"),
            ("mail.example.org", "0", "port-problem"),
            ("mail.example.org", "70000", "port-problem"),
        ] {
            let got = anna.post(path, &account(host, port)).await;
            got.says(422, problem);
            is_harmless(&got);
            assert!(!got.text().contains("s3cret-word"));
        }
        // Nobody listens there: nothing is stored, and nothing but the password has to be typed again.
        let got = anna.post(path, &account("127.0.0.1", "1")).await;
        got.says(422, "Nothing was kept.");
        got.says(422, "value=\"127.0.0.1\"");
        assert!(!got.text().contains("s3cret-word"));
        assert_eq!(
            family.done(Request::ProviderShow { member: None }),
            json!([])
        );
        anna.get("/admin/provider/remove")
            .await
            .says(404, "There is no such page");

        family.done(Request::ProviderSet(
            crate::control::protocol::NewProvider {
                member: None,
                host: "127.0.0.1".into(),
                port: 1,
                tls: crate::config::RelayTls::Implicit,
                username: "<b>anna".into(),
                password: crate::control::Secret::new("s3cret-word".into()),
                address: None,
                untested: true,
            },
        ));
        let got = anna.get(path).await;
        got.says(200, "&#60;b&#62;anna");
        assert!(!got.text().contains("s3cret-word"));
        let got = anna.post("/admin/provider/test", &[]).await;
        got.says(422, "Does not work");
        is_harmless(&got);
        anna.get("/admin/provider/remove")
            .await
            .says(200, "Remove the home");
        assert_eq!(
            family
                .done(Request::ProviderShow { member: None })
                .as_array()
                .unwrap()
                .len(),
            1
        );
        anna.post("/admin/provider/remove", &[])
            .await
            .leads_to(path);
        anna.get(path).await.says(200, "The account is removed");
        assert_eq!(
            family.done(Request::ProviderShow { member: None }),
            json!([])
        );
    });
}

#[test]
fn what_is_fetched_for_whom_is_shown_and_ended() {
    at_home(&["anna", "ben"], &[], "", async |family| {
        family.done(Request::FetchSet(crate::control::protocol::NewFetch {
            member: name("ben"),
            protocol: crate::fetch::Protocol::Imap,
            host: "127.0.0.1".into(),
            port: 1,
            tls: crate::config::RelayTls::Implicit,
            login: Some((
                "<b>ben".into(),
                crate::control::Secret::new("s3cret-word".into()),
            )),
            after: crate::fetch::plan::After::Keep,
            since: crate::fetch::plan::Since::New,
            every_seconds: 600,
            untested: true,
        }));
        let mut anna = family.browser("anna").await;
        let got = anna.get("/admin/provider").await;
        got.says(200, "&#60;b&#62;ben");
        assert!(!got.text().contains("s3cret-word"));
        is_harmless(&got);
        for path in [
            "/admin/provider/fetch/anna/remove",
            "/admin/provider/fetch/%3Cb%3E/remove",
        ] {
            anna.get(path).await.says(404, "There is no such page");
        }
        anna.post("/admin/provider/fetch/anna/remove", &[])
            .await
            .says(404, "There is no such page");
        anna.get("/admin/provider/fetch/ben/remove")
            .await
            .says(200, "Stop fetching for ben?");
        anna.post("/admin/provider/fetch/ben/remove", &[])
            .await
            .leads_to("/admin/provider");
        anna.get("/admin/provider")
            .await
            .says(200, "Nothing more is fetched for ben");
        assert_eq!(family.done(Request::FetchShow { member: None }), json!([]));
    });
}

// ---- problems

#[test]
fn what_is_wrong_is_told_with_what_to_do() {
    at_home(&["anna", "ben"], &[], "", async |family| {
        let mut anna = family.browser("anna").await;
        // Nobody answers for the network of these tests.
        let got = anna.get("/admin/problems").await;
        got.says(200, "class=\"notice ");
        is_harmless(&got);
        family
            .house
            .members
            .set_language(&name("anna"), Some("de"))
            .unwrap();
        let german = anna.get("/admin/problems").await;
        german.says(200, "<html lang=\"de\">");
        let told = |got: &Got| got.text().matches("<strong>").count();
        assert_eq!(told(&german), told(&got));
    });
}

// ---- the log

#[test]
fn the_log_is_shown_with_the_newest_line_first_and_as_a_file() {
    at_home(&["anna"], &[], "", async |family| {
        let mut anna = family.browser("anna").await;
        anna.get("/admin/log")
            .await
            .says(200, "Nothing is written down yet");
        let line = |number: i64, severity: &str, text: &str| json!({"number": number, "time": 1_795_631_400 + number, "severity": severity, "text": text});
        let mut lines = vec![
            line(1, "error", "first\u{202e} <script>x"),
            line(2, "warn", &"long".repeat(300)),
        ];
        lines.extend((3..=200).map(|n| line(n, "info", &format!("fact-{n}."))));
        *family.whole.log.lock().unwrap() = Value::Array(lines);
        let got = anna.get("/admin/log").await;
        is_harmless(&got);
        let (newest, older) = (got.text().find("fact-200."), got.text().find("fact-150."));
        assert!(newest.unwrap() < older.unwrap());
        assert!(!got.text().contains("fact-100."), "the last hundred");
        let got = anna.get("/admin/log?show=all").await;
        got.says(200, "first &#60;script&#62;x");
        assert!(!got.text().contains(&"long".repeat(260)));
        is_harmless(&got);
        let got = anna.get("/admin/log?show=problems").await;
        got.says(200, "first &#60;script&#62;x");
        assert!(!got.text().contains("fact-"));
        anna.get("/admin/log?show=%3Cb%3E")
            .await
            .says(200, "fact-200.");
        let got = anna.get("/admin/log.txt").await;
        assert!(got.header("content-type").starts_with("text/plain"));
        assert!(got.header("content-disposition").starts_with("attachment"));
        assert!(
            got.text()
                .starts_with("2026-11-25T18:30:01Z error first <script>x\n")
        );
        assert!(got.text().ends_with("info fact-200.\n"));
    });
}

/// A form with a file in it, as a browser sends the page's own.
async fn send_update(browser: &mut Browser<'_>, older: &str, bundle: &[u8]) -> Got {
    send_update_of(browser, None, older, bundle).await
}

/// The same; `announced` is what the browser says of its length, if anything.
async fn send_update_of(
    browser: &mut Browser<'_>,
    announced: Option<u64>,
    older: &str,
    bundle: &[u8],
) -> Got {
    let mut body = Vec::new();
    for (name, value) in [("csrf", browser.token.clone()), ("older", older.to_owned())] {
        let part =
            format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    body.extend_from_slice(
        b"--x\r\nContent-Disposition: form-data; name=\"bundle\"; filename=\"b.raucb\"\r\n\r\n",
    );
    body.extend_from_slice(bundle);
    body.extend_from_slice(b"\r\n--x--\r\n");
    let mut request = HttpRequest::post("/admin/update")
        .header("content-type", "multipart/form-data; boundary=x")
        .header("origin", format!("https://{}", browser.host));
    if let Some(length) = announced {
        request = request.header("content-length", length);
    }
    browser.send(request, body).await
}

#[test]
fn another_version_is_handed_over_by_the_administrator_and_its_fate_told() {
    at_home(&["anna", "ben"], &[], "", async |family| {
        let mut anna = family.browser("anna").await;
        // A home that is no box has no such page.
        assert_eq!(
            anna.get("/admin/update").await.status,
            StatusCode::NOT_FOUND
        );
        assert!(!anna.get("/admin").await.text().contains("/admin/update"));
        assert_eq!(
            send_update(&mut anna, "no", b"x").await.status,
            StatusCode::NOT_FOUND
        );

        let shared = tempfile::tempdir().unwrap();
        let inbox = shared.path().join("inbox");
        std::fs::create_dir(&inbox).unwrap();
        family
            .house
            .web
            .hand_updates_over_at(Desk::new(shared.path()));
        anna.get("/admin").await.says(200, "href=\"/admin/update\"");
        let page = anna.get("/admin/update").await;
        page.says(200, env!("CARGO_PKG_VERSION"));
        assert!(!page.text().contains("http-equiv"), "{}", page.text());
        let mut ben = family.browser("ben").await;
        ben.get("/me").await;
        assert_eq!(
            send_update(&mut ben, "no", b"bundle").await.status,
            StatusCode::FORBIDDEN
        );
        let token = std::mem::take(&mut anna.token);
        assert_eq!(
            send_update(&mut anna, "no", b"bundle").await.status,
            StatusCode::FORBIDDEN
        );
        anna.token = token;
        assert_eq!(
            send_update(&mut anna, "no", b"").await.status,
            StatusCode::BAD_REQUEST
        );
        assert!(!inbox.join("ask").exists());

        send_update(&mut anna, "no", &vec![7; 300_000])
            .await
            .leads_to("/admin/update");
        assert_eq!(
            std::fs::read(inbox.join("bundle")).unwrap(),
            vec![7; 300_000]
        );
        assert_eq!(
            std::fs::read_to_string(inbox.join("ask")).unwrap(),
            "install\n"
        );
        // While it waits, nothing is said of the one before, and no other is taken.
        let state = |phase: &str| {
            let why = "<b>because</b>";
            let text = format!("phase={phase}\nversion=0.9.1\nfrom=0.1.0\nat=5\nwhy={why}\n");
            std::fs::write(shared.path().join("state"), text).unwrap();
        };
        state("refused");
        let page = anna.get("/admin/update").await;
        page.says(200, "class=\"button\" href=\"/admin/update\"");
        assert!(!page.text().contains("because"), "{}", page.text());
        let got = send_update(&mut anna, "yes", b"bundle").await;
        got.says(422, "id=\"bundle-problem\"");
        std::fs::remove_file(inbox.join("ask")).unwrap();

        // One that is too long is refused before it is read.
        state("installed");
        let got = send_update_of(&mut anna, Some(MAX_BUNDLE * 2), "no", b"bundle").await;
        got.says(422, "no update for this box is that large");
        assert!(!inbox.join("ask").exists() && !inbox.join("bundle.part").exists());

        // How it ended, in every language; what the box says is text.
        for (word, phase) in Phase::ALL {
            state(word);
            for language in ["de", "fr", "es", "en"] {
                let members = &family.house.members;
                members.set_language(&name("anna"), Some(language)).unwrap();
                let page = anna.get("/admin/update").await;
                page.says(200, "role=\"status\"");
                is_harmless(&page);
                assert_eq!(
                    page.text().contains("name=\"bundle\""),
                    !phase.is_under_way()
                );
            }
        }
        state("fell-back");
        anna.get("/admin/update")
            .await
            .says(200, "Version 0.9.1 did not work here");
        send_update(&mut anna, "yes", b"bundle")
            .await
            .leads_to("/admin/update");
        assert_eq!(
            std::fs::read_to_string(inbox.join("ask")).unwrap(),
            "older\n"
        );
    });
}

#[test]
fn another_disk_is_chosen_by_the_administrator_and_nothing_is_erased_by_mistake() {
    at_home(&["anna", "ben"], &[], "", async |family| {
        let mut anna = family.browser("anna").await;
        let mut ben = family.browser("ben").await;
        ben.get("/me").await;
        // A home that is no box has no such page.
        let good = [("disk", "sda-9"), ("word", " Erase ")];
        assert_eq!(anna.get("/admin/disk").await.status, StatusCode::NOT_FOUND);
        let storage = anna.get("/admin/storage").await;
        assert!(!storage.text().contains("/admin/disk"));
        assert_eq!(
            anna.post("/admin/disk", &good).await.status,
            StatusCode::NOT_FOUND
        );

        let shared = tempfile::tempdir().unwrap();
        let ask = shared.path().join("inbox/ask");
        std::fs::create_dir(shared.path().join("inbox")).unwrap();
        family
            .house
            .web
            .choose_disks_at(disk::Desk::new(shared.path()));
        anna.get("/admin/storage")
            .await
            .says(200, "href=\"/admin/disk\"");
        anna.get("/admin/disk").await.says(200, "No other disk");
        let list = |on: &str, more: &str| {
            let text = format!(
                "used=5000000\nneeds=4000000000\non={on}\n{more}\
                 disk=sda-9 64000000000 used ok <b>Ultra</b>\n\
                 disk=sdb-10 1000000000 empty small Tiny\n\
                 disk=sdc-11 64000000000 toxmail locked \n"
            );
            std::fs::write(shared.path().join("list"), text).unwrap();
        };
        list("card", "");
        let page = anna.get("/admin/disk").await;
        page.says(200, "value=\"sda-9\" required>");
        is_harmless(&page);
        for words in [
            "64\u{a0}GB",
            "There is something on it",
            "is too small",
            "write-protected",
            "is erased",
        ] {
            page.says(200, words);
        }
        for id in ["sdb-10", "sdc-11"] {
            page.says(200, &format!("value=\"{id}\" required disabled"));
        }
        assert!(!page.text().contains("value=\"card\""), "{}", page.text());

        // Without the word, the disk, the token, or the right nothing is asked for.
        for wrong in [
            vec![("disk", "sda-9"), ("word", "")],
            vec![("disk", "sda-9"), ("word", "yes")],
            vec![("disk", ""), ("word", "erase")],
            vec![("disk", "sdb-10"), ("word", "erase")],
            vec![("disk", "sdz-1"), ("word", "erase")],
            vec![("disk", "card")],
        ] {
            let got = anna.post("/admin/disk", &wrong).await;
            got.says(422, "class=\"problem\"");
            assert!(!ask.exists(), "{wrong:?}");
        }
        assert_eq!(
            ben.post("/admin/disk", &good).await.status,
            StatusCode::FORBIDDEN
        );
        let token = std::mem::take(&mut anna.token);
        assert_eq!(
            anna.post("/admin/disk", &good).await.status,
            StatusCode::FORBIDDEN
        );
        anna.token = token;
        assert!(!ask.exists());
        anna.post("/admin/disk", &good)
            .await
            .leads_to("/admin/disk");
        assert_eq!(std::fs::read_to_string(&ask).unwrap(), "sda-9");
        anna.get("/admin/disk").await.says(200, "The box begins");
        anna.post("/admin/disk", &good)
            .await
            .says(422, "moved already");
        std::fs::remove_file(&ask).unwrap();

        // How far it is and how it ended, in every language; what the box and the disk say is text.
        for (word, phase) in disk::Phase::ALL {
            let text = format!(
                "phase={word}\nto=<i>x</i>\ndone=2000000\ntotal=5000000\nat=5\nwhy=<b>because</b>\n"
            );
            std::fs::write(shared.path().join("state"), text).unwrap();
            for language in ["de", "fr", "es", "en"] {
                let members = &family.house.members;
                members.set_language(&name("anna"), Some(language)).unwrap();
                let page = anna.get("/admin/disk").await;
                page.says(200, "role=\"status\"");
                is_harmless(&page);
                assert_eq!(page.text().contains("name=\"word\""), !phase.is_under_way());
                let bar = "<progress aria-label";
                assert_eq!(page.text().contains(bar), *phase == disk::Phase::Copying);
            }
        }
        // The way back erases nothing that anybody could miss.
        list("disk", "disk=card 31000000000 card ok \n");
        let page = anna.get("/admin/disk").await;
        page.says(200, "On the disk that is plugged into the box");
        page.says(200, "name=\"disk\" value=\"card\"");
        anna.post("/admin/disk", &[("disk", "card")])
            .await
            .leads_to("/admin/disk");
        assert_eq!(std::fs::read_to_string(&ask).unwrap(), "card");
        std::fs::remove_file(&ask).unwrap();
        list("disk", "disk=card 1000 card small \n");
        let page = anna.get("/admin/disk").await;
        assert!(!page.text().contains("value=\"card\""), "{}", page.text());
        anna.post("/admin/disk", &[("disk", "card")])
            .await
            .says(422, "class=\"problem\"");
        assert!(!ask.exists());
    });
}

#[test]
fn where_later_versions_come_from_is_the_administrators_to_say() {
    at_home(&["anna", "ben"], &[], "", async |family| {
        let mut anna = family.browser("anna").await;
        let mut ben = family.browser("ben").await;
        ben.get("/me").await;
        anna.get("/me").await;
        let good = [("from", "https://example.org/boxes"), ("nightly", "yes")];
        // A home that is no box has no such page.
        assert_eq!(
            anna.post("/admin/update/from", &good).await.status,
            StatusCode::NOT_FOUND
        );
        assert_eq!(
            anna.post("/admin/update/look", &[]).await.status,
            StatusCode::NOT_FOUND
        );
        let shared = tempfile::tempdir().unwrap();
        std::fs::create_dir(shared.path().join("inbox")).unwrap();
        let desk = Desk::new(shared.path());
        family.house.web.hand_updates_over_at(desk.clone());
        for path in ["/admin/update/from", "/admin/update/look"] {
            assert_eq!(ben.post(path, &good).await.status, StatusCode::FORBIDDEN);
        }
        let page = anna.get("/admin/update").await;
        assert!(!page.text().contains("/admin/update/look"));

        for (wrong, words) in [
            ("", "switch off the nightly look"),
            ("http://example.org", "no folder"),
            ("example.org", "no folder"),
        ] {
            let got = anna
                .post("/admin/update/from", &[("from", wrong), ("nightly", "yes")])
                .await;
            got.says(422, "id=\"from-problem\"");
            got.says(422, words);
        }
        let setting = |key: &str| family.house.database.setting(key).unwrap();
        assert_eq!(setting("updates.from"), None);
        anna.post("/admin/update/from", &good)
            .await
            .leads_to("/admin/update");
        let page = anna.get("/admin/update").await;
        page.says(200, "value=\"https://example.org/boxes/\"");
        page.says(200, "name=\"nightly\" value=\"yes\" checked");

        // Whoever asks is heard.
        anna.post("/admin/update/look", &[])
            .await
            .leads_to("/admin/update");
        let heard = tokio::time::timeout(std::time::Duration::from_secs(5), desk.asked());
        heard.await.unwrap();
        for (outcome, words) in [
            (Outcome::Current, "is the latest"),
            (Outcome::Brought("0.9.1".into()), "0.9.1 was there"),
            (Outcome::TriedBefore("0.9.1".into()), "had it before"),
            (
                Outcome::Failed("<b>no route</b>".into()),
                "&#60;b&#62;no route",
            ),
        ] {
            desk.looked(Some(Look {
                at: 5,
                worked: None,
                outcome,
            }));
            anna.get("/admin/update").await.says(200, words);
        }
        anna.post("/admin/update/from", &[("from", "")])
            .await
            .leads_to("/admin/update");
        assert_eq!(setting("updates.from"), None);
        assert_eq!(setting("updates.nightly"), None);
    });
}

#[test]
fn which_wifi_a_box_joins_is_the_administrators_to_say() {
    at_home(&["anna", "ben"], &[], "", async |family| {
        let mut anna = family.browser("anna").await;
        let mut ben = family.browser("ben").await;
        for browser in [&mut anna, &mut ben] {
            browser.get("/me").await;
        }
        let (page, deeds) = (
            "/admin/network",
            ["/admin/network/look", "/admin/network/forget"],
        );
        let good = [
            ("name", "Gärten 5"),
            ("lock", "password"),
            ("password", "many words"),
            ("country", "FR"),
        ];
        // A home that is no box has no such page.
        assert_eq!(anna.get(page).await.status, StatusCode::NOT_FOUND);
        assert!(!anna.get("/admin").await.text().contains(page));
        for path in [page].iter().chain(&deeds) {
            assert_eq!(anna.post(path, &good).await.status, StatusCode::NOT_FOUND);
        }

        let shared = tempfile::tempdir().unwrap();
        let inbox = shared.path().join("inbox");
        std::fs::create_dir(&inbox).unwrap();
        family
            .house
            .web
            .choose_network_at(network::Desk::new(shared.path()));
        let says = |text: &str| std::fs::write(shared.path().join("state"), text).unwrap();
        let asked = || {
            let text = std::fs::read_to_string(inbox.join("ask")).unwrap();
            std::fs::remove_file(inbox.join("ask")).unwrap();
            text
        };
        anna.get("/admin")
            .await
            .says(200, "href=\"/admin/network\"");
        assert_eq!(ben.get(page).await.status, StatusCode::FORBIDDEN);
        for path in [page].iter().chain(&deeds) {
            assert_eq!(ben.post(path, &good).await.status, StatusCode::FORBIDDEN);
        }

        // Without a radio there is nothing to choose.
        says("link=cable\naddress=192.168.1.23\nhardware=no\n");
        let got = anna.get(page).await;
        got.says(200, "connected by cable");
        got.says(200, "192.168.1.23");
        got.says(200, "has no Wi-Fi");
        assert!(!got.text().contains("name=\"password\""));

        // What is in reach may be called anything.
        says("link=wifi\nhardware=yes\nname=<b>&\\xe2\\x80\\xae\nsignal=-80\nsaved=3c623e\n");
        let heard = "-50\t[WPA2-PSK-CCMP][ESS]\t<script>\\x00\\n\\xff\n-60\t[ESS]\tCaf\\xc3\\xa9\n\
            -70\t[RSN-SAE-CCMP][ESS]\tNew\n";
        std::fs::write(shared.path().join("networks"), heard).unwrap();
        let mut most = 0;
        for language in ["de", "fr", "es", "en"] {
            let members = &family.house.members;
            members.set_language(&name("anna"), Some(language)).unwrap();
            let got = anna.get(page).await;
            got.says(200, "&#60;script&#62;");
            is_harmless(&got);
            let options = got.text().matches("<option").count();
            assert!(options > 40 && (most == 0 || options == most), "{options}");
            most = options;
        }
        let got = anna.get(page).await;
        got.says(200, "&#60;b&#62;&#38;” (weak reception)");
        got.says(200, "The router has not given it an address yet.");
        got.says(200, "<option value=\"4e6577\" disabled>");

        // What cannot be is said, and no password comes back.
        let wrong: &[(&[(&str, &str)], &str)] = &[
            (&[("name", "")], "name-problem"),
            (&[("name", "x".repeat(33).leak())], "name-problem"),
            (&[("network", "zz"), ("name", "")], "name-problem"),
            (&[("network", "4e6577"), ("name", "")], "only WPA3"),
            (
                &[
                    ("network", "3c7363726970743e000aff"),
                    ("name", ""),
                    ("lock", "open"),
                    ("password", ""),
                ],
                "has a password",
            ),
            (&[("lock", "open")], "do one of the two"),
            (&[("password", "seven77")], "8 to 63"),
            (&[("password", "")], "8 to 63"),
            (&[("country", "")], "country-problem"),
            (&[("country", ""), ("elsewhere", "F")], "country-problem"),
        ];
        for (changes, words) in wrong {
            let mut form: Vec<_> = good.to_vec();
            form.retain(|(key, _)| changes.iter().all(|(other, _)| other != key));
            form.extend(changes.iter());
            let got = anna.post(page, &form).await;
            assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY, "{changes:?}");
            let text = got.text().to_lowercase();
            assert!(text.contains(&words.to_lowercase()), "{changes:?}: {text}");
            assert!(!text.contains("many words") && !text.contains("seven77"));
            assert!(!inbox.join("ask").exists());
        }

        // What can be lies in the inbox: the key, not the password.
        let mut named = good.to_vec();
        named.push(("network", "436166c3a9"));
        anna.post(page, &named).await.leads_to(page);
        let ssid = crate::config::wifi::Ssid::typed("Gärten 5").unwrap();
        let key = crate::config::wifi::Key::of(&ssid, "many words").unwrap();
        let key = key.written();
        assert_eq!(
            asked(),
            format!(
                "join\nssid={}\npsk={}\ncountry=FR\nhidden=yes\n",
                ssid.hex(),
                *key
            )
        );
        let chosen = [
            ("network", "3c7363726970743e000aff"),
            ("lock", "password"),
            ("password", "many words"),
            ("elsewhere", "jp"),
        ];
        anna.post(page, &chosen).await.leads_to(page);
        let text = asked();
        assert!(text.starts_with("join\nssid=3c7363726970743e000aff\npsk="));
        assert!(text.ends_with("\ncountry=JP\nhidden=no\n"), "{text}");
        let open = [
            ("network", "436166c3a9"),
            ("lock", "open"),
            ("country", "FR"),
        ];
        anna.post(page, &open).await.leads_to(page);
        assert_eq!(
            asked(),
            "join\nssid=436166c3a9\npsk=open\ncountry=FR\nhidden=no\n"
        );

        // One thing at a time.
        anna.post(deeds[0], &[]).await.leads_to(page);
        let got = anna.get(page).await;
        got.says(200, "class=\"button\" href=\"/admin/network\"");
        assert!(!got.text().contains("name=\"password\""));
        anna.post(page, &good)
            .await
            .says(422, "busy with its network");
        assert_eq!(asked(), "look\n");

        // Whoever would be cut off keeps their network.
        anna.post(deeds[1], &[])
            .await
            .says(422, "Plug in a cable first");
        assert!(!inbox.join("ask").exists());
        says("link=cable\nhardware=yes\nname=Garden\nsaved=\"Garden\"\ncountry=JP\n");
        let got = anna.get(page).await;
        got.says(200, "takes over when the cable is pulled");
        got.says(200, "name=\"elsewhere\" value=\"JP\"");
        anna.post(deeds[1], &[]).await.leads_to(page);
        assert_eq!(asked(), "forget\n");

        // How it ended, in every language.
        for (word, phase) in network::Phase::ALL {
            says(&format!(
                "link=cable\nhardware=yes\nphase={word}\nasked=3c623e\nthen=back\n"
            ));
            for language in ["de", "fr", "es", "en"] {
                let members = &family.house.members;
                members.set_language(&name("anna"), Some(language)).unwrap();
                let got = anna.get(page).await;
                got.says(200, "role=\"status\"");
                is_harmless(&got);
                assert_eq!(
                    got.text().contains("name=\"password\""),
                    !phase.is_under_way()
                );
            }
        }
        says("phase=wrong-password\nasked=3c623e\nthen=back\n");
        let got = anna.get(page).await;
        got.says(200, "“&#60;b&#62;” did not take the password");
        got.says(200, "The Wi-Fi from before is set again.");
    });
}

#[test]
fn backups_to_a_stick_are_the_administrators_to_choose_and_what_became_of_them_is_told() {
    at_home(&["anna", "ben"], &[], "", async |family| {
        let mut anna = family.browser("anna").await;
        let mut ben = family.browser("ben").await;
        ben.get("/me").await;
        let path = "/admin/backup/stick";
        // A home that is no box has no such page.
        assert_eq!(anna.get(path).await.status, StatusCode::NOT_FOUND);
        let backup = anna.get("/admin/backup").await;
        assert!(!backup.text().contains(path), "{}", backup.text());
        let shared = tempfile::tempdir().unwrap();
        std::fs::create_dir(shared.path().join("inbox")).unwrap();
        let desk = stick::Desk::new(shared.path());
        family.house.web.choose_sticks_at(desk.clone());
        anna.get("/admin/backup")
            .await
            .says(200, &format!("href=\"{path}\""));
        anna.get(path).await.says(200, "No USB stick is plugged in");
        let list = "stick=sda1-9 64000000000 vfat 1a2b3c4d ok <b>Ultra</b>\n\
            stick=sdb1-9 8000000000 exfat 11223344 locked Tiny\nstick=sdc-9 8000000000 other - ok Odd\n";
        std::fs::write(shared.path().join("list"), list).unwrap();
        let page = anna.get(path).await;
        is_harmless(&page);
        for words in [
            "value=\"1a2b3c4d\" required>",
            "value=\"11223344\" required disabled",
            "value=\"-\" required disabled",
            "write-protected",
            "cannot read how it is formatted",
        ] {
            page.says(200, words);
        }
        let deeds = [
            path,
            "/admin/backup/stick/now",
            "/admin/backup/stick/nightly",
            "/admin/backup/stick/forget",
        ];
        for deed in deeds {
            assert_eq!(ben.post(deed, &[]).await.status, StatusCode::FORBIDDEN);
        }
        // Nothing is asked for before one is chosen.
        anna.post("/admin/backup/stick/now", &[])
            .await
            .leads_to(path);
        assert!(desk.progress().is_none());

        let setting = |key: &str, value: Option<String>| {
            let database = &family.house.database;
            database.set_setting(key, value.as_deref()).unwrap();
        };
        let chosen = Chosen {
            uuid: "1a2b3c4d".into(),
            model: Some("<i>x</i>".into()),
            bytes: 64_000_000_000,
            letters: true,
            nightly: true,
            since: 5,
        };
        setting(CHOSEN, Some(chosen.written()));
        for why in Why::ALL {
            let record = Record {
                last: Some(Last {
                    at: 5,
                    name: "x.tar".into(),
                    bytes: 2_000_000,
                    kept: 3,
                    free: 7_000_000,
                }),
                failed: Some(Failed {
                    at: 6,
                    why,
                    said: "<b>because</b>".into(),
                }),
                tried: Some(6),
                good: None,
            };
            setting(RECORD, Some(record.written()));
            for language in ["de", "fr", "es", "en"] {
                let members = &family.house.members;
                members.set_language(&name("anna"), Some(language)).unwrap();
                let page = anna.get(path).await;
                page.says(200, "role=\"alert\"");
                is_harmless(&page);
            }
        }
        anna.get(path).await.says(200, "3 backups are on the stick");
        // One is asked for, once.
        for _ in 0..2 {
            anna.post("/admin/backup/stick/now", &[])
                .await
                .leads_to(path);
        }
        anna.get(path).await.says(200, "<progress");
        // While that is being made another passphrase is chosen: it gets one of its own.
        let soon = Duration::from_secs(60);
        tokio::time::timeout(soon, desk.asked()).await.unwrap();
        let choice = [
            ("stick", "1a2b3c4d"),
            ("passphrase", "correct horse battery"),
            ("repeated", "correct horse battery"),
            ("password", "secret-anna"),
            ("mail", "yes"),
            ("nightly", "yes"),
        ];
        anna.post(path, &choice).await.leads_to(path);
        tokio::time::timeout(soon, desk.asked()).await.unwrap();
        desk.end();
        anna.post("/admin/backup/stick/nightly", &[("mail", "yes")])
            .await
            .leads_to(path);
        let kept = family.house.database.setting(CHOSEN).unwrap().unwrap();
        let kept = Chosen::read(&kept).unwrap();
        assert!(!kept.nightly && kept.letters && kept.uuid == chosen.uuid);
        anna.post("/admin/backup/stick/forget", &[])
            .await
            .leads_to(path);
        for key in [CHOSEN, RECORD] {
            assert_eq!(family.house.database.setting(key).unwrap(), None);
        }
    });
}
