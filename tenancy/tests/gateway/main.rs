//! The gateway, driven through an axum router over SQLite and PostgreSQL, with two organizations everywhere.
//!
//! One file a family of `docs/attacks.md`'s table of the gateway; each test runs on both databases.
#![cfg(unix)]

mod app;
mod outside;
mod world;

#[path = "../support/on_both.rs"]
#[macro_use]
mod on_both;

mod cache;
mod catalogue;
mod cookies;
mod csrf;
#[cfg(feature = "rls")]
mod epochs;
mod extractors;
mod failures;
#[cfg(feature = "secrets")]
mod followed;
mod held;
mod identity;
mod keys;
mod limits;
#[cfg(feature = "oidc")]
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
#[cfg(feature = "jobs")]
mod standing;
mod tabs;
mod targets;
mod tokens;

#[path = "../support/pieces.rs"]
mod pieces;

#[path = "../support/pg.rs"]
#[allow(dead_code, unreachable_pub, missing_docs, reason = "shared with the other tests")]
mod pg;

#[cfg(feature = "secrets")]
#[path = "../support/folder.rs"]
#[allow(dead_code, unreachable_pub, missing_docs, reason = "shared with the other tests")]
mod folder;

#[cfg(feature = "rls")]
#[path = "../support/walled.rs"]
#[allow(dead_code, unreachable_pub, missing_docs, reason = "shared with the other tests")]
mod walled;
