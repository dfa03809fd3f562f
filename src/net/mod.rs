//! net: see the design.
