//! What the headers of a request say: login, conditions, the form of cards that is asked for. Pure.
//!
//! What never happens here: no password is checked, and no condition is held against a card.

use data_encoding::BASE64;
use hyper::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue, IF_MATCH, IF_NONE_MATCH};

use crate::contacts::Condition;
use crate::contacts::vcard::Version;
use crate::net::login::Password;

/// Longest login in a header.
const MAX_LOGIN: usize = 4096;

pub(super) fn credentials(headers: &HeaderMap) -> Option<(String, Password)> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, coded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") || coded.len() > MAX_LOGIN {
        return None;
    }
    // RFC 7617: UTF-8, as we asked for.
    let plain = String::from_utf8(BASE64.decode(coded.trim().as_bytes()).ok()?).ok()?;
    let (login, password) = plain.split_once(':')?;
    Some((login.to_owned(), Password::new(password.to_owned())))
}

pub(super) fn header(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("\"\""))
}

/// Entity tags of a header.
pub(super) enum Tags {
    Any,
    These(Vec<i64>),
}

/// `None` for what is no list of tags. Tags that are not ours are of no version.
pub(super) fn tags(text: &str) -> Option<Tags> {
    if text.trim() == "*" {
        return Some(Tags::Any);
    }
    let mut versions = Vec::new();
    for tag in text.split(',') {
        let tag = tag.trim();
        let tag = tag.strip_prefix("W/").unwrap_or(tag);
        let inner = tag.strip_prefix('"')?.strip_suffix('"')?;
        versions.extend(
            inner
                .parse::<i64>()
                .ok()
                .filter(|_| inner.bytes().all(|b| b.is_ascii_digit())),
        );
    }
    Some(Tags::These(versions))
}

/// `None` where the headers cannot be read: a condition must not be passed over.
pub(super) fn condition(headers: &HeaderMap) -> Option<Condition> {
    if let Some(value) = headers.get(IF_MATCH) {
        return Some(match tags(value.to_str().ok()?)? {
            Tags::Any => Condition::Present,
            Tags::These(versions) => Condition::Versions(versions),
        });
    }
    match headers.get(IF_NONE_MATCH) {
        None => Some(Condition::Any),
        Some(value) => match tags(value.to_str().ok()?)? {
            Tags::Any => Some(Condition::Absent),
            // For a change only `*` has a use (RFC 9110 section 13.1.2).
            Tags::These(_) => None,
        },
    }
}

/// 3.0, unless 4.0 is asked for (RFC 6352 section 5.1).
pub(super) fn accepted(headers: &HeaderMap) -> Version {
    let asks = |value: &HeaderValue| {
        let text = value.to_str().unwrap_or_default().to_lowercase();
        text.split(',').any(|kind| {
            let mut parts = kind.split(';').map(str::trim);
            parts.next() == Some("text/vcard") && parts.any(|p| p.replace('"', "") == "version=4.0")
        })
    };
    if headers.get_all(ACCEPT).iter().any(asks) {
        Version::V4
    } else {
        Version::V3
    }
}
