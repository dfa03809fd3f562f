//! Files on their way in: judged, taken piece by piece, kept for the letter that they go with.
//!
//! What never happens here: no file takes room on the disk before it was judged, and none is filed (it goes with its friend's
//! words).

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, Sender, channel};

use bytes::Bytes;

use super::{Arrivals, Common, Errand, HEAD, Heard, Item, Trouble, lock, notebook, reader};
use crate::chat::{Declined, FileId, Verdict};
use crate::delivery::chat::letter::{clean_name, encoded_size};
use crate::delivery::chat::notebook::Begun;
use crate::durable::{self, Draft, fault};
use crate::journal;
use crate::mail::address::PeerKey;
use crate::notices::chat::Why;

/// Files that come in at the same time, from all friends: each has a thread.
const MAX_COMING: usize = 16;
/// Offers that are judged at the same time.
const MAX_JUDGED: usize = 64;
/// The files of one friend and day, in letters of the largest size.
const MAX_LARGEST_A_DAY: u64 = 10;
/// Files of one friend and day, however small.
const MAX_FILES_A_DAY: u64 = 500;
/// A file that broke off and did not go on in this time is told, in seconds.
const BROKEN_AFTER: i64 = 86_400;

/// A file on its way in.
pub(super) enum Coming {
    Judged(u64),
    Flowing {
        parts: Sender<Piece>,
        left: u64,
        turn: u64,
    },
}

pub(super) enum Piece {
    Data { position: u64, bytes: Bytes },
    Complete,
    TakenBack,
}

impl Arrivals {
    pub(in crate::delivery::chat) fn file_offered(
        this: &Arc<Self>,
        peer: PeerKey,
        file: FileId,
        name: &[u8],
        size: u64,
        id: [u8; 32],
    ) {
        let turn = this.turns.fetch_add(1, Ordering::Relaxed);
        lock(&this.coming).insert((peer, file), Coming::Judged(turn));
        let offer = Offer {
            peer,
            file,
            turn,
            name: clean_name(name),
            size,
            id,
        };
        if this.judging.fetch_add(1, Ordering::Relaxed) >= MAX_JUDGED {
            // Offers come faster than the disk can be asked.
            this.judging.fetch_sub(1, Ordering::Relaxed);
            lock(&this.coming).remove(&(peer, file));
            return this.decline(&offer, Why::Many);
        }
        let again = Arc::clone(this);
        this.common.runtime.spawn_blocking(move || {
            let judged = again.judge(&offer);
            again.judging.fetch_sub(1, Ordering::Relaxed);
            match judged {
                Ok(()) => {}
                Err(why) => {
                    let current = {
                        let mut coming = lock(&again.coming);
                        let current = is_current(&coming, &offer);
                        if current {
                            coming.remove(&(peer, file));
                        }
                        current
                    };
                    if current {
                        again.decline(&offer, why);
                    }
                }
            }
        });
    }

    fn decline(&self, offer: &Offer, why: Why) {
        self.common.send(
            offer.peer,
            Errand::Answer {
                file: offer.file,
                id: offer.id,
                verdict: Verdict::Refuse,
            },
        );
        self.no_file(offer.peer, offer.name.clone(), offer.size, why);
    }

    fn no_file(&self, peer: PeerKey, name: String, size: u64, why: Why) {
        self.item(peer, Item::NoFile { name, size, why });
    }

    /// Looks whether a file can be taken, and begins to take it.
    fn judge(self: &Arc<Self>, offer: &Offer) -> Result<(), Why> {
        let Common {
            post,
            database,
            folder,
            ..
        } = &*self.common;
        let room_of = |e: &dyn std::fmt::Display| {
            journal::trouble("chat", e);
            Why::Room
        };
        let most = post.settings().max_message_bytes;
        let in_letter = encoded_size(offer.size).saturating_add(HEAD);
        if in_letter > most {
            return Err(Why::Large);
        }
        let friend = post.contacts.friend(&offer.peer).map_err(|e| room_of(&e))?;
        let owner = friend.and_then(|friend| friend.owner);
        let member = reader(post, owner).map_err(|Trouble| Why::Room)?;
        post.store
            .room_for(&member, in_letter)
            .map_err(|e| room_of(&e))?;
        let known = database
            .read(|c| notebook::known_file(c, &offer.peer, &offer.id))
            .map_err(|e| room_of(&e))?
            .filter(|known| known.size == offer.size);
        let resumed = known.as_ref().and_then(|known| {
            let draft = Draft::resume(folder.join(&known.file)).ok()?;
            (draft.len() < offer.size).then_some(draft)
        });
        let draft = match resumed {
            Some(draft) => draft,
            None => self.begin(offer, most)?,
        };
        let offset = draft.len();
        let left = offer.size - offset;
        let (parts, pieces) = channel();
        {
            let mut coming = lock(&self.coming);
            if !is_current(&coming, offer) {
                draft.keep();
                return Ok(());
            }
            let flowing = coming.values().filter_map(|c| match c {
                Coming::Flowing { left, .. } => Some(*left),
                Coming::Judged(_) => None,
            });
            let (count, promised) = flowing.fold((0, 0), |(n, sum), left| (n + 1, sum + left));
            if count >= MAX_COMING {
                draft.keep();
                return Err(Why::Many);
            }
            // It lies here once, and once more in the letter.
            let needed = promised.saturating_add(left).saturating_add(in_letter) + durable::RESERVE;
            if durable::room(folder).map_err(|e| room_of(&e))? < needed {
                draft.keep();
                return Err(Why::Room);
            }
            let turn = offer.turn;
            coming.insert(
                (offer.peer, offer.file),
                Coming::Flowing { parts, left, turn },
            );
        }
        let (this, of) = (Arc::clone(self), offer.clone());
        let spawned = std::thread::Builder::new()
            .name("chat file".into())
            .spawn(move || this.receive(&of, draft, &pieces));
        if let Err(e) = spawned {
            journal::trouble("chat", &e);
            lock(&self.coming).insert((offer.peer, offer.file), Coming::Judged(offer.turn));
            return Err(Why::Many);
        }
        self.common.send(
            offer.peer,
            Errand::Answer {
                file: offer.file,
                id: offer.id,
                verdict: Verdict::Accept { offset },
            },
        );
        Ok(())
    }

    fn begin(&self, offer: &Offer, most: u64) -> Result<Draft, Why> {
        let Common {
            post,
            database,
            folder,
            ..
        } = &*self.common;
        let room_of = |e: &dyn std::fmt::Display| {
            journal::trouble("chat", e);
            Why::Room
        };
        let mut random = [0u8; 16];
        getrandom::fill(&mut random).map_err(|e| room_of(&e))?;
        let begun = Begun {
            peer: offer.peer,
            id: offer.id,
            name: offer.name.clone(),
            size: offer.size,
            file: format!("in-{}", data_encoding::HEXLOWER.encode(&random)),
            seen: post.clock.now().wall,
        };
        let path = folder.join(&begun.file);
        let most = most.saturating_mul(MAX_LARGEST_A_DAY);
        let let_in = database
            .write(move |c| notebook::begin(c, &begun, most, most / MAX_FILES_A_DAY))
            .map_err(|e| room_of(&e))?;
        if !let_in {
            return Err(Why::Many);
        }
        Draft::create(path).map_err(|e| room_of(&e))
    }

    /// Writes the bytes of one file as they come.
    fn receive(&self, offer: &Offer, mut draft: Draft, pieces: &Receiver<Piece>) {
        let (peer, file, id) = (offer.peer, offer.file, offer.id);
        loop {
            match pieces.recv() {
                Ok(Piece::Data { position, bytes }) => {
                    let in_order = position == draft.len();
                    let written = if in_order {
                        draft.write_all(&bytes)
                    } else {
                        Err(io::Error::other("a gap in a file"))
                    };
                    if let Err(e) = written {
                        journal::disk_trouble("writing a file that a friend sends", &e);
                        return self.fail(offer, draft);
                    }
                    let upto = draft.len();
                    self.common.send(peer, Errand::Wrote { file, id, upto });
                }
                Ok(Piece::Complete) => return self.keep(offer, draft),
                Ok(Piece::TakenBack) => {
                    drop(draft);
                    return self.forget_file(offer);
                }
                // Its last byte came, and the word that it was the last one did not.
                Err(_) if draft.len() == offer.size => return self.keep(offer, draft),
                Err(_) => {
                    draft.keep();
                    let now = self.common.post.clock.now().wall;
                    let stopped = self
                        .common
                        .database
                        .write(move |c| notebook::stopped(c, &peer, &id, now));
                    if let Err(e) = stopped {
                        journal::trouble("chat", &e);
                    }
                    return;
                }
            }
        }
    }

    /// A file is whole: it goes with a letter.
    fn keep(&self, offer: &Offer, mut draft: Draft) {
        let path = draft.path().to_owned();
        let synced = draft
            .sync()
            .and_then(|()| durable::sync_folder(&self.common.folder));
        if let Err(e) = synced {
            journal::disk_trouble("keeping a file that a friend sent", &e);
            return self.fail(offer, draft);
        }
        draft.keep();
        fault::point("chat.file_kept");
        let file = path.file_name().map(|name| name.to_string_lossy());
        self.item(
            offer.peer,
            Item::File {
                name: offer.name.clone(),
                file: file.unwrap_or_default().into_owned(),
                size: offer.size,
                id: offer.id,
            },
        );
    }

    fn fail(&self, offer: &Offer, draft: Draft) {
        drop(draft);
        let (file, id) = (offer.file, offer.id);
        {
            let mut coming = lock(&self.coming);
            // Its number may be another file's meanwhile.
            let entry = coming.get(&(offer.peer, file));
            if matches!(entry, Some(Coming::Flowing { turn, .. }) if *turn == offer.turn) {
                coming.remove(&(offer.peer, file));
            }
        }
        self.common.send(offer.peer, Errand::GiveUp { file, id });
        self.forget_file(offer);
        self.no_file(offer.peer, offer.name.clone(), offer.size, Why::Room);
    }

    fn forget_file(&self, offer: &Offer) {
        let (peer, id) = (offer.peer, offer.id);
        let gone = self
            .common
            .database
            .write(move |c| notebook::give_up(c, &peer, &id));
        if let Err(e) = gone {
            journal::trouble("chat", &e);
        }
    }

    pub(in crate::delivery::chat) fn file_declined(
        &self,
        peer: PeerKey,
        name: &[u8],
        size: u64,
        why: Declined,
    ) {
        let why = match why {
            Declined::TooMany => Why::Many,
            Declined::Endless => Why::Endless,
        };
        self.no_file(peer, clean_name(name), size, why);
    }

    pub(in crate::delivery::chat) fn file_data(
        &self,
        peer: PeerKey,
        file: FileId,
        position: u64,
        bytes: Bytes,
    ) {
        if let Some(Coming::Flowing { parts, left, .. }) = lock(&self.coming).get_mut(&(peer, file))
        {
            *left = left.saturating_sub(bytes.len() as u64);
            // A thread that has given up has said so itself.
            let _ = parts.send(Piece::Data { position, bytes });
        }
    }

    pub(in crate::delivery::chat) fn file_complete(&self, peer: PeerKey, file: FileId) {
        self.last_word(peer, file, Piece::Complete);
    }

    pub(in crate::delivery::chat) fn file_taken_back(&self, peer: PeerKey, file: FileId) {
        self.last_word(peer, file, Piece::TakenBack);
    }

    fn last_word(&self, peer: PeerKey, file: FileId, word: Piece) {
        if let Some(Coming::Flowing { parts, .. }) = lock(&self.coming).remove(&(peer, file)) {
            let _ = parts.send(word);
        }
    }

    /// Without its sender the thread keeps what there is, and ends.
    pub(in crate::delivery::chat) fn file_interrupted(&self, peer: PeerKey, file: FileId) {
        lock(&self.coming).remove(&(peer, file));
    }

    /// The same for all of a friend's.
    pub(in crate::delivery::chat) fn files_interrupted(&self, peer: PeerKey) {
        lock(&self.coming).retain(|(of, _), _| *of != peer);
    }

    pub(in crate::delivery::chat) fn sweep(&self) {
        let Common {
            post,
            database,
            folder,
            ..
        } = &*self.common;
        if !post.clock.trusted() {
            return; // nothing is old by a clock that was not set
        }
        let old = post.clock.now().wall - BROKEN_AFTER;
        let begun = match database.read(notebook::all_begun) {
            Ok(begun) => begun,
            Err(e) => return journal::trouble("chat", &e),
        };
        let busy: HashSet<PeerKey> = lock(&self.coming).keys().map(|(peer, _)| *peer).collect();
        for broken in begun {
            if broken.seen > old || busy.contains(&broken.peer) {
                continue;
            }
            let (peer, id) = (broken.peer, broken.id);
            if let Err(e) = database.write(move |c| notebook::give_up(c, &peer, &id)) {
                return journal::trouble("chat", &e);
            }
            let _ = fs::remove_file(folder.join(&broken.file));
            self.no_file(broken.peer, broken.name, broken.size, Why::Broken);
        }
    }
}

/// A file that a friend offers.
#[derive(Clone)]
struct Offer {
    peer: PeerKey,
    file: FileId,
    /// Which offer under this number.
    turn: u64,
    name: String,
    size: u64,
    id: [u8; 32],
}

/// The same number may have been given to another file meanwhile.
fn is_current(coming: &HashMap<(PeerKey, FileId), Coming>, offer: &Offer) -> bool {
    let entry = coming.get(&(offer.peer, offer.file));
    matches!(entry, Some(Coming::Judged(turn)) if *turn == offer.turn)
}

/// Files that no row knows go; a file whose last byte had come when the last run ended is whole.
pub(super) fn sweep_folder(common: &Common) -> io::Result<()> {
    let known = common
        .database
        .read(notebook::files)
        .map_err(io::Error::other)?;
    for entry in fs::read_dir(&common.folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let ours = name.starts_with("in-") || name.starts_with("out-");
        if ours && !known.contains(&name) {
            fs::remove_file(entry.path())?;
        }
    }
    let now = common.post.clock.now().wall;
    let begun = common
        .database
        .read(notebook::all_begun)
        .map_err(io::Error::other)?;
    for file in begun {
        let path = common.folder.join(&file.file);
        let whole = fs::metadata(&path).is_ok_and(|facts| facts.len() == file.size);
        if whole {
            let mut draft = Draft::resume(&path)?;
            draft.sync()?;
            draft.keep();
            let heard = Heard {
                peer: file.peer,
                item: Item::File {
                    name: file.name,
                    file: file.file,
                    size: file.size,
                    id: file.id,
                },
                came: now,
            };
            let kept = common
                .database
                .write(move |c| notebook::write_down(c, &[heard]));
            kept.map_err(io::Error::other)?;
        }
    }
    Ok(())
}
