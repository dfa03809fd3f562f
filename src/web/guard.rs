//! What every request has to pass, and what every answer carries.
//!
//! # Rules
//! - **Host.** Only names that are this home's by themselves, and addresses that are its own or exist only inside homes. A page
//!   elsewhere whose name was turned to point here (DNS rebinding) still says its own name. Before claiming, too.
//! - **Changes** (whatever is not GET or HEAD) come from our own pages: `Origin` and `Sec-Fetch-Site`, where a browser sends them,
//!   say so, and one of them is there; and the form carries the token that only our page for this very browser had. The token is
//!   looked at here before any handler, or, where a file comes, by the only reader that the body has
//!   ([`upload`](super::upload)): no handler can forget to.
//! - **Plain HTTP**, once somebody lives here, serves what [`PLAIN`] lists and a page that explains the way to HTTPS. A password is
//!   never asked for there.
//! - **Answers** forbid scripts, styles and forms of elsewhere, being framed, and being kept.
//!
//! No HSTS: a browser would then refuse the page for good where the authority is not installed, and every home has the same name.
//!
//! `Referrer-Policy` ends with `same-origin`, which tells no other site anything either: with `no-referrer` alone browsers send
//! `Origin: null` with our own forms, and over plain HTTP nothing else says where they come from.

use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE, HOST, HeaderName, HeaderValue,
    ORIGIN, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, Uri};

use super::visitor::Refusal;
use super::{Channel, session};
use crate::net::http::{Taken, take};
use crate::net::networks;

/// Paths that plain HTTP serves in a home where somebody lives, besides `/static/`. What ends with `/` stands for all below.
pub const PLAIN: &[&str] = &[
    "/ca.pem",
    "/ca.crt",
    "/language",
    "/mail/config-v1.1.xml",
    "/.well-known/autoconfig/",
];

/// What a page may do: nothing but what is our own.
const POLICY: &str = "default-src 'none'; img-src 'self' data:; style-src 'self'; script-src 'self'; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// How long a form may take to arrive.
const BODY_TIME: Duration = Duration::from_secs(30);

/// The host that the request is for, lower case, with its port if it names one.
///
/// # Errors
/// No host, several, or none of ours.
pub fn host(
    uri: &Uri,
    headers: &HeaderMap,
    local: Option<IpAddr>,
    hostname: &str,
) -> Result<String, Refusal> {
    let mut hosts = headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return Err(Refusal::bad_request("error-host-missing"));
    };
    let host = host
        .to_str()
        .map_err(|_| Refusal::bad_request("error-host-missing"))?;
    let host = host.to_ascii_lowercase();
    // A proxy's form of request names its own host, which would win over the field (RFC 9112 section 3.2.2).
    if uri
        .authority()
        .is_some_and(|named| !named.as_str().eq_ignore_ascii_case(&host))
    {
        return Err(Refusal::bad_request("error-host-missing"));
    }
    let (name, port) = split_port(&host);
    let readable = port.is_none_or(|port| port.parse::<u16>().is_ok());
    if !readable || !is_ours(name, local, hostname) {
        return Err(Refusal::forbidden("error-host"));
    }
    Ok(host)
}

/// Whether a host name or an address stands for this home.
fn is_ours(name: &str, local: Option<IpAddr>, hostname: &str) -> bool {
    let bare = name
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let address = match bare {
        Some(v6) => IpAddr::from_str(v6).ok().filter(IpAddr::is_ipv6),
        None => IpAddr::from_str(name).ok().filter(IpAddr::is_ipv4),
    };
    if let Some(address) = address {
        let address = address.to_canonical();
        return networks::is_home(address) || local.map(|l| l.to_canonical()) == Some(address);
    }
    let name = name.strip_suffix('.').unwrap_or(name);
    let hostname = hostname.trim_end_matches('.').to_ascii_lowercase();
    let base = name.strip_prefix("autoconfig.").unwrap_or(name);
    name == "localhost" || base == "toxmail.local" || base == hostname
}

/// A host without its port, and the port as it is written.
pub fn split_port(host: &str) -> (&str, Option<&str>) {
    match host.rsplit_once(':') {
        // An IPv6 address without a port ends with its bracket.
        Some((name, port)) if !port.ends_with(']') => (name, Some(port)),
        _ => (host, None),
    }
}

/// Whether a change comes from a page of ours.
///
/// # Errors
/// It comes from elsewhere, or nothing says where from.
pub fn origin(headers: &HeaderMap, channel: Channel, host: &str) -> Result<(), Refusal> {
    let text = |name: &HeaderName| headers.get(name).map(|v| v.to_str().unwrap_or_default());
    let site = text(&HeaderName::from_static("sec-fetch-site"));
    let origin = text(&ORIGIN);
    let ours = format!("{}://{host}", channel.as_str());
    let same_site = site.map(|site| site == "same-origin");
    let same_origin = match origin {
        // A browser that was told to say nothing: the other field has to.
        Some("null") | None => None,
        Some(origin) => Some(origin.eq_ignore_ascii_case(&ours)),
    };
    match (same_site, same_origin) {
        (Some(false), _) | (_, Some(false)) | (None, None) => {
            Err(Refusal::forbidden("error-origin"))
        }
        _ => Ok(()),
    }
}

/// The form of a change, at most `most` bytes, if it carries the browser's token.
///
/// # Errors
/// It is no form, too long, too slow, or has another token.
pub async fn form(
    headers: &HeaderMap,
    body: Body,
    most: usize,
    token: &str,
) -> Result<Bytes, Refusal> {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(Refusal::bad_request("error-form"));
    }
    let body = match tokio::time::timeout(BODY_TIME, take(body, most)).await {
        Ok(Taken::Whole(body)) => body,
        Ok(Taken::TooLong) => return Err(Refusal::too_large()),
        Ok(Taken::CutOff) => return Err(Refusal::bad_request("error-form")),
        Err(_) => return Err(Refusal::bad_request("error-slow")),
    };
    let theirs = form_urlencoded::parse(&body).find(|(name, _)| name == "csrf");
    if !theirs.is_some_and(|(_, theirs)| session::same(token, &theirs)) {
        return Err(Refusal::forbidden("error-token"));
    }
    Ok(body)
}

/// Whether plain HTTP serves this path once somebody lives here.
pub fn is_plain(path: &str) -> bool {
    PLAIN.iter().any(|plain| match plain.strip_suffix('/') {
        Some(_) => path.starts_with(plain),
        None => path == *plain,
    })
}

/// The cookies of a request that are ours.
#[derive(Debug, Default)]
pub struct Cookies {
    /// Of a login.
    pub session: Option<String>,
    /// Of a browser that is not logged in: its forms need a token too.
    pub guest: Option<String>,
    /// The language that was chosen.
    pub language: Option<String>,
}

/// Longest cookie of ours: 32 bytes in base64 are 43.
const MAX_COOKIE: usize = 64;

impl Cookies {
    /// Reads what is ours on that channel.
    pub fn read(headers: &HeaderMap, channel: Channel) -> Self {
        let mut found = Self::default();
        for line in headers.get_all(COOKIE) {
            for pair in line.to_str().unwrap_or_default().split(';') {
                let Some((name, value)) = pair.trim().split_once('=') else {
                    continue;
                };
                let place = if name == channel.session_cookie() {
                    &mut found.session
                } else if name == channel.guest_cookie() {
                    &mut found.guest
                } else if name == LANGUAGE_COOKIE {
                    &mut found.language
                } else {
                    continue;
                };
                if place.is_none() && !value.is_empty() && value.len() <= MAX_COOKIE {
                    *place = Some(value.to_owned());
                }
            }
        }
        found
    }
}

/// Whether the browser has this cookie with this value; for what is no secret.
pub fn has_cookie(headers: &HeaderMap, name: &str, value: &str) -> bool {
    let lines = headers.get_all(COOKIE).into_iter();
    lines
        .flat_map(|line| line.to_str().unwrap_or_default().split(';'))
        .any(|pair| pair.trim().split_once('=') == Some((name, value)))
}

/// Holds a language's code; no secret.
pub const LANGUAGE_COOKIE: &str = "toxmail-language";

/// A cookie to be kept so long; nobody but us reads it, and no other site makes a browser send it.
pub fn cookie(name: &str, value: &str, channel: Channel, lasts: Duration) -> HeaderValue {
    let secure = if channel == Channel::Https {
        "; Secure"
    } else {
        ""
    };
    let text = format!(
        "{name}={value}; Path=/; Max-Age={}; HttpOnly; SameSite=Strict{secure}",
        lasts.as_secs()
    );
    // Names and values are ours: letters and digits.
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}

/// What every answer carries.
pub fn protect(headers: &mut HeaderMap, channel: Channel) {
    let fields = [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "no-referrer, same-origin"),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-embedder-policy"),
            "require-corp",
        ),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
        ),
    ];
    for (name, value) in fields {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // Browsers pass over it on a plain connection, and write an error for each page that says it.
    if channel == Channel::Https {
        let opener = HeaderName::from_static("cross-origin-opener-policy");
        headers.insert(opener, HeaderValue::from_static("same-origin"));
    }
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
}
