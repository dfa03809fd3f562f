//! The pages, one file a page, and which of them stand in the menu.

mod about;
mod account;
mod admin;
mod autoconfig;
mod contacts;
mod devices;
pub(super) mod home;
mod language;
mod letters;
mod login;
mod me;
pub(super) mod plain;
mod requests;
mod security;
mod settings;
pub(super) mod setup;

use axum::Router;
use axum::http::{Method, StatusCode};
use axum::response::Response;

use super::Web;
use super::visitor::{Refusal, Visitor, see_other};

/// Where the file of another version is sent.
pub(super) const UPDATE: &str = admin::UPDATE;
/// Where a home that nobody lives in sends everybody.
pub const SETUP: &str = "/setup";

/// Who sees a line of the menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Every member.
    Member,
    /// The administrator.
    Admin,
}

/// The menu: path, key of its words, who sees it. In every language it fits into one line of a wide window.
const NAV: &[(&str, &str, Role)] = &[
    ("/", "nav-home", Role::Member),
    ("/me/letters", "nav-letters", Role::Member),
    ("/me/contacts", "nav-contacts", Role::Member),
    ("/me", "nav-me", Role::Member),
    ("/me/devices", "nav-devices", Role::Member),
    ("/me/settings", "nav-settings", Role::Member),
    ("/me/security", "nav-security", Role::Member),
    ("/admin", "nav-admin", Role::Admin),
];

/// A line of the menu.
#[derive(Clone, Debug)]
pub struct Link {
    /// Where it leads.
    pub href: &'static str,
    /// Its words.
    pub words: String,
    /// Whether this is that page, or below it.
    pub here: bool,
    /// Whether it is the administrator's.
    pub admin: bool,
}

/// All routes.
pub(super) fn router() -> Router<Web> {
    Router::new()
        .merge(about::routes())
        .merge(admin::routes())
        .merge(autoconfig::routes())
        .merge(contacts::routes())
        .merge(devices::routes())
        .merge(home::routes())
        .merge(language::routes())
        .merge(letters::routes())
        .merge(login::routes())
        .merge(me::routes())
        .merge(plain::routes())
        .merge(requests::routes())
        .merge(security::routes())
        .merge(settings::routes())
        .merge(setup::routes())
        .method_not_allowed_fallback(above)
}

/// Somebody looks at the address of a deed: they have loaded its answer again, or have read it in another language. The page to
/// which it belongs is the one above.
async fn above(method: Method, v: Visitor) -> Result<Response, Refusal> {
    if method != Method::GET {
        return Err(Refusal::of_status(StatusCode::METHOD_NOT_ALLOWED));
    }
    let above = v.path.rsplit_once('/').map_or("", |(above, _)| above);
    Ok(see_other(above))
}

/// What a home serves before anybody lives in it; everything else leads to [`SETUP`].
pub(super) fn serves_unclaimed(path: &str) -> bool {
    setup::is_below(path) || super::guard::is_plain(path)
}

/// The menu of a visitor; empty for who is not logged in, and on the pages of the setup.
pub(super) fn links(visitor: &Visitor) -> Vec<Link> {
    let Some(who) = visitor.who.as_ref().filter(|_| !visitor.is_setting_up()) else {
        return Vec::new();
    };
    // `/me` stands in the menu, and so do pages below it: the line that says most is where we are. Who would like to write is
    // looked for among the contacts.
    let here = NAV
        .iter()
        .map(|(href, ..)| *href)
        .filter(|href| visitor.is_at(href))
        .max_by_key(|href| href.len())
        .map(|href| match visitor.is_at(requests::LIST) {
            true => contacts::LIST,
            false => href,
        });
    NAV.iter()
        .filter(|(_, _, role)| *role == Role::Member || who.administrator)
        .map(|(href, key, role)| Link {
            href,
            words: visitor.t(key).to_string(),
            here: here == Some(*href),
            admin: *role == Role::Admin,
        })
        .collect()
}
