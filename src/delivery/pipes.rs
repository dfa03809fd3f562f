//! The last resort between two homes: toxcore's own file transfers as the exchange's *pipes*.

use std::collections::{HashMap, VecDeque};
use std::time::Instant;

use bytes::Bytes;

use crate::mail::address::PeerKey;
use crate::tox::{FileControl, FileNumber, FileOffer, Port, SendError};
use crate::transfer::{Exchange, Pipe, PipeAct};

/// What a chat program would show.
const FILE_NAME: &[u8] = b"toxmail letter";

/// The file transfers with one peer. They end with its session.
#[derive(Default)]
pub(super) struct Pipes {
    /// What Tox has to be asked for, in order.
    controls: VecDeque<(FileNumber, FileControl)>,
    acts: VecDeque<PipeAct>,
    /// Pipes of ours, and Tox's number for each.
    out: HashMap<u32, FileNumber>,
    /// Pieces that Tox has asked for, in order.
    wanted: VecDeque<(u32, u64, usize)>,
    /// A piece that Tox had no room for.
    piece: Option<(FileNumber, u64, Bytes)>,
    /// Pipes of theirs that wait for our disk.
    paused: Vec<FileNumber>,
}

impl Pipes {
    /// The peer opens a pipe, and the exchange has said what it thinks of it.
    pub(super) fn opened(&mut self, file: FileNumber, pipe: Pipe) {
        match pipe {
            Pipe::Flowing => self.ask(file, FileControl::Resume),
            Pipe::Paused => self.paused.push(file),
            Pipe::Refused => self.ask(file, FileControl::Cancel),
        }
    }

    /// Tox will be asked, in its turn. Once is enough: a peer that takes no more packets from us, but sends on, must not make
    /// this list long.
    fn ask(&mut self, file: FileNumber, control: FileControl) {
        let last = self.controls.iter().rev().find(|(f, _)| *f == file);
        if last.is_none_or(|(_, last)| *last != control) {
            self.controls.push_back((file, control));
        }
    }

    /// Bytes came through a pipe, and the exchange has said how it stands.
    pub(super) fn flows(&mut self, file: FileNumber, pipe: Pipe) {
        match pipe {
            Pipe::Flowing => {}
            Pipe::Paused if self.paused.contains(&file) => {}
            Pipe::Paused => {
                self.paused.push(file);
                self.ask(file, FileControl::Pause);
            }
            Pipe::Refused => self.ask(file, FileControl::Cancel),
        }
    }

    /// A pipe is over: complete, or ended by the peer. What Tox was to be asked about it is void, and its number may be
    /// another file's from now on.
    pub(super) fn closed(&mut self, file: FileNumber) {
        self.paused.retain(|f| *f != file);
        self.controls.retain(|(f, _)| *f != file);
    }

    /// Tox wants a piece of a file of ours; an empty one says that it is through.
    pub(super) fn chunk_wanted(&mut self, file: FileNumber, position: u64, length: usize) {
        let Some(pipe) = self.pipe_of(file) else {
            return;
        };
        if length == 0 {
            self.out.remove(&pipe);
        } else {
            self.wanted.push_back((pipe, position, length));
        }
    }

    /// The peer cancelled a file: the number of our pipe if it was one of ours.
    pub(super) fn cancelled(&mut self, file: FileNumber) -> Option<u32> {
        self.closed(file);
        let pipe = self.pipe_of(file)?;
        self.drop_out(pipe);
        Some(pipe)
    }

    /// Nothing more goes through any of them, though the session stands: Tox ends ours.
    pub(super) fn end(&mut self) {
        let ours = std::mem::take(self).out.into_values();
        ours.for_each(|file| self.ask(file, FileControl::Cancel));
    }

    fn pipe_of(&self, file: FileNumber) -> Option<u32> {
        let mut all = self.out.iter();
        all.find(|(_, f)| **f == file).map(|(pipe, _)| *pipe)
    }

    fn drop_out(&mut self, pipe: u32) -> Option<FileNumber> {
        self.wanted.retain(|(p, ..)| *p != pipe);
        let file = self.out.remove(&pipe)?;
        self.piece.take_if(|(f, ..)| *f == file);
        Some(file)
    }

    /// Does what is due. `false` when Tox has no room: to be called again at the next turn.
    pub(super) fn drain(
        &mut self,
        now: Instant,
        peer: &PeerKey,
        exchange: &mut Exchange,
        port: &mut Port<'_>,
    ) -> bool {
        let controls = &mut self.controls;
        self.paused.retain(|file| {
            let control = match exchange.pipe_state(file.0) {
                Pipe::Paused => return true,
                Pipe::Flowing => FileControl::Resume,
                Pipe::Refused => FileControl::Cancel,
            };
            controls.push_back((*file, control));
            false
        });
        while let Some(act) = exchange.poll_pipe() {
            self.acts.push_back(act);
        }
        while let Some((file, control)) = self.controls.pop_front() {
            if port.file_control(peer, file, control) == Err(SendError::Full) {
                self.controls.push_front((file, control));
                return false;
            }
        }
        while let Some(act) = self.acts.pop_front() {
            match act {
                PipeAct::Open { pipe, size } => {
                    let mut id = [0; 32];
                    id[..4].copy_from_slice(&pipe.to_be_bytes());
                    let name = FILE_NAME;
                    match port.file_send(peer, &FileOffer { size, id, name }) {
                        Ok(file) => {
                            self.out.insert(pipe, file);
                        }
                        Err(SendError::Full) => {
                            self.acts.push_front(act);
                            return false;
                        }
                        Err(_) => exchange.pipe_broken(now, pipe),
                    }
                }
                PipeAct::Cancel { pipe } => {
                    if let Some(file) = self.drop_out(pipe) {
                        self.controls.push_back((file, FileControl::Cancel));
                    }
                }
            }
        }
        self.send_pieces(now, peer, exchange, port)
    }

    fn send_pieces(
        &mut self,
        now: Instant,
        peer: &PeerKey,
        exchange: &mut Exchange,
        port: &mut Port<'_>,
    ) -> bool {
        loop {
            if self.piece.is_none() {
                let Some(&(pipe, position, length)) = self.wanted.front() else {
                    return true;
                };
                let Some(file) = self.out.get(&pipe).copied() else {
                    self.wanted.pop_front();
                    continue;
                };
                // Not there yet: asked again once the disk has brought it.
                let Some(bytes) = exchange.pipe_chunk(now, pipe, position, length) else {
                    return true;
                };
                self.wanted.pop_front();
                self.piece = Some((file, position, bytes));
            }
            let Some((file, position, bytes)) = self.piece.take() else {
                return true;
            };
            match port.file_send_chunk(peer, file, position, &bytes) {
                Ok(()) => {}
                Err(SendError::Full) => {
                    self.piece = Some((file, position, bytes));
                    return false;
                }
                Err(_) => {
                    if let Some(pipe) = self.pipe_of(file) {
                        self.drop_out(pipe);
                        exchange.pipe_broken(now, pipe);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_that_takes_nothing_and_sends_on_does_not_fill_memory() {
        let mut pipes = Pipes::default();
        // Files that are refused, while Tox has no room to say so: chunks go on coming.
        for _ in 0..1000 {
            for number in 0..256 {
                pipes.flows(FileNumber(number), Pipe::Refused);
            }
        }
        assert_eq!(pipes.controls.len(), 256);
        // Files that the peer takes back at once, and offers again under the same number.
        for round in 0..1000 {
            let file = FileNumber(round % 256);
            pipes.closed(file);
            pipes.opened(file, Pipe::Flowing);
        }
        assert_eq!(pipes.controls.len(), 256);
        let about = |n: u32| pipes.controls.iter().filter(move |(f, _)| f.0 == n);
        assert!(about(7).all(|(_, control)| *control == FileControl::Resume));
        assert!(pipes.paused.is_empty());
    }
}
