//! What is answered instead of what was asked for: each refusal with the condition of RFC 4918, RFC 6352 or RFC 6578 that a
//! program reads, and the words that a person does.
//!
//! What never happens here: nothing is decided; who calls has.

use hyper::header::{ALLOW, HeaderValue, RETRY_AFTER};
use hyper::{Response, StatusCode};

use super::answer::{Flow, error};
use super::path::Place;
use super::query::Wrong;
use super::xml;
use crate::cause::Refused;
use crate::contacts::{self, CardError};
use crate::journal;
use crate::mail::address::MemberName;

/// A whole answer.
pub(super) type Answer = Response<Flow>;

pub(super) const METHODS: &str = "OPTIONS, GET, HEAD, PUT, DELETE, PROPFIND, REPORT";

pub(super) fn unreadable(why: &xml::Error) -> Answer {
    match why {
        xml::Error::Forbidden => forbidden("<D:no-external-entities/>", &why.to_string()),
        _ => bad(&why.to_string()),
    }
}

pub(super) fn refusal(why: CardError, member: &MemberName) -> Answer {
    match why {
        CardError::Missing => no_such_place(),
        CardError::Condition => error(
            StatusCode::PRECONDITION_FAILED,
            "",
            "the card has changed meanwhile; read it again",
        ),
        CardError::UidTaken { href } => {
            let href = xml::escaped(&Place::Card(member.clone(), href).href());
            let condition =
                format!("<C:no-uid-conflict><D:href>{href}</D:href></C:no-uid-conflict>");
            let words = "another card has this UID; change that one";
            error(StatusCode::CONFLICT, &condition, words)
        }
        CardError::Full => error(
            StatusCode::INSUFFICIENT_STORAGE,
            "<D:quota-not-exceeded/>",
            "the address book is full; remove cards or photos that nobody needs",
        ),
        CardError::Contacts(contacts::Error::Refused(Refused { error, advice, .. })) => {
            forbidden("<C:valid-address-data/>", &format!("{error}; {advice}"))
        }
        CardError::Contacts(contacts::Error::Database(e)) if e.is_full() => error(
            StatusCode::INSUFFICIENT_STORAGE,
            "<D:sufficient-disk-space/>",
            "the disk of this home is full",
        ),
        CardError::Contacts(e) => {
            journal::trouble("contacts", &e);
            trouble()
        }
    }
}

pub(super) fn misunderstood(wrong: Wrong) -> Answer {
    match wrong {
        Wrong::Body => bad("this is no report"),
        Wrong::Report => forbidden("<D:supported-report/>", "there is no such report here"),
        Wrong::Filter => forbidden("<C:supported-filter/>", "a condition is not understood"),
        Wrong::Collation => forbidden(
            "<C:supported-collation/>",
            "there is no such collation here",
        ),
        Wrong::Form => forbidden(
            "<C:supported-address-data-conversion/>",
            "cards are given as vCard 3.0 and 4.0",
        ),
    }
}

pub(super) fn forbidden(condition: &str, words: &str) -> Answer {
    error(StatusCode::FORBIDDEN, condition, words)
}

pub(super) fn bad(words: &str) -> Answer {
    error(StatusCode::BAD_REQUEST, "", words)
}

pub(super) fn stale_token() -> Answer {
    forbidden("<D:valid-sync-token/>", "begin again without a sync token")
}

pub(super) fn no_such_place() -> Answer {
    error(StatusCode::NOT_FOUND, "", "there is nothing of that name")
}

pub(super) fn trouble() -> Answer {
    let words = "this home has trouble; try again later";
    let mut no = error(StatusCode::SERVICE_UNAVAILABLE, "", words);
    no.headers_mut()
        .insert(RETRY_AFTER, HeaderValue::from_static("60"));
    no
}

pub(super) fn not_allowed() -> Answer {
    let mut no = error(
        StatusCode::METHOD_NOT_ALLOWED,
        "",
        "this cannot be done here",
    );
    no.headers_mut()
        .insert(ALLOW, HeaderValue::from_static(METHODS));
    no
}
