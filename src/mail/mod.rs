//! Nouns of mail: addresses, envelopes, verdicts, headers. Pure: no socket, no disk, no clock.
//!
//! Nothing here knows a contact, a member's password or a route. The other rooms import this one; it imports nothing of
//! ours.

pub mod address;
pub mod envelope;
pub mod header;
pub mod verdict;
