//! Raw SQL behind wall two.

#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "raw SQL is what this is for: wall two stands behind it, and the reviewer sees its name"
)]

use super::ProvesWallTwo;
use crate::db::Postgres;
use crate::db::driver::Link;
use crate::db::futures::{Execute, First, Load, LoadStream, Rows};
use crate::db::statement::first_word;
use crate::db::{Driver, OrgConn};
use crate::scope::ScopeError;
use diesel::QueryResult;
use diesel::deserialize::FromSqlRow;
use diesel::pg::Pg;
use diesel::query_builder::{BoxedSqlQuery, SqlQuery};
use diesel::serialize::ToSql;
use diesel::sql_types::{HasSqlType, Untyped};

/// How a statement may begin. Anything else (SET, PREPARE, DEALLOCATE, COPY, DO, LISTEN …) could outlive the statement
/// or run several. That there is only one statement is the protocol's doing: it goes with its values.
const BEGINNINGS: [&str; 8] = ["select", "insert", "update", "delete", "merge", "with", "values", "table"];

type Text<'c> = BoxedSqlQuery<'c, Pg, SqlQuery>;

/// A database that can show one organization only, whatever SQL runs: PostgreSQL, behind wall two. Sealed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not keep organizations apart by itself: no raw SQL runs on it",
    label = "without wall two, raw SQL would reach every organization",
    note = "raise wall two: `TenantDb::postgres(url, &authority).sealed(sealer)`; SQLite has none",
    note = "or write it from the scope: `scope.from(table)`, `scope.update(table)`, `scope.delete(table)`",
    note = "TEN0011: run `tenancy explain TEN0011`"
)]
pub trait RunsRawSql: Driver + Link<Backend = Pg> {
    /// Marks a connection before raw SQL runs on it. Whether wall two stands behind it.
    #[doc(hidden)]
    fn taint(conn: &mut Self::Conn) -> bool;
}

impl RunsRawSql for Postgres {
    fn taint(conn: &mut Self::Conn) -> bool {
        conn.raw = true;
        conn.row_security.is_some()
    }
}

impl<'s, Db: Driver, B> OrgConn<'s, Db, B> {
    /// Prepares raw SQL that runs under wall two alone: **nothing but the database keeps it inside the organization.**
    ///
    /// `wall_two` is the proof that the builder of a sealed database gives out ([`TenantDbBuilder::wall_two`]); elsewhere this does
    /// not compile (`ui-tests/tests/fail/f_connection/`), and with the proof of another database it is refused. `reason` is for
    /// the reviewer and the log: why diesel's DSL does not do. The text is one SELECT, INSERT, UPDATE, DELETE, MERGE, WITH, VALUES
    /// or TABLE statement, and never made from user input: values are [`bind`](RawSql::bind)ed. A setting or lock that it leaves
    /// behind ends with its transaction.
    ///
    /// [`TenantDbBuilder::wall_two`]: crate::db::TenantDbBuilder::wall_two
    pub fn raw_sql<'c>(
        &'c mut self,
        wall_two: impl ProvesWallTwo,
        sql: &str,
        reason: &'static str,
    ) -> RawSql<'c, 's, Db, B>
    where
        Db: RunsRawSql,
    {
        let _ = wall_two;
        RawSql::new(self, sql, reason)
    }
}

/// Raw SQL that is about to run: [`OrgConn::raw_sql`].
#[must_use = "raw SQL runs when one of its methods is awaited"]
pub struct RawSql<'c, 's, Db: Driver, B> {
    conn: &'c mut OrgConn<'s, Db, B>,
    query: Text<'c>,
    reason: &'static str,
    allowed: bool,
}

fn is_allowed(sql: &str, reason: &str) -> bool {
    let word = first_word(sql);
    BEGINNINGS.iter().any(|allowed| word.eq_ignore_ascii_case(allowed)) && !reason.trim().is_empty()
}

impl<'c, 's, Db: Driver, B> RawSql<'c, 's, Db, B> {
    fn new(conn: &'c mut OrgConn<'s, Db, B>, sql: &str, reason: &'static str) -> Self {
        Self { conn, query: diesel::sql_query(sql).into_boxed(), reason, allowed: is_allowed(sql, reason) }
    }
}

// The bounds are on the methods: where there is no wall two, the message is ours and not "no such method".
impl<'c, 's, Db: Driver, B> RawSql<'c, 's, Db, B> {
    /// Gives the next parameter (`$1`, `$2` …) its value.
    pub fn bind<ST, V>(mut self, value: V) -> Self
    where
        Pg: HasSqlType<ST>,
        V: ToSql<ST, Pg> + Send + 'c,
        ST: Send + 'c,
    {
        self.query = self.query.bind::<ST, V>(value);
        self
    }

    fn ready(self) -> QueryResult<(&'c mut OrgConn<'s, Db, B>, Text<'c>)>
    where
        Db: RunsRawSql,
    {
        if !self.allowed {
            return Err(ScopeError::RawSql.into());
        }
        if !Db::taint(self.conn.raw()?) {
            return Err(ScopeError::NoWallTwo.into());
        }
        tracing::info!(target: "tenancy::raw_sql", reason = self.reason, "raw SQL under wall two");
        self.conn.next_statement_is_raw();
        Ok((self.conn, self.query))
    }

    fn rows(self) -> Rows<'c, Db>
    where
        Db: RunsRawSql,
    {
        self.ready().map_or_else(Rows::refused, |(conn, query)| conn.load(query))
    }

    /// Loads all rows, by the names of their columns (`#[derive(QueryableByName)]`).
    ///
    /// # Errors
    /// [`ScopeError::RawSql`] when it is no statement that may run here, [`ScopeError::NoWallTwo`] when the proof is of another database; the
    /// database's, and refusals.
    pub fn load<U>(self) -> Load<'c, Db, U>
    where
        Db: RunsRawSql,
        U: FromSqlRow<Untyped, Pg>,
    {
        Load::new(self.rows(), |row| U::build_from_row(row))
    }

    /// Loads rows as they arrive.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn load_stream<U>(self) -> LoadStream<'c, Db, U>
    where
        Db: RunsRawSql,
        U: FromSqlRow<Untyped, Pg>,
    {
        LoadStream::new(self.rows(), |row| U::build_from_row(row))
    }

    /// Loads one row.
    ///
    /// # Errors
    /// [`NotFound`](diesel::NotFound) when there is none; otherwise as [`load`](Self::load).
    pub fn get_result<U>(self) -> First<'c, Db, U>
    where
        Db: RunsRawSql,
        U: FromSqlRow<Untyped, Pg>,
    {
        First::new(self.rows(), |row| U::build_from_row(row))
    }

    /// Runs it and returns the number of rows that it touched.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn execute(self) -> Execute<'c>
    where
        Db: RunsRawSql,
    {
        self.ready().map_or_else(Execute::refused, |(conn, query)| conn.execute(query))
    }
}

#[cfg(test)]
mod tests {
    use super::is_allowed;

    #[test]
    fn only_one_statement_that_cannot_outlive_itself_is_allowed() {
        for sql in [
            "SELECT 1",
            " \n( select 1)",
            "With x as (select 1) table x",
            "values (1)",
            "merge into t",
            "/* why */ SELECT 1",
            "-- why: SET x\n  -- and\r\n /* SET /* y */ */ (/**/ select 1)",
            "/*/ SET */ SELECT 1",
        ] {
            assert!(is_allowed(sql, "why"), "{sql}");
            assert!(!is_allowed(sql, " "), "no reason: {sql}");
        }
        for sql in [
            "",
            "SET x = 1",
            "selects",
            "/* SELECT */ SET x = 1",
            "-- SELECT 1",
            "-- x\nSET x = 1",
            "/* SELECT 1",
            "/* /* */ SELECT 1",
            "/* /*/ SELECT */ */ SET x = 1",
            "/* /* */ SELECT */ SET x = 1",
            "PREPARE s0 AS SELECT 1",
            "DO $$ $$",
            "COPY t TO STDOUT",
        ] {
            assert!(!is_allowed(sql, "why"), "{sql}");
        }
    }
}
