//! `/me/requests`: strangers who would like to write, and homes that say that they have a new box; for those who are asked about it
//! (`[home] pairing`, else the administrator).
//!
//! What others say stands there as theirs, shortened.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;

use crate::control::{Request, answer};
use crate::mail::address::PeerKey;
use crate::web::Web;
use crate::web::visitor::{Flash, Form, Member, Query, Refusal, Visitor};

pub(super) const LIST: &str = "/me/requests";
/// Requests that are shown; the others come when some of these are answered.
const MOST: usize = 50;

/// The paths of this page.
pub fn routes() -> Router<Web> {
    Router::new()
        .route(LIST, get(list))
        .route("/me/requests/accept", post(accept))
        .route("/me/requests/refuse", post(refuse))
        .route("/me/requests/block", get(ask_block).post(block))
        .route("/me/requests/move", post(moved))
}

/// Whether this member decides about strangers, claims and moves.
pub(super) async fn is_asked(v: &Member) -> Result<bool, Refusal> {
    let status: answer::Status = v.web.ask(Request::Status).await?;
    Ok(status.asked.iter().any(|name| name == v.name.as_str()))
}

async fn check(v: &Member) -> Result<(), Refusal> {
    match is_asked(v).await? {
        true => Ok(()),
        false => Err(Refusal::forbidden("requests-not-asked")),
    }
}

struct Row {
    key: String,
    /// The beginning of the key, to tell two of the same words apart.
    short: String,
    message: String,
    received: i64,
}

fn row(v: &Visitor, request: answer::ContactRequest) -> Row {
    Row {
        short: request.key.chars().take(8).collect(),
        message: v.peer(&request.message),
        received: request.received,
        key: request.key,
    }
}

struct Move {
    /// Names it for the answer.
    name: String,
    shown: String,
    words: String,
    digits: String,
    announced: Option<i64>,
}

#[derive(Template)]
#[template(path = "requests.html", config = "web/askama.toml")]
struct Page<'a> {
    v: &'a Visitor,
    rows: Vec<Row>,
    more: usize,
    moves: Vec<Move>,
}

async fn list(v: Member) -> Result<Response, Refusal> {
    check(&v).await?;
    let requests: Vec<answer::ContactRequest> = v.web.ask(Request::ContactRequests).await?;
    let more = requests.len().saturating_sub(MOST);
    let rows = requests
        .into_iter()
        .take(MOST)
        .map(|request| row(&v, request));
    let moves: Vec<answer::Move> = v.web.ask(Request::MoveList).await?;
    let moves = moves.into_iter().filter(|one| one.state == "open");
    let moves = moves.filter_map(|one| {
        let name = one.name?;
        Some(Move {
            shown: v.peer(format!("{name}@tox")),
            name,
            words: one.words.unwrap_or_default(),
            digits: one.digits.unwrap_or_default(),
            announced: one.announced,
        })
    });
    Ok(v.show(Page {
        v: &v,
        rows: rows.collect(),
        more,
        moves: moves.collect(),
    }))
}

#[derive(Default, Deserialize)]
struct Who {
    #[serde(default)]
    key: String,
}

/// Somebody who asks now.
async fn asking(v: &Member, key: &str) -> Result<(PeerKey, answer::ContactRequest), Refusal> {
    check(v).await?;
    let requests: Vec<answer::ContactRequest> = v.web.ask(Request::ContactRequests).await?;
    let found = requests.into_iter().find(|request| request.key == key);
    let found = found.ok_or_else(Refusal::not_found)?;
    let key = found.key.parse().map_err(|_| Refusal::not_found())?;
    Ok((key, found))
}

async fn accept(v: Member, Form(Who { key }): Form<Who>) -> Result<Response, Refusal> {
    let (key, _) = asking(&v, &key).await?;
    v.web.tell(Request::ContactAccept { key }).await?;
    Ok(v.go(LIST, Some(Flash::good("requests-accepted"))))
}

async fn refuse(v: Member, Form(Who { key }): Form<Who>) -> Result<Response, Refusal> {
    let (key, _) = asking(&v, &key).await?;
    v.web.tell(Request::ContactRefuse { key }).await?;
    Ok(v.go(LIST, Some(Flash::good("requests-refused"))))
}

#[derive(Template)]
#[template(path = "request-block.html", config = "web/askama.toml")]
struct Block<'a> {
    v: &'a Visitor,
    row: Row,
}

async fn ask_block(v: Member, Query(Who { key }): Query<Who>) -> Result<Response, Refusal> {
    let (_, request) = asking(&v, &key).await?;
    let row = row(&v, request);
    Ok(v.show(Block { v: &v, row }))
}

async fn block(v: Member, Form(Who { key }): Form<Who>) -> Result<Response, Refusal> {
    let (key, _) = asking(&v, &key).await?;
    let name = key.to_string();
    v.web.tell(Request::ContactBlock { name }).await?;
    Ok(v.go(LIST, Some(Flash::good("requests-blocked"))))
}

#[derive(Deserialize)]
struct Moved {
    name: String,
    word: Word,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Word {
    Confirm,
    Refuse,
}

async fn moved(v: Member, Form(Moved { name, word }): Form<Moved>) -> Result<Response, Refusal> {
    check(&v).await?;
    let moves: Vec<answer::Move> = v.web.ask(Request::MoveList).await?;
    let is_it = |one: &answer::Move| one.state == "open" && one.name.as_deref() == Some(&name);
    if !moves.iter().any(is_it) {
        return Err(Refusal::not_found());
    }
    let told = match word {
        Word::Confirm => {
            v.web.tell(Request::MoveConfirm { name }).await?;
            Flash::good("requests-moved")
        }
        Word::Refuse => {
            v.web.tell(Request::MoveRefuse { name }).await?;
            Flash::good("requests-not-moved")
        }
    };
    Ok(v.go(LIST, Some(told)))
}
