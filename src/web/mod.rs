//! The home's page: what everybody at home sees of it, in a browser on any device.
//!
//! # What happens here
//! - [`serve`]: the shell. HTTP on a connection of [`crate::net::serve`], and the order in which a request is looked at.
//! - [`guard`]: what every request has to pass (host, origin, token), and what every answer carries.
//! - [`claim`]: who may move in first, and how far the setup is. [`session`]: who is logged in. [`visitor`]: who asks, as a handler
//!   and a template see them.
//! - [`glance`]: what the first page tells, kept while nothing changes; [`finding`]: what can be wrong, in words,
//!   and [`failure`]: what the home says no with;
//!   [`stream`]: what changes while a page is open. [`upload`]: forms with a file in them.
//! - [`text`], [`mod@format`]: words, numbers and dates in four languages. [`assets`]: static files.
//! - [`page`]: the pages, one file a page; templates in `web/templates/`.
//!
//! # What never happens here
//! - No page is served to a name or an address that is not the home's, no change is made by a page that is not ours.
//! - No password is asked for on a plain connection where somebody lives already, none is kept, none stands in an address.
//! - Nothing is loaded from elsewhere, no script or style stands in a page; without a script everything works.
//! - No page decides what the home does: it asks [`Operator`] as the operator's command does, and shows the answer. What it does
//!   decide is *who may ask*: a member for what is theirs, the administrator for the rest.
//! - No text of a peer, a mail or a browser is shown but through [`visitor::Visitor::peer`] and the template's own escape.
//!
//! # How a page is written
//! 1. `src/web/page/NAME.rs`: `pub fn routes() -> Router<Web>` with its paths; add `mod NAME;` and `.merge(NAME::routes())` in
//!    `page/mod.rs`, and a line in its `NAV` if the page stands in the menu.
//! 2. A handler takes [`visitor::Visitor`] (anybody), [`visitor::Member`] (logged in: others are sent to the login) or
//!    [`visitor::Admin`]; `Query<T>` for `?…`; and after these, for a POST, `Form<T>` (its token was checked before), or
//!    [`upload::Upload`] for a file.
//! 3. It asks `v.web.ask::<answer::Status>(Request::Status).await?`: `Err(Failure)` with `?` becomes a page that says it. To show
//!    it in place: `v.failed(failure)` and make the page again; for one field `v.problem_with("name", v.t("key"))`.
//! 4. It answers `Ok(v.show(Template { v: &v, … }))`, or after a change `Ok(v.go("/path", Some(Flash::good("key"))))`;
//!    its type is `Result<Response, Refusal>`, and `Err(Refusal::not_found())` becomes the error page.
//! 5. The template: `#[derive(Template)] #[template(path = "NAME.html", config = "web/askama.toml")] struct Page<'a> { v: &'a Visitor, … }`,
//!    `{% extends "base.html" %}` with the blocks `title` and `main`; `{{ v.t("key").with("name", value) }}` for every word;
//!    `{{ v.csrf() }}` first in every form; `{{ v.peer(x) }}` for what others chose; `v.size`, `v.near`, `v.number` for numbers.
//! 6. Every key goes into the four files of `web/texts/`, below a heading of the page; the test `texts` says what is missing.
//!
//! # Why so few libraries
//! axum routes, askama and Fluent do what is theirs. Not tower-http's `csrf` (it lets pass what carries no `Origin`, and knows no
//! token), not tower-sessions (a table and three rules of ours: hash, stamp, channel), not rust-embed (three files), no layers of
//! middleware: the order of [`serve::Site::answer`] can be read from top to bottom.
//!
//! # Known limits
//! - What the home says no with has words in each language as far as it has a name ([`crate::cause::Cause`]); the rest is English, in a
//!   frame of the visitor's language.
//! - A session is looked at when a request comes. What streams looks again
//!   ([`session::Sessions::still`]).
//! - A link in a mail or a chat makes a detour by the login, because its browser sends no `SameSite=Strict` cookie along with it.

pub mod absent;
pub mod assets;
pub mod claim;
pub mod failure;
pub mod finding;
pub mod format;
pub mod glance;
pub mod guard;
pub mod page;
pub mod serve;
pub mod session;
pub mod stream;
pub mod text;
pub mod upload;
pub mod visitor;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use serde::de::DeserializeOwned;

pub use serve::Site;

use crate::appliance::disk;
use crate::appliance::network;
use crate::appliance::stick;
use crate::appliance::update::Desk;
use crate::clock::Clock;
use crate::config::Config;
use crate::control::{Failure, Operator, Request};
use crate::database::Database;
use crate::devices::Ports;
use crate::durable;
use crate::journal;
use crate::mail::address::ToxId;
use crate::net::login::Doorman;
use crate::net::tls::Tls;
use claim::Claims;
use session::Sessions;
use visitor::Flash;

/// The service's name for the doorman and the log.
pub const SERVICE: &str = "web";
/// Longest form.
pub const MAX_FORM: usize = 64 * 1024;
/// So many flashes wait for their page at most: nobody fills the memory with them.
const MAX_FLASHES: usize = 256;

/// How a browser is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// By TLS.
    Https,
    /// In the clear.
    Http,
}

impl Channel {
    /// The word in addresses and rows.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Https => "https",
            Self::Http => "http",
        }
    }

    fn from_row(text: &str) -> Self {
        if text == "https" {
            Self::Https
        } else {
            Self::Http
        }
    }

    /// Whose login it is. The prefix keeps a plain page and other names from planting one (RFC 6265bis); browsers take it on
    /// HTTPS only, so a plain login, which there is during the setup alone, has another name.
    const fn session_cookie(self) -> &'static str {
        match self {
            Self::Https => "__Host-toxmail",
            Self::Http => "toxmail-plain",
        }
    }

    const fn guest_cookie(self) -> &'static str {
        match self {
            Self::Https => "__Host-toxmail-guest",
            Self::Http => "toxmail-plain-guest",
        }
    }
}

/// What the page needs of the house.
pub struct House {
    /// Does what is asked for.
    pub operator: Arc<dyn Operator>,
    /// Stands at the login.
    pub doorman: Arc<Doorman>,
    /// The truth.
    pub database: Database,
    /// The home's clock.
    pub clock: Clock,
    /// The settings as they are now.
    pub config: Arc<RwLock<Arc<Config>>>,
    /// The authority that devices have to trust.
    pub tls: Arc<Tls>,
    /// Where HTTPS is, if it is on.
    pub https_port: Option<u16>,
    /// Where this home is to be found.
    pub whereabouts: Arc<dyn Whereabouts>,
}

/// Where a home is to be found: what devices are told, without a look at anything else.
pub trait Whereabouts: Send + Sync {
    /// Its Tox address as it is now; `None` before there is one.
    fn tox_id(&self) -> Option<ToxId>;
    /// What is bound.
    fn ports(&self) -> Ports;
}

/// The house behind the page; a cheap handle to clone.
#[derive(Clone)]
pub struct Web(Arc<Inner>);

struct Inner {
    house: House,
    sessions: Sessions,
    claims: Claims,
    /// By the token of the browser that shall see them.
    flashes: Mutex<HashMap<Arc<str>, Flash>>,
    glance: glance::Glance,
    streams: stream::Streams,
    /// Where other versions are handed over; a box has it.
    updates: OnceLock<Desk>,
    /// How a box is connected.
    network: OnceLock<network::Desk>,
    /// Where another disk is chosen; a box has it.
    disks: OnceLock<disk::Desk>,
    /// Where a stick for backups is chosen; a box has it.
    sticks: OnceLock<stick::Desk>,
}

impl Web {
    /// The page of a house that cannot be claimed in it.
    pub fn new(house: House) -> Self {
        Self::claimable(house, Claims::default())
    }

    /// The page of a house, and how it is claimed while nobody lives there.
    pub fn claimable(house: House, claims: Claims) -> Self {
        let sessions = Sessions::new(house.database.clone(), house.clock.clone());
        Self(Arc::new(Inner {
            house,
            sessions,
            claims,
            flashes: Mutex::default(),
            glance: glance::Glance::default(),
            streams: stream::Streams::default(),
            updates: OnceLock::new(),
            network: OnceLock::new(),
            disks: OnceLock::new(),
            sticks: OnceLock::new(),
        }))
    }

    /// Asks the home, as the operator's command does; the answer has the shape that [`Request`] names.
    ///
    /// # Errors
    /// The home says no, and why.
    pub async fn ask<T: DeserializeOwned + Send + 'static>(
        &self,
        request: Request,
    ) -> Result<T, Failure> {
        let (web, command) = (self.clone(), request.name());
        match tokio::task::spawn_blocking(move || web.ask_now(request)).await {
            Ok(answer) => answer,
            Err(e) => Err(out_of_order(command, &e)),
        }
    }

    /// The same where it may block.
    ///
    /// # Errors
    /// The home says no, and why.
    pub fn ask_now<T: DeserializeOwned>(&self, request: Request) -> Result<T, Failure> {
        let command = request.name();
        let value = self.0.house.operator.handle(request)?;
        serde_json::from_value(value).map_err(|e| out_of_order(command, &e))
    }

    /// Asks the home for a deed whose answer says nothing that is needed.
    ///
    /// # Errors
    /// The home says no, and why.
    pub async fn tell(&self, request: Request) -> Result<(), Failure> {
        self.ask::<serde::de::IgnoredAny>(request).await.map(drop)
    }

    /// The settings as they are now.
    pub fn config(&self) -> Arc<Config> {
        Arc::clone(
            &self
                .0
                .house
                .config
                .read()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }

    /// Who is logged in.
    pub fn sessions(&self) -> &Sessions {
        &self.0.sessions
    }

    /// Who stands at the login.
    pub fn doorman(&self) -> &Doorman {
        &self.0.house.doorman
    }

    /// Tells the doorman, who has just come, where members are logged in: nobody's guesses keep them waiting there after a start of
    /// the home either. Blocks.
    pub fn know_places(&self) {
        match self.sessions().list(None) {
            Ok(list) => {
                // Who was here last comes first in the list, and is to be remembered longest.
                for session in list.into_iter().rev() {
                    if let Ok(address) = session.address.parse() {
                        self.doorman().know(address, &session.member);
                    }
                }
            }
            Err(e) => journal::trouble("web", &e),
        }
    }

    /// The authority that devices have to trust.
    pub fn tls(&self) -> &Tls {
        &self.0.house.tls
    }

    /// Where this home is to be found.
    pub fn whereabouts(&self) -> &dyn Whereabouts {
        &*self.0.house.whereabouts
    }

    /// Where HTTPS is, if it is on.
    pub fn https_port(&self) -> Option<u16> {
        self.0.house.https_port
    }

    /// The home's folder.
    pub fn folder(&self) -> PathBuf {
        durable::folder_of(self.0.house.database.path()).to_owned()
    }

    /// Where other versions of the whole system are handed over, from now on.
    pub fn hand_updates_over_at(&self, desk: Desk) {
        // Said once, at the start.
        let _ = self.0.updates.set(desk);
    }

    /// Where other versions of the whole system are handed over; `None` where that is somebody else's to do.
    pub fn updates(&self) -> Option<&Desk> {
        self.0.updates.get()
    }

    /// Where the machine's network is chosen, from now on.
    pub fn choose_network_at(&self, desk: network::Desk) {
        // Said once, at the start.
        let _ = self.0.network.set(desk);
    }

    /// Where the machine's network is chosen; `None` where that is somebody else's to do.
    pub fn network(&self) -> Option<&network::Desk> {
        self.0.network.get()
    }

    /// Where another disk for the whole box is chosen, from now on.
    pub fn choose_disks_at(&self, desk: disk::Desk) {
        // Said once, at the start.
        let _ = self.0.disks.set(desk);
    }

    /// Where another disk for the whole box is chosen; `None` where that is somebody else's to do.
    pub fn disks(&self) -> Option<&disk::Desk> {
        self.0.disks.get()
    }

    /// Where a stick for backups is chosen, from now on.
    pub fn choose_sticks_at(&self, desk: stick::Desk) {
        // Said once, at the start.
        let _ = self.0.sticks.set(desk);
    }

    /// Where a stick for backups is chosen; `None` where the home is no box.
    pub fn sticks(&self) -> Option<&stick::Desk> {
        self.0.sticks.get()
    }

    /// How the home is claimed.
    pub fn claims(&self) -> &Claims {
        &self.0.claims
    }

    /// How long the machine has been on.
    pub fn up(&self) -> std::time::Duration {
        self.0.house.clock.monotonic()
    }

    /// Reads or writes rows of the page's own where it may block.
    ///
    /// # Errors
    /// They cannot be read or written: the log tells why.
    pub async fn with_database<T: Send + 'static>(
        &self,
        deed: impl FnOnce(&Database) -> Result<T, crate::database::Error> + Send + 'static,
    ) -> Result<T, visitor::Refusal> {
        let database = self.0.house.database.clone();
        self.with_sessions(move |_| Ok(deed(&database)?)).await
    }

    /// Does something with the sessions where it may block.
    ///
    /// # Errors
    /// They cannot be read or written: the log tells why.
    pub async fn with_sessions<T: Send + 'static>(
        &self,
        deed: impl FnOnce(&Sessions) -> Result<T, session::Error> + Send + 'static,
    ) -> Result<T, visitor::Refusal> {
        let sessions = self.0.sessions.clone();
        match tokio::task::spawn_blocking(move || deed(&sessions)).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(e)) => {
                journal::trouble("web", &e);
                Err(visitor::Refusal::unavailable())
            }
            Err(_) => Err(visitor::Refusal::trouble()),
        }
    }

    fn leave_flash(&self, token: &Arc<str>, flash: Flash) {
        let mut flashes = self
            .0
            .flashes
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if flashes.len() >= MAX_FLASHES {
            flashes.clear();
        }
        flashes.insert(Arc::clone(token), flash);
    }

    fn take_flash(&self, token: &str) -> Option<Flash> {
        self.0
            .flashes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(token)
    }
}

/// An answer that cannot be: the log tells why.
fn out_of_order(command: &str, why: &dyn std::fmt::Display) -> Failure {
    journal::trouble("web", &format!("{command}: {why}"));
    Failure::new("this home has trouble", "look into its log")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
