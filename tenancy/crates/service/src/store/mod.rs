//! The gateway's own tables: how they are asked, by a gateway and by a service that compares epochs.

pub mod named;
pub(crate) mod sql;
pub(crate) mod value;
