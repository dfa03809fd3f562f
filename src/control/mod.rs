//! control: see the design.
