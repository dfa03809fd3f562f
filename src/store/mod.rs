//! store: see the design.
