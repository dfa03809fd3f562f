//! Threads (RFC 5256): by references, as Jamie Zawinski's algorithm makes them, and by subject. Pure.

use std::collections::HashMap;

use super::search::{Candidate, Node};

/// What threading must know of a message.
#[derive(Clone, Debug)]
pub struct Letter {
    /// The message.
    pub candidate: Candidate,
    /// What stands for its Message-ID.
    pub id: Option<u64>,
    /// The same for what it answers to, the oldest first.
    pub references: Vec<u64>,
    /// Its base subject, for comparing.
    pub subject: String,
    /// Its subject was that of an answer.
    pub answer: bool,
    /// When it was sent, seconds since 1970.
    pub date: i64,
}

/// References of one message that are followed.
pub(super) const MAX_REFERENCES: usize = 100;
/// Steps up and down the threads for each message, all taken together: who writes letters to a mailbox chooses what they refer to, and without
/// a limit could have each of them climb over all others. What people write takes two or three.
const STEPS: usize = 200;

#[derive(Default)]
struct Place {
    letter: Option<usize>,
    parent: Option<usize>,
    children: Vec<usize>,
}

struct Forest {
    letters: Vec<Letter>,
    boxes: Vec<Place>,
    by_id: HashMap<u64, usize>,
    /// That are left of [`STEPS`].
    steps: usize,
}

impl Forest {
    fn of(&mut self, id: u64) -> usize {
        if let Some(at) = self.by_id.get(&id) {
            return *at;
        }
        self.boxes.push(Place::default());
        self.by_id.insert(id, self.boxes.len() - 1);
        self.boxes.len() - 1
    }

    /// Whether `above` is the box or one above it; also when too much was climbed already.
    fn is_below(&mut self, mut at: usize, above: usize) -> bool {
        // Most letters are the last of their thread.
        if self.boxes[above].children.is_empty() {
            return at == above;
        }
        while at != above {
            let Some(parent) = self.boxes[at].parent else {
                return false;
            };
            if !self.take(1) {
                return true;
            }
            at = parent;
        }
        true
    }

    /// Whether so many steps may still be taken.
    fn take(&mut self, steps: usize) -> bool {
        let left = self.steps.checked_sub(steps);
        self.steps = left.unwrap_or(0);
        left.is_some()
    }

    /// Puts a box that has none above it below another one.
    fn link(&mut self, parent: usize, child: usize) {
        self.boxes[child].parent = Some(parent);
        self.boxes[parent].children.push(child);
    }

    /// Takes a box away from the one above it; whether nothing is above it then.
    fn unlink(&mut self, child: usize) -> bool {
        let Some(parent) = self.boxes[child].parent else {
            return true;
        };
        if !self.take(self.boxes[parent].children.len()) {
            return false;
        }
        self.boxes[child].parent = None;
        self.boxes[parent].children.retain(|c| *c != child);
        true
    }

    /// The date that a box is put in order by: its own, or that of its first answer.
    fn date(&self, at: usize) -> (i64, u32) {
        let mut at = at;
        loop {
            if let Some(letter) = self.boxes[at].letter {
                let letter = &self.letters[letter];
                return (letter.date, letter.candidate.number);
            }
            match self.boxes[at].children.first() {
                Some(child) => at = *child,
                None => return (i64::MAX, u32::MAX),
            }
        }
    }

    fn subject(&self, at: usize) -> Option<(&str, bool)> {
        let at = match self.boxes[at].letter {
            Some(letter) => letter,
            None => self.boxes[*self.boxes[at].children.first()?].letter?,
        };
        Some((&self.letters[at].subject, self.letters[at].answer))
    }
}

/// THREAD=REFERENCES.
pub fn by_references(letters: Vec<Letter>) -> Vec<Node> {
    let mut forest = Forest {
        boxes: Vec::with_capacity(letters.len()),
        by_id: HashMap::new(),
        steps: letters.len().saturating_mul(STEPS),
        letters,
    };
    for at in 0..forest.letters.len() {
        place(&mut forest, at);
    }
    let roots: Vec<usize> = (0..forest.boxes.len())
        .filter(|at| forest.boxes[*at].parent.is_none())
        .collect();
    let mut roots = prune(&mut forest, roots);
    order(&mut forest, &mut roots);
    let mut roots = gather(&mut forest, roots);
    order(&mut forest, &mut roots);
    nodes(&forest, &roots)
}

/// Steps 1 and 2: one message, and what it refers to.
fn place(forest: &mut Forest, at: usize) {
    let letter = &forest.letters[at];
    let (id, references) = (letter.id, letter.references.clone());
    let mut own = id.map(|id| forest.of(id));
    if own.is_none_or(|own| forest.boxes[own].letter.is_some()) {
        // Without an id, or one that another message has already.
        forest.boxes.push(Place::default());
        own = Some(forest.boxes.len() - 1);
    }
    let own = own.unwrap_or_default();
    forest.boxes[own].letter = Some(at);
    let skipped = references.len().saturating_sub(MAX_REFERENCES);
    let mut last = None;
    for reference in &references[skipped..] {
        let this = forest.of(*reference);
        if let Some(parent) = last
            && forest.boxes[this].parent.is_none()
            && !forest.is_below(parent, this)
        {
            forest.link(parent, this);
        }
        last = Some(this);
    }
    if last.is_some() && forest.boxes[own].parent == last {
        return;
    }
    // What others said of it before it came itself does not hold, even where its own word would make a circle.
    if forest.unlink(own)
        && let Some(parent) = last
        && !forest.is_below(parent, own)
    {
        forest.link(parent, own);
    }
}

/// Step 3: places without a message go, where nothing needs them. Without recursion: a chain may be long.
fn prune(forest: &mut Forest, roots: Vec<usize>) -> Vec<usize> {
    let mut all = Vec::new();
    let mut open = roots.clone();
    while let Some(at) = open.pop() {
        all.push(at);
        open.extend(&forest.boxes[at].children);
    }
    // Those below come first.
    for at in all.into_iter().rev() {
        let children = std::mem::take(&mut forest.boxes[at].children);
        let mut kept = Vec::with_capacity(children.len());
        for child in children {
            let empty = forest.boxes[child].letter.is_none();
            if !empty {
                kept.push(child);
                continue;
            }
            for grandchild in std::mem::take(&mut forest.boxes[child].children) {
                forest.boxes[grandchild].parent = Some(at);
                kept.push(grandchild);
            }
        }
        forest.boxes[at].children = kept;
    }
    let mut left = Vec::new();
    for root in roots {
        if forest.boxes[root].letter.is_some() || forest.boxes[root].children.len() > 1 {
            left.push(root);
        } else if let Some(&child) = forest.boxes[root].children.first() {
            forest.boxes[child].parent = None;
            left.push(child);
        }
    }
    left
}

/// Steps 4 and 6: by date.
fn order(forest: &mut Forest, roots: &mut [usize]) {
    let mut all = Vec::new();
    let mut open = roots.to_vec();
    while let Some(at) = open.pop() {
        all.push(at);
        open.extend(&forest.boxes[at].children);
    }
    for at in all.into_iter().rev() {
        let mut children = std::mem::take(&mut forest.boxes[at].children);
        children.sort_by_key(|child| forest.date(*child));
        forest.boxes[at].children = children;
    }
    roots.sort_by_key(|root| forest.date(*root));
}

/// Step 5: threads with one subject are one.
fn gather(forest: &mut Forest, roots: Vec<usize>) -> Vec<usize> {
    let mut table: HashMap<String, usize> = HashMap::new();
    for &root in &roots {
        let Some((subject, answer)) = forest.subject(root) else {
            continue;
        };
        if subject.is_empty() {
            continue;
        }
        let better = match table.get(subject) {
            None => true,
            Some(&other) => {
                let empty = forest.boxes[root].letter.is_none();
                let other_empty = forest.boxes[other].letter.is_none();
                let other_answer = forest.subject(other).is_some_and(|(_, answer)| answer);
                !other_empty && (empty || other_answer && !answer)
            }
        };
        if better {
            table.insert(subject.to_owned(), root);
        }
    }
    let mut left = Vec::new();
    for root in roots {
        let subject = forest.subject(root).map(|(s, a)| (s.to_owned(), a));
        let other = subject
            .as_ref()
            .and_then(|(subject, _)| table.get(subject).copied())
            .filter(|other| *other != root);
        let (Some(other), Some((subject, answer))) = (other, subject) else {
            left.push(root);
            continue;
        };
        let empty = forest.boxes[root].letter.is_none();
        let other_empty = forest.boxes[other].letter.is_none();
        let other_answer = forest.subject(other).is_some_and(|(_, answer)| answer);
        if empty && other_empty {
            for child in std::mem::take(&mut forest.boxes[root].children) {
                forest.boxes[child].parent = Some(other);
                forest.boxes[other].children.push(child);
            }
        } else if other_empty || answer && !other_answer {
            forest.boxes[root].parent = Some(other);
            forest.boxes[other].children.push(root);
        } else {
            // Two of one kind: both under a place without a message.
            forest.boxes.push(Place {
                letter: None,
                parent: None,
                children: vec![other, root],
            });
            let new = forest.boxes.len() - 1;
            for child in [other, root] {
                forest.boxes[child].parent = Some(new);
            }
            table.insert(subject, new);
            left.push(new);
        }
    }
    // What became part of another one after it was left standing.
    left.retain(|at| forest.boxes[*at].parent.is_none());
    left
}

/// In the order of the answer; without recursion, for a chain may be long.
fn nodes(forest: &Forest, roots: &[usize]) -> Vec<Node> {
    let mut all = Vec::new();
    let mut open: Vec<usize> = roots.iter().rev().copied().collect();
    while let Some(at) = open.pop() {
        let children = &forest.boxes[at].children;
        all.push(Node {
            message: forest.boxes[at]
                .letter
                .map(|at| forest.letters[at].candidate),
            answers: children.len(),
        });
        open.extend(children.iter().rev());
    }
    all
}

/// THREAD=ORDEREDSUBJECT: the first of a subject, and all others as its answers.
pub fn by_subject(mut letters: Vec<Letter>) -> Vec<Node> {
    letters.sort_by_key(|letter| (letter.date, letter.candidate.number));
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut threads: Vec<Vec<Candidate>> = Vec::new();
    for letter in letters {
        match places.get(&letter.subject) {
            Some(&at) => threads[at].push(letter.candidate),
            None => {
                places.insert(letter.subject, threads.len());
                threads.push(vec![letter.candidate]);
            }
        }
    }
    let nodes = threads.into_iter().flat_map(|thread| {
        let answers = thread.len() - 1;
        thread
            .into_iter()
            .enumerate()
            .map(move |(at, message)| Node {
                message: Some(message),
                answers: if at == 0 { answers } else { 0 },
            })
    });
    nodes.collect()
}

/// The threads as THREAD answers them (RFC 5256 section 4).
pub fn written(nodes: &[Node], number: impl Fn(Candidate) -> u32) -> String {
    struct Frame {
        answers_left: usize,
        /// Its answers stand in brackets of their own.
        many: bool,
        closes: bool,
    }
    let mut out = String::new();
    let mut frames: Vec<Frame> = Vec::new();
    for node in nodes {
        let opens = frames.last().is_none_or(|parent| parent.many);
        if opens {
            out.push('(');
        } else {
            out.push(' ');
        }
        if let Some(message) = node.message {
            out.push_str(&number(message).to_string());
        }
        let many = node.answers > 1 || node.message.is_none();
        if many && node.message.is_some() {
            out.push(' ');
        }
        frames.push(Frame {
            answers_left: node.answers,
            many,
            closes: opens,
        });
        while let Some(frame) = frames.pop_if(|frame| frame.answers_left == 0) {
            if frame.closes {
                out.push(')');
            }
            if let Some(parent) = frames.last_mut() {
                parent.answers_left -= 1;
            }
        }
    }
    out
}

#[cfg(test)]
#[path = "thread_tests.rs"]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests;
