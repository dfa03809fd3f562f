//! The body of a request: read up to a bound, within a time.
//!
//! What never happens here: nothing is kept of a body that is too long, and none is understood but as the bytes it is.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::StatusCode;
use hyper::body::Body;

use super::answer::error;
use super::refusals::{Answer, bad};

/// How long it may take for a body.
const BODY_TIME: Duration = Duration::from_secs(60);

/// Of a body that is not wanted so much is read, and thrown away.
const READ_AWAY: usize = 4 << 20;

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

pub(super) enum Taken {
    Whole(Bytes),
    TooLong,
    CutOff,
}

/// What is too long is read away, as far as that is reasonable: with bytes unread a close would be a reset, and the client
/// might never see the answer.
pub(super) async fn take(mut body: impl Body<Data = Bytes> + Unpin, most: usize) -> Taken {
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
