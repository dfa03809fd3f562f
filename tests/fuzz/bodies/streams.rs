//! A peer that speaks QUIC well and the frames in it badly: any bytes on any stream, streams that are reset, stopped, left
//! half open. The home around the exchange is that of the target `exchange`.

#[path = "../../support/anybody.rs"]
mod anybody;

use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use bytes::BytesMut;
use quinn_proto::crypto::rustls::QuicClientConfig;
use quinn_proto::{
    ClientConfig, Connection, ConnectionHandle, DatagramEvent, Dir, Endpoint, EndpointConfig,
    StreamId, VarInt,
};
use toxmail::transfer::hello::Hello;
use toxmail::transfer::link::{DATAGRAM, MAX_DATAGRAM_BYTES};
use toxmail::transfer::{Limits, PathKind};

use super::exchange::{Home, Script, frame};

const ADDRESS: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 1);

fn client_config() -> ClientConfig {
    static ONCE: OnceLock<Arc<QuicClientConfig>> = OnceLock::new();
    let quic = ONCE.get_or_init(|| {
        // Tox has proved who the home is.
        let mut tls = anybody::trusting(&[&rustls::version::TLS13]);
        tls.alpn_protocols = vec![b"toxmail/1".to_vec()];
        Arc::new(QuicClientConfig::try_from(tls).unwrap())
    });
    ClientConfig::new(quic.clone())
}

/// The peer's end of QUIC.
struct Impostor {
    endpoint: Endpoint,
    handle: ConnectionHandle,
    connection: Connection,
}

impl Impostor {
    fn connect(now: Instant) -> Self {
        let mut config = EndpointConfig::default();
        config.max_udp_payload_size(MAX_DATAGRAM_BYTES).unwrap();
        let mut endpoint = Endpoint::new(Arc::new(config), None, false, Some([9; 32]));
        let (handle, connection) = endpoint
            .connect(now, client_config(), ADDRESS, "home.tox")
            .unwrap();
        Self {
            endpoint,
            handle,
            connection,
        }
    }

    fn hear(&mut self, now: Instant, datagram: &[u8]) {
        let mut answer = Vec::new();
        let bytes = BytesMut::from(datagram);
        if let Some(DatagramEvent::ConnectionEvent(_, event)) =
            self.endpoint
                .handle(now, ADDRESS, None, None, bytes, &mut answer)
        {
            self.connection.handle_event(event);
        }
    }

    fn speak(&mut self, now: Instant) -> Option<Vec<u8>> {
        if self.connection.poll_timeout().is_some_and(|at| at <= now) {
            self.connection.handle_timeout(now);
        }
        while let Some(event) = self.connection.poll_endpoint_events() {
            if let Some(event) = self.endpoint.handle_event(self.handle, event) {
                self.connection.handle_event(event);
            }
        }
        let mut packet = Vec::new();
        let transmit = self.connection.poll_transmit(now, 1, &mut packet)?;
        Some([&[DATAGRAM], &packet[..transmit.size]].concat())
    }
}

/// Both ends say all that they have to say, over a network without faults and half a millisecond long.
fn pump(us: &mut Home, impostor: &mut Impostor, now: &mut Instant) {
    for _ in 0..400 {
        let mut rests = true;
        while let Some(datagram) = impostor.speak(*now) {
            us.exchange.handle_datagram(*now, &datagram);
            rests = false;
        }
        if us.exchange.poll_timeout().is_some_and(|at| at <= *now) {
            us.exchange.handle_timeout(*now);
        }
        for datagram in us.settle(*now).1 {
            impostor.hear(*now, &datagram[1..]);
            rests = false;
        }
        while impostor.connection.poll().is_some() {}
        if rests {
            return;
        }
        *now += Duration::from_micros(500);
    }
}

/// The first byte chooses how the home answers and what it offers by itself.
pub fn streams(data: &[u8]) {
    let mut script = Script(data);
    let mut now = Instant::now();
    let manner = script.byte();
    // The home has the higher key: it is the server.
    let mut us = Home::new(now, 2, 1, manner & 127);
    us.exchange.handle_online(now, PathKind::Udp);
    let hello = Hello {
        versions: vec![1],
        nonce: [1; 16],
        seen: Some([2; 16]),
        limits: Limits::default(),
        features: Vec::new(),
        double: false,
    };
    us.exchange.handle_packet(now, &hello.encode());
    let mut impostor = Impostor::connect(now);
    pump(&mut us, &mut impostor, &mut now);
    assert!(us.exchange.is_connected(), "QUIC does not come up");

    let mut streams: Vec<StreamId> = Vec::new();
    let mut unsent: VecDeque<(StreamId, Vec<u8>)> = VecDeque::new();
    let mut steps = 0;
    while !script.0.is_empty() && steps < 200 {
        steps += 1;
        let choice = script.byte();
        let stream = streams
            .get(usize::from(script.byte() % 16))
            .or(streams.last())
            .copied();
        let connection = &mut impostor.connection;
        match (choice % 12, stream) {
            (0, _) => streams.extend(connection.streams().open(Dir::Bi)),
            (1, _) => streams.extend(connection.streams().open(Dir::Uni)),
            (2, _) => streams.extend(connection.streams().accept(Dir::Bi)),
            (3 | 4, Some(stream)) => {
                // A frame, perhaps with something behind it.
                let mut bytes = frame(&mut script).encode();
                if choice >= 128 {
                    bytes.extend_from_slice(script.bytes(255));
                }
                unsent.push_back((stream, bytes));
            }
            (5, Some(stream)) => unsent.push_back((stream, script.bytes(255).to_vec())),
            (6, Some(stream)) => {
                // A length that promises much.
                let length = u32::try_from(script.number()).unwrap_or(u32::MAX);
                unsent.push_back((stream, length.to_be_bytes().to_vec()));
            }
            (7, Some(stream)) => drop(connection.send_stream(stream).finish()),
            (8, Some(stream)) => {
                let code = VarInt::from_u32(u32::from(script.byte()));
                if choice & 16 == 0 {
                    drop(connection.send_stream(stream).reset(code));
                } else {
                    drop(connection.recv_stream(stream).stop(code));
                }
            }
            (9, _) => {
                let number = script.byte() % 4;
                us.offer(now, number, 1 + script.number().min(100_000) as usize);
            }
            (10, _) => {
                now += Duration::from_millis(1 << (script.byte() % 16));
                us.exchange.handle_timeout(now);
            }
            (_, Some(stream)) => {
                // What the home says is read, so that its windows stay open.
                if let Ok(mut chunks) = impostor.connection.recv_stream(stream).read(true) {
                    while let Ok(Some(_)) = chunks.next(64 * 1024) {}
                    let _ = chunks.finalize();
                }
            }
            _ => {}
        }
        for (stream, bytes) in std::mem::take(&mut unsent) {
            if stream.dir() == Dir::Bi || stream.initiator() == quinn_proto::Side::Client {
                let _ = impostor.connection.send_stream(stream).write(&bytes);
            }
        }
        pump(&mut us, &mut impostor, &mut now);
    }
    // Whatever was said: the home still listens to who comes after.
    let mut after = Impostor::connect(now);
    for _ in 0..4 {
        // A link that was broken is not made again at once.
        now += Duration::from_secs(61);
        us.exchange.handle_timeout(now);
        us.settle(now);
    }
    us.exchange.handle_packet(
        now,
        &Hello {
            nonce: [3; 16],
            ..hello
        }
        .encode(),
    );
    after.connection = {
        let (handle, connection) = after
            .endpoint
            .connect(now, client_config(), ADDRESS, "home.tox")
            .unwrap();
        after.handle = handle;
        connection
    };
    pump(&mut us, &mut after, &mut now);
    assert!(
        us.exchange.is_connected(),
        "the home does not listen any more"
    );
}
