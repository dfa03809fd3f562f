//! `/metrics` for Prometheus: the numbers that [`crate::journal`] counts. No password, so on loopback only.
//!
//! Other programs of this machine may still be up to no good: there are few places, each for a short time, so that nobody
//! takes the descriptors that mail needs.

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::http::header::{CONTENT_TYPE, HOST};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Sleep;

use crate::journal;

/// Connections at the same time; more wait to be accepted.
const MAX_CONNECTIONS: usize = 16;
/// How long a connection may last, busy or not: who scrapes connects again.
const LASTS: Duration = Duration::from_secs(10);
/// The pause after an error of accept.
const PAUSE: Duration = Duration::from_millis(100);

/// Starts counting. Call it once, before anything is counted.
///
/// # Errors
/// When something else counts already.
pub fn install() -> io::Result<PrometheusHandle> {
    let handle = PrometheusBuilder::new()
        .install_recorder()
        .map_err(io::Error::other)?;
    journal::describe();
    Ok(handle)
}

/// The listener, bound.
pub struct Bound {
    listener: TcpListener,
    address: SocketAddr,
}

/// Binds `address`.
///
/// # Errors
/// Those of the socket; `PermissionDenied` for an address that is not loopback.
pub async fn bind(address: SocketAddr) -> io::Result<Bound> {
    if !address.ip().to_canonical().is_loopback() {
        let text = format!("metrics have no password and stay on loopback, not on {address}");
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, text));
    }
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    Ok(Bound { listener, address })
}

impl Bound {
    /// Where it listens now.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Answers until `stop` is done.
    pub async fn run(
        self,
        numbers: PrometheusHandle,
        stop: impl Future<Output = ()> + Send + 'static,
    ) {
        let page = move |headers: HeaderMap| {
            let said = match is_asked_here(&headers) {
                true => Ok((
                    [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
                    numbers.render(),
                )),
                false => Err((
                    StatusCode::MISDIRECTED_REQUEST,
                    "ask by the address of this machine: http://127.0.0.1:PORT/metrics\n",
                )),
            };
            async move { said }
        };
        let routes = Router::new().route("/metrics", get(page));
        let places = Places {
            listener: self.listener,
            free: Arc::new(Semaphore::new(MAX_CONNECTIONS)),
        };
        let serve = axum::serve(places, routes).into_future();
        tokio::select! {
            // A scrape that is cut off by a stop is asked again.
            () = stop => {}
            served = serve => if let Err(e) = served { journal::trouble("metrics", &e) },
        }
    }
}

/// Whether somebody on this machine asks by its own address. A page in its browser asks by a name of its own, which it may have
/// lead here (DNS rebinding), and would read the answer.
fn is_asked_here(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(HOST) else {
        return true;
    };
    let Some(authority) = host.to_str().ok().and_then(|h| h.parse::<Authority>().ok()) else {
        return false;
    };
    let name = authority.host();
    let number = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost") || number.parse::<IpAddr>().is_ok()
}

/// The listener and its few places.
struct Places {
    listener: TcpListener,
    free: Arc<Semaphore>,
}

impl axum::serve::Listener for Places {
    type Io = Scrape;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Scrape, SocketAddr) {
        loop {
            let place = self.free.clone().acquire_owned().await.ok();
            match self.listener.accept().await {
                Ok((stream, from)) => {
                    let scrape = Scrape {
                        stream,
                        ends: Box::pin(tokio::time::sleep(LASTS)),
                        _place: place,
                    };
                    return (scrape, from);
                }
                // Out of descriptors, most likely: it passes.
                Err(e) => {
                    journal::trouble("metrics", &e);
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A connection that ends after [`LASTS`].
struct Scrape {
    stream: TcpStream,
    ends: Pin<Box<Sleep>>,
    _place: Option<OwnedSemaphorePermit>,
}

impl Scrape {
    fn in_time(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        match self.ends.as_mut().poll(context) {
            Poll::Ready(()) => Err(io::ErrorKind::TimedOut.into()),
            Poll::Pending => Ok(()),
        }
    }
}

impl AsyncRead for Scrape {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.in_time(context)?;
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Scrape {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.in_time(context)?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
