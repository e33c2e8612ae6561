//! The books, on whichever database: one source of queries, compiled for each.

use crate::desk::Desk;
use tenancy::db::PoolStatus;
use tenancy::{Error, TenantDb};

pub(crate) use rows::{Customer, Line, NewInvoice, Search, Total};

mod postgres;
mod rows;
mod sqlite;
mod walled;

/// The organizations' books. Nothing is read from it without a desk, whose scope says whose.
#[derive(Debug, Clone)]
pub(crate) enum Ledger {
    /// SQLite: wall one.
    Sqlite(TenantDb<sqlite::Db>),
    /// PostgreSQL: wall one.
    Postgres(TenantDb<postgres::Db>),
    /// PostgreSQL with row-level security: both.
    Walled(TenantDb<walled::Db>),
}

/// The same query on whichever database.
macro_rules! ask {
    ($ledger:expr, $query:ident($($argument:expr),*)) => {
        match $ledger {
            Ledger::Sqlite(db) => sqlite::queries::$query(db, $($argument),*).await,
            Ledger::Postgres(db) => postgres::queries::$query(db, $($argument),*).await,
            Ledger::Walled(db) => walled::queries::$query(db, $($argument),*).await,
        }
    };
}

impl Ledger {
    /// What keeps organizations apart here, for the page that explains it.
    pub(crate) fn walls(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "SQLite: wall one, the compiler and the rendered SQL",
            Self::Postgres(_) => "PostgreSQL: wall one alone, the compiler and the rendered SQL",
            Self::Walled(_) => "PostgreSQL: both walls, the rendered SQL and row-level security with a sealed token",
        }
    }

    /// Has the database say that it can be written to, and reads nothing.
    pub(crate) async fn ping_to_write(&self) -> Result<(), Error> {
        match self {
            Self::Sqlite(db) => db.ping_to_write().await,
            Self::Postgres(db) => db.ping_to_write().await,
            Self::Walled(db) => db.ping_to_write().await,
        }
    }

    /// How its pool stands.
    pub(crate) fn pool_status(&self) -> PoolStatus {
        match self {
            Self::Sqlite(db) => db.pool_status(),
            Self::Postgres(db) => db.pool_status(),
            Self::Walled(db) => db.pool_status(),
        }
    }

    /// The organization's name, as it stands on its letters.
    pub(crate) async fn letterhead(&self, desk: &Desk) -> Result<String, Error> {
        ask!(self, letterhead(desk))
    }

    /// All customers, by name.
    pub(crate) async fn customers(&self, desk: &Desk) -> Result<Vec<Customer>, Error> {
        ask!(self, customers(desk))
    }

    /// Adds a customer; `false` when there is one of that name.
    pub(crate) async fn add_customer(&self, desk: &Desk, name: &str) -> Result<bool, Error> {
        ask!(self, add_customer(desk, name))
    }

    /// The currencies that an invoice may be in.
    pub(crate) async fn currencies(&self, desk: &Desk) -> Result<Vec<String>, Error> {
        ask!(self, currencies(desk))
    }

    /// A page of invoices, the latest first.
    pub(crate) async fn invoices(&self, desk: &Desk, search: &Search) -> Result<Vec<Line>, Error> {
        ask!(self, invoices(desk, search))
    }

    /// One invoice.
    pub(crate) async fn invoice(&self, desk: &Desk, id: i32) -> Result<Option<Line>, Error> {
        ask!(self, invoice(desk, id))
    }

    /// Adds an invoice. Not found when the customer is not the organization's; `None` when the number is taken.
    pub(crate) async fn add_invoice(&self, desk: &Desk, new: &NewInvoice) -> Result<Option<i32>, Error> {
        ask!(self, add_invoice(desk, new))
    }

    /// Marks an invoice as paid; `false` when there is none.
    pub(crate) async fn pay(&self, desk: &Desk, id: i32) -> Result<bool, Error> {
        ask!(self, pay(desk, id))
    }

    /// What was invoiced, by month and currency.
    pub(crate) async fn totals(&self, desk: &Desk) -> Result<Vec<Total>, Error> {
        ask!(self, totals(desk))
    }
}
