//! The home's side of the socket.
//!
//! Made with its mode under another name, then renamed: at no time can anybody else connect, however loose the umask that
//! the home was started with. A socket file that a crash
//! left is replaced; one behind which a home answers is not.

use std::future::Future;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rustix::fs::Mode;
use rustix::process::umask;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use super::protocol::{Failure, MAX_REQUEST, Operator, Request, Response};
use super::{SOCKET, SocketFolder};
use crate::journal;

/// Commands at the same time; more wait to be accepted.
const MAX_CONNECTIONS: usize = 16;
/// A command that says nothing for so long is hung up on.
const IDLE: Duration = Duration::from_secs(30);
/// What a stop leaves to commands that are being done.
const GRACE: Duration = Duration::from_secs(2);

/// The socket, bound.
pub struct Bound {
    listener: UnixListener,
    _name: SocketName,
}

/// Removes the socket's name when the home stops, as long as it is still ours.
struct SocketName {
    path: PathBuf,
    inode: u64,
}

impl Drop for SocketName {
    fn drop(&mut self) {
        use std::os::unix::fs::MetadataExt;
        if std::fs::symlink_metadata(&self.path).is_ok_and(|m| m.ino() == self.inode) {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Binds `dir/control.sock`, mode 0600. Needs a tokio runtime.
///
/// # Errors
/// `AddrInUse` when a home already answers there; otherwise those of the file system.
pub fn bind(dir: &Path) -> io::Result<Bound> {
    use std::os::unix::fs::MetadataExt;
    let folder = SocketFolder::open(dir)?;
    if std::os::unix::net::UnixStream::connect(folder.join(SOCKET)).is_ok() {
        let text = format!("a home already runs in {}", dir.display());
        return Err(io::Error::new(io::ErrorKind::AddrInUse, text));
    }
    let fresh = folder.join("control.sock.new");
    match std::fs::remove_file(&fresh) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    let listener = born_private(&fresh)?;
    std::fs::set_permissions(&fresh, std::fs::Permissions::from_mode(0o600))?;
    std::fs::rename(&fresh, folder.join(SOCKET))?;
    let path = dir.join(SOCKET);
    let inode = std::fs::symlink_metadata(&path)?.ino();
    Ok(Bound {
        listener,
        _name: SocketName { path, inode },
    })
}

/// A socket that is its owner's alone from the first moment, whatever the umask says. (What other threads make meanwhile is
/// their owner's alone as well, which harms nothing here.)
pub(super) fn born_private(path: &Path) -> io::Result<UnixListener> {
    let before = umask(Mode::RWXG | Mode::RWXO);
    let listener = UnixListener::bind(path);
    umask(before);
    listener
}

impl Bound {
    /// Answers commands until `stop` is done.
    pub async fn run(self, operator: Arc<dyn Operator>, stop: impl Future<Output = ()>) {
        let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
        let (stopping, stopped) = watch::channel(false);
        let mut open = JoinSet::new();
        tokio::pin!(stop);
        loop {
            let place = tokio::select! {
                () = &mut stop => break,
                place = Arc::clone(&places).acquire_owned() => place,
            };
            let stream = tokio::select! {
                () = &mut stop => break,
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => stream,
                    Err(e) => {
                        journal::trouble("control", &e);
                        // Out of descriptors, most likely: it passes.
                        tokio::time::sleep(Duration::from_millis(100)).await;
                        continue;
                    }
                },
            };
            let (operator, stopped) = (Arc::clone(&operator), stopped.clone());
            open.spawn(async move {
                // An error is the command's own going away.
                let _ = converse(stream, operator, stopped).await;
                drop(place);
            });
            while open.try_join_next().is_some() {}
        }
        drop(self);
        let _ = stopping.send(true);
        let all = async { while open.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(GRACE, all).await;
    }
}

async fn converse(
    stream: UnixStream,
    operator: Arc<dyn Operator>,
    mut stopped: watch::Receiver<bool>,
) -> io::Result<()> {
    let (reader, mut writer) = stream.into_split();
    let mut reader = BufReader::new(reader);
    loop {
        let mut line = Vec::new();
        let read = async {
            let mut limited = (&mut reader).take(MAX_REQUEST);
            tokio::time::timeout(IDLE, limited.read_until(b'\n', &mut line)).await?
        };
        tokio::select! {
            length = read => if length? == 0 { return Ok(()) },
            _ = stopped.wait_for(|s| *s) => return Ok(()),
        }
        let whole = line.ends_with(b"\n");
        let response = if whole {
            answer(&line, &operator).await
        } else {
            Response::Failed(Failure::new("the request is cut off or too long", ""))
        };
        zeroize::Zeroize::zeroize(&mut line);
        let mut text = serde_json::to_vec(&response)?;
        text.push(b'\n');
        tokio::time::timeout(IDLE, writer.write_all(&text)).await??;
        if !whole {
            return Ok(());
        }
    }
}

async fn answer(line: &[u8], operator: &Arc<dyn Operator>) -> Response {
    let request: Request = match serde_json::from_slice(line) {
        Ok(request) => request,
        Err(_) => {
            // Not the parser's words: they may quote a password.
            let advice = "use the toxmaild of the same version as the home";
            return Response::Failed(Failure::new("the request is not understood", advice));
        }
    };
    let (name, looks) = (request.name(), request.only_looks());
    let operator = Arc::clone(operator);
    match tokio::task::spawn_blocking(move || operator.handle(request)).await {
        Ok(Ok(value)) => {
            if !looks {
                journal::command(name);
            }
            Response::Done(value)
        }
        Ok(Err(failure)) => {
            journal::command_refused(name, &failure);
            Response::Failed(failure)
        }
        Err(_) => {
            journal::trouble("control", "a command panicked");
            Response::Failed(Failure::new(
                "the home has trouble with this",
                "look into its log",
            ))
        }
    }
}
