//! Rewrites the bytes between tokio-postgres and the server, so that the token and its statement are one request.
//!
//! tokio-postgres ends every request with Sync. At every Sync the server ends the transaction, wakes up and sends what it
//! has. Here the token's own Sync is left out, so the server sees token and statement as one request, which is one
//! transaction: its response comes at once, and no BEGIN and COMMIT go around it. tokio-postgres still waits for the
//! ReadyForQuery of the Sync that was left out, so it is given one. Source: PostgreSQL's documentation, "Message Flow", "Extended
//! Query" and "Pipelining".
//!
//! This depends on the order of tokio-postgres' messages, so it is off unless the builder asks for it
//! (`docs/decisions/0024-sync-elision.md`).
//!
//! `outgoing.rs` leaves out, `incoming.rs` makes up for it, `stream.rs` is both around a socket,
//! `connect.rs` puts that between socket and driver, and `message.rs` reads a message's length.

mod connect;
mod incoming;
mod message;
mod outgoing;
mod stream;

#[cfg(test)]
mod tests;

#[cfg(feature = "postgres-tls")]
pub(super) use connect::ElisionOverTls;
pub(super) use connect::ElisionWithoutTls;
