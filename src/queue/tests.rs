#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;
use std::io::{Read, Write};

use proptest::prelude::*;

use super::*;
use crate::clock::{FakeTime, Ntp};
use crate::mail::envelope::{self, Envelope, Recipient};
use crate::mail::verdict::{Reason, Status, Verdict};

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);

struct Home {
    dir: tempfile::TempDir,
    database: Database,
    time: FakeTime,
    queue: Queue,
}

impl Home {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let time = FakeTime::default();
        let (database, queue) = Self::start(dir.path(), &time);
        Self {
            dir,
            database,
            time,
            queue,
        }
    }

    fn start(dir: &Path, time: &FakeTime) -> (Database, Queue) {
        let database = Database::open(&dir.join("toxmail.db")).unwrap();
        let clock = Clock::fake(&database, time).unwrap();
        let limits = Limits {
            reserve_bytes: 0,
            ..Limits::default()
        };
        let queue = Queue::open(&dir.join("queue"), database.clone(), clock, limits).unwrap();
        (database, queue)
    }

    fn restart(&mut self) {
        self.database.close();
        (self.database, self.queue) = Self::start(self.dir.path(), &self.time);
    }

    /// Messages whose bytes are here, and encoded forms, and whatever lies there.
    fn files(&self) -> usize {
        let small = self.database.read(|c| waiting::without_file(c, 1000));
        self.on_disk() + small.unwrap().len()
    }

    fn on_disk(&self) -> usize {
        std::fs::read_dir(self.dir.path().join("queue"))
            .unwrap()
            .count()
    }

    fn submit(&self, text: &str, recipients: &[(&str, Destination)]) -> Submitted {
        let mut draft = self.queue.draft(None).unwrap();
        draft.write_all(text.as_bytes()).unwrap();
        self.queue
            .submit(draft, submission("anna@toxmail.local", recipients))
            .unwrap()
    }

    fn queued(&self, text: &str, recipients: &[(&str, Destination)]) -> QueueId {
        match self.submit(text, recipients) {
            Submitted::Queued(id) => id,
            other => panic!("{other:?}"),
        }
    }

    fn waiting(&self, peer: u8) -> Vec<Delivery> {
        self.queue
            .waiting_for(&key(peer), ANY_SIZE, 1000, &HashSet::new())
            .unwrap()
    }

    fn notice(&self, settles: Vec<Told>) -> Submitted {
        let mut draft = self.queue.draft(None).unwrap();
        draft.write_all(b"a notice").unwrap();
        let mut submission = submission("", &[("anna@toxmail.local", Destination::Local)]);
        submission.member = None;
        submission.settles = settles;
        self.queue.submit(draft, submission).unwrap()
    }
}

fn key(peer: u8) -> PeerKey {
    PeerKey::from_bytes([peer; 32])
}

fn peer(n: u8) -> Destination {
    Destination::Tox(key(n))
}

fn submission(sender: &str, recipients: &[(&str, Destination)]) -> Submission {
    Submission {
        member: Some("anna".parse().unwrap()),
        envelope: Envelope {
            sender: sender.into(),
            recipients: recipients
                .iter()
                .map(|(address, _)| Recipient {
                    address: (*address).into(),
                    notify: envelope::Notify {
                        success: address.starts_with("tell"),
                        ..Default::default()
                    },
                    original: None,
                })
                .collect(),
            envelope_id: Some("QQ314159".into()),
            ..Envelope::default()
        },
        message_id: Some("<one@home>".into()),
        plans: recipients
            .iter()
            .enumerate()
            .map(|(recipient, (address, destination))| Plan {
                recipient,
                destination: *destination,
                there: address.split('@').next().unwrap().into(),
            })
            .collect(),
        fallbacks: Vec::new(),
        settles: Vec::new(),
        ..Submission::default()
    }
}

fn never() -> Verdict {
    Verdict::Never {
        why: Reason::new(Status(5, 1, 1), "nobody of that name"),
    }
}

fn later(seconds: u64) -> Verdict {
    Verdict::Later {
        why: Reason::new(Status(4, 2, 2), "the mailbox is full"),
        not_before: Duration::from_secs(seconds),
    }
}

#[test]
fn a_waiting_message_has_a_random_name_that_stays() {
    let mut home = Home::new();
    let names = |home: &Home| -> Vec<String> {
        let all = [1, 2].into_iter().flat_map(|n| home.waiting(n));
        all.map(|delivery| delivery.file).collect()
    };
    home.queued("letter", &[("b@b.tox", peer(1)), ("c@c.tox", peer(2))]);
    home.queue.release(&key(1));
    home.queue.release(&key(2));
    let first = names(&home);
    assert_eq!(first.len(), 2);
    assert_eq!(first[0], first[1], "one message, two ways");
    home.restart();
    home.queue.release(&key(1));
    home.queue.release(&key(2));
    assert_eq!(names(&home), first);
    // The very same bytes again, to others.
    home.queued("letter", &[("d@b.tox", peer(1))]);
    let all: HashSet<String> = names(&home).into_iter().collect();
    assert_eq!(all.len(), 2);
    assert!(all.iter().all(|name| name.len() >= 32));
}

#[test]
fn a_message_waits_is_delivered_and_is_gone() {
    let home = Home::new();
    let id = home.queued(
        "letter",
        &[
            ("ben@toxmail.local", Destination::Local),
            ("carl@b.tox", peer(1)),
            ("dora@b.tox", peer(1)),
        ],
    );
    let mut text = String::new();
    home.queue
        .open_message(id)
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    assert_eq!(text, "letter");
    assert!(home.waiting(1).is_empty(), "held until it is released");
    assert_eq!(home.queue.peers_waiting().unwrap(), [key(1)]);
    let local = home
        .queue
        .due(&Destination::Local, 10, &HashSet::new())
        .unwrap();
    assert_eq!(local.len(), 1);
    assert_eq!(local[0].recipients[0].there, "ben");
    assert_eq!(local[0].envelope.envelope_id.as_deref(), Some("QQ314159"));
    let settled = home.queue.settle(local[0].id, &[(0, Verdict::Delivered)]);
    assert!(settled.unwrap().finished);
    home.queue.release(&key(1));
    let far = home.waiting(1);
    assert_eq!(far[0].recipients.len(), 2);
    assert_ne!(far[0].transfer, local[0].transfer);
    let settled = home
        .queue
        .settle(
            far[0].id,
            &[(1, Verdict::Delivered), (2, Verdict::Delivered)],
        )
        .unwrap();
    assert!(settled.gone && !settled.owed);
    assert_eq!(home.files(), 0);
    assert!(matches!(home.queue.open_message(id), Err(Error::Unknown)));
    let again = home.queue.settle(far[0].id, &[(1, never())]).unwrap();
    assert!(again.finished && again.gone && !again.owed);
}

#[test]
fn a_resubmission_is_recognised_for_a_day_even_after_delivery() {
    let mut home = Home::new();
    let to = [("ben@toxmail.local", Destination::Local)];
    let id = home.queued("letter", &to);
    assert_eq!(home.submit("letter", &to), Submitted::Repeated(id));
    assert_eq!(home.files(), 1);
    let due = home
        .queue
        .due(&Destination::Local, 1, &HashSet::new())
        .unwrap();
    home.queue
        .settle(due[0].id, &[(0, Verdict::Delivered)])
        .unwrap();
    home.restart();
    assert_eq!(home.submit("letter", &to), Submitted::Repeated(id));
    assert_eq!(home.files(), 0);
    assert!(matches!(home.submit("other", &to), Submitted::Queued(_)));
    home.time.advance(DAY + HOUR);
    home.queue
        .overdue(HOUR * 4, DAY * 30, Some(GiveUp::all_but(&HashSet::new())))
        .unwrap();
    let id = home.queued("letter", &to);
    // Cancelled or failed mail may be sent again at once.
    home.queue.cancel(id, Canceller::Writer).unwrap();
    let id = home.queued("letter", &to);
    let due = home.queue.show(id).unwrap().recipients[0].delivery;
    home.queue.settle(due, &[(0, never())]).unwrap();
    assert!(matches!(home.submit("letter", &to), Submitted::Queued(_)));
}

#[test]
fn a_verdict_and_its_notice_are_never_parted() {
    let mut home = Home::new();
    let to = [("tell-ben@b.tox", peer(1)), ("carl@b.tox", peer(1))];
    home.queued("letter", &to);
    home.queue.release(&key(1));
    let id = home.waiting(1)[0].id;
    let settled = home
        .queue
        .settle(id, &[(0, Verdict::Delivered), (1, never())])
        .unwrap();
    assert!(settled.owed && settled.finished && !settled.gone);
    home.restart();
    let untold = home.queue.untold().unwrap();
    assert_eq!(untold.len(), 1);
    assert_eq!(untold[0].fates[0].outcome, Outcome::Delivered);
    assert!(
        matches!(&untold[0].fates[1].outcome, Outcome::Failed(r) if r.status == Status(5, 1, 1))
    );
    assert_eq!(home.files(), 1, "the notice will quote it");
    let told: Vec<Told> = untold[0].fates.iter().map(|f| f.told).collect();
    assert!(matches!(home.notice(told.clone()), Submitted::Queued(_)));
    assert!(home.queue.untold().unwrap().is_empty());
    assert_eq!(home.files(), 1, "only the notice");
    assert_eq!(home.notice(told), Submitted::Needless);
    // A notice that fails is not told about.
    let due = home
        .queue
        .due(&Destination::Local, 1, &HashSet::new())
        .unwrap();
    assert!(home.queue.settle(due[0].id, &[(0, never())]).unwrap().gone);
    assert!(home.queue.untold().unwrap().is_empty());
}

#[test]
fn later_waits_longer_each_time_and_a_peers_mail_waits_for_the_peer() {
    let home = Home::new();
    home.queued("near", &[("ben@toxmail.local", Destination::Local)]);
    home.queued("far", &[("carl@b.tox", peer(1))]);
    let none = HashSet::new();
    let id = home.queue.due(&Destination::Local, 1, &none).unwrap()[0].id;
    let next = home.queue.settle(id, &[(0, later(0))]).unwrap().next;
    let next = next.unwrap();
    assert!(next > Duration::from_secs(10) && next < Duration::from_secs(20));
    assert!(
        home.queue
            .due(&Destination::Local, 1, &none)
            .unwrap()
            .is_empty()
    );
    let due = home.queue.next_due().unwrap().unwrap();
    assert!(due <= next && due + Duration::from_millis(1) >= next);
    home.time.advance(next);
    assert_eq!(
        home.queue.due(&Destination::Local, 1, &none).unwrap()[0].attempts,
        1
    );
    assert_eq!(
        home.queue
            .due(&Destination::Local, 1, &HashSet::from([id]))
            .unwrap()
            .len(),
        0
    );

    home.queue.release(&key(1));
    let id = home.waiting(1)[0].id;
    home.queue.hold(&key(1));
    assert!(home.waiting(1).is_empty());
    home.queue.release(&key(1));
    assert_eq!(home.waiting(1).len(), 1);
    home.queue.settle(id, &[(0, later(600))]).unwrap();
    home.queue.hold(&key(1));
    home.queue.release(&key(1));
    assert!(home.waiting(1).is_empty(), "it asked for ten minutes");
    assert_eq!(home.queue.retry(None).unwrap(), 2);
    let again = &home.waiting(1)[0];
    assert_eq!(
        again.recipients[0].last.as_ref().unwrap().status,
        Status(4, 2, 2)
    );
}

#[test]
fn small_messages_go_first_and_pages_are_bounded() {
    let home = Home::new();
    for size in [500, 3, 40, 1, 200] {
        home.queued(&"x".repeat(size), &[("carl@b.tox", peer(1))]);
    }
    home.queue.release(&key(1));
    let none = HashSet::new();
    let first = home.queue.waiting_for(&key(1), ANY_SIZE, 2, &none).unwrap();
    assert_eq!(first.iter().map(|d| d.size).collect::<Vec<_>>(), [1, 3]);
    let underway = first.iter().map(|d| d.id).collect();
    let more = home
        .queue
        .waiting_for(&key(1), ANY_SIZE, 2, &underway)
        .unwrap();
    assert_eq!(more.iter().map(|d| d.size).collect::<Vec<_>>(), [40, 200]);
    let page = home.queue.list(None, 3).unwrap();
    assert_eq!(page.len(), 3);
    assert_eq!(home.queue.list(Some(page[2].id), 3).unwrap().len(), 2);
    assert_eq!(home.queue.counts().unwrap().bytes, 744);
}

#[test]
fn delay_notices_come_after_hours_then_daily_then_it_expires() {
    let home = Home::new();
    home.queued("letter", &[("carl@b.tox", peer(1))]);
    let (delay, expire) = (HOUR * 4, DAY * 30);
    let look = || {
        home.queue
            .overdue(delay, expire, Some(GiveUp::all_but(&HashSet::new())))
            .unwrap()
    };
    assert_eq!(look(), Overdue::default());
    home.time.advance(delay);
    let found = look();
    assert_eq!(found.delayed[0].fates[0].outcome, Outcome::Delayed(None));
    home.notice(vec![found.delayed[0].fates[0].told]);
    assert!(look().delayed.is_empty());
    home.time.advance(DAY - HOUR);
    assert!(look().delayed.is_empty());
    home.time.advance(HOUR);
    assert_eq!(look().delayed.len(), 1);
    home.time.advance(DAY * 29);
    // The notice waits for a full mailbox, and goes on waiting: nobody would tell its reader that it is gone.
    assert_eq!(look().expired.len(), 1);
    assert_eq!(look(), Overdue::default());
    let untold = home.queue.untold().unwrap();
    assert_eq!(untold.len(), 1);
    assert!(
        matches!(&untold[0].fates[0].outcome, Outcome::Failed(r) if r.status == Status(4, 4, 7) && r.text.contains("30 days"))
    );
    home.queue.tell_nobody(&[untold[0].fates[0].told]).unwrap();
    assert_eq!(home.files(), 1);
    let local = home.queue.due(&Destination::Local, 9, &HashSet::new());
    let [notice] = &local.unwrap()[..] else {
        panic!("the notice is gone");
    };
    let settled = home.queue.settle(notice.id, &[(0, Verdict::Delivered)]);
    assert!(settled.is_ok(), "{settled:?}");
    assert_eq!(home.files(), 0);
}

#[test]
fn a_clock_that_jumps_expires_nothing() {
    let sixty_days = 60 * 86_400;
    for jump in [sixty_days, -sixty_days] {
        let mut home = Home::new();
        home.time.jump(jump); // before the submission
        home.queued("letter", &[("carl@b.tox", peer(1))]);
        let calm = |home: &Home| {
            let found = home
                .queue
                .overdue(HOUR * 4, DAY * 30, Some(GiveUp::all_but(&HashSet::new())))
                .unwrap();
            assert_eq!(found, Overdue::default(), "{jump}");
        };
        home.time.jump(-jump);
        calm(&home);
        home.time.jump(jump); // after it
        calm(&home);
        home.time.reboot(sixty_days, Ntp::Silent); // the clock was not set
        home.restart();
        calm(&home);
        home.time.advance(HOUR * 2);
        calm(&home); // and writes down that the box has been running
        home.time.reboot(-2 * sixty_days, Ntp::Silent);
        home.restart();
        calm(&home);
        home.time.advance(HOUR * 2);
        home.time.jump(2 * sixty_days); // NTP comes late, and is right from now on
        home.time.ntp(Ntp::Heard);
        home.time.advance(HOUR);
        let found = home
            .queue
            .overdue(HOUR * 4, DAY * 30, Some(GiveUp::all_but(&HashSet::new())))
            .unwrap();
        assert_eq!(found.expired, []);
        assert_eq!(found.delayed.len(), 1);
    }
}

#[test]
fn a_reboot_makes_everything_due_and_true_days_off_count() {
    let mut home = Home::new();
    home.queued("letter", &[("carl@b.tox", peer(1))]);
    home.queue.release(&key(1));
    let id = home.waiting(1)[0].id;
    home.queue.settle(id, &[(0, later(86_000))]).unwrap();
    home.restart();
    home.queue.release(&key(1));
    assert!(home.waiting(1).is_empty());
    home.queue
        .overdue(HOUR, DAY, Some(GiveUp::all_but(&HashSet::new())))
        .unwrap(); // the clock is written down
    home.time.reboot(31 * 86_400, Ntp::Heard);
    home.restart();
    home.queue.release(&key(1));
    assert_eq!(home.waiting(1).len(), 1);
    assert_eq!(
        home.queue
            .overdue(HOUR, DAY * 30, Some(GiveUp::all_but(&HashSet::new())))
            .unwrap()
            .expired,
        [id]
    );
}

#[test]
fn a_small_letter_to_this_home_has_a_file_when_it_has_to_wait() {
    let mut home = Home::new();
    let here = || ("bob@toxmail.local", Destination::Local);
    let read = |home: &Home, id| {
        let mut text = String::new();
        home.queue
            .open_message(id)
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
        text
    };
    let in_rows = |home: &Home| {
        home.database
            .read(|c| waiting::without_file(c, 100))
            .unwrap()
            .len()
    };
    let delivery = |home: &Home, id| home.queue.show(id).unwrap().recipients[0].delivery;
    let path = |home: &Home, id| {
        let file = home.database.read(|c| waiting::file_of(c, id)).unwrap();
        home.dir.path().join("queue").join(file.unwrap())
    };

    // It is filed at once, and nothing stays of it.
    let id = home.queued("filed at once", &[here()]);
    assert_eq!((in_rows(&home), home.on_disk()), (1, 0));
    assert_eq!(read(&home, id), "filed at once");
    home.queue
        .settle(delivery(&home, id), &[(0, Verdict::Delivered)])
        .unwrap();
    assert_eq!((in_rows(&home), home.on_disk()), (0, 0));

    // The mailbox is full.
    let id = home.queued("waits", &[here()]);
    home.queue
        .settle(delivery(&home, id), &[(0, later(60))])
        .unwrap();
    assert_eq!((in_rows(&home), home.on_disk()), (0, 1));
    assert_eq!(read(&home, id), "waits");

    // A crash came before it was filed; a try to make its file was torn.
    let second = home.queued("filed after a crash", &[here()]);
    std::fs::write(path(&home, second), "filed aft").unwrap();
    home.restart();
    assert_eq!((in_rows(&home), home.on_disk()), (0, 2));
    assert_eq!(*home.queue.opened(), Opened::default());
    assert_eq!(read(&home, second), "filed after a crash");
    assert_eq!(read(&home, id), "waits");

    // A disk that takes no file takes none of it away.
    let third = home.queued("stays in the rows", &[here()]);
    std::fs::create_dir(path(&home, third)).unwrap();
    home.restart();
    assert_eq!(
        (in_rows(&home), &home.queue.opened().lost[..]),
        (1, &[][..])
    );
    assert_eq!(read(&home, third), "stays in the rows");
}

#[test]
fn what_is_large_or_travels_or_is_held_or_comes_in_a_flood_has_a_file() {
    let home = Home::new();
    let here = || ("bob@toxmail.local", Destination::Local);
    home.queued(&"x".repeat(20_000), &[here()]);
    home.queued("to both", &[here(), ("carl@b.tox", peer(1))]);
    let mut held = submission("anna@toxmail.local", &[here()]);
    held.start = Start::Held;
    let mut draft = home.queue.draft(None).unwrap();
    draft.write_all(b"held").unwrap();
    home.queue.submit(draft, held).unwrap();
    assert_eq!(home.on_disk(), 3);
    for n in 0..MAX_SMALL + 2 {
        home.queued(&format!("letter {n}"), &[here()]);
    }
    assert_eq!(home.on_disk(), 5);
}

#[test]
fn what_a_crash_leaves_is_swept_and_what_rows_point_to_is_not() {
    let mut home = Home::new();
    let id = home.queued("letter", &[("carl@b.tox", peer(1))]);
    // "queue.written", "queue.synced": bytes and name are there, no row is.
    let mut draft = home.queue.draft(None).unwrap();
    draft.write_all(b"half").unwrap();
    let written = home.queue.inner.spool.write(draft, false);
    match written.unwrap().place {
        Place::File(file) => file.keep(),
        Place::Rows(_) => panic!("it was to have a file"),
    }
    home.queue.encoded_draft(0).unwrap().keep();
    std::fs::write(home.dir.path().join("queue/README"), "not ours").unwrap();
    assert_eq!(home.files(), 4);
    home.restart();
    assert_eq!(home.queue.opened().swept, 2);
    assert_eq!(home.files(), 2);
    // "queue.settled": the rows are gone, the file is not yet.
    let delivery = home.queue.show(id).unwrap().recipients[0].delivery;
    let pace = ledger::Pace {
        day: None,
        now_ms: 0,
        chance: 0,
    };
    let outcome = home
        .database
        .write(move |c| ledger::settle(c, delivery, &[(0, Verdict::Delivered)], &pace))
        .unwrap();
    assert_eq!(outcome.gone.len(), 1);
    home.restart();
    assert_eq!((home.queue.opened().swept, home.files()), (1, 1));
    // A file that somebody deleted is told, not passed over in silence.
    let id = home.queued("another letter", &[("carl@b.tox", peer(1))]);
    for file in std::fs::read_dir(home.dir.path().join("queue")).unwrap() {
        std::fs::remove_file(file.unwrap().path()).unwrap();
    }
    home.restart();
    assert_eq!(home.queue.opened().lost, [id]);
    assert!(matches!(home.queue.open_message(id), Err(Error::Lost(_))));
}

#[test]
fn a_draft_that_is_dropped_or_refused_leaves_nothing() {
    let home = Home::new();
    let mut draft = home.queue.draft(Some(4)).unwrap();
    draft.write_all(b"half").unwrap();
    assert_eq!(draft.len(), 4);
    drop(draft);
    let draft = home.queue.draft(None).unwrap();
    let mut wrong = submission("a@b", &[("ben@toxmail.local", Destination::Local)]);
    wrong.plans.clear();
    assert!(matches!(
        home.queue.submit(draft, wrong),
        Err(Error::Unplanned)
    ));
    assert!(matches!(home.queue.draft(Some(1 << 60)), Err(Error::Full)));
    home.database.close();
    assert_eq!(home.files(), 0);
}

#[test]
fn the_encoded_form_is_kept_once_and_made_again_when_it_is_lost() {
    let home = Home::new();
    let id = home.queued("letter", &[("b@b.tox", peer(1)), ("c@c.tox", peer(2))]);
    let facts = EncodedFacts {
        content_size: 99,
        digest: [7; 32],
        compressed: true,
    };
    let keep = |text: &str| {
        let mut draft = home.queue.encoded_draft(10).unwrap();
        draft.write_all(text.as_bytes()).unwrap();
        home.queue.keep_encoded(id, draft, facts)
    };
    let first = keep("bytes").unwrap();
    assert_eq!(keep("other bytes").unwrap(), first);
    assert_eq!(home.files(), 2);
    home.queue.release(&key(1));
    home.queue.release(&key(2));
    assert_eq!(home.waiting(1)[0].encoded.as_ref(), Some(&first));
    assert_eq!(home.waiting(2)[0].encoded.as_ref(), Some(&first));
    std::fs::write(&first.path, "byt").unwrap();
    assert_eq!(home.waiting(2)[0].encoded, None);
    let second = keep("bytes").unwrap();
    assert_eq!(home.waiting(2)[0].encoded.as_ref(), Some(&second));
    for (n, delivery) in [home.waiting(1), home.waiting(2)].iter().enumerate() {
        home.queue
            .settle(delivery[0].id, &[(n, Verdict::Delivered)])
            .unwrap();
    }
    assert!(matches!(keep("bytes"), Err(Error::Unknown)));
    assert_eq!(home.files(), 1, "the one that was cut short");
}

#[test]
fn a_cancelled_message_is_told_when_the_operator_did_it() {
    let home = Home::new();
    let to = [("tell-ben@b.tox", peer(1)), ("carl@c.tox", peer(2))];
    let id = home.queued("letter", &to);
    home.queue.release(&key(1));
    let done = home.waiting(1)[0].id;
    home.queue.settle(done, &[(0, Verdict::Delivered)]).unwrap();
    let open = home.queue.cancel(id, Canceller::Operator).unwrap();
    assert_eq!(open.len(), 1);
    let outcomes: Vec<Outcome> = home.queue.untold().unwrap()[0]
        .fates
        .iter()
        .map(|f| f.outcome.clone())
        .collect();
    assert_eq!(outcomes, [Outcome::Delivered, Outcome::Cancelled]);
    // A receipt that comes too late changes nothing.
    assert!(
        home.queue
            .settle(open[0], &[(1, Verdict::Delivered)])
            .unwrap()
            .owed
    );
    assert!(matches!(
        home.queue.cancel(QueueId(99), Canceller::Writer),
        Err(Error::Unknown)
    ));
}

#[test]
fn a_notice_is_not_cancelled_as_long_as_it_can_be_read() {
    let home = Home::new();
    let id = home.queued("letter", &[("bob@b.tox", peer(1))]);
    home.queue.cancel(id, Canceller::Operator).unwrap();
    let untold = home.queue.untold().unwrap();
    let settles = vec![untold[0].fates[0].told];
    let Submitted::Queued(notice) = home.notice(settles) else {
        panic!("it is news");
    };
    let delivery = home.queue.show(notice).unwrap().recipients[0].delivery;
    // The mailbox is full.
    home.queue.settle(delivery, &[(0, later(60))]).unwrap();
    for by in [Canceller::Operator, Canceller::Writer, Canceller::Asked] {
        let refused = home.queue.cancel(notice, by);
        assert!(matches!(refused, Err(Error::OwnWord)), "{by:?} {refused:?}");
    }
    assert_eq!(home.queue.counts().unwrap().messages, 1);
    for file in std::fs::read_dir(home.dir.path().join("queue")).unwrap() {
        std::fs::remove_file(file.unwrap().path()).unwrap();
    }
    home.queue.cancel(notice, Canceller::Operator).unwrap();
    assert_eq!(home.queue.counts().unwrap().messages, 0);
}

#[test]
fn a_notice_of_a_strange_server_is_a_letter_like_others() {
    let home = Home::new();
    // What another home hands in for the family's mail server: a null sender, and nobody of this home has written it.
    let handed_in = || {
        let mut submission = submission("", &[("anna@a.tox", Destination::Gateway)]);
        submission.member = None;
        let mut draft = home.queue.draft(None).unwrap();
        draft.write_all(b"not delivered").unwrap();
        match home.queue.submit(draft, submission).unwrap() {
            Submitted::Queued(id) => id,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(
        home.queue
            .cancel(handed_in(), Canceller::Operator)
            .unwrap()
            .len(),
        1
    );
    // Held by a restore, and somebody answers "no".
    let held = handed_in();
    home.database
        .write(|c| super::restored::hold_ordinary(c, 0))
        .unwrap();
    assert_eq!(home.queue.cancel(held, Canceller::Asked).unwrap().len(), 1);
    assert_eq!(home.queue.counts().unwrap().messages, 0);
}

/// A letter to two in one home, of whom the first may go by ordinary mail after two hours.
fn may_fall_back(home: &Home, sender: &str) -> QueueId {
    let mut draft = home.queue.draft(None).unwrap();
    write!(draft, "letter of {sender}").unwrap();
    let to = [("carl@b.tox", peer(1)), ("dora@b.tox", peer(1))];
    let mut submission = submission(sender, &to);
    submission.fallbacks = vec![Fallback {
        recipient: 0,
        after: HOUR * 2,
        account: AccountId::HOME,
        address: "carl@example.org".into(),
    }];
    match home.queue.submit(draft, submission).unwrap() {
        Submitted::Queued(id) => id,
        other => panic!("{other:?}"),
    }
}

#[test]
fn who_waited_too_long_goes_by_ordinary_mail_once_and_the_writer_is_told() {
    let mut home = Home::new();
    let relay = Destination::Relay(AccountId::HOME);
    let id = may_fall_back(&home, "anna@toxmail.local");
    home.queue.release(&key(1));
    let tox = home.waiting(1)[0].id;
    let (falling, next) = home.queue.falling().unwrap();
    assert!(falling.is_empty() && next.unwrap() <= HOUR * 2);
    home.time.advance(HOUR);
    home.restart(); // what was decided is in the rows
    assert!(home.queue.falling().unwrap().0.is_empty());
    home.time.advance(HOUR);
    let (falling, next) = home.queue.falling().unwrap();
    assert_eq!((falling.len(), falling[0].delivery, next), (1, tox, None));
    assert!(home.queue.untold().unwrap().is_empty());
    assert_eq!(home.queue.fall_back(falling.clone()).unwrap(), 1);
    assert_eq!(home.queue.fall_back(falling).unwrap(), 0, "once");
    assert!(home.queue.falling().unwrap().0.is_empty());

    // Dora waits on for the home, carl for the provider.
    home.queue.release(&key(1));
    let there = home.waiting(1);
    assert_eq!(there[0].recipients.len(), 1);
    assert_eq!(there[0].recipients[0].there, "dora");
    assert_eq!(home.queue.destinations_waiting().unwrap(), [relay]);
    let ordinary = home.queue.due(&relay, 9, &HashSet::new()).unwrap();
    assert_eq!(ordinary[0].recipients[0].there, "carl@example.org");
    assert_eq!(ordinary[0].recipients[0].index, 0);
    assert_eq!(home.queue.show(id).unwrap().recipients.len(), 2);

    // A receipt that comes too late changes nothing for carl.
    let both = [(0, Verdict::Delivered), (1, Verdict::Delivered)];
    assert!(home.queue.settle(tox, &both).unwrap().finished);
    assert_eq!(home.queue.due(&relay, 9, &HashSet::new()).unwrap().len(), 1);
    let done = home
        .queue
        .settle(ordinary[0].id, &[(0, Verdict::Delivered)])
        .unwrap();
    assert!(done.finished && !done.gone, "the writer does not know yet");
    home.restart();
    let untold = home.queue.untold().unwrap();
    assert_eq!(untold.len(), 1);
    let fate = &untold[0].fates[0];
    assert_eq!(
        (untold[0].fates.len(), &fate.outcome),
        (1, &Outcome::FellBack)
    );
    assert_eq!(
        (fate.destination, fate.told.about),
        (relay, About::Fallback)
    );
    assert!(matches!(home.notice(vec![fate.told]), Submitted::Queued(_)));
    assert_eq!(home.notice(vec![fate.told]), Submitted::Needless);
    assert!(home.queue.untold().unwrap().is_empty());
    assert_eq!(home.files(), 1, "only the notice");
}

#[test]
fn a_receipt_in_time_is_the_end_and_a_null_sender_is_told_nothing() {
    let home = Home::new();
    may_fall_back(&home, "anna@toxmail.local");
    home.queue.release(&key(1));
    let tox = home.waiting(1)[0].id;
    home.time.advance(HOUR * 3);
    let (falling, _) = home.queue.falling().unwrap();
    home.queue.settle(tox, &[(0, Verdict::Delivered)]).unwrap();
    assert_eq!(home.queue.fall_back(falling).unwrap(), 0);
    assert!(home.queue.destinations_waiting().unwrap().is_empty());
    home.queue.settle(tox, &[(1, Verdict::Delivered)]).unwrap();
    assert_eq!(home.files(), 0);
    may_fall_back(&home, "");
    home.time.advance(HOUR * 3);
    let (falling, _) = home.queue.falling().unwrap();
    assert_eq!(home.queue.fall_back(falling).unwrap(), 1);
    assert!(home.queue.untold().unwrap().is_empty());
}

/// What a person would keep in their head about the queue.
#[derive(Clone, Debug, PartialEq)]
enum Expected {
    Waiting,
    Owed,
    Done,
}

#[derive(Clone, Debug)]
enum Act {
    Submit { peers: Vec<u8> },
    Settle { nth: usize, verdict: u8 },
    Tell,
    Hold(u8),
    Release(u8),
    Cancel { nth: usize },
    Pass { hours: u64 },
    Overdue,
    Restart,
    Reboot,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => proptest::collection::vec(0u8..4, 1..4).prop_map(|peers| Act::Submit { peers }),
        6 => (0usize..8, 0u8..4).prop_map(|(nth, verdict)| Act::Settle { nth, verdict }),
        2 => Just(Act::Tell),
        1 => (1u8..4).prop_map(Act::Hold),
        3 => (1u8..4).prop_map(Act::Release),
        1 => (0usize..8).prop_map(|nth| Act::Cancel { nth }),
        2 => (1u64..400).prop_map(|hours| Act::Pass { hours }),
        1 => Just(Act::Overdue),
        1 => Just(Act::Restart),
        1 => Just(Act::Reboot),
    ]
}

/// (message, recipient index) -> fate; arrival by monotonic hours for expiry.
struct Model {
    fates: BTreeMap<(QueueId, usize), Expected>,
    deliveries: BTreeMap<DeliveryId, (QueueId, Destination, Vec<usize>)>,
    born: BTreeMap<QueueId, Duration>,
    released: HashSet<u8>,
    now: Duration,
}

impl Model {
    fn check(&self, home: &Home) {
        let mut seen = BTreeMap::new();
        let mut live = 0;
        for entry in home.queue.list(None, 1000).unwrap() {
            live += 1;
            for (index, recipient) in entry.recipients.iter().enumerate() {
                seen.insert((entry.id, index), recipient.state == "waiting");
            }
        }
        for (who, fate) in &self.fates {
            match fate {
                Expected::Waiting => assert_eq!(seen.get(who), Some(&true), "{who:?} is lost"),
                Expected::Owed => assert_eq!(seen.get(who), Some(&false), "{who:?} is forgotten"),
                Expected::Done => assert_ne!(seen.get(who), Some(&true), "{who:?} waits again"),
            }
        }
        assert_eq!(home.files(), live, "a file a message");
        let owed: HashSet<(QueueId, usize)> = home
            .queue
            .untold()
            .unwrap()
            .iter()
            .flat_map(|u| u.fates.iter().map(|f| (u.message, f.told.index)))
            .collect();
        let expected = self.fates.iter().filter(|(_, f)| **f == Expected::Owed);
        assert_eq!(owed, expected.map(|(who, _)| *who).collect());
        for peer in 1..4 {
            if !self.released.contains(&peer) {
                assert!(home.waiting(peer).is_empty());
            }
        }
    }

    fn end(&mut self, id: DeliveryId, fate: &Expected) {
        if let Some((message, _, indexes)) = self.deliveries.get(&id) {
            for index in indexes {
                let old = self.fates.get_mut(&(*message, *index)).unwrap();
                if *old == Expected::Waiting {
                    *old = fate.clone();
                }
            }
        }
    }

    fn step(&mut self, home: &mut Home, act: Act, count: usize) {
        match act {
            Act::Submit { peers } => {
                let to: Vec<(String, Destination)> = peers
                    .iter()
                    .enumerate()
                    .map(|(n, p)| {
                        let way = if *p == 0 {
                            Destination::Local
                        } else {
                            peer(*p)
                        };
                        (format!("r{n}@x"), way)
                    })
                    .collect();
                let to: Vec<(&str, Destination)> =
                    to.iter().map(|(a, d)| (a.as_str(), *d)).collect();
                let id = home.queued(&format!("letter {count}"), &to);
                self.born.insert(id, self.now);
                for (n, r) in home.queue.show(id).unwrap().recipients.iter().enumerate() {
                    self.fates.insert((id, n), Expected::Waiting);
                    let row = self.deliveries.entry(r.delivery);
                    row.or_insert((id, r.destination, Vec::new())).2.push(n);
                }
            }
            Act::Settle { nth, verdict } => {
                let Some((&id, (_, _, indexes))) = self.deliveries.iter().nth(nth) else {
                    return;
                };
                let (verdict, fate) = match verdict {
                    0 => (Verdict::Delivered, Expected::Done),
                    1 => (never(), Expected::Owed),
                    2 => (later(0), Expected::Waiting),
                    _ => (later(7200), Expected::Waiting),
                };
                let verdicts: Vec<_> = indexes.iter().map(|i| (*i, verdict.clone())).collect();
                home.queue.settle(id, &verdicts).unwrap();
                self.end(id, &fate);
            }
            Act::Tell => {
                for untold in home.queue.untold().unwrap() {
                    let told: Vec<Told> = untold.fates.iter().map(|f| f.told).collect();
                    home.queue.tell_nobody(&told).unwrap();
                }
                for fate in self.fates.values_mut().filter(|f| **f == Expected::Owed) {
                    *fate = Expected::Done;
                }
            }
            Act::Hold(p) => {
                home.queue.hold(&key(p));
                self.released.remove(&p);
            }
            Act::Release(p) => {
                home.queue.release(&key(p));
                self.released.insert(p);
            }
            Act::Cancel { nth } => {
                let Some(&id) = self.born.keys().nth(nth) else {
                    return;
                };
                if let Ok(open) = home.queue.cancel(id, Canceller::Operator) {
                    for delivery in open {
                        self.end(delivery, &Expected::Owed);
                    }
                }
            }
            Act::Pass { hours } => {
                home.time.advance(HOUR * hours as u32);
                self.now += HOUR * hours as u32;
            }
            Act::Overdue => {
                let expired = home
                    .queue
                    .overdue(HOUR * 4, DAY * 30, Some(GiveUp::all_but(&HashSet::new())))
                    .unwrap()
                    .expired;
                for id in expired {
                    let (message, _, _) = &self.deliveries[&id];
                    assert!(self.now - self.born[message] >= DAY * 30, "expired early");
                    self.end(id, &Expected::Owed);
                }
            }
            Act::Restart | Act::Reboot => {
                if matches!(act, Act::Reboot) {
                    home.time.reboot(3600 * 24 * 90, Ntp::Silent);
                }
                home.restart();
                self.released.clear();
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn whatever_happens_nobody_is_lost(acts in proptest::collection::vec(act(), 1..40)) {
        let mut home = Home::new();
        let mut model = Model {
            fates: BTreeMap::new(),
            deliveries: BTreeMap::new(),
            born: BTreeMap::new(),
            released: HashSet::new(),
            now: Duration::ZERO,
        };
        for (count, act) in acts.into_iter().enumerate() {
            model.step(&mut home, act, count);
            model.check(&home);
        }
    }
}

#[test]
fn what_waits_goes_the_way_that_its_peer_turns_out_to_take() {
    let home = Home::new();
    let none = HashSet::new();
    // The larger one first: what is said keeps its order.
    home.queued(&"long ".repeat(100), &[("paul@tox", peer(1))]);
    home.queued("short", &[("paul@tox", peer(1)), ("oma@b.tox", peer(2))]);
    home.queue.release(&key(1));
    assert_eq!(home.waiting(1).len(), 2);
    assert!(home.queue.next_chat(&key(1), &none).unwrap().is_none());
    assert!(home.queue.reroute(Destination::Chat(key(1))).unwrap());
    assert!(!home.queue.reroute(Destination::Chat(key(1))).unwrap());
    assert!(home.waiting(1).is_empty());
    let first = home.queue.next_chat(&key(1), &none).unwrap().unwrap();
    assert_eq!(first.destination, Destination::Chat(key(1)));
    assert_eq!(first.size, 500);
    let underway = HashSet::from([first.id]);
    let second = home.queue.next_chat(&key(1), &underway).unwrap().unwrap();
    assert_eq!(second.size, 5);
    assert_eq!(home.queue.peers_waiting().unwrap(), [key(1), key(2)]);
    // Trouble on this side: later, without a word from the friend's program.
    home.queue.settle(first.id, &[(0, later(60))]).unwrap();
    let due = home.queue.next_due().unwrap().unwrap();
    assert!(
        due >= Duration::from_secs(60) && due < Duration::from_secs(70),
        "{due:?}"
    );
    home.queue.hold(&key(1));
    assert!(home.queue.next_chat(&key(1), &none).unwrap().is_none());
    // A Hello came after all: due at once, from home to home.
    home.queue.release(&key(1));
    assert!(home.queue.reroute(peer(1)).unwrap());
    assert_eq!(home.waiting(1).len(), 2);
}

#[test]
fn what_another_home_hands_in_is_taken_once_and_remembered_for_its_time() {
    let mut home = Home::new();
    let hand_in = |home: &Home, names: &[[u8; 16]]| {
        let mut draft = home.queue.draft(None).unwrap();
        draft.write_all(b"letter").unwrap();
        let mut submission = submission("paul@b.tox", &[("anna@a.tox", Destination::Gateway)]);
        submission.member = None;
        let names = names.to_vec();
        home.queue.submit_once(draft, submission, names).unwrap()
    };
    let (anna, bruno) = ([1; 16], [2; 16]);
    assert!(!home.queue.was_taken(&anna).unwrap());
    assert!(matches!(hand_in(&home, &[anna]), Submitted::Queued(_)));
    assert_eq!(hand_in(&home, &[anna]), Submitted::Needless);
    assert_eq!(home.files(), 1, "nothing is left of the second");
    home.restart();
    assert!(home.queue.was_taken(&anna).unwrap());
    assert_eq!(hand_in(&home, &[anna]), Submitted::Needless);
    assert!(matches!(hand_in(&home, &[bruno]), Submitted::Queued(_)));

    // Handed over, and forgotten but for its name.
    let due = |home: &Home| {
        home.queue
            .due(&Destination::Gateway, 9, &HashSet::new())
            .unwrap()
    };
    assert_eq!(
        home.queue.destinations_waiting().unwrap(),
        [Destination::Gateway]
    );
    for delivery in due(&home) {
        assert_eq!(delivery.destination, Destination::Gateway);
        assert_eq!(delivery.recipients[0].there, "anna");
        home.queue
            .settle(delivery.id, &[(0, Verdict::Delivered)])
            .unwrap();
    }
    assert_eq!((home.files(), due(&home).len()), (0, 0));
    assert!(home.queue.was_taken(&bruno).unwrap());
    // The first look by a clock that can be trusted dates them.
    assert_eq!(home.queue.forget_taken(1_000_000, HOUR).unwrap(), 0);
    assert_eq!(home.queue.forget_taken(1_003_600, HOUR).unwrap(), 0);
    assert_eq!(home.queue.forget_taken(1_003_601, HOUR).unwrap(), 2);
    assert!(!home.queue.was_taken(&anna).unwrap());
}

#[cfg(feature = "faults")]
#[test]
fn a_letter_whose_name_is_not_on_the_disk_is_not_accepted() {
    let home = Home::new();
    let to = [("ben@tox", peer(1))];
    home.queue.release(&key(1));
    let mut draft = home.queue.draft(None).unwrap();
    draft.write_all(b"a letter").unwrap();
    let answer = crate::durable::fault::failing("fsync-folder", || {
        home.queue
            .submit(draft, submission("anna@toxmail.local", &to))
    });
    assert!(matches!(answer, Err(Error::Io(_))), "{answer:?}");
    assert_eq!((home.files(), home.waiting(1).len()), (0, 0));
    home.queued("a letter", &to);
    assert_eq!(home.waiting(1).len(), 1);
}

/// So many letters of anna's that wait for another home, as far as the rows know: there are no files.
pub(crate) fn letters_of_anna(database: &Database, to: PeerKey, count: usize) {
    let filled = database.write(move |c| -> Result<(), crate::database::Error> {
        for n in 0..count {
            c.execute(
                "INSERT INTO messages (file, size, digest, member, sender, smtputf8, eight_bit, ret, boot, arrived_ms, wall)
                 VALUES (?1, 5, x'00', 'anna', 'anna@toxmail.local', 0, 0, 0, 1, 0, 0)",
                [format!("{n}.eml")],
            )?;
            let message = c.last_insert_rowid();
            c.execute(
                "INSERT INTO deliveries (message, kind, target, transfer, size) VALUES (?1, 'tox', ?2, randomblob(16), 5)",
                (message, to.as_bytes()),
            )?;
            let delivery = c.last_insert_rowid();
            c.execute(
                "INSERT INTO recipients (delivery, idx, address, notify, there) VALUES (?1, 0, 'oma@tox', 2, '')",
                [delivery],
            )?;
        }
        Ok(())
    });
    filled.unwrap();
}
