//! The capped splitter: bytes in, lines out. Pure.
//!
//! CRLF ends a line and nothing else does. A bare LF, a bare CR, a NUL, or a line over the cap is told **once**, as soon as
//! it is seen; the rest up to the next CRLF is thrown away. So a client that ends its lines with a bare LF is told why
//! nothing works, and no two programs can disagree about where a command ended (SMTP smuggling). What comes out does not
//! depend on how the input was cut into reads. Never more than the cap is kept.

use std::collections::VecDeque;

/// What the splitter found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A whole line, without its CRLF.
    Line(Vec<u8>),
    /// A line that breaks a rule. What is left of it, up to its CRLF, will be thrown away.
    Broken(Fault),
}

/// How a line can be broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A line feed without a carriage return before it.
    BareLf,
    /// A carriage return without a line feed after it.
    BareCr,
    /// A zero byte.
    Nul,
    /// More bytes than the cap before the CRLF.
    TooLong,
}

/// So much of a broken line is kept: a protocol may want to know whose it was.
const BEGINNING: usize = 100;
/// So much of its end: a protocol may want to know what follows it. The size of a literal of IMAP fits.
const ENDING: usize = 32;

/// One line of printable ASCII, whatever the text was, and short enough for an answer (512 octets, RFC 5321 section 4.5.3.1.5 and
/// RFC 1939 section 3). `but` are characters that must not stand in it.
pub fn printable(text: &str, but: &[char]) -> String {
    let clean = |c: char| match (c == ' ' || c.is_ascii_graphic()) && !but.contains(&c) {
        true => c,
        false => '?',
    };
    text.chars().map(clean).take(480).collect()
}

/// Cuts a stream of bytes into lines.
#[derive(Debug, Default)]
pub struct Splitter {
    kept: Vec<u8>,
    /// How the last broken line began.
    beginning: Vec<u8>,
    /// How it ends, as far as it has come.
    ending: VecDeque<u8>,
    /// The last byte was a CR whose meaning is still open.
    cr: bool,
    /// The line is broken: everything up to its CRLF goes away.
    skipping: bool,
}

impl Splitter {
    /// A splitter at the start of a line.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes bytes until something can be told: how many were taken, and what was found. With no event, all were taken.
    ///
    /// `cap` is the longest line that is let through, without its CRLF.
    pub fn feed(&mut self, input: &[u8], cap: usize) -> (usize, Option<Event>) {
        for (at, &byte) in input.iter().enumerate() {
            if let Some(event) = self.byte(byte, cap) {
                return (at + 1, Some(event));
            }
        }
        (input.len(), None)
    }

    /// How the last broken line began, as far as its fault; of a long one the first 100 bytes.
    pub fn broken(&self) -> &[u8] {
        &self.beginning
    }

    /// Takes what is left of a broken line: how many bytes were taken, and whether that was all of it.
    pub fn skip(&mut self, input: &[u8]) -> (usize, bool) {
        for (at, &byte) in input.iter().enumerate() {
            if !self.skipping {
                return (at, true);
            }
            // A line that is being skipped says nothing more.
            self.byte(byte, 0);
        }
        (input.len(), !self.skipping)
    }

    /// How the last broken line ends, without what ended it, as far as it has come: the last 32 bytes.
    pub fn ending(&self) -> Vec<u8> {
        self.ending.iter().copied().collect()
    }

    /// Forgets what it holds, as after a change to TLS.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    fn byte(&mut self, byte: u8, cap: usize) -> Option<Event> {
        let after_cr = std::mem::replace(&mut self.cr, byte == b'\r');
        if after_cr && byte == b'\n' {
            let line = std::mem::take(&mut self.kept);
            return (!std::mem::take(&mut self.skipping)).then_some(Event::Line(line));
        }
        if self.skipping {
            self.ends_with(byte);
            return None;
        }
        if after_cr {
            return self.is_broken(Fault::BareCr, byte);
        }
        match byte {
            b'\r' => None,
            b'\n' => self.is_broken(Fault::BareLf, byte),
            0 => self.is_broken(Fault::Nul, byte),
            _ if self.kept.len() >= cap => self.is_broken(Fault::TooLong, byte),
            _ => {
                self.kept.push(byte);
                None
            }
        }
    }

    fn is_broken(&mut self, fault: Fault, byte: u8) -> Option<Event> {
        let line = std::mem::take(&mut self.kept);
        self.beginning = line[..line.len().min(BEGINNING)].to_vec();
        self.ending = line[line.len().saturating_sub(ENDING)..]
            .iter()
            .copied()
            .collect();
        // A line feed that ends no line: what stands before it may be meant as its end.
        if fault != Fault::BareLf {
            self.ends_with(byte);
        }
        self.skipping = true;
        Some(Event::Broken(fault))
    }

    fn ends_with(&mut self, byte: u8) {
        // One CR may be half of what ends the line.
        if byte == b'\r' {
            return;
        }
        if self.ending.len() == ENDING {
            self.ending.pop_front();
        }
        self.ending.push_back(byte);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(splitter: &mut Splitter, mut input: &[u8], cap: usize) -> Vec<Event> {
        let mut events = Vec::new();
        while !input.is_empty() {
            let (taken, event) = splitter.feed(input, cap);
            events.extend(event);
            input = &input[taken..];
        }
        events
    }

    #[test]
    fn an_answer_is_one_short_line_of_printable_ascii() {
        assert_eq!(printable("a <b>\r\n\u{fc}\0", &[]), "a <b>????");
        assert_eq!(printable("a <b>", &['<']), "a ?b>");
        assert_eq!(printable(&"x".repeat(600), &[]).len(), 480);
    }

    fn split(input: &[u8]) -> Vec<Event> {
        all(&mut Splitter::new(), input, 10)
    }

    fn line(text: &str) -> Event {
        Event::Line(text.into())
    }

    #[test]
    fn only_crlf_ends_a_line() {
        use Event::Broken;
        assert_eq!(split(b"one\r\ntwo\r\n"), [line("one"), line("two")]);
        assert_eq!(
            split(b"one\ntwo\r\nx\r\n"),
            [Broken(Fault::BareLf), line("x")]
        );
        assert_eq!(
            split(b"one\rtwo\r\nx\r\n"),
            [Broken(Fault::BareCr), line("x")]
        );
        assert_eq!(split(b"one\r\r\nx\r\n"), [Broken(Fault::BareCr), line("x")]);
        assert_eq!(split(b"o\0ne\r\nx\r\n"), [Broken(Fault::Nul), line("x")]);
        assert_eq!(split(b"\r\n"), [line("")]);
        assert_eq!(split(b"\n\r\nx\r\n"), [Broken(Fault::BareLf), line("x")]);
    }

    #[test]
    fn a_long_line_is_told_at_once_and_never_kept() {
        assert_eq!(split(b"0123456789\r\n"), [line("0123456789")]);
        let mut splitter = Splitter::new();
        assert_eq!(
            splitter.feed(b"0123456789a", 10),
            (11, Some(Event::Broken(Fault::TooLong)))
        );
        let endless = vec![b'x'; 1 << 20];
        assert_eq!(all(&mut splitter, &endless, 10), []);
        assert!(splitter.kept.capacity() <= 64);
        assert_eq!(splitter.broken(), b"0123456789");
        splitter.feed(b"\r\n", 1000);
        splitter.feed(&endless, 1000);
        assert_eq!(splitter.broken(), &endless[..BEGINNING]);
        splitter.feed(b"\r\na\0", 10);
        assert_eq!(splitter.broken(), b"a");
        splitter.reset();
        assert_eq!(splitter.broken(), b"");
        splitter.skipping = true;
        assert_eq!(all(&mut splitter, b"\r\nnext\r\n", 10), [line("next")]);
    }

    #[test]
    fn the_end_of_a_broken_line_is_told_to_who_asks() {
        let mut splitter = Splitter::new();
        splitter.feed(b"a \0", 10);
        assert_eq!(splitter.skip(b"b {5+"), (5, false));
        assert_eq!(splitter.skip(b"}\r"), (2, false));
        assert_eq!(splitter.skip(b"\nnext\r\n"), (1, true));
        assert_eq!(splitter.ending(), b"a \0b {5+}");
        assert_eq!(splitter.skip(b"next\r\n"), (0, true));
        assert_eq!(all(&mut splitter, b"next\r\n", 10), [line("next")]);

        splitter.feed(b"a {5+}\n", 10);
        assert_eq!(splitter.ending(), b"a {5+}");
        let long = [&[b'x'; 1000][..], b"{77+}\r\n"].concat();
        assert_eq!(splitter.skip(&long), (1007, true));
        assert_eq!(splitter.ending().len(), ENDING);
        assert!(splitter.ending().ends_with(b"xx{77+}"));
    }

    proptest! {
        #[test]
        fn the_cut_of_the_reads_does_not_matter(
            input in prop::collection::vec(prop::sample::select(b"ab\r\n\0".to_vec()), 0..60),
            cut in 0usize..60,
        ) {
            let cut = cut.min(input.len());
            let mut splitter = Splitter::new();
            let mut events = all(&mut splitter, &input[..cut], 5);
            events.extend(all(&mut splitter, &input[cut..], 5));
            prop_assert_eq!(events, all(&mut Splitter::new(), &input, 5));
        }
    }
}
