//! `/admin/backup`: the whole home in one encrypted file, straight to the browser; and its identity on paper.

use std::io::{self, Write};
use std::path::PathBuf;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use askama::Template;
use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use hyper::body::Frame;
use serde::Deserialize;
use tokio::runtime::Handle;
use tokio::sync::{SemaphorePermit, mpsc};

use crate::appliance::backup::{self, Key, Letters, Made, Paper, SealedKey, check_passphrase};
use crate::cause::Cause;
use crate::control::{Failure, Request, answer};
use crate::days;
use crate::devices::qr;
use crate::journal;
use crate::net::login::Password;
use crate::web::Web;
use crate::web::page::security::is_them;
use crate::web::visitor::{Admin, Form, Refusal, Visitor};

pub(super) const PATH: &str = "/admin/backup";
/// How long a browser may take nothing: the network at home is faster.
const PATIENCE: Duration = Duration::from_secs(120);
/// Pieces that wait for the browser.
const PIECES: usize = 4;
/// Longest piece, in bytes.
const PIECE: usize = 64 * 1024;

/// The paths of this page.
pub fn routes() -> Router<Web> {
    Router::new()
        .route(PATH, get(show))
        .route("/admin/backup/home.tar", post(download))
        .route("/admin/backup/paper", post(paper))
}

#[derive(Template)]
#[template(path = "admin-backup.html", config = "web/askama.toml")]
struct Page<'a> {
    v: &'a Visitor,
    last: Option<i64>,
    /// Letters that are not in that one.
    left_out: u64,
    /// For the browser's memory of passwords.
    me: &'a str,
    with_mail: bool,
    /// What is wrong stands in the form for paper.
    at_paper: bool,
    /// It is a box, which can write them to a stick.
    stick: bool,
}

impl Page<'_> {
    /// What is wrong with a field, in the form that was sent.
    fn problem(&self, field: &str, here: &bool) -> Option<String> {
        self.v.problem(field).filter(|_| *here)
    }
}

async fn page(v: &Admin) -> Result<Page<'_>, Refusal> {
    let health: answer::Health = v.web.ask(Request::Health).await?;
    Ok(Page {
        v,
        last: health.last_backup,
        left_out: health.backup_left_out,
        me: v.name.as_str(),
        with_mail: true,
        at_paper: false,
        stick: v.web.sticks().is_some(),
    })
}

async fn show(v: Admin) -> Result<Response, Refusal> {
    let page = page(&v).await?;
    Ok(v.show(page))
}

/// What the forms ask.
#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    pub(super) passphrase: String,
    #[serde(default)]
    pub(super) repeated: String,
    /// The administrator's own password: whoever finds this browser must not carry the home away.
    #[serde(default)]
    pub(super) password: String,
    #[serde(default)]
    pub(super) mail: String,
}

/// The passphrase; `None` where what is wrong stands beside its field, and the status of the answer then.
pub(super) async fn passphrase(
    v: &Admin,
    asked: &mut Asked,
) -> Result<Result<Password, StatusCode>, Refusal> {
    let passphrase = Password::new(std::mem::take(&mut asked.passphrase));
    let repeated = Password::new(std::mem::take(&mut asked.repeated));
    let own = Password::new(std::mem::take(&mut asked.password));
    if check_passphrase(passphrase.reveal()).is_err() {
        v.problem_with("passphrase", v.t("backup-weak"));
    } else if passphrase != repeated {
        v.problem_with("repeated", v.t("backup-differs"));
    }
    if v.has_problems() {
        return Ok(Err(StatusCode::UNPROCESSABLE_ENTITY));
    }
    let status = is_them(v, "password", &own, v.t("members-password-wrong")).await?;
    Ok(match v.has_problems() {
        true => Err(status),
        false => Ok(passphrase),
    })
}

// ---- the file

async fn download(v: Admin, Form(mut asked): Form<Asked>) -> Result<Response, Refusal> {
    let with_mail = !asked.mail.is_empty();
    let status = match passphrase(&v, &mut asked).await? {
        Ok(passphrase) => match begin(&v.web, passphrase, with_mail).await {
            Ok(body) => return Ok(file(body)),
            Err(failure) => {
                v.failed(failure);
                StatusCode::UNPROCESSABLE_ENTITY
            }
        },
        Err(status) => status,
    };
    let page = Page {
        with_mail,
        ..page(&v).await?
    };
    Ok(v.show_with(status, page))
}

fn file(body: Body) -> Response {
    let day = days::day_of(crate::clock::wall_seconds()).map(days::iso);
    let day = day.unwrap_or_default();
    let fields = [
        (CONTENT_TYPE, "application/x-tar".to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"toxmail-{day}.tar\""),
        ),
    ];
    (fields, body).into_response()
}

/// A backup on its way to a browser, as soon as its first piece is there: what goes wrong before can still be told on a page.
async fn begin(web: &Web, passphrase: Password, with_mail: bool) -> Result<Body, Failure> {
    let Some(permit) = backup::turn() else {
        return Err(
            Failure::new("a backup is being made already", "wait until it is there")
                .because(Cause::BackupRuns),
        );
    };
    let (to, mut pieces) = mpsc::channel(PIECES);
    let job = Job {
        web: web.clone(),
        folder: web.folder(),
        passphrase,
        letters: match with_mail {
            true => Letters::Taken,
            false => Letters::Left,
        },
        pipe: Pipe {
            to,
            runtime: Handle::current(),
        },
        _permit: permit,
    };
    tokio::task::spawn_blocking(move || job.run());
    match pieces.recv().await {
        Some(Ok(first)) => Ok(Body::new(Coming {
            first: Some(first),
            pieces,
        })),
        Some(Err(failure)) => Err(failure),
        None => Err(Failure::new("the backup was given up", "look into the log")),
    }
}

struct Job {
    web: Web,
    folder: PathBuf,
    passphrase: Password,
    letters: Letters,
    pipe: Pipe,
    _permit: SemaphorePermit<'static>,
}

impl Job {
    fn run(self) {
        let (to, runtime) = (self.pipe.to.clone(), self.pipe.runtime.clone());
        let made = self.write();
        runtime.block_on(async {
            match made {
                Ok((web, made)) => {
                    // All that was written has left: the browser has it, as far as can be known here.
                    let left = tokio::time::timeout(PATIENCE, to.reserve_many(PIECES)).await;
                    if let Ok(Ok(_)) = left {
                        let done = Request::BackupDone {
                            created: made.created,
                            left_out: made.left_out,
                        };
                        // It is there, whether or not that can be noted; the log tells.
                        let _ = web.tell(done).await;
                    }
                }
                Err(e) => {
                    journal::trouble("backup", &e);
                    let _ = tokio::time::timeout(PATIENCE, to.send(Err(e.into()))).await;
                }
            }
        });
    }

    fn write(self) -> Result<(Web, Made), backup::Error> {
        let key = Key::Given(SealedKey::new(self.passphrase.reveal())?);
        let mut out = io::BufWriter::with_capacity(PIECE, self.pipe);
        let made = backup::create(&self.folder, &key, self.letters, &mut out)?;
        out.flush()?;
        Ok((self.web, made))
    }
}

/// Where the backup is written to.
struct Pipe {
    to: mpsc::Sender<Result<Bytes, Failure>>,
    runtime: Handle,
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let piece = &bytes[..bytes.len().min(PIECE)];
        let send = self.to.send(Ok(Bytes::copy_from_slice(piece)));
        let sent = self.runtime.block_on(tokio::time::timeout(PATIENCE, send));
        match sent {
            Ok(Ok(())) => Ok(piece.len()),
            Ok(Err(_)) => Err(io::Error::new(
                io::ErrorKind::BrokenPipe,
                "the browser has gone away",
            )),
            Err(_) => Err(io::Error::new(
                io::ErrorKind::TimedOut,
                "the browser takes nothing more",
            )),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The backup as the browser gets it. An error cuts the download off, so that nobody takes it for whole.
struct Coming {
    first: Option<Bytes>,
    pieces: mpsc::Receiver<Result<Bytes, Failure>>,
}

impl HttpBody for Coming {
    type Data = Bytes;
    type Error = Failure;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Failure>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        let piece = self.pieces.poll_recv(context);
        piece.map(|piece| piece.map(|piece| piece.map(Frame::data)))
    }
}

// ---- on paper

#[derive(Template)]
#[template(path = "admin-backup-paper.html", config = "web/askama.toml")]
struct OnPaper<'a> {
    v: &'a Visitor,
    /// SVG; empty where the text is too long for one.
    qr: String,
    text: String,
    words: String,
    tox_id: String,
    today: i64,
}

async fn paper(v: Admin, Form(mut asked): Form<Asked>) -> Result<Response, Refusal> {
    let status = match passphrase(&v, &mut asked).await? {
        Ok(passphrase) => {
            let folder = v.web.folder();
            let made =
                tokio::task::spawn_blocking(move || Paper::of(&folder, passphrase.reveal())).await;
            match made.map_err(|_| Refusal::trouble())? {
                Ok(paper) => return Ok(v.show(on_paper(&v, paper))),
                Err(e) => {
                    journal::trouble("backup", &e);
                    v.failed(e.into());
                }
            }
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Err(status) => status,
    };
    let page = Page {
        at_paper: true,
        ..page(&v).await?
    };
    Ok(v.show_with(status, page))
}

fn on_paper(v: &Visitor, paper: Paper) -> OnPaper<'_> {
    let title = v.t("backup-paper-qr").to_string();
    let qr = qr::svg(&paper.text, &title).unwrap_or_else(|e| {
        // The text is there all the same.
        journal::trouble("web", &e);
        String::new()
    });
    OnPaper {
        v,
        qr,
        text: paper.text,
        words: paper.words,
        tox_id: paper.id.to_string(),
        today: crate::clock::wall_seconds(),
    }
}
