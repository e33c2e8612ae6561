//! What a session is made of: its id, its row, the keys of the process, and what a process keeps in memory.

pub(crate) mod active_access;
pub(crate) mod bounded_cache;
pub(crate) mod cache;
pub(crate) mod cookie;
pub(crate) mod follow_keys;
pub(crate) mod invalidation;
pub(crate) mod previous_id;
pub(crate) mod session_id;
pub(crate) mod session_key;
pub(crate) mod session_keyring;
pub(crate) mod session_row;
pub(crate) mod verified_identity;
