//! `/admin/log`: the last lines of the home's log.

use std::fmt::Write as _;

use askama::Template;
use axum::Router;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;

use crate::control::{Request, answer};
use crate::web::Web;
use crate::web::text::clean;
use crate::web::visitor::{Admin, Query, Refusal, Visitor};

/// Longest line that is shown, in characters: the log itself keeps no longer ones.
const MAX_LINE: usize = 1001;
/// So many are shown at first.
const FIRST: usize = 100;

/// The paths of this page.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/admin/log", get(show))
        .route("/admin/log.txt", get(download))
}

#[derive(Template)]
#[template(path = "admin-log.html", config = "web/askama.toml")]
struct Page<'a> {
    v: &'a Visitor,
    /// The newest first.
    lines: Vec<answer::LogLine>,
    chosen: Show,
    /// There are more than are shown.
    more: bool,
}

/// Which lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Show {
    #[default]
    Last,
    Problems,
    All,
}

#[derive(Default, Deserialize)]
struct Wanted {
    #[serde(default)]
    show: Show,
}

/// The newest first.
async fn lines(v: &Visitor) -> Result<Vec<answer::LogLine>, Refusal> {
    let mut lines: Vec<answer::LogLine> = v.web.ask(Request::Log { behind: 0 }).await?;
    lines.reverse();
    for line in &mut lines {
        line.text = clean(&line.text, MAX_LINE);
    }
    Ok(lines)
}

async fn show(v: Admin, Query(wanted): Query<Wanted>) -> Result<Response, Refusal> {
    let mut lines = lines(&v).await?;
    if wanted.show == Show::Problems {
        lines.retain(|line| line.severity != "info");
    }
    let more = wanted.show == Show::Last && lines.len() > FIRST;
    if more {
        lines.truncate(FIRST);
    }
    Ok(v.show(Page {
        v: &v,
        lines,
        chosen: wanted.show,
        more,
    }))
}

/// All of them as a file, for somebody who helps; the oldest first.
async fn download(v: Admin) -> Result<Response, Refusal> {
    let mut text = String::new();
    for line in lines(&v).await?.into_iter().rev() {
        let time = jiff::Timestamp::from_second(line.time).unwrap_or_default();
        // Writing to a string does not fail.
        let _ = writeln!(text, "{time} {} {}", line.severity, line.text);
    }
    let fields = [
        (CONTENT_TYPE, "text/plain; charset=utf-8"),
        (
            CONTENT_DISPOSITION,
            "attachment; filename=\"toxmail-log.txt\"",
        ),
    ];
    Ok((fields, text).into_response())
}
