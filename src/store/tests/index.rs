//! The cache.

use super::*;
use crate::store::index::Kind;

const ENVELOPE: Kind = Kind {
    number: 1,
    version: 3,
};
const STRUCTURE: Kind = Kind {
    number: 2,
    version: 1,
};

impl Home {
    fn index(&self) -> PathBuf {
        self.dir.path().join("index.db")
    }

    fn indexed() -> Self {
        let home = home();
        home.store.open_index(&home.index());
        home
    }
}

fn found(mailbox: &Mailbox, kind: Kind, uids: &[u32]) -> Vec<(u32, String)> {
    let uids: Vec<Uid> = uids.iter().map(|u| Uid(*u)).collect();
    let mut found = vec![];
    mailbox.cached(kind, &uids, |uid, data| {
        found.push((uid.0, String::from_utf8(data.to_vec()).unwrap()));
    });
    found
}

fn keep(mailbox: &Mailbox, kind: Kind, records: &[(u32, &str)]) {
    let records: Vec<_> = records
        .iter()
        .map(|(uid, text)| (Uid(*uid), text.as_bytes().to_vec()))
        .collect();
    mailbox.cache(kind, &records);
}

fn said(records: &[(u32, &str)]) -> Vec<(u32, String)> {
    records.iter().map(|(u, t)| (*u, (*t).to_owned())).collect()
}

#[test]
fn records_come_back_by_mailbox_kind_version_and_uid() {
    let home = Home::indexed();
    let (inbox, sent) = (home.inbox(), home.mailbox("Sent"));
    assert_eq!(found(&inbox, ENVELOPE, &[1]), []);
    keep(&inbox, ENVELOPE, &[(1, "a"), (2, "b"), (4, "d")]);
    keep(&inbox, STRUCTURE, &[(1, "s")]);
    keep(&sent, ENVELOPE, &[(1, "other")]);
    assert_eq!(
        found(&inbox, ENVELOPE, &[1, 2, 3, 4, 5]),
        said(&[(1, "a"), (2, "b"), (4, "d")])
    );
    assert_eq!(
        found(&inbox, ENVELOPE, &[2, 4]),
        said(&[(2, "b"), (4, "d")])
    );
    assert_eq!(found(&inbox, STRUCTURE, &[1, 2]), said(&[(1, "s")]));
    assert_eq!(found(&sent, ENVELOPE, &[1]), said(&[(1, "other")]));
    let newer = Kind {
        version: 4,
        ..ENVELOPE
    };
    assert_eq!(found(&inbox, newer, &[1]), []);
    keep(&inbox, newer, &[(1, "A")]);
    assert_eq!(found(&inbox, newer, &[1]), said(&[(1, "A")]));
    assert_eq!(found(&inbox, ENVELOPE, &[1, 2]), said(&[(2, "b")]));
    // Too big to keep.
    inbox.cache(ENVELOPE, &[(Uid(2), vec![b'x'; 64 << 10])]);
    assert_eq!(found(&inbox, ENVELOPE, &[2]), said(&[(2, "b")]));
}

#[test]
fn records_go_along_with_their_message_and_go_with_it() {
    let home = Home::indexed();
    let (inbox, trash) = (home.inbox(), home.mailbox("Trash"));
    for n in 0..3 {
        home.deliver(n, "x").unwrap();
    }
    keep(&inbox, ENVELOPE, &[(1, "a"), (2, "b"), (3, "c")]);
    keep(&inbox, STRUCTURE, &[(2, "s")]);
    inbox.copy(&[Uid(1)], &trash).unwrap();
    inbox.move_to(&[Uid(2)], &trash).unwrap();
    inbox.expunge(&[Uid(3)]).unwrap();
    assert_eq!(found(&inbox, ENVELOPE, &[1, 2, 3]), said(&[(1, "a")]));
    assert_eq!(
        found(&trash, ENVELOPE, &[1, 2]),
        said(&[(1, "a"), (2, "b")])
    );
    assert_eq!(found(&trash, STRUCTURE, &[1, 2]), said(&[(2, "s")]));
    // A mailbox that is made again is another one.
    let old = home.store.create(&home.anna, "x", None).unwrap();
    keep(&old, ENVELOPE, &[(1, "old")]);
    home.store.delete(&home.anna, "x").unwrap();
    let new = home.store.create(&home.anna, "x", None).unwrap();
    assert_eq!(found(&new, ENVELOPE, &[1]), []);
    // So it is after a restore: the UIDs mean something else.
    home.store.renew_uid_validity().unwrap();
    assert_eq!(found(&inbox, ENVELOPE, &[1]), []);
}

#[test]
fn the_file_may_be_deleted_or_damaged_and_no_uid_changes() {
    let mut home = Home::indexed();
    home.deliver(1, "x").unwrap();
    keep(&home.inbox(), ENVELOPE, &[(1, "a")]);
    home.restart();
    home.store.open_index(&home.index());
    assert_eq!(found(&home.inbox(), ENVELOPE, &[1]), said(&[(1, "a")]));
    home.restart();
    fs::remove_file(home.index()).unwrap();
    home.store.open_index(&home.index());
    assert_eq!(found(&home.inbox(), ENVELOPE, &[1]), []);
    home.restart();
    let _ = fs::remove_file(home.dir.path().join("index.db-wal"));
    fs::write(
        home.index(),
        "this is no database, but longer than a header of one".repeat(9),
    )
    .unwrap();
    home.store.open_index(&home.index());
    assert_eq!(home.uids(), [1]);
    keep(&home.inbox(), ENVELOPE, &[(1, "b")]);
    assert_eq!(found(&home.inbox(), ENVELOPE, &[1]), said(&[(1, "b")]));
    // Without a file nothing is kept, and nothing fails.
    home.restart();
    keep(&home.inbox(), ENVELOPE, &[(1, "c")]);
    assert_eq!(found(&home.inbox(), ENVELOPE, &[1]), []);
}

#[test]
fn the_file_stays_below_its_limit() {
    let home = home();
    let limit = 2 << 20;
    home.store.open_index_of(&home.index(), limit);
    let (inbox, sent) = (home.inbox(), home.mailbox("Sent"));
    let record = "x".repeat(1000);
    let fill = |mailbox: &Mailbox, from: u32| {
        let records: Vec<(u32, &str)> = (from..from + 1000).map(|u| (u, &record[..])).collect();
        keep(mailbox, ENVELOPE, &records);
    };
    fill(&sent, 1);
    fill(&inbox, 1);
    assert_eq!(found(&sent, ENVELOPE, &[1]).len(), 1);
    fill(&inbox, 1001);
    // What was not in use goes first, then the oldest.
    assert_eq!(found(&sent, ENVELOPE, &[1]), []);
    for from in 2..6 {
        fill(&inbox, from * 1000 + 1);
    }
    assert_eq!(found(&inbox, ENVELOPE, &[1]), []);
    assert_eq!(found(&inbox, ENVELOPE, &[6000]).len(), 1);
    let length = fs::metadata(home.index()).unwrap().len();
    assert!(length < 2 * limit, "{length}");
}
