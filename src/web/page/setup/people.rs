//! `/setup/people`: who else lives here.

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use super::person::{Added, New, Slip};
use super::{members, person, unless_finished};
use crate::control::answer;
use crate::web::Web;
use crate::web::claim::Step;
use crate::web::visitor::{Admin, Form, Refusal, Visitor};

const PATH: &str = Step::People.path();

/// The paths of this page.
pub fn routes() -> Router<Web> {
    Router::new().route(PATH, get(show).post(add))
}

#[derive(Template)]
#[template(path = "setup-people.html", config = "web/askama.toml")]
struct Page<'a> {
    v: &'a Visitor,
    people: Vec<answer::Member>,
    display: &'a str,
    mailbox: &'a str,
    /// They would like to type the password.
    typed: bool,
    /// A person who was added just now, and the password that was made for them: shown this once.
    slip: Option<Slip>,
}

async fn show(v: Admin) -> Result<Response, Refusal> {
    if let Some(elsewhere) = unless_finished(&v).await? {
        return Ok(elsewhere);
    }
    let people = members(&v).await?;
    Ok(v.show(Page {
        v: &v,
        people,
        display: "",
        mailbox: "",
        typed: false,
        slip: None,
    }))
}

async fn add(v: Admin, Form(new): Form<New>) -> Result<Response, Refusal> {
    if let Some(elsewhere) = unless_finished(&v).await? {
        return Ok(elsewhere);
    }
    let people = members(&v).await?;
    let typed = new.choice.is_typed();
    match person::add(&v, (&new.display, &new.mailbox), new.choice, &people).await? {
        Added::Known(flash) => return Ok(v.go(PATH, Some(flash))),
        Added::Made(slip) => {
            let people = members(&v).await?;
            return Ok(v.show(Page {
                v: &v,
                people,
                display: "",
                mailbox: "",
                typed: false,
                slip: Some(slip),
            }));
        }
        Added::Not => {}
    }
    let page = Page {
        v: &v,
        people,
        display: &new.display,
        mailbox: &new.mailbox,
        typed,
        slip: None,
    };
    Ok(v.show_with(StatusCode::UNPROCESSABLE_ENTITY, page))
}
