//! Toxmail: a family's own post office. This page is the map; each room tells its own rules at the top of its file.
//!
//! # What it is
//!
//! Every person at home has a mailbox for ordinary mail programs. Mail to another home that runs Toxmail goes straight from
//! box to box over the Tox network; mail to anybody else takes the ordinary route. Four promises, in this order: nothing is
//! lost, nobody gets in, everybody can use it, it is quiet.
//!
//! # The rooms that stand
//!
//! - [`durable`]: the only fsync in the house. A draft is written, then committed, or it is gone.
//! - [`database`]: SQLite with one writer; jobs that wait together share one transaction and one fsync.
//! - [`clock`]: time for a box without a clock: waiting by the monotonic clock, age that a wrong wall clock cannot falsify.
//! - [`config`]: what was written in `toxmail.toml`, and what it means.
//! - [`journal`]: one function per fact an operator sees.
//! - [`control`]: the operator's command: its words, the socket it speaks over, what it prints.
//! - [`contacts`]: the address table: who is meant, which homes are paired, what they claim of their members.
//! - [`mail`]: addresses, envelopes, verdicts, header sections and their rewriting. Pure.
//! - [`members`]: the people: passwords, device passwords, which addresses are theirs.
//! - [`net`]: what the mail servers share: strict lines, connections with deadlines, TLS, logins.
//! - [`notices`]: what the home tells its members by mail: what happened, to whom, what to do.
//! - [`queue`]: messages that wait: one file a message, one row a destination, and what each recipient was told.
//! - [`routing`]: who is meant, and where the letter goes: one pure table.
//! - [`store`]: messages that have arrived: Maildir++ on disk, numbers and flags in the database, exactly one copy.
//! - [`tox`]: toxcore behind a safe wall, the only room with `unsafe` but for one system call in [`clock`].
//! - [`transfer`]: how one home hands a message to another: QUIC over Tox's lossy packets, our own congestion controller,
//!   file transfer as the last resort. Pure.
//!
//! Imports point down only: `mail` imports nothing of ours, `durable` and `database` know no mail.
//!
//! # The path of a message, as the rooms to come build it
//!
//! Out: SMTP session, spool file fsynced, rows in one transaction, `250`, delivery agent, transfer over Tox.
//! In: transfer, Maildir `tmp` to `new` fsynced, id recorded, receipt. A message is forgotten on the receipt, never on
//! "sent".

pub mod clock;
pub mod config;
pub mod contacts;
pub mod control;
pub mod database;
pub mod delivery;
pub mod durable;
pub mod home;
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
