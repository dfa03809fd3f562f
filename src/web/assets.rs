//! Static files: in the binary, compressed once, named by their content so that a browser asks for each only once.
//!
//! Three small files need no library that walks folders (rust-embed): a new one is one line in `FILES`.

use std::io::Write as _;
use std::sync::LazyLock;

use axum::body::{Body, Bytes};
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use data_encoding::HEXLOWER;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use super::visitor::Refusal;

/// Name, kind, content.
const FILES: [(&str, &str, &[u8]); 3] = [
    (
        "toxmail.css",
        "text/css; charset=utf-8",
        include_bytes!("../../web/static/toxmail.css"),
    ),
    (
        "toxmail.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../web/static/toxmail.js"),
    ),
    (
        "favicon.svg",
        "image/svg+xml",
        include_bytes!("../../web/static/favicon.svg"),
    ),
];

struct Asset {
    name: &'static str,
    /// `/static/NAME.HASH.EXTENSION`
    path: String,
    etag: HeaderValue,
    kind: &'static str,
    plain: &'static [u8],
    gzip: Bytes,
}

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    let asset = |(name, kind, plain): (&'static str, &'static str, &'static [u8])| {
        let hash = HEXLOWER.encode(&Sha256::digest(plain)[..8]);
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
        Asset {
            name,
            path: format!("/static/{stem}.{hash}.{extension}"),
            etag: HeaderValue::from_str(&format!("\"{hash}\""))
                .unwrap_or(HeaderValue::from_static("\"\"")),
            kind,
            plain,
            gzip: compressed(plain),
        }
    };
    FILES.map(asset).into()
});

/// Where a static file is; an empty path for one that there is not.
pub fn path(name: &str) -> &'static str {
    ASSETS
        .iter()
        .find(|asset| asset.name == name)
        .map_or("", |asset| &asset.path)
}

/// The answer to a request below `/static/`.
pub(super) fn answer(method: &Method, path: &str, headers: &HeaderMap) -> Response {
    if !matches!(*method, Method::GET | Method::HEAD) {
        return Refusal::of_status(StatusCode::METHOD_NOT_ALLOWED).into_response();
    }
    let Some(asset) = ASSETS.iter().find(|asset| asset.path == path) else {
        return Refusal::not_found().into_response();
    };
    let mut response = Response::new(Body::empty());
    let known = headers
        .get(IF_NONE_MATCH)
        .is_some_and(|tag| *tag == asset.etag);
    let fields = response.headers_mut();
    fields.insert(ETAG, asset.etag.clone());
    fields.insert(
        CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=31536000, immutable"),
    );
    fields.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
    fields.insert(CONTENT_TYPE, HeaderValue::from_static(asset.kind));
    if known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return response;
    }
    let codings = headers
        .get(ACCEPT_ENCODING)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    let gzip = codings.split(',').any(|coding| {
        let mut words = coding.split(';').map(str::trim);
        words.next() == Some("gzip") && words.all(|word| word != "q=0")
    });
    *response.body_mut() = if gzip && !asset.gzip.is_empty() {
        fields.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        asset.gzip.clone().into()
    } else {
        Bytes::from_static(asset.plain).into()
    };
    response
}

/// Empty if that does not help.
fn compressed(plain: &[u8]) -> Bytes {
    let mut coder = GzEncoder::new(Vec::new(), Compression::best());
    let done = coder.write_all(plain).and_then(|()| coder.finish());
    done.ok()
        .filter(|gzip| gzip.len() < plain.len())
        .unwrap_or_default()
        .into()
}
