//! The Tox network, behind a safe wall. The only room with `unsafe`, and only in [`sys`] and [`core`].
//!
//! Peers are known by their [`PeerKey`](crate::mail::address::PeerKey); friend numbers never leave [`core`]. This room does
//! not know what a message is.
//!
//! # Callbacks, not `tox_events`
//!
//! `tox_events_iterate` would keep C from calling Rust, but programs cannot count on it: toxcore 0.2.18 has one getter a
//! kind of event (`tox_events_get_friend_lossy_packet(events, i)`), 0.2.19 replaced them by `tox_events_get`, and Debian's
//! shared library of 0.2.22 exports neither, nor ships the header. The callbacks are the stable API of every version. Each
//! of ours copies its arguments onto a list and returns: nothing in it can panic, so no panic crosses C.
//!
//! # Rules
//! - One thread owns an [`Instance`](core::Instance), which is neither `Send` nor `Sync`.
//! - Whatever comes from the network is copied, with the length that toxcore says, before it is looked at.

pub mod core;
pub mod event;
pub mod sys;
