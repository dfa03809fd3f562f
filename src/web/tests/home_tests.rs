//! The first page, and what an open page hears: with answers that a test gives.

use axum::body::HttpBody as _;
use http_body_util::BodyExt as _;

use super::*;
use crate::changes::{self, Kind};
use crate::control::answer;
use crate::control::finding::Finding;
use crate::web::finding;
use crate::web::stream::Stopping;
use crate::web::text::{LANGUAGES, Language};
use crate::web::visitor::{Arrival, Visitor};

/// How long a test waits for what must come.
const SOON: Duration = Duration::from_secs(60);

fn queued(member: &str, subject: &str, sent: u64) -> Value {
    json!({
        "id": 7, "member": member, "sender": "", "subject": subject, "bytes": 9_000_000,
        "recipients": [
            { "address": "bob@x.tox", "name": "Bob <b>", "route": "tox", "state": "on its way",
              "progress": { "unit": "bytes", "sent": sent, "total": 8_000_000,
                "bytes_per_second": 500_000, "seconds_left": 12 } },
            { "address": "there@x.tox", "route": "tox", "state": "delivered" },
        ],
    })
}

/// A home where everything is told; `sent` bytes of each member's letter have gone.
fn tells(sent: u64) -> Tells {
    Box::new(move |request| {
        Some(match request {
            Request::Health => json!({
                "state": "attention",
                "findings": [
                    { "code": "disk-low", "severity": "attention", "args": { "bytes": 150_000_000, "folder": "/x" } },
                    { "code": "peer-silent", "severity": "attention", "args": { "name": "Aunt <i>Tilly</i>", "since": 1 } },
                    { "code": "provider-fails", "severity": "trouble",
                      "args": { "member": "ben", "why": "<u>535</u> no", "since": 1 } },
                    { "code": "of-a-later-home", "severity": "note", "problem": "Something <new>", "advice": "Look" },
                ],
                "tox": { "connection": "tcp", "since": 1, "peers": 9, "peers_direct": 4, "peers_relayed": 2 },
                "disk": { "free": 150_000_000, "total": 8_000_000_000u64, "letters": 77_000, "waiting": 5_000 },
            }),
            Request::ContactList => json!([
                { "name": "bob", "display": "<script>alert(1)</script>", "state": "connected", "connection": "udp" },
                { "name": "of-ben", "state": "online", "connection": "tcp", "owner": "ben" },
                { "name": "far", "state": "offline" },
            ]),
            Request::QueueCount { member: None } => {
                json!({ "letters": 1234, "bytes": 5_000_000, "deliveries": 2000, "on_their_way": 2 })
            }
            Request::QueueCount { member: Some(_) } => json!({ "letters": 3, "on_their_way": 1 }),
            // Whoever asks gets the letters of all: the page has to look whose they are.
            Request::QueueList(_) => json!([
                queued("anna", "Anna's <plan>", sent),
                queued("ben", "Ben's secret", sent),
            ]),
            Request::Timeline { member, .. } => {
                let letters = if member.is_none() { 40 } else { 4 };
                json!([
                    { "day": "2026-11-24", "received": { "direct": { "letters": letters } } },
                    { "day": "2026-11-25", "sent": { "ordinary": { "letters": 1 } } },
                ])
            }
            _ => return None,
        })
    })
}

/// What a test lets the home say; what it does not is said as by [`Home`].
type Tells = Box<dyn Fn(&Request) -> Option<Value> + Send + Sync>;

struct Told {
    tells: Mutex<Option<Tells>>,
    home: Arc<Home>,
}

impl Operator for Told {
    fn handle(&self, request: Request) -> Result<Value, Failure> {
        let tells = self.tells.lock().unwrap();
        match tells.as_ref().and_then(|tells| tells(&request)) {
            Some(told) => Ok(told),
            None => self.home.handle(request),
        }
    }
}

struct Family {
    house: House0,
    told: Arc<Told>,
}

impl std::ops::Deref for Family {
    type Target = House0;
    fn deref(&self) -> &House0 {
        &self.house
    }
}

fn house(people: &[&str]) -> Family {
    let base = super::house(people);
    let told = Arc::new(Told {
        tells: Mutex::default(),
        home: Arc::clone(&base.home),
    });
    let of = &base.web.0.house;
    let web = Web::new(House {
        operator: Arc::clone(&told) as Arc<dyn Operator>,
        doorman: Arc::clone(&of.doorman),
        database: of.database.clone(),
        clock: of.clock.clone(),
        config: Arc::clone(&of.config),
        tls: Arc::clone(&of.tls),
        https_port: of.https_port,
        whereabouts: Arc::clone(&of.whereabouts),
    });
    let house = House0 {
        site: Site::new(web.clone()),
        web,
        ..base
    };
    Family { house, told }
}

fn let_tell(family: &Family, tells: Tells) {
    *family.told.tells.lock().unwrap() = Some(tells);
}

pub(super) fn visitor(house: &House0, who: &str, language: Language) -> Visitor {
    let who = session::Who {
        session: 1,
        name: who.parse().unwrap(),
        display: who.to_owned(),
        administrator: who == "anna",
        language: None,
        in_setup: false,
    };
    Visitor::new(
        house.web.clone(),
        Arrival {
            who: Some(who),
            language,
            channel: Channel::Https,
            from: "127.0.0.1".parse().unwrap(),
            host: "toxmail.local".to_owned(),
            path: "/".to_owned(),
            program: String::new(),
            claimed: true,
            cookie: String::new(),
        },
    )
}

#[tokio::test]
async fn what_the_home_cannot_tell_spoils_nothing_else() {
    let house = house(&["anna"]);
    let mut anna = Browser::new(&house);
    anna.log_in("anna").await;
    let got = anna.get("/").await;
    got.says(200, "Not known right now");
    got.says(200, "The home cannot tell this right now.");
    got.says(200, "anna@x.tox");
    got.says(200, "href=\"/\">Look again");
    let_tell(&house, tells(1));
    let got = anna.get("/").await;
    got.says(200, "Worth a look");
    assert!(!got.text().contains("cannot tell this"), "{}", got.text());
}

#[tokio::test]
async fn everything_is_told_in_words() {
    let house = house(&["anna", "ben"]);
    let_tell(&house, tells(2_000_000));
    let mut anna = Browser::new(&house);
    anna.log_in("anna").await;
    let got = anna.get("/").await;
    for words in [
        "<span class=\"state slow\">Worth a look",
        "The disk is nearly full (150\u{a0}MB free).",
        "Aunt &#60;i&#62;Tilly&#60;/i&#62; was not seen",
        "&#60;u&#62;535&#60;/u&#62; no",
        "lang=\"en\"",
        "Something &#60;new&#62;",
        "Through relays",
        "Homes and friends: 9. Reached directly: 4, through a relay: 2.",
        "3 letters are on their way.",
        "Anna&#39;s &#60;plan&#62;",
        "To Bob &#60;b&#62;",
        "<progress aria-label=\"To Bob &#60;b&#62;\" max=\"8000000\" value=\"2000000\"></progress>",
        "2.3\u{a0}MB of 9.0\u{a0}MB · 562\u{a0}kB per second · 12\u{a0}s left",
        "In the whole home 1,234 letters wait (5.0\u{a0}MB); on their way this moment: 2.",
        "&#60;script&#62;alert(1)&#60;/script&#62;</strong> <span class=\"faint\">directly",
        "Contacts that are there: 1 of 2",
        "150\u{a0}MB free of 8.0\u{a0}GB",
        "<dt>Letters that wait</dt><dd>5.0\u{a0}MB</dd>",
        "none yet",
        "All letters of this home in the last 14 days",
        "Received: 40 (directly 40, by ordinary mail 0, within the home 0).",
        "<svg class=\"chart\"",
        "<th scope=\"row\">24 November</th><td>40</td><td>0</td>",
    ] {
        got.says(200, words);
    }
    for hidden in [
        "there@x.tox",
        "of-ben",
        "Ben&#39;s secret",
        "<script>alert",
        "{$",
        "<u>",
    ] {
        assert!(!got.text().contains(hidden), "{hidden} in {}", got.text());
    }
    // The worst comes first.
    let at = |words: &str| got.text().find(words).unwrap();
    assert!(at("mail provider takes no letters") < at("The disk is nearly full"));
    assert!(at("The disk is nearly full") < at("Something &#60;new"));
}

#[tokio::test]
async fn nobody_sees_what_is_another_members() {
    let house = house(&["anna", "ben", "carla"]);
    let_tell(&house, tells(1));
    let page = async |name| {
        let mut browser = Browser::new(&house);
        browser.log_in(name).await;
        browser.get("/").await.text().to_owned()
    };
    let carla = page("carla").await;
    for hidden in [
        "Anna&#39;s",
        "Ben&#39;s",
        "of-ben",
        "Tilly",
        "535&#60;",
        "1,234",
        "whole home",
        "<progress",
        "Received: 40",
    ] {
        assert!(!carla.contains(hidden), "{hidden} in {carla}");
    }
    for shown in [
        "The disk is nearly full",
        "There are 2 things that whoever looks after this home should see.",
        "My letters of the last 14 days",
        "Received: 4 ",
    ] {
        assert!(carla.contains(shown), "{shown} in {carla}");
    }
    let ben = page("ben").await;
    for shown in [
        "Ben&#39;s secret",
        "of-ben",
        "ben&#39;s mail provider takes no letters",
        "There is something that whoever",
    ] {
        assert!(ben.contains(shown), "{shown} in {ben}");
    }
    assert!(!ben.contains("Anna&#39;s") && !ben.contains("Tilly") && !ben.contains("whole home"));
}

#[tokio::test]
async fn every_finding_has_words_of_its_own_in_every_language() {
    let house = house(&["anna"]);
    let mut found = std::collections::HashSet::new();
    for finding in Finding::ALL {
        let problem = |known: bool| {
            let args = finding.args().iter().map(|name| {
                let value = match *name {
                    _ if !known => Value::Null,
                    "why" | "error" => "it said so".into(),
                    "since" | "at" | "last_seen" | "seconds" | "bytes" | "letters" | "count" => {
                        5_000_000.into()
                    }
                    name => format!("the-{name}").into(),
                };
                ((*name).to_owned(), value)
            });
            answer::Problem {
                code: finding.word().to_owned(),
                severity: finding.severity().word().to_owned(),
                args: args.collect(),
                problem: "in English".to_owned(),
                advice: "in English".to_owned(),
            }
        };
        for (language, code, _) in LANGUAGES {
            let v = visitor(&house, "anna", language);
            for known in [true, false] {
                let told = finding::told(v.reader(), &problem(known));
                let name = format!("{} in {code}, {known}: {told:?}", finding.word());
                assert!(
                    !told.english && told.severity == finding.severity(),
                    "{name}"
                );
                for text in [&told.words, &told.advice] {
                    assert!(
                        text.len() > 15 && !text.contains("{$") && !text.contains("English"),
                        "{name}"
                    );
                }
                let command = known && *finding == Finding::OpenToOthers;
                assert_eq!(
                    told.command.as_deref(),
                    command.then_some("chmod go= the-path"),
                    "{name}"
                );
                if known {
                    assert!(
                        found.insert(told.words.clone()),
                        "another has the same words: {name}"
                    );
                    let why = finding
                        .args()
                        .iter()
                        .any(|arg| matches!(*arg, "why" | "error"));
                    assert_eq!(
                        told.detail.as_deref(),
                        why.then_some("it said so"),
                        "{name}"
                    );
                }
            }
        }
    }
}

#[tokio::test]
async fn a_command_names_the_whole_path_and_nothing_but_it() {
    let house = house(&["anna"]);
    let v = visitor(&house, "anna", Language::English);
    let long = format!("/home/{}/x", "long".repeat(60));
    for (path, wanted) in [
        (long.as_str(), format!("chmod go= {long}")),
        ("/a b/$(x)", "chmod go= '/a b/$(x)'".to_owned()),
        ("/it's", r"chmod go= '/it'\''s'".to_owned()),
    ] {
        let args = json!({ "path": path });
        let problem = json!({ "code": "open-to-others", "severity": "attention", "args": args });
        let told = finding::told(v.reader(), &serde_json::from_value(problem).unwrap());
        assert_eq!(told.command, Some(wanted));
        assert!(told.advice.ends_with("in a terminal:"), "{}", told.advice);
    }
}

#[tokio::test]
async fn late_letters_are_told_by_where_they_go() {
    let house = house(&["anna"]);
    let v = visitor(&house, "anna", Language::English);
    let told = |args: Value| {
        let problem = json!({ "code": "letters-late", "severity": "attention", "args": args });
        let told = finding::told(v.reader(), &serde_json::from_value(problem).unwrap());
        format!("{} {}", told.words, told.advice)
    };
    let bob = told(
        json!({ "letters": 2, "seconds": 90_000, "route": "tox", "name": "Bob", "last_seen": 86_400 }),
    );
    assert!(
        bob.starts_with(
            "2 letters to Bob wait, the first of them for 1\u{a0}d. Their box was last seen: "
        ),
        "{bob}"
    );
    let relay = told(json!({ "letters": 1, "seconds": 7200, "route": "relay" }));
    assert!(
        relay.starts_with(
            "One letter to an ordinary address has waited for 2\u{a0}h. Letters to ordinary"
        ),
        "{relay}"
    );
    let here = told(json!({ "letters": 1, "seconds": 60, "route": "local", "name": null }));
    assert!(
        here.starts_with("One letter has waited for 1\u{a0}min."),
        "{here}"
    );
}

// ---- what an open page hears

/// An open stream.
pub(super) struct Heard(Body);

impl Heard {
    /// The next events, with their names; nothing at the end.
    pub(super) async fn next(&mut self) -> Vec<(String, String)> {
        let frame = tokio::time::timeout(SOON, self.0.frame())
            .await
            .expect("an event");
        let Some(frame) = frame else {
            return Vec::new();
        };
        let bytes = frame.unwrap().into_data().unwrap();
        let text = std::str::from_utf8(&bytes).unwrap();
        assert!(text.ends_with("\n\n"), "{text}");
        let events = text
            .split("\n\n")
            .filter_map(|event| event.strip_prefix("event: "));
        let events = events.map(|event| {
            let (name, data) = event.split_once('\n').unwrap();
            let lines = data
                .lines()
                .map(|line| line.strip_prefix("data:").expect("data"));
            (name.to_owned(), lines.collect::<Vec<_>>().join("\n"))
        });
        events.collect()
    }
}

fn names(events: &[(String, String)]) -> Vec<&str> {
    events.iter().map(|(name, _)| name.as_str()).collect()
}

impl Browser<'_> {
    /// What an open page hears that asks there.
    pub(super) async fn listen_to(&self, path: &str) -> Result<Heard, StatusCode> {
        self.hear(path, None).await
    }

    async fn listen(&self, stopping: Option<Stopping>) -> Result<Heard, StatusCode> {
        self.hear("/events", stopping).await
    }

    async fn hear(&self, path: &str, stopping: Option<Stopping>) -> Result<Heard, StatusCode> {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(n, v)| format!("{n}={v}"))
            .collect();
        let request = HttpRequest::get(path)
            .header("host", self.host)
            .header("accept", "text/event-stream")
            .header("accept-language", "en")
            .header("cookie", cookies.join("; "));
        let mut request = request.body(Body::empty()).unwrap();
        if let Some(stopping) = stopping {
            request.extensions_mut().insert(stopping);
        }
        let place = Place {
            from: self.from,
            local: None,
            channel: self.channel,
        };
        let response = self.house.site.answer(request, place).await.response;
        if response.status() != StatusCode::OK {
            return Err(response.status());
        }
        assert_eq!(
            response.headers()["content-type"],
            "text/event-stream; charset=utf-8"
        );
        assert_eq!(response.headers()["cache-control"], "no-store");
        Ok(Heard(response.into_body()))
    }
}

#[tokio::test]
async fn an_open_page_hears_of_what_changed_and_of_nothing_else() {
    let house = house(&["anna", "ben"]);
    let_tell(&house, tells(1_000_000));
    let mut anna = Browser::new(&house);
    anna.log_in("anna").await;
    let mut heard = anna.listen(None).await.unwrap();
    let first = heard.next().await;
    assert_eq!(
        names(&first),
        ["health", "letters", "tox", "online", "box", "days"]
    );
    // The same as in the page.
    let page = anna.get("/").await;
    let letters = &first[1].1;
    assert!(letters.contains("1.1\u{a0}MB of 9.0"), "{letters}");
    assert!(page.text().contains("1.1\u{a0}MB of 9.0"));

    // Something that changes nothing that anna sees; and then something that does.
    changes::ring(Kind::Store);
    tokio::time::sleep(Duration::from_millis(300)).await;
    let_tell(&house, tells(3_000_000));
    changes::ring(Kind::Queue);
    let then = heard.next().await;
    assert_eq!(names(&then), ["letters"]);
    assert!(then[0].1.contains("value=\"3000000\""), "{then:?}");
    // More waits: no part of the page goes on saying something else.
    let before = tells(3_000_000);
    let more = json!({ "letters": 1235, "bytes": 21_000_000 });
    let_tell(
        &house,
        Box::new(move |request| match request {
            Request::QueueCount { member: None } => Some(more.clone()),
            other => before(other),
        }),
    );
    changes::ring(Kind::Queue);
    let more = heard.next().await;
    assert_eq!(names(&more), ["letters", "box"]);
    assert!(more.iter().all(|(_, part)| part.contains("21\u{a0}MB")));
    for secret in ["Ben&#39;s", "of-ben"] {
        assert!(
            !format!("{first:?}{then:?}{more:?}").contains(secret),
            "{secret}"
        );
    }
}

#[tokio::test]
async fn a_stream_is_for_who_is_logged_in_and_ends_with_the_session() {
    let house = house(&["anna", "ben"]);
    let_tell(&house, tells(1));
    let stranger = Browser::new(&house);
    assert_eq!(
        stranger.listen(None).await.err(),
        Some(StatusCode::FORBIDDEN)
    );
    let mut anna = Browser::new(&house);
    let mut ben = Browser::new(&house);
    anna.log_in("anna").await;
    ben.log_in("ben").await;
    let (mut hers, mut his) = (
        anna.listen(None).await.unwrap(),
        ben.listen(None).await.unwrap(),
    );
    hers.next().await;
    his.next().await;
    assert_eq!(house.web.streams(), 2);
    anna.get("/").await;
    anna.post("/logout", &[]).await;
    let_tell(&house, tells(2));
    changes::ring(Kind::Queue);
    assert_eq!(hers.next().await, [("gone".to_owned(), String::new())]);
    assert!(hers.next().await.is_empty() && hers.0.is_end_stream() || hers.next().await.is_empty());
    assert_eq!(names(&his.next().await), ["letters"]);
    // A new password ends it as well; and nothing was told that he might not see any more.
    house
        .members
        .set_password(&"ben".parse().unwrap(), "another secret")
        .unwrap();
    changes::ring(Kind::Queue);
    assert_eq!(names(&his.next().await), ["gone"]);
    drop((hers, his));
    assert_eq!(house.web.streams(), 0);
}

#[tokio::test]
async fn streams_are_few_and_end_when_the_home_stops() {
    let house = house(&["anna", "ben"]);
    let mut anna = Browser::new(&house);
    anna.log_in("anna").await;
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let mut open = Vec::new();
    for _ in 0..4 {
        open.push(anna.listen(Some(Stopping(stopped.clone()))).await.unwrap());
    }
    assert_eq!(
        anna.listen(None).await.err(),
        Some(StatusCode::TOO_MANY_REQUESTS)
    );
    let mut ben = Browser::new(&house);
    ben.log_in("ben").await;
    drop(ben.listen(None).await.unwrap());
    open.pop();
    open.push(anna.listen(Some(Stopping(stopped))).await.unwrap());
    for heard in &mut open {
        assert_eq!(heard.next().await.len(), 6);
    }
    stop.send(true).unwrap();
    for heard in &mut open {
        assert!(heard.next().await.is_empty());
    }
}
