//! Frames and bytes on QUIC streams.

use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};
use quinn_proto::{Connection, ReadError, ReadableError, StreamId, VarInt, WriteError};

use super::frame::{self, Frame, FrameError, PREFIX_BYTES};

/// Collects one frame. Asks for no byte beyond it, and for none at all beyond its limit.
#[derive(Default)]
pub(super) struct FrameReader {
    bytes: Vec<u8>,
}

impl FrameReader {
    /// How many bytes are missing for the next step.
    ///
    /// # Errors
    /// The frame announces more than `limit`.
    pub(super) fn missing(&self, limit: usize) -> Result<usize, FrameError> {
        Ok(match frame::length(&self.bytes, limit)? {
            None => PREFIX_BYTES - self.bytes.len(),
            Some(length) => PREFIX_BYTES + length - self.bytes.len(),
        })
    }

    /// Bytes that came, at most as many as were missing.
    ///
    /// # Errors
    /// They are not a frame.
    pub(super) fn push(&mut self, bytes: &[u8], limit: usize) -> Result<Option<Frame>, FrameError> {
        self.bytes.extend_from_slice(bytes);
        match Frame::split(&self.bytes, limit)? {
            None => Ok(None),
            Some((frame, _)) => {
                self.bytes = Vec::new();
                Ok(Some(frame))
            }
        }
    }

    /// The length of the frame is known.
    pub(super) fn is_announced(&self) -> bool {
        self.bytes.len() >= PREFIX_BYTES
    }

    /// Bytes that the frame takes up here: all it announced, once some of it has come.
    pub(super) fn takes_up(&self) -> usize {
        if self.bytes.len() > PREFIX_BYTES {
            self.announced()
        } else {
            0
        }
    }

    /// The whole frame's bytes, as far as is known.
    pub(super) fn announced(&self) -> usize {
        match frame::length(&self.bytes, usize::MAX - PREFIX_BYTES) {
            Ok(Some(length)) => PREFIX_BYTES + length,
            _ => 0,
        }
    }

    /// Nothing of a frame has come.
    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }
}

/// What reading a frame came to.
pub(super) enum Read {
    Frame(Frame),
    /// More must come.
    Blocked,
    /// The peer has said all, at the end of a frame.
    Finished,
    /// The peer has broken off.
    Reset(u64),
    Broken,
}

/// Reads on until the length of a frame is known; `None` when it is.
pub(super) fn read_length(
    connection: &mut Connection,
    stream: StreamId,
    reader: &mut FrameReader,
    limit: usize,
) -> Option<Read> {
    read_on(connection, stream, reader, limit, FrameReader::is_announced)
}

/// Reads on until a frame is whole.
pub(super) fn read_frame(
    connection: &mut Connection,
    stream: StreamId,
    reader: &mut FrameReader,
    limit: usize,
) -> Read {
    // It never stops early.
    read_on(connection, stream, reader, limit, |_| false).unwrap_or(Read::Blocked)
}

fn read_on(
    connection: &mut Connection,
    stream: StreamId,
    reader: &mut FrameReader,
    limit: usize,
    enough: impl Fn(&FrameReader) -> bool,
) -> Option<Read> {
    Some(loop {
        if enough(reader) {
            return None;
        }
        let missing = match reader.missing(limit) {
            // An empty frame has no map: decoding says so.
            Ok(0) => {
                break match reader.push(&[], limit) {
                    Ok(Some(frame)) => Read::Frame(frame),
                    Ok(None) => Read::Blocked,
                    Err(_) => Read::Broken,
                };
            }
            Ok(missing) => missing,
            Err(_) => break Read::Broken,
        };
        match read(connection, stream, missing) {
            Chunk::Bytes(bytes) => match reader.push(&bytes, limit) {
                Ok(Some(frame)) => break Read::Frame(frame),
                Ok(None) => {}
                Err(_) => break Read::Broken,
            },
            Chunk::Blocked => break Read::Blocked,
            Chunk::Finished if reader.is_empty() => break Read::Finished,
            Chunk::Finished => break Read::Broken,
            Chunk::Reset(code) => break Read::Reset(code),
        }
    })
}

/// What reading bytes came to.
pub(super) enum Chunk {
    Bytes(Bytes),
    Blocked,
    Finished,
    Reset(u64),
}

/// Up to `max` bytes, as many as are there.
pub(super) fn read(connection: &mut Connection, stream: StreamId, max: usize) -> Chunk {
    let mut receiving = connection.recv_stream(stream);
    let mut chunks = match receiving.read(true) {
        Ok(chunks) => chunks,
        // Read to its end before.
        Err(ReadableError::ClosedStream | ReadableError::IllegalOrderedRead) => {
            return Chunk::Finished;
        }
    };
    let mut first: Option<Bytes> = None;
    let mut more = BytesMut::new();
    let mut left = max;
    let end = loop {
        if left == 0 {
            break Chunk::Blocked;
        }
        match chunks.next(left) {
            Ok(Some(chunk)) => {
                left -= chunk.bytes.len();
                match first.take() {
                    None if more.is_empty() => first = Some(chunk.bytes),
                    None => more.extend_from_slice(&chunk.bytes),
                    Some(earlier) => {
                        // Chunks are a datagram each: one copy now saves a write to disk for each.
                        more.reserve(max.min(64 * 1024));
                        more.extend_from_slice(&earlier);
                        more.extend_from_slice(&chunk.bytes);
                    }
                }
            }
            Ok(None) => break Chunk::Finished,
            Err(ReadError::Blocked) => break Chunk::Blocked,
            Err(ReadError::Reset(code)) => break Chunk::Reset(code.into_inner()),
        }
    };
    // What it says, to send a packet, happens anyway at the next poll.
    let _ = chunks.finalize();
    match first {
        Some(bytes) => Chunk::Bytes(bytes),
        None if !more.is_empty() => Chunk::Bytes(more.freeze()),
        None => end,
    }
}

/// The peer does not want any more of this stream.
pub(super) struct Stopped(pub(super) u64);

/// Writes off the front of `chunks` what the stream takes; how many bytes that was.
pub(super) fn write(
    connection: &mut Connection,
    stream: StreamId,
    chunks: &mut VecDeque<Bytes>,
) -> Result<usize, Stopped> {
    let mut bytes = 0;
    while !chunks.is_empty() {
        match connection
            .send_stream(stream)
            .write_chunks(chunks.make_contiguous())
        {
            Ok(written) => {
                bytes += written.bytes;
                chunks.drain(..written.chunks);
            }
            Err(WriteError::Blocked) => break,
            Err(WriteError::Stopped(code)) => return Err(Stopped(code.into_inner())),
            Err(WriteError::ClosedStream) => return Err(Stopped(0)),
        }
    }
    Ok(bytes)
}

/// Ends both directions of a stream with a code. What was written but not sent is not sent.
pub(super) fn abort(connection: &mut Connection, stream: StreamId, code: u32) {
    let code = VarInt::from_u32(code);
    // Either direction may have ended by itself.
    let _ = connection.send_stream(stream).reset(code);
    let _ = connection.recv_stream(stream).stop(code);
}

/// Our last word on this stream is written; nothing more is wanted from it.
pub(super) fn finish(connection: &mut Connection, stream: StreamId) {
    if connection.send_stream(stream).finish().is_err() {
        // Finished before, or stopped by the peer: then it must be reset to be gone.
        if !matches!(connection.send_stream(stream).stopped(), Ok(None) | Err(_)) {
            let _ = connection.send_stream(stream).reset(VarInt::from_u32(0));
        }
    }
    if !matches!(
        read(connection, stream, 1),
        Chunk::Finished | Chunk::Reset(_)
    ) {
        let _ = connection.recv_stream(stream).stop(VarInt::from_u32(0));
    }
}
