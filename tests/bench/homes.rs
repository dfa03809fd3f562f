//! Two real homes: what a mail program and the far mailbox see.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Write;
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use rustix::fs::inotify;

use crate::client::{self, Line};
use crate::home::{Home, Plan, pair, wait_for};
use crate::network::Network;
use crate::numbers::Numbers;
use crate::process;
use crate::router::within;

const LETTER_LIMIT: Duration = Duration::from_secs(300);
/// A person writes one letter after the other; between, the home is done with the last.
const BREATH: Duration = Duration::from_millis(30);

/// A letter of about `bytes` octets that no compressor makes smaller (8-bit text, as random as text can be), another each
/// time. What people send is smaller on its way: a base64 attachment loses a quarter.
pub fn letter(to: &str, bytes: usize) -> Vec<u8> {
    let mut seed = [0; 16];
    getrandom::fill(&mut seed).unwrap();
    let name = data_encoding::HEXLOWER.encode(&seed);
    let mut letter = format!(
        "From: Anna <anna@toxmail.local>\r\nTo: <{to}>\r\nSubject: bench\r\nMessage-ID: <{name}@bench.example>\r\n\
         MIME-Version: 1.0\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\
         Content-Transfer-Encoding: 8bit\r\n\r\n"
    )
    .into_bytes();
    letter.reserve(bytes);
    let mut state = u64::from_le_bytes(seed[..8].try_into().unwrap()) | 1;
    let mut column = 0;
    while letter.len() + 2 < bytes {
        // xorshift64*
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        for byte in state.wrapping_mul(0x2545_f491_4f6c_dd1d).to_be_bytes() {
            if !matches!(byte, 0 | b'\r' | b'\n' | b'.') {
                letter.push(byte);
                column += 1;
            }
        }
        if column >= 900 {
            letter.extend_from_slice(b"\r\n");
            column = 0;
        }
    }
    letter.extend_from_slice(b"\r\n");
    letter
}

/// Tells when a file appears in a mailbox.
pub struct Watch {
    seen: Receiver<(Instant, u64)>,
}

impl Watch {
    /// Looks at `folder` for as long as it exists.
    pub fn on(folder: &Path) -> Self {
        let inotify = inotify::init(inotify::CreateFlags::CLOEXEC).unwrap();
        let wanted = inotify::WatchFlags::MOVED_TO | inotify::WatchFlags::ONLYDIR;
        inotify::add_watch(&inotify, folder, wanted | inotify::WatchFlags::CREATE).unwrap();
        let (tell, seen) = channel();
        let folder = folder.to_owned();
        std::thread::spawn(move || {
            let mut buffer = [MaybeUninit::uninit(); 4096];
            let mut reader = inotify::Reader::new(inotify, &mut buffer);
            while let Ok(event) = reader.next() {
                let now = Instant::now();
                let Some(name) = event.file_name() else {
                    return; // the folder is gone
                };
                let path = folder.join(OsStr::from_bytes(name.to_bytes()));
                let size = fs::metadata(path).map_or(0, |m| m.len());
                if tell.send((now, size)).is_err() {
                    return;
                }
            }
        });
        Self { seen }
    }

    /// When the next file came, and its size.
    pub fn next(&self, within: Duration) -> Option<(Instant, u64)> {
        self.seen.recv_timeout(within).ok()
    }
}

/// Anna's home and Bob's, paired and online.
pub struct Homes {
    a: Home,
    b: Home,
    place: Option<String>,
    to: String,
    watch: Watch,
}

impl Homes {
    pub fn start(network: &Network) -> Self {
        let [a, b] = [(0, "anna"), (1, "bob")].map(|(side, name)| {
            let plan = Plan {
                settings: network.settings(),
                namespace: network.places[side].clone(),
                members: vec![name],
                ..Plan::default()
            };
            let mut home = Home::new(name, plan);
            home.start();
            home
        });
        pair(&a, &b);
        let to = b.canonical("bob");
        let watch = Watch::on(&b.path().join("mail/bob/Maildir/new"));
        Self {
            a,
            b,
            place: network.places[0].clone(),
            to,
            watch,
        }
    }

    /// Seconds of processor time of both.
    pub fn cpu(&self) -> f64 {
        // In a namespace the child is `ip netns exec`, which has become the daemon.
        process::cpu(self.a.pid()) + process::cpu(self.b.pid())
    }

    fn session(&self) -> Line {
        let address = self.a.address("submissions");
        within(self.place.as_deref(), || {
            client::submission(address, "anna", "secret-anna").unwrap()
        })
    }

    /// Sends one letter; when its `250` came.
    fn submit(&self, line: &mut Line, bytes: usize) -> Instant {
        let letter = letter(&self.to, bytes);
        let reply = client::send(line, "anna@toxmail.local", &[&self.to], &letter).unwrap();
        let accepted = Instant::now();
        assert!(reply.starts_with("250"), "{reply}");
        accepted
    }

    /// From `250` to the file in the far mailbox.
    pub fn carry(&self, bytes: usize) -> Option<Duration> {
        let mut line = self.session();
        let accepted = self.submit(&mut line, bytes);
        let (came, size) = self.watch.next(LETTER_LIMIT)?;
        assert!(size >= bytes as u64 / 10 * 9, "{size} of {bytes} octets");
        wait_for("the receipt", Duration::from_secs(60), || {
            self.a.queue_is_empty().then_some(())
        });
        Some(came.saturating_duration_since(accepted))
    }

    /// `count` letters one after the other, each from `250` to the file; between them the same file written by hand.
    pub fn letters(&self, bytes: usize, count: usize) -> (Numbers, Numbers) {
        let (mut times, mut bare) = (Numbers::default(), Numbers::default());
        let mut line = self.session();
        let desk = Desk::new(self.b.path());
        for number in 0..count + 2 {
            let accepted = self.submit(&mut line, bytes);
            let came = self.watch.next(LETTER_LIMIT).map(|(came, _)| came);
            std::thread::sleep(BREATH);
            let by_hand = desk.file(&letter(&self.to, bytes));
            std::thread::sleep(BREATH);
            // The first ones find cold caches.
            if number >= 2 {
                times.add_time(came.map(|came| came.saturating_duration_since(accepted)));
                bare.add_time(Some(by_hand));
            }
        }
        (times, bare)
    }

    /// Letters of `bytes` octets while one of `big` octets is on its way: each from `250` to the file, and the big one.
    pub fn letters_beside(
        &self,
        bytes: usize,
        big: usize,
        pause: Duration,
    ) -> (Numbers, Option<Duration>) {
        let mut times = Numbers::default();
        let (mut line, mut other) = (self.session(), self.session());
        let big_accepted = self.submit(&mut other, big);
        let mut big_came = None;
        let end = Instant::now() + LETTER_LIMIT;
        while big_came.is_none() && Instant::now() < end {
            let accepted = self.submit(&mut line, bytes);
            let mut small = None;
            while small.is_none() {
                let Some((came, size)) = self.watch.next(LETTER_LIMIT) else {
                    break;
                };
                if size > big as u64 / 2 {
                    big_came = Some(came);
                } else {
                    small = Some(came.saturating_duration_since(accepted));
                }
            }
            // One that the big letter's end made quick does not count.
            if big_came.is_none() {
                times.add_time(small);
            }
            std::thread::sleep(pause);
        }
        wait_for("the receipts", Duration::from_secs(60), || {
            self.a.queue_is_empty().then_some(())
        });
        (
            times,
            big_came.map(|came| came.saturating_duration_since(big_accepted)),
        )
    }
}

/// Where files are written by hand: the least that a promise costs on this disk.
struct Desk {
    draft: PathBuf,
    filed: PathBuf,
}

impl Desk {
    fn new(home: &Path) -> Self {
        let desk = Self {
            draft: home.join("bench-tmp"),
            filed: home.join("bench-new"),
        };
        for folder in [&desk.draft, &desk.filed] {
            fs::create_dir_all(folder).unwrap();
        }
        desk
    }

    /// write, fsync, rename, fsync of the folder.
    fn file(&self, content: &[u8]) -> Duration {
        let start = Instant::now();
        let name = format!("{:?}", start).replace(|c: char| !c.is_ascii_digit(), "");
        let draft = self.draft.join(&name);
        let mut file = File::create(&draft).unwrap();
        file.write_all(content).unwrap();
        file.sync_all().unwrap();
        fs::rename(&draft, self.filed.join(&name)).unwrap();
        File::open(&self.filed).unwrap().sync_all().unwrap();
        start.elapsed()
    }
}
