//! One home of the street: its rooms while it runs, its disk, its clock.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::super::chat::Chat;
use super::super::clerk::Clerk;
use super::super::courier::{Agents, Courier, Errands};
use super::super::hands::bench::Bench;
use super::super::inbound::Inbound;
use super::super::outbound::Outbound;
use super::super::pairing::Pairing;
use super::super::submission::Submissions;
use super::super::{Post, Rooms, Settings};
use super::wire::Wire;
use crate::clock::{Clock, FakeTime, Ntp};
use crate::contacts::{Contacts, NewContact};
use crate::database::Database;
use crate::durable::fault::{Trouble, trouble};
use crate::mail::address::{MemberName, PeerKey, ToxId};
use crate::members::Members;
use crate::providers::Providers;
use crate::queue::{Limits, Queue};
use crate::store::{Quota, Store};
use crate::transfer::world::{Dice, credentials};
use crate::transfer::{self, Controller};

/// What a home knows of the time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dial {
    /// A clock with a battery, and NTP.
    Right,
    /// A Pi: it starts where it was switched off, and NTP sets it a minute later.
    Late,
    /// Nobody ever sets it.
    Never,
}

/// The rooms, from a start to a stop or a power cut.
pub struct Life {
    pub post: Arc<Post>,
    pub courier: Courier,
    pub outbound: Arc<Outbound>,
    pub inbound: Arc<Inbound>,
    pub desk: Submissions,
    pub bench: Bench,
    pub wire: Wire,
    pub was_rung: Box<dyn Fn() -> bool>,
    pub queue_rings: Arc<Notify>,
    chat: Arc<Chat>,
}

/// See the module.
pub struct House {
    pub key: PeerKey,
    pub members: Vec<MemberName>,
    pub life: Option<Life>,
    /// How many lives there were before.
    pub lives: u32,
    /// The network cable is in.
    /// Its clock has jumped farther than a letter waits: what was written before may be taken for older than that when it starts again.
    pub leapt: bool,
    pub plugged: bool,
    /// Between the first sign of a power cut and the cut.
    pub failing: bool,
    /// Since when it is off.
    pub off_since: Option<Instant>,
    pub time: FakeTime,
    pub dial: Dial,
    /// How long its disk takes at most for one piece of work.
    pub slow: Duration,
    pub looked: Option<Instant>,
    pub turn_at: Option<Instant>,
    pub round_at: Option<Instant>,
    pub workers_at: Option<Instant>,
    base: PathBuf,
    settings: Settings,
    told: Duration,
    neighbours: Vec<ToxId>,
}

/// The address of home `n`.
pub fn tox_id(n: usize) -> ToxId {
    let mut bytes = [n as u8 + 1; 38];
    // Pairs of equal bytes cancel each other out in the sum.
    bytes[36] = 0;
    bytes[37] = 0;
    ToxId::from_bytes(bytes).unwrap()
}

impl House {
    /// Home `n`, built under `base`, with so many members; it knows `neighbours`.
    pub fn build(
        base: &Path,
        n: usize,
        members: usize,
        neighbours: &[usize],
        expire_after: Duration,
        dial: Dial,
    ) -> Self {
        let settings = Settings {
            home_name: format!("Garden Street {n}"),
            language: ["en", "fr", "de", "es"][n % 4].into(),
            max_message_bytes: 4 << 20,
            max_recipients: 100,
            delay_notice_after: Duration::from_secs(4 * 3600),
            expire_after,
        };
        let house = Self {
            key: tox_id(n).key(),
            members: (0..members)
                .map(|m| format!("m{m}").parse().unwrap())
                .collect(),
            life: None,
            lives: 0,
            plugged: true,
            failing: false,
            leapt: false,
            off_since: None,
            time: FakeTime::default(),
            dial,
            slow: Duration::from_millis(20),
            looked: None,
            turn_at: None,
            round_at: None,
            workers_at: None,
            base: base.join(format!("{n:02}")),
            settings,
            told: Duration::ZERO,
            neighbours: neighbours.iter().map(|n| tox_id(*n)).collect(),
        };
        if dial == Dial::Never {
            house.time.ntp(Ntp::Silent);
            house.time.jump(-(n as i64) * 40 * 86_400);
        }
        fs::create_dir_all(house.dir()).unwrap();
        house.furnish();
        house
    }

    /// How long it tries.
    pub fn expire_after(&self) -> Duration {
        self.settings.expire_after
    }

    /// The data folder of this life. A power cut moves what lies there to the next one's.
    pub fn dir(&self) -> PathBuf {
        self.base.join(format!("life-{}", self.lives))
    }

    fn furnish(&self) {
        let database = Database::open(&self.dir().join("toxmail.db")).unwrap();
        let members = Members::open(database.clone()).unwrap();
        let contacts = Contacts::open(database.clone(), self.key, "toxmail.local".into());
        let store = Store::open(&self.dir().join("mail"), database.clone(), quota(0)).unwrap();
        for member in &self.members {
            members.add(member, "", "open sesame").unwrap();
            store.add_member(member).unwrap();
        }
        for (n, neighbour) in self.neighbours.iter().enumerate() {
            contacts
                .add(NewContact {
                    name: format!("neighbour {n}"),
                    tox: Some(neighbour.to_string()),
                    emails: Vec::new(),
                    owner: None,
                })
                .unwrap();
        }
        database.close();
    }

    /// Virtual time has come this far since the start; the home's own clocks run with it.
    pub fn tell_time(&mut self, since_start: Duration) {
        let since_start = Duration::from_millis(since_start.as_millis() as u64);
        if since_start > self.told {
            if self.off_since.is_none() {
                self.time.advance(since_start - self.told);
            }
            self.told = since_start;
        }
    }

    /// Starts the home. `false` when its disk says no: it is tried again.
    pub fn start(
        &mut self,
        now: Instant,
        dice: &mut Dice,
        runtime: &tokio::runtime::Handle,
    ) -> bool {
        match self.open(dice, runtime) {
            Ok(life) => {
                self.life = Some(life);
                self.looked = None;
                self.turn_at = None;
                self.round_at = Some(now);
                self.workers_at = None;
                true
            }
            Err(_) => false,
        }
    }

    fn open(
        &self,
        dice: &mut Dice,
        runtime: &tokio::runtime::Handle,
    ) -> Result<Life, Box<dyn std::error::Error>> {
        let dir = self.dir();
        let database = Database::open(&dir.join("toxmail.db"))?;
        database.hasten();
        let clock = Clock::fake(&database, &self.time)?;
        let limits = Limits {
            reserve_bytes: 0,
            ..Limits::default()
        };
        let queue = Queue::open(&dir.join("queue"), database.clone(), clock.clone(), limits)?;
        assert!(queue.opened().lost.is_empty(), "a waiting letter is gone");
        let contacts = Contacts::open(database.clone(), self.key, "toxmail.local".into());
        let rooms = Rooms {
            contacts,
            members: Members::open(database.clone())?,
            queue,
            store: Store::open(&dir.join("mail"), database.clone(), quota(0))?,
            providers: Providers::open(database.clone(), &dir),
            clock,
        };
        let settings = self.settings.clone();
        let post = Arc::new(Post::new(self.key, "toxmail.local", rooms, settings));
        let (errands, inbox) = Errands::new();
        let (waker, was_rung) = crate::tox::Waker::alone();
        errands.connect(waker);
        let bench = Bench::default();
        let hands = bench.hands(runtime.clone());
        let pairing = Arc::new(Pairing::new(
            Arc::clone(&post),
            errands.clone(),
            hands.clone(),
        ));
        let outbound = Arc::new(Outbound::new(
            Arc::clone(&post),
            errands.clone(),
            hands.clone(),
        ));
        let clerk = Arc::new(Clerk::new(
            Arc::clone(&post),
            Arc::clone(&pairing),
            database.clone(),
            None,
        ));
        outbound.connect(Arc::clone(&clerk));
        let inbound = Arc::new(Inbound::open(
            Arc::clone(&post),
            dir.join("incoming"),
            errands.clone(),
            hands,
        )?);
        let chat = Chat::open(
            Arc::clone(&post),
            database,
            dir.join("chat"),
            errands,
            runtime.clone(),
            &outbound,
        )?;
        let agents = Agents {
            inbound: Arc::clone(&inbound),
            outbound: Arc::clone(&outbound),
            pairing: Arc::clone(&pairing),
            chat: Arc::clone(&chat),
            friends: HashSet::new(),
            direct: Arc::clone(&post.direct),
        };
        let mut nonce = [0; 16];
        nonce.copy_from_slice(&dice.bytes(16));
        let mut settings = transfer::Settings::new(nonce, credentials());
        settings.seed = Some(dice.bytes(32).try_into().unwrap());
        // Another version of the program grants less, or sends in another manner.
        if dice.chance(0.3) {
            settings.limits.max_transfers = 2;
            settings.limits.max_inline_transfers = 3;
            settings.limits.inline_budget = 100 * 1024;
        }
        if dice.chance(0.2) {
            settings.controller = Controller::Cubic;
        }
        Ok(Life {
            courier: Courier::new(self.key, settings, inbox, agents),
            desk: Submissions::new(Arc::clone(&post), pairing, clerk),
            queue_rings: post.queue.changed(),
            post,
            outbound,
            inbound,
            bench,
            wire: Wire::default(),
            was_rung: Box::new(was_rung),
            chat,
        })
    }

    /// The power goes: memory is lost, what the disk has stays. What was written and not synced may be lost as well.
    pub fn cut(&mut self, now: Instant, dice: &mut Dice) {
        let (old, life) = (self.dir(), self.life.take());
        trouble(&old, None);
        self.failing = false;
        self.off_since = Some(now);
        self.lives += 1;
        fs::create_dir_all(self.dir()).unwrap();
        for entry in fs::read_dir(&old).unwrap() {
            let entry = entry.unwrap();
            let new = self.dir().join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                fs::rename(entry.path(), new).unwrap();
            } else {
                // Whoever still has it open closes another file than the next life opens.
                fs::copy(entry.path(), new).unwrap();
            }
        }
        if let Some(life) = life {
            life.chat.stop();
            drop(life);
        }
        for entry in fs::read_dir(self.dir().join("incoming")).unwrap() {
            let file = fs::OpenOptions::new()
                .write(true)
                .open(entry.unwrap().path())
                .unwrap();
            let length = file.metadata().unwrap().len();
            match dice.below(4) {
                0 => file.set_len(length.saturating_sub(dice.below(40_000))),
                1 => {
                    // Blocks that never reached the disk read as zeros.
                    let kept = length.saturating_sub(dice.below(8192));
                    file.set_len(kept).and_then(|()| file.set_len(length))
                }
                _ => Ok(()),
            }
            .unwrap();
        }
        let _ = fs::remove_dir_all(old);
    }

    /// The power is back, `off` later.
    pub fn boot(&mut self, off: Duration) {
        let seconds = off.as_secs() as i64;
        match self.dial {
            Dial::Right => self.time.reboot(seconds, Ntp::Heard),
            Dial::Late => self.time.reboot(0, Ntp::Silent),
            Dial::Never => self.time.reboot(-3600, Ntp::Silent),
        }
        self.off_since = None;
    }

    /// NTP is heard on a home that was behind by this much.
    pub fn set_clock(&mut self, behind: i64) {
        if self.dial == Dial::Late {
            self.time.jump(behind);
            self.time.ntp(Ntp::Heard);
        }
    }

    /// Its disk is full, or has room again.
    pub fn fill_disk(&self, full: bool) {
        trouble(&self.dir(), full.then_some(Trouble::Full));
    }

    /// The power goes within so many acts of the disk.
    pub fn fail_after(&mut self, acts: u32) {
        self.failing = true;
        trouble(&self.dir(), Some(Trouble::Power { after: acts }));
    }

    /// The power has gone: nothing of what the home still says leaves it.
    pub fn is_dead(&self) -> bool {
        self.failing && crate::durable::fault::is_spent(&self.dir())
    }

    /// Every file in a member's mailboxes.
    pub fn mails(&self, member: &MemberName) -> Vec<PathBuf> {
        let maildir = self
            .dir()
            .join("mail")
            .join(member.as_str())
            .join("Maildir");
        let mut folders = vec![maildir.clone()];
        for entry in fs::read_dir(&maildir).unwrap() {
            let entry = entry.unwrap();
            if entry.file_name().to_string_lossy().starts_with('.') && entry.path().is_dir() {
                folders.push(entry.path());
            }
        }
        let mut files = Vec::new();
        for folder in folders {
            for sub in ["new", "cur"] {
                if let Ok(entries) = fs::read_dir(folder.join(sub)) {
                    files.extend(entries.map(|entry| entry.unwrap().path()));
                }
            }
        }
        files.sort_unstable();
        files
    }
}

/// Mailboxes that may have so many bytes; 0 is as many as they like.
pub fn quota(bytes: u64) -> Quota {
    Quota {
        bytes,
        reserve_bytes: 0,
    }
}
