//! `/login`, `/logout`.
//!
//! A person's own password opens the page; a device password does not, because whoever finds a telephone should not have the
//! whole mailbox's settings with it.

use std::time::Duration;

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::http::header::{RETRY_AFTER, SET_COOKIE};
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;

use crate::net::login::{Admission, Password};
use crate::web::session::{ABSOLUTE, Error};
use crate::web::visitor::{Flash, Form, Query, Refusal, Visitor, own_path, see_other};
use crate::web::{SERVICE, Web, guard};

/// The paths of this page.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/login", get(show).post(log_in))
        .route("/logout", post(log_out))
}

#[derive(Template)]
#[template(path = "login.html", config = "web/askama.toml")]
struct Page<'a> {
    v: &'a Visitor,
    name: &'a str,
    to: &'a str,
}

#[derive(Default, Deserialize)]
struct To {
    #[serde(default)]
    to: String,
}

async fn show(v: Visitor, Query(To { to }): Query<To>) -> Response {
    let to = own_path(&to);
    match v.who {
        Some(_) => see_other(to),
        None => v.show(Page {
            v: &v,
            name: "",
            to,
        }),
    }
}

#[derive(Deserialize)]
struct Login {
    name: String,
    password: String,
    #[serde(default)]
    to: String,
}

async fn log_in(mut v: Visitor, Form(login): Form<Login>) -> Result<Response, Refusal> {
    let Login { name, password, to } = login;
    let (password, name, to) = (
        Password::new(password),
        name.trim().to_owned(),
        own_path(&to),
    );
    let again = |v: &Visitor, status: StatusCode| v.show_with(status, Page { v, name: &name, to });
    match v
        .web
        .doorman()
        .admit_person(SERVICE, v.from, &name, &password)
        .await
    {
        Admission::Welcome(member) => {
            let (channel, from, program) = (v.channel, v.from, v.program.clone());
            // Whatever the browser had as a cookie ends: nobody can have planted what is good from now on.
            let old = v.who.is_some().then(|| v.cookie.to_string());
            let opened = v.web.with_sessions(move |sessions| {
                match sessions.open(&member, channel, from, &program, old.as_deref()) {
                    // Removed between the two: as if the name were wrong.
                    Err(Error::NoSuchMember(_)) => Ok(None),
                    opened => opened.map(Some),
                }
            });
            let Some(cookie) = opened.await? else {
                return Err(Refusal::forbidden("error-log-in"));
            };
            let mut response = see_other(to);
            let cookie = guard::cookie(channel.session_cookie(), &cookie, channel, ABSOLUTE);
            response.headers_mut().append(SET_COOKIE, cookie);
            Ok(response)
        }
        Admission::Wrong => {
            v.problem_with("password", v.t("login-wrong"));
            Ok(again(&v, StatusCode::FORBIDDEN))
        }
        Admission::TryLater(wait) => {
            let wait = wait.as_secs().max(1);
            v.problem_with(
                "password",
                v.t("login-later").with("wait", v.duration(wait)),
            );
            let mut response = again(&v, StatusCode::TOO_MANY_REQUESTS);
            response.headers_mut().insert(RETRY_AFTER, wait.into());
            Ok(response)
        }
        Admission::Unavailable => Err(Refusal::unavailable()),
    }
}

async fn log_out(v: Visitor) -> Result<Response, Refusal> {
    if v.who.is_some() {
        let cookie = v.cookie.to_string();
        v.web
            .with_sessions(move |sessions| sessions.close(&cookie))
            .await?;
    }
    let mut response = v.go("/login", Some(Flash::good("login-out")));
    let gone = guard::cookie(v.channel.session_cookie(), "", v.channel, Duration::ZERO);
    response.headers_mut().append(SET_COOKIE, gone);
    Ok(response)
}
