//! The agents without a network: the disk and the database really fail, the other home is a list of errands.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::HashSet;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use super::chat::Chat;
use super::clerk::Clerk;
use super::courier::{Agents, Courier, Errand, Errands};
use super::hands::bench::Bench;
use super::inbound::Inbound;
use super::outbound::Outbound;
use super::pairing::Pairing;
use super::submission::Submissions;
use super::{Post, Rooms, Settings, fallback, letter, report, ways};
use crate::clock::{Clock, FakeTime};
use crate::config::RelayTls;
use crate::contacts::{Contacts, Edit, NewContact};
use crate::database::{self, Database};
use crate::mail::address::{MemberName, PeerKey, ToxId};
use crate::mail::envelope::{Body, Envelope, Notify, Recipient, Return};
use crate::mail::verdict::{Reason, Status, Verdict};
use crate::members::Members;
use crate::notices;
use crate::providers::{NewAccount, Providers};
use crate::queue::{
    AccountId, Delivery, Destination, Fallback, GiveUp, Limits, Plan, Queue, QueueId, Submission,
    Submitted,
};
use crate::smtp::Desk;
use crate::store::{Quota, Store};
use crate::transfer::frame::{Offer, OfferedRecipient};
use crate::transfer::{self, Answer, RecipientStatus, TransferId};

const LONG: Duration = Duration::from_secs(30);

pub(super) struct Home {
    pub(super) dir: tempfile::TempDir,
    pub(super) database: Database,
    pub(super) time: FakeTime,
    pub(super) post: Arc<Post>,
    pub(super) errands: Errands,
    inbox: Receiver<Errand>,
    pub(super) runtime: tokio::runtime::Runtime,
}

pub(super) fn name(text: &str) -> MemberName {
    text.parse().unwrap()
}

/// Another home, which is a contact.
pub(super) fn peer() -> ToxId {
    let mut bytes = [7; 38];
    // Pairs of equal bytes cancel each other out in the sum.
    bytes[36] = 0;
    bytes[37] = 0;
    ToxId::from_bytes(bytes).unwrap()
}

impl Home {
    pub(super) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let time = FakeTime::default();
        let database = Database::open(&dir.path().join("toxmail.db")).unwrap();
        let clock = Clock::fake(&database, &time).unwrap();
        let ourselves = PeerKey::from_bytes([9; 32]);
        let contacts = Contacts::open(database.clone(), ourselves, "toxmail.local".into());
        let tox = Some(peer().to_string());
        contacts
            .add(NewContact {
                name: "Ben".into(),
                tox,
                emails: Vec::new(),
                owner: None,
            })
            .unwrap();
        let members = Members::open(database.clone()).unwrap();
        members.add(&name("anna"), "", "open sesame").unwrap();
        let quota = Quota {
            bytes: 0,
            reserve_bytes: 0,
        };
        let store = Store::open(&dir.path().join("mail"), database.clone(), quota).unwrap();
        store.add_member(&name("anna")).unwrap();
        let limits = Limits {
            reserve_bytes: 0,
            ..Limits::default()
        };
        let providers = Providers::open(database.clone(), dir.path());
        let queue = dir.path().join("queue");
        let queue = Queue::open(&queue, database.clone(), clock.clone(), limits).unwrap();
        let rooms = Rooms {
            contacts,
            members,
            queue,
            store,
            providers,
            clock,
        };
        let settings = Settings {
            home_name: "Garden Street 5".into(),
            language: "en".into(),
            max_message_bytes: 1 << 20,
            max_recipients: 100,
            delay_notice_after: Duration::from_secs(4 * 3600),
            expire_after: Duration::from_secs(30 * 86_400),
        };
        let post = Arc::new(Post::new(ourselves, "toxmail.local", rooms, settings));
        let (errands, inbox) = Errands::new();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_time()
            .build()
            .unwrap();
        Self {
            dir,
            database,
            time,
            post,
            errands,
            inbox,
            runtime,
        }
    }

    pub(super) fn outbound(&self) -> Arc<Outbound> {
        let runtime = self.runtime.handle().clone();
        let post = Arc::clone(&self.post);
        let outbound = Outbound::new(post, self.errands.clone(), runtime);
        outbound.on_network(true);
        Arc::new(outbound)
    }

    /// The same, and the bench on which its work lies until the test does it.
    fn outbound_with_bench(&self) -> (Arc<Outbound>, Bench) {
        let bench = Bench::default();
        let hands = bench.hands(self.runtime.handle().clone());
        let post = Arc::clone(&self.post);
        let outbound = Outbound::new(post, self.errands.clone(), hands);
        (Arc::new(outbound), bench)
    }

    pub(super) fn inbound(&self) -> Arc<Inbound> {
        let runtime = self.runtime.handle().clone();
        let (post, folder) = (Arc::clone(&self.post), self.dir.path().join("incoming"));
        Arc::new(Inbound::open(post, folder, self.errands.clone(), runtime).unwrap())
    }

    /// A letter of anna's waits.
    pub(super) fn letter(&self, destination: Destination, there: &str) {
        self.letter_of(destination, there, 100);
    }

    fn letter_of(&self, destination: Destination, there: &str, bytes: usize) {
        let text = format!("Subject: hello\r\n\r\n{}\r\n", "x".repeat(bytes));
        self.hand_in(destination, there, text.as_bytes());
    }

    /// These bytes of anna's wait; she wants to hear of whatever becomes of them.
    pub(super) fn hand_in(&self, destination: Destination, there: &str, bytes: &[u8]) {
        self.hand_in_with(destination, there, bytes, Vec::new());
    }

    fn hand_in_with(
        &self,
        destination: Destination,
        there: &str,
        bytes: &[u8],
        fallbacks: Vec<Fallback>,
    ) {
        let mut draft = self.post.queue.draft(None).unwrap();
        draft.write_all(bytes).unwrap();
        let recipient = Recipient {
            address: format!("{there}@tox"),
            notify: Notify::default(),
            original: None,
        };
        let plan = Plan {
            recipient: 0,
            destination,
            there: there.into(),
        };
        let submission = Submission {
            member: Some(name("anna")),
            envelope: Envelope {
                sender: "anna@toxmail.local".into(),
                recipients: vec![recipient],
                ..Envelope::default()
            },
            message_id: None,
            plans: vec![plan],
            fallbacks,
            settles: Vec::new(),
            ..Submission::default()
        };
        self.post.queue.submit(draft, submission).unwrap();
    }

    /// A letter of anna's to the other home and to somebody here waits.
    pub(super) fn write_to_both(&self) -> QueueId {
        let mut draft = self.post.queue.draft(None).unwrap();
        draft.write_all(b"Subject: both\r\n\r\nHello\r\n").unwrap();
        let ways = [
            (Destination::Tox(peer().key()), "", "ben@tox"),
            (Destination::Local, "clara", "clara@toxmail.local"),
        ];
        let recipients = ways.iter().map(|(_, _, address)| Recipient {
            address: (*address).into(),
            notify: Notify::default(),
            original: None,
        });
        let plans = ways.iter().enumerate().map(|(recipient, way)| Plan {
            recipient,
            destination: way.0,
            there: way.1.into(),
        });
        let submission = Submission {
            member: Some(name("anna")),
            envelope: Envelope {
                sender: "anna@toxmail.local".into(),
                recipients: recipients.collect(),
                ..Envelope::default()
            },
            plans: plans.collect(),
            ..Submission::default()
        };
        match self.post.queue.submit(draft, submission).unwrap() {
            Submitted::Queued(id) => id,
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn try_errand(&self) -> Result<Errand, std::sync::mpsc::TryRecvError> {
        self.inbox.try_recv()
    }

    pub(super) fn errand(&self) -> Errand {
        self.inbox.recv_timeout(LONG).unwrap()
    }
}

/// The agent on the Tox thread, a peer of its home, and the home.
pub(super) fn courier() -> (Courier, PeerKey, Home) {
    let home = Home::new();
    let (_, inbox) = Errands::new();
    let (inbound, outbound) = (home.inbound(), home.outbound());
    let runtime = home.runtime.handle().clone();
    let pairing = Pairing::new(
        Arc::clone(&home.post),
        home.errands.clone(),
        runtime.clone(),
    );
    let chat = Chat::open(
        Arc::clone(&home.post),
        home.database.clone(),
        home.dir.path().join("chat"),
        home.errands.clone(),
        runtime,
        &outbound,
    );
    let agents = Agents {
        inbound,
        outbound,
        pairing: Arc::new(pairing),
        chat: chat.unwrap(),
        friends: HashSet::new(),
        direct: Arc::clone(&home.post.direct),
    };
    let settings = transfer::Settings::new([1; 16], transfer::Credentials::new().unwrap());
    let key = home.post.ourselves;
    let courier = Courier::new(key, settings, inbox, agents);
    (courier, peer().key(), home)
}

/// A letter of the other home to anna, of `size` travelling bytes that are never looked at here.
pub(super) fn offer(id: TransferId, size: u64) -> Offer {
    Offer {
        id,
        content_size: size,
        encoded_size: size,
        digest: [3; 32],
        compressed: false,
        sender: String::new(),
        recipients: vec![OfferedRecipient {
            local: "anna".into(),
            notify: Notify::default(),
        }],
        body: Body::SevenBit,
        smtputf8: false,
        ret: Return::Unspecified,
        envelope_id: None,
        inline: None,
    }
}

#[test]
fn a_letter_whose_verdict_cannot_be_written_is_not_tried_again_at_once() {
    let home = Home::new();
    home.letter(Destination::Local, "anna");
    let outbound = home.outbound();
    home.database.close(); // reads go on, as on a disk that has become read-only
    let begin = Instant::now();
    outbound.agent_round().unwrap();
    home.runtime.block_on(async {
        tokio::time::timeout(LONG, outbound.kick.notified())
            .await
            .unwrap()
    });
    assert!(begin.elapsed() >= Duration::from_secs(4));
}

#[test]
fn who_does_not_know_a_letter_again_gets_it_once_however_long_our_disk_refuses_the_verdict() {
    static HANDED_OVER: AtomicUsize = AtomicUsize::new(0);
    let hand_over = |_: &Outbound, delivery: &Delivery| {
        HANDED_OVER.fetch_add(1, Ordering::SeqCst);
        letter::everybody(delivery, &Verdict::Delivered)
    };
    let home = Home::new();
    let (outbound, bench) = home.outbound_with_bench();
    home.letter(Destination::Gateway, "anna");
    let statement =
        "CREATE TRIGGER no BEFORE UPDATE ON recipients BEGIN SELECT RAISE(ABORT, 'no'); END";
    let say = |statement: &'static str| {
        let said = home
            .database
            .write(move |c| -> Result<(), database::Error> { Ok(c.execute_batch(statement)?) });
        said.unwrap();
    };
    say(statement);
    outbound.agent_round().unwrap();
    assert_eq!(
        bench.take().len(),
        1,
        "the attempt, which is made here instead"
    );
    let due = home
        .post
        .queue
        .due(&Destination::Gateway, 1, &HashSet::new());
    let delivery = due.unwrap().pop().unwrap();
    Arc::clone(&outbound).attempt(hand_over, delivery);
    for _ in 0..3 {
        outbound.agent_round().unwrap();
        let mut laid = bench.take();
        let (wait, again) = laid.pop().unwrap();
        assert!(
            wait >= Duration::from_secs(1) && laid.is_empty(),
            "{wait:?}"
        );
        again();
    }
    say("DROP TRIGGER no");
    bench.take().into_iter().for_each(|(_, again)| again());
    outbound.agent_round().unwrap();
    assert!(bench.take().is_empty());
    assert_eq!(home.post.queue.counts().unwrap().deliveries, 0);
    assert_eq!(HANDED_OVER.load(Ordering::SeqCst), 1);
}

#[test]
fn a_receipt_for_more_people_than_a_letter_still_has_says_nothing_of_it() {
    let home = Home::new();
    let key = peer().key();
    home.letter(Destination::Tox(key), "ben");
    let (outbound, bench) = home.outbound_with_bench();
    outbound.ready(key);
    outbound.peer_round().unwrap();
    let offer = loop {
        match home.try_errand() {
            Ok(Errand::Offer { offer, .. }) => break offer,
            Ok(other) => panic!("{other:?}"),
            Err(_) => bench.take().into_iter().for_each(|(_, job)| job()),
        }
    };
    let why = Reason::new(Status(4, 2, 2), "full");
    let earlier = vec![RecipientStatus::Stored, RecipientStatus::Later { why }];
    outbound.told(key, offer.id, earlier);
    assert!(bench.take().is_empty());
    outbound.told(key, offer.id, vec![RecipientStatus::Stored]);
    bench.take().into_iter().for_each(|(_, job)| job());
    assert_eq!(home.post.queue.counts().unwrap().deliveries, 0);
}

#[test]
fn a_receipt_that_cannot_be_written_down_does_not_send_the_letter_round_and_round() {
    let home = Home::new();
    let key = peer().key();
    home.letter(Destination::Tox(key), "ben");
    let outbound = home.outbound();
    outbound.ready(key);
    outbound.peer_round().unwrap();
    let Errand::Offer { offer, .. } = home.errand() else {
        panic!("no offer");
    };
    let kicked = || {
        home.runtime.block_on(async {
            tokio::time::timeout(LONG, outbound.kick.notified())
                .await
                .unwrap();
        });
    };
    // Two that nobody has waited for would be one: that of `ready` is taken before the other comes.
    kicked();
    home.database.close();
    outbound.told(key, offer.id, vec![RecipientStatus::Stored]);
    kicked();
    outbound.peer_round().unwrap();
    let again = home.inbox.recv_timeout(Duration::from_millis(500));
    assert!(again.is_err(), "{again:?}");
}

/// Letters to Ben may go by ordinary mail after an hour; what is put down of a letter now.
fn may_fall_back(home: &Home) -> Vec<Fallback> {
    home.post
        .contacts
        .confirm("ben", "ben@example.org")
        .unwrap();
    let hour = Some(Duration::from_secs(3600));
    home.post.contacts.set_fallback("ben", hour).unwrap();
    home.post
        .members
        .address_add(&name("anna"), "anna@example.net")
        .unwrap();
    has_provider(home, true);
    let to = fallback::To {
        key: &peer().key(),
        there: "",
        recipient: 0,
        written: "",
    };
    let found = fallback::of(&home.post, &name("anna"), &to).unwrap();
    vec![found.unwrap()]
}

fn has_provider(home: &Home, has: bool) {
    if !has {
        assert!(home.post.providers.remove(None).unwrap());
        return;
    }
    provider_of(home, None);
}

fn provider_of(home: &Home, member: Option<MemberName>) {
    let account = NewAccount {
        member,
        host: "smtp.example.net".into(),
        port: 465,
        tls: RelayTls::Implicit,
        username: "anna".into(),
        password: "secret".to_owned().into(),
        address: None,
    };
    home.post.providers.set(account).unwrap();
}

/// Where the letter waits by ordinary mail.
fn by_ordinary_mail(home: &Home) -> Option<String> {
    let relay = Destination::Relay(AccountId::HOME);
    let waiting = home.post.queue.due(&relay, 9, &Default::default()).unwrap();
    Some(waiting.first()?.recipients[0].there.clone())
}

const LETTER: &[u8] = b"Subject: hello\r\n\r\nsoon\r\n";

#[test]
fn a_letter_that_falls_back_is_taken_back_from_the_link_first() {
    let home = Home::new();
    let key = peer().key();
    let fallbacks = may_fall_back(&home);
    home.hand_in_with(Destination::Tox(key), "", LETTER, fallbacks);
    let outbound = home.outbound();
    outbound.ready(key);
    outbound.peer_round().unwrap();
    let Errand::Offer { offer, .. } = home.errand() else {
        panic!("no offer");
    };
    outbound.fall_back().unwrap();
    assert!(home.inbox.try_recv().is_err(), "it is not time yet");
    home.time.advance(Duration::from_secs(3600));
    outbound.fall_back().unwrap();
    assert!(matches!(home.errand(), Errand::Withdraw { id, .. } if id == offer.id));
    // The receipt comes after all: nobody waits for it any more.
    outbound.told(key, offer.id, vec![RecipientStatus::Stored]);
    assert_eq!(by_ordinary_mail(&home).unwrap(), "ben@example.org");
    outbound.peer_round().unwrap();
    assert!(home.inbox.recv_timeout(Duration::from_millis(300)).is_err());
}

/// Their home may have been there all the time.
#[test]
fn nobody_falls_back_because_our_own_home_was_away() {
    let home = Home::new();
    let minutes = |minutes: u64| home.time.advance(Duration::from_secs(minutes * 60));
    let fallbacks = may_fall_back(&home);
    home.hand_in_with(Destination::Tox(peer().key()), "", LETTER, fallbacks);
    let outbound = home.outbound();
    outbound.on_network(false);
    minutes(90);
    assert!(outbound.fall_back().unwrap() <= Duration::from_secs(60));
    assert_eq!(by_ordinary_mail(&home), None);
    // Back again, the others get time to come.
    outbound.on_network(true);
    minutes(9);
    assert!(outbound.fall_back().unwrap() <= Duration::from_secs(60));
    assert_eq!(by_ordinary_mail(&home), None);
    minutes(1);
    outbound.fall_back().unwrap();
    assert_eq!(by_ordinary_mail(&home).unwrap(), "ben@example.org");
}

/// A network that lets nothing of Tox through is told from a box that was off and from a line that is cut: there nobody's
/// letter becomes readable to a provider because of a weekend.
#[test]
fn letters_fall_back_where_nothing_of_tox_comes_through_and_not_after_a_weekend_without_power_or_line()
 {
    let home = Home::new();
    let fallbacks = may_fall_back(&home);
    home.hand_in_with(Destination::Tox(peer().key()), "", LETTER, fallbacks);
    home.time.advance(Duration::from_secs(119 * 60));
    let (outbound, bench) = home.outbound_with_bench();
    let look = || {
        outbound.fall_back().unwrap();
        (by_ordinary_mail(&home).is_some(), bench.take().len())
    };
    assert_eq!(look(), (false, 0), "not twice its time");
    home.time.advance(Duration::from_secs(60));
    assert_eq!(
        look(),
        (false, 1),
        "the box has just been started: a provider is asked"
    );
    home.time.advance(Duration::from_secs(600));
    assert_eq!(look(), (false, 0), "the answer is waited for");
    outbound.line_works(AccountId::HOME, false);
    assert_eq!(look(), (false, 1), "the line is cut");
    outbound.line_works(AccountId::HOME, true);
    home.time.advance(Duration::from_secs(300));
    assert_eq!(look(), (false, 1), "it has just come back");
    // Tox does come through: whoever is there gets time to come.
    outbound.on_network(true);
    outbound.on_network(false);
    outbound.line_works(AccountId::HOME, true);
    home.time.advance(Duration::from_secs(300));
    assert_eq!(look(), (false, 1));
    outbound.line_works(AccountId::HOME, true);
    home.time.advance(Duration::from_secs(300));
    assert_eq!(look(), (true, 1));
    assert_eq!(by_ordinary_mail(&home).unwrap(), "ben@example.org");
}

/// Each account has a line of its own, and others have as long to come as the contact gives them.
#[test]
fn the_line_that_counts_is_that_of_the_writers_provider() {
    let home = Home::new();
    may_fall_back(&home);
    let soon = Some(Duration::from_secs(60));
    home.post.contacts.set_fallback("ben", soon).unwrap();
    provider_of(&home, Some(name("anna")));
    let to = fallback::To {
        key: &peer().key(),
        there: "",
        recipient: 0,
        written: "",
    };
    let found = fallback::of(&home.post, &name("anna"), &to).unwrap();
    let fallback = found.unwrap();
    let hers = fallback.account;
    assert_ne!(hers, AccountId::HOME);
    home.hand_in_with(Destination::Tox(peer().key()), "", LETTER, vec![fallback]);
    home.time.advance(Duration::from_secs(120));
    let (outbound, bench) = home.outbound_with_bench();
    let gone = || {
        outbound.fall_back().unwrap();
        bench.take();
        let relay = Destination::Relay(hers);
        let waiting = home.post.queue.due(&relay, 9, &Default::default()).unwrap();
        !waiting.is_empty()
    };
    assert!(!gone());
    outbound.line_works(AccountId::HOME, true);
    outbound.line_works(hers, false);
    home.time.advance(Duration::from_secs(3600));
    assert!(!gone(), "another's provider answers, hers does not");
    outbound.line_works(hers, true);
    home.time.advance(Duration::from_secs(59));
    assert!(!gone());
    home.time.advance(Duration::from_secs(1));
    assert!(gone(), "a minute is what others have here");
}

/// Deliveries of one kind that wait; there are those of notices as well.
fn waiting(home: &Home, kind: &'static str) -> u64 {
    let count = move |c: &rusqlite::Connection| -> Result<i64, database::Error> {
        let count = "SELECT count(*) FROM deliveries WHERE open = 1 AND kind = ?1";
        Ok(c.query_row(count, [kind], |r| r.get(0))?)
    };
    home.database.read(count).unwrap().unsigned_abs()
}

#[test]
fn what_is_being_handed_over_is_not_given_up() {
    let home = Home::new();
    let (outbound, bench) = home.outbound_with_bench();
    for _ in 0..6 {
        home.letter(Destination::Gateway, "anna");
    }
    home.time.advance(Duration::from_secs(40 * 86_400));
    outbound.agent_round().unwrap();
    let underway = bench.take().len() as u64;
    assert!((1..6).contains(&underway));
    outbound.round(true);
    assert_eq!(
        waiting(&home, "gateway"),
        underway,
        "the others are given up"
    );
}

/// A home that was off for longer than a letter may wait.
#[test]
fn nothing_is_given_up_before_it_had_a_chance_in_this_run() {
    let home = Home::new();
    home.letter(Destination::Tox(peer().key()), "ben");
    home.time.advance(Duration::from_secs(40 * 86_400));
    let (outbound, _bench) = home.outbound_with_bench();
    outbound.round(true);
    assert_eq!(waiting(&home, "tox"), 1);
    home.time.advance(Duration::from_secs(1800));
    outbound.round(true);
    assert_eq!(waiting(&home, "tox"), 0);
}

/// Anna's mailbox has no room: what is due there waits on.
fn is_full(home: &Home) {
    loop {
        let due = home
            .post
            .queue
            .due(&Destination::Local, 100, &HashSet::new());
        let due = due.unwrap();
        for delivery in &due {
            let why = Reason::new(Status(4, 2, 2), "the mailbox is full");
            let later = Verdict::Later {
                why,
                not_before: Duration::from_secs(60),
            };
            home.post.queue.settle(delivery.id, &[(0, later)]).unwrap();
        }
        if due.is_empty() {
            return;
        }
    }
}

/// A program that writes to somebody who is away, and reads nothing: it hears a hundred times that its letters wait.
#[test]
fn what_the_home_says_to_a_full_mailbox_has_an_end() {
    let home = Home::new();
    for _ in 0..8 {
        home.letter(Destination::Tox(peer().key()), "ben");
    }
    for _ in 0..29 {
        home.time.advance(Duration::from_secs(86_400));
        report::look_for_overdue(&home.post, None, &mut Vec::new()).unwrap();
        is_full(&home);
    }
    let words = waiting(&home, "local");
    assert!((100..110).contains(&words), "{words}");
    let pairing = Pairing::new(
        Arc::clone(&home.post),
        home.errands.clone(),
        home.runtime.handle().clone(),
    );
    let pairing = Arc::new(pairing);
    let (post, database) = (Arc::clone(&home.post), home.database.clone());
    let clerk = Arc::new(Clerk::new(post, Arc::clone(&pairing), database, None));
    let desk = Submissions::new(Arc::clone(&home.post), pairing, clerk);
    let writes = |member: &str| desk.letter(&name(member), None).map(drop);
    let refused = writes("anna").unwrap_err();
    assert_eq!(
        (refused.code, refused.reason.status),
        (452, Status(4, 2, 2))
    );
    writes("ben").unwrap();
    // And nothing more of what is no debt.
    let say = || {
        let letter = |_| notices::Letter {
            subject: "x".into(),
            body: "x".into(),
        };
        let (answer_to, occasion) = (notices::AnswerTo::Postmaster, notices::Occasion::Itself);
        ways::send(
            &home.post,
            &name("anna"),
            answer_to,
            occasion,
            letter,
            Vec::new(),
        )
        .unwrap()
    };
    assert_eq!(say(), Submitted::Needless);
    // What became of a letter is told in any case.
    home.outbound().abandon(&peer().key()).unwrap();
    while report::tell(&home.post).unwrap() {}
    assert_eq!(waiting(&home, "local"), words + 8);
    // There is room again.
    let due = home.post.queue.retry(None);
    due.unwrap();
    for delivery in home
        .post
        .queue
        .due(&Destination::Local, 20, &HashSet::new())
        .unwrap()
    {
        home.post
            .queue
            .settle(delivery.id, &[(0, Verdict::Delivered)])
            .unwrap();
    }
    is_full(&home);
    assert!(matches!(say(), Submitted::Queued(_)));
    writes("anna").unwrap();
}

/// One that is switched on for a while now and then: the letters' time adds up over the starts.
#[test]
fn a_home_that_is_never_on_for_half_an_hour_gives_up_in_the_end() {
    let home = Home::new();
    let hours = |count: u64| Duration::from_secs(count * 3600);
    home.letter(Destination::Tox(peer().key()), "ben");
    home.time.advance(hours(252));
    home.letter(Destination::Tox(peer().key()), "dora");
    home.time.advance(hours(29 * 24 + 12));
    let start = || {
        let (outbound, _bench) = home.outbound_with_bench();
        outbound.round(true);
        let first = waiting(&home, "tox");
        home.time.advance(Duration::from_secs(1200));
        outbound.round(true);
        let then = waiting(&home, "tox");
        home.time.advance(hours(24));
        (first, then)
    };
    assert_eq!(start(), (2, 2));
    // Nothing at once: whoever was away may have come meanwhile. The second letter is too old since today.
    assert_eq!(start(), (2, 1));
    assert_eq!(start(), (1, 1));
    assert_eq!(start(), (1, 0));
}

/// "Never" is said to the letters that wait, too: they would go unencrypted.
#[test]
fn what_a_contact_may_counts_when_the_time_comes() {
    let home = Home::new();
    let fallbacks = may_fall_back(&home);
    let there = Destination::Tox(peer().key());
    home.hand_in_with(there, "", LETTER, fallbacks);
    let (outbound, contacts) = (home.outbound(), &home.post.contacts);
    contacts.set_fallback("ben", None).unwrap();
    home.time.advance(Duration::from_secs(3600));
    outbound.fall_back().unwrap();
    assert_eq!(by_ordinary_mail(&home), None);
    // A longer time counts, and so does another address.
    let two_hours = Some(Duration::from_secs(7200));
    contacts.set_fallback("ben", two_hours).unwrap();
    outbound.reconsider_fallbacks().unwrap();
    outbound.fall_back().unwrap();
    assert_eq!(by_ordinary_mail(&home), None);
    contacts
        .set_fallback("ben", Some(Duration::from_secs(10_800)))
        .unwrap();
    home.time.advance(Duration::from_secs(3600));
    outbound.fall_back().unwrap();
    assert_eq!(by_ordinary_mail(&home), None, "three hours by now");
    let edit = Edit {
        emails: Some(vec!["ben@example.com".into()]),
        ..Edit::default()
    };
    contacts.edit("ben", edit).unwrap();
    home.time.advance(Duration::from_secs(3600));
    outbound.fall_back().unwrap();
    assert_eq!(by_ordinary_mail(&home).unwrap(), "ben@example.com");
}

#[test]
fn a_letter_that_waits_already_falls_back_once_it_may() {
    let home = Home::new();
    home.hand_in(Destination::Tox(peer().key()), "", LETTER);
    let outbound = home.outbound();
    home.time.advance(Duration::from_secs(3600));
    outbound.fall_back().unwrap();
    may_fall_back(&home);
    outbound.reconsider_fallbacks().unwrap();
    outbound.fall_back().unwrap();
    assert_eq!(by_ordinary_mail(&home).unwrap(), "ben@example.org");
}

/// Where the ordinary way leads nowhere the other home may be back first.
#[test]
fn a_letter_does_not_leave_the_private_way_for_a_provider_that_takes_nothing() {
    let home = Home::new();
    let fallbacks = may_fall_back(&home);
    home.hand_in_with(Destination::Tox(peer().key()), "", LETTER, fallbacks);
    let outbound = home.outbound();
    home.time.advance(Duration::from_secs(3600));
    let why = Reason::new(Status(4, 7, 8), "wrong password");
    home.post.providers.rest(AccountId::HOME, &why);
    assert!(outbound.fall_back().unwrap() <= Duration::from_secs(60));
    assert_eq!(by_ordinary_mail(&home), None);
    has_provider(&home, false);
    outbound.fall_back().unwrap();
    assert_eq!(by_ordinary_mail(&home), None);
    has_provider(&home, true);
    outbound.reconsider_fallbacks().unwrap();
    outbound.fall_back().unwrap();
    assert_eq!(by_ordinary_mail(&home).unwrap(), "ben@example.org");
}

#[test]
fn many_small_letters_do_not_hide_a_big_one() {
    let home = Home::new();
    let key = peer().key();
    for _ in 0..150 {
        home.letter(Destination::Tox(key), "ben");
    }
    home.letter_of(Destination::Tox(key), "ben", 200_000);
    let outbound = home.outbound();
    outbound.ready(key);
    outbound.peer_round().unwrap();
    let mut offers = Vec::new();
    while offers.len() < 49 {
        match home.errand() {
            Errand::Offer { offer, .. } => offers.push(offer.content_size > 200_000),
            other => panic!("{other:?}"),
        }
    }
    assert!(
        offers.contains(&true),
        "the big one waits for the small ones"
    );
}

#[test]
fn a_big_letter_leaves_though_its_encoded_form_cannot_be_kept() {
    let home = Home::new();
    let key = peer().key();
    home.letter_of(Destination::Tox(key), "ben", 200_000);
    let outbound = home.outbound();
    home.database.close(); // reads go on
    outbound.ready(key);
    outbound.peer_round().unwrap();
    let Errand::Offer { offer, .. } = home.errand() else {
        panic!("no offer");
    };
    outbound.want(key, offer.id, 0, 64);
    let fed = home.errand();
    assert!(
        matches!(&fed, Errand::Feed { bytes, .. } if !bytes.is_empty()),
        "{fed:?}"
    );
}

#[test]
fn writers_who_cannot_be_looked_up_stay_owed_and_stop_nothing() {
    let home = Home::new();
    home.letter(Destination::Tox(peer().key()), "ben");
    home.time.advance(Duration::from_secs(5 * 3600));
    let rename = |sql: &'static str| {
        let done = home
            .database
            .write(move |c| -> Result<(), crate::database::Error> { Ok(c.execute_batch(sql)?) });
        done.unwrap();
    };
    rename("ALTER TABLE members RENAME TO elsewhere");
    let (sender, outcome) = std::sync::mpsc::channel();
    let post = Arc::clone(&home.post);
    std::thread::spawn(move || {
        sender.send(report::look_for_overdue(
            &post,
            Some(GiveUp::all_but(&HashSet::new())),
            &mut Vec::new(),
        ))
    });
    let outcome = outcome.recv_timeout(LONG);
    assert!(outcome.expect("it looks for ever").is_err());
    rename("ALTER TABLE elsewhere RENAME TO members");
    report::look_for_overdue(
        &home.post,
        Some(GiveUp::all_but(&HashSet::new())),
        &mut Vec::new(),
    )
    .unwrap();
    let notices = home
        .post
        .queue
        .due(&Destination::Local, 9, &Default::default())
        .unwrap();
    assert_eq!(notices.len(), 1);
}

#[test]
fn work_that_panics_is_a_verdict() {
    let why = Reason::new(Status(5, 0, 0), "no");
    let never = letter::guarded(|| Verdict::Never { why });
    assert!(matches!(never, Ok(Verdict::Never { .. })));
    let later = letter::guarded(|| -> Verdict { panic!("on purpose") });
    assert!(matches!(later, Err(Verdict::Later { .. })));
}

#[test]
fn only_the_offer_that_was_made_last_is_answered() {
    for size in [1000, 100_000] {
        let home = Home::new();
        let inbound = home.inbound();
        let (key, id) = (peer().key(), [size as u8; 16]);
        let slow = inbound.begin(key, id);
        // The link breaks while the disk stands still, and the letter is offered anew.
        inbound.interrupted(key, id);
        inbound.offered(key, id, offer(id, size));
        let first = home.errand();
        let accepted = |errand: &Errand| {
            matches!(
                errand,
                Errand::Answer {
                    answer: Answer::Accept { offset: 0 },
                    ..
                }
            )
        };
        assert!(accepted(&first), "{first:?}");
        inbound.data(key, id, 0, vec![b'x'; 500].into());
        assert!(matches!(home.errand(), Errand::Wrote { upto: 500, .. }));
        inbound.interrupted(key, id);
        inbound.offered(key, id, offer(id, size));
        assert!(matches!(home.errand(), Errand::Answer { .. }));
        let before = inbound.count();
        // The judging of the first is done at last.
        inbound.judge(key, id, offer(id, size), slow);
        assert!(home.inbox.recv_timeout(Duration::from_millis(300)).is_err());
        assert_eq!(inbound.count(), before);
    }
}

#[test]
fn what_came_of_a_letter_that_nobody_takes_any_more_is_removed() {
    let home = Home::new();
    let inbound = home.inbound();
    let (key, id) = (peer().key(), [1; 16]);
    inbound.offered(key, id, offer(id, 100_000));
    home.errand();
    inbound.data(key, id, 0, vec![b'x'; 500].into());
    home.errand();
    inbound.interrupted(key, id);
    let partial = || {
        std::fs::read_dir(home.dir.path().join("incoming"))
            .unwrap()
            .count()
    };
    assert_eq!(partial(), 1);
    home.post.members.remove(&name("anna")).unwrap();
    home.post.store.remove_member(&name("anna")).unwrap();
    inbound.offered(key, id, offer(id, 100_000));
    assert_refused(&home);
    assert_eq!(partial(), 0);
}

#[test]
fn a_foreign_transfer_id_touches_nothing_of_whose_it_is() {
    let home = Home::new();
    let inbound = home.inbound();
    let (ben, id) = (peer().key(), [1; 16]);
    let mut bytes = [8; 38];
    (bytes[36], bytes[37]) = (0, 0);
    let mallory = ToxId::from_bytes(bytes).unwrap();
    home.post
        .contacts
        .add(NewContact {
            name: "Mallory".into(),
            tox: Some(mallory.to_string()),
            emails: Vec::new(),
            owner: None,
        })
        .unwrap();
    let mallory = mallory.key();
    let partial = || {
        std::fs::read_dir(home.dir.path().join("incoming"))
            .unwrap()
            .count()
    };
    let accepted = |from: PeerKey| match home.errand() {
        Errand::Answer {
            peer,
            answer: Answer::Accept { offset },
            ..
        } if peer == from => offset,
        other => panic!("{other:?}"),
    };
    let wrote = || assert!(matches!(home.errand(), Errand::Wrote { .. }));

    // A part of ben's letter lies here. Mallory knows its id, sends something else by it, and takes that back.
    inbound.offered(ben, id, offer(id, 100_000));
    assert_eq!(accepted(ben), 0);
    inbound.data(ben, id, 0, vec![b'x'; 500].into());
    wrote();
    inbound.offered(mallory, id, offer(id, 100_000));
    assert_eq!(accepted(mallory), 0, "she is not told how much lies here");
    inbound.data(mallory, id, 0, vec![b'y'; 700].into());
    wrote();
    assert_eq!((inbound.count(), partial()), (2, 2));
    inbound.withdrawn(mallory, id);
    let start = std::time::Instant::now();
    while partial() != 1 {
        assert!(start.elapsed() < LONG, "hers goes");
        std::thread::sleep(Duration::from_millis(5));
    }
    inbound.interrupted(ben, id);
    inbound.offered(ben, id, offer(id, 100_000));
    assert_eq!(accepted(ben), 500, "his goes on where it was");

    // Nor does she learn that a letter with that id was filed.
    let letter = b"Subject: hello\r\n\r\nhello\r\n";
    let id = [2; 16];
    let small = || Offer {
        digest: Sha256::digest(letter).into(),
        ..offer(id, letter.len() as u64)
    };
    inbound.offered(ben, id, small());
    assert_eq!(accepted(ben), 0);
    inbound.data(ben, id, 0, letter.to_vec().into());
    wrote();
    inbound.complete(ben, id);
    home.errand();
    inbound.offered(mallory, id, small());
    assert_eq!(accepted(mallory), 0);
    // What lies here is here, also after the limits were lowered.
    for most in [1 << 20, 10] {
        home.post.set_settings(Settings {
            max_message_bytes: most,
            ..home.post.settings().as_ref().clone()
        });
        inbound.offered(ben, id, small());
        let answer = home.errand();
        let has = matches!(
            &answer,
            Errand::Answer {
                answer: Answer::Have(_),
                ..
            }
        );
        assert!(has, "{answer:?}");
    }
}

/// Another contact of the home.
fn acquaintance(home: &Home, n: u8) -> PeerKey {
    let mut bytes = [n; 38];
    (bytes[36], bytes[37]) = (0, 0);
    let tox = ToxId::from_bytes(bytes).unwrap();
    let contact = NewContact {
        name: format!("Contact {n}"),
        tox: Some(tox.to_string()),
        emails: Vec::new(),
        owner: None,
    };
    home.post.contacts.add(contact).unwrap();
    tox.key()
}

/// Who was told to come again, and whose letter was begun and from where; in whatever order.
fn made_way(home: &Home) -> ((PeerKey, TransferId), (PeerKey, u64)) {
    let (mut stopped, mut begun) = (None, None);
    for _ in 0..2 {
        match home.errand() {
            Errand::Receipt { peer, id, told } => {
                for word in told {
                    let RecipientStatus::Later { why } = word else {
                        panic!("{word:?}");
                    };
                    assert_eq!(why.status, Status(4, 4, 5));
                }
                stopped = Some((peer, id));
            }
            Errand::Answer {
                peer,
                answer: Answer::Accept { offset },
                ..
            } => begun = Some((peer, offset)),
            other => panic!("{other:?}"),
        }
    }
    (stopped.unwrap(), begun.unwrap())
}

fn accepted_from(home: &Home) -> u64 {
    match home.errand() {
        Errand::Answer {
            answer: Answer::Accept { offset },
            ..
        } => offset,
        other => panic!("{other:?}"),
    }
}

fn assert_refused(home: &Home) {
    let answer = home.errand();
    let refused = matches!(
        &answer,
        Errand::Answer {
            answer: Answer::Refuse(_),
            ..
        }
    );
    assert!(refused, "{answer:?}");
}

#[test]
fn whoever_holds_every_place_makes_way_and_loses_nothing_by_it() {
    let home = Home::new();
    let inbound = home.inbound();
    let (ben, mallory, carol) = (peer().key(), acquaintance(&home, 8), acquaintance(&home, 6));
    let mut letter = b"Subject: hello\r\n\r\n".to_vec();
    letter.resize(200_000, b'x');
    let whole = |id| Offer {
        digest: Sha256::digest(&letter).into(),
        ..offer(id, letter.len() as u64)
    };
    // Ben has more under way than the other, and one letter that is larger than the rest.
    let (his, half) = ([0; 16], 100_000);
    inbound.offered(ben, his, whole(his));
    assert_eq!(accepted_from(&home), 0);
    let bytes = |range: std::ops::Range<usize>| letter[range].to_vec().into();
    inbound.data(ben, his, 0, bytes(0..half));
    let wrote = home.errand();
    assert!(matches!(wrote, Errand::Wrote { upto: 100_000, .. }));
    for n in 1..17 {
        inbound.offered(ben, [n; 16], offer([n; 16], 90_000));
        assert_eq!(accepted_from(&home), 0);
    }
    for n in 1..16 {
        inbound.offered(mallory, [n; 16], offer([n; 16], 150_000));
        assert_eq!(accepted_from(&home), 0);
    }
    assert_eq!(inbound.count(), 32);

    inbound.offered(carol, [1; 16], offer([1; 16], 100_000));
    assert_eq!(made_way(&home), ((ben, his), (carol, 0)));
    assert_eq!(inbound.count(), 32);
    // What still comes of it is of no interest, and he may not push anybody out.
    inbound.data(ben, his, half as u64, bytes(half..half + 10));
    inbound.offered(ben, his, whole(his));
    assert_refused(&home);

    // Hers is done: his goes on where it was, and comes whole.
    inbound.interrupted(carol, [1; 16]);
    inbound.offered(ben, his, whole(his));
    assert_eq!(accepted_from(&home), half as u64);
    inbound.data(ben, his, half as u64, bytes(half..letter.len()));
    assert!(matches!(home.errand(), Errand::Wrote { .. }));
    inbound.complete(ben, his);
    match home.errand() {
        Errand::Receipt { id, told, .. } => {
            assert_eq!((id, told), (his, vec![RecipientStatus::Stored]));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_letter_of_which_nothing_has_come_leaves_no_file() {
    let home = Home::new();
    let inbound = home.inbound();
    let files = || {
        let files = std::fs::read_dir(home.dir.path().join("incoming")).unwrap();
        files.count()
    };
    let (key, id) = (peer().key(), [7; 16]);
    inbound.offered(key, id, offer(id, 100_000));
    assert_eq!(accepted_from(&home), 0);
    assert_eq!(files(), 1);
    inbound.interrupted(key, id);
    let begin = Instant::now();
    while files() > 0 {
        assert!(begin.elapsed() < LONG, "it stays");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn promises_of_one_contact_leave_room_for_letters_of_another() {
    let home = Home::new();
    home.post.set_settings(Settings {
        max_message_bytes: u64::MAX,
        ..home.post.settings().as_ref().clone()
    });
    let inbound = home.inbound();
    let (mallory, carol) = (acquaintance(&home, 8), acquaintance(&home, 6));
    let room = crate::durable::room(home.dir.path()).unwrap();
    for n in 1..=3 {
        inbound.offered(mallory, [n; 16], offer([n; 16], room / 10 * 3));
        assert_eq!(accepted_from(&home), 0);
    }
    inbound.offered(carol, [9; 16], offer([9; 16], room / 4));
    assert_eq!(made_way(&home), ((mallory, [3; 16]), (carol, 0)));
    assert_eq!(inbound.count(), 3);
}

#[test]
fn nothing_is_left_of_what_somebody_was_sending_who_is_no_contact_any_more() {
    let home = Home::new();
    let inbound = home.inbound();
    let key = peer().key();
    for (id, size) in [([1; 16], 100_000), ([2; 16], 1000)] {
        inbound.offered(key, id, offer(id, size));
        home.errand();
        inbound.data(key, id, 0, vec![b'x'; 500].into());
        home.errand();
    }
    // Of a third one there is a part from before.
    inbound.offered(key, [3; 16], offer([3; 16], 100_000));
    home.errand();
    inbound.data(key, [3; 16], 0, vec![b'x'; 500].into());
    home.errand();
    inbound.interrupted(key, [3; 16]);
    // One that is fetched from a provider lies beside it.
    let folder = home.dir.path().join("incoming");
    std::fs::write(folder.join("fetch-1"), "x").unwrap();
    assert_eq!(inbound.count(), 2);
    inbound.parted(key);
    assert_eq!(inbound.count(), 0);
    let start = std::time::Instant::now();
    while std::fs::read_dir(&folder).unwrap().count() != 1 {
        assert!(start.elapsed() < LONG, "a partial file is left");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(folder.join("fetch-1").exists());
}

#[test]
fn a_contact_at_full_speed_makes_no_more_work_than_is_done() {
    let home = Home::new();
    let bench = super::hands::bench::Bench::default();
    let hands = bench.hands(home.runtime.handle().clone());
    let folder = home.dir.path().join("incoming");
    let inbound = Inbound::open(Arc::clone(&home.post), folder, home.errands.clone(), hands);
    let inbound = Arc::new(inbound.unwrap());
    let (key, other) = (peer().key(), PeerKey::from_bytes([4; 32]));
    let id = |n: u16| {
        let mut id = [0; 16];
        id[..2].copy_from_slice(&n.to_le_bytes());
        id
    };
    for n in 0..1000 {
        inbound.offered(key, id(n), offer(id(n), 1000));
        inbound.interrupted(key, id(n));
    }
    assert_eq!(
        bench.take().len(),
        256,
        "the others were told to come later"
    );
    for n in 0..1000 {
        inbound.withdrawn(key, id(n));
    }
    inbound.withdrawn(other, id(0));
    let jobs = bench.take();
    assert_eq!(jobs.len(), 2, "one for each peer");
    jobs.into_iter().for_each(|(_, job)| job());
    // And again, once that is done.
    inbound.withdrawn(key, id(0));
    assert_eq!(bench.take().len(), 1);

    // Small letters that wait for the disk count until they are filed.
    while home.inbox.try_recv().is_ok() {}
    let mut filing = Vec::new();
    let mut accepted = 0;
    for n in 2000..2300 {
        inbound.offered(key, id(n), offer(id(n), 1000));
        bench.take().into_iter().for_each(|(_, job)| job());
        let Errand::Answer { answer, .. } = home.errand() else {
            panic!("no answer");
        };
        if let Answer::Accept { .. } = answer {
            accepted += 1;
            inbound.complete(key, id(n));
            filing.append(&mut bench.take());
        }
    }
    assert_eq!((accepted, filing.len()), (256, 256));
    filing.into_iter().for_each(|(_, job)| job());
    while home.inbox.try_recv().is_ok() {}
    inbound.offered(key, id(3000), offer(id(3000), 1000));
    bench.take().into_iter().for_each(|(_, job)| job());
    let answer = home.errand();
    let accepted = matches!(
        &answer,
        Errand::Answer {
            answer: Answer::Accept { .. },
            ..
        }
    );
    assert!(accepted, "{answer:?}");
}
