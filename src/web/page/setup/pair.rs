//! `/setup/pair`: another home that has Toxmail.

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;

use super::unless_finished;
use crate::control::{Request, Secret, answer};
use crate::devices::qr;
use crate::journal;
use crate::web::Web;
use crate::web::claim::Step;
use crate::web::visitor::{Admin, Flash, Form, Refusal, Visitor};

const PATH: &str = Step::Pair.path();
/// How long an invitation of the setup is good: a week, until the other family has found the time.
const EXPIRES: u64 = 7 * 24 * 3600;
/// Longest link that is looked at, in bytes.
const MAX_LINK: usize = 2000;

/// The paths of this page.
pub fn routes() -> Router<Web> {
    Router::new()
        .route(PATH, get(show))
        .route("/setup/pair/invite", post(invite))
        .route("/setup/pair/accept", post(accept))
}

#[derive(Template)]
#[template(path = "setup-pair.html", config = "web/askama.toml")]
struct Page<'a> {
    v: &'a Visitor,
    /// Homes that are known already.
    homes: Vec<answer::Contact>,
    /// An invitation that was made just now: shown this once.
    invitation: Option<Invitation>,
}

struct Invitation {
    link: Secret,
    qr: String,
    expires: i64,
}

async fn page(
    v: &Visitor,
    status: StatusCode,
    invitation: Option<Invitation>,
) -> Result<Response, Refusal> {
    let contacts: Vec<answer::Contact> = v.web.ask(Request::ContactList).await?;
    let homes = contacts.into_iter().filter(|c| c.key.is_some()).collect();
    Ok(v.show_with(
        status,
        Page {
            v,
            homes,
            invitation,
        },
    ))
}

async fn show(v: Admin) -> Result<Response, Refusal> {
    if let Some(elsewhere) = unless_finished(&v).await? {
        return Ok(elsewhere);
    }
    page(&v, StatusCode::OK, None).await
}

async fn invite(v: Admin) -> Result<Response, Refusal> {
    if let Some(elsewhere) = unless_finished(&v).await? {
        return Ok(elsewhere);
    }
    let made: Result<answer::NewInvitation, _> = v
        .web
        .ask(Request::Invite {
            expires_seconds: EXPIRES,
        })
        .await;
    let made = match made {
        Ok(made) => made,
        Err(failure) => {
            v.failed(failure);
            return page(&v, StatusCode::UNPROCESSABLE_ENTITY, None).await;
        }
    };
    let title = v.t("setup-pair-qr").to_string();
    let qr = qr::svg(made.link.expose(), &title).unwrap_or_else(|e| {
        // The link is there all the same.
        journal::trouble("setup", &e);
        String::new()
    });
    let invitation = Invitation {
        link: made.link,
        qr,
        expires: made.expires,
    };
    page(&v, StatusCode::OK, Some(invitation)).await
}

#[derive(Deserialize)]
struct Theirs {
    #[serde(default)]
    link: String,
}

async fn accept(v: Admin, Form(Theirs { link }): Form<Theirs>) -> Result<Response, Refusal> {
    if let Some(elsewhere) = unless_finished(&v).await? {
        return Ok(elsewhere);
    }
    let link = link.trim();
    if link.is_empty() || link.len() > MAX_LINK {
        v.problem_with("link", v.t("setup-pair-link-wrong"));
        return page(&v, StatusCode::UNPROCESSABLE_ENTITY, None).await;
    }
    let accepted: Result<answer::Contact, _> = v
        .web
        .ask(Request::InviteAccept {
            link: Secret::new(link.to_owned()),
        })
        .await;
    match accepted {
        Ok(contact) => {
            let flash = Flash::good("setup-pair-accepted").with("name", v.peer(&contact.display));
            Ok(v.go(PATH, Some(flash)))
        }
        Err(failure) => {
            v.failed(failure);
            page(&v, StatusCode::UNPROCESSABLE_ENTITY, None).await
        }
    }
}
