//! `/admin/network`: how the box is connected, and which Wi-Fi it joins. A home that is no box has no such page.

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;

use super::at_desk;
use crate::appliance::network::{Desk, Error, Link, Lock, Phase, Request, Seen, State, Then};
use crate::config::wifi::{Country, Key, Ssid, Wifi};
use crate::control::protocol::Secret;
use crate::journal;
use crate::web::Web;
use crate::web::visitor::{Admin, Flash, Form, Refusal, Visitor};

const PATH: &str = "/admin/network";
/// From this on reception is good, and from the next on fair, in dBm.
const GOOD: i32 = -62;
const FAIR: i32 = -74;

/// The paths of this page.
pub fn routes() -> Router<Web> {
    Router::new()
        .route(PATH, get(show).post(join))
        .route("/admin/network/look", post(look))
        .route("/admin/network/forget", post(forget))
}

#[derive(Template)]
#[template(path = "admin-network.html", config = "web/askama.toml")]
struct Page<'a> {
    v: &'a Visitor,
    /// How the box is connected, a sentence each.
    now: Vec<String>,
    /// A request waits for the box.
    waits: bool,
    /// A request waits, or is worked on.
    busy: bool,
    told: Option<Told>,
    hardware: bool,
    /// What is set, for people.
    saved: Option<String>,
    /// The box can do without Wi-Fi now.
    by_cable: bool,
    near: Vec<Near>,
    countries: Vec<(String, String)>,
    form: Wanted,
}

impl Page<'_> {
    fn is_chosen(&self, value: &str) -> bool {
        self.form.network == value
    }

    fn is_in(&self, code: &str) -> bool {
        self.form.country == code
    }
}

/// What has become of the last request, in words.
struct Told {
    class: &'static str,
    words: String,
}

/// A network to choose.
struct Near {
    value: String,
    words: String,
    joinable: bool,
}

/// A form as it was filled in. The password goes one way only.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Wanted {
    /// A name of the list, in hexadecimal digits.
    network: String,
    /// A name that was typed, which goes before that.
    name: String,
    lock: String,
    password: Secret,
    /// Two letters; empty: those that were typed.
    country: String,
    elsewhere: String,
}

fn told(v: &Visitor, state: &State) -> Option<Told> {
    let (class, key) = match state.phase? {
        Phase::Looking => ("slow", "network-looking"),
        Phase::Looked => ("good", "network-looked"),
        Phase::Joining => ("slow", "network-joining"),
        Phase::Joined => ("good", "network-joined"),
        Phase::WrongPassword => ("bad", "network-wrong-password"),
        Phase::NotFound => ("bad", "network-not-found"),
        Phase::Failed => ("bad", "network-failed"),
        Phase::NoHardware => ("bad", "network-no-hardware"),
        Phase::Forgotten => ("good", "network-forgotten"),
        Phase::Interrupted => ("bad", "network-interrupted"),
        Phase::NotUnderstood => ("bad", "network-not-understood"),
    };
    let name = state.asked.as_ref().map(|ssid| v.peer(ssid.words()));
    let mut words = v
        .t(key)
        .with("name", name.as_deref().unwrap_or("?"))
        .to_string();
    if let Some(then) = state.then {
        words.push(' ');
        words.push_str(
            &match then {
                Then::Back => v.t("network-then-back"),
                Then::Tries => v.t("network-then-tries"),
                Then::Nothing => v.t("network-then-nothing"),
            }
            .to_string(),
        );
    }
    Some(Told { class, words })
}

fn reception(v: &Visitor, signal: i32) -> String {
    v.t(match signal {
        GOOD.. => "network-signal-good",
        FAIR.. => "network-signal-fair",
        _ => "network-signal-weak",
    })
    .to_string()
}

/// How the box is connected, a sentence each.
fn now(v: &Visitor, state: &State) -> Vec<String> {
    let mut words = Vec::new();
    let joined = state.joined.as_ref().map(|ssid| v.peer(ssid.words()));
    words.push(match (state.link, &joined, state.signal) {
        (Link::None, ..) => v.t("network-by-nothing").to_string(),
        (Link::Cable, ..) => v.t("network-by-cable").to_string(),
        (Link::Wifi, Some(name), Some(signal)) => {
            let heard = reception(v, signal);
            v.t("network-by-wifi-heard")
                .with("name", name)
                .with("reception", heard)
                .to_string()
        }
        (Link::Wifi, Some(name), None) => v.t("network-by-wifi").with("name", name).to_string(),
        (Link::Wifi, None, _) => v.t("network-by-some-wifi").to_string(),
    });
    match &state.address {
        _ if state.link == Link::None => {}
        Some(address) => words.push(
            v.t("network-address")
                .with("address", v.peer(address))
                .to_string(),
        ),
        None => words.push(v.t("network-no-address").to_string()),
    }
    match (&joined, &state.saved) {
        (Some(name), _) if state.link == Link::Cable => {
            words.push(v.t("network-stands-by").with("name", name).to_string());
        }
        (None, Some(saved)) => words.push(
            v.t("network-set")
                .with("name", v.peer(saved.words()))
                .to_string(),
        ),
        _ => {}
    }
    words
}

fn near(v: &Visitor, seen: &Seen) -> Near {
    let lock = match seen.lock {
        Lock::Open => v.t("network-lock-none"),
        Lock::Password => v.t("network-lock-some"),
        Lock::Other => v.t("network-lock-other"),
    };
    let words = v
        .t("network-near")
        .with("name", v.peer(seen.ssid.words()))
        .with("reception", reception(v, seen.signal))
        .with("lock", lock.to_string());
    Near {
        value: seen.ssid.hex(),
        words: words.to_string(),
        joinable: seen.lock != Lock::Other,
    }
}

/// Countries with their names, in the order of the language.
fn countries(v: &Visitor) -> Vec<(String, String)> {
    let text = v.t("network-countries").to_string();
    let rows = text.split(';').filter_map(|row| row.trim().split_once(' '));
    rows.map(|(code, name)| (code.to_owned(), name.to_owned()))
        .collect()
}

/// `NotFound` where the network is not Toxmail's to choose.
fn desk(v: &Visitor) -> Result<&Desk, Refusal> {
    v.web.network().ok_or_else(Refusal::not_found)
}

/// How it is, what is in reach, and whether a request waits.
async fn seen(v: &Visitor) -> Result<(State, Vec<Seen>, bool), Refusal> {
    let seen = at_desk(desk(v)?, |desk| {
        // In this order, or what is said between the two looks would be missed.
        let waits = desk.is_waiting()?;
        Ok((desk.state()?, desk.networks()?, waits))
    });
    seen.await?.map_err(|e: std::io::Error| {
        journal::trouble("network", &e);
        Refusal::trouble()
    })
}

async fn page(v: &Visitor, form: Option<Wanted>) -> Result<Page<'_>, Refusal> {
    let (state, networks, waits) = seen(v).await?;
    let form = form.unwrap_or_else(|| Wanted {
        country: state.country.map(|c| c.to_string()).unwrap_or_default(),
        ..Wanted::default()
    });
    let countries = countries(v);
    let mut form = form;
    if !form.country.is_empty() && countries.iter().all(|(code, _)| *code != form.country) {
        form.elsewhere = std::mem::take(&mut form.country);
    }
    Ok(Page {
        v,
        now: now(v, &state),
        waits,
        busy: waits || state.phase.is_some_and(Phase::is_under_way),
        // What waits has nothing to do with the one before it.
        told: told(v, &state).filter(|_| !waits),
        hardware: state.hardware,
        saved: state.saved.as_ref().map(|ssid| v.peer(ssid.words())),
        by_cable: state.link == Link::Cable,
        near: networks.iter().map(|seen| near(v, seen)).collect(),
        countries,
        form,
    })
}

async fn show(v: Admin) -> Result<Response, Refusal> {
    let page = page(&v, None).await?;
    Ok(v.show(page))
}

/// The page again, with what is wrong.
async fn wrong(v: &Visitor, form: Option<Wanted>) -> Result<Response, Refusal> {
    let page = page(v, form).await?;
    Ok(v.show_with(StatusCode::UNPROCESSABLE_ENTITY, page))
}

/// Leaves a request; `None`: it is said why not.
async fn ask(v: &Visitor, request: Request) -> Result<Option<()>, Refusal> {
    let words = match at_desk(desk(v)?, move |desk| desk.ask(&request)).await? {
        Ok(()) => return Ok(Some(())),
        Err(Error::UnderWay) => "network-under-way",
        Err(Error::Io(e)) => {
            journal::trouble("network", &e);
            "network-trouble"
        }
    };
    v.problem_with("ask", v.t(words));
    Ok(None)
}

async fn look(v: Admin) -> Result<Response, Refusal> {
    match ask(&v, Request::Look).await? {
        Some(()) => Ok(v.go(PATH, None)),
        None => wrong(&v, None).await,
    }
}

async fn forget(v: Admin) -> Result<Response, Refusal> {
    let (state, ..) = seen(&v).await?;
    // Nobody could tell it another one.
    if state.link != Link::Cable {
        v.problem_with("ask", v.t("network-forget-cable"));
        return wrong(&v, None).await;
    }
    match ask(&v, Request::Forget).await? {
        Some(()) => Ok(v.go(PATH, Some(Flash::good("network-forgets")))),
        None => wrong(&v, None).await,
    }
}

async fn join(v: Admin, Form(wanted): Form<Wanted>) -> Result<Response, Refusal> {
    let (_, networks, _) = seen(&v).await?;
    let wifi = match meant(&v, &wanted, &networks) {
        Some((ssid, country, hidden)) => key(&v, ssid.clone(), &wanted).await?.map(|key| Wifi {
            ssid,
            key,
            country,
            hidden,
        }),
        None => None,
    };
    let Some(wifi) = wifi else {
        return wrong(&v, Some(wanted)).await;
    };
    match ask(&v, Request::Join(wifi)).await? {
        Some(()) => Ok(v.go(PATH, Some(Flash::good("network-asked")))),
        None => wrong(&v, Some(wanted)).await,
    }
}

/// Which network, where, and whether it may hide; or it is said what is wrong.
fn meant(v: &Visitor, wanted: &Wanted, networks: &[Seen]) -> Option<(Ssid, Country, bool)> {
    // Who has typed a name means that one, whatever the list stands at.
    let ssid = match (wanted.network.as_str(), wanted.name.as_str()) {
        ("", "") => {
            v.problem_with("name", v.t("network-name-missing"));
            None
        }
        (_, name) if !name.is_empty() => {
            let typed = Ssid::typed(name);
            if typed.is_none() {
                v.problem_with("name", v.t("network-name-wrong"));
            }
            typed
        }
        // Another form than the page's.
        (digits, _) => {
            let chosen = Ssid::of_hex(digits);
            if chosen.is_none() {
                v.problem_with("name", v.t("network-name-missing"));
            }
            chosen
        }
    };
    let near = ssid
        .as_ref()
        .and_then(|ssid| networks.iter().find(|seen| seen.ssid == *ssid));
    let open = wanted.lock == "open";
    match near.map(|seen| seen.lock) {
        Some(Lock::Other) => v.problem_with("name", v.t("network-lock-impossible")),
        Some(Lock::Password) if open => v.problem_with("password", v.t("network-lock-is-there")),
        _ if open && !wanted.password.expose().is_empty() => {
            v.problem_with("password", v.t("network-lock-both"));
        }
        _ => {}
    }
    let written = match wanted.country.as_str() {
        "" => &wanted.elsewhere,
        chosen => chosen,
    };
    let country = Country::new(written);
    if country.is_none() {
        v.problem_with("country", v.t("network-country-wrong"));
    }
    if v.has_problems() {
        return None;
    }
    Some((ssid?, country?, near.is_none()))
}

/// What opens it; or it is said what is wrong.
async fn key(v: &Visitor, ssid: Ssid, wanted: &Wanted) -> Result<Option<Key>, Refusal> {
    if wanted.lock == "open" {
        return Ok(Some(Key::Open));
    }
    let password = wanted.password.clone();
    let made = tokio::task::spawn_blocking(move || Key::of(&ssid, password.expose())).await;
    match made.map_err(|_| Refusal::trouble())? {
        Ok(key) => Ok(Some(key)),
        Err(_) => {
            v.problem_with("password", v.t("network-password-wrong"));
            Ok(None)
        }
    }
}
