//! tox: see the design.
