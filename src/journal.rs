//! One function per fact that an operator sees: in the log, and where it is a number, in the metrics.
//!
//! Nobody else in the house writes log lines. So this page is the list of everything that can be seen, a fact has one
//! wording, and what must never be in a log has one place to be kept out: no secret, no password, no subject and no other
//! content of a message. Addresses and keys yes: an operator must find a letter again.
//!
//! Text that came from outside is recorded as a string field, which quotes and escapes it: nobody can forge a line.
//!
//! What another home can make happen as often as it likes is told five times a minute at most; `unseen` says how often it was
//! not told since. Nobody fills our disk with lines.
//!
//! Levels: `error` somebody must act; `warn` somebody should know; `info` the life of letters and of the home; `debug` one
//! line a connection. `RUST_LOG` chooses (`RUST_LOG=debug`, `RUST_LOG=toxmail=debug,warn`).
//!
//! The last lines from `info` on are kept in memory as well ([`lines`]), for who has no terminal. And whoever looks at a page
//! hears of a fact that changes it ([`crate::changes`]).

use std::collections::BTreeMap;
use std::fmt::{Debug, Display};
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use metrics::{Unit, counter, describe_counter, describe_gauge, gauge};
use tracing::{debug, error, info, warn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use crate::changes::{self, Kind};
use crate::mail::address::PeerKey;
use crate::mail::verdict::Verdict;

mod ring;

pub use ring::{Line, lines};

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line, for collectors.
    Json,
}

/// What is logged without `RUST_LOG`: the libraries only where something is wrong.
const USUAL: &str = "warn,toxmail=info";

/// Opens the log on standard error. A second call changes nothing.
pub fn open(format: Format) {
    use std::io::IsTerminal;
    let (filter, mistake) = match std::env::var("RUST_LOG") {
        Err(_) => (EnvFilter::new(USUAL), None),
        Ok(text) => match EnvFilter::try_new(&text) {
            Ok(filter) => (filter, None),
            Err(e) => (EnvFilter::new(USUAL), Some(e)),
        },
    };
    let log = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let log = match format {
        Format::Text => log
            .with_ansi(std::io::stderr().is_terminal())
            .with_target(false)
            .with_filter(filter)
            .boxed(),
        Format::Json => log.json().flatten_event(true).with_filter(filter).boxed(),
    };
    let kept = ring::Ring.with_filter(EnvFilter::new(USUAL));
    // Fails only when a log is open already.
    let _ = tracing_subscriber::registry()
        .with(log)
        .with(kept)
        .try_init();
    if let Some(e) = mistake {
        warn!(error = %e, "RUST_LOG is not understood; logging as usual");
    }
}

const ACCEPTED: &str = "toxmail_accepted_total";
const ACCEPTED_BYTES: &str = "toxmail_accepted_bytes_total";
const REPEATED: &str = "toxmail_repeated_total";
const REFUSED: &str = "toxmail_refused_total";
const SETTLED: &str = "toxmail_settled_total";
const RECEIPTS: &str = "toxmail_receipts_total";
const ARRIVED: &str = "toxmail_arrived_total";
const NOTICES: &str = "toxmail_notices_total";
const LOGINS: &str = "toxmail_logins_total";
const CONNECTIONS: &str = "toxmail_connections_total";
const CONNECTIONS_NOW: &str = "toxmail_connections";
const TURNED_AWAY: &str = "toxmail_turned_away_total";
const TOX: &str = "toxmail_tox_connection";
const PEERS_ONLINE: &str = "toxmail_peers_online";
const WAITING: &str = "toxmail_queue_messages";
const WAITING_BYTES: &str = "toxmail_queue_bytes";
const TRANSFER_BYTES: &str = "toxmail_transfer_bytes_total";
const BREACHES: &str = "toxmail_breaches_total";
const TROUBLE: &str = "toxmail_trouble_total";

/// Tells the collector what each number means, and shows those that have not happened yet as 0.
pub fn describe() {
    let counters = [
        (ACCEPTED, "Messages taken from members (250 said)"),
        (
            REPEATED,
            "Submissions that were here already and not filed twice",
        ),
        (REFUSED, "Submissions and recipients refused"),
        (RECEIPTS, "Receipts from other homes: on their disk"),
        (NOTICES, "Notices written to members"),
        (BREACHES, "Breaches of the protocol by other homes"),
        (TROUBLE, "Things out of order in this home"),
    ];
    for (name, text) in counters {
        describe_counter!(name, text);
        counter!(name).increment(0);
    }
    describe_counter!(
        ACCEPTED_BYTES,
        Unit::Bytes,
        "Bytes of messages taken from members"
    );
    describe_counter!(ARRIVED, "Messages filed for members, by route");
    describe_counter!(SETTLED, "Recipients settled, by route and verdict");
    describe_counter!(LOGINS, "Logins, by service and outcome");
    describe_counter!(CONNECTIONS, "Connections, by service");
    describe_counter!(TURNED_AWAY, "Connections turned away, by service");
    describe_counter!(
        TRANSFER_BYTES,
        Unit::Bytes,
        "Bytes of messages to and from other homes"
    );
    let gauges = [
        (CONNECTIONS_NOW, "Connections open now, by service"),
        (TOX, "Tox: 0 offline, 1 through TCP relays, 2 over UDP"),
        (PEERS_ONLINE, "Other homes online now"),
        (WAITING, "Messages that wait in the queue"),
        (WAITING_BYTES, "Bytes of the messages that wait"),
    ];
    for (name, text) in gauges {
        describe_gauge!(name, text);
    }
    for name in [TOX, PEERS_ONLINE, WAITING, WAITING_BYTES] {
        gauge!(name).set(0.0);
    }
}

fn number(count: u64) -> f64 {
    // A gauge is a float; beyond 2^53 nobody counts bytes.
    count as f64
}

/// Lines about one fact and one peer in [`SELDOM_WINDOW`].
const SELDOM: u32 = 5;
const SELDOM_WINDOW: Duration = Duration::from_secs(60);

struct Window {
    began: Instant,
    told: u32,
    unseen: u64,
}

/// Peers are contacts, so there are few.
static WINDOWS: Mutex<BTreeMap<(&'static str, [u8; 32]), Window>> = Mutex::new(BTreeMap::new());

/// Whether this fact about this peer is told now, and how often it was not since the last time.
fn seldom(fact: &'static str, peer: &PeerKey) -> Option<u64> {
    let now = Instant::now();
    let mut windows = WINDOWS.lock().unwrap_or_else(PoisonError::into_inner);
    let window = windows.entry((fact, *peer.as_bytes())).or_insert(Window {
        began: now,
        told: 0,
        unseen: 0,
    });
    if now.duration_since(window.began) >= SELDOM_WINDOW {
        window.began = now;
        window.told = 0;
    }
    if window.told >= SELDOM {
        window.unseen += 1;
        return None;
    }
    window.told += 1;
    Some(std::mem::take(&mut window.unseen))
}

// ---- the home

/// The home is starting.
pub fn starting(version: &str, dir: &Path) {
    info!(version, dir = %dir.display(), "starting");
}

/// How much of what the home gives up the kernel keeps from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// All of it.
    Whole,
    /// What an older kernel knows of it.
    Partly,
    /// Nothing.
    Nothing,
}

impl Held {
    const fn word(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Partly => "partly",
            Self::Nothing => "nothing",
        }
    }
}

/// How far the home has locked itself in: which files it reaches, and which system calls it may make.
pub fn confined(files: Held, calls: Held) {
    let (of_files, of_calls) = (files.word(), calls.word());
    if [files, calls].contains(&Held::Nothing) {
        warn!(
            files = of_files,
            calls = of_calls,
            "this machine's kernel does not lock the home in: somebody who broke into it could do what its user can"
        );
    } else {
        info!(
            files = of_files,
            calls = of_calls,
            "locked in: it writes nothing outside its own folders, and starts no other program"
        );
    }
}

/// A service listens.
pub fn listening(service: &'static str, address: SocketAddr) {
    info!(service, %address, "listening");
}

/// A service cannot have its address.
pub fn cannot_listen(service: &'static str, address: SocketAddr, error: &dyn Display) {
    error!(service, %address, error = error.to_string(), "cannot listen; another program has the port, or it needs root");
}

/// Somebody has moved in first, and from where.
pub fn claimed(member: &(impl Display + ?Sized), from: IpAddr, code: bool) {
    info!(%member, %from, code, "the home is claimed");
}

/// Answers for a first start lie in the boot folder of a home that is set up already.
pub fn setup_file_ignored(path: &Path) {
    warn!(path = %path.display(), "this home is set up already: the file is not used; remove it, there may be secrets in it");
}

/// The home is ready.
pub fn ready(home: &str, key: &PeerKey) {
    info!(home, %key, "ready");
}

/// The home is stopping, and why.
pub fn stopping(why: &'static str) {
    info!(why, "stopping");
}

/// The home has stopped.
pub fn stopped(took: Duration) {
    info!(took_ms = took.as_millis(), "stopped");
}

/// The configuration was read again.
pub fn configured(at_once: &[&str], at_restart: &[&str]) {
    info!(?at_once, ?at_restart, "configuration read again");
}

/// The configuration has a mistake; the one before stays.
pub fn configuration_refused(error: &dyn Display) {
    error!(
        error = error.to_string(),
        "configuration not taken; the one before stays"
    );
}

/// A later version of the box was fetched, for its script to judge.
pub fn update_fetched(version: &str) {
    info!(version, "a later version was fetched");
}

/// A backup lies on the stick, whole.
pub fn stick_backup(name: &str, bytes: u64) {
    info!(name, bytes, "a backup was written to the stick");
}

/// There is no new backup on the stick.
pub fn stick_backup_failed(why: &str, said: &str) {
    error!(why, said, "no backup could be written to the stick");
}

/// Nobody could be asked for a later version, or it did not come.
pub fn update_not_fetched(why: &dyn Display) {
    warn!(why = why.to_string(), "no later version could be fetched");
}

/// The toxcore library has a known critical bug.
pub fn old_toxcore(version: &str) {
    warn!(
        version,
        advice = "update to 0.2.23 or later (GHSA-42vg-9mg3-399f)",
        "old toxcore"
    );
}

/// No way into the Tox network but the local one.
pub fn no_bootstrap_nodes() {
    warn!("no bootstrap node; only homes in the local network can be found");
}

/// Bootstrap nodes that are given by name are left out: a look-up would go past the proxy.
pub fn bootstrap_names_left_out(count: usize) {
    warn!(
        count,
        "bootstrap nodes given by name are left out: a look-up would go past the proxy"
    );
}

/// Tox does not take a contact as a friend.
pub fn not_a_friend(peer: &PeerKey, why: &str) {
    warn!(%peer, why, "Tox does not take this contact; no letter reaches it");
}

/// The Tox identity could not be written after a change; it is tried again.
pub fn identity_not_saved(error: &str) {
    changes::ring(Kind::Health);
    counter!(TROUBLE).increment(1);
    error!(error, "the Tox identity is not saved; it is tried again");
}

/// toxcore's UDP socket was not found: packets are handled by the clock.
pub fn tox_blind() {
    warn!("toxcore's UDP socket was not found; letters are a little slower");
}

/// The clock is not set: of the time that letters wait, only what this machine was running counts.
pub fn clock_untrusted() {
    changes::ring(Kind::Health);
    warn!("the clock is not set; until it is, letters do not age while this machine is off");
}

/// The clock is set again.
pub fn clock_trusted() {
    changes::ring(Kind::Health);
    info!("the clock is set");
}

/// The operator's command did something. Only its name: its words may hold a password.
pub fn command(name: &str) {
    info!(command = name, "operator");
}

/// The operator's command was told no.
pub fn command_refused(name: &str, error: &dyn Display) {
    info!(
        command = name,
        error = error.to_string(),
        "operator told no"
    );
}

/// Something in a room is out of order; nothing is lost, it is tried again.
pub fn trouble(room: &'static str, error: &(impl Display + ?Sized)) {
    counter!(TROUBLE).increment(1);
    error!(room, error = error.to_string(), "out of order");
}

/// The queue cannot do its work.
pub fn queue_trouble(error: &(impl Display + ?Sized)) {
    trouble("queue", error);
}

/// The store cannot do its work.
pub fn store_trouble(error: &(impl Display + ?Sized)) {
    trouble("store", error);
}

/// The disk refused something.
pub fn disk_trouble(act: &'static str, error: &std::io::Error) {
    if crate::durable::is_full(error) {
        return disk_full(act);
    }
    counter!(TROUBLE).increment(1);
    error!(act, error = error.to_string(), "the disk refuses");
}

/// The disk is full; mail is refused with "try again later" until there is room.
pub fn disk_full(act: &'static str) {
    changes::ring(Kind::Health);
    counter!(TROUBLE).increment(1);
    error!(act, "the disk is full; mail waits until there is room");
}

// ---- connections and logins, of every mail server

/// A mail program connected.
pub fn connected(service: &'static str, from: SocketAddr) {
    counter!(CONNECTIONS, "service" => service).increment(1);
    gauge!(CONNECTIONS_NOW, "service" => service).increment(1.0);
    debug!(service, %from, "connected");
}

/// It is gone. Belongs to exactly one [`connected`].
pub fn disconnected(service: &'static str, from: SocketAddr) {
    gauge!(CONNECTIONS_NOW, "service" => service).decrement(1.0);
    debug!(service, %from, "disconnected");
}

/// A connection was turned away: foreign network, too many.
pub fn turned_away(service: &'static str, from: SocketAddr, why: &(impl Debug + ?Sized)) {
    counter!(TURNED_AWAY, "service" => service).increment(1);
    // Debug, not info: a stranger could fill the disk with these. The counter tells of them.
    debug!(service, %from, ?why, "turned away");
}

/// No TLS with this client.
pub fn tls_failed(service: &'static str, from: SocketAddr, error: &dyn Display) {
    debug!(service, %from, error = error.to_string(), "TLS failed");
}

/// Where the page is, and the fingerprints that people compare when a browser or a device asks them whom to trust.
pub fn page(
    http: Option<SocketAddr>,
    https: Option<SocketAddr>,
    certificate: &str,
    authority: &str,
) {
    let of =
        |address: Option<SocketAddr>| address.map_or("off".to_owned(), |a| a.port().to_string());
    info!(
        http = of(http),
        https = of(https),
        certificate,
        authority,
        "the page"
    );
}

/// A member logged in.
pub fn logged_in(service: &'static str, member: &(impl Display + ?Sized), from: IpAddr) {
    counter!(LOGINS, "service" => service, "outcome" => "welcome").increment(1);
    debug!(service, %member, %from, "logged in");
}

/// A wrong name or password. `name` is one that somebody here has; what else was typed may be a password.
pub fn login_failed(service: &'static str, name: Option<&str>, from: IpAddr) {
    counter!(LOGINS, "service" => service, "outcome" => "wrong").increment(1);
    let name = name.unwrap_or("(one that nobody here has)");
    warn!(service, name, %from, "wrong name or password");
}

/// Too many wrong ones: the next try has to wait.
pub fn login_delayed(service: &'static str, from: IpAddr, delay: Duration) {
    counter!(LOGINS, "service" => service, "outcome" => "later").increment(1);
    debug!(service, %from, delay_s = delay.as_secs(), "login has to wait");
}

// ---- submission and queue

/// A message was taken: fsynced, queued, 250.
pub fn accepted(message: &(impl Display + ?Sized), member: &str, recipients: usize, bytes: u64) {
    changes::ring(Kind::Queue);
    counter!(ACCEPTED).increment(1);
    counter!(ACCEPTED_BYTES).increment(bytes);
    info!(%message, member, recipients, bytes, "accepted");
}

/// The same message came again within a day; answered 250, filed once.
pub fn repeated(message: &(impl Display + ?Sized), member: &str) {
    counter!(REPEATED).increment(1);
    info!(%message, member, "submitted again; kept once");
}

/// A sender, recipient or message was refused.
pub fn refused(
    member: &str,
    from: SocketAddr,
    code: u16,
    what: &str,
    why: &(impl Display + ?Sized),
) {
    counter!(REFUSED).increment(1);
    info!(member, %from, code, what, why = why.to_string(), "refused");
}

/// One recipient's mail got a verdict on its route (`local`, `tox`, `relay`).
pub fn settled(
    message: &(impl Display + ?Sized),
    route: &'static str,
    recipient: &str,
    verdict: &Verdict,
) {
    changes::ring(Kind::Queue);
    let count = |word: &'static str| {
        counter!(SETTLED, "route" => route, "verdict" => word).increment(1);
    };
    match verdict {
        Verdict::Delivered => {
            count("delivered");
            info!(%message, route, recipient, "delivered");
        }
        Verdict::Later { why, .. } => {
            count("later");
            info!(%message, route, recipient, why = why.to_string(), "later");
        }
        Verdict::Never { why } => {
            count("never");
            warn!(%message, route, recipient, why = why.to_string(), "cannot be delivered");
        }
    }
}

/// An account at a mail provider does not work (0 is the home's).
pub fn provider_fails(account: i64, why: &impl Display) {
    changes::ring(Kind::Health);
    counter!(TROUBLE).increment(1);
    warn!(account, why = why.to_string(), "the provider takes nothing");
}

/// A mailbox at a mail provider cannot be fetched.
pub fn fetch_fails(mailbox: i64, why: &impl Display) {
    counter!(TROUBLE).increment(1);
    warn!(
        mailbox,
        why = why.to_string(),
        "the provider's mailbox is not fetched"
    );
}

/// So many deliveries have waited `after`, and their letters go back to their writers.
pub fn expired(deliveries: usize, after: Duration) {
    changes::ring(Kind::Queue);
    warn!(
        deliveries,
        after_s = after.as_secs(),
        "expired; the writers are told"
    );
}

/// The operator took a letter back.
pub fn cancelled(message: &(impl Display + ?Sized)) {
    changes::ring(Kind::Queue);
    info!(%message, "cancelled");
}

/// Letters waited too long for other homes and go by ordinary mail now.
pub fn fell_back(recipients: usize) {
    changes::ring(Kind::Queue);
    info!(recipients, "they waited too long; by ordinary mail now");
}

/// A notice was written to a member: `delay`, `fallback`, `failure`, `success`.
pub fn notified(
    member: &(impl Display + ?Sized),
    kind: &'static str,
    about: &(impl Display + ?Sized),
) {
    counter!(NOTICES).increment(1);
    info!(%member, kind, message = %about, "notice");
}

/// Files in the queue that nobody was promised, left by a crash, were removed.
pub fn swept(folder: &Path, files: usize) {
    info!(folder = ?folder, files, "swept what a crash left");
}

/// A home that was restored from a backup is in its place.
pub fn restored(dir: &Path, before: Option<&Path>) {
    info!(?dir, ?before, "restored from a backup");
}

/// How much waits.
pub fn queue_size(messages: u64, bytes: u64) {
    gauge!(WAITING).set(number(messages));
    gauge!(WAITING_BYTES).set(number(bytes));
}

// ---- friends with chat programs

/// Somebody has an ordinary Tox program: a person said so, or they chat.
pub fn chat_friend(peer: &PeerKey) {
    changes::ring(Kind::Contacts);
    info!(%peer, "chats with an ordinary Tox program");
}

/// What a friend said and sent lies in a mailbox.
pub fn chat_arrived(peer: &PeerKey, member: &(impl Display + ?Sized), bytes: u64) {
    changes::ring(Kind::Store);
    counter!(ARRIVED, "route" => "chat").increment(1);
    info!(%peer, %member, bytes, "a chat arrived");
}

/// A friend has said more than is taken in a day.
pub fn chat_flood(peer: &PeerKey) {
    if let Some(unseen) = seldom("chat flood", peer) {
        warn!(%peer, unseen, "says more than is taken in a day");
    }
}

/// A friend's program has acknowledged a letter.
pub fn chat_handed(
    message: &(impl Display + ?Sized),
    peer: &PeerKey,
    parts: usize,
    took: Duration,
) {
    changes::ring(Kind::Queue);
    info!(%message, %peer, parts, took_ms = took.as_millis(), "handed to the chat program");
}

// ---- between homes

/// Letters for a peer are on their way.
pub fn delivery_started(
    message: &(impl Display + ?Sized),
    peer: &PeerKey,
    recipients: usize,
    bytes: u64,
) {
    info!(%message, %peer, recipients, bytes, "on its way");
}

/// The other home has it on its disk, or says why not.
pub fn receipt(message: &(impl Display + ?Sized), peer: &PeerKey, bytes: u64, took: Duration) {
    counter!(RECEIPTS).increment(1);
    counter!(TRANSFER_BYTES, "direction" => "out").increment(bytes);
    info!(%message, %peer, bytes, took_ms = took.as_millis(), "receipt");
}

/// A letter from a peer begins, or goes on at `offset`.
pub fn transfer_started(peer: &PeerKey, bytes: u64, offset: u64) {
    debug!(%peer, bytes, offset, "a letter comes in");
}

/// A letter that comes in stopped for one of another peer, which holds less; it is offered again.
pub fn transfer_gave_way(peer: &PeerKey, upto: u64) {
    debug!(%peer, upto, "a letter that comes in made way for another");
}

/// An unfinished letter of a peer made room for others; if the peer still offers it, it starts again.
pub fn unfinished_given_up(path: &Path) {
    debug!(path = %path.display(), "an unfinished letter was given up");
}

/// A letter from a peer was filed for a member.
pub fn arrived(peer: &PeerKey, member: &(impl Display + ?Sized), bytes: u64) {
    changes::ring(Kind::Store);
    counter!(ARRIVED, "route" => "tox").increment(1);
    counter!(TRANSFER_BYTES, "direction" => "in").increment(bytes);
    info!(%peer, %member, bytes, "arrived");
}

/// A letter from a peer is done with; what the peer is told, recipient by recipient.
pub fn transfer_filed<T: Debug>(peer: &PeerKey, told: &[T]) {
    debug!(%peer, ?told, "receipt given");
}

/// A peer's letter was not taken.
pub fn offer_refused<T: Debug>(peer: &PeerKey, told: &[T]) {
    if let Some(unseen) = seldom("offer refused", peer) {
        info!(%peer, ?told, unseen, "offer refused");
    }
}

/// A peer broke the protocol and lost its transfer.
pub fn breach(peer: &PeerKey, why: &(impl Debug + ?Sized)) {
    counter!(BREACHES).increment(1);
    if let Some(unseen) = seldom("breach", peer) {
        warn!(%peer, ?why, unseen, "breach of the protocol");
    }
}

/// A peer said Hello: it is a home, and this is the version spoken.
pub fn hello(peer: &PeerKey, version: u32) {
    changes::ring(Kind::Contacts);
    if let Some(unseen) = seldom("hello", peer) {
        info!(%peer, version, unseen, "hello");
    }
}

/// A peer's Toxmail speaks no version of the protocol that this one does.
pub fn incompatible(peer: &PeerKey, versions: &[u16]) {
    changes::ring(Kind::Health);
    if let Some(unseen) = seldom("incompatible", peer) {
        warn!(%peer, ?versions, unseen, "this contact's Toxmail speaks another version; update the older of the two");
    }
}

/// A member's program has changed a contact, or made one.
pub fn card_filed(member: &(impl Display + ?Sized), contact: &str, whose: &'static str) {
    changes::ring(Kind::Contacts);
    info!(%member, contact, whose, "contact changed by CardDAV");
}

/// A member's program has taken a contact out of their address book.
pub fn card_discarded(member: &(impl Display + ?Sized), contact: &str) {
    changes::ring(Kind::Contacts);
    info!(%member, contact, "contact taken out of an address book by CardDAV");
}

/// A contact's home has told who lives there, and something was new.
pub fn directory(peer: &PeerKey, new: &[String]) {
    changes::ring(Kind::Contacts);
    if let Some(unseen) = seldom("directory", peer) {
        info!(%peer, ?new, unseen, "directory");
    }
}

// ---- Tox

/// A new Tox identity was made; the old save file, if there was one, is missing.
pub fn identity_created(key: &PeerKey) {
    info!(%key, "new Tox identity");
}

/// The home's own connection to the Tox network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Nobody answers.
    Offline,
    /// Through TCP relays.
    Tcp,
    /// Directly.
    Udp,
}

/// The connection to the Tox network changed.
pub fn tox_reach(reach: Reach) {
    changes::ring(Kind::Tox);
    changes::ring(Kind::Health);
    gauge!(TOX).set(match reach {
        Reach::Offline => 0.0,
        Reach::Tcp => 1.0,
        Reach::Udp => 2.0,
    });
    match reach {
        Reach::Offline => warn!("Tox: offline"),
        Reach::Tcp => info!("Tox: online through TCP relays"),
        Reach::Udp => info!("Tox: online over UDP"),
    }
}
/// None of the bootstrap nodes has answered so far.
pub fn no_bootstrap_node_answers(rounds: u32) {
    changes::ring(Kind::Health);
    warn!(
        rounds,
        advice =
            "check the connection to the internet; `toxmaild bootstrap import` takes a fresh list",
        "no bootstrap node answers"
    );
}

/// A friend came online, by UDP or through a relay.
pub fn peer_online(peer: &PeerKey, path: &(impl Debug + ?Sized)) {
    changes::ring(Kind::Contacts);
    info!(%peer, ?path, "peer online");
}

/// A friend is reached by a relay alone, through which nothing is to go to them.
pub fn direct_awaited(peer: &PeerKey) {
    info!(%peer, "letters wait for a direct connection to this peer");
}

/// A person has said on which ways a peer may be reached.
pub fn paths_set(peer: &PeerKey, paths: &(impl Debug + ?Sized)) {
    info!(%peer, ?paths, "ways to a peer");
}

/// A letter was written anew for a provider that takes 7 bits only.
pub fn reencoded(message: &(impl Display + ?Sized)) {
    info!(%message, "written anew for a provider that takes 7 bits only");
}

/// A friend went offline.
pub fn peer_offline(peer: &PeerKey) {
    changes::ring(Kind::Contacts);
    info!(%peer, "peer offline");
}

/// So many strangers have asked within an hour that the home's Tox address must be in the wrong hands.
pub fn request_flood(count: usize) {
    changes::ring(Kind::Health);
    warn!(
        count,
        advice = "`toxmaild tox-id renew` gives the home another one; paired homes learn it by themselves",
        "a flood of contact requests from strangers"
    );
}

/// The home has a new Tox address.
pub fn tox_id_renewed(outdated: usize) {
    changes::ring(Kind::Tox);
    info!(outdated_invitations = outdated, "new Tox address");
}

/// A contact's home says that it has a new box; the members are told.
pub fn move_announced(peer: &PeerKey, new: &PeerKey) {
    changes::ring(Kind::Contacts);
    info!(%peer, %new, "a contact announces a new box; `toxmaild move list` shows it");
}

/// An announcement of a new box does not count.
pub fn move_ignored(peer: &PeerKey, why: &str) {
    if let Some(unseen) = seldom("move", peer) {
        warn!(%peer, why, unseen, "an announcement of a new box does not count");
    }
}

/// A person here has confirmed a new box.
pub fn moved(old: &PeerKey, new: &PeerKey, contacts: usize, letters: usize) {
    changes::ring(Kind::Contacts);
    info!(%old, %new, contacts, letters, "a contact has moved to a new box");
}

/// A contact's home has told a Tox address of its own that was not known here.
pub fn tox_id_learned(peer: &PeerKey) {
    if let Some(unseen) = seldom("tox id", peer) {
        info!(%peer, unseen, "new Tox address of a contact");
    }
}

/// A contact's home runs on two boxes at once.
pub fn peer_double(peer: &PeerKey) {
    changes::ring(Kind::Health);
    if let Some(unseen) = seldom("double", peer) {
        warn!(%peer, unseen, "this contact's home runs on two boxes at once, and its letters may go to either");
    }
}

/// A contact's home says that this home runs on two boxes at once.
pub fn seen_double(peer: &PeerKey) {
    changes::ring(Kind::Health);
    if let Some(unseen) = seldom("seen double", peer) {
        warn!(
            %peer,
            unseen,
            advice = "`toxmaild doctor` says what to do",
            "a contact sees this home on two boxes at once"
        );
    }
}

/// How many friends are online.
pub fn peers_online(count: usize) {
    changes::ring(Kind::Contacts);
    gauge!(PEERS_ONLINE).set(number(count as u64));
}

/// Somebody asks to become a contact.
pub fn friend_request(peer: &PeerKey) {
    changes::ring(Kind::Contacts);
    changes::ring(Kind::Health);
    info!(%peer, "contact request; `toxmaild contact requests` shows it");
}

/// Members were asked by mail.
pub fn asked(about: &'static str, members: &[impl Display]) {
    let members: Vec<String> = members.iter().map(ToString::to_string).collect();
    info!(about, members = members.join(","), "question asked by mail");
}

/// A member has answered a question, and it is done.
pub fn answered(member: &(impl Display + ?Sized), about: &'static str, word: &'static str) {
    info!(%member, about, word, "question answered");
}

/// A program has answered a question: nothing is done.
pub fn answer_ignored(member: &(impl Display + ?Sized)) {
    info!(%member, "an automatic answer to a question was ignored");
}

/// An invitation of ours was redeemed.
pub fn invitation_redeemed(peer: &PeerKey) {
    changes::ring(Kind::Contacts);
    info!(%peer, "invitation redeemed");
}

/// A friend was added and is asked.
pub fn friend_asked(peer: &PeerKey) {
    info!(%peer, "contact asked");
}

/// So many sockets of TCP relays hung for good and were cut, so that toxcore makes new ones.
pub fn relay_stalled(sockets: u64) {
    warn!(sockets, "a TCP relay hung; connecting again");
}

// ---- store and POP3

/// A message was filed for a member by a neighbour in this home.
pub fn filed(member: &(impl Display + ?Sized), mailbox: &str, bytes: u64) {
    changes::ring(Kind::Store);
    counter!(ARRIVED, "route" => "local").increment(1);
    info!(%member, mailbox, bytes, "filed");
}

/// A member's mailbox is full.
pub fn over_quota(member: &(impl Display + ?Sized)) {
    warn!(%member, "mailbox full");
}

/// A mailbox was looked through because another program changed it.
pub fn rescanned(
    member: &(impl Display + ?Sized),
    folder: &Path,
    appeared: usize,
    vanished: usize,
) {
    debug!(%member, ?folder, appeared, vanished, "rescanned");
}

/// A file in a mailbox cannot be read: it is left out, and looked at again.
pub fn unreadable_file(error: &std::io::Error) {
    warn!(
        error = error.to_string(),
        "a file in a mailbox cannot be read and is left out"
    );
}

/// A POP3 session ended.
pub fn pop3_session(
    member: &(impl Display + ?Sized),
    from: IpAddr,
    fetched: u64,
    bytes: u64,
    deleted: u64,
) {
    debug!(%member, %from, fetched, bytes, deleted, "POP3 session");
}

/// An IMAP session ended.
pub fn imap_session(
    member: &(impl Display + ?Sized),
    from: IpAddr,
    fetched: u64,
    bytes: u64,
    appended: u64,
) {
    debug!(%member, %from, fetched, bytes, appended, "IMAP session");
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use std::io::Write;
    use std::sync::Arc;

    use super::*;
    use crate::mail::verdict::{Reason, Status};

    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);
    impl Write for Page {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn another_home_does_not_fill_the_log() {
        let (one, two) = (PeerKey::from_bytes([1; 32]), PeerKey::from_bytes([2; 32]));
        let page = logged(|| {
            for _ in 0..1_000 {
                breach(&one, "x");
            }
            breach(&two, "x");
            hello(&one, 1);
        });
        assert_eq!(page.lines().count(), SELDOM as usize + 2, "{page}");
    }

    fn logged(facts: impl FnOnce()) -> String {
        let page = Page::default();
        let writer = page.clone();
        let log = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_max_level(tracing::Level::DEBUG)
            .with_writer(move || writer.clone())
            .finish();
        tracing::subscriber::with_default(log, facts);
        String::from_utf8(page.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn nobody_outside_can_forge_a_line() {
        let from: IpAddr = "127.0.0.1".parse().unwrap();
        let why = Reason::new(Status(5, 1, 1), "no\nINFO ready");
        let log = logged(|| {
            login_failed("submission", Some("eve\nINFO ready \x1b[2J"), from);
            settled(&7, "tox", "a\r\nb@x.tox", &Verdict::Never { why });
        });
        assert_eq!(log.lines().count(), 2, "{log}");
        assert!(!log.contains('\x1b') && !log.contains('\r'), "{log:?}");
    }

    #[test]
    fn facts_become_numbers() {
        let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
        metrics::with_local_recorder(&recorder, || {
            describe();
            accepted(&"1", "anna", 2, 500);
            accepted(&"2", "anna", 1, 500);
            settled(&"1", "local", "bob@toxmail.local", &Verdict::Delivered);
            tox_reach(Reach::Udp);
            connected("pop3", "127.0.0.1:1".parse().unwrap());
            disconnected("pop3", "127.0.0.1:1".parse().unwrap());
        });
        let text = recorder.handle().render();
        for line in [
            "toxmail_accepted_total 2",
            "toxmail_accepted_bytes_total 1000",
            "toxmail_settled_total{route=\"local\",verdict=\"delivered\"} 1",
            "toxmail_tox_connection 2",
            "toxmail_connections{service=\"pop3\"} 0",
            "toxmail_connections_total{service=\"pop3\"} 1",
            "toxmail_refused_total 0",
        ] {
            assert!(text.lines().any(|l| l == line), "{line} in\n{text}");
        }
    }
}
