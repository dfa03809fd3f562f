//! `/setup/disk`: a box whose card died, and whose letters lie on a disk of their own, goes on with them from a new card. It is a claim like the
//! others: with the same code, or in the same half hour. The box's script does it ([`crate::appliance::disk`]), and looks once more that nobody
//! lives here; until it starts anew, nothing has changed, and somebody may still move in.

use askama::Template;
use axum::Router;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use super::{Outlook, declined, instead, judged, may_ask, outlook};
use crate::appliance::disk::{self, Desk, Disk};
use crate::journal;
use crate::web::Web;
use crate::web::claim::{Decision, Judgement};
use crate::web::page::SETUP;
use crate::web::page::admin::{Told, at_desk, told};
use crate::web::visitor::{Form, Refusal, Visitor, see_other};

/// Where it is.
pub const PATH: &str = "/setup/disk";

/// The paths of this page.
pub fn routes() -> Router<Web> {
    Router::new().route(PATH, get(show).post(adopt))
}

#[derive(Template)]
#[template(path = "setup-disk.html", config = "web/askama.toml")]
struct Page<'a> {
    v: &'a Visitor,
    outlook: Outlook,
    report: Option<Told>,
    /// The last one is not done with yet.
    busy: bool,
    disks: Vec<Shown>,
    /// The one that was chosen in a form with a mistake.
    chosen: String,
}

/// A disk, in words.
struct Shown {
    id: String,
    words: String,
}

fn shown(v: &Visitor, disk: Disk) -> Shown {
    let name = match disk.model {
        Some(model) => v.peer(model),
        None => v.t("disk-no-name").to_string(),
    };
    let size = v.size(disk.bytes);
    let words = match disk.written {
        Some(at) => v
            .t("adopt-choice")
            .with("name", name)
            .with("size", size)
            .with("when", v.moment(at)),
        None => v
            .t("adopt-choice-no-time")
            .with("name", name)
            .with("size", size),
    };
    Shown {
        id: disk.id,
        words: words.to_string(),
    }
}

fn trouble(e: std::io::Error) -> Refusal {
    journal::trouble("disk", &e);
    Refusal::trouble()
}

/// Whether a disk is plugged in that may hold a home.
pub(super) async fn is_offered(v: &Visitor) -> Result<bool, Refusal> {
    let Some(desk) = v.web.disks() else {
        return Ok(false);
    };
    let seen = at_desk(desk, Desk::seen).await?.map_err(trouble)?;
    Ok(seen.is_some_and(|seen| seen.homes().next().is_some()))
}

async fn page<'a>(v: &'a Visitor, desk: &Desk, chosen: String) -> Result<Page<'a>, Refusal> {
    let found = at_desk(desk, |desk| {
        Ok((desk.is_waiting()?, desk.report()?, desk.seen()?))
    });
    let (waiting, report, seen) = found.await?.map_err(trouble)?;
    // What waits has nothing to do with the one before it.
    let report = report.filter(|_| !waiting);
    let homes = seen.into_iter().flat_map(disk::Seen::homes);
    Ok(Page {
        v,
        outlook: outlook(v).await?,
        busy: waiting || report.as_ref().is_some_and(|r| r.phase.is_under_way()),
        report: report.map(|report| told(v, report)),
        disks: homes.map(|disk| shown(v, disk)).collect(),
        chosen,
    })
}

async fn show(v: Visitor, headers: HeaderMap) -> Result<Response, Refusal> {
    let desk = v.web.disks().ok_or_else(Refusal::not_found)?;
    if v.claimed || !may_ask(&v, &headers) {
        return Ok(see_other(SETUP));
    }
    let page = page(&v, desk, String::new()).await?;
    Ok(v.show(page))
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default)]
    disk: String,
    #[serde(default)]
    code: String,
    /// `yes`: no other box has that home.
    #[serde(default)]
    alone: String,
}

async fn adopt(
    v: Visitor,
    headers: HeaderMap,
    Form(choice): Form<Choice>,
) -> Result<Response, Refusal> {
    let desk = v.web.disks().ok_or_else(Refusal::not_found)?;
    if let Some(instead) = instead(&v, &headers)? {
        return Ok(instead);
    }
    let Choice { disk, code, alone } = choice;
    if disk.is_empty() {
        v.problem_with("disk", v.t("disk-none-chosen"));
    }
    if alone != "yes" {
        v.problem_with("alone", v.t("adopt-alone-missing"));
    }
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    let mut wait = None;
    if !v.has_problems() {
        // Who moves in at this moment is done with it first.
        let (_turn, judged) = judged(&v, &code).await?;
        match judged {
            Judgement::Decided(Decision::Yes) => {
                let wanted = disk.clone();
                let words = match at_desk(desk, move |desk| desk.adopt(&wanted)).await? {
                    Ok(()) => return Ok(see_other(PATH)),
                    Err(disk::Error::UnderWay) => "disk-under-way",
                    Err(disk::Error::NoSuchDisk) => "disk-not-there",
                    Err(disk::Error::Io(e)) => {
                        journal::trouble("disk", &e);
                        "disk-not-asked"
                    }
                };
                v.problem_with("disk", v.t(words));
            }
            Judgement::Decided(Decision::Claimed) => return Ok(super::home::quicker(&v)),
            judged => (status, wait) = declined(&v, &judged),
        }
    }
    let page = page(&v, desk, disk).await?;
    let mut response = v.show_with(status, page);
    if let Some(seconds) = wait {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    Ok(response)
}
