//! `/admin/home`: what the home is called, and the language in which it writes.

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use super::settings::Settings;
use crate::config::Home;
use crate::web::Web;
use crate::web::text;
use crate::web::visitor::{Admin, Flash, Form, Refusal, Visitor};

const PATH: &str = "/admin/home";

/// The paths of this page.
pub fn routes() -> Router<Web> {
    Router::new().route(PATH, get(show).post(change))
}

#[derive(Template)]
#[template(path = "admin-home.html", config = "web/askama.toml")]
struct Page<'a> {
    v: &'a Visitor,
    settings: Settings,
    /// As it was typed.
    name: String,
    /// The code of the home's language.
    language: String,
    hostname: String,
}

impl Page<'_> {
    fn is_now(&self, code: &str) -> bool {
        self.language == code
    }
}

async fn page(v: &Visitor) -> Result<Page<'_>, Refusal> {
    let settings = Settings::of(&v.web).await?;
    let config = v.web.config();
    Ok(Page {
        v,
        name: settings.value(Home::NAME).to_owned(),
        // With a region or without.
        language: text::code(text::Language::from_code(settings.value(Home::LANGUAGE))).to_owned(),
        hostname: config.home.hostname.clone(),
        settings,
    })
}

async fn show(v: Admin) -> Result<Response, Refusal> {
    let page = page(&v).await?;
    Ok(v.show(page))
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    name: String,
    #[serde(default)]
    language: String,
}

async fn change(v: Admin, Form(wanted): Form<Wanted>) -> Result<Response, Refusal> {
    let settings = Settings::of(&v.web).await?;
    let name = wanted.name.trim();
    let mut changes = Vec::new();
    if !settings.is_locked(Home::NAME) {
        // 128 bytes is what others can be told.
        if name.is_empty() || name.len() > 128 || name.chars().any(char::is_control) {
            v.problem_with("name", v.t("home-settings-name-wrong"));
        }
        changes.push((Home::NAME, Some(name.to_owned())));
    }
    if !settings.is_locked(Home::LANGUAGE) {
        let language = text::language_of(&wanted.language);
        let language = language.ok_or(Refusal::bad_request("error-form"))?;
        changes.push((Home::LANGUAGE, Some(text::code(language).to_owned())));
    }
    if !v.has_problems() {
        match settings.change(&v.web, changes).await {
            Ok(()) => return Ok(v.go(PATH, Some(Flash::good("home-settings-changed")))),
            Err(failure) => v.failed(failure),
        }
    }
    let page = Page {
        name: wanted.name,
        ..page(&v).await?
    };
    Ok(v.show_with(StatusCode::UNPROCESSABLE_ENTITY, page))
}
