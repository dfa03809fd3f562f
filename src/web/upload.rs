//! Files that a browser sends to the page: they come piece by piece and are never whole in memory.
//!
//! The form is `multipart/form-data`, its fields come in the order in which they stand in it: the token first
//! (`{{ v.csrf() }}`), then what is short, the file last. The path has to stand in [`PATHS`], or the guard refuses the form.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use multer::{Field, Multipart};

use super::session;
use super::visitor::{Refusal, Visitor};

/// Where files may be sent.
pub const PATHS: &[&str] = &["/me/contacts/import"];

/// How long the next piece may take.
const PIECE_TIME: Duration = Duration::from_secs(30);
/// Longest token.
const MAX_TOKEN: usize = 64;

/// A form with a file in it, whose token was checked.
pub struct Upload {
    form: Multipart<'static>,
}

/// A file of a form while it comes.
pub struct File<'a> {
    field: Field<'a>,
    left: u64,
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
        let mut upload = Self {
            form: Multipart::new(body.into_data_stream(), boundary),
        };
        let token = upload.text("csrf", MAX_TOKEN).await?;
        if !session::same(visitor.csrf_token(), &token) {
            return Err(Refusal::forbidden("error-token"));
        }
        Ok(upload)
    }
}

impl Upload {
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
        let field = field.filter(|field| field.name() == Some(name));
        Ok(File {
            field: field.ok_or_else(broken)?,
            left: most,
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
    use axum::body::Body;
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
        Upload {
            form: Multipart::new(body.into().into_data_stream(), "x"),
        }
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
}
