//! CardDAV (RFC 6352): the contacts, in the address books of mail programs and telephones.
//!
//! # What happens here
//! - [`path`]: what an address of a request names. Pure.
//! - [`xml`]: bodies of requests, read into a small tree with bounds. Pure.
//! - [`query`]: what a request asks for: properties, filters. Pure.
//! - [`answer`]: what is answered: multistatus, errors, streams; `refusals`: what is answered instead.
//! - `headers`: login and conditions of a request, pure; `body`: what comes behind them, with its bounds.
//! - `cards`: what is done with one card; `lists`: answers about many, made while they are sent.
//! - [`serve`]: the shell: HTTP on a TLS connection, logins, which deed is meant.
//!
//! Every member sees one address book, "Toxmail", with everybody's entries and their own; what may be changed in it is said
//! in [`crate::contacts`] (`cards`).
//!
//! # What never happens here
//! - Nothing without a password, not even a list of methods; only the way here is told to everybody
//!   (`/.well-known/carddav`, RFC 6764).
//! - No address of another member's: it is refused before it is looked for, so that nobody learns what there is.
//! - No document type, no entity but the five of XML, no deep tree.
//! - No list in memory: long answers are made and sent piece by piece.
//!
//! # Which part of WebDAV
//! Class 1 and 3 of RFC 4918 without COPY, MOVE and PROPPATCH; no locks; the reports addressbook-query, addressbook-multiget
//! and sync-collection (RFC 6578); of access control (RFC 3744) only what says who may do what. The address book can be
//! neither made nor removed.

pub mod answer;
mod body;
mod cards;
mod headers;
mod lists;
pub mod path;
pub mod query;
mod refusals;
pub mod serve;
pub mod xml;

pub use serve::CardDav;
