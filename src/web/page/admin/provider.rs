//! `/admin/provider`: the home's account at a mail provider, and what is fetched from providers for whom. No password is ever
//! shown; an account is stored only when its login has worked.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;

use crate::control::{Failure, Request, answer};
use crate::mail::address::MemberName;
use crate::providers::known;
use crate::web::Web;
use crate::web::page::account::{self, Account, Stage};
use crate::web::visitor::{Admin, Flash, Form, Refusal, Visitor, see_other};

const PATH: &str = "/admin/provider";

/// The paths of these pages.
pub fn routes() -> Router<Web> {
    Router::new()
        .route(PATH, get(show).post(set))
        .route("/admin/provider/test", post(test))
        .route("/admin/provider/remove", get(ask_removal).post(remove))
        .route(
            "/admin/provider/fetch/{name}/now",
            post(fetch_now).get(back),
        )
        .route(
            "/admin/provider/fetch/{name}/remove",
            get(ask_fetch_removal).post(remove_fetch),
        )
}

#[derive(Template)]
#[template(path = "admin-provider.html", config = "web/askama.toml")]
struct Page<'a> {
    v: &'a Visitor,
    /// The home's account.
    present: Option<answer::Provider>,
    /// Those of members.
    others: Vec<answer::Provider>,
    fetches: Vec<answer::Fetch>,
    stage: Stage<'a>,
}

impl Page<'_> {
    fn is_locked(&self) -> bool {
        self.present.as_ref().is_some_and(|p| p.from_file)
    }
}

async fn page(v: &Visitor) -> Result<Page<'_>, Refusal> {
    let all: Vec<answer::Provider> = v.web.ask(Request::ProviderShow { member: None }).await?;
    let (mut homes, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|p| p.member.is_none());
    Ok(Page {
        v,
        present: homes.pop(),
        others,
        fetches: v.web.ask(Request::FetchShow { member: None }).await?,
        stage: Stage::Address(""),
    })
}

async fn show(v: Admin) -> Result<Response, Refusal> {
    let page = page(&v).await?;
    Ok(v.show(page))
}

async fn refused(v: &Admin, failure: Failure) -> Result<Response, Refusal> {
    v.failed(failure);
    Ok(v.show_with(StatusCode::UNPROCESSABLE_ENTITY, page(v).await?))
}

async fn set(v: Admin, Form(mut account): Form<Account>) -> Result<Response, Refusal> {
    let password = account.take_password();
    let known = known::of_address(account.address());
    if !account.check_address(&v) {
        let page = Page {
            stage: Stage::Address(&account.address),
            ..page(&v).await?
        };
        return Ok(v.show_with(StatusCode::UNPROCESSABLE_ENTITY, page));
    }
    if !account.is_to_be_set() {
        account.suggest(known.as_ref());
        let page = Page {
            stage: Stage::Account(&account, known),
            ..page(&v).await?
        };
        return Ok(v.show(page));
    }
    if let Some(new) = account.read(&v, &password) {
        match v.web.tell(Request::ProviderSet(new)).await {
            Ok(()) => return Ok(v.go(PATH, Some(Flash::good("account-stored")))),
            Err(failure) => v.failed(failure),
        }
    }
    let page = Page {
        stage: Stage::Account(&account, known),
        ..page(&v).await?
    };
    Ok(v.show_with(StatusCode::UNPROCESSABLE_ENTITY, page))
}

async fn test(v: Admin) -> Result<Response, Refusal> {
    match v.web.tell(Request::ProviderTest { member: None }).await {
        Ok(()) => Ok(v.go(PATH, Some(Flash::good("account-works")))),
        Err(failure) => refused(&v, failure).await,
    }
}

// ---- removing

#[derive(Template)]
#[template(path = "admin-provider-remove.html", config = "web/askama.toml")]
struct Removal<'a> {
    v: &'a Visitor,
    provider: answer::Provider,
    fetches: usize,
}

async fn ask_removal(v: Admin) -> Result<Response, Refusal> {
    let page = page(&v).await?;
    let provider = page.present.filter(|provider| !provider.from_file);
    let provider = provider.ok_or_else(Refusal::not_found)?;
    Ok(v.show(Removal {
        v: &v,
        fetches: provider.fetches.len(),
        provider,
    }))
}

async fn remove(v: Admin) -> Result<Response, Refusal> {
    #[derive(Deserialize)]
    struct Removed {
        #[serde(default)]
        waiting: u64,
    }
    match v.web.ask(Request::ProviderRemove { member: None }).await {
        Ok(Removed { waiting: 0 }) => Ok(v.go(PATH, Some(Flash::good("account-removed")))),
        Ok(Removed { waiting }) => {
            let flash = Flash::good("account-removed-waiting");
            Ok(v.go(PATH, Some(flash.with("count", v.number(waiting)))))
        }
        Err(failure) => refused(&v, failure).await,
    }
}

// ---- fetching

async fn fetch_of(v: &Visitor, name: &str) -> Result<(MemberName, answer::Fetch), Refusal> {
    let name: MemberName = name.parse().map_err(|_| Refusal::not_found())?;
    let all: Vec<answer::Fetch> = v.web.ask(Request::FetchShow { member: None }).await?;
    let found = all.into_iter().find(|fetch| fetch.member == name.as_str());
    Ok((name, found.ok_or_else(Refusal::not_found)?))
}

async fn fetch_now(v: Admin, Path(name): Path<String>) -> Result<Response, Refusal> {
    let (member, _) = fetch_of(&v, &name).await?;
    match v.web.ask(Request::FetchNow { member }).await {
        Ok(answer::FetchRound {
            still_runs: true, ..
        }) => Ok(v.go(PATH, Some(Flash::good("fetching-runs")))),
        Ok(round) => {
            let flash = Flash::good("fetching-done");
            Ok(v.go(PATH, Some(flash.with("count", v.number(round.filed)))))
        }
        Err(failure) => refused(&v, failure).await,
    }
}

/// The answer of a deed is loaded again. Nothing stands at the path above it.
async fn back(_: Admin) -> Response {
    see_other(PATH)
}

#[derive(Template)]
#[template(path = "admin-fetch-remove.html", config = "web/askama.toml")]
struct FetchRemoval<'a> {
    v: &'a Visitor,
    fetch: answer::Fetch,
}

async fn ask_fetch_removal(v: Admin, Path(name): Path<String>) -> Result<Response, Refusal> {
    let (_, fetch) = fetch_of(&v, &name).await?;
    Ok(v.show(FetchRemoval { v: &v, fetch }))
}

async fn remove_fetch(v: Admin, Path(name): Path<String>) -> Result<Response, Refusal> {
    let (member, fetch) = fetch_of(&v, &name).await?;
    match v.web.tell(Request::FetchRemove { member }).await {
        Ok(()) => {
            let flash = Flash::good("fetching-removed").with("name", fetch.member);
            Ok(v.go(PATH, Some(flash)))
        }
        Err(failure) => refused(&v, failure).await,
    }
}
