//! notices: see the design.
