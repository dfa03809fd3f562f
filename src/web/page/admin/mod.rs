//! `/admin`: what the administrator looks after; one file a page.

mod backup;
mod disk;
mod home;
mod log;
mod members;
mod network;
mod pairing;
mod problems;
mod provider;
mod settings;
mod stick;
mod storage;
mod update;

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;

use crate::control::{Request, answer};
use crate::web::Web;
use crate::web::visitor::{Admin, Refusal, Visitor};

pub(super) use disk::{Told, told};
pub(super) use update::PATH as UPDATE;

/// Does something at a desk that the home shares with the box's scripts, where it may block.
pub(super) async fn at_desk<D: Clone + Send + 'static, T: Send + 'static>(
    desk: &D,
    deed: impl FnOnce(&D) -> T + Send + 'static,
) -> Result<T, Refusal> {
    let desk = desk.clone();
    let done = tokio::task::spawn_blocking(move || deed(&desk)).await;
    done.map_err(|_| Refusal::trouble())
}

/// The paths of these pages.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/admin", get(show))
        .merge(backup::routes())
        .merge(disk::routes())
        .merge(home::routes())
        .merge(log::routes())
        .merge(members::routes())
        .merge(network::routes())
        .merge(pairing::routes())
        .merge(problems::routes())
        .merge(provider::routes())
        .merge(stick::routes())
        .merge(storage::routes())
        .merge(update::routes())
}

#[derive(Template)]
#[template(path = "admin.html", config = "web/askama.toml")]
struct Page<'a> {
    v: &'a Visitor,
    version: String,
    /// It is a box, which can be brought another version.
    updates: bool,
    /// It is a box, whose network is chosen here.
    network: bool,
}

async fn show(v: Admin) -> Result<Response, Refusal> {
    let status: answer::Status = v.web.ask(Request::Status).await?;
    Ok(v.show(Page {
        v: &v,
        version: status.version,
        updates: v.web.updates().is_some(),
        network: v.web.network().is_some(),
    }))
}
