//! contacts: see the design.
