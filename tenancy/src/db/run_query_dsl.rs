//! Running statements: diesel-async's method names on a scoped connection.

use super::dispatch::Dispatch;
use super::futures::{Execute, First, Load, LoadStream, Rows};
use super::{Driver, OrgConn};
use crate::query::{Granted, ScopedStatement};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSqlRow};
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
/// ended, the statement belongs to another scope) is one of them: [`ScopeError::in_error`](crate::ScopeError::in_error)
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
        Self: ScopedStatement<B, How> + Loaded<'c, Db, B, How, U>,
        How: Granted,
    {
        Load::new(self.start(conn), Self::build)
    }

    /// Loads all rows; `RETURNING` reads better under this name.
    ///
    /// # Errors
    /// The database's, and refusals.
    fn get_results<'c, U>(self, conn: &'c mut OrgConn<'_, Db, B>) -> Load<'c, Db, U>
    where
        Self: ScopedStatement<B, How> + Loaded<'c, Db, B, How, U>,
        How: Granted,
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
        Self: ScopedStatement<B, How> + Loaded<'c, Db, B, How, U>,
        How: Granted,
    {
        LoadStream::new(self.start(conn), Self::build)
    }

    /// Loads one row: the first that the database returns.
    ///
    /// # Errors
    /// [`NotFound`](diesel::NotFound) when there is none; the database's, and refusals.
    fn get_result<'c, U>(self, conn: &'c mut OrgConn<'_, Db, B>) -> First<'c, Db, U>
    where
        Self: ScopedStatement<B, How> + Loaded<'c, Db, B, How, U>,
        How: Granted,
    {
        First::new(self.start(conn), Self::build)
    }

    /// Adds `LIMIT 1` and loads that row.
    ///
    /// # Errors
    /// [`NotFound`](diesel::NotFound) when there is none; the database's, and refusals.
    fn first<'c, U>(self, conn: &'c mut OrgConn<'_, Db, B>) -> First<'c, Db, U>
    where
        Self: ScopedStatement<B, How> + Limited<'c, Db, B, How, U>,
        How: Granted,
    {
        self.start_limited(conn)
    }

    /// Runs the statement and returns the number of rows that it touched.
    ///
    /// # Errors
    /// The database's, and refusals.
    fn execute<'c>(self, conn: &'c mut OrgConn<'_, Db, B>) -> Execute<'c>
    where
        Self: ScopedStatement<B, How> + Dispatch<Db, B, How> + 'c,
        How: Granted,
    {
        self.run(conn)
    }
}

#[diagnostic::do_not_recommend]
impl<T, Db: Driver, B, How> RunQueryDsl<Db, B, How> for T {}

/// A statement whose rows can be read as `U`.
///
/// No bound of it mentions an associated type of the statement: the compiler would look for that type, and complain
/// about it, before it says that the statement has no scope.
#[diagnostic::on_unimplemented(
    message = "`{Db}` cannot run this statement and read its rows as `{U}`",
    label = "a part of it is not written for this database",
    note = "an operator or function of another database does not compile here: `.ilike(..)` is PostgreSQL's, for example",
    note = "an expression of your own needs `QueryFragment<_>` for this backend; a function names its database, `OrgConn<'_, Postgres, B>`, because diesel writes each for its own",
    note = "TEN0024: run `tenancy explain TEN0024`"
)]
pub trait Loaded<'c, Db: Driver, B, How, U> {
    /// Asks the database.
    fn start(self, conn: &'c mut OrgConn<'_, Db, B>) -> Rows<'c, Db>;

    /// Reads one row.
    ///
    /// # Errors
    /// When a value is not what its type says.
    fn build(row: &Db::Row) -> deserialize::Result<U>;
}

impl<'c, T, Db, DB, B, How, U, ST> Loaded<'c, Db, B, How, U> for T
where
    T: AsQuery<Query: Dispatch<Db, B, How> + 'c>,
    T::SqlType: CompatibleType<U, DB, SqlType = ST>,
    Db: Driver<Backend = DB>,
    DB: Backend + QueryMetadata<T::SqlType>,
    U: FromSqlRow<ST, DB>,
{
    fn start(self, conn: &'c mut OrgConn<'_, Db, B>) -> Rows<'c, Db> {
        self.as_query().fetch(conn)
    }

    fn build(row: &Db::Row) -> deserialize::Result<U> {
        U::build_from_row(row)
    }
}

/// A statement that takes `LIMIT 1` and whose row can be read as `U`.
#[diagnostic::on_unimplemented(
    message = "`{Db}` cannot run this statement and read its rows as `{U}`",
    label = "a part of it is not written for this database",
    note = "an operator or function of another database does not compile here: `.ilike(..)` is PostgreSQL's, for example",
    note = "an expression of your own needs `QueryFragment<_>` for this backend; a function names its database, `OrgConn<'_, Postgres, B>`, because diesel writes each for its own",
    note = "TEN0024: run `tenancy explain TEN0024`"
)]
pub trait Limited<'c, Db: Driver, B, How, U> {
    /// Adds the limit and asks the database.
    fn start_limited(self, conn: &'c mut OrgConn<'_, Db, B>) -> First<'c, Db, U>;
}

impl<'c, T, L, Db, B, How, U> Limited<'c, Db, B, How, U> for T
where
    T: LimitDsl<Output = L>,
    L: Loaded<'c, Db, B, How, U>,
    Db: Driver,
{
    fn start_limited(self, conn: &'c mut OrgConn<'_, Db, B>) -> First<'c, Db, U> {
        First::new(self.limit(1).start(conn), L::build)
    }
}
