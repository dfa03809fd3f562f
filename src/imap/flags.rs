//! Flags as IMAP names them: five of the system, and keywords that are a mailbox's own.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::command::Change;

/// The flags of one message: those of the system, and which set of the mailbox's [`Keywords`] it has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Marks {
    system: u8,
    keywords: u32,
}

impl Marks {
    /// None set.
    pub const NONE: Self = Self::system(0);
    /// `\Answered`.
    pub const ANSWERED: Self = Self::system(1);
    /// `\Flagged`.
    pub const FLAGGED: Self = Self::system(1 << 1);
    /// `\Deleted`.
    pub const DELETED: Self = Self::system(1 << 2);
    /// `\Seen`.
    pub const SEEN: Self = Self::system(1 << 3);
    /// `\Draft`.
    pub const DRAFT: Self = Self::system(1 << 4);
    /// `\Recent`: a session's own, which no store keeps and no client sets.
    pub const RECENT: Self = Self::system(1 << 5);

    const fn system(bits: u8) -> Self {
        Self {
            system: bits,
            keywords: 0,
        }
    }

    /// With the set of keywords that has this id in its mailbox; 0 for none.
    #[must_use]
    pub const fn with_keywords(self, set: u32) -> Self {
        Self {
            keywords: set,
            ..self
        }
    }

    /// The id of its set of keywords.
    pub const fn keywords(self) -> u32 {
        self.keywords
    }

    /// This and the system flags of the other.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self {
            system: self.system | other.system,
            ..self
        }
    }

    /// This, but for the system flags of the other.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self {
            system: self.system & !other.system,
            ..self
        }
    }

    /// Whether every system flag of `other` is set.
    pub const fn has(self, other: Self) -> bool {
        self.system & other.system == other.system
    }

    /// The flags in brackets, as a FETCH answer shows them.
    pub fn list(self, keywords: &Keywords) -> String {
        let mut text = String::from("(");
        for (flag, name) in SYSTEM {
            if self.has(flag) {
                let _ = write!(text, "{name} ");
            }
        }
        if self.has(Self::RECENT) {
            text.push_str("\\Recent ");
        }
        for name in keywords.of(self) {
            let _ = write!(text, "{name} ");
        }
        if text.ends_with(' ') {
            text.pop();
        }
        text.push(')');
        text
    }
}

/// The flags of RFC 3501 section 2.3.2 that a client may set.
pub const SYSTEM: [(Marks, &str); 5] = [
    (Marks::ANSWERED, "\\Answered"),
    (Marks::FLAGGED, "\\Flagged"),
    (Marks::DELETED, "\\Deleted"),
    (Marks::SEEN, "\\Seen"),
    (Marks::DRAFT, "\\Draft"),
];

/// The sets of keywords that messages of a mailbox have, by their ids. A set that was listed once stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keywords(BTreeMap<u32, Vec<String>>);

impl Keywords {
    /// The keywords of a message with these marks.
    pub fn of(&self, marks: Marks) -> &[String] {
        self.0.get(&marks.keywords).map_or(&[], Vec::as_slice)
    }

    /// Whether a message with these marks has this keyword; ASCII case does not matter.
    pub fn has(&self, marks: Marks, name: &str) -> bool {
        self.of(marks).iter().any(|k| k.eq_ignore_ascii_case(name))
    }

    /// Whether the names of this set are known here.
    pub fn knows(&self, set: u32) -> bool {
        set == 0 || self.0.contains_key(&set)
    }

    /// Takes the names of a set.
    pub fn add(&mut self, set: u32, names: Vec<String>) {
        self.0.insert(set, names);
    }

    /// Takes sets that are not known here; tells whether there was a keyword that no set had before.
    pub fn learn(&mut self, other: &Self) -> bool {
        // The most frequent case, and what follows looks at every name.
        if other.0.keys().all(|set| self.knows(*set)) {
            return false;
        }
        let before = self.all().len();
        for (set, names) in &other.0 {
            self.0.entry(*set).or_insert_with(|| names.clone());
        }
        self.all().len() != before
    }

    /// Every keyword once, in the order of their names.
    pub fn all(&self) -> Vec<&str> {
        let mut all: Vec<&str> = self.0.values().flatten().map(String::as_str).collect();
        all.sort_by_cached_key(|name| name.to_ascii_lowercase());
        all.dedup_by(|a, b| a.eq_ignore_ascii_case(b));
        all
    }
}

/// Flags as a client wrote them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// The system's.
    pub system: Marks,
    /// Keywords, each once.
    pub keywords: Vec<String>,
}

impl Named {
    /// Whether a message has just the flags that it must have when it had those of `before` and these were set, added or
    /// removed.
    pub fn leads(
        &self,
        how: Change,
        before: (Marks, &Keywords),
        after: (Marks, &Keywords),
    ) -> bool {
        let named = |name: &str| self.keywords.iter().any(|k| k.eq_ignore_ascii_case(name));
        let (old, new) = (before.1.of(before.0), after.1.of(after.0));
        let has = |names: &[String], name: &str| names.iter().any(|k| k.eq_ignore_ascii_case(name));
        let stays = |name: &str| how != Change::Set && !named(name);
        let system = match how {
            Change::Set => self.system,
            Change::Add => before.0.with(self.system),
            Change::Remove => before.0.without(self.system),
        };
        SYSTEM
            .iter()
            .all(|(flag, _)| system.has(*flag) == after.0.has(*flag))
            && old.iter().all(|name| !stays(name) || has(new, name))
            && new.iter().all(|name| match named(name) {
                true => how != Change::Remove,
                false => stays(name) && has(old, name),
            })
            && (how == Change::Remove || self.keywords.iter().all(|name| has(new, name)))
    }

    /// Adds one as it was written. `false` for a name beginning with a backslash that no client may set.
    pub fn add(&mut self, name: &str) -> bool {
        if name.starts_with('\\') {
            let known = SYSTEM
                .iter()
                .find(|(_, known)| known.eq_ignore_ascii_case(name));
            if let Some((flag, _)) = known {
                self.system = self.system.with(*flag);
            }
            return known.is_some();
        }
        if !self.keywords.iter().any(|k| k.eq_ignore_ascii_case(name)) {
            self.keywords.push(name.to_owned());
        }
        true
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_written_in_one_order_and_keywords_by_their_names() {
        let mut keywords = Keywords::default();
        keywords.add(7, vec!["$Forwarded".into(), "Work".into()]);
        let marks = Marks::SEEN.with(Marks::ANSWERED).with_keywords(7);
        assert_eq!(marks.list(&keywords), "(\\Answered \\Seen $Forwarded Work)");
        assert_eq!(Marks::NONE.list(&keywords), "()");
        assert_eq!(
            marks.with(Marks::RECENT).list(&keywords),
            "(\\Answered \\Seen \\Recent $Forwarded Work)"
        );
        assert!(keywords.has(marks, "work") && !keywords.has(Marks::SEEN, "work"));
        let mut more = keywords.clone();
        more.add(8, vec!["work".into(), "Play".into()]);
        assert!(keywords.learn(&more) && !keywords.learn(&more));
        assert_eq!(keywords.all(), ["$Forwarded", "Play", "Work"]);
    }

    #[test]
    fn what_a_change_of_flags_leads_to_is_known_before() {
        let mut keywords = Keywords::default();
        keywords.add(1, vec!["a".into()]);
        keywords.add(2, vec!["A".into(), "b".into()]);
        let named = Named {
            system: Marks::SEEN,
            keywords: vec!["B".into()],
        };
        let leads = |how, before: Marks, after: Marks| {
            named.leads(how, (before, &keywords), (after, &keywords))
        };
        let (flagged, seen) = (Marks::FLAGGED, Marks::SEEN);
        let (one, both) = (
            flagged.with_keywords(1),
            flagged.with(seen).with_keywords(2),
        );
        assert!(leads(Change::Add, one, both) && leads(Change::Add, one.with(Marks::RECENT), both));
        assert!(!leads(Change::Add, one, both.with(Marks::DRAFT)));
        assert!(!leads(Change::Add, one, one.with(seen)));
        assert!(!leads(Change::Add, Marks::NONE, seen.with_keywords(2)));
        assert!(leads(Change::Remove, both, one) && !leads(Change::Remove, both, both));
        assert!(!leads(Change::Remove, both, Marks::FLAGGED));
        assert!(!leads(Change::Set, one, both) && !leads(Change::Set, one, seen));
    }

    #[test]
    fn a_client_sets_five_system_flags_and_any_keyword_but_no_other_backslash() {
        let mut named = Named::default();
        assert!(named.add("\\sEEN") && named.add("$Junk") && named.add("$junk"));
        assert!(!named.add("\\Recent") && !named.add("\\*"));
        assert_eq!((named.system, named.keywords.len()), (Marks::SEEN, 1));
    }
}
