//! The Outbox beside a queue that is really there.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::io::Read;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::outbound::Outbound;
use super::outbox::Outbox;
use super::tests::{Home, name, peer};
use crate::imap::command::Change;
use crate::imap::flags::Marks;
use crate::imap::outbox::{Listing, Outgoing};
use crate::mail::verdict::{Reason, Status, Verdict};
use crate::queue::tests::letters_of_anna;
use crate::queue::{Canceller, Destination, Entry};
use crate::store::{ModSeq, Uid};

const LETTER: &str = "Subject: hello\r\n\r\nAre you there?\r\n";
const DAY: i64 = 86_400;

struct Desk {
    home: Home,
    outbound: Arc<Outbound>,
    outbox: Outbox,
}

fn open(home: &Home, outbound: &Arc<Outbound>) -> Outbox {
    let post = Arc::clone(&home.post);
    Outbox::new(post, Arc::clone(outbound), home.database.clone())
}

impl Desk {
    fn new() -> Self {
        let home = Home::new();
        let outbound = home.outbound();
        let outbox = open(&home, &outbound);
        Self {
            home,
            outbound,
            outbox,
        }
    }

    fn write(&self, destination: Destination, there: &str) -> Entry {
        self.home.hand_in(destination, there, LETTER.as_bytes());
        self.home.post.queue.list(None, 100).unwrap().pop().unwrap()
    }

    fn settle(&self, letter: &Entry, verdict: Verdict) {
        let recipient = &letter.recipients[0];
        let queue = &self.home.post.queue;
        let verdicts = [(recipient.index, verdict)];
        queue.settle(recipient.delivery, &verdicts).unwrap();
    }

    fn look(&self) -> Listing {
        self.outbox.look(&name("anna")).unwrap()
    }

    fn uids(&self) -> Vec<u32> {
        self.look().letters.iter().map(|l| l.uid.0).collect()
    }

    fn text(&self, uid: u32) -> String {
        let found = self.outbox.content(&name("anna"), Uid(uid)).unwrap();
        let (head, mut file) = found.unwrap();
        let mut text = String::from_utf8(head).unwrap();
        file.read_to_string(&mut text).unwrap();
        text
    }

    fn gone_since(&self, mod_seq: ModSeq) -> Vec<u32> {
        let gone = self.outbox.gone(&name("anna"), mod_seq).unwrap();
        gone.into_iter().map(|uid| uid.0).collect()
    }

    /// Letters of the home itself that wait.
    fn notices(&self) -> Vec<String> {
        let mut all = Vec::new();
        for entry in self.home.post.queue.list(None, 100).unwrap() {
            if entry.member.is_none() {
                let mut text = String::new();
                let mut file = self.home.post.queue.open_message(entry.id).unwrap();
                file.read_to_string(&mut text).unwrap();
                all.push(text);
            }
        }
        all
    }
}

fn peer_way() -> Destination {
    Destination::Tox(peer().key())
}

fn never() -> Verdict {
    Verdict::Never {
        why: Reason::new(Status(5, 1, 1), "nobody"),
    }
}

#[test]
fn a_letter_lies_there_while_somebody_waits_and_each_state_is_a_message_of_its_own() {
    let desk = Desk::new();
    assert_eq!(desk.uids(), [0; 0]);
    let letter = desk.write(peer_way(), "");
    let first = desk.look();
    assert_eq!(desk.uids(), [1]);
    let waits = format!("X-Toxmail-Status: waiting for Ben's box\r\n{LETTER}");
    assert_eq!(desk.text(1), waits);
    assert_eq!(first.letters[0].size, waits.len() as u64);
    assert_eq!(first.letters[0].arrived, letter.arrived);
    assert_eq!(first.letters[0].marks, Marks::SEEN);
    // Nothing has changed; nor does it after a start.
    assert_eq!(desk.look(), first);
    let again = open(&desk.home, &desk.outbound);
    assert_eq!(again.look(&name("anna")).unwrap(), first);

    desk.outbound.ready(peer().key());
    let second = desk.look();
    assert_eq!(second.uid_validity, first.uid_validity);
    assert!(second.mod_seq > first.mod_seq && second.uid_next == Uid(3));
    assert_eq!(desk.uids(), [2]);
    assert_eq!(desk.gone_since(first.mod_seq), [1]);
    assert!(
        desk.outbox
            .content(&name("anna"), Uid(1))
            .unwrap()
            .is_none()
    );
    let going = format!("X-Toxmail-Status: on its way to Ben\r\n{LETTER}");
    assert_eq!(desk.text(2), going);
    desk.outbound.lost(peer().key());
    assert_eq!(desk.uids(), [3]);
    assert_eq!(desk.text(3), waits);

    desk.settle(&letter, Verdict::Delivered);
    // Before anybody looks it is gone with its file.
    assert!(
        desk.outbox
            .content(&name("anna"), Uid(3))
            .unwrap()
            .is_none()
    );
    assert_eq!(desk.uids(), [0; 0]);
    assert_eq!(desk.gone_since(second.mod_seq), [2, 3]);
    assert_eq!(desk.look().uid_next, Uid(4));
}

#[test]
fn the_words_about_the_day_are_new_once_a_day_and_in_the_members_language() {
    let desk = Desk::new();
    let now = || desk.home.post.clock.now().wall;
    desk.home
        .post
        .contacts
        .saw_online(&peer().key(), now())
        .unwrap();
    desk.home
        .post
        .members
        .set_language(&name("anna"), Some("de"))
        .unwrap();
    desk.write(peer_way(), "");
    assert_eq!(desk.uids(), [1]);
    let today = desk.text(1);
    assert!(today.starts_with("X-Toxmail-Status: wartet auf die Box von Ben, zuletzt gesehen"));
    // Seen again meanwhile, and gone again: the day tells that, and no more often.
    desk.home
        .post
        .contacts
        .saw_online(&peer().key(), now() + 1200)
        .unwrap();
    assert_eq!(desk.uids(), [1]);
    desk.home.time.jump(DAY);
    assert_eq!(desk.uids(), [2]);
    assert_ne!(desk.text(2), today);
    assert_eq!(desk.uids(), [2]);
}

#[test]
fn flags_stay_with_a_letter_and_nobody_else_sees_it() {
    let desk = Desk::new();
    let (anna, ben) = (name("anna"), name("ben"));
    desk.home.post.members.add(&ben, "", "open sesame").unwrap();
    desk.home.post.store.add_member(&ben).unwrap();
    desk.write(peer_way(), "");
    let first = desk.look();
    let mark = |how, marks, since| {
        let uids = [Uid(1), Uid(2), Uid(9)];
        desk.outbox.mark(&anna, &uids, how, marks, since).unwrap()
    };
    let (letters, modified) = mark(Change::Set, Marks::DELETED, None);
    assert_eq!((letters.len(), modified.len()), (1, 0));
    assert_eq!(letters[0].marks, Marks::DELETED);
    assert!(letters[0].mod_seq > first.mod_seq);
    let (letters, modified) = mark(Change::Add, Marks::SEEN, Some(first.mod_seq));
    assert_eq!((letters.len(), modified), (0, vec![Uid(1)]));
    mark(Change::Add, Marks::SEEN, None);
    mark(Change::Remove, Marks::DELETED, None);
    let before = desk.look();
    assert_eq!(before.letters[0].marks, Marks::SEEN);
    mark(Change::Add, Marks::SEEN, None);
    assert_eq!(desk.look(), before);
    mark(Change::Set, Marks::DELETED, None);
    desk.outbound.ready(peer().key());
    let after = desk.look().letters[0];
    assert_eq!((after.uid, after.marks), (Uid(2), Marks::DELETED));

    assert_eq!(desk.outbox.look(&ben).unwrap().letters, []);
    assert!(desk.outbox.content(&ben, Uid(2)).unwrap().is_none());
    desk.outbox.take_back(&ben, &[Uid(1), Uid(2)]).unwrap();
    assert_eq!(desk.uids(), [2]);
    assert!(desk.outbox.is_subscribed(&ben).unwrap());
    desk.outbox.unsubscribe(&ben).unwrap();
    assert!(!desk.outbox.is_subscribed(&ben).unwrap());
    assert!(desk.outbox.is_subscribed(&anna).unwrap());
    desk.outbox.subscribe(&ben).unwrap();
    assert!(desk.outbox.is_subscribed(&ben).unwrap());
    // Whoever comes again begins anew.
    let validity = desk.outbox.look(&ben).unwrap().uid_validity;
    desk.home.post.members.remove(&ben).unwrap();
    desk.home.post.members.add(&ben, "", "open sesame").unwrap();
    assert_ne!(desk.outbox.look(&ben).unwrap().uid_validity, validity);
}

#[test]
fn whoever_takes_a_letter_back_hears_only_of_those_who_have_it() {
    let desk = Desk::new();
    let anna = name("anna");
    let take_back = |uid| desk.outbox.take_back(&anna, &[Uid(uid)]).unwrap();
    // Nobody has it.
    desk.write(peer_way(), "");
    assert_eq!(desk.uids(), [1]);
    take_back(1);
    assert_eq!(desk.uids(), [0; 0]);
    assert_eq!(desk.home.post.queue.counts().unwrap().messages, 0);
    assert_eq!(desk.notices(), [""; 0]);
    // It left while somebody still saw it.
    let letter = desk.write(peer_way(), "");
    assert_eq!(desk.uids(), [2]);
    desk.settle(&letter, Verdict::Delivered);
    take_back(2);
    let notices = desk.notices();
    assert_eq!(notices.len(), 1);
    assert!(
        notices[0].contains("Not taken back everywhere: hello"),
        "{}",
        notices[0]
    );
    assert!(
        notices[0].contains("It did not wait any more"),
        "{}",
        notices[0]
    );
    assert_eq!(desk.uids(), [0; 0]);
    // It failed, which is told by itself.
    let letter = desk.write(peer_way(), "");
    assert_eq!(desk.uids(), [3]);
    desk.settle(&letter, never());
    take_back(3);
    assert_eq!(desk.notices().len(), 1);
    // The administrator was quicker.
    let letter = desk.write(peer_way(), "");
    assert_eq!(desk.uids(), [4]);
    let queue = &desk.home.post.queue;
    queue.cancel(letter.id, Canceller::Operator).unwrap();
    take_back(4);
    assert_eq!(desk.notices().len(), 1);
    assert_eq!(desk.uids(), [0; 0]);
}

/// While somebody watches, the rows are quicker than a session that has not been told yet.
#[test]
fn a_uid_that_has_gone_still_means_its_letter() {
    let desk = Desk::new();
    let anna = name("anna");
    let take_back = |uid| desk.outbox.take_back(&anna, &[Uid(uid)]).unwrap();
    // It got further, and waits under another UID.
    desk.write(peer_way(), "");
    assert_eq!(desk.uids(), [1]);
    desk.outbound.ready(peer().key());
    assert_eq!(desk.uids(), [2]);
    take_back(1);
    assert_eq!(desk.uids(), [0; 0]);
    assert_eq!(desk.home.post.queue.counts().unwrap().messages, 0);
    assert_eq!(desk.notices(), [""; 0]);
    // Twice is once.
    take_back(1);
    take_back(2);
    assert_eq!(desk.notices(), [""; 0]);
    // It has left, and the row has followed.
    let letter = desk.write(peer_way(), "");
    let uids = desk.uids();
    desk.settle(&letter, Verdict::Delivered);
    assert_eq!(desk.uids(), [0; 0]);
    take_back(uids[0]);
    take_back(uids[0]);
    let notices = desk.notices();
    assert_eq!(notices.len(), 1);
    assert!(
        notices[0].contains("Not taken back everywhere: hello"),
        "{}",
        notices[0]
    );
}

/// What one program has marked as deleted another may have unmarked, and the first not have heard of it.
#[test]
fn a_letter_whose_mark_was_removed_is_not_taken_back() {
    let desk = Desk::new();
    let anna = name("anna");
    let mark = |uid, how| {
        let marked = desk
            .outbox
            .mark(&anna, &[Uid(uid)], how, Marks::DELETED, None);
        assert_eq!(marked.unwrap().0.len(), 1);
    };
    let waiting = || desk.home.post.queue.counts().unwrap().messages;
    let expunge = |uid| desk.outbox.expunge(&anna, &[Uid(uid)]).unwrap();
    let letter = desk.write(peer_way(), "");
    assert_eq!(desk.uids(), [1]);
    mark(1, Change::Add);
    mark(1, Change::Remove);
    expunge(1);
    assert_eq!((desk.uids(), waiting()), (vec![1], 1));
    // It has got further meanwhile, and its UID means it still.
    mark(1, Change::Add);
    desk.outbound.ready(peer().key());
    assert_eq!(desk.uids(), [2]);
    mark(2, Change::Remove);
    expunge(1);
    assert_eq!((desk.uids(), waiting()), (vec![2], 1));
    desk.settle(&letter, Verdict::Delivered);
    assert_eq!(desk.notices(), [""; 0]);
    assert_eq!(desk.uids(), [0; 0]);
    // Marked, it is taken back, also where it has got further.
    desk.write(peer_way(), "");
    let uids = desk.uids();
    mark(uids[0], Change::Add);
    expunge(uids[0]);
    assert_eq!((desk.uids(), waiting()), (vec![], 0));
}

#[test]
fn a_letter_that_one_has_and_another_waits_for_says_both_and_is_taken_back_from_the_second() {
    let desk = Desk::new();
    let letter = desk.home.write_to_both();
    assert_eq!(desk.uids(), [1]);
    let entry = desk.home.post.queue.show(letter).unwrap();
    let local = entry
        .recipients
        .iter()
        .find(|r| r.destination == Destination::Local);
    let local = local.unwrap();
    let verdicts = [(local.index, Verdict::Delivered)];
    desk.home
        .post
        .queue
        .settle(local.delivery, &verdicts)
        .unwrap();
    assert_eq!(desk.uids(), [2]);
    let text = desk.text(2);
    let status = "X-Toxmail-Status: waiting for Ben's box; clara@toxmail.local has it\r\n";
    assert!(text.starts_with(status), "{text}");
    desk.outbox.take_back(&name("anna"), &[Uid(2)]).unwrap();
    assert_eq!(desk.uids(), [0; 0]);
    let notices = desk.notices();
    assert_eq!(notices.len(), 1);
    assert!(
        notices[0].contains("clara@toxmail.local had got it before"),
        "{}",
        notices[0]
    );
    assert!(!notices[0].contains("Ben"), "{}", notices[0]);
}

#[test]
fn after_a_restored_backup_uids_begin_anew() {
    let desk = Desk::new();
    desk.write(peer_way(), "");
    let before = desk.look();
    desk.home.database.write(super::outbox::renew).unwrap();
    let after = desk.look();
    assert_ne!(after.uid_validity, before.uid_validity);
    assert_ne!(after.object_id, before.object_id);
    assert_eq!(after.letters.len(), 1);
}

/// The words may be the same on another day, and in another state: then they are not made again at each look.
#[test]
fn words_that_stay_the_same_are_made_once_a_day() {
    let desk = Desk::new();
    desk.write(peer_way(), "");
    let first = desk.look();
    let days = || {
        let days = "SELECT min(day), max(day) FROM outbox_letters";
        let days = desk.home.database.read(|c| {
            let days = c.query_row(days, [], |r| Ok((r.get(0)?, r.get(1)?)))?;
            Ok::<(i64, i64), crate::database::Error>(days)
        });
        days.unwrap()
    };
    let before = days().0;
    desk.home.time.jump(DAY);
    assert_eq!(desk.look(), first);
    assert_eq!(days(), (before + 1, before + 1));
    assert_eq!(desk.look(), first);
}

/// What is forgotten of the UIDs that went is told all the same, with more that went before.
#[test]
fn uids_that_went_long_ago_are_forgotten_and_not_given_again() {
    let desk = Desk::new();
    desk.write(peer_way(), "");
    let first = desk.look();
    desk.outbound.ready(peer().key());
    let second = desk.look();
    // As 12,000 changes more leave it, of other letters that were taken out since.
    let many = "
        WITH RECURSIVE n(x) AS (SELECT 3 UNION ALL SELECT x + 1 FROM n WHERE x < 12002)
        INSERT INTO outbox_gone (member, uid, mod_seq, message, title) SELECT 'anna', x, x + 10, NULL, NULL FROM n;
        UPDATE outboxes SET uid_next = 12003, mod_seq = 12012;";
    let written = desk.home.database.write(move |c| {
        c.execute_batch(many)?;
        Ok::<_, crate::database::Error>(())
    });
    written.unwrap();
    desk.outbound.lost(peer().key());
    let now = desk.look();
    assert_eq!((now.letters.len(), now.uid_next), (1, Uid(12_004)));
    let count = || {
        let count = "SELECT count(*) FROM outbox_gone";
        let count = desk
            .home
            .database
            .read(|c| Ok::<i64, crate::database::Error>(c.query_row(count, [], |r| r.get(0))?));
        count.unwrap()
    };
    assert!((10_000..10_010).contains(&count()), "{}", count());
    let last = ModSeq(now.mod_seq.0 - 1);
    assert_eq!(desk.gone_since(last), [2]);
    for since in [first.mod_seq, second.mod_seq, ModSeq(500)] {
        let gone = desk.gone_since(since);
        assert_eq!((gone.len(), gone[0]), (12_002, 1));
    }
    assert_eq!(desk.gone_since(ModSeq(12_010)), [2, 12_001, 12_002]);
}

/// Those that come with a change count for how many UIDs are remembered.
#[test]
fn a_change_of_every_letter_forgets_no_uid_too_many() {
    const LETTERS: usize = 1000;
    let desk = Desk::new();
    let now = desk.home.post.clock.now().wall;
    let contacts = &desk.home.post.contacts;
    contacts.saw_online(&peer().key(), now).unwrap();
    letters_of_anna(&desk.home.database, peer().key(), LETTERS);
    let first = desk.look();
    // 12,000 changes of before: with the next thousand fewer than 10,000 and four for each letter.
    let many = "
        WITH RECURSIVE n(x) AS (SELECT 2000 UNION ALL SELECT x + 1 FROM n WHERE x < 13999)
        INSERT INTO outbox_gone (member, uid, mod_seq, message, title) SELECT 'anna', x, x + 10, NULL, NULL FROM n;
        UPDATE outboxes SET uid_next = 14000, mod_seq = 14010;";
    let written = desk.home.database.write(move |c| {
        c.execute_batch(many)?;
        Ok::<_, crate::database::Error>(())
    });
    written.unwrap();
    desk.home.time.jump(DAY);
    let second = desk.look();
    assert_ne!(first.letters, second.letters);
    let count = "SELECT count(*) FROM outbox_gone";
    let count = desk
        .home
        .database
        .read(|c| Ok::<i64, crate::database::Error>(c.query_row(count, [], |r| r.get(0))?));
    assert_eq!(count.unwrap(), 13_000);
}

#[test]
fn ten_thousand_letters_that_wait_are_looked_at_in_a_moment() {
    const LETTERS: usize = 10_000;
    let desk = Desk::new();
    let now = desk.home.post.clock.now().wall;
    let contacts = &desk.home.post.contacts;
    contacts.saw_online(&peer().key(), now).unwrap();
    letters_of_anna(&desk.home.database, peer().key(), LETTERS);
    let timed = |what: &str| {
        let begin = Instant::now();
        let listing = desk.look();
        let took = begin.elapsed();
        eprintln!("{what}: {took:?}");
        assert_eq!(listing.letters.len(), LETTERS);
        assert!(took < Duration::from_secs(20), "{what}: {took:?}");
        listing
    };
    let first = timed("the first look");
    assert_eq!(timed("nothing has changed"), first);
    desk.home.time.jump(DAY);
    let second = timed("another day");
    assert_eq!(second.uid_next, Uid(1 + 2 * LETTERS as u32));
    assert_eq!(timed("the same day"), second);
    desk.outbound.ready(peer().key());
    timed("all are on their way");
    assert_eq!(desk.gone_since(first.mod_seq).len(), 2 * LETTERS);
}
