//! The surface on PostgreSQL behind both walls: every statement is allowed by wall two as well.

use crate::surface::stage::{self, Stage};

type Db = tenancy::db::Postgres;
type Backend = diesel::pg::Pg;

async fn stage() -> Stage<Db> {
    stage::on_both_walls().await
}

#[path = "aggregates.rs"]
mod aggregates;
#[path = "aliases.rs"]
mod aliases;
#[path = "associations.rs"]
mod associations;
#[path = "boxed.rs"]
mod boxed;
#[path = "bulk.rs"]
mod bulk;
#[path = "cache.rs"]
mod cache;
#[path = "deletes.rs"]
mod deletes;
#[path = "inserts.rs"]
mod inserts;
#[path = "joins.rs"]
mod joins;
#[path = "locks.rs"]
mod locks;
#[path = "only_postgres.rs"]
mod only_postgres;
#[path = "reads.rs"]
mod reads;
#[path = "refusals.rs"]
mod refusals;
#[path = "set_operations.rs"]
mod set_operations;
#[path = "subqueries.rs"]
mod subqueries;
#[path = "transactions.rs"]
mod transactions;
#[path = "updates.rs"]
mod updates;
#[path = "upserts.rs"]
mod upserts;
