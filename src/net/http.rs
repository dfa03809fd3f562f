//! HTTP/1.1 on a connection of ours, for whoever answers requests. Its framing is hyper's.
//!
//! What never happens here: no request is understood, and nothing is kept of a body that is too long.

use std::error::Error;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::sync::watch;

use super::gate::Seat;
use super::stream::ByteStream;

/// Longest head of a request.
const MAX_HEAD: usize = 32 * 1024;
/// How long an answer may go on after the home began to stop, or the place was somebody else's.
const STOP_GRACE: Duration = Duration::from_secs(2);
/// So much of a body that is too long is read away: with bytes unread a close would be a reset, and the client might never see
/// the answer.
const READ_AWAY: usize = 4 << 20;

/// Answers what comes, until the client goes, has to make room or the home stops. The client may take `head_time` for the head of a request, and say
/// nothing as long between two.
pub async fn talk<S, B>(
    stream: ByteStream,
    seat: &Seat,
    mut stop: watch::Receiver<bool>,
    head_time: Duration,
    service: S,
) where
    S: Service<Request<Incoming>, Response = Response<B>>,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
    B: Body + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let talk = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head_time)
        .max_buf_size(MAX_HEAD)
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
        () = seat.bell().rings() => talk.as_mut().graceful_shutdown(),
        () = stopped => talk.as_mut().graceful_shutdown(),
    }
    let _ = tokio::time::timeout(STOP_GRACE, talk).await;
}

/// What came of a body.
#[derive(Debug)]
pub enum Taken {
    /// All of it.
    Whole(Bytes),
    /// More than was wanted.
    TooLong,
    /// The client went away in the middle, or did not say where it ends.
    CutOff,
}

/// A body of at most `most` bytes.
pub async fn take(mut body: impl Body<Data = Bytes> + Unpin, most: usize) -> Taken {
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
