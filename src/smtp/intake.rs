//! The bytes of a letter on their way in: dots, line ends, limits. Pure.
//!
//! A letter with a flaw is read to its end all the same, because only there may the refusal be said; from the flaw on
//! nothing of it is kept.

use super::Refusal;
use crate::mail::verdict::Status;

/// Text lines up to this many octets are carried unchanged. RFC 5322 allows 998, but there are programs that write more.
pub const LONGEST_LINE: usize = 64 * 1024;

/// A refused letter is read on so far beyond twice the limit, in octets.
const BEYOND: u64 = 1 << 20;

/// Looks at every byte of a letter.
#[derive(Debug)]
pub struct Intake {
    limit: u64,
    size: u64,
    /// Octets of the line so far, without its CRLF.
    line: usize,
    cr: bool,
    eight_bit: bool,
    flaw: Option<Refusal>,
}

impl Intake {
    /// For a letter of at most `limit` octets.
    pub fn new(limit: u64) -> Self {
        Self {
            limit,
            size: 0,
            line: 0,
            cr: false,
            eight_bit: false,
            flaw: None,
        }
    }

    /// Octets so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Whether there was an octet beyond ASCII.
    pub fn is_eight_bit(&self) -> bool {
        self.eight_bit
    }

    /// What is wrong with it so far.
    pub fn flaw(&self) -> Option<&Refusal> {
        self.flaw.as_ref()
    }

    /// Refuses the letter for a reason from outside; the first reason counts.
    pub fn refuse(&mut self, refusal: Refusal) {
        self.flaw.get_or_insert(refusal);
    }

    /// Whether `more` octets would be too many.
    pub fn expect(&mut self, more: u64) {
        if self.size.saturating_add(more) > self.limit {
            self.refuse(too_big(self.limit));
        }
    }

    /// Whether so much has come beyond the limit that its end is not waited for: a mail program that is only wrong about the
    /// size hears the refusal at the end, one that never ends does not keep its place for hours.
    pub fn is_endless(&self) -> bool {
        self.size > self.limit.saturating_mul(2).saturating_add(BEYOND)
    }

    /// Takes the next octets; copies them to `out` as long as there is no flaw.
    pub fn take(&mut self, octets: &[u8], out: &mut Vec<u8>) {
        self.size = self.size.saturating_add(octets.len() as u64);
        if self.size > self.limit {
            self.refuse(too_big(self.limit));
        }
        if self.flaw.is_none() {
            self.inspect(octets);
        }
        if self.flaw.is_none() {
            out.extend_from_slice(octets);
        }
    }

    /// The letter is whole: its refusal, if there is one.
    ///
    /// # Errors
    /// The flaw.
    pub fn finish(mut self) -> Result<Self, Refusal> {
        if self.cr {
            self.refuse(bare("carriage return"));
        }
        match self.flaw.take() {
            None => Ok(self),
            Some(flaw) => Err(flaw),
        }
    }

    fn inspect(&mut self, octets: &[u8]) {
        for &octet in octets {
            let after_cr = std::mem::replace(&mut self.cr, octet == b'\r');
            match octet {
                b'\n' if after_cr => self.line = 0,
                b'\n' => self.refuse(bare("line feed")),
                _ if after_cr => self.refuse(bare("carriage return")),
                b'\r' => {}
                // RFC 2045 section 2.8: text has none. A server further on that drops it would see another line than we do.
                0 => self.refuse(Refusal::new(
                    550,
                    Status(5, 6, 0),
                    "This letter has a zero byte in it; send what it is in as an attachment",
                )),
                _ => {
                    self.line += 1;
                    self.eight_bit |= octet >= 0x80;
                    if self.line > LONGEST_LINE {
                        self.refuse(Refusal::new(
                            554,
                            Status(5, 6, 0),
                            "This letter has a line of more than 65536 octets; send it as an attachment",
                        ));
                    }
                }
            }
        }
    }
}

fn bare(what: &str) -> Refusal {
    Refusal::new(
        550,
        Status(5, 6, 0),
        format!(
            "This letter has a bare {what} in it; every line must end with CR LF: use another mail program"
        ),
    )
}

/// The refusal of a letter over the limit.
pub(super) fn too_big(limit: u64) -> Refusal {
    let advice = "make attachments smaller or send several letters";
    let text = match limit {
        0..1_000_000 => format!("This letter is larger than {limit} octets; {advice}"),
        _ => format!(
            "This letter is larger than {} MB; {advice}",
            limit / 1_000_000
        ),
    };
    Refusal::new(552, Status(5, 3, 4), text)
}

/// Takes DATA apart (RFC 5321 section 4.5.2): `<CRLF>.<CRLF>` ends it and nothing else does; a dot that begins a line is
/// dropped.
#[derive(Debug, Default)]
pub struct Dots(At);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum At {
    #[default]
    LineStart,
    /// Behind the dot that began a line; it is not passed on.
    Dot,
    /// Behind that dot and a CR; neither is passed on yet.
    DotCr,
    Middle,
    Cr,
}

impl Dots {
    /// Takes bytes up to the end of DATA: how many, and whether that end was reached.
    pub fn take(&mut self, input: &[u8], intake: &mut Intake, out: &mut Vec<u8>) -> (usize, bool) {
        // Bytes from here on belong to the letter and are not passed on yet.
        let mut from = 0;
        for (at, &byte) in input.iter().enumerate() {
            self.0 = match (self.0, byte) {
                (At::LineStart, b'.') => {
                    intake.take(&input[from..at], out);
                    from = at + 1;
                    At::Dot
                }
                (At::Dot, b'\r') => {
                    from = at + 1;
                    At::DotCr
                }
                (At::DotCr, b'\n') => return (at + 1, true),
                (At::DotCr, _) => {
                    // That CR was bare. It belongs to the letter, which is refused for it.
                    intake.take(b"\r", out);
                    from = at;
                    if byte == b'\r' { At::Cr } else { At::Middle }
                }
                (At::Cr, b'\n') => At::LineStart,
                (_, b'\r') => At::Cr,
                _ => At::Middle,
            };
        }
        intake.take(&input[from.min(input.len())..], out);
        (input.len(), false)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What comes out of DATA: the octets taken, the letter or its refusal's code; `None` when the end was not reached.
    fn data(input: &[u8], cuts: &[usize]) -> Option<(usize, Result<Vec<u8>, u16>)> {
        let (mut dots, mut intake, mut out) = (Dots::default(), Intake::new(1 << 20), Vec::new());
        let mut at = 0;
        let mut cuts: Vec<usize> = cuts.iter().map(|c| c % (input.len() + 1)).collect();
        cuts.sort_unstable();
        cuts.push(input.len());
        for cut in cuts {
            let (taken, ended) = dots.take(&input[at.min(cut)..cut], &mut intake, &mut out);
            at = at.min(cut) + taken;
            if ended {
                return Some((at, intake.finish().map(|_| out).map_err(|flaw| flaw.code)));
            }
        }
        None
    }

    fn letter(input: &[u8]) -> Result<Vec<u8>, u16> {
        let (taken, letter) = data(input, &[]).expect("an end");
        assert_eq!(taken, input.len());
        letter
    }

    #[test]
    fn dots_are_unstuffed_and_the_end_is_found() {
        assert_eq!(letter(b".\r\n"), Ok(vec![]));
        assert_eq!(letter(b"a\r\n.\r\n"), Ok(b"a\r\n".to_vec()));
        assert_eq!(
            letter(b"a: b\r\n\r\n..\r\n..x\r\n.y\r\n \r\n.\r\n"),
            Ok(b"a: b\r\n\r\n.\r\n.x\r\ny\r\n \r\n".to_vec())
        );
        assert_eq!(data(b"a\r\n.\r\nQUIT\r\n", &[]).unwrap().0, 6);
    }

    /// The sequences that have made two servers disagree about where a letter ends (SMTP smuggling, 2023 and 2024). None of
    /// them ends DATA; each makes the letter refused.
    #[test]
    fn none_of_the_smuggling_sequences_ends_a_letter() {
        let sequences: [&[u8]; 12] = [
            b"\n.\n",
            b"\n.\r\n",
            b"\r\n.\n",
            b"\r.\r",
            b"\r.\r\n",
            b"\r\n.\r",
            b"\n.\r",
            b"\r.\n",
            b"\r\n\x00.\r\n",
            b"\r\r\n.\r\n",
            b"\r\n.\r\r\n",
            b"\n\n.\r\n",
        ];
        for sequence in sequences {
            let attack = [b"a: b\r\n", sequence, b"MAIL FROM:<x@y>\r\n.\r\n"].concat();
            // A CR before a real <CRLF>.<CRLF> does not hide that end; all else runs on to the last one.
            let (taken, letter) = data(&attack, &[]).expect("an end");
            let real = sequence == b"\r\r\n.\r\n";
            assert_eq!(taken == attack.len(), !real, "{sequence:?}");
            assert_eq!(letter, Err(550), "{sequence:?}");
        }
    }

    #[test]
    fn limits() {
        let long = |n: usize| [b"a: b\r\n\r\n".as_slice(), &vec![b'x'; n], b"\r\n.\r\n"].concat();
        assert!(letter(&long(LONGEST_LINE)).is_ok());
        assert_eq!(letter(&long(LONGEST_LINE + 1)), Err(554));
        let mut intake = Intake::new(10);
        let mut out = Vec::new();
        intake.take(b"0123456789", &mut out);
        assert!(intake.flaw().is_none());
        intake.take(b"a", &mut out);
        assert_eq!(intake.finish().unwrap_err().code, 552);
        assert_eq!(out, b"0123456789");
        assert_eq!(letter(b"a: \0\r\n\r\n.\r\n"), Err(550));
        assert_eq!(letter(b"a: b\r\n\r\nx\0\r\n.\r\n"), Err(550));
    }

    #[test]
    fn a_chunk_that_ends_in_a_bare_cr_is_refused() {
        let mut intake = Intake::new(100);
        let mut out = Vec::new();
        intake.take(b"a: b\r", &mut out);
        intake.take(b"\n\r\nx", &mut out);
        assert_eq!(out, b"a: b\r\n\r\nx");
        intake.take(b"\r", &mut out);
        assert_eq!(intake.finish().unwrap_err().code, 550);
    }

    proptest! {
        #[test]
        fn the_cut_of_the_reads_does_not_matter(
            input in prop::collection::vec(prop::sample::select(b"ab.\r\n\r\n".to_vec()), 0..50),
            cuts in prop::collection::vec(0usize..50, 0..6),
        ) {
            prop_assert_eq!(data(&input, &cuts), data(&input, &[]));
        }

        #[test]
        fn what_is_stuffed_comes_out_again(lines in prop::collection::vec("[.a ]{0,5}", 0..8)) {
            let plain: String = lines.iter().map(|l| format!("{l}\r\n")).collect();
            let stuffed: String = lines
                .iter()
                .map(|l| if l.starts_with('.') { format!(".{l}\r\n") } else { format!("{l}\r\n") })
                .collect();
            prop_assert_eq!(letter(format!("{stuffed}.\r\n").as_bytes()), Ok(plain.into_bytes()));
        }
    }
}
