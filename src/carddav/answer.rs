//! What is answered: errors, properties, multistatus (RFC 4918 section 13), piece by piece where it is long.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};
use tokio::sync::mpsc;

use super::path::Place;
use super::query::Wanted;
use super::xml::{CARDDAV, DAV, escaped};
use crate::contacts::vcard::MAX_CARD;
use crate::mail::address::MemberName;

/// What an answer begins with.
pub const MULTISTATUS: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
    <D:multistatus xmlns:D=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:carddav\">";
/// And ends with.
pub const MULTISTATUS_END: &str = "</D:multistatus>\n";
/// What many programs look at instead of a sync token.
const CALENDARSERVER: &str = "http://calendarserver.org/ns/";
/// What a sync token begins with: it must be a URI, and nothing is to be found there.
const TOKEN: &str = "http://toxmail.local/ns/cards/";

/// The body of an answer: what is there already, and what comes.
#[derive(Debug)]
pub struct Flow {
    first: Option<Bytes>,
    rest: Option<mpsc::Receiver<io::Result<Bytes>>>,
}

impl Flow {
    /// All at once.
    pub fn whole(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self {
            first: Some(bytes).filter(|bytes| !bytes.is_empty()),
            rest: None,
        }
    }

    /// Piece by piece. An error cuts the connection: an answer that is not whole must not look like one.
    pub fn pieces(rest: mpsc::Receiver<io::Result<Bytes>>) -> Self {
        Self {
            first: None,
            rest: Some(rest),
        }
    }
}

impl Body for Flow {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        match &mut self.rest {
            Some(rest) => rest
                .poll_recv(context)
                .map(|piece| piece.map(|piece| piece.map(Frame::data))),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.first.is_none() && self.rest.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        match &self.rest {
            Some(_) => SizeHint::new(),
            None => SizeHint::with_exact(self.first.as_ref().map_or(0, Bytes::len) as u64),
        }
    }
}

/// An answer without a body.
pub fn empty(status: StatusCode) -> Response<Flow> {
    let mut response = Response::new(Flow::whole(Bytes::new()));
    *response.status_mut() = status;
    response
}

/// An answer in XML.
pub fn xml(status: StatusCode, body: Flow) -> Response<Flow> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/xml; charset=utf-8"),
    );
    response
}

/// A no: which condition is not met (an element of RFC 4918 section 16 or its like; may be empty), and what to do, for a
/// person.
pub fn error(status: StatusCode, condition: &str, words: &str) -> Response<Flow> {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<D:error xmlns:D=\"DAV:\" xmlns:C=\"{CARDDAV}\">{condition}\
         <D:responsedescription>{}</D:responsedescription></D:error>\n",
        escaped(words)
    );
    xml(status, Flow::whole(body))
}

/// The sync token of a clock.
pub fn token(clock: i64) -> String {
    format!("{TOKEN}{clock}")
}

/// The clock of a sync token.
pub fn clock(token: &str) -> Option<i64> {
    let digits = token.strip_prefix(TOKEN)?;
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

/// The ETag of a version.
pub fn etag(version: i64) -> String {
    format!("\"{version}\"")
}

/// A response about something that is not there.
pub fn not_there(href: &str) -> String {
    status(href, "404 Not Found", "")
}

/// A response that says that there are more.
pub fn more(href: &str) -> String {
    let condition = "<D:error><D:number-of-matches-within-limits/></D:error>";
    status(href, "507 Insufficient Storage", condition)
}

fn status(href: &str, status: &str, more: &str) -> String {
    format!(
        "<D:response><D:href>{}</D:href><D:status>HTTP/1.1 {status}</D:status>{more}</D:response>",
        escaped(href)
    )
}

/// What is known of something, for its properties.
#[derive(Clone, Debug)]
pub struct Subject<'a> {
    /// What it is.
    pub place: &'a Place,
    /// Who asks.
    pub member: &'a MemberName,
    /// Of a card its version, of an address book the clock.
    pub version: i64,
    /// The data of a card, as it was asked for.
    pub data: Option<String>,
    /// Its length, where that was asked for.
    pub length: Option<usize>,
}

impl Subject<'_> {
    /// A response with the properties that are wanted.
    pub fn response(&self, wanted: &Wanted) -> String {
        let mut found = String::new();
        let mut missing = String::new();
        match wanted {
            Wanted::All => {
                for (space, name) in self.usual() {
                    found.push_str(&self.property(space, name).unwrap_or_default());
                }
            }
            Wanted::Names => {
                for (space, name) in self.usual() {
                    found.push_str(&element(space, name, ""));
                }
            }
            Wanted::Those(names) => {
                for (space, name) in names {
                    match self.property(space, name) {
                        Some(property) => found.push_str(&property),
                        None => missing.push_str(&element(space, name, "")),
                    }
                }
            }
        }
        let mut out = format!(
            "<D:response><D:href>{}</D:href>",
            escaped(&self.place.href())
        );
        // A response has one part at least.
        if !found.is_empty() || missing.is_empty() {
            out.push_str(&part(&found, "200 OK"));
        }
        if !missing.is_empty() {
            out.push_str(&part(&missing, "404 Not Found"));
        }
        out.push_str("</D:response>");
        out
    }

    /// What an `allprop` brings: not what is long to say (RFC 4918 section 9.1, RFC 6352 section 6.2).
    fn usual(&self) -> Vec<(&'static str, &'static str)> {
        let mut names = vec![
            (DAV, "resourcetype"),
            (DAV, "displayname"),
            (DAV, "current-user-principal"),
        ];
        match self.place {
            Place::Book(_) => names.extend([(CALENDARSERVER, "getctag"), (DAV, "sync-token")]),
            Place::Card(..) => names.extend([(DAV, "getetag"), (DAV, "getcontenttype")]),
            _ => {}
        }
        names
    }

    /// A property, if it is there.
    fn property(&self, space: &str, name: &str) -> Option<String> {
        let href = |place: &Place| format!("<D:href>{}</D:href>", escaped(&place.href()));
        let home = || Place::Home(self.member.clone());
        let value = match (space, name, self.place) {
            (DAV, "resourcetype", place) => match place {
                Place::WellKnown | Place::Root => "<D:collection/>".to_owned(),
                Place::Home(_) => "<D:collection/><D:principal/>".to_owned(),
                Place::Book(_) => "<D:collection/><C:addressbook/>".to_owned(),
                Place::Card(..) => String::new(),
            },
            (DAV, "displayname", Place::Home(member)) => escaped(member.as_str()),
            (DAV, "displayname", Place::Root | Place::Book(_)) => "Toxmail".to_owned(),
            (DAV, "current-user-principal", _) => href(&home()),
            (DAV, "principal-URL", Place::Home(_)) => href(&home()),
            (DAV, "principal-collection-set", _) => href(&Place::Root),
            (DAV, "owner", Place::Home(_) | Place::Book(_) | Place::Card(..)) => href(&home()),
            (CARDDAV, "addressbook-home-set", Place::Home(_)) => href(&home()),
            (DAV, "current-user-privilege-set", place) => {
                let privileges: &[&str] = match place {
                    Place::Book(_) => &[
                        "read",
                        "write-content",
                        "bind",
                        "unbind",
                        "read-current-user-privilege-set",
                    ],
                    Place::Card(..) => {
                        &["read", "write-content", "read-current-user-privilege-set"]
                    }
                    _ => &["read", "read-current-user-privilege-set"],
                };
                let one = |p: &&str| format!("<D:privilege><D:{p}/></D:privilege>");
                privileges.iter().map(one).collect()
            }
            (DAV, "supported-report-set", Place::Book(_)) => [
                "C:addressbook-query",
                "C:addressbook-multiget",
                "D:sync-collection",
            ]
            .map(|r| {
                format!("<D:supported-report><D:report><{r}/></D:report></D:supported-report>")
            })
            .concat(),
            (DAV, "supported-report-set", _) => String::new(),
            (CARDDAV, "addressbook-description", Place::Book(_)) => {
                "The contacts of this home, and your own".to_owned()
            }
            (CARDDAV, "supported-address-data", Place::Book(_)) => ["3.0", "4.0"]
                .map(|v| {
                    format!("<C:address-data-type content-type=\"text/vcard\" version=\"{v}\"/>")
                })
                .concat(),
            (CARDDAV, "supported-collation-set", Place::Book(_)) => {
                ["i;ascii-casemap", "i;octet", "i;unicode-casemap"]
                    .map(|c| format!("<C:supported-collation>{c}</C:supported-collation>"))
                    .concat()
            }
            (CARDDAV, "max-resource-size", Place::Book(_)) => MAX_CARD.to_string(),
            (CALENDARSERVER, "getctag", Place::Book(_)) | (DAV, "sync-token", Place::Book(_)) => {
                token(self.version)
            }
            (DAV, "getetag", Place::Card(..)) => escaped(&etag(self.version)),
            (DAV, "getcontenttype", Place::Card(..)) => "text/vcard; charset=utf-8".to_owned(),
            (DAV, "getcontentlength", Place::Card(..)) => self.length?.to_string(),
            (CARDDAV, "address-data", Place::Card(..)) => escaped(self.data.as_deref()?),
            _ => return None,
        };
        Some(element(space, name, &value))
    }
}

fn part(properties: &str, status: &str) -> String {
    format!(
        "<D:propstat><D:prop>{properties}</D:prop><D:status>HTTP/1.1 {status}</D:status></D:propstat>"
    )
}

fn element(space: &str, name: &str, value: &str) -> String {
    let (prefix, declaration) = match space {
        DAV => ("D:", String::new()),
        CARDDAV => ("C:", String::new()),
        "" => ("", String::new()),
        other => ("x:", format!(" xmlns:x=\"{}\"", escaped(other))),
    };
    match value {
        "" => format!("<{prefix}{name}{declaration}/>"),
        value => format!("<{prefix}{name}{declaration}>{value}</{prefix}{name}>"),
    }
}
