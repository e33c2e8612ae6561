//! The shapes through plain diesel on SQLite.

pub(crate) use crate::schema::plain::{currencies, customers, invoices, lines};
pub(crate) use diesel::prelude::*;
pub(crate) use diesel_async::RunQueryDsl;

pub(crate) type Backend = diesel::sqlite::Sqlite;
pub(crate) type Side<'s> = crate::side::Side<
    std::marker::PhantomData<&'s ()>,
    diesel_async::sync_connection_wrapper::SyncConnectionWrapper<diesel::SqliteConnection>,
>;

#[macro_use]
#[path = "plain_macros.rs"]
mod side_macros;
#[macro_use]
#[path = "run_macros.rs"]
mod run_macros;

/// Diesel writes a batch for SQLite itself, with its own connection only.
macro_rules! batch_counted {
    ($side:expr, $statement:expr) => {{
        let statement = $statement;
        $side.does("a batch, written by diesel");
        crate::side::counted($side.conn.spawn_blocking(move |conn| diesel::RunQueryDsl::execute(statement, conn)).await)
    }};
}

#[path = "aggregates.rs"]
mod aggregates;
#[path = "joins.rs"]
mod joins;
#[path = "predicates.rs"]
mod predicates;
#[path = "reads.rs"]
mod reads;
#[path = "set_operations.rs"]
mod set_operations;
#[path = "shapes.rs"]
pub(crate) mod shapes;
#[path = "subqueries.rs"]
mod subqueries;
#[path = "upserts.rs"]
mod upserts;
#[path = "writes.rs"]
mod writes;
