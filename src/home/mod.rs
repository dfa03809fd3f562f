//! The whole house: builds the rooms, opens the doors, waits, closes them.
//!
//! # What happens here
//! [`run`] is `toxmaild run`: lock, settings, database, identity, rooms, Tox, ports, ready; then it waits for a signal.
//!
//! | file | what |
//! | --- | --- |
//! | `folder`, `house`, `rooms` | whose the folder is; every room, built; what each is told of the settings |
//! | `doors`, `ports`, `first_start` | the ports, served until the end; `ports.json`; how a new home is claimed |
//! | `sandbox` | what the home gives up of the machine before it does anything |
//! | `housekeeping`, `updating`, `alarm` | what the home does for itself while it runs, later versions among it; who is told by mail, and by the light, what needs a hand |
//! | [`operator`], [`stopped`] | the operator's commands, for a running home and for the folder of a stopped one; `failure`: what went wrong in a room, in words for the operator |
//! | `people`, `cards`, `identity`, `letters`, `providers`, `fetching`, `settings`, `timeline`, [`backup`] | those commands by what they are about: members, contacts, what the home is to others, the queue, accounts, fetched mailboxes, settings, what was |
//! | [`doctor`], `doctor_gateway`, `remains`, [`health`] | what is wrong, and at one look whether anything is: for the command and for the page |
//! | [`absent`] | what a box's script asks of the program while the home is off: to carry it to another disk, and a page that says why |
//! | `bootstrap_node` | not a home, but a door to the Tox network |
//!
//! # What never happens here
//! No mail is understood here, and nothing is decided but the order of things.
//!
//! # Rules
//! - Two homes never run in one folder: the folder is locked (`flock`), and a lock dies with its process.
//! - Ready means: every port is bound, `ports.json` lies there, and the operator's command is answered.
//! - Whatever cannot work says so before "ready" and ends the start; what fails later is told in the log and by `doctor`.
//! - A stop takes at most five seconds: clients are told, what is on its way is offered again at the next start.

pub mod absent;
mod alarm;
pub mod backup;
mod bootstrap_node;
mod cards;
pub mod doctor;
mod doctor_gateway;
mod doors;
mod failure;
mod fetching;
mod first_start;
mod folder;
pub mod health;
mod house;
mod housekeeping;
mod identity;
mod letters;
pub mod operator;
mod people;
mod ports;
mod providers;
mod remains;
mod rooms;
mod sandbox;
mod settings;
mod stick;
pub mod stopped;
mod timeline;
mod updating;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod doctor_tests;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod health_tests;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod identity_tests;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
pub(crate) mod operator_tests;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod providers_tests;

use std::path::PathBuf;
use std::time::{Duration, Instant};

pub use bootstrap_node::bootstrap_node;
use doors::Doors;
pub(crate) use folder::lock_folder;
use folder::lock_to_live;
use house::House;
use sandbox::Confined;
use tokio::sync::{mpsc, oneshot};

use crate::appliance::light::{Light, Sign};
use crate::config::Config;
use crate::control::Failure;
use crate::control::command::RunOptions;
use crate::durable;
use crate::heap;
use crate::journal;
use crate::tox;

/// Threads for what blocks. They end when idle.
const MAX_BLOCKING: usize = 96;
/// What a stop leaves to blocking work after the servers have gone.
const LAST_WORK: Duration = Duration::from_millis(700);

/// `toxmaild run`: the home, until SIGTERM or SIGINT.
///
/// # Errors
/// Whatever keeps it from starting, with advice; or the Tox thread has ended.
pub fn run(options: RunOptions) -> anyhow::Result<()> {
    tox::forgo_locked_memory();
    heap::share();
    journal::open(options.log);
    if let Some(folder) = &options.light {
        // What is wrong with it is told once the home runs.
        let _ = Light::new(folder).show(Sign::Busy);
    }
    // Before there is a second thread: what is given up is given up for the threads that begin later.
    let ground = Ground::lay(&options)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(MAX_BLOCKING)
        .thread_keep_alive(Duration::from_secs(5))
        .enable_all()
        .build()?;
    let outcome = runtime.block_on(live(&options, ground));
    runtime.shutdown_timeout(LAST_WORK);
    match outcome? {
        Ended::ForGood => Ok(()),
        Ended::ToStartAgain => Err(start_again()),
    }
}

/// Why a home ends.
enum Ended {
    /// It was told to.
    ForGood,
    /// Another home takes its place: what was restored is put there at the start.
    ToStartAgain,
}

/// Replaces this process by a fresh one of the same command line; comes back only with what keeps it from that.
fn start_again() -> anyhow::Error {
    use std::os::unix::process::CommandExt;
    let mut arguments = std::env::args_os();
    let mut command = std::process::Command::new("/proc/self/exe");
    if let Some(name) = arguments.next() {
        command.arg0(name);
    }
    let error = command.args(arguments).exec();
    Failure::new(format!("cannot start again: {error}"), "start the home").into()
}

async fn live(options: &RunOptions, ground: Ground) -> anyhow::Result<Ended> {
    let mut signals = Signals::new()?;
    let house = {
        let options = options.clone();
        let build = tokio::task::spawn_blocking(move || House::build(&options, ground));
        build.await??
    };
    let doors = Doors::bind(&house).await?;
    let (reload, mut reloads) = mpsc::channel(4);
    let (restart, mut restarts) = mpsc::channel(1);
    let started = doors.open(&house, options, reload, restart).await?;
    #[cfg(feature = "faults")]
    sandbox::intruder::break_in(&house.dir);
    // One watch for the whole life: it knows what it has told.
    let mut watch = Box::pin(house.watch_over_tox());
    let why = loop {
        tokio::select! {
            signal = signals.next() => match signal {
                Signal::Stop(why) => break Ok((why, Ended::ForGood)),
                // A mistake is in the log.
                Signal::Reload => drop(started.reload(&house, options).await),
            },
            Some(()) = restarts.recv() => break Ok(("restored", Ended::ToStartAgain)),
            Some(asked) = reloads.recv() => {
                let asked: Asked = asked;
                let _ = asked.send(started.reload(&house, options).await);
            }
            () = &mut watch => break Err(anyhow::anyhow!(
                "the Tox thread has ended; look into the log, and start the home again"
            )),
        }
    };
    drop(watch);
    let begin = Instant::now();
    // Whoever waits for it is told that the home stops.
    drop(reloads);
    journal::stopping(why.as_ref().map_or("trouble", |(why, _)| *why));
    if !matches!(why, Ok((_, Ended::ToStartAgain))) {
        let _ = sd_notify::notify(&[sd_notify::NotifyState::Stopping]);
    }
    started.stop(house).await;
    journal::stopped(begin.elapsed());
    why.map(|(_, ended)| ended)
}

/// Wants to know when the settings have been read again.
type Asked = oneshot::Sender<Result<(), Failure>>;

fn reload_by(asks: mpsc::Sender<Asked>) -> operator::Reload {
    Box::new(move || {
        let stopping = || Failure::new("the home is stopping", "do it again once it runs");
        let (answer, asked) = oneshot::channel();
        asks.blocking_send(answer).map_err(|_| stopping())?;
        asked.blocking_recv().map_err(|_| stopping())?
    })
}

enum Signal {
    Stop(&'static str),
    Reload,
}

struct Signals {
    term: tokio::signal::unix::Signal,
    int: tokio::signal::unix::Signal,
    hup: tokio::signal::unix::Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            term: signal(SignalKind::terminate())?,
            int: signal(SignalKind::interrupt())?,
            hup: signal(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.term.recv() => Signal::Stop("SIGTERM"),
            _ = self.int.recv() => Signal::Stop("SIGINT"),
            _ = self.hup.recv() => Signal::Reload,
        }
    }
}

/// What a home stands on: its folder, which is its own, its settings, and the bounds of this process.
struct Ground {
    dir: PathBuf,
    config: Config,
    confined: Confined,
    lock: std::fs::File,
}

impl Ground {
    fn lay(options: &RunOptions) -> anyhow::Result<Self> {
        let dir = &options.data;
        durable::make_folder(dir).map_err(|e| {
            let advice = "name another folder with --data DIR, or make this one";
            Failure::new(format!("cannot make {}: {e}", dir.display()), advice)
        })?;
        let dir = dir.canonicalize()?;
        let lock = lock_to_live(&dir)?;
        journal::starting(env!("CARGO_PKG_VERSION"), &dir);
        backup::put_into_place(&dir)?;
        let config = Config::load(&dir, options.ports).map_err(Failure::from)?;
        let confined = sandbox::confine(&dir, options, &config);
        Ok(Self {
            dir,
            config,
            confined,
            lock,
        })
    }
}
