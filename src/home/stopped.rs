//! The operator's commands, answered from the folder of a stopped home.
//!
//! # What never happens here
//! - A folder becomes a home by a look at it. Only `member add` makes one, where nothing else lies: a machine can be set up
//!   before its first start.
//! - Files that belong to another user than the folder's: the home could not write them.
//!
//! # Rules
//! - The home may be starting at this moment. SQLite keeps the rows right, whoever writes; the queue is not touched,
//!   because opening it sweeps its folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

use super::operator::toxcore;
use super::people::{self, Reach, value};
use super::remains;
use super::{backup, doctor, settings};
use crate::config::{Config, Ports};
use crate::contacts::Contacts;
use crate::control::answer;
use crate::control::protocol::{Failure, Operator, Request};
use crate::database::{self, Database};
use crate::durable;
use crate::mail::address::{PeerKey, ToxId};
use crate::members::Members;
use crate::store::{Quota, Store};
use crate::tox;

/// The database's name in the home's folder.
pub(super) const DATABASE: &str = "toxmail.db";
/// The file with its Tox identity.
pub(super) const IDENTITY: &str = "tox.save";

/// The folder of a home that does not run.
///
/// # Errors
/// It is no folder.
pub fn stopped(dir: &Path) -> Result<Box<dyn Operator>, Failure> {
    match fs::metadata(dir) {
        Ok(facts) if !facts.is_dir() => Err(Failure::new(
            format!("{} is not a folder", dir.display()),
            "name the home's folder with --data DIR",
        )),
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e.into()),
        // It may be missing: `member add` makes it.
        _ => Ok(Box::new(Folder {
            dir: dir.to_owned(),
        })),
    }
}

struct Folder {
    dir: PathBuf,
}

impl Operator for Folder {
    fn handle(&self, request: Request) -> Result<Value, Failure> {
        backup::go_on(&self.dir)?;
        match &request {
            Request::Doctor => {
                if !self.is_home() && remains::without_database(&self.dir)?.is_none() {
                    return Err(self.no_home());
                }
                return value(&doctor::examine_stopped(&self.dir));
            }
            Request::MemberAdd { .. } => {
                self.make()?;
                backup::refuse_others(&self.dir)?;
            }
            _ if !self.has(DATABASE) => {
                remains::refuse_without_database(&self.dir)?;
                return Err(self.no_home());
            }
            Request::MemberRemove { .. } => backup::refuse_others(&self.dir)?,
            _ => {}
        }
        let database = self.open()?;
        let answer = self.answer(&database, request);
        database.close();
        answer
    }
}

impl Folder {
    fn has(&self, name: &str) -> bool {
        self.dir.join(name).exists()
    }

    fn is_home(&self) -> bool {
        [DATABASE, IDENTITY, crate::config::FILE]
            .iter()
            .any(|name| self.has(name))
    }

    fn no_home(&self) -> Failure {
        let dir = self.dir.display();
        Failure::new(
            format!("there is no home in {dir}"),
            "name its folder with --data DIR; a new home begins with `toxmaild run`",
        )
    }

    /// A fresh folder, or a home's.
    fn make(&self) -> Result<(), Failure> {
        remains::refuse_without_database(&self.dir)?;
        if self.is_home() {
            return Ok(());
        }
        if !durable::folder_of(&self.dir).is_dir() {
            return Err(self.no_home());
        }
        durable::make_folder(&self.dir)?;
        for entry in fs::read_dir(&self.dir)? {
            // The root of a disk of its own has this one.
            // A home that another command has begun meanwhile is none of the other things.
            if entry?.file_name() != "lost+found" && !self.is_home() {
                return Err(Failure::new(
                    format!("{} holds other things, and no home", self.dir.display()),
                    "name the home's folder, or an empty one, with --data DIR",
                ));
            }
        }
        Ok(())
    }

    fn open(&self) -> Result<Database, Failure> {
        let path = self.dir.join(DATABASE);
        match Database::open(&path) {
            // A home that makes the same database at this moment: the second look finds it made.
            Err(database::Error::Sqlite(_)) => {
                std::thread::sleep(Duration::from_millis(200));
                Ok(Database::open(&path)?)
            }
            opened => Ok(opened?),
        }
    }

    fn config(&self, database: &Database) -> Result<Config, Failure> {
        // The numbers of ports are of no matter here.
        let mut config = Config::load(&self.dir, Ports::default())?;
        settings::choose(&mut config, database)?;
        Ok(config)
    }

    fn store(&self, database: &Database) -> Result<Store, Failure> {
        let root = self.dir.join("mail");
        Ok(Store::open(&root, database.clone(), Quota::default())?)
    }

    /// `None` before the first start. A damaged file is for the doctor to tell.
    fn identity(&self) -> Option<ToxId> {
        tox::savedata::tox_id(&self.dir.join(IDENTITY)).ok()?
    }

    fn contacts(&self, database: &Database) -> Contacts {
        // The key and the name matter for addresses, not for the list.
        let key = self.identity().map(|id| id.key());
        let key = key.unwrap_or(PeerKey::from_bytes([0; 32]));
        Contacts::open(database.clone(), key, String::new())
    }

    fn answer(&self, database: &Database, request: Request) -> Result<Value, Failure> {
        let members = Members::open(database.clone())?;
        if let Some(answer) = people::handle(&members, &request) {
            return answer;
        }
        match request {
            Request::Status => self.status(database, &members),
            Request::MemberAdd {
                name,
                display,
                password,
            } => {
                let (config, store) = (self.config(database)?, self.store(database)?);
                people::add(
                    &members,
                    (&store, database),
                    &config,
                    &name,
                    display.as_deref(),
                    &password,
                )
            }
            Request::MemberRemove { name } => {
                let (contacts, store) = (self.contacts(database), self.store(database)?);
                // Tox and the queue hear of homes that are gone at the next start.
                people::remove(&members, &contacts, (&store, database), &name)
                    .map(|(answer, _)| answer)
            }
            Request::ContactList => {
                let rows = self.contacts(database).list()?.into_iter();
                let rows = rows.map(|row| people::contact(row, |_| Reach::Offline));
                value(&rows.collect::<Vec<_>>())
            }
            Request::BackupKey { recipient, sealed } => {
                backup::keep_key(database, &recipient, &sealed)
            }
            Request::BackupDone { created, left_out } => backup::note(database, created, left_out),
            _ => Err(Failure::new(
                "the home is not running",
                "start it with `toxmaild run`",
            )),
        }
    }

    fn status(&self, database: &Database, members: &Members) -> Result<Value, Failure> {
        let id = self.identity();
        let queue = database.read(|c| -> Result<i64, database::Error> {
            Ok(c.query_row("SELECT count(*) FROM messages", [], |r| r.get(0))?)
        })?;
        value(&answer::Status {
            home: self.config(database)?.home.name,
            tox_id: id.map(|id| id.to_string()),
            key: id.map(|id| id.key().to_string()),
            address_suffix: id.map(|id| format!("@{}.tox", id.key().base32())),
            tox: tox::Connection::Offline.to_string(),
            members: members.list()?.len() as u64,
            contacts: self.contacts(database).list()?.len() as u64,
            queue: u64::try_from(queue).unwrap_or(0),
            running: false,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            toxcore: Some(toxcore()),
            ..answer::Status::default()
        })
    }
}
