//! What is said over the socket: one JSON object a line, request and response in turns.
//!
//! A request is `{"command": "member add", "name": "anna", …}`, a response `{"done": …}` or
//! `{"failed": {"error": "…", "advice": "…"}}`. Command and home are the same build, so this is not a public protocol.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use zeroize::Zeroize;

use crate::cause::Cause;
use crate::config::{BootstrapNode, RelayTls};
use crate::fetch::Protocol;
use crate::fetch::plan::{After, Since};
use crate::mail::address::{MemberName, PeerKey};
use crate::members::Mixed;

/// Longest request, in bytes: an imported list of nodes is the longest, some 100 KB.
pub const MAX_REQUEST: u64 = 1024 * 1024;

/// Everything an operator can ask of a home.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "command", deny_unknown_fields)]
#[allow(missing_docs)] // the names are those of the command line, whose help tells them
pub enum Request {
    /// → [`super::answer::Status`]
    #[serde(rename = "status")]
    Status,
    /// Once the Tox thread has answered → [`super::answer::Status`]
    #[serde(rename = "alive")]
    Alive,
    /// → [`super::answer::Member`]
    #[serde(rename = "member add")]
    MemberAdd {
        name: MemberName,
        display: Option<String>,
        password: Secret,
    },
    /// → a list of [`super::answer::Member`]
    #[serde(rename = "member list")]
    MemberList,
    #[serde(rename = "member remove")]
    MemberRemove { name: MemberName },
    #[serde(rename = "member password")]
    MemberPassword { name: MemberName, password: Secret },
    #[serde(rename = "member display")]
    MemberDisplay { name: MemberName, display: String },
    #[serde(rename = "member appoint")]
    MemberAppoint { name: MemberName, office: Office },
    /// → [`super::answer::MemberSettings`]; what is not said stays
    #[serde(rename = "member settings")]
    MemberSettings {
        name: MemberName,
        mixed: Option<Mixed>,
        language: Option<String>,
        #[serde(default)]
        reencode: Option<Switch>,
    },
    /// → [`super::answer::NewDevice`]
    #[serde(rename = "member device add")]
    DeviceAdd { name: MemberName, label: String },
    /// → a list of [`super::answer::Device`]
    #[serde(rename = "member device list")]
    DeviceList { name: MemberName },
    #[serde(rename = "member device revoke")]
    DeviceRevoke { name: MemberName, id: i64 },
    #[serde(rename = "member address add")]
    MemberAddressAdd { name: MemberName, address: String },
    #[serde(rename = "member address remove")]
    MemberAddressRemove { name: MemberName, address: String },
    /// → [`super::answer::Provider`]
    #[serde(rename = "provider set")]
    ProviderSet(NewProvider),
    /// → a list of [`super::answer::Provider`]
    #[serde(rename = "provider show")]
    ProviderShow { member: Option<MemberName> },
    /// → [`super::answer::Provider`]
    #[serde(rename = "provider test")]
    ProviderTest { member: Option<MemberName> },
    #[serde(rename = "provider remove")]
    ProviderRemove { member: Option<MemberName> },
    /// → [`super::answer::Fetch`]
    #[serde(rename = "provider fetch set")]
    FetchSet(NewFetch),
    /// → a list of [`super::answer::Fetch`]
    #[serde(rename = "provider fetch show")]
    FetchShow { member: Option<MemberName> },
    /// → [`super::answer::Fetch`]
    #[serde(rename = "provider fetch test")]
    FetchTest { member: MemberName },
    /// → [`super::answer::FetchRound`]
    #[serde(rename = "provider fetch now")]
    FetchNow { member: MemberName },
    #[serde(rename = "provider fetch remove")]
    FetchRemove { member: MemberName },
    /// → [`super::answer::Contact`]
    #[serde(rename = "contact add")]
    ContactAdd {
        name: String,
        tox: Option<String>,
        emails: Vec<String>,
        owner: Option<MemberName>,
        /// They have an ordinary Tox program.
        #[serde(default)]
        chat: bool,
        #[serde(default)]
        fallback_seconds: Option<u64>,
    },
    /// They have an ordinary Tox program. → [`super::answer::Contact`]
    #[serde(rename = "contact chat")]
    ContactChat { name: String },
    #[serde(rename = "contact fallback")]
    ContactFallback { name: String, seconds: Option<u64> },
    /// → a list of [`super::answer::Contact`]
    #[serde(rename = "contact list")]
    ContactList,
    /// → [`super::answer::ContactDetails`]
    #[serde(rename = "contact show")]
    ContactShow { name: String },
    /// → [`super::answer::ContactDetails`]
    #[serde(rename = "contact edit")]
    ContactEdit {
        name: String,
        new_name: Option<String>,
        emails: Option<Vec<String>>,
        tox: Option<String>,
    },
    /// A part of the cards, behind the contact of that number → [`super::answer::Cards`]
    #[serde(rename = "contact export")]
    ContactExport {
        member: Option<MemberName>,
        behind: i64,
        tox_ids: bool,
    },
    /// Cards, each with the line it begins at → a list of [`super::answer::ImportedCard`]
    #[serde(rename = "contact import")]
    ContactImport {
        member: Option<MemberName>,
        cards: Vec<(usize, String)>,
    },
    /// → [`super::answer::Words`]
    #[serde(rename = "contact words")]
    ContactWords { name: String },
    /// → [`super::answer::ContactDetails`]
    #[serde(rename = "contact verify")]
    ContactVerify { name: String, undo: bool },
    #[serde(rename = "contact remove")]
    ContactRemove { name: String },
    #[serde(rename = "contact block")]
    ContactBlock { name: String },
    #[serde(rename = "contact confirm")]
    ContactConfirm { name: String, email: String },
    /// → a list of [`super::answer::ContactRequest`]
    #[serde(rename = "contact share")]
    ContactShare { name: String, share: Shared },
    /// Whether their home is reached directly or not at all.
    #[serde(rename = "contact direct")]
    ContactDirect { name: String, only: Switch },
    #[serde(rename = "contact requests")]
    ContactRequests,
    #[serde(rename = "contact accept")]
    ContactAccept { key: PeerKey },
    #[serde(rename = "contact refuse")]
    ContactRefuse { key: PeerKey },
    /// → [`super::answer::NewInvitation`]
    #[serde(rename = "invite")]
    Invite { expires_seconds: u64 },
    /// → [`super::answer::Contact`]
    #[serde(rename = "invite accept")]
    InviteAccept { link: Secret },
    /// → a list of [`super::answer::Invitation`]
    #[serde(rename = "invite list")]
    InviteList,
    #[serde(rename = "invite withdraw")]
    InviteWithdraw { id: i64 },
    /// → [`super::answer::NewToxId`]
    #[serde(rename = "tox-id renew")]
    ToxIdRenew,
    #[serde(rename = "move announce")]
    MoveAnnounce { tox_id: String },
    #[serde(rename = "move withdraw")]
    MoveWithdraw,
    /// → a list of [`super::answer::Move`]
    #[serde(rename = "move list")]
    MoveList,
    /// → [`super::answer::Moved`]
    #[serde(rename = "move confirm")]
    MoveConfirm { name: String },
    #[serde(rename = "move refuse")]
    MoveRefuse { name: String },
    /// → a list of [`super::answer::Queued`]
    #[serde(rename = "queue list")]
    QueueList(QueueFilter),
    /// → [`super::answer::QueueCount`]
    #[serde(rename = "queue count")]
    QueueCount { member: Option<MemberName> },
    /// → [`super::answer::Queued`]
    #[serde(rename = "queue show")]
    QueueShow { id: i64 },
    #[serde(rename = "queue retry")]
    QueueRetry { id: Option<i64> },
    #[serde(rename = "queue cancel")]
    QueueCancel {
        id: i64,
        /// Its writer takes it back: nobody has to tell them. Without, the operator ends it, and the writer is told.
        member: Option<MemberName>,
    },
    #[serde(rename = "queue release")]
    QueueRelease { id: i64 },
    /// The writer of a letter that is held says whether it goes, as by answering the mail that asks.
    #[serde(rename = "queue answer")]
    QueueAnswer {
        id: i64,
        member: MemberName,
        word: HeldWord,
    },
    /// What backups without a passphrase are made with; the passphrase itself stays with the command.
    #[serde(rename = "backup key")]
    BackupKey { recipient: String, sealed: String },
    /// A backup was made, begun at that time (seconds since 1970), without so many letters that the disk could not read.
    #[serde(rename = "backup done")]
    BackupDone {
        created: i64,
        #[serde(default)]
        left_out: u64,
    },
    /// → a list of [`super::answer::Problem`]; empty when all is well
    #[serde(rename = "doctor")]
    Doctor,
    /// → [`super::answer::Health`]
    #[serde(rename = "health")]
    Health,
    /// → [`super::answer::Storage`]
    #[serde(rename = "storage")]
    Storage,
    /// → a list of [`super::answer::Day`], the last one today
    #[serde(rename = "timeline")]
    Timeline {
        days: u32,
        member: Option<MemberName>,
    },
    /// → a list of [`super::answer::LogLine`], behind the line of that number
    #[serde(rename = "log")]
    Log { behind: u64 },
    /// → a list of [`super::answer::Setting`]
    #[serde(rename = "setting list")]
    SettingList,
    /// None brings the default back. → [`super::answer::Setting`]
    #[serde(rename = "setting set")]
    SettingSet { key: String, value: Option<String> },
    /// Replaces the built-in list of nodes, until the next import; empty brings the built-in list back.
    #[serde(rename = "bootstrap import")]
    BootstrapImport { nodes: Vec<BootstrapNode> },
    /// → a list of [`BootstrapNode`]
    #[serde(rename = "bootstrap list")]
    BootstrapList,
}

impl Request {
    /// The words of the command, for the log: the rest may hold a password.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Alive => "alive",
            Self::MemberAdd { .. } => "member add",
            Self::MemberList => "member list",
            Self::MemberRemove { .. } => "member remove",
            Self::MemberPassword { .. } => "member password",
            Self::MemberDisplay { .. } => "member display",
            Self::MemberAppoint { .. } => "member appoint",
            Self::MemberSettings { .. } => "member settings",
            Self::DeviceAdd { .. } => "member device add",
            Self::DeviceList { .. } => "member device list",
            Self::DeviceRevoke { .. } => "member device revoke",
            Self::MemberAddressAdd { .. } => "member address add",
            Self::MemberAddressRemove { .. } => "member address remove",
            Self::ProviderSet(_) => "provider set",
            Self::ProviderShow { .. } => "provider show",
            Self::ProviderTest { .. } => "provider test",
            Self::ProviderRemove { .. } => "provider remove",
            Self::FetchSet(_) => "provider fetch set",
            Self::FetchShow { .. } => "provider fetch show",
            Self::FetchTest { .. } => "provider fetch test",
            Self::FetchNow { .. } => "provider fetch now",
            Self::FetchRemove { .. } => "provider fetch remove",
            Self::ContactAdd { .. } => "contact add",
            Self::ContactChat { .. } => "contact chat",
            Self::ContactFallback { .. } => "contact fallback",
            Self::ContactList => "contact list",
            Self::ContactShow { .. } => "contact show",
            Self::ContactEdit { .. } => "contact edit",
            Self::ContactExport { .. } => "contact export",
            Self::ContactImport { .. } => "contact import",
            Self::ContactWords { .. } => "contact words",
            Self::ContactVerify { .. } => "contact verify",
            Self::ContactRemove { .. } => "contact remove",
            Self::ContactBlock { .. } => "contact block",
            Self::ContactConfirm { .. } => "contact confirm",
            Self::ContactShare { .. } => "contact share",
            Self::ContactDirect { .. } => "contact direct",
            Self::ContactRequests => "contact requests",
            Self::ContactAccept { .. } => "contact accept",
            Self::ContactRefuse { .. } => "contact refuse",
            Self::Invite { .. } => "invite",
            Self::InviteAccept { .. } => "invite accept",
            Self::InviteList => "invite list",
            Self::InviteWithdraw { .. } => "invite withdraw",
            Self::ToxIdRenew => "tox-id renew",
            Self::MoveAnnounce { .. } => "move announce",
            Self::MoveWithdraw => "move withdraw",
            Self::MoveList => "move list",
            Self::MoveConfirm { .. } => "move confirm",
            Self::MoveRefuse { .. } => "move refuse",
            Self::QueueList(_) => "queue list",
            Self::QueueCount { .. } => "queue count",
            Self::QueueShow { .. } => "queue show",
            Self::QueueRetry { .. } => "queue retry",
            Self::QueueCancel { .. } => "queue cancel",
            Self::QueueRelease { .. } => "queue release",
            Self::QueueAnswer { .. } => "queue answer",
            Self::BackupKey { .. } => "backup key",
            Self::BackupDone { .. } => "backup done",
            Self::Doctor => "doctor",
            Self::Health => "health",
            Self::Storage => "storage",
            Self::Timeline { .. } => "timeline",
            Self::Log { .. } => "log",
            Self::SettingList => "setting list",
            Self::SettingSet { .. } => "setting set",
            Self::BootstrapImport { .. } => "bootstrap import",
            Self::BootstrapList => "bootstrap list",
        }
    }

    /// Where it can be answered.
    pub fn place(&self) -> Place {
        match self {
            Self::Status
            | Self::MemberAdd { .. }
            | Self::MemberList
            | Self::MemberRemove { .. }
            | Self::MemberPassword { .. }
            | Self::MemberDisplay { .. }
            | Self::MemberSettings { .. }
            | Self::DeviceAdd { .. }
            | Self::DeviceList { .. }
            | Self::DeviceRevoke { .. }
            | Self::MemberAddressAdd { .. }
            | Self::MemberAddressRemove { .. }
            | Self::ContactList
            | Self::BackupKey { .. }
            | Self::BackupDone { .. }
            | Self::Doctor => Place::AlsoStopped,
            _ => Place::RunningOnly,
        }
    }

    /// Whether it only looks: such commands are not worth a line in the log.
    pub fn only_looks(&self) -> bool {
        matches!(
            self,
            Self::Status
                | Self::Alive
                | Self::MemberList
                | Self::MemberSettings {
                    mixed: None,
                    language: None,
                    reencode: None,
                    ..
                }
                | Self::DeviceList { .. }
                | Self::ProviderShow { .. }
                | Self::FetchShow { .. }
                | Self::ContactList
                | Self::ContactRequests
                | Self::ContactShow { .. }
                | Self::ContactExport { .. }
                | Self::ContactWords { .. }
                | Self::InviteList
                | Self::MoveList
                | Self::QueueList(_)
                | Self::QueueCount { .. }
                | Self::QueueShow { .. }
                | Self::Doctor
                | Self::Health
                | Self::Storage
                | Self::Timeline { .. }
                | Self::Log { .. }
                | Self::SettingList
                | Self::BootstrapList
        )
    }
}

/// Which letters that wait.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct QueueFilter {
    /// One member's only.
    pub member: Option<MemberName>,
    /// Those behind the letter of this number.
    pub behind: Option<i64>,
    /// So many at most; all, if it is not said.
    pub limit: Option<usize>,
    /// Those that are on their way now.
    pub moving: bool,
    /// With their subjects; of one member's letters only.
    pub subjects: bool,
}

/// An account at a mail provider, to be stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)] // as above
pub struct NewProvider {
    pub member: Option<MemberName>,
    pub host: String,
    pub port: u16,
    pub tls: RelayTls,
    pub username: String,
    pub password: Secret,
    pub address: Option<String>,
    /// Store it without a first login.
    pub untested: bool,
}

/// What a member can be for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Office {
    /// Looks after the home on its page, and gets what is written to postmaster
    Administrator,
    /// Gets what is written to the home itself
    MainMailbox,
}

/// A mailbox at a mail provider that is fetched from now on.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)] // as above
pub struct NewFetch {
    pub member: MemberName,
    pub protocol: Protocol,
    pub host: String,
    pub port: u16,
    pub tls: RelayTls,
    /// A login of its own, and its password; none is that for outgoing mail.
    pub login: Option<(String, Secret)>,
    pub after: After,
    pub since: Since,
    pub every_seconds: u64,
    /// Store it without a first login.
    pub untested: bool,
}

/// What a contact's home may see of this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Shared {
    /// Who lives here, and their addresses
    All,
    /// Only what the home is called
    Nothing,
}

/// What becomes of a letter that is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum HeldWord {
    /// It goes
    Send,
    /// It is taken back
    Stop,
}

/// Whether something holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)] // as above
pub enum Switch {
    On,
    Off,
}

/// Where a request can be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Only by the running home.
    RunningOnly,
    /// From the home's folder, too, while the home is stopped.
    AlsoStopped,
}

/// The home says no.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{error}")]
pub struct Failure {
    /// What is wrong.
    pub error: String,
    /// What to do; may be empty.
    pub advice: String,
    /// The same by name, for a page in another language.
    #[serde(default)]
    pub cause: Cause,
    /// What belongs to it: see [`Cause`].
    #[serde(default)]
    pub about: String,
}

impl Failure {
    /// A failure and what to do about it.
    pub fn new(error: impl fmt::Display, advice: impl Into<String>) -> Self {
        Self {
            error: error.to_string(),
            advice: advice.into(),
            cause: Cause::Other,
            about: String::new(),
        }
    }

    /// The same with its name.
    #[must_use]
    pub fn because(self, cause: Cause) -> Self {
        Self { cause, ..self }
    }

    /// The same with what belongs to its name.
    #[must_use]
    pub fn about(self, about: impl Into<String>) -> Self {
        Self {
            about: about.into(),
            ..self
        }
    }
}

impl From<crate::config::Error> for Failure {
    fn from(error: crate::config::Error) -> Self {
        Self::new(&error, error.advice.clone()).because(Cause::ValueUnusable)
    }
}

/// One turn back.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Response {
    /// It is done; the answer.
    Done(Value),
    /// It is not.
    Failed(Failure),
}

/// Who does what a request asks for: the running home, or the folder of a stopped one. Blocks.
pub trait Operator: Send + Sync {
    /// Does it. Nothing was changed where this fails.
    ///
    /// # Errors
    /// The home says no, and why.
    fn handle(&self, request: Request) -> Result<Value, Failure>;
}

/// A password, or an invitation that opens a door, on its way: wiped from memory afterwards, not in any log.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Takes a text in.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}
