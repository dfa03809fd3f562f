//! `/admin/update`: another version of Toxmail for a box: which one runs, the file of another one, where later ones come from by
//! themselves, and what has become of the last.

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;

use super::at_desk;
use super::settings::Settings;
use crate::appliance::update::{Desk, Error, Incoming, Outcome, Phase, Report, Welcome};
use crate::config::{Source, Updates};
use crate::journal;
use crate::web::Web;
use crate::web::upload::{File, Upload};
use crate::web::visitor::{Admin, Flash, Form, Refusal, Visitor};

/// Where the file is sent.
pub const PATH: &str = "/admin/update";
/// Longest answer to a question of the form, in bytes.
const MAX_WORD: usize = 16;

/// The paths of this page.
pub fn routes() -> Router<Web> {
    Router::new()
        .route(PATH, get(show).post(install))
        .route("/admin/update/from", post(choose))
        .route("/admin/update/look", post(look))
}

#[derive(Template)]
#[template(path = "admin-update.html", config = "web/askama.toml")]
struct Page<'a> {
    v: &'a Visitor,
    version: &'static str,
    report: Option<Told>,
    /// Another one is not done with yet.
    busy: bool,
    settings: Settings,
    from: String,
    nightly: bool,
    looked: Option<Told>,
}

/// What has become of the last update, in words.
struct Told {
    class: &'static str,
    words: String,
    when: String,
    why: Option<String>,
}

/// How a phase looks, and its words.
const fn looks(phase: Phase) -> (&'static str, &'static str) {
    match phase {
        Phase::Checking => ("slow", "update-checking"),
        Phase::Installing => ("slow", "update-installing"),
        Phase::Trying => ("slow", "update-trying"),
        Phase::Installed => ("good", "update-installed"),
        Phase::Refused => ("bad", "update-refused"),
        Phase::OtherBoard => ("bad", "update-other-board"),
        Phase::Older => ("bad", "update-older"),
        Phase::Failed => ("bad", "update-failed"),
        Phase::Interrupted => ("bad", "update-interrupted"),
        Phase::FellBack => ("bad", "update-fell-back"),
        Phase::NotStarted => ("bad", "update-not-started"),
    }
}

fn told(v: &Visitor, report: Report) -> Told {
    let (class, key) = looks(report.phase);
    let version = report.version.as_deref().unwrap_or("?");
    Told {
        class,
        words: v.t(key).with("version", v.peer(version)).to_string(),
        when: v.near(report.at),
        why: report.why.map(|why| v.peer_long(why)),
    }
}

/// How the last look for a later version ended, in words.
fn looked(v: &Visitor, desk: &Desk) -> Option<Told> {
    let look = desk.last_look()?;
    let (class, words, why) = match look.outcome {
        Outcome::Current => ("good", v.t("update-look-current").to_string(), None),
        Outcome::Brought(version) => {
            let words = v.t("update-look-brought").with("version", v.peer(&version));
            ("slow", words.to_string(), None)
        }
        Outcome::TriedBefore(version) => {
            let words = v.t("update-look-before").with("version", v.peer(&version));
            ("slow", words.to_string(), None)
        }
        Outcome::Failed(why) => {
            let words = v.t("update-look-failed").to_string();
            ("bad", words, Some(v.peer_long(why)))
        }
    };
    Some(Told {
        class,
        words,
        when: v.near(look.at),
        why,
    })
}

async fn page<'a>(v: &'a Admin, desk: &Desk) -> Result<Page<'a>, Refusal> {
    let seen = at_desk(desk, |desk| Ok((desk.is_waiting()?, desk.report()?))).await?;
    let (waiting, report) = seen.map_err(|e: std::io::Error| {
        journal::trouble("update", &e);
        Refusal::trouble()
    })?;
    // What waits has nothing to do with the one before it.
    let report = report.filter(|_| !waiting);
    let phase = report.as_ref().map(|report| report.phase);
    let settings = Settings::of(&v.web).await?;
    Ok(Page {
        v,
        from: settings.value(Updates::FROM).to_owned(),
        nightly: settings.value(Updates::NIGHTLY) == "true",
        settings,
        looked: looked(v, desk),
        version: env!("CARGO_PKG_VERSION"),
        report: report.map(|report| told(v, report)),
        busy: waiting || phase.is_some_and(Phase::is_under_way),
    })
}

async fn show(v: Admin) -> Result<Response, Refusal> {
    let desk = v.web.updates().ok_or_else(Refusal::not_found)?;
    let page = page(&v, desk).await?;
    Ok(v.show(page))
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default)]
    from: String,
    nightly: Option<String>,
}

async fn choose(v: Admin, Form(choice): Form<Choice>) -> Result<Response, Refusal> {
    let desk = v.web.updates().ok_or_else(Refusal::not_found)?;
    let (from, nightly) = (choice.from.trim().to_owned(), choice.nightly.is_some());
    let wrong = match from.parse::<Source>() {
        Ok(_) => None,
        Err(_) if from.is_empty() && !nightly => None,
        Err(_) if from.is_empty() => Some("update-from-missing"),
        Err(_) => Some("update-from-wrong"),
    };
    if let Some(words) = wrong {
        v.problem_with("from", v.t(words));
        let mut page = page(&v, desk).await?;
        (page.from, page.nightly) = (from, nightly);
        return Ok(v.show_with(StatusCode::UNPROCESSABLE_ENTITY, page));
    }
    let settings = Settings::of(&v.web).await?;
    let mut wanted = Vec::new();
    for (key, value) in [
        (Updates::FROM, Some(from).filter(|from| !from.is_empty())),
        (Updates::NIGHTLY, nightly.then(|| true.to_string())),
    ] {
        if !settings.is_locked(key) {
            wanted.push((key, value));
        }
    }
    match settings.change(&v.web, wanted).await {
        Ok(()) => Ok(v.go(PATH, Some(Flash::good("settings-saved")))),
        Err(failure) => {
            v.failed(failure);
            let page = page(&v, desk).await?;
            Ok(v.show_with(StatusCode::UNPROCESSABLE_ENTITY, page))
        }
    }
}

async fn look(v: Admin) -> Result<Response, Refusal> {
    let desk = v.web.updates().ok_or_else(Refusal::not_found)?;
    desk.ask();
    Ok(v.go(PATH, Some(Flash::good("update-looking"))))
}

async fn install(v: Admin, mut upload: Upload) -> Result<Response, Refusal> {
    let desk = v.web.updates().ok_or_else(Refusal::not_found)?;
    let welcome = match upload.text("older", MAX_WORD).await?.as_str() {
        "yes" => Welcome::Any,
        _ => Welcome::NotOlder,
    };
    let announced = upload.announced();
    // The desk counts, and says in its own words what is too much.
    let mut file = upload.file("bundle", u64::MAX).await?;
    let error = match receive(desk, &mut file, welcome, announced).await? {
        Ok(()) => return Ok(v.go(PATH, Some(Flash::good("update-taken")))),
        Err(error) => error,
    };
    file.read_away().await;
    let words = match &error {
        Error::UnderWay => "update-under-way",
        Error::NoRoom => "update-no-room",
        Error::TooLarge => "update-too-large",
        Error::Io(e) => {
            journal::trouble("update", e);
            "update-disk"
        }
    };
    v.problem_with("bundle", v.t(words));
    let page = page(&v, desk).await?;
    Ok(v.show_with(StatusCode::UNPROCESSABLE_ENTITY, page))
}

/// Takes the file as it comes; it is never whole in memory.
async fn receive(
    desk: &Desk,
    file: &mut File<'_>,
    welcome: Welcome,
    announced: Option<u64>,
) -> Result<Result<(), Error>, Refusal> {
    let begun = at_desk(desk, move |desk| desk.receive(announced)).await?;
    let mut incoming: Incoming = match begun {
        Ok(incoming) => incoming,
        Err(error) => return Ok(Err(error)),
    };
    let mut any = false;
    while let Some(piece) = file.piece().await? {
        any |= !piece.is_empty();
        let written = tokio::task::spawn_blocking(move || {
            let done = incoming.write(&piece);
            (incoming, done)
        });
        let (back, done) = written.await.map_err(|_| Refusal::trouble())?;
        if let Err(error) = done {
            return Ok(Err(error));
        }
        incoming = back;
    }
    if !any {
        return Err(Refusal::bad_request("error-form"));
    }
    let handed = tokio::task::spawn_blocking(move || incoming.hand_over(welcome)).await;
    Ok(handed.map_err(|_| Refusal::trouble())?.map_err(Error::Io))
}
