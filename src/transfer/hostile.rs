//! A peer that speaks QUIC and frames well, and then breaks the protocol. What it loses are its own transfers: after each
//! of these tests a letter still goes both ways, and never did it make us hold more than [`HELD_AT_MOST`].

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use bytes::Bytes;
use ciborium::Value;
use quinn_proto::{Dir, StreamEvent, StreamId, VarInt};

use super::exchange::KNOCK;
use super::frame::{Frame, MAX_FRAME_BYTES};
use super::hello::{HELLO, Hello};
use super::link::{DATAGRAM, Link, LinkEvent, Role};
use super::receiver::UNWRITTEN_BYTES;
use super::samples;
use super::stream::{self, FrameReader, Read};
use super::world::*;
use super::*;

/// What one peer can make a machine hold beside QUIC's own windows (4 MiB): offers that are coming in, content inside
/// offers, frames in pipes, replies on our streams.
const HELD_AT_MOST: usize = 8 << 20;

const MS: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);

/// What came on a stream.
#[derive(Debug, PartialEq)]
enum Said {
    Frame(Frame),
    Finished,
    Reset(u64),
}

/// A home, and the peer whose strings the test pulls.
struct Stage {
    now: Instant,
    home: Home,
    link: Link,
    connected: bool,
    control: Option<StreamId>,
    /// Streams that the home has opened.
    theirs: VecDeque<StreamId>,
    readers: BTreeMap<StreamId, FrameReader>,
    /// Lossless packets of the home.
    heard: Vec<Vec<u8>>,
    fresh: u8,
    most_held: usize,
}

fn puppet() -> Link {
    Link::new(
        Role::Client,
        &credentials(),
        Controller::default(),
        100,
        None,
    )
}

fn hello(nonce: u8) -> Hello {
    Hello {
        double: false,
        versions: vec![1],
        nonce: [nonce; 16],
        seen: Some(settings(1).nonce),
        limits: Limits::default(),
        features: Vec::new(),
    }
}

impl Stage {
    /// Both have said Hello, and a connection stands.
    fn new() -> Self {
        let mut stage = Self::unknown();
        stage.packet(&hello(7).encode());
        stage.connect();
        stage
    }

    /// The peer came online and has said nothing.
    fn unknown() -> Self {
        let now = Instant::now();
        let side = Side {
            ours: [2; 32],
            theirs: [1; 32],
        };
        let mut home = Home::new(now, side, settings(1));
        home.online = true;
        home.exchange.handle_online(now, PathKind::Udp);
        Self {
            now,
            home,
            link: puppet(),
            connected: false,
            control: None,
            theirs: VecDeque::new(),
            readers: BTreeMap::new(),
            heard: Vec::new(),
            fresh: 100,
            most_held: 0,
        }
    }

    fn connect(&mut self) {
        for _ in 0..20 {
            if self.connected {
                return;
            }
            self.link.connect(self.now);
            self.wait(SECOND);
        }
        panic!("no connection");
    }

    fn packet(&mut self, packet: &[u8]) {
        self.home.exchange.handle_packet(self.now, packet);
        self.run();
    }

    /// Everything that goes without waiting.
    fn run(&mut self) {
        for turn in 0.. {
            assert!(turn < 100_000, "it does not come to rest");
            let mut quiet = true;
            let now = self.now;
            while let Some(event) = self.link.poll(now) {
                quiet = false;
                match event {
                    LinkEvent::Connected => {
                        self.connected = true;
                        self.readers.clear();
                        self.theirs.clear();
                        let stream = self.open();
                        self.control = Some(stream);
                        self.write(stream, &Frame::Directory(Directory::default()).encode());
                    }
                    LinkEvent::Lost(_) => self.connected = false,
                    LinkEvent::Stream(StreamEvent::Opened { .. }) => {
                        let connection = self.link.connection().unwrap();
                        while let Some(stream) = connection.streams().accept(Dir::Bi) {
                            self.theirs.push_back(stream);
                        }
                    }
                    LinkEvent::Stream(_) => {}
                }
            }
            while let Some(packet) = self.link.poll_transmit(now) {
                quiet = false;
                self.home.exchange.handle_datagram(now, &packet);
            }
            while let Some(packet) = self.home.exchange.poll_packet() {
                quiet = false;
                self.heard.push(packet);
            }
            while let Some(datagram) = self.home.exchange.poll_datagram(now) {
                quiet = false;
                self.link.handle(now, &datagram[1..]);
            }
            self.most_held = self.most_held.max(self.home.exchange.held());
            while let Some(event) = self.home.exchange.poll_event() {
                quiet = false;
                self.home.shell(now, event);
                self.most_held = self.most_held.max(self.home.exchange.held());
            }
            quiet &= !self.home.work(now);
            if quiet {
                break;
            }
        }
        assert!(self.most_held <= HELD_AT_MOST, "{} bytes", self.most_held);
    }

    fn wait(&mut self, time: Duration) {
        let end = self.now + time;
        loop {
            self.run();
            let home = self.home.exchange.poll_timeout();
            let next = [home, self.link.poll_timeout(), self.home.next_chore()];
            match next.into_iter().flatten().min().filter(|at| *at <= end) {
                Some(at) => self.now = self.now.max(at),
                None => break,
            }
            self.home.exchange.handle_timeout(self.now);
            self.link.handle_timeout(self.now);
        }
        self.now = end;
    }

    fn open(&mut self) -> StreamId {
        let connection = self.link.connection().unwrap();
        connection.streams().open(Dir::Bi).expect("a stream")
    }

    fn write(&mut self, stream: StreamId, bytes: &[u8]) -> usize {
        let mut chunks = VecDeque::from([Bytes::copy_from_slice(bytes)]);
        match self.link.connection() {
            Some(connection) => stream::write(connection, stream, &mut chunks).unwrap_or(0),
            None => 0,
        }
    }

    /// Says as much of it as is taken within a second.
    fn say(&mut self, stream: StreamId, bytes: &[u8]) -> usize {
        let mut said = self.write(stream, bytes);
        for _ in 0..100 {
            self.wait(10 * MS);
            if said == bytes.len() {
                break;
            }
            said += self.write(stream, &bytes[said..]);
        }
        said
    }

    fn finish(&mut self, stream: StreamId) {
        let connection = self.link.connection().unwrap();
        connection.send_stream(stream).finish().unwrap();
        self.wait(20 * MS);
    }

    fn offer(&mut self, offer: Offer) -> StreamId {
        let stream = self.open();
        self.say(stream, &Frame::Offer(offer).encode());
        stream
    }

    /// What came on a stream since the last look.
    fn said(&mut self, stream: StreamId) -> Vec<Said> {
        let reader = self.readers.entry(stream).or_default();
        let mut said = Vec::new();
        let Some(connection) = self.link.connection() else {
            return said;
        };
        loop {
            said.push(
                match stream::read_frame(connection, stream, reader, MAX_FRAME_BYTES) {
                    Read::Frame(frame) => Said::Frame(frame),
                    Read::Blocked => return said,
                    Read::Finished | Read::Broken => {
                        said.push(Said::Finished);
                        return said;
                    }
                    Read::Reset(code) => {
                        said.push(Said::Reset(code));
                        return said;
                    }
                },
            );
        }
    }

    fn fresh(&mut self) -> u8 {
        self.fresh += 1;
        self.fresh
    }

    /// A letter of the home's own, and the stream by which it offers it.
    fn letter(&mut self, size: usize) -> (TransferId, StreamId) {
        let number = self.fresh();
        let id = [number; 16];
        self.home.write(self.now, id, vec![number; size].into());
        (id, self.offered(id))
    }

    /// The stream by which the home offers this.
    fn offered(&mut self, id: TransferId) -> StreamId {
        for _ in 0..200 {
            self.wait(100 * MS);
            while let Some(stream) = self.theirs.pop_front() {
                match self.said(stream).first() {
                    Some(Said::Frame(Frame::Offer(offer))) if offer.id == id => return stream,
                    _ => {}
                }
            }
            if !self.connected {
                self.link.connect(self.now);
            }
            self.home.offer_all(self.now);
        }
        panic!("not offered");
    }

    fn receipt(&mut self, stream: StreamId, id: TransferId) {
        let told = vec![RecipientStatus::Stored];
        self.say(stream, &Frame::Receipt { id, told }.encode());
        self.wait(100 * MS);
    }

    fn told(&self, id: TransferId) -> Option<&[RecipientStatus]> {
        self.home.out[&id].told.as_deref()
    }

    fn delivered(&self, number: u8) -> u32 {
        self.home.inn.get(&[number; 16]).map_or(0, |i| i.delivered)
    }

    /// A letter goes each way.
    fn still_works(&mut self) {
        self.connect();
        let number = self.fresh();
        let offer = samples::small(number, 5000);
        let id = offer.id;
        let stream = self.offer(offer);
        self.wait(100 * MS);
        let told = vec![RecipientStatus::Stored];
        let offset = 5000;
        assert_eq!(
            self.said(stream)[..2],
            [
                Said::Frame(Frame::Accept { id, offset }),
                Said::Frame(Frame::Receipt { id, told })
            ]
        );
        assert_eq!(self.delivered(number), 1);
        let (id, stream) = self.letter(3000);
        self.say(stream, &Frame::Accept { id, offset: 3000 }.encode());
        self.receipt(stream, id);
        assert_eq!(self.told(id), Some(&[RecipientStatus::Stored][..]));
    }
}

fn is_never(said: &[Said]) -> bool {
    said.iter().any(|said| {
        matches!(said, Said::Frame(Frame::Receipt { told, .. })
            if matches!(told[..], [RecipientStatus::Never { .. }]))
    })
}

#[test]
fn an_honest_peer_is_served() {
    let mut stage = Stage::new();
    stage.still_works();
    assert_eq!(stage.home.breaches, 0);
}

#[test]
fn another_hash_than_announced_is_refused() {
    let mut stage = Stage::new();
    let mut offer = samples::small(1, 1000);
    offer.digest[0] ^= 1;
    let inside = stage.offer(offer);
    stage.wait(100 * MS);
    assert!(is_never(&stage.said(inside)));
    let behind = stage.offer(samples::offer(2, 100_000));
    stage.say(behind, &[7; 100_000]);
    assert!(is_never(&stage.said(behind)));
    assert_eq!((stage.delivered(1), stage.delivered(2)), (0, 0));
    stage.still_works();
}

#[test]
fn another_length_than_announced_ends_the_transfer() {
    let mut stage = Stage::new();
    // Less, more, and the end before the answer.
    let less = stage.offer(samples::offer(1, 10_000));
    stage.say(less, &[0; 5000]);
    stage.finish(less);
    let more = stage.offer(samples::offer(2, 10_000));
    stage.say(more, &[0; 10_001]);
    let none = stage.open();
    stage.write(none, &Frame::Offer(samples::offer(3, 10_000)).encode());
    stage.finish(none);
    // Inside an offer it is seen at once.
    let mut offer = samples::small(4, 1000);
    offer.inline = Some(Bytes::from(vec![0; 999]));
    let inside = stage.offer(offer);
    stage.wait(SECOND);
    assert_eq!(stage.home.breaches, 4, "{:?}", stage.home.events);
    for stream in [less, none, inside] {
        assert!(stage.said(stream).contains(&Said::Reset(2)), "{stream}");
    }
    assert_eq!((1..=4).map(|n| stage.delivered(n)).sum::<u32>(), 0);
    stage.still_works();
}

#[test]
fn content_before_the_answer_is_a_breach() {
    let mut stage = Stage::new();
    stage.home.slow = 100 * SECOND;
    let early = stage.offer(samples::offer(1, 10_000));
    stage.say(early, &[0; 10]);
    assert_eq!(stage.home.breaches, 1);
    stage.home.slow = Duration::ZERO;
    stage.wait(100 * SECOND);
    stage.still_works();
}

#[test]
fn a_decompression_bomb_is_refused() {
    let mut stage = Stage::new();
    let bomb = zstd::bulk::compress(&vec![0; 64 << 20], 3).unwrap();
    assert!(bomb.len() < 60_000);
    let offer = Offer {
        content_size: 1 << 20,
        encoded_size: bomb.len() as u64,
        compressed: true,
        inline: Some(bomb.into()),
        ..samples::offer(1, 1)
    };
    let stream = stage.offer(offer);
    stage.wait(100 * MS);
    assert!(is_never(&stage.said(stream)));
    assert_eq!(stage.delivered(1), 0);
    assert!(
        stage.home.events[0].contains("longer"),
        "{:?}",
        stage.home.events
    );
    stage.still_works();
}

#[test]
fn offsets_past_the_end_drop_the_try_and_not_the_letter() {
    let mut stage = Stage::new();
    let (id, mut stream) = stage.letter(200_000);
    for (tries, offset) in [200_001, u64::MAX].into_iter().enumerate() {
        stage.say(stream, &Frame::Accept { id, offset }.encode());
        assert_eq!(stage.home.dropped as usize, tries + 1);
        assert_eq!(stage.told(id), None);
        stream = stage.offered(id);
    }
    stage.say(
        stream,
        &Frame::Accept {
            id,
            offset: 199_999,
        }
        .encode(),
    );
    stage.receipt(stream, id);
    assert_eq!(stage.told(id), Some(&[RecipientStatus::Stored][..]));
    // What came inside an offer has come whole.
    let (id, stream) = stage.letter(1000);
    stage.say(stream, &Frame::Accept { id, offset: 0 }.encode());
    assert_eq!((stage.home.dropped, stage.told(id)), (3, None));
    let stream = stage.offered(id);
    stage.say(stream, &Frame::Accept { id, offset: 1000 }.encode());
    stage.receipt(stream, id);
    assert_eq!(stage.told(id), Some(&[RecipientStatus::Stored][..]));
    stage.still_works();
}

#[test]
fn a_receipt_counts_only_for_what_was_sent_and_on_its_own_stream() {
    let mut stage = Stage::new();
    let (one, first) = stage.letter(200_000);
    let (two, second) = stage.letter(150_000);
    // For another transfer; before the content; for other recipients.
    stage.receipt(first, two);
    assert_eq!((stage.home.dropped, stage.told(two)), (1, None));
    stage.receipt(second, two);
    assert_eq!((stage.home.dropped, stage.told(two)), (2, None));
    let second = stage.offered(two);
    stage.say(
        second,
        &Frame::Accept {
            id: two,
            offset: 150_000,
        }
        .encode(),
    );
    let many = vec![RecipientStatus::Stored; 2];
    stage.say(
        second,
        &Frame::Receipt {
            id: two,
            told: many,
        }
        .encode(),
    );
    assert_eq!((stage.home.dropped, stage.told(two)), (3, None));
    // For what was never offered: on a stream of the peer's, by a packet, on the control stream.
    let stray = stage.open();
    stage.receipt(stray, [9; 16]);
    assert_eq!(stage.home.breaches, 1);
    let told = vec![RecipientStatus::Stored];
    let mut packet = vec![161, 3];
    packet.extend(
        Frame::Receipt {
            id: [9; 16],
            told: told.clone(),
        }
        .encode(),
    );
    stage.packet(&packet);
    packet.truncate(2);
    packet.extend(Frame::Receipt { id: one, told }.encode());
    stage.packet(&packet);
    assert_eq!(stage.told(one), None);
    let control = stage.control.unwrap();
    stage.receipt(control, one);
    assert!(!stage.connected);
    assert_eq!((stage.told(one), stage.told(two)), (None, None));
    stage.still_works();
}

#[test]
fn a_repeated_offer_replaces_the_first_and_is_filed_once() {
    let mut stage = Stage::new();
    let first = stage.offer(samples::offer(1, 300_000));
    stage.say(first, &[7; 100_000]);
    let content: Vec<u8> = (0..20_000).map(|i| (i % 251) as u8).collect();
    stage.offer(samples::small(2, 20_000));
    let again = stage.offer(samples::small(2, 20_000));
    stage.wait(100 * MS);
    assert_eq!(stage.delivered(2), 1);
    let told = vec![RecipientStatus::Stored];
    let have = Said::Frame(Frame::Have { id: [2; 16], told });
    assert!(stage.said(again).contains(&have));
    // Another content under a name that runs: it is checked with the rest, and does not pass.
    let mut other = samples::small(1, 20_000);
    other.inline = Some(content.into());
    let second = stage.offer(Offer {
        encoded_size: 300_000,
        content_size: 300_000,
        inline: None,
        ..other
    });
    stage.wait(100 * MS);
    assert_eq!(stage.home.interrupted, 1);
    let said = stage.said(second);
    assert_eq!(
        said,
        [Said::Frame(Frame::Accept {
            id: [1; 16],
            offset: 100_000
        })]
    );
    stage.say(second, &[7; 200_000]);
    assert!(is_never(&stage.said(second)));
    assert_eq!(stage.delivered(1), 0);
    stage.still_works();
}

#[test]
fn no_more_offers_run_than_were_granted() {
    let mut stage = Stage::new();
    stage.home.slow = 1000 * SECOND;
    let limits = Limits::default();
    for number in 0..limits.max_transfers as u8 + 10 {
        stage.offer(samples::offer(number, 1 << 20));
    }
    let running = |stage: &Stage| stage.home.exchange.incoming_names.len() as u32;
    assert_eq!(running(&stage), limits.max_transfers);
    for number in 50..70 {
        stage.offer(samples::small(number, 60_000));
    }
    let letters = u64::from(running(&stage) - limits.max_transfers);
    assert_eq!(letters, limits.inline_budget / 60_000);
    assert!(stage.home.breaches > 0);
    // They end, and so does the flood.
    stage.home.slow = Duration::ZERO;
    stage.wait(1000 * SECOND);
    stage.still_works();
}

#[test]
fn a_flood_of_offers_that_are_too_large_costs_nothing_but_answers() {
    let mut stage = Stage::new();
    for number in 0..500u64 {
        let mut offer = samples::offer(1, u64::MAX - number);
        offer.id[..8].copy_from_slice(&number.to_le_bytes());
        let stream = stage.offer(offer);
        assert!(matches!(
            stage.said(stream)[0],
            Said::Frame(Frame::Refuse { .. })
        ));
        // As QUIC wants it from who was told to stop.
        let connection = stage.link.connection().unwrap();
        let _ = connection.send_stream(stream).reset(VarInt::from_u32(0));
    }
    assert!(stage.home.inn.is_empty());
    stage.still_works();
}

#[test]
fn a_hello_of_a_later_version_is_understood_as_far_as_it_goes() {
    let later = |versions: &[u16]| {
        let text = |s: &str| Value::Text(s.into());
        let versions = versions.iter().map(|v| Value::from(*v)).collect();
        let map = Value::Map(vec![
            (text("song"), Value::Array(vec![Value::Null; 3])),
            (text("versions"), Value::Array(versions)),
            (text("nonce"), Value::Bytes(vec![9; 16])),
            (text("seen"), Value::Bytes(settings(1).nonce.to_vec())),
            (text("max_message"), Value::from(1u64 << 40)),
            (text("max_transfers"), Value::from(4)),
        ]);
        let mut packet = vec![HELLO];
        packet.extend(b"toxmail");
        ciborium::into_writer(&map, &mut packet).unwrap();
        packet
    };
    let mut stage = Stage::unknown();
    stage.packet(&later(&[9, 2, 1]));
    assert!(stage.home.ready);
    stage.still_works();

    let mut stage = Stage::unknown();
    for _ in 0..3 {
        stage.packet(&later(&[2, 3]));
    }
    assert_eq!((stage.home.ready, stage.home.incompatible), (false, 1));
    let refused = stage.home.exchange.offer(stage.now, samples::small(1, 10));
    assert_eq!(refused, Err(OfferError::NotReady));
    // It was updated.
    stage.packet(&hello(8).encode());
    stage.still_works();
}

#[test]
fn streams_that_are_left_half_open_are_closed() {
    let mut stage = Stage::new();
    let frame = Frame::Offer(samples::small(1, 60_000)).encode();
    let mut streams = Vec::new();
    // As many as are granted, each with the beginning of the longest frame.
    let mut long = u32::to_be_bytes(MAX_FRAME_BYTES as u32).to_vec();
    long.extend(vec![0; 200_000]);
    while let Some(stream) = stage.link.connection().unwrap().streams().open(Dir::Bi) {
        let bytes = match streams.len() % 4 {
            0 => &frame[..1],
            1 => &frame[..40_000],
            2 => &long[..],
            _ => &[][..],
        };
        stage.write(stream, bytes);
        streams.push(stream);
    }
    assert!(streams.len() > 70);
    stage.wait(20 * SECOND);
    assert!(stage.most_held > 0);
    stage.wait(100 * SECOND);
    assert_eq!(stage.home.exchange.held(), 0);
    for stream in streams {
        // Those of which nothing came do not exist here.
        if let Some(connection) = stage.link.connection() {
            let _ = connection.send_stream(stream).reset(VarInt::from_u32(0));
        }
    }
    stage.wait(SECOND);
    stage.still_works();
}

#[test]
fn who_never_answers_or_never_sends_a_receipt_is_given_up() {
    let mut stage = Stage::new();
    let (silent, _) = stage.letter(100_000);
    let (id, stream) = stage.letter(200_000);
    stage.say(stream, &Frame::Accept { id, offset: 0 }.encode());
    // It is read to its end, and then nothing.
    for _ in 0..50 {
        let connection = stage.link.connection().unwrap();
        while let stream::Chunk::Bytes(_) = stream::read(connection, stream, 65_536) {}
        stage.wait(20 * MS);
    }
    stage.wait(125 * SECOND);
    assert_eq!(stage.home.dropped, 1);
    stage.offered(silent);
    stage.wait(790 * SECOND);
    assert!(stage.home.dropped >= 2);
    assert_eq!((stage.told(id), stage.told(silent)), (None, None));
    stage.still_works();
}

#[test]
fn frames_that_are_too_long_or_none_end_what_they_came_by() {
    let mut dice = Dice::new(5);
    let mut noise = 64u32.to_be_bytes().to_vec();
    noise.extend(dice.bytes(64));
    let huge = u32::MAX.to_be_bytes().to_vec();
    let over = (MAX_FRAME_BYTES as u32 + 1).to_be_bytes().to_vec();
    let empty = 0u32.to_be_bytes().to_vec();
    for bytes in [noise, huge, over, empty] {
        let mut stage = Stage::new();
        let transfer = stage.open();
        stage.say(transfer, &bytes);
        assert!(stage.said(transfer).contains(&Said::Reset(2)));
        assert!(stage.connected);
        let (id, reply) = stage.letter(100_000);
        stage.say(reply, &bytes);
        assert_eq!((stage.home.dropped, stage.told(id)), (1, None));
        let control = stage.control.unwrap();
        stage.say(control, &bytes);
        assert!(!stage.connected);
        assert_eq!(stage.home.breaches, 2, "{:?}", stage.home.events);
        stage.still_works();
    }
}

#[test]
fn garbage_in_packets_of_every_kind_is_survived() {
    let mut stage = Stage::new();
    let mut dice = Dice::new(3);
    let good = [
        hello(7).encode(),
        [&[161, 3][..], &Frame::Gone { id: [1; 16] }.encode()].concat(),
        vec![KNOCK],
    ];
    for round in 0..20_000u32 {
        let mut bytes = if dice.chance(0.5) {
            good[dice.below(3) as usize].clone()
        } else {
            let length = dice.below(1373) as usize;
            let mut bytes = vec![160 + dice.below(4) as u8];
            bytes.extend(dice.bytes(length));
            bytes
        };
        for _ in 0..dice.below(4) {
            let at = dice.below(bytes.len() as u64) as usize;
            bytes[at] = dice.roll() as u8;
        }
        bytes.truncate(1 + dice.below(1400) as usize);
        // A Hello that was hit just so would be another process; that has its own test.
        let other = Hello::decode(&bytes).is_ok_and(|h| h.nonce != [7; 16] || h.versions != [1]);
        if !other {
            stage.home.exchange.handle_packet(stage.now, &bytes);
        }
        bytes[0] = DATAGRAM;
        stage.home.exchange.handle_datagram(stage.now, &bytes);
        stage.home.exchange.handle_packet(stage.now, &[]);
        stage.home.exchange.handle_datagram(stage.now, &[]);
        if round % 100 == 0 {
            stage.wait(10 * MS);
        }
    }
    stage.wait(SECOND);
    // It is told, and not told twenty thousand times.
    assert!(
        (1..=60).contains(&stage.home.breaches),
        "{}",
        stage.home.breaches
    );
    stage.packet(&hello(7).encode());
    stage.still_works();
}

#[test]
fn a_flood_of_connections_and_of_processes_is_slowed_down() {
    let mut stage = Stage::new();
    for _ in 0..500 {
        stage.link = puppet();
        stage.connected = false;
        stage.link.connect(stage.now);
        stage.run();
        stage.wait(7 * MS);
        let link = stage.home.exchange.link.as_ref();
        let connections = link.map_or(0, Link::connections);
        assert!(connections <= 8, "{connections}");
    }
    stage.connect();
    stage.still_works();
    let before = stage.home.ready_count;
    for nonce in 0..=255 {
        stage.packet(&hello(nonce).encode());
        stage.wait(4 * MS);
    }
    assert!(stage.home.ready_count - before <= 5);
    stage.link = puppet();
    stage.connected = false;
    stage.wait(120 * SECOND);
    stage.still_works();
}

#[test]
fn a_disk_that_stands_holds_the_peer_back() {
    let mut stage = Stage::new();
    stage.home.stuck = true;
    let stream = stage.offer(samples::offer(1, 50 << 20));
    let said = stage.say(stream, &vec![0; 40 << 20]) as u64;
    let taken = stage.home.inn[&[1; 16]].partial.len() as u64;
    assert_eq!(taken, UNWRITTEN_BYTES);
    // QUIC's window for one stream, twice: once here, once on its way.
    assert!(said <= UNWRITTEN_BYTES + (7 << 20), "{said}");
    // A letter has its own room.
    stage.home.stuck = false;
    stage.still_works();
}

#[test]
fn a_pipe_that_breaks_the_rules_is_refused() {
    let mut stage = Stage::new();
    let now = stage.now;
    let offer = |number| Frame::Offer(samples::offer(number, 20 << 20)).encode();
    // Content that nobody asked for; bytes beside the pipe; a frame that is none; one that does not belong there.
    let data = Frame::Data {
        id: [1; 16],
        offset: 0,
    }
    .encode();
    let gone = Frame::Gone { id: [1; 16] }.encode();
    for (pipe, position, bytes) in [
        (1, 0, data),
        (2, 5, offer(1)),
        (3, 0, vec![255; 10]),
        (4, 0, gone),
    ] {
        let exchange = &mut stage.home.exchange;
        assert_eq!(exchange.handle_pipe_open(now, pipe, 1000), Pipe::Flowing);
        let stands = exchange.handle_pipe_bytes(now, pipe, position, &bytes);
        assert_eq!(stands, Pipe::Refused, "{pipe}");
    }
    let exchange = &mut stage.home.exchange;
    assert_eq!(exchange.handle_pipe_bytes(now, 77, 0, &[0]), Pipe::Refused);
    assert_eq!(exchange.handle_pipe_open(now, 5, u64::MAX), Pipe::Refused);
    // Too many at once.
    for pipe in 10..18 {
        assert_eq!(exchange.handle_pipe_open(now, pipe, 1000), Pipe::Flowing);
    }
    assert_eq!(exchange.handle_pipe_open(now, 18, 1000), Pipe::Refused);
    (10..18).for_each(|pipe| exchange.handle_pipe_closed(now, pipe));
    // One that goes on although the disk stands.
    let head = offer(1);
    exchange.handle_pipe_open(now, 20, head.len() as u64);
    exchange.handle_pipe_bytes(now, 20, 0, &head);
    exchange.handle_pipe_closed(now, 20);
    stage.home.stuck = true;
    stage.run();
    let exchange = &mut stage.home.exchange;
    let head = Frame::Data {
        id: [1; 16],
        offset: 0,
    }
    .encode();
    let mut position = head.len() as u64;
    exchange.handle_pipe_open(now, 21, position + (20 << 20));
    exchange.handle_pipe_bytes(now, 21, 0, &head);
    let mut stands = Pipe::Flowing;
    while stands != Pipe::Refused {
        assert!(position < 6 << 20);
        stands = stage
            .home
            .exchange
            .handle_pipe_bytes(now, 21, position, &[0; 1371]);
        position += 1371;
        stage.run();
    }
    // Replies that nobody takes up: Tox has no room, so the exchange is not asked for them.
    let bad = Frame::Offer(samples::small(3, 60_000)).encode();
    for pipe in 100..10_000 {
        let exchange = &mut stage.home.exchange;
        if exchange.handle_pipe_open(now, pipe, bad.len() as u64) == Pipe::Flowing {
            exchange.handle_pipe_bytes(now, pipe, 0, &bad);
            exchange.handle_pipe_closed(now, pipe);
        }
        while let Some(event) = stage.home.exchange.poll_event() {
            stage.home.shell(now, event);
        }
        stage.home.work(now);
        assert!(stage.home.exchange.held() <= HELD_AT_MOST);
    }
    stage.home.stuck = false;
    stage.still_works();
}

#[test]
fn a_peer_that_reads_nothing_of_control_makes_us_hold_one_frame() {
    let mut stage = Stage::new();
    for number in 0..2000u32 {
        let directory = Directory {
            home_name: format!("Garden Street {number}"),
            members: (0..200)
                .map(|n| ClaimedMember {
                    name: format!("member{n}"),
                    display: "x".repeat(600),
                    emails: vec!["y".repeat(600); 20],
                })
                .collect(),
            ..Directory::default()
        };
        if number < 40 {
            stage.home.exchange.set_directory(stage.now, directory);
        }
        stage.home.exchange.withdraw(stage.now, [number as u8; 16]);
        stage.run();
    }
    assert!(stage.home.exchange.control.held() <= MAX_FRAME_BYTES + 4 + 256 * 16);
    // What it reads at last is well-formed.
    let control = stage.control.unwrap();
    for _ in 0..100 {
        let said = stage.said(control);
        assert!(
            said.iter().all(|said| matches!(said, Said::Frame(_))),
            "{said:?}"
        );
        stage.wait(50 * MS);
    }
    stage.still_works();
}
