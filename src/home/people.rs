//! What a running home and the folder of a stopped one answer alike: members, their devices, rows of the address table.

use serde::Serialize;
use serde_json::{Value, json};

use crate::cause::Cause;
use crate::config::Config;
use crate::contacts::{ContactRow, Contacts};
use crate::control::answer;
use crate::control::protocol::{Failure, Office, Request, Secret, Switch};
use crate::database::Database;
use crate::journal;
use crate::mail::address::{MemberName, PeerKey};
use crate::members::{self, Members, Mixed, Reencode};
use crate::net::login::{Glance, Keys};
use crate::queue;
use crate::store::Store;

/// The passwords of the people at home, for the doorman.
pub(super) struct Passwords(pub(super) Members);

impl Keys for Passwords {
    fn glance(&self, login: &str, password: &str) -> Result<Glance, String> {
        let seen = self.0.glance(login, password).map_err(|e| e.to_string())?;
        Ok(match seen {
            Some(members::Glance::Device(member)) => Glance::Device(member),
            Some(members::Glance::Person(member)) => Glance::Person(member),
            None => Glance::Unknown,
        })
    }

    fn check(&self, login: &str, password: &str) -> Result<Option<MemberName>, String> {
        self.0.check(login, password).map_err(|e| e.to_string())
    }

    fn name(&self, login: &str) -> Result<Option<String>, String> {
        let name = self.0.named(login).map_err(|e| e.to_string())?;
        Ok(name.map(|name| name.to_string()))
    }
}

/// An answer as it goes over the socket.
pub(super) fn value<T: Serialize>(answer: &T) -> Result<Value, Failure> {
    serde_json::to_value(answer)
        .map_err(|_| Failure::new("the answer cannot be written as JSON", "look into the log"))
}

fn settings(
    members: &Members,
    name: &MemberName,
    mixed: Option<Mixed>,
    language: Option<&str>,
    reencode: Option<Switch>,
) -> Result<Value, Failure> {
    if let Some(mixed) = mixed {
        members.set_mixed(name, mixed)?;
    }
    if let Some(language) = language {
        members.set_language(name, Some(language))?;
    }
    if let Some(reencode) = reencode {
        members.set_reencode(
            name,
            match reencode {
                Switch::On => Reencode::On,
                Switch::Off => Reencode::Off,
            },
        )?;
    }
    let choices = members.choices(name)?;
    value(&answer::MemberSettings {
        name: name.to_string(),
        mixed: choices.mixed.as_str().to_owned(),
        language: choices.language,
        reencode: choices.reencode == Reencode::On,
    })
}

/// Answers the requests that need nothing but the members; `None` for all others.
pub(super) fn handle(members: &Members, request: &Request) -> Option<Result<Value, Failure>> {
    Some(match request {
        Request::MemberList => list(members).and_then(|list| value(&list)),
        Request::MemberPassword { name, password } => members
            .set_password(name, password.expose())
            .map(|()| json!({ "name": name }))
            .map_err(Failure::from),
        Request::MemberDisplay { name, display } => members
            .set_display(name, display)
            .map(|()| json!({ "name": name, "display": display.trim() }))
            .map_err(Failure::from),
        Request::MemberSettings {
            name,
            mixed,
            language,
            reencode,
        } => settings(members, name, *mixed, language.as_deref(), *reencode),
        Request::DeviceAdd { name, label } => device_add(members, name, label),
        Request::DeviceList { name } => devices(members, name),
        Request::DeviceRevoke { name, id } => members
            .device_revoke(name, *id)
            .map(|()| json!({ "id": id }))
            .map_err(Failure::from),
        Request::MemberAddressAdd { name, address } => members
            .address_add(name, address)
            .map(|()| json!({ "name": name, "address": address }))
            .map_err(Failure::from),
        Request::MemberAddressRemove { name, address } => members
            .address_remove(name, address)
            .map(|()| json!({ "name": name, "address": address }))
            .map_err(Failure::from),
        _ => return None,
    })
}

/// Everybody at home.
pub(super) fn list(members: &Members) -> Result<Vec<answer::Member>, Failure> {
    let mut list = Vec::new();
    for member in members.list()? {
        list.push(answer::Member {
            addresses: members.addresses(&member.name)?,
            name: member.name.into(),
            display: Some(member.display),
            administrator: member.administrator,
            main_mailbox: member.main_mailbox,
            devices: member.devices as u64,
        });
    }
    Ok(list)
}

fn device_add(members: &Members, name: &MemberName, label: &str) -> Result<Value, Failure> {
    let device = members.device_add(name, label)?;
    value(&answer::NewDevice {
        id: device.id,
        name: name.to_string(),
        label: label.trim().to_owned(),
        password: Secret::new(device.secret.to_string()),
    })
}

fn devices(members: &Members, name: &MemberName) -> Result<Value, Failure> {
    let devices = members.device_list(name)?.into_iter();
    let devices: Vec<answer::Device> = devices
        .map(|device| answer::Device {
            id: device.id,
            label: device.label,
            created: device.created,
            last_used: device.last_used,
        })
        .collect();
    value(&devices)
}

/// A person moves in: a row, and a mailbox.
pub(super) fn add(
    members: &Members,
    (store, database): (&Store, &Database),
    config: &Config,
    name: &MemberName,
    display: Option<&str>,
    password: &Secret,
) -> Result<Value, Failure> {
    if !members.exists(name)? {
        queue::disown(database, name)?;
    }
    members.add(name, display.unwrap_or_default(), password.expose())?;
    // Somebody of that name lived here before, and their mail could not be put away then: it is not the new one's.
    let mailbox = match store.owners() {
        Ok(owners) if owners.contains(name) => store.remove_member(name),
        known => known.map(drop),
    };
    if let Err(e) = mailbox.and_then(|()| store.add_member(name)) {
        // Half a member would be told that everything is well, and then get no mail.
        let _ = members.remove(name);
        return Err(e.into());
    }
    // The file may have named them before they came.
    if config.home.main_mailbox.as_ref() == Some(name)
        && let Err(e) = members.set_main_mailbox(name)
    {
        journal::trouble("members", &e);
    }
    let all = list(members)?;
    value(&all.iter().find(|member| member.name == name.as_str()))
}

/// Somebody has an office from now on.
pub(super) fn appoint(
    members: &Members,
    config: &Config,
    name: &MemberName,
    office: Office,
) -> Result<Value, Failure> {
    match (office, &config.home.main_mailbox) {
        (Office::Administrator, _) => members.set_administrator(name)?,
        (Office::MainMailbox, None) => members.set_main_mailbox(name)?,
        (Office::MainMailbox, Some(named)) => {
            return Err(Failure::new(
                format!("toxmail.toml itself says main_mailbox = \"{named}\", and wins"),
                "change it there, or remove the line and make the home read it again (SIGHUP)",
            )
            .because(Cause::Locked));
        }
    }
    Ok(json!({ "name": name, "office": office }))
}

/// A person moves out. Returns the answer, and the homes that nobody here knows any more.
pub(super) fn remove(
    members: &Members,
    contacts: &Contacts,
    (store, database): (&Store, &Database),
    name: &MemberName,
) -> Result<(Value, Vec<PeerKey>), Failure> {
    let removed = members.remove(name)?;
    // From here on it is done: what is left over is told, but undoes nothing.
    let (mut advice, mut complete) = (Vec::new(), true);
    if let Err(e) = queue::disown(database, name) {
        // The next of that name disowns it.
        journal::queue_trouble(&e);
    }
    let gone = contacts.forget_owner(name).unwrap_or_else(|e| {
        journal::trouble("contacts", &e);
        advice.push(format!("Their own contacts are still there ({e})."));
        complete = false;
        Vec::new()
    });
    match store.remove_member(name) {
        Ok(()) => advice.push(format!(
            "Their mail is kept in the folder mail/.removed (or where it lay on another disk, in a folder removed.*); delete {name}.* there if \
             nobody needs it."
        )),
        Err(e) => {
            journal::store_trouble(&e);
            advice.push(format!("Their mail is still in the folder mail/{name} ({e})."));
            complete = false;
        }
    }
    if let Some(heir) = removed.main_mailbox {
        advice.push(format!("Mail to the home itself goes to {heir} now."));
    }
    Ok((
        json!({ "name": name, "complete": complete, "advice": advice.join(" ") }),
        gone,
    ))
}

/// How near another home is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Letters cross.
    Connected,
    /// Tox sees it; Toxmail has not answered there (yet).
    Online,
    /// Tox sees it through a relay alone, which letters to it may not take.
    Relayed,
    /// Not seen now.
    Offline,
}

/// A row of the address table, with what is known now.
pub(super) fn contact(row: ContactRow, reach: impl FnOnce(&PeerKey) -> Reach) -> answer::Contact {
    let reach = row.key.as_ref().map(reach);
    let state = match (row.state.as_str(), reach) {
        ("blocked", _) => "blocked",
        (_, None) => "ordinary",
        (state, Some(reach)) => match reach {
            Reach::Connected => "connected",
            Reach::Online | Reach::Relayed => "online",
            Reach::Offline if matches!(state, "asked" | "waiting") => state,
            Reach::Offline => "offline",
        },
    };
    answer::Contact {
        state: state.to_owned(),
        // Whoever knows the network fills it in.
        connection: None,
        name: row.nickname,
        display: row.name,
        key: row.key.map(|key| key.to_string()),
        address: row.address,
        kind: match row.kind {
            Some(crate::contacts::Kind::Home) => "home",
            Some(crate::contacts::Kind::Chat) => "chat",
            Some(crate::contacts::Kind::Unknown) | None => "unknown",
        }
        .to_owned(),
        emails: row.emails,
        claimed: row.claimed_emails,
        owner: row.owner,
        last_seen: row.last_seen,
        fallback_seconds: row.fallback.map(|after| after.as_secs()),
        direct_only: row.direct_only,
        awaits_direct: reach == Some(Reach::Relayed),
    }
}
