//! Staff of the platform: how they act in a customer's organization, which they are no members of.
//!
//! Who is staff says the directory alone, never a claim or a role of a token (`roster.rs`). Staff enter an organization for
//! a written reason and a time, after the entry was committed to a log that takes no change (`enter.rs`), and, where
//! it is asked for, approved by a second person (`approve.rs`). Every request
//! under it asks whether it still holds and writes a line before anything is granted (`check.rs`). The organization's own
//! members can see who was there (`records.rs`). See `docs/guide/staff.md`.

mod approve;
mod check;
mod enter;
mod records;
mod request;
mod roster;

pub(crate) use check::{record, why_not};
pub use records::AccessRecord;
pub(crate) use records::list;
pub use request::AccessRequest;
