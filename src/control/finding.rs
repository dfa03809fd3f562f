//! Everything that can be wrong with a home, by name: what a page says in its reader's language.
//!
//! Names and arguments are part of the answers that scripts depend on: they may be added, never renamed or removed.

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Good to know; nothing is wrong.
    Note,
    /// Somebody should look at it; mail goes on.
    Attention,
    /// Mail does not go, or something may be lost: somebody must act.
    Trouble,
}

impl Severity {
    /// The word in answers.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Attention => "attention",
            Self::Trouble => "trouble",
        }
    }
}

macro_rules! findings {
    ($($(#[$doc:meta])* $name:ident $word:literal $severity:ident [$($arg:literal),*];)+) => {
        /// One thing that can be wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Finding {
            $($(#[$doc])* $name,)+
        }

        impl Finding {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// Its name: `code` in answers.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }

            /// How much it matters.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)+ }
            }

            /// The names of its arguments: `args` in answers. Each is there whenever it is found; one that is not known is `null`.
            pub const fn args(self) -> &'static [&'static str] {
                match self { $(Self::$name => &[$($arg),*],)+ }
            }
        }
    };
}

// Times are seconds since 1970 (`since`, `at`) or seconds (`seconds`), sizes bytes; `name` is what people here call somebody.
findings! {
    /// The home does not run.
    NotRunning "not-running" Trouble ["folder"];
    /// A room of the home does not do its work.
    OutOfOrder "out-of-order" Trouble ["error"];
    /// There is a mistake in toxmail.toml.
    SettingsMistake "settings-mistake" Attention ["error"];
    /// The home was never started.
    NeverStarted "never-started" Attention [];
    /// The database is damaged.
    DatabaseDamaged "database-damaged" Trouble ["why"];
    /// toxcore has a known hole.
    OldToxcore "old-toxcore" Trouble ["version", "oldest"];
    /// The Tox thread has ended.
    ToxEnded "tox-ended" Trouble [];
    /// No connection to the Tox network for a short while.
    ToxOffline "tox-offline" Attention ["seconds"];
    /// No connection to the Tox network for an hour.
    ToxOfflineLong "tox-offline-long" Trouble ["seconds"];
    /// No bootstrap node has answered.
    ToxNobodyAnswers "tox-nobody-answers" Trouble ["rounds"];
    /// UDP does not come through: everything goes by relays.
    ToxRelayed "tox-relayed" Attention ["port", "seconds"];
    /// Some contacts are set to direct only, and this home has no direct connections at all.
    DirectOnlyWithoutUdp "direct-only-without-udp" Trouble [];
    /// There is no bootstrap node.
    NoBootstrapNodes "no-bootstrap-nodes" Trouble [];
    /// Bootstrap nodes given by name are of no use behind a proxy.
    NamesBehindProxy "names-behind-proxy" Attention ["count"];
    /// Tox does not take a contact.
    NotAFriend "not-a-friend" Attention ["name", "why"];
    /// The Tox identity cannot be saved.
    IdentityNotSaved "identity-not-saved" Trouble ["why"];
    /// toxcore's socket was not found.
    ToxBlind "tox-blind" Attention [];
    /// Nobody has a mailbox.
    NoMembers "no-members" Attention [];
    /// The main mailbox is nobody's.
    NoMainMailbox "no-main-mailbox" Attention ["name"];
    /// Somebody who is to decide on contacts is no member.
    NoPairingMember "no-pairing-member" Attention ["name"];
    /// No letter is taken any more.
    DiskFull "disk-full" Trouble ["bytes", "folder"];
    /// The disk is nearly full.
    DiskLow "disk-low" Attention ["bytes", "folder"];
    /// The machine gets too little power.
    UnderVoltage "under-voltage" Attention [];
    /// The machine is too hot.
    Overheating "overheating" Attention ["degrees"];
    /// The card is near the end of its life.
    CardWorn "card-worn" Trouble ["percent"];
    /// The file system of the home has met errors.
    CardErrors "card-errors" Trouble ["count"];
    /// The card or disk could not be read or written in some place.
    CardUnreadable "card-unreadable" Trouble [];
    /// The box's packet filter could not be set up; `plain` where a simpler one stands in for it.
    Doors "doors" Trouble ["plain"];
    /// The clock is not set.
    ClockNotSet "clock-not-set" Attention [];
    /// Letters wait too long. `route` is where they go; `name` is there for homes and chat programs; `id` is the oldest.
    LettersLate "letters-late" Attention ["letters", "seconds", "route", "name", "last_seen", "why", "id"];
    /// The file of a letter is gone.
    LetterLost "letter-lost" Trouble ["id"];
    /// An account at a mail provider takes nothing. `member` is `null` for the home's.
    ProviderFails "provider-fails" Trouble ["member", "why", "since"];
    /// A member's mailbox at a provider cannot be fetched: `why` has the words of the home.
    FetchFails "fetch-fails" Trouble ["member", "host", "why", "since"];
    /// The mail server that the family has already takes nothing.
    GatewayFails "gateway-fails" Trouble ["letters", "why"];
    /// That mail server is not to be reached.
    GatewayAway "gateway-away" Trouble ["address", "why"];
    /// That mail server cannot hand in letters.
    GatewayDoorOff "gateway-door-off" Attention ["domain"];
    /// Whoever has an address can write as anybody.
    GatewayOpenDoor "gateway-open-door" Attention ["domain", "networks"];
    /// The password of that mail server cannot be read.
    GatewayPassword "gateway-password" Trouble ["path", "why"];
    /// A contact's home speaks another version.
    Incompatible "incompatible" Attention ["name"];
    /// Many strangers ask.
    RequestFlood "request-flood" Attention ["count"];
    /// Somebody waits for an answer.
    RequestsWaiting "requests-waiting" Note ["count"];
    /// A contact's home runs on two boxes.
    PeerDouble "peer-double" Attention ["name"];
    /// This home runs on two boxes.
    SeenDouble "seen-double" Trouble ["name"];
    /// A contact has not answered our request for a week.
    Unanswered "unanswered" Attention ["name"];
    /// A contact's home was not seen for a week.
    PeerSilent "peer-silent" Attention ["name", "since"];
    /// A file or folder with secrets is open to others.
    OpenToOthers "open-to-others" Attention ["path", "mode"];
    /// A key or certificate cannot be read.
    CertificateUnreadable "certificate-unreadable" Trouble ["path", "why"];
    /// The certificate has expired.
    CertificateExpired "certificate-expired" Trouble [];
    /// The certificate expires soon.
    CertificateEnds "certificate-ends" Attention ["seconds"];
    /// Another version of the whole box was tried, and the one before it runs again.
    UpdateFailed "update-failed" Attention ["version", "at"];
    /// A version that had worked did not start any more, and the other one runs.
    UpdateNotStarted "update-not-started" Attention ["version", "at"];
    /// A version that was fetched at night could not be installed.
    UpdateNotInstalled "update-not-installed" Attention ["version", "at", "why"];
    /// Nobody could be asked for a later version for a while.
    UpdatesUnreachable "updates-unreachable" Attention ["why"];
    /// There is no backup.
    BackupNever "backup-never" Attention [];
    /// The last backup is old.
    BackupOld "backup-old" Attention ["at", "seconds"];
    /// The nightly backup to the stick failed, or was not tried. `reason` is a word of `appliance::stick::Why`.
    BackupFailed "backup-failed" Attention ["reason", "at", "why"];
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_finding_has_a_name_of_its_own_that_a_text_can_have() {
        let words: HashSet<&str> = Finding::ALL.iter().map(|f| f.word()).collect();
        assert_eq!(words.len(), Finding::ALL.len());
        for finding in Finding::ALL {
            let mut names = vec![finding.word()];
            names.extend(finding.args());
            for name in names {
                let plain = |c: char| c.is_ascii_lowercase() || c == '-' || c == '_';
                assert!(name.chars().all(plain), "{name}");
            }
        }
    }
}
