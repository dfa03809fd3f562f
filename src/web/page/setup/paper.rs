//! `/setup/paper`: "I have only the sheet of paper". The home at that Tox address begins anew: nobody lives there yet, and the setup page goes on
//! with whoever moves in. It is a claim like the other: with the same code, or in the same half hour.

use askama::Template;
use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use super::restore::starts_again;
use super::{Outlook, declined, instead_of_bringing, judged, may_ask, outlook};
use crate::cause::Cause;
use crate::control::Failure;
use crate::net::login::Password;
use crate::web::Web;
use crate::web::claim::{Decision, Judgement};
use crate::web::page::SETUP;
use crate::web::visitor::{Form, Refusal, Visitor, see_other};

const PATH: &str = "/setup/paper";

/// The paths of this page.
pub fn routes() -> Router<Web> {
    Router::new().route(PATH, get(show).post(take))
}

#[derive(Template)]
#[template(path = "setup-paper.html", config = "web/askama.toml")]
struct Page<'a> {
    v: &'a Visitor,
    outlook: Outlook,
    /// What was typed, to be mended.
    text: String,
}

#[derive(Template)]
#[template(path = "setup-paper-taken.html", config = "web/askama.toml")]
struct Taken<'a> {
    v: &'a Visitor,
    words: String,
    link: Option<String>,
}

#[derive(Deserialize)]
struct Sheet {
    #[serde(default)]
    code: String,
    #[serde(default)]
    passphrase: String,
    #[serde(default)]
    text: String,
}

async fn show(v: Visitor, headers: HeaderMap) -> Result<Response, Refusal> {
    if v.claimed || !v.web.claims().can_restore() || !may_ask(&v, &headers) {
        return Ok(see_other(SETUP));
    }
    page(&v, StatusCode::OK, String::new()).await
}

async fn page(v: &Visitor, status: StatusCode, text: String) -> Result<Response, Refusal> {
    let outlook = outlook(v).await?;
    Ok(v.show_with(status, Page { v, outlook, text }))
}

async fn take(
    v: Visitor,
    headers: HeaderMap,
    Form(sheet): Form<Sheet>,
) -> Result<Response, Refusal> {
    if let Some(instead) = instead_of_bringing(&v, &headers)? {
        return Ok(instead);
    }
    let (code, passphrase) = (Password::new(sheet.code), Password::new(sheet.passphrase));
    let (turn, judged) = judged(&v, code.reveal()).await?;
    let web = v.web.clone();
    let status = match judged {
        Judgement::Decided(Decision::Yes) => {
            let text = sheet.text.clone();
            let taking = tokio::task::spawn_blocking(move || {
                let words = web.claims().take_paper(&text, passphrase.reveal())?;
                starts_again(&web, turn);
                Ok::<_, Failure>(words)
            });
            match taking.await.map_err(|_| Refusal::trouble())? {
                Ok(words) => {
                    let (v, link) = (&v, v.https_link(SETUP));
                    return Ok(v.show(Taken { v, words, link }));
                }
                Err(failure) if failure.cause == Cause::BackupDamaged => {
                    v.problem_with("text", v.t("paper-wrong"));
                }
                Err(failure) => v.failed(failure),
            }
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Judgement::Decided(Decision::Claimed) => return Ok(super::home::quicker(&v)),
        judged => declined(&v, &judged).0,
    };
    page(&v, status, sheet.text).await
}
