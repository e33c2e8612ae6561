//! PostgreSQL through tokio-postgres, one pipeline per statement.
//!
//! - `driver.rs` is what the rest of the crate sees, `builder.rs` what a service sets, `settings.rs` what a connection opens with;
//! - `conn.rs` opens a connection and knows its state, `tls.rs` says over what, `inline_driver.rs` sends and receives;
//! - `health.rs` keeps what responses say of a connection, `context_sql.rs` the SQL that sets its context;
//! - `render.rs` turns a diesel statement into what is sent, `bulk_insert.rs` does so for many rows, and
//!   `prepared_statements.rs` keeps those that have a name;
//! - `types.rs` knows the database's types by name;
//! - `pipeline.rs` sends it, with whatever must go before and after: each a request of `pipelined.rs`. `row_stream.rs` reads
//!   the response;
//! - `transaction.rs` begins, nests and ends transactions, `transaction_state.rs` knows which are open;
//! - `row_security/` is wall two's side: the token that every transaction begins with, and raw SQL behind it;
//! - `sync_elision/` makes one request of the token and the statement behind it, where the builder asks for it;
//! - `endpoint.rs` says where a pool connects to, for the audit.
//!
//! Why not diesel-async's own connection: `docs/decisions/0009-one-flight.md`.

pub(crate) mod builder;
mod bulk_insert;
mod conn;
mod context_sql;
pub(super) mod driver;
pub(crate) mod endpoint;
mod error;
#[cfg(feature = "secrets")]
pub(super) mod follow_seal;
mod health;
mod inline_driver;
mod pipeline;
mod pipelined;
mod prepared_statements;
mod render;
mod row;
pub(super) mod row_security;
mod row_stream;
#[cfg(feature = "postgres-tls")]
mod rustls_config;
pub(crate) mod settings;
mod sync_elision;
pub(crate) mod tls;
mod transaction;
mod transaction_state;
mod types;

/// A connection to PostgreSQL that is lent to one organization.
pub type Conn<'s, B = crate::scope::Request> = super::OrgConn<'s, super::Postgres, B>;
