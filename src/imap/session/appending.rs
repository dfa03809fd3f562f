//! APPEND (RFC 3501 section 6.3.11, RFC 3502, RFC 4466, RFC 6855): each message is announced, checked, and only then sent.

use super::{Answer, Ask, Asked, Input, Literal, Session, Step, go_ahead, told};
use crate::imap::command::{Bad, Name};
use crate::imap::flags::Named;
use crate::imap::grammar::{self, Opening};
use crate::imap::mailbox::{Appended, Trouble};
use crate::imap::view::Gone;

/// Messages of one APPEND.
const MAX_MESSAGES: usize = 100;

/// An APPEND whose messages come.
pub(super) struct Appending {
    pub tag: String,
    mailbox: String,
    messages: Vec<(Named, Option<i64>)>,
    /// A bracket must follow the last one.
    utf8: bool,
}

impl Session {
    pub(super) fn append(
        &mut self,
        tag: String,
        name: &Name,
        opening: Opening,
        literal: Literal,
    ) -> Step {
        let Some(mailbox) = self.named(name) else {
            return self.refuse_literal("NO", &tag, super::BAD_NAME, literal);
        };
        let appending = Appending {
            tag,
            mailbox,
            messages: Vec::new(),
            utf8: false,
        };
        self.next_message(appending, opening, literal)
    }

    fn next_message(
        &mut self,
        mut appending: Appending,
        opening: Opening,
        literal: Literal,
    ) -> Step {
        let tag = appending.tag.clone();
        let most = self.settings.max_message_bytes;
        if opening.utf8 && !(self.enabled.utf8 || self.enabled.rev2) {
            return self.refuse_literal("BAD", &tag, "ENABLE UTF8=ACCEPT first", literal);
        }
        if literal.octets == 0 {
            // RFC 3502 section 6.3.11: so a client gives it up.
            return self.refuse_literal("NO", &tag, "APPEND was given up", literal);
        }
        if literal.octets > most {
            let text = format!("[TOOBIG] A message has at most {most} octets here");
            return self.refuse_literal("NO", &tag, &text, literal);
        }
        if appending.messages.len() == MAX_MESSAGES {
            return self.refuse_literal("NO", &tag, "[LIMIT] Too many messages at once", literal);
        }
        appending.messages.push((opening.flags, opening.date));
        appending.utf8 = opening.utf8;
        let ask = Ask::Begin {
            mailbox: appending.mailbox.clone(),
            octets: literal.octets,
        };
        self.ask(tag, Asked::Begin(appending, literal), ask)
    }

    /// The octets of a [`Step::Letter`] have come; or could not be kept.
    pub fn letter(&mut self, kept: Result<(), Trouble>) -> Step {
        if let (Err(trouble), Input::Appending(appending)) = (kept, &self.input) {
            let reply = format!("{} NO {}\r\n", appending.tag, told(trouble));
            self.input = Input::Skipping(reply.into_bytes());
        }
        Step::Say(Vec::new())
    }

    /// What follows a message.
    pub(super) fn append_goes_on(&mut self, appending: Appending, line: &[u8]) -> Step {
        let mut rest = line;
        if appending.utf8 {
            match rest.strip_prefix(b")") {
                Some(behind) => rest = behind,
                None => {
                    let (tag, why) = (&appending.tag, "Here ')' is missing");
                    return match super::literal_at_end(line) {
                        Some(literal) => self.refuse_literal("BAD", tag, why, literal),
                        None => self.bad(tag, why),
                    };
                }
            }
        }
        if rest.is_empty() {
            let ask = Ask::Append {
                mailbox: appending.mailbox,
                messages: appending.messages,
            };
            return self.ask(appending.tag, Asked::Append, ask);
        }
        let Some(literal) = super::literal_at_end(rest) else {
            return self.bad(&appending.tag, "There is more than APPEND takes");
        };
        match grammar::append_more(&rest[..rest.len() - literal.written]) {
            Ok(opening) => self.next_message(appending, opening, literal),
            Err(Bad(why)) => self.refuse_literal("BAD", &appending.tag, &why, literal),
        }
    }

    pub(super) fn append_answer(&mut self, tag: String, asked: Asked, answer: Answer) -> Step {
        match (asked, answer) {
            (Asked::Begin(appending, literal), Answer::Begun(Ok(()))) => {
                self.input = Input::Appending(appending);
                Step::Letter {
                    say: go_ahead(literal),
                    octets: literal.octets,
                    binary: literal.binary,
                }
            }
            (Asked::Begin(_, literal), Answer::Begun(Err(trouble))) => {
                self.refuse_literal("NO", &tag, &for_target(trouble), literal)
            }
            (Asked::Append, Answer::Appended(Ok(appended))) => {
                let text = format!("{}APPEND is done", append_uid(&appended));
                self.done(tag, "OK", &text, Gone::Told)
            }
            (Asked::Append, Answer::Appended(Err(trouble))) => self.no(&tag, &for_target(trouble)),
            _ => self.out_of_order(),
        }
    }
}

fn append_uid(appended: &Appended) -> String {
    if appended.uids.is_empty() {
        return String::new();
    }
    let uids = crate::imap::encode::set(appended.uids.iter().map(|uid| uid.0));
    format!("[APPENDUID {} {uids}] ", appended.uid_validity)
}

/// A mailbox that messages shall go to, and that is not there, could be made (RFC 3501 section 6.3.11).
pub(super) fn for_target(trouble: Trouble) -> String {
    match trouble {
        Trouble::NoMailbox => "[TRYCREATE] There is no such mailbox; create it first".into(),
        other => told(other),
    }
}
