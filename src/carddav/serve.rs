//! The shell: HTTP on a TLS connection, logins, and which deed a method names. The deeds are in `cards` and `lists`.
//!
//! What never happens here: no body of XML and no card is understood.
//!
//! # Rules
//! - The password is asked for with every request, by the same doorman as everywhere: one that was revoked ends at once.
//! - A body is kept only for somebody who has logged in, up to a bound, within a minute; eight requests at a time have one
//!   in memory.
//! - An answer that is long is made by and by, as the client takes it.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Incoming};
use hyper::header::{
    ALLOW, HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE,
};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use tokio::sync::Semaphore;

use super::answer::{Flow, empty, error};
use super::body::read_body;
use super::headers::credentials;
use super::path::{Place, ROOT};
use super::refusals::{Answer, METHODS, forbidden, no_such_place, not_allowed, trouble};
use crate::contacts::vcard::MAX_CARD;
use crate::contacts::{self, Befriend, Contacts};
use crate::journal;
use crate::mail::address::MemberName;
use crate::net::connection::Connection;
use crate::net::http;
use crate::net::login::{Admission, Doorman};
use crate::net::serve::{Protocol, Turned};

/// The service's name, in the log and in `ports.json`.
pub const SERVICE: &str = "carddav";
/// Longest body in XML: a multiget that names every card.
const MAX_XML: usize = 1 << 20;
/// How long a client may take for the head of a request, or say nothing between two.
const HEAD_TIME: Duration = Duration::from_secs(60);
/// How long a body may be read away where nobody has logged in.
const READ_AWAY_TIME: Duration = Duration::from_secs(5);
/// Requests that have a body in memory.
const AT_A_TIME: usize = 8;

/// Brings about what a new Tox address needs.
pub type Befriends = Arc<dyn Fn(Befriend) + Send + Sync>;

/// CardDAV, for every connection.
pub struct CardDav {
    pub(super) contacts: Contacts,
    pub(super) befriend: Befriends,
    doorman: Arc<Doorman>,
    places: Arc<Semaphore>,
}

impl std::fmt::Debug for CardDav {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CardDav").finish_non_exhaustive()
    }
}

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
        let (stream, seat, stop) = connection.into_stream();
        let seat = &seat;
        let service = service_fn(move |request: Request<Incoming>| async move {
            let (answer, welcome) = self.answer(request, from).await;
            if let Some(member) = &welcome {
                seat.keep(member);
            }
            Ok::<_, Infallible>(answer)
        });
        http::talk(stream, seat, stop, HEAD_TIME, service).await;
    }

    fn turned_away(&self, _: Turned) -> &'static [u8] {
        // Only TLS is spoken here.
        b""
    }
}

/// A request after the door.
pub(super) struct Asked {
    pub(super) place: Place,
    pub(super) member: MemberName,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl CardDav {
    /// The answer, and which member asks. Also for the page's own port, where programs look that know the
    /// home's name only.
    pub async fn answer<B>(
        &self,
        request: Request<B>,
        from: IpAddr,
    ) -> (Response<Flow>, Option<MemberName>)
    where
        B: Body<Data = Bytes> + Unpin,
    {
        let place = Place::of(request.uri().path());
        if place == Some(Place::WellKnown) {
            let mut there = empty(StatusCode::MOVED_PERMANENTLY);
            there
                .headers_mut()
                .insert(LOCATION, HeaderValue::from_static(ROOT));
            return (there, None);
        }
        let member = match self.member(request.headers(), from).await {
            Ok(member) => member,
            Err(no) => {
                let body = http::take(request.into_body(), 0);
                let _ = tokio::time::timeout(READ_AWAY_TIME, body).await;
                return (no, None);
            }
        };
        let Some(place) = place else {
            return (no_such_place(), Some(member));
        };
        // Before it is looked for: whether it is there is nobody else's business.
        if place.member().is_some_and(|owner| *owner != member) {
            let words = "this address book belongs to somebody else; yours is below your own name";
            return (forbidden("<D:need-privileges/>", words), Some(member));
        }
        (
            self.deed(request, place, member.clone()).await,
            Some(member),
        )
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

    async fn deed<B>(&self, request: Request<B>, place: Place, member: MemberName) -> Answer
    where
        B: Body<Data = Bytes> + Unpin,
    {
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

/// Reads the contacts where it may block.
pub(super) async fn blocking<T: Send + 'static>(
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
