//! What the home says no with, in the visitor's words, and what to do about it on a page.
//!
//! # Rules
//! - Each [`Cause`] has its texts in every language. Why one without a name was refused is told as the home says it, in English.
//! - The home's own advice is for the command line, and is never shown: nobody in front of a page has one.
//! - What another program said stands below, and is marked as English.

use super::text::Text;
use super::visitor::Visitor;
use crate::cause::Cause;
use crate::control::Failure;

/// A refusal as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// What is wrong.
    pub words: String,
    /// What to do.
    pub advice: String,
    /// What the home or another program said of it, in English.
    pub detail: Option<String>,
}

/// A refusal in words.
pub fn told(v: &Visitor, failure: &Failure) -> Told {
    let detail = match failure.cause {
        Cause::LoginFails | Cause::AccountFails => v.peer_long(&failure.about),
        Cause::Other | Cause::ValueUnusable | Cause::NotUsable => v.peer_long(&failure.error),
        _ => String::new(),
    };
    let (words, advice) = texts(v, failure.cause, &failure.about);
    Told {
        words: words.to_string(),
        advice: advice.to_string(),
        detail: Some(detail).filter(|text| !text.is_empty() && !is_of_commands(text)),
    }
}

/// Whether a text speaks of what is typed in a terminal.
fn is_of_commands(text: &str) -> bool {
    text.contains("toxmaild ") || text.contains("--")
}

fn texts(v: &Visitor, cause: Cause, about: &str) -> (Text, Text) {
    let about = v.peer(about);
    match cause {
        Cause::Other => (v.t("no-other"), v.t("no-other-do")),
        Cause::DiskFull => (v.t("no-disk-full"), v.t("no-disk-full-do")),
        Cause::DiskFails => (v.t("no-disk-fails"), v.t("no-disk-fails-do")),
        Cause::Busy => (v.t("no-busy"), v.t("no-busy-do")),
        Cause::Stopping => (v.t("no-stopping"), v.t("no-stopping-do")),
        Cause::Gone => (v.t("no-gone"), v.t("no-gone-do")),
        Cause::Locked => (v.t("no-locked"), v.t("no-locked-do")),
        Cause::ValueUnusable => (v.t("no-value"), v.t("no-value-do")),
        Cause::TimesCross => (v.t("no-times"), v.t("no-times-do")),
        Cause::MailboxTaken => (
            v.t("no-mailbox-taken").with("name", about),
            v.t("no-mailbox-taken-do"),
        ),
        Cause::AddressTaken => (
            v.t("no-address-taken").with("address", about),
            v.t("no-address-taken-do"),
        ),
        Cause::NotUsable => (v.t("no-usable"), v.t("no-usable-do")),
        Cause::LoginFails => (v.t("no-login"), v.t("no-login-do")),
        Cause::AccountFails => (v.t("no-account"), v.t("no-account-do")),
        Cause::FetchedAlready => (
            v.t("no-fetched-already").with("name", about),
            v.t("no-fetched-already-do"),
        ),
        Cause::ToxAddressWrong => (v.t("no-tox-address"), v.t("no-tox-address-do")),
        Cause::KeyOnly => (v.t("no-key-only"), v.t("no-key-only-do")),
        Cause::OwnHome => (v.t("no-own-home"), v.t("no-own-home-do")),
        Cause::ContactKnown => (
            v.t("no-contact-known").with("name", about),
            v.t("no-contact-known-do"),
        ),
        Cause::EmailKnown => (
            v.t("no-email-known").with("name", about),
            v.t("no-email-known-do"),
        ),
        Cause::EmailWrong => (v.t("no-email").with("address", about), v.t("no-email-do")),
        Cause::OtherToxAddress => (
            v.t("no-other-tox").with("name", about),
            v.t("no-other-tox-do"),
        ),
        Cause::AddressMissing => (v.t("no-address"), v.t("no-address-do")),
        Cause::ChatWithoutTox => (v.t("no-chat-tox"), v.t("no-chat-tox-do")),
        Cause::HomeNotChat => (v.t("no-home-chat"), v.t("no-home-chat-do")),
        Cause::TooMany => (v.t("no-too-many"), v.t("no-too-many-do")),
        Cause::Blocked => (v.t("no-blocked"), v.t("no-blocked-do")),
        Cause::NewBoxRemoved => (v.t("no-box-removed"), v.t("no-box-removed-do")),
        Cause::NewBoxTaken => (
            v.t("no-box-taken").with("name", about),
            v.t("no-box-taken-do"),
        ),
        Cause::CardsUnreadable => (v.t("no-cards"), v.t("no-cards-do")),
        Cause::CardTooLarge => (v.t("no-card-large"), v.t("no-card-large-do")),
        Cause::CardNameless => (v.t("no-card-name"), v.t("no-card-name-do")),
        Cause::InvitationBroken => (v.t("no-invitation"), v.t("no-invitation-do")),
        Cause::InvitationNewer => (v.t("no-invitation-newer"), v.t("no-invitation-newer-do")),
        Cause::NoInvitation => (
            v.t("no-invitation-address"),
            v.t("no-invitation-address-do"),
        ),
        Cause::InvitationsMany => (v.t("no-invitations-many"), v.t("no-invitations-many-do")),
        Cause::LetterGone => (v.t("no-letter"), v.t("no-letter-do")),
        Cause::LetterHeld => (v.t("no-letter-held"), v.t("no-letter-held-do")),
        Cause::BackupRuns => (v.t("no-backup-runs"), v.t("no-backup-runs-do")),
        Cause::BackupPassphrase => (v.t("no-passphrase"), v.t("no-passphrase-do")),
        Cause::BackupDamaged => (v.t("no-backup"), v.t("no-backup-do")),
        Cause::BackupNewer => (v.t("no-backup-newer"), v.t("no-backup-newer-do")),
        Cause::NotServed => (v.t("no-served"), v.t("no-served-do")),
        Cause::NoHostName => (v.t("no-host-name"), v.t("no-host-name-do")),
        Cause::NotAscii => (v.t("no-ascii"), v.t("no-ascii-do")),
        Cause::CodeTooLong => (v.t("no-code"), v.t("no-code-do")),
    }
}
