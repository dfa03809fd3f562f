//! The Hello: the one lossless packet that each home sends on every connection, and the greeting it makes.
//!
//! First byte 160, the magic `toxmail`, then one CBOR map with text keys; at most 1373 bytes in all. Unknown keys are
//! skipped, the highest common version is spoken. `seen` carries the nonce of the Hello that the writer has received in
//! this session: who finds its own nonce there knows that it was heard. So both sides know, after at most three packets,
//! that both have heard, and a lost or late Hello only costs another one.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::frame::MAX_INLINE_BYTES;

/// The first byte of a Hello.
pub const HELLO: u8 = 160;
/// The longest packet that Tox carries, first byte included.
pub const MAX_PACKET_BYTES: usize = 1373;
/// The protocol version that is spoken here.
pub const VERSION: u16 = 1;

const MAGIC: &[u8; 7] = b"toxmail";

/// What a home grants to its peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The largest message, uncompressed.
    pub max_message_bytes: u64,
    /// Bytes of content inside offers that have no receipt yet.
    pub inline_budget: u64,
    /// Transfers with content of their own that run at once.
    pub max_transfers: u32,
    /// Transfers with their content inside the offer that run at once.
    pub max_inline_transfers: u32,
}

impl Default for Limits {
    /// 100 MiB as `max_message_bytes` of the configuration; 1 MiB of content inside offers is sixteen letters of the
    /// largest size or hundreds of ordinary ones; 16 and 64 transfers are what a peer's replies and offers may take up of
    /// our memory (see the rules of the room).
    fn default() -> Self {
        Self {
            max_message_bytes: 100 * 1024 * 1024,
            inline_budget: 1024 * 1024,
            max_transfers: 16,
            max_inline_transfers: 64,
        }
    }
}

/// One Hello.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hello {
    /// Every protocol version that the writer speaks.
    pub versions: Vec<u16>,
    /// 16 random bytes of the writer's process: a new one means that nothing of the old connection is left.
    pub nonce: [u8; 16],
    /// The nonce of the Hello that the writer has received in this session.
    pub seen: Option<[u8; 16]>,
    /// What the writer grants.
    pub limits: Limits,
    /// Names of what the writer can do beyond its version.
    pub features: Vec<String>,
    /// The writer sees two processes under the reader's key: somebody runs the same home twice.
    pub double: bool,
}

#[derive(Serialize, Deserialize)]
struct Wire {
    versions: Vec<u16>,
    #[serde(with = "super::frame::fixed")]
    nonce: [u8; 16],
    #[serde(
        default,
        with = "super::frame::fixed_if_any",
        skip_serializing_if = "Option::is_none"
    )]
    seen: Option<[u8; 16]>,
    #[serde(default)]
    max_message: u64,
    #[serde(default)]
    inline_budget: u64,
    #[serde(default)]
    max_transfers: u32,
    #[serde(default)]
    max_inline_transfers: u32,
    #[serde(default)]
    features: Vec<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    double: bool,
}

/// Why a packet is not a Hello.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a Hello: {0}")]
pub struct HelloError(&'static str);

impl Hello {
    /// The packet, first byte included.
    pub fn encode(&self) -> Vec<u8> {
        let wire = Wire {
            versions: self.versions.clone(),
            nonce: self.nonce,
            seen: self.seen,
            max_message: self.limits.max_message_bytes,
            inline_budget: self.limits.inline_budget,
            max_transfers: self.limits.max_transfers,
            max_inline_transfers: self.limits.max_inline_transfers,
            features: self.features.clone(),
            double: self.double,
        };
        let mut packet = vec![HELLO];
        packet.extend_from_slice(MAGIC);
        // Writing a map of plain values into memory cannot fail.
        let _ = ciborium::into_writer(&wire, &mut packet);
        packet
    }

    /// A Hello from its packet, first byte included.
    ///
    /// # Errors
    /// It is none; a Hello of a version without anything in common with ours is still one.
    pub fn decode(packet: &[u8]) -> Result<Self, HelloError> {
        if packet.len() > MAX_PACKET_BYTES {
            return Err(HelloError("too long"));
        }
        let rest = packet
            .strip_prefix(&[HELLO])
            .and_then(|p| p.strip_prefix(MAGIC))
            .ok_or(HelloError("without the magic"))?;
        let wire: Wire = ciborium::de::from_reader_with_recursion_limit(rest, 16)
            .map_err(|_| HelloError("unreadable"))?;
        if wire.versions.is_empty() {
            return Err(HelloError("without a version"));
        }
        Ok(Self {
            versions: wire.versions,
            nonce: wire.nonce,
            seen: wire.seen,
            limits: Limits {
                max_message_bytes: wire.max_message,
                inline_budget: wire.inline_budget,
                max_transfers: wire.max_transfers,
                max_inline_transfers: wire.max_inline_transfers,
            },
            features: wire.features,
            double: wire.double,
        })
    }

    /// The highest version that both speak.
    pub fn common_version(&self) -> Option<u16> {
        self.versions.contains(&VERSION).then_some(VERSION)
    }

    /// Whether content of this length may travel inside an offer, other offers aside.
    pub fn takes_inline(&self, bytes: u64) -> bool {
        bytes <= MAX_INLINE_BYTES as u64
            && bytes <= self.limits.inline_budget
            && self.limits.max_inline_transfers > 0
    }
}

/// What a Hello from the peer changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The same process as before.
    Again,
    /// Another process than before, or the first one: whatever ran with an earlier one is gone.
    Anew,
}

/// Both sides' Hellos in one session of Tox.
pub struct Greeting {
    ours: [u8; 16],
    limits: Limits,
    theirs: Option<Hello>,
    /// What our Hello says of the peer.
    double: bool,
    /// A Hello with other limits than the peer has heard is still to go out.
    untold: bool,
    session: Session,
}

enum Session {
    Offline,
    Online {
        /// Their Hello came in this session.
        heard: bool,
        /// They said that they have seen ours.
        told: bool,
        /// A Hello of ours with their nonce in it went out in this session.
        answered: bool,
        /// When to send the next one.
        send_at: Option<Instant>,
        /// Hellos sent in this session.
        sent: u32,
        last_sent: Option<Instant>,
    },
}

/// Waits before a Hello is repeated to a peer that does not answer. A plain Tox client never will, so it ends with these,
/// but for a peer that is known to be a home: then it goes on with the last.
const REPEATS: [Duration; 3] = [
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_secs(300),
];
/// So many Hellos of a session go out at once; further ones wait, or two homes could talk each other to death.
const FREE_HELLOS: u32 = 6;
const SLOW_HELLO: Duration = Duration::from_secs(10);
/// A Hello that comes so soon after one of ours is no question: under the first of `REPEATS`, over any round trip.
const ANSWER_HOLDS: Duration = Duration::from_secs(4);

/// When the next Hello of a session may go, of which so many have gone.
fn earliest(now: Instant, sent: u32, last_sent: Option<Instant>) -> Instant {
    match last_sent {
        Some(last) if sent >= FREE_HELLOS => now.max(last + SLOW_HELLO),
        _ => now,
    }
}

impl Greeting {
    /// Before the first session.
    pub fn new(ours: [u8; 16], limits: Limits) -> Self {
        Self {
            ours,
            limits,
            theirs: None,
            double: false,
            untold: false,
            session: Session::Offline,
        }
    }

    /// These limits from now on. A peer that has heard others hears them.
    pub fn set_limits(&mut self, now: Instant, limits: Limits) {
        if self.limits == limits {
            return;
        }
        self.limits = limits;
        let Session::Online {
            heard: true,
            send_at,
            sent,
            last_sent,
            ..
        } = &mut self.session
        else {
            return;
        };
        let due = earliest(now, *sent, *last_sent);
        *send_at = Some(send_at.map_or(due, |at| at.min(due)));
        self.untold = true;
    }

    /// The peer came online: a Hello is due.
    pub fn online(&mut self, now: Instant) {
        self.session = Session::Online {
            heard: false,
            told: false,
            answered: false,
            send_at: Some(now),
            sent: 0,
            last_sent: None,
        };
    }

    /// The peer went offline.
    pub fn offline(&mut self) {
        self.session = Session::Offline;
    }

    /// Whether the peer is online.
    pub fn is_online(&self) -> bool {
        matches!(self.session, Session::Online { .. })
    }

    /// Both have heard each other in this session and speak a common version.
    pub fn is_mutual(&self) -> bool {
        matches!(
            self.session,
            Session::Online {
                heard: true,
                told: true,
                ..
            }
        ) && self.version().is_some()
    }

    /// Their Hello came in this session, and a version is common.
    pub fn is_heard(&self) -> bool {
        matches!(self.session, Session::Online { heard: true, .. }) && self.version().is_some()
    }

    /// Their last Hello, of this session or an earlier one.
    pub fn theirs(&self) -> Option<&Hello> {
        self.theirs.as_ref()
    }

    /// The version that is spoken.
    pub fn version(&self) -> Option<u16> {
        self.theirs.as_ref().and_then(Hello::common_version)
    }

    /// Our Hello as it would go out now.
    pub fn ours(&self) -> Hello {
        let heard = matches!(self.session, Session::Online { heard: true, .. });
        Hello {
            versions: vec![VERSION],
            nonce: self.ours,
            seen: self.theirs.as_ref().filter(|_| heard).map(|h| h.nonce),
            limits: self.limits,
            features: Vec::new(),
            double: self.double,
        }
    }

    /// The peer is seen double from now on, or no more: our next Hello says so.
    pub fn set_double(&mut self, double: bool) {
        self.double = double;
    }

    /// A Hello came.
    pub fn hear(&mut self, now: Instant, hello: Hello) -> Heard {
        let anew = self.theirs.as_ref().is_none_or(|t| t.nonce != hello.nonce);
        let seen_ours = hello.seen == Some(self.ours);
        self.theirs = Some(hello);
        if let Session::Online {
            heard,
            told,
            answered,
            send_at,
            sent,
            last_sent,
        } = &mut self.session
        {
            if anew {
                *answered = false;
                *told = false;
            }
            *heard = true;
            *told |= seen_ours;
            if seen_ours && *answered {
                // Who has heard our answer says nothing more. One that says its Hello later again has not: its session
                // is a newer one than ours, or the answer was lost with an older one.
                let again = last_sent.is_none_or(|last| now >= last + ANSWER_HOLDS);
                let put_off = send_at.filter(|_| self.untold);
                *send_at = again.then_some(now).or(put_off);
            } else {
                *send_at = Some(earliest(now, *sent, *last_sent));
            }
        }
        if anew { Heard::Anew } else { Heard::Again }
    }

    /// When the next Hello is due.
    pub fn deadline(&self) -> Option<Instant> {
        match &self.session {
            Session::Online { send_at, .. } => *send_at,
            Session::Offline => None,
        }
    }

    /// The Hello that is due now.
    pub fn poll(&mut self, now: Instant) -> Option<Vec<u8>> {
        let packet = self.ours().encode();
        let known = self.theirs.is_some();
        let Session::Online {
            heard,
            told,
            answered,
            send_at,
            sent,
            last_sent,
        } = &mut self.session
        else {
            return None;
        };
        if send_at.is_none_or(|at| now < at) {
            return None;
        }
        *last_sent = Some(now);
        *answered = *heard;
        let repeat = usize::try_from(*sent)
            .ok()
            .and_then(|n| REPEATS.get(n))
            .or_else(|| REPEATS.last().filter(|_| known));
        *send_at = match repeat {
            Some(wait) if !(*heard && *told) => Some(now + *wait),
            _ => None,
        };
        *sent = sent.saturating_add(1);
        self.untold = false;
        Some(packet)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    fn all_hellos(greeting: &mut Greeting, mut now: Instant) -> usize {
        let end = now + Duration::from_secs(3600);
        let mut count = 0;
        while let Some(at) = greeting.deadline().filter(|at| *at <= end) {
            now = now.max(at);
            count += usize::from(greeting.poll(now).is_some());
        }
        count
    }

    /// What is due is said and heard, until nothing is; how many Hellos that were.
    fn talk(homes: &mut [Greeting; 2], now: Instant) -> u32 {
        let mut sent = 0;
        for turn in 0..20 {
            if let Some(packet) = homes[turn % 2].poll(now) {
                sent += 1;
                homes[1 - turn % 2].hear(now, Hello::decode(&packet).unwrap());
            }
        }
        sent
    }

    #[test]
    fn a_plain_tox_client_is_left_alone_and_a_home_is_asked_again() {
        let now = Instant::now();
        let mut greeting = Greeting::new([1; 16], Limits::default());
        greeting.online(now);
        assert_eq!(all_hellos(&mut greeting, now), 4);
        let theirs = Greeting::new([2; 16], Limits::default()).ours();
        greeting.hear(now, theirs);
        greeting.offline();
        greeting.online(now);
        // The packets of this session are lost.
        assert!((10..20).contains(&all_hellos(&mut greeting, now)));
    }

    #[test]
    fn a_peer_whose_session_began_anew_is_answered_although_ours_did_not() {
        let now = Instant::now();
        let mut homes = [1, 2].map(|n| Greeting::new([n; 16], Limits::default()));
        homes.iter_mut().for_each(|greeting| greeting.online(now));
        talk(&mut homes, now);
        let later = now + Duration::from_secs(60);
        homes[0].online(later);
        // The first answer is lost.
        let packet = homes[0].poll(later).unwrap();
        homes[1].hear(later, Hello::decode(&packet).unwrap());
        homes[1].poll(later).unwrap();
        let sent = talk(&mut homes, later + REPEATS[0]);
        assert!(homes.iter().all(Greeting::is_mutual));
        assert!(sent <= 4, "{sent}");
        assert!(homes.iter().all(|g| g.deadline().is_none()));
    }

    #[test]
    fn a_home_that_takes_larger_letters_says_so_at_once_and_then_it_is_quiet() {
        let now = Instant::now();
        let mut homes = [1, 2].map(|n| Greeting::new([n; 16], Limits::default()));
        let larger = Limits {
            max_message_bytes: 200 << 20,
            ..Limits::default()
        };
        // Who is not there hears it with the first Hello.
        homes[0].set_limits(now, larger);
        assert_eq!(homes[0].deadline(), None);
        homes.iter_mut().for_each(|greeting| greeting.online(now));
        talk(&mut homes, now);
        assert_eq!(homes[1].theirs().unwrap().limits, larger);
        // The same again is no news.
        let later = now + Duration::from_secs(60);
        homes[0].set_limits(later, larger);
        assert_eq!(talk(&mut homes, later), 0);
        homes[0].set_limits(later, Limits::default());
        let sent = talk(&mut homes, later);
        assert_eq!(homes[1].theirs().unwrap().limits, Limits::default());
        assert!((1..=3).contains(&sent), "{sent}");
        assert!(homes.iter().all(|g| g.deadline().is_none()));
        // Changing one's mind again and again does not flood the peer.
        for bytes in 0..100 {
            let limits = Limits {
                max_message_bytes: bytes,
                ..larger
            };
            homes[0].set_limits(later, limits);
            homes[0].poll(later);
        }
        let due = homes[0].deadline().unwrap();
        assert!(due > later);
        // Nor is it forgotten for what the peer says meanwhile.
        let again = homes[1].ours();
        homes[0].hear(later, again);
        assert_eq!(homes[0].deadline(), Some(due));
        talk(&mut homes, due);
        assert_eq!(homes[1].theirs().unwrap().limits.max_message_bytes, 99);
    }

    #[test]
    fn three_hellos_make_a_greeting_and_then_it_is_quiet() {
        let now = Instant::now();
        let mut homes = [1, 2].map(|n| Greeting::new([n; 16], Limits::default()));
        for greeting in &mut homes {
            greeting.online(now);
        }
        let sent = talk(&mut homes, now);
        assert!(homes.iter().all(Greeting::is_mutual));
        assert!(homes.iter().all(|g| g.deadline().is_none()));
        assert!(sent <= 4, "{sent}");
    }
}
