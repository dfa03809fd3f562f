//! Letters on their way to one friend.

use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};

use super::{Act, Event, FileId};

/// Files that are offered to one friend at the same time.
const MAX_OFFERED: usize = 16;
/// Bytes of a file that are asked for at a time.
const BLOCK: usize = 128 << 10;
/// Remarks that wait.
const MAX_REMARKS: usize = 4;

/// A part of a letter, by names that mean something to the shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PartName {
    /// The letter.
    pub letter: i64,
    /// Which of its parts.
    pub part: usize,
}

/// What goes over as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// A chat text that fits.
    Text(String),
    /// A file.
    File {
        /// Its name there.
        name: String,
        /// In bytes.
        size: u64,
        /// The same for every attempt.
        id: [u8; 32],
    },
}

/// A letter, as far as it has not gone over yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Its name.
    pub id: i64,
    /// What is left of it, in order.
    pub parts: Vec<(usize, Part)>,
}

struct Going {
    id: i64,
    texts: VecDeque<(usize, String)>,
    speech: Speech,
    files: Vec<OutFile>,
}

/// How it stands with the first text of a letter.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Speech {
    Silent,
    /// Under this number of Tox's.
    Said(u32),
    /// Acknowledged, and being written down.
    Heard,
}

struct OutFile {
    part: usize,
    name: String,
    size: u64,
    id: [u8; 32],
    state: State,
}

enum State {
    Waiting,
    Offered(FileId, Flow),
    /// Tox would not go on: again when the friend comes again.
    Resting,
    /// Through or declined, and being written down.
    Over,
}

#[derive(Default)]
struct Flow {
    wanted: VecDeque<(u64, usize)>,
    /// Where `ready` begins in the file.
    start: u64,
    ready: BytesMut,
    /// What the shell was asked for.
    asked: Option<u64>,
}

/// See the module.
#[derive(Default)]
pub struct Outgoing {
    online: bool,
    letters: VecDeque<Going>,
    remarks: VecDeque<String>,
    cancels: VecDeque<FileId>,
    events: VecDeque<Event>,
}

impl Outgoing {
    /// The friend is there.
    pub fn handle_online(&mut self) {
        self.online = true;
        for file in self.files_mut() {
            if let State::Resting = file.state {
                file.state = State::Waiting;
            }
        }
    }

    /// The friend is there, but nothing is to go to them for now. What is on its way stays on its way.
    pub fn hold(&mut self) {
        self.online = false;
    }

    /// The friend is gone. What was said and not acknowledged is said again; files are offered again.
    pub fn handle_offline(&mut self) {
        self.online = false;
        self.cancels.clear();
        for letter in &mut self.letters {
            if let Speech::Said(_) = letter.speech {
                letter.speech = Speech::Silent;
            }
        }
        for file in self.files_mut() {
            if let State::Offered(..) = file.state {
                file.state = State::Waiting;
            }
        }
    }

    /// One more letter.
    pub fn add(&mut self, letter: Letter) {
        let mut going = Going {
            id: letter.id,
            texts: VecDeque::new(),
            speech: Speech::Silent,
            files: Vec::new(),
        };
        for (part, content) in letter.parts {
            match content {
                Part::Text(text) => going.texts.push_back((part, text)),
                Part::File { name, size, id } => going.files.push(OutFile {
                    part,
                    name,
                    size,
                    id,
                    state: State::Waiting,
                }),
            }
        }
        self.letters.push_back(going);
    }

    /// A letter is not to go over any more.
    pub fn withdraw(&mut self, id: i64) {
        let gone = self.letters.extract_if_id(id);
        for file in gone.into_iter().flat_map(|letter| letter.files) {
            if let State::Offered(number, _) = file.state {
                self.cancels.push_back(number);
            }
        }
    }

    /// A short word of the home's own; nobody waits for its acknowledgement.
    pub fn remark(&mut self, text: String) {
        if self.remarks.len() < MAX_REMARKS {
            self.remarks.push_back(text);
        }
    }

    /// The friend's program has acknowledged a text.
    pub fn handle_read(&mut self, number: u32) {
        let said = |letter: &&mut Going| letter.speech == Speech::Said(number);
        if let Some(letter) = self.letters.iter_mut().find(said)
            && let Some((part, _)) = letter.texts.front()
        {
            letter.speech = Speech::Heard;
            self.events.push_back(Event::Read(PartName {
                letter: letter.id,
                part: *part,
            }));
        }
    }

    /// The word about a part is on the disk.
    pub fn noted(&mut self, name: PartName) {
        if let Some(letter) = self.letters.iter_mut().find(|l| l.id == name.letter) {
            if letter.speech == Speech::Heard
                && letter
                    .texts
                    .front()
                    .is_some_and(|(part, _)| *part == name.part)
            {
                letter.texts.pop_front();
                letter.speech = Speech::Silent;
            }
            letter
                .files
                .retain(|file| file.part != name.part || !matches!(file.state, State::Over));
        }
        self.letters
            .retain(|letter| !letter.texts.is_empty() || !letter.files.is_empty());
    }

    /// Tox wants a piece of a file; an empty one says that it is through.
    pub fn handle_wanted(&mut self, file: FileId, position: u64, length: usize) {
        let Some((name, state)) = self.offered_file(file) else {
            return;
        };
        let State::Offered(_, flow) = state else {
            return;
        };
        if length > 0 {
            flow.wanted.push_back((position, length));
            return;
        }
        *state = State::Over;
        self.events.push_back(Event::Read(name));
    }

    /// The friend has ended a file. `false`: it is none of ours.
    pub fn handle_cancelled(&mut self, file: FileId) -> bool {
        let Some((name, state)) = self.offered_file(file) else {
            return false;
        };
        *state = State::Over;
        self.events.push_back(Event::Unwanted(name));
        true
    }

    /// Bytes that were wanted.
    pub fn feed(&mut self, name: PartName, offset: u64, bytes: &Bytes) {
        let mut letters = self.letters.iter_mut();
        let letter = letters.find(|l| l.id == name.letter);
        let file = letter.and_then(|l| l.files.iter_mut().find(|f| f.part == name.part));
        if let Some(OutFile {
            state: State::Offered(_, flow),
            ..
        }) = file
            && flow.asked == Some(offset)
        {
            flow.asked = None;
            if flow.end() == offset {
                flow.ready.extend_from_slice(bytes);
            }
        }
    }

    /// What Tox is to do next; the same again until it was told what came of it.
    pub fn poll_act(&mut self) -> Option<Act> {
        if !self.online {
            return None;
        }
        if let Some(file) = self.cancels.front() {
            return Some(Act::Cancel(*file));
        }
        if let Some(text) = self.remarks.front() {
            return Some(Act::Say(text.clone()));
        }
        if let Some(speaker) = self.letters.iter().find(|l| !l.texts.is_empty())
            && speaker.speech == Speech::Silent
            && let Some((_, text)) = speaker.texts.front()
        {
            return Some(Act::Say(text.clone()));
        }
        let offered = self
            .files_mut()
            .filter(|f| matches!(f.state, State::Offered(..)));
        if offered.count() < MAX_OFFERED
            && let Some((letter, file)) = self.next_file()
        {
            let part = PartName {
                letter,
                part: file.part,
            };
            return Some(Act::Offer {
                part,
                name: file.name.clone(),
                size: file.size,
                id: file.id,
            });
        }
        self.next_piece()
    }

    /// A text was said, under this number of Tox's.
    pub fn said(&mut self, number: u32) {
        if self.remarks.pop_front().is_some() {
            return;
        }
        if let Some(speaker) = self.letters.iter_mut().find(|l| !l.texts.is_empty()) {
            speaker.speech = Speech::Said(number);
        }
    }

    /// A file was offered, under this number of Tox's; `None`: Tox would not.
    pub fn offered(&mut self, name: PartName, number: Option<FileId>) {
        for letter in self.letters.iter_mut().filter(|l| l.id == name.letter) {
            for file in letter.files.iter_mut().filter(|f| f.part == name.part) {
                file.state = match number {
                    Some(number) => State::Offered(number, Flow::default()),
                    None => State::Resting,
                };
            }
        }
    }

    /// A piece went.
    pub fn sent(&mut self, file: FileId) {
        if let Some((_, State::Offered(_, flow))) = self.offered_file(file)
            && let Some((position, length)) = flow.wanted.pop_front()
        {
            flow.skip_to(position + length as u64);
        }
    }

    /// Tox does not know the file any more.
    pub fn broken(&mut self, file: FileId) {
        if let Some((_, state)) = self.offered_file(file) {
            *state = State::Resting;
        }
    }

    /// A file was cancelled, as was wanted.
    pub fn cancelled(&mut self) {
        self.cancels.pop_front();
    }

    /// What happened.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    fn files_mut(&mut self) -> impl Iterator<Item = &mut OutFile> {
        self.letters.iter_mut().flat_map(|l| l.files.iter_mut())
    }

    /// The next file to be offered: only letters whose texts are through offer theirs.
    fn next_file(&self) -> Option<(i64, &OutFile)> {
        self.letters
            .iter()
            .take_while(|letter| letter.texts.is_empty())
            .find_map(|letter| {
                let mut files = letter.files.iter();
                let waiting = files.find(|f| matches!(f.state, State::Waiting))?;
                Some((letter.id, waiting))
            })
    }

    fn offered_file(&mut self, number: FileId) -> Option<(PartName, &mut State)> {
        for letter in &mut self.letters {
            for file in &mut letter.files {
                if matches!(file.state, State::Offered(n, _) if n == number) {
                    let name = PartName {
                        letter: letter.id,
                        part: file.part,
                    };
                    return Some((name, &mut file.state));
                }
            }
        }
        None
    }

    fn next_piece(&mut self) -> Option<Act> {
        let Self {
            letters, events, ..
        } = self;
        for letter in letters {
            for file in &mut letter.files {
                let State::Offered(number, flow) = &mut file.state else {
                    continue;
                };
                let Some(&(position, length)) = flow.wanted.front() else {
                    continue;
                };
                flow.skip_to(position);
                if flow.ready.len() >= length {
                    return Some(Act::Piece {
                        file: *number,
                        position,
                        bytes: Bytes::copy_from_slice(&flow.ready[..length]),
                    });
                }
                if flow.asked.is_none() {
                    let offset = flow.end();
                    flow.asked = Some(offset);
                    events.push_back(Event::Want {
                        part: PartName {
                            letter: letter.id,
                            part: file.part,
                        },
                        offset,
                        max: BLOCK,
                    });
                }
            }
        }
        None
    }
}

impl Flow {
    fn end(&self) -> u64 {
        self.start + self.ready.len() as u64
    }

    /// What lies before `position` is not wanted any more; the friend's program may also begin anew elsewhere.
    fn skip_to(&mut self, position: u64) {
        match position.checked_sub(self.start) {
            Some(skip) if position <= self.end() => {
                // Not more than there is in memory.
                let skip = usize::try_from(skip).unwrap_or(self.ready.len());
                drop(self.ready.split_to(skip));
            }
            _ => self.ready.clear(),
        }
        self.start = position;
    }
}

/// Taking letters out of the line.
trait Line {
    fn extract_if_id(&mut self, id: i64) -> Vec<Going>;
}

impl Line for VecDeque<Going> {
    fn extract_if_id(&mut self, id: i64) -> Vec<Going> {
        let (gone, left): (Vec<_>, Vec<_>) =
            std::mem::take(self).into_iter().partition(|l| l.id == id);
        *self = left.into();
        gone
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn text(text: &str) -> Part {
        Part::Text(text.into())
    }

    fn file(name: &str, size: u64) -> Part {
        Part::File {
            name: name.into(),
            size,
            id: [1; 32],
        }
    }

    fn letter(id: i64, parts: Vec<Part>) -> Letter {
        Letter {
            id,
            parts: parts.into_iter().enumerate().collect(),
        }
    }

    fn name(letter: i64, part: usize) -> PartName {
        PartName { letter, part }
    }

    fn say(text: &str) -> Option<Act> {
        Some(Act::Say(text.into()))
    }

    #[test]
    fn a_text_goes_when_the_one_before_was_written_down() {
        let mut out = Outgoing::default();
        out.add(letter(1, vec![text("one"), text("two")]));
        out.add(letter(2, vec![text("three")]));
        assert_eq!(out.poll_act(), None, "nobody is there");
        out.handle_online();
        assert_eq!(out.poll_act(), say("one"));
        out.said(7);
        assert_eq!(out.poll_act(), None);
        out.handle_read(6); // somebody else's
        assert_eq!(out.poll_event(), None);
        out.handle_read(7);
        assert_eq!(out.poll_event(), Some(Event::Read(name(1, 0))));
        // Heard is not enough: after a crash now it would have to be said again, and so would "two".
        assert_eq!(out.poll_act(), None);
        out.noted(name(1, 0));
        assert_eq!(out.poll_act(), say("two"));
        out.said(8);
        out.handle_read(8);
        out.noted(name(1, 1));
        assert_eq!(out.poll_act(), say("three"));
    }

    #[test]
    fn what_was_not_acknowledged_is_said_again_and_nothing_else() {
        let mut out = Outgoing::default();
        out.handle_online();
        out.add(letter(1, vec![text("one"), text("two")]));
        out.said(1);
        out.handle_read(1);
        out.noted(name(1, 0));
        assert_eq!(out.poll_act(), say("two"));
        out.said(2);
        out.handle_offline();
        assert_eq!(out.poll_act(), None);
        out.handle_online();
        assert_eq!(out.poll_act(), say("two"));
        out.said(1); // Tox counts anew
        // An old number means nothing.
        out.handle_read(2);
        assert_eq!(out.poll_act(), None);
        out.handle_read(1);
        out.handle_offline();
        // It was heard, and that is being written down.
        out.handle_online();
        assert_eq!(out.poll_act(), None);
        out.noted(name(1, 1));
        assert_eq!(out.poll_act(), None);
        assert!(out.letters.is_empty());
    }

    #[test]
    fn files_come_after_the_texts_and_keep_nobody_waiting() {
        let mut out = Outgoing::default();
        out.handle_online();
        out.add(letter(1, vec![text("look"), file("sun.png", 3000)]));
        out.add(letter(2, vec![text("and now?")]));
        out.said(1);
        out.handle_read(1);
        out.noted(name(1, 0));
        // The next letter's words do not wait for the friend to take the file.
        assert_eq!(out.poll_act(), say("and now?"));
        out.said(2);
        let Some(Act::Offer {
            part,
            name: n,
            size,
            ..
        }) = out.poll_act()
        else {
            panic!()
        };
        assert_eq!((part, n.as_str(), size), (name(1, 1), "sun.png", 3000));
        out.offered(part, Some(5));
        assert_eq!(out.poll_act(), None);
        // Accepted: Tox asks for pieces.
        out.poll_event();
        out.handle_wanted(5, 0, 1371);
        out.handle_wanted(5, 1371, 1371);
        out.handle_wanted(5, 2742, 258);
        assert_eq!(out.poll_act(), None);
        let Some(Event::Want {
            part,
            offset: 0,
            max,
        }) = out.poll_event()
        else {
            panic!()
        };
        assert!(max >= 3000);
        let bytes = Bytes::from((0..3000u32).map(|n| n as u8).collect::<Vec<_>>());
        out.feed(part, 0, &bytes.slice(..2000));
        let mut got = Vec::new();
        while got.len() < 3000 {
            match out.poll_act() {
                Some(Act::Piece {
                    file: 5,
                    position,
                    bytes,
                }) => {
                    assert_eq!(position, got.len() as u64);
                    got.extend_from_slice(&bytes);
                    out.sent(5);
                }
                None => {
                    let Some(Event::Want { offset: 2000, .. }) = out.poll_event() else {
                        panic!()
                    };
                    out.feed(part, 2000, &bytes.slice(2000..));
                }
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(got, bytes);
        out.handle_wanted(5, 3000, 0);
        assert_eq!(out.poll_event(), Some(Event::Read(name(1, 1))));
        out.noted(name(1, 1));
        assert_eq!(out.letters.len(), 1);
    }

    #[test]
    fn a_friend_may_go_on_in_the_middle_of_a_file() {
        let mut out = Outgoing::default();
        out.handle_online();
        out.add(letter(1, vec![file("film", 10_000)]));
        out.offered(name(1, 0), Some(5));
        out.handle_wanted(5, 0, 1371);
        assert_eq!(out.poll_act(), None);
        out.feed(name(1, 0), 0, &Bytes::from(vec![0; 5000]));
        assert!(out.poll_act().is_some());
        out.handle_offline();
        out.handle_online();
        assert!(matches!(out.poll_act(), Some(Act::Offer { .. })));
        out.offered(name(1, 0), Some(6));
        out.poll_event();
        out.handle_wanted(6, 8000, 1371);
        assert_eq!(out.poll_act(), None);
        assert!(matches!(
            out.poll_event(),
            Some(Event::Want { offset: 8000, .. })
        ));
        out.feed(name(1, 0), 8000, &Bytes::from(vec![1; 2000]));
        let Some(Act::Piece {
            file: 6,
            position: 8000,
            bytes,
        }) = out.poll_act()
        else {
            panic!()
        };
        assert_eq!(&bytes[..], [1; 1371]);
    }

    #[test]
    fn a_file_that_is_not_wanted_is_told_and_one_that_is_withdrawn_is_cancelled() {
        let mut out = Outgoing::default();
        out.handle_online();
        out.add(letter(1, vec![file("a", 1), file("b", 1)]));
        out.offered(name(1, 0), Some(5));
        out.offered(name(1, 1), Some(6));
        assert!(!out.handle_cancelled(9));
        assert!(out.handle_cancelled(5));
        assert_eq!(out.poll_event(), Some(Event::Unwanted(name(1, 0))));
        out.withdraw(1);
        assert_eq!(out.poll_act(), Some(Act::Cancel(6)));
        out.cancelled();
        assert_eq!(out.poll_act(), None);
        out.noted(name(1, 0)); // late, and harmless
    }

    #[test]
    fn remarks_are_few_and_nobody_waits_for_them() {
        let mut out = Outgoing::default();
        (0..100).for_each(|n| out.remark(n.to_string()));
        out.add(letter(1, vec![text("one")]));
        out.handle_online();
        for n in 0..MAX_REMARKS {
            assert_eq!(out.poll_act(), say(&n.to_string()));
            out.said(n as u32);
        }
        assert_eq!(out.poll_act(), say("one"));
    }
}
