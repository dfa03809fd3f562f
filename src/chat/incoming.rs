//! Files on their way from one friend.

use std::collections::{BTreeMap, VecDeque};

use super::{Act, Event, FileId, MAX_FILES, UNWRITTEN_BYTES};

/// Data; 1 would be a picture of the friend (`TOX_FILE_KIND_AVATAR`), all others are some program's own.
const DATA: u32 = 0;

/// What the shell says to an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Send it, from here on.
    Accept {
        /// What is before it lies on our disk.
        offset: u64,
    },
    /// No.
    Refuse,
}

/// Why a file was declined at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Declined {
    /// Too many come at the same time.
    TooMany,
    /// Nobody knows how long it is.
    Endless,
}

struct File {
    id: [u8; 32],
    size: u64,
    position: u64,
    written: u64,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Judged,
    Flowing,
    Paused,
}

/// See the module.
#[derive(Default)]
pub struct Incoming {
    files: BTreeMap<FileId, File>,
    acts: VecDeque<Act>,
    events: VecDeque<Event>,
}

impl Incoming {
    /// The friend is gone, and with them their transfers.
    pub fn handle_offline(&mut self) {
        self.acts.clear();
        for file in std::mem::take(&mut self.files).into_keys() {
            self.events.push_back(Event::Interrupted(file));
        }
    }

    /// A file is offered.
    pub fn handle_offered(
        &mut self,
        file: FileId,
        kind: u32,
        size: u64,
        id: [u8; 32],
        name: Vec<u8>,
    ) {
        // A number that comes again is another file.
        self.drop_file(file);
        if kind != DATA {
            return self.ask(Act::Cancel(file), file);
        }
        let why = if size == u64::MAX {
            Some(Declined::Endless)
        } else if self.files.len() >= MAX_FILES {
            Some(Declined::TooMany)
        } else {
            None
        };
        if let Some(why) = why {
            self.ask(Act::Cancel(file), file);
            return self.events.push_back(Event::Declined { name, size, why });
        }
        self.files.insert(
            file,
            File {
                id,
                size,
                position: 0,
                written: 0,
                state: State::Judged,
            },
        );
        self.events.push_back(Event::Offered {
            file,
            name,
            size,
            id,
        });
    }

    /// The shell's word on an offer. By its number alone it could be another file meanwhile.
    pub fn answer(&mut self, file: FileId, id: &[u8; 32], verdict: Verdict) {
        let Some(known) = self.files.get_mut(&file).filter(|f| f.id == *id) else {
            return;
        };
        match verdict {
            Verdict::Accept { offset } => {
                known.state = State::Flowing;
                known.position = offset;
                known.written = offset;
                if offset > 0 {
                    self.acts.push_back(Act::Seek {
                        file,
                        position: offset,
                    });
                }
                self.ask(Act::Resume(file), file);
            }
            Verdict::Refuse => {
                self.files.remove(&file);
                self.ask(Act::Cancel(file), file);
            }
        }
    }

    /// Bytes of a file; none: it is complete.
    pub fn handle_chunk(&mut self, file: FileId, position: u64, bytes: &[u8]) {
        let Some(known) = self.files.get_mut(&file) else {
            if !bytes.is_empty() {
                self.ask(Act::Cancel(file), file);
            }
            return;
        };
        if bytes.is_empty() {
            if known.position == known.size && known.state != State::Judged {
                self.files.remove(&file);
                self.events.push_back(Event::Complete(file));
            } else {
                self.drop_file(file);
            }
            return;
        }
        let length = bytes.len() as u64;
        let in_order = position == known.position && position + length <= known.size;
        let held = (known.position + length).saturating_sub(known.written);
        // What was on its way when it was paused still comes; who sends more ignores the pause.
        if !in_order || known.state == State::Judged || held > 4 * UNWRITTEN_BYTES {
            self.drop_file(file);
            return self.ask(Act::Cancel(file), file);
        }
        known.position += length;
        let pauses = held > UNWRITTEN_BYTES && known.state == State::Flowing;
        if pauses {
            known.state = State::Paused;
        }
        self.events.push_back(Event::Data {
            file,
            position,
            bytes: bytes.to_vec(),
        });
        if pauses {
            self.ask(Act::Pause(file), file);
        }
    }

    /// The disk has the bytes up to here.
    pub fn wrote(&mut self, file: FileId, id: &[u8; 32], upto: u64) {
        let Some(known) = self.files.get_mut(&file).filter(|f| f.id == *id) else {
            return;
        };
        known.written = known.written.max(upto);
        if known.state == State::Paused
            && known.position.saturating_sub(known.written) <= UNWRITTEN_BYTES / 2
        {
            known.state = State::Flowing;
            self.ask(Act::Resume(file), file);
        }
    }

    /// The shell gives a file up.
    pub fn give_up(&mut self, file: FileId, id: &[u8; 32]) {
        if self.files.get(&file).is_some_and(|f| f.id == *id) {
            self.files.remove(&file);
            self.ask(Act::Cancel(file), file);
        }
    }

    /// The friend has ended a file.
    pub fn handle_cancelled(&mut self, file: FileId) {
        self.acts.retain(|act| !is_about(act, file));
        if self.files.remove(&file).is_some() {
            self.events.push_back(Event::TakenBack(file));
        }
    }

    /// What Tox is to do next; the same again until [`done`](Self::done).
    pub fn poll_act(&self) -> Option<Act> {
        self.acts.front().cloned()
    }

    /// Tox has done it, or never will.
    pub fn done(&mut self) {
        self.acts.pop_front();
    }

    /// What happened.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    fn drop_file(&mut self, file: FileId) {
        self.acts.retain(|act| !is_about(act, file));
        if self.files.remove(&file).is_some() {
            self.events.push_back(Event::Interrupted(file));
        }
    }

    /// Once is enough: a friend who takes nothing and sends on must not make this list long.
    fn ask(&mut self, act: Act, file: FileId) {
        let last = self.acts.iter().rev().find(|a| is_about(a, file));
        if last != Some(&act) {
            self.acts.push_back(act);
        }
    }
}

fn is_about(act: &Act, file: FileId) -> bool {
    match act {
        Act::Seek { file: f, .. } | Act::Resume(f) | Act::Pause(f) | Act::Cancel(f) => *f == file,
        Act::Say(_) | Act::Offer { .. } | Act::Piece { .. } => false,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn acts(incoming: &mut Incoming) -> Vec<Act> {
        let mut acts = Vec::new();
        while let Some(act) = incoming.poll_act() {
            acts.push(act);
            incoming.done();
        }
        acts
    }

    fn offered(size: u64) -> Incoming {
        let mut incoming = Incoming::default();
        incoming.handle_offered(1, DATA, size, [7; 32], b"sun.png".to_vec());
        let Some(Event::Offered { file: 1, .. }) = incoming.poll_event() else {
            panic!()
        };
        incoming
    }

    #[test]
    fn a_file_comes_whole() {
        let mut incoming = offered(3);
        assert!(acts(&mut incoming).is_empty(), "nothing before the verdict");
        incoming.answer(1, &[7; 32], Verdict::Accept { offset: 0 });
        assert_eq!(acts(&mut incoming), [Act::Resume(1)]);
        incoming.handle_chunk(1, 0, b"abc");
        assert!(matches!(
            incoming.poll_event(),
            Some(Event::Data {
                file: 1,
                position: 0,
                ..
            })
        ));
        incoming.handle_chunk(1, 3, b"");
        assert_eq!(incoming.poll_event(), Some(Event::Complete(1)));
        assert_eq!(incoming.poll_event(), None);
    }

    #[test]
    fn a_file_goes_on_where_it_stopped() {
        let mut incoming = offered(10);
        incoming.handle_offline();
        assert_eq!(incoming.poll_event(), Some(Event::Interrupted(1)));
        incoming.handle_offered(2, DATA, 10, [7; 32], b"sun.png".to_vec());
        incoming.answer(2, &[7; 32], Verdict::Accept { offset: 6 });
        assert_eq!(
            acts(&mut incoming),
            [
                Act::Seek {
                    file: 2,
                    position: 6
                },
                Act::Resume(2)
            ]
        );
        incoming.poll_event();
        incoming.handle_chunk(2, 6, b"ghij");
        assert!(matches!(
            incoming.poll_event(),
            Some(Event::Data { position: 6, .. })
        ));
    }

    #[test]
    fn a_verdict_on_a_file_that_is_another_one_meanwhile_counts_for_nothing() {
        let mut incoming = offered(10);
        incoming.handle_offline();
        incoming.handle_offered(1, DATA, 1 << 40, [8; 32], b"film.mkv".to_vec());
        incoming.answer(1, &[7; 32], Verdict::Accept { offset: 0 });
        assert!(acts(&mut incoming).is_empty());
    }

    #[test]
    fn pictures_of_the_friend_endless_and_too_many_files_are_declined() {
        let mut incoming = Incoming::default();
        incoming.handle_offered(1, 1, 100, [1; 32], Vec::new());
        assert_eq!(acts(&mut incoming), [Act::Cancel(1)]);
        assert_eq!(incoming.poll_event(), None, "nobody hears of an avatar");
        incoming.handle_offered(2, DATA, u64::MAX, [1; 32], b"radio".to_vec());
        assert!(matches!(
            incoming.poll_event(),
            Some(Event::Declined {
                why: Declined::Endless,
                ..
            })
        ));
        for file in 3..20 {
            incoming.handle_offered(file, DATA, 5, [1; 32], Vec::new());
        }
        let mut declined = 0;
        while let Some(event) = incoming.poll_event() {
            declined += usize::from(matches!(event, Event::Declined { .. }));
        }
        assert_eq!(declined, 17 - MAX_FILES);
    }

    #[test]
    fn a_disk_that_is_slow_pauses_the_file() {
        let size = 100 << 20;
        let mut incoming = offered(size);
        incoming.answer(1, &[7; 32], Verdict::Accept { offset: 0 });
        acts(&mut incoming);
        let chunk = vec![0; 1371];
        let mut position = 0;
        while acts(&mut incoming).is_empty() {
            incoming.handle_chunk(1, position, &chunk);
            position += 1371;
        }
        assert!(position > UNWRITTEN_BYTES && position < UNWRITTEN_BYTES + 3000);
        incoming.wrote(1, &[7; 32], position / 4);
        assert!(acts(&mut incoming).is_empty());
        // Of a file that had that number before.
        incoming.wrote(1, &[8; 32], position);
        incoming.give_up(1, &[8; 32]);
        assert!(acts(&mut incoming).is_empty());
        incoming.wrote(1, &[7; 32], position);
        assert_eq!(acts(&mut incoming), [Act::Resume(1)]);
        // Who does not mind the pause loses the file.
        let mut cancelled = false;
        for _ in 0..(8 * UNWRITTEN_BYTES / 1371) {
            incoming.handle_chunk(1, position, &chunk);
            position += 1371;
            cancelled |= acts(&mut incoming).contains(&Act::Cancel(1));
        }
        assert!(cancelled);
    }

    #[test]
    fn bytes_out_of_order_or_beyond_the_end_cost_the_file() {
        for (position, bytes) in [(1, &b"x"[..]), (0, b"12345")] {
            let mut incoming = offered(4);
            incoming.answer(1, &[7; 32], Verdict::Accept { offset: 0 });
            acts(&mut incoming);
            incoming.handle_chunk(1, position, bytes);
            assert_eq!(incoming.poll_event(), Some(Event::Interrupted(1)));
            assert_eq!(acts(&mut incoming), [Act::Cancel(1)]);
        }
        // An end that comes too early.
        let mut incoming = offered(4);
        incoming.answer(1, &[7; 32], Verdict::Accept { offset: 0 });
        incoming.handle_chunk(1, 0, b"");
        assert_eq!(incoming.poll_event(), Some(Event::Interrupted(1)));
    }

    #[test]
    fn a_friend_who_takes_nothing_and_sends_on_does_not_fill_memory() {
        let mut incoming = Incoming::default();
        for _ in 0..10 {
            for file in 0..256 {
                incoming.handle_offered(file, 1, 5, [0; 32], Vec::new());
                incoming.handle_chunk(file, 0, b"hello");
            }
        }
        assert!(incoming.acts.len() <= 256, "{}", incoming.acts.len());
    }
}
