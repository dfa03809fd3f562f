//! The thread that owns the instance, and the handle to it.

use std::net::ToSocketAddrs;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};

use super::BootstrapNode;
use super::bootstrap::Bootstrapper;
use super::core::{Core, NewError, Options};
use super::error::{CommandError, Error};
use super::event::{Connection, Event, Raw};
use super::pace::Pace;
use super::port::{BATCH, Outbox, Port, Rider};
use super::relay_sockets::RelaySockets;
use super::roster::{self, AllFacts, Friend, Roster};
use super::savedata::{self, Saver};
use super::settings::{OLDEST_SAFE_VERSION, Settings, Warning, version};
use super::valve::Valve;
use crate::mail::address::{PeerKey, ToxId};

/// What others ask of the thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// A friend request to a full address; libtoxcore repeats it until it is answered.
    AddFriend {
        /// Their full address.
        id: ToxId,
        /// 1 to 921 bytes.
        message: Vec<u8>,
    },
    /// Say yes to a friend request.
    AcceptFriend(PeerKey),
    /// No longer a friend.
    RemoveFriend(PeerKey),
    /// The name that friends see.
    SetName(String),
    /// A new nospam: who has the old full address can no longer ask to be a friend. Friends stay. On the disk, or not done.
    NewNospam,
    /// Another list of ways into the network.
    Bootstrap(Vec<BootstrapNode>),
}

type Answer = SyncSender<Result<(), CommandError>>;

enum Order {
    Command(Command, Option<Answer>),
    /// Says that the thread is at work.
    Answer(SyncSender<()>),
    /// Nodes whose names were looked up elsewhere.
    Resolved(Vec<BootstrapNode>),
    Stop,
}

/// Rings the thread: cheap, from any thread, as often as one likes.
#[derive(Clone, Debug)]
pub struct Waker {
    bell: Arc<OwnedFd>,
    rung: Arc<AtomicBool>,
}

impl Waker {
    fn new() -> rustix::io::Result<Self> {
        Ok(Self {
            bell: Arc::new(eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?),
            rung: Arc::new(AtomicBool::new(false)),
        })
    }

    /// One that wakes nobody, and whether it was rung since the last time.
    #[cfg(test)]
    pub fn alone() -> (Self, impl Fn() -> bool) {
        let waker = Self::new().expect("an event descriptor");
        let rung = waker.clone();
        let was_rung = move || {
            let was = rung.rung.load(Ordering::Acquire);
            if was {
                rung.answered();
            }
            was
        };
        (waker, was_rung)
    }

    /// The rider gets its turn soon.
    pub fn wake(&self) {
        if !self.rung.swap(true, Ordering::AcqRel) {
            // It cannot fail: the counter is far from full, because one ring is pending at most.
            let _ = rustix::io::write(&*self.bell, &1u64.to_ne_bytes());
        }
    }

    /// The thread is awake. Whoever rings from here on rings again.
    fn answered(&self) {
        let mut count = [0; 8];
        let _ = rustix::io::read(&*self.bell, &mut count);
        // A swap, not a store: whoever found it rung, and so did not ring, left the work before; this sees it.
        self.rung.swap(false, Ordering::AcqRel);
    }
}

/// What the thread has done so far: tests hold the idle home against it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Times the thread woke.
    pub wakes: u64,
    /// Times libtoxcore worked.
    pub iterations: u64,
    /// Packets, texts, file pieces and controls sent.
    pub sent: u64,
    /// Peers' packets, texts, file pieces and controls received.
    pub received: u64,
    /// TCP connections to relays at the last look.
    pub relay_sockets: u64,
    /// Stalled TCP connections that were replaced.
    pub relay_cures: u64,
    /// Floods of packets that had to be dropped to get libtoxcore to return.
    pub floods: u64,
}

/// How the node is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Our connection to the network.
    pub connection: Connection,
    /// How long it has been so.
    pub lasts: Duration,
    /// Friends in the list.
    pub friends: usize,
    /// Rounds of bootstrapping since we were online last; some rounds without success: no node answers.
    pub bootstrap_rounds: u32,
    /// libtoxcore's version.
    pub version: (u32, u32, u32),
    /// What the thread has done.
    pub statistics: Statistics,
}

/// How one friend is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerStatus {
    /// Who.
    pub key: PeerKey,
    /// How connected.
    pub connection: Connection,
    /// Calls of libtoxcore made for this peer since the start.
    pub calls: u64,
}

/// What the thread shows.
#[derive(Default)]
struct Shared {
    connection: AtomicU8,
    /// When the connection was last another one; at first, the start.
    changed: Mutex<Option<Instant>>,
    wakes: AtomicU64,
    iterations: AtomicU64,
    received: AtomicU64,
    sent: Arc<AtomicU64>,
    relay_sockets: AtomicU64,
    relay_cures: AtomicU64,
    floods: AtomicU64,
    bootstrap_rounds: AtomicU32,
    peers: Arc<AllFacts>,
    warnings: Mutex<Vec<Warning>>,
    id: Mutex<Option<ToxId>>,
}

impl Shared {
    fn warn(&self, warning: Warning) {
        let mut warnings = lock(&self.warnings);
        if !warnings.contains(&warning) && warnings.len() < 100 {
            warnings.push(warning);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Ports {
    id: ToxId,
    udp: Option<u16>,
    tcp: Option<u16>,
    dht: PeerKey,
}

/// This home on the Tox network. Dropping it stops it.
pub struct Node {
    orders: Sender<Order>,
    waker: Waker,
    shared: Arc<Shared>,
    ports: Ports,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Node {
    /// Starts the thread, and the instance on it; returns when its sockets are bound and its identity is on the disk.
    /// `make_rider` runs on the new thread.
    ///
    /// # Errors
    /// See [`Error`]; each text says what to do.
    pub fn start<F>(settings: Settings, friends: Vec<Friend>, make_rider: F) -> Result<Self, Error>
    where
        F: FnOnce() -> Box<dyn Rider> + Send + 'static,
    {
        let shared = Arc::new(Shared::default());
        *lock(&shared.changed) = Some(Instant::now());
        let waker = Waker::new().map_err(|e| Error::System(e.into()))?;
        let (orders, inbox) = channel();
        let (started, outcome) = sync_channel(1);
        let thread = std::thread::Builder::new().name("tox".into()).spawn({
            let (shared, waker, orders) = (Arc::clone(&shared), waker.clone(), orders.clone());
            move || match Keeper::new(settings, &friends, shared, waker, orders, inbox, make_rider)
            {
                Ok((mut keeper, ports)) => {
                    if started.send(Ok(ports)).is_ok() {
                        keeper.run();
                    }
                }
                Err(error) => {
                    let _ = started.send(Err(error));
                }
            }
        });
        let thread = thread.map_err(Error::System)?;
        let ports = outcome.recv().map_err(|_| Error::Stopped)??;
        Ok(Self {
            orders,
            waker,
            shared,
            ports,
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Our full address: who has it can ask to be a friend.
    pub fn id(&self) -> ToxId {
        lock(&self.shared.id).unwrap_or(self.ports.id)
    }

    /// Our public key.
    pub fn key(&self) -> PeerKey {
        self.ports.id.key()
    }

    /// The UDP port; `None` with UDP off.
    pub fn udp_port(&self) -> Option<u16> {
        self.ports.udp
    }

    /// The port of our own TCP relay, where we are one.
    pub fn tcp_port(&self) -> Option<u16> {
        self.ports.tcp
    }

    /// The key by which others can bootstrap from us; another at every start.
    pub fn dht_key(&self) -> PeerKey {
        self.ports.dht
    }

    /// How the node is.
    pub fn status(&self) -> Status {
        let friends = lock(&self.shared.peers).len();
        Status {
            connection: roster::decoded(self.shared.connection.load(Ordering::Relaxed)),
            lasts: lock(&self.shared.changed).map_or(Duration::ZERO, |at| at.elapsed()),
            friends,
            bootstrap_rounds: self.shared.bootstrap_rounds.load(Ordering::Relaxed),
            version: version(),
            statistics: Statistics {
                wakes: self.shared.wakes.load(Ordering::Relaxed),
                iterations: self.shared.iterations.load(Ordering::Relaxed),
                sent: self.shared.sent.load(Ordering::Relaxed),
                received: self.shared.received.load(Ordering::Relaxed),
                relay_sockets: self.shared.relay_sockets.load(Ordering::Relaxed),
                relay_cures: self.shared.relay_cures.load(Ordering::Relaxed),
                floods: self.shared.floods.load(Ordering::Relaxed),
            },
        }
    }

    /// How every friend is.
    pub fn peers(&self) -> Vec<PeerStatus> {
        lock(&self.shared.peers)
            .iter()
            .map(|(key, facts)| PeerStatus {
                key: *key,
                connection: facts.connection(),
                calls: facts.calls(),
            })
            .collect()
    }

    /// What the operator should know.
    pub fn warnings(&self) -> Vec<Warning> {
        lock(&self.shared.warnings).clone()
    }

    /// Something to ring the thread with.
    pub fn waker(&self) -> Waker {
        self.waker.clone()
    }

    /// Whether the thread still runs. It ends by [`stop`](Node::stop), or by a panic of the rider.
    pub fn is_running(&self) -> bool {
        lock(&self.thread)
            .as_ref()
            .is_some_and(|thread| !thread.is_finished())
    }

    /// Asks, without waiting.
    pub fn command(&self, command: Command) {
        // A thread that has ended takes no orders; is_running tells.
        let _ = self.orders.send(Order::Command(command, None));
        self.waker.wake();
    }

    /// Asks, and waits until it is done (and on the disk, where it changes the identity). Blocks.
    ///
    /// # Errors
    /// What the thread says, or that it has ended.
    pub fn perform(&self, command: Command) -> Result<(), CommandError> {
        let (answer, outcome) = sync_channel(1);
        self.orders
            .send(Order::Command(command, Some(answer)))
            .map_err(|_| CommandError::Stopped)?;
        self.waker.wake();
        outcome.recv().map_err(|_| CommandError::Stopped)?
    }

    /// Whether the thread is at work: it answers between two of its turns. Blocks, for so long at most.
    pub fn answers(&self, within: Duration) -> bool {
        let (answer, answered) = sync_channel(1);
        if self.orders.send(Order::Answer(answer)).is_err() {
            return false;
        }
        self.waker.wake();
        answered.recv_timeout(within).is_ok()
    }

    /// Saves, leaves the network, and waits for the thread to end.
    pub fn stop(&self) {
        let thread = lock(&self.thread).take();
        if let Some(thread) = thread {
            let _ = self.orders.send(Order::Stop);
            self.waker.wake();
            // The rider may hold the last handle on us, and is dropped on that thread.
            if thread.thread().id() == std::thread::current().id() {
                return;
            }
            // A panic of the rider has been told on standard error already.
            let _ = thread.join();
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Why the thread woke.
#[derive(Default)]
struct Woken {
    bell: bool,
    packets: bool,
    relays: bool,
}

/// The state of the thread.
struct Keeper {
    core: Core,
    roster: Roster,
    rider: Box<dyn Rider>,
    outbox: Outbox,
    relays: RelaySockets,
    /// `None` without a UDP socket.
    valve: Option<Valve>,
    bootstrapper: Bootstrapper,
    saver: Saver,
    pace: Pace,
    settings: Settings,
    connection: Connection,
    /// When libtoxcore worked last, and when it wants to again.
    iterated: Instant,
    iterate_next: Instant,
    rider_next: Option<Instant>,
    /// How long to wait for room when a send found none.
    retry: Duration,
    shared: Arc<Shared>,
    waker: Waker,
    orders: Sender<Order>,
    inbox: Receiver<Order>,
    resolving: Arc<AtomicBool>,
    stopping: bool,
}

/// Orders handled before the network has its turn again.
const ORDERS_AT_ONCE: usize = 64;
const FIRST_RETRY: Duration = Duration::from_millis(1);
const LONGEST_RETRY: Duration = Duration::from_millis(50);
/// What the kernel shall hold of packets that came while we sent: a few hundred (where we may ask for it).
const UDP_BUFFER: usize = 4 << 20;

impl Keeper {
    fn new<F>(
        settings: Settings,
        friends: &[Friend],
        shared: Arc<Shared>,
        waker: Waker,
        orders: Sender<Order>,
        inbox: Receiver<Order>,
        make_rider: F,
    ) -> Result<(Self, Ports), Error>
    where
        F: FnOnce() -> Box<dyn Rider>,
    {
        let save = savedata::read(&settings.save)?;
        let mut core = instance(&settings, save.as_ref().map(|save| save.as_slice()))?;
        let damaged = |why| Error::Damaged {
            path: settings.save.clone(),
            why,
        };
        let address = core.address();
        if let Some(save) = &save {
            let (_, key) = savedata::identity(save).map_err(damaged)?;
            if address[..32] != key {
                return Err(damaged("its keys do not fit together"));
            }
        }
        let id = ToxId::from_bytes(address)
            .map_err(|_| Error::Library("its own address has a wrong checksum".into()))?;
        core.set_name(&settings.name);
        if let Some(udp) = core.udp_socket() {
            // Needs a privilege; without it libtoxcore's own wish, up to rmem_max, stands.
            let _ = rustix::net::sockopt::set_socket_recv_buffer_size_force(udp, UDP_BUFFER);
        } else if settings.uses_udp() {
            shared.warn(Warning::Blind);
        }

        let mut roster = Roster::new(&core, id.key(), Arc::clone(&shared.peers));
        for (key, why) in roster.reconcile(&mut core, friends) {
            shared.warn(Warning::NotAFriend(key, why.to_string()));
        }
        let now = Instant::now();
        let mut saver = Saver::new(settings.save.clone(), save.as_ref().map(|s| s.as_slice()));
        saver.save(now, &core).map_err(Error::NotSaved)?;
        drop(save);

        if version() < OLDEST_SAFE_VERSION {
            shared.warn(Warning::OldLibrary(version()));
        }
        if settings.bootstrap.is_empty() {
            shared.warn(Warning::NoBootstrapNodes);
        }
        *lock(&shared.id) = Some(id);
        let ports = Ports {
            id,
            udp: core.udp_port(),
            tcp: core.tcp_port(),
            dht: core.dht_key(),
        };
        let mut seed = [0; 8];
        let _ = getrandom::fill(&mut seed);
        let valve = core.udp_socket().map(Valve::new).transpose();
        let keeper = Self {
            core,
            roster,
            rider: make_rider(),
            outbox: Outbox {
                room: BATCH,
                blocked: false,
                sent: false,
                count: Arc::clone(&shared.sent),
                missed: Vec::new(),
            },
            relays: RelaySockets::new().map_err(|e| Error::System(e.into()))?,
            valve: valve.map_err(Error::System)?,
            bootstrapper: Bootstrapper::new(
                settings.bootstrap.clone(),
                now,
                u64::from_ne_bytes(seed),
            ),
            saver,
            pace: Pace::new(now),
            settings,
            connection: Connection::Offline,
            iterated: now,
            iterate_next: now,
            rider_next: None,
            retry: FIRST_RETRY,
            shared,
            waker,
            orders,
            inbox,
            resolving: Arc::new(AtomicBool::new(false)),
            stopping: false,
        };
        Ok((keeper, ports))
    }

    fn run(&mut self) {
        let mut woken = Woken::default();
        loop {
            let now = Instant::now();
            if woken.bell {
                self.waker.answered();
            }
            if woken.relays {
                self.relays.drain();
            }
            self.outbox.room = BATCH;
            self.outbox.blocked = false;
            self.outbox.sent = false;
            self.outbox.missed.clear();
            if woken.bell {
                self.obey(now);
                if self.stopping {
                    break;
                }
            }
            self.enter_network(now);
            if woken.packets || woken.relays || now >= self.iterate_next {
                self.iterate(now);
            }
            self.take_turn(now);
            self.keep_house(now);
            woken = self.sleep(now);
        }
        let _ = self.save(Instant::now());
    }

    /// Sleeps until something comes or is due.
    fn sleep(&mut self, now: Instant) -> Woken {
        let wish = Duration::from_millis(u64::from(self.core.iteration_interval()));
        // A relay forwards for others, whose traffic it does not see as its own.
        let listens = self.settings.tcp_server_port.is_some() || self.pace.listens(now);
        self.iterate_next = self.iterated + self.pace.pause(now, wish, listens);
        let mut until = self.iterate_next;
        if let Some(next) = self.rider_next {
            until = until.min(next);
        }
        if self.outbox.blocked {
            until = until.min(now + self.retry);
            self.retry = (self.retry * 2).min(LONGEST_RETRY);
        } else {
            self.retry = FIRST_RETRY;
        }
        let pause = if self.outbox.room == 0 {
            Duration::ZERO
        } else {
            until.saturating_duration_since(Instant::now())
        };
        let timeout = Timespec {
            tv_sec: pause.as_secs() as i64,
            tv_nsec: pause.subsec_nanos().into(),
        };

        let by_relay = self.uses_relays();
        let mut ready = [PollFlags::empty(); 3];
        {
            let bell = &*self.waker.bell;
            let relays = self.relays.descriptor();
            let mut sources = Vec::with_capacity(3);
            let mut places = [0; 3];
            let mut listen = |place: usize, fd| {
                places[sources.len()] = place;
                sources.push(PollFd::from_borrowed_fd(fd, PollFlags::IN));
            };
            listen(0, std::os::fd::AsFd::as_fd(bell));
            if listens {
                if let Some(udp) = self.core.udp_socket() {
                    listen(1, udp);
                }
                if by_relay {
                    listen(2, relays);
                }
            }
            // An interrupted sleep is a short sleep.
            let _ = poll(&mut sources, Some(&timeout));
            for (index, source) in sources.iter().enumerate() {
                ready[places[index]] = source.revents();
            }
        }
        self.pace.woke(Instant::now());
        self.shared.wakes.fetch_add(1, Ordering::Relaxed);
        Woken {
            bell: !ready[0].is_empty(),
            packets: !ready[1].is_empty(),
            relays: !ready[2].is_empty(),
        }
    }

    /// Whether anything goes through TCP.
    fn uses_relays(&self) -> bool {
        !self.settings.uses_udp()
            || self.settings.tcp_server_port.is_some()
            || self.connection == Connection::Tcp
            || self.roster.anybody_by_relay()
    }

    /// Lets libtoxcore work, and tells the rider what came.
    fn iterate(&mut self, now: Instant) {
        self.iterated = now;
        self.shared.iterations.fetch_add(1, Ordering::Relaxed);
        if let Some(valve) = &self.valve {
            valve.begin();
        }
        let events = self.core.iterate();
        if self.valve.as_ref().is_some_and(Valve::end) {
            self.shared.floods.fetch_add(1, Ordering::Relaxed);
        }
        events.visit(&mut |raw: Raw<'_>| {
            let Some(event) = raw.owned(|number| self.roster.key(number)) else {
                return;
            };
            if raw.is_traffic() {
                self.pace.traffic(now);
                self.shared.received.fetch_add(1, Ordering::Relaxed);
            }
            match &event {
                Event::SelfConnection(connection) => {
                    if connection.is_online() {
                        self.bootstrapper.went_online();
                        self.shared.bootstrap_rounds.store(0, Ordering::Relaxed);
                        self.saver.reached(now);
                    } else {
                        self.bootstrapper.went_offline(now);
                    }
                    self.connection = *connection;
                    *lock(&self.shared.changed) = Some(now);
                    self.shared
                        .connection
                        .store(roster::encoded(*connection), Ordering::Relaxed);
                }
                Event::FriendConnection { peer, connection } => {
                    self.roster.connected(peer, *connection);
                }
                _ => {}
            }
            let mut port = Port::new(&mut self.core, &self.roster, &mut self.outbox);
            self.rider.event(now, &event, &mut port);
        });
    }

    fn take_turn(&mut self, now: Instant) {
        let mut port = Port::new(&mut self.core, &self.roster, &mut self.outbox);
        self.rider_next = self.rider.turn(now, &mut port);
        if self.outbox.sent {
            self.pace.traffic(now);
        }
    }

    /// Asks the next nodes to let us in, if it is time.
    fn enter_network(&mut self, now: Instant) {
        let due = self.bootstrapper.due(now);
        if due.is_empty() {
            return;
        }
        let rounds = self.bootstrapper.rounds();
        self.shared
            .bootstrap_rounds
            .store(rounds, Ordering::Relaxed);
        let (known, named): (Vec<_>, Vec<_>) =
            due.into_iter().partition(|node| node.address().is_some());
        self.ask(&known);
        if named.is_empty() {
            return;
        }
        if self.settings.socks5.is_some() {
            let all = &self.settings.bootstrap;
            let count = all.iter().filter(|node| node.address().is_none()).count();
            self.shared.warn(Warning::NamesBehindProxy(count));
            return;
        }
        // A look-up may take half a minute: on a thread of its own, one at a time.
        if !self.resolving.swap(true, Ordering::AcqRel) {
            let (orders, waker) = (self.orders.clone(), self.waker.clone());
            let resolving = Arc::clone(&self.resolving);
            let spawned = std::thread::Builder::new()
                .name("tox-names".into())
                .spawn(move || {
                    let found = named.iter().flat_map(resolve).collect();
                    resolving.store(false, Ordering::Release);
                    let _ = orders.send(Order::Resolved(found));
                    waker.wake();
                });
            if spawned.is_err() {
                self.resolving.store(false, Ordering::Release);
            }
        }
    }

    fn ask(&mut self, nodes: &[BootstrapNode]) {
        for node in nodes {
            let no_ipv6 = !has_ipv6(&self.settings);
            if no_ipv6 && node.address().is_some_and(|address| address.is_ipv6()) {
                continue;
            }
            // False only says that the host is no address, which was looked at before.
            self.core.bootstrap(&node.host, node.port, &node.key);
            for port in &node.tcp_ports {
                self.core.add_tcp_relay(&node.host, *port, &node.key);
            }
        }
    }

    /// What is done now and then: relays' sockets, the file on the disk.
    fn keep_house(&mut self, now: Instant) {
        if self.uses_relays() {
            self.relays.look(now, &self.core, &self.outbox.missed);
            let (found, cured) = (self.relays.found() as u64, self.relays.cured());
            self.shared.relay_sockets.store(found, Ordering::Relaxed);
            self.shared.relay_cures.store(cured, Ordering::Relaxed);
        }
        if self.saver.is_due(now) {
            let _ = self.save(now);
        }
    }

    /// What goes wrong is a warning, and is tried again.
    fn save(&mut self, now: Instant) -> std::io::Result<()> {
        let outcome = self.saver.save(now, &self.core);
        lock(&self.shared.warnings).retain(|w| !matches!(w, Warning::NotSaved(_)));
        if let Err(error) = &outcome {
            self.shared.warn(Warning::NotSaved(error.to_string()));
        }
        outcome
    }

    /// Carries out what was ordered, a bounded number at a time.
    fn obey(&mut self, now: Instant) {
        for _ in 0..ORDERS_AT_ONCE {
            match self.inbox.try_recv() {
                Ok(Order::Command(command, answer)) => {
                    let outcome = self.carry_out(now, command);
                    if let Some(answer) = answer {
                        // Whoever asked may have gone.
                        let _ = answer.send(outcome);
                    }
                }
                Ok(Order::Resolved(nodes)) => {
                    if !self.connection.is_online() {
                        self.ask(&nodes);
                    }
                }
                Ok(Order::Answer(answer)) => {
                    // Whoever asked may have lost patience.
                    let _ = answer.send(());
                }
                Ok(Order::Stop) => {
                    self.stopping = true;
                    return;
                }
                Err(_) => return,
            }
        }
        self.waker.wake();
    }

    fn carry_out(&mut self, now: Instant, command: Command) -> Result<(), CommandError> {
        match command {
            Command::AddFriend { id, message } => {
                self.roster.add(&mut self.core, &id, &message)?;
            }
            Command::AcceptFriend(key) => self.roster.accept(&mut self.core, &key)?,
            Command::RemoveFriend(key) => {
                let was = self.roster.remove(&mut self.core, &key)?;
                self.tell_gone(now, key, was);
            }
            Command::SetName(name) => self.core.set_name(&name),
            Command::NewNospam => {
                let mut nospam = [0; 4];
                getrandom::fill(&mut nospam).map_err(|_| CommandError::Library(0))?;
                let before = self.core.nospam();
                self.core.set_nospam(u32::from_ne_bytes(nospam));
                if self.save(now).is_err() {
                    // An address that the next start does not know must not be told to anybody.
                    self.core.set_nospam(before);
                    return Err(CommandError::NotSaved);
                }
                *lock(&self.shared.id) = ToxId::from_bytes(self.core.address()).ok();
                return Ok(());
            }
            Command::Bootstrap(nodes) => {
                self.bootstrapper.replace(nodes.clone(), now);
                self.settings.bootstrap = nodes;
                let mut warnings = lock(&self.shared.warnings);
                warnings.retain(|w| *w != Warning::NoBootstrapNodes);
                drop(warnings);
                if self.bootstrapper.is_empty() {
                    self.shared.warn(Warning::NoBootstrapNodes);
                }
                return Ok(());
            }
        }
        let _ = self.save(now);
        Ok(())
    }

    fn tell_gone(&mut self, now: Instant, peer: PeerKey, was: Connection) {
        if !was.is_online() {
            return;
        }
        let event = Event::FriendConnection {
            peer,
            connection: Connection::Offline,
        };
        let mut port = Port::new(&mut self.core, &self.roster, &mut self.outbox);
        self.rider.event(now, &event, &mut port);
    }
}

fn has_ipv6(settings: &Settings) -> bool {
    // A kernel without IPv6 would give libtoxcore no socket at all.
    settings.ipv6 && Path::new("/proc/net/if_inet6").exists()
}

fn instance(settings: &Settings, savedata: Option<&[u8]>) -> Result<Core, Error> {
    let (from, to) = settings.ports();
    let options = Options {
        udp: settings.uses_udp(),
        ipv6: has_ipv6(settings),
        local_discovery: settings.local_discovery && settings.socks5.is_none(),
        hole_punching: settings.hole_punching,
        socks5: settings.socks5,
        ports: (from, to),
        tcp_server_port: settings.tcp_server_port.unwrap_or(0),
        savedata,
    };
    Core::new(&options).map_err(|error| match error {
        NewError::NoMemory => Error::Library("not enough memory".into()),
        NewError::NoPort => Error::NoPort { from, to },
        NewError::Proxy => Error::Proxy,
        NewError::Encrypted => Error::Damaged {
            path: settings.save.clone(),
            why: "it is encrypted with a password",
        },
        NewError::BadSave => Error::Damaged {
            path: settings.save.clone(),
            why: "libtoxcore cannot read it",
        },
        NewError::Other(number) => Error::Library(format!("error {number}")),
    })
}

/// The addresses behind a node's name, a few at most.
fn resolve(node: &BootstrapNode) -> Vec<BootstrapNode> {
    let Ok(addresses) = (node.host.as_str(), node.port).to_socket_addrs() else {
        return Vec::new();
    };
    addresses
        .take(4)
        .map(|address| BootstrapNode {
            host: address.ip().to_string(),
            ..node.clone()
        })
        .collect()
}
