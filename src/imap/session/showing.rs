//! FETCH: which messages are shown, in portions where they are marked as read.

use super::{Ask, Asked, Session, Step};
use crate::imap::command::{Access, By, Change, Item, Set};
use crate::imap::fetch::{Fetched, Plan, Wanted};
use crate::imap::flags::{Marks, Named};
use crate::imap::mailbox::Recent;
use crate::store::{ModSeq, Uid};

/// Messages that will be shown.
pub(super) struct Showing {
    pub by: By,
    pub numbers: Vec<u32>,
    /// Those that are shown when the others have been sent.
    pub later: Vec<u32>,
    items: Vec<Item>,
    /// How it went with those before.
    pub so_far: Fetched,
}

/// So many messages are marked as read before they are sent: if the connection breaks then, so many were marked that nobody saw.
const PORTION: usize = 50;

impl Session {
    pub(super) fn fetch(
        &mut self,
        tag: String,
        by: By,
        set: &Set,
        mut items: Vec<Item>,
        changed_since: Option<u64>,
        vanished: bool,
    ) -> Step {
        if vanished && !self.enabled.qresync {
            return self.bad(&tag, "ENABLE QRESYNC first");
        }
        let Some(selected) = self.selected() else {
            return self.out_of_order();
        };
        let Some(mut numbers) = selected.numbers(by, set) else {
            return self.no_such_number(&tag);
        };
        if let Some(since) = changed_since {
            let changed = |number: &u32| {
                selected
                    .view
                    .get(*number)
                    .is_some_and(|seen| seen.mod_seq.0 > since)
            };
            numbers.retain(changed);
            if !items.contains(&Item::ModSeq) {
                items.push(Item::ModSeq);
            }
        }
        if by == By::Uid && !items.contains(&Item::Uid) {
            items.insert(0, Item::Uid);
        }
        if items.contains(&Item::ModSeq) {
            self.tell_mod_seqs();
        }
        let showing = Showing {
            by,
            numbers,
            later: Vec::new(),
            items,
            so_far: Fetched::default(),
        };
        if let (true, Some(since)) = (vanished, changed_since) {
            // Up to the highest: what is gone may have been behind all that is left.
            let ranges = set.resolve(u32::MAX);
            let asked = Asked::VanishedFirst(ranges, showing);
            return self.ask(
                tag,
                asked,
                Ask::Changes {
                    since: ModSeq(since),
                    recent: Recent::Untold,
                },
            );
        }
        self.show(tag, showing)
    }

    pub(super) fn show(&mut self, tag: String, mut showing: Showing) -> Step {
        let Some(selected) = self.selected() else {
            return self.out_of_order();
        };
        let marks =
            selected.access == Access::ReadWrite && showing.items.iter().any(Item::marks_seen);
        if marks {
            let is_unseen = |number: u32| {
                let seen = selected.view.get(number);
                seen.filter(|seen| !seen.marks.has(Marks::SEEN))
            };
            let mut uids = Vec::new();
            for (at, number) in showing.numbers.iter().enumerate() {
                if let Some(seen) = is_unseen(*number) {
                    if uids.len() == PORTION {
                        showing.later = showing.numbers.split_off(at);
                        break;
                    }
                    uids.push(seen.uid);
                }
            }
            if !uids.is_empty() {
                let flags = Named {
                    system: Marks::SEEN,
                    ..Named::default()
                };
                let ask = Ask::Mark {
                    uids,
                    how: Change::Add,
                    flags,
                    unchanged_since: None,
                };
                return self.ask(tag, Asked::SeenFirst(showing), ask);
            }
        }
        self.show_now(tag, showing, &[])
    }

    pub(super) fn show_now(&mut self, tag: String, showing: Showing, changed: &[Uid]) -> Step {
        let mod_seqs = self.enabled.condstore;
        let Some(selected) = self.selected() else {
            return self.out_of_order();
        };
        let wanted = showing.numbers.iter().filter_map(|&number| {
            let seen = selected.view.get(number)?;
            Some(Wanted {
                number,
                seen,
                changed: changed.binary_search(&seen.uid).is_ok(),
            })
        });
        let plan = Plan {
            messages: wanted.collect(),
            items: showing.items.clone(),
            keywords: selected.keywords.clone(),
            mod_seqs,
        };
        let before = std::mem::take(&mut self.out);
        self.ask(tag, Asked::Fetch(showing), Ask::Fetch(before, plan))
    }
}
