//! queue: see the design.
