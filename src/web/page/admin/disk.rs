//! `/admin/disk`: another disk for a box's home: where it is now, what could be taken, and what has become of the last move.

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use super::at_desk;
use crate::appliance::disk::{self, CARD, Content, Desk, Disk, Fit, Phase, Place, Report, Seen};
use crate::journal;
use crate::web::Web;
use crate::web::visitor::{Admin, Flash, Form, Refusal, Visitor};

/// Where it is.
pub const PATH: &str = "/admin/disk";

/// The paths of this page.
pub fn routes() -> Router<Web> {
    Router::new().route(PATH, get(show).post(choose))
}

#[derive(Template)]
#[template(path = "admin-disk.html", config = "web/askama.toml")]
struct Page<'a> {
    v: &'a Visitor,
    on_disk: bool,
    report: Option<Told>,
    /// The last one is not done with yet.
    busy: bool,
    used: String,
    needs: String,
    disks: Vec<Shown>,
    /// The way back to the card, where there is one.
    card: Option<Shown>,
    /// The one that was chosen in a form with a mistake.
    chosen: String,
}

/// What has become of the last move, in words.
pub struct Told {
    /// How it looks.
    pub class: &'static str,
    /// The words.
    pub words: String,
    /// When that was.
    pub when: String,
    /// What the box says about it, in English.
    pub why: Option<String>,
    /// Bytes that are there, and of how many.
    progress: Option<(u64, u64)>,
}

/// A disk, in words.
struct Shown {
    id: String,
    name: String,
    size: String,
    content: String,
    /// Why it will not do.
    unfit: Option<String>,
}

/// How a phase looks, and its words.
const fn looks(phase: Phase) -> (&'static str, &'static str) {
    match phase {
        Phase::Preparing => ("slow", "disk-preparing"),
        Phase::Copying => ("slow", "disk-copying"),
        Phase::Finishing => ("slow", "disk-finishing"),
        Phase::Moved => ("good", "disk-moved"),
        Phase::Failed => ("bad", "disk-failed"),
        Phase::Interrupted => ("bad", "disk-interrupted"),
        Phase::Gone => ("bad", "disk-gone"),
        Phase::Small => ("bad", "disk-small"),
        Phase::Locked => ("bad", "disk-locked"),
        Phase::Busy => ("bad", "disk-busy"),
        Phase::Adopting => ("slow", "disk-adopting"),
        Phase::Adopted => ("good", "disk-adopted"),
        Phase::NoHome => ("bad", "disk-no-home"),
        Phase::Unusable => ("bad", "disk-unusable"),
        Phase::Left => ("bad", "disk-left"),
        Phase::Claimed => ("bad", "disk-claimed"),
    }
}

/// The words for a report.
pub fn told(v: &Visitor, report: Report) -> Told {
    let (class, key) = looks(report.phase);
    let to = match report.to.as_deref() {
        Some(CARD) => v.t("disk-the-card").to_string(),
        Some(name) => v.peer(name),
        None => v.t("disk-no-name").to_string(),
    };
    let words = v
        .t(key)
        .with("to", to)
        .with("done", v.size(report.done))
        .with("total", v.size(report.total));
    Told {
        class,
        words: words.to_string(),
        when: v.near(report.at),
        why: report.why.map(|why| v.peer_long(why)),
        progress: (report.phase == Phase::Copying && report.total > 0)
            .then_some((report.done, report.total)),
    }
}

fn shown(v: &Visitor, disk: Disk) -> Shown {
    let content = match disk.content {
        Content::Empty => "disk-is-empty",
        Content::Used => "disk-is-used",
        Content::Toxmail => "disk-is-toxmail",
        Content::Card => "disk-is-card",
    };
    let unfit = match disk.fit {
        Fit::Good => None,
        Fit::Small => Some("disk-too-small"),
        Fit::Locked => Some("disk-is-locked"),
    };
    Shown {
        name: match disk.model {
            Some(model) => v.peer(model),
            None => v.t("disk-no-name").to_string(),
        },
        size: v.size(disk.bytes),
        content: v.t(content).to_string(),
        unfit: unfit.map(|key| v.t(key).to_string()),
        id: disk.id,
    }
}

async fn page<'a>(v: &'a Admin, desk: &Desk, chosen: String) -> Result<Page<'a>, Refusal> {
    let found = at_desk(desk, |desk| {
        Ok((desk.is_waiting()?, desk.report()?, desk.seen()?))
    });
    let (waiting, report, seen) = found.await?.map_err(|e: std::io::Error| {
        journal::trouble("disk", &e);
        Refusal::trouble()
    })?;
    // What waits has nothing to do with the one before it.
    let report = report.filter(|_| !waiting);
    let busy = waiting || report.as_ref().is_some_and(|r| r.phase.is_under_way());
    // Before the box has looked there is nothing to choose.
    let seen = seen.unwrap_or(Seen {
        on: Place::Card,
        used: 0,
        needs: 0,
        disks: Vec::new(),
    });
    let (card, disks): (Vec<_>, Vec<_>) = seen.disks.into_iter().partition(|d| d.id == CARD);
    Ok(Page {
        v,
        on_disk: seen.on == Place::Disk,
        report: report.map(|report| told(v, report)),
        busy,
        used: v.size(seen.used),
        needs: v.size(seen.needs),
        disks: disks.into_iter().map(|disk| shown(v, disk)).collect(),
        card: card.into_iter().next().map(|disk| shown(v, disk)),
        chosen,
    })
}

async fn show(v: Admin) -> Result<Response, Refusal> {
    let desk = v.web.disks().ok_or_else(Refusal::not_found)?;
    let page = page(&v, desk, String::new()).await?;
    Ok(v.show(page))
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default)]
    disk: String,
    #[serde(default)]
    word: String,
}

async fn choose(v: Admin, Form(choice): Form<Choice>) -> Result<Response, Refusal> {
    let desk = v.web.disks().ok_or_else(Refusal::not_found)?;
    let Choice { disk, word } = choice;
    if disk.is_empty() {
        v.problem_with("disk", v.t("disk-none-chosen"));
    }
    // On the card there is nothing that anybody could miss.
    let sure = word.trim().to_lowercase() == v.t("disk-word").to_string();
    if disk != CARD && !sure {
        v.problem_with(
            "word",
            v.t("disk-word-wrong").with("word", v.t("disk-word")),
        );
    }
    if !v.has_problems() {
        let wanted = disk.clone();
        let words = match at_desk(desk, move |desk| desk.ask(&wanted)).await? {
            Ok(()) => return Ok(v.go(PATH, Some(Flash::good("disk-asked")))),
            Err(disk::Error::UnderWay) => "disk-under-way",
            Err(disk::Error::NoSuchDisk) => "disk-not-there",
            Err(disk::Error::Io(e)) => {
                journal::trouble("disk", &e);
                "disk-not-asked"
            }
        };
        v.problem_with("disk", v.t(words));
    }
    let page = page(&v, desk, disk).await?;
    Ok(v.show_with(StatusCode::UNPROCESSABLE_ENTITY, page))
}
