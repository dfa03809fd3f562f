//! clock: see the design.
