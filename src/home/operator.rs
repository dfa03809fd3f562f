//! The operator's commands, answered by the running home.
//!
//! # Rules
//! - The rows in the database are the truth: they change first, and an error there changes nothing. What follows from them
//!   (Tox, the other homes, letters that wait) is brought about after that, and trouble with it goes to the log: the next
//!   start brings it about again.
//! - Everything blocks.
//!
//! Known limits: what `toxmaild member remove` did to a stopped home's contacts reaches the queue with
//! [`Running::catch_up`] at the next start.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use serde_json::{Value, json};

use super::health::Checkup;
use super::people::{self, Reach, value};
use super::{
    backup, cards, doctor, fetching, health, identity, letters, providers, settings, timeline,
};
use crate::appliance::update::Desk;
use crate::changes::{self, Kind};
use crate::config::{BootstrapNode, Config, nodes};
use crate::contacts::{ContactRow, InvitationState, NewContact};
use crate::control::answer;
use crate::control::protocol::{Failure, Operator, Request, Secret};
use crate::database::Database;
use crate::delivery::chat::Chat;
use crate::delivery::clerk;
use crate::delivery::fetcher::Fetcher;
use crate::delivery::outbound::Outbound;
use crate::delivery::pairing::Pairing;
use crate::delivery::{self, Post, boxes};
use crate::devices::Ports;
use crate::journal;
use crate::mail::address::{MemberName, PeerKey, ToxId};
use crate::tox::{self, Command, Node, bootstrap};
use crate::web::Whereabouts;

/// Where an imported list of nodes is kept.
const BOOTSTRAP: &str = "tox.bootstrap";
/// How long the Tox thread may take to answer: it does so between two turns, which are milliseconds apart.
const TOX_ANSWERS: Duration = Duration::from_secs(10);

/// A home that runs.
pub struct Running {
    /// Its folder.
    pub dir: PathBuf,
    /// Its settings, as they are now.
    pub config: Arc<RwLock<Arc<Config>>>,
    /// The truth.
    pub database: Database,
    /// The rooms.
    pub post: Arc<Post>,
    /// Friend requests and what follows from them.
    pub pairing: Arc<Pairing>,
    /// Friends with chat programs.
    pub chat: Arc<Chat>,
    /// What is on its way.
    pub outbound: Arc<Outbound>,
    /// What comes from providers.
    pub fetcher: Arc<Fetcher>,
    /// The home on the Tox network.
    pub node: Arc<Node>,
    /// What is bound, as in `ports.json`.
    pub ports: BTreeMap<String, Value>,
    /// How the home was when it was last looked at.
    pub checkup: Checkup,
    /// Where other versions of a whole box are handed over; `None` where that is somebody else's to do.
    pub updates: Option<Desk>,
    /// Whether a box says which USB sticks are plugged in.
    pub sticks: bool,
    /// Has the house read its settings again, and waits until they count. Blocks.
    pub reload: Reload,
}

/// See [`Running::reload`].
pub type Reload = Box<dyn Fn() -> Result<(), Failure> + Send + Sync>;

impl Whereabouts for Running {
    fn tox_id(&self) -> Option<ToxId> {
        Some(self.node.id())
    }

    fn ports(&self) -> Ports {
        Ports::bound(&self.ports)
    }
}

impl Operator for Running {
    fn handle(&self, request: Request) -> Result<Value, Failure> {
        let looks = request.only_looks();
        let answer = self.answer(request);
        if !looks && answer.is_ok() {
            // Few and far between: what exactly has changed is not worth telling apart.
            for kind in [Kind::Queue, Kind::Contacts, Kind::Health] {
                changes::ring(kind);
            }
        }
        answer
    }
}

impl Running {
    fn answer(&self, request: Request) -> Result<Value, Failure> {
        if let Some(answer) = people::handle(&self.post.members, &request) {
            let told = matches!(
                request,
                Request::MemberAddressAdd { .. }
                    | Request::MemberAddressRemove { .. }
                    | Request::MemberDisplay { .. }
            );
            if told && answer.is_ok() {
                self.announce();
            }
            return answer;
        }
        let contacts = &self.post.contacts;
        match request {
            Request::Status => self.status(),
            Request::Alive => value(&answer::Alive {
                tox: self.node.answers(TOX_ANSWERS),
                ports: self.ports.clone(),
            }),
            Request::MemberAdd {
                name,
                display,
                password,
            } => {
                let Post { members, store, .. } = &*self.post;
                let config = self.config();
                let added = people::add(
                    members,
                    (store, &self.database),
                    &config,
                    &name,
                    display.as_deref(),
                    &password,
                )?;
                self.announce();
                Ok(added)
            }
            Request::MemberRemove { name } => self.member_remove(&name),
            Request::MemberAppoint { name, office } => {
                people::appoint(&self.post.members, &self.config(), &name, office)
            }
            Request::ContactAdd {
                name,
                tox,
                emails,
                owner,
                chat,
                fallback_seconds,
            } => self.contact_add(
                NewContact {
                    name,
                    tox,
                    emails,
                    owner,
                },
                chat,
                fallback_seconds.map(Duration::from_secs),
            ),
            Request::ContactChat { name } => {
                let key = contacts.chats(&name)?;
                self.chat.befriended(key);
                value(&self.contacts(|row| row.key == Some(key))?.first())
            }
            Request::ContactFallback { name, seconds } => {
                contacts.set_fallback(&name, seconds.map(Duration::from_secs))?;
                self.outbound.reconsider_fallbacks()?;
                Ok(json!({ "name": name, "fallback_seconds": seconds }))
            }
            Request::ContactList => value(&self.contacts(|_| true)?),
            Request::ContactShow { .. }
            | Request::ContactEdit { .. }
            | Request::ContactExport { .. }
            | Request::ContactImport { .. }
            | Request::ContactWords { .. }
            | Request::ContactVerify { .. } => cards::handle(self, request),
            Request::ContactRemove { name } => {
                let removed = contacts.remove(&name)?;
                removed.unfriend.iter().for_each(|key| self.part(*key));
                Ok(json!({ "names": removed.names }))
            }
            Request::ContactBlock { name } => {
                let key = contacts.block(&name)?;
                self.part(key);
                Ok(json!({ "key": key }))
            }
            Request::ContactConfirm { name, email } => {
                contacts.confirm(&name, &email)?;
                Ok(json!({ "name": name, "email": email }))
            }
            Request::ContactRequests => {
                let requests = contacts.requests()?.into_iter();
                let requests = requests.map(|request| answer::ContactRequest {
                    key: request.key.to_string(),
                    message: request.message,
                    received: request.received,
                });
                value(&requests.collect::<Vec<_>>())
            }
            Request::ContactAccept { key } => {
                let key = contacts.accept(&key.to_string())?;
                self.pairing
                    .befriend(crate::contacts::Befriend::Accept(key));
                Ok(json!({ "key": key }))
            }
            Request::ContactRefuse { key } => {
                let key = contacts.refuse(&key.to_string())?;
                Ok(json!({ "key": key }))
            }
            Request::Invite { expires_seconds } => {
                let lasts = Duration::from_secs(expires_seconds);
                let invitation = contacts.invite(&self.node.id(), Some(lasts))?;
                value(&answer::NewInvitation {
                    id: invitation.id,
                    link: Secret::new(invitation.link),
                    expires: invitation.expires,
                })
            }
            Request::InviteAccept { link } => self.invite_accept(link.expose()),
            Request::InviteList => self.invitations(),
            Request::InviteWithdraw { id } => {
                contacts.withdraw(id)?;
                Ok(json!({ "id": id }))
            }
            Request::QueueList(filter) => letters::list(self, &filter),
            Request::QueueCount { member } => letters::count(self, member.as_ref()),
            Request::QueueShow { id } => letters::show(self, id),
            Request::QueueRetry { id } => letters::retry(self, id),
            Request::QueueCancel { id, member } => letters::cancel(self, id, member.as_ref()),
            Request::QueueRelease { id } => letters::release(self, id),
            Request::QueueAnswer { id, member, word } => letters::answer(self, id, &member, word),
            Request::BackupKey { recipient, sealed } => {
                backup::keep_key(&self.database, &recipient, &sealed)
            }
            Request::BackupDone { created, left_out } => {
                backup::note(&self.database, created, left_out)
            }
            Request::ProviderSet(new) => providers::set(self, new),
            Request::ProviderShow { member } => providers::show(self, member.as_ref()),
            Request::ProviderTest { member } => providers::test(self, member.as_ref()),
            Request::ProviderRemove { member } => providers::remove(self, member.as_ref()),
            Request::FetchSet(new) => fetching::set(self, new),
            Request::FetchShow { member } => fetching::show(self, member.as_ref()),
            Request::FetchTest { member } => fetching::test(self, &member),
            Request::FetchNow { member } => fetching::now(self, &member),
            Request::FetchRemove { member } => fetching::remove(self, &member),
            Request::ContactShare { name, share } => identity::share(self, &name, share),
            Request::ContactDirect { name, only } => identity::direct(self, &name, only),
            Request::ToxIdRenew => identity::renew(self),
            Request::MoveAnnounce { tox_id } => identity::announce_move(self, &tox_id),
            Request::MoveWithdraw => identity::withdraw_move(self),
            Request::MoveList => identity::moves(self),
            Request::MoveConfirm { name } => identity::confirm_move(self, &name),
            Request::MoveRefuse { name } => identity::refuse_move(self, &name),
            Request::Doctor => value(&doctor::wrong(self)),
            Request::Health => health::health(self),
            Request::Storage => health::storage(self),
            Request::Timeline { days, member } => timeline::answer(self, days, member.as_ref()),
            Request::Log { behind } => value(&timeline::log(behind)),
            Request::SettingList => settings::list(self),
            Request::SettingSet { key, value } => settings::set(self, &key, value.as_deref()),
            Request::BootstrapImport { nodes } => self.bootstrap_import(nodes),
            Request::BootstrapList => {
                let nodes = bootstrap_list(&self.config(), &self.database)?;
                value(&nodes)
            }
            Request::MemberList
            | Request::MemberPassword { .. }
            | Request::MemberDisplay { .. }
            | Request::MemberSettings { .. }
            | Request::DeviceAdd { .. }
            | Request::DeviceList { .. }
            | Request::DeviceRevoke { .. }
            | Request::MemberAddressAdd { .. }
            | Request::MemberAddressRemove { .. } => Err(Failure::new(
                "this home does not know that command",
                "use the toxmaild of the same version as the home",
            )),
        }
    }
}

impl Running {
    /// The settings as they are now.
    pub fn config(&self) -> Arc<Config> {
        Arc::clone(&self.config.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// What was done to the folder while the home was stopped takes effect: letters for homes that are no contacts any
    /// more go back to their writers. To be called once, at the start.
    ///
    /// # Errors
    /// The database.
    pub fn catch_up(&self) -> Result<(), Failure> {
        let peers = self.post.contacts.peers()?.into_iter();
        let known: HashSet<PeerKey> = peers.filter(|p| !p.blocked).map(|p| p.key).collect();
        if let Err(e) = boxes::sweep(&self.post, &self.outbound) {
            journal::trouble("boxes", &e);
        }
        if let Err(e) = delivery::restored::tell(&self.post, &self.database) {
            journal::trouble("backup", &e);
        }
        for key in self.post.queue.peers_waiting()? {
            if !known.contains(&key) {
                letters::abandon(self, &key)?;
            }
        }
        Ok(())
    }

    fn status(&self) -> Result<Value, Failure> {
        let connection = if self.node.is_running() {
            self.node.status().connection
        } else {
            tox::Connection::Offline
        };
        value(&answer::Status {
            tox_wakes: self.node.status().statistics.wakes,
            tox_calls: self.node.peers().iter().map(|peer| peer.calls).sum(),
            home: self.config().home.name.clone(),
            tox_id: Some(self.node.id().to_string()),
            key: Some(self.node.key().to_string()),
            address_suffix: Some(format!("@{}", self.post.suffix())),
            tox: connection.to_string(),
            ports: self.ports.clone(),
            asked: self.asked()?,
            members: self.post.members.list()?.len() as u64,
            contacts: self.post.contacts.list()?.len() as u64,
            queue: self.post.queue.counts()?.messages,
            running: true,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            toxcore: Some(toxcore()),
        })
    }

    /// Who decides about strangers, claims and moves.
    fn asked(&self) -> Result<Vec<String>, Failure> {
        let written = self.config().home.pairing.clone();
        let people = clerk::people(&self.post.members, &self.database, written)?;
        Ok(people.into_iter().map(String::from).collect())
    }

    fn member_remove(&self, name: &MemberName) -> Result<Value, Failure> {
        let Post {
            members,
            contacts,
            store,
            ..
        } = &*self.post;
        let (answer, gone) = people::remove(members, contacts, (store, &self.database), name)?;
        gone.into_iter().for_each(|key| self.part(key));
        self.announce();
        Ok(answer)
    }

    /// Other homes are told who lives here now.
    pub(super) fn announce(&self) {
        self.pairing.tell();
    }

    /// A home is a contact no more: Tox forgets it, and letters for it go back to their writers.
    pub(super) fn part(&self, key: PeerKey) {
        self.pairing.unfriend(key);
        if let Err(e) = letters::abandon(self, &key) {
            journal::queue_trouble(&e);
        }
    }

    fn contact_add(
        &self,
        new: NewContact,
        chat: bool,
        fallback: Option<Duration>,
    ) -> Result<Value, Failure> {
        if fallback.is_some() && (new.tox.is_none() || new.emails.is_empty()) {
            return Err(Failure::new(
                "a fallback goes from the Tox address to an ordinary one, and one of the two is missing",
                "give both --tox and --email, or leave --fallback out",
            ));
        }
        if let Some(owner) = &new.owner
            && !self.post.members.exists(owner)?
        {
            return Err(crate::members::Error::NoSuchMember(owner.clone()).into());
        }
        let contacts = &self.post.contacts;
        let added = match chat {
            true => contacts.add_chat(new)?,
            false => contacts.add(new)?,
        };
        self.pairing.befriend(added.befriend);
        let rows = contacts.list()?;
        let key = rows.iter().find(|row| row.id == added.id);
        if let (true, Some(key)) = (chat, key.and_then(|row| row.key)) {
            self.chat.befriended(key);
        }
        if fallback.is_some() {
            let nickname = &added.nickname;
            self.post.contacts.set_fallback(nickname, fallback)?;
            self.outbound.reconsider_fallbacks()?;
        }
        value(&self.contacts(|row| row.id == added.id)?.first())
    }

    /// Contacts, and how near each is.
    pub(super) fn contacts(
        &self,
        wanted: impl Fn(&ContactRow) -> bool,
    ) -> Result<Vec<answer::Contact>, Failure> {
        let peers = self.node.peers().into_iter();
        let connections: HashMap<PeerKey, tox::Connection> = peers
            .filter(|peer| peer.connection.is_online())
            .map(|peer| (peer.key, peer.connection))
            .collect();
        let now = self.post.clock.now().wall;
        let reach = |key: &PeerKey| match (self.outbound.is_ready(key), connections.get(key)) {
            (true, _) => Reach::Connected,
            (false, Some(_)) if self.post.direct.awaits(key) => Reach::Relayed,
            (false, Some(_)) => Reach::Online,
            (false, None) => Reach::Offline,
        };
        let rows = self.post.contacts.list()?.into_iter();
        Ok(rows
            .filter(|row| wanted(row))
            .map(|row| {
                let connection = row.key.and_then(|key| connections.get(&key));
                let mut contact = people::contact(row, reach);
                contact.connection = connection.map(ToString::to_string);
                if matches!(contact.state.as_str(), "connected" | "online") {
                    // The row is written now and then only.
                    contact.last_seen = Some(now);
                }
                contact
            })
            .collect())
    }

    fn invite_accept(&self, link: &str) -> Result<Value, Failure> {
        let accepted = self.post.contacts.accept_link(link)?;
        self.pairing.befriend(accepted.befriend);
        let of_home = self.contacts(|row| row.key == Some(accepted.key))?;
        let main = crate::mail::address::canonical(None, &accepted.key);
        // A person of that home may have been a contact before the home itself was.
        let home = of_home
            .iter()
            .find(|contact| contact.address.as_deref() == Some(main.as_str()));
        value(&home.or(of_home.first()))
    }

    fn invitations(&self) -> Result<Value, Failure> {
        let invitations = self.post.contacts.invitations()?.into_iter();
        let invitations = invitations.map(|invitation| answer::Invitation {
            id: invitation.id,
            created: invitation.created,
            expires: invitation.expires,
            state: match invitation.state {
                InvitationState::Open => "open",
                InvitationState::Used => "used",
                InvitationState::Expired => "expired",
                InvitationState::Withdrawn => "withdrawn",
                InvitationState::Outdated => "outdated",
            }
            .to_owned(),
        });
        value(&invitations.collect::<Vec<_>>())
    }

    fn bootstrap_import(&self, listed: Vec<BootstrapNode>) -> Result<Value, Failure> {
        if self.config().tox.bootstrap.is_some() {
            return Err(Failure::new(
                "toxmail.toml itself names the bootstrap nodes, and wins over an imported list",
                "remove `bootstrap` from [tox] in toxmail.toml, restart the home, and import again",
            ));
        }
        let refused = |e: nodes::ListError| Failure::new(e.problem, e.advice);
        let nodes = if listed.is_empty() {
            self.database.set_setting(BOOTSTRAP, None)?;
            bootstrap::built_in()
        } else {
            let text = nodes::write(&listed).map_err(refused)?;
            // Read as it will be at the next start: what is unusable is left out now.
            let nodes = nodes::read(&text).map_err(refused)?;
            self.database.set_setting(BOOTSTRAP, Some(&text))?;
            nodes
        };
        let count = nodes.len();
        self.node.command(Command::Bootstrap(nodes));
        Ok(json!({ "nodes": count }))
    }
}

/// The nodes in use: those of the file, else an imported list, else the built-in one.
///
/// # Errors
/// The database.
pub fn bootstrap_list(config: &Config, database: &Database) -> Result<Vec<BootstrapNode>, Failure> {
    if let Some(nodes) = &config.tox.bootstrap {
        return Ok(nodes.clone());
    }
    let Some(text) = database.setting(BOOTSTRAP)? else {
        return Ok(bootstrap::built_in());
    };
    Ok(nodes::read(&text).unwrap_or_else(|e| {
        // A home with an old list is better than one with none.
        journal::trouble("tox", &e);
        bootstrap::built_in()
    }))
}

/// The version of the libtoxcore in use.
pub(super) fn toxcore() -> String {
    let (major, minor, patch) = tox::version();
    format!("{major}.{minor}.{patch}")
}
