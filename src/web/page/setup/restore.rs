//! `/setup/restore`: "I have a backup". The file goes from the browser, or from a USB stick, into the unpacking as it comes; the home starts again
//! as the one that it was. It is a claim like the other: with the same code, or in the same half hour.

use std::io::{self, Read};
use std::path::PathBuf;
use std::time::Duration;

use askama::Template;
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;
use tokio::sync::{OwnedMutexGuard, mpsc};

use super::{Outlook, declined, instead_of_bringing, judged, may_ask, outlook};
use crate::appliance::backup::rotation::{self, Archive};
use crate::appliance::stick::{self, Desk, Fit, Opened, Purpose, Stick};
use crate::control::Failure;
use crate::journal;
use crate::net::login::Password;
use crate::web::Web;
use crate::web::claim::{Decision, Judgement, Settings};
use crate::web::page::SETUP;
use crate::web::page::admin::at_desk;
use crate::web::upload::{File, Upload};
use crate::web::visitor::{Form, Refusal, Visitor, see_other};

/// Where the file is sent.
pub const PATH: &str = "/setup/restore";
/// Longest code and passphrase that are read, in bytes.
const MAX_TEXT: usize = 4096;
/// Pieces on their way to the unpacking.
const PIECES: usize = 8;
/// The answer is out, and then the home starts again.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// The paths of this page.
pub fn routes() -> Router<Web> {
    Router::new()
        .route(PATH, get(show).post(restore))
        .route("/setup/restore/stick", post(from_stick))
}

#[derive(Template)]
#[template(path = "setup-restore.html", config = "web/askama.toml")]
struct Page<'a> {
    v: &'a Visitor,
    outlook: Outlook,
    /// Sticks that are plugged in: UUID and words.
    sticks: Vec<(String, String)>,
    /// The one that was chosen, and the backups on it: the newest first, by name and in words.
    chosen: String,
    archives: Vec<(String, String)>,
    archive: String,
}

#[derive(Template)]
#[template(path = "setup-restored.html", config = "web/askama.toml")]
struct Restored<'a> {
    v: &'a Visitor,
    settings: Settings,
    link: Option<String>,
}

async fn show(v: Visitor, headers: HeaderMap) -> Result<Response, Refusal> {
    if v.claimed || !v.web.claims().can_restore() || !may_ask(&v, &headers) {
        return Ok(see_other(SETUP));
    }
    page(&v, StatusCode::OK, Found::default()).await
}

async fn page(v: &Visitor, status: StatusCode, found: Found) -> Result<Response, Refusal> {
    let sticks = match v.web.sticks() {
        Some(desk) => at_desk(desk, Desk::sticks).await?.unwrap_or_default(),
        None => Vec::new(),
    };
    let sticks = sticks.into_iter().filter(|stick| stick.fit != Fit::Unknown);
    let words = |stick: Stick| {
        let name = match stick.model {
            Some(model) => v.peer(model),
            None => v.t("stick-no-name").to_string(),
        };
        let words = v
            .t("stick-choice")
            .with("name", name)
            .with("size", v.size(stick.bytes))
            .to_string();
        (stick.uuid, words)
    };
    let archives = found.archives.into_iter().map(|archive| {
        let words = v
            .t("restore-stick-choice")
            .with("name", v.peer(&archive.name))
            .with("size", v.size(archive.bytes))
            .to_string();
        (archive.name, words)
    });
    let page = Page {
        v,
        outlook: outlook(v).await?,
        sticks: sticks.map(words).collect(),
        chosen: found.stick,
        archives: archives.collect(),
        archive: found.archive,
    };
    Ok(v.show_with(status, page))
}

// ---- from a stick

/// What lies on a stick, for a page that asks once more.
#[derive(Default)]
struct Found {
    stick: String,
    archives: Vec<Archive>,
    /// The name of the one that was asked for.
    archive: String,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default)]
    code: String,
    #[serde(default)]
    passphrase: String,
    #[serde(default)]
    stick: String,
    /// Its name on the stick; the newest without one.
    #[serde(default)]
    archive: String,
}

async fn from_stick(
    v: Visitor,
    headers: HeaderMap,
    Form(choice): Form<Choice>,
) -> Result<Response, Refusal> {
    let desk = v.web.sticks().ok_or_else(Refusal::not_found)?.clone();
    if let Some(instead) = instead_of_bringing(&v, &headers)? {
        return Ok(instead);
    }
    let (code, passphrase) = (Password::new(choice.code), Password::new(choice.passphrase));
    let mut found = Found {
        stick: choice.stick,
        archives: Vec::new(),
        archive: choice.archive,
    };
    let (turn, judged) = judged(&v, code.reveal()).await?;
    let web = v.web.clone();
    let status = match judged {
        Judgement::Decided(Decision::Yes) => {
            let (uuid, wanted) = (found.stick.clone(), found.archive.clone());
            let looking = tokio::task::spawn_blocking(move || {
                let opened = desk.open(&uuid, Purpose::Read);
                let opened = opened.map_err(|e| (No::Stick(e), Vec::new()))?;
                let all = on(&opened).map_err(|e| (No::Stick(e.into()), Vec::new()))?;
                let one = all
                    .iter()
                    .find(|(_, a)| wanted.is_empty() || a.name == wanted);
                let one = one.map(|(folder, archive)| folder.join(&archive.name));
                let archives = all.into_iter().map(|(_, archive)| archive).collect();
                let Some(one) = one else {
                    return Err((No::Empty, archives));
                };
                let file = match std::fs::File::open(one) {
                    Ok(file) => file,
                    Err(e) => return Err((No::Stick(e.into()), archives)),
                };
                settle(&web, &mut io::BufReader::new(file), &passphrase, turn)
                    .map_err(|failure| (No::Backup(failure), archives))
            });
            match looking.await.map_err(|_| Refusal::trouble())? {
                Ok(settings) => {
                    let (v, link) = (&v, v.https_link("/"));
                    return Ok(v.show(Restored { v, settings, link }));
                }
                Err((no, archives)) => {
                    found.archives = archives;
                    match no {
                        No::Backup(failure) => v.failed(failure),
                        No::Empty => v.problem_with("stick", v.t("restore-stick-empty")),
                        No::Stick(e) => {
                            journal::trouble("stick", &e);
                            let why = match e {
                                stick::Error::Gone => "stick-none-chosen",
                                stick::Error::Twins => "stick-why-twins",
                                stick::Error::Silent | stick::Error::Busy => "stick-silent",
                                _ => "stick-unreadable",
                            };
                            v.problem_with("stick", v.t(why));
                        }
                    }
                }
            }
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Judgement::Decided(Decision::Claimed) => return Ok(super::home::quicker(&v)),
        judged => declined(&v, &judged).0,
    };
    page(&v, status, found).await
}

/// Why nothing came of it.
enum No {
    Stick(stick::Error),
    /// There is no such backup on it.
    Empty,
    Backup(Failure),
}

/// The backups on a stick, the newest first, and in which folder: the box's own, and where somebody has copied one to.
fn on(opened: &Opened) -> io::Result<Vec<(PathBuf, Archive)>> {
    let mut all = Vec::new();
    let mut trouble = None;
    for folder in [opened.folder(), opened.root()] {
        let found = match rotation::archives(&folder, None) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(e) => {
                trouble = Some(e);
                Vec::new()
            }
            Ok(found) => found,
        };
        all.extend(
            found
                .into_iter()
                .rev()
                .map(|archive| (folder.clone(), archive)),
        );
    }
    match trouble {
        Some(e) if all.is_empty() => Err(e),
        _ => Ok(all),
    }
}

/// Unpacks a backup. The end is made where the work is done: a browser that goes away behind its last byte must not leave a home that is ready
/// to be replaced and lets somebody move in all the same.
fn settle(
    web: &Web,
    backup: &mut dyn Read,
    passphrase: &Password,
    turn: OwnedMutexGuard<()>,
) -> Result<Settings, Failure> {
    let settings = web.claims().restore(backup, passphrase.reveal())?;
    starts_again(web, turn);
    Ok(settings)
}

/// Another home is ready: nobody moves into this one any more, and it starts again as that one.
pub(super) fn starts_again(web: &Web, turn: OwnedMutexGuard<()>) {
    web.claims().close();
    drop(turn);
    let web = web.clone();
    tokio::runtime::Handle::current().spawn(async move {
        tokio::time::sleep(LAST_WORDS).await;
        web.claims().restart();
    });
}

// ---- from the browser

async fn restore(v: Visitor, headers: HeaderMap, mut upload: Upload) -> Result<Response, Refusal> {
    if let Some(instead) = instead_of_bringing(&v, &headers)? {
        return Ok(instead);
    }
    let code = Password::new(upload.text("code", MAX_TEXT).await?);
    let passphrase = Password::new(upload.text("passphrase", MAX_TEXT).await?);
    let mut file = upload.file("file", u64::MAX).await?;
    let (turn, judged) = judged(&v, code.reveal()).await?;
    let status = match judged {
        // The turn goes along with the unpacking; in all other cases it ends before the file is read away.
        Judgement::Decided(Decision::Yes) => {
            if let Some(settings) = unpack(&v, &mut file, passphrase, turn).await? {
                let (v, link) = (&v, v.https_link("/"));
                return Ok(v.show(Restored { v, settings, link }));
            }
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Judgement::Decided(Decision::Claimed) => {
            drop(turn);
            file.read_away().await;
            return Ok(super::home::quicker(&v));
        }
        judged => {
            drop(turn);
            declined(&v, &judged).0
        }
    };
    file.read_away().await;
    page(&v, status, Found::default()).await
}

/// Unpacks the file as it comes: what has become of its settings, where it is ready to take the home's place. What the home says no with is
/// shown.
async fn unpack(
    v: &Visitor,
    file: &mut File<'_>,
    passphrase: Password,
    turn: OwnedMutexGuard<()>,
) -> Result<Option<Settings>, Refusal> {
    let (sender, pieces) = mpsc::channel(PIECES);
    let web = v.web.clone();
    let unpacking = tokio::task::spawn_blocking(move || {
        let mut pieces = Pieces {
            pieces,
            rest: Bytes::new(),
        };
        settle(&web, &mut pieces, &passphrase, turn)
    });
    let mut cut_off = None;
    loop {
        match file.piece().await {
            Ok(Some(piece)) => {
                // Whoever unpacks has seen enough: it says why.
                if sender.send(piece).await.is_err() {
                    break;
                }
            }
            Ok(None) => break,
            Err(no) => {
                cut_off = Some(no);
                break;
            }
        }
    }
    drop(sender);
    let unpacked = unpacking.await.map_err(|_| Refusal::trouble())?;
    match (unpacked, cut_off) {
        (Ok(settings), _) => Ok(Some(settings)),
        (Err(_), Some(no)) => Err(no),
        (Err(failure), None) => {
            v.failed(failure);
            Ok(None)
        }
    }
}

/// The file for whoever reads it where it may block. A file that is cut off ends too soon, which the backup itself notices.
struct Pieces {
    pieces: mpsc::Receiver<Bytes>,
    rest: Bytes,
}

impl Read for Pieces {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.rest.is_empty() {
            match self.pieces.blocking_recv() {
                Some(piece) => self.rest = piece,
                None => return Ok(0),
            }
        }
        let length = into.len().min(self.rest.len());
        into[..length].copy_from_slice(&self.rest.split_to(length));
        Ok(length)
    }
}
