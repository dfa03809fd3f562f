//! The parts of a MIME message, and what a chat program gets of it.

use std::io::{BufReader, Cursor, Read};

use toxmail::chat::split::{MAX_TEXT_BYTES, split, tidy};
use toxmail::mail::parts::{self, Decoder};

/// The first byte tells in how large pieces the message is read.
pub fn parts(data: &[u8]) {
    let Some((&step, message)) = data.split_first() else {
        return;
    };
    let step = usize::from(step).max(1);
    let leaves = parts::leaves(&mut Cursor::new(message)).unwrap();
    let pieces = BufReader::with_capacity(step, Cursor::new(message));
    assert_eq!(leaves, parts::leaves(&mut { pieces }).unwrap());
    assert!(leaves.len() <= parts::MAX_LEAVES + 1);
    assert_eq!(parts::roles(&leaves).len(), leaves.len());
    let mut last = 0;
    for leaf in &leaves {
        // Inside the message, in order, and none in another.
        assert!(last <= leaf.starts && leaf.starts <= leaf.ends);
        assert!(leaf.ends <= message.len() as u64);
        last = leaf.ends;
        let body = &message[leaf.starts as usize..leaf.ends as usize];
        let mut decoded = Vec::new();
        let reader = BufReader::with_capacity(step, Cursor::new(body));
        Decoder::new(reader, leaf.encoding)
            .read_to_end(&mut decoded)
            .unwrap();
        assert!(decoded.len() <= body.len());
        let text = tidy(&leaf.text(body));
        let said = split(&text);
        assert_eq!(said.concat(), text);
        let fits = |piece: &String| !piece.is_empty() && piece.len() <= MAX_TEXT_BYTES;
        assert!(said.iter().all(fits));
    }
}
