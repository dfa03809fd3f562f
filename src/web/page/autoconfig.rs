//! What a mail program finds out by itself from the address that was typed into it, over HTTP and HTTPS.

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;

use super::devices::of_home;
use crate::devices::autoconfig::{self, PATHS};
use crate::web::Web;
use crate::web::visitor::{Query, Refusal, Visitor};

/// The paths of this page.
pub fn routes() -> Router<Web> {
    let router = Router::new();
    PATHS
        .iter()
        .fold(router, |router, path| router.route(path, get(answer)))
}

#[derive(Default, Deserialize)]
struct Asked {
    emailaddress: Option<String>,
}

async fn answer(v: Visitor, Query(asked): Query<Asked>) -> Result<Response, Refusal> {
    // Where nobody lives nobody has a mailbox: a program that was told of one would only ask for a password again and again.
    if !v.claimed {
        return Err(Refusal::not_found());
    }
    let home = of_home(&v.web)?;
    let text = autoconfig::answer(&home, asked.emailaddress.as_deref());
    // The home serves no mail now: the program may guess, and asks again some day.
    let text = text.map_err(|_| Refusal::not_found())?;
    Ok(([(CONTENT_TYPE, autoconfig::CONTENT_TYPE)], text).into_response())
}
