//! Letters that come in over Tox: an offer is judged, its bytes are kept until they are whole, checked, filed, and only
//! then acknowledged. Here: the judging and the filing; `partial`: what comes in parts, and lies in `incoming/` meanwhile;
//! `places`: how much of that at once.
//!
//! # Rules
//! - Every limit is applied before bytes are accepted: the peer must be a contact, then the size, the disk, each mailbox's
//!   quota and the number of transfers under way, per peer (by the exchange) and in all (here).
//! - Where places or room run out, a transfer of whoever holds most stops for whoever holds less (`places`): what came of it stays, and
//!   the peer is told to come again.
//! - "Stored" is said only after the store has said that file, folder and row are on the disk.
//! - A repeated offer of what lies here already is answered from the store, which remembers a unique name for a year longer than a
//!   letter may wait.
//! - Judging and filing have a few of the home's threads each, whatever peers do: the others are its members'.
//! - What a peer sends wrong costs that transfer: its partial file goes, its recipients hear why, nothing else moves.
//! - A small letter stays in memory until it is filed: it is written to the disk once. A big one is written to `incoming/`
//!   by a thread of its own, so that it resumes where it stopped after a restart of either side.
//!
//! - What was begun and not finished lies here for a resumption, as much of it as a peer may have under way at once and no
//!   more; the oldest goes first, also where a letter needs its room. What the letters under way have still to write counts
//!   as written.
//!
//! # Known limits
//! The bytes of a partial file are not synced while they arrive. After a power cut such a file may be shorter than it was,
//! or hold garbage: the digest of the whole finds that, the file goes, and the sender starts again.
//!
//! Exactly one copy is a matter of each mailbox. When another member becomes the main mailbox between a letter's filing and a
//! repetition of its offer, because the receipt was lost, a letter to the home itself is filed for both.

mod partial;
mod places;

use std::collections::{HashMap, HashSet};
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex};
use std::time::SystemTime;

use bytes::Bytes;
use tokio::sync::Semaphore;

use super::courier::{Errand, Errands};
use super::hands::Hands;
use super::mailbox::Mailbox;
use super::{Post, gateway, letter, lock, unique_name};
use crate::contacts::{Standing, Who};
use crate::days::Way;
use crate::durable::{self, fault};
use crate::journal;
use crate::mail::address::{self, Meaning, MemberName, PeerKey};
use crate::mail::header::{self, HeaderSection};
use crate::mail::verdict::{Reason, Status};
use crate::store::{self, Filed};
use crate::transfer::content::{self, Encoded};
use crate::transfer::frame::Offer;
use crate::transfer::{Answer, RecipientStatus, TransferId};
use partial::{Part, Writer, Writing, peer_prefix};

/// Small letters that come in or wait for the disk at the same time, from all peers: at 64 KiB each, 16 MiB of memory at worst.
const MAX_SMALL: usize = 256;
/// So many of them are filed at the same time: enough that they share fsyncs, and most of the home's threads are for others.
const MAX_FILING: usize = 16;
/// A small letter is no longer than this once it is unpacked: what a peer has packed better goes the way of big ones, which have threads of
/// their own.
const SMALL_CONTENT: u64 = 8 * letter::INLINE_BYTES;
/// Offers of one peer that wait to be judged at the same time: more than its exchange lets run at once, for what was taken back
/// still waits.
const MAX_JUDGED: usize = 256;
/// Offers that are looked at at the same time, from all peers: each asks the database and the disk, and the home's threads are for its
/// members.
const MAX_JUDGING: usize = 8;
/// Letters of one peer that were taken back and whose bytes are still to be removed; those of others are swept one day.
const MAX_WITHDRAWN: usize = 64;

type Name = (PeerKey, TransferId);
pub(super) type Turn = u64;

/// What this home does with the offers of its peers.
pub struct Inbound {
    post: Arc<Post>,
    folder: PathBuf,
    errands: Errands,
    hands: Hands,
    under_way: Mutex<HashMap<Name, UnderWay>>,
    /// Small letters that are whole and wait for the disk.
    filing: Arc<AtomicUsize>,
    filing_places: Arc<Semaphore>,
    /// Offers by peer that wait to be judged.
    judged: Mutex<HashMap<PeerKey, usize>>,
    judging_places: Arc<Semaphore>,
    /// What peers have taken back, and nobody has removed yet. Whoever adds the first of a peer has it done.
    taken_back: Mutex<HashMap<PeerKey, Vec<TransferId>>>,
    /// Counts offers: the same letter may be offered anew while the judging of an earlier offer still waits for the disk.
    turns: AtomicU64,
    /// Transfers whose partial file a thread has open.
    writing: Mutex<HashSet<Name>>,
    written: Condvar,
}

enum UnderWay {
    /// An offer that is being judged, and which one.
    Judged(Turn),
    /// A small letter, and its bytes so far.
    Small(Box<Accepted>, Vec<u8>),
    /// Bytes are coming; the thread that writes them listens here.
    Big {
        parts: Sender<Part>,
        /// How many are still to come.
        left: u64,
    },
}

/// An offer of which at least one recipient takes the letter.
struct Accepted {
    peer: PeerKey,
    id: TransferId,
    offer: Offer,
    /// By recipient: what is already decided, or the mailbox it goes to.
    recipients: Vec<Result<Mailbox, RecipientStatus>>,
}

impl Inbound {
    /// Opens `folder` (made where it is missing) and sweeps partial files that nobody will finish.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn open(
        post: Arc<Post>,
        folder: PathBuf,
        errands: Errands,
        hands: impl Into<Hands>,
    ) -> io::Result<Self> {
        durable::make_folder(&folder)?;
        let this = Self {
            post,
            folder,
            errands,
            hands: hands.into(),
            under_way: Mutex::default(),
            filing: Arc::default(),
            filing_places: Arc::new(Semaphore::new(MAX_FILING)),
            judged: Mutex::default(),
            judging_places: Arc::new(Semaphore::new(MAX_JUDGING)),
            taken_back: Mutex::default(),
            turns: AtomicU64::new(0),
            writing: Mutex::default(),
            written: Condvar::new(),
        };
        this.sweep()?;
        Ok(this)
    }

    /// A peer offers a letter. Never blocks: the judging happens elsewhere.
    pub fn offered(self: &Arc<Self>, peer: PeerKey, id: TransferId, offer: Offer) {
        {
            let mut judged = lock(&self.judged);
            let waiting = judged.entry(peer).or_default();
            if *waiting >= MAX_JUDGED {
                let answer = Answer::Refuse(vec![too_many(); offer.recipients.len()]);
                self.errands.send(Errand::Answer { peer, id, answer });
                return;
            }
            *waiting += 1;
        }
        let turn = self.begin(peer, id);
        let this = Arc::clone(self);
        let judging = Judging {
            inbound: Arc::clone(self),
            peer,
        };
        let places = Arc::clone(&self.judging_places);
        self.hands.work_at(places, move || {
            if let Some(offer) = this.judge(peer, id, offer, turn) {
                this.judge_once_written(judging, (peer, id), offer, turn);
            }
        });
    }

    /// Judges an offer whose partial file a thread still writes, once it lets go: nobody else's offer waits for that.
    fn judge_once_written(
        self: &Arc<Self>,
        judging: Judging,
        name: Name,
        offer: Offer,
        turn: Turn,
    ) {
        let this = Arc::clone(self);
        self.hands.work(move || {
            // Offered once more meanwhile, it is that offer's judge who waits: a peer who repeats himself has one thread, not all
            // of them.
            let writing = this.take_writing(name, || this.is_current(name, turn));
            let again = Arc::clone(&this);
            let places = Arc::clone(&this.judging_places);
            this.hands.work_at(places, move || {
                let _judging = judging;
                again.decide(name, offer, turn, writing);
            });
        });
    }

    pub(super) fn begin(&self, peer: PeerKey, id: TransferId) -> Turn {
        let turn = self.turns.fetch_add(1, Ordering::Relaxed);
        lock(&self.under_way).insert((peer, id), UnderWay::Judged(turn));
        // The judge of an earlier offer of this letter need not wait any more. (Without that lock, which is held while files are
        // removed: who goes to sleep in just this moment hears of the next one.)
        self.written.notify_all();
        turn
    }

    /// Bytes of a transfer. Never blocks.
    pub fn data(&self, peer: PeerKey, id: TransferId, offset: u64, bytes: Bytes) {
        match lock(&self.under_way).get_mut(&(peer, id)) {
            Some(UnderWay::Small(_, buffer)) => {
                // The exchange tells them in order and without a gap, and never more than the offer said.
                buffer.extend_from_slice(&bytes);
                let upto = offset + bytes.len() as u64;
                self.errands.send(Errand::Wrote { peer, id, upto });
            }
            Some(UnderWay::Big { parts, left }) => {
                *left = left.saturating_sub(bytes.len() as u64);
                // A thread that has given up has said so itself.
                let _ = parts.send(Part::Data { offset, bytes });
            }
            Some(UnderWay::Judged(_)) | None => {}
        }
    }

    /// All bytes of a transfer have come. Never blocks.
    pub fn complete(self: &Arc<Self>, peer: PeerKey, id: TransferId) {
        let mut under_way = lock(&self.under_way);
        match under_way.remove(&(peer, id)) {
            Some(UnderWay::Small(accepted, buffer)) => {
                let filing = Filing::new(&self.filing);
                drop(under_way);
                let this = Arc::clone(self);
                let places = Arc::clone(&self.filing_places);
                self.hands.work_at(places, move || {
                    let _filing = filing;
                    this.file_small(&accepted, &buffer);
                });
            }
            Some(UnderWay::Big { parts, .. }) => {
                let _ = parts.send(Part::Complete);
            }
            Some(UnderWay::Judged(_)) | None => {}
        }
    }

    /// The transfer stopped: what came of a big one stays for a resumption. Never blocks.
    pub fn interrupted(&self, peer: PeerKey, id: TransferId) {
        lock(&self.under_way).remove(&(peer, id));
        // Its judge need not wait any more; see `begin`.
        self.written.notify_all();
    }

    /// The peer has taken a letter back before it was whole: its bytes go too.
    pub fn withdrawn(self: &Arc<Self>, peer: PeerKey, id: TransferId) {
        self.interrupted(peer, id);
        self.remove_soon(peer, id);
    }

    /// A peer is no contact any more: nothing of what it had begun to send is left. Never blocks.
    pub fn parted(self: &Arc<Self>, peer: PeerKey) {
        lock(&self.under_way).retain(|(of, _), _| *of != peer);
        let this = Arc::clone(self);
        self.hands.work(move || {
            let writing = lock(&this.writing).clone();
            for (_, id) in writing.into_iter().filter(|(of, _)| *of == peer) {
                // Its thread has nobody to listen to, and lets go.
                drop(this.take_writing((peer, id), || true));
            }
            let none = |kept: &[(SystemTime, PathBuf)], _: usize| kept.is_empty();
            if let Err(e) = this.give_up_kept(&peer_prefix(&peer), none) {
                journal::disk_trouble("removing unfinished letters", &e);
            }
        });
    }

    /// Removes the partial files of a transfer, once nobody writes them any more: one after the other, for a peer may take back
    /// faster than the disk removes.
    fn remove_soon(self: &Arc<Self>, peer: PeerKey, id: TransferId) {
        {
            let mut all = lock(&self.taken_back);
            let goes_on = all.contains_key(&peer);
            let waiting = all.entry(peer).or_default();
            if waiting.len() < MAX_WITHDRAWN {
                waiting.push(id);
            }
            if goes_on {
                return;
            }
        }
        let this = Arc::clone(self);
        self.hands.work(move || {
            while let Some(id) = this.next_taken_back(peer) {
                if let Some(_writing) = this.take_writing((peer, id), || true) {
                    this.remove_partial_files(peer, id);
                }
            }
        });
    }

    /// `None`: there is no more, and the next one that comes needs somebody who does it.
    fn next_taken_back(&self, peer: PeerKey) -> Option<TransferId> {
        let mut all = lock(&self.taken_back);
        let next = all.get_mut(&peer).and_then(Vec::pop);
        if next.is_none() {
            all.remove(&peer);
        }
        next
    }

    /// Transfers under way, for `status` and tests.
    pub fn count(&self) -> usize {
        lock(&self.under_way).len()
    }

    /// Judges an offer. It comes back where somebody still writes what came of it over an earlier connection: that thread may be
    /// filing this very letter, and judged after that it need not come again.
    pub(super) fn judge(
        self: &Arc<Self>,
        peer: PeerKey,
        id: TransferId,
        offer: Offer,
        turn: Turn,
    ) -> Option<Offer> {
        fault::point("inbound.offered");
        let name = (peer, id);
        if !self.is_current(name, turn) {
            return None;
        }
        let writing = match is_small(&offer) {
            true => None,
            false => match self.take_writing(name, || false) {
                None => return Some(offer),
                free => free,
            },
        };
        self.decide(name, offer, turn, writing);
        None
    }

    /// Whether this very offer still waits for its answer.
    fn is_current(&self, name: Name, turn: Turn) -> bool {
        current(&mut lock(&self.under_way), name, turn).is_some()
    }

    /// Answers an offer; a big letter is taken only with its file.
    fn decide(self: &Arc<Self>, name: Name, offer: Offer, turn: Turn, writing: Option<Writing>) {
        if !self.is_current(name, turn) {
            return;
        }
        let (peer, id) = name;
        let small = is_small(&offer);
        let recipients = self.recipients(peer, id, &offer);
        if recipients.iter().all(Result::is_err) {
            let told: Vec<RecipientStatus> =
                recipients.into_iter().filter_map(Result::err).collect();
            if writing.is_some()
                && !told
                    .iter()
                    .any(|t| matches!(t, RecipientStatus::Later { .. }))
            {
                // Whatever was kept of it for a resumption is of no use any more.
                self.remove_partial_files(peer, id);
            }
            let answer = if told.iter().any(|t| matches!(t, RecipientStatus::Stored)) {
                Answer::Have(told)
            } else {
                journal::offer_refused(&peer, &told);
                Answer::Refuse(told)
            };
            self.answer(name, turn, answer);
            return;
        }
        let accepted = Accepted {
            peer,
            id,
            offer,
            recipients,
        };
        if small {
            let mut under_way = lock(&self.under_way);
            let small = |w: &&UnderWay| matches!(w, UnderWay::Small(..));
            let filing = self.filing.load(Ordering::Relaxed);
            if under_way.values().filter(small).count() + filing >= MAX_SMALL {
                drop(under_way);
                self.answer(name, turn, accepted.too_many());
                return;
            }
            if let Some(entry) = current(&mut under_way, name, turn) {
                *entry = UnderWay::Small(Box::new(accepted), Vec::new());
                drop(under_way);
                let answer = Answer::Accept { offset: 0 };
                self.errands.send(Errand::Answer { peer, id, answer });
            }
            return;
        }
        match writing {
            Some(writing) => self.receive(accepted, turn, writing),
            None => self.answer(name, turn, accepted.too_many()),
        }
    }

    /// Says no, or "have it": the end of a transfer.
    fn answer(&self, name: Name, turn: Turn, answer: Answer) {
        let mut under_way = lock(&self.under_way);
        if current(&mut under_way, name, turn).is_some() {
            under_way.remove(&name);
            drop(under_way);
            let (peer, id) = name;
            self.errands.send(Errand::Answer { peer, id, answer });
        }
    }

    /// What each recipient of an offer gets: a mailbox, or a word for the sender.
    fn recipients(
        &self,
        peer: PeerKey,
        id: TransferId,
        offer: &Offer,
    ) -> Vec<Result<Mailbox, RecipientStatus>> {
        let all = |told: RecipientStatus| vec![Err(told); offer.recipients.len()];
        let who = Who::Peer {
            key: peer,
            local: None,
        };
        match self.post.contacts.standing(&who) {
            Ok(Standing::Known(_)) => {}
            Ok(Standing::Stranger | Standing::Blocked) => {
                let text = "this home does not take letters from yours";
                return all(never(Status(5, 7, 1), text));
            }
            Err(e) => return all(out_of_order("contacts", &e)),
        }
        // Looked at for whoever has not got the letter yet: what lies here is here, whatever the limits are by now.
        let mut limits: Option<Result<(), RecipientStatus>> = None;
        let mut within_limits = || limits.get_or_insert_with(|| self.limits(offer)).clone();
        self.by_mailbox(offer, |mailbox| {
            let member = match mailbox {
                Mailbox::Here(member) => member,
                Mailbox::Gateway(there) => {
                    self.taken_for(peer, id, there)?;
                    return within_limits();
                }
            };
            let unique = unique_name(&id, peer.as_bytes(), member);
            match self.post.store.was_filed(member, &unique) {
                Ok(true) => return Err(RecipientStatus::Stored),
                Ok(false) => {}
                Err(e) => return Err(letter::store_told(&e)),
            }
            within_limits()?;
            let room = self.post.store.room_for(member, offer.content_size);
            room.map_err(|e| letter::store_told(&e))
        })
    }

    /// Looks at each mailbox of an offer once, however many names and tags of it the offer has.
    fn by_mailbox(
        &self,
        offer: &Offer,
        mut look: impl FnMut(&Mailbox) -> Result<(), RecipientStatus>,
    ) -> Vec<Result<Mailbox, RecipientStatus>> {
        let mut looked: HashMap<Mailbox, Result<(), RecipientStatus>> = HashMap::new();
        offer
            .recipients
            .iter()
            .map(|recipient| {
                let mailbox = match self.post.mailbox_for(&recipient.local) {
                    Ok(Some(mailbox)) => mailbox,
                    Ok(None) => {
                        let text = "nobody in this home has that name";
                        return Err(never(Status(5, 1, 1), text));
                    }
                    Err(e) => return Err(out_of_order("members", &e)),
                };
                let word = looked.entry(mailbox.clone());
                let word = word.or_insert_with(|| look(&mailbox)).clone();
                word.map(|()| mailbox)
            })
            .collect()
    }

    /// Whether a letter of that size may come in now.
    fn limits(&self, offer: &Offer) -> Result<(), RecipientStatus> {
        let most = self.post.settings().max_message_bytes;
        if offer.content_size > most {
            let text = format!("letters to this home may have {most} bytes");
            return Err(never(Status(5, 3, 4), &text));
        }
        if offer.encoded_size > offer.content_size {
            let text = "the travelling form is longer than the letter";
            return Err(never(Status(5, 6, 0), text));
        }
        let needed = offer.encoded_size + durable::RESERVE;
        match self.room_of(needed) {
            Ok(room) if room < needed => {
                journal::disk_full("a letter that comes in");
                let why = letter::disk_full();
                Err(RecipientStatus::Later { why })
            }
            Ok(_) => Ok(()),
            Err(e) => Err(out_of_order("incoming", &e)),
        }
    }

    /// Whether the letter was taken before for a mailbox at the mail server that the family has already.
    fn taken_for(&self, peer: PeerKey, id: TransferId, there: &str) -> Result<(), RecipientStatus> {
        let name = gateway::taken_name(&id, &peer, there);
        match self.post.queue.was_taken(&name) {
            Ok(true) => Err(RecipientStatus::Stored),
            Ok(false) => Ok(()),
            Err(e) => Err(out_of_order("queue", &e)),
        }
    }

    fn file_small(&self, accepted: &Accepted, bytes: &[u8]) {
        fault::point("inbound.complete");
        let told = self.file(accepted, &mut || Ok(Box::new(Cursor::new(bytes))), false);
        fault::point("inbound.filed");
        let (peer, id) = (accepted.peer, accepted.id);
        self.errands.send(Errand::Receipt { peer, id, told });
        fault::point("inbound.receipted");
    }

    /// Starts the thread that writes the bytes of one big transfer as they come.
    fn receive(self: &Arc<Self>, accepted: Accepted, turn: Turn, writing: Writing) {
        let (peer, id) = (accepted.peer, accepted.id);
        let name = (peer, id);
        let too_many = accepted.too_many();
        let opened = self.partial(&accepted);
        let (draft, room) = match opened.and_then(|d| Ok((d, durable::room(&self.folder)?))) {
            Ok(opened) => opened,
            Err(e) => {
                journal::disk_trouble("starting a letter that comes in", &e);
                let why = letter::disk_reason(&e);
                let answer = Answer::Refuse(accepted.all(&RecipientStatus::Later { why }));
                self.answer(name, turn, answer);
                return;
            }
        };
        let (size, offset) = (accepted.offer.encoded_size, draft.len());
        let left = size.saturating_sub(offset);
        let mut writer = Writer {
            inbound: Arc::clone(self),
            accepted,
            resumed: !draft.is_empty(),
            draft: Some(draft),
            _writing: writing,
        };
        let spawned = self.hands.worker("incoming", move |part| writer.take(part));
        {
            let mut under_way = lock(&self.under_way);
            let coming = under_way.iter().filter_map(|(name, w)| match w {
                UnderWay::Big { left, .. } => Some((*name, *left)),
                _ => None,
            });
            let stopped = places::make_way(coming.collect(), peer, left, room);
            match (current(&mut under_way, name, turn), spawned, stopped) {
                (Some(entry), Ok(parts), Some(stopped)) => {
                    *entry = UnderWay::Big { parts, left };
                    for other in stopped {
                        if let Some(UnderWay::Big { parts, .. }) = under_way.remove(&other) {
                            let _ = parts.send(Part::GiveWay);
                        }
                    }
                }
                // Without `parts` the thread keeps what there is of the letter, and ends.
                _ => {
                    drop(under_way);
                    self.answer(name, turn, too_many);
                    return;
                }
            }
        }
        journal::transfer_started(&peer, size, offset);
        fault::point("inbound.accepted");
        let answer = Answer::Accept { offset };
        self.errands.send(Errand::Answer { peer, id, answer });
    }

    /// Checks the whole and files it for every recipient; the word for each.
    fn file<'a>(
        &self,
        accepted: &Accepted,
        travelling: &mut dyn FnMut() -> io::Result<Box<dyn Read + 'a>>,
        resumed: bool,
    ) -> Vec<RecipientStatus> {
        let peer = accepted.peer;
        // All of the mail server's people get one letter, and whoever is named twice.
        let mut at_gateway: Option<RecipientStatus> = None;
        let mut filed_for: Vec<(&MemberName, RecipientStatus)> = Vec::new();
        // What is wrong with the letter itself: it is unpacked once to find that.
        let mut of_letter: Option<RecipientStatus> = None;
        let mut told = Vec::with_capacity(accepted.recipients.len());
        for recipient in &accepted.recipients {
            let member = match (recipient, &of_letter) {
                (Err(word), _) | (Ok(_), Some(word)) => {
                    told.push(word.clone());
                    continue;
                }
                (Ok(Mailbox::Gateway(_)), None) => {
                    let hand_in = || self.hand_in(accepted, travelling(), resumed);
                    told.push(at_gateway.get_or_insert_with(hand_in).clone());
                    continue;
                }
                (Ok(Mailbox::Here(member)), None) => member,
            };
            if let Some((_, word)) = filed_for.iter().find(|(known, _)| *known == member) {
                told.push(word.clone());
                continue;
            }
            let filed = match travelling() {
                Ok(travelling) => self.file_for(accepted, member, travelling, resumed),
                Err(e) => {
                    journal::disk_trouble("reading a letter that came in", &e);
                    let why = letter::disk_reason(&e);
                    Err(Refused::Letter(RecipientStatus::Later { why }))
                }
            };
            let word = match filed {
                Ok(filed) => {
                    if matches!(filed, Filed::New(_)) {
                        journal::arrived(&peer, member, accepted.offer.content_size);
                    }
                    RecipientStatus::Stored
                }
                Err(Refused::Recipient(word)) => word,
                Err(Refused::Letter(word)) => of_letter.insert(word).clone(),
            };
            filed_for.push((member, word.clone()));
            told.push(word);
        }
        journal::transfer_filed(&peer, &told);
        told
    }

    fn file_for(
        &self,
        accepted: &Accepted,
        member: &MemberName,
        travelling: Box<dyn Read + '_>,
        resumed: bool,
    ) -> Result<Filed, Refused> {
        let (peer, offer) = (accepted.peer, &accepted.offer);
        let (header, mut content) = open(accepted, travelling, resumed).map_err(Refused::Letter)?;
        let book = self
            .post
            .contacts
            .arrival_book(&peer, Some(member), &header)
            .map_err(|e| Refused::Recipient(out_of_order("contacts", &e)))?;
        let return_path = return_path(&offer.sender, &peer);
        let head = header::on_arrival(&header, &book, &return_path, "direct")
            .map_err(|why| Refused::Recipient(RecipientStatus::Never { why }))?;
        let head = letter::with_empty_line(head);
        let unique = unique_name(&accepted.id, peer.as_bytes(), member);
        let store = &self.post.store;
        // A notice of another home is no letter.
        let way = (!offer.sender.is_empty()).then_some(Way::Direct);
        match store.deliver_by(way, member, "INBOX", &unique, &head, &mut content) {
            Ok(filed) => Ok(filed),
            Err(store::Error::Source(e)) => Err(Refused::Letter(bad_content(&peer, &e, resumed))),
            Err(e) => Err(Refused::Recipient(letter::store_told(&e))),
        }
    }

    /// Puts the letter into the queue for the people of the mail server that the family has already.
    fn hand_in(
        &self,
        accepted: &Accepted,
        travelling: io::Result<Box<dyn Read + '_>>,
        resumed: bool,
    ) -> RecipientStatus {
        let (peer, offer) = (accepted.peer, &accepted.offer);
        let theirs = accepted.recipients.iter().enumerate();
        let theirs: Vec<(usize, String)> = theirs
            .filter_map(|(index, mailbox)| match mailbox {
                Ok(Mailbox::Gateway(there)) => Some((index, there.clone())),
                _ => None,
            })
            .collect();
        let travelling = match travelling {
            Ok(travelling) => travelling,
            Err(e) => {
                journal::disk_trouble("reading a letter that came in", &e);
                let why = letter::disk_reason(&e);
                return RecipientStatus::Later { why };
            }
        };
        let (header, mut content) = match open(accepted, travelling, resumed) {
            Ok(opened) => opened,
            Err(word) => return word,
        };
        let return_path = return_path(&offer.sender, &peer);
        let letter = (&header, &mut content as &mut dyn BufRead);
        let from = (peer, accepted.id);
        match gateway::take_in(&self.post, from, offer, &theirs, return_path, letter) {
            Ok(()) => RecipientStatus::Stored,
            Err(gateway::Refused::Source(e)) => bad_content(&peer, &e, resumed),
            Err(gateway::Refused::Word(word)) => word,
        }
    }
}

/// Why a letter is not in a mailbox.
enum Refused {
    /// For a reason of that mailbox.
    Recipient(RecipientStatus),
    /// The letter is at fault, or our copy of it: nobody gets it.
    Letter(RecipientStatus),
}

/// One of the offers of a peer that wait, also for a thread that panics.
struct Judging {
    inbound: Arc<Inbound>,
    peer: PeerKey,
}

impl Drop for Judging {
    fn drop(&mut self) {
        let mut judged = lock(&self.inbound.judged);
        if let Some(waiting) = judged.get_mut(&self.peer) {
            *waiting -= 1;
            if *waiting == 0 {
                judged.remove(&self.peer);
            }
        }
    }
}

/// One of the small letters that wait for the disk, also for a thread that panics.
struct Filing(Arc<AtomicUsize>);

impl Filing {
    fn new(all: &Arc<AtomicUsize>) -> Self {
        all.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(all))
    }
}

impl Drop for Filing {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Whether a letter stays in memory until it is filed.
fn is_small(offer: &Offer) -> bool {
    offer.encoded_size <= letter::INLINE_BYTES && offer.content_size <= SMALL_CONTENT
}

/// The entry of this very offer. Without one the peer has taken it back, or made it anew, and nobody waits for the answer.
fn current(
    under_way: &mut HashMap<Name, UnderWay>,
    name: Name,
    turn: Turn,
) -> Option<&mut UnderWay> {
    let entry = under_way.get_mut(&name)?;
    matches!(entry, UnderWay::Judged(t) if *t == turn).then_some(entry)
}

impl Accepted {
    /// The same word for everybody who was still waiting.
    fn all(&self, word: &RecipientStatus) -> Vec<RecipientStatus> {
        self.recipients
            .iter()
            .map(|r| r.as_ref().err().unwrap_or(word).clone())
            .collect()
    }

    /// The same for a transfer that stops before all of it has come. Then nobody has it in the protocol; whoever has it here is
    /// looked up when it is offered again.
    fn all_early(&self, word: &RecipientStatus) -> Vec<RecipientStatus> {
        let early = |told| match told {
            RecipientStatus::Stored => word.clone(),
            told => told,
        };
        self.all(word).into_iter().map(early).collect()
    }

    fn too_many(&self) -> Answer {
        Answer::Refuse(self.all(&too_many()))
    }
}

fn too_many() -> RecipientStatus {
    let text = "many letters are coming in here; this one is tried again";
    let why = Reason::new(Status(4, 4, 5), text);
    RecipientStatus::Later { why }
}

/// What follows the header section of a letter in its travelling form.
type Body<'a> = BufReader<content::Reader<Box<dyn Read + 'a>>>;

/// A letter in its travelling form, opened at its body.
fn open<'a>(
    accepted: &Accepted,
    travelling: Box<dyn Read + 'a>,
    resumed: bool,
) -> Result<(HeaderSection, Body<'a>), RecipientStatus> {
    let (peer, offer) = (accepted.peer, &accepted.offer);
    let bad = |error: &io::Error| bad_content(&peer, error, resumed);
    let declared = Encoded {
        content_size: offer.content_size,
        encoded_size: offer.encoded_size,
        digest: offer.digest,
        compressed: offer.compressed,
    };
    let content = content::Reader::new(travelling, declared).map_err(|e| bad(&e))?;
    let mut content = BufReader::with_capacity(64 << 10, content);
    let header = letter::read_header(&mut content)
        .map_err(|e| bad(&e))?
        .map_err(|why| RecipientStatus::Never { why })?;
    Ok((header, content))
}

fn never(status: Status, text: &str) -> RecipientStatus {
    RecipientStatus::Never {
        why: Reason::new(status, text),
    }
}

fn out_of_order(room: &'static str, error: &dyn std::fmt::Display) -> RecipientStatus {
    RecipientStatus::Later {
        why: letter::trouble(room, error),
    }
}

/// What the reader of the content says: our own disk, or what the peer has sent. After a resumption the beginning may have
/// been spoilt here (see the room's known limits), so the peer is asked for all of it once more.
fn bad_content(peer: &PeerKey, error: &io::Error, resumed: bool) -> RecipientStatus {
    if error.kind() != io::ErrorKind::InvalidData {
        journal::disk_trouble("reading a letter that came in", error);
        let why = letter::disk_reason(error);
        return RecipientStatus::Later { why };
    }
    journal::breach(peer, &error.to_string());
    let text = format!("the letter is not what was announced: {error}");
    if resumed {
        let why = Reason::new(Status(4, 6, 0), text);
        return RecipientStatus::Later { why };
    }
    never(Status(5, 6, 0), &text)
}

/// The envelope sender as it may stand in `Return-Path`: nothing for a notice, and never somebody of another home.
fn return_path(sender: &str, peer: &PeerKey) -> String {
    if sender.is_empty() {
        return String::new();
    }
    match address::meaning(sender, address::LOCAL_DOMAIN) {
        Ok(Meaning::Peer { key, local }) if key == *peer => {
            address::canonical(local.as_deref(), peer)
        }
        _ => address::canonical(None, peer),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;
    use crate::delivery::tests::{Home, name, offer, peer};
    use crate::transfer::frame::OfferedRecipient;

    const LETTER: &[u8] = b"From: ben@tox\r\nSubject: hello\r\n\r\nHello\r\n";

    /// Anna and Clara live there.
    fn house() -> Home {
        let home = Home::new();
        let clara = name("clara");
        home.post.members.add(&clara, "", "open sesame").unwrap();
        home.post.store.add_member(&clara).unwrap();
        home
    }

    fn accepted(members: &[&str]) -> Accepted {
        let mut offer = offer([4; 16], LETTER.len() as u64);
        offer.digest = Sha256::digest(LETTER).into();
        let mailbox = |member: &&str| Ok(Mailbox::Here(name(member)));
        Accepted {
            peer: peer().key(),
            id: offer.id,
            offer,
            recipients: members.iter().map(mailbox).collect(),
        }
    }

    /// What is told, and how often the letter was opened for that.
    fn file(home: &Home, accepted: &Accepted) -> (Vec<RecipientStatus>, usize) {
        let mut opened = 0;
        let mut travelling = || -> io::Result<Box<dyn Read>> {
            opened += 1;
            Ok(Box::new(Cursor::new(LETTER)))
        };
        let told = home.inbound().file(accepted, &mut travelling, false);
        (told, opened)
    }

    #[test]
    fn a_spoilt_letter_is_unpacked_once_however_many_it_is_for() {
        let home = house();
        let mut accepted = accepted(&["anna"; 200]);
        accepted.recipients.push(Ok(Mailbox::Here(name("clara"))));
        accepted.offer.digest = [3; 32];
        let (told, opened) = file(&home, &accepted);
        assert_eq!((told.len(), opened), (201, 1));
        for word in told {
            assert!(
                matches!(&word, RecipientStatus::Never { why } if why.status == Status(5, 6, 0))
            );
        }
    }

    #[test]
    fn who_is_named_twice_gets_a_letter_once_and_everybody_else_too() {
        let home = house();
        let accepted = accepted(&["anna", "clara", "anna", "anna"]);
        let (told, opened) = file(&home, &accepted);
        assert_eq!((told, opened), (vec![RecipientStatus::Stored; 4], 2));
    }

    #[test]
    fn what_is_packed_very_well_goes_the_way_of_big_letters() {
        let home = Home::new();
        let inbound = home.inbound();
        let peer = peer().key();
        for (content_size, small) in [(SMALL_CONTENT, true), (SMALL_CONTENT + 1, false)] {
            let mut offer = offer([5; 16], 1000);
            offer.content_size = content_size;
            let (id, turn) = (offer.id, inbound.begin(peer, offer.id));
            inbound.judge(peer, id, offer, turn);
            let under_way = lock(&inbound.under_way);
            match under_way.get(&(peer, id)) {
                Some(UnderWay::Small(..)) => assert!(small),
                Some(UnderWay::Big { .. }) => assert!(!small),
                _ => panic!("refused: {:?}", home.errand()),
            }
        }
    }

    #[test]
    fn nobody_is_told_of_a_letter_that_stops_half_way_that_they_have_it() {
        let mut accepted = accepted(&["anna", "clara"]);
        accepted.recipients[0] = Err(RecipientStatus::Stored);
        let no = never(Status(5, 1, 1), "no");
        accepted.recipients.push(Err(no.clone()));
        let later = too_many();
        assert_eq!(accepted.all_early(&later), [later.clone(), later, no]);
    }

    #[test]
    fn each_mailbox_is_looked_at_once_by_whatever_names_it_is_written_to() {
        let home = house();
        let mut offer = offer([5; 16], 1000);
        let recipient = offer.recipients.pop().unwrap();
        let tagged = (1..=200).map(|n| format!("anna+{n}"));
        let others = ["Anna", "clara", "nobody", "clara+1"].map(str::to_owned);
        for local in tagged.chain(others) {
            offer.recipients.push(OfferedRecipient {
                local,
                ..recipient.clone()
            });
        }
        let mut looked = Vec::new();
        let told = home.inbound().by_mailbox(&offer, |mailbox| {
            looked.push(mailbox.clone());
            match mailbox {
                Mailbox::Here(member) if *member == name("anna") => Ok(()),
                _ => Err(RecipientStatus::Stored),
            }
        });
        let [anna, clara] = ["anna", "clara"].map(|member| Mailbox::Here(name(member)));
        assert_eq!(looked, [anna.clone(), clara]);
        assert_eq!(told[..201], vec![Ok(anna); 201]);
        let stored = Err(RecipientStatus::Stored);
        assert_eq!((&told[201], &told[203]), (&stored, &stored));
        assert!(matches!(&told[202], Err(RecipientStatus::Never { .. })));
    }

    #[test]
    fn what_one_contact_offers_leaves_the_threads_of_the_home_to_others() {
        let home = Home::new();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .max_blocking_threads(MAX_JUDGING + 1)
            .build()
            .unwrap();
        let (post, folder) = (Arc::clone(&home.post), home.dir.path().join("incoming"));
        let handle = runtime.handle().clone();
        let inbound = Inbound::open(post, folder, home.errands.clone(), handle);
        let inbound = Arc::new(inbound.unwrap());
        let peer = peer().key();
        // The disk stands still.
        let writing = lock(&inbound.writing);
        for n in 0..MAX_JUDGED {
            let id = [n as u8; 16];
            inbound.offered(peer, id, offer(id, 1 << 19));
        }
        let (done, is_done) = std::sync::mpsc::channel();
        runtime.spawn_blocking(move || done.send(()));
        let waited = is_done.recv_timeout(std::time::Duration::from_secs(30));
        waited.expect("every thread judges offers");
        drop(writing);
    }

    #[test]
    fn offers_of_letters_that_are_being_filed_keep_no_other_offer_waiting() {
        let home = Home::new();
        let inbound = home.inbound();
        let peer = peer().key();
        let ids = (0..2 * MAX_JUDGING).map(|n| [n as u8; 16]);
        let filing: Vec<Writing> = ids
            .map(|id| inbound.take_writing((peer, id), || true).unwrap())
            .collect();
        for id in filing.iter().map(|writing| writing.name.1) {
            inbound.offered(peer, id, offer(id, 1 << 19));
        }
        let id = [99; 16];
        inbound.offered(peer, id, offer(id, 1 << 19));
        let begin = std::time::Instant::now();
        // Well before those that wait give up.
        while begin.elapsed() < std::time::Duration::from_secs(20) {
            match home.try_errand() {
                Ok(Errand::Answer {
                    id: of,
                    answer: Answer::Accept { .. },
                    ..
                }) => return assert_eq!(of, id),
                Ok(other) => panic!("{other:?}"),
                Err(_) => std::thread::sleep(std::time::Duration::from_millis(5)),
            }
        }
        panic!("it waits for them");
    }

    #[test]
    fn a_peer_who_offers_a_letter_again_and_again_while_it_is_filed_has_one_thread_wait() {
        let home = Home::new();
        let inbound = home.inbound();
        let peer = peer().key();
        let id = [6; 16];
        let filing = inbound.take_writing((peer, id), || true).unwrap();
        for _ in 0..100 {
            inbound.offered(peer, id, offer(id, 1 << 19));
        }
        let begin = std::time::Instant::now();
        while lock(&inbound.judged).get(&peer) != Some(&1) {
            assert!(
                begin.elapsed().as_secs() < 10,
                "they wait until the letter is filed"
            );
            std::thread::sleep(std::time::Duration::from_millis(5));
            // Who has gone to sleep just when it was offered again hears of the next one.
            inbound.offered(peer, id, offer(id, 1 << 19));
        }
        drop(filing);
    }
}
