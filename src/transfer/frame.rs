//! The frames between two homes: what they say, and their bytes.
//!
//! A frame is its length (4 bytes, big-endian) and one CBOR map (RFC 8949) with text keys, of which `kind` names the
//! frame. Unknown keys are skipped and unknown kinds are told apart from garbage, so that a later version can say more.
//! The length is checked against the limit of its place before a byte of the map is read, so the parser never sees more
//! than [`MAX_FRAME_BYTES`]. These bytes are fixed: two boxes out there speak them (`golden.rs`).

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::mail::envelope::{Body, Notify, Return, is_envelope_id};
use crate::mail::verdict::{Reason, Status};

/// What names a transfer: 16 random bytes fixed in the delivery row. They count only together with the peer's key.
pub type TransferId = [u8; 16];

/// The longest frame: an offer with [`MAX_INLINE_BYTES`] of content and [`MAX_RECIPIENTS`] long addresses fits.
pub const MAX_FRAME_BYTES: usize = 256 * 1024;
/// The longest frame that is not an offer and not a directory: a verdict with a sentence for every recipient.
pub const MAX_REPLY_BYTES: usize = 64 * 1024;
/// The most content that travels inside an offer.
pub const MAX_INLINE_BYTES: usize = 64 * 1024;
/// The most recipients of one transfer; a home takes 100 in one submission.
pub const MAX_RECIPIENTS: usize = 200;
/// The longest envelope address: 64 + 1 + 255 octets (RFC 5321 section 4.5.3.1), doubled for UTF-8.
pub const MAX_ADDRESS_BYTES: usize = 640;
/// The most members in a directory.
pub const MAX_MEMBERS: usize = 200;
/// The most e-mail addresses that one member claims.
pub const MAX_CLAIMS: usize = 20;
/// The length of a frame's length.
pub const PREFIX_BYTES: usize = 4;

/// One message for one home: what the sending home says before the content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// The transfer's name.
    #[serde(with = "fixed")]
    pub id: TransferId,
    /// Bytes of the rewritten message.
    pub content_size: u64,
    /// Bytes that travel: the same as `content_size` unless `compressed`.
    pub encoded_size: u64,
    /// SHA-256 of the rewritten, uncompressed bytes.
    #[serde(with = "fixed")]
    pub digest: [u8; 32],
    /// The travelling bytes are one zstd frame.
    pub compressed: bool,
    /// The envelope sender in its canonical form; empty for notices.
    pub sender: String,
    /// Who gets it there.
    pub recipients: Vec<OfferedRecipient>,
    /// What the message says of its encoding.
    #[serde(with = "body")]
    pub body: Body,
    /// `SMTPUTF8` was said.
    pub smtputf8: bool,
    /// How much of the message a failure notice is to carry (`RET=`).
    #[serde(default, with = "ret", skip_serializing_if = "is_unspecified")]
    pub ret: Return,
    /// `ENVID=` as the writer's program has written it (RFC 3461 section 4.4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub envelope_id: Option<String>,
    /// The whole travelling content, when it is small. On the sending side it may be given whenever it is at most
    /// [`MAX_INLINE_BYTES`]: whether it travels inside the offer is decided by the budget the peer granted.
    #[serde(default, with = "inline", skip_serializing_if = "Option::is_none")]
    pub inline: Option<Bytes>,
}

/// One recipient of an offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferedRecipient {
    /// The local part there (a member's name, with its tag); empty for the main mailbox.
    pub local: String,
    /// When the writer wants to be told.
    #[serde(with = "notify")]
    pub notify: Notify,
}

/// What the other home says of one recipient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "StatusWire", into = "StatusWire")]
pub enum RecipientStatus {
    /// It is on the other home's disk.
    Stored,
    /// Not now; offer it again later.
    Later {
        /// Why not.
        why: Reason,
    },
    /// It will never be taken.
    Never {
        /// Why not.
        why: Reason,
    },
}

/// What a home tells of itself to a contact that may see it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Directory {
    /// The home's name.
    pub home_name: String,
    /// Its members, as far as this contact may see them.
    pub members: Vec<ClaimedMember>,
    /// Its full Tox address: what it takes to ask it again. A later one than the peer knows, when it was renewed.
    #[serde(
        default,
        with = "fixed_if_any",
        skip_serializing_if = "Option::is_none"
    )]
    pub tox_id: Option<[u8; 38]>,
    /// The full Tox address of the box that takes this one's place.
    #[serde(
        default,
        with = "fixed_if_any",
        skip_serializing_if = "Option::is_none"
    )]
    pub moved_to: Option<[u8; 38]>,
}

/// One member in a directory. What it says is only a claim until a person here confirms it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimedMember {
    /// The member's name there.
    pub name: String,
    /// How they call themselves.
    pub display: String,
    /// E-mail addresses that they say are theirs.
    pub emails: Vec<String>,
}

/// Everything that two homes say to each other inside a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// Opens a transfer.
    Offer(Offer),
    /// Send the content from this offset of the travelling bytes.
    Accept {
        /// Which transfer.
        id: TransferId,
        /// The first byte that is missing here.
        offset: u64,
    },
    /// It is known here already; nothing needs to be sent.
    Have {
        /// Which transfer.
        id: TransferId,
        /// What became of it, for each recipient of the offer in its order.
        told: Vec<RecipientStatus>,
    },
    /// The content is not wanted.
    Refuse {
        /// Which transfer.
        id: TransferId,
        /// Why, for each recipient of the offer in its order.
        told: Vec<RecipientStatus>,
    },
    /// What became of it after all bytes had come.
    Receipt {
        /// Which transfer.
        id: TransferId,
        /// For each recipient of the offer in its order.
        told: Vec<RecipientStatus>,
    },
    /// Who lives here.
    Directory(Directory),
    /// This transfer will not be offered again: forget what came of it.
    Withdraw {
        /// Which transfer.
        id: TransferId,
    },
    /// In the last resort only: content from this offset follows in the same pipe.
    Data {
        /// Which transfer.
        id: TransferId,
        /// Where in the travelling bytes the content begins.
        offset: u64,
    },
    /// In the last resort only: this side has stopped working on the transfer; it may be offered again.
    Gone {
        /// Which transfer.
        id: TransferId,
    },
    /// A kind that a later version speaks.
    Unknown(String),
}

/// Why bytes are not a frame. Always the sending side's fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// The length is over the limit of its place.
    #[error("a frame of {0} bytes is too long")]
    TooLong(usize),
    /// Not a CBOR map with the fields its kind needs.
    #[error("a frame is not readable: {0}")]
    Unreadable(String),
    /// Readable, but against the rules.
    #[error("a frame breaks a rule: {0}")]
    Forbidden(&'static str),
}

#[derive(Serialize, Deserialize)]
struct Named {
    #[serde(with = "fixed")]
    id: TransferId,
}
#[derive(Serialize, Deserialize)]
struct Placed {
    #[serde(with = "fixed")]
    id: TransferId,
    offset: u64,
}
#[derive(Serialize, Deserialize)]
struct Judged {
    #[serde(with = "fixed")]
    id: TransferId,
    told: Vec<RecipientStatus>,
}
#[derive(Deserialize)]
struct Kind {
    kind: String,
}
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Wire<'a> {
    Offer(&'a Offer),
    Accept(Placed),
    Have(Judged),
    Refuse(Judged),
    Receipt(Judged),
    Directory(&'a Directory),
    Withdraw(Named),
    Data(Placed),
    Gone(Named),
}

impl Frame {
    /// The frame's bytes with the length before them.
    pub fn encode(&self) -> Vec<u8> {
        let wire = match self {
            Self::Offer(offer) => Wire::Offer(offer),
            Self::Accept { id, offset } => Wire::Accept(Placed {
                id: *id,
                offset: *offset,
            }),
            Self::Have { id, told } => Wire::Have(judged(id, told)),
            Self::Refuse { id, told } => Wire::Refuse(judged(id, told)),
            Self::Receipt { id, told } => Wire::Receipt(judged(id, told)),
            Self::Directory(directory) => Wire::Directory(directory),
            Self::Withdraw { id } => Wire::Withdraw(Named { id: *id }),
            Self::Data { id, offset } => Wire::Data(Placed {
                id: *id,
                offset: *offset,
            }),
            Self::Gone { id } => Wire::Gone(Named { id: *id }),
            // Nobody builds one to send it.
            Self::Unknown(_) => return Vec::new(),
        };
        let mut bytes = vec![0; PREFIX_BYTES];
        if ciborium::into_writer(&wire, &mut bytes).is_err() {
            // Writing into memory cannot fail, and every type here is a map of plain values.
            return Vec::new();
        }
        let length = u32::try_from(bytes.len() - PREFIX_BYTES).unwrap_or(u32::MAX);
        bytes[..PREFIX_BYTES].copy_from_slice(&length.to_be_bytes());
        bytes
    }

    /// A frame from the bytes after its length, with the rules that need no context checked.
    ///
    /// # Errors
    /// The other side broke the format or a rule.
    pub fn decode(bytes: &[u8]) -> Result<Self, FrameError> {
        if bytes.len() > MAX_FRAME_BYTES {
            return Err(FrameError::TooLong(bytes.len()));
        }
        // Read twice: once for the kind, once into exactly that kind. A tagged enum would first buffer the whole map as
        // a tree, and a hostile array of small numbers would grow thirtyfold in memory.
        let Kind { kind } = map(bytes)?;
        match kind.as_str() {
            "offer" => {
                let offer: Offer = map(bytes)?;
                check_offer(&offer)?;
                Ok(Self::Offer(offer))
            }
            "accept" => map(bytes).map(|Placed { id, offset }| Self::Accept { id, offset }),
            "have" => sentence(bytes).map(|Judged { id, told }| Self::Have { id, told }),
            "refuse" => sentence(bytes).map(|Judged { id, told }| Self::Refuse { id, told }),
            "receipt" => sentence(bytes).map(|Judged { id, told }| Self::Receipt { id, told }),
            "directory" => {
                let directory: Directory = map(bytes)?;
                check_directory(&directory)?;
                Ok(Self::Directory(directory))
            }
            "withdraw" => map(bytes).map(|Named { id }| Self::Withdraw { id }),
            "data" => map(bytes).map(|Placed { id, offset }| Self::Data { id, offset }),
            "gone" => map(bytes).map(|Named { id }| Self::Gone { id }),
            _ => Ok(Self::Unknown(kind.chars().take(32).collect())),
        }
    }

    /// Splits one frame off the front of `bytes`: the frame and what follows it. `None` means that more must come.
    ///
    /// # Errors
    /// The frame is longer than `limit`, or not a frame.
    pub fn split(bytes: &[u8], limit: usize) -> Result<Option<(Self, usize)>, FrameError> {
        let Some(length) = length(bytes, limit)? else {
            return Ok(None);
        };
        match bytes.get(PREFIX_BYTES..PREFIX_BYTES + length) {
            Some(body) => Ok(Some((Self::decode(body)?, PREFIX_BYTES + length))),
            None => Ok(None),
        }
    }
}

/// The length that a frame announces; `None` while fewer than four bytes are there.
///
/// # Errors
/// It is over `limit`, before anything of it was read.
pub fn length(bytes: &[u8], limit: usize) -> Result<Option<usize>, FrameError> {
    let Some(prefix) = bytes.first_chunk::<PREFIX_BYTES>() else {
        return Ok(None);
    };
    let length = usize::try_from(u32::from_be_bytes(*prefix)).unwrap_or(usize::MAX);
    if length > limit {
        return Err(FrameError::TooLong(length));
    }
    Ok(Some(length))
}

fn judged(id: &TransferId, told: &[RecipientStatus]) -> Judged {
    Judged {
        id: *id,
        told: told.to_vec(),
    }
}

/// One CBOR item that fills `bytes`. Sixteen levels are four times what any frame needs.
fn map<T: for<'de> Deserialize<'de>>(bytes: &[u8]) -> Result<T, FrameError> {
    let mut rest = bytes;
    let value = ciborium::de::from_reader_with_recursion_limit(&mut rest, 16)
        .map_err(|e: ciborium::de::Error<_>| FrameError::Unreadable(e.to_string()))?;
    if !rest.is_empty() {
        return Err(FrameError::Forbidden("bytes after the end of the map"));
    }
    Ok(value)
}

fn sentence(bytes: &[u8]) -> Result<Judged, FrameError> {
    if bytes.len() > MAX_REPLY_BYTES {
        return Err(FrameError::TooLong(bytes.len()));
    }
    let judged: Judged = map(bytes)?;
    if judged.told.len() > MAX_RECIPIENTS {
        return Err(FrameError::Forbidden("too many recipients"));
    }
    Ok(judged)
}

/// The rules of an offer that need no context.
///
/// # Errors
/// The first rule that it breaks.
pub fn check_offer(offer: &Offer) -> Result<(), FrameError> {
    let rule = |holds: bool, text| {
        if holds {
            Ok(())
        } else {
            Err(FrameError::Forbidden(text))
        }
    };
    let plain = |text: &str| text.len() <= MAX_ADDRESS_BYTES && !text.chars().any(char::is_control);
    rule(!offer.recipients.is_empty(), "an offer without a recipient")?;
    rule(
        offer.recipients.len() <= MAX_RECIPIENTS,
        "too many recipients",
    )?;
    rule(plain(&offer.sender), "an envelope sender that is none")?;
    let envelope_id = offer.envelope_id.as_deref();
    rule(
        envelope_id.is_none_or(is_envelope_id),
        "an envelope identifier that is none",
    )?;
    rule(
        offer.recipients.iter().all(|r| plain(&r.local)),
        "a recipient that is none",
    )?;
    rule(
        offer.content_size > 0 && offer.encoded_size > 0,
        "an empty message",
    )?;
    rule(
        if offer.compressed {
            offer.encoded_size < offer.content_size
        } else {
            offer.encoded_size == offer.content_size
        },
        "sizes that do not fit each other",
    )?;
    if let Some(inline) = &offer.inline {
        rule(inline.len() <= MAX_INLINE_BYTES, "too much content inside")?;
        rule(
            u64::try_from(inline.len()) == Ok(offer.encoded_size),
            "content inside of the wrong length",
        )?;
    }
    Ok(())
}

/// The rules of a directory.
///
/// # Errors
/// The first rule that it breaks.
pub fn check_directory(directory: &Directory) -> Result<(), FrameError> {
    let plain = |text: &str| text.len() <= MAX_ADDRESS_BYTES && !text.chars().any(char::is_control);
    let fits = directory.members.len() <= MAX_MEMBERS
        && plain(&directory.home_name)
        && directory.members.iter().all(|m| {
            plain(&m.name)
                && plain(&m.display)
                && m.emails.len() <= MAX_CLAIMS
                && m.emails.iter().all(|e| plain(e))
        });
    if fits {
        Ok(())
    } else {
        Err(FrameError::Forbidden("a directory that is too large"))
    }
}

/// How [`RecipientStatus`] travels: a word, and for a refusal its status code and sentence.
#[derive(Serialize, Deserialize)]
struct StatusWire {
    what: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<(u8, u16, u16)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

impl From<RecipientStatus> for StatusWire {
    fn from(told: RecipientStatus) -> Self {
        let with = |what: &str, why: Reason| Self {
            what: what.into(),
            status: Some((why.status.0, why.status.1, why.status.2)),
            text: Some(why.text),
        };
        match told {
            RecipientStatus::Stored => Self {
                what: "stored".into(),
                status: None,
                text: None,
            },
            RecipientStatus::Later { why } => with("later", why),
            RecipientStatus::Never { why } => with("never", why),
        }
    }
}

impl TryFrom<StatusWire> for RecipientStatus {
    type Error = &'static str;

    fn try_from(wire: StatusWire) -> Result<Self, Self::Error> {
        // A class that contradicts the word would let a "never" be taken for a "later". `Reason` cleans the sentence.
        let why = |class: u8| {
            let (_, subject, detail) = wire.status.unwrap_or((class, 0, 0));
            let text = wire.text.as_deref().unwrap_or_default();
            Reason::new(Status(class, subject.min(999), detail.min(999)), text)
        };
        match wire.what.as_str() {
            "stored" => Ok(Self::Stored),
            "later" => Ok(Self::Later { why: why(4) }),
            "never" => Ok(Self::Never { why: why(5) }),
            _ => Err("a verdict that is none"),
        }
    }
}

/// Byte strings of a fixed length (serde's arrays would become CBOR arrays of numbers).
pub(super) mod fixed {
    use serde::{Deserializer, Serializer, de};

    pub fn serialize<S: Serializer, const N: usize>(
        bytes: &[u8; N],
        s: S,
    ) -> Result<S::Ok, S::Error> {
        s.serialize_bytes(bytes)
    }

    pub fn deserialize<'de, D: Deserializer<'de>, const N: usize>(
        d: D,
    ) -> Result<[u8; N], D::Error> {
        let bytes = d.deserialize_byte_buf(super::ByteString)?;
        <[u8; N]>::try_from(bytes)
            .map_err(|_| de::Error::custom("a byte string of the wrong length"))
    }
}

/// The same where there may be none.
pub(super) mod fixed_if_any {
    use serde::{Deserializer, Serializer};

    pub fn serialize<S: Serializer, const N: usize>(
        bytes: &Option<[u8; N]>,
        s: S,
    ) -> Result<S::Ok, S::Error> {
        match bytes {
            Some(bytes) => s.serialize_bytes(bytes),
            None => s.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>, const N: usize>(
        d: D,
    ) -> Result<Option<[u8; N]>, D::Error> {
        super::fixed::deserialize(d).map(Some)
    }
}

mod inline {
    use bytes::Bytes;
    use serde::{Deserializer, Serializer};

    pub fn serialize<S: Serializer>(bytes: &Option<Bytes>, s: S) -> Result<S::Ok, S::Error> {
        match bytes {
            Some(bytes) => s.serialize_bytes(bytes),
            None => s.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Bytes>, D::Error> {
        Ok(Some(Bytes::from(
            d.deserialize_byte_buf(super::ByteString)?,
        )))
    }
}

fn is_unspecified(ret: &Return) -> bool {
    *ret == Return::Unspecified
}

mod ret {
    use crate::mail::envelope::Return;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(ret: &Return, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(match ret {
            Return::Unspecified => "",
            Return::Full => "full",
            Return::Headers => "hdrs",
        })
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Return, D::Error> {
        Ok(match String::deserialize(d)?.as_str() {
            "full" => Return::Full,
            "hdrs" => Return::Headers,
            _ => Return::Unspecified,
        })
    }
}

mod body {
    use crate::mail::envelope::Body;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(body: &Body, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(match body {
            Body::SevenBit => "7bit",
            Body::EightBitMime => "8bit",
        })
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Body, D::Error> {
        match String::deserialize(d)?.as_str() {
            "7bit" => Ok(Body::SevenBit),
            // What a later version calls otherwise is at least not 7bit.
            _ => Ok(Body::EightBitMime),
        }
    }
}

mod notify {
    use crate::mail::envelope::Notify;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    struct Wishes {
        #[serde(default)]
        success: bool,
        #[serde(default)]
        failure: bool,
        #[serde(default)]
        delay: bool,
    }

    pub fn serialize<S: Serializer>(notify: &Notify, s: S) -> Result<S::Ok, S::Error> {
        Wishes {
            success: notify.success,
            failure: notify.failure,
            delay: notify.delay,
        }
        .serialize(s)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Notify, D::Error> {
        Wishes::deserialize(d).map(|w| Notify {
            success: w.success,
            failure: w.failure,
            delay: w.delay,
        })
    }
}

struct ByteString;

impl serde::de::Visitor<'_> for ByteString {
    type Value = Vec<u8>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a byte string")
    }

    fn visit_byte_buf<E>(self, bytes: Vec<u8>) -> Result<Vec<u8>, E> {
        Ok(bytes)
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
        Ok(bytes.to_vec())
    }
}
