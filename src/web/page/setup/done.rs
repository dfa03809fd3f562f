//! `/setup/done`: what is left to do at each device, and the address to give to others.

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::Response;
use axum::routing::{get, post};

use super::{members, unless_finished};
use crate::control::{Request, answer};
use crate::web::claim::{self, Record, Step};
use crate::web::page::devices::{self, Connected, Kind, Outcome};
use crate::web::visitor::{Admin, Flash, Refusal, Visitor, see_other};
use crate::web::{Channel, Web};

const PATH: &str = Step::Done.path();

/// The paths of this page.
pub fn routes() -> Router<Web> {
    Router::new()
        .route(PATH, get(show).post(connect))
        .route("/setup/finish", post(finish))
}

#[derive(Template)]
#[template(path = "setup-done.html", config = "web/askama.toml")]
struct Page<'a> {
    v: &'a Visitor,
    people: Vec<answer::Member>,
    /// The administrator's address for other homes.
    address: Option<String>,
    link: Option<String>,
    /// How the home was claimed, in words.
    claimed: Option<String>,
    /// What this device seems to be, if it can be connected here.
    this: Option<Kind>,
    /// This device, connected just now: shown this once.
    made: Option<Box<Connected>>,
}

async fn show(v: Admin) -> Result<Response, Refusal> {
    if let Some(elsewhere) = unless_finished(&v).await? {
        return Ok(elsewhere);
    }
    page(&v, None, StatusCode::OK).await
}

/// What this device gets a password as. Over a connection where others could read along it gets none.
fn this(v: &Visitor) -> Option<Kind> {
    (v.channel == Channel::Https).then(|| Kind::of_browser(&v.program))
}

/// The device in front of which somebody sits gets its password at once.
async fn connect(v: Admin) -> Result<Response, Refusal> {
    if let Some(elsewhere) = unless_finished(&v).await? {
        return Ok(elsewhere);
    }
    let kind = this(&v).ok_or_else(|| Refusal::forbidden("setup-plain-refused"))?;
    let home = devices::of_home(&v.web)?;
    match devices::connect(&v, &home, kind, &kind.label(&v)).await {
        Ok(Outcome::Shown(made)) => page(&v, Some(made), StatusCode::OK).await,
        Ok(Outcome::File(file)) => Ok(file),
        Err(failure) => {
            v.failed(failure);
            page(&v, None, StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}

async fn page(
    v: &Admin,
    made: Option<Box<Connected>>,
    status_code: StatusCode,
) -> Result<Response, Refusal> {
    let status: answer::Status = v.web.ask(Request::Status).await?;
    let people = members(v).await?;
    let page = Page {
        v,
        people,
        address: status
            .address_suffix
            .map(|suffix| format!("{}{suffix}", v.name)),
        link: v.https_link("/me/devices"),
        claimed: how_it_was_claimed(v).await?,
        this: this(v).filter(|_| made.is_none()),
        made,
    };
    Ok(v.show_with(status_code, page))
}

/// When and from where the home was claimed, in words; `None` where it was by the operator's command.
pub(in crate::web::page) async fn how_it_was_claimed(
    v: &Visitor,
) -> Result<Option<String>, Refusal> {
    let record = v.web.with_database(claim::record).await?;
    Ok(record.map(|record| match record {
        Record { from: None, at, .. } => v.t("claimed-file").with("when", v.moment(at)).to_string(),
        Record {
            from: Some(from),
            at,
            code: true,
        } => v
            .t("claimed-code")
            .with("when", v.moment(at))
            .with("from", from.to_string())
            .to_string(),
        Record {
            from: Some(from),
            at,
            code: false,
        } => v
            .t("claimed-window")
            .with("when", v.moment(at))
            .with("from", from.to_string())
            .to_string(),
    }))
}

async fn finish(mut v: Admin) -> Result<Response, Refusal> {
    if let Some(elsewhere) = unless_finished(&v).await? {
        return Ok(elsewhere);
    }
    v.web.with_database(claim::finish).await?;
    if v.channel == Channel::Https {
        return Ok(v.go("/", Some(Flash::good("setup-finished"))));
    }
    // What was logged in without protection counts for the setup alone.
    let cookies = v.part().await?;
    let mut response = see_other("/");
    for cookie in cookies {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}
