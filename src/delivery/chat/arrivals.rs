//! What friends with chat programs say and send: written down at once, joined, filed.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::letter::{self, Making, clean_name, encoded_size};
use super::notebook::{self, Begun, Heard, Item, Kept, day_of};
use super::{Common, Errand, TROUBLE, lock};
use crate::chat::{Declined, FileId, Join, Verdict, Weight, split};
use crate::contacts::{Kind, Standing, Who};
use crate::days::Way;
use crate::delivery::Post;
use crate::durable::{self, Draft, fault};
use crate::journal;
use crate::mail::address::{MemberName, PeerKey};
use crate::notices::Language;
use crate::notices::chat::{self as words, Why};
use crate::queue::Destination;
use crate::store::{self, Filed, UniqueName};
use crate::tox::MessageKind;

/// Words of one friend that wait for the disk, in bytes: a little more than a day's.
const MAX_BACKLOG: u64 = (1 << 20) + (64 << 10);
/// What a text costs while it waits, beside its bytes.
const TEXT_COST: u64 = 64;
/// Things that are written down in one transaction.
const MAX_BATCH: usize = 256;
/// Files that come in at the same time, from all friends: each has a thread.
const MAX_COMING: usize = 16;
/// Offers that are judged at the same time.
const MAX_JUDGED: usize = 64;
/// The files of one friend and day, in letters of the largest size.
const MAX_LARGEST_A_DAY: u64 = 10;
/// Files of one friend and day, however small.
const MAX_FILES_A_DAY: u64 = 500;
/// Room on the disk that files never take, in bytes.
const RESERVE: u64 = 32 << 20;
/// A file that broke off and did not go on in this time is told, in seconds.
const BROKEN_AFTER: i64 = 86_400;
/// A letter that found no room is filed again after this.
const FILE_AGAIN: Duration = Duration::from_secs(300);
/// What goes with the words of a letter, in bytes: a header section.
const HEAD: u64 = 4096;

/// See the module.
pub(super) struct Arrivals {
    common: Arc<Common>,
    news: Mutex<Option<Sender<News>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
    /// Bytes of each friend's words that wait for the disk.
    backlog: Mutex<HashMap<PeerKey, u64>>,
    stops: AtomicBool,
    /// Friends whose invitation is being answered.
    invitations: Mutex<HashSet<PeerKey>>,
    /// Offers that are being judged.
    judging: AtomicUsize,
    /// Friends whose letters are being filed, and whether there are more since.
    filing: Mutex<HashMap<PeerKey, bool>>,
    coming: Mutex<HashMap<(PeerKey, FileId), Coming>>,
    turns: AtomicU64,
}

enum News {
    Heard(Heard),
    Invited(PeerKey),
    Befriend(PeerKey),
    Stop,
}

/// A file on its way in.
enum Coming {
    Judged(u64),
    Flowing { parts: Sender<Piece>, left: u64 },
}

enum Piece {
    Data { position: u64, bytes: Bytes },
    Complete,
    TakenBack,
}

impl Arrivals {
    /// Sweeps what nobody will finish, and goes on with what an earlier run left.
    pub(super) fn open(common: Arc<Common>) -> io::Result<Arc<Self>> {
        sweep_folder(&common)?;
        let (news, heard) = channel();
        let this = Arc::new(Self {
            common,
            news: Mutex::new(Some(news)),
            writer: Mutex::default(),
            backlog: Mutex::default(),
            stops: AtomicBool::new(false),
            invitations: Mutex::default(),
            judging: AtomicUsize::new(0),
            filing: Mutex::default(),
            coming: Mutex::default(),
            turns: AtomicU64::new(0),
        });
        let again = Arc::clone(&this);
        let writer = std::thread::Builder::new()
            .name("chat".into())
            .spawn(move || Writer::new(again).run(&heard))?;
        *lock(&this.writer) = Some(writer);
        Ok(this)
    }

    pub(super) fn stop(&self) {
        self.stops.store(true, Ordering::Relaxed);
        if let Some(news) = lock(&self.news).take() {
            let _ = news.send(News::Stop);
        }
        if let Some(writer) = lock(&self.writer).take() {
            let _ = writer.join();
        }
    }

    fn tell(&self, news: News) {
        if let Some(writer) = &*lock(&self.news) {
            // It ends after everything that was told before it.
            let _ = writer.send(news);
        }
    }

    /// Something to be written down. What waits of one friend has a bound, also while the disk stands still: more than is
    /// taken in a day.
    fn item(&self, peer: PeerKey, item: Item) {
        let cost = cost(&item);
        {
            let mut backlog = lock(&self.backlog);
            let waits = backlog.entry(peer).or_default();
            if *waits + cost > MAX_BACKLOG {
                return journal::chat_flood(&peer);
            }
            *waits += cost;
        }
        let came = self.common.post.clock.now().wall;
        self.tell(News::Heard(Heard { peer, item, came }));
    }

    pub(super) fn befriend(&self, peer: PeerKey) {
        self.tell(News::Befriend(peer));
    }

    pub(super) fn invited(&self, peer: PeerKey) {
        if lock(&self.invitations).insert(peer) {
            self.tell(News::Invited(peer));
        }
    }

    pub(super) fn heard(&self, peer: PeerKey, kind: MessageKind, text: &[u8]) {
        let text = split::tidy(&String::from_utf8_lossy(text));
        if text.is_empty() {
            return;
        }
        let item = match kind {
            MessageKind::Normal => Item::Said(text),
            MessageKind::Action => Item::Did(text),
        };
        self.item(peer, item);
    }

    fn written(&self, heard: &Heard) {
        let mut backlog = lock(&self.backlog);
        if let Some(waits) = backlog.get_mut(&heard.peer) {
            *waits = waits.saturating_sub(cost(&heard.item));
            if *waits == 0 {
                backlog.remove(&heard.peer);
            }
        }
    }

    // ---- filing

    /// Files the closed letters of a friend, one after the other.
    fn file_soon(self: &Arc<Self>, peer: PeerKey) {
        {
            let mut filing = lock(&self.filing);
            if let Some(more) = filing.get_mut(&peer) {
                *more = true;
                return;
            }
            filing.insert(peer, false);
        }
        let this = Arc::clone(self);
        self.common
            .runtime
            .spawn_blocking(move || this.file_all(peer));
    }

    fn file_all(self: &Arc<Self>, peer: PeerKey) {
        loop {
            let filed =
                std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.file_next(peer)));
            match filed {
                Ok(Ok(true)) => {}
                Ok(Ok(false)) => {
                    let mut filing = lock(&self.filing);
                    if filing.insert(peer, false) == Some(true) {
                        continue;
                    }
                    filing.remove(&peer);
                    return;
                }
                Ok(Err(Trouble)) | Err(_) => {
                    lock(&self.filing).remove(&peer);
                    let this = Arc::clone(self);
                    self.common.runtime.spawn(async move {
                        tokio::time::sleep(FILE_AGAIN).await;
                        this.file_soon(peer);
                    });
                    return;
                }
            }
        }
    }

    /// Files one letter. `false`: there is none.
    fn file_next(&self, peer: PeerKey) -> Result<bool, Trouble> {
        let Common {
            post,
            database,
            folder,
            ..
        } = &*self.common;
        let letter = database
            .read(|c| notebook::next_letter(c, &peer))
            .map_err(of("chat"))?;
        let Some(letter) = letter else {
            return Ok(false);
        };
        let friend = post.contacts.friend(&peer).map_err(of("contacts"))?;
        let member = reader(post, friend.owner)?;
        let local = friend.local.as_deref();
        let name = post
            .contacts
            .name_of(&peer, local, Some(&member))
            .map_err(of("contacts"))?;
        let made = letter::make(&Making {
            letter: &letter,
            peer: &peer,
            local,
            name: &name,
            member: &member,
            suffix: &post.suffix(),
            language: language(post, Some(&member)),
            folder,
        });
        let made = match made {
            Ok(made) => made,
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                journal::disk_trouble("attaching a file that a friend sent", &e);
                return self.lose_files(&letter);
            }
            Err(e) => {
                journal::disk_trouble("writing the letter of a chat", &e);
                return Err(Trouble);
            }
        };
        let book = post
            .contacts
            .arrival_book(&peer, Some(&member), &made.header)
            .map_err(of("contacts"))?;
        let head = made.head(&book).map_err(of("chat"))?;
        let unique = UniqueName::of(&[
            b"chat",
            &letter.token,
            peer.as_bytes(),
            member.as_str().as_bytes(),
        ]);
        let size = letter.items.iter().map(weight).sum::<u64>();
        let mut body = made.body();
        let filed =
            post.store
                .deliver_by(Some(Way::Chat), &member, "INBOX", &unique, &head, &mut body);
        match filed {
            Ok(filed) => {
                fault::point("chat.filed");
                if let Filed::New(_) = filed {
                    journal::chat_arrived(&peer, &member, size);
                }
            }
            Err(e) => {
                match &e {
                    store::Error::OverQuota(member) => journal::over_quota(member),
                    store::Error::Full => journal::disk_full("filing the letter of a chat"),
                    other => journal::store_trouble(other),
                }
                return Err(Trouble);
            }
        }
        let id = letter.id;
        database
            .write(move |c| notebook::filed(c, id))
            .map_err(of("chat"))?;
        for item in letter.items {
            if let Item::File { file, .. } = item {
                // It stays then, and is swept at the next start.
                let _ = fs::remove_file(folder.join(file));
            }
        }
        Ok(true)
    }

    /// Somebody has removed files of a letter: it says so, and comes all the same.
    fn lose_files(&self, letter: &notebook::Letter) -> Result<bool, Trouble> {
        for item in &letter.items {
            if let Item::File { file, .. } = item
                && !self.common.folder.join(file).exists()
            {
                let (id, file) = (letter.id, file.clone());
                self.common
                    .database
                    .write(move |c| notebook::lose(c, id, &file))
                    .map_err(of("chat"))?;
            }
        }
        Ok(true)
    }

    // ---- files

    pub(super) fn file_offered(
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
        let member = reader(post, friend.owner).map_err(|Trouble| Why::Room)?;
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
            let needed = promised.saturating_add(left).saturating_add(in_letter) + RESERVE;
            if durable::room(folder).map_err(|e| room_of(&e))? < needed {
                draft.keep();
                return Err(Why::Room);
            }
            coming.insert((offer.peer, offer.file), Coming::Flowing { parts, left });
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
        let (peer, file) = (offer.peer, offer.file);
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
                    self.common.send(peer, Errand::Wrote { file, upto });
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
                    let (id, now) = (offer.id, self.common.post.clock.now().wall);
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
        lock(&self.coming).remove(&(offer.peer, offer.file));
        let file = offer.file;
        self.common.send(offer.peer, Errand::GiveUp { file });
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

    pub(super) fn file_declined(&self, peer: PeerKey, name: &[u8], size: u64, why: Declined) {
        let why = match why {
            Declined::TooMany => Why::Many,
            Declined::Endless => Why::Endless,
        };
        self.no_file(peer, clean_name(name), size, why);
    }

    pub(super) fn file_data(&self, peer: PeerKey, file: FileId, position: u64, bytes: Bytes) {
        if let Some(Coming::Flowing { parts, left }) = lock(&self.coming).get_mut(&(peer, file)) {
            *left = left.saturating_sub(bytes.len() as u64);
            // A thread that has given up has said so itself.
            let _ = parts.send(Piece::Data { position, bytes });
        }
    }

    pub(super) fn file_complete(&self, peer: PeerKey, file: FileId) {
        self.last_word(peer, file, Piece::Complete);
    }

    pub(super) fn file_taken_back(&self, peer: PeerKey, file: FileId) {
        self.last_word(peer, file, Piece::TakenBack);
    }

    fn last_word(&self, peer: PeerKey, file: FileId, word: Piece) {
        if let Some(Coming::Flowing { parts, .. }) = lock(&self.coming).remove(&(peer, file)) {
            let _ = parts.send(word);
        }
    }

    /// Without its sender the thread keeps what there is, and ends.
    pub(super) fn file_interrupted(&self, peer: PeerKey, file: FileId) {
        lock(&self.coming).remove(&(peer, file));
    }

    pub(super) fn sweep(&self) {
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

/// Something is out of order, and the log has it.
struct Trouble;

fn of<E: std::fmt::Display>(room: &'static str) -> impl Fn(E) -> Trouble {
    move |e| {
        journal::trouble(room, &e);
        Trouble
    }
}

/// Who reads what a friend says.
fn reader(post: &Post, owner: Option<MemberName>) -> Result<MemberName, Trouble> {
    if let Some(owner) = owner
        && post.members.exists(&owner).map_err(of("members"))?
    {
        return Ok(owner);
    }
    match post.members.main_mailbox().map_err(of("members"))? {
        Some(member) => Ok(member),
        None => {
            journal::trouble("chat", "a friend writes, and nobody lives in this home yet");
            Err(Trouble)
        }
    }
}

fn language(post: &Post, member: Option<&MemberName>) -> Language {
    let own = member.and_then(|member| post.members.language(member).ok().flatten());
    let code = own.unwrap_or_else(|| post.settings().language.clone());
    Language::from_code(&code)
}

/// What something takes up while it waits for the disk, in bytes. A file that is whole lies there already, and is few.
fn cost(item: &Item) -> u64 {
    match item {
        Item::File { .. } => 0,
        other => other.words() + TEXT_COST,
    }
}

fn weight(item: &Item) -> u64 {
    match item {
        Item::File { size, .. } => *size,
        other => other.words(),
    }
}

/// Files that no row knows go; a file whose last byte had come when the last run ended is whole.
fn sweep_folder(common: &Common) -> io::Result<()> {
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

/// The thread that writes down.
struct Writer {
    arrivals: Arc<Arrivals>,
    join: Join,
}

impl Writer {
    fn new(arrivals: Arc<Arrivals>) -> Self {
        Self {
            arrivals,
            join: Join::default(),
        }
    }

    fn run(mut self, heard: &Receiver<News>) {
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
                    // That run may have ended before it knew what the peer is.
                    if self.is_friend(peer) {
                        self.close(peer, None);
                        self.arrivals.file_soon(peer);
                    }
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
            if !self.is_friend(peer) {
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

    /// Whether this is a friend with a chat program: from the first word on, unless it is a home.
    fn is_friend(&mut self, peer: PeerKey) -> bool {
        match self.arrivals.common.post.contacts.saw_text(&peer) {
            Ok(Some(Kind::Chat)) => {
                self.befriend(peer);
                true
            }
            Ok(_) => {
                // A Hello came, or the contact went, in this very moment.
                self.join.forget(&peer);
                let database = &self.arrivals.common.database;
                if let Err(e) = database.write(move |c| notebook::forget(c, &peer)) {
                    journal::trouble("chat", &e);
                }
                false
            }
            Err(e) => {
                // It is on the disk; what the peer is, the next word or the next start tells.
                journal::trouble("contacts", &e);
                true
            }
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
        let closed = self
            .arrivals
            .common
            .database
            .write(move |c| notebook::close(c, &peer, upto));
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
