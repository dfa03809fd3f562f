//! What plain HTTP says in a home where somebody lives: the way to HTTPS, and the browser's one warning on it. And the home's
//! authority, for devices that shall trust it.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::web::Web;
use crate::web::visitor::Visitor;

/// The paths of this page.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/ca.pem", get(pem))
        .route("/ca.crt", get(der))
}

#[derive(Template)]
#[template(path = "plain.html", config = "web/askama.toml")]
struct Page<'a> {
    v: &'a Visitor,
    link: Option<String>,
    fingerprint: String,
    ca_fingerprint: String,
}

/// The page for whoever comes without TLS, whatever they asked for.
pub fn explain(v: &Visitor) -> Response {
    v.show(Page {
        v,
        link: v.https_link(&v.path),
        fingerprint: v.web.tls().server_fingerprint(),
        ca_fingerprint: v.web.tls().ca_fingerprint(),
    })
}

/// The kind that makes a device offer to trust it.
const CA_KIND: &str = "application/x-x509-ca-cert";

async fn pem(State(web): State<Web>) -> Response {
    let fields = [
        (CONTENT_TYPE, CA_KIND),
        (
            CONTENT_DISPOSITION,
            "attachment; filename=\"toxmail-ca.pem\"",
        ),
    ];
    (fields, web.tls().ca_pem()).into_response()
}

async fn der(State(web): State<Web>) -> Response {
    let fields = [
        (CONTENT_TYPE, CA_KIND),
        (
            CONTENT_DISPOSITION,
            "attachment; filename=\"toxmail-ca.crt\"",
        ),
    ];
    (fields, web.tls().ca_der().to_vec()).into_response()
}
