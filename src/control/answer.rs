//! What a home answers: the shape of `--json`, which scripts depend on. Times are seconds since 1970, sizes bytes.
//!
//! Keys may be added here, never renamed or removed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::protocol::Secret;
use crate::cause::Cause;

/// `status`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Status {
    /// The home's name.
    pub home: String,
    /// Its full Tox address, 76 hex digits: enough to make first contact.
    pub tox_id: Option<String>,
    /// Its public key, 64 hex digits.
    pub key: Option<String>,
    /// What follows the member's name in an address: `@<52 base32>.tox`.
    pub address_suffix: Option<String>,
    /// `udp`, `tcp` or `offline`.
    pub tox: String,
    /// What is bound now, by service.
    pub ports: BTreeMap<String, Value>,
    /// Who is asked about strangers, claimed addresses and moves; told by a running home.
    pub asked: Vec<String>,
    /// How many members.
    pub members: u64,
    /// How many contacts.
    pub contacts: u64,
    /// How many messages wait.
    pub queue: u64,
    /// How often the Tox thread woke since the start: an idle home hardly does.
    pub tox_wakes: u64,
    /// Calls made to toxcore for any contact since the start: one who is offline costs none.
    pub tox_calls: u64,
    /// Whether the home runs; if not, this was read from its folder.
    pub running: bool,
    /// The version of Toxmail.
    pub version: String,
    /// The version of toxcore.
    pub toxcore: Option<String>,
}

/// What there is to be tried whether the home answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Alive {
    /// Whether the Tox thread has answered.
    pub tox: bool,
    /// What is bound now, by service.
    pub ports: BTreeMap<String, Value>,
}

/// A person with a mailbox.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Member {
    /// The mailbox, and the login.
    pub name: String,
    /// The person's name.
    pub display: Option<String>,
    /// Whether they look after the home.
    pub administrator: bool,
    /// Whether mail for the home itself goes here.
    pub main_mailbox: bool,
    /// How many device passwords.
    pub devices: u64,
    /// Their ordinary e-mail addresses; those that every member has (`NAME@….tox`) are not among them.
    pub addresses: Vec<String>,
}

/// What a member has chosen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MemberSettings {
    /// The member.
    pub name: String,
    /// What becomes of a letter that goes to some directly and to others by ordinary mail: `tell`, `ask` or `refuse`.
    pub mixed: String,
    /// The language of notices; none is the home's.
    pub language: Option<String>,
    /// Whether letters may be made over for a provider that takes 7 bits only.
    pub reencode: bool,
}

/// A device password.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Device {
    /// For `revoke`.
    pub id: i64,
    /// What it is for.
    pub label: String,
    /// When it was made.
    pub created: i64,
    /// When it was last used.
    pub last_used: Option<i64>,
}

/// A new device password, shown this once.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NewDevice {
    /// For `revoke`.
    pub id: i64,
    /// The login.
    pub name: String,
    /// What it is for.
    pub label: String,
    /// The secret.
    pub password: Secret,
}

/// A person or home in the address table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Contact {
    /// The name here: `NAME@tox` reaches them.
    pub name: String,
    /// What people here call them: the name that mail programs show for their letters.
    pub display: String,
    /// The other home's public key, 64 hex digits; none for a contact with e-mail addresses only.
    pub key: Option<String>,
    /// The canonical address.
    pub address: Option<String>,
    /// `unknown`, `home` or `chat`.
    pub kind: String,
    /// `connected`, `online`, `offline`, `asked` (they have not answered), `waiting` (let in, not seen yet), `blocked`,
    /// `ordinary` (no Tox address).
    pub state: String,
    /// How they are reached now: `udp` (directly), `tcp` (through a relay); none while they are not there.
    pub connection: Option<String>,
    /// Ordinary addresses.
    pub emails: Vec<String>,
    /// Ordinary addresses that their home claims for them, and nobody here has confirmed.
    pub claimed: Vec<String>,
    /// Whose contact it is; none for everybody's.
    pub owner: Option<String>,
    /// When the other home was last seen; now, while it is there.
    pub last_seen: Option<i64>,
    /// After so many seconds of waiting a letter may go by ordinary mail; none is never.
    pub fallback_seconds: Option<u64>,
    /// Nothing goes to their home through a relay.
    pub direct_only: bool,
    /// A relay alone leads to their home now, so letters wait for a direct connection.
    pub awaits_direct: bool,
}

/// An account at a mail provider; its password is never shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Provider {
    /// Whose account it is; none for the home's.
    pub member: Option<String>,
    /// The provider's server for outgoing mail.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// `implicit` or `starttls`.
    pub tls: String,
    /// The login there.
    pub username: Option<String>,
    /// The member's ordinary address there.
    pub address: Option<String>,
    /// It stands in toxmail.toml, which a command does not change.
    pub from_file: bool,
    /// What was wrong the last time; none when it worked, or was not used since it was set.
    pub problem: Option<String>,
    /// Since when.
    pub problem_since: Option<i64>,
    /// Mailboxes at providers that are fetched with this login.
    pub fetches: Vec<Fetch>,
}

/// A mailbox at a mail provider from which this home fetches; its password is never shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Fetch {
    /// Who gets the letters.
    pub member: String,
    /// `imap` or `pop3`.
    pub protocol: String,
    /// The provider's server for incoming mail.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// `implicit` or `starttls`.
    pub tls: String,
    /// The login there.
    pub username: String,
    /// `keep` or `delete`: what becomes of a letter there once it lies here.
    pub after: String,
    /// `new` or `everything`: which letters are fetched.
    pub since: String,
    /// How often.
    pub every_seconds: u64,
    /// When it worked last; none if not since the home started.
    pub worked: Option<i64>,
    /// What was wrong the last time; none when it worked.
    pub problem: Option<String>,
    /// Since when.
    pub problem_since: Option<i64>,
}

/// `provider fetch now`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FetchRound {
    /// Letters that were filed here.
    pub filed: u64,
    /// Letters that were deleted there.
    pub deleted: u64,
    /// Letters that this home does not take, and that stay there.
    pub left: u64,
    /// Letters that were there before, and stay there.
    pub old: u64,
    /// There is much to fetch; it goes on by itself, and the numbers are not known yet.
    pub still_runs: bool,
}

/// `tox-id renew`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NewToxId {
    /// The home's full Tox address from now on.
    pub tox_id: String,
    /// Open invitations that lead nowhere now, by number.
    pub outdated_invitations: Vec<i64>,
}

/// A new box: a contact's, or this home's own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Move {
    /// The contact who says so, `NAME@tox`; none for this home itself.
    pub name: Option<String>,
    /// The key of the old box, 64 hex digits.
    pub old_key: String,
    /// The key of the new one.
    pub new_key: String,
    /// The contact by which the new box is known here, `NAME@tox`.
    pub new_name: Option<String>,
    /// `open`, `withdrawn`, `confirmed` or `refused`; `announced` for this home itself.
    pub state: String,
    /// When it was announced; none for this home itself.
    pub announced: Option<i64>,
    /// The safety words of this home and the new box, while it is open: the same that `contact words` shows there.
    pub words: Option<String>,
    /// The same as digits.
    pub digits: Option<String>,
}

/// `move confirm`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Moved {
    /// The key of the old box.
    pub old_key: String,
    /// The key of the new one.
    pub new_key: String,
    /// Who is reached there now.
    pub names: Vec<String>,
    /// How many waiting letters go there.
    pub letters: u64,
    /// The contact that the old box is now, for `contact remove`.
    pub old_name: Option<String>,
}

/// `contact show`: a contact, and all that is known of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ContactDetails {
    /// As in the list.
    #[serde(flatten)]
    pub contact: Contact,
    /// The name that the other home gives itself.
    pub home_name: Option<String>,
    /// Addresses that their home claims for them, and nobody here has confirmed.
    pub claimed_emails: Vec<String>,
    /// Whether a person has compared the safety words of their home.
    pub verified: bool,
    /// Members who took them out of their own address book.
    pub hidden_from: Vec<String>,
}

/// `contact export`: some cards of many.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Cards {
    /// The cards, one behind the other.
    pub vcards: String,
    /// Behind which contact to go on; none at the end.
    pub next: Option<i64>,
}

/// `contact import`: what became of a card.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ImportedCard {
    /// Where it begins in the file; of one that was not taken, where the mistake is.
    pub line: usize,
    /// What people here call them.
    pub name: Option<String>,
    /// `new`, `completed`, `refused`.
    pub outcome: String,
    /// Why it was refused.
    pub why: Option<String>,
    /// The same by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// What belongs to it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub about: String,
}

/// `contact words`: what two people compare on the telephone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Words {
    /// The contact.
    pub name: String,
    /// Eight words, the same at both ends.
    pub words: String,
    /// The same as digits.
    pub digits: String,
    /// Whether they were compared already.
    pub verified: bool,
}

/// Somebody asks to become a contact.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ContactRequest {
    /// Their key, for `accept` and `refuse`.
    pub key: String,
    /// What they wrote.
    pub message: String,
    /// When it came.
    pub received: i64,
}

/// A new invitation; the link is shown this once.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NewInvitation {
    /// For `withdraw`.
    pub id: i64,
    /// `tox:<76 HEX>?toxmail=1&name=…&token=…`
    pub link: Secret,
    /// Until when it can be redeemed.
    pub expires: i64,
}

/// An open invitation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Invitation {
    /// For `withdraw`.
    pub id: i64,
    /// When it was made.
    pub created: i64,
    /// Until when it can be redeemed.
    pub expires: i64,
    /// `open`, `used`, `expired`.
    pub state: String,
}

/// A message that waits.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Queued {
    /// For `show`, `retry`, `cancel`.
    pub id: i64,
    /// Whose it is; none for the home's own.
    pub member: Option<String>,
    /// Envelope sender; empty for a notice.
    pub sender: String,
    /// Its subject; told of one member's letters only, and only where it is asked for.
    pub subject: Option<String>,
    /// Its size.
    pub bytes: u64,
    /// When it was taken.
    pub accepted: i64,
    /// Whom it is for.
    pub recipients: Vec<QueuedRecipient>,
}

/// How far a letter is to one destination.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Progress {
    /// What is counted: `bytes` of the form in which it travels, or `parts` (texts and files for a chat program).
    pub unit: String,
    /// How much has gone.
    pub sent: u64,
    /// How much there is; 0 while that is not known.
    pub total: u64,
    /// How fast, smoothed.
    pub bytes_per_second: Option<u64>,
    /// Until all has gone, at this speed.
    pub seconds_left: Option<u64>,
    /// Since when it is on its way.
    pub since: Option<i64>,
}

/// `queue count`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct QueueCount {
    /// Letters that are kept.
    pub letters: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Destinations that somebody still waits for.
    pub deliveries: u64,
    /// How many of those are on their way now.
    pub on_their_way: u64,
}

/// One recipient of a message that waits.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct QueuedRecipient {
    /// As the writer wrote it.
    pub address: String,
    /// What people here call them; none for other ways than Tox.
    pub name: Option<String>,
    /// `local`, `tox`, …
    pub route: String,
    /// `waiting`, `on its way`, `delivered`, `failed`.
    pub state: String,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried next; none waits for the other home.
    pub next_try: Option<i64>,
    /// Why it waits or failed.
    pub why: Option<String>,
    /// How far it is, while it is on its way.
    pub progress: Option<Progress>,
}

/// What `doctor` found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Problem {
    /// Its name, see [`super::finding::Finding`].
    pub code: String,
    /// `note`, `attention` or `trouble`.
    pub severity: String,
    /// What belongs to it, by name.
    pub args: BTreeMap<String, Value>,
    /// What is wrong.
    pub problem: String,
    /// What to do.
    pub advice: String,
}

/// `health`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Health {
    /// `fine`, `attention` or `trouble`: the worst of what was found; notes do not count.
    pub state: String,
    /// What was found, as by `doctor`, but without asking other machines.
    pub findings: Vec<Problem>,
    /// When it was looked at.
    pub checked: i64,
    /// The Tox network.
    pub tox: Tox,
    /// Room on the disk.
    pub disk: Disk,
    /// Letters that wait.
    pub letters_waiting: u64,
    /// Who asks to become a contact.
    pub requests: u64,
    /// When the last backup was made.
    pub last_backup: Option<i64>,
    /// Letters that the disk could not read then.
    pub backup_left_out: u64,
    /// Whether the machine's clock is set.
    pub clock_trusted: bool,
}

/// The Tox network, as this home sees it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tox {
    /// `udp` (directly), `tcp` (through relays) or `offline`.
    pub connection: String,
    /// Since when it is so.
    pub since: i64,
    /// Other homes and friends.
    pub peers: u64,
    /// Those that are reached directly now.
    pub peers_direct: u64,
    /// Those that are reached through a relay now.
    pub peers_relayed: u64,
}

/// Room on the disk, in bytes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Disk {
    /// What is free.
    pub free: u64,
    /// All of it.
    pub total: u64,
    /// What letters never take of it.
    pub reserve: u64,
    /// Letters in mailboxes.
    pub letters: u64,
    /// Letters that wait.
    pub waiting: u64,
}

/// `storage`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Storage {
    /// Room on the disk.
    pub disk: Disk,
    /// Each member's, in the order in which they came.
    pub mailboxes: Vec<MailboxSize>,
    /// Largest mailbox; none is as much as the disk has.
    pub quota_bytes: Option<u64>,
}

/// How much somebody's letters take.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MailboxSize {
    /// The member.
    pub name: String,
    /// Their letters, in bytes.
    pub bytes: u64,
}

/// `timeline`: one day.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Day {
    /// `2026-11-25`, where the home is.
    pub day: String,
    /// Letters to people here.
    pub received: Ways,
    /// Letters from people here.
    pub sent: Ways,
}

/// Letters of a day, by the way that they took.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ways {
    /// From home to home.
    pub direct: Traffic,
    /// By a mail provider.
    pub ordinary: Traffic,
    /// Within this home.
    pub local: Traffic,
    /// To and from chat programs.
    pub chat: Traffic,
    /// To the mail server that the family has already.
    pub gateway: Traffic,
}

/// How much went one way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Traffic {
    /// Letters.
    pub letters: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// `log`: one line.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LogLine {
    /// Counts from the start of the home: for reading on behind it.
    pub number: u64,
    /// When it was written.
    pub time: i64,
    /// `error`, `warn` or `info`.
    pub severity: String,
    /// What it says.
    pub text: String,
}

/// A setting that can be chosen in the page, or by a command.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Setting {
    /// As in toxmail.toml, such as `home.name`.
    pub key: String,
    /// What it is now.
    pub value: String,
    /// toxmail.toml says it, and wins.
    pub locked: bool,
    /// Somebody has chosen it; otherwise it is the default.
    pub chosen: bool,
}
