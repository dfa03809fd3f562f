//! Connections that this home opens to a mail provider: its addresses one after the other, and whose certificate counts.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::{CertificateDer, pem::PemObject};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::mail::verdict::{Reason, Status};

/// For finding the provider's addresses, and for each of them to answer: a home whose IPv6 leads nowhere tries IPv4 next.
pub const CONNECT: Duration = Duration::from_secs(15);

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
pub fn trusted(ca_file: Option<&Path>) -> Result<Arc<ClientConfig>, Reason> {
    let mut roots = RootCertStore::empty();
    // What cannot be read of the system's is as if it were not there: the provider is then not trusted, and that is told.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(path) = ca_file {
        let wrong = |e: &dyn std::fmt::Display| {
            let text = format!("[relay] ca_file {} cannot be used: {e}", path.display());
            Reason::new(Status(4, 7, 5), text)
        };
        let certificates = CertificateDer::pem_file_iter(path).map_err(|e| wrong(&e))?;
        for certificate in certificates {
            let certificate = certificate.map_err(|e| wrong(&e))?;
            roots.add(certificate).map_err(|e| wrong(&e))?;
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| Reason::new(Status(4, 7, 5), e.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}
