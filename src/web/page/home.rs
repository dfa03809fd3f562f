//! `/`: is everything all right?

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;

use crate::control::{Request, answer};
use crate::web::Web;
use crate::web::visitor::{Member, Refusal, Visitor};

/// The paths of this page.
pub fn routes() -> Router<Web> {
    Router::new().route("/", get(show))
}

#[derive(Template)]
#[template(path = "home.html", config = "web/askama.toml")]
struct Page<'a> {
    v: &'a Visitor,
    name: String,
    status: answer::Status,
    address: Option<String>,
}

async fn show(v: Member) -> Result<Response, Refusal> {
    let status: answer::Status = v.web.ask(Request::Status).await?;
    let address = status
        .address_suffix
        .as_ref()
        .map(|suffix| format!("{}{suffix}", v.name));
    let name = v
        .who
        .as_ref()
        .map(|who| v.peer(&who.display))
        .unwrap_or_default();
    Ok(v.show(Page {
        v: &v,
        name,
        status,
        address,
    }))
}
