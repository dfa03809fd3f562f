//! `/setup/restore`: "I have a backup". The file goes from the browser into the unpacking as it comes; the home starts again as the one
//! that it was. It is a claim like the other: with the same code, or in the same half hour.

use std::io::{self, Read};
use std::time::Duration;

use askama::Template;
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use tokio::sync::{OwnedMutexGuard, mpsc};

use super::{Outlook, declined, may_ask, outlook};
use crate::net::login::Password;
use crate::web::Web;
use crate::web::claim::{Decision, Judgement, Settings};
use crate::web::page::SETUP;
use crate::web::upload::{File, Upload};
use crate::web::visitor::{Refusal, Visitor, see_other};

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
    Router::new().route(PATH, get(show).post(restore))
}

#[derive(Template)]
#[template(path = "setup-restore.html", config = "web/askama.toml")]
struct Page<'a> {
    v: &'a Visitor,
    outlook: Outlook,
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
    page(&v, StatusCode::OK).await
}

async fn page(v: &Visitor, status: StatusCode) -> Result<Response, Refusal> {
    let outlook = outlook(v).await?;
    Ok(v.show_with(status, Page { v, outlook }))
}

async fn restore(v: Visitor, headers: HeaderMap, mut upload: Upload) -> Result<Response, Refusal> {
    if v.claimed {
        return Ok(super::home::quicker(&v));
    }
    if !may_ask(&v, &headers) {
        return Err(Refusal::forbidden("setup-plain-refused"));
    }
    if !v.web.claims().can_restore() {
        return Err(Refusal::not_found());
    }
    let code = Password::new(upload.text("code", MAX_TEXT).await?);
    let passphrase = Password::new(upload.text("passphrase", MAX_TEXT).await?);
    let mut file = upload.file("file", u64::MAX).await?;
    let web = v.web.clone();
    let turn = web.claims().turn().await;
    let claimed = super::home::is_claimed(&v).await?;
    let judged = web
        .claims()
        .judge(claimed, v.from, web.up(), code.reveal())
        .await;
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
    page(&v, status).await
}

/// Unpacks the file as it comes: what has become of its settings, where it is ready to take the home's place. What the home says no with is shown.
///
/// The end is made where the work is done: a browser that goes away behind its last byte must not leave a home that is ready to be
/// replaced and lets somebody move in all the same.
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
        let settings = web.claims().restore(&mut pieces, passphrase.reveal())?;
        web.claims().close();
        drop(turn);
        tokio::runtime::Handle::current().spawn(async move {
            tokio::time::sleep(LAST_WORDS).await;
            web.claims().restart();
        });
        Ok(settings)
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
