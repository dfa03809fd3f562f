//! transfer: see the design.
