//! What went wrong in a room, in words for the operator.
//!
//! The rooms' errors are for programs and logs; an operator hears what is wrong and what to do. A full disk is always
//! called that, wherever it was met.

use std::io;

use rusqlite::ErrorCode;

use crate::cause::{Cause, Refused};
use crate::control::Failure;
use crate::{contacts, database, durable, members, providers, queue, store, tox};

const OTHER_USER: &str = "run this as the user that runs the home";
const LOOK_AT_DISK: &str =
    "look into the home's log, and whether the disk (the SD card) is failing";

fn full() -> Failure {
    Failure::new("the disk is full", "make room on it, and try again").because(Cause::DiskFull)
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if durable::is_full(&error) {
            return full();
        }
        let advice = match error.kind() {
            io::ErrorKind::PermissionDenied => OTHER_USER,
            _ => LOOK_AT_DISK,
        };
        Failure::new(error, advice).because(Cause::DiskFails)
    }
}

impl From<database::Error> for Failure {
    fn from(error: database::Error) -> Self {
        use database::Error;
        if error.is_full() {
            return full();
        }
        match error {
            Error::Newer { path, .. } => Failure::new(
                format!("{} was written by a later Toxmail", path.display()),
                "use that later version, or restore a backup",
            ),
            Error::Undone => Failure::new(
                "the disk is full or failing",
                "make room on it, and try again",
            )
            .because(Cause::DiskFull),
            Error::Io(error) => error.into(),
            Error::Closed => Failure::new("the home is stopping", "try again when it runs")
                .because(Cause::Stopping),
            Error::Sqlite(error) => of_sqlite(&error),
        }
    }
}

fn of_sqlite(error: &rusqlite::Error) -> Failure {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Failure::new(
            "the database is busy with something else",
            "try again in a moment",
        )
        .because(Cause::Busy),
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            Failure::new("the database cannot be opened or written", OTHER_USER)
                .because(Cause::DiskFails)
        }
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Failure::new(
            "the database toxmail.db is damaged",
            "stop the home and restore a backup",
        )
        .because(Cause::DiskFails),
        _ => Failure::new(format!("the database refuses: {error}"), LOOK_AT_DISK)
            .because(Cause::DiskFails),
    }
}

impl From<members::Error> for Failure {
    fn from(error: members::Error) -> Self {
        use members::Error;
        let advice = match &error {
            Error::Database(_) => "",
            Error::Taken(name) => {
                &format!("choose another name, or `toxmaild member password {name}`")
            }
            Error::NoSuchMember(_) => "`toxmaild member list` shows everybody",
            Error::NoSuchDevice(name, _) => {
                let advice = format!("`toxmaild member device list {name}` shows their numbers");
                return Failure::new("there is no such device password", advice)
                    .because(Cause::Gone);
            }
            Error::AddressTaken(..) => "an address can belong to one member only",
            Error::Unusable(_) => "give another one",
            Error::Busy => "",
            Error::System(_) => "start the machine again",
        };
        let (cause, about) = match &error {
            Error::Database(_) | Error::System(_) | Error::NoSuchDevice(..) => (Cause::Other, ""),
            Error::Taken(name) => (Cause::MailboxTaken, name.as_str()),
            Error::NoSuchMember(_) => (Cause::Gone, ""),
            Error::AddressTaken(address, _) => (Cause::AddressTaken, address.as_str()),
            Error::Unusable(_) => (Cause::NotUsable, ""),
            Error::Busy => (Cause::Busy, ""),
        };
        let failure = Failure::new(&error, advice).because(cause).about(about);
        match error {
            Error::Database(error) => error.into(),
            _ => failure,
        }
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        let Refused {
            error,
            advice,
            cause,
            about,
        } = refused;
        Failure {
            error,
            advice,
            cause,
            about,
        }
    }
}

impl From<contacts::Error> for Failure {
    fn from(error: contacts::Error) -> Self {
        match error {
            contacts::Error::Database(error) => error.into(),
            contacts::Error::Refused(refused) => refused.into(),
        }
    }
}

impl From<providers::Error> for Failure {
    fn from(error: providers::Error) -> Self {
        use providers::{Error, safe};
        let advice = match &error {
            Error::Safe(safe::Error::Broken(_)) => "",
            Error::Safe(_) => "set it again with `toxmaild provider set`",
            _ => "look at the path and the rights of that file in [relay] of toxmail.toml",
        };
        match error {
            Error::Database(error) => error.into(),
            Error::Safe(safe::Error::Io(error)) => error.into(),
            Error::Refused(refused) => refused.into(),
            error => Failure::new(error, advice),
        }
    }
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Full => full(),
            store::Error::Database(error) => error.into(),
            store::Error::Io(error) | store::Error::Source(error) => error.into(),
            error => Failure::new(error, ""),
        }
    }
}

impl From<queue::Error> for Failure {
    fn from(error: queue::Error) -> Self {
        match error {
            queue::Error::Full => full(),
            queue::Error::Database(error) => error.into(),
            queue::Error::Io(error) => error.into(),
            queue::Error::Unknown => Failure::new(
                "no such message waits",
                "`toxmaild queue list` shows what does",
            )
            .because(Cause::LetterGone),
            queue::Error::OwnWord => Failure::new(
                "this is the home's own word to a person, who would never hear of it",
                "it waits for room in their mailbox; `toxmaild queue show` tells what for",
            ),
            error => Failure::new(error, LOOK_AT_DISK),
        }
    }
}

impl From<tox::Error> for Failure {
    fn from(error: tox::Error) -> Self {
        // The other texts say what to do.
        let advice = match error {
            tox::Error::Damaged { .. } => super::remains::ANEW,
            _ => "",
        };
        Failure::new(error, advice)
    }
}
