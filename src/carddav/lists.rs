//! Answers about many places: PROPFIND and REPORT, made by and by while the client takes them.
//!
//! What never happens here: nothing is changed, and no list of cards is whole in memory.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use hyper::StatusCode;
use hyper::header::HeaderValue;
use tokio::sync::mpsc;

use super::answer::{self, Flow, Subject};
use super::path::Place;
use super::query::{AddressData, Report, Wanted};
use super::refusals::{
    Answer, bad, forbidden, misunderstood, no_such_place, stale_token, unreadable,
};
use super::serve::{Asked, CardDav, blocking};
use super::xml::{self, Element};
use crate::contacts::vcard::{Card, MAX_CARD};
use crate::contacts::{self, CardRow, Shelf};
use crate::journal;
use crate::mail::address::MemberName;

/// Cards that are looked at in one go: between two of them it is others' turn.
const BATCH: usize = 32;

impl CardDav {
    pub(super) async fn propfind(&self, asked: Asked) -> Answer {
        let body = match read_xml(&asked.body) {
            Ok(body) => body,
            Err(why) => return unreadable(&why),
        };
        let Ok(wanted) = Wanted::of_propfind(body.as_ref()) else {
            return bad("a propfind is expected");
        };
        let depth = asked.headers.get("depth").map(HeaderValue::as_bytes);
        let deep = match (depth, &asked.place) {
            (Some(b"0"), _) | (_, Place::Card(..)) => false,
            (Some(b"1"), _) => true,
            (None | Some(b"infinity"), _) => {
                return forbidden("<D:propfind-finite-depth/>", "say Depth: 0 or Depth: 1");
            }
            _ => return bad("Depth is 0, 1 or infinity"),
        };
        let Asked { place, member, .. } = asked;
        if let Place::Card(_, href) = &place {
            return self.of_card(member, href.clone(), wanted).await;
        }
        let (contacts, whose) = (self.contacts.clone(), member.clone());
        let shelf = match blocking(move || contacts.shelf(&whose)).await {
            Ok(shelf) => shelf,
            Err(no) => return no,
        };
        let subject = |place: &Place| {
            Subject {
                place,
                member: &member,
                version: shelf.clock,
                data: None,
                length: None,
            }
            .response(&wanted)
        };
        let mut head = subject(&place);
        let cards = match (&place, deep) {
            (Place::Root, true) => {
                head.push_str(&subject(&Place::Home(member.clone())));
                Vec::new()
            }
            (Place::Home(_), true) => {
                head.push_str(&subject(&Place::Book(member.clone())));
                Vec::new()
            }
            (Place::Book(_), true) => shelf.cards,
            _ => Vec::new(),
        };
        let render = self.render(member, wanted, None);
        multistatus(head, cards, render, String::new)
    }

    async fn of_card(&self, member: MemberName, href: String, wanted: Wanted) -> Answer {
        let (contacts, whose, name) = (self.contacts.clone(), member.clone(), href.clone());
        let version = match blocking(move || contacts.card(&whose, &name)).await {
            Ok(Some((version, _))) => version,
            Ok(None) => return no_such_place(),
            Err(no) => return no,
        };
        let render = self.render(member, wanted, None);
        multistatus(
            String::new(),
            vec![CardRow { href, version }],
            render,
            String::new,
        )
    }

    pub(super) async fn report(&self, asked: Asked) -> Answer {
        let Place::Book(_) = asked.place else {
            return forbidden(
                "<D:supported-report/>",
                "reports are made of the address book",
            );
        };
        let body = match read_xml(&asked.body) {
            Ok(Some(body)) => body,
            Ok(None) => return bad("a report is expected"),
            Err(why) => return unreadable(&why),
        };
        let report = match Report::of(&body) {
            Ok(report) => report,
            Err(wrong) => return misunderstood(wrong),
        };
        let (contacts, member, place) = (self.contacts.clone(), asked.member, asked.place);
        let whose = member.clone();
        match report {
            Report::Multiget {
                wanted,
                data,
                hrefs,
            } => {
                let render = self.render(member.clone(), wanted, Some(data));
                let look = move |href: &String| match named(href, &member) {
                    // Its version comes with it.
                    Some(name) => render(&CardRow {
                        href: name,
                        version: 0,
                    }),
                    None => Ok(Some(answer::not_there(href))),
                };
                multistatus(String::new(), hrefs, look, String::new)
            }
            Report::Query {
                wanted,
                data,
                filter,
                limit,
            } => {
                if asked.headers.get("depth").is_some_and(|d| d == "0") {
                    return multistatus(
                        String::new(),
                        Vec::<CardRow>::new(),
                        |_| Ok(None),
                        String::new,
                    );
                }
                let shelf = match blocking(move || contacts.shelf(&whose)).await {
                    Ok(shelf) => shelf,
                    Err(no) => return no,
                };
                let most = limit.unwrap_or(usize::MAX);
                let found = Arc::new(AtomicUsize::new(0));
                let (contacts, count) = (self.contacts.clone(), Arc::clone(&found));
                let look = move |row: &CardRow| {
                    if count.load(Ordering::Relaxed) > most {
                        return Ok(None);
                    }
                    let Some((version, card)) = contacts.card(&member, &row.href)? else {
                        return Ok(None);
                    };
                    if !filter.takes(&card) || count.fetch_add(1, Ordering::Relaxed) >= most {
                        return Ok(None);
                    }
                    Ok(Some(response(
                        &member,
                        &row.href,
                        version,
                        card,
                        &wanted,
                        Some(&data),
                    )))
                };
                let end = move || match found.load(Ordering::Relaxed) > most {
                    true => answer::more(&place.href()),
                    false => String::new(),
                };
                multistatus(String::new(), shelf.cards, look, end)
            }
            Report::Sync {
                wanted,
                data,
                token,
                limit,
            } => {
                if asked.headers.get("depth").is_some_and(|d| d != "0") {
                    return bad("a sync-collection has Depth: 0");
                }
                let since = match token.as_str() {
                    "" => None,
                    token => match answer::clock(token) {
                        Some(clock) => Some(clock),
                        None => return stale_token(),
                    },
                };
                let shelf = blocking(move || match since {
                    None => contacts.shelf(&whose).map(Some),
                    Some(since) => contacts.shelf_since(&whose, since),
                });
                let mut shelf = match shelf.await {
                    Ok(Some(shelf)) => shelf,
                    Ok(None) => return stale_token(),
                    Err(no) => return no,
                };
                let rest = cut(&mut shelf, limit.unwrap_or(usize::MAX));
                let gone = shelf.gone.iter().map(|href| {
                    answer::not_there(&Place::Card(member.clone(), href.clone()).href())
                });
                let head: String = gone.collect();
                let mut end = String::new();
                if rest {
                    end.push_str(&answer::more(&place.href()));
                }
                end.push_str(&format!(
                    "<D:sync-token>{}</D:sync-token>",
                    answer::token(shelf.clock)
                ));
                let render = self.render(member, wanted, Some(data));
                multistatus(head, shelf.cards, render, move || end)
            }
        }
    }

    /// Makes the response for a card; `None` for one that went meanwhile.
    fn render(
        &self,
        member: MemberName,
        wanted: Wanted,
        data: Option<AddressData>,
    ) -> impl Fn(&CardRow) -> Result<Option<String>, contacts::Error> + Send + Sync + 'static {
        let contacts = self.contacts.clone();
        // Whether the card itself has to be looked at.
        let of = |names: &[&str]| match &wanted {
            Wanted::Those(wanted) => wanted
                .iter()
                .any(|(_, name)| names.contains(&name.as_str())),
            _ => false,
        };
        let looks = of(&["address-data", "getcontentlength"]);
        move |row| {
            if !looks && row.version > 0 {
                let place = Place::Card(member.clone(), row.href.clone());
                let subject = Subject {
                    place: &place,
                    member: &member,
                    version: row.version,
                    data: None,
                    length: None,
                };
                return Ok(Some(subject.response(&wanted)));
            }
            Ok(Some(match contacts.card(&member, &row.href)? {
                Some((version, card)) => {
                    response(&member, &row.href, version, card, &wanted, data.as_ref())
                }
                None => answer::not_there(&Place::Card(member.clone(), row.href.clone()).href()),
            }))
        }
    }
}

fn response(
    member: &MemberName,
    href: &str,
    version: i64,
    card: Card,
    wanted: &Wanted,
    data: Option<&AddressData>,
) -> String {
    let place = Place::Card(member.clone(), href.to_owned());
    let plain = AddressData::default().of_card(card.clone());
    Subject {
        place: &place,
        member,
        version,
        length: Some(plain.len()),
        data: data.map(|data| data.of_card(card)),
    }
    .response(wanted)
}

/// Leaves at most so many cards, and the clock of the last one; whether some are left out.
fn cut(shelf: &mut Shelf, most: usize) -> bool {
    if shelf.cards.len() <= most {
        return false;
    }
    shelf.cards.truncate(most.max(1));
    if let Some(last) = shelf.cards.last() {
        shelf.clock = last.version;
    }
    true
}

/// The name of a card in the member's address book; programs write whole addresses as well.
fn named(href: &str, member: &MemberName) -> Option<String> {
    let path = match href.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("/", |i| &rest[i..]),
        None => href,
    };
    match Place::of(path)? {
        Place::Card(owner, name) if owner == *member => Some(name),
        _ => None,
    }
}

/// A multistatus that is made while it is sent: `head`, one response for each of `rows`, `end`.
fn multistatus<T: Send + Sync + 'static>(
    head: String,
    rows: Vec<T>,
    render: impl Fn(&T) -> Result<Option<String>, contacts::Error> + Send + Sync + 'static,
    end: impl FnOnce() -> String + Send + 'static,
) -> Answer {
    let (pieces, body) = mpsc::channel(2);
    tokio::spawn(async move {
        let (rows, render) = (Arc::new(rows), Arc::new(render));
        let start = format!("{}{head}", answer::MULTISTATUS);
        if pieces.send(Ok(Bytes::from(start))).await.is_err() {
            return;
        }
        let mut at = 0;
        while at < rows.len() {
            let (batch, render) = (Arc::clone(&rows), Arc::clone(&render));
            let made = tokio::task::spawn_blocking(move || {
                let mut text = String::new();
                let mut done = at;
                // A card may have a photo in it.
                while done < batch.len() && done < at + BATCH && text.len() < MAX_CARD {
                    text.push_str(&render(&batch[done])?.unwrap_or_default());
                    done += 1;
                }
                Ok::<_, contacts::Error>((done, text))
            });
            let piece = match made.await {
                Ok(Ok((done, text))) => {
                    at = done;
                    Ok(Bytes::from(text))
                }
                Ok(Err(e)) => {
                    journal::trouble("contacts", &e);
                    Err(io::Error::other("the contacts cannot be read"))
                }
                Err(_) => Err(io::Error::other("a request panicked")),
            };
            let failed = piece.is_err();
            // The client may have gone.
            if pieces.send(piece).await.is_err() || failed {
                return;
            }
        }
        let last = format!("{}{}", end(), answer::MULTISTATUS_END);
        let _ = pieces.send(Ok(Bytes::from(last))).await;
    });
    answer::xml(StatusCode::MULTI_STATUS, Flow::pieces(body))
}

/// `None` for no body.
fn read_xml(body: &[u8]) -> Result<Option<Element>, xml::Error> {
    if body.trim_ascii().is_empty() {
        return Ok(None);
    }
    xml::read(body).map(Some)
}
