//! Everything between us and one peer: the Hello, the QUIC link, the control stream and all transfers.
//!
//! The shell calls `handle_*` with what came, then asks `poll_packet`, `poll_datagram`, `poll_pipe` and `poll_event` until
//! each is empty, then sleeps until `poll_timeout`. Nothing here knows a socket, a file or the time of day. What came is
//! only taken in by `handle_*`; the work is done at the next `poll_*`, so a batch of datagrams costs one round of it.
//!
//! This file keeps the readiness, the connection and the timers; `outgoing.rs` and `incoming.rs` have the transfers,
//! `control.rs` stream 0, `last_resort.rs` the way without QUIC.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use quinn_proto::{StreamEvent, StreamId};

use super::control::Control;
use super::event::{
    Answer, Dropped, Event, OfferError, PathKind, Pipe, PipeAct, Sent, Settings, Side,
};
use super::frame::{Directory, Offer, RecipientStatus, TransferId};
use super::hello::{Greeting, HELLO, Heard, Hello, VERSION};
use super::incoming::{Incoming, Line};
use super::last_resort::LastResort;
use super::link::{IDLE, Link, LinkEvent, Loss, Role};
use super::outgoing::Outgoing;
use super::silence::{Silence, Silent, Word};
use super::twins::Processes;

/// First byte of a lossless packet with a piece of a reply in the last resort.
pub const REPLY: u8 = 161;
/// First byte of the lossless packet by which a QUIC server asks its client to connect.
pub const KNOCK: u8 = 162;

/// How long QUIC may try before the last resort is taken.
const HANDSHAKE: Duration = Duration::from_secs(30);
const KNOCK_AGAIN: Duration = Duration::from_secs(5);
/// A knock is remembered this long.
const KNOCK_HOLDS: Duration = Duration::from_secs(30);
/// While transfers run and nothing else is said, the link is kept from its idle end this often.
const PING_EVERY: Duration = Duration::from_secs(20);
const FIRST_RETRY: Duration = Duration::from_millis(500);
const LAST_RETRY: Duration = Duration::from_secs(60);
/// A process that follows another one sooner than this comes from a peer that plays with us: a real one needs ten seconds
/// to be seen again.
const HASTY: Duration = Duration::from_secs(5);
/// So many complaints about a peer are told in a minute; each is a line in the log.
const COMPLAINTS: u32 = 20;
const COMPLAINTS_PER: Duration = Duration::from_secs(60);

/// The code with which streams and connections are ended.
pub(super) mod code {
    /// Nothing more is wanted; the reply says why.
    pub(in super::super) const DONE: u32 = 0;
    /// The transfer is withdrawn.
    pub(in super::super) const WITHDRAWN: u32 = 1;
    /// The protocol was broken.
    pub(in super::super) const BREACH: u32 = 2;
    /// Too long without a word.
    pub(in super::super) const SILENT: u32 = 3;
}

/// Everything between us and one peer.
pub struct Exchange {
    pub(super) settings: Settings,
    role: Role,
    /// The latest time that was told.
    pub(super) now: Instant,
    pub(super) greeting: Greeting,
    /// `Ready` was told and not taken back.
    announced: bool,
    /// What was told of as incompatible.
    incompatible: Option<Vec<u16>>,
    complaints: Complaints,
    relayed: bool,
    pub(super) link: Option<Link>,
    pub(super) control: Control,
    pub(super) outgoing: BTreeMap<TransferId, Outgoing>,
    pub(super) outgoing_streams: HashMap<StreamId, TransferId>,
    /// The order in which transfers were offered.
    pub(super) offered: u64,
    pub(super) incoming: BTreeMap<Line, Incoming>,
    pub(super) incoming_names: HashMap<TransferId, Line>,
    pub(super) last_resort: LastResort,
    pub(super) events: VecDeque<Event>,
    pub(super) packets: VecDeque<Vec<u8>>,
    /// Something came in or was asked for since the last round of work.
    pub(super) dirty: bool,
    /// Links lost in a row without a word of success between.
    failures: u32,
    retry_at: Option<Instant>,
    knock_at: Option<Instant>,
    knocked: Option<Instant>,
    connecting_since: Option<Instant>,
    /// Offline since a while: then everything is dropped.
    forget_at: Option<Instant>,
    ping_at: Option<Instant>,
    silence: Silence,
    /// When the peer's process was last found to be another one.
    renewed: Option<Instant>,
    processes: Processes,
}

/// Complaints about the peer in the minute that began then.
#[derive(Default)]
struct Complaints {
    since: Option<Instant>,
    count: u32,
}

impl Complaints {
    /// Whether one more may be told.
    fn admit(&mut self, now: Instant) -> bool {
        if self.since.is_none_or(|since| now >= since + COMPLAINTS_PER) {
            self.since = Some(now);
            self.count = 0;
        }
        self.count = self.count.saturating_add(1);
        self.count <= COMPLAINTS
    }
}

impl Exchange {
    /// Before anything was heard of the peer.
    pub fn new(now: Instant, side: Side, settings: Settings) -> Self {
        Self {
            role: if side.ours < side.theirs {
                Role::Client
            } else {
                Role::Server
            },
            now,
            greeting: Greeting::new(settings.nonce, settings.limits),
            announced: false,
            incompatible: None,
            complaints: Complaints::default(),
            relayed: false,
            link: None,
            control: Control::default(),
            outgoing: BTreeMap::new(),
            outgoing_streams: HashMap::new(),
            offered: 0,
            incoming: BTreeMap::new(),
            incoming_names: HashMap::new(),
            last_resort: LastResort::default(),
            events: VecDeque::new(),
            packets: VecDeque::new(),
            dirty: false,
            failures: 0,
            retry_at: None,
            knock_at: None,
            knocked: None,
            connecting_since: None,
            forget_at: None,
            ping_at: None,
            silence: Silence::default(),
            renewed: None,
            processes: Processes::default(),
            settings,
        }
    }

    /// The peer came online in Tox, or the way to it changed.
    pub fn handle_online(&mut self, now: Instant, path: PathKind) {
        self.at(now);
        let relayed = path == PathKind::TcpRelay;
        let changed = std::mem::replace(&mut self.relayed, relayed) != relayed;
        if !self.greeting.is_online() {
            // The link goes on when the peer's Hello says that it is still the same process.
            self.greeting.set_double(self.processes.are_two(now));
            self.greeting.online(now);
            self.forget_at = None;
        } else if changed && let Some(link) = &mut self.link {
            link.path_changed(now);
        }
    }

    /// The peer went offline in Tox. The link is kept for a short while: most outages are short.
    pub fn handle_offline(&mut self, now: Instant) {
        self.at(now);
        if !self.greeting.is_online() {
            return;
        }
        self.greeting.offline();
        self.packets.clear();
        self.connecting_since = None;
        self.knock_at = None;
        self.forget_at = Some(now + IDLE);
        // toxcore ends every file transfer with a friend who goes offline.
        self.drop_pipes();
        self.take_back();
    }

    /// A lossless packet of the peer whose first byte is 160 to 163, first byte included.
    pub fn handle_packet(&mut self, now: Instant, packet: &[u8]) {
        self.heard(now);
        match packet.first() {
            Some(&HELLO) => match Hello::decode(packet) {
                Ok(hello) => self.hear(now, hello),
                Err(_) => self.breach(None, "a Hello that is none"),
            },
            Some(&REPLY) => self.handle_reply(&packet[1..]),
            Some(&KNOCK) if self.role == Role::Client => {
                self.knocked = Some(now);
                // The peer has no connection. If we think we have, this finds out.
                if let Some(link) = &mut self.link {
                    link.ping();
                }
            }
            // 163 is for a later version.
            _ => {}
        }
    }

    fn hear(&mut self, now: Instant, hello: Hello) {
        let versions = hello.versions.clone();
        let known = self.greeting.theirs().is_some();
        let back = self.greeting.is_online() && !self.greeting.is_heard();
        if hello.seen.is_none() && self.greeting.is_mutual() {
            // Their session is a new one, though ours is not: they may not have listened for a while. What was tried in that
            // time tells nothing of now, and their Tox may have forgotten our pipes.
            self.last_resort.deactivate();
            self.drop_pipes();
            self.retry_at = None;
        }
        self.look_double(now, &hello);
        match self.greeting.hear(now, hello) {
            Heard::Again => {
                if let Some(link) = self.link.as_mut().filter(|_| back) {
                    link.path_changed(now);
                }
            }
            Heard::Anew => {
                if known {
                    self.renew(now);
                }
                self.control.is_due = self.control.directory.is_some();
            }
        }
        if self.greeting.version().is_none() {
            self.take_back();
            if self.incompatible.as_ref() != Some(&versions) && self.complaints.admit(now) {
                self.incompatible = Some(versions.clone());
                self.events.push_back(Event::Incompatible { versions });
            }
        } else {
            self.incompatible = None;
        }
    }

    /// Whether the peer is one home on two boxes, and whether it says so of us.
    fn look_double(&mut self, now: Instant, hello: &Hello) {
        let double = self.processes.hear(now, hello.nonce);
        self.greeting.set_double(double);
        let known = self.greeting.theirs();
        let anew = known.is_none_or(|known| known.nonce != hello.nonce);
        if double && anew && self.complaints.admit(now) {
            self.events.push_back(Event::Double);
        }
        if hello.double && self.complaints.admit(now) {
            self.events.push_back(Event::SeenDouble);
        }
    }

    /// The peer's process is another one: nothing that ran with the old one is left.
    fn renew(&mut self, now: Instant) {
        self.take_back();
        self.drop_everything(Dropped::PeerRestarted);
        if self.renewed.is_some_and(|at| now < at + HASTY) {
            self.wait_to_retry(now);
        } else {
            self.failures = 0;
            self.retry_at = None;
        }
        self.renewed = Some(now);
    }

    /// Nothing is offered and no connection begun for a while, longer each time.
    fn wait_to_retry(&mut self, now: Instant) {
        let wait = FIRST_RETRY * 2u32.saturating_pow(self.failures.min(10));
        self.retry_at = Some(now + wait.min(LAST_RETRY));
        self.failures = self.failures.saturating_add(1);
    }

    /// A lossy packet of the peer whose first byte is 200, first byte included.
    pub fn handle_datagram(&mut self, now: Instant, packet: &[u8]) {
        let Some((&super::link::DATAGRAM, datagram)) = packet.split_first() else {
            return;
        };
        if !self.greeting.is_online() || (self.link.is_none() && !self.greeting.is_heard()) {
            return;
        }
        self.at(now);
        let missed = self.silent().is_some();
        let link = self.make_link();
        let before = link.acknowledged();
        link.handle(now, datagram);
        let word = if link.acknowledged() == before {
            Word::Other
        } else {
            Word::Answer
        };
        self.silence.hear(now, word);
        if missed
            && word == Word::Answer
            && let Some(link) = &mut self.link
        {
            // It may be an answer to what was sent long ago, whose round trip says nothing of the way that is there now. What
            // is asked now has a short one, and shows what was lost.
            link.path_changed(now);
            link.ask();
        }
    }

    /// The time that `poll_timeout` told has come (or is near).
    pub fn handle_timeout(&mut self, now: Instant) {
        self.at(now);
        if let Some(link) = &mut self.link {
            link.handle_timeout(now);
        }
        if self.forget_at.is_some_and(|at| at <= now) {
            self.forget_at = None;
            self.drop_everything(Dropped::LinkLost);
        }
        self.expire_outgoing(now);
        self.expire_incoming(now);
        if self.ping_at.is_some_and(|at| at <= now) {
            self.ping_at = Some(now + PING_EVERY);
            if let Some(link) = self.link.as_mut().filter(|_| !self.outgoing.is_empty()) {
                link.ping();
            }
        }
        if self.expects_answers()
            && self.silence.due().is_some_and(|at| at <= now)
            && let Some(link) = &mut self.link
        {
            self.silence.ask(now);
            link.ask();
        }
    }

    /// The next lossless packet to send, first byte included; at most 1373 bytes. Keep it until Tox took it.
    pub fn poll_packet(&mut self) -> Option<Vec<u8>> {
        self.work();
        self.greeting
            .poll(self.now)
            .or_else(|| self.packets.pop_front())
            .or_else(|| self.last_resort.poll_reply())
    }

    /// The next lossy packet to send, first byte included; at most 1373 bytes. It may be lost.
    pub fn poll_datagram(&mut self, now: Instant) -> Option<Vec<u8>> {
        if now > self.now {
            self.now = now;
        }
        self.work();
        // A peer that is back may have started anew: what the link has in flight would go to nobody.
        if !self.greeting.is_heard() {
            return None;
        }
        self.link.as_mut()?.poll_transmit(self.now)
    }

    /// What happened.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.work();
        if self.events.is_empty() {
            // Streams are read only when the shell has taken what was read before: whoever floods us fills QUIC's
            // bounded windows, not our memory.
            self.read_streams();
            self.work();
        }
        self.events.pop_front()
    }

    /// When `handle_timeout` is due.
    pub fn poll_timeout(&mut self) -> Option<Instant> {
        self.work();
        let online = self.greeting.is_online();
        let trying = self.greeting.is_mutual()
            && self.retry_at.is_none()
            && self.needs_connection()
            && !self.is_connected();
        [
            self.greeting.deadline(),
            self.link.as_mut().and_then(Link::poll_timeout),
            self.forget_at,
            self.retry_at.filter(|_| online),
            self.knock_at
                .filter(|_| trying && !self.last_resort.is_active(self.now)),
            self.connecting_since
                .filter(|_| trying && !self.last_resort.is_active(self.now))
                .map(|since| since + HANDSHAKE),
            self.ping_at
                .filter(|_| self.is_connected() && !self.outgoing.is_empty()),
            self.silence.due().filter(|_| self.expects_answers()),
            self.last_resort.deadline().filter(|_| trying),
            self.outgoing_deadline(),
            self.incoming_deadline(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Takes on a transfer to the peer.
    ///
    /// # Errors
    /// It cannot be taken on now; see `OfferError`.
    pub fn offer(&mut self, now: Instant, offer: Offer) -> Result<(), OfferError> {
        self.at(now);
        self.work();
        if !self.announced {
            return Err(OfferError::NotReady);
        }
        self.dirty = true;
        self.take_on(offer)
    }

    /// From now on `sent` tells how far a transfer of ours is, as long as it runs.
    pub fn watch(&mut self, id: TransferId, sent: Arc<Sent>) {
        if let Some(outgoing) = self.outgoing.get_mut(&id) {
            outgoing.sender.watch(sent);
        }
    }

    /// Travelling bytes of a transfer of ours, at the offset of the last `Want`, at most as many as it asked for.
    pub fn feed(&mut self, now: Instant, id: TransferId, offset: u64, bytes: Bytes) {
        self.at(now);
        if let Some(outgoing) = self.outgoing.get_mut(&id) {
            outgoing.sender.feed(offset, bytes);
        }
    }

    /// A transfer of ours will not be offered again. Ends it without an event, whether or not it runs.
    pub fn withdraw(&mut self, now: Instant, id: TransferId) {
        self.at(now);
        self.withdraw_outgoing(id);
        self.control.withdraw(id);
    }

    /// Our answer to `Event::Offered`. Too late or unknown: nothing happens.
    pub fn answer(&mut self, now: Instant, id: TransferId, answer: Answer) {
        self.at(now);
        self.answer_incoming(id, answer);
    }

    /// The disk has the travelling bytes up to here: as many more may come.
    pub fn wrote(&mut self, now: Instant, id: TransferId, upto: u64) {
        self.at(now);
        self.credit_incoming(id, upto);
    }

    /// What became of a transfer of theirs, for each recipient in the offer's order: after `Complete`, or before it to
    /// give up half-way (then nobody can be `Stored`). Too late or unknown: nothing happens, the peer will offer it
    /// again.
    pub fn receipt(&mut self, now: Instant, id: TransferId, told: Vec<RecipientStatus>) {
        self.at(now);
        self.receipt_incoming(id, told);
    }

    /// What we tell the peer of ourselves: on every new link, and now if it changed.
    pub fn set_directory(&mut self, now: Instant, directory: Directory) {
        self.at(now);
        self.control.set_directory(directory);
    }

    /// The largest message that is taken from now on, uncompressed. The peer hears it by a Hello.
    pub fn set_max_message_bytes(&mut self, now: Instant, bytes: u64) {
        self.at(now);
        self.settings.limits.max_message_bytes = bytes;
        self.greeting.set_limits(now, self.settings.limits);
    }

    /// Last resort, when QUIC does not get through: what to do with outgoing pipes (toxcore file transfers of a known
    /// size).
    pub fn poll_pipe(&mut self) -> Option<PipeAct> {
        self.work();
        self.last_resort.poll_act()
    }

    /// Exactly `length` bytes of an outgoing pipe from `position` on; `None` = not there yet, ask again after `feed`.
    /// Positions come in order.
    pub fn pipe_chunk(
        &mut self,
        now: Instant,
        pipe: u32,
        position: u64,
        length: usize,
    ) -> Option<Bytes> {
        self.at(now);
        self.chunk_of_pipe(pipe, position, length)
    }

    /// An outgoing pipe was cancelled by the peer or by Tox, or could not be opened.
    pub fn pipe_broken(&mut self, now: Instant, pipe: u32) {
        self.at(now);
        self.break_pipe(pipe);
    }

    /// The peer opens a pipe to us, under a number of the shell's choice: whether to accept it.
    pub fn handle_pipe_open(&mut self, now: Instant, pipe: u32, size: u64) -> Pipe {
        self.heard(now);
        self.open_incoming_pipe(pipe, size)
    }

    /// Bytes came through an incoming pipe, in order.
    pub fn handle_pipe_bytes(
        &mut self,
        now: Instant,
        pipe: u32,
        position: u64,
        bytes: &[u8],
    ) -> Pipe {
        self.heard(now);
        self.read_pipe(pipe, position, bytes)
    }

    /// How an incoming pipe stands; ask again after `wrote` when it was `Paused`.
    pub fn pipe_state(&mut self, pipe: u32) -> Pipe {
        self.state_of_pipe(pipe)
    }

    /// An incoming pipe has ended, whole or not.
    pub fn handle_pipe_closed(&mut self, now: Instant, pipe: u32) {
        self.at(now);
        self.close_incoming_pipe(pipe);
    }

    /// A connection between the homes stands at present.
    pub fn is_connected(&self) -> bool {
        self.link.as_ref().is_some_and(Link::is_established)
    }

    /// The peer is behind a relay, was asked while transfers run, and should have answered by now.
    pub fn silent(&self) -> Option<Silent> {
        let round_trip = self.link.as_ref()?.round_trip();
        self.silence
            .overdue(self.now, round_trip)
            .filter(|_| self.expects_answers())
    }

    /// Transfers run through a relay, so that silence means something.
    fn expects_answers(&self) -> bool {
        self.relayed
            // Before that nothing is sent, and so nothing asked.
            && self.greeting.is_heard()
            && self.is_connected()
            && !(self.outgoing.is_empty() && self.incoming.is_empty())
    }

    /// How it stands, for the failure of a test.
    #[cfg(test)]
    pub(super) fn state(&self) -> String {
        format!(
            "ready {}, online {}, mutual {}, connected {}, falls back {}, {} out, {} in, retry in {:?}, {}",
            self.announced,
            self.greeting.is_online(),
            self.greeting.is_mutual(),
            self.is_connected(),
            self.is_falling_back(),
            self.outgoing.len(),
            self.incoming.len(),
            self.retry_at
                .map(|at| at.saturating_duration_since(self.now)),
            self.last_resort.state(),
        )
    }

    /// Bytes that lie in this machine's own memory because of the peer: QUIC's windows come on top of them.
    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        let events: usize = self
            .events
            .iter()
            .map(|event| match event {
                Event::Data { bytes, .. } => bytes.len(),
                Event::Offered { .. } => 64 * 1024,
                _ => 256,
            })
            .sum();
        let incoming: usize = self.incoming.values().map(Incoming::held).sum();
        let replies: usize = self.outgoing.values().map(Outgoing::held).sum();
        events + incoming + replies + self.last_resort.held() + self.packets.len() * 1373
    }

    /// The last resort is in use: QUIC does not get through.
    pub fn is_falling_back(&self) -> bool {
        self.last_resort.is_active(self.now)
    }

    fn at(&mut self, now: Instant) {
        // QUIC wants time that never goes back.
        self.now = self.now.max(now);
        self.dirty = true;
    }

    /// The peer has said something that acknowledges nothing.
    fn heard(&mut self, now: Instant) {
        self.at(now);
        self.silence.hear(now, Word::Other);
    }

    pub(super) fn breach(&mut self, id: Option<TransferId>, why: &'static str) {
        if self.complaints.admit(self.now) {
            self.events.push_back(Event::Breach { id, why });
        }
    }

    /// The peer did something that only a working link brings.
    pub(super) fn succeed(&mut self) {
        self.failures = 0;
    }

    /// One round of work: what came is understood, what is due is prepared.
    fn work(&mut self) {
        if !self.dirty {
            return;
        }
        self.dirty = false;
        let now = self.now;
        self.hear_link(now);
        if self.retry_at.is_some_and(|at| at <= now) {
            self.retry_at = None;
        }
        if self.last_resort.deadline().is_some_and(|at| at <= now) {
            self.last_resort.deactivate();
        }
        if !self.announced
            && self.retry_at.is_none()
            && self.greeting.is_mutual()
            && let Some(theirs) = self.greeting.theirs()
        {
            self.announced = true;
            self.events.push_back(Event::Ready {
                version: VERSION,
                limits: theirs.limits,
            });
        }
        self.connect(now);
        if self.is_connected() {
            self.flush_control();
            self.offer_waiting(now);
            self.write_streams(now);
            self.flush_replies();
        } else if self.last_resort.is_active(now) && self.greeting.is_mutual() {
            self.offer_by_pipe(now);
        }
        self.ask_for_content();
        if !self.expects_answers() {
            self.silence.rest();
        }
        if self.link.as_ref().is_some_and(Link::is_empty) {
            self.link = None;
        }
    }

    fn hear_link(&mut self, now: Instant) {
        while let Some(event) = self.link.as_mut().and_then(|link| link.poll(now)) {
            match event {
                LinkEvent::Connected => {
                    self.connecting_since = None;
                    self.knock_at = None;
                    self.knocked = None;
                    self.ping_at = Some(now + PING_EVERY);
                    self.last_resort.deactivate();
                    if self.role == Role::Client {
                        self.open_control();
                    }
                }
                LinkEvent::Lost(loss) => self.lose_link(now, loss),
                LinkEvent::Stream(StreamEvent::Opened { .. }) => self.accept_streams(now),
                LinkEvent::Stream(StreamEvent::Readable { id }) => {
                    if self.control.stream == Some(id) {
                        self.control.readable = true;
                    } else if let Some(incoming) = self.incoming.get_mut(&Line::Stream(id)) {
                        incoming.readable = true;
                    } else {
                        self.read_replies(now, id);
                    }
                }
                LinkEvent::Stream(StreamEvent::Stopped { id, error_code }) => {
                    self.stop_outgoing(id, error_code.into_inner());
                }
                LinkEvent::Stream(_) => {}
            }
        }
    }

    /// Does what is needed to come to a connection, if one is needed.
    fn connect(&mut self, now: Instant) {
        if self.is_connected() || !self.greeting.is_mutual() || self.retry_at.is_some() {
            return;
        }
        if !self.needs_connection() {
            self.connecting_since = None;
            return;
        }
        if self.last_resort.is_active(now) {
            return;
        }
        let since = *self.connecting_since.get_or_insert(now);
        if now >= since + HANDSHAKE {
            self.connecting_since = None;
            if let Some(link) = self.link.as_mut().filter(|_| self.role == Role::Client) {
                link.close(now, code::SILENT, "no handshake");
            }
            self.last_resort.activate(now);
            return;
        }
        match self.role {
            Role::Client => self.make_link().connect(now),
            Role::Server => {
                let handshaking = self.link.as_ref().is_some_and(Link::is_connecting);
                if self.knock_at.is_none_or(|at| at <= now) {
                    self.knock_at = Some(now + KNOCK_AGAIN);
                    if !handshaking {
                        self.packets.push_back(vec![KNOCK]);
                    }
                }
            }
        }
    }

    fn needs_connection(&self) -> bool {
        !self.outgoing.is_empty()
            || self.control.is_due
            || self.knocked.is_some_and(|at| self.now < at + KNOCK_HOLDS)
    }

    fn make_link(&mut self) -> &mut Link {
        let Self {
            link,
            settings,
            role,
            ..
        } = self;
        // The control stream, the transfers granted, and some that are just closing.
        let streams = settings
            .limits
            .max_transfers
            .saturating_add(settings.limits.max_inline_transfers)
            .saturating_add(5);
        link.get_or_insert_with(|| {
            Link::new(
                *role,
                &settings.credentials,
                settings.controller,
                streams,
                settings.seed,
            )
        })
    }

    /// The connection is gone; the peer stands.
    fn lose_link(&mut self, now: Instant, loss: Loss) {
        let dropped = self.drop_streams();
        self.control.disconnect();
        let peaceful = match loss {
            Loss::Silence | Loss::Ended => !dropped && !self.needs_connection(),
            Loss::Replaced => true,
            Loss::Failed => false,
        };
        // Tell the shell again that it may offer: at once when the peer has made a new connection, after a growing wait
        // when something is wrong, so that a peer that breaks every link causes no storm.
        self.announced &= !dropped && peaceful;
        if !peaceful {
            self.wait_to_retry(now);
            self.announced = false;
        }
    }

    /// The peer broke the protocol in a way that leaves nothing to trust on this link.
    pub(super) fn break_link(&mut self, why: &'static str) {
        let now = self.now;
        if let Some(link) = &mut self.link {
            link.close(now, code::BREACH, why);
        }
        self.lose_link(now, Loss::Failed);
        self.breach(None, why);
    }

    /// Nothing of what ran with the peer is left.
    fn drop_everything(&mut self, why: Dropped) {
        let now = self.now;
        if let Some(link) = &mut self.link {
            link.close(now, code::SILENT, "forgotten");
        }
        self.link = None;
        self.drop_streams_because(&why);
        self.drop_pipes();
        self.drop_waiting(&why);
        self.control.disconnect();
        self.last_resort.deactivate();
        self.packets.clear();
        self.connecting_since = None;
        self.knocked = None;
        self.knock_at = None;
    }

    /// Offers are not welcome for now.
    fn take_back(&mut self) {
        if self.announced {
            self.announced = false;
            self.events.push_back(Event::Lost);
        }
    }
}
