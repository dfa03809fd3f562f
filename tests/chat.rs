//! Friends with ordinary Tox programs: one of our own making, whose every word is known here, and Toxic as Debian has it.

#![cfg(feature = "faults")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/client.rs"]
mod client;
#[path = "support/home.rs"]
mod home;
#[path = "support/netns.rs"]
mod netns;

use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use home::{Home, Node, Plan, wait_for};
use mail_parser::{Message, MessageParser, MimeHeaders};
use toxmail::mail::address::PeerKey;
use toxmail::tox::{
    BootstrapNode, Command as ToxCommand, Event, FileControl, FileNumber, MessageKind, Port, Rider,
    SendError, Settings,
};

const PORT: u16 = 33410;
/// Two programs on one machine find each other in 10 to 45 s.
const MEETING: Duration = Duration::from_secs(180);
const SOON: Duration = Duration::from_secs(60);
/// What is said within a minute is one letter; then it is filed.
const A_MINUTE_AND_MORE: Duration = Duration::from_secs(100);

/// What our own friend is told to do.
enum Deed {
    Say(MessageKind, String),
}

/// A chat program without a screen: it remembers what it hears, and takes every file.
struct Program {
    told: Sender<Event>,
    deeds: Receiver<Deed>,
    doing: VecDeque<Deed>,
    home: PeerKey,
    accepts: VecDeque<FileNumber>,
}

impl Rider for Program {
    fn event(&mut self, _: Instant, event: &Event, _: &mut Port<'_>) {
        if let Event::FileOffered { file, .. } = event {
            self.accepts.push_back(*file);
        }
        let _ = self.told.send(event.clone());
    }

    fn turn(&mut self, _: Instant, port: &mut Port<'_>) -> Option<Instant> {
        while let Some(file) = self.accepts.front() {
            if port.file_control(&self.home, *file, FileControl::Resume) == Err(SendError::Full) {
                return None;
            }
            self.accepts.pop_front();
        }
        self.doing.extend(self.deeds.try_iter());
        while let Some(Deed::Say(kind, text)) = self.doing.front() {
            match port.send_message(&self.home, *kind, text.as_bytes()) {
                Ok(_) => drop(self.doing.pop_front()),
                // Not there yet, or no room.
                Err(_) => return Some(Instant::now() + Duration::from_millis(50)),
            }
        }
        None
    }
}

struct Friend {
    node: toxmail::tox::Node,
    events: Receiver<Event>,
    deeds: Sender<Deed>,
}

impl Friend {
    fn start(dir: &Path, bootstrap: &BootstrapNode, home: PeerKey) -> Self {
        let mut settings = Settings::new(dir.join("friend.save"));
        settings.name = "Paul".into();
        settings.local_discovery = false;
        settings.bootstrap = vec![bootstrap.clone()];
        let (told, events) = channel();
        let (deeds, todo) = channel();
        let known = settings.save.exists();
        let friends = known.then_some(toxmail::tox::Friend {
            key: home,
            id: None,
            request: None,
            again: false,
        });
        let node = toxmail::tox::Node::start(settings, friends.into_iter().collect(), move || {
            Box::new(Program {
                told,
                deeds: todo,
                doing: VecDeque::new(),
                home,
                accepts: VecDeque::new(),
            })
        })
        .unwrap();
        Self {
            node,
            events,
            deeds,
        }
    }

    fn say(&self, kind: MessageKind, text: &str) {
        self.deeds.send(Deed::Say(kind, text.into())).unwrap();
        self.node.waker().wake();
    }

    /// The next texts that it hears, until `count` of them are there.
    fn hears(&self, count: usize, longest: Duration) -> Vec<String> {
        let start = Instant::now();
        let mut texts = Vec::new();
        while texts.len() < count {
            let left = longest
                .checked_sub(start.elapsed())
                .unwrap_or_else(|| panic!("only {texts:?}"));
            if let Ok(Event::Message { text, .. }) = self.events.recv_timeout(left) {
                texts.push(String::from_utf8(text).unwrap());
            }
        }
        texts
    }
}

/// A home with a friend of our own making, who know each other.
struct Street {
    home: Home,
    friend: Friend,
    dir: tempfile::TempDir,
    bootstrap: BootstrapNode,
    key: PeerKey,
    _node: Node,
}

const KILL: &str = "fault-kill";

impl Street {
    fn new(port: u16) -> Self {
        let node = Node::start("127.0.0.1", port);
        let bootstrap = BootstrapNode {
            host: "127.0.0.1".into(),
            port,
            key: node.key.parse().unwrap(),
            tcp_ports: vec![port],
        };
        let mut home = new_home(&node);
        let file = format!("@{}", home.path().join(KILL).display());
        home.plan.environment = vec![("TOXMAIL_FAULT_KILL".to_owned(), file)];
        home.start();
        let dir = tempfile::tempdir().unwrap();
        let key = home.status("key").as_str().unwrap().parse().unwrap();
        let friend = Friend::start(dir.path(), &bootstrap, key);
        let id = friend.node.id().to_string();
        home.say(&["contact", "add", "Paul", "--tox", &id]).unwrap();
        let request = wait_for("the friend request", MEETING, || {
            let event = friend.events.try_recv().ok()?;
            matches!(event, Event::FriendRequest { .. }).then_some(event)
        });
        let Event::FriendRequest { key: asks, .. } = request else {
            panic!("{request:?}")
        };
        assert_eq!(asks, key);
        friend.node.perform(ToxCommand::AcceptFriend(key)).unwrap();
        let street = Self {
            home,
            friend,
            dir,
            bootstrap,
            key,
            _node: node,
        };
        wait_for("the friend to be there", MEETING, || {
            (street.paul()["state"] == "online").then_some(())
        });
        street
    }

    /// Paul in the address table.
    fn paul(&self) -> serde_json::Value {
        let list = self.home.say(&["contact", "list"]).unwrap_or_default();
        let list = list.as_array().cloned().unwrap_or_default();
        list.into_iter()
            .find(|contact| contact["name"] == "paul")
            .unwrap_or_default()
    }

    fn arm(&self, fault: &str) {
        fs::write(self.home.path().join(KILL), fault).unwrap();
    }

    /// Waits until the home has died of a fault, and starts it without that one.
    fn dies_and_starts(&mut self, fault: &str, next: Option<&str>) {
        let start = Instant::now();
        while !self.home.has_ended() {
            assert!(
                start.elapsed() < A_MINUTE_AND_MORE,
                "it did not die of {fault}"
            );
            std::thread::sleep(Duration::from_millis(10));
        }
        match next {
            Some(next) => self.arm(next),
            None => fs::remove_file(self.home.path().join(KILL)).unwrap(),
        }
        self.home.spawn();
        if next.is_none() {
            self.home.wait_until_ready();
        }
    }
}

fn new_home(node: &Node) -> Home {
    let plan = Plan {
        settings: vec![("tox", format!("bootstrap = [ {} ]", node.entry))],
        members: vec!["anna"],
        ..Plan::default()
    };
    Home::new("anna", plan)
}

fn parsed(bytes: &[u8]) -> Message<'_> {
    MessageParser::default().parse(bytes).unwrap()
}

fn text_of(bytes: &[u8]) -> String {
    parsed(bytes).body_text(0).unwrap_or_default().into_owned()
}

/// Hands in a letter of anna's that asks for a receipt.
fn hand_in(home: &Home, to: &str, letter: &str) {
    let mut line = client::submission(home.address("submissions"), "anna", "secret-anna").unwrap();
    let mut say = |command: &str, expected: &str| {
        let reply = line.say(command).unwrap();
        assert!(reply.starts_with(expected), "{command}: {reply}");
    };
    say("MAIL FROM:<anna@toxmail.local> BODY=8BITMIME", "250");
    say(&format!("RCPT TO:<{to}> NOTIFY=SUCCESS,FAILURE"), "250");
    say("DATA", "354");
    let whole = format!("From: anna@toxmail.local\n{letter}\n.\n").replace('\n', "\r\n");
    line.send(whole.as_bytes()).unwrap();
    let reply = line.reply().unwrap();
    assert!(reply.starts_with("250"), "{reply}");
}

#[test]
fn what_tox_has_acknowledged_survives_kills_and_is_filed_once() {
    netns::enter_loopback_namespace();
    let mut street = Street::new(PORT);
    assert_eq!(street.paul()["kind"], "unknown");
    street.arm("chat.written");
    street.friend.say(MessageKind::Normal, "Grüße 👋");
    // Written down, and nothing else: then closed, then filed, and each time the power goes.
    street.dies_and_starts("chat.written", Some("chat.closed"));
    street.dies_and_starts("chat.closed", Some("chat.filed"));
    street.dies_and_starts("chat.filed", None);
    let letters = || -> Vec<Vec<u8>> {
        let all = street.home.letters("anna").into_iter();
        all.filter(|letter| text_of(letter).contains("Grüße 👋"))
            .collect()
    };
    wait_for("the letter", SOON, || (!letters().is_empty()).then_some(()));
    wait_for("the row to be done with", SOON, || {
        let database = rusqlite::Connection::open(street.home.path().join("toxmail.db")).ok()?;
        let rows: i64 = database
            .query_row("SELECT count(*) FROM chat_items", [], |row| row.get(0))
            .ok()?;
        (rows == 0).then_some(())
    });
    assert_eq!(letters().len(), 1);
    let letter = letters().remove(0);
    let message = parsed(&letter);
    let from = message.from().unwrap().first().unwrap();
    assert_eq!(
        (from.name(), from.address()),
        (Some("Paul"), Some("paul@tox"))
    );
    assert_eq!(message.header_raw("X-Toxmail-Path").unwrap().trim(), "chat");
    assert!(message.subject().unwrap().starts_with("Chat with Paul, "));
    // The text made a chat contact of somebody who was nothing yet.
    assert_eq!(street.paul()["kind"], "chat");
}

#[test]
fn letters_wait_for_a_friend_go_in_order_and_one_text_at_most_goes_twice() {
    netns::enter_loopback_namespace();
    let mut street = Street::new(PORT + 1);
    // A letter taken before anybody knew waits for a Hello; a person says what there is.
    street.friend.node.stop();
    wait_for("the friend to be seen as gone", MEETING, || {
        (street.paul()["state"] == "offline").then_some(())
    });
    let word = "wünsche 👨\u{200D}👩\u{200D}👧\u{200D}👦 ";
    let long = word.repeat(200);
    let subject = "Subject: Alles Gute\nMessage-ID: <long@test>\n\n";
    hand_in(&street.home, "paul@tox", &format!("{subject}{long}"));
    street.home.say(&["contact", "chat", "paul"]).unwrap();
    hand_in(
        &street.home,
        "paul@tox",
        "Subject: second\n\nand another thing",
    );
    hand_in(
        &street.home,
        "paul@tox",
        "Content-Type: text/html\n\n<p>the <b>third</b></p>",
    );
    assert_eq!(street.home.queue_size(), 3);
    let queue = street.home.say(&["queue", "list"]).unwrap();
    for entry in queue.as_array().unwrap() {
        assert_eq!(entry["recipients"][0]["route"], "chat", "{queue}");
        assert_eq!(entry["recipients"][0]["state"], "waiting", "{queue}");
    }
    // It dies after the third part's acknowledgement, before that is written down.
    street.home.kill();
    street.home.plan.environment = vec![("TOXMAIL_FAULT_KILL".into(), "chat.read:3".into())];
    street.home.start();
    street.friend = Friend::start(street.dir.path(), &street.bootstrap, street.key);
    let whole = format!("Alles Gute\n\n{}", long.trim_end());
    let parts = toxmail::chat::split::split(&whole);
    assert!(parts.len() > 4, "{}", parts.len());
    let mut heard = street.friend.hears(3, MEETING);
    let start = Instant::now();
    while !street.home.has_ended() {
        assert!(start.elapsed() < SOON, "it did not die");
        std::thread::sleep(Duration::from_millis(10));
    }
    street.home.plan.environment = vec![];
    street.home.start();
    heard.extend(street.friend.hears(parts.len() - 2 + 2, MEETING));
    // The third part twice: it was in the window. Everything else once, and in order.
    let mut expected = parts.clone();
    expected.insert(2, parts[2].clone());
    expected.push("second\n\nand another thing".into());
    expected.push("the third".into());
    assert_eq!(heard, expected);
    wait_for("the queue to be empty", SOON, || {
        street.home.queue_is_empty().then_some(())
    });
    // Whoever asked for a receipt reads what is known, and no more.
    let receipts = wait_for("three receipts", SOON, || {
        Some(street.home.letters("anna")).filter(|letters| letters.len() == 3)
    });
    for receipt in receipts {
        let text = text_of(&receipt);
        assert!(text.contains("handed to their chat program"), "{text}");
        assert!(!text.contains("disk"), "{text}");
        let whole = String::from_utf8(receipt).unwrap();
        assert!(whole.contains("Action: relayed"), "{whole}");
    }
    assert!(
        street
            .friend
            .events
            .try_iter()
            .all(|e| !matches!(e, Event::Message { .. }))
    );
}

/// Toxic on a screen that nobody looks at.
struct Toxic {
    dir: tempfile::TempDir,
}

impl Toxic {
    fn start(node: &Node, port: u16) -> Self {
        let dir = tempfile::Builder::new()
            .prefix("toxmail-toxic-")
            .tempdir()
            .unwrap();
        let path = |name: &str| dir.path().join(name);
        fs::create_dir(path("downloads")).unwrap();
        fs::create_dir(path("logs")).unwrap();
        let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
        let nodes = format!(
            "{{\"last_scan\":{now},\"nodes\":[{{\"ipv4\":\"127.0.0.1\",\"ipv6\":\"-\",\"port\":{port},\
             \"public_key\":\"{}\",\"last_ping\":{now}}}]}}",
            node.key
        );
        fs::write(path("nodes.json"), nodes).unwrap();
        let conf = format!(
            "ui = {{ autolog=true; nodeslist_update_freq=0; mplex_away=false; }};\n\
             tox = {{ download_path=\"{}/\"; chatlogs_path=\"{}/\"; }};\n",
            path("downloads").display(),
            path("logs").display()
        );
        fs::write(path("toxic.conf"), conf).unwrap();
        let toxic = Self { dir };
        let file = |name: &str| toxic.path(name).display().to_string();
        let run = format!(
            "toxic -4 -L -u -n {} -c {} -f {} 2>{}",
            file("nodes.json"),
            file("toxic.conf"),
            file("profile.tox"),
            file("errors")
        );
        toxic.tmux(&["new-session", "-d", "-x", "160", "-y", "50", &run]);
        toxic
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn tmux(&self, words: &[&str]) -> String {
        let output = Command::new("tmux")
            .arg("-S")
            .arg(self.path("tmux"))
            .args(["-f", "/dev/null"])
            .args(words)
            .env("HOME", self.dir.path())
            .env("LC_ALL", "C.UTF-8")
            .env("TERM", "screen")
            .env_remove("TMUX")
            .output()
            .expect("tmux: apt-get install tmux");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn keys(&self, keys: &[&str]) {
        self.tmux(&[&["send-keys"], keys].concat());
    }

    fn types(&self, line: &str) {
        self.tmux(&["send-keys", "-l", line]);
        self.keys(&["Enter"]);
    }

    fn screen(&self) -> String {
        self.tmux(&["capture-pane", "-p"])
    }

    /// Waits until the screen shows this.
    #[track_caller]
    fn shows(&self, text: &str, longest: Duration) {
        let start = Instant::now();
        while !self.screen().contains(text) {
            assert!(
                start.elapsed() < longest,
                "Toxic does not show {text:?}:\n{}\n{}",
                self.screen(),
                fs::read_to_string(self.path("errors")).unwrap_or_default()
            );
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

impl Drop for Toxic {
    fn drop(&mut self) {
        self.tmux(&["kill-server"]);
    }
}

#[test]
fn toxic_from_debian_and_a_mail_program_write_to_each_other() {
    netns::enter_loopback_namespace();
    let port = PORT + 2;
    let node = Node::start("127.0.0.1", port);
    let mut home = new_home(&node);
    home.start();
    let toxic = Toxic::start(&node, port);
    let id = wait_for("Toxic's profile", SOON, || {
        toxmail::tox::savedata::tox_id(&toxic.path("profile.tox")).ok()?
    });
    home.say(&["contact", "add", "Paul", "--tox", &id.to_string(), "--chat"])
        .unwrap();
    let state = || {
        let list = home.say(&["contact", "list"]).unwrap_or_default();
        let paul = list
            .as_array()?
            .iter()
            .find(|c| c["name"] == "paul")?
            .clone();
        assert_eq!(paul["kind"], "chat");
        Some(paul["state"].as_str()?.to_owned())
    };
    toxic.shows("riend request", MEETING);
    toxic.types("/accept 0");
    wait_for("Toxic to be a friend", MEETING, || {
        matches!(state()?.as_str(), "connected" | "online").then_some(())
    });

    // From the mail program to Toxic: a text and a file.
    let picture: Vec<u8> = (0..200_000u32)
        .map(|n| (n.wrapping_mul(n) % 251) as u8)
        .collect();
    let encoded = data_encoding::BASE64_MIME
        .encode(&picture)
        .replace("\r\n", "\n");
    hand_in(
        &home,
        "paul@tox",
        &format!(
            "Subject: Sunday tea\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n\
             Come at four o'clock.\n--b\nContent-Type: image/png; name=\"garden.png\"\n\
             Content-Transfer-Encoding: base64\n\n{encoded}\n--b--"
        ),
    );
    // The chat with the first friend in the list of contacts.
    toxic.keys(&["C-p"]);
    toxic.keys(&["Enter"]);
    toxic.shows("Sunday tea", SOON);
    toxic.shows("Come at four o'clock.", SOON);
    toxic.shows("garden.png", SOON);
    toxic.shows("/savefile 0", SOON);
    toxic.types("/savefile 0");
    wait_for("the picture", SOON, || {
        let file = fs::read(toxic.path("downloads").join("garden.png")).ok()?;
        (file == picture).then_some(())
    });
    let receipt = wait_for("the receipt", SOON, || home.letters("anna").pop());
    assert!(text_of(&receipt).contains("handed to their chat program"));
    wait_for("the queue to be empty", SOON, || {
        home.queue_is_empty().then_some(())
    });

    // From Toxic to the mail program: two lines and a file within a minute are one letter.
    fs::write(toxic.path("answer.bin"), &picture).unwrap();
    toxic.types("I shall come, Grüße");
    toxic.types("/me bakes a cake");
    toxic.types(&format!("/sendfile {}", toxic.path("answer.bin").display()));
    let letter = wait_for("the chat as a letter", A_MINUTE_AND_MORE, || {
        let mut letters = home.letters("anna").into_iter();
        letters.find(|letter| text_of(letter).contains("I shall come"))
    });
    let message = parsed(&letter);
    let text = text_of(&letter);
    // What is said keeps its order; a file that crossed faster may stand before it.
    let (files, said): (Vec<&str>, Vec<&str>) =
        text.lines().partition(|line| line.starts_with('['));
    assert_eq!(said, ["I shall come, Grüße", "* Paul bakes a cake"]);
    assert_eq!(files, ["[File attached: answer.bin]"]);
    let file = message.attachment(0).unwrap();
    assert_eq!(file.attachment_name(), Some("answer.bin"));
    assert_eq!(file.contents(), picture);
    let from = message.from().unwrap().first().unwrap();
    assert_eq!(
        (from.name(), from.address()),
        (Some("Paul"), Some("paul@tox"))
    );

    // The answer, as mail programs write it, goes there too.
    let root = message.message_id().unwrap().to_owned();
    hand_in(
        &home,
        "paul@tox",
        &format!(
            "Subject: Re: Chat with Paul\nIn-Reply-To: <{root}>\n\nLovely!\n\n> * Paul bakes a cake"
        ),
    );
    toxic.shows("Lovely!", SOON);
    toxic.shows("> * Paul bakes a cake", SOON);
    assert!(
        !toxic.screen().contains("Re: Chat with Paul"),
        "{}",
        toxic.screen()
    );

    // Groups are not joined, which is said once.
    toxic.types("/conference text");
    toxic.shows("Conference 0", SOON);
    toxic.keys(&["C-o"]);
    toxic.shows("Lovely!", SOON);
    toxic.types("/invite 0");
    toxic.shows("joins no groups", SOON);
    toxic.types("/invite 0");
    toxic.types("/me asks twice");
    toxic.shows("asks twice", SOON);
    assert_eq!(toxic.screen().matches("joins no groups").count(), 1);
}
