//! The lines of a POP3 answer: what a mail program gets is the message.

use toxmail::pop3::lines::Lines;

/// The first byte tells in how large pieces the message is read.
pub fn lines(data: &[u8]) {
    let Some((&step, message)) = data.split_first() else {
        return;
    };
    let step = usize::from(step).max(1);
    let whole = answer(message, None, step);
    let mut expected = message.to_vec();
    if !message.is_empty() && !message.ends_with(b"\r\n") {
        expected.extend_from_slice(b"\r\n");
    }
    assert_eq!(received(&whole), expected);
    assert_eq!(whole, answer(message, None, 4096));
    for body_lines in [0, 1, 3] {
        let top = received(&answer(message, Some(body_lines), step));
        assert_eq!(top, received(&answer(message, Some(body_lines), 4096)));
        // Behind a line that ends with a bare LF a line end is added, so that the dot is seen.
        let begun = expected.starts_with(&top)
            || expected.starts_with(top.strip_suffix(b"\r\n").unwrap_or(&top));
        assert!(begun, "{}", top.escape_ascii());
    }
}

fn answer(message: &[u8], body_lines: Option<u64>, step: usize) -> Vec<u8> {
    let (mut lines, mut out) = (Lines::new(body_lines), Vec::new());
    for piece in message.chunks(step) {
        if lines.take(piece, &mut out) {
            break;
        }
    }
    lines.end(&mut out);
    out
}

/// What a mail program makes of it; panics when the answer does not end where its last line is.
fn received(answer: &[u8]) -> Vec<u8> {
    let (mut message, mut rest) = (Vec::new(), answer);
    loop {
        let end = rest.windows(2).position(|two| two == b"\r\n").unwrap() + 2;
        let (line, after) = rest.split_at(end);
        if line == b".\r\n" {
            assert!(after.is_empty());
            return message;
        }
        message.extend_from_slice(line.strip_prefix(b".").unwrap_or(line));
        rest = after;
    }
}
