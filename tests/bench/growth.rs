//! What a home costs as it grows: how long it takes to start and how much memory it has, by members, contacts, letters and deliveries
//! that wait; how long a letter takes to hand in, by its size; and what is written to the disk for one.

use std::fs;
use std::time::{Duration, Instant};

use crate::bare::{self, hex};
use crate::chart::Curve;
use crate::client;
use crate::home::{Home, Plan, pair, wait_for};
use crate::homes;
use crate::imap;
use crate::imap_client::Imap;
use crate::network::Network;
use crate::numbers::{Numbers, size};
use crate::process;

/// How far each thing is grown.
#[derive(Clone, Copy)]
pub struct Reach {
    pub members: &'static [usize],
    pub contacts: &'static [usize],
    pub letters: &'static [usize],
    pub queued: &'static [usize],
    /// Octets of one letter.
    pub sizes: &'static [usize],
    /// Starts of a home, of which the median counts.
    pub starts: usize,
    /// Letters by which the bytes for one are counted.
    pub counted: usize,
}

pub const FULL: Reach = Reach {
    members: &[1, 10, 50, 200],
    contacts: &[1, 10, 100, 1000],
    letters: &[1000, 10_000, 100_000, 1_000_000],
    queued: &[100, 1000, 10_000, 100_000],
    sizes: &[1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000],
    starts: 5,
    counted: 400,
};
pub const QUICK: Reach = Reach {
    members: &[1, 10],
    contacts: &[1, 10, 100],
    letters: &[1000, 10_000],
    queued: &[100, 1000, 10_000],
    sizes: &[1000, 10_000, 100_000, 1_000_000, 10_000_000],
    starts: 3,
    counted: 100,
};

/// The family of the goals.
pub const FAMILY: usize = 5;
pub const FAMILY_CONTACTS: usize = 20;
pub const FAMILY_LETTERS: usize = 100_000;
pub const FAMILY_QUEUE: usize = 10_000;
pub const FAMILY_SESSIONS: usize = 25;

/// Octets of a letter that waits, and of the smaller one whose bytes are counted.
const LETTER: usize = 2000;
/// Octets of the bigger one.
const BIG: usize = 1_000_000;
/// After the start, until memory is looked at: what begins with it has begun.
const SETTLE: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(300);
/// What a letter of 2 KB takes in a Maildir and in the rows, with room to spare.
const ROOM_A_LETTER: u64 = 6 << 10;

/// What a home costs at each point of one axis.
pub struct Growth {
    pub what: &'static str,
    /// What the axis counts.
    pub axis: &'static str,
    pub at: Vec<usize>,
    /// Seconds, or whatever part of one the curves are in: their title says so.
    pub time: (&'static str, Vec<Curve>),
    /// MB.
    pub memory: (&'static str, Vec<Curve>),
}

impl Growth {
    fn new(
        what: &'static str,
        axis: &'static str,
        time: &'static str,
        curves: [&[&'static str]; 2],
    ) -> Self {
        let empty = |names: &[&'static str]| {
            let curve = |name: &&'static str| Curve {
                name,
                values: vec![],
            };
            names.iter().map(curve).collect()
        };
        Self {
            what,
            axis,
            at: vec![],
            time: (time, empty(curves[0])),
            memory: ("memory, MB", empty(curves[1])),
        }
    }

    fn add(&mut self, at: usize, times: &[f64], bytes: &[f64]) {
        self.at.push(at);
        for (curve, seconds) in self.time.1.iter_mut().zip(times) {
            curve.values.push(*seconds);
        }
        for (curve, bytes) in self.memory.1.iter_mut().zip(bytes) {
            curve.values.push(bytes / 1e6);
        }
    }

    pub fn curves(&self) -> impl Iterator<Item = &Curve> {
        self.time.1.iter().chain(&self.memory.1)
    }

    /// 1 is linear: by how much a curve rises between the two largest points.
    pub fn exponent(&self, curve: &Curve) -> f64 {
        let ([.., at, more], [.., cost, dearer]) = (self.at.as_slice(), curve.values.as_slice())
        else {
            return f64::NAN;
        };
        (dearer / cost).ln() / (*more as f64 / *at as f64).ln()
    }

    /// That of the steepest curve.
    pub fn steepest(&self) -> f64 {
        self.curves()
            .map(|curve| self.exponent(curve))
            .fold(f64::NAN, f64::max)
    }
}

/// Starts a stopped home so often; seconds until it is ready, and bytes of memory a moment after that.
fn starts(home: &mut Home, times: usize) -> (f64, f64) {
    let (mut ready, mut memory) = (Numbers::default(), Numbers::default());
    for _ in 0..times {
        let begin = Instant::now();
        home.start();
        ready.add_time(Some(begin.elapsed()));
        std::thread::sleep(SETTLE);
        memory.add(process::resident(home.pid()) as f64);
        home.stop();
    }
    (ready.median(), memory.median())
}

const READY: &str = "start to ready";
const AT_REST: &str = "at rest";

pub fn members(network: &Network, reach: &Reach) -> Growth {
    let plan = Plan {
        settings: network.settings(),
        ..Plan::default()
    };
    let mut home = Home::new("members", plan);
    let mut growth = Growth::new("members", "members", "time, ms", [&[READY], &[AT_REST]]);
    let mut there = 0;
    for members in reach.members {
        for number in there..*members {
            let name = format!("member{number}");
            home.say_with(&["member", "add", &name], Some(&format!("secret-{name}\n")))
                .unwrap();
        }
        there = *members;
        // What is made for them is made by the first start.
        home.start();
        home.stop();
        let (seconds, bytes) = starts(&mut home, reach.starts);
        growth.add(there, &[seconds * 1e3], &[bytes]);
    }
    growth
}

pub fn contacts(network: &Network, reach: &Reach) -> Growth {
    let plan = Plan {
        settings: network.settings(),
        members: vec!["anna"],
        ..Plan::default()
    };
    let mut home = Home::new("contacts", plan);
    let mut growth = Growth::new("contacts", "contacts", "time, ms", [&[READY], &[AT_REST]]);
    let mut there = 0;
    for contacts in reach.contacts {
        home.start();
        befriend(&home, there..*contacts);
        home.stop();
        there = *contacts;
        let (seconds, bytes) = starts(&mut home, reach.starts);
        growth.add(there, &[seconds * 1e3], &[bytes]);
    }
    growth
}

/// Homes that never come.
fn befriend(home: &Home, numbers: std::ops::Range<usize>) {
    for number in numbers {
        let id = hex(bare::nobody().as_bytes());
        home.say(&[
            "contact",
            "add",
            &format!("contact{number}"),
            "--tox",
            &format!("{id}@tox"),
        ])
        .unwrap();
    }
}

/// Letters in one inbox, which nobody looks at until somebody does.
pub fn letters(network: &Network, reach: &Reach) -> Growth {
    let mut home = Home::new("letters", reading(network, vec!["anna"]));
    let names: [&[&'static str]; 2] = [
        &[READY, "then the first SELECT"],
        &[AT_REST, "with the mailbox open"],
    ];
    let mut growth = Growth::new("letters", "letters in one mailbox", "time, ms", names);
    home.start();
    home.stop();
    let mut there = 0;
    for letters in reach.letters {
        let more = (*letters - there) as u64;
        let room = rustix::fs::statvfs(home.path()).unwrap();
        if room.f_bavail * room.f_frsize < more * ROOM_A_LETTER + (2 << 30) {
            println!("{letters} letters find no room on this disk.\n");
            break;
        }
        fill(&home, "anna", there..*letters);
        there = *letters;
        home.start();
        select(&home, "anna");
        home.stop();
        let (mut ready, mut first) = (Numbers::default(), Numbers::default());
        let (mut at_rest, mut open) = (Numbers::default(), Numbers::default());
        for _ in 0..reach.starts {
            let begin = Instant::now();
            home.start();
            ready.add_time(Some(begin.elapsed()));
            std::thread::sleep(SETTLE);
            at_rest.add(process::resident(home.pid()) as f64);
            let (session, took) = select(&home, "anna");
            first.add_time(Some(took));
            open.add(process::resident(home.pid()) as f64);
            drop(session);
            home.stop();
        }
        growth.add(
            there,
            &[ready.median() * 1e3, first.median() * 1e3],
            &[at_rest.median(), open.median()],
        );
    }
    growth
}

fn reading(network: &Network, members: Vec<&'static str>) -> Plan {
    let mut settings = network.settings();
    settings.push(("listen", "imaps = \"127.0.0.1:0\"".into()));
    settings.push(("limits", "max_connections_per_address = 100".into()));
    Plan {
        settings,
        members,
        ..Plan::default()
    }
}

/// Puts letters into a member's inbox, as another program does; the home takes them in when somebody looks.
fn fill(home: &Home, member: &str, numbers: std::ops::Range<usize>) {
    let new = home.path().join("mail").join(member).join("Maildir/new");
    for number in numbers {
        fs::write(new.join(imap::file_name(number)), imap::letter(number)).unwrap();
    }
}

/// A session with the inbox selected, and how long that took it.
fn select(home: &Home, member: &str) -> (Imap, Duration) {
    let mut imap = Imap::login(home.address("imaps"), member, &format!("secret-{member}")).unwrap();
    imap.timeout(LONGEST).unwrap();
    let begin = Instant::now();
    imap.command("SELECT INBOX").unwrap();
    (imap, begin.elapsed())
}

/// Deliveries to one home that is away.
pub fn queue(network: &Network, reach: &Reach) -> Growth {
    let plan = Plan {
        settings: network.settings(),
        members: vec!["anna"],
        ..Plan::default()
    };
    let mut home = Home::new("queue", plan);
    let mut growth = Growth::new(
        "queue",
        "deliveries that wait for one home",
        "time, ms",
        [&[READY], &[AT_REST]],
    );
    home.start();
    befriend(&home, 0..1);
    one_waits(&home, "anna");
    home.stop();
    for queued in reach.queued {
        lengthen(&home, *queued);
        home.start();
        assert_eq!(home.queue_size(), *queued as u64);
        home.stop();
        let (seconds, bytes) = starts(&mut home, reach.starts);
        growth.add(*queued, &[seconds * 1e3], &[bytes]);
    }
    growth
}

/// A letter to a contact that never comes.
fn one_waits(home: &Home, member: &str) {
    let letter = homes::letter("contact0@tox", LETTER);
    let from = format!("{member}@toxmail.local");
    let mut line = client::submission(
        home.address("submissions"),
        member,
        &format!("secret-{member}"),
    )
    .unwrap();
    let reply = client::send(&mut line, &from, &["contact0@tox"], &letter).unwrap();
    assert!(reply.starts_with("250"), "{reply}");
}

/// Copies the one letter that waits in a stopped home, file and rows, until there are `length`.
fn lengthen(home: &Home, length: usize) {
    let rows = rusqlite::Connection::open(home.path().join("toxmail.db")).unwrap();
    let (first, file, there): (i64, String, i64) = rows
        .query_row(
            "SELECT min(id), file, (SELECT count(*) FROM messages) FROM messages",
            [],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .unwrap();
    let folder = home.path().join("queue");
    let content = fs::read(folder.join(file)).unwrap();
    rows.execute_batch("BEGIN").unwrap();
    // A message and its delivery get the same number, far above those of the home's own.
    let id = "1000000 + ?2";
    let random = |bytes: usize| format!("randomblob({bytes})");
    let copies = [
        copy(
            &rows,
            "messages",
            "id",
            &[("id", id), ("file", "lower(hex(randomblob(16))) || '.eml'")],
        ),
        copy(
            &rows,
            "deliveries",
            "message",
            &[("id", id), ("message", id), ("transfer", &random(16))],
        ),
        copy(
            &rows,
            "submissions",
            "message",
            &[("message", id), ("hash", &random(32))],
        ),
        copy(&rows, "sent_letters", "message", &[("message", id)]),
    ];
    let of_delivery = copy(&rows, "recipients", "delivery", &[("delivery", id)]);
    let delivery: i64 = rows
        .query_row(
            "SELECT id FROM deliveries WHERE message = ?1",
            [first],
            |row| row.get(0),
        )
        .unwrap();
    let name = "SELECT file FROM messages WHERE id = 1000000 + ?1";
    for number in there..length as i64 {
        for copy in &copies {
            rows.prepare_cached(copy)
                .unwrap()
                .execute((first, number))
                .unwrap();
        }
        rows.prepare_cached(&of_delivery)
            .unwrap()
            .execute((delivery, number))
            .unwrap();
        let name: String = rows
            .prepare_cached(name)
            .unwrap()
            .query_row([number], |row| row.get(0))
            .unwrap();
        fs::write(folder.join(name), &content).unwrap();
    }
    rows.execute_batch("COMMIT").unwrap();
}

/// The statement that copies the rows of a table whose column `key` is the first parameter, with some columns otherwise.
fn copy(rows: &rusqlite::Connection, table: &str, key: &str, otherwise: &[(&str, &str)]) -> String {
    let mut statement = rows
        .prepare("SELECT name FROM pragma_table_info(?1)")
        .unwrap();
    let names = statement
        .query_map([table], |row| row.get::<_, String>(0))
        .unwrap();
    let names: Vec<String> = names.map(Result::unwrap).collect();
    let value = |name: &String| {
        let other = otherwise.iter().find(|(column, _)| column == name);
        other.map_or_else(|| name.clone(), |(_, value)| (*value).to_owned())
    };
    let values: Vec<String> = names.iter().map(value).collect();
    format!(
        "INSERT INTO {table} ({}) SELECT {} FROM {table} WHERE {key} = ?1",
        names.join(", "),
        values.join(", ")
    )
}

/// One letter to another member, by its size: from the first octet after `354` to `250`, and the most memory until it is filed.
pub fn sizes(network: &Network, reach: &Reach) -> Growth {
    let home = two_members(network);
    let names: [&[&'static str]; 2] = [&["DATA to 250"], &["at most, until it is filed"]];
    let mut growth = Growth::new("size", "size of one letter", "time, ms", names);
    let mut filed = 0;
    for bytes in reach.sizes {
        let (mut seconds, mut peak) = (Numbers::default(), Numbers::default());
        for _ in 0..reach.starts.max(3) {
            let letter = homes::letter("bob@toxmail.local", *bytes);
            process::forget_peak(home.pid());
            seconds.add(hand_in(&home, "bob@toxmail.local", &letter).as_secs_f64());
            filed += 1;
            wait_until_filed(&home, &home, filed);
            peak.add(process::peak(home.pid()) as f64);
        }
        growth.add(*bytes, &[seconds.median() * 1e3], &[peak.median()]);
    }
    growth
}

fn two_members(network: &Network) -> Home {
    let plan = Plan {
        settings: network.settings(),
        members: vec!["anna", "bob"],
        ..Plan::default()
    };
    let mut home = Home::new("letter", plan);
    home.start();
    home
}

/// A letter of anna's in a session of its own; from the first octet after `354` to `250`. It is dot-free.
fn hand_in(home: &Home, to: &str, letter: &[u8]) -> Duration {
    let mut line = client::submission(home.address("submissions"), "anna", "secret-anna").unwrap();
    line.timeout(LONGEST).unwrap();
    let commands = [
        format!(
            "MAIL FROM:<anna@toxmail.local> BODY=8BITMIME SIZE={}",
            letter.len()
        ),
        format!("RCPT TO:<{to}>"),
        "DATA".to_owned(),
    ];
    for command in &commands {
        let reply = line.say(command).unwrap();
        assert!(reply.starts_with(['2', '3']), "{command}: {reply}");
    }
    let begin = Instant::now();
    line.send(letter).unwrap();
    line.send(b".\r\n").unwrap();
    let reply = line.reply().unwrap();
    let took = begin.elapsed();
    assert!(reply.starts_with("250"), "{reply}");
    took
}

fn wait_until_filed(from: &Home, to: &Home, letters: usize) {
    wait_for("the letter to be filed", LONGEST, || {
        (to.letter_files("bob").len() == letters && from.queue_is_empty()).then_some(())
    });
}

/// What is written to the disk for a letter.
pub struct Written {
    /// Of which letter, where, by whom.
    pub what: String,
    pub octets: usize,
    /// Bytes a letter.
    pub bytes: f64,
}

/// Letters one after the other, to a member of the same home and to one of another: what each home has written for one.
pub fn written(network: &Network, reach: &Reach) -> Vec<Written> {
    let mut rows = vec![];
    {
        let home = two_members(network);
        for (octets, count) in [(LETTER, reach.counted), (BIG, reach.counted / 10)] {
            let bytes = written_for(&[&home], "bob@toxmail.local", octets, count);
            rows.push(Written {
                what: format!("{}, to another member", size(octets)),
                octets,
                bytes: bytes[0],
            });
        }
    }
    let [a, b] = ["anna", "bob"].map(|name| {
        let plan = Plan {
            settings: network.settings(),
            members: vec![name],
            ..Plan::default()
        };
        let mut home = Home::new(name, plan);
        home.start();
        home
    });
    pair(&a, &b);
    let to = b.canonical("bob");
    for (octets, count) in [(LETTER, reach.counted), (BIG, reach.counted / 10)] {
        let bytes = written_for(&[&a, &b], &to, octets, count);
        for (who, bytes) in ["sends", "receives"].iter().zip(bytes) {
            rows.push(Written {
                what: format!("{}, by the home that {who} it", size(octets)),
                octets,
                bytes,
            });
        }
    }
    rows
}

/// Bytes a letter that each of these homes writes; the last of them has bob's mailbox.
fn written_for(homes: &[&Home], to: &str, octets: usize, count: usize) -> Vec<f64> {
    let (from, there) = (homes[0], homes[homes.len() - 1]);
    let mut filed = there.letter_files("bob").len();
    let mut one = || {
        hand_in(from, to, &homes::letter(to, octets));
        filed += 1;
        wait_until_filed(from, there, filed);
    };
    // The first ones open mailboxes and connections.
    for _ in 0..3 {
        one();
    }
    let count_all = || -> Vec<u64> {
        // What has leisure is done by then.
        std::thread::sleep(SETTLE);
        homes
            .iter()
            .map(|home| process::written(home.pid()))
            .collect()
    };
    let before = count_all();
    for _ in 0..count {
        one();
    }
    let after = count_all();
    let bytes = after.iter().zip(before).map(|(now, before)| now - before);
    bytes.map(|bytes| bytes as f64 / count as f64).collect()
}

/// The family of the goals: seconds to ready with letters and a queue; bytes of memory with its sessions, before there is a queue.
pub struct Family {
    pub ready: f64,
    pub resident: f64,
}

pub fn family(network: &Network, reach: &Reach) -> Family {
    let names = ["anna", "bob", "carl", "dora", "emil"];
    assert_eq!(names.len(), FAMILY);
    let mut home = Home::new("family", reading(network, names.to_vec()));
    home.start();
    befriend(&home, 0..FAMILY_CONTACTS);
    for name in names {
        fill(&home, name, 0..FAMILY_LETTERS / FAMILY);
        drop(select(&home, name));
    }
    home.stop();
    home.start();
    let sessions: Vec<Imap> = (0..FAMILY_SESSIONS)
        .map(|number| {
            let (mut imap, _) = select(&home, names[number % FAMILY]);
            // The list that most programs ask for in each session; then they wait.
            imap.command("FETCH 1:* (UID FLAGS)").unwrap();
            let tag = imap.tag();
            imap.send(format!("{tag} IDLE\r\n").as_bytes()).unwrap();
            imap.answer().unwrap();
            imap
        })
        .collect();
    let resident = process::resident(home.pid()) as f64;
    drop(sessions);
    one_waits(&home, names[0]);
    home.stop();
    lengthen(&home, FAMILY_QUEUE);
    home.start();
    assert_eq!(home.queue_size(), FAMILY_QUEUE as u64);
    home.stop();
    let (ready, _) = starts(&mut home, reach.starts);
    Family { ready, resident }
}
