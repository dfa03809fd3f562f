//! `/setup/home`: what the home is called, and the first person, who looks after it. With them the home is claimed.

use askama::Template;
use axum::Router;
use axum::http::header::{RETRY_AFTER, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use super::{HOME, Outlook, declined, judged, may_ask, outlook, person, step};
use crate::clock;
use crate::config::Home;
use crate::control::{Failure, Request, Secret, answer};
use crate::journal;
use crate::mail::address::MemberName;
use crate::net::login::Password;
use crate::web::claim::{self, Decision, Judgement, Record, Step};
use crate::web::page::SETUP;
use crate::web::text::code;
use crate::web::visitor::{Form, Refusal, Visitor, see_other};
use crate::web::{Channel, Web};

/// Longest name of a home, in bytes.
const MAX_HOME: usize = 128;

/// The paths of this page.
pub fn routes() -> Router<Web> {
    Router::new().route(HOME, get(show).post(claim))
}

#[derive(Template)]
#[template(path = "setup-home.html", config = "web/askama.toml")]
struct Page<'a> {
    v: &'a Visitor,
    outlook: Outlook,
    /// The file says what the home is called.
    locked: bool,
    plain: bool,
    home: &'a str,
    display: &'a str,
    mailbox: &'a str,
}

/// The same once the home is claimed: only its name can be changed here.
#[derive(Template)]
#[template(path = "setup-home-name.html", config = "web/askama.toml")]
struct Again<'a> {
    v: &'a Visitor,
    locked: bool,
    home: &'a str,
}

fn is_locked(v: &Visitor) -> bool {
    v.web.config().is_written(Home::NAME)
}

async fn show(v: Visitor, headers: HeaderMap) -> Result<Response, Refusal> {
    let home = v.web.config().home.name.clone();
    if v.claimed {
        let waits = v.is_admin() && step(&v).await?.is_some();
        if !waits {
            return Ok(see_other(SETUP));
        }
        return Ok(v.show(Again {
            v: &v,
            locked: is_locked(&v),
            home: &home,
        }));
    }
    if !may_ask(&v, &headers) {
        return Ok(see_other(SETUP));
    }
    let page = Page {
        v: &v,
        outlook: outlook(&v).await?,
        locked: is_locked(&v),
        plain: v.channel == Channel::Http,
        // The name that every home has at first is not suggested.
        home: if home == "Toxmail" { "" } else { &home },
        display: "",
        mailbox: "",
    };
    Ok(v.show(page))
}

#[derive(Deserialize)]
struct Claim {
    #[serde(default)]
    home: String,
    #[serde(default)]
    display: String,
    #[serde(default)]
    mailbox: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    again: String,
}

async fn claim(
    mut v: Visitor,
    headers: HeaderMap,
    Form(claim): Form<Claim>,
) -> Result<Response, Refusal> {
    let (password, again) = (Password::new(claim.password), Password::new(claim.again));
    if v.claimed {
        return rename(v, claim.home.trim()).await;
    }
    if !may_ask(&v, &headers) {
        return Err(Refusal::forbidden("setup-plain-refused"));
    }
    let home = match is_locked(&v) {
        true => None,
        false => Some(claim.home.trim().to_owned()),
    };
    if let Some(home) = &home {
        check_home(&v, home);
    }
    let person = person::read(&v, &claim.display, &claim.mailbox, &[]);
    let good = person::check_password(&v, &password, &again);
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    let mut wait = None;
    if let (Some((display, name)), true, false) = (person, good, v.has_problems()) {
        let (_turn, judged) = judged(&v, &claim.code).await?;
        match judged {
            Judgement::Decided(Decision::Yes) => {
                match move_in(&v, home, display, &name, &password).await {
                    Ok(()) => {
                        let cookie = v.admit(&name).await?;
                        let mut response = see_other(Step::People.path());
                        if let Some(cookie) = cookie {
                            response.headers_mut().append(SET_COOKIE, cookie);
                        }
                        return Ok(response);
                    }
                    Err(NotIn::Quicker) => return Ok(quicker(&v)),
                    Err(NotIn::Failed(failure)) => v.failed(failure),
                    Err(NotIn::Refused(refusal)) => return Err(refusal),
                }
            }
            Judgement::Decided(Decision::Claimed) => return Ok(quicker(&v)),
            judged => (status, wait) = declined(&v, &judged),
        }
    }
    let page = Page {
        v: &v,
        outlook: outlook(&v).await?,
        locked: is_locked(&v),
        plain: v.channel == Channel::Http,
        home: &claim.home,
        display: &claim.display,
        mailbox: &claim.mailbox,
    };
    let mut response = v.show_with(status, page);
    if let Some(seconds) = wait {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    Ok(response)
}

fn check_home(v: &Visitor, home: &str) {
    if home.is_empty() {
        v.problem_with("home", v.t("setup-home-missing"));
    } else if home.len() > MAX_HOME || home.chars().any(char::is_control) {
        v.problem_with("home", v.t("setup-home-long"));
    }
}

/// Another name for a home that is claimed already.
async fn rename(v: Visitor, home: &str) -> Result<Response, Refusal> {
    if v.who.is_none() {
        // Two browsers had the page open.
        return Ok(quicker(&v));
    }
    if !v.is_admin() {
        return Err(Refusal::forbidden("error-admin-only"));
    }
    if step(&v).await?.is_none() {
        return Ok(see_other("/"));
    }
    let locked = is_locked(&v);
    if !locked {
        check_home(&v, home);
    }
    if !v.has_problems() && !locked {
        let set = Request::SettingSet {
            key: Home::NAME.to_owned(),
            value: Some(home.to_owned()),
        };
        if let Err(failure) = v.web.tell(set).await {
            v.failed(failure);
        }
    }
    if v.has_problems() {
        let page = Again {
            v: &v,
            locked,
            home,
        };
        return Ok(v.show_with(StatusCode::UNPROCESSABLE_ENTITY, page));
    }
    Ok(see_other(Step::People.path()))
}

pub(super) async fn is_claimed(v: &Visitor) -> Result<bool, Refusal> {
    let look = v.web.with_sessions(|sessions| sessions.administrator());
    Ok(look.await?.is_some())
}

enum NotIn {
    /// Somebody else has moved in.
    Quicker,
    /// The home says no.
    Failed(Failure),
    /// Something else.
    Refused(Refusal),
}

impl From<Failure> for NotIn {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<Refusal> for NotIn {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

async fn move_in(
    v: &Visitor,
    home: Option<String>,
    display: String,
    name: &MemberName,
    password: &Password,
) -> Result<(), NotIn> {
    let by_code = v.web.claims().asks_for_code();
    let record = Record {
        at: clock::wall_seconds(),
        from: Some(v.from),
        code: by_code,
    };
    // First what a power cut must not leave out: a person without the rest would be a home without a setup.
    v.web
        .with_database(move |database| claim::begin(database, &record, Step::People))
        .await?;
    let added = match furnish(v, home, display, name, password).await {
        Ok(added) => added,
        Err(failure) => {
            // Nobody has moved in. Unless somebody is there nevertheless, a setup that is half done has not begun.
            if !is_claimed(v).await? {
                v.web.with_database(claim::unbegin).await?;
            }
            return Err(failure.into());
        }
    };
    // The operator's command may have added somebody at the same moment: the rows know who was first.
    let administrator = v
        .web
        .with_sessions(|sessions| sessions.administrator())
        .await?;
    if administrator
        .as_ref()
        .is_none_or(|first| first.as_str() != added.name)
    {
        let name = name.clone();
        v.web.tell(Request::MemberRemove { name }).await?;
        v.web.with_database(claim::unbegin).await?;
        return Err(NotIn::Quicker);
    }
    journal::claimed(name, v.from, by_code);
    let web = v.web.clone();
    // The files of the boot partition.
    let used = tokio::task::spawn_blocking(move || web.claims().used());
    used.await.map_err(|_| Refusal::trouble())?;
    Ok(())
}

/// What the home is told of those who move in.
async fn furnish(
    v: &Visitor,
    home: Option<String>,
    display: String,
    name: &MemberName,
    password: &Password,
) -> Result<answer::Member, Failure> {
    let language = (!v.web.config().is_written(Home::LANGUAGE)).then(|| code(v.language));
    let chosen = [
        (Home::NAME, home),
        (Home::LANGUAGE, language.map(str::to_owned)),
    ];
    for (key, value) in chosen {
        if value.is_some() {
            let key = key.to_owned();
            v.web.tell(Request::SettingSet { key, value }).await?;
        }
    }
    v.web
        .ask(Request::MemberAdd {
            name: name.clone(),
            display: Some(display),
            password: Secret::new(password.reveal().to_owned()),
        })
        .await
}

#[derive(Template)]
#[template(path = "setup-claimed.html", config = "web/askama.toml")]
struct Quicker<'a> {
    v: &'a Visitor,
}

/// Somebody else has claimed the home meanwhile.
pub(super) fn quicker(v: &Visitor) -> Response {
    v.show_with(StatusCode::CONFLICT, Quicker { v })
}
