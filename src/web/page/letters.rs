//! `/me/letters`: a member's own letters that are on their way.
//!
//! # Rules
//! - Another member's letter is none here, whatever number is asked for.
//! - How a letter is gets words of its own in each language; why it is so is the home's answer, which is English.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;

use crate::control::protocol::{HeldWord, QueueFilter};
use crate::control::{Failure, Request, answer};
use crate::journal;
use crate::mail::address::MemberName;
use crate::web::Web;
use crate::web::visitor::{Flash, Form, Member, Query, Refusal, Visitor};

const LIST: &str = "/me/letters";
/// Letters on one page.
const PAGE: usize = 30;
/// Recipients of a letter that are shown; of more it is said how many.
const MOST_RECIPIENTS: usize = 20;

/// The paths of this page.
pub fn routes() -> Router<Web> {
    Router::new()
        .route(LIST, get(list))
        .route("/me/letters/retry", post(retry))
        .route("/me/letters/answer", post(answer_held))
        .route("/me/letters/cancel", get(ask_cancel).post(cancel))
}

/// How far a letter is to somebody.
pub(super) struct Progress {
    /// What fills the bar.
    pub(super) sent: u64,
    /// A full bar; 0 where that is not known.
    pub(super) total: u64,
    pub(super) words: String,
}

/// A letter on its way to one recipient.
struct Recipient {
    who: String,
    /// The colour: `good`, `slow`, `bad`, `off`.
    mood: &'static str,
    state: String,
    next: Option<String>,
    why: Option<String>,
    progress: Option<Progress>,
}

/// A letter.
struct Letter {
    id: i64,
    subject: String,
    facts: String,
    recipients: Vec<Recipient>,
    /// Recipients that are not shown.
    more: usize,
    /// Something of it waits, and can be tried at once.
    can_retry: bool,
    can_cancel: bool,
    /// It waits for its writer's word.
    held: bool,
}

fn letter(v: &Visitor, queued: answer::Queued) -> Letter {
    let subject = queued
        .subject
        .as_deref()
        .map(|s| v.peer(s))
        .unwrap_or_default();
    let any = |state: &str| queued.recipients.iter().any(|r| r.state == state);
    let facts = v
        .t("letters-facts")
        .with("when", v.near(queued.accepted))
        .with("size", v.size(queued.bytes));
    Letter {
        id: queued.id,
        subject: if subject.is_empty() {
            v.t("letters-no-subject").to_string()
        } else {
            subject
        },
        facts: facts.to_string(),
        can_retry: any("waiting"),
        can_cancel: any("waiting") || any("on its way"),
        held: any("held"),
        more: queued.recipients.len().saturating_sub(MOST_RECIPIENTS),
        recipients: queued
            .recipients
            .iter()
            .take(MOST_RECIPIENTS)
            .map(|r| recipient(v, r, queued.bytes))
            .collect(),
    }
}

/// One recipient of a letter of so many bytes.
fn recipient(v: &Visitor, r: &answer::QueuedRecipient, bytes: u64) -> Recipient {
    let address = v.peer(&r.address);
    let who = match r.name.as_deref().map(|name| v.peer(name)) {
        Some(name) if name != address && !name.is_empty() => v
            .t("letters-who")
            .with("name", &name)
            .with("address", &address)
            .to_string(),
        _ => address,
    };
    let (mood, state) = match (r.state.as_str(), r.next_try) {
        ("on its way", _) => ("good", v.t("letters-on-its-way")),
        ("delivered", _) => ("good", v.t("letters-delivered")),
        ("held", _) => ("slow", v.t("letters-held")),
        ("failed", _) => ("bad", v.t("letters-failed")),
        // It waits for the other home, not for a moment.
        (_, None) => ("off", v.t("letters-waits-for-home")),
        (_, Some(_)) if r.attempts == 0 => ("off", v.t("letters-waits")),
        (_, Some(_)) => ("slow", v.t("letters-waits-again")),
    };
    let wait = r
        .next_try
        .map(|at| at - crate::clock::wall_seconds())
        .filter(|wait| *wait > 0);
    let next = wait.filter(|_| r.attempts > 0).map(|wait| {
        let next = v.t("letters-next-try").with("wait", v.duration(wait));
        next.to_string()
    });
    Recipient {
        who,
        mood,
        state: state.to_string(),
        next,
        // A share is told by the bar, and a hold by its buttons.
        why: r
            .why
            .as_deref()
            .filter(|_| matches!(r.state.as_str(), "waiting" | "failed"))
            .map(|why| v.peer(why))
            .filter(|why| !why.is_empty()),
        progress: r.progress.as_ref().map(|p| progress(v, p, bytes)),
    }
}

/// How far a letter of so many bytes is. What crosses may be fewer, compressed; a person knows the letter's own size, so what
/// they are told is its share of that.
pub(super) fn progress(v: &Visitor, p: &answer::Progress, bytes: u64) -> Progress {
    let parts = p.unit == "parts";
    let of_letter = |crossed: u64| match (parts, p.total) {
        (false, total) if total > 0 => share(crossed, total, bytes),
        _ => crossed,
    };
    let sent = match p.total {
        0 => p.sent,
        total => of_letter(p.sent.min(total)),
    };
    let mut words = match (parts, p.total) {
        (false, 0) => v.t("letters-sent-bytes").with("sent", v.size(sent)),
        (false, _) => v
            .t("letters-sent-of-bytes")
            .with("sent", v.size(sent))
            .with("total", v.size(bytes)),
        (true, total) => v
            .t("letters-sent-of-parts")
            .with("sent", v.number(sent))
            .with("total", v.number(total)),
    }
    .to_string();
    let speed = p.bytes_per_second.map(of_letter);
    if let Some(speed) = speed.filter(|speed| *speed > 0) {
        words.push_str(" · ");
        let told = v.t("letters-speed").with("size", v.size(speed));
        words.push_str(&told.to_string());
    }
    if let Some(left) = p.seconds_left {
        words.push_str(" · ");
        let told = v.t("letters-left").with("time", v.duration(left.max(1)));
        words.push_str(&told.to_string());
    }
    Progress {
        sent: p.sent.min(p.total),
        total: p.total,
        words,
    }
}

/// `part` of `whole`, as a part of `of`.
fn share(part: u64, whole: u64, of: u64) -> u64 {
    let share = u128::from(part) * u128::from(of) / u128::from(whole.max(1));
    u64::try_from(share).unwrap_or(u64::MAX)
}

#[derive(Template)]
#[template(path = "letters.html", config = "web/askama.toml")]
struct Page<'a> {
    v: &'a Visitor,
    list: String,
    /// Whether this is not the first page, which follows by itself.
    later: bool,
}

/// The letters themselves.
#[derive(Template)]
#[template(path = "letters-list.html", config = "web/askama.toml")]
struct List<'a> {
    v: &'a Visitor,
    letters: Vec<Letter>,
    count: answer::QueueCount,
    later: bool,
    next: Option<i64>,
}

#[derive(Default, Deserialize)]
struct From {
    behind: Option<i64>,
}

/// Letters of a member, behind one of them or from the first. Blocks.
fn letters_of<'a>(
    v: &'a Visitor,
    member: &MemberName,
    behind: Option<i64>,
) -> Result<List<'a>, Failure> {
    let filter = QueueFilter {
        member: Some(member.clone()),
        behind,
        limit: Some(PAGE + 1),
        subjects: true,
        ..QueueFilter::default()
    };
    let mut queued: Vec<answer::Queued> = v.web.ask_now(Request::QueueList(filter))?;
    let more = queued.len() > PAGE;
    queued.truncate(PAGE);
    let next = queued.last().map(|last| last.id).filter(|_| more);
    // Asked for one member, and looked at again: nobody sees another's letter by a mistake elsewhere.
    queued.retain(|queued| queued.member.as_deref() == Some(member.as_str()));
    Ok(List {
        v,
        letters: queued.into_iter().map(|queued| letter(v, queued)).collect(),
        count: (*v.web.waiting(Some(member))?).clone(),
        later: behind.is_some(),
        next,
    })
}

/// The list of the first page as HTML, for an open page. What the home cannot tell now is told when something changes. Blocks.
///
/// # Errors
/// The template fails, which it never should.
pub(super) fn newest(v: &Visitor, member: &MemberName) -> Result<String, askama::Error> {
    match letters_of(v, member, None) {
        Ok(list) => list.render(),
        Err(failure) => {
            journal::trouble("web", &failure);
            Ok(String::new())
        }
    }
}

async fn list(v: Member, Query(From { behind }): Query<From>) -> Result<Response, Refusal> {
    let (visitor, member) = ((*v).clone(), v.name.clone());
    let made = tokio::task::spawn_blocking(move || {
        let list = letters_of(&visitor, &member, behind)?;
        list.render().map_err(|e| {
            journal::trouble("web", &e);
            Refusal::trouble()
        })
    });
    let list = made.await.map_err(|_| Refusal::trouble())??;
    Ok(v.show(Page {
        v: &v,
        list,
        later: behind.is_some(),
    }))
}

#[derive(Default, Deserialize)]
struct Which {
    #[serde(default)]
    id: i64,
}

/// A letter of this member.
async fn mine(v: &Member, id: i64) -> Result<answer::Queued, Refusal> {
    // Its subject is told in a list only.
    let filter = QueueFilter {
        member: Some(v.name.clone()),
        behind: Some(id.saturating_sub(1)).filter(|behind| *behind > 0),
        limit: Some(1),
        subjects: true,
        ..QueueFilter::default()
    };
    let found: Vec<answer::Queued> = v.web.ask(Request::QueueList(filter)).await?;
    let is_it = |queued: &answer::Queued| {
        queued.id == id && queued.member.as_deref() == Some(v.name.as_str())
    };
    found.into_iter().find(is_it).ok_or_else(Refusal::not_found)
}

async fn retry(v: Member, Form(Which { id }): Form<Which>) -> Result<Response, Refusal> {
    mine(&v, id).await?;
    let told = match v.web.tell(Request::QueueRetry { id: Some(id) }).await {
        Ok(()) => Flash::good("letters-retried"),
        // It went a moment ago.
        Err(_) if mine(&v, id).await.is_err() => Flash::good("letters-gone"),
        Err(failure) => return Err(failure.into()),
    };
    Ok(v.go(LIST, Some(told)))
}

#[derive(Deserialize)]
struct Answer {
    id: i64,
    word: HeldWord,
}

async fn answer_held(v: Member, Form(answer): Form<Answer>) -> Result<Response, Refusal> {
    let Answer { id, word } = answer;
    if !letter(&v, mine(&v, id).await?).held {
        return Ok(v.go(LIST, Some(Flash::bad("letters-not-held"))));
    }
    let member = v.name.clone();
    v.web
        .tell(Request::QueueAnswer { id, member, word })
        .await?;
    let told = match word {
        HeldWord::Send => Flash::good("letters-released"),
        HeldWord::Stop => Flash::good("letters-cancelled"),
    };
    Ok(v.go(LIST, Some(told)))
}

#[derive(Template)]
#[template(path = "letter-cancel.html", config = "web/askama.toml")]
struct Cancel<'a> {
    v: &'a Visitor,
    letter: Letter,
}

async fn ask_cancel(v: Member, Query(Which { id }): Query<Which>) -> Result<Response, Refusal> {
    let letter = letter(&v, mine(&v, id).await?);
    Ok(v.show(Cancel { v: &v, letter }))
}

async fn cancel(v: Member, Form(Which { id }): Form<Which>) -> Result<Response, Refusal> {
    mine(&v, id).await?;
    let member = Some(v.name.clone());
    v.web.tell(Request::QueueCancel { id, member }).await?;
    Ok(v.go(LIST, Some(Flash::good("letters-cancelled"))))
}
