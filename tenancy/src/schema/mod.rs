//! What `schema!` implements.
