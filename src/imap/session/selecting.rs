//! SELECT and EXAMINE.

use super::selected::Selected;
use super::{Ask, Asked, Session, State, Step};
use crate::imap::command::{Access, Known, Set};
use crate::imap::encode;
use crate::imap::flags::{Keywords, Marks, SYSTEM};
use crate::imap::mailbox::Opened;
use crate::imap::search;
use crate::imap::view::View;
use crate::store::{ModSeq, Uid};

/// A mailbox that is being selected.
pub(super) struct Opening {
    mailbox: String,
    access: Access,
    qresync: Option<Known>,
}

impl Session {
    pub(super) fn select(
        &mut self,
        tag: String,
        mailbox: String,
        access: Access,
        condstore: bool,
        qresync: Option<Known>,
    ) -> Step {
        if qresync.is_some() && !self.enabled.qresync {
            return self.bad(&tag, "ENABLE QRESYNC first");
        }
        self.enabled.condstore |= condstore;
        if matches!(self.state, State::Selected(_)) {
            self.untagged("OK [CLOSED] The mailbox before is closed");
            self.state = State::Member;
        }
        let vanished_since = qresync.as_ref().map(|known| ModSeq(known.mod_seq));
        let recent = self.recent(access);
        let opening = Opening {
            mailbox: mailbox.clone(),
            access,
            qresync,
        };
        self.ask(
            tag,
            Asked::Open(opening),
            Ask::Open {
                mailbox,
                vanished_since,
                recent,
            },
        )
    }

    pub(super) fn opened(&mut self, tag: &str, opening: Opening, opened: Opened) -> Step {
        let access = if opened.read_only {
            Access::ReadOnly
        } else {
            opening.access
        };
        let figures = &opened.figures;
        let view = View::new(opened.messages.iter().copied());
        if !self.enabled.rev2 {
            self.untagged(&format!("{} RECENT", view.recent()));
        }
        self.untagged(&format!("{} EXISTS", view.len()));
        let keywords = opened.keywords;
        let flags = flag_list(&keywords, "");
        self.untagged(&format!("FLAGS {flags}"));
        let permanent = permanent_flags(access, opened.permanent, &keywords);
        self.untagged(&format!("OK [PERMANENTFLAGS {permanent}] These stay"));
        if !self.enabled.rev2 {
            let unseen = view
                .messages()
                .find(|(_, seen)| !seen.marks.has(Marks::SEEN));
            if let Some((number, _)) = unseen {
                self.untagged(&format!("OK [UNSEEN {number}] The first that is not read"));
            }
        }
        self.untagged(&format!(
            "OK [UIDVALIDITY {}] UIDs stay what they are",
            figures.uid_validity
        ));
        self.untagged(&format!("OK [UIDNEXT {}] The next UID", figures.uid_next));
        self.untagged(&format!(
            "OK [HIGHESTMODSEQ {}] The last change",
            figures.mod_seq.0.max(1)
        ));
        self.untagged(&format!(
            "OK [MAILBOXID ({})] Its name for ever",
            figures.object_id
        ));
        if self.enabled.rev2 {
            // RFC 9051 section 6.3.2.
            let name = crate::imap::names::written(&opening.mailbox, self.enabled.spelling());
            self.untagged(&format!("LIST () \"/\" {name}"));
        }
        if let Some(known) = opening
            .qresync
            .filter(|k| k.uid_validity == figures.uid_validity.0)
        {
            self.resynchronize(&view, &keywords, &known, &opened.vanished);
        }
        self.state = State::Selected(Box::new(Selected {
            view,
            access,
            permanent: opened.permanent,
            keywords,
            mod_seq: figures.mod_seq,
            uid_validity: figures.uid_validity,
            saved: Vec::new(),
        }));
        match access {
            Access::ReadWrite => self.tagged(tag, "OK", "[READ-WRITE] Selected"),
            Access::ReadOnly => self.tagged(tag, "OK", "[READ-ONLY] Selected"),
        }
    }

    /// RFC 7162 section 3.2.5: what is gone, and what has other flags than the client remembers.
    fn resynchronize(&mut self, view: &View, keywords: &Keywords, known: &Known, vanished: &[Uid]) {
        let wanted = known
            .uids
            .as_ref()
            .map(|ranges| Set::Ranges(ranges.clone()).resolve(u32::MAX));
        let asked = |uid: u32| {
            wanted
                .as_ref()
                .is_none_or(|ranges| search::holds(ranges, uid))
        };
        let gone: Vec<u32> = vanished
            .iter()
            .map(|uid| uid.0)
            .filter(|uid| asked(*uid))
            .collect();
        if !gone.is_empty() {
            self.untagged(&format!("VANISHED (EARLIER) {}", encode::set(gone)));
        }
        for (number, seen) in view.messages() {
            if seen.mod_seq.0 > known.mod_seq && asked(seen.uid.0) {
                let flags = seen.marks.list(keywords);
                let (uid, mod_seq) = (seen.uid, seen.mod_seq.0);
                self.untagged(&format!(
                    "{number} FETCH (UID {uid} FLAGS {flags} MODSEQ ({mod_seq}))"
                ));
            }
        }
    }
}

/// The flags that a client can change for good, in brackets.
pub(super) fn permanent_flags(access: Access, only: Option<Marks>, keywords: &Keywords) -> String {
    match (access, only) {
        (Access::ReadWrite, None) => flag_list(keywords, "\\*"),
        (Access::ReadWrite, Some(only)) => only.list(&Keywords::default()),
        (Access::ReadOnly, _) => "()".into(),
    }
}

/// All flags of the mailbox in brackets, and one more.
pub(super) fn flag_list(keywords: &Keywords, more: &str) -> String {
    let system = SYSTEM.iter().map(|(_, name)| *name);
    let mut all: Vec<&str> = system.chain(keywords.all()).collect();
    if !more.is_empty() {
        all.push(more);
    }
    format!("({})", all.join(" "))
}
