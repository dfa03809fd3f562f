//! How one home hands a message to another. Pure: knows neither Tox nor disk.
//!
//! What stands: the [`hello`] with which two homes greet each other, the [`frame`]s they exchange, and [`content`], the
//! form in which a message travels. Each has its golden bytes, since another home depends on them.

pub mod content;
pub mod frame;
pub mod hello;
