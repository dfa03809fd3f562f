//! routing: see the design.
