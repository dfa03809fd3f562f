//! The travelling form of a message: compressed with zstd where it pays, and back, bounded and checked.
//!
//! Pure over `Read` and `Write`. The encoded form is made once and kept by the queue, so that offsets mean the same bytes
//! after a restart. Decoding never writes more than the declared size (a few bytes of zstd can announce terabytes) and
//! ends with the length and the SHA-256 of the whole checked.

use std::io::{self, Read, Write};

use sha2::{Digest, Sha256};

/// How much of a message is tried before it is decided whether compression pays.
const SAMPLE_BYTES: usize = 64 * 1024;
/// Level 3 is zstd's own default: about 100 MB/s on a Pi 4, and mail is not worth more.
const LEVEL: i32 = 3;
/// A stream that asks for a larger window than this is refused: 8 MiB (2^23) is what level 3 uses at most with room, and
/// what a Pi can spare.
const WINDOW_LOG_MAX: u32 = 23;

/// What `encode` made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoded {
    /// Bytes of the message.
    pub content_size: u64,
    /// Bytes that travel.
    pub encoded_size: u64,
    /// SHA-256 of the message.
    pub digest: [u8; 32],
    /// The travelling bytes are one zstd frame.
    pub compressed: bool,
}

/// Why travelling bytes are not the message that was offered. Always the sending side's fault.
#[derive(Debug, thiserror::Error)]
pub enum ContentError {
    /// More bytes than declared: a bomb, or a lie.
    #[error("the content is longer than the {declared} bytes declared")]
    TooLong {
        /// What the offer said.
        declared: u64,
    },
    /// Fewer bytes than declared.
    #[error("the content has {found} bytes, declared were {declared}")]
    TooShort {
        /// What the offer said.
        declared: u64,
        /// What came out.
        found: u64,
    },
    /// Other bytes than declared.
    #[error("the content does not have the digest declared")]
    WrongDigest,
    /// Not zstd.
    #[error("the compressed content is broken: {0}")]
    Broken(io::Error),
}

/// Whether compressing this beginning of a message saves at least a twentieth.
///
/// # Errors
/// zstd has no memory.
pub fn pays(sample: &[u8]) -> io::Result<bool> {
    let sample = &sample[..sample.len().min(SAMPLE_BYTES)];
    // Under 256 bytes the headers of the offer outweigh anything saved.
    if sample.len() < 256 {
        return Ok(false);
    }
    let packed = zstd::bulk::compress(sample, LEVEL)?;
    Ok(packed.len() * 20 <= sample.len() * 19)
}

/// Writes the travelling form of `message` to `out`.
///
/// When the beginning compresses but the whole does not become smaller, `Ok(None)` is returned and what was written is
/// of no use: call [`encode_plain`] with both from their beginning.
///
/// # Errors
/// Reading or writing failed.
pub fn encode(message: &mut dyn Read, out: &mut dyn Write) -> io::Result<Option<Encoded>> {
    let mut sample = Vec::with_capacity(SAMPLE_BYTES);
    message.take(SAMPLE_BYTES as u64).read_to_end(&mut sample)?;
    let mut whole = Tally::new(sample.as_slice().chain(message));
    if !pays(&sample)? {
        return encode_plain(&mut whole.inner, out).map(Some);
    }
    let mut count = Count { out, bytes: 0 };
    let mut encoder = zstd::stream::write::Encoder::new(&mut count, LEVEL)?;
    // Announces nothing about the size: the offer does. One thread: the Pi has other things to do.
    io::copy(&mut whole, &mut encoder)?;
    encoder.finish()?;
    let encoded_size = count.bytes;
    let (content_size, digest) = whole.finish();
    Ok((encoded_size < content_size).then_some(Encoded {
        content_size,
        encoded_size,
        digest,
        compressed: true,
    }))
}

/// Writes `message` to `out` as it is.
///
/// # Errors
/// Reading or writing failed.
pub fn encode_plain(message: &mut dyn Read, out: &mut dyn Write) -> io::Result<Encoded> {
    let mut whole = Tally::new(message);
    io::copy(&mut whole, out)?;
    let (content_size, digest) = whole.finish();
    Ok(Encoded {
        content_size,
        encoded_size: content_size,
        digest,
        compressed: false,
    })
}

/// The message inside travelling bytes, to be read. Nothing beyond the declared size is ever read out. The end of the
/// message is only told once length and digest were found right; before that every error of the sender's is
/// [`io::ErrorKind::InvalidData`] with a [`ContentError`] inside, and errors of our own side pass as they are.
pub struct Reader<R: Read> {
    inner: Inner<R>,
    declared: Encoded,
    found: u64,
    /// Until the end was reached.
    hash: Option<Sha256>,
    /// The digest was found right.
    right: bool,
}

enum Inner<R: Read> {
    Plain(R),
    Packed(zstd::stream::read::Decoder<'static, io::BufReader<Watched<R>>>),
}

impl<R: Read> Reader<R> {
    /// Reads the message from the beginning of its travelling bytes.
    ///
    /// # Errors
    /// zstd has no memory.
    pub fn new(travelling: R, declared: Encoded) -> io::Result<Self> {
        let inner = if declared.compressed {
            let watched = Watched {
                inner: travelling,
                failed: false,
            };
            let mut decoder = zstd::stream::read::Decoder::new(watched)?.single_frame();
            decoder.window_log_max(WINDOW_LOG_MAX)?;
            Inner::Packed(decoder)
        } else {
            Inner::Plain(travelling)
        };
        Ok(Self {
            inner,
            declared,
            found: 0,
            hash: Some(Sha256::new()),
            right: false,
        })
    }
}

impl<R: Read> Read for Reader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let theirs = |error| Err(io::Error::new(io::ErrorKind::InvalidData, error));
        if buffer.is_empty() {
            return Ok(0);
        }
        let n = match &mut self.inner {
            Inner::Plain(travelling) => travelling.read(buffer)?,
            Inner::Packed(decoder) => match decoder.read(buffer) {
                Ok(n) => n,
                Err(error) if decoder.get_ref().get_ref().failed => return Err(error),
                Err(error) => return theirs(ContentError::Broken(error)),
            },
        };
        self.found += n as u64;
        let declared = self.declared.content_size;
        if self.found > declared {
            return theirs(ContentError::TooLong { declared });
        }
        if n > 0 {
            if let Some(hash) = &mut self.hash {
                hash.update(&buffer[..n]);
            }
            return Ok(n);
        }
        if self.found < declared {
            let found = self.found;
            return theirs(ContentError::TooShort { declared, found });
        }
        if let Some(hash) = self.hash.take() {
            self.right = hash.finalize().as_slice() == self.declared.digest;
        }
        if self.right {
            Ok(0)
        } else {
            theirs(ContentError::WrongDigest)
        }
    }
}

/// Remembers whether reading itself failed.
struct Watched<R> {
    inner: R,
    failed: bool,
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let result = self.inner.read(buffer);
        self.failed |= result.is_err();
        result
    }
}

/// Counts and hashes what is read through it.
struct Tally<R> {
    inner: R,
    bytes: u64,
    hash: Sha256,
}

impl<R: Read> Tally<R> {
    fn new(inner: R) -> Self {
        Self {
            inner,
            bytes: 0,
            hash: Sha256::new(),
        }
    }

    fn finish(self) -> (u64, [u8; 32]) {
        (self.bytes, self.hash.finalize().into())
    }
}

impl<R: Read> Read for Tally<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.bytes += n as u64;
        self.hash.update(&buffer[..n]);
        Ok(n)
    }
}

struct Count<'a> {
    out: &'a mut dyn Write,
    bytes: u64,
}

impl Write for Count<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.out.write(bytes)?;
        self.bytes += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    fn noise(bytes: usize) -> Vec<u8> {
        let mut state = 0x9e37_79b9_7f4a_7c15u64;
        (0..bytes)
            .map(|_| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                (state >> 32) as u8
            })
            .collect()
    }

    /// Reads the whole message, as far as it comes.
    fn decode(travelling: &[u8], declared: &Encoded, out: &mut Vec<u8>) -> io::Result<()> {
        Reader::new(travelling, *declared)?
            .read_to_end(out)
            .map(|_| ())
    }

    /// What the sender did wrong.
    fn fault(travelling: &[u8], declared: &Encoded) -> ContentError {
        let error = decode(travelling, declared, &mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        *error.into_inner().unwrap().downcast().unwrap()
    }

    fn there_and_back(message: &[u8]) -> Encoded {
        let mut travelling = Vec::new();
        let encoded = match encode(&mut &message[..], &mut travelling).unwrap() {
            Some(encoded) => encoded,
            None => {
                travelling.clear();
                encode_plain(&mut &message[..], &mut travelling).unwrap()
            }
        };
        assert_eq!(encoded.encoded_size, travelling.len() as u64);
        assert_eq!(encoded.content_size, message.len() as u64);
        let mut out = Vec::new();
        decode(&travelling, &encoded, &mut out).unwrap();
        assert_eq!(out, message);
        encoded
    }

    #[test]
    fn text_shrinks_and_noise_stays() {
        let text = "Dear Anna, the apples are ripe.\r\n".repeat(20_000);
        assert!(there_and_back(text.as_bytes()).compressed);
        assert!(!there_and_back(&noise(300_000)).compressed);
        assert!(!there_and_back(b"From: a\r\n\r\nshort\r\n").compressed);
    }

    #[test]
    fn a_beginning_of_text_does_not_promise_a_smaller_whole() {
        let mut message = "Dear Anna, the apples are ripe.\r\n"
            .repeat(2100)
            .into_bytes();
        message.extend(noise(2_000_000));
        there_and_back(&message);
    }

    #[test]
    fn a_bomb_ends_at_the_declared_size() {
        let mut bomb = Vec::new();
        let mut encoder = zstd::stream::write::Encoder::new(&mut bomb, LEVEL).unwrap();
        io::copy(&mut io::repeat(0).take(256 << 20), &mut encoder).unwrap();
        encoder.finish().unwrap();
        assert!(bomb.len() < 64 * 1024);
        let declared = Encoded {
            content_size: 1 << 20,
            encoded_size: bomb.len() as u64,
            digest: [0; 32],
            compressed: true,
        };
        let mut out = Vec::new();
        decode(&bomb, &declared, &mut out).unwrap_err();
        assert!(out.len() <= 1 << 20);
        let error = fault(&bomb, &declared);
        assert!(matches!(error, ContentError::TooLong { .. }), "{error}");
    }

    #[test]
    fn wrong_bytes_are_told_from_wrong_lengths() {
        let message = noise(10_000);
        let mut travelling = Vec::new();
        let declared = encode_plain(&mut message.as_slice(), &mut travelling).unwrap();
        travelling[77] ^= 1;
        let verdict = |bytes: &[u8]| fault(bytes, &declared);
        assert!(matches!(verdict(&travelling), ContentError::WrongDigest));
        let mut again = Reader::new(travelling.as_slice(), declared).unwrap();
        assert!(io::copy(&mut again, &mut io::sink()).is_err());
        assert!(io::copy(&mut again, &mut io::sink()).is_err());
        assert!(matches!(
            verdict(&travelling[..9_999]),
            ContentError::TooShort { found: 9_999, .. }
        ));
        travelling.push(0);
        assert!(matches!(verdict(&travelling), ContentError::TooLong { .. }));
        let zstd = Encoded {
            compressed: true,
            ..declared
        };
        assert!(matches!(fault(&travelling, &zstd), ContentError::Broken(_)));
    }

    #[test]
    fn a_disk_that_fails_is_not_the_senders_fault() {
        struct Bad;
        impl Read for Bad {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::from(io::ErrorKind::StorageFull))
            }
        }
        for compressed in [false, true] {
            let declared = Encoded {
                content_size: 10,
                encoded_size: 9,
                digest: [0; 32],
                compressed,
            };
            let mut reader = Reader::new(Bad, declared).unwrap();
            let error = reader.read(&mut [0; 8]).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        }
    }

    #[test]
    fn a_stream_that_wants_a_huge_window_is_refused() {
        let message = noise(9 << 20);
        let mut packed = Vec::new();
        let mut encoder = zstd::stream::write::Encoder::new(&mut packed, 1).unwrap();
        encoder.window_log(27).unwrap();
        encoder.long_distance_matching(true).unwrap();
        io::copy(&mut message.as_slice(), &mut encoder).unwrap();
        encoder.finish().unwrap();
        let declared = Encoded {
            content_size: message.len() as u64,
            encoded_size: packed.len() as u64,
            digest: Sha256::digest(&message).into(),
            compressed: true,
        };
        let error = fault(&packed, &declared);
        assert!(matches!(error, ContentError::Broken(_)), "{error}");
    }
}
