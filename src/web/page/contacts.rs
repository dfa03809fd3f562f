//! `/me/contacts`: whom a member knows.
//!
//! # Who may change what
//! As in the address books of mail programs ([`crate::contacts`], `cards`): a member sees everybody's entries and their own,
//! adds their own, and changes the name and the ordinary addresses of whatever they see, for everybody who sees it. Another
//! member's entry is none here.
//! - What goes with an entry (confirming an address that is claimed, going by ordinary mail, removing) is its owner's to decide,
//!   and for everybody's entries the administrator's.
//! - What concerns the other home (blocking it, reaching it directly only) is decided by the administrator, and by a member
//!   whose own entries alone lead there.
//! - Anybody who sees a contact may compare the safety words with them, and say that they have.

use askama::Template;
use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use tokio::sync::mpsc;

use crate::carddav::answer::Flow;
use crate::contacts::percent_encoded;
use crate::control::protocol::Switch;
use crate::control::{Failure, Request, Secret, answer, import_requests};
use crate::mail::address::{Meaning, MemberName, meaning};
use crate::web::Web;
use crate::web::failure;
use crate::web::upload::Upload;
use crate::web::visitor::{Flash, Form, Member, Query, Refusal, Visitor};

pub(super) const LIST: &str = "/me/contacts";
/// Contacts on one page.
const PAGE: usize = 50;
/// Largest file of cards that is taken in.
const MAX_FILE: u64 = 8 << 20;
/// Longest name, in characters.
const MAX_NAME: usize = 64;
/// After which times letters may go by ordinary mail.
const FALLBACKS: [u64; 4] = [86_400, 3 * 86_400, 7 * 86_400, 14 * 86_400];

/// The paths of this page.
pub fn routes() -> Router<Web> {
    Router::new()
        .route(LIST, get(list))
        .route("/me/contacts/add", get(show_add).post(add))
        .route("/me/contacts/export.vcf", get(export))
        .route("/me/contacts/import", get(show_import).post(import))
        .route("/me/contacts/with/{name}", get(show))
        .route("/me/contacts/with/{name}/edit", post(edit))
        .route("/me/contacts/with/{name}/verify", post(verify))
        .route("/me/contacts/with/{name}/confirm", post(confirm))
        .route("/me/contacts/with/{name}/fallback", post(fallback))
        .route("/me/contacts/with/{name}/direct", post(direct))
        .route("/me/contacts/with/{name}/block", get(ask_block).post(block))
        .route(
            "/me/contacts/with/{name}/remove",
            get(ask_remove).post(remove),
        )
}

/// Where a contact's page is.
fn href(nickname: &str) -> String {
    format!("{LIST}/with/{}", percent_encoded(nickname))
}

/// Whether a member sees that entry.
fn is_visible(v: &Member, contact: &answer::Contact) -> bool {
    let owner = contact.owner.as_deref();
    owner.is_none_or(|owner| owner == v.name.as_str())
}

/// All entries, also those that the member does not see.
async fn all(v: &Member) -> Result<Vec<answer::Contact>, Refusal> {
    Ok(v.web.ask(Request::ContactList).await?)
}

/// A contact that the member sees, and what they may do with it.
struct Seen {
    contact: answer::Contact,
    /// Whose entry it is to decide about.
    may_decide: bool,
    /// Whether their home is this member's to decide about.
    may_decide_home: bool,
}

/// The contact of that nickname, if the member sees it.
async fn seen(v: &Member, nickname: &str) -> Result<Seen, Refusal> {
    let all = all(v).await?;
    let found = all.iter().find(|c| c.name == nickname && is_visible(v, c));
    let contact = found.ok_or_else(Refusal::not_found)?.clone();
    let is_mine = |c: &answer::Contact| c.owner.as_deref() == Some(v.name.as_str());
    let alone = contact.key.is_some() && all.iter().filter(|c| c.key == contact.key).all(is_mine);
    Ok(Seen {
        may_decide: v.is_admin() || is_mine(&contact),
        may_decide_home: contact.key.is_some() && (v.is_admin() || alone),
        contact,
    })
}

/// How near a contact is: the colour, and the words.
fn state(v: &Visitor, contact: &answer::Contact) -> (&'static str, String) {
    let (mood, words) = match contact.state.as_str() {
        "connected" => ("good", v.t("contacts-connected")),
        "online" if contact.awaits_direct => ("slow", v.t("contacts-awaits-direct")),
        "online" => ("good", v.t("contacts-online")),
        "asked" => ("slow", v.t("contacts-asked")),
        "waiting" => ("slow", v.t("contacts-waiting")),
        "blocked" => ("bad", v.t("contacts-blocked")),
        "ordinary" => ("off", v.t("contacts-ordinary")),
        _ => ("off", v.t("contacts-offline")),
    };
    (mood, words.to_string())
}

fn kind(v: &Visitor, contact: &answer::Contact) -> String {
    let words = match (contact.key.is_some(), contact.kind.as_str()) {
        (false, _) => v.t("contacts-kind-ordinary"),
        (true, "home") => v.t("contacts-kind-home"),
        (true, "chat") => v.t("contacts-kind-chat"),
        (true, _) => v.t("contacts-kind-unknown"),
    };
    words.to_string()
}

/// When they were last there, where that is worth a word.
fn last_seen(v: &Visitor, contact: &answer::Contact) -> Option<String> {
    let there = matches!(contact.state.as_str(), "connected" | "online" | "blocked");
    let seen = contact.last_seen.filter(|_| !there)?;
    Some(
        v.t("contacts-last-seen")
            .with("when", v.near(seen))
            .to_string(),
    )
}

// ---- the list

struct Row {
    href: String,
    name: String,
    /// What people here write to.
    address: String,
    kind: String,
    mood: &'static str,
    state: String,
    seen: Option<String>,
    mine: bool,
    claims: bool,
}

fn row(v: &Visitor, contact: &answer::Contact) -> Row {
    let (mood, state) = state(v, contact);
    Row {
        href: href(&contact.name),
        name: v.peer(&contact.display),
        address: v.peer(format!("{}@tox", contact.name)),
        kind: kind(v, contact),
        mood,
        state,
        seen: last_seen(v, contact),
        mine: contact.owner.is_some(),
        claims: !contact.claimed.is_empty(),
    }
}

#[derive(Template)]
#[template(path = "contacts.html", config = "web/askama.toml")]
struct List<'a> {
    v: &'a Visitor,
    rows: Vec<Row>,
    query: &'a str,
    /// All that the member sees, and those that were found.
    count: usize,
    found: usize,
    before: Option<String>,
    next: Option<String>,
    asked: bool,
}

#[derive(Default, Deserialize)]
struct Search {
    #[serde(default)]
    q: String,
    #[serde(default)]
    from: usize,
}

/// Whether a contact is among what is looked for.
fn matches(contact: &answer::Contact, wanted: &str) -> bool {
    let texts = [
        Some(&contact.display),
        Some(&contact.name),
        contact.address.as_ref(),
    ];
    let mut texts = texts.into_iter().flatten().chain(&contact.emails);
    texts.any(|text| text.to_lowercase().contains(wanted))
}

async fn list(v: Member, Query(search): Query<Search>) -> Result<Response, Refusal> {
    let mut known = all(&v).await?;
    known.retain(|contact| is_visible(&v, contact));
    let count = known.len();
    let query = search.q.trim();
    let wanted = query.to_lowercase();
    known.retain(|contact| matches(contact, &wanted));
    known.sort_by_cached_key(|contact| contact.display.to_lowercase());
    let found = known.len();
    let from = search.from.min(found);
    let rows = known.iter().skip(from).take(PAGE);
    let page = |from: usize| format!("{LIST}?q={}&from={from}", percent_encoded(query));
    Ok(v.show(List {
        v: &v,
        rows: rows.map(|contact| row(&v, contact)).collect(),
        query,
        count,
        found,
        before: (from > 0).then(|| page(from.saturating_sub(PAGE))),
        next: (from + PAGE < found).then(|| page(from + PAGE)),
        asked: super::requests::is_asked(&v).await?,
    }))
}

// ---- a new one

#[derive(Template)]
#[template(path = "contact-add.html", config = "web/askama.toml")]
struct Add<'a> {
    v: &'a Visitor,
    new: &'a New,
    max_name: usize,
}

#[derive(Default, Deserialize)]
struct New {
    #[serde(default)]
    name: String,
    #[serde(default)]
    address: String,
    #[serde(default)]
    chat: Option<String>,
    #[serde(default)]
    everybodys: Option<String>,
}

fn add_page(v: &Member, new: &New, status: StatusCode) -> Response {
    let max_name = MAX_NAME;
    v.show_with(status, Add { v, new, max_name })
}

async fn show_add(v: Member) -> Response {
    add_page(&v, &New::default(), StatusCode::OK)
}

/// What was pasted.
enum Pasted<'a> {
    Invitation(&'a str),
    Tox(&'a str),
    Ordinary(&'a str),
}

fn pasted<'a>(text: &'a str, hostname: &str) -> Pasted<'a> {
    let is_link = text
        .get(..4)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("tox:"));
    if is_link && text.contains("token=") {
        return Pasted::Invitation(text);
    }
    let ordinary = matches!(meaning(text, hostname), Ok(Meaning::Ordinary(_)));
    match !is_link && ordinary {
        true => Pasted::Ordinary(text),
        false => Pasted::Tox(text),
    }
}

async fn add(v: Member, Form(new): Form<New>) -> Result<Response, Refusal> {
    let config = v.web.config();
    let (name, text) = (new.name.trim(), new.address.trim());
    if text.is_empty() {
        v.problem_with("address", v.t("contacts-address-empty"));
        return Ok(add_page(&v, &new, StatusCode::UNPROCESSABLE_ENTITY));
    }
    let everybodys = v.is_admin() && new.everybodys.is_some();
    let contact = |tox: Option<String>, emails| Request::ContactAdd {
        name: name.to_owned(),
        chat: new.chat.is_some() && tox.is_some(),
        tox,
        emails,
        owner: (!everybodys).then(|| v.name.clone()),
        fallback_seconds: None,
    };
    let request = match pasted(text, &config.home.hostname) {
        // It makes another home a contact of everybody here, and opens this one to it.
        Pasted::Invitation(_) if !super::requests::is_asked(&v).await? => {
            v.problem_with("address", v.t("contacts-invitation-not-yours"));
            return Ok(add_page(&v, &new, StatusCode::UNPROCESSABLE_ENTITY));
        }
        Pasted::Invitation(link) => Request::InviteAccept {
            link: Secret::new(link.to_owned()),
        },
        Pasted::Tox(_) | Pasted::Ordinary(_) if name.is_empty() => {
            v.problem_with("name", v.t("contacts-name-empty"));
            return Ok(add_page(&v, &new, StatusCode::UNPROCESSABLE_ENTITY));
        }
        Pasted::Tox(address) => contact(Some(address.to_owned()), Vec::new()),
        Pasted::Ordinary(address) => contact(None, vec![address.to_owned()]),
    };
    let added: Option<answer::Contact> = match v.web.ask(request).await {
        Ok(added) => added,
        Err(failure) => {
            v.failed(failure);
            return Ok(add_page(&v, &new, StatusCode::UNPROCESSABLE_ENTITY));
        }
    };
    let there = added.map_or_else(|| LIST.to_owned(), |added| href(&added.name));
    Ok(v.go(&there, Some(Flash::good("contacts-added"))))
}

// ---- one of them

struct Claim {
    email: String,
    shown: String,
}

struct Fallback {
    seconds: u64,
    words: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "contact.html", config = "web/askama.toml")]
struct Page<'a> {
    v: &'a Visitor,
    href: String,
    row: Row,
    /// The entry is everybody's, and so is what is changed in it.
    everybodys: bool,
    address: Option<String>,
    emails: Vec<String>,
    claims: Vec<Claim>,
    home_name: Option<String>,
    words: Option<answer::Words>,
    fallbacks: Vec<Fallback>,
    has_fallback: bool,
    direct_only: bool,
    blocked: bool,
    seen: Seen,
    edit: Edit,
    max_name: usize,
}

#[derive(Clone, Default, Deserialize)]
struct Edit {
    #[serde(default)]
    name: String,
    #[serde(default)]
    emails: String,
}

async fn page(
    v: &Member,
    seen: Seen,
    edit: Option<Edit>,
    status: StatusCode,
) -> Result<Response, Refusal> {
    let contact = &seen.contact;
    let name = contact.name.clone();
    let details: answer::ContactDetails = v.web.ask(Request::ContactShow { name }).await?;
    let words: Option<answer::Words> = match &contact.key {
        Some(_) => {
            let name = contact.name.clone();
            Some(v.web.ask(Request::ContactWords { name }).await?)
        }
        None => None,
    };
    let written = || Edit {
        name: contact.display.clone(),
        emails: contact.emails.join("\n"),
    };
    let claim = |email: &String| Claim {
        shown: v.peer(email),
        email: email.clone(),
    };
    let chosen = contact.fallback_seconds;
    let other = chosen.filter(|seconds| !FALLBACKS.contains(seconds));
    let fallback = |seconds: u64| Fallback {
        words: v
            .t("contacts-fallback-after")
            .with("time", v.duration(seconds))
            .to_string(),
        chosen: chosen == Some(seconds),
        seconds,
    };
    Ok(v.show_with(
        status,
        Page {
            v,
            href: href(&contact.name),
            row: row(v, contact),
            everybodys: contact.owner.is_none(),
            address: contact.address.as_deref().map(|address| v.peer(address)),
            emails: contact.emails.iter().map(|email| v.peer(email)).collect(),
            claims: contact.claimed.iter().map(claim).collect(),
            home_name: details.home_name.as_deref().map(|name| v.peer(name)),
            words,
            fallbacks: FALLBACKS.into_iter().chain(other).map(fallback).collect(),
            has_fallback: contact.key.is_some() && !contact.emails.is_empty(),
            direct_only: contact.direct_only,
            blocked: contact.state == "blocked",
            edit: edit.unwrap_or_else(written),
            seen,
            max_name: MAX_NAME,
        },
    ))
}

async fn show(v: Member, Path(name): Path<String>) -> Result<Response, Refusal> {
    let seen = seen(&v, &name).await?;
    page(&v, seen, None, StatusCode::OK).await
}

async fn edit(
    v: Member,
    Path(name): Path<String>,
    Form(form): Form<Edit>,
) -> Result<Response, Refusal> {
    let seen = seen(&v, &name).await?;
    if form.name.trim().is_empty() {
        v.problem_with("name", v.t("contacts-name-empty"));
        return page(&v, seen, Some(form), StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let emails = form.emails.split(['\n', ',', ';', ' ']).map(str::trim);
    let emails = emails.filter(|email| !email.is_empty());
    let request = Request::ContactEdit {
        name: name.clone(),
        new_name: Some(form.name.clone()),
        emails: Some(emails.map(str::to_owned).collect()),
        tox: None,
    };
    if let Err(failure) = v.web.tell(request).await {
        v.failed(failure);
        return page(&v, seen, Some(form), StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    Ok(v.go(&href(&name), Some(Flash::good("contacts-changed"))))
}

/// Does something with a contact, and goes back to its page.
async fn deed(
    v: &Member,
    name: &str,
    request: Request,
    told: &'static str,
) -> Result<Response, Refusal> {
    v.web.tell(request).await?;
    // A key of the texts that this file names.
    Ok(v.go(&href(name), Some(Flash::good(told))))
}

#[derive(Deserialize)]
struct Verify {
    #[serde(default)]
    undo: Option<String>,
}

async fn verify(
    v: Member,
    Path(name): Path<String>,
    Form(form): Form<Verify>,
) -> Result<Response, Refusal> {
    seen(&v, &name).await?;
    let undo = form.undo.is_some();
    let told = if undo {
        "contacts-unverified"
    } else {
        "contacts-verified"
    };
    let request = Request::ContactVerify {
        name: name.clone(),
        undo,
    };
    deed(&v, &name, request, told).await
}

#[derive(Deserialize)]
struct Confirm {
    email: String,
}

async fn confirm(
    v: Member,
    Path(name): Path<String>,
    Form(Confirm { email }): Form<Confirm>,
) -> Result<Response, Refusal> {
    let seen = seen(&v, &name).await?;
    if !(seen.may_decide || super::requests::is_asked(&v).await?) {
        return Err(Refusal::forbidden("contacts-not-yours"));
    }
    // Only what their home claims: more is entered by changing the contact.
    if !seen.contact.claimed.contains(&email) {
        return Err(Refusal::not_found());
    }
    let request = Request::ContactConfirm {
        name: name.clone(),
        email,
    };
    deed(&v, &name, request, "contacts-confirmed").await
}

#[derive(Deserialize)]
struct After {
    /// 0 is never.
    seconds: u64,
}

async fn fallback(
    v: Member,
    Path(name): Path<String>,
    Form(After { seconds }): Form<After>,
) -> Result<Response, Refusal> {
    if !seen(&v, &name).await?.may_decide {
        return Err(Refusal::forbidden("contacts-not-yours"));
    }
    let request = Request::ContactFallback {
        name: name.clone(),
        seconds: Some(seconds).filter(|seconds| *seconds > 0),
    };
    deed(&v, &name, request, "contacts-changed").await
}

#[derive(Deserialize)]
struct Direct {
    only: Switch,
}

async fn direct(
    v: Member,
    Path(name): Path<String>,
    Form(Direct { only }): Form<Direct>,
) -> Result<Response, Refusal> {
    if !seen(&v, &name).await?.may_decide_home {
        return Err(Refusal::forbidden("contacts-not-yours"));
    }
    let request = Request::ContactDirect {
        name: name.clone(),
        only,
    };
    deed(&v, &name, request, "contacts-changed").await
}

#[derive(Template)]
#[template(path = "contact-end.html", config = "web/askama.toml")]
struct End<'a> {
    v: &'a Visitor,
    href: String,
    name: String,
    block: bool,
    everybodys: bool,
}

fn end_page(v: &Member, seen: &Seen, block: bool) -> Response {
    v.show(End {
        v,
        href: href(&seen.contact.name),
        name: v.peer(&seen.contact.display),
        block,
        everybodys: seen.contact.owner.is_none(),
    })
}

async fn ask_block(v: Member, Path(name): Path<String>) -> Result<Response, Refusal> {
    let seen = seen(&v, &name).await?;
    if !seen.may_decide_home {
        return Err(Refusal::forbidden("contacts-not-yours"));
    }
    Ok(end_page(&v, &seen, true))
}

async fn block(v: Member, Path(name): Path<String>) -> Result<Response, Refusal> {
    if !seen(&v, &name).await?.may_decide_home {
        return Err(Refusal::forbidden("contacts-not-yours"));
    }
    v.web.tell(Request::ContactBlock { name }).await?;
    Ok(v.go(LIST, Some(Flash::good("contacts-blocked-now"))))
}

async fn ask_remove(v: Member, Path(name): Path<String>) -> Result<Response, Refusal> {
    let seen = seen(&v, &name).await?;
    if !seen.may_decide {
        return Err(Refusal::forbidden("contacts-not-yours"));
    }
    Ok(end_page(&v, &seen, false))
}

async fn remove(v: Member, Path(name): Path<String>) -> Result<Response, Refusal> {
    if !seen(&v, &name).await?.may_decide {
        return Err(Refusal::forbidden("contacts-not-yours"));
    }
    v.web.tell(Request::ContactRemove { name }).await?;
    Ok(v.go(LIST, Some(Flash::good("contacts-removed"))))
}

// ---- as files

async fn export(v: Member) -> Result<Response, Refusal> {
    let web = v.web.clone();
    let ask = |member: Option<MemberName>, behind| Request::ContactExport {
        member,
        behind,
        tox_ids: false,
    };
    // Everybody's, then their own.
    let mut owners = [Some(v.name.clone())].into_iter();
    let mut owner = None;
    let first: answer::Cards = web.ask(ask(None, 0)).await?;
    // Made while it is sent: cards have photos.
    let (pieces, rest) = mpsc::channel(1);
    tokio::spawn(async move {
        let mut part = first;
        loop {
            if pieces.send(Ok(part.vcards.into())).await.is_err() {
                return;
            }
            let behind = match part.next {
                Some(behind) => behind,
                None => match owners.next() {
                    Some(next) => {
                        owner = next;
                        0
                    }
                    None => return,
                },
            };
            part = match web.ask(ask(owner.clone(), behind)).await {
                Ok(part) => part,
                Err(failure) => {
                    let _ = pieces.send(Err(std::io::Error::other(failure))).await;
                    return;
                }
            };
        }
    });
    let fields = [
        (CONTENT_TYPE, "text/vcard; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"contacts.vcf\""),
    ];
    Ok((fields, Body::new(Flow::pieces(rest))).into_response())
}

struct Refused {
    line: usize,
    why: failure::Told,
}

#[derive(Template)]
#[template(path = "contact-import.html", config = "web/askama.toml")]
struct Import<'a> {
    v: &'a Visitor,
    /// What became of those that were brought.
    outcome: Option<(usize, usize, Vec<Refused>)>,
}

async fn show_import(v: Member) -> Response {
    v.show(Import {
        v: &v,
        outcome: None,
    })
}

async fn import(v: Member, mut upload: Upload) -> Result<Response, Refusal> {
    let mut file = upload.file("cards", MAX_FILE).await?;
    let mut bytes = Vec::new();
    while let Some(piece) = file.piece().await? {
        bytes.extend_from_slice(&piece);
    }
    let name = v.t("contacts-import-this").to_string();
    let requests = match import_requests(&bytes, &name, Some(&v.name)) {
        Ok(requests) => requests,
        Err(failure) => {
            v.failed(failure);
            let (status, outcome) = (StatusCode::UNPROCESSABLE_ENTITY, None);
            return Ok(v.show_with(status, Import { v: &v, outcome }));
        }
    };
    let mut told: Vec<answer::ImportedCard> = Vec::new();
    for request in requests {
        let part: Vec<answer::ImportedCard> = v.web.ask(request).await?;
        told.extend(part);
    }
    let count = |what: &str| told.iter().filter(|card| card.outcome == what).count();
    let refused = told.iter().filter(|card| card.outcome == "refused");
    let refused = refused.map(|card| Refused {
        line: card.line,
        why: failure::told(
            &v,
            &Failure::new(card.why.as_deref().unwrap_or_default(), "")
                .because(card.cause.unwrap_or_default())
                .about(card.about.as_str()),
        ),
    });
    Ok(v.show(Import {
        v: &v,
        outcome: Some((count("new"), count("completed"), refused.collect())),
    }))
}
