//! Header fields: reading and rewriting.
