//! `/metrics` for Prometheus: the numbers that [`crate::journal`] counts. No password, so on loopback only.

use std::future::Future;
use std::io;
use std::net::SocketAddr;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;

use crate::journal;

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
        let page = move || {
            let text = numbers.render();
            async move {
                (
                    [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
                    text,
                )
            }
        };
        let routes = Router::new().route("/metrics", get(page));
        let serve = axum::serve(self.listener, routes).into_future();
        tokio::select! {
            // A scrape that is cut off by a stop is asked again.
            () = stop => {}
            served = serve => if let Err(e) = served { journal::trouble("metrics", &e) },
        }
    }
}
