//! The copy of a letter in its writer's Sent shows which ways the letter went: by keywords, which Thunderbird shows as tags
//! where the member has made tags of these names. Its bytes stay as they are.
//!
//! A mail program files the copy by itself, a while before or after it hands the letter in, and perhaps when that has arrived
//! already. It is found by its `Message-ID`.
//!
//! # Rules
//! - Only what came to Sent lately is looked at, and each message once: the cost is that of what is new, whatever else
//!   lies there. After a start these are the last 64 changes.
//! - A copy, once found, is written down: letters wait for weeks.
//! - Names are lower case without spaces: Thunderbird makes the key of the tag "Toxmail-direct" `toxmail-direct`, in every
//!   version. `$` begins the names that RFC 5788 registers.
//!
//! # Known limits
//! A copy that was moved out of Sent before the letter arrived shows nothing, and of several copies the last one alone does.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::io::BufReader;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::watch;

use super::{Post, lock};
use crate::days::Way;
use crate::journal;
use crate::mail::address::MemberName;
use crate::mail::header::HeaderSection;
use crate::queue::{MAX_WITHOUT_COPY, SentCopy, SentLetter, WaysTaken};
use crate::store::{
    self, Change, Flags, Keyword, Mailbox, Marks, ModSeq, SpecialUse, Uid, UidValidity,
};

/// Messages that are looked at although they came before anybody looked.
const BEFORE: usize = 64;
/// Messages whose ids are remembered, and the most that one look reads.
const REMEMBERED: usize = 1000;
/// What comes together is looked at together.
const TOGETHER: Duration = Duration::from_millis(50);
/// After trouble with disk or rows.
const TROUBLE: Duration = Duration::from_secs(60);
/// Of a letter that somebody will never have.
const FAILED: &str = "toxmail-failed";

/// The keyword of a letter that has gone this way.
pub const fn keyword(way: Way) -> &'static str {
    match way {
        Way::Direct => "toxmail-direct",
        Way::Ordinary => "toxmail-ordinary",
        Way::Local => "toxmail-local",
        Way::Chat => "toxmail-chat",
        Way::Gateway => "toxmail-gateway",
    }
}

fn keywords(ways: WaysTaken) -> Vec<Keyword> {
    let taken = Way::ALL.into_iter().filter(|way| ways.has(*way));
    let failed = ways.has_failed().then_some(FAILED);
    let names = taken.map(keyword).chain(failed);
    names.filter_map(|name| name.parse().ok()).collect()
}

#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(transparent)]
    Queue(#[from] crate::queue::Error),
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Looks after the copies.
pub struct Copies {
    post: Arc<Post>,
    looked: Mutex<HashMap<MemberName, Looked>>,
}

/// What is known of a member's Sent.
struct Looked {
    uid_validity: UidValidity,
    mod_seq: ModSeq,
    /// Above all that were looked at.
    next: Uid,
    /// The ids of the last messages.
    ids: BTreeMap<Uid, String>,
}

impl Copies {
    /// Nothing was looked at yet.
    pub fn new(post: Arc<Post>) -> Self {
        Self {
            post,
            looked: Mutex::default(),
        }
    }

    /// Looks whenever something came to a mailbox or became of a letter, until `stop` says so.
    pub async fn run(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        let (mut letters, mut mail) = (self.post.queue.news(), self.post.store.listen_to_all());
        loop {
            letters.mark_unchanged();
            let this = Arc::clone(&self);
            let done = tokio::task::spawn_blocking(move || this.round()).await;
            let rest = match done {
                Ok(true) => Duration::MAX,
                _ => TROUBLE,
            };
            tokio::select! {
                _ = letters.changed() => {}
                () = mail.changed() => {}
                () = tokio::time::sleep(rest) => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
            tokio::time::sleep(TOGETHER).await;
        }
    }

    /// Looks once; whether all went well. Blocks.
    pub fn round(&self) -> bool {
        let letters = match self.post.queue.sent_letters() {
            Ok(letters) => letters,
            Err(e) => {
                journal::queue_trouble(&e);
                return false;
            }
        };
        lock(&self.looked).retain(|member, _| letters.contains_key(member));
        let mut well = true;
        for (member, letters) in letters {
            // Trouble with one keeps nobody from the others.
            if let Err(e) = self.of(&member, letters) {
                journal::trouble("sent", &e);
                well = false;
            }
        }
        well
    }

    fn of(&self, member: &MemberName, before: Vec<SentLetter>) -> Result<(), Error> {
        let Some(sent) = self.sent(member)? else {
            return Ok(self.post.queue.forget_copies(member)?);
        };
        let uid_validity = sent.figures()?.uid_validity;
        let mut letters = before.clone();
        for letter in &mut letters {
            // The mailbox has other UIDs now.
            let stale = |copy: &SentCopy| copy.uid_validity != uid_validity.0;
            if letter.copy.as_ref().is_some_and(stale) {
                letter.copy = None;
            }
        }
        if letters.iter().any(|letter| letter.copy.is_none()) {
            let mut looked = lock(&self.looked);
            let looked = look(&sent, looked.entry(member.clone()))?;
            let of: HashMap<&str, Uid> = (looked.ids.iter())
                .map(|(uid, id)| (id.as_str(), *uid))
                .collect();
            for letter in letters.iter_mut().filter(|letter| letter.copy.is_none()) {
                letter.copy = of.get(letter.message_id.as_str()).map(|uid| SentCopy {
                    uid_validity: looked.uid_validity.0,
                    uid: uid.0,
                });
            }
        }
        let mut wanted: BTreeMap<WaysTaken, Vec<(Uid, usize)>> = BTreeMap::new();
        for (at, letter) in letters.iter().enumerate() {
            let new = letter.ways.without(letter.shown);
            if let (Some(copy), false) = (letter.copy, new.is_empty()) {
                wanted.entry(new).or_default().push((Uid(copy.uid), at));
            }
        }
        for (ways, mut copies) in wanted {
            copies.sort_unstable();
            let mut uids: Vec<Uid> = copies.iter().map(|(uid, _)| *uid).collect();
            uids.dedup();
            let marks = Marks {
                flags: Change::Add(Flags::NONE),
                keywords: keywords(ways),
            };
            let marked = sent.mark(&uids, &marks, None)?.entries;
            for (uid, at) in copies {
                let letter = &mut letters[at];
                if marked.iter().any(|entry| entry.uid == uid) {
                    letter.shown = letter.ways;
                } else if matches!(sent.message(uid), Ok(None)) {
                    // Deleted, or moved: it may come again under another number.
                    letter.copy = None;
                    if let Some(looked) = lock(&self.looked).get_mut(member) {
                        looked.ids.remove(&uid);
                    }
                }
            }
        }
        letters.retain(|letter| !before.contains(letter));
        if letters.is_empty() && before.len() <= MAX_WITHOUT_COPY {
            return Ok(());
        }
        Ok(self.post.queue.note_copies(member, letters)?)
    }

    fn sent(&self, member: &MemberName) -> Result<Option<Mailbox>, Error> {
        let found = || {
            let all = self.post.store.list(member)?;
            let is_sent = |listed: &&store::Listed| listed.special_use == Some(SpecialUse::Sent);
            let sent = all.iter().find(is_sent);
            let open = |sent: &store::Listed| self.post.store.mailbox(member, sent.name.as_str());
            sent.map(open).transpose()
        };
        match found() {
            Err(store::Error::NoSuchMember(_) | store::Error::NoSuchMailbox(_)) => Ok(None),
            found => Ok(found?),
        }
    }
}

/// Reads the ids of what came to Sent since the last look.
fn look<'a>(
    sent: &Mailbox,
    looked: Entry<'a, MemberName, Looked>,
) -> Result<&'a Looked, store::Error> {
    let figures = sent.figures()?;
    let begin = Looked {
        uid_validity: figures.uid_validity,
        // Each change is one more: these are the last of them.
        mod_seq: ModSeq(figures.mod_seq.0.saturating_sub(BEFORE as u64)),
        next: Uid(0),
        ids: BTreeMap::new(),
    };
    let looked = match looked {
        Entry::Occupied(found) => {
            let looked = found.into_mut();
            if looked.uid_validity != figures.uid_validity {
                *looked = begin;
            }
            looked
        }
        Entry::Vacant(none) => none.insert(begin),
    };
    if figures.mod_seq == looked.mod_seq {
        return Ok(looked);
    }
    let changes = sent.changes_since(looked.mod_seq)?;
    let most = match looked.next {
        Uid(0) => BEFORE,
        _ => REMEMBERED,
    };
    let new = changes.changed.iter().map(|entry| entry.uid);
    let new: Vec<Uid> = new.filter(|uid| *uid >= looked.next).collect();
    for uid in &new[new.len().saturating_sub(most)..] {
        let Some(message) = sent.message(*uid)? else {
            continue;
        };
        let header = HeaderSection::read(&mut BufReader::new(message));
        // What is no message is nobody's copy.
        if let Some(id) = header
            .ok()
            .and_then(Result::ok)
            .and_then(|h| h.message_id())
        {
            looked.ids.insert(*uid, id);
        }
    }
    while looked.ids.len() > REMEMBERED {
        looked.ids.pop_first();
    }
    looked.next = changes.figures.uid_next;
    looked.mod_seq = changes.figures.mod_seq;
    Ok(looked)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use std::io::{Read, Write};

    use super::*;
    use crate::delivery::tests::{Home, name};
    use crate::mail::address::PeerKey;
    use crate::mail::envelope::{Envelope, Notify, Recipient};
    use crate::mail::verdict::{Reason, Status, Verdict};
    use crate::queue::{AccountId, Canceller, Destination, Plan, QueueId, Submission, Submitted};

    const PEER: Destination = Destination::Tox(PeerKey::from_bytes([7; 32]));
    const RELAY: Destination = Destination::Relay(AccountId::HOME);

    fn text(id: &str) -> String {
        format!("Message-ID: <{id}@x>\r\nSubject: {id}\r\n\r\nHello\r\n")
    }

    impl Home {
        fn write(&self, id: &str, ways: &[Destination]) -> QueueId {
            let mut draft = self.post.queue.draft(None).unwrap();
            draft.write_all(text(id).as_bytes()).unwrap();
            let recipients = ways.iter().map(|_| Recipient {
                address: "ben@tox".into(),
                notify: Notify::default(),
                original: None,
            });
            let plans = ways.iter().enumerate().map(|(recipient, way)| Plan {
                recipient,
                destination: *way,
                there: String::new(),
            });
            let submission = Submission {
                member: Some(name("anna")),
                envelope: Envelope {
                    sender: "anna@toxmail.local".into(),
                    recipients: recipients.collect(),
                    ..Envelope::default()
                },
                message_id: Some(format!("<{id}@x>")),
                plans: plans.collect(),
                ..Submission::default()
            };
            match self.post.queue.submit(draft, submission).unwrap() {
                Submitted::Queued(id) => id,
                other => panic!("{other:?}"),
            }
        }

        fn settle(&self, message: QueueId, way: Destination, verdict: &Verdict) {
            let entry = self.post.queue.show(message).unwrap();
            for recipient in entry.recipients.iter().filter(|r| r.destination == way) {
                let verdicts = [(recipient.index, verdict.clone())];
                self.post
                    .queue
                    .settle(recipient.delivery, &verdicts)
                    .unwrap();
            }
        }

        fn copy(&self, id: &str) -> Uid {
            let sent = self.post.store.mailbox(&name("anna"), "Sent").unwrap();
            let mut content = sent.incoming(0).unwrap();
            content.add(text(id).as_bytes()).unwrap();
            let message = store::Appended {
                content,
                flags: Flags::SEEN,
                keywords: vec!["mine".parse().unwrap()],
                arrived: Some(0),
            };
            sent.append(vec![message]).unwrap().1[0]
        }

        fn shown(&self, uid: Uid) -> String {
            let sent = self.post.store.mailbox(&name("anna"), "Sent").unwrap();
            let snapshot = sent.snapshot().unwrap();
            let entry = snapshot.entries.iter().find(|entry| entry.uid == uid);
            let names = snapshot.keywords.of(entry.unwrap().keywords).iter();
            let names: Vec<&str> = names.map(Keyword::as_str).collect();
            names.join(" ")
        }

        fn letters(&self) -> i64 {
            let count = "SELECT count(*) FROM sent_letters";
            self.database
                .read(|c| Ok::<_, crate::database::Error>(c.query_row(count, [], |r| r.get(0))?))
                .unwrap()
        }
    }

    fn never() -> Verdict {
        Verdict::Never {
            why: Reason::new(Status(5, 1, 1), "nobody"),
        }
    }

    #[test]
    fn a_copy_shows_each_way_that_its_letter_went_and_keeps_its_bytes() {
        let home = Home::new();
        let copies = Copies::new(Arc::clone(&home.post));
        let letter = home.write("one", &[PEER, RELAY, Destination::Local]);
        let (other, uid) = (home.copy("other"), home.copy("one"));
        assert!(copies.round());
        assert_eq!(home.shown(uid), "mine");
        home.settle(letter, PEER, &Verdict::Delivered);
        assert!(copies.round());
        assert_eq!(home.shown(uid), "mine toxmail-direct");
        home.settle(letter, RELAY, &Verdict::Delivered);
        home.settle(letter, Destination::Local, &Verdict::Delivered);
        assert!(copies.round());
        let all = "mine toxmail-direct toxmail-local toxmail-ordinary";
        assert_eq!(home.shown(uid), all);
        assert_eq!(home.shown(other), "mine");
        let store = &home.post.store;
        let mut message = store.message(&name("anna"), "Sent", uid).unwrap().unwrap();
        let mut bytes = String::new();
        message.read_to_string(&mut bytes).unwrap();
        assert_eq!((bytes, message.flags), (text("one"), Flags::SEEN));
        assert_eq!(home.letters(), 0);
    }

    #[test]
    fn a_copy_may_come_before_its_letter_and_after_that_has_arrived() {
        let home = Home::new();
        let copies = Copies::new(Arc::clone(&home.post));
        let before = home.copy("before");
        assert!(copies.round());
        let letter = home.write("before", &[Destination::Chat(PeerKey::from_bytes([7; 32]))]);
        let late = home.write("late", &[Destination::Gateway]);
        assert!(copies.round());
        let entry = home.post.queue.show(letter).unwrap();
        home.settle(letter, entry.recipients[0].destination, &Verdict::Delivered);
        home.settle(late, Destination::Gateway, &Verdict::Delivered);
        assert!(home.post.queue.show(late).is_err());
        assert!(copies.round());
        let late = home.copy("late");
        assert!(copies.round());
        assert_eq!(home.shown(before), "mine toxmail-chat");
        assert_eq!(home.shown(late), "mine toxmail-gateway");
        assert_eq!(home.letters(), 0);
    }

    #[test]
    fn a_copy_is_known_after_a_start_however_much_came_since_and_little_is_read() {
        let home = Home::new();
        let copies = Copies::new(Arc::clone(&home.post));
        for n in 0..3 * BEFORE {
            home.copy(&format!("old-{n}"));
        }
        let letter = home.write("one", &[PEER]);
        let uid = home.copy("one");
        let (forgotten, ever) = (
            home.write("forgotten", &[PEER]),
            home.write("ever", &[PEER]),
        );
        assert!(copies.round());
        // No more than what came lately was read.
        assert_eq!(lock(&copies.looked)[&name("anna")].ids.len(), BEFORE);
        for n in 0..2 * BEFORE {
            home.copy(&format!("new-{n}"));
        }
        // As after a start.
        let copies = Copies::new(Arc::clone(&home.post));
        for letter in [letter, forgotten, ever] {
            home.settle(letter, PEER, &Verdict::Delivered);
        }
        assert!(copies.round());
        assert_eq!(home.shown(uid), "mine toxmail-direct");
        assert_eq!(home.letters(), 2);
    }

    #[test]
    fn a_copy_is_found_again_when_its_mailbox_has_other_uids() {
        let home = Home::new();
        let copies = Copies::new(Arc::clone(&home.post));
        let (one, two) = (home.write("one", &[PEER]), home.write("two", &[PEER]));
        let uids = (home.copy("one"), home.copy("two"));
        assert!(copies.round());
        // Both are written down, and mean nothing any more.
        home.post.store.renew_uid_validity().unwrap();
        home.settle(one, PEER, &Verdict::Delivered);
        assert!(copies.round());
        assert_eq!(home.shown(uids.0), "mine toxmail-direct");
        assert_eq!(home.shown(uids.1), "mine");
        // Renamed, it is the same one.
        let store = &home.post.store;
        store.rename(&name("anna"), "Sent", "Old").unwrap();
        home.settle(two, PEER, &Verdict::Delivered);
        assert!(copies.round());
        let old = store.snapshot(&name("anna"), "Old").unwrap();
        let set = old.entries[1].keywords;
        assert_eq!(old.keywords.of(set).len(), 2);
        assert_eq!(home.letters(), 0);
    }

    #[test]
    fn of_several_copies_the_last_shows_it() {
        let home = Home::new();
        let copies = Copies::new(Arc::clone(&home.post));
        let letter = home.write("one", &[PEER]);
        let (first, last) = (home.copy("one"), home.copy("one"));
        assert!(copies.round());
        home.settle(letter, PEER, &Verdict::Delivered);
        assert!(copies.round());
        assert_eq!(home.shown(first), "mine");
        assert_eq!(home.shown(last), "mine toxmail-direct");
        assert_eq!(home.letters(), 0);
    }

    #[test]
    fn what_failed_shows_so_and_what_was_cancelled_or_deleted_shows_nothing() {
        let home = Home::new();
        let copies = Copies::new(Arc::clone(&home.post));
        let (failed, cancelled) = (home.write("failed", &[PEER]), home.write("no", &[PEER]));
        let deleted = home.write("deleted", &[PEER]);
        let (uid, no, gone) = (home.copy("failed"), home.copy("no"), home.copy("deleted"));
        assert!(copies.round());
        home.post
            .store
            .expunge(&name("anna"), "Sent", &[gone])
            .unwrap();
        home.settle(failed, PEER, &never());
        home.settle(deleted, PEER, &Verdict::Delivered);
        home.post
            .queue
            .cancel(cancelled, Canceller::Writer)
            .unwrap();
        assert!(copies.round());
        assert_eq!(home.shown(uid), "mine toxmail-failed");
        assert_eq!(home.shown(no), "mine");
        // It is filed once more: a program that moves by copying.
        let again = home.copy("deleted");
        assert!(copies.round());
        assert_eq!(home.shown(again), "mine toxmail-direct");
    }

    #[test]
    fn who_keeps_no_copies_fills_no_rows_and_who_has_left_has_none() {
        let home = Home::new();
        let copies = Copies::new(Arc::clone(&home.post));
        for n in 0..MAX_WITHOUT_COPY + 5 {
            let letter = home.write(&n.to_string(), &[Destination::Local]);
            home.settle(letter, Destination::Local, &Verdict::Delivered);
        }
        assert!(copies.round());
        assert_eq!(home.letters(), 100);
        home.post.store.remove_member(&name("anna")).unwrap();
        assert!(copies.round());
        assert_eq!(home.letters(), 0);
    }
}
