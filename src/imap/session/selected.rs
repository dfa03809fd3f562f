//! Commands on the selected mailbox, and selecting one.

use std::fmt::Write as _;

use super::{Answer, Ask, Asked, BAD_NAME, Session, State, Step, Tagged};
use crate::imap::command::{Access, By, Change, Command, Item, Key, Known, Returned, Search, Set};
use crate::imap::encode;
use crate::imap::fetch::{Fetched, Plan, Wanted};
use crate::imap::flags::{Keywords, Marks, Named, SYSTEM};
use crate::imap::mailbox::{Changes, Marked, Opened, Recent, Trouble};
use crate::imap::search::{self, Candidate, Found, Order, Quest};
use crate::imap::thread;
use crate::imap::view::{Gone, Seen, Told, View};
use crate::store::{ModSeq, Uid, UidValidity};

/// The selected mailbox.
pub(super) struct Selected {
    pub view: View,
    pub access: Access,
    /// The only flags that can be changed, where it is not all.
    permanent: Option<Marks>,
    keywords: Keywords,
    /// Everything up to this change is in the view.
    pub mod_seq: ModSeq,
    uid_validity: UidValidity,
    /// UIDs that `$` means.
    saved: Vec<u32>,
}

/// A mailbox that is being selected.
pub(super) struct Opening {
    mailbox: String,
    access: Access,
    qresync: Option<Known>,
}

/// A STORE that is being done.
pub(super) struct Marking {
    by: By,
    how: Change,
    flags: Named,
    silent: bool,
    conditional: bool,
}

/// Messages that will be shown.
pub(super) struct Showing {
    by: By,
    numbers: Vec<u32>,
    /// Those that are shown when the others have been sent.
    later: Vec<u32>,
    items: Vec<Item>,
    /// How it went with those before.
    so_far: Fetched,
}

/// So many messages are marked as read before they are sent: if the connection breaks then, so many were marked that nobody saw.
const PORTION: usize = 50;

/// Most items of one FETCH: each may read the message.
const MAX_ITEMS: usize = 100;
/// Most keys of one search, and most of them that read whole messages.
const MAX_KEYS: (usize, usize) = (1000, 50);
const TOO_MANY_KEYS: &str = "[LIMIT] A search may have 1000 keys, and 50 of them BODY or TEXT";

const READ_ONLY: &str = "[READ-ONLY] This mailbox was opened for reading only";

impl Session {
    fn selected(&mut self) -> Option<&mut Selected> {
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
            Command::Close => {
                let uids = if writable {
                    selected.deleted(None)
                } else {
                    Vec::new()
                };
                self.ask(tag, Asked::Expunge { close: true }, Ask::Expunge(uids))
            }
            Command::Expunge(_) if !writable => self.no(&tag, READ_ONLY),
            Command::Expunge(set) => {
                let uids = selected.deleted(set.as_ref());
                self.ask(tag, Asked::Expunge { close: false }, Ask::Expunge(uids))
            }
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

    /// What `$` means from now on; nothing after a SEARCH that failed (RFC 5182 section 2.1).
    pub(super) fn save(&mut self, uids: Vec<u32>) {
        if let Some(selected) = self.selected() {
            selected.saved = uids;
        }
    }

    /// Mod-sequences are told from now on; first that of the mailbox, where one is selected (RFC 7162 section 3.1.2).
    pub(super) fn tell_mod_seqs(&mut self) {
        let before = std::mem::replace(&mut self.enabled.condstore, true);
        if let (false, State::Selected(selected)) = (before, &self.state) {
            let highest = selected.mod_seq.0.max(1);
            self.untagged(&format!("OK [HIGHESTMODSEQ {highest}] The last change"));
        }
    }

    fn no_such_number(&mut self, tag: &str) -> Step {
        self.bad(tag, "There is no message of this number")
    }

    // ---- selecting

    fn select(
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

    fn opened(&mut self, tag: &str, opening: Opening, opened: Opened) -> Step {
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

    // ---- fetching

    fn fetch(
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

    fn show(&mut self, tag: String, mut showing: Showing) -> Step {
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

    fn show_now(&mut self, tag: String, showing: Showing, changed: &[Uid]) -> Step {
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

    // ---- answers

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
                Err(step) => *step,
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
                fetched.unknown_encoding |= showing.so_far.unknown_encoding;
                if fetched.trouble.is_none() && !showing.later.is_empty() {
                    showing.numbers = std::mem::take(&mut showing.later);
                    showing.so_far = fetched;
                    return self.show(tag, showing);
                }
                let gone = gone_after(showing.by);
                let (word, text) = if let Some(trouble) = fetched.trouble {
                    ("NO", super::told(trouble))
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
            (Asked::Search(search), Answer::Found(Ok(Found::Messages(found)))) => {
                self.found(tag, &search, &found)
            }
            (Asked::Sort(by), Answer::Found(Ok(Found::Messages(found)))) => {
                let mut text = String::from("SORT");
                for candidate in found {
                    let _ = write!(text, " {}", number_of(by, candidate));
                }
                self.untagged(&text);
                self.done(tag, "OK", "That is all", gone_after(by))
            }
            (Asked::Thread(by), Answer::Found(Ok(Found::Threads(nodes)))) => {
                let threads = thread::written(&nodes, |candidate| number_of(by, candidate));
                self.untagged(format!("THREAD {threads}").trim_end());
                self.done(tag, "OK", "That is all", gone_after(by))
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

    fn synchronized(
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
        if let Err(step) = self.take_changes(changes, gone) {
            return *step;
        }
        let highest = match (&self.state, answer.highest) {
            (State::Selected(selected), true) => format!("[HIGHESTMODSEQ {}] ", selected.mod_seq.0),
            _ => String::new(),
        };
        self.tagged(tag, answer.word, &format!("{highest}{}", answer.text))
    }

    /// Takes what changed into the view, and gathers what the client must be told.
    fn take_changes(
        &mut self,
        changes: Result<Changes, Trouble>,
        gone: Gone,
    ) -> Result<(), Box<Step>> {
        let Some(selected) = self.selected() else {
            return Ok(());
        };
        let changes = match changes {
            Ok(changes) if changes.uid_validity == selected.uid_validity => changes,
            // The answer stands; what changed is told another time. A full disk above all must not close the mailbox in which
            // somebody makes room.
            Err(Trouble::OutOfOrder | Trouble::Full) => return Ok(()),
            _ => {
                self.state = State::Closed;
                self.untagged(
                    "BYE [UNAVAILABLE] This mailbox is gone or not what it was; select it again",
                );
                return Err(Box::new(Step::Close(std::mem::take(&mut self.out))));
            }
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

    fn keywords_changed(&mut self) {
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

    fn take_marked(&mut self, marked: &Marked) {
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

    fn marked(&mut self, tag: String, marking: &Marking, marked: &Marked) -> Step {
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

    fn found(&mut self, tag: String, search: &Search, found: &[Candidate]) -> Step {
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
        self.done(tag, "OK", "SEARCH is done", gone_after(search.by))
    }
}

impl Selected {
    /// The numbers of a set; `None` for a number that no message has.
    fn numbers(&self, by: By, set: &Set) -> Option<Vec<u32>> {
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

    fn quest(&self, program: &Key, order: Order) -> Quest {
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

fn number_of(by: By, candidate: Candidate) -> u32 {
    match by {
        By::Number => candidate.number,
        By::Uid => candidate.seen.uid.0,
    }
}

/// RFC 3501 section 7.4.1: numbers do not shift while a client uses them.
fn gone_after(by: By) -> Gone {
    match by {
        By::Number => Gone::Held,
        By::Uid => Gone::Told,
    }
}

fn is_too_much(program: &Key) -> bool {
    let (keys, contents) = search::weight(program);
    keys > MAX_KEYS.0 || contents > MAX_KEYS.1
}

fn asks_mod_seq(key: &Key) -> bool {
    match key {
        Key::ModSeq(_) => true,
        Key::And(keys) => keys.iter().any(asks_mod_seq),
        Key::Or(a, b) => asks_mod_seq(a) || asks_mod_seq(b),
        Key::Not(key) => asks_mod_seq(key),
        _ => false,
    }
}

/// The flags that a client can change for good, in brackets.
fn permanent_flags(access: Access, only: Option<Marks>, keywords: &Keywords) -> String {
    match (access, only) {
        (Access::ReadWrite, None) => flag_list(keywords, "\\*"),
        (Access::ReadWrite, Some(only)) => only.list(&Keywords::default()),
        (Access::ReadOnly, _) => "()".into(),
    }
}

/// All flags of the mailbox in brackets, and one more.
fn flag_list(keywords: &Keywords, more: &str) -> String {
    let system = SYSTEM.iter().map(|(_, name)| *name);
    let mut all: Vec<&str> = system.chain(keywords.all()).collect();
    if !more.is_empty() {
        all.push(more);
    }
    format!("({})", all.join(" "))
}
