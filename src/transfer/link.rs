//! QUIC (quinn-proto) over the lossy packets of one Tox session.
//!
//! Tox is our encrypted, authenticated, NAT-piercing datagram service; QUIC adds what it lacks: loss recovery, flow
//! control, streams. One endpoint a peer, the home with the lower public key is the client. The addresses that QUIC sees
//! are made up and never change. Certificates are thrown away with the process and not verified: who the peer is, Tox has
//! proved, and a datagram only ever reaches the link of the peer whose session brought it. TLS stays because QUIC's own
//! integrity hangs on it and it costs nothing measurable.
//!
//! A server keeps its connection until a newer one has finished its handshake: a delayed or replayed first packet can
//! thus not end a living connection.

use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use quinn_proto::crypto::rustls::{QuicClientConfig, QuicServerConfig};
use quinn_proto::{
    AckFrequencyConfig, ClientConfig, Connection, ConnectionHandle, DatagramEvent, Endpoint,
    EndpointConfig, EndpointEvent, HashedConnectionIdGenerator, ServerConfig, StreamEvent,
    TransportConfig, VarInt,
};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, ServerName, UnixTime};

use super::congestion::{Controller, Factory, Shared};

/// The first byte of a lossy packet that carries a QUIC datagram.
pub const DATAGRAM: u8 = 200;
/// The longest QUIC datagram: a lossy packet of Tox carries 1373 bytes, the first is ours.
pub const MAX_DATAGRAM_BYTES: u16 = 1372;

pub(super) const ALPN: &[u8] = b"toxmail/1";
const SERVER_NAME: &str = "home.tox";
const ADDRESS: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 1);

/// An idle connection is forgotten by both sides without a word; making a new one costs one round trip.
pub(super) const IDLE: Duration = Duration::from_secs(60);
/// 100 Mbit/s over 200 ms are 2.5 MB; an eighth of the window may be waiting to be granted again.
const STREAM_WINDOW: u32 = 3 * 1024 * 1024;
/// What a peer can make us hold. A stream that the disk does not empty leaves a quarter for the letters behind it.
const CONNECTION_WINDOW: u32 = 4 * 1024 * 1024;
/// What we hold for the peer until it is acknowledged, at most: see `Link::make_room`.
const SEND_WINDOW: u64 = 3 * 1024 * 1024;
const LEAST_SEND_WINDOW: u64 = 256 * 1024;
/// Room beyond the send window that only small writes may use.
const SMALL_ROOM: u64 = 1024 * 1024;
/// A server takes up a new connection this often at most: a handshake costs a signature, and an honest client repeats its
/// first packet.
const CONNECTION_EVERY: Duration = Duration::from_millis(100);
/// Connections that say goodbye at the same time.
const MAX_CLOSING: usize = 4;
/// Answers outside of any connection (a reset, a version) that wait to be sent.
const MAX_RESPONSES: usize = 4;
/// News of streams that wait to be understood; the rest stays in QUIC, which tells each stream once.
const MAX_EVENTS: usize = 1024;

/// The throw-away certificate and key of this process, and what QUIC needs beside them. Cheap to clone.
#[derive(Clone)]
pub struct Credentials {
    inner: Arc<Keys>,
}

struct Keys {
    client: Arc<QuicClientConfig>,
    server: Arc<QuicServerConfig>,
    /// Holds the key of the stateless resets: one a process, so that a link made again can still end what an earlier
    /// one of the same process left open.
    endpoint: EndpointConfig,
}

/// Why no credentials could be made: the machine has no randomness, or the TLS library is broken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot make throw-away TLS keys: {0}")]
pub struct CredentialsError(String);

impl Credentials {
    /// New ones.
    ///
    /// # Errors
    /// The machine has no randomness.
    pub fn new() -> Result<Self, CredentialsError> {
        let fault = |e: &dyn std::fmt::Display| CredentialsError(e.to_string());
        // Ed25519: its certificate has the same length every time and fits the first flight.
        let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ED25519).map_err(|e| fault(&e))?;
        let certificate = rcgen::CertificateParams::new(vec![SERVER_NAME.to_owned()])
            .and_then(|params| params.self_signed(&key))
            .map_err(|e| fault(&e))?;
        let provider = Arc::new(provider());

        let mut client = rustls::ClientConfig::builder_with_provider(provider.clone())
            .with_protocol_versions(&[&rustls::version::TLS13])
            .map_err(|e| fault(&e))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(ToxHasProved))
            .with_no_client_auth();
        client.alpn_protocols = vec![ALPN.to_vec()];
        client.resumption = rustls::client::Resumption::disabled();

        let mut server = rustls::ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])
            .map_err(|e| fault(&e))?
            .with_no_client_auth()
            .with_single_cert(
                vec![CertificateDer::from(certificate.der().to_vec())],
                PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
            )
            .map_err(|e| fault(&e))?;
        server.alpn_protocols = vec![ALPN.to_vec()];
        server.send_tls13_tickets = 0;

        let mut endpoint = EndpointConfig::default();
        let ids = getrandom::u64().map_err(|e| fault(&e))?;
        endpoint.cid_generator(move || Box::new(HashedConnectionIdGenerator::from_key(ids)));
        endpoint
            .max_udp_payload_size(MAX_DATAGRAM_BYTES)
            .map_err(|e| fault(&e))?;
        Ok(Self {
            inner: Arc::new(Keys {
                client: Arc::new(QuicClientConfig::try_from(client).map_err(|e| fault(&e))?),
                server: Arc::new(QuicServerConfig::try_from(server).map_err(|e| fault(&e))?),
                endpoint,
            }),
        })
    }
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credentials(…)")
    }
}

/// ring, with the cipher first that this processor is good at: a Pi 4 has no AES instructions.
fn provider() -> rustls::crypto::CryptoProvider {
    use rustls::crypto::ring::cipher_suite::{
        TLS13_AES_128_GCM_SHA256, TLS13_CHACHA20_POLY1305_SHA256,
    };
    let mut provider = rustls::crypto::ring::default_provider();
    #[cfg(target_arch = "x86_64")]
    let aes = std::arch::is_x86_feature_detected!("aes");
    #[cfg(target_arch = "aarch64")]
    let aes = std::arch::is_aarch64_feature_detected!("aes");
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    let aes = false;
    // AES-128-GCM stays in the list in any case: QUIC's first packets need it.
    provider.cipher_suites = if aes {
        vec![TLS13_AES_128_GCM_SHA256, TLS13_CHACHA20_POLY1305_SHA256]
    } else {
        vec![TLS13_CHACHA20_POLY1305_SHA256, TLS13_AES_128_GCM_SHA256]
    };
    provider
}

/// Takes every certificate: Tox has proved who the peer is.
#[derive(Debug)]
struct ToxHasProved;

impl rustls::client::danger::ServerCertVerifier for ToxHasProved {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<rustls::client::danger::ServerCertVerified, rustls::Error> {
        Ok(rustls::client::danger::ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &rustls::DigitallySignedStruct,
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
        Err(rustls::Error::General("QUIC has no TLS 1.2".into()))
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &rustls::DigitallySignedStruct,
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
        Ok(rustls::client::danger::HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<rustls::SignatureScheme> {
        vec![rustls::SignatureScheme::ED25519]
    }
}

/// Which end of QUIC we are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Client,
    Server,
}

/// What happened on the link.
#[derive(Debug)]
pub(super) enum LinkEvent {
    /// A connection stands; streams of an earlier one are gone.
    Connected,
    /// The connection is gone, and its streams with it.
    Lost(Loss),
    /// Something about a stream of the connection.
    Stream(StreamEvent),
}

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Loss {
    /// Nothing was heard for [`IDLE`]; of a connection without transfers that is its ordinary end.
    Silence,
    /// The peer has ended it, or does not know it any more.
    Ended,
    /// The handshake or the protocol failed.
    Failed,
    /// The peer has made another one.
    Replaced,
}

struct Standing {
    handle: ConnectionHandle,
    connection: Connection,
    established: bool,
}

/// The QUIC endpoint of one peer.
pub(super) struct Link {
    role: Role,
    endpoint: Endpoint,
    client: ClientConfig,
    shared: Shared,
    /// The next packet of the connection in use goes beyond its window.
    asks: bool,
    /// The connection in use, or (client) in its handshake.
    current: Option<Standing>,
    /// A server's connection in its handshake.
    candidate: Option<Standing>,
    /// Connections that say goodbye.
    closing: Vec<Standing>,
    /// Until then no new connection is taken up.
    closed_until: Option<Instant>,
    responses: VecDeque<Vec<u8>>,
    scratch: Vec<u8>,
    events: VecDeque<LinkEvent>,
}

impl Link {
    pub(super) fn new(
        role: Role,
        credentials: &Credentials,
        controller: Controller,
        streams: u32,
        seed: Option<[u8; 32]>,
    ) -> Self {
        let keys = &credentials.inner;
        let shared = Shared::default();
        let factory = Factory {
            controller,
            shared: shared.clone(),
        };
        let transport = Arc::new(transport(factory, streams));
        let mut client = ClientConfig::new(keys.client.clone());
        client.transport_config(transport.clone());
        let server = (role == Role::Server).then(|| {
            let mut server = ServerConfig::with_crypto(keys.server.clone());
            server.transport_config(transport);
            server.migration(false);
            server.max_incoming(4);
            server.incoming_buffer_size(64 * 1024);
            server.incoming_buffer_size_total(64 * 1024);
            Arc::new(server)
        });
        Self {
            role,
            endpoint: Endpoint::new(Arc::new(keys.endpoint.clone()), server, false, seed),
            client,
            shared,
            asks: false,
            current: None,
            candidate: None,
            closing: Vec::new(),
            closed_until: None,
            responses: VecDeque::new(),
            scratch: Vec::new(),
            events: VecDeque::new(),
        }
    }

    /// Client only: begins a connection unless there is one.
    pub(super) fn connect(&mut self, now: Instant) {
        if self.role != Role::Client || self.current.is_some() {
            return;
        }
        if let Ok((handle, connection)) =
            self.endpoint
                .connect(now, self.client.clone(), ADDRESS, SERVER_NAME)
        {
            self.current = Some(Standing {
                handle,
                connection,
                established: false,
            });
        }
    }

    /// The established connection.
    pub(super) fn connection(&mut self) -> Option<&mut Connection> {
        self.current
            .as_mut()
            .filter(|s| s.established)
            .map(|s| &mut s.connection)
    }

    pub(super) fn is_established(&self) -> bool {
        self.current.as_ref().is_some_and(|s| s.established)
    }

    /// A handshake is under way.
    pub(super) fn is_connecting(&self) -> bool {
        self.candidate.is_some() || self.current.as_ref().is_some_and(|s| !s.established)
    }

    /// Nothing stands, nothing is to be said.
    pub(super) fn is_empty(&self) -> bool {
        self.current.is_none()
            && self.candidate.is_none()
            && self.closing.is_empty()
            && self.responses.is_empty()
            && self.events.is_empty()
    }

    /// The way to the peer is another one, or is back.
    pub(super) fn path_changed(&mut self, now: Instant) {
        if let Some(standing) = &mut self.current {
            standing.connection.path_changed(now);
            standing.connection.ping();
        }
    }

    /// Shows the peer that we are still there.
    pub(super) fn ping(&mut self) {
        if let Some(connection) = self.connection() {
            connection.ping();
        }
    }

    /// Asks the peer for an acknowledgement, also where the window is full.
    pub(super) fn ask(&mut self) {
        self.ping();
        self.asks = self.is_established();
    }

    /// Packets of ours that the peer has acknowledged so far.
    pub(super) fn acknowledged(&self) -> u64 {
        self.shared.acknowledged()
    }

    /// What a round trip takes; nothing without a connection.
    pub(super) fn round_trip(&self) -> Duration {
        let standing = self.current.as_ref().filter(|s| s.established);
        standing.map_or(Duration::ZERO, |s| s.connection.rtt())
    }

    /// Ends the connection, telling the peer. No event.
    pub(super) fn close(&mut self, now: Instant, code: u32, why: &'static str) {
        for standing in [self.current.take(), self.candidate.take()]
            .into_iter()
            .flatten()
        {
            self.retire(now, standing, code, why);
        }
        self.events.clear();
    }

    /// Connections that the endpoint knows of.
    #[cfg(test)]
    pub(super) fn connections(&self) -> usize {
        self.endpoint.open_connections()
    }

    fn retire(&mut self, now: Instant, mut standing: Standing, code: u32, why: &'static str) {
        standing.connection.close(
            now,
            VarInt::from_u32(code),
            Bytes::from_static(why.as_bytes()),
        );
        // More than a few goodbyes at once are a peer's game; the oldest is cut short, and the endpoint forgets it.
        if self.closing.len() >= MAX_CLOSING {
            let oldest = self.closing.remove(0);
            self.endpoint
                .handle_event(oldest.handle, EndpointEvent::drained());
        }
        self.closing.push(standing);
    }

    /// A datagram of the peer.
    pub(super) fn handle(&mut self, now: Instant, datagram: &[u8]) {
        self.scratch.clear();
        let event = self.endpoint.handle(
            now,
            ADDRESS,
            None,
            None,
            BytesMut::from(datagram),
            &mut self.scratch,
        );
        match event {
            None => {}
            Some(DatagramEvent::ConnectionEvent(handle, event)) => {
                let standing = [self.current.as_mut(), self.candidate.as_mut()]
                    .into_iter()
                    .flatten()
                    .chain(self.closing.iter_mut())
                    .find(|s| s.handle == handle);
                if let Some(standing) = standing {
                    standing.connection.handle_event(event);
                    attend(&mut self.endpoint, standing);
                }
            }
            Some(DatagramEvent::NewConnection(incoming))
                if self.closed_until.is_some_and(|until| now < until) =>
            {
                self.endpoint.ignore(incoming);
            }
            Some(DatagramEvent::NewConnection(incoming)) => {
                self.closed_until = Some(now + CONNECTION_EVERY);
                self.scratch.clear();
                match self.endpoint.accept(incoming, now, &mut self.scratch, None) {
                    Ok((handle, connection)) => {
                        let standing = Standing {
                            handle,
                            connection,
                            established: false,
                        };
                        if let Some(older) = self.candidate.replace(standing) {
                            self.retire(now, older, 0, "replaced");
                        }
                    }
                    Err(error) => {
                        if let Some(response) = error.response {
                            self.respond(response.size);
                        }
                    }
                }
            }
            Some(DatagramEvent::Response(transmit)) => self.respond(transmit.size),
        }
        self.gather(now);
    }

    fn respond(&mut self, size: usize) {
        if self.responses.len() < MAX_RESPONSES {
            self.responses.push_back(wrap(&self.scratch[..size]));
        }
    }

    pub(super) fn handle_timeout(&mut self, now: Instant) {
        for standing in [self.current.as_mut(), self.candidate.as_mut()]
            .into_iter()
            .flatten()
            .chain(self.closing.iter_mut())
        {
            if standing
                .connection
                .poll_timeout()
                .is_some_and(|at| at <= now)
            {
                standing.connection.handle_timeout(now);
                attend(&mut self.endpoint, standing);
            }
        }
        self.gather(now);
    }

    pub(super) fn poll_timeout(&mut self) -> Option<Instant> {
        [self.current.as_mut(), self.candidate.as_mut()]
            .into_iter()
            .flatten()
            .chain(self.closing.iter_mut())
            .filter_map(|s| s.connection.poll_timeout())
            .min()
    }

    /// The next packet for Tox, first byte included.
    pub(super) fn poll_transmit(&mut self, now: Instant) -> Option<Vec<u8>> {
        if let Some(response) = self.responses.pop_front() {
            return Some(response);
        }
        let scratch = &mut self.scratch;
        if std::mem::take(&mut self.asks)
            && let Some(standing) = &mut self.current
        {
            scratch.clear();
            self.shared.open(true);
            let transmit = standing.connection.poll_transmit(now, 1, scratch);
            self.shared.open(false);
            if let Some(transmit) = transmit {
                attend(&mut self.endpoint, standing);
                return Some(wrap(&scratch[..transmit.size]));
            }
        }
        for standing in [self.current.as_mut(), self.candidate.as_mut()]
            .into_iter()
            .flatten()
            .chain(self.closing.iter_mut())
        {
            scratch.clear();
            // One datagram a call: they leave one by one anyway, and quinn's batches are made for a kernel that splits
            // them.
            if let Some(transmit) = standing.connection.poll_transmit(now, 1, scratch) {
                attend(&mut self.endpoint, standing);
                return Some(wrap(&scratch[..transmit.size]));
            }
        }
        None
    }

    pub(super) fn poll(&mut self, now: Instant) -> Option<LinkEvent> {
        if let Some(event) = self.events.pop_front() {
            return Some(event);
        }
        self.gather(now);
        self.events.pop_front()
    }

    /// Takes over what the connections have to tell.
    fn gather(&mut self, now: Instant) {
        self.closing.retain_mut(|standing| {
            while standing.connection.poll().is_some() {}
            attend(&mut self.endpoint, standing);
            !standing.connection.is_drained()
        });
        if let Some(candidate) = &mut self.candidate {
            let mut lost = false;
            while !candidate.established && !lost {
                match candidate.connection.poll() {
                    Some(quinn_proto::Event::Connected) => candidate.established = true,
                    Some(quinn_proto::Event::ConnectionLost { .. }) => lost = true,
                    Some(_) => {}
                    None => break,
                }
            }
            if lost {
                if let Some(failed) = self.candidate.take() {
                    self.retire(now, failed, 0, "failed");
                }
            } else if candidate.established {
                let newer = self.candidate.take();
                if let Some(older) = std::mem::replace(&mut self.current, newer) {
                    self.retire(now, older, 0, "replaced");
                    self.forget_streams();
                    self.events.push_back(LinkEvent::Lost(Loss::Replaced));
                }
                self.events.push_back(LinkEvent::Connected);
            }
        }
        let mut loss = None;
        if let Some(current) = &mut self.current {
            while self.events.len() < MAX_EVENTS && loss.is_none() {
                use quinn_proto::ConnectionError as Error;
                match current.connection.poll() {
                    Some(quinn_proto::Event::Connected) => {
                        current.established = true;
                        self.events.push_back(LinkEvent::Connected);
                    }
                    Some(quinn_proto::Event::Stream(event)) => {
                        self.events.push_back(LinkEvent::Stream(event));
                    }
                    Some(quinn_proto::Event::ConnectionLost { reason }) => {
                        loss = Some(match reason {
                            Error::TimedOut => Loss::Silence,
                            Error::ApplicationClosed(_) | Error::Reset | Error::LocallyClosed => {
                                Loss::Ended
                            }
                            _ => Loss::Failed,
                        });
                    }
                    Some(_) => {}
                    None => break,
                }
            }
        }
        if let Some(loss) = loss {
            if let Some(gone) = self.current.take()
                && !gone.connection.is_drained()
            {
                self.retire(now, gone, 0, "lost");
            }
            self.forget_streams();
            self.events.push_back(LinkEvent::Lost(loss));
        }
    }

    /// Streams of a connection that is gone: their numbers mean others now.
    fn forget_streams(&mut self) {
        self.events
            .retain(|event| !matches!(event, LinkEvent::Stream(_)));
    }

    /// Bounds what lies in the streams' buffers, in our memory and in the connection's flow control, to what the path can
    /// use: whatever a big transfer has written there already, a small letter would have to wait for. `size` says for
    /// whom: what is small may go beyond the bound.
    pub(super) fn make_room(&mut self, size: Size) {
        if let Some(connection) = self.connection() {
            let under_way = connection.congestion_state().window();
            // A packet that is lost twice keeps all that was written after it here, for five round trips and their queue.
            let room = under_way
                .saturating_mul(8)
                .clamp(LEAST_SEND_WINDOW, SEND_WINDOW);
            connection.set_send_window(match size {
                Size::Big => room,
                Size::Small => room + SMALL_ROOM,
            });
        }
    }
}

/// For whom room is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Size {
    Small,
    Big,
}

/// Carries news between a connection and its endpoint.
fn attend(endpoint: &mut Endpoint, standing: &mut Standing) {
    while let Some(event) = standing.connection.poll_endpoint_events() {
        if let Some(event) = endpoint.handle_event(standing.handle, event) {
            standing.connection.handle_event(event);
        }
    }
}

fn wrap(datagram: &[u8]) -> Vec<u8> {
    let mut packet = Vec::with_capacity(1 + datagram.len());
    packet.push(DATAGRAM);
    packet.extend_from_slice(datagram);
    packet
}

fn transport(factory: Factory, streams: u32) -> TransportConfig {
    let mut transport = TransportConfig::default();
    // Every packet costs two encryptions by Tox as well: acknowledge every tenth, or after 5 ms.
    let mut acks = AckFrequencyConfig::default();
    acks.ack_eliciting_threshold(VarInt::from_u32(9));
    acks.max_ack_delay(Some(Duration::from_millis(5)));
    transport
        .max_concurrent_bidi_streams(VarInt::from_u32(streams))
        .max_concurrent_uni_streams(VarInt::from_u32(0))
        .max_idle_timeout(quinn_proto::IdleTimeout::try_from(IDLE).ok())
        .stream_receive_window(VarInt::from_u32(STREAM_WINDOW))
        .receive_window(VarInt::from_u32(CONNECTION_WINDOW))
        .send_window(SEND_WINDOW)
        // The first guess of the round trip: a lost first packet is repeated after 300 ms.
        .initial_rtt(Duration::from_millis(100))
        // Tox says how long a packet may be, and says it for good: nothing to discover, nothing to fall back to.
        .initial_mtu(MAX_DATAGRAM_BYTES)
        .min_mtu(MAX_DATAGRAM_BYTES)
        .mtu_discovery_config(None)
        .ack_frequency_config(Some(acks))
        .keep_alive_interval(None)
        .datagram_receive_buffer_size(None)
        .allow_spin(false)
        .enable_segmentation_offload(false)
        .congestion_controller_factory(Arc::new(factory));
    transport
}
