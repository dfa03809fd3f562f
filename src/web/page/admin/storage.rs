//! `/admin/storage`: room on the disk, and who takes how much of it.

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use super::settings::Settings;
use crate::config::{self, Limits, Queue};
use crate::control::{Request, answer};
use crate::web::Web;
use crate::web::visitor::{Admin, Flash, Form, Refusal, Visitor};

const PATH: &str = "/admin/storage";
/// Largest letters to choose from, in bytes.
const MESSAGES: &[&str] = &[
    "10000000",
    "25000000",
    "50000000",
    "100000000",
    "250000000",
    "500000000",
];
/// Largest mailboxes to choose from, in bytes; 0 is no limit.
const QUOTAS: &[&str] = &[
    "0",
    "500000000",
    "1000000000",
    "2000000000",
    "5000000000",
    "10000000000",
    "20000000000",
    "50000000000",
];
const DELAYS: &[&str] = &["1h", "4h", "12h", "1d", "2d"];
const EXPIRIES: &[&str] = &["3d", "7d", "14d", "30d", "60d", "90d"];

/// So little room is worth a word, as for `doctor`.
const LITTLE: u64 = 200 << 20;

/// The paths of this page.
pub fn routes() -> Router<Web> {
    Router::new().route(PATH, get(show).post(change))
}

#[derive(Template)]
#[template(path = "admin-storage.html", config = "web/askama.toml")]
struct Page<'a> {
    v: &'a Visitor,
    storage: answer::Storage,
    room: Room,
    choices: Vec<Choice>,
    /// Nothing can be chosen here.
    all_locked: bool,
    /// It is a box, which can have another disk.
    disks: bool,
}

/// A setting to be chosen from a list.
struct Choice {
    /// The name of its field.
    field: &'static str,
    label: String,
    hint: Option<String>,
    locked: bool,
    options: Vec<Choosable>,
}

struct Choosable {
    /// Empty: the usual.
    value: String,
    words: String,
    selected: bool,
}

/// How the values of a list are told.
#[derive(Clone, Copy)]
enum Kind {
    Bytes,
    Time,
}

fn words(v: &Visitor, kind: Kind, value: &str) -> String {
    match kind {
        Kind::Bytes => match value.parse::<u64>() {
            Ok(0) => v.t("settings-no-limit").to_string(),
            Ok(bytes) => v.size(bytes),
            Err(_) => v.peer(value),
        },
        Kind::Time => match config::duration(value) {
            Ok(time) => v.duration(time.as_secs()),
            Err(_) => v.peer(value),
        },
    }
}

fn options(
    v: &Visitor,
    settings: &Settings,
    key: &str,
    kind: Kind,
    list: &[&str],
) -> Vec<Choosable> {
    let (now, chosen) = (settings.value(key), settings.is_chosen(key));
    let usual = match chosen || settings.is_locked(key) {
        true => v.t("settings-usual").to_string(),
        false => v
            .t("settings-usual-now")
            .with("value", words(v, kind, now))
            .to_string(),
    };
    let mut options = vec![Choosable {
        value: String::new(),
        words: usual,
        selected: !chosen,
    }];
    let other = (chosen && !list.contains(&now)).then_some(now);
    options.extend(list.iter().copied().chain(other).map(|value| Choosable {
        value: value.to_owned(),
        words: words(v, kind, value),
        selected: chosen && value == now,
    }));
    options
}

fn choices(v: &Visitor, settings: &Settings) -> Vec<Choice> {
    vec![
        Choice {
            field: "message",
            label: v.t("storage-message").to_string(),
            hint: Some(v.t("storage-message-hint").to_string()),
            locked: settings.is_locked(Limits::MAX_MESSAGE_BYTES),
            options: options(
                v,
                settings,
                Limits::MAX_MESSAGE_BYTES,
                Kind::Bytes,
                MESSAGES,
            ),
        },
        Choice {
            field: "quota",
            label: v.t("storage-quota").to_string(),
            hint: Some(v.t("storage-quota-hint").to_string()),
            locked: settings.is_locked(Limits::QUOTA_BYTES),
            options: options(v, settings, Limits::QUOTA_BYTES, Kind::Bytes, QUOTAS),
        },
        Choice {
            field: "delay",
            label: v.t("storage-delay").to_string(),
            hint: None,
            locked: settings.is_locked(Queue::DELAY_NOTICE_AFTER),
            options: options(v, settings, Queue::DELAY_NOTICE_AFTER, Kind::Time, DELAYS),
        },
        Choice {
            field: "expire",
            label: v.t("storage-expire").to_string(),
            hint: Some(v.t("storage-expire-hint").to_string()),
            locked: settings.is_locked(Queue::EXPIRE_AFTER),
            options: options(v, settings, Queue::EXPIRE_AFTER, Kind::Time, EXPIRIES),
        },
    ]
}

/// How much room there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Room {
    Enough,
    Little,
    None,
}

impl Room {
    fn of(disk: &answer::Disk) -> Self {
        match disk.free {
            free if free < disk.reserve => Self::None,
            free if free < LITTLE => Self::Little,
            _ => Self::Enough,
        }
    }
}

impl Page<'_> {
    fn used(&self) -> u64 {
        self.storage
            .disk
            .total
            .saturating_sub(self.storage.disk.free)
    }
}

async fn page(v: &Visitor) -> Result<Page<'_>, Refusal> {
    let storage: answer::Storage = v.web.ask(Request::Storage).await?;
    let choices = choices(v, &Settings::of(&v.web).await?);
    Ok(Page {
        v,
        room: Room::of(&storage.disk),
        storage,
        disks: v.web.disks().is_some(),
        all_locked: choices.iter().all(|choice| choice.locked),
        choices,
    })
}

async fn show(v: Admin) -> Result<Response, Refusal> {
    let page = page(&v).await?;
    Ok(v.show(page))
}

/// A field that is not there is one that was locked.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Wanted {
    message: Option<String>,
    quota: Option<String>,
    delay: Option<String>,
    expire: Option<String>,
}

async fn change(v: Admin, Form(wanted): Form<Wanted>) -> Result<Response, Refusal> {
    let settings = Settings::of(&v.web).await?;
    let fields = [
        (Limits::MAX_MESSAGE_BYTES, wanted.message),
        (Limits::QUOTA_BYTES, wanted.quota),
        (Queue::DELAY_NOTICE_AFTER, wanted.delay),
        (Queue::EXPIRE_AFTER, wanted.expire),
    ];
    let changes = fields.into_iter().filter_map(|(key, value)| {
        let value = value?;
        Some((key, Some(value).filter(|value| !value.is_empty())))
    });
    match settings.change(&v.web, changes.collect()).await {
        Ok(()) => Ok(v.go(PATH, Some(Flash::good("settings-changed")))),
        Err(failure) => {
            v.failed(failure);
            Ok(v.show_with(StatusCode::UNPROCESSABLE_ENTITY, page(&v).await?))
        }
    }
}
