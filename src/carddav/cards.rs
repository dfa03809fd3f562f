//! What is done with one card: GET, PUT and DELETE.
//!
//! What never happens here: the rules of the address table are not known; [`crate::contacts`] says yes or no.

use hyper::header::{CONTENT_TYPE, ETAG, HeaderValue, IF_NONE_MATCH, VARY};
use hyper::{Response, StatusCode};

use super::answer::{self, Flow, empty, error};
use super::headers::{Tags, accepted, condition, header, tags};
use super::path::Place;
use super::refusals::{Answer, bad, forbidden, no_such_place, not_allowed, refusal};
use super::serve::{Asked, CardDav, blocking};
use crate::contacts::CardError;
use crate::contacts::vcard::{Card, Version};
use crate::journal;

impl CardDav {
    pub(super) async fn get(&self, asked: Asked) -> Answer {
        let Asked {
            place,
            member,
            headers,
            ..
        } = asked;
        let Place::Card(_, href) = place else {
            return not_allowed();
        };
        let contacts = self.contacts.clone();
        let found = blocking(move || contacts.card(&member, &href)).await;
        let (version, card) = match found {
            Ok(Some(found)) => found,
            Ok(None) => return no_such_place(),
            Err(no) => return no,
        };
        let tag = header(&answer::etag(version));
        let none = headers.get(IF_NONE_MATCH).and_then(|v| v.to_str().ok());
        let known = none.and_then(tags).is_some_and(|known| match known {
            Tags::Any => true,
            Tags::These(versions) => versions.contains(&version),
        });
        let mut response = if known {
            empty(StatusCode::NOT_MODIFIED)
        } else {
            let form = accepted(&headers);
            let mut response = Response::new(Flow::whole(card.in_version(form).write()));
            let kind = match form {
                Version::V3 => "text/vcard; charset=utf-8; version=3.0",
                Version::V4 => "text/vcard; charset=utf-8; version=4.0",
            };
            response
                .headers_mut()
                .insert(CONTENT_TYPE, HeaderValue::from_static(kind));
            response
        };
        response.headers_mut().insert(ETAG, tag);
        response
            .headers_mut()
            .insert(VARY, HeaderValue::from_static("Accept"));
        response
    }

    pub(super) async fn put(&self, asked: Asked) -> Answer {
        let Place::Card(_, href) = asked.place else {
            return forbidden(
                "<C:addressbook-collection-location-ok/>",
                "cards belong into the address book",
            );
        };
        let kind = asked
            .headers
            .get(CONTENT_TYPE)
            .and_then(|v| v.to_str().ok());
        let kind = kind.map(|k| {
            k.split(';')
                .next()
                .unwrap_or_default()
                .trim()
                .to_lowercase()
        });
        if !matches!(
            kind.as_deref(),
            None | Some("text/vcard" | "text/x-vcard" | "text/directory")
        ) {
            let words = "only cards (text/vcard) are kept here";
            return error(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "<C:supported-address-data/>",
                words,
            );
        }
        let Some(condition) = condition(&asked.headers) else {
            return bad("If-Match or If-None-Match cannot be read");
        };
        let card = match Card::read(&asked.body) {
            Ok(card) => card,
            Err(e) => return forbidden("<C:valid-address-data/>", &e.to_string()),
        };
        let (contacts, member) = (self.contacts.clone(), asked.member.clone());
        let filed =
            blocking_cards(move || contacts.file_card(&member, &href, card, condition)).await;
        match filed {
            Ok(filed) => {
                let whose = if filed.shared {
                    "everybody's"
                } else {
                    "their own"
                };
                journal::card_filed(&asked.member, &filed.name, whose);
                (self.befriend)(filed.befriend);
                // No ETag: what is read back is not what was sent, byte by byte (RFC 6352 section 6.3.2.3).
                empty(if filed.new {
                    StatusCode::CREATED
                } else {
                    StatusCode::NO_CONTENT
                })
            }
            Err(e) => refusal(e, &asked.member),
        }
    }

    pub(super) async fn delete(&self, asked: Asked) -> Answer {
        let Place::Card(_, href) = asked.place else {
            return forbidden(
                "",
                "the address book stays; cards can be deleted one by one",
            );
        };
        let Some(condition) = condition(&asked.headers) else {
            return bad("If-Match or If-None-Match cannot be read");
        };
        let (contacts, member) = (self.contacts.clone(), asked.member.clone());
        match blocking_cards(move || contacts.discard_card(&member, &href, condition)).await {
            Ok(name) => {
                journal::card_discarded(&asked.member, &name);
                empty(StatusCode::NO_CONTENT)
            }
            Err(e) => refusal(e, &asked.member),
        }
    }
}

async fn blocking_cards<T: Send + 'static>(
    deed: impl FnOnce() -> Result<T, CardError> + Send + 'static,
) -> Result<T, CardError> {
    tokio::task::spawn_blocking(deed)
        .await
        .unwrap_or_else(|_| Err(crate::database::Error::Closed.into()))
}
