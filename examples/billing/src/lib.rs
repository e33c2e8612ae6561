//! The reference service: the invoices of several organizations, behind tenancy's gateway and both walls.
//!
//! `cargo run -p billing` needs nothing else: SQLite in memory, and a development identity provider of its own, at which
//! the sign-in goes through the real relying party. `--help` shows the rest; `docs/guide/billing.md` leads through it.
#![forbid(unsafe_code)]

mod args;
mod demo;
mod desk;
mod error;
mod front;
mod ledger;
mod listen;
mod permissions;
mod places;
mod provider;
mod ready;
mod running;
mod schema;
mod secrets;
mod setup;
mod split;
mod start;
mod statements;
mod web;

pub use args::{
    Args, Database, Member, OidcArgs, Part, PostgresArgs, ProviderProfile, SecretPlace, SplitArgs, VaultArgs,
};
pub use error::StartError;
pub use running::Running;
pub use split::new_root_key;
pub use start::start;
