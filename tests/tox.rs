//! Real libtoxcore instances that talk over loopback. Coming online takes 9 to 25 s, so there are few tests here, each of
//! which looks at many things.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "support/netns.rs"]
mod netns;

use std::collections::{HashSet, VecDeque};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command as Process, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use netns::enter_loopback_namespace;
use toxmail::mail::address::{PeerKey, ToxId};
use toxmail::tox::{
    BootstrapNode, Command, CommandError, Connection, Error, Event, FileControl, FileOffer, Friend,
    Node, Port, Rider, SendError, Settings, Warning, savedata,
};

const LOSSY: u8 = 200;
const LOSSLESS: u8 = 160;
/// Second byte of a packet that is to be sent back.
const PING: u8 = b'?';
const PONG: u8 = b'!';
/// Enough to send more than a home can take in.
const FLOODERS: usize = 4;

/// Tried at every turn until it says that it is done.
type Act = Box<dyn FnMut(&mut Port<'_>) -> bool + Send>;

/// Tells the test what came, does what the test says, and answers pings.
struct Puppet {
    told: Sender<(Instant, Event)>,
    acts: Receiver<Act>,
    doing: VecDeque<Act>,
    owed: VecDeque<(PeerKey, Vec<u8>)>,
}

impl Puppet {
    fn pay(&mut self, port: &mut Port<'_>) {
        while let Some((peer, packet)) = self.owed.front() {
            let outcome = match packet[0] {
                LOSSY => port.send_lossy(peer, packet),
                _ => port.send_lossless(peer, packet),
            };
            if outcome == Err(SendError::Full) {
                return;
            }
            self.owed.pop_front();
        }
    }
}

impl Rider for Puppet {
    fn event(&mut self, _: Instant, event: &Event, port: &mut Port<'_>) {
        if let Event::Lossy { peer, data } | Event::Lossless { peer, data } = event
            && data.get(1) == Some(&PING)
        {
            let mut answer = data.clone();
            answer[1] = PONG;
            self.owed.push_back((*peer, answer));
            self.pay(port);
        }
        let _ = self.told.send((Instant::now(), event.clone()));
    }

    fn turn(&mut self, _: Instant, port: &mut Port<'_>) -> Option<Instant> {
        self.pay(port);
        self.doing.extend(self.acts.try_iter());
        while let Some(act) = self.doing.front_mut() {
            if !act(port) {
                break;
            }
            self.doing.pop_front();
        }
        None
    }
}

struct Home {
    node: Node,
    events: Receiver<(Instant, Event)>,
    acts: Sender<Act>,
}

impl Home {
    fn start(dir: &Path, name: &str, change: impl FnOnce(&mut Settings)) -> Self {
        Self::start_with(dir, name, Vec::new(), change)
    }

    fn start_with(
        dir: &Path,
        name: &str,
        friends: Vec<Friend>,
        change: impl FnOnce(&mut Settings),
    ) -> Self {
        let mut settings = Settings::new(dir.join(format!("{name}.save")));
        settings.name = name.into();
        settings.local_discovery = false;
        settings.bootstrap = Vec::new();
        change(&mut settings);
        let (told, events) = channel();
        let (acts, todo) = channel();
        let make = move || -> Box<dyn Rider> {
            Box::new(Puppet {
                told,
                acts: todo,
                doing: VecDeque::new(),
                owed: VecDeque::new(),
            })
        };
        let node = Node::start(settings, friends, make).unwrap_or_else(|e| panic!("{name}: {e}"));
        Self { node, events, acts }
    }

    /// Something that others bootstrap from, by UDP and TCP.
    fn relay(dir: &Path) -> Self {
        Self::start(dir, "relay", |s| s.tcp_server_port = Some(3389))
    }

    fn entry(&self) -> BootstrapNode {
        BootstrapNode {
            host: "127.0.0.1".into(),
            port: self.node.udp_port().unwrap(),
            key: self.node.dht_key(),
            tcp_ports: self.node.tcp_port().into_iter().collect(),
        }
    }

    fn act(&self, act: impl FnMut(&mut Port<'_>) -> bool + Send + 'static) {
        self.acts.send(Box::new(act)).unwrap();
        self.node.waker().wake();
    }

    fn send(&self, peer: PeerKey, packet: Vec<u8>) {
        self.act(move |port| {
            let outcome = match packet[0] {
                LOSSY => port.send_lossy(&peer, &packet),
                _ => port.send_lossless(&peer, &packet),
            };
            outcome != Err(SendError::Full)
        });
    }

    /// The first event from now that `wanted` makes something of.
    #[track_caller]
    fn wait<T>(
        &self,
        what: &str,
        seconds: u64,
        mut wanted: impl FnMut(&Event) -> Option<T>,
    ) -> (Instant, T) {
        let end = Instant::now() + Duration::from_secs(seconds);
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.events.recv_timeout(left) {
                Ok((when, event)) => {
                    if let Some(found) = wanted(&event) {
                        return (when, found);
                    }
                }
                Err(_) => panic!("waited {seconds} s for {what}; {:?}", self.node.status()),
            }
        }
    }

    #[track_caller]
    fn wait_online(&self, peer: PeerKey) -> Connection {
        self.wait("the friend to be online", 180, |event| match event {
            Event::FriendConnection {
                peer: who,
                connection,
            } if *who == peer && connection.is_online() => Some(*connection),
            _ => None,
        })
        .1
    }

    #[track_caller]
    fn wait_packet(&self, packet: &[u8]) -> Instant {
        self.wait("a packet", 30, |event| match event {
            Event::Lossy { data, .. } | Event::Lossless { data, .. } if data == packet => Some(()),
            _ => None,
        })
        .0
    }

    /// Times of `count` round trips of a kind of packet, sorted. A lossy one may be lost, and is sent again.
    #[track_caller]
    fn pings(&self, peer: PeerKey, kind: u8, count: u32) -> Vec<Duration> {
        let mut times: Vec<Duration> = (0..count)
            .map(|number| {
                let mut packet = vec![kind, PING];
                packet.extend(number.to_be_bytes());
                let mut answer = packet.clone();
                answer[1] = PONG;
                let begin = Instant::now();
                loop {
                    let sent = Instant::now();
                    self.send(peer, packet.clone());
                    let patience = match kind {
                        LOSSY => Duration::from_secs(2),
                        _ => Duration::from_secs(30),
                    };
                    if let Some(came) = self.packet_within(&answer, patience) {
                        return came - sent;
                    }
                    assert!(
                        begin.elapsed() < Duration::from_secs(30),
                        "no answer to {packet:?}; {:?}",
                        self.node.status()
                    );
                }
            })
            .collect();
        times.sort();
        times
    }

    /// When this packet came, if it does.
    fn packet_within(&self, packet: &[u8], patience: Duration) -> Option<Instant> {
        let end = Instant::now() + patience;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.events.recv_timeout(left).ok()? {
                (when, Event::Lossy { data, .. } | Event::Lossless { data, .. })
                    if data == packet =>
                {
                    return Some(when);
                }
                _ => {}
            }
        }
    }

    /// Sends `count` lossy packets as fast as there is room.
    fn flood(&self, peer: PeerKey, mut count: usize) {
        let packet = vec![LOSSY; 1373];
        self.act(move |port| {
            while count > 0 && port.connection(&peer).is_online() {
                if port.send_lossy(&peer, &packet).is_err() {
                    return false;
                }
                count -= 1;
            }
            true
        });
    }

    fn flooded(&self, quiet: Duration) -> usize {
        let mut count = 0;
        while let Ok((_, event)) = self.events.recv_timeout(quiet) {
            count += usize::from(matches!(event, Event::Lossy { data, .. } if data.len() == 1373));
        }
        count
    }
}

/// Alice asks Bob with these words, Bob says yes, both are online.
#[track_caller]
fn befriend(alice: &Home, bob: &Home, words: &[u8]) -> (Connection, Connection) {
    let (a, b) = (alice.node.key(), bob.node.key());
    alice
        .node
        .perform(Command::AddFriend {
            id: bob.node.id(),
            message: words.to_vec(),
        })
        .unwrap();
    let (_, (key, message)) = bob.wait("a friend request", 90, |event| match event {
        Event::FriendRequest { key, message } => Some((*key, message.clone())),
        _ => None,
    });
    assert_eq!(key, a);
    assert_eq!(message, words, "a request's words arrive as sent");
    bob.node.perform(Command::AcceptFriend(a)).unwrap();
    (alice.wait_online(b), bob.wait_online(a))
}

/// A valid address of somebody who is never there.
fn nobody(dir: &Path) -> ToxId {
    let gone = Home::start(dir, "nobody", |_| {});
    let id = gone.node.id();
    gone.node.stop();
    id
}

#[test]
fn two_homes_meet_by_udp() {
    enter_loopback_namespace();
    let dir = tempfile::tempdir().unwrap();
    let stranger = nobody(dir.path());
    let relay = Home::relay(dir.path());
    // with its TCP relay they would meet there first, and by UDP some seconds later
    let entry = BootstrapNode {
        tcp_ports: Vec::new(),
        ..relay.entry()
    };
    let alice = Home::start(dir.path(), "alice", |s| s.bootstrap = vec![entry.clone()]);
    let bob = Home::start(dir.path(), "bob", |s| s.bootstrap = vec![entry.clone()]);
    let (a, b) = (alice.node.key(), bob.node.key());
    alice
        .node
        .perform(Command::AddFriend {
            id: stranger,
            message: b"anybody there?".to_vec(),
        })
        .unwrap();

    // the longest request, of bytes that are no text
    let garbage: Vec<u8> = (0..921u32).map(|n| (n * 7) as u8).collect();
    let start = Instant::now();
    let how = befriend(&alice, &bob, &garbage);
    println!("friends after {:?}, {how:?}", start.elapsed());
    assert_eq!(how.0, Connection::Udp);

    // packets, both kinds, both ways
    for (from, to, peer) in [(&alice, &bob, b), (&bob, &alice, a)] {
        for first in [LOSSY, LOSSLESS] {
            let mut packet = vec![first];
            packet.extend((0..1372u32).map(|n| (n * 3) as u8));
            from.send(peer, packet.clone());
            to.wait_packet(&packet);
        }
    }
    let (results, outcomes) = channel();
    let stranger_key = stranger.key();
    alice.act(move |port| {
        for outcome in [
            port.send_lossy(&b, &[]),
            port.send_lossy(&b, &[LOSSY; 1374]),
            port.send_lossy(&b, &[LOSSLESS, 1]),
            port.send_lossy(&stranger_key, &[LOSSY]),
            port.send_lossy(&PeerKey::from_bytes([1; 32]), &[LOSSY]),
        ] {
            results.send(outcome).unwrap();
        }
        true
    });
    use SendError::{FirstByte, Offline, Size, UnknownPeer};
    for expected in [Size, Size, FirstByte, Offline, UnknownPeer] {
        assert_eq!(outcomes.recv().unwrap(), Err(expected));
    }

    // a small packet there and back
    let times = alice.pings(b, LOSSY, 200);
    println!(
        "round trip: median {:?}, 99th percentile {:?}",
        times[100], times[197]
    );
    assert!(
        times[100] < Duration::from_millis(10),
        "median round trip {:?}",
        times[100]
    );

    // line rate
    let start = Instant::now();
    alice.flood(b, 6000);
    // The answer comes when what was sent before has gone.
    let sent = alice.pings(b, LOSSLESS, 1).len();
    let took = start.elapsed();
    let came = bob.flooded(Duration::from_secs(2));
    println!(
        "{:.1} MB/s sent, {came} of 6000 packets came ({sent})",
        6000.0 * 1373.0 / 1e6 / took.as_secs_f64()
    );
    assert!(came > 1000, "{came} of 6000");

    // a file, from the middle on
    let content: Vec<u8> = (0..100_000u32).map(|n| (n / 7) as u8).collect();
    let offer = content.clone();
    alice.act(move |port| {
        let offer = FileOffer {
            size: offer.len() as u64,
            id: [9; 32],
            name: b"letter",
        };
        port.file_send(&b, &offer).unwrap();
        true
    });
    let (_, file) = bob.wait("an offered file", 60, |event| match event {
        Event::FileOffered {
            file,
            size: 100_000,
            name,
            ..
        } if name == b"letter" => Some(*file),
        _ => None,
    });
    let (ids, id) = channel();
    bob.act(move |port| {
        ids.send(port.file_id(&a, file)).unwrap();
        port.file_seek(&a, file, 60_000).unwrap();
        port.file_control(&a, file, FileControl::Resume).unwrap();
        true
    });
    assert_eq!(id.recv().unwrap(), Some([9; 32]));
    let mut got = Vec::new();
    let mut through = false;
    let end = Instant::now() + Duration::from_secs(60);
    while !through && Instant::now() < end {
        while let Ok((_, event)) = alice.events.try_recv() {
            if let Event::FileChunkWanted {
                file,
                position,
                length,
                ..
            } = event
                && length > 0
            {
                let piece = content[position as usize..position as usize + length].to_vec();
                alice.act(move |port| {
                    port.file_send_chunk(&b, file, position, &piece) != Err(SendError::Full)
                });
            }
        }
        while let Ok((_, event)) = bob.events.try_recv() {
            if let Event::FileChunk { position, data, .. } = event {
                if data.is_empty() {
                    through = true;
                } else {
                    assert_eq!(position, 60_000 + got.len() as u64);
                    got.extend(data);
                }
            }
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    assert!(through && got == content[60_000..], "{} bytes", got.len());

    // quiet
    let calls = |who: PeerKey| {
        alice
            .node
            .peers()
            .into_iter()
            .find(|p| p.key == who)
            .unwrap()
            .calls
    };
    std::thread::sleep(Duration::from_millis(1000));
    let (before, stranger_calls, bob_calls) = (
        alice.node.status().statistics,
        calls(stranger_key),
        calls(b),
    );
    // `Pace` saves up 22 wake-ups for a burst: over 8 s no more than 24.75 a second.
    std::thread::sleep(Duration::from_secs(8));
    let after = alice.node.status();
    let wakes = (after.statistics.wakes - before.wakes) as f64 / 8.0;
    println!("idle: {wakes} wake-ups a second, {:?}", after.statistics);
    assert!(wakes <= 25.0, "{wakes} wake-ups a second");
    assert_eq!(
        calls(stranger_key),
        stranger_calls,
        "an offline friend costs no call"
    );
    assert_eq!(calls(b), bob_calls);
    let friends = alice.node.peers();
    let online = friends.iter().filter(|p| p.connection.is_online());
    assert_eq!(online.count(), 1);
    assert_eq!((after.friends, after.bootstrap_rounds), (2, 0));

    // what survives a restart; who is no contact any more is no friend any more
    let id = alice.node.id();
    alice.node.stop();
    let save = dir.path().join("alice.save");
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(
        std::fs::metadata(&save).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert_eq!(savedata::tox_id(&save).unwrap(), Some(id));
    let friends = vec![Friend {
        key: b,
        id: Some(bob.node.id()),
        request: None,
        again: false,
    }];
    let alice = Home::start_with(dir.path(), "alice", friends, |s| {
        s.bootstrap = vec![entry.clone()];
    });
    assert_eq!(alice.node.id(), id);
    let known: Vec<PeerKey> = alice.node.peers().into_iter().map(|p| p.key).collect();
    assert_eq!(known, [b]);
    let start = Instant::now();
    alice.wait_online(b);
    println!("online again after {:?}", start.elapsed());
    alice.node.perform(Command::RemoveFriend(b)).unwrap();
    alice.wait("the news that the removed friend is gone", 60, |event| {
        (*event
            == Event::FriendConnection {
                peer: b,
                connection: Connection::Offline,
            })
        .then_some(())
    });
    // Who was removed can ask to be let in again, and is heard.
    bob.wait("the news that nobody answers any more", 90, |event| {
        (*event
            == Event::FriendConnection {
                peer: a,
                connection: Connection::Offline,
            })
        .then_some(())
    });
    befriend(&bob, &alice, b"here I am again");

    // Also when the power went before Tox knew of it: what is left is a friend who was online once.
    alice.node.perform(Command::RemoveFriend(b)).unwrap();
    bob.wait("the news that nobody answers any more", 90, |event| {
        (*event
            == Event::FriendConnection {
                peer: a,
                connection: Connection::Offline,
            })
        .then_some(())
    });
    bob.node.stop();
    let friends = vec![Friend {
        key: a,
        id: Some(alice.node.id()),
        request: Some(b"by an invitation".to_vec()),
        again: true,
    }];
    let bob = Home::start_with(dir.path(), "bob", friends, |s| s.bootstrap = vec![entry]);
    let (_, words) = alice.wait("a friend request", 90, |event| match event {
        Event::FriendRequest { key, message } if *key == b => Some(message.clone()),
        _ => None,
    });
    assert_eq!(words, b"by an invitation");
    drop(bob);

    alice.node.perform(Command::NewNospam).unwrap();
    assert_ne!(alice.node.id(), id);
    assert_eq!(alice.node.id().key(), a);
}

#[test]
fn two_homes_meet_through_a_tcp_relay() {
    enter_loopback_namespace();
    let dir = tempfile::tempdir().unwrap();
    let relay = Home::relay(dir.path());
    let change = |s: &mut Settings| {
        s.bootstrap = vec![relay.entry()];
        s.udp = false;
    };
    let alice = Home::start(dir.path(), "alice", change);
    let bob = Home::start(dir.path(), "bob", change);
    assert_eq!(alice.node.udp_port(), None);
    let b = bob.node.key();
    let start = Instant::now();
    let how = befriend(&alice, &bob, b"by relay");
    println!("friends after {:?}", start.elapsed());
    assert_eq!(how, (Connection::Tcp, Connection::Tcp));
    let status = alice.node.status();
    assert_eq!(status.connection, Connection::Tcp);
    assert!(status.statistics.relay_sockets > 0, "{status:?}");

    let times = alice.pings(b, LOSSY, 100);
    println!("round trip: median {:?}", times[50]);
    assert!(
        times[50] < Duration::from_millis(20),
        "median round trip {:?}",
        times[50]
    );
    let start = Instant::now();
    alice.flood(b, 1000);
    let came = bob.flooded(Duration::from_secs(3));
    println!("{came} of 1000 packets in {:?}", start.elapsed());
    assert!(came > 300, "{came} of 1000");
    // What the flood has left behind comes to an end first.
    let quiet = (0..6).find_map(|_| {
        let before = alice.node.status().statistics.wakes;
        std::thread::sleep(Duration::from_secs(3));
        let wakes = (alice.node.status().statistics.wakes - before) as f64 / 3.0;
        println!("idle: {wakes:.1} wake-ups a second");
        (wakes <= 25.0).then_some(wakes)
    });
    assert!(quiet.is_some(), "it does not become quiet");
}

/// Forwards TCP to a relay, and can stop reading from its clients, as a relay does that has stalled.
struct Choke {
    port: u16,
    accepted: Arc<AtomicUsize>,
    /// Connections with a lower number are read no more.
    choked: Arc<AtomicUsize>,
}

impl Choke {
    fn start(relay: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        // small, so that it soon is full
        rustix::net::sockopt::set_socket_recv_buffer_size(&listener, 8192).unwrap();
        let choke = Self {
            port: listener.local_addr().unwrap().port(),
            accepted: Arc::default(),
            choked: Arc::default(),
        };
        let (accepted, choked) = (Arc::clone(&choke.accepted), Arc::clone(&choke.choked));
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let number = accepted.fetch_add(1, Ordering::SeqCst);
                let mut client = client.unwrap();
                let mut server = TcpStream::connect(("127.0.0.1", relay)).unwrap();
                let (mut back, mut there) =
                    (server.try_clone().unwrap(), client.try_clone().unwrap());
                std::thread::spawn(move || std::io::copy(&mut back, &mut there));
                let choked = Arc::clone(&choked);
                std::thread::spawn(move || {
                    let mut bytes = [0; 2048];
                    loop {
                        while number < choked.load(Ordering::SeqCst) {
                            std::thread::sleep(Duration::from_millis(100));
                        }
                        match client.read(&mut bytes) {
                            Ok(0) | Err(_) => return,
                            Ok(length) => server.write_all(&bytes[..length]).unwrap(),
                        }
                    }
                });
            }
        });
        choke
    }
}

/// Not a test: the relay and the friend of the next one, in a process of their own, because only a node that is alone in
/// its process may replace sockets.
#[test]
#[ignore = "started by the test of a stalled relay"]
fn relay_and_friend() {
    let Ok(dir) = std::env::var("TOXMAIL_TEST_DIR") else {
        return;
    };
    let relay = Home::relay(Path::new(&dir));
    let entry = relay.entry();
    let bob = Home::start(Path::new(&dir), "bob", |s| {
        s.udp = false;
        s.bootstrap = vec![entry.clone()];
    });
    println!("\nready {} {} {}", entry.port, entry.key, bob.node.id());
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_line(&mut String::new()); // until the test ends
        std::process::exit(0);
    });
    let (_, key) = bob.wait("a friend request", 90, |event| match event {
        Event::FriendRequest { key, .. } => Some(*key),
        _ => None,
    });
    bob.node.perform(Command::AcceptFriend(key)).unwrap();
    loop {
        std::thread::park();
    }
}

struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts one of the "not a test"s in a process of its own; the words of its line "ready …".
fn start_beside(name: &str, dir: &Path) -> (Ended, Vec<String>) {
    let child = Process::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--ignored", "--nocapture"])
        .env("TOXMAIL_TEST_DIR", dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut child = Ended(child);
    let lines = BufReader::new(child.0.stdout.take().unwrap()).lines();
    let mut lines = lines.map_while(Result::ok);
    let ready = lines.find(|line| line.starts_with("ready ")).unwrap();
    let words = ready.split(' ').map(str::to_owned).collect();
    (child, words)
}

#[test]
fn a_stalled_relay_is_left() {
    enter_loopback_namespace();
    let dir = tempfile::tempdir().unwrap();
    let (_child, words) = start_beside("relay_and_friend", dir.path());
    let (port, key, bob): (u16, PeerKey, ToxId) = (
        words[1].parse().unwrap(),
        words[2].parse().unwrap(),
        words[3].parse().unwrap(),
    );

    let choke = Choke::start(3389);
    let alice = Home::start(dir.path(), "alice", |s| {
        s.udp = false;
        s.bootstrap = vec![BootstrapNode {
            host: "127.0.0.1".into(),
            port,
            key,
            tcp_ports: vec![choke.port],
        }];
    });
    let b = bob.key();
    alice
        .node
        .perform(Command::AddFriend {
            id: bob,
            message: b"by relay".to_vec(),
        })
        .unwrap();
    alice.wait_online(b);
    alice.pings(b, LOSSY, 5);

    let accepted = choke.accepted.load(Ordering::SeqCst);
    choke.choked.store(accepted, Ordering::SeqCst);
    alice.flood(b, 200);
    let start = Instant::now();
    let ping = [LOSSLESS, PING, 1];
    alice.send(b, ping.to_vec());
    alice.wait_packet(&[LOSSLESS, PONG, 1]);
    let statistics = alice.node.status().statistics;
    println!("through again after {:?}: {statistics:?}", start.elapsed());
    assert!(statistics.relay_cures >= 1, "{statistics:?}");
}

#[test]
fn a_damaged_identity_is_told_and_left_alone() {
    enter_loopback_namespace();
    let dir = tempfile::tempdir().unwrap();
    let save = dir.path().join("home.save");
    let id = {
        let home = Home::start(dir.path(), "home", |_| {});
        assert!(home.node.warnings().contains(&Warning::NoBootstrapNodes));
        // the port is taken now: the next node takes the next one
        let other = Home::start(dir.path(), "other", |_| {});
        assert_eq!(home.node.udp_port(), Some(33445));
        assert_eq!(other.node.udp_port(), Some(33446));
        // what is no friend request
        let request = |id: ToxId, length: usize| {
            home.node.perform(Command::AddFriend {
                id,
                message: vec![b'x'; length],
            })
        };
        assert_eq!(request(other.node.id(), 0), Err(CommandError::MessageEmpty));
        assert_eq!(
            request(other.node.id(), 922),
            Err(CommandError::MessageTooLong)
        );
        assert_eq!(request(home.node.id(), 5), Err(CommandError::OwnKey));
        assert_eq!(request(other.node.id(), 921), Ok(()));
        // never online: asked again, with other words
        assert_eq!(request(other.node.id(), 5), Ok(()));
        assert_eq!(
            home.node.perform(Command::RemoveFriend(other.node.key())),
            Ok(())
        );
        assert_eq!(
            home.node.perform(Command::RemoveFriend(other.node.key())),
            Err(CommandError::Unknown)
        );
        home.node.id()
    };
    assert_eq!(savedata::tox_id(&save).unwrap(), Some(id));

    let start = || {
        let settings = Settings::new(&save);
        Node::start(settings, Vec::new(), || Box::new(()))
    };
    let whole = std::fs::read(&save).unwrap(); // libtoxcore leaves room at its end
    let mut keys_swapped = whole.clone();
    keys_swapped[20..52].copy_from_slice(&[7; 32]);
    for damaged in [
        &whole[..0],
        &whole[..120],
        b"not a profile at all",
        &keys_swapped,
    ] {
        std::fs::write(&save, damaged).unwrap();
        match start() {
            Err(Error::Damaged { path, .. }) => assert_eq!(path, save),
            Err(other) => panic!("{other}"),
            Ok(_) => panic!("a damaged identity was taken ({} bytes)", damaged.len()),
        }
        assert_eq!(std::fs::read(&save).unwrap(), damaged, "left alone");
    }
    std::fs::write(&save, &whole).unwrap();
    assert_eq!(start().unwrap().id(), id);

    let settings = Settings::new(dir.path().join("no such folder").join("tox.save"));
    let error = Node::start(settings, Vec::new(), || Box::new(()))
        .err()
        .unwrap();
    assert!(matches!(error, Error::NotSaved(_)), "{error}");
}

/// Resident memory of this process in MiB.
fn resident() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find(|l| l.starts_with("VmRSS:")).unwrap();
    line.split_whitespace()
        .nth(1)
        .unwrap()
        .parse::<u64>()
        .unwrap()
        >> 10
}

/// Not a test: friends who flood, in a process of their own.
#[test]
#[ignore = "started by the test of a flood"]
fn flooders() {
    let Ok(dir) = std::env::var("TOXMAIL_TEST_DIR") else {
        return;
    };
    let relay = Home::relay(Path::new(&dir));
    let homes: Vec<Home> = (0..FLOODERS)
        .map(|n| {
            Home::start(Path::new(&dir), &format!("flooder{n}"), |s| {
                s.bootstrap = vec![relay.entry()]
            })
        })
        .collect();
    let ids: Vec<String> = homes.iter().map(|h| h.node.id().to_string()).collect();
    println!(
        "\nready {} {} {}",
        relay.entry().port,
        relay.entry().key,
        ids.join(" ")
    );
    let mut keys = Vec::new();
    for home in &homes {
        let (_, key) = home.wait("a friend request", 90, |event| match event {
            Event::FriendRequest { key, .. } => Some(*key),
            _ => None,
        });
        home.node.perform(Command::AcceptFriend(key)).unwrap();
        keys.push(key);
    }
    for home in &homes {
        // The one that is flooded may see this one before it is seen itself, and a flood ends where nobody is there.
        home.wait("the one that is flooded", 90, |event| match event {
            Event::FriendConnection { connection, .. } => connection.is_online().then_some(()),
            _ => None,
        });
    }
    let _ = std::io::stdin().read_line(&mut String::new());
    for (home, key) in homes.iter().zip(keys) {
        home.flood(key, usize::MAX);
    }
    let _ = std::io::stdin().read_line(&mut String::new());
    std::process::exit(0);
}

/// Counts lossy packets; tells everything else.
struct Counter {
    packets: Arc<AtomicUsize>,
    told: Sender<Event>,
}

impl Rider for Counter {
    fn event(&mut self, _: Instant, event: &Event, _: &mut Port<'_>) {
        if let Event::Lossy { .. } = event {
            self.packets.fetch_add(1, Ordering::Relaxed);
        } else {
            let _ = self.told.send(event.clone());
        }
    }

    fn turn(&mut self, _: Instant, _: &mut Port<'_>) -> Option<Instant> {
        None
    }
}

#[test]
fn friends_who_flood_neither_stop_a_home_nor_fill_its_memory() {
    enter_loopback_namespace();
    let dir = tempfile::tempdir().unwrap();
    let (mut child, words) = start_beside("flooders", dir.path());
    let mut settings = Settings::new(dir.path().join("home.save"));
    settings.local_discovery = false;
    settings.bootstrap = vec![BootstrapNode {
        host: "127.0.0.1".into(),
        port: words[1].parse().unwrap(),
        key: words[2].parse().unwrap(),
        tcp_ports: Vec::new(),
    }];
    let packets = Arc::<AtomicUsize>::default();
    let (told, events) = channel();
    let rider = Counter {
        packets: Arc::clone(&packets),
        told,
    };
    let node = Node::start(settings, Vec::new(), move || Box::new(rider)).unwrap();
    for id in &words[3..] {
        let (id, message) = (id.parse().unwrap(), b"come in".to_vec());
        node.perform(Command::AddFriend { id, message }).unwrap();
    }
    let mut online = HashSet::new();
    while online.len() < FLOODERS {
        let event = events.recv_timeout(Duration::from_secs(180)).unwrap();
        if let Event::FriendConnection { peer, connection } = event {
            match connection.is_online() {
                true => online.insert(peer),
                false => online.remove(&peer),
            };
        }
    }

    let before = resident();
    child.0.stdin.as_mut().unwrap().write_all(b"go\n").unwrap();
    let (mut slowest, mut most) = (Duration::ZERO, before);
    let end = Instant::now() + Duration::from_secs(6);
    while Instant::now() < end {
        let asked = Instant::now();
        node.perform(Command::SetName("busy".into())).unwrap();
        slowest = slowest.max(asked.elapsed());
        most = most.max(resident());
        std::thread::sleep(Duration::from_millis(50));
    }
    let (status, packets) = (node.status(), packets.load(Ordering::Relaxed));
    println!("{packets} packets; answered within {slowest:?}; {before} to {most} MiB; {status:?}");
    assert!(packets > 10_000, "{packets} packets are no flood");
    assert!(
        slowest < Duration::from_secs(3),
        "an order waited for {slowest:?}"
    );
    // What was let go a sanitizer keeps, to see who still uses it: that memory is not the home's.
    if std::env::var_os("TOXMAIL_TEST_SANITIZED").is_none() {
        assert!(most < before + 40, "{before} to {most} MiB");
    }
}

/// Panics at its next turn once the fuse is lit.
struct Bomb(Arc<AtomicUsize>);

impl Rider for Bomb {
    fn event(&mut self, _: Instant, _: &Event, _: &mut Port<'_>) {}

    fn turn(&mut self, _: Instant, _: &mut Port<'_>) -> Option<Instant> {
        assert_eq!(self.0.load(Ordering::SeqCst), 0, "the fuse is lit");
        None
    }
}

#[test]
fn a_rider_that_panics_ends_the_node_and_nothing_else() {
    enter_loopback_namespace();
    let dir = tempfile::tempdir().unwrap();
    let save = dir.path().join("home.save");
    let start = |fuse: &Arc<AtomicUsize>| {
        let mut settings = Settings::new(&save);
        settings.bootstrap = Vec::new();
        let fuse = Arc::clone(fuse);
        Node::start(settings, Vec::new(), move || Box::new(Bomb(fuse))).unwrap()
    };
    let fuse = Arc::<AtomicUsize>::default();
    let node = start(&fuse);
    let (id, port) = (node.id(), node.udp_port());
    node.perform(Command::SetName("Garden Street".into()))
        .unwrap();
    assert!(node.is_running());
    fuse.store(1, Ordering::SeqCst);
    node.waker().wake();
    let end = Instant::now() + Duration::from_secs(20);
    while node.is_running() {
        assert!(Instant::now() < end, "it goes on");
        std::thread::sleep(Duration::from_millis(5));
    }
    let refused = node.perform(Command::SetName("x".into()));
    assert_eq!(refused, Err(CommandError::Stopped));
    node.command(Command::NewNospam);
    node.waker().wake();
    let _ = (node.status(), node.peers(), node.warnings());
    node.stop();
    node.stop();

    // what it held is free again, and the identity is the same
    fuse.store(0, Ordering::SeqCst);
    let again = start(&fuse);
    assert_eq!((again.id(), again.udp_port()), (id, port));
    // an order that is given while the thread panics is answered, too
    for _ in 0..20 {
        again.command(Command::SetName("y".into()));
    }
    fuse.store(1, Ordering::SeqCst);
    let answer = again.perform(Command::SetName("z".into()));
    assert!(
        matches!(answer, Ok(()) | Err(CommandError::Stopped)),
        "{answer:?}"
    );
}
