//! `/admin/pairing`: how this home and others find each other.

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;

use super::settings::Settings;
use crate::config::Home;
use crate::control::{Failure, Request, Secret, answer};
use crate::devices::qr;
use crate::journal;
use crate::web::Web;
use crate::web::visitor::{Admin, Flash, Form, Refusal, Visitor};

const PATH: &str = "/admin/pairing";
const DAY: u64 = 24 * 3600;
/// How long an invitation can be good, in days.
const LASTS: [u64; 4] = [1, 7, 30, 90];
const USUAL: u64 = 7;
/// Longest link that is looked at, in bytes.
const MAX_LINK: usize = 2000;

/// The paths of these pages.
pub fn routes() -> Router<Web> {
    Router::new()
        .route(PATH, get(show))
        .route("/admin/pairing/invite", post(invite))
        .route("/admin/pairing/withdraw", post(withdraw))
        .route("/admin/pairing/accept", post(accept))
        .route("/admin/pairing/asked", post(choose_asked))
        .route("/admin/pairing/renew", get(ask_renewal).post(renew))
        .route("/admin/pairing/move", get(ask_move).post(announce))
        .route("/admin/pairing/move/withdraw", post(withdraw_move))
}

#[derive(Template)]
#[template(path = "admin-pairing.html", config = "web/askama.toml")]
struct Page<'a> {
    v: &'a Visitor,
    /// An invitation that was made just now: shown this once.
    made: Option<Made>,
    open: Vec<answer::Invitation>,
    /// Those of the last weeks that are not open any more, the newest first.
    past: Vec<answer::Invitation>,
    tox_id: String,
    people: Vec<Asked>,
    /// toxmail.toml says who is asked.
    asked_locked: bool,
    /// The key of the new box, if one is announced.
    moving_to: Option<String>,
    lasts: [u64; 4],
    usual: u64,
}

/// Somebody who can be asked about strangers.
struct Asked {
    name: String,
    shown: String,
    is_asked: bool,
}

async fn asked(v: &Visitor, settings: &Settings) -> Result<Vec<Asked>, Refusal> {
    let members: Vec<answer::Member> = v.web.ask(Request::MemberList).await?;
    let chosen: Vec<&str> = settings.value(Home::PAIRING).split(',').collect();
    let asked = |member: answer::Member| Asked {
        shown: v.peer(member.display.as_deref().unwrap_or(&member.name)),
        is_asked: chosen.contains(&member.name.as_str()),
        name: member.name,
    };
    Ok(members.into_iter().map(asked).collect())
}

struct Made {
    link: Secret,
    /// SVG; empty where the link is too long for one.
    qr: String,
    expires: i64,
}

async fn page<'a>(v: &'a Visitor, made: Option<Made>) -> Result<Page<'a>, Refusal> {
    let invitations: Vec<answer::Invitation> = v.web.ask(Request::InviteList).await?;
    let (open, mut past): (Vec<_>, Vec<_>) =
        invitations.into_iter().partition(|i| i.state == "open");
    past.reverse();
    let status: answer::Status = v.web.ask(Request::Status).await?;
    let settings = Settings::of(&v.web).await?;
    Ok(Page {
        v,
        people: asked(v, &settings).await?,
        asked_locked: settings.is_locked(Home::PAIRING),
        made,
        open,
        past,
        tox_id: status.tox_id.unwrap_or_default(),
        moving_to: moving_to(v).await?,
        lasts: LASTS,
        usual: USUAL,
    })
}

/// The key of the box that is announced in place of this one.
async fn moving_to(v: &Visitor) -> Result<Option<String>, Refusal> {
    let moves: Vec<answer::Move> = v.web.ask(Request::MoveList).await?;
    let own = moves.into_iter().find(|one| one.state == "announced");
    Ok(own.map(|own| own.new_key))
}

async fn show(v: Admin) -> Result<Response, Refusal> {
    let page = page(&v, None).await?;
    Ok(v.show(page))
}

/// The page with what the home said no to.
async fn refused(v: &Admin, failure: Failure) -> Result<Response, Refusal> {
    v.failed(failure);
    Ok(v.show_with(StatusCode::UNPROCESSABLE_ENTITY, page(v, None).await?))
}

#[derive(Deserialize)]
struct New {
    #[serde(default)]
    days: String,
}

async fn invite(v: Admin, Form(new): Form<New>) -> Result<Response, Refusal> {
    let days = new.days.parse().ok().filter(|days| LASTS.contains(days));
    let request = Request::Invite {
        expires_seconds: days.unwrap_or(USUAL) * DAY,
    };
    let made: answer::NewInvitation = match v.web.ask(request).await {
        Ok(made) => made,
        Err(failure) => return refused(&v, failure).await,
    };
    let title = v.t("pairing-qr").to_string();
    let qr = qr::svg(made.link.expose(), &title).unwrap_or_else(|e| {
        // The link is there all the same.
        journal::trouble("web", &e);
        String::new()
    });
    let made = Made {
        link: made.link,
        qr,
        expires: made.expires,
    };
    Ok(v.show(page(&v, Some(made)).await?))
}

#[derive(Deserialize)]
struct Which {
    id: i64,
}

async fn withdraw(v: Admin, Form(Which { id }): Form<Which>) -> Result<Response, Refusal> {
    match v.web.tell(Request::InviteWithdraw { id }).await {
        Ok(()) => Ok(v.go(PATH, Some(Flash::good("pairing-withdrawn")))),
        Err(failure) => refused(&v, failure).await,
    }
}

#[derive(Deserialize)]
struct Theirs {
    #[serde(default)]
    link: String,
}

async fn accept(v: Admin, Form(Theirs { link }): Form<Theirs>) -> Result<Response, Refusal> {
    let link = link.trim();
    if link.is_empty() || link.len() > MAX_LINK {
        v.problem_with("link", v.t("pairing-link-wrong"));
        return Ok(v.show_with(StatusCode::UNPROCESSABLE_ENTITY, page(&v, None).await?));
    }
    let request = Request::InviteAccept {
        link: Secret::new(link.to_owned()),
    };
    match v.web.ask::<answer::Contact>(request).await {
        Ok(contact) => {
            let flash = Flash::good("pairing-accepted").with("name", v.peer(&contact.display));
            Ok(v.go(PATH, Some(flash)))
        }
        Err(failure) => refused(&v, failure).await,
    }
}

#[derive(Deserialize)]
struct Chosen {
    #[serde(default)]
    who: Vec<String>,
}

async fn choose_asked(v: Admin, Form(Chosen { who }): Form<Chosen>) -> Result<Response, Refusal> {
    let settings = Settings::of(&v.web).await?;
    let mut names: Vec<String> = Vec::new();
    for person in asked(&v, &settings).await? {
        if who.contains(&person.name) {
            names.push(person.name);
        }
    }
    // Nobody chosen is the usual: the administrator.
    let names = Some(names.join(",")).filter(|names| !names.is_empty());
    let change = Request::SettingSet {
        key: Home::PAIRING.to_owned(),
        value: names,
    };
    match v.web.tell(change).await {
        Ok(()) => Ok(v.go(PATH, Some(Flash::good("settings-changed")))),
        Err(failure) => refused(&v, failure).await,
    }
}

// ---- another address for the same home

#[derive(Template)]
#[template(path = "admin-pairing-renew.html", config = "web/askama.toml")]
struct Renewal<'a> {
    v: &'a Visitor,
    open: usize,
}

async fn renewal(v: &Visitor) -> Result<Renewal<'_>, Refusal> {
    let invitations: Vec<answer::Invitation> = v.web.ask(Request::InviteList).await?;
    Ok(Renewal {
        v,
        open: invitations.iter().filter(|i| i.state == "open").count(),
    })
}

async fn ask_renewal(v: Admin) -> Result<Response, Refusal> {
    let page = renewal(&v).await?;
    Ok(v.show(page))
}

async fn renew(v: Admin) -> Result<Response, Refusal> {
    match v.web.ask::<answer::NewToxId>(Request::ToxIdRenew).await {
        Ok(_) => Ok(v.go(PATH, Some(Flash::good("pairing-renewed")))),
        Err(failure) => {
            v.failed(failure);
            Ok(v.show_with(StatusCode::UNPROCESSABLE_ENTITY, renewal(&v).await?))
        }
    }
}

// ---- another box for the same home

#[derive(Template)]
#[template(path = "admin-pairing-move.html", config = "web/askama.toml")]
struct Moving<'a> {
    v: &'a Visitor,
    /// As it was typed.
    tox_id: &'a str,
}

async fn ask_move(v: Admin) -> Response {
    v.show(Moving { v: &v, tox_id: "" })
}

#[derive(Deserialize)]
struct There {
    #[serde(default)]
    tox_id: String,
}

async fn announce(v: Admin, Form(there): Form<There>) -> Result<Response, Refusal> {
    let tox_id = there.tox_id.trim();
    if tox_id.len() != 76 || !tox_id.bytes().all(|b| b.is_ascii_hexdigit()) {
        v.problem_with("tox_id", v.t("pairing-move-wrong"));
    } else {
        let request = Request::MoveAnnounce {
            tox_id: tox_id.to_owned(),
        };
        match v.web.tell(request).await {
            Ok(()) => return Ok(v.go(PATH, Some(Flash::good("pairing-move-announced")))),
            Err(failure) => v.failed(failure),
        }
    }
    let page = Moving {
        v: &v,
        tox_id: &there.tox_id,
    };
    Ok(v.show_with(StatusCode::UNPROCESSABLE_ENTITY, page))
}

async fn withdraw_move(v: Admin) -> Result<Response, Refusal> {
    match v.web.tell(Request::MoveWithdraw).await {
        Ok(()) => Ok(v.go(PATH, Some(Flash::good("pairing-move-withdrawn")))),
        Err(failure) => refused(&v, failure).await,
    }
}
