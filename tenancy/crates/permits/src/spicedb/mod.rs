//! Scale out: SpiceDB answers, from a copy of the relationships in the service's own database.
//!
//! [`SpiceDbEngine`] answers the kernel's questions, [`SpiceDbSync`] keeps the copy. The database stays the source of
//! truth: every write is one of [`SqlEngine`](crate::sql::SqlEngine), in one transaction, with its checks. Triggers put each
//! changed relationship into an outbox in that transaction, whichever way the change took. The worker sends what is
//! stored of each, and then deletes the line.
//!
//! ```no_run
//! use secrecy::SecretString;
//! use std::time::Duration;
//! use tenancy::permit::PermitAuthority;
//! use tenancy_permits::spicedb::SpiceDbEngine;
//! use tenancy_permits::sql::SqlEngine;
//!
//! async fn start(sql: SqlEngine, key: SecretString, authority: String) -> Result<PermitAuthority, Box<dyn std::error::Error>> {
//!     let engine = SpiceDbEngine::builder(sql, "https://spicedb:50051", key).authority(authority).build()?;
//!     engine.verify().await?;
//!     let worker = engine.sync();
//!     tokio::spawn(async move { worker.run(Duration::from_secs(1)).await });
//!     Ok(PermitAuthority::new(engine))
//! }
//! # fn main() {}
//! ```
//!
//! # Why no answer is older than a revocation
//!
//! A check reads two things in one statement of the database: the organization's epoch, and whether the outbox has a line
//! that may take a permission away, of the organization or of the levels above. Such a line is a delete, a changed expiry,
//! or a relationship of a relation that is used negatively (`banned`). Then it asks SpiceDB, fully consistent. Each
//! revocation commits either after that statement or before it.
//!
//! - **After:** the permit carries the epoch from before the revocation. The revocation raises it in its own
//!   transaction, and a permitted statement compares it and changes no row. What SpiceDB said does not matter.
//! - **Before, and the line is in the outbox:** SpiceDB may not know. The database answers this question itself.
//! - **Before, and the line is gone:** the worker deletes it only after SpiceDB confirmed the change, and SpiceDB was asked
//!   later than that. Fully consistent means that it counts.
//!
//! A grant that SpiceDB does not know of yet is denied until then. So a failure anywhere between the two is on the side
//! of "no": what waits in the outbox either denies, or is answered by the database.
//!
//! All of this needs a copy that was right once. Until both sides were compared, a line without names makes the database
//! answer every question: when the outbox is new, when SpiceDB is empty, and while [`SpiceDbSync::resync`] runs.
//!
//! A weaker consistency would need a proof for each question that the token is newer than each revocation. No question
//! has one, so none is asked that way.
//!
//! # Why a late write brings nothing back
//!
//! A worker may be stopped between its read of the database and its write to SpiceDB, and a write may arrive after its
//! worker gave up on it. Each write therefore demands, in SpiceDB, that no other writer has begun since: see `lease.rs`.
//! Every writer begins before it reads. So the last write that SpiceDB takes of a relationship is of the writer that read
//! it last.
//!
//! # Differences from `SqlEngine`
//!
//! - Each type is above organizations or within them. A type of which both are stored is refused when the engine is
//!   built; so is a relation above that leads into organizations.
//! - The edge from an object to its organization is not stored in SpiceDB. The permission is taken apart instead, and
//!   SpiceDB is asked about the organization: see `plan.rs`. A relationship that leads from an object back to the same
//!   object does not find the given edge there.
//! - Chains of more than 50 steps are an error in SpiceDB.
//! - With the organization before it, an id of more than 987 characters is too long. Such a relationship stays in the
//!   outbox, and a question about such an object is answered with no.
//! - Relationships expire by SpiceDB's clock.

mod breaker;
mod client;
mod engine;
mod error;
mod ids;
mod lease;
mod list;
mod plan;
mod reconcile;
mod schema;
mod settings;
mod sync;

pub use engine::{SpiceDbCounts, SpiceDbEngine};
pub use error::{ListError, SpiceDbBuildError, SpiceDbError, SyncError, VerifyError};
pub use reconcile::Reconciled;
pub use settings::SpiceDbBuilder;
pub use sync::{SpiceDbSync, SyncLag, Synced};

/// Returns a script for `psql` that makes the outbox on PostgreSQL. Run it as the role that owns the tables of
/// permissions, after [`sql::postgres_script`](crate::sql::postgres_script). It fails where the outbox is already.
#[must_use]
pub fn postgres_script() -> String {
    crate::sql::outbox::postgres_script()
}

/// Returns the grants that the engine's role needs on PostgreSQL beside
/// [`sql::postgres_grants`](crate::sql::postgres_grants), for `psql`. Run it as the role that owns the tables.
#[must_use]
pub fn postgres_grants(role: &str) -> String {
    let role = format!("\"{}\"", role.replace('"', "\"\""));
    format!(
        "GRANT SELECT, INSERT, DELETE ON permission_spicedb_outbox TO {role};\n\
         GRANT SELECT ON permission_spicedb_migrations TO {role};\n"
    )
}
