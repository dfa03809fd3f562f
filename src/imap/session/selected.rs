//! Commands on the selected mailbox, and their answers.

use std::fmt::Write as _;

use super::searching::{TOO_MANY_KEYS, all_but, asks_mod_seq, is_too_much, number_of};
use super::storing::Marking;
use super::{Answer, Ask, Asked, BAD_NAME, Session, State, Step, Tagged};
use crate::imap::command::{Access, By, Command, Search, Set};
use crate::imap::encode;
use crate::imap::flags::{Keywords, Marks};
use crate::imap::mailbox::Trouble;
use crate::imap::search::{self, Found, Order};
use crate::imap::thread;
use crate::imap::view::{Gone, View};
use crate::store::{ModSeq, Uid, UidValidity};

/// The selected mailbox.
pub(super) struct Selected {
    pub view: View,
    pub access: Access,
    /// The only flags that can be changed, where it is not all.
    pub permanent: Option<Marks>,
    pub keywords: Keywords,
    /// Everything up to this change is in the view.
    pub mod_seq: ModSeq,
    pub uid_validity: UidValidity,
    /// UIDs that `$` means.
    pub saved: Vec<u32>,
}

/// Most items of one FETCH: each may read the message.
const MAX_ITEMS: usize = 100;
const READ_ONLY: &str = "[READ-ONLY] This mailbox was opened for reading only";

impl Session {
    pub(super) fn selected(&mut self) -> Option<&mut Selected> {
        match &mut self.state {
            State::Selected(selected) => Some(selected),
            _ => None,
        }
    }

    pub(super) fn selected_command(&mut self, tag: String, command: Command) -> Step {
        if let Command::Select {
            mailbox,
            access,
            condstore,
            qresync,
        } = command
        {
            let Some(mailbox) = self.named(&mailbox) else {
                return self.no(&tag, BAD_NAME);
            };
            return self.select(tag, mailbox, access, condstore, qresync);
        }
        let target = match &command {
            Command::Copy { to, .. } | Command::Move { to, .. } => match self.named(to) {
                Some(to) => to,
                None => return self.no(&tag, BAD_NAME),
            },
            _ => String::new(),
        };
        let State::Selected(selected) = &mut self.state else {
            return self.out_of_order();
        };
        let writable = selected.access == Access::ReadWrite;
        match command {
            Command::Unselect => {
                self.state = State::Member;
                self.done(tag, "OK", "Closed", Gone::Told)
            }
            Command::Close if !writable => {
                let asked = Asked::Expunge { close: true };
                self.ask(tag, asked, Ask::Expunge(Vec::new()))
            }
            Command::Close => self.expunge(tag, None, true),
            Command::Expunge(_) if !writable => self.no(&tag, READ_ONLY),
            Command::Expunge(set) => self.expunge(tag, set, false),
            Command::Search(Search { program, .. })
            | Command::Sort { program, .. }
            | Command::Thread { program, .. }
                if is_too_much(&program) =>
            {
                self.no(&tag, TOO_MANY_KEYS)
            }
            Command::Search(search) if search.with_charset && self.enabled.utf8 => {
                // RFC 6855 section 3.
                self.bad(
                    &tag,
                    "After UTF8=ACCEPT every text is UTF-8; leave CHARSET out",
                )
            }
            Command::Search(search) => {
                let quest = selected.quest(&search.program, Order::Number);
                if asks_mod_seq(&search.program) {
                    self.tell_mod_seqs();
                }
                self.ask(tag, Asked::Search(search), Ask::Search(quest))
            }
            Command::Sort { by, keys, program } => {
                let quest = selected.quest(&program, Order::Keys(keys));
                self.ask(tag, Asked::Sort(by), Ask::Search(quest))
            }
            Command::Thread { by, how, program } => {
                let quest = selected.quest(&program, Order::Threads(how));
                self.ask(tag, Asked::Thread(by), Ask::Search(quest))
            }
            Command::Copy { by, set, .. } => {
                let Some(uids) = selected.uids(by, &set) else {
                    return self.no_such_number(&tag);
                };
                self.ask(
                    tag,
                    Asked::Copy { moved: false },
                    Ask::Copy { uids, to: target },
                )
            }
            Command::Move { .. } if !writable => self.no(&tag, READ_ONLY),
            Command::Move { by, set, .. } => {
                let Some(uids) = selected.uids(by, &set) else {
                    return self.no_such_number(&tag);
                };
                self.ask(
                    tag,
                    Asked::Copy { moved: true },
                    Ask::Move { uids, to: target },
                )
            }
            Command::Store { .. } if !writable => self.no(&tag, READ_ONLY),
            Command::Store {
                by,
                set,
                how,
                silent,
                flags,
                unchanged_since,
            } => {
                let Some(uids) = selected.uids(by, &set) else {
                    return self.no_such_number(&tag);
                };
                let marking = Marking {
                    by,
                    how,
                    flags: flags.clone(),
                    silent,
                    conditional: unchanged_since.is_some(),
                };
                if unchanged_since.is_some() {
                    self.tell_mod_seqs();
                }
                let unchanged_since = unchanged_since.map(ModSeq);
                self.ask(
                    tag,
                    Asked::Mark(marking),
                    Ask::Mark {
                        uids,
                        how,
                        flags,
                        unchanged_since,
                    },
                )
            }
            Command::Fetch { items, .. } if items.len() > MAX_ITEMS => {
                self.no(&tag, "[LIMIT] A FETCH may ask for 100 items")
            }
            Command::Fetch {
                by,
                set,
                items,
                changed_since,
                vanished,
            } => self.fetch(tag, by, &set, items, changed_since, vanished),
            _ => self.out_of_order(),
        }
    }

    /// Which messages are marked as deleted is asked first: another session may have marked some meanwhile.
    fn expunge(&mut self, tag: String, set: Option<Set>, close: bool) -> Step {
        let State::Selected(selected) = &self.state else {
            return self.out_of_order();
        };
        let ask = self.news(selected);
        self.ask(tag, Asked::ExpungeNext { set, close }, ask)
    }

    /// Mod-sequences are told from now on; first that of the mailbox, where one is selected (RFC 7162 section 3.1.2).
    pub(super) fn tell_mod_seqs(&mut self) {
        let before = std::mem::replace(&mut self.enabled.condstore, true);
        if let (false, State::Selected(selected)) = (before, &self.state) {
            let highest = selected.mod_seq.0.max(1);
            self.untagged(&format!("OK [HIGHESTMODSEQ {highest}] The last change"));
        }
    }

    pub(super) fn no_such_number(&mut self, tag: &str) -> Step {
        self.bad(tag, "There is no message of this number")
    }

    pub(super) fn selected_answer(&mut self, tag: String, asked: Asked, answer: Answer) -> Step {
        match (asked, answer) {
            (Asked::Open(opening), Answer::Opened(Ok(opened))) => {
                self.opened(&tag, opening, opened)
            }
            (Asked::Sync { answer, gone }, Answer::Changes(changes)) => {
                self.synchronized(&tag, answer, gone, changes)
            }
            (Asked::Idle, Answer::Changes(changes)) => match self.take_changes(changes, Gone::Told)
            {
                Ok(()) => self.say(b""),
                Err(()) => self.mailbox_gone(),
            },
            (Asked::VanishedFirst(ranges, showing), Answer::Changes(Ok(changes))) => {
                let Some(selected) = self.selected() else {
                    return self.out_of_order();
                };
                // What the client still counts is told by its number, at its time.
                let gone: Vec<u32> = changes
                    .vanished
                    .iter()
                    .filter(|uid| selected.view.number(**uid).is_none())
                    .map(|uid| uid.0)
                    .filter(|uid| search::holds(&ranges, *uid))
                    .collect();
                if !gone.is_empty() {
                    self.untagged(&format!("VANISHED (EARLIER) {}", encode::set(gone)));
                }
                self.show(tag, showing)
            }
            (Asked::SeenFirst(showing), Answer::Marked(Ok(marked))) => {
                let changed: Vec<Uid> = marked.messages.iter().map(|seen| seen.uid).collect();
                self.take_marked(&marked);
                self.show_now(tag, showing, &changed)
            }
            // A disk that takes nothing can still be read.
            (
                Asked::SeenFirst(showing),
                Answer::Marked(Err(Trouble::OutOfOrder | Trouble::Full)),
            ) => self.show_now(tag, showing, &[]),
            (Asked::Mark(marking), Answer::Marked(Ok(marked))) => {
                self.marked(tag, &marking, &marked)
            }
            (Asked::Fetch(mut showing), Answer::Fetched(mut fetched)) => {
                fetched.gone += showing.so_far.gone;
                fetched.unreadable += showing.so_far.unreadable;
                fetched.unknown_encoding |= showing.so_far.unknown_encoding;
                if fetched.trouble.is_none() && !showing.later.is_empty() {
                    showing.numbers = std::mem::take(&mut showing.later);
                    showing.so_far = fetched;
                    return self.show(tag, showing);
                }
                let gone = gone_after(showing.by);
                let (word, text) = if let Some(trouble) = fetched.trouble {
                    ("NO", super::told(trouble))
                } else if fetched.unreadable > 0 {
                    (
                        "NO",
                        "[UNAVAILABLE] Some of these messages cannot be read just now; here are the others".into(),
                    )
                } else if fetched.unknown_encoding {
                    (
                        "NO",
                        "[UNKNOWN-CTE] Nobody knows how this part is encoded".into(),
                    )
                } else if fetched.gone > 0 {
                    (
                        "NO",
                        "[EXPUNGEISSUED] Some of these messages are gone".into(),
                    )
                } else {
                    ("OK", "FETCH is done".into())
                };
                self.done(tag, word, &text, gone)
            }
            (Asked::ExpungeNext { set, close }, Answer::Changes(changes)) => {
                if close && matches!(changes, Err(Trouble::NoMailbox)) {
                    self.state = State::Member;
                    return self.done(tag, "OK", "All of it is gone", Gone::Told);
                }
                if self.take_changes(changes, Gone::Held).is_err() {
                    return self.mailbox_gone();
                }
                let Some(selected) = self.selected() else {
                    return self.out_of_order();
                };
                let uids = selected.deleted(set.as_ref());
                self.ask(tag, Asked::Expunge { close }, Ask::Expunge(uids))
            }
            (Asked::Expunge { close }, Answer::Expunged(Ok(kept))) => {
                if close {
                    self.state = State::Member;
                }
                let (word, text) = match kept {
                    0 => ("OK", "They are gone".to_owned()),
                    n => (
                        "NO",
                        format!(
                            "[UNAVAILABLE] {n} could not be deleted and are still there; try again later"
                        ),
                    ),
                };
                let answer = Tagged {
                    word,
                    highest: self.enabled.condstore && !close,
                    text,
                };
                self.sync(tag, answer, Gone::Told)
            }
            (Asked::Copy { moved }, Answer::Copied(Ok(copied))) => {
                let mut code = String::new();
                if !copied.pairs.is_empty() {
                    let from = encode::set(copied.pairs.iter().map(|(from, _)| from.0));
                    let to = encode::set(copied.pairs.iter().map(|(_, to)| to.0));
                    code = format!("[COPYUID {} {from} {to}] ", copied.uid_validity);
                }
                if moved {
                    // RFC 6851 section 4.3: before the messages go.
                    if !code.is_empty() {
                        self.untagged(&format!("OK {code}They are there"));
                    }
                    let answer = Tagged {
                        word: "OK",
                        highest: self.enabled.condstore,
                        text: "Moved".into(),
                    };
                    return self.sync(tag, answer, Gone::Told);
                }
                self.done(tag, "OK", &format!("{code}Copied"), Gone::Told)
            }
            (Asked::Copy { .. }, Answer::Copied(Err(trouble))) => self.done(
                tag,
                "NO",
                &super::appending::for_target(trouble),
                Gone::Told,
            ),
            (Asked::Search(search), Answer::Found(Ok((Found::Messages(found), unreadable)))) => {
                self.found(tag, &search, &found, unreadable)
            }
            (Asked::Sort(by), Answer::Found(Ok((Found::Messages(found), unreadable)))) => {
                let mut text = String::from("SORT");
                for candidate in found {
                    let _ = write!(text, " {}", number_of(by, candidate));
                }
                self.untagged(&text);
                let text = all_but("That is all", unreadable);
                self.done(tag, "OK", &text, gone_after(by))
            }
            (Asked::Thread(by), Answer::Found(Ok((Found::Threads(nodes), unreadable)))) => {
                let threads = thread::written(&nodes, |candidate| number_of(by, candidate));
                self.untagged(format!("THREAD {threads}").trim_end());
                let text = all_but("That is all", unreadable);
                self.done(tag, "OK", &text, gone_after(by))
            }
            (Asked::Search(search), Answer::Found(Err(trouble))) => {
                if search.result.save {
                    self.save(Vec::new());
                }
                self.trouble(&tag, trouble)
            }
            (
                _,
                Answer::Opened(Err(trouble))
                | Answer::Marked(Err(trouble))
                | Answer::Expunged(Err(trouble))
                | Answer::Found(Err(trouble))
                | Answer::Changes(Err(trouble)),
            ) => self.trouble(&tag, trouble),
            _ => self.out_of_order(),
        }
    }
}

impl Selected {
    /// The numbers of a set; `None` for a number that no message has.
    pub(super) fn numbers(&self, by: By, set: &Set) -> Option<Vec<u32>> {
        if *set == Set::Saved {
            let numbers = self
                .saved
                .iter()
                .filter_map(|uid| self.view.number(Uid(*uid)));
            return Some(numbers.collect());
        }
        match by {
            By::Number if self.view.is_empty() => None,
            By::Number => self.view.by_number(&set.resolve(self.view.len())),
            By::Uid => Some(self.view.by_uid(&set.resolve(self.view.last_uid()))),
        }
    }

    fn uids(&self, by: By, set: &Set) -> Option<Vec<Uid>> {
        let numbers = self.numbers(by, set)?;
        let seen = numbers.iter().filter_map(|number| self.view.get(*number));
        Some(seen.map(|seen| seen.uid).collect())
    }

    /// The messages that are marked for deletion, in a set or all.
    fn deleted(&self, set: Option<&Set>) -> Vec<Uid> {
        let numbers = match set {
            Some(set) => self.numbers(By::Uid, set).unwrap_or_default(),
            None => (1..=self.view.len()).collect(),
        };
        let seen = numbers.iter().filter_map(|number| self.view.get(*number));
        let marked = seen.filter(|seen| seen.marks.has(Marks::DELETED));
        marked.map(|seen| seen.uid).collect()
    }
}

/// RFC 3501 section 7.4.1: numbers do not shift while a client uses them.
pub(super) fn gone_after(by: By) -> Gone {
    match by {
        By::Number => Gone::Held,
        By::Uid => Gone::Told,
    }
}
