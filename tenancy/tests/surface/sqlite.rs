//! The surface on SQLite in memory.

use crate::stage::{self, Stage};

type Db = tenancy::db::Sqlite;
type Backend = diesel::sqlite::Sqlite;

async fn stage() -> Stage<Db> {
    stage::on_sqlite().await
}

#[path = "reads.rs"]
mod reads;
#[path = "aggregates.rs"]
mod aggregates;
#[path = "joins.rs"]
mod joins;
#[path = "aliases.rs"]
mod aliases;
#[path = "subqueries.rs"]
mod subqueries;
#[path = "set_operations.rs"]
mod set_operations;
#[path = "boxed.rs"]
mod boxed;
#[path = "inserts.rs"]
mod inserts;
#[path = "upserts.rs"]
mod upserts;
#[path = "updates.rs"]
mod updates;
#[path = "deletes.rs"]
mod deletes;
#[path = "associations.rs"]
mod associations;
#[path = "transactions.rs"]
mod transactions;
#[path = "refusals.rs"]
mod refusals;
#[path = "cache.rs"]
mod cache;
