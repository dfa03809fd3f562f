//! Everything between a home and one peer, as a script: the bytes say what the peer and the network do.
//!
//! The peer is a real one, whose packets are lost, doubled and changed on the way, and besides an impostor under the same
//! key that says any frame in any order. The home around the exchange behaves as src/delivery does. Whatever comes, the
//! events keep to their grammar (src/transfer/event.rs), nothing is promised twice, and every round of work ends.

use std::collections::{BTreeMap, VecDeque};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use bytes::Bytes;
use sha2::{Digest, Sha256};
use toxmail::mail::envelope::{Body, Notify, Return};
use toxmail::mail::verdict::{Reason, Status};
use toxmail::transfer::exchange::{KNOCK, REPLY};
use toxmail::transfer::frame::{Frame, check_offer};
use toxmail::transfer::hello::{Hello, MAX_PACKET_BYTES};
use toxmail::transfer::link::DATAGRAM;
use toxmail::transfer::{
    Answer, Answered, ClaimedMember, Credentials, Directory, Event, Exchange, Limits, Offer,
    OfferedRecipient, PathKind, Pipe, PipeAct, RecipientStatus, Settings, Side, TransferId,
};

/// More rounds than any step can need: what takes more goes in circles.
const MANY: usize = 20_000;

/// The bytes of a script, one step after the other; at its end there are zeros.
pub struct Script<'a>(pub &'a [u8]);

impl<'a> Script<'a> {
    pub fn byte(&mut self) -> u8 {
        let Some((&first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        first
    }

    pub fn bytes(&mut self, most: usize) -> &'a [u8] {
        let length = usize::from(self.byte()).min(self.0.len()).min(most);
        let (now, later) = self.0.split_at(length);
        self.0 = later;
        now
    }

    /// A number of any size, small ones often.
    pub fn number(&mut self) -> u64 {
        let small = u64::from(self.byte());
        match small {
            0..=249 => small,
            250 => 65_536,
            251 => 1 << 20,
            252 => 1 << 40,
            253 => u64::MAX,
            _ => u64::from(self.byte()) << 8,
        }
    }
}

/// One side with the home around it.
pub struct Home {
    pub exchange: Exchange,
    ready: bool,
    /// Ours, by name: the content and whether an end was told.
    out: BTreeMap<TransferId, (Offer, Bytes)>,
    running: BTreeMap<TransferId, ()>,
    /// Theirs that run: recipients, whole length, what was answered, how much is here.
    inn: BTreeMap<TransferId, Incoming>,
    pipes: VecDeque<PipeAct>,
    open: Option<(u32, u64, u64)>,
    /// How the home answers offers.
    manner: u8,
}

struct Incoming {
    offer: Offer,
    accepted: bool,
    here: u64,
    complete: bool,
}

fn credentials() -> Credentials {
    static ONCE: OnceLock<Credentials> = OnceLock::new();
    ONCE.get_or_init(|| Credentials::new().unwrap()).clone()
}

impl Home {
    pub fn new(now: Instant, ours: u8, theirs: u8, manner: u8) -> Self {
        let mut settings = Settings::new([ours; 16], credentials());
        settings.seed = Some([ours; 32]);
        settings.limits = Limits {
            max_message_bytes: 1 << 20,
            inline_budget: 4096,
            max_transfers: 3,
            max_inline_transfers: 4,
        };
        let side = Side {
            ours: [ours; 32],
            theirs: [theirs; 32],
        };
        Self {
            exchange: Exchange::new(now, side, settings),
            ready: false,
            out: BTreeMap::new(),
            running: BTreeMap::new(),
            inn: BTreeMap::new(),
            pipes: VecDeque::new(),
            open: None,
            manner,
        }
    }

    pub fn offer(&mut self, now: Instant, number: u8, size: usize) {
        let content: Bytes = (0..size).map(|i| (i % 251) as u8).collect();
        let offer = Offer {
            id: [number; 16],
            content_size: size as u64,
            encoded_size: size as u64,
            digest: Sha256::digest(&content).into(),
            compressed: false,
            sender: "anna@a.tox".into(),
            recipients: vec![
                OfferedRecipient {
                    local: "bert".into(),
                    notify: Notify::default(),
                };
                1 + usize::from(number % 2)
            ],
            body: Body::EightBitMime,
            smtputf8: false,
            ret: Return::Unspecified,
            envelope_id: None,
            inline: (size <= 4096).then(|| content.clone()),
        };
        let id = offer.id;
        if self.running.contains_key(&id) {
            return;
        }
        if self.exchange.offer(now, offer.clone()).is_ok() {
            assert!(self.ready, "an offer was taken before Ready");
            self.running.insert(id, ());
            self.out.insert(id, (offer, content));
        }
    }

    /// Takes all that the exchange has to say; its packets, lossless and lossy.
    pub fn settle(&mut self, now: Instant) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
        let (mut packets, mut datagrams) = (Vec::new(), Vec::new());
        for round in 0.. {
            assert!(round < MANY, "the exchange never comes to rest");
            let mut rests = true;
            while let Some(packet) = self.exchange.poll_packet() {
                assert!(packet.len() <= MAX_PACKET_BYTES && (160..164).contains(&packet[0]));
                packets.push(packet);
                assert!(packets.len() < MANY);
                rests = false;
            }
            while let Some(datagram) = self.exchange.poll_datagram(now) {
                assert!(datagram.len() <= MAX_PACKET_BYTES && datagram[0] == DATAGRAM);
                datagrams.push(datagram);
                assert!(datagrams.len() < MANY);
                rests = false;
            }
            while let Some(act) = self.exchange.poll_pipe() {
                self.pipes.push_back(act);
                assert!(self.pipes.len() < MANY);
            }
            while let Some(event) = self.exchange.poll_event() {
                self.happened(now, event);
                rests = false;
            }
            if rests {
                break;
            }
        }
        while let Some(act) = self.pipes.pop_front() {
            match act {
                PipeAct::Open { pipe, size } => self.open = Some((pipe, size, 0)),
                PipeAct::Cancel { pipe } => self.open = self.open.filter(|open| open.0 != pipe),
            }
        }
        (packets, datagrams)
    }

    fn happened(&mut self, now: Instant, event: Event) {
        match event {
            Event::Ready { .. } => self.ready = true,
            Event::Lost => {
                assert!(self.ready, "Lost without Ready");
                self.ready = false;
            }
            Event::Incompatible { .. }
            | Event::Directory(_)
            | Event::Double
            | Event::SeenDouble
            | Event::Breach { .. } => {}
            Event::Want { id, offset, max } => {
                assert!(
                    self.running.contains_key(&id),
                    "content of what does not run is wanted"
                );
                let content = &self.out[&id].1;
                assert!(
                    offset < content.len() as u64 && max > 0,
                    "{offset} of {} is wanted",
                    content.len()
                );
                let from = offset as usize;
                let to = content.len().min(from.saturating_add(max));
                let bytes = content.slice(from..to);
                self.exchange.feed(now, id, offset, bytes);
            }
            Event::Answered { id, answer } => {
                assert!(
                    self.running.contains_key(&id),
                    "an answer to what was never asked"
                );
                let offer = &self.out[&id].0;
                match answer {
                    Answered::Accepted { offset } => assert!(offset <= offer.encoded_size),
                    Answered::Had(told) | Answered::Refused(told) => {
                        assert_eq!(told.len(), offer.recipients.len());
                        self.running.remove(&id);
                    }
                }
            }
            Event::Receipt { id, told } => {
                assert!(
                    self.running.remove(&id).is_some(),
                    "a receipt for what was never offered"
                );
                assert_eq!(told.len(), self.out[&id].0.recipients.len());
            }
            Event::Dropped { id, .. } => {
                assert!(
                    self.running.remove(&id).is_some(),
                    "what does not run was dropped"
                );
            }
            Event::Offered { id, offer } => {
                assert_eq!(offer.id, id);
                assert!(offer.inline.is_none());
                assert_eq!(check_offer(&offer), Ok(()));
                assert!(offer.content_size <= 1 << 20, "larger than we take");
                assert!(!self.inn.contains_key(&id), "offered twice at once");
                assert!(self.inn.len() < 3 + 4, "more transfers than were granted");
                let told =
                    |offer: &Offer, told: RecipientStatus| vec![told; offer.recipients.len()];
                let why = || Reason::new(Status(5, 2, 2), "full");
                let answer = match (self.manner ^ id[0]) % 8 {
                    0 => Answer::Have(told(&offer, RecipientStatus::Stored)),
                    1 => Answer::Refuse(told(&offer, RecipientStatus::Never { why: why() })),
                    2 => Answer::Accept {
                        offset: offer.encoded_size / 2,
                    },
                    3 => Answer::Accept {
                        offset: offer.encoded_size,
                    },
                    _ => Answer::Accept { offset: 0 },
                };
                if let Answer::Accept { offset } = answer {
                    let incoming = Incoming {
                        offer,
                        accepted: true,
                        here: offset,
                        complete: false,
                    };
                    self.inn.insert(id, incoming);
                }
                self.exchange.answer(now, id, answer);
            }
            Event::Data { id, offset, bytes } => {
                let incoming = self.inn.get_mut(&id).expect("data of what was not offered");
                assert!(incoming.accepted && !incoming.complete && !bytes.is_empty());
                assert_eq!(offset, incoming.here, "a gap, or bytes that came before");
                incoming.here += bytes.len() as u64;
                assert!(
                    incoming.here <= incoming.offer.encoded_size,
                    "more than was declared"
                );
                let here = incoming.here;
                if self.manner & 8 == 0 {
                    self.exchange.wrote(now, id, here);
                }
            }
            Event::Complete { id } => {
                let incoming = self
                    .inn
                    .get_mut(&id)
                    .expect("the end of what was not offered");
                assert!(!incoming.complete && incoming.here == incoming.offer.encoded_size);
                incoming.complete = true;
                if self.manner & 16 == 0 {
                    let told = vec![RecipientStatus::Stored; incoming.offer.recipients.len()];
                    self.exchange.receipt(now, id, told);
                    self.inn.remove(&id);
                }
            }
            Event::Interrupted { id } => {
                assert!(
                    self.inn.remove(&id).is_some(),
                    "what does not run was interrupted"
                );
            }
            Event::Withdrawn { id } => drop(self.inn.remove(&id)),
        }
    }
}

/// A frame of the impostor's.
pub fn frame(script: &mut Script<'_>) -> Frame {
    let id = [script.byte() % 4; 16];
    let told = |script: &mut Script<'_>| -> Vec<RecipientStatus> {
        let count = script.byte() % 4;
        (0..count)
            .map(|n| match n % 3 {
                0 => RecipientStatus::Stored,
                1 => RecipientStatus::Later {
                    why: Reason::new(Status(4, 2, 2), "full"),
                },
                _ => RecipientStatus::Never {
                    why: Reason::new(Status(5, 1, 1), "nobody"),
                },
            })
            .collect()
    };
    match script.byte() % 9 {
        0 | 1 => {
            let size = script.number();
            let content = script.bytes(255);
            let inside = script.byte().is_multiple_of(2) && !content.is_empty();
            Frame::Offer(Offer {
                id,
                content_size: if inside { content.len() as u64 } else { size },
                encoded_size: if inside { content.len() as u64 } else { size },
                digest: Sha256::digest(content).into(),
                compressed: false,
                sender: String::new(),
                recipients: vec![
                    OfferedRecipient {
                        local: "anna".into(),
                        notify: Notify::NEVER,
                    };
                    usize::from(script.byte() % 3)
                ],
                body: Body::SevenBit,
                smtputf8: true,
                ret: Return::Unspecified,
                envelope_id: None,
                inline: inside.then(|| Bytes::copy_from_slice(content)),
            })
        }
        2 => Frame::Accept {
            id,
            offset: script.number(),
        },
        3 => Frame::Have {
            id,
            told: told(script),
        },
        4 => Frame::Refuse {
            id,
            told: told(script),
        },
        5 => Frame::Receipt {
            id,
            told: told(script),
        },
        6 => Frame::Withdraw { id },
        7 => Frame::Data {
            id,
            offset: script.number(),
        },
        _ => match script.byte() % 2 {
            0 => Frame::Gone { id },
            _ => Frame::Directory(Directory {
                home_name: "x".into(),
                members: vec![ClaimedMember::default(); usize::from(script.byte())],
                tox_id: Some([script.byte(); 38]).filter(|id| id[0] % 2 == 0),
                moved_to: Some([script.byte(); 38]).filter(|id| id[0] % 2 == 0),
            }),
        },
    }
}

/// The first byte chooses who is the QUIC client and how the homes answer.
pub fn exchange(data: &[u8]) {
    let mut script = Script(data);
    let start = Instant::now();
    let mut now = start;
    let manner = script.byte();
    let (a, b) = if manner & 128 == 0 { (1, 2) } else { (2, 1) };
    let mut us = Home::new(now, a, b, manner & 127);
    let mut peer = Home::new(now, b, a, 4);
    let mut way_to_peer: VecDeque<(bool, Vec<u8>)> = VecDeque::new();
    let mut way_to_us: VecDeque<(bool, Vec<u8>)> = VecDeque::new();
    let mut steps = 0;
    while !script.0.is_empty() && steps < 400 {
        steps += 1;
        match script.byte() % 20 {
            0 | 1 => {
                us.exchange.handle_online(now, PathKind::Udp);
                peer.exchange.handle_online(now, PathKind::Udp);
            }
            2 => us.exchange.handle_online(now, PathKind::TcpRelay),
            3 => us.exchange.handle_offline(now),
            4 => {
                // The impostor's Hello; often it has seen ours.
                let choice = script.byte();
                let hello = Hello {
                    versions: vec![if choice & 8 == 0 { 1 } else { 9 }],
                    nonce: [choice % 4 + 1; 16],
                    seen: (choice & 16 == 0).then_some([a; 16]),
                    limits: Limits {
                        inline_budget: script.number(),
                        max_message_bytes: script.number(),
                        ..Limits::default()
                    },
                    features: Vec::new(),
                    double: choice & 32 != 0,
                };
                us.exchange.handle_packet(now, &hello.encode());
            }
            5 => us.exchange.handle_packet(now, script.bytes(255)),
            6 => {
                let frame = frame(&mut script).encode();
                let choice = script.byte();
                for (n, piece) in frame.chunks(1300).enumerate() {
                    let first = u8::from(n == 0);
                    let last = u8::from((n + 1) * 1300 >= frame.len()) << 1;
                    // Sometimes it lies about where a piece belongs.
                    let place = (first | last) ^ if choice > 250 { choice & 3 } else { 0 };
                    us.exchange
                        .handle_packet(now, &[&[REPLY, place], piece].concat());
                }
            }
            7 => drop(us.exchange.handle_pipe_open(
                now,
                u32::from(script.byte() % 4),
                script.number(),
            )),
            8 => {
                let pipe = u32::from(script.byte() % 4);
                let position = script.number();
                let _: Pipe = us
                    .exchange
                    .handle_pipe_bytes(now, pipe, position, script.bytes(255));
            }
            9 => {
                // A frame and what may follow it, through a pipe of just that length.
                let pipe = u32::from(script.byte() % 4);
                let mut bytes = frame(&mut script).encode();
                bytes.extend_from_slice(script.bytes(255));
                let cut = usize::from(script.byte()) % (bytes.len() + 1);
                let more = u64::from(script.byte() % 3);
                us.exchange
                    .handle_pipe_open(now, pipe, bytes.len() as u64 + more);
                us.exchange.handle_pipe_bytes(now, pipe, 0, &bytes[..cut]);
                us.exchange
                    .handle_pipe_bytes(now, pipe, cut as u64, &bytes[cut..]);
                let _ = us.exchange.pipe_state(pipe);
            }
            10 => us
                .exchange
                .handle_pipe_closed(now, u32::from(script.byte() % 4)),
            11 => {
                now += Duration::from_millis(1 << (script.byte() % 17));
                us.exchange.handle_timeout(now);
                peer.exchange.handle_timeout(now);
            }
            12 => {
                let number = script.byte() % 4;
                us.offer(now, number, 1 + script.number().min(100_000) as usize);
            }
            13 => {
                let id = [script.byte() % 4; 16];
                us.running.remove(&id);
                us.exchange.withdraw(now, id);
            }
            14 => {
                // Our pipe moves on, or breaks.
                if let Some((pipe, size, position)) = us.open {
                    let length = (size - position).min(script.number().saturating_add(1)) as usize;
                    if script.byte() > 240 {
                        us.exchange.pipe_broken(now, pipe);
                        us.open = None;
                    } else if let Some(chunk) = us.exchange.pipe_chunk(now, pipe, position, length)
                    {
                        assert_eq!(chunk.len(), length);
                        us.open =
                            Some((pipe, size, position + length as u64)).filter(|o| o.2 < o.1);
                    }
                }
            }
            15 => us
                .exchange
                .handle_datagram(now, &[&[DATAGRAM], script.bytes(255)].concat()),
            16 => us.exchange.handle_packet(now, &[KNOCK]),
            17 => {
                let number = 4 + script.byte() % 4;
                peer.offer(now, number, 1 + script.number().min(60_000) as usize);
            }
            18 => {
                let directory = Directory {
                    home_name: String::from_utf8_lossy(script.bytes(64)).into_owned(),
                    ..Directory::default()
                };
                us.exchange.set_directory(now, directory);
            }
            _ => {
                // The network does its work for a while, well or badly.
                let luck = script.byte();
                for _ in 0..4 + luck % 32 {
                    carry(&mut us, now, &mut way_to_peer);
                    carry(&mut peer, now, &mut way_to_us);
                    if way_to_peer.is_empty() && way_to_us.is_empty() {
                        break;
                    }
                    deliver(&mut way_to_peer, &mut peer, now, 0, &mut script);
                    deliver(&mut way_to_us, &mut us, now, luck, &mut script);
                    now += Duration::from_millis(1);
                }
            }
        }
        carry(&mut us, now, &mut way_to_peer);
        // A deadline that has passed is met by a few calls (QUIC's probes back off from the last packet that was sent, which
        // may be long ago), never by an endless row of them: the home would burn its core.
        let mut calls = 0;
        while us.exchange.poll_timeout().is_some_and(|due| due <= now) {
            us.exchange.handle_timeout(now);
            carry(&mut us, now, &mut way_to_peer);
            calls += 1;
            assert!(calls < 40, "a deadline stays in the past");
        }
    }
}

fn carry(home: &mut Home, now: Instant, way: &mut VecDeque<(bool, Vec<u8>)>) {
    let (packets, datagrams) = home.settle(now);
    way.extend(packets.into_iter().map(|p| (true, p)));
    way.extend(datagrams.into_iter().map(|d| (false, d)));
    while way.len() > 2000 {
        way.pop_front();
    }
}

fn deliver(
    way: &mut VecDeque<(bool, Vec<u8>)>,
    to: &mut Home,
    now: Instant,
    luck: u8,
    script: &mut Script<'_>,
) {
    while let Some((lossless, mut packet)) = way.pop_front() {
        // The highest bits of luck: something happens to what comes.
        let mishap = if luck >= 192 { script.byte() } else { 255 };
        match mishap {
            0..=9 => continue,
            10..=19 => {
                let at = usize::from(script.byte()) % packet.len();
                packet[at] ^= script.byte();
            }
            20..=24 if !lossless => {
                to.exchange.handle_datagram(now, &packet);
            }
            _ => {}
        }
        if lossless {
            to.exchange.handle_packet(now, &packet);
        } else {
            to.exchange.handle_datagram(now, &packet);
        }
    }
}
