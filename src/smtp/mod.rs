//! smtp: see the design.
