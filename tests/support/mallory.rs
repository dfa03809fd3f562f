#![allow(dead_code)] // each test binary uses a part of it
//! Another home in the hands of a test: it has a real Tox of its own, speaks the protocol between homes, and says in it what
//! the test wants. It needs `home` beside it.

use std::collections::HashMap;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use bytes::Bytes;
use sha2::{Digest, Sha256};
use toxmail::mail::address::{PeerKey, ToxId};
use toxmail::mail::envelope::{Body, Notify, Return};
use toxmail::tox::{
    BootstrapNode, Command, Connection, Event as ToxEvent, Node, Port, Rider, Settings,
};
use toxmail::transfer::{
    Answered, Credentials, Event, Exchange, Offer, OfferedRecipient, PathKind, RecipientStatus,
    Side, TransferId,
};

use super::home::{self, Home, Plan};

pub type Act = Box<dyn FnMut(Instant, &mut Puppet, &mut Port<'_>) -> bool + Send>;

/// A home in the hands of the test: it speaks the protocol between homes, and says in it what the test wants.
pub struct Puppet {
    pub ours: PeerKey,
    /// The home that is attacked.
    pub home: PeerKey,
    pub exchange: Exchange,
    pub due: Option<Instant>,
    pub ready: bool,
    /// What is sent of each transfer: the travelling bytes, cut off where it shall never be finished.
    pub content: HashMap<TransferId, Bytes>,
    pub told: Sender<Heard>,
    pub acts: Receiver<Act>,
    pub doing: Vec<Act>,
}

/// What came from the home that is attacked, and from Tox.
#[derive(Debug)]
pub enum Heard {
    Online,
    Offline,
    Ready,
    Fed,
    Told(TransferId, Vec<RecipientStatus>),
    Dropped(TransferId),
}

impl Puppet {
    pub fn fresh(ours: PeerKey, home: PeerKey, now: Instant) -> Exchange {
        let side = Side {
            ours: *ours.as_bytes(),
            theirs: *home.as_bytes(),
        };
        let mut nonce = [0; 16];
        getrandom::fill(&mut nonce).unwrap();
        let settings = toxmail::transfer::Settings::new(nonce, Credentials::new().unwrap());
        Exchange::new(now, side, settings)
    }

    fn hear(&mut self, now: Instant, event: Event) {
        let heard = match event {
            Event::Ready { .. } => {
                self.ready = true;
                Heard::Ready
            }
            Event::Lost => {
                self.ready = false;
                return;
            }
            Event::Want { id, offset, max } => {
                let Some(content) = self.content.get(&id) else {
                    return;
                };
                let from = usize::try_from(offset).unwrap().min(content.len());
                let bytes = content.slice(from..content.len().min(from + max));
                if bytes.is_empty() {
                    // It was only a part, and there will be no more.
                    Heard::Fed
                } else {
                    self.exchange.feed(now, id, offset, bytes);
                    return;
                }
            }
            Event::Answered { id, answer } => match answer {
                Answered::Accepted { .. } => return,
                Answered::Had(told) | Answered::Refused(told) => Heard::Told(id, told),
            },
            Event::Receipt { id, told } => Heard::Told(id, told),
            Event::Dropped { id, .. } => Heard::Dropped(id),
            _ => return,
        };
        let _ = self.told.send(heard);
    }
}

impl Rider for Puppet {
    fn event(&mut self, now: Instant, event: &ToxEvent, _: &mut Port<'_>) {
        match event {
            ToxEvent::FriendConnection { peer, connection } if *peer == self.home => {
                let path = match connection {
                    Connection::Udp => PathKind::Udp,
                    Connection::Tcp => PathKind::TcpRelay,
                    Connection::Offline => {
                        self.exchange.handle_offline(now);
                        let _ = self.told.send(Heard::Offline);
                        return;
                    }
                };
                self.exchange.handle_online(now, path);
                let _ = self.told.send(Heard::Online);
            }
            ToxEvent::Lossless { peer, data } if *peer == self.home => {
                self.exchange.handle_packet(now, data);
            }
            ToxEvent::Lossy { peer, data } if *peer == self.home => {
                self.exchange.handle_datagram(now, data);
            }
            _ => {}
        }
    }

    fn turn(&mut self, now: Instant, port: &mut Port<'_>) -> Option<Instant> {
        self.doing.extend(self.acts.try_iter());
        let mut doing = std::mem::take(&mut self.doing);
        doing.retain_mut(|act| !act(now, self, port));
        self.doing = doing;
        if self.due.is_some_and(|due| due <= now) {
            self.exchange.handle_timeout(now);
        }
        loop {
            let mut idle = true;
            while let Some(event) = self.exchange.poll_event() {
                idle = false;
                self.hear(now, event);
            }
            while let Some(packet) = self.exchange.poll_packet() {
                idle = false;
                let _ = port.send_lossless(&self.home, &packet);
            }
            for _ in 0..64 {
                let Some(datagram) = self.exchange.poll_datagram(now) else {
                    break;
                };
                idle = false;
                // A full queue is a loss, and QUIC gets over losses.
                let _ = port.send_lossy(&self.home, &datagram);
            }
            if idle {
                break;
            }
        }
        self.due = self.exchange.poll_timeout();
        let again = (!self.doing.is_empty()).then(|| now + Duration::from_millis(2));
        self.due.into_iter().chain(again).min()
    }
}

/// The test's end of a [`Puppet`].
pub struct Mallory {
    pub node: Node,
    pub heard: Receiver<Heard>,
    pub acts: Sender<Act>,
    pub home: PeerKey,
    pub id: ToxId,
}

impl Mallory {
    pub fn start(dir: &Path, name: &str, bootstrap: &home::Node, home: &Home) -> Self {
        let key: PeerKey = home.status("key").as_str().unwrap().parse().unwrap();
        let id: ToxId = home.status("tox_id").as_str().unwrap().parse().unwrap();
        let mut settings = Settings::new(dir.join(format!("{name}.save")));
        settings.name = name.into();
        settings.local_discovery = false;
        settings.bootstrap = vec![BootstrapNode {
            host: "127.0.0.1".into(),
            port: 33400,
            key: bootstrap.key.parse().unwrap(),
            tcp_ports: vec![],
        }];
        let ours = Node::start(settings.clone(), vec![], || Box::new(Nobody)).unwrap();
        let own = ours.key();
        ours.stop();
        let (told, heard) = channel();
        let (acts, todo) = channel();
        let make = move || -> Box<dyn Rider> {
            Box::new(Puppet {
                ours: own,
                home: key,
                exchange: Puppet::fresh(own, key, Instant::now()),
                due: None,
                ready: false,
                content: HashMap::new(),
                told,
                acts: todo,
                doing: Vec::new(),
            })
        };
        let node = Node::start(settings, vec![], make).unwrap();
        Self {
            node,
            heard,
            acts,
            home: key,
            id,
        }
    }

    /// Knocks with these words.
    pub fn knocks(&self, words: &[u8]) {
        self.node
            .perform(Command::AddFriend {
                id: self.id,
                message: words.to_vec(),
            })
            .unwrap();
    }

    /// Is let in by an invitation.
    pub fn enters(&self, home: &Home) {
        let invitation = home.say(&["invite"]).unwrap();
        let link = invitation["link"].as_str().unwrap();
        let token = link
            .split("token=")
            .nth(1)
            .unwrap()
            .split('&')
            .next()
            .unwrap();
        self.knocks(format!("toxmail-invitation:{token}\nMallory's").as_bytes());
        self.wait("to be ready", 180, |heard| {
            matches!(heard, Heard::Ready).then_some(())
        });
    }

    #[track_caller]
    pub fn wait<T>(
        &self,
        what: &str,
        seconds: u64,
        mut wanted: impl FnMut(Heard) -> Option<T>,
    ) -> T {
        let end = Instant::now() + Duration::from_secs(seconds);
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.heard.recv_timeout(left) {
                Ok(heard) => {
                    if let Some(found) = wanted(heard) {
                        return found;
                    }
                }
                Err(_) => panic!("waited {seconds} s for {what}; {:?}", self.node.status()),
            }
        }
    }

    /// Does this at every turn until it says that it is done.
    pub fn act(
        &self,
        act: impl FnMut(Instant, &mut Puppet, &mut Port<'_>) -> bool + Send + 'static,
    ) {
        self.acts.send(Box::new(act)).unwrap();
        self.node.waker().wake();
    }

    /// Offers a letter as soon as there is a place for it; feeds `fed` of its bytes.
    pub fn offers(&self, letter: &[u8], fed: usize, change: impl FnOnce(&mut Offer)) -> TransferId {
        let mut id = [0; 16];
        getrandom::fill(&mut id).unwrap();
        let mut offer = Offer {
            id,
            content_size: letter.len() as u64,
            encoded_size: letter.len() as u64,
            digest: Sha256::digest(letter).into(),
            compressed: false,
            sender: String::new(),
            recipients: vec![to("anna")],
            body: Body::EightBitMime,
            smtputf8: false,
            ret: Return::Unspecified,
            envelope_id: None,
            inline: None,
        };
        change(&mut offer);
        let content = Bytes::copy_from_slice(&letter[..fed.min(letter.len())]);
        self.act(move |now, puppet, _| {
            puppet.content.insert(id, content.clone());
            puppet.exchange.offer(now, offer.clone()).is_ok()
        });
        id
    }

    /// What the home says of this letter.
    #[track_caller]
    pub fn sends(&self, letter: &[u8], change: impl FnOnce(&mut Offer)) -> Vec<RecipientStatus> {
        let sent = self.offers(letter, letter.len(), change);
        self.wait("a word on a letter", 30, |heard| match heard {
            Heard::Told(id, told) if id == sent => Some(told),
            Heard::Dropped(id) if id == sent => panic!("dropped"),
            _ => None,
        })
    }
}

pub struct Nobody;

impl Rider for Nobody {
    fn event(&mut self, _: Instant, _: &ToxEvent, _: &mut Port<'_>) {}
    fn turn(&mut self, _: Instant, _: &mut Port<'_>) -> Option<Instant> {
        None
    }
}

pub fn to(name: &str) -> OfferedRecipient {
    OfferedRecipient {
        local: name.into(),
        notify: Notify::default(),
    }
}

pub fn home_at(node: &home::Node, name: &'static str, members: &[&'static str]) -> Home {
    let plan = Plan {
        settings: vec![
            ("tox", format!("bootstrap = [ {} ]", node.entry)),
            ("limits", "max_message_bytes = 4000000".into()),
        ],
        members: members.to_vec(),
        ..Plan::default()
    };
    let mut home = Home::new(name, plan);
    home.start();
    home
}
