//! The shell: HTTP on a TLS connection, logins, the deeds.
//!
//! # Rules
//! - The password is asked for with every request, by the same doorman as everywhere: one that was revoked ends at once.
//! - A body is kept only for somebody who has logged in, up to a bound, within a minute; eight requests at a time have one
//!   in memory.
//! - An answer that is long is made by and by, as the client takes it.

use std::convert::Infallible;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use data_encoding::BASE64;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::header::{
    ACCEPT, ALLOW, AUTHORIZATION, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_MATCH,
    IF_NONE_MATCH, LOCATION, RETRY_AFTER, VARY, WWW_AUTHENTICATE,
};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::sync::{Semaphore, mpsc};

use super::answer::{self, Flow, Subject, empty, error};
use super::path::{Place, ROOT};
use super::query::{AddressData, Report, Wanted, Wrong};
use super::xml::{self, Element};
use crate::contacts::vcard::{Card, MAX_CARD, Version};
use crate::contacts::{self, Befriend, CardError, CardRow, Condition, Contacts, Shelf};
use crate::journal;
use crate::mail::address::MemberName;
use crate::net::connection::Connection;
use crate::net::login::{Admission, Doorman, Password};
use crate::net::serve::{Protocol, Turned};

/// The service's name, in the log and in `ports.json`.
pub const SERVICE: &str = "carddav";
/// Longest body in XML: a multiget that names every card.
const MAX_XML: usize = 1 << 20;
/// How long a client may take for the head of a request, or say nothing between two.
const HEAD_TIME: Duration = Duration::from_secs(60);
/// How long it may take for a body.
const BODY_TIME: Duration = Duration::from_secs(60);
/// How long an answer may go on after the home began to stop.
const STOP_GRACE: Duration = Duration::from_secs(2);
/// Of a body that is not wanted so much is read, and thrown away.
const READ_AWAY: usize = 4 << 20;
/// How long that may take where nobody has logged in.
const READ_AWAY_TIME: Duration = Duration::from_secs(5);
/// Requests that have a body in memory.
const AT_A_TIME: usize = 8;
/// Cards that are looked at in one go: between two of them it is others' turn.
const BATCH: usize = 32;
/// Longest login in a header.
const MAX_LOGIN: usize = 4096;

const METHODS: &str = "OPTIONS, GET, HEAD, PUT, DELETE, PROPFIND, REPORT";

/// Brings about what a new Tox address needs.
pub type Befriends = Arc<dyn Fn(Befriend) + Send + Sync>;

/// CardDAV, for every connection.
pub struct CardDav {
    contacts: Contacts,
    befriend: Befriends,
    doorman: Arc<Doorman>,
    places: Arc<Semaphore>,
}

impl std::fmt::Debug for CardDav {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CardDav").finish_non_exhaustive()
    }
}

type Answer = Response<Flow>;

impl CardDav {
    /// The contacts of a home.
    pub fn new(contacts: Contacts, befriend: Befriends, doorman: Arc<Doorman>) -> Self {
        Self {
            contacts,
            befriend,
            doorman,
            places: Arc::new(Semaphore::new(AT_A_TIME)),
        }
    }
}

impl Protocol for CardDav {
    async fn serve(&self, connection: Connection) {
        let from = connection.peer().ip();
        let (stream, seat, mut stop) = connection.into_stream();
        let seat = &seat;
        let service = service_fn(move |request| async move {
            let (answer, welcome) = self.answer(request, from).await;
            if welcome {
                seat.keep();
            }
            Ok::<_, Infallible>(answer)
        });
        let talk = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIME)
            .max_buf_size(32 * 1024)
            .serve_connection(TokioIo::new(stream), service);
        tokio::pin!(talk);
        let stopped = async {
            // An error means that nobody is left who could stop us.
            if stop.wait_for(|stop| *stop).await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        // An error is the client's going away, or its slowness.
        tokio::select! {
            _ = &mut talk => return,
            () = stopped => talk.as_mut().graceful_shutdown(),
        }
        let _ = tokio::time::timeout(STOP_GRACE, talk).await;
    }

    fn turned_away(&self, _: Turned) -> &'static [u8] {
        // Only TLS is spoken here.
        b""
    }
}

/// A request after the door.
struct Asked {
    place: Place,
    member: MemberName,
    headers: HeaderMap,
    body: Bytes,
}

impl CardDav {
    /// The answer, and whether it is a member's who asks.
    async fn answer(&self, request: Request<Incoming>, from: IpAddr) -> (Answer, bool) {
        let place = Place::of(request.uri().path());
        if place == Some(Place::WellKnown) {
            let mut there = empty(StatusCode::MOVED_PERMANENTLY);
            there
                .headers_mut()
                .insert(LOCATION, HeaderValue::from_static(ROOT));
            return (there, false);
        }
        let member = match self.member(request.headers(), from).await {
            Ok(member) => member,
            Err(no) => {
                let body = take(request.into_body(), 0);
                let _ = tokio::time::timeout(READ_AWAY_TIME, body).await;
                return (no, false);
            }
        };
        let Some(place) = place else {
            return (no_such_place(), true);
        };
        // Before it is looked for: whether it is there is nobody else's business.
        if place.member().is_some_and(|owner| *owner != member) {
            let words = "this address book belongs to somebody else; yours is below your own name";
            return (forbidden("<D:need-privileges/>", words), true);
        }
        (self.deed(request, place, member).await, true)
    }

    async fn member(&self, headers: &HeaderMap, from: IpAddr) -> Result<MemberName, Answer> {
        let ask = || {
            let mut no = error(
                StatusCode::UNAUTHORIZED,
                "<D:need-privileges/>",
                "log in with your name and a password of this home",
            );
            let basic = HeaderValue::from_static("Basic realm=\"Toxmail\", charset=\"UTF-8\"");
            no.headers_mut().insert(WWW_AUTHENTICATE, basic);
            no
        };
        let Some((login, password)) = credentials(headers) else {
            return Err(ask());
        };
        match self.doorman.admit(SERVICE, from, &login, &password).await {
            Admission::Welcome(member) => Ok(member),
            Admission::Wrong => Err(ask()),
            Admission::TryLater(wait) => {
                let words = "too many wrong passwords; try again later";
                let mut no = error(StatusCode::TOO_MANY_REQUESTS, "", words);
                let seconds = HeaderValue::from(wait.as_secs().max(1));
                no.headers_mut().insert(RETRY_AFTER, seconds);
                Err(no)
            }
            Admission::Unavailable => Err(trouble()),
        }
    }

    async fn deed(&self, request: Request<Incoming>, place: Place, member: MemberName) -> Answer {
        let (head, body) = request.into_parts();
        let most = if head.method == "PUT" {
            MAX_CARD
        } else {
            MAX_XML
        };
        let Ok(_place) = self.places.acquire().await else {
            return trouble();
        };
        let body = match read_body(body, most).await {
            Ok(body) => body,
            Err(no) => return no,
        };
        let asked = Asked {
            place,
            member,
            headers: head.headers,
            body,
        };
        match head.method.as_str() {
            "OPTIONS" => options(),
            "GET" | "HEAD" => self.get(asked).await,
            "PUT" => self.put(asked).await,
            "DELETE" => self.delete(asked).await,
            "PROPFIND" => self.propfind(asked).await,
            "REPORT" => self.report(asked).await,
            "MKCOL" | "MKADDRESSBOOK" | "MKCALENDAR" => forbidden(
                "<D:resource-must-be-null/>",
                "there is one address book for each member; no other can be made",
            ),
            "PROPPATCH" => forbidden(
                "<D:cannot-modify-protected-property/>",
                "the names of address books are the home's",
            ),
            _ => not_allowed(),
        }
    }

    async fn get(&self, asked: Asked) -> Answer {
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

    async fn put(&self, asked: Asked) -> Answer {
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

    async fn delete(&self, asked: Asked) -> Answer {
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

    async fn propfind(&self, asked: Asked) -> Answer {
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

    async fn report(&self, asked: Asked) -> Answer {
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

fn credentials(headers: &HeaderMap) -> Option<(String, Password)> {
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

/// A body of at most so many bytes.
async fn read_body(body: Incoming, most: usize) -> Result<Bytes, Answer> {
    match tokio::time::timeout(BODY_TIME, take(body, most)).await {
        Ok(Taken::Whole(body)) => Ok(body),
        Ok(Taken::TooLong) => Err(error(
            StatusCode::PAYLOAD_TOO_LARGE,
            "<C:max-resource-size/>",
            "this is too large; a card may have 512 KB",
        )),
        Ok(Taken::CutOff) => Err(bad("the body is not whole")),
        Err(_) => Err(error(
            StatusCode::REQUEST_TIMEOUT,
            "",
            "the body takes too long",
        )),
    }
}

enum Taken {
    Whole(Bytes),
    TooLong,
    CutOff,
}

/// What is too long is read away, as far as that is reasonable: with bytes unread a close would be a reset, and the client
/// might never see the answer.
async fn take(mut body: Incoming, most: usize) -> Taken {
    let mut whole = BytesMut::new();
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            return Taken::CutOff;
        };
        let Ok(data) = frame.into_data() else {
            continue;
        };
        length += data.len();
        if length <= most {
            whole.extend_from_slice(&data);
        } else if length > READ_AWAY {
            break;
        } else {
            whole = BytesMut::new();
        }
    }
    if length > most {
        Taken::TooLong
    } else {
        Taken::Whole(whole.freeze())
    }
}

/// `None` for no body.
fn read_xml(body: &[u8]) -> Result<Option<Element>, xml::Error> {
    if body.trim_ascii().is_empty() {
        return Ok(None);
    }
    xml::read(body).map(Some)
}

fn unreadable(why: &xml::Error) -> Answer {
    match why {
        xml::Error::Forbidden => forbidden("<D:no-external-entities/>", &why.to_string()),
        _ => bad(&why.to_string()),
    }
}

/// Reads the contacts where it may block.
async fn blocking<T: Send + 'static>(
    deed: impl FnOnce() -> Result<T, contacts::Error> + Send + 'static,
) -> Result<T, Answer> {
    match tokio::task::spawn_blocking(deed).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(e)) => {
            journal::trouble("contacts", &e);
            Err(trouble())
        }
        Err(_) => Err(trouble()),
    }
}

async fn blocking_cards<T: Send + 'static>(
    deed: impl FnOnce() -> Result<T, CardError> + Send + 'static,
) -> Result<T, CardError> {
    tokio::task::spawn_blocking(deed)
        .await
        .unwrap_or_else(|_| Err(crate::database::Error::Closed.into()))
}

fn refusal(why: CardError, member: &MemberName) -> Answer {
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
        CardError::Contacts(contacts::Error::Refused { error, advice }) => {
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

fn misunderstood(wrong: Wrong) -> Answer {
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

fn forbidden(condition: &str, words: &str) -> Answer {
    error(StatusCode::FORBIDDEN, condition, words)
}

fn bad(words: &str) -> Answer {
    error(StatusCode::BAD_REQUEST, "", words)
}

fn stale_token() -> Answer {
    forbidden("<D:valid-sync-token/>", "begin again without a sync token")
}

fn no_such_place() -> Answer {
    error(StatusCode::NOT_FOUND, "", "there is nothing of that name")
}

fn trouble() -> Answer {
    let words = "this home has trouble; try again later";
    let mut no = error(StatusCode::SERVICE_UNAVAILABLE, "", words);
    no.headers_mut()
        .insert(RETRY_AFTER, HeaderValue::from_static("60"));
    no
}

fn not_allowed() -> Answer {
    let mut no = error(
        StatusCode::METHOD_NOT_ALLOWED,
        "",
        "this cannot be done here",
    );
    no.headers_mut()
        .insert(ALLOW, HeaderValue::from_static(METHODS));
    no
}

fn options() -> Answer {
    let mut yes = empty(StatusCode::OK);
    yes.headers_mut()
        .insert(ALLOW, HeaderValue::from_static(METHODS));
    yes.headers_mut().insert(
        HeaderName::from_static("dav"),
        HeaderValue::from_static("1, 3, access-control, addressbook"),
    );
    yes
}

fn header(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("\"\""))
}

/// Entity tags of a header.
enum Tags {
    Any,
    These(Vec<i64>),
}

/// `None` for what is no list of tags. Tags that are not ours are of no version.
fn tags(text: &str) -> Option<Tags> {
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
fn condition(headers: &HeaderMap) -> Option<Condition> {
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
fn accepted(headers: &HeaderMap) -> Version {
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
