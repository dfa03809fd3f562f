//! `/setup`: a new home, from power-on to the first letter. Six pages: the language; the home and the first person; the people at
//! home; the provider; another home; the devices.
//!
//! # Rules
//! - The first two are for whoever may claim the home ([`crate::web::claim`]). Nothing is kept before the claim but the browser's own
//!   language; from then on each step is kept, and a power cut costs the page that was open.
//! - The rest is for the administrator, whom the claim has logged in. Everything but the claim can be skipped, and done later.
//! - Passwords are asked for over HTTPS. Who goes on without has read why not to, and pressed a button for it; their
//!   session counts for the setup alone.

mod disk;
mod done;
mod home;
mod pair;
mod paper;
mod people;
pub(in crate::web::page) mod person;
mod provider;
mod restore;

use std::time::Duration;

use askama::Template;
use axum::Router;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;
use tokio::sync::OwnedMutexGuard;

use super::SETUP;
use crate::control::{Request, answer};
use crate::mail::address::MemberName;
use crate::web::claim::{self, Decision, Judgement, Step, WINDOW};
use crate::web::visitor::{Admin, Form, Refusal, Visitor, see_other};
use crate::web::{Channel, Web, guard};

/// The page of the claim.
const HOME: &str = "/setup/home";
/// Says that this browser goes on without HTTPS.
const PLAIN_COOKIE: &str = "toxmail-setup-plain";
/// How long it does.
const PLAIN_LASTS: Duration = Duration::from_secs(24 * 3600);

/// The paths of these pages.
pub fn routes() -> Router<Web> {
    Router::new()
        .route(SETUP, get(show))
        .route("/setup/plain", post(go_on_plain))
        .route("/setup/next", post(next))
        .merge(home::routes())
        .merge(people::routes())
        .merge(provider::routes())
        .merge(pair::routes())
        .merge(done::routes())
        .merge(restore::routes())
        .merge(paper::routes())
        .merge(disk::routes())
}

/// Whether a path is one of these pages.
pub fn is_below(path: &str) -> bool {
    path.strip_prefix(SETUP)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether a plain connection may go on: who has claimed the home over it may finish its setup there, and leave.
pub fn goes_on_plain(v: &Visitor) -> bool {
    v.who.as_ref().is_some_and(|who| who.in_setup) && (is_below(&v.path) || v.path == "/logout")
}

/// Whether this member looks after the home, and its setup waits.
pub async fn is_unfinished(web: &Web, member: &MemberName) -> Result<bool, Refusal> {
    let member = member.clone();
    web.with_sessions(move |sessions| sessions.is_in_setup(&member))
        .await
}

/// The step that the setup waits at.
async fn step(v: &Visitor) -> Result<Option<Step>, Refusal> {
    let step = v
        .web
        .with_database(|database| database.read(|c| Ok(claim::step(c)?)));
    step.await
}

/// For a page behind the claim: where to go instead, if the setup is finished.
async fn unless_finished(v: &Visitor) -> Result<Option<Response>, Refusal> {
    Ok(match step(v).await? {
        Some(_) => None,
        None => Some(see_other("/")),
    })
}

/// For a form that asks for a code: what is answered instead, where somebody lives here already.
///
/// # Errors
/// A plain connection may not ask.
fn instead(v: &Visitor, headers: &HeaderMap) -> Result<Option<Response>, Refusal> {
    if v.claimed {
        return Ok(Some(home::quicker(v)));
    }
    match may_ask(v, headers) {
        true => Ok(None),
        false => Err(Refusal::forbidden("setup-plain-refused")),
    }
}

/// The same for a home that is brought along.
fn instead_of_bringing(v: &Visitor, headers: &HeaderMap) -> Result<Option<Response>, Refusal> {
    match instead(v, headers)? {
        None if !v.web.claims().can_restore() => Err(Refusal::not_found()),
        instead => Ok(instead),
    }
}

/// What becomes of a claim with that code. As long as the turn is held nobody else claims: who comes second waits, and is told.
async fn judged(v: &Visitor, code: &str) -> Result<(OwnedMutexGuard<()>, Judgement), Refusal> {
    let claims = v.web.claims();
    let turn = claims.turn().await;
    let claimed = home::is_claimed(v).await?;
    let judged = claims.judge(claimed, v.from, v.web.up(), code).await;
    Ok((turn, judged))
}

/// What a claim is answered that is not taken, with the words for its page: the status, and how many seconds to wait, where that helps.
fn declined(v: &Visitor, judged: &Judgement) -> (StatusCode, Option<u64>) {
    match judged {
        Judgement::Decided(Decision::CodeMissing) => {
            v.problem_with("code", v.t("setup-code-missing"));
            (StatusCode::UNPROCESSABLE_ENTITY, None)
        }
        Judgement::Decided(Decision::CodeWrong) => {
            v.problem_with("code", v.t("setup-code-wrong"));
            (StatusCode::FORBIDDEN, None)
        }
        Judgement::TryLater(time) => {
            let seconds = time.as_secs().max(1);
            v.problem_with("code", v.t("login-later").with("wait", v.duration(seconds)));
            (StatusCode::TOO_MANY_REQUESTS, Some(seconds))
        }
        // The page says why.
        Judgement::Decided(_) => (StatusCode::FORBIDDEN, None),
    }
}

/// Whether a password may be asked for here.
fn may_ask(v: &Visitor, headers: &HeaderMap) -> bool {
    v.channel == Channel::Https || guard::has_cookie(headers, PLAIN_COOKIE, "yes")
}

#[derive(Template)]
#[template(path = "setup.html", config = "web/askama.toml")]
struct First<'a> {
    v: &'a Visitor,
    plain: bool,
    link: Option<String>,
    fingerprint: String,
    outlook: Outlook,
    /// Where a backup is taken, if one is.
    restore: Option<String>,
    /// Where the home on a disk is gone on with, if one is plugged in.
    adopt: Option<String>,
}

async fn show(v: Visitor, headers: HeaderMap) -> Result<Response, Refusal> {
    if v.claimed {
        return Ok(match (&v.who, step(&v).await?) {
            (Some(who), Some(step)) if who.administrator => see_other(step.path()),
            (None, Some(_)) => see_other("/login?to=/setup"),
            _ => see_other("/"),
        });
    }
    let outlook = outlook(&v).await?;
    let link = |offered: bool, path: &str| match offered {
        true if may_ask(&v, &headers) => Some(path.to_owned()),
        true => v.https_link(path),
        false => None,
    };
    Ok(v.show(First {
        v: &v,
        restore: link(v.web.claims().can_restore(), RESTORE),
        adopt: link(disk::is_offered(&v).await?, disk::PATH),
        plain: v.channel == Channel::Http,
        link: v.https_link(HOME),
        fingerprint: v.web.tls().server_fingerprint(),
        outlook,
    }))
}

/// What whoever opens an unclaimed home is told of the door.
struct Outlook {
    decision: Decision,
    /// For how long it stays open.
    minutes: u64,
    /// What is wrong with the files on the boot partition.
    mistake: Option<String>,
}

impl Outlook {
    /// Whether the form makes sense.
    fn is_open(&self) -> bool {
        matches!(self.decision, Decision::Yes | Decision::CodeMissing)
    }

    fn asks_for_code(&self) -> bool {
        self.decision == Decision::CodeMissing
    }

    /// Why it is closed, and what to do.
    fn words(&self, v: &Visitor) -> String {
        match self.decision {
            Decision::Yes => v.t("setup-window").with("minutes", self.minutes),
            Decision::CodeMissing | Decision::CodeWrong => v.t("setup-needs-code"),
            Decision::TooLate => v.t("setup-too-late"),
            Decision::TooFar => v.t("setup-too-far"),
            Decision::Claimed => v.t("setup-claimed-words"),
            Decision::Shut => v.t("setup-shut"),
        }
        .to_string()
    }
}

async fn outlook(v: &Visitor) -> Result<Outlook, Refusal> {
    let (web, claimed, from, up) = (v.web.clone(), v.claimed, v.from, v.web.up());
    let asked = tokio::task::spawn_blocking(move || web.claims().outlook(claimed, from, up));
    let decision = asked.await.map_err(|_| Refusal::trouble())?;
    Ok(Outlook {
        decision,
        minutes: WINDOW.saturating_sub(up).as_secs().div_ceil(60),
        mistake: v.web.claims().mistake().map(|text| v.peer_long(text)),
    })
}

/// "Go on without": this browser has been told, and wants to.
async fn go_on_plain(v: Visitor) -> Response {
    let mut response = see_other(HOME);
    if v.channel == Channel::Http {
        let cookie = guard::cookie(PLAIN_COOKIE, "yes", v.channel, PLAIN_LASTS);
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

#[derive(Deserialize)]
struct From {
    step: String,
}

/// On to what comes behind a step, whether it was answered or not.
async fn next(v: Admin, Form(From { step }): Form<From>) -> Result<Response, Refusal> {
    if let Some(elsewhere) = unless_finished(&v).await? {
        return Ok(elsewhere);
    }
    let step: Step = step
        .parse()
        .map_err(|()| Refusal::bad_request("error-form"))?;
    go_to(&v, step.next()).await?;
    Ok(see_other(step.next().path()))
}

async fn go_to(v: &Visitor, step: Step) -> Result<(), Refusal> {
    v.web
        .with_database(move |database| claim::go_to(database, step))
        .await
}

/// Everybody at home.
pub async fn members(v: &Visitor) -> Result<Vec<answer::Member>, Refusal> {
    Ok(v.web.ask(Request::MemberList).await?)
}

pub(super) use done::how_it_was_claimed;
pub use restore::PATH as RESTORE;
