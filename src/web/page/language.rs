//! `/language`: the switch in the footer.
//!
//! The choice is kept in a cookie, and for a member also with their settings: the home's notices then speak it, too.

use axum::Router;
use axum::http::header::SET_COOKIE;
use axum::response::Response;
use axum::routing::post;
use serde::Deserialize;

use crate::control::Request;
use crate::web::Web;
use crate::web::serve::language_cookie;
use crate::web::text::{code, language_of};
use crate::web::visitor::{Form, Refusal, Visitor, see_other};

/// The paths of this page.
pub fn routes() -> Router<Web> {
    Router::new().route("/language", post(choose))
}

#[derive(Deserialize)]
struct Choice {
    language: String,
    #[serde(default)]
    to: String,
}

async fn choose(v: Visitor, Form(choice): Form<Choice>) -> Result<Response, Refusal> {
    let language =
        language_of(&choice.language).ok_or_else(|| Refusal::bad_request("error-form"))?;
    if let Some(who) = &v.who {
        v.web
            .tell(Request::MemberSettings {
                name: who.name.clone(),
                mixed: None,
                reencode: None,
                language: Some(code(language).to_owned()),
            })
            .await?;
    }
    let mut response = see_other(&choice.to);
    response
        .headers_mut()
        .append(SET_COOKIE, language_cookie(code(language), v.channel));
    Ok(response)
}
