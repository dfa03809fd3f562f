//! The rooms of a home, built in their order, and Tox among them: everything that lives as long as the process, before a port is open.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use super::Ground;
use super::first_start::FirstStart;
use super::rooms::{delivery_settings, gateway, quota, tox_settings, transfer_settings};
use super::sandbox::Confined;
use super::{doctor, operator, remains, settings};
use crate::clock::Clock;
use crate::config::Config;
use crate::contacts::Contacts;
use crate::control::Failure;
use crate::control::command::RunOptions;
use crate::database::Database;
use crate::delivery::chat::Chat;
use crate::delivery::clerk::Clerk;
use crate::delivery::courier::{Agents, Courier, Errands};
use crate::delivery::fetcher::Fetcher;
use crate::delivery::inbound::Inbound;
use crate::delivery::outbound::Outbound;
use crate::delivery::pairing::Pairing;
use crate::delivery::{Post, Rooms};
use crate::durable;
use crate::journal;
use crate::mail::address::PeerKey;
use crate::members::Members;
use crate::net::networks;
use crate::net::tls::Tls;
use crate::providers::Providers;
use crate::queue::{self, Queue};
use crate::store::Store;
use crate::tox::{self, Node, Warning};

/// Everything that lives as long as the process, doors closed.
pub(super) struct House {
    pub(super) dir: PathBuf,
    pub(super) confined: Confined,
    pub(super) config: Arc<RwLock<Arc<Config>>>,
    pub(super) database: Database,
    pub(super) post: Arc<Post>,
    pub(super) outbound: Arc<Outbound>,
    pub(super) inbound: Arc<Inbound>,
    pub(super) fetcher: Arc<Fetcher>,
    pub(super) pairing: Arc<Pairing>,
    pub(super) chat: Arc<Chat>,
    pub(super) clerk: Arc<Clerk>,
    pub(super) node: Arc<Node>,
    /// What the Tox room has warned of, and the log has.
    pub(super) warned: Mutex<Vec<Warning>>,
    pub(super) errands: Errands,
    pub(super) tls: Arc<Tls>,
    pub(super) first_start: Arc<Mutex<FirstStart>>,
    _lock: std::fs::File,
}

impl House {
    /// Builds every room, and starts Tox; no port is open yet.
    ///
    /// # Errors
    /// What keeps the home from starting, with advice.
    pub(super) fn build(options: &RunOptions, ground: Ground) -> anyhow::Result<Self> {
        let Ground {
            dir,
            mut config,
            confined,
            lock,
        } = ground;
        let dir = &dir;
        remains::refuse_without_database(dir)?;
        let database = Database::open(&dir.join("toxmail.db")).map_err(|e| {
            let advice =
                "look whether the disk is full or failing; restore a backup if the file is damaged";
            Failure::new(e, advice)
        })?;
        if options.new_identity {
            remains::set_aside_damaged_identity(dir)?;
        } else {
            remains::refuse_other_identity(dir, &database)?;
        }
        let first_start = FirstStart::look(options.boot.as_deref(), &config, &database)?;
        settings::choose(&mut config, &database)?;
        let clock = Clock::open(&database)?;
        if !clock.trusted() {
            journal::clock_untrusted();
        }
        let members = Members::open(database.clone())?;
        appoint_main_mailbox(&members, &config);
        let store = Store::open(&dir.join("mail"), database.clone(), quota(&config))?;
        store.open_index(&dir.join("index.db"));
        let people = members.list()?;
        for owner in store.owners()? {
            // A kill came between the two halves of `member remove`.
            if !people.iter().any(|member| member.name == owner) {
                match store.remove_member(&owner) {
                    // Nobody lives there; the next start tries again.
                    Err(e @ crate::store::Error::Io(_)) => journal::store_trouble(&e),
                    removed => removed?,
                }
            }
        }
        for member in people {
            match store.add_member(&member.name) {
                // Their folder is on a disk that is not there or fails: letters wait until it is, and all else goes on.
                Err(e @ crate::store::Error::Io(_)) => journal::store_trouble(&e),
                added => added?,
            }
        }
        let limits = queue::Limits {
            reserve_bytes: durable::RESERVE,
            ..queue::Limits::default()
        };
        let queue = Queue::open(&dir.join("queue"), database.clone(), clock.clone(), limits)?;
        if queue.opened().swept > 0 {
            journal::swept(&dir.join("queue"), queue.opened().swept);
        }
        let providers = Providers::open(database.clone(), dir);
        providers.configure(config.relay.clone(), config.relay_ca_file.clone());

        let settings = tox_settings(dir, &config, &database)?;
        let (key, is_new) = tox_identity(&settings)?;
        let contacts = Contacts::open(database.clone(), key, config.home.hostname.clone())
            .named(&config.home.name);
        if is_new || remains::has_changed(&database, &key)? {
            // The save file was lost: to the homes that knew us we are strangers, who have to knock.
            contacts.ask_all_again()?;
        }
        remains::note(&database, &key)?;
        let rooms = Rooms {
            contacts,
            members,
            queue,
            store,
            providers,
            clock,
        };
        let post = Arc::new(Post::new(
            key,
            &config.home.hostname,
            rooms,
            delivery_settings(&config),
        ));
        post.set_gateway(gateway(&config));
        // Before Tox meets anybody.
        post.direct.begin(post.contacts.direct_only()?);

        let (errands, inbox) = Errands::new();
        let runtime = tokio::runtime::Handle::current();
        let pairing = Arc::new(Pairing::new(
            Arc::clone(&post),
            errands.clone(),
            runtime.clone(),
        ));
        let outbound = Arc::new(Outbound::new(
            Arc::clone(&post),
            errands.clone(),
            runtime.clone(),
        ));
        let clerk = Arc::new(Clerk::new(
            Arc::clone(&post),
            Arc::clone(&pairing),
            database.clone(),
            config.home.pairing.clone(),
        ));
        outbound.connect(Arc::clone(&clerk));
        let inbound = Arc::new(Inbound::open(
            Arc::clone(&post),
            dir.join("incoming"),
            errands.clone(),
            runtime.clone(),
        )?);
        let fetcher = Arc::new(Fetcher::new(
            Arc::clone(&post),
            dir.join("incoming"),
            runtime.clone(),
        ));
        let chat = Chat::open(
            Arc::clone(&post),
            database.clone(),
            dir.join("chat"),
            errands.clone(),
            runtime,
            &outbound,
        )?;
        let agents = Agents {
            inbound: Arc::clone(&inbound),
            outbound: Arc::clone(&outbound),
            pairing: Arc::clone(&pairing),
            friends: chat.friends()?,
            direct: Arc::clone(&post.direct),
            chat: Arc::clone(&chat),
        };
        let courier = Courier::new(key, transfer_settings(&config)?, inbox, agents);
        pairing.recall_first_contacts()?;
        let friends = pairing.friends()?;
        let node = Node::start(settings, friends, move || Box::new(courier)).map_err(of_tox)?;
        let node = Arc::new(node);
        errands.connect(node.waker());
        pairing.connect(Arc::clone(&node));
        post.contacts.set_tox_id(&node.id())?;
        pairing.announce()?;
        let warned = Mutex::default();
        warn_of(&node, &warned);

        let tls = Tls::open(
            &dir.join("tls"),
            &config.home.hostname,
            &networks::home_addresses(),
            SystemTime::now(),
        )?;
        Ok(Self {
            dir: dir.clone(),
            confined,
            config: Arc::new(RwLock::new(Arc::new(config))),
            database,
            post,
            outbound,
            inbound,
            fetcher,
            pairing,
            chat,
            clerk,
            node,
            warned,
            errands,
            tls: Arc::new(tls),
            first_start: Arc::new(Mutex::new(first_start)),
            _lock: lock,
        })
    }

    /// Its settings, as they are now.
    pub(super) fn config(&self) -> Arc<Config> {
        Arc::clone(&self.config.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Tells the log what there is to tell of Tox, until its thread has ended.
    pub(super) async fn watch_over_tox(&self) {
        let (mut alone, mut cures) = (false, 0);
        while self.node.is_running() {
            warn_of(&self.node, &self.warned);
            let status = self.node.status();
            let was_alone = std::mem::replace(&mut alone, doctor::nobody_answers(&status));
            if alone && !was_alone {
                journal::no_bootstrap_node_answers(status.bootstrap_rounds);
            }
            let before = std::mem::replace(&mut cures, status.statistics.relay_cures);
            if cures > before {
                journal::relay_stalled(cures - before);
            }
            tokio::time::sleep(Duration::from_secs(5)).await;
        }
    }
}

/// The file wins over the page: whom it names gets the home's own mail.
pub(super) fn appoint_main_mailbox(members: &Members, config: &Config) {
    let Some(name) = &config.home.main_mailbox else {
        return;
    };
    if members
        .main_mailbox()
        .is_ok_and(|m| m.as_ref() == Some(name))
    {
        return;
    }
    if let Err(e) = members.set_main_mailbox(name) {
        // Somebody who moves in later, or of the mail server's people; `doctor` tells it where that is a mistake.
        journal::trouble("members", &format!("[home] main_mailbox: {e}"));
    }
}

/// The home's key, and whether it was made just now.
fn tox_identity(settings: &tox::Settings) -> anyhow::Result<(PeerKey, bool)> {
    if let Some(id) = tox::savedata::tox_id(&settings.save).map_err(of_tox)? {
        return Ok((id.key(), false));
    }
    // Made by a node that talks to nobody: the rooms need the key before the real one starts.
    let quiet = tox::Settings {
        udp: false,
        local_discovery: false,
        bootstrap: Vec::new(),
        ..settings.clone()
    };
    let node = Node::start(quiet, Vec::new(), || Box::new(())).map_err(of_tox)?;
    let key = node.key();
    node.stop();
    journal::identity_created(&key);
    Ok((key, true))
}

/// Tells the log what the Tox room warns of: each thing when it comes, and again when it comes back.
fn warn_of(node: &Node, warned: &Mutex<Vec<Warning>>) {
    let warnings = node.warnings();
    let mut warned = warned.lock().unwrap_or_else(PoisonError::into_inner);
    for warning in warnings.iter().filter(|w| !warned.contains(w)) {
        match warning {
            Warning::OldLibrary(_) => journal::old_toxcore(&operator::toxcore()),
            Warning::NoBootstrapNodes => journal::no_bootstrap_nodes(),
            Warning::NamesBehindProxy(count) => journal::bootstrap_names_left_out(*count),
            Warning::NotAFriend(key, why) => journal::not_a_friend(key, why),
            Warning::NotSaved(why) => journal::identity_not_saved(why),
            Warning::Blind => journal::tox_blind(),
        }
    }
    *warned = warnings;
}

pub(super) fn of_tox(error: tox::Error) -> anyhow::Error {
    Failure::from(error).into()
}
