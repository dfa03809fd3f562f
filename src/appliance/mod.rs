//! What only the box needs, besides mail: backup, updates, its network, how the machine itself is, its light, another disk for it, and a stick for its backups.
//!
//! # What never happens here
//! Nothing of a running home is changed: a backup reads, and a restored home is put into place before the rooms are built.

pub mod age;
pub mod backup;
pub mod carry;
pub mod disk;
pub mod hardware;
pub mod light;
pub mod network;
mod note;
pub mod releases;
pub mod stick;
pub mod update;
