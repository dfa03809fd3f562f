//! members: see the design.
