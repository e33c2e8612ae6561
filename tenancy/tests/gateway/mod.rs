//! The gateway, driven through an axum router over SQLite and PostgreSQL, with two organizations everywhere.
//!
//! One file a family of `docs/attacks.md`'s table of the gateway; each test runs on both databases.

pub(crate) mod app;
pub(crate) mod outside;
pub(crate) mod world;

mod cache;
mod catalogue;
mod cookies;
mod csrf;
mod epochs;
mod extractors;
mod failures;
mod followed;
mod held;
mod identity;
mod keys;
mod limits;
mod links;
mod logout;
mod logs;
mod membership;
mod model;
mod parallel;
mod ready;
mod roles;
mod sessions;
mod staff;
mod staff_ends;
mod staff_second;
mod standing;
mod tabs;
mod targets;
mod tokens;
