//! What can be wrong with a home, in the reader's words, and what to do about it.
//!
//! # Rules
//! - Each [`Finding`] has its texts in every language; one that this page does not know is shown as the home tells it, in
//!   English.
//! - Why something failed is what another program says: it stands below, and is marked as English.
//! - The administrator sees everything. Others see what concerns everybody or themselves: a finding may name a contact or an
//!   account that is another member's.

use std::collections::BTreeMap;

use serde_json::Value;

use super::text::{Reader, Text};
use super::visitor::Visitor;
use crate::appliance::stick::Why;
use crate::control::answer::Problem;
use crate::control::finding::{Finding, Severity};

/// One thing that was found, as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// How much it matters.
    pub severity: Severity,
    /// What is wrong.
    pub words: String,
    /// What to do.
    pub advice: String,
    /// What is typed for that in a terminal.
    pub command: Option<String>,
    /// What another program said of it, in English.
    pub detail: Option<String>,
    /// The words are English, whatever the page's language is.
    pub english: bool,
}

impl Told {
    /// The colour.
    pub fn mood(&self) -> &'static str {
        match self.severity {
            Severity::Note => "",
            Severity::Attention => "slow",
            Severity::Trouble => "bad",
        }
    }
}

/// The finding of that name.
pub fn named(code: &str) -> Option<Finding> {
    Finding::ALL.iter().copied().find(|f| f.word() == code)
}

/// Whether somebody may read of it.
pub fn is_for(v: &Visitor, problem: &Problem) -> bool {
    if v.is_admin() {
        return true;
    }
    let Some(who) = &v.who else { return false };
    match named(&problem.code) {
        Some(
            Finding::NotRunning
            | Finding::ToxEnded
            | Finding::ToxOffline
            | Finding::ToxOfflineLong
            | Finding::ToxNobodyAnswers
            | Finding::ToxRelayed
            | Finding::NoBootstrapNodes
            | Finding::DiskFull
            | Finding::DiskLow
            | Finding::ClockNotSet
            | Finding::CertificateExpired
            | Finding::CertificateEnds,
        ) => true,
        Some(Finding::ProviderFails | Finding::FetchFails) => {
            match problem.args.get("member").and_then(Value::as_str) {
                Some(member) => member == who.name.as_str(),
                None => true,
            }
        }
        Some(Finding::RequestsWaiting) => {
            let config = v.web.config();
            config
                .home
                .pairing
                .iter()
                .flatten()
                .any(|name| *name == who.name)
        }
        _ => false,
    }
}

/// A finding in words, for a page or a mail.
pub fn told(v: Reader, problem: &Problem) -> Told {
    let severity = match problem.severity.as_str() {
        "note" => Severity::Note,
        "attention" => Severity::Attention,
        _ => Severity::Trouble,
    };
    let a = Args(v, &problem.args);
    let detail = a.said("error").or_else(|| a.said("why"));
    match named(&problem.code) {
        Some(finding) => {
            let (words, advice) = texts(v, finding, &a);
            Told {
                severity,
                words: words.to_string(),
                advice: advice.to_string(),
                command: command(finding, problem),
                detail,
                english: false,
            }
        }
        None => Told {
            severity,
            words: v.peer(&problem.problem),
            advice: v.peer(&problem.advice),
            command: None,
            detail: None,
            english: true,
        },
    }
}

/// The command of an advice, whole: a path that was shortened would be another one.
fn command(finding: Finding, problem: &Problem) -> Option<String> {
    if finding != Finding::OpenToOthers {
        return None;
    }
    let path = problem.args.get("path")?.as_str()?;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    Some(match path.chars().all(is_plain) {
        true => format!("chmod go= {path}"),
        false => format!("chmod go= '{}'", path.replace('\'', r"'\''")),
    })
}

/// What belongs to a finding.
struct Args<'a>(Reader, &'a BTreeMap<String, Value>);

impl Args<'_> {
    fn said(&self, name: &str) -> Option<String> {
        let text = match self.1.get(name)? {
            Value::Null => return None,
            Value::String(text) => text.clone(),
            Value::Array(list) => {
                let words = list.iter().map(|value| match value {
                    Value::String(text) => text.clone(),
                    value => value.to_string(),
                });
                words.collect::<Vec<_>>().join(", ")
            }
            value => value.to_string(),
        };
        Some(self.0.peer(text)).filter(|text| !text.is_empty())
    }

    /// As a text; `?` where it is not known.
    fn text(&self, name: &str) -> String {
        self.said(name).unwrap_or_else(|| "?".to_owned())
    }

    fn whole(&self, name: &str) -> i64 {
        self.1.get(name).and_then(Value::as_i64).unwrap_or(0)
    }

    fn duration(&self, name: &str) -> String {
        self.0.duration(self.whole(name))
    }

    fn size(&self, name: &str) -> String {
        self.0.size(self.whole(name))
    }

    fn near(&self, name: &str) -> String {
        self.0.near(self.whole(name))
    }
}

/// What is wrong, and what to do.
fn texts(v: Reader, finding: Finding, a: &Args<'_>) -> (Text, Text) {
    match finding {
        Finding::NotRunning => (v.t("finding-not-running"), v.t("finding-do-restart")),
        Finding::OutOfOrder => (v.t("finding-out-of-order"), v.t("finding-do-restart")),
        Finding::SettingsMistake => (
            v.t("finding-settings-mistake"),
            v.t("finding-settings-mistake-do"),
        ),
        Finding::NeverStarted => (
            v.t("finding-never-started"),
            v.t("finding-never-started-do"),
        ),
        Finding::DatabaseDamaged => (
            v.t("finding-database-damaged"),
            v.t("finding-database-damaged-do"),
        ),
        Finding::OldToxcore => (
            v.t("finding-old-toxcore")
                .with("version", a.text("version")),
            v.t("finding-old-toxcore-do")
                .with("oldest", a.text("oldest")),
        ),
        Finding::ToxEnded => (v.t("finding-tox-ended"), v.t("finding-do-restart")),
        Finding::ToxOffline => (
            v.t("finding-tox-offline")
                .with("time", a.duration("seconds")),
            v.t("finding-tox-offline-do"),
        ),
        Finding::ToxOfflineLong => (
            v.t("finding-tox-offline-long")
                .with("time", a.duration("seconds")),
            v.t("finding-tox-offline-long-do"),
        ),
        Finding::ToxNobodyAnswers => (
            v.t("finding-tox-nobody-answers"),
            v.t("finding-tox-nobody-answers-do"),
        ),
        Finding::ToxRelayed => (
            v.t("finding-tox-relayed"),
            v.t("finding-tox-relayed-do").with("port", a.text("port")),
        ),
        Finding::DirectOnlyWithoutUdp => (
            v.t("finding-direct-only-without-udp"),
            v.t("finding-direct-only-without-udp-do"),
        ),
        Finding::NoBootstrapNodes => (
            v.t("finding-no-bootstrap-nodes"),
            v.t("finding-no-bootstrap-nodes-do"),
        ),
        Finding::NamesBehindProxy => (
            v.t("finding-names-behind-proxy")
                .with("count", a.whole("count")),
            v.t("finding-names-behind-proxy-do"),
        ),
        Finding::NotAFriend => (
            v.t("finding-not-a-friend").with("name", a.text("name")),
            v.t("finding-not-a-friend-do"),
        ),
        Finding::IdentityNotSaved => (
            v.t("finding-identity-not-saved"),
            v.t("finding-identity-not-saved-do"),
        ),
        Finding::ToxBlind => (v.t("finding-tox-blind"), v.t("finding-do-restart")),
        Finding::NoMembers => (v.t("finding-no-members"), v.t("finding-no-members-do")),
        Finding::NoMainMailbox => (
            v.t("finding-no-main-mailbox").with("name", a.text("name")),
            v.t("finding-do-choose").with("name", a.text("name")),
        ),
        Finding::NoPairingMember => (
            v.t("finding-no-pairing-member")
                .with("name", a.text("name")),
            v.t("finding-do-choose").with("name", a.text("name")),
        ),
        Finding::DiskFull => (
            v.t("finding-disk-full").with("size", a.size("bytes")),
            v.t("finding-disk-full-do"),
        ),
        Finding::DiskLow => (
            v.t("finding-disk-low").with("size", a.size("bytes")),
            v.t("finding-disk-low-do"),
        ),
        Finding::UnderVoltage => (
            v.t("finding-under-voltage"),
            v.t("finding-under-voltage-do"),
        ),
        Finding::Doors => (v.t("finding-doors"), v.t("finding-doors-do")),
        Finding::Overheating => (
            v.t("finding-overheating")
                .with("degrees", a.whole("degrees")),
            v.t("finding-overheating-do"),
        ),
        Finding::CardWorn => (
            v.t("finding-card-worn").with("percent", a.whole("percent")),
            v.t("finding-card-worn-do"),
        ),
        Finding::CardErrors => (
            v.t("finding-card-errors").with("count", a.whole("count")),
            v.t("finding-card-errors-do"),
        ),
        Finding::CardUnreadable => (
            v.t("finding-card-unreadable"),
            v.t("finding-card-unreadable-do"),
        ),
        Finding::ClockNotSet => (
            v.t("finding-clock-not-set"),
            v.t("finding-clock-not-set-do"),
        ),
        Finding::LettersLate => late(v, a),
        Finding::LetterLost => (
            v.t("finding-letter-lost").with("id", a.text("id")),
            v.t("finding-letter-lost-do"),
        ),
        Finding::ProviderFails => {
            let words = match a.said("member") {
                Some(name) => v
                    .t("finding-provider-fails-member")
                    .with("name", &name)
                    .with("when", a.near("since")),
                None => v
                    .t("finding-provider-fails-home")
                    .with("when", a.near("since")),
            };
            (words, v.t("finding-provider-fails-do"))
        }
        Finding::FetchFails => (
            v.t("finding-fetch-fails")
                .with("name", a.text("member"))
                .with("when", a.near("since")),
            v.t("finding-fetch-fails-do"),
        ),
        Finding::GatewayFails => (
            v.t("finding-gateway-fails")
                .with("count", a.whole("letters")),
            v.t("finding-gateway-do"),
        ),
        Finding::GatewayAway => (
            v.t("finding-gateway-away")
                .with("address", a.text("address")),
            v.t("finding-gateway-do"),
        ),
        Finding::GatewayDoorOff => (
            v.t("finding-gateway-door-off")
                .with("domain", a.text("domain")),
            v.t("finding-gateway-door-off-do"),
        ),
        Finding::GatewayOpenDoor => (
            v.t("finding-gateway-open-door")
                .with("domain", a.text("domain"))
                .with("networks", a.text("networks")),
            v.t("finding-gateway-open-door-do"),
        ),
        Finding::GatewayPassword => (
            v.t("finding-gateway-password"),
            v.t("finding-gateway-password-do")
                .with("path", a.text("path")),
        ),
        Finding::Incompatible => (
            v.t("finding-incompatible").with("name", a.text("name")),
            v.t("finding-incompatible-do"),
        ),
        Finding::RequestFlood => (
            v.t("finding-request-flood").with("count", a.whole("count")),
            v.t("finding-request-flood-do"),
        ),
        Finding::RequestsWaiting => (
            v.t("finding-requests-waiting")
                .with("count", a.whole("count")),
            v.t("finding-requests-waiting-do"),
        ),
        Finding::PeerDouble => (
            v.t("finding-peer-double").with("name", a.text("name")),
            v.t("finding-peer-double-do"),
        ),
        Finding::SeenDouble => (
            v.t("finding-seen-double").with("name", a.text("name")),
            v.t("finding-seen-double-do"),
        ),
        Finding::Unanswered => (
            v.t("finding-unanswered").with("name", a.text("name")),
            v.t("finding-unanswered-do"),
        ),
        Finding::PeerSilent => (
            v.t("finding-peer-silent")
                .with("name", a.text("name"))
                .with("when", a.near("since")),
            v.t("finding-do-reach"),
        ),
        Finding::OpenToOthers => (
            v.t("finding-open-to-others").with("path", a.text("path")),
            v.t("finding-open-to-others-do"),
        ),
        Finding::CertificateUnreadable => (
            v.t("finding-certificate-unreadable")
                .with("path", a.text("path")),
            v.t("finding-certificate-unreadable-do"),
        ),
        Finding::CertificateExpired => (
            v.t("finding-certificate-expired"),
            v.t("finding-certificate-do"),
        ),
        Finding::CertificateEnds => (
            v.t("finding-certificate-ends")
                .with("time", a.duration("seconds")),
            v.t("finding-certificate-do"),
        ),
        Finding::UpdateFailed => (
            v.t("finding-update-failed")
                .with("version", a.text("version"))
                .with("when", a.near("at")),
            v.t("finding-update-failed-do"),
        ),
        Finding::UpdateNotStarted => (
            v.t("finding-update-not-started")
                .with("version", a.text("version"))
                .with("when", a.near("at")),
            v.t("finding-update-not-started-do"),
        ),
        Finding::UpdateNotInstalled => (
            v.t("finding-update-not-installed")
                .with("version", a.text("version"))
                .with("when", a.near("at")),
            v.t("finding-update-not-installed-do"),
        ),
        Finding::UpdatesUnreachable => (
            v.t("finding-updates-unreachable")
                .with("why", a.text("why")),
            v.t("finding-updates-unreachable-do"),
        ),
        Finding::BackupNever => (v.t("finding-backup-never"), v.t("finding-backup-do")),
        Finding::BackupOld => (
            v.t("finding-backup-old").with("when", a.near("at")),
            v.t("finding-backup-do"),
        ),
        Finding::BackupFailed => {
            let reason = a.said("reason").unwrap_or_default();
            let why = Why::ALL.into_iter().find(|why| why.word() == reason);
            let words = match why {
                Some(Why::Missed) => v.t("finding-backup-missed"),
                Some(Why::Incomplete) => v.t("stick-incomplete").with("when", a.near("at")),
                _ => v.t("finding-backup-failed").with("when", a.near("at")),
            };
            (words, v.t(no_backup(why.unwrap_or(Why::Home))))
        }
    }
}

/// Why there is no new backup on the stick, and what to do.
pub const fn no_backup(why: Why) -> &'static str {
    match why {
        Why::Away => "stick-why-away",
        Why::Twins => "stick-why-twins",
        Why::Full => "stick-why-full",
        Why::TooLong => "stick-why-too-long",
        Why::Locked => "stick-why-locked",
        Why::Broken => "stick-why-broken",
        Why::Incomplete => "stick-why-incomplete",
        Why::Home => "stick-why-home",
        Why::Missed => "stick-why-missed",
    }
}

/// Letters that wait too long: what helps depends on where they go.
fn late(v: Reader, a: &Args<'_>) -> (Text, Text) {
    let (count, time) = (a.whole("letters"), a.duration("seconds"));
    match (a.said("name"), a.said("last_seen")) {
        (Some(name), seen) => (
            v.t("finding-letters-late-name")
                .with("count", count)
                .with("name", &name)
                .with("time", &time),
            match seen {
                Some(_) => v
                    .t("finding-letters-late-seen-do")
                    .with("when", a.near("last_seen")),
                None => v.t("finding-do-reach"),
            },
        ),
        (None, _) if a.text("route") == "relay" => (
            v.t("finding-letters-late-ordinary")
                .with("count", count)
                .with("time", &time),
            v.t("finding-provider-fails-do"),
        ),
        (None, _) => (
            v.t("finding-letters-late")
                .with("count", count)
                .with("time", &time),
            v.t("finding-do-restart"),
        ),
    }
}
