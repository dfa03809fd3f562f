//! What the operator asks of members, devices and contacts: answered alike by a running home and by a stopped one.

use serde::Serialize;
use serde_json::Value;

use crate::contacts::{self, ContactRow, Kind};
use crate::control::answer;
use crate::control::protocol::{Failure, Secret};
use crate::database;
use crate::mail::address::{self, MemberName, PeerKey};
use crate::members::{self, Members};
use crate::store::{self, Store};

/// What the command does where it did not ask for an answer.
pub(super) const DONE: Value = Value::Null;

/// An answer in its typed shape.
pub(super) fn answer<T: Serialize>(answer: T) -> Result<Value, Failure> {
    serde_json::to_value(answer).map_err(|e| Failure::new(e, ""))
}

impl From<database::Error> for Failure {
    fn from(error: database::Error) -> Self {
        let advice = if error.is_full() {
            "make room on the disk"
        } else {
            "look into the log of the home; if the file is damaged, restore a backup"
        };
        Self::new(error, advice)
    }
}

impl From<members::Error> for Failure {
    fn from(error: members::Error) -> Self {
        let advice = match &error {
            members::Error::Database(_) => "make room on the disk, or look into the log",
            members::Error::Taken(_) => "choose another name",
            members::Error::NoSuchMember(_) => "`toxmaild member list` shows who lives here",
            members::Error::NoSuchDevice(..) => {
                "`toxmaild member device list NAME` shows the devices"
            }
            members::Error::AddressTaken(..) => "take it from the other member first",
            members::Error::Unusable(_) => "",
            members::Error::Busy | members::Error::System(_) => "try again in a moment",
        };
        Self::new(&error, advice)
    }
}

impl From<contacts::Error> for Failure {
    fn from(error: contacts::Error) -> Self {
        match error {
            contacts::Error::Database(error) => error.into(),
            contacts::Error::Refused { error, advice } => Self { error, advice },
        }
    }
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        let advice = match &error {
            store::Error::Full => "make room on the disk",
            _ => "look into the log of the home",
        };
        Self::new(&error, advice)
    }
}

impl From<crate::queue::Error> for Failure {
    fn from(error: crate::queue::Error) -> Self {
        let advice = match &error {
            crate::queue::Error::Unknown => "`toxmaild queue list` shows what waits",
            _ if error.is_full() => "make room on the disk",
            _ => "look into the log of the home",
        };
        Self::new(&error, advice)
    }
}

/// Members, their mailboxes and devices.
pub(super) struct People<'a> {
    pub(super) members: &'a Members,
    pub(super) store: &'a Store,
    pub(super) hostname: &'a str,
    /// The home's key, once it has one.
    pub(super) key: Option<PeerKey>,
}

impl People<'_> {
    pub(super) fn add(
        &self,
        name: &MemberName,
        display: Option<&str>,
        password: &Secret,
    ) -> Result<Value, Failure> {
        let display = display.unwrap_or(name.as_str());
        self.members.add(name, display, password.expose())?;
        self.store.add_member(name)?;
        let all = self.all()?;
        let new = all.into_iter().find(|m| m.name == name.as_str());
        answer(new)
    }

    pub(super) fn list(&self) -> Result<Value, Failure> {
        answer(self.all()?)
    }

    fn all(&self) -> Result<Vec<answer::Member>, Failure> {
        self.members
            .list()?
            .into_iter()
            .map(|member| {
                let name = member.name.as_str();
                let mut addresses = vec![format!("{name}@{}", self.hostname)];
                if let Some(key) = &self.key {
                    addresses.push(address::canonical(Some(name), key));
                }
                addresses.extend(self.members.addresses(&member.name)?);
                Ok(answer::Member {
                    name: name.to_owned(),
                    display: Some(member.display),
                    main_mailbox: member.main_mailbox,
                    devices: member.devices as u64,
                    addresses,
                })
            })
            .collect()
    }

    pub(super) fn remove(&self, name: &MemberName) -> Result<Value, Failure> {
        let removed = self.members.remove(name)?;
        self.store.remove_member(name)?;
        answer(serde_json::json!({ "removed": name, "advice": removed.advice }))
    }

    pub(super) fn device_add(&self, name: &MemberName, label: &str) -> Result<Value, Failure> {
        let device = self.members.device_add(name, label)?;
        answer(answer::NewDevice {
            id: device.id,
            name: name.to_string(),
            label: label.to_owned(),
            password: device.secret.to_string(),
        })
    }

    pub(super) fn device_list(&self, name: &MemberName) -> Result<Value, Failure> {
        let devices = self.members.device_list(name)?.into_iter();
        let devices = devices.map(|device| answer::Device {
            id: device.id,
            label: device.label,
            created: device.created,
            last_used: device.last_used,
        });
        answer(devices.collect::<Vec<_>>())
    }
}

/// A contact as the operator sees it; `state` is what the running home knows better than the table.
pub(super) fn contact(row: ContactRow, state: Option<&str>) -> answer::Contact {
    answer::Contact {
        name: row.nickname,
        key: row.key.map(|key| key.to_string()),
        address: row.address,
        kind: row.kind.map_or("ordinary", Kind::word).to_owned(),
        state: state.map_or(row.state, str::to_owned),
        emails: row.emails,
        owner: row.owner,
        last_seen: row.last_seen,
    }
}
