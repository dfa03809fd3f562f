//! The tree of mailboxes: LIST and LSUB, STATUS, CREATE, DELETE, RENAME, subscriptions.

use std::fmt::Write as _;

use super::{Answer, Ask, Asked, BAD_NAME, Session, Step, Tree};
use crate::imap::command::{Command, List, Name, StatusItem};
use crate::imap::mailbox::{Figures, Listed};
use crate::imap::names::{self, MAX_PATTERN, MAX_PATTERNS, MAX_PATTERNS_TOGETHER, SEPARATOR};
use crate::imap::view::Gone;

/// The special uses that CREATE can give (RFC 6154).
const SPECIAL_USES: [&str; 5] = ["\\Archive", "\\Drafts", "\\Junk", "\\Sent", "\\Trash"];

/// The work of a pattern is its length times that of each name.
const TOO_MUCH: &str =
    "[LIMIT] A pattern may have 1000 octets, and a LIST 100 patterns of 4000 octets together";

/// Which mailboxes LIST or LSUB asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// LIST, with its patterns as they are read, the reference before each.
    List(List, Vec<String>),
    /// LSUB, with its pattern.
    Subscribed(String),
}

/// A mailbox as LIST or LSUB shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    name: String,
    attributes: String,
    extended: &'static str,
    missing: bool,
}

impl Choice {
    /// Those of `all`, in their order. Takes its time, where there are many and the patterns are long.
    pub fn of(&self, all: &[Listed]) -> Vec<Line> {
        match self {
            Self::List(list, patterns) => {
                let fits = |mailbox: &Listed| {
                    let mut patterns = patterns.iter();
                    patterns.any(|pattern| names::fits(&mailbox.name, pattern))
                };
                let fit: Vec<bool> = all.iter().map(fits).collect();
                let lines = (0..all.len()).filter(|at| fit[*at]);
                lines
                    .filter_map(|at| list_line(&all[at], all, &fit, list))
                    .collect()
            }
            Self::Subscribed(pattern) => {
                let found = subscribed(all, pattern).into_iter();
                let lines = found.map(|(name, above)| Line {
                    name,
                    attributes: if above {
                        "\\Noselect".into()
                    } else {
                        String::new()
                    },
                    extended: "",
                    missing: false,
                });
                lines.collect()
            }
        }
    }
}

impl Session {
    pub(super) fn tree_command(&mut self, tag: String, command: Command) -> Step {
        let named = |session: &Self, name| session.named(name);
        let tree = match command {
            Command::List(list) => return self.list(tag, list),
            Command::Lsub { reference, pattern } => {
                let (Some(reference), Some(pattern)) =
                    (self.named(&reference), self.named(&pattern))
                else {
                    return self.no(&tag, BAD_NAME);
                };
                if reference.len() + pattern.len() > MAX_PATTERN {
                    return self.no(&tag, TOO_MUCH);
                }
                let choice = Choice::Subscribed(format!("{reference}{pattern}"));
                return self.ask(tag, Asked::Lsub, Ask::Mailboxes(choice));
            }
            Command::Status { mailbox, items } => {
                let Some(mailbox) = self.named(&mailbox) else {
                    return self.no(&tag, BAD_NAME);
                };
                if items.contains(&StatusItem::HighestModSeq) {
                    self.tell_mod_seqs();
                }
                return self.ask(tag, Asked::Status(items), Ask::Figures(vec![mailbox]));
            }
            Command::Create { mailbox, uses } => {
                let mut special = None;
                for wanted in &uses {
                    let known = SPECIAL_USES
                        .iter()
                        .find(|known| known.eq_ignore_ascii_case(wanted));
                    if known.is_none() || special.is_some() {
                        return self.no(&tag, "[USEATTR] A mailbox has one of these uses at most: \\Archive \\Drafts \\Junk \\Sent \\Trash");
                    }
                    special = known.copied();
                }
                // RFC 3501 section 6.3.3: a separator at the end says that more will be made inside it.
                named(self, &mailbox).map(|name| Tree::Create {
                    mailbox: name
                        .strip_suffix(SEPARATOR)
                        .map_or(name.clone(), str::to_owned),
                    special,
                })
            }
            Command::Delete(name) => named(self, &name).map(Tree::Delete),
            Command::Rename { from, to } => match (self.named(&from), self.named(&to)) {
                (Some(from), Some(to)) => Some(Tree::Rename { from, to }),
                _ => None,
            },
            Command::Subscribe(name) => named(self, &name).map(Tree::Subscribe),
            Command::Unsubscribe(name) => named(self, &name).map(Tree::Unsubscribe),
            command => return self.selected_command(tag, command),
        };
        let Some(tree) = tree else {
            return self.no(&tag, BAD_NAME);
        };
        let done = match &tree {
            Tree::Create { .. } => "Created",
            Tree::Delete(_) => "Deleted",
            Tree::Rename { .. } => "Renamed",
            Tree::Subscribe(_) => "Subscribed",
            Tree::Unsubscribe(_) => "Not subscribed any more",
        };
        self.ask(tag, Asked::Tree(done), Ask::Tree(tree))
    }

    fn list(&mut self, tag: String, list: List) -> Step {
        if let ([pattern], false) = (list.patterns.as_slice(), list.extended)
            && pattern.is_empty()
        {
            // RFC 3501 section 6.3.8: this asks for the separator alone.
            self.untagged("LIST (\\Noselect) \"/\" \"\"");
            return self.done(tag, "OK", "That is all", Gone::Told);
        }
        let lengths = list.patterns.iter().map(|p| list.reference.len() + p.len());
        let (longest, together) = (lengths.clone().max(), lengths.sum::<usize>());
        if list.patterns.len() > MAX_PATTERNS
            || longest.is_some_and(|longest| longest > MAX_PATTERN)
            || together > MAX_PATTERNS_TOGETHER
        {
            return self.no(&tag, TOO_MUCH);
        }
        let spelling = self.enabled.spelling();
        // What no name is written like fits none.
        let text = |bytes: &Vec<u8>| names::read(&Name(bytes.clone()), spelling);
        let reference = text(&list.reference);
        let pattern = |pattern| Some(format!("{}{}", reference.as_ref()?, text(pattern)?));
        let patterns = list.patterns.iter().filter_map(pattern).collect();
        let asked = Asked::List(list.status.clone());
        self.ask(tag, asked, Ask::Mailboxes(Choice::List(list, patterns)))
    }

    pub(super) fn tree_answer(&mut self, tag: String, asked: Asked, answer: Answer) -> Step {
        match (asked, answer) {
            (Asked::Tree(done), Answer::Tree(Ok(made))) => {
                // RFC 8474 section 4.1.
                let code = made.map_or_else(String::new, |id| format!("[MAILBOXID ({id})] "));
                self.done(tag, "OK", &format!("{code}{done}"), Gone::Told)
            }
            (Asked::List(status), Answer::Mailboxes(Ok(lines))) => self.listed(tag, status, lines),
            (Asked::Lsub, Answer::Mailboxes(Ok(lines))) => {
                for line in lines {
                    self.list_line("LSUB", &line);
                }
                self.done(tag, "OK", "That is all", Gone::Told)
            }
            (Asked::ListStatus(items), Answer::Figures(all)) => {
                for (mailbox, figures) in all {
                    // One that is gone meanwhile has none (RFC 5819 section 2).
                    if let Ok(figures) = figures {
                        self.status(&mailbox, &items, &figures);
                    }
                }
                self.done(tag, "OK", "That is all", Gone::Told)
            }
            (Asked::Status(items), Answer::Figures(all)) => match all.into_iter().next() {
                Some((mailbox, Ok(figures))) => {
                    self.status(&mailbox, &items, &figures);
                    self.done(tag, "OK", "That is all", Gone::Told)
                }
                Some((_, Err(trouble))) => self.trouble(&tag, trouble),
                None => self.out_of_order(),
            },
            (_, Answer::Tree(Err(trouble)) | Answer::Mailboxes(Err(trouble))) => {
                self.trouble(&tag, trouble)
            }
            _ => self.out_of_order(),
        }
    }

    fn listed(&mut self, tag: String, status: Option<Vec<StatusItem>>, lines: Vec<Line>) -> Step {
        for line in &lines {
            self.list_line("LIST", line);
        }
        let there = lines.into_iter().filter(|line| !line.missing);
        let names: Vec<String> = there.map(|line| line.name).collect();
        match status {
            Some(items) if !names.is_empty() => {
                self.ask(tag, Asked::ListStatus(items), Ask::Figures(names))
            }
            _ => self.done(tag, "OK", "That is all", Gone::Told),
        }
    }

    fn list_line(&mut self, word: &str, line: &Line) {
        let name = names::written(&line.name, self.enabled.spelling());
        let (attributes, extended) = (&line.attributes, line.extended);
        self.untagged(&format!("{word} ({attributes}) \"/\" {name}{extended}"));
    }

    fn status(&mut self, mailbox: &str, items: &[StatusItem], figures: &Figures) {
        let mut text = String::new();
        for item in items {
            let _ = match item {
                StatusItem::Messages => write!(text, "MESSAGES {} ", figures.messages),
                StatusItem::Recent => write!(text, "RECENT {} ", figures.recent),
                StatusItem::UidNext => write!(text, "UIDNEXT {} ", figures.uid_next),
                StatusItem::UidValidity => write!(text, "UIDVALIDITY {} ", figures.uid_validity),
                StatusItem::Unseen => write!(text, "UNSEEN {} ", figures.unseen),
                StatusItem::Deleted => write!(text, "DELETED {} ", figures.deleted),
                StatusItem::Size => write!(text, "SIZE {} ", figures.bytes),
                StatusItem::HighestModSeq => {
                    write!(text, "HIGHESTMODSEQ {} ", figures.mod_seq.0.max(1))
                }
                StatusItem::AppendLimit => {
                    write!(text, "APPENDLIMIT {} ", self.settings.max_message_bytes)
                }
                StatusItem::MailboxId => write!(text, "MAILBOXID ({}) ", figures.object_id),
            };
        }
        let name = names::written(mailbox, self.enabled.spelling());
        self.untagged(&format!("STATUS {name} ({})", text.trim_end()));
    }
}

/// How LIST shows a mailbox that fits; `None` where it does not. `fit` tells which of all do.
fn list_line(mailbox: &Listed, all: &[Listed], fit: &[bool], list: &List) -> Option<Line> {
    let inside = |(other, _): &(&Listed, &bool)| {
        let rest = other.name.strip_prefix(&mailbox.name);
        rest.is_some_and(|rest| rest.starts_with(SEPARATOR))
    };
    let children = || all.iter().zip(fit).filter(inside);
    let has_children = children().any(|(child, _)| !child.missing);
    // RFC 5258 section 3.5: those that are shown themselves are not told once more.
    let wanted_below = list.recursive_match
        && children().any(|(child, fits)| {
            let selected = child.subscribed && (!list.only_special || child.special.is_some());
            selected && !fits
        });
    let selected = (!list.only_subscribed || mailbox.subscribed)
        && (!list.only_special || mailbox.special.is_some());
    // A name that is only subscribed, or stands above another, is no mailbox.
    let shown = !mailbox.missing || list.only_subscribed && mailbox.subscribed || has_children;
    if !(selected && shown || wanted_below) {
        return None;
    }
    let mut attributes = Vec::new();
    if mailbox.missing {
        attributes.push(if list.extended {
            "\\NonExistent"
        } else {
            "\\Noselect"
        });
    }
    attributes.push(if has_children {
        "\\HasChildren"
    } else {
        "\\HasNoChildren"
    });
    if mailbox.subscribed && (list.only_subscribed || list.return_subscribed) {
        attributes.push("\\Subscribed");
    }
    attributes.extend(mailbox.special);
    Some(Line {
        name: mailbox.name.clone(),
        missing: mailbox.missing,
        attributes: attributes.join(" "),
        extended: if wanted_below {
            " (\"CHILDINFO\" (\"SUBSCRIBED\"))"
        } else {
            ""
        },
    })
}

/// The subscribed names that fit; and, where `%` stops above them, the names above (RFC 3501 section 6.3.9), which are told
/// apart by the second value.
fn subscribed(all: &[Listed], pattern: &str) -> Vec<(String, bool)> {
    let mut found: Vec<(String, bool)> = Vec::new();
    for mailbox in all.iter().filter(|mailbox| mailbox.subscribed) {
        if names::fits(&mailbox.name, pattern) {
            found.push((mailbox.name.clone(), false));
            continue;
        }
        let above = names::above(&mailbox.name, pattern).into_iter();
        found.extend(above.map(|name| (name.to_owned(), true)));
    }
    // One that is subscribed itself comes first.
    found.sort();
    found.dedup_by(|a, b| a.0 == b.0);
    found
}
