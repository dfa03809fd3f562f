//! What the agents need of a letter: its header, its stamp, and verdicts translated between rooms.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::time::Duration;

use super::Post;
use crate::durable;
use crate::journal;
use crate::mail::header::{HeaderSection, Stamp};
use crate::mail::verdict::{Reason, Status, Verdict};
use crate::queue::{self, Content, Delivery};
use crate::store;
use crate::transfer::RecipientStatus;

/// Letters whose travelling form is at most this long, in bytes, travel in their offer.
pub const INLINE_BYTES: u64 = crate::transfer::frame::MAX_INLINE_BYTES as u64;
/// What rewriting may add to a letter, in bytes, for guessing whether it is small.
pub const HEAD_ALLOWANCE: u64 = 4096;
/// How long a recipient in another home waits after trouble on this side.
pub const OWN_TROUBLE: Duration = Duration::from_secs(60);

/// A waiting message, opened at its body.
pub struct Opened {
    /// Its header section.
    pub header: HeaderSection,
    /// Its bytes, positioned at the first one of the body.
    pub content: Content,
    /// Offset of the body in them.
    pub body_starts: u64,
    /// Bytes of the body.
    pub body_size: u64,
}

impl Opened {
    /// The body from its beginning.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn body(&mut self) -> io::Result<&mut Content> {
        self.content.seek(SeekFrom::Start(self.body_starts))?;
        Ok(&mut self.content)
    }
}

/// Opens a waiting message.
///
/// # Errors
/// A verdict: later for trouble with the disk, never for a message whose file is gone or that has no header section (the
/// desk refuses such, so somebody has changed the file).
pub fn open(post: &Post, delivery: &Delivery) -> Result<Opened, Verdict> {
    let mut content = post
        .queue
        .open_message(delivery.message)
        .map_err(|e| queue_verdict(&e))?;
    let read = move || -> io::Result<Result<Opened, Reason>> {
        let size = content.size()?;
        let mut reader = BufReader::new(&mut content);
        let header = match HeaderSection::read(&mut reader)? {
            Ok(header) => header,
            Err(e) => return Ok(Err(e.into())),
        };
        let body_starts = reader.stream_position()?;
        let mut opened = Opened {
            header,
            content,
            body_starts,
            body_size: size - body_starts,
        };
        opened.body()?;
        Ok(Ok(opened))
    };
    match read() {
        Ok(Ok(opened)) => Ok(opened),
        Ok(Err(why)) => Err(Verdict::Never { why }),
        Err(e) => {
            journal::disk_trouble("reading a waiting letter", &e);
            Err(own_trouble(disk_reason(&e)))
        }
    }
}

/// `Date` and `Message-ID` for a letter that has none: the same for every attempt.
pub fn stamp(post: &Post, delivery: &Delivery) -> Stamp {
    Stamp {
        date: date(post.clock.wall_of(delivery.arrived)),
        message_id: format!("<{}@{}>", message_id_left(delivery), post.suffix()),
    }
}

/// The left side of a `Message-ID` for a letter that has none: the same for every attempt and on every route. It is random:
/// made of the bytes of the letter it would tell whoever guesses them, hidden recipients among them, that the guess is right.
pub fn message_id_left(delivery: &Delivery) -> String {
    let name = delivery.file.split('.').next().unwrap_or_default();
    name.to_owned()
}

/// An RFC 5322 date-time, in UTC, of seconds since 1970.
pub fn date(seconds: i64) -> String {
    mail_parser::DateTime::from_timestamp(seconds).to_rfc822()
}

/// The same verdict for everybody who still waits.
pub fn everybody(delivery: &Delivery, verdict: &Verdict) -> Vec<(usize, Verdict)> {
    delivery
        .recipients
        .iter()
        .map(|r| (r.index, verdict.clone()))
        .collect()
}

/// A word on a letter as a verdict. What is wanted later is tried again after the queue's own wait.
pub fn verdict(told: RecipientStatus) -> Verdict {
    match told {
        RecipientStatus::Stored => Verdict::Delivered,
        RecipientStatus::Later { why } => Verdict::Later {
            why,
            // The peer is there and says "not now": only time changes that.
            not_before: Duration::ZERO,
        },
        RecipientStatus::Never { why } => Verdict::Never { why },
    }
}

/// Another home's word as a verdict. Its sentence may say anything, so it is marked as what their home says wherever the
/// writer or the operator meets it.
pub fn their_verdict(told: RecipientStatus) -> Verdict {
    let theirs = |why: Reason| {
        let text = format!("their home says: {}", why.text);
        Reason::new(why.status, text)
    };
    verdict(match told {
        RecipientStatus::Stored => RecipientStatus::Stored,
        RecipientStatus::Later { why } => RecipientStatus::Later { why: theirs(why) },
        RecipientStatus::Never { why } => RecipientStatus::Never { why: theirs(why) },
    })
}

/// Later, after the queue's own wait.
pub fn later(why: Reason) -> Verdict {
    Verdict::Later {
        why,
        not_before: Duration::ZERO,
    }
}

/// Something on this side is out of order: tried again soon, whoever the recipient is.
pub fn own_trouble(why: Reason) -> Verdict {
    Verdict::Later {
        why,
        not_before: OWN_TROUBLE,
    }
}

/// Does work on a letter. A letter over which the work panics costs itself a wait, and takes no place from the others.
///
/// # Errors
/// The verdict after a panic.
pub fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, Verdict> {
    // What the work shares with others is behind locks that outlive a panic, and is whole between any two statements.
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).map_err(|_| {
        journal::trouble("delivery", "the work on a letter has panicked");
        own_trouble(out_of_order())
    })
}

/// The queue's trouble as a verdict for those who wait.
pub fn queue_verdict(error: &queue::Error) -> Verdict {
    journal::queue_trouble(error);
    match error {
        queue::Error::Lost(_) => Verdict::Never {
            why: Reason::new(
                Status(5, 3, 0),
                "the file of this message is gone from this home's disk; write it again",
            ),
        },
        queue::Error::Full => own_trouble(disk_full()),
        _ => own_trouble(out_of_order()),
    }
}

/// The store's trouble as a word for a peer, or for a member of this home.
pub fn store_told(error: &store::Error) -> RecipientStatus {
    match error {
        store::Error::OverQuota(member) => {
            journal::over_quota(member);
            let why = Reason::new(
                Status(4, 2, 2),
                "the mailbox is full; its owner has to delete something",
            );
            RecipientStatus::Later { why }
        }
        store::Error::NoSuchMember(_) => RecipientStatus::Never {
            why: Reason::new(Status(5, 1, 1), "nobody in this home has that name"),
        },
        store::Error::Full => {
            journal::disk_full("filing a letter");
            RecipientStatus::Later { why: disk_full() }
        }
        other => {
            journal::store_trouble(other);
            RecipientStatus::Later {
                why: out_of_order(),
            }
        }
    }
}

/// A disk's trouble in plain words.
pub fn disk_reason(error: &io::Error) -> Reason {
    if durable::is_full(error) {
        disk_full()
    } else {
        Reason::new(
            Status(4, 3, 0),
            "this home has trouble with its disk; the letter is tried again",
        )
    }
}

/// The disk is full.
pub fn disk_full() -> Reason {
    Reason::new(
        Status(4, 3, 1),
        "the disk of this home is full; the letter is tried again",
    )
}

/// Something is out of order that no sentence explains to a writer.
pub fn out_of_order() -> Reason {
    Reason::new(
        Status(4, 3, 0),
        "something in this home is out of order; the letter is tried again",
    )
}

/// The same, and the journal hears which room it was.
pub fn trouble(room: &'static str, error: &dyn std::fmt::Display) -> Reason {
    journal::trouble(room, error);
    out_of_order()
}

/// Reads at most `block.len()` bytes at `offset`; fewer only at the end of the file.
///
/// # Errors
/// Those of the file system.
pub fn read_at_most(file: &File, block: &mut [u8], offset: u64) -> io::Result<usize> {
    use std::os::unix::fs::FileExt;
    let mut length = 0;
    while length < block.len() {
        match file.read_at(&mut block[length..], offset + length as u64) {
            Ok(0) => break,
            Ok(n) => length += n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(length)
}

/// The header section with the empty line behind it, as a file begins.
pub fn with_empty_line(mut section: Vec<u8>) -> Vec<u8> {
    section.extend_from_slice(b"\r\n");
    section
}

/// A header section read from the beginning of `source`, which is left at the body.
///
/// # Errors
/// The outer one is of the source; the inner one says what is wrong with the letter.
pub fn read_header<R: Read>(
    source: &mut BufReader<R>,
) -> io::Result<Result<HeaderSection, Reason>> {
    Ok(HeaderSection::read(source)?.map_err(Reason::from))
}
