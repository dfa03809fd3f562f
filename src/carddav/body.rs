//! The body of a request: read up to a bound, within a time.
//!
//! What never happens here: none is understood but as the bytes it is.

use std::time::Duration;

use bytes::Bytes;
use hyper::StatusCode;
use hyper::body::Body;

use super::answer::error;
use super::refusals::{Answer, bad};
use crate::net::http::{Taken, take};

/// How long it may take for a body.
const BODY_TIME: Duration = Duration::from_secs(60);

/// A body of at most so many bytes.
pub(super) async fn read_body(
    body: impl Body<Data = Bytes> + Unpin,
    most: usize,
) -> Result<Bytes, Answer> {
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
