//! The client's side of POP3 and IMAP, with a server that says anything: every session ends, within its limits.

use std::path::Path;

use toxmail::fetch::imap::{Piece, fetched, literal};
use toxmail::fetch::pop3::Dots;
use toxmail::fetch::spool::Spool;
use toxmail::fetch::{Access, Greeting, MAX_LETTERS, Protocol, Resume, Session};

/// The largest letter that is taken, in bytes: it stays in memory.
const LIMIT: u64 = 10_000;

/// What the server says; the first byte chooses the beginning.
pub fn pop3_client(data: &[u8]) {
    session(Protocol::Pop3, data);
    let (mut whole, mut cut) = (Vec::new(), Vec::new());
    let (taken, end) = Dots::default().feed(data, &mut whole);
    assert!(taken <= data.len() && whole.len() <= taken && (end || taken == data.len()));
    let mut dots = Dots::default();
    for byte in &data[..taken] {
        dots.feed(&[*byte], &mut cut);
    }
    assert_eq!(whole, cut);
}

pub fn imap_client(data: &[u8]) {
    session(Protocol::Imap, data);
    for line in data.split(|&b| b == b'\n') {
        if let Some((end, _)) = literal(line) {
            assert!(end < line.len());
        }
        let _ = fetched(&[Piece::Text(line.to_vec())]);
        let _ = fetched(&[
            Piece::Text(line.to_vec()),
            Piece::Spooled,
            Piece::Text(b")".to_vec()),
        ]);
    }
}

fn session(protocol: Protocol, data: &[u8]) {
    let Some((&options, said)) = data.split_first() else {
        return;
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    runtime.block_on(async {
        let stream = tokio::io::join(said, tokio::io::sink());
        let greeting = if options & 1 == 0 {
            Greeting::Expected
        } else {
            Greeting::Heard
        };
        let access = if options & 2 == 0 {
            Access::MayDelete
        } else {
            Access::ReadOnly
        };
        let login = ("anna@example.org", "correct horse");
        let Ok(mut session) = Session::log_in(protocol, stream, greeting, login).await else {
            return;
        };
        let resume = Resume {
            validity: (options & 4 == 0).then_some(7),
            above: u32::from(options >> 4),
            besides: &[1, 2],
        };
        let Ok(listing) = session.list(access, resume).await else {
            return;
        };
        assert!(listing.letters.len() <= MAX_LETTERS);
        for letter in &listing.letters {
            assert!(letter.number > 0);
            if let Some(name) = &letter.name {
                assert!(
                    !name.is_empty()
                        && name.len() <= 255
                        && name.bytes().all(|b| b.is_ascii_graphic())
                );
            }
        }
        for letter in listing.letters.iter().take(5) {
            let mut spool = Spool::new(Path::new("/nowhere"), LIMIT);
            if session.read(letter.number, &mut spool).await.is_err() {
                return;
            }
            assert!(spool.size() <= LIMIT);
        }
        let numbers: Vec<u32> = listing.letters.iter().map(|l| l.number).take(200).collect();
        if let Ok(kept) = session.delete(&numbers).await {
            assert!(kept.iter().all(|number| numbers.contains(number)));
            let _ = session.quit().await;
        }
    });
}
