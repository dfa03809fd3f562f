//! The page as browsers and attackers meet it: requests against the router in memory, with real sessions, passwords and rows.

mod failure_tests;
mod member_tests;
mod whole;

use std::collections::BTreeMap;
use std::io::Read;
use std::net::IpAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, RwLock};
use std::time::{Duration, SystemTime};

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request as HttpRequest, StatusCode};
use serde_json::{Value, json};

use super::serve::Place;
use super::session::{ABSOLUTE, IDLE};
use super::*;
use crate::clock::FakeTime;
use crate::config::Ports as Numbers;
use crate::mail::address::MemberName;
use crate::members::Members;
use crate::net::login::{Glance, Keys};

/// A home that says little, but changes passwords and settings for real.
struct Home {
    members: Members,
    asked: Mutex<Vec<&'static str>>,
}

impl Operator for Home {
    fn handle(&self, request: Request) -> Result<Value, Failure> {
        self.asked.lock().unwrap().push(request.name());
        let trouble = |e: crate::members::Error| Failure::new(e, "do better");
        match request {
            Request::Status => Ok(json!({
                "home": "Garden", "tox": "udp", "queue": 3, "version": "1.2.3", "toxcore": "0.2.23",
                "address_suffix": "@x.tox",
            })),
            Request::MemberPassword { name, password } => {
                self.members
                    .set_password(&name, password.expose())
                    .map_err(trouble)?;
                Ok(json!({ "name": name }))
            }
            Request::MemberSettings { name, language, .. } => {
                self.members
                    .set_language(&name, language.as_deref())
                    .map_err(trouble)?;
                Ok(json!({ "name": name }))
            }
            _ => Err(Failure::new("<i>no</i>", "ask for something else")),
        }
    }
}

impl Whereabouts for Home {
    fn tox_id(&self) -> Option<ToxId> {
        None
    }

    fn ports(&self) -> Ports {
        Ports::default()
    }
}

struct Passwords(Members);

impl Keys for Passwords {
    fn glance(&self, login: &str, password: &str) -> Result<Glance, String> {
        let seen = self.0.glance(login, password).map_err(|e| e.to_string())?;
        Ok(seen.map_or(Glance::Unknown, |seen| match seen {
            crate::members::Glance::Device(member) => Glance::Device(member),
            crate::members::Glance::Person(member) => Glance::Person(member),
        }))
    }

    fn check(&self, login: &str, password: &str) -> Result<Option<MemberName>, String> {
        self.0.check(login, password).map_err(|e| e.to_string())
    }

    fn name(&self, login: &str) -> Result<Option<String>, String> {
        let name = self.0.named(login).map_err(|e| e.to_string())?;
        Ok(name.map(|name| name.to_string()))
    }
}

struct House0 {
    dir: tempfile::TempDir,
    site: Site,
    web: Web,
    members: Members,
    database: Database,
    time: FakeTime,
    home: Arc<Home>,
}

const HOME_NAME: &str = "Garden <b>5</b>\u{202e}";

/// A house where these people live, each with the password `secret-NAME`; the first is the administrator.
fn house(people: &[&str]) -> House0 {
    let dir = tempfile::tempdir().unwrap();
    let database = Database::open(&dir.path().join("toxmail.db")).unwrap();
    let time = FakeTime::default();
    let clock = Clock::fake(&database, &time).unwrap();
    let members = Members::open(database.clone()).unwrap();
    for name in people {
        members
            .add(&name.parse().unwrap(), "", &format!("secret-{name}"))
            .unwrap();
    }
    let text = format!(
        "[home]\nname = \"{HOME_NAME}\"\nhostname = \"mail.example.org\"\nlanguage = \"es\"\n"
    );
    let config = Config::parse(&text, Path::new("/x/toxmail.toml"), Numbers::Standard).unwrap();
    let tls = Tls::open(
        &dir.path().join("tls"),
        "toxmail.local",
        &[],
        SystemTime::now(),
    )
    .unwrap();
    let home = Arc::new(Home {
        members: members.clone(),
        asked: Mutex::default(),
    });
    let web = Web::new(House {
        operator: Arc::clone(&home) as Arc<dyn Operator>,
        whereabouts: Arc::clone(&home) as Arc<dyn Whereabouts>,
        doorman: Arc::new(Doorman::new(Arc::new(Passwords(members.clone())))),
        database: database.clone(),
        clock,
        config: Arc::new(RwLock::new(Arc::new(config))),
        tls: Arc::new(tls),
        https_port: Some(5443),
    });
    House0 {
        dir,
        site: Site::new(web.clone()),
        web,
        members,
        database,
        time,
        home,
    }
}

/// What a browser got.
#[derive(Debug)]
struct Got {
    status: StatusCode,
    headers: HeaderMap,
    bytes: Vec<u8>,
}

impl Got {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap()
    }

    /// Without what only tells where a line may break.
    fn unbroken(mut self) -> Self {
        let text = self.text().replace("</span><wbr>", "");
        let text = text
            .replace("<wbr>", "")
            .replace("<span class=\"group\">", "");
        self.bytes = text.into_bytes();
        self
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    #[track_caller]
    fn leads_to(&self, path: &str) {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.text());
        assert_eq!(self.header("location"), path);
    }

    #[track_caller]
    fn says(&self, status: u16, words: &str) {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        assert!(self.text().contains(words), "{words} in {}", self.text());
    }
}

/// A browser: keeps cookies and the last token that it saw, and says where its forms come from.
struct Browser<'a> {
    house: &'a House0,
    channel: Channel,
    host: &'static str,
    from: IpAddr,
    cookies: BTreeMap<String, String>,
    token: String,
    headers: Vec<(&'static str, String)>,
}

impl<'a> Browser<'a> {
    fn new(house: &'a House0) -> Self {
        Self {
            house,
            channel: Channel::Https,
            host: "toxmail.local",
            from: "192.168.1.7".parse().unwrap(),
            cookies: BTreeMap::new(),
            token: String::new(),
            headers: vec![("accept-language", "en".into())],
        }
    }

    fn plain(house: &'a House0) -> Self {
        Self {
            channel: Channel::Http,
            ..Self::new(house)
        }
    }

    async fn send(&mut self, request: axum::http::request::Builder, body: impl Into<Body>) -> Got {
        let mut request = request.header("host", self.host);
        if !self.cookies.is_empty() {
            let pairs: Vec<String> = self
                .cookies
                .iter()
                .map(|(n, v)| format!("{n}={v}"))
                .collect();
            request = request.header("cookie", pairs.join("; "));
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let place = Place {
            from: self.from,
            local: Some("10.1.2.3".parse().unwrap()),
            channel: self.channel,
        };
        let answered = self
            .house
            .site
            .answer(request.body(body.into()).unwrap(), place)
            .await;
        let (head, body) = answered.response.into_parts();
        for cookie in head.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            let (pair, rest) = cookie.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            assert!(
                rest.contains("HttpOnly")
                    && rest.contains("SameSite=Strict")
                    && rest.contains("Path=/")
            );
            assert_eq!(
                rest.contains("Secure"),
                self.channel == Channel::Https,
                "{cookie}"
            );
            match rest.contains("Max-Age=0;") {
                true => self.cookies.remove(name),
                false => self.cookies.insert(name.into(), value.into()),
            };
        }
        let got = Got {
            status: head.status,
            headers: head.headers,
            bytes: to_bytes(body, usize::MAX).await.unwrap().to_vec(),
        };
        if let Some((_, rest)) =
            String::from_utf8_lossy(&got.bytes).split_once("name=\"csrf\" value=\"")
        {
            self.token = rest.split('"').next().unwrap().to_owned();
        }
        got
    }

    async fn get(&mut self, path: &str) -> Got {
        self.send(
            HttpRequest::get(path).header("accept", "text/html"),
            Body::empty(),
        )
        .await
    }

    /// As a form of the page that it saw last.
    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Got {
        let origin = format!("{}://{}", self.channel.as_str(), self.host);
        let token = self.token.clone();
        self.post_as(path, fields, &[("origin", &origin)], &token)
            .await
    }

    async fn post_as(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
        token: &str,
    ) -> Got {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("csrf", token).extend_pairs(fields);
        let mut request =
            HttpRequest::post(path).header("content-type", "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request, form.finish()).await
    }

    async fn log_in(&mut self, name: &str) -> &mut Self {
        self.get("/login").await;
        let password = format!("secret-{name}");
        let got = self
            .post("/login", &[("name", name), ("password", &password)])
            .await;
        got.leads_to("/");
        self
    }
}

// ---- the guard

#[tokio::test]
async fn only_names_and_addresses_of_this_home_are_answered() {
    let house = house(&["anna"]);
    let hosts = |uri: &str, hosts: &[&str], local: &str| {
        let mut headers = HeaderMap::new();
        for host in hosts {
            headers.append("host", host.parse().unwrap());
        }
        guard::host(
            &uri.parse().unwrap(),
            &headers,
            local.parse().ok(),
            "Mail.Example.org.",
        )
        .is_ok()
    };
    for good in [
        "toxmail.local",
        "TOXMAIL.local:5443",
        "toxmail.local.",
        "autoconfig.toxmail.local",
        "localhost:1",
        "mail.example.org",
        "autoconfig.mail.example.org",
        "192.168.1.2",
        "10.0.0.1:80",
        "127.0.0.1",
        "[::1]:5443",
        "[fd00::1]",
        "[fe80::1]",
        "169.254.3.4",
    ] {
        assert!(hosts("/", &[good], "10.9.9.9"), "{good}");
    }
    for bad in [
        "evil.example",
        "toxmail.local.evil.example",
        "eviltoxmail.local",
        "toxmail.local@evil.example",
        "",
        "8.8.8.8",
        "[2001:db8::1]",
        "example.org",
        "toxmail.local:",
        "toxmail.local:99999",
        "toxmail.local:x",
        "0.0.0.0",
        "a.localhost",
        "[::1",
        "127.0.0.1.evil.example",
        "fd00::1",
        "2130706433",
        "www.toxmail.local",
    ] {
        assert!(!hosts("/", &[bad], "10.9.9.9"), "{bad}");
    }
    // This connection's own address, whatever network that is.
    assert!(hosts("/", &["203.0.113.5:5080"], "203.0.113.5"));
    assert!(hosts("/", &["[2001:db8::1]"], "2001:db8::1"));
    assert!(!hosts("/", &["203.0.113.5"], "203.0.113.6"));
    // Who speaks with two tongues.
    assert!(!hosts("/", &["toxmail.local", "evil.example"], "10.9.9.9"));
    assert!(!hosts("/", &["toxmail.local", "toxmail.local"], "10.9.9.9"));
    assert!(!hosts("/", &[], "10.9.9.9"));
    assert!(!hosts(
        "http://evil.example/",
        &["toxmail.local"],
        "10.9.9.9"
    ));
    assert!(hosts(
        "http://toxmail.local/",
        &["toxmail.local"],
        "10.9.9.9"
    ));

    // And so for every page, before somebody lives here too; nobody's cookie counts there.
    let empty = self::house(&[]);
    for house in [&house, &empty] {
        let mut browser = Browser::new(house);
        browser.host = "evil.example";
        for path in ["/", "/login", "/setup", "/ca.pem", "/static/x", "/nothing"] {
            browser.get(path).await.says(403, "toxmail.local");
            assert!(!browser.post(path, &[]).await.status.is_success());
        }
        assert!(house.home.asked.lock().unwrap().is_empty());
    }
}

#[test]
fn a_change_has_to_come_from_our_own_page() {
    let asked = |fields: &[(&'static str, &str)]| {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.insert(*name, value.parse().unwrap());
        }
        guard::origin(&headers, Channel::Https, "toxmail.local:5443").is_ok()
    };
    let ours = "https://toxmail.local:5443";
    assert!(asked(&[("origin", ours)]));
    assert!(asked(&[("sec-fetch-site", "same-origin")]));
    assert!(asked(&[
        ("origin", ours),
        ("sec-fetch-site", "same-origin")
    ]));
    assert!(asked(&[
        ("origin", "null"),
        ("sec-fetch-site", "same-origin")
    ]));
    for bad in [
        &[][..],
        &[("origin", "null")],
        &[("origin", "")],
        &[("origin", "https://toxmail.local")],
        &[("origin", "http://toxmail.local:5443")],
        &[("origin", "https://evil.example")],
        &[("origin", "https://toxmail.local:5443.evil.example")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "none")],
        &[("origin", ours), ("sec-fetch-site", "cross-site")],
        &[
            ("origin", "https://evil.example"),
            ("sec-fetch-site", "same-origin"),
        ],
    ] {
        assert!(!asked(bad), "{bad:?}");
    }
}

#[tokio::test]
async fn a_forged_form_changes_nothing() {
    let house = house(&["anna", "ben"]);
    let mut anna = Browser::new(&house);
    anna.log_in("anna").await;
    anna.get("/me/security").await;
    let (token, ours) = (anna.token.clone(), [("origin", "https://toxmail.local")]);
    let mut ben = Browser::new(&house);
    ben.log_in("ben").await;
    ben.get("/").await;
    let bens = ben.token.clone();

    let language = [("language", "fr"), ("to", "/")];
    let foreign = [("origin", "https://evil.example")];
    anna.post_as("/language", &language, &foreign, &token)
        .await
        .says(403, "another website");
    anna.post_as("/language", &language, &[], &token)
        .await
        .says(403, "another website");
    for bad in ["", "x", &bens, &token[1..]] {
        anna.post_as("/language", &language, &ours, bad)
            .await
            .says(403, "Nothing was changed");
    }
    // No token at all, and what is no form: a page elsewhere can send both without being asked (CORS).
    let bare = |kind: &str, body: &str| {
        let request = HttpRequest::post("/logout").header("origin", "https://toxmail.local");
        (request.header("content-type", kind), body.to_owned())
    };
    for (kind, body) in [
        (
            "application/x-www-form-urlencoded",
            "language=fr".to_owned(),
        ),
        ("text/plain", format!("csrf={token}")),
        ("application/json", format!("{{\"csrf\":\"{token}\"}}")),
        (
            "multipart/form-data; boundary=x",
            format!("--x\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{token}\r\n--x--"),
        ),
        ("", format!("csrf={token}")),
    ] {
        let (request, body) = bare(kind, &body);
        let got = anna.send(request, body).await;
        assert!(got.status.is_client_error(), "{kind}: {}", got.status);
    }
    assert_eq!(
        anna.get("/").await.status,
        StatusCode::OK,
        "still logged in"
    );
    assert_eq!(
        house.members.language(&"anna".parse().unwrap()).unwrap(),
        None
    );

    // Other methods are changes as well.
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"] {
        let got = anna
            .send(
                HttpRequest::builder().method(method).uri("/"),
                Body::empty(),
            )
            .await;
        assert!(got.status.is_client_error(), "{method}: {}", got.status);
    }
    // And the right one counts.
    anna.post("/language", &language).await.leads_to("/");
    assert_eq!(
        house
            .members
            .language(&"anna".parse().unwrap())
            .unwrap()
            .as_deref(),
        Some("fr")
    );
}

#[tokio::test]
async fn every_answer_carries_the_fields_that_protect_it() {
    let house = house(&["anna"]);
    let mut browser = Browser::new(&house);
    let style = assets::path("toxmail.css");
    for path in [
        "/",
        "/login",
        "/nothing",
        "/ca.pem",
        style,
        "/static/none",
        "/about",
    ] {
        let got = browser.get(path).await;
        let policy = got.header("content-security-policy");
        for part in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ] {
            assert!(policy.contains(part), "{path}: {part}");
        }
        assert!(!policy.contains("unsafe"));
        assert_eq!(got.header("x-content-type-options"), "nosniff", "{path}");
        assert!(
            got.header("referrer-policy").starts_with("no-referrer"),
            "{path}"
        );
        assert_eq!(
            got.header("cross-origin-opener-policy"),
            "same-origin",
            "{path}"
        );
        assert_eq!(
            got.header("cross-origin-resource-policy"),
            "same-origin",
            "{path}"
        );
        let kept = got.header("cache-control");
        match path == style {
            true => assert!(kept.contains("immutable")),
            false => assert_eq!(kept, "no-store", "{path}"),
        }
        assert_eq!(got.header("strict-transport-security"), "", "{path}");
    }
    browser.host = "evil.example";
    assert!(
        browser
            .get("/")
            .await
            .header("content-security-policy")
            .contains("'none'")
    );
}

#[tokio::test]
async fn a_plain_connection_explains_and_never_asks_for_a_password() {
    let house = house(&["anna"]);
    let mut browser = Browser::plain(&house);
    for path in ["/", "/login", "/me/security", "/setup", "/nothing"] {
        let got = browser.get(path).await.unbroken();
        got.says(200, &house.web.tls().server_fingerprint());
        got.says(200, &house.web.tls().ca_fingerprint());
        got.says(200, &format!("href=\"https://toxmail.local:5443{path}\""));
        assert!(!got.text().contains("type=\"password\""), "{path}");
    }
    browser
        .post("/login", &[("name", "anna"), ("password", "secret-anna")])
        .await
        .says(403, "https");
    assert!(!browser.cookies.contains_key("toxmail-plain"));

    // The authority, in both forms, the same.
    let pem = browser.get("/ca.pem").await;
    assert_eq!(pem.header("content-type"), "application/x-x509-ca-cert");
    let on_disk = std::fs::read_to_string(house.dir.path().join("tls/ca.pem")).unwrap();
    assert_eq!(pem.text(), on_disk);
    let der = browser.get("/ca.crt").await;
    assert_eq!(der.header("content-type"), "application/x-x509-ca-cert");
    assert_eq!(der.bytes, house.web.tls().ca_der());

    // The language can be chosen here, and the choice shows.
    browser.get("/").await;
    browser
        .post("/language", &[("language", "de"), ("to", "/")])
        .await
        .leads_to("/");
    browser.get("/").await.says(200, "<html lang=\"de\">");
}

#[tokio::test]
async fn a_home_where_nobody_lives_leads_to_its_setup() {
    let house = house(&[]);
    for mut browser in [Browser::new(&house), Browser::plain(&house)] {
        for path in ["/", "/login", "/me/security", "/nothing"] {
            browser.get(path).await.leads_to("/setup");
        }
        browser.get("/setup").await.says(200, "Welcome");
        assert_eq!(browser.get("/ca.pem").await.status, StatusCode::OK);
    }
    house
        .members
        .add(&"anna".parse().unwrap(), "", "secret-anna")
        .unwrap();
    let mut browser = Browser::new(&house);
    browser.get("/").await.leads_to("/login");
    browser.get("/setup").await.leads_to("/");
}

#[tokio::test]
async fn what_is_too_long_or_no_form_is_refused_in_words() {
    let house = house(&["anna"]);
    let mut browser = Browser::new(&house);
    browser.get("/login").await;
    let long = "x".repeat(20_000);
    browser
        .post("/login", &[("name", &long), ("password", "x")])
        .await
        .says(413, "Send less at once");
    let long = "x".repeat(MAX_FORM);
    browser.log_in("anna").await.get("/").await;
    browser
        .post("/language", &[("language", &long)])
        .await
        .says(413, "Send less at once");
    browser
        .post("/language", &[("language", "xx")])
        .await
        .says(400, "form");
    browser.post("/language", &[]).await.says(400, "form");
    browser
        .post("/me/security/end", &[("id", "x")])
        .await
        .says(400, "form");
    browser
        .get("/nothing")
        .await
        .says(404, "There is no such page");
    browser
        .post("/nothing", &[])
        .await
        .says(404, "There is no such page");
    browser
        .post("/about", &[])
        .await
        .says(405, "cannot be done");
    // Whoever loads the answer to a form again, or reads it in another language, comes to the page that it belongs to.
    browser.get("/logout").await.leads_to("/");
    browser
        .get("/me/settings/mixed")
        .await
        .leads_to("/me/settings");
}

// ---- who is logged in

#[tokio::test]
async fn a_login_makes_a_new_session_and_a_planted_cookie_is_worth_nothing() {
    let house = house(&["anna"]);
    let planted = "A".repeat(43);
    for name in ["__Host-toxmail", "__Host-toxmail-guest", "toxmail-plain"] {
        let mut browser = Browser::new(&house);
        browser.cookies.insert(name.into(), planted.clone());
        browser.get("/").await.leads_to("/login");
        browser.log_in("anna").await;
        let mut attacker = Browser::new(&house);
        for place in ["__Host-toxmail", "__Host-toxmail-guest", "toxmail-plain"] {
            attacker.cookies.insert(place.into(), planted.clone());
        }
        attacker.get("/").await.leads_to("/login");
        assert_ne!(browser.cookies["__Host-toxmail"], planted);
    }
    // Logging in again ends the session that the browser had.
    let mut browser = Browser::new(&house);
    browser.log_in("anna").await;
    let (cookie, token) = (
        browser.cookies["__Host-toxmail"].clone(),
        browser.token.clone(),
    );
    browser.get("/").await;
    assert_ne!(
        browser.token, token,
        "forms of before the login are not good after it"
    );
    browser
        .post("/login", &[("name", "anna"), ("password", "secret-anna")])
        .await
        .leads_to("/");
    let mut old = Browser::new(&house);
    old.cookies.insert("__Host-toxmail".into(), cookie);
    old.get("/").await.leads_to("/login");
}

#[tokio::test]
async fn the_database_cannot_be_used_to_log_in() {
    let house = house(&["anna"]);
    let mut browser = Browser::new(&house);
    browser.log_in("anna").await;
    let cookie = browser.cookies["__Host-toxmail"].clone();
    assert_eq!(cookie.len(), 43);
    house.database.close();
    let bytes = std::fs::read(house.dir.path().join("toxmail.db")).unwrap();
    let raw = data_encoding::BASE64URL_NOPAD
        .decode(cookie.as_bytes())
        .unwrap();
    for secret in [cookie.as_bytes(), &raw, b"secret-anna"] {
        assert!(!bytes.windows(secret.len()).any(|window| window == secret));
    }
}

#[test]
fn where_a_member_is_logged_in_is_known_to_the_doorman_after_a_start() {
    let house = house(&["anna"]);
    let (anna, from) = ("anna".parse().unwrap(), "192.168.1.7".parse().unwrap());
    let sessions = house.web.sessions();
    sessions
        .open(&anna, Channel::Https, from, "Firefox", None)
        .unwrap();
    let doorman = house.web.doorman();
    assert!(!doorman.knows(from, &anna));
    house.web.know_places();
    assert!(doorman.knows(from, &anna));
    assert!(!doorman.knows("192.168.1.8".parse().unwrap(), &anna));
}

#[tokio::test]
async fn a_session_ends_by_its_age_and_is_written_down_seldom() {
    let house = house(&["anna"]);
    let mut browser = Browser::new(&house);
    browser.log_in("anna").await;
    let seen = || {
        house
            .database
            .read(|c| -> Result<i64, database::Error> {
                Ok(c.query_row("SELECT seen_ms FROM web_sessions", [], |r| r.get(0))?)
            })
            .unwrap()
    };
    use crate::database;
    let first = seen();
    house.time.advance(Duration::from_secs(300));
    assert_eq!(browser.get("/").await.status, StatusCode::OK);
    assert_eq!(seen(), first, "not every request is written down");
    house.time.advance(Duration::from_secs(301));
    browser.get("/").await;
    assert!(seen() > first);

    // Two addresses by turns (IPv4 and IPv6) are no reason to write each time.
    let written = seen();
    for n in 0..6 {
        browser.from = format!("192.168.1.{}", 7 + n % 2).parse().unwrap();
        house.time.advance(Duration::from_secs(9));
        browser.get("/").await;
    }
    assert_eq!(seen(), written);

    // In use it lasts, but not for ever.
    let mut days = 0;
    while browser.get("/").await.status == StatusCode::OK {
        house.time.advance(Duration::from_secs(24 * 3600));
        days += 1;
        assert!(days < 1000);
    }
    assert_eq!(u64::from(days as u32), ABSOLUTE.as_secs() / 86_400);
    // Not in use it ends earlier; and a clock that jumps ends nothing.
    browser.log_in("anna").await;
    house.time.jump(-400 * 86_400);
    assert_eq!(browser.get("/").await.status, StatusCode::OK);
    house.time.advance(IDLE - Duration::from_secs(60));
    assert_eq!(browser.get("/").await.status, StatusCode::OK);
    house.time.advance(IDLE);
    browser.get("/").await.leads_to("/login");
    assert!(house.web.sessions().list(None).unwrap().is_empty());
    house.web.sessions().sweep().unwrap();
    let rows: i64 = house
        .database
        .read(|c| -> Result<_, database::Error> {
            Ok(c.query_row("SELECT count(*) FROM web_sessions", [], |r| r.get(0))?)
        })
        .unwrap();
    assert_eq!(rows, 0);
}

#[tokio::test]
async fn a_new_password_logs_everybody_else_out() {
    let house = house(&["anna", "ben"]);
    let (mut one, mut two, mut ben) = (
        Browser::new(&house),
        Browser::new(&house),
        Browser::new(&house),
    );
    one.log_in("anna").await;
    two.log_in("anna").await;
    ben.log_in("ben").await;
    one.get("/me/security")
        .await
        .says(200, "At least 8 characters");
    let change = |old: &'static str, new: &'static str, again: &'static str| {
        [("old", old), ("new", new), ("again", again)]
    };
    let path = "/me/security/password";
    one.post(path, &change("secret-anna", "short", "short"))
        .await
        .says(422, "too short");
    one.post(path, &change("secret-anna", "long enough", "long enougH"))
        .await
        .says(422, "not the same");
    one.post(path, &change("guess-anna", "long enough", "long enough"))
        .await
        .says(403, "not your password");
    assert_eq!(two.get("/").await.status, StatusCode::OK);

    one.post(path, &change("secret-anna", "long enough", "long enough"))
        .await
        .leads_to("/me/security");
    one.get("/me/security")
        .await
        .says(200, "Your password is changed");
    two.get("/").await.leads_to("/login");
    assert_eq!(ben.get("/").await.status, StatusCode::OK);
    // By the operator's command as well, and with the member.
    house
        .members
        .set_password(&"anna".parse().unwrap(), "another one")
        .unwrap();
    one.get("/").await.leads_to("/login");
    house.members.remove(&"ben".parse().unwrap()).unwrap();
    ben.get("/").await.leads_to("/login");
}

#[tokio::test]
async fn sessions_are_listed_and_each_ends_only_for_who_may_end_it() {
    let house = house(&["anna", "ben"]);
    let (mut anna, mut ben, mut tablet) = (
        Browser::new(&house),
        Browser::new(&house),
        Browser::new(&house),
    );
    let firefox = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0";
    ben.headers.push(("user-agent", firefox.into()));
    tablet
        .headers
        .push(("user-agent", "\"><script>alert(1)</script>".into()));
    anna.log_in("anna").await;
    ben.log_in("ben").await;
    tablet.from = "192.168.1.99".parse().unwrap();
    tablet.log_in("ben").await;

    let list = ben.get("/me/security").await;
    list.says(200, "Firefox, Android");
    list.says(200, "192.168.1.99");
    list.says(200, "&#60;script&#62;");
    assert!(!list.text().contains("<script>"));
    // Another's session is not ended, and nothing is told of it.
    let annas = house
        .web
        .sessions()
        .list(Some(&"anna".parse().unwrap()))
        .unwrap()[0]
        .id
        .to_string();
    ben.post("/me/security/end", &[("id", &annas)])
        .await
        .leads_to("/me/security");
    ben.get("/me/security")
        .await
        .says(200, "logged out already");
    assert_eq!(anna.get("/").await.status, StatusCode::OK);
    // One's own is.
    let of_ben = house
        .web
        .sessions()
        .list(Some(&"ben".parse().unwrap()))
        .unwrap();
    let tablets = of_ben
        .iter()
        .find(|s| s.address == "192.168.1.99")
        .unwrap()
        .id
        .to_string();
    ben.post("/me/security/end", &[("id", &tablets)])
        .await
        .leads_to("/me/security");
    ben.get("/me/security").await.says(200, "It is logged out");
    tablet.get("/").await.leads_to("/login");
    // The administrator's page is the administrator's.
    for path in ["/admin/security", "/admin/nothing"] {
        assert!(ben.get(path).await.status.is_client_error());
    }
    ben.post("/admin/security/end", &[("id", &annas)])
        .await
        .says(403, "Only the administrator");
    ben.post("/admin/security/end-all", &[])
        .await
        .says(403, "Only the administrator");
    assert_eq!(anna.get("/").await.status, StatusCode::OK);
    let bens = house
        .web
        .sessions()
        .list(Some(&"ben".parse().unwrap()))
        .unwrap()[0]
        .id
        .to_string();
    anna.get("/admin/security")
        .await
        .says(200, "Firefox, Android");
    anna.post("/admin/security/end", &[("id", &bens)])
        .await
        .leads_to("/admin/security");
    ben.get("/").await.leads_to("/login");
    // Everywhere is everywhere.
    let mut other = Browser::new(&house);
    other.log_in("anna").await;
    anna.get("/me/security").await;
    anna.post("/me/security/end-all", &[])
        .await
        .leads_to("/login");
    anna.get("/login").await.says(200, "this browser too");
    other.get("/").await.leads_to("/login");
}

#[tokio::test]
async fn logging_out_ends_the_session_itself() {
    let house = house(&["anna"]);
    let mut browser = Browser::new(&house);
    browser.log_in("anna").await.get("/").await;
    let cookie = browser.cookies["__Host-toxmail"].clone();
    browser.post("/logout", &[]).await.leads_to("/login");
    assert!(!browser.cookies.contains_key("__Host-toxmail"));
    browser.get("/login").await.says(200, "You are logged out");
    let again = browser.get("/login").await;
    assert!(!again.text().contains("You are logged out"), "told once");
    browser.cookies.insert("__Host-toxmail".into(), cookie);
    browser.get("/").await.leads_to("/login");
}

#[tokio::test]
async fn what_a_plain_connection_has_shown_opens_nothing_on_a_safe_one() {
    let house = house(&["anna"]);
    let (anna, from) = ("anna".parse().unwrap(), "10.0.0.1".parse().unwrap());
    let sessions = house.web.sessions();
    let plain = sessions.open(&anna, Channel::Http, from, "", None).unwrap();
    assert!(
        sessions
            .find(Some(&plain), Channel::Http, from)
            .unwrap()
            .who
            .is_some()
    );
    assert!(
        sessions
            .find(Some(&plain), Channel::Https, from)
            .unwrap()
            .who
            .is_none()
    );
    let mut browser = Browser::new(&house);
    browser
        .cookies
        .insert("__Host-toxmail".into(), plain.clone());
    browser.cookies.insert("toxmail-plain".into(), plain);
    browser.get("/").await.leads_to("/login");
}

#[tokio::test]
async fn guessing_takes_longer_each_time_and_a_devices_password_is_none() {
    let house = house(&["anna"]);
    let device = house
        .members
        .device_add(&"anna".parse().unwrap(), "phone")
        .unwrap();
    let mut browser = Browser::new(&house);
    browser.get("/login").await;
    let secret = device.secret.to_string();
    let mut login = async |name: &str, password: &str| {
        browser
            .post("/login", &[("name", name), ("password", password)])
            .await
    };
    login("anna", &secret)
        .await
        .says(403, "do not belong together");
    // A name that is nobody's is told the same words.
    let mut told = Vec::new();
    for name in ["anna", "nobody"] {
        let got = login(name, "wrong").await;
        got.says(403, "do not belong together");
        told.push(got.text().replace(&format!("value=\"{name}\""), "NAME"));
    }
    assert_eq!(told[0], told[1]);
    let mut last = login("anna", "wrong").await;
    for _ in 0..4 {
        last = login("anna", "wrong").await;
    }
    last.says(429, "Too many wrong tries");
    assert!(last.header("retry-after").parse::<u64>().unwrap() > 0);
    // Right or wrong: it is not looked at.
    login("anna", "secret-anna")
        .await
        .says(429, "Too many wrong tries");
    // Somebody at another place gets in, and the administrator sees what was tried.
    let mut elsewhere = Browser::new(&house);
    elsewhere.from = "192.168.1.50".parse().unwrap();
    house
        .members
        .add(&"ben".parse().unwrap(), "", "secret-ben")
        .unwrap();
    elsewhere.log_in("ben").await;
    let failures = house.web.doorman().failures();
    assert!(failures.len() >= 4 && failures[0].service == "web");
    assert_eq!(failures[0].name.as_deref(), Some("anna"));
    assert_eq!(failures[0].from, "192.168.1.7".parse::<IpAddr>().unwrap());
}

#[tokio::test]
async fn nobody_is_sent_out_of_the_house() {
    for bad in [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "evil.example",
        "",
        "/a\r\nSet-Cookie: x=y",
        "/\t/evil.example",
        "\\/evil",
        "/a\\b",
        "javascript:alert(1)",
        "/ü",
    ] {
        assert_eq!(visitor::own_path(bad), "/", "{bad:?}");
    }
    assert_eq!(visitor::own_path("/me/security?x=1"), "/me/security?x=1");

    let house = house(&["anna"]);
    let mut browser = Browser::new(&house);
    browser
        .get("/me/security")
        .await
        .leads_to("/login?to=/me/security");
    browser
        .get("/login?to=/me/security")
        .await
        .says(200, "value=\"/me/security\"");
    browser
        .get("/login?to=//evil.example")
        .await
        .says(200, "name=\"to\" value=\"/\"");
    let fields = [
        ("name", "anna"),
        ("password", "secret-anna"),
        ("to", "//evil.example"),
    ];
    browser.post("/login", &fields).await.leads_to("/");
    browser
        .get("/login?to=https://evil.example")
        .await
        .leads_to("/");
    browser.get("/login?to=/about").await.leads_to("/about");
    browser.get("/").await;
    browser
        .post("/language", &[("language", "fr"), ("to", "//evil.example")])
        .await
        .leads_to("/");
}

#[tokio::test]
async fn a_link_of_elsewhere_leads_a_member_in_by_a_page_of_ours() {
    let house = house(&["anna"]);
    let mut anna = Browser::new(&house);
    anna.log_in("anna").await;
    // The browser keeps the cookie back.
    let mut from_mail = Browser::new(&house);
    from_mail
        .headers
        .push(("sec-fetch-site", "cross-site".into()));
    from_mail
        .get("/me/security")
        .await
        .leads_to("/login?to=/me/security");
    let got = from_mail.get("/login?to=/me/security").await;
    got.says(
        200,
        "<meta http-equiv=\"refresh\" content=\"0; url=/login?to=/me/security\">",
    );
    let got = from_mail.get("/login?to=//evil.example").await;
    got.says(200, "content=\"0; url=/login\"");
    // From there it sends it.
    anna.headers.push(("sec-fetch-site", "same-origin".into()));
    anna.get("/login?to=/me/security")
        .await
        .leads_to("/me/security");
}

// ---- what is seen

#[tokio::test]
async fn names_cannot_break_out_of_the_page() {
    let house = house(&["anna"]);
    let hostile = "<img src=x onerror=alert(1)>\"'&\u{202e}";
    house
        .members
        .add(&"ben".parse().unwrap(), hostile, "secret-ben")
        .unwrap();
    let mut ben = Browser::new(&house);
    ben.log_in("ben").await;
    let got = ben.get("/").await;
    let text = got.text();
    assert!(
        !text.contains("<img src=x") && !text.contains("<b>5") && !text.contains('\u{202e}'),
        "{text}"
    );
    got.says(200, "&#60;img src=x onerror=alert(1)&#62;&#34;&#39;&#38;");
    got.says(200, "Garden &#60;b&#62;5&#60;/b&#62;");
    // A path is shown in the language switch.
    let got = ben.get("/%22%3E%3Cscript%3E").await;
    assert!(!got.text().contains("\"><script>"));
    let login = [("name", "\"><script>alert(1)</script>"), ("password", "x")];
    let mut stranger = Browser::new(&house);
    stranger.get("/login").await;
    let got = stranger.post("/login", &login).await;
    assert!(!got.text().contains("<script>alert"), "{}", got.text());
}

#[tokio::test]
async fn who_has_forgotten_their_password_is_told_what_to_do_as_a_member_and_as_the_administrator()
{
    let house = house(&["anna"]);
    let got = Browser::new(&house).get("/login").await;
    got.says(200, "Whoever looks after this home can give you a new one");
    // As the box reads it, and as the command line takes it.
    let boot = include_str!("../../overlay/usr/lib/toxmail/boot-files");
    for file in ["password-reset.txt", "password-reset-problem.txt"] {
        got.says(200, file);
        assert!(boot.contains(&format!("$boot/{file}")), "{file}");
    }
    got.says(200, "toxmaild member password anna");
}

#[tokio::test]
async fn a_password_that_was_typed_as_a_name_is_neither_kept_nor_shown() {
    let house = house(&["anna"]);
    let mut browser = Browser::new(&house);
    browser.get("/login").await;
    for name in ["secret-anna", "ANNA@toxmail.local"] {
        let login = [("name", name), ("password", "x")];
        let got = browser.post("/login", &login).await;
        got.says(403, "do not belong together");
    }
    let failures = house.web.doorman().failures();
    let names: Vec<_> = failures.iter().map(|f| f.name.as_deref()).collect();
    assert_eq!(names, [Some("anna"), None]);
    let mut anna = Browser::new(&house);
    anna.log_in("anna").await;
    let got = anna.get("/admin/security").await;
    got.says(200, "a name that nobody here has");
    got.says(200, "Back to the administration");
    assert!(!got.text().contains("secret-anna"), "{}", got.text());
}

#[tokio::test]
async fn the_language_is_the_members_else_the_browsers_else_the_homes() {
    let house = house(&["anna"]);
    let mut browser = Browser::new(&house);
    browser.get("/login").await.says(200, "<html lang=\"en\">");
    browser.headers = vec![("accept-language", "it".into())];
    browser.get("/login").await.says(200, "<html lang=\"es\">");
    browser.headers = vec![("accept-language", "de-CH,en;q=0.5".into())];
    browser.get("/login").await.says(200, "<html lang=\"de\">");
    browser
        .post("/language", &[("language", "fr"), ("to", "/login")])
        .await
        .leads_to("/login");
    browser.get("/login").await.says(200, "<html lang=\"fr\">");
    browser.log_in("anna").await;
    house
        .members
        .set_language(&"anna".parse().unwrap(), Some("en"))
        .unwrap();
    browser.get("/").await.says(200, "<html lang=\"en\">");
    browser
        .get("/nothing")
        .await
        .says(404, "<html lang=\"en\">");
}

#[tokio::test]
async fn static_files_are_kept_for_good_and_compressed() {
    let house = house(&["anna"]);
    let mut browser = Browser::new(&house);
    for name in ["toxmail.css", "toxmail.js", "favicon.svg"] {
        let path = assets::path(name);
        assert!(path.starts_with("/static/"), "{name}");
        let plain = browser.get(path).await;
        assert_eq!(plain.status, StatusCode::OK);
        let request = || HttpRequest::get(path).header("accept-encoding", "br, gzip;q=0.9");
        let gzip = browser.send(request(), Body::empty()).await;
        let coded = gzip.header("content-encoding") == "gzip";
        assert!(coded || name == "favicon.svg", "{name}");
        if coded {
            let mut unpacked = Vec::new();
            flate2::read::GzDecoder::new(&*gzip.bytes)
                .read_to_end(&mut unpacked)
                .unwrap();
            assert_eq!(unpacked, plain.bytes);
        }
        let known = HttpRequest::get(path).header("if-none-match", plain.header("etag"));
        let known = browser.send(known, Body::empty()).await;
        assert_eq!(
            (known.status, known.bytes.len()),
            (StatusCode::NOT_MODIFIED, 0)
        );
        assert_eq!(
            browser
                .send(HttpRequest::put(path), Body::empty())
                .await
                .status
                .as_u16(),
            405
        );
    }
    for path in [
        "/static/",
        "/static/toxmail.css",
        "/static/../Cargo.toml",
        "/static/%2e%2e/toxmail.db",
        "/static//etc/passwd",
    ] {
        browser.get(path).await.says(404, "There is no such page");
    }
    assert!(
        browser
            .cookies
            .keys()
            .all(|name| name == "__Host-toxmail-guest")
    );
}

#[tokio::test]
async fn the_first_page_is_light_and_loads_nothing_from_elsewhere() {
    let house = house(&["anna"]);
    let mut browser = Browser::new(&house);
    let mut weight = browser.get("/login").await.bytes.len();
    for name in ["toxmail.css", "toxmail.js", "favicon.svg"] {
        weight += browser.get(assets::path(name)).await.bytes.len();
    }
    assert!(weight < 60_000, "{weight} bytes");
    browser.log_in("anna").await;
    for path in [
        "/",
        "/me/security",
        "/admin/security",
        "/about",
        "/login",
        "/nothing",
    ] {
        let got = browser.get(path).await;
        let text = got.text();
        for (at, _) in text
            .match_indices("src=\"")
            .chain(text.match_indices("<link"))
        {
            assert!(
                text[at..].split('>').next().unwrap().contains("\"/static/"),
                "{path}: {}",
                &text[at..at + 60]
            );
        }
        for inline in [
            "<style",
            " style=",
            " onclick=",
            " onload=",
            "javascript:",
            "<script>",
        ] {
            assert!(!text.contains(inline), "{path}: {inline}");
        }
        // What a person reads has been translated, and what a text wants was given.
        assert!(!text.contains("{$") && !text.contains("{ $"), "{path}");
    }
}

#[test]
fn colours_can_be_read_in_both_schemes() {
    let css = include_str!("../../web/static/toxmail.css");
    assert!(css.len() <= 16 * 1024, "{}", css.len());
    let block = |from: &str| {
        let text = css.split_once(from).unwrap().1;
        let text = text.split_once('}').unwrap().0;
        let lines = text.lines().filter_map(|line| {
            let (name, value) = line.trim().strip_prefix("--")?.split_once(": #")?;
            let value = value.strip_suffix(';')?;
            Some((name.to_owned(), u32::from_str_radix(value, 16).unwrap()))
        });
        lines.collect::<BTreeMap<_, _>>()
    };
    // WCAG 2.2: relative luminance and contrast.
    let luminance = |colour: u32| {
        let part = |shift: u32| {
            let value = f64::from((colour >> shift) & 0xff) / 255.0;
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * part(16) + 0.7152 * part(8) + 0.0722 * part(0)
    };
    let contrast = |a: u32, b: u32| {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    };
    for scheme in ["scheme: light dark;", "(prefers-color-scheme: dark) {"] {
        let colours = block(scheme);
        let pairs = [
            ("ink", "paper"),
            ("ink", "card"),
            ("faint", "paper"),
            ("faint", "card"),
            ("warm", "paper"),
            ("warm", "card"),
            ("warm", "warm-soft"),
            ("ink", "warm-soft"),
            ("warm-ink", "warm"),
            ("good", "good-soft"),
            ("slow", "slow-soft"),
            ("bad", "bad-soft"),
            ("bad", "card"),
            ("ink", "good-soft"),
            ("ink", "bad-soft"),
            ("ink", "slow-soft"),
        ];
        for (text, ground) in pairs {
            let ratio = contrast(colours[text], colours[ground]);
            assert!(ratio >= 4.5, "{scheme} {text} on {ground}: {ratio:.2}");
        }
        for ground in ["paper", "card"] {
            let ratio = contrast(colours["edge"], colours[ground]);
            assert!(ratio >= 3.0, "{scheme} edge on {ground}: {ratio:.2}");
        }
    }
}

mod admin_tests;
mod home_tests;
#[path = "setup_tests.rs"]
mod setup;
