//! `/setup/people`: who else lives here.

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use super::person::{Choice, Chosen, Slip};
use super::{members, person, unless_finished};
use crate::control::{Request, answer};
use crate::web::Web;
use crate::web::claim::Step;
use crate::web::visitor::{Admin, Flash, Form, Refusal, Visitor};

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

#[derive(Deserialize)]
struct New {
    #[serde(default)]
    display: String,
    #[serde(default)]
    mailbox: String,
    #[serde(flatten)]
    choice: Choice,
}

async fn add(v: Admin, Form(new): Form<New>) -> Result<Response, Refusal> {
    if let Some(elsewhere) = unless_finished(&v).await? {
        return Ok(elsewhere);
    }
    let people = members(&v).await?;
    let taken: Vec<String> = people.iter().map(|member| member.name.clone()).collect();
    let person = person::read(&v, &new.display, &new.mailbox, &taken);
    let typed = new.choice.is_typed();
    let chosen = new.choice.chosen(&v)?;
    if let (Some((display, name)), Some(chosen)) = (person, chosen) {
        let request = Request::MemberAdd {
            name: name.clone(),
            display: Some(display.clone()),
            password: chosen.secret(),
        };
        match (v.web.tell(request).await, chosen) {
            (Ok(()), Chosen::Typed(_)) => {
                let flash = Flash::good("setup-people-added").with("name", v.peer(&display));
                return Ok(v.go(PATH, Some(flash)));
            }
            (Ok(()), Chosen::Made(password)) => {
                let people = members(&v).await?;
                return Ok(v.show(Page {
                    v: &v,
                    people,
                    display: "",
                    mailbox: "",
                    typed: false,
                    slip: Some(Slip {
                        display,
                        name: name.to_string(),
                        password,
                    }),
                }));
            }
            (Err(failure), _) => v.failed(failure),
        }
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
