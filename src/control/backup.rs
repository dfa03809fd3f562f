//! `toxmaild backup …`: what is asked for, and what is said about it.
//!
//! The command does the work itself ([`Job`]), in its own process: it may write where its user says, and the passphrase never
//! goes to the home. The home only hears what it keeps: the key for backups without a passphrase, and when the last one was made.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde_json::Value;

use super::command::Ended;
use super::password;
use super::protocol::{Failure, Request, Secret};
use super::qr;
use super::view::{Ink, harmless};

/// What there is to do.
#[derive(Debug, Subcommand)]
pub enum Backup {
    /// Write a backup; its passphrase is read from standard input
    #[command(
        after_help = "Examples:\n  toxmaild backup create /media/stick/home.tar --with-mail\n  \
        toxmaild backup create home.tar < passphrase-file\n  \
        toxmaild backup create \"/media/stick/home-$(date +%F).tar\" --no-passphrase\n\n\
        The home may be running. Without the passphrase nobody can open the backup, you neither: write it down, and keep it \
        apart from the backup. docs/backup.md tells how to open one by hand."
    )]
    Create {
        /// The file, which must not exist
        #[arg(value_hint = clap::ValueHint::FilePath)]
        file: PathBuf,
        /// With the letters in the mailboxes, too
        #[arg(long)]
        with_mail: bool,
        /// With the key that `backup key create` has made, so that nobody need be there
        #[arg(long)]
        no_passphrase: bool,
    },
    /// Put the home of a backup into the folder, while no home runs there; the passphrase is read from standard input
    #[command(
        after_help = "Examples:\n  toxmaild backup restore /media/stick/home.tar --data NEW-FOLDER\n  \
        toxmaild backup restore home.tar --replace < passphrase-file\n\n\
        Leave the old box switched off from then on."
    )]
    Restore {
        /// The backup
        #[arg(value_hint = clap::ValueHint::FilePath)]
        file: PathBuf,
        /// Also where there is a home with members: it is set aside, in the same folder
        #[arg(long)]
        replace: bool,
        /// The file has the text of a paper (`backup paper`): the identity alone comes back, into an empty folder
        #[arg(long, conflicts_with = "replace")]
        paper: bool,
    },
    /// The home's identity alone, to be printed: a QR code and a text, sealed by a passphrase that is read from standard input
    #[command(
        after_help = "Examples:\n  toxmaild backup paper\n  toxmaild backup paper --json < passphrase-file\n\n\
        With it a new box keeps the home's Tox address, when every other backup is lost: `toxmaild backup restore FILE --paper`, \
        where FILE has the text. Members and contacts have to be added again; letters that contacts' homes have kept come then."
    )]
    Paper,
    /// The key for backups without a passphrase
    #[command(subcommand, after_help = "Examples:\n  toxmaild backup key create")]
    Key(KeyCommand),
}

/// What there is to do with the key.
#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Make a new one; the passphrase that will open the backups is read from standard input
    #[command(
        after_help = "Examples:\n  toxmaild backup key create\n  toxmaild backup key create < passphrase-file\n\n\
        Backups that were made before are opened by the passphrase of then."
    )]
    Create,
}

/// What the wiring does for the command.
#[derive(Debug)]
pub enum Job {
    /// Seals a new key: `{"recipient": …, "sealed": …}`.
    Key {
        /// What opens it.
        passphrase: Secret,
    },
    /// Writes a backup.
    Create {
        /// The home's folder.
        data: PathBuf,
        /// The new file.
        file: PathBuf,
        /// What opens it; without one the key that was kept is taken.
        passphrase: Option<Secret>,
        /// How much of it.
        with_mail: WithMail,
    },
    /// Puts a backup into place.
    Restore {
        /// The home's folder.
        data: PathBuf,
        /// The backup.
        file: PathBuf,
        /// What opens it.
        passphrase: Secret,
        /// What becomes of a home with members.
        present: Present,
    },
    /// Writes the identity down.
    Paper {
        /// The home's folder.
        data: PathBuf,
        /// What opens it.
        passphrase: Secret,
    },
    /// Takes it from a paper.
    FromPaper {
        /// The home's folder.
        data: PathBuf,
        /// The text of the paper.
        file: PathBuf,
        /// What opens it.
        passphrase: Secret,
    },
}

/// Whether mailboxes go along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WithMail {
    /// They do.
    Yes,
    /// They do not.
    No,
}

/// What becomes of a home that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Present {
    /// It stays, and nothing is restored.
    Stays,
    /// It is set aside.
    Aside,
}

/// Does it; `tell` asks the home, running or stopped.
pub(super) fn run(
    data: &Path,
    command: Backup,
    job: fn(Job) -> Result<Value, Failure>,
    tell: impl Fn(&Request) -> Result<(), Ended>,
) -> Result<Value, Ended> {
    let wrong = |command: &str| {
        let advice = format!("type it in a terminal, or `toxmaild backup {command} < FILE`");
        move |error: String| Ended::WrongUse(Failure::new(error, advice))
    };
    let data = data.to_owned();
    match command {
        Backup::Key(KeyCommand::Create) => {
            let passphrase = password::read("backups").map_err(wrong("key create"))?;
            let made = job(Job::Key { passphrase }).map_err(Ended::Refused)?;
            let text = |key: &str| made[key].as_str().unwrap_or_default().to_owned();
            tell(&Request::BackupKey {
                recipient: text("recipient"),
                sealed: text("sealed"),
            })?;
            Ok(serde_json::json!({ "recipient": text("recipient") }))
        }
        Backup::Create {
            file,
            with_mail,
            no_passphrase,
        } => {
            let passphrase = match no_passphrase {
                true => None,
                false => {
                    let what = format!("the backup {}", file.display());
                    Some(password::read(&what).map_err(wrong("create FILE"))?)
                }
            };
            let with_mail = match with_mail {
                true => WithMail::Yes,
                false => WithMail::No,
            };
            let made = job(Job::Create {
                data,
                file,
                passphrase,
                with_mail,
            })
            .map_err(Ended::Refused)?;
            let created = made["created"].as_i64().unwrap_or_default();
            let left_out = made["left_out"].as_u64().unwrap_or_default();
            // The backup is there, whether or not the home could note it.
            let _ = tell(&Request::BackupDone { created, left_out });
            Ok(made)
        }
        Backup::Paper => {
            let passphrase = password::read("the paper").map_err(wrong("paper"))?;
            job(Job::Paper { data, passphrase }).map_err(Ended::Refused)
        }
        Backup::Restore {
            file,
            replace,
            paper,
        } => {
            let what = format!("the backup {}", file.display());
            let passphrase = password::known(&what).map_err(wrong("restore FILE"))?;
            if paper {
                let from = Job::FromPaper {
                    data,
                    file,
                    passphrase,
                };
                return job(from).map_err(Ended::Refused);
            }
            let present = match replace {
                true => Present::Aside,
                false => Present::Stays,
            };
            job(Job::Restore {
                data,
                file,
                passphrase,
                present,
            })
            .map_err(Ended::Refused)
        }
    }
}

/// What came of it, for people.
pub(super) fn text(answer: &Value, ink: Ink) -> String {
    let number = |key: &str| answer[key].as_u64();
    let word = |key: &str| harmless(answer[key].as_str().unwrap_or_default());
    if let Some(paper) = answer["paper"].as_str() {
        let code = qr::draw(paper, ink).unwrap_or_default();
        return format!(
            "{code}\n{paper}\nTox ID  {}\nwords   {}\n\nPrint this, and keep it apart from its passphrase. With the right passphrase and \
             `toxmaild backup restore FILE --paper` it shows the same words.\n",
            word("tox_id"),
            word("words")
        );
    }
    if let Some(dir) = answer["identity"].as_str() {
        return format!(
            "The identity is in {} now. Do these words stand on the paper?\n\n  {}\n\nThen add the members and contacts, and start it with \
             `toxmaild run`. Leave the old box switched off.\n",
            harmless(dir),
            word("words")
        );
    }
    let mut text = match (&answer["file"], &answer["restored"]) {
        (Value::String(file), _) => {
            let letters = match number("letters") {
                Some(letters) if answer["with_mail"] == true => {
                    format!(" with {letters} letters of mailboxes")
                }
                _ => ", without the letters in mailboxes (--with-mail takes them along)".to_owned(),
            };
            let bytes = number("bytes").unwrap_or_default();
            let left_out = match number("left_out") {
                None | Some(0) => String::new(),
                Some(1) => "1 letter could not be read from the disk and is not in it.\n".to_owned(),
                Some(many) => format!("{many} letters could not be read from the disk and are not in it.\n"),
            };
            format!("{file} is the backup of this home{letters}: {bytes} bytes.\n{left_out}Keep its passphrase apart from it.\n")
        }
        (_, Value::String(dir)) => {
            let mut text = format!("The home of the backup is in {dir} now. Start it with `toxmaild run`.\n\
                Leave the old box switched off from now on: two boxes that are the same home take each other's letters away.\n");
            match number("held") {
                None | Some(0) => {}
                Some(held) => text += &format!(
                    "{held} letters by ordinary mail are held, since they may have gone before: their writers are asked by mail \
                     (`toxmaild queue list`, `queue release`, `queue cancel`).\n"
                ),
            }
            if let Some(why) = answer["settings"].as_str() {
                text += &format!(
                    "This machine cannot start with settings of the backup ({why}): it goes on without them, and the file as it was lies beside, as toxmail.toml.from-backup.\n"
                );
            }
            if let Some(aside) = answer["aside"].as_str() {
                text += &format!("What was there before lies in {aside}.\n");
            }
            text
        }
        _ => "Backups can be made without the passphrase now: toxmaild backup create FILE --no-passphrase\n".to_owned(),
    };
    text = harmless(&text);
    text
}
