//! The view: the mailbox as one client sees it. Sequence numbers are places in it, and they never shift under the client:
//! what is gone keeps its place until the client may be told (RFC 3501 sections 5.5 and 7.4.1, RFC 2180). Pure.
//!
//! 20 bytes a message: 2 MB for 100,000.

use super::flags::Marks;
use crate::store::{ModSeq, Uid};

/// One message in the view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Its UID.
    pub uid: Uid,
    /// Its flags, as the client knows them.
    pub marks: Marks,
    /// When it changed last.
    pub mod_seq: ModSeq,
}

/// A change that the client must be told, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// The message with this number is gone; those behind it move up by one.
    Expunged(u32, Uid),
    /// There are so many messages now.
    Exists(u32),
    /// So many of them are `\Recent`.
    Recent(u32),
    /// The message with this number has these flags now.
    Changed(u32, Seen),
}

/// Whether messages that are gone may be told now: not in the answer to FETCH, STORE or SEARCH (RFC 3501 section 7.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gone {
    /// They may.
    Told,
    /// They keep their numbers until another command.
    Held,
}

/// The messages of a mailbox, as one client sees them.
#[derive(Clone, Debug, Default)]
pub struct View {
    uids: Vec<u32>,
    marks: Vec<Marks>,
    mod_seqs: Vec<u64>,
    /// UIDs that are gone and keep their places.
    ghosts: Vec<u32>,
    /// How many are `\Recent`, and how many the client knows of.
    recent: u32,
    recent_told: u32,
}

impl View {
    /// A view of these messages, which come in the order of their UIDs.
    pub fn new(messages: impl IntoIterator<Item = Seen>) -> Self {
        let mut view = Self::default();
        for message in messages {
            view.push(message);
        }
        view.recent_told = view.recent;
        view.uids.shrink_to_fit();
        view.marks.shrink_to_fit();
        view.mod_seqs.shrink_to_fit();
        view
    }

    fn push(&mut self, message: Seen) {
        if self.uids.last().is_none_or(|last| *last < message.uid.0) {
            self.recent += u32::from(message.marks.has(Marks::RECENT));
            self.uids.push(message.uid.0);
            self.marks.push(message.marks);
            self.mod_seqs.push(message.mod_seq.0);
        }
    }

    /// How many messages the client sees.
    pub fn len(&self) -> u32 {
        u32::try_from(self.uids.len()).unwrap_or(u32::MAX)
    }

    /// How many of them are `\Recent`: those that no session was told of before this one.
    pub fn recent(&self) -> u32 {
        self.recent
    }

    /// From now on no message is `\Recent`.
    pub fn forget_recent(&mut self) {
        for marks in &mut self.marks {
            *marks = marks.without(Marks::RECENT);
        }
        (self.recent, self.recent_told) = (0, 0);
    }

    /// Whether it sees none.
    pub fn is_empty(&self) -> bool {
        self.uids.is_empty()
    }

    /// The highest UID, 0 for none.
    pub fn last_uid(&self) -> u32 {
        self.uids.last().copied().unwrap_or(0)
    }

    /// The message with this number, from 1 on.
    pub fn get(&self, number: u32) -> Option<Seen> {
        let at = usize::try_from(number).ok()?.checked_sub(1)?;
        Some(Seen {
            uid: Uid(*self.uids.get(at)?),
            marks: self.marks[at],
            mod_seq: ModSeq(self.mod_seqs[at]),
        })
    }

    /// The number of the message with this UID.
    pub fn number(&self, uid: Uid) -> Option<u32> {
        let at = self.uids.binary_search(&uid.0).ok()?;
        u32::try_from(at + 1).ok()
    }

    /// Whether a message is gone, though it still has its number.
    #[cfg(test)]
    pub(super) fn is_ghost(&self, uid: Uid) -> bool {
        self.ghosts.binary_search(&uid.0).is_ok()
    }

    /// All messages with their numbers.
    pub fn messages(&self) -> impl Iterator<Item = (u32, Seen)> + '_ {
        (1..=self.len()).filter_map(|number| Some((number, self.get(number)?)))
    }

    /// The messages with these numbers, which come in order and without overlaps. `None` if one of them does not exist.
    pub fn by_number(&self, ranges: &[(u32, u32)]) -> Option<Vec<u32>> {
        let legal = |&(low, high): &(u32, u32)| low >= 1 && high <= self.len();
        if !ranges.iter().all(legal) {
            return None;
        }
        Some(ranges.iter().flat_map(|&(low, high)| low..=high).collect())
    }

    /// The numbers of the messages with these UIDs; a UID that nobody has is no error.
    pub fn by_uid(&self, ranges: &[(u32, u32)]) -> Vec<u32> {
        let mut numbers = Vec::new();
        for &(low, high) in ranges {
            let first = self.uids.partition_point(|uid| *uid < low);
            let end = self.uids.partition_point(|uid| *uid <= high);
            numbers.extend((first + 1..=end).filter_map(|n| u32::try_from(n).ok()));
        }
        numbers
    }

    /// Takes new flags of one message without a word to the client: it hears them with the answer. Whether it is `\Recent`
    /// does not change.
    pub fn set(&mut self, message: Seen) {
        if let Ok(at) = self.uids.binary_search(&message.uid.0) {
            self.marks[at] = self.as_recent_as_before(at, message.marks);
            self.mod_seqs[at] = self.mod_seqs[at].max(message.mod_seq.0);
        }
    }

    /// Takes what changed in the mailbox: messages with new flags or new ones, by UID, and UIDs that are gone. What the client
    /// must be told comes back, gone ones only where they may be told.
    pub fn update(&mut self, changed: &[Seen], vanished: &[Uid], gone: Gone) -> Vec<Told> {
        let mut told = Vec::new();
        for uid in vanished {
            if self.number(*uid).is_some()
                && let Err(at) = self.ghosts.binary_search(&uid.0)
            {
                self.ghosts.insert(at, uid.0);
            }
        }
        if gone == Gone::Told {
            self.bury(&mut told);
        }
        let before = self.len();
        let last = self.last_uid();
        for message in changed.iter().filter(|message| message.uid.0 > last) {
            self.push(*message);
        }
        if self.len() != before {
            told.push(Told::Exists(self.len()));
        }
        if self.recent != self.recent_told {
            told.push(Told::Recent(self.recent));
            self.recent_told = self.recent;
        }
        for message in changed.iter().filter(|message| message.uid.0 <= last) {
            let Ok(at) = self.uids.binary_search(&message.uid.0) else {
                continue;
            };
            let marks = self.as_recent_as_before(at, message.marks);
            let news = self.marks[at] != marks || self.mod_seqs[at] < message.mod_seq.0;
            if news && self.mod_seqs[at] <= message.mod_seq.0 {
                self.set(*message);
                if let (Ok(number), Some(now)) = (u32::try_from(at + 1), self.get_at(at)) {
                    told.push(Told::Changed(number, now));
                }
            }
        }
        told
    }

    fn as_recent_as_before(&self, at: usize, marks: Marks) -> Marks {
        match self.marks[at].has(Marks::RECENT) {
            true => marks.with(Marks::RECENT),
            false => marks.without(Marks::RECENT),
        }
    }

    fn get_at(&self, at: usize) -> Option<Seen> {
        self.get(u32::try_from(at + 1).ok()?)
    }

    /// Takes the places of what is gone; highest numbers first, so that none that is told has shifted.
    fn bury(&mut self, told: &mut Vec<Told>) {
        if self.ghosts.is_empty() {
            return;
        }
        let ghosts = std::mem::take(&mut self.ghosts);
        for uid in ghosts.iter().rev() {
            if let Some(number) = self.number(Uid(*uid)) {
                told.push(Told::Expunged(number, Uid(*uid)));
                let was = self.get(number).map(|seen| seen.marks.has(Marks::RECENT));
                self.recent -= u32::from(was == Some(true));
            }
        }
        let mut keep = self
            .uids
            .iter()
            .map(|uid| ghosts.binary_search(uid).is_err());
        let keep: Vec<bool> = keep.by_ref().collect();
        retain(&mut self.uids, &keep);
        retain(&mut self.marks, &keep);
        retain(&mut self.mod_seqs, &keep);
    }
}

fn retain<T>(all: &mut Vec<T>, keep: &[bool]) {
    let mut keep = keep.iter();
    all.retain(|_| keep.next().copied().unwrap_or(true));
}

#[cfg(test)]
#[path = "view_tests.rs"]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests;
