//! journal: see the design.
