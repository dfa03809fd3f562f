//! What friends with chat programs say and send: taken over from the Tox thread at once, within bounds.
//!
//! Here: what is heard, and what waits of it for the disk. `writer`: the thread that writes it down, and sees when a letter's
//! minute is over; `filing`: closed letters become mail; `files`: files on their way in.
//!
//! What never happens here: the Tox thread, which calls, waits for no disk, and nothing goes out but what [`Errand`] says.

mod files;
mod filing;
mod writer;

use std::collections::{HashMap, HashSet};
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use super::notebook::{self, Heard, Item, day_of};
use super::{Common, Errand, TROUBLE, lock};
use crate::chat::{FileId, split};
use crate::delivery::Post;
use crate::journal;
use crate::mail::address::{MemberName, PeerKey};
use crate::notices::Language;
use crate::tox::MessageKind;
use files::Coming;
use writer::Writer;

/// Words of one friend that wait for the disk, in bytes: a little more than a day's.
const MAX_BACKLOG: u64 = (1 << 20) + (64 << 10);
/// What a text costs while it waits, beside its bytes.
const TEXT_COST: u64 = 64;
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

impl Arrivals {
    /// Sweeps what nobody will finish, and goes on with what an earlier run left.
    pub(super) fn open(common: Arc<Common>) -> io::Result<Arc<Self>> {
        files::sweep_folder(&common)?;
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
