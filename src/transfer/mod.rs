//! transfer: how one home hands a message to another.
pub mod congestion;
pub mod content;
mod control;
pub mod event;
pub mod exchange;
mod fallback;
pub mod frame;
pub mod hello;
mod incoming;
pub mod link;
mod outgoing;
mod receiver;
#[cfg(test)]
pub(crate) mod samples;
mod sender;
mod stream;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, missing_docs, dead_code)]
mod world;

pub use congestion::Controller;
pub use event::{
    Answer, Answered, Dropped, Event, OfferError, PathKind, Pipe, PipeAct, Settings, Side,
};
pub use exchange::Exchange;
pub use frame::{ClaimedMember, Directory, Offer, OfferedRecipient, Told, TransferId};
pub use hello::Limits;
pub use link::{Credentials, CredentialsError};
