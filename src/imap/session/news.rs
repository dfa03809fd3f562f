//! What others changed in the selected mailbox, as the client is told of it.

use super::selecting::{flag_list, permanent_flags};
use super::{Session, State, Step, Tagged};
use crate::imap::encode;
use crate::imap::flags::Keywords;
use crate::imap::mailbox::{Changes, Trouble};
use crate::imap::view::{Gone, Seen, Told};
use crate::store::ModSeq;

impl Session {
    pub(super) fn synchronized(
        &mut self,
        tag: &str,
        answer: Tagged,
        gone: Gone,
        changes: Result<Changes, Trouble>,
    ) -> Step {
        let mut changes = changes;
        if let Ok(changes) = &mut changes
            && !answer.highest
            && changes.changed.is_empty()
            && changes.vanished.is_empty()
        {
            // Nothing to look at: the most frequent case.
            changes.keywords = Keywords::default();
        }
        if self.take_changes(changes, gone).is_err() {
            // The command was done all the same; that of somebody who deletes what they have selected above all.
            let Step::Say(words) = self.tagged(tag, answer.word, &answer.text) else {
                return self.out_of_order();
            };
            self.out = words;
            return self.mailbox_gone();
        }
        let highest = match (&self.state, answer.highest) {
            (State::Selected(selected), true) => format!("[HIGHESTMODSEQ {}] ", selected.mod_seq.0),
            _ => String::new(),
        };
        self.tagged(tag, answer.word, &format!("{highest}{}", answer.text))
    }

    /// The selected mailbox is another one, or none: nothing that the client knows of it holds.
    pub(super) fn mailbox_gone(&mut self) -> Step {
        self.state = State::Closed;
        self.untagged("BYE [UNAVAILABLE] This mailbox is gone or not what it was; select it again");
        Step::Close(std::mem::take(&mut self.out))
    }

    /// Takes what changed into the view, and gathers what the client must be told. `Err`: see
    /// [`mailbox_gone`](Self::mailbox_gone).
    pub(super) fn take_changes(
        &mut self,
        changes: Result<Changes, Trouble>,
        gone: Gone,
    ) -> Result<(), ()> {
        let Some(selected) = self.selected() else {
            return Ok(());
        };
        let changes = match changes {
            Ok(changes) if changes.uid_validity == selected.uid_validity => changes,
            // The answer stands; what changed is told another time. A full disk above all must not close the mailbox in which
            // somebody makes room.
            Err(Trouble::OutOfOrder | Trouble::Full) => return Ok(()),
            _ => return Err(()),
        };
        let news = selected.keywords.learn(&changes.keywords);
        let told = selected
            .view
            .update(&changes.changed, &changes.vanished, gone);
        selected.mod_seq = ModSeq(selected.mod_seq.0.max(changes.mod_seq.0));
        if news {
            self.keywords_changed();
        }
        self.tell(&told);
        Ok(())
    }

    pub(super) fn keywords_changed(&mut self) {
        let Some(selected) = self.selected() else {
            return;
        };
        let flags = flag_list(&selected.keywords, "");
        let permanent = permanent_flags(selected.access, selected.permanent, &selected.keywords);
        self.untagged(&format!("FLAGS {flags}"));
        self.untagged(&format!("OK [PERMANENTFLAGS {permanent}] These stay"));
    }

    fn tell(&mut self, told: &[Told]) {
        let (condstore, qresync) = (self.enabled.condstore, self.enabled.qresync);
        let State::Selected(selected) = &self.state else {
            return;
        };
        let mut vanished: Vec<u32> = Vec::new();
        // What stands there already counts with the old numbers.
        let at = self.out.len();
        for told in told {
            let line = match told {
                Told::Expunged(_, uid) if qresync => {
                    vanished.push(uid.0);
                    continue;
                }
                Told::Expunged(number, _) => format!("{number} EXPUNGE"),
                Told::Exists(count) => format!("{count} EXISTS"),
                Told::Recent(count) => format!("{count} RECENT"),
                Told::Changed(number, seen) => {
                    fetched(*number, *seen, &selected.keywords, condstore)
                }
            };
            self.out
                .extend_from_slice(format!("* {line}\r\n").as_bytes());
        }
        if !vanished.is_empty() {
            vanished.sort_unstable();
            let line = format!("* VANISHED {}\r\n", encode::set(vanished));
            // Before EXISTS: that counts what is left.
            self.out.splice(at..at, line.bytes());
        }
    }
}

fn fetched(number: u32, seen: Seen, keywords: &Keywords, condstore: bool) -> String {
    let (uid, flags) = (seen.uid, seen.marks.list(keywords));
    if condstore {
        format!(
            "{number} FETCH (UID {uid} FLAGS {flags} MODSEQ ({}))",
            seen.mod_seq.0
        )
    } else {
        format!("{number} FETCH (UID {uid} FLAGS {flags})")
    }
}
