//! `/me/security`: a member's password and logins. `/admin/security`: the logins of everybody, and those that failed.

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;

use super::setup::how_it_was_claimed;
use crate::control::{Request, Secret};
use crate::members::SHORTEST_PASSWORD;
use crate::net::login::{Admission, FailedLogin, Password};
use crate::web::session::Session;
use crate::web::text::Text;
use crate::web::visitor::{Admin, Flash, Form, Member, Refusal, Visitor};
use crate::web::{SERVICE, Web};

const MINE: &str = "/me/security";
const EVERYBODYS: &str = "/admin/security";

/// The paths of this page.
pub fn routes() -> Router<Web> {
    Router::new()
        .route(MINE, get(show_mine))
        .route("/me/security/password", post(change_password))
        .route("/me/security/end", post(end_one))
        .route("/me/security/end-all", post(end_all))
        .route(EVERYBODYS, get(show_everybodys))
        .route("/admin/security/end", post(end_anybodys))
        .route("/admin/security/end-all", post(end_everybodys))
}

/// A login as a row shows it.
struct Row {
    session: Session,
    program: String,
    this: bool,
}

fn rows(v: &Visitor, sessions: Vec<Session>) -> Vec<Row> {
    let here = v.who.as_ref().map(|who| who.session);
    let row = |session: Session| Row {
        program: program(v, &session.program),
        this: Some(session.id) == here,
        session,
    };
    sessions.into_iter().map(row).collect()
}

#[derive(Template)]
#[template(path = "security.html", config = "web/askama.toml")]
struct Mine<'a> {
    v: &'a Visitor,
    /// For the browser's memory of passwords.
    name: &'a str,
    shortest: usize,
    rows: Vec<Row>,
}

async fn mine(v: &Member, status: StatusCode) -> Result<Response, Refusal> {
    let name = v.name.clone();
    let sessions = v
        .web
        .with_sessions(move |sessions| sessions.list(Some(&name)));
    let rows = rows(v, sessions.await?);
    Ok(v.show_with(
        status,
        Mine {
            v,
            name: v.name.as_str(),
            shortest: SHORTEST_PASSWORD,
            rows,
        },
    ))
}

async fn show_mine(v: Member) -> Result<Response, Refusal> {
    mine(&v, StatusCode::OK).await
}

#[derive(Deserialize)]
struct Change {
    old: String,
    new: String,
    again: String,
}

async fn change_password(mut v: Member, Form(change): Form<Change>) -> Result<Response, Refusal> {
    let (old, new) = (Password::new(change.old), Password::new(change.new));
    let again = Password::new(change.again);
    if new.reveal().chars().count() < SHORTEST_PASSWORD {
        v.problem_with(
            "new",
            v.t("security-new-short")
                .with("shortest", SHORTEST_PASSWORD),
        );
    } else if new != again {
        v.problem_with("again", v.t("security-new-differs"));
    }
    if v.has_problems() {
        return mine(&v, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let status = is_them(&v, "old", &old, v.t("security-old-wrong")).await?;
    if v.has_problems() {
        return mine(&v, status).await;
    }
    let request = Request::MemberPassword {
        name: v.name.clone(),
        password: Secret::new(new.reveal().to_owned()),
    };
    if let Err(failure) = v.web.tell(request).await {
        v.failed(failure);
        return mine(&v, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    // All sessions have ended with the old password; this browser has shown that it knows it.
    let name = v.name.clone();
    let cookie = v.admit(&name).await?;
    let mut response = v.go(MINE, Some(Flash::good("security-changed")));
    if let Some(cookie) = cookie {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Whether that is their own password; else `wrong`, or how long to wait, stands beside the field. Asked for where a browser that somebody
/// left open must not give everything away.
pub(super) async fn is_them(
    v: &Member,
    field: &'static str,
    password: &Password,
    wrong: Text,
) -> Result<StatusCode, Refusal> {
    let admission = v
        .web
        .doorman()
        .admit_person(SERVICE, v.from, v.name.as_str(), password)
        .await;
    match admission {
        Admission::Welcome(_) => Ok(StatusCode::OK),
        Admission::Wrong => {
            v.problem_with(field, wrong);
            Ok(StatusCode::FORBIDDEN)
        }
        Admission::TryLater(wait) => {
            v.problem_with(
                field,
                v.t("login-later")
                    .with("wait", v.duration(wait.as_secs().max(1))),
            );
            Ok(StatusCode::TOO_MANY_REQUESTS)
        }
        Admission::Unavailable => Err(Refusal::unavailable()),
    }
}

#[derive(Deserialize)]
struct Which {
    id: i64,
}

async fn end_one(v: Member, Form(Which { id }): Form<Which>) -> Result<Response, Refusal> {
    let name = v.name.clone();
    let ended = v
        .web
        .with_sessions(move |sessions| sessions.revoke(id, Some(&name)));
    Ok(v.go(MINE, Some(told(ended.await?))))
}

async fn end_all(mut v: Member) -> Result<Response, Refusal> {
    let name = v.name.clone();
    v.web
        .with_sessions(move |sessions| sessions.revoke_all(Some(&name)))
        .await?;
    let cookies = v.part().await?;
    let mut response = v.go("/login", Some(Flash::good("security-ended-all")));
    for cookie in cookies {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}

fn told(ended: bool) -> Flash {
    match ended {
        true => Flash::good("security-ended"),
        false => Flash::bad("security-ended-before"),
    }
}

#[derive(Template)]
#[template(path = "admin-security.html", config = "web/askama.toml")]
struct Everybodys<'a> {
    v: &'a Visitor,
    rows: Vec<Row>,
    failures: Vec<FailedLogin>,
    /// How the home was claimed, in words.
    claimed: Option<String>,
}

async fn show_everybodys(v: Admin) -> Result<Response, Refusal> {
    let sessions = v.web.with_sessions(|sessions| sessions.list(None)).await?;
    Ok(v.show(Everybodys {
        v: &v,
        rows: rows(&v, sessions),
        failures: v.web.doorman().failures(),
        claimed: how_it_was_claimed(&v).await?,
    }))
}

async fn end_anybodys(v: Admin, Form(Which { id }): Form<Which>) -> Result<Response, Refusal> {
    let ended = v
        .web
        .with_sessions(move |sessions| sessions.revoke(id, None))
        .await?;
    Ok(v.go(EVERYBODYS, Some(told(ended))))
}

async fn end_everybodys(mut v: Admin) -> Result<Response, Refusal> {
    v.web
        .with_sessions(|sessions| sessions.revoke_all(None))
        .await?;
    let cookies = v.part().await?;
    let mut response = v.go("/login", Some(Flash::good("security-ended-all")));
    for cookie in cookies {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}

/// What a browser calls itself, in words that people know it by. A claim: anybody can say anything.
fn program(v: &Visitor, claim: &str) -> String {
    // The first that is found counts: browsers name others whom they resemble.
    let named = |names: &[(&str, &'static str)]| {
        let found = names.iter().find(|(sign, _)| claim.contains(sign));
        found.map(|(_, name)| *name)
    };
    let browser = named(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS", "Firefox"),
        ("CriOS", "Chrome"),
        ("Chromium", "Chromium"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = named(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Macintosh", "Mac"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser}, {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) if claim.is_empty() => v.t("security-program-unknown").to_string(),
        (None, None) => v.peer(claim.chars().take(40).collect::<String>()),
    }
}
