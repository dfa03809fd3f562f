//! Connections that this home opens to a mail provider: its addresses one after the other, and whose certificate counts.

use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use data_encoding::BASE64;
use rustls::pki_types::{CertificateDer, pem::PemObject};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;
use zeroize::Zeroizing;

use crate::mail::verdict::{Reason, Status};

/// For finding the provider's addresses, and for each of them to answer: a home whose IPv6 leads nowhere tries IPv4 next.
pub const CONNECT: Duration = Duration::from_secs(15);

/// Most bytes of one answer: `EHLO` has some twenty lines of at most 512 octets each (RFC 5321 section 4.5.3.1.5).
pub const ANSWER: usize = 64 << 10;

/// A connection whose server may say [`ANSWER`] bytes between two words of ours, and a block of the reader's more: a
/// library that reads an answer to its end, however far that is, takes no more memory than that.
pub struct Brief<S> {
    stream: S,
    left: usize,
}

impl<S> Brief<S> {
    /// Of a connection that was made.
    pub fn new(stream: S) -> Self {
        Self {
            stream,
            left: ANSWER,
        }
    }

    /// The connection.
    pub fn into_inner(self) -> S {
        self.stream
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Brief<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.left == 0 {
            return Poll::Ready(Err(io::Error::other("its answer does not end")));
        }
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        self.left = self.left.saturating_sub(buffer.filled().len() - before);
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Brief<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.left = ANSWER;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// What a server was told and nobody may read: some repeat the line that they do not like.
pub struct Secrets(Vec<Zeroizing<String>>);

impl Secrets {
    /// A password in every form in which it is said: as it is, in quotes (IMAP), for PLAIN and for LOGIN.
    pub fn of(username: &str, password: &str) -> Self {
        let quoted = password.replace('\\', "\\\\").replace('"', "\\\"");
        let plain = Zeroizing::new(format!("\0{username}\0{password}"));
        let mut forms = vec![
            Zeroizing::new(BASE64.encode(plain.as_bytes())),
            Zeroizing::new(BASE64.encode(password.as_bytes())),
            Zeroizing::new(quoted),
            Zeroizing::new(password.to_owned()),
        ];
        forms.retain(|form| !form.is_empty());
        Self(forms)
    }

    /// What the server says, without them.
    pub fn hidden(&self, said: &[u8]) -> Vec<u8> {
        let mut said = said.to_vec();
        for secret in &self.0 {
            let secret = secret.as_bytes();
            let mut rest = &said[..];
            let mut out = Vec::with_capacity(rest.len());
            while let Some(at) = rest.windows(secret.len()).position(|some| some == secret) {
                out.extend_from_slice(&rest[..at]);
                out.extend_from_slice(b"***");
                rest = &rest[at + secret.len()..];
            }
            out.extend_from_slice(rest);
            said = out;
        }
        said
    }
}

/// Connects to the first address of `host` that answers.
///
/// # Errors
/// `TimedOut`: nobody answers. `NotFound`: the name itself is wrong, or there is no Internet. Else what the last address
/// said.
pub async fn connect(host: &str, port: u16) -> io::Result<TcpStream> {
    let found = timeout(CONNECT, tokio::net::lookup_host((host, port))).await;
    let found = found.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?;
    // Told apart from a refusal.
    let found = found.map_err(|e| io::Error::new(io::ErrorKind::NotFound, e))?;
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for address in found {
        match timeout(CONNECT, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                stream.set_nodelay(true)?;
                return Ok(stream);
            }
            Ok(Err(e)) => last = e,
            Err(_) => last = io::ErrorKind::TimedOut.into(),
        }
    }
    Err(last)
}

/// The certificates that are believed: the system's, and those of `[relay] ca_file`.
///
/// # Errors
/// What is wrong with that file.
pub fn certificates(ca_file: Option<&Path>) -> Result<Vec<CertificateDer<'static>>, Reason> {
    // What cannot be read of the system's is as if it were not there: the server is then not trusted, and that is told.
    let mut found = rustls_native_certs::load_native_certs().certs;
    if let Some(path) = ca_file {
        let wrong = |e: &dyn std::fmt::Display| {
            let text = format!("[relay] ca_file {} cannot be used: {e}", path.display());
            Reason::new(Status(4, 7, 5), text)
        };
        let own: Result<Vec<_>, _> = CertificateDer::pem_file_iter(path)
            .map_err(|e| wrong(&e))?
            .collect();
        let own = own.map_err(|e| wrong(&e))?;
        let mut store = RootCertStore::empty();
        for certificate in &own {
            store.add(certificate.clone()).map_err(|e| wrong(&e))?;
        }
        found.extend(own);
    }
    Ok(found)
}

/// What [`certificates`] are believed by.
///
/// # Errors
/// The same.
pub fn trusted(ca_file: Option<&Path>) -> Result<Arc<ClientConfig>, Reason> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(certificates(ca_file)?);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| Reason::new(Status(4, 7, 5), e.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    /// `mail-send` counts the text of an answer, not its lines, and would read for as long as they come.
    #[tokio::test]
    async fn an_answer_without_an_end_is_not_read_to_its_end() {
        let (ours, mut theirs) = tokio::io::duplex(1024);
        let server = tokio::spawn(async move {
            let mut said = 0;
            while theirs.write_all(b"250-\r\n").await.is_ok() {
                said += 6;
            }
            said
        });
        let mut client = mail_send::SmtpClient {
            stream: Brief::new(ours),
            timeout: Duration::from_secs(600),
        };
        match client.cmd("EHLO [127.0.0.1]\r\n").await {
            Err(mail_send::Error::Io(e)) => assert!(e.to_string().contains("does not end")),
            other => panic!("{other:?}"),
        }
        // The next word of ours may be answered again.
        client.stream.write_all(b"QUIT\r\n").await.unwrap();
        client.stream.read_exact(&mut [0; 900]).await.unwrap();
        drop(client);
        let said: usize = server.await.unwrap();
        assert!((ANSWER..ANSWER + 5000).contains(&said), "{said}");
    }

    #[test]
    fn no_form_of_a_password_stays_in_what_a_server_repeats() {
        let secrets = Secrets::of("anna", r#"a "b\c"#);
        let base64 = BASE64.encode(b"\0anna\0a \"b\\c");
        let alone = BASE64.encode(b"a \"b\\c");
        for (said, left) in [
            (
                r#"bad: LOGIN "anna" "a \"b\\c" is wrong"#,
                r#"bad: LOGIN "anna" "***" is wrong"#,
            ),
            (r#"PASS a "b\ca "b\c"#, "PASS ******"),
            (
                &*format!("AUTH PLAIN {base64}; {alone}"),
                "AUTH PLAIN ***; ***",
            ),
            ("anna has a b", "anna has a b"),
        ] {
            assert_eq!(secrets.hidden(said.as_bytes()), left.as_bytes(), "{said}");
        }
        assert_eq!(Secrets::of("", "").hidden(b"AA"), b"AA");
    }
}
