//! The shell: HTTP on a connection, plain or TLS, and the order in which a request is looked at.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_TYPE, SET_COOKIE, USER_AGENT};
use axum::http::{HeaderMap, Method, Request};
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use tower_service::Service;

use super::guard::{self, Cookies, LANGUAGE_COOKIE};
use super::session::{self, Found};
use super::stream::Stopping;
use super::text::{self, Language};
use super::visitor::{Arrival, Refusal, Visitor, see_other};
use super::{Channel, MAX_FORM, Web, assets, page, upload};
use crate::carddav::{self, CardDav};
use crate::journal;
use crate::mail::address::MemberName;
use crate::net::connection::Connection;
use crate::net::http;
use crate::net::serve::{Protocol, Turned};

/// How long a client may take for the head of a request, or say nothing between two.
const HEAD_TIME: Duration = Duration::from_secs(30);
/// Longest form of somebody who is not logged in.
const MAX_STRANGERS_FORM: usize = 16 * 1024;

/// The page, for every connection.
pub struct Site {
    web: Web,
    router: Router,
    address_books: Option<Arc<CardDav>>,
}

impl std::fmt::Debug for Site {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Site").finish_non_exhaustive()
    }
}

/// Where a request comes in.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Who asks.
    pub from: IpAddr,
    /// Our own end of the connection.
    pub local: Option<IpAddr>,
    /// How they are connected.
    pub channel: Channel,
}

/// An answer, and which member asked.
#[derive(Debug)]
pub struct Answered {
    /// The answer.
    pub response: Response,
    /// Who is logged in: the connection's place is theirs.
    pub welcome: Option<MemberName>,
}

impl Site {
    /// The page of a house.
    pub fn new(web: Web) -> Self {
        Self {
            router: page::router().with_state(web.clone()),
            web,
            address_books: None,
        }
    }

    /// Serves the address books besides, over TLS: a mail program that knows only the home's name looks for them here (RFC 6764),
    /// and may take a redirection to another port for another site's.
    #[must_use]
    pub fn with_address_books(mut self, address_books: Option<Arc<CardDav>>) -> Self {
        self.address_books = address_books;
        self
    }

    /// Answers one request.
    pub async fn answer(&self, request: Request<Body>, place: Place) -> Answered {
        if let Some(books) = self.address_books_for(&request, place) {
            let (answer, welcome) = books.answer(request, place.from).await;
            let mut response = answer.map(Body::new);
            guard::protect(response.headers_mut(), place.channel);
            return Answered { response, welcome };
        }
        let (answer, visitor) = self.consider(request, place).await;
        let mut response = answer;
        // Refusals of handlers, and those of the router itself, get their page here.
        let refusal = response.extensions_mut().remove::<Refusal>().or_else(|| {
            let bare = !response.headers().contains_key(CONTENT_TYPE) || is_plain_text(&response);
            let status = response.status();
            let wrong = status.is_client_error() || status.is_server_error();
            (wrong && bare).then(|| Refusal::of_status(status))
        });
        if let Some(refusal) = refusal {
            let kept = std::mem::take(response.headers_mut());
            response = refusal.page(&visitor.visitor);
            for (name, value) in kept
                .iter()
                .filter(|(name, _)| **name == SET_COOKIE || *name == "allow")
            {
                response.headers_mut().append(name, value.clone());
            }
        }
        let is_page = response
            .headers()
            .get(CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        if is_page && visitor.new_guest {
            let channel = place.channel;
            let cookie = guard::cookie(
                channel.guest_cookie(),
                &visitor.visitor.cookie,
                channel,
                session::IDLE,
            );
            response.headers_mut().append(SET_COOKIE, cookie);
        }
        guard::protect(response.headers_mut(), place.channel);
        Answered {
            response,
            welcome: visitor.visitor.who.map(|who| who.name),
        }
    }

    /// The address books, if the request is for them. They ask for a password with every request, so neither cookies nor forms
    /// of the page have to do with it.
    fn address_books_for(&self, request: &Request<Body>, place: Place) -> Option<&CardDav> {
        let hostname = &self.web.config().home.hostname;
        let ours = place.channel == Channel::Https
            && carddav::path::is_ours(request.uri().path())
            && guard::host(request.uri(), request.headers(), place.local, hostname).is_ok();
        self.address_books.as_deref().filter(|_| ours)
    }

    async fn consider(&self, request: Request<Body>, place: Place) -> (Response, Known) {
        let (mut head, body) = request.into_parts();
        let config = self.web.config();
        let host = guard::host(&head.uri, &head.headers, place.local, &config.home.hostname);
        let path = head.uri.path().to_owned();
        let cookies = match &host {
            Ok(_) => Cookies::read(&head.headers, place.channel),
            // Nothing of what belongs to another name is believed.
            Err(_) => Cookies::default(),
        };
        let is_static = path.starts_with("/static/");
        let found = match (&host, is_static) {
            (Ok(_), false) => self.find(&cookies, place).await,
            _ => Ok(Found::default()),
        };
        let (known, trouble) = match found {
            Ok(found) => (
                self.known(&head.headers, found, cookies, &host, &path, place),
                None,
            ),
            Err(no) => {
                let stranger = Found::default();
                (
                    self.known(&head.headers, stranger, cookies, &host, &path, place),
                    Some(no),
                )
            }
        };
        let visitor = &known.visitor;
        let refused = host.err().or(trouble);
        if let Some(no) = refused {
            return (no.into_response(), known);
        }
        if is_static {
            return (assets::answer(&head.method, &path, &head.headers), known);
        }
        let looks = matches!(head.method, Method::GET | Method::HEAD);
        if visitor.claimed
            && place.channel == Channel::Http
            && !guard::is_plain(&path)
            && !page::setup::goes_on_plain(visitor)
        {
            let answer = match looks {
                true => page::plain::explain(visitor),
                false => Refusal::forbidden("error-plain").into_response(),
            };
            return (answer, known);
        }
        if !visitor.claimed && looks && !page::serves_unclaimed(&path) {
            return (see_other(page::SETUP), known);
        }
        let body = if looks {
            Body::empty()
        } else {
            let most = if visitor.who.is_some() {
                MAX_FORM
            } else {
                MAX_STRANGERS_FORM
            };
            let checked = match guard::origin(&head.headers, place.channel, &visitor.host) {
                // Its reader looks at the token.
                Ok(()) if upload::is_one(&path, &head.headers) => Ok(body),
                Ok(()) => guard::form(&head.headers, body, most, &visitor.token)
                    .await
                    .map(Body::from),
                Err(no) => Err(no),
            };
            match checked {
                Ok(body) => body,
                Err(no) => return (no.into_response(), known),
            }
        };
        head.extensions.insert(visitor.clone());
        let mut router = self.router.clone();
        // A router is always ready.
        let answer = router.call(Request::from_parts(head, body)).await;
        (
            answer.unwrap_or_else(|never: Infallible| match never {}),
            known,
        )
    }

    async fn find(&self, cookies: &Cookies, place: Place) -> Result<Found, Refusal> {
        let (sessions, cookie) = (self.web.sessions().clone(), cookies.session.clone());
        let found = tokio::task::spawn_blocking(move || {
            sessions.find(cookie.as_deref(), place.channel, place.from)
        });
        match found.await {
            Ok(Ok(found)) => Ok(found),
            Ok(Err(e)) => {
                journal::trouble("web", &e);
                Err(Refusal::unavailable())
            }
            Err(_) => Err(Refusal::trouble()),
        }
    }

    fn known(
        &self,
        headers: &HeaderMap,
        found: Found,
        cookies: Cookies,
        host: &Result<String, Refusal>,
        path: &str,
        place: Place,
    ) -> Known {
        let header = |name| {
            headers
                .get(name)
                .and_then(|v: &axum::http::HeaderValue| v.to_str().ok())
        };
        let chosen = found
            .who
            .as_ref()
            .and_then(|who| who.language.as_deref())
            .map(Language::from_code);
        let language = chosen
            .or_else(|| text::language_of(cookies.language.as_deref()?))
            .or_else(|| text::accepted(header(ACCEPT_LANGUAGE)?))
            .unwrap_or_else(|| Language::from_code(&self.web.config().home.language));
        let new_guest = found.who.is_none() && cookies.guest.is_none();
        let cookie = match &found.who {
            Some(_) => cookies.session,
            None => cookies.guest,
        };
        // Without randomness no form of this page is accepted: its token is that of no cookie.
        let cookie = cookie
            .or_else(|| session::random().ok())
            .unwrap_or_default();
        let visitor = Visitor::new(
            self.web.clone(),
            Arrival {
                who: found.who,
                language,
                channel: place.channel,
                from: place.from,
                host: host.clone().unwrap_or_default(),
                path: path.to_owned(),
                program: header(USER_AGENT).unwrap_or_default().to_owned(),
                claimed: found.claimed,
                cookie,
            },
        );
        Known { visitor, new_guest }
    }
}

struct Known {
    visitor: Visitor,
    /// Their cookie was made just now: they have to be given it.
    new_guest: bool,
}

/// The router's own words, such as "Method Not Allowed".
fn is_plain_text(response: &Response) -> bool {
    let kind = response.headers().get(CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"))
}

/// A cookie that keeps the language for a year.
pub(super) fn language_cookie(code: &str, channel: Channel) -> axum::http::HeaderValue {
    guard::cookie(
        LANGUAGE_COOKIE,
        code,
        channel,
        Duration::from_secs(365 * 24 * 3600),
    )
}

impl Protocol for Site {
    async fn serve(&self, connection: Connection) {
        let place = Place {
            from: connection.peer().ip(),
            local: connection.local().map(|address| address.ip()),
            channel: if connection.is_tls() {
                Channel::Https
            } else {
                Channel::Http
            },
        };
        let (stream, seat, stop) = connection.into_stream();
        let (seat, stopping) = (&seat, &Stopping(stop.clone()));
        let service = service_fn(move |mut request: Request<Incoming>| async move {
            request.extensions_mut().insert(stopping.clone());
            let answered = self.answer(request.map(Body::new), place).await;
            if let Some(member) = &answered.welcome {
                seat.keep(member);
            }
            Ok::<_, Infallible>(answered.response)
        });
        http::talk(stream, seat, stop, HEAD_TIME, service).await;
    }

    fn turned_away(&self, why: Turned) -> &'static [u8] {
        match why {
            Turned::Stranger => b"",
            Turned::TooMany | Turned::Full => {
                b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 10\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            }
        }
    }
}
