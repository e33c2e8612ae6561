//! The books, on whichever database: one source of queries, compiled for each.

use crate::desk::Desk;
use crate::permissions::actions::{invoice, organization};
use tenancy::db::PoolStatus;
use tenancy::permit::Permit;
use tenancy::{Error, TenantDb};

pub(crate) use rows::{Customer, Invoice, Line, NewInvoice, Search, Total};

mod postgres;
mod rows;
mod sqlite;

/// The organizations' books. Nothing is read from it without a desk, whose scope says whose.
#[derive(Debug, Clone)]
pub(crate) enum Ledger {
    /// SQLite: wall one.
    Sqlite(TenantDb<sqlite::Db>),
    /// PostgreSQL: wall one, and row-level security where it was raised.
    Postgres { db: TenantDb<postgres::Db>, both_walls: bool },
}

/// One organization's books, over the one connection of a request.
pub(crate) struct OpenLedger<'d> {
    desk: &'d Desk,
    conn: Conn<'d>,
}

#[expect(clippy::large_enum_variant, reason = "a request has one, on its stack")]
enum Conn<'d> {
    Sqlite(tenancy::db::sqlite::Conn<'d>),
    Postgres(tenancy::db::postgres::Conn<'d>),
}

/// The same query on whichever database.
macro_rules! ask {
    ($ledger:ident, $query:ident($($argument:expr),*)) => {
        match &mut $ledger.conn {
            Conn::Sqlite(conn) => sqlite::queries::$query(conn, $ledger.desk, $($argument),*).await,
            Conn::Postgres(conn) => postgres::queries::$query(conn, $ledger.desk, $($argument),*).await,
        }
    };
}

impl Ledger {
    /// Opens the books of the desk's organization: takes a connection, which goes back to the pool when the request is over.
    pub(crate) async fn open<'d>(&self, desk: &'d Desk) -> Result<OpenLedger<'d>, Error> {
        let conn = match self {
            Self::Sqlite(db) => Conn::Sqlite(db.scoped(&desk.scope).await?),
            Self::Postgres { db, .. } => Conn::Postgres(db.scoped(&desk.scope).await?),
        };
        Ok(OpenLedger { desk, conn })
    }

    /// What keeps organizations apart here, for the page that explains it.
    pub(crate) fn walls(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "SQLite: wall one, the compiler and the rendered SQL",
            Self::Postgres { both_walls: false, .. } => "PostgreSQL: wall one alone, the compiler and the rendered SQL",
            Self::Postgres { both_walls: true, .. } => {
                "PostgreSQL: both walls, the rendered SQL and row-level security with a sealed token"
            }
        }
    }

    /// Has the database say that it can be written to, and reads nothing.
    pub(crate) async fn ping_to_write(&self) -> Result<(), Error> {
        match self {
            Self::Sqlite(db) => db.ping_to_write().await,
            Self::Postgres { db, .. } => db.ping_to_write().await,
        }
    }

    /// How its pool stands.
    pub(crate) fn pool_status(&self) -> PoolStatus {
        match self {
            Self::Sqlite(db) => db.pool_status(),
            Self::Postgres { db, .. } => db.pool_status(),
        }
    }
}

impl OpenLedger<'_> {
    /// The organization's name, as it stands on its letters.
    pub(crate) async fn letterhead(&mut self) -> Result<String, Error> {
        ask!(self, letterhead())
    }

    /// All customers, by name.
    pub(crate) async fn customers(&mut self) -> Result<Vec<Customer>, Error> {
        ask!(self, customers())
    }

    /// Adds a customer; `false` when there is one of that name.
    pub(crate) async fn add_customer(&mut self, name: &str) -> Result<bool, Error> {
        ask!(self, add_customer(name))
    }

    /// The currencies that an invoice may be in.
    pub(crate) async fn currencies(&mut self) -> Result<Vec<String>, Error> {
        ask!(self, currencies())
    }

    /// A page of invoices, the latest first.
    pub(crate) async fn invoices(&mut self, search: &Search) -> Result<Vec<Line>, Error> {
        ask!(self, invoices(search))
    }

    /// One invoice.
    pub(crate) async fn invoice(&mut self, id: i32) -> Result<Option<Line>, Error> {
        ask!(self, invoice(id))
    }

    /// Adds an invoice. Not found when the customer is not the organization's; `None` when the number is taken.
    pub(crate) async fn add_invoice(&mut self, new: &NewInvoice) -> Result<Option<i32>, Error> {
        ask!(self, add_invoice(new))
    }

    /// Marks an invoice as paid. `false`: the organization has no such invoice, or it is void.
    pub(crate) async fn pay(&mut self, id: i32) -> Result<bool, Error> {
        ask!(self, pay(id))
    }

    /// Makes an invoice void, and only the one that the permit names. `false`: the organization has no such invoice, or a
    /// permission of the organization was taken away since the permit was issued.
    pub(crate) async fn void(&mut self, permit: Permit<'_, invoice::Void>) -> Result<bool, Error> {
        ask!(self, void(permit))
    }

    /// Where the organization is paid.
    pub(crate) async fn payout(&mut self) -> Result<String, Error> {
        ask!(self, payout())
    }

    /// Changes where the organization is paid; `false` when a permission of the organization was taken away since the permit was
    /// issued.
    pub(crate) async fn change_payout(
        &mut self,
        permit: Permit<'_, organization::ChangePayout>,
        iban: &str,
    ) -> Result<bool, Error> {
        ask!(self, change_payout(permit, iban))
    }

    /// What was invoiced, by month and currency.
    pub(crate) async fn totals(&mut self) -> Result<Vec<Total>, Error> {
        ask!(self, totals())
    }
}
