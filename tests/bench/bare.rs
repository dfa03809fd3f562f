//! The other way: two bare toxcore instances, each in a process of its own, driven as a home drives its own (`poll` on the
//! socket). They exchange files as chat programs do, and lossy packets as fast as the path takes them.
//!
//! A process is this program again, with the word `bare`. It reads one order a line, and says what happened, with the time
//! (nanoseconds of the monotonic clock, which all processes share):
//!
//! | order | does | says |
//! | --- | --- | --- |
//! | `befriend ID` | asks to be a friend | `online KEY HOW` once they are, and again when it changes |
//! | `file KEY BYTES` | offers a file of so many bytes | `began TIME`; the other side `received TIME BYTES` |
//! | `flood KEY RATE MS` | lossy packets, RATE bytes a second (0: all that go) | `flooded PACKETS` |
//! | `count` | | `counted BYTES FIRST LAST` of lossy packets that came since it was asked last |

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command as Process, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use toxmail::mail::address::{PeerKey, ToxId};
use toxmail::tox::{
    BootstrapNode, Command, Connection, Event, FileControl, FileNumber, FileOffer, Node, Port,
    Rider, SendError, Settings,
};

use crate::network::Network;

const LOSSY: u8 = 220;
/// The longest custom packet.
const PACKET: usize = 1373;
const FILE_LIMIT: Duration = Duration::from_secs(300);

/// Nanoseconds of the clock that all processes share.
fn now_ns() -> u128 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    time.tv_sec as u128 * 1_000_000_000 + time.tv_nsec as u128
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // Nobody listens any more: then nobody misses it.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// What the Tox thread of the process is to do.
enum Order {
    File(PeerKey, u64),
    Flood {
        peer: PeerKey,
        rate: f64,
        length: Duration,
    },
    Count,
}

struct Flood {
    peer: PeerKey,
    rate: f64,
    began: Instant,
    ends: Instant,
    sent: u64,
}

/// What came of lossy packets.
pub struct Flooded {
    /// Bytes a second that arrived.
    pub rate: f64,
    /// Seconds of processor time, of both sides, for each byte that arrived.
    pub cpu: f64,
}

#[derive(Default)]
struct Count {
    bytes: u64,
    first: u128,
    last: u128,
}

struct Talker {
    orders: Receiver<Order>,
    requests: Sender<PeerKey>,
    /// Pieces that toxcore had no room for.
    pieces: VecDeque<(PeerKey, FileNumber, u64, usize)>,
    flood: Option<Flood>,
    count: Count,
}

impl Talker {
    fn send_pieces(&mut self, port: &mut Port<'_>) {
        let content = [0x5a; 2048];
        while let Some((peer, file, position, length)) = self.pieces.pop_front() {
            let piece = &content[..length];
            if port.file_send_chunk(&peer, file, position, piece) == Err(SendError::Full) {
                self.pieces.push_front((peer, file, position, length));
                return;
            }
        }
    }

    fn pour(&mut self, now: Instant, port: &mut Port<'_>) -> Option<Instant> {
        let flood = self.flood.as_mut()?;
        let packet = [LOSSY; PACKET];
        while now < flood.ends {
            let due = flood.rate * now.duration_since(flood.began).as_secs_f64();
            if flood.rate > 0.0 && (flood.sent * PACKET as u64) as f64 >= due {
                return Some(now + Duration::from_micros(500));
            }
            if port.send_lossy(&flood.peer, &packet).is_err() {
                return Some(now + Duration::from_millis(1));
            }
            flood.sent += 1;
        }
        say(&format!("flooded {}", flood.sent));
        self.flood = None;
        None
    }
}

impl Rider for Talker {
    fn event(&mut self, _: Instant, event: &Event, port: &mut Port<'_>) {
        match event {
            Event::FriendConnection { peer, connection } => {
                let how = match connection {
                    Connection::Offline => "offline",
                    Connection::Tcp => "tcp",
                    Connection::Udp => "udp",
                };
                say(&format!("online {peer} {how}"));
            }
            Event::FriendRequest { key, .. } => {
                let _ = self.requests.send(*key);
            }
            Event::FileOffered { peer, file, .. } => {
                let _ = port.file_control(peer, *file, FileControl::Resume);
            }
            Event::FileChunkWanted {
                peer,
                file,
                position,
                length,
            } if *length > 0 => {
                self.pieces.push_back((*peer, *file, *position, *length));
                self.send_pieces(port);
            }
            Event::FileChunk { position, data, .. } if data.is_empty() => {
                say(&format!("received {} {position}", now_ns()));
            }
            Event::Lossy { data, .. } => {
                let now = now_ns();
                if self.count.bytes == 0 {
                    self.count.first = now;
                }
                self.count.bytes += data.len() as u64;
                self.count.last = now;
            }
            _ => {}
        }
    }

    fn turn(&mut self, now: Instant, port: &mut Port<'_>) -> Option<Instant> {
        while let Ok(order) = self.orders.try_recv() {
            match order {
                Order::File(peer, size) => {
                    say(&format!("began {}", now_ns()));
                    let offer = FileOffer {
                        size,
                        id: [7; 32],
                        name: b"bench",
                    };
                    if let Err(e) = port.file_send(&peer, &offer) {
                        say(&format!("failed {e:?}"));
                    }
                }
                Order::Flood { peer, rate, length } => {
                    self.flood = Some(Flood {
                        peer,
                        rate,
                        began: now,
                        ends: now + length,
                        sent: 0,
                    });
                }
                Order::Count => {
                    let count = std::mem::take(&mut self.count);
                    say(&format!(
                        "counted {} {} {}",
                        count.bytes, count.first, count.last
                    ));
                }
            }
        }
        self.send_pieces(port);
        self.pour(now, port)
    }
}

/// The process itself: `bare SAVE udp|tcp HOST PORT KEY [RELAY-PORT]`.
pub fn live(words: &[String]) {
    let [save, how, host, port, key, relay @ ..] = words else {
        panic!("bare SAVE udp|tcp HOST PORT KEY [RELAY-PORT], not {words:?}");
    };
    let mut settings = Settings::new(PathBuf::from(save));
    settings.name = "bare".into();
    settings.local_discovery = false;
    settings.udp = how == "udp";
    settings.bootstrap = vec![BootstrapNode {
        host: host.clone(),
        port: port.parse().unwrap(),
        key: key.parse().unwrap(),
        tcp_ports: relay.iter().map(|p| p.parse().unwrap()).collect(),
    }];
    let (orders, todo) = channel();
    let (requests, asked) = channel();
    let node = Node::start(settings, Vec::new(), move || {
        Box::new(Talker {
            orders: todo,
            requests,
            pieces: VecDeque::new(),
            flood: None,
            count: Count::default(),
        })
    });
    let node = std::sync::Arc::new(node.unwrap());
    say(&format!(
        "ready {} {}",
        hex(node.id().as_bytes()),
        node.key()
    ));
    std::thread::spawn({
        let node = std::sync::Arc::clone(&node);
        move || {
            for key in asked {
                let _ = node.perform(Command::AcceptFriend(key));
            }
        }
    });
    for line in std::io::stdin().lines() {
        let line = line.unwrap();
        let words: Vec<&str> = line.split(' ').collect();
        let order = match words[..] {
            ["befriend", id] => {
                let message = b"bench".to_vec();
                let id = id_from(id);
                node.perform(Command::AddFriend { id, message }).unwrap();
                continue;
            }
            ["file", key, size] => Order::File(key.parse().unwrap(), size.parse().unwrap()),
            ["flood", key, rate, ms] => Order::Flood {
                peer: key.parse().unwrap(),
                rate: rate.parse().unwrap(),
                length: Duration::from_millis(ms.parse().unwrap()),
            },
            ["count"] => Order::Count,
            _ => panic!("what is {line:?}?"),
        };
        orders.send(order).unwrap();
        node.waker().wake();
    }
    node.stop();
}

pub fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXUPPER.encode(bytes)
}

fn id_from(hex: &str) -> ToxId {
    let bytes = data_encoding::HEXUPPER.decode(hex.as_bytes()).unwrap();
    ToxId::from_bytes(bytes.try_into().unwrap()).unwrap()
}

/// The address of somebody who is never there.
pub fn nobody() -> ToxId {
    let mut bytes = [0; 38];
    getrandom::fill(&mut bytes[..36]).unwrap();
    bytes[31] &= 0x7f; // toxcore takes no key above 2^255
    for at in 0..36 {
        bytes[36 + at % 2] ^= bytes[at];
    }
    ToxId::from_bytes(bytes).unwrap()
}

/// One bare instance, seen from the bench.
pub struct Bare {
    child: Child,
    stdin: ChildStdin,
    lines: Receiver<String>,
    pub id: String,
    pub key: String,
    _dir: tempfile::TempDir,
}

impl Bare {
    pub fn start(network: &Network, side: usize) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let program = std::env::current_exe().unwrap();
        let mut process = match &network.places[side] {
            None => Process::new(program),
            Some(place) => {
                let mut process = Process::new("ip");
                process.args(["netns", "exec", place]).arg(program);
                process
            }
        };
        let (host, port) = network.entrance();
        let mut child = process
            .arg("bare")
            .arg(dir.path().join("save"))
            .arg(if network.uses_udp() { "udp" } else { "tcp" })
            .args([host, &port.to_string(), &network.node.key])
            .args(network.relay_port().map(|port| port.to_string()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let (tell, lines) = channel();
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                let _ = tell.send(line);
            }
        });
        let mut bare = Self {
            stdin: child.stdin.take().unwrap(),
            child,
            lines,
            id: String::new(),
            key: String::new(),
            _dir: dir,
        };
        let ready = bare
            .wait("ready", Duration::from_secs(20))
            .expect("a bare instance");
        bare.id = ready[1].clone();
        bare.key = ready[2].clone();
        bare
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn order(&mut self, order: &str) {
        writeln!(self.stdin, "{order}").unwrap();
    }

    /// The next line that begins with `word`, taken apart.
    fn wait(&self, word: &str, within: Duration) -> Option<Vec<String>> {
        let end = Instant::now() + within;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let line = self.lines.recv_timeout(left).ok()?;
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            if words[0] == word {
                return Some(words);
            }
        }
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Two bare instances that are friends.
pub struct Bares {
    a: Bare,
    b: Bare,
}

impl Bares {
    pub fn start(network: &Network) -> Self {
        let (mut a, b) = (Bare::start(network, 0), Bare::start(network, 1));
        let id = b.id.clone();
        a.order(&format!("befriend {id}"));
        let how = if network.uses_udp() { "udp" } else { "tcp" };
        for side in [&a, &b] {
            loop {
                let online = side.wait("online", Duration::from_secs(120));
                if online.expect("two bare instances to meet")[2] == how {
                    break;
                }
            }
        }
        Self { a, b }
    }

    /// Seconds of processor time of both.
    pub fn cpu(&self) -> f64 {
        crate::process::cpu(self.a.pid()) + crate::process::cpu(self.b.pid())
    }

    /// From the offer to the last byte at the other side; `None` when it does not end.
    pub fn file(&mut self, bytes: usize) -> Option<Duration> {
        let key = self.b.key.clone();
        self.a.order(&format!("file {key} {bytes}"));
        let began = self.a.wait("began", FILE_LIMIT)?;
        let received = self.b.wait("received", FILE_LIMIT)?;
        assert_eq!(received[2], bytes.to_string());
        let time = |words: &[String]| words[1].parse::<u128>().unwrap();
        Some(Duration::from_nanos(
            (time(&received) - time(&began)) as u64,
        ))
    }

    /// Lossy packets, `rate` bytes a second (0: as many as go).
    pub fn flood(&mut self, rate: f64, length: Duration) -> Flooded {
        self.counted();
        let cpu = self.cpu();
        let key = self.b.key.clone();
        self.a
            .order(&format!("flood {key} {rate} {}", length.as_millis()));
        self.a.wait("flooded", length * 10).expect("a flood to end");
        // What is still under way arrives meanwhile.
        std::thread::sleep(Duration::from_millis(500));
        let (bytes, first, last) = self.counted();
        Flooded {
            rate: bytes as f64 * 1e9 / (last - first) as f64,
            cpu: (self.cpu() - cpu) / bytes as f64,
        }
    }

    fn counted(&mut self) -> (u64, u128, u128) {
        self.b.order("count");
        let counted = self
            .b
            .wait("counted", Duration::from_secs(10))
            .expect("a count");
        (
            counted[1].parse().unwrap(),
            counted[2].parse().unwrap(),
            counted[3].parse().unwrap(),
        )
    }
}
