//! Who asks, and what a handler needs of them: [`Visitor`], and the same for those who may be there only logged in
//! ([`Member`]) or as administrator ([`Admin`]); [`Form`], [`Refusal`], [`Flash`].

use std::fmt::Write as _;
use std::net::IpAddr;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use askama::Template;
use askama::filters::Safe;
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::{ACCEPT, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;

use super::session::{self, Who};
use super::text::{self, Language, Reader, Text};
use super::{Channel, MAX_FORM, Web, assets, failure, format, guard, page};
use crate::control::Failure;
use crate::journal;
use crate::mail::address::MemberName;

/// Longest text of a peer that a page shows in a line, in characters.
pub(super) const MAX_PEER_TEXT: usize = 120;
/// The same of one that may fill some lines.
const MAX_PEER_LINES: usize = 600;

/// Somebody who asks for a page, logged in or not. A template has it as `v`.
#[derive(Clone)]
pub struct Visitor {
    /// The house.
    pub web: Web,
    /// Who is logged in.
    pub who: Option<Who>,
    /// The language of the page: their own choice, else the browser's, else the home's.
    pub language: Language,
    /// How they are connected.
    pub channel: Channel,
    /// Where they are.
    pub from: IpAddr,
    /// The host that they asked for, checked, with its port if it has one.
    pub host: String,
    /// The path that they asked for, without a query.
    pub path: String,
    /// What the browser says it is: a claim.
    pub program: String,
    /// Whether anybody lives here yet.
    pub claimed: bool,
    /// Their cookie, of a session or of a guest.
    pub(super) cookie: Arc<str>,
    pub(super) token: Arc<str>,
    flash: Option<Flash>,
    wrong: Arc<Mutex<Wrong>>,
}

/// What went wrong with this request, for the page that is made next.
#[derive(Default)]
struct Wrong {
    failure: Option<Failure>,
    problems: Vec<(&'static str, String)>,
}

/// What [`Visitor::new`] makes one of.
pub(super) struct Arrival {
    pub who: Option<Who>,
    pub language: Language,
    pub channel: Channel,
    pub from: IpAddr,
    pub host: String,
    pub path: String,
    pub program: String,
    pub claimed: bool,
    pub cookie: String,
}

impl Visitor {
    pub(super) fn new(web: Web, arrival: Arrival) -> Self {
        Self {
            web,
            token: session::token(&arrival.cookie).into(),
            cookie: arrival.cookie.into(),
            who: arrival.who,
            language: arrival.language,
            channel: arrival.channel,
            from: arrival.from,
            host: arrival.host,
            path: arrival.path,
            program: arrival.program,
            claimed: arrival.claimed,
            flash: None,
            wrong: Arc::default(),
        }
    }

    // ---- for handlers

    /// Whether the administrator is logged in.
    pub fn is_admin(&self) -> bool {
        self.who.as_ref().is_some_and(|who| who.administrator)
    }

    /// The page that a template makes.
    pub fn show(&self, template: impl Template) -> Response {
        self.show_with(StatusCode::OK, template)
    }

    /// The same with another status.
    pub fn show_with(&self, status: StatusCode, template: impl Template) -> Response {
        let mut html = String::with_capacity(16 * 1024);
        if let Err(e) = template.render_into(&mut html) {
            journal::trouble("web", &e);
            return Refusal::trouble().into_response();
        }
        let mut response = (status, html).into_response();
        response.headers_mut().insert(
            CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        );
        response
    }

    /// After a deed: to the page `path` of ours (303, so that a reload does nothing twice), which shows `flash`.
    pub fn go(&self, path: &str, flash: Option<Flash>) -> Response {
        if let Some(flash) = flash {
            self.web.leave_flash(&self.token, flash);
        }
        see_other(path)
    }

    /// Lets a member in who has shown their password: opens a session in place of whatever this browser had, which ends (nobody
    /// can have planted what is good from now on). From here on forms and flashes are of the new session. The answer to this
    /// request has to carry the field that is given back; `None` when the member was removed meanwhile.
    ///
    /// # Errors
    /// The session cannot be kept.
    pub async fn admit(&mut self, member: &MemberName) -> Result<Option<HeaderValue>, Refusal> {
        let (member, channel, from) = (member.clone(), self.channel, self.from);
        let (program, old) = (self.program.clone(), self.cookie.to_string());
        let opened = self.web.with_sessions(move |sessions| {
            match sessions.open(&member, channel, from, &program, Some(&old)) {
                Err(session::Error::NoSuchMember(_)) => Ok(None),
                opened => opened.map(Some),
            }
        });
        Ok(opened.await?.map(|cookie| {
            self.token = session::token(&cookie).into();
            self.cookie = cookie.as_str().into();
            guard::cookie(
                channel.session_cookie(),
                &cookie,
                channel,
                session::ABSOLUTE,
            )
        }))
    }

    /// The opposite: ends the session of this browser, which is a stranger's from here on. The answer has to carry both fields.
    ///
    /// # Errors
    /// The session cannot be ended, or there is no randomness.
    pub async fn part(&mut self) -> Result<[HeaderValue; 2], Refusal> {
        let (channel, old) = (self.channel, self.cookie.to_string());
        let ended = self.web.with_sessions(move |sessions| {
            sessions.close(&old)?;
            session::random()
        });
        let guest = ended.await?;
        self.who = None;
        self.token = session::token(&guest).into();
        self.cookie = guest.as_str().into();
        Ok([
            guard::cookie(channel.session_cookie(), "", channel, Duration::ZERO),
            guard::cookie(channel.guest_cookie(), &guest, channel, session::IDLE),
        ])
    }

    /// What the home said no to is shown on top of the page that is made next.
    pub fn failed(&self, failure: Failure) {
        self.wrong().failure = Some(failure);
    }

    /// What is wrong with a field of a form is shown beside it on the page that is made next.
    pub fn problem_with(&self, field: &'static str, words: impl ToString) {
        self.wrong().problems.push((field, words.to_string()));
    }

    /// Whether anything is wrong with the form.
    pub fn has_problems(&self) -> bool {
        let wrong = self.wrong();
        !wrong.problems.is_empty() || wrong.failure.is_some()
    }

    fn wrong(&self) -> MutexGuard<'_, Wrong> {
        self.wrong.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What every form carries against forged requests; for a form that a template cannot write with [`csrf`](Self::csrf).
    pub fn csrf_token(&self) -> &str {
        &self.token
    }

    /// Where the same page is over HTTPS; `None` when that is switched off.
    pub fn https_link(&self, path: &str) -> Option<String> {
        let port = self.web.https_port()?;
        let (name, _) = guard::split_port(&self.host);
        Some(match port {
            443 => format!("https://{name}{path}"),
            port => format!("https://{name}:{port}{path}"),
        })
    }

    // ---- for templates

    /// Who reads, where that is all that matters.
    pub fn reader(&self) -> Reader {
        Reader(self.language)
    }

    /// A text of the page; `{{ v.t("key").with("name", value) }}`.
    pub fn t(&self, key: &'static str) -> Text {
        self.reader().t(key)
    }

    /// What a form carries against forged requests; the first thing in every form that posts.
    pub fn csrf(&self) -> Safe<String> {
        // The token is of letters and digits that need no escape.
        Safe(format!(
            "<input type=\"hidden\" name=\"csrf\" value=\"{}\">",
            self.token
        ))
    }

    /// A fingerprint, which breaks into lines between its pairs only.
    pub fn fingerprint(&self, text: impl AsRef<str>) -> Safe<String> {
        let digits = |letter: &char| letter.is_ascii_hexdigit() || *letter == ':';
        let text: String = text.as_ref().chars().filter(digits).collect();
        Safe(text.replace(':', ":<wbr>"))
    }

    /// A long number in hexadecimal digits, in groups of four with a gap between them. The gap is none of its letters: whoever
    /// copies it gets it without.
    pub fn grouped(&self, text: impl AsRef<str>) -> Safe<String> {
        let digits: Vec<char> = text
            .as_ref()
            .chars()
            .filter(char::is_ascii_hexdigit)
            .collect();
        let mut html = String::new();
        for group in digits.chunks(4) {
            html.push_str("<span class=\"group\">");
            html.extend(group);
            html.push_str("</span><wbr>");
        }
        Safe(html)
    }

    /// Text that a peer or a mail chose: one harmless line of limited length.
    pub fn peer(&self, text: impl AsRef<str>) -> String {
        self.reader().peer(text)
    }

    /// The same where it may be some lines long.
    pub fn peer_long(&self, text: impl AsRef<str>) -> String {
        text::clean(text.as_ref(), MAX_PEER_LINES)
    }

    /// A number as people write it.
    pub fn number(&self, number: impl Whole) -> String {
        format::number(self.language, number.whole())
    }

    /// A size in bytes as people write it.
    pub fn size(&self, bytes: impl Whole) -> String {
        self.reader().size(bytes)
    }

    /// A moment as people tell it: `yesterday 18:02`. In seconds since 1970.
    pub fn near(&self, seconds: impl Whole) -> String {
        self.reader().near(seconds)
    }

    /// A moment in full.
    pub fn moment(&self, seconds: impl Whole) -> String {
        format::moment(self.language, seconds.whole())
    }

    /// A day.
    pub fn date(&self, seconds: impl Whole) -> String {
        format::date(self.language, seconds.whole())
    }

    /// How long something takes, in seconds.
    pub fn duration(&self, seconds: impl Whole) -> String {
        self.reader().duration(seconds)
    }

    /// The address of a static file, with its content's hash in it.
    pub fn asset(&self, name: &str) -> &'static str {
        assets::path(name)
    }

    /// The code of the page's language.
    pub fn lang(&self) -> &'static str {
        text::code(self.language)
    }

    /// All languages, for the switch: code, own name, whether it is this one.
    pub fn languages(&self) -> Vec<(&'static str, &'static str, bool)> {
        text::LANGUAGES
            .iter()
            .map(|(l, code, name)| (*code, *name, *l == self.language))
            .collect()
    }

    /// What the home is called.
    pub fn home(&self) -> String {
        text::clean(&self.web.config().home.name, 60)
    }

    /// The pages that this visitor may go to.
    pub fn nav(&self) -> Vec<page::Link> {
        page::links(self)
    }

    /// Whether the page is that one or below it.
    pub fn is_at(&self, href: &str) -> bool {
        self.path == href
            || href != "/"
                && self
                    .path
                    .strip_prefix(href)
                    .is_some_and(|rest| rest.starts_with('/'))
    }

    /// Whether this is a page of the setup that is not finished: nothing there leads away from it.
    pub fn is_setting_up(&self) -> bool {
        self.who.as_ref().is_some_and(|who| who.in_setup) && page::setup::is_below(&self.path)
    }

    /// Whether the setup waits for them, and this is not a page of it.
    pub fn is_in_setup(&self) -> bool {
        self.who.as_ref().is_some_and(|who| who.in_setup) && !page::setup::is_below(&self.path)
    }

    /// What the last deed brought about, once.
    pub fn flash(&self) -> Option<&Flash> {
        self.flash.as_ref()
    }

    /// What the home said no to.
    pub fn failure(&self) -> Option<failure::Told> {
        let failure = self.wrong().failure.clone();
        failure.map(|failure| failure::told(self, &failure))
    }

    /// What is wrong with a field, if anything.
    pub fn problem(&self, field: &str) -> Option<String> {
        let wrong = self.wrong();
        let found = wrong.problems.iter().find(|(name, _)| *name == field);
        found.map(|(_, words)| words.clone())
    }
}

/// A whole number, however a template hands it over.
pub trait Whole {
    /// The number; the largest there is for a larger one.
    fn whole(&self) -> i64;
}

impl<T: Whole + ?Sized> Whole for &T {
    fn whole(&self) -> i64 {
        (**self).whole()
    }
}
macro_rules! whole {
    ($($kind:ty),*) => {$(
        impl Whole for $kind {
            fn whole(&self) -> i64 {
                i64::try_from(*self).unwrap_or(i64::MAX)
            }
        }
    )*};
}
whole!(u8, u16, u32, u64, usize, i32, i64);

/// A member who is logged in; nobody else comes to a handler that asks for one.
#[derive(Clone)]
pub struct Member {
    visitor: Visitor,
    /// Their mailbox.
    pub name: MemberName,
    /// Their session.
    pub session: i64,
}

/// The administrator; nobody else comes to a handler that asks for one.
#[derive(Clone)]
pub struct Admin(Member);

macro_rules! is_a {
    ($kind:ty, $field:tt, $base:ty) => {
        impl Deref for $kind {
            type Target = $base;
            fn deref(&self) -> &$base {
                &self.$field
            }
        }
        impl DerefMut for $kind {
            fn deref_mut(&mut self) -> &mut $base {
                &mut self.$field
            }
        }
    };
}
is_a!(Member, visitor, Visitor);
is_a!(Admin, 0, Member);

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let mut visitor = parts
            .extensions
            .get::<Visitor>()
            .cloned()
            .ok_or_else(Refusal::trouble)?;
        // Shown once, by a page that a person sees.
        if parts.method == Method::GET && wants_html(&parts.headers) {
            visitor.flash = visitor.web.take_flash(&visitor.token);
        }
        Ok(visitor)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Member {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let visitor = Visitor::from_request_parts(parts, state).await?;
        let Some(who) = visitor.who.clone() else {
            return Err(Refusal::log_in(&parts.method, &visitor.path));
        };
        Ok(Self {
            name: who.name,
            session: who.session,
            visitor,
        })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Admin {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let member = Member::from_request_parts(parts, state).await?;
        if !member.is_admin() {
            return Err(Refusal::forbidden("error-admin-only"));
        }
        Ok(Self(member))
    }
}

fn wants_html(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|v| v.to_str().ok());
    accept.is_none_or(|kinds| kinds.contains("text/html") || kinds.contains("*/*"))
}

/// The fields of a form, which the guard has seen to. Texts come as they were typed; a field may come several times (`Vec`).
#[derive(Clone, Debug)]
pub struct Form<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        let body = to_bytes(request.into_body(), MAX_FORM).await;
        let body = body.map_err(|_| Refusal::too_large())?;
        serde_html_form::from_bytes(&body)
            .map(Form)
            .map_err(|_| Refusal::bad_request("error-form"))
    }
}

/// What stands behind the `?` of an address; what cannot be read counts as nothing.
#[derive(Clone, Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Query(serde_html_form::from_str(query).unwrap_or_default()))
    }
}

/// A request that is not served, and what the visitor reads: the page around it is made in their language.
#[derive(Clone, Debug)]
pub struct Refusal {
    status: StatusCode,
    words: &'static str,
    retry_after: Option<Duration>,
    /// Where they have to log in first.
    log_in: Option<String>,
    /// What the home said no to.
    failure: Option<Box<Failure>>,
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self {
            failure: Some(Box::new(failure)),
            ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "no-other")
        }
    }
}

impl Refusal {
    fn new(status: StatusCode, words: &'static str) -> Self {
        Self {
            status,
            words,
            retry_after: None,
            log_in: None,
            failure: None,
        }
    }

    /// 400: the request itself is wrong. `words` is the key of a text.
    pub fn bad_request(words: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, words)
    }

    /// 403: not this visitor, or not this way.
    pub fn forbidden(words: &'static str) -> Self {
        Self::new(StatusCode::FORBIDDEN, words)
    }

    /// 404.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "error-not-found")
    }

    /// 413.
    pub fn too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "error-too-large")
    }

    /// 429: again after this time.
    pub fn too_many(wait: Duration) -> Self {
        Self {
            retry_after: Some(wait),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, "error-too-many")
        }
    }

    /// 500: a fault of the home, which the log tells.
    pub fn trouble() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "error-trouble")
    }

    /// 503: not now.
    pub fn unavailable() -> Self {
        Self {
            retry_after: Some(Duration::from_secs(30)),
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "error-unavailable")
        }
    }

    /// They have to log in, and come back to `path` then if they only wanted to look.
    fn log_in(method: &Method, path: &str) -> Self {
        let looks = matches!(*method, Method::GET | Method::HEAD);
        Self {
            log_in: Some(if looks {
                path.to_owned()
            } else {
                "/".to_owned()
            }),
            ..Self::forbidden("error-log-in")
        }
    }

    /// The refusal that a status alone tells, of the router itself.
    pub(super) fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::not_found(),
            StatusCode::PAYLOAD_TOO_LARGE => Self::too_large(),
            StatusCode::METHOD_NOT_ALLOWED => Self::new(status, "error-method"),
            status if status.is_client_error() => Self::new(status, "error-bad-request"),
            status => Self::new(status, "error-trouble"),
        }
    }

    /// The page that tells it.
    pub(super) fn page(&self, visitor: &Visitor) -> Response {
        let title = match self.status {
            StatusCode::NOT_FOUND => visitor.t("error-title-not-found"),
            StatusCode::FORBIDDEN => visitor.t("error-title-forbidden"),
            StatusCode::PAYLOAD_TOO_LARGE => visitor.t("error-title-too-large"),
            StatusCode::TOO_MANY_REQUESTS => visitor.t("error-title-too-many"),
            StatusCode::INTERNAL_SERVER_ERROR => visitor.t("error-title-trouble"),
            StatusCode::SERVICE_UNAVAILABLE => visitor.t("error-title-unavailable"),
            StatusCode::UNPROCESSABLE_ENTITY => visitor.t("error-title-failure"),
            _ => visitor.t("error-title-bad-request"),
        };
        let wait = self.retry_after.map(|wait| wait.as_secs().max(1));
        let mut response = visitor.show_with(
            self.status,
            ErrorPage {
                v: visitor,
                status: self.status.as_u16(),
                title: title.to_string(),
                words: visitor.t(self.words).to_string(),
                wait,
                failure: self.failure.as_ref().map(|f| failure::told(visitor, f)),
            },
        );
        if let Some(wait) = wait {
            response
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from(wait));
        }
        response
    }
}

#[derive(Template)]
#[template(path = "error.html", config = "web/askama.toml")]
struct ErrorPage<'a> {
    v: &'a Visitor,
    status: u16,
    title: String,
    words: String,
    wait: Option<u64>,
    failure: Option<failure::Told>,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        if let Some(path) = &self.log_in {
            return see_other(&login_path(path));
        }
        let mut response = self.status.into_response();
        // The guard makes the page, for it knows the language.
        response.extensions_mut().insert(self);
        response
    }
}

/// What a deed brought about, told on the next page that this browser shows.
#[derive(Clone, Debug)]
pub struct Flash {
    /// How it went.
    pub mood: Mood,
    key: &'static str,
    arguments: Vec<(&'static str, String)>,
}

/// How a deed went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// Well.
    Good,
    /// Not well.
    Bad,
}

impl Flash {
    /// It went well; `key` names the text.
    pub fn good(key: &'static str) -> Self {
        Self {
            mood: Mood::Good,
            key,
            arguments: Vec::new(),
        }
    }

    /// It did not.
    pub fn bad(key: &'static str) -> Self {
        Self {
            mood: Mood::Bad,
            ..Self::good(key)
        }
    }

    /// Puts a value into the text.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.arguments.push((name, value.to_string()));
        self
    }

    /// Whether it went well.
    pub fn is_good(&self) -> bool {
        self.mood == Mood::Good
    }

    /// Its words.
    pub fn words(&self, visitor: &Visitor) -> String {
        let mut text = visitor.t(self.key);
        for (name, value) in &self.arguments {
            text = text.with(name, value);
        }
        text.to_string()
    }
}

/// 303 to a page of ours. What is no path of ours leads to the first page: nobody is sent out of the house.
pub fn see_other(path: &str) -> Response {
    let there = HeaderValue::from_str(own_path(path)).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(LOCATION, there)], Body::empty()).into_response()
}

/// `path` if it is a path of this house, else `/`. Browsers take `//host`, `/\host` and what has line ends in it for more.
pub fn own_path(path: &str) -> &str {
    let second = path.as_bytes().get(1);
    let ours = path.starts_with('/')
        && !matches!(second, Some(b'/' | b'\\'))
        && path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    if ours { path } else { "/" }
}

/// Where to log in to see a path of ours.
pub fn login_path(to: &str) -> String {
    match own_path(to) {
        "/" => "/login".to_owned(),
        path => format!("/login?to={}", in_query(path)),
    }
}

/// A path as the value of a query.
fn in_query(path: &str) -> String {
    let mut coded = String::new();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                coded.push(char::from(byte));
            }
            byte => {
                let _ = write!(coded, "%{byte:02X}");
            }
        }
    }
    coded
}
