//! Letters to friends with chat programs: one after the other to each friend, all friends at the same time.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs::{self, File};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use super::notebook;
use super::plan::{self, Content};
use super::{Common, Errand, TROUBLE, lock};
use crate::chat::{Letter, Part, PartName};
use crate::delivery::letter;
use crate::durable::fault;
use crate::journal;
use crate::mail::address::PeerKey;
use crate::mail::verdict::{Reason, Status, Verdict};
use crate::queue::{self, Delivery, DeliveryId, Destination};

/// Letters of which a friend has not taken all files yet.
const MAX_LETTERS: usize = 8;

/// See the module.
pub(super) struct Departures {
    common: Arc<Common>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    online: HashSet<PeerKey>,
    going: HashMap<DeliveryId, Going>,
    /// After trouble on this side.
    resting: HashSet<DeliveryId>,
}

/// One letter on its way.
struct Going {
    peer: PeerKey,
    delivery: Arc<Delivery>,
    since: Instant,
    /// `None` while it is taken apart.
    parts: Option<Parts>,
}

struct Parts {
    contents: Vec<Content>,
    left: BTreeSet<usize>,
    /// Names of files that the friend did not want.
    unwanted: Vec<String>,
}

impl Parts {
    /// How many the friend has, and how many there are.
    fn count(&self) -> (u64, u64) {
        let total = self.contents.len() as u64;
        (total - self.left.len() as u64, total)
    }

    fn has_words(&self) -> bool {
        let mut left = self.left.iter();
        left.any(|part| matches!(self.contents.get(*part), Some(Content::Text(_))))
    }
}

impl Departures {
    pub(super) fn new(common: Arc<Common>) -> Self {
        Self {
            common,
            state: Mutex::default(),
        }
    }

    pub(super) fn online(this: &Arc<Self>, peer: PeerKey) {
        lock(&this.state).online.insert(peer);
        let again = Arc::clone(this);
        this.common.runtime.spawn_blocking(move || {
            let queue = &again.common.post.queue;
            // A letter may have been taken in the moment in which the peer became a friend.
            if let Err(e) = queue.reroute(Destination::Chat(peer)) {
                journal::queue_trouble(&e);
            }
            if again.is_online(&peer) {
                queue.release(&peer);
                again.common.kick();
            }
        });
    }

    pub(super) fn offline(&self, peer: PeerKey) {
        lock(&self.state).online.remove(&peer);
        self.common.post.queue.hold(&peer);
    }

    pub(super) fn is_online(&self, peer: &PeerKey) -> bool {
        lock(&self.state).online.contains(peer)
    }

    /// Every delivery that is on its way: parts that the friend has, and in all, and since when.
    pub(super) fn going(&self) -> Vec<(DeliveryId, u64, u64, Instant)> {
        let state = lock(&self.state);
        let going = state.going.iter();
        going
            .map(|(id, going)| {
                let (had, total) = going.parts.as_ref().map_or((0, 0), Parts::count);
                (*id, had, total, going.since)
            })
            .collect()
    }

    /// Nothing goes to this peer from here any more.
    pub(super) fn part(&self, peer: PeerKey) {
        let mut state = lock(&self.state);
        let was = state.online.remove(&peer);
        let theirs: Vec<DeliveryId> = state
            .going
            .iter()
            .filter(|(_, going)| going.peer == peer)
            .map(|(id, _)| *id)
            .collect();
        drop(state);
        self.withdraw(&theirs);
        if was {
            self.common.post.queue.hold(&peer);
        }
    }

    pub(super) fn withdraw(&self, deliveries: &[DeliveryId]) {
        for id in deliveries {
            let gone = lock(&self.state).going.remove(id);
            if let Some(going) = gone {
                self.common.send(going.peer, Errand::Withdraw(id.number()));
                self.remove_files(&going.delivery);
            }
        }
    }

    pub(super) fn round(this: &Arc<Self>) -> Result<(), queue::Error> {
        let online: Vec<PeerKey> = lock(&this.state).online.iter().copied().collect();
        for peer in online {
            let underway = {
                let state = lock(&this.state);
                let mut theirs = state.going.values().filter(|g| g.peer == peer);
                let speaks = |g: &Going| g.parts.as_ref().is_none_or(Parts::has_words);
                if theirs.any(speaks) {
                    continue; // the end of its words kicks
                }
                let theirs = state.going.iter().filter(|(_, g)| g.peer == peer);
                let mut underway: HashSet<DeliveryId> = theirs.map(|(id, _)| *id).collect();
                if underway.len() >= MAX_LETTERS {
                    continue;
                }
                underway.extend(&state.resting);
                underway
            };
            if let Some(delivery) = this.common.post.queue.next_chat(&peer, &underway)? {
                Self::start(this, peer, delivery);
            }
        }
        Ok(())
    }

    fn start(this: &Arc<Self>, peer: PeerKey, delivery: Delivery) {
        let delivery = Arc::new(delivery);
        let going = Going {
            peer,
            delivery: Arc::clone(&delivery),
            since: Instant::now(),
            parts: None,
        };
        lock(&this.state).going.insert(delivery.id, going);
        let again = Arc::clone(this);
        this.common.runtime.spawn_blocking(move || {
            let planned = letter::guarded(|| again.prepare(&delivery)).and_then(|made| made);
            match planned {
                Ok(parts) => again.send(peer, &delivery, parts),
                Err(verdict) => {
                    Self::end(&again, &delivery, &letter::everybody(&delivery, &verdict));
                }
            }
        });
    }

    /// Takes a letter apart, and looks what of it is over.
    fn prepare(&self, delivery: &Delivery) -> Result<Parts, Verdict> {
        let Common {
            post,
            database,
            folder,
            ..
        } = &*self.common;
        let contents = plan::plan(post, folder, delivery)?;
        let noted = database
            .read(|c| notebook::parts(c, delivery.id))
            .map_err(|e| {
                journal::trouble("chat", &e);
                letter::own_trouble(letter::out_of_order())
            })?;
        let mut left: BTreeSet<usize> = (0..contents.len()).collect();
        let mut unwanted = Vec::new();
        for note in noted {
            let Some(content) = contents.get(note.part) else {
                continue;
            };
            // Made of another text (somebody has another name now), it was another part.
            if content.digest() == note.digest {
                left.remove(&note.part);
                if let (Content::File { name, .. }, false) = (content, note.wanted) {
                    unwanted.push(name.clone());
                }
            }
        }
        Ok(Parts {
            contents,
            left,
            unwanted,
        })
    }

    fn send(self: &Arc<Self>, peer: PeerKey, delivery: &Arc<Delivery>, parts: Parts) {
        let left = parts.left.iter();
        let letter = Letter {
            id: delivery.id.number(),
            parts: left
                .filter_map(|part| {
                    let part = *part;
                    Some((
                        part,
                        match parts.contents.get(part)? {
                            Content::Text(text) => Part::Text(text.clone()),
                            Content::File { name, size, .. } => Part::File {
                                name: name.clone(),
                                size: *size,
                                id: file_id(delivery, part),
                            },
                        },
                    ))
                })
                .collect(),
        };
        let whole = parts.left.is_empty();
        match lock(&self.state).going.get_mut(&delivery.id) {
            Some(going) => going.parts = Some(parts),
            None => return self.remove_files(delivery), // cancelled meanwhile
        }
        if whole {
            return self.finish(delivery.id);
        }
        journal::delivery_started(
            &delivery.message,
            &peer,
            delivery.recipients.len(),
            delivery.size,
        );
        self.common.send(peer, Errand::Send(letter));
        fault::point("chat.sent");
    }

    /// The friend's program has a part, or does not want it.
    pub(super) fn over(this: &Arc<Self>, peer: PeerKey, name: PartName, wanted: bool) {
        let again = Arc::clone(this);
        this.common
            .runtime
            .spawn_blocking(move || again.note(peer, name, wanted));
    }

    fn note(self: &Arc<Self>, peer: PeerKey, name: PartName, wanted: bool) {
        fault::point("chat.read");
        let part = name.part;
        let found = {
            let state = lock(&self.state);
            let mut all = state.going.values();
            all.find(|g| g.delivery.id.number() == name.letter)
                .and_then(|going| {
                    let content = going.parts.as_ref()?.contents.get(part)?;
                    Some((going.delivery.id, content.digest()))
                })
        };
        let Some((id, digest)) = found else { return };
        let noted = self
            .common
            .database
            .write_at_leisure(move |c| notebook::note_part(c, id, part, &digest, wanted));
        if let Err(e) = noted {
            journal::trouble("chat", &e);
            // Begun again, the letter would be there again: it stays on its way, and the note is made again.
            let (again, runtime) = (Arc::clone(self), self.common.runtime.clone());
            self.common.runtime.spawn(async move {
                tokio::time::sleep(TROUBLE).await;
                runtime.spawn_blocking(move || again.note(peer, name, wanted));
            });
            return;
        }
        fault::point("chat.noted");
        self.common.send(peer, Errand::Noted(name));
        let (through, makes_room) = {
            let mut state = lock(&self.state);
            let Some(parts) = state.going.get_mut(&id).and_then(|g| g.parts.as_mut()) else {
                return;
            };
            parts.left.remove(&part);
            if let (Some(Content::File { name, .. }), false) = (parts.contents.get(part), wanted) {
                parts.unwanted.push(name.clone());
            }
            (parts.left.is_empty(), !parts.has_words())
        };
        if through {
            self.finish(id);
        } else if makes_room {
            self.common.kick();
        }
    }

    /// All parts are over.
    fn finish(self: &Arc<Self>, id: DeliveryId) {
        let (delivery, unwanted, texts) = {
            let state = lock(&self.state);
            let Some(going) = state.going.get(&id) else {
                return;
            };
            let Some(parts) = &going.parts else { return };
            let texts = parts.contents.iter();
            let texts = texts.filter(|c| matches!(c, Content::Text(_))).count();
            journal::chat_handed(
                &going.delivery.message,
                &going.peer,
                parts.contents.len(),
                going.since.elapsed(),
            );
            (Arc::clone(&going.delivery), parts.unwanted.clone(), texts)
        };
        let verdict = if unwanted.is_empty() {
            Verdict::Delivered
        } else {
            let files = unwanted.join(", ");
            let text = match texts {
                0 => format!("their chat program did not take the file: {files}"),
                _ => format!("their chat program has the text, but did not take the file: {files}"),
            };
            Verdict::Never {
                why: Reason::new(Status(5, 7, 1), text),
            }
        };
        Self::end(self, &delivery, &letter::everybody(&delivery, &verdict));
    }

    fn end(this: &Arc<Self>, delivery: &Arc<Delivery>, verdicts: &[(usize, Verdict)]) {
        let Some(outbound) = this.common.outbound.upgrade() else {
            return;
        };
        if outbound.settle(delivery, verdicts) {
            lock(&this.state).going.remove(&delivery.id);
            this.remove_files(delivery);
            this.common.kick();
        } else {
            this.rest(delivery.id);
        }
    }

    /// Something on this side failed: the letter is taken up again in a moment, at the part that was on its way.
    fn rest(self: &Arc<Self>, id: DeliveryId) {
        let gone = {
            let mut state = lock(&self.state);
            let gone = state.going.remove(&id);
            state.resting.insert(id);
            gone
        };
        if let Some(going) = gone {
            self.common.send(going.peer, Errand::Withdraw(id.number()));
        }
        let again = Arc::clone(self);
        self.common.runtime.spawn(async move {
            tokio::time::sleep(TROUBLE).await;
            lock(&again.state).resting.remove(&id);
            again.common.kick();
        });
    }

    /// Tox wants bytes of a file.
    pub(super) fn want(this: &Arc<Self>, peer: PeerKey, part: PartName, offset: u64, max: usize) {
        let found = {
            let state = lock(&this.state);
            let mut all = state.going.values();
            all.find(|g| g.delivery.id.number() == part.letter)
                .and_then(
                    |going| match going.parts.as_ref()?.contents.get(part.part)? {
                        Content::File { path, .. } => Some((going.delivery.id, path.clone())),
                        Content::Text(_) => None,
                    },
                )
        };
        let Some((id, path)) = found else { return };
        let again = Arc::clone(this);
        this.common.runtime.spawn_blocking(move || {
            let mut block = vec![0; max];
            let read =
                File::open(path).and_then(|file| letter::read_at_most(&file, &mut block, offset));
            match read {
                Ok(length) if length > 0 => {
                    block.truncate(length);
                    let bytes = block.into();
                    again.common.send(
                        peer,
                        Errand::Feed {
                            part,
                            offset,
                            bytes,
                        },
                    );
                }
                outcome => {
                    let cut = || std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
                    let error = outcome.err().unwrap_or_else(cut);
                    journal::disk_trouble("reading a file for a chat program", &error);
                    again.rest(id);
                }
            }
        });
    }

    /// Never blocks: also the Tox thread takes letters back.
    fn remove_files(&self, delivery: &Delivery) {
        let (prefix, folder) = (plan::prefix(delivery), self.common.folder.clone());
        self.common.runtime.spawn_blocking(move || {
            let Ok(entries) = fs::read_dir(&folder) else {
                return;
            };
            for entry in entries.flatten() {
                if entry.file_name().to_string_lossy().starts_with(&prefix) {
                    // It stays then, and is swept at the next start.
                    let _ = fs::remove_file(entry.path());
                }
            }
        });
    }
}

/// By which the friend's program knows a file when it is offered again.
fn file_id(delivery: &Delivery, part: usize) -> [u8; 32] {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    hash.update(delivery.transfer);
    hash.update((part as u64).to_be_bytes());
    hash.finalize().into()
}
