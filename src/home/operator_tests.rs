//! The operator's commands against a whole home whose node talks to nobody, and against folders of stopped ones.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use serde_json::{Value, json};

use super::operator::{Running, bootstrap_list};
use super::stopped::stopped;
use crate::clock::{Clock, FakeTime};
use crate::config::{BootstrapNode, Config, FILE, Ports};
use crate::contacts::Contacts;
use crate::control::protocol::{Failure, Operator, Request, Secret};
use crate::database::Database;
use crate::delivery::chat::Chat;
use crate::delivery::courier::{Errand, Errands};
use crate::delivery::fetcher::Fetcher;
use crate::delivery::outbound::Outbound;
use crate::delivery::pairing::Pairing;
use crate::delivery::{Post, Rooms, Settings};
use crate::mail::address::{MemberName, PeerKey, ToxId};
use crate::mail::envelope::{Envelope, Notify, Recipient};
use crate::mail::verdict::{Reason, Status, Verdict};
use crate::members::Members;
use crate::providers::Providers;
use crate::queue::{Destination, Limits, Plan, Queue, Start, Submission, Submitted};
use crate::store::{Quota, Store};
use crate::tox::{self, Node};

/// A home in a folder of its own.
pub(crate) struct Home {
    pub(crate) running: Running,
    pub(crate) time: FakeTime,
    pub(super) errands: std::sync::mpsc::Receiver<Errand>,
    pub(super) dir: tempfile::TempDir,
    _runtime: tokio::runtime::Runtime,
}

pub(super) fn home() -> Home {
    home_with("")
}

pub(crate) fn home_with(settings: &str) -> Home {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join(FILE), settings).unwrap();
    let config = Config::load(dir.path(), Ports::Standard).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let mut quiet = tox::Settings::new(dir.path().join("tox.save"));
    quiet.udp = false;
    quiet.local_discovery = false;
    quiet.bootstrap = Vec::new();
    let node = Arc::new(Node::start(quiet, Vec::new(), || Box::new(())).unwrap());

    let time = FakeTime::default();
    let database = Database::open(&dir.path().join("toxmail.db")).unwrap();
    let clock = Clock::fake(&database, &time).unwrap();
    let limits = Limits {
        reserve_bytes: 0,
        ..Limits::default()
    };
    let queue = dir.path().join("queue");
    let quota = Quota {
        reserve_bytes: 0,
        ..Quota::default()
    };
    let providers = Providers::open(database.clone(), dir.path());
    let rooms = Rooms {
        contacts: Contacts::open(database.clone(), node.key(), "toxmail.local".into())
            .named("Garden Street 5"),
        members: Members::open(database.clone()).unwrap(),
        queue: Queue::open(&queue, database.clone(), clock.clone(), limits).unwrap(),
        store: Store::open(&dir.path().join("mail"), database.clone(), quota).unwrap(),
        providers,
        clock,
    };
    let post = Arc::new(Post::new(
        node.key(),
        "toxmail.local",
        rooms,
        Settings {
            home_name: "Garden Street 5".into(),
            language: "en".into(),
            max_message_bytes: 1 << 20,
            max_recipients: 100,
            delay_notice_after: Duration::from_secs(4 * 3600),
            expire_after: Duration::from_secs(30 * 86_400),
        },
    ));
    let (errands, inbox) = Errands::new();
    let handle = runtime.handle().clone();
    let pairing = Pairing::new(Arc::clone(&post), errands.clone(), handle.clone());
    let outbound = Outbound::new(Arc::clone(&post), errands.clone(), handle.clone());
    let outbound = Arc::new(outbound);
    let fetcher = Fetcher::new(Arc::clone(&post), dir.path().to_owned(), handle.clone());
    let folder = dir.path().join("chat");
    let chat = Chat::open(
        Arc::clone(&post),
        database.clone(),
        folder,
        errands,
        handle,
        &outbound,
    )
    .unwrap();
    pairing.connect(Arc::clone(&node));
    let running = Running {
        dir: dir.path().to_owned(),
        config: Arc::new(RwLock::new(Arc::new(config))),
        database,
        post,
        pairing: Arc::new(pairing),
        outbound,
        fetcher: Arc::new(fetcher),
        chat,
        node,
        ports: BTreeMap::from([("submission".into(), json!("127.0.0.1:5587"))]),
        checkup: Default::default(),
        updates: None,
        sticks: true,
        reload: Box::new(|| Ok(())),
    };
    Home {
        running,
        time,
        errands: inbox,
        dir,
        _runtime: runtime,
    }
}

impl Home {
    /// Does what must work.
    pub(super) fn done(&self, request: Request) -> Value {
        let name = request.name();
        let answer = self.running.handle(request);
        answer.unwrap_or_else(|failure| panic!("{name}: {failure:?}"))
    }

    /// Asks for what the home must refuse.
    pub(super) fn refused(&self, request: Request) -> Failure {
        let name = request.name();
        let failure = self.running.handle(request).expect_err(name);
        assert!(
            !failure.error.is_empty() && !failure.advice.is_empty(),
            "{failure:?}"
        );
        failure
    }

    pub(super) fn friends(&self) -> Vec<PeerKey> {
        let peers = self.running.node.peers();
        peers.into_iter().map(|peer| peer.key).collect()
    }

    /// Queues a letter of anna's to one of a home's people.
    pub(crate) fn letter(&self, destination: Destination, there: &str) -> i64 {
        self.letter_starting(Start::AtOnce, destination, there)
    }

    /// The same, held for her word.
    pub(crate) fn letter_held(&self, destination: Destination, there: &str) -> i64 {
        self.letter_starting(Start::Held, destination, there)
    }

    fn letter_starting(&self, start: Start, destination: Destination, there: &str) -> i64 {
        let queue = &self.running.post.queue;
        let mut draft = queue.draft(None).unwrap();
        write!(draft, "Subject: hello {there}\r\n\r\nhello\r\n").unwrap();
        let address = format!("{there}@tox");
        let submission = Submission {
            member: Some(name("anna")),
            envelope: Envelope {
                sender: "anna@toxmail.local".into(),
                recipients: vec![Recipient {
                    address,
                    notify: Notify::default(),
                    original: None,
                }],
                ..Envelope::default()
            },
            message_id: None,
            plans: vec![Plan {
                recipient: 0,
                destination,
                there: there.into(),
            }],
            fallbacks: Vec::new(),
            settles: Vec::new(),
            start,
            ..Submission::default()
        };
        match queue.submit(draft, submission).unwrap() {
            Submitted::Queued(id) => id.number(),
            other => panic!("{other:?}"),
        }
    }
}

pub(crate) fn name(text: &str) -> MemberName {
    text.parse().unwrap()
}

pub(super) fn add(who: &str) -> Request {
    Request::MemberAdd {
        name: name(who),
        display: None,
        password: Secret::new("open sesame".into()),
    }
}

pub(crate) fn contact_add(who: &str, tox: &ToxId, owner: Option<&str>) -> Request {
    Request::ContactAdd {
        name: who.into(),
        tox: Some(tox.to_string()),
        emails: Vec::new(),
        owner: owner.map(name),
        chat: false,
        fallback_seconds: None,
    }
}

pub(crate) fn id(byte: u8) -> ToxId {
    let mut bytes = [byte; 38];
    // Pairs of equal bytes cancel each other out in the sum.
    bytes[36] = 0;
    bytes[37] = 0;
    ToxId::from_bytes(bytes).unwrap()
}

#[test]
fn members_and_their_devices() {
    let home = home_with("[home]\nmain_mailbox = \"ben\"\n");
    let anna = home.done(add("anna"));
    assert_eq!(anna["display"], "Anna");
    assert_eq!(
        anna["main_mailbox"], true,
        "as long as there is nobody else"
    );
    // The file has named him before he came.
    assert_eq!(home.done(add("ben"))["main_mailbox"], true);
    assert!(home.dir.path().join("mail/ben/Maildir/new").is_dir());
    let told = home.errands.try_iter().last().unwrap();
    assert!(matches!(told, Errand::Directory(d) if d.whole.members.len() == 2));
    assert!(
        home.refused(add("anna"))
            .advice
            .contains("member password anna")
    );

    let new = home.done(Request::DeviceAdd {
        name: name("anna"),
        label: "laptop".into(),
    });
    let password = new["password"].as_str().unwrap();
    let members = &home.running.post.members;
    assert_eq!(members.check("anna", password).unwrap(), Some(name("anna")));
    let list = home.done(Request::MemberList);
    assert_eq!(list[0]["devices"], 1);
    assert_eq!(list[0]["main_mailbox"], false);
    let list = home.done(Request::DeviceList { name: name("anna") });
    assert_eq!(list[0]["label"], "laptop");
    let revoke = Request::DeviceRevoke {
        name: name("anna"),
        id: new["id"].as_i64().unwrap(),
    };
    home.done(revoke.clone());
    assert!(home.refused(revoke).advice.contains("device list anna"));

    home.done(Request::MemberPassword {
        name: name("anna"),
        password: Secret::new("another one".into()),
    });
    assert_eq!(
        members.check("anna", "another one").unwrap(),
        Some(name("anna"))
    );
    let gone = home.done(Request::MemberRemove { name: name("ben") });
    let advice = gone["advice"].as_str().unwrap();
    assert!(
        advice.contains("mail/.removed") && advice.contains("goes to anna"),
        "{advice}"
    );
    assert!(!home.dir.path().join("mail/ben").exists());
    let status = home.done(Request::Status);
    assert_eq!(
        (&status["members"], &status["tox"]),
        (&json!(1), &json!("offline"))
    );
    let suffix = status["address_suffix"].as_str().unwrap();
    assert!(suffix.starts_with('@') && suffix.ends_with(".tox") && suffix.len() == 57);
    assert_eq!(status["tox_id"].as_str().unwrap().len(), 76);
    assert_eq!(status["ports"]["submission"], "127.0.0.1:5587");
}

#[test]
fn who_takes_the_name_of_somebody_half_removed_does_not_get_their_mail() {
    let home = home();
    home.done(add("anna"));
    home.done(add("ben"));
    let (store, ben) = (&home.running.post.store, name("ben"));
    let unique = crate::store::UniqueName::from_bytes([1; 16]);
    let private = b"Subject: private\r\n\r\n";
    store
        .deliver(&ben, "INBOX", &unique, private, &mut &b""[..])
        .unwrap();
    // What a kill between the two halves of `member remove` leaves.
    home.running.post.members.remove(&ben).unwrap();
    home.done(add("ben"));
    assert!(store.snapshot(&ben, "INBOX").unwrap().entries.is_empty());
    let attic = home.dir.path().join("mail/.removed");
    assert_eq!(std::fs::read_dir(attic).unwrap().count(), 1);
}

#[test]
fn who_takes_the_name_of_somebody_who_is_gone_does_not_get_their_waiting_letters() {
    let home = home();
    home.done(add("bert"));
    home.done(add("anna"));
    home.letter(Destination::Tox(id(5).key()), "ben");
    let queue = &home.running.post.queue;
    let of_anna = || queue.counts_of(&name("anna")).unwrap().messages;
    assert_eq!(of_anna(), 1);
    home.done(Request::MemberRemove { name: name("anna") });
    assert_eq!((of_anna(), queue.counts().unwrap().messages), (0, 1));
    home.done(add("anna"));
    assert_eq!((of_anna(), queue.counts().unwrap().messages), (0, 1));
    // A home of an earlier version had only the name to go by.
    home.running.post.members.remove(&name("anna")).unwrap();
    home.letter(Destination::Tox(id(5).key()), "ben");
    home.done(add("anna"));
    assert_eq!((of_anna(), queue.counts().unwrap().messages), (0, 2));
}

#[test]
fn contacts_come_and_go_with_their_friends_and_letters() {
    let home = home();
    home.done(add("anna"));
    let oma = home.done(contact_add("Oma Käthe", &id(1), None));
    assert_eq!(oma["display"], "Oma Käthe");
    assert_eq!(
        (&oma["name"], &oma["state"]),
        (&json!("oma.kathe"), &json!("asked"))
    );
    home.done(contact_add("Ben", &id(2), Some("anna")));
    assert!(
        home.refused(contact_add("Cleo", &id(3), Some("dora")))
            .error
            .contains("dora")
    );
    home.done(Request::ContactAdd {
        name: "Shop".into(),
        tox: None,
        emails: vec!["shop@example.org".into()],
        owner: None,
        chat: false,
        fallback_seconds: None,
    });
    assert_eq!(home.friends().len(), 2);
    home.running.outbound.ready(id(1).key());
    let list = home.done(Request::ContactList);
    let states: Vec<&Value> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|c| &c["state"])
        .collect();
    assert_eq!(states, ["asked", "connected", "ordinary"]);
    home.running.outbound.lost(id(1).key());

    // One letter is due, the other rests after an attempt: both go back.
    let queue = &home.running.post.queue;
    let first = home.letter(Destination::Tox(id(2).key()), "ben");
    let entry = queue.show(first.to_string().parse().unwrap()).unwrap();
    let later = Verdict::Later {
        why: Reason::new(Status(4, 4, 1), "not now"),
        not_before: Duration::from_secs(600),
    };
    queue
        .settle(entry.recipients[0].delivery, &[(0, later)])
        .unwrap();
    home.letter(Destination::Tox(id(2).key()), "cleo");
    home.done(Request::MemberRemove { name: name("anna") });
    assert_eq!(
        home.friends(),
        [id(1).key()],
        "nobody is left of Ben's home"
    );
    assert!(queue.peers_waiting().unwrap().is_empty());
    assert_eq!(queue.untold().unwrap().len(), 2);

    home.letter(Destination::Tox(id(1).key()), "oma");
    home.done(Request::ContactBlock {
        name: "Oma Käthe".into(),
    });
    assert!(home.friends().is_empty());
    assert!(queue.peers_waiting().unwrap().is_empty());
    let list = home.done(Request::ContactList);
    assert_eq!(list[0]["state"], "blocked");
    home.done(Request::ContactRemove {
        name: "oma.kathe".into(),
    });
    let list = home.done(Request::ContactList);
    assert_eq!(list.as_array().unwrap().len(), 1);

    // Held for a word, and let go by the operator after the contact went.
    let told = queue.untold().unwrap().len();
    let held = home.letter_held(Destination::Tox(id(1).key()), "oma");
    home.done(Request::QueueRelease { id: held });
    assert!(queue.peers_waiting().unwrap().is_empty());
    assert_eq!(queue.untold().unwrap().len(), told + 1);

    // Done while the home was stopped: nobody knew of the letters.
    home.letter(Destination::Tox(id(9).key()), "nobody");
    home.running.catch_up().unwrap();
    assert!(queue.peers_waiting().unwrap().is_empty());
}

#[test]
fn a_link_pairs_two_homes_and_strangers_wait_for_a_word() {
    let (ours, theirs) = (home(), home());
    let invitation = ours.done(Request::Invite {
        expires_seconds: 3600,
    });
    let link = invitation["link"].as_str().unwrap().to_owned();
    let accept = Request::InviteAccept {
        link: crate::control::Secret::new(link),
    };
    let contact = theirs.done(accept.clone());
    assert_eq!(
        (&contact["kind"], &contact["state"]),
        (&json!("home"), &json!("asked"))
    );
    assert_eq!(contact["key"], ours.running.node.key().to_string());
    assert_eq!(theirs.friends(), [ours.running.node.key()]);
    assert!(ours.refused(accept).error.contains("own home"));

    let list = ours.done(Request::InviteList);
    assert_eq!(list[0]["state"], "open");
    let withdraw = Request::InviteWithdraw {
        id: invitation["id"].as_i64().unwrap(),
    };
    ours.done(withdraw.clone());
    assert_eq!(ours.done(Request::InviteList)[0]["state"], "withdrawn");
    ours.refused(withdraw);

    let contacts = &ours.running.post.contacts;
    for stranger in [id(4).key(), id(5).key()] {
        contacts.knock(&stranger, b"let me in").unwrap();
    }
    let requests = ours.done(Request::ContactRequests);
    assert_eq!(requests[0]["message"], "let me in");
    ours.done(Request::ContactAccept { key: id(4).key() });
    ours.done(Request::ContactRefuse { key: id(5).key() });
    assert_eq!(ours.friends(), [id(4).key()]);
    assert_eq!(ours.done(Request::ContactRequests), json!([]));
    ours.refused(Request::ContactAccept { key: id(5).key() });
}

#[test]
fn letters_are_listed_tried_and_taken_back() {
    let home = home();
    let peer = id(1).key();
    let there = home.letter(Destination::Tox(peer), "oma");
    let here = home.letter(Destination::Local, "ben");
    let list = home.done(Request::QueueList(Default::default()));
    let list = list.as_array().unwrap();
    assert_eq!(
        (&list[0]["id"], &list[1]["id"]),
        (&json!(there), &json!(here))
    );
    assert_eq!(list[0]["sender"], "anna@toxmail.local");
    let oma = &list[0]["recipients"][0];
    assert_eq!(
        (&oma["address"], &oma["route"]),
        (&json!("oma@tox"), &json!("tox"))
    );
    assert_eq!(
        (&oma["state"], &oma["next_try"]),
        (&json!("waiting"), &Value::Null)
    );
    let now = home.running.post.clock.now().wall;
    assert_eq!(list[1]["recipients"][0]["next_try"], now);

    let queue = &home.running.post.queue;
    let entry = queue.show(here.to_string().parse().unwrap()).unwrap();
    let later = Verdict::Later {
        why: Reason::new(Status(4, 2, 2), "the mailbox is full"),
        not_before: Duration::from_secs(600),
    };
    queue
        .settle(entry.recipients[0].delivery, &[(0, later)])
        .unwrap();
    let ben = home.done(Request::QueueShow { id: here })["recipients"][0].clone();
    assert_eq!(
        (&ben["attempts"], &ben["why"]),
        (&json!(1), &json!("the mailbox is full"))
    );
    assert!(ben["next_try"].as_i64().unwrap() >= now + 599, "{ben}");
    assert_eq!(
        home.done(Request::QueueRetry { id: Some(here) })["deliveries"],
        1
    );
    let ben = home.done(Request::QueueShow { id: here })["recipients"][0].clone();
    assert_eq!(ben["next_try"], now);
    assert_eq!(home.done(Request::QueueRetry { id: None })["deliveries"], 2);

    let own = home.letter(Destination::Tox(peer), "oma");
    let taken_back_by = |who: &str| Request::QueueCancel {
        id: own,
        member: Some(name(who)),
    };
    home.refused(taken_back_by("ben"));
    home.done(taken_back_by("anna"));
    home.refused(Request::QueueShow { id: own });
    assert!(queue.untold().unwrap().is_empty(), "its writer knows");

    home.done(Request::QueueCancel {
        id: there,
        member: None,
    });
    let oma = home.done(Request::QueueShow { id: there })["recipients"][0].clone();
    assert_eq!(
        (&oma["state"], &oma["why"]),
        (&json!("failed"), &json!("it was cancelled"))
    );
    assert_eq!(queue.untold().unwrap().len(), 1, "the writer is told");
    for request in [
        Request::QueueCancel {
            id: there,
            member: None,
        },
        Request::QueueRetry { id: Some(there) },
        Request::QueueShow { id: 99 },
        Request::QueueCancel {
            id: -1,
            member: None,
        },
        Request::QueueRetry { id: Some(i64::MAX) },
    ] {
        home.refused(request);
    }
}

#[test]
fn a_fresh_list_of_nodes_is_kept_and_forgotten() {
    let home = home();
    let node = BootstrapNode {
        host: "192.0.2.1".into(),
        port: 33445,
        key: id(7).key(),
        tcp_ports: vec![443],
    };
    let useless = BootstrapNode {
        host: "-".into(),
        ..node.clone()
    };
    let import = |nodes| Request::BootstrapImport { nodes };
    home.done(import(vec![node.clone(), useless.clone()]));
    let list = home.done(Request::BootstrapList);
    assert_eq!(list, json!([node]));
    assert!(
        home.refused(import(vec![useless]))
            .advice
            .contains("nodes.tox.chat")
    );
    assert_eq!(
        home.done(Request::BootstrapList),
        list,
        "nothing was changed"
    );
    home.done(import(Vec::new()));
    let built_in = home.done(Request::BootstrapList);
    assert!(built_in.as_array().unwrap().len() > 30);

    let text = "[tox]\nbootstrap = []\n";
    let config = Config::parse(text, Path::new(FILE), Ports::Standard).unwrap();
    assert_eq!(bootstrap_list(&config, &home.running.database).unwrap(), []);
    *home.running.config.write().unwrap() = Arc::new(config);
    assert!(
        home.refused(import(vec![node]))
            .advice
            .contains("toxmail.toml")
    );
}

fn ask(dir: &Path, request: Request) -> Result<Value, Failure> {
    stopped(dir).and_then(|folder| folder.handle(request))
}

#[test]
fn a_machine_is_set_up_before_its_first_start() {
    let outer = tempfile::tempdir().unwrap();
    let dir = outer.path().join("home");
    for request in [Request::Status, Request::MemberList, Request::Doctor] {
        let failure = ask(&dir, request).unwrap_err();
        assert!(failure.error.contains("there is no home"), "{failure:?}");
    }
    assert!(!dir.exists(), "a look makes nothing");
    ask(&dir, add("anna")).unwrap();
    ask(&dir, add("ben")).unwrap();
    assert!(dir.join("mail/anna/Maildir/cur").is_dir());
    let list = ask(&dir, Request::MemberList).unwrap();
    assert_eq!(
        (&list[0]["name"], &list[0]["main_mailbox"]),
        (&json!("anna"), &json!(true))
    );
    ask(&dir, Request::MemberRemove { name: name("ben") }).unwrap();
    let device = Request::DeviceAdd {
        name: name("anna"),
        label: "laptop".into(),
    };
    assert_eq!(ask(&dir, device).unwrap()["name"], "anna");
    let status = ask(&dir, Request::Status).unwrap();
    assert_eq!(
        (&status["running"], &status["members"]),
        (&json!(false), &json!(1))
    );
    assert_eq!(status["tox_id"], Value::Null);
    let failure = ask(&dir, Request::QueueList(Default::default())).unwrap_err();
    assert!(failure.error.contains("not running"));

    // A slip of the hand makes no home.
    assert!(ask(&outer.path().join("no/where"), add("anna")).is_err());
    std::fs::write(outer.path().join("letter.txt"), "").unwrap();
    let failure = ask(outer.path(), add("anna")).unwrap_err();
    assert!(failure.error.contains("holds other things"), "{failure:?}");
    assert!(stopped(&outer.path().join("letter.txt")).is_err());
}

#[test]
fn a_stopped_home_tells_what_it_is() {
    let home = home_with("[home]\nname = \"Garden Street 5\"\n");
    home.done(add("anna"));
    home.done(contact_add("Oma", &id(1), None));
    home.letter(Destination::Tox(id(1).key()), "oma");
    let key = home.running.node.key();
    let Home { dir, running, .. } = home;
    running.database.close();
    drop(running);
    let status = ask(dir.path(), Request::Status).unwrap();
    assert_eq!(status["key"], key.to_string());
    assert_eq!(status["address_suffix"], format!("@{}.tox", key.base32()));
    assert_eq!(
        (&status["home"], &status["queue"]),
        (&json!("Garden Street 5"), &json!(1))
    );
    let contacts = ask(dir.path(), Request::ContactList).unwrap();
    assert_eq!(
        (&contacts[0]["name"], &contacts[0]["state"]),
        (&json!("oma"), &json!("asked"))
    );
}

#[test]
fn a_home_starts_while_it_is_set_up() {
    let dir = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for who in ["anna", "ben", "cleo"] {
            let dir = dir.path();
            scope.spawn(move || ask(dir, add(who)).unwrap());
        }
    });
    let list = ask(dir.path(), Request::MemberList).unwrap();
    assert_eq!(list.as_array().unwrap().len(), 3);
}

#[test]
fn who_sends_news_faster_than_the_disk_writes_does_not_fill_memory() {
    use crate::transfer::Directory;
    use crate::transfer::frame::ClaimedMember as Claim;
    let home = home();
    let pairing = &home.running.pairing;
    // Strangers: thousands of them, each with another key.
    let asked = (0..5000u32).map(|n| {
        let mut key = [0x11; 32];
        key[..4].copy_from_slice(&n.to_be_bytes());
        pairing.request(PeerKey::from_bytes(key), b"let me in".to_vec())
    });
    let heard = asked.filter(|heard| *heard).count();
    assert!((32..5000).contains(&heard), "{heard} of 5000 were heard");

    // A contact who says something else about its people all the time: the last word counts, and few reach the disk.
    home.done(contact_add("Oma", &id(1), None));
    let oma = id(1).key();
    for number in 0..5000 {
        let member = Claim {
            name: "oma".into(),
            display: format!("Oma {number}"),
            emails: Vec::new(),
        };
        let directory = Directory {
            home_name: "Oma's".into(),
            members: vec![member],
            ..Directory::default()
        };
        pairing.directory(oma, directory);
    }
    let told = || -> Option<String> {
        let database = &home.running.database;
        let told = database.read(|c| -> Result<_, crate::database::Error> {
            let mut told = c.prepare("SELECT display FROM directory")?;
            let mut rows = told.query([])?;
            Ok(rows.next()?.map(|row| row.get(0)).transpose()?)
        });
        told.unwrap()
    };
    let end = std::time::Instant::now() + Duration::from_secs(30);
    while told().as_deref() != Some("Oma 4999") {
        assert!(std::time::Instant::now() < end, "{:?}", told());
        std::thread::sleep(Duration::from_millis(20));
    }
}
