//! The nouns of the queue: what is submitted, what waits, what has ended.

use std::collections::HashSet;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use serde::Serialize;

use super::Error;
use crate::clock::Stamp;
use crate::mail::address::{MemberName, PeerKey};
use crate::mail::envelope::{Envelope, Recipient};
use crate::mail::verdict::{Reason, Status};

/// A waiting message; what the `250` tells the client and the operator types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct QueueId(pub(super) i64);

/// One message on its way to one destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeliveryId(pub(super) i64);

impl QueueId {
    /// From the number in the row.
    pub const fn from_number(number: i64) -> Self {
        Self(number)
    }

    /// The number in the row.
    pub const fn number(self) -> i64 {
        self.0
    }
}

impl DeliveryId {
    /// The number in the row.
    pub const fn number(self) -> i64 {
        self.0
    }
}

impl fmt::Display for QueueId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for DeliveryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for QueueId {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// An account at a mail provider: the home's, or a member's own, whose number it then has.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountId([u8; 8]);

impl AccountId {
    /// The home's.
    pub const HOME: Self = Self([0; 8]);

    /// From the number in the row.
    pub const fn from_number(number: i64) -> Self {
        Self(number.to_be_bytes())
    }

    /// The number in the row.
    pub const fn number(self) -> i64 {
        i64::from_be_bytes(self.0)
    }
}

impl fmt::Debug for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccountId({})", self.number())
    }
}

/// Where a delivery goes. In the rows: `kind`, as [`Destination::kind`] has it, and `target`: the key of the home or friend, the number
/// of the account, or nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Destination {
    /// A mailbox of this home.
    Local,
    /// Another home.
    Tox(PeerKey),
    /// This home itself, which has asked.
    Answer,
    /// A provider, which takes mail for everybody else.
    Relay(AccountId),
    /// A friend with an ordinary Tox program.
    Chat(PeerKey),
    /// The mail server that the family has already.
    Gateway,
}

impl Destination {
    /// What [`kind`](Self::kind) can say, but for other homes and friends who chat: their mail is looked for by key, once they
    /// are there.
    pub(super) const KINDS_BUT_PEERS: [&str; 4] = ["local", "relay", "gateway", "answer"];

    /// The other home, or the friend's program, that has to be there.
    pub const fn peer(&self) -> Option<PeerKey> {
        match self {
            Destination::Tox(key) | Destination::Chat(key) => Some(*key),
            _ => None,
        }
    }

    /// `local`, `tox`, `relay`, `chat`, `gateway`, `answer`: in the rows, for the operator and in the metrics.
    pub const fn kind(&self) -> &'static str {
        match self {
            Destination::Local => "local",
            Destination::Tox(_) => "tox",
            Destination::Answer => "answer",
            Destination::Relay(_) => "relay",
            Destination::Chat(_) => "chat",
            Destination::Gateway => "gateway",
        }
    }

    /// Whether a letter that goes there a second time is known as such, and answered without being filed again: by the other
    /// home's table, by the mailbox's own, by the question that is answered already.
    pub const fn knows_repetitions(&self) -> bool {
        match self {
            Destination::Local | Destination::Tox(_) | Destination::Answer => true,
            Destination::Relay(_) | Destination::Chat(_) | Destination::Gateway => false,
        }
    }

    /// Whether it goes the way of everybody's mail, where others can read it.
    pub fn is_ordinary(&self) -> bool {
        matches!(self, Destination::Relay(_))
    }

    pub(super) fn target(&self) -> &[u8] {
        match self {
            Destination::Local | Destination::Gateway | Destination::Answer => &[],
            Destination::Tox(key) | Destination::Chat(key) => key.as_bytes(),
            Destination::Relay(account) => &account.0,
        }
    }

    pub(super) fn from_row(kind: &str, target: &[u8]) -> Result<Self, Error> {
        let wrong = |_| Error::Row("a delivery's destination");
        match kind {
            "local" => Ok(Destination::Local),
            "gateway" => Ok(Destination::Gateway),
            "tox" => {
                let key = target.try_into().map_err(wrong)?;
                Ok(Destination::Tox(PeerKey::from_bytes(key)))
            }
            "relay" => Ok(Destination::Relay(AccountId(
                target.try_into().map_err(wrong)?,
            ))),
            "chat" => {
                let key = target.try_into().map_err(wrong)?;
                Ok(Destination::Chat(PeerKey::from_bytes(key)))
            }
            "answer" => Ok(Destination::Answer),
            _ => Err(Error::Row("a delivery's destination")),
        }
    }
}

/// The way of one recipient, decided when the message was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Index into the envelope's recipients.
    pub recipient: usize,
    /// Where it goes.
    pub destination: Destination,
    /// Who it is for there. Local: the member, with a tag if one was written. A peer: the local part there, empty for the
    /// main mailbox. A provider: the ordinary address. A gateway: the local part there.
    pub there: String,
}

/// A recipient in another home whose letter may go by ordinary mail when it has waited so long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fallback {
    /// Index into the envelope's recipients.
    pub recipient: usize,
    /// After this time of waiting.
    pub after: Duration,
    /// Through this account.
    pub account: AccountId,
    /// To this ordinary address.
    pub address: String,
}

pub(super) fn number_of_seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}

/// What comes with the bytes of a message.
#[derive(Clone, Debug, Default)]
pub struct Submission {
    /// Who submitted it; `None` for the home's own notices, which are never taken for a repetition.
    pub member: Option<MemberName>,
    /// As spoken in SMTP.
    pub envelope: Envelope,
    /// The `Message-ID` field, with or without angle brackets.
    pub message_id: Option<String>,
    /// At least one for every recipient.
    pub plans: Vec<Plan>,
    /// Whether it goes at once.
    pub start: Start,
    /// What the writer hears once the copies by ordinary mail have ended.
    pub ways: Ways,
    /// Who may go by ordinary mail after a while: recipients whose plan leads to another home.
    pub fallbacks: Vec<Fallback>,
    /// What the writer is told by this very message (a notice): marked in the same transaction, so that a verdict and
    /// the word about it are never parted.
    pub settles: Vec<Told>,
}

/// When a message goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Start {
    /// As soon as it is due.
    #[default]
    AtOnce,
    /// Not before [`super::Queue::let_go`]: its writer is asked.
    Held,
}

/// What a writer hears of the ways that their letter took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ways {
    /// Who was reached in private, and who by ordinary mail.
    pub which: bool,
    /// That answers to ordinary mail arrive at the provider.
    pub answers: bool,
}

impl Ways {
    pub(super) fn bits(self) -> i64 {
        i64::from(self.which) + 2 * i64::from(self.answers)
    }

    pub(super) fn from_bits(bits: i64) -> Self {
        Self {
            which: bits & 1 != 0,
            answers: bits & 2 != 0,
        }
    }
}

/// What became of a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Submitted {
    /// It is on the disk and in the rows.
    Queued(QueueId),
    /// The same message was accepted within 24 hours (RFC 1047): to be answered like the first time.
    Repeated(QueueId),
    /// Everything this notice would tell was told before, or another home has handed this message in before: it was not
    /// queued.
    Needless,
}

/// Something the writer is told, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Told {
    /// The delivery.
    pub delivery: DeliveryId,
    /// The recipient's index in the envelope.
    pub index: usize,
    /// About what.
    pub about: About,
}

/// What a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum About {
    /// How it ended.
    End,
    /// That it still waits.
    Delay,
    /// Which ways the message took; about all of it.
    Ways,
    /// That it goes by ordinary mail now.
    Fallback,
}

/// A delivery with somebody still waiting for it.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The row.
    pub id: DeliveryId,
    /// The message.
    pub message: QueueId,
    /// Where it goes.
    pub destination: Destination,
    /// The transfer's id, the same for every attempt.
    pub transfer: [u8; 16],
    /// `MAIL FROM`; empty for a notice.
    pub sender: String,
    /// Who submitted it; `None` for the home's own notices.
    pub member: Option<MemberName>,
    /// The shared facts of the envelope; its `recipients` are left empty, see below.
    pub envelope: Envelope,
    /// The `Message-ID` field.
    pub message_id: Option<String>,
    /// Who is still waiting.
    pub recipients: Vec<Waiting>,
    /// Bytes of the message.
    pub size: u64,
    /// The name of its file: random, and the same as long as it waits.
    pub file: String,
    /// When it was accepted.
    pub arrived: Stamp,
    /// Attempts that ended with "later".
    pub attempts: u32,
    /// The form that crosses Tox, if it was made before and is still whole.
    pub encoded: Option<Encoded>,
}

/// A recipient that is still waiting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Index into the envelope's recipients.
    pub index: usize,
    /// As spoken in SMTP.
    pub recipient: Recipient,
    /// Who it is for there, see [`Plan::there`].
    pub there: String,
    /// Why the last attempt was not the last.
    pub last: Option<Reason>,
}

/// The encoded form of a message, kept so that every attempt sends the same bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoded {
    /// The file.
    pub path: PathBuf,
    /// Its length.
    pub size: u64,
    /// Length of the rewritten message before compression.
    pub content_size: u64,
    /// SHA-256 of the rewritten message before compression.
    pub digest: [u8; 32],
    /// Whether it is compressed.
    pub compressed: bool,
}

/// What [`super::Queue::keep_encoded`] cannot see in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncodedFacts {
    /// Length of the rewritten message before compression.
    pub content_size: u64,
    /// SHA-256 of the rewritten message before compression.
    pub digest: [u8; 32],
    /// Whether it is compressed.
    pub compressed: bool,
}

/// What a settlement came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// Nobody waits for this delivery any more.
    pub finished: bool,
    /// The message is gone: everybody has ended, and nobody must be told.
    pub gone: bool,
    /// A writer must be told now: see [`super::Queue::untold`].
    pub owed: bool,
    /// When it is tried again; `None` when it waits for the peer, or is finished.
    pub next: Option<Duration>,
}

/// Who must be told what about one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Untold {
    /// The message; its bytes are kept until the writer was told.
    pub message: QueueId,
    /// Who submitted it.
    pub member: Option<MemberName>,
    /// The shared facts of the envelope; its `recipients` are left empty, see below.
    pub envelope: Envelope,
    /// The `Message-ID` field.
    pub message_id: Option<String>,
    /// Bytes of the message.
    pub size: u64,
    /// When it was accepted, seconds since 1970.
    pub arrived: i64,
    /// The recipients in question.
    pub fates: Vec<Fate>,
}

/// One recipient's part of an [`Untold`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fate {
    /// To be passed to the notice's own submission.
    pub told: Told,
    /// As spoken in SMTP.
    pub recipient: Recipient,
    /// Where it went.
    pub destination: Destination,
    /// Who it was for there.
    pub there: String,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is on the other side's disk; of a friend with a chat program: that program has it.
    Delivered,
    /// It will never be.
    Failed(Reason),
    /// Somebody cancelled it.
    Cancelled,
    /// It still waits; why the last attempt failed, if there was one.
    Delayed(Option<Reason>),
    /// It has waited too long for their home, and goes by ordinary mail.
    FellBack,
}

/// Which of the letters that are too old are given up.
#[derive(Clone, Copy, Debug)]
pub struct GiveUp<'a> {
    /// Not these: they are being handed over just now.
    pub spared: &'a HashSet<DeliveryId>,
    /// Those that were too old so long ago already.
    pub overdue_for: Duration,
}

impl<'a> GiveUp<'a> {
    /// All but these.
    pub fn all_but(spared: &'a HashSet<DeliveryId>) -> Self {
        Self {
            spared,
            overdue_for: Duration::ZERO,
        }
    }
}

/// What [`super::Queue::overdue`] found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overdue {
    /// Writers to tell that it takes longer.
    pub delayed: Vec<Untold>,
    /// Deliveries that have just been given up, settled already (the writer's notice is in `untold`): a transfer that is
    /// under way is to be withdrawn.
    pub expired: Vec<DeliveryId>,
}

/// Who cancels a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Canceller {
    /// The writer, who needs no notice.
    Writer,
    /// Whoever was asked whether what is held should go: nothing else ends, and they need no notice.
    Asked,
    /// The operator: the writer is told.
    Operator,
}

/// A message in the list, for the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The message.
    pub id: QueueId,
    /// Who submitted it.
    pub member: Option<MemberName>,
    /// `MAIL FROM`.
    pub sender: String,
    /// The `Message-ID` field.
    pub message_id: Option<String>,
    /// Bytes.
    pub size: u64,
    /// When it was accepted, seconds since 1970.
    pub arrived: i64,
    /// Its recipients.
    pub recipients: Vec<EntryRecipient>,
}

/// One recipient in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryRecipient {
    /// As the client wrote it.
    pub address: String,
    /// The delivery it belongs to.
    pub delivery: DeliveryId,
    /// Index in the envelope.
    pub index: usize,
    /// Where it goes.
    pub destination: Destination,
    /// `waiting`, `held`, `delivered`, `failed` or `cancelled`.
    pub state: String,
    /// Why it waits or failed.
    pub reason: Option<String>,
    /// Attempts that ended with "later".
    pub attempts: u32,
    /// When it is due, in milliseconds of this boot.
    pub due_ms: i64,
    /// Who it is for there, see [`Plan::there`].
    pub there: String,
}

/// A message that is held for its writer's word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The message.
    pub message: QueueId,
    /// Who submitted it; `None`: the home itself, or another home for a mail server of the family's.
    pub member: Option<MemberName>,
    /// Why.
    pub because: Because,
    /// The `Message-ID` field.
    pub message_id: Option<String>,
    /// Its recipients, and where each goes.
    pub recipients: Vec<(String, Destination, String)>,
    /// Its deliveries.
    pub deliveries: Vec<DeliveryId>,
}

/// Why a message is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Because {
    /// A part of it goes by ordinary mail, and its writer wants to be asked before.
    Mixed,
    /// The home was restored, and the message may have gone from the old box.
    Restored,
}

/// How much waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Messages kept.
    pub messages: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Deliveries that somebody still waits for.
    pub deliveries: u64,
}

/// What was found at the start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    /// Files that no row points to, left by a crash before anybody was promised anything; removed.
    pub swept: usize,
    /// Messages whose file is gone: a broken disk, or somebody tidied up. They stay in the queue.
    pub lost: Vec<QueueId>,
}

pub(super) fn status_text(status: Status) -> String {
    status.to_string()
}

pub(super) fn reason(status: Option<&str>, text: Option<String>) -> Option<Reason> {
    let text = text?;
    let mut parts = status?.split('.').map(str::parse::<u16>);
    let (Some(Ok(class)), Some(Ok(subject)), Some(Ok(detail))) =
        (parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    let class = u8::try_from(class).ok()?;
    Some(Reason::new(Status(class, subject, detail), text))
}

/// A fate as the rows would tell it, for the tests of other rooms.
#[cfg(test)]
pub(crate) fn fate_for_tests(
    index: usize,
    recipient: Recipient,
    destination: Destination,
    outcome: Outcome,
) -> Fate {
    Fate {
        told: Told {
            delivery: DeliveryId(1),
            index,
            about: About::End,
        },
        recipient,
        destination,
        there: String::new(),
        outcome,
    }
}

/// An untold message as the rows would tell it, for the tests of other rooms.
#[cfg(test)]
pub(crate) fn untold_for_tests(
    envelope: Envelope,
    arrived: i64,
    size: u64,
    fates: Vec<Fate>,
) -> Untold {
    Untold {
        message: QueueId(1),
        member: None,
        envelope,
        message_id: Some("<one@home>".into()),
        size,
        arrived,
        fates,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_kind_knows_a_letter_that_comes_twice() {
        let key = PeerKey::from_bytes([7; 32]);
        let knows = [
            Destination::Local,
            Destination::Tox(key),
            Destination::Answer,
        ];
        assert!(knows.iter().all(Destination::knows_repetitions));
        let others = [
            Destination::Relay(AccountId::HOME),
            Destination::Chat(key),
            Destination::Gateway,
        ];
        assert!(!others.iter().any(Destination::knows_repetitions));
    }
}
