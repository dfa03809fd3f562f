//! How long a big mailbox takes, and what it needs. `cargo nextest run --release --run-ignored only -E 'test(speed::)' --no-capture`

use super::*;
use std::time::Instant;

const MANY: u32 = 100_000;

#[test]
#[ignore = "makes 100,000 files"]
fn a_mailbox_of_a_hundred_thousand_messages_opens_at_once() {
    let mut home = home();
    for n in 0..MANY {
        let mut id = [7; 16];
        id[..4].copy_from_slice(&n.to_be_bytes());
        let base = maildir::base_name(1000 + i64::from(n), &UniqueName::from_bytes(id), 0, 0);
        let name = format!("{}:2,S", std::str::from_utf8(&base).unwrap());
        File::create(home.maildir().join("cur").join(name)).unwrap();
    }
    home.set_stamps(SystemTime::now() - Duration::from_secs(60));
    let timed = |what: &str, job: &mut dyn FnMut()| {
        let began = Instant::now();
        job();
        let took = began.elapsed();
        println!("{what}: {took:?}");
        took
    };
    timed("first look ever", &mut || {
        assert_eq!(home.snapshot().len(), MANY as usize)
    });
    home.restart();
    let inbox = home.inbox();
    timed("first look after a start", &mut || {
        _ = inbox.figures().unwrap()
    });
    timed("list from the rows", &mut || {
        drop(inbox.snapshot().unwrap())
    });
    let warm = timed("list, warm", &mut || {
        for _ in 0..100 {
            inbox.snapshot().unwrap();
        }
    }) / 100;
    let seen = Marks::flags(Change::Remove(Flags::SEEN));
    timed("one flag", &mut || {
        drop(inbox.mark(&[Uid(500)], &seen, None).unwrap())
    });
    let before = inbox.figures().unwrap().mod_seq;
    let changes = timed("changes after it", &mut || {
        let changes = inbox.changes_since(ModSeq(before.0 - 1)).unwrap();
        assert_eq!(changes.changed.len(), 1);
    });
    timed("list after it", &mut || drop(inbox.snapshot().unwrap()));
    let all: Vec<Uid> = (1..=MANY).map(Uid).collect();
    timed("1,000 flags", &mut || {
        drop(inbox.mark(&all[..1000], &seen, None).unwrap())
    });
    println!("an entry: {} octets", std::mem::size_of::<Entry>());
    assert!(warm < Duration::from_millis(50) && changes < Duration::from_millis(100));
}
