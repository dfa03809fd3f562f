//! Whose a home's folder is: its lock dies with the process that holds it.

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::control::{self, Failure};

/// How long a start waits for a command that holds the folder of the stopped home.
const COMMAND_ENDS: Duration = Duration::from_secs(10);

pub(crate) fn lock_folder(dir: &Path) -> anyhow::Result<std::fs::File> {
    let folder = std::fs::File::open(dir)?;
    match lock(&folder)? {
        Lock::Ours => Ok(folder),
        Lock::Others => Err(already_runs(dir)),
    }
}

/// The same for a home that starts. A command that found it stopped, `toxmaild status` while a home that was restored starts again,
/// may hold the folder for a moment: that must not keep the home from living.
pub(super) fn lock_to_live(dir: &Path) -> anyhow::Result<std::fs::File> {
    let folder = std::fs::File::open(dir)?;
    let begin = Instant::now();
    loop {
        match lock(&folder)? {
            Lock::Ours => return Ok(folder),
            Lock::Others => {
                let answers = control::client::Client::connect(dir).is_ok();
                if answers || begin.elapsed() > COMMAND_ENDS {
                    return Err(already_runs(dir));
                }
                std::thread::sleep(Duration::from_millis(20));
            }
        }
    }
}

/// Whose lock is on a folder.
enum Lock {
    Ours,
    Others,
}

fn lock(folder: &std::fs::File) -> io::Result<Lock> {
    use rustix::fs::FlockOperation::NonBlockingLockExclusive;
    match rustix::fs::flock(folder, NonBlockingLockExclusive) {
        Ok(()) => Ok(Lock::Ours),
        Err(rustix::io::Errno::WOULDBLOCK) => Ok(Lock::Others),
        Err(e) => Err(e.into()),
    }
}

fn already_runs(dir: &Path) -> anyhow::Error {
    Failure::new(
        format!("a home already runs in {}", dir.display()),
        "stop that one first, or name another folder with --data DIR",
    )
    .into()
}
