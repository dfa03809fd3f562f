//! `DIR/ports.json`: what is bound now. Written before readiness is told, removed at stop.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::durable;

/// The file's name in the home's folder.
const FILE: &str = "ports.json";

/// What is bound, by the keys of `[listen]`, and `tox_udp`.
#[derive(Default)]
pub(super) struct Ports(BTreeMap<String, Value>);

impl Ports {
    /// A service and where it listens.
    pub(super) fn service(&mut self, name: &str, address: SocketAddr) {
        self.0.insert(name.to_owned(), address.to_string().into());
    }

    /// The port of the Tox network.
    pub(super) fn tox_udp(&mut self, port: u16) {
        self.0.insert("tox_udp".to_owned(), port.into());
    }

    /// The same for `status`.
    pub(super) fn values(&self) -> BTreeMap<String, Value> {
        self.0.clone()
    }

    /// Writes the file.
    ///
    /// # Errors
    /// Those of the file system.
    pub(super) fn publish(self, dir: &Path) -> io::Result<Published> {
        let path = dir.join(FILE);
        let text = serde_json::to_vec_pretty(&self.0)?;
        durable::write(&path, &text)?;
        Ok(Published(path))
    }
}

/// The file; dropped, it is removed.
pub(super) struct Published(PathBuf);

impl Drop for Published {
    fn drop(&mut self) {
        // A stale file does no harm but to confuse.
        let _ = std::fs::remove_file(&self.0);
    }
}
