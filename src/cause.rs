//! Why the home says no, by name: what a page says in its reader's language. A text in English and its advice for the command line
//! go along with it.
//!
//! A cause that is missing here is [`Cause::Other`]: the page then shows the home's own English, without the advice.

use serde::{Deserialize, Serialize};

macro_rules! causes {
    ($($(#[$doc:meta])* $name:ident;)+) => {
        /// Why the home says no.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Cause {
            $($(#[$doc])* $name,)+
        }

        impl Cause {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),+];
        }
    };
}

/// The home says no: the person who asked must act.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct Refused {
    /// What is wrong.
    pub error: String,
    /// What to do.
    pub advice: String,
    /// The same by name.
    pub cause: Cause,
    /// What belongs to it.
    pub about: String,
}

/// No, without a name of its own.
pub(crate) fn refused<T, E: From<Refused>>(
    error: impl Into<String>,
    advice: impl Into<String>,
) -> Result<T, E> {
    refused_as(Cause::Other, "", error, advice)
}

/// The same with its name, and what belongs to that.
pub(crate) fn refused_as<T, E: From<Refused>>(
    cause: Cause,
    about: impl Into<String>,
    error: impl Into<String>,
    advice: impl Into<String>,
) -> Result<T, E> {
    let refused = Refused {
        error: error.into(),
        advice: advice.into(),
        cause,
        about: about.into(),
    };
    Err(refused.into())
}

// "About" is what belongs to a cause and stands in its text; where a line does not name it there is none.
causes! {
    /// Something that has no name here.
    #[default]
    Other;

    // ---- the home itself
    /// No room on the disk.
    DiskFull;
    /// The disk cannot be read or written.
    DiskFails;
    /// Too much at once: it goes better in a moment.
    Busy;
    /// The home is stopping, or does not run.
    Stopping;
    /// What it is about is there no more.
    Gone;
    /// toxmail.toml says it, and wins.
    Locked;
    /// A setting cannot have that value.
    ValueUnusable;
    /// A letter would go back before its writer hears that it waits.
    TimesCross;

    // ---- people
    /// Somebody has that mailbox. About: its name.
    MailboxTaken;
    /// A member has that e-mail address. About: the address.
    AddressTaken;
    /// A name, a label, a password or an address that cannot be one.
    NotUsable;

    // ---- mail providers
    /// A first login did not work, and nothing was stored. About: what the other server said.
    LoginFails;
    /// An account that is stored does not work. About: what the other server said.
    AccountFails;
    /// Two would fetch from one mailbox. About: who does already.
    FetchedAlready;

    // ---- contacts
    /// No Tox address, or one with a mistake in it.
    ToxAddressWrong;
    /// The key of a home that is not known here.
    KeyOnly;
    /// This home's own address or invitation.
    OwnHome;
    /// The Tox address is in the contacts. About: whose it is.
    ContactKnown;
    /// A contact has that e-mail address. About: which contact.
    EmailKnown;
    /// No ordinary e-mail address. About: what was given.
    EmailWrong;
    /// The contact has a Tox address already, and another one was given. About: which contact.
    OtherToxAddress;
    /// Neither a Tox address nor an e-mail address.
    AddressMissing;
    /// A friend with a chat program has no Tox address.
    ChatWithoutTox;
    /// A home with Toxmail was called a chat program.
    HomeNotChat;
    /// More contacts, or addresses of one, than there can be.
    TooMany;
    /// The home is blocked here.
    Blocked;
    /// The new box of a contact was removed here.
    NewBoxRemoved;
    /// The new box of a contact is another contact's already. About: whose.
    NewBoxTaken;
    /// No card in the file, or one that cannot be read.
    CardsUnreadable;
    /// A card that is too large.
    CardTooLarge;
    /// A card without a name.
    CardNameless;

    // ---- invitations
    /// No invitation, or not all of it.
    InvitationBroken;
    /// A later Toxmail made it.
    InvitationNewer;
    /// A Tox address in place of an invitation.
    NoInvitation;
    /// Too many are open.
    InvitationsMany;

    // ---- letters
    /// It has left, or was taken back.
    LetterGone;
    /// It waits for its writer's word.
    LetterHeld;

    // ---- backups
    /// One is being made already.
    BackupRuns;
    /// Not the passphrase it was made with.
    BackupPassphrase;
    /// No backup, or not whole.
    BackupDamaged;
    /// A later Toxmail made it.
    BackupNewer;

    // ---- devices
    /// Nothing is served that this device needs.
    NotServed;
    /// The device wants a home with a name.
    NoHostName;
    /// The device takes plain letters only in an address.
    NotAscii;
    /// Too long for a QR code.
    CodeTooLong;
}
