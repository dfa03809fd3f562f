//! The whole house: builds the rooms, opens the doors, waits, closes them.
//!
//! # What happens here
//! [`run`] is `toxmaild run`: lock, settings, database, identity, rooms, Tox, ports, ready; then it waits for a signal.
//!
//! | file | what |
//! | --- | --- |
//! | `folder`, `rooms`, `ports`, `first_start` | whose the folder is; what each room is told of the settings; `ports.json`; how a new home is claimed |
//! | `sandbox` | what the home gives up of the machine before it does anything |
//! | `housekeeping`, `updating`, `alarm` | what the home does for itself while it runs, later versions among it; who is told by mail, and by the light, what needs a hand |
//! | [`operator`], [`stopped`] | the operator's commands, for a running home and for the folder of a stopped one; `failure`: what went wrong in a room, in words for the operator |
//! | `people`, `cards`, `identity`, `letters`, `providers`, `fetching`, `settings`, `timeline`, [`backup`] | those commands by what they are about: members, contacts, what the home is to others, the queue, accounts, fetched mailboxes, settings, what was |
//! | [`doctor`], `doctor_gateway`, `remains`, [`health`] | what is wrong, and at one look whether anything is: for the command and for the page |
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

mod alarm;
pub mod backup;
mod bootstrap_node;
mod cards;
pub mod doctor;
mod doctor_gateway;
mod failure;
mod fetching;
mod first_start;
mod folder;
pub mod health;
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

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime};

use anyhow::Context;
pub use bootstrap_node::bootstrap_node;
use first_start::{FirstStart, Restart};
pub(crate) use folder::lock_folder;
use folder::lock_to_live;
use housekeeping::{certify, housekeeping};
pub(crate) use rooms::tox_settings;
use rooms::{
    accept_from, delivery_settings, gate_limits, gateway, gateway_service, quota,
    submission_limits, tox_name, transfer_settings, trusted,
};
use sandbox::Confined;
use tokio::sync::{mpsc, oneshot, watch};

use crate::appliance::light::{Light, Sign};
use crate::appliance::update::Desk;
use crate::carddav::CardDav;
use crate::clock::Clock;
use crate::config::{Config, Effect};
use crate::contacts::Contacts;
use crate::control::command::RunOptions;
use crate::control::{self, Failure};
use crate::database::Database;
use crate::delivery::chat::Chat;
use crate::delivery::clerk::Clerk;
use crate::delivery::courier::{Agents, Courier, Errand, Errands};
use crate::delivery::fetcher::Fetcher;
use crate::delivery::inbound::Inbound;
use crate::delivery::outbound::Outbound;
use crate::delivery::outbox::Outbox;
use crate::delivery::pairing::Pairing;
use crate::delivery::sent::Copies;
use crate::delivery::submission::Submissions;
use crate::delivery::{Post, Rooms};
use crate::durable;
use crate::heap;
use crate::imap::Imap;
use crate::imap::outbox::WithOutbox;
use crate::imap::shelf::Shelf;
use crate::journal;
use crate::mail::address::PeerKey;
use crate::members::Members;
use crate::net::gate::Gate;
use crate::net::login::Doorman;
use crate::net::networks::{self, Allowed};
use crate::net::serve::{Bound, Door, Listener, TlsMode};
use crate::net::tls::Tls;
use crate::pop3::Pop3;
use crate::providers::Providers;
use crate::queue::{self, AccountId, Queue};
use crate::smtp::gateway::Gateway;
use crate::smtp::serve::Submission;
use crate::store::Store;
use crate::tox::{self, Node, Warning};
use crate::web::{self, Web};

/// The service for the mail server that the family has already, by its key in `[listen]`.
const GATEWAY: &str = "gateway";
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
    let doors = house.open_doors().await?;
    let (reload, mut reloads) = mpsc::channel(4);
    let (restart, mut restarts) = mpsc::channel(1);
    let started = doors.open(&house, options, reload, restart).await?;
    #[cfg(feature = "faults")]
    sandbox::intruder::break_in(&house.dir);
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
            () = house.watch_over_tox() => break Err(anyhow::anyhow!(
                "the Tox thread has ended; look into the log, and start the home again"
            )),
        }
    };
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

/// Everything that lives as long as the process, doors closed.
struct House {
    dir: PathBuf,
    confined: Confined,
    config: Arc<RwLock<Arc<Config>>>,
    database: Database,
    post: Arc<Post>,
    outbound: Arc<Outbound>,
    inbound: Arc<Inbound>,
    fetcher: Arc<Fetcher>,
    pairing: Arc<Pairing>,
    chat: Arc<Chat>,
    clerk: Arc<Clerk>,
    node: Arc<Node>,
    /// What the Tox room has warned of, and the log has.
    warned: Mutex<Vec<Warning>>,
    errands: Errands,
    tls: Arc<Tls>,
    first_start: Arc<Mutex<FirstStart>>,
    _lock: std::fs::File,
}

impl House {
    fn build(options: &RunOptions, ground: Ground) -> anyhow::Result<Self> {
        let Ground {
            dir,
            mut config,
            confined,
            lock,
        } = ground;
        let dir = &dir;
        remains::refuse_without_database(dir)?;
        let database = Database::open(&dir.join("toxmail.db")).map_err(|e| {
            let advice =
                "look whether the disk is full or failing; restore a backup if the file is damaged";
            Failure::new(e, advice)
        })?;
        if options.new_identity {
            remains::set_aside_damaged_identity(dir)?;
        } else {
            remains::refuse_other_identity(dir, &database)?;
        }
        let first_start = FirstStart::look(options.boot.as_deref(), &config, &database)?;
        settings::choose(&mut config, &database)?;
        let clock = Clock::open(&database)?;
        if !clock.trusted() {
            journal::clock_untrusted();
        }
        let members = Members::open(database.clone())?;
        appoint_main_mailbox(&members, &config);
        let store = Store::open(&dir.join("mail"), database.clone(), quota(&config))?;
        store.open_index(&dir.join("index.db"));
        let people = members.list()?;
        for owner in store.owners()? {
            // A kill came between the two halves of `member remove`.
            if !people.iter().any(|member| member.name == owner) {
                store.remove_member(&owner)?;
            }
        }
        for member in people {
            match store.add_member(&member.name) {
                // Their folder is on a disk that is not there or fails: letters wait until it is, and all else goes on.
                Err(e @ crate::store::Error::Io(_)) => journal::trouble("store", &e),
                added => added?,
            }
        }
        let limits = queue::Limits {
            reserve_bytes: durable::RESERVE,
            ..queue::Limits::default()
        };
        let queue = Queue::open(&dir.join("queue"), database.clone(), clock.clone(), limits)?;
        if queue.opened().swept > 0 {
            journal::swept(&dir.join("queue"), queue.opened().swept);
        }
        let providers = Providers::open(database.clone(), dir);
        providers.configure(config.relay.clone(), config.relay_ca_file.clone());

        let settings = tox_settings(dir, &config, &database)?;
        let (key, is_new) = tox_identity(&settings)?;
        let contacts = Contacts::open(database.clone(), key, config.home.hostname.clone())
            .named(&config.home.name);
        if is_new || remains::has_changed(&database, &key)? {
            // The save file was lost: to the homes that knew us we are strangers, who have to knock.
            contacts.ask_all_again()?;
        }
        remains::note(&database, &key)?;
        let rooms = Rooms {
            contacts,
            members,
            queue,
            store,
            providers,
            clock,
        };
        let post = Arc::new(Post::new(
            key,
            &config.home.hostname,
            rooms,
            delivery_settings(&config),
        ));
        post.set_gateway(gateway(&config));
        // Before Tox meets anybody.
        post.direct.begin(post.contacts.direct_only()?);

        let (errands, inbox) = Errands::new();
        let runtime = tokio::runtime::Handle::current();
        let pairing = Arc::new(Pairing::new(
            Arc::clone(&post),
            errands.clone(),
            runtime.clone(),
        ));
        let outbound = Arc::new(Outbound::new(
            Arc::clone(&post),
            errands.clone(),
            runtime.clone(),
        ));
        let clerk = Arc::new(Clerk::new(
            Arc::clone(&post),
            Arc::clone(&pairing),
            database.clone(),
            config.home.pairing.clone(),
        ));
        outbound.connect(Arc::clone(&clerk));
        let inbound = Arc::new(Inbound::open(
            Arc::clone(&post),
            dir.join("incoming"),
            errands.clone(),
            runtime.clone(),
        )?);
        let fetcher = Arc::new(Fetcher::new(
            Arc::clone(&post),
            dir.join("incoming"),
            runtime.clone(),
        ));
        let chat = Chat::open(
            Arc::clone(&post),
            database.clone(),
            dir.join("chat"),
            errands.clone(),
            runtime,
            &outbound,
        )?;
        let agents = Agents {
            inbound: Arc::clone(&inbound),
            outbound: Arc::clone(&outbound),
            pairing: Arc::clone(&pairing),
            friends: chat.friends()?,
            direct: Arc::clone(&post.direct),
            chat: Arc::clone(&chat),
        };
        let courier = Courier::new(key, transfer_settings(&config)?, inbox, agents);
        pairing.recall_first_contacts()?;
        let friends = pairing.friends()?;
        let node = Node::start(settings, friends, move || Box::new(courier)).map_err(of_tox)?;
        let node = Arc::new(node);
        errands.connect(node.waker());
        pairing.connect(Arc::clone(&node));
        post.contacts.set_tox_id(&node.id())?;
        pairing.announce()?;
        let warned = Mutex::default();
        warn_of(&node, &warned);

        let tls = Tls::open(
            &dir.join("tls"),
            &config.home.hostname,
            &networks::home_addresses(),
            SystemTime::now(),
        )?;
        Ok(Self {
            dir: dir.clone(),
            confined,
            config: Arc::new(RwLock::new(Arc::new(config))),
            database,
            post,
            outbound,
            inbound,
            fetcher,
            pairing,
            chat,
            clerk,
            node,
            warned,
            errands,
            tls: Arc::new(tls),
            first_start: Arc::new(Mutex::new(first_start)),
            _lock: lock,
        })
    }

    fn config(&self) -> Arc<Config> {
        Arc::clone(&self.config.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Tells the log what there is to tell of Tox, until its thread has ended.
    async fn watch_over_tox(&self) {
        let (mut alone, mut cures) = (false, 0);
        while self.node.is_running() {
            warn_of(&self.node, &self.warned);
            let status = self.node.status();
            let was_alone = std::mem::replace(&mut alone, doctor::nobody_answers(&status));
            if alone && !was_alone {
                journal::no_bootstrap_node_answers(status.bootstrap_rounds);
            }
            let before = std::mem::replace(&mut cures, status.statistics.relay_cures);
            if cures > before {
                journal::relay_stalled(cures - before);
            }
            tokio::time::sleep(Duration::from_secs(5)).await;
        }
    }

    /// Binds every port.
    async fn open_doors(&self) -> anyhow::Result<Doors> {
        let config = self.config();
        let gate = Gate::new(gate_limits(&config));
        let allowed = Arc::new(Allowed::new(config.listen.allow.clone()));
        let door = Door {
            gate: Arc::clone(&gate),
            allowed: Arc::clone(&allowed),
        };
        let accept_from = Arc::new(Allowed::only(accept_from(&config)));
        let side_door = Door {
            gate: Arc::clone(&gate),
            allowed: Arc::clone(&accept_from),
        };
        let submission = self.tls.server_config(&[])?;
        let imap = self.tls.server_config(&["imap"])?;
        let pop3 = self.tls.server_config(&["pop3"])?;
        let http = self.tls.server_config(&["http/1.1"])?;
        let listen = &config.listen;
        let services = [
            ("submission", listen.submission, TlsMode::StartTls),
            ("submissions", listen.submissions, TlsMode::Implicit),
            (GATEWAY, listen.gateway, TlsMode::StartTls),
            ("imap", listen.imap, TlsMode::StartTls),
            ("imaps", listen.imaps, TlsMode::Implicit),
            ("pop3", listen.pop3, TlsMode::StartTls),
            ("pop3s", listen.pop3s, TlsMode::Implicit),
            ("carddav", listen.carddav, TlsMode::Implicit),
            // Nobody asks for TLS here: it is told where it begins at once.
            ("http", listen.http, TlsMode::StartTls),
            ("https", listen.https, TlsMode::Implicit),
        ];
        let mut bound = Vec::new();
        for (name, address, tls) in services {
            let Some(address) = address else { continue };
            let listener = Listener { name, address, tls };
            let keys = match name {
                "carddav" | "http" | "https" => &http,
                name if name.starts_with("imap") => &imap,
                name if name.starts_with("pop3") => &pop3,
                _ => &submission,
            };
            let door = if name == GATEWAY { &side_door } else { &door };
            let port = crate::net::serve::bind(listener, door.clone(), Arc::clone(keys))
                .await
                .map_err(|e| cannot_listen(name, address, &e))?;
            bound.push(port);
        }
        let metrics = match listen.metrics {
            Some(address) => Some(
                control::metrics::bind(address)
                    .await
                    .map_err(|e| cannot_listen("metrics", address, &e))?,
            ),
            None => None,
        };
        let control = control::serve::bind(&self.dir).with_context(|| {
            format!("the operator's socket {}/control.sock", self.dir.display())
        })?;
        Ok(Doors {
            bound,
            metrics,
            control,
            gate,
            allowed,
            accept_from,
        })
    }
}

/// Ports that are bound, and not served yet.
struct Doors {
    bound: Vec<Bound>,
    metrics: Option<control::metrics::Bound>,
    control: control::serve::Bound,
    gate: Arc<Gate>,
    allowed: Arc<Allowed>,
    accept_from: Arc<Allowed>,
}

impl Doors {
    /// Serves, and says that the home is ready.
    async fn open(
        self,
        house: &House,
        options: &RunOptions,
        reload: mpsc::Sender<Asked>,
        restart: Restart,
    ) -> anyhow::Result<Started> {
        let config = house.config();
        let (stop, stopped) = watch::channel(false);
        let mut tasks = tokio::task::JoinSet::new();
        let members = house.post.members.clone();
        let doorman = Arc::new(Doorman::new(Arc::new(people::Passwords(members))));
        let desk = Submissions::new(
            Arc::clone(&house.post),
            Arc::clone(&house.pairing),
            Arc::clone(&house.clerk),
        );
        let submission = Arc::new(Submission::new(
            Arc::new(desk),
            Arc::clone(&doorman),
            &config.home.hostname,
            submission_limits(&config),
        ));
        let gateway = Arc::new(gateway_service(house, &config));
        let outbox = Arc::new(Outbox::new(
            Arc::clone(&house.post),
            Arc::clone(&house.outbound),
            house.database.clone(),
        ));
        let shelf = Arc::new(Shelf::new(house.post.store.clone()));
        let outgoing = Arc::clone(&outbox);
        let imap = Arc::new(Imap::new(
            Arc::new(WithOutbox::new(shelf, outgoing)),
            Arc::clone(&doorman),
            &config.home.hostname,
            config.limits.max_message_bytes,
        ));
        let pop3 = Arc::new(Pop3::new(
            house.post.store.clone(),
            Arc::clone(&doorman),
            &config.home.hostname,
        ));
        let pairing = Arc::clone(&house.pairing);
        let carddav = Arc::new(CardDav::new(
            house.post.contacts.clone(),
            Arc::new(move |befriend| pairing.befriend(befriend)),
            Arc::clone(&doorman),
        ));

        let mut services = ports::Ports::default();
        for bound in &self.bound {
            services.service(bound.name(), bound.local_addr());
        }
        if let Some(metrics) = &self.metrics {
            services.service("metrics", metrics.local_addr());
        }
        if let Some(port) = house.node.udp_port() {
            services.tox_udp(port);
        }
        let operator = Arc::new(operator::Running {
            dir: house.dir.clone(),
            config: Arc::clone(&house.config),
            database: house.database.clone(),
            post: Arc::clone(&house.post),
            pairing: Arc::clone(&house.pairing),
            chat: Arc::clone(&house.chat),
            outbound: Arc::clone(&house.outbound),
            fetcher: Arc::clone(&house.fetcher),
            node: Arc::clone(&house.node),
            ports: services.values(),
            checkup: health::Checkup::default(),
            updates: options.updates.as_deref().map(Desk::new),
            reload: reload_by(reload),
        });
        let updates = operator.updates.clone();
        let address = |name: &str| {
            let bound = self.bound.iter().find(|bound| bound.name() == name);
            bound.map(Bound::local_addr)
        };
        let (http, https) = (address("http"), address("https"));
        let catching_up = (Arc::clone(&operator), Arc::clone(&house.first_start));
        let (database, dir) = (house.database.clone(), house.dir.clone());
        let claims = tokio::task::spawn_blocking(move || {
            let (operator, first_start) = catching_up;
            operator.catch_up()?;
            let mut first_start = first_start.lock().unwrap_or_else(PoisonError::into_inner);
            first_start.apply(&*operator, &database);
            Ok::<_, Failure>(first_start.door(&database, &dir, restart))
        });
        let claims = claims.await??;
        let web = web::House {
            operator: Arc::clone(&operator) as Arc<dyn control::Operator>,
            whereabouts: Arc::clone(&operator) as Arc<dyn web::Whereabouts>,
            doorman,
            database: house.database.clone(),
            clock: house.post.clock.clone(),
            config: Arc::clone(&house.config),
            tls: Arc::clone(&house.tls),
            https_port: https.map(|address| address.port()),
        };
        let web = Web::claimable(web, claims);
        if let Some(desk) = updates {
            web.hand_updates_over_at(desk);
        }
        let sessions = web.sessions().clone();
        let has_books = self.bound.iter().any(|bound| bound.name() == "carddav");
        let books = has_books.then(|| Arc::clone(&carddav));
        let site = Arc::new(web::Site::new(web).with_address_books(books));
        let published = services.publish(&house.dir)?;

        for bound in self.bound {
            let stopped = stopped.clone();
            match bound.name() {
                "carddav" => tasks.spawn(bound.run(Arc::clone(&carddav), stopped)),
                "http" | "https" => tasks.spawn(bound.run(Arc::clone(&site), stopped)),
                GATEWAY => {
                    let service = Arc::new(Gateway(Arc::clone(&gateway)));
                    tasks.spawn(bound.run(service, stopped))
                }
                name if name.starts_with("imap") => {
                    tasks.spawn(bound.run(Arc::clone(&imap), stopped))
                }
                name if name.starts_with("pop3") => {
                    tasks.spawn(bound.run(Arc::clone(&pop3), stopped))
                }
                _ => tasks.spawn(bound.run(Arc::clone(&submission), stopped)),
            };
        }
        if let Some(metrics) = self.metrics {
            let numbers = control::metrics::install()?;
            let address = metrics.local_addr();
            journal::listening("metrics", address);
            tasks.spawn(metrics.run(numbers, until(stopped.clone())));
        }
        tasks.spawn(Arc::clone(&house.outbound).run(stopped.clone()));
        tasks.spawn(Arc::clone(&house.clerk).run(stopped.clone()));
        tasks.spawn(Arc::clone(&house.fetcher).run(stopped.clone()));
        let copies = Arc::new(Copies::new(Arc::clone(&house.post)));
        tasks.spawn(copies.run(stopped.clone()));
        tasks.spawn(outbox.run(stopped.clone()));
        tasks.spawn(housekeeping(
            house.database.clone(),
            Arc::clone(&house.post),
            Arc::clone(&house.inbound),
            Arc::clone(&house.chat),
            (Arc::clone(&house.outbound), Arc::clone(&house.pairing)),
            sessions,
            stopped.clone(),
        ));
        tasks.spawn(certify(Arc::clone(&house.tls), stopped.clone()));
        tasks.spawn(alarm::run(Arc::clone(&operator), stopped.clone()));
        if let Some(desk) = operator.updates.clone() {
            let home = Arc::clone(&operator);
            tasks.spawn(updating::run(home, desk, stopped.clone()));
        }
        if let Some(folder) = &options.light {
            let light = Light::new(folder);
            tasks.spawn(alarm::shine(Arc::clone(&operator), light, stopped.clone()));
        }
        tasks.spawn(self.control.run(operator, until(stopped)));

        let fingerprint = house.tls.server_fingerprint();
        if http.or(https).is_some() {
            journal::page(http, https, &fingerprint, &house.tls.ca_fingerprint());
        }
        journal::ready(&config.home.name, &house.post.ourselves);
        house
            .first_start
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .announce(http, https, &config.home.hostname, &fingerprint);
        let _ = sd_notify::notify(&[sd_notify::NotifyState::Ready]);
        Ok(Started {
            stop,
            tasks,
            submission,
            gateway,
            imap,
            gate: self.gate,
            allowed: self.allowed,
            accept_from: self.accept_from,
            _ports: published,
        })
    }
}

/// A home that serves.
struct Started {
    stop: watch::Sender<bool>,
    tasks: tokio::task::JoinSet<()>,
    submission: Arc<Submission>,
    gateway: Arc<Submission>,
    imap: Arc<Imap>,
    gate: Arc<Gate>,
    allowed: Arc<Allowed>,
    accept_from: Arc<Allowed>,
    _ports: ports::Published,
}

impl Started {
    /// SIGHUP: reads the settings again; a mistake in them changes nothing.
    async fn reload(&self, house: &House, options: &RunOptions) -> Result<(), Failure> {
        let (dir, ports, database) = (house.dir.clone(), options.ports, house.database.clone());
        let read = tokio::task::spawn_blocking(move || -> Result<Config, Failure> {
            let mut config = Config::load(&dir, ports)?;
            settings::choose(&mut config, &database)?;
            Ok(config)
        });
        let read = read
            .await
            .unwrap_or_else(|e| Err(Failure::new(e, "look into the log")));
        let newer = match read {
            Ok(newer) => Arc::new(newer),
            Err(e) => {
                journal::configuration_refused(&e);
                return Err(e);
            }
        };
        if let Some(file) = newer.files().find(|file| !house.confined.reaches(file)) {
            let refused = Failure::new(
                format!(
                    "{} lies where a home that runs may not look: it counts from the next start on",
                    file.display()
                ),
                "start the home again, or put the file into its folder",
            );
            journal::configuration_refused(&refused);
            return Err(refused);
        }
        let older = house.config();
        let changes = older.changes(&newer);
        let of = |effect: Effect| -> Vec<&str> {
            let these = changes.iter().filter(|(_, e)| *e == effect);
            these.map(|(key, _)| *key).collect()
        };
        journal::configured(&of(Effect::AtOnce), &of(Effect::AtRestart));
        // What needs a restart stays as it is, whoever asks.
        let mut now = (*newer).clone();
        now.home.hostname.clone_from(&older.home.hostname);
        now.tox.clone_from(&older.tox);
        let allow = now.listen.allow.clone();
        now.listen = older.listen.clone();
        now.listen.allow.clone_from(&allow);

        self.gate.set_limits(gate_limits(&now));
        self.allowed.replace(allow);
        self.accept_from.replace(accept_from(&now));
        self.submission.set_limits(submission_limits(&now));
        self.gateway.set_limits(submission_limits(&now));
        self.gateway.set_trusted(trusted(&now));
        self.imap
            .set_max_message_bytes(now.limits.max_message_bytes);
        house.post.set_settings(delivery_settings(&now));
        house
            .errands
            .send(Errand::MaxMessageBytes(now.limits.max_message_bytes));
        let (relay, ca_file) = (now.relay.clone(), now.relay_ca_file.clone());
        house.post.providers.configure(relay, ca_file);
        house.post.set_gateway(gateway(&now));
        house.outbound.reconsider();
        if older.relay != now.relay {
            house.fetcher.wake_those_of(AccountId::HOME);
        }
        house.clerk.set_people(now.home.pairing.clone());
        house.post.contacts.rename(&now.home.name);
        if older.home.name != now.home.name {
            house.node.command(tox::Command::SetName(tox_name(&now)));
        }
        house.post.store.set_quota(quota(&now));
        let (post, pairing) = (Arc::clone(&house.post), Arc::clone(&house.pairing));
        let settings = Arc::new(now);
        *house.config.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&settings);
        let told = tokio::task::spawn_blocking(move || {
            appoint_main_mailbox(&post.members, &settings);
            pairing.tell();
        });
        let _ = told.await;
        Ok(())
    }

    async fn stop(mut self, house: House) {
        let _ = self.stop.send(true);
        let all = async { while self.tasks.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(Duration::from_secs(4), all).await;
        self.tasks.abort_all();
        drop(self);
        let closed = tokio::task::spawn_blocking(move || {
            house.node.stop();
            // What was heard until now is written down.
            house.chat.stop();
            // Nobody is left who writes; whoever tries all the same is told that it is closed.
            house.database.close();
            drop(house);
        });
        let _ = closed.await;
    }
}

async fn until(mut stopped: watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

/// The file wins over the page: whom it names gets the home's own mail.
fn appoint_main_mailbox(members: &Members, config: &Config) {
    let Some(name) = &config.home.main_mailbox else {
        return;
    };
    if members
        .main_mailbox()
        .is_ok_and(|m| m.as_ref() == Some(name))
    {
        return;
    }
    if let Err(e) = members.set_main_mailbox(name) {
        // Somebody who moves in later, or of the mail server's people; `doctor` tells it where that is a mistake.
        journal::trouble("members", &format!("[home] main_mailbox: {e}"));
    }
}

/// The home's key, and whether it was made just now.
fn tox_identity(settings: &tox::Settings) -> anyhow::Result<(PeerKey, bool)> {
    if let Some(id) = tox::savedata::tox_id(&settings.save).map_err(of_tox)? {
        return Ok((id.key(), false));
    }
    // Made by a node that talks to nobody: the rooms need the key before the real one starts.
    let quiet = tox::Settings {
        udp: false,
        local_discovery: false,
        bootstrap: Vec::new(),
        ..settings.clone()
    };
    let node = Node::start(quiet, Vec::new(), || Box::new(())).map_err(of_tox)?;
    let key = node.key();
    node.stop();
    journal::identity_created(&key);
    Ok((key, true))
}

/// Tells the log what the Tox room warns of: each thing when it comes, and again when it comes back.
fn warn_of(node: &Node, warned: &Mutex<Vec<Warning>>) {
    let warnings = node.warnings();
    let mut warned = warned.lock().unwrap_or_else(PoisonError::into_inner);
    for warning in warnings.iter().filter(|w| !warned.contains(w)) {
        match warning {
            Warning::OldLibrary(_) => journal::old_toxcore(&operator::toxcore()),
            Warning::NoBootstrapNodes => journal::no_bootstrap_nodes(),
            Warning::NamesBehindProxy(count) => journal::bootstrap_names_left_out(*count),
            Warning::NotAFriend(key, why) => journal::not_a_friend(key, why),
            Warning::NotSaved(why) => journal::identity_not_saved(why),
            Warning::Blind => journal::tox_blind(),
        }
    }
    *warned = warnings;
}

fn of_tox(error: tox::Error) -> anyhow::Error {
    Failure::from(error).into()
}

fn cannot_listen(
    service: &'static str,
    address: SocketAddr,
    error: &std::io::Error,
) -> anyhow::Error {
    journal::cannot_listen(service, address, error);
    let advice = match error.kind() {
        std::io::ErrorKind::AddrInUse => format!(
            "another program has that port: stop it, or write another one in [listen] {service}"
        ),
        std::io::ErrorKind::PermissionDenied if address.port() < 1024 => {
            "ports below 1024 belong to root: start with `--ports unprivileged`, or as root".into()
        }
        _ => format!("write another address in [listen] {service}"),
    };
    Failure::new(
        format!("cannot listen on {address} ({service}): {error}"),
        advice,
    )
    .into()
}
