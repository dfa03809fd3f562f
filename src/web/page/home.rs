//! `/`: is everything all right? And `/events`, by which an open page learns what has changed.
//!
//! # Rules
//! - The page is made of parts, each a template of its own; the same part is sent again when it has changed.
//! - A part that the home cannot tell says so; the others are there all the same.
//! - A member sees their own letters, contacts and days; the administrator besides the numbers of all. Subjects are their
//!   writer's alone.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::Extension;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use super::letters::{self, Progress};
use crate::changes::{Changed, Kind};
use crate::control::chart;
use crate::control::finding::Severity;
use crate::control::{Failure, answer};
use crate::journal;
use crate::mail::address::MemberName;
use crate::web::finding::{self, Told};
use crate::web::glance::{self, People};
use crate::web::stream::{self, Stopping};
use crate::web::visitor::{Member, Query, Refusal, Visitor};
use crate::web::{Web, format};

/// Names that are shown of those who are there.
const MOST_ONLINE: usize = 12;
/// Recipients of a letter on its way that are shown.
const MOST_RECIPIENTS: usize = 5;

/// The paths of this page.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/", get(show))
        .route("/events", get(events))
}

/// A part of the page that changes while it is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Whether everything is all right.
    Health,
    /// Letters on their way.
    Letters,
    /// The Tox network.
    Tox,
    /// Who is there.
    Online,
    /// Disk and backup.
    Box,
    /// The letters of the last days.
    Days,
    /// A member's own letters, one by one: the page `/me/letters`.
    Mine,
}

impl Part {
    /// Those of the first page.
    pub const FIRST: [Self; 6] = [
        Self::Health,
        Self::Letters,
        Self::Tox,
        Self::Online,
        Self::Box,
        Self::Days,
    ];
    /// That of the page of letters.
    pub const LETTERS: [Self; 1] = [Self::Mine];

    /// Its name in the page and in the stream.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Health => "health",
            Self::Letters => "letters",
            Self::Tox => "tox",
            Self::Online => "online",
            Self::Box => "box",
            Self::Days => "days",
            Self::Mine => "mine",
        }
    }

    /// Whether it may look otherwise after this.
    pub fn may_change(self, changed: Changed) -> bool {
        let kinds: &[Kind] = match self {
            Self::Health => &[Kind::Health, Kind::Tox],
            Self::Letters | Self::Mine => &[Kind::Queue],
            Self::Tox => &[Kind::Tox, Kind::Contacts, Kind::Health],
            Self::Online => &[Kind::Contacts, Kind::Tox],
            Self::Box => &[Kind::Health, Kind::Queue],
            Self::Days => &[Kind::Store, Kind::Queue],
        };
        kinds.iter().any(|kind| changed.has(*kind))
    }

    /// Its HTML for a member, who is `v.who`. Blocks.
    ///
    /// # Errors
    /// The template fails, which it never should.
    pub fn html(self, v: &Visitor, member: &MemberName) -> Result<String, askama::Error> {
        match self {
            Self::Health => Health::of(v).render(),
            Self::Letters => Letters::of(v, member).render(),
            Self::Tox => Tox {
                v,
                health: known(v.web.health()),
            }
            .render(),
            Self::Online => Online::of(v, member).render(),
            Self::Box => Disk::of(v).render(),
            Self::Days => Days::of(v, member).render(),
            Self::Mine => letters::newest(v, member),
        }
    }
}

/// What the home could tell.
fn known<T>(answer: Result<T, Failure>) -> Option<T> {
    answer
        .inspect_err(|failure| journal::trouble("web", failure))
        .ok()
}

#[derive(Template)]
#[template(path = "home-health.html", config = "web/askama.toml")]
struct Health<'a> {
    v: &'a Visitor,
    state: Option<&'static str>,
    findings: Vec<Told>,
    /// Those that somebody else has to look at.
    others: usize,
}

impl<'a> Health<'a> {
    fn of(v: &'a Visitor) -> Self {
        let health = known(v.web.health());
        let all = health.iter().flat_map(|health| &health.findings);
        let (theirs, others): (Vec<_>, Vec<_>) = all.partition(|found| finding::is_for(v, found));
        let mut findings: Vec<Told> = theirs
            .iter()
            .map(|f| finding::told(v.reader(), f))
            .collect();
        findings.sort_by_key(|told| std::cmp::Reverse(told.severity));
        let note = Severity::Note.word();
        Self {
            v,
            state: health.as_ref().map(|health| match health.state.as_str() {
                "fine" => "good",
                "attention" => "slow",
                _ => "bad",
            }),
            findings,
            others: others.iter().filter(|f| f.severity != note).count(),
        }
    }
}

#[derive(Template)]
#[template(path = "home-tox.html", config = "web/askama.toml")]
struct Tox<'a> {
    v: &'a Visitor,
    health: Option<Arc<answer::Health>>,
}

#[derive(Template)]
#[template(path = "home-box.html", config = "web/askama.toml")]
struct Disk<'a> {
    v: &'a Visitor,
    health: Option<Arc<answer::Health>>,
    /// Bytes of the letters that wait: as the part above them says it, where the look at all else may be older.
    waiting: u64,
}

impl<'a> Disk<'a> {
    fn of(v: &'a Visitor) -> Self {
        let health = known(v.web.health());
        let older = health.as_ref().map_or(0, |health| health.disk.waiting);
        let waiting = known(v.web.waiting(None)).map_or(older, |all| all.bytes);
        Self { v, health, waiting }
    }
}

#[derive(Template)]
#[template(path = "home-online.html", config = "web/askama.toml")]
struct Online<'a> {
    v: &'a Visitor,
    people: Option<Arc<People>>,
    shown: Vec<glance::Online>,
    there: usize,
    count: usize,
}

impl<'a> Online<'a> {
    fn of(v: &'a Visitor, member: &MemberName) -> Self {
        let people = known(v.web.people());
        let (mut shown, mut there, mut count) = (Vec::new(), 0, 0);
        if let Some(people) = &people {
            shown = people.online(member).take(MOST_ONLINE).cloned().collect();
            there = people.online(member).count();
            count = people.count(member);
        }
        Self {
            v,
            people,
            shown,
            there,
            count,
        }
    }
}

#[derive(Template)]
#[template(path = "home-letters.html", config = "web/askama.toml")]
struct Letters<'a> {
    v: &'a Visitor,
    mine: Option<Arc<answer::QueueCount>>,
    all: Option<Arc<answer::QueueCount>>,
    moving: Vec<Moving>,
}

/// A letter on its way.
struct Moving {
    id: i64,
    subject: Option<String>,
    to: Vec<Bar>,
    /// Recipients that are not shown.
    more: usize,
}

/// How far it is to one recipient.
struct Bar {
    name: String,
    progress: Progress,
}

impl<'a> Letters<'a> {
    fn of(v: &'a Visitor, member: &MemberName) -> Self {
        let moving = known(v.web.moving(member)).unwrap_or_default();
        Self {
            v,
            mine: known(v.web.waiting(Some(member))),
            all: match v.is_admin() {
                true => known(v.web.waiting(None)),
                false => None,
            },
            moving: moving
                .iter()
                // Asked for one member, and looked at again: nobody sees another's letter by a mistake elsewhere.
                .filter(|letter| letter.member.as_deref() == Some(member.as_str()))
                .map(|letter| Moving::of(v, letter))
                .collect(),
        }
    }
}

impl Moving {
    fn of(v: &Visitor, letter: &answer::Queued) -> Self {
        let with_progress = letter
            .recipients
            .iter()
            .filter_map(|recipient| Some((recipient, recipient.progress.as_ref()?)));
        let mut to: Vec<Bar> = with_progress
            .map(|(recipient, progress)| Bar {
                name: v.peer(recipient.name.as_ref().unwrap_or(&recipient.address)),
                progress: letters::progress(v, progress, letter.bytes),
            })
            .collect();
        let more = to.len().saturating_sub(MOST_RECIPIENTS);
        to.truncate(MOST_RECIPIENTS);
        let subject = letter.subject.as_ref().map(|subject| v.peer(subject));
        Self {
            id: letter.id,
            subject: subject.filter(|subject| !subject.is_empty()),
            to,
            more,
        }
    }
}

#[derive(Template)]
#[template(path = "home-days.html", config = "web/askama.toml")]
struct Days<'a> {
    v: &'a Visitor,
    title: String,
    days: Option<Arc<Vec<answer::Day>>>,
    any: bool,
    received: String,
    sent: String,
    chart: String,
    table: String,
}

impl<'a> Days<'a> {
    fn of(v: &'a Visitor, member: &MemberName) -> Self {
        let (title, whose) = match v.is_admin() {
            true => (v.t("home-days-all").with("count", glance::DAYS), None),
            false => (
                v.t("home-days-mine").with("count", glance::DAYS),
                Some(member),
            ),
        };
        let mut part = Self {
            v,
            title: title.to_string(),
            days: known(v.web.days(whose)),
            any: false,
            received: String::new(),
            sent: String::new(),
            chart: String::new(),
            table: String::new(),
        };
        if let Some(days) = part.days.clone() {
            part.draw(v, &days);
        }
        part
    }

    fn draw(&mut self, v: &Visitor, days: &[answer::Day]) {
        let (received, sent) = (
            Ways::of(days.iter().map(|day| &day.received)),
            Ways::of(days.iter().map(|day| &day.sent)),
        );
        self.any = received.all() + sent.all() > 0;
        if !self.any {
            return;
        }
        self.received = v
            .t("home-days-received")
            .with("count", received.all())
            .with("direct", received.direct)
            .with("ordinary", received.ordinary)
            .with("local", received.local)
            .to_string();
        self.sent = v
            .t("home-days-sent")
            .with("count", sent.all())
            .with("direct", sent.direct)
            .with("ordinary", sent.ordinary)
            .with("local", sent.local)
            .to_string();
        let date = |day: &answer::Day| format::day_and_month(v.language, &day.day);
        let columns = [
            v.t("home-days-day"),
            v.t("home-days-in"),
            v.t("home-days-out"),
        ]
        .map(|text| text.to_string());
        let words = chart::Words {
            title: &self.title,
            description: &format!("{} {}", self.received, self.sent),
            date: &date,
            of_day: &|day| {
                v.t("home-days-line")
                    .with("day", date(day))
                    .with("received", chart::sum(&day.received))
                    .with("sent", chart::sum(&day.sent))
                    .to_string()
            },
            columns: [&columns[0], &columns[1], &columns[2]],
        };
        (self.chart, self.table) = (chart::svg(days, &words, "days"), chart::table(days, &words));
    }
}

/// Letters of some days by what people tell apart.
#[derive(Default)]
struct Ways {
    direct: u64,
    ordinary: u64,
    local: u64,
}

impl Ways {
    fn of<'a>(days: impl Iterator<Item = &'a answer::Ways>) -> Self {
        days.fold(Self::default(), |sum, ways| Self {
            direct: sum.direct + ways.direct.letters + ways.chat.letters,
            ordinary: sum.ordinary + ways.ordinary.letters,
            local: sum.local + ways.local.letters + ways.gateway.letters,
        })
    }

    fn all(&self) -> u64 {
        self.direct + self.ordinary + self.local
    }
}

#[derive(Template)]
#[template(path = "home.html", config = "web/askama.toml")]
struct Page<'a> {
    v: &'a Visitor,
    name: String,
    address: Option<String>,
    parts: Vec<Shown>,
}

/// A part as it is in the page.
struct Shown {
    name: &'static str,
    /// As wide as the page.
    wide: bool,
    /// Who hears the page is told of a change.
    aloud: bool,
    html: String,
}

async fn show(v: Member) -> Result<Response, Refusal> {
    let (visitor, member) = ((*v).clone(), v.name.clone());
    // All of it at one go: each change of threads costs more than most of the parts.
    let made = tokio::task::spawn_blocking(move || {
        let parts = Part::FIRST.map(|part| {
            Ok(Shown {
                name: part.word(),
                aloud: part == Part::Health,
                wide: matches!(part, Part::Health | Part::Letters | Part::Days),
                html: part.html(&visitor, &member)?,
            })
        });
        let parts = parts
            .into_iter()
            .collect::<Result<Vec<_>, askama::Error>>()?;
        let status = known(visitor.web.status());
        let suffix = status.and_then(|status| status.address_suffix.clone());
        let address = suffix.map(|suffix| format!("{member}{suffix}"));
        Ok::<_, askama::Error>((parts, address))
    });
    let (parts, address) = match made.await {
        Ok(Ok(made)) => made,
        Ok(Err(e)) => {
            journal::trouble("web", &e);
            return Err(Refusal::trouble());
        }
        Err(_) => return Err(Refusal::trouble()),
    };
    let who = v.who.as_ref();
    let name = who.map(|who| v.peer(&who.display)).unwrap_or_default();
    Ok(v.show(Page {
        v: &v,
        name,
        address,
        parts,
    }))
}

#[derive(Default, Deserialize)]
struct Which {
    /// The page that is open; the first one, if it is not said.
    #[serde(default)]
    of: String,
}

async fn events(
    v: Visitor,
    Query(which): Query<Which>,
    stopping: Option<Extension<Stopping>>,
) -> Result<Response, Refusal> {
    // Not to the login, as a page would: a stream is nothing to come back to.
    let Some(who) = v.who.clone() else {
        return Err(Refusal::forbidden("error-log-in"));
    };
    let parts: &[Part] = match which.of.as_str() {
        "letters" => &Part::LETTERS,
        _ => &Part::FIRST,
    };
    stream::answer(v, who, parts, stopping.map(|Extension(stopping)| stopping))
}
