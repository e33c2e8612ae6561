//! Plumbing of the macros; confers no authority.
