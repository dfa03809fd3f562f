//! The thread that writes down what friends say, before anything else is done with it, and closes a letter when its minute is
//! over.
//!
//! What never happens here: no letter is made or filed, and the thread waits for nothing but news, the disk and its clock.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::{Arrivals, Errand, HEAD, Heard, Item, News, TROUBLE, day_of, language, lock, notebook};
use crate::chat::{Join, Weight};
use crate::contacts::{Kind, Standing, Who};
use crate::delivery::chat::letter::encoded_size;
use crate::delivery::chat::notebook::Kept;
use crate::durable::fault;
use crate::journal;
use crate::mail::address::PeerKey;
use crate::notices::chat as words;
use crate::queue::Destination;

/// Things that are written down in one transaction.
const MAX_BATCH: usize = 256;

/// Who it is that has said something.
#[derive(PartialEq, Eq)]
enum Peer {
    /// With a chat program.
    Friend,
    Home,
    /// The contact is gone, or is blocked.
    Nobody,
}

/// The thread that writes down.
pub(super) struct Writer {
    arrivals: Arc<Arrivals>,
    join: Join,
}

impl Writer {
    pub(super) fn new(arrivals: Arc<Arrivals>) -> Self {
        Self {
            arrivals,
            join: Join::default(),
        }
    }

    pub(super) fn run(mut self, heard: &Receiver<News>) {
        self.begin();
        loop {
            let first = match self.join.timeout() {
                Some(at) => heard.recv_timeout(at.saturating_duration_since(Instant::now())),
                None => heard.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            let mut batch = Vec::new();
            let mut stops = false;
            let more = heard.try_iter().take(MAX_BATCH);
            let first = match first {
                Ok(news) => Some(news),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return,
            };
            for news in first.into_iter().chain(more) {
                match news {
                    News::Heard(heard) => batch.push(heard),
                    News::Invited(peer) => self.invited(peer),
                    News::Befriend(peer) => self.befriend(peer),
                    News::Stop => stops = true,
                }
            }
            self.take(batch);
            let now = Instant::now();
            while let Some(peer) = self.join.poll(now) {
                self.close(peer, None);
            }
            if stops {
                return; // what is open is closed at the next start
            }
        }
    }

    /// What an earlier run has left: its minute is over.
    fn begin(&mut self) {
        let database = self.arrivals.common.database.clone();
        let left = database.read(|c| {
            let mut left = notebook::open_letters(c)?;
            left.extend(notebook::unfiled(c)?);
            Ok::<_, crate::database::Error>(left.into_iter().collect::<HashSet<PeerKey>>())
        });
        match left {
            Ok(left) => {
                for peer in left {
                    // That run may have ended before it knew that this is a friend.
                    self.what_is(peer);
                    self.close(peer, None);
                    self.arrivals.file_soon(peer);
                }
            }
            Err(e) => journal::trouble("chat", &e),
        }
        let today = day_of(self.arrivals.common.post.clock.now().wall);
        if let Err(e) = database.write(move |c| notebook::forget_days(c, today)) {
            journal::trouble("chat", &e);
        }
    }

    /// Writes down what came, before anything else is done with it.
    fn take(&mut self, mut batch: Vec<Heard>) {
        batch.retain(|heard| {
            let listens = self.listens_to(&heard.peer);
            if !listens {
                self.arrivals.written(heard);
            }
            listens
        });
        if batch.is_empty() {
            return;
        }
        let database = &self.arrivals.common.database;
        let kept = loop {
            let rows = batch.clone();
            match database.write(move |c| notebook::write_down(c, &rows)) {
                Ok(kept) => break kept,
                Err(e) => {
                    journal::trouble("chat", &e);
                    // Tox has acknowledged it, and nobody will say it again: tried for as long as the home runs.
                    let until = Instant::now() + TROUBLE;
                    while Instant::now() < until {
                        if self.arrivals.stops.load(Ordering::Relaxed) {
                            return;
                        }
                        std::thread::sleep(Duration::from_millis(50));
                    }
                }
            }
        };
        fault::point("chat.written");
        let mut strangers = HashSet::new();
        for peer in batch.iter().map(|h| h.peer).collect::<HashSet<_>>() {
            if self.what_is(peer) != Peer::Friend {
                // A Hello came, or the contact went, in this very moment. What was said before it is a letter.
                let rows = batch.iter().zip(&kept).filter(|(h, _)| h.peer == peer);
                let first = rows.filter_map(|(_, kept)| kept.row()).min();
                if let Some(first) = first {
                    self.forget(peer, first);
                }
                self.join.forget(&peer);
                self.close(peer, None);
                strangers.insert(peer);
            }
        }
        let max_letter = self
            .arrivals
            .common
            .post
            .settings()
            .max_message_bytes
            .saturating_sub(HEAD);
        for (heard, kept) in batch.into_iter().zip(kept) {
            self.arrivals.written(&heard);
            let peer = heard.peer;
            if strangers.contains(&peer) {
                continue;
            }
            let (id, letters) = match kept {
                Kept::Row { id, letters } => (id, letters),
                Kept::Over { told_by: None } => continue,
                Kept::Over { told_by: Some(id) } => {
                    journal::chat_flood(&peer);
                    let language = language(&self.arrivals.common.post, None);
                    let text = words::too_much(language).to_owned();
                    self.arrivals.common.send(peer, Errand::Remark(text));
                    (id, 0)
                }
            };
            let weight = Weight {
                text: heard.item.words(),
                files: match &heard.item {
                    Item::File { size, .. } => encoded_size(*size),
                    _ => 0,
                },
            };
            if self
                .join
                .add(Instant::now(), peer, weight, letters, max_letter)
            {
                self.close(peer, Some(id - 1));
            }
        }
    }

    /// Homes write letters, and to strangers nobody listens: their words cost no write.
    fn listens_to(&self, peer: &PeerKey) -> bool {
        let who = Who::Peer {
            key: *peer,
            local: None,
        };
        match self.arrivals.common.post.contacts.standing(&who) {
            Ok(standing) => matches!(standing, Standing::Known(Kind::Chat | Kind::Unknown)),
            Err(e) => {
                journal::trouble("contacts", &e);
                true
            }
        }
    }

    /// A friend with a chat program is one from the first word on, unless it is a home.
    fn what_is(&self, peer: PeerKey) -> Peer {
        match self.arrivals.common.post.contacts.saw_text(&peer) {
            Ok(Some(Kind::Chat)) => {
                self.befriend(peer);
                Peer::Friend
            }
            Ok(Some(_)) => Peer::Home,
            Ok(None) => Peer::Nobody,
            Err(e) => {
                // It is on the disk; what the peer is, the next word or the next start tells.
                journal::trouble("contacts", &e);
                Peer::Friend
            }
        }
    }

    /// Forgets the open rows of a peer from that one on.
    fn forget(&self, peer: PeerKey, from: i64) {
        let database = &self.arrivals.common.database;
        if let Err(e) = database.write(move |c| notebook::forget(c, &peer, from)) {
            journal::trouble("chat", &e);
        }
    }

    fn befriend(&self, peer: PeerKey) {
        let common = &self.arrivals.common;
        if let Err(e) = common.post.queue.reroute(Destination::Chat(peer)) {
            journal::queue_trouble(&e);
        }
        common.send(peer, Errand::Friend);
    }

    fn invited(&self, peer: PeerKey) {
        lock(&self.arrivals.invitations).remove(&peer);
        let common = &self.arrivals.common;
        let today = day_of(common.post.clock.now().wall);
        match common
            .database
            .write(move |c| notebook::declines(c, &peer, today))
        {
            Ok(true) => {
                let text = words::no_groups(language(&common.post, None));
                common.send(peer, Errand::Remark(text.to_owned()));
            }
            Ok(false) => {}
            Err(e) => journal::trouble("chat", &e),
        }
    }

    /// The minute of a friend is over.
    fn close(&self, peer: PeerKey, upto: Option<i64>) {
        let common = &self.arrivals.common;
        let owner = match common.post.contacts.friend(&peer) {
            Ok(friend) => friend.map(|f| f.owner.map_or_else(String::new, |o| o.to_string())),
            Err(e) => {
                journal::trouble("contacts", &e);
                None
            }
        };
        let closed = common
            .database
            .write(move |c| notebook::close(c, &peer, upto, owner.as_deref()));
        match closed {
            Ok(true) => {
                fault::point("chat.closed");
                self.arrivals.file_soon(peer);
            }
            Ok(false) => {}
            // It stays open, and is closed with what comes next, or at the next start.
            Err(e) => journal::trouble("chat", &e),
        }
    }
}
