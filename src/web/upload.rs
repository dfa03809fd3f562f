//! Files that a browser sends to the page: they come piece by piece, and nothing here keeps more than a piece.
//!
//! The form is `multipart/form-data`, its fields come in the order in which they stand in it: the token first
//! (`{{ v.csrf() }}`), then what is short, the file last. The path has to stand in [`PATHS`], or the guard refuses the form.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use hyper::body::Frame;
use multer::{Field, Multipart};
use tokio::time::Instant;

use super::session;
use super::visitor::{Refusal, Visitor};

/// Where files may be sent.
pub const PATHS: &[&str] = &[
    super::page::setup::RESTORE,
    super::page::UPDATE,
    "/me/contacts/import",
];

/// How long a browser is waited for. Without a bound a stranger could keep an upload going for ever, a byte now and then, and
/// with it the door of a home that nobody has claimed.
#[derive(Clone, Copy)]
struct Patience {
    /// For the next piece.
    piece: Duration,
    /// In all, however little comes.
    grace: Duration,
    /// And a second more for so many bytes: a slow wireless network has many times that. What the home itself takes its time for
    /// is not held against a browser.
    bytes_a_second: u64,
}

const PATIENCE: Patience = Patience {
    piece: Duration::from_secs(30),
    grace: Duration::from_secs(60),
    bytes_a_second: 32 * 1024,
};
/// So much of a file that is not wanted is read away, so that the browser comes to see the answer.
const READ_AWAY: usize = 256 << 20;
/// How long that may take.
const READ_AWAY_TIME: Duration = Duration::from_secs(60);
/// Longest token.
const MAX_TOKEN: usize = 64;

/// So many bytes may come before they are a field, or a piece of one. The reader of the form keeps them until it finds the next
/// boundary: without a bound, whoever sends none would fill the memory.
const MAX_UNREAD: usize = 1 << 20;

/// A form with a file in it, whose token was checked.
pub struct Upload {
    form: Multipart<'static>,
    pace: Pace,
    announced: Option<u64>,
}

/// A file of a form while it comes.
pub struct File<'a> {
    field: Field<'a>,
    left: u64,
    pace: Pace,
}

/// How an upload gets on.
#[derive(Clone)]
struct Pace(Arc<Counts>);

struct Counts {
    patience: Patience,
    /// Bytes that have come since something of the form was understood.
    unread: AtomicUsize,
    /// Bytes that have come.
    come: AtomicU64,
    /// How long they were waited for, in milliseconds.
    waited: AtomicU64,
}

impl Pace {
    fn new(patience: Patience) -> Self {
        Self(Arc::new(Counts {
            patience,
            unread: AtomicUsize::new(0),
            come: AtomicU64::new(0),
            waited: AtomicU64::new(0),
        }))
    }

    fn begin_again(&self) {
        self.0.unread.store(0, Ordering::Relaxed);
    }

    /// How long it may still be waited for more.
    fn left(&self) -> Duration {
        let of = self.0.patience;
        let waited = Duration::from_millis(self.0.waited.load(Ordering::Relaxed));
        let earned = Duration::from_secs(self.0.come.load(Ordering::Relaxed) / of.bytes_a_second);
        of.piece.min((of.grace + earned).saturating_sub(waited))
    }

    async fn in_time<T>(
        &self,
        work: impl Future<Output = multer::Result<T>>,
    ) -> Result<T, Refusal> {
        let begun = Instant::now();
        let done = tokio::time::timeout(self.left(), work).await;
        let waited = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.0.waited.fetch_add(waited, Ordering::Relaxed);
        match done {
            Ok(done) => done.map_err(|_| broken()),
            Err(_) => Err(Refusal::bad_request("error-slow")),
        }
    }
}

/// A body that breaks off where too much of it is not understood.
struct Bounded {
    body: Body,
    pace: Pace,
}

impl hyper::body::Body for Bounded {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        if let Some(Ok(frame)) = &frame
            && let Some(data) = frame.data_ref()
        {
            let counts = &self.pace.0;
            counts.come.fetch_add(data.len() as u64, Ordering::Relaxed);
            let before = counts.unread.fetch_add(data.len(), Ordering::Relaxed);
            if before > MAX_UNREAD {
                return Poll::Ready(Some(Err(axum::Error::new("no field begins or ends"))));
            }
        }
        Poll::Ready(frame)
    }
}

/// Whether a request is a form that only [`Upload`] reads.
pub(super) fn is_one(path: &str, headers: &HeaderMap) -> bool {
    PATHS.contains(&path) && boundary(headers).is_some()
}

fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn boundary(headers: &HeaderMap) -> Option<String> {
    multer::parse_boundary(headers.get(CONTENT_TYPE)?.to_str().ok()?).ok()
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        let (parts, body) = request.into_parts();
        let visitor = parts
            .extensions
            .get::<Visitor>()
            .ok_or_else(Refusal::trouble)?;
        let boundary = boundary(&parts.headers).ok_or_else(broken)?;
        let mut upload = Self::of(body, boundary);
        upload.announced = announced(&parts.headers);
        let token = upload.text("csrf", MAX_TOKEN).await?;
        if !session::same(visitor.csrf_token(), &token) {
            return Err(Refusal::forbidden("error-token"));
        }
        Ok(upload)
    }
}

impl Upload {
    fn of(body: Body, boundary: impl Into<String>) -> Self {
        Self::waited_for(PATIENCE, body, boundary)
    }

    fn waited_for(patience: Patience, body: Body, boundary: impl Into<String>) -> Self {
        let pace = Pace::new(patience);
        let bounded = Body::new(Bounded {
            body,
            pace: pace.clone(),
        });
        Self {
            form: Multipart::new(bounded.into_data_stream(), boundary),
            pace,
            announced: None,
        }
    }

    /// How long the form is, if the browser says so: a little more than the file in it.
    pub fn announced(&self) -> Option<u64> {
        self.announced
    }

    /// The text of the next field, which has to be `name`, of at most so many bytes.
    ///
    /// # Errors
    /// Another field comes, it is too long, or it comes too slowly.
    pub async fn text(&mut self, name: &str, most: usize) -> Result<String, Refusal> {
        let mut file = self.file(name, most as u64).await?;
        let mut whole = Vec::new();
        while let Some(piece) = file.piece().await? {
            whole.extend_from_slice(&piece);
        }
        String::from_utf8(whole).map_err(|_| broken())
    }

    /// The file of the next field, which has to be `name`, of at most so many bytes.
    ///
    /// # Errors
    /// Another field comes, or none.
    pub async fn file(&mut self, name: &str, most: u64) -> Result<File<'static>, Refusal> {
        let field = self.pace.in_time(self.form.next_field()).await?;
        self.pace.begin_again();
        let field = field.filter(|field| field.name() == Some(name));
        Ok(File {
            field: field.ok_or_else(broken)?,
            left: most,
            pace: self.pace.clone(),
        })
    }
}

impl File<'_> {
    /// The next piece; `None` when it was whole.
    ///
    /// # Errors
    /// It is too long, is cut off, or comes too slowly.
    pub async fn piece(&mut self) -> Result<Option<Bytes>, Refusal> {
        let piece = self.pace.in_time(self.field.chunk()).await?;
        self.pace.begin_again();
        if let Some(piece) = &piece {
            let length = piece.len() as u64;
            self.left = self
                .left
                .checked_sub(length)
                .ok_or_else(Refusal::too_large)?;
        }
        Ok(piece)
    }
}

impl File<'_> {
    /// Reads away what comes of a file that is not wanted, within bounds: a browser reads the answer when its file is out.
    pub async fn read_away(&mut self) {
        let mut length = 0;
        let all = async {
            while let Ok(Some(piece)) = self.piece().await {
                length += piece.len();
                if length > READ_AWAY {
                    return;
                }
            }
        };
        let _ = tokio::time::timeout(READ_AWAY_TIME, all).await;
    }
}

fn broken() -> Refusal {
    Refusal::bad_request("error-form")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use axum::response::IntoResponse;

    use super::*;

    fn form(fields: &[(&str, &[u8])]) -> Vec<u8> {
        let mut form = Vec::new();
        for (name, content) in fields {
            form.extend_from_slice(
                format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n")
                    .as_bytes(),
            );
            form.extend_from_slice(content);
            form.extend_from_slice(b"\r\n");
        }
        form.extend_from_slice(b"--x--\r\n");
        form
    }

    fn upload(body: impl Into<Body>) -> Upload {
        Upload::of(body.into(), "x")
    }

    fn status<T>(done: Result<T, Refusal>) -> u16 {
        done.err()
            .map_or(200, |no| no.into_response().status().as_u16())
    }

    #[tokio::test]
    async fn a_file_comes_in_pieces_up_to_its_bound() {
        let big = vec![7_u8; 300_000];
        let body = form(&[("passphrase", "grüße".as_bytes()), ("file", &big)]);
        let mut whole = upload(body.clone());
        assert_eq!(whole.text("passphrase", 100).await.unwrap(), "grüße");
        let mut file = whole.file("file", 300_000).await.unwrap();
        let mut length = 0;
        while let Some(piece) = file.piece().await.unwrap() {
            assert!(piece.iter().all(|b| *b == 7));
            length += piece.len();
        }
        assert_eq!(length, 300_000);
        drop(file);
        assert_eq!(status(whole.file("more", 1).await), 400);

        let mut bounded = upload(body.clone());
        assert_eq!(status(bounded.text("passphrase", 3).await), 413);
        let mut bounded = upload(body.clone());
        bounded.text("passphrase", 100).await.unwrap();
        let mut file = bounded.file("file", 299_999).await.unwrap();
        let refused = loop {
            match file.piece().await {
                Ok(piece) => assert!(piece.is_some()),
                Err(no) => break no.into_response().status().as_u16(),
            }
        };
        assert_eq!(refused, 413);

        // In another order, cut off, and what is no form.
        assert_eq!(status(upload(body.clone()).file("file", 1).await), 400);
        let mut cut = upload(body[..body.len() - 20_000].to_vec());
        cut.text("passphrase", 100).await.unwrap();
        let mut file = cut.file("file", 1 << 20).await.unwrap();
        let refused = loop {
            match file.piece().await {
                Ok(piece) => assert!(piece.is_some(), "half a file was taken for a whole one"),
                Err(no) => break no.into_response().status().as_u16(),
            }
        };
        assert_eq!(refused, 400);
        assert_eq!(status(upload("nothing").text("csrf", 10).await), 400);
    }

    /// A body of these pieces, and how many were asked for.
    struct Drip {
        piece: &'static [u8],
        left: usize,
        taken: Arc<AtomicUsize>,
    }

    impl hyper::body::Body for Drip {
        type Data = Bytes;
        type Error = std::convert::Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
            if self.left == 0 {
                return Poll::Ready(None);
            }
            self.left -= 1;
            self.taken.fetch_add(self.piece.len(), Ordering::Relaxed);
            Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(self.piece)))))
        }
    }

    #[tokio::test]
    async fn what_is_no_form_is_not_kept_in_memory() {
        static PIECE: [u8; 32 * 1024] = [b'a'; 32 * 1024];
        for head in [&b""[..], b"--x\r\nContent-Disposition: form-data; name=\""] {
            let taken = Arc::new(AtomicUsize::new(0));
            let drip = Drip {
                piece: &PIECE,
                left: 4000,
                taken: Arc::clone(&taken),
            };
            let body = Body::new(http_body_util::BodyExt::map_err(
                drip,
                |never| match never {},
            ));
            let body = match head.is_empty() {
                true => body,
                false => {
                    let mut first = Some(Bytes::from_static(head));
                    Body::new(http_body_util::BodyExt::map_frame(
                        body,
                        move |frame| match (first.take(), frame.into_data()) {
                            (Some(first), Ok(_)) => Frame::data(first),
                            (_, Ok(data)) => Frame::data(data),
                            (_, Err(other)) => other,
                        },
                    ))
                }
            };
            let mut upload = Upload::of(body, "x");
            assert_eq!(status(upload.text("csrf", MAX_TOKEN).await), 400);
            let taken = taken.load(Ordering::Relaxed);
            assert!(taken <= MAX_UNREAD + 3 * PIECE.len(), "{taken}");
        }
    }

    /// A body that never ends: so many bytes each time, and then a while.
    struct Slow {
        piece: Bytes,
        every: Duration,
        next: Pin<Box<tokio::time::Sleep>>,
    }

    impl hyper::body::Body for Slow {
        type Data = Bytes;
        type Error = std::convert::Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
            ready!(self.next.as_mut().poll(context));
            let again = Instant::now() + self.every;
            self.next.as_mut().reset(again);
            Poll::Ready(Some(Ok(Frame::data(self.piece.clone()))))
        }
    }

    /// Whether an endless file that comes like that is still read after so many pieces.
    async fn is_read(piece: usize, every: Duration, pieces: usize) -> bool {
        let head = b"--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n";
        let slow = Slow {
            piece: Bytes::from(vec![7; piece]),
            every,
            next: Box::pin(tokio::time::sleep(every)),
        };
        let mut first = Some(Bytes::from_static(head));
        let body = http_body_util::BodyExt::map_frame(slow, move |frame| match first.take() {
            Some(first) => Frame::data(first),
            None => frame,
        });
        let body = http_body_util::BodyExt::map_err(body, |never| match never {});
        // A hundred times less than in earnest, but for the bytes.
        let patience = Patience {
            piece: Duration::from_millis(5000),
            grace: Duration::from_millis(600),
            bytes_a_second: 32 * 1024,
        };
        let mut upload = Upload::waited_for(patience, Body::new(body), "x");
        let mut file = upload.file("file", u64::MAX).await.unwrap();
        for _ in 0..pieces {
            if let Err(no) = file.piece().await {
                assert_eq!(no.into_response().status().as_u16(), 400);
                return false;
            }
        }
        true
    }

    #[tokio::test]
    async fn nobody_keeps_an_upload_going_for_ever_with_a_byte_now_and_then() {
        let often = Duration::from_millis(20);
        // Each comes in time, and all of them would go on for ever.
        assert!(!is_read(1, often, 10_000).await);
        // A slow network that gets on is waited for, longer than for nothing.
        assert!(is_read(64 * 1024, often, 60).await);
    }
}
