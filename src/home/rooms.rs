//! What each room is told of `toxmail.toml`.

use std::path::Path;
use std::sync::{Arc, PoisonError};

use super::{House, operator};
use crate::config::{Config, Network};
use crate::database::Database;
use crate::delivery;
use crate::delivery::submission::Submissions;
use crate::durable;
use crate::mail::address::MemberName;
use crate::net::gate;
use crate::net::login::Doorman;
use crate::smtp;
use crate::smtp::gateway::Key;
use crate::smtp::serve::Submission;
use crate::store::Quota;
use crate::tox;
use crate::transfer;

/// What Tox is started with.
pub(super) fn tox_settings(
    dir: &Path,
    config: &Config,
    database: &Database,
) -> anyhow::Result<tox::Settings> {
    let save = dir.join("tox.save");
    Ok(tox::Settings {
        name: tox_name(config),
        udp: config.tox.udp,
        udp_port: config.tox.udp_port,
        ipv6: config.tox.ipv6,
        local_discovery: config.tox.local_discovery,
        socks5: config.tox.socks5,
        bootstrap: operator::bootstrap_list(config, database)?,
        ..tox::Settings::new(save)
    })
}

/// What friends with an ordinary Tox program see.
pub(super) fn tox_name(config: &Config) -> String {
    config.home.name.chars().take(32).collect()
}

pub(super) fn transfer_settings(config: &Config) -> anyhow::Result<transfer::Settings> {
    let mut nonce = [0; 16];
    getrandom::fill(&mut nonce).map_err(|e| anyhow::anyhow!("no random numbers: {e}"))?;
    let mut settings = transfer::Settings::new(nonce, transfer::Credentials::new()?);
    settings.limits.max_message_bytes = config.limits.max_message_bytes;
    Ok(settings)
}

pub(super) fn delivery_settings(config: &Config) -> delivery::Settings {
    delivery::Settings {
        home_name: config.home.name.clone(),
        language: config.home.language.clone(),
        max_message_bytes: config.limits.max_message_bytes,
        max_recipients: config.limits.max_recipients,
        delay_notice_after: config.queue.delay_notice_after,
        expire_after: config.queue.expire_after,
    }
}

/// The service for the mail server that the family has already.
pub(super) fn gateway_service(house: &House, config: &Config) -> Submission {
    let settings = Arc::clone(&house.config);
    let login = move || {
        let config = settings.read().unwrap_or_else(PoisonError::into_inner);
        config.gateway.as_ref().and_then(|g| g.login.clone())
    };
    let doorman = Arc::new(Doorman::new(Arc::new(Key(Box::new(login)))));
    let desk = Submissions::for_gateway(
        Arc::clone(&house.post),
        Arc::clone(&house.pairing),
        Arc::clone(&house.clerk),
    );
    let limits = submission_limits(config);
    let service = Submission::new(Arc::new(desk), doorman, &config.home.hostname, limits);
    service.set_trusted(trusted(config));
    service
}

/// Whom to take everybody for who comes in by the gateway's door; `None` asks for a login.
pub(super) fn trusted(config: &Config) -> Option<MemberName> {
    let gateway = config.gateway.as_ref();
    gateway
        .filter(|gateway| gateway.allow_unauthenticated)
        .map(|_| smtp::gateway::account())
}

/// Who may come in by the gateway's door.
pub(super) fn accept_from(config: &Config) -> Vec<Network> {
    let gateway = config.gateway.as_ref();
    gateway.map(|g| g.accept_from.clone()).unwrap_or_default()
}

pub(super) fn gateway(config: &Config) -> Option<delivery::mailbox::Gateway> {
    config
        .gateway
        .as_ref()
        .map(|settings| delivery::mailbox::Gateway {
            settings: settings.clone(),
            main_mailbox: config.home.main_mailbox.clone(),
        })
}

pub(super) fn quota(config: &Config) -> Quota {
    Quota {
        bytes: config.limits.quota_bytes.unwrap_or(0),
        reserve_bytes: durable::RESERVE,
    }
}

pub(super) fn gate_limits(config: &Config) -> gate::Limits {
    gate::Limits {
        max_connections: config.limits.max_connections,
        max_connections_per_address: config.limits.max_connections_per_address,
    }
}

pub(super) fn submission_limits(config: &Config) -> crate::smtp::serve::Limits {
    crate::smtp::serve::Limits {
        max_message_bytes: config.limits.max_message_bytes,
        max_recipients: config.limits.max_recipients,
    }
}
