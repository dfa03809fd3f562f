//! The operator's commands that make sense on the folder of a stopped home.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::doctor;
use super::people::{self, DONE, People, answer};
use crate::config::{Config, Ports};
use crate::contacts::Contacts;
use crate::control::answer;
use crate::control::protocol::{Failure, Operator, Request};
use crate::database::Database;
use crate::durable;
use crate::mail::address::PeerKey;
use crate::members::Members;
use crate::store::{Quota, Store};
use crate::tox;

/// Opens the folder of a stopped home. One that was never started is made: a setup adds members first.
///
/// # Errors
/// It cannot be made or read, with advice.
pub fn open(dir: &Path) -> Result<Box<dyn Operator>, Failure> {
    Ok(Box::new(Stopped {
        dir: dir.to_owned(),
    }))
}

struct Stopped {
    dir: PathBuf,
}

/// What is open of it.
pub(super) struct Opened {
    pub(super) config: Config,
    pub(super) database: Database,
    pub(super) members: Members,
    pub(super) contacts: Contacts,
    pub(super) tox_id: Option<crate::mail::address::ToxId>,
}

impl Stopped {
    fn open(&self) -> Result<Opened, Failure> {
        let dir = &self.dir;
        let config = Config::load(dir, Ports::Standard)?;
        let database = Database::open(&dir.join("toxmail.db"))?;
        let members = Members::open(database.clone())?;
        let tox_id = tox::savedata::tox_id(&dir.join("tox.save")).map_err(|e| {
            Failure::new(
                e,
                "restore a backup; without it the home gets a new address",
            )
        })?;
        let key = tox_id.map_or(PeerKey::from_bytes([0; 32]), |id| id.key());
        let contacts = Contacts::open(database.clone(), key, config.home.hostname.clone())
            .named(&config.home.name);
        Ok(Opened {
            config,
            database,
            members,
            contacts,
            tox_id,
        })
    }

    fn must_exist(&self) -> Result<(), Failure> {
        if self.dir.join("toxmail.db").exists() {
            return Ok(());
        }
        Err(Failure::new(
            format!("there is no home in {}", self.dir.display()),
            "name its folder with --data DIR, or start one with `toxmaild run`",
        ))
    }
}

impl Operator for Stopped {
    fn handle(&self, request: Request) -> Result<Value, Failure> {
        if matches!(request, Request::Doctor) {
            self.must_exist()?;
            let problems = match self.open() {
                Ok(opened) => doctor::examine_stopped(&self.dir, &opened),
                Err(failure) => vec![answer::Problem {
                    problem: failure.error,
                    advice: failure.advice,
                }],
            };
            return answer(problems);
        }
        if matches!(request, Request::MemberAdd { .. }) {
            durable::make_folder(&self.dir).map_err(|e| {
                let text = format!("cannot make {}: {e}", self.dir.display());
                Failure::new(text, "name another folder with --data DIR")
            })?;
        } else {
            self.must_exist()?;
        }
        let home = self.open()?;
        let store = || -> Result<Store, Failure> {
            let quota = Quota {
                bytes: home.config.limits.quota_bytes.unwrap_or(0),
                reserve_bytes: 0,
            };
            let mail = self.dir.join("mail");
            Ok(Store::open(&mail, home.database.clone(), quota)?)
        };
        match request {
            Request::Status => home.status(),
            Request::MemberAdd {
                name,
                display,
                password,
            } => {
                let store = store()?;
                home.people(&store)
                    .add(&name, display.as_deref(), &password)
            }
            Request::MemberList => home.people(&store()?).list(),
            Request::MemberRemove { name } => {
                let removed = home.people(&store()?).remove(&name)?;
                home.contacts.forget_owner(&name)?;
                Ok(removed)
            }
            Request::MemberPassword { name, password } => {
                home.members.set_password(&name, password.expose())?;
                Ok(DONE)
            }
            Request::DeviceAdd { name, label } => home.people(&store()?).device_add(&name, &label),
            Request::DeviceList { name } => home.people(&store()?).device_list(&name),
            Request::DeviceRevoke { name, id } => {
                home.members.device_revoke(&name, id)?;
                Ok(DONE)
            }
            Request::ContactList => {
                let rows = home.contacts.list()?.into_iter();
                let rows = rows.map(|row| {
                    let offline = (row.state == "connected").then_some("offline");
                    people::contact(row, offline)
                });
                answer(rows.collect::<Vec<_>>())
            }
            other => Err(Failure::new(
                format!("`{}` needs the running home", other.name()),
                "start it with `toxmaild run`",
            )),
        }
    }
}

impl Opened {
    fn people<'a>(&'a self, store: &'a Store) -> People<'a> {
        People {
            members: &self.members,
            store,
            hostname: &self.config.home.hostname,
            key: self.tox_id.map(|id| id.key()),
        }
    }

    fn status(&self) -> Result<Value, Failure> {
        let (major, minor, patch) = tox::version();
        let key = self.tox_id.map(|id| id.key());
        let waiting: i64 = self.database.read(|c| {
            Ok::<_, crate::database::Error>(c.query_row(
                "SELECT count(*) FROM messages",
                [],
                |row| row.get(0),
            )?)
        })?;
        answer(answer::Status {
            home: self.config.home.name.clone(),
            tox_id: self.tox_id.map(|id| id.to_string()),
            key: key.map(|key| key.to_string()),
            address_suffix: key.map(|key| format!("@{}.tox", key.base32())),
            tox: "offline".to_owned(),
            members: self.members.list()?.len() as u64,
            contacts: self.contacts.list()?.len() as u64,
            queue: u64::try_from(waiting).unwrap_or(0),
            running: false,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            toxcore: Some(format!("{major}.{minor}.{patch}")),
            ..answer::Status::default()
        })
    }
}
