//! config: see the design.
