//! delivery: see the design.
