//! `/me/devices`: a member's mail programs and telephones: how each is connected, its own password, and how that ends.
//!
//! # Rules
//! - Each device has a password of its own. It is shown by the answer to the form that has made it and never again: no address,
//!   no row and no log has it.
//! - It is made last: what the device cannot be told is said before.
//! - Another member's device is none here.

use std::net::IpAddr;

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::cause::Cause;
use crate::control::{Failure, Request, answer};
use crate::devices::table::{Table, table};
use crate::devices::{
    self, Account, Home, Person, Ports, Protocol, Security, android, apple, card, delta, qr,
};
use crate::mail::address::LOCAL_DOMAIN;
use crate::members::DevicePassword;
use crate::net::networks;
use crate::web::Web;
use crate::web::text::Text;
use crate::web::visitor::{Flash, Form, Member, Query, Refusal, Visitor};

const LIST: &str = "/me/devices";
/// Longest name of a device, in characters: one line on a telephone.
const MAX_LABEL: usize = 60;

/// The paths of this page.
pub fn routes() -> Router<Web> {
    Router::new()
        .route(LIST, get(list))
        .route("/me/devices/card", get(show_card))
        .route("/me/devices/revoke", get(ask_revoke).post(revoke))
        .route("/me/devices/{kind}", get(explain).post(make))
}

/// What can be connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Thunderbird,
    Android,
    Apple,
    DeltaChat,
    Other,
}

impl Kind {
    const ALL: [Self; 5] = [
        Self::Thunderbird,
        Self::Android,
        Self::Apple,
        Self::DeltaChat,
        Self::Other,
    ];

    /// The last part of its path.
    const fn word(self) -> &'static str {
        match self {
            Self::Thunderbird => "thunderbird",
            Self::Android => "android",
            Self::Apple => "apple",
            Self::DeltaChat => "delta-chat",
            Self::Other => "other",
        }
    }

    /// What a browser seems to run on, by what it says it is: a first guess.
    pub(super) fn of_browser(program: &str) -> Self {
        let has = |signs: &[&str]| signs.iter().any(|sign| program.contains(sign));
        match program {
            _ if has(&["Android"]) => Self::Android,
            _ if has(&["iPhone", "iPad", "Macintosh"]) => Self::Apple,
            _ => Self::Thunderbird,
        }
    }

    /// Whether this browser runs on the very telephone that would have to scan its code.
    pub(super) fn is_here(self, v: &Visitor) -> bool {
        let signs: &[&str] = match self {
            Self::Android => &["Android"],
            Self::DeltaChat => &["Android", "iPhone", "iPad"],
            Self::Thunderbird | Self::Apple | Self::Other => &[],
        };
        signs.iter().any(|sign| v.program.contains(sign))
    }

    /// Whether it is given a file, which is downloaded, in place of a page.
    pub(super) fn gets_a_file(self) -> bool {
        self == Self::Apple
    }

    pub(super) fn title(self, v: &Visitor) -> Text {
        match self {
            Self::Thunderbird => v.t("devices-thunderbird"),
            Self::Android => v.t("devices-android"),
            Self::Apple => v.t("devices-apple"),
            Self::DeltaChat => v.t("devices-delta"),
            Self::Other => v.t("devices-other"),
        }
    }

    fn words(self, v: &Visitor) -> Text {
        match self {
            Self::Thunderbird => v.t("devices-thunderbird-words"),
            Self::Android => v.t("devices-android-words"),
            Self::Apple => v.t("devices-apple-words"),
            Self::DeltaChat => v.t("devices-delta-words"),
            Self::Other => v.t("devices-other-words"),
        }
    }

    /// What the device is called until its owner says better.
    pub(super) fn label(self, v: &Visitor) -> String {
        match self {
            Self::Thunderbird => "Thunderbird".to_owned(),
            Self::Android => "Android".to_owned(),
            // Safari on an iPad says that it is a Mac, unless it is told otherwise.
            Self::Apple if v.program.contains("Macintosh") => "Mac".to_owned(),
            Self::Apple if v.program.contains("iPad") => "iPad".to_owned(),
            Self::Apple => "iPhone".to_owned(),
            Self::DeltaChat => "Delta Chat".to_owned(),
            Self::Other => v.t("devices-label-other").to_string(),
        }
    }

    /// Whether it can be connected to what is bound now. Delta Chat reads by IMAP only.
    fn is_served(self, ports: Ports) -> bool {
        self != Self::DeltaChat || ports.imap.or(ports.imaps).is_some()
    }

    fn of(word: &str, ports: Ports) -> Result<Self, Refusal> {
        let mut all = Self::ALL.into_iter();
        all.find(|kind| kind.word() == word && kind.is_served(ports))
            .ok_or_else(Refusal::not_found)
    }
}

/// What devices are told of this home.
pub(super) fn of_home(web: &Web) -> Result<Home, Refusal> {
    let (config, place) = (web.config(), web.whereabouts());
    Ok(Home {
        name: config.home.name.clone(),
        hostname: config.home.hostname.clone(),
        tox: place.tox_id().ok_or_else(Refusal::unavailable)?,
        addresses: networks::home_addresses(),
        ports: place.ports(),
        ca_der: web.tls().ca_der().to_vec(),
        ca_fingerprint: web.tls().ca_fingerprint(),
    })
}

/// A member as their own devices know them: by the address that is understood at home, where programs look for settings.
fn person_at_home(v: &Member, home: &Home) -> Person {
    let domain = match home.hostname.parse::<IpAddr>() {
        Ok(_) => LOCAL_DOMAIN,
        Err(_) => &home.hostname,
    };
    Person {
        name: v.name.clone(),
        display: display(v),
        address: format!("{}@{domain}", v.name),
    }
}

/// The same as others know them: by their ordinary address, if they have one.
pub(super) async fn person_for_others(v: &Member) -> Result<Person, Refusal> {
    let members: Vec<answer::Member> = v.web.ask(Request::MemberList).await?;
    let me = members.into_iter().find(|m| m.name == v.name.as_str());
    let ordinary = me.and_then(|me| me.addresses.into_iter().next());
    Ok(Person {
        name: v.name.clone(),
        display: display(v),
        address: ordinary.unwrap_or_else(|| format!("{}@{LOCAL_DOMAIN}", v.name)),
    })
}

fn display(v: &Visitor) -> String {
    v.who
        .as_ref()
        .map(|who| who.display.clone())
        .unwrap_or_default()
}

/// One line of the table that is typed.
pub(super) struct Server {
    pub(super) purpose: String,
    pub(super) protocol: &'static str,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) security: &'static str,
}

/// The settings as they are typed, in the visitor's words.
pub(super) struct Typed {
    pub(super) table: Table,
    pub(super) servers: Vec<Server>,
}

impl Typed {
    fn new(v: &Visitor, table: Table) -> Self {
        let server = |service: &devices::Service| Server {
            purpose: match service.protocol {
                Protocol::Submission => v.t("devices-outgoing").to_string(),
                _ => v.t("devices-incoming").to_string(),
            },
            protocol: match service.protocol {
                Protocol::Imap => "IMAP",
                Protocol::Pop3 => "POP3",
                Protocol::Submission => "SMTP",
            },
            host: table.host.clone(),
            port: service.port,
            security: match service.security {
                Security::Tls => "SSL/TLS",
                Security::StartTls => "STARTTLS",
            },
        };
        let services = table.incoming.iter().chain([&table.outgoing]);
        Self {
            servers: services.map(server).collect(),
            table,
        }
    }
}

impl From<devices::Error> for Failure {
    fn from(error: devices::Error) -> Self {
        use devices::Error;
        let cause = match &error {
            Error::NotServed(_) | Error::NeedsImap => Cause::NotServed,
            Error::NoHostName(_) => Cause::NoHostName,
            Error::NotAscii(_) => Cause::NotAscii,
            Error::TooLong(_) => Cause::CodeTooLong,
        };
        Self::new(error, "").because(cause)
    }
}

// ---- the list

struct Row {
    device: answer::Device,
    label: String,
}

fn row(v: &Visitor, device: answer::Device) -> Row {
    Row {
        label: v.peer(&device.label),
        device,
    }
}

struct Choice {
    href: String,
    title: String,
    words: String,
}

#[derive(Template)]
#[template(path = "devices.html", config = "web/askama.toml")]
struct List<'a> {
    v: &'a Visitor,
    choices: Vec<Choice>,
    rows: Vec<Row>,
}

async fn devices_of(v: &Member) -> Result<Vec<answer::Device>, Refusal> {
    let name = v.name.clone();
    Ok(v.web.ask(Request::DeviceList { name }).await?)
}

async fn list(v: Member) -> Result<Response, Refusal> {
    let rows = devices_of(&v).await?.into_iter();
    let ports = of_home(&v.web)?.ports;
    let choice = |kind: Kind| Choice {
        href: format!("{LIST}/{}", kind.word()),
        title: kind.title(&v).to_string(),
        words: kind.words(&v).to_string(),
    };
    let kinds = Kind::ALL.into_iter().filter(|kind| kind.is_served(ports));
    Ok(v.show(List {
        v: &v,
        choices: kinds.map(choice).collect(),
        rows: rows.map(|device| row(&v, device)).collect(),
    }))
}

// ---- a device is connected

/// Both fingerprints that a device may show, 8 bytes a line.
pub(super) struct Fingerprints {
    pub(super) server: Vec<String>,
    pub(super) authority: Vec<String>,
}

fn fingerprints(web: &Web) -> Fingerprints {
    let lines = |text: &str| {
        let bytes: Vec<&str> = text.split(':').collect();
        bytes.chunks(8).map(|line| line.join(":")).collect()
    };
    Fingerprints {
        server: lines(&web.tls().server_fingerprint()),
        authority: lines(&web.tls().ca_fingerprint()),
    }
}

#[derive(Template)]
#[template(path = "device-new.html", config = "web/askama.toml")]
struct New<'a> {
    v: &'a Visitor,
    kind: Kind,
    title: String,
    label: &'a str,
    address: String,
    typed: Option<Typed>,
    fingerprints: Fingerprints,
}

/// The page that explains, and asks what the device shall be called.
fn new_page(v: &Member, home: &Home, (kind, label): (Kind, &str), status: StatusCode) -> Response {
    let person = person_at_home(v, home);
    let typed = match table(home, &person) {
        Ok(table) => Some(Typed::new(v, table)),
        Err(e) => {
            if !v.has_problems() {
                v.failed(e.into());
            }
            None
        }
    };
    v.show_with(
        status,
        New {
            v,
            kind,
            title: kind.title(v).to_string(),
            label,
            address: person.address,
            typed,
            fingerprints: fingerprints(&v.web),
        },
    )
}

async fn explain(v: Member, Path(kind): Path<String>) -> Result<Response, Refusal> {
    let home = of_home(&v.web)?;
    let kind = Kind::of(&kind, home.ports)?;
    let label = kind.label(&v);
    Ok(new_page(&v, &home, (kind, &label), StatusCode::OK))
}

#[derive(Deserialize)]
struct Wanted {
    label: String,
    /// They know that Delta Chat does not look at the certificate.
    #[serde(default)]
    agreed: Option<String>,
}

/// What a device is given besides the password itself.
enum Given {
    /// Nothing: everything is typed.
    Nothing,
    /// QR codes, as SVG, and the address that opens the program on this device, where it has one.
    Codes(Vec<String>, Option<Zeroizing<String>>),
    /// A file.
    Profile(Zeroizing<String>),
}

fn given(v: &Visitor, kind: Kind, account: &Account<'_>) -> Result<Given, devices::Error> {
    let title = || v.t("devices-code").to_string();
    Ok(match kind {
        Kind::Thunderbird | Kind::Other => Given::Nothing,
        Kind::Android => {
            let codes = android::codes(&[*account])?;
            let codes = codes.iter().map(|code| qr::svg(code, &title()));
            Given::Codes(codes.collect::<Result<_, _>>()?, None)
        }
        Kind::Apple => {
            let words = v.t("devices-apple-profile").to_string();
            Given::Profile(apple::profile(account, &words))
        }
        Kind::DeltaChat => {
            let uri = delta::uri(account, delta::Checks::Nobody)?;
            Given::Codes(vec![qr::svg(&uri, &title())?], Some(uri))
        }
    })
}

/// A device that has got its password just now: what its owner is shown once.
pub(super) struct Connected {
    pub(super) kind: Kind,
    pub(super) label: String,
    pub(super) name: String,
    pub(super) password: Zeroizing<String>,
    pub(super) codes: Vec<String>,
    /// What opens the program, where it runs on this device.
    pub(super) link: Option<Zeroizing<String>>,
    pub(super) address: String,
    pub(super) typed: Option<Typed>,
    pub(super) fingerprints: Fingerprints,
}

/// What comes of connecting a device.
pub(super) enum Outcome {
    /// Its password, to be shown.
    Shown(Box<Connected>),
    /// A file with it, to be downloaded.
    File(Response),
}

/// Makes a password for a device of that name, and all that the device is told.
pub(super) async fn connect(
    v: &Member,
    home: &Home,
    kind: Kind,
    label: &str,
) -> Result<Outcome, Failure> {
    let person = person_at_home(v, home);
    // With any password: whatever cannot be told is found before one is made that nobody would ever use.
    let trial = DevicePassword {
        id: 0,
        secret: Zeroizing::new("aaaaa-aaaaa-aaaaa-aaaaa-aaaaa".to_owned()),
    };
    Account::new(home, &person, &trial).and_then(|a| given(v, kind, &a))?;
    let request = Request::DeviceAdd {
        name: v.name.clone(),
        label: label.to_owned(),
    };
    let made: answer::NewDevice = v.web.ask(request).await?;
    let password = DevicePassword {
        id: made.id,
        secret: Zeroizing::new(made.password.expose().to_owned()),
    };
    let account = Account::new(home, &person, &password)?;
    let (given, table) = (given(v, kind, &account)?, table(home, &person)?);
    let (codes, link) = match given {
        Given::Profile(profile) => return Ok(Outcome::File(profile_file(v, &profile))),
        Given::Codes(codes, link) => (codes, link.filter(|_| kind.is_here(v))),
        Given::Nothing => (Vec::new(), None),
    };
    Ok(Outcome::Shown(Box::new(Connected {
        kind,
        label: v.peer(label),
        name: person.title(),
        password: password.secret,
        codes,
        link,
        address: table.address.clone(),
        typed: Some(Typed::new(v, table)),
        fingerprints: fingerprints(&v.web),
    })))
}

#[derive(Template)]
#[template(path = "device-made.html", config = "web/askama.toml")]
struct Made<'a> {
    v: &'a Visitor,
    made: &'a Connected,
}

async fn make(
    v: Member,
    Path(kind): Path<String>,
    Form(wanted): Form<Wanted>,
) -> Result<Response, Refusal> {
    let home = of_home(&v.web)?;
    let kind = Kind::of(&kind, home.ports)?;
    let label = wanted.label.trim();
    if label.is_empty() {
        v.problem_with("label", v.t("devices-label-empty"));
    } else if label.chars().count() > MAX_LABEL {
        v.problem_with("label", v.t("devices-label-long").with("most", MAX_LABEL));
    }
    if kind == Kind::DeltaChat && wanted.agreed.is_none() {
        v.problem_with("agreed", v.t("devices-delta-agree-first"));
    }
    let failed = match v.has_problems() {
        true => None,
        false => match connect(&v, &home, kind, label).await {
            Ok(Outcome::Shown(made)) => return Ok(v.show(Made { v: &v, made: &made })),
            Ok(Outcome::File(file)) => return Ok(file),
            Err(failure) => Some(failure),
        },
    };
    failed.into_iter().for_each(|failure| v.failed(failure));
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(new_page(&v, &home, (kind, label), status))
}

fn profile_file(v: &Member, profile: &str) -> Response {
    let extension = apple::EXTENSION;
    let file = format!("attachment; filename=\"toxmail-{}.{extension}\"", v.name);
    let fields = [
        (CONTENT_TYPE, apple::CONTENT_TYPE.to_owned()),
        (CONTENT_DISPOSITION, file),
    ];
    (fields, profile.to_owned()).into_response()
}

// ---- a card for the wall

#[derive(Template)]
#[template(path = "device-card.html", config = "web/askama.toml")]
struct CardPage<'a> {
    v: &'a Visitor,
    name: String,
    home: String,
    addresses: Vec<String>,
    qr: String,
    page: String,
    typed: Typed,
}

async fn show_card(v: Member) -> Result<Response, Refusal> {
    let (home, person) = (of_home(&v.web)?, person_for_others(&v).await?);
    let name = v.peer(person.title());
    let title = v.t("me-qr").with("name", &name).to_string();
    let told = card::card(&home, &person, &title, crate::clock::wall_seconds());
    let told = told.map_err(Failure::from)?;
    let typed = table(&home, &person_at_home(&v, &home)).map_err(Failure::from)?;
    Ok(v.show(CardPage {
        v: &v,
        name,
        home: v.peer(told.home),
        addresses: told.addresses,
        qr: told.qr_svg,
        page: v.https_link("/").unwrap_or_default(),
        typed: Typed::new(&v, typed),
    }))
}

// ---- a device password ends

#[derive(Deserialize, Default)]
struct Which {
    #[serde(default)]
    id: i64,
}

#[derive(Template)]
#[template(path = "device-revoke.html", config = "web/askama.toml")]
struct Revoke<'a> {
    v: &'a Visitor,
    row: Row,
}

/// A device of this member.
async fn mine(v: &Member, id: i64) -> Result<answer::Device, Refusal> {
    let mut devices = devices_of(v).await?.into_iter();
    devices
        .find(|device| device.id == id)
        .ok_or_else(Refusal::not_found)
}

async fn ask_revoke(v: Member, Query(Which { id }): Query<Which>) -> Result<Response, Refusal> {
    let row = row(&v, mine(&v, id).await?);
    Ok(v.show(Revoke { v: &v, row }))
}

async fn revoke(v: Member, Form(Which { id }): Form<Which>) -> Result<Response, Refusal> {
    let device = mine(&v, id).await?;
    let name = v.name.clone();
    v.web.tell(Request::DeviceRevoke { name, id }).await?;
    let told = Flash::good("devices-revoked").with("label", v.peer(&device.label));
    Ok(v.go(LIST, Some(told)))
}
