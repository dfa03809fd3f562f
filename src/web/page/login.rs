//! `/login`, `/logout`.
//!
//! A person's own password opens the page; a device password does not, because whoever finds a telephone should not have the
//! whole mailbox's settings with it.

use askama::Template;
use axum::Router;
use axum::http::header::{RETRY_AFTER, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;

use super::{SETUP, setup};
use crate::net::login::{Admission, Password};
use crate::web::visitor::{Flash, Form, Query, Refusal, Visitor, login_path, own_path, see_other};
use crate::web::{SERVICE, Web};

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

/// Whoever follows a link of another page or of a mail comes without the cookie (SameSite=Strict), logged in or not: they go on
/// from a page of ours, which brings it along.
#[derive(Template)]
#[template(path = "moment.html", config = "web/askama.toml")]
struct Moment<'a> {
    v: &'a Visitor,
    there: String,
}

async fn show(v: Visitor, Query(To { to }): Query<To>, headers: HeaderMap) -> Response {
    let to = own_path(&to);
    if headers
        .get("sec-fetch-site")
        .is_some_and(|site| site == "cross-site")
    {
        let there = login_path(to);
        return v.show(Moment { v: &v, there });
    }
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
            // Removed between the two: as if the name were wrong.
            let Some(cookie) = v.admit(&member).await? else {
                return Err(Refusal::forbidden("error-log-in"));
            };
            // A setup that a power cut ended goes on where it was.
            let to = match to {
                "/" if setup::is_unfinished(&v.web, &member).await? => SETUP,
                to => to,
            };
            let mut response = see_other(to);
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

async fn log_out(mut v: Visitor) -> Result<Response, Refusal> {
    let cookies = v.part().await?;
    let mut response = v.go("/login", Some(Flash::good("login-out")));
    for cookie in cookies {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}
