//! The operator's commands, answered by the running home.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use serde_json::{Value, json};

use super::doctor;
use super::people::{self, DONE, People, answer};
use crate::config::{self, Config};
use crate::contacts::{ContactRow, InvitationState, NewContact};
use crate::control::answer;
use crate::control::protocol::{Failure, Operator, Request};
use crate::database::Database;
use crate::delivery::Post;
use crate::delivery::outbound::Outbound;
use crate::delivery::pairing::Pairing;
use crate::journal;
use crate::mail::address::{MemberName, PeerKey};
use crate::queue::{Canceller, Destination, Entry, QueueId};
use crate::tox::{self, Command, Connection, Node};

/// Where an imported list of nodes is kept.
const BOOTSTRAP: &str = "tox.bootstrap";
/// Messages read from the queue in one go.
const PAGE: usize = 500;

/// A home that runs.
pub struct Running {
    /// Its folder.
    pub dir: PathBuf,
    /// Its settings as they are now.
    pub config: Arc<RwLock<Arc<Config>>>,
    /// Its truth.
    pub database: Database,
    /// Its rooms.
    pub post: Arc<Post>,
    /// How it knows other homes.
    pub pairing: Arc<Pairing>,
    /// What it sends.
    pub outbound: Arc<Outbound>,
    /// Its place in the Tox network.
    pub node: Arc<Node>,
    /// What is bound.
    pub ports: BTreeMap<String, Value>,
}

impl Operator for Running {
    fn handle(&self, request: Request) -> Result<Value, Failure> {
        let name = request.name();
        let looks = request.only_looks();
        let outcome = self.answer(request);
        match &outcome {
            Ok(_) if looks => {}
            Ok(_) => journal::command(name),
            Err(failure) => journal::command_refused(name, failure),
        }
        outcome
    }
}

impl Running {
    fn answer(&self, request: Request) -> Result<Value, Failure> {
        let contacts = &self.post.contacts;
        let members = &self.post.members;
        match request {
            Request::Status => self.status(),
            Request::MemberAdd {
                name,
                display,
                password,
            } => {
                let member = self.people().add(&name, display.as_deref(), &password)?;
                super::appoint_main_mailbox(members, &self.config());
                self.pairing.announce()?;
                Ok(member)
            }
            Request::MemberList => self.people().list(),
            Request::MemberRemove { name } => self.remove_member(&name),
            Request::MemberPassword { name, password } => {
                members.set_password(&name, password.expose())?;
                Ok(DONE)
            }
            Request::DeviceAdd { name, label } => self.people().device_add(&name, &label),
            Request::DeviceList { name } => self.people().device_list(&name),
            Request::DeviceRevoke { name, id } => {
                members.device_revoke(&name, id)?;
                Ok(DONE)
            }
            Request::ContactAdd {
                name,
                tox,
                emails,
                owner,
            } => {
                if let Some(owner) = &owner
                    && !members.exists(owner)?
                {
                    return Err(crate::members::Error::NoSuchMember(owner.clone()).into());
                }
                let added = contacts.add(NewContact {
                    name,
                    tox,
                    emails,
                    owner,
                })?;
                self.pairing.befriend(added.befriend);
                self.contact(|row| row.id == added.id)
            }
            Request::ContactList => {
                let rows = contacts.list()?.into_iter();
                answer(rows.map(|row| self.contact_of(row)).collect::<Vec<_>>())
            }
            Request::ContactRemove { name } => {
                let removed = contacts.remove(&name)?;
                if let Some(key) = removed.unfriend {
                    self.part_from(&key)?;
                }
                Ok(json!({ "removed": removed.names }))
            }
            Request::ContactBlock { name } => {
                let key = contacts.block(&name)?;
                self.part_from(&key)?;
                Ok(DONE)
            }
            Request::ContactRequests => {
                let requests = contacts.requests()?.into_iter();
                let requests = requests.map(|request| answer::ContactRequest {
                    key: request.key.to_string(),
                    message: request.message,
                    received: request.received,
                });
                answer(requests.collect::<Vec<_>>())
            }
            Request::ContactAccept { key } => {
                let key = contacts.accept(&key.to_string())?;
                self.pairing
                    .befriend(crate::contacts::Befriend::Accept(key));
                Ok(DONE)
            }
            Request::ContactRefuse { key } => {
                contacts.refuse(&key.to_string())?;
                Ok(DONE)
            }
            Request::Invite { expires_seconds } => {
                let lasts = Duration::from_secs(expires_seconds);
                let invitation = contacts.invite(&self.node.id(), Some(lasts))?;
                answer(answer::NewInvitation {
                    id: invitation.id,
                    link: invitation.link,
                    expires: invitation.expires,
                })
            }
            Request::InviteAccept { link } => {
                let accepted = contacts.accept_link(&link)?;
                self.pairing.befriend(accepted.befriend);
                self.contact(|row| row.key == Some(accepted.key))
            }
            Request::InviteList => {
                let rows = contacts.invitations()?.into_iter();
                let rows = rows.map(|row| answer::Invitation {
                    id: row.id,
                    created: row.created,
                    expires: row.expires,
                    state: match row.state {
                        InvitationState::Open => "open",
                        InvitationState::Used => "used",
                        InvitationState::Expired => "expired",
                        InvitationState::Withdrawn => "withdrawn",
                    }
                    .to_owned(),
                });
                answer(rows.collect::<Vec<_>>())
            }
            Request::InviteWithdraw { id } => {
                contacts.withdraw(id)?;
                Ok(DONE)
            }
            Request::QueueList => self.queue_list(),
            Request::QueueShow { id } => {
                let entry = self.post.queue.show(queue_id(id)?)?;
                answer(self.queued(entry))
            }
            Request::QueueRetry { id } => {
                let id = id.map(queue_id).transpose()?;
                let deliveries = self.post.queue.retry(id)?;
                Ok(json!({ "deliveries": deliveries }))
            }
            Request::QueueCancel { id } => {
                let id = queue_id(id)?;
                let open = self.post.queue.cancel(id, Canceller::Operator)?;
                self.outbound.withdraw(&open);
                journal::cancelled(&id);
                Ok(DONE)
            }
            Request::Doctor => answer(doctor::examine(self)),
            Request::BootstrapImport { nodes } => self.bootstrap_import(&nodes),
            Request::BootstrapList => {
                let nodes = bootstrap_list(&self.config(), &self.database)?;
                answer(nodes)
            }
        }
    }

    pub(super) fn config(&self) -> Arc<Config> {
        Arc::clone(&self.config.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn people(&self) -> People<'_> {
        People {
            members: &self.post.members,
            store: &self.post.store,
            hostname: &self.post.hostname,
            key: Some(self.post.ourselves),
        }
    }

    fn status(&self) -> Result<Value, Failure> {
        let status = self.node.status();
        let (major, minor, patch) = status.version;
        answer(answer::Status {
            home: self.config().home.name.clone(),
            tox_id: Some(self.node.id().to_string()),
            key: Some(self.post.ourselves.to_string()),
            address_suffix: Some(format!("@{}", self.post.suffix())),
            tox: status.connection.to_string(),
            ports: self.ports.clone(),
            members: self.post.members.list()?.len() as u64,
            contacts: self.post.contacts.list()?.len() as u64,
            queue: self.post.queue.counts()?.messages,
            running: true,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            toxcore: Some(format!("{major}.{minor}.{patch}")),
        })
    }

    fn remove_member(&self, name: &MemberName) -> Result<Value, Failure> {
        let removed = self.people().remove(name)?;
        for key in self.post.contacts.forget_owner(name)? {
            self.part_from(&key)?;
        }
        self.pairing.announce()?;
        Ok(removed)
    }

    /// A home that is no contact any more: Tox forgets it, and what waits for it goes back to its writers.
    fn part_from(&self, key: &PeerKey) -> Result<(), Failure> {
        self.pairing.unfriend(*key);
        self.outbound.abandon(key)?;
        Ok(())
    }

    fn contact(&self, which: impl Fn(&ContactRow) -> bool) -> Result<Value, Failure> {
        let row = self.post.contacts.list()?.into_iter().find(which);
        answer(row.map(|row| self.contact_of(row)))
    }

    fn contact_of(&self, row: ContactRow) -> answer::Contact {
        let state = row.key.and_then(|key| self.state_of(&key, &row.state));
        people::contact(row, state)
    }

    /// How a peer is at this moment, where that tells more than the table.
    fn state_of(&self, key: &PeerKey, known: &str) -> Option<&'static str> {
        if matches!(known, "blocked" | "ordinary") {
            return None;
        }
        if self.outbound.is_ready(key) {
            return Some("connected");
        }
        let mut peers = self.node.peers().into_iter();
        let online = peers
            .find(|peer| peer.key == *key)
            .is_some_and(|peer| peer.connection != Connection::Offline);
        if online {
            Some("online")
        } else if known == "connected" {
            Some("offline")
        } else {
            None
        }
    }

    fn queue_list(&self) -> Result<Value, Failure> {
        let mut all = Vec::new();
        let mut after: Option<QueueId> = None;
        loop {
            let page = self.post.queue.list(after, PAGE)?;
            let Some(last) = page.last() else {
                return answer(all);
            };
            after = Some(last.id);
            all.extend(page.into_iter().map(|entry| self.queued(entry)));
        }
    }

    fn queued(&self, entry: Entry) -> answer::Queued {
        let recipients = entry.recipients.into_iter().map(|recipient| {
            let on_its_way = recipient.state == "waiting"
                && self.outbound.progress(recipient.delivery).is_some();
            answer::QueuedRecipient {
                address: recipient.address,
                route: match recipient.destination {
                    Destination::Local => "local",
                    Destination::Peer(_) => "tox",
                }
                .to_owned(),
                state: if on_its_way {
                    "on its way".to_owned()
                } else {
                    recipient.state
                },
                attempts: recipient.attempts,
                next_try: None,
                why: recipient.reason,
            }
        });
        answer::Queued {
            id: entry.id.number(),
            sender: entry.sender,
            bytes: entry.size,
            accepted: entry.arrived,
            recipients: recipients.collect(),
        }
    }

    fn bootstrap_import(&self, nodes: &[config::BootstrapNode]) -> Result<Value, Failure> {
        if self.config().tox.bootstrap.is_some() {
            return Err(Failure::new(
                "toxmail.toml names the bootstrap nodes itself",
                "remove `bootstrap` from its [tox], or change it there",
            ));
        }
        if nodes.is_empty() {
            self.database.set_setting(BOOTSTRAP, None)?;
        } else {
            let text = serde_json::to_string(nodes).map_err(|e| Failure::new(e, ""))?;
            self.database.set_setting(BOOTSTRAP, Some(&text))?;
        }
        let list = bootstrap_list(&self.config(), &self.database)?;
        let count = list.len();
        self.node
            .perform(Command::Bootstrap(list))
            .map_err(|e| Failure::new(e, "start the home again"))?;
        Ok(json!({ "nodes": count }))
    }
}

fn queue_id(number: i64) -> Result<QueueId, Failure> {
    number
        .to_string()
        .parse()
        .map_err(|e| Failure::new(e, "`toxmaild queue list` shows the numbers"))
}

/// The ways into the network: what the file names, else what was imported, else the built-in list.
///
/// # Errors
/// The database.
pub(super) fn bootstrap_list(
    config: &Config,
    database: &Database,
) -> Result<Vec<tox::BootstrapNode>, Failure> {
    let convert = |nodes: &[config::BootstrapNode]| {
        let nodes = nodes.iter().map(|node| tox::BootstrapNode {
            host: node.host.clone(),
            port: node.port,
            key: node.key,
            tcp_ports: node.tcp_ports.clone(),
        });
        nodes.collect::<Vec<_>>()
    };
    if let Some(nodes) = &config.tox.bootstrap {
        return Ok(convert(nodes));
    }
    let imported = database.setting(BOOTSTRAP)?;
    let imported = imported
        .and_then(|text| serde_json::from_str::<Vec<config::BootstrapNode>>(&text).ok())
        .filter(|nodes| !nodes.is_empty());
    Ok(match imported {
        Some(nodes) => convert(&nodes),
        None => tox::bootstrap::built_in(),
    })
}
