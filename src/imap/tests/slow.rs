//! Searches that nobody waits for any more.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex};

use super::*;
use crate::imap::command::Change;
use crate::imap::flags::{Keywords, Marks, Named};
use crate::imap::mailbox::{
    Appended, Changes, Content, Copied, Draft, Facts, Figures, Finished, Folder, Listed, Mail,
    Marked, Opened, Room, Trouble,
};
use crate::imap::view::Seen;
use crate::store::{Listener, ModSeq, Uid, UidValidity};

const MESSAGES: u32 = 1000;
const NO: Trouble = Trouble::OutOfOrder;

#[derive(Default)]
pub struct Letters {
    pub read: AtomicUsize,
    /// What each of them says; `None`: they are gone, as soon as the gate is open.
    pub text: Option<Vec<u8>>,
    open: Mutex<bool>,
    opened: Condvar,
}

impl Letters {
    pub fn open_gate(&self) {
        *self.open.lock().unwrap() = true;
        self.opened.notify_all();
    }
}

impl Folder for Letters {
    fn open(&self, _: Option<ModSeq>) -> Result<Opened, Trouble> {
        let message = |uid| Seen {
            uid: Uid(uid),
            marks: Marks::NONE,
            mod_seq: ModSeq(1),
        };
        Ok(Opened {
            figures: Figures {
                uid_validity: UidValidity(1),
                uid_next: Uid(MESSAGES + 1),
                mod_seq: ModSeq(1),
                messages: MESSAGES.into(),
                bytes: 0,
                unseen: 0,
                deleted: 0,
                recent: 0,
                object_id: "F1".into(),
            },
            messages: (1..=MESSAGES).map(message).collect(),
            keywords: Keywords::default(),
            vanished: vec![],
            read_only: false,
            permanent: None,
        })
    }
    fn changes(&self, _: ModSeq) -> Result<Changes, Trouble> {
        Ok(Changes {
            mod_seq: ModSeq(1),
            uid_next: Uid(MESSAGES + 1),
            uid_validity: UidValidity(1),
            changed: vec![],
            vanished: vec![],
            keywords: Keywords::default(),
        })
    }
    fn recent(&self, _: Option<Uid>) -> Result<Uid, Trouble> {
        Ok(Uid(u32::MAX))
    }
    fn facts(&self, _: &[Uid]) -> Result<Vec<Facts>, Trouble> {
        Ok(vec![])
    }
    fn email_ids(&self, _: &[Uid]) -> Result<Vec<(Uid, String)>, Trouble> {
        Ok(vec![])
    }
    fn content(&self, _: Uid) -> Result<Option<Box<dyn Content>>, Trouble> {
        self.read.fetch_add(1, Ordering::SeqCst);
        if let Some(text) = &self.text {
            return Ok(Some(Box::new(Said(std::io::Cursor::new(text.clone())))));
        }
        let open = self.open.lock().unwrap();
        drop(self.opened.wait_while(open, |open| !*open).unwrap());
        Ok(None)
    }
    fn mark(&self, _: &[Uid], _: Change, _: &Named, _: Option<ModSeq>) -> Result<Marked, Trouble> {
        Err(NO)
    }
    fn expunge(&self, _: &[Uid]) -> Result<usize, Trouble> {
        Err(NO)
    }
    fn copy(&self, _: &[Uid], _: &str) -> Result<Copied, Trouble> {
        Err(NO)
    }
    fn r#move(&self, _: &[Uid], _: &str) -> Result<Copied, Trouble> {
        Err(NO)
    }
    fn look(&self) -> Result<(), Trouble> {
        Ok(())
    }
}

struct Said(std::io::Cursor<Vec<u8>>);

impl std::io::Read for Said {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        std::io::Read::read(&mut self.0, buffer)
    }
}

impl Content for Said {
    fn skip(&mut self, octets: u64) -> std::io::Result<()> {
        self.0.set_position(self.0.position() + octets);
        Ok(())
    }
}

pub struct Everybodys(pub Arc<Letters>, pub Store);

impl Mail for Everybodys {
    fn mailboxes(&self, _: &MemberName) -> Result<Vec<Listed>, Trouble> {
        Err(NO)
    }
    fn figures(&self, _: &MemberName, _: &str) -> Result<Figures, Trouble> {
        Err(NO)
    }
    fn folder(&self, _: &MemberName, _: &str) -> Result<Arc<dyn Folder>, Trouble> {
        Ok(self.0.clone())
    }
    fn create(&self, _: &MemberName, _: &str, _: Option<&'static str>) -> Result<String, Trouble> {
        Err(NO)
    }
    fn delete(&self, _: &MemberName, _: &str) -> Result<(), Trouble> {
        Err(NO)
    }
    fn rename(&self, _: &MemberName, _: &str, _: &str) -> Result<(), Trouble> {
        Err(NO)
    }
    fn subscribe(&self, _: &MemberName, _: &str) -> Result<(), Trouble> {
        Err(NO)
    }
    fn unsubscribe(&self, _: &MemberName, _: &str) -> Result<(), Trouble> {
        Err(NO)
    }
    fn draft(&self, _: &MemberName, _: &str, _: u64) -> Result<Box<dyn Draft>, Trouble> {
        Err(NO)
    }
    fn append(&self, _: &MemberName, _: &str, _: Vec<Finished>) -> Result<Appended, Trouble> {
        Err(NO)
    }
    fn room(&self, _: &MemberName) -> Result<Room, Trouble> {
        Err(NO)
    }
    fn listen(&self, member: &MemberName) -> Listener {
        self.1.listen(member)
    }
}

/// What is set when its client hangs up.
#[tokio::test]
async fn a_search_that_nobody_waits_for_ends() {
    use crate::imap::command::Key;
    use crate::imap::search::{Candidate, Order, Quest, search};
    use std::sync::atomic::AtomicBool;

    let home = home().await;
    home.deliver(1, LETTER);
    let folder = Shelf::new(home.store.clone())
        .folder(&anna(), "INBOX")
        .unwrap();
    let messages = folder.open(None).unwrap().messages;
    let quest = Quest {
        messages: vec![Candidate {
            number: 1,
            seen: messages[0],
        }],
        last: (1, 1),
        saved: vec![],
        program: Key::All,
        keywords: crate::imap::flags::Keywords::default(),
        now: 0,
        order: Order::Number,
    };
    assert!(search(&quest, &*folder, &AtomicBool::new(false)).is_ok());
    let stopped = search(&quest, &*folder, &AtomicBool::new(true));
    assert_eq!(stopped, Err(Trouble::OutOfOrder));
}

/// A small message is opened once, however many parts of it are looked at; a big one once more for each.
#[test]
fn a_search_for_text_opens_a_small_message_once() {
    use crate::imap::command::Key;
    use crate::imap::search::{Candidate, Found, Order, Quest, search};
    use std::sync::atomic::AtomicBool;

    let found = |filler: usize, program: Key| {
        let filler = "filler\r\n".repeat(filler / 8);
        let text = format!(
            "Subject: pears\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nearly\r\n--b\r\n\
             Content-Type: application/octet-stream\r\n\r\n{filler}\r\n--b\r\n\
             Content-Transfer-Encoding: base64\r\n\r\nYXBwbGVz\r\n--b--\r\n"
        );
        let letters = Letters {
            text: Some(text.into_bytes()),
            ..Letters::default()
        };
        let quest = Quest {
            messages: vec![Candidate {
                number: 1,
                seen: letters.open(None).unwrap().messages[0],
            }],
            last: (1, 1),
            saved: vec![],
            program,
            keywords: Keywords::default(),
            now: 0,
            order: Order::Number,
        };
        let Ok((Found::Messages(found), 0)) = search(&quest, &letters, &AtomicBool::new(false))
        else {
            panic!("not found out");
        };
        (found.len(), letters.read.load(Ordering::SeqCst))
    };
    let (text, body) = (|t: &str| Key::Text(t.into()), |t: &str| Key::Body(t.into()));
    for small in [0, 200 << 10] {
        assert_eq!(found(small, text("pears")), (1, 1));
        assert_eq!(found(small, text("apples")), (1, 1));
        assert_eq!(found(small, body("early")), (1, 1));
        assert_eq!(found(small, body("plums")), (0, 1));
    }
    for big in [(256 << 10) - 50, 1 << 20] {
        assert_eq!(found(big, text("pears")), (1, 1));
        assert_eq!(found(big, text("apples")), (1, 3));
        assert_eq!(found(big, body("plums")), (0, 3));
    }
}

async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let wait = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), wait)
        .await
        .unwrap_or_else(|_| panic!("{what}"));
}

#[tokio::test]
async fn a_search_ends_when_its_client_hangs_up() {
    let letters = Arc::new(Letters::default());
    // Whoever has one: this test, the home, the session, the search; and each question itself.
    const OWN: usize = 1;
    let owners = |n: usize| {
        let letters = Arc::clone(&letters);
        move || Arc::strong_count(&letters) == n + OWN
    };
    let store_dir = tempfile::tempdir().unwrap();
    let db = Database::open(&store_dir.path().join("toxmail.db")).unwrap();
    let store = Store::open(&store_dir.path().join("mail"), db, Quota::default()).unwrap();
    let mail = Arc::new(Everybodys(letters.clone(), store));
    let home = home_with(|imap| {
        let known = |login: &str, password: &str| {
            let known = login == "anna" && password == "open sesame";
            Ok(known.then(anna))
        };
        *imap = Imap::new(
            mail,
            Arc::new(Doorman::new(Arc::new(known))),
            "toxmail.local",
            LIMIT,
        );
    })
    .await;
    let mut client = home.inbox().await;
    client.send("t9 SEARCH TEXT apples\r\n").await;
    until("the search begins", || {
        letters.read.load(Ordering::SeqCst) == 1
    })
    .await;
    until("all four have it", owners(4)).await;
    drop(client);
    until("the session is over", owners(3)).await;
    letters.open_gate();
    until("the search is over", owners(2)).await;
    assert_eq!(letters.read.load(Ordering::SeqCst), 1);

    // One that is waited for reads them all.
    let mut client = home.inbox().await;
    assert_eq!(client.ok("SEARCH TEXT apples").await, ["* SEARCH"]);
    assert_eq!(letters.read.load(Ordering::SeqCst), 1001);
}
