//! Files that a browser sends to the page: they come piece by piece and are never whole in memory.
//!
//! The form is `multipart/form-data`, its fields come in the order in which they stand in it: the token first
//! (`{{ v.csrf() }}`), then what is short, the file last. The path has to stand in [`PATHS`], or the guard refuses the form.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use hyper::body::Frame;
use multer::{Field, Multipart};

use super::session;
use super::visitor::{Refusal, Visitor};

/// Where files may be sent.
pub const PATHS: &[&str] = &[super::page::setup::RESTORE, "/me/contacts/import"];

/// How long the next piece may take.
const PIECE_TIME: Duration = Duration::from_secs(30);
/// Longest token.
const MAX_TOKEN: usize = 64;

/// So many bytes may come before they are a field, or a piece of one. The reader of the form keeps them until it finds the next
/// boundary: without a bound, whoever sends none would fill the memory.
const MAX_UNREAD: usize = 1 << 20;

/// A form with a file in it, whose token was checked.
pub struct Upload {
    form: Multipart<'static>,
    unread: Unread,
}

/// A file of a form while it comes.
pub struct File<'a> {
    field: Field<'a>,
    left: u64,
    unread: Unread,
}

/// Bytes that have come since something of the form was understood.
#[derive(Clone, Default)]
struct Unread(Arc<AtomicUsize>);

impl Unread {
    fn begin_again(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

/// A body that breaks off where too much of it is not understood.
struct Bounded {
    body: Body,
    unread: Unread,
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
            let before = self.unread.0.fetch_add(data.len(), Ordering::Relaxed);
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
        let token = upload.text("csrf", MAX_TOKEN).await?;
        if !session::same(visitor.csrf_token(), &token) {
            return Err(Refusal::forbidden("error-token"));
        }
        Ok(upload)
    }
}

impl Upload {
    fn of(body: Body, boundary: impl Into<String>) -> Self {
        let unread = Unread::default();
        let bounded = Body::new(Bounded {
            body,
            unread: unread.clone(),
        });
        Self {
            form: Multipart::new(bounded.into_data_stream(), boundary),
            unread,
        }
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
        let field = in_time(self.form.next_field()).await?;
        self.unread.begin_again();
        let field = field.filter(|field| field.name() == Some(name));
        Ok(File {
            field: field.ok_or_else(broken)?,
            left: most,
            unread: self.unread.clone(),
        })
    }
}

impl File<'_> {
    /// The next piece; `None` when it was whole.
    ///
    /// # Errors
    /// It is too long, is cut off, or comes too slowly.
    pub async fn piece(&mut self) -> Result<Option<Bytes>, Refusal> {
        let piece = in_time(self.field.chunk()).await?;
        self.unread.begin_again();
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

async fn in_time<T>(work: impl Future<Output = multer::Result<T>>) -> Result<T, Refusal> {
    match tokio::time::timeout(PIECE_TIME, work).await {
        Ok(done) => done.map_err(|_| broken()),
        Err(_) => Err(Refusal::bad_request("error-slow")),
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
}
