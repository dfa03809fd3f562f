//! What is remembered of messages that were read once, so that a listing, SORT, THREAD and most of SEARCH open no file.
//!
//! Each record is made of a message's bytes alone, which never change under its UID. Nothing depends on it: what is not
//! remembered is read, and remembered from then on.

use std::collections::HashMap;

use super::command::{Item, Section, SectionText};
use super::envelope;
use super::mailbox::Folder;
use super::structure::Structure;
use crate::store::Uid;

/// A record of a message. What is written down in another way than before needs another number (`shelf`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kept {
    /// ENVELOPE, as FETCH shows it.
    Envelope,
    /// BODYSTRUCTURE, as FETCH shows it.
    Structure,
    /// The usual fields (`is_kept`), octet by octet, in their order.
    Fields,
}

/// The fields by which messages are listed, searched and put in order.
const FIELDS: [&str; 17] = [
    "Date",
    "Subject",
    "From",
    "Sender",
    "Reply-To",
    "To",
    "Cc",
    "Bcc",
    "In-Reply-To",
    "Message-ID",
    "References",
    "Newsgroups",
    "Priority",
    "X-Priority",
    "Content-Type",
    "List-Id",
    "Return-Path",
];

/// A longer record is not kept: so many of them are in memory at once.
const MAX_BYTES: usize = 8 << 10;

/// Whether a field of this name is one of [`Kept::Fields`].
pub fn is_kept(name: &str) -> bool {
    FIELDS.iter().any(|kept| kept.eq_ignore_ascii_case(name))
}

impl Kept {
    /// The record that is enough to show an item.
    pub fn shows(item: &Item) -> Option<Self> {
        match item {
            Item::Envelope => Some(Self::Envelope),
            Item::BodyStructure => Some(Self::Structure),
            Item::Section(Section {
                part,
                text: SectionText::Fields(names),
                ..
            }) if part.is_empty() && names.iter().all(|name| is_kept(name)) => Some(Self::Fields),
            _ => None,
        }
    }

    /// The record of a message, of its header section or of its parts; `None` where there can be none.
    fn of(self, header: &[u8], structure: Option<&Structure>) -> Option<Vec<u8>> {
        let mut record = Vec::new();
        match self {
            Self::Envelope => envelope::envelope(&mut record, header),
            Self::Structure => structure?.write(&mut record, true),
            Self::Fields => {
                for (name, raw) in envelope::raw_fields(header) {
                    if std::str::from_utf8(name).is_ok_and(is_kept) {
                        record.extend_from_slice(raw);
                    }
                }
                // One that is cut short would not be the same with something behind it.
                if !record.is_empty() && !record.ends_with(b"\n") {
                    return None;
                }
            }
        }
        (record.len() <= MAX_BYTES).then_some(record)
    }
}

/// The records of some messages, a batch at a time.
#[derive(Debug, Default)]
pub struct Remembered {
    wanted: Vec<Kept>,
    found: HashMap<(Uid, Kept), Vec<u8>>,
    learnt: Vec<(Uid, Kept)>,
}

impl Remembered {
    /// Of these kinds.
    pub fn of(wanted: impl IntoIterator<Item = Kept>) -> Self {
        let mut all = Vec::new();
        for kept in wanted {
            if !all.contains(&kept) {
                all.push(kept);
            }
        }
        Self {
            wanted: all,
            ..Self::default()
        }
    }

    /// Goes on to the next messages, by UID; what was learnt of those before is written down.
    pub fn next(&mut self, folder: &dyn Folder, uids: &[Uid]) {
        self.write_down(folder);
        self.found.clear();
        for kept in &self.wanted {
            folder.remembered(*kept, uids, &mut |uid, record| {
                self.found.insert((uid, *kept), record.to_vec());
            });
        }
    }

    /// Whether all that is wanted of a message is here.
    pub fn is_whole(&self, uid: Uid) -> bool {
        let has = |kept: &Kept| self.found.contains_key(&(uid, *kept));
        self.wanted.iter().all(has)
    }

    /// Whether this is wanted and not here.
    pub fn lacks(&self, uid: Uid, kept: Kept) -> bool {
        self.wanted.contains(&kept) && !self.found.contains_key(&(uid, kept))
    }

    /// A record.
    pub fn get(&self, uid: Uid, kept: Kept) -> Option<&[u8]> {
        self.found.get(&(uid, kept)).map(Vec::as_slice)
    }

    /// Learns what is wanted of a message that was read.
    pub fn learn(&mut self, uid: Uid, header: &[u8], structure: Option<&Structure>) {
        for kept in &self.wanted {
            if !self.found.contains_key(&(uid, *kept))
                && let Some(record) = kept.of(header, structure)
            {
                self.found.insert((uid, *kept), record);
                self.learnt.push((uid, *kept));
            }
        }
    }

    /// Writes down what was learnt.
    pub fn write_down(&mut self, folder: &dyn Folder) {
        let learnt = std::mem::take(&mut self.learnt);
        for wanted in &self.wanted {
            let records: Vec<(Uid, Vec<u8>)> = learnt
                .iter()
                .filter(|(_, kept)| kept == wanted)
                .filter_map(|(uid, kept)| Some((*uid, self.get(*uid, *kept)?.to_vec())))
                .collect();
            if !records.is_empty() {
                folder.remember(*wanted, &records);
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    #[test]
    fn the_kept_fields_are_those_of_the_header_octet_by_octet() {
        let header =
            b"X-A: 1\r\nsubject:  a\r\n\tb\r\nno field\r\n more\r\nDATE:x\r\nTo : y\r\n\r\n";
        let record = Kept::Fields.of(header, None).unwrap();
        assert_eq!(
            String::from_utf8(record.clone()).unwrap(),
            "subject:  a\r\n\tb\r\nDATE:x\r\nTo : y\r\n"
        );
        for name in ["Subject", "Date", "To", "Cc"] {
            assert_eq!(
                envelope::field(&record, name),
                envelope::field(header, name),
                "{name}"
            );
        }
        assert_eq!(Kept::Fields.of(b"Subject: cut sho", None), None);
        assert_eq!(Kept::Fields.of(b"X: y\r\n\r\n", None), Some(vec![]));
        let long = format!("To: {}\r\n\r\n", "a".repeat(MAX_BYTES));
        assert_eq!(Kept::Fields.of(long.as_bytes(), None), None);
        assert_eq!(Kept::Structure.of(header, None), None);
    }
}
