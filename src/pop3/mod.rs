//! pop3: see the design.
