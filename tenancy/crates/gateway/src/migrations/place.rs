//! Where the tables lie, and what names mean while they are looked at.
//!
//! On PostgreSQL an operator or a function of a schema in `search_path` is run where it fits the types of a call better than
//! PostgreSQL's own, or where the path names its schema before `pg_catalog`. A lesser role may own such a schema, or set the path of the database. A type's
//! name is looked up in the same way, and a domain's CHECK runs where a value is cast. So
//! the path is read once, without an operator and with the schema of each type, and then it is `pg_catalog` alone while the catalog is read, and the schema of the tables
//! alone while they are read and changed.

use super::look::unasked;
use super::statements::{RoleOfDatabaseOnPostgres, SchemasOnPostgres, SetPathOnPostgres};
use super::{Dialect, MigrationError, RelationError};
use crate::session::session_row::Cells;
use tenancy_service::__private::sql::{Session, StoreError, Value};

/// Of a transaction: only what PostgreSQL itself has is found.
const CATALOG: &str = "SET LOCAL search_path = pg_catalog, pg_temp; SET LOCAL quote_all_identifiers = off";

/// The schemas of the tables' database, inside a transaction.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) dialect: Dialect,
    /// Those that unqualified names reached when the transaction began, in order. New tables are made in the first. SQLite has none.
    pub(super) schemas: Vec<String>,
}

impl Place {
    /// Reads where names lead, and lets them lead nowhere else until the transaction ends.
    pub(super) async fn open(session: &mut dyn Session, dialect: Dialect) -> Result<Self, MigrationError> {
        let mut schemas = Vec::new();
        if dialect == Dialect::Postgres {
            let found = session.ask(SchemasOnPostgres {}.statement()).await.map_err(unasked)?;
            let names = found.rows.into_iter().map(|row| Cells::new(row).text());
            schemas = names.collect::<Result<_, StoreError>>().map_err(unasked)?;
            schemas.retain(|name| name != "information_schema" && !name.starts_with("pg_"));
        }
        let place = Self { dialect, schemas };
        place.in_catalog(session).await?;
        if dialect == Dialect::Postgres {
            acts_for_itself(session).await?;
        }
        Ok(place)
    }

    /// The schema that new tables are made in.
    pub(super) fn current(&self) -> Result<&str, RelationError> {
        self.schemas.first().map(String::as_str).ok_or(RelationError::NoSchema)
    }

    /// Names mean what they mean to PostgreSQL itself.
    pub(super) async fn in_catalog(&self, session: &mut dyn Session) -> Result<(), MigrationError> {
        if self.dialect == Dialect::Postgres {
            session.script(CATALOG).await.map_err(unasked)?;
        }
        Ok(())
    }

    /// Unqualified names mean tables of this schema.
    pub(super) async fn in_schema(&self, session: &mut dyn Session, schema: &str) -> Result<(), MigrationError> {
        if self.dialect == Dialect::Postgres {
            // Temporary tables last, which come first where the path does not name them.
            let path = Value::Text(format!("\"{}\", pg_temp", schema.replace('"', "\"\"")));
            session.ask(SetPathOnPostgres { path }.statement()).await.map_err(unasked)?;
        }
        Ok(())
    }
}

/// A role that the database's owner set is no role of the session's own choice.
async fn acts_for_itself(session: &mut dyn Session) -> Result<(), MigrationError> {
    let found = session.ask(RoleOfDatabaseOnPostgres {}.statement()).await.map_err(unasked)?;
    let Some(row) = found.rows.into_iter().next() else { return Ok(()) };
    let mut row = Cells::new(row);
    Err(MigrationError::ActsAs { session: row.text().map_err(unasked)?, role: row.text().map_err(unasked)? })
}
