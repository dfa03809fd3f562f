//! `/setup`: a home that nobody lives in yet.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;

use super::SETUP;
use crate::web::Web;
use crate::web::visitor::{Visitor, see_other};

/// The paths of this page.
pub fn routes() -> Router<Web> {
    Router::new().route(SETUP, get(show))
}

#[derive(Template)]
#[template(path = "setup.html", config = "web/askama.toml")]
struct Page<'a> {
    v: &'a Visitor,
}

async fn show(v: Visitor) -> Response {
    match v.claimed {
        true => see_other("/"),
        false => v.show(Page { v: &v }),
    }
}
