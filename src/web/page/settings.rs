//! `/me/settings`: what a member has chosen for their letters, and their own account at a mail provider.
//!
//! # Known limits
//! - A name is looked up before the login, and by the login once more: whoever rules over a name of their own can let it lead into
//!   the home network meanwhile. They learn whether somebody answers there, and have to be a member.
//!
//! # Rules
//! - A provider says whose address an account has, but it is the member who says which provider. So a member's account is for an
//!   address that is theirs already; the administrator enters those.
//! - A member names servers in the internet only; one in the home network is the administrator's to name.
//! - An account is stored after a first login there only. Its password goes into the form, and never out of the home again:
//!   who would like to fetch letters types it anew, for else it would be said to whatever server the form names.

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;

use crate::config::{RelayTls, is_host};
use crate::control::protocol::{NewFetch, NewProvider, Switch};
use crate::control::{Failure, Request, Secret, answer};
use crate::fetch::Protocol;
use crate::fetch::plan::{After, Since};
use crate::members::Mixed;
use crate::net::client::CONNECT;
use crate::net::networks;
use crate::providers::known;
use crate::web::Web;
use crate::web::page::setup::person;
use crate::web::visitor::{Flash, Form, Member, Refusal, Visitor};

const PAGE: &str = "/me/settings";

/// The paths of this page.
pub fn routes() -> Router<Web> {
    Router::new()
        .route(PAGE, get(show))
        .route("/me/settings/name", post(rename))
        .route("/me/settings/mixed", post(mixed))
        .route("/me/settings/reencode", post(reencode))
        .route("/me/settings/provider", post(provider))
        .route("/me/settings/provider/test", post(test))
        .route("/me/settings/fetch", post(fetch))
        .route("/me/settings/fetch/now", post(fetch_now))
        .route(
            "/me/settings/fetch/remove",
            get(ask_end_fetch).post(end_fetch),
        )
        .route("/me/settings/provider/remove", get(ask_remove).post(remove))
}

/// An account as the page shows it.
struct Account {
    address: String,
    host: String,
    username: String,
    port: u16,
    problem: Option<String>,
    since: Option<i64>,
}

#[derive(Template)]
#[template(path = "settings.html", config = "web/askama.toml")]
struct Page<'a> {
    v: &'a Visitor,
    /// Their name, as it is or as it was typed.
    display: String,
    settings: answer::MemberSettings,
    /// Their ordinary addresses.
    addresses: Vec<String>,
    account: Option<Account>,
    new: New,
    fetched: Option<Fetched>,
    fetch: Fetch,
}

/// A mailbox that is fetched, as the page shows it.
struct Fetched {
    host: String,
    username: String,
    deletes: bool,
    worked: Option<i64>,
    problem: Option<String>,
    every: u64,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Fetch {
    fetch_host: String,
    protocol: String,
    fetch_username: String,
    fetch_password: Secret,
    delete: Option<String>,
    everything: Option<String>,
}

/// What is fetched for them.
async fn fetched_for(v: &Member) -> Result<Option<Fetched>, Refusal> {
    let member = Some(v.name.clone());
    let list: Vec<answer::Fetch> = v.web.ask(Request::FetchShow { member }).await?;
    Ok(list.into_iter().next().map(|fetch| Fetched {
        host: v.peer(&fetch.host),
        username: v.peer(&fetch.username),
        deletes: fetch.after == "delete",
        worked: fetch.worked,
        problem: fetch.problem.as_deref().map(|why| v.peer(why)),
        every: fetch.every_seconds,
    }))
}

#[derive(Clone, Deserialize)]
struct New {
    #[serde(default)]
    address: String,
    #[serde(default)]
    host: String,
    #[serde(default)]
    port: String,
    #[serde(default)]
    tls: String,
    #[serde(default)]
    username: String,
    #[serde(default, skip_serializing)]
    password: Secret,
}

impl Default for New {
    fn default() -> Self {
        Self {
            address: String::new(),
            host: String::new(),
            port: "465".to_owned(),
            tls: "implicit".to_owned(),
            username: String::new(),
            password: Secret::default(),
        }
    }
}

async fn addresses(v: &Member) -> Result<Vec<String>, Refusal> {
    let members: Vec<answer::Member> = v.web.ask(Request::MemberList).await?;
    let me = members.into_iter().find(|m| m.name == v.name.as_str());
    Ok(me.map(|me| me.addresses).unwrap_or_default())
}

/// Their own account; none where they use the home's.
async fn account_of(v: &Member) -> Result<Option<Account>, Refusal> {
    let list: Vec<answer::Provider> = v.web.ask(Request::ProviderShow { member: None }).await?;
    let is_mine = |account: &answer::Provider| account.member.as_deref() == Some(v.name.as_str());
    Ok(list.into_iter().find(is_mine).map(|account| Account {
        address: v.peer(account.address.as_deref().unwrap_or_default()),
        host: v.peer(&account.host),
        username: v.peer(account.username.as_deref().unwrap_or_default()),
        port: account.port,
        problem: account.problem.as_deref().map(|why| v.peer(why)),
        since: account.problem_since,
    }))
}

/// What was typed; the rest is as it is.
#[derive(Default)]
struct Typed {
    display: Option<String>,
    new: New,
    fetch: Fetch,
}

async fn page(v: &Member, new: New, status: StatusCode) -> Result<Response, Refusal> {
    let typed = Typed {
        new,
        ..Typed::default()
    };
    page_with(v, typed, status).await
}

async fn page_with(v: &Member, typed: Typed, status: StatusCode) -> Result<Response, Refusal> {
    let settings = Request::MemberSettings {
        name: v.name.clone(),
        mixed: None,
        language: None,
        reencode: None,
    };
    let present = v.who.as_ref().map(|who| who.display.clone());
    let page = Page {
        v,
        display: typed.display.or(present).unwrap_or_default(),
        settings: v.web.ask(settings).await?,
        addresses: addresses(v).await?,
        account: account_of(v).await?,
        new: typed.new,
        fetched: fetched_for(v).await?,
        fetch: typed.fetch,
    };
    Ok(v.show_with(status, page))
}

async fn show(v: Member) -> Result<Response, Refusal> {
    page(&v, New::default(), StatusCode::OK).await
}

#[derive(Deserialize)]
struct Name {
    #[serde(default)]
    display: String,
}

async fn rename(v: Member, Form(Name { display }): Form<Name>) -> Result<Response, Refusal> {
    if let Some(display) = person::read_display(&v, &display) {
        let name = v.name.clone();
        let request = Request::MemberDisplay { name, display };
        match v.web.tell(request).await {
            Ok(()) => return Ok(v.go(PAGE, Some(Flash::good("settings-saved")))),
            Err(failure) => v.failed(failure),
        }
    }
    let typed = Typed {
        display: Some(display),
        ..Typed::default()
    };
    page_with(&v, typed, StatusCode::UNPROCESSABLE_ENTITY).await
}

#[derive(Deserialize)]
struct Choice {
    mixed: Mixed,
}

async fn mixed(v: Member, Form(Choice { mixed }): Form<Choice>) -> Result<Response, Refusal> {
    let request = Request::MemberSettings {
        name: v.name.clone(),
        mixed: Some(mixed),
        language: None,
        reencode: None,
    };
    v.web.tell(request).await?;
    Ok(v.go(PAGE, Some(Flash::good("settings-saved"))))
}

#[derive(Deserialize)]
struct Reencode {
    #[serde(default)]
    on: Option<String>,
}

async fn reencode(v: Member, Form(Reencode { on }): Form<Reencode>) -> Result<Response, Refusal> {
    let switch = match on {
        Some(_) => Switch::On,
        None => Switch::Off,
    };
    let request = Request::MemberSettings {
        name: v.name.clone(),
        mixed: None,
        language: None,
        reencode: Some(switch),
    };
    v.web.tell(request).await?;
    Ok(v.go(PAGE, Some(Flash::good("settings-saved"))))
}

/// Whether a member may let the home log in at that server: the home opens doors that a member's own device may not, so it knocks
/// for them in the internet alone. What stands in the home network (the family's own mail server) the administrator may name.
async fn may_name(v: &Member, host: &str) -> bool {
    if v.is_admin() || known::is_server(host) {
        return true;
    }
    // The port is of no matter to the names' server.
    match tokio::time::timeout(CONNECT, tokio::net::lookup_host((host, 0))).await {
        Ok(Ok(found)) => {
            let found: Vec<_> = found.collect();
            !found.is_empty() && found.iter().all(|one| networks::is_public(one.ip()))
        }
        _ => false,
    }
}

async fn provider(v: Member, Form(new): Form<New>) -> Result<Response, Refusal> {
    let again = |new: New| page(&v, new, StatusCode::UNPROCESSABLE_ENTITY);
    let (address, host) = (new.address.trim(), new.host.trim());
    if host.is_empty() {
        v.problem_with("host", v.t("settings-host-empty"));
    } else if !is_host(host) {
        v.problem_with("host", v.t("provider-host-wrong"));
    }
    let port: Option<u16> = new.port.trim().parse().ok().filter(|port| *port > 0);
    if port.is_none() {
        v.problem_with("port", v.t("settings-port-wrong"));
    }
    let mine = addresses(&v).await?;
    let address = mine.iter().find(|mine| mine.eq_ignore_ascii_case(address));
    if address.is_none() {
        v.problem_with("address", v.t("settings-address-not-yours"));
    }
    if new.password.expose().is_empty() {
        v.problem_with("password", v.t("settings-password-empty"));
    }
    let (Some(port), Some(address), false) = (port, address, v.has_problems()) else {
        return again(new).await;
    };
    if !may_name(&v, host).await {
        v.problem_with("host", v.t("settings-host-not-public"));
        return again(new).await;
    }
    let username = match new.username.trim() {
        "" => address.clone(),
        username => username.to_owned(),
    };
    let request = Request::ProviderSet(NewProvider {
        member: Some(v.name.clone()),
        host: host.to_owned(),
        port,
        tls: match new.tls.as_str() {
            "starttls" => RelayTls::StartTls,
            _ => RelayTls::Implicit,
        },
        username,
        password: new.password.clone(),
        address: Some(address.clone()),
        untested: false,
    });
    if let Err(failure) = v.web.tell(request).await {
        v.failed(failure);
        return again(new).await;
    }
    Ok(v.go(PAGE, Some(Flash::good("settings-provider-set"))))
}

async fn test(v: Member) -> Result<Response, Refusal> {
    account_of(&v).await?.ok_or_else(Refusal::not_found)?;
    let member = Some(v.name.clone());
    let tested: Result<(), Failure> = v.web.tell(Request::ProviderTest { member }).await;
    match tested {
        Ok(()) => Ok(v.go(PAGE, Some(Flash::good("settings-provider-works")))),
        Err(failure) => {
            v.failed(failure);
            page(&v, New::default(), StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}

#[derive(Template)]
#[template(path = "provider-remove.html", config = "web/askama.toml")]
struct Remove<'a> {
    v: &'a Visitor,
    account: Account,
}

async fn ask_remove(v: Member) -> Result<Response, Refusal> {
    let account = account_of(&v).await?.ok_or_else(Refusal::not_found)?;
    Ok(v.show(Remove { v: &v, account }))
}

async fn remove(v: Member) -> Result<Response, Refusal> {
    account_of(&v).await?.ok_or_else(Refusal::not_found)?;
    let member = Some(v.name.clone());
    v.web.tell(Request::ProviderRemove { member }).await?;
    Ok(v.go(PAGE, Some(Flash::good("settings-provider-removed"))))
}

// ---- letters that wait at their provider

/// How often it is looked for letters.
const EVERY: u64 = 5 * 60;

async fn fetch(v: Member, Form(wanted): Form<Fetch>) -> Result<Response, Refusal> {
    let host = wanted.fetch_host.trim();
    let username = wanted.fetch_username.trim();
    if host.is_empty() {
        v.problem_with("fetch-host", v.t("settings-host-empty"));
    } else if !is_host(host) {
        v.problem_with("fetch-host", v.t("provider-host-wrong"));
    }
    if username.is_empty() {
        v.problem_with("fetch-username", v.t("settings-fetch-username-empty"));
    }
    if wanted.fetch_password.expose().is_empty() {
        v.problem_with("fetch-password", v.t("settings-password-empty"));
    }
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    let of = |fetch| Typed {
        fetch,
        ..Typed::default()
    };
    if !v.has_problems() && !may_name(&v, host).await {
        v.problem_with("fetch-host", v.t("settings-host-not-public"));
    }
    if v.has_problems() {
        return page_with(&v, of(wanted), status).await;
    }
    let (protocol, port) = match wanted.protocol.as_str() {
        "pop3" => (Protocol::Pop3, 995),
        _ => (Protocol::Imap, 993),
    };
    let request = Request::FetchSet(NewFetch {
        member: v.name.clone(),
        protocol,
        host: host.to_owned(),
        port,
        tls: RelayTls::Implicit,
        login: Some((username.to_owned(), wanted.fetch_password.clone())),
        after: match wanted.delete {
            Some(_) => After::Delete,
            None => After::Keep,
        },
        since: match wanted.everything {
            Some(_) => Since::Everything,
            None => Since::New,
        },
        every_seconds: EVERY,
        untested: false,
    });
    if let Err(failure) = v.web.tell(request).await {
        v.failed(failure);
        return page_with(&v, of(wanted), status).await;
    }
    Ok(v.go(PAGE, Some(Flash::good("settings-fetch-set"))))
}

async fn fetch_now(v: Member) -> Result<Response, Refusal> {
    fetched_for(&v).await?.ok_or_else(Refusal::not_found)?;
    let member = v.name.clone();
    let round: Result<answer::FetchRound, Failure> = v.web.ask(Request::FetchNow { member }).await;
    match round {
        Ok(round) if round.still_runs => Ok(v.go(PAGE, Some(Flash::good("settings-fetch-runs")))),
        Ok(round) => {
            let told = Flash::good("fetching-done").with("count", v.number(round.filed));
            Ok(v.go(PAGE, Some(told)))
        }
        Err(failure) => {
            v.failed(failure);
            page(&v, New::default(), StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}

#[derive(Template)]
#[template(path = "fetch-remove.html", config = "web/askama.toml")]
struct EndFetch<'a> {
    v: &'a Visitor,
    fetched: Fetched,
}

async fn ask_end_fetch(v: Member) -> Result<Response, Refusal> {
    let fetched = fetched_for(&v).await?.ok_or_else(Refusal::not_found)?;
    Ok(v.show(EndFetch { v: &v, fetched }))
}

async fn end_fetch(v: Member) -> Result<Response, Refusal> {
    fetched_for(&v).await?.ok_or_else(Refusal::not_found)?;
    let member = v.name.clone();
    v.web.tell(Request::FetchRemove { member }).await?;
    Ok(v.go(PAGE, Some(Flash::good("settings-fetch-removed"))))
}
