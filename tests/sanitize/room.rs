//! The Tox room and the four files that it imports, at the places where it looks for them.
#![allow(missing_docs, dead_code)]

#[path = "../../src/mail/address.rs"]
pub mod address;
#[path = "../../src/durable.rs"]
pub mod durable;
#[path = "../../src/mail/key.rs"]
pub mod key;
#[path = "../../src/mail/name.rs"]
pub mod name;
#[path = "../../src/config/nodes.rs"]
pub mod nodes;
#[path = "../../src/tox/mod.rs"]
pub mod tox;

pub mod config {
    pub use super::nodes::{self, BootstrapNode};
}

pub mod mail {
    pub use super::address;
}

/// What a host is, `config` says in a file that imports the whole of it; the tests of this room ask for none that is none.
fn is_host(text: &str) -> bool {
    !text.is_empty()
}
