//! `/admin/backup/stick`: backups to a USB stick, now and every night: which stick, what became of the last, and how far one is.
//!
//! The passphrase is asked once, when a stick is chosen: what the home keeps of it seals what only the passphrase opens
//! ([`SealedKey`]).

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;

use super::at_desk;
use super::backup::{Asked, passphrase};
use crate::appliance::backup::SealedKey;
use crate::appliance::stick::{CHOSEN, Chosen, Desk, Failed, Fit, RECORD, Record, Stick, Why};
use crate::control::Request;
use crate::journal;
use crate::web::Web;
use crate::web::finding::no_backup;
use crate::web::visitor::{Admin, Flash, Form, Refusal, Visitor};

/// Where it is.
const PATH: &str = "/admin/backup/stick";

/// The paths of this page.
pub fn routes() -> Router<Web> {
    Router::new()
        .route(PATH, get(show).post(choose))
        .route("/admin/backup/stick/now", post(now))
        .route("/admin/backup/stick/nightly", post(nightly))
        .route("/admin/backup/stick/forget", post(forget))
}

#[derive(Template)]
#[template(path = "admin-stick.html", config = "web/askama.toml")]
struct Page<'a> {
    v: &'a Visitor,
    /// For the browser's memory of passwords.
    me: &'a str,
    now: Option<Now>,
    progress: Option<Under>,
    sticks: Vec<Shown>,
    /// The one that was chosen in a form with a mistake.
    chosen: String,
    with_mail: bool,
    nightly: bool,
}

impl Page<'_> {
    fn problem(&self, field: &str, here: &bool) -> Option<String> {
        self.v.problem(field).filter(|_| *here)
    }
}

/// The stick in use, in words.
struct Now {
    stick: String,
    last: Option<String>,
    failed: Option<Told>,
    nightly: bool,
    letters: bool,
}

/// A backup that did not come to be, in words.
struct Told {
    words: String,
    advice: String,
    /// What the machine says, in English.
    said: String,
}

/// How far one is that is being made.
struct Under {
    words: String,
    bar: Option<(u64, u64)>,
}

/// A stick, in words.
struct Shown {
    uuid: String,
    name: String,
    size: String,
    /// Why it will not do.
    unfit: Option<String>,
}

fn name(v: &Visitor, model: Option<&str>) -> String {
    match model {
        Some(model) => v.peer(model),
        None => v.t("stick-no-name").to_string(),
    }
}

fn shown(v: &Visitor, stick: Stick) -> Shown {
    let unfit = match stick.fit {
        Fit::Good => None,
        Fit::Locked => Some("disk-is-locked"),
        Fit::Unknown => Some("stick-unknown"),
    };
    Shown {
        name: name(v, stick.model.as_deref()),
        size: v.size(stick.bytes),
        unfit: unfit.map(|key| v.t(key).to_string()),
        uuid: stick.uuid,
    }
}

fn told(v: &Visitor, failed: Failed) -> Told {
    let words = match failed.why {
        Why::Incomplete => v.t("stick-incomplete").with("when", v.near(failed.at)),
        _ => v.t("stick-failed").with("when", v.near(failed.at)),
    };
    Told {
        words: words.to_string(),
        advice: v.t(no_backup(failed.why)).to_string(),
        said: v.peer_long(failed.said),
    }
}

fn in_use(v: &Visitor, chosen: &Chosen, record: Record) -> Now {
    let last = record.last.map(|last| {
        v.t("stick-last")
            .with("when", v.near(last.at))
            .with("size", v.size(last.bytes))
            .with("kept", last.kept)
            .with("free", v.size(last.free))
            .to_string()
    });
    Now {
        stick: v
            .t("stick-choice")
            .with("name", name(v, chosen.model.as_deref()))
            .with("size", v.size(chosen.bytes))
            .to_string(),
        last,
        failed: record.failed.map(|failed| told(v, failed)),
        nightly: chosen.nightly,
        letters: chosen.letters,
    }
}

fn under(v: &Visitor, desk: &Desk, expected: Option<u64>) -> Option<Under> {
    let progress = desk.progress()?;
    let (written, checked) = (progress.written(), progress.checked());
    if checked > 0 {
        let words = v
            .t("stick-checking")
            .with("done", v.size(checked))
            .with("total", v.size(written));
        return Some(Under {
            words: words.to_string(),
            bar: Some((checked, written)),
        });
    }
    Some(Under {
        words: v
            .t("stick-writing")
            .with("done", v.size(written))
            .to_string(),
        // As large as the last one, as far as anybody knows.
        bar: expected
            .filter(|all| *all > written)
            .map(|all| (written, all)),
    })
}

/// What stands in the settings.
async fn rows(v: &Admin) -> Result<Option<(Chosen, Record)>, Refusal> {
    let read = v
        .web
        .with_database(|database| Ok((database.setting(CHOSEN)?, database.setting(RECORD)?)));
    let (chosen, record) = read.await?;
    let record = record.and_then(|text| Record::read(&text));
    let chosen = chosen.and_then(|text| Chosen::read(&text));
    Ok(chosen.map(|chosen| (chosen, record.unwrap_or_default())))
}

async fn sticks(desk: &Desk) -> Result<Vec<Stick>, Refusal> {
    at_desk(desk, Desk::sticks).await?.map_err(|e| {
        journal::trouble("stick", &e);
        Refusal::trouble()
    })
}

async fn page<'a>(v: &'a Admin, desk: &Desk) -> Result<Page<'a>, Refusal> {
    let rows = rows(v).await?;
    let last = rows.as_ref().and_then(|(_, record)| record.last.as_ref());
    let expected = last.map(|last| last.bytes);
    Ok(Page {
        v,
        me: v.name.as_str(),
        progress: under(v, desk, expected),
        now: rows.map(|(chosen, record)| in_use(v, &chosen, record)),
        sticks: (sticks(desk).await?.into_iter())
            .map(|stick| shown(v, stick))
            .collect(),
        chosen: String::new(),
        with_mail: true,
        nightly: true,
    })
}

async fn show(v: Admin) -> Result<Response, Refusal> {
    let desk = v.web.sticks().ok_or_else(Refusal::not_found)?;
    let page = page(&v, desk).await?;
    Ok(v.show(page))
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default)]
    stick: String,
    #[serde(default)]
    passphrase: String,
    #[serde(default)]
    repeated: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    mail: String,
    #[serde(default)]
    nightly: String,
}

/// This stick, and this passphrase; and the first backup there at once, so that whatever is wrong is seen now.
async fn choose(v: Admin, Form(choice): Form<Choice>) -> Result<Response, Refusal> {
    let desk = v.web.sticks().ok_or_else(Refusal::not_found)?;
    let (with_mail, every_night) = (!choice.mail.is_empty(), !choice.nightly.is_empty());
    let there = sticks(desk).await?;
    let good = |stick: &&Stick| stick.uuid == choice.stick && stick.fit == Fit::Good;
    let stick = there.iter().find(good).cloned();
    if stick.is_none() {
        v.problem_with("stick", v.t("stick-none-chosen"));
    }
    let mut asked = Asked {
        passphrase: choice.passphrase,
        repeated: choice.repeated,
        password: choice.password,
        mail: choice.mail,
    };
    let status = match passphrase(&v, &mut asked).await? {
        Ok(passphrase) => {
            if let Some(stick) = stick {
                let sealing =
                    tokio::task::spawn_blocking(move || SealedKey::new(passphrase.reveal()));
                match sealing.await.map_err(|_| Refusal::trouble())? {
                    Ok(key) => {
                        let chosen = Chosen {
                            uuid: stick.uuid,
                            model: stick.model,
                            bytes: stick.bytes,
                            letters: with_mail,
                            nightly: every_night,
                            since: crate::clock::wall_seconds(),
                        };
                        let (recipient, sealed) = key.to_texts();
                        v.web.tell(Request::BackupKey { recipient, sealed }).await?;
                        keep(&v, Some(chosen)).await?;
                        // Also where one is being made: that is of the stick, or of the passphrase, before.
                        desk.ask();
                        return Ok(v.go(PATH, Some(Flash::good("stick-begun"))));
                    }
                    Err(e) => v.failed(e.into()),
                }
            }
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Err(status) => status,
    };
    let mut page = page(&v, desk).await?;
    (page.chosen, page.with_mail, page.nightly) = (choice.stick, with_mail, every_night);
    Ok(v.show_with(status, page))
}

/// Puts down which stick it is; what became of backups to another one is of no use then.
async fn keep(v: &Admin, chosen: Option<Chosen>) -> Result<(), Refusal> {
    let kept = v.web.with_database(move |database| {
        let before = database.setting(CHOSEN)?;
        let before = before.and_then(|text| Chosen::read(&text));
        let uuid = |chosen: &Option<Chosen>| chosen.as_ref().map(|c| c.uuid.clone());
        if uuid(&before) != uuid(&chosen) {
            database.set_setting(RECORD, None)?;
        }
        let text = chosen.map(|chosen| chosen.written());
        database.set_setting(CHOSEN, text.as_deref())
    });
    kept.await?;
    crate::changes::ring(crate::changes::Kind::Health);
    Ok(())
}

fn begin(v: &Visitor, desk: &Desk) -> Response {
    if desk.progress().is_none() {
        desk.ask();
    }
    v.go(PATH, Some(Flash::good("stick-begun")))
}

async fn now(v: Admin) -> Result<Response, Refusal> {
    let desk = v.web.sticks().ok_or_else(Refusal::not_found)?;
    if rows(&v).await?.is_none() {
        return Ok(v.go(PATH, None));
    }
    Ok(begin(&v, desk))
}

#[derive(Deserialize)]
struct Night {
    #[serde(default)]
    nightly: String,
    #[serde(default)]
    mail: String,
}

async fn nightly(v: Admin, Form(night): Form<Night>) -> Result<Response, Refusal> {
    if v.web.sticks().is_none() {
        return Err(Refusal::not_found());
    }
    let Some((mut chosen, _)) = rows(&v).await? else {
        return Ok(v.go(PATH, None));
    };
    let every_night = !night.nightly.is_empty();
    if every_night && !chosen.nightly {
        chosen.since = crate::clock::wall_seconds();
    }
    chosen.nightly = every_night;
    chosen.letters = !night.mail.is_empty();
    keep(&v, Some(chosen)).await?;
    Ok(v.go(PATH, Some(Flash::good("settings-saved"))))
}

async fn forget(v: Admin) -> Result<Response, Refusal> {
    if v.web.sticks().is_none() {
        return Err(Refusal::not_found());
    }
    keep(&v, None).await?;
    Ok(v.go(PATH, Some(Flash::good("stick-forgotten"))))
}
