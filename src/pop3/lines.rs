//! How a message goes out: dots stuffed, the last line ended, after so many lines of the body no more. Pure.

/// Makes the bytes of one message into the lines of an answer (RFC 1939 section 3).
#[derive(Debug)]
pub struct Lines {
    /// What stands at the end of what was taken.
    last: [u8; 2],
    /// For TOP: where in the message this is.
    top: Option<Top>,
}

/// Header, blank line, so many lines of the body.
#[derive(Debug)]
struct Top {
    in_header: bool,
    left: u64,
    /// Bytes of the line that has begun.
    line: u64,
}

impl Lines {
    /// The whole message, or with `body_lines` its header and so many lines.
    pub fn new(body_lines: Option<u64>) -> Self {
        Self {
            // The beginning is the beginning of a line.
            last: *b"\r\n",
            top: body_lines.map(|left| Top {
                in_header: true,
                left,
                line: 0,
            }),
        }
    }

    /// Takes the next bytes; tells whether no more are wanted.
    pub fn take(&mut self, input: &[u8], out: &mut Vec<u8>) -> bool {
        match &mut self.top {
            None => {
                self.stuff(input, out);
                false
            }
            Some(top) => {
                let cut = top.cut(input);
                self.stuff(&input[..cut.unwrap_or(input.len())], out);
                cut.is_some()
            }
        }
    }

    /// The end of the message: ends its last line, and the answer.
    pub fn end(&mut self, out: &mut Vec<u8>) {
        if self.last != *b"\r\n" {
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(b".\r\n");
    }

    fn stuff(&mut self, input: &[u8], out: &mut Vec<u8>) {
        let mut done = 0;
        // Dots are seldom (base64 has none), so they are looked for, not the line ends.
        while let Some(at) = input[done..].iter().position(|&b| b == b'.') {
            let dot = done + at;
            out.extend_from_slice(&input[done..dot]);
            let before = match dot {
                0 => self.last,
                1 => [self.last[1], input[0]],
                _ => [input[dot - 2], input[dot - 1]],
            };
            out.extend_from_slice(if before == *b"\r\n" { b".." } else { b"." });
            done = dot + 1;
        }
        out.extend_from_slice(&input[done..]);
        self.last = match input {
            [.., a, b] => [*a, *b],
            [b] => [self.last[1], *b],
            [] => self.last,
        };
    }
}

impl Top {
    /// How many of these bytes still belong to it, if that is not all that will ever come.
    fn cut(&mut self, input: &[u8]) -> Option<usize> {
        let mut done = 0;
        loop {
            if !self.in_header && self.left == 0 {
                return Some(done);
            }
            let Some(at) = input[done..].iter().position(|&b| b == b'\n') else {
                self.line += (input.len() - done) as u64;
                return None;
            };
            // CR LF, and nothing else: the header is over.
            let blank = self.line + at as u64 == 1;
            self.line = 0;
            done += at + 1;
            if self.in_header {
                self.in_header = !blank;
            } else {
                self.left -= 1;
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sent(message: &[u8], body_lines: Option<u64>, step: usize) -> Vec<u8> {
        let (mut lines, mut out) = (Lines::new(body_lines), Vec::new());
        for piece in message.chunks(step) {
            if lines.take(piece, &mut out) {
                break;
            }
        }
        lines.end(&mut out);
        out
    }

    /// What a mail program makes of it.
    fn received(answer: &[u8]) -> Vec<u8> {
        let mut message = Vec::new();
        let mut rest = answer;
        loop {
            let end = rest.windows(2).position(|two| two == b"\r\n").unwrap() + 2;
            let (line, after) = rest.split_at(end);
            if line == b".\r\n" {
                assert_eq!(after, b"");
                return message;
            }
            message.extend_from_slice(line.strip_prefix(b".").unwrap_or(line));
            rest = after;
        }
    }

    #[test]
    fn dots_and_ends() {
        assert_eq!(sent(b"", None, 9), b".\r\n");
        assert_eq!(sent(b".", None, 9), b"..\r\n.\r\n");
        assert_eq!(
            sent(b".\r\n..\r\na.b\r\n", None, 9),
            b"..\r\n...\r\na.b\r\n.\r\n"
        );
        assert_eq!(sent(b"a\r", None, 9), b"a\r\r\n.\r\n");
        assert_eq!(sent(b"a\r.", None, 9), b"a\r.\r\n.\r\n");
    }

    #[test]
    fn top() {
        let message = b"A: b\r\nC: d\r\n\r\none\r\n.two\r\nthree";
        for step in 1..40 {
            let top = |n| String::from_utf8(sent(message, Some(n), step)).unwrap();
            assert_eq!(top(0), "A: b\r\nC: d\r\n\r\n.\r\n");
            assert_eq!(top(2), "A: b\r\nC: d\r\n\r\none\r\n..two\r\n.\r\n");
            assert_eq!(top(3), top(99));
            assert_eq!(
                received(top(99).as_bytes()),
                [&message[..], b"\r\n"].concat()
            );
            assert_eq!(sent(b"A: b\r\n", Some(0), step), b"A: b\r\n.\r\n");
            assert_eq!(sent(b"\r\nbody\r\n", Some(0), step), b"\r\n.\r\n");
            assert_eq!(sent(b"A:\r\n\r\n", Some(1), step), b"A:\r\n\r\n.\r\n");
        }
    }

    proptest! {
        #[test]
        fn what_arrives_is_what_was_there(
            words in prop::collection::vec(prop::sample::select(vec!["\r\n", ".", "a", "\r", "\r\n."]), 0..40),
            step in 1usize..12,
        ) {
            let message = words.concat().into_bytes();
            let mut expected = message.clone();
            if !message.is_empty() && !message.ends_with(b"\r\n") {
                expected.extend_from_slice(b"\r\n");
            }
            prop_assert_eq!(received(&sent(&message, None, step)), expected.clone());
            prop_assert_eq!(received(&sent(&message, Some(1000), step)), expected);
        }
    }
}
