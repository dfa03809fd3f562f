//! The operator's command, and the door it knocks at.
//!
//! `toxmaild member add anna` is a short-lived program. It says what is wanted in one line of JSON over `DIR/control.sock`
//! ([`protocol`]); the home answers in one line ([`serve`]); the command lays the answer out for people ([`view`]) or prints
//! it as it came (`--json`). Commands that make sense while the home is stopped are then answered by a second [`Operator`]
//! that opens the home's folder itself ([`command`]). Which commands there are, and the help of each, stands in `grammar`.
//! [`answer`] has the shapes of `--json`, [`finding`] all that can be wrong, by name.
//!
//! On the command's side: `client` (its end of the socket), `backup` and `cards` (the commands that bring files), `alive` (whether a
//! home really answers), `password` (typed or piped), `qr` and [`chart`] (drawn). On the home's: [`metrics`] (`/metrics`).
//!
//! Rules of the room:
//! - Whoever can open the socket is the operator: it has mode 0600, and there is no other check. It never listens on TCP.
//! - Passwords come on standard input, never as an argument (arguments can be read in `ps`), and are never logged.
//! - What an answer says came from other homes, too: [`view`] lets no control character through to the terminal.
//! - This room knows the nouns of others and none of their deeds: what a command does is told by [`Operator`], which the wiring
//!   provides.
//!
//! Known limits: one request at a time on a connection; an answer is whole in memory.

use std::path::PathBuf;

mod alive;
pub mod answer;
pub mod backup;
mod cards;
pub mod chart;
pub mod client;
pub mod command;

pub mod finding;
mod grammar;
pub mod metrics;
mod password;
pub mod protocol;
mod qr;
pub mod serve;
pub mod view;

pub use cards::import_requests;
pub use protocol::{Failure, Operator, Request, Secret};

/// The socket's name in the home's folder.
pub const SOCKET: &str = "control.sock";

/// A path to the socket that fits into `sun_path` (107 bytes), however long the folder's own path is: through a handle on
/// the folder, which has to stay open while the path is used.
struct SocketFolder {
    _handle: Option<std::fs::File>,
    folder: PathBuf,
}

impl SocketFolder {
    fn open(dir: &std::path::Path) -> std::io::Result<Self> {
        use std::os::fd::AsRawFd;
        use std::os::unix::ffi::OsStrExt;
        // Room for the longest name that is put into it.
        if dir.as_os_str().as_bytes().len() + "/control.sock.new".len() <= 107 {
            return Ok(Self {
                _handle: None,
                folder: dir.to_owned(),
            });
        }
        let handle = std::fs::File::open(dir)?;
        let folder = PathBuf::from(format!("/proc/self/fd/{}", handle.as_raw_fd()));
        Ok(Self {
            _handle: Some(handle),
            folder,
        })
    }

    fn join(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests;
