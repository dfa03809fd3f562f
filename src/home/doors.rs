//! The ports of a home: bound, then served by every server, told anew when the settings are read again, and closed.

use std::net::SocketAddr;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use anyhow::Context;
use tokio::sync::{mpsc, watch};

use super::first_start::Restart;
use super::house::{House, appoint_main_mailbox};
use super::housekeeping::{certify, housekeeping};
use super::rooms::{
    accept_from, delivery_settings, gate_limits, gateway, gateway_service, quota,
    submission_limits, tox_name, trusted,
};
use super::{Asked, alarm, health, operator, people, ports, reload_by, settings, stick, updating};
use crate::appliance::disk;
use crate::appliance::light::Light;
use crate::appliance::network;
use crate::appliance::stick::Desk as Sticks;
use crate::appliance::update::Desk;
use crate::carddav::CardDav;
use crate::config::{Config, Effect};
use crate::control::command::RunOptions;
use crate::control::{self, Failure};
use crate::delivery::courier::Errand;
use crate::delivery::outbox::Outbox;
use crate::delivery::sent::Copies;
use crate::delivery::submission::Submissions;
use crate::imap::Imap;
use crate::imap::outbox::WithOutbox;
use crate::imap::shelf::Shelf;
use crate::journal;
use crate::net::gate::Gate;
use crate::net::login::Doorman;
use crate::net::networks::Allowed;
use crate::net::serve::{Bound, Door, Listener, TlsMode};
use crate::pop3::Pop3;
use crate::queue::AccountId;
use crate::smtp::gateway::Gateway;
use crate::smtp::serve::Submission;
use crate::tox;
use crate::web::{self, Web};

/// The service for the mail server that the family has already, by its key in `[listen]`.
const GATEWAY: &str = "gateway";

/// Ports that are bound, and not served yet.
pub(super) struct Doors {
    bound: Vec<Bound>,
    metrics: Option<control::metrics::Bound>,
    control: control::serve::Bound,
    gate: Arc<Gate>,
    allowed: Arc<Allowed>,
    accept_from: Arc<Allowed>,
}

impl Doors {
    /// Binds every port.
    ///
    /// # Errors
    /// Which one cannot be had, with advice.
    pub(super) async fn bind(house: &House) -> anyhow::Result<Self> {
        let config = house.config();
        let gate = Gate::new(gate_limits(&config));
        let allowed = Arc::new(Allowed::new(config.listen.allow.clone()));
        let door = Door {
            gate: Arc::clone(&gate),
            allowed: Arc::clone(&allowed),
        };
        let accept_from = Arc::new(Allowed::only(accept_from(&config)));
        let side_door = Door {
            gate: Arc::clone(&gate),
            allowed: Arc::clone(&accept_from),
        };
        let submission = house.tls.server_config(&[])?;
        let imap = house.tls.server_config(&["imap"])?;
        let pop3 = house.tls.server_config(&["pop3"])?;
        let http = house.tls.server_config(&["http/1.1"])?;
        let listen = &config.listen;
        let services = [
            ("submission", listen.submission, TlsMode::StartTls),
            ("submissions", listen.submissions, TlsMode::Implicit),
            (GATEWAY, listen.gateway, TlsMode::StartTls),
            ("imap", listen.imap, TlsMode::StartTls),
            ("imaps", listen.imaps, TlsMode::Implicit),
            ("pop3", listen.pop3, TlsMode::StartTls),
            ("pop3s", listen.pop3s, TlsMode::Implicit),
            ("carddav", listen.carddav, TlsMode::Implicit),
            // Nobody asks for TLS here: it is told where it begins at once.
            ("http", listen.http, TlsMode::StartTls),
            ("https", listen.https, TlsMode::Implicit),
        ];
        let mut bound = Vec::new();
        for (name, address, tls) in services {
            let Some(address) = address else { continue };
            let listener = Listener { name, address, tls };
            let keys = match name {
                "carddav" | "http" | "https" => &http,
                name if name.starts_with("imap") => &imap,
                name if name.starts_with("pop3") => &pop3,
                _ => &submission,
            };
            let door = if name == GATEWAY { &side_door } else { &door };
            let port = crate::net::serve::bind(listener, door.clone(), Arc::clone(keys))
                .await
                .map_err(|e| cannot_listen(name, address, &e))?;
            bound.push(port);
        }
        let metrics = match listen.metrics {
            Some(address) => Some(
                control::metrics::bind(address)
                    .await
                    .map_err(|e| cannot_listen("metrics", address, &e))?,
            ),
            None => None,
        };
        let control = control::serve::bind(&house.dir).with_context(|| {
            format!("the operator's socket {}/control.sock", house.dir.display())
        })?;
        Ok(Self {
            bound,
            metrics,
            control,
            gate,
            allowed,
            accept_from,
        })
    }

    /// Serves, and says that the home is ready.
    ///
    /// # Errors
    /// What keeps the home from serving.
    pub(super) async fn open(
        self,
        house: &House,
        options: &RunOptions,
        reload: mpsc::Sender<Asked>,
        restart: Restart,
    ) -> anyhow::Result<Started> {
        let config = house.config();
        let (stop, stopped) = watch::channel(false);
        let mut tasks = tokio::task::JoinSet::new();
        let members = house.post.members.clone();
        let doorman = Arc::new(Doorman::new(Arc::new(people::Passwords(members))));
        let desk = Submissions::new(
            Arc::clone(&house.post),
            Arc::clone(&house.pairing),
            Arc::clone(&house.clerk),
        );
        let submission = Arc::new(Submission::new(
            Arc::new(desk),
            Arc::clone(&doorman),
            &config.home.hostname,
            submission_limits(&config),
        ));
        let gateway = Arc::new(gateway_service(house, &config));
        let outbox = Arc::new(Outbox::new(
            Arc::clone(&house.post),
            Arc::clone(&house.outbound),
            house.database.clone(),
        ));
        let shelf = Arc::new(Shelf::new(house.post.store.clone()));
        let outgoing = Arc::clone(&outbox);
        let imap = Arc::new(Imap::new(
            Arc::new(WithOutbox::new(shelf, outgoing)),
            Arc::clone(&doorman),
            &config.home.hostname,
            config.limits.max_message_bytes,
        ));
        let pop3 = Arc::new(Pop3::new(
            house.post.store.clone(),
            Arc::clone(&doorman),
            &config.home.hostname,
        ));
        let pairing = Arc::clone(&house.pairing);
        let carddav = Arc::new(CardDav::new(
            house.post.contacts.clone(),
            Arc::new(move |befriend| pairing.befriend(befriend)),
            Arc::clone(&doorman),
        ));

        let mut services = ports::Ports::default();
        for bound in &self.bound {
            services.service(bound.name(), bound.local_addr());
        }
        if let Some(metrics) = &self.metrics {
            services.service("metrics", metrics.local_addr());
        }
        if let Some(port) = house.node.udp_port() {
            services.tox_udp(port);
        }
        let operator = Arc::new(operator::Running {
            dir: house.dir.clone(),
            config: Arc::clone(&house.config),
            database: house.database.clone(),
            post: Arc::clone(&house.post),
            pairing: Arc::clone(&house.pairing),
            chat: Arc::clone(&house.chat),
            outbound: Arc::clone(&house.outbound),
            fetcher: Arc::clone(&house.fetcher),
            node: Arc::clone(&house.node),
            ports: services.values(),
            checkup: health::Checkup::default(),
            updates: options.updates.as_deref().map(Desk::new),
            sticks: options.sticks.is_some(),
            reload: reload_by(reload),
        });
        let updates = operator.updates.clone();
        let address = |name: &str| {
            let bound = self.bound.iter().find(|bound| bound.name() == name);
            bound.map(Bound::local_addr)
        };
        let (http, https) = (address("http"), address("https"));
        let catching_up = (Arc::clone(&operator), Arc::clone(&house.first_start));
        let (database, dir) = (house.database.clone(), house.dir.clone());
        let metrics = self.metrics.as_ref().map(|metrics| metrics.local_addr());
        let open = self.bound.iter().map(Bound::local_addr).chain(metrics);
        let ports = (options.ports, open.collect());
        let network = options.network.as_deref().map(network::Desk::new);
        let for_the_page = network.clone();
        let claims = tokio::task::spawn_blocking(move || {
            let (operator, first_start) = catching_up;
            operator.catch_up()?;
            let mut first_start = first_start.lock().unwrap_or_else(PoisonError::into_inner);
            let wish = first_start.apply(&*operator, &database, network.as_ref());
            Ok::<_, Failure>((first_start.door(&database, &dir, ports, restart), wish))
        });
        let (claims, wish) = claims.await??;
        if let Some(wish) = wish {
            tasks.spawn(wish.run(stopped.clone()));
        }
        let web = web::House {
            operator: Arc::clone(&operator) as Arc<dyn control::Operator>,
            whereabouts: Arc::clone(&operator) as Arc<dyn web::Whereabouts>,
            doorman,
            database: house.database.clone(),
            clock: house.post.clock.clone(),
            config: Arc::clone(&house.config),
            tls: Arc::clone(&house.tls),
            https_port: https.map(|address| address.port()),
        };
        let web = Web::claimable(web, claims);
        if let Some(desk) = updates {
            web.hand_updates_over_at(desk);
        }
        if let Some(desk) = for_the_page {
            web.choose_network_at(desk);
        }
        if let Some(folder) = &options.disks {
            web.choose_disks_at(disk::Desk::new(folder));
        }
        let sticks = options.sticks.as_deref().map(Sticks::new);
        if let Some(desk) = &sticks {
            web.choose_sticks_at(desk.clone());
        }
        let sessions = web.sessions().clone();
        let places = web.clone();
        tokio::task::spawn_blocking(move || places.know_places()).await?;
        let has_books = self.bound.iter().any(|bound| bound.name() == "carddav");
        let books = has_books.then(|| Arc::clone(&carddav));
        let site = Arc::new(web::Site::new(web).with_address_books(books));
        let published = services.publish(&house.dir)?;

        for bound in self.bound {
            let stopped = stopped.clone();
            match bound.name() {
                "carddav" => tasks.spawn(bound.run(Arc::clone(&carddav), stopped)),
                "http" | "https" => tasks.spawn(bound.run(Arc::clone(&site), stopped)),
                GATEWAY => {
                    let service = Arc::new(Gateway(Arc::clone(&gateway)));
                    tasks.spawn(bound.run(service, stopped))
                }
                name if name.starts_with("imap") => {
                    tasks.spawn(bound.run(Arc::clone(&imap), stopped))
                }
                name if name.starts_with("pop3") => {
                    tasks.spawn(bound.run(Arc::clone(&pop3), stopped))
                }
                _ => tasks.spawn(bound.run(Arc::clone(&submission), stopped)),
            };
        }
        if let Some(metrics) = self.metrics {
            let numbers = control::metrics::install()?;
            let address = metrics.local_addr();
            journal::listening("metrics", address);
            tasks.spawn(metrics.run(numbers, until(stopped.clone())));
        }
        tasks.spawn(Arc::clone(&house.outbound).run(stopped.clone()));
        tasks.spawn(Arc::clone(&house.clerk).run(stopped.clone()));
        tasks.spawn(Arc::clone(&house.fetcher).run(stopped.clone()));
        let copies = Arc::new(Copies::new(Arc::clone(&house.post)));
        tasks.spawn(copies.run(stopped.clone()));
        tasks.spawn(outbox.run(stopped.clone()));
        tasks.spawn(housekeeping(
            house.database.clone(),
            Arc::clone(&house.post),
            Arc::clone(&house.inbound),
            Arc::clone(&house.chat),
            (Arc::clone(&house.outbound), Arc::clone(&house.pairing)),
            sessions,
            stopped.clone(),
        ));
        tasks.spawn(certify(Arc::clone(&house.tls), stopped.clone()));
        tasks.spawn(alarm::run(Arc::clone(&operator), stopped.clone()));
        if let Some(desk) = operator.updates.clone() {
            let home = Arc::clone(&operator);
            tasks.spawn(updating::run(home, desk, stopped.clone()));
        }
        if let Some(desk) = sticks {
            let home = Arc::clone(&operator);
            tasks.spawn(stick::run(home, desk, stopped.clone()));
        }
        if let Some(folder) = &options.light {
            let light = Light::new(folder);
            tasks.spawn(alarm::shine(Arc::clone(&operator), light, stopped.clone()));
        }
        tasks.spawn(self.control.run(operator, until(stopped)));

        let fingerprint = house.tls.server_fingerprint();
        if http.or(https).is_some() {
            journal::page(http, https, &fingerprint, &house.tls.ca_fingerprint());
        }
        journal::ready(&config.home.name, &house.post.ourselves);
        house
            .first_start
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .announce(http, https, &config.home.hostname, &fingerprint);
        let _ = sd_notify::notify(&[sd_notify::NotifyState::Ready]);
        Ok(Started {
            stop,
            tasks,
            submission,
            gateway,
            imap,
            gate: self.gate,
            allowed: self.allowed,
            accept_from: self.accept_from,
            _ports: published,
        })
    }
}

/// A home that serves.
pub(super) struct Started {
    stop: watch::Sender<bool>,
    tasks: tokio::task::JoinSet<()>,
    submission: Arc<Submission>,
    gateway: Arc<Submission>,
    imap: Arc<Imap>,
    gate: Arc<Gate>,
    allowed: Arc<Allowed>,
    accept_from: Arc<Allowed>,
    _ports: ports::Published,
}

impl Started {
    /// SIGHUP: reads the settings again; a mistake in them changes nothing.
    ///
    /// # Errors
    /// The mistake.
    pub(super) async fn reload(&self, house: &House, options: &RunOptions) -> Result<(), Failure> {
        let (dir, ports, database) = (house.dir.clone(), options.ports, house.database.clone());
        let read = tokio::task::spawn_blocking(move || -> Result<Config, Failure> {
            let mut config = Config::load(&dir, ports)?;
            settings::choose(&mut config, &database)?;
            Ok(config)
        });
        let read = read
            .await
            .unwrap_or_else(|e| Err(Failure::new(e, "look into the log")));
        let newer = match read {
            Ok(newer) => Arc::new(newer),
            Err(e) => {
                journal::configuration_refused(&e);
                return Err(e);
            }
        };
        if let Some(file) = newer.files().find(|file| !house.confined.reaches(file)) {
            let refused = Failure::new(
                format!(
                    "{} lies where a home that runs may not look: it counts from the next start on",
                    file.display()
                ),
                "start the home again, or put the file into its folder",
            );
            journal::configuration_refused(&refused);
            return Err(refused);
        }
        let older = house.config();
        let changes = older.changes(&newer);
        let of = |effect: Effect| -> Vec<&str> {
            let these = changes.iter().filter(|(_, e)| *e == effect);
            these.map(|(key, _)| *key).collect()
        };
        journal::configured(&of(Effect::AtOnce), &of(Effect::AtRestart));
        // What needs a restart stays as it is, whoever asks.
        let mut now = (*newer).clone();
        now.home.hostname.clone_from(&older.home.hostname);
        now.tox.clone_from(&older.tox);
        let allow = now.listen.allow.clone();
        now.listen = older.listen.clone();
        now.listen.allow.clone_from(&allow);

        self.gate.set_limits(gate_limits(&now));
        self.allowed.replace(allow);
        self.accept_from.replace(accept_from(&now));
        self.submission.set_limits(submission_limits(&now));
        self.gateway.set_limits(submission_limits(&now));
        self.gateway.set_trusted(trusted(&now));
        self.imap
            .set_max_message_bytes(now.limits.max_message_bytes);
        house.post.set_settings(delivery_settings(&now));
        house
            .errands
            .send(Errand::MaxMessageBytes(now.limits.max_message_bytes));
        let (relay, ca_file) = (now.relay.clone(), now.relay_ca_file.clone());
        house.post.providers.configure(relay, ca_file);
        house.post.set_gateway(gateway(&now));
        house.outbound.reconsider();
        if older.relay != now.relay {
            house.fetcher.wake_those_of(AccountId::HOME);
        }
        house.clerk.set_people(now.home.pairing.clone());
        house.post.contacts.rename(&now.home.name);
        if older.home.name != now.home.name {
            house.node.command(tox::Command::SetName(tox_name(&now)));
        }
        house.post.store.set_quota(quota(&now));
        let (post, pairing) = (Arc::clone(&house.post), Arc::clone(&house.pairing));
        let settings = Arc::new(now);
        *house.config.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&settings);
        let told = tokio::task::spawn_blocking(move || {
            appoint_main_mailbox(&post.members, &settings);
            pairing.tell();
        });
        let _ = told.await;
        Ok(())
    }

    /// Lets the servers end what they do, then closes the rooms.
    pub(super) async fn stop(mut self, house: House) {
        let _ = self.stop.send(true);
        let all = async { while self.tasks.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(Duration::from_secs(4), all).await;
        self.tasks.abort_all();
        drop(self);
        let closed = tokio::task::spawn_blocking(move || {
            house.node.stop();
            // What was heard until now is written down.
            house.chat.stop();
            // Nobody is left who writes; whoever tries all the same is told that it is closed.
            house.database.close();
            drop(house);
        });
        let _ = closed.await;
    }
}

async fn until(mut stopped: watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

fn cannot_listen(
    service: &'static str,
    address: SocketAddr,
    error: &std::io::Error,
) -> anyhow::Error {
    journal::cannot_listen(service, address, error);
    let advice = match error.kind() {
        std::io::ErrorKind::AddrInUse => format!(
            "another program has that port: stop it, or write another one in [listen] {service}"
        ),
        std::io::ErrorKind::PermissionDenied if address.port() < 1024 => {
            "ports below 1024 belong to root: start with `--ports unprivileged`, or as root".into()
        }
        _ => format!("write another address in [listen] {service}"),
    };
    Failure::new(
        format!("cannot listen on {address} ({service}): {error}"),
        advice,
    )
    .into()
}
