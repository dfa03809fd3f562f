//! STORE: what is told of flags that this session has changed.

use std::fmt::Write as _;

use super::selected::{Selected, gone_after};
use super::{Session, Step};
use crate::imap::command::{By, Change};
use crate::imap::encode;
use crate::imap::flags::Named;
use crate::imap::mailbox::Marked;
use crate::imap::view::Seen;
use crate::store::Uid;

/// A STORE that is being done.
pub(super) struct Marking {
    pub by: By,
    pub how: Change,
    pub flags: Named,
    pub silent: bool,
    pub conditional: bool,
}

impl Session {
    pub(super) fn take_marked(&mut self, marked: &Marked) {
        let Some(selected) = self.selected() else {
            return;
        };
        let news = selected.keywords.learn(&marked.keywords);
        for seen in &marked.messages {
            selected.view.set(*seen);
        }
        if news {
            self.keywords_changed();
        }
    }

    pub(super) fn marked(&mut self, tag: String, marking: &Marking, marked: &Marked) -> Step {
        let surprising = match self.selected() {
            Some(selected) if marking.silent => selected.surprising(marking, marked),
            _ => Vec::new(),
        };
        self.take_marked(marked);
        let condstore = self.enabled.condstore;
        let Some(selected) = self.selected() else {
            return self.out_of_order();
        };
        let mut lines = String::new();
        for Seen { uid, .. } in &marked.messages {
            let Some(number) = selected.view.number(*uid) else {
                continue;
            };
            let Some(seen) = selected.view.get(number) else {
                continue;
            };
            let told = !marking.silent || surprising.binary_search(uid).is_ok();
            let mut items = Vec::new();
            if marking.by == By::Uid {
                items.push(format!("UID {}", seen.uid));
            }
            if told {
                items.push(format!("FLAGS {}", seen.marks.list(&selected.keywords)));
            }
            if condstore {
                items.push(format!("MODSEQ ({})", seen.mod_seq.0));
            }
            if told || condstore {
                let _ = write!(lines, "* {number} FETCH ({})\r\n", items.join(" "));
            }
        }
        let modified = match marking.by {
            By::Uid => encode::set(marked.modified.iter().map(|uid| uid.0)),
            By::Number => encode::set(
                marked
                    .modified
                    .iter()
                    .filter_map(|uid| selected.view.number(*uid)),
            ),
        };
        self.out.extend_from_slice(lines.as_bytes());
        let text = if marking.conditional && !modified.is_empty() {
            format!("[MODIFIED {modified}] These had changed and stay as they are")
        } else {
            "STORE is done".into()
        };
        self.done(tag, "OK", &text, gone_after(marking.by))
    }
}

impl Selected {
    /// UIDs of messages that have other flags than this STORE gives to those that the client knows: somebody else has changed
    /// them meanwhile, and what is silent must not hide that (RFC 3501 section 6.4.6).
    fn surprising(&self, marking: &Marking, marked: &Marked) -> Vec<Uid> {
        let is_surprising = |now: &&Seen| {
            let number = self.view.number(now.uid);
            let before = number.and_then(|number| self.view.get(number));
            before.is_some_and(|before| {
                let (before, after) = (
                    (before.marks, &self.keywords),
                    (now.marks, &marked.keywords),
                );
                !marking.flags.leads(marking.how, before, after)
            })
        };
        let mut uids: Vec<Uid> = marked
            .messages
            .iter()
            .filter(is_surprising)
            .map(|seen| seen.uid)
            .collect();
        uids.sort_unstable();
        uids
    }
}
