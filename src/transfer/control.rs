//! Stream 0: what two homes tell each other beside the transfers. The client opens it with the connection.

use std::collections::VecDeque;

use bytes::Bytes;
use quinn_proto::{Dir, StreamId};

use super::event::Event;
use super::exchange::Exchange;
use super::frame::{Directory, Frame, MAX_CLAIMS, MAX_FRAME_BYTES, MAX_MEMBERS, TransferId};
use super::link::Size;
use super::stream::{self, FrameReader, Read};

/// Above all transfers.
const PRIORITY: i32 = 100;
/// Withdrawals that wait for a connection; older ones are swept by the peer's own clock.
const MAX_WITHDRAWN: usize = 256;

/// The directory, halved until it fits a frame: the peer would end a link that brings a longer one. 200 members with 20 long
/// addresses each do not fit.
fn fitting(mut directory: Directory) -> Directory {
    directory.members.truncate(MAX_MEMBERS);
    for member in &mut directory.members {
        member.emails.truncate(MAX_CLAIMS);
    }
    while !directory.members.is_empty()
        && Frame::Directory(directory.clone()).encode().len() > MAX_FRAME_BYTES
    {
        let half = directory.members.len() / 2;
        directory.members.truncate(half);
    }
    directory
}

/// The state of stream 0.
#[derive(Default)]
pub(super) struct Control {
    pub(super) stream: Option<StreamId>,
    pub(super) readable: bool,
    reader: FrameReader,
    unsent: VecDeque<Bytes>,
    pub(super) directory: Option<Directory>,
    /// The directory changed, or the peer's process never saw it: reason enough for a connection.
    pub(super) is_due: bool,
    withdrawn: VecDeque<TransferId>,
}

impl Control {
    pub(super) fn set_directory(&mut self, directory: Directory) {
        let directory = fitting(directory);
        if self.directory.as_ref() != Some(&directory) {
            self.directory = Some(directory);
            self.is_due = true;
        }
    }

    pub(super) fn withdraw(&mut self, id: TransferId) {
        if self.withdrawn.len() >= MAX_WITHDRAWN {
            self.withdrawn.pop_front();
        }
        self.withdrawn.push_back(id);
    }

    /// Bytes that wait for the peer to read.
    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        let unsent: usize = self.unsent.iter().map(Bytes::len).sum();
        unsent + self.withdrawn.len() * 16
    }

    /// Makes the next frame that is due, unless one waits already. False when there is nothing to say.
    fn make_next(&mut self) -> bool {
        if !self.unsent.is_empty() {
            return true;
        }
        let frame = if std::mem::take(&mut self.is_due) {
            // A home without a directory says so: the peer sees the stream only when something comes.
            Frame::Directory(self.directory.clone().unwrap_or_default())
        } else if let Some(id) = self.withdrawn.pop_front() {
            Frame::Withdraw { id }
        } else {
            return false;
        };
        self.unsent.push_back(frame.encode().into());
        true
    }

    pub(super) fn disconnect(&mut self) {
        self.stream = None;
        self.readable = false;
        self.reader = FrameReader::default();
        self.unsent.clear();
    }
}

impl Exchange {
    /// The client's side of a new connection.
    pub(super) fn open_control(&mut self) {
        let stream = self
            .link
            .as_mut()
            .and_then(|link| link.connection())
            .and_then(|connection| connection.streams().open(Dir::Bi));
        match stream {
            Some(stream) => self.begin_control(stream),
            None => self.break_link("no stream for control"),
        }
    }

    /// Says what every connection begins with.
    pub(super) fn begin_control(&mut self, stream: StreamId) {
        self.control.disconnect();
        self.control.stream = Some(stream);
        self.control.readable = true;
        self.control.is_due = true;
        if let Some(connection) = self.link.as_mut().and_then(|link| link.connection()) {
            // The stream was opened a moment ago.
            let _ = connection.send_stream(stream).set_priority(PRIORITY);
        }
    }

    /// Sends what is due.
    pub(super) fn flush_control(&mut self) {
        let Some(stream) = self.control.stream else {
            return;
        };
        // One frame at a time: to a peer that reads nothing no more than one is made ready.
        while self.control.make_next() {
            let Some(link) = &mut self.link else {
                return;
            };
            link.make_room(Size::Small);
            let Some(connection) = link.connection() else {
                return;
            };
            if stream::write(connection, stream, &mut self.control.unsent).is_err() {
                return self.break_link("the control stream was stopped");
            }
            if !self.control.unsent.is_empty() {
                return;
            }
        }
    }

    /// Reads one frame, if it is there. True when something happened.
    pub(super) fn read_control(&mut self) -> bool {
        let Some(stream) = self.control.stream.filter(|_| self.control.readable) else {
            return false;
        };
        let Some(connection) = self.link.as_mut().and_then(|link| link.connection()) else {
            return false;
        };
        match stream::read_frame(
            connection,
            stream,
            &mut self.control.reader,
            MAX_FRAME_BYTES,
        ) {
            Read::Frame(Frame::Directory(directory)) => {
                self.events.push_back(Event::Directory(directory));
            }
            Read::Frame(Frame::Withdraw { id }) => self.withdraw_incoming(id),
            Read::Frame(Frame::Unknown(_)) => {}
            Read::Frame(_) => self.break_link("a frame that does not belong to control"),
            Read::Blocked => {
                self.control.readable = false;
                return false;
            }
            Read::Finished | Read::Reset(_) => self.break_link("the control stream was ended"),
            Read::Broken => self.break_link("a control frame that is none"),
        }
        true
    }
}
