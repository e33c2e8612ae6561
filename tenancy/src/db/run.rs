//! Running statements: diesel-async's method names on a scoped connection.

use super::rows::{Execute, First, Load, LoadStream};
use super::sent::Sent;
use super::{Driver, OrgConn};
use crate::query::ScopedStatement;
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSqlRow};
use diesel::dsl::Limit;
use diesel::expression::QueryMetadata;
use diesel::query_builder::AsQuery;
use diesel::query_dsl::CompatibleType;
use diesel::query_dsl::methods::LimitDsl;

/// Runs a scoped statement on an [`OrgConn`].
///
/// Import it beside diesel's prelude; the explicit name shadows diesel's own trait of that name, which wants a raw
/// connection:
///
/// ```
/// use diesel::prelude::*;
/// use tenancy::RunQueryDsl;
/// ```
///
/// The methods are there on every type so that a statement without a scope gets our message, not "no such method".
/// As with diesel-async, `first` then hides the slice method on a `Vec`: write `rows.as_slice().first()`.
///
/// Every method returns diesel's own errors, so `?` and `.optional()` work. A refusal (the scope expired, its request
/// ended, the statement belongs to another scope) is one of them: [`Refusal::in_error`](crate::Refusal::in_error)
/// tells it apart.
///
/// The trait's parameters are always inferred; `How` is how the statement is known to be scoped
/// ([`ScopedStatement`]).
pub trait RunQueryDsl<Db: Driver, B, How>: Sized {
    /// Loads all rows.
    ///
    /// # Errors
    /// The database's, and refusals.
    fn load<'c, U>(self, conn: &'c mut OrgConn<'_, Db, B>) -> Load<'c, Db, U>
    where
        Self: ScopedStatement<B, How> + Loaded<Db, B, How, U>,
        Self::Query: 'c,
        B: 'c,
    {
        Load::new(self.as_query().fetch(conn), Self::build)
    }

    /// Loads all rows; `RETURNING` reads better under this name.
    ///
    /// # Errors
    /// The database's, and refusals.
    fn get_results<'c, U>(self, conn: &'c mut OrgConn<'_, Db, B>) -> Load<'c, Db, U>
    where
        Self: ScopedStatement<B, How> + Loaded<Db, B, How, U>,
        Self::Query: 'c,
        B: 'c,
    {
        self.load(conn)
    }

    /// Loads rows as they arrive. SQLite has all of them before the first.
    ///
    /// The stream ends with the refusal when the scope does.
    ///
    /// # Errors
    /// The database's, and refusals.
    fn load_stream<'c, U>(self, conn: &'c mut OrgConn<'_, Db, B>) -> LoadStream<'c, Db, U>
    where
        Self: ScopedStatement<B, How> + Loaded<Db, B, How, U>,
        Self::Query: 'c,
        B: 'c,
    {
        LoadStream::new(self.as_query().fetch(conn), Self::build)
    }

    /// Loads one row: the first that the database returns.
    ///
    /// # Errors
    /// [`NotFound`](diesel::NotFound) when there is none; the database's, and refusals.
    fn get_result<'c, U>(self, conn: &'c mut OrgConn<'_, Db, B>) -> First<'c, Db, U>
    where
        Self: ScopedStatement<B, How> + Loaded<Db, B, How, U>,
        Self::Query: 'c,
        B: 'c,
    {
        First::new(self.as_query().fetch(conn), Self::build)
    }

    /// Adds `LIMIT 1` and loads that row.
    ///
    /// # Errors
    /// [`NotFound`](diesel::NotFound) when there is none; the database's, and refusals.
    fn first<'c, U>(self, conn: &'c mut OrgConn<'_, Db, B>) -> First<'c, Db, U>
    where
        Self: ScopedStatement<B, How> + LimitDsl,
        Limit<Self>: Loaded<Db, B, How, U>,
        <Limit<Self> as AsQuery>::Query: 'c,
        B: 'c,
    {
        First::new(self.limit(1).as_query().fetch(conn), <Limit<Self> as Loaded<Db, B, How, U>>::build)
    }

    /// Runs the statement and returns the number of rows that it touched.
    ///
    /// # Errors
    /// The database's, and refusals.
    fn execute<'c>(self, conn: &'c mut OrgConn<'_, Db, B>) -> Execute<'c>
    where
        Self: ScopedStatement<B, How> + Sent<Db, B, How> + 'c,
        B: 'c,
    {
        self.run(conn)
    }
}

#[diagnostic::do_not_recommend]
impl<T, Db: Driver, B, How> RunQueryDsl<Db, B, How> for T {}

/// A statement whose rows can be read as `U`.
pub trait Loaded<Db: Driver, B, How, U>: AsQuery<Query: Sent<Db, B, How>> {
    /// Reads one row.
    ///
    /// # Errors
    /// When a value is not what its type says.
    fn build(row: &Db::Row) -> deserialize::Result<U>;
}

#[diagnostic::do_not_recommend]
impl<T, Db, DB, B, How, U, ST> Loaded<Db, B, How, U> for T
where
    T: AsQuery<Query: Sent<Db, B, How>>,
    T::SqlType: CompatibleType<U, DB, SqlType = ST>,
    Db: Driver<Backend = DB>,
    DB: Backend + QueryMetadata<T::SqlType>,
    U: FromSqlRow<ST, DB>,
{
    fn build(row: &Db::Row) -> deserialize::Result<U> {
        U::build_from_row(row)
    }
}
