//! The surface on a throwaway PostgreSQL 15.

use crate::stage::{self, Stage};

type Db = tenancy::db::Postgres;
type Backend = diesel::pg::Pg;

async fn stage() -> Stage<Db> {
    stage::on_postgres().await
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
#[path = "locks.rs"]
mod locks;
#[path = "only_postgres.rs"]
mod only_postgres;
