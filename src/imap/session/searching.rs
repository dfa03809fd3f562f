//! SEARCH, SORT and THREAD: what is asked, and how it is told.

use std::fmt::Write as _;

use super::selected::{Selected, gone_after};
use super::{Session, Step};
use crate::imap::command::{By, Key, Returned, Search};
use crate::imap::encode;
use crate::imap::search::{self, Candidate, Order, Quest};

/// Most keys of one search, and most of them that read whole messages.
const MAX_KEYS: (usize, usize) = (1000, 50);

pub(super) const TOO_MANY_KEYS: &str =
    "[LIMIT] A search may have 1000 keys, and 50 of them BODY or TEXT";

impl Session {
    /// What `$` means from now on; nothing after a SEARCH that failed (RFC 5182 section 2.1).
    pub(super) fn save(&mut self, uids: Vec<u32>) {
        if let Some(selected) = self.selected() {
            selected.saved = uids;
        }
    }

    pub(super) fn found(
        &mut self,
        tag: String,
        search: &Search,
        found: &[Candidate],
        unreadable: usize,
    ) -> Step {
        let Returned {
            extended,
            min,
            max,
            all,
            count,
            save,
        } = search.result;
        let (first, last) = (found.first(), found.last());
        if save {
            // RFC 5182 section 2.1: with MIN or MAX alone only those are saved.
            let uids = |part: Option<&Candidate>| part.map(|candidate| candidate.seen.uid.0);
            let saved = if all || count || !(min || max) {
                found.iter().map(|candidate| candidate.seen.uid.0).collect()
            } else {
                let mut some: Vec<u32> = Vec::new();
                some.extend(uids(first).filter(|_| min));
                some.extend(uids(last).filter(|_| max));
                some.dedup();
                some
            };
            self.save(saved);
        }
        let numbers = || {
            found
                .iter()
                .map(|candidate| number_of(search.by, *candidate))
        };
        // RFC 4731 section 3.2: where MIN or MAX alone are told, theirs.
        let told: Vec<&Candidate> = if (min || max) && !(all || count) {
            let ends = [first.filter(|_| min), last.filter(|_| max)];
            ends.into_iter().flatten().collect()
        } else {
            found.iter().collect()
        };
        let highest = told.iter().map(|candidate| candidate.seen.mod_seq.0).max();
        let highest = highest.filter(|_| asks_mod_seq(&search.program));
        if extended || self.enabled.rev2 {
            let plain = !extended;
            if plain || min || max || all || count {
                let mut text = format!("ESEARCH (TAG \"{tag}\")");
                if search.by == By::Uid {
                    text.push_str(" UID");
                }
                if let Some(first) = first.filter(|_| min) {
                    let _ = write!(text, " MIN {}", number_of(search.by, *first));
                }
                if let Some(last) = last.filter(|_| max) {
                    let _ = write!(text, " MAX {}", number_of(search.by, *last));
                }
                if (all || plain) && !found.is_empty() {
                    let _ = write!(text, " ALL {}", encode::set(numbers()));
                }
                if count {
                    let _ = write!(text, " COUNT {}", found.len());
                }
                if let Some(highest) = highest {
                    let _ = write!(text, " MODSEQ {highest}");
                }
                self.untagged(&text);
            }
        } else {
            let mut text = String::from("SEARCH");
            for number in numbers() {
                let _ = write!(text, " {number}");
            }
            if let Some(highest) = highest {
                let _ = write!(text, " (MODSEQ {highest})");
            }
            self.untagged(&text);
        }
        let text = all_but("SEARCH is done", unreadable);
        self.done(tag, "OK", &text, gone_after(search.by))
    }
}

impl Selected {
    pub(super) fn quest(&self, program: &Key, order: Order) -> Quest {
        let messages = self
            .view
            .messages()
            .map(|(number, seen)| Candidate { number, seen });
        Quest {
            messages: messages.collect(),
            last: (self.view.len(), self.view.last_uid()),
            saved: self.saved.clone(),
            program: program.clone(),
            keywords: self.keywords.clone(),
            now: 0,
            order,
        }
    }
}

/// What is said at the end; some messages may be there and not be readable.
pub(super) fn all_but(text: &str, unreadable: usize) -> String {
    match unreadable {
        0 => text.to_owned(),
        1 => format!("{text}, but for a message that cannot be read just now"),
        n => format!("{text}, but for {n} messages that cannot be read just now"),
    }
}

pub(super) fn number_of(by: By, candidate: Candidate) -> u32 {
    match by {
        By::Number => candidate.number,
        By::Uid => candidate.seen.uid.0,
    }
}

pub(super) fn is_too_much(program: &Key) -> bool {
    let (keys, contents) = search::weight(program);
    keys > MAX_KEYS.0 || contents > MAX_KEYS.1
}

pub(super) fn asks_mod_seq(key: &Key) -> bool {
    match key {
        Key::ModSeq(_) => true,
        Key::And(keys) => keys.iter().any(asks_mod_seq),
        Key::Or(a, b) => asks_mod_seq(a) || asks_mod_seq(b),
        Key::Not(key) => asks_mod_seq(key),
        _ => false,
    }
}
