//! Lines and literals: how long they may be, and what becomes of one that is too long.

use super::{Input, Session, Stage, State, Step, illegal, printable};
use crate::imap::command::Bad;
use crate::imap::grammar;

/// The longest line of somebody who has not logged in (RFC 2971 section 3.3: ID has 30 fields of 30 and values of 1024
/// octets; RFC 4959 section 3: an initial response makes a line longer, too).
const LONGEST_STRANGE_LINE: usize = 40 << 10;

/// The longest line of a member: programs fetch by long sets (RFC 7162 section 4 asks for 8192 octets).
const LONGEST_LINE: usize = 128 << 10;

/// The longest command, literals in it but for messages.
const LONGEST_COMMAND: usize = 256 << 10;

/// The same of somebody who has not logged in.
const LONGEST_STRANGE_COMMAND: usize = 40 << 10;

/// A literal that was announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Literal {
    pub octets: u64,
    /// The client waits for our word.
    pub waits: bool,
    /// Octets of the line that announce it.
    pub written: usize,
    /// A literal8: there may be zeros in it.
    pub binary: bool,
}

impl Session {
    /// How long the next line may be.
    pub fn longest_line(&self) -> usize {
        match self.stage() {
            Stage::Plain | Stage::Stranger => LONGEST_STRANGE_LINE,
            Stage::Member | Stage::Selected => LONGEST_LINE,
        }
    }

    /// A literal is announced; `text` is the command so far.
    pub(super) fn announced(&mut self, mut text: Vec<u8>, literal: Literal) -> Step {
        let tag = grammar::tag(&text).unwrap_or_else(|| "*".into());
        // Nobody shall send a password in clear because we asked for it.
        let verb = grammar::verb(&text).unwrap_or_default();
        if let (Stage::Plain, "LOGIN" | "AUTHENTICATE") = (self.stage(), verb.as_str())
            && let Some(why) = illegal(&verb, self.stage())
        {
            return match self.heard_strange() {
                Some(end) => end,
                None => self.refuse_literal("NO", &tag, why, literal),
            };
        }
        let head = &text[..text.len() - literal.written];
        if let Some(opening) = grammar::append(head) {
            return match opening {
                _ if matches!(self.stage(), Stage::Plain | Stage::Stranger) => {
                    self.refuse_literal("BAD", &tag, "Log in first", literal)
                }
                Ok((name, opening)) => self.append(tag, &name, opening, literal),
                Err(Bad(text)) => self.refuse_literal("BAD", &tag, &text, literal),
            };
        }
        let most = match self.stage() {
            Stage::Plain | Stage::Stranger => LONGEST_STRANGE_COMMAND,
            Stage::Member | Stage::Selected => LONGEST_COMMAND,
        };
        let octets = usize::try_from(literal.octets).unwrap_or(usize::MAX);
        if text.len().saturating_add(octets) > most {
            return self.refuse_literal("NO", &tag, "[TOOBIG] This command is too long", literal);
        }
        text.extend_from_slice(b"\r\n");
        self.input = Input::Command(text);
        Step::Literal {
            say: go_ahead(literal),
            octets,
        }
    }

    /// A client that waits never sends the literal; of any other it is read and thrown away, with the rest of the command.
    pub(super) fn refuse_literal(
        &mut self,
        word: &'static str,
        tag: &str,
        text: &str,
        literal: Literal,
    ) -> Step {
        let reply = format!("{tag} {word} {}\r\n", printable(text)).into_bytes();
        if literal.waits {
            return self.say(&reply);
        }
        self.input = Input::Skipping(reply);
        self.discard(literal)
    }

    pub(super) fn discard(&mut self, literal: Literal) -> Step {
        let most = self.settings.max_message_bytes.saturating_mul(2) + (1 << 20);
        let most = match self.stage() {
            Stage::Plain | Stage::Stranger => LONGEST_STRANGE_COMMAND as u64,
            Stage::Member | Stage::Selected => most,
        };
        if literal.octets > most {
            self.state = State::Closed;
            self.untagged("BYE [TOOBIG] This is too much at once");
            return Step::Close(std::mem::take(&mut self.out));
        }
        Step::Discard {
            octets: literal.octets,
        }
    }
}

/// A literal at the end of a line: `{n}`, `{n+}`, `~{n}`, `~{n+}`.
pub(super) fn literal_at_end(line: &[u8]) -> Option<Literal> {
    let inner = line.strip_suffix(b"}")?;
    let brace = inner.iter().rposition(|&b| b == b'{')?;
    let (digits, waits) = match inner[brace + 1..].strip_suffix(b"+") {
        Some(digits) => (digits, false),
        None => (&inner[brace + 1..], true),
    };
    let text = std::str::from_utf8(digits).ok()?;
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    // A number beyond every limit is refused as too big.
    let octets = text.parse().unwrap_or(u64::MAX);
    let tilde = brace > 0 && line[brace - 1] == b'~';
    Some(Literal {
        octets,
        waits,
        written: line.len() - brace + usize::from(tilde),
        binary: tilde,
    })
}

pub(super) fn go_ahead(literal: Literal) -> Vec<u8> {
    if literal.waits {
        b"+ Go ahead\r\n".to_vec()
    } else {
        Vec::new()
    }
}
