//! argv and signals; builds the house, waits, closes it.
fn main() {}
