//! The compile-fail suite: see README.md.
