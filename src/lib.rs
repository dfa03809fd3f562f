//! Toxmail: a family's own post office. This page is the map; each room tells its own rules in its `mod.rs`.

pub mod clock;
pub mod config;
pub mod contacts;
pub mod control;
pub mod database;
pub mod delivery;
pub mod durable;
pub mod journal;
pub mod mail;
pub mod members;
pub mod net;
pub mod notices;
pub mod pop3;
pub mod queue;
pub mod routing;
pub mod smtp;
pub mod store;
pub mod tox;
pub mod transfer;
