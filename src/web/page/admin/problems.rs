//! `/admin/problems`: what is wrong and what to do, as thoroughly as `toxmaild doctor` looks: it asks other machines as well.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;

use crate::control::{Request, answer};
use crate::web::Web;
use crate::web::finding::{self, Told};
use crate::web::visitor::{Admin, Refusal, Visitor};

/// The paths of this page.
pub fn routes() -> Router<Web> {
    Router::new().route("/admin/problems", get(show))
}

#[derive(Template)]
#[template(path = "admin-problems.html", config = "web/askama.toml")]
struct Page<'a> {
    v: &'a Visitor,
    /// The worst first.
    findings: Vec<Told>,
}

async fn show(v: Admin) -> Result<Response, Refusal> {
    let found: Vec<answer::Problem> = v.web.ask(Request::Doctor).await?;
    let mut findings: Vec<Told> = found
        .iter()
        .map(|one| finding::told(v.reader(), one))
        .collect();
    findings.sort_by_key(|told| std::cmp::Reverse(told.severity));
    Ok(v.show(Page { v: &v, findings }))
}
