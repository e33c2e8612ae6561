//! What a database's catalog says, in memory: the rules are pure functions over it.

mod document;
mod reach;
mod read;
mod record;

pub(crate) use document::*;
pub(crate) use reach::{Call, Namesake, PolicyTree, Possession, WallObject};
pub use read::CatalogError;
pub(crate) use read::Session;
pub(crate) use record::Oid;
