//! `/me`: a member's own card, to show, to print, to pass on.

use askama::Template;
use axum::Router;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::devices::{of_home, person_for_others};
use crate::control::Failure;
use crate::devices::{card, qr};
use crate::web::Web;
use crate::web::visitor::{Member, Refusal, Visitor};

/// The paths of this page.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/me", get(show))
        .route("/me/card.vcf", get(vcard))
}

#[derive(Template)]
#[template(path = "me.html", config = "web/askama.toml")]
struct Page<'a> {
    v: &'a Visitor,
    name: String,
    home: String,
    /// The one that everybody can write to first.
    addresses: Vec<String>,
    tox: String,
    qr: String,
}

async fn show(v: Member) -> Result<Response, Refusal> {
    let (home, person) = (of_home(&v.web)?, person_for_others(&v).await?);
    let name = v.peer(person.title());
    let title = v.t("me-qr").with("name", &name).to_string();
    let text = card::vcard(&home, &person, crate::clock::wall_seconds());
    let qr = qr::svg(&text, &title).map_err(Failure::from)?;
    Ok(v.show(Page {
        v: &v,
        name,
        home: v.peer(home.title()),
        addresses: card::addresses(&home, &person),
        tox: home.tox.to_string(),
        qr,
    }))
}

async fn vcard(v: Member) -> Result<Response, Refusal> {
    let (home, person) = (of_home(&v.web)?, person_for_others(&v).await?);
    let text = card::vcard(&home, &person, crate::clock::wall_seconds());
    let file = format!("attachment; filename=\"{}.vcf\"", v.name);
    let fields = [
        (CONTENT_TYPE, "text/vcard; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, file),
    ];
    Ok((fields, text).into_response())
}
