//! The Tox room: this home on the Tox network, over libtoxcore.
//!
//! # What happens here
//! One thread owns the one instance ([`Node`]). It sleeps until a packet comes, somebody wakes it, or something is due;
//! then libtoxcore works, what it brought is told to the [`Rider`] that lives on the same thread, and the rider sends what
//! it has through a [`Port`]. Everybody else talks to the thread by [`Command`]s and by the rider's own channels, and
//! rings a [`Waker`].
//!
//! - `sys` declares libtoxcore's functions, `core` owns the pointer, `event` has owned copies, `roster` keeps friends equal
//!   to contacts, `savedata` keeps the identity on the disk, `bootstrap` finds the way in, `pace` keeps the home quiet,
//!   `relay_sockets` keeps TCP relays from stalling, `memory` spares libsodium its locks, `valve` ends a flood, `node` is
//!   the thread.
//!
//! # What never happens here
//! - `unsafe` outside of `sys` and `core`. A callback from C: events are taken with `tox_events_iterate`, so that no panic of
//!   ours can cross libtoxcore.
//! - A friend number outside of this room: peers are [`PeerKey`](crate::mail::address::PeerKey)s.
//! - A stranger becoming a friend without a [`Command`]. A message being understood: bytes are bytes.
//! - A name look-up on this thread (it would stop the mail), or any look-up while a proxy is set.
//! - An unreadable `tox.save` being overwritten.
//!
//! # Rules
//! - One call at a time: every call of libtoxcore is made on the thread that made the instance.
//! - A packet is handled at once. A home without traffic wakes at most 25 times a second (`pace`); a friend who is offline
//!   costs no call at all, which [`Node::peers`] shows.
//! - A rider that has much to send gets a turn after every 64 packets; between, what came is handled.
//!
//! # Known limits
//! - libtoxcore reads its sockets until they are empty, and has all of it in memory then. `valve` ends that after 200 ms for
//!   UDP; for TCP only the speed of the relay does.
//! - Up to 0.2.18, the order of events of different kinds within one iteration is lost (see `core::events`).
//! - Below 0.2.23 libtoxcore has a critical bug (GHSA-42vg-9mg3-399f): [`Warning::OldLibrary`].
//! - The first packet after a quiet time may wait 45 ms when the network around is chatty.

pub mod bootstrap;
mod core;
mod error;
mod event;
mod memory;
mod node;
mod pace;
mod port;
mod relay_sockets;
mod roster;
pub mod savedata;
mod settings;
mod sys;
mod valve;

pub use crate::config::BootstrapNode;
pub use error::{CommandError, Error, SendError};
pub use event::{Connection, Event, FileControl, FileNumber, MessageKind};
pub use memory::{forgo_locked_memory, may_lock_memory};
pub use node::{Command, Node, PeerStatus, Statistics, Status, Waker};
#[cfg(test)]
pub use port::{Act, Model};
pub use port::{FileOffer, Missed, Port, Rider};
pub use roster::{Friend, MAX_REQUEST_LENGTH};
pub use settings::{OLDEST_SAFE_VERSION, Settings, Warning, version};
