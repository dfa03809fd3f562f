//! The Tox agent: one [`Exchange`] a peer on the Tox thread, fed with what Tox brings, drained into Tox.
//!
//! It never touches a disk and never waits: disk work is done by [`Inbound`] and [`Outbound`] in threads of their own,
//! which answer with an [`Errand`].

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use bytes::Bytes;

use super::announcement::Announcement;
use super::chat::{self, Chat, Friends, Talk};
use super::direct::Direct;
use super::inbound::Inbound;
use super::outbound::Outbound;
use super::pairing::Pairing;
use super::pipes::Pipes;
use crate::journal;
use crate::mail::address::PeerKey;
use crate::tox::{
    Connection, Event as ToxEvent, FileControl, Missed, Port, Rider, SendError, Waker,
};
use crate::transfer::frame::Offer;
use crate::transfer::{
    Answer, Answered, Event, Exchange, PathKind, Pipe, RecipientStatus, Sent, Settings, Side,
    Silent, TransferId,
};

/// Datagrams sent for one peer before the others have their turn.
const BATCH: usize = 64;

/// Work for the Tox thread.
#[derive(Debug)]
pub enum Errand {
    /// Offer a letter.
    Offer {
        /// To whom.
        peer: PeerKey,
        /// What.
        offer: Offer,
        /// Where to tell how far it is.
        sent: Arc<Sent>,
    },
    /// More bytes of a letter.
    Feed {
        /// For whom.
        peer: PeerKey,
        /// Of which.
        id: TransferId,
        /// Where they begin.
        offset: u64,
        /// The bytes.
        bytes: Bytes,
    },
    /// Take a letter back.
    Withdraw {
        /// From whom.
        peer: PeerKey,
        /// Which.
        id: TransferId,
    },
    /// The answer to an offer.
    Answer {
        /// Whose.
        peer: PeerKey,
        /// Which.
        id: TransferId,
        /// What.
        answer: Answer,
    },
    /// The disk has the bytes up to here.
    Wrote {
        /// Whose.
        peer: PeerKey,
        /// Of which.
        id: TransferId,
        /// Up to where.
        upto: u64,
    },
    /// The word on a letter that came whole, or was given up.
    Receipt {
        /// Whose.
        peer: PeerKey,
        /// Of which.
        id: TransferId,
        /// For each recipient.
        told: Vec<RecipientStatus>,
    },
    /// What this home says of itself, from now on.
    Directory(Announcement),
    /// The largest letter that this home takes, in bytes, from now on.
    MaxMessageBytes(u64),
    /// On which ways somebody may be reached has changed.
    Ways,
    /// A contact was removed or blocked.
    Forget {
        /// Who.
        peer: PeerKey,
    },
    /// Something between us and a friend with a chat program.
    Chat {
        /// Who.
        peer: PeerKey,
        /// What.
        errand: chat::Errand,
    },
}

/// Where errands are left for the Tox thread; cheap to clone.
#[derive(Clone)]
pub struct Errands {
    queue: Sender<Errand>,
    waker: Arc<OnceLock<Waker>>,
}

impl Errands {
    /// An empty list of errands, and the end that the courier takes.
    pub fn new() -> (Self, Receiver<Errand>) {
        let (queue, receiver) = channel();
        let waker = Arc::default();
        (Self { queue, waker }, receiver)
    }

    /// Leaves one and wakes the Tox thread. After that thread has stopped nobody does it, and nothing is lost: the rows in
    /// the queue are the truth.
    pub fn send(&self, errand: Errand) {
        if self.queue.send(errand).is_ok()
            && let Some(waker) = self.waker.get()
        {
            waker.wake();
        }
    }

    /// Connects them to the Tox thread once it runs.
    pub fn connect(&self, waker: Waker) {
        let waker = self.waker.get_or_init(|| waker);
        // For what was left before.
        waker.wake();
    }
}

/// The rider of the Tox thread.
pub struct Courier {
    ourselves: PeerKey,
    settings: Settings,
    announcement: Announcement,
    errands: Receiver<Errand>,
    inbound: Arc<Inbound>,
    outbound: Arc<Outbound>,
    pairing: Arc<Pairing>,
    friends: Friends,
    direct: Arc<Direct>,
    lines: HashMap<PeerKey, Line>,
    /// Who has something to be drained.
    busy: BTreeSet<PeerKey>,
}

/// Everything between us and one peer on this thread.
struct Line {
    exchange: Exchange,
    /// As Tox has it.
    connection: Connection,
    /// The same as far as letters are concerned: offline where a relay alone leads there, and must not be used.
    way: Connection,
    /// A packet that Tox has not taken yet.
    packet: Option<Vec<u8>>,
    datagram: Option<Vec<u8>>,
    due: Option<Instant>,
    pipes: Pipes,
    talk: Talk,
}

impl Line {
    /// Tox has a connection that letters must not use.
    fn is_held(&self) -> bool {
        self.connection.is_online() && !self.way.is_online()
    }
}

/// The other rooms that the Tox thread tells what came.
pub struct Agents {
    /// Letters from homes.
    pub inbound: Arc<Inbound>,
    /// Letters to homes.
    pub outbound: Arc<Outbound>,
    /// How homes come to know each other.
    pub pairing: Arc<Pairing>,
    /// Friends with ordinary Tox programs.
    pub chat: Arc<Chat>,
    /// Who is one.
    pub friends: HashSet<PeerKey>,
    /// Who is reached directly or not at all.
    pub direct: Arc<Direct>,
}

impl Courier {
    /// A rider for the home with this key.
    pub fn new(
        ourselves: PeerKey,
        settings: Settings,
        errands: Receiver<Errand>,
        agents: Agents,
    ) -> Self {
        Self {
            ourselves,
            settings,
            announcement: Announcement::default(),
            errands,
            inbound: agents.inbound,
            outbound: agents.outbound,
            pairing: agents.pairing,
            friends: Friends::new(agents.chat, agents.friends),
            direct: agents.direct,
            lines: HashMap::new(),
            busy: BTreeSet::new(),
        }
    }

    fn line(&mut self, now: Instant, peer: PeerKey) -> &mut Line {
        self.busy.insert(peer);
        let Self {
            ourselves,
            settings,
            announcement,
            lines,
            ..
        } = self;
        lines.entry(peer).or_insert_with(|| {
            let side = Side {
                ours: *ourselves.as_bytes(),
                theirs: *peer.as_bytes(),
            };
            let mut exchange = Exchange::new(now, side, settings.clone());
            exchange.set_directory(now, announcement.for_peer(&peer));
            Line {
                exchange,
                connection: Connection::Offline,
                way: Connection::Offline,
                packet: None,
                datagram: None,
                due: None,
                pipes: Pipes::default(),
                talk: Talk::default(),
            }
        })
    }

    fn connected(&mut self, now: Instant, peer: PeerKey, connection: Connection) {
        let line = self.line(now, peer);
        let was = std::mem::replace(&mut line.connection, connection);
        if connection.is_online() {
            journal::peer_online(&peer, &connection);
        } else if was.is_online() {
            journal::peer_offline(&peer);
        }
        self.take_way(now, peer);
        if was.is_online()
            && !connection.is_online()
            && let Some(line) = self.lines.get_mut(&peer)
        {
            self.friends.connected(peer, &mut line.talk, connection);
        }
        if connection.is_online() != was.is_online() {
            // Also when it goes: it may have been there for weeks.
            self.pairing.online(peer);
        }
    }

    /// Letters take the way that Tox has found, if they may.
    fn take_way(&mut self, now: Instant, peer: PeerKey) {
        let direct = Arc::clone(&self.direct);
        let line = self.line(now, peer);
        let was_held = line.is_held() && direct.awaits(&peer);
        let way = direct.way(&peer, line.connection);
        let was = std::mem::replace(&mut line.way, way);
        let path = match way {
            Connection::Udp => Some(PathKind::Udp),
            Connection::Tcp => Some(PathKind::TcpRelay),
            Connection::Offline => None,
        };
        match path {
            Some(path) => line.exchange.handle_online(now, path),
            None => {
                line.packet = None;
                line.datagram = None;
                if line.connection.is_online() {
                    line.pipes.end();
                } else {
                    line.pipes = Pipes::default();
                }
                line.exchange.handle_offline(now);
            }
        }
        let Some(line) = self.lines.get_mut(&peer) else {
            return;
        };
        if way.is_online() && !was.is_online() {
            self.friends.connected(peer, &mut line.talk, way);
        } else if line.is_held() && !was_held {
            journal::direct_awaited(&peer);
            self.friends.hold(peer, &mut line.talk);
        }
    }

    fn run(&mut self, now: Instant, errand: Errand) {
        match errand {
            Errand::Offer { peer, offer, sent } => {
                let id = offer.id;
                let exchange = &mut self.line(now, peer).exchange;
                match exchange.offer(now, offer) {
                    Ok(()) => exchange.watch(id, sent),
                    Err(e) => self.outbound.not_offered(peer, id, &e),
                }
            }
            Errand::Feed {
                peer,
                id,
                offset,
                bytes,
            } => self.line(now, peer).exchange.feed(now, id, offset, bytes),
            Errand::Withdraw { peer, id } => self.line(now, peer).exchange.withdraw(now, id),
            Errand::Answer { peer, id, answer } => {
                self.line(now, peer).exchange.answer(now, id, answer);
            }
            Errand::Wrote { peer, id, upto } => self.line(now, peer).exchange.wrote(now, id, upto),
            Errand::Receipt { peer, id, told } => {
                self.line(now, peer).exchange.receipt(now, id, told);
            }
            Errand::Directory(announcement) => {
                self.announcement = announcement;
                for (peer, line) in &mut self.lines {
                    let directory = self.announcement.for_peer(peer);
                    line.exchange.set_directory(now, directory);
                    self.busy.insert(*peer);
                }
            }
            Errand::MaxMessageBytes(bytes) => {
                self.settings.limits.max_message_bytes = bytes;
                for (peer, line) in &mut self.lines {
                    line.exchange.set_max_message_bytes(now, bytes);
                    self.busy.insert(*peer);
                }
            }
            Errand::Chat { peer, errand } => {
                self.line(now, peer);
                if let Some(line) = self.lines.get_mut(&peer) {
                    let way = line.way;
                    self.friends.run(peer, &mut line.talk, way, errand);
                }
            }
            Errand::Ways => {
                let peers: Vec<PeerKey> = self.lines.keys().copied().collect();
                for peer in peers {
                    self.take_way(now, peer);
                }
            }
            Errand::Forget { peer } => {
                self.friends.part(&peer);
                self.lines.remove(&peer);
                self.inbound.parted(peer);
                self.outbound.parted(peer);
                self.busy.remove(&peer);
            }
        }
    }

    /// The time of some has come.
    fn look_at_timers(&mut self, now: Instant) {
        for (peer, line) in &mut self.lines {
            // While Tox has no room nothing is due for a turn, but a link that nobody hears has to end all the same.
            let due = line.due.or_else(|| line.exchange.poll_timeout());
            if due.is_some_and(|due| due <= now) {
                line.exchange.handle_timeout(now);
                self.busy.insert(*peer);
            }
        }
    }

    /// Sends what is ready for one peer. `false` when Tox has no room.
    fn drain(&mut self, now: Instant, peer: PeerKey, port: &mut Port<'_>) -> bool {
        let Some(line) = self.lines.get_mut(&peer) else {
            return true;
        };
        loop {
            let mut idle = true;
            while let Some(event) = line.exchange.poll_event() {
                idle = false;
                if let Event::Ready { .. } = event {
                    // It is a home after all, and what is said to homes are letters.
                    self.friends.is_home(peer);
                }
                tell(peer, event, &self.inbound, &self.outbound, &self.pairing);
            }
            while let Some(packet) = line.packet.take().or_else(|| line.exchange.poll_packet()) {
                match port.send_lossless(&peer, &packet) {
                    Err(SendError::Full) => {
                        line.packet = Some(packet);
                        return false;
                    }
                    // Offline: what waits is void, and the exchange hears it by an event.
                    _ => idle = false,
                }
            }
            if !line.pipes.drain(now, &peer, &mut line.exchange, port)
                || !self.friends.drain(&peer, &mut line.talk, line.way, port)
            {
                return false;
            }
            for _ in 0..BATCH {
                let datagram = line.datagram.take();
                let Some(datagram) = datagram.or_else(|| line.exchange.poll_datagram(now)) else {
                    break;
                };
                match port.send_lossy(&peer, &datagram) {
                    Err(SendError::Full) => {
                        line.datagram = Some(datagram);
                        return false;
                    }
                    _ => idle = false,
                }
            }
            if idle {
                line.due = line.exchange.poll_timeout();
                return true;
            }
        }
    }
}

impl Rider for Courier {
    fn event(&mut self, now: Instant, event: &ToxEvent, port: &mut Port<'_>) {
        if let Some(peer) = chats(event) {
            self.line(now, peer);
            if let Some(line) = self.lines.get_mut(&peer)
                && self.friends.event(event, &mut line.talk, port)
            {
                return;
            }
        }
        if let Some(peer) = travels(event) {
            let line = self.line(now, peer);
            if line.is_held() {
                // Their home says it again when the way is one that it may take.
                if let ToxEvent::FileChunk { file, .. } = event {
                    line.pipes.flows(*file, Pipe::Refused);
                }
                return;
            }
        }
        match event {
            ToxEvent::SelfConnection(connection) => {
                self.outbound.on_network(connection.is_online());
                journal::tox_reach(match connection {
                    Connection::Offline => journal::Reach::Offline,
                    Connection::Tcp => journal::Reach::Tcp,
                    Connection::Udp => journal::Reach::Udp,
                });
            }
            ToxEvent::FriendConnection { peer, connection } => {
                self.connected(now, *peer, *connection);
            }
            ToxEvent::FriendRequest { key, message } => {
                self.pairing.request(*key, message.clone());
            }
            ToxEvent::Lossless { peer, data } => {
                self.line(now, *peer).exchange.handle_packet(now, data);
            }
            ToxEvent::Lossy { peer, data } => {
                self.line(now, *peer).exchange.handle_datagram(now, data);
            }
            ToxEvent::FileOffered {
                peer, file, size, ..
            } => {
                let line = self.line(now, *peer);
                let pipe = line.exchange.handle_pipe_open(now, file.0, *size);
                line.pipes.opened(*file, pipe);
            }
            ToxEvent::FileChunk {
                peer,
                file,
                position,
                data,
            } => {
                let line = self.line(now, *peer);
                if data.is_empty() {
                    line.pipes.closed(*file);
                    line.exchange.handle_pipe_closed(now, file.0);
                } else {
                    let exchange = &mut line.exchange;
                    let pipe = exchange.handle_pipe_bytes(now, file.0, *position, data);
                    line.pipes.flows(*file, pipe);
                }
            }
            ToxEvent::FileChunkWanted {
                peer,
                file,
                position,
                length,
            } => {
                let line = self.line(now, *peer);
                line.pipes.chunk_wanted(*file, *position, *length);
            }
            ToxEvent::FileControl {
                peer,
                file,
                control: FileControl::Cancel,
            } => {
                let line = self.line(now, *peer);
                match line.pipes.cancelled(*file) {
                    Some(pipe) => line.exchange.pipe_broken(now, pipe),
                    None => line.exchange.handle_pipe_closed(now, file.0),
                }
            }
            // Pauses are toxcore's own business; the rest is the friends'.
            ToxEvent::FileControl { .. }
            | ToxEvent::Message { .. }
            | ToxEvent::MessageRead { .. }
            | ToxEvent::Invited { .. } => {}
        }
    }

    fn turn(&mut self, now: Instant, port: &mut Port<'_>) -> Option<Instant> {
        while let Ok(errand) = self.errands.try_recv() {
            self.run(now, errand);
        }
        self.look_at_timers(now);
        for (peer, line) in &self.lines {
            if let Some(Silent { answered, heard }) = line.exchange.silent() {
                port.miss(peer, Missed { answered, heard });
            }
        }
        let busy = std::mem::take(&mut self.busy);
        for peer in busy {
            if !self.drain(now, peer, port) {
                // Its next turn comes by itself. A time that has passed while Tox has no room would make that turn come at
                // once, again and again.
                self.busy.insert(peer);
                if let Some(line) = self.lines.get_mut(&peer) {
                    line.due = None;
                }
            }
        }
        self.lines.values().filter_map(|line| line.due).min()
    }
}

/// The peer of an event that may come from a chat program.
fn chats(event: &ToxEvent) -> Option<PeerKey> {
    match event {
        ToxEvent::Message { peer, .. }
        | ToxEvent::MessageRead { peer, .. }
        | ToxEvent::Invited { peer }
        | ToxEvent::FileOffered { peer, .. }
        | ToxEvent::FileChunk { peer, .. }
        | ToxEvent::FileChunkWanted { peer, .. }
        | ToxEvent::FileControl { peer, .. } => Some(*peer),
        _ => None,
    }
}

/// The peer of an event that is something between two homes.
fn travels(event: &ToxEvent) -> Option<PeerKey> {
    match event {
        ToxEvent::Lossless { peer, .. }
        | ToxEvent::Lossy { peer, .. }
        | ToxEvent::FileOffered { peer, .. }
        | ToxEvent::FileChunk { peer, .. }
        | ToxEvent::FileChunkWanted { peer, .. } => Some(*peer),
        _ => None,
    }
}

/// What happened between two homes goes to whom it concerns. None of these block.
fn tell(
    peer: PeerKey,
    event: Event,
    inbound: &Arc<Inbound>,
    outbound: &Arc<Outbound>,
    pairing: &Arc<Pairing>,
) {
    match event {
        Event::Ready { version, .. } => {
            journal::hello(&peer, version.into());
            pairing.hello(peer);
            outbound.ready(peer);
        }
        Event::Lost => outbound.lost(peer),
        Event::Incompatible { versions } => {
            journal::incompatible(&peer, &versions);
            pairing.incompatible(peer);
        }
        Event::Want { id, offset, max } => outbound.want(peer, id, offset, max),
        Event::Answered { id, answer } => match answer {
            Answered::Accepted { .. } => {}
            Answered::Had(told) | Answered::Refused(told) => outbound.told(peer, id, told),
        },
        Event::Receipt { id, told } => outbound.told(peer, id, told),
        Event::Dropped { id, why } => outbound.dropped(peer, id, &why),
        Event::Offered { id, offer } => inbound.offered(peer, id, offer),
        Event::Data { id, offset, bytes } => inbound.data(peer, id, offset, bytes),
        Event::Complete { id } => inbound.complete(peer, id),
        Event::Interrupted { id } => inbound.interrupted(peer, id),
        Event::Withdrawn { id } => inbound.withdrawn(peer, id),
        Event::Breach { why, .. } => journal::breach(&peer, &why),
        Event::Directory(directory) => pairing.directory(peer, directory),
        Event::Double => pairing.double(peer),
        Event::SeenDouble => pairing.seen_double(peer),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::transfer::Limits;
    use crate::transfer::hello::{Greeting, Hello};

    #[test]
    fn a_home_is_seen_until_it_goes() {
        let (mut courier, peer, home) = super::super::tests::courier();
        let contacts = &home.post.contacts;
        courier.line(Instant::now(), peer);
        let mut meet = |connection: Connection| {
            let begin = Instant::now();
            let now = Some(home.post.clock.now().wall);
            // Again, as one that is still being written down keeps the next from it.
            while contacts.peer(&peer).unwrap().unwrap().last_seen != now {
                assert!(begin.elapsed() < Duration::from_secs(30));
                let other = match connection {
                    Connection::Offline => Connection::Udp,
                    _ => Connection::Offline,
                };
                courier.lines.get_mut(&peer).unwrap().connection = other;
                courier.connected(Instant::now(), peer, connection);
                std::thread::sleep(Duration::from_millis(20));
            }
        };
        meet(Connection::Udp);
        home.time.advance(Duration::from_secs(21 * 86_400));
        meet(Connection::Offline);
    }

    #[test]
    fn the_timers_of_a_link_run_on_while_tox_has_no_room() {
        let (mut courier, peer, _home) = super::super::tests::courier();
        let begin = Instant::now();
        courier.connected(begin, peer, Connection::Tcp);
        let line = courier.lines.get_mut(&peer).unwrap();
        let first = line.exchange.poll_timeout().expect("a Hello is waited for");
        // As after a turn that found no room.
        line.due = None;
        courier.busy.clear();
        courier.look_at_timers(first - Duration::from_millis(1));
        assert!(courier.busy.is_empty());
        courier.look_at_timers(first);
        assert!(courier.busy.contains(&peer));
    }

    #[test]
    fn the_largest_letter_that_is_taken_is_said_anew() {
        let (mut courier, peer, _home) = super::super::tests::courier();
        let now = Instant::now();
        let said = |courier: &mut Courier, peer: PeerKey| {
            let line = courier.lines.get_mut(&peer).unwrap();
            let mut said = Vec::new();
            while let Some(packet) = line.exchange.poll_packet() {
                said.push(Hello::decode(&packet).unwrap().limits.max_message_bytes);
            }
            said
        };
        courier.connected(now, peer, Connection::Udp);
        let before = Limits::default().max_message_bytes;
        assert_eq!(said(&mut courier, peer), [before]);
        let mut theirs = Greeting::new([5; 16], Limits::default());
        theirs.online(now);
        let hello = theirs.poll(now).unwrap();
        let line = courier.lines.get_mut(&peer).unwrap();
        line.exchange.handle_packet(now, &hello);
        assert_eq!(said(&mut courier, peer), [before]);
        courier.run(now, Errand::MaxMessageBytes(10));
        assert_eq!(said(&mut courier, peer), [10]);
        // And to whoever comes later.
        let other = PeerKey::from_bytes([6; 32]);
        courier.connected(now, other, Connection::Udp);
        assert_eq!(said(&mut courier, other), [10]);
    }

    /// A courier with a peer to whom nothing goes through a relay.
    fn shy() -> (Courier, PeerKey, super::super::tests::Home) {
        let (courier, peer, home) = super::super::tests::courier();
        home.post
            .direct
            .set(peer, crate::contacts::Paths::DirectOnly);
        (courier, peer, home)
    }

    /// Packets of ours that are ready for the peer.
    fn ready_packets(courier: &mut Courier, now: Instant, peer: PeerKey) -> usize {
        let line = courier.lines.get_mut(&peer).unwrap();
        let mut count = 0;
        while line.exchange.poll_packet().is_some() {
            count += 1;
        }
        while line.exchange.poll_datagram(now).is_some() {
            count += 1;
        }
        count
    }

    #[test]
    fn nothing_is_said_through_a_relay_to_whom_is_reached_directly_only() {
        let (mut courier, peer, home) = shy();
        let now = Instant::now();
        courier.connected(now, peer, Connection::Tcp);
        assert_eq!(ready_packets(&mut courier, now, peer), 0);
        assert!(home.post.direct.awaits(&peer));
        // The way becomes direct: the Hello goes.
        courier.connected(now, peer, Connection::Udp);
        assert_eq!(ready_packets(&mut courier, now, peer), 1);
        assert!(!home.post.direct.awaits(&peer));
        // It breaks: nothing more, also when the Hello would be repeated.
        courier.connected(now, peer, Connection::Tcp);
        let later = now + Duration::from_secs(600);
        courier
            .lines
            .get_mut(&peer)
            .unwrap()
            .exchange
            .handle_timeout(later);
        assert_eq!(ready_packets(&mut courier, later, peer), 0);
        // Somebody allows relays: at once.
        home.post.direct.set(peer, crate::contacts::Paths::All);
        courier.run(later, Errand::Ways);
        assert_eq!(ready_packets(&mut courier, later, peer), 1);
        // And takes that back.
        home.post
            .direct
            .set(peer, crate::contacts::Paths::DirectOnly);
        courier.run(later, Errand::Ways);
        assert!(home.post.direct.awaits(&peer));
        let latest = later + Duration::from_secs(600);
        courier
            .lines
            .get_mut(&peer)
            .unwrap()
            .exchange
            .handle_timeout(latest);
        assert_eq!(ready_packets(&mut courier, latest, peer), 0);
        courier.connected(latest, peer, Connection::Offline);
        assert!(!home.post.direct.awaits(&peer));
    }
}
